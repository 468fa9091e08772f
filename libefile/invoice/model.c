/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the document's elements to the terms of EN 16931: each row of the table of terms is a path,
 * walked from the element of the group that it belongs to. */
#include "base/ctx.h"
#include "invoice/invoice.h"

#include <stdlib.h>
#include <string.h>

typedef struct builder {
	efile_invoice *invoice;
	path **paths;            /* one per term, for this document's syntax */
	const uint32_t *first;   /* first term of a group (by term index + 1; 0 the document) */
	const uint32_t *next;    /* next term of the same group */
} builder;

/* ---- values ---- */

static bool digits(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!str_ascii_digit(text[i]))
			return false;
	return true;
}

/* CII writes dates as 20260302 (format 102), UBL may add a time zone, which the date of an invoice does
 * not have; the model says 2026-03-02 in both syntaxes. */
static bool date_value(char out[11], const char *text, size_t length)
{
	if (length > 10 && text[4] == '-' && text[7] == '-' && memchr("Z+-", text[10], 3)) {
		memcpy(out, text, 10);
		out[10] = '\0';
		return true;
	}
	if (length != 8 || !digits(text, length))
		return false;
	memcpy(out, text, 4);
	out[4] = out[7] = '-';
	memcpy(out + 5, text + 4, 2);
	memcpy(out + 8, text + 6, 2);
	out[10] = '\0';
	return true;
}

/* UBL's note: "#AAI#text", CEN/TS 16931-3-2. Cuts out the code or the text; false if there is none. */
static bool note_value(const char **text, size_t *length, bool code)
{
	const char *end = *length > 2 && (*text)[0] == '#' ?
		memchr(*text + 1, '#', *length - 1) : NULL;
	size_t code_length = end ? (size_t)(end - *text) - 1 : 0;

	if (code_length != 3)
		return !code;
	if (code) {
		(*text)++;
		*length = code_length;
	} else {
		*length -= code_length + 2;
		*text = end + 1;
	}
	return true;
}

/* Which day VAT falls due: CII has codes of UNTDID 2475, the model and UBL those of UNTDID 2005. */
static const struct { const char *cii, *model; } point_codes[] = {
	{ "5", "3" }, { "29", "35" }, { "72", "432" },
};

static const char *point_code(const char *text, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(point_codes); i++)
		if (strlen(point_codes[i].cii) == length && memcmp(point_codes[i].cii, text, length) == 0)
			return point_codes[i].model;
	return NULL;
}

const char *model_point_code_cii(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(point_codes); i++)
		if (strcmp(point_codes[i].model, text) == 0)
			return point_codes[i].cii;
	return text;
}

/* Keeps a copy; the buffer may move while it grows, so it cannot be its own source. */
static uint32_t keep_copy(tree *t, const char *text, size_t length)
{
	char *copy = malloc(length + 1);
	uint32_t at = 0;

	if (!copy) {
		t->texts.failed = true;
		return 0;
	}
	memcpy(copy, text, length);
	at = tree_keep(t, copy, length);
	free(copy);
	return at;
}

static bool set_text(tree *t, efile_invoice_item *item, const char *text)
{
	item->text_length = (uint32_t)strlen(text);
	item->text = tree_keep(t, text, item->text_length);
	return !t->texts.failed;
}

/* Sets the item's text; false if the term has no value here. */
static bool take_value(efile_invoice *invoice, efile_invoice_item *item, term_kind kind)
{
	tree *t = &invoice->tree;
	size_t whole_length, length;
	const char *whole = place_text(&whole_length, t, item->at), *text, *code;
	char date[11];

	length = whole_length;
	text = tree_trim(whole, &length);
	if (kind == TERM_DATE && date_value(date, text, length))
		return set_text(t, item, date);
	if (kind == TERM_POINT_CODE && !invoice_is_ubl(invoice) &&
	    (code = point_code(text, length)) != NULL)
		return set_text(t, item, code);
	if (invoice_is_ubl(invoice) && (kind == TERM_NOTE_CODE || kind == TERM_NOTE_TEXT) &&
	    !note_value(&text, &length, kind == TERM_NOTE_CODE))
		return false;
	item->text_length = (uint32_t)length;
	item->text = text + length == whole + whole_length ? (uint32_t)(text - t->texts.data) :
		keep_copy(t, text, length);
	return !t->texts.failed;
}

/* ---- the tree of items ---- */

static efile_status add(uint32_t *out, efile_invoice *invoice, const efile_invoice_item *item)
{
	TRY(mem_grow(invoice->ctx, (void **)&invoice->items, &invoice->capacity, invoice->count,
		     sizeof(*invoice->items)));
	*out = (uint32_t)invoice->count;
	invoice->items[invoice->count++] = *item;
	return EFILE_OK;
}

static efile_status build_group(builder *b, uint32_t item, uint32_t term, uint32_t node);
static efile_status build_terms(builder *b, uint32_t item, uint32_t *last, uint32_t group,
				uint32_t node);

static void hang_in(efile_invoice *invoice, uint32_t parent, uint32_t *last, uint32_t item)
{
	if (*last)
		invoice->items[*last].next = item;
	else
		invoice->items[parent].child = item;
	*last = item;
}

static efile_status add_one(builder *b, uint32_t parent, uint32_t *last, uint32_t term, place at)
{
	efile_invoice *invoice = b->invoice;
	efile_invoice_item item = { .term = term, .parent = parent, .at = at };
	term_kind kind = term_at(term)->kind;
	uint32_t id;

	if (kind != TERM_GROUP && !take_value(invoice, &item, kind))
		return buf_status(&invoice->tree.texts, invoice->ctx);
	TRY(add(&id, invoice, &item));
	if (kind == TERM_GROUP) {
		TRY(build_group(b, id, term + 1, at.node));
		if (!invoice->items[id].child) {
			invoice->count--; /* a group without any term says nothing */
			return EFILE_OK;
		}
	}
	hang_in(invoice, parent, last, id);
	return kind == TERM_GROUP ? EFILE_OK : build_terms(b, parent, last, term + 1, at.node);
}

static const char *path_of(const efile_invoice *invoice, uint32_t term)
{
	return invoice_is_ubl(invoice) ? term_at(term)->ubl : term_at(term)->cii;
}

static efile_status add_all(builder *b, uint32_t parent, uint32_t *last, uint32_t term,
			    uint32_t node)
{
	efile_status status = EFILE_OK;
	places found = { NULL, 0, 0, false };

	if (!path_of(b->invoice, term))
		return EFILE_OK;
	if (!b->paths[term])
		TRY(path_compile(&b->paths[term], b->invoice->ctx, &b->invoice->tree,
				 path_of(b->invoice, term)));
	path_collect(&found, b->paths[term], &b->invoice->tree, node);
	if (found.failed)
		status = mem_failed(b->invoice->ctx);
	for (size_t i = 0; i < found.count && status >= 0; i++)
		status = add_one(b, parent, last, term, found.items[i]);
	places_clear(&found);
	return status;
}

static efile_status build_terms(builder *b, uint32_t item, uint32_t *last, uint32_t group,
				uint32_t node)
{
	for (uint32_t term = b->first[group]; term; term = b->next[term])
		TRY(add_all(b, item, last, term - 1, node));
	return EFILE_OK;
}

/* Groups nest four deep (BG-25, BG-31, BG-32); sub invoice lines as deep as the limit for XML. */
static efile_status build_group(builder *b, uint32_t item, uint32_t group, uint32_t node)
{
	uint32_t last = 0;

	return build_terms(b, item, &last, group, node);
}

/* Made at the first invoice and kept with the context. */
typedef struct chains {
	uint32_t *first, *next;
} chains;

static void chains_free(void *kept)
{
	chains *c = kept;

	free(c->first);
	free(c->next);
	free(c);
}

static efile_status chains_for(const chains **out, efile_ctx *ctx)
{
	static const char key[] = "terms";
	chains *c = ctx_kept(ctx, key);

	*out = c;
	if (c)
		return EFILE_OK;
	c = mem_new(ctx, sizeof(*c));
	if (!c)
		return EFILE_E_NOMEM;
	c->first = mem_new(ctx, (term_count() + 1) * sizeof(*c->first));
	c->next = mem_new(ctx, (term_count() + 1) * sizeof(*c->next));
	if (!c->first || !c->next) {
		chains_free(c);
		return EFILE_E_NOMEM;
	}
	term_chains(c->first, c->next);
	*out = c;
	return ctx_keep(ctx, key, c, chains_free);
}

static efile_status prepare(builder *b)
{
	const chains *c;

	TRY(chains_for(&c, b->invoice->ctx));
	b->first = c->first;
	b->next = c->next;
	b->paths = mem_new(b->invoice->ctx, term_count() * sizeof(*b->paths));
	return b->paths ? EFILE_OK : EFILE_E_NOMEM;
}

static void builder_clear(builder *b)
{
	for (size_t i = 0; b->paths && i < term_count(); i++)
		path_free(b->paths[i]);
	free(b->paths);
}

efile_status model_build(efile_invoice *invoice)
{
	builder b = { .invoice = invoice };
	efile_invoice_item document = { .at = { TREE_ROOT, 0 } };
	efile_status status = prepare(&b);
	uint32_t id;

	if (status == EFILE_OK)
		status = add(&id, invoice, &document);
	if (status == EFILE_OK)
		status = build_group(&b, id, 0, TREE_ROOT);
	builder_clear(&b);
	return status;
}
