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
	efile_status (*comment)(void *user, const char *text);
	efile_status (*cdata)(void *user, const char *text, size_t length); /* NULL: as text */
} xml_handler;

/* Reads a document to its end. name stands as the place in errors (FORMAT, LIMIT, NOMEM; those of
 * the reader and of the callbacks pass through). */
efile_status xml_read(efile_ctx *ctx, efile_reader *reader, const char *name,
		      const xml_handler *handler, void *user);
efile_status xml_read_bytes(efile_ctx *ctx, const void *data, size_t length, const char *name,
			    const xml_handler *handler, void *user);

/* Whether text is made of characters that XML 1.0 allows, in valid UTF-8. */
bool xml_text_valid(const char *text, size_t length);

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

/* ---- schemas ---- */

/* A schema file by the name that others import it under. */
typedef struct xml_schema_file {
	const char *name;    /* such as "invoice.xsd"; no folder parts */
	const char *text;
	size_t length;
} xml_schema_file;

typedef struct xml_schema xml_schema;

/* Compiles files[0]; it and what it imports or includes may name only the given files. Patterns
 * whose matching could explode (a repeated group with a repetition inside) answer UNSUPPORTED. */
efile_status xml_schema_load(xml_schema **out, efile_ctx *ctx, const xml_schema_file *files,
			     size_t count);
/* The same from a folder: the named file and all *.xsd beside it. */
efile_status xml_schema_load_folder(xml_schema **out, efile_ctx *ctx, const char *folder,
				    const char *name);
/* The schema below a folder that declares the document element root of the namespace uri, whatever its
 * file is called, with what it imports from there; NOTFOUND if there is none. */
efile_status xml_schema_load_for(xml_schema **out, efile_ctx *ctx, const char *folder, const char *uri,
				 const char *root);
void xml_schema_free(xml_schema *schema);

/* Reads and validates in one pass. Each violation becomes a finding "XSD" with line, column and
 * path; handler may be NULL. What is not well-formed is an error, as in xml_read(). */
efile_status xml_validate(efile_report *report, efile_ctx *ctx, const xml_schema *schema,
			  efile_reader *reader, const char *name, const xml_handler *handler,
			  void *user);

/* Validates what has been read before: its elements and texts are told in document order, findings are as
 * those of xml_validate(). What is told must live until its element ends. */
typedef struct xml_validator xml_validator;
typedef void (*xml_place_fn)(report_place *out, buf *path, void *user); /* of the innermost element */
efile_status xml_validator_new(xml_validator **out, const xml_schema *schema, efile_report *report,
			       efile_ctx *ctx, xml_place_fn place, void *user);
efile_status xml_validator_start(xml_validator *v, const xml_element *e);
efile_status xml_validator_text(xml_validator *v, const char *text, size_t length);
efile_status xml_validator_end(xml_validator *v, const xml_element *e);
void xml_validator_free(xml_validator *v);

/* Compiled schemas by name, so that each is compiled once per owner. */
typedef struct xml_catalogue xml_catalogue;
efile_status xml_catalogue_new(xml_catalogue **out, efile_ctx *ctx);
void xml_catalogue_free(xml_catalogue *catalogue);
/* A compiled-in file; text stays the caller's and must outlive the catalogue. */
efile_status xml_catalogue_add(xml_catalogue *catalogue, const char *name, const char *text,
			       size_t length);
/* The schema of that name: first from the context's schema_path, then from the added files;
 * compiled at the first request and kept. NOTFOUND if there is none. */
efile_status xml_catalogue_schema(const xml_schema **out, xml_catalogue *catalogue,
				  const char *name);

/* ---- writing: UTF-8, streaming; errors stick and come out of xml_writer_end() ---- */
typedef struct xml_writer {
	buf *out;
	efile_writer *target;    /* NULL: all stays in out */
	efile_ctx *ctx;
	bool indent;
	buf stack;               /* names of the open elements, NUL-separated */
	uint32_t depth;
	bool open_tag;           /* attributes may still come */
	bool had_text;           /* no line break before the next tag */
	efile_status status;
} xml_writer;

/* Begins a document; with a target, out is only a buffer that is emptied into it. Clear with
 * xml_writer_clear() on every way out. */
void xml_writer_begin(xml_writer *w, efile_ctx *ctx, buf *out, efile_writer *target, bool indent);
/* Names are written as given, prefix included; a namespace is declared by an attribute "xmlns:p". */
void xml_writer_start(xml_writer *w, const char *name);
void xml_writer_attribute(xml_writer *w, const char *name, const char *value); /* NULL: left out */
void xml_writer_text(xml_writer *w, const char *text);
void xml_writer_text_n(xml_writer *w, const char *text, size_t length);
void xml_writer_base64(xml_writer *w, const void *data, size_t length); /* in pieces: multiples of 3 */
void xml_writer_comment(xml_writer *w, const char *text);
/* As they were read: no blanks and line breaks are added. A "]]>" inside CDATA splits it. */
void xml_writer_comment_kept(xml_writer *w, const char *text);
void xml_writer_cdata(xml_writer *w, const char *text, size_t length);
void xml_writer_instruction(xml_writer *w, const char *target, const char *data);
void xml_writer_close(xml_writer *w);                          /* the innermost element */
void xml_writer_element(xml_writer *w, const char *name, const char *text); /* NULL: left out */
efile_status xml_writer_end(xml_writer *w);                    /* closes what is open, flushes */
void xml_writer_clear(xml_writer *w);

/* ---- canonical form (C14N 1.0, without comments), for digests; at most 16 MiB of source ---- */
efile_status xml_canonical(buf *out, efile_ctx *ctx, const void *data, size_t length,
			   const char *name);
efile_status xml_canonical_sha256(unsigned char out[32], efile_ctx *ctx, const void *data,
				  size_t length, const char *name);

DEFINE_AUTO_PTR(xml_path, xml_path_free)
DEFINE_AUTO_PTR(xml_schema, xml_schema_free)
DEFINE_AUTO_PTR(xml_validator, xml_validator_free)
DEFINE_AUTO_PTR(xml_catalogue, xml_catalogue_free)

#endif
