/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as JSON: what can be read can be written, and reads as the same again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_document(buf *out, const json_document *document)
{
	json_writer w;

	json_begin(&w, out);
	json_copy(&w, json_root(document));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_PTR(efile_ctx) ctx = NULL;
	AUTO_PTR(json_document) first = NULL;
	AUTO_PTR(json_document) second = NULL;
	AUTO(buf) once = BUF_INIT;
	AUTO(buf) twice = BUF_INIT;

	if (efile_ctx_new(&ctx, NULL) < 0 || json_parse(&first, ctx, (const char *)data, size) < 0)
		return 0;
	write_document(&once, first);
	if (json_parse(&second, ctx, buf_text(&once), once.length) < 0)
		abort();
	write_document(&twice, second);
	if (once.length != twice.length || memcmp(buf_text(&once), buf_text(&twice), once.length) != 0)
		abort();
	return 0;
}
