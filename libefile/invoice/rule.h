/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules as data: schemas/invoice/README.md says how a rule file is written.
 *
 * A rule set has patterns, a pattern has contexts in order, a context has rules. Patterns are
 * independent; inside one, a node is judged by the first context that matches it, and every rule of
 * that context is tried once per node. A rule is an expression that must be true. Expressions are the
 * part of XPath 2.0 that the rules need, with its types: text of the document is untyped, compared
 * with a number it is a double, decimals are exact, and what XPath cannot evaluate is a fault. */
#ifndef INVOICE_RULE_H
#define INVOICE_RULE_H

#include "invoice/codelist.h"
#include "invoice/invoice.h"

typedef struct rules rules;         /* all layers for one syntax, compiled */
typedef struct rule_expr rule_expr;
typedef struct rule_run rule_run;
typedef struct rule_item rule_item;

/* ---- expressions ---- */

typedef enum rule_op {
	RULE_OR, RULE_AND, RULE_COMPARE, RULE_ADD, RULE_SUBTRACT, RULE_MULTIPLY, RULE_DIVIDE,
	RULE_NEGATE, RULE_UNION, RULE_COMMA, RULE_TEXT, RULE_NUMBER, RULE_PATH, RULE_CALL, RULE_IF,
	RULE_EVERY, RULE_SOME, RULE_FOR, RULE_VARIABLE, RULE_GLOBAL
} rule_op;

typedef enum rule_comparison {
	RULE_EQUAL, RULE_UNEQUAL, RULE_LESS, RULE_LESS_EQUAL, RULE_GREATER, RULE_GREATER_EQUAL
} rule_comparison;

typedef enum rule_axis {
	RULE_CHILD, RULE_DESCENDANT, RULE_ATTRIBUTE, RULE_SELF, RULE_PARENT, RULE_ANCESTOR,
	RULE_EXPRESSION          /* a/upper(b) */
} rule_axis;

typedef struct rule_step {
	rule_axis axis;
	uint32_t name;           /* into the names of the rules; 0: wildcard */
	const char *wildcard;    /* such as "ram:*ID" */
	rule_expr *expr;         /* RULE_EXPRESSION */
	rule_expr **tests;
	size_t test_count;
} rule_step;

/* "name = 'text'", ". = 'text'", "@name = 'text'", perhaps with upper() around: most tests are of this
 * form and need no stack. */
typedef enum rule_quick {
	RULE_SLOW, RULE_QUICK_SELF, RULE_QUICK_CHILD, RULE_QUICK_ATTRIBUTE
} rule_quick;

typedef bool (*rule_function)(rule_run *run, const rule_expr *call); /* pushes its items */
typedef bool (*rule_condition)(bool *out, rule_run *run, const rule_expr *call);

struct rule_expr {
	rule_op op;
	rule_comparison comparison;
	rule_expr **parts;       /* operands, arguments; the first of a path is its start or NULL */
	size_t count;
	bool absolute;           /* a path from the document element */
	bool plain;              /* a path from here over named children only */
	rule_step *steps;
	size_t step_count;
	const char *text;        /* literal */
	size_t length;
	efile_decimal number;
	const codelist *codes;   /* of code() */
	rule_function function;  /* of a call: this, */
	rule_condition condition; /* or this */
	uint32_t slot;           /* of a variable or global */
	rule_quick quick;        /* of a comparison */
	bool quick_upper;
	uint32_t quick_name;
};

/* ---- rules ---- */

typedef enum rule_kind {
	RULE_KIND_SEMANTIC, RULE_KIND_ABSENT, RULE_KIND_REQUIRED, RULE_KIND_MOST, RULE_KIND_ONE,
	RULE_KIND_DECIMALS, RULE_KIND_CODE
} rule_kind;

typedef struct rule_row {
	const char *id;
	efile_severity severity;
	const char *text;        /* the expression as it is written */
	const char *message;     /* made when it is first asked for */
	uint32_t context;        /* index */
	const char *subject;     /* the path of a structural rule as it is written */
	rule_kind kind;
	rule_expr *test;
	rule_expr *at, *actual, *expected; /* may be NULL */
	uint32_t layer;
} rule_row;

typedef struct rule_context {
	rule_step *steps;        /* the last is the node itself; none: the document element */
	size_t step_count;
	bool absolute;           /* the first step is a child of the document element */
	bool tests;              /* a step has tests */
	bool deep;               /* a step is a descendant */
	uint32_t pattern, order;
	uint32_t rule, rule_count;
	struct rule_context *other; /* "a or b": the same rules */
	const char *text;
	uint32_t layer;
} rule_context;

typedef struct rule_layer {
	const char *name, *version, *source;
	rule_expr *when;         /* the layer applies; NULL: always */
	bool off;
} rule_layer;

enum { RULE_LAYERS = 4 };

/* The rules for a syntax ("ubl", "cii"), compiled at the first call and kept with the context. */
efile_status rules_for(const rules **out, efile_ctx *ctx, const char *syntax);
efile_status rules_parse(rules **out, efile_ctx *ctx, const char *name, const char *text);
void rules_free(rules *r);
size_t rules_count(const rules *r);
const rule_row *rules_row(const rules *r, size_t index);
const rule_layer *rules_layer(const rules *r, uint32_t layer);
/* The sentence of a rule in the context's language; malloc'd, NULL without memory. */
char *rule_message(const efile_ctx *ctx, const rule_row *row);

size_t rules_context_count(const rules *r);
const rule_context *rules_context(const rules *r, size_t index);
size_t rules_name_count(const rules *r);
size_t rules_global_count(const rules *r);
const rule_expr *rules_global(const rules *r, uint32_t slot);

const char *rule_terms(const char *rule); /* that a rule is about, "" for none */

/* Judges a document by all layers that apply to it. */
efile_status rules_judge(efile_report *report, const rules *r, const efile_invoice *invoice);

DEFINE_AUTO_PTR(rules, rules_free)

#endif
