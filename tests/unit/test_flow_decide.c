/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decisions in the store and the business rule tasks that ask them. */
#include <efile/work.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/runtime.h"
#include "unit/desk_support.h"

DEFINE_AUTO_PTR(efile_flow_cursor, efile_flow_cursor_free)
DEFINE_AUTO_PTR(efile_incident_cursor, efile_incident_cursor_free)

#define DMN(limit)                                                                                 \
	"<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' id='m' name='m' "       \
	"namespace='urn:t'><inputData id='i' name='amount'><variable name='amount' typeRef='number'/>" \
	"</inputData><decision id='level' name='Stufe'><variable name='Stufe'/>"                   \
	"<informationRequirement><requiredInput href='#i'/></informationRequirement>"              \
	"<decisionTable hitPolicy='FIRST'><input><inputExpression><text>amount</text>"             \
	"</inputExpression></input><output name='Stufe'/>"                                         \
	"<rule><inputEntry><text>&lt; " limit "</text></inputEntry><outputEntry><text>\"clerk\"</text>" \
	"</outputEntry></rule><rule><inputEntry><text>-</text></inputEntry><outputEntry>"          \
	"<text>\"head\"</text></outputEntry></rule></decisionTable></decision>"                    \
	"<decision id='both' name='Beides'><variable name='Beides'/><informationRequirement>"      \
	"<requiredInput href='#i'/></informationRequirement><context><contextEntry>"               \
	"<variable name='net'/><literalExpression><text>amount</text></literalExpression>"         \
	"</contextEntry><contextEntry><variable name='gross'/><literalExpression>"                 \
	"<text>amount * 1.19</text></literalExpression></contextEntry></context></decision>"       \
	"</definitions>"

#define PROCESS(id, attributes)                                                                    \
	"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "                        \
	"xmlns:e='urn:libefile:bpmn:1' xmlns:camunda='http://camunda.org/schema/1.0/bpmn' id='d' " \
	"targetNamespace='urn:test'><process id='" id "' isExecutable='true'><startEvent id='s'/>" \
	"<businessRuleTask id='r' " attributes "/><endEvent id='e'/>" DESK_FLOW("1", "s", "r")     \
	DESK_FLOW("2", "r", "e") DESK_CLOSE

typedef struct room {
	registry r;
	efile_session *admin;
} room;

static void room_setup(room *o)
{
	registry_setup(&o->r);
	o->admin = o->r.town.admin;
}

static void room_teardown(room *o)
{
	desk_fsck(o->r.town.store);
	registry_teardown(&o->r);
}

static efile_status put(room *o, const char *text, int64_t *version, size_t *findings)
{
	AUTO_PTR(efile_reader) reader = NULL;
	efile_report *report = NULL;
	efile_status status;

	TAP_EQUAL_INT(efile_reader_from_memory(&reader, session_ctx(o->admin), text, strlen(text)),
		      EFILE_OK);
	status = efile_flow_deploy(version, &report, o->admin, reader);
	if (findings)
		*findings = report ? efile_report_count(report) : 0;
	efile_report_free(report);
	return status;
}

static efile_instance_id run(room *o, const char *process, const char *variables, const char *after,
			     efile_flow_status status)
{
	AUTO_PTR(efile_flow_cursor) cursor = NULL;
	efile_flow_instance instance = { .variables = "" };
	efile_instance_id id = { EFILE_ID_NONE };
	efile_flow_start_options so;

	efile_flow_start_options_init(&so);
	so.variables = variables;
	TAP_EQUAL_INT(efile_flow_start(&id, o->admin, process, &so), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_list(&cursor, o->admin, id), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_cursor_next(cursor, &instance), EFILE_OK);
	TAP_EQUAL_INT(instance.status, status);
	TAP_EQUAL_TEXT(instance.variables, after);
	TAP_EQUAL_INT(efile_flow_replay(o->admin, id, NULL), EFILE_OK);
	return id;
}

static void test_results(void)
{
	int64_t version = 0;
	room o;

	room_setup(&o);
	TAP_EQUAL_INT(put(&o, DMN("1000"), &version, NULL), EFILE_OK);
	TAP_EQUAL_INT(version, 1);
	TAP_EQUAL_INT(put(&o, PROCESS("own", "e:decision='level' e:resultVariable='who'"), NULL, NULL),
		      EFILE_OK);
	run(&o, "own", "{\"amount\":999}", "{\"amount\":999,\"who\":\"clerk\"}", EFILE_FLOW_ENDED);
	run(&o, "own", "{\"amount\":1000}", "{\"amount\":1000,\"who\":\"head\"}", EFILE_FLOW_ENDED);
	TAP_EQUAL_INT(put(&o, PROCESS("bare", "e:decision='level'"), NULL, NULL), EFILE_OK);
	run(&o, "bare", "{\"amount\":1}", "{\"amount\":1,\"level\":\"clerk\"}", EFILE_FLOW_ENDED);
	TAP_EQUAL_INT(put(&o, PROCESS("context", "camunda:decisionRef='both'"), NULL, NULL), EFILE_OK);
	run(&o, "context", "{\"amount\":10}", "{\"amount\":10,\"net\":10,\"gross\":11.90}",
	    EFILE_FLOW_ENDED);
	TAP_EQUAL_INT(put(&o, PROCESS("named", "camunda:decisionRef='both' camunda:resultVariable='x'"),
			  NULL, NULL), EFILE_OK);
	run(&o, "named", "{\"amount\":10}", "{\"amount\":10,\"x\":{\"net\":10,\"gross\":11.90}}",
	    EFILE_FLOW_ENDED);
	room_teardown(&o);
}

static void test_versions(void)
{
	int64_t version = 0;
	room o;

	room_setup(&o);
	TAP_EQUAL_INT(put(&o, DMN("1000"), &version, NULL), EFILE_OK);
	TAP_EQUAL_INT(put(&o, DMN("1000"), &version, NULL), EFILE_OK);
	TAP_EQUAL_INT(version, 1); /* the same bytes */
	TAP_EQUAL_INT(put(&o, DMN("50"), &version, NULL), EFILE_OK);
	TAP_EQUAL_INT(version, 2);
	TAP_EQUAL_INT(put(&o, PROCESS("new", "e:decision='level' e:resultVariable='w'"), NULL, NULL),
		      EFILE_OK);
	TAP_EQUAL_INT(put(&o, PROCESS("old", "camunda:decisionRef='level' camunda:resultVariable='w' "
				      "camunda:decisionRefBinding='version' camunda:decisionRefVersion='1'"),
			  NULL, NULL), EFILE_OK);
	run(&o, "new", "{\"amount\":100}", "{\"amount\":100,\"w\":\"head\"}", EFILE_FLOW_ENDED);
	run(&o, "old", "{\"amount\":100}", "{\"amount\":100,\"w\":\"clerk\"}", EFILE_FLOW_ENDED);
	room_teardown(&o);
}

/* A model whose only decision answers a text; more: attributes of the decision, and inside of it. */
#define ANSWER(more, inside, text)                                                                 \
	"<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' id='m' name='m' "       \
	"namespace='urn:t' xmlns:e='urn:libefile:bpmn:1' "                                         \
	"xmlns:camunda='http://camunda.org/schema/1.0/dmn' xmlns:zeebe='http://camunda.org/schema/zeebe/1.0'>" \
	"<decision id='d' name='D' " more ">" inside "<variable name='D'/>"                        \
	"<literalExpression><text>" text "</text></literalExpression></decision></definitions>"
#define ASK(id, attributes) PROCESS(id, "e:decision='d' e:resultVariable='w' " attributes)

static void answers(room *o, const char *process, const char *answer)
{
	char after[64];

	snprintf(after, sizeof(after), "{\"w\":\"%s\"}", answer);
	run(o, process, NULL, after, EFILE_FLOW_ENDED);
}

static void test_tags(void)
{
	size_t findings = 9;
	room o;

	room_setup(&o);
	TAP_EQUAL_INT(put(&o, ANSWER("e:versionTag='2025'", "", "\"a\""), NULL, NULL), EFILE_OK);
	TAP_EQUAL_INT(put(&o, ANSWER("camunda:versionTag='2026'", "", "\"b\""), NULL, NULL), EFILE_OK);
	TAP_EQUAL_INT(put(&o, ANSWER("", "<extensionElements><zeebe:versionTag value='2026'/></extensionElements>",
				     "\"c\""), NULL, NULL), EFILE_OK);
	TAP_EQUAL_INT(put(&o, ANSWER("", "", "\"d\""), NULL, NULL), EFILE_OK);
	TAP_EQUAL_INT(put(&o, ASK("p25", "e:decisionBinding='versionTag' e:decisionVersionTag='2025'"), NULL,
			  &findings), EFILE_OK);
	TAP_EQUAL_INT(findings, 0);
	TAP_EQUAL_INT(put(&o, ASK("p26", "e:decisionBinding='versionTag' e:decisionVersionTag='2026'"), NULL,
			  NULL), EFILE_OK);
	TAP_EQUAL_INT(put(&o, ASK("p", ""), NULL, NULL), EFILE_OK);
	answers(&o, "p25", "a");
	answers(&o, "p26", "c"); /* the newest with that tag */
	answers(&o, "p", "d");
	TAP_EQUAL_INT(put(&o, ASK("p27", "e:decisionBinding='versionTag' e:decisionVersionTag='2027'"), NULL,
			  &findings), EFILE_OK);
	TAP_EQUAL_INT(findings, 1);
	run(&o, "p27", NULL, "{}", EFILE_FLOW_RUNNING);
	room_teardown(&o);
}

/* What there was when the process was deployed; if it came later, the first. */
static void test_deployment(void)
{
	room o;

	room_setup(&o);
	TAP_EQUAL_INT(put(&o, ASK("early", "e:decisionBinding='deployment'"), NULL, NULL), EFILE_OK);
	test_tick(1);
	TAP_EQUAL_INT(put(&o, ANSWER("", "", "\"a\""), NULL, NULL), EFILE_OK);
	test_tick(1);
	TAP_EQUAL_INT(put(&o, ANSWER("", "", "\"b\""), NULL, NULL), EFILE_OK);
	test_tick(1);
	TAP_EQUAL_INT(put(&o, ASK("late", "e:decisionBinding='deployment'"), NULL, NULL), EFILE_OK);
	test_tick(1);
	TAP_EQUAL_INT(put(&o, ANSWER("", "", "\"c\""), NULL, NULL), EFILE_OK);
	answers(&o, "early", "a");
	answers(&o, "late", "b");
	room_teardown(&o);
	test_clock_reset();
}

/* Knowledge of a model without decisions of its own, and one that imports it, through another one. */
#define RATES(rate)                                                                                \
	"<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' id='r' name='rates' namespace='urn:rates'>" \
	"<businessKnowledgeModel id='gross' name='gross'><variable name='gross'/><encapsulatedLogic>" \
	"<formalParameter name='n'/><literalExpression><text>n * " rate "</text></literalExpression>" \
	"</encapsulatedLogic></businessKnowledgeModel></definitions>"
#define USES(namespace, own, text)                                                                 \
	"<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' id='u' name='u' namespace='" own "'>" \
	"<import namespace='" namespace "' name='rates' importType='https://www.omg.org/spec/DMN/20230324/MODEL/'/>" \
	"<decision id='d' name='D'><variable name='D'/><knowledgeRequirement><requiredKnowledge href='" namespace \
	"#gross'/></knowledgeRequirement><literalExpression><text>" text "</text></literalExpression>" \
	"</decision></definitions>"

static void test_imports(void)
{
	int64_t version = 0;
	room o;

	room_setup(&o);
	TAP_EQUAL_INT(put(&o, USES("urn:rates", "urn:u", "string(rates.gross(100))"), NULL, NULL),
		      EFILE_E_FORMAT); /* not there yet */
	TAP_EQUAL_INT(put(&o, RATES("1.07"), &version, NULL), EFILE_OK);
	TAP_EQUAL_INT(version, 1);
	TAP_EQUAL_INT(put(&o, USES("urn:rates", "urn:u", "string(rates.gross(100))"), NULL, NULL), EFILE_OK);
	TAP_EQUAL_INT(put(&o, ASK("p", ""), NULL, NULL), EFILE_OK);
	answers(&o, "p", "107.00");
	TAP_EQUAL_INT(put(&o, RATES("1.19"), &version, NULL), EFILE_OK);
	TAP_EQUAL_INT(version, 2);
	answers(&o, "p", "119.00"); /* the newest, although the one that imports it was compiled already */
	TAP_EQUAL_INT(put(&o, RATES("1.19"), &version, NULL), EFILE_OK);
	TAP_EQUAL_INT(version, 2);
	room_teardown(&o);
}

static efile_status deploy_once(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(efile_reader) reader = NULL;
	static const char text[] = USES("urn:rates", "urn:u", "string(rates.gross(100))");
	room *o = arg;

	(void)ctx;
	TRY(efile_reader_from_memory(&reader, session_ctx(o->admin), text, strlen(text)));
	return efile_flow_deploy(NULL, NULL, o->admin, reader);
}

static void test_imports_memory(void)
{
	room o;

	room_setup(&o);
	TAP_EQUAL_INT(put(&o, RATES("1.07"), NULL, NULL), EFILE_OK);
	TAP_OK(fail_each(deploy_once, &o) > 50);
	TAP_EQUAL_INT(put(&o, ASK("p", ""), NULL, NULL), EFILE_OK);
	answers(&o, "p", "107.00");
	room_teardown(&o);
}

static int incidents(room *o, const char *message)
{
	AUTO_PTR(efile_incident_cursor) cursor = NULL;
	efile_incident incident;
	int count = 0;

	TAP_EQUAL_INT(efile_incident_list(&cursor, o->admin), EFILE_OK);
	for (; efile_incident_cursor_next(cursor, &incident) == EFILE_OK; count++)
		TAP_EQUAL_TEXT(incident.message, message);
	return count;
}

static void test_missing(void)
{
	size_t findings = 0;
	efile_instance_id id;
	room o;

	room_setup(&o);
	TAP_EQUAL_INT(put(&o, PROCESS("p", "e:decision='level' e:resultVariable='w'"), NULL, &findings),
		      EFILE_OK);
	TAP_EQUAL_INT(findings, 1);
	id = run(&o, "p", "{\"amount\":1}", "{\"amount\":1}", EFILE_FLOW_RUNNING);
	TAP_EQUAL_INT(incidents(&o, "no decision level is deployed"), 1);
	TAP_EQUAL_INT(put(&o, DMN("1000"), NULL, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_retry(NULL, o.admin, id, NULL), EFILE_OK);
	TAP_EQUAL_INT(incidents(&o, ""), 0);
	TAP_EQUAL_INT(efile_flow_replay(o.admin, id, NULL), EFILE_OK);
	TAP_EQUAL_INT(put(&o, PROCESS("q", "e:decision='level' e:resultVariable='x'"), NULL, &findings),
		      EFILE_OK);
	TAP_EQUAL_INT(findings, 0);
	room_teardown(&o);
}

static void test_broken(void)
{
	static const char *const broken[] = {
		"<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' namespace='u'>",
		"<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' namespace='u'/>",
		"<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' namespace='u'>"
		"<decision id='d' name='d'><variable name='d'/><literalExpression><text>1 +</text>"
		"</literalExpression></decision></definitions>",
	};
	room o;

	room_setup(&o);
	for (size_t i = 0; i < ARRAY_SIZE(broken); i++)
		TAP_EQUAL_INT(put(&o, broken[i], NULL, NULL), EFILE_E_FORMAT);
	TAP_EQUAL_INT(town_logged(&o.r.town, "flow.deployed", NULL), 0);
	room_teardown(&o);
}

static efile_status start_once(efile_ctx *ctx, void *arg)
{
	room *o = arg;
	efile_instance_id id;
	efile_flow_start_options so;

	(void)ctx;
	efile_flow_start_options_init(&so);
	so.variables = "{\"amount\":5}";
	return efile_flow_start(&id, o->admin, "p", &so);
}

static void test_memory(void)
{
	room o;

	room_setup(&o);
	TAP_EQUAL_INT(put(&o, DMN("1000"), NULL, NULL), EFILE_OK);
	TAP_EQUAL_INT(put(&o, PROCESS("p", "e:decision='level' e:resultVariable='w'"), NULL, NULL),
		      EFILE_OK);
	TAP_OK(fail_each(start_once, &o) > 50);
	TAP_EQUAL_INT(town_logged(&o.r.town, "flow.started", NULL), 1);
	TAP_EQUAL_INT(incidents(&o, ""), 0);
	room_teardown(&o);
}

TAP_SUITE(flow_decide) = {
	{ "where the answer goes", test_results },
	{ "versions side by side", test_versions },
	{ "version tags", test_tags },
	{ "what there was at the deployment", test_deployment },
	{ "models that import those of other deployments", test_imports },
	{ "imports out of memory", test_imports_memory },
	{ "a decision that is not there", test_missing },
	{ "models that are not sound", test_broken },
	{ "out of memory", test_memory },
	TAP_END,
};
