/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SHA-256 (FIPS 180-4) by libcrypto. */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>

#include "base/mem.h"

enum { SHA256_SIZE = 32 };

/* A running hash: AUTO(sha256_ctx) h = SHA256_CTX_INIT; start, add, finish; start again at will. */
typedef struct sha256_ctx {
	efile_ctx *ctx;
	struct evp_md_ctx_st *evp;
} sha256_ctx;

#define SHA256_CTX_INIT { NULL, NULL }

efile_status sha256_start(sha256_ctx *h, efile_ctx *ctx);
efile_status sha256_add(sha256_ctx *h, const void *data, size_t length);
efile_status sha256_finish(unsigned char out[SHA256_SIZE], sha256_ctx *h);
void sha256_ctx_clear(sha256_ctx *h);

/* The hash of bytes in memory; data may be NULL if length is 0. */
efile_status sha256(unsigned char out[SHA256_SIZE], efile_ctx *ctx, const void *data, size_t length);

/* Releases what the context keeps for hashing; only efile_ctx_free() calls it. */
void sha256_forget(efile_ctx *ctx);

#endif
