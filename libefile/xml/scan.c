/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A look at the tags before libxml2 sees them. libxml2 2.9.14 needs time quadratic in the number of
 * attributes of one element and has no option against it; it also knows no column of a tag. This
 * scanner knows just enough of XML to skip comments, CDATA, instructions and quoted values. What it
 * takes for a tag in a malformed document does not matter: libxml2 refuses that one. */
#include "xml/input.h"

#include <stdlib.h>
#include <string.h>

/* One tag with all its attributes. */
enum { TAG_BYTES = 1024 * 1024 };

enum scan_state {
	IN_TEXT, AFTER_LESS, IN_TAG, IN_DOUBLE, IN_SINGLE, IN_END_TAG,
	IN_PI, IN_PI_MARK, AFTER_BANG, AFTER_BANG_DASH,
	IN_COMMENT, IN_COMMENT_DASH, IN_COMMENT_DASHES,
	BEFORE_CDATA, IN_CDATA, IN_CDATA_BRACKET, IN_CDATA_BRACKETS
};

void xml_scanner_init(xml_scanner *s, const efile_limits *limits)
{
	*s = (xml_scanner){ .line = 1, .column = 1, .attribute_limit = limits->xml_attributes,
			    .tag_limit = TAG_BYTES };
}

void xml_scanner_clear(xml_scanner *s)
{
	free(s->starts);
	s->starts = NULL;
}

bool xml_scanner_take(xml_scanner *s, xml_position *out)
{
	if (s->first == s->count)
		return false;
	*out = s->starts[s->first++];
	if (s->first == s->count)
		s->first = s->count = 0;
	return true;
}

static xml_scanned remember(xml_scanner *s, efile_ctx *ctx)
{
	if (mem_grow(ctx, (void **)&s->starts, &s->capacity, s->count, sizeof(*s->starts)) < 0)
		return XML_SCANNED_NOMEM;
	s->starts[s->count++] = s->tag;
	return XML_SCANNED;
}

static xml_scanned after_less(xml_scanner *s, efile_ctx *ctx, char c)
{
	s->attributes = 0;
	s->tag_bytes = 0;
	if (c == '/') {
		s->state = IN_END_TAG;
	} else if (c == '?') {
		s->state = IN_PI;
	} else if (c == '!') {
		s->state = AFTER_BANG;
	} else {
		s->state = IN_TAG;
		return remember(s, ctx);
	}
	return XML_SCANNED;
}

static xml_scanned in_tag(xml_scanner *s, char c)
{
	if (s->state == IN_TAG) {
		if (c == '>')
			s->state = IN_TEXT;
		else if (c == '"')
			s->state = IN_DOUBLE;
		else if (c == '\'')
			s->state = IN_SINGLE;
		else if (c == '=' && ++s->attributes > s->attribute_limit)
			return XML_SCANNED_ATTRIBUTES;
	} else if (c == (s->state == IN_DOUBLE ? '"' : '\'')) {
		s->state = IN_TAG;
	}
	return ++s->tag_bytes > s->tag_limit ? XML_SCANNED_TAG : XML_SCANNED;
}

static xml_scanned after_bang(xml_scanner *s, char c)
{
	if (s->state == AFTER_BANG && c == '-') {
		s->state = AFTER_BANG_DASH;
	} else if (s->state == AFTER_BANG && c == '[') {
		s->state = BEFORE_CDATA;
		s->matched = 0;
	} else if (s->state == AFTER_BANG_DASH && c == '-') {
		s->state = IN_COMMENT;
	} else if (s->state == AFTER_BANG_DASH) {
		s->state = IN_TEXT;
	} else {
		return XML_SCANNED_DOCTYPE;
	}
	return XML_SCANNED;
}

static void before_cdata(xml_scanner *s, char c)
{
	static const char word[] = "CDATA[";

	if (c != word[s->matched])
		s->state = IN_TEXT;
	else if (!word[++s->matched])
		s->state = IN_CDATA;
}

/* Comments end with "-->", CDATA with "]]>", instructions with "?>". */
static void in_passive(xml_scanner *s, char c)
{
	switch (s->state) {
	case IN_PI:
		s->state = c == '?' ? IN_PI_MARK : IN_PI;
		break;
	case IN_PI_MARK:
		s->state = c == '>' ? IN_TEXT : c == '?' ? IN_PI_MARK : IN_PI;
		break;
	case IN_COMMENT:
		s->state = c == '-' ? IN_COMMENT_DASH : IN_COMMENT;
		break;
	case IN_COMMENT_DASH:
		s->state = c == '-' ? IN_COMMENT_DASHES : IN_COMMENT;
		break;
	case IN_COMMENT_DASHES:
		s->state = c == '>' ? IN_TEXT : c == '-' ? IN_COMMENT_DASHES : IN_COMMENT;
		break;
	case IN_CDATA:
		s->state = c == ']' ? IN_CDATA_BRACKET : IN_CDATA;
		break;
	case IN_CDATA_BRACKET:
		s->state = c == ']' ? IN_CDATA_BRACKETS : IN_CDATA;
		break;
	default: /* IN_CDATA_BRACKETS */
		s->state = c == '>' ? IN_TEXT : c == ']' ? IN_CDATA_BRACKETS : IN_CDATA;
		break;
	}
}

static xml_scanned step(xml_scanner *s, efile_ctx *ctx, char c)
{
	switch (s->state) {
	case AFTER_LESS:
		return after_less(s, ctx, c);
	case IN_TAG:
	case IN_DOUBLE:
	case IN_SINGLE:
		return in_tag(s, c);
	case IN_END_TAG:
		if (c == '>')
			s->state = IN_TEXT;
		return ++s->tag_bytes > s->tag_limit ? XML_SCANNED_TAG : XML_SCANNED;
	case AFTER_BANG:
	case AFTER_BANG_DASH:
		return after_bang(s, c);
	case BEFORE_CDATA:
		before_cdata(s, c);
		return XML_SCANNED;
	default:
		in_passive(s, c);
		return XML_SCANNED;
	}
}

/* What ends each state in which most characters mean nothing; '\0' for the others. */
static const char awaited[] = {
	[IN_DOUBLE] = '"', [IN_SINGLE] = '\'', [IN_END_TAG] = '>', [IN_PI] = '?',
	[IN_COMMENT] = '-', [IN_CDATA] = ']', [IN_CDATA_BRACKETS] = '\0',
};

/* What means something inside of a tag. */
static const bool in_tag_mark[256] = { ['>'] = true, ['='] = true, ['"'] = true, ['\''] = true };

/* How many characters may be passed over at once. */
static size_t idle(const xml_scanner *s, const char *text, size_t length)
{
	size_t n = 0;

	if (s->state == IN_TAG) {
		while (n < length && !in_tag_mark[(unsigned char)text[n]])
			n++;
	} else if (awaited[s->state]) {
		const char *found = memchr(text, awaited[s->state], length);

		n = found ? (size_t)(found - text) : length;
	}
	return n;
}

static void count_lines(xml_scanner *s, const char *text, size_t length)
{
	const char *end = text + length, *line;

	while ((line = memchr(text, '\n', (size_t)(end - text))) != NULL) {
		s->line++;
		s->column = 1;
		text = line + 1;
	}
	s->column += end - text;
}

static bool in_limited_tag(const xml_scanner *s)
{
	return s->state == IN_TAG || s->state == IN_DOUBLE || s->state == IN_SINGLE ||
		s->state == IN_END_TAG;
}

static xml_scanned pass_over(xml_scanner *s, const char *text, size_t length)
{
	count_lines(s, text, length);
	if (!in_limited_tag(s))
		return XML_SCANNED;
	s->tag_bytes += length;
	return s->tag_bytes > s->tag_limit ? XML_SCANNED_TAG : XML_SCANNED;
}

/* Text, end tags and start tags without attributes, which is most of a document: where they end is
 * looked up, and lines are counted only when a start tag wants to know. Stops behind the "<" of
 * whatever needs a closer look. */
static xml_scanned scan_text(xml_scanner *s, efile_ctx *ctx, const char *text, size_t length, size_t *at)
{
	size_t i = *at, counted = *at;
	const char *less;

	while ((less = memchr(text + i, '<', length - i)) != NULL) {
		size_t here = (size_t)(less - text);
		const char *end = memchr(less, '>', length - here);

		if (end && less[1] == '/') {
			i = (size_t)(end + 1 - text);
			continue;
		}
		count_lines(s, text + counted, here - counted);
		counted = here;
		s->tag = (xml_position){ s->line, s->column };
		if (!end || less[1] == '?' || less[1] == '!' || memchr(less, '=', (size_t)(end - less))) {
			s->state = AFTER_LESS;
			s->column++;
			*at = here + 1;
			return XML_SCANNED;
		}
		if (remember(s, ctx) != XML_SCANNED)
			return XML_SCANNED_NOMEM;
		i = (size_t)(end + 1 - text);
	}
	count_lines(s, text + counted, length - counted);
	*at = length;
	return XML_SCANNED;
}

/* Inside of a tag, a comment or the like, until it ends. */
static xml_scanned scan_inside(xml_scanner *s, efile_ctx *ctx, const char *text, size_t length, size_t *at)
{
	size_t i = *at;

	for (; i < length && s->state != IN_TEXT; i++) {
		size_t skip = idle(s, text + i, length - i);
		xml_scanned result = skip ? pass_over(s, text + i, skip) : XML_SCANNED;

		i += skip;
		if (result != XML_SCANNED)
			return result;
		if (i == length)
			break;
		result = step(s, ctx, text[i]);
		if (result != XML_SCANNED)
			return result;
		if (text[i] == '\n') {
			s->line++;
			s->column = 1;
		} else {
			s->column++;
		}
	}
	*at = i;
	return XML_SCANNED;
}

xml_scanned xml_scan(xml_scanner *s, efile_ctx *ctx, const char *text, size_t length)
{
	xml_scanned result = XML_SCANNED;

	for (size_t i = 0; i < length && result == XML_SCANNED;)
		result = s->state == IN_TEXT ? scan_text(s, ctx, text, length, &i) :
					       scan_inside(s, ctx, text, length, &i);
	return result;
}
