/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the log tells: a timeline that a clerk can read, visits and waiting times of each node. */
#include <efile/work.h>

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "flow/runtime.h"
#include "unit/desk_support.h"

/* A task with a timer that warns, a decision by data, an error that makes an incident. */
static const char model[] = DESK_HEAD
	"<process id='p' isExecutable='true'><startEvent id='s'/>"
	"<userTask id='t' name='Prüfen' e:assignee='m.weber'/><exclusiveGateway id='x' default='4'/>"
	"<boundaryEvent id='late' attachedToRef='t' cancelActivity='false'><timerEventDefinition>"
	"<timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent><endEvent id='w'/>"
	"<serviceTask id='j' name='Buchen' e:handler='sap.post' e:retries='1'/><endEvent id='e'/>"
	DESK_FLOW("1", "s", "t") DESK_FLOW("2", "t", "x")
	"<sequenceFlow id='3' sourceRef='x' targetRef='j'><conditionExpression>= amount &gt; 5"
	"</conditionExpression></sequenceFlow>" DESK_FLOW("4", "x", "e") DESK_FLOW("5", "j", "e")
	DESK_FLOW("6", "late", "w") DESK_CLOSE;

typedef struct hall {
	registry r;
	efile_session *admin;
} hall;

static void hall_setup(hall *h)
{
	registry_setup(&h->r);
	h->admin = h->r.town.admin;
	TAP_EQUAL_INT(desk_deploy(h->admin, model), EFILE_OK);
}

static void hall_teardown(hall *h)
{
	registry_teardown(&h->r);
	test_clock_reset();
}

static efile_instance_id begin(hall *h)
{
	efile_instance_id id = { EFILE_ID_NONE };

	TAP_EQUAL_INT(efile_flow_start(&id, h->admin, "p", NULL), EFILE_OK);
	return id;
}

static void minutes(int count)
{
	test_tick((efile_time)count * 60 * 1000000);
}

static void complete(hall *h, const char *variables)
{
	efile_task_id task;

	TAP_OK(desk_tasks(h->r.weber, &task) > 0);
	TAP_EQUAL_INT(efile_task_complete(h->r.weber, task, variables), EFILE_OK);
}

static const json_value *at(const json_value *array, size_t index)
{
	const json_value *v = array ? array->child : NULL;

	while (v && index--)
		v = v->next;
	return v;
}

static int64_t number(const json_value *object, const char *key)
{
	const json_value *v = object ? json_member(object, key) : NULL;
	int64_t value = -1;

	return v && json_as_int(&value, v) == EFILE_OK ? value : -1;
}

static void test_timeline(void)
{
	AUTO_PTR(json_document) document = NULL;
	const json_value *events, *event;
	efile_instance_id id;
	char *json = NULL;
	hall h;

	hall_setup(&h);
	id = begin(&h);
	minutes(61);
	TAP_EQUAL_INT(efile_flow_run_due(NULL, h.admin), EFILE_OK);
	minutes(29);
	complete(&h, "{\"amount\":9}");
	TAP_EQUAL_INT(efile_flow_history(&json, h.r.klein, id), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_flow_history(NULL, h.admin, id), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_flow_history(&json, h.admin, id), EFILE_OK);
	TAP_EQUAL_INT(json_parse(&document, session_ctx(h.admin), json, strlen(json)), EFILE_OK);
	events = json_member(json_root(document), "events");
	event = at(events, 0);
	TAP_EQUAL_TEXT(json_member_text(event, "event"), "start");
	TAP_EQUAL_TEXT(json_member_text(at(json_member(event, "began"), 0), "name"), "Prüfen");
	TAP_EQUAL_TEXT(json_member_text(at(events, 1), "event"), "timer");
	event = at(events, 2);
	TAP_EQUAL_TEXT(json_member_text(event, "event"), "complete_task");
	TAP_EQUAL_TEXT(json_member_text(json_member(event, "at"), "node"), "t");
	TAP_OK(number(event, "waited") == INT64_C(90) * 60 * 1000000);
	TAP_EQUAL_TEXT(json_member_text(at(json_member(event, "began"), 0), "node"), "j");
	TAP_OK(at(events, 3) == NULL);
	efile_free(json);
	hall_teardown(&h);
}

static void test_figures(void)
{
	static const struct {
		const char *node;
		int64_t visits, open, ended, longest; /* minutes */
	} expected[] = {
		{ "s", 3, 0, 0, 0 }, { "t", 3, 1, 2, 30 }, { "x", 2, 0, 0, 0 }, { "j", 1, 0, 1, 5 },
		{ "e", 1, 0, 0, 0 },
	};
	AUTO_PTR(json_document) document = NULL;
	efile_work_cursor *cursor = NULL;
	efile_work work;
	const json_value *nodes;
	char *json = NULL;
	hall h;

	hall_setup(&h);
	begin(&h);
	minutes(10);
	complete(&h, "{\"amount\":1}");
	begin(&h);
	minutes(30);
	complete(&h, "{\"amount\":9}");
	minutes(5);
	begin(&h);
	TAP_EQUAL_INT(efile_work_lease(&cursor, h.admin, "sap.post", NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_work_cursor_next(cursor, &work), EFILE_OK);
	TAP_EQUAL_INT(efile_work_fail(NULL, h.admin, work.id, work.token, "zu"), EFILE_OK);
	efile_work_cursor_free(cursor);
	TAP_EQUAL_INT(efile_flow_figures(&json, h.r.weber, "p", 0), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_flow_figures(&json, h.admin, "q", 0), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_flow_figures(&json, h.admin, "p", 2), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_flow_figures(&json, h.admin, "", 0), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_flow_figures(NULL, h.admin, "p", 0), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_flow_figures(&json, h.admin, "p", 1), EFILE_OK);
	TAP_EQUAL_INT(json_parse(&document, session_ctx(h.admin), json, strlen(json)), EFILE_OK);
	TAP_EQUAL_INT(number(json_root(document), "instances"), 3);
	nodes = json_member(json_root(document), "nodes");
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		const json_value *node = nodes->child;

		tap_case(expected[i].node);
		while (node && strcmp(json_member_text(node, "node"), expected[i].node))
			node = node->next;
		TAP_EQUAL_INT(number(node, "visits"), expected[i].visits);
		TAP_EQUAL_INT(number(node, "open"), expected[i].open);
		TAP_EQUAL_INT(number(node, "ended"), expected[i].ended);
		TAP_OK(number(node, "longest") == expected[i].longest * 60 * 1000000);
	}
	efile_free(json);
	hall_teardown(&h);
}

typedef struct memory_case {
	hall h;
	efile_instance_id id;
} memory_case;

static efile_status tell(efile_ctx *ctx, void *arg)
{
	memory_case *m = arg;
	char *json = NULL;

	(void)ctx;
	TRY(efile_flow_history(&json, m->h.admin, m->id));
	efile_free(json);
	TRY(efile_flow_figures(&json, m->h.admin, "p", 0));
	efile_free(json);
	return EFILE_OK;
}

static void test_memory(void)
{
	memory_case m;

	hall_setup(&m.h);
	m.id = begin(&m.h);
	complete(&m.h, "{\"amount\":9}");
	TAP_OK(fail_each(tell, &m) > 20);
	hall_teardown(&m.h);
}

TAP_SUITE(flow_history) = {
	{ "a timeline", test_timeline },
	{ "visits and waiting times", test_figures },
	{ "out of memory", test_memory },
	TAP_END,
};
