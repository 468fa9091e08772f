/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/table.h"

#include <string.h>

const char *table_name(const name_row *rows, size_t count, int value)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].value == value)
			return rows[i].name;
	return NULL;
}

bool table_value(int *out, const name_row *rows, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(rows[i].name, name) == 0) {
			*out = rows[i].value;
			return true;
		}
	}
	return false;
}
