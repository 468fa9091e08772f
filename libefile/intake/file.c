/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filing: the letter and its enclosures become documents of a case, and its process starts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <efile/task.h>

#include "intake/inner.h"
#include "model/model.h"

/* ---- the dossier of the year ---- */

/* By its title: of stores in which it has no alias yet, and so at most once a year and unit. */
static efile_status find_dossier(efile_dossier_id *out, efile_session *session, efile_plan_id plan,
				 const char *title)
{
	efile_node_cursor *cursor = NULL;
	efile_status status = efile_dossier_list(&cursor, session, plan, NULL);
	bool found = false;

	while (status == EFILE_OK && !found) {
		AUTO_PTR(efile_node) node = NULL;

		status = efile_node_cursor_next(cursor, &node);
		if (status == EFILE_OK && efile_node_state_of(node) == EFILE_STATE_OPEN &&
		    strcmp(efile_node_title(node), title) == 0) {
			*out = efile_dossier_node_id(node);
			found = true;
		}
	}
	efile_node_cursor_free(cursor);
	if (status < 0)
		return status;
	return found ? EFILE_OK : EFILE_E_NOTFOUND;
}

static efile_status dossier_of_year(efile_dossier_id *out, efile_session *session,
				    const item_record *row, const char *code)
{
	AUTO_PTR(efile_plan) plan = NULL;
	AUTO_PTR(efile_node) dossier = NULL;
	efile_node_options options;
	char title[300], alias[300];
	efile_id unit;
	efile_status status;

	TRY(efile_plan_by_code(&plan, session, code));
	unit = efile_plan_unit_id(plan).id;
	snprintf(alias, sizeof(alias), "Posteingang %.250s/%lld", code, (long long)row->year);
	status = dossier_by_alias(out, session, &unit, alias);
	if (status != EFILE_E_NOTFOUND)
		return status;
	snprintf(title, sizeof(title), "%.250s %lld", efile_plan_title(plan), (long long)row->year);
	status = find_dossier(out, session, efile_plan_unit_id(plan), title);
	if (status == EFILE_OK)
		return dossier_set_alias(session, *out, alias);
	if (status != EFILE_E_NOTFOUND)
		return status;
	efile_node_options_init(&options);
	options.title = title;
	TRY(efile_dossier_create(&dossier, session, efile_plan_unit_id(plan), &options));
	*out = efile_dossier_node_id(dossier);
	return dossier_set_alias(session, *out, alias);
}

static efile_status case_for(efile_case_id *out, efile_session *session, const item_record *row,
			     const verdict *v)
{
	AUTO_PTR(efile_node) made = NULL;
	efile_node_options options;
	efile_dossier_id dossier;

	if (!efile_id_is_none(&v->case_id)) {
		out->id = v->case_id;
		return EFILE_OK;
	}
	TRY(dossier_of_year(&dossier, session, row, v->rule.plan));
	efile_node_options_init(&options);
	options.title = v->title;
	TRY(efile_case_create(&made, session, dossier, &options));
	*out = efile_case_node_id(made);
	return EFILE_OK;
}

/* ---- the documents ---- */

static const char *or_else(const char *text, const char *fallback)
{
	return text && *text ? text : fallback;
}

/* Values of the invoice for the fields of its document type (schemas/municipal). */
static size_t invoice_attributes(efile_attribute *out, size_t room, const analysis *a)
{
	static const struct {
		const char *field;
		const char *term;
	} rows[] = {
		{ "invoice_number", "BT-1" }, { "invoice_date", "BT-2" }, { "seller", "BT-27" },
		{ "amount", "BT-115" },       { "currency", "BT-5" },
	};
	size_t count = 0;

	for (size_t i = 0; a->invoice && i < ARRAY_SIZE(rows) && count < room; i++) {
		const char *value = efile_invoice_value(a->invoice, rows[i].term);

		if (value && *value)
			out[count++] = (efile_attribute){ .name = rows[i].field, .value = value };
	}
	return count;
}

static efile_status add_letter(efile_document_id *out, efile_session *session,
			       efile_case_id case_id, const item_record *row, const analysis *a,
			       const verdict *v)
{
	AUTO_PTR(efile_node) document = NULL;
	efile_attribute attributes[8];
	efile_document_options o;

	efile_document_options_init(&o);
	o.title = or_else(a->subject, or_else(row->name, or_else(v->title, a->sender)));
	o.media_type = a->media_type;
	o.file_name = row->name;
	o.doctype = v->rule.doctype;
	o.sender = a->sender;
	o.received = row->received;
	o.text = or_else(a->text, NULL);
	if (str_equal(v->rule.doctype, "invoice")) {
		o.attributes = attributes;
		o.attribute_count = invoice_attributes(attributes, ARRAY_SIZE(attributes), a);
	}
	TRY(document_file_staged(&document, session, &case_id.id, EFILE_NODE_DOCUMENT, a->staged, &o));
	*out = efile_document_node_id(document);
	return EFILE_OK;
}

static efile_status add_enclosures(efile_session *session, efile_document_id letter,
				   const analysis *a)
{
	for (size_t i = 0; i < a->enclosure_count; i++) {
		const enclosure *e = &a->enclosures[i];
		AUTO_PTR(efile_node) made = NULL;
		efile_document_options o;
		char title[32];

		snprintf(title, sizeof(title), "%zu", i + 1);
		efile_document_options_init(&o);
		o.title = or_else(e->name, title);
		o.media_type = e->media_type;
		o.file_name = e->name;
		TRY(document_file_staged(&made, session, &letter.id, EFILE_NODE_ATTACHMENT, e->staged,
					 &o));
	}
	return EFILE_OK;
}

efile_status stage_letter(analysis *a, efile_session *session, const item_record *row)
{
	/* The analysis has read the original, and so verified it. */
	TRY(blob_stage_known(&a->staged, session->store, row->blob.value));
	for (size_t i = 0; i < a->enclosure_count; i++) {
		enclosure *e = &a->enclosures[i];

		TRY(blob_stage_bytes(&e->staged, session->store, e->data, e->length));
	}
	return EFILE_OK;
}

efile_status file_letter(item_record *row, efile_session *session, const analysis *a,
			 const verdict *v, const char *facts)
{
	efile_document_id document;
	efile_instance_id instance = { EFILE_ID_NONE };
	efile_case_id case_id;

	TRY(case_for(&case_id, session, row, v));
	TRY(add_letter(&document, session, case_id, row, a, v));
	TRY(add_enclosures(session, document, a));
	if (v->rule.process && efile_id_is_none(&v->case_id)) {
		efile_flow_start_options start;

		efile_flow_start_options_init(&start);
		start.variables = facts;
		start.case_id = case_id;
		start.document = document;
		TRY(efile_flow_start(&instance, session, v->rule.process, &start));
	}
	row->case_id = case_id.id;
	row->document = document.id;
	row->instance = instance.id;
	return EFILE_OK;
}
