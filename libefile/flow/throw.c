/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events that an instance makes happen: messages and signals, errors and escalations that look for
 * who catches them from the inside to the outside (10.5.7), cancellation. */
#include <stdlib.h>
#include <string.h>

#include "flow/machine.h"

/* ---- messages and signals ---- */

/* What is sent along: the parameters of the event. */
static efile_status payload(machine *m, char **out, uint32_t node, uint64_t scope, uint32_t index)
{
	AUTO(buf) object = BUF_INIT;

	TRY(map_inputs(m, &object, node, scope, index));
	return object.length ? buf_take(out, &object, m->ctx) : EFILE_OK;
}

static efile_status throw_message(machine *m, uint32_t trigger, uint64_t scope, uint32_t index)
{
	uint32_t program = trigger_get(m->d, trigger, TRIGGER_KEY);
	flow_effect effect = { .kind = FLOW_EFFECT_MESSAGE,
			       .node = trigger_get(m->d, trigger, TRIGGER_NODE) };
	const frame f = { scope, index, NULL, 0 };
	AUTO(buf) key = BUF_INIT;
	AUTO_PTR(char) variables = NULL;
	expr_value value;

	if (program) {
		TRY(evaluate(m, &value, program - 1, &f));
		if (value.kind != EXPR_NULL)
			expr_to_text(&key, &value);
		TRY(buf_status(&key, m->ctx));
	}
	TRY(payload(m, &variables, effect.node, scope, index));
	TRY(mem_dup(&effect.message, m->ctx,
		    definition_text(m->d, trigger_get(m->d, trigger, TRIGGER_NAME))));
	if (key.length && buf_take(&effect.key, &key, m->ctx) < 0) {
		free(effect.message);
		return EFILE_E_NOMEM;
	}
	effect.variables = STEAL(variables);
	return add_effect_texts(m, effect);
}

static efile_status throw_signal(machine *m, uint32_t trigger, uint64_t scope, uint32_t index)
{
	const char *name = definition_text(m->d, trigger_get(m->d, trigger, TRIGGER_NAME));
	flow_effect effect = { .kind = FLOW_EFFECT_SIGNAL,
			       .node = trigger_get(m->d, trigger, TRIGGER_NODE) };
	AUTO_PTR(char) variables = NULL;

	TRY(payload(m, &variables, effect.node, scope, index));
	TRY(mem_dup(&effect.message, m->ctx, name));
	if (mem_dup(&effect.variables, m->ctx, variables) < 0) {
		free(effect.message);
		return EFILE_E_NOMEM;
	}
	TRY(add_effect_texts(m, effect));
	return broadcast(m, name, variables);
}

/* ---- who catches ---- */

/* The event of a node's kind that catches this code: the one that names it before the one that
 * catches all. */
static bool catches(const machine *m, uint32_t node, trigger_kind kind, const char *code, bool named,
		    uint32_t *trigger)
{
	uint32_t first = node_get(m->d, node, NODE_FIRST_TRIGGER);

	for (uint32_t i = 0; i < node_get(m->d, node, NODE_TRIGGER_COUNT); i++) {
		const char *name;

		*trigger = first + i;
		if (trigger_get(m->d, *trigger, TRIGGER_KIND) != kind)
			continue;
		name = definition_text(m->d, trigger_get(m->d, *trigger, TRIGGER_NAME));
		if (named ? *name && !strcmp(name, code) : !*name)
			return true;
	}
	return false;
}

static bool list_catches(const machine *m, uint32_t node, node_word first_word, trigger_kind kind,
			 const char *code, uint32_t *trigger)
{
	uint32_t first = node_get(m->d, node, first_word);
	uint32_t count = node_get(m->d, node, (node_word)(first_word + 1));

	for (int named = 1; named >= 0; named--)
		for (uint32_t i = 0; i < count; i++)
			if (catches(m, list_get(m->d, first + i), kind, code, named, trigger))
				return true;
	return false;
}

static efile_status tell(machine *m, uint32_t trigger, uint64_t scope, const char *code,
			 const char *message)
{
	const char *name = definition_text(m->d, trigger_get(m->d, trigger, TRIGGER_CODE_VARIABLE));

	if (*name)
		TRY(assign_text(m, scope, name, code));
	name = definition_text(m->d, trigger_get(m->d, trigger, TRIGGER_MESSAGE_VARIABLE));
	return *name ? assign_text(m, scope, name, message ? message : "") : EFILE_OK;
}

/* A boundary event of the activity whose row this is. An error always interrupts (10.5.4). */
static efile_status at_boundary(machine *m, uint32_t trigger, uint64_t row, trigger_kind kind,
				const char *code, const char *message)
{
	uint32_t node = trigger_get(m->d, trigger, TRIGGER_NODE);
	uint64_t scope = state_row(&m->s, row)->scope;

	TRY(tell(m, trigger, scope, code, message));
	if (kind == TRIGGER_ERROR || node_flag_set(m->d, node, FLAG_INTERRUPTING))
		TRY(cancel_activity(m, row));
	TRY(add_token(m, (token){ node, EDGE_FIRED, scope, 0 }));
	return EFILE_OK;
}

static efile_status in_scope(machine *m, uint32_t trigger, uint64_t scope, const char *code,
			     const char *message)
{
	TRY(tell(m, trigger, scope, code, message));
	return start_event_scope(m, trigger_get(m->d, trigger, TRIGGER_NODE), scope);
}

static bool in_own_loop(const machine *m, const flow_row *row)
{
	const flow_row *loop = state_row(&m->s, row->scope);

	return loop && loop->kind == ROW_LOOP && loop->node == row->node;
}

static bool is_event_scope(const machine *m, const flow_row *row)
{
	return row->kind == ROW_SCOPE &&
		node_get(m->d, row->node, NODE_KIND) == FLOW_NODE_EVENT_SUBPROCESS;
}

efile_status raise(machine *m, trigger_kind kind, uint32_t node, uint64_t row, uint64_t scope,
		   const char *code, const char *message, bool *caught)
{
	bool handling = false; /* inside an event sub-process: its neighbours do not catch */
	uint32_t trigger;

	(void)node;
	*caught = true;
	for (uint64_t at = row ? row : scope;; handling = is_event_scope(m, state_row(&m->s, at)),
		      at = state_row(&m->s, at)->scope) {
		const flow_row *r = state_row(&m->s, at);
		uint32_t inside = r ? r->node : process_node(m->d);

		if ((!r || r->kind == ROW_SCOPE) && !handling &&
		    list_catches(m, inside, NODE_FIRST_EVENT, kind, code, &trigger))
			return in_scope(m, trigger, r ? at : 0, code, message);
		if (!r)
			break;
		if (r->kind != ROW_DONE && !in_own_loop(m, r) &&
		    list_catches(m, inside, NODE_FIRST_BOUNDARY, kind, code, &trigger))
			return at_boundary(m, trigger, at, kind, code, message);
	}
	*caught = false;
	return EFILE_OK;
}

static efile_status throw_error(machine *m, uint32_t trigger, uint64_t scope)
{
	const char *code = definition_text(m->d, trigger_get(m->d, trigger, TRIGGER_NAME));
	uint32_t node = trigger_get(m->d, trigger, TRIGGER_NODE);
	bool caught;

	TRY(raise(m, TRIGGER_ERROR, node, 0, scope, code, NULL, &caught));
	return caught ? EFILE_OK : end_instance(m, FLOW_FAILED, code);
}

static efile_status throw_escalation(machine *m, uint32_t trigger, uint64_t scope)
{
	const char *code = definition_text(m->d, trigger_get(m->d, trigger, TRIGGER_NAME));
	flow_effect effect = { .kind = FLOW_EFFECT_ESCALATION,
			       .node = trigger_get(m->d, trigger, TRIGGER_NODE) };
	bool caught;

	TRY(raise(m, TRIGGER_ESCALATION, effect.node, 0, scope, code, NULL, &caught));
	if (caught)
		return EFILE_OK;
	TRY(mem_dup(&effect.message, m->ctx, code));
	return add_effect_texts(m, effect);
}

/* Everything in the transaction ends, what was done is undone, then its cancel event goes on
 * (13.5.2). */
static efile_status throw_cancel(machine *m, uint32_t trigger, uint64_t scope)
{
	const flow_row *row = state_row(&m->s, scope);
	bool held;

	while (row && node_get(m->d, row->node, NODE_KIND) != FLOW_NODE_TRANSACTION)
		row = state_row(&m->s, scope = row->scope);
	if (!row)
		return EFILE_OK;
	TRY(cancel_contents(m, scope, true));
	return start_undo(m, trigger_get(m->d, trigger, TRIGGER_NODE), scope, 0, ROW_CANCELS, &held);
}

static efile_status throw_compensation(machine *m, uint32_t trigger, uint64_t scope, bool *held)
{
	uint32_t node = trigger_get(m->d, trigger, TRIGGER_NODE);
	bool ends = node_get(m->d, node, NODE_KIND) == FLOW_NODE_END;

	TRY(start_undo(m, node, scope, trigger_get(m->d, trigger, TRIGGER_TARGET),
		       ends || !trigger_get(m->d, trigger, TRIGGER_WAITS) ? ROW_ENDING : 0, held));
	if (ends || !trigger_get(m->d, trigger, TRIGGER_WAITS))
		*held = false;
	return EFILE_OK;
}

efile_status throw_trigger(machine *m, uint32_t trigger, uint64_t scope, uint32_t index, bool *held)
{
	uint32_t target = trigger_get(m->d, trigger, TRIGGER_TARGET);

	switch (trigger_get(m->d, trigger, TRIGGER_KIND)) {
	case TRIGGER_MESSAGE:
		return throw_message(m, trigger, scope, index);
	case TRIGGER_SIGNAL:
		return throw_signal(m, trigger, scope, index);
	case TRIGGER_ERROR:
		return throw_error(m, trigger, scope);
	case TRIGGER_ESCALATION:
		return throw_escalation(m, trigger, scope);
	case TRIGGER_COMPENSATION:
		return throw_compensation(m, trigger, scope, held);
	case TRIGGER_CANCEL:
		return throw_cancel(m, trigger, scope);
	case TRIGGER_LINK:
		*held = true;
		return target ? add_token(m, (token){ target - 1, EDGE_FIRED, scope, 0 }) : EFILE_OK;
	case TRIGGER_TERMINATE:
		return scope ? cancel_contents(m, scope, false) :
			       end_instance(m, FLOW_ENDED, NULL);
	default:
		return EFILE_OK;
	}
}

efile_status throw_events(machine *m, uint32_t node, uint64_t scope, uint32_t index, bool *goes_on)
{
	uint32_t first = node_get(m->d, node, NODE_FIRST_TRIGGER);
	bool held = false;

	for (uint32_t i = 0; i < node_get(m->d, node, NODE_TRIGGER_COUNT); i++) {
		efile_status status;

		if (!scope_alive(m, scope) || m->interrupted)
			break;
		status = throw_trigger(m, first + i, scope, index, &held);
		TRY(incident_of(m, (token){ node, EDGE_LEAVING, scope, 0 }, status));
		if (status < 0)
			held = true;
	}
	*goes_on = !held && !m->interrupted && scope_alive(m, scope);
	return EFILE_OK;
}
