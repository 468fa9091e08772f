/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of business terms. */
#ifndef INVOICE_TERMS_H
#define INVOICE_TERMS_H

#include "base/base.h"

typedef enum term_kind {
	TERM_GROUP, TERM_TEXT, TERM_ID, TERM_CODE, TERM_DATE, TERM_AMOUNT, TERM_UNIT_PRICE,
	TERM_QUANTITY, TERM_PERCENT, TERM_BINARY,
	TERM_NOTE_CODE, TERM_NOTE_TEXT    /* UBL writes both into one element: "#AAI#text" */
} term_kind;

enum { TERM_MANY = 65535 };
#define TERM_NONE ((size_t)-1)

typedef struct term_row {
	const char *id;
	const char *group;       /* "" on document level */
	term_kind kind;
	unsigned least, most;    /* cardinality in its group */
	const char *ubl, *cii;   /* paths from the group's element */
	const char *name;        /* English; po/ has the German one */
} term_row;

size_t term_count(void);
const term_row *term_at(size_t index);
size_t term_find(const char *id); /* TERM_NONE */

#endif
