/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tables as text: RFC 4180, with ; or tab instead of the comma if the first line says so. Pure. */
#ifndef MODEL_CSV_H
#define MODEL_CSV_H

#include "base/base.h"

enum { CSV_COLUMNS = 64 };

typedef struct csv_table {
	char *text;          /* the cells live in it, each ended by NUL */
	char **cells;        /* row by row, all of them; NULL where a row is short */
	long *lines;         /* where each row begins, from 1 */
	size_t columns, rows;/* the first row is the heading */
} csv_table;

#define CSV_NONE { NULL, NULL, NULL, 0, 0 }

/* Takes bytes apart. FORMAT with the line for bad UTF-8, a quote that does not end, a row with more
 * cells than the heading. Blank lines are left out. */
efile_status csv_parse(csv_table *out, efile_ctx *ctx, const char *data, size_t length);
void csv_table_clear(csv_table *table);

static inline char *csv_cell(const csv_table *table, size_t row, size_t column)
{
	return table->cells[row * table->columns + column];
}

#endif
