/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/pattern.h"

#include <string.h>

static const name_row placeholders[] = {
	{ PATTERN_CODE, "plan.code" }, { PATTERN_DOSSIER, "dossier" }, { PATTERN_CASE, "case" },
	{ PATTERN_DOCUMENT, "document" }, { PATTERN_YEAR, "yyyy" }, { PATTERN_YEAR_SHORT, "yy" },
};

static bool is_counter(pattern_kind kind)
{
	return kind >= PATTERN_DOSSIER && kind <= PATTERN_DOCUMENT;
}

static efile_status broken(efile_ctx *ctx, const char *why, const char *at, size_t length)
{
	return FAIL(ctx, EFILE_E_INVALID, 2010, "pattern of reference numbers: %s at \"%.*s\"", why,
		    (int)(length < 40 ? length : 40), at);
}

static bool find_placeholder(pattern_item *item, const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(placeholders); i++) {
		if (strlen(placeholders[i].name) != length ||
		    strncmp(placeholders[i].name, name, length) != 0)
			continue;
		item->kind = (pattern_kind)placeholders[i].value;
		return true;
	}
	return false;
}

/* The width behind the colon: "04" or "4". */
static bool read_width(pattern_item *item, const char *text, size_t length)
{
	if (length == 0 || length > 2 || !is_counter(item->kind))
		return false;
	for (size_t i = 0; i < length; i++) {
		if (!str_ascii_digit(text[i]))
			return false;
		item->width = item->width * 10 + (text[i] - '0');
	}
	return item->width >= 1 && item->width <= 12;
}

static efile_status read_placeholder(pattern_item *item, efile_ctx *ctx, const char *at)
{
	const char *end = strchr(at, '}');
	const char *colon;

	if (!end)
		return broken(ctx, "no closing brace", at, strlen(at));
	*item = (pattern_item){ PATTERN_TEXT, 0, at, (size_t)(end - at) + 1 };
	colon = memchr(at, ':', item->length);
	if (!find_placeholder(item, at + 1, (size_t)((colon ? colon : end) - at) - 1))
		return broken(ctx, "unknown placeholder", at, item->length);
	if (colon && !read_width(item, colon + 1, (size_t)(end - colon) - 1))
		return broken(ctx, "bad width", at, item->length);
	return EFILE_OK;
}

static efile_status split(pattern *p, efile_ctx *ctx, const char *text)
{
	for (const char *at = text; *at; at += p->items[p->count++].length) {
		size_t literal = strcspn(at, "{}");

		if (p->count == PATTERN_ITEMS)
			return broken(ctx, "too many parts", at, strlen(at));
		if (literal) {
			p->items[p->count] = (pattern_item){ PATTERN_TEXT, 0, at, literal };
			continue;
		}
		if (*at == '}')
			return broken(ctx, "no opening brace", at, strlen(at));
		TRY(read_placeholder(&p->items[p->count], ctx, at));
	}
	return EFILE_OK;
}

/* Each counter once, in the order dossier, case, document; ends[] is where each part stops. */
static efile_status divide(pattern *p, efile_ctx *ctx)
{
	pattern_kind last = PATTERN_CODE;

	for (size_t i = 0; i < p->count; i++) {
		const pattern_item *item = &p->items[i];

		if (!is_counter(item->kind))
			continue;
		if (item->kind != last + 1)
			return broken(ctx, "counters must be dossier, case, document, each once",
				      item->text, item->length);
		if (item->kind > PATTERN_DOSSIER)
			p->ends[last - PATTERN_DOSSIER] =
				i - (p->items[i - 1].kind == PATTERN_TEXT);
		last = item->kind;
	}
	if (last == PATTERN_CODE)
		return FAIL(ctx, EFILE_E_INVALID, 2011,
			    "pattern of reference numbers lacks {dossier}");
	p->ends[last - PATTERN_DOSSIER] = p->count;
	return EFILE_OK;
}

efile_status pattern_parse(pattern *out, efile_ctx *ctx, const char *text)
{
	size_t length = strlen(text);

	*out = (pattern){ .count = 0 };
	if (length > 255 || !str_utf8_valid(text, length))
		return FAIL(ctx, EFILE_E_INVALID, 2012,
			    "pattern of reference numbers is longer than 255 bytes or not UTF-8");
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == '#')
			return broken(ctx, "character not allowed", text + i, length - i);
	TRY(split(out, ctx, text));
	return divide(out, ctx);
}

bool pattern_has(const pattern *p, pattern_kind part)
{
	return is_counter(part) && p->ends[part - PATTERN_DOSSIER] > 0;
}

static void write_item(buf *out, const pattern_item *item, const char *code, int year,
		       int64_t counter)
{
	if (item->kind == PATTERN_TEXT)
		buf_add(out, item->text, item->length);
	else if (item->kind == PATTERN_CODE)
		buf_add_text(out, code);
	else if (item->kind == PATTERN_YEAR)
		buf_add_format(out, "%04d", year);
	else if (item->kind == PATTERN_YEAR_SHORT)
		buf_add_format(out, "%02d", year % 100);
	else if (counter < 0)
		buf_add_char(out, '#');
	else
		buf_add_format(out, "%0*lld", item->width, (long long)counter);
}

void pattern_write(buf *out, const pattern *p, pattern_kind part, const char *code, int year,
		   int64_t counter)
{
	size_t index = part - PATTERN_DOSSIER;

	for (size_t i = index ? p->ends[index - 1] : 0; i < p->ends[index]; i++)
		write_item(out, &p->items[i], code, year, counter);
}
