/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text: UTF-8 checks, NFC, folding, comparing. Text is kept as given; keys stand beside it. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Whether bytes are valid UTF-8 without NUL (RFC 3629: no surrogates, nothing overlong). */
bool str_utf8_valid(const char *text, size_t length);

/* Decodes one character; answers the bytes used, 0 at the end, and U+FFFD with 1 for a bad byte. */
size_t str_utf8_next(uint32_t *out, const char *text, size_t length);

/* Appends one character; a surrogate or a value past U+10FFFF becomes U+FFFD. */
void str_utf8_add(buf *out, uint32_t character);

/* ASCII-only comparisons, free of the locale. */
int str_ascii_casecmp(const char *a, const char *b);
int str_ascii_ncasecmp(const char *a, const char *b, size_t length);
bool str_starts_with(const char *text, const char *prefix);
bool str_equal(const char *a, const char *b); /* NULL equals NULL only */
char str_ascii_lower(char c);
bool str_ascii_space(char c); /* blank, tab, CR, LF, FF, VT */
bool str_ascii_digit(char c);

/* Lower-case hex of bytes; out has room for 2 * length + 1. */
char *str_hex(char *out, const void *data, size_t length);
bool str_unhex(void *out, const char *hex, size_t length); /* length bytes from 2 * length digits */

#endif
