/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Equality and order (DMN 1.5, tables 53 and 54). */
#include <string.h>

#include "expr/value.h"

enum { COMPARE_DEPTH = 200 }; /* JSON and expressions nest no deeper than this */

static int equal_at(const expr_value *a, const expr_value *b, int depth);

/* Lists and contexts: one difference decides, else one that can't be told. */
static int list_equal(const expr_list *a, const expr_list *b, int depth)
{
	int result = 1;

	if (a->count != b->count)
		return 0;
	for (size_t i = 0; i < a->count && result; i++) {
		int equal = equal_at(&a->items[i], &b->items[i], depth);

		result = equal == 1 ? result : equal;
	}
	return result;
}

static int context_equal(const expr_context *a, const expr_context *b, int depth)
{
	int result = 1;

	if (a->count != b->count)
		return 0;
	for (size_t i = 0; i < a->count && result; i++) {
		const expr_value *other = context_find(b, a->entries[i].key);
		int equal = other ? equal_at(&a->entries[i].value, other, depth) : 0;

		result = equal == 1 ? result : equal;
	}
	return result;
}

static int range_equal(const expr_range *a, const expr_range *b, int depth)
{
	if (a->low_in != b->low_in || a->high_in != b->high_in ||
	    a->comparison != b->comparison || a->negated != b->negated)
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
	case EXPR_FUNCTION:
		return a->as.function == b->as.function ||
			(a->as.function->builtin && a->as.function->builtin == b->as.function->builtin);
	case EXPR_DATE:
	case EXPR_TIME:
	case EXPR_DATE_TIME:
		return temporal_equal(a->kind, a->as.temporal, b->as.temporal);
	default:
		return expr_order(&order, a, b) ? order == 0 : 0;
	}
}

int expr_equal(const expr_value *a, const expr_value *b)
{
	return equal_at(a, b, 0);
}

static bool temporal_identical(const expr_temporal *a, const expr_temporal *b)
{
	bool zones = a->zone && b->zone ? strcmp(a->zone, b->zone) == 0 : a->zone == b->zone;

	return zones && date_compare(a->date, b->date) == 0 && a->second == b->second &&
		a->nanosecond == b->nanosecond && a->has_offset == b->has_offset &&
		a->offset == b->offset;
}

static bool identical_at(const expr_value *a, const expr_value *b, int depth)
{
	if (a->kind != b->kind || depth > COMPARE_DEPTH)
		return false;
	if (value_is_temporal(a))
		return temporal_identical(a->as.temporal, b->as.temporal);
	if (a->kind == EXPR_LIST) {
		if (a->as.list->count != b->as.list->count)
			return false;
		for (size_t i = 0; i < a->as.list->count; i++)
			if (!identical_at(&a->as.list->items[i], &b->as.list->items[i], depth + 1))
				return false;
		return true;
	}
	return equal_at(a, b, depth) == 1;
}

bool expr_identical(const expr_value *a, const expr_value *b)
{
	return identical_at(a, b, 0);
}

static int string_order(const expr_value *a, const expr_value *b)
{
	/* UTF-8 keeps the order of code points. */
	return strcmp(a->as.string.text, b->as.string.text);
}

static int duration_order(const expr_duration *a, const expr_duration *b)
{
	int order = (a->amount > b->amount) - (a->amount < b->amount);

	return order ? order : (a->nanosecond > b->nanosecond) - (a->nanosecond < b->nanosecond);
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
		*order = duration_order(&a->as.duration, &b->as.duration);
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
	int order, inside = 1;

	if (v->kind == EXPR_NULL)
		return -1;
	if (range->low.kind == EXPR_NULL || range->high.kind == EXPR_NULL) {
		if (!range->comparison)
			return -1;
	} else if (range->comparison) { /* = and != are for every kind */
		inside = expr_equal(v, &range->low);
		return inside < 0 ? -1 : inside != range->negated;
	}
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
	return inside;
}

bool range_property(expr_value *out, const expr_range *r, const char *name)
{
	if (!strcmp(name, "start"))
		*out = r->low;
	else if (!strcmp(name, "end"))
		*out = r->high;
	else if (!strcmp(name, "start included"))
		*out = value_boolean(r->low_in);
	else if (!strcmp(name, "end included"))
		*out = value_boolean(r->high_in);
	else
		return false;
	return true;
}
