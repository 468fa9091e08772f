/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Static rules, the compiled definition, damaged definitions. */
#include <stdio.h>

#include "unit/flow_support.h"

/* The rules that a file breaks, as "RULE@path", separated by blanks; "error" if it is none. */
static char *findings(efile_ctx *ctx, const char *text, efile_status *status)
{
	AUTO_PTR(efile_report) report = NULL;
	flow_definition d = FLOW_DEFINITION_INIT;
	AUTO(buf) out = BUF_INIT;
	char *result = NULL;

	if (report_new(&report, ctx) < 0)
		exit(1);
	*status = compile_bytes(&d, report, ctx, text, strlen(text));
	for (size_t i = 0; i < efile_report_count(report); i++)
		buf_add_format(&out, "%s%s@%s", i ? " " : "", efile_report_finding(report, i)->rule,
			       efile_report_finding(report, i)->path);
	flow_definition_clear(&d);
	buf_take(&result, &out, ctx);
	return result;
}

static void test_rules(void)
{
	static const struct {
		const char *name, *text;
		efile_status status;
		const char *findings;
	} cases[] = {
		{ "sound", BPMN_OPEN "<startEvent id='s'/><endEvent id='e'/>" FLOW("f", "s", "e")
		  BPMN_CLOSE, EFILE_OK, "" },
		{ "no process", BPMN_HEAD "</definitions>", EFILE_E_FORMAT, "BPMN-NO-PROCESS@" },
		{ "no start", BPMN_OPEN "<endEvent id='e'/>" BPMN_CLOSE, EFILE_OK,
		  "BPMN-NO-START@p" },
		{ "two starts", BPMN_OPEN "<startEvent id='s'/><startEvent id='t'/><endEvent id='e'/>"
		  FLOW("f", "s", "e") FLOW("g", "t", "e") BPMN_CLOSE, EFILE_E_FORMAT,
		  "BPMN-STARTS@p" },
		{ "dangling", BPMN_OPEN "<startEvent id='s'/>" FLOW("f", "s", "x") FLOW("g", "y", "s")
		  BPMN_CLOSE, EFILE_E_FORMAT, "BPMN-START-IN@s BPMN-TARGET@f BPMN-SOURCE@g" },
		{ "twice", BPMN_OPEN "<startEvent id='s'/><endEvent id='e'/><task id='e'/>"
		  FLOW("f", "s", "e") BPMN_CLOSE, EFILE_E_FORMAT,
		  "BPMN-ID-TWICE@e BPMN-UNREACHED@e BPMN-DEAD-END@e" },
		{ "without id", BPMN_OPEN "<startEvent/>" BPMN_CLOSE, EFILE_E_FORMAT,
		  "BPMN-NO-ID@? BPMN-DEAD-END@?" },
		{ "flows need no id", BPMN_OPEN "<startEvent id='s'/><endEvent id='e'/>"
		  "<sequenceFlow sourceRef='s' targetRef='e'/>" BPMN_CLOSE, EFILE_OK, "" },
		{ "event of another engine's extension", BPMN_OPEN "<startEvent id='s'/>"
		  "<intermediateCatchEvent id='c'><extensionElements/></intermediateCatchEvent><endEvent id='e'/>"
		  FLOW("f", "s", "c") FLOW("g", "c", "e") BPMN_CLOSE, EFILE_E_FORMAT, "BPMN-NO-TRIGGER@c" },
		{ "unreachable", BPMN_OPEN "<startEvent id='s'/><endEvent id='e'/><task id='t'/>"
		  FLOW("f", "s", "e") FLOW("g", "t", "e") BPMN_CLOSE, EFILE_OK, "BPMN-UNREACHED@t" },
		{ "no condition", BPMN_OPEN "<startEvent id='s'/><exclusiveGateway id='g'/>"
		  "<endEvent id='e'/><endEvent id='f'/>" FLOW("1", "s", "g") FLOW("2", "g", "e")
		  FLOW_IF("3", "g", "f", "a") BPMN_CLOSE, EFILE_E_FORMAT,
		  "BPMN-NO-DEFAULT@g BPMN-NO-CONDITION@2" },
		{ "wrong condition", BPMN_OPEN "<startEvent id='s'/><exclusiveGateway id='g' default='2'/>"
		  "<endEvent id='e'/><endEvent id='f'/>" FLOW("1", "s", "g") FLOW("2", "g", "e")
		  FLOW_IF("3", "g", "f", "a >") BPMN_CLOSE, EFILE_E_FORMAT, "BPMN-CONDITION@3" },
		{ "wrong default", BPMN_OPEN "<startEvent id='s'/><task id='g' default='1'/>"
		  "<endEvent id='e'/>" FLOW("1", "s", "g") FLOW("2", "g", "e") BPMN_CLOSE,
		  EFILE_E_FORMAT, "BPMN-DEFAULT@g" },
		{ "timer without time", BPMN_OPEN "<startEvent id='s'/><subProcess id='u'><startEvent id='v'>"
		  "<timerEventDefinition/></startEvent></subProcess>" FLOW("1", "s", "u") BPMN_CLOSE,
		  EFILE_E_FORMAT,
		  "BPMN-DEAD-END@u BPMN-DEAD-END@v BPMN-TIMER@v" },
		{ "loop", BPMN_OPEN "<startEvent id='s'/><task id='t'>"
		  "<multiInstanceLoopCharacteristics/></task><endEvent id='e'/>" FLOW("1", "s", "t")
		  FLOW("2", "t", "e") BPMN_CLOSE, EFILE_E_FORMAT, "BPMN-LOOP@t" },
		{ "human task", BPMN_OPEN "<startEvent id='s'/><userTask id='t' e:dueIn='bald' "
		  "e:separateFrom='s x'/><endEvent id='e'/>" FLOW("1", "s", "t") FLOW("2", "t", "e")
		  BPMN_CLOSE, EFILE_E_FORMAT,
		  "BPMN-NOBODY@t BPMN-NO-NAME@t BPMN-DUE@t BPMN-SEPARATE@t" },
		{ "no handler", BPMN_OPEN "<startEvent id='s'/><serviceTask id='t'/><endEvent id='e'/>"
		  FLOW("1", "s", "t") FLOW("2", "t", "e") BPMN_CLOSE, EFILE_E_FORMAT,
		  "BPMN-HANDLER@t" },
		{ "lane", BPMN_HEAD "<process id='p'><laneSet><lane id='l' name='x'><flowNodeRef>q"
		  "</flowNodeRef></lane></laneSet><startEvent id='s'/><endEvent id='e'/>"
		  FLOW("1", "s", "e") BPMN_CLOSE, EFILE_E_FORMAT, "BPMN-EXECUTABLE@p BPMN-LANE@l" },
		{ "another file", "<a/>", EFILE_E_FORMAT, "" },
		{ "no XML", "x", EFILE_E_FORMAT, "" },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		efile_status status;
		char *found = findings(ctx, cases[i].text, &status);

		tap_case(cases[i].name);
		TAP_EQUAL_TEXT(found, cases[i].findings);
		TAP_EQUAL_INT(status, cases[i].status);
		free(found);
	}
	efile_ctx_free(ctx);
}

static void test_messages(void)
{
	efile_ctx *ctx = test_ctx_german();
	AUTO_PTR(efile_report) report = NULL;
	flow_definition d = FLOW_DEFINITION_INIT;
	static const char text[] = BPMN_OPEN "\n<startEvent id='s'/>\n " FLOW("f", "s", "x") BPMN_CLOSE;
	long line, column;

	TAP_EQUAL_INT(report_new(&report, ctx), EFILE_OK);
	TAP_EQUAL_INT(compile_bytes(&d, report, ctx, text, sizeof(text) - 1), EFILE_E_FORMAT);
	TAP_EQUAL_TEXT(efile_report_finding(report, efile_report_count(report) - 1)->message,
		       "der Sequenzfluss f führt nach 'x', das es nicht gibt");
	TAP_EQUAL_INT(efile_report_finding(report, efile_report_count(report) - 1)->line, 3);
	TAP_EQUAL_TEXT(efile_error_place(ctx, &line, &column), "test.bpmn");
	TAP_EQUAL_INT(line, 3);
	TAP_EQUAL_INT(column, 2);
	efile_ctx_free(ctx);
}

static const char lanes[] =
	BPMN_HEAD "<process id='p' name='Probe' isExecutable='true'><laneSet>"
	"<lane id='l1' name='Poststelle'><flowNodeRef>a</flowNodeRef></lane>"
	"<lane id='l2' name='Amt' e:candidateGroups='office'><flowNodeRef>b</flowNodeRef>"
	"<flowNodeRef>c</flowNodeRef></lane></laneSet>"
	"<startEvent id='s'/><userTask id='a' name='A'/><userTask id='b' name='B' e:dueIn='P5D'/>"
	"<userTask id='c' name='C' e:candidateUsers='weber' e:separateFrom='a, b'/>"
	"<endEvent id='e'><terminateEventDefinition/></endEvent>"
	FLOW("1", "s", "a") FLOW("2", "a", "b") FLOW("3", "b", "c") FLOW("4", "c", "e") BPMN_CLOSE;

static void test_definition(void)
{
	efile_ctx *ctx = test_ctx();
	flow_definition d = definition_of(ctx, lanes), again;
	flow_node n;

	TAP_EQUAL_TEXT(flow_definition_id(&d), "p");
	TAP_EQUAL_TEXT(flow_definition_name(&d), "Probe");
	TAP_EQUAL_INT(flow_node_count(&d), 5);
	TAP_EQUAL_INT(flow_edge_count(&d), 4);
	TAP_EQUAL_TEXT(flow_edge_id(&d, 3), "4");
	flow_node_at(&n, &d, (uint32_t)flow_node_find(&d, "a"));
	TAP_EQUAL_TEXT(n.groups, "Poststelle");
	flow_node_at(&n, &d, (uint32_t)flow_node_find(&d, "b"));
	TAP_EQUAL_TEXT(n.groups, "office");
	TAP_EQUAL_TEXT(n.due_in, "P5D");
	flow_node_at(&n, &d, (uint32_t)flow_node_find(&d, "c"));
	TAP_EQUAL_TEXT(n.groups, "");
	TAP_EQUAL_TEXT(n.users, "weber");
	TAP_EQUAL_TEXT(n.lane, "Amt");
	flow_node_at(&n, &d, (uint32_t)flow_node_find(&d, "e"));
	TAP_EQUAL_INT(n.kind, FLOW_NODE_TERMINATE);
	TAP_EQUAL_INT(flow_node_find(&d, "x"), -1);
	TAP_EQUAL_INT(flow_definition_open(&again, ctx, d.bytes, d.length), EFILE_OK);
	flow_definition_clear(&d);
	efile_ctx_free(ctx);
}

/* The shipped process compiles without a finding. */
static void test_invoice(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(efile_report) report = NULL;
	flow_definition d = FLOW_DEFINITION_INIT;
	size_t length = 0;
	char *text = test_own_data("../../schemas/processes/invoice.bpmn", &length);

	TAP_OK(text != NULL);
	TAP_EQUAL_INT(report_new(&report, ctx), EFILE_OK);
	TAP_EQUAL_INT(compile_bytes(&d, report, ctx, text, length), EFILE_OK);
	TAP_EQUAL_INT(efile_report_count(report), 0);
	TAP_EQUAL_INT(flow_node_count(&d), 8);
	flow_definition_clear(&d);
	free(text);
	efile_ctx_free(ctx);
}

/* Attributes of other engines name the same things. */
static void test_dialects(void)
{
	static const char text[] =
		"<b:definitions xmlns:b='http://www.omg.org/spec/BPMN/20100524/MODEL' "
		"xmlns:camunda='http://camunda.org/schema/1.0/bpmn' "
		"xmlns:zeebe='http://camunda.org/schema/zeebe/1.0'><b:process id='p' "
		"isExecutable='true'><b:startEvent id='s'/>"
		"<b:userTask id='t' name='T' camunda:assignee='weber' camunda:candidateGroups='g'/>"
		"<b:serviceTask id='j'><b:extensionElements><zeebe:taskDefinition type='pay'/>"
		"</b:extensionElements></b:serviceTask><b:exclusiveGateway id='x' default='4'/>"
		"<b:endEvent id='e'/><b:endEvent id='f'/>"
		"<b:sequenceFlow id='1' sourceRef='s' targetRef='t'/>"
		"<b:sequenceFlow id='2' sourceRef='t' targetRef='j'/>"
		"<b:sequenceFlow id='3' sourceRef='j' targetRef='x'/>"
		"<b:sequenceFlow id='4' sourceRef='x' targetRef='e'/>"
		"<b:sequenceFlow id='5' sourceRef='x' targetRef='f'>"
		"<b:conditionExpression>${amount &gt; 5}</b:conditionExpression></b:sequenceFlow>"
		"</b:process></b:definitions>";
	efile_ctx *ctx = test_ctx();
	flow_definition d = definition_of(ctx, text);
	flow_node n;

	flow_node_at(&n, &d, (uint32_t)flow_node_find(&d, "t"));
	TAP_EQUAL_TEXT(n.assignee, "weber");
	TAP_EQUAL_TEXT(n.groups, "g");
	flow_node_at(&n, &d, (uint32_t)flow_node_find(&d, "j"));
	TAP_EQUAL_TEXT(n.handler, "pay");
	flow_definition_clear(&d);
	efile_ctx_free(ctx);
}

static void test_damaged(void)
{
	efile_ctx *ctx = test_ctx();
	flow_definition d = definition_of(ctx, lanes), opened;
	unsigned char *copy = test_room(d.length);
	unsigned seed = 11;

	for (size_t length = 0; length < d.length; length++)
		TAP_EQUAL_INT(flow_definition_open(&opened, ctx, d.bytes, length), EFILE_E_DAMAGED);
	for (int i = 0; i < 5000; i++) {
		flow_event start = { .kind = FLOW_EVENT_START };
		AUTO(flow_effects) effects = { NULL, 0, 0 };
		AUTO(buf) state = BUF_INIT;

		memcpy(copy, d.bytes, d.length);
		seed = seed * 1103515245u + 12345u;
		copy[(seed >> 8) % d.length] = (unsigned char)(seed >> 24);
		if (flow_definition_open(&opened, ctx, copy, d.length) == EFILE_OK)
			flow_step(&state, &effects, ctx, &opened, "", 0, &start);
	}
	free(copy);
	flow_definition_clear(&d);
	efile_ctx_free(ctx);
}

static void test_limits(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(buf) text = BUF_INIT;
	efile_status status;
	char *found;

	buf_add_text(&text, BPMN_OPEN "<startEvent id='s'/>");
	for (int i = 0; i < 10000; i++)
		buf_add_format(&text, "<task id='t%d'/><sequenceFlow id='f%d' sourceRef='s' "
			       "targetRef='t%d'/>", i, i, i);
	buf_add_text(&text, BPMN_CLOSE);
	found = findings(ctx, buf_text(&text), &status);
	TAP_EQUAL_INT(status, EFILE_E_LIMIT);
	free(found);
	efile_ctx_free(ctx);
}

static efile_status compile_all(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(efile_report) report = NULL;
	flow_definition d = FLOW_DEFINITION_INIT;
	efile_status status;

	TRY(report_new(&report, ctx));
	status = compile_bytes(&d, report, ctx, arg, strlen(arg));
	flow_definition_clear(&d);
	return status;
}

static void test_without_memory(void)
{
	TAP_OK(fail_each(compile_all, (char *)(uintptr_t)lanes) > 20);
}

/* As hostile/MANIFEST.tsv expects. */
static void test_hostile(void)
{
	static const struct { const char *path; efile_status status; } cases[] = {
		{ "hostile/bpmn/dangling.bpmn", EFILE_E_FORMAT },
		{ "hostile/bpmn/deep-subprocess.bpmn", EFILE_E_LIMIT },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *text = test_data(cases[i].path, NULL), *found;
		efile_status status;

		if (!text)
			continue;
		tap_case(cases[i].path);
		found = findings(ctx, text, &status);
		TAP_EQUAL_INT(status, cases[i].status);
		free(found);
		free(text);
	}
	efile_ctx_free(ctx);
}

TAP_SUITE(flow_compile) = {
	{ "each rule finds its fault", test_rules },
	{ "findings name the place in German", test_messages },
	{ "the definition says what the file says", test_definition },
	{ "the shipped invoice process", test_invoice },
	{ "attributes of other engines", test_dialects },
	{ "damaged definitions do no harm", test_damaged },
	{ "too many nodes", test_limits },
	{ "reports missing memory", test_without_memory },
	{ "hostile files", test_hostile },
	TAP_END,
};
