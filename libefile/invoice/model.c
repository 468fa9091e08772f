/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the document's elements to the terms of EN 16931: each row of the table of terms is a path,
 * walked from the element of the group that it belongs to. */
#include "base/ctx.h"
#include "invoice/invoice.h"

#include <stdlib.h>
#include <string.h>

typedef struct builder {
	efile_invoice *invoice;
	path_view view;
	const path **paths;      /* one per term; NULL: not in this document */
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

static efile_status add_all(builder *b, uint32_t parent, uint32_t *last, uint32_t term,
			    uint32_t node)
{
	efile_status status = EFILE_OK;
	places found = { NULL, 0, 0, false };

	if (!b->paths[term])
		return EFILE_OK;
	path_collect(&found, b->paths[term], &b->view, node);
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

/* ---- what is made at the first invoice of a syntax and kept with the context ---- */

typedef struct term_paths {
	uint32_t *first, *next;
	path_names *names;
	path **paths;            /* one per term */
} term_paths;

static void term_paths_free(void *kept)
{
	term_paths *p = kept;

	for (size_t i = 0; p->paths && i < term_count(); i++)
		path_free(p->paths[i]);
	free(p->paths);
	path_names_free(p->names);
	free(p->first);
	free(p->next);
	free(p);
}

static efile_status compile_terms(term_paths *p, efile_ctx *ctx, bool ubl)
{
	p->first = mem_new(ctx, (term_count() + 1) * sizeof(*p->first));
	p->next = mem_new(ctx, (term_count() + 1) * sizeof(*p->next));
	p->paths = mem_new(ctx, term_count() * sizeof(*p->paths));
	if (!p->first || !p->next || !p->paths)
		return EFILE_E_NOMEM;
	term_chains(p->first, p->next);
	TRY(path_names_new(&p->names, ctx));
	for (size_t i = 0; i < term_count(); i++) {
		const char *text = ubl ? term_at(i)->ubl : term_at(i)->cii;

		if (text)
			TRY(path_compile(&p->paths[i], ctx, p->names, text));
	}
	return EFILE_OK;
}

static efile_status term_paths_for(const term_paths **out, const efile_invoice *invoice)
{
	static const char keys[2][4] = { "cii", "ubl" };
	bool ubl = invoice_is_ubl(invoice);
	term_paths *p = ctx_kept(invoice->ctx, keys[ubl]);
	efile_status status;

	*out = p;
	if (p)
		return EFILE_OK;
	p = mem_new(invoice->ctx, sizeof(*p));
	if (!p)
		return EFILE_E_NOMEM;
	status = compile_terms(p, invoice->ctx, ubl);
	if (status < 0) {
		term_paths_free(p);
		return status;
	}
	*out = p;
	return ctx_keep(invoice->ctx, keys[ubl], p, term_paths_free);
}

/* ---- all ---- */

static efile_status prepare(builder *b, uint32_t **bound)
{
	efile_ctx *ctx = b->invoice->ctx;
	const term_paths *known;

	TRY(term_paths_for(&known, b->invoice));
	b->first = known->first;
	b->next = known->next;
	b->paths = mem_new(ctx, term_count() * sizeof(*b->paths));
	if (!b->paths)
		return EFILE_E_NOMEM;
	TRY(path_names_bind(bound, known->names, &b->invoice->tree));
	b->view = (path_view){ &b->invoice->tree, *bound };
	for (size_t i = 0; i < term_count(); i++)
		if (known->paths[i] && path_possible(known->paths[i], &b->view))
			b->paths[i] = known->paths[i];
	return EFILE_OK;
}

efile_status model_build(efile_invoice *invoice)
{
	builder b = { .invoice = invoice };
	efile_invoice_item document = { .at = { TREE_ROOT, 0 } };
	uint32_t *bound = NULL;
	efile_status status = prepare(&b, &bound);
	uint32_t id;

	if (status == EFILE_OK)
		status = add(&id, invoice, &document);
	if (status == EFILE_OK)
		status = build_group(&b, id, 0, TREE_ROOT);
	free(bound);
	free(b.paths);
	return status;
}
