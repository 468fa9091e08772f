/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Invoices that are made and not read: terms set one by one, or from JSON. Their values are checked
 * for their form; whether the invoice obeys the rules is seen when it has been written. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "invoice/invoice.h"
#include "xml/xml.h"

efile_status efile_invoice_new(efile_invoice **out, efile_ctx *ctx)
{
	AUTO_PTR(efile_invoice) invoice = NULL;

	if (!out || !ctx)
		return EFILE_E_INVALID;
	error_clear(ctx);
	invoice = mem_new(ctx, sizeof(*invoice));
	if (!invoice)
		return EFILE_E_NOMEM;
	invoice->ctx = ctx;
	invoice->format = EFILE_INVOICE_DRAFT;
	TRY(tree_empty(&invoice->tree, ctx));
	TRY(mem_grow(ctx, (void **)&invoice->items, &invoice->capacity, 0, sizeof(*invoice->items)));
	invoice->items[0] = (efile_invoice_item){ .at = { TREE_ROOT, 0 } };
	invoice->count = 1;
	*out = STEAL(invoice);
	return EFILE_OK;
}

/* ---- values ---- */

static bool good_value(term_kind kind, const char *value)
{
	efile_decimal number;
	efile_date date;

	switch (kind) {
	case TERM_DATE:
		return efile_date_parse(&date, value) == EFILE_OK;
	case TERM_AMOUNT:
	case TERM_UNIT_PRICE:
	case TERM_QUANTITY:
	case TERM_PERCENT:
		return efile_decimal_parse(&number, value, (size_t)-1) == EFILE_OK &&
			!strpbrk(value, "eE");
	default:
		return true;
	}
}

static efile_status require_value(efile_ctx *ctx, const term_row *row, const char *value)
{
	if (row->kind == TERM_GROUP && value && *value)
		return FAIL(ctx, EFILE_E_INVALID, 2862, "%s is a group and has no value", row->id);
	if (row->kind != TERM_GROUP && (!value || !*value))
		return FAIL(ctx, EFILE_E_INVALID, 2863, "%s needs a value", row->id);
	if (row->kind != TERM_GROUP && !xml_text_valid(value, strlen(value)))
		return FAIL(ctx, EFILE_E_INVALID, 2864,
			    "the value of %s holds a character that XML does not allow", row->id);
	if (row->kind != TERM_GROUP && !good_value(row->kind, value))
		return FAIL(ctx, EFILE_E_INVALID, 2865, "%s cannot be \"%s\"", row->id, value);
	return EFILE_OK;
}

/* ---- adding ---- */

/* Parts go with their term. */
static size_t order_of(uint32_t term)
{
	size_t whole = term_whole(term);

	return whole == TERM_NONE ? term : whole;
}

/* The sibling behind which a term belongs, 0 for the first place; siblings follow the table. */
static uint32_t place_behind(const efile_invoice *invoice, uint32_t group, uint32_t term)
{
	uint32_t behind = 0, last = invoice->items[group].last;

	if (last && order_of(invoice->items[last].term) <= order_of(term))
		return last;
	for (uint32_t id = invoice->items[group].child;
	     id && order_of(invoice->items[id].term) <= order_of(term); id = invoice->items[id].next)
		behind = id;
	return behind;
}

static bool has_term(const efile_invoice *invoice, uint32_t behind, uint32_t group, uint32_t term)
{
	uint32_t id = invoice->items[group].child;

	if (!behind || order_of(invoice->items[behind].term) != order_of(term))
		return false;
	while (id && invoice->items[id].term != term)
		id = invoice->items[id].next;
	return id != 0;
}

/* The part of a term that is there already, behind the last item of that term. */
static bool has_part(const efile_invoice *invoice, uint32_t behind, uint32_t group, uint32_t term)
{
	bool found = false;

	for (uint32_t id = invoice->items[group].child; id; id = invoice->items[id].next) {
		if (invoice->items[id].term == term_whole(term))
			found = false;
		else if (invoice->items[id].term == term)
			found = true;
		if (id == behind)
			break;
	}
	return found;
}

static efile_status require_place(const efile_invoice *invoice, uint32_t group, uint32_t term,
				  uint32_t behind)
{
	size_t of = group ? invoice->items[group].term : TERM_NONE, whole = term_whole(term);
	const char *id = term_at(term)->id;

	if (!term_fits(term, of))
		return FAIL(invoice->ctx, EFILE_E_INVALID, 2866, "%s does not belong into %s", id,
			    group ? term_at(of)->id : efile_message(invoice->ctx, "the document level"));
	if (whole != TERM_NONE && (!behind || order_of(invoice->items[behind].term) != whole))
		return FAIL(invoice->ctx, EFILE_E_INVALID, 2867, "%s has no %s to belong to", id,
			    term_at(whole)->id);
	if (whole != TERM_NONE ? has_part(invoice, behind, group, term) :
	    term_at(term)->most == 1 && has_term(invoice, behind, group, term))
		return FAIL(invoice->ctx, EFILE_E_EXISTS, 2868, "there is a %s already", id);
	return EFILE_OK;
}

static efile_status insert(size_t *out, efile_invoice *invoice, uint32_t group, uint32_t term,
			   uint32_t behind, const char *value)
{
	efile_invoice_item item = { .term = term, .parent = group, .at = { TREE_ROOT, 0 } };
	uint32_t id = (uint32_t)invoice->count;

	TRY(mem_grow(invoice->ctx, (void **)&invoice->items, &invoice->capacity, invoice->count,
		     sizeof(*invoice->items)));
	if (value) {
		item.text_length = (uint32_t)strlen(value);
		item.text = tree_keep(&invoice->tree, value, item.text_length);
		TRY(buf_status(&invoice->tree.texts, invoice->ctx));
	}
	item.next = behind ? invoice->items[behind].next : invoice->items[group].child;
	invoice->items[id] = item;
	invoice->count++;
	if (behind)
		invoice->items[behind].next = id;
	else
		invoice->items[group].child = id;
	if (!item.next)
		invoice->items[group].last = id;
	if (out)
		*out = id;
	return EFILE_OK;
}

efile_status efile_invoice_add(size_t *out, efile_invoice *invoice, size_t group, const char *term,
			       const char *value)
{
	size_t index = term ? term_find(term) : TERM_NONE;
	uint32_t behind;

	if (!invoice)
		return EFILE_E_INVALID;
	error_clear(invoice->ctx);
	if (invoice->format != EFILE_INVOICE_DRAFT)
		return FAIL(invoice->ctx, EFILE_E_STATE, 2869,
			    "an invoice that was read from a document is not changed");
	if (index == TERM_NONE || group >= invoice->count ||
	    (group && term_at(invoice->items[group].term)->kind != TERM_GROUP))
		return FAIL(invoice->ctx, EFILE_E_INVALID, 2861, "there is no such term or group: %s",
			    term ? term : "");
	TRY(require_value(invoice->ctx, term_at(index), value));
	behind = place_behind(invoice, (uint32_t)group, (uint32_t)index);
	TRY(require_place(invoice, (uint32_t)group, (uint32_t)index, behind));
	return insert(out, invoice, (uint32_t)group, (uint32_t)index, behind,
		      term_at(index)->kind == TERM_GROUP ? NULL : value);
}

/* ---- from JSON ---- */

static efile_status take_object(efile_invoice *invoice, size_t group, const json_value *object);

/* {"base64": "..."} is an attached document. */
static const char *text_of(const json_value *value)
{
	if (value->type == JSON_OBJECT)
		return json_member_text(value, "base64");
	return value->type == JSON_STRING || value->type == JSON_NUMBER ? value->text : NULL;
}

static efile_status take_parts(efile_invoice *invoice, size_t group, const json_value *object,
			       size_t whole, size_t number)
{
	for (size_t part = whole + 1; part < term_count() && term_whole(part) == whole; part++) {
		const json_value *value = json_member(object, term_at(part)->id);

		if (value && value->type == JSON_ARRAY) {
			size_t i = 0;

			for (value = value->child; value && i < number; value = value->next)
				i++;
		}
		if (value && value->type != JSON_NULL)
			TRY(efile_invoice_add(NULL, invoice, group, term_at(part)->id, text_of(value)));
	}
	return EFILE_OK;
}

static efile_status take_one(efile_invoice *invoice, size_t group, const json_value *object,
			     const json_value *value, const char *term, size_t number)
{
	size_t index = term_find(term), made;

	if (value->type == JSON_NULL)
		return EFILE_OK;
	if (index == TERM_NONE || term_at(index)->kind != TERM_GROUP) {
		TRY(efile_invoice_add(NULL, invoice, group, term, text_of(value)));
		return take_parts(invoice, group, object, index, number);
	}
	if (value->type != JSON_OBJECT)
		return FAIL(invoice->ctx, EFILE_E_INVALID, 2870, "%s is a group, so it takes an object",
			    term);
	TRY(efile_invoice_add(&made, invoice, group, term, NULL));
	return take_object(invoice, made, value);
}

static efile_status take_member(efile_invoice *invoice, size_t group, const json_value *object,
				const json_value *value)
{
	size_t number = 0;

	if (value->type != JSON_ARRAY)
		return take_one(invoice, group, object, value, value->key, 0);
	for (const json_value *one = value->child; one; one = one->next)
		TRY(take_one(invoice, group, object, one, value->key, number++));
	return EFILE_OK;
}

static efile_status take_object(efile_invoice *invoice, size_t group, const json_value *object)
{
	for (const json_value *value = object->child; value; value = value->next) {
		size_t index = term_find(value->key), whole;

		whole = index == TERM_NONE ? TERM_NONE : term_whole(index);
		if (whole != TERM_NONE && json_member(object, term_at(whole)->id))
			continue; /* goes with its term */
		TRY(take_member(invoice, group, object, value));
	}
	return EFILE_OK;
}

efile_status efile_invoice_from_json(efile_invoice **out, efile_ctx *ctx, const char *text,
				     size_t length)
{
	AUTO_PTR(json_document) document = NULL;
	AUTO_PTR(efile_invoice) invoice = NULL;
	const json_value *root, *inner;

	if (!out || !ctx || (!text && length))
		return EFILE_E_INVALID;
	error_clear(ctx);
	TRY(json_parse(&document, ctx, text, length));
	root = json_root(document);
	if (root->type != JSON_OBJECT)
		return FAIL(ctx, EFILE_E_FORMAT, 2871, "an invoice in JSON is an object");
	inner = json_member(root, "invoice");
	TRY(efile_invoice_new(&invoice, ctx));
	TRY(take_object(invoice, 0, inner && inner->type == JSON_OBJECT ? inner : root));
	*out = STEAL(invoice);
	return EFILE_OK;
}
