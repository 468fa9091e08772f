/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A document that is being made: elements in any order, sorted as the structure of the syntax wants
 * them when they are put out. The same paths by which terms are read say where they are written. */
#ifndef INVOICE_OUT_TREE_H
#define INVOICE_OUT_TREE_H

#include "invoice/structure.h"
#include "xml/xml.h"

enum { OUT_NONE = 0, OUT_ROOT = 1 };

typedef struct out_attribute {
	const char *name;        /* without "@" */
	const char *text;
	uint32_t next;
} out_attribute;

typedef struct out_node {
	const char *name;        /* constant */
	uint32_t parent, child, last, next;
	uint16_t type, order;
	bool once;
	uint32_t term;           /* whose value it holds, + 1 */
	const char *tests;       /* "[a='b']" by which it is told from others of its name */
	size_t tests_length;
	const char *text;        /* NULL: none */
	uint32_t attribute;      /* 0 is none */
} out_node;

typedef struct out_tree {
	efile_ctx *ctx;
	out_node *nodes;
	size_t count, capacity;
	out_attribute *attributes;
	size_t attribute_count, attribute_capacity;
	struct rule_chunk *texts;
} out_tree;

efile_status out_tree_begin(out_tree *t, efile_ctx *ctx, const char *root);
void out_tree_clear(out_tree *t);

/* A copy that lives as long as the tree; NULL without memory. */
const char *out_keep(out_tree *t, const char *text, size_t length);

/* Whether the syntax has what one alternative of a path names, seen from a node. */
bool out_possible(const out_tree *t, uint32_t from, const char *route);
/* The next alternative behind "|", NULL after the last. */
const char *out_alternative(const char *route);

typedef struct out_want {
	const char *route;        /* one alternative; what follows "|" is left alone */
	uint32_t term;
	bool fresh;              /* one more, beside what is there */
	bool present;            /* only below a first step that is there already */
} out_want;

/* The element that a path leads to, made as far as it is not there. *out is OUT_NONE if there is no
 * room for it; *attribute is its last step, "currencyID", if that is one. */
efile_status out_reach(uint32_t *out, const char **attribute, out_tree *t, uint32_t from,
		       const out_want *want);
efile_status out_set_attribute(out_tree *t, uint32_t node, const char *name, const char *text);
const char *out_attribute_of(const out_tree *t, uint32_t node, const char *name); /* NULL */
uint32_t out_child(const out_tree *t, uint32_t node, const char *name);           /* the first */
efile_status out_add(uint32_t *out, out_tree *t, uint32_t parent, const structure_child *child);

/* Puts out the document; a namespace for each prefix that the syntax has. */
efile_status out_tree_write(buf *out, out_tree *t);

#endif
