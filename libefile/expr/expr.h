/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* FEEL (DMN 1.5, chapter 10): text -> bytecode -> value. Pure: clock and variables are handed in. */
#ifndef EXPR_EXPR_H
#define EXPR_EXPR_H

#include <stdbool.h>

#include <efile/decimal.h>

#include "base/base.h"
#include "base/json.h"
#include "base/time.h"

typedef enum expr_kind {
	EXPR_NULL, EXPR_BOOLEAN, EXPR_NUMBER, EXPR_STRING, EXPR_DATE, EXPR_TIME, EXPR_DATE_TIME,
	EXPR_MONTHS,  /* years and months duration */
	EXPR_SECONDS, /* days and time duration */
	EXPR_LIST, EXPR_CONTEXT, EXPR_RANGE
} expr_kind;

/* A date, a time of day, or both. */
typedef struct expr_temporal {
	efile_date date;
	int32_t second;      /* of the day */
	int32_t microsecond;
	int32_t offset;      /* seconds east of UTC */
	bool has_offset;
} expr_temporal;

typedef struct expr_list expr_list;
typedef struct expr_context expr_context;
typedef struct expr_range expr_range;

typedef struct expr_value {
	expr_kind kind;
	union {
		bool boolean;
		efile_decimal number;
		struct {
			const char *text; /* UTF-8, NUL-terminated */
			size_t length;
		} string;
		const expr_temporal *temporal;
		int64_t duration;         /* months, or microseconds */
		expr_list *list;
		expr_context *context;
		const expr_range *range;
	} as;
} expr_value;

struct expr_list {
	expr_value *items;
	size_t count;
	size_t capacity;
};

typedef struct expr_entry {
	const char *key;
	expr_value value;
} expr_entry;

struct expr_context {
	expr_entry *entries;
	size_t count;
	size_t capacity;
};

struct expr_range {
	expr_value low, high;   /* null: open */
	bool low_in, high_in;
};

/* ---- programs ---- */

/* A program is its bytes: relocatable, without pointers, so that it can be stored, embedded and
 * mapped. Any bytes are safe to run: what does not fit answers DAMAGED. */
typedef struct expr_program {
	const unsigned char *bytes;
	size_t length;
	void *owned;            /* freed by expr_program_clear(), NULL if borrowed */
} expr_program;

#define EXPR_PROGRAM_INIT { NULL, 0, NULL }

/* Compiles an expression. names: the names with blanks or signs that it may use (NULL-terminated
 * list, or NULL); plain names need not be listed. FORMAT with line and column, LIMIT. */
efile_status expr_compile(expr_program *out, efile_ctx *ctx, const char *text,
			  const char *const *names);
/* Compiles unary tests ("< 10, [20..30]", "-") on the variable "?". */
efile_status expr_compile_tests(expr_program *out, efile_ctx *ctx, const char *text,
				const char *const *names);
/* Opens stored bytes, which stay the caller's: checks the head. DAMAGED. */
efile_status expr_program_open(expr_program *out, efile_ctx *ctx, const void *bytes, size_t length);
void expr_program_clear(expr_program *program);

/* ---- scopes: variables, memory and warnings of evaluations ---- */

typedef struct expr_scope expr_scope;

efile_status expr_scope_new(expr_scope **out, efile_ctx *ctx);
void expr_scope_free(expr_scope *scope);
/* Forgets all variables, values and warnings, keeps the memory. */
void expr_scope_reset(expr_scope *scope);
/* The instant that now() and today() answer; without it they answer null. */
void expr_scope_set_now(expr_scope *scope, efile_time now, int32_t offset);
/* Sets a variable; the name is copied, the value belongs to this scope. */
efile_status expr_scope_set(expr_scope *scope, const char *name, expr_value value);
/* Sets each member of a JSON object as a variable. INVALID if it is no object. */
efile_status expr_scope_set_json(expr_scope *scope, const json_value *object);

/* The steps of all evaluations since the last reset. */
uint64_t expr_scope_steps(const expr_scope *scope);

size_t expr_scope_warning_count(const expr_scope *scope);
const char *expr_scope_warning(const expr_scope *scope, size_t index);

/* Evaluates. Errors of the evaluation (wrong types, division by zero) answer null and a warning, as
 * FEEL demands; too many steps or too much memory answer LIMIT. The value lives as long as scope
 * and program. */
efile_status expr_evaluate(expr_value *out, const expr_program *program, expr_scope *scope);

/* ---- values ---- */

const char *expr_kind_name(expr_kind kind);
efile_status expr_from_json(expr_value *out, expr_scope *scope, const json_value *json);
/* Numbers as JSON numbers with their exact digits, dates and durations as strings. */
void expr_to_json(json_writer *w, const expr_value *value);
void expr_to_text(buf *out, const expr_value *value);
const expr_value *expr_member(const expr_value *context, const char *key); /* NULL if absent */
/* 1 equal, 0 not, -1 not comparable. */
int expr_equal(const expr_value *a, const expr_value *b);
/* Sets *order below, equal, above 0; false if the two have no order. */
bool expr_order(int *order, const expr_value *a, const expr_value *b);
bool expr_is_true(const expr_value *value);
/* Whether a text is an ISO 8601 duration that FEEL knows: P5D, PT4H, P1Y2M. */
bool expr_is_duration(const char *text);

DEFINE_AUTO_PTR(expr_scope, expr_scope_free)

#endif
