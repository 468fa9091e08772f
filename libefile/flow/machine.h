/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of the step: tokens, rows, data, events. Nothing recurses over the depth of a model:
 * what follows from a move is put on the work list. Rows move in memory whenever one is added, so
 * they are spoken of by number. */
#ifndef FLOW_MACHINE_H
#define FLOW_MACHINE_H

#include "flow/state.h"

typedef struct token {
	uint32_t node;
	uint32_t edge;          /* + 1, or one of EDGE_... of state.h */
	uint64_t scope;
	uint32_t index;         /* which of the loop's instances that the scope is */
} token;

typedef struct token_list {
	token *items;
	size_t first, count, capacity;
} token_list;

/* Where an expression is asked: the row around it, and what only exists for the moment. */
typedef struct frame {
	uint64_t scope;
	uint32_t index;
	const char *locals;     /* JSON object, or NULL */
	size_t length;
} frame;

/* An integer among the process's variables. */
typedef struct plain_variable {
	uint32_t name;          /* text + 1; 0: free */
	bool known;             /* it is one, right in the outermost object */
	int64_t value;
} plain_variable;

typedef struct machine {
	efile_ctx *ctx;
	const flow_definition *d;
	const flow_event *event;
	flow_state s;
	buf bytes;              /* of the new state */
	flow_effects effects;
	token_list work;
	token_list later;       /* throws wait until nothing else moves: whoever listens does so */
	uint64_t *finished;     /* scopes without a token */
	size_t finished_count, finished_capacity;
	uint32_t moves;
	uint64_t tokens;        /* all of the instance */
	uint64_t root_tokens;   /* those right in the process */
	token current;
	bool has_current;
	bool interrupted;       /* the current token has ended what it stood in */
	bool ended;
	bool failed;            /* out of memory where nothing could be answered */
	bool changed;           /* variables, since the conditions were looked at */
	/* data.c */
	expr_scope *scope;
	json_document **documents;
	size_t document_count, document_capacity;
	uint64_t scope_at;      /* which frame the scope is filled for */
	uint32_t scope_index;
	bool scope_filled;
	uint64_t scope_steps;
	plain_variable plain[4];
} machine;

/* ---- step.c ---- */
void machine_clear(machine *m);
/* Until nothing moves any more. */
efile_status machine_run(machine *m);
/* Appends the machine's effects to the caller's; on failure none is handed over. */
efile_status machine_hand_over(flow_effects *out, machine *m);

/* Who acts has performed the node, if another one is separated from it. */
efile_status note_performer(machine *m, uint32_t node);

/* ---- scope.c: rows and tokens ---- */
efile_status grow_effects(machine *m);

static inline efile_status add_effect(machine *m, flow_effect effect)
{
	if (m->effects.count == m->effects.capacity)
		TRY(grow_effects(m));
	m->effects.items[m->effects.count++] = effect;
	return EFILE_OK;
}

/* Takes over the texts of the effect, also on failure. */
efile_status add_effect_texts(machine *m, flow_effect effect);
efile_status add_row(machine *m, flow_row row, uint64_t *number);
void row_data(machine *m, flow_row *row, const char *text, size_t length);
efile_status add_token(machine *m, token t);
void count_token(machine *m, uint64_t scope, int64_t more);
/* Ends a row: its subscriptions with it. */
efile_status end_row(machine *m, uint64_t number, bool cancelled);
efile_status end_subscriptions(machine *m, uint64_t owner, bool cancelled);
/* Everything inside a scope; what can be compensated stays if keep is set. */
efile_status cancel_contents(machine *m, uint64_t scope, bool keep);
/* A task, call, sub-process or loop, with all that is in it. */
efile_status cancel_activity(machine *m, uint64_t number);
efile_status end_instance(machine *m, flow_status status, const char *code);
efile_status start_scope(machine *m, uint32_t node, uint64_t scope, uint32_t index,
			 const char *locals, size_t length, uint64_t *number);
efile_status finish_all(machine *m);

static inline efile_status finish_scopes(machine *m)
{
	return m->finished_count ? finish_all(m) : EFILE_OK;
}

void recount_tokens(machine *m);
bool scope_alive(const machine *m, uint64_t scope);

/* ---- enter.c: nodes ---- */
efile_status enter_node(machine *m, token t);
efile_status run_body(machine *m, uint32_t node, uint64_t scope, uint32_t index);
efile_status leave_node(machine *m, uint32_t node, uint64_t scope);
/* An activity's work is done: what is around it goes on. The row is gone already. */
efile_status activity_done(machine *m, uint32_t node, uint64_t scope, uint32_t index);
efile_status finish_activity(machine *m, uint32_t node, uint64_t scope);
bool is_thrower(const machine *m, uint32_t node);
/* An incident that holds one token back; takes the message over. */
efile_status add_incident(machine *m, token t, char *message, uint64_t *number);
/* Makes an incident of an error that concerns the model or its data only (LIMIT, DAMAGED, FORMAT);
 * answers any other error. */
efile_status incident_of_error(machine *m, token t, efile_status status);

static inline efile_status incident_of(machine *m, token t, efile_status status)
{
	return status < 0 ? incident_of_error(m, t, status) : status;
}


/* ---- offer.c ---- */
/* To whom a task is offered, as a JSON object of texts: groups, users, assignee, priority, due,
 * follow_up, instruction; NULL if the definition says it without expressions. step (may be NULL):
 * the entry of a sign-off list that says it. For free(). */
struct route_step;
efile_status offer_task(machine *m, char **out, uint32_t node, const frame *f,
			const struct route_step *step);

/* ---- sign.c: sign-off lists ---- */
efile_status start_route(machine *m, uint32_t node, uint64_t scope, uint32_t index);
/* The task of one entry. */
efile_status start_step(machine *m, uint32_t node, uint64_t route, uint32_t index);
/* Whether the task is an entry of a list; then it is noted as done, and the list goes on. */
efile_status step_done(machine *m, const flow_row *task);
efile_status on_route(machine *m);
bool inside_route(const machine *m, uint32_t node, uint64_t scope);

/* ---- gateway.c: joins ---- */
efile_status enter_gateway(machine *m, token t);
efile_status arrive(machine *m, uint64_t scope, uint32_t edge);
uint64_t arrived_at_node(const machine *m, uint64_t scope, uint32_t node);
void take_arrived(machine *m, uint64_t scope, uint32_t node, uint64_t count);
/* Joins that wait until no other token can come; *moved if one goes on. */
efile_status settle_joins(machine *m, bool *moved);

/* ---- catch.c: events ---- */
efile_status subscribe_node(machine *m, uint32_t node, uint64_t owner, uint64_t scope);
/* What an incident had kept from listening (row_listens); the incident is gone already. */
efile_status listen_again(machine *m, const flow_row *incident);
efile_status subscribe_boundaries(machine *m, uint32_t node, uint64_t owner, uint64_t scope);
efile_status fire_row(machine *m, uint64_t number, const char *variables);
efile_status broadcast(machine *m, const char *name, const char *variables);
efile_status check_conditions(machine *m);
efile_status start_event_scope(machine *m, uint32_t start, uint64_t scope);

/* ---- throw.c ---- */
/* All that a throwing event or end event does; *goes_on if the token leaves it then. */
efile_status throw_events(machine *m, uint32_t node, uint64_t scope, uint32_t index, bool *goes_on);
efile_status throw_trigger(machine *m, uint32_t trigger, uint64_t scope, uint32_t index, bool *held);
/* From an activity (row) or, with row 0, from inside a scope. */
efile_status raise(machine *m, trigger_kind kind, uint32_t node, uint64_t row, uint64_t scope,
		   const char *code, const char *message, bool *caught);

/* ---- loop.c ---- */
efile_status start_loop(machine *m, uint32_t node, uint64_t scope);
efile_status continue_loop(machine *m, uint64_t number);
efile_status loop_body_done(machine *m, uint64_t number, uint32_t index);

/* ---- undo.c ---- */
efile_status start_undo(machine *m, uint32_t node, uint64_t scope, uint32_t target, uint32_t flags,
			bool *held);
efile_status undo_done(machine *m, uint64_t done);

/* ---- data.c ---- */
void forget_variables(machine *m);
/* An expression that only concerns itself fails with LIMIT or DAMAGED. */
efile_status evaluate(machine *m, expr_value *out, uint32_t program, const frame *f);
/* The same for an expression that is compiled now; the value lives no longer than the program. */
efile_status evaluate_program(machine *m, expr_value *out, const expr_program *program,
			      const frame *f);
efile_status condition(machine *m, bool *holds, uint32_t program, const frame *f);
const char *last_warning(const machine *m, size_t from);
size_t warning_count(const machine *m);
/* Sets a variable where it is known, else in the process. */
efile_status assign(machine *m, uint64_t scope, const char *name, const char *json, size_t length);
efile_status assign_value(machine *m, uint64_t scope, const char *name, const expr_value *value);
efile_status assign_text(machine *m, uint64_t scope, const char *name, const char *text);
/* All members of an object. */
efile_status assign_all(machine *m, uint64_t scope, const char *json);
/* The input parameters as a JSON object; empty if there are none. */
efile_status map_inputs(machine *m, buf *out, uint32_t node, uint64_t scope, uint32_t index);
/* The output parameters, asked with the locals, set around. */
efile_status map_outputs(machine *m, uint32_t node, uint64_t scope, uint32_t index,
			 const char *locals, size_t length);
/* All variables that a frame sees, for who gets a copy. */
efile_status all_variables(machine *m, buf *out, const frame *f);
/* An item of an instance of a loop, or its output. */
efile_status list_set(machine *m, uint64_t scope, const char *name, uint32_t at, uint32_t count,
		      const expr_value *value);

#endif
