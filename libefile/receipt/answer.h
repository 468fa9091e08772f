/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a finance system answers, line by line; reading only. Pure. */
#ifndef RECEIPT_ANSWER_H
#define RECEIPT_ANSWER_H

#include "base/base.h"

/* One answer; texts as given, NULL where there is none. */
typedef struct answer {
	long line;
	const char *key, *state, *document, *date, *amount, *currency, *reason;
} answer;

typedef struct answers {
	answer *items;
	size_t count, capacity;
	char **texts;             /* that the items point to */
	size_t text_count, text_capacity;
} answers;

/* A table with a heading or XML (docs/RECEIPT.md); FORMAT with the line. */
efile_status answers_read(answers *out, efile_ctx *ctx, const char *data, size_t length);
void answers_clear(answers *a);

/* An amount with point or comma, without marks of thousands; false if it is none. */
bool answer_amount(efile_decimal *out, const char *text);
/* A day as YYYY-MM-DD, DD.MM.YYYY or YYYYMMDD; false if it is none. */
bool answer_day(char out[EFILE_DATE_TEXT_SIZE], const char *text);

#endif
