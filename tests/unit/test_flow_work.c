/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Work for programs outside: leases and their tokens, tries, incidents; that no result counts twice. */
#include <efile/work.h>

#include <stdlib.h>
#include <string.h>

#include "flow/retry.h"
#include "flow/runtime.h"
#include "unit/desk_support.h"

DEFINE_AUTO_PTR(efile_work_cursor, efile_work_cursor_free)
DEFINE_AUTO_PTR(efile_incident_cursor, efile_incident_cursor_free)
DEFINE_AUTO_PTR(efile_flow_cursor, efile_flow_cursor_free)
DEFINE_AUTO_PTR(efile_job_cursor, efile_job_cursor_free)

enum { SECOND = 1000000 };

#define PROCESS(id, task)                                                                          \
	DESK_HEAD "<error id='E' errorCode='NO-ROUTE'/>"                                           \
	"<process id='" id "' isExecutable='true'><startEvent id='s'/>" task                       \
	"<boundaryEvent id='b' attachedToRef='j'><errorEventDefinition errorRef='E'/>"             \
	"</boundaryEvent><endEvent id='e'/><endEvent id='caught'/>" DESK_FLOW("1", "s", "j")       \
	DESK_FLOW("2", "j", "e") DESK_FLOW("3", "b", "caught") DESK_CLOSE

static const char plain[] = PROCESS("plain", "<serviceTask id='j' e:handler='sap.post'/>");
static const char urgent[] =
	PROCESS("urgent", "<serviceTask id='j' e:handler='sap.post' e:priority='7'/>");
static const char twice[] =
	PROCESS("twice", "<serviceTask id='j' e:handler='sap.post' e:retries='R2/PT1M,PT5M'/>");
static const char inside[] =
	PROCESS("inside", "<serviceTask id='j' e:handler='test.say' e:retries='PT10S,PT1M'/>");

typedef struct bench {
	registry r;
	efile_session *admin;
} bench;

static void bench_setup(bench *b)
{
	static const char *const all[] = { plain, urgent, twice, inside };

	registry_setup(&b->r);
	b->admin = b->r.town.admin;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		TAP_EQUAL_INT(desk_deploy(b->admin, all[i]), EFILE_OK);
}

static void bench_teardown(bench *b)
{
	desk_fsck(b->r.town.store);
	registry_teardown(&b->r);
	test_clock_reset();
}

static efile_instance_id begin(bench *b, const char *process)
{
	efile_instance_id id = { EFILE_ID_NONE };
	efile_flow_start_options o;

	efile_flow_start_options_init(&o);
	o.variables = "{\"amount\":12}";
	TAP_EQUAL_INT(efile_flow_start(&id, b->admin, process, &o), EFILE_OK);
	return id;
}

static efile_flow_status standing(bench *b, efile_instance_id id)
{
	AUTO_PTR(efile_flow_cursor) cursor = NULL;
	efile_flow_instance instance;

	if (efile_flow_list(&cursor, b->admin, id) != EFILE_OK ||
	    efile_flow_cursor_next(cursor, &instance) != EFILE_OK)
		return (efile_flow_status)-1;
	return instance.status;
}

/* One job for a worker; its texts are gone when this returns. */
static bool take(efile_session *session, efile_work *out, const char *worker, int64_t seconds)
{
	AUTO_PTR(efile_work_cursor) cursor = NULL;
	efile_work_options o;
	efile_status status;

	efile_work_options_init(&o);
	o.worker = worker;
	o.seconds = seconds;
	TAP_EQUAL_INT(efile_work_lease(&cursor, session, "sap.post", &o), EFILE_OK);
	status = efile_work_cursor_next(cursor, out);
	if (status == EFILE_OK)
		TAP_EQUAL_INT(efile_work_cursor_next(cursor, &(efile_work){ .token = 0 }), EFILE_DONE);
	return status == EFILE_OK;
}

/* ---- plans of retries ---- */

static void test_plans(void)
{
	static const struct {
		const char *text;
		bool reads;
		uint32_t again;
		int64_t second, last;   /* seconds before the second try, and before the tenth; -1 none */
	} cases[] = {
		{ "PT10S,PT1M,PT10M", true, 3, 10, -1 },
		{ "R3/PT10S", true, 3, 10, -1 },
		{ "R9/PT10S,PT1M", true, 9, 10, 60 },
		{ "R2/PT10S,PT1M,PT10M", true, 2, 10, -1 },
		{ "3", true, 2, 10, -1 },
		{ "1", true, 0, -1, -1 },
		{ "0", true, 0, -1, -1 },
		{ "R0/PT1S", true, 0, -1, -1 },
		{ "P1DT2H", true, 1, 93600, -1 },
		{ "", false, 0, 0, 0 }, { "R3", false, 0, 0, 0 }, { "R/PT1S", false, 0, 0, 0 },
		{ "PT1S,", false, 0, 0, 0 }, { "soon", false, 0, 0, 0 }, { "3x", false, 0, 0, 0 },
		{ "R1001/PT1S", false, 0, 0, 0 }, { "=retries", false, 0, 0, 0 },
		{ "PT1S,PT1S,PT1S,PT1S,PT1S,PT1S,PT1S,PT1S,PT1S,PT1S,PT1S,PT1S,PT1S,PT1S,PT1S,PT1S,"
		  "PT1S", false, 0, 0, 0 },
		{ "PT00000000000000000000000000000000000000001S", false, 0, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		retry_plan p = { .again = 99 };
		efile_time wait = -1;

		tap_case(cases[i].text);
		TAP_EQUAL_INT(retry_read(&p, cases[i].text), cases[i].reads);
		if (!cases[i].reads)
			continue;
		TAP_EQUAL_INT(p.again, cases[i].again);
		TAP_EQUAL_INT(retry_wait(&wait, &p, 1), cases[i].second >= 0);
		TAP_OK(cases[i].second < 0 || wait == cases[i].second * SECOND);
		TAP_EQUAL_INT(retry_wait(&wait, &p, 9), cases[i].last >= 0);
		TAP_OK(cases[i].last < 0 || wait == cases[i].last * SECOND);
		TAP_EQUAL_INT(retry_wait(&wait, &p, 0), false);
	}
}

/* ---- leases ---- */

static void test_lease(void)
{
	AUTO_PTR(efile_work_cursor) cursor = NULL;
	efile_work_options o;
	efile_work first, second;
	efile_instance_id id;
	efile_time until = 0;
	bench b;

	bench_setup(&b);
	id = begin(&b, "plain");
	TAP_EQUAL_INT(efile_work_lease(&cursor, b.admin, "sap.post", NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_work_cursor_next(cursor, &first), EFILE_OK);
	TAP_EQUAL_TEXT(first.topic, "sap.post");
	TAP_EQUAL_TEXT(first.node, "j");
	TAP_EQUAL_TEXT(first.process, "plain");
	TAP_EQUAL_TEXT(first.variables, "{\"amount\":12}");
	TAP_OK(first.until == TEST_NOW + 60 * (efile_time)SECOND);
	TAP_EQUAL_INT(first.failures, 0);
	TAP_OK(!take(b.admin, &second, "b", 60));
	/* whoever has no token may not meddle */
	TAP_EQUAL_INT(efile_job_complete(b.admin, first.id, NULL), EFILE_E_CONFLICT);
	TAP_EQUAL_INT(efile_job_fail(b.admin, first.id, NULL), EFILE_E_CONFLICT);
	TAP_EQUAL_INT(efile_work_complete(b.admin, first.id, first.token + 1, NULL), EFILE_E_CONFLICT);
	TAP_EQUAL_INT(efile_work_complete(b.r.weber, first.id, first.token, NULL), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_work_complete(b.admin, first.id, first.token, "7"), EFILE_E_FORMAT);
	/* longer, and still it runs out */
	test_tick(59 * (efile_time)SECOND);
	TAP_EQUAL_INT(efile_work_extend(&until, b.admin, first.id, first.token, 10), EFILE_OK);
	TAP_OK(until == TEST_NOW + 69 * (efile_time)SECOND);
	test_tick(10 * (efile_time)SECOND);
	TAP_EQUAL_INT(efile_work_complete(b.admin, first.id, first.token, NULL), EFILE_E_CONFLICT);
	TAP_EQUAL_INT(efile_work_extend(NULL, b.admin, first.id, first.token, 10), EFILE_E_CONFLICT);
	TAP_EQUAL_INT(efile_work_fail(NULL, b.admin, first.id, first.token, "x"), EFILE_E_CONFLICT);
	TAP_OK(take(b.admin, &second, "b", 60));
	TAP_OK(second.token > first.token);
	TAP_EQUAL_INT(efile_work_complete(b.admin, first.id, first.token, NULL), EFILE_E_CONFLICT);
	TAP_EQUAL_INT(efile_work_complete(b.admin, second.id, second.token, "{\"by\":\"b\"}"), EFILE_OK);
	TAP_EQUAL_INT(efile_work_complete(b.admin, first.id, first.token, NULL), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_work_release(b.admin, first.id, first.token), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(standing(&b, id), EFILE_FLOW_ENDED);
	TAP_EQUAL_INT(town_logged(&b.r.town, "job.done", NULL), 1);
	TAP_EQUAL_INT(town_logged(&b.r.town, "job.leased", NULL), 2);
	TAP_EQUAL_INT(efile_flow_replay(b.admin, id, NULL), EFILE_OK);
	/* wrong use */
	efile_work_options_init(&o);
	TAP_EQUAL_INT(efile_work_lease(&cursor, b.r.weber, "sap.post", &o), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_work_lease(&cursor, b.admin, "", &o), EFILE_E_INVALID);
	o.seconds = 86401;
	TAP_EQUAL_INT(efile_work_lease(&cursor, b.admin, "sap.post", &o), EFILE_E_INVALID);
	o.seconds = 0;
	TAP_EQUAL_INT(efile_work_lease(&cursor, b.admin, "sap.post", &o), EFILE_E_INVALID);
	o.seconds = 1;
	o.count = 0;
	TAP_EQUAL_INT(efile_work_lease(&cursor, b.admin, "sap.post", &o), EFILE_E_INVALID);
	o.count = 1;
	o.worker = "";
	TAP_EQUAL_INT(efile_work_lease(&cursor, b.admin, "sap.post", &o), EFILE_E_INVALID);
	bench_teardown(&b);
}

/* Urgent before old, old before young; what is held or given up is not handed out. */
static void test_order(void)
{
	AUTO_PTR(efile_work_cursor) cursor = NULL;
	AUTO_PTR(efile_job_cursor) jobs = NULL;
	efile_instance_id old, held, young, fast;
	efile_work_options o;
	efile_work work;
	efile_job job;
	bench b;

	bench_setup(&b);
	old = begin(&b, "plain");
	held = begin(&b, "plain");
	young = begin(&b, "plain");
	fast = begin(&b, "urgent");
	TAP_EQUAL_INT(efile_flow_suspend(b.admin, held), EFILE_OK);
	efile_work_options_init(&o);
	o.count = 10;
	TAP_EQUAL_INT(efile_work_lease(&cursor, b.admin, "sap.post", &o), EFILE_OK);
	TAP_EQUAL_INT(efile_work_cursor_next(cursor, &work), EFILE_OK);
	TAP_EQUAL_INT(id_compare(&work.instance.id, &fast.id), 0);
	TAP_EQUAL_INT(work.priority, 7);
	TAP_EQUAL_INT(efile_work_release(b.admin, work.id, work.token), EFILE_OK);
	TAP_EQUAL_INT(efile_work_complete(b.admin, work.id, work.token, NULL), EFILE_E_CONFLICT);
	TAP_EQUAL_INT(efile_work_cursor_next(cursor, &work), EFILE_OK);
	TAP_EQUAL_INT(id_compare(&work.instance.id, &old.id), 0);
	/* ended under the worker's hands: not shown any more */
	TAP_EQUAL_INT(efile_flow_cancel(b.admin, young, "so"), EFILE_OK);
	TAP_EQUAL_INT(efile_work_cursor_next(cursor, &work), EFILE_DONE);
	TAP_EQUAL_INT(efile_job_list(&jobs, b.admin, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_job_cursor_next(jobs, &job), EFILE_OK);
	TAP_EQUAL_TEXT(job.worker, "worker");
	TAP_OK(job.ready == TEST_NOW + 60 * (efile_time)SECOND);
	TAP_EQUAL_INT(efile_job_cursor_next(jobs, &job), EFILE_OK);
	TAP_EQUAL_TEXT(job.worker, "");
	TAP_OK(take(b.admin, &work, "b", 5));
	TAP_EQUAL_INT(id_compare(&work.instance.id, &fast.id), 0);
	TAP_EQUAL_INT(efile_flow_suspend(b.admin, fast), EFILE_OK);
	TAP_EQUAL_INT(efile_work_complete(b.admin, work.id, work.token, NULL), EFILE_E_STATE);
	TAP_EQUAL_INT(efile_flow_resume(b.admin, fast), EFILE_OK);
	TAP_EQUAL_INT(efile_work_complete(b.admin, work.id, work.token, NULL), EFILE_OK);
	TAP_OK(!take(b.admin, &work, "b", 5));
	TAP_EQUAL_INT(efile_flow_resume(b.admin, held), EFILE_OK);
	TAP_OK(take(b.admin, &work, "b", 5));
	bench_teardown(&b);
}

/* ---- failing ---- */

static int incidents(bench *b, const char *topic, const char *message)
{
	AUTO_PTR(efile_incident_cursor) cursor = NULL;
	efile_incident incident;
	int count = 0;

	TAP_EQUAL_INT(efile_incident_list(&cursor, b->admin), EFILE_OK);
	for (; efile_incident_cursor_next(cursor, &incident) == EFILE_OK; count++) {
		TAP_EQUAL_TEXT(incident.topic, topic);
		TAP_EQUAL_TEXT(incident.message, message);
		TAP_EQUAL_TEXT(incident.node, "j");
	}
	return count;
}

static void test_fail(void)
{
	static const int64_t waits[] = { 60, 300 };
	AUTO_PTR(efile_incident_cursor) cursor = NULL;
	efile_instance_id id;
	efile_work work;
	efile_time again = -1;
	int64_t retried;
	bench b;

	bench_setup(&b);
	id = begin(&b, "twice");
	for (size_t i = 0; i < ARRAY_SIZE(waits); i++) {
		TAP_OK(take(b.admin, &work, "a", 60));
		TAP_EQUAL_INT(work.failures, (int64_t)i);
		TAP_EQUAL_INT(efile_work_fail(&again, b.admin, work.id, work.token, "zu"), EFILE_OK);
		TAP_OK(again == work.until - 60 * (efile_time)SECOND + waits[i] * SECOND);
		TAP_EQUAL_INT(efile_flow_next_due(&again, b.admin), EFILE_OK);
		TAP_OK(!take(b.admin, &work, "a", 60));
		test_tick(waits[i] * SECOND);
	}
	TAP_EQUAL_INT(incidents(&b, "", ""), 0);
	TAP_OK(take(b.admin, &work, "a", 60));
	TAP_EQUAL_INT(efile_work_fail(&again, b.admin, work.id, work.token, "zu"), EFILE_OK);
	TAP_OK(again == 0);
	TAP_EQUAL_INT(incidents(&b, "sap.post", "zu"), 1);
	TAP_EQUAL_INT(efile_incident_list(&cursor, b.r.weber), EFILE_E_DENIED);
	TAP_OK(!take(b.admin, &work, "a", 60));
	TAP_EQUAL_INT(efile_flow_retry(&retried, b.admin, id, NULL), EFILE_OK);
	TAP_EQUAL_INT(incidents(&b, "", ""), 0);
	TAP_OK(take(b.admin, &work, "a", 60));
	TAP_EQUAL_INT(work.failures, 0);
	TAP_EQUAL_INT(efile_work_complete(b.admin, work.id, work.token, NULL), EFILE_OK);
	TAP_EQUAL_INT(standing(&b, id), EFILE_FLOW_ENDED);
	TAP_EQUAL_INT(town_logged(&b.r.town, "job.delayed", NULL), 2);
	TAP_EQUAL_INT(efile_flow_replay(b.admin, id, NULL), EFILE_OK);
	/* an error that the process catches, and one that it does not */
	id = begin(&b, "plain");
	TAP_OK(take(b.admin, &work, "a", 60));
	TAP_EQUAL_INT(efile_work_error(b.admin, work.id, work.token, "", NULL, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_work_error(b.admin, work.id, work.token, "NO-ROUTE", "weg", "{\"x\":1}"),
		      EFILE_OK);
	TAP_EQUAL_INT(standing(&b, id), EFILE_FLOW_ENDED);
	TAP_EQUAL_INT(efile_flow_replay(b.admin, id, NULL), EFILE_OK);
	id = begin(&b, "plain");
	TAP_OK(take(b.admin, &work, "a", 60));
	TAP_EQUAL_INT(efile_work_error(b.admin, work.id, work.token, "OTHER", "weg", NULL), EFILE_OK);
	TAP_EQUAL_INT(incidents(&b, "sap.post", "OTHER: weg"), 1);
	TAP_EQUAL_INT(efile_flow_cancel(b.admin, id, "so"), EFILE_OK);
	TAP_EQUAL_INT(incidents(&b, "", ""), 0);
	bench_teardown(&b);
}

/* ---- handlers inside ---- */

static int inside_failures;

static efile_status say(char **result, efile_session *session, const flow_call *call)
{
	(void)call;
	if (inside_failures-- > 0)
		return FAIL(session_ctx(session), EFILE_E_EXTERNAL, 2407, "%s", "nicht da");
	return mem_dup(result, session_ctx(session), "{\"said\":true}");
}

static const flow_handler handlers[] = { { "test.say", say } };

static void inside_case(const char *name, int failures, int stands, efile_flow_status status)
{
	static const int64_t waits[] = { 10, 60 };
	efile_instance_id id;
	efile_time due = 0;
	int64_t fired;
	bench b;

	tap_case(name);
	bench_setup(&b);
	TAP_EQUAL_INT(flow_set_handlers(b.r.town.store, handlers, ARRAY_SIZE(handlers)), EFILE_OK);
	inside_failures = failures;
	id = begin(&b, "inside");
	for (int i = 0; i < failures && i < 2; i++) {
		TAP_EQUAL_INT(efile_flow_next_due(&due, b.admin), EFILE_OK);
		TAP_EQUAL_INT(efile_flow_run_due(&fired, b.admin), EFILE_OK);
		TAP_EQUAL_INT(fired, 0);
		test_tick(waits[i] * SECOND);
		TAP_EQUAL_INT(efile_flow_run_due(&fired, b.admin), EFILE_OK);
		TAP_EQUAL_INT(fired, 1);
	}
	TAP_EQUAL_INT(efile_flow_next_due(&due, b.admin), EFILE_DONE);
	TAP_EQUAL_INT(incidents(&b, "test.say", "nicht da"), stands);
	TAP_EQUAL_INT(standing(&b, id), status);
	TAP_EQUAL_INT(efile_flow_replay(b.admin, id, NULL), EFILE_OK);
	bench_teardown(&b);
}

static void test_inside(void)
{
	inside_case("at once", 0, 0, EFILE_FLOW_ENDED);
	inside_case("second try", 1, 0, EFILE_FLOW_ENDED);
	inside_case("third try", 2, 0, EFILE_FLOW_ENDED);
	inside_case("for good", 3, 1, EFILE_FLOW_RUNNING);
}

/* ---- two workers ---- */

typedef struct hand {
	efile_work held[8];
	size_t count;
} hand;

/* One random act of a worker: takes, reports what it holds (perhaps long expired), or dawdles. */
static int act(bench *b, hand *h, unsigned *seed)
{
	efile_work work;
	efile_status status;

	switch (rand_r(seed) % 4) {
	case 0:
		test_tick((efile_time)(rand_r(seed) % 40) * SECOND);
		return 0;
	case 1:
		if (h->count < ARRAY_SIZE(h->held) && take(b->admin, &work, "w", 1 + rand_r(seed) % 60))
			h->held[h->count++] = work;
		return 0;
	default:
		if (!h->count)
			return 0;
		work = h->held[--h->count];
		status = rand_r(seed) % 5 ?
			efile_work_complete(b->admin, work.id, work.token, "{\"n\":1}") :
			efile_work_fail(NULL, b->admin, work.id, work.token, "x") == EFILE_OK ?
			EFILE_E_CONFLICT : EFILE_E_NOTFOUND;
		TAP_OK(status == EFILE_OK || status == EFILE_E_CONFLICT || status == EFILE_E_NOTFOUND);
		return status == EFILE_OK;
	}
}

static void test_two_workers(void)
{
	enum { JOBS = 60 };
	hand hands[2] = { { .count = 0 } };
	unsigned seed = 11;
	int applied = 0;
	bench b;

	bench_setup(&b);
	TAP_EQUAL_INT(efile_batch_begin(b.r.town.store), EFILE_OK);
	for (int i = 0; i < JOBS; i++)
		begin(&b, "twice");
	for (int i = 0; i < 4000; i++)
		applied += act(&b, &hands[rand_r(&seed) % 2], &seed);
	TAP_EQUAL_INT(efile_batch_commit(b.r.town.store), EFILE_OK);
	TAP_EQUAL_INT(town_logged(&b.r.town, "job.done", NULL), applied);
	TAP_EQUAL_INT(applied + incidents(&b, "sap.post", "x"), JOBS);
	TAP_OK(applied > JOBS / 2);
	bench_teardown(&b);
}

/* ---- without memory ---- */

typedef struct memory_case {
	bench b;
	efile_work work;
	int kind;
} memory_case;

static efile_status once(efile_ctx *ctx, void *arg)
{
	memory_case *m = arg;
	AUTO_PTR(efile_work_cursor) cursor = NULL;
	efile_work work;
	efile_status status;

	(void)ctx;
	switch (m->kind) {
	case 0:
		TRY(efile_work_lease(&cursor, m->b.admin, "sap.post", NULL));
		status = efile_work_cursor_next(cursor, &work);
		m->work = work;
		return status == EFILE_DONE ? EFILE_OK : status;
	case 1:
		return efile_work_fail(NULL, m->b.admin, m->work.id, m->work.token, "x");
	default:
		return efile_work_complete(m->b.admin, m->work.id, m->work.token, "{\"ok\":true}");
	}
}

static void test_memory(void)
{
	memory_case m = { .kind = 0 };
	efile_instance_id id;

	bench_setup(&m.b);
	id = begin(&m.b, "twice");
	TAP_OK(take(m.b.admin, &m.work, "a", 60));
	for (m.kind = 1; m.kind < 3; m.kind++) {
		TAP_OK(fail_each(once, &m) > 10);
		test_tick(61 * (efile_time)SECOND);
		if (m.kind == 1)
			TAP_OK(take(m.b.admin, &m.work, "a", 60));
	}
	TAP_EQUAL_INT(town_logged(&m.b.r.town, "job.done", NULL), 1);
	TAP_EQUAL_INT(efile_flow_replay(m.b.admin, id, NULL), EFILE_OK);
	m.kind = 0;
	begin(&m.b, "plain");
	TAP_OK(fail_each(once, &m) > 10);
	bench_teardown(&m.b);
}

TAP_SUITE(flow_work) = {
	{ "plans of retries", test_plans },
	{ "leases and tokens", test_lease },
	{ "the order of jobs", test_order },
	{ "failing, trying again, incidents", test_fail },
	{ "handlers inside are tried again", test_inside },
	{ "two workers never apply twice", test_two_workers },
	{ "out of memory", test_memory },
	TAP_END,
};
