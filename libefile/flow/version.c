/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running instances to another version, one after the other, so many in a transaction: who does not
 * fit stays as it is, and a call that is cut off has moved the first ones whole. */
#include <efile/work.h>

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "flow/migrate.h"
#include "flow/runtime.h"

enum { CHUNK = 500, REPORTED_MAX = 1000 };

void efile_flow_migration_init(efile_flow_migration *options)
{
	if (!options)
		return;
	*options = (efile_flow_migration){ .size = sizeof(*options) };
}

typedef struct migration {
	efile_session *session;
	efile_ctx *ctx;
	const efile_flow_migration *o;
	efile_report *report;
	definition_ref to;
	definition_ref from;
	flow_plan plan;
	buf map;                /* the plan as JSON */
	efile_flow_migrated done;
} migration;

static void migration_clear(migration *m)
{
	flow_plan_clear(&m->plan);
	definition_ref_clear(&m->from);
	definition_ref_clear(&m->to);
	buf_clear(&m->map);
}

/* ---- the plan ---- */

static efile_status write_map(migration *m)
{
	json_writer w;

	json_begin(&w, &m->map);
	json_object(&w);
	for (size_t i = 0; i < m->o->mapping_count; i++)
		json_put_text(&w, m->o->mappings[i].from, m->o->mappings[i].to);
	json_end_object(&w);
	return buf_status(&m->map, m->ctx);
}

static efile_status hold_version(definition_ref *out, migration *m, const char *process,
				 int64_t version)
{
	AUTO(definition_record) row = { .head = { 0, 0 } };
	efile_status status = version ?
		definition_by_version(&row, m->session->store, process, version) :
		definition_newest(&row, m->session->store, process);

	if (status == EFILE_E_NOTFOUND)
		return FAIL(m->ctx, EFILE_E_NOTFOUND, 2383, "no version %lld of process %s",
			    (long long)version, process);
	TRY(status);
	return definition_hold(out, m->session->store, row.head.id);
}

/* From another version than the last one: the plan is made anew. */
static efile_status use_version(migration *m, const char *process, int64_t version)
{
	const flow_event event = { .variables = buf_text(&m->map) };

	flow_plan_clear(&m->plan);
	definition_ref_clear(&m->from);
	TRY(hold_version(&m->from, m, process, version));
	return plan_of_event(&m->plan, m->ctx, m->from.opened, m->to.opened, &event);
}

/* ---- one instance ---- */

/* Tasks and jobs bear the names of their nodes. */
static efile_status rename_task(migration *m, int64_t instance, const flow_wait *wait,
				const flow_node *node)
{
	AUTO(task_record) row = { .head = { 0, 0 } };

	TRY(task_by_wait(&row, m->session->store, instance, wait->number));
	free(row.node);
	free(row.name);
	row.node = row.name = NULL;
	TRY(mem_dup(&row.node, m->ctx, node->id));
	TRY(mem_dup(&row.name, m->ctx, *node->name ? node->name : node->id));
	return row_rewrite(m->session->store, &kind_task, &row);
}

static efile_status rename_job(migration *m, int64_t instance, const flow_wait *wait,
			       const flow_node *node)
{
	AUTO(job_record) row = { .head = { 0, 0 } };
	efile_status status = job_by_wait(&row, m->session->store, instance, wait->number);

	if (status == EFILE_E_NOTFOUND)
		return EFILE_OK;
	TRY(status);
	free(row.node);
	free(row.handler);
	row.node = row.handler = NULL;
	TRY(mem_dup(&row.node, m->ctx, node->id));
	TRY(mem_dup(&row.handler, m->ctx, node->handler));
	return row_rewrite(m->session->store, &kind_job, &row);
}

static efile_status rename_wait(migration *m, int64_t instance, const flow_wait *wait)
{
	flow_node old, now;

	flow_node_at(&old, m->plan.from, wait->node);
	flow_node_at(&now, m->plan.to, m->plan.nodes[wait->node] - 1);
	if (wait->kind == FLOW_WAIT_TASK && (strcmp(old.id, now.id) || strcmp(old.name, now.name)))
		return rename_task(m, instance, wait, &now);
	if (wait->kind == FLOW_WAIT_JOB && (strcmp(old.id, now.id) || strcmp(old.handler, now.handler)))
		return rename_job(m, instance, wait, &now);
	return EFILE_OK;
}

static efile_status rename_waits(migration *m, const instance_record *row)
{
	flow_wait *waits = NULL;
	size_t count = 0;
	efile_status status;

	TRY(flow_state_waits(&waits, &count, m->ctx, m->plan.from, row->state.data,
			     row->state.length));
	status = EFILE_OK;
	for (size_t i = 0; i < count && status == EFILE_OK; i++)
		if (waits[i].kind <= FLOW_WAIT_JOB)
			status = rename_wait(m, row->head.id, &waits[i]);
	free(waits);
	return status;
}

static efile_status migrate_one(migration *m, instance_record *row)
{
	AUTO(flow_effects) effects = { NULL, 0, 0 };
	AUTO(buf) state = BUF_INIT;
	char to[EFILE_ID_TEXT_SIZE], from[EFILE_ID_TEXT_SIZE], place[EFILE_ID_TEXT_SIZE];
	flow_event event = { .kind = FLOW_EVENT_MIGRATE, .variables = buf_text(&m->map),
			     .code = efile_id_format(&m->to.row->uuid, to),
			     .message = efile_id_format(&m->from.row->uuid, from),
			     .time = ctx_now(m->ctx) };
	efile_status status;

	event.actor.id = m->session->actor;
	event.on_behalf_of.id = m->session->behalf;
	status = flow_migrate(&state, &effects, m->done.refused < REPORTED_MAX ? m->report : NULL,
			      efile_id_format(&row->uuid, place), m->ctx, &m->plan, row->state.data,
			      row->state.length, &event);
	TRY(status);
	m->done.refused += status == EFILE_DONE;
	m->done.migrated += status == EFILE_OK;
	if (status == EFILE_DONE || m->o->dry_run)
		return EFILE_OK;
	TRY(rename_waits(m, row));
	row->definition = m->to.row->head.id;
	return flow_apply_made(m->session, row, m->to.opened, &event, JOURNAL_FLOW_MIGRATED, &state,
			       &effects);
}

/* ---- many ---- */

static bool enough(const migration *m)
{
	return m->o->most > 0 && m->done.migrated >= m->o->most;
}

/* So many in one transaction; *after is the last one looked at. DONE: there are no more. */
static efile_status migrate_chunk(migration *m, int64_t *after)
{
	AUTO(txn) tx = TXN_NONE;
	efile_status status = EFILE_OK;

	TRY(session_begin(&tx, m->session));
	for (int i = 0; i < CHUNK && !enough(m) && status == EFILE_OK; i++) {
		AUTO(instance_record) row = { .head = { 0, 0 } };

		status = instance_running(&row, m->session->store, m->from.row->head.id, *after);
		if (status != EFILE_OK)
			break;
		*after = row.head.id;
		status = migrate_one(m, &row);
	}
	TRY(status);
	TRY(txn_commit(&tx));
	return enough(m) ? EFILE_DONE : status;
}

static efile_status migrate_version(migration *m, const char *process, int64_t version)
{
	int64_t after = 0;
	efile_status status;

	TRY(use_version(m, process, version));
	while ((status = migrate_chunk(m, &after)) == EFILE_OK)
		;
	return status < 0 ? status : EFILE_OK;
}

static efile_status migrate_all(migration *m, const char *process)
{
	int64_t first = m->o->from_version ? m->o->from_version : 1;
	int64_t last = m->o->from_version ? m->o->from_version : INT64_MAX;
	efile_status status = EFILE_OK;

	for (int64_t v = first; v <= last && !enough(m) && status == EFILE_OK; v++) {
		if (v == m->to.row->version)
			continue;
		status = migrate_version(m, process, v);
		if (status == EFILE_E_NOTFOUND && !m->o->from_version) {
			error_clear(m->ctx); /* the versions have no gaps: that was the last */
			return EFILE_OK;
		}
	}
	return status;
}

static efile_status migrate_single(migration *m, const char *process)
{
	AUTO(instance_record) row = { .head = { 0, 0 } };
	AUTO(definition_ref) now = DEFINITION_REF_NONE;
	AUTO(txn) tx = TXN_NONE;

	TRY(session_begin(&tx, m->session));
	TRY(instance_load(&row, m->session, m->o->instance, EFILE_RIGHT_WRITE));
	TRY(definition_hold(&now, m->session->store, row.definition));
	if (strcmp(now.row->process, process) != 0)
		return FAIL(m->ctx, EFILE_E_INVALID, 2384, "the instance is one of process %s",
			    now.row->process);
	if (row.definition == m->to.row->head.id)
		return EFILE_OK;
	TRY(use_version(m, process, now.row->version));
	TRY(migrate_one(m, &row));
	return txn_commit(&tx);
}

static efile_status run_migration(migration *m, const char *process)
{
	TRY(write_map(m));
	TRY(hold_version(&m->to, m, process, m->o->to_version));
	return efile_id_is_none(&m->o->instance.id) ? migrate_all(m, process) :
						     migrate_single(m, process);
}

static efile_status check_options(efile_ctx *ctx, const char *process, const efile_flow_migration *o)
{
	if (!process || !*process)
		return FAIL(ctx, EFILE_E_INVALID, 2404, "starting needs the id of a process");
	if (o->from_version < 0 || o->to_version < 0 || o->most < 0 ||
	    (o->mapping_count && !o->mappings))
		return FAIL(ctx, EFILE_E_INVALID, 2385, "a migration has versions, a plan and a number");
	for (size_t i = 0; i < o->mapping_count; i++)
		if (!o->mappings[i].from || !o->mappings[i].to)
			return FAIL(ctx, EFILE_E_INVALID, 2386, "a plan names nodes by their ids");
	return EFILE_OK;
}

efile_status efile_flow_migrate(efile_flow_migrated *out, efile_report **findings,
				efile_session *session, const char *process,
				const efile_flow_migration *options)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO_PTR(efile_report) report = NULL;
	efile_flow_migration o;
	migration m = { .session = session, .o = &o, .to = DEFINITION_REF_NONE,
			.from = DEFINITION_REF_NONE, .map = BUF_INIT };
	efile_status status;

	efile_flow_migration_init(&o);
	TRY(session_enter(&call, session));
	TRY(access_require_administrator(session, RECORD_INSTANCE, NULL));
	m.ctx = session_ctx(session);
	TRY(options_import(m.ctx, &o, sizeof(o), options));
	TRY(check_options(m.ctx, process, &o));
	TRY(report_new(&report, m.ctx));
	m.report = report;
	status = run_migration(&m, process);
	migration_clear(&m);
	if (out)
		*out = m.done;
	TRY(status);
	if (findings)
		*findings = STEAL(report);
	return EFILE_OK;
}
