/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls, groups, lists, contexts, conditions, loops and tests. */
#include "expr/compiler.h"

/* ---- calls ---- */

enum { NAMED_MAX = 8, ARGUMENTS_MAX = 65535 };

typedef struct call {
	const builtin *b;
	size_t position;        /* of the name, for errors */
	uint32_t count;
	uint32_t places;        /* of named arguments: four bits each, in the order given */
	uint32_t given;         /* their bits */
} call;

static efile_status wrong_arguments(compiler *c, const call *k)
{
	return lexer_fail(&c->lex, k->position, 1511, "%s is called with the wrong arguments",
			  k->b->name);
}

static efile_status named_argument(compiler *c, call *k)
{
	int place;

	if (!lexer_parameter(&c->lex, k->b, &place) || k->count == NAMED_MAX ||
	    (k->given >> place & 1))
		return wrong_arguments(c, k);
	k->given |= 1u << place;
	k->places |= (uint32_t)place << (4 * k->count);
	return token_advance(c);
}

static efile_status arguments(compiler *c, call *k)
{
	size_t start = c->lex.at;
	int place;
	bool named = lexer_parameter(&c->lex, k->b, &place);

	c->lex.at = start;
	for (;;) {
		if (named)
			TRY(named_argument(c, k));
		TRY(compile_expression(c, P_OR));
		if (++k->count > ARGUMENTS_MAX)
			return wrong_arguments(c, k);
		if (token_now(c) != T_COMMA)
			break;
		TRY(token_advance(c));
	}
	if (!named)
		k->places = UINT32_MAX;
	return EFILE_OK;
}

/* All obligatory ones are there and none too many. */
static bool arguments_fit(const call *k)
{
	uint32_t least = (1u << builtin_min(k->b)) - 1;

	if (k->places == UINT32_MAX)
		return k->count >= builtin_min(k->b) && k->count <= builtin_max(k->b);
	return (k->given & least) == least;
}

efile_status compile_call(compiler *c)
{
	bool outer = c->range_end;
	call k = { &expr_builtins[c->lex.now.function], c->lex.now.start, 0, 0, 0 };
	uint32_t row = (uint32_t)c->lex.now.function;

	c->range_end = false;
	TRY(token_advance(c));
	TRY(token_expect(c, T_OPEN, "("));
	if (token_now(c) == T_CLOSE)
		k.places = UINT32_MAX;
	else
		TRY(arguments(c, &k));
	c->range_end = outer;
	TRY(token_expect(c, T_CLOSE, ")"));
	if (!arguments_fit(&k))
		return wrong_arguments(c, &k);
	TRY(code_emit1(c, OP_CALL, row));
	TRY(code_operand(c, k.count));
	return code_operand(c, k.places);
}

/* ---- groups, lists, ranges, contexts ---- */

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

static efile_status context_key(compiler *c, uint32_t *key)
{
	name_ref name;

	if (token_now(c) == T_STRING) {
		TRY(code_pool_text(c, key, buf_text(&c->lex.decoded), c->lex.decoded.length));
		return token_advance(c);
	}
	TRY(lexer_free_name(&c->lex, &name, NULL, ':'));
	TRY(code_pool_text(c, key, name.text, name.length));
	TRY(lexer_know(&c->lex, name.text, name.length));
	return token_advance(c);
}

efile_status compile_context(compiler *c)
{
	bool outer = c->range_end;
	uint32_t key;

	c->range_end = false;
	TRY(code_emit(c, OP_CONTEXT));
	TRY(token_advance(c));
	while (token_now(c) != T_CLOSE_CONTEXT) {
		TRY(context_key(c, &key));
		TRY(token_expect(c, T_COLON, ":"));
		TRY(compile_expression(c, P_OR));
		TRY(code_emit1(c, OP_PUT, key));
		if (token_now(c) != T_COMMA)
			break;
		TRY(token_advance(c));
	}
	c->range_end = outer;
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
	uint32_t hole[CLAUSES_MAX];
} loops;

static efile_status loop_clause(compiler *c, loops *l)
{
	name_ref name;
	bool span;

	if (l->count == CLAUSES_MAX)
		return token_unexpected(c, "return");
	TRY(lexer_free_name(&c->lex, &name, "in", 0));
	TRY(lexer_know(&c->lex, name.text, name.length));
	TRY(token_advance(c));
	TRY(token_expect(c, T_IN, "in"));
	TRY(compile_expression(c, P_OR));
	span = token_now(c) == T_DOTS;
	if (span) {
		TRY(token_advance(c));
		TRY(compile_expression(c, P_OR));
	}
	TRY(code_text(c, span ? OP_ITERATE_SPAN : OP_ITERATE, name.text, name.length));
	l->next[l->count] = code_here(c);
	return code_jump(c, OP_NEXT, &l->hole[l->count++]);
}

static efile_status loop_clauses(compiler *c, loops *l)
{
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
	return EFILE_OK;
}

efile_status compile_for(compiler *c)
{
	loops l = { 0 };

	TRY(code_emit(c, OP_LIST));
	TRY(loop_clauses(c, &l));
	TRY(token_expect(c, T_RETURN, "return"));
	TRY(compile_expression(c, P_OR));
	TRY(code_emit(c, OP_APPEND));
	return loop_ends(c, &l);
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
	TRY(token_advance(c));
	TRY(compile_expression(c, P_NEGATE));
	return code_emit(c, OP_NEGATE);
}

/* ---- tests: behind "in", and of decision tables ---- */

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

efile_status compile_test(compiler *c, precedence least)
{
	const struct compare_row *row = comparison(c);

	if (row) {
		TRY(code_text(c, OP_NAME, "?", 1));
		TRY(token_advance(c));
		TRY(compile_expression(c, P_ADD));
		return code_emit(c, row->code);
	}
	TRY(compile_expression(c, least));
	return code_emit(c, OP_TEST);
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

efile_status compile_in(compiler *c, op code)
{
	(void)code;
	TRY(token_advance(c));
	TRY(code_emit(c, OP_BIND));
	if (token_now(c) == T_OPEN)
		TRY(parse_test_group(c));
	else
		TRY(compile_test(c, P_ADD));
	return code_emit(c, OP_UNBIND);
}
