/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/ctx.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/options.h"
#include "base/sha256.h"
#include "config.h"

#define MIB (UINT64_C(1) << 20)

static const efile_limits default_limits = {
	.size = sizeof(efile_limits),
	.document_bytes = 256 * MIB,
	.xml_bytes = 256 * MIB,
	.xml_depth = 256,
	.xml_attributes = 1000,
	.xml_text_bytes = 10 * MIB,
	.mime_depth = 100,
	.mime_parts = 10000,
	.mime_header_bytes = 1 * MIB,
	.mime_field_bytes = 64 * 1024,
	.mime_parameters = 1000,
	.archive_entries = 10000,
	.archive_ratio = 200,
	.archive_bytes = 1024 * MIB,
	.json_depth = 128,
	.expr_depth = 200,
	.expr_steps = 1000000,
	.flow_nodes = 10000,
	.flow_moves = 10000,
	.flow_tokens = 10000,
	.pdf_pages = 5000,
	.parse_milliseconds = 5000,
	.parse_megabytes = 512,
	.busy_milliseconds = 10000,
};

void efile_limits_init(efile_limits *limits)
{
	if (!limits)
		return;
	*limits = default_limits;
}

void efile_ctx_options_init(efile_ctx_options *options)
{
	if (!options)
		return;
	*options = (efile_ctx_options){ .size = sizeof(*options), .log_level = EFILE_LOG_WARNING };
}

static efile_time system_clock(void *user)
{
	struct timespec now;

	(void)user;
	clock_gettime(CLOCK_REALTIME, &now);
	return (efile_time)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int system_random(unsigned char *buffer, size_t length, void *user)
{
	(void)user;
	while (length > 0) {
		ssize_t got = getrandom(buffer, length, 0);

		if (got <= 0)
			return -1;
		buffer += got;
		length -= (size_t)got;
	}
	return 0;
}

efile_status efile_ctx_new(efile_ctx **out, const efile_ctx_options *options)
{
	efile_ctx_options o;
	AUTO_PTR(efile_ctx) ctx = NULL;

	efile_ctx_options_init(&o);
	if (!out)
		return EFILE_E_INVALID;
	TRY(options_import(NULL, &o, sizeof(o), options));
	ctx = calloc(1, sizeof(*ctx));
	if (!ctx)
		return EFILE_E_NOMEM;
	efile_limits_init(&ctx->limits);
	TRY(options_import(ctx, &ctx->limits, sizeof(ctx->limits), o.limits));
	ctx->language = o.language;
	ctx->clock = o.clock ? o.clock : system_clock;
	ctx->random = o.random ? o.random : system_random;
	ctx->log = o.log;
	ctx->log_level = o.log_level;
	ctx->user = o.user;
	TRY(mem_dup(&ctx->helper_path, ctx, o.helper_path ? o.helper_path : EFILE_HELPER_PATH));
	TRY(mem_dup(&ctx->schema_path, ctx, o.schema_path));
	*out = STEAL(ctx);
	return EFILE_OK;
}

/* ---- what modules keep ready ---- */

struct ctx_cached {
	const void *key;
	void *value;
	void (*release)(void *value);
	struct ctx_cached *next;
};

void *ctx_kept(const efile_ctx *ctx, const void *key)
{
	const struct ctx_cached *c = ctx->cached;

	while (c && c->key != key)
		c = c->next;
	return c ? c->value : NULL;
}

efile_status ctx_keep(efile_ctx *ctx, const void *key, void *value, void (*release)(void *value))
{
	struct ctx_cached *c = mem_new(ctx, sizeof(*c));

	if (!c) {
		release(value);
		return EFILE_E_NOMEM;
	}
	*c = (struct ctx_cached){ key, value, release, ctx->cached };
	ctx->cached = c;
	return EFILE_OK;
}

static void release_kept(efile_ctx *ctx)
{
	while (ctx->cached) {
		struct ctx_cached *c = ctx->cached;

		ctx->cached = c->next;
		c->release(c->value);
		free(c);
	}
}

void efile_ctx_free(efile_ctx *ctx)
{
	if (!ctx)
		return;
	release_kept(ctx);
	sha256_forget(ctx);
	free(ctx->helper_path);
	free(ctx->schema_path);
	free(ctx);
}

const efile_limits *efile_ctx_limits(const efile_ctx *ctx)
{
	return &ctx->limits;
}

efile_language efile_ctx_language(const efile_ctx *ctx)
{
	return ctx->language;
}

const char *efile_version(void)
{
	return PACKAGE_VERSION;
}

efile_time ctx_now(efile_ctx *ctx)
{
	return ctx->clock(ctx->user);
}

efile_status ctx_random(efile_ctx *ctx, void *buffer, size_t length)
{
	if (ctx->random(buffer, length, ctx->user) != 0)
		return FAIL(ctx, EFILE_E_EXTERNAL, 1004, "the source of random bytes failed");
	return EFILE_OK;
}

void ctx_log(efile_ctx *ctx, efile_log_level level, const char *module, const char *format, ...)
{
	char line[512];
	va_list args;

	if (!ctx->log || level > ctx->log_level)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	ctx->log(level, module, line, ctx->user);
}
