/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What expressions evaluate to. Expectations are worked out by hand from DMN 1.5, chapter 10. */
#include <stdlib.h>
#include <string.h>

#include "expr/expr.h"
#include "unit/support.h"

static const char context[] =
	"{\"a\":10,\"b\":3,\"name\":\"Weber\",\"full name\":\"Maria Weber\",\"list\":[1,2,3,4],"
	"\"items\":[{\"amount\":100.10,\"unit\":\"A\"},{\"amount\":200.20,\"unit\":\"B\"}],"
	"\"nested\":{\"inner value\":7},\"flag\":true,\"nothing\":null,\"a-b\":99}";

static const char *const names[] = { "full name", "inner value", "a-b", NULL };

/* The value as FEEL's text, with "!" behind it if there was a warning; or "error <status>". */
static char *evaluate(efile_ctx *ctx, const char *text)
{
	AUTO_PTR(json_document) json = NULL;
	AUTO_PTR(expr_scope) scope = NULL;
	AUTO(expr_program) program = EXPR_PROGRAM_INIT;
	AUTO(buf) out = BUF_INIT;
	efile_status status;
	expr_value value;
	char *result = NULL;

	if (json_parse(&json, ctx, context, strlen(context)) < 0 || expr_scope_new(&scope, ctx) < 0)
		exit(1);
	expr_scope_set_now(scope, TEST_NOW, 3600);
	expr_scope_set_json(scope, json_root(json));
	status = expr_compile(&program, ctx, text, names);
	if (status == EFILE_OK)
		status = expr_evaluate(&value, &program, scope);
	if (status < 0)
		buf_add_format(&out, "error %s", efile_status_name(status));
	else
		expr_to_text(&out, &value);
	if (status == EFILE_OK && expr_scope_warning_count(scope))
		buf_add_char(&out, '!');
	buf_take(&result, &out, ctx);
	return result;
}

typedef struct eval_case {
	const char *text;
	const char *expected;
} eval_case;

static void check(const eval_case *cases, size_t count)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < count; i++) {
		char *result = evaluate(ctx, cases[i].text);

		tap_case(cases[i].text);
		TAP_EQUAL_TEXT(result, cases[i].expected);
		free(result);
	}
	efile_ctx_free(ctx);
}

static void test_numbers(void)
{
	static const eval_case cases[] = {
		{ "10 * 1.19", "11.90" },
		{ "0.1 + 0.2", "0.3" },
		{ "1 - 2 - 3", "-4" },
		{ "2 + 3 * 4", "14" },
		{ "(2 + 3) * 4", "20" },
		{ "7 / 2", "3.5" },
		{ "2 ** 10", "1024" },
		{ "2 ** -2", "0.25" },
		{ "-5", "-5" },
		{ "--5", "5" },
		{ "10 - -3", "13" },
		{ ".5 + 1", "1.5" },
		{ "1 / 0", "null!" },
		{ "1 + \"a\"", "null!" },
		{ "1 + null", "null!" },
		{ "9999999999999999 + 1", "10000000000000000" },
		{ "12345678901234567890 + 0.1", "12345678901234567890.1" },
		{ "1e3 + 1", "1001" },
		{ "2 ** 0.5", "1.414213562373095048801688724209698" },
		{ "10**10**10 / 10**10**10 ", "1" },
		{ "a // note\n + /* and */ b", "13" },
	};

	check(cases, ARRAY_SIZE(cases));
}

static void test_logic(void)
{
	static const eval_case cases[] = {
		{ "true and false", "false" },
		{ "true and null", "null" },
		{ "false and null", "false" },
		{ "null and false", "false" },
		{ "null or true", "true" },
		{ "false or null", "null" },
		{ "not(true)", "false" },
		{ "not(null)", "null" },
		{ "a > 5 and b < 5", "true" },
		{ "1 = 1.0", "true" },
		{ "1 = \"1\"", "null!" },
		{ "null = null", "true" },
		{ "1 = null", "false" },
		{ "1 != null", "true" },
		{ "\"a\" < \"b\"", "true" },
		{ "1 < \"b\"", "null!" },
		{ "[1, 2] = [1, 2]", "true" },
		{ "{x: 1} = {x: 1.0}", "true" },
		{ "5 between 1 and 10", "true" },
		{ "5 between 6 and 10 or true", "true" },
		{ "if a > 5 then \"big\" else \"small\"", "big" },
		{ "if null then 1 else 2", "2!" },
		{ "if a = 1 then 1 else if a = 10 then 2 else 3", "2" },
	};

	check(cases, ARRAY_SIZE(cases));
}

static void test_in(void)
{
	static const eval_case cases[] = {
		{ "5 in [1..10]", "true" },
		{ "1 in (1..10]", "false" },
		{ "1 in ]1..10]", "false" },
		{ "10 in [1..10[", "false" },
		{ "10 in [1..10)", "false" },
		{ "10 in (1..10)", "false" },
		{ "a in (1, 2, 10)", "true" },
		{ "a in (< 5, > 9)", "true" },
		{ "a in (< 5)", "false" },
		{ "a in > 5", "true" },
		{ "a in >= 10 and true", "true" },
		{ "a in [10, 20]", "true" },
		{ "a in 10", "true" },
		{ "a in ([1..3], [9..11])", "true" },
		{ "\"x\" in [1..2]", "null" },
		{ "[1..5].end", "5" },
		{ "[1..5).end included", "false" },
		{ "date(\"2026-03-02\") in [date(\"2026-01-01\")..date(\"2026-12-31\")]", "true" },
	};

	check(cases, ARRAY_SIZE(cases));
}

static void test_names(void)
{
	static const eval_case cases[] = {
		{ "full name", "Maria Weber" },
		{ "full   name", "Maria Weber" },
		{ "nested.inner value + 1", "8" },
		{ "a-b", "99" },
		{ "a - b", "7" },
		{ "unknown", "null!" },
		{ "nested.missing", "null!" },
		{ "{due date: 1, next: due date + 1}.next", "2" },
		{ "{\"due date\": 5}.due", "null!" },
		{ "for some thing in [1, 2] return some thing * 2", "[2, 4]" },
		{ "{a: 1, b: a + 1, c: b + 1}", "{a: 1, b: 2, c: 3}" },
		{ "{}", "{}" },
		{ "items.amount", "[100.10, 200.20]" },
	};

	check(cases, ARRAY_SIZE(cases));
}

static void test_lists(void)
{
	static const eval_case cases[] = {
		{ "[]", "[]" },
		{ "[1, \"x\", null]", "[1, \"x\", null]" },
		{ "list[2]", "2" },
		{ "list[-1]", "4" },
		{ "list[9]", "null!" },
		{ "list[b]", "3" },
		{ "list[item > 2]", "[3, 4]" },
		{ "items[amount > 150].unit", "[\"B\"]" },
		{ "items[unit = \"A\"][1].amount", "100.10" },
		{ "[][1]", "null!" },
		{ "[][item > 1]", "[]" },
		{ "5[1]", "5" },
		{ "for x in list return x * x", "[1, 4, 9, 16]" },
		{ "for x in 1..3, y in [10, 20] return x + y", "[11, 21, 12, 22, 13, 23]" },
		{ "for x in 3..1 return x", "[3, 2, 1]" },
		{ "some x in list satisfies x > 3", "true" },
		{ "some x in list satisfies x > 4", "false" },
		{ "every x in list satisfies x > 0", "true" },
		{ "every x in list satisfies x > 1", "false" },
		{ "every x in [] satisfies x", "true" },
		{ "some x in [1, null] satisfies x > 1", "null!" },
		{ "count(for x in 1..100, y in 1..100 return x)", "10000" },
	};

	check(cases, ARRAY_SIZE(cases));
}

static void test_functions(void)
{
	static const eval_case cases[] = {
		{ "string length(\"Grüße\")", "5" },
		{ "substring(\"foobar\", 3)", "obar" },
		{ "substring(\"foobar\", 3, 3)", "oba" },
		{ "substring(\"foobar\", -2, 1)", "a" },
		{ "substring(\"Grüße\", 3, 2)", "üß" },
		{ "substring(string: \"foobar\", start position: 3)", "obar" },
		{ "substring(start position: 3, string: \"foobar\")", "obar" },
		{ "substring(\"foobar\", 0)", "null!" },
		{ "upper case(\"straße äöü\")", "STRASSE ÄÖÜ" },
		{ "lower case(\"ÄÖÜ ABC\")", "äöü abc" },
		{ "contains(\"foobar\", \"ob\")", "true" },
		{ "starts with(\"foobar\", \"fo\")", "true" },
		{ "ends with(\"foobar\", \"r\")", "true" },
		{ "ends with(\"r\", \"foobar\")", "false" },
		{ "substring before(\"foobar\", \"bar\")", "foo" },
		{ "substring after(\"foobar\", \"ob\")", "ar" },
		{ "string join([\"a\", \"b\"], \", \")", "a, b" },
		{ "matches(\"abc123\", \"[a-z]+[0-9]+\")", "true" },
		{ "matches(\"ABC\", \"b\", \"i\")", "true" },
		{ "matches(\"ABC\", \"(\")", "null!" },
		{ "matches(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\", \"^(a|a)+$\")", "null!" },
		{ "count([1, 2, null])", "3" },
		{ "sum([1.5, 2.5])", "4.0" },
		{ "sum(1, 2, 3)", "6" },
		{ "sum([])", "null" },
		{ "min(3, 1, 2)", "1" },
		{ "max([\"a\", \"c\", \"b\"])", "c" },
		{ "mean([1, 2, 6])", "3" },
		{ "list contains([1, 2], 2)", "true" },
		{ "list contains([1, null], null)", "true" },
		{ "append([1], 2, 3)", "[1, 2, 3]" },
		{ "concatenate([1], [2, 3])", "[1, 2, 3]" },
		{ "reverse([1, 2])", "[2, 1]" },
		{ "index of([1, 2, 1], 1)", "[1, 3]" },
		{ "all([true, null, false])", "false" },
		{ "any([false, null])", "null" },
		{ "floor(-1.5)", "-2" },
		{ "ceiling(1.2)", "2" },
		{ "decimal(2.5, 0)", "2" },
		{ "decimal(1.115, 2)", "1.12" },
		{ "round half up(2.5, 0)", "3" },
		{ "abs(-3)", "3" },
		{ "modulo(12, 5)", "2" },
		{ "modulo(-12, 5)", "3" },
		{ "modulo(12, -5)", "-3" },
		{ "modulo(1, 0)", "null!" },
		{ "odd(5)", "true" },
		{ "even(5)", "false" },
		{ "number(\"1.234,56\", \".\", \",\")", "1234.56" },
		{ "number(\"x\")", "null!" },
		{ "string(1.10)", "1.10" },
		{ "string(null)", "null" },
		{ "string length(5)", "null!" },
	};

	check(cases, ARRAY_SIZE(cases));
}

static void test_time(void)
{
	static const eval_case cases[] = {
		{ "date(\"2026-02-28\") + duration(\"P1D\")", "2026-03-01" },
		{ "date(\"2026-01-31\") + duration(\"P1M\")", "2026-02-28" },
		{ "date(\"2024-02-29\") - duration(\"P1Y\")", "2023-02-28" },
		{ "date(\"2026-03-02\") - date(\"2026-02-28\")", "P2D" },
		{ "(date(\"2026-03-02\") - date(\"2026-02-28\")).days", "2" },
		{ "date(2026, 3, 2).weekday", "1" },
		{ "date(\"2026-02-29\")", "null!" },
		{ "@\"2026-03-02\" < @\"2026-03-03\"", "true" },
		{ "date and time(\"2026-03-02T10:00:00Z\") = date and time(\"2026-03-02T11:00:00+01:00\")",
		  "true" },
		{ "date and time(\"2026-03-02T23:30:00\") + duration(\"PT1H\")", "2026-03-03T00:30:00" },
		{ "time(\"23:30:00\") + duration(\"PT1H\")", "00:30:00" },
		{ "time(\"10:15:30.25\")", "10:15:30.25" },
		{ "time(\"25:00:00\")", "null!" },
		{ "duration(\"P1Y2M\") + duration(\"P10M\")", "P2Y" },
		{ "duration(\"PT36H\")", "P1DT12H" },
		{ "duration(\"P1Y1D\")", "null!" },
		{ "duration(\"PT1H\") * 1.5", "PT1H30M" },
		{ "duration(\"P1D\") / duration(\"PT6H\")", "4" },
		{ "duration(\"-P1D\") = -duration(\"P1D\")", "true" },
		{ "years and months duration(date(\"2024-01-31\"), date(\"2026-03-30\"))", "P2Y1M" },
		{ "now()", "2026-03-02T09:00:00+01:00" },
		{ "today()", "2026-03-02" },
		{ "today().year", "2026" },
	};

	check(cases, ARRAY_SIZE(cases));
}

static void test_tests(void)
{
	static const struct { const char *tests; const char *input; const char *expected; } cases[] = {
		{ "-", "1", "true" },
		{ "5", "5", "true" },
		{ "< 10", "5", "true" },
		{ "< 10", "15", "false" },
		{ "[1..3], 7", "7", "true" },
		{ "not([1..3], 7)", "7", "false" },
		{ "not(1)", "2", "true" },
		{ "\"a\", \"b\"", "\"b\"", "true" },
		{ "? > 3 and ? < 6", "5", "true" },
		{ "-5", "-5", "true" },
		{ "null", "null", "true" },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(expr_program) program = EXPR_PROGRAM_INIT;
		AUTO(expr_program) input = EXPR_PROGRAM_INIT;
		AUTO_PTR(expr_scope) scope = NULL;
		AUTO(buf) out = BUF_INIT;
		expr_value value;

		tap_case(cases[i].tests);
		TAP_EQUAL_INT(expr_scope_new(&scope, ctx), EFILE_OK);
		TAP_EQUAL_INT(expr_compile(&input, ctx, cases[i].input, NULL), EFILE_OK);
		TAP_EQUAL_INT(expr_evaluate(&value, &input, scope), EFILE_OK);
		TAP_EQUAL_INT(expr_scope_set(scope, "?", value), EFILE_OK);
		TAP_EQUAL_INT(expr_compile_tests(&program, ctx, cases[i].tests, NULL), EFILE_OK);
		TAP_EQUAL_INT(expr_evaluate(&value, &program, scope), EFILE_OK);
		expr_to_text(&out, &value);
		TAP_EQUAL_TEXT(buf_text(&out), cases[i].expected);
	}
	efile_ctx_free(ctx);
}

static void test_limits(void)
{
	static const eval_case cases[] = {
		{ "count(for x in 1..1000000000 return x)", "error LIMIT" },
		{ "some x in 1..10000, y in 1..10000 satisfies x + y < 0", "error LIMIT" },
		{ "1e999999999", "error FORMAT" },
		{ "for x in 1..3000 return string join(for y in 1..200 return "
		  "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\")",
		  "error LIMIT" },
	};

	check(cases, ARRAY_SIZE(cases));
}

TAP_SUITE(expr_eval) = {
	{ "numbers are exact", test_numbers },
	{ "logic has three values", test_logic },
	{ "in, ranges, between", test_in },
	{ "names with blanks", test_names },
	{ "lists, filters, loops", test_lists },
	{ "functions", test_functions },
	{ "dates and durations", test_time },
	{ "unary tests", test_tests },
	{ "steps and memory are limited", test_limits },
	TAP_END,
};
