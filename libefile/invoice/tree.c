/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "invoice/tree.h"

#include <stdlib.h>
#include <string.h>

#include "xml/xml.h"

/* Real invoices have some 200; more is an attack on the search by name. */
enum { NAME_LIMIT = 10000, NODE_LIMIT = 50 * 1000 * 1000 };

/* Namespace to canonical prefix. The three generations of CII share their element names, so that a
 * document has only those of the one that its root is of: others are foreign to it. */
enum { ANY_GENERATION, UBL_INVOICE, UBL_CREDIT_NOTE, CII_2016, CII_2012, CII_2020 };

static const struct { const char *uri, *prefix; int generation; } prefixes[] = {
	{ "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2", "", UBL_INVOICE },
	{ "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2", "", UBL_CREDIT_NOTE },
	{ "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2", "cac", ANY_GENERATION },
	{ "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2", "cbc", ANY_GENERATION },
	{ "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2", "ext", ANY_GENERATION },
	{ "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100", "rsm", CII_2016 },
	{ "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100", "ram", CII_2016 },
	{ "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100", "udt", CII_2016 },
	{ "urn:un:unece:uncefact:data:standard:QualifiedDataType:100", "qdt", CII_2016 },
	{ "urn:ferd:CrossIndustryDocument:invoice:1p0", "rsm", CII_2012 },
	{ "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:12", "ram", CII_2012 },
	{ "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:15", "udt", CII_2012 },
	{ "urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100", "rsm", CII_2020 },
	{ "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:128", "ram", CII_2020 },
	{ "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:128", "udt", CII_2020 },
	{ "http://www.w3.org/2001/XMLSchema-instance", "xsi", ANY_GENERATION },
};

typedef struct tree_reader {
	tree *t;
	uint32_t current;
	uint32_t *last;          /* per depth: the last child so far */
	size_t last_capacity;
	uint32_t depth;
	bool broken;             /* a comment or instruction came after text */
} tree_reader;

/* ---- names ---- */

static size_t slot_of(const tree *t, const void *uri, const void *local, bool attribute)
{
	uintptr_t mix = (uintptr_t)uri * 31 + (uintptr_t)local * 7 + attribute;

	mix ^= mix >> 15;
	mix *= 0x9e3779b1u;
	return (mix >> 7) & (t->hash_size - 1);
}

static bool is_attribute(const tree *t, const tree_name *n)
{
	return t->texts.data[n->text] == '@';
}

static void hash_put(tree *t, uint32_t id)
{
	const tree_name *n = &t->names[id];
	size_t slot = slot_of(t, n->uri, n->local, is_attribute(t, n));

	while (t->hash[slot])
		slot = (slot + 1) & (t->hash_size - 1);
	t->hash[slot] = id;
}

static efile_status hash_grow(tree *t)
{
	size_t size = t->hash_size ? t->hash_size * 2 : 512;
	uint32_t *hash = mem_new(t->ctx, size * sizeof(*hash));

	if (!hash)
		return EFILE_E_NOMEM;
	free(t->hash);
	t->hash = hash;
	t->hash_size = size;
	for (uint32_t id = 1; id < t->name_count; id++)
		hash_put(t, id);
	return EFILE_OK;
}

typedef struct name_parts {
	const char *uri, *prefix, *local;
	bool attribute;
} name_parts;

static int generation_of(const char *uri)
{
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (strcmp(uri, prefixes[i].uri) == 0)
			return prefixes[i].generation;
	return ANY_GENERATION;
}

/* An attribute without a namespace has its plain name, an element without one is foreign. */
static const char *canonical_prefix(const tree *t, const name_parts *n)
{
	if (n->attribute && !*n->uri)
		return "";
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (strcmp(n->uri, prefixes[i].uri) == 0)
			return prefixes[i].generation == ANY_GENERATION ||
				prefixes[i].generation == t->generation ? prefixes[i].prefix : "?";
	return "?";
}

/* Each namespace once; its names come close together. */
static void set_namespace(tree *t, tree_name *out, const name_parts *n)
{
	for (size_t i = t->name_count; i-- > 1;)
		if (t->names[i].uri == (const void *)n->uri && *n->uri) {
			out->canonical = t->names[i].canonical;
			out->uri_text = t->names[i].uri_text;
			return;
		}
	out->canonical = canonical_prefix(t, n);
	out->uri_text = (uint32_t)t->texts.length;
	buf_add(&t->texts, n->uri, strlen(n->uri) + 1);
}

static bool holds_attachment(const name_parts *n)
{
	return !n->attribute && (strcmp(n->local, "EmbeddedDocumentBinaryObject") == 0 ||
				 strcmp(n->local, "AttachmentBinaryObject") == 0);
}

static efile_status name_add(uint32_t *out, tree *t, const name_parts *n)
{
	tree_name name = { .uri = n->uri, .local = n->local, .attachment = holds_attachment(n) };

	if (t->name_count > NAME_LIMIT)
		return FAIL(t->ctx, EFILE_E_LIMIT, 2801,
			    "an invoice has more than %d different element names", NAME_LIMIT);
	TRY(mem_grow(t->ctx, (void **)&t->names, &t->name_capacity, t->name_count,
		     sizeof(*t->names)));
	set_namespace(t, &name, n);
	name.text = (uint32_t)t->texts.length;
	buf_add_text(&t->texts, n->attribute ? "@" : "");
	buf_add_text(&t->texts, name.canonical);
	buf_add_text(&t->texts, name.canonical[0] ? ":" : "");
	buf_add(&t->texts, n->local, strlen(n->local) + 1);
	name.prefix = (uint32_t)t->texts.length;
	buf_add(&t->texts, n->prefix, strlen(n->prefix) + 1);
	TRY(buf_status(&t->texts, t->ctx));
	*out = (uint32_t)t->name_count;
	t->names[t->name_count++] = name;
	if (t->name_count * 2 > t->hash_size)
		return hash_grow(t);
	hash_put(t, *out);
	return EFILE_OK;
}

static efile_status intern(uint32_t *out, tree *t, const name_parts *wanted)
{
	size_t slot = slot_of(t, wanted->uri, wanted->local, wanted->attribute);

	for (; t->hash[slot]; slot = (slot + 1) & (t->hash_size - 1)) {
		const tree_name *n = &t->names[t->hash[slot]];

		if (n->uri == wanted->uri && n->local == wanted->local &&
		    is_attribute(t, n) == wanted->attribute) {
			*out = t->hash[slot];
			return EFILE_OK;
		}
	}
	return name_add(out, t, wanted);
}

const char *tree_name_text(const tree *t, uint32_t name)
{
	return t->texts.data + t->names[name].text;
}

const char *tree_name_uri(const tree *t, uint32_t name)
{
	return t->texts.data + t->names[name].uri_text;
}

const char *tree_name_prefix(const tree *t, uint32_t name)
{
	return t->texts.data + t->names[name].prefix;
}

/* ---- kinds of place ---- */

static size_t kind_slot(const tree *t, uint32_t parent, uint32_t name)
{
	uint64_t mix = ((uint64_t)parent << 32 | name) * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)(mix >> 32) & (t->kind_hash_size - 1);
}

static void kind_put(tree *t, uint32_t kind)
{
	size_t slot = kind_slot(t, t->kinds[kind].parent, t->kinds[kind].name);

	while (t->kind_hash[slot])
		slot = (slot + 1) & (t->kind_hash_size - 1);
	t->kind_hash[slot] = kind;
}

static efile_status kind_hash_grow(tree *t)
{
	size_t size = t->kind_hash_size ? t->kind_hash_size * 2 : 512;
	uint32_t *hash = mem_new(t->ctx, size * sizeof(*hash));

	if (!hash)
		return EFILE_E_NOMEM;
	free(t->kind_hash);
	t->kind_hash = hash;
	t->kind_hash_size = size;
	for (uint32_t kind = 1; kind < t->kind_count; kind++)
		kind_put(t, kind);
	return EFILE_OK;
}

static efile_status kind_add(uint32_t *out, tree *t, uint32_t parent, uint32_t name)
{
	uint32_t kind = (uint32_t)t->kind_count;

	TRY(mem_grow(t->ctx, (void **)&t->kinds, &t->kind_capacity, kind, sizeof(*t->kinds)));
	if ((t->kind_count + 1) * 2 > t->kind_hash_size)
		TRY(kind_hash_grow(t));
	t->kinds[kind] = (tree_kind){ .name = name, .parent = parent };
	if (parent) {
		if (t->kinds[parent].last_child)
			t->kinds[t->kinds[parent].last_child].next = kind;
		else
			t->kinds[parent].child = kind;
		t->kinds[parent].last_child = kind;
	}
	t->kind_count++;
	kind_put(t, kind);
	*out = kind;
	return EFILE_OK;
}

static efile_status set_kind(tree *t, tree_row *row, uint32_t node)
{
	uint32_t parent = t->rows[row->parent].kind;
	size_t slot = kind_slot(t, parent, row->name);
	tree_kind *kind;

	for (; t->kind_hash[slot]; slot = (slot + 1) & (t->kind_hash_size - 1)) {
		kind = &t->kinds[t->kind_hash[slot]];
		if (kind->parent == parent && kind->name == row->name)
			break;
	}
	row->kind = t->kind_hash[slot];
	if (!row->kind)
		TRY(kind_add(&row->kind, t, parent, row->name));
	kind = &t->kinds[row->kind];
	if (kind->last)
		t->rows[kind->last].same = node;
	else
		kind->first = node;
	kind->last = node;
	kind->count++;
	return EFILE_OK;
}

/* ---- reading ---- */

uint32_t tree_keep(tree *t, const char *text, size_t length)
{
	size_t at = t->texts.length;

	if (at + length >= UINT32_MAX)
		t->texts.failed = true;
	if (!buf_reserve(&t->texts, length + 1))
		return 0;
	memcpy(t->texts.data + at, text, length);
	memset(t->texts.data + at + length, 0, 2); /* its end, and that of the buffer */
	t->texts.length = at + length + 1;
	return (uint32_t)at;
}

static efile_status add_attributes(tree *t, tree_row *row, const xml_element *e)
{
	row->attribute = (uint32_t)t->attribute_count;
	row->attribute_count = (uint32_t)e->attribute_count;
	for (size_t i = 0; i < e->attribute_count; i++) {
		const xml_attribute *a = &e->attributes[i];
		tree_attribute *to;

		TRY(mem_grow(t->ctx, (void **)&t->attributes, &t->attribute_capacity,
			     t->attribute_count, sizeof(*t->attributes)));
		to = &t->attributes[t->attribute_count];
		TRY(intern(&to->name, t, &(name_parts){ a->uri, a->prefix, a->name, true }));
		to->text = tree_keep(t, a->value, a->length);
		to->text_length = (uint32_t)a->length;
		TRY(buf_status(&t->texts, t->ctx));
		t->attribute_count++;
	}
	return EFILE_OK;
}

/* Blank text between elements is not worth keeping. */
static void settle_text(tree *t, uint32_t node)
{
	tree_row *row = &t->rows[node];
	size_t length = row->text_length;

	if (row->text + length + 1 != t->texts.length)
		return;
	tree_trim(t->texts.data + row->text, &length);
	if (length > 0)
		return;
	t->texts.length = row->text;
	row->blank = row->text_length > 0;
	row->text = row->text_length = 0;
}

static void hang_in(tree_reader *r, uint32_t node)
{
	tree *t = r->t;

	if (r->current) {
		if (r->last[r->depth - 1])
			t->rows[r->last[r->depth - 1]].next = node;
		else
			t->rows[r->current].child = node;
		r->last[r->depth - 1] = node;
	}
	r->current = node;
	r->last[r->depth++] = 0;
}

static efile_status on_start(void *user, xml_element *e)
{
	tree_reader *r = user;
	tree *t = r->t;
	tree_row row = { .parent = r->current, .line = (uint32_t)e->line,
			 .column = (uint32_t)e->column };

	if (t->count >= NODE_LIMIT)
		return FAIL(t->ctx, EFILE_E_LIMIT, 2802, "an invoice has more than %d elements",
			    NODE_LIMIT);
	r->broken = false;
	TRY(mem_grow(t->ctx, (void **)&r->last, &r->last_capacity, r->depth, sizeof(*r->last)));
	TRY(mem_grow(t->ctx, (void **)&t->rows, &t->capacity, t->count, sizeof(*t->rows)));
	if (r->depth == 0) {
		TRY(mem_dup(&t->root_uri, t->ctx, e->uri));
		TRY(mem_dup(&t->root_name, t->ctx, e->name));
		t->generation = generation_of(e->uri);
	} else {
		settle_text(t, r->current);
	}
	TRY(intern(&row.name, t, &(name_parts){ e->uri, e->prefix, e->name, false }));
	e->large_text = t->names[row.name].attachment;
	TRY(add_attributes(t, &row, e));
	TRY(set_kind(t, &row, (uint32_t)t->count));
	t->rows[t->count] = row;
	hang_in(r, (uint32_t)t->count++);
	return EFILE_OK;
}

static efile_status on_end(void *user, const xml_element *e)
{
	tree_reader *r = user;

	(void)e;
	r->current = r->t->rows[r->current].parent;
	r->depth--;
	r->broken = false;
	return EFILE_OK;
}

/* Text behind a child element: mixed content, which no invoice format has. White space is left out. */
static efile_status add_tail(tree_reader *r, const char *text, size_t length)
{
	tree *t = r->t;
	size_t rest = length;

	tree_trim(text, &rest);
	if (rest == 0)
		return EFILE_OK;
	if (!t->mixed)
		t->mixed = r->current;
	TRY(mem_grow(t->ctx, (void **)&t->tails, &t->tail_capacity, t->tail_count, sizeof(*t->tails)));
	t->tails[t->tail_count++] = (tree_tail){ r->current, (uint32_t)t->count,
						 tree_keep(t, text, length), (uint32_t)length };
	return buf_status(&t->texts, t->ctx);
}

/* Text in pieces is put together as long as no child element comes between. */
static efile_status on_text(void *user, const char *text, size_t length)
{
	tree_reader *r = user;
	tree *t = r->t;
	tree_row *row = &t->rows[r->current];

	if (t->texts.length + length >= UINT32_MAX)
		return FAIL(t->ctx, EFILE_E_LIMIT, 2803, "an invoice has too much text");
	if (row->child)
		return add_tail(r, text, length);
	if (row->text_length && row->text + row->text_length + 1 == t->texts.length)
		t->texts.length--; /* over the NUL */
	else
		row->text = (uint32_t)t->texts.length;
	tree_keep(t, text, length);
	row->text_length += (uint32_t)length;
	row->split |= r->broken;
	return buf_status(&t->texts, t->ctx);
}

/* XPath's text() sees two nodes where a comment stands inside. */
static efile_status on_comment(void *user, const char *text)
{
	tree_reader *r = user;

	(void)text;
	r->broken = r->current && r->t->rows[r->current].text_length > 0;
	return EFILE_OK;
}

static efile_status on_instruction(void *user, const char *target, const char *data)
{
	(void)data;
	return on_comment(user, target);
}

static efile_status start_empty(tree *t, efile_ctx *ctx)
{
	t->ctx = ctx;
	buf_add_char(&t->texts, '\0');
	TRY(buf_status(&t->texts, ctx));
	TRY(mem_grow(ctx, (void **)&t->rows, &t->capacity, 0, sizeof(*t->rows)));
	TRY(mem_grow(ctx, (void **)&t->names, &t->name_capacity, 0, sizeof(*t->names)));
	TRY(mem_grow(ctx, (void **)&t->kinds, &t->kind_capacity, 0, sizeof(*t->kinds)));
	t->rows[0] = (tree_row){ 0 };
	t->kinds[0] = (tree_kind){ 0 };
	t->names[0] = (tree_name){ .uri = NULL };
	t->count = t->name_count = t->kind_count = 1;
	TRY(kind_hash_grow(t));
	return hash_grow(t);
}

efile_status tree_empty(tree *out, efile_ctx *ctx)
{
	TRY(start_empty(out, ctx));
	TRY(mem_grow(ctx, (void **)&out->rows, &out->capacity, out->count, sizeof(*out->rows)));
	out->rows[out->count++] = (tree_row){ 0 };
	return EFILE_OK;
}

efile_status tree_read(tree *out, efile_ctx *ctx, efile_reader *reader, const char *name)
{
	static const xml_handler handler = { .start = on_start, .end = on_end, .text = on_text,
					     .comment = on_comment, .instruction = on_instruction };
	tree_reader r = { .t = out };
	efile_status status;

	TRY(start_empty(out, ctx));
	status = xml_read(ctx, reader, name, &handler, &r);
	free(r.last);
	return status;
}

void tree_clear(tree *t)
{
	free(t->rows);
	free(t->attributes);
	free(t->names);
	free(t->hash);
	free(t->tails);
	free(t->kinds);
	free(t->kind_hash);
	free(t->root_uri);
	free(t->root_name);
	buf_clear(&t->texts);
}

/* ---- asking ---- */

const char *tree_text(const tree *t, uint32_t node)
{
	return t->texts.data + t->rows[node].text;
}

size_t tree_text_length(const tree *t, uint32_t node)
{
	return t->rows[node].text_length;
}

const tree_attribute *tree_attribute_of(const tree *t, uint32_t node, uint32_t name)
{
	const tree_row *row = &t->rows[node];

	for (uint32_t i = 0; i < row->attribute_count; i++)
		if (t->attributes[row->attribute + i].name == name)
			return &t->attributes[row->attribute + i];
	return NULL;
}

const char *tree_attribute_text(const tree *t, const tree_attribute *a)
{
	return t->texts.data + a->text;
}

const char *tree_trim(const char *text, size_t *length)
{
	size_t n = *length;

	while (n > 0 && (text[n - 1] == ' ' || (text[n - 1] >= '\t' && text[n - 1] <= '\r')))
		n--;
	while (n > 0 && (*text == ' ' || (*text >= '\t' && *text <= '\r'))) {
		text++;
		n--;
	}
	*length = n;
	return text;
}

uint32_t tree_end(const tree *t, uint32_t node)
{
	if (!t->rows[node].child)
		return node + 1;
	for (; node; node = t->rows[node].parent)
		if (t->rows[node].next)
			return t->rows[node].next;
	return (uint32_t)t->count;
}

static uint32_t position_of(const tree *t, uint32_t node)
{
	uint32_t n = 0, at = t->rows[t->rows[node].parent].child;

	for (; at; at = t->rows[at].next) {
		n += t->rows[at].name == t->rows[node].name;
		if (at == node)
			break;
	}
	return n;
}

void tree_path(buf *out, const tree *t, uint32_t node)
{
	uint32_t chain[1024];
	size_t depth = 0;

	for (; node && depth < ARRAY_SIZE(chain); node = t->rows[node].parent)
		chain[depth++] = node;
	while (depth-- > 0) {
		buf_add_format(out, "/%s", tree_name_text(t, t->rows[chain[depth]].name));
		if (t->rows[chain[depth]].parent)
			buf_add_format(out, "[%u]", position_of(t, chain[depth]));
	}
}
