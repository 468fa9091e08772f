/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sign-off lists at work: a row around the tasks of the entries, as a loop is around its instances. */
#include <stdlib.h>
#include <string.h>

#include "flow/form.h"
#include "flow/route.h"

bool inside_route(const machine *m, uint32_t node, uint64_t scope)
{
	const flow_row *row = state_row(&m->s, scope);

	return row && row->kind == ROW_ROUTE && row->node == node;
}

static efile_status load(route *r, machine *m, uint64_t number)
{
	const flow_row *row = state_row(&m->s, number);

	return route_read(r, m->ctx, m->s.texts.data + row->data, row->length);
}

static efile_status keep(machine *m, uint64_t number, const route *r)
{
	AUTO(buf) text = BUF_INIT;

	TRY(route_write(&text, m->ctx, r));
	row_data(m, state_row(&m->s, number), text.data, text.length);
	m->scope_filled = false; /* it may hold an entry as it was */
	return buf_status(&m->s.texts, m->ctx);
}

/* ---- the end of the list ---- */

/* What the process learns of it, in the variable that the task names. */
static efile_status tell(machine *m, const flow_row *row, const route *r, const char *outcome)
{
	const char *name = node_text(m->d, row->node, NODE_RESULT);
	AUTO(buf) text = BUF_INIT;
	json_writer w;

	if (!*name)
		return EFILE_OK;
	json_begin(&w, &text);
	json_object(&w);
	json_put_text(&w, "outcome", outcome);
	json_key(&w, "steps");
	route_put(&w, r);
	json_end_object(&w);
	TRY(buf_status(&text, m->ctx));
	return assign(m, row->scope, name, text.data, text.length);
}

static efile_status finish(machine *m, uint64_t number, const route *r, const char *outcome)
{
	const flow_row row = *state_row(&m->s, number);

	TRY(end_row(m, number, false));
	forget_variables(m);
	TRY(tell(m, &row, r, outcome));
	return activity_done(m, row.node, row.scope, row.index);
}

/* ---- going on ---- */

/* The next entries begin, each as a token: what goes wrong is an incident of its own. */
static efile_status open_group(machine *m, uint64_t number, route *r)
{
	const flow_row *row = state_row(&m->s, number);
	uint32_t node = row->node;
	bool any = false;

	for (size_t i = 0; i < r->count; i++) {
		route_step *s = &r->steps[i];

		if (s->state != ROUTE_WAITING)
			continue;
		if (any && s->group != r->current)
			break;
		any = true;
		r->current = s->group;
		s->state = ROUTE_OPEN;
	}
	TRY(keep(m, number, r));
	for (size_t i = 0; any && i < r->count; i++)
		if (r->steps[i].state == ROUTE_OPEN)
			TRY(add_token(m, (token){ node, EDGE_BODY, number,
						  (uint32_t)r->steps[i].id }));
	return any ? EFILE_OK : finish(m, number, r, "done");
}

efile_status start_route(machine *m, uint32_t node, uint64_t scope, uint32_t index)
{
	flow_row row = { .kind = ROW_ROUTE, .node = node, .scope = scope, .index = index };
	const frame f = { scope, index, NULL, 0 };
	const flow_row *around = state_row(&m->s, scope);
	AUTO(route) r = { .steps = NULL };
	AUTO(buf) text = BUF_INIT;
	uint64_t number;

	TRY(route_begin(&r, m, node, &f));
	TRY(route_write(&text, m->ctx, &r));
	row_data(m, &row, text.data, text.length);
	TRY(buf_status(&m->s.texts, m->ctx));
	TRY(add_row(m, row, &number));
	if (!around || around->kind != ROW_LOOP || around->node != node)
		TRY(subscribe_boundaries(m, node, number, scope));
	return state_row(&m->s, number) ? open_group(m, number, &r) : EFILE_OK;
}

efile_status start_step(machine *m, uint32_t node, uint64_t route_row, uint32_t index)
{
	flow_row row = { .kind = ROW_TASK, .node = node, .scope = route_row, .index = index };
	flow_effect created = { .kind = FLOW_EFFECT_TASK_CREATE, .node = node };
	AUTO(route) r = { .steps = NULL };
	AUTO(buf) inputs = BUF_INIT;
	frame f = { route_row, index, NULL, 0 };
	const route_step *step;
	efile_status status;

	TRY(load(&r, m, route_row));
	step = route_find(&r, index);
	if (!step)
		return EFILE_OK; /* a damaged state says so */
	TRY(map_inputs(m, &inputs, node, route_row, index));
	f.locals = inputs.data;
	f.length = inputs.length;
	TRY(offer_task(m, &created.variables, node, &f, step));
	if (inputs.length)
		row_data(m, &row, inputs.data, inputs.length);
	status = buf_status(&m->s.texts, m->ctx);
	if (status == EFILE_OK)
		status = add_row(m, row, &created.wait);
	if (status < 0) {
		free(created.variables);
		return status;
	}
	return add_effect_texts(m, created);
}

/* Who did what with an entry, and when. */
static void note(route_step *s, const machine *m, route_state state)
{
	s->state = state;
	s->by = m->event->actor.id;
	s->behalf = m->event->on_behalf_of.id;
	s->time = m->event->time;
	s->reason = m->event->message && state != ROUTE_DONE ? m->event->message : "";
}

efile_status step_done(machine *m, const flow_row *task)
{
	AUTO(route) r = { .steps = NULL };
	route_step *step;

	TRY(load(&r, m, task->scope));
	step = route_find(&r, task->index);
	if (step)
		note(step, m, ROUTE_DONE);
	if (!route_any_open(&r))
		return open_group(m, task->scope, &r);
	return keep(m, task->scope, &r);
}

/* ---- changes by who has an entry ---- */

/* All that is open ends undone: the tasks and what an incident holds back. */
static efile_status withdraw(machine *m, uint64_t number, route *r, uint32_t index, route_state own)
{
	for (size_t i = 0; i < r->count; i++) {
		route_step *s = &r->steps[i];

		if (s->id == index)
			note(s, m, own);
		else if (s->state == ROUTE_OPEN)
			s->state = ROUTE_WITHDRAWN;
	}
	return cancel_contents(m, number, false);
}

static efile_status send_back(machine *m, uint64_t number, route *r, uint32_t index,
			      const json_value *arguments)
{
	const json_value *to = json_member(arguments, "step");
	const json_value *direct = json_member(arguments, "direct");
	int64_t target = 0;

	if (to && (to->type != JSON_NUMBER || json_as_int(&target, to) < 0))
		return FAIL(m->ctx, EFILE_E_INVALID, 2473, "the sign-off list has no entry %lld", -1LL);
	TRY(withdraw(m, number, r, index, ROUTE_RETURNED));
	TRY(route_send_back(r, m->ctx, index, target, direct && direct->type == JSON_TRUE));
	return open_group(m, number, r);
}

/* A refusal ends the list: who comes behind is not asked any more. */
static efile_status refuse(machine *m, uint64_t number, route *r, uint32_t index)
{
	TRY(withdraw(m, number, r, index, ROUTE_REFUSED));
	for (size_t i = 0; i < r->count; i++)
		if (r->steps[i].state == ROUTE_WAITING)
			r->steps[i].state = ROUTE_SKIPPED;
	TRY(keep(m, number, r));
	return finish(m, number, r, "refused");
}

static efile_status change(machine *m, uint64_t number, route *r, const json_value *arguments)
{
	const flow_row *row = state_row(&m->s, number);
	size_t length;
	const char *at = form_calendar(&length, node_text(m->d, row->node, NODE_FORM));
	AUTO_PTR(char) calendar = NULL;

	TRY(mem_dup_bytes(&calendar, m->ctx, at, length));
	TRY(route_change(r, m->ctx, m->event->code, arguments, calendar));
	return keep(m, number, r);
}

static efile_status find_task(machine *m, flow_row *out)
{
	const flow_row *row = state_row(&m->s, m->event->wait);

	if (!row || row->kind != ROW_TASK)
		return FAIL(m->ctx, EFILE_E_NOTFOUND, 2331,
			    "the process does not wait for number %llu",
			    (unsigned long long)m->event->wait);
	if (!inside_route(m, row->node, row->scope))
		return FAIL(m->ctx, EFILE_E_STATE, 2479, "the task has no sign-off list");
	*out = *row;
	return EFILE_OK;
}

/* Who may not sign may neither refuse nor send back: it is a decision on the matter. */
static efile_status decides(machine *m, const flow_row *task)
{
	TRY(performers_check(m->ctx, m->d, &m->s, task, &m->event->actor.id,
			     &m->event->on_behalf_of.id));
	return note_performer(m, task->node);
}

efile_status on_route(machine *m)
{
	const char *act = m->event->code ? m->event->code : "";
	const char *json = m->event->variables ? m->event->variables : "{}";
	AUTO_PTR(json_document) arguments = NULL;
	AUTO(route) r = { .steps = NULL };
	flow_row task;

	TRY(find_task(m, &task));
	TRY(json_parse(&arguments, m->ctx, json, strlen(json)));
	TRY(load(&r, m, task.scope));
	if (!strcmp(act, "back") || !strcmp(act, "refuse"))
		TRY(decides(m, &task));
	if (!strcmp(act, "back"))
		return send_back(m, task.scope, &r, task.index, json_root(arguments));
	if (!strcmp(act, "refuse"))
		return refuse(m, task.scope, &r, task.index);
	return change(m, task.scope, &r, json_root(arguments));
}
