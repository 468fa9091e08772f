/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parser as its two users inside the module see it: reading and validating. */
#ifndef XML_PARSER_H
#define XML_PARSER_H

#include <libxml/parser.h>

#include "xml/input.h"

typedef struct xml_open {
	long line, column;
	bool large_text;
} xml_open;

typedef struct xml_parser {
	efile_ctx *ctx;
	const char *name;
	const xml_handler *handler;
	void *user;
	xmlParserCtxtPtr libxml;
	efile_status status;      /* our verdict; libxml2's is worth nothing after a stop */
	xml_decoder decoder;
	xml_scanner scanner;
	buf text;                 /* the chunk in UTF-8 */
	buf values;               /* attribute values that had to be rewritten */
	xml_attribute *attributes;
	size_t attribute_count, attribute_capacity;
	xml_open *open;           /* the open elements */
	size_t open_capacity;
	uint32_t depth;
	const xmlChar *plain_uri; /* the last one without an escape: libxml2 interns them */
	bool begun;               /* a root has been seen */
	bool leaving;
	bool bad_namespace;       /* libxml2 has found a real error of namespaces */
	size_t text_bytes;
	xml_path *path;           /* NULL unless somebody wants it; freed with the parser */
	efile_status (*attach)(struct xml_parser *p);  /* after libxml2's parser is made */
	void (*detach)(struct xml_parser *p);          /* before it is freed */
	void *extra;
} xml_parser;

efile_status xml_parser_run(xml_parser *p, efile_reader *reader);

#endif
