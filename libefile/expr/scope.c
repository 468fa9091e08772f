/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The scope of an evaluation: its memory, what is handed to it, how it ends. */
#include "expr/value.h"

#include <stdlib.h>

#include "expr/vm.h"

/* ---- memory: chunks that are freed together ---- */

typedef struct arena_chunk {
	struct arena_chunk *next;
	size_t capacity;
	size_t used;
	max_align_t data[];
} arena_chunk;

enum { CHUNK_FIRST = 4096, CHUNK_MAX = 256 * 1024 };

static arena_chunk *chunk_add(expr_scope *scope, size_t size)
{
	size_t capacity = scope->chunks ? scope->chunks->capacity * 2 : CHUNK_FIRST;
	arena_chunk *chunk;

	if (capacity > CHUNK_MAX)
		capacity = CHUNK_MAX;
	if (capacity < size)
		capacity = size;
	if (scope->used + capacity > EXPR_MEMORY_MAX) {
		FAIL(scope->ctx, EFILE_E_LIMIT, 1520,
		     "the expression needs more than %d bytes of memory", EXPR_MEMORY_MAX);
		return NULL;
	}
	chunk = malloc(sizeof(*chunk) + capacity);
	if (!chunk) {
		mem_failed(scope->ctx);
		return NULL;
	}
	chunk->next = scope->chunks;
	chunk->capacity = capacity;
	chunk->used = 0;
	scope->chunks = chunk;
	scope->used += capacity;
	return chunk;
}

void *scope_alloc(expr_scope *scope, size_t size)
{
	arena_chunk *chunk = scope->chunks;
	void *at;

	if (size > EXPR_MEMORY_MAX)
		size = EXPR_MEMORY_MAX + 1;
	size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	if (!chunk || chunk->capacity - chunk->used < size)
		chunk = chunk_add(scope, size);
	if (!chunk)
		return NULL;
	at = (char *)chunk->data + chunk->used;
	chunk->used += size;
	return at;
}

efile_status scope_failed(const expr_scope *scope)
{
	return scope->ctx->error.status;
}

efile_status expr_scope_new(expr_scope **out, efile_ctx *ctx)
{
	expr_scope *scope = mem_new(ctx, sizeof(*scope));

	if (!scope)
		return EFILE_E_NOMEM;
	scope->ctx = ctx;
	*out = scope;
	return EFILE_OK;
}

static void chunks_free(arena_chunk *chunk)
{
	while (chunk) {
		arena_chunk *next = chunk->next;

		free(chunk);
		chunk = next;
	}
}

void expr_scope_reset(expr_scope *scope)
{
	arena_chunk *keep = scope->chunks;

	if (keep) {
		chunks_free(keep->next);
		keep->next = NULL;
		keep->used = 0;
		scope->used = keep->capacity;
	}
	scope->variables = (expr_context){ NULL, 0, 0 };
	scope->types = NULL;
	scope->warning_count = 0;
	scope->failed = false;
	scope->steps = 0;
}

expr_mark expr_scope_mark(const expr_scope *scope)
{
	return (expr_mark){ scope->chunks, scope->chunks ? scope->chunks->used : 0 };
}

/* The chunk that was there first stays, so that small evaluations need no new one. */
void expr_scope_rewind(expr_scope *scope, expr_mark mark)
{
	while (scope->chunks && scope->chunks != mark.chunk && (mark.chunk || scope->chunks->next)) {
		arena_chunk *next = scope->chunks->next;

		scope->used -= scope->chunks->capacity;
		free(scope->chunks);
		scope->chunks = next;
	}
	if (scope->chunks)
		scope->chunks->used = mark.used;
}

uint64_t expr_scope_steps(const expr_scope *scope)
{
	return scope->steps;
}

void expr_scope_free(expr_scope *scope)
{
	if (!scope)
		return;
	chunks_free(scope->chunks);
	scope_zones_free(scope);
	vm_free(scope->machine);
	free(scope);
}

void expr_scope_set_now(expr_scope *scope, efile_time now, int32_t offset)
{
	scope->has_now = true;
	scope->now = now;
	scope->now_offset = offset;
}
