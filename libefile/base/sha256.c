/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/sha256.h"

#include <openssl/evp.h>

#include "base/ctx.h"

static efile_status failed(efile_ctx *ctx)
{
	return FAIL(ctx, EFILE_E_EXTERNAL, 1600, "the cryptographic library failed while hashing");
}

/* Looking the algorithm up takes libcrypto longer than hashing a short text: once per context. */
static efile_status fetch(efile_ctx *ctx)
{
	if (!ctx->sha256)
		ctx->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (!ctx->sha256)
		return FAIL(ctx, EFILE_E_EXTERNAL, 1601,
			    "the cryptographic library offers no SHA-256");
	return EFILE_OK;
}

efile_status sha256_start(sha256_ctx *h, efile_ctx *ctx)
{
	TRY(fetch(ctx));
	if (!h->evp)
		h->evp = EVP_MD_CTX_new();
	if (!h->evp)
		return mem_failed(ctx);
	h->ctx = ctx;
	return EVP_DigestInit_ex(h->evp, ctx->sha256, NULL) == 1 ? EFILE_OK : failed(ctx);
}

efile_status sha256_add(sha256_ctx *h, const void *data, size_t length)
{
	return EVP_DigestUpdate(h->evp, data, length) == 1 ? EFILE_OK : failed(h->ctx);
}

efile_status sha256_finish(unsigned char out[SHA256_SIZE], sha256_ctx *h)
{
	return EVP_DigestFinal_ex(h->evp, out, NULL) == 1 ? EFILE_OK : failed(h->ctx);
}

void sha256_ctx_clear(sha256_ctx *h)
{
	EVP_MD_CTX_free(h->evp);
	h->evp = NULL;
}

efile_status sha256(unsigned char out[SHA256_SIZE], efile_ctx *ctx, const void *data, size_t length)
{
	AUTO(sha256_ctx) h = SHA256_CTX_INIT;

	TRY(sha256_start(&h, ctx));
	TRY(sha256_add(&h, data, length));
	return sha256_finish(out, &h);
}

void sha256_forget(efile_ctx *ctx)
{
	EVP_MD_free(ctx->sha256);
	ctx->sha256 = NULL;
}
