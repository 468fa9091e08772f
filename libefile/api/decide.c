/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/decide.h"

#include <efile/decision.h>

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "receipt/record.h"

DEFINE_AUTO_PTR(efile_dmn, efile_dmn_free)

static const char built_in[] =
#include "schemas/processes/receipt.dmn.inc"
	;

static void release(void *model)
{
	efile_dmn_free(model);
}

static efile_status model_of(efile_dmn **out, efile_ctx *ctx)
{
	AUTO_PTR(efile_dmn) model = NULL;
	AUTO(buf) own = BUF_INIT;
	AUTO(buf) file = BUF_INIT;
	efile_dmn_source source = { "receipt.dmn", built_in, sizeof(built_in) - 1 };

	*out = ctx_kept(ctx, built_in);
	if (*out)
		return EFILE_OK;
	/* The municipality's own; one that is there and cannot be used is an error. */
	if (ctx->schema_path)
		TRY(reader_load_newer(&own, &file, ctx, "processes/receipt.dmn", ctx->limits.xml_bytes));
	if (own.length) {
		source.data = own.data;
		source.length = own.length;
	}
	TRY(efile_dmn_parse(&model, ctx, &source, 1));
	*out = model;
	return ctx_keep(ctx, built_in, STEAL(model), release);
}

/* The value alone: an object becomes the variable that the task names. */
static efile_status value_of(char **result, efile_ctx *ctx, const char *decision, const char *json)
{
	AUTO_PTR(json_document) document = NULL;
	AUTO(buf) text = BUF_INIT;
	const json_value *value;
	json_writer w;

	TRY(json_parse(&document, ctx, json, strlen(json)));
	value = json_member(json_root(document), "value");
	if (!value || value->type != JSON_OBJECT)
		return FAIL(ctx, EFILE_E_STATE, 3530, "the decision %s has no answer", decision);
	json_begin(&w, &text);
	json_copy(&w, value);
	return buf_take(result, &text, ctx);
}

static efile_status decide(char **result, efile_session *session, const flow_call *call,
			   const char *decision)
{
	efile_ctx *ctx = session_ctx(session);
	AUTO_PTR(char) json = NULL;
	efile_dmn *model;

	TRY(model_of(&model, ctx));
	TRY(efile_dmn_evaluate(&json, model, decision, call->variables));
	return value_of(result, ctx, decision, json);
}

efile_status api_decide_route(char **result, efile_session *session, const flow_call *call)
{
	return decide(result, session, call, "receipt-route");
}

efile_status api_decide_account(char **result, efile_session *session, const flow_call *call)
{
	return decide(result, session, call, "receipt-account");
}

efile_status api_decide_authority(char **result, efile_session *session, const flow_call *call)
{
	return decide(result, session, call, "receipt-authority");
}
