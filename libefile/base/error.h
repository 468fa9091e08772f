/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Setting the last error of a context. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdarg.h>

#include <efile/error.h>

struct buf;

/* Sets the error and answers its status: return FAIL(ctx, EFILE_E_STATE, 2012, "case %s is closed",
 * title). The number is stable and unique to the message within the module's range (docs/ABI.md);
 * the format is the English text, short, one line, naming the thing; po/ holds the German one with
 * the same conversions in the same order. */
#define FAIL(ctx, status, number, ...) error_set((ctx), (status), (number), __VA_ARGS__)

efile_status error_set(efile_ctx *ctx, efile_status status, int number, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Adds the place to the error just set; keeps one that is there already. */
efile_status error_at(efile_ctx *ctx, const char *place, long line, long column);

/* What a message is made of, whatever the language: for a text that is kept and told later. The
 * values of the conversions in their order, each ended by MESSAGE_SEPARATOR. Borrowed from the
 * error; "" if there is none. */
enum { MESSAGE_SEPARATOR = 0x1f };
void error_parts(const efile_ctx *ctx, const char **english, const char **arguments);

/* The message of such parts in a language. Missing values are empty. */
void message_refill(struct buf *out, int language, const char *english, const char *arguments);

/* Public functions call it on entry: after success there is no error left. */
void error_clear(efile_ctx *ctx);

/* The text of a message in a language: the German one from the table generated out of po/, or the
 * given English one. Also used for findings and by the tools. */
const char *message_translate(int language, const char *english);

/* Formats a message in the language of the context; malloc'd, NULL without memory. */
char *message_format(const efile_ctx *ctx, const char *english, ...)
	__attribute__((format(printf, 2, 3)));
char *message_vformat(const efile_ctx *ctx, const char *english, va_list args);

#endif
