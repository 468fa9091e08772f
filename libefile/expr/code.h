/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bytecode of an expression.
 *
 * Layout: u8 version, u8 0, u16 0, u32 bytes of code, u32 bytes of pool, code, pool, marks. An
 * instruction is one byte and up to three u32 operands, big-endian. A text in the pool is u32
 * length, bytes, NUL; an operand names it by its offset in the pool. Jumps are offsets into the
 * code. A mark is u32 offset in the code, u32 line, u32 column: where in the text the
 * instructions from there on come from. */
#ifndef EXPR_CODE_H
#define EXPR_CODE_H

#include "expr/value.h"

enum { CODE_VERSION = 2, CODE_HEAD = 12, CODE_MARK = 12, EXPR_TEXT_MAX = 1024 * 1024 };

/* New ones are added at the end: stored programs keep their meaning. */
typedef enum op {
	OP_END,          /* of the program, or of a function's body */
	OP_NONE,
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
	OP_COMPARISON,   /* which of the six; pops the end of "(< 5)" */
	OP_LIST, OP_APPEND,
	OP_CONTEXT, OP_PUT /* key */, OP_CONTEXT_END,
	OP_PATH,         /* name */
	OP_CALL,         /* builtin, number of arguments, places of named ones */
	OP_WRONG_CALL,   /* number of arguments, name of the function */
	OP_INVOKE,       /* number of arguments, parameters' names or NO_TEXT, builtin or NO_TEXT */
	OP_FUNCTION,     /* type, where to go behind the body */
	OP_EXTERNAL,     /* type; pops the mapping */
	OP_INSTANCE,     /* type */
	OP_PARTIAL,      /* binds "partial" to the list on top */
	OP_ITERATE,      /* name, frames to drop and where to go if it is no list; pops it */
	OP_ITERATE_SPAN, /* the same; pops first and last */
	OP_NEXT,         /* where to go at the end */
	OP_QUANTIFY,     /* 1 every or 0 some, frames to drop, where to go once it is decided */
	OP_FILTER,       /* pops the list, pushes the result */
	OP_FILTER_NEXT,  /* where to go at the end */
	OP_FILTER_TEST,  /* where to go if the filter was an index */
	OP_BIND,         /* pops the value of "?" */
	OP_UNBIND,
	OP_TEST,         /* pops a value, pushes whether "?" meets it */
	OP_TRUTH,        /* pops a value, pushes it if it is a boolean, else null */
	OP_NOT,
	OP_COUNT
} op;

enum { RANGE_LOW_IN = 1, RANGE_HIGH_IN = 2 };
enum { PLACE_OTHER = 8 }; /* of a named argument: by another name than the first */

#define NO_TEXT UINT32_MAX

/* A type in the pool, as a text: one character of this row a type, in the order of expr_type_kind,
 * then its parts: "L" and the element; "C" and members, each name, 0x01 and type, then ";"; "R" and the
 * element; "F" and parameters as members, ";" and the result; "N" a name and 0x01. A part that is
 * not said is "a". */
#define TYPE_LETTERS "azbnsdtwymLCRF"
enum { TYPE_NAME_END = 1 };

/* ---- built-in functions ---- */

typedef efile_status (*builtin_fn)(expr_value *out, expr_scope *s, const expr_value *args,
				   size_t count);

/* parameters: their names, comma-separated; "a|b" are names for the same one, "a:s|b:l" ones that
 * take different types.
 * signature: one letter an argument: a any, b boolean, n number, s string, l list, d date or date
 * and time, c context; upper case takes null as well; '|' before the optional ones; '*' at the end: any
 * number of the last, or one list of them. */
typedef struct builtin {
	const char *name;
	const char *parameters;
	const char *signature;
	builtin_fn call;
} builtin;

extern const builtin expr_builtins[];
extern const size_t expr_builtin_count;

const builtin *builtin_find(const char *name, size_t length);
size_t builtin_min(const builtin *b);
size_t builtin_max(const builtin *b);              /* SIZE_MAX: any number */
/* The place of a parameter's name that is not among the taken ones (bits); -1 if there is none.
 * *other: it is not the first of that parameter's names. */
int builtin_place(const builtin *b, const char *name, size_t length, uint32_t taken, bool *other);
/* Whether a value may be given by that name: "key" is no list, "keys" is one. */
bool builtin_name_fits(const builtin *b, unsigned place, bool other, const expr_value *v);
efile_status builtin_call(expr_value *out, expr_scope *s, const builtin *b, expr_value *args,
			  size_t count);

/* ---- pool and operands ---- */

static inline uint32_t code_u32(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

#endif
