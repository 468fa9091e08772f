/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Equality and order (DMN 1.5, tables 53 and 54). */
#include <string.h>

#include "expr/value.h"

enum { COMPARE_DEPTH = 200 }; /* JSON and expressions nest no deeper than this */

static int equal_at(const expr_value *a, const expr_value *b, int depth);

static int list_equal(const expr_list *a, const expr_list *b, int depth)
{
	int result = 1;

	if (a->count != b->count)
		return 0;
	for (size_t i = 0; i < a->count && result == 1; i++)
		result = equal_at(&a->items[i], &b->items[i], depth);
	return result;
}

static int context_equal(const expr_context *a, const expr_context *b, int depth)
{
	int result = 1;

	if (a->count != b->count)
		return 0;
	for (size_t i = 0; i < a->count && result == 1; i++) {
		const expr_value *other = context_find(b, a->entries[i].key);

		result = other ? equal_at(&a->entries[i].value, other, depth) : 0;
	}
	return result;
}

static int range_equal(const expr_range *a, const expr_range *b, int depth)
{
	if (a->low_in != b->low_in || a->high_in != b->high_in)
		return 0;
	return equal_at(&a->low, &b->low, depth) == 1 && equal_at(&a->high, &b->high, depth) == 1;
}

static int equal_at(const expr_value *a, const expr_value *b, int depth)
{
	int order;

	if (a->kind == EXPR_NULL || b->kind == EXPR_NULL)
		return a->kind == b->kind;
	if (a->kind != b->kind || depth > COMPARE_DEPTH)
		return -1;
	switch (a->kind) {
	case EXPR_BOOLEAN:
		return a->as.boolean == b->as.boolean;
	case EXPR_LIST:
		return list_equal(a->as.list, b->as.list, depth + 1);
	case EXPR_CONTEXT:
		return context_equal(a->as.context, b->as.context, depth + 1);
	case EXPR_RANGE:
		return range_equal(a->as.range, b->as.range, depth + 1);
	default:
		return expr_order(&order, a, b) ? order == 0 : 0;
	}
}

int expr_equal(const expr_value *a, const expr_value *b)
{
	return equal_at(a, b, 0);
}

static int string_order(const expr_value *a, const expr_value *b)
{
	/* UTF-8 keeps the order of code points. */
	return strcmp(a->as.string.text, b->as.string.text);
}

bool expr_order(int *order, const expr_value *a, const expr_value *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case EXPR_NUMBER:
		*order = efile_decimal_compare(a->as.number, b->as.number);
		return true;
	case EXPR_STRING:
		*order = string_order(a, b);
		return true;
	case EXPR_MONTHS:
	case EXPR_SECONDS:
		*order = (a->as.duration > b->as.duration) - (a->as.duration < b->as.duration);
		return true;
	case EXPR_DATE:
	case EXPR_TIME:
	case EXPR_DATE_TIME:
		return temporal_order(order, a->kind, a->as.temporal, b->as.temporal);
	default:
		return false;
	}
}

int range_includes(const expr_range *range, const expr_value *v)
{
	int order;

	if (range->low.kind != EXPR_NULL) {
		if (!expr_order(&order, v, &range->low))
			return -1;
		if (order < 0 || (order == 0 && !range->low_in))
			return 0;
	}
	if (range->high.kind != EXPR_NULL) {
		if (!expr_order(&order, v, &range->high))
			return -1;
		if (order > 0 || (order == 0 && !range->high_in))
			return 0;
	}
	return 1;
}
