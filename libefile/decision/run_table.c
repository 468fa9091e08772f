/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Evaluates a decision table: which rules hit, and what the hit policy makes of them (DMN 1.5, 8.2.10). */
#include <string.h>

#include "decision/model.h"
#include "expr/value.h"

typedef struct hits {
	decision_run *run;
	const table *table;
	const expr_env *env;
	expr_value *inputs;
	uint64_t *bits;         /* rules that may hit */
	const uint64_t **sure;  /* per input: NULL where every cell must be tested */
	size_t *rules;
	size_t count;
} hits;

/* ---- inputs ---- */

static const expr_value *variable(const expr_env *env, const char *name)
{
	for (; env; env = env->outer) {
		const expr_value *found = context_find(env->variables, name);

		if (found)
			return found;
	}
	return NULL;
}

static efile_status input_of(expr_value *out, hits *h, const table_input *in)
{
	const expr_value *found = in->name ? variable(h->env, in->name) : NULL;

	*out = VALUE_NULL;
	if (found)
		*out = *found;
	else if (in->expression)
		return dmn_run_logic(out, h->run, in->expression, h->env);
	return in->expression ? dmn_run_coerce(out, h->run, in->expression->type) : EFILE_OK;
}

static efile_status meets(bool *out, hits *h, const cell *c, const expr_value *value)
{
	int met = dmn_cell_test(c, value);

	if (met < 0 && c->program.bytes) {
		TRY(expr_test(&met, &c->program, h->run->scope, h->env, value));
		dmn_run_claim(h->run);
	}
	*out = met == 1;
	return EFILE_OK;
}

/* Values that the table does not allow hit nothing. */
static efile_status read_inputs(bool *allowed, hits *h)
{
	const table *t = h->table;

	*allowed = true;
	for (size_t i = 0; i < t->input_count; i++) {
		bool met = true;

		TRY(input_of(&h->inputs[i], h, &t->inputs[i]));
		if (t->inputs[i].values)
			TRY(meets(&met, h, t->inputs[i].values, &h->inputs[i]));
		if (!met) {
			scope_warn(h->run->scope, "input %zu has a value that the table does not allow",
				   i + 1);
			dmn_run_claim(h->run);
			*allowed = false;
		}
	}
	return EFILE_OK;
}

/* ---- rules ---- */

static bool is_single(table_policy policy)
{
	return policy == POLICY_FIRST;
}

static bool bit(const uint64_t *bits, size_t at)
{
	return bits[at / 64] >> (at % 64) & 1;
}

static efile_status rule_hits(bool *out, hits *h, size_t rule)
{
	const table *t = h->table;
	const table_rule *r = &t->rules[rule];

	*out = true;
	h->run->root->rule = rule + 1;
	for (size_t i = 0; i < t->input_count && *out; i++)
		if (!h->sure[i] || bit(t->inputs[i].index.loose, rule))
			TRY(meets(out, h, &r->cells[i], &h->inputs[i]));
	if (*out)
		h->rules[h->count++] = rule;
	return EFILE_OK;
}

/* The rules that the indexed columns leave over. */
static void narrow(hits *h)
{
	const table *t = h->table;

	memset(h->bits, 0xff, t->words * sizeof(*h->bits));
	for (size_t i = 0; i < t->input_count; i++) {
		h->sure[i] = t->indexed ? dmn_index_bits(&t->inputs[i].index, &h->inputs[i], t->words) : NULL;
		for (size_t k = 0; h->sure[i] && k < t->words; k++)
			h->bits[k] &= h->sure[i][k];
	}
	if (t->rule_count % 64)
		h->bits[t->words - 1] &= (UINT64_C(1) << (t->rule_count % 64)) - 1;
}

static efile_status find_rules(hits *h)
{
	const table *t = h->table;

	narrow(h);
	for (size_t word = 0; word < t->words; word++)
		for (uint64_t left = h->bits[word]; left; left &= left - 1) {
			bool hit;

			TRY(rule_hits(&hit, h, word * 64 + (size_t)__builtin_ctzll(left)));
			if (hit && is_single(t->policy))
				return EFILE_OK;
		}
	return EFILE_OK;
}

/* ---- outputs ---- */

static efile_status check_output(expr_value *value, hits *h, const table_output *out)
{
	bool met;

	TRY(dmn_run_coerce(value, h->run, out->type));
	if (!out->values || value->kind == EXPR_NULL)
		return EFILE_OK;
	TRY(meets(&met, h, out->values, value));
	if (!met) {
		scope_warn(h->run->scope, "the output has a value that the table does not allow");
		dmn_run_claim(h->run);
		*value = VALUE_NULL;
	}
	return EFILE_OK;
}

static efile_status output_of(expr_value *value, hits *h, size_t rule, size_t index)
{
	const rule_output *out = &h->table->rules[rule].outputs[index];

	*value = VALUE_NULL;
	h->run->root->rule = rule + 1;
	if (out->is_constant)
		*value = out->constant;
	else if (out->expression)
		TRY(dmn_run_logic(value, h->run, out->expression, h->env));
	return check_output(value, h, &h->table->outputs[index]);
}

static efile_status rule_result(expr_value *value, hits *h, size_t rule)
{
	const table *t = h->table;
	expr_value one;

	if (t->output_count == 1)
		return output_of(value, h, rule, 0);
	TRY(value_context(value, h->run->scope));
	for (size_t i = 0; i < t->output_count; i++) {
		TRY(output_of(&one, h, rule, i));
		TRY(context_put(h->run->scope, value->as.context, t->outputs[i].name, one));
	}
	return EFILE_OK;
}

static efile_status all_results(expr_value *list, hits *h)
{
	expr_value value;

	TRY(value_list(list, h->run->scope));
	for (size_t i = 0; i < h->count; i++) {
		TRY(rule_result(&value, h, h->rules[i]));
		TRY(list_append(h->run->scope, list->as.list, value));
	}
	return EFILE_OK;
}

static efile_status one_default(expr_value *value, hits *h, const table_output *out)
{
	*value = VALUE_NULL;
	if (!out->fallback)
		return EFILE_OK;
	TRY(dmn_run_logic(value, h->run, out->fallback, h->env));
	return check_output(value, h, out);
}

/* No rule hits: the default outputs, or null. */
static efile_status default_result(expr_value *value, hits *h)
{
	const table *t = h->table;
	bool any = false;
	expr_value one;

	*value = VALUE_NULL;
	h->run->root->rule = 0;
	for (size_t i = 0; i < t->output_count; i++)
		any = any || t->outputs[i].fallback;
	if (!any)
		return EFILE_OK;
	if (t->output_count == 1)
		return one_default(value, h, &t->outputs[0]);
	TRY(value_context(value, h->run->scope));
	for (size_t i = 0; i < t->output_count; i++) {
		TRY(one_default(&one, h, &t->outputs[i]));
		TRY(context_put(h->run->scope, value->as.context, t->outputs[i].name, one));
	}
	return EFILE_OK;
}

/* ---- hit policies ---- */

static efile_status policy_unique(expr_value *value, hits *h)
{
	if (h->count == 1)
		return rule_result(value, h, h->rules[0]);
	h->run->root->rule = h->rules[1] + 1;
	scope_warn(h->run->scope, "rules %zu and %zu match, but the hit policy is unique",
		   h->rules[0] + 1, h->rules[1] + 1);
	dmn_run_claim(h->run);
	return EFILE_OK;
}

static efile_status policy_any(expr_value *value, hits *h)
{
	expr_value first, other;

	TRY(rule_result(&first, h, h->rules[0]));
	for (size_t i = 1; i < h->count; i++) {
		TRY(rule_result(&other, h, h->rules[i]));
		if (expr_equal(&first, &other) == 1 ||
		    (first.kind == EXPR_NULL && other.kind == EXPR_NULL))
			continue;
		scope_warn(h->run->scope, "rules %zu and %zu match, but do not say the same",
			   h->rules[0] + 1, h->rules[i] + 1);
		dmn_run_claim(h->run);
		return EFILE_OK;
	}
	*value = first;
	return EFILE_OK;
}

static efile_status policy_first(expr_value *value, hits *h)
{
	return rule_result(value, h, h->rules[0]);
}

/* The place of a value in the list of output values; what is not in it comes last. */
static size_t rank(const expr_value *order, const expr_value *value)
{
	size_t count = order->kind == EXPR_LIST ? order->as.list->count : 0;

	for (size_t i = 0; i < count; i++)
		if (expr_equal(&order->as.list->items[i], value) == 1)
			return i;
	return count;
}

static efile_status rank_outputs(size_t *ranks, hits *h, size_t output)
{
	const table_output *out = &h->table->outputs[output];
	expr_value order = VALUE_NULL, value;

	if (out->order)
		TRY(dmn_run_logic(&order, h->run, out->order, NULL));
	for (size_t i = 0; i < h->count; i++) {
		TRY(output_of(&value, h, h->rules[i], output));
		ranks[i * h->table->output_count + output] = rank(&order, &value);
	}
	return EFILE_OK;
}

static bool ranks_before(const size_t *a, const size_t *b, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (a[i] != b[i])
			return a[i] < b[i];
	return false;
}

/* Best first; equal ones in the order of the rules. */
static efile_status sort_by_priority(hits *h)
{
	size_t width = h->table->output_count, *sorted;
	size_t *ranks = scope_alloc(h->run->scope, h->count * (width + 1) * sizeof(*ranks));

	if (!ranks)
		return scope_failed(h->run->scope);
	for (size_t i = 0; i < width; i++)
		TRY(rank_outputs(ranks, h, i));
	sorted = ranks + h->count * width;
	for (size_t i = 0; i < h->count; i++) {
		size_t at = i;

		for (; at && ranks_before(ranks + i * width, ranks + sorted[at - 1] * width, width); at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = i;
	}
	for (size_t i = 0; i < h->count; i++)
		sorted[i] = h->rules[sorted[i]];
	memcpy(h->rules, sorted, h->count * sizeof(*sorted));
	return EFILE_OK;
}

static efile_status policy_priority(expr_value *value, hits *h)
{
	if (h->count > 1)
		TRY(sort_by_priority(h));
	return rule_result(value, h, h->rules[0]);
}

static efile_status policy_output_order(expr_value *value, hits *h)
{
	TRY(sort_by_priority(h));
	return all_results(value, h);
}

static efile_status policy_count(expr_value *value, hits *h)
{
	*value = value_int((int64_t)h->count);
	return EFILE_OK;
}

static const struct aggregation {
	table_policy policy;
	const char *function;
} aggregations[] = { { POLICY_SUM, "sum" }, { POLICY_MIN, "min" }, { POLICY_MAX, "max" } };

static efile_status policy_aggregate(expr_value *value, hits *h)
{
	expr_value list, function;

	if (h->table->output_count != 1)
		return EFILE_OK; /* a finding */
	TRY(all_results(&list, h));
	h->run->root->rule = 0;
	for (size_t i = 0; i < ARRAY_SIZE(aggregations); i++)
		if (aggregations[i].policy == h->table->policy) {
			TRY(expr_function_builtin(&function, h->run->scope, aggregations[i].function));
			TRY(expr_call(value, h->run->scope, &function, &list, 1));
			dmn_run_claim(h->run);
		}
	return EFILE_OK;
}

static efile_status (*const policies[])(expr_value *value, hits *h) = {
	[POLICY_UNIQUE] = policy_unique,       [POLICY_ANY] = policy_any,
	[POLICY_PRIORITY] = policy_priority,   [POLICY_FIRST] = policy_first,
	[POLICY_RULE_ORDER] = all_results,     [POLICY_OUTPUT_ORDER] = policy_output_order,
	[POLICY_COLLECT] = all_results,        [POLICY_SUM] = policy_aggregate,
	[POLICY_MIN] = policy_aggregate,       [POLICY_MAX] = policy_aggregate,
	[POLICY_COUNT] = policy_count,
};

/* ---- the whole ---- */

static efile_status hits_init(hits *h)
{
	const table *t = h->table;
	size_t inputs = t->input_count + 1;

	h->inputs = scope_alloc(h->run->scope, inputs * sizeof(*h->inputs));
	h->sure = scope_alloc(h->run->scope, inputs * sizeof(*h->sure));
	h->bits = scope_alloc(h->run->scope, (t->words + 1) * sizeof(*h->bits));
	h->rules = scope_alloc(h->run->scope, (t->rule_count + 1) * sizeof(*h->rules));
	return h->inputs && h->sure && h->bits && h->rules ? EFILE_OK : scope_failed(h->run->scope);
}

efile_status dmn_run_table(expr_value *out, decision_run *run, const logic *l, const expr_env *env)
{
	hits h = { .run = run, .table = l->table, .env = env };
	size_t rule = run->root->rule;
	bool allowed;

	if (!l->table->output_count)
		return EFILE_OK;
	TRY(hits_init(&h));
	run->root->rule = 0;
	TRY(read_inputs(&allowed, &h));
	if (allowed)
		TRY(find_rules(&h));
	*out = VALUE_NULL;
	if (h.count || (allowed && l->table->policy == POLICY_COUNT && !l->table->outputs[0].fallback))
		TRY(policies[l->table->policy](out, &h));
	else
		TRY(default_result(out, &h));
	run->root->rule = rule;
	return EFILE_OK;
}
