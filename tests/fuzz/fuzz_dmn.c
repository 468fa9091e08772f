/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes are a decision model: it is read, checked and evaluated, or refused. */
#include <stdint.h>

#include <efile.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	efile_dmn_source sources[2] = { { "a.dmn", data, size }, { "b.dmn", data, size } };
	efile_ctx *ctx = NULL;
	efile_ctx_options options;
	efile_limits limits;
	efile_dmn *model = NULL;
	efile_report *report = NULL;
	char *json = NULL, *about = NULL;

	efile_limits_init(&limits);
	limits.expr_steps = 20000;
	efile_ctx_options_init(&options);
	options.limits = &limits;
	if (efile_ctx_new(&ctx, &options) != EFILE_OK)
		return 0;
	if (efile_dmn_parse(&model, ctx, sources, 2) == EFILE_OK) {
		efile_dmn_check(&report, model);
		efile_dmn_json(&about, model);
		efile_dmn_evaluate(&json, model, NULL, "{\"a\": 3, \"b\": \"x\", \"c\": [1, {\"d\": null}]}");
	}
	efile_free(json);
	efile_free(about);
	efile_report_free(report);
	efile_dmn_free(model);
	efile_ctx_free(ctx);
	return 0;
}
