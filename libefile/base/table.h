/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Enumerations as tables: number and name in both directions. */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct name_row {
	int value;
	const char *name;
} name_row;

/* The name of a value; NULL if the table has none. */
const char *table_name(const name_row *rows, size_t count, int value);

/* The value of a name; false if the table has none. */
bool table_value(int *out, const name_row *rows, size_t count, const char *name);

#define TABLE_NAME(rows, value) table_name((rows), ARRAY_SIZE(rows), (value))
#define TABLE_VALUE(out, rows, name) table_value((out), (rows), ARRAY_SIZE(rows), (name))

#endif
