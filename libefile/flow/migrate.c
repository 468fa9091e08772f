/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An instance goes on by another version of its process: each thing that is alive finds its node
 * there, of the same kind and in the same sub-process, or the instance stays where it is. Events
 * around an activity follow the new version: those that it no longer has end, new ones begin. */
#include "flow/migrate.h"

#include <stdlib.h>
#include <string.h>

#include "flow/route.h"

/* ---- the plan ---- */

void flow_plan_clear(flow_plan *plan)
{
	free(plan->nodes);
	free(plan->edges);
	*plan = (flow_plan){ .nodes = NULL };
}

static efile_status place_mapping(flow_plan *p, efile_ctx *ctx, const flow_mapping *mapping)
{
	int64_t from = flow_node_find(p->from, mapping->from);
	int64_t to = flow_node_find(p->to, mapping->to);

	if (from < 0 || to < 0)
		return FAIL(ctx, EFILE_E_INVALID, 2381, "the plan names %s, which the process has not",
			    from < 0 ? mapping->from : mapping->to);
	p->nodes[from] = (uint32_t)to + 1;
	return EFILE_OK;
}

/* The same id, else the only flow between the same two. */
static uint32_t find_edge(const flow_plan *p, uint32_t edge)
{
	uint32_t source = p->nodes[edge_get(p->from, edge, EDGE_SOURCE)];
	uint32_t target = p->nodes[edge_get(p->from, edge, EDGE_TARGET)];
	uint32_t found = 0;
	int count = 0;

	for (uint32_t i = 0; i < flow_edge_count(p->to); i++) {
		if (edge_get(p->to, i, EDGE_TARGET) + 1 != target)
			continue;
		if (!strcmp(flow_edge_id(p->to, i), flow_edge_id(p->from, edge)))
			return i + 1;
		if (edge_get(p->to, i, EDGE_SOURCE) + 1 == source) {
			found = i + 1;
			count++;
		}
	}
	return count == 1 ? found : 0;
}

static efile_status fill_plan(flow_plan *p, efile_ctx *ctx, const flow_mapping *mappings,
			      size_t count)
{
	uint32_t process = process_node(p->from);

	p->nodes = mem_new(ctx, (process + 1) * sizeof(*p->nodes));
	p->edges = mem_new(ctx, (flow_edge_count(p->from) + 1) * sizeof(*p->edges));
	if (!p->nodes || !p->edges)
		return EFILE_E_NOMEM;
	for (uint32_t i = 0; i < process; i++)
		p->nodes[i] = (uint32_t)(flow_node_find(p->to, node_text(p->from, i, NODE_ID)) + 1);
	p->nodes[process] = process_node(p->to) + 1;
	for (size_t i = 0; i < count; i++)
		TRY(place_mapping(p, ctx, &mappings[i]));
	for (uint32_t i = 0; i < flow_edge_count(p->from); i++)
		p->edges[i] = find_edge(p, i);
	return EFILE_OK;
}

efile_status flow_plan_make(flow_plan *out, efile_ctx *ctx, const flow_definition *from,
			    const flow_definition *to, const flow_mapping *mappings, size_t count)
{
	flow_plan p = { .from = from, .to = to };
	efile_status status = fill_plan(&p, ctx, mappings, count);

	if (status < 0)
		flow_plan_clear(&p);
	else
		*out = p;
	return status;
}

/* ---- what does not fit ---- */

typedef struct moving {
	machine *m;             /* the state is in the old version's numbers until all fits */
	const flow_plan *plan;
	efile_report *report;   /* NULL: nobody asks */
	const char *place;
	bool refused;
} moving;

typedef enum fault {
	FAULT_NONE, FAULT_NODE, FAULT_KIND, FAULT_SCOPE, FAULT_LOOP, FAULT_FLOW, FAULT_EVENT
} fault;

static efile_status refuse(moving *v, fault f, uint32_t node)
{
	static const struct {
		const char *rule, *text;
	} faults[] = {
		[FAULT_NODE] = { "FLOW-MIGRATE-NODE", "%s: the new version has no such node" },
		[FAULT_KIND] = { "FLOW-MIGRATE-KIND", "%s: the node is of another kind" },
		[FAULT_SCOPE] = { "FLOW-MIGRATE-SCOPE", "%s: the node stands in another sub-process" },
		[FAULT_LOOP] = { "FLOW-MIGRATE-LOOP", "%s: the node is repeated in another way" },
		[FAULT_FLOW] = { "FLOW-MIGRATE-FLOW", "%s: tokens wait on a flow that is no more" },
		[FAULT_EVENT] = { "FLOW-MIGRATE-EVENT", "%s: the event that is awaited is no more" },
	};
	const char *id = node_text(v->plan->from, node, NODE_ID);
	const report_place place = { .term = id, .path = v->place };

	v->refused = true;
	if (!v->report || f == FAULT_NONE)
		return EFILE_OK;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	return report_add(v->report, faults[f].rule, EFILE_SEVERITY_ERROR, &place, faults[f].text, id);
#pragma GCC diagnostic pop
}

static fault fault_of(const flow_plan *p, uint32_t node)
{
	uint32_t to = p->nodes[node];

	if (!to)
		return FAULT_NODE;
	if (node == process_node(p->from))
		return FAULT_NONE;
	if (node_get(p->from, node, NODE_KIND) != node_get(p->to, to - 1, NODE_KIND))
		return FAULT_KIND;
	if (p->nodes[node_get(p->from, node, NODE_SCOPE)] != node_get(p->to, to - 1, NODE_SCOPE) + 1)
		return FAULT_SCOPE;
	if (node_get(p->from, node, NODE_LOOP) != node_get(p->to, to - 1, NODE_LOOP))
		return FAULT_LOOP;
	return FAULT_NONE;
}

static efile_status check_node(moving *v, uint32_t node)
{
	fault f = fault_of(v->plan, node);

	return f == FAULT_NONE ? EFILE_OK : refuse(v, f, node);
}

/* ---- tokens and rows ---- */

/* How a token came: by a flow, which a join must still have, or not. */
static efile_status move_edge(moving *v, uint32_t *edge, uint32_t node)
{
	uint32_t kind = node_get(v->plan->from, node, NODE_KIND);

	if (*edge == EDGE_NONE || *edge >= EDGE_LAST)
		return EFILE_OK;
	*edge = *edge <= flow_edge_count(v->plan->from) ? v->plan->edges[*edge - 1] : 0;
	if (!*edge && (kind == FLOW_NODE_PARALLEL || node_is_join(kind)))
		return refuse(v, FAULT_FLOW, node);
	return EFILE_OK;
}

/* The trigger of the new node that is the n-th of its kind, as the old one is; UINT32_MAX: none. */
static uint32_t find_trigger(const flow_plan *p, const flow_row *row, uint32_t node)
{
	uint32_t kind = trigger_get(p->from, row->trigger, TRIGGER_KIND), before = 0;
	uint32_t first = node_get(p->to, node, NODE_FIRST_TRIGGER);

	for (uint32_t i = node_get(p->from, row->node, NODE_FIRST_TRIGGER); i < row->trigger; i++)
		before += trigger_get(p->from, i, TRIGGER_KIND) == kind;
	for (uint32_t i = 0; i < node_get(p->to, node, NODE_TRIGGER_COUNT); i++)
		if (trigger_get(p->to, first + i, TRIGGER_KIND) == kind && !before--)
			return first + i;
	return UINT32_MAX;
}

static bool is_subscription(const flow_row *row)
{
	return row->kind >= ROW_MESSAGE && row->kind <= ROW_CONDITION;
}

static efile_status unsubscribe(moving *v, const flow_row *row)
{
	return add_effect(v->m, (flow_effect){ .kind = FLOW_EFFECT_UNSUBSCRIBE, .wait = row->number,
					       .node = v->plan->nodes[row->node] ?
						       v->plan->nodes[row->node] - 1 : 0,
					       .what = (flow_wait_kind)row->kind, .cancelled = true });
}

/* The rows of the store name node and message: they are made anew if those are others now. */
static efile_status subscribe_again(moving *v, const flow_row *row, uint32_t trigger)
{
	const flow_plan *p = v->plan;
	uint32_t node = p->nodes[row->node] - 1;
	bool named = row->kind == ROW_MESSAGE || row->kind == ROW_SIGNAL;
	const char *name = definition_text(p->to, trigger_get(p->to, trigger, TRIGGER_NAME));
	const char *old = definition_text(p->from, trigger_get(p->from, row->trigger, TRIGGER_NAME));
	flow_effect effect = { .kind = FLOW_EFFECT_SUBSCRIBE, .what = (flow_wait_kind)row->kind,
			       .wait = row->number, .node = node, .due = row->due };

	if (!strcmp(node_text(p->to, node, NODE_ID), node_text(p->from, row->node, NODE_ID)) &&
	    (!named || !strcmp(name, old)))
		return EFILE_OK;
	TRY(unsubscribe(v, row));
	TRY(mem_dup(&effect.message, v->m->ctx, named ? name : ""));
	if (row->kind == ROW_MESSAGE && row->length &&
	    mem_dup_bytes(&effect.key, v->m->ctx, v->m->s.texts.data + row->data, row->length) < 0) {
		free(effect.message);
		return EFILE_E_NOMEM;
	}
	return add_effect_texts(v->m, effect);
}

/* Around an activity or in a sub-process a subscription may go; what a token waits for may not. */
static efile_status move_subscription(moving *v, flow_row *row)
{
	const flow_row *owner = state_row(&v->m->s, row->owner);
	fault f = fault_of(v->plan, row->node);
	uint32_t trigger = f == FAULT_NONE ?
		find_trigger(v->plan, row, v->plan->nodes[row->node] - 1) : UINT32_MAX;

	if (trigger != UINT32_MAX) {
		TRY(subscribe_again(v, row, trigger));
		row->trigger = trigger;
		return EFILE_OK;
	}
	if (owner && owner->kind == ROW_CATCH)
		return refuse(v, f == FAULT_NONE ? FAULT_EVENT : f, row->node);
	row->dead = true;
	return unsubscribe(v, row);
}

/* A complex gateway remembers by position which of its flows have been waited for. */
static bool same_flows(const flow_plan *p, uint32_t node)
{
	uint32_t to = p->nodes[node] - 1, count = node_get(p->from, node, NODE_IN_COUNT);
	uint32_t old = node_get(p->from, node, NODE_FIRST_IN), now = node_get(p->to, to, NODE_FIRST_IN);

	if (count != node_get(p->to, to, NODE_IN_COUNT))
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (p->edges[list_get(p->from, old + i)] != list_get(p->to, now + i) + 1)
			return false;
	return true;
}

/* An event that could not be listened to is the same one among those of its node. */
static efile_status move_listener(moving *v, flow_row *row)
{
	uint32_t at = row->trigger - node_get(v->plan->from, row->node, NODE_FIRST_TRIGGER);
	uint32_t to = v->plan->nodes[row->node];

	if (!to)
		return EFILE_OK; /* refused already */
	if (at >= node_get(v->plan->to, to - 1, NODE_TRIGGER_COUNT))
		return refuse(v, FAULT_EVENT, row->node);
	row->trigger = node_get(v->plan->to, to - 1, NODE_FIRST_TRIGGER) + at;
	return EFILE_OK;
}

static efile_status move_row(moving *v, flow_row *row)
{
	if (is_subscription(row))
		return move_subscription(v, row);
	TRY(check_node(v, row->node));
	if (row_listens(row))
		return move_listener(v, row);
	if (row->kind == ROW_INCIDENT)
		TRY(move_edge(v, &row->done, row->node));
	if (row->kind == ROW_ROUTE && v->plan->nodes[row->node] &&
	    !route_is(node_text(v->plan->to, v->plan->nodes[row->node] - 1, NODE_FORM)))
		return refuse(v, FAULT_KIND, row->node);
	if (row->kind == ROW_RESET && v->plan->nodes[row->node] && !same_flows(v->plan, row->node))
		return refuse(v, FAULT_FLOW, row->node);
	return EFILE_OK;
}

static efile_status move_rows(moving *v)
{
	flow_state *s = &v->m->s;

	for (size_t i = 0; i < s->row_count; i++)
		if (!s->rows[i].dead)
			TRY(move_row(v, &s->rows[i]));
	for (size_t i = 0; i < s->row_count; i++) /* only now: what is asked above is in old numbers */
		s->rows[i].node = s->rows[i].dead || v->refused ? 0 : v->plan->nodes[s->rows[i].node] - 1;
	return EFILE_OK;
}

static efile_status move_tokens(moving *v)
{
	const flow_plan *p = v->plan;
	flow_state *s = &v->m->s;

	for (size_t i = 0; i < s->arrived_count; i++) {
		uint32_t edge = s->arrived[i].edge;

		TRY(check_node(v, edge_get(p->from, edge, EDGE_TARGET)));
		if (!p->edges[edge])
			TRY(refuse(v, FAULT_FLOW, edge_get(p->from, edge, EDGE_TARGET)));
		s->arrived[i].edge = p->edges[edge] ? p->edges[edge] - 1 : 0;
	}
	for (size_t i = 0; i < s->parked_count; i++) {
		TRY(check_node(v, s->parked[i].node));
		TRY(move_edge(v, &s->parked[i].edge, s->parked[i].node));
		s->parked[i].node = p->nodes[s->parked[i].node] - (p->nodes[s->parked[i].node] != 0);
	}
	return EFILE_OK;
}

/* Whoever did a task that is no more is shut out of none. */
static void move_performers(moving *v)
{
	flow_state *s = &v->m->s;
	size_t kept = 0;

	for (size_t i = 0; i < s->performer_count; i++) {
		performer_row row = s->performers[i];

		if (!v->plan->nodes[row.node])
			continue;
		row.node = v->plan->nodes[row.node] - 1;
		s->performers[kept++] = row;
	}
	s->performer_count = kept;
}

/* ---- events that only the new version has ---- */

static bool had(const flow_plan *p, uint32_t node)
{
	for (uint32_t i = 0; i < process_node(p->from); i++)
		if (p->nodes[i] == node + 1)
			return true;
	return false;
}

static efile_status subscribe_list(moving *v, node_word first_word, uint32_t node, uint64_t owner,
				   uint64_t scope)
{
	uint32_t first = node_get(v->plan->to, node, first_word);
	uint32_t count = node_get(v->plan->to, node, (node_word)(first_word + 1));

	for (uint32_t i = 0; i < count; i++) {
		uint32_t event = list_get(v->plan->to, first + i);

		if (!had(v->plan, event))
			TRY(subscribe_node(v->m, event, owner, scope));
	}
	return EFILE_OK;
}

/* The loop has the events of a repeated activity, not each of its instances. */
static bool has_boundaries(const moving *v, const flow_row *row)
{
	const flow_row *around = state_row(&v->m->s, row->scope);

	return row->kind == ROW_TASK || row->kind == ROW_JOB || row->kind == ROW_CALL ||
		row->kind == ROW_SCOPE || row->kind == ROW_LOOP || row->kind == ROW_ROUTE ||
		(row->kind == ROW_CATCH && node_is_activity(node_get(v->plan->to, row->node, NODE_KIND))) ?
		!around || around->node != row->node ||
			(around->kind != ROW_LOOP && around->kind != ROW_ROUTE) : false;
}

static efile_status subscribe_new(moving *v)
{
	uint64_t last = v->m->s.next;

	TRY(subscribe_list(v, NODE_FIRST_EVENT, process_node(v->plan->to), 0, 0));
	for (size_t i = 0; i < v->m->s.row_count && v->m->s.rows[i].number < last; i++) {
		const flow_row row = v->m->s.rows[i];

		if (row.dead)
			continue;
		if (has_boundaries(v, &row))
			TRY(subscribe_list(v, NODE_FIRST_BOUNDARY, row.node, row.number, row.scope));
		if (row.kind == ROW_SCOPE)
			TRY(subscribe_list(v, NODE_FIRST_EVENT, row.node, row.number, row.number));
	}
	return EFILE_OK;
}

/* ---- the step ---- */

static efile_status migrate(buf *out, moving *v)
{
	machine *m = v->m;

	if (m->s.status != FLOW_RUNNING && m->s.status != FLOW_SUSPENDED)
		return FAIL(m->ctx, EFILE_E_STATE, 2335, "the process has ended");
	TRY(move_tokens(v));
	TRY(move_rows(v));
	if (v->refused)
		return EFILE_DONE;
	move_performers(v);
	m->d = v->plan->to;
	recount_tokens(m);
	TRY(subscribe_new(v));
	if (m->s.status == FLOW_RUNNING)
		TRY(machine_run(m));
	return flow_state_encode(out, m->ctx, &m->s);
}

efile_status flow_migrate(buf *out, flow_effects *effects, efile_report *report, const char *place,
			  efile_ctx *ctx, const flow_plan *plan, const void *state, size_t length,
			  const flow_event *event)
{
	AUTO(machine) m = { .ctx = ctx, .d = plan->from, .event = event };
	AUTO(buf) bytes = BUF_INIT;
	moving v = { .m = &m, .plan = plan, .report = report, .place = place };
	efile_status status;

	TRY(flow_state_decode(&m.s, ctx, plan->from, state, length));
	status = migrate(&bytes, &v);
	if (status != EFILE_OK)
		return status;
	TRY(machine_hand_over(effects, &m));
	buf_clear(out);
	*out = bytes;
	bytes = (buf)BUF_INIT;
	return EFILE_OK;
}

void flow_plan_effects(flow_effects *effects, const flow_plan *plan)
{
	size_t kept = 0;

	for (size_t i = 0; i < effects->count; i++) {
		flow_effect *e = &effects->items[i];
		bool flow = e->kind == FLOW_EFFECT_TAKEN;
		uint32_t now = flow ? plan->edges[e->edge] : plan->nodes[e->node];

		if (!now) {
			flow_effect_clear(e);
			continue;
		}
		*(flow ? &e->edge : &e->node) = now - 1;
		effects->items[kept++] = *e;
	}
	effects->count = kept;
}
