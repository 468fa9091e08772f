/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes are a table, or are refused; each cell of one is text that ends. */
#include <stdint.h>
#include <string.h>

#include "model/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_PTR(efile_ctx) ctx = NULL;
	AUTO(csv_table) table = CSV_NONE;
	size_t total = 0;

	if (efile_ctx_new(&ctx, NULL) < 0 ||
	    csv_parse(&table, ctx, (const char *)data, size) != EFILE_OK)
		return 0;
	for (size_t row = 0; row < table.rows; row++)
		for (size_t column = 0; column < table.columns; column++) {
			const char *cell = csv_cell(&table, row, column);

			total += cell ? strlen(cell) : 0;
		}
	if (total > size)
		__builtin_trap();
	return 0;
}
