/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Code lists of the invoice rules: data with a version (schemas/invoice/codelists), compiled in; a
 * file of the same form in the folder "codelists" of the context's schema_path takes precedence. */
#ifndef INVOICE_CODELIST_H
#define INVOICE_CODELIST_H

#include "base/base.h"

typedef struct codelist {
	const char *name;        /* of the file, without its ending: "iso-4217" */
	const char *standard, *version, *source;
	const char *text;        /* the codes, sorted by bytes, each with a NUL behind */
	const uint16_t *at;      /* where each begins in text */
	size_t count;
} codelist;

/* Reads what the context's schema_path has, once per context; until then those compiled in hold.
 * FORMAT, IO and LIMIT name the file that cannot be used. */
efile_status codelists_ready(efile_ctx *ctx);

/* A list by its name; NULL if there is none. Lives as long as the context. */
const codelist *codelist_find(const efile_ctx *ctx, const char *name);
size_t codelist_total(void);                       /* how many lists there are */
const codelist *codelist_number(const efile_ctx *ctx, size_t index); /* in the order of their names */

/* Whether a list has a code, to the byte. */
bool codelist_has(const codelist *list, const char *text, size_t length);

#endif
