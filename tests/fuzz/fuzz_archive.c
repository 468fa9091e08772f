/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "archive/archive.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

typedef struct state {
	efile_ctx *ctx;
	archive_names names;
} state;

static efile_status take(const archive_item *item, efile_reader *content, void *user)
{
	AUTO_PTR(char) name = NULL;
	state *s = user;
	char room[512];
	size_t got;
	efile_status status = EFILE_OK;

	if (!str_utf8_valid(item->name, strlen(item->name)) ||
	    !str_utf8_valid(item->target, strlen(item->target)))
		__builtin_trap();
	/* Each second content is left unread. */
	while (content && item->index % 2 == 0 && status == EFILE_OK)
		status = efile_reader_read(content, room, sizeof(room), &got);
	TRY(status);
	return archive_safe_name(&name, s->ctx, &s->names, item->name);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	state s = { NULL, ARCHIVE_NAMES_INIT };
	archive_span span = { data, size };
	archive_source source;
	efile_limits limits;
	efile_ctx_options options;

	efile_limits_init(&limits);
	limits.archive_bytes = 8 << 20;
	efile_ctx_options_init(&options);
	options.limits = &limits;
	if (efile_ctx_new(&s.ctx, &options) != EFILE_OK)
		return 0;
	source = archive_from_memory(s.ctx, &span);
	archive_read(s.ctx, &source, take, &s);
	archive_names_clear(&s.names);
	efile_ctx_free(s.ctx);
	return 0;
}
