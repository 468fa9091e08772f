/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compensation (13.5.5): what is done is undone one after the other, the newest first. Activities
 * that can be undone left a row behind; a row of kind UNDO is the token that waits meanwhile. */
#include "flow/machine.h"

/* Event sub-processes compensate what the scope around them did. */
static uint64_t undone_scope(const machine *m, uint64_t scope)
{
	const flow_row *row = state_row(&m->s, scope);

	if (row && row->kind == ROW_SCOPE &&
	    node_get(m->d, row->node, NODE_KIND) == FLOW_NODE_EVENT_SUBPROCESS)
		return row->scope;
	return scope;
}

static bool mark(machine *m, uint64_t scope, uint32_t target, uint64_t owner)
{
	bool any = false;

	for (size_t i = 0; i < m->s.row_count; i++) {
		flow_row *row = &m->s.rows[i];

		if (row->dead || row->kind != ROW_DONE || row->scope != scope || row->owner ||
		    (target && row->node != target - 1))
			continue;
		row->owner = owner;
		any = true;
	}
	return any;
}

static flow_row *newest(const machine *m, uint64_t owner)
{
	flow_row *found = NULL;

	for (size_t i = 0; i < m->s.row_count; i++) {
		flow_row *row = &m->s.rows[i];

		if (!row->dead && row->kind == ROW_DONE && row->owner == owner &&
		    !(row->flags & ROW_EXPANDED) && (!found || row->due > found->due))
			found = row;
	}
	return found;
}

static void drop_expanded(machine *m, uint64_t owner)
{
	for (size_t i = 0; i < m->s.row_count; i++)
		if (m->s.rows[i].kind == ROW_DONE && m->s.rows[i].owner == owner)
			m->s.rows[i].dead = true;
}

/* The transaction leaves by its cancel event (10.2.5). */
static efile_status leave_cancelled(machine *m, uint64_t transaction)
{
	const flow_row *row = state_row(&m->s, transaction);
	const flow_row *loop = state_row(&m->s, row->scope);
	uint32_t node = row->node, boundary = 0;
	uint64_t scope = row->scope;
	uint32_t first = node_get(m->d, node, NODE_FIRST_BOUNDARY);
	bool found = false;

	if (loop && loop->kind == ROW_LOOP && loop->node == node) {
		transaction = scope;
		scope = loop->scope;
	}
	for (uint32_t i = 0; i < node_get(m->d, node, NODE_BOUNDARY_COUNT) && !found; i++) {
		uint32_t trigger;

		boundary = list_get(m->d, first + i);
		trigger = node_get(m->d, boundary, NODE_FIRST_TRIGGER);
		found = node_get(m->d, boundary, NODE_TRIGGER_COUNT) &&
			trigger_get(m->d, trigger, TRIGGER_KIND) == TRIGGER_CANCEL;
	}
	TRY(cancel_activity(m, transaction));
	if (found)
		TRY(add_token(m, (token){ boundary, EDGE_FIRED, scope, 0 }));
	return EFILE_OK;
}

static efile_status finish_undo(machine *m, uint64_t number)
{
	const flow_row row = *state_row(&m->s, number);

	drop_expanded(m, number);
	TRY(end_row(m, number, false));
	if (row.flags & ROW_CANCELS)
		TRY(leave_cancelled(m, row.scope));
	else if (!(row.flags & ROW_ENDING))
		TRY(leave_node(m, row.node, row.scope));
	return EFILE_OK;
}

static efile_status undo_by_event(machine *m, uint32_t start, uint64_t done)
{
	uint64_t number;

	TRY(start_scope(m, node_get(m->d, start, NODE_SCOPE), done, 0, NULL, 0, &number));
	return add_token(m, (token){ start, EDGE_FIRED, number, 0 });
}

static efile_status next_undo(machine *m, uint64_t number)
{
	flow_row *row;

	while ((row = newest(m, number))) {
		uint32_t event = node_get(m->d, row->node, NODE_UNDO_EVENT);
		uint32_t activity = node_get(m->d, row->node, NODE_COMPENSATOR);

		if (event)
			return undo_by_event(m, event - 1, row->number);
		if (activity)
			return add_token(m, (token){ activity - 1, EDGE_NONE, row->number, 0 });
		row->flags |= ROW_EXPANDED; /* default compensation: all that is in it */
		mark(m, row->number, 0, number);
	}
	return finish_undo(m, number);
}

efile_status start_undo(machine *m, uint32_t node, uint64_t scope, uint32_t target, uint32_t flags,
			bool *held)
{
	flow_row row = { .kind = ROW_UNDO, .node = node, .scope = scope, .flags = flags };
	uint64_t number, undone = undone_scope(m, scope);
	bool any = false;

	*held = false;
	for (size_t i = 0; i < m->s.row_count; i++)
		any |= !m->s.rows[i].dead && m->s.rows[i].kind == ROW_DONE &&
			m->s.rows[i].scope == undone && !m->s.rows[i].owner &&
			(!target || m->s.rows[i].node == target - 1);
	if (!any && !(flags & ROW_CANCELS))
		return EFILE_OK;
	*held = true;
	TRY(add_row(m, row, &number));
	mark(m, undone, target, number);
	return next_undo(m, number);
}

efile_status undo_done(machine *m, uint64_t done)
{
	flow_row *row = state_row(&m->s, done);
	uint64_t owner = row->owner;

	row->dead = true;
	for (size_t i = 0; i < m->s.row_count; i++)
		if (!m->s.rows[i].dead && m->s.rows[i].kind == ROW_DONE &&
		    m->s.rows[i].scope == done)
			m->s.rows[i].dead = true;
	return state_row(&m->s, owner) ? next_undo(m, owner) : EFILE_OK;
}
