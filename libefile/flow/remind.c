/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reminders and escalations of open tasks: rows that fire once when their time comes, before or after
 * the due date or so long after the task began. What a reminder means outside (a letter, a mail) is
 * for who follows the log. */
#include <stdlib.h>
#include <string.h>

#include "flow/form.h"
#include "flow/runtime.h"
#include "flow/term.h"

enum { REMINDERS_MAX = 50 };

/* ---- setting ---- */

static efile_status place(reminder_record *row, efile_ctx *ctx, const task_record *task)
{
	const efile_time *due = task->due.set ? &task->due.value : NULL;
	efile_status status = term_relative(&row->due.value, ctx, row->moment, row->calendar,
					    task->created, due);

	TRY(status);
	row->due.set = status == EFILE_OK;
	return EFILE_OK;
}

/* Everybody named is there today: an escalation must not go to somebody whom nobody knows. */
static efile_status check_names(efile_session *session, const char *names)
{
	const access_actor *actor;

	for (size_t length; *(names += strspn(names, ", ")); names += length) {
		size_t end = length = strcspn(names, ",");

		while (end && names[end - 1] == ' ')
			end--;
		TRY(access_actor_named(&actor, session, names, end));
	}
	return EFILE_OK;
}

static efile_status insert(efile_session *session, const task_record *task, int64_t number,
			   const char *moment, const char *calendar, const char *names,
			   opt_int priority)
{
	AUTO(reminder_record) row = { .task = task->head.id, .number = number, .priority = priority };
	efile_ctx *ctx = session_ctx(session);

	TRY(mem_dup(&row.moment, ctx, moment));
	TRY(mem_dup(&row.calendar, ctx, calendar && *calendar ? calendar : NULL));
	TRY(mem_dup(&row.names, ctx, names && *names ? names : NULL));
	TRY(place(&row, ctx, task));
	if (row.names)
		TRY(check_names(session, row.names));
	return row_insert(session->store, &kind_reminder, &row);
}

size_t reminders_said(const json_value *said)
{
	size_t count = 0;

	for (const json_value *v = said ? said->child : NULL; v; v = v->next)
		count++;
	return count;
}

static opt_int priority_of(const char *text)
{
	long priority = text && *text ? strtol(text, NULL, 10) : -1;

	return (opt_int){ priority >= 0 && priority <= 100, priority };
}

efile_status reminders_create(efile_session *session, task_record *task, const json_value *said,
			      const char *calendar)
{
	int64_t number = 1;

	for (const json_value *v = said->child; v; v = v->next) {
		const char *to = json_member_text(v, "to");

		if (to && !*to) /* an expression that names nobody today */
			continue;
		TRY(insert(session, task, number++, json_member_text(v, "at"), calendar, to,
			   priority_of(json_member_text(v, "priority"))));
	}
	return EFILE_OK;
}

efile_status reminders_remove(efile_store *store, const task_record *task)
{
	for (;;) {
		AUTO(reminder_record) row = { .head = { 0, 0 } };
		efile_status status = reminder_next(&row, store, task->head.id, 0);

		TRY(status);
		if (status == EFILE_DONE)
			return EFILE_OK;
		TRY(row_delete(store, &kind_reminder, &row));
	}
}

/* One that has fired fires again if its time has moved behind the present. */
efile_status reminders_move(efile_session *session, const task_record *task)
{
	efile_ctx *ctx = session_ctx(session);

	for (int64_t after = 0;;) {
		AUTO(reminder_record) row = { .head = { 0, 0 } };
		efile_status status = reminder_next(&row, session->store, task->head.id, after);
		opt_int before;

		TRY(status);
		if (status == EFILE_DONE)
			return EFILE_OK;
		after = row.number;
		before = row.due;
		TRY(place(&row, ctx, task));
		if (before.set == row.due.set && before.value == row.due.value)
			continue;
		if (row.due.set && row.due.value > ctx_now(ctx))
			row.fired = (opt_int){ false, 0 };
		TRY(row_update(session->store, &kind_reminder, &row));
	}
}

/* ---- firing ---- */

typedef efile_status (*told_fn)(efile_session *session, const task_record *task, int64_t actor);

static efile_status tell(efile_session *session, const task_record *task, int64_t actor)
{
	efile_id to;

	TRY(access_actor_of_row(&to, NULL, session, actor));
	return task_journal(session, JOURNAL_TASK_ESCALATED, task, &to);
}

/* Those who are named and are still there; *count of them. */
static efile_status each_named(int *count, efile_session *session, const task_record *task,
			       const char *names, told_fn fn)
{
	*count = 0;
	for (size_t length; names && *(names += strspn(names, ", ")); names += length) {
		size_t end = length = strcspn(names, ",");
		const access_actor *actor;
		efile_status status;

		while (end && names[end - 1] == ' ')
			end--;
		status = access_actor_named(&actor, session, names, end);
		if (status == EFILE_E_NOTFOUND) {
			error_clear(session_ctx(session));
			continue;
		}
		TRY(status);
		TRY(fn(session, task, actor->row));
		++*count;
	}
	return EFILE_OK;
}

static void raise_priority(task_record *task, opt_int least)
{
	int64_t now = task->priority.set ? task->priority.value : TASK_PRIORITY;

	if (least.set && least.value > now)
		task->priority = (opt_int){ true, least.value };
}

static efile_status fire_row(efile_session *session, reminder_record *row, task_record *task)
{
	int told;

	TRY(desk_remove(session->store, task));
	if (row->names)
		task->alone = (opt_int){ false, 0 };
	raise_priority(task, row->priority);
	TRY(each_named(&told, session, task, row->names, task_offer_to));
	TRY(task_put(session, task));
	row->fired = (opt_int){ true, ctx_now(session_ctx(session)) };
	TRY(row_update(session->store, &kind_reminder, row));
	if (!told) /* a reminder, or all of them have left */
		return task_journal(session, JOURNAL_TASK_REMINDED, task, NULL);
	return each_named(&told, session, task, row->names, tell);
}

/* A process that is held keeps its reminders until it goes on. */
static efile_status fire(bool *fired, efile_session *session, const due_row *seen)
{
	AUTO(reminder_record) row = { .head = { 0, 0 } };
	AUTO(task_record) task = { .head = { 0, 0 } };
	AUTO(instance_record) instance = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;
	efile_status status;

	TRY(session_begin(&tx, session));
	status = due_load(&row, session, &kind_reminder, seen);
	if (status != EFILE_OK)
		return status;
	TRY(row_load(session->store, &kind_task, &task, row.task));
	TRY(instance_by_row(&instance, session->store, task.instance));
	if (instance.status != EFILE_FLOW_RUNNING)
		return EFILE_OK;
	TRY(fire_row(session, &row, &task));
	*fired = true;
	return txn_commit(&tx);
}

static efile_status next(due_row *out, efile_store *store, efile_time until, efile_time after_due,
			 int64_t after)
{
	AUTO(reminder_record) row = { .head = { 0, 0 } };
	efile_status status = reminder_due(&row, store, until, after_due, after);

	*out = (due_row){ row.head.id, row.head.rev, row.due.value };
	return status;
}

efile_status reminders_run(int64_t *count, efile_session *session, efile_time now)
{
	return run_rows(count, session, now, next, fire);
}

/* ---- by hand ---- */

void efile_reminder_init(efile_reminder *reminder)
{
	if (!reminder)
		return;
	*reminder = (efile_reminder){ .size = sizeof(*reminder), .priority = -1 };
}

/* The calendar that is named, else the task's. */
static efile_status calendar_for(char **out, efile_session *session, const task_record *task,
				 const char *named)
{
	AUTO(instance_record) instance = { .head = { 0, 0 } };
	AUTO(definition_ref) definition = DEFINITION_REF_NONE;
	flow_node node = { .form = "" };
	size_t length;
	const char *at;
	int64_t found;

	if (named)
		return mem_dup(out, session_ctx(session), named);
	TRY(instance_by_row(&instance, session->store, task->instance));
	TRY(definition_hold(&definition, session->store, instance.definition));
	found = flow_node_find(definition.opened, task->node);
	if (found >= 0)
		flow_node_at(&node, definition.opened, (uint32_t)found);
	at = form_calendar(&length, node.form);
	return mem_dup_bytes(out, session_ctx(session), at, length);
}

static efile_status journal_reminder(efile_session *session, journal_action action,
				     const task_record *task, int64_t number, const char *moment,
				     const char *names)
{
	AUTO(instance_record) instance = { .head = { 0, 0 } };
	AUTO(buf) body = BUF_INIT;
	json_writer w;

	TRY(instance_by_row(&instance, session->store, task->instance));
	json_begin(&w, &body);
	json_object(&w);
	json_put_text(&w, "node", task->node);
	json_put_id(&w, "instance", &instance.uuid);
	json_put_int(&w, "number", number);
	if (moment)
		json_put_text(&w, "at", moment);
	if (names)
		json_put_text(&w, "to", names);
	json_end_object(&w);
	TRY(buf_status(&body, session_ctx(session)));
	return session_journal(session, action, RECORD_TASK, &task->uuid, instance.dossier, body.data);
}

static efile_status add(int64_t *number, efile_session *session, task_record *task,
			const efile_reminder *r)
{
	AUTO_PTR(char) calendar = NULL;

	*number = task->reminders.value + 1;
	if (*number > REMINDERS_MAX)
		return FAIL(session_ctx(session), EFILE_E_LIMIT, 2483,
			    "a task has had more than %d reminders", REMINDERS_MAX);
	TRY(calendar_for(&calendar, session, task, r->calendar));
	TRY(insert(session, task, *number, r->at, calendar, r->to,
		   (opt_int){ r->priority >= 0, r->priority }));
	task->reminders = (opt_int){ true, *number };
	TRY(row_update(session->store, &kind_task, task));
	return journal_reminder(session, JOURNAL_REMINDER_SET, task, *number, r->at, r->to);
}

efile_status efile_task_remind(int64_t *number, efile_session *session, efile_task_id task,
			       const efile_reminder *reminder)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(task_record) row = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;
	efile_reminder r;
	int64_t added = 0;

	TRY(session_enter(&call, session));
	efile_reminder_init(&r);
	TRY(options_import(session_ctx(session), &r, sizeof(r), reminder));
	if (!r.at || r.priority < -1 || r.priority > 100 || (r.priority >= 0 && !r.to))
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2484,
			    "a reminder needs a point of time; an escalation has a priority from 0 to 100");
	TRY(session_begin(&tx, session));
	TRY(task_load(&row, session, task));
	TRY(task_require_hold(session, &row));
	TRY(add(&added, session, &row, &r));
	TRY(txn_commit(&tx));
	if (number)
		*number = added;
	return EFILE_OK;
}

/* The number is the last one before it plus one, or there is none of it. */
static efile_status find(reminder_record *out, efile_session *session, const task_record *task,
			 int64_t number)
{
	efile_status status = number > 0 ? reminder_next(out, session->store, task->head.id, number - 1) :
					   EFILE_DONE;

	TRY(status);
	if (status == EFILE_DONE || out->number != number)
		return FAIL(session_ctx(session), EFILE_E_NOTFOUND, 2485, "the task has no reminder %lld",
			    (long long)number);
	return EFILE_OK;
}

efile_status efile_task_unremind(efile_session *session, efile_task_id task, int64_t number)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(task_record) row = { .head = { 0, 0 } };
	AUTO(reminder_record) reminder = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;

	TRY(session_enter(&call, session));
	TRY(session_begin(&tx, session));
	TRY(task_load(&row, session, task));
	TRY(task_require_hold(session, &row));
	TRY(find(&reminder, session, &row, number));
	TRY(row_delete(session->store, &kind_reminder, &reminder));
	TRY(journal_reminder(session, JOURNAL_REMINDER_REMOVED, &row, number, NULL, NULL));
	return txn_commit(&tx);
}

static void put_reminder(json_writer *w, const reminder_record *r)
{
	json_object(w);
	json_put_int(w, "number", r->number);
	json_put_text(w, "at", r->moment);
	if (r->due.set)
		json_put_time(w, "due", r->due.value);
	if (r->fired.set)
		json_put_time(w, "fired", r->fired.value);
	if (r->names)
		json_put_text(w, "to", r->names);
	if (r->priority.set)
		json_put_int(w, "priority", r->priority.value);
	json_end_object(w);
}

efile_status efile_task_reminders(char **out, efile_session *session, efile_task_id task)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(task_record) row = { .head = { 0, 0 } };
	AUTO(buf) json = BUF_INIT;
	efile_status status = EFILE_OK;
	json_writer w;

	TRY(session_enter(&call, session));
	if (!out)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2486, "no place for the reminders");
	TRY(task_load(&row, session, task));
	json_begin(&w, &json);
	json_object(&w);
	json_put_text(&w, "schema", "efile.reminders.v1");
	json_put_id(&w, "task", &row.uuid);
	json_key(&w, "reminders");
	json_array(&w);
	for (int64_t after = 0; status == EFILE_OK;) {
		AUTO(reminder_record) reminder = { .head = { 0, 0 } };

		status = reminder_next(&reminder, session->store, row.head.id, after);
		TRY(status);
		if (status == EFILE_DONE)
			break;
		after = reminder.number;
		put_reminder(&w, &reminder);
	}
	json_end_array(&w);
	json_end_object(&w);
	return buf_take(out, &json, session_ctx(session));
}
