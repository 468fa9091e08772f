/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Structured values with parameters (RFC 2045 section 5.1, RFC 2183) and their continuations and
 * charsets (RFC 2231). */
#include "mime/mime.h"

#include <stdlib.h>
#include <string.h>

enum { INDEX_NONE = -1, INDEX_BAD = -2 };

/* One parameter as it stands: filename*1*=... */
typedef struct segment {
	char *name; /* lower case, without asterisks */
	int index;
	bool encoded;
	bool used;
	buf value;
} segment;

typedef struct segments {
	segment *items;
	size_t count;
	size_t capacity;
} segments;

static void segments_clear(segments *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->items[i].name);
		buf_clear(&s->items[i].value);
	}
	free(s->items);
}

void mime_params_clear(mime_params *params)
{
	free(params->value);
	for (size_t i = 0; i < params->count; i++) {
		free(params->items[i].name);
		free(params->items[i].value);
	}
	free(params->items);
	memset(params, 0, sizeof(*params));
}

const char *mime_params_get(const mime_params *params, const char *name)
{
	for (size_t i = 0; i < params->count; i++)
		if (strcmp(params->items[i].name, name) == 0)
			return params->items[i].value;
	return NULL;
}

static void skip(span *s, size_t n)
{
	s->data += n;
	s->length -= n;
}

/* Passes a comment that starts here, nested ones included. */
static void skip_comment(span *s)
{
	size_t depth = 0;

	while (s->length > 0) {
		char c = s->data[0];

		skip(s, 1);
		if (c == '\\' && s->length > 0)
			skip(s, 1);
		else if (c == '(')
			depth++;
		else if (c == ')' && --depth == 0)
			return;
	}
}

static void skip_blanks(span *s)
{
	while (s->length > 0) {
		if (str_ascii_space(s->data[0]))
			skip(s, 1);
		else if (s->data[0] == '(')
			skip_comment(s);
		else
			return;
	}
}

/* "text / plain (comment)" becomes "text/plain"; a blank elsewhere ends the value. */
static efile_status take_value(mime_params *out, efile_ctx *ctx, span *s)
{
	AUTO(buf) value = BUF_INIT;

	skip_blanks(s);
	while (s->length > 0 && s->data[0] != ';') {
		size_t before = s->length;

		skip_blanks(s);
		if (s->length == 0 || s->data[0] == ';')
			break;
		if (before != s->length && value.length > 0 && s->data[0] != '/' &&
		    value.data[value.length - 1] != '/')
			break;
		buf_add_char(&value, str_ascii_lower(s->data[0] ? s->data[0] : ' '));
		skip(s, 1);
	}
	TRY(buf_status(&value, ctx));
	return buf_take(&out->value, &value, ctx);
}

/* Only \" and \\ are escapes: a Windows path must keep its backslashes. */
static void take_quoted(buf *out, span *s)
{
	skip(s, 1);
	while (s->length > 0 && s->data[0] != '"') {
		if (s->data[0] == '\\' && s->length > 1 &&
		    (s->data[1] == '"' || s->data[1] == '\\'))
			skip(s, 1);
		buf_add_char(out, s->data[0]);
		skip(s, 1);
	}
	if (s->length > 0)
		skip(s, 1);
}

static void take_bare(buf *out, span *s)
{
	const char *semicolon = s->length ? memchr(s->data, ';', s->length) : NULL;
	span value = { s->data, semicolon ? (size_t)(semicolon - s->data) : s->length };

	skip(s, value.length);
	value = span_trim(value);
	buf_add(out, value.data, value.length);
}

/* The digits of "*12"; far too many are no index. */
static int take_index(span digits)
{
	int n = 0;

	if (digits.length == 0 || digits.length > 6)
		return INDEX_BAD;
	for (size_t i = 0; i < digits.length; i++) {
		if (!str_ascii_digit(digits.data[i]))
			return INDEX_BAD;
		n = n * 10 + (digits.data[i] - '0');
	}
	return n;
}

/* Splits name*index* into its pieces (RFC 2231 section 4.1). */
static efile_status name_segment(segment *out, efile_ctx *ctx, span name)
{
	const char *star = memchr(name.data, '*', name.length);
	span base = { name.data, star ? (size_t)(star - name.data) : name.length };
	span rest = { NULL, 0 };

	out->index = INDEX_NONE;
	if (star) {
		rest = (span){ star + 1, name.length - base.length - 1 };
		out->encoded = rest.length == 0 || rest.data[rest.length - 1] == '*';
		if (out->encoded && rest.length > 0)
			rest.length--;
		if (rest.length > 0)
			out->index = take_index(rest);
	}
	return span_dup(&out->name, ctx, base, true);
}

static efile_status take_segment(segments *out, efile_ctx *ctx, span *s)
{
	span name = { s->data, 0 };
	segment *item;

	while (name.length < s->length && s->data[name.length] != '=' &&
	       s->data[name.length] != ';')
		name.length++;
	skip(s, name.length);
	name = span_trim(name);
	if (s->length == 0 || s->data[0] == ';' || name.length == 0) {
		if (s->length > 0)
			skip(s, 1);
		return EFILE_OK;
	}
	TRY(mem_grow(ctx, (void **)&out->items, &out->capacity, out->count, sizeof(*out->items)));
	item = &out->items[out->count];
	*item = (segment){ .value = BUF_INIT };
	TRY(name_segment(item, ctx, name));
	out->count++;
	skip(s, 1);
	skip_blanks(s);
	if (s->length > 0 && s->data[0] == '"')
		take_quoted(&item->value, s);
	else
		take_bare(&item->value, s);
	return buf_status(&item->value, ctx);
}

/* What follows a quoted value up to the next semicolon says nothing, unless the semicolon was
 * forgotten: then a name and "=" follow. */
static efile_status take_segments(segments *out, efile_ctx *ctx, span s, unsigned *notes)
{
	uint32_t limit = ctx->limits.mime_parameters;

	for (;;) {
		while (s.length > 0 && (s.data[0] == ';' || str_ascii_space(s.data[0]) ||
					s.data[0] == '(')) {
			if (s.data[0] == '(')
				skip_comment(&s);
			else
				skip(&s, 1);
		}
		if (s.length == 0)
			return EFILE_OK;
		if (out->count >= limit) {
			*notes |= NOTE_PARAMETERS;
			return EFILE_OK;
		}
		TRY(take_segment(out, ctx, &s));
	}
}

static void add_percent(buf *out, span value)
{
	for (size_t i = 0; i < value.length; i++) {
		int high = -1, low = -1;

		if (value.data[i] == '%' && i + 2 < value.length) {
			high = mime_hex_digit(value.data[i + 1]);
			low = mime_hex_digit(value.data[i + 2]);
		}
		if (high >= 0 && low >= 0) {
			buf_add_char(out, (char)(high << 4 | low));
			i += 2;
		} else {
			buf_add_char(out, value.data[i]);
		}
	}
}

/* charset'language'value: cuts the first two off. */
static span take_charset(span *value)
{
	const char *first = value->length ? memchr(value->data, '\'', value->length) : NULL;
	size_t left = first ? value->length - (size_t)(first + 1 - value->data) : 0;
	const char *second = left ? memchr(first + 1, '\'', left) : NULL;
	span charset = SPAN_NONE;

	if (second) {
		charset = (span){ value->data, (size_t)(first - value->data) };
		skip(value, (size_t)(second + 1 - value->data));
	}
	return charset;
}

static segment *find_segment(segments *all, const char *name, int index)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->items[i].index == index && strcmp(all->items[i].name, name) == 0)
			return &all->items[i];
	return NULL;
}

/* Joins the segments of a name from 0 (or, forgivingly, 1) up to the first that is missing; the
 * charset is applied to the joined bytes. */
static efile_status join(buf *out, efile_ctx *ctx, segments *all, const char *name, int index,
			 unsigned *notes)
{
	AUTO(buf) bytes = BUF_INIT;
	span charset = SPAN_NONE;
	bool encoded = false, first = true;
	segment *item;

	for (; (item = find_segment(all, name, index)); index++) {
		span value = { buf_text(&item->value), item->value.length };

		if (item->encoded) {
			if (first)
				charset = take_charset(&value);
			encoded = true;
			add_percent(&bytes, value);
		} else {
			buf_add(&bytes, value.data, value.length);
		}
		first = false;
		if (index == INDEX_NONE)
			break;
	}
	TRY(buf_status(&bytes, ctx));
	if (!encoded)
		return word_decode(out, ctx, (span){ buf_text(&bytes), bytes.length }, notes);
	return charset_decode(out, ctx, charset, (span){ buf_text(&bytes), bytes.length }, notes);
}

/* Of name="x" and name*=y the extended one is meant by who knows both (RFC 6266 section 4.3). */
static efile_status add_param(mime_params *out, efile_ctx *ctx, segments *all, const char *name,
			      unsigned *notes)
{
	AUTO(buf) value = BUF_INIT;
	int start = find_segment(all, name, 0) ? 0 : find_segment(all, name, 1) ? 1 : INDEX_NONE;
	mime_param *param;

	for (size_t i = 0; i < all->count; i++) {
		segment *s = &all->items[i];

		if (strcmp(s->name, name) != 0)
			continue;
		s->used = true;
		if (s->index == INDEX_NONE && s->encoded && start == INDEX_NONE && value.length == 0) {
			segments one = { s, 1, 1 };

			TRY(join(&value, ctx, &one, name, INDEX_NONE, notes));
		}
	}
	if (value.length == 0 && find_segment(all, name, start))
		TRY(join(&value, ctx, all, name, start, notes));
	TRY(mem_grow(ctx, (void **)&out->items, &out->capacity, out->count, sizeof(*out->items)));
	param = &out->items[out->count];
	*param = (mime_param){ NULL, NULL, start != INDEX_NONE };
	TRY(buf_take(&param->value, &value, ctx));
	out->count++;
	return mem_dup(&param->name, ctx, name);
}

efile_status mime_params_parse(mime_params *out, efile_ctx *ctx, span unfolded, unsigned *notes)
{
	AUTO(segments) all = { NULL, 0, 0 };

	TRY(take_value(out, ctx, &unfolded));
	TRY(take_segments(&all, ctx, unfolded, notes));
	for (size_t i = 0; i < all.count; i++)
		if (!all.items[i].used)
			TRY(add_param(out, ctx, &all, all.items[i].name, notes));
	return EFILE_OK;
}
