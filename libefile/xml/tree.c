/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A document kept whole. Reading and writing stand in one file, as they mirror each other. */
#include "xml/tree.h"

#include <stdlib.h>
#include <string.h>

enum { TABLE_FIRST = 256 };

typedef struct tree_reader {
	xml_tree *t;
	efile_ctx *ctx;
	xml_node_ref open;       /* the innermost open element */
	buf text;                /* what has gathered of a text or a CDATA section */
	xml_node_kind text_kind;
	size_t namespaces;       /* of the element that comes next */
} tree_reader;

/* ---- texts ---- */

const char *xml_tree_text(const xml_tree *t, xml_text_ref at)
{
	return at ? t->pool.data + at : "";
}

static efile_status keep(tree_reader *r, xml_text_ref *out, const char *text, size_t length)
{
	buf *pool = &r->t->pool;

	*out = 0;
	if (!length)
		return EFILE_OK;
	if (!pool->length)
		buf_add_char(pool, '\0');
	if (pool->length > UINT32_MAX - length - 1)
		return FAIL(r->ctx, EFILE_E_LIMIT, 1437, "an XML document has too much text");
	*out = (xml_text_ref)pool->length;
	buf_add(pool, text, length);
	buf_add_char(pool, '\0');
	return buf_status(pool, r->ctx);
}

/* FNV-1a. */
static uint32_t hash_of(const char *text)
{
	uint32_t hash = 2166136261u;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 16777619u;
	return hash;
}

static xml_text_ref *slot_of(const xml_tree *t, const char *text)
{
	size_t mask = t->interned_size - 1, at = hash_of(text) & mask;

	while (t->interned[at] && strcmp(xml_tree_text(t, t->interned[at]), text) != 0)
		at = (at + 1) & mask;
	return &t->interned[at];
}

static efile_status grow_table(tree_reader *r)
{
	xml_tree *t = r->t;
	xml_text_ref *old = t->interned;
	size_t old_size = t->interned_size;
	size_t size = old_size ? 2 * old_size : TABLE_FIRST;
	xml_text_ref *slots = mem_new(r->ctx, size * sizeof(*slots));

	if (!slots)
		return EFILE_E_NOMEM;
	t->interned = slots;
	t->interned_size = size;
	for (size_t i = 0; i < old_size; i++)
		if (old[i])
			*slot_of(t, xml_tree_text(t, old[i])) = old[i];
	free(old);
	return EFILE_OK;
}

static efile_status intern(tree_reader *r, xml_text_ref *out, const char *text)
{
	xml_tree *t = r->t;
	xml_text_ref *slot;

	*out = 0;
	if (!*text)
		return EFILE_OK;
	if (2 * (t->interned_count + 1) > t->interned_size)
		TRY(grow_table(r));
	slot = slot_of(t, text);
	if (!*slot) {
		TRY(keep(r, slot, text, strlen(text)));
		t->interned_count++;
	}
	*out = *slot;
	return EFILE_OK;
}

/* ---- reading ---- */

static efile_status add_node(tree_reader *r, xml_node_ref *out, xml_node_kind kind)
{
	xml_tree *t = r->t;
	void *nodes = t->nodes;
	xml_node_ref made = (xml_node_ref)t->node_count;
	xml_node *parent;

	if (t->node_count > XML_TREE_NODES)
		return FAIL(r->ctx, EFILE_E_LIMIT, 1438, "an XML document has more than %d nodes",
			    (int)XML_TREE_NODES);
	TRY(mem_grow(r->ctx, &nodes, &t->node_capacity, t->node_count, sizeof(*t->nodes)));
	t->nodes = nodes;
	t->nodes[t->node_count++] = (xml_node){ .kind = kind, .parent = r->open };
	*out = made;
	if (kind == XML_NODE_DOCUMENT)
		return EFILE_OK;
	parent = &t->nodes[r->open];
	if (parent->last)
		t->nodes[parent->last].next = made;
	else
		parent->first = made;
	parent->last = made;
	return EFILE_OK;
}

/* A text that has come in pieces becomes one node. */
static efile_status end_text(tree_reader *r)
{
	xml_node_ref node;

	if (!r->text.length)
		return EFILE_OK;
	TRY(add_node(r, &node, r->text_kind));
	TRY(keep(r, &r->t->nodes[node].text, r->text.data, r->text.length));
	buf_reset(&r->text);
	return EFILE_OK;
}

static efile_status gather(tree_reader *r, xml_node_kind kind, const char *text, size_t length)
{
	if (r->text_kind != kind)
		TRY(end_text(r));
	r->text_kind = kind;
	buf_add(&r->text, text, length);
	return buf_status(&r->text, r->ctx);
}

static efile_status on_text(void *user, const char *text, size_t length)
{
	return gather(user, XML_NODE_TEXT, text, length);
}

static efile_status on_cdata(void *user, const char *text, size_t length)
{
	return gather(user, XML_NODE_CDATA, text, length);
}

static efile_status on_namespace(void *user, const char *prefix, const char *uri)
{
	tree_reader *r = user;
	xml_tree *t = r->t;
	void *rows = t->namespaces;
	xml_tree_namespace row;

	TRY(intern(r, &row.prefix, prefix));
	TRY(intern(r, &row.uri, uri));
	TRY(mem_grow(r->ctx, &rows, &t->namespace_capacity, t->namespace_count, sizeof(row)));
	t->namespaces = rows;
	t->namespaces[t->namespace_count++] = row;
	r->namespaces++;
	return EFILE_OK;
}

static efile_status add_attribute(tree_reader *r, const xml_attribute *a)
{
	xml_tree *t = r->t;
	void *rows = t->attributes;
	xml_tree_attribute row;

	TRY(intern(r, &row.uri, a->uri));
	TRY(intern(r, &row.prefix, a->prefix));
	TRY(intern(r, &row.name, a->name));
	TRY(keep(r, &row.value, a->value, a->length));
	TRY(mem_grow(r->ctx, &rows, &t->attribute_capacity, t->attribute_count, sizeof(row)));
	t->attributes = rows;
	t->attributes[t->attribute_count++] = row;
	return EFILE_OK;
}

static efile_status on_start(void *user, xml_element *e)
{
	tree_reader *r = user;
	xml_tree *t = r->t;
	xml_node_ref made;
	xml_node *n;

	TRY(end_text(r));
	TRY(add_node(r, &made, XML_NODE_ELEMENT));
	n = &t->nodes[made];
	n->line = (uint32_t)e->line;
	n->column = (uint32_t)e->column;
	n->namespace = (uint32_t)(t->namespace_count - r->namespaces);
	n->namespace_count = (uint32_t)r->namespaces;
	n->attribute = (uint32_t)t->attribute_count;
	n->attribute_count = (uint32_t)e->attribute_count;
	r->namespaces = 0;
	TRY(intern(r, &n->uri, e->uri));
	TRY(intern(r, &n->prefix, e->prefix));
	TRY(intern(r, &n->name, e->name));
	for (size_t i = 0; i < e->attribute_count; i++)
		TRY(add_attribute(r, &e->attributes[i]));
	r->open = made;
	return EFILE_OK;
}

static efile_status on_end(void *user, const xml_element *e)
{
	tree_reader *r = user;

	(void)e;
	TRY(end_text(r));
	r->open = r->t->nodes[r->open].parent;
	return EFILE_OK;
}

static efile_status on_instruction(void *user, const char *target, const char *data)
{
	tree_reader *r = user;
	xml_node_ref node;

	TRY(end_text(r));
	TRY(add_node(r, &node, XML_NODE_INSTRUCTION));
	TRY(intern(r, &r->t->nodes[node].name, target));
	return keep(r, &r->t->nodes[node].text, data, strlen(data));
}

static efile_status on_comment(void *user, const char *text)
{
	tree_reader *r = user;
	xml_node_ref node;

	TRY(end_text(r));
	TRY(add_node(r, &node, XML_NODE_COMMENT));
	return keep(r, &r->t->nodes[node].text, text, strlen(text));
}

void xml_tree_clear(xml_tree *t)
{
	buf_clear(&t->pool);
	free(t->nodes);
	free(t->attributes);
	free(t->namespaces);
	free(t->interned);
	*t = (xml_tree){ .ctx = t->ctx };
}

efile_status xml_tree_read(xml_tree *t, efile_ctx *ctx, efile_reader *reader, const char *name)
{
	static const xml_handler handler = { .start = on_start, .end = on_end, .text = on_text,
					     .cdata = on_cdata, .namespace = on_namespace,
					     .instruction = on_instruction, .comment = on_comment };
	tree_reader r = { .t = t, .ctx = ctx };
	xml_node_ref document;
	efile_status status;

	*t = (xml_tree){ .ctx = ctx };
	status = add_node(&r, &document, XML_NODE_DOCUMENT);
	if (status == EFILE_OK)
		status = xml_read(ctx, reader, name, &handler, &r);
	buf_clear(&r.text);
	free(t->interned);
	t->interned = NULL;
	return status;
}

/* ---- looking around ---- */

xml_node_ref xml_tree_root(const xml_tree *t)
{
	xml_node_ref at = t->node_count ? t->nodes[XML_DOCUMENT].first : XML_NO_NODE;

	while (at && t->nodes[at].kind != XML_NODE_ELEMENT)
		at = t->nodes[at].next;
	return at;
}

xml_node_ref xml_tree_next(const xml_tree *t, xml_node_ref top, xml_node_ref at)
{
	if (t->nodes[at].first)
		return t->nodes[at].first;
	while (at != top && !t->nodes[at].next)
		at = t->nodes[at].parent;
	return at == top ? XML_NO_NODE : t->nodes[at].next;
}

const char *xml_tree_attribute_of(const xml_tree *t, xml_node_ref node, const char *uri,
				  const char *name)
{
	const xml_node *n = &t->nodes[node];

	for (uint32_t i = 0; i < n->attribute_count; i++) {
		const xml_tree_attribute *a = &t->attributes[n->attribute + i];

		if (!strcmp(xml_tree_text(t, a->name), name) &&
		    !strcmp(xml_tree_text(t, a->uri), uri))
			return xml_tree_text(t, a->value);
	}
	return NULL;
}

void xml_tree_content(buf *out, const xml_tree *t, xml_node_ref node)
{
	for (xml_node_ref at = t->nodes[node].first; at; at = t->nodes[at].next)
		if (t->nodes[at].kind == XML_NODE_TEXT || t->nodes[at].kind == XML_NODE_CDATA)
			buf_add_text(out, xml_tree_text(t, t->nodes[at].text));
}

/* ---- writing ---- */

/* prefix:name; the writer copies it. Missing memory sticks to the writer. */
static const char *qualified(xml_writer *w, buf *scratch, const char *prefix, const char *name)
{
	if (!*prefix)
		return name;
	buf_reset(scratch);
	buf_add_format(scratch, *name ? "%s:%s" : "%s%s", prefix, name);
	if (scratch->failed && w->status >= 0)
		w->status = mem_failed(w->ctx);
	return buf_text(scratch);
}

static void write_start(xml_writer *w, buf *scratch, const xml_tree *t, const xml_node *n)
{
	xml_writer_start(w, qualified(w, scratch, xml_tree_text(t, n->prefix),
				      xml_tree_text(t, n->name)));
	for (uint32_t i = 0; i < n->namespace_count; i++) {
		const xml_tree_namespace *row = &t->namespaces[n->namespace + i];

		xml_writer_attribute(w, qualified(w, scratch, "xmlns",
						  xml_tree_text(t, row->prefix)),
				     xml_tree_text(t, row->uri));
	}
	for (uint32_t i = 0; i < n->attribute_count; i++) {
		const xml_tree_attribute *a = &t->attributes[n->attribute + i];

		xml_writer_attribute(w, qualified(w, scratch, xml_tree_text(t, a->prefix),
						  xml_tree_text(t, a->name)),
				     xml_tree_text(t, a->value));
	}
}

static void write_other(xml_writer *w, const xml_tree *t, const xml_node *n)
{
	const char *text = xml_tree_text(t, n->text);

	if (n->kind == XML_NODE_TEXT)
		xml_writer_text(w, text);
	else if (n->kind == XML_NODE_CDATA)
		xml_writer_cdata(w, text, strlen(text));
	else if (n->kind == XML_NODE_COMMENT)
		xml_writer_comment_kept(w, text);
	else
		xml_writer_instruction(w, xml_tree_text(t, n->name), text);
}

static void write_node(xml_writer *w, buf *scratch, const xml_tree *t, xml_node_ref at)
{
	const xml_node *n = &t->nodes[at];

	/* Between the nodes of the document itself there is no text that could be kept. */
	if (n->parent == XML_DOCUMENT)
		buf_add_char(w->out, '\n');
	if (n->kind == XML_NODE_ELEMENT)
		write_start(w, scratch, t, n);
	else
		write_other(w, t, n);
}

static void write_all(xml_writer *w, buf *scratch, const xml_tree *t)
{
	xml_node_ref at = t->nodes[XML_DOCUMENT].first;

	while (at) {
		write_node(w, scratch, t, at);
		if (t->nodes[at].first) {
			at = t->nodes[at].first;
			continue;
		}
		for (;;) {
			if (t->nodes[at].kind == XML_NODE_ELEMENT)
				xml_writer_close(w);
			if (t->nodes[at].next || t->nodes[at].parent == XML_DOCUMENT)
				break;
			at = t->nodes[at].parent;
		}
		at = t->nodes[at].next;
	}
}

efile_status xml_tree_write(const xml_tree *t, efile_writer *writer)
{
	AUTO(buf) out = BUF_INIT;
	AUTO(buf) scratch = BUF_INIT;
	xml_writer w;
	efile_status status;

	xml_writer_begin(&w, t->ctx, &out, writer, false);
	if (t->node_count)
		write_all(&w, &scratch, t);
	buf_add_char(&out, '\n');
	status = xml_writer_end(&w);
	xml_writer_clear(&w);
	return status;
}
