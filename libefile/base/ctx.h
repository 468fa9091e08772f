/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The context, as the modules see it. */
#ifndef BASE_CTX_H
#define BASE_CTX_H

#include <efile/ctx.h>

#include "base/mem.h"

struct efile_ctx {
	efile_language language;
	efile_limits limits;
	efile_clock_fn clock;
	efile_random_fn random;
	efile_log_fn log;
	efile_log_level log_level;
	char *helper_path;
	char *schema_path;
	void *user;

	uint64_t id_last;        /* last UUIDv7 time and counter, so that ids of one context ascend */
	struct evp_md_st *sha256; /* fetched at the first use: base/sha256.c */
	struct ctx_cached *cached; /* what modules keep ready for the next call: ctx_keep() */

	char failure[32];        /* what failure_text() has said of a number without words */
	struct {
		efile_status status;
		int number;
		char message[512];
		const char *format;     /* the English text with its conversions: error_parts() */
		char arguments[512];    /* the values of the conversions, each behind MESSAGE_SEPARATOR */
		char place[256];
		long line;
		long column;
	} error;
};

efile_time ctx_now(efile_ctx *ctx);
efile_status ctx_random(efile_ctx *ctx, void *buffer, size_t length);

/* What a module has made ready for this context, such as compiled rules; freed with it. The key is
 * the address of a constant of the module. */
void *ctx_kept(const efile_ctx *ctx, const void *key); /* NULL if there is none yet */
/* Keeps a value; on failure it is freed at once. */
efile_status ctx_keep(efile_ctx *ctx, const void *key, void *value, void (*release)(void *value));

/* Logs one line; no personal data above debug level, never document content. */
void ctx_log(efile_ctx *ctx, efile_log_level level, const char *module, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

DEFINE_AUTO_PTR(efile_ctx, efile_ctx_free)

#endif
