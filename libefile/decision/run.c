/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Evaluates nodes: inputs, decisions with what they require, knowledge as functions, services. */
#include <stdlib.h>
#include <string.h>

#include "decision/model.h"
#include "expr/value.h"

enum { STATE_NEW, STATE_OPEN, STATE_DONE };

/* ---- messages ---- */

/* The warnings that came since belong to what is being evaluated. */
void dmn_run_claim(decision_run *run)
{
	decision_run *root = run->root;
	size_t count = expr_scope_warning_count(run->scope);

	for (; root->claimed < count; root->claimed++)
		if (root->message_count < RUN_MESSAGES)
			root->messages[root->message_count++] =
				(run_message){ root->node, root->rule,
					       expr_scope_warning(run->scope, root->claimed) };
}

size_t decision_message_count(const decision_run *run)
{
	return run->message_count;
}

decision_message decision_message_at(const decision_run *run, size_t index)
{
	const run_message *m = &run->messages[index];

	return (decision_message){ m->node ? m->node->name : "", m->rule, m->text };
}

efile_status dmn_run_program(expr_value *out, decision_run *run, const expr_program *program,
			 const expr_env *env)
{
	TRY(expr_evaluate_in(out, program, run->scope, env));
	dmn_run_claim(run);
	return EFILE_OK;
}

efile_status dmn_run_coerce(expr_value *out, decision_run *run, const expr_type *type)
{
	expr_value given = *out;

	if (!type)
		return EFILE_OK;
	TRY(expr_coerce(out, run->scope, type, &given));
	dmn_run_claim(run);
	return EFILE_OK;
}

/* ---- values from JSON ---- */

static const struct text_kind_row {
	expr_type_kind type;
	expr_kind kind;
} text_kinds[] = {
	{ EXPR_TYPE_NUMBER, EXPR_NUMBER },       { EXPR_TYPE_DATE, EXPR_DATE },
	{ EXPR_TYPE_TIME, EXPR_TIME },           { EXPR_TYPE_DATE_TIME, EXPR_DATE_TIME },
	{ EXPR_TYPE_MONTHS, EXPR_MONTHS },       { EXPR_TYPE_SECONDS, EXPR_SECONDS },
};

static efile_status adapt_text(expr_value *value, decision_run *run, const expr_type *type)
{
	expr_value read;

	for (size_t i = 0; i < ARRAY_SIZE(text_kinds); i++) {
		if (text_kinds[i].type != type->kind)
			continue;
		TRY(expr_from_text(&read, run->scope, text_kinds[i].kind, value->as.string.text));
		if (read.kind != EXPR_NULL)
			*value = read;
	}
	return EFILE_OK;
}

static const expr_type *member_type(const expr_type *type, const char *name)
{
	for (size_t i = 0; i < type->member_count; i++)
		if (str_equal(type->members[i].name, name))
			return type->members[i].type;
	return NULL;
}

/* JSON has no dates: where the type wants one, a text that is one becomes one. Values were just made
 * and are nobody else's, so they are changed in place. One value may stand for a list of one. */
static efile_status adapt(expr_value *value, decision_run *run, const expr_type *type)
{
	if (type && type->kind == EXPR_TYPE_LIST && value->kind != EXPR_LIST)
		type = type->element;
	if (!type)
		return EFILE_OK;
	if (value->kind == EXPR_STRING)
		return adapt_text(value, run, type);
	for (size_t i = 0; value->kind == EXPR_LIST && i < value->as.list->count; i++)
		TRY(adapt(&value->as.list->items[i], run,
			  type->kind == EXPR_TYPE_LIST ? type->element : type));
	for (size_t i = 0; value->kind == EXPR_CONTEXT && i < value->as.context->count; i++) {
		expr_entry *entry = &value->as.context->entries[i];

		TRY(adapt(&entry->value, run, member_type(type, entry->key)));
	}
	return EFILE_OK;
}

/* ---- inputs ---- */

/* Of an imported model: by "namespace#name", or in a context by the name of an import. */
static efile_status input_abroad(const expr_value **out, decision_run *run, const dmn_node *node)
{
	const expr_context *input = run->input.as.context;
	const dmn_model *main = &run->set->models[0];
	AUTO(buf) key = BUF_INIT;

	buf_add_format(&key, "%s#%s", node->model->namespace, node->variable);
	TRY(buf_status(&key, run->ctx));
	*out = context_find(input, buf_text(&key));
	for (size_t i = 0; !*out && i < main->import_count; i++) {
		const expr_value *inner;

		if (main->imports[i].model != node->model)
			continue;
		inner = context_find(input, main->imports[i].name);
		if (inner && inner->kind == EXPR_CONTEXT)
			*out = context_find(inner->as.context, node->variable);
	}
	return EFILE_OK;
}

static efile_status find_input(const expr_value **out, decision_run *run, const dmn_node *node)
{
	const expr_context *input = run->input.as.context;

	*out = NULL;
	if (node->model != &run->set->models[0])
		TRY(input_abroad(out, run, node));
	if (!*out)
		*out = context_find(input, node->variable);
	if (!*out && node->name != node->variable)
		*out = context_find(input, node->name);
	return EFILE_OK;
}

static efile_status input_value(expr_value *out, decision_run *run, const dmn_node *node)
{
	const expr_value *found;

	TRY(find_input(&found, run, node));
	*out = found ? *found : VALUE_NULL;
	if (run->texts)
		TRY(adapt(out, run, node->type));
	return dmn_run_coerce(out, run, node->type);
}

/* ---- functions ---- */

static efile_status node_variables(expr_value *out, decision_run *run, const dmn_node *node);

/* A model without input data leaves its inputs unsaid: then all that was given is seen. */
static efile_status env_of(const expr_env **out, decision_run *run, const dmn_node *node)
{
	const expr_env *given = NULL;
	expr_value variables;

	TRY(node_variables(&variables, run, node));
	if (node->model->open && run->input.as.context->count)
		TRY(expr_env_new(&given, run->scope, NULL, &run->input, true));
	return expr_env_new(out, run->scope, given, &variables, !given);
}

static efile_status call_bkm(expr_value *out, expr_scope *scope, void *user, const expr_value *args,
			     size_t count)
{
	const run_function *f = user;
	decision_run *root = f->run->root;
	const logic *l = f->node->logic;
	const dmn_node *before = root->node;
	size_t rule = root->rule;
	const expr_env *env;
	expr_value variables;
	efile_status status;

	if (!f->run->envs[f->node->index])
		TRY(env_of(&f->run->envs[f->node->index], f->run, f->node));
	TRY(value_context(&variables, scope));
	for (size_t i = 0; i < count; i++)
		TRY(context_put(scope, variables.as.context, l->columns[i].name, args[i]));
	TRY(expr_env_new(&env, scope, f->run->envs[f->node->index], &variables, false));
	root->node = f->node;
	root->rule = 0;
	status = dmn_run_logic(out, f->run, l->parts[0].logic, env);
	root->node = before;
	root->rule = rule;
	return status;
}

static efile_status run_new(decision_run **out, const decision_set *set, expr_scope *scope);

static efile_status service_result(expr_value *out, decision_run *run, const dmn_node *service)
{
	expr_value all = VALUE_NULL, one = VALUE_NULL;
	size_t count = 0;

	TRY(value_context(&all, run->scope));
	for (size_t i = 0; i < service->reference_count; i++) {
		const reference *ref = &service->references[i];

		if (ref->kind != REFERENCE_OUTPUT || !ref->target)
			continue;
		TRY(dmn_run_node(&one, run, ref->target));
		TRY(context_put(run->scope, all.as.context, ref->target->variable, one));
		count++;
	}
	*out = count > 1 ? all : one;
	return EFILE_OK;
}

/* A service sees its inputs and nothing else: it has a run of its own, in which they are known. */
static efile_status call_service(expr_value *out, expr_scope *scope, void *user,
				 const expr_value *args, size_t count)
{
	static const reference_kind order[] = { REFERENCE_INPUT_DATA, REFERENCE_INPUT_DECISION };
	const run_function *f = user;
	decision_run *inner;
	size_t used = 0;

	TRY(run_new(&inner, f->run->set, scope));
	inner->root = f->run->root;
	TRY(value_context(&inner->input, scope));
	for (size_t k = 0; k < ARRAY_SIZE(order); k++)
		for (size_t i = 0; i < f->node->reference_count; i++) {
			const reference *ref = &f->node->references[i];

			if (ref->kind != order[k] || !ref->target || used == count)
				continue;
			inner->values[ref->target->index] = args[used++];
			inner->states[ref->target->index] = STATE_DONE;
		}
	return service_result(out, inner, f->node);
}

static efile_status function_value(expr_value *out, decision_run *run, const dmn_node *node)
{
	run_function *f;

	if (!node->function_type) {
		*out = VALUE_NULL; /* a BKM without logic */
		return EFILE_OK;
	}
	if (node->kind == DECISION_BKM && node->logic->function == BODY_JAVA)
		return dmn_run_logic(out, run, node->logic, NULL);
	f = scope_alloc(run->scope, sizeof(*f));
	if (!f)
		return scope_failed(run->scope);
	f->run = run;
	f->node = node;
	return expr_function_host(out, run->scope, node->name, node->function_type,
				  node->kind == DECISION_BKM ? call_bkm : call_service, f);
}

/* ---- variables of a node ---- */

static efile_status put_variable(expr_value *variables, decision_run *run, const reference *ref,
				 expr_value value)
{
	expr_context *in = variables->as.context;
	const expr_value *found = ref->import ? context_find(in, ref->import) : NULL;
	expr_value inner;

	if (!ref->import)
		return context_put(run->scope, in, ref->target->variable, value);
	if (found && found->kind == EXPR_CONTEXT)
		return context_put(run->scope, found->as.context, ref->target->variable, value);
	TRY(value_context(&inner, run->scope));
	TRY(context_put(run->scope, inner.as.context, ref->target->variable, value));
	return context_put(run->scope, in, ref->import, inner);
}

/* Where inputs are left unsaid, the outputs of a required table go by their own names, too. */
static efile_status put_outputs(expr_value *variables, decision_run *run, const reference *ref,
				const expr_value *value)
{
	const logic *l = ref->target->logic;

	if (!ref->target->model->open || ref->import || !l || !l->table)
		return EFILE_OK;
	for (size_t i = 0; i < l->table->output_count; i++) {
		const char *name = l->table->outputs[i].name;
		const expr_value *one =
			l->table->output_count == 1 ? value : expr_member(value, name);

		if (*name && one && !context_find(variables->as.context, name))
			TRY(context_put(run->scope, variables->as.context, name, *one));
	}
	return EFILE_OK;
}

static efile_status node_variables(expr_value *out, decision_run *run, const dmn_node *node)
{
	TRY(value_context(out, run->scope));
	for (size_t i = 0; i < node->reference_count; i++) {
		const reference *ref = &node->references[i];
		expr_value value;

		if (!ref->target)
			continue;
		TRY(dmn_run_node(&value, run, ref->target));
		TRY(put_variable(out, run, ref, value));
		TRY(put_outputs(out, run, ref, &value));
	}
	return EFILE_OK;
}

/* ---- nodes ---- */

static efile_status decision_value(expr_value *out, decision_run *run, const dmn_node *node)
{
	decision_run *root = run->root;
	const dmn_node *before = root->node;
	size_t rule = root->rule;
	const expr_env *env;
	efile_status status;

	*out = VALUE_NULL;
	root->node = node;
	root->rule = 0;
	if (node->cyclic) {
		scope_warn(run->scope, "%s requires itself", node->name);
		dmn_run_claim(run);
		status = EFILE_OK;
	} else {
		status = env_of(&env, run, node);
		if (status == EFILE_OK && node->logic)
			status = dmn_run_logic(out, run, node->logic, env);
		if (status == EFILE_OK)
			status = dmn_run_coerce(out, run, node->type);
	}
	root->node = before;
	root->rule = rule;
	return status;
}

static efile_status one_node(expr_value *out, decision_run *run, const dmn_node *node)
{
	if (run->states[node->index] == STATE_DONE) {
		*out = run->values[node->index];
		return EFILE_OK;
	}
	if (run->states[node->index] == STATE_OPEN) {
		*out = VALUE_NULL; /* in a circle, which is a finding */
		return EFILE_OK;
	}
	run->states[node->index] = STATE_OPEN;
	if (node->kind == DECISION_INPUT)
		TRY(input_value(out, run, node));
	else if (node->kind == DECISION_DECISION)
		TRY(decision_value(out, run, node));
	else
		TRY(function_value(out, run, node));
	run->values[node->index] = *out;
	run->states[node->index] = STATE_DONE;
	return EFILE_OK;
}

typedef struct visit {
	const dmn_node *node;
	size_t next;
} visit;

static const dmn_node *next_required(const decision_run *run, visit *v)
{
	while (v->next < v->node->reference_count) {
		const reference *ref = &v->node->references[v->next++];

		if (ref->target && ref->kind == REFERENCE_DECISION &&
		    run->states[ref->target->index] == STATE_NEW && !ref->target->cyclic)
			return ref->target;
	}
	return NULL;
}

/* What is required is evaluated first, from a list instead of by recursion: chains may be long. A
 * circle was cut where a node is marked cyclic. */
efile_status dmn_run_node(expr_value *out, decision_run *run, const dmn_node *node)
{
	size_t depth = 0;
	visit *stack;

	if (run->states[node->index] == STATE_DONE || node->kind != DECISION_DECISION ||
	    !node->reference_count)
		return one_node(out, run, node);
	stack = scope_alloc(run->scope, (run->set->node_count + 1) * sizeof(*stack));
	if (!stack)
		return scope_failed(run->scope);
	stack[depth++] = (visit){ node, 0 };
	while (depth) {
		const dmn_node *next = next_required(run, &stack[depth - 1]);

		if (next && depth <= run->set->node_count)
			stack[depth++] = (visit){ next, 0 };
		else
			TRY(one_node(out, run, stack[--depth].node));
	}
	return EFILE_OK;
}

/* ---- the interface ---- */

static efile_status run_new(decision_run **out, const decision_set *set, expr_scope *scope)
{
	size_t count = set->node_count + 1;
	decision_run *run = scope_alloc(scope, sizeof(*run));

	if (!run)
		return scope_failed(scope);
	memset(run, 0, sizeof(*run));
	run->set = set;
	run->ctx = set->ctx;
	run->scope = scope;
	run->root = run;
	run->values = scope_alloc(scope, count * sizeof(*run->values));
	run->states = run->values ? scope_alloc(scope, count) : NULL;
	run->envs = run->states ? scope_alloc(scope, count * sizeof(*run->envs)) : NULL;
	if (!run->envs)
		return scope_failed(scope);
	memset(run->states, STATE_NEW, count);
	memset(run->envs, 0, count * sizeof(*run->envs));
	*out = run;
	return EFILE_OK;
}

/* The types that expressions may name: of the first model plainly, of the others behind their import,
 * or plainly where no other has the name. */
static efile_status name_types(const decision_set *set, expr_scope *scope)
{
	for (size_t i = set->model_count; i-- > 0;)
		for (size_t k = 0; k < set->models[i].item_count; k++)
			TRY(expr_scope_set_type(scope, set->models[i].items[k].name,
						set->models[i].items[k].type));
	for (size_t i = 0; i < set->type_name_count; i++)
		TRY(expr_scope_set_type(scope, set->type_names[i].name, set->type_names[i].type));
	return EFILE_OK;
}

efile_status decision_begin(decision_run **out, const decision_set *set, expr_scope *scope,
			    const expr_value *input, bool texts)
{
	decision_run *run;

	if (input->kind != EXPR_CONTEXT)
		return FAIL(set->ctx, EFILE_E_INVALID, 1701, "the input of a decision is no object");
	TRY(run_new(&run, set, scope));
	run->input = *input;
	run->texts = texts;
	run->claimed = expr_scope_warning_count(scope);
	TRY(name_types(set, scope));
	*out = run;
	return EFILE_OK;
}

static efile_status argument_of(expr_value *out, decision_run *run, const dmn_node *node, size_t index)
{
	const expr_member_type *parameter = &node->function_type->members[index];
	const expr_value *found = context_find(run->input.as.context, parameter->name);

	*out = found ? *found : VALUE_NULL;
	if (found)
		return run->texts ? adapt(out, run, parameter->type) : EFILE_OK;
	for (size_t i = 0; i < node->reference_count; i++) {
		const reference *ref = &node->references[i];

		if ((ref->kind == REFERENCE_INPUT_DATA || ref->kind == REFERENCE_INPUT_DECISION) &&
		    ref->target && str_equal(ref->target->variable, parameter->name))
			return dmn_run_node(out, run, ref->target);
	}
	return EFILE_OK;
}

/* A service or BKM is called with the inputs of its parameters' names. */
static efile_status call_node(expr_value *out, decision_run *run, const dmn_node *node)
{
	size_t count = node->function_type ? node->function_type->member_count : 0;
	expr_value function, *args;

	TRY(dmn_run_node(&function, run, node));
	args = scope_alloc(run->scope, (count + 1) * sizeof(*args));
	if (!args)
		return scope_failed(run->scope);
	for (size_t i = 0; i < count; i++)
		TRY(argument_of(&args[i], run, node, i));
	run->root->node = node;
	TRY(expr_call(out, run->scope, &function, args, count));
	dmn_run_claim(run);
	return EFILE_OK;
}

efile_status decision_evaluate(expr_value *out, decision_run *run, const dmn_node *node)
{
	efile_status status;

	run->node = node;
	run->rule = 0;
	if (node->kind == DECISION_BKM || node->kind == DECISION_SERVICE)
		status = call_node(out, run, node);
	else
		status = dmn_run_node(out, run, node);
	/* A result without the warning that belongs to it is none. */
	return status == EFILE_OK && run->scope->failed ? mem_failed(run->scope->ctx) : status;
}

efile_status decision_find(const dmn_node **out, const decision_set *set, const char *name)
{
	const dmn_model *m = &set->models[0];

	for (size_t i = 0; i < m->node_count; i++)
		if (str_equal(m->nodes[i]->name, name) && m->nodes[i]->kind != DECISION_INPUT) {
			*out = m->nodes[i];
			return EFILE_OK;
		}
	*out = dmn_node_by_id(m, name);
	return *out ? EFILE_OK :
		      FAIL(set->ctx, EFILE_E_NOTFOUND, 1702, "the model has no decision %s", name);
}

size_t decision_node_count(const decision_set *set)
{
	return set->models[0].node_count;
}

const dmn_node *decision_node_at(const decision_set *set, size_t index)
{
	return set->models[0].nodes[index];
}

const char *decision_node_name(const dmn_node *node)
{
	return node->name;
}

const char *decision_node_id(const dmn_node *node)
{
	return node->id;
}

const char *decision_node_tag(const dmn_node *node)
{
	return node->tag;
}

const char *decision_namespace(const decision_set *set)
{
	return set->models[0].namespace;
}

const char *decision_model_name(const decision_set *set)
{
	return set->models[0].name;
}

bool decision_is_empty(const decision_set *set)
{
	return !set->models[0].node_count && !set->models[0].item_count;
}

const char *decision_missing(const decision_set *set, size_t index)
{
	for (size_t i = 0; i < set->model_count; i++)
		for (size_t k = 0; k < set->models[i].import_count; k++)
			if (!set->models[i].imports[k].model && !index--)
				return set->models[i].imports[k].namespace;
	return NULL;
}

decision_kind decision_node_kind(const dmn_node *node)
{
	return node->kind;
}
