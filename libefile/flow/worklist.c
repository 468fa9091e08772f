/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tasks of people: claiming, completing, delegating, giving back; who may, and what the log keeps. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "flow/form.h"
#include "flow/runtime.h"
#include "flow/term.h"

enum { TRAIL_MAX = 64 }; /* holders that a task can go back to */

/* ---- who may do a task ---- */

static bool is_row(opt_int row, int64_t actor)
{
	return row.set && row.value == actor;
}

efile_status task_is_for(bool *out, efile_session *session, const task_record *task)
{
	const int64_t *subjects;
	size_t count;

	TRY(access_session_subjects(&subjects, &count, session));
	*out = false;
	for (size_t i = 0; i < count && !*out; i++)
		*out = is_row(task->assignee, subjects[i]) || is_row(task->owner, subjects[i]);
	for (size_t i = 0; i < count && !*out; i++)
		TRY(candidate_is(out, NULL, session->store, task->head.id, subjects[i]));
	return EFILE_OK;
}

efile_status task_load(task_record *out, efile_session *session, efile_task_id id)
{
	efile_status status = task_by_uuid(out, session->store, &id.id);
	bool candidate;

	if (status == EFILE_E_NOTFOUND)
		return access_missing(session, RECORD_TASK, &id.id, NULL);
	TRY(status);
	TRY(task_is_for(&candidate, session, out));
	if (out->status != TASK_OPEN || !candidate)
		return access_missing(session, RECORD_TASK, &id.id, NULL);
	return EFILE_OK;
}

/* The acting person, or the person that it substitutes. */
static bool is_me(const efile_session *session, opt_int row)
{
	return is_row(row, session->actor_row) ||
		(session->behalf_row && is_row(row, session->behalf_row));
}

bool task_is_mine(const efile_session *session, const task_record *task)
{
	return is_me(session, task->assignee);
}

efile_status task_require_hold(efile_session *session, const task_record *task)
{
	AUTO_PTR(char) name = NULL;
	efile_id assignee;

	if (task_is_mine(session, task) || !task->assignee.set)
		return EFILE_OK;
	TRY(access_actor_of_row(&assignee, &name, session, task->assignee.value));
	return FAIL(session_ctx(session), EFILE_E_CONFLICT, 2410, "the task is claimed by %s", name);
}

static efile_status require_mine(efile_session *session, const task_record *task)
{
	if (!task->assignee.set)
		return FAIL(session_ctx(session), EFILE_E_STATE, 2411, "nobody has claimed the task");
	return task_is_mine(session, task) ? EFILE_OK : access_missing(session, RECORD_TASK, &task->uuid, NULL);
}

/* Whoever may substitute somebody who is shut out is shut out as well, also in their own name. */
static efile_status require_no_substitute(efile_session *session, const flow_ids *out,
					  const efile_id *person, const char *node)
{
	for (size_t i = 0; i < out->count; i++) {
		bool related;

		if (id_compare(&out->items[i], person) == 0)
			continue; /* the step itself says so */
		TRY(access_substitute(&related, session, &out->items[i], person));
		if (related)
			return FAIL(session_ctx(session), EFILE_E_DENIED, 2489,
				    "whoever stands in for somebody who is separated from %s may not perform it",
				    node);
	}
	return EFILE_OK;
}

efile_status task_require_separate(efile_session *session, const instance_record *instance,
				   const flow_definition *d, const task_record *task, efile_id actor,
				   efile_id behalf)
{
	AUTO(flow_ids) out = { NULL, 0, 0 };
	int64_t node = flow_node_find(d, task->node);
	flow_node n;

	if (node < 0 || !flow_is_separated(d, (uint32_t)node))
		return EFILE_OK;
	flow_node_at(&n, d, (uint32_t)node);
	if (form_row_next(n.form, NULL, 'D'))
		return EFILE_OK;
	TRY(flow_shut_out(&out, session_ctx(session), d, instance->state.data,
			  instance->state.length, (uint64_t)task->wait));
	TRY(require_no_substitute(session, &out, &actor, task->node));
	return efile_id_is_none(&behalf) ? EFILE_OK :
					   require_no_substitute(session, &out, &behalf, task->node);
}

/* Separation of duty: the rule of the engine, for deputies too. */
static efile_status require_separate(efile_session *session, const task_record *task,
				     efile_id actor, efile_id behalf)
{
	AUTO(instance_record) instance = { .head = { 0, 0 } };
	AUTO(definition_ref) row = DEFINITION_REF_NONE;

	TRY(instance_by_row(&instance, session->store, task->instance));
	TRY(definition_hold(&row, session->store, instance.definition));
	TRY(flow_may_perform(session_ctx(session), row.opened, instance.state.data,
			     instance.state.length, (uint64_t)task->wait,
			     (efile_actor_id){ actor }, (efile_actor_id){ behalf }));
	return task_require_separate(session, &instance, row.opened, task, actor, behalf);
}

/* ---- changes of hands ---- */

/* What the log keeps of a task: all that a change can change, so that the last entry tells how the
 * task stands. */
static efile_status put_actor(json_writer *w, efile_session *session, const char *key, opt_int row)
{
	efile_id id = EFILE_ID_NONE;

	if (row.set)
		TRY(access_actor_of_row(&id, NULL, session, row.value));
	json_put_id(w, key, &id);
	return EFILE_OK;
}

static void put_time(json_writer *w, const char *key, opt_int time)
{
	if (time.set)
		json_put_time(w, key, time.value);
}

efile_status task_journal(efile_session *session, journal_action action, const task_record *task,
			  const efile_id *to)
{
	AUTO(instance_record) instance = { .head = { 0, 0 } };
	AUTO(buf) body = BUF_INIT;
	json_writer w;

	TRY(instance_by_row(&instance, session->store, task->instance));
	json_begin(&w, &body);
	json_object(&w);
	json_put_text(&w, "node", task->node);
	json_put_id(&w, "instance", &instance.uuid);
	if (to)
		json_put_id(&w, "to", to);
	TRY(put_actor(&w, session, "assignee", task->assignee));
	if (task->owner.set)
		TRY(put_actor(&w, session, "owner", task->owner));
	if (task->handed.set)
		json_put_int(&w, "handed", task->handed.value);
	put_time(&w, "due", task->due);
	put_time(&w, "follow_up", task->follow_up);
	if (task->priority.set)
		json_put_int(&w, "priority", task->priority.value);
	json_end_object(&w);
	TRY(buf_status(&body, session_ctx(session)));
	return session_journal(session, action, RECORD_TASK, &task->uuid, instance.dossier,
			       body.data);
}

efile_status task_put(efile_session *session, task_record *task)
{
	TRY(row_update(session->store, &kind_task, task));
	return desk_insert(session->store, task);
}

/* Who held a task before goes onto its trail; a holder who is there already comes up again. */
static efile_status push_trail(task_record *task, efile_ctx *ctx, int64_t holder)
{
	AUTO(buf) text = BUF_INIT;
	char *trail;

	if (task->trail && strlen(task->trail) > TRAIL_MAX * 20)
		return FAIL(ctx, EFILE_E_LIMIT, 2427, "the task was handed on more than %d times",
			    TRAIL_MAX);
	buf_add_format(&text, "%s%s%lld", task->trail ? task->trail : "", task->trail ? "," : "",
		       (long long)holder);
	TRY(buf_take(&trail, &text, ctx));
	free(task->trail);
	task->trail = trail;
	return EFILE_OK;
}

/* The last holder before this one, or none. */
static opt_int pop_trail(task_record *task)
{
	char *comma = task->trail ? strrchr(task->trail, ',') : NULL;
	opt_int holder = { false, 0 };

	if (!task->trail)
		return holder;
	holder = (opt_int){ true, strtoll(comma ? comma + 1 : task->trail, NULL, 10) };
	if (comma) {
		*comma = '\0';
	} else {
		free(task->trail);
		task->trail = NULL;
	}
	return holder;
}

static void forget_hands(task_record *task)
{
	free(task->trail);
	task->trail = NULL;
	task->owner = task->handed = (opt_int){ false, 0 };
}

/* Escalation lets somebody take what another one has claimed, and an owner calls back what was
 * delegated. */
static efile_status may_take(bool *out, efile_session *session, const task_record *task)
{
	const int64_t *subjects;
	size_t count;
	bool candidate;

	*out = task->handed.set && task->handed.value == EFILE_TASK_DELEGATED &&
		is_me(session, task->owner);
	TRY(access_session_subjects(&subjects, &count, session));
	for (size_t i = 0; i < count && !*out; i++)
		TRY(candidate_is(&candidate, out, session->store, task->head.id, subjects[i]));
	return EFILE_OK;
}

static efile_status take(efile_session *session, task_record *task)
{
	bool taken = false, recalled = is_me(session, task->owner);

	if (task->assignee.set)
		TRY(may_take(&taken, session, task));
	if (!taken)
		TRY(task_require_hold(session, task));
	TRY(require_separate(session, task, session->actor, session->behalf));
	TRY(desk_remove(session->store, task));
	if (recalled || !taken)
		forget_hands(task);
	else
		TRY(push_trail(task, session_ctx(session), task->assignee.value));
	task->assignee = (opt_int){ true, session->actor_row };
	return task_put(session, task);
}

efile_status efile_task_claim(efile_session *session, efile_task_id task)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(task_record) row = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;

	TRY(session_enter(&call, session));
	TRY(session_begin(&tx, session));
	TRY(task_load(&row, session, task));
	if (task_is_mine(session, &row))
		return txn_commit(&tx);
	TRY(take(session, &row));
	TRY(task_journal(session, JOURNAL_TASK_CLAIMED, &row, NULL));
	return txn_commit(&tx);
}

efile_status efile_task_unclaim(efile_session *session, efile_task_id task)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(task_record) row = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;

	TRY(session_enter(&call, session));
	TRY(session_begin(&tx, session));
	TRY(task_load(&row, session, task));
	TRY(require_mine(session, &row));
	if (row.handed.set && row.handed.value == EFILE_TASK_DELEGATED)
		return FAIL(session_ctx(session), EFILE_E_STATE, 2428,
			    "a delegated task is returned or resolved");
	TRY(desk_remove(session->store, &row));
	forget_hands(&row);
	row.assignee = (opt_int){ false, 0 };
	TRY(task_put(session, &row));
	TRY(task_journal(session, JOURNAL_TASK_UNCLAIMED, &row, NULL));
	return txn_commit(&tx);
}

static efile_status hand_over(efile_session *session, task_record *row, int64_t person)
{
	int64_t holder = row->assignee.set ? row->assignee.value : session->actor_row;

	TRY(desk_remove(session->store, row));
	TRY(push_trail(row, session_ctx(session), holder));
	if (!row->owner.set || row->handed.value != EFILE_TASK_DELEGATED)
		row->owner = (opt_int){ true, holder };
	row->assignee = (opt_int){ true, person };
	row->handed = (opt_int){ true, EFILE_TASK_DELEGATED };
	return task_put(session, row);
}

efile_status efile_task_delegate(efile_session *session, efile_task_id task, efile_actor_id to)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(task_record) row = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;
	int64_t person;

	TRY(session_enter(&call, session));
	TRY(session_begin(&tx, session));
	TRY(task_load(&row, session, task));
	TRY(task_require_hold(session, &row));
	TRY(access_person_row(&person, session, &to.id));
	TRY(require_separate(session, &row, to.id, EFILE_ID_NONE));
	TRY(hand_over(session, &row, person));
	TRY(task_journal(session, JOURNAL_TASK_DELEGATED, &row, &to.id));
	return txn_commit(&tx);
}

efile_status efile_task_return(efile_session *session, efile_task_id task)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(task_record) row = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;

	TRY(session_enter(&call, session));
	TRY(session_begin(&tx, session));
	TRY(task_load(&row, session, task));
	TRY(require_mine(session, &row));
	TRY(desk_remove(session->store, &row));
	/* Format 1 kept the owner alone. */
	row.assignee = row.trail || !row.owner.set ? pop_trail(&row) : row.owner;
	if (!row.trail)
		forget_hands(&row);
	TRY(task_put(session, &row));
	TRY(task_journal(session, JOURNAL_TASK_RETURNED, &row, NULL));
	return txn_commit(&tx);
}

/* ---- events of the process behind a task ---- */

static efile_status change_variables(efile_session *session, const task_record *task,
				     const char *variables)
{
	AUTO(instance_record) instance = { .head = { 0, 0 } };
	AUTO(definition_ref) row = DEFINITION_REF_NONE;
	flow_event event = { .kind = FLOW_EVENT_VARIABLES, .variables = variables };

	TRY(instance_by_row(&instance, session->store, task->instance));
	TRY(definition_hold(&row, session->store, instance.definition));
	return flow_apply(session, &instance, row.opened, &event, JOURNAL_FLOW_CHANGED);
}

efile_status efile_task_resolve(efile_session *session, efile_task_id task, const char *variables)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(task_record) row = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;

	TRY(session_enter(&call, session));
	TRY(session_begin(&tx, session));
	TRY(task_load(&row, session, task));
	TRY(require_mine(session, &row));
	if (!row.owner.set || !row.handed.set || row.handed.value != EFILE_TASK_DELEGATED)
		return FAIL(session_ctx(session), EFILE_E_STATE, 2429, "the task was not delegated");
	TRY(desk_remove(session->store, &row));
	row.assignee = row.owner;
	row.handed = (opt_int){ true, EFILE_TASK_RESOLVED };
	free(row.trail);
	row.trail = NULL;
	TRY(task_put(session, &row));
	TRY(task_journal(session, JOURNAL_TASK_RESOLVED, &row, NULL));
	if (variables)
		TRY(change_variables(session, &row, variables));
	return txn_commit(&tx);
}

/* ---- forms ---- */

/* The process behind a task, and the details of its node. */
typedef struct task_form {
	instance_record instance;
	definition_ref definition;
	flow_node node;
	bool separated;         /* from other tasks */
} task_form;

static void task_form_clear(task_form *f)
{
	definition_ref_clear(&f->definition);
	instance_record_clear(&f->instance);
}

static efile_status load_form(task_form *f, efile_session *session, const task_record *task)
{
	int64_t node;

	TRY(instance_by_row(&f->instance, session->store, task->instance));
	TRY(definition_hold(&f->definition, session->store, f->instance.definition));
	node = flow_node_find(f->definition.opened, task->node);
	if (node < 0)
		return FAIL(session_ctx(session), EFILE_E_DAMAGED, 2446,
			    "the node of a task is missing: %s", task->node);
	flow_node_at(&f->node, f->definition.opened, (uint32_t)node);
	f->separated = flow_is_separated(f->definition.opened, (uint32_t)node);
	return EFILE_OK;
}

static efile_status check_form(efile_session *session, efile_report *report, const task_form *f,
			       const char *variables)
{
	AUTO_PTR(char) present = NULL;

	if (!strchr(f->node.form, '\n'))
		return EFILE_OK;
	TRY(instance_variables(&present, session, &f->instance));
	return form_check(session_ctx(session), report, f->node.form, variables, present);
}

efile_status efile_task_form(char **out, efile_session *session, efile_task_id task)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(task_record) row = { .head = { 0, 0 } };
	AUTO(task_form) f = { .definition = DEFINITION_REF_NONE };
	AUTO(buf) json = BUF_INIT;
	json_writer w;

	TRY(session_enter(&call, session));
	if (!out)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2447, "no place for the form");
	TRY(task_load(&row, session, task));
	TRY(load_form(&f, session, &row));
	json_begin(&w, &json);
	json_object(&w);
	json_put_text(&w, "schema", "efile.form.v1");
	json_put_id(&w, "task", &row.uuid);
	json_put_text(&w, "title", row.name);
	TRY(form_describe(&w, session_ctx(session), f.node.form));
	json_end_object(&w);
	return buf_take(out, &json, session_ctx(session));
}

efile_status efile_task_check(efile_report **out, efile_session *session, efile_task_id task,
			      const char *variables)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(task_record) row = { .head = { 0, 0 } };
	AUTO(task_form) f = { .definition = DEFINITION_REF_NONE };
	AUTO_PTR(efile_report) report = NULL;

	TRY(session_enter(&call, session));
	if (!out)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2447, "no place for the form");
	TRY(task_load(&row, session, task));
	TRY(load_form(&f, session, &row));
	TRY(report_new(&report, session_ctx(session)));
	TRY(check_form(session, report, &f, variables));
	*out = STEAL(report);
	return EFILE_OK;
}

/* ---- completing ---- */

static efile_status complete(efile_session *session, task_record *task, const char *variables)
{
	AUTO(task_form) f = { .definition = DEFINITION_REF_NONE };
	flow_event event = { .kind = FLOW_EVENT_COMPLETE_TASK, .wait = (uint64_t)task->wait,
			     .variables = variables };

	TRY(load_form(&f, session, task));
	TRY(check_form(session, NULL, &f, variables));
	if (f.separated)
		TRY(task_require_separate(session, &f.instance, f.definition.opened, task,
					  session->actor, session->behalf));
	return flow_apply_task(session, &f.instance, f.definition.opened, &event, task);
}

static efile_status complete_one(efile_session *session, efile_task_id task, const char *variables)
{
	AUTO(task_record) row = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;

	TRY(session_begin(&tx, session));
	TRY(task_load(&row, session, task));
	TRY(task_require_hold(session, &row));
	TRY(complete(session, &row, variables));
	return txn_commit(&tx);
}

efile_status efile_task_complete(efile_session *session, efile_task_id task, const char *variables)
{
	AUTO(session_call) call = SESSION_CALL_NONE;

	TRY(session_enter(&call, session));
	return complete_one(session, task, variables);
}

/* What ends the whole batch rather than one of its tasks. */
static bool ends_batch(efile_status status)
{
	return status == EFILE_E_STORAGE || status == EFILE_E_DAMAGED || status == EFILE_E_BUSY ||
		status == EFILE_E_NOMEM || status == EFILE_E_INTERNAL;
}

/* As much of the message as fits, whole characters only. */
static void note_result(efile_task_result *result, efile_ctx *ctx, efile_status status)
{
	const char *message = status < 0 ? efile_error_message(ctx) : "";
	size_t length = 0;
	uint32_t character;

	for (size_t used; (used = str_utf8_next(&character, message + length, strlen(message + length))) &&
			  length + used < sizeof(result->message);)
		length += used;
	result->status = status;
	result->number = status < 0 ? efile_error_number(ctx) : 0;
	memcpy(result->message, message, length);
	result->message[length] = '\0';
}

efile_status efile_task_complete_all(int64_t *failed, efile_session *session,
				     efile_task_result *results, size_t count,
				     const char *variables)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	int64_t failures = 0;

	TRY(session_enter(&call, session));
	if (!results && count)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2448, "no tasks to complete");
	TRY(session_begin(&tx, session));
	for (size_t i = 0; i < count; i++) {
		efile_status status = complete_one(session, results[i].task, variables);

		if (ends_batch(status))
			return status;
		note_result(&results[i], session_ctx(session), status);
		failures += status < 0;
		error_clear(session_ctx(session));
	}
	TRY(txn_commit(&tx));
	if (failed)
		*failed = failures;
	return EFILE_OK;
}

/* ---- escalation ---- */

efile_status task_offer_to(efile_session *session, const task_record *task, int64_t actor)
{
	candidate_record row = { .task = task->head.id, .actor = actor, .takes = { true, 1 } };
	efile_status status = candidate_find(&row, session->store, task->head.id, actor);

	row.takes = (opt_int){ true, 1 };
	if (status == EFILE_OK)
		return row_update(session->store, &kind_candidate, &row);
	return status == EFILE_E_NOTFOUND ? row_insert(session->store, &kind_candidate, &row) : status;
}

efile_status efile_task_escalate(efile_session *session, efile_task_id task, efile_actor_id to)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(task_record) row = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;
	int64_t actor;

	TRY(session_enter(&call, session));
	TRY(session_begin(&tx, session));
	TRY(task_load(&row, session, task));
	TRY(access_actor_row(&actor, session, &to.id));
	TRY(desk_remove(session->store, &row));
	row.alone = (opt_int){ false, 0 };
	TRY(task_offer_to(session, &row, actor));
	TRY(task_put(session, &row));
	TRY(task_journal(session, JOURNAL_TASK_ESCALATED, &row, &to.id));
	return txn_commit(&tx);
}

/* ---- dates and priority ---- */

void efile_task_changes_init(efile_task_changes *changes)
{
	if (!changes)
		return;
	*changes = (efile_task_changes){ .size = sizeof(*changes), .priority = -1 };
}

static efile_status check_changes(efile_ctx *ctx, const efile_task_changes *c)
{
	if (c->priority < -1 || c->priority > 100)
		return FAIL(ctx, EFILE_E_INVALID, 2430, "a priority is a number from 0 to 100: %d",
			    (int)c->priority);
	return EFILE_OK;
}

static efile_status set_time(opt_int *out, efile_ctx *ctx, const char *text, const char *calendar,
			     bool last)
{
	if (!text)
		return EFILE_OK;
	out->set = *text != '\0';
	out->value = 0;
	return out->set ? term_compute(&out->value, ctx, text, calendar, ctx_now(ctx), last) : EFILE_OK;
}

static efile_status change(task_record *row, efile_ctx *ctx, const efile_task_changes *c)
{
	TRY(set_time(&row->due, ctx, c->due, c->calendar, true));
	TRY(set_time(&row->follow_up, ctx, c->follow_up, c->calendar, false));
	if (c->priority >= 0)
		row->priority = (opt_int){ c->priority != TASK_PRIORITY,
					   c->priority != TASK_PRIORITY ? c->priority : 0 };
	return EFILE_OK;
}

efile_status efile_task_update(efile_session *session, efile_task_id task,
			       const efile_task_changes *changes)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(task_record) row = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;
	efile_task_changes c;

	TRY(session_enter(&call, session));
	efile_task_changes_init(&c);
	TRY(options_import(session_ctx(session), &c, sizeof(c), changes));
	TRY(check_changes(session_ctx(session), &c));
	TRY(session_begin(&tx, session));
	TRY(task_load(&row, session, task));
	TRY(task_require_hold(session, &row));
	TRY(desk_remove(session->store, &row));
	TRY(change(&row, session_ctx(session), &c));
	TRY(task_put(session, &row));
	if (c.due && row.reminders.set)
		TRY(reminders_move(session, &row));
	TRY(task_journal(session, JOURNAL_TASK_CHANGED, &row, NULL));
	return txn_commit(&tx);
}
