/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pratt parser that writes bytecode as it reads. */
#include <stdlib.h>
#include <string.h>

#include "expr/lexer.h"

typedef struct compiler {
	lexer lex;
	buf code;
	buf pool;
	uint32_t depth;
	bool range_end;         /* "[" behind the end of a range closes it: no filter there */
} compiler;

typedef enum precedence {
	P_NONE, P_OR, P_AND, P_COMPARE, P_ADD, P_MULTIPLY, P_POWER, P_NEGATE, P_POSTFIX
} precedence;

static efile_status parse(compiler *c, precedence least);

/* ---- writing code ---- */

static efile_status emit(compiler *c, op code)
{
	buf_add_char(&c->code, (char)code);
	return buf_status(&c->code, c->lex.ctx);
}

static efile_status emit_operand(compiler *c, uint32_t operand)
{
	buf_add_u32(&c->code, operand);
	return buf_status(&c->code, c->lex.ctx);
}

static efile_status emit1(compiler *c, op code, uint32_t operand)
{
	TRY(emit(c, code));
	return emit_operand(c, operand);
}

static efile_status pool_text(compiler *c, uint32_t *out, const char *text, size_t length)
{
	*out = (uint32_t)c->pool.length;
	buf_add_u32(&c->pool, (uint32_t)length);
	buf_add(&c->pool, text, length);
	buf_add_char(&c->pool, '\0');
	return buf_status(&c->pool, c->lex.ctx);
}

static efile_status emit_text(compiler *c, op code, const char *text, size_t length)
{
	uint32_t at;

	TRY(pool_text(c, &at, text, length));
	return emit1(c, code, at);
}

static uint32_t here(const compiler *c)
{
	return (uint32_t)c->code.length;
}

/* A jump whose target is patched later; *hole is where. */
static efile_status emit_jump(compiler *c, op code, uint32_t *hole)
{
	TRY(emit(c, code));
	*hole = here(c);
	return emit_operand(c, 0);
}

static void patch(compiler *c, uint32_t hole)
{
	uint32_t target = here(c);

	for (int i = 0; i < 4; i++)
		c->code.data[hole + (uint32_t)i] = (char)(target >> (24 - 8 * i));
}

/* ---- tokens ---- */

static token_kind now(const compiler *c)
{
	return c->lex.now.kind;
}

static efile_status advance(compiler *c)
{
	return lexer_advance(&c->lex);
}

static efile_status unexpected(compiler *c, const char *expected)
{
	if (now(c) == T_END)
		return lexer_fail(&c->lex, c->lex.now.start, 1507,
				  "the expression ends where %s is expected", expected);
	return lexer_fail(&c->lex, c->lex.now.start, 1508, "%s is expected here", expected);
}

static efile_status expect(compiler *c, token_kind kind, const char *name)
{
	if (now(c) != kind)
		return unexpected(c, name);
	return advance(c);
}

/* ---- literals ---- */

static efile_status emit_number(compiler *c, const char *text, size_t length)
{
	int64_t coefficient = 0;
	uint32_t scale = 0;
	bool fraction = false;
	efile_decimal number;

	if (efile_decimal_parse(&number, text, length) < 0)
		return lexer_fail(&c->lex, c->lex.now.start, 1509, "the number is out of range");
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '.') {
			fraction = true;
			continue;
		}
		if (!str_ascii_digit(text[i]) || i > 16)
			return emit_text(c, OP_NUMBER_TEXT, text, length);
		coefficient = coefficient * 10 + (text[i] - '0');
		scale += fraction;
	}
	TRY(emit1(c, OP_NUMBER, (uint32_t)((uint64_t)coefficient >> 32)));
	TRY(emit_operand(c, (uint32_t)coefficient));
	return emit_operand(c, scale);
}

static efile_status parse_number(compiler *c)
{
	const token *t = &c->lex.now;

	TRY(emit_number(c, c->lex.text + t->start, t->end - t->start));
	return advance(c);
}

static efile_status parse_string(compiler *c)
{
	TRY(emit_text(c, OP_STRING, buf_text(&c->lex.decoded), c->lex.decoded.length));
	return advance(c);
}

static efile_status parse_at(compiler *c)
{
	expr_temporal t;
	expr_kind kind;
	int64_t duration;

	TRY(advance(c));
	if (now(c) != T_STRING)
		return unexpected(c, "\"...\"");
	if (!temporal_parse(&kind, &t, &duration, buf_text(&c->lex.decoded)))
		return lexer_fail(&c->lex, c->lex.now.start, 1510, "no date, time or duration: %s",
				  buf_text(&c->lex.decoded));
	TRY(emit_text(c, OP_TEMPORAL, buf_text(&c->lex.decoded), c->lex.decoded.length));
	return advance(c);
}

static efile_status parse_constant(compiler *c)
{
	static const struct { token_kind kind; op code; } rows[] = {
		{ T_NULL, OP_NULL }, { T_TRUE, OP_TRUE }, { T_FALSE, OP_FALSE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].kind == now(c))
			TRY(emit(c, rows[i].code));
	return advance(c);
}

static efile_status parse_name(compiler *c)
{
	TRY(emit_text(c, OP_NAME, c->lex.now.name, c->lex.now.name_length));
	return advance(c);
}

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
	return advance(c);
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
		TRY(parse(c, P_OR));
		if (++k->count > ARGUMENTS_MAX)
			return wrong_arguments(c, k);
		if (now(c) != T_COMMA)
			break;
		TRY(advance(c));
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

static efile_status parse_call(compiler *c)
{
	bool outer = c->range_end;
	call k = { &expr_builtins[c->lex.now.function], c->lex.now.start, 0, 0, 0 };
	uint32_t row = (uint32_t)c->lex.now.function;

	c->range_end = false;
	TRY(advance(c));
	TRY(expect(c, T_OPEN, "("));
	if (now(c) == T_CLOSE)
		k.places = UINT32_MAX;
	else
		TRY(arguments(c, &k));
	c->range_end = outer;
	TRY(expect(c, T_CLOSE, ")"));
	if (!arguments_fit(&k))
		return wrong_arguments(c, &k);
	TRY(emit1(c, OP_CALL, row));
	TRY(emit_operand(c, k.count));
	return emit_operand(c, k.places);
}

/* ---- groups, lists, ranges, contexts ---- */

/* Behind "..": the upper end and the closing bracket. */
static efile_status range_rest(compiler *c, bool low_in)
{
	bool outer = c->range_end;
	uint32_t bits = low_in ? RANGE_LOW_IN : 0;

	TRY(advance(c));
	c->range_end = true;
	TRY(parse(c, P_ADD));
	c->range_end = outer;
	if (now(c) == T_CLOSE_LIST)
		bits |= RANGE_HIGH_IN;
	else if (now(c) != T_CLOSE && now(c) != T_OPEN_LIST)
		return unexpected(c, "]");
	TRY(advance(c));
	return emit1(c, OP_RANGE, bits);
}

static efile_status parse_group(compiler *c)
{
	bool outer = c->range_end;

	TRY(advance(c));
	c->range_end = false;
	TRY(parse(c, P_OR));
	c->range_end = outer;
	if (now(c) == T_DOTS)
		return range_rest(c, false);
	return expect(c, T_CLOSE, ")");
}

static efile_status parse_open_range(compiler *c)
{
	TRY(advance(c));
	TRY(parse(c, P_ADD));
	if (now(c) != T_DOTS)
		return unexpected(c, "..");
	return range_rest(c, false);
}

static efile_status parse_list(compiler *c)
{
	bool outer = c->range_end;
	uint32_t start = here(c);

	TRY(advance(c));
	TRY(emit(c, OP_LIST));
	if (now(c) == T_CLOSE_LIST)
		return advance(c);
	c->range_end = false;
	TRY(parse(c, P_OR));
	if (now(c) == T_DOTS) {
		c->range_end = outer;
		c->code.data[start] = (char)OP_NONE;
		return range_rest(c, true);
	}
	for (;;) {
		TRY(emit(c, OP_APPEND));
		if (now(c) != T_COMMA)
			break;
		TRY(advance(c));
		TRY(parse(c, P_OR));
	}
	c->range_end = outer;
	return expect(c, T_CLOSE_LIST, "]");
}

static efile_status context_key(compiler *c, uint32_t *key)
{
	name_ref name;

	if (now(c) == T_STRING) {
		TRY(pool_text(c, key, buf_text(&c->lex.decoded), c->lex.decoded.length));
		return advance(c);
	}
	TRY(lexer_free_name(&c->lex, &name, NULL, ':'));
	TRY(pool_text(c, key, name.text, name.length));
	TRY(lexer_know(&c->lex, name.text, name.length));
	return advance(c);
}

static efile_status parse_context(compiler *c)
{
	bool outer = c->range_end;
	uint32_t key;

	c->range_end = false;
	TRY(emit(c, OP_CONTEXT));
	TRY(advance(c));
	while (now(c) != T_CLOSE_CONTEXT) {
		TRY(context_key(c, &key));
		TRY(expect(c, T_COLON, ":"));
		TRY(parse(c, P_OR));
		TRY(emit1(c, OP_PUT, key));
		if (now(c) != T_COMMA)
			break;
		TRY(advance(c));
	}
	c->range_end = outer;
	TRY(expect(c, T_CLOSE_CONTEXT, "}"));
	return emit(c, OP_CONTEXT_END);
}

/* ---- if, for, some, every ---- */

static efile_status parse_if(compiler *c)
{
	uint32_t otherwise, end;

	TRY(advance(c));
	TRY(parse(c, P_OR));
	TRY(emit_jump(c, OP_JUMP_UNLESS, &otherwise));
	TRY(expect(c, T_THEN, "then"));
	TRY(parse(c, P_OR));
	TRY(emit_jump(c, OP_JUMP, &end));
	patch(c, otherwise);
	TRY(expect(c, T_ELSE, "else"));
	TRY(parse(c, P_OR));
	patch(c, end);
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
		return unexpected(c, "return");
	TRY(lexer_free_name(&c->lex, &name, "in", 0));
	TRY(lexer_know(&c->lex, name.text, name.length));
	TRY(advance(c));
	TRY(expect(c, T_IN, "in"));
	TRY(parse(c, P_OR));
	span = now(c) == T_DOTS;
	if (span) {
		TRY(advance(c));
		TRY(parse(c, P_OR));
	}
	TRY(emit_text(c, span ? OP_ITERATE_SPAN : OP_ITERATE, name.text, name.length));
	l->next[l->count] = here(c);
	return emit_jump(c, OP_NEXT, &l->hole[l->count++]);
}

static efile_status loop_clauses(compiler *c, loops *l)
{
	for (;;) {
		TRY(advance(c));
		TRY(loop_clause(c, l));
		if (now(c) != T_COMMA)
			return EFILE_OK;
	}
}

static efile_status loop_ends(compiler *c, const loops *l)
{
	for (uint32_t i = l->count; i-- > 0;) {
		TRY(emit1(c, OP_JUMP, l->next[i]));
		patch(c, l->hole[i]);
	}
	return EFILE_OK;
}

static efile_status parse_for(compiler *c)
{
	loops l = { 0 };

	TRY(emit(c, OP_LIST));
	TRY(loop_clauses(c, &l));
	TRY(expect(c, T_RETURN, "return"));
	TRY(parse(c, P_OR));
	TRY(emit(c, OP_APPEND));
	return loop_ends(c, &l);
}

static efile_status parse_quantified(compiler *c)
{
	bool every = now(c) == T_EVERY;
	uint32_t decided;
	loops l = { 0 };

	TRY(emit(c, every ? OP_TRUE : OP_FALSE));
	TRY(loop_clauses(c, &l));
	TRY(expect(c, T_SATISFIES, "satisfies"));
	TRY(parse(c, P_OR));
	TRY(emit1(c, OP_QUANTIFY, every));
	TRY(emit_operand(c, l.count));
	decided = here(c);
	TRY(emit_operand(c, 0));
	TRY(loop_ends(c, &l));
	patch(c, decided);
	return EFILE_OK;
}

static efile_status parse_negative(compiler *c)
{
	TRY(advance(c));
	TRY(parse(c, P_NEGATE));
	return emit(c, OP_NEGATE);
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
		if (comparisons[i].kind == now(c))
			return &comparisons[i];
	return NULL;
}

static efile_status parse_test(compiler *c, precedence least)
{
	const struct compare_row *row = comparison(c);

	if (row) {
		TRY(emit_text(c, OP_NAME, "?", 1));
		TRY(advance(c));
		TRY(parse(c, P_ADD));
		return emit(c, row->code);
	}
	TRY(parse(c, least));
	return emit(c, OP_TEST);
}

static efile_status more_tests(compiler *c)
{
	while (now(c) == T_COMMA) {
		TRY(advance(c));
		TRY(parse_test(c, P_OR));
		TRY(emit(c, OP_OR));
	}
	return EFILE_OK;
}

/* "( tests )", or "(1..5]", which brings its own closing bracket. */
static efile_status parse_test_group(compiler *c)
{
	bool outer = c->range_end;

	TRY(advance(c));
	c->range_end = false;
	if (comparison(c)) {
		TRY(parse_test(c, P_OR));
	} else {
		TRY(parse(c, P_OR));
		c->range_end = outer;
		if (now(c) == T_DOTS) {
			TRY(range_rest(c, false));
			return emit(c, OP_TEST);
		}
		c->range_end = false;
		TRY(emit(c, OP_TEST));
	}
	TRY(more_tests(c));
	c->range_end = outer;
	return expect(c, T_CLOSE, ")");
}

static efile_status parse_in(compiler *c, op code)
{
	(void)code;
	TRY(advance(c));
	TRY(emit(c, OP_BIND));
	if (now(c) == T_OPEN)
		TRY(parse_test_group(c));
	else
		TRY(parse_test(c, P_ADD));
	return emit(c, OP_UNBIND);
}

/* ---- infix ---- */

static efile_status parse_compare(compiler *c, op code)
{
	TRY(advance(c));
	TRY(parse(c, P_ADD));
	return emit(c, code);
}

static efile_status parse_between(compiler *c, op code)
{
	TRY(advance(c));
	TRY(parse(c, P_ADD));
	TRY(expect(c, T_AND, "and"));
	TRY(parse(c, P_ADD));
	return emit(c, code);
}

static efile_status parse_and(compiler *c, op code)
{
	uint32_t end;

	TRY(advance(c));
	TRY(emit_jump(c, OP_JUMP_FALSE, &end));
	TRY(parse(c, P_COMPARE));
	TRY(emit(c, code));
	patch(c, end);
	return EFILE_OK;
}

static efile_status parse_or(compiler *c, op code)
{
	uint32_t end;

	TRY(advance(c));
	TRY(emit_jump(c, OP_JUMP_TRUE, &end));
	TRY(parse(c, P_AND));
	TRY(emit(c, code));
	patch(c, end);
	return EFILE_OK;
}

static efile_status parse_sum(compiler *c, op code)
{
	TRY(advance(c));
	TRY(parse(c, P_MULTIPLY));
	return emit(c, code);
}

static efile_status parse_product(compiler *c, op code)
{
	TRY(advance(c));
	TRY(parse(c, P_POWER));
	return emit(c, code);
}

static efile_status parse_power(compiler *c, op code)
{
	TRY(advance(c));
	TRY(parse(c, P_NEGATE));
	return emit(c, code);
}

static efile_status parse_path(compiler *c, op code)
{
	TRY(advance(c));
	if (now(c) != T_NAME)
		return unexpected(c, message_translate(c->lex.ctx->language, "a name"));
	TRY(emit_text(c, code, c->lex.now.name, c->lex.now.name_length));
	return advance(c);
}

static efile_status parse_filter(compiler *c, op code)
{
	uint32_t next, end, index;

	TRY(advance(c));
	TRY(emit(c, code));
	next = here(c);
	TRY(emit_jump(c, OP_FILTER_NEXT, &end));
	TRY(parse(c, P_OR));
	TRY(emit_jump(c, OP_FILTER_TEST, &index));
	TRY(emit1(c, OP_JUMP, next));
	patch(c, end);
	patch(c, index);
	return expect(c, T_CLOSE_LIST, "]");
}

static const struct infix_row {
	token_kind kind;
	precedence binds;
	op code;
	efile_status (*parse)(compiler *c, op code);
} infixes[] = {
	{ T_OR, P_OR, OP_OR, parse_or },
	{ T_AND, P_AND, OP_AND, parse_and },
	{ T_EQUAL, P_COMPARE, OP_EQUAL, parse_compare },
	{ T_UNEQUAL, P_COMPARE, OP_UNEQUAL, parse_compare },
	{ T_LESS, P_COMPARE, OP_LESS, parse_compare },
	{ T_LESS_EQUAL, P_COMPARE, OP_LESS_EQUAL, parse_compare },
	{ T_GREATER, P_COMPARE, OP_GREATER, parse_compare },
	{ T_GREATER_EQUAL, P_COMPARE, OP_GREATER_EQUAL, parse_compare },
	{ T_BETWEEN, P_COMPARE, OP_BETWEEN, parse_between },
	{ T_IN, P_COMPARE, OP_TEST, parse_in },
	{ T_PLUS, P_ADD, OP_ADD, parse_sum },
	{ T_MINUS, P_ADD, OP_SUBTRACT, parse_sum },
	{ T_TIMES, P_MULTIPLY, OP_MULTIPLY, parse_product },
	{ T_DIVIDE, P_MULTIPLY, OP_DIVIDE, parse_product },
	{ T_POWER, P_POWER, OP_POWER, parse_power },
	{ T_DOT, P_POSTFIX, OP_PATH, parse_path },
	{ T_OPEN_LIST, P_POSTFIX, OP_FILTER, parse_filter },
};

static const struct infix_row *infix(const compiler *c)
{
	if (now(c) == T_OPEN_LIST && c->range_end)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(infixes); i++)
		if (infixes[i].kind == now(c))
			return &infixes[i];
	return NULL;
}

/* ---- prefix ---- */

static const struct prefix_row {
	token_kind kind;
	efile_status (*parse)(compiler *c);
} prefixes[] = {
	{ T_NUMBER, parse_number },
	{ T_STRING, parse_string },
	{ T_NAME, parse_name },
	{ T_FUNCTION, parse_call },
	{ T_IF, parse_if },
	{ T_FOR, parse_for },
	{ T_SOME, parse_quantified },
	{ T_EVERY, parse_quantified },
	{ T_TRUE, parse_constant },
	{ T_FALSE, parse_constant },
	{ T_NULL, parse_constant },
	{ T_OPEN, parse_group },
	{ T_OPEN_LIST, parse_list },
	{ T_CLOSE_LIST, parse_open_range },
	{ T_OPEN_CONTEXT, parse_context },
	{ T_MINUS, parse_negative },
	{ T_AT, parse_at },
};

static efile_status parse_prefix(compiler *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (prefixes[i].kind == now(c))
			return prefixes[i].parse(c);
	return unexpected(c, message_translate(c->lex.ctx->language, "a value"));
}

/* "name (" where no built-in function has that name. */
static efile_status unknown_function(compiler *c)
{
	return lexer_fail(&c->lex, c->lex.now.start, 1513, "there is no function of this name");
}

static efile_status parse(compiler *c, precedence least)
{
	uint32_t limit = c->lex.ctx->limits.expr_depth;
	const struct infix_row *row;

	if (++c->depth > limit)
		return FAIL(c->lex.ctx, EFILE_E_LIMIT, 1512,
			    "the expression is nested deeper than %u", limit);
	TRY(parse_prefix(c));
	while ((row = infix(c)) && row->binds >= least)
		TRY(row->parse(c, row->code));
	c->depth--;
	return now(c) == T_OPEN ? unknown_function(c) : EFILE_OK;
}

/* ---- whole expressions ---- */

static void compiler_clear(compiler *c)
{
	lexer_clear(&c->lex);
	buf_clear(&c->code);
	buf_clear(&c->pool);
}

static efile_status link_program(expr_program *out, compiler *c)
{
	AUTO(buf) all = BUF_INIT;
	char *bytes;
	size_t length;

	TRY(emit(c, OP_END));
	buf_add_u32(&all, (uint32_t)CODE_VERSION << 24);
	buf_add_u32(&all, here(c));
	buf_add(&all, c->code.data, c->code.length);
	buf_add(&all, c->pool.data, c->pool.length);
	length = all.length;
	TRY(buf_take(&bytes, &all, c->lex.ctx));
	*out = (expr_program){ (const unsigned char *)bytes, length, bytes };
	return EFILE_OK;
}

static efile_status start(compiler *c, efile_ctx *ctx, const char *text, const char *const *names)
{
	size_t length = strlen(text);

	*c = (compiler){ .lex = { .ctx = ctx, .text = text, .length = length } };
	if (length > EXPR_TEXT_MAX)
		return FAIL(ctx, EFILE_E_LIMIT, 1514, "the expression is longer than %d bytes",
			    EXPR_TEXT_MAX);
	if (!str_utf8_valid(text, length))
		return FAIL(ctx, EFILE_E_FORMAT, 1515, "the expression is not UTF-8");
	for (; names && *names; names++)
		TRY(lexer_know(&c->lex, *names, strlen(*names)));
	return advance(c);
}

static efile_status whole(compiler *c)
{
	TRY(parse(c, P_OR));
	if (now(c) != T_END)
		return lexer_fail(&c->lex, c->lex.now.start, 1516, "the expression should end here");
	return EFILE_OK;
}

static efile_status not_tests(compiler *c)
{
	TRY(advance(c));
	TRY(expect(c, T_OPEN, "("));
	TRY(parse_test(c, P_OR));
	TRY(more_tests(c));
	TRY(expect(c, T_CLOSE, ")"));
	return emit(c, OP_NOT);
}

static bool at_word(const compiler *c, const char *word)
{
	return c->lex.now.end - c->lex.now.start == strlen(word) &&
		!memcmp(c->lex.text + c->lex.now.start, word, strlen(word));
}

static bool rest_is_blank(const lexer *l)
{
	size_t at = l->at;

	while (at < l->length && str_ascii_space(l->text[at]))
		at++;
	return at == l->length;
}

static efile_status whole_tests(compiler *c)
{
	if (at_word(c, "-") && rest_is_blank(&c->lex)) {
		TRY(emit(c, OP_TRUE));
		return advance(c);
	}
	if (at_word(c, "not"))
		TRY(not_tests(c));
	else
		TRY(parse_test(c, P_OR));
	TRY(more_tests(c));
	if (now(c) != T_END)
		return lexer_fail(&c->lex, c->lex.now.start, 1516, "the expression should end here");
	return EFILE_OK;
}

static efile_status compile(expr_program *out, efile_ctx *ctx, const char *text,
			    const char *const *names, efile_status (*read)(compiler *c))
{
	compiler c;
	efile_status status = start(&c, ctx, text, names);

	if (status == EFILE_OK)
		status = read(&c);
	if (status == EFILE_OK)
		status = link_program(out, &c);
	compiler_clear(&c);
	return status;
}

efile_status expr_compile(expr_program *out, efile_ctx *ctx, const char *text,
			  const char *const *names)
{
	return compile(out, ctx, text, names, whole);
}

efile_status expr_compile_tests(expr_program *out, efile_ctx *ctx, const char *text,
				const char *const *names)
{
	return compile(out, ctx, text, names, whole_tests);
}

void expr_program_clear(expr_program *program)
{
	free(program->owned);
	*program = (expr_program)EXPR_PROGRAM_INIT;
}
