/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Transfer encodings (RFC 2045 section 6) as streams, forgiving as docs/MIME.md says. */
#include "mime/mime.h"

#include <stdlib.h>
#include <string.h>

enum { INVALID = 64 };

static const unsigned char sextets[256] = {
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 62, 64, 64, 64, 63,
	52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 64, 64, 64, 64, 64, 64,
	64,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14,
	15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 64, 64, 64, 64, 64,
	64, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
	41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 64, 64, 64, 64, 64,
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
};

void transfer_init(transfer *t, efile_mail_encoding encoding)
{
	memset(t, 0, sizeof(*t));
	t->encoding = encoding;
}

/* ---- base64: every chunk counts, also after padding in mid-stream ---- */

/* Two or three sextets are one or two whole bytes; a single one holds none. */
static char *base64_flush(transfer *t, char *to)
{
	if (t->count >= 2)
		*to++ = (char)(t->bits >> (t->count == 2 ? 4 : 10));
	if (t->count == 3)
		*to++ = (char)(t->bits >> 2);
	t->count = 0;
	t->bits = 0;
	return to;
}

static size_t base64_decode(transfer *t, char *out, const char *in, size_t length)
{
	const unsigned char *at = (const unsigned char *)in, *end = at + length;
	char *to = out;

	while (at < end) {
		while (t->count == 0 && end - at >= 4) {
			uint32_t a = sextets[at[0]], b = sextets[at[1]], c = sextets[at[2]],
				 d = sextets[at[3]];

			if ((a | b | c | d) & INVALID)
				break;
			a = a << 18 | b << 12 | c << 6 | d;
			to[0] = (char)(a >> 16);
			to[1] = (char)(a >> 8);
			to[2] = (char)a;
			to += 3;
			at += 4;
		}
		if (at == end)
			break;
		if (*at == '=') {
			to = base64_flush(t, to);
		} else if (sextets[*at] != INVALID) {
			t->bits = t->bits << 6 | sextets[*at];
			if (++t->count == 4) {
				*to++ = (char)(t->bits >> 16);
				*to++ = (char)(t->bits >> 8);
				*to++ = (char)t->bits;
				t->count = 0;
				t->bits = 0;
			}
		}
		at++;
	}
	return (size_t)(to - out);
}

/* ---- quoted-printable ---- */

int mime_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = str_ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What an equals sign and the bytes held after it come to once one more byte is known; what makes
 * no sense is kept as it stands. Answers whether c is used up. */
static bool qp_held(transfer *t, char **to, char c)
{
	const char *held = t->hold;

	if (t->pending == 1 && mime_hex_digit(c) >= 0) {
		t->hold[t->pending++] = c;
		return true;
	}
	if (t->pending == 2 && mime_hex_digit(held[1]) >= 0 && mime_hex_digit(c) >= 0) {
		*(*to)++ = (char)(mime_hex_digit(held[1]) << 4 | mime_hex_digit(c));
		t->pending = 0;
		return true;
	}
	if (mime_hex_digit(held[t->pending - 1]) < 0) { /* "=" and blanks so far: a soft line break? */
		if (c == '\n') {
			t->pending = 0;
			return true;
		}
		if ((c == ' ' || c == '\t' || c == '\r') && t->pending < sizeof(t->hold)) {
			t->hold[t->pending++] = c;
			return true;
		}
	}
	memcpy(*to, t->hold, t->pending);
	*to += t->pending;
	t->pending = 0;
	return false;
}

static size_t qp_decode(transfer *t, char *out, const char *in, size_t length)
{
	char *to = out;

	for (size_t i = 0; i < length;) {
		if (t->pending) {
			if (qp_held(t, &to, in[i]))
				i++;
			continue;
		}
		if (in[i] == '=') {
			t->hold[t->pending++] = '=';
			i++;
			continue;
		}
		*to++ = in[i++];
	}
	return (size_t)(to - out);
}

/* ---- uuencode: lines between begin and end ---- */

enum { UU_BEFORE, UU_SKIP_LINE, UU_LENGTH, UU_DATA, UU_DONE };

static bool uu_begin(const transfer *t)
{
	return t->pending >= 6 && memcmp(t->hold, "begin ", 6) == 0;
}

static char *uu_data(transfer *t, char *to, unsigned char c)
{
	t->bits = t->bits << 6 | ((c - 32) & 63);
	if (++t->count < 4)
		return to;
	for (int shift = 16; shift >= 0; shift -= 8) {
		if (t->pending == 0)
			break;
		*to++ = (char)(t->bits >> shift);
		t->pending--;
	}
	t->count = 0;
	t->bits = 0;
	return to;
}

/* The end of a data line: blanks that a mail system cut off were zeros. */
static char *uu_line_end(transfer *t, char *to)
{
	while (t->state == UU_DATA && t->pending > 0)
		to = uu_data(t, to, ' ');
	t->count = 0;
	t->bits = 0;
	t->pending = 0;
	return to;
}

static char *uu_byte(transfer *t, char *to, char c)
{
	if (c == '\n') {
		if (t->state == UU_BEFORE) {
			t->state = uu_begin(t) ? UU_LENGTH : UU_BEFORE;
			t->pending = 0;
		} else if (t->state != UU_DONE) {
			to = uu_line_end(t, to);
			t->state = UU_LENGTH;
		}
		return to;
	}
	switch (t->state) {
	case UU_BEFORE:
		if (t->pending < sizeof(t->hold))
			t->hold[t->pending++] = c;
		break;
	case UU_LENGTH:
		t->pending = (size_t)((c - 32) & 63);
		t->state = c == 'e' ? UU_DONE : c == '\r' || t->pending == 0 ? UU_SKIP_LINE :
									       UU_DATA;
		break;
	case UU_DATA:
		if (c != '\r' && t->pending > 0)
			to = uu_data(t, to, (unsigned char)c);
		break;
	default:
		break;
	}
	return to;
}

static size_t uu_decode(transfer *t, char *out, const char *in, size_t length)
{
	char *to = out;

	for (size_t i = 0; i < length; i++)
		to = uu_byte(t, to, in[i]);
	return (size_t)(to - out);
}

/* ---- all of them ---- */

size_t transfer_decode(transfer *t, char *out, const char *in, size_t length)
{
	switch (t->encoding) {
	case EFILE_MAIL_BASE64:
		return base64_decode(t, out, in, length);
	case EFILE_MAIL_QUOTED_PRINTABLE:
		return qp_decode(t, out, in, length);
	case EFILE_MAIL_UUENCODE:
		return uu_decode(t, out, in, length);
	default:
		if (length > 0)
			memcpy(out, in, length);
		return length;
	}
}

size_t transfer_finish(transfer *t, char *out)
{
	char *to = out;

	if (t->encoding == EFILE_MAIL_BASE64) {
		to = base64_flush(t, to);
	} else if (t->encoding == EFILE_MAIL_QUOTED_PRINTABLE && t->pending > 1 &&
		   mime_hex_digit(t->hold[1]) >= 0) {
		memcpy(to, t->hold, t->pending); /* "=4" at the end is no soft break */
		to += t->pending;
	} else if (t->encoding == EFILE_MAIL_UUENCODE) {
		to = uu_line_end(t, to);
	}
	t->pending = 0;
	return (size_t)(to - out);
}

enum { PIECE = 4 * 1024 };

/* How much longer than its source decoded content can be: a uuencoded line may say 63 bytes in one
 * character and leave the rest to be filled up. */
static size_t growth(efile_mail_encoding encoding)
{
	return encoding == EFILE_MAIL_UUENCODE ? 64 : 1;
}

efile_status transfer_all(buf *out, efile_mail_encoding encoding, span bytes)
{
	transfer t;

	transfer_init(&t, encoding);
	while (bytes.length > 0) {
		size_t n = bytes.length < PIECE ? bytes.length : PIECE;

		if (!buf_reserve(out, n * growth(encoding) + TRANSFER_ROOM))
			return EFILE_E_NOMEM;
		out->length += transfer_decode(&t, out->data + out->length, bytes.data, n);
		bytes.data += n;
		bytes.length -= n;
	}
	if (!buf_reserve(out, TRANSFER_ROOM))
		return EFILE_E_NOMEM;
	out->length += transfer_finish(&t, out->data + out->length);
	out->data[out->length] = '\0';
	return EFILE_OK;
}

typedef struct transfer_source {
	transfer t;
	span left;
	bool finished;
	size_t at, end; /* what piece holds undelivered */
	char piece[PIECE + TRANSFER_ROOM];
} transfer_source;

static void fill(transfer_source *s)
{
	size_t room = PIECE / growth(s->t.encoding);
	size_t n = s->left.length < room ? s->left.length : room;

	s->at = 0;
	if (n == 0) {
		s->end = transfer_finish(&s->t, s->piece);
		s->finished = true;
		return;
	}
	s->end = transfer_decode(&s->t, s->piece, s->left.data, n);
	s->left.data += n;
	s->left.length -= n;
}

static efile_status source_read(void *buffer, size_t length, size_t *got, void *user)
{
	transfer_source *s = user;
	size_t n;

	/* a large buffer with nothing held back: straight into it */
	*got = 0;
	while (s->at == s->end && s->left.length > 0 && length >= 4 * TRANSFER_ROOM && *got == 0) {
		n = (length - TRANSFER_ROOM) / growth(s->t.encoding);
		n = n < s->left.length ? n : s->left.length;
		*got = transfer_decode(&s->t, buffer, s->left.data, n);
		s->left.data += n;
		s->left.length -= n;
	}
	if (*got > 0)
		return EFILE_OK;
	while (s->at == s->end && !s->finished)
		fill(s);
	n = s->end - s->at < length ? s->end - s->at : length;
	if (n > 0)
		memcpy(buffer, s->piece + s->at, n);
	s->at += n;
	*got = n;
	return EFILE_OK;
}

efile_status transfer_reader(efile_reader **out, efile_ctx *ctx, efile_mail_encoding encoding,
			     span bytes)
{
	transfer_source *s;
	efile_status status;

	if (encoding == EFILE_MAIL_IDENTITY)
		return efile_reader_from_memory(out, ctx, bytes.data, bytes.length);
	s = mem_new(ctx, sizeof(*s));
	if (!s)
		return EFILE_E_NOMEM;
	transfer_init(&s->t, encoding);
	s->left = bytes;
	status = efile_reader_from_callback(out, ctx, source_read, free, s);
	if (status < 0)
		free(s);
	return status;
}
