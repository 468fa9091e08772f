/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A look at what Poppler keeps to itself: is the file encrypted, does it hold JavaScript or an action
 * that starts programs, does its end lead to its cross references? Linear in the file, stream bodies are skipped,
 * object streams are inflated within a limit, since names hide in them (ISO 32000-1, 7.5.7). */
#include <ctype.h>
#include <string.h>
#include <zlib.h>

#include "parse/document.h"

enum {
	INFLATE_MOST = 32 << 20, /* all object streams together */
	NAME_MOST = 32,
	TAIL = 2048              /* where the end of file is looked for */
};

typedef struct scan {
	uint32_t flags;
	size_t inflate_left;
	bool in_object_stream;   /* the dictionary at hand says /ObjStm */
	bool flate;              /* ... and /FlateDecode */
} scan;

static bool delimiter(int c)
{
	return c <= ' ' || (c < 0x80 && strchr("()<>[]{}/%", c) != NULL);
}

static int hex_digit(int c)
{
	return isdigit(c) ? c - '0' : isxdigit(c) ? (c | 0x20) - 'a' + 10 : -1;
}

/* One name with its #xx escapes undone (7.3.5); answers the bytes read. */
static size_t read_name(char name[NAME_MOST], const unsigned char *at, const unsigned char *end)
{
	const unsigned char *start = at;
	size_t length = 0;

	for (; at < end && !delimiter(*at); at++) {
		int c = *at;

		if (c == '#' && end - at > 2 && hex_digit(at[1]) >= 0 && hex_digit(at[2]) >= 0) {
			c = hex_digit(at[1]) * 16 + hex_digit(at[2]);
			at += 2;
		}
		if (length < NAME_MOST - 1)
			name[length++] = (char)c;
	}
	name[length] = '\0';
	return (size_t)(at - start);
}

static void judge_name(scan *s, const char *name)
{
	static const struct {
		const char *name;
		uint32_t flag;
	} rows[] = {
		{ "JavaScript", FLAG_ACTIVE },
		{ "JS", FLAG_ACTIVE },
		{ "Launch", FLAG_ACTIVE },
		{ "Encrypt", FLAG_ENCRYPTED },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (strcmp(name, rows[i].name) == 0)
			s->flags |= rows[i].flag;
	if (strcmp(name, "ObjStm") == 0)
		s->in_object_stream = true;
	if (strcmp(name, "FlateDecode") == 0 || strcmp(name, "Fl") == 0)
		s->flate = true;
}

/* The names of inflated bytes; a name across two blocks is put together by starting the second
 * block at the slash. */
static void scan_block(scan *s, const unsigned char *at, const unsigned char *end)
{
	char name[NAME_MOST];

	while ((at = memchr(at, '/', (size_t)(end - at))) != NULL) {
		at++;
		at += read_name(name, at, end);
		if (strcmp(name, "Encrypt") != 0) /* only a trailer says so, never an object stream */
			judge_name(s, name);
	}
}

static void scan_inflated(scan *s, const unsigned char *data, size_t length)
{
	unsigned char room[64 * 1024];
	z_stream z = { .next_in = (unsigned char *)(uintptr_t)data, .avail_in = (uInt)length };
	size_t kept = 0;
	int state = Z_OK;

	if (inflateInit(&z) != Z_OK)
		return;
	while (state == Z_OK && s->inflate_left > 0) {
		const unsigned char *slash;
		size_t filled;

		z.next_out = room + kept;
		z.avail_out = (uInt)(sizeof(room) - kept);
		state = inflate(&z, Z_NO_FLUSH);
		filled = sizeof(room) - z.avail_out;
		s->inflate_left -= filled - kept < s->inflate_left ? filled - kept : s->inflate_left;
		scan_block(s, room, room + filled);
		slash = filled > 3 * NAME_MOST ? room + filled - 3 * NAME_MOST : room;
		kept = (size_t)(room + filled - slash);
		memmove(room, slash, kept);
		if (filled == kept && state == Z_OK && z.avail_in == 0)
			break;
	}
	inflateEnd(&z);
}

/* After "stream": its body, which is looked into if it is an object stream. */
static const unsigned char *skip_stream(scan *s, const unsigned char *at, const unsigned char *end)
{
	const unsigned char *stop;

	if (at < end && *at == '\r')
		at++;
	if (at < end && *at == '\n')
		at++;
	stop = memmem(at, (size_t)(end - at), "endstream", 9);
	if (s->in_object_stream && s->flate)
		scan_inflated(s, at, (size_t)((stop ? stop : end) - at));
	else if (s->in_object_stream)
		scan_block(s, at, stop ? stop : end);
	s->in_object_stream = s->flate = false;
	return stop ? stop + 9 : end;
}

/* "startxref", a number, and at that place "xref" or the object that holds the table (7.5.5). Some
 * writers count from the header instead of the start of the file. Poppler silently searches the
 * whole file for objects when this fails. */
bool scan_references(const document *d)
{
	const unsigned char *header = memmem(d->data, d->length, "%PDF-", 5), *at = NULL, *next;
	size_t from = d->length > TAIL ? d->length - TAIL : 0, place = 0;

	for (next = d->data + from;
	     (next = memmem(next, (size_t)(d->data + d->length - next), "startxref", 9)); next += 9)
		at = next;
	if (!at || !header)
		return false;
	for (at += 9; at < d->data + d->length && isspace(*at); at++)
		;
	for (; at < d->data + d->length && isdigit(*at) && place < d->length; at++)
		place = place * 10 + (size_t)(*at - '0');
	for (int base = 0; base < 2; base++, place += (size_t)(header - d->data)) {
		size_t begin = place;

		while (begin < d->length && isspace(d->data[begin]))
			begin++;
		if (begin + 4 < d->length &&
		    (isdigit(d->data[begin]) || memcmp(d->data + begin, "xref", 4) == 0))
			return true;
	}
	return false;
}

uint32_t scan_flags(const document *d)
{
	scan s = { .inflate_left = INFLATE_MOST };
	const unsigned char *at = d->data, *end = d->data + d->length;
	char name[NAME_MOST];

	while (at < end) {
		if (*at == '/') {
			at++;
			at += read_name(name, at, end);
			judge_name(&s, name);
		} else if (*at == 's' && end - at > 6 && memcmp(at, "stream", 6) == 0 &&
			   (at[6] == '\r' || at[6] == '\n')) {
			at = skip_stream(&s, at + 6, end);
		} else if (*at == 'e' && end - at > 6 && memcmp(at, "endobj", 6) == 0) {
			s.in_object_stream = s.flate = false;
			at += 6;
		} else {
			at++;
		}
	}
	return s.flags | (scan_references(d) ? 0 : FLAG_DAMAGED);
}
