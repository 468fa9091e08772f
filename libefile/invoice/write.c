/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the terms back to a document: each term is put where its path reads it. What the syntax wants
 * beyond that, such as the scheme of a tax or the currency of an amount, is added at the end. */
#include <stdlib.h>
#include <string.h>

#include "invoice/codelist.h"
#include "invoice/out_tree.h"
#include "invoice/rule_set.h"

typedef struct writer {
	out_tree out;
	const efile_invoice *invoice;
	bool ubl;
	const char *currency;
	bool means_named;        /* BT-82 has been written */
} writer;

static const char *path_of(const writer *w, uint32_t term)
{
	return w->ubl ? term_at(term)->ubl : term_at(term)->cii;
}

static const char *text_of(const writer *w, uint32_t id)
{
	return w->invoice->tree.texts.data + w->invoice->items[id].text;
}

/* ---- which alternative ---- */

/* The item behind this one is a part of it: its scheme. */
static bool has_part(const writer *w, uint32_t id)
{
	uint32_t next = w->invoice->items[id].next;

	return next && term_whole(w->invoice->items[next].term) == w->invoice->items[id].term;
}

/* ISO 13616: two letters, two digits. */
static bool looks_like_iban(const char *text)
{
	return str_ascii_lower(text[0]) >= 'a' && str_ascii_lower(text[0]) <= 'z' && text[1] &&
		str_ascii_digit(text[2]) && text[2] && str_ascii_digit(text[3]);
}

/* Where several elements may hold a term, the value decides. */
static bool preferred(const writer *w, uint32_t id, const char *route)
{
	size_t length = strcspn(route, "|");

	if (memmem(route, length, "ram:GlobalID", 12))
		return has_part(w, id);
	if (memmem(route, length, "ram:ProprietaryID", 17))
		return !looks_like_iban(text_of(w, id));
	if (str_starts_with(route, "/cac:PayeeParty/"))
		return out_child(&w->out, OUT_ROOT, "cac:PayeeParty") != OUT_NONE;
	return false;
}

static const char *choose(const writer *w, uint32_t id, uint32_t node, const char *route)
{
	const char *first = NULL;

	for (; route; route = out_alternative(route)) {
		if (!out_possible(&w->out, node, route))
			continue;
		if (preferred(w, id, route))
			return route;
		if (!first && !str_starts_with(route, "/cac:PayeeParty/"))
			first = route;
	}
	return first;
}

/* ---- values ---- */

static const char *compact_date(writer *w, const char *text)
{
	char digits[8];

	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
		return text;
	memcpy(digits, text, 4);
	memcpy(digits + 4, text + 5, 2);
	memcpy(digits + 6, text + 8, 2);
	return out_keep(&w->out, digits, 8);
}

/* UBL's note: "#AAI#text"; code and text come one after the other. */
static const char *note(writer *w, uint32_t node, term_kind kind, const char *text)
{
	const char *before = w->out.nodes[node].text;
	AUTO(buf) joined = BUF_INIT;

	if (kind == TERM_NOTE_TEXT && !before)
		return text;
	if (kind == TERM_NOTE_CODE)
		buf_add_format(&joined, "#%s#%s", text, before ? before : "");
	else
		buf_add_format(&joined, "%s%s", before, text);
	return joined.failed ? NULL : out_keep(&w->out, joined.data, joined.length);
}

/* XRechnung wants a line end behind a line of cash discount terms (BR-DE-18). */
static const char *terms(writer *w, const char *text)
{
	const char *line = strrchr(text, '\n');
	AUTO(buf) ended = BUF_INIT;

	if ((line ? line[1] : text[0]) != '#')
		return text;
	buf_add_format(&ended, "%s\n", text);
	return ended.failed ? NULL : out_keep(&w->out, ended.data, ended.length);
}

static bool is_term(const writer *w, uint32_t id, const char *term)
{
	return strcmp(term_at(w->invoice->items[id].term)->id, term) == 0;
}

static const char *value_for(writer *w, uint32_t id, uint32_t node)
{
	term_kind kind = term_at(w->invoice->items[id].term)->kind;
	const char *text = text_of(w, id);

	if (w->ubl && (kind == TERM_NOTE_CODE || kind == TERM_NOTE_TEXT))
		return note(w, node, kind, text);
	if (!w->ubl && kind == TERM_DATE)
		return compact_date(w, text);
	if (!w->ubl && kind == TERM_POINT_CODE)
		return model_point_code_cii(text);
	if (is_term(w, id, "BT-20"))
		return terms(w, text);
	return text;
}

/* ---- terms ---- */

/* The place for a value: that of the best path, or of another if there is a value already. */
static efile_status find_place(uint32_t *out, const char **attribute, writer *w, uint32_t id,
			       uint32_t node, bool present)
{
	const efile_invoice_item *item = &w->invoice->items[id];
	const char *all = path_of(w, item->term), *best = all ? choose(w, id, node, all) : NULL;
	out_want want = { .route = best, .term = item->term + 1, .present = present,
			  .fresh = term_at(item->term)->most == TERM_MANY };

	*out = OUT_NONE;
	if (!best)
		return EFILE_OK;
	TRY(out_reach(out, attribute, &w->out, node, &want));
	for (; all && !*out; all = out_alternative(all)) {
		want.route = all;
		if (all != best && !w->ubl && out_possible(&w->out, node, all))
			TRY(out_reach(out, attribute, &w->out, node, &want));
	}
	return EFILE_OK;
}

/* The amount of VAT in the accounting currency is said by BT-110 if there is but one currency; UBL
 * names the means of payment once (UBL-SR-46). */
static bool said_by_other(writer *w, uint32_t id)
{
	if (w->ubl && is_term(w, id, "BT-82")) {
		bool said = w->means_named;

		w->means_named = true;
		return said;
	}
	return is_term(w, id, "BT-111") &&
		str_equal(w->currency, efile_invoice_value(w->invoice, "BT-6")) &&
		str_equal(text_of(w, id), efile_invoice_value(w->invoice, "BT-110"));
}

static efile_status put_value(uint32_t *out, writer *w, uint32_t id, uint32_t node, bool present)
{
	const char *attribute, *text;
	uint32_t to;

	*out = OUT_NONE;
	if (said_by_other(w, id))
		return EFILE_OK;
	TRY(find_place(&to, &attribute, w, id, node, present));
	if (!to)
		return EFILE_OK;
	text = value_for(w, id, to);
	if (!text)
		return mem_failed(w->out.ctx);
	*out = to;
	if (attribute)
		return out_set_attribute(&w->out, to, attribute, text);
	w->out.nodes[to].text = text;
	w->out.nodes[to].term = w->invoice->items[id].term + 1;
	return EFILE_OK;
}

/* Terms about the payment or the tax as a whole, which stand in an element of a group that comes
 * later: their turn is when that is there. */
static bool comes_later(const writer *w, uint32_t id)
{
	const efile_invoice_item *item = &w->invoice->items[id];
	const char *route = path_of(w, item->term);

	if (item->parent || term_at(item->term)->kind == TERM_GROUP || !route)
		return false;
	route = choose(w, id, OUT_ROOT, route);
	return route && (str_starts_with(route, "cac:PaymentMeans/") || strstr(route, "/ram:ApplicableTradeTax/"));
}

static efile_status put_group(writer *w, uint32_t group, uint32_t node);

static efile_status put_subgroup(writer *w, uint32_t id, uint32_t node)
{
	uint32_t term = w->invoice->items[id].term, to;
	const char *route = path_of(w, term), *attribute;
	out_want want = { .fresh = term_at(term)->most == TERM_MANY };

	want.route = route ? choose(w, id, node, route) : NULL;
	if (!want.route)
		return EFILE_OK;
	TRY(out_reach(&to, &attribute, &w->out, node, &want));
	return to ? put_group(w, id, to) : EFILE_OK;
}

/* Groups nest four deep, sub invoice lines as deep as the limit for XML or JSON. */
static efile_status put_group(writer *w, uint32_t group, uint32_t node)
{
	uint32_t whole = OUT_NONE, to;

	for (uint32_t id = w->invoice->items[group].child; id; id = w->invoice->items[id].next) {
		uint32_t term = w->invoice->items[id].term;

		if (term_at(term)->kind == TERM_GROUP) {
			TRY(put_subgroup(w, id, node));
		} else if (term_whole(term) != TERM_NONE) {
			if (whole)
				TRY(put_value(&to, w, id, whole, false));
		} else if (!comes_later(w, id)) {
			TRY(put_value(&whole, w, id, node, false));
		}
	}
	return EFILE_OK;
}

static efile_status put_late(writer *w)
{
	uint32_t to;

	for (uint32_t id = w->invoice->items[0].child; id; id = w->invoice->items[id].next)
		if (comes_later(w, id))
			TRY(put_value(&to, w, id, OUT_ROOT, true));
	return EFILE_OK;
}

/* ---- what the syntax wants ---- */

/* Inside an element of that name (and parent, if one is named): a path and its text. */
static const struct { const char *parent, *name, *path, *text; } constants[] = {
	{ NULL, "cac:TaxCategory", "cac:TaxScheme/cbc:ID", "VAT" },
	{ NULL, "cac:ClassifiedTaxCategory", "cac:TaxScheme/cbc:ID", "VAT" },
	{ "cac:Price", "cac:AllowanceCharge", "cbc:ChargeIndicator", "false" },
	{ "cac:Price", "cac:AllowanceCharge", "cbc:Amount", "0" },
	{ NULL, "cac:CardAccount", "cbc:NetworkID", "NA" },
	{ NULL, "cac:OrderReference", "cbc:ID", "NA" },
	{ NULL, "ram:ApplicableTradeTax", "ram:TypeCode", "VAT" },
	{ NULL, "ram:CategoryTradeTax", "ram:TypeCode", "VAT" },
	{ NULL, "ram:AppliedTradeAllowanceCharge", "ram:ChargeIndicator/udt:Indicator", "false" },
	{ NULL, "ram:AdditionalReferencedDocument", "ram:TypeCode", "916" },
	{ NULL, "ram:SpecifiedProcuringProject", "ram:Name", "Project reference" },
};

static efile_status add_constants(writer *w, uint32_t node)
{
	for (size_t i = 0; i < ARRAY_SIZE(constants); i++) {
		const out_node *n = &w->out.nodes[node];
		const char *attribute;
		uint32_t to;

		if (strcmp(n->name, constants[i].name) != 0 ||
		    (constants[i].parent && strcmp(w->out.nodes[n->parent].name, constants[i].parent) != 0))
			continue;
		TRY(out_reach(&to, &attribute, &w->out, node, &(out_want){ .route = constants[i].path }));
		if (to && !w->out.nodes[to].text)
			w->out.nodes[to].text = constants[i].text;
	}
	return EFILE_OK;
}

/* a + b as text; NULL if one is no number. */
static const char *sum_text(writer *w, const char *a, const char *b)
{
	char text[EFILE_DECIMAL_TEXT_SIZE];
	efile_decimal left, right;

	if (!a || !b || efile_decimal_parse(&left, a, (size_t)-1) < 0 ||
	    efile_decimal_parse(&right, b, (size_t)-1) < 0 ||
	    efile_decimal_add(&left, left, right) < 0)
		return NULL;
	efile_decimal_format(left, text);
	return out_keep(&w->out, text, strlen(text));
}

static const char *child_text(const writer *w, uint32_t node, const char *name)
{
	uint32_t child = node ? out_child(&w->out, node, name) : OUT_NONE;

	return child ? w->out.nodes[child].text : NULL;
}

/* CII: a discount stands inside the gross price, which is then the net price and the discount. */
static efile_status add_gross_price(writer *w, uint32_t node)
{
	uint32_t net = out_child(&w->out, w->out.nodes[node].parent, "ram:NetPriceProductTradePrice");
	uint32_t discount = out_child(&w->out, node, "ram:AppliedTradeAllowanceCharge"), to;
	const char *attribute, *sum;

	if (out_child(&w->out, node, "ram:ChargeAmount"))
		return EFILE_OK;
	sum = discount ? sum_text(w, child_text(w, net, "ram:ChargeAmount"),
				  child_text(w, discount, "ram:ActualAmount")) :
			 child_text(w, net, "ram:ChargeAmount");
	TRY(out_reach(&to, &attribute, &w->out, node, &(out_want){ .route = "ram:ChargeAmount" }));
	if (to)
		w->out.nodes[to].text = sum;
	return EFILE_OK;
}

/* UBL: above the VAT breakdown stands the sum of its amounts. */
static efile_status add_tax_total(writer *w, uint32_t node)
{
	const char *sum = "0", *attribute;
	uint32_t to;

	if (out_child(&w->out, node, "cbc:TaxAmount"))
		return EFILE_OK;
	for (uint32_t child = w->out.nodes[node].child; child && sum; child = w->out.nodes[child].next)
		if (child_text(w, child, "cbc:TaxAmount"))
			sum = sum_text(w, sum, child_text(w, child, "cbc:TaxAmount"));
	TRY(out_reach(&to, &attribute, &w->out, node, &(out_want){ .route = "cbc:TaxAmount" }));
	if (to)
		w->out.nodes[to].text = sum;
	return EFILE_OK;
}

static efile_status add_sums(writer *w, uint32_t node)
{
	const char *name = w->out.nodes[node].name;

	if (strcmp(name, "ram:GrossPriceProductTradePrice") == 0)
		return add_gross_price(w, node);
	if (strcmp(name, "cac:TaxTotal") == 0)
		return add_tax_total(w, node);
	return EFILE_OK;
}

static efile_status add_attributes(writer *w, uint32_t node)
{
	const out_node *n = &w->out.nodes[node];

	if (!n->text)
		return EFILE_OK;
	if (w->currency && structure_needs(n->type, "@currencyID"))
		return out_set_attribute(&w->out, node, "currencyID", w->currency);
	if (str_equal(n->name, "udt:DateTimeString") || str_equal(n->name, "udt:DateString") ||
	    str_equal(n->name, "qdt:DateTimeString"))
		return out_set_attribute(&w->out, node, "format", "102");
	return EFILE_OK;
}

/* CII has groups that must be there though they may be empty. */
static efile_status add_required(writer *w, uint32_t node)
{
	structure_child child;

	for (size_t i = 0; structure_child_at(&child, w->out.nodes[node].type, i); i++) {
		uint32_t id;

		if (child.required && structure_form_of(child.type) == STRUCTURE_SEQUENCE &&
		    !out_child(&w->out, node, child.name))
			TRY(out_add(&id, &w->out, node, &child));
	}
	return EFILE_OK;
}

static efile_status complete(writer *w)
{
	for (uint32_t node = OUT_ROOT; node < w->out.count; node++) {
		TRY(add_constants(w, node));
		TRY(add_sums(w, node));
		TRY(add_attributes(w, node));
		if (!w->ubl)
			TRY(add_required(w, node));
	}
	return EFILE_OK;
}

/* ---- the document ---- */

static const char *root_of(efile_invoice_format format)
{
	return format == EFILE_INVOICE_CII ? "rsm:CrossIndustryInvoice" :
		format == EFILE_INVOICE_UBL_CREDIT_NOTE ? "CreditNote" : "Invoice";
}

static efile_status make(buf *out, writer *w, efile_invoice_format format)
{
	TRY(out_tree_begin(&w->out, w->invoice->ctx, root_of(format)));
	TRY(put_group(w, 0, OUT_ROOT));
	TRY(put_late(w));
	TRY(complete(w));
	return out_tree_write(out, &w->out);
}

static efile_status require_syntax(const efile_invoice *invoice, efile_invoice_format format)
{
	if (format == EFILE_INVOICE_UBL_INVOICE || format == EFILE_INVOICE_UBL_CREDIT_NOTE ||
	    format == EFILE_INVOICE_CII)
		return EFILE_OK;
	return FAIL(invoice->ctx, EFILE_E_INVALID, 2860, "an invoice cannot be written as %s",
		    efile_invoice_format_name(format));
}

efile_status efile_invoice_write(char **out, size_t *length, efile_report **losses,
				 const efile_invoice *invoice, efile_invoice_format format)
{
	writer w = { .invoice = invoice, .ubl = format != EFILE_INVOICE_CII };
	AUTO_PTR(efile_report) report = NULL;
	AUTO(buf) text = BUF_INIT;
	efile_status status;
	size_t written;

	if (!out || !invoice)
		return EFILE_E_INVALID;
	error_clear(invoice->ctx);
	w.currency = efile_invoice_value(invoice, "BT-5");
	TRY(require_syntax(invoice, format));
	status = make(&text, &w, format);
	out_tree_clear(&w.out);
	TRY(status);
	if (losses)
		TRY(loss_report(&report, invoice, &text));
	written = text.length;
	TRY(buf_take(out, &text, invoice->ctx));
	if (length)
		*length = written;
	if (losses)
		*losses = STEAL(report);
	return EFILE_OK;
}

efile_invoice_format efile_invoice_ubl_format(const efile_invoice *invoice)
{
	const char *code = efile_invoice_value(invoice, "BT-3");
	const codelist *notes = codelist_find(invoice->ctx, "untdid-1001-credit-note");

	if (invoice->format == EFILE_INVOICE_UBL_INVOICE ||
	    invoice->format == EFILE_INVOICE_UBL_CREDIT_NOTE)
		return invoice->format;
	return code && codelist_has(notes, code, strlen(code)) ? EFILE_INVOICE_UBL_CREDIT_NOTE :
								  EFILE_INVOICE_UBL_INVOICE;
}
