/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON reader and writer: numbers stay text or exact decimals, keys keep their order. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>

#include <efile/decimal.h>
#include <efile/types.h>

#include "base/buf.h"

/* ---- writing: one value, compact, RFC 8259; commas are set by the writer itself ---- */
typedef struct json_writer {
	buf *out;
	unsigned depth;
	bool comma;      /* the next value or key needs a comma before it */
} json_writer;

void json_begin(json_writer *w, buf *out);
void json_object(json_writer *w);
void json_end_object(json_writer *w);
void json_array(json_writer *w);
void json_end_array(json_writer *w);
void json_key(json_writer *w, const char *key);
void json_text(json_writer *w, const char *text);            /* NULL writes null */
void json_text_n(json_writer *w, const char *text, size_t length); /* bad UTF-8 becomes U+FFFD */
void json_int(json_writer *w, int64_t value);
void json_bool(json_writer *w, bool value);
void json_null(json_writer *w);
void json_decimal(json_writer *w, efile_decimal value);      /* as a string: docs/json.md */
void json_raw(json_writer *w, const char *json);             /* a ready value, on one line */
/* key and value in one call */
void json_put_text(json_writer *w, const char *key, const char *text);
void json_put_int(json_writer *w, const char *key, int64_t value);
void json_put_bool(json_writer *w, const char *key, bool value);
void json_put_id(json_writer *w, const char *key, const efile_id *id);     /* none writes null */
void json_put_time(json_writer *w, const char *key, efile_time time);
void json_put_date(json_writer *w, const char *key, efile_date date);      /* none writes null */

/* ---- reading: a tree in one arena ---- */
typedef enum json_type {
	JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT
} json_type;

typedef struct json_value {
	json_type type;
	const char *text;        /* of a string (UTF-8, NUL-terminated) or a number as it was written */
	size_t length;           /* of text; a string may hold NUL only as an error (refused) */
	const char *key;         /* in an object */
	struct json_value *child;/* first of an array or object */
	struct json_value *next; /* sibling */
} json_value;

typedef struct json_document json_document;

/* Parses one JSON text (RFC 8259, no extensions, no byte order mark): duplicate keys, lone surrogates,
 * NUL and bad UTF-8 answer FORMAT, nesting beyond efile_limits.json_depth LIMIT, all with line and
 * column. */
efile_status json_parse(json_document **out, efile_ctx *ctx, const char *text, size_t length);
const json_value *json_root(const json_document *document);
void json_document_free(json_document *document);

/* A value as it stands; nests as deep as the reader lets it. */
void json_copy(json_writer *w, const json_value *value);
const json_value *json_member(const json_value *object, const char *key); /* NULL if absent */
const char *json_member_text(const json_value *object, const char *key);  /* NULL if no string */
efile_status json_as_int(int64_t *out, const json_value *value);          /* INVALID, LIMIT */
efile_status json_as_decimal(efile_decimal *out, const json_value *value);/* number or string */

DEFINE_AUTO_PTR(json_document, json_document_free)

#endif
