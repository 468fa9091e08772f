/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reference.h"

#include <string.h>

static const graph_node *node_at(const reference *r, int at)
{
	return &r->g->nodes[at];
}

static bool holds(const reference *r, const test *t)
{
	int value = r->variables[t->variable];

	switch (t->how) {
	case AT_LEAST:
		return value >= t->value;
	case LESS:
		return value < t->value;
	default:
		return value == t->value;
	}
}

static bool over(const reference *r)
{
	return r->outcome != RUNNING;
}

void reference_set(reference *r, int variable, int value)
{
	if (r->variables[variable] == value)
		return;
	r->variables[variable] = value;
	r->looked = false;
}

/* ---- what is alive ---- */

static bool alive(const reference *r, int at)
{
	return !at || r->items[at].alive;
}

static int add_item(reference *r, item i)
{
	if (r->item_count >= ITEMS_MAX - 1) {
		r->outcome = TOO_LONG;
		return ITEMS_MAX - 1;
	}
	i.alive = true;
	r->items[++r->item_count] = i;
	return r->item_count;
}

static bool holds_token(const item *i)
{
	return i->alive && i->kind != I_LISTEN && i->kind != I_DONE;
}

static void add_token(reference *r, token t)
{
	if (r->work_count >= TOKENS_MAX - 1) {
		r->outcome = TOO_LONG;
		return;
	}
	r->work[r->work_count++] = t;
}

static int tokens_in(const reference *r, int scope)
{
	int count = r->has_now && r->now.scope == scope;

	for (int i = 1; i <= r->item_count; i++)
		count += holds_token(&r->items[i]) && r->items[i].scope == scope;
	for (int i = 0; i < r->work_count; i++)
		count += r->work[i].scope == scope;
	for (int i = 0; i < r->later_count; i++)
		count += r->later[i].scope == scope;
	for (int i = 0; i < r->arrived_count; i++)
		count += r->arrived[i].scope == scope ? r->arrived[i].count : 0;
	return count;
}

/* ---- ending ---- */

static void drop_listeners(reference *r, int owner)
{
	for (int i = 1; i <= r->item_count; i++)
		if (r->items[i].kind == I_LISTEN && r->items[i].owner == owner)
			r->items[i].alive = false;
}

static void keep_tokens(token *list, int *count, const reference *r, int scope)
{
	int kept = 0;

	for (int i = 0; i < *count; i++)
		if (list[i].scope != scope && alive(r, list[i].scope))
			list[kept++] = list[i];
	*count = kept;
}

/* All that is in a scope; what could be compensated stays, if it is to. */
static void empty_scope(reference *r, int scope, bool keep)
{
	int kept = 0;

	for (int i = 1; i <= r->item_count; i++) {
		item *at = &r->items[i];

		if (!at->alive || at->scope != scope || (at->kind == I_LISTEN && at->owner != scope))
			continue;
		if (at->kind == I_DONE && keep)
			continue;
		at->alive = false;
		drop_listeners(r, i);
		empty_scope(r, i, false);
	}
	for (int i = 0; i < r->arrived_count; i++)
		if (r->arrived[i].scope != scope)
			r->arrived[kept++] = r->arrived[i];
	r->arrived_count = kept;
	keep_tokens(r->work, &r->work_count, r, scope);
	keep_tokens(r->later, &r->later_count, r, scope);
	if (r->has_now && (r->now.scope == scope || !alive(r, r->now.scope))) {
		r->has_now = false;
		r->gone = true;
	}
}

static void cancel(reference *r, int at)
{
	r->items[at].alive = false;
	drop_listeners(r, at);
	empty_scope(r, at, false);
}

static void end_process(reference *r, outcome how, int code)
{
	for (int i = 1; i <= r->item_count; i++)
		r->items[i].alive = false;
	r->work_count = r->later_count = r->arrived_count = 0;
	r->has_now = false;
	r->gone = true;
	r->outcome = how;
	r->code = code;
}

/* ---- leaving a node ---- */

static void send_along(reference *r, int flow, int scope, int quantity)
{
	for (int i = 0; i < quantity; i++)
		add_token(r, (token){ r->g->flows[flow].to, flow, scope, 0, BY_FLOW });
}

/* 13.4.2, 13.4.3, and 13.3.2 for activities: one flow of an exclusive gateway, else all that hold. */
static void leave(reference *r, int at, int scope)
{
	int standard = NONE, quantity = node_at(r, at)->completion_quantity;
	bool taken = false;

	for (int i = 0; i < r->g->flow_count; i++) {
		const graph_flow *f = &r->g->flows[i];

		if (f->from != at)
			continue;
		if (f->is_default) {
			standard = i;
			continue;
		}
		if ((f->condition.set && !holds(r, &f->condition)) ||
		    (taken && node_at(r, at)->kind == N_XOR))
			continue;
		send_along(r, i, scope, quantity);
		taken = true;
	}
	if (!taken && standard != NONE)
		send_along(r, standard, scope, quantity);
}

/* ---- listening ---- */

static void listen(reference *r, int at, int owner, int scope)
{
	trigger t = node_at(r, at)->trigger;

	if (t < T_MESSAGE || t > T_CONDITION)
		return;
	add_item(r, (item){ .kind = I_LISTEN, .node = at, .owner = owner, .scope = scope });
	if (t == T_CONDITION)
		r->looked = false;
}

static void listen_at_border(reference *r, int activity, int owner, int scope)
{
	for (int i = 0; i < r->g->node_count; i++)
		if (node_at(r, i)->kind == N_BOUNDARY && node_at(r, i)->host == activity)
			listen(r, i, owner, scope);
}

/* ---- scopes ---- */

static int start_of(const reference *r, int scope_node)
{
	for (int i = 0; i < r->g->node_count; i++)
		if (node_at(r, i)->scope == scope_node && node_at(r, i)->kind == N_START)
			return i;
	return NONE;
}

/* The event sub-processes of a scope begin to listen before anything else happens in it. */
static void listen_inside(reference *r, int scope_node, int scope)
{
	for (int i = 0; i < r->g->node_count; i++)
		if (node_at(r, i)->kind == N_EVENT_SUB && node_at(r, i)->scope == scope_node)
			listen(r, start_of(r, i), scope, scope);
}

static void begin_sub(reference *r, int at, int scope, int index)
{
	int number = add_item(r, (item){ .kind = I_SCOPE, .node = at, .scope = scope, .index = index });
	const item *around = scope ? &r->items[scope] : NULL;

	listen_inside(r, at, number);
	if (!around || around->kind != I_LOOP || around->node != at)
		listen_at_border(r, at, number, scope);
	add_token(r, (token){ start_of(r, at), NONE, number, 0, FIRST });
}

/* 13.5.4: an interrupting one ends all that goes on around it; it is part of what is around it. */
static void begin_event_sub(reference *r, int start, int scope)
{
	int at = node_at(r, start)->scope, number;

	if (node_at(r, start)->interrupting)
		empty_scope(r, scope, true);
	number = add_item(r, (item){ .kind = I_SCOPE, .node = at, .scope = scope });
	listen_inside(r, at, number);
	add_token(r, (token){ start, NONE, number, 0, FIRED });
}

/* ---- activities ---- */

static void activity_done(reference *r, int at, int scope, int index);
static void undo_next(reference *r, int undo);

static bool in_own_loop(const reference *r, int at, int scope)
{
	return scope && r->items[scope].kind == I_LOOP && r->items[scope].node == at;
}

static void wait_for(reference *r, item_kind kind, int at, int scope, int index)
{
	int number = add_item(r, (item){ .kind = kind, .node = at, .scope = scope, .index = index });

	if (!in_own_loop(r, at, scope))
		listen_at_border(r, at, number, scope);
}

static void body(reference *r, int at, int scope, int index)
{
	const graph_node *n = node_at(r, at);

	switch (n->kind) {
	case N_USER:
		wait_for(r, I_TASK, at, scope, index);
		return;
	case N_JOB:
		wait_for(r, I_JOB, at, scope, index);
		return;
	case N_SUB:
		begin_sub(r, at, scope, index);
		return;
	case N_SCRIPT:
		reference_set(r, n->variable, r->variables[n->variable] + n->add);
		activity_done(r, at, scope, index);
		return;
	default:
		activity_done(r, at, scope, index);
	}
}

static void note_done(reference *r, int at, int scope)
{
	add_item(r, (item){ .kind = I_DONE, .node = at, .scope = scope, .order = ++r->order });
}

static void undone(reference *r, int done)
{
	int owner = r->items[done].owner;

	r->items[done].alive = false;
	empty_scope(r, done, false);
	if (alive(r, owner) && owner)
		undo_next(r, owner);
}

/* The activity as a whole, its loop included. */
static void finished(reference *r, int at, int scope)
{
	if (scope && r->items[scope].kind == I_DONE) {
		undone(r, scope);
		return;
	}
	if (node_at(r, at)->handler != NONE)
		note_done(r, at, scope);
	leave(r, at, scope);
}

static void begin_instance(reference *r, int loop)
{
	item *l = &r->items[loop];

	l->begun++;
	add_token(r, (token){ l->node, NONE, loop, l->begun, BODY });
}

static void finish_loop(reference *r, int loop)
{
	r->items[loop].alive = false;
	drop_listeners(r, loop);
	finished(r, r->items[loop].node, r->items[loop].scope);
}

/* 13.3.6: the condition is asked before or after each round, and there are at most so many. */
static void go_round(reference *r, int loop, bool ask)
{
	const item *l = &r->items[loop];
	const graph_node *n = node_at(r, l->node);
	bool again = l->done < n->maximum && (!ask || holds(r, &n->condition));

	if (again)
		begin_instance(r, loop);
	else
		finish_loop(r, loop);
}

/* 13.3.7: when the completion condition holds, the others are cancelled. */
static void instance_done(reference *r, int loop)
{
	item *l = &r->items[loop];
	const graph_node *n = node_at(r, l->node);
	bool complete;

	l->done++;
	if (n->loop == L_WHILE) {
		go_round(r, loop, true);
		return;
	}
	complete = n->complete_at && l->done >= n->complete_at;
	if (complete && l->done < l->total)
		empty_scope(r, loop, true);
	if (complete || l->done >= l->total)
		finish_loop(r, loop);
	else if (n->loop == L_SEQUENTIAL)
		begin_instance(r, loop);
}

static void begin_loop(reference *r, int at, int scope)
{
	const graph_node *n = node_at(r, at);
	int loop = add_item(r, (item){ .kind = I_LOOP, .node = at, .scope = scope,
				       .total = n->cardinality });

	listen_at_border(r, at, loop, scope);
	if (n->loop == L_WHILE) {
		go_round(r, loop, n->test_before);
		return;
	}
	if (!n->cardinality)
		finish_loop(r, loop);
	for (int i = 0; i < (n->loop == L_PARALLEL ? n->cardinality : n->cardinality > 0); i++)
		begin_instance(r, loop);
}

static void activity_done(reference *r, int at, int scope, int index)
{
	(void)index;
	if (r->done_count < LOG_MAX)
		r->done[r->done_count++] = at;
	if (in_own_loop(r, at, scope))
		instance_done(r, scope);
	else
		finished(r, at, scope);
}

/* ---- tokens that wait at a node ---- */

static int *arrived(reference *r, int scope, int flow)
{
	for (int i = 0; i < r->arrived_count; i++)
		if (r->arrived[i].scope == scope && r->arrived[i].flow == flow)
			return &r->arrived[i].count;
	if (r->arrived_count == ARRIVED_MAX) {
		r->outcome = TOO_LONG;
		return &r->arrived[0].count;
	}
	r->arrived[r->arrived_count].scope = scope;
	r->arrived[r->arrived_count].flow = flow;
	r->arrived[r->arrived_count].count = 0;
	return &r->arrived[r->arrived_count++].count;
}

static int incoming(const reference *r, int at)
{
	int count = 0;

	for (int i = 0; i < r->g->flow_count; i++)
		count += r->g->flows[i].to == at;
	return count;
}

/* One token from each flow that has some. */
static void take_one_each(reference *r, int scope, int at)
{
	for (int i = 0; i < r->g->flow_count; i++)
		if (r->g->flows[i].to == at && *arrived(r, scope, i))
			--*arrived(r, scope, i);
}

static void enter_join(reference *r, token t)
{
	if (t.how == BY_FLOW && incoming(r, t.node) > 1) {
		++*arrived(r, t.scope, t.flow);
		for (int i = 0; i < r->g->flow_count; i++)
			if (r->g->flows[i].to == t.node && !*arrived(r, t.scope, i))
				return;
		take_one_each(r, t.scope, t.node);
	}
	leave(r, t.node, t.scope);
}

static void enter_activity(reference *r, token t)
{
	const graph_node *n = node_at(r, t.node);
	int total = 0, left = n->start_quantity;

	if (n->start_quantity > 1 && t.how == BY_FLOW) {
		++*arrived(r, t.scope, t.flow);
		for (int i = 0; i < r->g->flow_count; i++)
			total += r->g->flows[i].to == t.node ? *arrived(r, t.scope, i) : 0;
		if (total < n->start_quantity)
			return;
		for (int i = 0; i < r->g->flow_count && left; i++)
			while (r->g->flows[i].to == t.node && left && *arrived(r, t.scope, i)) {
				--*arrived(r, t.scope, i);
				left--;
			}
	}
	if (n->loop != L_ONCE)
		begin_loop(r, t.node, t.scope);
	else
		body(r, t.node, t.scope, 0);
}

/* ---- events that are caught ---- */

/* 10.5.6: who listens begins, or goes on. */
static void met(reference *r, int listener)
{
	item l = r->items[listener];
	const graph_node *n = node_at(r, l.node);
	bool stays = (n->kind == N_BOUNDARY || n->kind == N_START) && !n->interrupting &&
		n->trigger != T_TIMER;
	int scope;

	if (!stays)
		r->items[listener].alive = false;
	if (n->kind == N_START) {
		begin_event_sub(r, l.node, l.owner);
	} else if (n->kind == N_BOUNDARY) {
		scope = r->items[l.owner].scope;
		if (n->interrupting)
			cancel(r, l.owner);
		add_token(r, (token){ l.node, NONE, scope, 0, FIRED });
	} else {
		r->items[l.owner].alive = false;
		drop_listeners(r, l.owner);
		leave(r, l.node, r->items[l.owner].scope);
	}
}

static void broadcast(reference *r, int name)
{
	int last = r->item_count;

	for (int i = 1; i <= last && !over(r); i++) {
		const item *l = &r->items[i];

		if (l->alive && l->kind == I_LISTEN && node_at(r, l->node)->trigger == T_SIGNAL &&
		    node_at(r, l->node)->name == name)
			met(r, i);
	}
}

/* A condition fires when it becomes true. */
static void look_at_conditions(reference *r)
{
	while (!r->looked && !over(r)) {
		r->looked = true;
		for (int i = 1; i <= r->item_count && !over(r); i++) {
			item *l = &r->items[i];
			bool held = l->held;

			if (!l->alive || l->kind != I_LISTEN ||
			    node_at(r, l->node)->trigger != T_CONDITION)
				continue;
			l->held = holds(r, &node_at(r, l->node)->condition);
			if (l->held && !held)
				met(r, i);
		}
		if (++r->moves > MOVES_MAX)
			r->outcome = TOO_LONG;
	}
}

/* ---- errors and escalations ---- */

/* 10.5.7: from the inside to the outside: the event sub-processes of each scope, then its border. */
static bool raise(reference *r, trigger kind, int code, int from)
{
	bool handling = false;

	for (int at = from;; at = r->items[at].scope) {
		const item *i = at ? &r->items[at] : NULL;
		int inside = i ? i->node : NONE;

		for (int k = 0; k < r->g->node_count && (!i || i->kind == I_SCOPE) && !handling; k++) {
			int start = node_at(r, k)->kind == N_EVENT_SUB &&
				node_at(r, k)->scope == inside ? start_of(r, k) : NONE;

			if (start != NONE && node_at(r, start)->trigger == kind &&
			    node_at(r, start)->name == code) {
				begin_event_sub(r, start, at);
				return true;
			}
		}
		if (!i)
			return false;
		handling = i->kind == I_SCOPE && node_at(r, i->node)->kind == N_EVENT_SUB;
		for (int k = 0; k < r->g->node_count && i->kind != I_DONE &&
			     !in_own_loop(r, i->node, i->scope); k++) {
			const graph_node *n = node_at(r, k);
			int scope = i->scope;

			if (n->kind != N_BOUNDARY || n->host != i->node || n->trigger != kind ||
			    n->name != code)
				continue;
			if (n->interrupting)
				cancel(r, at);
			add_token(r, (token){ k, NONE, scope, 0, FIRED });
			return true;
		}
	}
}

/* ---- compensation (13.5.5) ---- */

/* What is done in the scope, and not being undone yet. */
static bool claim(reference *r, int scope, int undo)
{
	bool any = false;

	for (int i = 1; i <= r->item_count; i++) {
		item *at = &r->items[i];

		if (!at->alive || at->kind != I_DONE || at->scope != scope || at->owner)
			continue;
		at->owner = undo;
		any = true;
	}
	return any;
}

static void finish_undo(reference *r, int undo)
{
	item *u = &r->items[undo];

	for (int i = 1; i <= r->item_count; i++)
		if (r->items[i].kind == I_DONE && r->items[i].owner == undo)
			r->items[i].alive = false;
	u->alive = false;
	if (!u->ends)
		leave(r, u->node, u->scope);
}

/* The newest first; a sub-process by what is in it. */
static void undo_next(reference *r, int undo)
{
	for (;;) {
		int newest = 0;

		for (int i = 1; i <= r->item_count; i++) {
			const item *at = &r->items[i];

			if (at->alive && at->kind == I_DONE && at->owner == undo && !at->taken_apart &&
			    (!newest || at->order > r->items[newest].order))
				newest = i;
		}
		if (!newest) {
			finish_undo(r, undo);
			return;
		}
		if (!r->items[newest].is_scope) {
			add_token(r, (token){ node_at(r, r->items[newest].node)->handler, NONE, newest,
					      0, FIRST });
			return;
		}
		r->items[newest].taken_apart = true;
		claim(r, newest, undo);
	}
}

/* *held: the token stays at the throw until all is undone. */
static void compensate(reference *r, int at, int scope, bool *held)
{
	bool ends = node_at(r, at)->kind == N_END, any = false;
	int from = scope, undo;

	if (scope && r->items[scope].kind == I_SCOPE &&
	    node_at(r, r->items[scope].node)->kind == N_EVENT_SUB)
		from = r->items[scope].scope;
	for (int i = 1; i <= r->item_count; i++)
		any |= r->items[i].alive && r->items[i].kind == I_DONE && r->items[i].scope == from &&
			!r->items[i].owner;
	if (!any)
		return;
	undo = add_item(r, (item){ .kind = I_UNDO, .node = at, .scope = scope, .ends = ends });
	claim(r, from, undo);
	*held = true;
	undo_next(r, undo);
}

/* ---- events that are thrown ---- */

static void throw_event(reference *r, token t)
{
	const graph_node *n = node_at(r, t.node);
	bool held = false;

	if ((n->trigger == T_MESSAGE || n->trigger == T_SIGNAL) && r->thrown_count < LOG_MAX)
		r->thrown[r->thrown_count++] = t.node;
	switch (n->trigger) {
	case T_SIGNAL:
		broadcast(r, n->name);
		break;
	case T_ERROR:
		if (!raise(r, T_ERROR, n->name, t.scope))
			end_process(r, FAILED, n->name);
		break;
	case T_ESCALATION:
		raise(r, T_ESCALATION, n->name, t.scope);
		break;
	case T_COMPENSATE:
		compensate(r, t.node, t.scope, &held);
		break;
	case T_TERMINATE:
		if (t.scope)
			empty_scope(r, t.scope, false);
		else
			end_process(r, ENDED, 0);
		break;
	default:
		break;
	}
	if (n->kind == N_THROW && !held && !r->gone && !over(r))
		leave(r, t.node, t.scope);
}

static void enter_catch(reference *r, token t)
{
	int number;

	if (t.how == FIRED) {
		leave(r, t.node, t.scope);
		return;
	}
	number = add_item(r, (item){ .kind = I_CATCH, .node = t.node, .scope = t.scope });
	if (node_at(r, t.node)->kind == N_CATCH) {
		listen(r, t.node, number, t.scope);
		return;
	}
	for (int i = 0; i < r->g->flow_count; i++)
		if (r->g->flows[i].from == t.node)
			listen(r, r->g->flows[i].to, number, t.scope);
}

/* ---- one token moves ---- */

static void move(reference *r, token t)
{
	if (t.how == LEAVING) {
		leave(r, t.node, t.scope);
		return;
	}
	if (t.how == BODY) {
		body(r, t.node, t.scope, t.index);
		return;
	}
	switch (node_at(r, t.node)->kind) {
	case N_END:
	case N_THROW:
		throw_event(r, t);
		return;
	case N_AND:
	case N_OR:
		enter_join(r, t);
		return;
	case N_CATCH:
	case N_EVENT_GATE:
		enter_catch(r, t);
		return;
	case N_START:
	case N_BOUNDARY:
	case N_XOR:
		leave(r, t.node, t.scope);
		return;
	default:
		enter_activity(r, t);
	}
}

static bool throws(const reference *r, token t)
{
	const graph_node *n = node_at(r, t.node);

	return (n->kind == N_END || n->kind == N_THROW) &&
		(n->trigger == T_MESSAGE || n->trigger == T_SIGNAL);
}

static token take(token *list, int *count)
{
	token first = list[0];

	memmove(list, list + 1, (size_t)--*count * sizeof(*list));
	return first;
}

/* ---- scopes without tokens ---- */

static bool keeps(const reference *r, int scope)
{
	for (int i = 1; i <= r->item_count; i++)
		if (r->items[i].alive && r->items[i].kind == I_DONE && r->items[i].scope == scope)
			return true;
	return false;
}

/* What can be compensated stays as a snapshot, in the scope around the whole activity. */
static void scope_done(reference *r, int scope)
{
	item done = r->items[scope];
	item *s = &r->items[scope];

	drop_listeners(r, scope);
	if (keeps(r, scope)) {
		s->kind = I_DONE;
		s->is_scope = true;
		s->owner = 0;
		s->order = ++r->order;
		if (in_own_loop(r, done.node, done.scope))
			s->scope = r->items[done.scope].scope;
	} else {
		s->alive = false;
	}
	activity_done(r, done.node, done.scope, done.index);
}

static void finish_scopes(reference *r)
{
	for (bool any = true; any && !over(r);) {
		any = false;
		for (int i = r->item_count; i > 0 && !any; i--)
			if (r->items[i].alive && r->items[i].kind == I_SCOPE && !tokens_in(r, i)) {
				scope_done(r, i);
				any = true;
			}
	}
	if (!over(r) && !tokens_in(r, 0))
		end_process(r, ENDED, 0);
}

/* ---- inclusive joins (13.4.3) ---- */

/* Whether a path of flows leads from the node to the flow without coming through the gateway. The
 * boundary events of an activity are ways out of it. */
static bool leads(const reference *r, int from, int flow, int gateway, bool *seen)
{
	if (from == gateway || seen[from])
		return false;
	seen[from] = true;
	for (int i = 0; i < r->g->flow_count; i++)
		if (r->g->flows[i].from == from &&
		    (i == flow || leads(r, r->g->flows[i].to, flow, gateway, seen)))
			return true;
	for (int i = 0; i < r->g->node_count; i++)
		if (node_at(r, i)->kind == N_BOUNDARY && node_at(r, i)->host == from &&
		    leads(r, i, flow, gateway, seen))
			return true;
	return false;
}

/* A token there can come to a flow of the gateway that has none, and to none that has one. */
static bool holds_back(reference *r, int from, int scope, int gateway)
{
	bool comes = false;

	for (int i = 0; i < r->g->flow_count; i++) {
		bool seen[NODES_MAX] = { false };

		if (r->g->flows[i].to != gateway || !leads(r, from, i, gateway, seen))
			continue;
		if (*arrived(r, scope, i))
			return false;
		comes = true;
	}
	return comes;
}

static bool may_go_on(reference *r, int scope, int gateway)
{
	for (int i = 1; i <= r->item_count; i++)
		if (holds_token(&r->items[i]) && r->items[i].scope == scope &&
		    holds_back(r, r->items[i].node, scope, gateway))
			return false;
	for (int i = 0; i < r->arrived_count; i++)
		if (r->arrived[i].scope == scope && r->arrived[i].count &&
		    r->g->flows[r->arrived[i].flow].to != gateway &&
		    holds_back(r, r->g->flows[r->arrived[i].flow].to, scope, gateway))
			return false;
	return true;
}

static bool waits_at(const reference *r, int scope, int flow)
{
	for (int i = 0; i < r->arrived_count; i++)
		if (r->arrived[i].scope == scope && r->arrived[i].flow == flow && r->arrived[i].count)
			return true;
	return false;
}

/* Scopes by age, flows in the order of the file. */
static bool settle_join(reference *r)
{
	for (int scope = 0; scope <= r->item_count; scope++)
		for (int i = 0; i < r->g->flow_count; i++) {
			int at = r->g->flows[i].to;

			if (!waits_at(r, scope, i) || node_at(r, at)->kind != N_OR ||
			    !may_go_on(r, scope, at))
				continue;
			take_one_each(r, scope, at);
			leave(r, at, scope);
			return true;
		}
	return false;
}

/* Everything alive in a scope waits at joins: nothing will ever come. */
static bool is_stuck(const reference *r)
{
	for (int i = 0; i < r->arrived_count; i++) {
		int waiting = 0;

		for (int k = 0; k < r->arrived_count; k++)
			waiting += r->arrived[k].scope == r->arrived[i].scope ? r->arrived[k].count : 0;
		if (waiting && waiting == tokens_in(r, r->arrived[i].scope))
			return true;
	}
	return false;
}

/* ---- running ---- */

static void run_one(reference *r, token t)
{
	r->now = t;
	r->has_now = true;
	r->gone = false;
	move(r, t);
	r->has_now = false;
	finish_scopes(r);
	look_at_conditions(r);
	if (!over(r))
		finish_scopes(r);
}

static void run_all(reference *r)
{
	while (!over(r) && r->work_count + r->later_count) {
		bool first = r->work_count > 0;
		token t = first ? take(r->work, &r->work_count) : take(r->later, &r->later_count);

		if (++r->moves > MOVES_MAX) {
			r->outcome = TOO_LONG;
			return;
		}
		if (first && throws(r, t))
			r->later[r->later_count++] = t;
		else
			run_one(r, t);
	}
}

static void run(reference *r)
{
	if (!over(r))
		finish_scopes(r);
	look_at_conditions(r);
	do {
		run_all(r);
	} while (!over(r) && (settle_join(r) || r->work_count));
	if (!over(r) && is_stuck(r))
		r->outcome = STUCK;
}

/* ---- what happens from outside ---- */

void reference_begin(reference *r)
{
	r->moves = r->done_count = r->thrown_count = 0;
}

void reference_start(reference *r, const graph *g, const int *variables)
{
	memset(r, 0, sizeof(*r));
	r->g = g;
	memcpy(r->variables, variables, sizeof(r->variables));
	listen_inside(r, NONE, 0);
	add_token(r, (token){ start_of(r, NONE), NONE, 0, 0, FIRST });
	run(r);
}

static item end_item(reference *r, int at)
{
	item i = r->items[at];

	r->items[at].alive = false;
	drop_listeners(r, at);
	return i;
}

void reference_complete(reference *r, int at)
{
	item i = end_item(r, at);

	activity_done(r, i.node, i.scope, i.index);
	run(r);
}

void reference_job_error(reference *r, int at, int code)
{
	if (!raise(r, T_ERROR, code, at)) {
		item i = end_item(r, at);

		i.kind = I_INCIDENT;
		add_item(r, i);
	}
	run(r);
}

void reference_retry(reference *r, int at)
{
	item i = end_item(r, at);

	add_token(r, (token){ i.node, NONE, i.scope, i.index, BODY });
	run(r);
}

void reference_fire(reference *r, int at)
{
	met(r, at);
	run(r);
}

void reference_signal(reference *r, int name)
{
	broadcast(r, name);
	run(r);
}
