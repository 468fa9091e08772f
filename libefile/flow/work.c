/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Leases of jobs with fencing tokens, and what stands still. A token holds as long as the job's row
 * bears its number and the lease has not run out: who comes later finds another number, or no row. */
#include <efile/work.h>

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "flow/retry.h"
#include "flow/runtime.h"

enum { LEASE_SECONDS_MAX = 86400, LEASE_COUNT_MAX = 10000 };

void efile_work_options_init(efile_work_options *options)
{
	if (!options)
		return;
	*options = (efile_work_options){ .size = sizeof(*options), .worker = "worker",
					 .seconds = 60, .count = 1 };
}

/* ---- what the log hears ---- */

static efile_status note(efile_session *session, journal_action action, const job_record *job,
			 const char *message)
{
	AUTO(instance_record) instance = { .head = { 0, 0 } };
	AUTO(buf) body = BUF_INIT;
	json_writer w;

	TRY(instance_by_row(&instance, session->store, job->instance));
	json_begin(&w, &body);
	json_object(&w);
	json_put_id(&w, "instance", &instance.uuid);
	json_put_text(&w, "node", job->node);
	if (job->worker)
		json_put_text(&w, "worker", job->worker);
	if (job->ready.set)
		json_put_time(&w, action == JOURNAL_JOB_DELAYED ? "again" : "until",
			      job->ready.value);
	if (action == JOURNAL_JOB_DELAYED)
		json_put_int(&w, "failures", job->failures.value);
	if (message && *message)
		json_put_text(&w, "message", message);
	json_end_object(&w);
	TRY(buf_status(&body, session_ctx(session)));
	return session_journal(session, action, RECORD_JOB, &job->uuid, instance.dossier,
			       body.data);
}

/* ---- leasing ---- */

struct efile_work_cursor {
	efile_session *session;
	job_record *jobs;
	size_t count, capacity, at;
	definition_record definition;
	char *variables;
};

void efile_work_cursor_free(efile_work_cursor *cursor)
{
	if (!cursor)
		return;
	for (size_t i = 0; i < cursor->count; i++)
		job_record_clear(&cursor->jobs[i]);
	free(cursor->jobs);
	definition_record_clear(&cursor->definition);
	free(cursor->variables);
	free(cursor);
}

DEFINE_AUTO_PTR(efile_work_cursor, efile_work_cursor_free)

static efile_status check_lease(efile_ctx *ctx, const char *topic, const efile_work_options *o)
{
	if (!topic || !*topic || !o->worker || !*o->worker)
		return FAIL(ctx, EFILE_E_INVALID, 2374, "a lease needs a topic and a worker");
	if (o->seconds < 1 || o->seconds > LEASE_SECONDS_MAX || o->count < 1 ||
	    o->count > LEASE_COUNT_MAX)
		return FAIL(ctx, EFILE_E_INVALID, 2375,
			    "a lease is for 1 to %d seconds and 1 to %d jobs", LEASE_SECONDS_MAX,
			    LEASE_COUNT_MAX);
	return EFILE_OK;
}

static efile_status lease(efile_session *session, job_record *row, const efile_work_options *o)
{
	efile_ctx *ctx = session_ctx(session);

	free(row->worker);
	row->worker = NULL;
	TRY(mem_dup(&row->worker, ctx, o->worker));
	row->fence = (opt_int){ true, row->fence.value + 1 };
	row->ready = (opt_int){ true, ctx_now(ctx) + o->seconds * 1000000 };
	TRY(row_update(session->store, &kind_job, row));
	return note(session, JOURNAL_JOB_LEASED, row, NULL);
}

static efile_status lease_jobs(efile_work_cursor *c, const char *topic, const efile_work_options *o)
{
	efile_ctx *ctx = session_ctx(c->session);
	efile_time now = ctx_now(ctx);

	for (int64_t i = 0; i < o->count; i++) {
		job_record row = { .head = { 0, 0 } };
		void *jobs = c->jobs;
		efile_status status;

		TRY(mem_grow(ctx, &jobs, &c->capacity, c->count, sizeof(row)));
		c->jobs = jobs;
		status = job_turn(&row, c->session->store, topic, now,
				  i ? &c->jobs[i - 1] : NULL);
		if (status != EFILE_OK)
			return status;
		status = lease(c->session, &row, o);
		c->jobs[c->count++] = row;
		TRY(status);
	}
	return EFILE_OK;
}

efile_status efile_work_lease(efile_work_cursor **out, efile_session *session, const char *topic,
			      const efile_work_options *options)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO_PTR(efile_work_cursor) cursor = NULL;
	AUTO(txn) tx = TXN_NONE;
	efile_work_options o;

	if (!out)
		return EFILE_E_INVALID;
	efile_work_options_init(&o);
	TRY(session_enter(&call, session));
	TRY(access_require_administrator(session, RECORD_JOB, NULL));
	TRY(options_import(session_ctx(session), &o, sizeof(o), options));
	TRY(check_lease(session_ctx(session), topic, &o));
	cursor = mem_new(session_ctx(session), sizeof(*cursor));
	if (!cursor)
		return EFILE_E_NOMEM;
	cursor->session = session;
	TRY(session_begin(&tx, session));
	TRY(lease_jobs(cursor, topic, &o));
	TRY(txn_commit(&tx));
	*out = STEAL(cursor);
	return EFILE_OK;
}

static efile_status fill_work(efile_work *out, efile_work_cursor *c, const job_record *job,
			      const instance_record *in)
{
	definition_record_clear(&c->definition);
	free(c->variables);
	c->variables = NULL;
	TRY(definition_by_row(&c->definition, c->session->store, in->definition));
	TRY(instance_wait_variables(&c->variables, c->session, in, (uint64_t)job->wait));
	*out = (efile_work){
		.id = job->uuid,
		.token = job->fence.value,
		.until = job->ready.value,
		.instance = { in->uuid },
		.case_id = { in->case_id },
		.document = { in->document },
		.process = c->definition.process,
		.topic = job->handler,
		.node = job->node,
		.failures = job->failures.value,
		.priority = job->priority.value,
		.variables = c->variables,
	};
	return EFILE_OK;
}

efile_status efile_work_cursor_next(efile_work_cursor *cursor, efile_work *work)
{
	AUTO(session_call) call = SESSION_CALL_NONE;

	if (!cursor || !work)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, cursor->session));
	while (cursor->at < cursor->count) {
		AUTO(instance_record) instance = { .head = { 0, 0 } };
		AUTO(job_record) still = { .head = { 0, 0 } };
		const job_record *job = &cursor->jobs[cursor->at++];
		efile_status status = job_by_uuid(&still, cursor->session->store, &job->uuid);

		if (status == EFILE_E_NOTFOUND)
			continue; /* ended under the worker's hands */
		TRY(status);
		TRY(instance_by_row(&instance, cursor->session->store, job->instance));
		return fill_work(work, cursor, job, &instance);
	}
	return EFILE_DONE;
}

/* ---- under a lease ---- */

/* The job, if the token is that of the lease that holds now. Ours is the transaction. */
static efile_status leased(job_record *out, efile_session *session, efile_id id, int64_t token)
{
	efile_ctx *ctx = session_ctx(session);
	efile_status status;

	TRY(access_require_administrator(session, RECORD_JOB, &id));
	status = job_by_uuid(out, session->store, &id);
	if (status == EFILE_E_NOTFOUND)
		return access_missing(session, RECORD_JOB, &id, NULL);
	TRY(status);
	if (!out->worker || !out->fence.set || out->fence.value != token)
		return FAIL(ctx, EFILE_E_CONFLICT, 2376, "the lease of the job is another's");
	if (out->ready.value <= ctx_now(ctx))
		return FAIL(ctx, EFILE_E_CONFLICT, 2377, "the lease of the job has run out");
	return EFILE_OK;
}

efile_status efile_work_extend(efile_time *until, efile_session *session, efile_id job,
			       int64_t token, int64_t seconds)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(job_record) row = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;
	efile_work_options o;

	efile_work_options_init(&o);
	o.seconds = seconds;
	TRY(session_enter(&call, session));
	TRY(check_lease(session_ctx(session), "extend", &o));
	TRY(session_begin(&tx, session));
	TRY(leased(&row, session, job, token));
	row.ready.value = ctx_now(session_ctx(session)) + seconds * 1000000;
	TRY(row_update(session->store, &kind_job, &row));
	TRY(note(session, JOURNAL_JOB_EXTENDED, &row, NULL));
	TRY(txn_commit(&tx));
	if (until)
		*until = row.ready.value;
	return EFILE_OK;
}

static efile_status report(efile_session *session, efile_id job, int64_t token, flow_event *event,
			   journal_action action)
{
	AUTO(job_record) row = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;

	TRY(session_begin(&tx, session));
	TRY(leased(&row, session, job, token));
	TRY(job_event(session, &row, event, action));
	return txn_commit(&tx);
}

efile_status efile_work_complete(efile_session *session, efile_id job, int64_t token,
				 const char *variables)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	flow_event event = { .kind = FLOW_EVENT_JOB_DONE, .variables = variables };

	TRY(session_enter(&call, session));
	return report(session, job, token, &event, JOURNAL_JOB_DONE);
}

efile_status efile_work_error(efile_session *session, efile_id job, int64_t token,
			      const char *code, const char *message, const char *variables)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	flow_event event = { .kind = FLOW_EVENT_JOB_ERROR, .code = code, .message = message,
			     .variables = variables };

	TRY(session_enter(&call, session));
	if (!code || !*code)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2378, "an error needs a code");
	return report(session, job, token, &event, JOURNAL_JOB_FAILED);
}

efile_status efile_work_release(efile_session *session, efile_id job, int64_t token)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(job_record) row = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;

	TRY(session_enter(&call, session));
	TRY(session_begin(&tx, session));
	TRY(leased(&row, session, job, token));
	free(row.worker);
	row.worker = NULL;
	row.ready = (opt_int){ false, 0 };
	TRY(row_update(session->store, &kind_job, &row));
	TRY(note(session, JOURNAL_JOB_RELEASED, &row, NULL));
	return txn_commit(&tx);
}

/* ---- trying again ---- */

/* By the model, else by what holds for outside workers. */
static efile_status plan_of(retry_plan *out, efile_session *session, const job_record *job)
{
	AUTO(instance_record) instance = { .head = { 0, 0 } };
	AUTO(definition_ref) definition = DEFINITION_REF_NONE;
	flow_node node = { .retries = "" };
	int64_t at;

	TRY(instance_by_row(&instance, session->store, job->instance));
	TRY(definition_hold(&definition, session->store, instance.definition));
	at = flow_node_find(definition.opened, job->node);
	if (at >= 0)
		flow_node_at(&node, definition.opened, (uint32_t)at);
	if (!*node.retries || !retry_read(out, node.retries))
		retry_read(out, retry_default);
	return EFILE_OK;
}

efile_status job_wait_again(efile_session *session, job_record *job, efile_time wait,
			    const char *message)
{
	job->ready = (opt_int){ true, ctx_now(session_ctx(session)) + wait };
	free(job->worker);
	job->worker = NULL;
	TRY(job->head.id ? row_update(session->store, &kind_job, job) :
			   row_insert(session->store, &kind_job, job));
	return note(session, JOURNAL_JOB_DELAYED, job, message);
}

efile_status job_try_again(efile_session *session, job_record *job, const char *message)
{
	flow_event event = { .kind = FLOW_EVENT_JOB_FAILED, .message = message };
	retry_plan plan;
	efile_time wait;

	TRY(plan_of(&plan, session, job));
	job->failures = (opt_int){ true, job->failures.value + 1 };
	if (retry_wait(&wait, &plan, job->failures.value))
		return job_wait_again(session, job, wait, message);
	job->ready = (opt_int){ false, 0 };
	return job_event(session, job, &event, JOURNAL_JOB_FAILED);
}

efile_status efile_work_fail(efile_time *again, efile_session *session, efile_id job,
			     int64_t token, const char *message)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(job_record) row = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;

	TRY(session_enter(&call, session));
	TRY(session_begin(&tx, session));
	TRY(leased(&row, session, job, token));
	TRY(job_try_again(session, &row, message));
	TRY(txn_commit(&tx));
	if (again)
		*again = row.ready.set ? row.ready.value : 0;
	return EFILE_OK;
}

/* ---- what stands still ---- */

struct efile_incident_cursor {
	efile_session *session;
	incident_record row;
	definition_record definition;
};

efile_status efile_incident_list(efile_incident_cursor **out, efile_session *session)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	efile_incident_cursor *cursor;

	if (!out)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, session));
	TRY(access_require_administrator(session, RECORD_INCIDENT, NULL));
	cursor = mem_new(session_ctx(session), sizeof(*cursor));
	if (!cursor)
		return EFILE_E_NOMEM;
	cursor->session = session;
	*out = cursor;
	return EFILE_OK;
}

efile_status efile_incident_cursor_next(efile_incident_cursor *cursor, efile_incident *incident)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(instance_record) instance = { .head = { 0, 0 } };
	efile_store *store;
	efile_status status;
	int64_t after;

	if (!cursor || !incident)
		return EFILE_E_INVALID;
	store = cursor->session->store;
	after = cursor->row.head.id;
	TRY(session_enter(&call, cursor->session));
	TRY(access_require_administrator(cursor->session, RECORD_INCIDENT, NULL));
	incident_record_clear(&cursor->row);
	definition_record_clear(&cursor->definition);
	status = incident_next(&cursor->row, store, after);
	if (status != EFILE_OK)
		return status;
	TRY(instance_by_row(&instance, store, cursor->row.instance));
	TRY(definition_by_row(&cursor->definition, store, instance.definition));
	*incident = (efile_incident){
		.instance = { instance.uuid },
		.process = cursor->definition.process,
		.node = cursor->row.node,
		.message = cursor->row.message,
		.topic = cursor->row.handler ? cursor->row.handler : "",
		.created = cursor->row.created,
	};
	return EFILE_OK;
}

void efile_incident_cursor_free(efile_incident_cursor *cursor)
{
	if (!cursor)
		return;
	incident_record_clear(&cursor->row);
	definition_record_clear(&cursor->definition);
	free(cursor);
}

/* ---- time ---- */

efile_status efile_flow_next_due(efile_time *due, efile_session *session)
{
	AUTO(session_call) call = SESSION_CALL_NONE;

	TRY(session_enter(&call, session));
	TRY(access_require_administrator(session, RECORD_INSTANCE, NULL));
	if (!due)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2380, "no place for the time");
	return next_due(due, session->store, ctx_now(session_ctx(session)));
}
