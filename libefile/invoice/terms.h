/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of business terms. */
#ifndef INVOICE_TERMS_H
#define INVOICE_TERMS_H

#include "base/base.h"

typedef enum term_kind {
	TERM_GROUP, TERM_TEXT, TERM_ID, TERM_CODE, TERM_DATE, TERM_AMOUNT, TERM_UNIT_PRICE,
	TERM_QUANTITY, TERM_PERCENT, TERM_BINARY,
	TERM_POINT_CODE,         /* UNTDID 2005, in CII UNTDID 2475 */
	TERM_NOTE_CODE, TERM_NOTE_TEXT    /* UBL writes both into one element: "#AAI#text" */
} term_kind;

enum { TERM_MANY = 65535 };
#define TERM_NONE ((size_t)-1)

typedef struct term_row {
	const char *id;
	const char *group;       /* "" on document level; of a part the term that it belongs to */
	term_kind kind;
	unsigned least, most;    /* cardinality in its group */
	const char *ubl, *cii;   /* paths from the group's element; NULL: cannot be said */
	const char *name;        /* English; po/ has the German one */
} term_row;

size_t term_count(void);
const term_row *term_at(size_t index);
size_t term_find(const char *id); /* TERM_NONE */
/* Per group (index + 1; 0 the document) its first term (index + 1), and per term the next of its group;
 * both have term_count() + 1 places and come zeroed. */
void term_chains(uint32_t *first, uint32_t *next);
/* The term that a part such as BT-29-1 belongs to, TERM_NONE for whatever is no part. */
size_t term_whole(size_t index);
/* Whether an item of a term may lie in a group; group is TERM_NONE for the document. */
bool term_fits(size_t index, size_t group);

#endif
