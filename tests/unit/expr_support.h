/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Expressions against the texts of their values. */
#ifndef TESTS_UNIT_EXPR_SUPPORT_H
#define TESTS_UNIT_EXPR_SUPPORT_H

#include "expr/value.h"
#include "unit/support.h"

typedef struct expr_case {
	const char *text;
	const char *expected;   /* FEEL's text of the value, "!" behind it if there were warnings */
} expr_case;

/* Each, and each again while memory is short at the n-th piece. */
void expr_check(const expr_case *cases, size_t count);
/* The text of one; "error <status>" if it can't be compiled. */
char *expr_evaluate_text(efile_ctx *ctx, const char *text);

#endif
