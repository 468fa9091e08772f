/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The figures of efile_receipt_figures() for people: a page to read and print, or lines of text. Pure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "invoice/page.h"
#include "receipt/receipt.h"
#include "render/bars.h"

static const char style[] =
	"svg{width:100%;height:auto;font:12px sans-serif}svg .label,svg .value{fill:#1a1a1a}"
	".bar{fill:#1f5f99}.bar2{fill:#8a4b08}.bar3{fill:#4d4d4d}"
	"@media(prefers-color-scheme:dark){body{color:#e8e8e8;background:#161616}"
	"svg .label,svg .value{fill:#e8e8e8}.bar{fill:#6fb1ee}.bar2{fill:#e0a35c}.bar3{fill:#b0b0b0}"
	"th,td{border-color:#555}h2{border-color:#999}}"
	"@media print{body{color:#000;background:#fff}svg .label,svg .value{fill:#000}.bar{fill:#1f5f99}"
	".bar2{fill:#8a4b08}.bar3{fill:#4d4d4d}figure{break-inside:avoid}}figure{margin:.5rem 0}";

enum { BARS_MOST = 60 };

/* ---- values ---- */

static int64_t count_of(const json_value *object, const char *key)
{
	const json_value *value = json_member(object, key);

	return value && value->type == JSON_NUMBER ? strtoll(value->text, NULL, 10) : 0;
}

/* 1 d 3 h, 3 h 20 min, 20 min: as long as it matters. */
static const char *duration(char room[48], const efile_ctx *ctx, const json_value *object,
			    const char *key)
{
	const json_value *value = json_member(object, key);
	long long seconds = value && value->type == JSON_NUMBER ? strtoll(value->text, NULL, 10) : -1;
	const char *day = ctx->language == EFILE_LANGUAGE_DE ? "T" : "d";
	const char *hour = ctx->language == EFILE_LANGUAGE_DE ? "Std" : "h";

	if (seconds < 0)
		snprintf(room, 48, "–");
	else if (seconds >= 86400)
		snprintf(room, 48, "%lld %s %lld %s", seconds / 86400, day, seconds % 86400 / 3600, hour);
	else if (seconds >= 3600)
		snprintf(room, 48, "%lld %s %lld min", seconds / 3600, hour, seconds % 3600 / 60);
	else
		snprintf(room, 48, "%lld min", seconds / 60);
	return room;
}

/* "1.234,56" for German readers. */
static void money(buf *out, const efile_ctx *ctx, const json_value *object, const char *key)
{
	const char *amount = json_member_text(json_member(object, key), "amount");
	efile_decimal value;
	char room[EFILE_DECIMAL_TEXT_SIZE];

	if (receipt_amount(&value, amount) &&
	    efile_decimal_round(&value, value, 2, EFILE_ROUND_HALF_UP) == EFILE_OK)
		amount = efile_decimal_format(value, room);
	page_value(out, ctx, TERM_AMOUNT, amount ? amount : "0");
}

static int64_t cents(const json_value *object, const char *key)
{
	efile_decimal value;
	int64_t all = 0;

	if (receipt_amount(&value, json_member_text(json_member(object, key), "amount")) &&
	    efile_decimal_multiply(&value, value, efile_decimal_from_int(100, 0)) == EFILE_OK &&
	    efile_decimal_round(&value, value, 0, EFILE_ROUND_HALF_UP) == EFILE_OK)
		(void)efile_decimal_to_int(&all, value);
	return all;
}

/* ---- tables ---- */

static void head(page *p, const char *caption, const char *const *columns, size_t count)
{
	page_open(p, "table", NULL);
	page_element(p, "caption", NULL, efile_message(p->ctx, caption));
	page_open(p, "thead", NULL);
	page_open(p, "tr", NULL);
	for (size_t i = 0; i < count; i++) {
		xml_writer_start(&p->w, "th");
		xml_writer_attribute(&p->w, "scope", "col");
		xml_writer_attribute(&p->w, "class", i ? "n" : NULL);
		page_content(p);
		page_say(p, columns[i]);
		page_close(p);
	}
	page_close(p);
	page_close(p);
	page_open(p, "tbody", NULL);
}

static void row_head(page *p, const char *text)
{
	page_open(p, "tr", NULL);
	xml_writer_start(&p->w, "th");
	xml_writer_attribute(&p->w, "scope", "row");
	page_content(p);
	page_text(p, text);
	page_close(p);
}

static void number_cell(page *p, int64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)number);
	page_element(p, "td", "n", text);
}

static void end_table(page *p)
{
	page_close(p);
	page_close(p);
}

/* ---- charts ---- */

/* Rows of a chart with texts of their own. */
typedef struct bars {
	bar_row rows[BARS_MOST];
	char texts[BARS_MOST][64];
	size_t count;
} bars;

static void add_bar(bars *b, const char *label, int64_t value, const char *text, const char *class)
{
	if (b->count == BARS_MOST)
		return;
	snprintf(b->texts[b->count], sizeof(b->texts[0]), "%s", text);
	b->rows[b->count] = (bar_row){ label, value, b->texts[b->count], class };
	b->count++;
}

static void put_bars(page *p, const bars *b, const char *id, const char *title,
		     const char *description)
{
	bar_chart chart = { id, efile_message(p->ctx, title), efile_message(p->ctx, description), b->rows,
			    b->count };

	if (!b->count)
		return;
	page_open(p, "figure", NULL);
	render_bars(&p->w, &chart);
	page_close(p);
}

static const json_value *list_of(const json_value *figures, const char *key)
{
	const json_value *list = json_member(figures, key);

	return list && list->type == JSON_ARRAY ? list->child : NULL;
}

/* The last ones, if there are more than a picture takes. */
static const json_value *last_of(const json_value *list, size_t most)
{
	size_t count = 0;

	for (const json_value *v = list; v; v = v->next)
		count++;
	for (; count > most; count--)
		list = list->next;
	return list;
}

/* ---- parts ---- */

static void put_months(page *p, const json_value *figures)
{
	static const char *const columns[] = { "month", "received", "open", "paid", "returned or rejected",
					       "others" };
	static const char *const keys[] = { "received", "open", "paid", "refused", "other" };
	bars *b = calloc(1, sizeof(*b));
	char text[24];

	page_heading(p, 2, "Invoices by month of receipt");
	for (const json_value *m = last_of(list_of(figures, "months"), 36); b && m; m = m->next) {
		snprintf(text, sizeof(text), "%lld", (long long)count_of(m, "received"));
		add_bar(b, json_member_text(m, "month"), count_of(m, "received"), text, NULL);
	}
	if (b)
		put_bars(p, b, "months", "Invoices by month of receipt",
			 "One bar for each month: how many invoices were received. The table below has the numbers.");
	p->text.failed |= !b;
	free(b);
	head(p, "Invoices by month of receipt", columns, ARRAY_SIZE(columns));
	for (const json_value *m = list_of(figures, "months"); m; m = m->next) {
		row_head(p, json_member_text(m, "month"));
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
			number_cell(p, count_of(m, keys[i]));
		page_close(p);
	}
	end_table(p);
}

static const struct {
	const char *key, *english, *class; /* of a bar; NULL: only in the table */
} sums[] = {
	{ "received", "received", NULL },
	{ "paid", "paid", NULL },
	{ "open", "open", NULL },
	{ "overdue", "overdue", NULL },
	{ "discount_won", "discount won", "bar" },
	{ "discount_lost", "discount lost", "bar2" },
	{ "discount_possible", "discount still possible", "bar3" },
	{ "discount_assumed", "of these, days assumed", NULL },
};

static void put_money_bars(page *p, const json_value *m)
{
	bars *b = calloc(1, sizeof(*b));
	char id[32];

	p->text.failed |= !b;
	for (size_t i = 0; b && i < ARRAY_SIZE(sums); i++) {
		AUTO(buf) text = BUF_INIT;

		money(&text, p->ctx, m, sums[i].key);
		p->text.failed |= text.failed;
		if (sums[i].class)
			add_bar(b, efile_message(p->ctx, sums[i].english), cents(m, sums[i].key),
				buf_text(&text), sums[i].class);
	}
	snprintf(id, sizeof(id), "discount-%.10s", json_member_text(m, "currency"));
	if (b)
		put_bars(p, b, id, "Discounts",
			 "Three bars: what was won, lost, and can still be won by discounts. The table below has the amounts.");
	free(b);
}

static void put_money(page *p, const json_value *figures)
{
	static const char *const columns[] = { "what", "invoices", "amount" };

	for (const json_value *m = list_of(figures, "money"); m; m = m->next) {
		const char *currency = json_member_text(m, "currency");

		page_open(p, "h2", NULL);
		page_say(p, "Amounts and discounts in");
		page_text(p, " ");
		page_text(p, currency);
		page_close(p);
		put_money_bars(p, m);
		head(p, "Amounts and discounts", columns, ARRAY_SIZE(columns));
		for (size_t i = 0; i < ARRAY_SIZE(sums); i++) {
			AUTO(buf) text = BUF_INIT;

			money(&text, p->ctx, m, sums[i].key);
			p->text.failed |= text.failed;
			row_head(p, efile_message(p->ctx, sums[i].english));
			number_cell(p, count_of(json_member(m, sums[i].key), "count"));
			page_element(p, "td", "n", buf_text(&text));
			page_close(p);
		}
		end_table(p);
	}
}

static const char *name_of(const json_value *step)
{
	const char *name = json_member_text(step, "name");

	return name && *name ? name : json_member_text(step, "node");
}

static void put_steps(page *p, const json_value *figures)
{
	static const char *const columns[] = { "step", "open", "done", "median", "90 of 100 within" };
	bars *b = calloc(1, sizeof(*b));
	char room[48];

	p->text.failed |= !b;
	page_heading(p, 2, "How long the steps take");
	for (const json_value *s = list_of(figures, "steps"); b && s; s = s->next)
		if (json_member(s, "median")->type == JSON_NUMBER)
			add_bar(b, name_of(s), count_of(s, "median"), duration(room, p->ctx, s, "median"), NULL);
	if (b)
		put_bars(p, b, "steps", "How long the steps take",
			 "One bar for each step: the median of the time from its beginning to its end. The table below has the times.");
	free(b);
	head(p, "How long the steps take", columns, ARRAY_SIZE(columns));
	for (const json_value *s = list_of(figures, "steps"); s; s = s->next) {
		row_head(p, name_of(s));
		number_cell(p, count_of(s, "open"));
		number_cell(p, count_of(s, "ended"));
		page_element(p, "td", "n", duration(room, p->ctx, s, "median"));
		page_element(p, "td", "n", duration(room, p->ctx, s, "p90"));
		page_close(p);
	}
	end_table(p);
	page_open(p, "p", "t");
	page_say(p, "Times of fewer than ten tasks are not told: they would be those of persons.");
	page_close(p);
}

static void put_rules(page *p, const json_value *figures)
{
	static const char *const columns[] = { "rule", "invoices" };
	bars *b = calloc(1, sizeof(*b));
	char text[24];

	p->text.failed |= !b;
	page_heading(p, 2, "Rules that invoices broke");
	for (const json_value *r = list_of(figures, "rules"); b && r; r = r->next) {
		snprintf(text, sizeof(text), "%lld", (long long)count_of(r, "invoices"));
		add_bar(b, json_member_text(r, "rule"), count_of(r, "invoices"), text, "bar2");
	}
	if (b)
		put_bars(p, b, "rules", "Rules that invoices broke",
			 "One bar for each rule: how many invoices broke it. The table below has the numbers.");
	free(b);
	head(p, "Rules that invoices broke", columns, ARRAY_SIZE(columns));
	for (const json_value *r = list_of(figures, "rules"); r; r = r->next) {
		row_head(p, json_member_text(r, "rule"));
		number_cell(p, count_of(r, "invoices"));
		page_close(p);
	}
	end_table(p);
}

static void put_suppliers(page *p, const json_value *figures)
{
	static const char *const columns[] = { "supplier", "received", "returned", "rejected" };

	page_heading(p, 2, "Suppliers whose invoices were returned or rejected");
	head(p, "Suppliers whose invoices were returned or rejected", columns, ARRAY_SIZE(columns));
	for (const json_value *s = list_of(figures, "suppliers"); s; s = s->next) {
		row_head(p, json_member_text(s, "seller"));
		for (size_t i = 1; i < ARRAY_SIZE(columns); i++)
			number_cell(p, count_of(s, columns[i]));
		page_close(p);
	}
	end_table(p);
}

static void put_period(page *p, const json_value *figures)
{
	AUTO(buf) text = BUF_INIT;
	const char *from = json_member_text(figures, "from"), *to = json_member_text(figures, "to");

	page_value(&text, p->ctx, TERM_DATE, json_member_text(figures, "today"));
	p->text.failed |= text.failed;
	page_open(p, "p", NULL);
	page_say(p, "As of");
	page_text(p, " ");
	page_text(p, buf_text(&text));
	if (from || to) {
		page_text(p, "; ");
		page_say(p, "received");
		page_text(p, " ");
		page_text(p, from ? from : "…");
		page_text(p, " – ");
		page_text(p, to ? to : "…");
	}
	page_close(p);
}

static efile_status html_of(char **out, efile_ctx *ctx, const json_value *figures)
{
	AUTO(page) p;

	page_begin_styled(&p, ctx, efile_message(ctx, "Figures of the invoice receipt"), style);
	page_heading(&p, 1, "Figures of the invoice receipt");
	put_period(&p, figures);
	put_months(&p, figures);
	put_money(&p, figures);
	put_steps(&p, figures);
	put_rules(&p, figures);
	put_suppliers(&p, figures);
	return page_end(out, &p);
}

/* ---- text ---- */

static void line(buf *out, const efile_ctx *ctx, const char *english)
{
	buf_add_text(out, efile_message(ctx, english));
	buf_add_char(out, '\n');
}

/* A name in a column: characters count, not bytes. */
static void name_column(buf *out, const char *text, size_t width)
{
	size_t length = strlen(text), at = 0, count = 0;
	uint32_t c;

	while (at < length && count < width) {
		at += str_utf8_next(&c, text + at, length - at);
		count++;
	}
	buf_add_text(out, "  ");
	buf_add(out, text, at);
	for (; count < width; count++)
		buf_add_char(out, ' ');
}

static void number_column(buf *out, int64_t number)
{
	buf_add_format(out, " %8lld", (long long)number);
}

static void text_months(buf *out, const efile_ctx *ctx, const json_value *figures)
{
	static const char *const keys[] = { "received", "open", "paid", "refused" };

	line(out, ctx, "Invoices by month of receipt (received, open, paid, returned or rejected)");
	for (const json_value *m = list_of(figures, "months"); m; m = m->next) {
		name_column(out, json_member_text(m, "month"), 34);
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
			number_column(out, count_of(m, keys[i]));
		buf_add_char(out, '\n');
	}
}

static void text_money(buf *out, const efile_ctx *ctx, const json_value *figures)
{
	for (const json_value *m = list_of(figures, "money"); m; m = m->next) {
		buf_add_format(out, "%s %s\n", efile_message(ctx, "Amounts and discounts in"),
			       json_member_text(m, "currency"));
		for (size_t i = 0; i < ARRAY_SIZE(sums); i++) {
			AUTO(buf) amount = BUF_INIT;

			money(&amount, ctx, m, sums[i].key);
			out->failed |= amount.failed;
			name_column(out, efile_message(ctx, sums[i].english), 34);
			number_column(out, count_of(json_member(m, sums[i].key), "count"));
			buf_add_format(out, " %18s\n", buf_text(&amount));
		}
	}
}

static void text_steps(buf *out, const efile_ctx *ctx, const json_value *figures)
{
	char median[48], p90[48];

	line(out, ctx, "How long the steps take (open, done, median, 90 of 100 within)");
	for (const json_value *s = list_of(figures, "steps"); s; s = s->next) {
		name_column(out, name_of(s), 34);
		number_column(out, count_of(s, "open"));
		number_column(out, count_of(s, "ended"));
		buf_add_format(out, " %14s %14s\n", duration(median, ctx, s, "median"),
			       duration(p90, ctx, s, "p90"));
	}
}

static void text_reasons(buf *out, const efile_ctx *ctx, const json_value *figures)
{
	line(out, ctx, "Rules that invoices broke");
	for (const json_value *r = list_of(figures, "rules"); r; r = r->next) {
		name_column(out, json_member_text(r, "rule"), 34);
		number_column(out, count_of(r, "invoices"));
		buf_add_char(out, '\n');
	}
	line(out, ctx, "Suppliers whose invoices were returned or rejected");
	for (const json_value *s = list_of(figures, "suppliers"); s; s = s->next) {
		name_column(out, json_member_text(s, "seller"), 34);
		number_column(out, count_of(s, "received"));
		number_column(out, count_of(s, "returned"));
		number_column(out, count_of(s, "rejected"));
		buf_add_char(out, '\n');
	}
}

static efile_status text_of(char **out, efile_ctx *ctx, const json_value *figures)
{
	AUTO(buf) text = BUF_INIT;

	text_months(&text, ctx, figures);
	text_money(&text, ctx, figures);
	text_steps(&text, ctx, figures);
	text_reasons(&text, ctx, figures);
	return buf_take(out, &text, ctx);
}

/* ---- both ---- */

/* Texts and lists that a reader of it must not miss; what comes from efile_receipt_figures() has them. */
static efile_status check(efile_ctx *ctx, const json_value *figures)
{
	static const struct { const char *list, *text; } rows[] = {
		{ "months", "month" }, { "money", "currency" }, { "steps", "node" }, { "rules", "rule" },
		{ "suppliers", "seller" },
	};
	bool good = str_equal(json_member_text(figures, "schema"), "efile.receipt_figures.v1") &&
		    json_member_text(figures, "today");

	for (size_t i = 0; good && i < ARRAY_SIZE(rows); i++)
		for (const json_value *v = list_of(figures, rows[i].list); v && good; v = v->next)
			good = v->type == JSON_OBJECT && json_member_text(v, rows[i].text) &&
			       (strcmp(rows[i].list, "steps") != 0 || json_member(v, "median"));
	return good ? EFILE_OK : FAIL(ctx, EFILE_E_FORMAT, 2967, "these are no figures of the receipt");
}

efile_status efile_receipt_figures_write(char **out, efile_ctx *ctx, const char *figures,
					 efile_receipt_figures_form form)
{
	AUTO_PTR(json_document) document = NULL;

	if (!out || !ctx)
		return EFILE_E_INVALID;
	error_clear(ctx);
	if (!figures || (form != EFILE_RECEIPT_FIGURES_TEXT && form != EFILE_RECEIPT_FIGURES_HTML))
		return FAIL(ctx, EFILE_E_INVALID, 3130, "an argument is missing");
	TRY(json_parse(&document, ctx, figures, strlen(figures)));
	TRY(check(ctx, json_root(document)));
	return form == EFILE_RECEIPT_FIGURES_HTML ? html_of(out, ctx, json_root(document)) :
						    text_of(out, ctx, json_root(document));
}
