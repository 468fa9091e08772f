/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Schemas from a folder, such as the official ones, beside our own check of the structure: the elements
 * that were read are told to the validator once more. */
#include <stdlib.h>
#include <string.h>

#include "base/ctx.h"
#include "invoice/invoice.h"
#include "invoice/structure.h"
#include "xml/xml.h"

/* ---- compiled once per context ---- */

typedef struct compiled {
	char *folder, *uri;
	xml_schema *schema;
	struct compiled *next;
} compiled;

static const char kept_key[] = "schemas of folders";

static void compiled_free(compiled *c)
{
	if (!c)
		return;
	free(c->folder);
	free(c->uri);
	xml_schema_free(c->schema);
	free(c);
}

DEFINE_AUTO_PTR(compiled, compiled_free)

/* The head of the list is none itself. */
static void release(void *kept)
{
	for (compiled *c = kept, *next; c; c = next) {
		next = c->next;
		compiled_free(c);
	}
}

static efile_status list_of(compiled **out, efile_ctx *ctx)
{
	*out = ctx_kept(ctx, kept_key);
	if (*out)
		return EFILE_OK;
	*out = mem_new(ctx, sizeof(**out));
	return *out ? ctx_keep(ctx, kept_key, *out, release) : EFILE_E_NOMEM;
}

/* The three documents have a namespace each. */
static efile_status schema_for(const xml_schema **out, const efile_invoice *invoice, const char *folder)
{
	efile_ctx *ctx = invoice->ctx;
	AUTO_PTR(compiled) made = NULL;
	compiled *list;

	TRY(list_of(&list, ctx));
	for (const compiled *c = list->next; c; c = c->next)
		if (str_equal(c->folder, folder) && str_equal(c->uri, invoice->tree.root_uri)) {
			*out = c->schema;
			return EFILE_OK;
		}
	made = mem_new(ctx, sizeof(*made));
	if (!made)
		return EFILE_E_NOMEM;
	TRY(mem_dup(&made->folder, ctx, folder));
	TRY(mem_dup(&made->uri, ctx, invoice->tree.root_uri));
	TRY(xml_schema_load_for(&made->schema, ctx, folder, made->uri, invoice->tree.root_name));
	*out = made->schema;
	made->next = list->next;
	list->next = STEAL(made);
	return EFILE_OK;
}

efile_status efile_invoice_set_schemas(efile_invoice *invoice, const char *folder)
{
	const xml_schema *schema = NULL;

	if (!invoice)
		return EFILE_E_INVALID;
	error_clear(invoice->ctx);
	if (folder && invoice->format == EFILE_INVOICE_DRAFT)
		return FAIL(invoice->ctx, EFILE_E_STATE, 2872,
			    "a draft is checked when it has been written and read");
	if (folder)
		TRY(schema_for(&schema, invoice, folder));
	invoice->schema = schema;
	return EFILE_OK;
}

/* ---- telling the elements ---- */

typedef struct teller {
	const efile_invoice *invoice;
	const tree *t;
	xml_validator *validator;
	uint32_t current;        /* the innermost open element */
	size_t tail;             /* the next text behind a child */
	xml_attribute *attributes;
	size_t capacity;
} teller;

static const char *local_name(const tree *t, uint32_t name)
{
	const char *text = tree_name_text(t, name), *colon = strrchr(text, ':');

	return colon ? colon + 1 : text + (*text == '@');
}

static efile_status fill_attributes(teller *w, const tree_row *row)
{
	for (uint32_t i = 0; i < row->attribute_count; i++) {
		const tree_attribute *a = &w->t->attributes[row->attribute + i];

		TRY(mem_grow(w->invoice->ctx, (void **)&w->attributes, &w->capacity, i, sizeof(*w->attributes)));
		w->attributes[i] = (xml_attribute){ tree_name_uri(w->t, a->name), tree_name_prefix(w->t, a->name),
						    local_name(w->t, a->name), tree_attribute_text(w->t, a),
						    a->text_length };
	}
	return EFILE_OK;
}

static xml_element element_of(const teller *w, uint32_t node)
{
	uint32_t name = w->t->rows[node].name;

	return (xml_element){ .uri = tree_name_uri(w->t, name), .prefix = tree_name_prefix(w->t, name),
			      .name = local_name(w->t, name) };
}

static efile_status begin(teller *w, uint32_t node)
{
	const tree_row *row = &w->t->rows[node];
	xml_element e = element_of(w, node);

	TRY(fill_attributes(w, row));
	e.attributes = w->attributes;
	e.attribute_count = row->attribute_count;
	w->current = node;
	TRY(xml_validator_start(w->validator, &e));
	return xml_validator_text(w->validator, tree_text(w->t, node), row->text_length);
}

/* Texts of the innermost element that stand before an element. */
static efile_status tell_tails(teller *w, uint32_t before)
{
	for (; w->tail < w->t->tail_count; w->tail++) {
		const tree_tail *tail = &w->t->tails[w->tail];

		if (tail->before != before || tail->owner != w->current)
			break;
		TRY(xml_validator_text(w->validator, w->t->texts.data + tail->text, tail->text_length));
	}
	return EFILE_OK;
}

/* Closes elements until the one that holds the next is innermost. */
static efile_status close_to(teller *w, uint32_t holder, uint32_t before)
{
	TRY(tell_tails(w, before));
	while (w->current != holder) {
		xml_element e = element_of(w, w->current);

		TRY(xml_validator_end(w->validator, &e));
		w->current = w->t->rows[w->current].parent;
		TRY(tell_tails(w, before));
	}
	return EFILE_OK;
}

static efile_status tell_all(teller *w)
{
	for (uint32_t node = TREE_ROOT; node < w->t->count; node++) {
		TRY(close_to(w, w->t->rows[node].parent, node));
		TRY(begin(w, node));
	}
	return close_to(w, TREE_NONE, (uint32_t)w->t->count);
}

static void where_am_i(report_place *out, buf *spot, void *user)
{
	const teller *w = user;
	const tree_row *row = &w->t->rows[w->current];

	tree_path(spot, w->t, w->current);
	out->path = buf_text(spot);
	out->line = row->line;
	out->column = row->column;
}

/* ---- what the own check has not said of the same element ---- */

static bool has_place(const efile_report *report, const efile_finding *f)
{
	for (size_t i = 0; i < efile_report_count(report); i++) {
		const efile_finding *other = efile_report_finding(report, i);

		if (other->line == f->line && other->column == f->column && str_equal(other->rule, f->rule))
			return true;
	}
	return false;
}

static efile_status add_new(efile_report *report, const efile_report *found)
{
	for (size_t i = 0; i < efile_report_count(found); i++) {
		const efile_finding *f = efile_report_finding(found, i);
		report_place spot = { .path = f->path, .line = f->line, .column = f->column,
				      .actual = f->actual, .expected = f->expected };

		if (!has_place(report, f))
			TRY(report_add(report, f->rule, f->severity, &spot, "%s", f->message));
	}
	return EFILE_OK;
}

efile_status official_check(efile_report *report, const efile_invoice *invoice)
{
	AUTO_PTR(efile_report) found = NULL;
	teller w = { .invoice = invoice, .t = &invoice->tree };
	efile_status status;

	if (!invoice->schema)
		return EFILE_OK;
	TRY(report_new(&found, invoice->ctx));
	TRY(xml_validator_new(&w.validator, invoice->schema, found, invoice->ctx, where_am_i, &w));
	status = tell_all(&w);
	xml_validator_free(w.validator);
	free(w.attributes);
	TRY(status);
	return add_new(report, found);
}
