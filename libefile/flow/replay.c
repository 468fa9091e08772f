/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The log of an instance once more through the engine, step by step, also from one version of its
 * process to the next. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "flow/migrate.h"
#include "flow/runtime.h"

/* ---- the log ---- */

/* The entries that are events of the engine; refusals and the like are about the instance, too. */
static bool is_step(const char *action)
{
	static const journal_action steps[] = {
		JOURNAL_FLOW_STARTED, JOURNAL_TASK_COMPLETED, JOURNAL_JOB_DONE,
		JOURNAL_JOB_FAILED, JOURNAL_FLOW_CANCELLED, JOURNAL_FLOW_RETRIED,
		JOURNAL_FLOW_MESSAGE, JOURNAL_FLOW_SIGNAL, JOURNAL_FLOW_TIMER,
		JOURNAL_FLOW_RETURNED, JOURNAL_FLOW_SUSPENDED, JOURNAL_FLOW_RESUMED,
		JOURNAL_FLOW_MOVED, JOURNAL_FLOW_MIGRATED, JOURNAL_FLOW_CHANGED,
		JOURNAL_FLOW_ROUTED,
	};

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		if (strcmp(action, journal_action_name(steps[i])) == 0)
			return true;
	return false;
}

typedef struct history {
	flow_event *events;
	size_t count;
	size_t capacity;
} history;

static void history_clear(history *h)
{
	for (size_t i = 0; i < h->count; i++)
		flow_event_clear(&h->events[i]);
	free(h->events);
}

/* Who acted stands in the entry; in stores of format 1 in the body, too. */
static efile_status read_step(flow_event *out, efile_ctx *ctx, const efile_event *entry)
{
	TRY(flow_event_read(out, ctx, entry->body, strlen(entry->body)));
	if (efile_id_is_none(&out->actor.id)) {
		out->actor.id = entry->actor;
		out->on_behalf_of.id = entry->behalf;
	}
	return EFILE_OK;
}

static efile_status load_history(history *h, efile_session *session, const efile_id *instance)
{
	efile_ctx *ctx = session_ctx(session);
	efile_event_cursor *cursor = NULL;
	efile_event entry;
	efile_status status = journal_events_of(&cursor, session->store, instance);

	while (status == EFILE_OK && (status = efile_event_cursor_next(cursor, &entry)) == EFILE_OK) {
		if (!is_step(entry.action))
			continue;
		status = mem_grow(ctx, (void **)&h->events, &h->capacity, h->count,
				  sizeof(*h->events));
		if (status == EFILE_OK)
			status = read_step(&h->events[h->count], ctx, &entry);
		if (status == EFILE_OK)
			h->count++;
	}
	efile_event_cursor_free(cursor);
	return status < 0 ? status : EFILE_OK;
}

/* ---- step by step ---- */

efile_status plan_of_event(flow_plan *out, efile_ctx *ctx, const flow_definition *from,
			   const flow_definition *to, const flow_event *event)
{
	AUTO_PTR(json_document) document = NULL;
	flow_mapping *mappings;
	size_t count = 0;
	efile_status status;

	TRY(json_parse(&document, ctx, event->variables, strlen(event->variables)));
	for (const json_value *v = json_root(document)->child; v; v = v->next)
		count++;
	mappings = mem_new(ctx, (count + 1) * sizeof(*mappings));
	if (!mappings)
		return EFILE_E_NOMEM;
	count = 0;
	for (const json_value *v = json_root(document)->child; v; v = v->next)
		if (v->type == JSON_STRING)
			mappings[count++] = (flow_mapping){ v->key, v->text };
	status = flow_plan_make(out, ctx, from, to, mappings, count);
	free(mappings);
	return status;
}

static efile_status hold_by_text(definition_ref *out, efile_session *session, const char *text)
{
	efile_id id;
	int64_t row;

	if (!text || efile_id_parse(&id, text) < 0 ||
	    definition_row_of(&row, session->store, &id) != EFILE_OK)
		return FAIL(session_ctx(session), EFILE_E_DAMAGED, 2400,
			    "the definition of a process is missing");
	return definition_hold(out, session->store, row);
}

/* What it was started with: what the first change of version names, else what it has now. */
static efile_status hold_first(definition_ref *out, efile_session *session, const history *h,
			       const instance_record *row)
{
	for (size_t i = 0; i < h->count; i++)
		if (h->events[i].kind == FLOW_EVENT_MIGRATE)
			return hold_by_text(out, session, h->events[i].message);
	return definition_hold(out, session->store, row->definition);
}

typedef struct walk {
	efile_session *session;
	definition_ref definition;
	buf state;
	walk_fn fn;
	void *user;
	bool as_before;
} walk;

static efile_status change_version(walk *w, const flow_event *event)
{
	AUTO(definition_ref) next = DEFINITION_REF_NONE;
	AUTO(flow_plan) plan = { .nodes = NULL };
	AUTO(flow_effects) effects = { NULL, 0, 0 };
	AUTO(buf) state = BUF_INIT;
	efile_ctx *ctx = session_ctx(w->session);
	definition_ref old;
	efile_status status;

	TRY(hold_by_text(&next, w->session, event->code));
	TRY(plan_of_event(&plan, ctx, w->definition.opened, next.opened, event));
	status = flow_migrate(&state, &effects, NULL, NULL, ctx, &plan, buf_text(&w->state),
			      w->state.length, event);
	if (status == EFILE_DONE)
		return FAIL(ctx, EFILE_E_DAMAGED, 2382,
			    "the log changes a process to a version that it does not fit");
	TRY(status);
	TRY(w->fn(w->user, next.opened, event, &effects, &plan));
	buf_clear(&w->state);
	w->state = state;
	state = (buf)BUF_INIT;
	old = w->definition;
	w->definition = next;
	next = old;
	return EFILE_OK;
}

static efile_status one_step(walk *w, flow_event *event)
{
	AUTO(flow_effects) effects = { NULL, 0, 0 };
	AUTO(buf) state = BUF_INIT;

	event->as_before = w->as_before;
	if (event->kind == FLOW_EVENT_MIGRATE)
		return change_version(w, event);
	TRY(flow_step(&state, &effects, session_ctx(w->session), w->definition.opened,
		      buf_text(&w->state), w->state.length, event));
	TRY(w->fn(w->user, w->definition.opened, event, &effects, NULL));
	buf_clear(&w->state);
	w->state = state;
	state = (buf)BUF_INIT;
	return EFILE_OK;
}

static efile_status walk_log(buf *state, size_t *steps, efile_session *session,
			     const instance_record *row, walk_fn fn, void *user, bool as_before)
{
	walk w = { .session = session, .definition = DEFINITION_REF_NONE, .state = BUF_INIT,
		   .fn = fn, .user = user, .as_before = as_before };
	AUTO(history) h = { NULL, 0, 0 };
	efile_status status;

	if (row->erased.set)
		return FAIL(session_ctx(session), EFILE_E_STATE, 2488,
			    "the retention of the process is over: its log entries are erased");
	TRY(load_history(&h, session, &row->uuid));
	status = hold_first(&w.definition, session, &h, row);
	for (size_t i = 0; i < h.count && status == EFILE_OK; i++)
		status = one_step(&w, &h.events[i]);
	definition_ref_clear(&w.definition);
	*steps = h.count;
	if (status == EFILE_OK && state) {
		buf_clear(state);
		*state = w.state;
	} else {
		buf_clear(&w.state);
	}
	return status;
}

efile_status instance_walk(buf *state, size_t *steps, efile_session *session,
			   const instance_record *row, walk_fn fn, void *user)
{
	return walk_log(state, steps, session, row, fn, user, false);
}

/* ---- the state by the log ---- */

typedef struct collection {
	efile_ctx *ctx;
	flow_effects *effects;  /* NULL: not wanted */
	desk_log *desk;         /* the same */
} collection;

static efile_status collect(void *user, const flow_definition *d, const flow_event *event,
			    flow_effects *effects, const flow_plan *plan)
{
	collection *all = user;
	void *items;

	(void)d;
	if (all->desk)
		TRY(desk_log_step(all->desk, all->ctx, event, effects));
	if (!all->effects)
		return EFILE_OK;
	if (plan)
		flow_plan_effects(all->effects, plan);
	for (size_t i = 0; i < effects->count; i++) {
		items = all->effects->items;
		TRY(mem_grow(all->ctx, &items, &all->effects->capacity, all->effects->count,
			     sizeof(flow_effect)));
		all->effects->items = items;
		all->effects->items[all->effects->count++] = effects->items[i];
		effects->items[i] = (flow_effect){ .kind = effects->items[i].kind };
	}
	return EFILE_OK;
}

efile_status instance_replay(buf *state, flow_effects *effects, size_t *steps,
			     efile_session *session, const instance_record *row)
{
	collection all = { session_ctx(session), effects, NULL };

	return instance_walk(state, steps, session, row, collect, &all);
}

static efile_status compare(size_t *steps, efile_session *session, const instance_record *row,
			    bool as_before)
{
	AUTO(buf) state = BUF_INIT;
	AUTO(desk_log) desk = { .items = NULL };
	collection all = { .ctx = session_ctx(session), .desk = &desk };

	TRY(walk_log(&state, steps, session, row, collect, &all, as_before));
	if (state.length != row->state.length ||
	    memcmp(state.data, row->state.data, state.length) != 0)
		return FAIL(session_ctx(session), EFILE_E_DAMAGED, 2406,
			    "the state of a process differs from what its log gives");
	return desk_log_compare(session, &desk, row);
}

/* What differs may have been done when events that could not be listened to held tokens back. */
static bool may_be_older(efile_status status)
{
	return status == EFILE_E_DAMAGED || status == EFILE_E_NOTFOUND || status == EFILE_E_STATE;
}

efile_status efile_flow_replay(efile_session *session, efile_instance_id instance, int64_t *steps)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(instance_record) row = { .head = { 0, 0 } };
	size_t count = 0;
	efile_status status;

	TRY(session_enter(&call, session));
	TRY(instance_load(&row, session, instance, EFILE_RIGHT_READ));
	status = compare(&count, session, &row, false);
	if (may_be_older(status) && !row.erased.set) {
		error_clear(session_ctx(session));
		status = compare(&count, session, &row, true);
		if (may_be_older(status)) {
			error_clear(session_ctx(session));
			status = compare(&count, session, &row, false); /* for what it says */
		}
	}
	TRY(status);
	if (steps)
		*steps = (int64_t)count;
	return EFILE_OK;
}
