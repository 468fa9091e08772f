/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making values in a scope's memory. */
#ifndef EXPR_VALUE_H
#define EXPR_VALUE_H

#include "expr/expr.h"

enum {
	EXPR_MEMORY_MAX = 64 * 1024 * 1024, /* bytes of one scope */
	EXPR_WARNINGS_MAX = 20
};

struct expr_scope {
	efile_ctx *ctx;
	struct arena_chunk *chunks;
	size_t used;
	expr_context variables;
	bool has_now;
	bool failed;            /* a warning could not be kept: expr_evaluate() says so */
	bool quiet;             /* warnings are not recorded */
	uint64_t steps;
	efile_time now;
	int32_t now_offset;
	const char *warnings[EXPR_WARNINGS_MAX];
	size_t warning_count;
};

#define VALUE_NULL ((expr_value){ EXPR_NULL, { false } })

static inline expr_value value_boolean(bool b)
{
	expr_value v = VALUE_NULL;

	v.kind = EXPR_BOOLEAN;
	v.as.boolean = b;
	return v;
}

static inline expr_value value_number(efile_decimal n)
{
	expr_value v = VALUE_NULL;

	v.kind = EXPR_NUMBER;
	v.as.number = n;
	return v;
}

static inline expr_value value_int(int64_t n)
{
	return value_number(efile_decimal_from_int(n, 0));
}

static inline expr_value value_duration(expr_kind kind, int64_t amount)
{
	expr_value v = VALUE_NULL;

	v.kind = kind;
	v.as.duration = amount;
	return v;
}

static inline expr_value value_borrow(const char *text, size_t length)
{
	expr_value v = VALUE_NULL;

	v.kind = EXPR_STRING;
	v.as.string.text = text;
	v.as.string.length = length;
	return v;
}

/* -1 for null, 0 false, 1 true: three-valued logic. Everything but a boolean is null. */
static inline int value_truth(const expr_value *v)
{
	return v->kind == EXPR_BOOLEAN ? v->as.boolean : -1;
}

static inline expr_value value_from_truth(int truth)
{
	return truth < 0 ? VALUE_NULL : value_boolean(truth);
}

void *scope_alloc(expr_scope *scope, size_t size); /* NULL: NOMEM or LIMIT is set */
/* The status that scope_alloc() has set. */
efile_status scope_failed(const expr_scope *scope);
void scope_warn(expr_scope *scope, const char *format, ...) __attribute__((format(printf, 2, 3)));

efile_status value_string(expr_value *out, expr_scope *scope, const char *text, size_t length);
efile_status value_temporal(expr_value *out, expr_scope *scope, expr_kind kind,
			    const expr_temporal *t);
efile_status value_list(expr_value *out, expr_scope *scope);
efile_status list_append(expr_scope *scope, expr_list *list, expr_value item);
efile_status value_context(expr_value *out, expr_scope *scope);
efile_status context_put(expr_scope *scope, expr_context *c, const char *key, expr_value value);
const expr_value *context_find(const expr_context *c, const char *key);
efile_status value_range(expr_value *out, expr_scope *scope, const expr_range *range);

/* 1 inside, 0 outside, -1 not comparable. */
int range_includes(const expr_range *range, const expr_value *v);

/* ---- temporal.c ---- */
bool temporal_parse(expr_kind *kind, expr_temporal *t, int64_t *duration, const char *text);
bool temporal_parse_date(expr_temporal *t, const char *text);
bool temporal_parse_time(expr_temporal *t, const char *text);
bool temporal_parse_date_time(expr_temporal *t, const char *text);
bool duration_parse(expr_kind *kind, int64_t *duration, const char *text);
void temporal_format(buf *out, expr_kind kind, const expr_temporal *t);
void duration_format(buf *out, expr_kind kind, int64_t duration);
bool temporal_order(int *order, expr_kind kind, const expr_temporal *a, const expr_temporal *b);
/* Microseconds since the epoch; a time without offset counts as UTC. */
bool temporal_instant(int64_t *out, const expr_temporal *t);
void temporal_from_instant(expr_temporal *t, int64_t micros);
/* t plus an amount of a duration kind; false if the result is out of range. */
bool temporal_add(expr_temporal *t, expr_kind kind, expr_kind duration_kind, int64_t amount);
/* A property such as "year"; false if the kind has none of that name. */
bool temporal_property(expr_value *out, const expr_value *v, const char *name);

/* ---- arithmetic.c: null and a warning where FEEL has no result ---- */
efile_status arithmetic_add(expr_value *out, expr_scope *s, const expr_value *a, const expr_value *b);
efile_status arithmetic_subtract(expr_value *out, expr_scope *s, const expr_value *a,
				 const expr_value *b);
efile_status arithmetic_multiply(expr_value *out, expr_scope *s, const expr_value *a,
				 const expr_value *b);
efile_status arithmetic_divide(expr_value *out, expr_scope *s, const expr_value *a,
			       const expr_value *b);
efile_status arithmetic_power(expr_value *out, expr_scope *s, const expr_value *a,
			      const expr_value *b);
efile_status arithmetic_negate(expr_value *out, expr_scope *s, const expr_value *a);

#endif
