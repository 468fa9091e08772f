/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making values in a scope's memory. */
#ifndef EXPR_VALUE_H
#define EXPR_VALUE_H

#include "expr/expr.h"

enum {
	EXPR_MEMORY_MAX = 64 * 1024 * 1024, /* bytes of one scope */
	EXPR_WARNINGS_MAX = 20
};

typedef struct scope_warning {
	const char *text;
	uint32_t line, column;
} scope_warning;

typedef struct scope_type {
	const struct scope_type *next;
	const char *name;
	const expr_type *type;
} scope_type;

struct expr_scope {
	efile_ctx *ctx;
	struct arena_chunk *chunks;
	size_t used;
	expr_context variables;
	const scope_type *types;
	struct scope_zone *zones;   /* loaded time zones; they outlive a reset */
	struct vm *machine;         /* the stacks of the interpreter; they outlive a reset */
	uint32_t nested;        /* evaluations inside one another */
	bool has_now;
	bool failed;            /* a warning could not be kept: the evaluation says so */
	bool quiet;             /* warnings are not recorded */
	uint64_t steps;
	efile_time now;
	int32_t now_offset;
	scope_warning warnings[EXPR_WARNINGS_MAX];
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

static inline expr_value value_months(int64_t months)
{
	expr_value v = VALUE_NULL;

	v.kind = EXPR_MONTHS;
	v.as.duration = (expr_duration){ months, 0 };
	return v;
}

static inline expr_value value_duration(expr_kind kind, expr_duration d)
{
	expr_value v = VALUE_NULL;

	v.kind = kind;
	v.as.duration = d;
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

static inline bool value_is_duration(const expr_value *v)
{
	return v->kind == EXPR_MONTHS || v->kind == EXPR_SECONDS;
}

static inline bool value_is_temporal(const expr_value *v)
{
	return v->kind == EXPR_DATE || v->kind == EXPR_TIME || v->kind == EXPR_DATE_TIME;
}

/* ---- memory ---- */

void *scope_alloc(expr_scope *scope, size_t size); /* NULL: NOMEM or LIMIT is set */
/* The status that scope_alloc() has set. */
efile_status scope_failed(const expr_scope *scope);
void scope_warn(expr_scope *scope, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- making values ---- */

efile_status value_string(expr_value *out, expr_scope *scope, const char *text, size_t length);
efile_status value_from_buf(expr_value *out, expr_scope *scope, const buf *text);
efile_status value_temporal(expr_value *out, expr_scope *scope, expr_kind kind,
			    const expr_temporal *t);
efile_status value_list(expr_value *out, expr_scope *scope);
/* A list with room for so many. */
efile_status value_list_sized(expr_value *out, expr_scope *scope, size_t capacity);
/* A list of one. */
efile_status value_list_of(expr_value *out, expr_scope *scope, const expr_value *item);
efile_status list_append(expr_scope *scope, expr_list *list, expr_value item);
efile_status list_append_all(expr_scope *scope, expr_list *list, const expr_list *from);
efile_status value_context(expr_value *out, expr_scope *scope);
/* Adds a member or replaces the one of that key. The key is borrowed. */
efile_status context_put(expr_scope *scope, expr_context *c, const char *key, expr_value value);
/* Adds a member that is known to be new. */
efile_status context_add(expr_scope *scope, expr_context *c, const char *key, expr_value value);
const expr_value *context_find(const expr_context *c, const char *key);
efile_status value_range(expr_value *out, expr_scope *scope, const expr_range *range);

/* 1 inside, 0 outside, -1 not comparable or without a known end. */
int range_includes(const expr_range *range, const expr_value *v);
bool range_property(expr_value *out, const expr_range *r, const char *name);
/* "is": equal in kind and in each part, zone and offset included. */
bool expr_identical(const expr_value *a, const expr_value *b);

/* ---- temporal.c ---- */

/* Seconds since the epoch in UTC, rounded down, and nanoseconds on top. A time without offset counts
 * as UTC, a time without date as that of 1970-01-01. */
typedef struct instant {
	int64_t second;
	int32_t nanosecond;
} instant;

enum { NANOS = 1000000000, DAY_SECONDS = 86400 };

instant temporal_instant(const expr_temporal *t);
bool temporal_order(int *order, expr_kind kind, const expr_temporal *a, const expr_temporal *b);
/* 1 or 0; fractions of a second don't count, as the standard's "second" is a whole number. */
int temporal_equal(expr_kind kind, const expr_temporal *a, const expr_temporal *b);
/* *fits says whether the result is in range; NOMEM else. */
efile_status temporal_add(bool *fits, expr_temporal *t, expr_scope *s, expr_kind kind,
			  expr_kind duration_kind, expr_duration amount);
bool temporal_property(expr_value *out, const expr_value *v, const char *name);
/* The offset of a zone at the local time of t; sets has_offset. *fits: whether there is the zone. */
efile_status temporal_resolve(bool *fits, expr_temporal *t, expr_scope *s);
void temporal_from_instant(expr_temporal *t, instant at);
bool duration_add(expr_duration *out, expr_kind kind, expr_duration a, expr_duration b);
bool duration_negate(expr_duration *out, expr_kind kind, expr_duration d);
int duration_sign(const expr_duration *d);
void scope_zones_free(expr_scope *scope);

/* ---- temporal_text.c ---- */

/* *fits: whether the text is one; a negative status only without memory. */
efile_status temporal_parse(bool *fits, expr_value *out, expr_scope *s, const char *text);
efile_status temporal_parse_kind(bool *fits, expr_value *out, expr_scope *s, expr_kind kind,
				 const char *text);
bool duration_parse(expr_value *out, const char *text);
/* Whether the text can be a date, time or duration, zones aside. */
bool temporal_plausible(const char *text);
void temporal_format(buf *out, expr_kind kind, const expr_temporal *t);
void duration_format(buf *out, expr_kind kind, expr_duration duration);

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

/* ---- function.c ---- */

typedef enum function_kind {
	FUNCTION_BUILTIN, FUNCTION_CODE, FUNCTION_HOST, FUNCTION_JAVA
} function_kind;

struct expr_function {
	function_kind kind;
	const char *name;       /* of a builtin or host function, or NULL */
	const expr_type *type;  /* parameters and result; NULL of a builtin */
	const struct builtin *builtin;
	expr_program code;      /* borrowed */
	size_t entry;           /* where it begins there */
	const expr_env *env;    /* what it sees besides its parameters */
	expr_host_fn call;
	void *user;
	const struct java_row *java;
};

efile_status value_function(expr_value *out, expr_scope *scope, const expr_function *f);
/* Coerces the arguments to the parameters' types; *fits says whether they could be. */
efile_status function_arguments(bool *fits, expr_scope *s, const expr_function *f, expr_value *args,
				size_t count);
/* Puts named arguments into the places of parameters; *fits says whether all names are known. */
efile_status function_places(bool *fits, expr_value *placed, size_t *count, expr_scope *s,
			     const expr_function *f, const char *const *names,
			     const expr_value *args, size_t given);
enum { FUNCTION_PARAMETERS_MAX = 64 };

#endif
