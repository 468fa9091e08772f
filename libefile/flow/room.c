/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What lives with an open store: the handlers of service tasks, and the definitions in use, opened
 * and verified once. Rows of definitions never change; that a kept one is still the row of its
 * number is asked anew whenever anybody else may have written. */
#include <stdlib.h>
#include <string.h>

#include "flow/runtime.h"

enum { SLOT_FLOW = 3, KEPT_MAX = 64 };

struct definition_entry {
	definition_record row;
	flow_definition opened;
	uint64_t epoch;         /* of the store, when it was last compared with the table */
	uint64_t newest;        /* epoch in which it is the newest version of its process */
	int holders;
	bool dropped;           /* the last holder frees it */
};

typedef struct flow_room {
	const flow_handler *handlers;
	size_t handler_count;
	flow_engine *engine;
	definition_entry **kept;
	size_t kept_count, kept_capacity;
} flow_room;

static void free_entry(definition_entry *e)
{
	flow_definition_clear(&e->opened);
	definition_record_clear(&e->row);
	free(e);
}

static void drop(flow_room *room, size_t at)
{
	definition_entry *e = room->kept[at];

	room->kept[at] = room->kept[--room->kept_count];
	e->dropped = true;
	if (!e->holders)
		free_entry(e);
}

static void free_room(void *data)
{
	flow_room *room = data;

	while (room->kept_count)
		drop(room, room->kept_count - 1);
	flow_engine_free(room->engine);
	free(room->kept);
	free(room);
}

static efile_status room_of(flow_room **out, efile_store *store)
{
	flow_room *room = store_slot(store, SLOT_FLOW);

	if (!room) {
		room = mem_new(store_ctx(store), sizeof(*room));
		if (!room)
			return EFILE_E_NOMEM;
		store_set_slot(store, SLOT_FLOW, room, free_room);
	}
	*out = room;
	return EFILE_OK;
}

efile_status engine_of(flow_engine **out, efile_store *store)
{
	flow_room *room;

	TRY(room_of(&room, store));
	if (!room->engine)
		TRY(flow_engine_new(&room->engine, store_ctx(store)));
	*out = room->engine;
	return EFILE_OK;
}

/* ---- handlers ---- */

efile_status flow_set_handlers(efile_store *store, const flow_handler *handlers, size_t count)
{
	flow_room *room;

	TRY(room_of(&room, store));
	room->handlers = handlers;
	room->handler_count = count;
	return EFILE_OK;
}

flow_handler_fn handler_named(const efile_store *store, const char *name)
{
	const flow_room *room = store_slot(store, SLOT_FLOW);

	for (size_t i = 0; room && i < room->handler_count; i++)
		if (strcmp(room->handlers[i].name, name) == 0)
			return room->handlers[i].call;
	return NULL;
}

/* ---- definitions ---- */

/* 0: outside of a writer nobody tells what others write. */
static uint64_t epoch_of(const efile_store *store)
{
	return store_is_writing(store) ? store_epoch(store) : 0;
}

static efile_status load_entry(definition_entry **out, efile_store *store, int64_t row)
{
	definition_entry *e = mem_new(store_ctx(store), sizeof(*e));
	efile_status status;

	if (!e)
		return EFILE_E_NOMEM;
	status = definition_by_row(&e->row, store, row);
	if (status == EFILE_E_NOTFOUND)
		status = FAIL(store_ctx(store), EFILE_E_DAMAGED, 2400,
			      "the definition of a process is missing");
	if (status == EFILE_OK)
		status = flow_definition_open(&e->opened, store_ctx(store), e->row.arena.data,
					      e->row.arena.length);
	if (status < 0) {
		free_entry(e);
		return status;
	}
	*out = e;
	return EFILE_OK;
}

static efile_status keep(flow_room *room, efile_store *store, definition_entry *e)
{
	void *kept = room->kept;

	for (size_t i = 0; i < room->kept_count && room->kept_count >= KEPT_MAX; i++)
		if (!room->kept[i]->holders)
			drop(room, i);
	TRY(mem_grow(store_ctx(store), &kept, &room->kept_capacity, room->kept_count,
		     sizeof(definition_entry *)));
	room->kept = kept;
	room->kept[room->kept_count++] = e;
	return EFILE_OK;
}

/* A kept one that is still what the table says; a number can belong to another row after a
 * rollback. */
static efile_status find_kept(definition_entry **out, flow_room *room, efile_store *store, int64_t row)
{
	uint64_t epoch = epoch_of(store);
	size_t at = 0;
	bool same;

	*out = NULL;
	while (at < room->kept_count && room->kept[at]->row.head.id != row)
		at++;
	if (at == room->kept_count)
		return EFILE_OK;
	if (!epoch || room->kept[at]->epoch != epoch) {
		TRY(definition_is(&same, store, row, &room->kept[at]->row.uuid));
		if (!same) {
			drop(room, at);
			return EFILE_OK;
		}
		room->kept[at]->epoch = epoch;
	}
	*out = room->kept[at];
	return EFILE_OK;
}

efile_status definition_hold(definition_ref *ref, efile_store *store, int64_t row)
{
	definition_entry *e;
	flow_room *room;

	TRY(room_of(&room, store));
	TRY(find_kept(&e, room, store, row));
	if (!e) {
		TRY(load_entry(&e, store, row));
		if (keep(room, store, e) < 0) {
			free_entry(e);
			return EFILE_E_NOMEM;
		}
		e->epoch = epoch_of(store);
	}
	e->holders++;
	*ref = (definition_ref){ e, &e->row, &e->opened };
	return EFILE_OK;
}

efile_status definition_hold_newest(definition_ref *ref, efile_store *store, const char *process)
{
	uint64_t epoch = epoch_of(store);
	flow_room *room;
	int64_t row = 0;

	TRY(room_of(&room, store));
	for (size_t i = 0; i < room->kept_count && epoch; i++)
		if (room->kept[i]->newest == epoch && !strcmp(room->kept[i]->row.process, process))
			row = room->kept[i]->row.head.id;
	if (!row)
		TRY(definition_newest_row(&row, store, process));
	TRY(definition_hold(ref, store, row));
	ref->entry->newest = epoch;
	return EFILE_OK;
}

void definition_ref_clear(definition_ref *ref)
{
	definition_entry *e = ref->entry;

	*ref = (definition_ref)DEFINITION_REF_NONE;
	if (e && --e->holders == 0 && e->dropped)
		free_entry(e);
}
