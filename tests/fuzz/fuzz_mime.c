/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes are a mail: every part must open and end, and the JSON must be written. */
#include <efile.h>

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	efile_ctx *ctx = NULL;
	efile_mail *mail = NULL;
	char *text = NULL;

	if (efile_ctx_new(&ctx, NULL) != EFILE_OK)
		return 0;
	if (efile_mail_parse(&mail, ctx, data, size) == EFILE_OK) {
		if (efile_mail_json(&text, mail) != EFILE_OK)
			abort();
		free(text);
	}
	efile_mail_free(mail);
	efile_ctx_free(ctx);
	return 0;
}
