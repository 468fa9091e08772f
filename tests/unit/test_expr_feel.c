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
	TAP_END,
};
