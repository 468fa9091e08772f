/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Product, median, standard deviation and mode of lists of numbers. */
#include <stdlib.h>
#include <string.h>

#include "expr/functions.h"

static bool all_numbers(expr_scope *s, const char *function, const expr_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].kind != EXPR_NUMBER) {
			scope_warn(s, "%s: argument %d must be a %s", function, 1,
				   "list of numbers");
			return false;
		}
	return true;
}

static efile_status beyond(expr_scope *s, const char *function)
{
	scope_warn(s, "%s: the result is out of range", function);
	return EFILE_OK;
}

efile_status fn_product(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	const expr_list *list = args[0].as.list;
	efile_decimal product = efile_decimal_from_int(1, 0);

	(void)count;
	if (!all_numbers(s, "product", list))
		return EFILE_OK;
	for (size_t i = 0; i < list->count; i++)
		if (efile_decimal_multiply(&product, product, list->items[i].as.number) < 0)
			return beyond(s, "product");
	if (list->count)
		*out = value_number(product);
	else
		scope_warn(s, "%s: the list is empty", "product");
	return EFILE_OK;
}

static int number_order(const void *a, const void *b)
{
	const expr_value *left = a, *right = b;

	return efile_decimal_compare(left->as.number, right->as.number);
}

/* A sorted copy; NULL in *out if there is none to sort. */
static efile_status sorted(expr_value **out, expr_scope *s, const char *function,
			   const expr_list *list)
{
	*out = NULL;
	if (!all_numbers(s, function, list) || !list->count)
		return EFILE_OK;
	*out = scope_alloc(s, list->count * sizeof(**out));
	if (!*out)
		return scope_failed(s);
	memcpy(*out, list->items, list->count * sizeof(**out));
	qsort(*out, list->count, sizeof(**out), number_order);
	return EFILE_OK;
}

efile_status fn_median(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	const expr_list *list = args[0].as.list;
	size_t n = list->count;
	expr_value *items;
	efile_decimal sum;

	(void)count;
	TRY(sorted(&items, s, "median", list));
	if (!items)
		return EFILE_OK;
	sum = items[n / 2].as.number;
	if (n % 2 == 0 && (efile_decimal_add(&sum, sum, items[n / 2 - 1].as.number) < 0 ||
			   efile_decimal_divide(&sum, sum, efile_decimal_from_int(2, 0)) < 0))
		return beyond(s, "median");
	*out = value_number(sum);
	return EFILE_OK;
}

static efile_status mean_of(efile_decimal *out, const expr_list *list)
{
	efile_decimal sum = efile_decimal_from_int(0, 0);

	for (size_t i = 0; i < list->count; i++)
		TRY(efile_decimal_add(&sum, sum, list->items[i].as.number));
	return efile_decimal_divide(out, sum, efile_decimal_from_int((int64_t)list->count, 0));
}

static efile_status deviation(efile_decimal *out, const expr_list *list)
{
	efile_decimal mean, sum = efile_decimal_from_int(0, 0);

	TRY(mean_of(&mean, list));
	for (size_t i = 0; i < list->count; i++) {
		efile_decimal d;

		TRY(efile_decimal_subtract(&d, list->items[i].as.number, mean));
		TRY(efile_decimal_multiply(&d, d, d));
		TRY(efile_decimal_add(&sum, sum, d));
	}
	TRY(efile_decimal_divide(&sum, sum, efile_decimal_from_int((int64_t)list->count - 1, 0)));
	return decimal_sqrt(out, sum);
}

/* Of a sample: divided by one less than the count. */
efile_status fn_stddev(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	const expr_list *list = args[0].as.list;
	efile_decimal result;

	(void)count;
	if (!all_numbers(s, "stddev", list))
		return EFILE_OK;
	if (list->count < 2) {
		scope_warn(s, "%s: two numbers or more are needed", "stddev");
		return EFILE_OK;
	}
	if (deviation(&result, list) < 0)
		return beyond(s, "stddev");
	*out = value_number(result);
	return EFILE_OK;
}

/* The most frequent numbers, ascending. */
efile_status fn_mode(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	const expr_list *list = args[0].as.list;
	size_t most = 0, run = 0;
	expr_value *items;

	(void)count;
	TRY(sorted(&items, s, "mode", list));
	if (!items && list->count)
		return EFILE_OK;
	TRY(value_list(out, s));
	for (size_t i = 0; i < list->count; i++) {
		run = i && number_order(&items[i], &items[i - 1]) == 0 ? run + 1 : 1;
		if (run > most)
			out->as.list->count = 0;
		if (run >= most) {
			most = run;
			TRY(list_append(s, out->as.list, items[i]));
		}
	}
	return EFILE_OK;
}
