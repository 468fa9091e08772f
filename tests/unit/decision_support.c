/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decision_support.h"

#include <stdlib.h>
#include <string.h>

efile_dmn *dmn_parse(efile_ctx *ctx, const char *body)
{
	buf text = BUF_INIT;
	efile_dmn_source source = { "test.dmn", NULL, 0 };
	efile_dmn *model = NULL;

	buf_add_format(&text, "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' "
		       "namespace='urn:m'>%s</definitions>", body);
	source.data = text.data;
	source.length = text.length;
	TAP_EQUAL_INT(efile_dmn_parse(&model, ctx, &source, 1), EFILE_OK);
	buf_clear(&text);
	return model;
}

static char *value_in(const char *json)
{
	const char *from = json ? strstr(json, "\"value\":") : NULL;
	const char *to = from ? strstr(from, ",\"messages\":") : NULL;

	return to ? strndup(from + 8, (size_t)(to - from) - 8) : NULL;
}

void dmn_check_json(const efile_dmn *model, const char *decision, const char *input, const char *value)
{
	char *json = NULL, *found;

	TAP_EQUAL_INT(efile_dmn_evaluate(&json, model, decision, input), EFILE_OK);
	found = value_in(json);
	TAP_EQUAL_TEXT(found, value);
	free(found);
	efile_free(json);
}

char *dmn_eval(efile_ctx *ctx, const char *body, const char *decision, const char *input)
{
	efile_dmn *model = dmn_parse(ctx, body);
	char *json = NULL;

	TAP_EQUAL_INT(efile_dmn_evaluate(&json, model, decision, input), EFILE_OK);
	efile_dmn_free(model);
	return json;
}

void dmn_check_value(efile_ctx *ctx, const char *body, const char *decision, const char *input,
		     const char *value)
{
	efile_dmn *model = dmn_parse(ctx, body);

	dmn_check_json(model, decision, input, value);
	efile_dmn_free(model);
}

typedef struct question {
	const char *body, *decision, *input;
} question;

static efile_status ask(efile_ctx *ctx, void *arg)
{
	const question *q = arg;
	AUTO(buf) text = BUF_INIT;
	efile_dmn_source source = { "test.dmn", NULL, 0 };
	efile_dmn *model = NULL;
	char *json = NULL;
	efile_status status;

	buf_add_format(&text, "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' "
		       "namespace='urn:m'>%s</definitions>", q->body);
	TRY(buf_status(&text, ctx));
	source.data = text.data;
	source.length = text.length;
	TRY(efile_dmn_parse(&model, ctx, &source, 1));
	status = efile_dmn_evaluate(&json, model, q->decision, q->input);
	efile_free(json);
	efile_dmn_free(model);
	return status;
}

void dmn_check_memory(const char *body, const char *decision, const char *input)
{
	question q = { body, decision, input };

	fail_each(ask, &q);
}
