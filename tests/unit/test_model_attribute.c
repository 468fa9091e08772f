/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "unit/model_support.h"

static const char invoice[] =
	"{\"fields\":["
	"{\"name\":\"number\",\"min\":1,\"pattern\":\"[A-Z]{2}-[0-9]+\",\"length\":8},"
	"{\"name\":\"amount\",\"datatype\":\"decimal\"},"
	"{\"name\":\"pages\",\"datatype\":\"integer\"},"
	"{\"name\":\"paid\",\"datatype\":\"boolean\"},"
	"{\"name\":\"due\",\"datatype\":\"date\"},"
	"{\"name\":\"seen\",\"datatype\":\"time\"},"
	"{\"name\":\"currency\",\"codes\":[\"EUR\",\"CHF\"]},"
	"{\"name\":\"tag\",\"max\":null,\"personal\":true}]}";

static efile_status file(registry *r, const efile_attribute *values, size_t count,
			 efile_document_id *id)
{
	AUTO_PTR(efile_document) d = NULL;
	efile_document_options o;

	efile_document_options_init(&o);
	o.title = "Rechnung";
	o.doctype = "invoice";
	o.attributes = values;
	o.attribute_count = count;
	TRY(efile_case_add_document(&d, r->weber, r->case_id, NULL, &o));
	if (id)
		*id = efile_document_node_id(d);
	TAP_EQUAL_TEXT(efile_node_doctype(d), "invoice");
	return EFILE_OK;
}

static const struct value_case {
	const char *name, *field, *value;
	efile_status status;
	const char *kept;
} value_cases[] = {
	{ "decimal", "amount", "1.10", EFILE_OK, "1.10" },
	{ "no decimal", "amount", "1,10", EFILE_E_INVALID, NULL },
	{ "integer", "pages", "007", EFILE_OK, "7" },
	{ "negative", "pages", "-12", EFILE_OK, "-12" },
	{ "minus nought", "pages", "-0", EFILE_OK, "0" },
	{ "no integer", "pages", "1.5", EFILE_E_INVALID, NULL },
	{ "too long an integer", "pages", "1234567890123456789", EFILE_E_INVALID, NULL },
	{ "boolean", "paid", "true", EFILE_OK, "true" },
	{ "no boolean", "paid", "yes", EFILE_E_INVALID, NULL },
	{ "date", "due", "2026-03-31", EFILE_OK, "2026-03-31" },
	{ "no date", "due", "31.3.2026", EFILE_E_INVALID, NULL },
	{ "time", "seen", "2026-03-31T10:00:00+02:00", EFILE_OK, "2026-03-31T08:00:00Z" },
	{ "code", "currency", "EUR", EFILE_OK, "EUR" },
	{ "no code", "currency", "eur", EFILE_E_INVALID, NULL },
	{ "empty", "tag", "", EFILE_E_INVALID, NULL },
	{ "text", "tag", "'; DROP TABLE node; --", EFILE_OK, "'; DROP TABLE node; --" },
	{ "unknown field", "colour", "red", EFILE_E_INVALID, NULL },
};

static void test_values(void)
{
	registry r;

	registry_setup(&r);
	TAP_EQUAL_INT(efile_doctype_define(r.town.admin, "invoice", "Rechnung", invoice), EFILE_OK);
	for (size_t i = 0; i < ARRAY_SIZE(value_cases); i++) {
		const struct value_case *c = &value_cases[i];
		efile_attribute values[] = { { .name = "number", .value = "RE-1" },
					     { .name = c->field, .value = c->value } };
		efile_attribute_cursor *cursor = NULL;
		efile_attribute value;
		efile_document_id id;

		tap_case(c->name);
		TAP_EQUAL_INT(file(&r, values, 2, &id), c->status);
		if (c->status != EFILE_OK)
			continue;
		TAP_EQUAL_INT(efile_node_attributes(&cursor, r.weber, id.id), EFILE_OK);
		TAP_EQUAL_INT(efile_attribute_cursor_next(cursor, &value), EFILE_OK);
		TAP_EQUAL_TEXT(value.value, "RE-1");
		TAP_EQUAL_INT(efile_attribute_cursor_next(cursor, &value), EFILE_OK);
		TAP_EQUAL_TEXT(value.name, c->field);
		TAP_EQUAL_TEXT(value.value, c->kept);
		TAP_EQUAL_INT(efile_attribute_cursor_next(cursor, &value), EFILE_DONE);
		efile_attribute_cursor_free(cursor);
	}
	registry_teardown(&r);
}

static void test_cardinality(void)
{
	registry r;
	efile_attribute values[] = { { .name = "number", .value = "RE-1" },
				     { .name = "tag", .value = "eins" },
				     { .name = "tag", .value = "ZWEI" },
				     { .name = "number", .value = "RE-2" } };
	efile_attribute bad = { .name = "number", .value = "re-1" };
	efile_attribute longer = { .name = "number", .value = "RE-123456" };
	efile_node_cursor *cursor = NULL;
	efile_node *node = NULL;
	efile_document_id id;

	registry_setup(&r);
	TAP_EQUAL_INT(efile_doctype_define(r.town.admin, "invoice", "Rechnung", invoice), EFILE_OK);
	TAP_EQUAL_INT(file(&r, NULL, 0, NULL), EFILE_E_INVALID);
	TAP_EQUAL_TEXT(efile_error_message(r.town.ctx), "field number needs 1 values, not 0");
	TAP_EQUAL_INT(file(&r, values, 4, NULL), EFILE_E_INVALID);
	TAP_EQUAL_TEXT(efile_error_message(r.town.ctx), "field number takes 1 values, not 2");
	TAP_EQUAL_INT(file(&r, &bad, 1, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(file(&r, &longer, 1, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(file(&r, values, 3, &id), EFILE_OK);

	/* Found by value; letter case does not matter; replaced as a whole. */
	TAP_EQUAL_INT(efile_find_by_attribute(&cursor, r.weber, "tag", "zwei", NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_node_cursor_next(cursor, &node), EFILE_OK);
	efile_node_free(node);
	TAP_EQUAL_INT(efile_node_cursor_next(cursor, &node), EFILE_DONE);
	efile_node_cursor_free(cursor);
	TAP_EQUAL_INT(efile_find_by_attribute(&cursor, r.klein, "tag", "zwei", NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_node_cursor_next(cursor, &node), EFILE_DONE);
	efile_node_cursor_free(cursor);
	TAP_EQUAL_INT(efile_node_set_attributes(r.weber, id.id, registry_revision(&r, id.id), values, 1),
		      EFILE_OK);
	TAP_EQUAL_INT(efile_find_by_attribute(&cursor, r.weber, "tag", "zwei", NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_node_cursor_next(cursor, &node), EFILE_DONE);
	efile_node_cursor_free(cursor);
	TAP_EQUAL_INT(efile_node_set_attributes(r.weber, id.id, 1, values, 1), EFILE_E_CONFLICT);
	TAP_EQUAL_INT(efile_node_set_attributes(r.weber, r.case_id.id,
						registry_revision(&r, r.case_id.id), values, 1),
		      EFILE_E_INVALID);
	registry_teardown(&r);
}

static const struct definition_case {
	const char *name, *definition;
	efile_status status;
} definition_cases[] = {
	{ "nothing", NULL, EFILE_OK },
	{ "no fields", "{}", EFILE_OK },
	{ "no JSON", "{", EFILE_E_FORMAT },
	{ "no object", "[]", EFILE_E_INVALID },
	{ "no schema", "{\"xsd\":\"x\"}", EFILE_E_FORMAT },
	{ "a schema that is no text", "{\"xsd\":1}", EFILE_E_INVALID },
	{ "a schema and fields", "{\"xsd\":\"<a/>\",\"fields\":[]}", EFILE_E_INVALID },
	{ "other XML", "{\"xsd\":\"<a/>\"}", EFILE_E_UNSUPPORTED },
	{ "no array", "{\"fields\":{}}", EFILE_E_INVALID },
	{ "no field", "{\"fields\":[1]}", EFILE_E_INVALID },
	{ "no name", "{\"fields\":[{}]}", EFILE_E_INVALID },
	{ "a bad name", "{\"fields\":[{\"name\":\"a b\"}]}", EFILE_E_INVALID },
	{ "a datatype", "{\"fields\":[{\"name\":\"a\",\"datatype\":\"money\"}]}", EFILE_E_INVALID },
	{ "min above max", "{\"fields\":[{\"name\":\"a\",\"min\":2}]}", EFILE_E_INVALID },
	{ "a negative count", "{\"fields\":[{\"name\":\"a\",\"max\":-1}]}", EFILE_E_INVALID },
	{ "a broken pattern", "{\"fields\":[{\"name\":\"a\",\"pattern\":\"(\"}]}", EFILE_E_INVALID },
	{ "codes of numbers", "{\"fields\":[{\"name\":\"a\",\"codes\":[1]}]}", EFILE_E_INVALID },
	{ "codes of text", "{\"fields\":[{\"name\":\"a\",\"codes\":\"x\"}]}", EFILE_E_INVALID },
	{ "twice", "{\"fields\":[{\"name\":\"a\"},{\"name\":\"a\"}]}", EFILE_E_INVALID },
};

static void test_definitions(void)
{
	registry r;
	char *text = NULL;

	registry_setup(&r);
	for (size_t i = 0; i < ARRAY_SIZE(definition_cases); i++) {
		tap_case(definition_cases[i].name);
		TAP_EQUAL_INT(efile_doctype_define(r.town.admin, "t", "T", definition_cases[i].definition),
			      definition_cases[i].status);
	}
	TAP_EQUAL_INT(efile_doctype_define(r.chief, "t", "T", NULL), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_doctype_define(r.town.admin, "a b", "T", NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_doctype_define(r.town.admin, "t", "T",
					   "{\"fields\":[{\"name\":\"a\",\"max\":null}]}"), EFILE_OK);
	TAP_EQUAL_INT(efile_doctype_load(&text, r.weber, "t"), EFILE_OK);
	TAP_EQUAL_TEXT(text, "{\"schema\":\"efile.doctype.v1\",\"name\":\"t\",\"title\":\"T\","
			     "\"fields\":[{\"name\":\"a\",\"datatype\":\"text\",\"min\":0,\"max\":null,"
			     "\"codes\":[]}]}");
	efile_free(text);
	TAP_EQUAL_INT(efile_doctype_load(&text, r.weber, "unbekannt"), EFILE_E_NOTFOUND);
	registry_teardown(&r);
}

TAP_SUITE(model_attribute) = {
	{ "values are of their datatype", test_values },
	{ "and as many as their field takes", test_cardinality },
	{ "definitions are checked", test_definitions },
	TAP_END,
};
