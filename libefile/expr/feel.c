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

static efile_status add_names(name_list *l, efile_ctx *ctx, const json_value *value)
{
	for (const json_value *at = value->child; at; at = at->next) {
		void *names = l->names;

		TRY(mem_grow(ctx, &names, &l->capacity, l->count + 1, sizeof(*l->names)));
		l->names = names;
		if (at->key)
			l->names[l->count++] = at->key;
		l->names[l->count] = NULL;
		TRY(add_names(l, ctx, at)); /* as deep as JSON may nest */
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

static efile_status eval(char **out, efile_ctx *ctx, const char *expression,
			 const json_value *context)
{
	AUTO(expr_program) program = EXPR_PROGRAM_INIT;
	AUTO_PTR(expr_scope) scope = NULL;
	AUTO(name_list) names = { NULL, 0, 0 };
	expr_value value;

	TRY(expr_scope_new(&scope, ctx));
	expr_scope_set_now(scope, ctx_now(ctx), 0);
	if (context) {
		TRY(expr_scope_set_json(scope, context));
		TRY(add_names(&names, ctx, context));
	}
	TRY(expr_compile(&program, ctx, expression, names.names));
	TRY(expr_evaluate(&value, &program, scope));
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
