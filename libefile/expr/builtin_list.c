/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions on lists. */
#include <string.h>

#include "expr/functions.h"

bool list_position(size_t *out, const expr_value *position, size_t count)
{
	efile_decimal number = position->as.number;
	int64_t index;

	if (position->kind != EXPR_NUMBER ||
	    efile_decimal_round(&number, number, 0, EFILE_ROUND_DOWN) < 0 ||
	    efile_decimal_to_int(&index, number) < 0)
		return false;
	if (index < 0)
		index += (int64_t)count + 1;
	*out = (size_t)(index - 1);
	return index >= 1 && index <= (int64_t)count;
}

static efile_status no_position(expr_scope *s, const char *function)
{
	scope_warn(s, "%s: there is no such position", function);
	return EFILE_OK;
}

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

efile_status fn_append(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	TRY(value_list(out, s));
	TRY(list_append_all(s, out->as.list, args[0].as.list));
	for (size_t i = 1; i < count; i++)
		TRY(list_append(s, out->as.list, args[i]));
	return EFILE_OK;
}

efile_status fn_concatenate(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	TRY(value_list(out, s));
	for (size_t i = 0; i < count; i++)
		TRY(list_append_all(s, out->as.list, args[i].as.list));
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

/* ---- positions ---- */

efile_status fn_sublist(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	const expr_list *list = args[0].as.list;
	size_t start;
	int64_t length = 0;
	efile_decimal number;

	if (!list_position(&start, &args[1], list->count))
		return no_position(s, "sublist");
	length = (int64_t)(list->count - start);
	if (count > 2 && (efile_decimal_round(&number, args[2].as.number, 0, EFILE_ROUND_DOWN) < 0 ||
			  efile_decimal_to_int(&length, number) < 0))
		length = -1;
	if (length < 0 || length > (int64_t)(list->count - start))
		return no_position(s, "sublist");
	TRY(value_list_sized(out, s, (size_t)length));
	for (size_t i = 0; i < (size_t)length; i++)
		TRY(list_append(s, out->as.list, list->items[start + i]));
	return EFILE_OK;
}

/* A copy in which the item at a place is kept, replaced, or has another before it, or is gone. */
static efile_status edited(expr_value *out, expr_scope *s, const expr_list *list, size_t at,
			   const expr_value *item, bool keep)
{
	TRY(value_list_sized(out, s, list->count + 1));
	for (size_t i = 0; i < list->count; i++) {
		if (i == at && item)
			TRY(list_append(s, out->as.list, *item));
		if (i != at || keep)
			TRY(list_append(s, out->as.list, list->items[i]));
	}
	return EFILE_OK;
}

efile_status fn_insert_before(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	size_t at;

	(void)count;
	if (!list_position(&at, &args[1], args[0].as.list->count))
		return no_position(s, "insert before");
	return edited(out, s, args[0].as.list, at, &args[2], true);
}

efile_status fn_remove(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	size_t at;

	(void)count;
	if (!list_position(&at, &args[1], args[0].as.list->count))
		return no_position(s, "remove");
	return edited(out, s, args[0].as.list, at, NULL, false);
}

/* list replace(list, match, newItem): match(item, newItem) says which items. */
static efile_status replace_matching(expr_value *out, expr_scope *s, const expr_value *args)
{
	const expr_list *list = args[0].as.list;
	expr_value result;

	TRY(value_list_sized(&result, s, list->count));
	for (size_t i = 0; i < list->count; i++) {
		expr_value pair[2] = { list->items[i], args[2] }, met;

		TRY(expr_call(&met, s, &args[1], pair, 2));
		if (met.kind != EXPR_BOOLEAN) {
			scope_warn(s, "%s: the function answers %s, not true or false",
				   "list replace", expr_kind_name(met.kind));
			return EFILE_OK;
		}
		TRY(list_append(s, result.as.list, met.as.boolean ? args[2] : list->items[i]));
	}
	*out = result;
	return EFILE_OK;
}

efile_status fn_list_replace(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	size_t at;

	(void)count;
	if (args[1].kind == EXPR_FUNCTION)
		return replace_matching(out, s, args);
	if (!list_position(&at, &args[1], args[0].as.list->count))
		return no_position(s, "list replace");
	return edited(out, s, args[0].as.list, at, &args[2], false);
}

/* ---- sets ---- */

enum { PAIRS_FREE = 10000 };

static efile_status too_many(expr_scope *s)
{
	return FAIL(s->ctx, EFILE_E_LIMIT, 1531, "the expression takes more than %u steps",
		    s->ctx->limits.expr_steps);
}

/* Each value once, in the order of the first; *pairs counts the comparisons. */
static efile_status add_distinct(expr_scope *s, expr_list *to, const expr_list *from,
				 uint64_t *pairs)
{
	for (size_t i = 0; i < from->count; i++) {
		bool there = false;

		for (size_t j = 0; j < to->count && !there; j++)
			there = expr_equal(&to->items[j], &from->items[i]) == 1;
		*pairs += to->count;
		if (*pairs > PAIRS_FREE && *pairs / 16 > s->ctx->limits.expr_steps)
			return too_many(s);
		if (!there)
			TRY(list_append(s, to, from->items[i]));
	}
	return EFILE_OK;
}

efile_status fn_distinct_values(expr_value *out, expr_scope *s, const expr_value *args,
				size_t count)
{
	uint64_t pairs = 0;

	(void)count;
	TRY(value_list(out, s));
	return add_distinct(s, out->as.list, args[0].as.list, &pairs);
}

efile_status fn_union(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	uint64_t pairs = 0;

	TRY(value_list(out, s));
	for (size_t i = 0; i < count; i++)
		TRY(add_distinct(s, out->as.list, args[i].as.list, &pairs));
	return EFILE_OK;
}

enum { FLATTEN_DEPTH = 200 };

static efile_status flatten(expr_scope *s, expr_list *to, const expr_list *from, int depth)
{
	if (depth > FLATTEN_DEPTH)
		return FAIL(s->ctx, EFILE_E_LIMIT, 1523, "a list is nested deeper than %d",
			    FLATTEN_DEPTH);
	for (size_t i = 0; i < from->count; i++) {
		if (from->items[i].kind == EXPR_LIST)
			TRY(flatten(s, to, from->items[i].as.list, depth + 1));
		else
			TRY(list_append(s, to, from->items[i]));
	}
	return EFILE_OK;
}

efile_status fn_flatten(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	(void)count;
	TRY(value_list(out, s));
	return flatten(s, out->as.list, args[0].as.list, 0);
}

/* ---- sort: a stable merge from below, so that "precedes" is asked as seldom as can be ---- */

/* *first: whether b must stand before a; *fits: whether the function said so at all. */
static efile_status goes_first(bool *first, bool *fits, expr_scope *s, const expr_value *precedes,
			       const expr_value *b, const expr_value *a)
{
	expr_value pair[2] = { *b, *a }, answer;

	TRY(expr_call(&answer, s, precedes, pair, 2));
	*fits = answer.kind == EXPR_BOOLEAN;
	*first = *fits && answer.as.boolean;
	if (!*fits)
		scope_warn(s, "%s: the function answers %s, not true or false", "sort",
			   expr_kind_name(answer.kind));
	return EFILE_OK;
}

typedef struct sorter {
	expr_scope *s;
	const expr_value *precedes;
	expr_value *from, *to;
	size_t count;
	bool fits;
} sorter;

static efile_status merge(sorter *m, size_t low, size_t middle, size_t high)
{
	size_t a = low, b = middle;

	for (size_t i = low; i < high; i++) {
		bool first = b < high;

		if (a < middle && b < high && m->fits)
			TRY(goes_first(&first, &m->fits, m->s, m->precedes, &m->from[b],
				       &m->from[a]));
		else
			first = a >= middle;
		m->to[i] = first ? m->from[b++] : m->from[a++];
	}
	return EFILE_OK;
}

static efile_status merge_all(sorter *m)
{
	for (size_t width = 1; width < m->count && m->fits; width *= 2) {
		expr_value *sorted = m->to;

		for (size_t low = 0; low < m->count; low += 2 * width) {
			size_t middle = low + width < m->count ? low + width : m->count;
			size_t high = low + 2 * width < m->count ? low + 2 * width : m->count;

			TRY(merge(m, low, middle, high));
		}
		m->to = m->from;
		m->from = sorted;
	}
	return EFILE_OK;
}

efile_status fn_sort(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	const expr_list *list = args[0].as.list;
	expr_value result, other;
	sorter m = { s, &args[1], NULL, NULL, list->count, true };

	(void)count;
	TRY(value_list_sized(&result, s, list->count));
	TRY(value_list_sized(&other, s, list->count));
	TRY(list_append_all(s, result.as.list, list));
	m.from = result.as.list->items;
	m.to = other.as.list->items;
	TRY(merge_all(&m));
	result.as.list->items = m.from;
	if (m.fits)
		*out = result;
	return EFILE_OK;
}
