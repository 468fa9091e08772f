/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Encoded words (RFC 2047, RFC 2231 section 5). Adjacent words of one charset are joined as bytes
 * before the charset is applied, since mailers split characters; each padded word counts. */
#include "mime/mime.h"

#include <string.h>

typedef struct encoded_word {
	span charset;
	char encoding; /* 'b' or 'q' */
	span text;
	size_t length; /* of the whole word */
} encoded_word;

static const char *find(const char *at, const char *end, char c)
{
	return at < end ? memchr(at, c, (size_t)(end - at)) : NULL;
}

/* The "?=" that ends a word; its text may hold blanks and even question marks, but not the start
 * of another word. */
static const char *find_close(const char *from, const char *end)
{
	for (const char *at = from; (at = find(at, end, '?')) && at + 1 < end; at++) {
		if (at[1] == '=')
			return at;
		if (at > from && at[-1] == '=')
			return NULL;
	}
	return NULL;
}

/* Whether a word starts at text ("=?"). */
static bool parse_word(encoded_word *out, span text)
{
	const char *at = text.data + 2, *end = text.data + text.length, *mark, *star, *close;

	if (text.length < 6 || text.data[0] != '=' || text.data[1] != '?')
		return false;
	mark = find(at, end < at + 80 ? end : at + 80, '?');
	if (!mark || mark == at || end - mark < 3 || mark[2] != '?')
		return false;
	for (const char *c = at; c < mark; c++)
		if (*c <= ' ' || *c == '=' || *c == '"' || *c == 127)
			return false;
	out->encoding = str_ascii_lower(mark[1]);
	if (out->encoding != 'b' && out->encoding != 'q')
		return false;
	close = find_close(mark + 3, end);
	if (!close)
		return false;
	star = find(at, mark, '*'); /* RFC 2231: charset*language */
	out->charset = (span){ at, (size_t)((star ? star : mark) - at) };
	out->text = (span){ mark + 3, (size_t)(close - mark - 3) };
	out->length = (size_t)(close + 2 - text.data);
	return true;
}

static void add_q(buf *bytes, span text)
{
	for (size_t i = 0; i < text.length; i++) {
		char c = text.data[i];
		int high = -1, low = -1;

		if (c == '=' && i + 2 < text.length) {
			high = mime_hex_digit(text.data[i + 1]);
			low = mime_hex_digit(text.data[i + 2]);
		}
		if (high >= 0 && low >= 0) {
			buf_add_char(bytes, (char)(high << 4 | low));
			i += 2;
		} else {
			buf_add_char(bytes, c == '_' ? ' ' : c);
		}
	}
}

/* A run of adjacent words in one charset. */
typedef struct run {
	span charset;
	buf bytes;
	transfer b64;
	bool open;
} run;

static void run_clear(run *r)
{
	buf_clear(&r->bytes);
}

static efile_status run_residue(run *r)
{
	if (!buf_reserve(&r->bytes, TRANSFER_ROOM))
		return EFILE_E_NOMEM;
	r->bytes.length += transfer_finish(&r->b64, r->bytes.data + r->bytes.length);
	return EFILE_OK;
}

static efile_status run_flush(buf *out, efile_ctx *ctx, run *r, unsigned *notes)
{
	if (!r->open)
		return EFILE_OK;
	if (run_residue(r) < 0)
		return mem_failed(ctx);
	TRY(charset_decode(out, ctx, r->charset, (span){ buf_text(&r->bytes), r->bytes.length },
			   notes));
	buf_reset(&r->bytes);
	r->open = false;
	return EFILE_OK;
}

/* Whether base64 stands in whole groups of four, padding included. */
static bool whole_groups(span text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.length; i++)
		n += !str_ascii_space(text.data[i]);
	return n % 4 == 0;
}

/* Base64 that was cut between words at any place goes on in the next word; a word that merely
 * lacks its padding does not: the next one is whole by itself. */
static efile_status run_add(run *r, const encoded_word *word)
{
	if (word->encoding == 'q') {
		TRY(run_residue(r));
		add_q(&r->bytes, word->text);
		return r->bytes.failed ? EFILE_E_NOMEM : EFILE_OK;
	}
	if (r->b64.count > 0 && whole_groups(word->text))
		TRY(run_residue(r));
	if (!buf_reserve(&r->bytes, word->text.length + TRANSFER_ROOM))
		return EFILE_E_NOMEM;
	r->bytes.length += transfer_decode(&r->b64, r->bytes.data + r->bytes.length,
					   word->text.data, word->text.length);
	return EFILE_OK;
}

static efile_status add_word(buf *out, efile_ctx *ctx, run *r, const encoded_word *word,
			     unsigned *notes)
{
	if (r->open && !span_same(r->charset, word->charset))
		TRY(run_flush(out, ctx, r, notes));
	if (!r->open) {
		r->open = true;
		r->charset = word->charset;
		transfer_init(&r->b64, EFILE_MAIL_BASE64);
	}
	return run_add(r, word) < 0 ? mem_failed(ctx) : EFILE_OK;
}

static efile_status add_plain(buf *out, efile_ctx *ctx, span text, unsigned *notes)
{
	unsigned found = 0;

	TRY(charset_decode(out, ctx, SPAN_NONE, text, &found));
	if (found)
		*notes |= NOTE_RAW;
	return EFILE_OK;
}

static size_t blanks(span text)
{
	size_t n = 0;

	while (n < text.length && str_ascii_space(text.data[n]))
		n++;
	return n;
}

/* No line break or control character reaches whoever shows a header. */
static void tame(buf *out, size_t start)
{
	AUTO(buf) tamed = BUF_INIT;
	bool wild = false;

	for (size_t i = start; i < out->length; i++)
		wild = wild || (unsigned char)out->data[i] < 32 || out->data[i] == 127;
	if (!wild)
		return;
	for (size_t i = start; i < out->length; i++) {
		unsigned char c = (unsigned char)out->data[i];

		if (c >= 32 && c != 127)
			buf_add_char(&tamed, (char)c);
		else if (str_ascii_space((char)c))
			buf_add_char(&tamed, ' ');
		else
			str_utf8_add(&tamed, 0xFFFD);
	}
	out->length = start;
	buf_add(out, buf_text(&tamed), tamed.length);
	out->failed = out->failed || tamed.failed;
}

efile_status word_decode(buf *out, efile_ctx *ctx, span text, unsigned *notes)
{
	AUTO(run) r = { .bytes = BUF_INIT };
	size_t start = out->length;
	const char *plain = text.data, *at = text.data, *end = text.data + text.length;

	while ((at = find(at, end, '='))) {
		span rest = { at, (size_t)(end - at) };
		encoded_word word;

		if (!parse_word(&word, rest)) {
			at++;
			continue;
		}
		/* blanks between two words are no text */
		if (!r.open || blanks((span){ plain, (size_t)(at - plain) }) != (size_t)(at - plain)) {
			TRY(run_flush(out, ctx, &r, notes));
			TRY(add_plain(out, ctx, (span){ plain, (size_t)(at - plain) }, notes));
		}
		TRY(add_word(out, ctx, &r, &word, notes));
		plain = at = at + word.length;
	}
	TRY(run_flush(out, ctx, &r, notes));
	TRY(add_plain(out, ctx, (span){ plain, (size_t)(end - plain) }, notes));
	tame(out, start);
	return buf_status(out, ctx);
}
