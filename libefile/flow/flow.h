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
	size_t edges, triggers, mappings, programs, lists, bits, pool, code; /* where they begin */
} flow_definition;

#define FLOW_DEFINITION_INIT { .bytes = NULL }

typedef enum flow_node_kind {
	FLOW_NODE_START, FLOW_NODE_END, FLOW_NODE_TERMINATE, FLOW_NODE_PASS, FLOW_NODE_USER_TASK,
	FLOW_NODE_SERVICE_TASK, FLOW_NODE_EXCLUSIVE, FLOW_NODE_PARALLEL, FLOW_NODE_INCLUSIVE,
	FLOW_NODE_COMPLEX, FLOW_NODE_EVENT_GATE, FLOW_NODE_SCRIPT_TASK, FLOW_NODE_SEND_TASK,
	FLOW_NODE_RECEIVE_TASK, FLOW_NODE_CALL, FLOW_NODE_SUBPROCESS, FLOW_NODE_EVENT_SUBPROCESS,
	FLOW_NODE_TRANSACTION, FLOW_NODE_AD_HOC, FLOW_NODE_CATCH, FLOW_NODE_THROW,
	FLOW_NODE_BOUNDARY, FLOW_NODE_PROCESS, FLOW_NODE_KINDS
} flow_node_kind;

typedef enum flow_binding {
	FLOW_BINDING_LATEST, FLOW_BINDING_VERSION, FLOW_BINDING_TAG,
	FLOW_BINDING_DEPLOYMENT /* what there was when the process was deployed */
} flow_binding;
typedef enum flow_start_kind {
	FLOW_START_MESSAGE, FLOW_START_SIGNAL, FLOW_START_TIMER, FLOW_START_CONDITION
} flow_start_kind;

/* A node; texts are borrowed from the definition, "" where there is none. Lists are texts separated
 * by commas. */
typedef struct flow_node {
	flow_node_kind kind;
	const char *id, *name, *lane;
	const char *groups, *users, *assignee, *due_in, *form, *handler, *priority, *follow_up;
	const char *called, *binding_value, *retries, *result;
	flow_binding binding;   /* of a call activity or decision */
	uint32_t out_count, in_count;
} flow_node;

/* What can start an instance besides a call: a start event with a trigger, or an event behind an
 * instantiating gateway or a receive task that instantiates. */
typedef struct flow_start {
	flow_start_kind kind;
	uint32_t node;
	const char *name;       /* of the message or signal; of a timer its text */
	uint32_t trigger;
} flow_start;

/* Compiles a BPMN file; every finding goes to the report. FORMAT if one of them is an error. */
efile_status flow_compile(flow_definition *out, efile_report *report, efile_ctx *ctx,
			  efile_reader *reader, const char *name);
/* All processes of the file, global tasks included: *out is an array for free() of *count, each to be
 * cleared. Those that are not executable are left out if one is. */
efile_status flow_compile_all(flow_definition **out, size_t *count, efile_report *report,
			      efile_ctx *ctx, efile_reader *reader, const char *name);
/* Only the findings that compiling adds to those of bpmn_check() (model.h), if the file says that it
 * is executable and is sound enough to be compiled. */
efile_status flow_compile_findings(efile_report *report, efile_ctx *ctx, efile_reader *reader,
				   const char *name);
/* Opens stored bytes, which stay the caller's; every offset is verified. DAMAGED. */
efile_status flow_definition_open(flow_definition *out, efile_ctx *ctx, const void *bytes,
				  size_t length);
void flow_definition_clear(flow_definition *d);
const char *flow_definition_id(const flow_definition *d);    /* of the process */
const char *flow_definition_name(const flow_definition *d);
const char *flow_definition_tag(const flow_definition *d);   /* its version tag, "" */
/* The starts by index; false past the end. */
bool flow_start_at(flow_start *out, const flow_definition *d, uint32_t index);
uint32_t flow_node_count(const flow_definition *d);
void flow_node_at(flow_node *out, const flow_definition *d, uint32_t node);
int64_t flow_node_find(const flow_definition *d, const char *id); /* -1: none */
uint32_t flow_edge_count(const flow_definition *d);
const char *flow_edge_id(const flow_definition *d, uint32_t edge);

/* ---- events: what happens to an instance ---- */

typedef enum flow_event_kind {
	FLOW_EVENT_START,          /* variables; node: the start event or "", then the one without trigger */
	FLOW_EVENT_COMPLETE_TASK,  /* wait, variables, actor, on_behalf_of */
	FLOW_EVENT_JOB_DONE,       /* wait, variables */
	FLOW_EVENT_JOB_FAILED,     /* wait of a job or call, message */
	FLOW_EVENT_RETRY,          /* wait: the incident's number; variables */
	FLOW_EVENT_CANCEL,         /* message: the reason */
	FLOW_EVENT_JOB_ERROR,      /* wait, code, message, variables: an error that the process may catch */
	FLOW_EVENT_MESSAGE,        /* wait: the subscription; variables */
	FLOW_EVENT_SIGNAL,         /* code: the signal's name; variables */
	FLOW_EVENT_TIMER,          /* wait */
	FLOW_EVENT_CALL_DONE,      /* wait, variables of the instance that was called */
	FLOW_EVENT_CALL_ERROR,     /* wait, code, message, variables */
	FLOW_EVENT_CALL_ESCALATION,/* wait, code, variables */
	FLOW_EVENT_VARIABLES,      /* variables */
	FLOW_EVENT_SUSPEND, FLOW_EVENT_RESUME,
	FLOW_EVENT_MOVE,           /* wait: what ends without being done (0: nothing); node: where a token
				    * begins instead ("": nowhere); variables */
	FLOW_EVENT_ROUTE,          /* wait: the task of an entry that is open; code: insert, remove, move, back or
				    * refuse; variables: its arguments (route.c); message: the reason */
	FLOW_EVENT_MIGRATE         /* code, message: ids of the new and the old definition; variables: the
				    * plan, ids of nodes by ids; no step of one version: migrate.h */
} flow_event_kind;

typedef struct flow_event {
	flow_event_kind kind;
	uint64_t wait;          /* number of the task, job, incident, ... within the instance */
	const char *variables;  /* a JSON object that is merged into the variables, or NULL */
	const char *message;
	const char *code;
	const char *node;       /* id of a node */
	efile_actor_id actor;
	efile_actor_id on_behalf_of; /* none: for themselves */
	efile_time time;        /* of the event; conditions see it as now() */
	bool as_before;         /* an event that could not be listened to held a token back, once: for
				 * replays of what was done then; stands in no log */
} flow_event;

/* Whether it tells what became of a call: it comes once, so who is suspended takes it, too. */
bool flow_is_answer(flow_event_kind kind);
const char *flow_event_name(flow_event_kind kind); /* "complete_task"; "" */
/* The body of the log entry, and back (the texts are malloc'd copies). */
efile_status flow_event_write(buf *out, efile_ctx *ctx, const flow_event *event);
efile_status flow_event_read(flow_event *out, efile_ctx *ctx, const char *json, size_t length);
void flow_event_clear(flow_event *event); /* of one that flow_event_read() filled */

/* ---- effects: what the caller has to do ---- */

typedef enum flow_effect_kind {
	FLOW_EFFECT_TAKEN,         /* edge: a token went along this sequence flow */
	FLOW_EFFECT_TASK_CREATE,   /* wait, node: put it on the worklist; variables: to whom, if the
				    * definition says it by expressions (offer_task of machine.h) */
	FLOW_EFFECT_TASK_END,      /* wait, node, cancelled */
	FLOW_EFFECT_JOB_CREATE,    /* wait, node: run the node's handler, outside the transaction */
	FLOW_EFFECT_JOB_END,       /* wait, node, cancelled */
	FLOW_EFFECT_INCIDENT,      /* wait: its number, node, message */
	FLOW_EFFECT_INCIDENT_END,  /* wait, node */
	FLOW_EFFECT_VARIABLES,     /* the variables have changed */
	FLOW_EFFECT_ENDED,         /* by itself, cancelled, or failed: message is the error's code */
	FLOW_EFFECT_DONE,          /* node: an activity has done its work */
	FLOW_EFFECT_SUBSCRIBE,     /* wait, node, what; message: name, key; due of a timer */
	FLOW_EFFECT_UNSUBSCRIBE,   /* wait, node, what: no longer, or has happened */
	FLOW_EFFECT_CALL,          /* wait, node; message: variables for the called process */
	FLOW_EFFECT_CALL_END,      /* wait, node, cancelled: the called instance ends, too */
	FLOW_EFFECT_MESSAGE,       /* node; message: name; key; variables: send it */
	FLOW_EFFECT_SIGNAL,        /* node; message: name; variables: tell all other instances */
	FLOW_EFFECT_ESCALATION     /* node; message: code that nobody here catches */
} flow_effect_kind;

typedef enum flow_wait_kind {
	FLOW_WAIT_TASK, FLOW_WAIT_JOB, FLOW_WAIT_INCIDENT, FLOW_WAIT_CALL, FLOW_WAIT_MESSAGE,
	FLOW_WAIT_SIGNAL, FLOW_WAIT_TIMER, FLOW_WAIT_CONDITION,
	FLOW_WAIT_CORRELATION   /* beside the starts of a process: it can read the key of a message */
} flow_wait_kind;

typedef struct flow_effect {
	flow_effect_kind kind;
	flow_wait_kind what;
	uint64_t wait;
	uint32_t node;
	uint32_t edge;
	bool cancelled, failed;
	efile_time due;
	char *message;          /* of incidents in the context's language; NULL where not named above */
	char *key;
	char *variables;
} flow_effect;

typedef struct flow_effects {
	flow_effect *items;
	size_t count;
	size_t capacity;
} flow_effects;

void flow_effects_clear(flow_effects *effects);
void flow_effects_reset(flow_effects *effects); /* empty, but keeps its memory */
void flow_effect_clear(flow_effect *effect); /* its texts */

/* ---- the step ---- */

/* Applies one event. state: the bytes of the last step, length 0 for FLOW_EVENT_START. On success
 * out holds the new state and effects what follows from it; on an error neither is touched:
 * NOTFOUND the wait is not open; STATE the instance has ended, or exists already; DENIED the actor
 * (or whom they stand for) performed a task that this one is separated from; FORMAT
 * variables; DAMAGED the state. */
efile_status flow_step(buf *out, flow_effects *effects, efile_ctx *ctx, const flow_definition *d,
		       const void *state, size_t length, const flow_event *event);

/* The same for many steps, one after the other, which share their memory: where nothing grows,
 * nothing is allocated. out and effects lend theirs, too, if they are empty. */
typedef struct flow_engine flow_engine;

efile_status flow_engine_new(flow_engine **out, efile_ctx *ctx);
void flow_engine_free(flow_engine *engine);
efile_status flow_engine_step(buf *out, flow_effects *effects, flow_engine *engine,
			      const flow_definition *d, const void *state, size_t length,
			      const flow_event *event);

DEFINE_AUTO_PTR(flow_engine, flow_engine_free)

/* All events of an instance from its start: out is the very state that the steps left. effects may
 * be NULL; else it collects those of all steps. */
efile_status flow_replay(buf *out, flow_effects *effects, efile_ctx *ctx, const flow_definition *d,
			 const flow_event *events, size_t count);

/* Whether the actor may perform the open task: DENIED by separation of duty, NOTFOUND. */
efile_status flow_may_perform(efile_ctx *ctx, const flow_definition *d, const void *state,
			      size_t length, uint64_t wait, efile_actor_id actor,
			      efile_actor_id on_behalf_of);

/* A list of ids: AUTO(flow_ids) p = { NULL, 0, 0 }; */
typedef struct flow_ids {
	efile_id *items;
	size_t count, capacity;
} flow_ids;

void flow_ids_clear(flow_ids *p);
/* Those who may not perform an open task, since they performed one that it is separated from, or it was
 * performed on their behalf. */
efile_status flow_shut_out(flow_ids *out, efile_ctx *ctx, const flow_definition *d,
			   const void *state, size_t length, uint64_t wait);
bool flow_is_separated(const flow_definition *d, uint32_t node);

/* ---- reading a state ---- */

typedef enum flow_status {
	FLOW_RUNNING, FLOW_ENDED, FLOW_CANCELLED, FLOW_FAILED, FLOW_SUSPENDED, FLOW_STATUSES
} flow_status;

typedef struct flow_wait {
	uint64_t number;
	flow_wait_kind kind;
	uint32_t node;
	efile_time due;         /* of timers */
} flow_wait;

typedef struct flow_summary {
	flow_status status;
	size_t wait_count, incident_count;
	const char *variables;  /* JSON, borrowed from the bytes of the state, not terminated */
	size_t variables_length;
} flow_summary;

efile_status flow_state_summary(flow_summary *out, efile_ctx *ctx, const flow_definition *d,
				const void *state, size_t length);
/* What a wait sees: the variables, over them those of the scopes around it, over them its own. */
efile_status flow_state_variables(buf *out, efile_ctx *ctx, const flow_definition *d,
				  const void *state, size_t length, uint64_t wait);
/* The sign-off list that an open task is an entry of, as a JSON array (route.h), and the entry's number.
 * STATE: it is none. */
efile_status flow_state_route(buf *out, int64_t *step, efile_ctx *ctx, const flow_definition *d,
			      const void *state, size_t length, uint64_t wait);
/* The state of an instance that has ended without variables and persons. */
efile_status flow_state_strip(buf *out, efile_ctx *ctx, const flow_definition *d, const void *state,
			      size_t length);
/* Open waits; *out is for free(). */
efile_status flow_state_waits(flow_wait **out, size_t *count, efile_ctx *ctx,
			      const flow_definition *d, const void *state, size_t length);

#endif
