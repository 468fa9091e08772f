/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decisions (DMN 1.1 to 1.5): a model is compiled once and evaluated often. Pure: files and inputs are
 * handed in, the clock is that of the scope. */
#ifndef DECISION_DECISION_H
#define DECISION_DECISION_H

#include <efile/decision.h>

#include "base/base.h"
#include "expr/expr.h"

typedef efile_dmn_source decision_source;
typedef efile_dmn decision_set;

typedef enum decision_kind {
	DECISION_INPUT, DECISION_DECISION, DECISION_BKM, DECISION_SERVICE
} decision_kind;

typedef enum table_policy {
	POLICY_UNIQUE, POLICY_ANY, POLICY_PRIORITY, POLICY_FIRST, POLICY_RULE_ORDER,
	POLICY_OUTPUT_ORDER, POLICY_COLLECT, POLICY_SUM, POLICY_MIN, POLICY_MAX, POLICY_COUNT
} table_policy;

/* Compiles sources[0] with the models that it imports, which are looked for among the others. What is
 * wrong with a model becomes findings (decision_findings()); what is no DMN at all answers FORMAT. */
efile_status decision_compile(decision_set **out, efile_ctx *ctx, const decision_source *sources,
			      size_t count);
void decision_free(decision_set *set);
const efile_report *decision_findings(const decision_set *set);

/* A decision or service of the first model by name or id; NOTFOUND. */
struct dmn_node;
efile_status decision_find(const struct dmn_node **out, const decision_set *set, const char *name);

typedef struct decision_run decision_run;

/* Begins an evaluation in a scope. input is a context: values by the names of input data; of imported
 * models in a context by the name of the import, or by "namespace#name". texts: the values come from
 * JSON, so that dates, durations and decimals may be texts. The run lives in the scope's memory. */
efile_status decision_begin(decision_run **out, const decision_set *set, expr_scope *scope,
			    const expr_value *input, bool texts);
/* Evaluates a decision with all that it requires; a service is called with the inputs as arguments. What
 * goes wrong gives null and a message. The value lives as long as the scope. */
efile_status decision_evaluate(expr_value *out, decision_run *run, const struct dmn_node *node);

typedef struct decision_message {
	const char *decision;   /* name */
	size_t rule;            /* of its table from 1; 0 none */
	const char *text;
} decision_message;

size_t decision_message_count(const decision_run *run);
decision_message decision_message_at(const decision_run *run, size_t index);

/* The nodes of the first model, in the order of the file. */
size_t decision_node_count(const decision_set *set);
const struct dmn_node *decision_node_at(const decision_set *set, size_t index);
const char *decision_node_name(const struct dmn_node *node);
const char *decision_node_id(const struct dmn_node *node); /* NULL or "": none */
const char *decision_node_tag(const struct dmn_node *node); /* its version tag, "" */
/* The first model itself. */
const char *decision_namespace(const decision_set *set);
const char *decision_model_name(const decision_set *set);
bool decision_is_empty(const decision_set *set); /* neither decisions nor knowledge, inputs or types */
/* The namespaces that some model imports and that were not given; NULL past the end. */
const char *decision_missing(const decision_set *set, size_t index);
decision_kind decision_node_kind(const struct dmn_node *node);

DEFINE_AUTO_PTR(decision_set, decision_free)

#endif
