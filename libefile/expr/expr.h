/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* FEEL (DMN 1.5, chapter 10): text -> bytecode -> value. Pure: clock and variables are handed in.
 *
 * The way of a decision: expr_scope_new() makes the memory that all values live in;
 * expr_compile() turns each text into a program, once; per evaluation the variables are put into a
 * context (value_context(), context_put() of value.h), wrapped by expr_env_new() and given to
 * expr_evaluate_in(). Results, lists and contexts are immutable once they are handed on.
 * expr_scope_reset() forgets everything. */
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
	EXPR_LIST, EXPR_CONTEXT, EXPR_RANGE, EXPR_FUNCTION
} expr_kind;

/* A date, a time of day, or both. */
typedef struct expr_temporal {
	efile_date date;
	int32_t second;      /* of the day */
	int32_t nanosecond;
	int32_t offset;      /* seconds east of UTC */
	bool has_offset;     /* true for zones as well */
	const char *zone;    /* "Europe/Berlin", or NULL */
} expr_temporal;

typedef struct expr_duration {
	int64_t amount;      /* months; or seconds, rounded down */
	int32_t nanosecond;  /* 0 to 999,999,999, on top of the seconds */
} expr_duration;

typedef struct expr_list expr_list;
typedef struct expr_context expr_context;
typedef struct expr_range expr_range;
typedef struct expr_function expr_function;
typedef struct expr_type expr_type;
typedef struct expr_scope expr_scope;

typedef struct expr_value {
	expr_kind kind;
	union {
		bool boolean;
		efile_decimal number;
		struct {
			const char *text; /* UTF-8, NUL-terminated */
			size_t length;    /* in bytes */
		} string;
		const expr_temporal *temporal;
		expr_duration duration;
		expr_list *list;
		expr_context *context;
		const expr_range *range;
		const expr_function *function;
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

/* Keys are unique; entries keep their order. */
struct expr_context {
	expr_entry *entries;
	size_t count;
	size_t capacity;
};

/* comparison: written as "(< 5)", "(= 5)" and the like; the end that it leaves open is null and
 * nothing is excluded there, "(= 5)" is from 5 to 5, and "(!= 5)" the same negated. Such a range is
 * never equal to one written with two ends. Of a range with two ends a null end makes each
 * question null. */
struct expr_range {
	expr_value low, high;
	bool low_in, high_in;
	bool comparison;
	bool negated;
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

/* Compiles an expression. names: every name with blanks or signs that it may use, be it a variable,
 * a member of a context, a type or a parameter (NULL-terminated list, or NULL); plain names need
 * not be listed. A name that is listed and also that of a built-in function is the variable.
 * FORMAT with line and column, LIMIT. */
efile_status expr_compile(expr_program *out, efile_ctx *ctx, const char *text,
			  const char *const *names);
/* Compiles unary tests ("< 10, [20..30]", "-", "not(1, 2)") on the variable "?". */
efile_status expr_compile_tests(expr_program *out, efile_ctx *ctx, const char *text,
				const char *const *names);
/* Says in FEEL what stands between "${" and "}" of other engines' models: == && || ! eq and empty ? :
 * 'text' execution.getVariable('x'). Appends; *fits is false, and nothing is appended, where that
 * has no counterpart: calls of methods and beans, indexes. */
efile_status expr_from_juel(bool *fits, buf *out, efile_ctx *ctx, const char *text, size_t length);
/* Opens stored bytes, which stay the caller's: checks the head. DAMAGED. */
efile_status expr_program_open(expr_program *out, efile_ctx *ctx, const void *bytes, size_t length);
void expr_program_clear(expr_program *program);

/* What an expression asks for that it does not bring itself. */
typedef enum expr_use_kind {
	EXPR_USE_VARIABLE,
	EXPR_USE_FUNCTION,      /* called, but no built-in one */
	EXPR_USE_CALL,          /* of a built-in function, with arguments that it does not take */
	EXPR_USE_KEY            /* of a context that it makes */
} expr_use_kind;

typedef struct expr_use {
	expr_use_kind kind;
	const char *name;       /* not terminated */
	size_t length;
	long line, column;      /* in the expression */
} expr_use;

typedef efile_status (*expr_use_fn)(void *user, const expr_use *use);
/* Calls fn for each; names in filters are left out, since they may be members of the items. names: as
 * expr_compile(). The same errors. */
efile_status expr_uses(efile_ctx *ctx, const char *text, const char *const *names, expr_use_fn fn,
		       void *user);

/* ---- scopes: variables, memory and warnings of evaluations ---- */

efile_status expr_scope_new(expr_scope **out, efile_ctx *ctx);
void expr_scope_free(expr_scope *scope);
/* Forgets all variables, values, types and warnings, keeps the memory. */
void expr_scope_reset(expr_scope *scope);
/* Marks the memory; all values, environments and functions that are made behind a mark are gone once
 * it is rewound, while variables and types that were set before stay. Not while evaluating. */
typedef struct expr_mark {
	const void *chunk;
	size_t used;
} expr_mark;
expr_mark expr_scope_mark(const expr_scope *scope);
void expr_scope_rewind(expr_scope *scope, expr_mark mark);
/* The instant that now() and today() answer; without it they answer null. */
void expr_scope_set_now(expr_scope *scope, efile_time now, int32_t offset);
/* Sets a variable; the name is copied, the value belongs to this scope. */
efile_status expr_scope_set(expr_scope *scope, const char *name, expr_value value);
/* Sets each member of a JSON object as a variable. INVALID if it is no object. */
efile_status expr_scope_set_json(expr_scope *scope, const json_value *object);

/* The steps of all evaluations since the last reset. */
uint64_t expr_scope_steps(const expr_scope *scope);

/* One line each, in the context's language, with the place in the expression in front where that
 * is known ("line 1, column 5: ..."). At most EXPR_WARNINGS_MAX are kept. */
size_t expr_scope_warning_count(const expr_scope *scope);
const char *expr_scope_warning(const expr_scope *scope, size_t index);
/* Where it happened in the text of its expression; 0 if unknown. */
void expr_scope_warning_place(const expr_scope *scope, size_t index, long *line, long *column);
/* Adds a warning: scope_warn() of value.h. Takes back all warnings behind the first count (for
 * trying something): */
void expr_scope_warnings_cut(expr_scope *scope, size_t count);

/* ---- evaluating ---- */

/* The variables that an evaluation sees: those of variables (a context value), then those of outer
 * and so on, then those of the scope unless closed. An environment and its context may be filled
 * on between two evaluations; functions that were made in it see what is there when they run. */
typedef struct expr_env {
	const struct expr_env *outer;
	const expr_context *variables;
	bool closed;            /* nothing behind this one is seen */
} expr_env;

/* In the scope's memory. variables: an EXPR_CONTEXT value. outer may be NULL. */
efile_status expr_env_new(const expr_env **out, expr_scope *scope, const expr_env *outer,
			  const expr_value *variables, bool closed);

/* Evaluates with the variables of the scope. Errors of the evaluation (wrong types, division by
 * zero) answer null and a warning, as FEEL demands; too many steps, too deep a recursion or too
 * much memory answer LIMIT. The value lives as long as scope and program. */
efile_status expr_evaluate(expr_value *out, const expr_program *program, expr_scope *scope);
/* The same in an environment (NULL: the scope). */
efile_status expr_evaluate_in(expr_value *out, const expr_program *program, expr_scope *scope,
			      const expr_env *env);
/* Runs unary tests (or any expression on "?") on an input: *out is 1 met, 0 not met, -1 null. */
efile_status expr_test(int *out, const expr_program *tests, expr_scope *scope, const expr_env *env,
		       const expr_value *input);

/* ---- types: of "instance of", parameters and item definitions ---- */

typedef enum expr_type_kind {
	EXPR_TYPE_ANY, EXPR_TYPE_NULL, EXPR_TYPE_BOOLEAN, EXPR_TYPE_NUMBER, EXPR_TYPE_STRING,
	EXPR_TYPE_DATE, EXPR_TYPE_TIME, EXPR_TYPE_DATE_TIME, EXPR_TYPE_MONTHS, EXPR_TYPE_SECONDS,
	EXPR_TYPE_LIST, EXPR_TYPE_CONTEXT, EXPR_TYPE_RANGE, EXPR_TYPE_FUNCTION
} expr_type_kind;

typedef struct expr_member_type {
	const char *name;
	const expr_type *type;  /* NULL: any */
} expr_member_type;

/* Built by the caller, who keeps it for as long as the scope knows it; may refer to itself. */
struct expr_type {
	expr_type_kind kind;
	const expr_type *element;       /* of list and range; of a function its result; NULL: any */
	const expr_member_type *members;/* of a context; of a function its parameters */
	size_t member_count;
	/* allowedValues and typeConstraint of an item definition: unary tests on the whole value,
	 * or NULL. allowed_items: on each item of a list. */
	const expr_program *allowed;
	const expr_program *allowed_items;
};

/* The built-in type of a name: "number", "years and months duration", "Any"; NULL if none. */
const expr_type *expr_type_builtin(const char *name);
/* Tells the scope the types that expressions name behind "instance of" and in function(a: type):
 * name is what the text says, with dots behind imports ("import.tLoan"). Kept, not copied. */
efile_status expr_scope_set_type(expr_scope *scope, const char *name, const expr_type *type);

/* Whether the value is one of the type (DMN 1.5, 10.3.2.9.2 and "instance of"), constraints
 * included; null only is of the types Any and Null. */
efile_status expr_instance_of(bool *out, expr_scope *scope, const expr_type *type,
			      const expr_value *value);
/* What an item definition, parameter or result does to a value (10.3.2.9.4): conforming values
 * pass, a list of one gives its item, a single value becomes a list of one, a date becomes the
 * date and time of its midnight (UTC); null passes; all else becomes null and a warning. */
efile_status expr_coerce(expr_value *out, expr_scope *scope, const expr_type *type,
			 const expr_value *value);

/* ---- functions ---- */

/* A function of the host, such as a BKM: finds its arguments in the order of its parameters, as
 * many as there are parameters, coerced to their types. A negative status ends the evaluation. */
typedef efile_status (*expr_host_fn)(expr_value *out, expr_scope *scope, void *user,
				     const expr_value *args, size_t count);

/* type: EXPR_TYPE_FUNCTION with the parameters' names and types as members and the result's type
 * as element (the result is coerced to it); kept, not copied. */
efile_status expr_function_host(expr_value *out, expr_scope *scope, const char *name,
				const expr_type *type, expr_host_fn call, void *user);
/* A function whose body is a program, as boxed functions with a literal expression are. */
efile_status expr_function_program(expr_value *out, expr_scope *scope, const expr_type *type,
				   const expr_program *body, const expr_env *env);
/* A built-in function ("sum", "string length") as a value; null if there is none of that name. */
efile_status expr_function_builtin(expr_value *out, expr_scope *scope, const char *name);
/* The body of a boxed function of kind Java: null and a warning unless it is one of the plain
 * functions of java.lang that docs/FEEL.md lists. */
efile_status expr_function_java(expr_value *out, expr_scope *scope, const expr_type *type,
				const char *class_name, const char *signature);

/* Calls a function value. Wrong arguments answer null and a warning; so does a value that is no
 * function. LIMIT if calls nest too deep. */
efile_status expr_call(expr_value *out, expr_scope *scope, const expr_value *function,
		       const expr_value *args, size_t count);
efile_status expr_call_named(expr_value *out, expr_scope *scope, const expr_value *function,
			     const char *const *names, const expr_value *args, size_t count);
/* The names and types of a function's parameters; NULL if value is none or a built-in one. */
const expr_type *expr_function_type(const expr_value *value);

/* ---- values (making lists, contexts, ranges, strings: value.h) ---- */

const char *expr_kind_name(expr_kind kind);
/* Strings stay strings, whatever they look like: see expr_from_text(). */
efile_status expr_from_json(expr_value *out, expr_scope *scope, const json_value *json);
/* A value of a simple kind from its text: "2026-01-31", "P1D", "12.50", "true"; null if it is not
 * one. */
efile_status expr_from_text(expr_value *out, expr_scope *scope, expr_kind kind, const char *text);
/* Numbers as JSON numbers with their exact digits; dates, durations, ranges and functions as
 * strings. */
void expr_to_json(json_writer *w, const expr_value *value);
/* The text that FEEL's string() answers; null gives "null". */
void expr_to_text(buf *out, const expr_value *value);
const expr_value *expr_member(const expr_value *context, const char *key); /* NULL if absent */
/* What "value.name" answers: a member, a property of a date or range; of a list the list of
 * those of its items; null and a warning if there is none. */
efile_status expr_path(expr_value *out, expr_scope *scope, const expr_value *value,
		       const char *name);
/* 1 equal, 0 not, -1 not comparable (FEEL's "=" answers null then). */
int expr_equal(const expr_value *a, const expr_value *b);
/* Sets *order below, equal, above 0; false if the two have no order. */
bool expr_order(int *order, const expr_value *a, const expr_value *b);
bool expr_is_true(const expr_value *value);
/* Whether a text is an ISO 8601 duration that FEEL knows: P5D, PT4H, P1Y2M. */
bool expr_is_duration(const char *text);

DEFINE_AUTO_PTR(expr_scope, expr_scope_free)

#endif
