/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inside of the compiler: writing code, asking for tokens, the parts of the grammar. */
#ifndef EXPR_COMPILER_H
#define EXPR_COMPILER_H

#include "expr/lexer.h"

/* Where in the text the code being written comes from. */
typedef struct origin {
	uint32_t line, column;
} origin;

typedef struct compiler {
	lexer lex;
	buf code;
	buf pool;
	buf marks;
	origin at;              /* of what is written next */
	origin marked;          /* of the last mark */
	uint32_t depth;
	uint32_t callee;        /* the built-in function of the name just read, or NO_TEXT */
	bool range_end;         /* "[" behind the end of a range closes it: no filter there */
	bool asks_input;        /* "?" was read since this was last set false */
	expr_use_fn use;        /* NULL: nobody wants to know what it asks for */
	void *user;
} compiler;

typedef enum precedence {
	P_NONE, P_OR, P_AND, P_COMPARE, P_ADD, P_MULTIPLY, P_POWER, P_NEGATE, P_POSTFIX
} precedence;

/* Parses what binds at least so much and writes its code. */
efile_status compile_expression(compiler *c, precedence least);

efile_status code_emit(compiler *c, op code);
efile_status code_operand(compiler *c, uint32_t operand);
efile_status code_emit1(compiler *c, op code, uint32_t operand);
efile_status code_pool_text(compiler *c, uint32_t *out, const char *text, size_t length);
/* Runs of blanks become one. */
efile_status code_pool_name(compiler *c, uint32_t *out, const char *text, size_t length);
efile_status code_name(compiler *c, op code, const char *text, size_t length);
uint32_t code_here(const compiler *c);
efile_status code_jump(compiler *c, op code, uint32_t *hole);
void code_patch(compiler *c, uint32_t hole);
origin origin_now(const compiler *c);       /* of the present token */

token_kind token_now(const compiler *c);
efile_status token_advance(compiler *c);
efile_status token_unexpected(compiler *c, const char *expected);
efile_status token_expect(compiler *c, token_kind kind, const char *name);
efile_status token_expect_word(compiler *c, const char *word);

/* compile_parts.c */
efile_status compile_group(compiler *c);
efile_status compile_open_range(compiler *c);
efile_status compile_list(compiler *c);
efile_status compile_context(compiler *c);
efile_status compile_if(compiler *c);
efile_status compile_for(compiler *c);
efile_status compile_quantified(compiler *c);
efile_status compile_negative(compiler *c);
efile_status compile_comparison(compiler *c);
efile_status compile_test(compiler *c, precedence least);
efile_status compile_more_tests(compiler *c);
efile_status compile_in(compiler *c);

/* compile_call.c */
efile_status compile_call(compiler *c);
efile_status compile_invoke(compiler *c);
efile_status compile_function(compiler *c);
efile_status compile_instance(compiler *c);

#endif
