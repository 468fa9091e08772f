/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Retention: what is erased and what stays, also under missing memory; a body that is gone without an
 * entry that says so is damage. */
#include <efile/work.h>

#include <stdio.h>

#include "flow/runtime.h"
#include "store/inner.h"
#include "unit/desk_support.h"
#include "unit/store_support.h"

#define DAYS(n) ((n) * INT64_C(86400000000))

static const char kept[] = DESK_HEAD
	"<process id='kept' isExecutable='true'><startEvent id='s'/>"
	"<userTask id='t' name='Prüfen' e:candidateUsers='m.weber'/><serviceTask id='j' e:handler='out'/>"
	"<endEvent id='e'/>" DESK_FLOW("f1", "s", "t") DESK_FLOW("f2", "t", "j") DESK_FLOW("f3", "j", "e")
	DESK_CLOSE;

static const char said[] = DESK_HEAD
	"<process id='said' isExecutable='true' e:retainDays='30'><startEvent id='s'/>"
	"<userTask id='t' name='Prüfen' e:candidateUsers='m.weber'/><endEvent id='e'/>"
	DESK_FLOW("f1", "s", "t") DESK_FLOW("f2", "t", "e") DESK_CLOSE;

static efile_instance_id start(registry *r, const char *process)
{
	efile_instance_id id = { EFILE_ID_NONE };
	efile_flow_start_options o;

	efile_flow_start_options_init(&o);
	o.variables = "{\"name\":\"Muster, Erika\"}";
	o.case_id = r->case_id;
	TAP_EQUAL_INT(efile_flow_start(&id, r->weber, process, &o), EFILE_OK);
	return id;
}

static void finish_task(registry *r)
{
	efile_task_id task;

	TAP_EQUAL_INT(desk_tasks(r->weber, &task), 1);
	TAP_EQUAL_INT(efile_task_comment(r->weber, task, "Frau Muster ruft an"), EFILE_OK);
	TAP_EQUAL_INT(efile_task_claim(r->weber, task), EFILE_OK);
	TAP_EQUAL_INT(efile_task_complete(r->weber, task, "{\"to\":\"Erika\"}"), EFILE_OK);
}

static void finish_job(registry *r)
{
	efile_work_cursor *cursor = NULL;
	efile_work_options o;
	efile_work item;

	efile_work_options_init(&o);
	TAP_EQUAL_INT(efile_work_lease(&cursor, r->town.admin, "out", &o), EFILE_OK);
	TAP_EQUAL_INT(efile_work_cursor_next(cursor, &item), EFILE_OK);
	TAP_EQUAL_INT(efile_work_fail(NULL, r->town.admin, item.id, item.token, "Muster fehlt"), EFILE_OK);
	efile_work_cursor_free(cursor);
	test_tick(DAYS(1));
	TAP_EQUAL_INT(efile_work_lease(&cursor, r->town.admin, "out", &o), EFILE_OK);
	TAP_EQUAL_INT(efile_work_cursor_next(cursor, &item), EFILE_OK);
	TAP_EQUAL_INT(efile_work_complete(r->town.admin, item.id, item.token, "{\"r\":\"Erika\"}"), EFILE_OK);
	efile_work_cursor_free(cursor);
}

static void setup(registry *r)
{
	registry_setup(r);
	TAP_EQUAL_INT(desk_deploy(r->town.admin, kept), EFILE_OK);
	TAP_EQUAL_INT(desk_deploy(r->town.admin, said), EFILE_OK);
}

static void teardown(registry *r)
{
	desk_fsck(r->town.store);
	test_clock_reset();
	registry_teardown(r);
}

/* "instances tasks comments" */
static const char *retain(registry *r, const char *process, int64_t days)
{
	static char text[100];
	AUTO_PTR(char) json = NULL;
	efile_flow_retention o;
	int numbers[4] = { -1, -1, -1, -1 };

	efile_flow_retention_init(&o);
	o.process = process;
	o.days = days;
	if (efile_flow_retain(&json, r->town.admin, &o) < 0)
		return efile_error_message(r->town.ctx);
	sscanf(json, "{\"schema\":\"efile.flow_retained.v1\",\"instances\":%d,\"tasks\":%d,"
	       "\"comments\":%d,\"entries\":%d}", &numbers[0], &numbers[1], &numbers[2], &numbers[3]);
	snprintf(text, sizeof(text), "%d %d %d", numbers[0], numbers[1], numbers[2]);
	return text;
}

/* Whether a text is anywhere in what flow and log keep. */
static int found(registry *r, const char *text)
{
	static const char *const queries[] = {
		"SELECT count(*) FROM journal_body WHERE instr(body, ?1)",
		"SELECT count(*) FROM flow_instance WHERE instr(state, ?1) OR instr(figures, ?1)",
		"SELECT count(*) FROM flow_comment WHERE instr(text, ?1)",
	};
	int count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(queries); i++) {
		AUTO(stmt) s = STMT_NONE;

		TAP_EQUAL_INT(stmt_take(&s, r->town.store, queries[i]), EFILE_OK);
		stmt_bind_blob(&s, 1, text, strlen(text));
		TAP_EQUAL_INT(stmt_step(&s), EFILE_OK);
		count += (int)stmt_int(&s, 0);
	}
	return count;
}

/* In how many rows of the engine somebody stands by id. */
static int named(registry *r, efile_actor_id actor)
{
	static const char *const queries[] = {
		"SELECT count(*) FROM flow_instance WHERE starter = ?1",
		"SELECT count(*) FROM flow_instance WHERE instr(state, ?1)",
		"SELECT count(*) FROM flow_task WHERE performer = ?1 OR behalf = ?1",
		"SELECT count(*) FROM flow_comment WHERE author = ?1 OR behalf = ?1",
		"SELECT count(*) FROM flow_task t JOIN actor a ON a.id IN (t.assignee, t.owner) WHERE a.uuid = ?1",
		"SELECT count(*) FROM flow_candidate c JOIN actor a ON a.id = c.actor WHERE a.uuid = ?1",
	};
	int count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(queries); i++) {
		AUTO(stmt) s = STMT_NONE;

		TAP_EQUAL_INT(stmt_take(&s, r->town.store, queries[i]), EFILE_OK);
		stmt_bind_id(&s, 1, &actor.id);
		TAP_EQUAL_INT(stmt_step(&s), EFILE_OK);
		count += (int)stmt_int(&s, 0);
	}
	return count;
}

static void test_erased(void)
{
	AUTO_PTR(char) before = NULL;
	AUTO_PTR(char) after = NULL;
	AUTO_PTR(char) history = NULL;
	efile_flow_cursor *cursor = NULL;
	efile_flow_instance shown;
	efile_instance_id id;
	registry r;

	setup(&r);
	id = start(&r, "kept");
	finish_task(&r);
	finish_job(&r);
	TAP_OK(found(&r, "Erika") > 2 && found(&r, "Muster") > 3);
	TAP_OK(named(&r, r.town.weber) >= 3);
	TAP_EQUAL_INT(efile_flow_figures(&before, r.town.admin, "kept", 0), EFILE_OK);
	TAP_EQUAL_TEXT(retain(&r, NULL, -1), "0 0 0");
	TAP_EQUAL_TEXT(retain(&r, NULL, 10), "0 0 0");
	test_tick(DAYS(10));
	TAP_EQUAL_TEXT(retain(&r, "said", 10), "0 0 0");
	TAP_EQUAL_TEXT(retain(&r, NULL, 10), "1 1 1");
	TAP_EQUAL_TEXT(retain(&r, NULL, 10), "0 0 0");
	TAP_EQUAL_INT(found(&r, "Erika"), 0);
	TAP_EQUAL_INT(found(&r, "Muster"), 0);
	TAP_EQUAL_INT(named(&r, r.town.weber), 0);
	TAP_EQUAL_INT(town_logged(&r.town, "store.erased", NULL), 1);
	TAP_EQUAL_INT(efile_flow_replay(r.weber, id, NULL), EFILE_E_STATE);
	TAP_EQUAL_INT(efile_flow_figures(&after, r.town.admin, "kept", 0), EFILE_OK);
	TAP_EQUAL_TEXT(after, before);
	TAP_EQUAL_INT(efile_flow_history(&history, r.weber, id), EFILE_OK);
	TAP_OK(history && strstr(history, "\"erased\":\"") && strstr(history, "\"events\":[]") &&
	       strstr(history, "\"node\":\"t\""));
	TAP_EQUAL_INT(efile_flow_list(&cursor, r.weber, id), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_cursor_next(cursor, &shown), EFILE_OK);
	TAP_EQUAL_INT(shown.status, EFILE_FLOW_ENDED);
	TAP_EQUAL_TEXT(shown.variables, "{}");
	efile_flow_cursor_free(cursor);
	teardown(&r);
}

static void test_by_model(void)
{
	registry r;

	setup(&r);
	start(&r, "said");
	finish_task(&r);
	start(&r, "said"); /* still at work */
	test_tick(DAYS(29));
	TAP_EQUAL_TEXT(retain(&r, NULL, 0), "0 0 0"); /* the model's days hold */
	test_tick(DAYS(1));
	TAP_EQUAL_TEXT(retain(&r, NULL, -1), "1 1 1");
	teardown(&r);
}

static void test_refused(void)
{
	efile_flow_retention o;
	registry r;

	setup(&r);
	efile_flow_retention_init(&o);
	o.days = 40000;
	TAP_EQUAL_INT(efile_flow_retain(NULL, r.town.admin, &o), EFILE_E_INVALID);
	o.days = 1;
	o.max = -1;
	TAP_EQUAL_INT(efile_flow_retain(NULL, r.town.admin, &o), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_flow_retain(NULL, r.weber, NULL), EFILE_E_DENIED);
	teardown(&r);
}

static void test_at_most(void)
{
	efile_flow_retention o;
	registry r;

	setup(&r);
	for (int i = 0; i < 3; i++) {
		start(&r, "said");
		finish_task(&r);
	}
	test_tick(DAYS(31));
	efile_flow_retention_init(&o);
	o.max = 2;
	TAP_EQUAL_INT(efile_flow_retain(NULL, r.town.admin, &o), EFILE_OK);
	TAP_EQUAL_TEXT(retain(&r, NULL, -1), "1 1 1");
	teardown(&r);
}

/* ---- what fsck says ---- */

static int findings(registry *r, const char *rule)
{
	AUTO_PTR(efile_report) report = NULL;
	int count = 0;

	TAP_EQUAL_INT(efile_store_fsck(&report, r->town.store, NULL), EFILE_OK);
	for (size_t i = 0; report && i < efile_report_count(report); i++)
		count += !strcmp(efile_report_finding(report, i)->rule, rule);
	return count;
}

static void test_taken_away(void)
{
	static const char *const faults[] = {
		/* a body that nobody erased */
		"UPDATE journal_body SET body = NULL, salt = NULL WHERE rev = "
		"(SELECT max(rev) FROM journal WHERE action = 301)",
		/* the body of the very entry that says what was erased */
		"UPDATE journal_body SET body = NULL, salt = NULL WHERE rev = "
		"(SELECT max(rev) FROM journal WHERE action = 6)",
	};

	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		registry r;

		setup(&r);
		start(&r, "said");
		finish_task(&r);
		test_tick(DAYS(31));
		TAP_EQUAL_TEXT(retain(&r, NULL, -1), "1 1 1");
		start(&r, "said");
		TAP_EQUAL_INT(findings(&r, "FSCK-BODY"), 0);
		TAP_EQUAL_INT(db_exec(r.town.store, "CREATE TEMP TABLE kept AS SELECT * FROM journal_body"),
			      EFILE_OK);
		TAP_EQUAL_INT(db_exec(r.town.store, faults[i]), EFILE_OK);
		TAP_OK(findings(&r, "FSCK-BODY") > 0);
		TAP_EQUAL_INT(db_exec(r.town.store, "INSERT OR REPLACE INTO journal_body SELECT * FROM kept"),
			      EFILE_OK);
		teardown(&r);
	}
}

/* ---- the desks by the log ---- */

static void test_desks_by_log(void)
{
	static const struct {
		const char *name, *sql, *back;
	} rows[] = {
		{ "another holder", "UPDATE flow_task SET assignee = assignee + 1 WHERE status = 1",
		  "UPDATE flow_task SET assignee = assignee - 1 WHERE status = 1" },
		{ "another due date", "UPDATE flow_task SET due = due + 1 WHERE status = 1",
		  "UPDATE flow_task SET due = due - 1 WHERE status = 1" },
		{ "another priority", "UPDATE flow_task SET priority = 81 WHERE status = 1",
		  "UPDATE flow_task SET priority = 80 WHERE status = 1" },
		{ "a task that is done", "UPDATE flow_task SET status = 3 WHERE status = 1",
		  "UPDATE flow_task SET status = 1 WHERE status = 3" },
		{ "another performer", "UPDATE flow_task SET performer = x'01010101010101010101010101010101' "
		  "WHERE status = 2", NULL },
	};
	efile_instance_id id, done;
	efile_task_changes c;
	efile_task_id task;
	registry r;

	setup(&r);
	done = start(&r, "said");
	finish_task(&r);
	id = start(&r, "said");
	TAP_EQUAL_INT(desk_tasks(r.weber, &task), 1);
	TAP_EQUAL_INT(efile_task_claim(r.weber, task), EFILE_OK);
	efile_task_changes_init(&c);
	c.due = "P3D";
	c.priority = 80;
	TAP_EQUAL_INT(efile_task_update(r.weber, task, &c), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_comment(r.weber, id, "Hm"), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_replay(r.weber, id, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_replay(r.weber, done, NULL), EFILE_OK);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tap_case(rows[i].name);
		TAP_EQUAL_INT(db_exec(r.town.store, rows[i].sql), EFILE_OK);
		TAP_EQUAL_INT(efile_flow_replay(r.weber, rows[i].back ? id : done, NULL), EFILE_E_DAMAGED);
		if (rows[i].back)
			TAP_EQUAL_INT(db_exec(r.town.store, rows[i].back), EFILE_OK);
	}
	TAP_EQUAL_INT(efile_flow_replay(r.weber, id, NULL), EFILE_OK);
	TAP_EQUAL_INT(db_exec(r.town.store, "DELETE FROM flow_comment WHERE text = 'Hm'"), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_replay(r.weber, id, NULL), EFILE_E_DAMAGED);
	test_clock_reset();
	efile_session_close(r.weber);
	efile_session_close(r.chief);
	efile_session_close(r.klein);
	town_teardown(&r.town); /* no fsck: it would say the same */
}

/* ---- memory ---- */

static efile_status retain_once(efile_ctx *ctx, void *arg)
{
	registry *r = arg;
	efile_flow_retention o;
	AUTO_PTR(char) json = NULL;

	(void)ctx;
	efile_flow_retention_init(&o);
	o.days = 1;
	return efile_flow_retain(&json, r->town.admin, &o);
}

static void test_memory(void)
{
	registry r;

	setup(&r);
	start(&r, "kept");
	finish_task(&r);
	finish_job(&r);
	test_tick(DAYS(2));
	TAP_OK(fail_each(retain_once, &r) > 10);
	TAP_EQUAL_INT(town_logged(&r.town, "store.erased", NULL), 1);
	TAP_EQUAL_INT(found(&r, "Erika"), 0);
	teardown(&r);
}

TAP_SUITE(flow_retain) = {
	{ "what goes and what stays", test_erased },
	{ "by the model", test_by_model },
	{ "refused", test_refused },
	{ "at most so many", test_at_most },
	{ "taken away is damage", test_taken_away },
	{ "the desks by the log", test_desks_by_log },
	{ "out of memory", test_memory },
	TAP_END,
};
