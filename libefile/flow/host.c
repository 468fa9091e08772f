/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flow/host.h"

#include <stdlib.h>
#include <string.h>

#include "flow/start.h"
#include "flow/state.h"
#include "flow/timer.h"

enum { DELIVERIES_MAX = 100000 };

#define LIST(type, name) type *name; size_t name##_count, name##_capacity

typedef struct proc {
	size_t definition;
	buf state;
	flow_status status;
	uint64_t parent, parent_wait;
	char *code;
	LIST(flow_event, events);
} proc;

typedef struct open_row {
	uint64_t instance, wait;
	flow_wait_kind kind;
	uint32_t node;
	char *name, *key;
	efile_time due;
} open_row;

/* What one instance has to tell to others, done one after the other. */
typedef enum delivery_kind { DELIVER_EVENT, DELIVER_MESSAGE, DELIVER_SIGNAL, DELIVER_START } delivery_kind;

typedef struct delivery {
	delivery_kind kind;
	uint64_t instance;      /* of the event; of a signal: who has had it */
	flow_event_kind event;
	uint64_t wait;
	size_t definition;      /* of a start */
	uint64_t parent, parent_wait;
	char *name, *key, *variables, *node;
} delivery;

typedef struct start_timer {
	size_t definition;
	flow_start start;
	char *text;             /* of the time */
	efile_time due;
	uint32_t left;
	bool bounded, over;
} start_timer;

typedef struct start_condition {
	size_t definition;
	flow_start start;
	bool held;
} start_condition;

typedef struct visit_row {      /* of a definition */
	uint64_t *nodes;
	size_t deployment;      /* with which others it came */
} visit_row;

typedef struct done_row {
	uint64_t instance;
	uint32_t node;
} done_row;

struct flow_host {
	efile_ctx *ctx;
	flow_engine *engine;
	efile_time now;
	LIST(flow_definition, definitions);
	LIST(proc, instances);
	LIST(open_row, open);
	LIST(delivery, queue);
	LIST(delivery, kept);   /* messages that nobody waits for yet */
	LIST(start_timer, timers);
	LIST(start_condition, conditions);
	LIST(done_row, done);
	LIST(visit_row, visits);
	LIST(char *, stubs);
	size_t queue_first;
	size_t deployments;
};

#define GROW(h, name)                                                                              \
	grow((h), (void **)&(h)->name, &(h)->name##_capacity, (h)->name##_count, sizeof(*(h)->name))

static efile_status grow(flow_host *h, void **items, size_t *capacity, size_t count, size_t size)
{
	return mem_grow(h->ctx, items, capacity, count, size);
}

/* ---- handles ---- */

efile_status flow_host_new(flow_host **out, efile_ctx *ctx, efile_time now)
{
	flow_host *h = mem_new(ctx, sizeof(*h));

	if (!h)
		return EFILE_E_NOMEM;
	h->ctx = ctx;
	h->now = now;
	if (flow_engine_new(&h->engine, ctx) < 0) {
		free(h);
		return EFILE_E_NOMEM;
	}
	*out = h;
	return EFILE_OK;
}

static void delivery_clear(delivery *d)
{
	free(d->name);
	free(d->key);
	free(d->variables);
	free(d->node);
}

static void open_clear(open_row *row)
{
	free(row->name);
	free(row->key);
}

static void instance_clear(proc *i)
{
	for (size_t k = 0; k < i->events_count; k++)
		flow_event_clear(&i->events[k]);
	free(i->events);
	free(i->code);
	buf_clear(&i->state);
}

void flow_host_free(flow_host *h)
{
	if (!h)
		return;
	flow_engine_free(h->engine);
	for (size_t i = 0; i < h->definitions_count; i++)
		flow_definition_clear(&h->definitions[i]);
	for (size_t i = 0; i < h->instances_count; i++)
		instance_clear(&h->instances[i]);
	for (size_t i = 0; i < h->open_count; i++)
		open_clear(&h->open[i]);
	for (size_t i = h->queue_first; i < h->queue_count; i++)
		delivery_clear(&h->queue[i]);
	for (size_t i = 0; i < h->kept_count; i++)
		delivery_clear(&h->kept[i]);
	for (size_t i = 0; i < h->visits_count; i++)
		free(h->visits[i].nodes);
	for (size_t i = 0; i < h->stubs_count; i++)
		free(h->stubs[i]);
	for (size_t i = 0; i < h->timers_count; i++)
		free(h->timers[i].text);
	free(h->conditions);
	free(h->visits);
	free(h->stubs);
	free(h->definitions);
	free(h->instances);
	free(h->open);
	free(h->queue);
	free(h->kept);
	free(h->timers);
	free(h->done);
	free(h);
}

/* ---- definitions ---- */

static bool is_newest(const flow_host *h, size_t index)
{
	const char *id = flow_definition_id(&h->definitions[index]);

	for (size_t i = index + 1; i < h->definitions_count; i++)
		if (!strcmp(flow_definition_id(&h->definitions[i]), id))
			return false;
	return true;
}

static efile_status set_start_timer(flow_host *h, size_t definition, const flow_start *start)
{
	const flow_definition *d = &h->definitions[definition];
	AUTO(buf) text = BUF_INIT;
	timer_plan plan;
	char *kept;

	TRY(start_time(&text, h->ctx, d, start, h->now));
	if (!timer_first(&plan, (trigger_timer)trigger_get(d, start->trigger, TRIGGER_TIME),
			 buf_text(&text), h->now))
		return EFILE_OK;
	TRY(GROW(h, timers));
	TRY(buf_take(&kept, &text, h->ctx));
	h->timers[h->timers_count++] = (start_timer){
		definition, *start, kept, plan.due, plan.left, plan.bounded, false
	};
	return EFILE_OK;
}

/* A condition of the version before that held goes on holding. */
static bool held_before(const flow_host *h, size_t definition, const flow_start *start)
{
	const flow_definition *d = &h->definitions[definition];

	for (size_t i = h->conditions_count; i-- > 0;) {
		const start_condition *c = &h->conditions[i];
		const flow_definition *old = &h->definitions[c->definition];

		if (!strcmp(flow_definition_id(old), flow_definition_id(d)) &&
		    !strcmp(node_text(old, c->start.node, NODE_ID), node_text(d, start->node, NODE_ID)))
			return c->held;
	}
	return false;
}

static efile_status set_starts(flow_host *h, size_t definition)
{
	flow_start start;

	for (uint32_t i = 0; flow_start_at(&start, &h->definitions[definition], i); i++) {
		if (start.kind == FLOW_START_TIMER)
			TRY(set_start_timer(h, definition, &start));
		if (start.kind != FLOW_START_CONDITION)
			continue;
		TRY(GROW(h, conditions));
		h->conditions[h->conditions_count] = (start_condition){
			definition, start, held_before(h, definition, &start)
		};
		h->conditions_count++;
	}
	return EFILE_OK;
}

static efile_status add_definition(flow_host *h, flow_definition *d)
{
	uint64_t *nodes = mem_new(h->ctx, (flow_node_count(d) + 1) * sizeof(*nodes));
	efile_status status = nodes ? GROW(h, visits) : EFILE_E_NOMEM;

	if (status == EFILE_OK)
		status = GROW(h, definitions);
	if (status < 0) {
		free(nodes);
		return status;
	}
	h->visits[h->visits_count++] = (visit_row){ nodes, h->deployments };
	h->definitions[h->definitions_count++] = *d;
	return EFILE_OK;
}

efile_status flow_host_deploy(flow_host *h, size_t *count, efile_report *report,
			      efile_reader *reader, const char *name)
{
	flow_definition *all = NULL;
	size_t found = 0, taken = 0;
	efile_status status;

	TRY(flow_compile_all(&all, &found, report, h->ctx, reader, name));
	h->deployments++;
	for (status = EFILE_OK; taken < found && status == EFILE_OK;) {
		status = add_definition(h, &all[taken]);
		if (status == EFILE_OK) {
			taken++;
			status = set_starts(h, h->definitions_count - 1);
		}
	}
	for (size_t i = taken; i < found; i++)
		flow_definition_clear(&all[i]);
	free(all);
	if (count)
		*count = found;
	return status;
}

size_t flow_host_definition_count(const flow_host *h)
{
	return h->definitions_count;
}

const flow_definition *flow_host_definition(const flow_host *h, size_t index)
{
	return &h->definitions[index];
}

/* The boundary event for compensation has no flow: it is visited when what it stands for begins. */
static uint32_t compensates(const flow_definition *d, uint32_t node)
{
	uint32_t trigger = node_get(d, node, NODE_FIRST_TRIGGER), host = node_get(d, node, NODE_HOST);

	if (node_get(d, node, NODE_KIND) != FLOW_NODE_BOUNDARY || !host ||
	    !node_get(d, node, NODE_TRIGGER_COUNT) ||
	    trigger_get(d, trigger, TRIGGER_KIND) != TRIGGER_COMPENSATION)
		return 0;
	return node_get(d, host - 1, NODE_COMPENSATOR);
}

uint64_t flow_host_visits(const flow_host *h, size_t definition, uint32_t node)
{
	uint32_t other = compensates(&h->definitions[definition], node);

	return h->visits[definition].nodes[other ? other - 1 : node];
}

/* Also what is around it, when nothing has come there by a flow. */
static void visit(flow_host *h, size_t definition, uint32_t node)
{
	const flow_definition *d = &h->definitions[definition];
	uint64_t *nodes = h->visits[definition].nodes;

	nodes[node]++;
	for (node = node_get(d, node, NODE_SCOPE); node != process_node(d) && !nodes[node];
	     node = node_get(d, node, NODE_SCOPE))
		nodes[node]++;
}

static void note_visit(flow_host *h, uint64_t number, const flow_effect *e)
{
	size_t definition = h->instances[number - 1].definition;
	const flow_definition *d = &h->definitions[definition];

	if (e->kind == FLOW_EFFECT_TAKEN) {
		uint32_t from = edge_get(d, e->edge, EDGE_SOURCE);

		if (!node_get(d, from, NODE_IN_COUNT))
			visit(h, definition, from); /* an event, or where a scope begins */
		visit(h, definition, edge_get(d, e->edge, EDGE_TARGET));
	} else if (e->kind == FLOW_EFFECT_DONE && !node_get(d, e->node, NODE_IN_COUNT) &&
		   !node_get(d, e->node, NODE_OUT_COUNT)) {
		visit(h, definition, e->node);
	}
}

static bool is_stub(const flow_host *h, const char *process)
{
	for (size_t i = 0; i < h->stubs_count; i++)
		if (!strcmp(h->stubs[i], process))
			return true;
	return false;
}

efile_status flow_host_stub(flow_host *h, const char *process)
{
	char *copy;

	if (is_stub(h, process))
		return EFILE_OK;
	TRY(GROW(h, stubs));
	TRY(mem_dup(&copy, h->ctx, process));
	h->stubs[h->stubs_count++] = copy;
	return EFILE_OK;
}

/* deployment: which one the caller came with. */
static bool find_definition(const flow_host *h, const char *process, flow_binding binding,
			    const char *value, size_t deployment, size_t *out)
{
	size_t version = 0;
	bool found = false;

	for (size_t i = 0; i < h->definitions_count; i++) {
		const flow_definition *d = &h->definitions[i];

		if (strcmp(flow_definition_id(d), process) != 0)
			continue;
		version++;
		if (binding == FLOW_BINDING_VERSION && version != (size_t)strtoul(value, NULL, 10))
			continue;
		if (binding == FLOW_BINDING_TAG && strcmp(flow_definition_tag(d), value) != 0)
			continue;
		if (binding == FLOW_BINDING_DEPLOYMENT && found && h->visits[i].deployment > deployment)
			break; /* only where there was none before */
		*out = i;
		found = true;
	}
	return found;
}

/* ---- the queue ---- */

static efile_status enqueue(flow_host *h, delivery d, const char *name, const char *key,
			    const char *variables)
{
	efile_status status = mem_dup(&d.name, h->ctx, name);

	if (status == EFILE_OK)
		status = mem_dup(&d.key, h->ctx, key);
	if (status == EFILE_OK)
		status = mem_dup(&d.variables, h->ctx, variables);
	if (h->queue_first == h->queue_count)
		h->queue_first = h->queue_count = 0;
	if (status == EFILE_OK)
		status = GROW(h, queue);
	if (status < 0)
		delivery_clear(&d);
	else
		h->queue[h->queue_count++] = d;
	return status;
}

/* ---- effects ---- */

static efile_status add_open(flow_host *h, uint64_t instance, const flow_effect *e,
			     flow_wait_kind kind)
{
	open_row row = { .instance = instance, .wait = e->wait, .kind = kind, .node = e->node,
			 .due = e->due };
	efile_status status;

	for (size_t i = 0; i < h->open_count; i++)
		if (h->open[i].instance == instance && h->open[i].wait == e->wait) {
			h->open[i].due = e->due; /* a cycle goes round */
			return EFILE_OK;
		}
	status = mem_dup(&row.name, h->ctx, e->message);
	if (status == EFILE_OK)
		status = mem_dup(&row.key, h->ctx, e->key);
	if (status == EFILE_OK)
		status = GROW(h, open);
	if (status < 0)
		open_clear(&row);
	else
		h->open[h->open_count++] = row;
	return status;
}

static void remove_open(flow_host *h, uint64_t instance, uint64_t wait)
{
	for (size_t i = 0; i < h->open_count; i++)
		if (h->open[i].instance == instance && h->open[i].wait == wait) {
			open_clear(&h->open[i]);
			memmove(&h->open[i], &h->open[i + 1],
				(--h->open_count - i) * sizeof(*h->open));
			return;
		}
}

static efile_status note_done(flow_host *h, uint64_t instance, uint32_t node)
{
	TRY(GROW(h, done));
	h->done[h->done_count++] = (done_row){ instance, node };
	return EFILE_OK;
}

static efile_status ended(flow_host *h, uint64_t number, const flow_effect *e)
{
	proc *i = &h->instances[number - 1];
	delivery d = { .kind = DELIVER_EVENT, .instance = i->parent, .wait = i->parent_wait };
	AUTO_PTR(char) variables = NULL;
	flow_summary summary;

	i->status = e->failed ? FLOW_FAILED : e->cancelled ? FLOW_CANCELLED : FLOW_ENDED;
	TRY(mem_dup(&i->code, h->ctx, e->message));
	if (!i->parent || i->status == FLOW_CANCELLED)
		return EFILE_OK;
	d.event = e->failed ? FLOW_EVENT_CALL_ERROR : FLOW_EVENT_CALL_DONE;
	TRY(flow_state_summary(&summary, h->ctx, &h->definitions[i->definition], i->state.data,
			       i->state.length));
	TRY(mem_dup_bytes(&variables, h->ctx, summary.variables, summary.variables_length));
	return enqueue(h, d, e->message, NULL, e->failed ? NULL : variables);
}

static efile_status call(flow_host *h, uint64_t number, const flow_effect *e)
{
	delivery d = { .kind = DELIVER_START, .parent = number, .parent_wait = e->wait };
	AUTO_PTR(char) message = NULL;
	flow_node node;

	TRY(add_open(h, number, &(flow_effect){ .wait = e->wait, .node = e->node }, FLOW_WAIT_CALL));
	flow_node_at(&node, &h->definitions[h->instances[number - 1].definition], e->node);
	if (is_stub(h, node.called))
		return EFILE_OK;
	if (find_definition(h, node.called, node.binding, node.binding_value,
			    h->visits[h->instances[number - 1].definition].deployment, &d.definition))
		return enqueue(h, d, NULL, NULL, e->message);
	message = message_format(h->ctx, "no process %s", node.called);
	if (!message)
		return mem_failed(h->ctx);
	d = (delivery){ .kind = DELIVER_EVENT, .instance = number, .wait = e->wait,
			.event = FLOW_EVENT_JOB_FAILED };
	return enqueue(h, d, message, NULL, NULL);
}

static efile_status end_call(flow_host *h, uint64_t number, const flow_effect *e)
{
	remove_open(h, number, e->wait);
	if (!e->cancelled)
		return EFILE_OK;
	for (size_t i = 0; i < h->instances_count; i++)
		if (h->instances[i].parent == number && h->instances[i].parent_wait == e->wait &&
		    (h->instances[i].status == FLOW_RUNNING || h->instances[i].status == FLOW_SUSPENDED))
			return enqueue(h, (delivery){ .kind = DELIVER_EVENT, .instance = i + 1,
						      .event = FLOW_EVENT_CANCEL }, "", NULL, NULL);
	return EFILE_OK;
}

static efile_status escalate(flow_host *h, uint64_t number, const flow_effect *e)
{
	const proc *i = &h->instances[number - 1];

	if (!i->parent)
		return EFILE_OK;
	return enqueue(h, (delivery){ .kind = DELIVER_EVENT, .instance = i->parent,
				      .wait = i->parent_wait,
				      .event = FLOW_EVENT_CALL_ESCALATION }, e->message, NULL, NULL);
}

static efile_status apply_effect(flow_host *h, uint64_t number, const flow_effect *e)
{
	switch (e->kind) {
	case FLOW_EFFECT_TASK_CREATE:
		return add_open(h, number, e, FLOW_WAIT_TASK);
	case FLOW_EFFECT_JOB_CREATE:
		return add_open(h, number, e, FLOW_WAIT_JOB);
	case FLOW_EFFECT_INCIDENT:
		return add_open(h, number, e, FLOW_WAIT_INCIDENT);
	case FLOW_EFFECT_SUBSCRIBE:
		return add_open(h, number, e, e->what);
	case FLOW_EFFECT_TASK_END:
	case FLOW_EFFECT_JOB_END:
	case FLOW_EFFECT_INCIDENT_END:
	case FLOW_EFFECT_UNSUBSCRIBE:
		remove_open(h, number, e->wait);
		return EFILE_OK;
	case FLOW_EFFECT_CALL:
		return call(h, number, e);
	case FLOW_EFFECT_CALL_END:
		return end_call(h, number, e);
	case FLOW_EFFECT_MESSAGE:
		return enqueue(h, (delivery){ .kind = DELIVER_MESSAGE }, e->message, e->key,
			       e->variables);
	case FLOW_EFFECT_SIGNAL:
		return enqueue(h, (delivery){ .kind = DELIVER_SIGNAL, .instance = number },
			       e->message, NULL, e->variables);
	case FLOW_EFFECT_ESCALATION:
		return escalate(h, number, e);
	case FLOW_EFFECT_DONE:
		return note_done(h, number, e->node);
	case FLOW_EFFECT_ENDED:
		return ended(h, number, e);
	default:
		return EFILE_OK;
	}
}

/* ---- one step ---- */

static efile_status remember(flow_host *h, proc *i, const flow_event *event)
{
	flow_event copy = *event;

	copy.variables = copy.message = copy.code = copy.node = NULL;
	TRY(grow(h, (void **)&i->events, &i->events_capacity, i->events_count, sizeof(copy)));
	i->events[i->events_count++] = copy;
	{
		flow_event *kept = &i->events[i->events_count - 1];

		TRY(mem_dup((char **)(uintptr_t)&kept->variables, h->ctx, event->variables));
		TRY(mem_dup((char **)(uintptr_t)&kept->message, h->ctx, event->message));
		TRY(mem_dup((char **)(uintptr_t)&kept->code, h->ctx, event->code));
		return mem_dup((char **)(uintptr_t)&kept->node, h->ctx, event->node);
	}
}

static efile_status step(flow_host *h, uint64_t number, flow_event event)
{
	proc *i = &h->instances[number - 1];
	AUTO(flow_effects) effects = { NULL, 0, 0 };

	event.time = h->now;
	TRY(flow_engine_step(&i->state, &effects, h->engine, &h->definitions[i->definition],
			     buf_text(&i->state), i->state.length, &event));
	TRY(remember(h, i, &event));
	if (event.kind == FLOW_EVENT_SUSPEND || event.kind == FLOW_EVENT_RESUME)
		i->status = event.kind == FLOW_EVENT_SUSPEND ? FLOW_SUSPENDED : FLOW_RUNNING;
	for (size_t k = 0; k < effects.count; k++) {
		note_visit(h, number, &effects.items[k]);
		TRY(apply_effect(h, number, &effects.items[k]));
	}
	return EFILE_OK;
}

static efile_status start(flow_host *h, uint64_t *number, const delivery *d)
{
	proc i = { .definition = d->definition, .status = FLOW_RUNNING, .parent = d->parent,
		       .parent_wait = d->parent_wait };

	TRY(GROW(h, instances));
	h->instances[h->instances_count++] = i;
	*number = h->instances_count;
	return step(h, *number, (flow_event){ .kind = FLOW_EVENT_START, .variables = d->variables,
					      .node = d->node });
}

/* ---- deliveries ---- */

static bool key_fits(const char *wanted, const char *given)
{
	return !wanted || !*wanted || (given && !strcmp(wanted, given));
}

/* ---- starts ---- */

/* Kept messages by their place in the list, + 1. */
static efile_status find_kept(void *user, int64_t *number, const char *name, const char *key,
			      int64_t after)
{
	const flow_host *h = user;

	*number = 0;
	for (size_t i = (size_t)after; i < h->kept_count; i++) {
		const delivery *d = &h->kept[i];

		if (strcmp(d->name, name) != 0 || (key && strcmp(d->key ? d->key : "", key) != 0))
			continue;
		*number = (int64_t)i + 1;
		return EFILE_OK;
	}
	return EFILE_OK;
}

static efile_status next_kept_key(void *user, buf *out, const char *name, const char *after)
{
	const flow_host *h = user;
	const char *found = NULL;

	for (size_t i = 0; i < h->kept_count; i++) {
		const char *key = h->kept[i].key ? h->kept[i].key : "";

		if (!strcmp(h->kept[i].name, name) && (!after || strcmp(key, after) > 0) &&
		    (!found || strcmp(key, found) < 0))
			found = key;
	}
	if (!found)
		return EFILE_DONE;
	buf_add_text(out, found);
	return buf_status(out, h->ctx);
}

static void drop_kept(flow_host *h, size_t index)
{
	delivery_clear(&h->kept[index]);
	memmove(&h->kept[index], &h->kept[index + 1], (--h->kept_count - index) * sizeof(*h->kept));
}

static efile_status use_kept(flow_host *h, buf *variables, const int64_t *numbers, size_t count)
{
	bool changed;

	buf_add_text(variables, "{}");
	for (size_t i = 0; i < count; i++) {
		const char *own = h->kept[numbers[i] - 1].variables;

		TRY(buf_status(variables, h->ctx));
		if (own)
			TRY(variables_merge(&changed, variables, h->ctx, own, strlen(own)));
	}
	for (size_t i = count; i-- > 0;)
		drop_kept(h, (size_t)numbers[i] - 1);
	return buf_status(variables, h->ctx);
}

static efile_status start_at(flow_host *h, size_t definition, uint32_t node, const char *variables)
{
	delivery d = { .definition = definition, .variables = (char *)(uintptr_t)variables };
	uint64_t number;

	d.node = (char *)(uintptr_t)node_text(&h->definitions[definition], node, NODE_ID);
	return start(h, &number, &d);
}

/* All of several, if everything is there. */
static efile_status start_if_whole(flow_host *h, size_t definition, const flow_start *at,
				   const char *key, bool *any)
{
	const start_pool pool = { h, find_kept, next_kept_key };
	AUTO(buf) variables = BUF_INIT;
	int64_t *numbers = NULL;
	size_t count = 0;
	efile_status status;

	TRY(start_collect(&numbers, &count, h->ctx, &h->definitions[definition], at->node, key, &pool));
	*any = count != 0;
	if (!count)
		return EFILE_OK;
	status = use_kept(h, &variables, numbers, count);
	free(numbers);
	TRY(status);
	return start_at(h, definition, at->node, variables.data);
}

/* Kept until somebody waits for it. */
static efile_status keep(flow_host *h, delivery *d)
{
	TRY(GROW(h, kept));
	h->kept[h->kept_count++] = *d;
	*d = (delivery){ .kind = d->kind };
	return EFILE_OK;
}

/* That something other than a message has occurred: how often does not count, the newest tells. */
static efile_status keep_occurrence(flow_host *h, const flow_definition *d, const flow_start *at,
				    const char *variables)
{
	delivery kept = { .kind = DELIVER_MESSAGE };
	AUTO(buf) name = BUF_INIT;
	char *own = NULL;
	int64_t number;
	efile_status status;

	TRY(start_kept_name(&name, h->ctx, d, at));
	TRY(find_kept(h, &number, buf_text(&name), NULL, 0));
	TRY(mem_dup(&own, h->ctx, variables));
	if (number) {
		free(h->kept[number - 1].variables);
		h->kept[number - 1].variables = own;
		return EFILE_OK;
	}
	kept.variables = own;
	status = buf_take(&kept.name, &name, h->ctx);
	if (status == EFILE_OK)
		status = keep(h, &kept);
	delivery_clear(&kept);
	return status;
}

/* An event other than a message, which starts a process or is one of several that do. */
static efile_status occur(flow_host *h, size_t definition, const flow_start *at, const char *variables)
{
	bool any;

	if (!start_is_joint(&h->definitions[definition], at->node))
		return start_at(h, definition, at->node, variables);
	TRY(keep_occurrence(h, &h->definitions[definition], at, variables));
	return start_if_whole(h, definition, at, NULL, &any);
}

/* Calls fn for each start of the newest versions by a message or signal of that name, until *over. */
static efile_status each_start(flow_host *h, flow_start_kind kind, const delivery *d, bool *over,
			       efile_status (*fn)(flow_host *h, size_t definition,
						  const flow_start *at, const delivery *d, bool *over))
{
	for (size_t i = 0; i < h->definitions_count; i++) {
		flow_start at;

		for (uint32_t k = 0; is_newest(h, i) && flow_start_at(&at, &h->definitions[i], k); k++) {
			if (at.kind != kind || strcmp(at.name, d->name) != 0)
				continue;
			TRY(fn(h, i, &at, d, over));
			if (*over)
				return EFILE_OK;
		}
	}
	return EFILE_OK;
}

static efile_status by_message(flow_host *h, size_t definition, const flow_start *at,
			       const delivery *d, bool *over)
{
	if (start_is_joint(&h->definitions[definition], at->node))
		return EFILE_OK;
	*over = true;
	return start_at(h, definition, at->node, d->variables);
}

static efile_status by_kept(flow_host *h, size_t definition, const flow_start *at, const delivery *d,
			    bool *over)
{
	const flow_definition *own = &h->definitions[definition];
	const char *key = trigger_get(own, at->trigger, TRIGGER_KEY) ? d->key ? d->key : "" : NULL;

	return start_is_joint(own, at->node) ? start_if_whole(h, definition, at, key, over) : EFILE_OK;
}

static efile_status by_signal(flow_host *h, size_t definition, const flow_start *at, const delivery *d,
			      bool *over)
{
	(void)over;
	return occur(h, definition, at, d->variables);
}

static const open_row *who_waits(const flow_host *h, const char *name, const char *key)
{
	for (size_t i = 0; i < h->open_count; i++) {
		const open_row *row = &h->open[i];

		if (row->kind == FLOW_WAIT_MESSAGE && !strcmp(row->name, name) &&
		    key_fits(row->key, key) && h->instances[row->instance - 1].status == FLOW_RUNNING)
			return row;
	}
	return NULL;
}

/* A message that is sent without a key has the one that it carries: of the processes that know how to
 * read it the first for which somebody waits, else the first. */
static efile_status read_key(flow_host *h, delivery *d)
{
	AUTO_PTR(char) first = NULL;

	for (size_t i = 0; (!d->key || !*d->key) && i < h->definitions_count; i++) {
		AUTO(buf) key = BUF_INIT;
		efile_status status;

		if (!is_newest(h, i))
			continue;
		status = start_message_key(&key, h->ctx, &h->definitions[i], d->name, d->variables,
					   h->now);
		TRY(status);
		if (status == EFILE_DONE || !key.length)
			continue;
		if (who_waits(h, d->name, buf_text(&key))) {
			free(d->key);
			d->key = NULL;
			return buf_take(&d->key, &key, h->ctx);
		}
		if (!first)
			TRY(buf_take(&first, &key, h->ctx));
	}
	if (!first)
		return EFILE_OK;
	free(d->key);
	d->key = STEAL(first);
	return EFILE_OK;
}

static efile_status deliver_message(flow_host *h, delivery *d)
{
	const open_row *waiting;
	AUTO_PTR(char) name = NULL;
	AUTO_PTR(char) key = NULL;
	delivery kept = { .kind = DELIVER_MESSAGE };
	bool any = false;

	TRY(read_key(h, d));
	waiting = who_waits(h, d->name, d->key);
	if (waiting)
		return step(h, waiting->instance, (flow_event){ .kind = FLOW_EVENT_MESSAGE,
								.wait = waiting->wait,
								.variables = d->variables });
	TRY(each_start(h, FLOW_START_MESSAGE, d, &any, by_message));
	if (any)
		return EFILE_OK;
	TRY(mem_dup(&name, h->ctx, d->name));
	TRY(mem_dup(&key, h->ctx, d->key));
	TRY(keep(h, d));
	kept.name = name;
	kept.key = key;
	return each_start(h, FLOW_START_MESSAGE, &kept, &any, by_kept);
}

static bool listens(const flow_host *h, uint64_t number, const char *name)
{
	for (size_t i = 0; i < h->open_count; i++)
		if (h->open[i].instance == number && h->open[i].kind == FLOW_WAIT_SIGNAL &&
		    !strcmp(h->open[i].name, name))
			return true;
	return false;
}

static efile_status deliver_signal(flow_host *h, const delivery *d)
{
	size_t count = h->instances_count;
	bool any = false;

	for (size_t i = 0; i < count; i++)
		if (i + 1 != d->instance && h->instances[i].status == FLOW_RUNNING &&
		    listens(h, i + 1, d->name))
			TRY(step(h, i + 1, (flow_event){ .kind = FLOW_EVENT_SIGNAL,
							 .code = d->name,
							 .variables = d->variables }));
	return each_start(h, FLOW_START_SIGNAL, d, &any, by_signal);
}

/* Who is suspended hears what became of its calls, and that it ends. */
static bool hears(const flow_host *h, uint64_t number, flow_event_kind kind)
{
	flow_status status = h->instances[number - 1].status;

	return status == FLOW_RUNNING || (status == FLOW_SUSPENDED && (kind == FLOW_EVENT_CANCEL ||
								      flow_is_answer(kind)));
}

static efile_status deliver_event(flow_host *h, const delivery *d)
{
	flow_event event = { .kind = d->event, .wait = d->wait, .variables = d->variables };

	if (!hears(h, d->instance, d->event))
		return EFILE_OK;
	event.code = d->event == FLOW_EVENT_JOB_FAILED ? NULL : d->name;
	event.message = d->event == FLOW_EVENT_JOB_FAILED ? d->name : NULL;
	return step(h, d->instance, event);
}

static efile_status deliver(flow_host *h, delivery *d)
{
	uint64_t number;

	switch (d->kind) {
	case DELIVER_EVENT:
		return deliver_event(h, d);
	case DELIVER_MESSAGE:
		return deliver_message(h, d);
	case DELIVER_SIGNAL:
		return deliver_signal(h, d);
	default:
		return start(h, &number, d);
	}
}

/* A message that was kept finds who waits for it now. */
static bool take_kept(flow_host *h, delivery *out)
{
	for (size_t k = 0; k < h->kept_count; k++)
		for (size_t i = 0; i < h->open_count; i++) {
			if (h->open[i].kind != FLOW_WAIT_MESSAGE ||
			    strcmp(h->open[i].name, h->kept[k].name) != 0 ||
			    !key_fits(h->open[i].key, h->kept[k].key) ||
			    h->instances[h->open[i].instance - 1].status != FLOW_RUNNING)
				continue;
			*out = h->kept[k];
			memmove(&h->kept[k], &h->kept[k + 1],
				(--h->kept_count - k) * sizeof(*h->kept));
			return true;
		}
	return false;
}

static efile_status settle(flow_host *h)
{
	for (size_t i = 0; i < DELIVERIES_MAX; i++) {
		delivery d;
		efile_status status;

		if (h->queue_first < h->queue_count)
			d = h->queue[h->queue_first++];
		else if (!take_kept(h, &d))
			return EFILE_OK;
		status = deliver(h, &d);
		delivery_clear(&d);
		TRY(status);
	}
	return FAIL(h->ctx, EFILE_E_LIMIT, 2370, "the processes tell each other more than %d things",
		    DELIVERIES_MAX);
}

/* ---- what happens ---- */

efile_status flow_host_start(flow_host *h, uint64_t *number, const char *process,
			     const char *variables)
{
	delivery d = { .kind = DELIVER_START, .variables = (char *)(uintptr_t)variables };

	if (!find_definition(h, process, FLOW_BINDING_LATEST, "", 0, &d.definition))
		return FAIL(h->ctx, EFILE_E_NOTFOUND, 2371, "no process %s", process);
	TRY(start(h, number, &d));
	return settle(h);
}

efile_status flow_host_event(flow_host *h, uint64_t number, flow_event event)
{
	if (!number || number > h->instances_count)
		return FAIL(h->ctx, EFILE_E_NOTFOUND, 2372, "no instance %llu",
			    (unsigned long long)number);
	TRY(step(h, number, event));
	return settle(h);
}

efile_status flow_host_message(flow_host *h, const char *name, const char *key,
			       const char *variables)
{
	TRY(enqueue(h, (delivery){ .kind = DELIVER_MESSAGE }, name, key, variables));
	return settle(h);
}

efile_status flow_host_signal(flow_host *h, const char *name, const char *variables)
{
	TRY(enqueue(h, (delivery){ .kind = DELIVER_SIGNAL }, name, NULL, variables));
	return settle(h);
}

/* The timer that is due first; open timers before those that start something. */
static const open_row *first_due(const flow_host *h, efile_time until)
{
	const open_row *found = NULL;

	for (size_t i = 0; i < h->open_count; i++) {
		const open_row *row = &h->open[i];

		if (row->kind == FLOW_WAIT_TIMER && row->due <= until &&
		    h->instances[row->instance - 1].status == FLOW_RUNNING &&
		    (!found || row->due < found->due))
			found = row;
	}
	return found;
}

static start_timer *first_start(flow_host *h, efile_time until)
{
	start_timer *found = NULL;

	for (size_t i = 0; i < h->timers_count; i++) {
		start_timer *t = &h->timers[i];

		if (!t->over && t->due <= until && is_newest(h, t->definition) &&
		    (!found || t->due < found->due))
			found = t;
	}
	return found;
}

static efile_status fire_start(flow_host *h, start_timer *t)
{
	const flow_start at = t->start;
	size_t definition = t->definition;
	efile_time due = t->due;

	h->now = due > h->now ? due : h->now;
	t->over = (t->bounded && !t->left) || !timer_again(&t->due, t->text, due);
	t->left -= t->bounded && t->left;
	TRY(occur(h, definition, &at, NULL));
	return settle(h);
}

efile_status flow_host_observe(flow_host *h, const char *variables)
{
	for (size_t i = 0; i < h->conditions_count; i++) {
		const start_condition c = h->conditions[i];
		int holds;

		if (!is_newest(h, c.definition))
			continue;
		TRY(start_holds(&holds, h->ctx, &h->definitions[c.definition], &c.start, variables,
				h->now));
		if (holds < 0 || c.held == (holds > 0))
			continue;
		h->conditions[i].held = holds > 0;
		if (holds)
			TRY(occur(h, c.definition, &c.start, variables));
	}
	return settle(h);
}

efile_status flow_host_advance(flow_host *h, efile_time until)
{
	for (size_t fired = 0; fired < DELIVERIES_MAX; fired++) {
		const open_row *row = first_due(h, until);
		start_timer *t = first_start(h, until);

		if (!row && !t) {
			h->now = until > h->now ? until : h->now;
			return flow_host_observe(h, NULL); /* conditions on the time */
		}
		if (!row || (t && t->due < row->due)) {
			TRY(fire_start(h, t));
			continue;
		}
		h->now = row->due > h->now ? row->due : h->now;
		TRY(flow_host_event(h, row->instance, (flow_event){ .kind = FLOW_EVENT_TIMER,
								    .wait = row->wait }));
	}
	return FAIL(h->ctx, EFILE_E_LIMIT, 2373, "more than %d timers come due", DELIVERIES_MAX);
}

/* ---- questions ---- */

efile_time flow_host_now(const flow_host *h)
{
	return h->now;
}

size_t flow_host_instance_count(const flow_host *h)
{
	return h->instances_count;
}

flow_status flow_host_status(const flow_host *h, uint64_t number)
{
	return h->instances[number - 1].status;
}

const char *flow_host_code(const flow_host *h, uint64_t number)
{
	const char *code = h->instances[number - 1].code;

	return code ? code : "";
}

const flow_definition *flow_host_definition_of(const flow_host *h, uint64_t number)
{
	return &h->definitions[h->instances[number - 1].definition];
}

size_t flow_host_definition_index(const flow_host *h, uint64_t number)
{
	return h->instances[number - 1].definition;
}

const buf *flow_host_state(const flow_host *h, uint64_t number)
{
	return &h->instances[number - 1].state;
}

efile_status flow_host_variables(const flow_host *h, uint64_t number, const char **json,
				 size_t *length)
{
	const proc *i = &h->instances[number - 1];
	flow_summary summary;

	TRY(flow_state_summary(&summary, h->ctx, &h->definitions[i->definition], i->state.data,
			       i->state.length));
	*json = summary.variables;
	*length = summary.variables_length;
	return EFILE_OK;
}

bool flow_host_open_at(const flow_host *h, size_t index, flow_open *out)
{
	const open_row *row;
	flow_node node;

	if (index >= h->open_count)
		return false;
	row = &h->open[index];
	flow_node_at(&node, flow_host_definition_of(h, row->instance), row->node);
	*out = (flow_open){ row->instance, row->wait, row->kind, node.id, node.handler, row->name,
			    row->key, row->due };
	return true;
}

size_t flow_host_done_count(const flow_host *h)
{
	return h->done_count;
}

flow_done flow_host_done_at(const flow_host *h, size_t index)
{
	const done_row *row = &h->done[index];
	flow_node node;

	flow_node_at(&node, flow_host_definition_of(h, row->instance), row->node);
	return (flow_done){ row->instance, node.id };
}

size_t flow_host_buffered(const flow_host *h)
{
	return h->kept_count;
}

size_t flow_host_event_count(const flow_host *h, uint64_t number)
{
	return h->instances[number - 1].events_count;
}

const flow_event *flow_host_event_at(const flow_host *h, uint64_t number, size_t index)
{
	return &h->instances[number - 1].events[index];
}
