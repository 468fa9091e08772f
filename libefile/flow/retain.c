/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Retention of instances that have ended: after the days that the model or the caller says, variables,
 * persons, comments and the bodies of their log entries are erased. What stays: that there was an
 * instance of this version from when to when, its tasks with their dates, and the figures. */
#include <efile/work.h>

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "flow/definition.h"
#include "flow/form.h"
#include "flow/runtime.h"

enum { DAYS_MAX = 36500 };

static const efile_time day = INT64_C(86400) * 1000000;

void efile_flow_retention_init(efile_flow_retention *retention)
{
	if (!retention)
		return;
	*retention = (efile_flow_retention){ .size = sizeof(*retention), .days = -1 };
}

typedef struct retained {
	int64_t instances, tasks, comments, entries;
} retained;

typedef struct retaining {
	efile_session *session;
	efile_store *store;
	efile_ctx *ctx;
	efile_flow_retention o;
	efile_time now;
	retained done;
} retaining;

/* ---- which ---- */

/* Days that the process says itself; -1: none. */
static int64_t days_of(const flow_definition *d)
{
	flow_node process;
	const char *row;
	int64_t days = 0;

	flow_node_at(&process, d, process_node(d));
	row = form_row_next(process.form, NULL, 'T');
	if (!row || !str_ascii_digit(*row))
		return -1;
	for (; str_ascii_digit(*row) && days < DAYS_MAX; row++)
		days = days * 10 + (*row - '0');
	return days;
}

static efile_status is_due(bool *out, retaining *r, const instance_record *row)
{
	AUTO(definition_ref) definition = DEFINITION_REF_NONE;
	int64_t days;

	TRY(definition_hold(&definition, r->store, row->definition));
	days = days_of(definition.opened);
	if (days < 0)
		days = r->o.days;
	*out = days >= 0 && row->ended.value + days * day <= r->now &&
		(!r->o.process || !strcmp(r->o.process, definition.row->process));
	return EFILE_OK;
}

/* ---- rows ---- */

static bool names_somebody(const task_record *t)
{
	return t->assignee.set || t->owner.set || t->trail || !efile_id_is_none(&t->performer) ||
		!efile_id_is_none(&t->behalf);
}

static efile_status strip_tasks(retaining *r, journal_revs *revs, int64_t instance)
{
	for (int64_t after = 0;;) {
		AUTO(task_record) row = { .head = { 0, 0 } };
		efile_status status = task_of_instance(&row, r->store, instance, after);

		TRY(status);
		if (status == EFILE_DONE)
			return EFILE_OK;
		after = row.head.id;
		TRY(journal_find(revs, r->store, &row.uuid, FLOW_FIRST_ACTION, FLOW_LAST_ACTION));
		r->done.tasks++;
		if (!names_somebody(&row))
			continue;
		row.assignee = row.owner = (opt_int){ false, 0 };
		row.performer = row.behalf = EFILE_ID_NONE;
		free(row.trail);
		row.trail = NULL;
		TRY(row_update(r->store, &kind_task, &row));
	}
}

static efile_status drop_comments(retaining *r, journal_revs *revs, int64_t instance)
{
	for (;;) {
		AUTO(comment_record) row = { .head = { 0, 0 } };
		efile_status status = comment_next(&row, r->store, instance, 0);

		TRY(status);
		if (status == EFILE_DONE)
			return EFILE_OK;
		TRY(journal_find(revs, r->store, &row.uuid, FLOW_FIRST_ACTION, FLOW_LAST_ACTION));
		TRY(row_delete(r->store, &kind_comment, &row));
		r->done.comments++;
	}
}

/* The rows of jobs are gone with their end; what the log says about them names the instance. */
static efile_status find_jobs(retaining *r, journal_revs *revs, const instance_record *row)
{
	char id[EFILE_ID_TEXT_SIZE];

	if (!revs->count)
		return EFILE_OK;
	return journal_find_naming(revs, r->store, RECORD_JOB, row->dossier, revs->items[0],
				   row->head.rev, efile_id_format(&row->uuid, id));
}

/* Who started it: an id that nobody has, since the column is never empty. */
static const efile_id nobody = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				   0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };

/* The figures are taken before the log that tells them is gone. */
static efile_status strip_instance(retaining *r, instance_record *row)
{
	AUTO(definition_ref) definition = DEFINITION_REF_NONE;
	AUTO(buf) figures = BUF_INIT;
	AUTO(buf) state = BUF_INIT;
	char *taken;
	size_t length;

	TRY(instance_figures(&figures, r->session, row));
	TRY(definition_hold(&definition, r->store, row->definition));
	TRY(flow_state_strip(&state, r->ctx, definition.opened, row->state.data, row->state.length));
	length = state.length;
	TRY(buf_take(&taken, &state, r->ctx));
	free(row->state.data);
	row->state = (bytes){ (unsigned char *)taken, length };
	free(row->figures);
	row->figures = NULL;
	TRY(buf_take(&row->figures, &figures, r->ctx));
	row->starter = nobody;
	row->erased = (opt_int){ true, r->now };
	return row_rewrite(r->store, &kind_instance, row);
}

static efile_status erase(retaining *r, instance_record *row)
{
	AUTO(journal_revs) revs = JOURNAL_REVS_NONE;
	journal_entry entry = { .chain = row->dossier, .actor = r->session->actor,
				.behalf = r->session->behalf, .object_kind = RECORD_INSTANCE,
				.object = row->uuid, .body = "retention", .session = r->session };
	size_t erased;

	TRY(journal_find(&revs, r->store, &row->uuid, FLOW_FIRST_ACTION, FLOW_LAST_ACTION));
	TRY(find_jobs(r, &revs, row));
	TRY(strip_instance(r, row));
	TRY(strip_tasks(r, &revs, row->head.id));
	TRY(drop_comments(r, &revs, row->head.id));
	TRY(journal_erase(&erased, r->store, &entry, &revs));
	r->done.entries += (int64_t)erased;
	r->done.instances++;
	return EFILE_OK;
}

/* The shortest time that some process keeps its instances; -1: none is ever erased. */
static efile_status shortest(int64_t *out, retaining *r)
{
	int64_t after = 0;

	*out = r->o.days;
	for (;;) {
		AUTO(definition_ref) definition = DEFINITION_REF_NONE;
		efile_status status = definition_next(&after, r->store, after);
		int64_t days;

		if (status != EFILE_OK)
			return status < 0 ? status : EFILE_OK;
		TRY(definition_hold(&definition, r->store, after));
		days = days_of(definition.opened);
		if (days >= 0 && (*out < 0 || days < *out))
			*out = days;
	}
}

/* Each instance by itself, looked at again under the lock of the writer. */
static efile_status retain_one(retaining *r, int64_t instance)
{
	AUTO(instance_record) row = { .head = { 0, 0 } };
	retained before = r->done;
	AUTO(txn) tx = TXN_NONE;
	efile_status status = session_begin(&tx, r->session);
	bool due = false;

	if (status == EFILE_OK)
		status = instance_by_row(&row, r->store, instance);
	if (status == EFILE_OK && row.ended.set && !row.erased.set)
		status = is_due(&due, r, &row);
	if (status == EFILE_OK && due)
		status = erase(r, &row);
	if (status == EFILE_OK && due)
		status = txn_commit(&tx);
	if (status < 0)
		r->done = before;
	return status;
}

static efile_status retain_all(retaining *r)
{
	int64_t after = 0, days = -1;

	TRY(shortest(&days, r));
	while (days >= 0 && (r->o.max <= 0 || r->done.instances < r->o.max)) {
		AUTO(instance_record) row = { .head = { 0, 0 } };
		efile_status status = instance_ended(&row, r->store, r->now - days * day, after);
		bool due = false;

		TRY(status);
		if (status == EFILE_DONE)
			return EFILE_OK;
		after = row.head.id;
		TRY(is_due(&due, r, &row));
		if (due)
			TRY(retain_one(r, after));
	}
	return EFILE_OK;
}

efile_status efile_flow_retain(char **out, efile_session *session,
			       const efile_flow_retention *retention)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(buf) json = BUF_INIT;
	retaining r = { .session = session };
	json_writer w;

	TRY(session_enter(&call, session));
	r.store = session->store;
	r.ctx = session_ctx(session);
	efile_flow_retention_init(&r.o);
	TRY(options_import(r.ctx, &r.o, sizeof(r.o), retention));
	if (r.o.days < -1 || r.o.days > DAYS_MAX || r.o.max < 0)
		return FAIL(r.ctx, EFILE_E_INVALID, 2487, "a retention of %lld days", (long long)r.o.days);
	TRY(access_require_administrator(session, RECORD_INSTANCE, NULL));
	r.now = ctx_now(r.ctx);
	TRY(retain_all(&r));
	if (!out)
		return EFILE_OK;
	json_begin(&w, &json);
	json_object(&w);
	json_put_text(&w, "schema", "efile.flow_retained.v1");
	json_put_int(&w, "instances", r.done.instances);
	json_put_int(&w, "tasks", r.done.tasks);
	json_put_int(&w, "comments", r.done.comments);
	json_put_int(&w, "entries", r.done.entries);
	json_end_object(&w);
	return buf_take(out, &json, r.ctx);
}
