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
	{ 'f', "function", KIND(EXPR_FUNCTION) },
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

	for (size_t i = 0; i < count; i++) {
		const argument_type *type;

		letter += *letter == '|';
		type = type_of(*letter);
		TRY(convert(&args[i], s, type));
		if (!(type->kinds >> args[i].kind & 1) &&
		    !(args[i].kind == EXPR_NULL && *letter < 'a')) {
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

const builtin *builtin_find(const char *name, size_t length)
{
	for (size_t i = 0; i < expr_builtin_count; i++)
		if (expr_builtins[i].name[0] == *name && strlen(expr_builtins[i].name) == length &&
		    !memcmp(expr_builtins[i].name, name, length))
			return &expr_builtins[i];
	return NULL;
}

/* Which of one parameter's names ("position:n|match:f") it is, from 0; -1 if it is none. *type is
 * the letter behind it, or 'a'. */
static int which_name(const char *names, size_t end, const char *name, size_t length, char *type)
{
	size_t at = 0;

	for (int i = 0; at < end; i++) {
		size_t word = strcspn(names + at, ":|,"), stop = at + strcspn(names + at, "|,");

		if (word == length && !memcmp(names + at, name, length)) {
			*type = names[at + word] == ':' ? names[at + word + 1] : 'a';
			return i;
		}
		at = stop + 1;
	}
	return -1;
}

int builtin_place(const builtin *b, const char *name, size_t length, uint32_t taken, bool *other)
{
	const char *names = b->parameters;
	char type;

	for (int i = 0; *names; i++) {
		size_t end = strcspn(names, ",");
		int which = taken >> i & 1 ? -1 : which_name(names, end, name, length, &type);

		*other = which > 0;
		if (which >= 0)
			return i;
		names += end + (names[end] == ',');
	}
	return -1;
}

bool builtin_name_fits(const builtin *b, unsigned place, bool other, const expr_value *v)
{
	const char *names = b->parameters, *end;
	size_t length;

	for (; place && *names; place--) {
		names += strcspn(names, ",");
		names += *names == ',';
	}
	length = strcspn(names, ",");
	end = memchr(names, '|', length);
	if (!end) /* one name: the signature says all */
		return true;
	if (other)
		names = end + 1;
	names += strcspn(names, ":|,");
	return *names != ':' || (type_of(names[1])->kinds >> v->kind & 1);
}

efile_status builtin_call(expr_value *out, expr_scope *s, const builtin *b, expr_value *args,
			  size_t count)
{
	expr_value list;
	bool fits;

	*out = VALUE_NULL;
	if (b->signature[0] == 'a' && b->signature[1] == '*') {
		TRY(spread(&list, s, args, count));
		return b->call(out, s, &list, 1);
	}
	TRY(check_arguments(&fits, s, b, args, count));
	return fits ? b->call(out, s, args, count) : EFILE_OK;
}
