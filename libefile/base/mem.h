/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Allocation that reports its failure on the context. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

#include "base/cleanup.h"
#include "base/error.h"

/* Zeroed memory; NULL after setting NOMEM on the context. Free with free(). */
void *mem_new(efile_ctx *ctx, size_t size);

/* A copy of text (NULL stays NULL with EFILE_OK). */
efile_status mem_dup(char **out, efile_ctx *ctx, const char *text);

/* A copy of length bytes with a NUL behind them. */
efile_status mem_dup_bytes(char **out, efile_ctx *ctx, const void *data, size_t length);

/* Room for one more element in an array that grows by doubling; *items may move. */
efile_status mem_grow(efile_ctx *ctx, void **items, size_t *capacity, size_t used, size_t size);

efile_status mem_failed(efile_ctx *ctx);

static inline void char_freep(char **p)
{
	__builtin_free(*p);
}

#endif
