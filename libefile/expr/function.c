/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions as values: those of the host, of programs, built-in and external ones. */
#include <string.h>

#include "expr/java.h"
#include "expr/vm.h"

static const expr_type any_function = { .kind = EXPR_TYPE_FUNCTION };

efile_status value_function(expr_value *out, expr_scope *scope, const expr_function *f)
{
	expr_function *copy = scope_alloc(scope, sizeof(*copy));

	if (!copy)
		return scope_failed(scope);
	*copy = *f;
	if (!copy->type)
		copy->type = &any_function;
	*out = VALUE_NULL;
	out->kind = EXPR_FUNCTION;
	out->as.function = copy;
	return EFILE_OK;
}

efile_status expr_function_host(expr_value *out, expr_scope *scope, const char *name,
				const expr_type *type, expr_host_fn call, void *user)
{
	expr_function f = { .kind = FUNCTION_HOST, .name = name, .type = type, .call = call,
			    .user = user };

	return value_function(out, scope, &f);
}

efile_status expr_function_program(expr_value *out, expr_scope *scope, const expr_type *type,
				   const expr_program *body, const expr_env *env)
{
	expr_function f = { .kind = FUNCTION_CODE, .type = type,
			    .code = { body->bytes, body->length, NULL }, .env = env };

	return value_function(out, scope, &f);
}

efile_status expr_function_builtin(expr_value *out, expr_scope *scope, const char *name)
{
	expr_function f = { .kind = FUNCTION_BUILTIN, .name = name };

	f.builtin = builtin_find(name, strlen(name));
	*out = VALUE_NULL;
	return f.builtin ? value_function(out, scope, &f) : EFILE_OK;
}

efile_status expr_function_java(expr_value *out, expr_scope *scope, const expr_type *type,
				const char *class_name, const char *signature)
{
	expr_function f = { .kind = FUNCTION_JAVA, .type = type };

	f.java = java_find(class_name, signature);
	*out = VALUE_NULL;
	if (f.java)
		return value_function(out, scope, &f);
	scope_warn(scope, "the external function %s of %s is not known here", signature,
		   class_name);
	return EFILE_OK;
}

const expr_type *expr_function_type(const expr_value *value)
{
	if (value->kind != EXPR_FUNCTION || value->as.function->builtin)
		return NULL;
	return value->as.function->type;
}

/* ---- calling ---- */

efile_status function_arguments(bool *fits, expr_scope *s, const expr_function *f, expr_value *args,
				size_t count)
{
	*fits = count == f->type->member_count;
	for (size_t i = 0; *fits && i < count; i++) {
		expr_value given = args[i];

		TRY(expr_coerce(&args[i], s, f->type->members[i].type, &given));
		*fits = args[i].kind != EXPR_NULL || given.kind == EXPR_NULL;
	}
	return EFILE_OK;
}

static int parameter_place(const expr_function *f, const char *name, uint32_t taken)
{
	bool other;

	if (f->builtin)
		return builtin_place(f->builtin, name, strlen(name), taken, &other);
	for (size_t i = 0; i < f->type->member_count && i < FUNCTION_PARAMETERS_MAX; i++)
		if (!strcmp(f->type->members[i].name, name))
			return (int)i;
	return -1;
}

efile_status function_places(bool *fits, expr_value *placed, size_t *count, expr_scope *s,
			     const expr_function *f, const char *const *names,
			     const expr_value *args, size_t given)
{
	uint64_t taken = 0;

	(void)s;
	*fits = true;
	*count = f->builtin ? builtin_min(f->builtin) : f->type->member_count;
	if (*count > FUNCTION_PARAMETERS_MAX)
		*fits = false;
	for (size_t i = 0; *fits && i < *count; i++)
		placed[i] = VALUE_NULL;
	for (size_t i = 0; *fits && i < given; i++) {
		int place = parameter_place(f, names[i], (uint32_t)taken);

		*fits = place >= 0 && !(taken >> place & 1);
		if (!*fits)
			break;
		taken |= UINT64_C(1) << place;
		for (; *count <= (size_t)place; ++*count)
			placed[*count] = VALUE_NULL;
		placed[place] = args[i];
	}
	if (!f->builtin) /* each parameter of a function must be named */
		*fits = *fits && given == *count;
	return EFILE_OK;
}

static efile_status call_builtin(expr_value *out, expr_scope *s, const expr_function *f,
				 expr_value *args, size_t count)
{
	if (count >= builtin_min(f->builtin) && count <= builtin_max(f->builtin))
		return builtin_call(out, s, f->builtin, args, count);
	scope_warn(s, "%s is called with the wrong arguments", f->builtin->name);
	return EFILE_OK;
}

static efile_status call_typed(expr_value *out, expr_scope *s, const expr_function *f,
			       expr_value *args, size_t count)
{
	bool fits;

	TRY(function_arguments(&fits, s, f, args, count));
	if (!fits) {
		scope_warn(s, "%s is called with the wrong arguments",
			   f->name ? f->name : "function");
		return EFILE_OK;
	}
	if (f->kind == FUNCTION_CODE)
		TRY(function_run(out, s, f, args, count));
	else if (f->kind == FUNCTION_HOST)
		TRY(f->call(out, s, f->user, args, count));
	else
		TRY(java_call(out, s, f->java, args, count));
	return expr_coerce(out, s, f->type->element, out);
}

efile_status expr_call(expr_value *out, expr_scope *scope, const expr_value *function,
		       const expr_value *args, size_t count)
{
	expr_value result = VALUE_NULL, *copy;
	const expr_function *f = function->kind == EXPR_FUNCTION ? function->as.function : NULL;

	if (!f) {
		scope_warn(scope, "%s is no function", expr_kind_name(function->kind));
		*out = VALUE_NULL;
		return EFILE_OK;
	}
	copy = scope_alloc(scope, (count + 1) * sizeof(*copy));
	if (!copy)
		return scope_failed(scope);
	if (count)
		memcpy(copy, args, count * sizeof(*copy));
	TRY((f->builtin ? call_builtin : call_typed)(&result, scope, f, copy, count));
	*out = result;
	return EFILE_OK;
}

efile_status expr_call_named(expr_value *out, expr_scope *scope, const expr_value *function,
			     const char *const *names, const expr_value *args, size_t count)
{
	expr_value placed[FUNCTION_PARAMETERS_MAX];
	size_t many;
	bool fits = false;

	if (function->kind == EXPR_FUNCTION)
		TRY(function_places(&fits, placed, &many, scope, function->as.function, names,
				    args, count));
	if (fits)
		return expr_call(out, scope, function, placed, many);
	scope_warn(scope, "%s is called with the wrong arguments", expr_kind_name(function->kind));
	*out = VALUE_NULL;
	return EFILE_OK;
}
