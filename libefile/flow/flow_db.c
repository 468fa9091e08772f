/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All SQL of processes at work. */
#include "flow/runtime.h"

#include <stdio.h>
#include <stdlib.h>

const char flow_schema[] =
#include "flow/schema.sql.inc"
	;

const char flow_schema_2[] =
#include "flow/schema_2.sql.inc"
	;

const char flow_schema_3[] =
#include "flow/schema_3.sql.inc"
	;

const char flow_schema_4[] =
#include "flow/schema_4.sql.inc"
	;

static const record_field definition_fields[] = {
	RECORD_FIELD(definition_record, uuid, FIELD_ID, 0),
	RECORD_FIELD(definition_record, process, FIELD_TEXT, 0),
	RECORD_FIELD(definition_record, version, FIELD_INT, 0),
	RECORD_FIELD(definition_record, name, FIELD_TEXT, 0),
	RECORD_FIELD(definition_record, source, FIELD_INT, 0),
	RECORD_FIELD(definition_record, arena, FIELD_BLOB, 0),
	RECORD_FIELD(definition_record, created, FIELD_INT, 0),
};

static const record_field instance_fields[] = {
	RECORD_FIELD(instance_record, uuid, FIELD_ID, FIELD_FIXED),
	RECORD_FIELD(instance_record, definition, FIELD_INT, FIELD_MOVED),
	RECORD_FIELD(instance_record, dossier, FIELD_INT, 0),
	RECORD_FIELD(instance_record, status, FIELD_INT, 0),
	RECORD_FIELD(instance_record, state, FIELD_BLOB, FIELD_PERSONAL),
	RECORD_FIELD(instance_record, case_id, FIELD_ID, FIELD_FIXED),
	RECORD_FIELD(instance_record, document, FIELD_ID, FIELD_FIXED),
	RECORD_FIELD(instance_record, starter, FIELD_ID, FIELD_MOVED),
	RECORD_FIELD(instance_record, started, FIELD_INT, FIELD_FIXED),
	RECORD_FIELD(instance_record, ended, FIELD_OPT_INT, 0),
	RECORD_FIELD(instance_record, parent, FIELD_OPT_INT, FIELD_FIXED),
	RECORD_FIELD(instance_record, parent_wait, FIELD_OPT_INT, FIELD_FIXED),
	RECORD_FIELD(instance_record, erased, FIELD_OPT_INT, 0),
	RECORD_FIELD(instance_record, figures, FIELD_TEXT, 0),
};

static const record_field task_fields[] = {
	RECORD_FIELD(task_record, uuid, FIELD_ID, FIELD_FIXED),
	RECORD_FIELD(task_record, instance, FIELD_INT, FIELD_FIXED),
	RECORD_FIELD(task_record, wait, FIELD_INT, FIELD_FIXED),
	RECORD_FIELD(task_record, node, FIELD_TEXT, FIELD_MOVED),
	RECORD_FIELD(task_record, name, FIELD_TEXT, FIELD_MOVED),
	RECORD_FIELD(task_record, status, FIELD_INT, 0),
	RECORD_FIELD(task_record, assignee, FIELD_OPT_INT, 0),
	RECORD_FIELD(task_record, owner, FIELD_OPT_INT, 0),
	RECORD_FIELD(task_record, due, FIELD_OPT_INT, 0),
	RECORD_FIELD(task_record, created, FIELD_INT, FIELD_FIXED),
	RECORD_FIELD(task_record, ended, FIELD_OPT_INT, 0),
	RECORD_FIELD(task_record, performer, FIELD_ID, 0),
	RECORD_FIELD(task_record, behalf, FIELD_ID, 0),
	RECORD_FIELD(task_record, follow_up, FIELD_OPT_INT, 0),
	RECORD_FIELD(task_record, priority, FIELD_OPT_INT, 0),
	RECORD_FIELD(task_record, handed, FIELD_OPT_INT, 0),
	RECORD_FIELD(task_record, trail, FIELD_TEXT, 0),
	RECORD_FIELD(task_record, instruction, FIELD_OPT_INT, FIELD_FIXED),
	RECORD_FIELD(task_record, reminders, FIELD_OPT_INT, 0),
	RECORD_FIELD(task_record, alone, FIELD_OPT_INT, 0),
};

static const record_field candidate_fields[] = {
	RECORD_FIELD(candidate_record, task, FIELD_INT, 0),
	RECORD_FIELD(candidate_record, actor, FIELD_INT, 0),
	RECORD_FIELD(candidate_record, takes, FIELD_OPT_INT, 0),
};

static const record_field reminder_fields[] = {
	RECORD_FIELD(reminder_record, task, FIELD_INT, FIELD_FIXED),
	RECORD_FIELD(reminder_record, number, FIELD_INT, FIELD_FIXED),
	RECORD_FIELD(reminder_record, moment, FIELD_TEXT, FIELD_FIXED),
	RECORD_FIELD(reminder_record, calendar, FIELD_TEXT, FIELD_FIXED),
	RECORD_FIELD(reminder_record, due, FIELD_OPT_INT, 0),
	RECORD_FIELD(reminder_record, fired, FIELD_OPT_INT, 0),
	RECORD_FIELD(reminder_record, names, FIELD_TEXT, FIELD_FIXED),
	RECORD_FIELD(reminder_record, priority, FIELD_OPT_INT, FIELD_FIXED),
};

static const record_field comment_fields[] = {
	RECORD_FIELD(comment_record, uuid, FIELD_ID, FIELD_FIXED),
	RECORD_FIELD(comment_record, instance, FIELD_INT, FIELD_FIXED),
	RECORD_FIELD(comment_record, task, FIELD_OPT_INT, FIELD_FIXED),
	RECORD_FIELD(comment_record, author, FIELD_ID, FIELD_FIXED),
	RECORD_FIELD(comment_record, behalf, FIELD_ID, FIELD_FIXED),
	RECORD_FIELD(comment_record, created, FIELD_INT, FIELD_FIXED),
	RECORD_FIELD(comment_record, text, FIELD_TEXT, FIELD_PERSONAL),
};

static const record_field job_fields[] = {
	RECORD_FIELD(job_record, uuid, FIELD_ID, FIELD_FIXED),
	RECORD_FIELD(job_record, instance, FIELD_INT, FIELD_FIXED),
	RECORD_FIELD(job_record, wait, FIELD_INT, FIELD_FIXED),
	RECORD_FIELD(job_record, node, FIELD_TEXT, FIELD_MOVED),
	RECORD_FIELD(job_record, handler, FIELD_TEXT, FIELD_MOVED),
	RECORD_FIELD(job_record, created, FIELD_INT, FIELD_FIXED),
	RECORD_FIELD(job_record, ready, FIELD_OPT_INT, 0),
	RECORD_FIELD(job_record, failures, FIELD_OPT_INT, 0),
	RECORD_FIELD(job_record, priority, FIELD_OPT_INT, FIELD_FIXED),
	RECORD_FIELD(job_record, fence, FIELD_OPT_INT, 0),
	RECORD_FIELD(job_record, worker, FIELD_TEXT, 0),
};

static const record_field wait_fields[] = {
	RECORD_FIELD(wait_record, instance, FIELD_INT, FIELD_FIXED),
	RECORD_FIELD(wait_record, definition, FIELD_INT, FIELD_FIXED),
	RECORD_FIELD(wait_record, wait, FIELD_INT, FIELD_FIXED),
	RECORD_FIELD(wait_record, kind, FIELD_INT, FIELD_FIXED),
	RECORD_FIELD(wait_record, node, FIELD_TEXT, FIELD_FIXED),
	RECORD_FIELD(wait_record, name, FIELD_TEXT, FIELD_FIXED),
	RECORD_FIELD(wait_record, key, FIELD_TEXT, FIELD_FIXED),
	RECORD_FIELD(wait_record, due, FIELD_OPT_INT, 0),
	RECORD_FIELD(wait_record, remaining, FIELD_OPT_INT, 0),
};

static const record_field message_fields[] = {
	RECORD_FIELD(message_record, uuid, FIELD_ID, 0),
	RECORD_FIELD(message_record, name, FIELD_TEXT, 0),
	RECORD_FIELD(message_record, key, FIELD_TEXT, 0),
	RECORD_FIELD(message_record, variables, FIELD_TEXT, FIELD_PERSONAL),
	RECORD_FIELD(message_record, created, FIELD_INT, 0),
};

static const record_field incident_fields[] = {
	RECORD_FIELD(incident_record, instance, FIELD_INT, 0),
	RECORD_FIELD(incident_record, wait, FIELD_INT, 0),
	RECORD_FIELD(incident_record, node, FIELD_TEXT, 0),
	RECORD_FIELD(incident_record, message, FIELD_TEXT, FIELD_PERSONAL),
	RECORD_FIELD(incident_record, created, FIELD_INT, 0),
	RECORD_FIELD(incident_record, handler, FIELD_TEXT, 0),
};

static const record_field decision_fields[] = {
	RECORD_FIELD(decision_record, uuid, FIELD_ID, FIELD_FIXED),
	RECORD_FIELD(decision_record, decision, FIELD_TEXT, FIELD_FIXED),
	RECORD_FIELD(decision_record, version, FIELD_INT, FIELD_FIXED),
	RECORD_FIELD(decision_record, name, FIELD_TEXT, FIELD_FIXED),
	RECORD_FIELD(decision_record, source, FIELD_INT, FIELD_FIXED),
	RECORD_FIELD(decision_record, created, FIELD_INT, FIELD_FIXED),
};

#define KIND(number, table, type, fields) { number, table, sizeof(type), fields, ARRAY_SIZE(fields) }

const record_kind kind_definition =
	KIND(RECORD_DEFINITION, "flow_definition", definition_record, definition_fields);
const record_kind kind_instance =
	KIND(RECORD_INSTANCE, "flow_instance", instance_record, instance_fields);
const record_kind kind_task = KIND(RECORD_TASK, "flow_task", task_record, task_fields);
const record_kind kind_candidate =
	KIND(RECORD_CANDIDATE, "flow_candidate", candidate_record, candidate_fields);
const record_kind kind_comment =
	KIND(RECORD_COMMENT, "flow_comment", comment_record, comment_fields);
const record_kind kind_reminder =
	KIND(RECORD_REMINDER, "flow_reminder", reminder_record, reminder_fields);
const record_kind kind_job = KIND(RECORD_JOB, "flow_job", job_record, job_fields);
const record_kind kind_wait = KIND(RECORD_WAIT, "flow_wait", wait_record, wait_fields);
const record_kind kind_message =
	KIND(RECORD_MESSAGE, "flow_message", message_record, message_fields);
const record_kind kind_decision =
	KIND(RECORD_DECISION, "flow_decision", decision_record, decision_fields);
const record_kind kind_incident =
	KIND(RECORD_INCIDENT, "flow_incident", incident_record, incident_fields);

static efile_status by_row(void *out, efile_store *store, const record_kind *kind, int64_t row)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, kind, "id = ?1"));
	stmt_bind_int(&s, 1, row);
	return row_one(&s, kind, out);
}

static efile_status by_uuid(void *out, efile_store *store, const record_kind *kind,
			    const efile_id *id)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, kind, "uuid = ?1"));
	stmt_bind_id(&s, 1, id);
	return row_one(&s, kind, out);
}

static efile_status by_wait(void *out, efile_store *store, const record_kind *kind,
			    int64_t instance, uint64_t wait)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, kind, "instance = ?1 AND wait = ?2"));
	stmt_bind_int(&s, 1, instance);
	stmt_bind_int(&s, 2, (int64_t)wait);
	return row_one(&s, kind, out);
}

static efile_status or_done(efile_status status)
{
	return status == EFILE_E_NOTFOUND ? EFILE_DONE : status;
}

efile_status definition_newest(definition_record *out, efile_store *store, const char *process)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_definition, "process = ?1 ORDER BY version DESC LIMIT 1"));
	stmt_bind_text(&s, 1, process);
	return row_one(&s, &kind_definition, out);
}

efile_status definition_newest_row(int64_t *out, efile_store *store, const char *process)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store,
		      "SELECT id FROM flow_definition WHERE process = ?1 ORDER BY version DESC LIMIT 1"));
	stmt_bind_text(&s, 1, process);
	status = stmt_step(&s);
	TRY(status);
	if (status == EFILE_DONE)
		return EFILE_E_NOTFOUND;
	*out = stmt_int(&s, 0);
	return EFILE_OK;
}

efile_status definition_next(int64_t *out, efile_store *store, int64_t after)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, "SELECT id FROM flow_definition WHERE id > ?1 ORDER BY id LIMIT 1"));
	stmt_bind_int(&s, 1, after);
	status = stmt_step(&s);
	if (status == EFILE_OK)
		*out = stmt_int(&s, 0);
	return status;
}

efile_status definition_is(bool *out, efile_store *store, int64_t row, const efile_id *uuid)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;
	efile_id id;

	TRY(stmt_take(&s, store, "SELECT uuid FROM flow_definition WHERE id = ?1"));
	stmt_bind_int(&s, 1, row);
	status = stmt_step(&s);
	TRY(status);
	if (status == EFILE_OK)
		stmt_id(&id, &s, 0);
	*out = status == EFILE_OK && id_compare(&id, uuid) == 0;
	return EFILE_OK;
}

efile_status definition_by_row(definition_record *out, efile_store *store, int64_t row)
{
	return by_row(out, store, &kind_definition, row);
}

efile_status instance_by_uuid(instance_record *out, efile_store *store, const efile_id *id)
{
	return by_uuid(out, store, &kind_instance, id);
}

efile_status instance_by_row(instance_record *out, efile_store *store, int64_t row)
{
	return by_row(out, store, &kind_instance, row);
}

efile_status instance_next(instance_record *out, efile_store *store, int64_t after)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_instance, "id > ?1 ORDER BY id LIMIT 1"));
	stmt_bind_int(&s, 1, after);
	return or_done(row_one(&s, &kind_instance, out));
}

efile_status instance_ended(instance_record *out, efile_store *store, efile_time until,
			    int64_t after)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_instance,
		       "id > ?1 AND ended IS NOT NULL AND ended <= ?2 AND erased IS NULL "
		       "ORDER BY id LIMIT 1"));
	stmt_bind_int(&s, 1, after);
	stmt_bind_int(&s, 2, until);
	return or_done(row_one(&s, &kind_instance, out));
}

efile_status task_of_instance(task_record *out, efile_store *store, int64_t instance, int64_t after)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_task, "instance = ?1 AND id > ?2 ORDER BY id LIMIT 1"));
	stmt_bind_int(&s, 1, instance);
	stmt_bind_int(&s, 2, after);
	return or_done(row_one(&s, &kind_task, out));
}

efile_status task_by_uuid(task_record *out, efile_store *store, const efile_id *id)
{
	return by_uuid(out, store, &kind_task, id);
}

efile_status task_last_done(task_record *out, efile_store *store, int64_t instance,
			    const char *node)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_task,
		       "instance = ?1 AND node = ?2 AND status = 2 ORDER BY id DESC LIMIT 1"));
	stmt_bind_int(&s, 1, instance);
	stmt_bind_text(&s, 2, node);
	return row_one(&s, &kind_task, out);
}

efile_status task_each_time(efile_store *store, const char *process, efile_time from,
			    efile_time before, task_time_fn fn, void *user)
{
	static const char sql[] =
		"SELECT t.node, t.name, t.status, t.ended - t.created FROM flow_task t"
		" JOIN flow_instance i ON i.id = t.instance"
		" JOIN flow_definition d ON d.id = i.definition"
		" WHERE d.process = ?1 AND (t.status = 1 OR (t.status = 2 AND t.ended >= ?2 AND t.ended < ?3))";
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, sql));
	stmt_bind_text(&s, 1, process);
	stmt_bind_int(&s, 2, from);
	stmt_bind_int(&s, 3, before);
	while ((status = stmt_step(&s)) == EFILE_OK)
		TRY(fn(user, stmt_text(&s, 0), stmt_text(&s, 1), stmt_int(&s, 2) == TASK_COMPLETED,
		       stmt_int(&s, 3)));
	return status < 0 ? status : EFILE_OK;
}

efile_status task_by_wait(task_record *out, efile_store *store, int64_t instance, uint64_t wait)
{
	return by_wait(out, store, &kind_task, instance, wait);
}

void task_brief_clear(task_brief *brief)
{
	task_record_clear(&brief->task);
	*brief = (task_brief){ .instance = { .head = { 0, 0 } } };
}

efile_status task_brief_load(task_brief *out, efile_store *store, int64_t row)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(by_row(&out->task, store, &kind_task, row));
	TRY(stmt_take(&s, store,
		      "SELECT uuid, case_id, document, definition FROM flow_instance WHERE id = ?1"));
	stmt_bind_int(&s, 1, out->task.instance);
	TRY(stmt_step(&s));
	out->instance.head.id = out->task.instance;
	stmt_id(&out->instance.uuid, &s, 0);
	stmt_id(&out->instance.case_id, &s, 1);
	stmt_id(&out->instance.document, &s, 2);
	out->instance.definition = stmt_int(&s, 3);
	return EFILE_OK;
}

/* ---- desks ---- */

#define DESK_AWAKE "AND (?5 OR follow_up IS NULL OR follow_up <= ?6) "

/* What is offered to somebody stands in flow_desk, what somebody holds in the indexes of the tasks.
 * ?1 the desk, ?2 and ?3 the place behind which it goes on, ?4 how many; ranks are 50 less the
 * priority. */
static const char *const offered_pages[] = {
	[DESK_BY_TASK] =
		"SELECT 0, task FROM flow_desk WHERE actor = ?1 AND ?2 = ?2 AND task > ?3 "
		DESK_AWAKE "ORDER BY task LIMIT ?4",
	[DESK_BY_DUE] =
		"SELECT due, task FROM flow_desk WHERE actor = ?1 AND due IS NOT NULL "
		"AND due >= ?2 AND (due > ?2 OR task > ?3) " DESK_AWAKE
		"ORDER BY due, task LIMIT ?4",
	[DESK_NO_DUE] =
		"SELECT 0, task FROM flow_desk WHERE actor = ?1 AND due IS NULL AND ?2 = ?2 "
		"AND task > ?3 " DESK_AWAKE "ORDER BY task LIMIT ?4",
	[DESK_HIGH] =
		"SELECT rank, task FROM flow_desk WHERE actor = ?1 AND rank IS NOT NULL "
		"AND rank >= ?2 AND rank < 0 AND (rank > ?2 OR task > ?3) " DESK_AWAKE
		"ORDER BY rank, task LIMIT ?4",
	[DESK_NORMAL] =
		"SELECT 0, task FROM flow_desk WHERE actor = ?1 AND rank IS NULL AND ?2 = ?2 "
		"AND task > ?3 " DESK_AWAKE "ORDER BY task LIMIT ?4",
	[DESK_LOW] =
		"SELECT rank, task FROM flow_desk WHERE actor = ?1 AND rank IS NOT NULL "
		"AND rank >= ?2 AND rank > 0 AND (rank > ?2 OR task > ?3) " DESK_AWAKE
		"ORDER BY rank, task LIMIT ?4",
};

#define HELD_TASKS "FROM flow_task WHERE assignee = ?1 AND status = 1 "
#define HELD_PRIORITY "AND priority IS NOT NULL AND priority <= 50 - ?2 "                          \
		      "AND (priority < 50 - ?2 OR id > ?3) "

static const char *const held_pages[] = {
	[DESK_BY_TASK] =
		"SELECT 0, id " HELD_TASKS "AND ?2 = ?2 AND id > ?3 " DESK_AWAKE
		"ORDER BY id LIMIT ?4",
	[DESK_BY_DUE] =
		"SELECT due, id " HELD_TASKS "AND due IS NOT NULL AND due >= ?2 "
		"AND (due > ?2 OR id > ?3) " DESK_AWAKE "ORDER BY due, id LIMIT ?4",
	[DESK_NO_DUE] =
		"SELECT 0, id " HELD_TASKS "AND due IS NULL AND ?2 = ?2 AND id > ?3 " DESK_AWAKE
		"ORDER BY id LIMIT ?4",
	[DESK_HIGH] =
		"SELECT 50 - priority, id " HELD_TASKS HELD_PRIORITY "AND priority > 50 " DESK_AWAKE
		"ORDER BY priority DESC, id LIMIT ?4",
	[DESK_NORMAL] =
		"SELECT 0, id " HELD_TASKS "AND coalesce(priority, 50) = 50 AND ?2 = ?2 AND id > ?3 "
		DESK_AWAKE "ORDER BY id LIMIT ?4",
	[DESK_LOW] =
		"SELECT 50 - priority, id " HELD_TASKS HELD_PRIORITY "AND priority < 50 " DESK_AWAKE
		"ORDER BY priority DESC, id LIMIT ?4",
};

const char *desk_page_sql(desk_stage stage, bool held)
{
	return held ? held_pages[stage] : offered_pages[stage];
}

efile_status desk_page(desk_row *rows, size_t *count, efile_store *store, const desk_query *q)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, desk_page_sql(q->stage, q->held)));
	stmt_bind_int(&s, 1, q->actor);
	stmt_bind_int(&s, 2, q->after.key);
	stmt_bind_int(&s, 3, q->after.task);
	stmt_bind_int(&s, 4, (int64_t)q->room);
	stmt_bind_int(&s, 5, q->asleep);
	stmt_bind_int(&s, 6, q->now);
	*count = 0;
	while ((status = stmt_step(&s)) == EFILE_OK)
		rows[(*count)++] = (desk_row){ stmt_int(&s, 0), stmt_int(&s, 1) };
	return status == EFILE_DONE ? EFILE_OK : status;
}

efile_status desk_put(efile_store *store, const task_record *task, int64_t actor)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, "INSERT INTO flow_desk (actor, task, due, rank, follow_up) "
				 "VALUES (?1, ?2, ?3, nullif(50 - ?4, 0), ?5)"));
	stmt_bind_int(&s, 1, actor);
	stmt_bind_int(&s, 2, task->head.id);
	if (task->due.set)
		stmt_bind_int(&s, 3, task->due.value);
	if (task->priority.set)
		stmt_bind_int(&s, 4, task->priority.value);
	if (task->follow_up.set)
		stmt_bind_int(&s, 5, task->follow_up.value);
	return stmt_run(&s);
}

static efile_status desk_take(efile_store *store, int64_t task, int64_t actor)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, "DELETE FROM flow_desk WHERE actor = ?1 AND task = ?2"));
	stmt_bind_int(&s, 1, actor);
	stmt_bind_int(&s, 2, task);
	return stmt_run(&s);
}

efile_status desk_remove(efile_store *store, const task_record *task)
{
	static const char sql[] = "DELETE FROM flow_desk WHERE task = ?1 AND actor IN "
				  "(SELECT actor FROM flow_candidate WHERE task = ?1)";
	AUTO(stmt) s = STMT_NONE;

	if (task->alone.set)
		return EFILE_OK;
	TRY(stmt_take(&s, store, sql));
	stmt_bind_int(&s, 1, task->head.id);
	return stmt_run(&s);
}

/* What flow_desk must hold for tasks that are named by a condition. */
#define DESK_ALL                                                                                   \
	"SELECT c.actor, t.id, t.due, nullif(50 - t.priority, 0), t.follow_up "                    \
	"FROM flow_task t JOIN flow_candidate c ON c.task = t.id "                                 \
	"WHERE t.status = 1 AND (t.assignee IS NULL OR c.takes = 1 AND c.actor <> t.assignee)"
#define DESK_INSERT "INSERT INTO flow_desk (actor, task, due, rank, follow_up) "

efile_status desk_insert(efile_store *store, const task_record *task)
{
	static const char sql[] = DESK_INSERT DESK_ALL " AND t.id = ?1";
	AUTO(stmt) s = STMT_NONE;

	if (task->alone.set)
		return EFILE_OK;
	TRY(stmt_take(&s, store, sql));
	stmt_bind_int(&s, 1, task->head.id);
	return stmt_run(&s);
}

static efile_status compare_desks(efile_store *store, efile_report *report)
{
	static const char sql[] =
		"SELECT actor, task FROM (SELECT actor, task, due, rank, follow_up FROM flow_desk "
		"EXCEPT SELECT * FROM (" DESK_ALL ")) UNION "
		"SELECT actor, id FROM (" DESK_ALL " EXCEPT "
		"SELECT actor, task, due, rank, follow_up FROM flow_desk)";
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, sql));
	while ((status = stmt_step(&s)) == EFILE_OK) {
		char path[64];

		snprintf(path, sizeof(path), "flow_desk/%lld/%lld", (long long)stmt_int(&s, 0),
			 (long long)stmt_int(&s, 1));
		TRY(report_add(report, "FSCK-DERIVED", EFILE_SEVERITY_ERROR,
			       &(report_place){ .path = path },
			       "a worklist differs from the tasks"));
	}
	return status == EFILE_DONE ? EFILE_OK : status;
}

static efile_status rebuild_desks(efile_store *store)
{
	static const char remove[] = "DELETE FROM flow_desk";
	static const char fill[] = DESK_INSERT DESK_ALL;
	AUTO(stmt) old = STMT_NONE;
	AUTO(stmt) made = STMT_NONE;

	TRY(stmt_take(&old, store, remove));
	TRY(stmt_run(&old));
	TRY(stmt_take(&made, store, fill));
	return stmt_run(&made);
}

efile_status flow_check_desk(efile_store *store, efile_report *report, bool rebuild)
{
	return rebuild ? rebuild_desks(store) : compare_desks(store, report);
}

efile_status candidate_is(bool *out, bool *takes, efile_store *store, int64_t task, int64_t actor)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, "SELECT takes FROM flow_candidate WHERE task = ?2 AND actor = ?1"));
	stmt_bind_int(&s, 1, actor);
	stmt_bind_int(&s, 2, task);
	status = stmt_step(&s);
	TRY(status);
	*out = status == EFILE_OK;
	if (takes)
		*takes = *out && stmt_int(&s, 0) == 1;
	return EFILE_OK;
}

efile_status candidate_find(candidate_record *out, efile_store *store, int64_t task, int64_t actor)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_candidate, "task = ?1 AND actor = ?2"));
	stmt_bind_int(&s, 1, task);
	stmt_bind_int(&s, 2, actor);
	return row_one(&s, &kind_candidate, out);
}

efile_status candidates_remove(efile_store *store, int64_t task)
{
	for (;;) {
		candidate_record row = { .head = { 0, 0 } };
		AUTO(stmt) s = STMT_NONE;
		efile_status status;

		TRY(row_select(&s, store, &kind_candidate, "task = ?1 ORDER BY id LIMIT 1"));
		stmt_bind_int(&s, 1, task);
		status = row_one(&s, &kind_candidate, &row);
		if (status == EFILE_E_NOTFOUND)
			return EFILE_OK;
		TRY(status);
		stmt_clear(&s);
		TRY(desk_take(store, task, row.actor));
		TRY(row_delete(store, &kind_candidate, &row));
	}
}

efile_status reminder_next(reminder_record *out, efile_store *store, int64_t task, int64_t after)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_reminder, "task = ?1 AND number > ?2 ORDER BY number LIMIT 1"));
	stmt_bind_int(&s, 1, task);
	stmt_bind_int(&s, 2, after);
	return or_done(row_one(&s, &kind_reminder, out));
}

efile_status reminder_due(reminder_record *out, efile_store *store, efile_time until,
			  efile_time after_due, int64_t after)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_reminder,
		       "due IS NOT NULL AND fired IS NULL AND due <= ?1 AND "
		       "(due > ?2 OR (due = ?2 AND id > ?3)) ORDER BY due, id LIMIT 1"));
	stmt_bind_int(&s, 1, until);
	stmt_bind_int(&s, 2, after_due);
	stmt_bind_int(&s, 3, after);
	return or_done(row_one(&s, &kind_reminder, out));
}

efile_status comment_next(comment_record *out, efile_store *store, int64_t instance, int64_t after)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_comment, "instance = ?1 AND id > ?2 ORDER BY id LIMIT 1"));
	stmt_bind_int(&s, 1, instance);
	stmt_bind_int(&s, 2, after);
	return or_done(row_one(&s, &kind_comment, out));
}

efile_status job_by_uuid(job_record *out, efile_store *store, const efile_id *id)
{
	return by_uuid(out, store, &kind_job, id);
}

efile_status job_by_wait(job_record *out, efile_store *store, int64_t instance, uint64_t wait)
{
	return by_wait(out, store, &kind_job, instance, wait);
}

efile_status job_next(job_record *out, efile_store *store, int64_t after, const char *handler)
{
	AUTO(stmt) s = STMT_NONE;

	if (handler) {
		TRY(row_select(&s, store, &kind_job, "handler = ?2 AND id > ?1 ORDER BY id LIMIT 1"));
		stmt_bind_text(&s, 2, handler);
	} else {
		TRY(row_select(&s, store, &kind_job, "id > ?1 ORDER BY id LIMIT 1"));
	}
	stmt_bind_int(&s, 1, after);
	return or_done(row_one(&s, &kind_job, out));
}

/* Along the index by topic, behind a job: who is not ready, or whose process is held, is passed over. */
efile_status job_turn(job_record *out, efile_store *store, const char *handler, efile_time now,
		      const job_record *behind)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_job,
		       "handler = ?1 AND coalesce(priority, 0) <= ?3 AND "
		       "(coalesce(priority, 0) < ?3 OR id > ?4) AND coalesce(ready, 0) <= ?2 AND 0 = "
		       "(SELECT status FROM flow_instance i WHERE i.id = flow_job.instance) "
		       "ORDER BY coalesce(priority, 0) DESC, id LIMIT 1"));
	stmt_bind_text(&s, 1, handler);
	stmt_bind_int(&s, 2, now);
	stmt_bind_int(&s, 3, behind ? behind->priority.value : INT64_MAX);
	stmt_bind_int(&s, 4, behind ? behind->head.id : 0);
	return or_done(row_one(&s, &kind_job, out));
}

efile_status job_due(job_record *out, efile_store *store, efile_time until, efile_time after_ready,
		     int64_t after)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_job,
		       "ready IS NOT NULL AND ready <= ?1 AND (ready > ?2 OR (ready = ?2 AND id > ?3)) "
		       "ORDER BY ready, id LIMIT 1"));
	stmt_bind_int(&s, 1, until);
	stmt_bind_int(&s, 2, after_ready);
	stmt_bind_int(&s, 3, after);
	return or_done(row_one(&s, &kind_job, out));
}

efile_status incident_by_wait(incident_record *out, efile_store *store, int64_t instance,
			      uint64_t wait)
{
	return by_wait(out, store, &kind_incident, instance, wait);
}

efile_status incident_next(incident_record *out, efile_store *store, int64_t after)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_incident, "id > ?1 ORDER BY id LIMIT 1"));
	stmt_bind_int(&s, 1, after);
	return or_done(row_one(&s, &kind_incident, out));
}

static efile_status earliest(efile_time *out, bool *any, efile_store *store, const char *sql,
			     efile_time after)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, sql));
	stmt_bind_int(&s, 1, after);
	TRY(stmt_step(&s));
	if (stmt_is_null(&s, 0) || (*any && stmt_int(&s, 0) >= *out))
		return EFILE_OK;
	*any = true;
	*out = stmt_int(&s, 0);
	return EFILE_OK;
}

efile_status next_due(efile_time *out, efile_store *store, efile_time after)
{
	bool any = false;

	TRY(earliest(out, &any, store,
		     "SELECT min(due) FROM flow_wait WHERE due IS NOT NULL AND due > ?1", after));
	TRY(earliest(out, &any, store,
		     "SELECT min(ready) FROM flow_job WHERE ready IS NOT NULL AND ready > ?1", after));
	TRY(earliest(out, &any, store,
		     "SELECT min(due) FROM flow_reminder WHERE due IS NOT NULL AND fired IS NULL "
		     "AND due > ?1", after));
	return any ? EFILE_OK : EFILE_DONE;
}

efile_status definition_by_version(definition_record *out, efile_store *store, const char *process,
				   int64_t version)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_definition, "process = ?1 AND version = ?2"));
	stmt_bind_text(&s, 1, process);
	stmt_bind_int(&s, 2, version);
	return row_one(&s, &kind_definition, out);
}

static efile_status row_or_none(int64_t *row, stmt *s)
{
	efile_status status = stmt_step(s);

	TRY(status);
	if (status == EFILE_DONE)
		return EFILE_E_NOTFOUND;
	*row = stmt_int(s, 0);
	return EFILE_OK;
}

efile_status definition_with(int64_t *row, efile_store *store, const char *process, int64_t source)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, "SELECT id FROM flow_definition WHERE process = ?1 AND source = ?2 "
				 "ORDER BY version DESC LIMIT 1"));
	stmt_bind_text(&s, 1, process);
	stmt_bind_int(&s, 2, source);
	return row_or_none(row, &s);
}

efile_status definition_until(int64_t *row, efile_store *store, const char *process, efile_time until)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, "SELECT id FROM flow_definition WHERE process = ?1 AND created <= ?2 "
				 "ORDER BY version DESC LIMIT 1"));
	stmt_bind_text(&s, 1, process);
	stmt_bind_int(&s, 2, until);
	return row_or_none(row, &s);
}

efile_status decision_until(decision_record *out, efile_store *store, const char *decision,
			    efile_time until)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_decision,
		       "decision = ?1 AND created <= ?2 ORDER BY version DESC LIMIT 1"));
	stmt_bind_text(&s, 1, decision);
	stmt_bind_int(&s, 2, until);
	return row_one(&s, &kind_decision, out);
}

efile_status decision_by_version(decision_record *out, efile_store *store, const char *decision,
				 int64_t version)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_decision,
		       "decision = ?1 AND (version = ?2 OR ?2 = 0) ORDER BY version DESC LIMIT 1"));
	stmt_bind_text(&s, 1, decision);
	stmt_bind_int(&s, 2, version);
	return row_one(&s, &kind_decision, out);
}

efile_status definition_row_of(int64_t *out, efile_store *store, const efile_id *uuid)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, "SELECT id FROM flow_definition WHERE uuid = ?1"));
	stmt_bind_id(&s, 1, uuid);
	status = stmt_step(&s);
	TRY(status);
	if (status == EFILE_DONE)
		return EFILE_E_NOTFOUND;
	*out = stmt_int(&s, 0);
	return EFILE_OK;
}

efile_status instance_of(instance_record *out, efile_store *store, int64_t definition, int64_t after)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_instance,
		       "definition = ?1 AND id > ?2 ORDER BY id LIMIT 1"));
	stmt_bind_int(&s, 1, definition);
	stmt_bind_int(&s, 2, after);
	return or_done(row_one(&s, &kind_instance, out));
}

efile_status instance_running(instance_record *out, efile_store *store, int64_t definition,
			      int64_t after)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_instance,
		       "definition = ?1 AND ended IS NULL AND id > ?2 ORDER BY id LIMIT 1"));
	stmt_bind_int(&s, 1, definition);
	stmt_bind_int(&s, 2, after);
	return or_done(row_one(&s, &kind_instance, out));
}

efile_status instance_called(instance_record *out, efile_store *store, int64_t parent, uint64_t wait)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_instance, "parent = ?1 AND parent_wait = ?2"));
	stmt_bind_int(&s, 1, parent);
	stmt_bind_int(&s, 2, (int64_t)wait);
	return row_one(&s, &kind_instance, out);
}

efile_status wait_find(wait_record *out, efile_store *store, int64_t instance, uint64_t wait)
{
	return by_wait(out, store, &kind_wait, instance, wait);
}

efile_status wait_keyed(wait_record *out, efile_store *store, flow_wait_kind kind,
			const char *name, const char *key, int64_t after)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_wait,
		       "name = ?1 AND kind = ?2 AND key = ?3 AND id > ?4 AND instance <> 0 "
		       "ORDER BY id LIMIT 1"));
	stmt_bind_text(&s, 1, name);
	stmt_bind_int(&s, 2, kind);
	stmt_bind_text(&s, 3, key);
	stmt_bind_int(&s, 4, after);
	return or_done(row_one(&s, &kind_wait, out));
}

efile_status wait_start(wait_record *out, efile_store *store, flow_wait_kind kind,
			const char *name, int64_t after)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_wait,
		       "name = ?1 AND kind = ?2 AND id > ?3 AND instance = 0 ORDER BY id LIMIT 1"));
	stmt_bind_text(&s, 1, name);
	stmt_bind_int(&s, 2, kind);
	stmt_bind_int(&s, 3, after);
	return or_done(row_one(&s, &kind_wait, out));
}

efile_status wait_due(wait_record *out, efile_store *store, efile_time until, efile_time after_due,
		      int64_t after)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_wait,
		       "due IS NOT NULL AND due <= ?1 AND (due > ?2 OR (due = ?2 AND id > ?3)) "
		       "ORDER BY due, id LIMIT 1"));
	stmt_bind_int(&s, 1, until);
	stmt_bind_int(&s, 2, after_due);
	stmt_bind_int(&s, 3, after);
	return or_done(row_one(&s, &kind_wait, out));
}

efile_status wait_of_instance(wait_record *out, efile_store *store, int64_t instance, int64_t after)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_wait,
		       "instance = ?1 AND definition = 0 AND wait > ?2 ORDER BY wait LIMIT 1"));
	stmt_bind_int(&s, 1, instance);
	stmt_bind_int(&s, 2, after);
	return or_done(row_one(&s, &kind_wait, out));
}

efile_status wait_of_process(wait_record *out, efile_store *store, const char *process)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_wait,
		       "instance = 0 AND definition IN "
		       "(SELECT id FROM flow_definition WHERE process = ?1) ORDER BY id LIMIT 1"));
	stmt_bind_text(&s, 1, process);
	return or_done(row_one(&s, &kind_wait, out));
}

efile_status message_oldest(message_record *out, efile_store *store, const char *name,
			    const char *key)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_message, *key ? "name = ?1 AND key = ?2 ORDER BY id LIMIT 1" :
							"name = ?1 ORDER BY id LIMIT 1"));
	stmt_bind_text(&s, 1, name);
	if (*key)
		stmt_bind_text(&s, 2, key);
	return or_done(row_one(&s, &kind_message, out));
}

efile_status message_behind(int64_t *row, efile_store *store, const char *name, const char *key,
			    int64_t after)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, key ? "SELECT id FROM flow_message WHERE name = ?1 AND id > ?2 "
				       "AND key = ?3 ORDER BY id LIMIT 1" :
				       "SELECT id FROM flow_message WHERE name = ?1 AND id > ?2 "
				       "ORDER BY id LIMIT 1"));
	stmt_bind_text(&s, 1, name);
	stmt_bind_int(&s, 2, after);
	if (key)
		stmt_bind_text(&s, 3, key);
	status = stmt_step(&s);
	if (status == EFILE_OK)
		*row = stmt_int(&s, 0);
	return status;
}

efile_status message_next_key(buf *out, efile_store *store, const char *name, const char *after)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, after ? "SELECT key FROM flow_message WHERE name = ?1 AND key > ?2 "
					 "ORDER BY key LIMIT 1" :
					 "SELECT key FROM flow_message WHERE name = ?1 "
					 "ORDER BY key LIMIT 1"));
	stmt_bind_text(&s, 1, name);
	if (after)
		stmt_bind_text(&s, 2, after);
	status = stmt_step(&s);
	if (status != EFILE_OK)
		return status;
	buf_add_text(out, stmt_text(&s, 0));
	return buf_status(out, store_ctx(store));
}

efile_status message_between(message_record *out, efile_store *store, const char *from,
			     const char *to)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_message, "name > ?1 AND name < ?2 ORDER BY name, id LIMIT 1"));
	stmt_bind_text(&s, 1, from);
	stmt_bind_text(&s, 2, to);
	return or_done(row_one(&s, &kind_message, out));
}

/* ---- figures ---- */

static efile_status add_instances(efile_figures *figures, efile_store *store)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store,
		      "SELECT d.process, i.status, count(*) FROM flow_instance AS i "
		      "JOIN flow_definition AS d ON d.id = i.definition "
		      "GROUP BY d.process, i.status ORDER BY d.process, i.status"));
	while ((status = stmt_step(&s)) == EFILE_OK)
		TRY(figures_add(figures,
				&(efile_figure){ .area = "processes", .unit = "count",
						 .name = stmt_text(&s, 0),
						 .state = efile_flow_status_name(
							 (efile_flow_status)stmt_int(&s, 1)),
						 .value = stmt_int(&s, 2) }));
	return status < 0 ? status : EFILE_OK;
}

static efile_status add_tasks(efile_figures *figures, efile_store *store)
{
	static const name_row states[] = { { 1, "open" }, { 2, "completed" }, { 3, "cancelled" } };
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store,
		      "SELECT status, count(*), sum(CASE WHEN status = 1 AND due < ?1 THEN 1 ELSE 0 END) "
		      "FROM flow_task GROUP BY status ORDER BY status"));
	stmt_bind_int(&s, 1, ctx_now(store_ctx(store)));
	while ((status = stmt_step(&s)) == EFILE_OK) {
		efile_figure figure = { .area = "tasks", .unit = "count", .value = stmt_int(&s, 1) };

		figure.state = TABLE_NAME(states, (int)stmt_int(&s, 0));
		TRY(figures_add(figures, &figure));
		figure.state = "overdue";
		figure.value = stmt_int(&s, 2);
		if (figure.value)
			TRY(figures_add(figures, &figure));
	}
	return status < 0 ? status : EFILE_OK;
}

efile_status flow_figures(efile_figures *figures, efile_store *store)
{
	TRY(add_instances(figures, store));
	return add_tasks(figures, store);
}
