/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/id.h"

#include <string.h>

#include "base/ctx.h"
#include "base/str.h"

static const unsigned char dash_after[] = { 4, 6, 8, 10 };

int efile_id_is_none(const efile_id *id)
{
	static const efile_id none;

	return memcmp(id, &none, sizeof(none)) == 0;
}

int id_compare(const efile_id *a, const efile_id *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

char *efile_id_format(const efile_id *id, char *out)
{
	char *at = out;
	size_t dash = 0;

	for (size_t i = 0; i < sizeof(id->bytes); i++) {
		if (dash < ARRAY_SIZE(dash_after) && i == dash_after[dash]) {
			*at++ = '-';
			dash++;
		}
		str_hex(at, &id->bytes[i], 1);
		at += 2;
	}
	return out;
}

efile_status efile_id_parse(efile_id *out, const char *text)
{
	efile_id id;
	size_t dash = 0;

	if (!text || strlen(text) != EFILE_ID_TEXT_SIZE - 1)
		return EFILE_E_INVALID;
	for (size_t i = 0; i < sizeof(id.bytes); i++) {
		if (dash < ARRAY_SIZE(dash_after) && i == dash_after[dash]) {
			if (*text++ != '-')
				return EFILE_E_INVALID;
			dash++;
		}
		if (!str_unhex(&id.bytes[i], text, 1))
			return EFILE_E_INVALID;
		text += 2;
	}
	*out = id;
	return EFILE_OK;
}

static void set_version(efile_id *id, int version)
{
	id->bytes[6] = (unsigned char)((id->bytes[6] & 0x0f) | version << 4);
	id->bytes[8] = (unsigned char)((id->bytes[8] & 0x3f) | 0x80);
}

/* RFC 9562 5.7 with 12 bits of sub-millisecond time (6.2 method 3): 48 bits of milliseconds and 12
 * of fraction, which step on by one where the clock stands still or goes back. */
efile_status id_new(efile_id *out, efile_ctx *ctx)
{
	efile_time now = ctx_now(ctx);
	uint64_t milliseconds = now > 0 ? (uint64_t)now / 1000 : 0;
	uint64_t fraction = now > 0 ? (uint64_t)now % 1000 * 4096 / 1000 : 0;
	uint64_t stamp = milliseconds << 12 | fraction;
	efile_id id;

	TRY(ctx_random(ctx, &id, sizeof(id)));
	if (stamp <= ctx->id_last)
		stamp = ctx->id_last + 1;
	ctx->id_last = stamp;
	for (int i = 0; i < 6; i++)
		id.bytes[i] = (unsigned char)(stamp >> (52 - 8 * i));
	id.bytes[6] = (unsigned char)(stamp >> 8 & 0x0f);
	id.bytes[7] = (unsigned char)stamp;
	set_version(&id, 7);
	*out = id;
	return EFILE_OK;
}

efile_status id_new_random(efile_id *out, efile_ctx *ctx)
{
	efile_id id;

	TRY(ctx_random(ctx, &id, sizeof(id)));
	set_version(&id, 4);
	*out = id;
	return EFILE_OK;
}
