/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Types defined by an XML schema: fields, values, what is refused. */
#include <string.h>

#include "base/json.h"
#include "unit/model_support.h"

DEFINE_AUTO_PTR(efile_node_cursor, efile_node_cursor_free)

#define SCHEMA(attributes, content) \
	"<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' " attributes ">" content "</xs:schema>"
#define ELEMENT(fields) \
	"<xs:element name='permit'><xs:complexType><xs:sequence>" fields \
	"</xs:sequence></xs:complexType></xs:element>"
#define FIELDS \
	"<xs:element name='number'><xs:simpleType><xs:restriction base='xs:string'>" \
	"<xs:pattern value='B-[0-9]+'/></xs:restriction></xs:simpleType></xs:element>" \
	"<xs:element name='area' type='size' minOccurs='0'/>" \
	"<xs:element name='storeys' type='xs:positiveInteger' minOccurs='0'/>" \
	"<xs:element name='until' type='xs:date' minOccurs='0'/>" \
	"<xs:element name='owner' type='xs:string' minOccurs='0' maxOccurs='unbounded'/>"
#define SIZE \
	"<xs:simpleType name='size'><xs:restriction base='metres'><xs:maxInclusive value='1000'/>" \
	"</xs:restriction></xs:simpleType><xs:simpleType name='metres'><xs:restriction base='xs:decimal'/>" \
	"</xs:simpleType>"

static void definition_of(buf *out, const char *xsd)
{
	json_writer w;

	json_begin(&w, out);
	json_object(&w);
	json_put_text(&w, "xsd", xsd);
	json_end_object(&w);
}

static efile_status define(registry *r, const char *xsd)
{
	AUTO(buf) text = BUF_INIT;

	definition_of(&text, xsd);
	return efile_doctype_define(r->town.admin, "permit", "Genehmigung", buf_text(&text));
}

static const char plain[] = SCHEMA("", ELEMENT(FIELDS) SIZE);

static efile_status file(registry *r, const efile_attribute *values, size_t count, efile_id *id)
{
	AUTO_PTR(efile_document) d = NULL;
	efile_document_options o;

	efile_document_options_init(&o);
	o.title = "Bescheid";
	o.doctype = "permit";
	o.attributes = values;
	o.attribute_count = count;
	TRY(efile_case_add_document(&d, r->weber, r->case_id, NULL, &o));
	*id = efile_node_id(d);
	return EFILE_OK;
}

static void test_fields(void)
{
	AUTO_PTR(char) text = NULL;
	registry r;

	registry_setup(&r);
	TAP_EQUAL_INT(define(&r, plain), EFILE_OK);
	TAP_EQUAL_INT(efile_doctype_load(&text, r.weber, "permit"), EFILE_OK);
	TAP_OK(text && strstr(text, "\"name\":\"number\",\"datatype\":\"text\",\"min\":1,\"max\":1"));
	TAP_OK(text && strstr(text, "\"name\":\"area\",\"datatype\":\"decimal\",\"min\":0,\"max\":1"));
	TAP_OK(text && strstr(text, "\"name\":\"storeys\",\"datatype\":\"integer\""));
	TAP_OK(text && strstr(text, "\"name\":\"until\",\"datatype\":\"date\""));
	TAP_OK(text && strstr(text, "\"name\":\"owner\",\"datatype\":\"text\",\"min\":0,\"max\":null"));
	TAP_OK(text && strstr(text, "\"xsd\":\"<xs:schema"));
	registry_teardown(&r);
}

static const struct {
	const char *name;
	efile_attribute values[3];
	efile_status status;
} value_cases[] = {
	{ "all right, in any order", { { .name = "area", .value = "84.50" }, { .name = "number", .value = "B-17" } },
	  EFILE_OK },
	{ "several", { { .name = "number", .value = "B-17" }, { .name = "owner", .value = "A & B" },
		       { .name = "owner", .value = "C" } }, EFILE_OK },
	{ "a pattern of the schema", { { .name = "number", .value = "17" } }, EFILE_E_INVALID },
	{ "a facet of a named type", { { .name = "number", .value = "B-1" }, { .name = "area", .value = "1000.01" } },
	  EFILE_E_INVALID },
	{ "positive", { { .name = "number", .value = "B-1" }, { .name = "storeys", .value = "0" } },
	  EFILE_E_INVALID },
	{ "a date", { { .name = "number", .value = "B-1" }, { .name = "until", .value = "31.3.2026" } },
	  EFILE_E_INVALID },
	{ "obligatory", { { .name = "area", .value = "1" } }, EFILE_E_INVALID },
	{ "no such field", { { .name = "number", .value = "B-1" }, { .name = "colour", .value = "red" } },
	  EFILE_E_INVALID },
};

/* The same answers whether the schema has a namespace, and whether the fields are in it. */
static void test_values(void)
{
	static const char *const schemas[] = {
		plain,
		SCHEMA("targetNamespace='urn:b' xmlns='urn:b' elementFormDefault='qualified'",
		       ELEMENT(FIELDS) SIZE),
		SCHEMA("targetNamespace='urn:b' xmlns='urn:b'", ELEMENT(FIELDS) SIZE),
	};

	for (size_t i = 0; i < ARRAY_SIZE(schemas); i++) {
		registry r;

		registry_setup(&r);
		TAP_EQUAL_INT(define(&r, schemas[i]), EFILE_OK);
		for (size_t k = 0; k < ARRAY_SIZE(value_cases); k++) {
			size_t count = 0;
			efile_id id;

			while (count < 3 && value_cases[k].values[count].name)
				count++;
			tap_case(value_cases[k].name);
			TAP_EQUAL_INT(file(&r, value_cases[k].values, count, &id), value_cases[k].status);
		}
		registry_verify(&r);
		registry_teardown(&r);
	}
}

/* Indexed by datatype: 84.50 is found as 84.5. */
static void test_found(void)
{
	static const efile_attribute values[] = { { .name = "number", .value = "B-17" },
						  { .name = "area", .value = "84.50" } };
	AUTO_PTR(efile_node_cursor) cursor = NULL;
	AUTO_PTR(efile_node) node = NULL;
	efile_id id = EFILE_ID_NONE, found;
	registry r;

	registry_setup(&r);
	TAP_EQUAL_INT(define(&r, plain), EFILE_OK);
	TAP_EQUAL_INT(file(&r, values, 2, &id), EFILE_OK);
	TAP_EQUAL_INT(efile_find_by_attribute(&cursor, r.weber, "area", "84.5", NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_node_cursor_next(cursor, &node), EFILE_OK);
	found = efile_node_id(node);
	TAP_EQUAL_INT(id_compare(&found, &id), 0);
	TAP_EQUAL_INT(efile_node_set_attributes(r.weber, id, registry_revision(&r, id), values + 1, 1),
		      EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_node_set_attributes(r.weber, id, registry_revision(&r, id), values, 1),
		      EFILE_OK);
	efile_node_free(STEAL(node));
	efile_node_cursor_free(STEAL(cursor));
	registry_teardown(&r);
}

static const struct {
	const char *name, *xsd;
	efile_status status;
} refused[] = {
	{ "no element", SCHEMA("", SIZE), EFILE_E_UNSUPPORTED },
	{ "two elements", SCHEMA("", ELEMENT(FIELDS) "<xs:element name='b' type='xs:string'/>" SIZE),
	  EFILE_E_UNSUPPORTED },
	{ "a choice", SCHEMA("", "<xs:element name='a'><xs:complexType><xs:choice><xs:element name='b' "
	  "type='xs:string'/></xs:choice></xs:complexType></xs:element>"), EFILE_E_UNSUPPORTED },
	{ "nested", SCHEMA("", ELEMENT("<xs:element name='b'><xs:complexType><xs:sequence>"
	  "<xs:element name='c' type='xs:string'/></xs:sequence></xs:complexType></xs:element>")),
	  EFILE_E_UNSUPPORTED },
	{ "a reference", SCHEMA("", ELEMENT("<xs:element ref='b'/>")), EFILE_E_UNSUPPORTED },
	{ "an attribute", SCHEMA("", "<xs:element name='a'><xs:complexType><xs:sequence><xs:element name='b' "
	  "type='xs:string'/></xs:sequence><xs:attribute name='c'/></xs:complexType></xs:element>"),
	  EFILE_E_UNSUPPORTED },
	{ "an unknown type", SCHEMA("", ELEMENT("<xs:element name='b' type='nonsense'/>")), EFILE_E_FORMAT },
	{ "a DOCTYPE", "<!DOCTYPE a><a/>", EFILE_E_FORMAT },
	{ "a pattern that explodes", SCHEMA("", ELEMENT("<xs:element name='b'><xs:simpleType>"
	  "<xs:restriction base='xs:string'><xs:pattern value='(a+)+b'/></xs:restriction></xs:simpleType>"
	  "</xs:element>")), EFILE_E_UNSUPPORTED },
	{ "a name that is none of ours", SCHEMA("", ELEMENT("<xs:element name='straße' type='xs:string'/>")),
	  EFILE_E_INVALID },
};

static void test_refused(void)
{
	registry r;

	registry_setup(&r);
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		tap_case(refused[i].name);
		TAP_EQUAL_INT(define(&r, refused[i].xsd), refused[i].status);
	}
	registry_teardown(&r);
}

typedef struct job {
	registry r;
	char *definition;
} job;

static efile_status define_and_file(efile_ctx *ctx, void *arg)
{
	static const efile_attribute value = { .name = "number", .value = "B-17" };
	job *j = arg;
	efile_id id;

	(void)ctx;
	TRY(efile_doctype_define(j->r.town.admin, "permit", "Genehmigung", j->definition));
	return file(&j->r, &value, 1, &id);
}

static void test_memory(void)
{
	AUTO(buf) text = BUF_INIT;
	job j;

	definition_of(&text, plain);
	registry_setup(&j.r);
	j.definition = text.data;
	TAP_OK(fail_each(define_and_file, &j) >= 20);
	registry_verify(&j.r);
	registry_teardown(&j.r);
}

TAP_SUITE(model_xsd) = {
	{ "fields are read out of the schema", test_fields },
	{ "values are valid against it", test_values },
	{ "and indexed by their datatype", test_found },
	{ "what is refused", test_refused },
	{ "out of memory", test_memory },
	TAP_END,
};
