/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A growing byte buffer. A failed allocation sticks: append on, ask once with buf_status(). */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

typedef struct buf {
	char *data;      /* NUL behind the last byte; never NULL after BUF_INIT via buf_text() */
	size_t length;
	size_t capacity;
	bool failed;
} buf;

#define BUF_INIT { NULL, 0, 0, false }

void buf_clear(buf *b);                 /* frees; usable again */
void buf_reset(buf *b);                 /* empties, keeps the memory */
void buf_add(buf *b, const void *data, size_t length);
void buf_add_text(buf *b, const char *text);
void buf_add_char(buf *b, char c);
void buf_add_format(buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_add_vformat(buf *b, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
void buf_add_u16(buf *b, uint16_t value);   /* big-endian, as all bytes of docs/FORMAT.md */
void buf_add_u32(buf *b, uint32_t value);
void buf_add_u64(buf *b, uint64_t value);
bool buf_reserve(buf *b, size_t more);  /* room for more bytes behind length, and a NUL */
const char *buf_text(const buf *b);     /* never NULL */

/* EFILE_OK, or NOMEM set on the context if any append failed. */
efile_status buf_status(const buf *b, efile_ctx *ctx);

/* Hands the text over (free with free()); the buffer is empty afterwards. */
efile_status buf_take(char **out, buf *b, efile_ctx *ctx);

#endif
