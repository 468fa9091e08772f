/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory of a set: taken in chunks, given back at once. */
#include <stdlib.h>
#include <string.h>

#include "decision/model.h"

enum { POOL_CHUNK = 16 * 1024, POOL_ALIGN = 16 };

typedef struct pool_chunk {
	struct pool_chunk *next;
	size_t size, used;
	_Alignas(POOL_ALIGN) unsigned char bytes[];
} pool_chunk;

static pool_chunk *chunk_new(pool *p, size_t size)
{
	size_t room = size > POOL_CHUNK ? size : POOL_CHUNK;
	pool_chunk *chunk = mem_new(p->ctx, sizeof(*chunk) + room);

	if (!chunk)
		return NULL;
	chunk->size = room;
	chunk->next = p->chunks;
	p->chunks = chunk;
	return chunk;
}

void *dmn_pool_new(pool *p, size_t size)
{
	size_t needed = (size + POOL_ALIGN - 1) / POOL_ALIGN * POOL_ALIGN;
	pool_chunk *chunk = p->chunks;
	void *found;

	if (!chunk || chunk->size - chunk->used < needed)
		chunk = chunk_new(p, needed);
	if (!chunk)
		return NULL;
	found = chunk->bytes + chunk->used;
	chunk->used += needed;
	return found;
}

efile_status dmn_pool_text(const char **out, pool *p, const char *text, size_t length)
{
	char *copy = dmn_pool_new(p, length + 1);

	if (!copy)
		return EFILE_E_NOMEM;
	memcpy(copy, text, length);
	*out = copy;
	return EFILE_OK;
}

void dmn_pool_clear(pool *p)
{
	while (p->chunks) {
		pool_chunk *next = p->chunks->next;

		free(p->chunks);
		p->chunks = next;
	}
}
