/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Types: whether a value is one of them, and what becomes of it where it is not (DMN 1.5,
 * 10.3.2.9). */
#include <string.h>

#include "expr/code.h"

enum { TYPE_DEPTH = 100 };

static const struct type_row {
	const char *name;
	expr_type type;
} builtins[] = {
	{ "Any", { .kind = EXPR_TYPE_ANY } },
	{ "Null", { .kind = EXPR_TYPE_NULL } },
	{ "boolean", { .kind = EXPR_TYPE_BOOLEAN } },
	{ "number", { .kind = EXPR_TYPE_NUMBER } },
	{ "string", { .kind = EXPR_TYPE_STRING } },
	{ "date", { .kind = EXPR_TYPE_DATE } },
	{ "time", { .kind = EXPR_TYPE_TIME } },
	{ "date and time", { .kind = EXPR_TYPE_DATE_TIME } },
	{ "dateTime", { .kind = EXPR_TYPE_DATE_TIME } },
	{ "years and months duration", { .kind = EXPR_TYPE_MONTHS } },
	{ "yearMonthDuration", { .kind = EXPR_TYPE_MONTHS } },
	{ "days and time duration", { .kind = EXPR_TYPE_SECONDS } },
	{ "dayTimeDuration", { .kind = EXPR_TYPE_SECONDS } },
	{ "list", { .kind = EXPR_TYPE_LIST } },
	{ "context", { .kind = EXPR_TYPE_CONTEXT } },
	{ "range", { .kind = EXPR_TYPE_RANGE } },
	{ "function", { .kind = EXPR_TYPE_FUNCTION } },
};

const expr_type *expr_type_builtin(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(builtins); i++)
		if (!strcmp(builtins[i].name, name))
			return &builtins[i].type;
	return NULL;
}

static const char *type_name(const expr_type *type)
{
	for (size_t i = 0; i < ARRAY_SIZE(builtins); i++)
		if (builtins[i].type.kind == type->kind)
			return builtins[i].name;
	return "";
}

efile_status expr_scope_set_type(expr_scope *scope, const char *name, const expr_type *type)
{
	scope_type *row = scope_alloc(scope, sizeof(*row));

	if (!row)
		return scope_failed(scope);
	*row = (scope_type){ scope->types, name, type };
	scope->types = row;
	return EFILE_OK;
}

/* ---- one type and another ---- */

static bool type_conforms(const expr_type *a, const expr_type *b, int depth);

static bool members_conform(const expr_type *a, const expr_type *b, int depth)
{
	for (size_t i = 0; i < b->member_count; i++) {
		const expr_member_type *found = NULL;

		for (size_t j = 0; j < a->member_count && !found; j++)
			if (!strcmp(a->members[j].name, b->members[i].name))
				found = &a->members[j];
		if (!found || !type_conforms(found->type, b->members[i].type, depth))
			return false;
	}
	return true;
}

/* Parameters the other way round: a function that takes more may stand for one that takes less. What
 * a function does not say of itself is believed. */
static bool functions_conform(const expr_type *a, const expr_type *b, int depth)
{
	if (a->member_count != b->member_count)
		return false;
	for (size_t i = 0; i < a->member_count; i++)
		if (!type_conforms(b->members[i].type, a->members[i].type, depth))
			return false;
	return !a->element || type_conforms(a->element, b->element, depth);
}

static bool type_conforms(const expr_type *a, const expr_type *b, int depth)
{
	if (!b || b->kind == EXPR_TYPE_ANY || a == b)
		return true;
	if (!a || depth > TYPE_DEPTH || (a->kind != b->kind && a->kind != EXPR_TYPE_NULL))
		return false;
	switch (b->kind) {
	case EXPR_TYPE_LIST:
	case EXPR_TYPE_RANGE:
		return type_conforms(a->element, b->element, depth + 1);
	case EXPR_TYPE_CONTEXT:
		return members_conform(a, b, depth + 1);
	case EXPR_TYPE_FUNCTION:
		return functions_conform(a, b, depth + 1);
	default:
		return true;
	}
}

/* ---- a value and a type ---- */

static const struct kind_row {
	expr_type_kind type;
	expr_kind kind;
} kinds[] = {
	{ EXPR_TYPE_NULL, EXPR_NULL }, { EXPR_TYPE_BOOLEAN, EXPR_BOOLEAN },
	{ EXPR_TYPE_NUMBER, EXPR_NUMBER }, { EXPR_TYPE_STRING, EXPR_STRING },
	{ EXPR_TYPE_DATE, EXPR_DATE }, { EXPR_TYPE_TIME, EXPR_TIME },
	{ EXPR_TYPE_DATE_TIME, EXPR_DATE_TIME }, { EXPR_TYPE_MONTHS, EXPR_MONTHS },
	{ EXPR_TYPE_SECONDS, EXPR_SECONDS }, { EXPR_TYPE_LIST, EXPR_LIST },
	{ EXPR_TYPE_CONTEXT, EXPR_CONTEXT }, { EXPR_TYPE_RANGE, EXPR_RANGE },
	{ EXPR_TYPE_FUNCTION, EXPR_FUNCTION },
};

static bool kind_fits(const expr_type *type, expr_kind kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].type == type->kind)
			return kinds[i].kind == kind;
	return type->kind == EXPR_TYPE_ANY;
}

static efile_status fits(bool *out, expr_scope *s, const expr_type *type, const expr_value *v,
			 int depth);

static efile_status list_fits(bool *out, expr_scope *s, const expr_type *type,
			      const expr_list *list, int depth)
{
	int met;

	for (size_t i = 0; *out && i < list->count; i++) {
		TRY(fits(out, s, type->element, &list->items[i], depth));
		if (!*out || !type->allowed_items)
			continue;
		TRY(expr_test(&met, type->allowed_items, s, NULL, &list->items[i]));
		*out = met == 1;
	}
	return EFILE_OK;
}

static efile_status context_fits(bool *out, expr_scope *s, const expr_type *type,
				 const expr_value *v, int depth)
{
	for (size_t i = 0; *out && i < type->member_count; i++) {
		const expr_value *member = expr_member(v, type->members[i].name);

		*out = member != NULL;
		if (member)
			TRY(fits(out, s, type->members[i].type, member, depth));
	}
	return EFILE_OK;
}

static bool function_fits(const expr_type *type, const expr_function *f)
{
	if (!type->member_count && !type->element)
		return true;
	if (f->builtin)
		return type->member_count >= builtin_min(f->builtin) &&
			type->member_count <= builtin_max(f->builtin);
	return functions_conform(f->type, type, 0);
}

/* Null inside a value is of every type. */
static efile_status fits(bool *out, expr_scope *s, const expr_type *type, const expr_value *v,
			 int depth)
{
	int met = 1;

	*out = !type || v->kind == EXPR_NULL || kind_fits(type, v->kind);
	if (!*out || !type || v->kind == EXPR_NULL)
		return EFILE_OK;
	*out = depth < TYPE_DEPTH;
	if (type->kind == EXPR_TYPE_LIST)
		TRY(list_fits(out, s, type, v->as.list, depth + 1));
	else if (type->kind == EXPR_TYPE_CONTEXT)
		TRY(context_fits(out, s, type, v, depth + 1));
	else if (type->kind == EXPR_TYPE_FUNCTION)
		*out = function_fits(type, v->as.function);
	else if (type->kind == EXPR_TYPE_RANGE && v->as.range->low.kind != EXPR_NULL)
		TRY(fits(out, s, type->element, &v->as.range->low, depth + 1));
	else if (type->kind == EXPR_TYPE_RANGE)
		TRY(fits(out, s, type->element, &v->as.range->high, depth + 1));
	if (*out && type->allowed) {
		TRY(expr_test(&met, type->allowed, s, NULL, v));
		*out = met == 1;
	}
	return EFILE_OK;
}

efile_status expr_instance_of(bool *out, expr_scope *scope, const expr_type *type,
			      const expr_value *value)
{
	if (value->kind == EXPR_NULL || !type) {
		*out = type && type->kind == EXPR_TYPE_NULL && value->kind == EXPR_NULL;
		return EFILE_OK;
	}
	return fits(out, scope, type, value, 0);
}

/* ---- coercion ---- */

static efile_status convert(bool *done, expr_value *out, expr_scope *s, const expr_type *type,
			    const expr_value *v)
{
	expr_temporal midnight;

	*done = false;
	if (v->kind == EXPR_LIST && v->as.list->count == 1) {
		TRY(fits(done, s, type, &v->as.list->items[0], 0));
		if (*done)
			*out = v->as.list->items[0];
		return EFILE_OK;
	}
	if (type->kind == EXPR_TYPE_LIST) {
		TRY(value_list_of(out, s, v));
		return fits(done, s, type, out, 0);
	}
	if (type->kind != EXPR_TYPE_DATE_TIME || v->kind != EXPR_DATE)
		return EFILE_OK;
	midnight = *v->as.temporal;
	midnight.has_offset = true;
	*done = true;
	return value_temporal(out, s, EXPR_DATE_TIME, &midnight);
}

efile_status expr_coerce(expr_value *out, expr_scope *scope, const expr_type *type,
			 const expr_value *value)
{
	expr_value given = *value, result = VALUE_NULL;
	bool done;

	TRY(fits(&done, scope, type, &given, 0));
	if (done) {
		*out = given;
		return EFILE_OK;
	}
	TRY(convert(&done, &result, scope, type, &given));
	if (!done)
		scope_warn(scope, "%s is not of the type %s", expr_kind_name(given.kind),
			   type_name(type));
	if (scope->failed) /* the warning is lost: nobody would know why */
		return mem_failed(scope->ctx);
	*out = done ? result : VALUE_NULL;
	return EFILE_OK;
}
