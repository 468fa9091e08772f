/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Document types: lists of metadata fields, as JSON in the store. */
#ifndef MODEL_DOCTYPE_H
#define MODEL_DOCTYPE_H

#include "base/json.h"
#include "model/inner.h"

typedef struct doctype_field {
	const char *name;         /* borrowed from the definition, as all that follows */
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
} doctype;

#define DOCTYPE_NONE { NULL, NULL, 0 }

efile_status doctype_parse(doctype *out, efile_ctx *ctx, const char *definition);
void doctype_clear(doctype *type);
const doctype_field *doctype_field_named(const doctype *type, const char *name);

/* A value as it is kept: checked against its field, in the canonical text of its datatype. */
efile_status doctype_value(char **out, efile_ctx *ctx, const doctype_field *field,
			   const char *value);
/* The key that equal values share. */
efile_status doctype_value_key(char **out, efile_ctx *ctx, int64_t datatype, const char *value);

#endif
