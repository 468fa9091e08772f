/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets of rules per segment of the number line, per text, per boolean: a large table then costs one look
 * per column and an AND. */
#include <stdlib.h>
#include <string.h>

#include "decision/model.h"

enum { INDEX_RULES = 16, INDEX_BYTES = 8 * 1024 * 1024 };

static void set_bit(uint64_t *bits, size_t at)
{
	bits[at / 64] |= UINT64_C(1) << (at % 64);
}

static int decimal_order(const void *a, const void *b)
{
	return efile_decimal_compare(*(const efile_decimal *)a, *(const efile_decimal *)b);
}

static int text_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The kind that most cells of a column have; the others are judged by themselves. */
static cell_kind column_kind(const table *t, size_t column)
{
	size_t counts[CELL_PROGRAM + 1] = { 0 };
	cell_kind best = CELL_ANY;

	for (size_t i = 0; i < t->rule_count; i++)
		counts[t->rules[i].cells[column].kind]++;
	for (cell_kind k = CELL_NUMBERS; k < CELL_PROGRAM; k++)
		if (counts[k] && (best == CELL_ANY || counts[k] > counts[best]))
			best = k;
	return best;
}

/* ---- the points of a column ---- */

static void add_points(column_index *out, const cell *c)
{
	for (size_t k = 0; c->kind == CELL_NUMBERS && k < c->count; k++) {
		if (c->intervals[k].has_low)
			out->points[out->count++] = c->intervals[k].low;
		if (c->intervals[k].has_high)
			out->points[out->count++] = c->intervals[k].high;
	}
}

static efile_status numbers(column_index *out, const table *t, size_t column, const cell *domain,
			    pool *p)
{
	size_t room = domain ? 2 * domain->count : 0, used = 0;

	for (size_t i = 0; i < t->rule_count; i++)
		room += 2 * t->rules[i].cells[column].count;
	out->points = dmn_pool_new(p, (room + 1) * sizeof(*out->points));
	if (!out->points)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < t->rule_count; i++)
		add_points(out, &t->rules[i].cells[column]);
	if (domain)
		add_points(out, domain);
	qsort(out->points, out->count, sizeof(*out->points), decimal_order);
	for (size_t i = 0; i < out->count; i++)
		if (!i || efile_decimal_compare(out->points[i], out->points[used - 1]))
			out->points[used++] = out->points[i];
	out->count = used;
	return EFILE_OK;
}

static void add_texts(column_index *out, const cell *c)
{
	for (size_t k = 0; c->kind == CELL_TEXTS && k < c->count; k++)
		out->texts[out->count++] = c->texts[k];
}

static efile_status texts(column_index *out, const table *t, size_t column, const cell *domain,
			  pool *p)
{
	size_t room = domain ? domain->count : 0, used = 0;

	for (size_t i = 0; i < t->rule_count; i++)
		room += t->rules[i].cells[column].count;
	out->texts = dmn_pool_new(p, (room + 1) * sizeof(*out->texts));
	if (!out->texts)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < t->rule_count; i++)
		add_texts(out, &t->rules[i].cells[column]);
	if (domain)
		add_texts(out, domain);
	qsort(out->texts, out->count, sizeof(*out->texts), text_order);
	for (size_t i = 0; i < out->count; i++)
		if (!i || strcmp(out->texts[i], out->texts[used - 1]) != 0)
			out->texts[used++] = out->texts[i];
	out->count = used;
	return EFILE_OK;
}

/* ---- the sets ---- */

size_t dmn_index_segments(const column_index *i)
{
	return i->kind == CELL_NUMBERS ? 2 * i->count + 1 : i->kind == CELL_TEXTS ? i->count + 1 : 2;
}

static size_t point_at(const column_index *i, efile_decimal n)
{
	size_t low = 0, high = i->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (efile_decimal_compare(i->points[middle], n) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The segments of an interval: from its low point or behind it to its high point or before it. */
static void mark_interval(bool *met, const column_index *i, const interval *v)
{
	size_t from = v->has_low ? 2 * point_at(i, v->low) + 1 + !v->low_in : 0;
	size_t to = v->has_high ? 2 * point_at(i, v->high) + v->high_in : 2 * i->count;

	for (size_t k = from; k <= to && k <= 2 * i->count; k++)
		met[k] = true;
}

static size_t text_at(const column_index *i, const char *text)
{
	const char **found =
		i->count ? bsearch(&text, i->texts, i->count, sizeof(*i->texts), text_order) : NULL;

	return found ? (size_t)(found - i->texts) : i->count;
}

void dmn_index_mark(bool *met, const column_index *i, const cell *c)
{
	memset(met, 0, dmn_index_segments(i));
	for (size_t k = 0; c->kind == CELL_NUMBERS && k < c->count; k++)
		mark_interval(met, i, &c->intervals[k]);
	for (size_t k = 0; c->kind == CELL_TEXTS && k < c->count; k++)
		met[text_at(i, c->texts[k])] = true;
	if (c->kind == CELL_BOOLEAN)
		met[c->boolean] = true;
	for (size_t k = 0; c->negated && k < dmn_index_segments(i); k++)
		met[k] = !met[k];
}

static void add_rule(column_index *i, const table *t, size_t rule, size_t column, bool *met)
{
	const cell *c = &t->rules[rule].cells[column];
	bool loose = c->kind != i->kind && c->kind != CELL_ANY;

	if (loose)
		set_bit(i->loose, rule);
	if (c->kind == i->kind)
		dmn_index_mark(met, i, c);
	for (size_t k = 0; k < dmn_index_segments(i); k++)
		if (c->kind != i->kind || met[k])
			set_bit(i->bits + k * t->words, rule);
}

efile_status dmn_index_column(column_index *i, const table *t, size_t column, const cell *domain, pool *p)
{
	bool *met;

	i->kind = column_kind(t, column);
	if (i->kind == CELL_ANY)
		return EFILE_OK;
	if (i->kind == CELL_NUMBERS)
		TRY(numbers(i, t, column, domain, p));
	if (i->kind == CELL_TEXTS)
		TRY(texts(i, t, column, domain, p));
	if (dmn_index_segments(i) * t->words * sizeof(uint64_t) > INDEX_BYTES) {
		i->kind = CELL_ANY;
		return EFILE_OK;
	}
	i->bits = dmn_pool_new(p, dmn_index_segments(i) * t->words * sizeof(uint64_t));
	i->loose = dmn_pool_new(p, t->words * sizeof(uint64_t));
	met = dmn_pool_new(p, dmn_index_segments(i));
	if (!i->bits || !i->loose || !met)
		return EFILE_E_NOMEM;
	for (size_t rule = 0; rule < t->rule_count; rule++)
		add_rule(i, t, rule, column, met);
	return EFILE_OK;
}

efile_status dmn_table_index(table *t, pool *p)
{
	t->words = (t->rule_count + 63) / 64;
	if (t->rule_count < INDEX_RULES)
		return EFILE_OK;
	t->indexed = true;
	for (size_t i = 0; i < t->input_count; i++)
		TRY(dmn_index_column(&t->inputs[i].index, t, i, NULL, p));
	return EFILE_OK;
}

/* ---- looking up ---- */

static size_t number_segment(const column_index *i, efile_decimal n)
{
	size_t at = point_at(i, n);

	return 2 * at + (at < i->count && !efile_decimal_compare(i->points[at], n));
}

const uint64_t *dmn_index_bits(const column_index *i, const expr_value *value, size_t words)
{
	if (i->kind == CELL_NUMBERS && value->kind == EXPR_NUMBER)
		return i->bits + number_segment(i, value->as.number) * words;
	if (i->kind == CELL_TEXTS && value->kind == EXPR_STRING)
		return i->bits + text_at(i, value->as.string.text) * words;
	if (i->kind == CELL_BOOLEAN && value->kind == EXPR_BOOLEAN)
		return i->bits + value->as.boolean * words;
	return NULL;
}
