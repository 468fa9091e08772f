/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Evaluating decisions: requirements, functions, services, imports, boxed expressions, types. */
#include <stdlib.h>
#include <string.h>

#include "decision_support.h"

#define LITERAL(text) "<literalExpression><text>" text "</text></literalExpression>"
#define DECISION(name, body)                                                                       \
	"<decision id='" name "' name='" name "'><variable name='" name "'/>" body "</decision>"
#define INPUT(name, type)                                                                          \
	"<inputData id='" name "' name='" name "'><variable name='" name "' typeRef='" type            \
	"'/></inputData>"
#define NEEDS_INPUT(id)                                                                            \
	"<informationRequirement><requiredInput href='#" id "'/></informationRequirement>"
#define NEEDS(id)                                                                                  \
	"<informationRequirement><requiredDecision href='#" id "'/></informationRequirement>"
#define KNOWS(id) "<knowledgeRequirement><requiredKnowledge href='#" id "'/></knowledgeRequirement>"

static const struct run_case {
	const char *name, *body, *input, *value;
} cases[] = {
	{ "a literal", DECISION("d", LITERAL("1 + 1")), NULL, "2" },
	{ "an input", INPUT("a", "number") DECISION("d", NEEDS_INPUT("a") LITERAL("a * 2")),
	  "{\"a\": 21}", "42" },
	{ "a decimal as text", INPUT("a", "number") DECISION("d", NEEDS_INPUT("a") LITERAL("a + 0.1")),
	  "{\"a\": \"0.2\"}", "0.3" },
	{ "a date as text", INPUT("a", "date") DECISION("d", NEEDS_INPUT("a") LITERAL("a.year")),
	  "{\"a\": \"2026-03-02\"}", "2026" },
	{ "an input of the wrong type", INPUT("a", "number") DECISION("d", NEEDS_INPUT("a") LITERAL("a")),
	  "{\"a\": true}", "null" },
	{ "a missing input", INPUT("a", "number") DECISION("d", NEEDS_INPUT("a") LITERAL("a")), "{}",
	  "null" },
	{ "not required is not seen", INPUT("a", "number") DECISION("d", LITERAL("a")), "{\"a\": 1}",
	  "null" },
	{ "a model without inputs sees all", DECISION("d", LITERAL("a")), "{\"a\": 1}", "1" },
	{ "names with blanks", INPUT("full name", "string")
	  DECISION("d", NEEDS_INPUT("full name") LITERAL("\"Dear \" + full name")),
	  "{\"full name\": \"Weber\"}", "\"Dear Weber\"" },
	{ "two steps", DECISION("a", LITERAL("20")) DECISION("d", NEEDS("a") LITERAL("a + 22")), NULL,
	  "42" },
	{ "the type of the variable",
	  "<decision id='d' name='d'><variable name='d' typeRef='string'/>" LITERAL("1") "</decision>",
	  NULL, "null" },
	{ "a list of one is its item",
	  "<decision id='d' name='d'><variable name='d' typeRef='number'/>" LITERAL("[7]") "</decision>",
	  NULL, "7" },
	{ "a circle",
	  DECISION("d", NEEDS("e") LITERAL("e")) DECISION("e", NEEDS("d") LITERAL("d")), NULL, "null" },
	{ "no logic", DECISION("d", ""), NULL, "null" },
	{ "knowledge",
	  "<businessKnowledgeModel id='f' name='f'><variable name='f'/><encapsulatedLogic>"
	  "<formalParameter name='x' typeRef='number'/>" LITERAL("x * x") "</encapsulatedLogic>"
	  "</businessKnowledgeModel>" DECISION("d", KNOWS("f") LITERAL("f(7) + f(x: 2)")), NULL, "53" },
	{ "knowledge that calls itself",
	  "<businessKnowledgeModel id='f' name='f'><variable name='f'/><encapsulatedLogic>"
	  "<formalParameter name='n' typeRef='number'/>" LITERAL("if n &lt; 2 then 1 else n * f(n - 1)")
	  "</encapsulatedLogic>" KNOWS("f") "</businessKnowledgeModel>"
	  DECISION("d", KNOWS("f") LITERAL("f(10)")), NULL, "3628800" },
	{ "invocation",
	  "<businessKnowledgeModel id='f' name='f'><variable name='f'/><encapsulatedLogic>"
	  "<formalParameter name='x' typeRef='number'/><formalParameter name='y'/>" LITERAL("x - y")
	  "</encapsulatedLogic></businessKnowledgeModel>"
	  DECISION("d", KNOWS("f") "<invocation>" LITERAL("f") "<binding><parameter name='y'/>" LITERAL("2")
	  "</binding><binding><parameter name='x'/>" LITERAL("44") "</binding></invocation>"), NULL,
	  "42" },
	{ "invocation of a built-in function",
	  DECISION("d", "<invocation>" LITERAL("string length") "<binding><parameter name='string'/>"
	  LITERAL("\"abc\"") "</binding></invocation>"), NULL, "3" },
	{ "context without result",
	  DECISION("d", "<context><contextEntry><variable name='a'/>" LITERAL("1") "</contextEntry>"
	  "<contextEntry><variable name='b c'/>" LITERAL("a + 1") "</contextEntry></context>"), NULL,
	  "{\"a\":1,\"b c\":2}" },
	{ "context with result",
	  DECISION("d", "<context><contextEntry><variable name='b c'/>" LITERAL("20") "</contextEntry>"
	  "<contextEntry>" LITERAL("b c * 2") "</contextEntry></context>"), NULL, "40" },
	{ "a function in a context",
	  DECISION("d", "<context><contextEntry><variable name='f'/><functionDefinition>"
	  "<formalParameter name='x' typeRef='number'/>" LITERAL("x + 1") "</functionDefinition>"
	  "</contextEntry><contextEntry>" LITERAL("f(41)") "</contextEntry></context>"), NULL, "42" },
	{ "a list", DECISION("d", "<list>" LITERAL("1") LITERAL("\"a\"") "</list>"), NULL, "[1,\"a\"]" },
	{ "a relation",
	  DECISION("d", "<relation><column name='a'/><column name='b'/><row>" LITERAL("1") LITERAL("2")
	  "</row><row>" LITERAL("3") LITERAL("4") "</row></relation>"), NULL,
	  "[{\"a\":1,\"b\":2},{\"a\":3,\"b\":4}]" },
	{ "if", DECISION("d", "<conditional><if>" LITERAL("1 &lt; 2") "</if><then>" LITERAL("\"y\"")
	  "</then><else>" LITERAL("\"n\"") "</else></conditional>"), NULL, "\"y\"" },
	{ "if null", DECISION("d", "<conditional><if>" LITERAL("null") "</if><then>" LITERAL("1")
	  "</then><else>" LITERAL("2") "</else></conditional>"), NULL, "2" },
	{ "filter", DECISION("d", "<filter><in>" LITERAL("[1, 2, 3, 4]") "</in><match>"
	  LITERAL("item > 2") "</match></filter>"), NULL, "[3,4]" },
	{ "filter with boxed parts",
	  DECISION("d", "<filter><in><list>" LITERAL("{a: 1}") LITERAL("{a: 2}") "</list></in><match>"
	  LITERAL("a = 2") "</match></filter>"), NULL, "[{\"a\":2}]" },
	{ "filter by number, boxed", DECISION("d", "<filter><in><list>" LITERAL("5") LITERAL("6")
	  "</list></in><match>" LITERAL("-1") "</match></filter>"), NULL, "6" },
	{ "for", DECISION("d", "<for iteratorVariable='i'><in>" LITERAL("[1..3]") "</in><return>"
	  LITERAL("i * i") "</return></for>"), NULL, "[1,4,9]" },
	{ "for with boxed parts", DECISION("d", "<for iteratorVariable='i'><in><list>" LITERAL("1")
	  LITERAL("2") "</list></in><return>" LITERAL("i + 1") "</return></for>"), NULL, "[2,3]" },
	{ "some", DECISION("d", "<some iteratorVariable='i'><in>" LITERAL("[1, 2]") "</in><satisfies>"
	  LITERAL("i > 1") "</satisfies></some>"), NULL, "true" },
	{ "every", DECISION("d", "<every iteratorVariable='i'><in>" LITERAL("[1, 2]") "</in><satisfies>"
	  LITERAL("i > 1") "</satisfies></every>"), NULL, "false" },
	{ "every, of nothing", DECISION("d", "<every iteratorVariable='i'><in>" LITERAL("[]")
	  "</in><satisfies>" LITERAL("i > 1") "</satisfies></every>"), NULL, "true" },
	{ "a service",
	  INPUT("a", "number") DECISION("inner", NEEDS_INPUT("a") LITERAL("a + 1"))
	  "<decisionService id='s' name='s'><variable name='s'/><outputDecision href='#inner'/>"
	  "<inputData href='#a'/></decisionService>" DECISION("d", KNOWS("s") LITERAL("s(41)")), NULL,
	  "42" },
	{ "a service with an input decision: data come first",
	  INPUT("a", "number") DECISION("b", LITERAL("1"))
	  DECISION("inner", NEEDS_INPUT("a") NEEDS("b") LITERAL("a - b"))
	  "<decisionService id='s' name='s'><variable name='s'/><outputDecision href='#inner'/>"
	  "<inputDecision href='#b'/><inputData href='#a'/></decisionService>"
	  DECISION("d", KNOWS("s") LITERAL("[s(10, 3), s(b: 1, a: 2)]")), NULL, "[7,1]" },
	{ "a service with two outputs",
	  DECISION("x", LITERAL("1")) DECISION("y", LITERAL("2"))
	  "<decisionService id='s' name='s'><variable name='s'/><outputDecision href='#x'/>"
	  "<outputDecision href='#y'/></decisionService>" DECISION("d", KNOWS("s") LITERAL("s().y")),
	  NULL, "2" },
	{ "an item definition",
	  "<itemDefinition name='tAge'><typeRef>number</typeRef><allowedValues><text>[0..150]</text>"
	  "</allowedValues></itemDefinition>" INPUT("a", "tAge") DECISION("d", NEEDS_INPUT("a") LITERAL("a")),
	  "{\"a\": 200}", "null" },
	{ "made of another one",
	  "<itemDefinition name='tAge'><typeRef>number</typeRef><allowedValues><text>[0..150]</text>"
	  "</allowedValues></itemDefinition><itemDefinition name='tEven'><typeRef>tAge</typeRef>"
	  "<allowedValues><text>even(?)</text></allowedValues></itemDefinition>" INPUT("a", "tEven")
	  INPUT("b", "tEven") INPUT("c", "tEven") DECISION("d", NEEDS_INPUT("a") NEEDS_INPUT("b")
	  NEEDS_INPUT("c") LITERAL("[a, b, c]")), "{\"a\": 200, \"b\": 3, \"c\": 4}", "[null,null,4]" },
	{ "a list of them, a single value and members",
	  "<itemDefinition name='tPerson'><itemComponent name='born'><typeRef>date</typeRef>"
	  "</itemComponent></itemDefinition><itemDefinition name='tPersons' isCollection='true'>"
	  "<typeRef>tPerson</typeRef></itemDefinition>" INPUT("a", "tPersons")
	  DECISION("d", NEEDS_INPUT("a") LITERAL("a[1].born.year")),
	  "{\"a\": {\"born\": \"1970-05-01\"}}", "1970" },
	{ "a type that is made of itself",
	  "<itemDefinition name='t'><typeRef>u</typeRef></itemDefinition><itemDefinition name='u'>"
	  "<typeRef>t</typeRef></itemDefinition>" INPUT("a", "t") DECISION("d", NEEDS_INPUT("a")
	  LITERAL("a")), "{\"a\": 1}", "1" },
	{ "a tree of itself",
	  "<itemDefinition name='t'><itemComponent name='v'><typeRef>number</typeRef></itemComponent>"
	  "<itemComponent name='next'><typeRef>t</typeRef></itemComponent></itemDefinition>"
	  INPUT("a", "t") DECISION("d", NEEDS_INPUT("a") LITERAL("a.next.v")),
	  "{\"a\": {\"v\": 1, \"next\": {\"v\": 2, \"next\": null}}}", "2" },
	{ "another language", DECISION("d", "<literalExpression expressionLanguage='juel'><text>${a}</text>"
	  "</literalExpression>"), NULL, "null" },
	{ "not FEEL", DECISION("d", LITERAL("1 +")), NULL, "null" },
};

static void test_run(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		tap_case(cases[i].name);
		dmn_check_value(ctx, cases[i].body, "d", cases[i].input, cases[i].value);
		dmn_check_memory(cases[i].body, "d", cases[i].input);
	}
	efile_ctx_free(ctx);
}

/* Messages name the decision that they are about. */
static void test_messages(void)
{
	efile_ctx *ctx = test_ctx();
	char *json = dmn_eval(ctx, DECISION("a", LITERAL("1 / 0")) DECISION("d", NEEDS("a") LITERAL("a")),
			      "d", NULL);

	TAP_OK(json && strstr(json, "\"messages\":[{\"decision\":\"a\",\"rule\":null,\"text\":\"line 1, "
				    "column 3: division by zero\"}]"));
	efile_free(json);
	json = dmn_eval(ctx, DECISION("a", LITERAL("1")) DECISION("b", LITERAL("2")), NULL, NULL);
	TAP_OK(json && strstr(json, "\"decision\":null,\"type\":\"context\",\"value\":{\"a\":1,\"b\":2}"));
	efile_free(json);
	efile_ctx_free(ctx);
}

static void test_refused(void)
{
	efile_ctx *ctx = test_ctx();
	efile_dmn *model = dmn_parse(ctx, DECISION("d", LITERAL("1")));
	efile_dmn_source bad = { "x.dmn", "<a/>", 4 };
	char *json = NULL;
	efile_dmn *none = NULL;
	efile_report *report = NULL;

	TAP_EQUAL_INT(efile_dmn_evaluate(&json, model, "x", NULL), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_dmn_evaluate(&json, model, "d", "[]"), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_dmn_evaluate(&json, model, "d", "{"), EFILE_E_FORMAT);
	TAP_EQUAL_INT(efile_dmn_evaluate(NULL, model, "d", "{}"), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_dmn_parse(&none, ctx, &bad, 1), EFILE_E_FORMAT);
	TAP_EQUAL_TEXT(efile_error_message(ctx), "not a decision model: the root is a");
	TAP_EQUAL_INT(efile_dmn_parse(&none, ctx, &bad, 0), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_dmn_check(&report, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_dmn_json(&json, NULL), EFILE_E_INVALID);
	TAP_OK(!json && !none && !report);
	TAP_EQUAL_INT(efile_dmn_json(&json, model), EFILE_OK);
	TAP_EQUAL_TEXT(json, "{\"schema\":\"efile.dmn_model.v1\",\"name\":\"m\",\"namespace\":\"urn:m\","
		       "\"nodes\":[{\"kind\":\"decision\",\"name\":\"d\",\"id\":\"d\",\"type\":null,"
		       "\"requires\":[]}]}");
	efile_free(json);
	efile_dmn_free(model);
	efile_dmn_free(NULL);
	efile_ctx_free(ctx);
}

static const char importing[] =
	"<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='main' namespace='urn:main'>"
	"<import name='rates' namespace='urn:rates' importType='x'/>"
	"<inputData id='a' name='a'><variable name='a' typeRef='rates.tRate'/></inputData>"
	"<decision id='d' name='d'><variable name='d'/>" NEEDS_INPUT("a")
	"<informationRequirement><requiredDecision href='urn:rates#r'/></informationRequirement>"
	"<knowledgeRequirement><requiredKnowledge href='urn:rates#f'/></knowledgeRequirement>"
	LITERAL("[rates.base rate, rates.f(a), a instance of rates.tRate]") "</decision></definitions>";
static const char imported[] =
	"<definitions xmlns='http://www.omg.org/spec/DMN/20180521/MODEL/' name='r' namespace='urn:rates'>"
	"<itemDefinition name='tRate'><typeRef>number</typeRef></itemDefinition>"
	"<inputData id='i' name='level'><variable name='level' typeRef='tRate'/></inputData>"
	"<decision id='r' name='base rate'><variable name='base rate'/>" NEEDS_INPUT("i")
	LITERAL("level + 1") "</decision>"
	"<businessKnowledgeModel id='f' name='f'><variable name='f'/><encapsulatedLogic>"
	"<formalParameter name='x'/>" LITERAL("x * 10") "</encapsulatedLogic></businessKnowledgeModel>"
	"</definitions>";

static void test_imports(void)
{
	efile_ctx *ctx = test_ctx();
	efile_dmn_source sources[] = { { "main.dmn", importing, strlen(importing) },
				       { "rates.dmn", imported, strlen(imported) } };
	efile_dmn *model = NULL;
	efile_report *report = NULL;

	TAP_EQUAL_INT(efile_dmn_parse(&model, ctx, sources, 2), EFILE_OK);
	dmn_check_json(model, "d", "{\"a\": 4, \"rates\": {\"level\": 1}}", "[2,40,true]");
	dmn_check_json(model, "d", "{\"a\": 4, \"urn:rates#level\": 2}", "[3,40,true]");
	efile_dmn_free(model);
	model = NULL;
	TAP_EQUAL_INT(efile_dmn_parse(&model, ctx, sources, 1), EFILE_OK);
	TAP_EQUAL_INT(efile_dmn_check(&report, model), EFILE_OK);
	TAP_EQUAL_TEXT(efile_report_finding(report, 0)->rule, "DMN-IMPORT");
	efile_report_free(report);
	dmn_check_json(model, "d", "{\"a\": 4}", "[null,null,null]");
	efile_dmn_free(model);
	efile_ctx_free(ctx);
}

/* A chain of thousands of decisions needs no stack. */
static void test_chain(void)
{
	enum { LENGTH = 3000 };
	efile_ctx *ctx = test_ctx();
	buf body = BUF_INIT;

	buf_add_text(&body, DECISION("d0", LITERAL("1")));
	for (int i = 1; i < LENGTH; i++)
		buf_add_format(&body, "<decision id='d%d' name='d%d'><variable name='d%d'/>"
			       "<informationRequirement><requiredDecision href='#d%d'/>"
			       "</informationRequirement>" LITERAL("d%d + 1") "</decision>", i, i, i, i - 1,
			       i - 1);
	dmn_check_value(ctx, buf_text(&body), "d2999", NULL, "3000");
	buf_clear(&body);
	efile_ctx_free(ctx);
}

static efile_status run_all(efile_ctx *ctx, void *arg)
{
	efile_dmn_source sources[] = { { "main.dmn", importing, strlen(importing) },
				       { "rates.dmn", imported, strlen(imported) } };
	efile_dmn *model = NULL;
	efile_report *report = NULL;
	char *json = NULL, *about = NULL;
	efile_status status = efile_dmn_parse(&model, ctx, sources, 2);

	(void)arg;
	if (status == EFILE_OK)
		status = efile_dmn_check(&report, model);
	if (status == EFILE_OK)
		status = efile_dmn_json(&about, model);
	if (status == EFILE_OK)
		status = efile_dmn_evaluate(&json, model, "d", "{\"a\": 4, \"rates\": {\"level\": 1}}");
	efile_free(json);
	efile_free(about);
	efile_report_free(report);
	efile_dmn_free(model);
	return status;
}

static void test_memory(void)
{
	TAP_OK(fail_each(run_all, NULL) > 50);
}

TAP_SUITE(decision_run) = {
	{ "decisions", test_run },
	{ "messages", test_messages },
	{ "what is refused", test_refused },
	{ "imports", test_imports },
	{ "a long chain", test_chain },
	{ "no memory", test_memory },
	TAP_END,
};
