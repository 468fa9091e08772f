/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small decision models out of the middle of their XML. */
#ifndef TESTS_UNIT_DECISION_SUPPORT_H
#define TESTS_UNIT_DECISION_SUPPORT_H

#include "unit/support.h"

/* A model with the given content of <definitions>; checks that it can be parsed. */
efile_dmn *dmn_parse(efile_ctx *ctx, const char *body);
/* Evaluates; the whole JSON, to be freed with efile_free(). */
char *dmn_eval(efile_ctx *ctx, const char *body, const char *decision, const char *input);
/* Checks the value in the JSON. */
void dmn_check_json(const efile_dmn *model, const char *decision, const char *input, const char *value);
void dmn_check_value(efile_ctx *ctx, const char *body, const char *decision, const char *input,
		     const char *value);
/* The same again and again while memory is short at the n-th piece. */
void dmn_check_memory(const char *body, const char *decision, const char *input);

#endif
