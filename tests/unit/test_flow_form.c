/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What tasks ask for and to whom they go: forms, expressions for people and dates; several tasks at
 * once, comments, escalation. */
#include "flow/form.h"
#include "flow/runtime.h"

#include <stdlib.h>
#include <string.h>

#include "unit/desk_support.h"

DEFINE_AUTO_PTR(efile_task_cursor, efile_task_cursor_free)
DEFINE_AUTO_PTR(efile_comment_cursor, efile_comment_cursor_free)

#define FORM_PROCESS(id, task)                                                                     \
	DESK_HEAD "<process id='" id "' isExecutable='true'><startEvent id='s'/>" task            \
	"<endEvent id='e'/>" DESK_FLOW("f1", "s", "a") DESK_FLOW("f2", "a", "e") DESK_CLOSE

static const char with_form[] = FORM_PROCESS("form",
	"<userTask id='a' name='Prüfen' e:candidateGroups='amt10' e:form='antrag'><extensionElements>"
	"<e:field id='amount' type='decimal' label='Betrag' required='true' min='0.01' max='1000'/>"
	"<e:field id='reason' type='text' minlength='3' maxlength='5'/>"
	"<e:field id='kind' type='enum'><e:value id='a' name='Antrag'/><e:value id='b'/></e:field>"
	"<e:field id='day' type='date' min='2026-01-01'/>"
	"<e:field id='count' type='integer'/><e:field id='agreed' type='boolean'/>"
	"<e:field id='file' type='text' readOnly='true' default='10.24'/>"
	"<e:field id='seen' type='date-time'/>"
	"</extensionElements></userTask>");

static const char other_form[] =
	"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "
	"xmlns:camunda='http://camunda.org/schema/1.0/bpmn' id='d' targetNamespace='urn:test'>"
	"<process id='camunda' isExecutable='true'><startEvent id='s'/>"
	"<userTask id='a' name='A' camunda:candidateUsers='${who}' camunda:dueDate='2026-05-04T10:00:00Z' "
	"camunda:followUpDate='${later}' camunda:priority='70' camunda:formKey='embedded:x'><extensionElements>"
	"<camunda:formData><camunda:formField id='x' label='Zahl' type='long'><camunda:validation>"
	"<camunda:constraint name='required'/><camunda:constraint name='min' config='5'/>"
	"</camunda:validation></camunda:formField><camunda:formField id='y' type='enum'>"
	"<camunda:value id='eins' name='Eins'/></camunda:formField></camunda:formData>"
	"</extensionElements></userTask><endEvent id='e'/>" DESK_FLOW("f1", "s", "a")
	DESK_FLOW("f2", "a", "e") DESK_CLOSE;

static const char by_feel[] = DESK_HEAD
	"<process id='feel' isExecutable='true' e:calendar='DE-BW'><startEvent id='s'/>"
	"<userTask id='a' name='A' e:candidateGroups='=if amount &gt; 100 then [\"amt10\"] else \"sg102\"' "
	"e:assignee='${boss}' e:dueIn='=days' e:followUp='2 office-days' e:priority='=10 + 15'/>"
	"<endEvent id='e'/>" DESK_FLOW("f1", "s", "a") DESK_FLOW("f2", "a", "e") DESK_CLOSE;

static efile_instance_id start(efile_session *session, const char *process, const char *variables)
{
	efile_instance_id id = { EFILE_ID_NONE };
	efile_flow_start_options o;

	efile_flow_start_options_init(&o);
	o.variables = variables;
	TAP_EQUAL_INT(efile_flow_start(&id, session, process, &o), EFILE_OK);
	return id;
}

static efile_task_id only_task(efile_session *session)
{
	efile_task_id id = { EFILE_ID_NONE };

	TAP_EQUAL_INT(desk_tasks(session, &id), 1);
	return id;
}

/* ---- forms ---- */

static void test_form(void)
{
	static const struct {
		const char *name, *variables, *rule, *path;
	} rows[] = {
		{ "enough", "{\"amount\":12.5}", NULL, NULL },
		{ "an exact text", "{\"amount\":\"12.50\"}", NULL, NULL },
		{ "all", "{\"amount\":1000,\"reason\":\"grün\",\"kind\":\"b\",\"day\":\"2026-02-28\",\"count\":-3,"
		  "\"agreed\":false,\"seen\":\"2026-05-04T12:00:00Z\",\"more\":[1]}", NULL, NULL },
		{ "at both ends", "{\"amount\":0.01,\"reason\":\"größe\"}", NULL, NULL },
		{ "nothing", NULL, "FORM-REQUIRED", "amount" },
		{ "null", "{\"amount\":null}", "FORM-REQUIRED", "amount" },
		{ "a word", "{\"amount\":\"viel\"}", "FORM-TYPE", "amount" },
		{ "too little", "{\"amount\":0.009}", "FORM-MINIMUM", "amount" },
		{ "too much", "{\"amount\":1000.01}", "FORM-MAXIMUM", "amount" },
		{ "too short", "{\"amount\":1,\"reason\":\"ja\"}", "FORM-MINIMUM", "reason" },
		{ "too long", "{\"amount\":1,\"reason\":\"größer\"}", "FORM-MAXIMUM", "reason" },
		{ "no choice", "{\"amount\":1,\"kind\":\"c\"}", "FORM-CHOICE", "kind" },
		{ "no day", "{\"amount\":1,\"day\":\"2026-02-30\"}", "FORM-TYPE", "day" },
		{ "too early", "{\"amount\":1,\"day\":\"2025-12-31\"}", "FORM-MINIMUM", "day" },
		{ "a half", "{\"amount\":1,\"count\":0.5}", "FORM-TYPE", "count" },
		{ "no truth", "{\"amount\":1,\"agreed\":\"ja\"}", "FORM-TYPE", "agreed" },
		{ "not to be changed", "{\"amount\":1,\"file\":\"x\"}", "FORM-READ-ONLY", "file" },
		{ "no time", "{\"amount\":1,\"seen\":\"gestern\"}", "FORM-TYPE", "seen" },
	};
	efile_instance_id id;
	efile_task_id a;
	registry r;

	registry_setup(&r);
	TAP_EQUAL_INT(desk_deploy(r.town.admin, with_form), EFILE_OK);
	id = start(r.weber, "form", NULL);
	a = only_task(r.weber);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_PTR(efile_report) report = NULL;
		long line, column;

		tap_case(rows[i].name);
		TAP_EQUAL_INT(efile_task_check(&report, r.weber, a, rows[i].variables), EFILE_OK);
		TAP_EQUAL_INT(efile_report_count(report), rows[i].rule ? 1 : 0);
		if (!rows[i].rule || !efile_report_count(report))
			continue;
		TAP_EQUAL_TEXT(efile_report_finding(report, 0)->rule, rows[i].rule);
		TAP_EQUAL_TEXT(efile_report_finding(report, 0)->path, rows[i].path);
		TAP_EQUAL_INT(efile_task_complete(r.weber, a, rows[i].variables), EFILE_E_FORMAT);
		TAP_EQUAL_TEXT(efile_error_place(r.town.ctx, &line, &column), rows[i].path);
	}
	{
		AUTO_PTR(efile_report) report = NULL;

		TAP_EQUAL_INT(efile_task_check(&report, r.weber, a, "{\"amount\":0,\"kind\":\"c\",\"count\":\"\"}"),
			      EFILE_OK);
		TAP_EQUAL_INT(efile_report_count(report), 2); /* an empty text is nothing said */
		TAP_EQUAL_INT(efile_task_check(&report, r.klein, a, "{}"), EFILE_E_NOTFOUND);
		TAP_EQUAL_INT(efile_task_check(NULL, r.weber, a, "{}"), EFILE_E_INVALID);
	}
	TAP_EQUAL_INT(efile_task_complete(r.weber, a, rows[2].variables), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_replay(r.weber, id, NULL), EFILE_OK);
	/* what is there already need not be given again */
	start(r.weber, "form", "{\"amount\":7}");
	TAP_EQUAL_INT(efile_task_complete(r.weber, only_task(r.weber), NULL), EFILE_OK);
	registry_teardown(&r);
}

static void test_describe(void)
{
	char *json = NULL;
	efile_task_id a;
	registry r;

	registry_setup(&r);
	TAP_EQUAL_INT(desk_deploy(r.town.admin, with_form), EFILE_OK);
	start(r.weber, "form", NULL);
	a = only_task(r.weber);
	TAP_EQUAL_INT(efile_task_form(&json, r.klein, a), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_task_form(NULL, r.weber, a), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_task_form(&json, r.weber, a), EFILE_OK);
	TAP_EQUAL_TEXT(strstr(json, "\"title\":\"Prüfen\""),
		"\"title\":\"Prüfen\",\"key\":\"antrag\",\"type\":\"object\",\"properties\":{"
		"\"amount\":{\"type\":[\"number\",\"string\"],\"format\":\"decimal\",\"title\":\"Betrag\","
		"\"minimum\":0.01,\"maximum\":1000},"
		"\"reason\":{\"type\":\"string\",\"title\":\"reason\",\"minLength\":3,\"maxLength\":5},"
		"\"kind\":{\"type\":\"string\",\"title\":\"kind\",\"oneOf\":[{\"const\":\"a\",\"title\":\"Antrag\"},"
		"{\"const\":\"b\",\"title\":\"b\"}]},"
		"\"day\":{\"type\":\"string\",\"format\":\"date\",\"title\":\"day\",\"minimum\":\"2026-01-01\"},"
		"\"count\":{\"type\":\"integer\",\"title\":\"count\"},"
		"\"agreed\":{\"type\":\"boolean\",\"title\":\"agreed\"},"
		"\"file\":{\"type\":\"string\",\"title\":\"file\",\"readOnly\":true,\"default\":\"10.24\"},"
		"\"seen\":{\"type\":\"string\",\"format\":\"date-time\",\"title\":\"seen\"}},"
		"\"required\":[\"amount\"],"
		"\"order\":[\"amount\",\"reason\",\"kind\",\"day\",\"count\",\"agreed\",\"file\",\"seen\"]}");
	efile_free(json);
	registry_teardown(&r);
}

/* ---- people and dates by expressions ---- */

static efile_task shown(efile_session *session, efile_task_id id)
{
	AUTO_PTR(efile_task_cursor) cursor = NULL;
	efile_task task = { .id = { EFILE_ID_NONE } };

	TAP_EQUAL_INT(efile_task_list(&cursor, session, id), EFILE_OK);
	efile_task_cursor_next(cursor, &task);
	task.variables = task.process = task.node = task.name = NULL;
	return task;
}

static void test_expressions(void)
{
	char text[EFILE_TIME_TEXT_SIZE];
	efile_instance_id id;
	efile_task task;
	registry r;

	registry_setup(&r);
	TAP_EQUAL_INT(desk_deploy(r.town.admin, by_feel), EFILE_OK);
	id = start(r.klein, "feel", "{\"amount\":500,\"boss\":null,\"days\":\"5 office-days\"}");
	task = shown(r.chief, only_task(r.chief)); /* the chief is in the office, not in the section */
	TAP_EQUAL_TEXT(efile_time_format(task.due, text), "2026-03-09T22:59:59Z");
	TAP_EQUAL_TEXT(efile_time_format(task.follow_up, text), "2026-03-03T23:00:00Z");
	TAP_EQUAL_INT(task.priority, 25);
	TAP_EQUAL_INT(efile_flow_replay(r.klein, id, NULL), EFILE_OK);
	start(r.klein, "feel", "{\"amount\":5,\"boss\":\"k.klein\",\"days\":\"P1D\"}");
	task = shown(r.klein, only_task(r.klein));
	TAP_EQUAL_INT(id_compare(&task.assignee.id, &r.town.klein.id), 0);
	TAP_EQUAL_INT(desk_tasks(r.chief, NULL), 1);
	/* what is no date is an incident, not a task without one */
	id = start(r.klein, "feel", "{\"amount\":5,\"boss\":null,\"days\":\"bald\"}");
	TAP_EQUAL_INT(desk_tasks(r.weber, NULL), 1);
	TAP_EQUAL_INT(efile_flow_retry(NULL, r.klein, id, "{\"days\":\"P2D\"}"), EFILE_OK);
	TAP_EQUAL_INT(desk_tasks(r.weber, NULL), 2);
	TAP_EQUAL_INT(efile_flow_replay(r.klein, id, NULL), EFILE_OK);
	registry_teardown(&r);
}

static void test_camunda(void)
{
	char text[EFILE_TIME_TEXT_SIZE], *json = NULL;
	efile_task_id a;
	efile_task task;
	registry r;

	registry_setup(&r);
	TAP_EQUAL_INT(desk_deploy(r.town.admin, other_form), EFILE_OK);
	start(r.weber, "camunda", "{\"who\":[\"m.weber\",\"k.klein\"],\"later\":\"P1D\"}");
	a = only_task(r.klein);
	task = shown(r.weber, a);
	TAP_EQUAL_INT(task.priority, 70);
	TAP_EQUAL_TEXT(efile_time_format(task.due, text), "2026-05-04T10:00:00Z");
	TAP_EQUAL_INT(task.follow_up > task.created, 1);
	TAP_EQUAL_INT(efile_task_complete(r.klein, a, "{}"), EFILE_E_FORMAT);
	TAP_EQUAL_INT(efile_task_complete(r.klein, a, "{\"x\":4}"), EFILE_E_FORMAT);
	TAP_EQUAL_INT(efile_task_form(&json, r.klein, a), EFILE_OK);
	TAP_OK(strstr(json, "\"required\":[\"x\"]") != NULL);
	TAP_OK(strstr(json, "\"key\":\"embedded:x\"") != NULL);
	efile_free(json);
	TAP_EQUAL_INT(efile_task_complete(r.klein, a, "{\"x\":5,\"y\":\"eins\"}"), EFILE_OK);
	registry_teardown(&r);
}

static void test_deploy(void)
{
	static const struct {
		const char *name, *bpmn;
		efile_status status;
	} rows[] = {
		{ "days without calendar", FORM_PROCESS("p", "<userTask id='a' name='A' e:dueIn='5 office-days'/>"),
		  EFILE_E_FORMAT },
		{ "days with one", FORM_PROCESS("p", "<userTask id='a' name='A' e:dueIn='5 office-days' "
						"e:calendar='DE-HE'/>"), EFILE_OK },
		{ "no date", FORM_PROCESS("p", "<userTask id='a' name='A' e:dueDate='morgen'/>"), EFILE_E_FORMAT },
		{ "no follow-up", FORM_PROCESS("p", "<userTask id='a' name='A' e:followUp='P'/>"),
		  EFILE_E_FORMAT },
		{ "a duration", FORM_PROCESS("p", "<userTask id='a' name='A' e:dueIn='P1M' e:followUp='PT4H'/>"),
		  EFILE_OK },
	};
	registry r;

	registry_setup(&r);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tap_case(rows[i].name);
		TAP_EQUAL_INT(desk_deploy(r.town.admin, rows[i].bpmn), rows[i].status);
	}
	registry_teardown(&r);
}

/* ---- several at once ---- */

static void test_batch(void)
{
	efile_task_result results[4] = { { .number = 0 } };
	AUTO_PTR(efile_task_cursor) cursor = NULL;
	efile_task task;
	int64_t failed = -1, before;
	size_t count = 0;
	registry r;

	registry_setup(&r);
	TAP_EQUAL_INT(desk_deploy(r.town.admin, with_form), EFILE_OK);
	for (int i = 0; i < 3; i++)
		start(r.weber, "form", i == 1 ? NULL : "{\"amount\":7}");
	TAP_EQUAL_INT(efile_worklist(&cursor, r.weber, NULL), EFILE_OK);
	while (efile_task_cursor_next(cursor, &task) == EFILE_OK)
		results[count++].task = task.id;
	TAP_EQUAL_INT(count, 3);
	before = desk_entries(r.town.store);
	TAP_EQUAL_INT(efile_task_complete_all(&failed, r.weber, results, 4, "{\"reason\":\"gut\"}"), EFILE_OK);
	TAP_EQUAL_INT(failed, 2);
	TAP_EQUAL_INT(results[0].status, EFILE_OK);
	TAP_EQUAL_TEXT(results[0].message, "");
	TAP_EQUAL_INT(results[1].status, EFILE_E_FORMAT);
	TAP_EQUAL_INT(results[1].number, 2435);
	TAP_EQUAL_TEXT(results[1].message, "the field 'Betrag' is required");
	TAP_EQUAL_INT(results[2].status, EFILE_OK);
	TAP_EQUAL_INT(results[3].status, EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_error_status(r.town.ctx), EFILE_OK);
	TAP_EQUAL_INT(town_logged(&r.town, "task.completed", NULL), 2);
	TAP_OK(desk_entries(r.town.store) > before);
	TAP_EQUAL_INT(desk_tasks(r.weber, NULL), 1);
	TAP_EQUAL_INT(efile_task_complete_all(NULL, r.weber, NULL, 1, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_task_complete_all(&failed, r.weber, NULL, 0, NULL), EFILE_OK);
	TAP_EQUAL_INT(failed, 0);
	desk_fsck(r.town.store);
	registry_teardown(&r);
}

/* ---- comments ---- */

static int comments(efile_session *session, efile_instance_id instance, efile_task_id task)
{
	AUTO_PTR(efile_comment_cursor) cursor = NULL;
	efile_comment comment;
	int count = 0;

	if (efile_comment_list(&cursor, session, instance, task) < 0)
		return -1;
	while (efile_comment_cursor_next(cursor, &comment) == EFILE_OK)
		count += *comment.text != '\0';
	return count;
}

static void test_comments(void)
{
	static const efile_instance_id no_instance;
	static const efile_task_id no_task;
	efile_instance_id id;
	efile_task_id a;
	char *body = NULL, *longest;
	registry r;

	registry_setup(&r);
	TAP_EQUAL_INT(desk_deploy(r.town.admin, with_form), EFILE_OK);
	id = start(r.weber, "form", "{\"amount\":7}");
	a = only_task(r.weber);
	TAP_EQUAL_INT(efile_task_comment(r.weber, a, "Bitte bis Mittag"), EFILE_OK);
	TAP_EQUAL_INT(efile_task_comment(r.chief, a, "Gut so"), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_comment(r.weber, id, "Rückruf am Montag"), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_comment(r.klein, id, "x"), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_task_comment(r.klein, a, "x"), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_task_comment(r.weber, a, ""), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_task_comment(r.weber, a, "\xff"), EFILE_E_INVALID);
	longest = calloc(1, 10002);
	memset(longest, 'x', 10001);
	TAP_EQUAL_INT(efile_task_comment(r.weber, a, longest), EFILE_E_LIMIT);
	longest[10000] = '\0';
	TAP_EQUAL_INT(efile_task_comment(r.weber, a, longest), EFILE_OK);
	free(longest);
	TAP_EQUAL_INT(comments(r.weber, id, no_task), 4);
	TAP_EQUAL_INT(comments(r.chief, no_instance, a), 4);
	TAP_EQUAL_INT(comments(r.chief, id, no_task), -1); /* weber's process, without a case */
	TAP_EQUAL_INT(comments(r.weber, no_instance, no_task), -1);
	TAP_EQUAL_INT(comments(r.weber, id, a), -1);
	/* the words are in the row alone */
	TAP_EQUAL_INT(town_logged(&r.town, "flow.commented", &body), 4);
	TAP_OK(body && !strstr(body, "xxx"));
	free(body);
	TAP_EQUAL_INT(efile_flow_replay(r.weber, id, NULL), EFILE_OK);
	desk_fsck(r.town.store);
	registry_teardown(&r);
}

/* ---- escalation ---- */

static void test_escalation(void)
{
	efile_task_id a;
	registry r;

	registry_setup(&r);
	TAP_EQUAL_INT(desk_deploy(r.town.admin, with_form), EFILE_OK);
	start(r.weber, "form", "{\"amount\":7}");
	a = only_task(r.weber);
	TAP_EQUAL_INT(efile_task_claim(r.weber, a), EFILE_OK);
	TAP_EQUAL_INT(desk_tasks(r.klein, NULL), 0);
	TAP_EQUAL_INT(efile_task_escalate(r.klein, a, r.town.klein), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_task_escalate(r.weber, a, r.town.klein), EFILE_OK);
	TAP_EQUAL_INT(efile_task_escalate(r.chief, a, r.town.klein), EFILE_OK);
	TAP_EQUAL_INT(desk_tasks(r.klein, NULL), 1);
	TAP_EQUAL_INT(desk_tasks(r.weber, NULL), 1);
	TAP_EQUAL_INT(efile_task_claim(r.chief, a), EFILE_E_CONFLICT);
	TAP_EQUAL_INT(efile_task_complete(r.klein, a, NULL), EFILE_E_CONFLICT); /* taken over first */
	TAP_EQUAL_INT(efile_task_claim(r.klein, a), EFILE_OK);
	TAP_EQUAL_INT(desk_tasks(r.weber, NULL), 0);
	desk_fsck(r.town.store);
	TAP_EQUAL_INT(efile_task_return(r.klein, a), EFILE_OK); /* back to whom it was taken from */
	TAP_EQUAL_INT(desk_tasks(r.weber, NULL), 1);
	TAP_EQUAL_INT(town_logged(&r.town, "task.escalated", NULL), 2);
	desk_fsck(r.town.store);
	registry_teardown(&r);
}

/* ---- without memory ---- */

typedef struct memory_case {
	registry r;
	efile_task_id task;
	int turn;
} memory_case;

static efile_status start_once(efile_ctx *ctx, void *arg)
{
	memory_case *m = arg;
	efile_instance_id id;
	efile_flow_start_options o;

	(void)ctx;
	efile_flow_start_options_init(&o);
	o.variables = "{\"amount\":500,\"boss\":null,\"days\":\"5 office-days\"}";
	return efile_flow_start(&id, m->r.weber, "feel", &o);
}

static efile_status ask_once(efile_ctx *ctx, void *arg)
{
	memory_case *m = arg;
	efile_report *report = NULL;
	char *json = NULL;
	efile_status status;

	(void)ctx;
	status = efile_task_form(&json, m->r.weber, m->task);
	efile_free(json);
	if (status == EFILE_OK)
		status = efile_task_check(&report, m->r.weber, m->task, "{\"amount\":\"x\"}");
	efile_report_free(report);
	return status;
}

static efile_status say_once(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(efile_comment_cursor) cursor = NULL;
	memory_case *m = arg;
	efile_comment comment;

	(void)ctx;
	if (!m->turn) {
		TRY(efile_task_comment(m->r.weber, m->task, "Hm"));
		m->turn = 1;
	}
	TRY(efile_comment_list(&cursor, m->r.weber, (efile_instance_id){ EFILE_ID_NONE }, m->task));
	return efile_comment_cursor_next(cursor, &comment);
}

static efile_status finish_once(efile_ctx *ctx, void *arg)
{
	memory_case *m = arg;
	efile_task_result result = { .task = m->task };

	(void)ctx;
	return efile_task_complete_all(NULL, m->r.weber, &result, 1, "{\"amount\":7}");
}

static void test_memory(void)
{
	memory_case m = { .turn = 0 };

	registry_setup(&m.r);
	TAP_EQUAL_INT(desk_deploy(m.r.town.admin, with_form), EFILE_OK);
	TAP_EQUAL_INT(desk_deploy(m.r.town.admin, by_feel), EFILE_OK);
	start(m.r.weber, "form", NULL);
	m.task = only_task(m.r.weber);
	TAP_OK(fail_each(ask_once, &m) > 10);
	TAP_OK(fail_each(say_once, &m) > 10);
	TAP_OK(fail_each(finish_once, &m) > 10);
	TAP_EQUAL_INT(town_logged(&m.r.town, "task.completed", NULL), 1);
	TAP_OK(fail_each(start_once, &m) > 20);
	desk_fsck(m.r.town.store);
	registry_teardown(&m.r);
}

TAP_SUITE(flow_form) = {
	{ "fields", test_form },
	{ "described", test_describe },
	{ "people and dates by expressions", test_expressions },
	{ "of another engine", test_camunda },
	{ "deploying", test_deploy },
	{ "several at once", test_batch },
	{ "comments", test_comments },
	{ "escalation", test_escalation },
	{ "out of memory", test_memory },
	TAP_END,
};
