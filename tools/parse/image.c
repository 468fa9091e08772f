/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Width and height out of the first bytes of images. Nothing is decoded. */
#include <string.h>

#include "parse/document.h"

#include "parse/protocol.h"

typedef struct span {
	const unsigned char *data;
	size_t length;
} span;

static bool has(span s, size_t at, size_t bytes)
{
	return at <= s.length && bytes <= s.length - at;
}

static uint32_t big(span s, size_t at, int bytes)
{
	uint32_t value = 0;

	for (int i = 0; i < bytes; i++)
		value = value << 8 | s.data[at + (size_t)i];
	return value;
}

static uint32_t little(span s, size_t at, int bytes)
{
	uint32_t value = 0;

	for (int i = bytes - 1; i >= 0; i--)
		value = value << 8 | s.data[at + (size_t)i];
	return value;
}

/* PNG (ISO/IEC 15948): the first chunk is IHDR. */
static bool png(image_size *out, span s)
{
	if (!has(s, 0, 24) || memcmp(s.data + 12, "IHDR", 4) != 0)
		return false;
	*out = (image_size){ big(s, 16, 4), big(s, 20, 4), 1, false };
	return true;
}

static bool gif(image_size *out, span s)
{
	if (!has(s, 0, 10))
		return false;
	*out = (image_size){ little(s, 6, 2), little(s, 8, 2), 1, false };
	return true;
}

/* A BITMAPINFOHEADER or later; a negative height means top-down. */
static bool bmp(image_size *out, span s)
{
	uint32_t height;

	if (!has(s, 0, 26) || little(s, 14, 4) < 40)
		return false;
	height = little(s, 22, 4);
	*out = (image_size){ little(s, 18, 4), height >> 31 ? 0 - height : height, 1, false };
	return true;
}

/* JPEG (ITU-T T.81): the size stands in the first frame header, SOF0 to SOF15 but for DHT, JPG and
 * DAC, which share the range. */
static bool jpeg(image_size *out, span s)
{
	for (size_t at = 2; has(s, at, 4);) {
		unsigned marker = s.data[at + 1];
		uint32_t length;

		if (s.data[at] != 0xff)
			return false;
		if (marker == 0xff) { /* fill byte */
			at++;
			continue;
		}
		length = big(s, at + 2, 2);
		if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 &&
		    marker != 0xcc) {
			if (!has(s, at, 9))
				return false;
			*out = (image_size){ big(s, at + 7, 2), big(s, at + 5, 2), 1, false };
			return true;
		}
		if (marker == 0xda || marker == 0xd9 || length < 2)
			return false;
		at += 2 + length;
	}
	return false;
}

/* WebP: VP8X, VP8 or VP8L as the first chunk (RFC 9649). */
static bool webp(image_size *out, span s)
{
	if (!has(s, 0, 30) || memcmp(s.data + 8, "WEBP", 4) != 0)
		return false;
	*out = (image_size){ .pages = 1 };
	if (memcmp(s.data + 12, "VP8X", 4) == 0) {
		out->width = little(s, 24, 3) + 1;
		out->height = little(s, 27, 3) + 1;
	} else if (memcmp(s.data + 12, "VP8L", 4) == 0) {
		out->width = (little(s, 21, 4) & 0x3fff) + 1;
		out->height = (little(s, 21, 4) >> 14 & 0x3fff) + 1;
	} else {
		out->width = little(s, 26, 2) & 0x3fff;
		out->height = little(s, 28, 2) & 0x3fff;
	}
	return true;
}

/* ---- TIFF 6.0: a chain of directories, which a hostile file bends to a ring ---- */

typedef uint32_t (*number_fn)(span s, size_t at, int bytes);

enum { TIFF_WIDTH = 256, TIFF_LENGTH = 257, TIFF_SHORT = 3, TIFF_ENTRY = 12 };

static void tiff_directory(image_size *out, span s, size_t at, uint32_t entries, number_fn number)
{
	for (uint32_t i = 0; i < entries && has(s, at, TIFF_ENTRY); i++, at += TIFF_ENTRY) {
		uint32_t tag = number(s, at, 2);
		uint32_t value = number(s, at + 8, number(s, at + 2, 2) == TIFF_SHORT ? 2 : 4);

		if (tag == TIFF_WIDTH)
			out->width = value;
		if (tag == TIFF_LENGTH)
			out->height = value;
	}
}

/* Brent's way to find a ring: a marked directory, moved on at every power of two. */
static bool tiff(image_size *out, span s)
{
	number_fn number = s.data[0] == 'I' ? little : big;
	uint32_t at, marked = 0, power = 1, steps = 0;

	if (!has(s, 0, 8))
		return false;
	*out = (image_size){ .pages = 0 };
	for (at = number(s, 4, 4); at != 0; out->pages++) {
		uint32_t entries;

		if (at == marked || !has(s, at, 2) || out->pages == PARSE_IMAGE_DIRECTORIES) {
			out->damaged = true;
			break;
		}
		if (++steps == power) {
			marked = at;
			power *= 2;
			steps = 0;
		}
		entries = number(s, at, 2);
		if (out->pages == 0)
			tiff_directory(out, s, at + 2, entries, number);
		if (!has(s, (size_t)at + 2 + entries * (size_t)TIFF_ENTRY, 4)) {
			out->damaged = true;
			out->pages++;
			break;
		}
		at = number(s, (size_t)at + 2 + entries * (size_t)TIFF_ENTRY, 4);
	}
	return true;
}

static const struct kind_row {
	const char *start;
	size_t length;
	bool (*measure)(image_size *out, span s);
} kinds[] = {
	{ "\x89PNG\r\n\x1a\n", 8, png },
	{ "\xff\xd8\xff", 3, jpeg },
	{ "GIF87a", 6, gif },
	{ "GIF89a", 6, gif },
	{ "II*\0", 4, tiff },
	{ "MM\0*", 4, tiff },
	{ "RIFF", 4, webp },
	{ "BM", 2, bmp },
};

bool image_measure(image_size *out, const unsigned char *data, size_t length)
{
	span s = { data, length };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (has(s, 0, kinds[i].length) &&
		    memcmp(data, kinds[i].start, kinds[i].length) == 0)
			return kinds[i].measure(out, s);
	return false;
}
