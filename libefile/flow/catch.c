/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events that happen to an instance: subscriptions, and what follows when one is met. */
#include <stdlib.h>
#include <string.h>

#include "flow/form.h"
#include "flow/machine.h"
#include "flow/term.h"
#include "flow/timer.h"

/* ---- subscribing ---- */

static efile_status subscribe_effect(machine *m, const flow_row *row, const char *name, char *key)
{
	flow_effect effect = { .kind = FLOW_EFFECT_SUBSCRIBE, .what = (flow_wait_kind)row->kind,
			       .wait = row->number, .node = row->node, .due = row->due, .key = key };
	efile_status status = mem_dup(&effect.message, m->ctx, name);

	if (status < 0) {
		free(key);
		return status;
	}
	return add_effect_texts(m, effect);
}

/* A correlation key as text; a null key is the empty one. */
static efile_status key_text(machine *m, buf *out, uint32_t trigger, const frame *f)
{
	uint32_t program = trigger_get(m->d, trigger, TRIGGER_KEY);
	expr_value value;

	if (!program)
		return EFILE_OK;
	TRY(evaluate(m, &value, program - 1, f));
	if (value.kind != EXPR_NULL)
		expr_to_text(out, &value);
	return buf_status(out, m->ctx);
}

static efile_status subscribe_message(machine *m, flow_row row)
{
	const char *name = definition_text(m->d, trigger_get(m->d, row.trigger, TRIGGER_NAME));
	const frame f = { row.scope, row.index, NULL, 0 };
	AUTO(buf) key = BUF_INIT;
	char *copy = NULL;

	TRY(key_text(m, &key, row.trigger, &f));
	if (key.length)
		row_data(m, &row, key.data, key.length);
	TRY(buf_status(&m->s.texts, m->ctx));
	TRY(add_row(m, row, &row.number));
	if (key.length)
		TRY(buf_take(&copy, &key, m->ctx));
	return subscribe_effect(m, &row, name, copy);
}

static efile_status subscribe_signal(machine *m, flow_row row)
{
	const char *name = definition_text(m->d, trigger_get(m->d, row.trigger, TRIGGER_NAME));

	TRY(add_row(m, row, &row.number));
	return subscribe_effect(m, &row, name, NULL);
}

/* The text of a timer: as it stands in the model, or what its expression says now. */
static efile_status timer_text(machine *m, buf *out, uint32_t trigger, const frame *f)
{
	uint32_t program = trigger_get(m->d, trigger, TRIGGER_PROGRAM);
	expr_value value;

	if (!program) {
		buf_add_text(out, definition_text(m->d, trigger_get(m->d, trigger, TRIGGER_TEXT)));
		return buf_status(out, m->ctx);
	}
	TRY(evaluate(m, &value, program - 1, f));
	if (value.kind != EXPR_NULL)
		expr_to_text(out, &value);
	return buf_status(out, m->ctx);
}

/* "5 office-days": the first second of that day, by the calendar of the event or its process. */
static efile_status working_days(machine *m, timer_plan *plan, uint32_t node, const char *text)
{
	AUTO_PTR(char) calendar = NULL;
	size_t length;
	const char *at = form_calendar(&length, node_text(m->d, node, NODE_FORM));

	*plan = (timer_plan){ .bounded = true };
	TRY(mem_dup_bytes(&calendar, m->ctx, at, length));
	return term_compute(&plan->due, m->ctx, text, calendar, m->event->time, false);
}

/* Cycles keep their text with the row: the expression may say something else later. */
static efile_status subscribe_timer(machine *m, flow_row row)
{
	trigger_timer kind = (trigger_timer)trigger_get(m->d, row.trigger, TRIGGER_TIME);
	const frame f = { row.scope, row.index, NULL, 0 };
	AUTO(buf) text = BUF_INIT;
	timer_plan plan;

	TRY(timer_text(m, &text, row.trigger, &f));
	if (kind == TIME_DURATION && term_needs_calendar(buf_text(&text)))
		TRY(working_days(m, &plan, row.node, buf_text(&text)));
	else if (!timer_first(&plan, kind, buf_text(&text), m->event->time))
		return FAIL(m->ctx, EFILE_E_FORMAT, 2361, "the timer of %s is no time: '%s'",
			    node_text(m->d, row.node, NODE_ID), buf_text(&text));
	row.due = plan.due;
	if (kind == TIME_CYCLE) {
		row.total = plan.left;
		row.flags = plan.bounded ? ROW_BOUNDED : 0;
		row_data(m, &row, text.data, text.length);
		TRY(buf_status(&m->s.texts, m->ctx));
	}
	TRY(add_row(m, row, &row.number));
	return subscribe_effect(m, &row, buf_text(&text), NULL);
}

static efile_status subscribe_condition(machine *m, flow_row row)
{
	TRY(add_row(m, row, &row.number));
	m->changed = true; /* it may hold already */
	return subscribe_effect(m, &row, "", NULL);
}

/* An incident beside the tokens: the activity, sub-process or gateway waits on without this event. */
static efile_status deaf(machine *m, const flow_row *row, efile_status status)
{
	flow_row incident = { .kind = ROW_INCIDENT, .node = row->node, .scope = row->scope,
			      .owner = row->owner, .trigger = row->trigger, .index = row->index,
			      .done = EDGE_LISTEN, .flags = ROW_LISTENS };
	flow_effect effect = { .kind = FLOW_EFFECT_INCIDENT, .node = row->node };

	if (status != EFILE_E_LIMIT && status != EFILE_E_DAMAGED && status != EFILE_E_FORMAT &&
	    status != EFILE_E_INVALID)
		return status;
	effect.message = message_format(m->ctx, "%s", efile_error_message(m->ctx));
	if (!effect.message)
		return mem_failed(m->ctx);
	error_clear(m->ctx);
	status = add_row(m, incident, &effect.wait);
	if (status < 0) {
		free(effect.message);
		return status;
	}
	return add_effect_texts(m, effect);
}

/* An event that cannot be listened to, such as a timer whose expression gives no time: a retry listens
 * anew, it must not pass as if the event had happened. */
static efile_status not_subscribed(machine *m, const flow_row *row, efile_status status)
{
	const flow_row *owner = state_row(&m->s, row->owner);
	token t = { row->node, EDGE_LEAVING, row->scope, 0 };

	if (status >= 0)
		return status;
	if (!owner || owner->kind != ROW_CATCH || owner->node != row->node)
		return m->event->as_before ? incident_of(m, t, status) : deaf(m, row, status);
	t.index = owner->index;
	t.edge = node_get(m->d, row->node, NODE_KIND) == FLOW_NODE_CATCH ? EDGE_NONE : EDGE_BODY;
	TRY(incident_of(m, t, status));
	return end_row(m, row->owner, true);
}

static efile_status subscribe(machine *m, flow_row row)
{
	static const struct {
		row_kind kind;
		efile_status (*subscribe)(machine *m, flow_row row);
	} kinds[] = {
		[TRIGGER_MESSAGE] = { ROW_MESSAGE, subscribe_message },
		[TRIGGER_SIGNAL] = { ROW_SIGNAL, subscribe_signal },
		[TRIGGER_TIMER] = { ROW_TIMER, subscribe_timer },
		[TRIGGER_CONDITION] = { ROW_CONDITION, subscribe_condition },
	};
	uint32_t kind = trigger_get(m->d, row.trigger, TRIGGER_KIND);
	efile_status status;

	if (kind >= ARRAY_SIZE(kinds))
		return EFILE_OK; /* thrown to it, not waited for */
	row.kind = kinds[kind].kind;
	status = kinds[kind].subscribe(m, row);
	return not_subscribed(m, &row, status);
}

efile_status listen_again(machine *m, const flow_row *incident)
{
	if (incident->owner && !state_row(&m->s, incident->owner))
		return EFILE_OK;
	return subscribe(m, (flow_row){ .node = incident->node, .trigger = incident->trigger,
					.owner = incident->owner, .scope = incident->scope,
					.index = incident->index });
}

efile_status subscribe_node(machine *m, uint32_t node, uint64_t owner, uint64_t scope)
{
	uint32_t first = node_get(m->d, node, NODE_FIRST_TRIGGER);
	uint32_t count = node_get(m->d, node, NODE_TRIGGER_COUNT);
	const flow_row *holder = state_row(&m->s, owner);
	uint32_t index = holder ? holder->index : 0;

	for (uint32_t i = 0; i < count && (!owner || state_row(&m->s, owner)); i++)
		TRY(subscribe(m, (flow_row){ .node = node, .trigger = first + i, .owner = owner,
					     .scope = scope, .index = index }));
	return EFILE_OK;
}

efile_status subscribe_boundaries(machine *m, uint32_t node, uint64_t owner, uint64_t scope)
{
	uint32_t first = node_get(m->d, node, NODE_FIRST_BOUNDARY);
	uint32_t count = node_get(m->d, node, NODE_BOUNDARY_COUNT);

	for (uint32_t i = 0; i < count; i++)
		TRY(subscribe_node(m, list_get(m->d, first + i), owner, scope));
	return EFILE_OK;
}

/* ---- what a met subscription does ---- */

/* Whether the other triggers of a parallel multiple event have been met, too (10.5.5). */
static bool all_met(const machine *m, uint32_t node, uint64_t owner)
{
	for (size_t i = 0; i < m->s.row_count; i++) {
		const flow_row *row = &m->s.rows[i];

		if (!row->dead && row->owner == owner && row->node == node &&
		    row->kind >= ROW_MESSAGE && row->kind <= ROW_CONDITION)
			return false;
	}
	return true;
}

/* From now on nothing else begins in the scope but the event sub-process (13.5.4). */
efile_status start_event_scope(machine *m, uint32_t start, uint64_t scope)
{
	uint32_t node = node_get(m->d, start, NODE_SCOPE);
	uint64_t number;

	if (node_flag_set(m->d, start, FLAG_INTERRUPTING))
		TRY(cancel_contents(m, scope, true));
	TRY(start_scope(m, node, scope, 0, NULL, 0, &number));
	return add_token(m, (token){ start, EDGE_FIRED, number, 0 });
}

static efile_status boundary_met(machine *m, uint32_t node, uint64_t owner)
{
	const flow_row *host = state_row(&m->s, owner);
	uint64_t scope;

	if (!host)
		return EFILE_OK;
	scope = host->scope;
	if (node_flag_set(m->d, node, FLAG_INTERRUPTING))
		TRY(cancel_activity(m, owner));
	return add_token(m, (token){ node, EDGE_FIRED, scope, 0 });
}

static efile_status gate_met(machine *m, uint32_t gate, uint32_t node)
{
	uint32_t first = node_get(m->d, gate, NODE_FIRST_OUT);

	for (uint32_t i = 0; i < node_get(m->d, gate, NODE_OUT_COUNT); i++) {
		uint32_t edge = list_get(m->d, first + i);

		if (edge_get(m->d, edge, EDGE_TARGET) == node)
			return add_effect(m, (flow_effect){ .kind = FLOW_EFFECT_TAKEN, .edge = edge });
	}
	return EFILE_OK;
}

static efile_status catch_met(machine *m, uint32_t node, uint64_t owner)
{
	const flow_row *holder = state_row(&m->s, owner);
	uint32_t kind = node_get(m->d, node, NODE_KIND), index;
	uint64_t scope;

	if (!holder || holder->kind != ROW_CATCH)
		return EFILE_OK;
	scope = holder->scope;
	index = holder->index;
	if (holder->node != node)
		TRY(gate_met(m, holder->node, node));
	TRY(end_row(m, owner, false));
	TRY(map_outputs(m, node, scope, index, NULL, 0));
	if (kind == FLOW_NODE_RECEIVE_TASK)
		TRY(activity_done(m, node, scope, index));
	else
		TRY(leave_node(m, node, scope));
	return EFILE_OK;
}

static efile_status met(machine *m, uint32_t node, uint64_t owner)
{
	switch (node_get(m->d, node, NODE_KIND)) {
	case FLOW_NODE_START:
		return start_event_scope(m, node, owner);
	case FLOW_NODE_BOUNDARY:
		return boundary_met(m, node, owner);
	default:
		return catch_met(m, node, owner);
	}
}

/* An event that does not interrupt goes on listening; a cycle is set anew as often as it says. */
static bool listens_on(machine *m, uint64_t number)
{
	flow_row *row = state_row(&m->s, number);
	uint32_t kind = node_get(m->d, row->node, NODE_KIND);
	AUTO(buf) text = BUF_INIT;

	if ((kind != FLOW_NODE_START && kind != FLOW_NODE_BOUNDARY) ||
	    node_flag_set(m->d, row->node, FLAG_INTERRUPTING))
		return false;
	if (row->kind != ROW_TIMER)
		return true;
	if (!row->length || ((row->flags & ROW_BOUNDED) && !row->total))
		return false;
	buf_add(&text, m->s.texts.data + row->data, row->length);
	if (!timer_again(&row->due, buf_text(&text), row->due))
		return false;
	row->total -= (row->flags & ROW_BOUNDED) != 0;
	return true;
}

static efile_status set_again(machine *m, uint64_t number)
{
	const flow_row *row = state_row(&m->s, number);

	if (row->kind != ROW_TIMER)
		return EFILE_OK;
	return add_effect(m, (flow_effect){ .kind = FLOW_EFFECT_SUBSCRIBE, .what = FLOW_WAIT_TIMER,
					    .wait = number, .node = row->node, .due = row->due });
}

static efile_status fire_multiple(machine *m, flow_row row)
{
	bool interrupts = node_flag_set(m->d, row.node, FLAG_INTERRUPTING);
	uint32_t kind = node_get(m->d, row.node, NODE_KIND);

	TRY(end_row(m, row.number, false));
	if (!all_met(m, row.node, row.owner))
		return EFILE_OK;
	TRY(met(m, row.node, row.owner));
	if (interrupts || (kind != FLOW_NODE_START && kind != FLOW_NODE_BOUNDARY))
		return EFILE_OK;
	return subscribe_node(m, row.node, row.owner, row.scope);
}

efile_status fire_row(machine *m, uint64_t number, const char *variables)
{
	flow_row row = *state_row(&m->s, number);

	TRY(assign_all(m, row.scope, variables));
	if (node_flag_set(m->d, row.node, FLAG_PARALLEL_MULTIPLE) &&
	    node_get(m->d, row.node, NODE_TRIGGER_COUNT) > 1)
		return fire_multiple(m, row);
	if (listens_on(m, number))
		TRY(set_again(m, number));
	else
		TRY(end_row(m, number, false));
	return met(m, row.node, row.owner);
}

/* ---- signals and conditions ---- */

static bool signal_is(const machine *m, const flow_row *row, const char *name)
{
	return !row->dead && row->kind == ROW_SIGNAL &&
		!strcmp(definition_text(m->d, trigger_get(m->d, row->trigger, TRIGGER_NAME)), name);
}

/* All that listen now; who begins to listen through it is too late. */
efile_status broadcast(machine *m, const char *name, const char *variables)
{
	uint64_t last = m->s.next;
	uint64_t number = 0;

	for (size_t i = 0; i < m->s.row_count && !m->ended; i++) {
		number = m->s.rows[i].number;
		if (number >= last)
			break;
		if (signal_is(m, &m->s.rows[i], name))
			TRY(fire_row(m, number, variables));
	}
	return EFILE_OK;
}

/* A condition fires when it becomes true, or is so from the beginning (10.5.6). */
static efile_status check_one(machine *m, uint64_t number)
{
	flow_row *row = state_row(&m->s, number);
	uint32_t program = trigger_get(m->d, row->trigger, TRIGGER_PROGRAM);
	const frame f = { row->scope, row->index, NULL, 0 };
	bool holds = false, held = row->flags & ROW_HELD;

	if (!program)
		return EFILE_OK;
	TRY(condition(m, &holds, program - 1, &f));
	row = state_row(&m->s, number);
	row->flags = holds ? row->flags | ROW_HELD : row->flags & ~(uint32_t)ROW_HELD;
	return holds && !held ? fire_row(m, number, NULL) : EFILE_OK;
}

/* The key of a subscription follows the data of the process (8.4.2). */
static efile_status follow_key(machine *m, uint64_t number)
{
	flow_row *row = state_row(&m->s, number);
	const frame f = { row->scope, row->index, NULL, 0 };
	AUTO(buf) key = BUF_INIT;
	char *copy = NULL;
	flow_row now;

	TRY(key_text(m, &key, row->trigger, &f));
	row = state_row(&m->s, number);
	if (key.length == row->length &&
	    (!key.length || !memcmp(m->s.texts.data + row->data, key.data, key.length)))
		return EFILE_OK;
	row->length = 0;
	if (key.length)
		row_data(m, row, key.data, key.length);
	TRY(buf_status(&m->s.texts, m->ctx));
	now = *row;
	TRY(add_effect(m, (flow_effect){ .kind = FLOW_EFFECT_UNSUBSCRIBE, .what = FLOW_WAIT_MESSAGE,
					 .wait = number, .node = now.node }));
	if (key.length)
		TRY(buf_take(&copy, &key, m->ctx));
	return subscribe_effect(m, &now, definition_text(m->d, trigger_get(m->d, now.trigger,
									   TRIGGER_NAME)), copy);
}

static bool follows(const machine *m, const flow_row *row)
{
	return row->kind == ROW_MESSAGE && trigger_get(m->d, row->trigger, TRIGGER_TARGET);
}

efile_status check_conditions(machine *m)
{
	m->changed = false;
	for (size_t i = 0; i < m->s.row_count && !m->ended; i++) {
		const flow_row row = m->s.rows[i];
		efile_status status;

		if (row.dead || (row.kind != ROW_CONDITION && !follows(m, &row)))
			continue;
		status = row.kind == ROW_CONDITION ? check_one(m, row.number) : follow_key(m, row.number);
		if (status >= 0)
			continue;
		if (state_row(&m->s, row.number))
			TRY(end_row(m, row.number, true));
		TRY(not_subscribed(m, &row, status));
	}
	return EFILE_OK;
}
