/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The arithmetic operators (DMN 1.5, tables 55 to 58). */
#include <string.h>

#include "expr/value.h"

static efile_status no_result(expr_value *out, expr_scope *s, const char *sign,
			      const expr_value *a, const expr_value *b)
{
	if (a->kind != EXPR_NULL && b->kind != EXPR_NULL)
		scope_warn(s, "%s has no result for %s and %s", sign, expr_kind_name(a->kind),
			   expr_kind_name(b->kind));
	else
		scope_warn(s, "%s has no result for null", sign);
	*out = VALUE_NULL;
	return EFILE_OK;
}

static efile_status out_of_range(expr_value *out, expr_scope *s, const char *sign)
{
	scope_warn(s, "the result of %s is out of range", sign);
	*out = VALUE_NULL;
	return EFILE_OK;
}

typedef efile_status (*decimal_fn)(efile_decimal *out, efile_decimal a, efile_decimal b);

static efile_status number_result(expr_value *out, expr_scope *s, const char *sign, decimal_fn how,
				  const expr_value *a, const expr_value *b)
{
	efile_decimal number;

	if (how(&number, a->as.number, b->as.number) < 0)
		return out_of_range(out, s, sign);
	*out = value_number(number);
	return EFILE_OK;
}

static efile_status join(expr_value *out, expr_scope *s, const expr_value *a, const expr_value *b)
{
	size_t length = a->as.string.length + b->as.string.length;
	char *text = scope_alloc(s, length + 1);

	if (!text)
		return scope_failed(s);
	memcpy(text, a->as.string.text, a->as.string.length);
	memcpy(text + a->as.string.length, b->as.string.text, b->as.string.length + 1);
	*out = value_borrow(text, length);
	return EFILE_OK;
}

static efile_status shift(expr_value *out, expr_scope *s, const expr_value *t,
			  const expr_value *d, int sign)
{
	const char *name = sign < 0 ? "-" : "+";
	expr_duration amount = d->as.duration;
	expr_temporal moved = *t->as.temporal;
	bool fits;

	if (t->kind == EXPR_TIME && d->kind == EXPR_MONTHS)
		return no_result(out, s, name, t, d);
	if (sign < 0 && !duration_negate(&amount, d->kind, amount))
		return out_of_range(out, s, name);
	TRY(temporal_add(&fits, &moved, s, t->kind, d->kind, amount));
	if (!fits)
		return out_of_range(out, s, name);
	return value_temporal(out, s, t->kind, &moved);
}

static efile_status duration_sum(expr_value *out, expr_scope *s, const expr_value *a,
				 const expr_value *b, bool minus)
{
	expr_duration right = b->as.duration, sum;

	if ((minus && !duration_negate(&right, b->kind, right)) ||
	    !duration_add(&sum, a->kind, a->as.duration, right))
		return out_of_range(out, s, minus ? "-" : "+");
	*out = value_duration(a->kind, sum);
	return EFILE_OK;
}

efile_status arithmetic_add(expr_value *out, expr_scope *s, const expr_value *a,
			    const expr_value *b)
{
	if (a->kind == EXPR_NUMBER && b->kind == EXPR_NUMBER)
		return number_result(out, s, "+", efile_decimal_add, a, b);
	if (a->kind == EXPR_STRING && b->kind == EXPR_STRING)
		return join(out, s, a, b);
	if (value_is_temporal(a) && value_is_duration(b))
		return shift(out, s, a, b, 1);
	if (value_is_duration(a) && value_is_temporal(b))
		return shift(out, s, b, a, 1);
	if (value_is_duration(a) && a->kind == b->kind)
		return duration_sum(out, s, a, b, false);
	return no_result(out, s, "+", a, b);
}

/* A date stands for midnight UTC beside a date and time with an offset. */
static efile_status difference(expr_value *out, expr_scope *s, const expr_value *a,
			       const expr_value *b)
{
	const expr_temporal *left = a->as.temporal, *right = b->as.temporal;
	instant to = temporal_instant(left), from = temporal_instant(right);
	expr_duration end = { to.second, to.nanosecond }, start = { from.second, from.nanosecond };
	expr_duration negative;

	if (a->kind == b->kind && left->has_offset != right->has_offset)
		return no_result(out, s, "-", a, b);
	if (!duration_negate(&negative, EXPR_SECONDS, start) ||
	    !duration_add(&end, EXPR_SECONDS, end, negative))
		return out_of_range(out, s, "-");
	*out = value_duration(EXPR_SECONDS, end);
	return EFILE_OK;
}

efile_status arithmetic_subtract(expr_value *out, expr_scope *s, const expr_value *a,
				 const expr_value *b)
{
	if (a->kind == EXPR_NUMBER && b->kind == EXPR_NUMBER)
		return number_result(out, s, "-", efile_decimal_subtract, a, b);
	if (value_is_temporal(a) && value_is_duration(b))
		return shift(out, s, a, b, -1);
	if (value_is_temporal(a) && value_is_temporal(b) && (a->kind == EXPR_TIME) == (b->kind == EXPR_TIME))
		return difference(out, s, a, b);
	if (value_is_duration(a) && a->kind == b->kind)
		return duration_sum(out, s, a, b, true);
	return no_result(out, s, "-", a, b);
}

/* A duration as a number of months or seconds, and back (what does not fit is cut off). */
static bool duration_number(efile_decimal *out, const expr_value *v)
{
	efile_decimal fraction = efile_decimal_from_int(v->as.duration.nanosecond, 9);

	*out = efile_decimal_from_int(v->as.duration.amount, 0);
	return v->kind == EXPR_MONTHS || efile_decimal_add(out, *out, fraction) == EFILE_OK;
}

static efile_status duration_result(expr_value *out, expr_scope *s, const char *sign,
				    expr_kind kind, efile_decimal number)
{
	efile_decimal whole, rest, billion = efile_decimal_from_int(NANOS, 0);
	efile_rounding how = kind == EXPR_MONTHS ? EFILE_ROUND_DOWN : EFILE_ROUND_FLOOR;
	expr_duration d = { 0, 0 };
	int64_t nanos = 0;

	if (efile_decimal_round(&whole, number, 0, how) < 0 ||
	    efile_decimal_to_int(&d.amount, whole) < 0)
		return out_of_range(out, s, sign);
	if (kind == EXPR_SECONDS) {
		if (efile_decimal_subtract(&rest, number, whole) < 0 ||
		    efile_decimal_multiply(&rest, rest, billion) < 0 ||
		    efile_decimal_round(&rest, rest, 0, EFILE_ROUND_FLOOR) < 0 ||
		    efile_decimal_to_int(&nanos, rest) < 0)
			return out_of_range(out, s, sign);
		d.nanosecond = (int32_t)nanos;
	}
	*out = value_duration(kind, d);
	return EFILE_OK;
}

efile_status arithmetic_multiply(expr_value *out, expr_scope *s, const expr_value *a,
				 const expr_value *b)
{
	efile_decimal product, amount;

	if (a->kind == EXPR_NUMBER && b->kind == EXPR_NUMBER)
		return number_result(out, s, "*", efile_decimal_multiply, a, b);
	if (a->kind == EXPR_NUMBER && value_is_duration(b))
		return arithmetic_multiply(out, s, b, a);
	if (!value_is_duration(a) || b->kind != EXPR_NUMBER)
		return no_result(out, s, "*", a, b);
	if (!duration_number(&amount, a) ||
	    efile_decimal_multiply(&product, amount, b->as.number) < 0)
		return out_of_range(out, s, "*");
	return duration_result(out, s, "*", a->kind, product);
}

efile_status arithmetic_divide(expr_value *out, expr_scope *s, const expr_value *a,
			       const expr_value *b)
{
	efile_decimal quotient = { { 0, 0 } }, left, right;
	bool ratio = value_is_duration(a) && a->kind == b->kind;

	if (!ratio && (b->kind != EXPR_NUMBER || (a->kind != EXPR_NUMBER && !value_is_duration(a))))
		return no_result(out, s, "/", a, b);
	left = a->as.number;
	right = b->as.number;
	if ((value_is_duration(a) && !duration_number(&left, a)) ||
	    (ratio && !duration_number(&right, b)))
		return out_of_range(out, s, "/");
	if (efile_decimal_sign(right) == 0) {
		scope_warn(s, "division by zero");
		*out = VALUE_NULL;
		return EFILE_OK;
	}
	if (efile_decimal_divide(&quotient, left, right) < 0)
		return out_of_range(out, s, "/");
	if (value_is_duration(a) && !ratio)
		return duration_result(out, s, "/", a->kind, quotient);
	*out = value_number(quotient);
	return EFILE_OK;
}

efile_status arithmetic_power(expr_value *out, expr_scope *s, const expr_value *a,
			      const expr_value *b)
{
	if (a->kind != EXPR_NUMBER || b->kind != EXPR_NUMBER)
		return no_result(out, s, "**", a, b);
	return number_result(out, s, "**", decimal_power, a, b);
}

efile_status arithmetic_negate(expr_value *out, expr_scope *s, const expr_value *a)
{
	if (a->kind == EXPR_NUMBER) {
		*out = value_number(efile_decimal_negate(a->as.number));
		return EFILE_OK;
	}
	if (value_is_duration(a)) {
		expr_duration d;

		if (!duration_negate(&d, a->kind, a->as.duration))
			return out_of_range(out, s, "-");
		*out = value_duration(a->kind, d);
		return EFILE_OK;
	}
	scope_warn(s, "- has no result for %s", expr_kind_name(a->kind));
	*out = VALUE_NULL;
	return EFILE_OK;
}
