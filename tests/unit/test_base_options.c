/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "unit/support.h"

typedef struct old_options {
	size_t size;
	int a;
	int b;
} old_options;

typedef struct new_options {
	size_t size;
	int a;
	int b;
	long c;
} new_options;

static void test_versions(void)
{
	efile_ctx *ctx = test_ctx();
	new_options out = { sizeof(out), 1, 2, 3 };
	old_options older = { sizeof(older), 7, 8 };
	new_options newer = { sizeof(newer), 9, 10, 0 };
	old_options small = { sizeof(small), 1, 2 };

	TAP_EQUAL_INT(options_import(ctx, &out, sizeof(out), NULL), EFILE_OK);
	TAP_EQUAL_INT(out.a, 1);
	TAP_EQUAL_INT(options_import(ctx, &out, sizeof(out), &older), EFILE_OK);
	TAP_EQUAL_INT(out.a, 7);
	TAP_EQUAL_INT(out.c, 3);
	TAP_EQUAL_INT(out.size, sizeof(out));
	TAP_EQUAL_INT(options_import(ctx, &small, sizeof(small), &newer), EFILE_OK);
	TAP_EQUAL_INT(small.b, 10);
	newer.c = 1;
	TAP_EQUAL_INT(options_import(ctx, &small, sizeof(small), &newer), EFILE_E_INVALID);
	newer.size = 0;
	TAP_EQUAL_INT(options_import(ctx, &small, sizeof(small), &newer), EFILE_E_INVALID);
	efile_ctx_free(ctx);
}

static void test_ctx_limits(void)
{
	efile_ctx_options options;
	efile_limits limits;
	efile_ctx *ctx = NULL;

	efile_ctx_options_init(&options);
	efile_limits_init(&limits);
	limits.xml_depth = 5;
	options.limits = &limits;
	TAP_EQUAL_INT(efile_ctx_new(&ctx, &options), EFILE_OK);
	TAP_EQUAL_INT(efile_ctx_limits(ctx)->xml_depth, 5);
	TAP_EQUAL_INT(efile_ctx_limits(ctx)->json_depth, 128);
	efile_ctx_free(ctx);
	efile_ctx_free(NULL);
	TAP_EQUAL_INT(efile_ctx_new(NULL, NULL), EFILE_E_INVALID);
	TAP_EQUAL_TEXT(efile_version(), "0.1.0");
}

TAP_SUITE(base_options) = {
	{ "older and newer callers", test_versions },
	{ "limits of a context", test_ctx_limits },
	TAP_END,
};
