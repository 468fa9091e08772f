/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A rule set while it is being built: between rule_set.c (files) and rule_parse.c (expressions). */
#ifndef INVOICE_RULE_SET_H
#define INVOICE_RULE_SET_H

#include "invoice/rule.h"

typedef struct rule_define {
	const char *name;
	size_t name_length;
	const char *body;
} rule_define;

typedef struct rule_global {
	const char *name;
	size_t name_length;
	rule_expr *expr;
} rule_global;

/* Contexts by the name of the element that they are about; those with a wildcard, and those about
 * the document element, stand under the name 0. */
typedef struct rule_link {
	const rule_context *alternative;
	uint32_t context;        /* index */
	uint32_t next;           /* index + 1 */
} rule_link;

struct rules {
	efile_ctx *ctx;
	struct rule_chunk *chunks; /* everything below that is not an array lives here */
	const char **names;        /* 0 is none */
	size_t name_count, name_capacity;
	uint32_t *hash;
	size_t hash_size;
	rule_define *defines;
	size_t define_count, define_capacity;
	rule_global *globals;
	size_t global_count, global_capacity;
	rule_row *rows;
	size_t row_count, row_capacity;
	uint32_t *needs;           /* per rule a name without which it is obeyed, 0: none such */
	rule_context *contexts;
	size_t context_count, context_capacity;
	rule_link *links;
	size_t link_count, link_capacity;
	uint32_t *by_name;         /* index + 1 into links, in order */
	struct rule_kinds *kinds;  /* rule_kinds.c */
	rule_layer layers[RULE_LAYERS];
	size_t layer_count;
};

/* Where in a rule file we are. */
typedef struct rule_source {
	rules *r;
	const char *file;
	long line;
} rule_source;

/* Chunks of memory that are freed together; reset keeps one of them. */
void *rules_chunk_alloc(struct rule_chunk **chunks, efile_ctx *ctx, size_t size);
void rules_chunks_free(struct rule_chunk *c);
void rules_chunks_reset(struct rule_chunk **chunks);

void *rules_alloc(rules *r, size_t size); /* zeroed; NULL with NOMEM on the context */
efile_status rules_copy(const char **out, rules *r, const char *text, size_t length);
efile_status rules_intern(uint32_t *out, rules *r, const char *name, size_t length);
uint32_t rules_name_id(const rules *r, const char *name); /* 0: no rule speaks of it */
const rule_define *rules_define(const rules *r, const char *name, size_t length);

/* What is wrong with a rule file. */
efile_status rule_wrong(const rule_source *s, const char *what, const char *where);

efile_status rule_parse_expr(rule_expr **out, const rule_source *s, const char *text);
/* "a/b[c] or //d": contexts; the alternatives hang on other. */
efile_status rule_parse_context(rule_context *out, const rule_source *s, const char *text);

/* Sets the function that an expression with its arguments calls; false: there is none such. */
bool rule_call_find(rule_expr *out, const char *name, size_t length);

bool rule_call_is_upper(const rule_expr *call);

void rule_kinds_free(struct rule_kinds *kinds);

#endif
