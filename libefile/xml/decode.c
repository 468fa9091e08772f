/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Own decoding, so that libxml2 sees nothing but valid UTF-8, the bad byte has a place, and no
 * converter of the platform decides what a letter is. */
#include "xml/input.h"

#include <string.h>

/* The XML declaration must end within so many bytes. */
enum { HEAD_LIMIT = 1024 };

/* Windows-1252, 0x80 to 0x9f; five places are unassigned (WHATWG keeps them as C1 controls). */
static const uint16_t cp1252[32] = {
	0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008d, 0x017d, 0x008f,
	0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178,
};

static const struct { const char *name; xml_encoding encoding; } names[] = {
	{ "UTF-8", XML_ENCODING_UTF8 },
	{ "UTF8", XML_ENCODING_UTF8 },
	{ "US-ASCII", XML_ENCODING_ASCII },
	{ "ASCII", XML_ENCODING_ASCII },
	{ "ISO-8859-1", XML_ENCODING_LATIN1 },
	{ "ISO8859-1", XML_ENCODING_LATIN1 },
	{ "LATIN1", XML_ENCODING_LATIN1 },
	{ "ISO-8859-15", XML_ENCODING_LATIN9 },
	{ "WINDOWS-1252", XML_ENCODING_CP1252 },
	{ "CP1252", XML_ENCODING_CP1252 },
};

void xml_decoder_clear(xml_decoder *d)
{
	buf_clear(&d->head);
}

/* ---- which encoding ---- */

static xml_encoding by_name(const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strlen(names[i].name) == length &&
		    str_ascii_ncasecmp(names[i].name, name, length) == 0)
			return names[i].encoding;
	return XML_ENCODING_UNKNOWN;
}

/* The declaration's encoding="..."; UTF-8 without one (XML 1.0, 4.3.3). */
static xml_encoding declared(const char *head, size_t length)
{
	const char *at = memmem(head, length, "encoding", 8), *end = head + length, *stop;

	if (!at)
		return XML_ENCODING_UTF8;
	at += 8;
	while (at < end && (str_ascii_space(*at) || *at == '='))
		at++;
	if (at == end || (*at != '"' && *at != '\''))
		return XML_ENCODING_UTF8; /* malformed: libxml2 says so */
	stop = memchr(at + 1, *at, (size_t)(end - at - 1));
	return stop ? by_name(at + 1, (size_t)(stop - at - 1)) : XML_ENCODING_UTF8;
}

static bool begins(const buf *b, const char *bytes, size_t length)
{
	return b->length >= length && memcmp(b->data, bytes, length) == 0;
}

/* Sets the encoding and how many bytes of a byte order mark to drop; false: more bytes are needed. */
static bool detect(xml_decoder *d, size_t *drop, bool last)
{
	static const struct { const char *bytes; size_t length, drop; xml_encoding encoding; } marks[] = {
		{ "\xef\xbb\xbf", 3, 3, XML_ENCODING_UTF8 },
		{ "\xff\xfe\0\0", 4, 0, XML_ENCODING_UNKNOWN },  /* UTF-32 */
		{ "\xff\xfe", 2, 2, XML_ENCODING_UTF16LE },
		{ "\xfe\xff", 2, 2, XML_ENCODING_UTF16BE },
		{ "<\0", 2, 0, XML_ENCODING_UTF16LE },
		{ "\0<", 2, 0, XML_ENCODING_UTF16BE },
	};
	const char *end;

	*drop = 0;
	if (d->head.length < 5 && !last)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (begins(&d->head, marks[i].bytes, marks[i].length)) {
			*drop = marks[i].drop;
			d->encoding = marks[i].encoding;
			return true;
		}
	if (!begins(&d->head, "<?xml", 5)) {
		d->encoding = XML_ENCODING_UTF8;
		return true;
	}
	end = memmem(d->head.data, d->head.length, "?>", 2);
	if (!end && !last && d->head.length < HEAD_LIMIT)
		return false;
	d->encoding = end ? declared(d->head.data, (size_t)(end - d->head.data)) : XML_ENCODING_UTF8;
	return true;
}

/* ---- decoding ---- */

static xml_decoded single_bytes(buf *out, const xml_decoder *d, const char *data, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)data[i];

		if (c == 0)
			return XML_DECODED_NUL;
		if (c < 0x80) {
			buf_add_char(out, (char)c);
			continue;
		}
		if (d->encoding == XML_ENCODING_ASCII)
			return XML_DECODED_BAD_BYTE;
		if (d->encoding == XML_ENCODING_CP1252 && c < 0xa0)
			str_utf8_add(out, cp1252[c - 0x80]);
		else if (d->encoding == XML_ENCODING_LATIN9 && c == 0xa4)
			str_utf8_add(out, 0x20ac);
		else
			str_utf8_add(out, c);
	}
	return XML_DECODED;
}

static xml_decoded utf16_unit(buf *out, xml_decoder *d, uint32_t unit)
{
	if (d->high) {
		if ((unit & 0xfc00) != 0xdc00)
			return XML_DECODED_BAD_BYTE;
		str_utf8_add(out, 0x10000 + ((d->high - 0xd800) << 10) + (unit - 0xdc00));
		d->high = 0;
	} else if ((unit & 0xfc00) == 0xd800) {
		d->high = unit;
	} else if ((unit & 0xfc00) == 0xdc00) {
		return XML_DECODED_BAD_BYTE;
	} else if (unit == 0) {
		return XML_DECODED_NUL;
	} else {
		str_utf8_add(out, unit);
	}
	return XML_DECODED;
}

static xml_decoded utf16(buf *out, xml_decoder *d, const char *data, size_t length)
{
	bool little = d->encoding == XML_ENCODING_UTF16LE;

	for (size_t i = 0; i < length; i++) {
		xml_decoded result;
		uint32_t a, b;

		if (d->cut_length == 0) {
			d->cut[d->cut_length++] = (unsigned char)data[i];
			continue;
		}
		a = d->cut[0];
		b = (unsigned char)data[i];
		d->cut_length = 0;
		result = utf16_unit(out, d, little ? (b << 8 | a) : (a << 8 | b));
		if (result != XML_DECODED)
			return result;
	}
	return XML_DECODED;
}

/* How many bytes at the end are the beginning of a sequence that the next chunk completes. */
static size_t cut_tail(const char *data, size_t length)
{
	for (size_t back = 1; back <= 3 && back <= length; back++) {
		unsigned char c = (unsigned char)data[length - back];

		if (c < 0x80)
			return 0;
		if (c >= 0xc0)
			return back < (size_t)(c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2) ? back : 0;
	}
	return 0;
}

/* How many bytes at the beginning are ASCII and not NUL, in steps of eight: a byte has its high bit
 * set, or borrows it when 1 is subtracted from 0. */
static size_t plain_length(const char *data, size_t length)
{
	const uint64_t high = UINT64_C(0x8080808080808080), ones = UINT64_C(0x0101010101010101);
	size_t at = 0;
	uint64_t word;

	for (; length - at >= sizeof(word); at += sizeof(word)) {
		memcpy(&word, data + at, sizeof(word));
		if ((word | (word - ones)) & high)
			break;
	}
	return at;
}

/* Length of the valid, NUL-free beginning. */
static size_t valid_length(const char *data, size_t length, xml_decoded *result)
{
	size_t at = 0;

	*result = XML_DECODED;
	while (at < length) {
		uint32_t c;
		size_t used;

		at += plain_length(data + at, length - at);
		while (at < length && data[at] > 0)
			at++;
		if (at == length)
			break;
		if (data[at] == 0) {
			*result = XML_DECODED_NUL;
			return at;
		}
		used = str_utf8_next(&c, data + at, length - at);
		if (used < 2) {
			*result = XML_DECODED_BAD_BYTE;
			return at;
		}
		at += used;
	}
	return at;
}

static xml_decoded utf8_piece(buf *out, const char *data, size_t length)
{
	xml_decoded result;

	buf_add(out, data, valid_length(data, length, &result));
	return result;
}

/* Completes a sequence that was cut; answers how many bytes of data it took. */
static xml_decoded utf8_complete(size_t *taken, buf *out, xml_decoder *d, const char *data,
				 size_t length)
{
	size_t wanted = d->cut[0] >= 0xf0 ? 4 : d->cut[0] >= 0xe0 ? 3 : 2;

	*taken = 0;
	while (d->cut_length < wanted && *taken < length)
		d->cut[d->cut_length++] = (unsigned char)data[(*taken)++];
	if (d->cut_length < wanted)
		return XML_DECODED;
	d->cut_length = 0;
	return utf8_piece(out, (const char *)d->cut, wanted);
}

static xml_decoded utf8(buf *out, xml_decoder *d, const char *data, size_t length, bool last)
{
	xml_decoded result;
	size_t taken = 0, tail;

	if (d->cut_length) {
		result = utf8_complete(&taken, out, d, data, length);
		if (result != XML_DECODED || d->cut_length)
			return result;
	}
	data += taken;
	length -= taken;
	tail = last ? 0 : cut_tail(data, length);
	result = utf8_piece(out, data, length - tail);
	if (result == XML_DECODED && tail) {
		memcpy(d->cut, data + length - tail, tail);
		d->cut_length = tail;
	}
	return result;
}

static xml_decoded decode(buf *out, xml_decoder *d, const char *data, size_t length, bool last)
{
	xml_decoded result;

	if (d->encoding == XML_ENCODING_UNKNOWN)
		return XML_DECODED_ENCODING;
	if (d->encoding == XML_ENCODING_UTF8)
		result = utf8(out, d, data, length, last);
	else if (d->encoding == XML_ENCODING_UTF16LE || d->encoding == XML_ENCODING_UTF16BE)
		result = utf16(out, d, data, length);
	else
		result = single_bytes(out, d, data, length);
	if (result == XML_DECODED && last && (d->cut_length || d->high))
		return XML_DECODED_BAD_BYTE;
	return result;
}

xml_decoded xml_decode(buf *out, xml_decoder *d, const char *data, size_t length, bool last)
{
	xml_decoded result;
	size_t drop;

	if (d->encoding != XML_ENCODING_UNKNOWN)
		return decode(out, d, data, length, last);
	buf_add(&d->head, data, length);
	if (d->head.failed) {
		out->failed = true;
		return XML_DECODED;
	}
	if (!detect(d, &drop, last))
		return XML_DECODED;
	if (d->head.length == 0)
		return XML_DECODED;
	result = decode(out, d, d->head.data + drop, d->head.length - drop, last);
	buf_clear(&d->head);
	return result;
}
