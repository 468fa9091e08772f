/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions on numbers and booleans. */
#include <string.h>

#include "expr/functions.h"

static efile_status beyond(expr_scope *s, const char *function)
{
	scope_warn(s, "%s: the result is out of range", function);
	return EFILE_OK;
}

efile_status fn_not(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	(void)s;
	(void)count;
	if (args[0].kind == EXPR_BOOLEAN)
		*out = value_boolean(!args[0].as.boolean);
	return EFILE_OK;
}

efile_status fn_abs(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	(void)count;
	if (args[0].kind == EXPR_NUMBER)
		*out = value_number(efile_decimal_sign(args[0].as.number) < 0 ?
			efile_decimal_negate(args[0].as.number) : args[0].as.number);
	else if (value_is_duration(&args[0]) && duration_sign(&args[0].as.duration) < 0)
		return arithmetic_negate(out, s, &args[0]);
	else if (value_is_duration(&args[0]))
		*out = args[0];
	else
		scope_warn(s, "%s: argument %d must be a %s", "abs", 1, "number");
	return EFILE_OK;
}

/* Rounds to the scale of the second argument, 0 without one. */
static efile_status rounded(expr_value *out, expr_scope *s, const expr_value *args, size_t count,
			    const char *function, efile_rounding rounding)
{
	efile_decimal number;
	int64_t scale = 0;

	if (count > 1 && (efile_decimal_round(&number, args[1].as.number, 0, EFILE_ROUND_DOWN) < 0 ||
			  efile_decimal_to_int(&scale, number) < 0))
		return beyond(s, function);
	if (scale < -6111 || scale > 6176)
		return beyond(s, function);
	number = args[0].as.number;
	/* A number with no more digits than that stays as it is. */
	if (efile_decimal_scale(number) > scale &&
	    efile_decimal_round(&number, number, (int)scale, rounding) < 0)
		return beyond(s, function);
	*out = value_number(number);
	return EFILE_OK;
}

#define ROUNDING(function, name, how)                                                              \
	efile_status function(expr_value *out, expr_scope *s, const expr_value *args, size_t count)\
	{                                                                                          \
		return rounded(out, s, args, count, name, how);                                    \
	}

ROUNDING(fn_decimal, "decimal", EFILE_ROUND_HALF_EVEN)
ROUNDING(fn_floor, "floor", EFILE_ROUND_FLOOR)
ROUNDING(fn_ceiling, "ceiling", EFILE_ROUND_CEILING)
ROUNDING(fn_round_up, "round up", EFILE_ROUND_UP)
ROUNDING(fn_round_down, "round down", EFILE_ROUND_DOWN)
ROUNDING(fn_round_half_up, "round half up", EFILE_ROUND_HALF_UP)
ROUNDING(fn_round_half_down, "round half down", EFILE_ROUND_HALF_DOWN)

efile_status fn_modulo(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	efile_decimal rest;

	(void)count;
	if (efile_decimal_sign(args[1].as.number) == 0) {
		scope_warn(s, "division by zero");
		return EFILE_OK;
	}
	if (decimal_modulo(&rest, args[0].as.number, args[1].as.number) < 0)
		return beyond(s, "modulo");
	*out = value_number(rest);
	return EFILE_OK;
}

static int parity(efile_decimal number)
{
	efile_decimal rest;
	int64_t value;

	if (decimal_modulo(&rest, number, efile_decimal_from_int(2, 0)) < 0 ||
	    efile_decimal_to_int(&value, rest) < 0)
		return -1;
	return (int)value;
}

efile_status fn_odd(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	(void)s;
	(void)count;
	*out = value_boolean(parity(args[0].as.number) == 1);
	return EFILE_OK;
}

efile_status fn_even(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	(void)s;
	(void)count;
	*out = value_boolean(parity(args[0].as.number) == 0);
	return EFILE_OK;
}

efile_status fn_sqrt(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	efile_decimal root;

	(void)count;
	if (decimal_sqrt(&root, args[0].as.number) < 0)
		return beyond(s, "sqrt");
	*out = value_number(root);
	return EFILE_OK;
}

efile_status fn_log(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	efile_decimal result;

	(void)count;
	if (decimal_log(&result, args[0].as.number) < 0)
		return beyond(s, "log");
	*out = value_number(result);
	return EFILE_OK;
}

efile_status fn_exp(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	efile_decimal result;

	(void)count;
	if (decimal_exp(&result, args[0].as.number) < 0)
		return beyond(s, "exp");
	*out = value_number(result);
	return EFILE_OK;
}

/* number("1.234,56", ".", ","): the grouping sign is dropped, the decimal sign becomes a point. */
static bool number_text(buf *out, const char *text, char group, char point)
{
	for (; *text; text++) {
		if (group && *text == group)
			continue;
		if (*text == '.' && point != '.')
			return false;
		buf_add_char(out, *text == point ? '.' : *text);
	}
	return true;
}

static char sign_of(const expr_value *args, size_t count, size_t index)
{
	if (count <= index || args[index].kind != EXPR_STRING || args[index].as.string.length != 1)
		return '\0';
	return args[index].as.string.text[0];
}

static bool signs_fit(const expr_value *args, size_t count, char group, char point)
{
	if (count > 1 && args[1].kind == EXPR_STRING && (!group || !strchr(" .,", group)))
		return false;
	if (count > 2 && args[2].kind == EXPR_STRING && (!point || !strchr(".,", point)))
		return false;
	return !group || group != point;
}

efile_status fn_number(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	char group = sign_of(args, count, 1), point = sign_of(args, count, 2);
	AUTO(buf) text = BUF_INIT;
	efile_decimal number;

	if (!signs_fit(args, count, group, point) ||
	    !number_text(&text, args[0].as.string.text, group, point ? point : '.')) {
		scope_warn(s, "%s is no number", args[0].as.string.text);
		return EFILE_OK;
	}
	TRY(buf_status(&text, s->ctx));
	if (efile_decimal_parse(&number, buf_text(&text), text.length) < 0) {
		scope_warn(s, "%s is no number", args[0].as.string.text);
		return EFILE_OK;
	}
	*out = value_number(number);
	return EFILE_OK;
}
