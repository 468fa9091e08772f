/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Charsets to UTF-8, with repair of what lies. Mail says ISO-8859-1 and means Windows-1252 (the
 * WHATWG Encoding Standard reads it so), says US-ASCII and means UTF-8, or says nothing. */
#include "mime/mime.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

/* Windows-1252 0x80 to 0x9F; the five unassigned bytes stay C1 controls, as WHATWG has it. */
static const uint16_t windows_1252[32] = {
	0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
	0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
	0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
};

enum { CODE_ICONV, CODE_UTF8, CODE_ASCII, CODE_1252 };

static const name_row own_charsets[] = {
	{ CODE_UTF8, "utf-8" },          { CODE_UTF8, "utf8" },
	{ CODE_UTF8, "unicode-1-1-utf-8" },
	{ CODE_ASCII, "us-ascii" },      { CODE_ASCII, "ascii" },
	{ CODE_ASCII, "ansi_x3.4-1968" },{ CODE_ASCII, "iso646-us" },
	{ CODE_ASCII, "7bit" },          { CODE_ASCII, "8bit" },
	{ CODE_ASCII, "default" },       { CODE_ASCII, "unknown-8bit" },
	{ CODE_ASCII, "x-unknown" },     { CODE_ASCII, "unknown" },
	{ CODE_1252, "iso-8859-1" },     { CODE_1252, "iso8859-1" },
	{ CODE_1252, "iso_8859-1" },     { CODE_1252, "latin1" },
	{ CODE_1252, "latin-1" },        { CODE_1252, "windows-1252" },
	{ CODE_1252, "cp1252" },         { CODE_1252, "cp-1252" },
	{ CODE_1252, "ansi" },
};

/* Names of the field that iconv does not know, or knows as a smaller set than mail means. */
static const struct {
	const char *mail;
	const char *iconv;
} aliases[] = {
	{ "ks_c_5601-1987", "CP949" }, { "euc-kr", "CP949" },       { "ks_c_5601", "CP949" },
	{ "gb2312", "GBK" },           { "x-gbk", "GBK" },          { "gb_2312-80", "GBK" },
	{ "shift_jis", "CP932" },      { "shift-jis", "CP932" },    { "x-sjis", "CP932" },
	{ "iso-8859-8-i", "ISO-8859-8" }, { "iso-8859-6-i", "ISO-8859-6" },
	{ "x-mac-roman", "MACINTOSH" },{ "unicode-1-1-utf-7", "UTF-7" },
	{ "iso-8859-11", "CP874" },
};

static void add_character(buf *out, uint32_t c)
{
	str_utf8_add(out, c ? c : 0xFFFD);
}

static void add_1252(buf *out, span bytes)
{
	for (size_t i = 0; i < bytes.length; i++) {
		unsigned char c = (unsigned char)bytes.data[i];

		if (c > 0 && c < 0x80)
			buf_add_char(out, (char)c);
		else
			add_character(out, c >= 0x80 && c < 0xA0 ? windows_1252[c - 0x80] : c);
	}
}

static void add_utf8(buf *out, span bytes)
{
	while (bytes.length > 0) {
		uint32_t c;
		size_t n = str_utf8_next(&c, bytes.data, bytes.length);

		add_character(out, c);
		bytes.data += n;
		bytes.length -= n;
	}
}

/* A byte that Windows-1252 does not assign shows that the text is something else: ISO-8859-1, where
 * each byte is a character. */
static void add_8bit(buf *out, span bytes)
{
	bool latin1 = false;

	for (size_t i = 0; i < bytes.length && !latin1; i++) {
		unsigned char c = (unsigned char)bytes.data[i];

		latin1 = c >= 0x80 && c < 0xA0 && windows_1252[c - 0x80] == c;
	}
	if (!latin1) {
		add_1252(out, bytes);
		return;
	}
	for (size_t i = 0; i < bytes.length; i++)
		add_character(out, (unsigned char)bytes.data[i]);
}

/* UTF-8 if it is that, NUL apart; the count of good characters of several bytes tells broken UTF-8
 * from something else. */
static bool looks_utf8(span bytes, bool *ascii, size_t *good)
{
	size_t bad = 0;

	*ascii = true;
	*good = 0;
	for (size_t i = 0; i < bytes.length;) {
		uint32_t c;
		size_t n;

		if ((unsigned char)bytes.data[i] < 0x80) {
			i++;
			continue;
		}
		*ascii = false;
		n = str_utf8_next(&c, bytes.data + i, bytes.length - i);
		if (n > 1)
			(*good)++;
		else
			bad++;
		i += n;
	}
	return bad == 0;
}

/* Text without a charset to trust: UTF-8 if valid, else Windows-1252. */
static void add_guessed(buf *out, span bytes, bool claims_utf8, unsigned *notes)
{
	bool ascii;
	size_t good;

	if (looks_utf8(bytes, &ascii, &good)) {
		if (!ascii && !claims_utf8)
			*notes |= NOTE_MISLABELLED;
		add_utf8(out, bytes);
		return;
	}
	*notes |= NOTE_MISLABELLED;
	if (claims_utf8 && good > 0)
		add_utf8(out, bytes); /* damaged in places: U+FFFD there */
	else
		add_8bit(out, bytes);
}

static iconv_t open_iconv(span charset)
{
	char name[64];

	if (charset.length == 0 || charset.length >= sizeof(name) ||
	    memchr(charset.data, '/', charset.length) || memchr(charset.data, 0, charset.length))
		return (iconv_t)-1;
	memcpy(name, charset.data, charset.length);
	name[charset.length] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(aliases); i++)
		if (str_ascii_casecmp(name, aliases[i].mail) == 0)
			return iconv_open("UTF-8", aliases[i].iconv);
	return iconv_open("UTF-8", name);
}

/* NUL from a charset such as UTF-16 becomes U+FFFD as everywhere. */
static void add_checked(buf *out, const char *data, size_t length)
{
	if (memchr(data, 0, length))
		add_utf8(out, (span){ data, length });
	else
		buf_add(out, data, length);
}

/* Bytes that do not fit become U+FFFD; if any do not, but the whole is UTF-8, it was meant so. */
static void add_iconv(buf *out, iconv_t cd, span bytes, unsigned *notes)
{
	char *in = (char *)bytes.data;
	size_t left = bytes.length, start = out->length, good;
	bool misfit = false, ascii;

	while (left > 0) {
		char piece[4096], *to = piece;
		size_t room = sizeof(piece);
		size_t result = iconv(cd, &in, &left, &to, &room);

		add_checked(out, piece, (size_t)(to - piece));
		if (result != (size_t)-1 || errno == E2BIG)
			continue;
		misfit = true;
		str_utf8_add(out, 0xFFFD);
		in++;
		left--;
	}
	{
		char piece[64], *to = piece;
		size_t room = sizeof(piece);

		iconv(cd, NULL, NULL, &to, &room);
		add_checked(out, piece, (size_t)(to - piece));
	}
	if (!misfit)
		return;
	*notes |= NOTE_MISLABELLED;
	if (!looks_utf8(bytes, &ascii, &good) || ascii || out->failed)
		return;
	out->length = start;
	add_utf8(out, bytes);
}

static int own_code(span charset)
{
	char name[32];
	int code;

	if (charset.length == 0)
		return CODE_ASCII;
	if (charset.length >= sizeof(name))
		return CODE_ICONV;
	for (size_t i = 0; i < charset.length; i++)
		name[i] = str_ascii_lower(charset.data[i]);
	name[charset.length] = '\0';
	return TABLE_VALUE(&code, own_charsets, name) ? code : CODE_ICONV;
}

efile_status charset_decode(buf *out, efile_ctx *ctx, span charset, span bytes, unsigned *notes)
{
	int code = own_code(span_trim(charset));

	if (code == CODE_1252) {
		add_1252(out, bytes);
	} else if (code != CODE_ICONV) {
		add_guessed(out, bytes, code == CODE_UTF8, notes);
	} else {
		iconv_t cd = open_iconv(span_trim(charset));

		if (cd == (iconv_t)-1) {
			*notes |= NOTE_CHARSET;
			add_guessed(out, bytes, false, notes);
		} else {
			add_iconv(out, cd, bytes, notes);
			iconv_close(cd);
		}
	}
	return buf_status(out, ctx);
}
