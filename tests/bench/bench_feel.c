/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Evaluations of compiled expressions per second of processor time.
 *
 *	bench_feel [SECONDS]
 *
 * Each is compiled once; the variables are set once; values are forgotten behind each evaluation.
 * The last group goes by the public interface, with a JSON text in and one out each time. */
#include <efile/feel.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "expr/expr.h"

static const char variables[] =
	"{\"a\":10,\"b\":3,\"x\":4,\"amount\":1250.50,\"name\":\"Weber\",\"flag\":true,"
	"\"list\":[1,2,3,4,5,6,7,8,9,10],\"due date\":\"2026-03-02\","
	"\"items\":[{\"price\":10.5,\"count\":2},{\"price\":3,\"count\":5},"
	"{\"price\":99.9,\"count\":1}],\"person\":{\"age\":42,\"city\":\"Jena\"}}";

static const char *const names[] = { "due date", NULL };

typedef struct bench_row {
	const char *group;
	const char *text;
	bool tests;
} bench_row;

static const bench_row rows[] = {
	{ "simple", "a + b * 2 > 10", false },
	{ "simple", "amount * 1.19", false },
	{ "simple", "a > 5 and b < 5", false },
	{ "simple", "name = \"Weber\"", false },
	{ "simple", "person.age >= 18", false },
	{ "simple", "if flag then a else b", false },
	{ "simple", "x in [1..5]", false },
	{ "simple", "amount between 1000 and 2000", false },
	{ "list", "sum(list)", false },
	{ "list", "list[item > 5]", false },
	{ "list", "items[price > 5].count", false },
	{ "list", "for i in list return i * 2", false },
	{ "list", "some i in list satisfies i > 9", false },
	{ "list", "{total: sum(items.price), n: count(items)}", false },
	{ "temporal", "date(\"2026-01-31\") + duration(\"P1M\")", false },
	{ "temporal", "(date(due date) - @\"2026-01-01\").days > 30", false },
	{ "temporal", "@\"2026-03-02T10:00:00@Europe/Berlin\" + @\"PT36H\"", false },
	{ "temporal", "date(due date).year = 2026", false },
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void need(efile_ctx *ctx, efile_status status, const char *what)
{
	if (status >= 0)
		return;
	fprintf(stderr, "bench_feel: %s: %s: %s\n", what, efile_status_name(status),
		efile_error_message(ctx));
	exit(70);
}

static double measure(efile_ctx *ctx, const bench_row *row, double seconds)
{
	AUTO(expr_program) program = EXPR_PROGRAM_INIT;
	AUTO_PTR(expr_scope) scope = NULL;
	AUTO_PTR(json_document) json = NULL;
	expr_value value;
	expr_mark mark;
	double start, spent;
	long count = 0;

	need(ctx, json_parse(&json, ctx, variables, strlen(variables)), "variables");
	need(ctx, expr_scope_new(&scope, ctx), "scope");
	need(ctx, expr_scope_set_json(scope, json_root(json)), "variables");
	need(ctx, expr_compile(&program, ctx, row->text, names), row->text);
	mark = expr_scope_mark(scope);
	start = now();
	do {
		for (int i = 0; i < 1000; i++) {
			need(ctx, expr_evaluate(&value, &program, scope), row->text);
			expr_scope_rewind(scope, mark);
		}
		count += 1000;
		spent = now() - start;
	} while (spent < seconds);
	if (expr_scope_warning_count(scope) || value.kind == EXPR_NULL)
		fprintf(stderr, "bench_feel: %s: %s\n", row->text,
			expr_scope_warning_count(scope) ? expr_scope_warning(scope, 0) : "null");
	return (double)count / spent;
}

static double measure_public(efile_ctx *ctx, const char *text, double seconds)
{
	efile_feel *feel = NULL;
	double start, spent;
	long count = 0;

	need(ctx, efile_feel_compile(&feel, ctx, EFILE_FEEL_EXPRESSION, text, NULL), text);
	start = now();
	do {
		for (int i = 0; i < 100; i++) {
			char *json = NULL;

			need(ctx, efile_feel_evaluate(&json, feel, "{\"a\":10,\"b\":3}"), text);
			free(json);
		}
		count += 100;
		spent = now() - start;
	} while (spent < seconds);
	efile_feel_free(feel);
	return (double)count / spent;
}

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? strtod(argv[1], NULL) : 0.5;
	efile_ctx *ctx = NULL;

	if (efile_ctx_new(&ctx, NULL) < 0)
		return 70;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		printf("%-9s %10.0f /s  %s\n", rows[i].group, measure(ctx, &rows[i], seconds),
		       rows[i].text);
	printf("%-9s %10.0f /s  %s\n", "JSON", measure_public(ctx, "a + b * 2 > 10", seconds),
	       "a + b * 2 > 10");
	efile_ctx_free(ctx);
	return 0;
}
