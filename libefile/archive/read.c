/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "archive/archive.h"

#include <string.h>

enum { RATIO_FREE = 1 << 20, DRAIN = 16 * 1024 };

/* ---- limits ---- */

efile_status archive_meter_item(archive_meter *meter)
{
	uint32_t most = efile_ctx_limits(meter->ctx)->archive_entries;

	if (meter->items++ >= most)
		return FAIL(meter->ctx, EFILE_E_LIMIT, 1851, "the archive has more than %u entries",
			    most);
	return EFILE_OK;
}

efile_status archive_meter_add(archive_meter *meter, uint64_t more, uint64_t entry_out,
			       uint64_t entry_in)
{
	const efile_limits *limits = efile_ctx_limits(meter->ctx);

	meter->out += more;
	if (meter->out > limits->archive_bytes)
		return FAIL(meter->ctx, EFILE_E_LIMIT, 1852,
			    "the archive expands to more than %llu bytes",
			    (unsigned long long)limits->archive_bytes);
	if (entry_out > RATIO_FREE && limits->archive_ratio &&
	    entry_out / limits->archive_ratio > entry_in)
		return FAIL(meter->ctx, EFILE_E_LIMIT, 1853,
			    "the archive expands to more than %u times its size",
			    limits->archive_ratio);
	return EFILE_OK;
}

/* ---- names ---- */

/* The upper half of code page 437, what ZIP calls its own character set (APPNOTE 4.4.4, D.1). */
static const uint16_t cp437[128] = {
	0x00c7, 0x00fc, 0x00e9, 0x00e2, 0x00e4, 0x00e0, 0x00e5, 0x00e7, 0x00ea, 0x00eb, 0x00e8,
	0x00ef, 0x00ee, 0x00ec, 0x00c4, 0x00c5, 0x00c9, 0x00e6, 0x00c6, 0x00f4, 0x00f6, 0x00f2,
	0x00fb, 0x00f9, 0x00ff, 0x00d6, 0x00dc, 0x00a2, 0x00a3, 0x00a5, 0x20a7, 0x0192, 0x00e1,
	0x00ed, 0x00f3, 0x00fa, 0x00f1, 0x00d1, 0x00aa, 0x00ba, 0x00bf, 0x2310, 0x00ac, 0x00bd,
	0x00bc, 0x00a1, 0x00ab, 0x00bb, 0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562,
	0x2556, 0x2555, 0x2563, 0x2551, 0x2557, 0x255d, 0x255c, 0x255b, 0x2510, 0x2514, 0x2534,
	0x252c, 0x251c, 0x2500, 0x253c, 0x255e, 0x255f, 0x255a, 0x2554, 0x2569, 0x2566, 0x2560,
	0x2550, 0x256c, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559, 0x2558, 0x2552, 0x2553, 0x256b,
	0x256a, 0x2518, 0x250c, 0x2588, 0x2584, 0x258c, 0x2590, 0x2580, 0x03b1, 0x00df, 0x0393,
	0x03c0, 0x03a3, 0x03c3, 0x00b5, 0x03c4, 0x03a6, 0x0398, 0x03a9, 0x03b4, 0x221e, 0x03c6,
	0x03b5, 0x2229, 0x2261, 0x00b1, 0x2265, 0x2264, 0x2320, 0x2321, 0x00f7, 0x2248, 0x00b0,
	0x2219, 0x00b7, 0x221a, 0x207f, 0x00b2, 0x25a0, 0x00a0,
};

bool archive_name_decode(buf *out, const char *bytes, size_t length)
{
	if (str_utf8_valid(bytes, length)) {
		buf_add(out, bytes, length);
		return false;
	}
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)bytes[i];

		str_utf8_add(out, c == 0 ? 0xfffd : c < 0x80 ? c : cp437[c - 0x80]);
	}
	return true;
}

/* ---- handing over ---- */

static efile_status drain(efile_reader *content)
{
	char waste[DRAIN];
	size_t got;
	efile_status status = EFILE_OK;

	while (status == EFILE_OK)
		status = efile_reader_read(content, waste, sizeof(waste), &got);
	return status < 0 ? status : EFILE_OK;
}

efile_status archive_hand_over(const archive_item *item, efile_reader *content,
			       archive_item_fn each, void *user)
{
	TRY(each(item, content, user));
	return content ? drain(content) : EFILE_OK;
}

/* A ZIP begins with its first entry, or is empty and begins with its end. */
static bool looks_like_zip(const unsigned char *start, size_t length)
{
	return length >= 4 && (memcmp(start, "PK\3\4", 4) == 0 || memcmp(start, "PK\5\6", 4) == 0);
}

efile_status archive_read(efile_ctx *ctx, const archive_source *source, archive_item_fn each,
			  void *user)
{
	unsigned char start[4];
	size_t length = source->length < sizeof(start) ? (size_t)source->length : sizeof(start);

	if (source->read_at(start, length, 0, source->user) < 0)
		return FAIL(ctx, EFILE_E_IO, 1854, "the archive cannot be read");
	if (looks_like_zip(start, length))
		return zip_read(source, each, user);
	return tar_read(source, each, user);
}
