/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The invoice as a page to read and print: every term once, in the order in which people read. */
#include <stdlib.h>
#include <string.h>

#include "invoice/page.h"

typedef struct reading {
	page p;
	const efile_invoice *invoice;
	const char *currency;
} reading;

static const efile_invoice_item *first(const reading *r, const efile_invoice_item *group,
				       const char *term)
{
	return efile_invoice_first(r->invoice, group, term);
}

static const char *value_of(const reading *r, const efile_invoice_item *item)
{
	return item ? efile_invoice_item_value(r->invoice, item) : "";
}

/* ---- one term ---- */

static bool is_money(term_kind kind)
{
	return kind == TERM_AMOUNT || kind == TERM_UNIT_PRICE;
}

/* 19 %, 12,50 EUR, 380 (commercial invoice). */
static void write_value(reading *r, const efile_invoice_item *item)
{
	const term_row *row = term_at(item->term);
	const char *value = value_of(r, item), *meaning = page_code(row->id, value);
	AUTO(buf) text = BUF_INIT;

	if (row->kind == TERM_BINARY)
		buf_add_format(&text, "%s, %zu %s", efile_message(r->p.ctx, "embedded"),
			       (size_t)item->text_length / 4 * 3, efile_message(r->p.ctx, "bytes"));
	else
		page_value(&text, r->p.ctx, row->kind, value);
	if (row->kind == TERM_PERCENT)
		buf_add_text(&text, " %");
	else if (is_money(row->kind) && strcmp(row->id, "BT-111") == 0)
		buf_add_format(&text, " %s", value_of(r, first(r, NULL, "BT-6")));
	else if (is_money(row->kind))
		buf_add_format(&text, " %s", r->currency);
	if (meaning)
		buf_add_format(&text, " (%s)", efile_message(r->p.ctx, meaning));
	if (text.failed)
		r->p.text.failed = true;
	page_text(&r->p, buf_text(&text));
}

static void write_term(reading *r, const efile_invoice_item *item)
{
	const term_row *row = term_at(item->term);

	page_open(&r->p, "dt", NULL);
	page_say(&r->p, row->name);
	page_text(&r->p, " ");
	page_element(&r->p, "span", "t", row->id);
	page_close(&r->p);
	page_open(&r->p, "dd", strcmp(row->id, "BT-115") == 0 ? "due" : NULL);
	write_value(r, item);
	page_close(&r->p);
}

/* ---- groups ---- */

static bool listed(const char *const *terms, const char *term)
{
	for (; terms && *terms; terms++)
		if (strcmp(*terms, term) == 0)
			return true;
	return false;
}

static bool has_values(const reading *r, const efile_invoice_item *group, const char *const *without)
{
	for (const efile_invoice_item *i = first(r, group, NULL); i; i = efile_invoice_next(r->invoice, i, NULL))
		if (term_at(i->term)->kind != TERM_GROUP && !listed(without, term_at(i->term)->id))
			return true;
	return false;
}

static void write_values(reading *r, const efile_invoice_item *group, const char *const *without)
{
	if (!has_values(r, group, without))
		return;
	page_open(&r->p, "dl", NULL);
	for (const efile_invoice_item *i = first(r, group, NULL); i; i = efile_invoice_next(r->invoice, i, NULL))
		if (term_at(i->term)->kind != TERM_GROUP && !listed(without, term_at(i->term)->id))
			write_term(r, i);
	page_close(&r->p);
}

/* Groups nest four deep; sub invoice lines are none of them. */
static void write_group(reading *r, const efile_invoice_item *group, int level,
			const char *const *without)
{
	write_values(r, group, without);
	for (const efile_invoice_item *i = first(r, group, NULL); i; i = efile_invoice_next(r->invoice, i, NULL)) {
		const term_row *row = term_at(i->term);

		if (row->kind != TERM_GROUP || strcmp(row->id, "BG-DEX-01") == 0)
			continue;
		if (has_values(r, i, without) || efile_invoice_first(r->invoice, i, NULL) == NULL) {
			page_heading(&r->p, level + 1, row->name);
			write_group(r, i, level + 1, without);
		} else {
			write_group(r, i, level, without);
		}
	}
}

static void write_groups(reading *r, const char *term)
{
	for (const efile_invoice_item *i = first(r, NULL, term); i; i = efile_invoice_next(r->invoice, i, term)) {
		page_open(&r->p, "section", NULL);
		page_heading(&r->p, 2, term_at(i->term)->name);
		write_group(r, i, 2, NULL);
		page_close(&r->p);
	}
}

/* ---- invoice lines ---- */

static const char *const columns[] = {
	"BT-126", "BT-153", "BT-129", "BT-130", "BT-146", "BT-151", "BT-152", "BT-131", NULL
};

static const efile_invoice_item *deep(const reading *r, const efile_invoice_item *line, const char *term)
{
	static const char *const groups[] = { "BG-29", "BG-30", "BG-31" };
	const efile_invoice_item *found = first(r, line, term);

	for (size_t i = 0; i < ARRAY_SIZE(groups) && !found; i++) {
		const efile_invoice_item *group = first(r, line, groups[i]);

		found = group ? first(r, group, term) : NULL;
	}
	return found;
}

static void cell(reading *r, const efile_invoice_item *line, const char *const *terms, bool number)
{
	page_open(&r->p, "td", number ? "n" : NULL);
	for (size_t i = 0; terms[i]; i++) {
		const efile_invoice_item *item = deep(r, line, terms[i]);

		if (!item)
			continue;
		if (i)
			page_text(&r->p, " ");
		write_value(r, item);
	}
	page_close(&r->p);
}

static bool has_details(const reading *r, const efile_invoice_item *group)
{
	for (const efile_invoice_item *i = first(r, group, NULL); i; i = efile_invoice_next(r->invoice, i, NULL)) {
		if (strcmp(term_at(i->term)->id, "BG-DEX-01") == 0)
			continue;
		if (term_at(i->term)->kind == TERM_GROUP ? has_details(r, i) :
		    !listed(columns, term_at(i->term)->id))
			return true;
	}
	return false;
}

static void write_line(reading *r, const efile_invoice_item *line)
{
	page_open(&r->p, "tr", NULL);
	cell(r, line, (const char *const[]){ "BT-126", NULL }, false);
	cell(r, line, (const char *const[]){ "BT-153", NULL }, false);
	cell(r, line, (const char *const[]){ "BT-129", "BT-130", NULL }, true);
	cell(r, line, (const char *const[]){ "BT-146", NULL }, true);
	cell(r, line, (const char *const[]){ "BT-151", "BT-152", NULL }, false);
	cell(r, line, (const char *const[]){ "BT-131", NULL }, true);
	page_close(&r->p);
	if (!has_details(r, line))
		return;
	page_open(&r->p, "tr", NULL);
	xml_writer_start(&r->p.w, "td");
	xml_writer_attribute(&r->p.w, "colspan", "6");
	page_content(&r->p);
	write_group(r, line, 2, columns);
	page_close(&r->p);
	page_close(&r->p);
}

/* A line and the sub invoice lines in it, one after the other and without recursion. */
static void write_lines_from(reading *r, const efile_invoice_item *line)
{
	const efile_invoice_item *at = line;

	while (at) {
		const efile_invoice_item *next = NULL;

		write_line(r, at);
		next = first(r, at, "BG-DEX-01");
		while (!next && at != line) {
			next = efile_invoice_next(r->invoice, at, "BG-DEX-01");
			if (!next)
				at = &r->invoice->items[at->parent];
		}
		at = next;
	}
}

static void write_lines(reading *r)
{
	static const char *const heads[] = { "Line", "Item name", "Quantity", "Item net price", "VAT",
					     "Invoice line net amount" };
	const efile_invoice_item *line = first(r, NULL, "BG-25");

	if (!line)
		return;
	page_open(&r->p, "section", NULL);
	page_heading(&r->p, 2, "Invoice lines");
	page_open(&r->p, "table", NULL);
	page_element(&r->p, "caption", NULL, efile_message(r->p.ctx, "Goods and services, with details below each"));
	page_open(&r->p, "thead", NULL);
	page_open(&r->p, "tr", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		xml_writer_start(&r->p.w, "th");
		xml_writer_attribute(&r->p.w, "scope", "col");
		page_say(&r->p, heads[i]);
		page_close(&r->p);
	}
	page_close(&r->p);
	page_close(&r->p);
	page_open(&r->p, "tbody", NULL);
	for (; line; line = efile_invoice_next(r->invoice, line, "BG-25"))
		write_lines_from(r, line);
	page_close(&r->p);
	page_close(&r->p);
	page_close(&r->p);
}

/* ---- attached documents ---- */

static efile_status write_attachments(reading *r)
{
	for (const efile_invoice_item *i = first(r, NULL, "BG-24"); i; i = efile_invoice_next(r->invoice, i, "BG-24")) {
		char *name = NULL;

		page_open(&r->p, "section", NULL);
		page_heading(&r->p, 2, term_at(i->term)->name);
		write_values(r, i, NULL);
		if (first(r, i, "BT-125")) {
			TRY(efile_invoice_attachment_name(&name, r->invoice, i));
			page_open(&r->p, "p", NULL);
			page_say(&r->p, "Is written as:");
			page_text(&r->p, " ");
			page_element(&r->p, "code", NULL, name);
			free(name);
			page_close(&r->p);
		}
		page_close(&r->p);
	}
	return EFILE_OK;
}

/* ---- the page ---- */

static const char *title_of(const reading *r)
{
	const char *meaning = page_code("BT-3", value_of(r, first(r, NULL, "BT-3")));

	return efile_message(r->p.ctx, meaning ? meaning : "invoice");
}

static efile_status write_body(reading *r)
{
	static const char *const before[] = { "BG-1", "BG-4", "BG-7", "BG-10", "BG-11", "BG-13" };
	static const char *const behind[] = { "BG-20", "BG-21", "BG-DEX-09", "BG-22", "BG-23", "BG-16", "BG-3" };

	page_open(&r->p, "h1", NULL);
	page_text(&r->p, title_of(r));
	page_text(&r->p, " ");
	page_text(&r->p, value_of(r, first(r, NULL, "BT-1")));
	page_close(&r->p);
	write_values(r, NULL, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(before); i++)
		write_groups(r, before[i]);
	write_lines(r);
	for (size_t i = 0; i < ARRAY_SIZE(behind); i++)
		write_groups(r, behind[i]);
	TRY(write_attachments(r));
	write_groups(r, "BG-2");
	page_element(&r->p, "p", "t", efile_message(r->p.ctx,
		     "Made from the electronic invoice, which alone is the original."));
	return EFILE_OK;
}

efile_status efile_invoice_html(char **out, const efile_invoice *invoice)
{
	reading r = { .invoice = invoice };
	const char *number;
	efile_status status;

	if (!out || !invoice)
		return EFILE_E_INVALID;
	error_clear(invoice->ctx);
	number = efile_invoice_value(invoice, "BT-1");
	r.currency = efile_invoice_value(invoice, "BT-5");
	if (!r.currency)
		r.currency = "";
	page_begin(&r.p, invoice->ctx, number && *number ? number : efile_message(invoice->ctx, "invoice"));
	status = write_body(&r);
	if (status == EFILE_OK)
		status = page_end(out, &r.p);
	page_clear(&r.p);
	return status;
}
