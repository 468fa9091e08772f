/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The scope-aware lexer: which words make one name depends on the names that are known. */
#ifndef EXPR_LEXER_H
#define EXPR_LEXER_H

#include "expr/code.h"

typedef enum token_kind {
	T_END, T_NUMBER, T_STRING, T_NAME, T_FUNCTION,
	/* keywords */
	T_IF, T_THEN, T_ELSE, T_FOR, T_IN, T_RETURN, T_SOME, T_EVERY, T_SATISFIES, T_AND, T_OR,
	T_BETWEEN, T_TRUE, T_FALSE, T_NULL, T_FUNCTION_LITERAL, T_INSTANCE,
	/* signs */
	T_DOTS, T_POWER, T_LESS_EQUAL, T_GREATER_EQUAL, T_UNEQUAL, T_OPEN, T_CLOSE, T_OPEN_LIST,
	T_CLOSE_LIST, T_OPEN_CONTEXT, T_CLOSE_CONTEXT, T_COMMA, T_COLON, T_DOT, T_PLUS, T_MINUS,
	T_TIMES, T_DIVIDE, T_EQUAL, T_LESS, T_GREATER, T_AT, T_ARROW
} token_kind;

typedef struct token {
	token_kind kind;
	size_t start, end;      /* in the text */
	uint32_t line, column;
	const char *name;       /* T_NAME: not terminated, or the known name */
	size_t name_length;
	int function;           /* T_FUNCTION: its row */
} token;

typedef struct name_ref {
	const char *text;
	size_t length;
	bool visible;           /* in scope; else only behind a dot and in filters */
} name_ref;

/* A name that the expression itself introduces, plain ones too; only kept while inspecting. */
typedef struct local_name {
	name_ref name;
	size_t mark;            /* how many of lexer.names there were */
} local_name;

typedef struct lexer {
	efile_ctx *ctx;
	const char *text;
	size_t length;
	size_t at;
	size_t placed;          /* up to where line and column are counted */
	uint32_t line, column;
	token now;
	bool after_dot;
	uint32_t filters;       /* filters around this place: members of items are names there */
	name_ref *names;        /* known ones with blanks or signs, or named like a function */
	size_t name_count, name_capacity;
	bool inspects;
	local_name *locals;
	size_t local_count, local_capacity;
	buf decoded;            /* of the last string */
	buf joined;             /* of the last unknown name of several words */
} lexer;

efile_status lexer_advance(lexer *l);
/* A name that ends before a word or sign instead of by what is known: keys, loop variables. */
efile_status lexer_free_name(lexer *l, name_ref *out, const char *stop_word, const char *stop_signs);
efile_status lexer_know(lexer *l, const char *name, size_t length);
/* While inspecting: whether the expression has introduced the name, or the caller has said it. */
bool lexer_is_local(const lexer *l, const char *name, size_t length);
/* Names known from here on are out of scope once lexer_forget() is called with the mark. */
size_t lexer_mark(const lexer *l);
void lexer_forget(lexer *l, size_t mark);
/* Whether "<name> :" stands at the present token, as before a named argument; then the token
 * behind the colon is the present one. */
efile_status lexer_argument(lexer *l, bool *is_named, name_ref *out);
/* Whether the present token begins this name of several words; goes behind it then. */
efile_status lexer_take_name(lexer *l, bool *taken, const char *name);
bool lexer_word(const lexer *l, const char *word);   /* the present token is that word */
char lexer_sign_next(const lexer *l);                /* the first one behind the present token */
efile_status lexer_fail(lexer *l, size_t at, int number, const char *message, ...)
	__attribute__((format(printf, 4, 5)));
void lexer_clear(lexer *l);

#endif
