/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pratt parser that writes bytecode as it reads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expr/compiler.h"

/* ---- writing code ---- */

origin origin_now(const compiler *c)
{
	return (origin){ c->lex.now.line, c->lex.now.column };
}

efile_status code_emit(compiler *c, op code)
{
	if (c->at.line != c->marked.line || c->at.column != c->marked.column) {
		buf_add_u32(&c->marks, code_here(c));
		buf_add_u32(&c->marks, c->at.line);
		buf_add_u32(&c->marks, c->at.column);
		c->marked = c->at;
		TRY(buf_status(&c->marks, c->lex.ctx));
	}
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

efile_status code_pool_name(compiler *c, uint32_t *out, const char *text, size_t length)
{
	AUTO(buf) name = BUF_INIT;
	bool blank = false;

	for (size_t i = 0; i < length; i++) {
		if (!str_ascii_space(text[i]))
			buf_add_char(&name, text[i]);
		else if (!blank)
			buf_add_char(&name, ' ');
		blank = str_ascii_space(text[i]);
	}
	TRY(buf_status(&name, c->lex.ctx));
	return code_pool_text(c, out, buf_text(&name), name.length);
}

static efile_status code_text(compiler *c, op code, const char *text, size_t length)
{
	uint32_t at;

	TRY(code_pool_text(c, &at, text, length));
	return code_emit1(c, code, at);
}

efile_status code_name(compiler *c, op code, const char *text, size_t length)
{
	uint32_t at;

	TRY(code_pool_name(c, &at, text, length));
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

efile_status token_expect_word(compiler *c, const char *word)
{
	if (!lexer_word(&c->lex, word))
		return token_unexpected(c, word);
	return token_advance(c);
}

/* ---- literals ---- */

/* Numbers have 34 digits: a longer one is rounded to them half-even, as decimal128 is. */
static efile_status parse_long_number(efile_decimal *out, const char *text, size_t length)
{
	char digits[DECIMAL_PRECISION + 32], unit[32];
	size_t count = 0, at = 0;
	int64_t exponent = 0;
	int next = -1;
	bool point = false, sticky = false;
	efile_decimal one;

	for (; at < length && str_ascii_lower(text[at]) != 'e'; at++) {
		if (text[at] == '.') {
			point = true;
		} else if (count < DECIMAL_PRECISION) {
			exponent -= point;
			if (count || text[at] != '0')
				digits[count++] = text[at];
		} else {
			sticky = sticky || (next >= 0 && text[at] != '0');
			next = next < 0 ? text[at] - '0' : next;
			exponent += !point;
		}
	}
	if (at < length) {
		if (length - at > 12)
			return EFILE_E_LIMIT;
		exponent += strtol(text + at + 1, NULL, 10);
	}
	snprintf(unit, sizeof(unit), "E%lld", (long long)exponent);
	memcpy(digits + count, unit, strlen(unit) + 1);
	TRY(efile_decimal_parse(out, digits, (size_t)-1));
	if (next < 5 || (next == 5 && !sticky && !((digits[count - 1] - '0') & 1)))
		return EFILE_OK;
	snprintf(digits, sizeof(digits), "1%s", unit);
	TRY(efile_decimal_parse(&one, digits, (size_t)-1));
	return efile_decimal_add(out, *out, one);
}

static efile_status emit_number(compiler *c, const char *text, size_t length)
{
	char whole[EFILE_DECIMAL_TEXT_SIZE];
	int64_t coefficient = 0;
	uint32_t scale = 0;
	bool fraction = false;
	efile_decimal number;
	efile_status status = efile_decimal_parse(&number, text, length);

	if (status == EFILE_E_LIMIT) {
		if (parse_long_number(&number, text, length) < 0)
			return lexer_fail(&c->lex, c->lex.now.start, 1509,
					  "the number is out of range");
		efile_decimal_format(number, whole);
		return code_text(c, OP_NUMBER_TEXT, whole, strlen(whole));
	}
	if (status < 0)
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
	TRY(token_advance(c));
	if (token_now(c) != T_STRING)
		return token_unexpected(c, "\"...\"");
	if (!temporal_plausible(buf_text(&c->lex.decoded)))
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

/* What a name stands for that nothing in the expression introduces. In a filter it may be a member. */
static efile_status tell_name(compiler *c, const token *t, bool called)
{
	static const char *const own[] = { "?", "item", "partial" };
	const expr_use use = { called ? EXPR_USE_FUNCTION : EXPR_USE_VARIABLE, t->name,
				      t->name_length, t->line, t->column };

	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (strlen(own[i]) == t->name_length && !memcmp(own[i], t->name, t->name_length))
			return EFILE_OK;
	if ((c->lex.filters && !called) || lexer_is_local(&c->lex, t->name, t->name_length))
		return EFILE_OK;
	return c->use(c->user, &use);
}

static efile_status parse_name(compiler *c)
{
	const token name = c->lex.now;
	const builtin *b = builtin_find(c->lex.now.name, c->lex.now.name_length);

	if (lexer_word(&c->lex, "?"))
		c->asks_input = true;

	TRY(code_name(c, OP_NAME, c->lex.now.name, c->lex.now.name_length));
	c->callee = b ? (uint32_t)(b - expr_builtins) : NO_TEXT;
	if (c->use && !b)
		TRY(tell_name(c, &name, lexer_sign_next(&c->lex) == '('));
	return token_advance(c);
}

/* ---- infix ---- */

/* The right side, then the operator, which comes from where its sign stands. */
static efile_status parse_binary(compiler *c, op code, precedence right)
{
	origin sign = origin_now(c);

	TRY(token_advance(c));
	TRY(compile_expression(c, right));
	c->at = sign;
	return code_emit(c, code);
}

static efile_status parse_between(compiler *c, op code, precedence right)
{
	origin sign = origin_now(c);

	TRY(token_advance(c));
	TRY(compile_expression(c, right));
	TRY(token_expect(c, T_AND, "and"));
	TRY(compile_expression(c, right));
	c->at = sign;
	return code_emit(c, code);
}

static efile_status parse_logic(compiler *c, op code, precedence right)
{
	origin sign = origin_now(c);
	uint32_t end;

	TRY(token_advance(c));
	TRY(code_jump(c, code == OP_AND ? OP_JUMP_FALSE : OP_JUMP_TRUE, &end));
	TRY(compile_expression(c, right));
	c->at = sign;
	TRY(code_emit(c, code));
	code_patch(c, end);
	return EFILE_OK;
}

static efile_status parse_path(compiler *c, op code, precedence right)
{
	origin sign = origin_now(c);

	(void)right;
	TRY(token_advance(c));
	if (token_now(c) != T_NAME)
		return token_unexpected(c, message_translate(c->lex.ctx->language, "a name"));
	c->at = sign;
	TRY(code_name(c, code, c->lex.now.name, c->lex.now.name_length));
	return token_advance(c);
}

static efile_status parse_filter(compiler *c, op code, precedence right)
{
	bool outer = c->range_end;
	origin sign = origin_now(c);
	uint32_t next, end, index;

	(void)right;
	c->range_end = false;
	c->lex.filters++;
	TRY(token_advance(c));
	TRY(code_emit(c, code));
	next = code_here(c);
	TRY(code_jump(c, OP_FILTER_NEXT, &end));
	TRY(compile_expression(c, P_OR));
	c->at = sign;
	TRY(code_jump(c, OP_FILTER_TEST, &index));
	TRY(code_emit1(c, OP_JUMP, next));
	code_patch(c, end);
	code_patch(c, index);
	c->lex.filters--;
	c->range_end = outer;
	return token_expect(c, T_CLOSE_LIST, "]");
}

static efile_status parse_in(compiler *c, op code, precedence right)
{
	(void)code;
	(void)right;
	return compile_in(c);
}

static efile_status parse_instance(compiler *c, op code, precedence right)
{
	(void)code;
	(void)right;
	return compile_instance(c);
}

static efile_status parse_invoke(compiler *c, op code, precedence right)
{
	(void)code;
	(void)right;
	return compile_invoke(c);
}

static const struct infix_row {
	token_kind kind;
	precedence binds;
	op code;
	precedence right;
	efile_status (*parse)(compiler *c, op code, precedence right);
} infixes[] = {
	{ T_OR, P_OR, OP_OR, P_AND, parse_logic },
	{ T_AND, P_AND, OP_AND, P_COMPARE, parse_logic },
	{ T_EQUAL, P_COMPARE, OP_EQUAL, P_ADD, parse_binary },
	{ T_UNEQUAL, P_COMPARE, OP_UNEQUAL, P_ADD, parse_binary },
	{ T_LESS, P_COMPARE, OP_LESS, P_ADD, parse_binary },
	{ T_LESS_EQUAL, P_COMPARE, OP_LESS_EQUAL, P_ADD, parse_binary },
	{ T_GREATER, P_COMPARE, OP_GREATER, P_ADD, parse_binary },
	{ T_GREATER_EQUAL, P_COMPARE, OP_GREATER_EQUAL, P_ADD, parse_binary },
	{ T_BETWEEN, P_COMPARE, OP_BETWEEN, P_ADD, parse_between },
	{ T_IN, P_COMPARE, OP_TEST, P_ADD, parse_in },
	{ T_INSTANCE, P_COMPARE, OP_INSTANCE, P_ADD, parse_instance },
	{ T_PLUS, P_ADD, OP_ADD, P_MULTIPLY, parse_binary },
	{ T_MINUS, P_ADD, OP_SUBTRACT, P_MULTIPLY, parse_binary },
	{ T_TIMES, P_MULTIPLY, OP_MULTIPLY, P_POWER, parse_binary },
	{ T_DIVIDE, P_MULTIPLY, OP_DIVIDE, P_POWER, parse_binary },
	{ T_POWER, P_POWER, OP_POWER, P_NEGATE, parse_binary },
	{ T_DOT, P_POSTFIX, OP_PATH, P_NONE, parse_path },
	{ T_OPEN_LIST, P_POSTFIX, OP_FILTER, P_NONE, parse_filter },
	{ T_OPEN, P_POSTFIX, OP_INVOKE, P_NONE, parse_invoke },
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
	{ T_FUNCTION_LITERAL, compile_function },
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
	c->at = origin_now(c);
	c->callee = NO_TEXT;
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (prefixes[i].kind == token_now(c))
			return prefixes[i].parse(c);
	return token_unexpected(c, message_translate(c->lex.ctx->language, "a value"));
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
		TRY(row->parse(c, row->code, row->right));
	c->depth--;
	return EFILE_OK;
}

/* ---- whole expressions ---- */

static void compiler_clear(compiler *c)
{
	lexer_clear(&c->lex);
	buf_clear(&c->code);
	buf_clear(&c->pool);
	buf_clear(&c->marks);
}

static efile_status link_program(expr_program *out, compiler *c)
{
	AUTO(buf) all = BUF_INIT;
	char *bytes;
	size_t length;

	TRY(code_emit(c, OP_END));
	buf_add_u32(&all, (uint32_t)CODE_VERSION << 24);
	buf_add_u32(&all, code_here(c));
	buf_add_u32(&all, (uint32_t)c->pool.length);
	buf_add(&all, c->code.data, c->code.length);
	buf_add(&all, c->pool.data, c->pool.length);
	buf_add(&all, c->marks.data, c->marks.length);
	length = all.length;
	TRY(buf_take(&bytes, &all, c->lex.ctx));
	*out = (expr_program){ (const unsigned char *)bytes, length, bytes };
	return EFILE_OK;
}

static efile_status start(compiler *c, efile_ctx *ctx, const char *text, const char *const *names,
			  expr_use_fn use, void *user)
{
	size_t length = strlen(text);

	*c = (compiler){ .lex = { .ctx = ctx, .text = text, .length = length,
				  .inspects = use != NULL },
			 .callee = NO_TEXT, .use = use, .user = user };
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

static bool rest_is_blank(const lexer *l)
{
	size_t at = l->at;

	while (at < l->length && str_ascii_space(l->text[at]))
		at++;
	return at == l->length;
}

static efile_status whole_tests(compiler *c)
{
	if (lexer_word(&c->lex, "-") && rest_is_blank(&c->lex)) {
		TRY(code_emit(c, OP_TRUE));
		return token_advance(c);
	}
	if (lexer_word(&c->lex, "not"))
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
	efile_status status = start(&c, ctx, text, names, NULL, NULL);

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

efile_status expr_uses(efile_ctx *ctx, const char *text, const char *const *names, expr_use_fn fn,
		       void *user)
{
	compiler c = { .lex = { .ctx = ctx } };
	efile_status status;

	status = start(&c, ctx, text, names, fn, user);
	if (status == EFILE_OK)
		status = whole(&c);
	compiler_clear(&c);
	return status;
}

void expr_program_clear(expr_program *program)
{
	free(program->owned);
	*program = (expr_program)EXPR_PROGRAM_INIT;
}
