/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "expr/expr.h"
#include "unit/support.h"

static void test_eval(void)
{
	static const struct { const char *expression, *context, *expected; } cases[] = {
		{ "net * 1.19", "{\"net\": 10}",
		  "{\"schema\":\"efile.feel.v1\",\"type\":\"number\",\"value\":11.90,\"warnings\":[]}" },
		{ "order.due date", "{\"order\": {\"due date\": \"2026-03-02\"}}",
		  "{\"schema\":\"efile.feel.v1\",\"type\":\"string\",\"value\":\"2026-03-02\","
		  "\"warnings\":[]}" },
		{ "{a: [1, true, null, date(\"2026-03-02\")]}", NULL,
		  "{\"schema\":\"efile.feel.v1\",\"type\":\"context\","
		  "\"value\":{\"a\":[1,true,null,\"2026-03-02\"]},\"warnings\":[]}" },
		{ "1/0", NULL,
		  "{\"schema\":\"efile.feel.v1\",\"type\":\"null\",\"value\":null,"
		  "\"warnings\":[\"line 1, column 2: division by zero\"]}" },
		{ "today()", NULL,
		  "{\"schema\":\"efile.feel.v1\",\"type\":\"date\",\"value\":\"2026-03-02\","
		  "\"warnings\":[]}" },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *json = NULL;

		tap_case(cases[i].expression);
		TAP_EQUAL_INT(efile_feel_eval(&json, ctx, cases[i].expression, cases[i].context),
			      EFILE_OK);
		TAP_EQUAL_TEXT(json, cases[i].expected);
		free(json);
	}
	efile_ctx_free(ctx);
}

static void test_compiled(void)
{
	efile_ctx *ctx = test_ctx();
	efile_feel *feel = NULL;
	char *json = NULL;
	long line, column;

	TAP_EQUAL_INT(efile_feel_compile(&feel, ctx, EFILE_FEEL_EXPRESSION, "due days / per week",
					 "[\"due days\", \"per week\"]"), EFILE_OK);
	TAP_EQUAL_INT(efile_feel_value(&json, feel), EFILE_E_STATE);
	for (int i = 0; i < 3; i++) {
		TAP_EQUAL_INT(efile_feel_evaluate(&json, feel, "{\"due days\":10,\"per week\":5}"),
			      EFILE_OK);
		TAP_EQUAL_TEXT(json, "{\"schema\":\"efile.feel.v1\",\"type\":\"number\",\"value\":2,"
				     "\"warnings\":[]}");
		free(json);
		TAP_EQUAL_INT(efile_feel_value(&json, feel), EFILE_OK);
		TAP_EQUAL_TEXT(json, "2");
		free(json);
		TAP_EQUAL_INT(efile_feel_warning_count(feel), 0);
		TAP_OK(efile_feel_warning(feel, 0, NULL, NULL) == NULL);
	}
	TAP_EQUAL_INT(efile_feel_evaluate(&json, feel, "{\"due days\":1}"), EFILE_OK);
	free(json);
	TAP_EQUAL_INT(efile_feel_warning_count(feel), 2);
	TAP_EQUAL_TEXT(efile_feel_warning(feel, 0, &line, &column),
		       "line 1, column 12: there is no variable per week");
	TAP_EQUAL_INT(column, 12);
	json = NULL;
	TAP_EQUAL_INT(efile_feel_evaluate(&json, feel, "[]"), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_feel_value(&json, feel), EFILE_E_STATE);
	TAP_EQUAL_INT(efile_feel_evaluate(NULL, feel, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_feel_value(NULL, feel), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_feel_evaluate(&json, NULL, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_feel_value(&json, NULL), EFILE_E_INVALID);
	efile_feel_free(feel);
	feel = NULL;
	TAP_EQUAL_INT(efile_feel_compile(&feel, ctx, EFILE_FEEL_TESTS, "< amount limit",
					 "{\"a\":[{\"amount limit\":1}]}"), EFILE_OK);
	TAP_EQUAL_INT(efile_feel_evaluate(&json, feel, "{\"?\":1,\"amount limit\":2}"), EFILE_OK);
	free(json);
	TAP_EQUAL_INT(efile_feel_value(&json, feel), EFILE_OK);
	TAP_EQUAL_TEXT(json, "true");
	free(json);
	efile_feel_free(feel);
	efile_feel_free(NULL);
	feel = NULL;
	TAP_EQUAL_INT(efile_feel_compile(&feel, ctx, EFILE_FEEL_EXPRESSION, "1 +", NULL),
		      EFILE_E_FORMAT);
	TAP_EQUAL_INT(efile_feel_compile(&feel, ctx, EFILE_FEEL_EXPRESSION, "1", "["),
		      EFILE_E_FORMAT);
	TAP_EQUAL_INT(efile_feel_compile(&feel, ctx, (efile_feel_kind)7, "1", NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_feel_compile(&feel, NULL, EFILE_FEEL_TESTS, "1", NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_feel_compile(&feel, ctx, EFILE_FEEL_TESTS, NULL, NULL), EFILE_E_INVALID);
	TAP_OK(feel == NULL);
	efile_ctx_free(ctx);
}

static efile_status compile_and_evaluate(efile_ctx *ctx, void *arg)
{
	efile_feel *feel = NULL;
	char *json = NULL;
	efile_status status = efile_feel_compile(&feel, ctx, EFILE_FEEL_EXPRESSION,
						 "the sum + count(list[item > 1])", "[\"the sum\"]");

	(void)arg;
	if (status == EFILE_OK)
		status = efile_feel_evaluate(&json, feel, "{\"the sum\":1,\"list\":[1,2]}");
	free(json);
	efile_feel_free(feel);
	return status;
}

static void test_compiled_memory(void)
{
	TAP_OK(fail_each(compile_and_evaluate, NULL) > 5);
}

static void test_refusals(void)
{
	efile_ctx *ctx = test_ctx_german();
	char *json = NULL;
	long line, column;

	TAP_EQUAL_INT(efile_feel_eval(&json, ctx, "1 +", NULL), EFILE_E_FORMAT);
	TAP_EQUAL_TEXT(efile_error_message(ctx), "der Ausdruck endet, wo ein Wert erwartet wird");
	efile_error_place(ctx, &line, &column);
	TAP_EQUAL_INT(column, 4);
	TAP_EQUAL_INT(efile_feel_eval(&json, ctx, "1", "[1]"), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_feel_eval(&json, ctx, "1", "{"), EFILE_E_FORMAT);
	TAP_EQUAL_INT(efile_feel_eval(&json, ctx, NULL, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_feel_eval(&json, NULL, "1", NULL), EFILE_E_INVALID);
	TAP_OK(json == NULL);
	efile_ctx_free(ctx);
}

static efile_status eval_much(efile_ctx *ctx, void *arg)
{
	char *json = NULL;
	efile_status status;

	(void)arg;
	status = efile_feel_eval(&json, ctx,
				 "{x y: for i in list return {n: i, s: \"a\" + \"b\"}, "
				 "u: upper case(\"abc\"), m: matches(\"abc\", \"b\"), "
				 "t: now() + duration(\"P1D\"), f: list[item > 1], q: 1/0, "
				 "l: append(list, 4), z: x y[n = 1].s, 1e: [1..2]}",
				 "{\"list\": [1, 2, 3], \"a b\": {\"c d\": null}}");
	free(json);
	return status;
}

static void test_without_memory(void)
{
	TAP_OK(fail_each(eval_much, NULL) > 10);
}

TAP_SUITE(expr_feel) = {
	{ "values, types and warnings", test_eval },
	{ "refuses what is wrong", test_refusals },
	{ "reports missing memory", test_without_memory },
	{ "compiled once, evaluated often", test_compiled },
	{ "no memory", test_compiled_memory },
	TAP_END,
};
