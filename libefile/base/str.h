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

/* The three below append to out and answer EFILE_OK or NOMEM; a bad byte becomes U+FFFD. */

/* Normalisation form C (UAX #15): the same letters in the same bytes. */
efile_status str_nfc(buf *out, efile_ctx *ctx, const char *text, size_t length);

/* The key to search and compare by: case folded, accents and strokes taken off, ß as ss, in form C.
 * Vowel signs of scripts that need them stay. */
efile_status str_fold(buf *out, efile_ctx *ctx, const char *text, size_t length);

/* A key whose bytes sort German words: DIN 5007-1, ä as a, ß as ss; among equal ones a before ä. */
efile_status str_sort_key_din5007(buf *out, efile_ctx *ctx, const char *text, size_t length);

/* Lower-case hex of bytes; out has room for 2 * length + 1. */
char *str_hex(char *out, const void *data, size_t length);
bool str_unhex(void *out, const char *hex, size_t length); /* length bytes from 2 * length digits */

#endif
