/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Groups, lists, contexts, conditions, loops and tests. */
#include "expr/compiler.h"

/* ---- groups, lists, ranges, contexts ---- */

static const struct compare_row {
	token_kind kind;
	op code;
} comparisons[] = {
	{ T_EQUAL, OP_EQUAL }, { T_UNEQUAL, OP_UNEQUAL }, { T_LESS, OP_LESS },
	{ T_LESS_EQUAL, OP_LESS_EQUAL }, { T_GREATER, OP_GREATER },
	{ T_GREATER_EQUAL, OP_GREATER_EQUAL },
};

static const struct compare_row *comparison(const compiler *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(comparisons); i++)
		if (comparisons[i].kind == token_now(c))
			return &comparisons[i];
	return NULL;
}

/* Behind "..": the upper end and the closing bracket. */
static efile_status range_rest(compiler *c, bool low_in)
{
	bool outer = c->range_end;
	uint32_t bits = low_in ? RANGE_LOW_IN : 0;

	TRY(token_advance(c));
	c->range_end = true;
	TRY(compile_expression(c, P_ADD));
	c->range_end = outer;
	if (token_now(c) == T_CLOSE_LIST)
		bits |= RANGE_HIGH_IN;
	else if (token_now(c) != T_CLOSE && token_now(c) != T_OPEN_LIST)
		return token_unexpected(c, "]");
	TRY(token_advance(c));
	return code_emit1(c, OP_RANGE, bits);
}

efile_status compile_group(compiler *c)
{
	bool outer = c->range_end;

	TRY(token_advance(c));
	c->range_end = false;
	if (comparison(c))
		TRY(compile_comparison(c));
	else
		TRY(compile_expression(c, P_OR));
	c->range_end = outer;
	if (token_now(c) == T_DOTS)
		return range_rest(c, false);
	return token_expect(c, T_CLOSE, ")");
}

efile_status compile_open_range(compiler *c)
{
	TRY(token_advance(c));
	TRY(compile_expression(c, P_ADD));
	if (token_now(c) != T_DOTS)
		return token_unexpected(c, "..");
	return range_rest(c, false);
}

efile_status compile_list(compiler *c)
{
	bool outer = c->range_end;
	uint32_t start = code_here(c);

	TRY(token_advance(c));
	TRY(code_emit(c, OP_LIST));
	if (token_now(c) == T_CLOSE_LIST)
		return token_advance(c);
	c->range_end = false;
	TRY(compile_expression(c, P_OR));
	if (token_now(c) == T_DOTS) {
		c->range_end = outer;
		c->code.data[start] = (char)OP_NONE;
		return range_rest(c, true);
	}
	for (;;) {
		TRY(code_emit(c, OP_APPEND));
		if (token_now(c) != T_COMMA)
			break;
		TRY(token_advance(c));
		TRY(compile_expression(c, P_OR));
	}
	c->range_end = outer;
	return token_expect(c, T_CLOSE_LIST, "]");
}

/* A string or a name; the entries behind it see it. Names with blanks must be told to the lexer,
 * which keeps what it is told: the text, or for strings with escapes nothing. */
static efile_status context_key(compiler *c, uint32_t *key, name_ref *name)
{
	if (token_now(c) == T_STRING) {
		bool plain = c->lex.decoded.length == c->lex.now.end - c->lex.now.start - 2;

		*name = (name_ref){ c->lex.text + c->lex.now.start + 1,
				    plain ? c->lex.decoded.length : 0, true };
		TRY(code_pool_text(c, key, buf_text(&c->lex.decoded), c->lex.decoded.length));
		return token_advance(c);
	}
	TRY(lexer_free_name(&c->lex, name, NULL, ":"));
	TRY(code_pool_name(c, key, name->text, name->length));
	return token_advance(c);
}

static efile_status context_entry(compiler *c)
{
	origin at = origin_now(c);
	name_ref name;
	uint32_t key;

	TRY(context_key(c, &key, &name));
	TRY(lexer_know(&c->lex, name.text, name.length));
	if (c->use && name.length)
		TRY(c->use(c->user, &(expr_use){ EXPR_USE_KEY, name.text, name.length, at.line,
						 at.column }));
	TRY(token_expect(c, T_COLON, ":"));
	TRY(compile_expression(c, P_OR));
	c->at = at;
	return code_emit1(c, OP_PUT, key);
}

efile_status compile_context(compiler *c)
{
	bool outer = c->range_end;
	size_t mark = lexer_mark(&c->lex);

	c->range_end = false;
	TRY(code_emit(c, OP_CONTEXT));
	TRY(token_advance(c));
	while (token_now(c) != T_CLOSE_CONTEXT) {
		TRY(context_entry(c));
		if (token_now(c) != T_COMMA)
			break;
		TRY(token_advance(c));
	}
	c->range_end = outer;
	lexer_forget(&c->lex, mark);
	TRY(token_expect(c, T_CLOSE_CONTEXT, "}"));
	return code_emit(c, OP_CONTEXT_END);
}

/* ---- if, for, some, every ---- */

efile_status compile_if(compiler *c)
{
	uint32_t otherwise, end;

	TRY(token_advance(c));
	TRY(compile_expression(c, P_OR));
	TRY(code_jump(c, OP_JUMP_UNLESS, &otherwise));
	TRY(token_expect(c, T_THEN, "then"));
	TRY(compile_expression(c, P_OR));
	TRY(code_jump(c, OP_JUMP, &end));
	code_patch(c, otherwise);
	TRY(token_expect(c, T_ELSE, "else"));
	TRY(compile_expression(c, P_OR));
	code_patch(c, end);
	return EFILE_OK;
}

enum { CLAUSES_MAX = 16 };

typedef struct loops {
	uint32_t count;
	uint32_t next[CLAUSES_MAX];
	uint32_t hole[CLAUSES_MAX];     /* where to go at the end of each list */
	uint32_t failed[CLAUSES_MAX];   /* where to go if it is no list */
	size_t names;                   /* those known before */
} loops;

static efile_status loop_clause(compiler *c, loops *l)
{
	origin at;
	name_ref name;
	bool span;

	if (l->count == CLAUSES_MAX)
		return token_unexpected(c, "return");
	TRY(lexer_free_name(&c->lex, &name, "in", ""));
	TRY(token_advance(c));
	at = origin_now(c);
	TRY(token_expect(c, T_IN, "in"));
	TRY(compile_expression(c, P_OR));
	span = token_now(c) == T_DOTS;
	if (span) {
		TRY(token_advance(c));
		TRY(compile_expression(c, P_OR));
	}
	TRY(lexer_know(&c->lex, name.text, name.length));
	c->at = at;
	TRY(code_name(c, span ? OP_ITERATE_SPAN : OP_ITERATE, name.text, name.length));
	TRY(code_operand(c, l->count));
	l->failed[l->count] = code_here(c);
	TRY(code_operand(c, 0));
	l->next[l->count] = code_here(c);
	return code_jump(c, OP_NEXT, &l->hole[l->count++]);
}

static efile_status loop_clauses(compiler *c, loops *l)
{
	l->names = lexer_mark(&c->lex);
	for (;;) {
		TRY(token_advance(c));
		TRY(loop_clause(c, l));
		if (token_now(c) != T_COMMA)
			return EFILE_OK;
	}
}

static efile_status loop_ends(compiler *c, const loops *l)
{
	for (uint32_t i = l->count; i-- > 0;) {
		TRY(code_emit1(c, OP_JUMP, l->next[i]));
		code_patch(c, l->hole[i]);
	}
	for (uint32_t i = 0; i < l->count; i++)
		code_patch(c, l->failed[i]);
	lexer_forget(&c->lex, l->names);
	return EFILE_OK;
}

efile_status compile_for(compiler *c)
{
	loops l = { 0 };

	TRY(code_emit(c, OP_LIST));
	TRY(code_emit(c, OP_PARTIAL));
	TRY(loop_clauses(c, &l));
	TRY(token_expect(c, T_RETURN, "return"));
	TRY(compile_expression(c, P_OR));
	TRY(code_emit(c, OP_APPEND));
	TRY(loop_ends(c, &l));
	return code_emit(c, OP_UNBIND);
}

efile_status compile_quantified(compiler *c)
{
	bool every = token_now(c) == T_EVERY;
	uint32_t decided;
	loops l = { 0 };

	TRY(code_emit(c, every ? OP_TRUE : OP_FALSE));
	TRY(loop_clauses(c, &l));
	TRY(token_expect(c, T_SATISFIES, "satisfies"));
	TRY(compile_expression(c, P_OR));
	TRY(code_emit1(c, OP_QUANTIFY, every));
	TRY(code_operand(c, l.count));
	decided = code_here(c);
	TRY(code_operand(c, 0));
	TRY(loop_ends(c, &l));
	code_patch(c, decided);
	return EFILE_OK;
}

efile_status compile_negative(compiler *c)
{
	origin sign = origin_now(c);

	TRY(token_advance(c));
	TRY(compile_expression(c, P_NEGATE));
	c->at = sign;
	return code_emit(c, OP_NEGATE);
}

/* ---- tests: behind "in", and of decision tables ---- */

/* "(< 5)" as a value: a range with one end. */
efile_status compile_comparison(compiler *c)
{
	const struct compare_row *row = comparison(c);

	c->at = origin_now(c);
	TRY(token_advance(c));
	TRY(compile_expression(c, P_ADD));
	return code_emit1(c, OP_COMPARISON, (uint32_t)(row - comparisons));
}

/* "(< 5)" and an expression are met by what they answer; an expression on "?" answers itself. */
efile_status compile_test(compiler *c, precedence least)
{
	const struct compare_row *row = comparison(c);
	bool outer = c->asks_input, asks;
	origin at = origin_now(c);

	if (row) {
		c->at = at;
		TRY(code_name(c, OP_NAME, "?", 1));
		TRY(token_advance(c));
		TRY(compile_expression(c, P_ADD));
		c->at = at;
		return code_emit(c, row->code);
	}
	c->asks_input = false;
	TRY(compile_expression(c, least));
	asks = c->asks_input;
	c->asks_input = outer || asks;
	c->at = at;
	return code_emit(c, asks ? OP_TRUTH : OP_TEST);
}

efile_status compile_more_tests(compiler *c)
{
	while (token_now(c) == T_COMMA) {
		TRY(token_advance(c));
		TRY(compile_test(c, P_OR));
		TRY(code_emit(c, OP_OR));
	}
	return EFILE_OK;
}

/* "( tests )", or "(1..5]", which brings its own closing bracket. */
static efile_status parse_test_group(compiler *c)
{
	bool outer = c->range_end;

	TRY(token_advance(c));
	c->range_end = false;
	if (comparison(c)) {
		TRY(compile_test(c, P_OR));
	} else {
		TRY(compile_expression(c, P_OR));
		c->range_end = outer;
		if (token_now(c) == T_DOTS) {
			TRY(range_rest(c, false));
			return code_emit(c, OP_TEST);
		}
		c->range_end = false;
		TRY(code_emit(c, OP_TEST));
	}
	TRY(compile_more_tests(c));
	c->range_end = outer;
	return token_expect(c, T_CLOSE, ")");
}

efile_status compile_in(compiler *c)
{
	TRY(token_advance(c));
	TRY(code_emit(c, OP_BIND));
	if (token_now(c) == T_OPEN)
		TRY(parse_test_group(c));
	else
		TRY(compile_test(c, P_ADD));
	return code_emit(c, OP_UNBIND);
}
