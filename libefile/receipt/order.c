/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recalculating an invoice, and comparing it with its order. */
#include <stdlib.h>
#include <string.h>

#include "receipt/receipt.h"

/* A line of the order, and what the invoice takes from it. */
typedef struct order_line {
	const json_value *row;
	const char *line, *item;
	efile_decimal invoiced;
	const efile_invoice_item *first;
} order_line;

typedef struct work {
	efile_ctx *ctx;
	const efile_invoice *invoice;
	efile_report *report;
	json_document *order;
	order_line *rows;
	order_line **lines, **items;  /* the rows by number and by item */
	size_t row_count;
} work;

static void work_clear(work *k)
{
	free(k->rows);
	free(k->lines);
	free(k->items);
}

static const efile_decimal zero;

/* ---- findings ---- */

typedef struct finding {
	const char *rule, *term, *english;
	efile_severity severity;
} finding;

/* The texts of the tables have "%s" for the value found and the one expected. */
static void fill_in(buf *out, const char *text, const char *actual, const char *expected)
{
	const char *values[] = { actual, expected, "" };
	size_t next = 0;

	for (; *text; text++)
		if (text[0] == '%' && text[1] == 's') {
			buf_add_text(out, values[next]);
			next += next < 2;
			text++;
		} else {
			buf_add_char(out, *text);
		}
}

static efile_status add(work *k, const finding *f, const efile_invoice_item *item,
			const char *actual, const char *expected)
{
	report_place where = { .term = f->term, .actual = actual, .expected = expected };
	AUTO(buf) text = BUF_INIT;

	if (item)
		where.line = efile_invoice_item_line(k->invoice, item, &where.column);
	fill_in(&text, message_translate((int)k->ctx->language, f->english), actual, expected);
	TRY(buf_status(&text, k->ctx));
	return report_add(k->report, f->rule, f->severity, &where, "%s", text.data);
}

static efile_status add_amounts(work *k, const finding *f, const efile_invoice_item *item,
				efile_decimal actual, efile_decimal expected)
{
	char is[EFILE_DECIMAL_TEXT_SIZE], should[EFILE_DECIMAL_TEXT_SIZE];

	return add(k, f, item, efile_decimal_format(actual, is),
		   efile_decimal_format(expected, should));
}

/* ---- numbers ---- */

static efile_decimal number_in(const work *k, const efile_invoice_item *group, const char *term)
{
	efile_decimal value;

	receipt_amount(&value, receipt_value_in(k->invoice, group, term));
	return value;
}

static efile_decimal number(const work *k, const char *term)
{
	efile_decimal value;

	receipt_amount(&value, receipt_value(k->invoice, term));
	return value;
}

static efile_status sum(efile_decimal *out, const work *k, const efile_invoice_item *above,
			const char *group, const char *term)
{
	*out = zero;
	for (const efile_invoice_item *g = efile_invoice_first(k->invoice, above, group); g;
	     g = efile_invoice_next(k->invoice, g, group))
		TRY(efile_decimal_add(out, *out, number_in(k, g, term)));
	return EFILE_OK;
}

static efile_status cents(efile_decimal *value)
{
	return efile_decimal_round(value, *value, 2, EFILE_ROUND_HALF_UP);
}

/* The unit price: BT-146 for BT-149 units. */
static efile_status unit_price(efile_decimal *out, const work *k, const efile_invoice_item *line)
{
	const efile_invoice_item *price = efile_invoice_first(k->invoice, line, "BG-29");
	efile_decimal base;

	*out = price ? number_in(k, price, "BT-146") : zero;
	base = price ? number_in(k, price, "BT-149") : zero;
	if (efile_decimal_sign(base) == 0)
		return EFILE_OK;
	return efile_decimal_divide(out, *out, base);
}

/* ---- the invoice in itself ---- */

/* Half a cent lies between two ways of rounding; PEPPOL-EN16931-R120 allows two cents. */
static const efile_decimal *slack(void)
{
	static const efile_decimal two_cents = { { 2, 2 } };

	return &two_cents;
}

static efile_status check_line(work *k, const efile_invoice_item *line)
{
	static const finding wrong = { "CALC-LINE", "BT-131",
		"the net amount of a line is %s; quantity, price, allowances and charges give %s",
		EFILE_SEVERITY_ERROR };
	efile_decimal net, allowances, charges, actual = number_in(k, line, "BT-131"), apart;
	finding f = wrong;

	TRY(unit_price(&net, k, line));
	TRY(efile_decimal_multiply(&net, net, number_in(k, line, "BT-129")));
	TRY(sum(&allowances, k, line, "BG-27", "BT-136"));
	TRY(sum(&charges, k, line, "BG-28", "BT-141"));
	TRY(efile_decimal_subtract(&net, net, allowances));
	TRY(efile_decimal_add(&net, net, charges));
	TRY(cents(&net));
	if (efile_decimal_compare(net, actual) == 0)
		return EFILE_OK;
	TRY(efile_decimal_subtract(&apart, net, actual));
	if (efile_decimal_compare(decimal_abs(apart), *slack()) <= 0)
		f.severity = EFILE_SEVERITY_WARNING;
	return add_amounts(k, &f, efile_invoice_first(k->invoice, line, "BT-131"), actual, net);
}

static efile_status check_tax(work *k, const efile_invoice_item *group)
{
	static const finding wrong = { "CALC-VAT", "BT-117",
		"the tax of a category is %s; base and rate give %s", EFILE_SEVERITY_ERROR };
	efile_decimal tax, actual = number_in(k, group, "BT-117");

	TRY(efile_decimal_multiply(&tax, number_in(k, group, "BT-116"), number_in(k, group, "BT-119")));
	TRY(efile_decimal_multiply(&tax, tax, efile_decimal_from_int(1, 2)));
	TRY(cents(&tax));
	if (efile_decimal_compare(tax, actual) == 0)
		return EFILE_OK;
	return add_amounts(k, &wrong, efile_invoice_first(k->invoice, group, "BT-117"), actual, tax);
}

/* A total: plus the sums of groups, plus and minus other totals. */
typedef struct total {
	finding wrong;
	const char *group, *summand;
	const char *plus[2], *minus;
} total;

static const total totals[] = {
	{ { "CALC-SUM", "BT-106", "the sum of the lines is given as %s; they add up to %s",
	    EFILE_SEVERITY_ERROR }, "BG-25", "BT-131", { NULL, NULL }, NULL },
	{ { "CALC-ALLOWANCES", "BT-107", "the sum of allowances is given as %s; they add up to %s",
	    EFILE_SEVERITY_ERROR }, "BG-20", "BT-92", { NULL, NULL }, NULL },
	{ { "CALC-CHARGES", "BT-108", "the sum of charges is given as %s; they add up to %s",
	    EFILE_SEVERITY_ERROR }, "BG-21", "BT-99", { NULL, NULL }, NULL },
	{ { "CALC-NET", "BT-109", "the total without tax is given as %s; it comes to %s",
	    EFILE_SEVERITY_ERROR }, NULL, NULL, { "BT-106", "BT-108" }, "BT-107" },
	{ { "CALC-VAT-TOTAL", "BT-110", "the tax is given as %s; the categories add up to %s",
	    EFILE_SEVERITY_ERROR }, "BG-23", "BT-117", { NULL, NULL }, NULL },
	{ { "CALC-GROSS", "BT-112", "the total with tax is given as %s; it comes to %s",
	    EFILE_SEVERITY_ERROR }, NULL, NULL, { "BT-109", "BT-110" }, NULL },
	{ { "CALC-DUE", "BT-115", "the amount due is given as %s; it comes to %s",
	    EFILE_SEVERITY_ERROR }, NULL, NULL, { "BT-112", "BT-114" }, "BT-113" },
};

static efile_status check_total(work *k, const total *t)
{
	efile_decimal should = zero, actual = number(k, t->wrong.term);
	const efile_invoice_item *group = efile_invoice_first(k->invoice, NULL, "BG-22");

	if (t->group)
		TRY(sum(&should, k, NULL, t->group, t->summand));
	for (size_t i = 0; i < 2 && t->plus[i]; i++)
		TRY(efile_decimal_add(&should, should, number(k, t->plus[i])));
	if (t->minus)
		TRY(efile_decimal_subtract(&should, should, number(k, t->minus)));
	if (efile_decimal_compare(should, actual) == 0)
		return EFILE_OK;
	return add_amounts(k, &t->wrong,
			   group ? efile_invoice_first(k->invoice, group, t->wrong.term) : NULL,
			   actual, should);
}

static efile_status check_itself(work *k)
{
	const efile_invoice *v = k->invoice;

	for (const efile_invoice_item *l = efile_invoice_first(v, NULL, "BG-25"); l;
	     l = efile_invoice_next(v, l, "BG-25"))
		TRY(check_line(k, l));
	for (const efile_invoice_item *g = efile_invoice_first(v, NULL, "BG-23"); g;
	     g = efile_invoice_next(v, g, "BG-23"))
		TRY(check_tax(k, g));
	for (size_t i = 0; i < ARRAY_SIZE(totals); i++)
		TRY(check_total(k, &totals[i]));
	return EFILE_OK;
}

/* ---- the order ---- */

/* A number of the order: text or number; false if it is not there. */
static efile_status order_number(bool *there, efile_decimal *out, work *k, const json_value *object,
				 const char *key)
{
	const json_value *value = json_member(object, key);

	*there = value && value->type != JSON_NULL;
	*out = zero;
	if (*there && json_as_decimal(out, value) != EFILE_OK)
		return FAIL(k->ctx, EFILE_E_FORMAT, 3135, "'%s' of the order is no number", key);
	return EFILE_OK;
}

/* ---- lines of the order, found by their number or item ---- */

static int by_line(const void *a, const void *b)
{
	const order_line *const *x = a, *const *y = b;

	return strcmp((*x)->line, (*y)->line);
}

static int by_item(const void *a, const void *b)
{
	const order_line *const *x = a, *const *y = b;

	return strcmp((*x)->item, (*y)->item);
}

static const char *text_or_empty(const char *text)
{
	return text ? text : "";
}

static efile_status index_order(work *k)
{
	const json_value *lines = json_member(json_root(k->order), "lines");
	const json_value *first = lines && lines->type == JSON_ARRAY ? lines->child : NULL;
	size_t count = 0;

	for (const json_value *row = first; row; row = row->next)
		count++;
	if (!count)
		return EFILE_OK;
	k->rows = mem_new(k->ctx, count * sizeof(*k->rows));
	k->lines = mem_new(k->ctx, count * sizeof(*k->lines));
	k->items = mem_new(k->ctx, count * sizeof(*k->items));
	if (!k->rows || !k->lines || !k->items)
		return EFILE_E_NOMEM;
	for (const json_value *row = first; row; row = row->next) {
		order_line *o = &k->rows[k->row_count];

		o->row = row;
		o->line = text_or_empty(json_member_text(row, "line"));
		o->item = text_or_empty(json_member_text(row, "item"));
		k->lines[k->row_count] = k->items[k->row_count] = o;
		k->row_count++;
	}
	qsort(k->lines, count, sizeof(*k->lines), by_line);
	qsort(k->items, count, sizeof(*k->items), by_item);
	return EFILE_OK;
}

static order_line *find(order_line **rows, size_t count, order_line wanted,
		     int (*order)(const void *a, const void *b))
{
	const order_line *key = &wanted;
	order_line **found = bsearch(&key, rows, count, sizeof(*rows), order);

	return found ? *found : NULL;
}

/* What the invoice line says about the order line: BT-132, else the seller's number of the item
 * (BT-155), else its name (BT-153). */
static order_line *order_row(const work *k, const efile_invoice_item *line)
{
	const efile_invoice_item *item = efile_invoice_first(k->invoice, line, "BG-31");
	const char *reference = receipt_value_in(k->invoice, line, "BT-132");
	const char *article = item ? receipt_value_in(k->invoice, item, "BT-155") : NULL;

	if (reference)
		return find(k->lines, k->row_count, (order_line){ .line = reference }, by_line);
	if (!article && item)
		article = receipt_value_in(k->invoice, item, "BT-153");
	return article ? find(k->items, k->row_count, (order_line){ .item = article }, by_item) : NULL;
}

static efile_status check_price(work *k, const efile_invoice_item *line, const json_value *row)
{
	static const finding higher = { "ORDER-PRICE", "BT-146",
		"the price of a line is %s; ordered for %s", EFILE_SEVERITY_ERROR };
	static const finding lower = { "ORDER-PRICE", "BT-146",
		"the price of a line is %s; ordered for %s", EFILE_SEVERITY_INFORMATION };
	efile_decimal ordered, price;
	bool there;
	int order;

	TRY(order_number(&there, &ordered, k, row, "price"));
	TRY(unit_price(&price, k, line));
	order = efile_decimal_compare(price, ordered);
	if (!there || order == 0)
		return EFILE_OK;
	return add_amounts(k, order > 0 ? &higher : &lower,
			   efile_invoice_first(k->invoice, line, "BG-29"), price, ordered);
}

static efile_status check_order_line(work *k, const efile_invoice_item *line)
{
	static const finding unknown = { "ORDER-LINE", "BT-126",
		"line %s of the invoice stands in no line of the order%s", EFILE_SEVERITY_ERROR };
	static const finding unit = { "ORDER-UNIT", "BT-130",
		"the unit of a line is %s; ordered in %s", EFILE_SEVERITY_ERROR };
	order_line *row = order_row(k, line);
	const char *unit_of = row ? json_member_text(row->row, "unit") : NULL;
	const char *given = receipt_value_in(k->invoice, line, "BT-130");
	const char *id = receipt_value_in(k->invoice, line, "BT-126");

	if (!row)
		return add(k, &unknown, line, id ? id : "?", "");
	row->first = row->first ? row->first : line;
	TRY(efile_decimal_add(&row->invoiced, row->invoiced, number_in(k, line, "BT-129")));
	if (unit_of && given && strcmp(unit_of, given) != 0)
		TRY(add(k, &unit, efile_invoice_first(k->invoice, line, "BT-130"), given, unit_of));
	return check_price(k, line, row->row);
}

/* Several lines of an invoice may take from one line of the order. */
static efile_status check_quantity(work *k, const order_line *row, const char *key,
				   const finding *wrong)
{
	efile_decimal most;
	bool there;

	TRY(order_number(&there, &most, k, row->row, key));
	if (!there || !row->first || efile_decimal_compare(row->invoiced, most) <= 0)
		return EFILE_OK;
	return add_amounts(k, wrong, efile_invoice_first(k->invoice, row->first, "BT-129"),
			   row->invoiced, most);
}

static efile_status check_head(work *k)
{
	static const struct { const char *key; finding wrong; } texts[] = {
		{ "number", { "ORDER-NUMBER", "BT-13", "the invoice names order %s instead of %s",
			      EFILE_SEVERITY_ERROR } },
		{ "currency", { "ORDER-CURRENCY", "BT-5", "the invoice is in %s; ordered in %s",
				EFILE_SEVERITY_ERROR } },
	};
	static const finding over = { "ORDER-TOTAL", "BT-109",
		"the total without tax is %s; ordered for %s", EFILE_SEVERITY_ERROR };
	const json_value *root = json_root(k->order);
	efile_decimal most, net = number(k, "BT-109");
	bool there;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		const char *ordered = json_member_text(root, texts[i].key);
		const char *given = receipt_value(k->invoice, texts[i].wrong.term);

		if (ordered && given && strcmp(ordered, given) != 0)
			TRY(add(k, &texts[i].wrong, NULL, given, ordered));
	}
	TRY(order_number(&there, &most, k, root, "total"));
	if (!there || efile_decimal_compare(net, most) <= 0)
		return EFILE_OK;
	return add_amounts(k, &over, NULL, net, most);
}

static efile_status check_order(work *k)
{
	static const finding quantity = { "ORDER-QUANTITY", "BT-129",
		"invoiced are %s; ordered were %s", EFILE_SEVERITY_ERROR };
	static const finding received = { "ORDER-RECEIVED", "BT-129",
		"invoiced are %s; received were %s", EFILE_SEVERITY_ERROR };
	const efile_invoice *v = k->invoice;

	TRY(check_head(k));
	TRY(index_order(k));
	if (!k->row_count)
		return EFILE_OK;
	for (const efile_invoice_item *l = efile_invoice_first(v, NULL, "BG-25"); l;
	     l = efile_invoice_next(v, l, "BG-25"))
		TRY(check_order_line(k, l));
	for (size_t i = 0; i < k->row_count; i++) {
		TRY(check_quantity(k, &k->rows[i], "quantity", &quantity));
		TRY(check_quantity(k, &k->rows[i], "received", &received));
	}
	return EFILE_OK;
}

efile_status efile_receipt_recalculate(efile_report **out, const efile_invoice *invoice,
				       const char *order)
{
	AUTO_PTR(efile_report) report = NULL;
	AUTO_PTR(json_document) parsed = NULL;
	AUTO(work) k = { .invoice = invoice };

	if (!out || !invoice)
		return EFILE_E_INVALID;
	k.ctx = invoice->ctx;
	error_clear(k.ctx);
	if (order)
		TRY(json_parse(&parsed, k.ctx, order, strlen(order)));
	if (parsed && json_root(parsed)->type != JSON_OBJECT)
		return FAIL(k.ctx, EFILE_E_FORMAT, 3136, "the order is no JSON object");
	TRY(report_new(&report, k.ctx));
	k.report = report;
	k.order = parsed;
	TRY(check_itself(&k));
	if (parsed)
		TRY(check_order(&k));
	*out = STEAL(report);
	return EFILE_OK;
}
