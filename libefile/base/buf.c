/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_clear(buf *b)
{
	free(b->data);
	*b = (buf)BUF_INIT;
}

void buf_reset(buf *b)
{
	b->length = 0;
	b->failed = false;
	if (b->data)
		b->data[0] = '\0';
}

bool buf_reserve(buf *b, size_t more)
{
	size_t wanted, grown;
	char *data;

	if (b->failed)
		return false;
	if (more < b->capacity - b->length)
		return true;
	if (more >= SIZE_MAX / 2 - b->length) {
		b->failed = true;
		return false;
	}
	wanted = b->length + more + 1;
	grown = b->capacity ? b->capacity * 2 : 64;
	if (grown < wanted)
		grown = wanted;
	data = realloc(b->data, grown);
	if (!data) {
		b->failed = true;
		return false;
	}
	b->data = data;
	b->capacity = grown;
	return true;
}

void buf_add(buf *b, const void *data, size_t length)
{
	if (!buf_reserve(b, length))
		return;
	if (length)
		memcpy(b->data + b->length, data, length);
	b->length += length;
	b->data[b->length] = '\0';
}

void buf_add_text(buf *b, const char *text)
{
	if (text)
		buf_add(b, text, strlen(text));
}

void buf_add_char(buf *b, char c)
{
	if (!buf_reserve(b, 1))
		return;
	b->data[b->length++] = c;
	b->data[b->length] = '\0';
}

void buf_add_vformat(buf *b, const char *format, va_list args)
{
	va_list again;
	int length;

	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (length < 0 || !buf_reserve(b, (size_t)length)) {
		b->failed = true;
		return;
	}
	vsnprintf(b->data + b->length, (size_t)length + 1, format, args);
	b->length += (size_t)length;
}

void buf_add_format(buf *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_add_vformat(b, format, args);
	va_end(args);
}

static inline void add_big_endian(buf *b, uint64_t value, size_t bytes)
{
	if (!buf_reserve(b, bytes))
		return;
	for (size_t i = 0; i < bytes; i++)
		b->data[b->length + i] = (char)(value >> (8 * (bytes - 1 - i)));
	b->length += bytes;
	b->data[b->length] = '\0';
}

void buf_add_u16(buf *b, uint16_t value)
{
	add_big_endian(b, value, 2);
}

void buf_add_u32(buf *b, uint32_t value)
{
	add_big_endian(b, value, 4);
}

void buf_add_u64(buf *b, uint64_t value)
{
	add_big_endian(b, value, 8);
}

const char *buf_text(const buf *b)
{
	return b->data ? b->data : "";
}

efile_status buf_status(const buf *b, efile_ctx *ctx)
{
	return b->failed ? mem_failed(ctx) : EFILE_OK;
}

efile_status buf_take(char **out, buf *b, efile_ctx *ctx)
{
	buf_add(b, "", 0);
	TRY(buf_status(b, ctx));
	*out = b->data;
	*b = (buf)BUF_INIT;
	return EFILE_OK;
}
