/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any text is an expression; any bytes are a compiled one. Both end in a value or an error. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "expr/expr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void evaluate(efile_ctx *ctx, const expr_program *program)
{
	AUTO_PTR(expr_scope) scope = NULL;
	AUTO(buf) text = BUF_INIT;
	expr_value value;

	if (expr_scope_new(&scope, ctx) < 0)
		return;
	expr_scope_set_now(scope, 0, 0);
	if (expr_evaluate(&value, program, scope) == EFILE_OK)
		expr_to_text(&text, &value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "full name", "a-b", "monthly income", "date", NULL };
	AUTO(expr_program) program = EXPR_PROGRAM_INIT;
	AUTO(expr_program) tests = EXPR_PROGRAM_INIT;
	expr_program stored;
	efile_ctx *ctx = NULL;
	efile_ctx_options options;
	efile_limits limits;
	char *text = malloc(size + 1);

	efile_limits_init(&limits);
	limits.expr_steps = 20000;
	efile_ctx_options_init(&options);
	options.limits = &limits;
	if (!text || efile_ctx_new(&ctx, &options) != EFILE_OK) {
		free(text);
		return 0;
	}
	memcpy(text, data, size);
	text[size] = '\0';
	if (expr_compile(&program, ctx, text, names) == EFILE_OK)
		evaluate(ctx, &program);
	if (expr_compile_tests(&tests, ctx, text, names) == EFILE_OK)
		evaluate(ctx, &tests);
	if (expr_program_open(&stored, ctx, data, size) == EFILE_OK)
		evaluate(ctx, &stored);
	free(text);
	efile_ctx_free(ctx);
	return 0;
}
