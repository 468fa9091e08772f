/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "xml/schema.h"

#define XSD(attributes, content) "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' " attributes ">" content "</xs:schema>"
#define ORDER XSD("targetNamespace='urn:o' xmlns='urn:o' xmlns:p='urn:p' elementFormDefault='qualified'", \
	"<xs:import namespace='urn:p' schemaLocation='../common/parts.xsd'/>" \
	"<xs:element name='order'><xs:complexType><xs:sequence>" \
	"<xs:element name='id'><xs:simpleType><xs:restriction base='xs:string'><xs:pattern value='[A-Z]{2}[0-9]+'/></xs:restriction></xs:simpleType></xs:element>" \
	"<xs:element ref='p:amount' maxOccurs='unbounded'/>" \
	"</xs:sequence><xs:attribute name='lang' use='required'/></xs:complexType></xs:element>")
#define PARTS XSD("targetNamespace='urn:p'", "<xs:element name='amount' type='xs:decimal'/>")

static const xml_schema_file order_files[] = {
	{ "order.xsd", ORDER, sizeof(ORDER) - 1 },
	{ "parts.xsd", PARTS, sizeof(PARTS) - 1 },
};

static efile_status validate(efile_report **out, efile_ctx *ctx, const xml_schema *schema, const char *xml)
{
	AUTO_PTR(efile_report) report = NULL;
	AUTO_PTR(efile_reader) reader = NULL;

	TRY(report_new(&report, ctx));
	TRY(efile_reader_from_memory(&reader, ctx, xml, strlen(xml)));
	TRY(xml_validate(report, ctx, schema, reader, "order.xml", NULL, NULL));
	*out = STEAL(report);
	return EFILE_OK;
}

#define DOC(attributes, content) "<order xmlns='urn:o' xmlns:p='urn:p' " attributes ">\n" content "</order>"
#define AMOUNT "<p:amount>1.00</p:amount>"

static const struct { const char *name, *xml; size_t findings; long line, column;
	const char *path, *actual, *expected; } documents[] = {
	{ "valid", DOC("lang='de'", "<id>AB1</id>" AMOUNT AMOUNT), 0, 0, 0, NULL, NULL, NULL },
	{ "pattern", DOC("lang='de'", " <id>1</id>" AMOUNT), 1, 2, 2, "/order/id[1]", "1", "" },
	{ "type", DOC("lang='de'", "<id>AB1</id>" AMOUNT "\n  <p:amount>x</p:amount>"), 1, 3, 3,
	  "/order/p:amount[2]", "", "" },
	{ "missing element", DOC("lang='de'", "<id>AB1</id>"), 1, 1, 1, "/order", "", "{urn:p}amount" },
	{ "foreign element", DOC("lang='de'", "<id>AB1</id><x/>"), 1, 2, 13, "/order/x[1]", "", "{urn:p}amount" },
	{ "missing attribute", DOC("", "<id>AB1</id>" AMOUNT), 1, 1, 1, "/order", "", "" },
	{ "foreign attribute", DOC("lang='de' x='1'", "<id>AB1</id>" AMOUNT), 1, 1, 1, "/order", "", "" },
	{ "other root", "<x/>", 1, 1, 1, "/x", "", "" },
	{ "schema hint is ignored", "<order xmlns='urn:o' xmlns:p='urn:p' lang='de' "
	  "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation='urn:o http://127.0.0.1:9/x.xsd'>"
	  "<id>AB1</id>" AMOUNT "</order>", 0, 0, 0, NULL, NULL, NULL },
};

static void test_validate(void)
{
	efile_ctx *ctx = test_ctx();
	xml_schema *schema = NULL;

	TAP_EQUAL_INT(xml_schema_load(&schema, ctx, order_files, 2), EFILE_OK);
	for (size_t i = 0; i < ARRAY_SIZE(documents) && schema; i++) {
		efile_report *report = NULL;
		const efile_finding *f;

		tap_case(documents[i].name);
		TAP_EQUAL_INT(validate(&report, ctx, schema, documents[i].xml), EFILE_OK);
		TAP_EQUAL_INT(efile_report_count(report), documents[i].findings);
		f = efile_report_finding(report, 0);
		if (f && documents[i].findings) {
			TAP_EQUAL_TEXT(f->rule, "XSD");
			TAP_EQUAL_INT(f->line, documents[i].line);
			TAP_EQUAL_INT(f->column, documents[i].column);
			TAP_EQUAL_TEXT(f->path, documents[i].path);
			TAP_EQUAL_TEXT(f->actual, documents[i].actual);
			TAP_EQUAL_TEXT(f->expected, documents[i].expected);
		}
		efile_report_free(report);
	}
	xml_schema_free(schema);
	xml_schema_free(NULL);
	efile_ctx_free(ctx);
}

static void test_malformed(void)
{
	efile_ctx *ctx = test_ctx();
	xml_schema *schema = NULL;
	efile_report *report = NULL;

	TAP_EQUAL_INT(xml_schema_load(&schema, ctx, order_files, 2), EFILE_OK);
	TAP_EQUAL_INT(validate(&report, ctx, schema, DOC("lang='de'", "<id>")), EFILE_E_FORMAT);
	TAP_EQUAL_INT(validate(&report, ctx, schema, "<!DOCTYPE x><x/>"), EFILE_E_FORMAT);
	TAP_EQUAL_INT(efile_error_number(ctx), 1404);
	xml_schema_free(schema);
	efile_ctx_free(ctx);
}

static efile_status refuse_element(void *user, xml_element *e)
{
	return strcmp(e->name, "id") == 0 ? FAIL(user, EFILE_E_STATE, 1497, "no such schema: %s", e->name) :
		EFILE_OK;
}

/* The validator hears of the element after our handler has ended the reading: its attributes must
 * still be there (valgrind sees it if not). */
static void test_handler_ends(void)
{
	static const xml_handler handler = { .start = refuse_element };
	static const char xml[] = DOC("lang='de'", "<id a='1' b='2'>AB1</id>" AMOUNT);
	efile_ctx *ctx = test_ctx();
	xml_schema *schema = NULL;
	efile_report *report = NULL;
	efile_reader *reader = NULL;

	TAP_EQUAL_INT(xml_schema_load(&schema, ctx, order_files, 2), EFILE_OK);
	TAP_EQUAL_INT(report_new(&report, ctx), EFILE_OK);
	TAP_EQUAL_INT(efile_reader_from_memory(&reader, ctx, xml, sizeof(xml) - 1), EFILE_OK);
	TAP_EQUAL_INT(xml_validate(report, ctx, schema, reader, "f", &handler, ctx), EFILE_E_STATE);
	TAP_EQUAL_INT(efile_error_number(ctx), 1497);
	efile_reader_free(reader);
	efile_report_free(report);
	xml_schema_free(schema);
	efile_ctx_free(ctx);
}

/* ---- schemas that are refused ---- */

static void test_refused(void)
{
	static const struct { const char *name, *xsd; efile_status status; int number; } rows[] = {
		{ "import from the network", XSD("", "<xs:import namespace='u' schemaLocation='http://127.0.0.1:9/x.xsd'/>"),
		  EFILE_E_NOTFOUND, 1440 },
		{ "include of a file", XSD("", "<xs:include schemaLocation='/etc/passwd'/>"), EFILE_E_NOTFOUND, 1440 },
		{ "not a schema", "<a/>", EFILE_E_FORMAT, 1444 },
		{ "not XML", "<a", EFILE_E_FORMAT, 1410 },
		{ "DOCTYPE", "<!DOCTYPE a SYSTEM 'x'><a/>", EFILE_E_FORMAT, 1404 },
		{ "unknown type", XSD("", "<xs:element name='a' type='b'/>"), EFILE_E_FORMAT, 1444 },
		{ "exploding pattern", XSD("", "<xs:element name='a'><xs:simpleType><xs:restriction base='xs:string'>"
		  "<xs:pattern value='(a+)+b'/></xs:restriction></xs:simpleType></xs:element>"), EFILE_E_UNSUPPORTED, 1441 },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		xml_schema_file file = { "a.xsd", rows[i].xsd, strlen(rows[i].xsd) };
		xml_schema *schema = NULL;

		tap_case(rows[i].name);
		TAP_EQUAL_INT(xml_schema_load(&schema, ctx, &file, 1), rows[i].status);
		TAP_EQUAL_INT(efile_error_number(ctx), rows[i].number);
		TAP_OK(!schema);
		xml_schema_free(schema);
	}
	TAP_EQUAL_INT(xml_schema_load(NULL, ctx, order_files, 0), EFILE_E_LIMIT);
	efile_ctx_free(ctx);
}

static void test_patterns(void)
{
	static const struct { const char *pattern; bool explodes; } rows[] = {
		{ "[A-Z]{2}[0-9]+", false }, { "a*b*c", false }, { "(a+)+b", true }, { "(a*)*", true },
		{ "(a+)?b", false }, { "(ab)+", false }, { "((a+)b)+", true }, { "(a{1,30}){1,30}", true },
		{ "(a{3}){1,30}", false }, { "([a+]x)+", false }, { "(\\+)+", false }, { "(\\p{L}+x)*", true },
		{ "([a-z-[x+]])+", false }, { "(a?)+", false }, { "(a|b)*", false }, { "(", false }, { ")+", false },
		{ "\\", false }, { "[", false }, { "a{", false }, { "", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tap_case(rows[i].pattern);
		TAP_EQUAL_INT(xml_pattern_explodes(rows[i].pattern, strlen(rows[i].pattern)), rows[i].explodes);
	}
}

/* libxml2's own steps end a pattern that passed the look at its shape. */
static void test_slow_value(void)
{
	static const char xsd[] = XSD("", "<xs:element name='a'><xs:simpleType><xs:restriction base='xs:string'>"
		"<xs:pattern value='(aa|aaa|a)*(aa|aaa|a)*b'/></xs:restriction></xs:simpleType></xs:element>");
	xml_schema_file file = { "a.xsd", xsd, sizeof(xsd) - 1 };
	efile_ctx *ctx = test_ctx();
	xml_schema *schema = NULL;
	efile_report *report = NULL;
	AUTO(buf) xml = BUF_INIT;
	clock_t begin = clock();

	buf_add_text(&xml, "<a>");
	for (int i = 0; i < 300; i++)
		buf_add_char(&xml, 'a');
	buf_add_text(&xml, "</a>");
	TAP_EQUAL_INT(xml_schema_load(&schema, ctx, &file, 1), EFILE_OK);
	validate(&report, ctx, schema, buf_text(&xml));
	TAP_OK(clock() - begin < 200 * CLOCKS_PER_SEC); /* a second without valgrind */
	efile_report_free(report);
	xml_schema_free(schema);
	efile_ctx_free(ctx);
}

static void test_hostile(void)
{
	efile_ctx *ctx = test_ctx();
	xml_schema *schema = NULL;
	size_t length;
	char *xsd = test_data("hostile/xml/redos.xsd", &length);

	if (xsd) {
		xml_schema_file file = { "redos.xsd", xsd, length };

		TAP_EQUAL_INT(xml_schema_load(&schema, ctx, &file, 1), EFILE_E_UNSUPPORTED);
		TAP_OK(strstr(efile_error_message(ctx), "(a+)+b") != NULL);
	}
	free(xsd);
	efile_ctx_free(ctx);
}

/* ---- the catalogue ---- */

static void write_file(const char *folder, const char *name, const char *text)
{
	char path[300];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	if (!file)
		return;
	fputs(text, file);
	fclose(file);
}

static void test_catalogue(void)
{
	efile_ctx *ctx = test_ctx();
	xml_catalogue *catalogue = NULL;
	const xml_schema *one = NULL, *two = NULL;
	char *folder = test_folder();
	efile_report *report = NULL;

	TAP_EQUAL_INT(xml_catalogue_new(&catalogue, ctx), EFILE_OK);
	TAP_EQUAL_INT(xml_catalogue_add(catalogue, "order.xsd", ORDER, sizeof(ORDER) - 1), EFILE_OK);
	TAP_EQUAL_INT(xml_catalogue_add(catalogue, "parts.xsd", PARTS, sizeof(PARTS) - 1), EFILE_OK);
	TAP_EQUAL_INT(xml_catalogue_schema(&one, catalogue, "order.xsd"), EFILE_OK);
	TAP_EQUAL_INT(xml_catalogue_schema(&two, catalogue, "order.xsd"), EFILE_OK);
	TAP_OK(one == two);
	TAP_EQUAL_INT(xml_catalogue_schema(&two, catalogue, "none.xsd"), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(xml_catalogue_schema(&two, catalogue, "../order.xsd"), EFILE_E_NOTFOUND);
	/* a newer set in the folder takes precedence */
	write_file(folder, "parts.xsd", XSD("targetNamespace='urn:p'", "<xs:element name='amount' type='xs:int'/>"));
	ctx->schema_path = strdup(folder);
	TAP_EQUAL_INT(xml_catalogue_schema(&two, catalogue, "parts.xsd"), EFILE_OK);
	TAP_EQUAL_INT(validate(&report, ctx, two, "<amount xmlns='urn:p'>1.5</amount>"), EFILE_OK);
	TAP_EQUAL_INT(efile_report_count(report), 1);
	efile_report_free(report);
	xml_catalogue_free(catalogue);
	xml_catalogue_free(NULL);
	test_folder_remove(folder);
	efile_ctx_free(ctx);
}

static void test_folder_load(void)
{
	efile_ctx *ctx = test_ctx();
	char *folder = test_folder();
	xml_schema *schema = NULL;

	write_file(folder, "order.xsd", ORDER);
	write_file(folder, "parts.xsd", PARTS);
	write_file(folder, "notes.txt", "no schema");
	TAP_EQUAL_INT(xml_schema_load_folder(&schema, ctx, folder, "order.xsd"), EFILE_OK);
	xml_schema_free(schema);
	schema = NULL;
	TAP_EQUAL_INT(xml_schema_load_folder(&schema, ctx, folder, "none.xsd"), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(xml_schema_load_folder(&schema, ctx, folder, "../order.xsd"), EFILE_E_INVALID);
	test_folder_remove(folder);
	efile_ctx_free(ctx);
}

static efile_status load_folder_it(efile_ctx *ctx, void *arg)
{
	xml_schema *schema = NULL;
	efile_status status;

	TRY(xml_schema_load_folder(&schema, ctx, arg, "order.xsd"));
	xml_schema_free(schema);
	schema = NULL;
	status = xml_schema_load_for(&schema, ctx, arg, "urn:o", "order");
	xml_schema_free(schema);
	return status;
}

static int whole_or_refused(efile_status status, void *arg)
{
	(void)arg;
	return status == EFILE_OK || status == EFILE_E_IO;
}

/* A folder that cannot be read to its end is no smaller folder. */
static void test_folder_fails(void)
{
	char *folder = test_folder();

	write_file(folder, "order.xsd", ORDER);
	write_file(folder, "parts.xsd", PARTS);
	TAP_OK(fail_each_call(load_folder_it, whole_or_refused, folder, 1) > 10);
	test_folder_remove(folder);
}

static efile_status load_it(efile_ctx *ctx, void *arg)
{
	xml_schema *schema = NULL;
	efile_report *report = NULL;
	efile_status status;

	TRY(xml_schema_load(&schema, ctx, order_files, 2));
	status = validate(&report, ctx, schema, arg);
	efile_report_free(report);
	xml_schema_free(schema);
	return status;
}

static efile_status catalogue_it(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(xml_catalogue) catalogue = NULL;
	const xml_schema *schema;

	(void)arg;
	TRY(xml_catalogue_new(&catalogue, ctx));
	TRY(xml_catalogue_add(catalogue, "order.xsd", ORDER, sizeof(ORDER) - 1));
	TRY(xml_catalogue_add(catalogue, "parts.xsd", PARTS, sizeof(PARTS) - 1));
	return xml_catalogue_schema(&schema, catalogue, "order.xsd");
}

static void test_without_memory(void)
{
	char xml[] = DOC("lang='de'", "<id>1</id>" AMOUNT);

	TAP_OK(fail_each(load_it, xml) > 40);
	TAP_OK(fail_each(catalogue_it, NULL) > 40);
}

TAP_SUITE(xml_schema) = {
	{ "violations with their places", test_validate },
	{ "malformed documents", test_malformed },
	{ "a handler ends the reading", test_handler_ends },
	{ "schemas that are refused", test_refused },
	{ "patterns that could explode", test_patterns },
	{ "a slow value ends", test_slow_value },
	{ "hostile schema", test_hostile },
	{ "catalogue", test_catalogue },
	{ "a folder of schemas", test_folder_load },
	{ "a folder that cannot be read", test_folder_fails },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
