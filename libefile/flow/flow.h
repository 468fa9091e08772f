/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The workflow engine's pure part: definition -> arena, step(definition, state, event) -> state and
 * effects. No store, no clock, no ids but counters: whoever persists hands in the time and applies
 * the effects in the transaction of the step. */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include <stdbool.h>

#include "base/base.h"

/* ---- definitions ---- */

/* One immutable block without pointers (docs in definition.c): can be stored and mapped. */
typedef struct flow_definition {
	const unsigned char *bytes;
	size_t length;
	void *owned;            /* freed by flow_definition_clear(), NULL if borrowed */
} flow_definition;

#define FLOW_DEFINITION_INIT { NULL, 0, NULL }

typedef enum flow_node_kind {
	FLOW_NODE_START, FLOW_NODE_END, FLOW_NODE_TERMINATE, FLOW_NODE_PASS, FLOW_NODE_USER_TASK,
	FLOW_NODE_SERVICE_TASK, FLOW_NODE_EXCLUSIVE, FLOW_NODE_PARALLEL, FLOW_NODE_KINDS
} flow_node_kind;

/* A node; texts are borrowed from the definition, "" where there is none. Lists are texts separated
 * by commas. */
typedef struct flow_node {
	flow_node_kind kind;
	const char *id, *name, *lane;
	const char *groups, *users, *assignee, *due_in, *form, *handler;
	uint32_t out_count, in_count;
} flow_node;

/* Compiles a BPMN file; every finding goes to the report. FORMAT if one of them is an error. */
efile_status flow_compile(flow_definition *out, efile_report *report, efile_ctx *ctx,
			  efile_reader *reader, const char *name);
/* Opens stored bytes, which stay the caller's; every offset is verified. DAMAGED. */
efile_status flow_definition_open(flow_definition *out, efile_ctx *ctx, const void *bytes,
				  size_t length);
void flow_definition_clear(flow_definition *d);
const char *flow_definition_id(const flow_definition *d);    /* of the process */
const char *flow_definition_name(const flow_definition *d);
uint32_t flow_node_count(const flow_definition *d);
void flow_node_at(flow_node *out, const flow_definition *d, uint32_t node);
int64_t flow_node_find(const flow_definition *d, const char *id); /* -1: none */
uint32_t flow_edge_count(const flow_definition *d);
const char *flow_edge_id(const flow_definition *d, uint32_t edge);

/* ---- events: what happens to an instance ---- */

typedef enum flow_event_kind {
	FLOW_EVENT_START,          /* variables */
	FLOW_EVENT_COMPLETE_TASK,  /* wait, variables, actor, on_behalf_of */
	FLOW_EVENT_JOB_DONE,       /* wait, variables */
	FLOW_EVENT_JOB_FAILED,     /* wait, message */
	FLOW_EVENT_RETRY,          /* wait: the incident's number */
	FLOW_EVENT_CANCEL          /* message: the reason */
} flow_event_kind;

typedef struct flow_event {
	flow_event_kind kind;
	uint64_t wait;          /* number of the task, job or incident within the instance */
	const char *variables;  /* a JSON object that is merged into the variables, or NULL */
	const char *message;
	efile_actor_id actor;
	efile_actor_id on_behalf_of; /* none: for themselves */
	efile_time time;        /* of the event; conditions see it as now() */
} flow_event;

/* The body of the log entry, and back (variables and message are malloc'd copies). */
efile_status flow_event_write(buf *out, efile_ctx *ctx, const flow_event *event);
efile_status flow_event_read(flow_event *out, efile_ctx *ctx, const char *json, size_t length);
void flow_event_clear(flow_event *event); /* of one that flow_event_read() filled */

/* ---- effects: what the caller has to do ---- */

typedef enum flow_effect_kind {
	FLOW_EFFECT_TAKEN,         /* edge: a token went along this sequence flow */
	FLOW_EFFECT_TASK_CREATE,   /* wait, node: put it on the worklist */
	FLOW_EFFECT_TASK_END,      /* wait, node, cancelled */
	FLOW_EFFECT_JOB_CREATE,    /* wait, node: run the node's handler, outside the transaction */
	FLOW_EFFECT_JOB_END,       /* wait, node, cancelled */
	FLOW_EFFECT_INCIDENT,      /* wait: its number, node, message */
	FLOW_EFFECT_INCIDENT_END,  /* wait, node */
	FLOW_EFFECT_VARIABLES,     /* the variables have changed */
	FLOW_EFFECT_ENDED          /* cancelled or by itself */
} flow_effect_kind;

typedef struct flow_effect {
	flow_effect_kind kind;
	uint64_t wait;
	uint32_t node;
	uint32_t edge;
	bool cancelled;
	char *message;          /* in the context's language; NULL but for incidents */
} flow_effect;

typedef struct flow_effects {
	flow_effect *items;
	size_t count;
	size_t capacity;
} flow_effects;

void flow_effects_clear(flow_effects *effects);

/* ---- the step ---- */

/* Applies one event. state: the bytes of the last step, length 0 for FLOW_EVENT_START. On success
 * out holds the new state and effects what follows from it; on an error neither is touched:
 * NOTFOUND the wait is not open; STATE the instance has ended, or exists already; DENIED the actor
 * (or whom they stand for) performed a task that this one is separated from; FORMAT
 * variables; DAMAGED the state. */
efile_status flow_step(buf *out, flow_effects *effects, efile_ctx *ctx, const flow_definition *d,
		       const void *state, size_t length, const flow_event *event);

/* All events of an instance from its start: out is the very state that the steps left. effects may
 * be NULL; else it collects those of all steps. */
efile_status flow_replay(buf *out, flow_effects *effects, efile_ctx *ctx, const flow_definition *d,
			 const flow_event *events, size_t count);

/* Whether the actor may perform the open task: DENIED by separation of duty, NOTFOUND. */
efile_status flow_may_perform(efile_ctx *ctx, const flow_definition *d, const void *state,
			      size_t length, uint64_t wait, efile_actor_id actor,
			      efile_actor_id on_behalf_of);

/* ---- reading a state ---- */

typedef enum flow_status { FLOW_RUNNING, FLOW_ENDED, FLOW_CANCELLED } flow_status;
typedef enum flow_wait_kind { FLOW_WAIT_TASK, FLOW_WAIT_JOB, FLOW_WAIT_INCIDENT } flow_wait_kind;

typedef struct flow_wait {
	uint64_t number;
	flow_wait_kind kind;
	uint32_t node;
} flow_wait;

typedef struct flow_summary {
	flow_status status;
	size_t wait_count, incident_count;
	const char *variables;  /* JSON, borrowed from the bytes of the state, not terminated */
	size_t variables_length;
} flow_summary;

efile_status flow_state_summary(flow_summary *out, efile_ctx *ctx, const flow_definition *d,
				const void *state, size_t length);
/* Open waits by index; false past the end. */
efile_status flow_state_waits(flow_wait **out, size_t *count, efile_ctx *ctx,
			      const flow_definition *d, const void *state, size_t length);

#endif
