/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decisions per CPU second: tables of 10, 100 and 1,000 rules, the last rule hit; a chain of decisions.
 *
 * bench_dmn [ROUNDS] */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <efile.h>

#include "decision/decision.h"
#include "expr/value.h"

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void add_table(buf *out, const char *policy, int rules)
{
	buf_add_format(out,
		       "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' "
		       "namespace='urn:m'><inputData id='a' name='amount'><variable name='amount' "
		       "typeRef='number'/></inputData><inputData id='k' name='kind'><variable name='kind' "
		       "typeRef='string'/></inputData><decision id='d' name='d'><variable name='d'/>"
		       "<informationRequirement><requiredInput href='#a'/></informationRequirement>"
		       "<informationRequirement><requiredInput href='#k'/></informationRequirement>"
		       "<decisionTable hitPolicy='%s'><input><inputExpression><text>amount</text>"
		       "</inputExpression></input><input><inputExpression><text>kind</text>"
		       "</inputExpression></input><output/>", policy);
	for (int i = 0; i < rules; i++)
		buf_add_format(out, "<rule><inputEntry><text>[%d..%d)</text></inputEntry><inputEntry><text>%s"
			       "</text></inputEntry><outputEntry><text>\"r%d\"</text></outputEntry></rule>",
			       i * 10, i * 10 + 10, i % 3 ? "-" : "\"a\",\"b\"", i);
	buf_add_text(out, "</decisionTable></decision></definitions>");
}

static efile_status one(expr_value *out, const decision_set *set, const struct dmn_node *node,
			expr_scope *scope, int amount)
{
	expr_value input;
	decision_run *run;

	expr_scope_reset(scope);
	TRY(value_context(&input, scope));
	TRY(context_put(scope, input.as.context, "amount", value_int(amount)));
	TRY(context_put(scope, input.as.context, "kind", value_borrow("a", 1)));
	TRY(decision_begin(&run, set, scope, &input, false));
	return decision_evaluate(out, run, node);
}

static int measure(efile_ctx *ctx, const char *policy, int rules, long rounds)
{
	const struct dmn_node *node;
	decision_set *set = NULL;
	expr_scope *scope = NULL;
	buf text = BUF_INIT;
	decision_source source;
	expr_value value;
	bool ok;
	double start;

	add_table(&text, policy, rules);
	source = (decision_source){ "bench", text.data, text.length };
	ok = decision_compile(&set, ctx, &source, 1) == EFILE_OK &&
		expr_scope_new(&scope, ctx) == EFILE_OK && decision_find(&node, set, "d") == EFILE_OK;
	start = cpu_seconds();
	for (long i = 0; ok && i < rounds; i++)
		ok = one(&value, set, node, scope, rules * 10 - 5) == EFILE_OK && value.kind == EXPR_STRING;
	if (ok)
		printf("%-6s %5d rules, the last one hits: %9.0f decisions per CPU second\n", policy, rules,
		       (double)rounds / (cpu_seconds() - start));
	else
		printf("%s %d rules: FAILED: %s\n", policy, rules, efile_error_message(ctx));
	expr_scope_free(scope);
	decision_free(set);
	buf_clear(&text);
	return ok ? 0 : 1;
}

int main(int argc, char **argv)
{
	long rounds = argc > 1 ? atol(argv[1]) : 300000;
	efile_ctx *ctx = NULL;
	int failed = 0;

	if (efile_ctx_new(&ctx, NULL) < 0)
		return 1;
	failed |= measure(ctx, "UNIQUE", 10, rounds);
	failed |= measure(ctx, "UNIQUE", 100, rounds);
	failed |= measure(ctx, "FIRST", 100, rounds);
	failed |= measure(ctx, "UNIQUE", 1000, rounds);
	efile_ctx_free(ctx);
	return failed;
}
