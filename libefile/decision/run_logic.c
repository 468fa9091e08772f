/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Evaluates boxed expressions (DMN 1.5, 10.2 and 10.3.2.13). */
#include <string.h>

#include "decision/model.h"
#include "expr/value.h"

typedef efile_status (*logic_runner)(expr_value *out, decision_run *run, const logic *l,
				     const expr_env *env);

static efile_status run_part(expr_value *out, decision_run *run, const logic_part *part,
			     const expr_env *env)
{
	*out = VALUE_NULL;
	if (part->logic)
		TRY(dmn_run_logic(out, run, part->logic, env));
	return dmn_run_coerce(out, run, part->type);
}

static void warn(decision_run *run, const char *text)
{
	scope_warn(run->scope, "%s", message_translate(run->ctx->language, text));
	dmn_run_claim(run);
}

static efile_status run_literal(expr_value *out, decision_run *run, const logic *l, const expr_env *env)
{
	*out = VALUE_NULL;
	if (l->program.bytes)
		return dmn_run_program(out, run, &l->program, env);
	if (*l->text)
		warn(run, "the expression cannot be run: see the findings of the model");
	return EFILE_OK;
}

/* Entries see those before them; the one without a name is the result. */
static efile_status run_context(expr_value *out, decision_run *run, const logic *l, const expr_env *env)
{
	expr_value context, value;
	const expr_env *inner;

	TRY(value_context(&context, run->scope));
	TRY(expr_env_new(&inner, run->scope, env, &context, false));
	*out = context;
	for (size_t i = 0; i < l->count; i++) {
		TRY(run_part(&value, run, &l->parts[i], inner));
		if (!l->parts[i].name) {
			*out = value;
			return EFILE_OK;
		}
		TRY(context_put(run->scope, context.as.context, l->parts[i].name, value));
	}
	return EFILE_OK;
}

static efile_status callee(expr_value *out, decision_run *run, const logic *l, const expr_env *env)
{
	const logic *named = l->parts[0].logic;

	*out = VALUE_NULL;
	if (!named)
		return EFILE_OK;
	if (named->kind == LOGIC_LITERAL) {
		TRY(expr_function_builtin(out, run->scope, named->text));
		if (out->kind == EXPR_FUNCTION)
			return EFILE_OK;
	}
	return dmn_run_logic(out, run, named, env);
}

static efile_status run_invocation(expr_value *out, decision_run *run, const logic *l,
				   const expr_env *env)
{
	size_t count = l->count - 1;
	expr_value *args = scope_alloc(run->scope, (count + 1) * sizeof(*args));
	const char **names = scope_alloc(run->scope, (count + 1) * sizeof(*names));
	expr_value function;

	if (!args || !names)
		return scope_failed(run->scope);
	TRY(callee(&function, run, l, env));
	for (size_t i = 0; i < count; i++) {
		names[i] = l->parts[i + 1].name;
		TRY(run_part(&args[i], run, &l->parts[i + 1], env));
	}
	TRY(expr_call_named(out, run->scope, &function, names, args, count));
	dmn_run_claim(run);
	return EFILE_OK;
}

static efile_status call_function(expr_value *out, expr_scope *scope, void *user,
				  const expr_value *args, size_t count)
{
	const run_function *f = user;
	expr_value variables;
	const expr_env *env;

	TRY(value_context(&variables, scope));
	for (size_t i = 0; i < count; i++)
		TRY(context_put(scope, variables.as.context, f->logic->columns[i].name, args[i]));
	TRY(expr_env_new(&env, scope, f->env, &variables, false));
	return dmn_run_logic(out, f->run, f->logic->parts[0].logic, env);
}

/* The text of an entry of the body of a Java function. */
static efile_status java_entry(const char **out, decision_run *run, const logic *body, const char *name)
{
	*out = "";
	for (size_t i = 0; body && body->kind == LOGIC_CONTEXT && i < body->count; i++) {
		expr_value value;

		if (!body->parts[i].name || !str_equal(body->parts[i].name, name))
			continue;
		TRY(run_part(&value, run, &body->parts[i], NULL));
		if (value.kind == EXPR_STRING)
			*out = value.as.string.text;
	}
	return EFILE_OK;
}

static efile_status run_java(expr_value *out, decision_run *run, const logic *l)
{
	const char *class_name, *signature;

	TRY(java_entry(&class_name, run, l->parts[0].logic, "class"));
	TRY(java_entry(&signature, run, l->parts[0].logic, "method signature"));
	TRY(expr_function_java(out, run->scope, l->function_type, class_name, signature));
	dmn_run_claim(run);
	return EFILE_OK;
}

static efile_status run_function_of(expr_value *out, decision_run *run, const logic *l,
				    const expr_env *env)
{
	const logic *body = l->parts[0].logic;
	run_function *f;

	*out = VALUE_NULL;
	if (l->function == BODY_JAVA)
		return run_java(out, run, l);
	if (l->function == BODY_PMML || !body) {
		warn(run, "a function of PMML or without a body cannot be run");
		return EFILE_OK;
	}
	f = scope_alloc(run->scope, sizeof(*f));
	if (!f)
		return scope_failed(run->scope);
	*f = (run_function){ .run = run, .logic = l, .env = env };
	return expr_function_host(out, run->scope, "", l->function_type, call_function, f);
}

static efile_status run_list(expr_value *out, decision_run *run, const logic *l, const expr_env *env)
{
	expr_value list, value;

	TRY(value_list(&list, run->scope));
	for (size_t i = 0; i < l->count; i++) {
		TRY(run_part(&value, run, &l->parts[i], env));
		TRY(list_append(run->scope, list.as.list, value));
	}
	*out = list;
	return EFILE_OK;
}

static efile_status run_relation(expr_value *out, decision_run *run, const logic *l, const expr_env *env)
{
	expr_value list, row = VALUE_NULL, value;

	TRY(value_list(&list, run->scope));
	for (size_t i = 0; i < l->count; i++) {
		if (i % l->column_count == 0) {
			TRY(value_context(&row, run->scope));
			TRY(list_append(run->scope, list.as.list, row));
		}
		TRY(run_part(&value, run, &l->parts[i], env));
		TRY(context_put(run->scope, row.as.context, l->parts[i].name, value));
	}
	*out = list;
	return EFILE_OK;
}

static efile_status run_conditional(expr_value *out, decision_run *run, const logic *l,
				    const expr_env *env)
{
	expr_value condition;

	TRY(run_part(&condition, run, &l->parts[0], env));
	return run_part(out, run, &l->parts[value_truth(&condition) == 1 ? 1 : 2], env);
}

/* ---- filters and iterators that FEEL cannot say in one expression ---- */

/* What an iterator walks over, as a list: a range of integers is spread, one value is a list of one. */
static efile_status items_of(expr_value *out, decision_run *run, const expr_value *source)
{
	expr_program spread = EXPR_PROGRAM_INIT;
	expr_value variables;
	const expr_env *env;
	efile_status status;

	*out = *source;
	if (source->kind == EXPR_LIST)
		return EFILE_OK;
	if (source->kind == EXPR_NULL) {
		scope_warn(run->scope, "there is no loop over %s", expr_kind_name(source->kind));
		dmn_run_claim(run);
		return EFILE_OK;
	}
	if (source->kind != EXPR_RANGE) {
		TRY(value_list(out, run->scope));
		return list_append(run->scope, out->as.list, *source);
	}
	TRY(value_context(&variables, run->scope));
	TRY(context_put(run->scope, variables.as.context, "source", *source));
	TRY(expr_env_new(&env, run->scope, NULL, &variables, true));
	TRY(expr_compile(&spread, run->ctx, "for item in source return item", NULL));
	status = dmn_run_program(out, run, &spread, env);
	expr_program_clear(&spread);
	return status;
}

static efile_status env_with(const expr_env **out, decision_run *run, const expr_env *env,
			     const char *name, const expr_value *item)
{
	expr_value variables;

	TRY(value_context(&variables, run->scope));
	TRY(context_put(run->scope, variables.as.context, name, *item));
	TRY(expr_env_new(out, run->scope, env, &variables, false));
	if (!str_equal(name, "item") || item->kind != EXPR_CONTEXT)
		return EFILE_OK;
	return expr_env_new(out, run->scope, *out, item, false); /* a filter sees the members, too */
}

static efile_status run_for(expr_value *out, decision_run *run, const logic *l, const expr_env *env)
{
	expr_value source, items, list, value;
	const expr_env *inner;

	*out = VALUE_NULL;
	TRY(run_part(&source, run, &l->parts[0], env));
	TRY(items_of(&items, run, &source));
	if (items.kind != EXPR_LIST)
		return EFILE_OK;
	TRY(value_list(&list, run->scope));
	for (size_t i = 0; i < items.as.list->count; i++) {
		TRY(env_with(&inner, run, env, l->variable, &items.as.list->items[i]));
		TRY(run_part(&value, run, &l->parts[1], inner));
		TRY(list_append(run->scope, list.as.list, value));
	}
	*out = list;
	return EFILE_OK;
}

/* some is an or, every an and; one result that is no boolean makes the whole null. */
static efile_status run_quantified(expr_value *out, decision_run *run, const logic *l,
				   const expr_env *env)
{
	bool decisive = l->kind == LOGIC_SOME, truth = !decisive, known = true;
	expr_value source, items, value;
	const expr_env *inner;

	*out = VALUE_NULL;
	TRY(run_part(&source, run, &l->parts[0], env));
	TRY(items_of(&items, run, &source));
	if (items.kind != EXPR_LIST)
		return EFILE_OK;
	for (size_t i = 0; i < items.as.list->count; i++) {
		TRY(env_with(&inner, run, env, l->variable, &items.as.list->items[i]));
		TRY(run_part(&value, run, &l->parts[1], inner));
		known = known && value.kind == EXPR_BOOLEAN;
		if (known && value.as.boolean == decisive)
			truth = decisive;
	}
	if (known)
		*out = value_boolean(truth);
	return EFILE_OK;
}

static efile_status filter_item(expr_value *list, decision_run *run, const logic *l,
				const expr_env *env, const expr_value *item)
{
	const expr_env *inner;
	expr_value value;

	TRY(env_with(&inner, run, env, "item", item));
	TRY(run_part(&value, run, &l->parts[1], inner));
	if (value_truth(&value) == 1)
		TRY(list_append(run->scope, list->as.list, *item));
	return EFILE_OK;
}

/* A number picks one item, from the end if it is negative. */
static efile_status pick(expr_value *out, decision_run *run, const expr_value *items, efile_decimal number)
{
	int64_t at, count = (int64_t)items->as.list->count;

	if (efile_decimal_to_int(&at, number) != EFILE_OK)
		at = 0;
	if (at > 0 && at <= count)
		*out = items->as.list->items[at - 1];
	else if (at < 0 && -at <= count)
		*out = items->as.list->items[count + at];
	else
		warn(run, "the list has no such item");
	return EFILE_OK;
}

static efile_status run_filter(expr_value *out, decision_run *run, const logic *l, const expr_env *env)
{
	expr_value source, items, list, first = VALUE_NULL;
	const expr_env *inner;

	*out = VALUE_NULL;
	TRY(run_part(&source, run, &l->parts[0], env));
	TRY(items_of(&items, run, &source));
	if (items.kind != EXPR_LIST)
		return EFILE_OK;
	if (items.as.list->count) {
		TRY(env_with(&inner, run, env, "item", &items.as.list->items[0]));
		TRY(run_part(&first, run, &l->parts[1], inner));
	}
	if (first.kind == EXPR_NUMBER)
		return pick(out, run, &items, first.as.number);
	TRY(value_list(&list, run->scope));
	for (size_t i = 0; i < items.as.list->count; i++)
		TRY(filter_item(&list, run, l, env, &items.as.list->items[i]));
	*out = list;
	return EFILE_OK;
}

/* ---- all kinds ---- */

static const logic_runner runners[] = {
	[LOGIC_LITERAL] = run_literal,         [LOGIC_CONTEXT] = run_context,
	[LOGIC_INVOCATION] = run_invocation,   [LOGIC_FUNCTION] = run_function_of,
	[LOGIC_LIST] = run_list,               [LOGIC_RELATION] = run_relation,
	[LOGIC_CONDITIONAL] = run_conditional, [LOGIC_FILTER] = run_filter,
	[LOGIC_FOR] = run_for,                 [LOGIC_SOME] = run_quantified,
	[LOGIC_EVERY] = run_quantified,        [LOGIC_TABLE] = dmn_run_table,
};

efile_status dmn_run_logic(expr_value *out, decision_run *run, const logic *l, const expr_env *env)
{
	*out = VALUE_NULL;
	if (!l)
		return EFILE_OK;
	if (l->program.bytes)
		TRY(dmn_run_program(out, run, &l->program, env));
	else
		TRY(runners[l->kind](out, run, l, env));
	return dmn_run_coerce(out, run, l->type);
}
