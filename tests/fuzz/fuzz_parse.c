/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The reply of the helper, as a taken-over child could write it. */
#include <string.h>

#include "parse/parse.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void look(const efile_parse_result *r)
{
	uint32_t width, height;
	size_t length;

	for (uint32_t i = 0; i < 10; i++) {
		const char *text = efile_parse_result_text(r, i);

		if (text && !str_utf8_valid(text, strlen(text)))
			__builtin_trap();
		efile_parse_result_page_size(r, i, &width, &height);
	}
	for (size_t i = 0; i < efile_parse_result_attachment_count(r); i++) {
		const efile_parse_attachment *a = efile_parse_result_attachment(r, i);

		if (!str_utf8_valid(a->name, strlen(a->name)) || !a->data)
			__builtin_trap();
	}
	efile_parse_result_metadata(r, "title");
	efile_parse_result_xmp(r, &length);
	efile_parse_result_preview(r, &length);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	efile_parse_result *r = NULL;
	efile_ctx *ctx;
	unsigned why;

	if (efile_ctx_new(&ctx, NULL) != EFILE_OK)
		return 0;
	if (parse_reply_read(&r, &why, ctx, data, size) == EFILE_OK)
		look(r);
	efile_parse_result_free(r);
	efile_ctx_free(ctx);
	return 0;
}
