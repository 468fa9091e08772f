/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state of an instance in memory, and its bytes: the same state always has the same bytes.
 *
 *   u8 version (2 if there is a sign-off list, else 1), then varints (LEB128): status; next number; rows; tokens that arrived at joins;
 *   parked tokens; performers; code of the error that ended it (length, text); variables (length,
 *   JSON). Each list has its count first. A row is u8 kind, u8 set of the fields present, number
 *   less that of the row before, node, and the fields present.
 *
 * A row is something alive: a task, a job, a subscription, a sub-process, ... Rows are sorted by
 * number; what a row belongs to (scope, owner) is always an older one, or 0: the process itself. */
#ifndef FLOW_STATE_H
#define FLOW_STATE_H

#include "flow/definition.h"

enum { STATE_VERSION = 2, VARIABLES_MAX = 1024 * 1024 };

typedef enum row_kind {
	ROW_TASK, ROW_JOB, ROW_INCIDENT, ROW_CALL, /* as flow_wait_kind */
	ROW_MESSAGE, ROW_SIGNAL, ROW_TIMER, ROW_CONDITION, /* subscriptions of the owner */
	ROW_CATCH,      /* a token at an event, receive task or event-based gateway */
	ROW_SCOPE,      /* a sub-process at work */
	ROW_LOOP,       /* a loop or multiple instances around their activity */
	ROW_UNDO,       /* a token that compensates */
	ROW_DONE,       /* an activity that can be compensated; data: the snapshot */
	ROW_RESET,      /* a complex gateway that has fired and waits for the rest */
	ROW_ROUTE,      /* a user task with a sign-off list, around the tasks of its entries (index:
			 * the entry's number); data: the list (route.h). From version 2 on */
	ROW_KINDS
} row_kind;

/* Ways in which a token comes to a node, instead of the edge + 1. */
#define EDGE_LEAVING UINT32_MAX         /* its work is done: choose where to go */
#define EDGE_BODY (UINT32_MAX - 1)      /* the activity itself, inside its loop */
#define EDGE_FIRED (UINT32_MAX - 2)     /* the event has happened */
#define EDGE_LISTEN (UINT32_MAX - 3)    /* of an incident: the event is listened to anew */
#define EDGE_NONE 0                     /* from nowhere: the beginning of a scope */
#define EDGE_LAST (UINT32_MAX - 3)

typedef enum row_flag {
	ROW_HELD = 1,           /* condition: held when last looked at */
	ROW_EXPANDED = 2,       /* being compensated: its parts go first */
	ROW_ENDING = 4,         /* compensates: its throw has ended, no token to go on */
	ROW_CANCELS = 8,        /* compensates: the transaction is cancelled then */
	ROW_BOUNDED = 16,       /* timer: total counts the firings left */
	ROW_LISTENS = 32        /* incident: an event of the owner that can't be listened to; no token */
} row_flag;

typedef struct flow_row {
	uint64_t number;
	uint64_t scope;         /* the row around it, 0: the process */
	uint64_t owner;         /* subscriptions: who waits; DONE: who compensates it */
	uint32_t kind, node;
	uint32_t trigger;       /* subscriptions; UNDO: none */
	uint32_t index;         /* which of a loop's instances, from 1; LOOP: the newest */
	uint32_t total;         /* LOOP: instances; TIMER: firings left; RESET: set of edges */
	uint32_t done;          /* LOOP: completed instances; INCIDENT: how the token came */
	uint32_t flags;
	int64_t due;            /* of timers; DONE: which one it was in order */
	size_t data, length;    /* in state.texts: variables of its own; LOOP: the collection;
				 * MESSAGE: the key; ROUTE: the list; JSON */
	uint64_t tokens;        /* counted anew when read: what keeps it alive */
	bool dead;              /* to be removed at the end of the step */
} flow_row;

typedef struct arrived_row {    /* tokens that wait at a join, by the edge they came on */
	uint64_t scope;
	uint32_t edge;
	uint64_t count;
} arrived_row;

/* Tokens that an incident holds back, or with this number that the instance is suspended. */
#define PARKED_SUSPENDED UINT64_MAX

typedef struct parked_row {
	uint64_t incident, scope;
	uint32_t node, edge, index;
	uint64_t count;
} parked_row;

typedef struct performer_row {  /* who did a task that another one is separated from */
	uint32_t node;
	efile_id actor, on_behalf_of;
} performer_row;

typedef struct flow_state {
	flow_status status;
	uint64_t next;          /* number of the next row */
	flow_row *rows;
	size_t row_count, row_capacity;
	arrived_row *arrived;
	size_t arrived_count, arrived_capacity;
	parked_row *parked;
	size_t parked_count, parked_capacity;
	performer_row *performers;
	size_t performer_count, performer_capacity;
	buf texts;              /* of the rows */
	buf code;
	buf variables;          /* a JSON object */
} flow_state;

void flow_state_clear(flow_state *s);
void flow_state_reset(flow_state *s);   /* empty, but keeps its memory */
efile_status flow_state_decode(flow_state *s, efile_ctx *ctx, const flow_definition *d,
			       const void *bytes, size_t length);
efile_status flow_state_encode(buf *out, efile_ctx *ctx, const flow_state *s);

flow_row *state_find(const flow_state *s, uint64_t number);

/* Whether it is an incident of an event that is listened to, beside the tokens. */
static inline bool row_listens(const flow_row *row)
{
	return row->kind == ROW_INCIDENT && (row->flags & ROW_LISTENS);
}

/* Whether what the row keeps are variables that those in it see. */
static inline bool row_has_variables(const flow_row *row)
{
	return row->length && row->kind != ROW_LOOP && row->kind != ROW_ROUTE;
}

/* NULL if there is none, or it is dead. Where no number is missing, the row is there at once. */
static inline flow_row *state_row(const flow_state *s, uint64_t number)
{
	size_t at;

	if (!number || !s->row_count)
		return NULL;
	at = (size_t)(number - s->rows[0].number);
	if (at < s->row_count && s->rows[at].number == number)
		return s->rows[at].dead ? NULL : &s->rows[at];
	return state_find(s, number);
}

/* Merges a JSON object into the variables; *changed is set if anything is different now. */
efile_status variables_merge(bool *changed, buf *variables, efile_ctx *ctx, const char *more,
			     size_t length);

/* DENIED if one of the two performed a task that this one is separated from. */
efile_status performers_check(efile_ctx *ctx, const flow_definition *d, const flow_state *s,
			      const flow_row *task, const efile_id *actor,
			      const efile_id *on_behalf_of);
/* The list around a task of one of its entries; NULL: it stands for itself. */
const flow_row *state_route(const flow_state *s, const flow_row *task);

#endif
