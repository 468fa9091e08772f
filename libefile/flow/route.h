/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sign-off lists (Laufweg): who has a user task one after the other or beside each other, as data of
 * the task's row. Entries that were begun never change but for what became of them; those behind may
 * be added, taken away and moved. Pure. */
#ifndef FLOW_ROUTE_H
#define FLOW_ROUTE_H

#include <efile/task.h>

#include "flow/machine.h"

enum { ROUTE_STEPS_MAX = 200 };

typedef enum route_state {
	ROUTE_WAITING, ROUTE_OPEN, ROUTE_DONE,
	ROUTE_RETURNED,         /* its holder sent the list back */
	ROUTE_WITHDRAWN,        /* stood beside one that did so, or beside a refusal */
	ROUTE_REFUSED, ROUTE_SKIPPED
} route_state;

typedef struct route_step {
	int64_t id;             /* never used again */
	int64_t origin;         /* the entry that this one repeats, or its own id */
	int64_t group;          /* entries of the same number stand beside each other */
	route_state state;
	efile_instruction instruction;
	bool required;          /* stays where it is */
	bool joined;            /* while the list is changed: beside the one before */
	const char *to, *due, *note, *reason; /* borrowed */
	efile_id by, behalf;
	efile_time time;
} route_step;

typedef struct route {
	route_step *steps;
	size_t count, capacity;
	int64_t next;           /* id of the next entry */
	int64_t current;        /* group at work */
	json_document *document;/* what the texts are borrowed from */
} route;

void route_clear(route *r);

/* Whether a user task has a list: details are those of flow/form.h. */
bool route_is(const char *details);
/* Whether the entries that the model names are sound, or its expression is FEEL; terms that need a
 * calendar are wrong without one. FORMAT, INVALID, LIMIT. */
efile_status route_check(efile_ctx *ctx, const char *details, bool calendar);

/* What a row keeps, and back; DAMAGED. */
efile_status route_read(route *out, efile_ctx *ctx, const char *json, size_t length);
efile_status route_write(buf *out, efile_ctx *ctx, const route *r);
/* The list as variables and people see it: [{"id":1,"group":1,"to":"a",...}] */
void route_put(json_writer *w, const route *r);
void route_put_step(json_writer *w, const route_step *s);
/* NULL: none of this number. */
route_step *route_find(const route *r, int64_t id);
bool route_any_open(const route *r);

/* The list that a task begins with. */
efile_status route_begin(route *out, machine *m, uint32_t node, const frame *f);

/* One change by its arguments (flow.h, FLOW_EVENT_ROUTE); who holds which entry is the caller's. */
efile_status route_change(route *r, efile_ctx *ctx, const char *act, const json_value *arguments,
			  const char *calendar);
/* The entry was sent back by its holder: what is to be done again comes next. STATE: nobody had it before. */
efile_status route_send_back(route *r, efile_ctx *ctx, int64_t from, int64_t to, bool direct);
/* DENIED if one of the two had another entry of the list. */
efile_status route_check_persons(const route *r, efile_ctx *ctx, int64_t step, const efile_id *actor,
				 const efile_id *behalf);

#endif
