/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Syntax errors with their place, limits, and programs that are damaged. */
#include <stdlib.h>
#include <string.h>

#include "expr/expr.h"
#include "unit/support.h"

static void test_errors(void)
{
	static const struct {
		const char *text;
		efile_status status;
		long line, column;
		const char *message;
	} cases[] = {
		{ "", EFILE_E_FORMAT, 1, 1, "the expression ends where a value is expected" },
		{ "1 +", EFILE_E_FORMAT, 1, 4, "the expression ends where a value is expected" },
		{ "1 2", EFILE_E_FORMAT, 1, 3, "the expression should end here" },
		{ "(1", EFILE_E_FORMAT, 1, 3, "the expression ends where ) is expected" },
		{ "a >\n  > b", EFILE_E_FORMAT, 2, 3, "a value is expected here" },
		{ "\"abc", EFILE_E_FORMAT, 1, 1, "a text is not closed" },
		{ "/* abc", EFILE_E_FORMAT, 1, 1, "a comment is not closed" },
		{ "if true then 1", EFILE_E_FORMAT, 1, 15, "the expression ends where else is expected" },
		{ "a ~ b", EFILE_E_FORMAT, 1, 3, "unexpected character '~'" },
		{ "\"\\ud800\"", EFILE_E_FORMAT, 1, 8, "half a character code" },
		{ "@\"heute\"", EFILE_E_FORMAT, 1, 2, "no date, time or duration: heute" },
		{ "x.1", EFILE_E_FORMAT, 1, 2, "the expression should end here" },
		{ "\xff", EFILE_E_FORMAT, 0, 0, "the expression is not UTF-8" },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(expr_program) program = EXPR_PROGRAM_INIT;
		long line = 0, column = 0;

		tap_case(cases[i].text);
		TAP_EQUAL_INT(expr_compile(&program, ctx, cases[i].text, NULL), cases[i].status);
		TAP_EQUAL_TEXT(efile_error_message(ctx), cases[i].message);
		efile_error_place(ctx, &line, &column);
		TAP_EQUAL_INT(line, cases[i].line);
		TAP_EQUAL_INT(column, cases[i].column);
		error_clear(ctx);
	}
	efile_ctx_free(ctx);
}

/* n times open, one value, n times close. */
static efile_status compile_nested(efile_ctx *ctx, const char *open, const char *close, int n)
{
	AUTO(expr_program) program = EXPR_PROGRAM_INIT;
	AUTO(buf) text = BUF_INIT;

	for (int i = 0; i < n; i++)
		buf_add_text(&text, open);
	buf_add_char(&text, '1');
	for (int i = 0; i < n; i++)
		buf_add_text(&text, close);
	return expr_compile(&program, ctx, buf_text(&text), NULL);
}

static void test_depth(void)
{
	efile_ctx *ctx = test_ctx();
	int limit = (int)efile_ctx_limits(ctx)->expr_depth;

	TAP_EQUAL_INT(compile_nested(ctx, "(", ")", limit - 1), EFILE_OK);
	TAP_EQUAL_INT(compile_nested(ctx, "(", ")", limit), EFILE_E_LIMIT);
	TAP_EQUAL_TEXT(efile_error_message(ctx), "the expression is nested deeper than 200");
	TAP_EQUAL_INT(compile_nested(ctx, "-", "", 100000), EFILE_E_LIMIT);
	TAP_EQUAL_INT(compile_nested(ctx, "[", "]", 100000), EFILE_E_LIMIT);
	TAP_EQUAL_INT(compile_nested(ctx, "not(", ")", 50000), EFILE_E_LIMIT);
	TAP_EQUAL_INT(compile_nested(ctx, "if true then ", " else 2", 50000), EFILE_E_LIMIT);
	TAP_EQUAL_INT(compile_nested(ctx, "1+", "", 100000), EFILE_OK);
	TAP_EQUAL_INT(compile_nested(ctx, "           ", "", 100000), EFILE_E_LIMIT);
	efile_ctx_free(ctx);
}

static void run_bytes(efile_ctx *ctx, const unsigned char *bytes, size_t length)
{
	AUTO_PTR(expr_scope) scope = NULL;
	expr_program program = EXPR_PROGRAM_INIT;
	expr_value value;
	efile_status status;

	if (expr_program_open(&program, ctx, bytes, length) < 0)
		return;
	if (!TAP_EQUAL_INT(expr_scope_new(&scope, ctx), EFILE_OK))
		return;
	status = expr_evaluate(&value, &program, scope);
	TAP_OK(status == EFILE_OK || status == EFILE_E_DAMAGED || status == EFILE_E_LIMIT);
}

/* Whatever a stored program has become, running it stays within its bytes. */
static void test_damaged(void)
{
	static const char text[] = "for x in [1, 2, {a: \"b\"}] return if x.a = \"b\" then "
				   "substring(x.a, 1)[item > 2] else x in [1..3]";
	efile_ctx *ctx = test_ctx();
	AUTO(expr_program) program = EXPR_PROGRAM_INIT;
	unsigned char *copy;
	unsigned seed = 7;

	TAP_EQUAL_INT(expr_compile(&program, ctx, text, NULL), EFILE_OK);
	copy = test_room(program.length);
	for (size_t length = 0; length < program.length; length++) {
		memcpy(copy, program.bytes, length);
		run_bytes(ctx, copy, length);
	}
	for (int i = 0; i < 3000; i++) {
		memcpy(copy, program.bytes, program.length);
		for (int k = 0; k < 3; k++) {
			seed = seed * 1103515245u + 12345u;
			copy[(seed >> 8) % program.length] = (unsigned char)(seed >> 24);
		}
		run_bytes(ctx, copy, program.length);
	}
	free(copy);
	efile_ctx_free(ctx);
}

static void test_stored(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(expr_program) program = EXPR_PROGRAM_INIT;
	AUTO_PTR(expr_scope) scope = NULL;
	expr_program opened = EXPR_PROGRAM_INIT;
	expr_value value;

	TAP_EQUAL_INT(expr_compile(&program, ctx, "1 + 2", NULL), EFILE_OK);
	TAP_EQUAL_INT(expr_program_open(&opened, ctx, program.bytes, program.length), EFILE_OK);
	TAP_EQUAL_INT(expr_scope_new(&scope, ctx), EFILE_OK);
	TAP_EQUAL_INT(expr_evaluate(&value, &opened, scope), EFILE_OK);
	TAP_EQUAL_INT(efile_decimal_compare(value.as.number, efile_decimal_from_int(3, 0)), 0);
	TAP_EQUAL_INT(expr_program_open(&opened, ctx, "xxx", 3), EFILE_E_DAMAGED);
	TAP_EQUAL_INT(expr_program_open(&opened, ctx, "\x07\0\0\0\0\0\0\0\0", 9),
		      EFILE_E_UNSUPPORTED);
	efile_ctx_free(ctx);
}

/* Each line of the hostile expressions ends in an error or a value. */
static void test_hostile(void)
{
	efile_ctx *ctx = test_ctx();
	char *data = test_data("hostile/bpmn/expressions.txt", NULL), *rest = data, *line;
	int lines = 0;

	while (data && (line = strsep(&rest, "\n")) != NULL) {
		AUTO(expr_program) program = EXPR_PROGRAM_INIT;
		AUTO_PTR(expr_scope) scope = NULL;
		efile_status status;
		expr_value value;

		TAP_EQUAL_INT(expr_scope_new(&scope, ctx), EFILE_OK);
		status = expr_compile(&program, ctx, line, NULL);
		if (status == EFILE_OK)
			status = expr_evaluate(&value, &program, scope);
		TAP_OK(status == EFILE_OK || status == EFILE_E_FORMAT || status == EFILE_E_LIMIT);
		lines++;
	}
	TAP_OK(!data || lines >= 12);
	free(data);
	efile_ctx_free(ctx);
}

TAP_SUITE(expr_compile) = {
	{ "errors name their place", test_errors },
	{ "depth and length are limited", test_depth },
	{ "damaged programs do no harm", test_damaged },
	{ "stored programs run", test_stored },
	{ "hostile expressions", test_hostile },
	TAP_END,
};
