/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Patterns of reference numbers (Aktenzeichen): "{plan.code}-{dossier:04}/{case:03}-{yyyy}". Pure.
 *
 * A pattern has up to three parts, one per kind that is numbered: the dossier's reaches up to the
 * literal before {case}, the case's from there up to the literal before {document}. A case's number
 * is its dossier's followed by its part, so a dossier that was numbered by hand passes that on. */
#ifndef MODEL_PATTERN_H
#define MODEL_PATTERN_H

#include "base/base.h"

typedef enum pattern_kind {
	PATTERN_TEXT,
	PATTERN_CODE,      /* {plan.code} */
	PATTERN_DOSSIER,   /* {dossier} or {dossier:04}: counter, padded to a width */
	PATTERN_CASE,
	PATTERN_DOCUMENT,
	PATTERN_YEAR,      /* {yyyy} */
	PATTERN_YEAR_SHORT /* {yy} */
} pattern_kind;

typedef struct pattern_item {
	pattern_kind kind;
	int width;
	const char *text;  /* in the pattern's text */
	size_t length;
} pattern_item;

enum { PATTERN_ITEMS = 32, PATTERN_PARTS = 3 };

typedef struct pattern {
	pattern_item items[PATTERN_ITEMS];
	size_t count;
	size_t ends[PATTERN_PARTS]; /* of the parts of dossier, case, document; 0: not numbered */
} pattern;

/* The items borrow from text. INVALID names what is wrong. */
efile_status pattern_parse(pattern *out, efile_ctx *ctx, const char *text);

/* Writes one part. counter < 0 holds its place open with '#': the scope of the counter. */
void pattern_write(buf *out, const pattern *p, pattern_kind part, const char *code, int year,
		   int64_t counter);
bool pattern_has(const pattern *p, pattern_kind part);

#endif
