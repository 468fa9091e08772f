/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names in expressions that nobody knows: said where they are surely wrong, and nowhere else. */
#include "unit/flow_support.h"

#define TASK "<userTask id='t' name='T' e:candidateGroups='g'/>"
#define ASK(head, task, condition)                                                                 \
	BPMN_HEAD head "<startEvent id='s'/>" task                                                 \
	"<exclusiveGateway id='x' default='f3'/><endEvent id='e'/>"                                \
	FLOW("f1", "s", "t") FLOW("f2", "t", "x") FLOW("f3", "x", "e")                             \
	FLOW_IF("c", "x", "e", condition) BPMN_CLOSE
#define OPEN "<process id='p' isExecutable='true'>"
#define CLOSED "<process id='p' isExecutable='true' e:variables='amount, kind'>"
#define FORM                                                                                       \
	"<userTask id='t' name='T' e:candidateGroups='g'><extensionElements>"                      \
	"<e:field id='checked' type='boolean'/></extensionElements></userTask>"

/* What is said about names, one after the other with " | " between; "" if nothing. */
static const struct {
	const char *name, *model, *said;
} rows[] = {
	{ "nothing is declared", ASK(OPEN, TASK, "anything &gt; 1"), "" },
	{ "a function that there is not", ASK(OPEN, TASK, "summe(a) &gt; 1"),
	  "BPMN-FUNCTION c: there is no function summe" },
	{ "a function of a loop", ASK(OPEN, TASK, "some f in a satisfies f &gt; 1"), "" },
	{ "a function that the expression makes", ASK(OPEN, TASK, "{f: function(n) n + 1, r: f(1)}.r = 2"), "" },
	{ "too many arguments", ASK(OPEN, TASK, "contains(a, b, c)"),
	  "BPMN-ARGUMENTS c: the function contains does not take these arguments" },
	{ "too few", ASK(OPEN, TASK, "starts with(a)"),
	  "BPMN-ARGUMENTS c: the function starts with does not take these arguments" },
	{ "an argument of another name", ASK(OPEN, TASK, "contains(string: a, part: b)"),
	  "BPMN-ARGUMENTS c: the function contains does not take these arguments" },
	{ "right arguments", ASK(OPEN, TASK, "contains(string: a, match: b) and substring(a, 1, 2) = b"), "" },
	{ "in a filter", ASK(OPEN, TASK, "count(a[nosuch(b) = 1]) &gt; 0"),
	  "BPMN-FUNCTION c: there is no function nosuch" },
	{ "a slip", ASK(OPEN "<dataObject id='d' name='betrag'/>", TASK, "bertag &gt; 1"),
	  "BPMN-VARIABLE c: nothing sets bertag; is betrag meant?" },
	{ "another case", ASK(OPEN "<dataObject id='d' name='netAmount'/>", TASK, "net_amount &gt; 1"),
	  "BPMN-VARIABLE c: nothing sets net_amount; is netAmount meant?" },
	{ "a letter too few", ASK(OPEN, FORM, "cheked"),
	  "BPMN-VARIABLE c: nothing sets cheked; is checked meant?" },
	{ "a plural is another name", ASK(OPEN "<dataObject id='d' name='amounts'/>", TASK, "amount &gt; 1"), "" },
	{ "so is another number", ASK(OPEN "<dataObject id='d' name='amount1'/>", TASK, "amount2 &gt; 1"), "" },
	{ "and another last letter", ASK(OPEN "<dataObject id='d' name='optionA'/>", TASK, "optionB"), "" },
	{ "all is declared", ASK(CLOSED, FORM, "amount &gt; 1 and checked and other"),
	  "BPMN-VARIABLE c: nothing sets other" },
	{ "members of what is declared", ASK(CLOSED, FORM, "kind.other = 1 and count(kind[other = 2]) &gt; 0"), "" },
	{ "a task may bring anything", ASK(CLOSED, TASK, "other"), "" },
	{ "unless it says what", ASK(CLOSED, "<userTask id='t' name='T' e:candidateGroups='g' e:variables='-'/>",
				     "amount &gt; 1 or other"), "BPMN-VARIABLE c: nothing sets other" },
	{ "a service with a result", ASK(CLOSED, "<serviceTask id='t' e:handler='h' e:resultVariable='found'/>",
					"found or other"), "BPMN-VARIABLE c: nothing sets other" },
	{ "a service without", ASK(CLOSED, "<serviceTask id='t' e:handler='h'/>", "other"), "" },
	{ "a script", ASK(CLOSED, "<scriptTask id='t'><script>{total: amount * 2, share: total / 4}</script></scriptTask>",
			 "total &gt; share or gross &gt; 1"), "BPMN-VARIABLE c: nothing sets gross" },
	{ "inputs of the process", ASK(OPEN "<ioSpecification><dataInput id='i' name='amount'/></ioSpecification>",
				     FORM, "amount &gt; 1 or other"), "BPMN-VARIABLE c: nothing sets other" },
	{ "what the engine brings", ASK(CLOSED, "<userTask id='t' name='T' e:candidateGroups='g' e:variables='-'>"
					"<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>"
					"<completionCondition>numberOfCompletedInstances &gt; 1 and loopCounter &gt; 0"
					"</completionCondition></multiInstanceLoopCharacteristics></userTask>",
					"amount &gt; 1"), "" },
	{ "to whom a task goes", ASK(CLOSED, "<userTask id='t' name='T' e:candidateGroups='=grup' e:assignee='=lookup(kind)' "
				    "e:variables='-'/>", "amount &gt; 1"),
	  "BPMN-VARIABLE t: nothing sets grup | BPMN-FUNCTION t: there is no function lookup" },
};

static void add_said(buf *out, const efile_report *report)
{
	for (size_t i = 0; i < efile_report_count(report); i++) {
		const efile_finding *f = efile_report_finding(report, i);

		if (strcmp(f->rule, "BPMN-VARIABLE") && strcmp(f->rule, "BPMN-FUNCTION") &&
		    strcmp(f->rule, "BPMN-ARGUMENTS"))
			continue;
		TAP_EQUAL_INT(f->severity, EFILE_SEVERITY_WARNING);
		TAP_OK(f->line > 0 && f->column > 0);
		buf_add_format(out, "%s%s %s", out->length ? " | " : "", f->rule, f->message);
	}
}

static void test_rows(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_PTR(efile_report) report = NULL;
		AUTO(buf) said = BUF_INIT;
		flow_definition d = FLOW_DEFINITION_INIT;

		TAP_EQUAL_INT(report_new(&report, ctx), EFILE_OK);
		if (!TAP_EQUAL_INT(compile_bytes(&d, report, ctx, rows[i].model, strlen(rows[i].model)),
				   EFILE_OK))
			printf("# %s: %s\n", rows[i].name, efile_error_message(ctx));
		add_said(&said, report);
		if (!TAP_EQUAL_TEXT(buf_text(&said), rows[i].said))
			printf("# in case %s\n", rows[i].name);
		flow_definition_clear(&d);
	}
	efile_ctx_free(ctx);
}

/* A start condition asks for nothing of the instance: its names are those of the world outside. */
static void test_start(void)
{
	static const char model[] = BPMN_HEAD "<process id='p' isExecutable='true' e:variables='-'><startEvent id='s'>"
		"<conditionalEventDefinition><condition>water &gt; limit</condition></conditionalEventDefinition>"
		"</startEvent><endEvent id='e'/>" FLOW("f", "s", "e") BPMN_CLOSE;
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(efile_report) report = NULL;
	AUTO(buf) said = BUF_INIT;
	flow_definition d = FLOW_DEFINITION_INIT;

	TAP_EQUAL_INT(report_new(&report, ctx), EFILE_OK);
	TAP_EQUAL_INT(compile_bytes(&d, report, ctx, model, strlen(model)), EFILE_OK);
	add_said(&said, report);
	TAP_EQUAL_TEXT(buf_text(&said), "");
	flow_definition_clear(&d);
	buf_clear(&said);
	efile_report_free(report);
	report = NULL;
	efile_ctx_free(ctx);
}

static efile_status compile_once(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(efile_report) report = NULL;
	flow_definition d = FLOW_DEFINITION_INIT;
	const char *model = arg;
	efile_status status;

	TRY(report_new(&report, ctx));
	status = compile_bytes(&d, report, ctx, model, strlen(model));
	flow_definition_clear(&d);
	return status;
}

static void test_memory(void)
{
	static char model[] = ASK(CLOSED, FORM, "some f in [1] satisfies f &gt; amount or other or summe(contains(1))");

	TAP_OK(fail_each(compile_once, model) > 20);
}

TAP_SUITE(flow_names) = {
	{ "what is said", test_rows },
	{ "start conditions", test_start },
	{ "out of memory", test_memory },
	TAP_END,
};
