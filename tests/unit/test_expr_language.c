/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The grammar and the meaning of its parts (DMN 1.5, 10.3.1 and 10.3.2), and what the modules above
 * build on: environments, types, functions. */
#include <stdlib.h>
#include <string.h>

#include "unit/expr_support.h"

static void test_functions(void)
{
	static const expr_case cases[] = {
		{ "(function(a, b) a + b)(1, 2)", "3" },
		{ "(function(a, b) a - b)(b: 1, a: 3)", "2" },
		{ "(function(a) function(b) a * b)(3)(4)", "12" },
		{ "{twice: function(f, x) f(f(x)), r: twice(function(n) n * n, 3)}.r", "81" },
		{ "{fact: function(n) if n < 2 then 1 else n * fact(n - 1), r: fact(20)}.r",
		  "2432902008176640000" },
		{ "{fib: function(n) if n < 2 then n else fib(n - 1) + fib(n - 2), r: fib(15)}.r",
		  "610" },
		{ "(function(a: number) a)(\"x\")", "null!" },
		{ "(function(a: number) a)([5])", "5" },
		{ "(function(a: list<number>) count(a))(5)", "1" },
		{ "(function(a) a)(1, 2)", "null!" },
		{ "(function(a) a)(b: 1)", "null!" },
		{ "{f: abs, r: f(-1)}.r", "1" },
		{ "{f: string length, r: f(\"abc\")}.r", "3" },
		{ "{sum: function(a, b) a * b, r: sum(3, 4)}.r", "12" },
		{ "{date: \"x\", r: date(\"2026-01-01\")}.r", "2026-01-01" },
		{ "for f in [abs, sqrt] return f(4)", "[4, 2]" },
		{ "{k: 2, l: [1, 2, 3][(function(x) x >= k)(item)]}.l", "[2, 3]" },
		{ "nothing()", "null!" },
		{ "abs()", "null!" },
		{ "abs(number: 1)", "null!" },
		{ "abs(n: -1)", "1" },
		{ "1(2)", "null!" },
		{ "{f: function(n) f(n), r: f(1)}", "error LIMIT" },
		{ "sort([2, 1], function(a, b) sort([2, 1], function(c, d) c < d)[1] = 1)", "[1, 2]" },
		{ "(function(x) external {java: {class: \"java.lang.Math\", "
		  "method signature: \"max(double, double)\"}})", "function(x)" },
		{ "(function(x, y) external {java: {class: \"java.lang.Math\", "
		  "method signature: \"max(double, double)\"}})(1.5, 2.5)", "2.5" },
		{ "(function(x) external {java: {class: \"java.io.File\", method signature: "
		  "\"delete()\"}})(1)", "null!" },
	};

	expr_check(cases, ARRAY_SIZE(cases));
}

static void test_types(void)
{
	static const expr_case cases[] = {
		{ "1 instance of number", "true" },
		{ "1 instance of string", "false" },
		{ "1 instance of Any", "true" },
		{ "null instance of Any", "false" },
		{ "null instance of number", "false" },
		{ "null instance of Null", "true" },
		{ "@\"2026-01-01\" instance of date", "true" },
		{ "@\"2026-01-01\" instance of date and time", "false" },
		{ "@\"2026-01-01T00:00:00\" instance of date and time and true", "true" },
		{ "@\"P1Y\" instance of years and months duration", "true" },
		{ "@\"P1D\" instance of years and months duration", "false" },
		{ "@\"P1D\" instance of days and time duration", "true" },
		{ "[1, 2] instance of list<number>", "true" },
		{ "[1, \"a\"] instance of list<number>", "false" },
		{ "[[1]] instance of list<list<number>>", "true" },
		{ "[] instance of list<string>", "true" },
		{ "{a: 1, b: \"x\"} instance of context<a: number>", "true" },
		{ "{b: \"x\"} instance of context<a: number>", "false" },
		{ "{a b: 1} instance of context<a b: number, c: string>", "false" },
		{ "[1..2] instance of range<number>", "true" },
		{ "[1..2] instance of range<string>", "false" },
		{ "(function(a: number) a) instance of function<number> -> number", "true" },
		{ "(function(a: string) a) instance of function<number> -> number", "false" },
		{ "(function(a, b) a) instance of function<number> -> number", "false" },
		{ "abs instance of function<number> -> number", "true" },
		{ "1 instance of function<> -> number", "false" },
		{ "1 instance of tUnknown", "null!" },
	};

	expr_check(cases, ARRAY_SIZE(cases));
}

static void test_loops(void)
{
	static const expr_case cases[] = {
		{ "for i in 0..4 return if i = 0 then 1 else i * partial[-1]", "[1, 1, 2, 6, 24]" },
		{ "for i in 1..3 return partial", "[[], [[]], [[], [[]]]]" },
		{ "for i in [1..3] return i", "[1, 2, 3]" },
		{ "for i in (1..3) return i", "[2]" },
		{ "for i in (1..2) return i", "[]" },
		{ "for d in @\"2026-02-27\"..@\"2026-03-01\" return string(d)",
		  "[\"2026-02-27\", \"2026-02-28\", \"2026-03-01\"]" },
		{ "for i in [2..1] return i", "null!" },
		{ "for i in \"a\"..\"c\" return i", "null!" },
		{ "for i in null return i", "null!" },
		{ "for i in [1, 2], j in null return i", "null!" },
		{ "[for i in 5 return i, 7]", "[[5], 7]" },
		{ "for x in [[1, 2], [3]], y in x return y", "[1, 2, 3]" },
		{ "some x in [1, 2], y in [2, 3] satisfies x = y", "true" },
		{ "every x in [] satisfies false", "true" },
		{ "some x in null satisfies true", "null!" },
		{ "every x in 1..3, y in x..3 satisfies y >= x", "true" },
		{ "{i: 5, l: for i in [1] return i, k: i}", "{i: 5, l: [1], k: 5}" },
		{ "(for i in [1, 2] return for j in [i, 3] return i * j)[2]", "[4, 6]" },
	};

	expr_check(cases, ARRAY_SIZE(cases));
}

static void test_names(void)
{
	static const expr_case cases[] = {
		{ "{monthly income: 3, r: monthly income * 12}.r", "36" },
		{ "{p: {net income: 3}}.p.net income", "3" },
		{ "{a+b: 5, c: a+b}.c", "5" },
		{ "{a: 3, b: 1, c: a-b}.c", "2" },
		{ "[{unit price: 4}, {unit price: 6}][unit price > 5].unit price", "[6]" },
		{ "[{x: {a-b: 1}}].x.a-b", "[1]" },
		{ "{\"a b\": 1, c: a b}.c", "1" },
		{ "{item: 1, l: [5][item = 5]}.l", "[5]" },
		{ "[{item: 1}, {item: 2}][item = 2]", "[{item: 2}]" },
		{ "{x: 1, l: [{y: 1}, {y: 2}][y = x]}.l", "[{y: 1}]" },
		{ "{\xf0\x9f\x90\x8e: 1}.\xf0\x9f\x90\x8e", "1" },
		{ "{f: function(my value) my value + 1, r: f(my value: 2)}.r", "3" },
		{ "for the thing in [1] return the thing + 1", "[2]" },
		{ "{if x: 1}.if x", "1" },
		{ "{function: 1, instance: 2, r: function + instance}.r", "3" },
		{ "1 /* {a: */ + // }\n 2", "3" },
	};

	expr_check(cases, ARRAY_SIZE(cases));
}

static void test_null(void)
{
	static const expr_case cases[] = {
		{ "null[1]", "null!" },
		{ "null.x", "null!" },
		{ "5[1]", "5" },
		{ "5[item > 3]", "[5]" },
		{ "[1, 2, 3][2.9]", "2" },
		{ "5 in (null..10]", "null" },
		{ "null in [1..10]", "null" },
		{ "null in null", "true" },
		{ "1 in [2, [1..3]]", "true" },
		{ "[1, 2, 3] in [1, 2, 3]", "true" },
		{ "5 in []", "false" },
		{ "false and nothing", "false" },
		{ "1 = \"1\"", "null!" },
		{ "[1, 2] = [1, \"2\"]", "null!" },
		{ "[1, 2] = [3, \"2\"]", "false" },
		{ "10 in (!= 10)", "false" },
		{ "10 in (= 10)", "true" },
		{ "{a: 1} = {a: 1, b: null}", "false" },
		{ "not(null)", "null" },
		{ "if null then 1 else 2", "2!" },
		{ "1 between null and 3", "null!" },
	};

	expr_check(cases, ARRAY_SIZE(cases));
}

static void test_tests(void)
{
	static const struct { const char *tests, *input; int met; } cases[] = {
		{ "-", "1", 1 },
		{ "> 5", "6", 1 },
		{ "> 5", "\"a\"", -1 },
		{ "[1..3], > 10", "11", 1 },
		{ "not([1..3], 7)", "8", 1 },
		{ "? = false", "false", 1 },
		{ "? > 3 and ? < 6", "5", 1 },
		{ "false", "false", 1 },
		{ "true", "false", 0 },
		{ "string length(?) > 3", "\"abcd\"", 1 },
		{ "\"a\", \"b\"", "\"b\"", 1 },
		{ "[\"a\", \"b\"]", "\"b\"", 1 },
		{ "? + 1", "1", 0 },
		{ "null", "null", 1 },
		{ "@\"2026-01-01\"", "@\"2026-01-01\"", 1 },
		{ "< @\"2026-01-01\"", "@\"2025-12-31\"", 1 },
		{ "(< 5)", "4", 1 },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(expr_program) program = EXPR_PROGRAM_INIT;
		AUTO(expr_program) input = EXPR_PROGRAM_INIT;
		AUTO_PTR(expr_scope) scope = NULL;
		expr_value value;
		int met = -2;

		tap_case(cases[i].tests);
		TAP_EQUAL_INT(expr_scope_new(&scope, ctx), EFILE_OK);
		TAP_EQUAL_INT(expr_compile(&input, ctx, cases[i].input, NULL), EFILE_OK);
		TAP_EQUAL_INT(expr_evaluate(&value, &input, scope), EFILE_OK);
		TAP_EQUAL_INT(expr_compile_tests(&program, ctx, cases[i].tests, NULL), EFILE_OK);
		TAP_EQUAL_INT(expr_test(&met, &program, scope, NULL, &value), EFILE_OK);
		TAP_EQUAL_INT(met, cases[i].met);
	}
	efile_ctx_free(ctx);
}

/* ---- environments, host functions, types ---- */

static efile_status add_ten(expr_value *out, expr_scope *scope, void *user, const expr_value *args,
			    size_t count)
{
	expr_value ten = value_int(10);

	*(size_t *)user += count;
	return arithmetic_add(out, scope, &args[0], &ten);
}

static efile_status evaluate_in(expr_value *out, efile_ctx *ctx, expr_scope *scope,
				const char *text, const expr_env *env)
{
	static const char *const names[] = { "add ten", "import.tAge", NULL };
	expr_program program = EXPR_PROGRAM_INIT;
	efile_status status = expr_compile(&program, ctx, text, names);

	if (status == EFILE_OK)
		status = expr_evaluate_in(out, &program, scope, env);
	expr_program_clear(&program);
	return status;
}

static const expr_type number_type = { .kind = EXPR_TYPE_NUMBER };
static const expr_type string_type = { .kind = EXPR_TYPE_STRING };

static void check_in(efile_ctx *ctx, expr_scope *scope, const expr_env *env, const char *text,
		     const char *expected)
{
	AUTO(buf) written = BUF_INIT;
	expr_value value = VALUE_NULL;

	tap_case(text);
	TAP_EQUAL_INT(evaluate_in(&value, ctx, scope, text, env), EFILE_OK);
	expr_to_text(&written, &value);
	TAP_EQUAL_TEXT(buf_text(&written), expected);
}

static void test_environments(void)
{
	static const expr_member_type parameters[] = { { "the number", &number_type } };
	static const expr_type type = { .kind = EXPR_TYPE_FUNCTION, .element = &number_type,
					.members = parameters, .member_count = 1 };
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(expr_scope) scope = NULL;
	const expr_env *outer, *inner, *closed;
	expr_value variables, more, function;
	size_t called = 0;

	TAP_EQUAL_INT(expr_scope_new(&scope, ctx), EFILE_OK);
	TAP_EQUAL_INT(expr_scope_set(scope, "g", value_int(1)), EFILE_OK);
	TAP_EQUAL_INT(value_context(&variables, scope), EFILE_OK);
	TAP_EQUAL_INT(value_context(&more, scope), EFILE_OK);
	TAP_EQUAL_INT(expr_function_host(&function, scope, "add ten", &type, add_ten, &called),
		      EFILE_OK);
	context_put(scope, variables.as.context, "x", value_int(2));
	context_put(scope, variables.as.context, "add ten", function);
	context_put(scope, more.as.context, "y", value_int(3));
	TAP_EQUAL_INT(expr_env_new(&outer, scope, NULL, &variables, false), EFILE_OK);
	TAP_EQUAL_INT(expr_env_new(&inner, scope, outer, &more, false), EFILE_OK);
	TAP_EQUAL_INT(expr_env_new(&closed, scope, outer, &more, true), EFILE_OK);
	check_in(ctx, scope, inner, "[g, x, y]", "[1, 2, 3]");
	check_in(ctx, scope, closed, "[g, x, y]", "[null, null, 3]");
	check_in(ctx, scope, inner, "add ten(y)", "13");
	check_in(ctx, scope, inner, "add ten(the number: x)", "12");
	check_in(ctx, scope, inner, "add ten(\"x\")", "null");
	check_in(ctx, scope, inner, "for i in [1, 2] return add ten(i)", "[11, 12]");
	TAP_EQUAL_INT(called, 4);
	context_put(scope, more.as.context, "z", value_int(4));
	check_in(ctx, scope, inner, "z", "4");
	efile_ctx_free(ctx);
}

static void test_coercion(void)
{
	static const expr_type numbers = { .kind = EXPR_TYPE_LIST, .element = &number_type };
	static const expr_type moment = { .kind = EXPR_TYPE_DATE_TIME };
	static const expr_member_type members[] = { { "name", &string_type } };
	static const expr_type person = { .kind = EXPR_TYPE_CONTEXT, .members = members,
					  .member_count = 1 };
	static const struct { const expr_type *type; const char *text, *expected; } cases[] = {
		{ &number_type, "5", "5" },
		{ &number_type, "\"5\"", "null" },
		{ &number_type, "[5]", "5" },
		{ &number_type, "[5, 6]", "null" },
		{ &number_type, "null", "null" },
		{ &numbers, "5", "[5]" },
		{ &numbers, "[1, null]", "[1, null]" },
		{ &numbers, "[1, \"a\"]", "null" },
		{ &numbers, "\"a\"", "null" },
		{ &moment, "@\"2026-03-02\"", "2026-03-02T00:00:00Z" },
		{ &person, "{name: \"a\", age: 1}", "{name: \"a\", age: 1}" },
		{ &person, "{age: 1}", "null" },
		{ &person, "{name: null}", "{name: null}" },
		{ NULL, "\"any\"", "any" },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_PTR(expr_scope) scope = NULL;
		AUTO(expr_program) program = EXPR_PROGRAM_INIT;
		AUTO(buf) text = BUF_INIT;
		expr_value value, coerced;

		tap_case(cases[i].text);
		TAP_EQUAL_INT(expr_scope_new(&scope, ctx), EFILE_OK);
		TAP_EQUAL_INT(expr_compile(&program, ctx, cases[i].text, NULL), EFILE_OK);
		TAP_EQUAL_INT(expr_evaluate(&value, &program, scope), EFILE_OK);
		TAP_EQUAL_INT(expr_coerce(&coerced, scope, cases[i].type, &value), EFILE_OK);
		expr_to_text(&text, &coerced);
		TAP_EQUAL_TEXT(buf_text(&text), cases[i].expected);
	}
	efile_ctx_free(ctx);
}

static void test_allowed(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(expr_scope) scope = NULL;
	AUTO(expr_program) allowed = EXPR_PROGRAM_INIT;
	expr_type age = { .kind = EXPR_TYPE_NUMBER, .allowed = &allowed };
	expr_value value = value_int(200), coerced;
	bool is;

	TAP_EQUAL_INT(expr_scope_new(&scope, ctx), EFILE_OK);
	TAP_EQUAL_INT(expr_compile_tests(&allowed, ctx, "[0..150]", NULL), EFILE_OK);
	TAP_EQUAL_INT(expr_scope_set_type(scope, "import.tAge", &age), EFILE_OK);
	TAP_EQUAL_INT(expr_coerce(&coerced, scope, &age, &value), EFILE_OK);
	TAP_EQUAL_INT(coerced.kind, EXPR_NULL);
	TAP_EQUAL_INT(expr_scope_warning_count(scope), 1);
	value = value_int(42);
	TAP_EQUAL_INT(expr_instance_of(&is, scope, &age, &value), EFILE_OK);
	TAP_OK(is);
	check_in(ctx, scope, NULL, "[42 instance of import.tAge, 151 instance of import.tAge]",
		 "[true, false]");
	efile_ctx_free(ctx);
}

static void test_warnings(void)
{
	efile_ctx *ctx = test_ctx_german();
	AUTO_PTR(expr_scope) scope = NULL;
	AUTO(expr_program) program = EXPR_PROGRAM_INIT;
	expr_value value;
	long line, column;

	TAP_EQUAL_INT(expr_scope_new(&scope, ctx), EFILE_OK);
	TAP_EQUAL_INT(expr_compile(&program, ctx, "[1,\n  2 / 0, x,\n nope()]", NULL), EFILE_OK);
	TAP_EQUAL_INT(expr_evaluate(&value, &program, scope), EFILE_OK);
	TAP_EQUAL_TEXT(expr_scope_warning(scope, 0), "Zeile 2, Spalte 5: Division durch null");
	TAP_EQUAL_TEXT(expr_scope_warning(scope, 1), "Zeile 2, Spalte 10: es gibt keine Variable x");
	expr_scope_warning_place(scope, 2, &line, &column);
	TAP_EQUAL_INT(line, 3);
	TAP_EQUAL_INT(column, 2);
	expr_scope_warnings_cut(scope, 1);
	TAP_EQUAL_INT(expr_scope_warning_count(scope), 1);
	TAP_OK(expr_scope_warning(scope, 1) == NULL);
	efile_ctx_free(ctx);
}

static void test_rewind(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(expr_scope) scope = NULL;
	AUTO(expr_program) program = EXPR_PROGRAM_INIT;
	expr_value value;
	expr_mark mark;

	TAP_EQUAL_INT(expr_scope_new(&scope, ctx), EFILE_OK);
	TAP_EQUAL_INT(expr_scope_set(scope, "n", value_int(20)), EFILE_OK);
	TAP_EQUAL_INT(expr_compile(&program, ctx, "count(for i in 1..n, j in 1..n return [i, j])",
				   NULL), EFILE_OK);
	mark = expr_scope_mark(scope);
	for (int i = 0; i < 5000; i++) { /* far more than 64 MB if nothing were given back */
		if (expr_evaluate(&value, &program, scope) < 0)
			break;
		expr_scope_rewind(scope, mark);
	}
	TAP_EQUAL_INT(efile_decimal_compare(value.as.number, efile_decimal_from_int(400, 0)), 0);
	efile_ctx_free(ctx);
}

static void test_juel(void)
{
	static const struct { const char *juel, *feel; } cases[] = {
		{ "variable == 1", "variable = 1" },
		{ "myVar == 'te\"st'", "myVar = \"te\\\"st\"" },
		{ "not confirmed", "not(confirmed)" },
		{ "!a && b || c", "not(a) and b or c" },
		{ "a ne b", "a != b" },
		{ "a != b", "a != b" },
		{ "nrOfCompletedInstances/nrOfInstances >= 0.5",
		  "nrOfCompletedInstances / nrOfInstances >= 0.5" },
		{ "male ? 'Mr.' : 'Mrs.' ", "(if male then \"Mr.\" else \"Mrs.\")" },
		{ "a % 2 == 0", "modulo(a, 2) = 0" },
		{ "a + 7 mod 2", "a + modulo(7, 2)" },
		{ "empty list", "(list in (null, \"\", []))" },
		{ "execution.getVariable('skip')", "skip" },
		{ "environment.variables.handlers.length", "count(handlers)" },
		{ "order.items.size() gt 3", "count(order.items) > 3" },
		{ "-(a - 1)", "-(a - 1)" },
		{ "notEmpty", "notEmpty" },
		{ "true", "true" },
		{ "execution.setVariable('a', 1)", NULL },
		{ "environment.services.longRunning()", NULL },
		{ "a[0]", NULL },
		{ "vars:get(a)", NULL },
		{ "a == ", NULL },
		{ "a = 1", NULL },
		{ "'a", NULL },
		{ "", NULL },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(buf) out = BUF_INIT;
		AUTO(expr_program) program = EXPR_PROGRAM_INIT;
		bool fits;

		tap_case(cases[i].juel);
		TAP_EQUAL_INT(expr_from_juel(&fits, &out, ctx, cases[i].juel,
					     strlen(cases[i].juel)), EFILE_OK);
		TAP_EQUAL_TEXT(fits ? buf_text(&out) : NULL, cases[i].feel);
		if (fits)
			TAP_EQUAL_INT(expr_compile(&program, ctx, buf_text(&out), NULL), EFILE_OK);
	}
	efile_ctx_free(ctx);
}

static efile_status translate_juel(efile_ctx *ctx, void *arg)
{
	static const char text[] = "a == 'some longer text that needs memory' ? empty b : !c % 2";
	AUTO(buf) out = BUF_INIT;
	bool fits;

	(void)arg;
	return expr_from_juel(&fits, &out, ctx, text, strlen(text));
}

static void test_juel_memory(void)
{
	TAP_OK(fail_each(translate_juel, NULL) > 0);
}

TAP_SUITE(expr_language) = {
	{ "spellings of other engines", test_juel },
	{ "no memory for them", test_juel_memory },
	{ "functions", test_functions },
	{ "types", test_types },
	{ "loops", test_loops },
	{ "names", test_names },
	{ "null and what cannot be compared", test_null },
	{ "unary tests", test_tests },
	{ "environments and functions of the host", test_environments },
	{ "coercion", test_coercion },
	{ "allowed values", test_allowed },
	{ "warnings name their place", test_warnings },
	{ "memory is given back", test_rewind },
	TAP_END,
};
