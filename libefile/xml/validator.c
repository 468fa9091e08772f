/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Validating what has been read before: the same validator as in validate.c, told of elements and
 * texts by whoever holds them. */
#include <stdlib.h>
#include <string.h>

#include "xml/schema.h"

enum { FINDINGS = 1000 };

struct xml_validator {
	efile_ctx *ctx;
	efile_report *report;
	xml_place_fn place;
	void *user;
	xmlSchemaValidCtxtPtr libxml;
	xmlSchemaSAXPlugPtr plug;
	xmlSAXHandlerPtr sax;    /* those of the plug */
	void *sax_user;
	const xmlChar **given;   /* attributes as libxml2 takes them */
	size_t capacity;
	size_t findings;
	long facet_line, facet_column;
	efile_status status;
};

static const xmlChar *or_null(const char *text)
{
	return text[0] ? BAD_CAST text : NULL;
}

/* A facet violation is followed by a second, poorer message about the same value. */
static bool said_before(xml_validator *v, int code, const report_place *at)
{
	if (code >= XML_SCHEMAV_CVC_LENGTH_VALID && code <= XML_SCHEMAV_CVC_ENUMERATION_VALID) {
		v->facet_line = at->line;
		v->facet_column = at->column;
	}
	return code >= XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_1 && code <= XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_3 &&
		v->facet_line == at->line && v->facet_column == at->column;
}

static efile_status judge(xml_validator *v, const xmlError *error)
{
	AUTO(buf) path = BUF_INIT;
	report_place at = { .line = 0 };

	if (error->code == XML_ERR_NO_MEMORY)
		return mem_failed(v->ctx);
	if (xml_schema_gave_up(error))
		return FAIL(v->ctx, EFILE_E_LIMIT, 1445, "checking a value against the schema takes too long");
	v->place(&at, &path, v->user);
	TRY(buf_status(&path, v->ctx));
	if (said_before(v, error->code, &at) || v->findings++ >= FINDINGS)
		return EFILE_OK;
	return xml_schema_finding(v->report, v->ctx, error, &at);
}

static void on_violation(void *user, xmlErrorPtr error)
{
	xml_validator *v = user;

	if (v->status >= 0 && error->level != XML_ERR_WARNING)
		v->status = judge(v, error);
}

efile_status xml_validator_new(xml_validator **out, const xml_schema *schema, efile_report *report,
			       efile_ctx *ctx, xml_place_fn place, void *user)
{
	AUTO_PTR(xml_validator) v = mem_new(ctx, sizeof(*v));

	if (!v)
		return EFILE_E_NOMEM;
	v->ctx = ctx;
	v->report = report;
	v->place = place;
	v->user = user;
	v->libxml = xmlSchemaNewValidCtxt(schema->compiled);
	if (!v->libxml)
		return mem_failed(ctx);
	xmlSchemaSetValidStructuredErrors(v->libxml, on_violation, v);
	v->plug = xmlSchemaSAXPlug(v->libxml, &v->sax, &v->sax_user);
	if (!v->plug)
		return mem_failed(ctx);
	*out = STEAL(v);
	return EFILE_OK;
}

void xml_validator_free(xml_validator *v)
{
	if (!v)
		return;
	if (v->plug)
		xmlSchemaSAXUnplug(v->plug);
	if (v->libxml)
		xmlSchemaFreeValidCtxt(v->libxml);
	free(v->given);
	free(v);
}

static efile_status give(xml_validator *v, const xml_element *e)
{
	while (v->capacity < 5 * e->attribute_count)
		TRY(mem_grow(v->ctx, (void **)&v->given, &v->capacity, v->capacity, sizeof(*v->given)));
	for (size_t i = 0; i < e->attribute_count; i++) {
		const xml_attribute *a = &e->attributes[i];
		const xmlChar **row = v->given + 5 * i;

		row[0] = BAD_CAST a->name;
		row[1] = or_null(a->prefix);
		row[2] = or_null(a->uri);
		row[3] = BAD_CAST a->value;
		row[4] = BAD_CAST a->value + a->length;
	}
	return EFILE_OK;
}

efile_status xml_validator_start(xml_validator *v, const xml_element *e)
{
	TRY(v->status);
	TRY(give(v, e));
	v->sax->startElementNs(v->sax_user, BAD_CAST e->name, or_null(e->prefix), or_null(e->uri), 0, NULL,
			       (int)e->attribute_count, 0, v->given);
	return v->status;
}

efile_status xml_validator_text(xml_validator *v, const char *text, size_t length)
{
	TRY(v->status);
	if (length)
		v->sax->characters(v->sax_user, BAD_CAST text, (int)length);
	return v->status;
}

efile_status xml_validator_end(xml_validator *v, const xml_element *e)
{
	TRY(v->status);
	v->sax->endElementNs(v->sax_user, BAD_CAST e->name, or_null(e->prefix), or_null(e->uri));
	return v->status;
}
