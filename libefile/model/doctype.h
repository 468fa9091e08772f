/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Document types: lists of metadata fields, as JSON in the store. */
#ifndef MODEL_DOCTYPE_H
#define MODEL_DOCTYPE_H

#include "base/json.h"
#include "model/inner.h"

typedef struct doctype_field {
	const char *name;         /* borrowed from the definition, as all that follows */
	const char *title;        /* for people, or NULL */
	efile_datatype datatype;
	int64_t min, max;         /* max -1: any number */
	int64_t length;           /* characters; 0: no limit of its own */
	const char *pattern;      /* or NULL */
	const json_value *codes;  /* array of texts, or NULL */
} doctype_field;

typedef struct doctype {
	json_document *document;
	doctype_field *fields;
	size_t count;
	/* of a type that an XML schema defines; NULL: by a list of fields */
	json_document *derived;   /* the fields that were read out of it */
	const char *xsd;
	const char *root;         /* element of the values */
	const char *uri;          /* its namespace, or NULL */
	bool qualified;           /* the fields are in it, too */
} doctype;

#define DOCTYPE_NONE { NULL, NULL, 0, NULL, NULL, NULL, NULL, false }

efile_status doctype_parse(doctype *out, efile_ctx *ctx, const char *definition);
void doctype_clear(doctype *type);
const doctype_field *doctype_field_named(const doctype *type, const char *name);

/* A value as it is kept: checked against its field, in the canonical text of its datatype. */
efile_status doctype_value(char **out, efile_ctx *ctx, const doctype_field *field,
			   const char *value);
/* The key that equal values share. */
efile_status doctype_value_key(char **out, efile_ctx *ctx, int64_t datatype, const char *value);

/* ---- doctype_xsd.c ---- */

/* The fields of an XML schema, as JSON like that of a definition, with root, uri and qualified.
 * UNSUPPORTED if it is more than a list of simple elements. */
efile_status doctype_xsd_fields(buf *out, efile_ctx *ctx, const char *xsd);
/* Whether it is a schema at all: FORMAT, UNSUPPORTED. */
efile_status doctype_xsd_check(efile_ctx *ctx, const char *xsd);

typedef struct doctype_value_row {
	const char *name;
	const char *value;        /* as it is kept */
} doctype_value_row;

/* All values of an object, in the order of the fields, against the schema: INVALID with what it says. */
efile_status doctype_xsd_values(efile_ctx *ctx, const doctype *type, const doctype_value_row *rows,
				size_t count);

#endif
