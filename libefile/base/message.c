/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "efile/ctx.h"

typedef struct message_row {
	const char *english;
	const char *german;
} message_row;

/* Generated from po/, sorted by the English text. */
static const message_row german_rows[] = {
#include "messages_de.inc"
};

static int compare(const void *key, const void *row)
{
	return strcmp(key, ((const message_row *)row)->english);
}

const char *message_translate(int language, const char *english)
{
	const message_row *row;

	if (language != EFILE_LANGUAGE_DE)
		return english;
	row = bsearch(english, german_rows, ARRAY_SIZE(german_rows), sizeof(*german_rows), compare);
	return row ? row->german : english;
}

const char *efile_message(const efile_ctx *ctx, const char *english)
{
	return message_translate((int)efile_ctx_language(ctx), english);
}
