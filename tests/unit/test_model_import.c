/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filing plans out of tables, the tables themselves, and the list of types. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/csv.h"
#include "unit/model_support.h"

/* ---- tables ---- */

static void test_tables(void)
{
	static const struct {
		const char *name, *text;
		int status;
		size_t rows, columns;
		size_t row, column;
		const char *cell;
		long line;
	} rows[] = {
		{ "commas", "a,b\n1,2\n", EFILE_OK, 2, 2, 1, 1, "2", 2 },
		{ "semicolons win where they are more", "a;b,c;d\n1;2;3", EFILE_OK, 2, 3, 1, 2, "3", 2 },
		{ "tabs", "a\tb\r\n1\t2\r\n", EFILE_OK, 2, 2, 1, 0, "1", 2 },
		{ "quoted", "a,b\n\"x, \"\"y\"\"\",2", EFILE_OK, 2, 2, 1, 0, "x, \"y\"", 2 },
		{ "a line in quotes", "a,b\n\"x\ny\",2\n3,4", EFILE_OK, 3, 2, 2, 1, "4", 4 },
		{ "separators in a quoted heading", "\"a;;;\",b\n1,2", EFILE_OK, 2, 2, 1, 1, "2", 2 },
		{ "a mark of the byte order", "\xEF\xBB\xBF" "a\n1", EFILE_OK, 2, 1, 0, 0, "a", 1 },
		{ "blank lines", "\n\na\n\n1\n\n", EFILE_OK, 2, 1, 1, 0, "1", 5 },
		{ "a short row", "a,b,c\n1", EFILE_OK, 2, 3, 1, 2, NULL, 2 },
		{ "an empty last cell", "a,b\n1,", EFILE_OK, 2, 2, 1, 1, "", 2 },
		{ "a quoted cell at the very end", "a,b\n1,\"2\"", EFILE_OK, 2, 2, 1, 1, "2", 2 },
		{ "nothing", "", EFILE_OK, 0, 0, 0, 0, NULL, 0 },
		{ "a long row", "a\n1,2", EFILE_E_FORMAT, 0, 0, 0, 0, NULL, 0 },
		{ "an open quote", "a\n\"1", EFILE_E_FORMAT, 0, 0, 0, 0, NULL, 0 },
		{ "an open quote at the end", "a\n\"", EFILE_E_FORMAT, 0, 0, 0, 0, NULL, 0 },
		{ "a doubled quote at the end", "a\n\"\"\"", EFILE_E_FORMAT, 0, 0, 0, 0, NULL, 0 },
		{ "text behind a quote", "a\n\"1\"x", EFILE_E_FORMAT, 0, 0, 0, 0, NULL, 0 },
		{ "no UTF-8", "a\n\xE4", EFILE_E_FORMAT, 0, 0, 0, 0, NULL, 0 },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(csv_table) t = CSV_NONE;

		tap_case(rows[i].name);
		if (!TAP_EQUAL_INT(csv_parse(&t, ctx, rows[i].text, strlen(rows[i].text)),
				   rows[i].status) || rows[i].status < 0)
			continue;
		TAP_EQUAL_INT(t.rows, rows[i].rows);
		TAP_EQUAL_INT(t.columns, rows[i].columns);
		if (rows[i].line) {
			TAP_EQUAL_TEXT(csv_cell(&t, rows[i].row, rows[i].column), rows[i].cell);
			TAP_EQUAL_INT(t.lines[rows[i].row], rows[i].line);
		}
	}
	efile_ctx_free(ctx);
}

static void test_table_width(void)
{
	efile_ctx *ctx = test_ctx();
	char text[2 * CSV_COLUMNS + 4];

	for (size_t width = CSV_COLUMNS; width <= CSV_COLUMNS + 1; width++) {
		AUTO(csv_table) t = CSV_NONE;

		memset(text, ',', width - 1);
		memcpy(text + width - 1, "x\n", 3);
		TAP_EQUAL_INT(csv_parse(&t, ctx, text, strlen(text)),
			      width == CSV_COLUMNS ? EFILE_OK : EFILE_E_FORMAT);
	}
	efile_ctx_free(ctx);
}

/* ---- plans ---- */

typedef struct outcome {
	efile_plan_import_counts counts;
	efile_report *report;
} outcome;

static efile_status import(outcome *o, efile_session *session, const char *text)
{
	AUTO_PTR(efile_reader) reader = NULL;

	*o = (outcome){ .report = NULL };
	TRY(efile_reader_from_memory(&reader, session_ctx(session), text, strlen(text)));
	return efile_plan_import(&o->report, &o->counts, session, reader);
}

static void test_import(void)
{
	static const char table[] =
		"Kennzeichen;Titel;Aufbewahrung;Fristbeginn;Aussonderung;Geheimhaltung;Muster;Gültig_ab;;\n"
		"30.1;Unterhalt;;;;;;;;x\n" /* before the unit that it lies below */
		"30;Straßen;15;jahresende;B;restricted;{plan.code}-{dossier:03};2026-01-01;;\n"
		"30.12;\"Winter; Dienst\";unbefristet;ereignis;A;;;;;\n"
		"40;Parks;0;zdA;V;open;;;;\n";
	static const char again[] = "code,title,retention\n30,Straßen und Wege,15\n30.1,Unterhalt,\n";
	AUTO_PTR(efile_plan) plan = NULL;
	AUTO_PTR(efile_plan) above = NULL;
	efile_plan_options said;
	registry r;
	outcome o;

	registry_setup(&r);
	TAP_EQUAL_INT(import(&o, r.town.admin, table), EFILE_OK);
	TAP_EQUAL_INT(efile_report_count(o.report), 0);
	TAP_EQUAL_INT(o.counts.created, 4);
	efile_report_free(o.report);
	TAP_EQUAL_INT(efile_plan_by_code(&plan, r.weber, "30.12"), EFILE_OK);
	efile_plan_options_of(plan, &said);
	TAP_EQUAL_TEXT(said.title, "Winter; Dienst");
	TAP_EQUAL_INT(said.retention_years, EFILE_RETENTION_UNLIMITED);
	TAP_EQUAL_INT(said.retention_start, EFILE_RETENTION_START_EVENT);
	TAP_EQUAL_INT(said.disposal, EFILE_DISPOSAL_KEEP);
	TAP_EQUAL_INT(efile_plan_load(&above, r.weber, efile_plan_parent(plan)), EFILE_OK);
	TAP_EQUAL_TEXT(efile_plan_code(above), "30"); /* 30.1 is not above 30.12 */
	efile_plan_options_of(above, &said);
	TAP_EQUAL_INT(said.confidentiality, 1);
	TAP_EQUAL_INT(said.valid_from.year, 2026);
	TAP_EQUAL_TEXT(said.pattern, "{plan.code}-{dossier:03}");

	/* What has no column stays; the rest of the plan too. */
	TAP_EQUAL_INT(import(&o, r.town.admin, again), EFILE_OK);
	TAP_EQUAL_INT(o.counts.created, 0);
	TAP_EQUAL_INT(o.counts.changed, 1);
	TAP_EQUAL_INT(o.counts.same, 1);
	efile_report_free(o.report);
	efile_plan_free(STEAL(above));
	TAP_EQUAL_INT(efile_plan_by_code(&above, r.weber, "30"), EFILE_OK);
	efile_plan_options_of(above, &said);
	TAP_EQUAL_TEXT(said.title, "Straßen und Wege");
	TAP_EQUAL_INT(said.disposal, EFILE_DISPOSAL_APPRAISE);
	registry_teardown(&r);
}

static void test_findings(void)
{
	static const struct {
		const char *name, *text, *rule;
		long line;
	} rows[] = {
		{ "no title", "code\n7\n", "PLAN-COLUMN", 1 },
		{ "an unknown column", "code,title,colour\n7,T,red\n", "PLAN-COLUMN", 1 },
		{ "a column twice", "code,title,Titel\n7,T,T\n", "PLAN-COLUMN", 1 },
		{ "nothing at all", "", "PLAN-COLUMN", 1 },
		{ "a bad number", "code,title,retention\n7,T,8\n71,T,-1\n", "PLAN-VALUE", 3 },
		{ "too many years", "code,title,retention\n7,T,1001\n", "PLAN-VALUE", 2 },
		{ "a bad start", "code,title,start\n7,T,monday\n", "PLAN-VALUE", 2 },
		{ "a bad disposal", "code,title,disposal\n7,T,X\n", "PLAN-VALUE", 2 },
		{ "a bad level", "code,title,confidentiality\n7,T,pink\n", "PLAN-VALUE", 2 },
		{ "a bad date", "code,title,valid_from\n7,T,2026-02-30\n", "PLAN-VALUE", 2 },
		{ "a bad last day", "code,title,valid_to\n7,T,x\n", "PLAN-VALUE", 2 },
		{ "a bad pattern", "code,title,pattern\n7,T,{x}\n", "PLAN-UNIT", 2 },
		{ "no such list", "code,title,access_list\n7,T,99\n", "PLAN-UNIT", 2 },
		{ "no title in a row", "code,title\n7,\n", "PLAN-UNIT", 2 },
		{ "no code in a row", "code,title\n,T\n", "PLAN-UNIT", 2 },
		{ "twice", "code,title\n7,T\n8,U\n7,V\n", "PLAN-UNIT", 4 },
		{ "nobody above", "code,title,parent\n7,T,99\n", "PLAN-PARENT", 2 },
		{ "a ring", "code,title,parent\n7,T,8\n8,U,7\n", "PLAN-PARENT", 2 },
		{ "moved", "code,title,parent\n10.24,T,20\n", "PLAN-PARENT", 2 },
	};
	registry r;

	registry_setup(&r);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_PTR(efile_plan) plan = NULL;
		const efile_finding *first;
		outcome o;

		tap_case(rows[i].name);
		if (!TAP_EQUAL_INT(import(&o, r.town.admin, rows[i].text), EFILE_OK))
			continue;
		first = efile_report_finding(o.report, 0);
		TAP_OK(first != NULL);
		if (first) {
			TAP_EQUAL_TEXT(first->rule, rows[i].rule);
			TAP_EQUAL_INT(first->line, rows[i].line);
		}
		TAP_EQUAL_INT(o.counts.created + o.counts.changed, 0);
		efile_report_free(o.report);
		TAP_EQUAL_INT(efile_plan_by_code(&plan, r.town.admin, "7"), EFILE_E_NOTFOUND);
	}
	TAP_EQUAL_INT(town_logged(&r.town, "plan.created", NULL), 3);
	registry_teardown(&r);
}

static void test_refusals(void)
{
	static const char table[] = "code,title\n7,T\n";
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO_PTR(efile_report) report = NULL;
	AUTO(buf) long_table = BUF_INIT;
	registry r;
	outcome o;

	registry_setup(&r);
	TAP_EQUAL_INT(import(&o, r.weber, table), EFILE_E_DENIED);
	TAP_EQUAL_INT(import(&o, r.town.admin, "a\n\"1"), EFILE_E_FORMAT);
	TAP_EQUAL_INT(efile_plan_import(&report, NULL, r.town.admin, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_reader_from_memory(&reader, r.town.ctx, table, 3), EFILE_OK);
	TAP_EQUAL_INT(efile_plan_import(NULL, NULL, r.town.admin, reader), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_plan_import(&report, NULL, NULL, reader), EFILE_E_INVALID);
	buf_add_text(&long_table, "code\n");
	for (int i = 0; i < 20000; i++)
		buf_add_text(&long_table, "1\n");
	TAP_EQUAL_INT(import(&o, r.town.admin, long_table.data), EFILE_E_LIMIT);
	registry_teardown(&r);
}

static efile_status import_once(efile_ctx *ctx, void *arg)
{
	outcome o;

	(void)ctx;
	TRY(import(&o, arg, "code;title;retention\n50;A;5\n50.1;\"B\";\n51;C;x\n"));
	efile_report_free(o.report);
	return EFILE_OK;
}

static void test_memory(void)
{
	registry r;

	registry_setup(&r);
	TAP_OK(fail_each(import_once, r.town.admin) > 20);
	registry_teardown(&r);
}

/* ---- the list of types ---- */

static void test_types(void)
{
	efile_doctype_cursor *cursor = NULL;
	efile_doctype type;
	registry r;

	registry_setup(&r);
	TAP_EQUAL_INT(efile_doctype_list(&cursor, r.weber, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_doctype_cursor_next(cursor, &type), EFILE_DONE);
	efile_doctype_cursor_free(cursor);
	TAP_EQUAL_INT(efile_doctype_define(r.town.admin, "notice", "Bescheid", NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_doctype_define(r.town.admin, "letter", "Brief", NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_doctype_list(&cursor, r.weber, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_doctype_cursor_next(cursor, &type), EFILE_OK);
	TAP_EQUAL_TEXT(type.name, "letter");
	TAP_EQUAL_TEXT(type.title, "Brief");
	TAP_EQUAL_INT(efile_doctype_cursor_next(cursor, &type), EFILE_OK);
	TAP_EQUAL_TEXT(type.name, "notice");
	TAP_EQUAL_INT(efile_doctype_cursor_next(cursor, &type), EFILE_DONE);
	efile_doctype_cursor_free(cursor);
	TAP_EQUAL_INT(efile_doctype_list(&cursor, r.weber, "letter"), EFILE_OK);
	TAP_EQUAL_INT(efile_doctype_cursor_next(cursor, &type), EFILE_OK);
	TAP_EQUAL_TEXT(type.name, "notice");
	TAP_EQUAL_INT(efile_doctype_cursor_next(NULL, &type), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_doctype_cursor_next(cursor, NULL), EFILE_E_INVALID);
	efile_doctype_cursor_free(cursor);
	efile_doctype_cursor_free(NULL);
	registry_teardown(&r);
}

const tap_test suite_model_import[] = {
	{ "tables", test_tables },
	{ "tables at the limit", test_table_width },
	{ "a plan is made and brought up to date", test_import },
	{ "what is wrong is named by its line, and nothing is written", test_findings },
	{ "refusals", test_refusals },
	{ "reports missing memory", test_memory },
	{ "types are listed", test_types },
	{ NULL, NULL },
};
