/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Foreign XML, read safely; schemas; writing. The only module that includes libxml2. */
#ifndef XML_XML_H
#define XML_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

/* ---- reading: a hardened push reader (docs/DECISIONS.md: no DOM for foreign files) ----
 *
 * DOCTYPE is refused, entities other than the five of XML do not exist, nothing outside the given
 * bytes is ever opened. Depth, attributes, tag length and text are limited by efile_limits before
 * libxml2 works on them. Encodings: UTF-8, UTF-16, US-ASCII, ISO-8859-1, ISO-8859-15,
 * Windows-1252; the handler always sees UTF-8. Lines and columns (in bytes of the UTF-8 text) count
 * from 1 and are those of the tag's "<". */

typedef struct xml_attribute {
	const char *uri;     /* "" without namespace */
	const char *prefix;  /* "" without */
	const char *name;
	const char *value;   /* not NUL-terminated */
	size_t length;
} xml_attribute;

typedef struct xml_element {
	const char *uri;     /* "" without namespace */
	const char *prefix;  /* as written, "" without */
	const char *name;    /* uri, prefix and name are interned: equal text is the same pointer
			      * as long as the reading goes on */
	const xml_attribute *attributes;
	size_t attribute_count;
	uint32_t depth;      /* 1 for the root */
	long line;
	long column;
	bool large_text;     /* a handler sets it: the text is not held to xml_text_bytes */
} xml_element;

/* What happens while reading; each callback may be NULL and may end the reading by an error that it
 * has set on the context. All pointers are borrowed for the call. Text comes in pieces. */
typedef struct xml_handler {
	efile_status (*start)(void *user, xml_element *element);
	efile_status (*end)(void *user, const xml_element *element); /* without attributes */
	efile_status (*text)(void *user, const char *text, size_t length);
	efile_status (*namespace)(void *user, const char *prefix, const char *uri);
	efile_status (*instruction)(void *user, const char *target, const char *data);
} xml_handler;

/* Reads a document to its end. name stands as the place in errors (FORMAT, LIMIT, NOMEM; those of
 * the reader and of the callbacks pass through). */
efile_status xml_read(efile_ctx *ctx, efile_reader *reader, const char *name,
		      const xml_handler *handler, void *user);
efile_status xml_read_bytes(efile_ctx *ctx, const void *data, size_t length, const char *name,
			    const xml_handler *handler, void *user);

/* The value of an attribute (uri "" for none), NUL-terminated in *scratch; NULL if absent or
 * without memory, which sticks to scratch. */
const char *xml_attribute_value(buf *scratch, const xml_element *element, const char *uri,
				const char *name);

/* What the first bytes are: the root element of a document, read no further than needed. */
typedef struct xml_root {
	char *uri;
	char *name;
	long line;
} xml_root;
efile_status xml_root_of(xml_root *out, efile_ctx *ctx, const void *data, size_t length);
void xml_root_clear(xml_root *root);
#define XML_ROOT_NONE { NULL, NULL, 0 }

/* ---- paths: /Invoice/cac:InvoiceLine[3]/cbc:ID[1] of the element being read ---- */
typedef struct xml_path xml_path;
efile_status xml_path_new(xml_path **out, efile_ctx *ctx);
void xml_path_free(xml_path *path);
/* uri and name must be interned pointers, as an xml_element has them. */
efile_status xml_path_push(xml_path *path, const char *uri, const char *prefix, const char *name);
void xml_path_pop(xml_path *path);
uint32_t xml_path_index(const xml_path *path);  /* of the innermost element among its namesakes */
void xml_path_format(buf *out, const xml_path *path);

DEFINE_AUTO_PTR(xml_path, xml_path_free)

#endif
