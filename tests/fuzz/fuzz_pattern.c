/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any text is a pattern of reference numbers, or is refused; what is one can be written in parts. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const pattern_kind parts[] = { PATTERN_DOSSIER, PATTERN_CASE, PATTERN_DOCUMENT };
	AUTO_PTR(efile_ctx) ctx = NULL;
	AUTO(buf) out = BUF_INIT;
	char *text = malloc(size + 1);
	pattern p;

	if (!text || efile_ctx_new(&ctx, NULL) < 0) {
		free(text);
		return 0;
	}
	memcpy(text, data, size);
	text[size] = '\0';
	if (pattern_parse(&p, ctx, text) == EFILE_OK)
		for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
			if (pattern_has(&p, parts[i])) {
				pattern_write(&out, &p, parts[i], "10.24", 2026, -1);
				pattern_write(&out, &p, parts[i], "10.24", 2026, INT64_MAX);
			}
	free(text);
	return 0;
}
