/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random processes: blocks inside each other, then flows that break the blocks. Every cycle holds a
 * user task that waits, so that no process runs for ever. */
#include "graph.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* xorshift64*, Vigna 2016 */
uint32_t random_below(uint64_t *seed, uint32_t limit)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return (uint32_t)((*seed * UINT64_C(2685821657736338717)) >> 33) % limit;
}

static uint32_t below(graph *g, uint32_t limit)
{
	return random_below(&g->seed, limit);
}

static bool chance(graph *g, uint32_t percent)
{
	return below(g, 100) < percent;
}

bool is_activity(const graph_node *n)
{
	return n->kind == N_TASK || n->kind == N_USER || n->kind == N_JOB || n->kind == N_SCRIPT ||
		n->kind == N_SUB;
}

/* ---- nodes and flows ---- */

static int add_node(graph *g, node_kind kind, int scope)
{
	graph_node *n = &g->nodes[g->node_count];

	*n = (graph_node){ .kind = kind, .scope = scope, .host = NONE, .interrupting = true,
		     .handler = NONE, .start_quantity = 1, .completion_quantity = 1 };
	n->name = (int)below(g, NAMES);
	return g->node_count++;
}

static int add_flow(graph *g, int from, int to)
{
	g->flows[g->flow_count] = (graph_flow){ .from = from, .to = to };
	return g->flow_count++;
}

static test any_test(graph *g)
{
	return (test){ true, (int)below(g, VARIABLES), (int)below(g, 4), (compare)below(g, 3) };
}

static bool is_full(const graph *g)
{
	return g->node_count > NODES_MAX - 40 || g->flow_count > FLOWS_MAX - 80;
}

/* ---- activities ---- */

static void maybe_loop(graph *g, graph_node *n)
{
	if (!chance(g, 18) || n->kind == N_TASK)
		return;
	n->loop = (loop_kind)(1 + below(g, 3));
	n->cardinality = (int)below(g, 4);
	n->complete_at = chance(g, 40) ? 1 + (int)below(g, 3) : 0;
	n->test_before = chance(g, 50);
	n->maximum = 1 + (int)below(g, 3);
	n->condition = any_test(g);
}

static void maybe_quantity(graph *g, graph_node *n)
{
	if (chance(g, 4))
		n->start_quantity = 2;
	if (chance(g, 4))
		n->completion_quantity = 2;
}

static void maybe_compensate(graph *g, int at)
{
	int handler;

	if (g->nodes[at].loop != L_ONCE || g->nodes[at].kind == N_SUB || !chance(g, 12))
		return;
	handler = add_node(g, chance(g, 50) ? N_USER : N_SCRIPT, g->nodes[at].scope);
	g->nodes[handler].is_handler = true;
	g->nodes[handler].variable = (int)below(g, VARIABLES);
	g->nodes[handler].add = 1;
	g->nodes[at].handler = handler;
}

static int single(graph *g, int scope, bool must_wait)
{
	static const node_kind kinds[] = { N_USER, N_USER, N_TASK, N_JOB, N_SCRIPT, N_SCRIPT };
	int at = add_node(g, must_wait ? N_USER : kinds[below(g, 6)], scope);
	graph_node *n = &g->nodes[at];

	n->variable = (int)below(g, VARIABLES);
	n->add = (int)below(g, 3) - 1;
	if (!must_wait) {
		maybe_loop(g, n);
		maybe_quantity(g, n);
	}
	maybe_compensate(g, at);
	return at;
}

/* ---- events ---- */

static int event(graph *g, int scope, bool catches)
{
	static const trigger caught[] = { T_MESSAGE, T_SIGNAL, T_TIMER, T_CONDITION };
	static const trigger thrown[] = { T_MESSAGE, T_SIGNAL, T_ESCALATION, T_COMPENSATE, T_NONE };
	int at = add_node(g, catches ? N_CATCH : N_THROW, scope);

	g->nodes[at].trigger = catches ? caught[below(g, 4)] : thrown[below(g, 5)];
	g->nodes[at].condition = any_test(g);
	return at;
}

static int add_end(graph *g, int scope, bool plain)
{
	static const trigger kinds[] = { T_NONE, T_NONE, T_NONE, T_TERMINATE, T_ERROR, T_ESCALATION,
					 T_SIGNAL, T_MESSAGE, T_COMPENSATE };
	int at = add_node(g, N_END, scope);
	bool in_event = scope != NONE && g->nodes[scope].kind == N_EVENT_SUB;

	if (!plain && chance(g, 50))
		g->nodes[at].trigger = kinds[below(g, 9)];
	/* whether a neighbour of an event sub-process may catch, the specification leaves open */
	if (in_event && (g->nodes[at].trigger == T_ERROR || g->nodes[at].trigger == T_ESCALATION))
		g->nodes[at].trigger = T_NONE;
	return at;
}

/* ---- blocks: from a node to the node that the next one follows ---- */

static int block(graph *g, int scope, int from, int depth);
static void fill_scope(graph *g, int scope, int depth);

static int blocks(graph *g, int scope, int from, int depth, uint32_t most)
{
	for (uint32_t i = below(g, most + 1); i > 0 && !is_full(g); i--)
		from = block(g, scope, from, depth);
	return from;
}

/* Branches between two gateways; some end by themselves, some leave by another kind of join. */
static int branches(graph *g, int scope, int from, int depth, node_kind kind)
{
	node_kind joins = chance(g, 80) ? kind : (node_kind)(N_XOR + below(g, 3));
	int split = add_node(g, kind, scope), join;
	int ends[4], first[4], count = 2 + (int)below(g, 2), kept = 0;

	add_flow(g, from, split);
	for (int i = 0; i < count; i++) {
		first[i] = g->flow_count;
		ends[i] = blocks(g, scope, split, depth - 1, 2);
	}
	join = add_node(g, joins, scope);
	for (int i = 0; i < count; i++) {
		bool left = kept + count - i > 1 && chance(g, 12);

		add_flow(g, ends[i], left ? add_end(g, scope, false) : join);
		kept += !left;
	}
	for (int i = 0; i < g->flow_count && kind != N_AND; i++)
		if (g->flows[i].from == split)
			g->flows[i].condition = any_test(g);
	if (kind != N_AND) {
		int standard = (int)below(g, (uint32_t)count), seen = 0;

		for (int i = first[0]; i < g->flow_count; i++)
			if (g->flows[i].from == split && seen++ == standard) {
				g->flows[i].is_default = true;
				g->flows[i].condition.set = false;
			}
	}
	return join;
}

static int event_gate(graph *g, int scope, int from, int depth)
{
	int gate = add_node(g, N_EVENT_GATE, scope), ends[3], join, count = 2 + (int)below(g, 2);

	add_flow(g, from, gate);
	for (int i = 0; i < count; i++) {
		int at = event(g, scope, true);

		g->nodes[at].after_gate = true;
		add_flow(g, gate, at);
		ends[i] = blocks(g, scope, at, depth - 1, 1);
	}
	join = add_node(g, N_XOR, scope);
	for (int i = 0; i < count; i++)
		add_flow(g, ends[i], join);
	return join;
}

static int cycle(graph *g, int scope, int from, int depth)
{
	int merge = add_node(g, N_XOR, scope), wait = single(g, scope, true), split, back, on;

	add_flow(g, from, merge);
	add_flow(g, merge, wait);
	from = blocks(g, scope, wait, depth - 1, 1);
	split = add_node(g, N_XOR, scope);
	add_flow(g, from, split);
	back = add_flow(g, split, merge);
	g->flows[back].condition = any_test(g);
	on = add_node(g, N_TASK, scope);
	g->flows[add_flow(g, split, on)].is_default = true;
	return on;
}

static int sub_process(graph *g, int scope, int from, int depth)
{
	int at = add_node(g, N_SUB, scope);

	add_flow(g, from, at);
	maybe_loop(g, &g->nodes[at]);
	fill_scope(g, at, depth - 1);
	return at;
}

static int block(graph *g, int scope, int from, int depth)
{
	uint32_t what = depth > 0 ? below(g, 20) : below(g, 8);
	int at;

	if (what < 6) {
		at = single(g, scope, false);
		add_flow(g, from, at);
		return at;
	}
	if (what < 8) {
		at = event(g, scope, chance(g, 60));
		add_flow(g, from, at);
		return at;
	}
	if (what < 17)
		return branches(g, scope, from, depth, what < 10 ? N_XOR : what < 13 ? N_AND : N_OR);
	if (what < 18)
		return event_gate(g, scope, from, depth);
	return what < 19 ? cycle(g, scope, from, depth) : sub_process(g, scope, from, depth);
}

/* ---- what stands beside the way ---- */

static void add_boundary(graph *g, int host)
{
	static const trigger kinds[] = { T_MESSAGE, T_SIGNAL, T_TIMER, T_CONDITION, T_ERROR,
					 T_ESCALATION };
	int scope = g->nodes[host].scope, at = add_node(g, N_BOUNDARY, scope), on = at;

	g->nodes[at].host = host;
	g->nodes[at].trigger = kinds[below(g, g->nodes[host].kind == N_SUB ? 6 : 5)];
	g->nodes[at].interrupting = g->nodes[at].trigger == T_ERROR || chance(g, 60);
	g->nodes[at].condition = any_test(g);
	if (chance(g, 50)) {
		on = single(g, scope, chance(g, 50));
		add_flow(g, at, on);
	}
	add_flow(g, on, add_end(g, scope, false));
}

static void add_boundaries(graph *g, int first)
{
	int count = g->node_count;

	for (int i = first; i < count && !is_full(g); i++)
		if ((g->nodes[i].kind == N_USER || g->nodes[i].kind == N_JOB ||
		     g->nodes[i].kind == N_SUB) && !g->nodes[i].is_handler && chance(g, 18))
			add_boundary(g, i);
}

static void add_event_sub(graph *g, int scope)
{
	static const trigger kinds[] = { T_MESSAGE, T_SIGNAL, T_TIMER, T_CONDITION, T_ERROR,
					 T_ESCALATION };
	int at = add_node(g, N_EVENT_SUB, scope), start = add_node(g, N_START, at), on;

	g->nodes[start].trigger = kinds[below(g, 6)];
	g->nodes[start].interrupting = g->nodes[start].trigger == T_ERROR || chance(g, 50);
	g->nodes[start].condition = any_test(g);
	on = blocks(g, at, start, 0, 2);
	add_flow(g, on, add_end(g, at, false));
}

static void fill_scope(graph *g, int scope, int depth)
{
	int first = g->node_count, at = add_node(g, N_START, scope);

	at = block(g, scope, at, depth);
	at = blocks(g, scope, at, depth, 3);
	add_flow(g, at, add_end(g, scope, scope == NONE));
	if (!is_full(g) && chance(g, 15))
		add_event_sub(g, scope);
	if (scope == NONE)
		add_boundaries(g, first);
}

/* ---- flows that break the blocks ---- */

static bool may_leave(const graph_node *n)
{
	return (is_activity(n) || n->kind == N_XOR || n->kind == N_AND || n->kind == N_OR) &&
		!n->is_handler;
}

static bool may_enter(const graph_node *n)
{
	return (is_activity(n) || n->kind == N_XOR || n->kind == N_AND || n->kind == N_OR ||
		n->kind == N_END || n->kind == N_THROW || n->kind == N_CATCH) &&
		!n->is_handler && !n->after_gate;
}

static bool leads_to(const graph *g, int from, int to)
{
	for (int i = 0; i < g->flow_count; i++)
		if (g->flows[i].from == from && g->flows[i].to == to)
			return true;
	return false;
}

/* The gateway of a cycle leads to its user task only. */
static bool is_cycle_merge(const graph *g, int at)
{
	int count = 0;

	for (int i = 0; i < g->flow_count; i++)
		count += g->flows[i].from == at;
	return g->nodes[at].kind == N_XOR && count < 2;
}

static void break_blocks(graph *g)
{
	for (uint32_t i = chance(g, 45) ? 1 + below(g, 3) : 0; i > 0; i--) {
		int from = (int)below(g, (uint32_t)g->node_count);
		int to = (int)below(g, (uint32_t)g->node_count), at;

		if (!may_leave(&g->nodes[from]) || !may_enter(&g->nodes[to]) || from >= to ||
		    g->nodes[from].scope != g->nodes[to].scope || leads_to(g, from, to) ||
		    is_cycle_merge(g, from))
			continue;
		at = add_flow(g, from, to);
		if (g->nodes[from].kind != N_AND && (!is_activity(&g->nodes[from]) || chance(g, 50)))
			g->flows[at].condition = any_test(g);
	}
}

void graph_make(graph *g, uint64_t seed)
{
	memset(g, 0, sizeof(*g));
	g->seed = (seed + 1) * UINT64_C(0x9E3779B97F4A7C15) | 1;
	for (int i = 0; i < 5; i++)
		below(g, 2);
	fill_scope(g, NONE, 1 + (int)below(g, 3));
	break_blocks(g);
}

/* ---- the file ---- */

typedef struct writer {
	const graph *g;
	char *out;
	size_t size, used;
} writer;

static void put(writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(writer *w, const char *format, ...)
{
	va_list args;
	int length;

	if (w->used >= w->size)
		return;
	va_start(args, format);
	length = vsnprintf(w->out + w->used, w->size - w->used, format, args);
	va_end(args);
	w->used += length > 0 ? (size_t)length : 0;
}

static void put_test(writer *w, const char *element, const test *t)
{
	static const char *const signs[] = { "&gt;=", "&lt;", "=" };

	put(w, "<%s>v%d %s %d</%s>", element, t->variable, signs[t->how], t->value, element);
}

static void put_trigger(writer *w, const graph_node *n)
{
	switch (n->trigger) {
	case T_NONE:
		return;
	case T_MESSAGE:
		put(w, "<messageEventDefinition messageRef='m%d'/>", n->name);
		return;
	case T_SIGNAL:
		put(w, "<signalEventDefinition signalRef='s%d'/>", n->name);
		return;
	case T_TIMER:
		put(w, "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>");
		return;
	case T_CONDITION:
		put(w, "<conditionalEventDefinition>");
		put_test(w, "condition", &n->condition);
		put(w, "</conditionalEventDefinition>");
		return;
	case T_ERROR:
		put(w, "<errorEventDefinition errorRef='e%d'/>", n->name);
		return;
	case T_ESCALATION:
		put(w, "<escalationEventDefinition escalationRef='c%d'/>", n->name);
		return;
	case T_TERMINATE:
		put(w, "<terminateEventDefinition/>");
		return;
	default:
		put(w, "<compensateEventDefinition/>");
	}
}

static void put_loop(writer *w, const graph_node *n)
{
	if (n->loop == L_WHILE) {
		put(w, "<standardLoopCharacteristics testBefore='%s' loopMaximum='%d'>",
		    n->test_before ? "true" : "false", n->maximum);
		put_test(w, "loopCondition", &n->condition);
		put(w, "</standardLoopCharacteristics>");
	} else if (n->loop != L_ONCE) {
		put(w, "<multiInstanceLoopCharacteristics isSequential='%s'><loopCardinality>%d</loopCardinality>",
		    n->loop == L_SEQUENTIAL ? "true" : "false", n->cardinality);
		if (n->complete_at)
			put(w, "<completionCondition>numberOfCompletedInstances &gt;= %d</completionCondition>",
			    n->complete_at);
		put(w, "</multiInstanceLoopCharacteristics>");
	}
}

static void put_scope(writer *w, int scope);

static void put_node(writer *w, int at)
{
	static const char *const elements[] = {
		"startEvent", "endEvent", "task", "userTask", "serviceTask", "scriptTask",
		"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway",
		"intermediateCatchEvent", "intermediateThrowEvent", "subProcess", "subProcess",
		"boundaryEvent",
	};
	const graph_node *n = &w->g->nodes[at];
	const char *element = elements[n->kind];

	put(w, "<%s id='n%d'", element, at);
	for (int i = 0; i < w->g->flow_count; i++)
		if (w->g->flows[i].from == at && w->g->flows[i].is_default)
			put(w, " default='f%d'", i);
	if (n->kind == N_BOUNDARY)
		put(w, " attachedToRef='n%d' cancelActivity='%s'", n->host,
		    n->interrupting ? "true" : "false");
	if (n->kind == N_START && !n->interrupting)
		put(w, " isInterrupting='false'");
	if (n->kind == N_EVENT_SUB)
		put(w, " triggeredByEvent='true'");
	if (n->start_quantity > 1)
		put(w, " startQuantity='%d'", n->start_quantity);
	if (n->completion_quantity > 1)
		put(w, " completionQuantity='%d'", n->completion_quantity);
	if (n->kind == N_USER)
		put(w, " e:candidateGroups='g'");
	if (n->kind == N_JOB)
		put(w, " e:handler='h'");
	if (n->is_handler)
		put(w, " isForCompensation='true'");
	put(w, ">");
	put_loop(w, n);
	if (n->kind == N_SCRIPT)
		put(w, "<script>{v%d: v%d + %d}</script>", n->variable, n->variable, n->add);
	put_trigger(w, n);
	if (n->kind == N_SUB || n->kind == N_EVENT_SUB)
		put_scope(w, at);
	put(w, "</%s>", element);
	if (n->handler != NONE)
		put(w, "<boundaryEvent id='u%d' attachedToRef='n%d'><compensateEventDefinition/></boundaryEvent>"
		    "<association id='a%d' sourceRef='u%d' targetRef='n%d' associationDirection='One'/>",
		    at, at, at, at, n->handler);
}

static void put_scope(writer *w, int scope)
{
	for (int i = 0; i < w->g->node_count; i++)
		if (w->g->nodes[i].scope == scope)
			put_node(w, i);
	for (int i = 0; i < w->g->flow_count; i++) {
		const graph_flow *f = &w->g->flows[i];

		if (w->g->nodes[f->from].scope != scope)
			continue;
		put(w, "<sequenceFlow id='f%d' sourceRef='n%d' targetRef='n%d'>", i, f->from, f->to);
		if (f->condition.set)
			put_test(w, "conditionExpression", &f->condition);
		put(w, "</sequenceFlow>\n");
	}
}

bool graph_write(const graph *g, char *out, size_t size)
{
	writer w = { g, out, size, 0 };

	put(&w, "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "
	    "xmlns:e='urn:libefile:bpmn:1' id='d' targetNamespace='urn:random'>\n");
	for (int i = 0; i < NAMES; i++)
		put(&w, "<message id='m%d' name='m%d'/><signal id='s%d' name='s%d'/>"
		    "<error id='e%d' errorCode='e%d'/><escalation id='c%d' escalationCode='c%d'/>\n",
		    i, i, i, i, i, i, i, i);
	put(&w, "<process id='p' isExecutable='true'>\n");
	put_scope(&w, NONE);
	put(&w, "</process></definitions>\n");
	return w.used < size;
}
