/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A rule set at work on one document: between rule_check.c, rule_eval.c, rule_value.c, rule_call.c. */
#ifndef INVOICE_RULE_RUN_H
#define INVOICE_RULE_RUN_H

#include "invoice/rule_set.h"

typedef enum rule_type {
	RULE_NODE, RULE_UNTYPED, RULE_STRING, RULE_INTEGER, RULE_DECIMAL, RULE_DOUBLE, RULE_BOOLEAN,
	RULE_DATE
} rule_type;

/* One item of a sequence. */
struct rule_item {
	rule_type type;
	union {
		place at;
		struct {
			const char *text;
			size_t length;
		} string;
		efile_decimal decimal;   /* also integers */
		double binary;
		bool truth;
		long date;               /* minutes, for comparing */
	} as;
};

/* What XPath cannot evaluate: the official artefacts stop there and give no verdict. */
typedef enum rule_fault {
	RULE_FINE, RULE_TOO_MANY, RULE_NO_DECIMAL, RULE_NO_NUMBER, RULE_NO_BOOLEAN, RULE_NO_DATE,
	RULE_WRONG_TYPE, RULE_BY_ZERO, RULE_TOO_LONG, RULE_NO_MEMORY
} rule_fault;

typedef struct rule_memo {
	bool known;
	rule_item *items;
	size_t count;
} rule_memo;

struct rule_run {
	const rules *r;
	efile_ctx *ctx;
	const tree *t;
	const uint32_t *names;   /* per name of the rules: that of the document, 0 if it has none */
	rule_item here;          /* the context item */
	rule_item variables[8];
	rule_item *stack;
	size_t top, capacity;
	struct rule_chunk *texts; /* made while a rule is tried */
	rule_memo *globals;
	rule_fault fault;
	uint32_t fault_node;     /* where, 0 if not known */
	uint64_t steps, step_limit;
	bool keep;               /* texts are for a global */
	struct rule_chunk *kept;
};

/* ---- evaluating: false means a fault ---- */
bool rule_eval(rule_run *run, const rule_expr *e);               /* pushes its items */
bool rule_truth(bool *out, rule_run *run, const rule_expr *e);   /* effective boolean value */
bool rule_any(bool *out, rule_run *run, const rule_expr *e);     /* whether there is an item */
/* Whether a node is where a context says; with its tests or by names only. */
bool rule_matches(bool *out, rule_run *run, const rule_context *c, uint32_t node);
bool rule_could_match(const rule_run *run, const rule_context *c, uint32_t kind);

/* ---- which contexts the elements of a document can match ---- */

typedef struct rule_candidate {
	uint32_t context;        /* index */
	const rule_context *alternative;
} rule_candidate;

/* Per kind of place of a document. Those of known names are kept with the rules, since the next
 * document has the same ones. */
typedef struct rule_places {
	struct rule_place {
		uint32_t first, count;
		bool kept;
	} *rows;
	rule_candidate *own;     /* of those that are not kept */
	size_t own_count, own_capacity;
	const struct rule_kinds *kinds;
} rule_places;

/* known: of the document's names those of the rules. Of all layers: who judges leaves some out. */
efile_status rule_places_find(rule_places *out, rules *r, const rule_run *run, const uint32_t *known);
void rule_places_clear(rule_places *p);
const rule_candidate *rule_places_at(const rule_places *p, uint32_t kind, uint32_t *count);

/* ---- the stack ---- */
bool rule_push(rule_run *run, rule_item item);
bool rule_push_truth(rule_run *run, bool truth);
bool rule_push_string(rule_run *run, const char *text, size_t length);
bool rule_push_decimal(rule_run *run, efile_decimal value);
bool rule_push_integer(rule_run *run, int64_t value);
bool rule_push_double(rule_run *run, double value);
bool rule_fail(rule_run *run, rule_fault fault, const rule_item *item);
char *rule_text_new(rule_run *run, size_t length);               /* NULL: fault is set */

/* ---- values ---- */
typedef struct rule_text {
	const char *at;
	size_t length;
} rule_text;

bool rule_string(rule_text *out, rule_run *run, const rule_item *item);
rule_text rule_normalize(rule_run *run, rule_text text);         /* at is NULL: fault is set */
bool rule_to_decimal(efile_decimal *out, rule_run *run, const rule_item *item); /* xs:decimal() */
bool rule_to_double(double *out, rule_run *run, const rule_item *item);
bool rule_to_date(long *out, rule_run *run, const rule_item *item);
bool rule_compare(bool *out, rule_run *run, const rule_item *a, const rule_item *b,
		  rule_comparison how);
bool rule_arithmetic(rule_run *run, rule_op op, const rule_item *a, const rule_item *b);
bool rule_negate(rule_run *run, const rule_item *a);
bool rule_round(rule_run *run, const rule_item *a, bool down);   /* pushes */
bool rule_absolute(rule_run *run, const rule_item *a);
efile_decimal rule_exact(double value);
/* How an item is shown in a finding. */
void rule_show(char *out, size_t size, rule_run *run, const rule_item *item);
bool rule_is_number(const rule_item *item);

/* The only item of an argument, or none; more are a fault. */
bool rule_one(bool *is, rule_item *out, rule_run *run, const rule_expr *e);
/* A text argument: "" for none. */
bool rule_text_of(rule_text *out, rule_run *run, const rule_expr *e);

#endif
