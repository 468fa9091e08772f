/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <efile/ctx.h>

efile_status mem_failed(efile_ctx *ctx)
{
	return FAIL(ctx, EFILE_E_NOMEM, 1001, "out of memory");
}

void *mem_new(efile_ctx *ctx, size_t size)
{
	void *p = calloc(1, size ? size : 1);

	if (!p)
		mem_failed(ctx);
	return p;
}

efile_status mem_dup_bytes(char **out, efile_ctx *ctx, const void *data, size_t length)
{
	char *copy = malloc(length + 1);

	if (!copy)
		return mem_failed(ctx);
	if (length)
		memcpy(copy, data, length);
	copy[length] = '\0';
	*out = copy;
	return EFILE_OK;
}

efile_status mem_dup(char **out, efile_ctx *ctx, const char *text)
{
	if (!text) {
		*out = NULL;
		return EFILE_OK;
	}
	return mem_dup_bytes(out, ctx, text, strlen(text));
}

efile_status mem_grow(efile_ctx *ctx, void **items, size_t *capacity, size_t used, size_t size)
{
	size_t wanted;
	void *grown;

	if (used < *capacity)
		return EFILE_OK;
	wanted = *capacity ? *capacity * 2 : 8;
	if (wanted > SIZE_MAX / size)
		return mem_failed(ctx);
	grown = realloc(*items, wanted * size);
	if (!grown)
		return mem_failed(ctx);
	*items = grown;
	*capacity = wanted;
	return EFILE_OK;
}

void efile_free(void *text)
{
	free(text);
}
