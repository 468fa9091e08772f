/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Gateways that join: parallel, inclusive (13.4.3) and complex (13.4.5). Tokens wait by the flow
 * that they came on, each scope for itself. */
#include <string.h>

#include "flow/machine.h"

/* ---- tokens that wait ---- */

/* Where the edge is, or belongs, among the arrived ones of a scope. */
static size_t place_of(const machine *m, uint64_t scope, uint32_t edge)
{
	size_t i = 0;

	while (i < m->s.arrived_count &&
	       (m->s.arrived[i].scope < scope ||
		(m->s.arrived[i].scope == scope && m->s.arrived[i].edge < edge)))
		i++;
	return i;
}

efile_status arrive(machine *m, uint64_t scope, uint32_t edge)
{
	void *arrived = m->s.arrived;
	size_t at = place_of(m, scope, edge);

	count_token(m, scope, 1);
	if (at < m->s.arrived_count && m->s.arrived[at].scope == scope &&
	    m->s.arrived[at].edge == edge) {
		m->s.arrived[at].count++;
		return EFILE_OK;
	}
	TRY(mem_grow(m->ctx, &arrived, &m->s.arrived_capacity, m->s.arrived_count,
		     sizeof(arrived_row)));
	m->s.arrived = arrived;
	memmove(&m->s.arrived[at + 1], &m->s.arrived[at],
		(m->s.arrived_count - at) * sizeof(arrived_row));
	m->s.arrived[at] = (arrived_row){ scope, edge, 1 };
	m->s.arrived_count++;
	return EFILE_OK;
}

static bool is_at(const machine *m, size_t i, uint64_t scope, uint32_t node)
{
	return m->s.arrived[i].scope == scope &&
		edge_get(m->d, m->s.arrived[i].edge, EDGE_TARGET) == node;
}

uint64_t arrived_at_node(const machine *m, uint64_t scope, uint32_t node)
{
	uint64_t count = 0;

	for (size_t i = 0; i < m->s.arrived_count; i++)
		if (is_at(m, i, scope, node))
			count += m->s.arrived[i].count;
	return count;
}

static uint32_t edges_with_token(const machine *m, uint64_t scope, uint32_t node)
{
	uint32_t edges = 0;

	for (size_t i = 0; i < m->s.arrived_count; i++)
		edges += is_at(m, i, scope, node);
	return edges;
}

/* Takes so many tokens at a node; each_edge: one from every flow that has some. */
static void take(machine *m, uint64_t scope, uint32_t node, uint64_t count, bool each_edge)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->s.arrived_count; i++) {
		arrived_row row = m->s.arrived[i];

		if (is_at(m, i, scope, node) && (each_edge || count)) {
			uint64_t taken = each_edge ? 1 : row.count < count ? row.count : count;

			count -= each_edge ? 0 : taken;
			row.count -= taken;
			count_token(m, scope, -(int64_t)taken);
			if (!row.count)
				continue;
		}
		m->s.arrived[kept++] = row;
	}
	m->s.arrived_count = kept;
}

void take_arrived(machine *m, uint64_t scope, uint32_t node, uint64_t count)
{
	take(m, scope, node, count, false);
}

/* ---- 13.4.3: can another token still come? ---- */

typedef struct reach {
	const machine *m;
	uint64_t scope;
	uint32_t join;
	uint32_t consumed;      /* complex: incoming flows that have had their token */
} reach;

static bool has_token(const reach *r, uint32_t in)
{
	uint32_t edge = list_get(r->m->d, node_get(r->m->d, r->join, NODE_FIRST_IN) + in);

	if (in < 32 && (r->consumed >> in & 1))
		return true;
	for (size_t i = 0; i < r->m->s.arrived_count; i++)
		if (r->m->s.arrived[i].scope == r->scope && r->m->s.arrived[i].edge == edge)
			return true;
	return false;
}

/* A token at the node could come to a flow that has none, and to none that has one. */
static bool holds_back(const reach *r, uint32_t node)
{
	uint32_t count = node_get(r->m->d, r->join, NODE_IN_COUNT);
	bool empty = false;

	if (node == r->join)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		if (!reaches(r->m->d, r->join, i, node))
			continue;
		if (has_token(r, i))
			return false;
		empty = true;
	}
	return empty;
}

static bool list_holds_back(const reach *r, const token_list *list)
{
	for (size_t i = list->first; i < list->count; i++)
		if (list->items[i].scope == r->scope && holds_back(r, list->items[i].node))
			return true;
	return false;
}

static bool nothing_comes(const reach *r)
{
	const flow_state *s = &r->m->s;

	for (size_t i = 0; i < s->row_count; i++) {
		const flow_row *row = &s->rows[i];

		if (row->dead || row->scope != r->scope ||
		    (row->kind >= ROW_MESSAGE && row->kind <= ROW_CONDITION) ||
		    row->kind == ROW_DONE || row->kind == ROW_RESET || row_listens(row))
			continue;
		if (holds_back(r, row->node))
			return false;
	}
	for (size_t i = 0; i < s->arrived_count; i++)
		if (s->arrived[i].scope == r->scope &&
		    holds_back(r, edge_get(r->m->d, s->arrived[i].edge, EDGE_TARGET)))
			return false;
	for (size_t i = 0; i < s->parked_count; i++)
		if (s->parked[i].scope == r->scope && holds_back(r, s->parked[i].node))
			return false;
	return !list_holds_back(r, &r->m->work) && !list_holds_back(r, &r->m->later);
}

/* ---- the complex gateway ---- */

static flow_row *reset_row(const machine *m, uint64_t scope, uint32_t node)
{
	for (size_t i = 0; i < m->s.row_count; i++) {
		flow_row *row = &m->s.rows[i];

		if (!row->dead && row->kind == ROW_RESET && row->scope == scope && row->node == node)
			return row;
	}
	return NULL;
}

static uint32_t set_of_edges(const machine *m, uint64_t scope, uint32_t node)
{
	uint32_t first = node_get(m->d, node, NODE_FIRST_IN), set = 0;
	uint32_t count = node_get(m->d, node, NODE_IN_COUNT);

	for (uint32_t i = 0; i < count && i < 32; i++)
		for (size_t k = 0; k < m->s.arrived_count; k++)
			if (m->s.arrived[k].scope == scope &&
			    m->s.arrived[k].edge == list_get(m->d, first + i))
				set |= 1u << i;
	return set;
}

/* What the conditions of a complex gateway see besides the variables. */
static efile_status gate_locals(machine *m, buf *out, uint32_t node, uint64_t scope, bool starting)
{
	uint32_t first = node_get(m->d, node, NODE_FIRST_IN);
	uint32_t count = node_get(m->d, node, NODE_IN_COUNT);
	json_writer w;

	json_begin(&w, out);
	json_object(&w);
	json_put_int(&w, "activationCount", (int64_t)arrived_at_node(m, scope, node));
	json_put_bool(&w, "waitingForStart", starting);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t edge = list_get(m->d, first + i);
		const char *id = definition_text(m->d, edge_get(m->d, edge, EDGE_ID));
		size_t at = place_of(m, scope, edge);
		bool there = at < m->s.arrived_count && m->s.arrived[at].scope == scope &&
			m->s.arrived[at].edge == edge;

		if (*id && strcmp(id, "activationCount") != 0 && strcmp(id, "waitingForStart") != 0)
			json_put_int(&w, id, there ? (int64_t)m->s.arrived[at].count : 0);
	}
	json_end_object(&w);
	return buf_status(out, m->ctx);
}

/* Its flows: at the start all that hold; at the reset only those whose condition says so. */
static efile_status leave_complex(machine *m, uint32_t node, uint64_t scope, bool starting,
				  const buf *locals)
{
	uint32_t first = node_get(m->d, node, NODE_FIRST_OUT);
	uint32_t count = node_get(m->d, node, NODE_OUT_COUNT);
	uint32_t standard = node_get(m->d, node, NODE_DEFAULT);
	const frame f = { scope, 0, locals->data, locals->length };
	bool taken = false;

	for (uint32_t i = 0; i <= count; i++) {
		uint32_t edge = i < count ? list_get(m->d, first + i) : standard - 1;
		uint32_t program;
		bool holds = starting;

		if (i == count ? !standard || taken || !starting : edge + 1 == standard)
			continue;
		program = i == count ? 0 : edge_get(m->d, edge, EDGE_PROGRAM);
		if (program)
			TRY(condition(m, &holds, program - 1, &f));
		if (!holds)
			continue;
		taken = true;
		TRY(add_effect(m, (flow_effect){ .kind = FLOW_EFFECT_TAKEN, .edge = edge }));
		TRY(add_token(m, (token){ edge_get(m->d, edge, EDGE_TARGET), edge + 1, scope, 0 }));
	}
	return EFILE_OK;
}

static efile_status fire_complex(machine *m, uint32_t node, uint64_t scope, const buf *locals)
{
	flow_row row = { .kind = ROW_RESET, .node = node, .scope = scope };
	uint64_t number;

	row.total = set_of_edges(m, scope, node);
	take(m, scope, node, 0, true);
	TRY(leave_complex(m, node, scope, true, locals));
	if (node_get(m->d, node, NODE_IN_COUNT) < 2)
		return EFILE_OK;
	return add_row(m, row, &number);
}

static efile_status try_start(machine *m, uint32_t node, uint64_t scope)
{
	uint32_t program = node_get(m->d, node, NODE_PROGRAM);
	AUTO(buf) locals = BUF_INIT;
	bool holds = true;

	TRY(gate_locals(m, &locals, node, scope, true));
	if (program) {
		const frame f = { scope, 0, locals.data, locals.length };

		TRY(condition(m, &holds, program - 1, &f));
	}
	return holds ? fire_complex(m, node, scope, &locals) : EFILE_OK;
}

static efile_status enter_complex(machine *m, token t)
{
	efile_status status;

	if (t.edge && t.edge < EDGE_LAST)
		TRY(arrive(m, t.scope, t.edge - 1));
	if (reset_row(m, t.scope, t.node))
		return EFILE_OK; /* settle_joins() looks when nothing else moves */
	status = try_start(m, t.node, t.scope);
	return incident_of(m, (token){ t.node, EDGE_LEAVING, t.scope, 0 }, status);
}

/* At the reset it takes one token from each flow that has had none: what came on the others belongs
 * to the next round (13.4.5). */
static void take_missing(machine *m, uint64_t scope, uint32_t node, uint32_t consumed)
{
	uint32_t first = node_get(m->d, node, NODE_FIRST_IN);
	uint32_t count = node_get(m->d, node, NODE_IN_COUNT);

	for (uint32_t i = 0; i < count; i++) {
		uint32_t edge = list_get(m->d, first + i);
		size_t at = place_of(m, scope, edge);

		if ((i < 32 && (consumed >> i & 1)) || at == m->s.arrived_count ||
		    m->s.arrived[at].scope != scope || m->s.arrived[at].edge != edge)
			continue;
		count_token(m, scope, -1);
		if (--m->s.arrived[at].count == 0)
			memmove(&m->s.arrived[at], &m->s.arrived[at + 1],
				(--m->s.arrived_count - at) * sizeof(arrived_row));
	}
}

static efile_status try_reset(machine *m, flow_row *row, bool *moved)
{
	uint32_t node = row->node;
	uint64_t scope = row->scope;
	const reach r = { m, scope, node, row->total };
	AUTO(buf) locals = BUF_INIT;

	if (!nothing_comes(&r))
		return EFILE_OK;
	*moved = true;
	TRY(gate_locals(m, &locals, node, scope, false));
	row->dead = true;
	take_missing(m, scope, node, r.consumed);
	TRY(leave_complex(m, node, scope, false, &locals));
	return arrived_at_node(m, scope, node) ? try_start(m, node, scope) : EFILE_OK;
}

/* ---- all gateways ---- */

static efile_status enter_parallel(machine *m, token t)
{
	uint32_t count = node_get(m->d, t.node, NODE_IN_COUNT);

	if (t.edge && t.edge < EDGE_LAST && count > 1) {
		TRY(arrive(m, t.scope, t.edge - 1));
		if (m->s.arrived_count < count || edges_with_token(m, t.scope, t.node) < count)
			return EFILE_OK;
		take(m, t.scope, t.node, 0, true);
	}
	return leave_node(m, t.node, t.scope);
}

efile_status enter_gateway(machine *m, token t)
{
	switch (node_get(m->d, t.node, NODE_KIND)) {
	case FLOW_NODE_PARALLEL:
	case FLOW_NODE_INCLUSIVE: /* with fewer, settle_joins() asks whether more can come */
		return enter_parallel(m, t);
	case FLOW_NODE_COMPLEX:
		return enter_complex(m, t);
	default:
		return leave_node(m, t.node, t.scope);
	}
}

static efile_status settle_inclusive(machine *m, bool *moved)
{
	for (size_t i = 0; i < m->s.arrived_count && !*moved; i++) {
		uint64_t scope = m->s.arrived[i].scope;
		uint32_t node = edge_get(m->d, m->s.arrived[i].edge, EDGE_TARGET);
		const reach r = { m, scope, node, 0 };

		if (node_get(m->d, node, NODE_KIND) != FLOW_NODE_INCLUSIVE ||
		    node_get(m->d, node, NODE_IN_COUNT) < 2 || !nothing_comes(&r))
			continue;
		*moved = true;
		take(m, scope, node, 0, true);
		TRY(leave_node(m, node, scope));
	}
	return EFILE_OK;
}

static uint64_t tokens_of(const machine *m, uint64_t scope)
{
	const flow_row *row = state_row(&m->s, scope);

	return scope ? (row ? row->tokens : 0) : m->root_tokens;
}

/* All that is alive in the scope waits at a join: nothing will ever come. */
static efile_status settle_dead(machine *m, bool *moved)
{
	for (size_t i = 0; i < m->s.arrived_count; i++) {
		arrived_row *row = &m->s.arrived[i];
		uint32_t node = edge_get(m->d, row->edge, EDGE_TARGET);
		token t = { node, row->edge + 1, row->scope, 0 };
		uint64_t waiting = 0, number;

		for (size_t k = 0; k < m->s.arrived_count; k++)
			waiting += m->s.arrived[k].scope == row->scope ? m->s.arrived[k].count : 0;
		if (waiting != tokens_of(m, row->scope))
			continue;
		*moved = true;
		TRY(add_incident(m, t, message_format(m->ctx, "%s waits for tokens that cannot come",
						      node_text(m->d, node, NODE_ID)), &number));
		row = &m->s.arrived[i];
		count_token(m, row->scope, -1);
		if (--row->count == 0)
			memmove(row, row + 1, (--m->s.arrived_count - i) * sizeof(*row));
		return EFILE_OK;
	}
	return EFILE_OK;
}

efile_status settle_joins(machine *m, bool *moved)
{
	*moved = false;
	TRY(settle_inclusive(m, moved));
	for (size_t i = 0; i < m->s.row_count && !*moved; i++)
		if (!m->s.rows[i].dead && m->s.rows[i].kind == ROW_RESET)
			TRY(try_reset(m, &m->s.rows[i], moved));
	if (!*moved && m->s.arrived_count)
		TRY(settle_dead(m, moved));
	return EFILE_OK;
}
