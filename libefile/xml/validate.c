/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Validating while reading: libxml2's validator listens to the same SAX events as our handler. It
 * knows no line of its own then, so each finding takes the place of the element being read. */
#include <stdio.h>
#include <string.h>

#include <libxml/xmlschemas.h>

#include "xml/parser.h"
#include "xml/schema.h"

enum { FINDINGS = 1000 };

typedef struct validation {
	efile_report *report;
	const xml_schema *schema;
	xmlSchemaValidCtxtPtr validator;
	xmlSchemaSAXPlugPtr plug;
	size_t findings;
	long facet_line, facet_column; /* of the element whose value broke a facet last */
} validation;

/* libxml2's reasons in our words; facet violations say the value in their text. */
static const struct { int from, to; const char *text; } reasons[] = {
	{ XML_SCHEMAV_CVC_ELT_1, XML_SCHEMAV_CVC_ELT_1, "this element is not declared in the schema" },
	{ XML_SCHEMAV_ELEMENT_CONTENT, XML_SCHEMAV_ELEMENT_CONTENT, "this element is not allowed here, or one is missing before it or at the end" },
	{ XML_SCHEMAV_CVC_COMPLEX_TYPE_2_1, XML_SCHEMAV_CVC_COMPLEX_TYPE_2_4, "the content is not what the schema asks for" },
	{ XML_SCHEMAV_CVC_COMPLEX_TYPE_3_1, XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_2, "an attribute is not allowed here" },
	{ XML_SCHEMAV_CVC_COMPLEX_TYPE_4, XML_SCHEMAV_CVC_COMPLEX_TYPE_4, "a required attribute is missing" },
	{ XML_SCHEMAV_CVC_ENUMERATION_VALID, XML_SCHEMAV_CVC_ENUMERATION_VALID, "the value is not one of those allowed" },
	{ XML_SCHEMAV_CVC_PATTERN_VALID, XML_SCHEMAV_CVC_PATTERN_VALID, "the value does not have the form that the schema asks for" },
	{ XML_SCHEMAV_CVC_LENGTH_VALID, XML_SCHEMAV_CVC_MAXLENGTH_VALID, "the value is too long or too short" },
	{ XML_SCHEMAV_CVC_MININCLUSIVE_VALID, XML_SCHEMAV_CVC_MAXEXCLUSIVE_VALID, "the value is too large or too small" },
	{ XML_SCHEMAV_CVC_TOTALDIGITS_VALID, XML_SCHEMAV_CVC_FRACTIONDIGITS_VALID, "the value has too many digits" },
	{ XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_1, XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_3, "the value is not of the type that the schema asks for" },
};

static const char *reason_of(int code)
{
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (code >= reasons[i].from && code <= reasons[i].to)
			return reasons[i].text;
	return "the document does not obey the schema";
}

/* "... Expected is one of ( a, b ).", "The value 'x' ...": cut out between two marks. */
static void cut(char *out, size_t room, const char *text, const char *begin, const char *end)
{
	const char *from = strstr(text, begin), *to;

	out[0] = '\0';
	if (!from)
		return;
	from += strlen(begin);
	to = strstr(from, end);
	if (to)
		snprintf(out, room, "%.*s", (int)(to - from), from);
}

efile_status xml_schema_finding(efile_report *report, efile_ctx *ctx, const xmlError *error,
				const report_place *where)
{
	const char *text = error->message ? error->message : "";
	char actual[200], expected[200];
	report_place spot = *where;

	cut(expected, sizeof(expected), text, "( ", " )");
	cut(actual, sizeof(actual), text, "alue '", "'");
	spot.actual = actual;
	spot.expected = expected;
	return report_add(report, "XSD", EFILE_SEVERITY_ERROR, &spot, "%s",
			  message_translate((int)ctx->language, reason_of(error->code)));
}

static efile_status add_finding(const xml_parser *p, validation *v, const xmlError *error)
{
	static const xml_open nowhere;
	const xml_open *open = p->depth ? &p->open[p->depth - 1] : &nowhere;
	AUTO(buf) where = BUF_INIT;
	report_place spot = { .line = open->line, .column = open->column };

	xml_path_format(&where, p->path);
	TRY(buf_status(&where, p->ctx));
	spot.path = buf_text(&where);
	return xml_schema_finding(v->report, p->ctx, error, &spot);
}

bool xml_schema_gave_up(const xmlError *error)
{
	return error->code == XML_SCHEMAV_INTERNAL || error->code == XML_SCHEMAP_INTERNAL;
}

/* A facet violation is followed by a second, poorer message about the same value. */
static bool said_before(const xml_parser *p, validation *v, int code)
{
	const xml_open *open = p->depth ? &p->open[p->depth - 1] : NULL;
	bool type = code >= XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_1 &&
		code <= XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_3;

	if (!open)
		return false;
	if (type)
		return v->facet_line == open->line && v->facet_column == open->column;
	if (code >= XML_SCHEMAV_CVC_LENGTH_VALID && code <= XML_SCHEMAV_CVC_ENUMERATION_VALID) {
		v->facet_line = open->line;
		v->facet_column = open->column;
	}
	return false;
}

static efile_status judge(xml_parser *p, validation *v, const xmlError *error)
{
	if (error->code == XML_ERR_NO_MEMORY)
		return mem_failed(p->ctx);
	if (xml_schema_gave_up(error))
		return FAIL(p->ctx, EFILE_E_LIMIT, 1445, "checking a value against the schema takes too long");
	if (said_before(p, v, error->code) || v->findings++ >= FINDINGS)
		return EFILE_OK;
	return add_finding(p, v, error);
}

static void on_violation(void *user, xmlErrorPtr error)
{
	xml_parser *p = user;
	validation *v = p->extra;

	if (p->status < 0 || error->level == XML_ERR_WARNING)
		return;
	p->status = judge(p, v, error);
	if (p->status < 0)
		xmlStopParser(p->libxml);
}

static int locate(void *user, const char **file, unsigned long *line)
{
	const xml_parser *p = user;

	*file = p->name;
	*line = p->depth ? (unsigned long)p->open[p->depth - 1].line : 0;
	return 0;
}

static void silent(void *user, xmlErrorPtr error)
{
	(void)user;
	(void)error;
}

static efile_status attach(xml_parser *p)
{
	validation *v = p->extra;

	TRY(xml_path_new(&p->path, p->ctx));
	v->validator = xmlSchemaNewValidCtxt(v->schema->compiled);
	if (!v->validator)
		return mem_failed(p->ctx);
	xmlSchemaSetValidStructuredErrors(v->validator, on_violation, p);
	xmlSchemaValidateSetLocator(v->validator, locate, p);
	v->plug = xmlSchemaSAXPlug(v->validator, &p->libxml->sax, &p->libxml->userData);
	if (!v->plug)
		return mem_failed(p->ctx);
	p->libxml->sax->serror = silent; /* what the plug has in its place would print */
	return EFILE_OK;
}

static void detach(xml_parser *p)
{
	validation *v = p->extra;

	if (v->plug)
		xmlSchemaSAXUnplug(v->plug);
	if (v->validator)
		xmlSchemaFreeValidCtxt(v->validator);
}

efile_status xml_validate(efile_report *report, efile_ctx *ctx, const xml_schema *schema,
			  efile_reader *reader, const char *name, const xml_handler *handler,
			  void *user)
{
	validation v = { .report = report, .schema = schema };
	xml_parser p = { .ctx = ctx, .name = name, .handler = handler, .user = user,
			 .decoder = XML_DECODER_INIT, .attach = attach, .detach = detach, .extra = &v };

	return xml_parser_run(&p, reader);
}
