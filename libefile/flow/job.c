/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs for outside workers: what no handler inside does. A result counts once: the job's row goes
 * in the transaction of its step. Leases are in work.c. */
#include <stdlib.h>

#include "flow/runtime.h"

struct efile_job_cursor {
	efile_session *session;
	char *handler;
	job_record row;
	char *variables;
};

efile_status efile_job_list(efile_job_cursor **out, efile_session *session, const char *handler)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	efile_job_cursor *cursor;
	efile_status status;

	if (!out)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, session));
	TRY(access_require_administrator(session, RECORD_JOB, NULL));
	cursor = mem_new(session_ctx(session), sizeof(*cursor));
	if (!cursor)
		return EFILE_E_NOMEM;
	cursor->session = session;
	status = mem_dup(&cursor->handler, session_ctx(session), handler);
	if (status < 0)
		free(cursor);
	else
		*out = cursor;
	return status;
}

efile_status efile_job_cursor_next(efile_job_cursor *cursor, efile_job *job)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(instance_record) instance = { .head = { 0, 0 } };
	efile_status status;
	int64_t after;

	if (!cursor || !job)
		return EFILE_E_INVALID;
	after = cursor->row.head.id;
	TRY(session_enter(&call, cursor->session));
	TRY(access_require_administrator(cursor->session, RECORD_JOB, NULL));
	job_record_clear(&cursor->row);
	free(cursor->variables);
	cursor->variables = NULL;
	status = job_next(&cursor->row, cursor->session->store, after, cursor->handler);
	if (status != EFILE_OK)
		return status;
	TRY(instance_by_row(&instance, cursor->session->store, cursor->row.instance));
	TRY(instance_wait_variables(&cursor->variables, cursor->session, &instance,
				    (uint64_t)cursor->row.wait));
	*job = (efile_job){
		.id = cursor->row.uuid,
		.instance = { instance.uuid },
		.handler = cursor->row.handler,
		.node = cursor->row.node,
		.created = cursor->row.created,
		.variables = cursor->variables,
		.ready = cursor->row.ready.set ? cursor->row.ready.value : 0,
		.failures = cursor->row.failures.value,
		.priority = cursor->row.priority.value,
		.worker = cursor->row.worker ? cursor->row.worker : "",
	};
	return EFILE_OK;
}

void efile_job_cursor_free(efile_job_cursor *cursor)
{
	if (!cursor)
		return;
	job_record_clear(&cursor->row);
	free(cursor->handler);
	free(cursor->variables);
	free(cursor);
}

efile_status job_event(efile_session *session, const job_record *job, flow_event *event,
		       journal_action action)
{
	AUTO(instance_record) instance = { .head = { 0, 0 } };
	AUTO(definition_ref) definition = DEFINITION_REF_NONE;

	TRY(instance_by_row(&instance, session->store, job->instance));
	TRY(definition_hold(&definition, session->store, instance.definition));
	event->wait = (uint64_t)job->wait;
	return flow_apply(session, &instance, definition.opened, event, action);
}

/* Without a token only while nobody has a lease. */
static efile_status report_job(efile_session *session, efile_id id, flow_event *event,
			       journal_action action)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(job_record) job = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;
	efile_status status;

	TRY(session_enter(&call, session));
	TRY(access_require_administrator(session, RECORD_JOB, &id));
	TRY(session_begin(&tx, session));
	status = job_by_uuid(&job, session->store, &id);
	if (status == EFILE_E_NOTFOUND)
		return access_missing(session, RECORD_JOB, &id, NULL);
	TRY(status);
	if (job.worker && job.ready.value > ctx_now(session_ctx(session)))
		return FAIL(session_ctx(session), EFILE_E_CONFLICT, 2379,
			    "the job is leased by %s", job.worker);
	TRY(job_event(session, &job, event, action));
	return txn_commit(&tx);
}

efile_status efile_job_complete(efile_session *session, efile_id job, const char *variables)
{
	flow_event event = { .kind = FLOW_EVENT_JOB_DONE, .variables = variables };

	return report_job(session, job, &event, JOURNAL_JOB_DONE);
}

efile_status efile_job_fail(efile_session *session, efile_id job, const char *message)
{
	flow_event event = { .kind = FLOW_EVENT_JOB_FAILED, .message = message };

	return report_job(session, job, &event, JOURNAL_JOB_FAILED);
}
