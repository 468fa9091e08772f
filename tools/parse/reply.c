/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/reply.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "parse/protocol.h"

enum { EXIT_NO_LISTENER = 4 };

static void put_u32(unsigned char *at, uint32_t value)
{
	at[0] = (unsigned char)(value >> 24);
	at[1] = (unsigned char)(value >> 16);
	at[2] = (unsigned char)(value >> 8);
	at[3] = (unsigned char)value;
}

/* Nobody reads any more: there is nothing left to do. */
static void write_all(int fd, const void *data, size_t length)
{
	const char *at = data;

	while (length > 0) {
		ssize_t n = write(fd, at, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(EXIT_NO_LISTENER);
		at += n;
		length -= (size_t)n;
	}
}

void reply_record(reply *r, unsigned tag, const void *data, size_t length)
{
	unsigned char head[PARSE_RECORD_BYTES] = { (unsigned char)(tag >> 8), (unsigned char)tag };

	put_u32(head + 4, (uint32_t)length);
	write_all(r->fd, head, sizeof(head));
	write_all(r->fd, data, length);
}

/* Names and metadata: cut rather than refused. */
void reply_text(reply *r, unsigned tag, const char *text)
{
	size_t length = strlen(text);

	reply_record(r, tag, text, length < PARSE_CHUNK_BYTES ? length : PARSE_CHUNK_BYTES);
}

void reply_numbers(reply *r, unsigned tag, const uint32_t *values, size_t count)
{
	unsigned char bytes[16];

	for (size_t i = 0; i < count; i++)
		put_u32(bytes + 4 * i, values[i]);
	reply_record(r, tag, bytes, 4 * count);
}

bool reply_content(reply *r, unsigned tag, const void *data, size_t length)
{
	const char *at = data;

	if (r->refused)
		return false;
	if (length > r->left) {
		reply_refuse(r, PARSE_REFUSED_BYTES);
		return false;
	}
	r->left -= length;
	while (length > 0) {
		size_t n = length < PARSE_CHUNK_BYTES ? length : PARSE_CHUNK_BYTES;

		reply_record(r, tag, at, n);
		at += n;
		length -= n;
	}
	return true;
}

void reply_refuse(reply *r, uint32_t why)
{
	if (r->refused)
		return;
	r->refused = true;
	reply_numbers(r, PARSE_TAG_REFUSED, &why, 1);
}
