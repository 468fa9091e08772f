/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing the records of a reply (libefile/parse/protocol.h). */
#ifndef TOOLS_PARSE_REPLY_H
#define TOOLS_PARSE_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct reply {
	int fd;
	uint64_t left;  /* content bytes that may still be sent */
	bool refused;
} reply;

void reply_record(reply *r, unsigned tag, const void *data, size_t length);
void reply_text(reply *r, unsigned tag, const char *text);
void reply_numbers(reply *r, unsigned tag, const uint32_t *values, size_t count);

/* Content in chunks; false (and refused for good) when more comes than may be sent. */
bool reply_content(reply *r, unsigned tag, const void *data, size_t length);

/* Says once why nothing, or nothing more, comes. */
void reply_refuse(reply *r, uint32_t why);

#endif
