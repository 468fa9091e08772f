/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Time zone files, RFC 8536 (TZif, versions 1 to 4). */
#include "base/time.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/reader.h"
#include "base/str.h"
#include "base/zone_rule.h"

#define SYSTEM_FOLDER "/usr/share/zoneinfo"
#define SECOND INT64_C(1000000)
#define DAY (86400 * SECOND)

enum {
	FILE_BYTES_MAX = 1 << 20,
	HEADER_BYTES = 44,
	OFFSET_LEAST = -90000, /* more than 25 hours west, 26 east: section 3.2 */
	OFFSET_MOST = 93600
};

typedef struct transition {
	int64_t at;        /* seconds since 1970, UTC */
	int32_t offset;    /* from then on */
} transition;

struct zone {
	transition *transitions;
	size_t count;
	int32_t first;     /* offset before the first transition */
	bool has_rule;
	zone_rule rule;    /* behind the last one */
};

typedef struct header {
	int version;
	uint32_t utc_marks, standard_marks, leaps, times, types, letters;
} header;

static uint32_t big32(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int64_t big_time(const unsigned char *at, int width)
{
	return width == 4 ? (int32_t)big32(at) : (int64_t)((uint64_t)big32(at) << 32 | big32(at + 4));
}

static bool read_header(header *out, const unsigned char *at, size_t length)
{
	if (length < HEADER_BYTES || memcmp(at, "TZif", 4) != 0)
		return false;
	out->version = at[4] == '\0' ? 1 : at[4] - '0';
	out->utc_marks = big32(at + 20);
	out->standard_marks = big32(at + 24);
	out->leaps = big32(at + 28);
	out->times = big32(at + 32);
	out->types = big32(at + 36);
	out->letters = big32(at + 40);
	return out->version >= 1;
}

static uint64_t block_length(const header *h, int width)
{
	return (uint64_t)h->times * (uint64_t)(width + 1) + (uint64_t)h->types * 6 + h->letters +
	       (uint64_t)h->leaps * (uint64_t)(width + 4) + h->standard_marks + h->utc_marks;
}

static bool read_offset(int32_t *out, const unsigned char *types, uint32_t index)
{
	*out = (int32_t)big32(types + index * 6);
	return *out >= OFFSET_LEAST && *out <= OFFSET_MOST;
}

/* The caller has seen that the block is all there. */
static bool read_block(zone *z, const header *h, const unsigned char *block, int width)
{
	const unsigned char *kinds = block + (size_t)h->times * (size_t)width;
	const unsigned char *types = kinds + h->times;

	/* a file that counts leap seconds speaks of another time than we do */
	if (h->types == 0 || h->leaps != 0 || !read_offset(&z->first, types, 0))
		return false;
	for (uint32_t i = 0; i < h->times; i++) {
		transition *t = &z->transitions[i];

		t->at = big_time(block + (size_t)i * (size_t)width, width);
		if (kinds[i] >= h->types || !read_offset(&t->offset, types, kinds[i]))
			return false;
		if (i > 0 && t->at <= t[-1].at)
			return false;
	}
	z->count = h->times;
	return true;
}

/* A line of its own at the end; empty if no rule is known. */
static bool read_footer(zone *z, const unsigned char *at, size_t length)
{
	char text[128];
	const unsigned char *end;

	if (length < 2 || at[0] != '\n')
		return false;
	end = memchr(at + 1, '\n', length - 1);
	if (!end || (size_t)(end - at - 1) >= sizeof(text))
		return false;
	memcpy(text, at + 1, (size_t)(end - at - 1));
	text[end - at - 1] = '\0';
	z->has_rule = text[0] != '\0';
	return !z->has_rule || zone_rule_parse(&z->rule, text);
}

/* FORMAT without a message, which is the caller's, or NOMEM. */
static efile_status read_zone(zone *z, efile_ctx *ctx, const unsigned char *at, size_t length)
{
	header h;
	int width = 4;

	if (!read_header(&h, at, length) || block_length(&h, 4) > length - HEADER_BYTES)
		return EFILE_E_FORMAT;
	if (h.version > 1) {
		size_t skip = HEADER_BYTES + (size_t)block_length(&h, 4);

		at += skip;
		length -= skip;
		width = 8;
		if (!read_header(&h, at, length) || block_length(&h, 8) > length - HEADER_BYTES)
			return EFILE_E_FORMAT;
	}
	z->transitions = mem_new(ctx, h.times * sizeof(*z->transitions));
	if (!z->transitions)
		return EFILE_E_NOMEM;
	if (!read_block(z, &h, at + HEADER_BYTES, width))
		return EFILE_E_FORMAT;
	if (width == 8) {
		size_t skip = HEADER_BYTES + (size_t)block_length(&h, 8);

		if (!read_footer(z, at + skip, length - skip))
			return EFILE_E_FORMAT;
	}
	return EFILE_OK;
}

/* Names as Europe/Berlin and Etc/GMT+1: nothing that leads out of the folder. */
static bool name_allowed(const char *name)
{
	if (!name || !*name || *name == '/' || strstr(name, ".."))
		return false;
	for (const char *c = name; *c; c++)
		if (!str_ascii_digit(*c) && !strchr("/_+-.", *c) &&
		    !(str_ascii_lower(*c) >= 'a' && str_ascii_lower(*c) <= 'z'))
			return false;
	return true;
}

static efile_status unknown_zone(efile_ctx *ctx, const char *name)
{
	return FAIL(ctx, EFILE_E_NOTFOUND, 1640, "no such time zone: %s", name ? name : "");
}

efile_status zone_load_from(zone **out, efile_ctx *ctx, const char *folder, const char *name)
{
	AUTO_PTR(zone) z = NULL;
	AUTO(buf) path = BUF_INIT, file = BUF_INIT;
	efile_status status;

	if (!name_allowed(name))
		return unknown_zone(ctx, name);
	buf_add_format(&path, "%s/%s", folder, name);
	TRY(buf_status(&path, ctx));
	status = reader_load_file(&file, ctx, path.data, FILE_BYTES_MAX);
	if (status == EFILE_E_NOTFOUND || status == EFILE_E_IO)
		return unknown_zone(ctx, name);
	if (status != EFILE_E_LIMIT)
		TRY(status);
	z = mem_new(ctx, sizeof(*z));
	if (!z)
		return EFILE_E_NOMEM;
	if (status == EFILE_OK)
		status = read_zone(z, ctx, (const unsigned char *)buf_text(&file), file.length);
	if (status == EFILE_E_FORMAT || status == EFILE_E_LIMIT)
		return FAIL(ctx, EFILE_E_FORMAT, 1641, "damaged time zone file: %s", name);
	TRY(status);
	*out = STEAL(z);
	return EFILE_OK;
}

efile_status zone_load(zone **out, efile_ctx *ctx, const char *name)
{
	return zone_load_from(out, ctx, SYSTEM_FOLDER, name);
}

void zone_free(zone *z)
{
	if (!z)
		return;
	free(z->transitions);
	free(z);
}

/* ---- asking ---- */

/* How many transitions lie at or before an instant. */
static size_t passed(const zone *z, int64_t seconds)
{
	size_t low = 0, high = z->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (z->transitions[middle].at <= seconds)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int32_t zone_offset(const zone *z, efile_time time)
{
	int64_t seconds = time / SECOND - (time % SECOND < 0);
	size_t n = passed(z, seconds);

	if (n == z->count && z->has_rule)
		return zone_rule_offset(&z->rule, seconds);
	return n == 0 ? z->first : z->transitions[n - 1].offset;
}

efile_time zone_to_utc(const zone *z, const civil *local)
{
	civil naive = *local;
	efile_time time, with_before, with_after;
	int32_t before, after;
	bool before_holds, after_holds;

	naive.offset = 0;
	time = time_from_civil(&naive);
	before = zone_offset(z, time - DAY);
	after = zone_offset(z, time + DAY);
	with_before = time - before * SECOND;
	with_after = time - after * SECOND;
	before_holds = zone_offset(z, with_before) == before;
	after_holds = zone_offset(z, with_after) == after;
	if (before_holds == after_holds) { /* an overlap (both) or a gap (none) */
		bool earlier = with_before < with_after;

		return earlier == before_holds ? with_before : with_after;
	}
	return before_holds ? with_before : with_after;
}

efile_date zone_date(const zone *z, efile_time time)
{
	civil local;

	time_to_civil(&local, time, zone_offset(z, time));
	return local.date;
}
