/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reminders and escalations: by the model and by hand, before and after the due date, fired once
 * however late; working days of timer events. TEST_NOW is Monday 2 March 2026, 8:00 UTC. */
#include <stdio.h>

#include "flow/runtime.h"
#include "flow/state.h"
#include "flow/term.h"
#include "unit/desk_support.h"
#include "unit/flow_support.h"

#define HOURS(n) ((n) * INT64_C(3600000000))
#define DAYS(n) HOURS(24 * (n))

static const char model[] = DESK_HEAD
	"<process id='p' isExecutable='true' e:calendar='DE-BW'><startEvent id='s'/>"
	"<userTask id='t' name='Prüfen' e:candidateUsers='m.weber' e:dueIn='5 office-days'>"
	"<extensionElements><e:remind at='due-2 office-days'/><e:remind at='PT1H'/>"
	"<e:escalate at='due+P1D' to='=if big then \"r.chief\" else null' priority='90'/>"
	"</extensionElements></userTask><endEvent id='e'/>" DESK_FLOW("f1", "s", "t")
	DESK_FLOW("f2", "t", "e") DESK_CLOSE;

static efile_instance_id begin(registry *r, const char *variables)
{
	efile_instance_id id = { EFILE_ID_NONE };
	efile_flow_start_options o;

	registry_setup(r);
	TAP_EQUAL_INT(desk_deploy(r->town.admin, model), EFILE_OK);
	efile_flow_start_options_init(&o);
	o.variables = variables;
	TAP_EQUAL_INT(efile_flow_start(&id, r->weber, "p", &o), EFILE_OK);
	return id;
}

static void finish(registry *r)
{
	desk_fsck(r->town.store);
	test_clock_reset();
	registry_teardown(r);
}

static efile_task_id only_task(efile_session *session)
{
	efile_task_id id = { EFILE_ID_NONE };

	TAP_EQUAL_INT(desk_tasks(session, &id), 1);
	return id;
}

static int64_t run_due(registry *r)
{
	int64_t fired = -1;

	TAP_EQUAL_INT(efile_flow_run_due(&fired, r->town.admin), EFILE_OK);
	return fired;
}

static efile_time next_time(registry *r)
{
	efile_time due = 0;

	if (efile_flow_next_due(&due, r->town.admin) != EFILE_OK)
		return 0;
	return due;
}

static int logged(registry *r, const char *action)
{
	return town_logged(&r->town, action, NULL);
}

/* ---- by the model ---- */

static void test_model(void)
{
	registry r;
	char *json = NULL;
	efile_task_id task;

	begin(&r, "{\"big\":true}");
	task = only_task(r.weber);
	TAP_EQUAL_INT(efile_task_reminders(&json, r.weber, task), EFILE_OK);
	/* Due Monday 9 March 23:59:59; two office days before begins Thursday 5 March. */
	TAP_OK(json && strstr(json, "{\"number\":1,\"at\":\"due-2 office-days\",\"due\":\"2026-03-04T23:00:00Z\"}"));
	TAP_OK(json && strstr(json, "{\"number\":2,\"at\":\"PT1H\",\"due\":\"2026-03-02T09:00:00Z\"}"));
	TAP_OK(json && strstr(json, "\"due\":\"2026-03-10T22:59:59Z\",\"to\":\"r.chief\",\"priority\":90}"));
	efile_free(json);
	TAP_OK(next_time(&r) == TEST_NOW + HOURS(1));
	TAP_EQUAL_INT(run_due(&r), 0);
	test_tick(HOURS(1));
	TAP_EQUAL_INT(run_due(&r), 1);
	TAP_EQUAL_INT(run_due(&r), 0);
	TAP_EQUAL_INT(logged(&r, "task.reminded"), 1);
	TAP_EQUAL_INT(desk_tasks(r.chief, NULL), 0);
	/* Nobody ran for a long time: what was missed fires once, the escalation too. */
	test_tick(DAYS(30));
	TAP_EQUAL_INT(run_due(&r), 2);
	TAP_EQUAL_INT(run_due(&r), 0);
	TAP_EQUAL_INT(logged(&r, "task.reminded"), 2);
	TAP_EQUAL_INT(logged(&r, "task.escalated"), 1);
	TAP_EQUAL_INT(desk_tasks(r.chief, &task), 1);
	TAP_EQUAL_INT(efile_task_claim(r.chief, task), EFILE_OK);
	TAP_EQUAL_INT(efile_task_complete(r.chief, task, NULL), EFILE_OK);
	TAP_EQUAL_INT(next_time(&r), 0);
	finish(&r);
}

static void test_nobody_to_escalate_to(void)
{
	registry r;

	begin(&r, "{\"big\":false}");
	test_tick(DAYS(30));
	TAP_EQUAL_INT(run_due(&r), 2);
	TAP_EQUAL_INT(logged(&r, "task.escalated"), 0);
	TAP_EQUAL_INT(efile_task_complete(r.weber, only_task(r.weber), NULL), EFILE_OK);
	finish(&r);
}

/* An unknown name is an error of the call that led to the task: nothing has begun. */
static void test_unknown_name(void)
{
	static const char unknown[] = DESK_HEAD
		"<process id='q' isExecutable='true'><startEvent id='s'/><userTask id='t' name='T' "
		"e:assignee='m.weber'><extensionElements><e:escalate at='P1D' to='nobody.here'/>"
		"</extensionElements></userTask><endEvent id='e'/>" DESK_FLOW("f1", "s", "t")
		DESK_FLOW("f2", "t", "e") DESK_CLOSE;
	efile_instance_id id;
	registry r;

	registry_setup(&r);
	TAP_EQUAL_INT(desk_deploy(r.town.admin, unknown), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_start(&id, r.weber, "q", NULL), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(desk_tasks(r.weber, NULL), 0);
	finish(&r);
}

/* ---- by hand ---- */

static efile_status set(registry *r, efile_task_id task, const char *at, const char *to, int priority)
{
	efile_reminder reminder;

	efile_reminder_init(&reminder);
	reminder.at = at;
	reminder.to = to;
	reminder.priority = priority;
	return efile_task_remind(NULL, r->weber, task, &reminder);
}

static void test_by_hand(void)
{
	registry r;
	efile_task_changes c;
	efile_task_id task;

	begin(&r, "{\"big\":false}");
	task = only_task(r.weber);
	TAP_EQUAL_INT(efile_task_unremind(r.weber, task, 1), EFILE_OK);
	TAP_EQUAL_INT(efile_task_unremind(r.weber, task, 2), EFILE_OK);
	TAP_EQUAL_INT(efile_task_unremind(r.weber, task, 2), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_task_unremind(r.weber, task, -1), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(set(&r, task, NULL, NULL, -1), EFILE_E_INVALID);
	TAP_EQUAL_INT(set(&r, task, "soon", NULL, -1), EFILE_E_FORMAT);
	TAP_EQUAL_INT(set(&r, task, "P1D", NULL, 70), EFILE_E_INVALID);
	TAP_EQUAL_INT(set(&r, task, "P1D", "r.chief", 101), EFILE_E_INVALID);
	TAP_EQUAL_INT(set(&r, task, "P1D", "nobody.here", 70), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_task_remind(NULL, r.klein, task, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(set(&r, task, "due-P1D", "amt10, k.klein", 70), EFILE_OK);
	TAP_EQUAL_INT(logged(&r, "task.reminder_set"), 1);
	TAP_EQUAL_INT(logged(&r, "task.reminder_removed"), 2);

	/* The due date moves: what counts from it follows, also what has fired already. */
	efile_task_changes_init(&c);
	c.due = "2026-03-04";
	TAP_EQUAL_INT(efile_task_update(r.weber, task, &c), EFILE_OK);
	TAP_OK(next_time(&r) == TEST_NOW + DAYS(1) + HOURS(15) - 1000000);
	test_tick(DAYS(2));
	TAP_EQUAL_INT(run_due(&r), 1);
	TAP_EQUAL_INT(logged(&r, "task.escalated"), 2); /* the office and Klein */
	TAP_EQUAL_INT(desk_tasks(r.klein, NULL), 1);
	c.due = "2026-03-20";
	TAP_EQUAL_INT(efile_task_update(r.weber, task, &c), EFILE_OK);
	test_tick(DAYS(17));
	TAP_EQUAL_INT(run_due(&r), 1);
	c.due = "";
	TAP_EQUAL_INT(efile_task_update(r.weber, task, &c), EFILE_OK);
	TAP_EQUAL_INT(next_time(&r), 0);
	for (int i = 5; i <= 51; i++)
		TAP_EQUAL_INT(set(&r, task, "P400D", NULL, -1), i < 51 ? EFILE_OK : EFILE_E_LIMIT);
	finish(&r);
}

static void test_held(void)
{
	efile_instance_id id;
	registry r;

	id = begin(&r, "{\"big\":true}");
	TAP_EQUAL_INT(efile_flow_suspend(r.town.admin, id), EFILE_OK);
	test_tick(DAYS(30));
	TAP_EQUAL_INT(run_due(&r), 0);
	TAP_EQUAL_INT(efile_flow_resume(r.town.admin, id), EFILE_OK);
	TAP_EQUAL_INT(run_due(&r), 3);
	TAP_EQUAL_INT(efile_flow_cancel(r.town.admin, id, "x"), EFILE_OK);
	finish(&r);
}

/* ---- findings ---- */

static void test_findings(void)
{
	static const struct {
		const char *calendar, *row, *rule; /* rule NULL: fine */
	} rows[] = {
		{ "", "<e:remind at='due-P1D'/>", NULL },
		{ "", "<e:remind at='due'/>", NULL },
		{ "", "<e:remind at='soon'/>", "BPMN-REMIND" },
		{ "", "<e:remind at='due-soon'/>", "BPMN-REMIND" },
		{ "", "<e:remind at='due-2 office-days'/>", "BPMN-REMIND" },
		{ "e:calendar='DE-BW'", "<e:remind at='due-2 office-days'/>", NULL },
		{ "", "<e:escalate at='P1D'/>", "BPMN-REMIND" },
		{ "", "<e:escalate at='P1D' to='x'/>", NULL },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_PTR(efile_report) report = NULL;
		flow_definition d = FLOW_DEFINITION_INIT;
		char text[1000];
		bool found = false;

		snprintf(text, sizeof(text), BPMN_OPEN "<startEvent id='s'/><userTask id='t' name='T' "
			 "e:assignee='x' %s><extensionElements>%s</extensionElements></userTask>"
			 "<endEvent id='e'/>" FLOW("1", "s", "t") FLOW("2", "t", "e") BPMN_CLOSE,
			 rows[i].calendar, rows[i].row);
		TAP_EQUAL_INT(report_new(&report, ctx), EFILE_OK);
		compile_bytes(&d, report, ctx, text, strlen(text));
		for (size_t k = 0; k < efile_report_count(report); k++)
			found |= rows[i].rule &&
				!strcmp(efile_report_finding(report, k)->rule, rows[i].rule);
		TAP_EQUAL_INT(found, rows[i].rule != NULL);
		flow_definition_clear(&d);
	}
	efile_ctx_free(ctx);
}

/* ---- timer events ---- */

static void test_timer(void)
{
	static const struct {
		const char *process, *days, *due; /* due NULL: refused */
	} rows[] = {
		{ "e:calendar='DE-BW'", "5 office-days", "2026-03-08T23:00:00Z" },
		{ "e:calendar='DE-BW'", "5 werktage", "2026-03-06T23:00:00Z" },
		{ "e:calendar='DE-BW'", "=string(n) + \" office-days\"", "2026-03-02T23:00:00Z" },
		{ "", "5 office-days", NULL },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_PTR(efile_report) report = NULL;
		AUTO(flow_effects) effects = { NULL, 0, 0 };
		AUTO(buf) state = BUF_INIT;
		flow_definition d = FLOW_DEFINITION_INIT;
		flow_event start = { .kind = FLOW_EVENT_START, .time = TEST_NOW,
				     .variables = "{\"n\":1}" };
		char text[1000], due[EFILE_TIME_TEXT_SIZE] = "";

		snprintf(text, sizeof(text), BPMN_HEAD "<process id='p' isExecutable='true' %s>"
			 "<startEvent id='s'/><intermediateCatchEvent id='c'><timerEventDefinition>"
			 "<timeDuration>%s</timeDuration></timerEventDefinition></intermediateCatchEvent>"
			 "<endEvent id='e'/>" FLOW("1", "s", "c") FLOW("2", "c", "e") BPMN_CLOSE,
			 rows[i].process, rows[i].days);
		TAP_EQUAL_INT(report_new(&report, ctx), EFILE_OK);
		TAP_EQUAL_INT(compile_bytes(&d, report, ctx, text, strlen(text)),
			      rows[i].due ? EFILE_OK : EFILE_E_FORMAT);
		if (rows[i].due) {
			TAP_EQUAL_INT(flow_step(&state, &effects, ctx, &d, NULL, 0, &start), EFILE_OK);
			for (size_t k = 0; k < effects.count; k++)
				if (effects.items[k].kind == FLOW_EFFECT_SUBSCRIBE)
					efile_time_format(effects.items[k].due, due);
			TAP_EQUAL_TEXT(due, rows[i].due);
		}
		flow_definition_clear(&d);
	}
	efile_ctx_free(ctx);
}

static void test_terms(void)
{
	static const struct {
		const char *text, *expected; /* NULL: refused; "": counts from no due date */
		bool has_due;
		efile_status status;
	} rows[] = {
		{ "due", "2026-04-07T10:00:00Z", true, EFILE_OK },
		{ "due-1 office-day", "2026-04-01T22:00:00Z", true, EFILE_OK }, /* over Easter */
		{ "due+3 werktage", "2026-04-09T22:00:00Z", true, EFILE_OK },
		{ "due-P1M", "2026-03-07T11:00:00Z", true, EFILE_OK }, /* summer time between */
		{ "due+PT30M", "2026-04-07T10:30:00Z", true, EFILE_OK },
		{ "due-2 office-days", "", false, EFILE_DONE },
		{ "PT30M", "2026-03-02T08:30:00Z", false, EFILE_OK },
		{ "due*2", NULL, true, EFILE_E_FORMAT },
		{ "due-", "2026-04-07T10:00:00Z", true, EFILE_OK },
		{ "due-soon", NULL, true, EFILE_E_FORMAT },
	};
	efile_ctx *ctx = test_ctx();
	efile_time due;

	efile_time_parse(&due, "2026-04-07T10:00:00Z");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[EFILE_TIME_TEXT_SIZE];
		efile_time time = 0;

		tap_case(rows[i].text);
		TAP_EQUAL_INT(term_relative(&time, ctx, rows[i].text, "DE-BW", TEST_NOW,
					    rows[i].has_due ? &due : NULL), rows[i].status);
		if (rows[i].status == EFILE_OK)
			TAP_EQUAL_TEXT(efile_time_format(time, text), rows[i].expected);
		TAP_EQUAL_INT(term_relative_valid(rows[i].text), rows[i].expected != NULL);
	}
	efile_ctx_free(ctx);
}

/* ---- memory ---- */

typedef struct memory_case {
	registry r;
	efile_task_id task;
} memory_case;

static efile_status set_once(efile_ctx *ctx, void *arg)
{
	memory_case *m = arg;
	efile_reminder reminder;

	(void)ctx;
	efile_reminder_init(&reminder);
	reminder.at = "due+1 office-day";
	reminder.to = "amt10";
	return efile_task_remind(NULL, m->r.weber, m->task, &reminder);
}

static efile_status show_once(efile_ctx *ctx, void *arg)
{
	memory_case *m = arg;
	AUTO_PTR(char) json = NULL;

	(void)ctx;
	return efile_task_reminders(&json, m->r.weber, m->task);
}

static efile_status unset_once(efile_ctx *ctx, void *arg)
{
	memory_case *m = arg;

	(void)ctx;
	return efile_task_unremind(m->r.weber, m->task, 4);
}

static efile_status run_once(efile_ctx *ctx, void *arg)
{
	memory_case *m = arg;

	(void)ctx;
	return efile_flow_run_due(NULL, m->r.town.admin);
}

static void test_memory(void)
{
	memory_case m;

	begin(&m.r, "{\"big\":true}");
	m.task = only_task(m.r.weber);
	TAP_OK(fail_each(set_once, &m) > 10);
	TAP_OK(fail_each(show_once, &m) > 5);
	TAP_OK(fail_each(unset_once, &m) > 10);
	test_tick(DAYS(30));
	TAP_OK(fail_each(run_once, &m) > 10);
	TAP_EQUAL_INT(run_due(&m.r), 0);
	TAP_EQUAL_INT(logged(&m.r, "task.reminded"), 2);
	TAP_EQUAL_INT(logged(&m.r, "task.escalated"), 1);
	finish(&m.r);
}

TAP_SUITE(flow_remind) = {
	{ "by the model", test_model },
	{ "nobody to escalate to", test_nobody_to_escalate_to },
	{ "an unknown name", test_unknown_name },
	{ "by hand", test_by_hand },
	{ "held processes", test_held },
	{ "findings", test_findings },
	{ "timer events", test_timer },
	{ "points of time", test_terms },
	{ "out of memory", test_memory },
	TAP_END,
};
