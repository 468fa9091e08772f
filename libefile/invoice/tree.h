/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An invoice document as it stands: every element with its text, attributes and place, compactly.
 * Terms and rules are paths over it. Names have one canonical prefix each (cbc, cac, ext; rsm, ram,
 * udt, qdt), whatever the document wrote. */
#ifndef INVOICE_TREE_H
#define INVOICE_TREE_H

#include "base/base.h"

enum { TREE_NONE = 0, TREE_ROOT = 1 };

typedef struct tree_row {
	uint32_t name;
	uint32_t parent, child, next;
	uint32_t text, text_length;
	uint32_t line, column;
	uint32_t attribute;
	uint32_t attribute_count : 30;
	uint32_t split : 1;      /* a comment or instruction stands inside its text */
	uint32_t blank : 1;      /* white space stands between its children */
	uint32_t kind;           /* its place without positions: /Invoice/cac:InvoiceLine/cbc:ID */
	uint32_t same;           /* the next element of that kind */
} tree_row;

/* A kind of place: the elements that share their path of names. An invoice has some 150, however
 * many lines it has. 0 is none, 1 that of the root; a child has a higher number than its parent. */
typedef struct tree_kind {
	uint32_t name, parent, child, next, last_child;
	uint32_t first, last, count; /* the elements in document order, linked by same */
} tree_kind;

/* Text behind a child element: it stands before the element number before, inside owner. */
typedef struct tree_tail {
	uint32_t owner, before;
	uint32_t text, text_length;
} tree_tail;

typedef struct tree_attribute {
	uint32_t name;
	uint32_t text, text_length;
} tree_attribute;

typedef struct tree_name {
	const void *uri, *local;  /* interned by the reader; meaningless after reading */
	uint32_t text;
	uint32_t prefix;          /* as the document writes it */
	uint32_t uri_text;
	const char *canonical;    /* the prefix that its namespace has here */
	bool attachment;          /* an element that holds an embedded document */
} tree_name;

typedef struct tree {
	efile_ctx *ctx;
	tree_row *rows;           /* 0 is nothing, 1 the root element */
	size_t count, capacity;
	tree_attribute *attributes;
	size_t attribute_count, attribute_capacity;
	tree_name *names;         /* 0 is no name */
	size_t name_count, name_capacity;
	uint32_t *hash;           /* of names by their interned pointers */
	size_t hash_size;
	uint32_t mixed;           /* the first element with text behind a child; 0: none */
	tree_tail *tails;         /* in document order */
	size_t tail_count, tail_capacity;
	tree_kind *kinds;
	size_t kind_count, kind_capacity;
	uint32_t *kind_hash;      /* by parent and name */
	size_t kind_hash_size;
	buf texts;                /* all text, each with a NUL behind */
	int generation;           /* of the namespaces: that of the root */
	char *root_uri;
	char *root_name;
} tree;

/* Reads the whole document; large texts are those of embedded attachments. */
efile_status tree_read(tree *out, efile_ctx *ctx, efile_reader *reader, const char *name);
efile_status tree_empty(tree *out, efile_ctx *ctx);   /* for texts only; a root without a name */
void tree_clear(tree *t);
#define TREE_INIT { .texts = BUF_INIT }

const char *tree_name_text(const tree *t, uint32_t name);
const char *tree_name_prefix(const tree *t, uint32_t name); /* as written where it came first */
const char *tree_name_uri(const tree *t, uint32_t name);    /* "" for none */
const char *tree_text(const tree *t, uint32_t node);       /* as written, "" without */
size_t tree_text_length(const tree *t, uint32_t node);
const tree_attribute *tree_attribute_of(const tree *t, uint32_t node, uint32_t name);
const char *tree_attribute_text(const tree *t, const tree_attribute *a);
uint32_t tree_end(const tree *t, uint32_t node);           /* one behind its last descendant */
void tree_path(buf *out, const tree *t, uint32_t node);    /* /Invoice/cac:InvoiceLine[3]/cbc:ID[1] */

/* Keeps further text in the tree; answers where, or 0 without memory, which sticks to texts. */
uint32_t tree_keep(tree *t, const char *text, size_t length);

/* XML white space cut off at both ends. */
const char *tree_trim(const char *text, size_t *length);

/* ---- paths over the tree ----
 *
 * path   := ["/"] step { "/" step } { "|" path }       "/" starts below the root element
 * step   := name {test} | "." {test} | ".." | "@" name (last only)
 * test   := "[" path "]" | "[!" path "]" | "[" path op value "]"
 * op     := "=" exact, "^" blind to letter case, "~" also trimmed, "%" only
 *           trimmed, "?" as booleans ('true' is also
 *           1); "!" in front of one: its contrary
 * value  := "'" text "'" | path                          compared with the first node of the path */
typedef struct path path;

/* The names that compiled paths speak of; a document is bound to them before they are walked. */
typedef struct path_names path_names;

efile_status path_names_new(path_names **out, efile_ctx *ctx);
void path_names_free(path_names *names);
/* Per name of the paths that of the document, 0 if it has none; the caller frees it with free(). */
efile_status path_names_bind(uint32_t **out, const path_names *names, const tree *t);

/* text is constant: the path refers to it. */
efile_status path_compile(path **out, efile_ctx *ctx, path_names *names, const char *text);
void path_free(path *p);

/* A document with the names of the paths that are walked over it. */
typedef struct path_view {
	const tree *t;
	const uint32_t *names;
} path_view;

/* What a path has reached: an element, or an attribute of it. */
typedef struct place {
	uint32_t node;
	uint32_t attribute;      /* index + 1 into tree.attributes, 0 for the element */
} place;

typedef struct places {
	place *items;
	size_t count, capacity;
	bool failed;
} places;

void places_clear(places *p);
void path_collect(places *out, const path *p, const path_view *v, uint32_t from); /* adds to out */
bool path_possible(const path *p, const path_view *v);     /* false: leads nowhere in the document */
const char *place_text(size_t *length, const tree *t, place at);

DEFINE_AUTO_PTR(path, path_free)
DEFINE_AUTO_PTR(path_names, path_names_free)

#endif
