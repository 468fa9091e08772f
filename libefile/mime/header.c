/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Header blocks: fields, folds, and lines that are neither (RFC 5322 section 2.2 and 4). */
#include "mime/mime.h"

#include <string.h>

bool span_is(span s, const char *text)
{
	return s.length == strlen(text) && str_ascii_ncasecmp(s.data, text, s.length) == 0;
}

bool span_same(span a, span b)
{
	return a.length == b.length && str_ascii_ncasecmp(a.data, b.data, a.length) == 0;
}

span span_trim(span s)
{
	while (s.length > 0 && str_ascii_space(s.data[0])) {
		s.data++;
		s.length--;
	}
	while (s.length > 0 && str_ascii_space(s.data[s.length - 1]))
		s.length--;
	return s;
}

efile_status span_dup(char **out, efile_ctx *ctx, span s, bool lower)
{
	char *copy;

	TRY(mem_dup_bytes(&copy, ctx, s.length ? s.data : "", s.length));
	for (size_t i = 0; lower && i < s.length; i++)
		copy[i] = str_ascii_lower(copy[i]);
	*out = copy;
	return EFILE_OK;
}

size_t header_name_length(const char *line, size_t length)
{
	size_t n = 0, colon;

	while (n < length && line[n] > 32 && line[n] < 127 && line[n] != ':')
		n++;
	colon = n;
	while (colon < length && (line[colon] == ' ' || line[colon] == '\t'))
		colon++; /* obsolete syntax: blanks before the colon (RFC 5322 section 4.5) */
	return n > 0 && colon < length && line[colon] == ':' ? n : 0;
}

static size_t line_length(const header_block *block)
{
	const char *eol = memchr(block->bytes.data, block->eol, block->bytes.length);

	return eol ? (size_t)(eol - block->bytes.data) + 1 : block->bytes.length;
}

static void advance(header_block *block, size_t length)
{
	block->bytes.data += length;
	block->bytes.length -= length;
}

static bool at_fold(const header_block *block)
{
	return block->bytes.length > 0 &&
	       (block->bytes.data[0] == ' ' || block->bytes.data[0] == '\t');
}

bool header_next(header_field *out, header_block *block)
{
	while (block->bytes.length > 0) {
		const char *line = block->bytes.data;
		size_t length = line_length(block), name = header_name_length(line, length);

		advance(block, length);
		while (name && at_fold(block))
			advance(block, line_length(block));
		if (!name)
			continue;
		out->name = (span){ line, name };
		out->value.data = (const char *)memchr(line + name, ':', length - name) + 1;
		out->value.length = (size_t)(block->bytes.data - out->value.data);
		while (out->value.length > 0 &&
		       (out->value.data[out->value.length - 1] == '\n' ||
			out->value.data[out->value.length - 1] == '\r'))
			out->value.length--;
		return true;
	}
	return false;
}

bool header_find(span *value, header_block block, const char *name, size_t index)
{
	header_field field;

	while (header_next(&field, &block)) {
		if (!span_is(field.name, name) || index-- > 0)
			continue;
		*value = field.value;
		return true;
	}
	return false;
}

static const name_row known_fields[] = {
	{ FIELD_CONTENT_TYPE, "Content-Type" },
	{ FIELD_ENCODING, "Content-Transfer-Encoding" },
	{ FIELD_DISPOSITION, "Content-Disposition" },
	{ FIELD_CONTENT_ID, "Content-ID" },
	{ FIELD_SUBJECT, "Subject" },
	{ FIELD_DATE, "Date" },
	{ FIELD_MESSAGE_ID, "Message-ID" },
	{ FIELD_IN_REPLY_TO, "In-Reply-To" },
	{ FIELD_REFERENCES, "References" },
};

static void note_field(header_index *out, const header_field *field)
{
	for (size_t i = 0; i < ARRAY_SIZE(known_fields); i++) {
		int which = known_fields[i].value;

		if (str_ascii_lower(field->name.data[0]) !=
			    str_ascii_lower(known_fields[i].name[0]) ||
		    !span_is(field->name, known_fields[i].name))
			continue;
		if (out->first[which].data)
			out->repeated |= 1u << which;
		else
			out->first[which] = field->value;
		return;
	}
}

void header_index_read(header_index *out, header_block block)
{
	header_field field;

	memset(out, 0, sizeof(*out));
	while (header_next(&field, &block))
		note_field(out, &field);
}

void header_unfold(buf *out, span value, size_t limit, unsigned *notes)
{
	if (value.length > limit) {
		value.length = limit;
		*notes |= NOTE_FIELD;
	}
	if (value.length == 0)
		return;
	/* most fields have no fold: copied in one piece */
	if (!memchr(value.data, '\n', value.length) && !memchr(value.data, '\r', value.length)) {
		buf_add(out, value.data, value.length);
		return;
	}
	for (size_t i = 0; i < value.length; i++) {
		char c = value.data[i];

		if (c == '\r' && i + 1 < value.length && value.data[i + 1] == '\n')
			continue;
		if (c == '\n' || c == '\r') {
			/* the blank that follows a fold stays; a bare line end becomes one */
			if (i + 1 < value.length &&
			    (value.data[i + 1] == ' ' || value.data[i + 1] == '\t'))
				continue;
			c = ' ';
		}
		buf_add_char(out, c);
	}
}
