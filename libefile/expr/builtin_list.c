/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions on lists. */
#include <string.h>

#include "expr/functions.h"

efile_status fn_count(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	(void)s;
	(void)count;
	*out = value_int((int64_t)args[0].as.list->count);
	return EFILE_OK;
}

/* Null for an empty list and where an item is no number or duration. */
efile_status fn_sum(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	const expr_list *list = args[0].as.list;
	expr_value sum;

	(void)count;
	if (!list->count)
		return EFILE_OK;
	sum = list->items[0];
	if (sum.kind != EXPR_NUMBER && sum.kind != EXPR_MONTHS && sum.kind != EXPR_SECONDS) {
		scope_warn(s, "%s: argument %d must be a %s", "sum", 1, "list of numbers");
		return EFILE_OK;
	}
	for (size_t i = 1; i < list->count && sum.kind != EXPR_NULL; i++) {
		expr_value left = sum;

		TRY(arithmetic_add(&sum, s, &left, &list->items[i]));
	}
	*out = sum;
	return EFILE_OK;
}

static efile_status extreme(expr_value *out, expr_scope *s, const expr_list *list, int sign)
{
	const expr_value *best = list->count ? &list->items[0] : NULL;
	int order;

	if (best && !expr_order(&order, best, best))
		best = NULL;
	for (size_t i = 1; best && i < list->count; i++) {
		if (!expr_order(&order, &list->items[i], best)) {
			scope_warn(s, "cannot compare %s and %s",
				   expr_kind_name(list->items[i].kind), expr_kind_name(best->kind));
			return EFILE_OK;
		}
		if (order * sign > 0)
			best = &list->items[i];
	}
	if (best)
		*out = *best;
	return EFILE_OK;
}

efile_status fn_min(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	(void)count;
	return extreme(out, s, args[0].as.list, -1);
}

efile_status fn_max(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	(void)count;
	return extreme(out, s, args[0].as.list, 1);
}

efile_status fn_mean(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	expr_value sum = VALUE_NULL, number = value_int((int64_t)args[0].as.list->count);

	TRY(fn_sum(&sum, s, args, count));
	if (sum.kind == EXPR_NULL)
		return EFILE_OK;
	return arithmetic_divide(out, s, &sum, &number);
}

efile_status fn_list_contains(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	const expr_list *list = args[0].as.list;

	(void)s;
	(void)count;
	*out = value_boolean(false);
	for (size_t i = 0; i < list->count; i++)
		if (expr_equal(&list->items[i], &args[1]) == 1)
			*out = value_boolean(true);
	return EFILE_OK;
}

/* Three-valued, as "and" and "or" are. */
static void quantified(expr_value *out, const expr_list *list, int decisive)
{
	int result = !decisive;

	for (size_t i = 0; i < list->count && result != decisive; i++) {
		int truth = value_truth(&list->items[i]);

		if (truth == decisive || truth < 0)
			result = truth;
	}
	for (size_t i = 0; i < list->count; i++)
		if (value_truth(&list->items[i]) == decisive)
			result = decisive;
	*out = value_from_truth(result);
}

efile_status fn_all(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	(void)s;
	(void)count;
	quantified(out, args[0].as.list, 0);
	return EFILE_OK;
}

efile_status fn_any(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	(void)s;
	(void)count;
	quantified(out, args[0].as.list, 1);
	return EFILE_OK;
}

static efile_status add_all(expr_scope *s, expr_list *to, const expr_list *from)
{
	for (size_t i = 0; i < from->count; i++)
		TRY(list_append(s, to, from->items[i]));
	return EFILE_OK;
}

efile_status fn_append(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	TRY(value_list(out, s));
	TRY(add_all(s, out->as.list, args[0].as.list));
	for (size_t i = 1; i < count; i++)
		TRY(list_append(s, out->as.list, args[i]));
	return EFILE_OK;
}

efile_status fn_concatenate(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	TRY(value_list(out, s));
	for (size_t i = 0; i < count; i++)
		TRY(add_all(s, out->as.list, args[i].as.list));
	return EFILE_OK;
}

efile_status fn_reverse(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	const expr_list *list = args[0].as.list;

	(void)count;
	TRY(value_list(out, s));
	for (size_t i = list->count; i > 0; i--)
		TRY(list_append(s, out->as.list, list->items[i - 1]));
	return EFILE_OK;
}

efile_status fn_index_of(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	const expr_list *list = args[0].as.list;

	(void)count;
	TRY(value_list(out, s));
	for (size_t i = 0; i < list->count; i++)
		if (expr_equal(&list->items[i], &args[1]) == 1)
			TRY(list_append(s, out->as.list, value_int((int64_t)i + 1)));
	return EFILE_OK;
}
