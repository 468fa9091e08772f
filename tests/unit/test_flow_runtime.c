/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Processes at work: who may, in which order, what stays of a failure, and that the log knows all. */
#include "flow/runtime.h"

#include <stdlib.h>
#include <string.h>

#include "unit/desk_support.h"

DEFINE_AUTO_PTR(efile_task_cursor, efile_task_cursor_free)
DEFINE_AUTO_PTR(efile_job_cursor, efile_job_cursor_free)
DEFINE_AUTO_PTR(efile_flow_cursor, efile_flow_cursor_free)

/* Two tasks of the section, the second by somebody else. */
static const char four_eyes[] = DESK_HEAD
	"<process id='eyes' isExecutable='true'><startEvent id='s'/>"
	"<userTask id='a' name='Prüfen' e:candidateGroups='amt10' e:dueIn='P5D'/>"
	"<userTask id='b' name='Anordnen' e:candidateGroups='amt10' e:separateFrom='a'/>"
	"<endEvent id='e'/>" DESK_FLOW("f1", "s", "a") DESK_FLOW("f2", "a", "b")
	DESK_FLOW("f3", "b", "e") DESK_CLOSE;

static const char outside[] = DESK_HEAD
	"<process id='outside' isExecutable='true'><startEvent id='s'/>"
	"<serviceTask id='j' e:handler='sap.post'/>"
	"<endEvent id='e'/>" DESK_FLOW("f1", "s", "j") DESK_FLOW("f2", "j", "e") DESK_CLOSE;

static const char inside[] = DESK_HEAD
	"<process id='inside' isExecutable='true'><startEvent id='s'/>"
	"<serviceTask id='j' e:handler='test.write'/>"
	"<endEvent id='e'/>" DESK_FLOW("f1", "s", "j") DESK_FLOW("f2", "j", "e") DESK_CLOSE;

typedef struct desk {
	registry r;
	efile_actor_id adler;
	efile_session *second;  /* "a.adler", in the office */
} desk;

static void desk_setup(desk *d)
{
	registry_setup(&d->r);
	d->adler = town_person(&d->r.town, "a.adler", EFILE_CONFIDENTIALITY_OPEN);
	town_join(&d->r.town, d->adler, d->r.town.office);
	d->second = town_session(&d->r.town, "a.adler", NULL, NULL);
	TAP_EQUAL_INT(desk_deploy(d->r.town.admin, four_eyes), EFILE_OK);
	TAP_EQUAL_INT(desk_deploy(d->r.town.admin, outside), EFILE_OK);
	TAP_EQUAL_INT(desk_deploy(d->r.town.admin, inside), EFILE_OK);
}

static void desk_teardown(desk *d)
{
	desk_fsck(d->r.town.store);
	efile_session_close(d->second);
	registry_teardown(&d->r);
}

static efile_instance_id start(efile_session *session, const char *process,
			       const efile_case_id *case_id, const char *variables)
{
	efile_instance_id id = { EFILE_ID_NONE };
	efile_flow_start_options o;

	efile_flow_start_options_init(&o);
	o.variables = variables;
	if (case_id)
		o.case_id = *case_id;
	TAP_EQUAL_INT(efile_flow_start(&id, session, process, &o), EFILE_OK);
	return id;
}

static efile_flow_status standing(efile_session *session, efile_instance_id id)
{
	AUTO_PTR(efile_flow_cursor) cursor = NULL;
	efile_flow_instance instance;

	if (efile_flow_list(&cursor, session, id) != EFILE_OK ||
	    efile_flow_cursor_next(cursor, &instance) != EFILE_OK)
		return (efile_flow_status)-1;
	return instance.status;
}

static efile_task_id only_task(efile_session *session)
{
	efile_task_id id = { EFILE_ID_NONE };

	TAP_EQUAL_INT(desk_tasks(session, &id), 1);
	return id;
}

/* ---- four eyes ---- */

static void test_four_eyes(void)
{
	efile_instance_id id;
	efile_task_id a, b;
	desk d;

	desk_setup(&d);
	id = start(d.r.weber, "eyes", &d.r.case_id, "{\"n\":1}");
	TAP_EQUAL_INT(desk_tasks(d.r.klein, NULL), 0);
	a = only_task(d.r.weber);
	TAP_EQUAL_INT(efile_task_complete(d.r.klein, a, NULL), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_task_complete(d.r.weber, a, "[1]"), EFILE_E_FORMAT);
	TAP_EQUAL_INT(efile_task_complete(d.r.weber, a, "{"), EFILE_E_FORMAT);
	TAP_EQUAL_INT(efile_task_complete(d.r.weber, a, "{\"ok\":true}"), EFILE_OK);
	TAP_EQUAL_INT(efile_task_complete(d.r.weber, a, NULL), EFILE_E_NOTFOUND);
	b = only_task(d.second);
	TAP_EQUAL_INT(efile_task_claim(d.r.weber, b), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_task_complete(d.r.weber, b, NULL), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_task_delegate(d.second, b, d.r.town.weber), EFILE_E_DENIED);
	TAP_EQUAL_INT(standing(d.r.weber, id), EFILE_FLOW_RUNNING);
	TAP_EQUAL_INT(efile_task_complete(d.second, b, NULL), EFILE_OK);
	TAP_EQUAL_INT(standing(d.r.weber, id), EFILE_FLOW_ENDED);
	TAP_EQUAL_INT(efile_flow_replay(d.r.weber, id, NULL), EFILE_OK);
	desk_teardown(&d);
}

/* A deputy is the same pair of eyes as the person it stands in for, in both directions. */
static void deputy_case(bool first_as_deputy)
{
	efile_session *deputy;
	efile_task_id b;
	desk d;

	desk_setup(&d);
	TAP_EQUAL_INT(efile_deputy_add(d.r.town.admin, d.r.town.weber, d.adler, NULL), EFILE_OK);
	deputy = town_session(&d.r.town, "a.adler", "m.weber", NULL);
	TAP_OK(deputy != NULL);
	start(d.r.weber, "eyes", &d.r.case_id, NULL);
	TAP_EQUAL_INT(efile_task_complete(first_as_deputy ? deputy : d.r.weber,
					  only_task(d.r.weber), NULL), EFILE_OK);
	b = only_task(d.r.chief);
	TAP_EQUAL_INT(efile_task_complete(deputy, b, NULL), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_task_claim(deputy, b), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_task_complete(d.r.weber, b, NULL), EFILE_E_DENIED);
	if (first_as_deputy) /* the deputy's own hands did the first */
		TAP_EQUAL_INT(efile_task_complete(d.second, b, NULL), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_task_complete(d.r.chief, b, NULL), EFILE_OK);
	efile_session_close(deputy);
	desk_teardown(&d);
}

static void test_deputy(void)
{
	tap_case("after the principal");
	deputy_case(false);
	tap_case("the deputy first");
	deputy_case(true);
}

/* ---- hands ---- */

static void test_claim(void)
{
	efile_task_id a;
	desk d;

	desk_setup(&d);
	start(d.r.weber, "eyes", &d.r.case_id, NULL);
	a = only_task(d.r.weber);
	TAP_EQUAL_INT(efile_task_return(d.r.weber, a), EFILE_E_STATE);
	TAP_EQUAL_INT(efile_task_claim(d.r.klein, a), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_task_claim(d.r.weber, a), EFILE_OK);
	TAP_EQUAL_INT(efile_task_claim(d.r.weber, a), EFILE_OK);
	TAP_EQUAL_INT(town_logged(&d.r.town, "task.claimed", NULL), 1);
	TAP_EQUAL_INT(efile_task_claim(d.second, a), EFILE_E_CONFLICT);
	TAP_EQUAL_INT(efile_task_complete(d.second, a, NULL), EFILE_E_CONFLICT);
	TAP_EQUAL_INT(efile_task_delegate(d.second, a, d.r.town.chief), EFILE_E_CONFLICT);
	TAP_EQUAL_INT(efile_task_return(d.second, a), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_task_return(d.r.weber, a), EFILE_OK);
	TAP_EQUAL_INT(efile_task_claim(d.second, a), EFILE_OK);
	TAP_EQUAL_INT(efile_task_claim(d.second, (efile_task_id){ EFILE_ID_NONE }), EFILE_E_NOTFOUND);
	desk_teardown(&d);
}

/* klein is in no unit: only delegation brings the task to that desk, and only once. */
static void set_active(desk *d, efile_actor_id who, int active)
{
	efile_actor_options o;

	efile_actor_options_init(&o);
	o.active = active;
	TAP_EQUAL_INT(efile_actor_update(d->r.town.admin, who, &o), EFILE_OK);
}

static void test_delegate(void)
{
	efile_task_id a;
	desk d;

	desk_setup(&d);
	start(d.r.weber, "eyes", &d.r.case_id, NULL);
	a = only_task(d.r.weber);
	TAP_EQUAL_INT(efile_task_delegate(d.r.klein, a, d.r.town.klein), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_task_delegate(d.r.weber, a, (efile_actor_id){ EFILE_ID_NONE }),
		      EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_task_delegate(d.r.weber, a, d.r.town.section), EFILE_E_INVALID);
	/* Symptom: a task lay on the desk of somebody who had left. */
	set_active(&d, d.r.town.klein, 0);
	TAP_EQUAL_INT(efile_task_delegate(d.r.weber, a, d.r.town.klein), EFILE_E_STATE);
	set_active(&d, d.r.town.klein, 1);
	TAP_EQUAL_INT(efile_task_delegate(d.r.weber, a, d.r.town.klein), EFILE_OK);
	TAP_EQUAL_INT(desk_tasks(d.r.klein, NULL), 1);
	TAP_EQUAL_INT(efile_task_claim(d.second, a), EFILE_E_CONFLICT);
	TAP_EQUAL_INT(efile_task_return(d.r.klein, a), EFILE_OK);
	TAP_EQUAL_INT(desk_tasks(d.r.klein, NULL), 0);
	TAP_EQUAL_INT(efile_task_complete(d.r.klein, a, NULL), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_task_claim(d.second, a), EFILE_E_CONFLICT); /* weber's again */
	TAP_EQUAL_INT(efile_task_delegate(d.r.weber, a, d.r.town.klein), EFILE_OK);
	TAP_EQUAL_INT(efile_task_complete(d.r.klein, a, NULL), EFILE_OK);
	/* who did it is who is shut out, not who handed it over */
	a = only_task(d.r.weber);
	TAP_EQUAL_INT(efile_task_delegate(d.r.weber, a, d.r.town.klein), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_task_complete(d.r.weber, a, NULL), EFILE_OK);
	desk_teardown(&d);
}

/* An unclaimed task is everybody's, a claimed one is on one desk. */
static void test_worklist(void)
{
	AUTO_PTR(efile_task_cursor) cursor = NULL;
	efile_task task;
	efile_task_id a;
	desk d;

	desk_setup(&d);
	start(d.r.weber, "eyes", &d.r.case_id, "{\"n\":1}");
	TAP_EQUAL_INT(desk_tasks(d.second, NULL), 1);
	a = only_task(d.r.weber);
	TAP_EQUAL_INT(efile_task_list(&cursor, d.r.weber, a), EFILE_OK);
	TAP_EQUAL_INT(efile_task_cursor_next(cursor, &task), EFILE_OK);
	TAP_EQUAL_TEXT(task.name, "Prüfen");
	TAP_EQUAL_TEXT(task.process, "eyes");
	TAP_EQUAL_TEXT(task.variables, "{\"n\":1}");
	TAP_EQUAL_INT(task.due - task.created, INT64_C(5) * 86400 * 1000000);
	TAP_EQUAL_INT(efile_task_cursor_next(cursor, &task), EFILE_DONE);
	TAP_EQUAL_INT(efile_task_claim(d.r.weber, a), EFILE_OK);
	TAP_EQUAL_INT(desk_tasks(d.r.weber, NULL), 1);
	TAP_EQUAL_INT(desk_tasks(d.second, NULL), 0);
	TAP_EQUAL_INT(efile_task_return(d.r.weber, a), EFILE_OK);
	TAP_EQUAL_INT(desk_tasks(d.second, NULL), 1);
	start(d.second, "eyes", NULL, NULL);
	TAP_EQUAL_INT(desk_tasks(d.r.weber, NULL), 2);
	desk_teardown(&d);
}

/* ---- starting and cancelling ---- */

static void test_start(void)
{
	efile_document_id hidden;
	efile_instance_id id;
	efile_flow_start_options o;
	int64_t before;
	desk d;

	desk_setup(&d);
	hidden = registry_document(&d.r, d.r.case_id, "Geheim", "x", d.r.closed_list);
	before = town_logged(&d.r.town, "flow.started", NULL);
	efile_flow_start_options_init(&o);
	TAP_EQUAL_INT(efile_flow_start(&id, d.r.weber, "nothing", &o), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_flow_start(&id, d.r.weber, NULL, &o), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_flow_start(NULL, d.r.weber, "eyes", &o), EFILE_E_INVALID);
	o.variables = "7";
	TAP_EQUAL_INT(efile_flow_start(&id, d.r.weber, "eyes", &o), EFILE_E_FORMAT);
	o.variables = NULL;
	o.case_id = d.r.case_id;
	TAP_EQUAL_INT(efile_flow_start(&id, d.r.klein, "eyes", &o), EFILE_E_NOTFOUND);
	o.document = hidden;
	TAP_EQUAL_INT(efile_flow_start(&id, d.r.weber, "eyes", &o), EFILE_E_NOTFOUND);
	o.document = (efile_document_id){ { { 1 } } };
	TAP_EQUAL_INT(efile_flow_start(&id, d.r.weber, "eyes", &o), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(town_logged(&d.r.town, "flow.started", NULL), before);
	o.document = hidden;
	TAP_EQUAL_INT(efile_flow_start(&id, d.r.chief, "eyes", &o), EFILE_OK);
	TAP_EQUAL_INT(desk_deploy(d.r.weber, four_eyes), EFILE_E_DENIED);
	TAP_EQUAL_INT(desk_deploy(d.r.town.admin, "<a/>"), EFILE_E_FORMAT);
	desk_teardown(&d);
}

static void test_cancel(void)
{
	efile_instance_id id, mine;
	desk d;

	desk_setup(&d);
	id = start(d.r.weber, "eyes", &d.r.case_id, NULL);
	TAP_EQUAL_INT(efile_flow_cancel(d.r.weber, id, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_flow_cancel(d.r.weber, id, ""), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_flow_cancel(d.r.klein, id, "so"), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_flow_cancel(d.r.weber, id, "zurückgezogen"), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_cancel(d.r.weber, id, "nochmals"), EFILE_E_STATE);
	TAP_EQUAL_INT(standing(d.r.weber, id), EFILE_FLOW_CANCELLED);
	TAP_EQUAL_INT(desk_tasks(d.r.weber, NULL), 0);
	TAP_EQUAL_INT(efile_flow_replay(d.r.weber, id, NULL), EFILE_OK);
	/* one without a case is its starter's, and the administrator's */
	mine = start(d.r.klein, "eyes", NULL, NULL);
	TAP_EQUAL_INT((int)standing(d.r.weber, mine), -1);
	TAP_EQUAL_INT(efile_flow_cancel(d.r.weber, mine, "so"), EFILE_E_NOTFOUND);
	/* the refusals are about the instance, and no part of its story */
	TAP_EQUAL_INT(efile_flow_replay(d.r.klein, mine, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_cancel(d.r.town.admin, mine, "so"), EFILE_OK);
	desk_teardown(&d);
}

/* ---- jobs ---- */

static efile_id only_job(efile_session *admin)
{
	AUTO_PTR(efile_job_cursor) cursor = NULL;
	efile_job job = { .id = EFILE_ID_NONE };

	TAP_EQUAL_INT(efile_job_list(&cursor, admin, "sap.post"), EFILE_OK);
	TAP_EQUAL_INT(efile_job_cursor_next(cursor, &job), EFILE_OK);
	return job.id;
}

static void test_job(void)
{
	AUTO_PTR(efile_job_cursor) cursor = NULL;
	efile_instance_id id, failed;
	efile_session *admin;
	efile_job job;
	efile_id first;
	desk d;

	desk_setup(&d);
	admin = d.r.town.admin;
	id = start(d.r.weber, "outside", &d.r.case_id, NULL);
	TAP_EQUAL_INT(efile_job_list(&cursor, d.r.weber, NULL), EFILE_E_DENIED);
	first = only_job(admin);
	TAP_EQUAL_INT(efile_job_complete(d.r.weber, first, NULL), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_job_complete(admin, first, "null"), EFILE_E_FORMAT);
	TAP_EQUAL_INT(efile_job_complete(admin, first, "{\"belegnummer\":17}"), EFILE_OK);
	TAP_EQUAL_INT(efile_job_complete(admin, first, "{\"belegnummer\":18}"), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_job_fail(admin, first, "spät"), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(standing(d.r.weber, id), EFILE_FLOW_ENDED);
	TAP_EQUAL_INT(town_logged(&d.r.town, "job.done", NULL), 1);
	failed = start(d.r.weber, "outside", &d.r.case_id, NULL);
	TAP_EQUAL_INT(efile_job_fail(admin, only_job(admin), NULL), EFILE_OK);
	TAP_EQUAL_INT(standing(d.r.weber, failed), EFILE_FLOW_RUNNING);
	TAP_EQUAL_INT(efile_job_list(&cursor, admin, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_job_cursor_next(cursor, &job), EFILE_DONE);
	TAP_EQUAL_INT(efile_flow_replay(d.r.weber, failed, NULL), EFILE_OK);
	/* cancelled under the worker's hands */
	start(d.r.weber, "outside", &d.r.case_id, NULL);
	first = only_job(admin);
	TAP_EQUAL_INT(efile_flow_cancel(d.r.weber, failed, "aus"), EFILE_OK);
	TAP_EQUAL_INT(efile_job_complete(admin, first, NULL), EFILE_OK);
	desk_teardown(&d);
}

/* ---- handlers ---- */

static efile_status handler_answer;
static const char *handler_result;

/* Files a document, then says what the test wants. */
static efile_status write_and_answer(char **result, efile_session *session, const flow_call *call)
{
	AUTO_PTR(efile_document) document = NULL;
	AUTO_PTR(efile_reader) content = NULL;
	efile_document_options o;

	efile_document_options_init(&o);
	o.title = "vom Handler";
	TRY(efile_reader_from_memory(&content, session_ctx(session), "x", 1));
	TRY(efile_case_add_document(&document, session, call->case_id, content, &o));
	if (handler_result)
		TRY(mem_dup(result, session_ctx(session), handler_result));
	if (handler_answer != EFILE_OK)
		return FAIL(session_ctx(session), handler_answer, 2407, "%s", "so nicht");
	return EFILE_OK;
}

static const flow_handler handlers[] = { { "test.write", write_and_answer } };

static void handler_case(const char *name, efile_status answer, const char *result,
			 efile_status expected, int documents, efile_flow_status status)
{
	efile_instance_id id = { EFILE_ID_NONE };
	efile_flow_start_options o;
	int before, started;
	desk d;

	tap_case(name);
	desk_setup(&d);
	TAP_EQUAL_INT(flow_set_handlers(d.r.town.store, handlers, ARRAY_SIZE(handlers)), EFILE_OK);
	before = town_logged(&d.r.town, "document.filed", NULL);
	started = town_logged(&d.r.town, "flow.started", NULL);
	handler_answer = answer;
	handler_result = result;
	efile_flow_start_options_init(&o);
	o.case_id = d.r.case_id;
	TAP_EQUAL_INT(efile_flow_start(&id, d.r.weber, "inside", &o), expected);
	TAP_EQUAL_INT(town_logged(&d.r.town, "document.filed", NULL), before + documents);
	TAP_EQUAL_INT(town_logged(&d.r.town, "flow.started", NULL), started + (expected == EFILE_OK));
	if (expected == EFILE_OK) {
		TAP_EQUAL_INT(standing(d.r.weber, id), status);
		TAP_EQUAL_INT(efile_flow_replay(d.r.weber, id, NULL), EFILE_OK);
	}
	handler_result = NULL;
	desk_teardown(&d);
}

static void test_handler(void)
{
	handler_case("done", EFILE_OK, "{\"n\":1}", EFILE_OK, 1, EFILE_FLOW_ENDED);
	handler_case("incident", EFILE_E_STATE, NULL, EFILE_OK, 0, EFILE_FLOW_RUNNING);
	handler_case("incident with a result", EFILE_E_FORMAT, "{}", EFILE_OK, 0, EFILE_FLOW_RUNNING);
	handler_case("a result that is no object", EFILE_OK, "[1]", EFILE_OK, 0, EFILE_FLOW_RUNNING);
	handler_case("store fails", EFILE_E_STORAGE, NULL, EFILE_E_STORAGE, 0, EFILE_FLOW_RUNNING);
}

/* Symptom: a failing handler left an incident that only cancelling ended. */
static void test_retry(void)
{
	efile_instance_id id;
	int64_t retried = 0;
	desk d;

	desk_setup(&d);
	TAP_EQUAL_INT(flow_set_handlers(d.r.town.store, handlers, ARRAY_SIZE(handlers)), EFILE_OK);
	handler_answer = EFILE_E_STATE;
	id = start(d.r.weber, "inside", &d.r.case_id, NULL);
	TAP_EQUAL_INT(efile_flow_retry(&retried, d.r.weber, id, NULL), EFILE_OK);
	TAP_EQUAL_INT(retried, 1);
	TAP_EQUAL_INT(standing(d.r.weber, id), EFILE_FLOW_RUNNING);
	TAP_EQUAL_INT(efile_flow_retry(NULL, d.r.klein, id, NULL), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_flow_retry(NULL, d.r.weber, id, "[]"), EFILE_E_FORMAT);
	handler_answer = EFILE_OK;
	TAP_EQUAL_INT(efile_flow_retry(&retried, d.r.weber, id, "{\"mended\":true}"), EFILE_OK);
	TAP_EQUAL_INT(standing(d.r.weber, id), EFILE_FLOW_ENDED);
	TAP_EQUAL_INT(efile_flow_replay(d.r.weber, id, NULL), EFILE_OK);
	desk_teardown(&d);
}

/* ---- waiting for more than people ---- */

static const char waits[] =
	DESK_HEAD "<message id='M' name='paid'/><signal id='S' name='alarm'/>"
	"<process id='waits' isExecutable='true'><startEvent id='s'/>"
	"<userTask id='t' name='T' e:assignee='m.weber'/><endEvent id='e'/>"
	"<boundaryEvent id='late' attachedToRef='t' cancelActivity='false'><timerEventDefinition>"
	"<timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>"
	"<intermediateCatchEvent id='c'><messageEventDefinition messageRef='M'/>"
	"</intermediateCatchEvent><endEvent id='e2'/>" DESK_FLOW("1", "s", "t") DESK_FLOW("2", "t", "e")
	DESK_FLOW("3", "late", "c") DESK_FLOW("4", "c", "e2") "</process>"
	"<process id='caller' isExecutable='true'><startEvent id='s3'/>"
	"<callActivity id='call' calledElement='waits'/><boundaryEvent id='b' attachedToRef='call'>"
	"<signalEventDefinition signalRef='S'/></boundaryEvent><endEvent id='e3'/>"
	"<endEvent id='e4'/>" DESK_FLOW("5", "s3", "call") DESK_FLOW("6", "call", "e3") DESK_FLOW("7", "b", "e4")
	"</process><process id='begins' isExecutable='true'><startEvent id='s5'>"
	"<messageEventDefinition messageRef='M'/></startEvent><endEvent id='e5'/>"
	DESK_FLOW("8", "s5", "e5") DESK_CLOSE;

static void test_waits(void)
{
	efile_instance_id id;
	int64_t count = -1;
	desk d;

	desk_setup(&d);
	TAP_EQUAL_INT(desk_deploy(d.r.town.admin, waits), EFILE_OK);
	id = start(d.r.weber, "waits", NULL, NULL);
	TAP_EQUAL_INT(efile_flow_run_due(&count, d.r.weber), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_flow_run_due(&count, d.r.town.admin), EFILE_OK);
	TAP_EQUAL_INT(count, 0);
	test_tick((efile_time)3600 * 1000000 + 60000000);
	TAP_EQUAL_INT(efile_flow_run_due(&count, d.r.town.admin), EFILE_OK);
	TAP_EQUAL_INT(count, 1);
	TAP_EQUAL_INT(efile_flow_run_due(&count, d.r.town.admin), EFILE_OK);
	TAP_EQUAL_INT(count, 0);
	TAP_EQUAL_INT(efile_task_complete(d.r.weber, only_task(d.r.weber), NULL), EFILE_OK);
	TAP_EQUAL_INT(standing(d.r.weber, id), EFILE_FLOW_RUNNING);
	TAP_EQUAL_INT(efile_flow_message(&count, d.r.town.admin, "paid", NULL, "{\"n\":5}"),
		      EFILE_OK);
	TAP_EQUAL_INT(count, 1);
	TAP_EQUAL_INT(standing(d.r.weber, id), EFILE_FLOW_ENDED);
	TAP_EQUAL_INT(efile_flow_replay(d.r.weber, id, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_message(&count, d.r.town.admin, "paid", NULL, NULL), EFILE_OK);
	TAP_EQUAL_INT(count, 1); /* it starts the third process */
	TAP_EQUAL_INT(efile_flow_message(&count, d.r.town.admin, "unknown", "k", NULL), EFILE_OK);
	TAP_EQUAL_INT(count, 0);
	TAP_EQUAL_INT(efile_flow_message(&count, d.r.town.admin, "", NULL, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_flow_message(&count, d.r.weber, "paid", NULL, NULL), EFILE_E_DENIED);
	desk_teardown(&d);
}

static int64_t met_by(desk *d, const char *key)
{
	int64_t count = -1;

	TAP_EQUAL_INT(efile_flow_message(&count, d->r.town.admin, "paid", key, NULL), EFILE_OK);
	return count;
}

/* A message reaches the oldest that waits for its key or for any; one that nobody waits for is kept for
 * the first that does. */
static void test_keys(void)
{
	static const char bpmn[] =
		DESK_HEAD "<message id='M' name='paid'/>"
		"<process id='keyed' isExecutable='true'><startEvent id='s'/><intermediateCatchEvent id='c' e:correlationKey='k'>"
		"<messageEventDefinition messageRef='M'/></intermediateCatchEvent><endEvent id='e'/>"
		DESK_FLOW("1", "s", "c") DESK_FLOW("2", "c", "e") "</process>"
		"<process id='any' isExecutable='true'><startEvent id='s2'/><intermediateCatchEvent id='c2'>"
		"<messageEventDefinition messageRef='M'/></intermediateCatchEvent><endEvent id='e2'/>"
		DESK_FLOW("3", "s2", "c2") DESK_FLOW("4", "c2", "e2") DESK_CLOSE;
	efile_instance_id keyed, any;
	desk d;

	desk_setup(&d);
	TAP_EQUAL_INT(desk_deploy(d.r.town.admin, bpmn), EFILE_OK);
	TAP_EQUAL_INT(met_by(&d, "A"), 0);
	TAP_EQUAL_INT(met_by(&d, "B"), 0);
	keyed = start(d.r.weber, "keyed", NULL, "{\"k\":\"B\"}");
	TAP_EQUAL_INT(standing(d.r.weber, keyed), EFILE_FLOW_ENDED);
	keyed = start(d.r.weber, "keyed", NULL, "{\"k\":\"B\"}");
	TAP_EQUAL_INT(standing(d.r.weber, keyed), EFILE_FLOW_RUNNING);
	any = start(d.r.weber, "any", NULL, NULL);
	TAP_EQUAL_INT(standing(d.r.weber, any), EFILE_FLOW_ENDED); /* by A */
	any = start(d.r.weber, "any", NULL, NULL);
	TAP_EQUAL_INT(met_by(&d, "B"), 1);
	TAP_EQUAL_INT(standing(d.r.weber, keyed), EFILE_FLOW_ENDED); /* the older of the two */
	TAP_EQUAL_INT(standing(d.r.weber, any), EFILE_FLOW_RUNNING);
	keyed = start(d.r.weber, "keyed", NULL, "{\"k\":\"C\"}");
	TAP_EQUAL_INT(met_by(&d, "C"), 1);
	TAP_EQUAL_INT(standing(d.r.weber, any), EFILE_FLOW_ENDED); /* it is the older now */
	TAP_EQUAL_INT(standing(d.r.weber, keyed), EFILE_FLOW_RUNNING);
	TAP_EQUAL_INT(met_by(&d, "C"), 1);
	TAP_EQUAL_INT(standing(d.r.weber, keyed), EFILE_FLOW_ENDED);
	desk_teardown(&d);
}

static void test_calls(void)
{
	efile_instance_id id, broken;
	int64_t count = -1;
	desk d;

	desk_setup(&d);
	TAP_EQUAL_INT(desk_deploy(d.r.town.admin, waits), EFILE_OK);
	id = start(d.r.weber, "caller", NULL, NULL);
	TAP_EQUAL_INT(efile_task_complete(d.r.weber, only_task(d.r.weber), "{\"n\":1}"), EFILE_OK);
	TAP_EQUAL_INT(standing(d.r.weber, id), EFILE_FLOW_ENDED);
	TAP_EQUAL_INT(efile_flow_replay(d.r.weber, id, NULL), EFILE_OK);
	broken = start(d.r.weber, "caller", NULL, NULL);
	TAP_EQUAL_INT(desk_tasks(d.r.weber, NULL), 1);
	TAP_EQUAL_INT(efile_flow_signal(&count, d.r.town.admin, "alarm", NULL), EFILE_OK);
	TAP_EQUAL_INT(count, 1);
	TAP_EQUAL_INT(standing(d.r.weber, broken), EFILE_FLOW_ENDED);
	TAP_EQUAL_INT(desk_tasks(d.r.weber, NULL), 0); /* the called one went with it */
	TAP_EQUAL_INT(efile_flow_replay(d.r.weber, broken, NULL), EFILE_OK);
	desk_teardown(&d);
}

static void test_control(void)
{
	efile_instance_id id;
	efile_task_id task;
	desk d;

	desk_setup(&d);
	TAP_EQUAL_INT(desk_deploy(d.r.town.admin, waits), EFILE_OK);
	id = start(d.r.weber, "waits", NULL, NULL);
	task = only_task(d.r.weber);
	TAP_EQUAL_INT(efile_flow_resume(d.r.weber, id), EFILE_E_STATE);
	TAP_EQUAL_INT(efile_flow_suspend(d.r.weber, id), EFILE_OK);
	TAP_EQUAL_INT(standing(d.r.weber, id), EFILE_FLOW_SUSPENDED);
	TAP_EQUAL_INT(efile_task_complete(d.r.weber, task, NULL), EFILE_E_STATE);
	TAP_EQUAL_INT(efile_flow_suspend(d.r.weber, id), EFILE_E_STATE);
	TAP_EQUAL_INT(efile_flow_resume(d.r.weber, id), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_move(d.r.weber, id, "t", "c"), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_flow_move(d.r.town.admin, id, NULL, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_flow_move(d.r.town.admin, id, "c", "t"), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_flow_move(d.r.town.admin, id, "t", "c"), EFILE_OK);
	TAP_EQUAL_INT(desk_tasks(d.r.weber, NULL), 0);
	TAP_EQUAL_INT(efile_flow_message(NULL, d.r.town.admin, "paid", NULL, NULL), EFILE_OK);
	TAP_EQUAL_INT(standing(d.r.weber, id), EFILE_FLOW_ENDED);
	TAP_EQUAL_INT(efile_flow_replay(d.r.weber, id, NULL), EFILE_OK);
	desk_teardown(&d);
}

/* ---- the log knows all ---- */

static void random_act(desk *d, unsigned *seed)
{
	efile_session *const sessions[] = { d->r.weber, d->second, d->r.chief, d->r.klein };
	const efile_actor_id actors[] = { d->r.town.weber, d->adler, d->r.town.chief,
					  d->r.town.klein };
	efile_session *session = sessions[rand_r(seed) % 4];
	efile_task_id task = { EFILE_ID_NONE };

	if (desk_tasks(session, &task) == 0 || rand_r(seed) % 5 == 0) {
		start(d->r.weber, rand_r(seed) % 2 ? "eyes" : "outside", &d->r.case_id, "{\"n\":1}");
		return;
	}
	switch (rand_r(seed) % 6) {
	case 0:
		efile_task_claim(session, task);
		return;
	case 1:
		efile_task_return(session, task);
		return;
	case 2:
		efile_task_delegate(session, task, actors[rand_r(seed) % 4]);
		return;
	default:
		efile_task_complete(session, task, "{\"m\":[1,2]}");
	}
}

static void test_replay(void)
{
	AUTO_PTR(efile_flow_cursor) cursor = NULL;
	efile_flow_instance instance;
	unsigned seed = 7;
	int count = 0;
	desk d;

	desk_setup(&d);
	TAP_EQUAL_INT(efile_batch_begin(d.r.town.store), EFILE_OK);
	for (int i = 0; i < 200; i++)
		random_act(&d, &seed);
	TAP_EQUAL_INT(efile_batch_commit(d.r.town.store), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_list(&cursor, d.r.weber, (efile_instance_id){ EFILE_ID_NONE }),
		      EFILE_OK);
	while (efile_flow_cursor_next(cursor, &instance) == EFILE_OK) {
		TAP_EQUAL_INT(efile_flow_replay(d.r.weber, instance.id, NULL), EFILE_OK);
		count++;
	}
	TAP_OK(count > 20);
	desk_teardown(&d);
}

/* ---- without memory ---- */

typedef struct memory_case {
	desk d;
	efile_task_id task;
} memory_case;

static efile_status complete_once(efile_ctx *ctx, void *arg)
{
	memory_case *m = arg;

	(void)ctx;
	return efile_task_complete(m->d.r.weber, m->task, "{\"ok\":true}");
}

static void test_memory(void)
{
	memory_case m;
	efile_instance_id id;

	desk_setup(&m.d);
	id = start(m.d.r.weber, "eyes", &m.d.r.case_id, "{\"n\":1}");
	m.task = only_task(m.d.r.weber);
	TAP_OK(fail_each(complete_once, &m) > 20);
	TAP_EQUAL_INT(town_logged(&m.d.r.town, "task.completed", NULL), 1);
	TAP_EQUAL_INT(efile_flow_replay(m.d.r.weber, id, NULL), EFILE_OK);
	desk_teardown(&m.d);
}

/* What an engine did that let an event that cannot be listened to hold a token back. */
static void test_replay_of_before(void)
{
	static const char bpmn[] =
		DESK_HEAD "<process id='deaf' isExecutable='true'><startEvent id='s'/><userTask id='t' name='T'/>"
		"<boundaryEvent id='b' attachedToRef='t' cancelActivity='false'><timerEventDefinition><timeDuration>pause"
		"</timeDuration></timerEventDefinition></boundaryEvent><endEvent id='e'/><endEvent id='x'/>"
		DESK_FLOW("1", "s", "t") DESK_FLOW("2", "t", "e") DESK_FLOW("3", "b", "x") DESK_CLOSE;
	AUTO(instance_record) row = { .head = { 0, 0 } };
	AUTO(definition_ref) definition = DEFINITION_REF_NONE;
	AUTO(txn) tx = TXN_NONE;
	flow_event event = { .kind = FLOW_EVENT_START, .as_before = true };
	efile_instance_id now;
	int64_t steps = 0;
	desk d;

	desk_setup(&d);
	TAP_EQUAL_INT(desk_deploy(d.r.town.admin, bpmn), EFILE_OK);
	now = start(d.r.weber, "deaf", NULL, NULL);
	TAP_EQUAL_INT(session_begin(&tx, d.r.weber), EFILE_OK);
	TAP_EQUAL_INT(definition_hold_newest(&definition, d.r.town.store, "deaf"), EFILE_OK);
	TAP_EQUAL_INT(id_new(&row.uuid, session_ctx(d.r.weber)), EFILE_OK);
	row.definition = definition.row->head.id;
	row.starter = d.r.weber->actor;
	TAP_EQUAL_INT(flow_apply(d.r.weber, &row, definition.opened, &event, JOURNAL_FLOW_STARTED), EFILE_OK);
	TAP_EQUAL_INT(txn_commit(&tx), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_replay(d.r.weber, (efile_instance_id){ row.uuid }, &steps), EFILE_OK);
	TAP_EQUAL_INT(steps, 1);
	TAP_EQUAL_INT(efile_flow_retry(NULL, d.r.weber, now, "{\"pause\":\"PT1H\"}"), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_replay(d.r.weber, now, &steps), EFILE_OK);
	TAP_EQUAL_INT(steps, 2);
	definition_ref_clear(&definition);
	desk_teardown(&d);
}

/* What comes while an instance is suspended is not lost. */
static void test_suspended(void)
{
	static const char bpmn[] =
		DESK_HEAD "<message id='M' name='paid'/><process id='waiting' isExecutable='true'><startEvent id='s'/>"
		"<receiveTask id='c' messageRef='M'/><endEvent id='e'/>" DESK_FLOW("1", "s", "c") DESK_FLOW("2", "c", "e")
		"</process><process id='calls' isExecutable='true'><startEvent id='s2'/><callActivity id='k' calledElement='work'/>"
		"<endEvent id='e2'/>" DESK_FLOW("3", "s2", "k") DESK_FLOW("4", "k", "e2") "</process>"
		"<process id='work' isExecutable='true'><startEvent id='s3'/><userTask id='t3' name='T'/><endEvent id='e3'/>"
		DESK_FLOW("5", "s3", "t3") DESK_FLOW("6", "t3", "e3") DESK_CLOSE;
	efile_instance_id first, second, caller;
	int64_t met = -1;
	desk d;

	desk_setup(&d);
	TAP_EQUAL_INT(desk_deploy(d.r.town.admin, bpmn), EFILE_OK);
	first = start(d.r.weber, "waiting", NULL, NULL);
	second = start(d.r.weber, "waiting", NULL, NULL);
	TAP_EQUAL_INT(efile_flow_suspend(d.r.weber, first), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_message(&met, d.r.town.admin, "paid", NULL, NULL), EFILE_OK);
	TAP_EQUAL_INT(met, 1);
	TAP_EQUAL_INT(standing(d.r.weber, second), EFILE_FLOW_ENDED); /* the other one has it */
	TAP_EQUAL_INT(efile_flow_message(&met, d.r.town.admin, "paid", NULL, "{\"n\":1}"), EFILE_OK);
	TAP_EQUAL_INT(met, 0);
	TAP_EQUAL_INT(efile_flow_resume(d.r.weber, first), EFILE_OK);
	TAP_EQUAL_INT(standing(d.r.weber, first), EFILE_FLOW_ENDED);
	TAP_EQUAL_INT(efile_flow_replay(d.r.weber, first, NULL), EFILE_OK);
	caller = start(d.r.weber, "calls", NULL, NULL);
	TAP_EQUAL_INT(efile_flow_suspend(d.r.weber, caller), EFILE_OK);
	TAP_EQUAL_INT(efile_task_complete(d.r.weber, only_task(d.r.weber), NULL), EFILE_OK);
	TAP_EQUAL_INT(standing(d.r.weber, caller), EFILE_FLOW_SUSPENDED);
	TAP_EQUAL_INT(efile_flow_replay(d.r.weber, caller, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_resume(d.r.weber, caller), EFILE_OK);
	TAP_EQUAL_INT(standing(d.r.weber, caller), EFILE_FLOW_ENDED);
	TAP_EQUAL_INT(efile_flow_replay(d.r.weber, caller, NULL), EFILE_OK);
	desk_teardown(&d);
}

TAP_SUITE(flow_runtime) = {
	{ "four eyes", test_four_eyes },
	{ "four eyes of deputies", test_deputy },
	{ "claiming", test_claim },
	{ "delegating and giving back", test_delegate },
	{ "the worklist", test_worklist },
	{ "starting", test_start },
	{ "cancelling", test_cancel },
	{ "jobs of outside workers", test_job },
	{ "handlers", test_handler },
	{ "incidents are tried again", test_retry },
	{ "timers and messages", test_waits },
	{ "messages by their keys", test_keys },
	{ "calls and signals", test_calls },
	{ "suspend, resume, move", test_control },
	{ "what comes while suspended", test_suspended },
	{ "the log gives the state", test_replay },
	{ "the log gives what was done before", test_replay_of_before },
	{ "out of memory", test_memory },
	TAP_END,
};
