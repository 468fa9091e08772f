/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules as data. A rule set has contexts in order; inside a set a node is judged by the first
 * context that matches it, and every rule of that context is tried once per node (the meaning of a
 * Schematron pattern). A rule is one of a few kinds with a path, or a small function. */
#ifndef INVOICE_RULES_H
#define INVOICE_RULES_H

#include "invoice/invoice.h"

typedef struct rule_row rule_row;

/* What a rule function works on and says. */
typedef struct rule_run {
	const efile_invoice *invoice;
	const tree *t;
	const rule_row *rule;
	uint32_t node;           /* the context node */
	path *const *paths;      /* the rule's paths, compiled */
	uint32_t place;          /* where the finding points; the context node unless set */
	char actual[96], expected[96];
	bool failed;             /* without memory */
} rule_run;

/* True if the rule is obeyed. */
typedef bool (*rule_fn)(rule_run *run);

typedef enum rule_kind {
	RULE_EXISTS,             /* the path leads somewhere */
	RULE_NOT_BLANK,          /* the first node of the path has text */
	RULE_TWO_DECIMALS,       /* no node of the path has more than 2 characters behind a point */
	RULE_TEN_CHARACTERS,     /* text of the node, white space normalised */
	RULE_FUNCTION
} rule_kind;

enum { RULE_PATHS = 6 };

struct rule_row {
	const char *id;
	efile_severity severity;
	const char *terms;       /* "BT-106 BT-131", the first is the finding's */
	rule_kind kind;
	const char *paths[RULE_PATHS];
	rule_fn function;
	const char *message;     /* English, without conversions; NULL: the kind's own */
};

typedef struct rule_context {
	const char *pattern;     /* NULL: the document element */
	const rule_row *rules;
	size_t count;
} rule_context;

typedef struct rule_set {
	const char *name;
	const rule_context *contexts;
	size_t count;
} rule_set;

/* EN 16931, the rules of the model, as the CEN artefacts 1.3.16 evaluate them in each syntax. */
extern const rule_set rules_en16931_ubl;
extern const rule_set rules_en16931_cii;

#define RULES(rows) (rows), ARRAY_SIZE(rows)

/* ---- amounts ---- */

/* xs:decimal: sign, digits, point, digits; no exponent, no blanks inside. */
bool amount_parse(efile_decimal *out, const char *text, size_t length);
typedef enum amount_state { AMOUNT_ABSENT, AMOUNT_OK, AMOUNT_BAD } amount_state;
amount_state amount_at(efile_decimal *out, const rule_run *run, int which, uint32_t from);
amount_state amount_of_node(efile_decimal *out, const tree *t, uint32_t node);
/* The sum of all nodes that a path reaches. */
amount_state amount_sum(efile_decimal *out, rule_run *run, int which, uint32_t from);
efile_decimal amount_round(efile_decimal value, int scale); /* half up, as XPath rounds */

/* ---- functions shared by both syntaxes; paths by position ---- */
bool rule_line_sum_ubl(rule_run *run);   /* BR-CO-10: total, amounts */
bool rule_line_sum_cii(rule_run *run);
bool rule_part_sum_ubl(rule_run *run);   /* BR-CO-11, -12: total, amounts, parts */
bool rule_part_sum_cii(rule_run *run);   /* total, amount in a part, parts */
bool rule_vat_sum_ubl(rule_run *run);    /* BR-CO-14: total, amounts, breakdowns */
bool rule_vat_sum_cii(rule_run *run);    /* total, amounts */
bool rule_net_total_ubl(rule_run *run);  /* BR-CO-13: 109, 106, 107, 108 */
bool rule_net_total_cii(rule_run *run);
bool rule_gross_total_ubl(rule_run *run);/* BR-CO-15: currency, tax amounts, 109, 112 */
bool rule_gross_total_cii(rule_run *run);
bool rule_due_ubl(rule_run *run);        /* BR-CO-16: 115, 112, 113, 114 */
bool rule_due_cii(rule_run *run);
bool rule_vat_amount_ubl(rule_run *run); /* BR-CO-17: tax, taxable, rate */
bool rule_vat_amount_cii(rule_run *run);
bool rule_not_negative(rule_run *run);   /* BR-27: must be there */
bool rule_not_negative_if(rule_run *run);/* BR-28 */
bool rule_not_both(rule_run *run);       /* BR-CO-03: one path, other path */
bool rule_if_then(rule_run *run);        /* if the first path leads somewhere, the second does */
bool rule_if_not_blank(rule_run *run);   /* ... to something that is not blank */
bool rule_period_ubl(rule_run *run);     /* BR-29, -30: start, end */
bool rule_period_cii(rule_run *run);     /* holders of start, end; their texts */
bool rule_payee(rule_run *run);          /* BR-17: name; pairs that must differ */
bool rule_country_prefix_ubl(rule_run *run); /* BR-CO-09 */
bool rule_country_prefix_cii(rule_run *run);
bool rule_tax_currency_ubl(rule_run *run);   /* BR-53 */
bool rule_tax_currency_cii(rule_run *run);
bool rule_tax_decimals_cii(rule_run *run);   /* BR-DEC-13, -15: amounts, currency */

#endif
