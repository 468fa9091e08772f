/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Types defined by an XML schema: the fields are read out of it, so that values are typed and indexed
 * like those of a field list; what the schema says besides is libxml2's to check. */
#include <stdlib.h>
#include <string.h>

#include "model/doctype.h"
#include "xml/xml.h"

static const char xsd_uri[] = "http://www.w3.org/2001/XMLSchema";

/* XML Schema part 2: built-in types by what we index them as; every other one is text. */
static const struct {
	const char *name;
	efile_datatype datatype;
} built_in[] = {
	{ "integer", EFILE_DATATYPE_INTEGER },          { "int", EFILE_DATATYPE_INTEGER },
	{ "long", EFILE_DATATYPE_INTEGER },             { "short", EFILE_DATATYPE_INTEGER },
	{ "byte", EFILE_DATATYPE_INTEGER },             { "nonNegativeInteger", EFILE_DATATYPE_INTEGER },
	{ "positiveInteger", EFILE_DATATYPE_INTEGER },  { "nonPositiveInteger", EFILE_DATATYPE_INTEGER },
	{ "negativeInteger", EFILE_DATATYPE_INTEGER },  { "unsignedInt", EFILE_DATATYPE_INTEGER },
	{ "unsignedLong", EFILE_DATATYPE_INTEGER },     { "unsignedShort", EFILE_DATATYPE_INTEGER },
	{ "unsignedByte", EFILE_DATATYPE_INTEGER },     { "decimal", EFILE_DATATYPE_DECIMAL },
	{ "boolean", EFILE_DATATYPE_BOOLEAN },          { "date", EFILE_DATATYPE_DATE },
	{ "dateTime", EFILE_DATATYPE_TIME },
};

enum { FIELDS_MAX = 500, NAMED_MAX = 200, NAME_SIZE = 65, BASES_MAX = 20 };

/* A simple type with a name, and what it restricts. */
typedef struct named_type {
	char name[NAME_SIZE];
	char base[NAME_SIZE];
} named_type;

typedef struct xsd_field {
	char name[NAME_SIZE];
	char type[NAME_SIZE];    /* local name; "" while an own type is read */
	long min, max;           /* max -1: unbounded */
} xsd_field;

typedef struct xsd_reading {
	efile_ctx *ctx;
	char root[NAME_SIZE];
	char *uri;               /* target namespace; NULL: none */
	bool qualified;
	xsd_field *fields;
	size_t count, room;
	named_type *types;
	size_t type_count, type_room;
	bool no_memory;
	bool other;              /* something that a list of fields cannot be */
} xsd_reading;

static void xsd_reading_clear(xsd_reading *r)
{
	free(r->uri);
	free(r->fields);
	free(r->types);
}

/* ---- reading the schema ---- */

/* An attribute cut to a name; "" if absent. Prefixes are dropped: types are looked up by local name. */
static void local_value(xsd_reading *r, char out[NAME_SIZE], const xml_element *e, const char *name)
{
	AUTO(buf) scratch = BUF_INIT;
	const char *value = xml_attribute_value(&scratch, e, "", name);
	const char *colon = value ? strchr(value, ':') : NULL;
	const char *local = colon ? colon + 1 : value;

	r->no_memory |= scratch.failed;
	out[0] = '\0';
	if (local && strlen(local) < NAME_SIZE)
		memcpy(out, local, strlen(local) + 1);
}

static long count_value(xsd_reading *r, const xml_element *e, const char *name)
{
	char text[NAME_SIZE];

	local_value(r, text, e, name);
	if (strcmp(text, "unbounded") == 0)
		return -1;
	return *text ? strtol(text, NULL, 10) : 1;
}

static efile_status take_schema(xsd_reading *r, const xml_element *e)
{
	AUTO(buf) scratch = BUF_INIT;
	const char *uri = xml_attribute_value(&scratch, e, "", "targetNamespace");
	char form[NAME_SIZE];

	r->no_memory |= scratch.failed;
	TRY(mem_dup(&r->uri, r->ctx, uri));
	local_value(r, form, e, "elementFormDefault");
	r->qualified = strcmp(form, "qualified") == 0;
	return EFILE_OK;
}

static efile_status take_field(xsd_reading *r, const xml_element *e)
{
	void *items = r->fields;
	xsd_field *f;

	if (r->count == FIELDS_MAX)
		return FAIL(r->ctx, EFILE_E_LIMIT, 2077, "more than %d fields", FIELDS_MAX);
	TRY(mem_grow(r->ctx, &items, &r->room, r->count, sizeof(*r->fields)));
	r->fields = items;
	f = &r->fields[r->count++];
	local_value(r, f->name, e, "name");
	local_value(r, f->type, e, "type");
	f->min = count_value(r, e, "minOccurs");
	f->max = count_value(r, e, "maxOccurs");
	r->other |= !*f->name;
	return EFILE_OK;
}

static efile_status take_type(xsd_reading *r, const xml_element *e)
{
	void *items = r->types;

	if (r->type_count == NAMED_MAX)
		return FAIL(r->ctx, EFILE_E_LIMIT, 2085, "a schema with more than %d types", NAMED_MAX);
	TRY(mem_grow(r->ctx, &items, &r->type_room, r->type_count, sizeof(*r->types)));
	r->types = items;
	memset(&r->types[r->type_count], 0, sizeof(*r->types));
	local_value(r, r->types[r->type_count++].name, e, "name");
	return EFILE_OK;
}

/* The base of the own type of a field, or of the named one that is being read. */
static void take_base(xsd_reading *r, const xml_element *e)
{
	if (e->depth == 3 && r->type_count)
		local_value(r, r->types[r->type_count - 1].base, e, "base");
	else if (r->count && !*r->fields[r->count - 1].type)
		local_value(r, r->fields[r->count - 1].type, e, "base");
}

/* schema/element/complexType/sequence/element, and what is said of simple types; the depth tells
 * them apart. Facets and annotations are none of our business. */
static efile_status start(void *user, xml_element *e)
{
	static const char *const refused[] = { "choice", "any", "attribute", "group", "attributeGroup",
					       "complexContent", "simpleContent", "redefine", "extension" };
	xsd_reading *r = user;

	if (strcmp(e->uri, xsd_uri) != 0)
		return EFILE_OK;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		r->other |= strcmp(e->name, refused[i]) == 0;
	if (strcmp(e->name, "schema") == 0)
		return take_schema(r, e);
	if (strcmp(e->name, "simpleType") == 0 && e->depth == 2)
		return take_type(r, e);
	if (strcmp(e->name, "restriction") == 0)
		take_base(r, e);
	r->other |= strcmp(e->name, "complexType") == 0 && e->depth != 3;
	if (strcmp(e->name, "element") != 0)
		return EFILE_OK;
	if (e->depth == 5)
		return take_field(r, e);
	r->other |= e->depth != 2 || *r->root;
	local_value(r, r->root, e, "name");
	return EFILE_OK;
}

static efile_datatype datatype_of(const xsd_reading *r, const char *type)
{
	for (int steps = 0; steps < BASES_MAX; steps++) {
		const char *base = NULL;

		for (size_t i = 0; i < r->type_count && !base; i++)
			if (strcmp(r->types[i].name, type) == 0)
				base = r->types[i].base;
		if (!base)
			break;
		type = base;
	}
	for (size_t i = 0; i < ARRAY_SIZE(built_in); i++)
		if (strcmp(built_in[i].name, type) == 0)
			return built_in[i].datatype;
	return EFILE_DATATYPE_TEXT;
}

/* ---- what is kept ---- */

static efile_status write_fields(buf *out, const xsd_reading *r)
{
	json_writer w;

	json_begin(&w, out);
	json_object(&w);
	json_put_text(&w, "root", r->root);
	json_put_text(&w, "uri", r->uri);
	json_put_bool(&w, "qualified", r->qualified);
	json_key(&w, "fields");
	json_array(&w);
	for (size_t i = 0; i < r->count; i++) {
		const xsd_field *f = &r->fields[i];

		json_object(&w);
		json_put_text(&w, "name", f->name);
		json_put_text(&w, "datatype", efile_datatype_name(datatype_of(r, f->type)));
		json_put_int(&w, "min", f->min);
		json_key(&w, "max");
		if (f->max < 0)
			json_null(&w);
		else
			json_int(&w, f->max);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
	return buf_status(out, r->ctx);
}

static efile_status compile(xml_schema **out, efile_ctx *ctx, const char *xsd)
{
	xml_schema_file file = { "type.xsd", xsd, strlen(xsd) };

	return xml_schema_load(out, ctx, &file, 1);
}

efile_status doctype_xsd_fields(buf *out, efile_ctx *ctx, const char *xsd)
{
	static const xml_handler handler = { .start = start };
	AUTO(xsd_reading) r = { .ctx = ctx };

	TRY(xml_read_bytes(ctx, xsd, strlen(xsd), "type.xsd", &handler, &r));
	if (r.no_memory)
		return mem_failed(ctx);
	if (r.other || !*r.root || !r.count)
		return FAIL(ctx, EFILE_E_UNSUPPORTED, 2080,
			    "the schema of a type is one element with a sequence of simple elements");
	return write_fields(out, &r);
}

efile_status doctype_xsd_check(efile_ctx *ctx, const char *xsd)
{
	AUTO_PTR(xml_schema) schema = NULL;

	return compile(&schema, ctx, xsd);
}

/* ---- values ---- */

static void begin_values(xml_writer *w, const doctype *type)
{
	const char *uri = type->uri;
	AUTO(buf) name = BUF_INIT;

	buf_add_format(&name, "%s%s", uri && !type->qualified ? "t:" : "", type->root);
	xml_writer_start(w, buf_text(&name));
	xml_writer_attribute(w, type->qualified ? "xmlns" : "xmlns:t", uri);
}

efile_status doctype_xsd_values(efile_ctx *ctx, const doctype *type, const doctype_value_row *rows,
				size_t count)
{
	AUTO_PTR(xml_schema) schema = NULL;
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO_PTR(efile_report) report = NULL;
	AUTO(buf) text = BUF_INIT;
	AUTO(xml_writer) w;

	xml_writer_begin(&w, ctx, &text, NULL, false);
	begin_values(&w, type);
	for (size_t i = 0; i < count; i++)
		xml_writer_element(&w, rows[i].name, rows[i].value);
	TRY(xml_writer_end(&w));
	TRY(compile(&schema, ctx, type->xsd));
	TRY(report_new(&report, ctx));
	TRY(efile_reader_from_memory(&reader, ctx, buf_text(&text), text.length));
	TRY(xml_validate(report, ctx, schema, reader, "type.xsd", NULL, NULL));
	if (efile_report_count(report))
		return FAIL(ctx, EFILE_E_INVALID, 2086, "the schema of the type refuses the values: %s",
			    efile_report_finding(report, 0)->message);
	return EFILE_OK;
}
