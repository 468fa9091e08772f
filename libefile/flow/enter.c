/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a token does at a node: one handler per kind; and how it leaves. */
#include <stdlib.h>
#include <string.h>

#include "flow/route.h"

static const char *node_id(const machine *m, uint32_t node)
{
	return node_text(m->d, node, NODE_ID);
}

/* ---- incidents ---- */

efile_status add_incident(machine *m, token t, char *message, uint64_t *number)
{
	flow_effect effect = { .kind = FLOW_EFFECT_INCIDENT, .node = t.node, .message = message };
	flow_row row = { .kind = ROW_INCIDENT, .node = t.node, .scope = t.scope, .index = t.index,
			 .done = t.edge };
	efile_status status = message ? add_row(m, row, &effect.wait) : mem_failed(m->ctx);

	if (status < 0) {
		free(message);
		return status;
	}
	*number = effect.wait;
	return add_effect_texts(m, effect);
}

efile_status incident_of_error(machine *m, token t, efile_status status)
{
	char *message;
	uint64_t number;

	if (status != EFILE_E_LIMIT && status != EFILE_E_DAMAGED && status != EFILE_E_FORMAT &&
	    status != EFILE_E_INVALID)
		return status;
	message = message_format(m->ctx, "%s", efile_error_message(m->ctx));
	if (message)
		error_clear(m->ctx);
	return add_incident(m, t, message, &number);
}

/* ---- leaving ---- */

static efile_status take_edge(machine *m, uint32_t edge, uint64_t scope)
{
	TRY(add_effect(m, (flow_effect){ .kind = FLOW_EFFECT_TAKEN, .edge = edge }));
	return add_token(m, (token){ edge_get(m->d, edge, EDGE_TARGET), edge + 1, scope, 0 });
}

/* As many tokens as the activity's completionQuantity says (10.2.1). */
static efile_status take_edges(machine *m, uint32_t edge, uint64_t scope, uint32_t quantity)
{
	for (uint32_t i = 0; i < quantity && i <= m->ctx->limits.flow_tokens; i++)
		TRY(take_edge(m, edge, scope));
	return EFILE_OK;
}

/* The edges that a token takes from a node: the first one that holds, or all that do; else the
 * default; else it is stuck. */
static efile_status choose_edges(machine *m, uint32_t node, uint64_t scope, bool only_first,
				 bool *taken)
{
	uint32_t first = node_get(m->d, node, NODE_FIRST_OUT);
	uint32_t count = node_get(m->d, node, NODE_OUT_COUNT);
	uint32_t standard = node_get(m->d, node, NODE_DEFAULT);
	uint32_t quantity = node_get(m->d, node, NODE_COMPLETION_QUANTITY);
	const frame f = { scope, 0, NULL, 0 };

	*taken = false;
	for (uint32_t i = 0; i < count && !(only_first && *taken); i++) {
		uint32_t edge = list_get(m->d, first + i);
		uint32_t program = edge_get(m->d, edge, EDGE_PROGRAM);
		bool holds = true;

		if (edge + 1 == standard)
			continue;
		if (program)
			TRY(condition(m, &holds, program - 1, &f));
		if (!holds)
			continue;
		TRY(take_edges(m, edge, scope, quantity));
		*taken = true;
	}
	if (!*taken && standard) {
		*taken = true;
		return take_edges(m, standard - 1, scope, quantity);
	}
	return EFILE_OK;
}

static efile_status stuck(machine *m, uint32_t node, uint64_t scope, size_t warned)
{
	AUTO(buf) text = BUF_INIT;
	AUTO_PTR(char) message = NULL;
	const char *warning = last_warning(m, warned);
	uint64_t number;
	char *line;

	message = message_format(m->ctx, "no condition of %s holds", node_id(m, node));
	if (!message)
		return mem_failed(m->ctx);
	buf_add_text(&text, message);
	if (warning)
		buf_add_format(&text, ": %s", warning);
	TRY(buf_take(&line, &text, m->ctx));
	return add_incident(m, (token){ node, EDGE_LEAVING, scope, 0 }, line, &number);
}

/* Takes back what was put on the work list: a later condition could not be asked. */
static void take_back(machine *m, size_t effects, size_t work)
{
	m->effects.count = effects;
	while (m->work.count > work) {
		uint64_t scope = m->work.items[--m->work.count].scope;

		count_token(m, scope, -1);
	}
}

efile_status leave_node(machine *m, uint32_t node, uint64_t scope)
{
	size_t effects = m->effects.count, warned = warning_count(m), work;
	uint32_t kind = node_get(m->d, node, NODE_KIND);
	efile_status status;
	bool taken = true;

	if (!node_get(m->d, node, NODE_OUT_COUNT))
		return EFILE_OK; /* the path ends here */
	if (m->work.first == m->work.count)
		m->work.first = m->work.count = 0;
	work = m->work.count;
	status = choose_edges(m, node, scope, kind == FLOW_NODE_EXCLUSIVE, &taken);
	if (status == EFILE_E_LIMIT || status == EFILE_E_DAMAGED)
		take_back(m, effects, work);
	if (status < 0)
		return incident_of(m, (token){ node, EDGE_LEAVING, scope, 0 }, status);
	return taken ? EFILE_OK : stuck(m, node, scope, warned);
}

/* ---- activities ---- */

static bool completes_ad_hoc(machine *m, uint64_t scope, bool *holds, efile_status *status)
{
	const flow_row *row = state_row(&m->s, scope);
	const frame f = { scope, 0, NULL, 0 };
	uint32_t program;

	if (!row || row->kind != ROW_SCOPE ||
	    node_get(m->d, row->node, NODE_KIND) != FLOW_NODE_AD_HOC)
		return false;
	program = node_get(m->d, row->node, NODE_PROGRAM);
	*holds = false;
	if (program)
		*status = condition(m, holds, program - 1, &f);
	return program != 0;
}

/* 13.3.5: the completion condition is asked whenever an activity in it is done. */
static efile_status check_ad_hoc(machine *m, uint64_t scope)
{
	efile_status status = EFILE_OK;
	bool holds = false;
	flow_row *row;

	if (!completes_ad_hoc(m, scope, &holds, &status))
		return EFILE_OK;
	row = state_row(&m->s, scope);
	if (status < 0)
		return incident_of(m, (token){ row->node, EDGE_LEAVING, scope, 0 }, status);
	if (!holds)
		return EFILE_OK;
	row->total = UINT32_MAX / 2; /* nothing begins any more */
	return node_flag_set(m->d, row->node, FLAG_CANCEL_REMAINING) ?
		       cancel_contents(m, scope, true) : EFILE_OK;
}

efile_status finish_activity(machine *m, uint32_t node, uint64_t scope)
{
	flow_row done = { .kind = ROW_DONE, .node = node, .scope = scope };
	const flow_row *parent = state_row(&m->s, scope);
	uint64_t number;

	if (parent && parent->kind == ROW_DONE)
		return undo_done(m, scope);
	if (node_get(m->d, node, NODE_COMPENSATOR) &&
	    !node_is_scope(node_get(m->d, node, NODE_KIND)) &&
	    node_get(m->d, node, NODE_LOOP) == ONCE) {
		done.due = (int64_t)m->s.next++;
		TRY(add_row(m, done, &number));
	}
	TRY(leave_node(m, node, scope));
	return check_ad_hoc(m, scope);
}

efile_status activity_done(machine *m, uint32_t node, uint64_t scope, uint32_t index)
{
	const flow_row *parent = state_row(&m->s, scope);

	TRY(add_effect(m, (flow_effect){ .kind = FLOW_EFFECT_DONE, .node = node }));
	if (parent && parent->kind == ROW_LOOP && parent->node == node)
		return loop_body_done(m, scope, index);
	return finish_activity(m, node, scope);
}

static bool inside_own_loop(const machine *m, uint32_t node, uint64_t scope)
{
	const flow_row *row = state_row(&m->s, scope);

	return row && (row->kind == ROW_LOOP || row->kind == ROW_ROUTE) && row->node == node;
}

/* Adds the row of an activity that waits, with its parameters and its boundary events. */
static efile_status add_activity(machine *m, flow_row row, const buf *inputs, uint64_t *number)
{
	if (inputs->length)
		row_data(m, &row, inputs->data, inputs->length);
	TRY(buf_status(&m->s.texts, m->ctx));
	TRY(add_row(m, row, number));
	return EFILE_OK;
}

static efile_status boundaries(machine *m, uint32_t node, uint64_t scope, uint64_t number)
{
	return inside_own_loop(m, node, scope) ? EFILE_OK :
						 subscribe_boundaries(m, node, number, scope);
}

static efile_status body_wait(machine *m, uint32_t node, uint64_t scope, uint32_t index,
			      row_kind kind, flow_effect_kind effect)
{
	flow_row row = { .kind = kind, .node = node, .scope = scope, .index = index };
	flow_effect created = { .kind = effect, .node = node };
	AUTO(buf) inputs = BUF_INIT;
	efile_status status;

	TRY(map_inputs(m, &inputs, node, scope, index));
	if (kind == ROW_TASK) {
		const frame f = { scope, index, inputs.data, inputs.length };

		TRY(offer_task(m, &created.variables, node, &f, NULL));
	}
	status = add_activity(m, row, &inputs, &created.wait);
	if (status < 0) {
		free(created.variables);
		return status;
	}
	TRY(add_effect_texts(m, created));
	return boundaries(m, node, scope, created.wait);
}

static efile_status body_task(machine *m, uint32_t node, uint64_t scope, uint32_t index)
{
	if (inside_route(m, node, scope))
		return start_step(m, node, scope, index);
	if (route_is(node_text(m->d, node, NODE_FORM)))
		return start_route(m, node, scope, index);
	return body_wait(m, node, scope, index, ROW_TASK, FLOW_EFFECT_TASK_CREATE);
}

static efile_status body_job(machine *m, uint32_t node, uint64_t scope, uint32_t index)
{
	return body_wait(m, node, scope, index, ROW_JOB, FLOW_EFFECT_JOB_CREATE);
}

static efile_status map_both(machine *m, uint32_t node, uint64_t scope, uint32_t index)
{
	AUTO(buf) inputs = BUF_INIT;

	TRY(map_inputs(m, &inputs, node, scope, index));
	return map_outputs(m, node, scope, index, inputs.data, inputs.length);
}

static efile_status body_pass(machine *m, uint32_t node, uint64_t scope, uint32_t index)
{
	if (node_get(m->d, node, NODE_INPUT_COUNT) || node_get(m->d, node, NODE_OUTPUT_COUNT))
		TRY(map_both(m, node, scope, index));
	return activity_done(m, node, scope, index);
}

/* The members of a context become variables, unless one variable takes the whole result. */
static efile_status script_result(machine *m, uint32_t node, uint64_t scope, const expr_value *value)
{
	const char *name = node_text(m->d, node, NODE_RESULT);
	AUTO(buf) text = BUF_INIT;
	json_writer w;

	if (*name)
		return assign_value(m, scope, name, value);
	if (value->kind != EXPR_CONTEXT)
		return EFILE_OK;
	json_begin(&w, &text);
	expr_to_json(&w, value);
	TRY(buf_status(&text, m->ctx));
	return assign_all(m, scope, text.data);
}

static efile_status body_script(machine *m, uint32_t node, uint64_t scope, uint32_t index)
{
	uint32_t program = node_get(m->d, node, NODE_PROGRAM);
	AUTO(buf) inputs = BUF_INIT;
	expr_value value;

	TRY(map_inputs(m, &inputs, node, scope, index));
	if (program) {
		const frame f = { scope, index, inputs.data, inputs.length };

		TRY(evaluate(m, &value, program - 1, &f));
		TRY(script_result(m, node, scope, &value));
	}
	TRY(map_outputs(m, node, scope, index, inputs.data, inputs.length));
	return activity_done(m, node, scope, index);
}

static efile_status body_send(machine *m, uint32_t node, uint64_t scope, uint32_t index)
{
	bool held = false;

	TRY(throw_trigger(m, node_get(m->d, node, NODE_FIRST_TRIGGER), scope, index, &held));
	return m->interrupted ? EFILE_OK : activity_done(m, node, scope, index);
}

static efile_status body_receive(machine *m, uint32_t node, uint64_t scope, uint32_t index)
{
	flow_row row = { .kind = ROW_CATCH, .node = node, .scope = scope, .index = index };
	uint64_t number;

	TRY(add_row(m, row, &number));
	TRY(subscribe_node(m, node, number, scope));
	return state_row(&m->s, number) ? boundaries(m, node, scope, number) : EFILE_OK;
}

/* What the called process gets: its parameters, or without any all that is seen here. */
static efile_status body_call(machine *m, uint32_t node, uint64_t scope, uint32_t index)
{
	flow_row row = { .kind = ROW_CALL, .node = node, .scope = scope, .index = index };
	flow_effect call = { .kind = FLOW_EFFECT_CALL, .node = node };
	const frame f = { scope, index, NULL, 0 };
	AUTO(buf) variables = BUF_INIT;
	AUTO(buf) nothing = BUF_INIT;

	if (node_get(m->d, node, NODE_INPUT_COUNT))
		TRY(map_inputs(m, &variables, node, scope, index));
	else
		TRY(all_variables(m, &variables, &f));
	TRY(add_activity(m, row, &nothing, &call.wait));
	TRY(buf_take(&call.message, &variables, m->ctx));
	TRY(add_effect_texts(m, call));
	return boundaries(m, node, scope, call.wait);
}

static efile_status begin_tokens(machine *m, uint32_t node, uint64_t number)
{
	uint32_t first = node_get(m->d, node, NODE_FIRST_ENTRY);
	uint32_t count = node_get(m->d, node, NODE_ENTRY_COUNT);
	flow_row *row = state_row(&m->s, number);

	if (!row)
		return EFILE_OK; /* ended by an event that had happened already */
	if (node_flag_set(m->d, node, FLAG_SEQUENTIAL) && count > 1)
		count = 1;
	row->total = node_get(m->d, node, NODE_KIND) == FLOW_NODE_AD_HOC ? count : 0;
	if (!count)
		count_token(m, number, 1), count_token(m, number, -1);
	for (uint32_t i = 0; i < count; i++)
		TRY(add_token(m, (token){ list_get(m->d, first + i), EDGE_NONE, number, 0 }));
	return EFILE_OK;
}

static efile_status body_scope(machine *m, uint32_t node, uint64_t scope, uint32_t index)
{
	AUTO(buf) inputs = BUF_INIT;
	uint64_t number;

	TRY(map_inputs(m, &inputs, node, scope, index));
	TRY(start_scope(m, node, scope, index, inputs.data, inputs.length, &number));
	TRY(boundaries(m, node, scope, number));
	return begin_tokens(m, node, number);
}

efile_status run_body(machine *m, uint32_t node, uint64_t scope, uint32_t index)
{
	static efile_status (*const bodies[FLOW_NODE_KINDS])(machine *m, uint32_t node,
							     uint64_t scope, uint32_t index) = {
		[FLOW_NODE_PASS] = body_pass, [FLOW_NODE_USER_TASK] = body_task,
		[FLOW_NODE_SERVICE_TASK] = body_job, [FLOW_NODE_SCRIPT_TASK] = body_script,
		[FLOW_NODE_SEND_TASK] = body_send, [FLOW_NODE_RECEIVE_TASK] = body_receive,
		[FLOW_NODE_CALL] = body_call, [FLOW_NODE_SUBPROCESS] = body_scope,
		[FLOW_NODE_EVENT_SUBPROCESS] = body_scope, [FLOW_NODE_TRANSACTION] = body_scope,
		[FLOW_NODE_AD_HOC] = body_scope,
	};
	uint32_t kind = node_get(m->d, node, NODE_KIND);
	efile_status status;

	if (!bodies[kind])
		return EFILE_OK; /* a damaged state says so */
	status = bodies[kind](m, node, scope, index);
	return incident_of(m, (token){ node, EDGE_BODY, scope, index }, status);
}

/* startQuantity (10.2.1): so many tokens must have come, whatever flow they came by. */
static efile_status enter_activity(machine *m, token t)
{
	uint32_t quantity = node_get(m->d, t.node, NODE_START_QUANTITY);

	if (quantity > 1 && t.edge && t.edge < EDGE_LAST) {
		TRY(arrive(m, t.scope, t.edge - 1));
		if (arrived_at_node(m, t.scope, t.node) < quantity)
			return EFILE_OK;
		take_arrived(m, t.scope, t.node, quantity);
	}
	if (node_get(m->d, t.node, NODE_LOOP) != ONCE)
		return start_loop(m, t.node, t.scope);
	return run_body(m, t.node, t.scope, 0);
}

/* ---- events ---- */

static efile_status enter_start(machine *m, token t)
{
	return leave_node(m, t.node, t.scope);
}

static efile_status enter_catch(machine *m, token t)
{
	flow_row row = { .kind = ROW_CATCH, .node = t.node, .scope = t.scope };
	uint32_t count = node_get(m->d, t.node, NODE_TRIGGER_COUNT);
	uint32_t first = node_get(m->d, t.node, NODE_FIRST_TRIGGER);
	uint64_t number;

	if (t.edge == EDGE_FIRED || !count ||
	    trigger_get(m->d, first, TRIGGER_KIND) == TRIGGER_LINK)
		return leave_node(m, t.node, t.scope);
	TRY(add_row(m, row, &number));
	return subscribe_node(m, t.node, number, t.scope);
}

static efile_status enter_throw(machine *m, token t)
{
	bool goes_on = true;

	if (node_get(m->d, t.node, NODE_TRIGGER_COUNT))
		TRY(throw_events(m, t.node, t.scope, t.index, &goes_on));
	return goes_on && node_get(m->d, t.node, NODE_KIND) == FLOW_NODE_THROW ?
		       leave_node(m, t.node, t.scope) : EFILE_OK;
}

/* Ends the process, or the sub-process that it stands in (10.5.3). */
static efile_status enter_terminate(machine *m, token t)
{
	if (!t.scope)
		return end_instance(m, FLOW_ENDED, NULL);
	return cancel_contents(m, t.scope, false);
}

static efile_status enter_event_gate(machine *m, token t)
{
	flow_row row = { .kind = ROW_CATCH, .node = t.node, .scope = t.scope };
	uint32_t first = node_get(m->d, t.node, NODE_FIRST_OUT);
	uint32_t count = node_get(m->d, t.node, NODE_OUT_COUNT);
	uint64_t number;

	TRY(add_row(m, row, &number));
	for (uint32_t i = 0; i < count && state_row(&m->s, number); i++)
		TRY(subscribe_node(m, edge_get(m->d, list_get(m->d, first + i), EDGE_TARGET), number,
				   t.scope));
	return EFILE_OK;
}

/* ---- all kinds ---- */

bool is_thrower(const machine *m, uint32_t node)
{
	uint32_t kind = node_get(m->d, node, NODE_KIND);
	uint32_t first = node_get(m->d, node, NODE_FIRST_TRIGGER);

	if (kind == FLOW_NODE_SEND_TASK)
		return true;
	if (kind != FLOW_NODE_THROW && kind != FLOW_NODE_END)
		return false;
	for (uint32_t i = 0; i < node_get(m->d, node, NODE_TRIGGER_COUNT); i++)
		if (trigger_get(m->d, first + i, TRIGGER_KIND) <= TRIGGER_SIGNAL)
			return true;
	return false;
}

efile_status enter_node(machine *m, token t)
{
	static efile_status (*const enter[FLOW_NODE_KINDS])(machine *m, token t) = {
		[FLOW_NODE_START] = enter_start, [FLOW_NODE_END] = enter_throw,
		[FLOW_NODE_TERMINATE] = enter_terminate, [FLOW_NODE_PASS] = enter_activity,
		[FLOW_NODE_USER_TASK] = enter_activity, [FLOW_NODE_SERVICE_TASK] = enter_activity,
		[FLOW_NODE_EXCLUSIVE] = enter_gateway, [FLOW_NODE_PARALLEL] = enter_gateway,
		[FLOW_NODE_INCLUSIVE] = enter_gateway, [FLOW_NODE_COMPLEX] = enter_gateway,
		[FLOW_NODE_EVENT_GATE] = enter_event_gate,
		[FLOW_NODE_SCRIPT_TASK] = enter_activity, [FLOW_NODE_SEND_TASK] = enter_activity,
		[FLOW_NODE_RECEIVE_TASK] = enter_activity, [FLOW_NODE_CALL] = enter_activity,
		[FLOW_NODE_SUBPROCESS] = enter_activity,
		[FLOW_NODE_EVENT_SUBPROCESS] = enter_activity,
		[FLOW_NODE_TRANSACTION] = enter_activity, [FLOW_NODE_AD_HOC] = enter_activity,
		[FLOW_NODE_CATCH] = enter_catch, [FLOW_NODE_THROW] = enter_throw,
		[FLOW_NODE_BOUNDARY] = enter_start,
	};
	uint32_t kind = node_get(m->d, t.node, NODE_KIND);

	return enter[kind] ? enter[kind](m, t) : EFILE_OK;
}
