/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pratt parser that writes bytecode as it reads. */
#include <stdlib.h>
#include <string.h>

#include "expr/compiler.h"

/* ---- writing code ---- */

efile_status code_emit(compiler *c, op code)
{
	buf_add_char(&c->code, (char)code);
	return buf_status(&c->code, c->lex.ctx);
}

efile_status code_operand(compiler *c, uint32_t operand)
{
	buf_add_u32(&c->code, operand);
	return buf_status(&c->code, c->lex.ctx);
}

efile_status code_emit1(compiler *c, op code, uint32_t operand)
{
	TRY(code_emit(c, code));
	return code_operand(c, operand);
}

efile_status code_pool_text(compiler *c, uint32_t *out, const char *text, size_t length)
{
	*out = (uint32_t)c->pool.length;
	buf_add_u32(&c->pool, (uint32_t)length);
	buf_add(&c->pool, text, length);
	buf_add_char(&c->pool, '\0');
	return buf_status(&c->pool, c->lex.ctx);
}

efile_status code_text(compiler *c, op code, const char *text, size_t length)
{
	uint32_t at;

	TRY(code_pool_text(c, &at, text, length));
	return code_emit1(c, code, at);
}

uint32_t code_here(const compiler *c)
{
	return (uint32_t)c->code.length;
}

/* A jump whose target is patched later; *hole is where. */
efile_status code_jump(compiler *c, op code, uint32_t *hole)
{
	TRY(code_emit(c, code));
	*hole = code_here(c);
	return code_operand(c, 0);
}

void code_patch(compiler *c, uint32_t hole)
{
	uint32_t target = code_here(c);

	for (int i = 0; i < 4; i++)
		c->code.data[hole + (uint32_t)i] = (char)(target >> (24 - 8 * i));
}

/* ---- tokens ---- */

token_kind token_now(const compiler *c)
{
	return c->lex.now.kind;
}

efile_status token_advance(compiler *c)
{
	return lexer_advance(&c->lex);
}

efile_status token_unexpected(compiler *c, const char *expected)
{
	if (token_now(c) == T_END)
		return lexer_fail(&c->lex, c->lex.now.start, 1507,
				  "the expression ends where %s is expected", expected);
	return lexer_fail(&c->lex, c->lex.now.start, 1508, "%s is expected here", expected);
}

efile_status token_expect(compiler *c, token_kind kind, const char *name)
{
	if (token_now(c) != kind)
		return token_unexpected(c, name);
	return token_advance(c);
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
			return code_text(c, OP_NUMBER_TEXT, text, length);
		coefficient = coefficient * 10 + (text[i] - '0');
		scale += fraction;
	}
	TRY(code_emit1(c, OP_NUMBER, (uint32_t)((uint64_t)coefficient >> 32)));
	TRY(code_operand(c, (uint32_t)coefficient));
	return code_operand(c, scale);
}

static efile_status parse_number(compiler *c)
{
	const token *t = &c->lex.now;

	TRY(emit_number(c, c->lex.text + t->start, t->end - t->start));
	return token_advance(c);
}

static efile_status parse_string(compiler *c)
{
	TRY(code_text(c, OP_STRING, buf_text(&c->lex.decoded), c->lex.decoded.length));
	return token_advance(c);
}

static efile_status parse_at(compiler *c)
{
	expr_temporal t;
	expr_kind kind;
	int64_t duration;

	TRY(token_advance(c));
	if (token_now(c) != T_STRING)
		return token_unexpected(c, "\"...\"");
	if (!temporal_parse(&kind, &t, &duration, buf_text(&c->lex.decoded)))
		return lexer_fail(&c->lex, c->lex.now.start, 1510, "no date, time or duration: %s",
				  buf_text(&c->lex.decoded));
	TRY(code_text(c, OP_TEMPORAL, buf_text(&c->lex.decoded), c->lex.decoded.length));
	return token_advance(c);
}

static efile_status parse_constant(compiler *c)
{
	static const struct { token_kind kind; op code; } rows[] = {
		{ T_NULL, OP_NULL }, { T_TRUE, OP_TRUE }, { T_FALSE, OP_FALSE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].kind == token_now(c))
			TRY(code_emit(c, rows[i].code));
	return token_advance(c);
}

static efile_status parse_name(compiler *c)
{
	TRY(code_text(c, OP_NAME, c->lex.now.name, c->lex.now.name_length));
	return token_advance(c);
}

/* ---- infix ---- */

static efile_status parse_compare(compiler *c, op code)
{
	TRY(token_advance(c));
	TRY(compile_expression(c, P_ADD));
	return code_emit(c, code);
}

static efile_status parse_between(compiler *c, op code)
{
	TRY(token_advance(c));
	TRY(compile_expression(c, P_ADD));
	TRY(token_expect(c, T_AND, "and"));
	TRY(compile_expression(c, P_ADD));
	return code_emit(c, code);
}

static efile_status parse_and(compiler *c, op code)
{
	uint32_t end;

	TRY(token_advance(c));
	TRY(code_jump(c, OP_JUMP_FALSE, &end));
	TRY(compile_expression(c, P_COMPARE));
	TRY(code_emit(c, code));
	code_patch(c, end);
	return EFILE_OK;
}

static efile_status parse_or(compiler *c, op code)
{
	uint32_t end;

	TRY(token_advance(c));
	TRY(code_jump(c, OP_JUMP_TRUE, &end));
	TRY(compile_expression(c, P_AND));
	TRY(code_emit(c, code));
	code_patch(c, end);
	return EFILE_OK;
}

static efile_status parse_sum(compiler *c, op code)
{
	TRY(token_advance(c));
	TRY(compile_expression(c, P_MULTIPLY));
	return code_emit(c, code);
}

static efile_status parse_product(compiler *c, op code)
{
	TRY(token_advance(c));
	TRY(compile_expression(c, P_POWER));
	return code_emit(c, code);
}

static efile_status parse_power(compiler *c, op code)
{
	TRY(token_advance(c));
	TRY(compile_expression(c, P_NEGATE));
	return code_emit(c, code);
}

static efile_status parse_path(compiler *c, op code)
{
	TRY(token_advance(c));
	if (token_now(c) != T_NAME)
		return token_unexpected(c, message_translate(c->lex.ctx->language, "a name"));
	TRY(code_text(c, code, c->lex.now.name, c->lex.now.name_length));
	return token_advance(c);
}

static efile_status parse_filter(compiler *c, op code)
{
	uint32_t next, end, index;

	TRY(token_advance(c));
	TRY(code_emit(c, code));
	next = code_here(c);
	TRY(code_jump(c, OP_FILTER_NEXT, &end));
	TRY(compile_expression(c, P_OR));
	TRY(code_jump(c, OP_FILTER_TEST, &index));
	TRY(code_emit1(c, OP_JUMP, next));
	code_patch(c, end);
	code_patch(c, index);
	return token_expect(c, T_CLOSE_LIST, "]");
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
	{ T_IN, P_COMPARE, OP_TEST, compile_in },
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
	if (token_now(c) == T_OPEN_LIST && c->range_end)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(infixes); i++)
		if (infixes[i].kind == token_now(c))
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
	{ T_FUNCTION, compile_call },
	{ T_IF, compile_if },
	{ T_FOR, compile_for },
	{ T_SOME, compile_quantified },
	{ T_EVERY, compile_quantified },
	{ T_TRUE, parse_constant },
	{ T_FALSE, parse_constant },
	{ T_NULL, parse_constant },
	{ T_OPEN, compile_group },
	{ T_OPEN_LIST, compile_list },
	{ T_CLOSE_LIST, compile_open_range },
	{ T_OPEN_CONTEXT, compile_context },
	{ T_MINUS, compile_negative },
	{ T_AT, parse_at },
};

static efile_status parse_prefix(compiler *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (prefixes[i].kind == token_now(c))
			return prefixes[i].parse(c);
	return token_unexpected(c, message_translate(c->lex.ctx->language, "a value"));
}

/* "name (" where no built-in function has that name. */
static efile_status unknown_function(compiler *c)
{
	return lexer_fail(&c->lex, c->lex.now.start, 1513, "there is no function of this name");
}

efile_status compile_expression(compiler *c, precedence least)
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
	return token_now(c) == T_OPEN ? unknown_function(c) : EFILE_OK;
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

	TRY(code_emit(c, OP_END));
	buf_add_u32(&all, (uint32_t)CODE_VERSION << 24);
	buf_add_u32(&all, code_here(c));
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
	return token_advance(c);
}

static efile_status whole(compiler *c)
{
	TRY(compile_expression(c, P_OR));
	if (token_now(c) != T_END)
		return lexer_fail(&c->lex, c->lex.now.start, 1516, "the expression should end here");
	return EFILE_OK;
}

static efile_status not_tests(compiler *c)
{
	TRY(token_advance(c));
	TRY(token_expect(c, T_OPEN, "("));
	TRY(compile_test(c, P_OR));
	TRY(compile_more_tests(c));
	TRY(token_expect(c, T_CLOSE, ")"));
	return code_emit(c, OP_NOT);
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
		TRY(code_emit(c, OP_TRUE));
		return token_advance(c);
	}
	if (at_word(c, "not"))
		TRY(not_tests(c));
	else
		TRY(compile_test(c, P_OR));
	TRY(compile_more_tests(c));
	if (token_now(c) != T_END)
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
