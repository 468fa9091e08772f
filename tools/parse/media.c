/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <magic.h>

#include "parse/document.h"

enum { LOOK_AT_BYTES = 1 << 20 };

static magic_t table;

/* MAGIC_COMPRESS stays off: nothing is unpacked and no program is started. */
bool media_load(void)
{
	table = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_ELF);
	return table && magic_load(table, NULL) == 0 && media_type("efile", 5) != NULL;
}

const char *media_type(const void *data, size_t length)
{
	const char *found = length == 0 ? "application/x-empty" :
		magic_buffer(table, data, length < LOOK_AT_BYTES ? length : LOOK_AT_BYTES);

	return found ? found : "application/octet-stream";
}
