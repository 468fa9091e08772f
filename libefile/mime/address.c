/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Address lists (RFC 5322 section 3.4 and 4.4, RFC 6532): tolerant, one pass, no recursion. */
#include "mime/mime.h"

#include <stdlib.h>
#include <string.h>

void address_list_clear(address_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free((char *)list->items[i].name);
		free((char *)list->items[i].address);
		free((char *)list->items[i].group);
	}
	free(list->items);
	memset(list, 0, sizeof(*list));
}

/* What is known of the address being read. */
typedef struct pending {
	buf phrase;  /* words, quotes taken off */
	buf raw;     /* the same with quotes, where it is an address without brackets */
	buf comment;
	buf angle;
	buf group;
	bool has_angle;
	bool in_group;
} pending;

static void pending_clear(pending *p)
{
	buf_clear(&p->phrase);
	buf_clear(&p->raw);
	buf_clear(&p->comment);
	buf_clear(&p->angle);
	buf_clear(&p->group);
}

static void pending_reset(pending *p)
{
	buf_reset(&p->phrase);
	buf_reset(&p->raw);
	buf_reset(&p->comment);
	buf_reset(&p->angle);
	p->has_angle = false;
}

static span buf_span(const buf *b)
{
	return (span){ buf_text(b), b->length };
}

static efile_status take_text(const char **out, efile_ctx *ctx, span bytes, unsigned *notes)
{
	AUTO(buf) text = BUF_INIT;
	char *copy;

	bytes = span_trim(bytes);
	if (bytes.length == 0)
		return EFILE_OK;
	TRY(word_decode(&text, ctx, bytes, notes));
	TRY(buf_take(&copy, &text, ctx));
	*out = copy;
	return EFILE_OK;
}

/* Blanks around "@" and "." are obsolete syntax; one that stands elsewhere separates words. */
static bool glued(const char *text, size_t length, size_t at)
{
	size_t next = at;

	while (next < length && str_ascii_space(text[next]))
		next++;
	return at == 0 || next == length || text[at - 1] == '@' || text[at - 1] == '.' ||
	       text[next] == '@' || text[next] == '.';
}

static void squeeze(buf *out, span raw)
{
	bool quoted = false;

	for (size_t i = 0; i < raw.length; i++) {
		char c = raw.data[i];

		quoted = quoted != (c == '"');
		if (!quoted && str_ascii_space(c)) {
			if (out->length > 0 && out->data[out->length - 1] == ' ')
				continue;
			if (glued(raw.data, raw.length, i))
				continue;
			c = ' ';
		}
		buf_add_char(out, c);
	}
}

/* "Mary Smith mary@example.com": the word with "@" is the address, the rest a name. */
static span pick_address(span words, span *name)
{
	const char *at = words.length ? memchr(words.data, '@', words.length) : NULL;
	const char *start = at, *end = words.data + words.length, *stop = at;

	*name = SPAN_NONE;
	if (!at || words.data[0] == '"' || !memchr(words.data, ' ', words.length))
		return words;
	while (start > words.data && start[-1] != ' ')
		start--;
	while (stop < end && *stop != ' ')
		stop++;
	*name = (span){ words.data, (size_t)(start - words.data) };
	return (span){ start, (size_t)(stop - start) };
}

/* A route "@a,@b:" before the address is obsolete and says nothing (RFC 5322 section 4.4). */
static span drop_route(span address)
{
	const char *colon;

	if (address.length == 0 || address.data[0] != '@')
		return address;
	colon = memchr(address.data, ':', address.length);
	if (!colon)
		return address;
	return (span){ colon + 1, address.length - (size_t)(colon + 1 - address.data) };
}

static efile_status add_address(address_list *out, efile_ctx *ctx, pending *p, unsigned *notes)
{
	AUTO(buf) words = BUF_INIT;
	AUTO(buf) address = BUF_INIT;
	efile_mail_address *item;
	span name = buf_span(&p->phrase), chosen;

	squeeze(&words, span_trim(buf_span(p->has_angle ? &p->angle : &p->raw)));
	TRY(buf_status(&words, ctx));
	chosen = buf_span(&words);
	if (p->has_angle)
		chosen = span_trim(drop_route(chosen));
	else
		chosen = pick_address(chosen, &name);
	if (chosen.length == 0 && span_trim(name).length == 0)
		return EFILE_OK; /* nothing between two commas */
	if (span_trim(name).length == 0)
		name = buf_span(&p->comment);
	TRY(charset_decode(&address, ctx, SPAN_NONE, chosen, notes));
	TRY(mem_grow(ctx, (void **)&out->items, &out->capacity, out->count, sizeof(*out->items)));
	item = &out->items[out->count++];
	*item = (efile_mail_address){ NULL, NULL, NULL };
	TRY(mem_dup((char **)&item->address, ctx, buf_text(&address)));
	TRY(take_text(&item->name, ctx, name, notes));
	return p->in_group ? take_text(&item->group, ctx, buf_span(&p->group), notes) : EFILE_OK;
}

/* A comment, nested ones included; its text may be the name: a@b (Anna Weiss). */
static size_t take_comment(buf *out, span s)
{
	size_t i = 0, depth = 0;

	if (out)
		buf_reset(out);
	for (; i < s.length; i++) {
		char c = s.data[i];

		if (c == '\\' && i + 1 < s.length)
			c = s.data[++i];
		else if (c == '(' && depth++ == 0)
			continue;
		else if (c == ')' && --depth == 0)
			return i + 1;
		if (out)
			buf_add_char(out, c);
	}
	return i;
}

static size_t take_quoted(pending *p, span s)
{
	size_t i = 1;

	buf_add_char(&p->raw, '"');
	for (; i < s.length && s.data[i] != '"'; i++) {
		if (s.data[i] == '\\' && i + 1 < s.length)
			buf_add_char(&p->raw, s.data[i++]);
		buf_add_char(&p->raw, s.data[i]);
		buf_add_char(&p->phrase, s.data[i]);
	}
	buf_add_char(&p->raw, '"');
	return i < s.length ? i + 1 : i;
}

static bool has_route(const buf *angle)
{
	return angle->length > 0 && angle->data[0] == '@' && !strchr(angle->data, ':');
}

/* From "<" to ">"; a forgotten ">" ends at the next comma or bracket. */
static size_t take_angle(pending *p, span s)
{
	size_t i = 1;
	bool quoted = false;

	p->has_angle = true;
	buf_reset(&p->angle);
	while (i < s.length) {
		char c = s.data[i];

		if (c == '"')
			quoted = !quoted;
		if (!quoted && c == '(') {
			i += take_comment(NULL, (span){ s.data + i, s.length - i });
			continue;
		}
		if (!quoted && c == '>')
			return i + 1;
		if (!quoted && (c == '<' || (c == ',' && !has_route(&p->angle))))
			return i;
		buf_add_char(&p->angle, c);
		i++;
	}
	return i;
}

static bool begins_group(const pending *p)
{
	return !p->in_group && !p->has_angle && p->raw.length > 0 && !memchr(p->raw.data, '@', p->raw.length);
}

/* Handles one token; answers the bytes it took. */
static size_t take_token(pending *p, span s)
{
	switch (s.data[0]) {
	case '(':
		return take_comment(&p->comment, s);
	case '"':
		return take_quoted(p, s);
	case '<':
		return take_angle(p, s);
	default:
		buf_add_char(&p->raw, s.data[0]);
		buf_add_char(&p->phrase, s.data[0]);
		return 1;
	}
}

static bool pending_failed(const pending *p)
{
	return p->phrase.failed || p->raw.failed || p->comment.failed || p->angle.failed ||
	       p->group.failed;
}

efile_status address_parse(address_list *out, efile_ctx *ctx, span s, unsigned *notes)
{
	AUTO(pending) p = { BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT, false, false };

	while (s.length > 0) {
		char c = s.data[0];
		size_t used = 1;

		if (c == ':' && begins_group(&p)) {
			buf_reset(&p.group);
			buf_add(&p.group, p.phrase.data, p.phrase.length);
			p.in_group = true;
			pending_reset(&p);
		} else if (c == ',' || c == ';') {
			TRY(add_address(out, ctx, &p, notes));
			pending_reset(&p);
			p.in_group = p.in_group && c != ';';
		} else {
			used = take_token(&p, s);
		}
		if (pending_failed(&p))
			return mem_failed(ctx);
		s.data += used;
		s.length -= used;
	}
	return add_address(out, ctx, &p, notes);
}

efile_status efile_mail_address_key(char **out, efile_ctx *ctx, const char *address)
{
	AUTO(buf) key = BUF_INIT;
	span s;

	error_clear(ctx);
	if (!out || !address)
		return FAIL(ctx, EFILE_E_INVALID, 1750, "an address key needs an address");
	s = span_trim((span){ address, strlen(address) });
	if (s.length > 1 && s.data[0] == '<' && s.data[s.length - 1] == '>')
		s = span_trim((span){ s.data + 1, s.length - 2 });
	for (size_t i = 0; i < s.length; i++)
		if (s.data[i] != '"')
			buf_add_char(&key, str_ascii_lower(s.data[i]));
	return buf_take(out, &key, ctx);
}
