/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The step: an event, then tokens from a work list until each of them waits or has ended. Nothing
 * recurses; moves, tokens and the steps of conditions are limited, and a limit makes an incident
 * that holds the tokens back until somebody retries. */
#include <stdlib.h>
#include <string.h>

#include "flow/machine.h"

/* An engine gives back what an unusually large instance took. */
enum { KEPT_ITEMS = 4096, KEPT_BYTES = 1 << 18 };

void machine_clear(machine *m)
{
	flow_state_clear(&m->s);
	buf_clear(&m->bytes);
	flow_effects_clear(&m->effects);
	free(m->work.items);
	free(m->later.items);
	free(m->finished);
	forget_variables(m);
	free(m->documents);
	expr_scope_free(m->scope);
}

static bool is_large(const machine *m)
{
	return m->s.row_capacity > KEPT_ITEMS || m->effects.capacity > KEPT_ITEMS ||
		m->work.capacity > KEPT_ITEMS || m->s.variables.capacity > KEPT_BYTES ||
		m->s.texts.capacity > KEPT_BYTES || m->bytes.capacity > KEPT_BYTES;
}

/* As a new machine, but with the memory of the last step. */
static void machine_reset(machine *m, const flow_definition *d, const flow_event *event)
{
	m->d = d;
	m->event = event;
	flow_state_reset(&m->s);
	flow_effects_reset(&m->effects);
	m->work.first = m->work.count = m->later.first = m->later.count = 0;
	m->finished_count = 0;
	m->moves = 0;
	m->tokens = m->root_tokens = m->scope_steps = 0;
	m->has_current = m->interrupted = m->ended = m->failed = m->changed = false;
	forget_variables(m);
	if (m->scope)
		expr_scope_reset(m->scope);
}

void flow_effect_clear(flow_effect *effect)
{
	free(effect->message);
	free(effect->key);
	free(effect->variables);
}

void flow_effects_reset(flow_effects *effects)
{
	for (size_t i = 0; i < effects->count; i++)
		flow_effect_clear(&effects->items[i]);
	effects->count = 0;
}

void flow_effects_clear(flow_effects *effects)
{
	flow_effects_reset(effects);
	free(effects->items);
	*effects = (flow_effects){ NULL, 0, 0 };
}

/* ---- running ---- */

static efile_status park(machine *m, uint64_t incident, token t)
{
	void *parked = m->s.parked;

	for (size_t i = 0; i < m->s.parked_count; i++) {
		parked_row *row = &m->s.parked[i];

		if (row->incident == incident && row->node == t.node && row->edge == t.edge &&
		    row->scope == t.scope && row->index == t.index) {
			row->count++;
			return EFILE_OK;
		}
	}
	TRY(mem_grow(m->ctx, &parked, &m->s.parked_capacity, m->s.parked_count,
		     sizeof(parked_row)));
	m->s.parked = parked;
	m->s.parked[m->s.parked_count++] =
		(parked_row){ incident, t.scope, t.node, t.edge, t.index, 1 };
	return EFILE_OK;
}

/* A limit is broken: the incident holds all tokens that are on the move. */
static efile_status stop_all(machine *m, token t, char *message)
{
	token_list *lists[] = { &m->work, &m->later };
	uint64_t number;

	TRY(add_incident(m, t, message, &number));
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		while (lists[i]->first < lists[i]->count)
			TRY(park(m, number, lists[i]->items[lists[i]->first++]));
	return EFILE_OK;
}

static efile_status put_off(machine *m, token t)
{
	void *items = m->later.items;

	if (m->later.first == m->later.count)
		m->later.first = m->later.count = 0;
	TRY(mem_grow(m->ctx, &items, &m->later.capacity, m->later.count, sizeof(t)));
	m->later.items = items;
	m->later.items[m->later.count++] = t;
	return EFILE_OK;
}

/* A token that left an incident at a scope's own end only makes it look again. */
static bool is_own_scope(const machine *m, token t)
{
	const flow_row *row = state_row(&m->s, t.scope);

	return row && row->node == t.node && (row->kind == ROW_SCOPE || row->kind == ROW_LOOP);
}

static efile_status move(machine *m, token t)
{
	switch (t.edge) {
	case EDGE_BODY:
		return run_body(m, t.node, t.scope, t.index);
	case EDGE_LEAVING:
		if (!is_own_scope(m, t))
			return leave_node(m, t.node, t.scope);
		return state_row(&m->s, t.scope)->kind == ROW_LOOP ? continue_loop(m, t.scope) :
								     EFILE_OK;
	default:
		return enter_node(m, t);
	}
}

static efile_status run_one(machine *m, token t)
{
	const efile_limits *limits = &m->ctx->limits;

	m->current = t;
	m->has_current = true;
	m->interrupted = false;
	if (m->tokens > limits->flow_tokens)
		TRY(stop_all(m, t, message_format(m->ctx, "more than %u tokens at %s",
						  limits->flow_tokens, node_text(m->d, t.node, NODE_ID))));
	else if (++m->moves > limits->flow_moves)
		TRY(stop_all(m, t, message_format(m->ctx, "more than %u moves without a wait, at %s",
						  limits->flow_moves, node_text(m->d, t.node, NODE_ID))));
	else
		TRY(move(m, t));
	if (m->has_current) {
		m->has_current = false;
		count_token(m, t.scope, -1);
	}
	return EFILE_OK;
}

/* The next token; what throws comes last, so that who listens does so already. */
static bool next_token(machine *m, token *t, bool *thrower)
{
	token_list *list = m->work.first < m->work.count ? &m->work : &m->later;

	if (list->first == list->count)
		return false;
	*t = list->items[list->first++];
	*thrower = list == &m->work && t->edge != EDGE_LEAVING && is_thrower(m, t->node);
	return true;
}

static efile_status run_all(machine *m)
{
	bool thrower;
	token t;

	while (!m->ended && next_token(m, &t, &thrower)) {
		if (thrower) {
			TRY(put_off(m, t));
			continue;
		}
		TRY(run_one(m, t));
		TRY(finish_scopes(m));
		while (m->changed && !m->ended) {
			if (++m->moves > m->ctx->limits.flow_moves)
				break;
			TRY(check_conditions(m));
			TRY(finish_scopes(m));
		}
	}
	return EFILE_OK;
}

efile_status machine_run(machine *m)
{
	bool moved = true;

	TRY(finish_scopes(m));
	if (m->changed)
		TRY(check_conditions(m));
	while (moved && !m->ended) {
		TRY(run_all(m));
		moved = false;
		if (!m->ended && (m->s.arrived_count || m->s.row_count))
			TRY(settle_joins(m, &moved));
		TRY(finish_scopes(m));
		moved |= m->work.first < m->work.count;
	}
	return m->failed ? mem_failed(m->ctx) : EFILE_OK;
}

/* ---- events ---- */

/* The open row of the event; NOTFOUND if there is none of the kind. */
static efile_status find_wait(machine *m, row_kind kind, flow_row *out)
{
	const flow_row *row = state_row(&m->s, m->event->wait);

	if (!row || row->kind != kind)
		return FAIL(m->ctx, EFILE_E_NOTFOUND, 2331,
			    "the process does not wait for number %llu",
			    (unsigned long long)m->event->wait);
	*out = *row;
	return EFILE_OK;
}

static efile_status find_node(machine *m, const char *id, uint32_t *node)
{
	int64_t found = flow_node_find(m->d, id);

	if (found < 0)
		return FAIL(m->ctx, EFILE_E_NOTFOUND, 2364, "the process has no node %s", id);
	*node = (uint32_t)found;
	return EFILE_OK;
}

/* The events that are still to come when one of a parallel gateway has started it (10.5.6). */
static efile_status await_others(machine *m, uint32_t node)
{
	uint32_t gate, first;

	if (!node_flag_set(m->d, node, FLAG_WAITS_FOR))
		return EFILE_OK;
	gate = edge_get(m->d, list_get(m->d, node_get(m->d, node, NODE_FIRST_IN)), EDGE_SOURCE);
	first = node_get(m->d, gate, NODE_FIRST_OUT);
	if (!node_flag_set(m->d, gate, FLAG_PARALLEL_START))
		return EFILE_OK;
	for (uint32_t i = 0; i < node_get(m->d, gate, NODE_OUT_COUNT); i++) {
		uint32_t other = edge_get(m->d, list_get(m->d, first + i), EDGE_TARGET);

		if (other != node)
			TRY(add_token(m, (token){ other, EDGE_NONE, 0, 0 }));
	}
	return EFILE_OK;
}

static efile_status start_at(machine *m)
{
	token t = { 0, EDGE_FIRED, 0, 0 };

	TRY(find_node(m, m->event->node, &t.node));
	TRY(await_others(m, t.node));
	if (node_get(m->d, t.node, NODE_KIND) == FLOW_NODE_RECEIVE_TASK)
		return activity_done(m, t.node, 0, 0);
	return add_token(m, t);
}

static efile_status on_start(machine *m)
{
	uint32_t process = process_node(m->d);
	uint32_t first = node_get(m->d, process, NODE_FIRST_ENTRY);
	uint32_t events = node_get(m->d, process, NODE_FIRST_EVENT);

	buf_add_text(&m->s.variables, "{}");
	TRY(buf_status(&m->s.variables, m->ctx));
	m->s.next = 1;
	TRY(assign_all(m, 0, m->event->variables));
	for (uint32_t i = 0; i < node_get(m->d, process, NODE_EVENT_COUNT); i++)
		TRY(subscribe_node(m, list_get(m->d, events + i), 0, 0));
	if (m->event->node && *m->event->node)
		return start_at(m);
	for (uint32_t i = 0; i < node_get(m->d, process, NODE_ENTRY_COUNT); i++)
		TRY(add_token(m, (token){ list_get(m->d, first + i), EDGE_NONE, 0, 0 }));
	count_token(m, 0, 1);
	count_token(m, 0, -1);
	return EFILE_OK;
}

efile_status note_performer(machine *m, uint32_t node)
{
	performer_row row = { node, m->event->actor.id, m->event->on_behalf_of.id };
	void *performers = m->s.performers;

	if (!node_get(m->d, node, NODE_WATCHED))
		return EFILE_OK;
	for (size_t i = 0; i < m->s.performer_count; i++)
		if (m->s.performers[i].node == node &&
		    !id_compare(&m->s.performers[i].actor, &row.actor) &&
		    !id_compare(&m->s.performers[i].on_behalf_of, &row.on_behalf_of))
			return EFILE_OK;
	TRY(mem_grow(m->ctx, &performers, &m->s.performer_capacity, m->s.performer_count,
		     sizeof(row)));
	m->s.performers = performers;
	m->s.performers[m->s.performer_count++] = row;
	return EFILE_OK;
}

/* The variables that an activity brings: whole, or by its output parameters. */
static efile_status take_results(machine *m, const flow_row *row)
{
	const char *result = node_text(m->d, row->node, NODE_RESULT);
	const char *variables = m->event->variables;
	AUTO(buf) locals = BUF_INIT;
	bool changed;

	if (row->length)
		buf_add(&locals, m->s.texts.data + row->data, row->length);
	/* What is no object, the answer of a decision, only goes to the variable that is named. */
	if (node_get(m->d, row->node, NODE_OUTPUT_COUNT) && variables && *variables == '{') {
		if (!locals.length)
			buf_add_text(&locals, "{}");
		TRY(buf_status(&locals, m->ctx));
		TRY(variables_merge(&changed, &locals, m->ctx, variables, strlen(variables)));
	}
	TRY(buf_status(&locals, m->ctx));
	if (row->kind == ROW_CALL && node_get(m->d, row->node, NODE_OUTPUT_COUNT))
		variables = NULL; /* a called process gives back what is named, no more */
	if (*result && variables && row->kind == ROW_JOB)
		TRY(assign(m, row->scope, result, variables, strlen(variables)));
	else
		TRY(assign_all(m, row->scope, variables));
	return map_outputs(m, row->node, row->scope, row->index, locals.data, locals.length);
}

/* The row ends; its token goes on through what is around. */
static efile_status complete_row(machine *m, const flow_row *row)
{
	efile_status status;

	TRY(end_row(m, row->number, false));
	status = take_results(m, row);
	if (status == EFILE_OK)
		status = inside_route(m, row->node, row->scope) ?
				 step_done(m, row) :
				 activity_done(m, row->node, row->scope, row->index);
	TRY(status);
	return EFILE_OK;
}

static efile_status on_complete(machine *m)
{
	flow_row row;

	TRY(find_wait(m, ROW_TASK, &row));
	TRY(performers_check(m->ctx, m->d, &m->s, &row, &m->event->actor.id,
			     &m->event->on_behalf_of.id));
	TRY(note_performer(m, row.node));
	return complete_row(m, &row);
}

static efile_status on_job_done(machine *m)
{
	flow_row row;

	TRY(find_wait(m, ROW_JOB, &row));
	return complete_row(m, &row);
}

static efile_status on_call_done(machine *m)
{
	flow_row row;

	TRY(find_wait(m, ROW_CALL, &row));
	return complete_row(m, &row);
}

static efile_status fail_row(machine *m, const flow_row *row, const char *reason)
{
	token t = { row->node, EDGE_BODY, row->scope, row->index };
	AUTO_PTR(char) message = NULL;
	uint64_t number;

	TRY(mem_dup(&message, m->ctx, reason ? reason : ""));
	TRY(end_row(m, row->number, true));
	TRY(add_incident(m, t, STEAL(message), &number));
	return EFILE_OK;
}

static efile_status on_job_failed(machine *m)
{
	const flow_row *call = state_row(&m->s, m->event->wait);
	flow_row row;

	TRY(find_wait(m, call && call->kind == ROW_CALL ? ROW_CALL : ROW_JOB, &row));
	return fail_row(m, &row, m->event->message);
}

/* An error that a worker or a called process names: who catches it, else an incident. */
static efile_status row_error(machine *m, row_kind kind)
{
	const char *code = m->event->code ? m->event->code : "";
	AUTO(buf) text = BUF_INIT;
	flow_row row;
	bool caught;

	TRY(find_wait(m, kind, &row));
	TRY(assign_all(m, row.scope, m->event->variables));
	TRY(raise(m, TRIGGER_ERROR, row.node, row.number, row.scope, code, m->event->message,
		  &caught));
	if (caught)
		return EFILE_OK;
	buf_add_format(&text, "%s%s%s", code, m->event->message && *m->event->message ? ": " : "",
		       m->event->message ? m->event->message : "");
	TRY(buf_status(&text, m->ctx));
	return fail_row(m, &row, text.data);
}

static efile_status on_job_error(machine *m)
{
	return row_error(m, ROW_JOB);
}

static efile_status on_call_error(machine *m)
{
	return row_error(m, ROW_CALL);
}

static efile_status on_call_escalation(machine *m)
{
	const char *code = m->event->code ? m->event->code : "";
	flow_effect effect = { .kind = FLOW_EFFECT_ESCALATION };
	flow_row row;
	bool caught;

	TRY(find_wait(m, ROW_CALL, &row));
	TRY(assign_all(m, row.scope, m->event->variables));
	TRY(raise(m, TRIGGER_ESCALATION, row.node, row.number, row.scope, code, NULL, &caught));
	if (caught)
		return EFILE_OK;
	effect.node = row.node;
	TRY(mem_dup(&effect.message, m->ctx, code));
	return add_effect_texts(m, effect);
}

static efile_status on_message(machine *m)
{
	flow_row row;

	TRY(find_wait(m, ROW_MESSAGE, &row));
	return fire_row(m, row.number, m->event->variables);
}

static efile_status on_timer(machine *m)
{
	flow_row row;

	TRY(find_wait(m, ROW_TIMER, &row));
	return fire_row(m, row.number, NULL);
}

static efile_status on_signal(machine *m)
{
	return broadcast(m, m->event->code ? m->event->code : "", m->event->variables);
}

static efile_status on_variables(machine *m)
{
	return assign_all(m, 0, m->event->variables);
}

/* The tokens that were held back go on. */
static efile_status release(machine *m, uint64_t incident)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->s.parked_count; i++) {
		parked_row parked = m->s.parked[i];

		if (parked.incident != incident) {
			m->s.parked[kept++] = parked;
			continue;
		}
		for (uint64_t k = 0; k < parked.count && k <= m->ctx->limits.flow_tokens; k++)
			TRY(add_token(m, (token){ parked.node, parked.edge, parked.scope,
						  parked.index }));
	}
	m->s.parked_count = kept;
	recount_tokens(m);
	return EFILE_OK;
}

/* Leaving anew where a condition had failed. */
static efile_status on_retry(machine *m)
{
	flow_row row;

	TRY(find_wait(m, ROW_INCIDENT, &row));
	TRY(end_row(m, row.number, false));
	TRY(assign_all(m, row.scope, m->event->variables));
	if (row_listens(&row))
		return listen_again(m, &row);
	TRY(add_token(m, (token){ row.node, row.done, row.scope, row.index }));
	return release(m, row.number);
}

static efile_status on_cancel(machine *m)
{
	return end_instance(m, FLOW_CANCELLED, NULL);
}

static efile_status on_suspend(machine *m)
{
	m->s.status = FLOW_SUSPENDED;
	return EFILE_OK;
}

/* Ends it if nothing is left in it. */
static void look_at_scope(machine *m, uint64_t scope)
{
	count_token(m, scope, 1);
	count_token(m, scope, -1);
}

static efile_status on_resume(machine *m)
{
	if (m->s.status != FLOW_SUSPENDED)
		return FAIL(m->ctx, EFILE_E_STATE, 2365, "the process is not suspended");
	m->s.status = FLOW_RUNNING;
	TRY(release(m, PARKED_SUSPENDED));
	m->changed = true; /* conditions were not looked at */
	for (size_t i = 0; i < m->s.row_count; i++)
		if (!m->s.rows[i].dead && m->s.rows[i].kind == ROW_SCOPE)
			look_at_scope(m, m->s.rows[i].number);
	look_at_scope(m, 0);
	return EFILE_OK;
}

/* What came while it was suspended has moved nothing: the tokens wait for it to go on. */
static efile_status hold_tokens(machine *m)
{
	const token_list *lists[] = { &m->work, &m->later };

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		for (size_t k = lists[i]->first; k < lists[i]->count; k++)
			TRY(park(m, PARKED_SUSPENDED, lists[i]->items[k]));
	return EFILE_OK;
}

/* Where a token begins that somebody puts at a node: the open scope that the node belongs to. */
static efile_status scope_for(machine *m, uint32_t node, uint64_t near, uint64_t *scope)
{
	uint32_t around = node_get(m->d, node, NODE_SCOPE);
	const flow_row *row = state_row(&m->s, near);

	*scope = 0;
	if (around == process_node(m->d))
		return EFILE_OK;
	for (; row; row = state_row(&m->s, row->scope))
		if (row->kind == ROW_SCOPE && row->node == around) {
			*scope = row->number;
			return EFILE_OK;
		}
	for (size_t i = m->s.row_count; i-- > 0;)
		if (!m->s.rows[i].dead && m->s.rows[i].kind == ROW_SCOPE &&
		    m->s.rows[i].node == around) {
			*scope = m->s.rows[i].number;
			return EFILE_OK;
		}
	return FAIL(m->ctx, EFILE_E_STATE, 2366, "%s stands in a sub-process that is not open",
		    node_text(m->d, node, NODE_ID));
}

static bool can_move(const flow_row *row)
{
	return row && (row->kind <= ROW_CALL || row->kind == ROW_CATCH || row->kind == ROW_SCOPE ||
		       row->kind == ROW_LOOP || row->kind == ROW_ROUTE);
}

static efile_status on_move(machine *m)
{
	const flow_row *row = state_row(&m->s, m->event->wait);
	uint64_t near = row ? row->scope : 0, scope = 0;
	uint32_t node = 0;

	if (m->event->wait && row && row->kind >= ROW_MESSAGE && row->kind <= ROW_CONDITION)
		row = state_row(&m->s, row->owner);
	if (row && inside_route(m, row->node, row->scope))
		row = state_row(&m->s, row->scope); /* the whole list */
	if (m->event->wait && !can_move(row))
		return FAIL(m->ctx, EFILE_E_NOTFOUND, 2331,
			    "the process does not wait for number %llu",
			    (unsigned long long)m->event->wait);
	if (m->event->node && *m->event->node) {
		TRY(find_node(m, m->event->node, &node));
		TRY(scope_for(m, node, near, &scope));
	}
	TRY(assign_all(m, 0, m->event->variables));
	if (m->event->node && *m->event->node)
		TRY(add_token(m, (token){ node, EDGE_NONE, scope, 0 }));
	return m->event->wait ? cancel_activity(m, row->number) : EFILE_OK;
}

static efile_status (*const handlers[])(machine *m) = {
	[FLOW_EVENT_START] = on_start,
	[FLOW_EVENT_COMPLETE_TASK] = on_complete,
	[FLOW_EVENT_JOB_DONE] = on_job_done,
	[FLOW_EVENT_JOB_FAILED] = on_job_failed,
	[FLOW_EVENT_RETRY] = on_retry,
	[FLOW_EVENT_CANCEL] = on_cancel,
	[FLOW_EVENT_JOB_ERROR] = on_job_error,
	[FLOW_EVENT_MESSAGE] = on_message,
	[FLOW_EVENT_SIGNAL] = on_signal,
	[FLOW_EVENT_TIMER] = on_timer,
	[FLOW_EVENT_CALL_DONE] = on_call_done,
	[FLOW_EVENT_CALL_ERROR] = on_call_error,
	[FLOW_EVENT_CALL_ESCALATION] = on_call_escalation,
	[FLOW_EVENT_VARIABLES] = on_variables,
	[FLOW_EVENT_SUSPEND] = on_suspend,
	[FLOW_EVENT_RESUME] = on_resume,
	[FLOW_EVENT_MOVE] = on_move,
	[FLOW_EVENT_ROUTE] = on_route,
};

bool flow_is_answer(flow_event_kind kind)
{
	return kind == FLOW_EVENT_CALL_DONE || kind == FLOW_EVENT_CALL_ERROR ||
		kind == FLOW_EVENT_CALL_ESCALATION;
}

/* What may happen to an instance in its present state. */
static efile_status check_status(const machine *m)
{
	flow_event_kind kind = m->event->kind;

	if (m->s.status == FLOW_RUNNING)
		return EFILE_OK;
	if (m->s.status != FLOW_SUSPENDED)
		return FAIL(m->ctx, EFILE_E_STATE, 2335, "the process has ended");
	if (kind == FLOW_EVENT_RESUME || kind == FLOW_EVENT_CANCEL || kind == FLOW_EVENT_MOVE ||
	    kind == FLOW_EVENT_VARIABLES || flow_is_answer(kind))
		return EFILE_OK;
	return FAIL(m->ctx, EFILE_E_STATE, 2367, "the process is suspended");
}

static efile_status load(machine *m, const void *state, size_t length)
{
	bool start = m->event->kind == FLOW_EVENT_START;

	if ((size_t)m->event->kind >= ARRAY_SIZE(handlers))
		return FAIL(m->ctx, EFILE_E_INVALID, 2332, "an unknown event");
	if (start && length)
		return FAIL(m->ctx, EFILE_E_STATE, 2333, "the process has been started already");
	if (start)
		return EFILE_OK;
	if (!length)
		return FAIL(m->ctx, EFILE_E_STATE, 2334, "the process has not been started");
	TRY(flow_state_decode(&m->s, m->ctx, m->d, state, length));
	recount_tokens(m);
	return check_status(m);
}

/* Appends the machine's effects to the caller's; on failure none is handed over. */
efile_status machine_hand_over(flow_effects *out, machine *m)
{
	flow_effects swap = *out;

	if (!m->effects.count)
		return EFILE_OK;
	if (!out->count) {
		*out = m->effects;
		m->effects = swap;
		return EFILE_OK;
	}
	while (out->count + m->effects.count > out->capacity) {
		void *items = out->items;

		TRY(mem_grow(m->ctx, &items, &out->capacity, out->capacity, sizeof(*out->items)));
		out->items = items;
	}
	memcpy(out->items + out->count, m->effects.items,
	       m->effects.count * sizeof(*out->items));
	out->count += m->effects.count;
	m->effects.count = 0;
	return EFILE_OK;
}

static efile_status step(buf *out, flow_effects *effects, machine *m, const void *state,
			 size_t length)
{
	buf swap;

	TRY(load(m, state, length));
	TRY(handlers[m->event->kind](m));
	TRY(m->s.status == FLOW_SUSPENDED ? hold_tokens(m) : machine_run(m));
	buf_reset(&m->bytes);
	TRY(flow_state_encode(&m->bytes, m->ctx, &m->s));
	TRY(machine_hand_over(effects, m));
	swap = *out;
	*out = m->bytes;
	m->bytes = swap;
	return EFILE_OK;
}

efile_status flow_step(buf *out, flow_effects *effects, efile_ctx *ctx, const flow_definition *d,
		       const void *state, size_t length, const flow_event *event)
{
	AUTO(machine) m = { .ctx = ctx, .d = d, .event = event };

	return step(out, effects, &m, state, length);
}

/* ---- many steps ---- */

struct flow_engine {
	machine m;
};

efile_status flow_engine_new(flow_engine **out, efile_ctx *ctx)
{
	flow_engine *engine = mem_new(ctx, sizeof(*engine));

	if (!engine)
		return EFILE_E_NOMEM;
	engine->m.ctx = ctx;
	*out = engine;
	return EFILE_OK;
}

void flow_engine_free(flow_engine *engine)
{
	if (!engine)
		return;
	machine_clear(&engine->m);
	free(engine);
}

efile_status flow_engine_step(buf *out, flow_effects *effects, flow_engine *engine,
			      const flow_definition *d, const void *state, size_t length,
			      const flow_event *event)
{
	machine *m = &engine->m;
	efile_status status;

	machine_reset(m, d, event);
	status = step(out, effects, m, state, length);
	if (is_large(m)) {
		efile_ctx *ctx = m->ctx;

		machine_clear(m);
		*m = (machine){ .ctx = ctx };
	}
	return status;
}

efile_status flow_replay(buf *out, flow_effects *effects, efile_ctx *ctx, const flow_definition *d,
			 const flow_event *events, size_t count)
{
	AUTO_PTR(flow_engine) engine = NULL;
	AUTO(flow_effects) all = { NULL, 0, 0 };
	AUTO(buf) state = BUF_INIT;
	buf swap;

	TRY(flow_engine_new(&engine, ctx));
	for (size_t i = 0; i < count; i++) {
		TRY(flow_engine_step(&state, effects ? effects : &all, engine, d, buf_text(&state),
				     state.length, &events[i]));
		flow_effects_reset(&all);
	}
	swap = *out;
	*out = state;
	state = swap;
	return EFILE_OK;
}
