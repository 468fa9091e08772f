/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Boxed expressions (DMN 1.5, 10.2.2): the boxed form of an iterator or filter means what its text
 * means; functions of other languages; knowledge models and services that are asked themselves. */
#include <string.h>

#include "decision_support.h"

#define LITERAL(text) "<literalExpression><text>" text "</text></literalExpression>"
/* No FEEL can be made of it, so that it is walked as it is drawn. */
#define BOXED(text) "<context><contextEntry>" LITERAL(text) "</contextEntry></context>"
#define DECISION(name, body)                                                                       \
	"<decision id='" name "' name='" name "'><variable name='" name "'/>" body "</decision>"
#define FOR(in, value) "<for iteratorVariable='i'><in>" in "</in><return>" value "</return></for>"
#define SOME(in, value) "<some iteratorVariable='i'><in>" in "</in><satisfies>" value "</satisfies></some>"
#define EVERY(in, value) "<every iteratorVariable='i'><in>" in "</in><satisfies>" value "</satisfies></every>"
#define FILTER(in, value) "<filter><in>" in "</in><match>" value "</match></filter>"

/* ---- the boxed form and the text ---- */

static const struct {
	const char *boxed, *text;
} pairs[] = {
	{ FOR(BOXED("[1, 2]"), BOXED("i + 1")), "for i in [1, 2] return i + 1" },
	{ FOR(BOXED("7"), BOXED("i")), "for i in 7 return i" },
	{ FOR(BOXED("[1..3]"), BOXED("i * i")), "for i in [1..3] return i * i" },
	{ FOR(BOXED("[3..1]"), BOXED("i")), "for i in [3..1] return i" },
	{ FOR(BOXED("null"), BOXED("i")), "for i in null return i" },
	{ FOR(BOXED("[]"), BOXED("i")), "for i in [] return i" },
	{ SOME(BOXED("[1, 2, 3]"), BOXED("i > 2")), "some i in [1, 2, 3] satisfies i > 2" },
	{ SOME(BOXED("[1, 2, 3]"), BOXED("i > 3")), "some i in [1, 2, 3] satisfies i > 3" },
	{ SOME(BOXED("[]"), BOXED("i > 3")), "some i in [] satisfies i > 3" },
	{ SOME(BOXED("5"), BOXED("i > 3")), "some i in 5 satisfies i > 3" },
	{ SOME(BOXED("null"), BOXED("i > 3")), "some i in null satisfies i > 3" },
	{ EVERY(BOXED("[1, 2, 3]"), BOXED("i > 0")), "every i in [1, 2, 3] satisfies i > 0" },
	{ EVERY(BOXED("[1, 2, 3]"), BOXED("i > 1")), "every i in [1, 2, 3] satisfies i > 1" },
	{ EVERY(BOXED("null"), BOXED("i > 1")), "every i in null satisfies i > 1" },
	{ FILTER(BOXED("[1, 2, 3]"), BOXED("item > 1")), "[1, 2, 3][item > 1]" },
	{ FILTER(BOXED("[1, 2, 3]"), BOXED("2")), "[1, 2, 3][2]" },
	{ FILTER(BOXED("[1, 2, 3]"), BOXED("3")), "[1, 2, 3][3]" },
	{ FILTER(BOXED("[1, 2, 3]"), BOXED("4")), "[1, 2, 3][4]" },
	{ FILTER(BOXED("[1, 2, 3]"), BOXED("-3")), "[1, 2, 3][-3]" },
	{ FILTER(BOXED("[1, 2, 3]"), BOXED("-4")), "[1, 2, 3][-4]" },
	{ FILTER(BOXED("[1, 2, 3]"), BOXED("0")), "[1, 2, 3][0]" },
	{ FILTER(BOXED("[]"), BOXED("item > 1")), "[][item > 1]" },
	{ FILTER(BOXED("5"), BOXED("item > 1")), "5[item > 1]" },
	{ FILTER(BOXED("[{a: 1}, {a: 2}]"), BOXED("a = 2")), "[{a: 1}, {a: 2}][a = 2]" },
};

static void check_pair(efile_ctx *ctx, const char *boxed, const char *text)
{
	AUTO(buf) body = BUF_INIT;
	char *a, *b;

	buf_add_format(&body, DECISION("d", "%s"), boxed);
	a = dmn_eval(ctx, buf_text(&body), "d", NULL);
	dmn_check_memory(buf_text(&body), "d", NULL);
	buf_reset(&body);
	buf_add_format(&body, DECISION("d", "<literalExpression><text><![CDATA[%s]]></text></literalExpression>"),
		       text);
	b = dmn_eval(ctx, buf_text(&body), "d", NULL);
	/* The same value, and a message where the text has one; it names another place. */
	TAP_OK(a && b && strncmp(a, b, (size_t)(strstr(b, ",\"messages\":") - b)) == 0);
	TAP_EQUAL_INT(a && strstr(a, "\"messages\":[]") != NULL, b && strstr(b, "\"messages\":[]") != NULL);
	if (a && b && !strstr(b, "\"messages\":[]"))
		TAP_EQUAL_TEXT(a + strlen(a) - 25, b + strlen(b) - 25);
	efile_free(a);
	efile_free(b);
}

static void test_pairs(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		tap_case(pairs[i].text);
		check_pair(ctx, pairs[i].boxed, pairs[i].text);
	}
	tap_case(NULL);
	efile_ctx_free(ctx);
}

/* ---- functions ---- */

#define PARAMETER "<formalParameter name='x' typeRef='number'/>"
#define ENTRY(name, text) "<contextEntry><variable name='" name "'/>" LITERAL(text) "</contextEntry>"
#define JAVA(kind, class, method) "<functionDefinition kind='" kind "'>" PARAMETER "<context>"         \
	ENTRY("class", class) ENTRY("method signature", method) "</context></functionDefinition>"
#define CALLED(function, call) DECISION("d", "<context><contextEntry><variable name='f'/>" function    \
	"</contextEntry><contextEntry>" LITERAL(call) "</contextEntry></context>")

static const struct {
	const char *name, *body, *decision, *input, *value;
} rows[] = {
	{ "Java", CALLED(JAVA("Java", "\"java.lang.Math\"", "\"abs(double)\""), "f(-7)"), "d", NULL, "7" },
	{ "Java, by its letter", CALLED(JAVA("J", "\"java.lang.Math\"", "\"sqrt(double)\""), "f(49)"), "d", NULL, "7" },
	{ "another class of Java", CALLED(JAVA("Java", "\"java.lang.Runtime\"", "\"exit(int)\""), "f(7)"), "d", NULL,
	  "null" },
	{ "Java without a class", CALLED("<functionDefinition kind='Java'>" PARAMETER "<context>"
	  ENTRY("method signature", "\"abs(double)\"") "</context></functionDefinition>", "f(7)"), "d", NULL, "null" },
	{ "Java, its class no text", CALLED(JAVA("Java", "1", "\"abs(double)\""), "f(7)"), "d", NULL, "null" },
	{ "Java without its context", CALLED("<functionDefinition kind='Java'>" PARAMETER LITERAL("1")
	  "</functionDefinition>", "f(7)"), "d", NULL, "null" },
	{ "PMML", CALLED("<functionDefinition kind='PMML'>" PARAMETER LITERAL("1") "</functionDefinition>", "f(7)"),
	  "d", NULL, "null" },
	{ "PMML, by its letter", CALLED("<functionDefinition kind='P'>" PARAMETER LITERAL("1") "</functionDefinition>",
	  "f(7)"), "d", NULL, "null" },
	{ "FEEL, said", CALLED("<functionDefinition kind='FEEL'>" PARAMETER LITERAL("x") "</functionDefinition>",
	  "f(7)"), "d", NULL, "7" },
	{ "a function without a body", CALLED("<functionDefinition>" PARAMETER "</functionDefinition>", "f(7)"),
	  "d", NULL, "null" },
	{ "another language", DECISION("d", "<literalExpression expressionLanguage='http://www.ecma-international.org'>"
	  "<text>1</text></literalExpression>"), "d", NULL, "null" },
	{ "FEEL by its address", DECISION("d", "<literalExpression expressionLanguage="
	  "'https://www.omg.org/spec/DMN/20230324/FEEL/'><text>1</text></literalExpression>"), "d", NULL, "1" },
	{ "no text at all", DECISION("d", "<literalExpression/>"), "d", NULL, "null" },
	{ "an empty entry", DECISION("d", "<context><contextEntry><variable name='a'/></contextEntry></context>"),
	  "d", NULL, "{\"a\":null}" },
};

#define SQUARE "<businessKnowledgeModel id='f' name='square'><variable name='square'/><encapsulatedLogic>" \
	"<formalParameter name='x' typeRef='number'/>" LITERAL("x * x")                                    \
	"</encapsulatedLogic></businessKnowledgeModel>"
#define INPUT "<inputData id='a' name='a'><variable name='a' typeRef='number'/></inputData>"
#define NEEDS "<informationRequirement><requiredInput href='#a'/></informationRequirement>"               \
	"<informationRequirement><requiredDecision href='#b'/></informationRequirement>"
#define SERVICE INPUT DECISION("b", LITERAL("1")) DECISION("inner", NEEDS LITERAL("a - b"))               \
	"<decisionService id='s' name='s'><variable name='s'/><outputDecision href='#inner'/>"              \
	"<inputDecision href='#b'/><inputData href='#a'/></decisionService>"

/* Asked by name, its parameters are taken from the input. */
static const struct {
	const char *name, *body, *decision, *input, *value;
} asked[] = {
	{ "knowledge", SQUARE, "square", "{\"x\": 7}", "49" },
	{ "a number as text", SQUARE, "square", "{\"x\": \"7\"}", "49" },
	{ "without its parameter", SQUARE, "square", "{}", "null" },
	{ "by its id", SQUARE, "f", "{\"x\": 2}", "4" },
	{ "without logic", "<businessKnowledgeModel id='g' name='g'><variable name='g'/></businessKnowledgeModel>",
	  "g", "{}", "null" },
	{ "a service", SERVICE, "s", "{\"a\": 10, \"b\": 3}", "7" },
	{ "a service makes what is not given", SERVICE, "s", "{\"a\": 10}", "9" },
	{ "a service without its data", SERVICE, "s", "{\"b\": 1}", "null" },
};

static void test_functions(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tap_case(rows[i].name);
		dmn_check_value(ctx, rows[i].body, rows[i].decision, rows[i].input, rows[i].value);
		dmn_check_memory(rows[i].body, rows[i].decision, rows[i].input);
	}
	tap_case(NULL);
	efile_ctx_free(ctx);
}

static void test_asked(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(asked); i++) {
		tap_case(asked[i].name);
		dmn_check_value(ctx, asked[i].body, asked[i].decision, asked[i].input, asked[i].value);
		dmn_check_memory(asked[i].body, asked[i].decision, asked[i].input);
	}
	tap_case(NULL);
	efile_ctx_free(ctx);
}

TAP_SUITE(decision_boxed) = {
	{ "the boxed form means what the text means", test_pairs },
	{ "functions", test_functions },
	{ "knowledge and services, asked by name", test_asked },
	TAP_END,
};
