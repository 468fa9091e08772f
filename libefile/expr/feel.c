/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <efile/feel.h>

#include <stdlib.h>
#include <string.h>

#include "expr/expr.h"

/* The keys of a context, at any depth, so that names with blanks are read as one. */
typedef struct name_list {
	const char **names;     /* ends with NULL */
	size_t count;
	size_t capacity;
} name_list;

static void name_list_clear(name_list *l)
{
	free(l->names);
}

/* texts: the texts of a list are names, too. */
static efile_status add_names(name_list *l, efile_ctx *ctx, const json_value *value, bool texts)
{
	for (const json_value *at = value->child; at; at = at->next) {
		void *names = l->names;

		TRY(mem_grow(ctx, &names, &l->capacity, l->count + 1, sizeof(*l->names)));
		l->names = names;
		if (at->key)
			l->names[l->count++] = at->key;
		else if (value->type == JSON_ARRAY && at->type == JSON_STRING && texts)
			l->names[l->count++] = at->text;
		l->names[l->count] = NULL;
		TRY(add_names(l, ctx, at, false)); /* as deep as JSON may nest */
	}
	return EFILE_OK;
}

static efile_status write_result(char **out, efile_ctx *ctx, const expr_value *value,
				 const expr_scope *scope)
{
	AUTO(buf) text = BUF_INIT;
	json_writer w;

	json_begin(&w, &text);
	json_object(&w);
	json_put_text(&w, "schema", "efile.feel.v1");
	json_put_text(&w, "type", expr_kind_name(value->kind));
	json_key(&w, "value");
	expr_to_json(&w, value);
	json_key(&w, "warnings");
	json_array(&w);
	for (size_t i = 0; i < expr_scope_warning_count(scope); i++)
		json_text(&w, expr_scope_warning(scope, i));
	json_end_array(&w);
	json_end_object(&w);
	return buf_take(out, &text, ctx);
}

/* Evaluates with the members of a JSON object as variables. */
static efile_status run(expr_value *out, efile_ctx *ctx, const expr_program *program,
			expr_scope *scope, const json_value *context)
{
	expr_scope_set_now(scope, ctx_now(ctx), 0);
	if (context)
		TRY(expr_scope_set_json(scope, context));
	return expr_evaluate(out, program, scope);
}

static efile_status eval(char **out, efile_ctx *ctx, const char *expression,
			 const json_value *context)
{
	AUTO(expr_program) program = EXPR_PROGRAM_INIT;
	AUTO_PTR(expr_scope) scope = NULL;
	AUTO(name_list) names = { NULL, 0, 0 };
	expr_value value;

	TRY(expr_scope_new(&scope, ctx));
	if (context)
		TRY(add_names(&names, ctx, context, false));
	TRY(expr_compile(&program, ctx, expression, names.names));
	TRY(run(&value, ctx, &program, scope, context));
	return write_result(out, ctx, &value, scope);
}

efile_status efile_feel_eval(char **json_out, efile_ctx *ctx, const char *expression,
			     const char *context_json)
{
	AUTO_PTR(json_document) context = NULL;

	if (!ctx)
		return EFILE_E_INVALID;
	error_clear(ctx);
	if (!json_out || !expression)
		return FAIL(ctx, EFILE_E_INVALID, 1534, "an expression is needed");
	if (context_json)
		TRY(json_parse(&context, ctx, context_json, strlen(context_json)));
	return eval(json_out, ctx, expression, context ? json_root(context) : NULL);
}

/* ---- compiled once ---- */

struct efile_feel {
	efile_ctx *ctx;
	expr_program program;
	expr_scope *scope;
	expr_value value;       /* of the last evaluation */
	bool evaluated;
};

void efile_feel_free(efile_feel *feel)
{
	if (!feel)
		return;
	expr_program_clear(&feel->program);
	expr_scope_free(feel->scope);
	free(feel);
}

DEFINE_AUTO_PTR(efile_feel, efile_feel_free)

static efile_status compile(efile_feel *feel, efile_feel_kind kind, const char *expression,
			    const char *names_json)
{
	AUTO_PTR(json_document) known = NULL;
	AUTO(name_list) names = { NULL, 0, 0 };

	if (names_json) {
		TRY(json_parse(&known, feel->ctx, names_json, strlen(names_json)));
		TRY(add_names(&names, feel->ctx, json_root(known), true));
	}
	if (kind == EFILE_FEEL_TESTS)
		return expr_compile_tests(&feel->program, feel->ctx, expression, names.names);
	return expr_compile(&feel->program, feel->ctx, expression, names.names);
}

efile_status efile_feel_compile(efile_feel **out, efile_ctx *ctx, efile_feel_kind kind,
				const char *expression, const char *names_json)
{
	AUTO_PTR(efile_feel) feel = NULL;

	if (!ctx)
		return EFILE_E_INVALID;
	error_clear(ctx);
	if (!out || !expression || (kind != EFILE_FEEL_EXPRESSION && kind != EFILE_FEEL_TESTS))
		return FAIL(ctx, EFILE_E_INVALID, 1534, "an expression is needed");
	feel = mem_new(ctx, sizeof(*feel));
	if (!feel)
		return EFILE_E_NOMEM;
	feel->ctx = ctx;
	TRY(expr_scope_new(&feel->scope, ctx));
	TRY(compile(feel, kind, expression, names_json));
	*out = STEAL(feel);
	return EFILE_OK;
}

efile_status efile_feel_evaluate(char **json_out, efile_feel *feel, const char *context_json)
{
	AUTO_PTR(json_document) context = NULL;

	if (!feel)
		return EFILE_E_INVALID;
	error_clear(feel->ctx);
	if (!json_out)
		return FAIL(feel->ctx, EFILE_E_INVALID, 1534, "an expression is needed");
	expr_scope_reset(feel->scope);
	feel->evaluated = false;
	if (context_json)
		TRY(json_parse(&context, feel->ctx, context_json, strlen(context_json)));
	TRY(run(&feel->value, feel->ctx, &feel->program, feel->scope,
		context ? json_root(context) : NULL));
	feel->evaluated = true;
	return write_result(json_out, feel->ctx, &feel->value, feel->scope);
}

efile_status efile_feel_value(char **json_out, efile_feel *feel)
{
	AUTO(buf) text = BUF_INIT;
	json_writer w;

	if (!feel)
		return EFILE_E_INVALID;
	error_clear(feel->ctx);
	if (!json_out)
		return FAIL(feel->ctx, EFILE_E_INVALID, 1534, "an expression is needed");
	if (!feel->evaluated)
		return FAIL(feel->ctx, EFILE_E_STATE, 1535, "the expression has no value yet");
	json_begin(&w, &text);
	expr_to_json(&w, &feel->value);
	return buf_take(json_out, &text, feel->ctx);
}

size_t efile_feel_warning_count(const efile_feel *feel)
{
	return feel ? expr_scope_warning_count(feel->scope) : 0;
}

const char *efile_feel_warning(const efile_feel *feel, size_t index, long *line, long *column)
{
	long at_line, at_column;

	if (!feel || index >= expr_scope_warning_count(feel->scope))
		return NULL;
	expr_scope_warning_place(feel->scope, index, &at_line, &at_column);
	if (line)
		*line = at_line;
	if (column)
		*column = at_column;
	return expr_scope_warning(feel->scope, index);
}
