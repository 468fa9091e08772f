/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What people and programs outside do to processes at work: messages, signals, time, retries,
 * suspending and moving. */
#include <stdlib.h>
#include <string.h>

#include "flow/definition.h"
#include "flow/runtime.h"
#include "flow/timer.h"

/* ---- messages and signals ---- */

efile_status efile_flow_message(int64_t *met, efile_session *session, const char *name,
				const char *key, const char *variables)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(flow_posts) posts = { .items = NULL };
	AUTO(txn) tx = TXN_NONE;

	TRY(session_enter(&call, session));
	TRY(access_require_administrator(session, RECORD_INSTANCE, NULL));
	if (!name || !*name || *name == '\t')
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2422, "a message needs a name");
	TRY(session_begin(&tx, session));
	TRY(post_message(&posts, session_ctx(session), name, key, variables));
	TRY(deliver_posts(&posts, session));
	TRY(txn_commit(&tx));
	if (met)
		*met = posts.met;
	return EFILE_OK;
}

efile_status efile_flow_signal(int64_t *met, efile_session *session, const char *name,
			       const char *variables)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(flow_posts) posts = { .items = NULL };
	AUTO(txn) tx = TXN_NONE;

	TRY(session_enter(&call, session));
	TRY(access_require_administrator(session, RECORD_INSTANCE, NULL));
	if (!name || !*name)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2423, "a signal needs a name");
	TRY(session_begin(&tx, session));
	TRY(post_signal(&posts, session_ctx(session), name, variables));
	TRY(deliver_posts(&posts, session));
	TRY(txn_commit(&tx));
	if (met)
		*met = posts.met;
	return EFILE_OK;
}

/* ---- time ---- */

static efile_status fire_instance(efile_session *session, const wait_record *row)
{
	AUTO(instance_record) instance = { .head = { 0, 0 } };
	AUTO(definition_ref) definition = DEFINITION_REF_NONE;
	flow_event event = { .kind = FLOW_EVENT_TIMER, .wait = (uint64_t)row->wait };

	TRY(instance_by_row(&instance, session->store, row->instance));
	TRY(definition_hold(&definition, session->store, instance.definition));
	return flow_apply(session, &instance, definition.opened, &event, JOURNAL_FLOW_TIMER);
}

static efile_status fire_start(efile_session *session, wait_record *row)
{
	AUTO(flow_posts) posts = { .items = NULL };
	bool over = row->remaining.set && row->remaining.value <= 0;

	TRY(post_start(&posts, session_ctx(session), row, NULL));
	row->remaining.value -= row->remaining.set;
	if (over || !timer_again(&row->due.value, row->name, row->due.value))
		TRY(row_delete(session->store, &kind_wait, row));
	else
		TRY(row_update(session->store, &kind_wait, row));
	return deliver_posts(&posts, session);
}

static efile_status fire(bool *fired, efile_session *session, const due_row *seen)
{
	AUTO(wait_record) row = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;
	efile_status status;

	TRY(session_begin(&tx, session));
	status = due_load(&row, session, &kind_wait, seen);
	if (status != EFILE_OK)
		return status;
	TRY(row.instance ? fire_instance(session, &row) : fire_start(session, &row));
	*fired = true;
	return txn_commit(&tx);
}

static efile_status next_timer(due_row *out, efile_store *store, efile_time until,
			       efile_time after_due, int64_t after)
{
	AUTO(wait_record) row = { .head = { 0, 0 } };
	efile_status status = wait_due(&row, store, until, after_due, after);

	*out = (due_row){ row.head.id, row.head.rev, row.due.value };
	return status;
}

static efile_status run_job(bool *fired, efile_session *session, const due_row *seen)
{
	AUTO(job_record) row = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;
	efile_status status;

	TRY(session_begin(&tx, session));
	status = due_load(&row, session, &kind_job, seen);
	if (status != EFILE_OK)
		return status;
	TRY(job_run_inside(fired, session, &row));
	return *fired ? txn_commit(&tx) : EFILE_OK;
}

/* What handlers inside try again; the rest is for workers. */
static efile_status next_job(due_row *out, efile_store *store, efile_time until,
			     efile_time after_due, int64_t after)
{
	for (;;) {
		AUTO(job_record) row = { .head = { 0, 0 } };
		efile_status status = job_due(&row, store, until, after_due, after);

		if (status != EFILE_OK)
			return status;
		after_due = row.ready.value;
		after = row.head.id;
		*out = (due_row){ row.head.id, row.head.rev, row.ready.value };
		if (handler_named(store, row.handler) || decision_of_handler(row.handler))
			return EFILE_OK;
	}
}

/* What ends a whole run rather than one of its rows. */
static bool ends_run(efile_status status)
{
	return status == EFILE_E_STORAGE || status == EFILE_E_BUSY || status == EFILE_E_NOMEM ||
		status == EFILE_E_INTERNAL || status == EFILE_E_CANCELLED;
}

efile_status due_load(void *out, efile_session *session, const record_kind *kind, const due_row *seen)
{
	efile_status status = row_load(session->store, kind, out, seen->id);

	if (status == EFILE_E_NOTFOUND)
		return EFILE_DONE;
	TRY(status);
	return ((const record_head *)out)->rev == seen->rev ? EFILE_OK : EFILE_DONE;
}

efile_status run_rows(int64_t *count, efile_session *session, efile_time now, due_next_fn next,
		     due_fire_fn fire_row)
{
	due_row row = { 0, 0, INT64_MIN };

	for (;;) {
		bool fired = false;
		efile_status status = next(&row, session->store, now, row.due, row.id);

		TRY(status);
		if (status == EFILE_DONE)
			return EFILE_OK;
		status = fire_row(&fired, session, &row);
		if (ends_run(status))
			return status;
		*count += status == EFILE_OK && fired;
		error_clear(session_ctx(session));
	}
}

efile_status efile_flow_run_due(int64_t *fired, efile_session *session)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	int64_t count = 0;
	efile_time now;

	TRY(session_enter(&call, session));
	TRY(access_require_administrator(session, RECORD_INSTANCE, NULL));
	now = ctx_now(session_ctx(session));
	TRY(run_rows(&count, session, now, next_timer, fire));
	TRY(conditions_run(&count, session, now));
	TRY(run_rows(&count, session, now, next_job, run_job));
	TRY(reminders_run(&count, session, now));
	if (fired)
		*fired = count;
	return EFILE_OK;
}

/* ---- one instance ---- */

static efile_status control(efile_session *session, efile_instance_id id, flow_event *event,
			    journal_action action)
{
	AUTO(instance_record) row = { .head = { 0, 0 } };
	AUTO(definition_ref) definition = DEFINITION_REF_NONE;
	AUTO(txn) tx = TXN_NONE;

	TRY(session_begin(&tx, session));
	TRY(instance_load(&row, session, id, EFILE_RIGHT_WRITE));
	TRY(definition_hold(&definition, session->store, row.definition));
	TRY(flow_apply(session, &row, definition.opened, event, action));
	return txn_commit(&tx);
}

efile_status efile_flow_suspend(efile_session *session, efile_instance_id instance)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	flow_event event = { .kind = FLOW_EVENT_SUSPEND };

	TRY(session_enter(&call, session));
	return control(session, instance, &event, JOURNAL_FLOW_SUSPENDED);
}

efile_status efile_flow_resume(efile_session *session, efile_instance_id instance)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	flow_event event = { .kind = FLOW_EVENT_RESUME };

	TRY(session_enter(&call, session));
	return control(session, instance, &event, JOURNAL_FLOW_RESUMED);
}

/* The open wait at a node; 0 if nothing waits there. */
static efile_status wait_at(uint64_t *out, efile_session *session, const instance_record *row,
			    const flow_definition *d, const char *node)
{
	flow_wait *waits = NULL;
	size_t count = 0;
	int64_t wanted = flow_node_find(d, node);

	*out = 0;
	TRY(flow_state_waits(&waits, &count, session_ctx(session), d, row->state.data,
			     row->state.length));
	for (size_t i = 0; i < count && !*out; i++)
		if (wanted >= 0 && waits[i].node == (uint32_t)wanted)
			*out = waits[i].number;
	free(waits);
	return EFILE_OK;
}

static efile_status move(efile_session *session, efile_instance_id id, const char *from,
			 const char *to)
{
	AUTO(instance_record) row = { .head = { 0, 0 } };
	AUTO(definition_ref) definition = DEFINITION_REF_NONE;
	AUTO(txn) tx = TXN_NONE;
	flow_event event = { .kind = FLOW_EVENT_MOVE, .node = to };

	TRY(session_begin(&tx, session));
	TRY(instance_load(&row, session, id, EFILE_RIGHT_WRITE));
	TRY(definition_hold(&definition, session->store, row.definition));
	if (from && *from) {
		TRY(wait_at(&event.wait, session, &row, definition.opened, from));
		if (!event.wait)
			return FAIL(session_ctx(session), EFILE_E_NOTFOUND, 2424,
				    "the process does not wait at %s", from);
	}
	TRY(flow_apply(session, &row, definition.opened, &event, JOURNAL_FLOW_MOVED));
	return txn_commit(&tx);
}

efile_status efile_flow_move(efile_session *session, efile_instance_id instance, const char *from,
			     const char *to)
{
	AUTO(session_call) call = SESSION_CALL_NONE;

	TRY(session_enter(&call, session));
	if ((!from || !*from) && (!to || !*to))
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2425,
			    "moving needs the id of a node");
	TRY(access_require_administrator(session, RECORD_INSTANCE, &instance.id));
	return move(session, instance, from, to);
}

/* ---- incidents ---- */

static efile_status incidents_of(uint64_t **out, size_t *count, efile_session *session,
				 const instance_record *row, const flow_definition *d)
{
	flow_wait *waits = NULL;
	size_t all = 0;
	uint64_t *numbers;

	TRY(flow_state_waits(&waits, &all, session_ctx(session), d, row->state.data,
			     row->state.length));
	numbers = mem_new(session_ctx(session), (all + 1) * sizeof(*numbers));
	*count = 0;
	for (size_t i = 0; numbers && i < all; i++)
		if (waits[i].kind == FLOW_WAIT_INCIDENT)
			numbers[(*count)++] = waits[i].number;
	free(waits);
	*out = numbers;
	return numbers ? EFILE_OK : EFILE_E_NOMEM;
}

static efile_status retry(efile_session *session, int64_t instance, const flow_definition *d,
			  const uint64_t *numbers, size_t count, const char *variables)
{
	for (size_t i = 0; i < count; i++) {
		AUTO(instance_record) row = { .head = { 0, 0 } };
		flow_event event = { .kind = FLOW_EVENT_RETRY, .wait = numbers[i],
				     .variables = i ? NULL : variables };
		efile_status status;

		TRY(instance_by_row(&row, session->store, instance));
		if (row.status != EFILE_FLOW_RUNNING)
			return EFILE_OK; /* an earlier one has brought it to its end */
		status = flow_apply(session, &row, d, &event, JOURNAL_FLOW_RETRIED);
		if (status == EFILE_E_NOTFOUND && i)
			error_clear(session_ctx(session)); /* cancelled by an earlier one */
		else
			TRY(status);
	}
	return EFILE_OK;
}

efile_status efile_flow_retry(int64_t *retried, efile_session *session, efile_instance_id instance,
			      const char *variables)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(instance_record) row = { .head = { 0, 0 } };
	AUTO(definition_ref) definition = DEFINITION_REF_NONE;
	AUTO(txn) tx = TXN_NONE;
	uint64_t *numbers = NULL;
	size_t count = 0;
	efile_status status;

	TRY(session_enter(&call, session));
	TRY(session_begin(&tx, session));
	TRY(instance_load(&row, session, instance, EFILE_RIGHT_WRITE));
	TRY(definition_hold(&definition, session->store, row.definition));
	TRY(incidents_of(&numbers, &count, session, &row, definition.opened));
	status = retry(session, row.head.id, definition.opened, numbers, count, variables);
	free(numbers);
	TRY(status);
	TRY(txn_commit(&tx));
	if (retried)
		*retried = (int64_t)count;
	return EFILE_OK;
}
