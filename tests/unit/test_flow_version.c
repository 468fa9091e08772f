/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running instances change to another version: what fits goes on, what does not stays; the log knows. */
#include <efile/work.h>

#include <stdlib.h>
#include <string.h>

#include "flow/runtime.h"
#include "unit/desk_support.h"

DEFINE_AUTO_PTR(efile_flow_cursor, efile_flow_cursor_free)
DEFINE_AUTO_PTR(efile_task_cursor, efile_task_cursor_free)

#define BEGIN DESK_HEAD "<message id='M' name='paid'/><message id='N' name='settled'/>"            \
	"<process id='p' isExecutable='true'><startEvent id='s'/>"
#define TASK(id, name) "<userTask id='" id "' name='" name "' e:assignee='m.weber'/>"

/* Two tasks, the first with a timer that warns. */
static const char first[] = BEGIN TASK("a", "Prüfen") TASK("b", "Buchen")
	"<boundaryEvent id='late' attachedToRef='a' cancelActivity='false'><timerEventDefinition>"
	"<timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>"
	"<endEvent id='e'/><endEvent id='warned'/>" DESK_FLOW("1", "s", "a") DESK_FLOW("2", "a", "b")
	DESK_FLOW("3", "b", "e") DESK_FLOW("4", "late", "warned") DESK_CLOSE;

/* The first task has another id and name, an event by message instead of the timer, and b is gone. */
static const char second[] = BEGIN TASK("check", "Genau prüfen") TASK("c", "Zahlen")
	"<boundaryEvent id='stop' attachedToRef='check'><messageEventDefinition messageRef='M'/>"
	"</boundaryEvent><endEvent id='e'/><endEvent id='stopped'/>" DESK_FLOW("1", "s", "check")
	DESK_FLOW("2", "check", "c") DESK_FLOW("3", "c", "e") DESK_FLOW("4", "stop", "stopped") DESK_CLOSE;

typedef struct office {
	registry r;
	efile_session *admin;
} office;

static void office_setup(office *o)
{
	registry_setup(&o->r);
	o->admin = o->r.town.admin;
}

static void office_teardown(office *o)
{
	desk_fsck(o->r.town.store);
	registry_teardown(&o->r);
	test_clock_reset();
}

static efile_instance_id begin(office *o)
{
	efile_instance_id id = { EFILE_ID_NONE };

	TAP_EQUAL_INT(efile_flow_start(&id, o->admin, "p", NULL), EFILE_OK);
	return id;
}

static int64_t version_of(office *o, efile_instance_id id, efile_flow_status *status)
{
	AUTO_PTR(efile_flow_cursor) cursor = NULL;
	efile_flow_instance instance;

	if (efile_flow_list(&cursor, o->admin, id) != EFILE_OK ||
	    efile_flow_cursor_next(cursor, &instance) != EFILE_OK)
		return -1;
	if (status)
		*status = instance.status;
	return instance.version;
}

/* The only task of the clerk; its texts are checked. */
static efile_task_id task_is(office *o, const char *node, const char *name)
{
	AUTO_PTR(efile_task_cursor) cursor = NULL;
	efile_task task = { .node = "", .name = "" };

	TAP_EQUAL_INT(efile_task_list(&cursor, o->r.weber, (efile_task_id){ EFILE_ID_NONE }), EFILE_OK);
	TAP_EQUAL_INT(efile_task_cursor_next(cursor, &task), EFILE_OK);
	TAP_EQUAL_TEXT(task.node, node);
	TAP_EQUAL_TEXT(task.name, name);
	return task.id;
}

static void replays(office *o, efile_instance_id id)
{
	TAP_EQUAL_INT(efile_flow_replay(o->admin, id, NULL), EFILE_OK);
}

static const efile_flow_mapping renamed[] = { { "a", "check" } };

static void test_plan(void)
{
	efile_flow_migrated done = { 9, 9 };
	efile_flow_migration m;
	efile_flow_status status;
	efile_instance_id at_a, at_b;
	efile_task_id before;
	int64_t met = 0;
	office o;

	office_setup(&o);
	TAP_EQUAL_INT(desk_deploy(o.admin, first), EFILE_OK);
	at_b = begin(&o);
	TAP_EQUAL_INT(efile_task_complete(o.r.weber, task_is(&o, "a", "Prüfen"), "{\"n\":1}"), EFILE_OK);
	at_a = begin(&o);
	TAP_EQUAL_INT(desk_deploy(o.admin, second), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_migrate(&done, NULL, o.r.weber, "p", NULL), EFILE_E_DENIED);
	/* without a plan neither fits */
	TAP_EQUAL_INT(efile_flow_migrate(&done, NULL, o.admin, "p", NULL), EFILE_OK);
	TAP_EQUAL_INT(done.migrated, 0);
	TAP_EQUAL_INT(done.refused, 2);
	efile_flow_migration_init(&m);
	m.mappings = renamed;
	m.mapping_count = 1;
	m.dry_run = 1;
	TAP_EQUAL_INT(efile_flow_migrate(&done, NULL, o.admin, "p", &m), EFILE_OK);
	TAP_EQUAL_INT(done.migrated, 1);
	TAP_EQUAL_INT(done.refused, 1);
	TAP_EQUAL_INT(version_of(&o, at_a, NULL), 1);
	m.dry_run = 0;
	TAP_EQUAL_INT(efile_flow_migrate(&done, NULL, o.admin, "p", &m), EFILE_OK);
	TAP_EQUAL_INT(done.migrated, 1);
	TAP_EQUAL_INT(done.refused, 1);
	TAP_EQUAL_INT(version_of(&o, at_a, NULL), 2);
	TAP_EQUAL_INT(version_of(&o, at_b, NULL), 1);
	replays(&o, at_a);
	replays(&o, at_b);
	TAP_EQUAL_INT(efile_task_complete(o.r.weber, task_is(&o, "b", "Buchen"), NULL), EFILE_OK);
	before = task_is(&o, "check", "Genau prüfen");
	/* the timer of the old version is gone, the message of the new one is heard */
	test_tick((efile_time)7200 * 1000000);
	TAP_EQUAL_INT(efile_flow_run_due(&met, o.admin), EFILE_OK);
	TAP_EQUAL_INT(met, 0);
	TAP_EQUAL_INT(efile_flow_message(&met, o.admin, "paid", NULL, NULL), EFILE_OK);
	TAP_EQUAL_INT(met, 1);
	TAP_EQUAL_INT(version_of(&o, at_a, &status), 2);
	TAP_EQUAL_INT(status, EFILE_FLOW_ENDED);
	TAP_EQUAL_INT(efile_task_complete(o.r.weber, before, NULL), EFILE_E_NOTFOUND);
	replays(&o, at_a);
	TAP_EQUAL_INT(town_logged(&o.r.town, "flow.migrated", NULL), 1);
	office_teardown(&o);
}

/* The findings name rule, node and instance, in the order of what is alive. */
static void refused_case(const char *name, const char *from, const char *to, const char *rule,
			 const char *term)
{
	efile_report *report = NULL;
	efile_flow_migrated done = { 0, 0 };
	efile_instance_id id;
	const efile_finding *finding;
	char path[EFILE_ID_TEXT_SIZE];
	office o;

	tap_case(name);
	office_setup(&o);
	TAP_EQUAL_INT(desk_deploy(o.admin, from), EFILE_OK);
	id = begin(&o);
	TAP_EQUAL_INT(desk_deploy(o.admin, to), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_migrate(&done, &report, o.admin, "p", NULL), EFILE_OK);
	TAP_EQUAL_INT(done.migrated, rule == NULL);
	TAP_EQUAL_INT(done.refused, rule != NULL);
	finding = rule ? efile_report_finding(report, 0) : NULL;
	TAP_EQUAL_INT(rule != NULL, finding != NULL);
	if (finding) {
		TAP_EQUAL_TEXT(finding->rule, rule);
		TAP_EQUAL_TEXT(finding->term, term);
		TAP_EQUAL_TEXT(finding->path, efile_id_format(&id.id, path));
	}
	TAP_EQUAL_INT(version_of(&o, id, NULL), rule ? 1 : 2);
	replays(&o, id);
	efile_report_free(report);
	office_teardown(&o);
}

#define SIMPLE(more, node, link) BEGIN more node "<endEvent id='e'/>" link DESK_CLOSE
#define LINE DESK_FLOW("1", "s", "a") DESK_FLOW("2", "a", "e")

static void test_refusals(void)
{
	static const char task[] = SIMPLE("", TASK("a", "A"), LINE);
	static const char job[] = SIMPLE("", "<serviceTask id='a' e:handler='x'/>", LINE);
	static const char gone[] = SIMPLE("", TASK("z", "Z"), DESK_FLOW("1", "s", "z") DESK_FLOW("2", "z", "e"));
	static const char inner[] = SIMPLE("", "<subProcess id='sub'><startEvent id='t'/>" TASK("a", "A")
		"<endEvent id='u'/>" DESK_FLOW("3", "t", "a") DESK_FLOW("4", "a", "u") "</subProcess>",
		DESK_FLOW("1", "s", "sub") DESK_FLOW("2", "sub", "e"));
	static const char many[] = SIMPLE("", "<userTask id='a' e:assignee='m.weber'>"
		"<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>"
		"</multiInstanceLoopCharacteristics></userTask>", LINE);
	static const char message[] = SIMPLE("", "<intermediateCatchEvent id='a'>"
		"<messageEventDefinition messageRef='M'/></intermediateCatchEvent>", LINE);
	static const char other[] = SIMPLE("", "<intermediateCatchEvent id='a'>"
		"<messageEventDefinition messageRef='N'/></intermediateCatchEvent>", LINE);
	static const char timer[] = SIMPLE("", "<intermediateCatchEvent id='a'><timerEventDefinition>"
		"<timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>", LINE);
	static const char fork[] = SIMPLE("", "<parallelGateway id='f'/><parallelGateway id='j'/>" TASK("a", "A"),
		DESK_FLOW("1", "s", "f") DESK_FLOW("2", "f", "a") DESK_FLOW("3", "f", "j")
		DESK_FLOW("4", "a", "j") DESK_FLOW("5", "j", "e"));
	static const char fewer[] = SIMPLE("", "<parallelGateway id='f'/><parallelGateway id='j'/>" TASK("a", "A") TASK("b", "B"),
		DESK_FLOW("1", "s", "f") DESK_FLOW("2", "f", "a") DESK_FLOW("7", "f", "b")
		DESK_FLOW("4", "a", "j") DESK_FLOW("8", "b", "j") DESK_FLOW("5", "j", "e"));

	refused_case("as it was, but for a name", task, SIMPLE("", TASK("a", "Anders"), LINE), NULL, NULL);
	refused_case("gone", task, gone, "FLOW-MIGRATE-NODE", "a");
	refused_case("another kind", task, job, "FLOW-MIGRATE-KIND", "a");
	refused_case("another sub-process", task, inner, "FLOW-MIGRATE-SCOPE", "a");
	refused_case("inside, and out again", inner, task, "FLOW-MIGRATE-NODE", "sub");
	refused_case("repeated", task, many, "FLOW-MIGRATE-LOOP", "a");
	refused_case("loops as before", many, SIMPLE("", "<userTask id='a' name='n' e:assignee='m.weber'>"
		"<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>"
		"</multiInstanceLoopCharacteristics></userTask>", LINE), NULL, NULL);
	refused_case("another message", message, other, NULL, NULL);
	refused_case("a timer instead of a message", message, timer, "FLOW-MIGRATE-EVENT", "a");
	refused_case("a token at a join", fork, fewer, "FLOW-MIGRATE-FLOW", "j");
	refused_case("a token at the same join", fork, SIMPLE("", "<parallelGateway id='f'/>"
		"<parallelGateway id='j'/>" TASK("a", "A"), DESK_FLOW("1", "s", "f") DESK_FLOW("2", "f", "a")
		DESK_FLOW("33", "f", "j") DESK_FLOW("4", "a", "j") DESK_FLOW("5", "j", "e")), NULL, NULL);
}

/* The name of a message that is awaited follows the new version, in the store's rows too. */
static void test_message(void)
{
	static const char message[] = SIMPLE("", "<intermediateCatchEvent id='a'>"
		"<messageEventDefinition messageRef='M'/></intermediateCatchEvent>", LINE);
	static const char other[] = SIMPLE("", "<intermediateCatchEvent id='a'>"
		"<messageEventDefinition messageRef='N'/></intermediateCatchEvent>", LINE);
	efile_flow_migrated done;
	efile_instance_id id;
	efile_flow_status status;
	int64_t met = 0;
	office o;

	office_setup(&o);
	TAP_EQUAL_INT(desk_deploy(o.admin, message), EFILE_OK);
	id = begin(&o);
	TAP_EQUAL_INT(efile_flow_message(&met, o.admin, "settled", NULL, NULL), EFILE_OK);
	TAP_EQUAL_INT(met, 0); /* kept */
	TAP_EQUAL_INT(desk_deploy(o.admin, other), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_migrate(&done, NULL, o.admin, "p", NULL), EFILE_OK);
	TAP_EQUAL_INT(done.migrated, 1);
	TAP_EQUAL_INT(version_of(&o, id, &status), 2);
	TAP_EQUAL_INT(status, EFILE_FLOW_ENDED); /* by the message that was kept */
	replays(&o, id);
	office_teardown(&o);
}

static void test_options(void)
{
	static const efile_flow_mapping wrong[] = { { "a", "nowhere" } }, empty[] = { { "a", NULL } };
	efile_flow_migrated done;
	efile_flow_migration m;
	efile_instance_id ids[3];
	office o;

	office_setup(&o);
	TAP_EQUAL_INT(desk_deploy(o.admin, first), EFILE_OK);
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		ids[i] = begin(&o);
	TAP_EQUAL_INT(desk_deploy(o.admin, second), EFILE_OK);
	efile_flow_migration_init(&m);
	TAP_EQUAL_INT(efile_flow_migrate(&done, NULL, o.admin, "", &m), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_flow_migrate(&done, NULL, o.admin, "q", &m), EFILE_E_NOTFOUND);
	m.to_version = 3;
	TAP_EQUAL_INT(efile_flow_migrate(&done, NULL, o.admin, "p", &m), EFILE_E_NOTFOUND);
	m.to_version = -1;
	TAP_EQUAL_INT(efile_flow_migrate(&done, NULL, o.admin, "p", &m), EFILE_E_INVALID);
	m.to_version = 0;
	m.from_version = 7;
	TAP_EQUAL_INT(efile_flow_migrate(&done, NULL, o.admin, "p", &m), EFILE_E_NOTFOUND);
	m.from_version = 0;
	m.mapping_count = 1;
	TAP_EQUAL_INT(efile_flow_migrate(&done, NULL, o.admin, "p", &m), EFILE_E_INVALID);
	m.mappings = wrong;
	TAP_EQUAL_INT(efile_flow_migrate(&done, NULL, o.admin, "p", &m), EFILE_E_INVALID);
	m.mappings = empty;
	TAP_EQUAL_INT(efile_flow_migrate(&done, NULL, o.admin, "p", &m), EFILE_E_INVALID);
	m.mappings = renamed;
	m.instance = ids[1];
	TAP_EQUAL_INT(efile_flow_migrate(&done, NULL, o.admin, "p", &m), EFILE_OK);
	TAP_EQUAL_INT(done.migrated, 1);
	TAP_EQUAL_INT(version_of(&o, ids[1], NULL), 2);
	TAP_EQUAL_INT(version_of(&o, ids[0], NULL), 1);
	TAP_EQUAL_INT(efile_flow_migrate(&done, NULL, o.admin, "p", &m), EFILE_OK); /* is there */
	TAP_EQUAL_INT(done.migrated, 0);
	/* held ones go along, and back */
	TAP_EQUAL_INT(efile_flow_suspend(o.admin, ids[0]), EFILE_OK);
	m.instance.id = EFILE_ID_NONE;
	m.most = 1;
	TAP_EQUAL_INT(efile_flow_migrate(&done, NULL, o.admin, "p", &m), EFILE_OK);
	TAP_EQUAL_INT(done.migrated, 1);
	TAP_EQUAL_INT(version_of(&o, ids[0], NULL), 2);
	TAP_EQUAL_INT(version_of(&o, ids[2], NULL), 1);
	TAP_EQUAL_INT(efile_flow_resume(o.admin, ids[0]), EFILE_OK);
	m.mappings = &(efile_flow_mapping){ "check", "a" };
	m.to_version = 1;
	m.most = 0;
	TAP_EQUAL_INT(efile_flow_migrate(&done, NULL, o.admin, "p", &m), EFILE_OK);
	TAP_EQUAL_INT(done.migrated, 2);
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		replays(&o, ids[i]);
	TAP_EQUAL_INT(efile_flow_cancel(o.admin, ids[0], "so"), EFILE_OK);
	m.instance = ids[0];
	m.to_version = 2;
	m.mappings = renamed;
	TAP_EQUAL_INT(efile_flow_migrate(&done, NULL, o.admin, "p", &m), EFILE_E_STATE);
	office_teardown(&o);
}

static efile_status migrate_once(efile_ctx *ctx, void *arg)
{
	office *o = arg;
	AUTO_PTR(efile_report) report = NULL;
	efile_flow_migration m;

	(void)ctx;
	efile_flow_migration_init(&m);
	m.mappings = renamed;
	m.mapping_count = 1;
	return efile_flow_migrate(NULL, &report, o->admin, "p", &m);
}

static void test_memory(void)
{
	efile_instance_id id;
	office o;

	office_setup(&o);
	TAP_EQUAL_INT(desk_deploy(o.admin, first), EFILE_OK);
	id = begin(&o);
	TAP_EQUAL_INT(desk_deploy(o.admin, second), EFILE_OK);
	TAP_OK(fail_each(migrate_once, &o) > 20);
	TAP_EQUAL_INT(version_of(&o, id, NULL), 2);
	TAP_EQUAL_INT(town_logged(&o.r.town, "flow.migrated", NULL), 1);
	replays(&o, id);
	office_teardown(&o);
}

TAP_SUITE(flow_version) = {
	{ "a plan with a renamed task", test_plan },
	{ "what does not fit", test_refusals },
	{ "messages that are awaited", test_message },
	{ "which instances, which versions", test_options },
	{ "out of memory", test_memory },
	TAP_END,
};
