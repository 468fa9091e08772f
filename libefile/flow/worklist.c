/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tasks of people: the worklist, claiming, completing, delegating, giving back. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "flow/runtime.h"

/* ---- who may do a task ---- */

static bool is_row(opt_int row, int64_t actor)
{
	return row.set && row.value == actor;
}

static efile_status is_candidate(bool *out, efile_session *session, const task_record *task)
{
	const int64_t *subjects;
	size_t count;

	TRY(access_session_subjects(&subjects, &count, session));
	*out = false;
	for (size_t i = 0; i < count && !*out; i++)
		*out = is_row(task->assignee, subjects[i]) || is_row(task->owner, subjects[i]);
	for (size_t i = 0; i < count && !*out; i++)
		TRY(candidate_is(out, session->store, task->head.id, subjects[i]));
	return EFILE_OK;
}

/* An open task that is for the session: what is not there and what is not for it answer alike. */
static efile_status load_task(task_record *out, efile_session *session, efile_task_id id)
{
	efile_status status = task_by_uuid(out, session->store, &id.id);
	bool candidate;

	if (status == EFILE_E_NOTFOUND)
		return access_missing(session, RECORD_TASK, &id.id, NULL);
	TRY(status);
	TRY(is_candidate(&candidate, session, out));
	if (out->status != TASK_OPEN || !candidate)
		return access_missing(session, RECORD_TASK, &id.id, NULL);
	return EFILE_OK;
}

/* Claimed by the acting person, or by the person that it substitutes. */
static bool is_mine(const efile_session *session, const task_record *task)
{
	return is_row(task->assignee, session->actor_row) ||
		(session->behalf_row && is_row(task->assignee, session->behalf_row));
}

static efile_status require_free_or_mine(efile_session *session, const task_record *task)
{
	AUTO_PTR(char) name = NULL;
	efile_id assignee;

	if (is_mine(session, task) || !task->assignee.set)
		return EFILE_OK;
	TRY(access_actor_of_row(&assignee, &name, session, task->assignee.value));
	return FAIL(session_ctx(session), EFILE_E_CONFLICT, 2410, "the task is claimed by %s", name);
}

/* Separation of duty: the rule of the engine, for deputies too. */
static efile_status require_separate(efile_session *session, const task_record *task,
				     efile_id actor, efile_id behalf)
{
	AUTO(instance_record) instance = { .head = { 0, 0 } };
	AUTO(definition_ref) row = DEFINITION_REF_NONE;

	TRY(instance_by_row(&instance, session->store, task->instance));
	TRY(definition_hold(&row, session->store, instance.definition));
	return flow_may_perform(session_ctx(session), row.opened, instance.state.data,
				instance.state.length, (uint64_t)task->wait,
				(efile_actor_id){ actor }, (efile_actor_id){ behalf });
}

/* ---- changes of hands ---- */

static efile_status journal_task(efile_session *session, journal_action action,
				 const task_record *task, const efile_id *to)
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
	json_end_object(&w);
	TRY(buf_status(&body, session_ctx(session)));
	return session_journal(session, action, RECORD_TASK, &task->uuid, instance.dossier,
			       body.data);
}

efile_status efile_task_claim(efile_session *session, efile_task_id task)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(task_record) row = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;

	TRY(session_enter(&call, session));
	TRY(session_begin(&tx, session));
	TRY(load_task(&row, session, task));
	TRY(require_free_or_mine(session, &row));
	if (is_mine(session, &row))
		return txn_commit(&tx);
	TRY(require_separate(session, &row, session->actor, session->behalf));
	row.assignee = (opt_int){ true, session->actor_row };
	TRY(row_update(session->store, &kind_task, &row));
	TRY(journal_task(session, JOURNAL_TASK_CLAIMED, &row, NULL));
	return txn_commit(&tx);
}

efile_status efile_task_delegate(efile_session *session, efile_task_id task, efile_actor_id to)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(task_record) row = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;
	int64_t person;

	TRY(session_enter(&call, session));
	TRY(session_begin(&tx, session));
	TRY(load_task(&row, session, task));
	TRY(require_free_or_mine(session, &row));
	TRY(access_person_row(&person, session, &to.id));
	TRY(require_separate(session, &row, to.id, EFILE_ID_NONE));
	row.owner = row.assignee.set ? row.assignee : (opt_int){ true, session->actor_row };
	row.assignee = (opt_int){ true, person };
	TRY(row_update(session->store, &kind_task, &row));
	TRY(journal_task(session, JOURNAL_TASK_DELEGATED, &row, &to.id));
	return txn_commit(&tx);
}

efile_status efile_task_return(efile_session *session, efile_task_id task)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(task_record) row = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;

	TRY(session_enter(&call, session));
	TRY(session_begin(&tx, session));
	TRY(load_task(&row, session, task));
	if (!row.assignee.set)
		return FAIL(session_ctx(session), EFILE_E_STATE, 2411, "nobody has claimed the task");
	if (!is_mine(session, &row))
		return access_missing(session, RECORD_TASK, &task.id, NULL);
	row.assignee = row.owner;
	row.owner = (opt_int){ false, 0 };
	TRY(row_update(session->store, &kind_task, &row));
	TRY(journal_task(session, JOURNAL_TASK_RETURNED, &row, NULL));
	return txn_commit(&tx);
}

/* ---- completing ---- */

static efile_status complete(efile_session *session, task_record *task,
			     const char *variables)
{
	AUTO(instance_record) instance = { .head = { 0, 0 } };
	AUTO(definition_ref) row = DEFINITION_REF_NONE;
	flow_event event = { .kind = FLOW_EVENT_COMPLETE_TASK, .wait = (uint64_t)task->wait,
			     .variables = variables };

	TRY(instance_by_row(&instance, session->store, task->instance));
	TRY(definition_hold(&row, session->store, instance.definition));
	return flow_apply_task(session, &instance, row.opened, &event, task);
}

efile_status efile_task_complete(efile_session *session, efile_task_id task, const char *variables)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(task_record) row = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;

	TRY(session_enter(&call, session));
	TRY(session_begin(&tx, session));
	TRY(load_task(&row, session, task));
	TRY(require_free_or_mine(session, &row));
	TRY(complete(session, &row, variables));
	return txn_commit(&tx);
}

/* ---- the worklist ---- */

struct efile_task_cursor {
	efile_session *session;
	efile_id only;
	bool done;
	task_record row;
	definition_record definition;
	char *variables;
};

efile_status efile_task_list(efile_task_cursor **out, efile_session *session, efile_task_id task)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	efile_task_cursor *cursor;

	TRY(session_enter(&call, session));
	cursor = mem_new(session_ctx(session), sizeof(*cursor));
	if (!cursor)
		return EFILE_E_NOMEM;
	cursor->session = session;
	cursor->only = task.id;
	*out = cursor;
	return EFILE_OK;
}

static efile_status next_task(efile_task_cursor *c)
{
	int64_t after = c->row.head.id;
	const int64_t *subjects;
	size_t count;
	efile_status status;
	bool candidate;

	task_record_clear(&c->row);
	if (efile_id_is_none(&c->only)) {
		TRY(access_session_subjects(&subjects, &count, c->session));
		return task_next(&c->row, c->session->store, after, subjects, count);
	}
	if (c->done)
		return EFILE_DONE;
	c->done = true;
	status = task_by_uuid(&c->row, c->session->store, &c->only);
	if (status != EFILE_OK)
		return status == EFILE_E_NOTFOUND ? EFILE_DONE : status;
	TRY(is_candidate(&candidate, c->session, &c->row));
	return candidate && c->row.status == TASK_OPEN ? EFILE_OK : EFILE_DONE;
}

static efile_status actor_id(efile_actor_id *out, efile_session *session, opt_int row)
{
	out->id = EFILE_ID_NONE;
	return row.set ? access_actor_of_row(&out->id, NULL, session, row.value) : EFILE_OK;
}

/* A candidate who may not read the case does the task without seeing what is in it. */
static efile_status visible_variables(char **out, efile_session *session,
				      const instance_record *in)
{
	AUTO(session_probe) probe = SESSION_PROBE_NONE;
	efile_status status;

	if (efile_id_is_none(&in->case_id))
		return instance_variables(out, session, in);
	session_probe_start(&probe, session);
	status = instance_require(session, in, EFILE_RIGHT_READ);
	if (status == EFILE_OK)
		return instance_variables(out, session, in);
	if (status != EFILE_E_NOTFOUND && status != EFILE_E_DENIED && status != EFILE_E_STATE)
		return status;
	error_clear(session_ctx(session));
	return mem_dup(out, session_ctx(session), "{}");
}

static efile_status fill_task(efile_task *out, efile_task_cursor *c, const instance_record *in)
{
	definition_record_clear(&c->definition);
	free(c->variables);
	c->variables = NULL;
	TRY(definition_by_row(&c->definition, c->session->store, in->definition));
	TRY(visible_variables(&c->variables, c->session, in));
	*out = (efile_task){
		.id = { c->row.uuid },
		.instance = { in->uuid },
		.process = c->definition.process,
		.node = c->row.node,
		.name = c->row.name,
		.created = c->row.created,
		.due = c->row.due.set ? c->row.due.value : 0,
		.case_id = { in->case_id },
		.document = { in->document },
		.variables = c->variables,
	};
	TRY(actor_id(&out->assignee, c->session, c->row.assignee));
	return actor_id(&out->owner, c->session, c->row.owner);
}

efile_status efile_task_cursor_next(efile_task_cursor *cursor, efile_task *task)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(instance_record) instance = { .head = { 0, 0 } };
	efile_status status;

	TRY(session_enter(&call, cursor->session));
	status = next_task(cursor);
	if (status != EFILE_OK)
		return status;
	TRY(instance_by_row(&instance, cursor->session->store, cursor->row.instance));
	return fill_task(task, cursor, &instance);
}

void efile_task_cursor_free(efile_task_cursor *cursor)
{
	if (!cursor)
		return;
	task_record_clear(&cursor->row);
	definition_record_clear(&cursor->definition);
	free(cursor->variables);
	free(cursor);
}
