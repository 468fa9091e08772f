/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decision tables: hit policies, cells, the index, and what can be found in a table before it runs. */
#include <stdlib.h>
#include <string.h>

#include "decision/model.h"
#include "decision_support.h"

/* A table with inputs a and b (numbers, texts) as rows "cell;cell;output|...". */
typedef struct table_spec {
	const char *head;       /* attributes of the table */
	const char *outputs;    /* output elements; NULL: one */
	const char *rows;
} table_spec;

static void add_cell(buf *out, const char *element, const char *text, size_t length)
{
	buf_add_format(out, "<%s><text>", element);
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '<')
			buf_add_text(out, "&lt;");
		else
			buf_add_char(out, text[i]);
	}
	buf_add_format(out, "</text></%s>", element);
}

static void add_rows(buf *out, const char *rows)
{
	while (*rows) {
		size_t row = strcspn(rows, "|"), at = 0;

		buf_add_text(out, "<rule>");
		for (int column = 0; at <= row; column++) {
			size_t length = strcspn(rows + at, ";|");

			add_cell(out, column < 2 ? "inputEntry" : "outputEntry", rows + at, length);
			at += length + 1;
			if (rows[at - 1] != ';')
				break;
		}
		buf_add_text(out, "</rule>");
		rows += row + (rows[row] == '|');
	}
}

static char *table_body(const table_spec *t)
{
	buf out = BUF_INIT;
	char *body = NULL;
	efile_ctx *ctx = test_ctx();

	buf_add_format(&out,
		       "<inputData id='a' name='a'><variable name='a'/></inputData>"
		       "<inputData id='b' name='b'><variable name='b'/></inputData>"
		       "<decision id='d' name='d'><variable name='d'/>"
		       "<informationRequirement><requiredInput href='#a'/></informationRequirement>"
		       "<informationRequirement><requiredInput href='#b'/></informationRequirement>"
		       "<decisionTable id='t' %s><input><inputExpression><text>a</text></inputExpression>"
		       "</input><input><inputExpression><text>b</text></inputExpression></input>%s",
		       t->head, t->outputs ? t->outputs : "<output/>");
	add_rows(&out, t->rows);
	buf_add_text(&out, "</decisionTable></decision>");
	buf_take(&body, &out, ctx);
	efile_ctx_free(ctx);
	return body;
}

#define ORDER "<output><outputValues><text>\"high\",\"middle\",\"low\"</text></outputValues></output>"
#define TWO                                                                                        \
	"<output name='x'><outputValues><text>2,1</text></outputValues></output>"                      \
	"<output name='y'><outputValues><text>\"b\",\"a\"</text></outputValues></output>"
#define DEFAULT                                                                                    \
	"<output><defaultOutputEntry><text>\"none\"</text></defaultOutputEntry></output>"

static const struct policy_case {
	const char *name;
	table_spec table;
	const char *input, *value;
} policies[] = {
	{ "unique", { "hitPolicy='UNIQUE'", NULL, "<5;-;1|>=5;-;2" }, "{\"a\":7}", "2" },
	{ "unique by default", { "", NULL, "<5;-;1|>=5;-;2" }, "{\"a\":1}", "1" },
	{ "unique, two hits", { "", NULL, "<5;-;1|<6;-;2" }, "{\"a\":1}", "null" },
	{ "unique, none", { "", NULL, "<5;-;1" }, "{\"a\":9}", "null" },
	{ "unique, none, default", { "", DEFAULT, "<5;-;\"x\"" }, "{\"a\":9}", "\"none\"" },
	{ "any, the same", { "hitPolicy='ANY'", NULL, "<5;-;1|<6;-;1" }, "{\"a\":1}", "1" },
	{ "any, not the same", { "hitPolicy='ANY'", NULL, "<5;-;1|<6;-;2" }, "{\"a\":1}", "null" },
	{ "first", { "hitPolicy='FIRST'", NULL, "<5;-;1|<6;-;2" }, "{\"a\":1}", "1" },
	{ "priority", { "hitPolicy='PRIORITY'", ORDER, "-;-;\"low\"|<5;-;\"high\"|-;-;\"middle\"" },
	  "{\"a\":1}", "\"high\"" },
	{ "priority, the next", { "hitPolicy='PRIORITY'", ORDER, "-;-;\"low\"|<5;-;\"high\"|-;-;\"middle\"" },
	  "{\"a\":6}", "\"middle\"" },
	{ "output order", { "hitPolicy='OUTPUT ORDER'", ORDER, "-;-;\"low\"|<5;-;\"high\"|-;-;\"middle\"" },
	  "{\"a\":1}", "[\"high\",\"middle\",\"low\"]" },
	{ "output order of several", { "hitPolicy='OUTPUT ORDER'", TWO,
				       "-;-;1;\"a\"|-;-;2;\"a\"|-;-;2;\"b\"" }, "{}",
	  "[{\"x\":2,\"y\":\"b\"},{\"x\":2,\"y\":\"a\"},{\"x\":1,\"y\":\"a\"}]" },
	{ "rule order", { "hitPolicy='RULE ORDER'", NULL, "-;-;3|<5;-;1|-;-;2" }, "{\"a\":1}", "[3,1,2]" },
	{ "collect", { "hitPolicy='COLLECT'", NULL, "-;-;3|<5;-;1|-;-;2" }, "{\"a\":9}", "[3,2]" },
	{ "sum", { "hitPolicy='COLLECT' aggregation='SUM'", NULL, "-;-;3.5|<5;-;1|-;-;2" }, "{\"a\":1}",
	  "6.5" },
	{ "least", { "hitPolicy='COLLECT' aggregation='MIN'", NULL, "-;-;3|<5;-;1|-;-;2" }, "{\"a\":1}",
	  "1" },
	{ "greatest", { "hitPolicy='COLLECT' aggregation='MAX'", NULL, "-;-;3|<5;-;1|-;-;2" },
	  "{\"a\":1}", "3" },
	{ "count", { "hitPolicy='COLLECT' aggregation='COUNT'", NULL, "-;-;3|<5;-;1|-;-;2" },
	  "{\"a\":1}", "3" },
	{ "count of none", { "hitPolicy='COLLECT' aggregation='COUNT'", NULL, "<5;-;1" }, "{\"a\":9}", "0" },
	{ "C+ as written on paper", { "hitPolicy='C+'", NULL, "-;-;3|-;-;4" }, "{}", "7" },
	{ "several outputs", { "", "<output name='x'/><output name='y z'/>", "-;-;1;\"q\"" }, "{}",
	  "{\"x\":1,\"y z\":\"q\"}" },
	{ "a value that the output does not allow", { "", ORDER, "-;-;\"higher\"" }, "{}", "null" },
	{ "a computed output", { "", NULL, "-;-;a * 2" }, "{\"a\":21}", "42" },
	{ "both inputs", { "", NULL, "[1..3];\"x\";1|[1..3];\"y\";2|(3..9];-;3" },
	  "{\"a\":3,\"b\":\"y\"}", "2" },
};

static void test_policies(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
		char *body = table_body(&policies[i].table);

		tap_case(policies[i].name);
		dmn_check_value(ctx, body, "d", policies[i].input, policies[i].value);
		free(body);
	}
	efile_ctx_free(ctx);
}

/* What a cell is compiled to, and what it says to a value. */
static const struct cell_case {
	const char *text;
	cell_kind kind;
	const char *number;     /* a number to try */
	int met;
} cells[] = {
	{ "-", CELL_ANY, "1", 1 },
	{ "", CELL_ANY, "1", 1 },
	{ "5", CELL_NUMBERS, "5.0", 1 },
	{ "-5", CELL_NUMBERS, "-5", 1 },
	{ "< 5", CELL_NUMBERS, "5", 0 },
	{ "<=5", CELL_NUMBERS, "5", 1 },
	{ "> -1.5", CELL_NUMBERS, "-1.4", 1 },
	{ "[1..3]", CELL_NUMBERS, "3", 1 },
	{ "(1..3)", CELL_NUMBERS, "1", 0 },
	{ "]1..3[", CELL_NUMBERS, "3", 0 },
	{ "1,2,[5..7]", CELL_NUMBERS, "6", 1 },
	{ "not(1,2)", CELL_NUMBERS, "2", 0 },
	{ "not ( [1..2] )", CELL_NUMBERS, "3", 1 },
	{ "\"a\",\"b\"", CELL_TEXTS, "1", -1 },
	{ "true", CELL_BOOLEAN, "1", -1 },
	{ "[3..1]", CELL_PROGRAM, "2", -1 },
	{ "\"a\\n\"", CELL_PROGRAM, "1", -1 },
	{ "1,\"a\"", CELL_PROGRAM, "1", -1 },
	{ "< b", CELL_PROGRAM, "1", -1 },
	{ "even(?)", CELL_PROGRAM, "2", -1 },
	{ "trueish", CELL_PROGRAM, "2", -1 },
	{ "5 days", CELL_PROGRAM, "5", -1 },
	{ "1..3", CELL_PROGRAM, "1", -1 },
};

static void test_cells(void)
{
	efile_ctx *ctx = test_ctx();
	pool p = { .ctx = ctx };

	for (size_t i = 0; i < ARRAY_SIZE(cells); i++) {
		expr_value value = { .kind = EXPR_NUMBER };
		cell c;

		memset(&c, 0, sizeof(c));
		tap_case(cells[i].text);
		TAP_EQUAL_INT(efile_decimal_parse(&value.as.number, cells[i].number, (size_t)-1), EFILE_OK);
		TAP_EQUAL_INT(dmn_cell_parse(&c, &p, cells[i].text), EFILE_OK);
		TAP_EQUAL_INT(c.kind, cells[i].kind);
		TAP_EQUAL_INT(dmn_cell_test(&c, &value), cells[i].met);
	}
	dmn_pool_clear(&p);
	efile_ctx_free(ctx);
}

/* A table of 40 rules has an index; it must say what a table of one rule each says. */
static void test_index(void)
{
	static const struct {
		const char *before, *between, *behind;
	} shapes[] = { { "[", "..", "]" }, { "(", "..", ")" }, { "> ", ",< -", "" },
		       { "not([", "..", "])" }, { "", ",", "" },
		       { "even(?) and ? > ", " and ? < ", "" } };
	static const char *const second[] = { "-", "\"x\"", "\"y\",\"z\"", "not(\"x\")", "null" };
	efile_ctx *ctx = test_ctx();
	buf rows = BUF_INIT, expected = BUF_INIT, input = BUF_INIT;
	table_spec t = { "hitPolicy='RULE ORDER'", NULL, NULL };
	efile_dmn *whole, *single[40];
	char *body;

	for (int i = 0; i < 40; i++) {
		buf row = BUF_INIT;

		buf_add_format(&row, "%s%d%s%d%s;%s;%d", shapes[i % 6].before, i, shapes[i % 6].between,
			       i + 1 + i % 7, shapes[i % 6].behind, second[i % 5], i);
		t.rows = buf_text(&row);
		body = table_body(&t);
		single[i] = dmn_parse(ctx, body);
		free(body);
		buf_add_format(&rows, "%s%s", i ? "|" : "", buf_text(&row));
		buf_clear(&row);
	}
	t.rows = buf_text(&rows);
	body = table_body(&t);
	whole = dmn_parse(ctx, body);
	free(body);
	for (int n = -90; n < 96; n++) {
		static const char *const texts[] = { "\"x\"", "\"z\"", "\"q\"", "null" };

		buf_reset(&input);
		buf_reset(&expected);
		buf_add_format(&input, "{\"a\": %d.%d, \"b\": %s}", n / 2, n % 2 ? 5 : 0, texts[(n + 90) % 4]);
		for (int i = 0; i < 40; i++) {
			char *json = NULL;

			TAP_EQUAL_INT(efile_dmn_evaluate(&json, single[i], "d", buf_text(&input)), EFILE_OK);
			if (strstr(json, "\"value\":["))
				buf_add_format(&expected, "%s%d", expected.length ? "," : "[", i);
			efile_free(json);
		}
		buf_add_text(&expected, expected.length ? "]" : "null");
		tap_case(buf_text(&input));
		dmn_check_json(whole, "d", buf_text(&input), buf_text(&expected));
	}
	for (int i = 0; i < 40; i++)
		efile_dmn_free(single[i]);
	efile_dmn_free(whole);
	buf_clear(&rows);
	buf_clear(&expected);
	buf_clear(&input);
	efile_ctx_free(ctx);
}

static void test_rule_named(void)
{
	efile_ctx *ctx = test_ctx_german();
	table_spec t = { "", NULL, "<5;-;1|<6;-;2" };
	char *body = table_body(&t), *json = dmn_eval(ctx, body, "d", "{\"a\":1}");

	TAP_OK(json && strstr(json, "\"decision\":\"d\",\"rule\":2,\"text\":\"die Regeln 1 und 2 treffen zu, "
				    "erlaubt ist nur eine\""));
	efile_free(json);
	free(body);
	efile_ctx_free(ctx);
}

/* ---- findings ---- */

static const struct finding_case {
	const char *name;
	table_spec table;
	const char *rule;       /* of the first finding; NULL: none */
	efile_severity severity;
	const char *actual;
} findings[] = {
	{ "complete", { "", NULL, "<5;-;1|>=5;-;2" }, NULL, 0, NULL },
	{ "a gap in the middle", { "", NULL, "<5;-;1|>5;-;2" }, "DMN-TABLE-GAP", EFILE_SEVERITY_WARNING,
	  "a = 5, b = -" },
	{ "a gap between intervals", { "", NULL, "<=5;-;1|>=6;-;2" }, "DMN-TABLE-GAP",
	  EFILE_SEVERITY_WARNING, "a = (5..6), b = -" },
	{ "a gap in two columns", { "", NULL, "<5;\"x\";1|>=5;-;2" }, "DMN-TABLE-GAP",
	  EFILE_SEVERITY_WARNING, "a = < 5, b = …" },
	{ "booleans", { "", NULL, "true;-;1|false;-;2" }, NULL, 0, NULL },
	{ "one boolean", { "", NULL, "true;-;1" }, "DMN-TABLE-GAP", EFILE_SEVERITY_WARNING,
	  "a = false, b = -" },
	{ "a default covers all", { "", DEFAULT, "<5;-;\"x\"" }, NULL, 0, NULL },
	{ "gaps are usual where lists are made", { "hitPolicy='COLLECT'", NULL, "<5;-;1" },
	  "DMN-TABLE-GAP", EFILE_SEVERITY_INFORMATION, "a = 5, b = -" },
	{ "what only FEEL knows is no gap", { "", NULL, "<5;-;1|? >= 5;-;2" }, NULL, 0, NULL },
	{ "overlap", { "", NULL, "<5;-;1|>=4;-;2" }, "DMN-TABLE-OVERLAP", EFILE_SEVERITY_ERROR,
	  "a = 4, b = -" },
	{ "overlap in texts", { "", NULL, "-;\"x\",\"y\";1|-;not(\"x\");2" }, "DMN-TABLE-OVERLAP",
	  EFILE_SEVERITY_ERROR, "a = -, b = \"y\"" },
	{ "told apart by the second column", { "", NULL, "<5;\"x\";1|<5;not(\"x\");2|>=5;-;3" }, NULL, 0,
	  NULL },
	{ "any, the same", { "hitPolicy='ANY'", NULL, "-;-;1|<5;-;1" }, NULL, 0, NULL },
	{ "any, a conflict", { "hitPolicy='ANY'", NULL, "-;-;1|<5;-;2" }, "DMN-TABLE-CONFLICT",
	  EFILE_SEVERITY_ERROR, "a = < 5, b = -" },
	{ "first, never reached", { "hitPolicy='FIRST'", NULL, "<5;-;1|<3;\"x\";2|-;-;3" },
	  "DMN-TABLE-MASKED", EFILE_SEVERITY_WARNING, "" },
	{ "no such policy", { "hitPolicy='BEST'", NULL, "-;-;1" }, "DMN-TABLE-POLICY",
	  EFILE_SEVERITY_ERROR, "BEST" },
	{ "priority without order", { "hitPolicy='PRIORITY'", NULL, "-;-;1" }, "DMN-TABLE-VALUES",
	  EFILE_SEVERITY_WARNING, "" },
	{ "a short rule", { "", NULL, "-;-" }, "DMN-TABLE-WIDTH", EFILE_SEVERITY_ERROR, "" },
	{ "a sum of several", { "hitPolicy='COLLECT' aggregation='SUM'", TWO, "-;-;1;\"a\"" },
	  "DMN-TABLE-AGGREGATION", EFILE_SEVERITY_ERROR, "" },
	{ "a cell that is no FEEL", { "", NULL, "< < 5;-;1|-;-;2" }, "DMN-FEEL", EFILE_SEVERITY_ERROR,
	  "< < 5" },
};

static void check_finding(efile_ctx *ctx, const char *body, const char *rule, efile_severity severity,
			  const char *actual)
{
	efile_dmn *model = dmn_parse(ctx, body);
	efile_report *report = NULL;
	const efile_finding *f;

	TAP_EQUAL_INT(efile_dmn_check(&report, model), EFILE_OK);
	f = efile_report_finding(report, 0);
	TAP_EQUAL_TEXT(f ? f->rule : NULL, rule);
	if (f && rule) {
		TAP_EQUAL_INT(f->severity, severity);
		if (actual)
			TAP_EQUAL_TEXT(f->actual, actual);
		TAP_EQUAL_TEXT(f->path, "test.dmn");
		TAP_OK(f->line > 0);
	}
	efile_report_free(report);
	efile_dmn_free(model);
}

static void test_findings(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(findings); i++) {
		char *body = table_body(&findings[i].table);

		tap_case(findings[i].name);
		check_finding(ctx, body, findings[i].rule, findings[i].severity, findings[i].actual);
		free(body);
	}
	efile_ctx_free(ctx);
}

static const struct broken_case {
	const char *name, *body, *rule;
	efile_severity severity;
} broken[] = {
	{ "a dangling requirement",
	  "<decision id='d' name='d'><informationRequirement><requiredDecision href='#x'/>"
	  "</informationRequirement></decision>", "DMN-REF", EFILE_SEVERITY_ERROR },
	{ "of the wrong kind",
	  "<inputData id='i' name='i'/><decision id='d' name='d'><informationRequirement><requiredDecision "
	  "href='#i'/></informationRequirement></decision>", "DMN-REF-KIND", EFILE_SEVERITY_ERROR },
	{ "a circle",
	  "<decision id='d' name='d'><informationRequirement><requiredDecision href='#d'/>"
	  "</informationRequirement></decision>", "DMN-CYCLE", EFILE_SEVERITY_ERROR },
	{ "an id twice", "<inputData id='i' name='a'/><inputData id='i' name='b'/>", "DMN-ID",
	  EFILE_SEVERITY_ERROR },
	{ "a name twice", "<inputData id='i' name='a'/><inputData id='k' name='a'/>", "DMN-NAME",
	  EFILE_SEVERITY_ERROR },
	{ "a type that is not there",
	  "<inputData id='i' name='a'><variable name='a' typeRef='tNone'/></inputData>", "DMN-TYPE",
	  EFILE_SEVERITY_WARNING },
	{ "a type made of itself", "<itemDefinition name='t'><typeRef>t</typeRef></itemDefinition>",
	  "DMN-TYPE-CYCLE", EFILE_SEVERITY_ERROR },
	{ "not FEEL",
	  "<decision id='d' name='d'><literalExpression><text>1 +</text></literalExpression></decision>",
	  "DMN-FEEL", EFILE_SEVERITY_ERROR },
	{ "another language",
	  "<decision id='d' name='d'><literalExpression expressionLanguage='groovy'><text>1</text>"
	  "</literalExpression></decision>", "DMN-LANGUAGE", EFILE_SEVERITY_ERROR },
	{ "no logic", "<decision id='d' name='d'/>", "DMN-LOGIC", EFILE_SEVERITY_INFORMATION },
	{ "an iterator without a variable",
	  "<decision id='d' name='d'><for><in><literalExpression><text>[1]</text></literalExpression></in>"
	  "<return><literalExpression><text>1</text></literalExpression></return></for></decision>",
	  "DMN-ITERATOR", EFILE_SEVERITY_ERROR },
	{ "a table without outputs",
	  "<decision id='d' name='d'><decisionTable><input><inputExpression><text>1</text>"
	  "</inputExpression></input></decisionTable></decision>", "DMN-TABLE-OUTPUT",
	  EFILE_SEVERITY_ERROR },
};

static void test_broken(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		tap_case(broken[i].name);
		check_finding(ctx, broken[i].body, broken[i].rule, broken[i].severity, NULL);
	}
	efile_ctx_free(ctx);
}

static efile_status use_table(efile_ctx *ctx, void *arg)
{
	efile_dmn_source source = { "t.dmn", arg, strlen(arg) };
	efile_dmn *model = NULL;
	efile_report *report = NULL;
	char *json = NULL;
	efile_status status = efile_dmn_parse(&model, ctx, &source, 1);

	if (status == EFILE_OK)
		status = efile_dmn_check(&report, model);
	if (status == EFILE_OK)
		status = efile_dmn_evaluate(&json, model, "d", "{\"a\": 3, \"b\": \"x\"}");
	efile_free(json);
	efile_report_free(report);
	efile_dmn_free(model);
	return status;
}

static void test_memory(void)
{
	table_spec t = { "hitPolicy='OUTPUT ORDER'", ORDER,
			 "1;-;\"low\"|2;-;\"low\"|3;-;\"low\"|4;-;\"low\"|<5;\"x\";\"high\"|6;-;\"low\"|"
			 "7;-;\"low\"|8;-;\"low\"|9;-;\"low\"|10;-;\"low\"|11;-;\"low\"|12;-;\"low\"|"
			 "13;-;\"low\"|14;-;\"low\"|15;-;\"low\"|16;-;\"low\"|a > 2;-;\"middle\"" };
	table_spec two = { "hitPolicy='UNIQUE'", ORDER, "3;-;\"low\"|3;-;\"high\"" };
	char *body = table_body(&t);
	buf text = BUF_INIT;

	buf_add_format(&text, "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' "
		       "namespace='urn:m'>%s</definitions>", body);
	TAP_OK(fail_each(use_table, (void *)(uintptr_t)buf_text(&text)) > 50);
	buf_reset(&text);
	free(body);
	/* Symptom: two rules fit where one may; without memory the warning was lost, and null came. */
	body = table_body(&two);
	buf_add_format(&text, "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' "
		       "namespace='urn:m'>%s</definitions>", body);
	TAP_OK(fail_each(use_table, (void *)(uintptr_t)buf_text(&text)) > 50);
	buf_clear(&text);
	free(body);
}

TAP_SUITE(decision_table) = {
	{ "hit policies", test_policies },
	{ "cells", test_cells },
	{ "the index", test_index },
	{ "messages name the rule", test_rule_named },
	{ "findings of tables", test_findings },
	{ "broken models", test_broken },
	{ "no memory", test_memory },
	TAP_END,
};
