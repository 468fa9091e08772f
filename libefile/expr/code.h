/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bytecode of an expression.
 *
 * Layout: u8 version, u8 0, u16 0, u32 bytes of code, code, pool. An instruction is one byte and
 * up to three u32 operands, big-endian. A text in the pool is u32 length, bytes, NUL; an operand
 * names it by its offset in the pool. Jumps are offsets into the code. */
#ifndef EXPR_CODE_H
#define EXPR_CODE_H

#include "expr/value.h"

enum { CODE_VERSION = 1, CODE_HEAD = 8, EXPR_TEXT_MAX = 1024 * 1024 };

/* New ones are added at the end: stored programs keep their meaning. */
typedef enum op {
	OP_END, OP_NONE,
	OP_NULL, OP_FALSE, OP_TRUE,
	OP_NUMBER,       /* high and low half of the coefficient, scale */
	OP_NUMBER_TEXT,  /* text */
	OP_STRING,       /* text */
	OP_TEMPORAL,     /* text, of @"..." */
	OP_NAME,         /* text */
	OP_ADD, OP_SUBTRACT, OP_MULTIPLY, OP_DIVIDE, OP_POWER, OP_NEGATE,
	OP_EQUAL, OP_UNEQUAL, OP_LESS, OP_LESS_EQUAL, OP_GREATER, OP_GREATER_EQUAL,
	OP_AND, OP_OR,
	OP_JUMP,         /* target */
	OP_JUMP_UNLESS,  /* target; pops */
	OP_JUMP_FALSE,   /* target; keeps the false */
	OP_JUMP_TRUE,    /* target; keeps the true */
	OP_BETWEEN,
	OP_RANGE,        /* bits: 1 low in, 2 high in */
	OP_LIST, OP_APPEND,
	OP_CONTEXT, OP_PUT /* key */, OP_CONTEXT_END,
	OP_PATH,         /* name */
	OP_CALL,         /* function, number of arguments, places of named ones */
	OP_ITERATE,      /* name; pops the list */
	OP_ITERATE_SPAN, /* name; pops first and last number */
	OP_NEXT,         /* where to go at the end */
	OP_QUANTIFY,     /* 1 every or 0 some, frames to drop, where to go once it is decided */
	OP_FILTER,       /* pops the list, pushes the result */
	OP_FILTER_NEXT,  /* where to go at the end */
	OP_FILTER_TEST,  /* where to go if the filter was an index */
	OP_BIND,         /* pops the value of "?" */
	OP_UNBIND,
	OP_TEST,         /* pops a value, pushes whether "?" meets it */
	OP_NOT,
	OP_COUNT
} op;

enum { RANGE_LOW_IN = 1, RANGE_HIGH_IN = 2 };

/* ---- built-in functions ---- */

struct vm;

typedef efile_status (*builtin_fn)(expr_value *out, expr_scope *s, const expr_value *args,
				   size_t count);

/* signature: one letter an argument: a any, b boolean, n number, s string, l list, d date or
 * date and time, c context; upper case takes null as well; '|' before the optional ones; '*' at the end: any
 * number of the last, or one list of them. */
typedef struct builtin {
	const char *name;
	const char *parameters; /* comma-separated names */
	const char *signature;
	builtin_fn call;
} builtin;

extern const builtin expr_builtins[];
extern const size_t expr_builtin_count;

size_t builtin_min(const builtin *b);
size_t builtin_max(const builtin *b);              /* SIZE_MAX: any number */
efile_status builtin_call(expr_value *out, expr_scope *s, const builtin *b, expr_value *args,
			  size_t count);

/* ---- pool and operands ---- */

static inline uint32_t code_u32(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

#endif
