/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What got lost on the way: the written document is read again and compared term by term with what it
 * was made from; and what the source holds outside of all terms is named. */
#include <stdlib.h>
#include <string.h>

#include "invoice/invoice.h"

typedef struct comparison {
	efile_report *report;
	const efile_invoice *from, *to;
} comparison;

/* ---- findings ---- */

static efile_status place_of(buf *where, report_place *out, const efile_invoice *invoice,
			     const efile_invoice_item *item)
{
	const tree_row *row = &invoice->tree.rows[item->at.node];

	if (invoice->format != EFILE_INVOICE_DRAFT)
		tree_path(where, &invoice->tree, item->at.node);
	TRY(buf_status(where, invoice->ctx));
	*out = (report_place){ .term = term_at(item->term)->id, .path = buf_text(where),
			       .line = row->line, .column = row->column };
	return EFILE_OK;
}

static const char *value_of(const efile_invoice *invoice, uint32_t id)
{
	return invoice->tree.texts.data + invoice->items[id].text;
}

static void shorten(char out[160], const char *text)
{
	size_t length = strlen(text);

	if (length > 156) {
		for (length = 150; length && ((unsigned char)text[length] & 0xc0) == 0x80; length--)
			;
		memcpy(out, text, length);
		memcpy(out + length, "...", 4);
	} else {
		memcpy(out, text, length + 1);
	}
}

static efile_status say_lost(comparison *c, uint32_t id)
{
	const efile_invoice_item *item = &c->from->items[id];
	AUTO(buf) where = BUF_INIT;
	report_place spot;
	char shown[160];

	shorten(shown, value_of(c->from, id));
	TRY(place_of(&where, &spot, c->from, item));
	spot.actual = shown;
	return report_add(c->report, "EFILE-LOSS", EFILE_SEVERITY_WARNING, &spot,
			  "%s (%s) cannot be said in this syntax, or not so often",
			  efile_message(c->from->ctx, term_at(item->term)->name),
			  term_at(item->term)->id);
}

static efile_status say_changed(comparison *c, uint32_t id, uint32_t to)
{
	const efile_invoice_item *item = &c->from->items[id];
	AUTO(buf) where = BUF_INIT;
	char actual[160], expected[160];
	report_place spot;

	shorten(actual, value_of(c->to, to));
	shorten(expected, value_of(c->from, id));
	TRY(place_of(&where, &spot, c->from, item));
	spot.actual = actual;
	spot.expected = expected;
	return report_add(c->report, "EFILE-LOSS", EFILE_SEVERITY_WARNING, &spot,
			  "%s (%s) changes its value",
			  efile_message(c->from->ctx, term_at(item->term)->name),
			  term_at(item->term)->id);
}

static efile_status say_gained(comparison *c, uint32_t id)
{
	const efile_invoice_item *item = &c->to->items[id];
	char shown[160];
	report_place spot = { .term = term_at(item->term)->id };

	shorten(shown, value_of(c->to, id));
	spot.actual = shown;
	return report_add(c->report, "EFILE-FILLED", EFILE_SEVERITY_INFORMATION, &spot,
			  "%s (%s) is filled in, since this syntax demands it",
			  efile_message(c->from->ctx, term_at(item->term)->name),
			  term_at(item->term)->id);
}

/* ---- comparing ---- */

/* A value that one syntax states for each payment and the other once for all. */
static bool stated_once(const efile_invoice *invoice, uint32_t id)
{
	static const char *const terms[] = { "BT-83", "BT-89", "BT-90" };
	const char *term = term_at(invoice->items[id].term)->id;

	for (size_t i = 0; i < ARRAY_SIZE(terms); i++)
		if (strcmp(term, terms[i]) == 0)
			return str_equal(efile_invoice_value(invoice, term), value_of(invoice, id));
	return false;
}

/* The same value once more, for a term that there is one of. */
static bool repeated(const efile_invoice *invoice, uint32_t before, uint32_t id)
{
	return before && invoice->items[before].term == invoice->items[id].term &&
		term_at(invoice->items[id].term)->most == 1 &&
		strcmp(value_of(invoice, before), value_of(invoice, id)) == 0;
}

static efile_status lost(comparison *c, uint32_t before, uint32_t id)
{
	return repeated(c->from, before, id) || stated_once(c->from, id) ? EFILE_OK : say_lost(c, id);
}

static efile_status gained(comparison *c, uint32_t before, uint32_t id)
{
	if (repeated(c->to, before, id) || stated_once(c->to, id))
		return EFILE_OK;
	return say_gained(c, id);
}

/* The item behind the parts of this one. */
static uint32_t behind_parts(const efile_invoice *invoice, uint32_t id)
{
	uint32_t term = invoice->items[id].term;

	do
		id = invoice->items[id].next;
	while (id && term_whole(invoice->items[id].term) == term);
	return id;
}

static bool same_parts(const comparison *c, uint32_t a, uint32_t b)
{
	uint32_t a_end = behind_parts(c->from, a), b_end = behind_parts(c->to, b);

	for (a = c->from->items[a].next, b = c->to->items[b].next; a != a_end && b != b_end;
	     a = c->from->items[a].next, b = c->to->items[b].next)
		if (c->from->items[a].term != c->to->items[b].term ||
		    strcmp(value_of(c->from, a), value_of(c->to, b)) != 0)
			return false;
	return a == a_end && b == b_end;
}

enum { ROW = 256 };

/* A repeated term: its values with their parts, in any order, since CII sorts identifiers with a
 * scheme behind those without. */
static efile_status compare_rows(comparison *c, uint32_t *a, uint32_t *b)
{
	uint32_t term = c->from->items[*a].term, first = *b;
	bool met[ROW] = { false };

	for (; *a && c->from->items[*a].term == term; *a = behind_parts(c->from, *a)) {
		uint32_t id = first;
		size_t i = 0;

		while (id && c->to->items[id].term == term && i < ROW &&
		       (met[i] || strcmp(value_of(c->from, *a), value_of(c->to, id)) != 0 ||
			!same_parts(c, *a, id))) {
			id = behind_parts(c->to, id);
			i++;
		}
		if (!id || c->to->items[id].term != term || i == ROW)
			TRY(say_lost(c, *a));
		else
			met[i] = true;
	}
	for (size_t i = 0; *b && c->to->items[*b].term == term; *b = behind_parts(c->to, *b), i++)
		if (i < ROW && !met[i])
			TRY(say_gained(c, *b));
	return EFILE_OK;
}

static efile_status compare_groups(comparison *c, uint32_t from, uint32_t to);

static efile_status compare_items(comparison *c, uint32_t a, uint32_t b)
{
	if (term_at(c->from->items[a].term)->kind == TERM_GROUP)
		return compare_groups(c, a, b);
	return strcmp(value_of(c->from, a), value_of(c->to, b)) == 0 ? EFILE_OK :
		say_changed(c, a, b);
}

static bool is_row(const efile_invoice *invoice, uint32_t id)
{
	const term_row *row = term_at(invoice->items[id].term);

	return row->most == TERM_MANY && row->kind != TERM_GROUP;
}

/* Whether the item of the source stands before that of the copy; both follow the table of terms. */
static bool comes_first(const comparison *c, uint32_t a, uint32_t b)
{
	return !b || (a && c->from->items[a].term < c->to->items[b].term);
}

static efile_status compare_groups(comparison *c, uint32_t from, uint32_t to)
{
	uint32_t a = c->from->items[from].child, b = c->to->items[to].child, a0 = 0, b0 = 0;

	while (a || b) {
		if (a && b && c->from->items[a].term == c->to->items[b].term) {
			if (is_row(c->from, a)) {
				TRY(compare_rows(c, &a, &b));
				continue;
			}
			TRY(compare_items(c, a, b));
			a0 = a;
			b0 = b;
			a = c->from->items[a].next;
			b = c->to->items[b].next;
		} else if (comes_first(c, a, b)) {
			TRY(lost(c, a0, a));
			a0 = a;
			a = c->from->items[a].next;
		} else {
			TRY(gained(c, b0, b));
			b0 = b;
			b = c->to->items[b].next;
		}
	}
	return EFILE_OK;
}

efile_status invoice_compare(efile_report *report, const efile_invoice *from,
			     const efile_invoice *to)
{
	comparison c = { report, from, to };

	return compare_groups(&c, 0, 0);
}

/* ---- what no term covers ---- */

/* Elements that belong to a term's form: their values are no information of their own. */
static const struct { const char *name, *parent; const char *value; } forms[] = {
	{ "cbc:ChargeIndicator", NULL, NULL },
	{ "udt:Indicator", NULL, NULL },
	{ "cbc:ID", "cac:TaxScheme", NULL },
	{ "ram:TypeCode", "ram:ApplicableTradeTax", "VAT" },
	{ "ram:TypeCode", "ram:CategoryTradeTax", "VAT" },
	{ "ram:TypeCode", "ram:AdditionalReferencedDocument", NULL },
	{ "cbc:DocumentTypeCode", NULL, NULL },
	{ "cbc:NetworkID", NULL, NULL },
	{ "ram:Name", "ram:SpecifiedProcuringProject", NULL },
	{ "cbc:UBLVersionID", NULL, NULL },
};

static bool is_form(const tree *t, uint32_t node)
{
	const tree_row *row = &t->rows[node];
	const char *name = tree_name_text(t, row->name);
	const char *parent = row->parent ? tree_name_text(t, t->rows[row->parent].name) : "";

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (strcmp(name, forms[i].name) == 0 &&
		    (!forms[i].parent || strcmp(parent, forms[i].parent) == 0) &&
		    (!forms[i].value || strcmp(tree_text(t, node), forms[i].value) == 0))
			return true;
	return false;
}

static bool is_form_attribute(const efile_invoice *invoice, const tree_attribute *a)
{
	const tree *t = &invoice->tree;
	const char *name = tree_name_text(t, a->name), *text = tree_attribute_text(t, a);

	if (strcmp(name, "@currencyID") == 0)
		return str_equal(text, efile_invoice_value(invoice, "BT-5")) ||
			str_equal(text, efile_invoice_value(invoice, "BT-6"));
	if (strcmp(name, "@format") == 0)
		return strcmp(text, "102") == 0;
	return str_starts_with(name, "@xsi:") || strcmp(name, "@schemeID") == 0;
}

static efile_status say_outside(efile_report *report, const efile_invoice *invoice, uint32_t node,
				const char *attribute, const char *text)
{
	const tree_row *row = &invoice->tree.rows[node];
	AUTO(buf) where = BUF_INIT;
	char shown[160];
	report_place spot = { .line = row->line, .column = row->column, .actual = shown };

	shorten(shown, text);
	tree_path(&where, &invoice->tree, node);
	if (attribute)
		buf_add_format(&where, "/%s", attribute);
	TRY(buf_status(&where, invoice->ctx));
	spot.path = buf_text(&where);
	return report_add(report, "EFILE-OUTSIDE", EFILE_SEVERITY_INFORMATION, &spot,
			  "this is no term of EN 16931 and is not carried over");
}

typedef struct cover {
	bool *nodes, *attributes;
} cover;

static efile_status check_node(efile_report *report, const efile_invoice *invoice, const cover *c,
			       uint32_t node)
{
	const tree *t = &invoice->tree;
	const tree_row *row = &t->rows[node];
	bool known = c->nodes[node] || is_form(t, node);
	size_t length = row->text_length;

	tree_trim(tree_text(t, node), &length);
	if (!known && length)
		return say_outside(report, invoice, node, NULL, tree_text(t, node));
	for (uint32_t i = row->attribute; i < row->attribute + row->attribute_count; i++)
		if (!c->attributes[i] && !is_form_attribute(invoice, &t->attributes[i]))
			TRY(say_outside(report, invoice, node, tree_name_text(t, t->attributes[i].name),
					tree_attribute_text(t, &t->attributes[i])));
	return EFILE_OK;
}

static efile_status outside(efile_report *report, const efile_invoice *invoice)
{
	const tree *t = &invoice->tree;
	cover c = { mem_new(invoice->ctx, t->count), mem_new(invoice->ctx, t->attribute_count + 1) };
	efile_status status = c.nodes && c.attributes ? EFILE_OK : EFILE_E_NOMEM;

	for (size_t i = 1; i < invoice->count && status == EFILE_OK; i++) {
		place at = invoice->items[i].at;

		if (at.attribute)
			c.attributes[at.attribute - 1] = true;
		else
			c.nodes[at.node] = true;
	}
	for (uint32_t node = TREE_ROOT; node < t->count && status == EFILE_OK; node++)
		status = check_node(report, invoice, &c, node);
	free(c.nodes);
	free(c.attributes);
	return status;
}

efile_status loss_report(efile_report **out, const efile_invoice *invoice, const buf *written)
{
	AUTO_PTR(efile_report) report = NULL;
	AUTO_PTR(efile_invoice) again = NULL;

	TRY(efile_invoice_from_xml(&again, invoice->ctx, buf_text(written), written->length));
	TRY(report_new(&report, invoice->ctx));
	TRY(invoice_compare(report, invoice, again));
	if (invoice->format != EFILE_INVOICE_DRAFT)
		TRY(outside(report, invoice));
	*out = STEAL(report);
	return EFILE_OK;
}
