/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows written since the last entry of the log. */
#include <stdlib.h>
#include <string.h>

#include "store/inner.h"

enum { LINEAR_MAX = 24 };

void pending_reset(pending *p)
{
	p->count = 0;
	p->seeded = false;
	p->index_size = 0;
}

void pending_free(pending *p)
{
	free(p->rows);
	free(p->index);
	memset(p, 0, sizeof(*p));
}

/* A copy for a savepoint; mostly empty, since a call has no rows open before it begins. */
efile_status pending_copy(pending *out, efile_ctx *ctx, const pending *p)
{
	*out = (pending){ .seeded = p->seeded };
	memcpy(out->seed, p->seed, sizeof(out->seed));
	if (p->count == 0)
		return EFILE_OK;
	out->rows = mem_new(ctx, p->count * sizeof(*p->rows));
	if (!out->rows)
		return EFILE_E_NOMEM;
	memcpy(out->rows, p->rows, p->count * sizeof(*p->rows));
	out->count = out->capacity = p->count;
	return EFILE_OK;
}

static size_t hash_of(unsigned kind, int64_t id, size_t size)
{
	uint64_t h = ((uint64_t)id * 256 + kind) * UINT64_C(0x9E3779B97F4A7C15);

	return (size_t)(h >> 20) & (size - 1);
}

static void index_add(pending *p, size_t row)
{
	size_t at = hash_of(p->rows[row].kind, p->rows[row].id, p->index_size);

	while (p->index[at])
		at = (at + 1) & (p->index_size - 1);
	p->index[at] = (uint32_t)row + 1;
}

/* Keeps the index at most half full. */
static efile_status index_grow(pending *p, efile_ctx *ctx)
{
	size_t size = 128;

	if (p->count < LINEAR_MAX || p->index_size > 2 * p->count)
		return EFILE_OK;
	while (size <= 4 * p->count)
		size *= 2;
	free(p->index);
	p->index_size = 0;
	p->index = mem_new(ctx, size * sizeof(*p->index));
	if (!p->index)
		return EFILE_E_NOMEM;
	p->index_size = size;
	for (size_t i = 0; i < p->count; i++)
		index_add(p, i);
	return EFILE_OK;
}

static pending_row *find(pending *p, unsigned kind, int64_t id)
{
	if (p->index_size) {
		size_t at = hash_of(kind, id, p->index_size);

		for (; p->index[at]; at = (at + 1) & (p->index_size - 1)) {
			pending_row *row = &p->rows[p->index[at] - 1];

			if (row->kind == kind && row->id == id)
				return row;
		}
		return NULL;
	}
	for (size_t i = p->count; i-- > 0;)
		if (p->rows[i].kind == kind && p->rows[i].id == id)
			return &p->rows[i];
	return NULL;
}

efile_status pending_place(pending_row **out, pending *p, efile_ctx *ctx, unsigned kind, int64_t id,
			   bool known)
{
	TRY(index_grow(p, ctx));
	*out = known ? find(p, kind, id) : NULL;
	if (*out)
		return EFILE_OK;
	TRY(mem_grow(ctx, (void **)&p->rows, &p->capacity, p->count, sizeof(*p->rows)));
	*out = &p->rows[p->count];
	**out = (pending_row){ .kind = (uint16_t)kind, .id = id };
	p->count++;
	if (p->index_size)
		index_add(p, p->count - 1);
	return EFILE_OK;
}

efile_status pending_row_get(pending_row **out, efile_store *store, unsigned kind, int64_t id,
			     bool known)
{
	pending *p = &store->pending;

	if (!p->seeded) {
		TRY(store_random(store, p->seed, sizeof(p->seed)));
		p->seeded = true;
	}
	return pending_place(out, p, store->ctx, kind, id, known);
}
