/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Standard loops and multiple instances (13.3.6, 13.3.7): a row around the activity counts. */
#include <stdlib.h>
#include <string.h>

#include "flow/machine.h"

static flow_row *loop_row(const machine *m, uint64_t number)
{
	return state_row(&m->s, number);
}

static efile_status broken(machine *m, uint32_t node, const char *what)
{
	return FAIL(m->ctx, EFILE_E_FORMAT, 2362, "the number of instances of %s is none: %s",
		    node_text(m->d, node, NODE_ID), what);
}

/* ---- how many ---- */

static efile_status keep_collection(machine *m, uint64_t number, const expr_value *value)
{
	flow_row *row = loop_row(m, number);
	AUTO(buf) text = BUF_INIT;
	json_writer w;

	if (value->kind != EXPR_LIST)
		return broken(m, row->node, "no list");
	if (value->as.list->count > m->ctx->limits.flow_tokens)
		return FAIL(m->ctx, EFILE_E_LIMIT, 2363, "%s has more than %u instances",
			    node_text(m->d, row->node, NODE_ID), m->ctx->limits.flow_tokens);
	row->total = (uint32_t)value->as.list->count;
	json_begin(&w, &text);
	expr_to_json(&w, value);
	TRY(buf_status(&text, m->ctx));
	row_data(m, row, text.data, text.length);
	return buf_status(&m->s.texts, m->ctx);
}

static efile_status keep_number(machine *m, uint64_t number, const expr_value *value)
{
	flow_row *row = loop_row(m, number);
	int64_t count;

	if (value->kind != EXPR_NUMBER || efile_decimal_to_int(&count, value->as.number) < 0)
		return broken(m, row->node, "no whole number");
	if (count < 0)
		return broken(m, row->node, "negative");
	if (count > m->ctx->limits.flow_tokens)
		return FAIL(m->ctx, EFILE_E_LIMIT, 2363, "%s has more than %u instances",
			    node_text(m->d, row->node, NODE_ID), m->ctx->limits.flow_tokens);
	row->total = (uint32_t)count;
	return EFILE_OK;
}

static efile_status count_instances(machine *m, uint64_t number, uint32_t node, uint64_t scope)
{
	uint32_t collection = node_get(m->d, node, NODE_COLLECTION);
	uint32_t cardinality = node_get(m->d, node, NODE_CARDINALITY);
	const frame f = { scope, 0, NULL, 0 };
	expr_value value;

	if (!collection && !cardinality)
		return EFILE_OK;
	TRY(evaluate(m, &value, (collection ? collection : cardinality) - 1, &f));
	TRY(collection ? keep_collection(m, number, &value) : keep_number(m, number, &value));
	forget_variables(m);
	return EFILE_OK;
}

/* ---- going round ---- */

static efile_status finish_loop(machine *m, uint64_t number)
{
	const flow_row *row = loop_row(m, number);
	uint32_t node = row->node;
	uint64_t scope = row->scope;

	TRY(end_row(m, number, false));
	forget_variables(m);
	TRY(finish_activity(m, node, scope));
	return EFILE_OK;
}

static efile_status begin_instance(machine *m, uint64_t number)
{
	flow_row *row = loop_row(m, number);

	row->index++;
	return add_token(m, (token){ row->node, EDGE_BODY, number, row->index });
}

static efile_status asks(machine *m, uint64_t number, bool *holds)
{
	const flow_row *row = loop_row(m, number);
	uint32_t program = node_get(m->d, row->node, NODE_LOOP_CONDITION);
	const frame f = { number, row->index, NULL, 0 };

	*holds = node_get(m->d, row->node, NODE_LOOP) == LOOP_WHILE &&
		node_get(m->d, row->node, NODE_LOOP_MAXIMUM);
	if (!program)
		return EFILE_OK;
	m->scope_filled = false; /* the counters have moved on */
	return condition(m, holds, program - 1, &f);
}

static efile_status go_round(machine *m, uint64_t number, bool ask)
{
	const flow_row *row = loop_row(m, number);
	uint32_t maximum = node_get(m->d, row->node, NODE_LOOP_MAXIMUM);
	bool again = true;

	if (maximum && row->done >= maximum - 1)
		again = false;
	else if (ask)
		TRY(asks(m, number, &again));
	return again ? begin_instance(m, number) : finish_loop(m, number);
}

static efile_status begin_multiple(machine *m, uint64_t number)
{
	const flow_row *row = loop_row(m, number);
	uint32_t count = row->total;

	if (!count)
		return finish_loop(m, number);
	if (node_get(m->d, row->node, NODE_LOOP) == MULTI_SEQUENTIAL)
		return begin_instance(m, number);
	for (uint32_t i = 0; i < count; i++)
		TRY(begin_instance(m, number));
	return EFILE_OK;
}

static efile_status begin_loop(machine *m, uint64_t number, uint32_t node, uint64_t scope)
{
	TRY(count_instances(m, number, node, scope));
	if (node_get(m->d, node, NODE_LOOP) == LOOP_WHILE)
		return go_round(m, number, node_flag_set(m->d, node, FLAG_TEST_BEFORE));
	return begin_multiple(m, number);
}

/* What goes wrong before the first instance can be tried again as a whole. */
efile_status start_loop(machine *m, uint32_t node, uint64_t scope)
{
	flow_row row = { .kind = ROW_LOOP, .node = node, .scope = scope };
	efile_status status;
	uint64_t number;

	TRY(add_row(m, row, &number));
	TRY(subscribe_boundaries(m, node, number, scope));
	if (!loop_row(m, number))
		return EFILE_OK;
	status = begin_loop(m, number, node, scope);
	if (status < 0 && loop_row(m, number) && !loop_row(m, number)->index) {
		status = incident_of(m, (token){ node, EDGE_NONE, scope, 0 }, status);
		TRY(status);
		return end_row(m, number, true);
	}
	return status;
}

/* A condition between two instances failed; the loop goes on where it stood. */
efile_status continue_loop(machine *m, uint64_t number)
{
	const flow_row *row = loop_row(m, number);

	if (!row)
		return EFILE_OK;
	if (node_get(m->d, row->node, NODE_LOOP) == LOOP_WHILE)
		return go_round(m, number, true);
	return row->done >= row->total ? finish_loop(m, number) : begin_instance(m, number);
}

/* ---- an instance is done ---- */

static efile_status collect_output(machine *m, uint64_t number, uint32_t index)
{
	const flow_row *row = loop_row(m, number);
	uint32_t program = node_get(m->d, row->node, NODE_OUT_ITEM);
	const char *name = node_text(m->d, row->node, NODE_OUT_COLLECTION);
	const frame f = { number, index, NULL, 0 };
	expr_value value;

	if (!program || !*name)
		return EFILE_OK;
	TRY(evaluate(m, &value, program - 1, &f));
	row = loop_row(m, number);
	return list_set(m, row->scope, name, index, row->total, &value);
}

/* None: with each instance; One: with the first; Complex: those whose condition holds (10.2.8). */
static efile_status behave(machine *m, uint64_t number, uint32_t index)
{
	const flow_row *row = loop_row(m, number);
	uint32_t node = row->node, first = node_get(m->d, node, NODE_FIRST_BEHAVIOUR);
	bool once = node_flag_set(m->d, node, FLAG_THROW_ONCE) && row->done > 1;
	const frame f = { number, index, NULL, 0 };

	for (uint32_t i = 0; i < node_get(m->d, node, NODE_BEHAVIOUR_COUNT); i++) {
		uint32_t program = trigger_get(m->d, first + i, TRIGGER_PROGRAM);
		bool holds = true, held = false;

		if (once || !loop_row(m, number))
			break;
		if (program && trigger_get(m->d, first + i, TRIGGER_KIND) != TRIGGER_CONDITION)
			TRY(condition(m, &holds, program - 1, &f));
		if (holds)
			TRY(throw_trigger(m, first + i, number, index, &held));
	}
	return EFILE_OK;
}

/* Each instance that can be undone is noted in the scope of the whole activity. */
static efile_status note_undo(machine *m, uint64_t number)
{
	const flow_row *row = loop_row(m, number);
	flow_row done = { .kind = ROW_DONE, .node = row->node, .scope = row->scope };
	uint64_t noted;

	if (!node_get(m->d, row->node, NODE_COMPENSATOR) ||
	    node_is_scope(node_get(m->d, row->node, NODE_KIND)))
		return EFILE_OK;
	done.due = (int64_t)m->s.next++;
	return add_row(m, done, &noted);
}

static efile_status after_instance(machine *m, uint64_t number, uint32_t index)
{
	flow_row *row = loop_row(m, number);
	bool complete = false;

	row->done++;
	m->scope_filled = false;
	if (node_get(m->d, row->node, NODE_LOOP) == LOOP_WHILE)
		return go_round(m, number, true);
	TRY(collect_output(m, number, index));
	TRY(behave(m, number, index));
	if (!loop_row(m, number))
		return EFILE_OK;
	TRY(asks(m, number, &complete));
	row = loop_row(m, number);
	if (complete && row->done < row->total)
		TRY(cancel_contents(m, number, true));
	row = loop_row(m, number);
	if (complete || row->done >= row->total)
		return finish_loop(m, number);
	return node_get(m->d, row->node, NODE_LOOP) == MULTI_SEQUENTIAL ?
		       begin_instance(m, number) : EFILE_OK;
}

efile_status loop_body_done(machine *m, uint64_t number, uint32_t index)
{
	token t = { loop_row(m, number)->node, EDGE_LEAVING, number, index };
	efile_status status;

	TRY(note_undo(m, number));
	status = after_instance(m, number, index);
	return loop_row(m, number) ? incident_of(m, t, status) : status;
}
