/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The registry at its limits and one above, and what the log says of each change. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/pattern.h"
#include "search/search.h"
#include "unit/model_support.h"

/* ---- texts and names ---- */

static efile_status file(registry *r, const char *title, const char *sender)
{
	efile_document_options o;

	efile_document_options_init(&o);
	o.title = title;
	o.sender = sender;
	return efile_case_add_document(NULL, r->weber, r->case_id, NULL, &o);
}

static void test_texts(void)
{
	static char text[10002];
	registry r;

	registry_setup(&r);
	for (size_t length = 10000; length <= 10001; length++) {
		efile_status expected = length == 10000 ? EFILE_OK : EFILE_E_LIMIT;

		memset(text, 'x', length);
		TAP_EQUAL_INT(file(&r, text, NULL), expected);
		TAP_EQUAL_INT(file(&r, "T", text), expected);
		TAP_EQUAL_INT(efile_doctype_define(r.town.admin, "a", text, NULL), expected);
	}
	TAP_EQUAL_TEXT(efile_error_message(r.town.ctx), "title is longer than 10000 bytes");
	text[65] = '\0';
	TAP_EQUAL_INT(efile_doctype_define(r.town.admin, text, "T", NULL), EFILE_E_INVALID);
	text[64] = '\0';
	TAP_EQUAL_INT(efile_doctype_define(r.town.admin, text, "T", NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_doctype_define(r.town.admin, "aA09_-.", "T", NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_doctype_define(r.town.admin, "zZ", "T", NULL), EFILE_OK);
	registry_teardown(&r);
}

/* The characters beside those that a name may have. */
static void test_names(void)
{
	static const char *const refused[] = { "", "a/b", "a:b", "a@b", "a[b", "a`b", "a{b", "a,b", "ä", "a b" };
	registry r;

	registry_setup(&r);
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		tap_case(refused[i]);
		TAP_EQUAL_INT(efile_doctype_define(r.town.admin, refused[i], "T", NULL), EFILE_E_INVALID);
	}
	tap_case(NULL);
	registry_teardown(&r);
}

static efile_status dossier_called(registry *r, const char *reference)
{
	efile_node_options o;

	efile_node_options_init(&o);
	o.title = "Akte";
	o.reference = reference;
	return efile_dossier_create(NULL, r->weber, r->unit, &o);
}

static void test_references(void)
{
	char text[257];
	registry r;

	registry_setup(&r);
	memset(text, 'x', sizeof(text));
	text[256] = '\0';
	TAP_EQUAL_INT(dossier_called(&r, text), EFILE_E_LIMIT);
	text[255] = '\0';
	TAP_EQUAL_INT(dossier_called(&r, text), EFILE_OK);
	TAP_EQUAL_INT(dossier_called(&r, text), EFILE_E_EXISTS);
	TAP_EQUAL_INT(dossier_called(&r, " \t "), EFILE_E_INVALID);
	registry_teardown(&r);
}

/* ---- levels, media ---- */

static efile_status filed_with(registry *r, int level, int medium)
{
	efile_document_options o;

	efile_document_options_init(&o);
	o.title = "Brief";
	o.confidentiality = level;
	o.medium = (efile_medium)medium;
	return efile_case_add_document(NULL, r->chief, r->case_id, NULL, &o);
}

static void test_levels(void)
{
	registry r;

	registry_setup(&r);
	for (int level = -2; level <= 5; level++)
		TAP_EQUAL_INT(filed_with(&r, level, EFILE_MEDIUM_ELECTRONIC),
			      level < -1 || level > 4 ? EFILE_E_INVALID : EFILE_OK);
	for (int medium = EFILE_MEDIUM_ELECTRONIC - 1; medium <= EFILE_MEDIUM_HYBRID + 1; medium++)
		TAP_EQUAL_INT(filed_with(&r, -1, medium),
			      medium < EFILE_MEDIUM_ELECTRONIC || medium > EFILE_MEDIUM_HYBRID ?
				      EFILE_E_INVALID : EFILE_OK);
	registry_teardown(&r);
}

static efile_status rendition(registry *r, efile_document_id id, int role)
{
	AUTO_PTR(efile_reader) content = NULL;

	TRY(efile_reader_from_memory(&content, r->town.ctx, "x", 1));
	return efile_document_add_rendition(r->weber, id, 0, (efile_role)role, content, "text/plain", "x");
}

/* Each role once, signatures as often as there are any; the original is none. */
static void test_roles(void)
{
	efile_document_id id;
	registry r;

	registry_setup(&r);
	id = registry_document(&r, r.case_id, "Brief", NULL, 0);
	for (int twice = 0; twice < 2; twice++)
		for (int role = EFILE_ROLE_ORIGINAL - 1; role <= EFILE_ROLE_SIGNATURE + 1; role++)
			TAP_EQUAL_INT(rendition(&r, id, role),
				      role < EFILE_ROLE_TEXT || role > EFILE_ROLE_SIGNATURE ? EFILE_E_INVALID :
				      twice && role != EFILE_ROLE_SIGNATURE ? EFILE_E_EXISTS : EFILE_OK);
	registry_teardown(&r);
}

/* ---- patterns of reference numbers ---- */

static void test_pattern(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(buf) text = BUF_INIT;
	pattern p;

	buf_add_text(&text, "{dossier}");
	for (int i = 0; i < 31; i++)
		buf_add_text(&text, "{yy}");
	TAP_EQUAL_INT(pattern_parse(&p, ctx, buf_text(&text)), EFILE_OK);
	TAP_EQUAL_INT(p.count, 32);
	buf_add_text(&text, "x");
	TAP_EQUAL_INT(pattern_parse(&p, ctx, buf_text(&text)), EFILE_E_INVALID);
	TAP_EQUAL_TEXT(efile_error_message(ctx), "pattern of reference numbers: too many parts at \"x\"");
	TAP_EQUAL_INT(pattern_parse(&p, ctx, "{dossier}#7"), EFILE_E_INVALID);
	TAP_EQUAL_TEXT(efile_error_message(ctx), "pattern of reference numbers: character not allowed at \"#7\"");
	efile_ctx_free(ctx);
}

/* ---- the plan ---- */

static efile_plan_id unit_with(registry *r, efile_plan_id parent, const char *code, int n)
{
	AUTO_PTR(efile_plan) p = NULL;
	efile_plan_options o;

	efile_plan_options_init(&o);
	o.parent = parent;
	o.code = code;
	o.title = "T";
	if (n) {
		o.retention_years = n;
		o.retention_start = (efile_retention_start)n;
		o.disposal = (efile_disposal)n;
		o.confidentiality = n;
		o.access_list = n == 1 ? r->list : r->closed_list;
		o.pattern = n == 1 ? "{dossier}-1" : "{dossier}-2";
	}
	if (!TAP_EQUAL_INT(efile_plan_create(&p, r->town.admin, &o), EFILE_OK))
		return (efile_plan_id){ EFILE_ID_NONE };
	return efile_plan_unit_id(p);
}

static void check_rules(registry *r, efile_plan_id unit, efile_plan_id from, int n)
{
	efile_plan_rules rules;

	TAP_EQUAL_INT(efile_plan_effective(&rules, r->town.admin, unit), EFILE_OK);
	TAP_EQUAL_INT(rules.retention_years, n);
	TAP_EQUAL_INT(rules.retention_start, n);
	TAP_EQUAL_INT(rules.disposal, n);
	TAP_EQUAL_INT(rules.confidentiality, n);
	TAP_EQUAL_INT(rules.access_list, n == 1 ? r->list : r->closed_list);
	TAP_EQUAL_TEXT(rules.pattern, n == 1 ? "{dossier}-1" : "{dossier}-2");
	TAP_EQUAL_INT(id_compare(&rules.retention_years_from.id, &from.id), 0);
	TAP_EQUAL_INT(id_compare(&rules.retention_start_from.id, &from.id), 0);
	TAP_EQUAL_INT(id_compare(&rules.disposal_from.id, &from.id), 0);
	TAP_EQUAL_INT(id_compare(&rules.confidentiality_from.id, &from.id), 0);
	TAP_EQUAL_INT(id_compare(&rules.access_list_from.id, &from.id), 0);
	TAP_EQUAL_INT(id_compare(&rules.pattern_from.id, &from.id), 0);
}

/* Of two units above that both say something, the nearer one holds. */
static void test_nearest_rules(void)
{
	efile_plan_id top, middle, leaf;
	registry r;

	registry_setup(&r);
	top = unit_with(&r, (efile_plan_id){ EFILE_ID_NONE }, "7", 1);
	middle = unit_with(&r, top, "7.1", 2);
	leaf = unit_with(&r, middle, "7.1.1", 0);
	check_rules(&r, top, top, 1);
	check_rules(&r, middle, middle, 2);
	check_rules(&r, leaf, middle, 2);
	registry_teardown(&r);
}

static efile_status plan_of(registry *r, const efile_plan_options *o)
{
	efile_plan_options mine = *o;

	mine.code = mine.code ? mine.code : "7";
	mine.title = "T";
	return efile_plan_create(NULL, r->town.admin, &mine);
}

static void test_plan_limits(void)
{
	char code[102];
	efile_plan_options o;
	registry r;

	registry_setup(&r);
	TAP_EQUAL_INT(efile_batch_begin(r.town.store), EFILE_OK);
	efile_plan_options_init(&o);
	memset(code, '7', sizeof(code));
	code[101] = '\0';
	o.code = code;
	TAP_EQUAL_INT(plan_of(&r, &o), EFILE_E_INVALID);
	code[100] = '\0';
	for (o.retention_years = -3; o.retention_years <= 1; o.retention_years++, code[0]--)
		TAP_EQUAL_INT(plan_of(&r, &o), o.retention_years < -2 ? EFILE_E_INVALID : EFILE_OK);
	for (o.retention_years = 1000; o.retention_years <= 1001; o.retention_years++, code[1]--)
		TAP_EQUAL_INT(plan_of(&r, &o), o.retention_years > 1000 ? EFILE_E_INVALID : EFILE_OK);
	o.retention_years = 1;
	for (int n = -1; n <= 4; n++, code[2]--) {
		o.retention_start = (efile_retention_start)n;
		TAP_EQUAL_INT(plan_of(&r, &o), n < 0 || n > 3 ? EFILE_E_INVALID : EFILE_OK);
	}
	o.retention_start = EFILE_RETENTION_START_INHERITED;
	for (int n = -1; n <= 4; n++, code[3]--) {
		o.disposal = (efile_disposal)n;
		TAP_EQUAL_INT(plan_of(&r, &o), n < 0 || n > 3 ? EFILE_E_INVALID : EFILE_OK);
	}
	TAP_EQUAL_INT(efile_batch_commit(r.town.store), EFILE_OK);
	registry_teardown(&r);
}

static efile_status import(registry *r, const char *table)
{
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO_PTR(efile_report) report = NULL;
	efile_plan_import_counts counts;

	TRY(efile_reader_from_memory(&reader, r->town.ctx, table, strlen(table)));
	TRY(efile_plan_import(&report, &counts, r->town.admin, reader));
	for (size_t i = 0; i < efile_report_count(report); i++)
		printf("# %s\n", efile_report_finding(report, i)->message);
	return efile_report_count(report) ? EFILE_E_FORMAT : EFILE_OK;
}

/* What a unit says, as one text; the column at `without` left out. */
static char *said(registry *r, int without)
{
	AUTO_PTR(efile_plan) p = NULL;
	AUTO(buf) text = BUF_INIT;
	efile_plan_options o;
	char date[EFILE_DATE_TEXT_SIZE];

	TAP_EQUAL_INT(efile_plan_by_code(&p, r->town.admin, "7"), EFILE_OK);
	efile_plan_options_of(p, &o);
	buf_add_format(&text, "%s ", without == 0 ? "" : efile_date_format(o.valid_from, date));
	buf_add_format(&text, "%s ", without == 1 ? "" : efile_date_format(o.valid_to, date));
	buf_add_format(&text, "%d %d %d %d %lld %s", without == 2 ? 0 : (int)o.retention_years,
		       without == 3 ? 0 : (int)o.retention_start, without == 4 ? 0 : (int)o.disposal,
		       without == 5 ? 0 : (int)o.confidentiality, without == 6 ? 0LL : (long long)o.access_list,
		       without == 7 ? "" : o.pattern ? o.pattern : "-");
	return strdup(buf_text(&text));
}

static bool says_nothing(registry *r, int column)
{
	AUTO_PTR(efile_plan) p = NULL;
	efile_plan_options o;

	TAP_EQUAL_INT(efile_plan_by_code(&p, r->town.admin, "7"), EFILE_OK);
	efile_plan_options_of(p, &o);
	switch (column) {
	case 0: return date_none(o.valid_from);
	case 1: return date_none(o.valid_to);
	case 2: return o.retention_years == EFILE_RETENTION_INHERITED;
	case 3: return o.retention_start == EFILE_RETENTION_START_INHERITED;
	case 4: return o.disposal == EFILE_DISPOSAL_INHERITED;
	case 5: return o.confidentiality == EFILE_CONFIDENTIALITY_INHERITED;
	case 6: return o.access_list == 0;
	default: return o.pattern == NULL;
	}
}

/* An empty cell takes back what the unit said; what has no column stays. */
static void test_import_columns(void)
{
	static const char *const columns[] = { "valid_from", "valid_to", "retention", "start", "disposal",
					       "confidentiality", "access_list", "pattern" };
	AUTO(buf) full = BUF_INIT;
	registry r;

	registry_setup(&r);
	buf_add_format(&full, "code,title,valid_from,valid_to,retention,start,disposal,confidentiality,access_list,"
		       "pattern\n7,T,2026-01-01,2030-12-31,1000,event,V,restricted,%lld,{dossier}-7\n",
		       (long long)r.list);
	for (int i = 0; i < (int)ARRAY_SIZE(columns); i++) {
		AUTO_PTR(char) before = NULL;
		AUTO_PTR(char) after = NULL;
		AUTO(buf) table = BUF_INIT;

		tap_case(columns[i]);
		TAP_EQUAL_INT(import(&r, buf_text(&full)), EFILE_OK);
		TAP_OK(!says_nothing(&r, i));
		before = said(&r, i);
		buf_add_format(&table, "code,title,%s\n7,T,\n", columns[i]);
		TAP_EQUAL_INT(import(&r, buf_text(&table)), EFILE_OK);
		TAP_OK(says_nothing(&r, i));
		after = said(&r, i);
		TAP_EQUAL_TEXT(after, before);
	}
	tap_case(NULL);
	registry_teardown(&r);
}

/* ---- types ---- */

static efile_status define_list(registry *r, int fields)
{
	AUTO(buf) text = BUF_INIT;

	buf_add_text(&text, "{\"fields\":[");
	for (int i = 0; i < fields; i++)
		buf_add_format(&text, "%s{\"name\":\"f%d\"}", i ? "," : "", i);
	buf_add_text(&text, "]}");
	return efile_doctype_define(r->town.admin, "list", "T", buf_text(&text));
}

#define XSD_OPEN "{\"xsd\":\"<s:schema xmlns:s='http://www.w3.org/2001/XMLSchema'><s:element name='a'>" \
		 "<s:complexType><s:sequence>"
#define XSD_CLOSE "</s:sequence></s:complexType></s:element>"

static efile_status define_schema(registry *r, int fields)
{
	AUTO(buf) text = BUF_INIT;

	buf_add_text(&text, XSD_OPEN);
	for (int i = 0; i < fields; i++)
		buf_add_format(&text, "<s:element name='f%d' type='s:string'/>", i);
	buf_add_text(&text, XSD_CLOSE "</s:schema>\"}");
	return efile_doctype_define(r->town.admin, "schema", "T", buf_text(&text));
}

/* A field of the type t1, which restricts t2 and so on; the last one restricts an integer. */
static efile_status define_chain(registry *r, int types)
{
	AUTO(buf) text = BUF_INIT;

	buf_add_text(&text, XSD_OPEN "<s:element name='n' type='t1'/>" XSD_CLOSE);
	for (int i = 1; i <= types; i++) {
		buf_add_format(&text, "<s:simpleType name='t%d'><s:restriction base='", i);
		if (i < types)
			buf_add_format(&text, "t%d'/></s:simpleType>", i + 1);
		else
			buf_add_text(&text, "s:integer'/></s:simpleType>");
	}
	buf_add_text(&text, "</s:schema>\"}");
	return efile_doctype_define(r->town.admin, "chain", "T", buf_text(&text));
}

static bool is_integer(registry *r)
{
	AUTO_PTR(char) text = NULL;

	TAP_EQUAL_INT(efile_doctype_load(&text, r->weber, "chain"), EFILE_OK);
	return text && strstr(text, "\"datatype\":\"integer\"");
}

static void test_types(void)
{
	registry r;

	registry_setup(&r);
	TAP_EQUAL_INT(define_list(&r, 500), EFILE_OK);
	TAP_EQUAL_INT(define_list(&r, 501), EFILE_E_LIMIT);
	TAP_EQUAL_INT(define_schema(&r, 500), EFILE_OK);
	TAP_EQUAL_INT(define_schema(&r, 501), EFILE_E_LIMIT);
	TAP_EQUAL_INT(define_chain(&r, 200), EFILE_OK);
	TAP_EQUAL_INT(define_chain(&r, 201), EFILE_E_LIMIT);
	TAP_EQUAL_INT(define_chain(&r, 20), EFILE_OK); /* as far as a datatype is looked for */
	TAP_OK(is_integer(&r));
	TAP_EQUAL_INT(define_chain(&r, 21), EFILE_OK);
	TAP_OK(!is_integer(&r));
	registry_teardown(&r);
}

static const struct {
	const char *field;   /* beside its name */
	const char *value;
	efile_status defined, filed;
} field_rows[] = {
	{ "\"length\":3", "äöü", EFILE_OK, EFILE_OK },
	{ "\"length\":3", "äöüx", EFILE_OK, EFILE_E_INVALID },
	{ "\"length\":0", "äöüx", EFILE_OK, EFILE_OK },
	{ "\"length\":1000000", "x", EFILE_OK, EFILE_OK },
	{ "\"length\":1000001", NULL, EFILE_E_INVALID, 0 },
	{ "\"length\":-1", NULL, EFILE_E_INVALID, 0 },
	{ "\"min\":2,\"max\":2", "x", EFILE_OK, EFILE_E_INVALID },
	{ "\"min\":2,\"max\":1", NULL, EFILE_E_INVALID, 0 },
	{ "\"min\":2,\"max\":null", NULL, EFILE_OK, 0 },
	{ "\"min\":\"1\"", NULL, EFILE_E_INVALID, 0 },
	{ "\"datatype\":\"number\"", NULL, EFILE_E_INVALID, 0 },
	{ "\"datatype\":1", NULL, EFILE_E_INVALID, 0 },
	{ "\"codes\":\"a\"", NULL, EFILE_E_INVALID, 0 },
	{ "\"codes\":[\"a\",1]", NULL, EFILE_E_INVALID, 0 },
	{ "\"codes\":[\"a\",\"b\"]", "b", EFILE_OK, EFILE_OK },
	{ "\"codes\":[\"a\",\"b\"]", "c", EFILE_OK, EFILE_E_INVALID },
	{ "\"codes\":[\"a\",\"b\"]", "B", EFILE_OK, EFILE_E_INVALID },
	{ "\"pattern\":\"[0-9]+\"", "17", EFILE_OK, EFILE_OK },
	{ "\"pattern\":\"[0-9]+\"", "17a", EFILE_OK, EFILE_E_INVALID },
	{ "\"pattern\":\"[0-9]+\"", "a17", EFILE_OK, EFILE_E_INVALID },
	{ "\"pattern\":\"[\"", NULL, EFILE_E_INVALID, 0 },
	{ "\"datatype\":\"integer\"", "999999999999999999", EFILE_OK, EFILE_OK },
	{ "\"datatype\":\"integer\"", "-0000999999999999999999", EFILE_OK, EFILE_OK },
	{ "\"datatype\":\"integer\"", "1000000000000000000", EFILE_OK, EFILE_E_INVALID },
	{ "\"datatype\":\"integer\"", "-", EFILE_OK, EFILE_E_INVALID },
	{ "\"datatype\":\"boolean\"", "false", EFILE_OK, EFILE_OK },
	{ "\"datatype\":\"boolean\"", "0", EFILE_OK, EFILE_E_INVALID },
	{ "\"datatype\":\"time\"", "2026-03-02T08:00:00Z", EFILE_OK, EFILE_OK },
	{ "\"datatype\":\"time\"", "2026-03-02", EFILE_OK, EFILE_E_INVALID },
};

static efile_status file_value(registry *r, const char *value)
{
	efile_attribute attribute = { .name = "f", .value = value };
	efile_document_options o;

	efile_document_options_init(&o);
	o.title = "Brief";
	o.doctype = "field";
	o.attributes = &attribute;
	o.attribute_count = 1;
	return efile_case_add_document(NULL, r->weber, r->case_id, NULL, &o);
}

static void test_fields(void)
{
	registry r;

	registry_setup(&r);
	for (size_t i = 0; i < ARRAY_SIZE(field_rows); i++) {
		AUTO(buf) text = BUF_INIT;

		tap_case(field_rows[i].field);
		buf_add_format(&text, "{\"fields\":[{\"name\":\"f\",%s}]}", field_rows[i].field);
		TAP_EQUAL_INT(efile_doctype_define(r.town.admin, "field", "T", buf_text(&text)),
			      field_rows[i].defined);
		if (field_rows[i].value)
			TAP_EQUAL_INT(file_value(&r, field_rows[i].value), field_rows[i].filed);
	}
	tap_case(NULL);
	registry_teardown(&r);
}

/* Symptom: what stands in the fields of a document only was never found. */
static void test_values_are_found(void)
{
	static const efile_attribute values[] = { { .name = "site", .value = "Flurstück" },
						  { .name = "kind", .value = "Garage" } };
	AUTO_PTR(efile_document) d = NULL;
	efile_document_options o;
	registry r;

	registry_setup(&r);
	TAP_EQUAL_INT(efile_doctype_define(r.town.admin, "permit", "T",
					   "{\"fields\":[{\"name\":\"site\"},{\"name\":\"kind\"}]}"), EFILE_OK);
	efile_document_options_init(&o);
	o.title = "Bescheid";
	o.doctype = "permit";
	o.attributes = values;
	o.attribute_count = 2;
	TAP_EQUAL_INT(efile_case_add_document(&d, r.weber, r.case_id, NULL, &o), EFILE_OK);
	for (size_t i = 0; i < 2; i++) {
		efile_search_cursor *cursor = NULL;
		efile_hit hit;

		tap_case(values[i].value);
		TAP_EQUAL_INT(efile_search(&cursor, r.weber, values[i].value, NULL), EFILE_OK);
		TAP_EQUAL_INT(efile_search_cursor_next(cursor, &hit), EFILE_OK);
		TAP_EQUAL_TEXT(hit.title, "Bescheid");
		TAP_EQUAL_INT(efile_search_cursor_next(cursor, &hit), EFILE_DONE);
		efile_search_cursor_free(cursor);
	}
	tap_case(NULL);
	registry_teardown(&r);
}

/* ---- counts ---- */

static void check_counts(efile_session *s, efile_case_id id, int expected)
{
	efile_node_counts counts;

	TAP_EQUAL_INT(efile_node_count(&counts, s, id.id), EFILE_OK);
	TAP_EQUAL_INT(counts.documents, expected);
}

/* "1000" says: a thousand or more. With one hidden among them they are counted one by one. */
static void test_counts(void)
{
	registry r;

	registry_setup(&r);
	TAP_EQUAL_INT(efile_batch_begin(r.town.store), EFILE_OK);
	for (int i = 0; i < 999; i++)
		TAP_EQUAL_INT(file(&r, "Brief", NULL), EFILE_OK);
	check_counts(r.weber, r.case_id, 999);
	TAP_EQUAL_INT(file(&r, "Brief", NULL), EFILE_OK);
	check_counts(r.weber, r.case_id, 1000);
	TAP_EQUAL_INT(file(&r, "Brief", NULL), EFILE_OK);
	check_counts(r.weber, r.case_id, 1000);
	registry_document(&r, r.case_id, "Geheim", NULL, r.closed_list);
	check_counts(r.weber, r.case_id, 1000);
	TAP_EQUAL_INT(efile_batch_commit(r.town.store), EFILE_OK);
	registry_teardown(&r);
}

/* ---- the trash ---- */

static bool is_listed(registry *r, int trashed)
{
	efile_node_cursor *cursor = NULL;
	efile_list_options list;
	efile_node *n = NULL;
	bool any;

	efile_list_options_init(&list);
	list.trashed = trashed;
	TAP_EQUAL_INT(efile_dossier_list(&cursor, r->weber, r->unit, &list), EFILE_OK);
	any = efile_node_cursor_next(cursor, &n) == EFILE_OK;
	efile_node_free(n);
	efile_node_cursor_free(cursor);
	return any;
}

/* A dossier has no node above it that counts it. */
static void test_dossier_in_trash(void)
{
	efile_id id;
	registry r;

	registry_setup(&r);
	id = r.dossier.id;
	TAP_EQUAL_INT(efile_node_trash(r.weber, id, registry_revision(&r, id), "doppelt"), EFILE_OK);
	TAP_OK(!is_listed(&r, 0));
	TAP_EQUAL_INT(efile_node_restore(r.weber, id, registry_revision(&r, id)), EFILE_OK);
	TAP_OK(is_listed(&r, 0));
	registry_teardown(&r);
}

/* ---- what the log says ---- */

static void logged(registry *r, const char *action, const char *expected)
{
	AUTO_PTR(char) body = NULL;

	tap_case(action);
	TAP_OK(town_logged(&r->town, action, &body) > 0);
	TAP_EQUAL_TEXT(body, expected);
	tap_case(NULL);
}

static void test_log_of_plan(void)
{
	efile_plan_options o;
	AUTO_PTR(efile_plan) p = NULL;
	AUTO(buf) expected = BUF_INIT;
	registry r;

	registry_setup(&r);
	efile_plan_options_init(&o);
	o.code = "30";
	o.title = "Recht";
	TAP_EQUAL_INT(efile_plan_create(&p, r.town.admin, &o), EFILE_OK);
	logged(&r, "plan.created", "{\"code\":\"30\",\"title\":\"Recht\"}");
	o.title = "Recht und Ordnung";
	o.access_list = r.list;
	TAP_EQUAL_INT(efile_plan_update(r.town.admin, efile_plan_unit_id(p), efile_plan_revision(p), &o), EFILE_OK);
	buf_add_format(&expected, "{\"code\":\"30\",\"title\":\"Recht und Ordnung\",\"access_list\":%lld}",
		       (long long)r.list);
	logged(&r, "plan.changed", buf_text(&expected));
	registry_teardown(&r);
}

static void test_log_of_changes(void)
{
	AUTO(buf) expected = BUF_INIT;
	efile_node_options o;
	registry r;

	registry_setup(&r);
	efile_node_options_init(&o);
	o.title = "Marktplatz 1";
	TAP_EQUAL_INT(efile_node_update(r.chief, r.dossier.id, registry_revision(&r, r.dossier.id), &o), EFILE_OK);
	logged(&r, "node.changed", "{\"title\":\"Marktplatz 1\"}");
	o.title = "Marktplatz 2";
	o.access_list = r.list;
	o.confidentiality = 1;
	TAP_EQUAL_INT(efile_node_update(r.chief, r.dossier.id, registry_revision(&r, r.dossier.id), &o), EFILE_OK);
	buf_add_format(&expected, "{\"title\":\"Marktplatz 2\",\"old_title\":\"Marktplatz 1\",\"access_list\":%lld,"
		       "\"confidentiality\":1}", (long long)r.list);
	logged(&r, "node.changed", buf_text(&expected));
	o.confidentiality = EFILE_CONFIDENTIALITY_INHERITED;
	o.access_list = 0;
	TAP_EQUAL_INT(efile_node_update(r.chief, r.dossier.id, registry_revision(&r, r.dossier.id), &o), EFILE_OK);
	logged(&r, "node.changed", "{\"title\":\"Marktplatz 2\",\"access_list\":0,\"confidentiality\":-1}");
	o.reference = "A 1";
	TAP_EQUAL_INT(efile_node_update(r.chief, r.dossier.id, registry_revision(&r, r.dossier.id), &o), EFILE_OK);
	logged(&r, "node.renumbered", "{\"title\":\"Marktplatz 2\",\"reference\":\"A 1\","
	       "\"old_reference\":\"10.24-0001\"}");
	registry_teardown(&r);
}

static void test_log_of_documents(void)
{
	AUTO_PTR(efile_reader) content = NULL;
	efile_version_options o;
	efile_document_id id;
	registry r;

	registry_setup(&r);
	id = registry_document(&r, r.case_id, "Brief", NULL, 0);
	efile_version_options_init(&o);
	o.label = "Entwurf";
	TAP_EQUAL_INT(efile_reader_from_memory(&content, r.town.ctx, "2", 1), EFILE_OK);
	TAP_EQUAL_INT(efile_document_add_version(NULL, r.weber, id, 1, content, &o), EFILE_OK);
	logged(&r, "version.added", "{\"number\":2,\"label\":\"Entwurf\"}");
	TAP_EQUAL_INT(rendition(&r, id, EFILE_ROLE_PDFA), EFILE_OK);
	logged(&r, "rendition.added", "{\"version\":2,\"role\":\"pdfa\"}");
	TAP_EQUAL_INT(efile_doctype_define(r.town.admin, "a", "A", "{\"fields\":[]}"), EFILE_OK);
	logged(&r, "doctype.changed", "{\"fields\":[]}");
	TAP_EQUAL_INT(efile_node_trash(r.weber, id.id, registry_revision(&r, id.id), "doppelt"), EFILE_OK);
	logged(&r, "node.trashed", "{\"reason\":\"doppelt\"}");
	registry_teardown(&r);
}

static char *id_text(const efile_id *id)
{
	static char text[EFILE_ID_TEXT_SIZE];

	return efile_id_format(id, text);
}

/* Both dossiers' chains tell of a move; one inside of a dossier is told once. */
static void test_log_of_moves(void)
{
	AUTO_PTR(efile_dossier) part = NULL;
	AUTO(buf) expected = BUF_INIT;
	efile_dossier_id other;
	efile_id part_id;
	efile_node_options o;
	int before;
	registry r;

	registry_setup(&r);
	efile_node_options_init(&o);
	o.title = "Teil";
	TAP_EQUAL_INT(efile_dossier_add_part(&part, r.weber, r.dossier, &o), EFILE_OK);
	part_id = efile_node_id(part);
	other = registry_dossier(&r, r.unit, "Marktplatz 3");
	before = town_logged(&r.town, "node.moved", NULL);
	TAP_EQUAL_INT(efile_node_move(r.weber, r.case_id.id, part_id,
				      registry_revision(&r, r.case_id.id), "falsch"), EFILE_OK);
	TAP_EQUAL_INT(town_logged(&r.town, "node.moved", NULL), before + 1);
	buf_add_format(&expected, "{\"from\":\"%s\",", id_text(&r.dossier.id));
	buf_add_format(&expected, "\"to\":\"%s\",\"reason\":\"falsch\"}", id_text(&part_id));
	logged(&r, "node.moved", buf_text(&expected));
	TAP_EQUAL_INT(efile_node_move(r.weber, r.case_id.id, other.id,
				      registry_revision(&r, r.case_id.id), NULL), EFILE_OK);
	TAP_EQUAL_INT(town_logged(&r.town, "node.moved", NULL), before + 3);
	TAP_EQUAL_INT(efile_dossier_refile(r.chief, other, r.top, registry_revision(&r, other.id), 1, "x"), EFILE_OK);
	logged(&r, "node.moved", "{\"from\":\"10.24\",\"to\":\"10\",\"old_reference\":\"10.24-0002\","
	       "\"reference\":\"10-0001\",\"reason\":\"x\"}");
	registry_teardown(&r);
}

TAP_SUITE(model_edges) = {
	{ "texts and names at their longest", test_texts },
	{ "characters of names", test_names },
	{ "reference numbers given by hand", test_references },
	{ "levels and media", test_levels },
	{ "roles of renditions", test_roles },
	{ "parts of a pattern", test_pattern },
	{ "the nearest unit's rules hold", test_nearest_rules },
	{ "what a unit may say", test_plan_limits },
	{ "an empty cell of a plan takes back", test_import_columns },
	{ "fields and types of a schema", test_types },
	{ "what a field asks for", test_fields },
	{ "values of fields are found", test_values_are_found },
	{ "counts end at a thousand", test_counts },
	{ "a dossier in the trash", test_dossier_in_trash },
	{ "the log of the plan", test_log_of_plan },
	{ "the log of changes", test_log_of_changes },
	{ "the log of documents", test_log_of_documents },
	{ "the log of moves", test_log_of_moves },
	TAP_END,
};
