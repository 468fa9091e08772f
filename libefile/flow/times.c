/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How long tasks take: median and 90th percentile of each node (nearest rank), over all instances of a
 * process in one pass over the tasks; the log need not be read. Eight bytes for each task that ended. */
#include <stdlib.h>
#include <string.h>

#include "flow/runtime.h"

typedef struct gathered {
	flow_step_time step;
	efile_time *times;
	size_t capacity;
} gathered;

typedef struct work {
	efile_ctx *ctx;
	gathered *items;
	size_t count, capacity;
} work;

static void work_clear(work *k)
{
	for (size_t i = 0; i < k->count; i++) {
		free(k->items[i].step.node);
		free(k->items[i].step.name);
		free(k->items[i].times);
	}
	free(k->items);
}

/* There are few nodes and they come in any order. */
static efile_status place_of(gathered **out, work *k, const char *node)
{
	void *items = k->items;

	for (size_t i = k->count; i > 0; i--)
		if (strcmp(k->items[i - 1].step.node, node) == 0) {
			*out = &k->items[i - 1];
			return EFILE_OK;
		}
	TRY(mem_grow(k->ctx, &items, &k->capacity, k->count, sizeof(*k->items)));
	k->items = items;
	*out = &k->items[k->count];
	**out = (gathered){ .times = NULL };
	TRY(mem_dup(&(*out)->step.node, k->ctx, node));
	k->count++;
	return EFILE_OK;
}

static efile_status gather(void *user, const char *node, const char *name, bool ended, efile_time took)
{
	work *k = user;
	gathered *g;
	void *times;

	TRY(place_of(&g, k, node));
	if (!g->step.name)
		TRY(mem_dup(&g->step.name, k->ctx, name));
	g->step.open += !ended;
	if (!ended)
		return EFILE_OK;
	times = g->times;
	TRY(mem_grow(k->ctx, &times, &g->capacity, (size_t)g->step.ended, sizeof(took)));
	g->times = times;
	g->times[g->step.ended++] = took;
	return EFILE_OK;
}

static int by_time(const void *a, const void *b)
{
	efile_time x = *(const efile_time *)a, y = *(const efile_time *)b;

	return (x > y) - (x < y);
}

/* The smallest time that so many of a hundred do not exceed. */
static efile_time rank(const gathered *g, int64_t percent)
{
	return g->times[(g->step.ended * percent + 99) / 100 - 1];
}

static int by_node(const void *a, const void *b)
{
	return strcmp(((const gathered *)a)->step.node, ((const gathered *)b)->step.node);
}

static efile_status tell_all(work *k, flow_step_time_fn fn, void *user)
{
	if (k->count)
		qsort(k->items, k->count, sizeof(*k->items), by_node);
	for (size_t i = 0; i < k->count; i++) {
		gathered *g = &k->items[i];

		if (g->step.ended) {
			qsort(g->times, (size_t)g->step.ended, sizeof(*g->times), by_time);
			g->step.median = rank(g, 50);
			g->step.p90 = rank(g, 90);
		}
		TRY(fn(user, &g->step));
	}
	return EFILE_OK;
}

efile_status flow_step_times(efile_store *store, const char *process, efile_time from,
			     efile_time before, flow_step_time_fn fn, void *user)
{
	AUTO(work) k = { .ctx = store_ctx(store) };

	TRY(task_each_time(store, process, from, before, gather, &k));
	return tell_all(&k, fn, user);
}
