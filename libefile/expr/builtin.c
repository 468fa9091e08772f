/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The built-in functions (DMN 1.5, 10.3.4): one table row each; builtin_call() checks the types. */
#include <string.h>

#include "expr/code.h"

/* ---- signatures ---- */

typedef struct argument_type {
	char letter;
	const char *name;
	unsigned kinds;
} argument_type;

#define KIND(k) (1u << (k))

static const argument_type types[] = {
	{ 'a', "value", ~0u },
	{ 'b', "boolean", KIND(EXPR_BOOLEAN) },
	{ 'n', "number", KIND(EXPR_NUMBER) },
	{ 's', "string", KIND(EXPR_STRING) },
	{ 'l', "list", KIND(EXPR_LIST) },
	{ 'c', "context", KIND(EXPR_CONTEXT) },
	{ 'd', "date", KIND(EXPR_DATE) | KIND(EXPR_DATE_TIME) },
};

static const argument_type *type_of(char letter)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].letter == str_ascii_lower(letter))
			return &types[i];
	return &types[0];
}

size_t builtin_min(const builtin *b)
{
	return strcspn(b->signature, "|*");
}

size_t builtin_max(const builtin *b)
{
	const char *optional = strchr(b->signature, '|');

	if (strchr(b->signature, '*'))
		return SIZE_MAX;
	return strlen(b->signature) - (optional != NULL);
}

/* FEEL's conversions: a list of one counts as its item, and a single value as a list of itself. */
static efile_status convert(expr_value *v, expr_scope *s, const argument_type *type)
{
	expr_value list;

	if (type->kinds >> v->kind & 1)
		return EFILE_OK;
	if (type->letter == 'l' && v->kind != EXPR_NULL) {
		TRY(value_list(&list, s));
		TRY(list_append(s, list.as.list, *v));
		*v = list;
		return EFILE_OK;
	}
	if (v->kind == EXPR_LIST && v->as.list->count == 1 &&
	    (type->kinds >> v->as.list->items[0].kind & 1))
		*v = v->as.list->items[0];
	return EFILE_OK;
}

/* Sets *fits to whether the arguments have their types. */
static efile_status check_arguments(bool *fits, expr_scope *s, const builtin *b, expr_value *args,
				    size_t count)
{
	const char *letter = b->signature;
	bool optional = false;

	for (size_t i = 0; i < count; i++) {
		const argument_type *type;

		if (*letter == '|') {
			optional = true;
			letter++;
		}
		type = type_of(*letter);
		TRY(convert(&args[i], s, type));
		if (!(type->kinds >> args[i].kind & 1) &&
		    !(args[i].kind == EXPR_NULL && (optional || *letter < 'a'))) {
			scope_warn(s, "%s: argument %d must be a %s", b->name, (int)i + 1,
				   type->name);
			*fits = false;
			return EFILE_OK;
		}
		if (letter[1] != '*')
			letter++;
	}
	*fits = true;
	return EFILE_OK;
}

/* sum(1, 2, 3) is sum([1, 2, 3]). */
static efile_status spread(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	if (count == 1 && args[0].kind == EXPR_LIST) {
		*out = args[0];
		return EFILE_OK;
	}
	TRY(value_list(out, s));
	for (size_t i = 0; i < count; i++)
		TRY(list_append(s, out->as.list, args[i]));
	return EFILE_OK;
}

efile_status builtin_call(expr_value *out, expr_scope *s, const builtin *b, expr_value *args,
			  size_t count)
{
	expr_value list;
	bool fits;

	*out = VALUE_NULL;
	if (strcmp(b->signature, "a*") == 0) {
		TRY(spread(&list, s, args, count));
		return b->call(out, s, &list, 1);
	}
	TRY(check_arguments(&fits, s, b, args, count));
	return fits ? b->call(out, s, args, count) : EFILE_OK;
}
