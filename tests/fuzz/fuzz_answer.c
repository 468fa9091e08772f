/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes are answers of a finance system, or are refused; each text of them ends, days and amounts
 * are days and amounts. */
#include <stdint.h>
#include <string.h>

#include "receipt/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t length_of(const char *text)
{
	return text ? strlen(text) : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_PTR(efile_ctx) ctx = NULL;
	AUTO(answers) all = { .items = NULL };
	size_t total = 0;

	if (efile_ctx_new(&ctx, NULL) < 0 ||
	    answers_read(&all, ctx, (const char *)data, size) != EFILE_OK)
		return 0;
	for (size_t i = 0; i < all.count; i++) {
		const answer *a = &all.items[i];
		char day[EFILE_DATE_TEXT_SIZE];
		efile_decimal amount;
		efile_date date;

		total += length_of(a->key) + length_of(a->state) + length_of(a->reason);
		if (a->date && answer_day(day, a->date) && efile_date_parse(&date, day) != EFILE_OK)
			__builtin_trap();
		if (a->amount)
			answer_amount(&amount, a->amount);
	}
	/* A byte of Windows-1252 has at most three of UTF-8. */
	if (total > 3 * size)
		__builtin_trap();
	return 0;
}
