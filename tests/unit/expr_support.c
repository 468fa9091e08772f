/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/expr_support.h"

#include <stdlib.h>

static const char *const names[] = { "monthly income", NULL };

char *expr_evaluate_text(efile_ctx *ctx, const char *text)
{
	AUTO_PTR(expr_scope) scope = NULL;
	AUTO(expr_program) program = EXPR_PROGRAM_INIT;
	AUTO(buf) out = BUF_INIT;
	efile_status status;
	expr_value value;
	char *result = NULL;

	if (expr_scope_new(&scope, ctx) < 0)
		exit(1);
	expr_scope_set_now(scope, TEST_NOW, 3600);
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

static efile_status evaluate_once(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(expr_scope) scope = NULL;
	AUTO(expr_program) program = EXPR_PROGRAM_INIT;
	AUTO(buf) out = BUF_INIT;
	expr_value value;

	TRY(expr_scope_new(&scope, ctx));
	expr_scope_set_now(scope, TEST_NOW, 3600);
	TRY(expr_compile(&program, ctx, arg, names));
	TRY(expr_evaluate(&value, &program, scope));
	expr_to_text(&out, &value);
	return buf_status(&out, ctx);
}

void expr_check(const expr_case *cases, size_t count)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < count; i++) {
		char *result = expr_evaluate_text(ctx, cases[i].text);

		tap_case(cases[i].text);
		TAP_EQUAL_TEXT(result, cases[i].expected);
		if (result && !str_starts_with(result, "error"))
			fail_each(evaluate_once, (void *)(uintptr_t)cases[i].text);
		free(result);
	}
	efile_ctx_free(ctx);
}
