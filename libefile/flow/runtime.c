/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One event in one transaction: the step, the rows of its effects, its entry in the log; then the
 * handlers of the service tasks that it reached, one after the other, each with a step of its own. */
#include "flow/runtime.h"

#include "base/json.h"
#include "flow/form.h"
#include "flow/term.h"

#include <stdlib.h>
#include <string.h>

#include "flow/retry.h"
#include "model/model.h"

/* ---- durations of due dates ---- */

bool flow_duration(efile_time *out, const char *text)
{
	static const struct {
		char letter;
		bool of_day;
		int64_t seconds;
	} units[] = {
		{ 'W', false, 604800 }, { 'D', false, 86400 }, { 'H', true, 3600 },
		{ 'M', true, 60 }, { 'S', true, 1 },
		{ 'S', true, 1 },
	};
	int64_t seconds = 0;
	bool time = false, any = false;

	if (*text++ != 'P')
		return false;
	while (*text) {
		int64_t number = 0;
		size_t unit = 0;

		if (*text == 'T' && !time) {
			time = true;
			text++;
			continue;
		}
		if (!str_ascii_digit(*text))
			return false;
		for (; str_ascii_digit(*text) && number < 1000000; text++)
			number = number * 10 + (*text - '0');
		while (unit < ARRAY_SIZE(units) &&
		       (units[unit].letter != *text || units[unit].of_day != time))
			unit++;
		if (unit == ARRAY_SIZE(units))
			return false;
		seconds += number * units[unit].seconds;
		any = true;
		text++;
	}
	*out = seconds * 1000000;
	return any;
}

/* ---- effects on tasks ---- */

typedef struct reached_job {
	uint64_t wait;
	uint32_t node;
	flow_handler_fn call;   /* NULL: a decision */
	bool over;              /* ended before its turn */
} reached_job;

typedef struct applying {
	efile_session *session;
	efile_store *store;
	efile_ctx *ctx;
	instance_record *instance;
	const flow_definition *definition;
	const flow_event *event;
	task_record *task;      /* the one that is completed, or NULL */
	flow_posts *posts;
	reached_job *jobs;      /* whose handlers are to be called */
	size_t job_count;
	size_t job_capacity;
} applying;

/* What somebody has on the own desk is on no candidate's. */
static efile_status add_candidate(applying *a, const task_record *task, int64_t actor)
{
	candidate_record row = { .task = task->head.id, .actor = actor };
	bool there;

	TRY(candidate_is(&there, NULL, a->store, task->head.id, actor));
	if (there)
		return EFILE_OK;
	TRY(row_insert(a->store, &kind_candidate, &row));
	return task->assignee.set ? EFILE_OK : desk_put(a->store, task, actor);
}

/* Names separated by commas; a name that nobody bears is a mistake in the definition or the
 * organisation, and must not make a task that nobody ever sees. */
static efile_status add_candidates(applying *a, const task_record *task, const char *names)
{
	while (*names) {
		size_t length = strcspn(names, ",");
		size_t start = 0, end = length;
		const access_actor *actor;

		while (start < end && str_ascii_space(names[start]))
			start++;
		while (end > start && str_ascii_space(names[end - 1]))
			end--;
		if (end > start) {
			TRY(access_actor_named(&actor, a->session, names + start, end - start));
			TRY(add_candidate(a, task, actor->row));
		}
		names += length + (names[length] == ',');
	}
	return EFILE_OK;
}

/* To whom a task is offered, and when it is to be done: by the definition or, where that has
 * expressions, by the step. */
typedef struct offer {
	flow_node node;
	json_document *said;
	const char *groups, *users, *assignee, *priority, *due, *follow_up;
} offer;

static void offer_clear(offer *o)
{
	json_document_free(o->said);
}

static const char *said(const offer *o, const char *key)
{
	const char *text = json_member_text(json_root(o->said), key);

	return text ? text : "";
}

static efile_status read_offer(offer *o, applying *a, const flow_effect *effect)
{
	const flow_node *n = &o->node;

	flow_node_at(&o->node, a->definition, effect->node);
	o->groups = n->groups, o->users = n->users, o->assignee = n->assignee;
	o->priority = n->priority, o->due = n->due_in, o->follow_up = n->follow_up;
	if (!effect->variables)
		return EFILE_OK;
	TRY(json_parse(&o->said, a->ctx, effect->variables, strlen(effect->variables)));
	o->groups = said(o, "groups"), o->users = said(o, "users");
	o->assignee = said(o, "assignee"), o->priority = said(o, "priority");
	o->due = said(o, "due"), o->follow_up = said(o, "follow_up");
	return EFILE_OK;
}

static efile_status set_term(opt_int *out, applying *a, const offer *o, const char *text, bool last)
{
	AUTO_PTR(char) calendar = NULL;
	const char *at;
	size_t length;

	if (!*text)
		return EFILE_OK;
	at = form_calendar(&length, o->node.form);
	TRY(mem_dup_bytes(&calendar, a->ctx, at, length));
	out->set = true;
	return term_compute(&out->value, a->ctx, text, calendar, a->event->time, last);
}

/* What is no number from 0 to 100 is cut; other engines know larger ones. */
static void set_priority(task_record *row, const char *text)
{
	long priority = strtol(text, NULL, 10);

	priority = priority < 0 ? 0 : priority > 100 ? 100 : priority;
	if (*text && priority != TASK_PRIORITY)
		row->priority = (opt_int){ true, priority };
}

static void set_instruction(task_record *row, const offer *o)
{
	efile_instruction instruction = EFILE_INSTRUCTION_NONE;

	efile_instruction_parse(&instruction, o->said ? said(o, "instruction") : "");
	row->instruction = (opt_int){ instruction != EFILE_INSTRUCTION_NONE, instruction };
}

static efile_status fill_task(task_record *row, applying *a, const offer *o, uint64_t wait)
{
	const flow_node *node = &o->node;

	TRY(id_new(&row->uuid, a->ctx));
	TRY(mem_dup(&row->node, a->ctx, node->id));
	TRY(mem_dup(&row->name, a->ctx, *node->name ? node->name : node->id));
	row->instance = a->instance->head.id;
	row->wait = (int64_t)wait;
	row->status = TASK_OPEN;
	row->created = ctx_now(a->ctx);
	set_instruction(row, o);
	set_priority(row, o->priority);
	TRY(set_term(&row->due, a, o, o->due, true));
	return set_term(&row->follow_up, a, o, o->follow_up, false);
}

/* Only a person has a desk: a role or unit that is named as assignee is a group of candidates. The
 * desk of who has left stays: deputies see it. */
static efile_status assign_task(task_record *row, int64_t *candidate, applying *a,
				const char *assignee)
{
	const access_actor *actor;

	if (!*assignee)
		return EFILE_OK;
	TRY(access_actor_named(&actor, a->session, assignee, strlen(assignee)));
	if (actor->kind == EFILE_ACTOR_PERSON)
		row->assignee = (opt_int){ true, actor->row };
	else
		*candidate = actor->row;
	return EFILE_OK;
}

static efile_status starter_row(int64_t *out, applying *a)
{
	if (id_compare(&a->instance->starter, &a->session->actor) == 0) {
		*out = a->session->actor_row;
		return EFILE_OK;
	}
	return access_actor_row(out, a->session, &a->instance->starter);
}

static efile_status set_reminders(applying *a, task_record *row, const offer *o,
				  const json_value *reminders)
{
	AUTO_PTR(char) calendar = NULL;
	size_t length;
	const char *at = form_calendar(&length, o->node.form);

	TRY(mem_dup_bytes(&calendar, a->ctx, at, length));
	return reminders_create(a->session, row, reminders, calendar);
}

/* A task that names nobody is for who started the process. */
static efile_status create_task(applying *a, const flow_effect *effect)
{
	AUTO(task_record) row = { .head = { 0, 0 } };
	AUTO(offer) o = { .said = NULL };
	const json_value *reminders;
	int64_t candidate = 0;

	TRY(read_offer(&o, a, effect));
	TRY(fill_task(&row, a, &o, effect->wait));
	TRY(assign_task(&row, &candidate, a, o.assignee));
	reminders = o.said ? json_member(json_root(o.said), "reminders") : NULL;
	row.reminders = (opt_int){ reminders_said(reminders) != 0, (int64_t)reminders_said(reminders) };
	row.alone.set = row.assignee.set && !*o.groups && !*o.users;
	row.alone.value = row.alone.set;
	TRY(row_insert(a->store, &kind_task, &row));
	if (row.reminders.set)
		TRY(set_reminders(a, &row, &o, reminders));
	TRY(add_candidates(a, &row, o.groups));
	TRY(add_candidates(a, &row, o.users));
	if (!*o.groups && !*o.users && !*o.assignee)
		TRY(starter_row(&candidate, a));
	return candidate ? add_candidate(a, &row, candidate) : EFILE_OK;
}

static efile_status write_ended(applying *a, task_record *row, bool cancelled)
{
	row->status = cancelled ? TASK_CANCELLED : TASK_COMPLETED;
	row->ended = (opt_int){ true, ctx_now(a->ctx) };
	row->performer = cancelled ? EFILE_ID_NONE : a->event->actor.id;
	row->behalf = cancelled ? EFILE_ID_NONE : a->event->on_behalf_of.id;
	if (!row->alone.set)
		TRY(candidates_remove(a->store, row->head.id));
	if (row->reminders.set)
		TRY(reminders_remove(a->store, row));
	return row_update(a->store, &kind_task, row);
}

static efile_status end_task(applying *a, const flow_effect *effect)
{
	AUTO(task_record) row = { .head = { 0, 0 } };

	if (a->task && a->task->wait == (int64_t)effect->wait)
		return write_ended(a, a->task, effect->cancelled);
	TRY(task_by_wait(&row, a->store, a->instance->head.id, effect->wait));
	return write_ended(a, &row, effect->cancelled);
}

/* ---- effects on jobs ---- */

static efile_status remember_job(applying *a, const flow_effect *effect, flow_handler_fn call)
{
	TRY(mem_grow(a->ctx, (void **)&a->jobs, &a->job_capacity, a->job_count, sizeof(*a->jobs)));
	a->jobs[a->job_count++] = (reached_job){ effect->wait, effect->node, call, false };
	return EFILE_OK;
}

/* A whole number; what is no number is none. */
static opt_int job_priority(const char *text)
{
	int64_t value = 0;
	bool minus = *text == '-';

	for (text += minus; str_ascii_digit(*text) && value < 1000000; text++)
		value = value * 10 + (*text - '0');
	return (opt_int){ value != 0 && !*text, minus ? -value : value };
}

static efile_status fill_job(job_record *row, applying *a, uint64_t wait, const flow_node *node)
{
	TRY(id_new(&row->uuid, a->ctx));
	TRY(mem_dup(&row->node, a->ctx, node->id));
	TRY(mem_dup(&row->handler, a->ctx, node->handler));
	row->instance = a->instance->head.id;
	row->wait = (int64_t)wait;
	row->created = ctx_now(a->ctx);
	row->priority = job_priority(node->priority);
	return EFILE_OK;
}

static efile_status create_job(applying *a, const flow_effect *effect)
{
	AUTO(job_record) row = { .head = { 0, 0 } };
	flow_handler_fn call;
	flow_node node;

	flow_node_at(&node, a->definition, effect->node);
	call = handler_named(a->store, node.handler);
	if (call || decision_of_handler(node.handler))
		return remember_job(a, effect, call);
	TRY(fill_job(&row, a, effect->wait, &node));
	return row_insert(a->store, &kind_job, &row);
}

static efile_status end_job(applying *a, const flow_effect *effect)
{
	AUTO(job_record) row = { .head = { 0, 0 } };
	efile_status status = job_by_wait(&row, a->store, a->instance->head.id, effect->wait);

	for (size_t i = 0; i < a->job_count; i++)
		if (a->jobs[i].wait == effect->wait)
			a->jobs[i].over = true;
	if (status == EFILE_E_NOTFOUND) /* one that a handler of ours does has no row */
		return EFILE_OK;
	TRY(status);
	return row_delete(a->store, &kind_job, &row);
}

/* ---- effects on waits ---- */

static efile_status create_wait(applying *a, const flow_effect *effect)
{
	AUTO(wait_record) row = { .head = { 0, 0 } };
	efile_status status = wait_find(&row, a->store, a->instance->head.id, effect->wait);
	flow_node node;

	if (status != EFILE_E_NOTFOUND)
		TRY(status);
	if (status == EFILE_OK) { /* a cycle goes round */
		row.due = (opt_int){ true, effect->due };
		return row_update(a->store, &kind_wait, &row);
	}
	if (effect->what == FLOW_WAIT_CONDITION)
		return EFILE_OK; /* the state says so; nobody outside asks for it */
	flow_node_at(&node, a->definition, effect->node);
	TRY(mem_dup(&row.node, a->ctx, node.id));
	TRY(mem_dup(&row.name, a->ctx, effect->message ? effect->message : ""));
	TRY(mem_dup(&row.key, a->ctx, effect->key ? effect->key : ""));
	row.instance = a->instance->head.id;
	row.wait = (int64_t)effect->wait;
	row.kind = effect->what;
	row.due = (opt_int){ effect->what == FLOW_WAIT_TIMER, effect->due };
	TRY(row_insert(a->store, &kind_wait, &row));
	return effect->what == FLOW_WAIT_MESSAGE ? post_kept(a->posts, a->session, &row) :
						   EFILE_OK;
}

static efile_status end_wait(applying *a, const flow_effect *effect)
{
	AUTO(wait_record) row = { .head = { 0, 0 } };
	efile_status status = wait_find(&row, a->store, a->instance->head.id, effect->wait);

	if (status == EFILE_E_NOTFOUND)
		return EFILE_OK;
	TRY(status);
	return row_delete(a->store, &kind_wait, &row);
}

/* ---- effects on incidents ---- */

static efile_status create_incident(applying *a, const flow_effect *effect)
{
	AUTO(incident_record) row = { .head = { 0, 0 } };
	flow_node node;

	flow_node_at(&node, a->definition, effect->node);
	TRY(mem_dup(&row.node, a->ctx, node.id));
	TRY(mem_dup(&row.message, a->ctx, effect->message ? effect->message : ""));
	if (a->event->kind == FLOW_EVENT_JOB_FAILED || a->event->kind == FLOW_EVENT_JOB_ERROR)
		TRY(mem_dup(&row.handler, a->ctx, *node.handler ? node.handler : NULL));
	row.instance = a->instance->head.id;
	row.wait = (int64_t)effect->wait;
	row.created = ctx_now(a->ctx);
	return row_insert(a->store, &kind_incident, &row);
}

static efile_status end_incident(applying *a, const flow_effect *effect)
{
	AUTO(incident_record) row = { .head = { 0, 0 } };
	efile_status status =
		incident_by_wait(&row, a->store, a->instance->head.id, effect->wait);

	if (status == EFILE_E_NOTFOUND) /* from before there was a list */
		return EFILE_OK;
	TRY(status);
	return row_delete(a->store, &kind_incident, &row);
}

static efile_status apply_effect(applying *a, const flow_effect *effect)
{
	switch (effect->kind) {
	case FLOW_EFFECT_TASK_CREATE:
		return create_task(a, effect);
	case FLOW_EFFECT_TASK_END:
		return end_task(a, effect);
	case FLOW_EFFECT_JOB_CREATE:
		return create_job(a, effect);
	case FLOW_EFFECT_JOB_END:
		return end_job(a, effect);
	case FLOW_EFFECT_SUBSCRIBE:
		return create_wait(a, effect);
	case FLOW_EFFECT_UNSUBSCRIBE:
		return end_wait(a, effect);
	case FLOW_EFFECT_INCIDENT:
		return create_incident(a, effect);
	case FLOW_EFFECT_INCIDENT_END:
		return end_incident(a, effect);
	default: /* paths and variables stand in the state and the log */
		return EFILE_OK;
	}
}

/* ---- the step ---- */

static efile_status take_state(applying *a, buf *state)
{
	char *data;
	size_t length = state->length;

	TRY(buf_take(&data, state, a->ctx));
	free(a->instance->state.data);
	a->instance->state = (bytes){ (unsigned char *)data, length };
	return EFILE_OK;
}

/* How the instance stands after the step; its row is written once, before those that name it. */
static efile_status write_instance(applying *a, const flow_effects *effects)
{
	instance_record *row = a->instance;

	if (a->event->kind == FLOW_EVENT_SUSPEND)
		row->status = EFILE_FLOW_SUSPENDED;
	if (a->event->kind == FLOW_EVENT_RESUME)
		row->status = EFILE_FLOW_RUNNING;
	for (size_t i = 0; i < effects->count; i++) {
		const flow_effect *e = &effects->items[i];

		if (e->kind != FLOW_EFFECT_ENDED)
			continue;
		row->status = e->failed ? EFILE_FLOW_FAILED :
			e->cancelled ? EFILE_FLOW_CANCELLED : EFILE_FLOW_ENDED;
		row->ended = (opt_int){ true, ctx_now(a->ctx) };
	}
	if (!row->head.id)
		return row_insert(a->store, &kind_instance, row);
	if (a->event->kind == FLOW_EVENT_MIGRATE) /* its definition is another one */
		return row_rewrite(a->store, &kind_instance, row);
	return row_update(a->store, &kind_instance, row);
}

static efile_status journal_step(applying *a, journal_action action)
{
	AUTO(buf) body = BUF_INIT;
	flow_event event = *a->event;

	event.actor.id = event.on_behalf_of.id = EFILE_ID_NONE; /* the entry says them */
	TRY(flow_event_write(&body, a->ctx, &event));
	TRY(buf_status(&body, a->ctx));
	return session_journal(a->session, action, RECORD_INSTANCE, &a->instance->uuid,
			       a->instance->dossier, body.data);
}

/* The rows of the effects, then what they tell other instances. */
static efile_status apply_effects(applying *a, const flow_effects *effects)
{
	for (size_t i = 0; i < effects->count; i++)
		TRY(apply_effect(a, &effects->items[i]));
	for (size_t i = 0; i < effects->count; i++)
		TRY(post_effect(a->posts, a->session, a->instance, a->definition,
				&effects->items[i]));
	return EFILE_OK;
}

/* Rows and log of a step; its state is taken over. */
static efile_status apply_made(applying *a, journal_action action, buf *state,
			       const flow_effects *effects)
{
	TRY(take_state(a, state));
	TRY(write_instance(a, effects));
	TRY(apply_effects(a, effects));
	TRY(journal_step(a, action));
	return a->event->kind == FLOW_EVENT_RESUME ?
		       post_kept_for(a->posts, a->session, a->instance->head.id) : EFILE_OK;
}

static efile_status step(applying *a, journal_action action)
{
	AUTO(flow_effects) effects = { NULL, 0, 0 };
	AUTO(buf) state = BUF_INIT;
	flow_engine *engine;

	TRY(engine_of(&engine, a->store));
	TRY(flow_engine_step(&state, &effects, engine, a->definition, a->instance->state.data,
			     a->instance->state.length, a->event));
	return apply_made(a, action, &state, &effects);
}

/* ---- handlers ---- */

/* Trouble of the store or of the machine ends the call; anything else is the process's incident. */
static bool is_incident(efile_status status)
{
	switch (status) {
	case EFILE_E_STORAGE:
	case EFILE_E_DAMAGED:
	case EFILE_E_BUSY:
	case EFILE_E_NOMEM:
	case EFILE_E_INTERNAL:
	case EFILE_E_CANCELLED:
		return false;
	default:
		return status < 0;
	}
}

/* What is no object is the handler's mistake, and an incident like any other of its failures. */
static efile_status check_result(efile_ctx *ctx, const char *result)
{
	AUTO_PTR(json_document) document = NULL;

	if (!result)
		return EFILE_OK;
	TRY(json_parse(&document, ctx, result, strlen(result)));
	if (json_root(document)->type != JSON_OBJECT)
		return FAIL(ctx, EFILE_E_FORMAT, 2421, "the handler's result is no JSON object");
	return EFILE_OK;
}

/* In a savepoint, so that a failing handler leaves nothing behind. */
static efile_status call_handler(char **result, applying *a, const reached_job *job)
{
	AUTO(txn) tx = TXN_NONE;
	AUTO_PTR(char) variables = NULL;
	flow_node node;
	flow_call call = { .instance = { a->instance->uuid },
			   .case_id = { a->instance->case_id },
			   .document = { a->instance->document } };

	TRY(session_begin(&tx, a->session));
	TRY(instance_wait_variables(&variables, a->session, a->instance, job->wait));
	call.variables = variables;
	if (!job->call) {
		flow_node_at(&node, a->definition, job->node);
		TRY(flow_decide(result, a->session, a->instance->definition, &node, *node.result,
				variables));
	} else {
		TRY(job->call(result, a->session, &call));
		TRY(check_result(a->ctx, *result));
	}
	return txn_commit(&tx);
}

/* The first failure of a handler inside: if the model says that it is tried again, a row waits. */
static efile_status delay_job(bool *delayed, applying *a, const reached_job *job,
			      const char *message)
{
	AUTO(job_record) row = { .head = { 0, 0 } };
	retry_plan plan;
	efile_time wait;
	flow_node node;

	flow_node_at(&node, a->definition, job->node);
	*delayed = *node.retries && retry_read(&plan, node.retries) && retry_wait(&wait, &plan, 1);
	if (!*delayed)
		return EFILE_OK;
	TRY(fill_job(&row, a, job->wait, &node));
	row.failures = (opt_int){ true, 1 };
	return job_wait_again(a->session, &row, wait, message);
}

static efile_status run_job(applying *a, const reached_job *job)
{
	flow_event event = { .kind = FLOW_EVENT_JOB_DONE, .wait = job->wait };
	AUTO_PTR(char) result = NULL;
	AUTO_PTR(char) message = NULL;
	efile_status status = call_handler(&result, a, job);
	bool delayed;

	if (status < 0 && !is_incident(status))
		return status;
	if (status < 0) {
		TRY(mem_dup(&message, a->ctx, efile_error_message(a->ctx)));
		error_clear(a->ctx);
		TRY(delay_job(&delayed, a, job, message));
		if (delayed)
			return EFILE_OK;
		event.kind = FLOW_EVENT_JOB_FAILED;
		event.message = message;
	}
	event.variables = status < 0 ? NULL : result;
	event.time = ctx_now(a->ctx);
	a->event = &event;
	return step(a, status < 0 ? JOURNAL_JOB_FAILED : JOURNAL_JOB_DONE);
}

efile_status job_run_inside(bool *known, efile_session *session, job_record *job)
{
	AUTO(instance_record) instance = { .head = { 0, 0 } };
	AUTO(definition_ref) definition = DEFINITION_REF_NONE;
	AUTO_PTR(char) result = NULL;
	AUTO_PTR(char) message = NULL;
	reached_job reached = { (uint64_t)job->wait, 0, handler_named(session->store, job->handler),
				false };
	int64_t node;
	applying a = { .session = session, .store = session->store, .ctx = session_ctx(session),
		       .instance = &instance };
	flow_event event = { .kind = FLOW_EVENT_JOB_DONE, .wait = reached.wait };
	efile_status status;

	*known = reached.call || decision_of_handler(job->handler);
	if (!*known)
		return EFILE_OK;
	TRY(instance_by_row(&instance, session->store, job->instance));
	if (instance.status != EFILE_FLOW_RUNNING)
		return EFILE_E_STATE;
	TRY(definition_hold(&definition, session->store, instance.definition));
	a.definition = definition.opened;
	node = flow_node_find(definition.opened, job->node);
	reached.node = node < 0 ? 0 : (uint32_t)node;
	status = call_handler(&result, &a, &reached);
	event.variables = result;
	if (status >= 0)
		return flow_apply(session, &instance, definition.opened, &event, JOURNAL_JOB_DONE);
	if (!is_incident(status))
		return status;
	TRY(mem_dup(&message, a.ctx, efile_error_message(a.ctx)));
	error_clear(a.ctx);
	return job_try_again(session, job, message);
}

/* The jobs of a step may bring further ones: a list, no recursion; flow_moves bounds it. */
static efile_status run_jobs(applying *a)
{
	for (size_t i = 0; i < a->job_count; i++) {
		const reached_job job = a->jobs[i];

		if (i >= a->ctx->limits.flow_moves)
			return FAIL(a->ctx, EFILE_E_LIMIT, 2401,
				    "a process called more than %u handlers without a wait",
				    a->ctx->limits.flow_moves);
		if (!job.over)
			TRY(run_job(a, &job));
	}
	return EFILE_OK;
}

static efile_status apply(applying *a, flow_event *event, journal_action action)
{
	efile_status status;

	a->store = a->session->store;
	a->ctx = session_ctx(a->session);
	a->event = event;
	event->actor.id = a->session->actor;
	event->on_behalf_of.id = a->session->behalf;
	event->time = ctx_now(a->ctx);
	status = step(a, action);
	if (status == EFILE_OK)
		status = run_jobs(a);
	free(a->jobs);
	return status;
}

efile_status flow_apply_one(efile_session *session, instance_record *instance,
			    const flow_definition *definition, flow_event *event,
			    journal_action action, flow_posts *posts)
{
	applying a = { .session = session, .instance = instance, .definition = definition,
		       .posts = posts };

	return apply(&a, event, action);
}

efile_status flow_apply_task(efile_session *session, instance_record *instance,
			     const flow_definition *definition, flow_event *event,
			     task_record *task)
{
	AUTO(flow_posts) posts = { .items = NULL };
	applying a = { .session = session, .instance = instance, .definition = definition,
		       .posts = &posts, .task = task };

	TRY(apply(&a, event, JOURNAL_TASK_COMPLETED));
	return deliver_posts(&posts, session);
}

efile_status flow_apply_made(efile_session *session, instance_record *instance,
			     const flow_definition *definition, flow_event *event,
			     journal_action action, buf *state, flow_effects *effects)
{
	AUTO(flow_posts) posts = { .items = NULL };
	applying a = { .session = session, .store = session->store, .ctx = session_ctx(session),
		       .instance = instance, .definition = definition, .event = event,
		       .posts = &posts };
	efile_status status = apply_made(&a, action, state, effects);

	if (status == EFILE_OK)
		status = run_jobs(&a);
	free(a.jobs);
	TRY(status);
	return deliver_posts(&posts, session);
}

efile_status flow_apply(efile_session *session, instance_record *instance,
			const flow_definition *definition, flow_event *event,
			journal_action action)
{
	AUTO(flow_posts) posts = { .items = NULL };

	TRY(flow_apply_one(session, instance, definition, event, action, &posts));
	return deliver_posts(&posts, session);
}

/* ---- what others ask of an instance ---- */

efile_status instance_require(efile_session *session, const instance_record *instance,
			      efile_right right)
{
	AUTO(node_record) node = { .head = { 0, 0 } };
	int administrator;

	if (!efile_id_is_none(&instance->case_id))
		return node_require(&node, session, right, &instance->case_id, NODE_KINDS_ANY);
	if (id_compare(&instance->starter, &session->actor) == 0)
		return EFILE_OK;
	TRY(efile_session_is_administrator(session, &administrator));
	return administrator ? EFILE_OK :
			       access_missing(session, RECORD_INSTANCE, &instance->uuid, NULL);
}

efile_status instance_variables(char **out, efile_session *session,
				const instance_record *instance)
{
	AUTO(definition_ref) row = DEFINITION_REF_NONE;
	flow_summary summary;

	TRY(definition_hold(&row, session->store, instance->definition));
	TRY(flow_state_summary(&summary, session_ctx(session), row.opened, instance->state.data,
			       instance->state.length));
	return mem_dup_bytes(out, session_ctx(session), summary.variables,
			     summary.variables_length);
}

efile_status instance_wait_variables(char **out, efile_session *session,
				     const instance_record *instance, uint64_t wait)
{
	AUTO(definition_ref) definition = DEFINITION_REF_NONE;
	AUTO(buf) variables = BUF_INIT;

	TRY(definition_hold(&definition, session->store, instance->definition));
	TRY(flow_state_variables(&variables, session_ctx(session), definition.opened,
				 instance->state.data, instance->state.length, wait));
	return buf_take(out, &variables, session_ctx(session));
}
