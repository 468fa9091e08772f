/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/xml.h"

#include <string.h>

/* What has gathered is handed to the target from this size on. */
enum { FLUSH_AT = 32 * 1024 };

/* XML 1.0, production 2 (Char). */
static bool char_allowed(uint32_t c)
{
	if (c < 0x20)
		return c == '\t' || c == '\n' || c == '\r';
	return c != 0xfffe && c != 0xffff;
}

bool xml_text_valid(const char *text, size_t length)
{
	for (size_t at = 0; at < length;) {
		uint32_t c = (unsigned char)text[at];
		size_t used = 1;

		if (c >= 0x80) {
			used = str_utf8_next(&c, text + at, length - at);
			if (used < 2)
				return false;
		}
		if (!char_allowed(c))
			return false;
		at += used;
	}
	return true;
}

static bool ready(const xml_writer *w)
{
	return w->status >= 0;
}

static void fail(xml_writer *w, efile_status status)
{
	if (ready(w) && status < 0)
		w->status = status;
}

static void flush(xml_writer *w, size_t least)
{
	if (!ready(w) || !w->target || w->out->length < least)
		return;
	fail(w, buf_status(w->out, w->ctx));
	if (ready(w))
		fail(w, efile_writer_write(w->target, buf_text(w->out), w->out->length));
	buf_reset(w->out);
}

static void end_tag_head(xml_writer *w)
{
	if (w->open_tag)
		buf_add_char(w->out, '>');
	w->open_tag = false;
}

static void line_break(xml_writer *w)
{
	if (!w->indent || w->had_text)
		return;
	buf_add_char(w->out, '\n');
	for (uint32_t i = 0; i < w->depth; i++)
		buf_add_char(w->out, '\t');
}

static const char *escape_of(char c, bool attribute)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '\r': return "&#13;";
	case '"': return attribute ? "&quot;" : NULL;
	case '\t': return attribute ? "&#9;" : NULL;
	case '\n': return attribute ? "&#10;" : NULL;
	default: return NULL;
	}
}

static void escaped(xml_writer *w, const char *text, size_t length, bool attribute)
{
	size_t from = 0;

	if (!xml_text_valid(text, length)) {
		fail(w, FAIL(w->ctx, EFILE_E_INVALID, 1430,
			     "text for XML holds a character that XML does not allow"));
		return;
	}
	for (size_t i = 0; i < length; i++) {
		const char *instead = escape_of(text[i], attribute);

		if (!instead)
			continue;
		buf_add(w->out, text + from, i - from);
		buf_add_text(w->out, instead);
		from = i + 1;
	}
	buf_add(w->out, text + from, length - from);
}

void xml_writer_begin(xml_writer *w, efile_ctx *ctx, buf *out, efile_writer *target, bool indent)
{
	*w = (xml_writer){ .out = out, .target = target, .ctx = ctx, .indent = indent,
			   .stack = BUF_INIT };
	buf_add_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
	w->had_text = !indent;
}

void xml_writer_start(xml_writer *w, const char *name)
{
	if (!ready(w))
		return;
	end_tag_head(w);
	line_break(w);
	buf_add_char(w->out, '<');
	buf_add_text(w->out, name);
	buf_add(&w->stack, name, strlen(name) + 1);
	w->depth++;
	w->open_tag = true;
	w->had_text = false;
	flush(w, FLUSH_AT);
}

void xml_writer_attribute(xml_writer *w, const char *name, const char *value)
{
	if (!ready(w) || !value)
		return;
	if (!w->open_tag) {
		fail(w, FAIL(w->ctx, EFILE_E_INVALID, 1431, "XML attribute %s behind its tag", name));
		return;
	}
	buf_add_format(w->out, " %s=\"", name);
	escaped(w, value, strlen(value), true);
	buf_add_char(w->out, '"');
}

void xml_writer_text_n(xml_writer *w, const char *text, size_t length)
{
	if (!ready(w) || !length)
		return;
	end_tag_head(w);
	w->had_text = true;
	escaped(w, text, length, false);
	flush(w, FLUSH_AT);
}

void xml_writer_text(xml_writer *w, const char *text)
{
	xml_writer_text_n(w, text, strlen(text));
}

/* RFC 4648, section 4. */
static void base64_group(char out[4], const unsigned char *in, size_t length)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = (uint32_t)in[0] << 16 | (length > 1 ? (uint32_t)in[1] << 8 : 0) |
		(length > 2 ? in[2] : 0);

	out[0] = digits[bits >> 18];
	out[1] = digits[bits >> 12 & 63];
	out[2] = length > 1 ? digits[bits >> 6 & 63] : '=';
	out[3] = length > 2 ? digits[bits & 63] : '=';
}

void xml_writer_base64(xml_writer *w, const void *data, size_t length)
{
	const unsigned char *at = data;

	if (!ready(w) || !length)
		return;
	end_tag_head(w);
	w->had_text = true;
	for (size_t i = 0; i < length; i += 3) {
		char group[4];

		base64_group(group, at + i, length - i);
		buf_add(w->out, group, 4);
		flush(w, FLUSH_AT);
	}
}

/* "--" may not stand inside a comment. */
void xml_writer_comment(xml_writer *w, const char *text)
{
	if (!ready(w))
		return;
	if (strstr(text, "--") || !xml_text_valid(text, strlen(text))) {
		fail(w, FAIL(w->ctx, EFILE_E_INVALID, 1432, "text does not fit into an XML comment"));
		return;
	}
	end_tag_head(w);
	line_break(w);
	buf_add_format(w->out, "<!-- %s -->", text);
}

void xml_writer_comment_kept(xml_writer *w, const char *text)
{
	if (!ready(w))
		return;
	end_tag_head(w);
	buf_add_format(w->out, "<!--%s-->", text);
	flush(w, FLUSH_AT);
}

void xml_writer_cdata(xml_writer *w, const char *text, size_t length)
{
	const char *end = text + length;

	if (!ready(w))
		return;
	end_tag_head(w);
	w->had_text = true;
	do {
		const char *mark = memmem(text, (size_t)(end - text), "]]>", 3);
		const char *stop = mark ? mark + 2 : end;

		buf_add_text(w->out, "<![CDATA[");
		buf_add(w->out, text, (size_t)(stop - text));
		buf_add_text(w->out, "]]>");
		text = stop;
	} while (text < end);
	flush(w, FLUSH_AT);
}

void xml_writer_instruction(xml_writer *w, const char *target, const char *data)
{
	if (!ready(w))
		return;
	end_tag_head(w);
	buf_add_format(w->out, *data ? "<?%s %s?>" : "<?%s%s?>", target, data);
	flush(w, FLUSH_AT);
}

/* The last name of the stack; it leaves the stack with the writer's next change of it. */
static const char *top(const xml_writer *w)
{
	size_t at = w->stack.length - 1;

	while (at > 0 && w->stack.data[at - 1])
		at--;
	return w->stack.data + at;
}

void xml_writer_close(xml_writer *w)
{
	const char *name;

	if (!ready(w) || !w->depth || w->stack.failed)
		return;
	name = top(w);
	w->depth--;
	if (w->open_tag) {
		buf_add_text(w->out, "/>");
	} else {
		line_break(w);
		buf_add_format(w->out, "</%s>", name);
	}
	w->stack.length = (size_t)(name - w->stack.data);
	w->open_tag = false;
	w->had_text = false;
	flush(w, FLUSH_AT);
}

void xml_writer_element(xml_writer *w, const char *name, const char *text)
{
	if (!text)
		return;
	xml_writer_start(w, name);
	xml_writer_text(w, text);
	xml_writer_close(w);
}

efile_status xml_writer_end(xml_writer *w)
{
	fail(w, buf_status(&w->stack, w->ctx));
	while (ready(w) && w->depth)
		xml_writer_close(w);
	if (w->indent && ready(w))
		buf_add_char(w->out, '\n');
	fail(w, buf_status(w->out, w->ctx));
	flush(w, 1);
	return w->status;
}

void xml_writer_clear(xml_writer *w)
{
	buf_clear(&w->stack);
}
