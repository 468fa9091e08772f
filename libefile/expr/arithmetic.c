/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The arithmetic operators (DMN 1.5, tables 55 to 58). */
#include <string.h>

#include "expr/value.h"

#define MICROS INT64_C(1000000)

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

static efile_status number_result(expr_value *out, expr_scope *s, const char *sign,
				  efile_status status, efile_decimal number)
{
	if (status < 0)
		return out_of_range(out, s, sign);
	*out = value_number(number);
	return EFILE_OK;
}

static bool is_duration(const expr_value *v)
{
	return v->kind == EXPR_MONTHS || v->kind == EXPR_SECONDS;
}

static bool is_temporal(const expr_value *v)
{
	return v->kind == EXPR_DATE || v->kind == EXPR_TIME || v->kind == EXPR_DATE_TIME;
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
	expr_temporal moved = *t->as.temporal;

	if (t->kind == EXPR_TIME && d->kind == EXPR_MONTHS)
		return no_result(out, s, name, t, d);
	if (d->as.duration == INT64_MIN ||
	    !temporal_add(&moved, t->kind, d->kind, sign * d->as.duration))
		return out_of_range(out, s, name);
	return value_temporal(out, s, t->kind, &moved);
}

static efile_status duration_sum(expr_value *out, expr_scope *s, const expr_value *a,
				 const expr_value *b, bool minus)
{
	int64_t sum;
	bool bad = minus ? __builtin_sub_overflow(a->as.duration, b->as.duration, &sum) :
			   __builtin_add_overflow(a->as.duration, b->as.duration, &sum);

	if (bad)
		return out_of_range(out, s, minus ? "-" : "+");
	*out = value_duration(a->kind, sum);
	return EFILE_OK;
}

efile_status arithmetic_add(expr_value *out, expr_scope *s, const expr_value *a,
			    const expr_value *b)
{
	efile_decimal sum = { { 0, 0 } };

	if (a->kind == EXPR_NUMBER && b->kind == EXPR_NUMBER)
		return number_result(out, s, "+",
				     efile_decimal_add(&sum, a->as.number, b->as.number), sum);
	if (a->kind == EXPR_STRING && b->kind == EXPR_STRING)
		return join(out, s, a, b);
	if (is_temporal(a) && is_duration(b))
		return shift(out, s, a, b, 1);
	if (is_duration(a) && is_temporal(b))
		return shift(out, s, b, a, 1);
	if (is_duration(a) && a->kind == b->kind)
		return duration_sum(out, s, a, b, false);
	return no_result(out, s, "+", a, b);
}

static efile_status difference(expr_value *out, expr_scope *s, const expr_value *a,
			       const expr_value *b)
{
	const expr_temporal *left = a->as.temporal, *right = b->as.temporal;
	int64_t from, to;

	if (a->kind == EXPR_DATE || b->kind == EXPR_DATE) {
		/* A date stands for midnight UTC beside a date and time with an offset. */
		if (left->has_offset != right->has_offset && a->kind == b->kind)
			return no_result(out, s, "-", a, b);
	} else if (left->has_offset != right->has_offset) {
		return no_result(out, s, "-", a, b);
	}
	if (!temporal_instant(&to, left) || !temporal_instant(&from, right) ||
	    __builtin_sub_overflow(to, from, &to))
		return out_of_range(out, s, "-");
	*out = value_duration(EXPR_SECONDS, to);
	return EFILE_OK;
}

efile_status arithmetic_subtract(expr_value *out, expr_scope *s, const expr_value *a,
				 const expr_value *b)
{
	efile_decimal rest = { { 0, 0 } };

	if (a->kind == EXPR_NUMBER && b->kind == EXPR_NUMBER)
		return number_result(out, s, "-",
				     efile_decimal_subtract(&rest, a->as.number, b->as.number),
				     rest);
	if (is_temporal(a) && is_duration(b))
		return shift(out, s, a, b, -1);
	if (is_temporal(a) && is_temporal(b) && (a->kind == EXPR_TIME) == (b->kind == EXPR_TIME))
		return difference(out, s, a, b);
	if (is_duration(a) && a->kind == b->kind)
		return duration_sum(out, s, a, b, true);
	return no_result(out, s, "-", a, b);
}

/* A duration as a number of months or seconds, and back (rounded down towards zero). */
static bool duration_number(efile_decimal *out, const expr_value *v)
{
	*out = v->kind == EXPR_MONTHS ? efile_decimal_from_int(v->as.duration, 0) :
					efile_decimal_from_int(v->as.duration, 6);
	return true;
}

static efile_status duration_result(expr_value *out, expr_scope *s, const char *sign,
				    expr_kind kind, efile_decimal number)
{
	efile_decimal million = efile_decimal_from_int(MICROS, 0);
	int64_t amount;

	if (kind == EXPR_SECONDS && efile_decimal_multiply(&number, number, million) < 0)
		return out_of_range(out, s, sign);
	if (efile_decimal_round(&number, number, 0, EFILE_ROUND_DOWN) < 0 ||
	    efile_decimal_to_int(&amount, number) < 0)
		return out_of_range(out, s, sign);
	*out = value_duration(kind, amount);
	return EFILE_OK;
}

efile_status arithmetic_multiply(expr_value *out, expr_scope *s, const expr_value *a,
				 const expr_value *b)
{
	efile_decimal product = { { 0, 0 } }, amount;

	if (a->kind == EXPR_NUMBER && b->kind == EXPR_NUMBER)
		return number_result(out, s, "*",
				     efile_decimal_multiply(&product, a->as.number, b->as.number),
				     product);
	if (a->kind == EXPR_NUMBER && is_duration(b))
		return arithmetic_multiply(out, s, b, a);
	if (!is_duration(a) || b->kind != EXPR_NUMBER)
		return no_result(out, s, "*", a, b);
	duration_number(&amount, a);
	if (efile_decimal_multiply(&product, amount, b->as.number) < 0)
		return out_of_range(out, s, "*");
	return duration_result(out, s, "*", a->kind, product);
}

efile_status arithmetic_divide(expr_value *out, expr_scope *s, const expr_value *a,
			       const expr_value *b)
{
	efile_decimal quotient = { { 0, 0 } }, left, right;
	bool ratio = is_duration(a) && a->kind == b->kind;

	if (!ratio && (b->kind != EXPR_NUMBER || (a->kind != EXPR_NUMBER && !is_duration(a))))
		return no_result(out, s, "/", a, b);
	left = a->as.number;
	right = b->as.number;
	if (is_duration(a))
		duration_number(&left, a);
	if (ratio)
		duration_number(&right, b);
	if (efile_decimal_sign(right) == 0) {
		scope_warn(s, "division by zero");
		*out = VALUE_NULL;
		return EFILE_OK;
	}
	if (efile_decimal_divide(&quotient, left, right) < 0)
		return out_of_range(out, s, "/");
	if (is_duration(a) && !ratio)
		return duration_result(out, s, "/", a->kind, quotient);
	*out = value_number(quotient);
	return EFILE_OK;
}

/* By repeated squaring; exponents are whole numbers. */
static efile_status power(efile_decimal *out, efile_decimal base, int64_t exponent)
{
	uint64_t left = exponent < 0 ? 0 - (uint64_t)exponent : (uint64_t)exponent;
	efile_decimal one = efile_decimal_from_int(1, 0), result = one;

	for (; left; left >>= 1) {
		if (left & 1)
			TRY(efile_decimal_multiply(&result, result, base));
		if (left > 1)
			TRY(efile_decimal_multiply(&base, base, base));
	}
	if (exponent < 0)
		TRY(efile_decimal_divide(&result, one, result));
	*out = result;
	return EFILE_OK;
}

efile_status arithmetic_power(expr_value *out, expr_scope *s, const expr_value *a,
			      const expr_value *b)
{
	efile_decimal result = { { 0, 0 } };
	int64_t exponent;

	if (a->kind != EXPR_NUMBER || b->kind != EXPR_NUMBER)
		return no_result(out, s, "**", a, b);
	if (efile_decimal_to_int(&exponent, b->as.number) < 0) {
		scope_warn(s, "the exponent of ** must be a whole number");
		*out = VALUE_NULL;
		return EFILE_OK;
	}
	return number_result(out, s, "**", power(&result, a->as.number, exponent), result);
}

efile_status arithmetic_negate(expr_value *out, expr_scope *s, const expr_value *a)
{
	if (a->kind == EXPR_NUMBER) {
		*out = value_number(efile_decimal_negate(a->as.number));
		return EFILE_OK;
	}
	if (is_duration(a) && a->as.duration != INT64_MIN) {
		*out = value_duration(a->kind, -a->as.duration);
		return EFILE_OK;
	}
	scope_warn(s, "- has no result for %s", expr_kind_name(a->kind));
	*out = VALUE_NULL;
	return EFILE_OK;
}
