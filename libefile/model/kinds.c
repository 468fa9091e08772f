/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The recorded tables: fields in the order of the columns after id and rev. */
#include "model/inner.h"

static const record_field plan_fields[] = {
	RECORD_FIELD(plan_record, uuid, FIELD_ID, 0),
	RECORD_FIELD(plan_record, parent, FIELD_OPT_INT, 0),
	RECORD_FIELD(plan_record, code, FIELD_TEXT, 0),
	RECORD_FIELD(plan_record, title, FIELD_TEXT, 0),
	RECORD_FIELD(plan_record, title_key, FIELD_TEXT, 0),
	RECORD_FIELD(plan_record, valid_from, FIELD_TEXT, 0),
	RECORD_FIELD(plan_record, valid_to, FIELD_TEXT, 0),
	RECORD_FIELD(plan_record, retention, FIELD_OPT_INT, 0),
	RECORD_FIELD(plan_record, retention_start, FIELD_OPT_INT, 0),
	RECORD_FIELD(plan_record, disposal, FIELD_OPT_INT, 0),
	RECORD_FIELD(plan_record, confidentiality, FIELD_OPT_INT, 0),
	RECORD_FIELD(plan_record, access_list, FIELD_OPT_INT, 0),
	RECORD_FIELD(plan_record, pattern, FIELD_TEXT, 0),
};

static const record_field node_fields[] = {
	RECORD_FIELD(node_record, uuid, FIELD_ID, 0),
	RECORD_FIELD(node_record, dossier, FIELD_INT, 0),
	RECORD_FIELD(node_record, parent, FIELD_OPT_INT, 0),
	RECORD_FIELD(node_record, plan, FIELD_OPT_INT, 0),
	RECORD_FIELD(node_record, kind, FIELD_INT, 0),
	RECORD_FIELD(node_record, ord, FIELD_INT, 0),
	RECORD_FIELD(node_record, path, FIELD_TEXT, 0),
	RECORD_FIELD(node_record, doctype, FIELD_OPT_INT, 0),
	RECORD_FIELD(node_record, state, FIELD_INT, 0),
	RECORD_FIELD(node_record, title, FIELD_TEXT, FIELD_PERSONAL),
	RECORD_FIELD(node_record, title_key, FIELD_TEXT, FIELD_PERSONAL),
	RECORD_FIELD(node_record, reference, FIELD_TEXT, 0),
	RECORD_FIELD(node_record, unit, FIELD_ID, 0),
	RECORD_FIELD(node_record, begin_date, FIELD_TEXT, 0),
	RECORD_FIELD(node_record, end_date, FIELD_TEXT, 0),
	RECORD_FIELD(node_record, received, FIELD_OPT_INT, 0),
	RECORD_FIELD(node_record, created, FIELD_INT, 0),
	RECORD_FIELD(node_record, author, FIELD_ID, 0),
	RECORD_FIELD(node_record, medium, FIELD_INT, 0),
	RECORD_FIELD(node_record, confidentiality, FIELD_OPT_INT, 0),
	RECORD_FIELD(node_record, access_list, FIELD_OPT_INT, 0),
	RECORD_FIELD(node_record, marked, FIELD_INT, 0),
	RECORD_FIELD(node_record, sender, FIELD_TEXT, FIELD_PERSONAL),
	RECORD_FIELD(node_record, closed, FIELD_OPT_INT, 0),
	RECORD_FIELD(node_record, trashed, FIELD_OPT_INT, 0),
	RECORD_FIELD(node_record, filing_key, FIELD_TEXT, 0),
};

static const record_field version_fields[] = {
	RECORD_FIELD(version_record, uuid, FIELD_ID, 0),
	RECORD_FIELD(version_record, dossier, FIELD_INT, 0),
	RECORD_FIELD(version_record, node, FIELD_INT, 0),
	RECORD_FIELD(version_record, number, FIELD_INT, 0),
	RECORD_FIELD(version_record, created, FIELD_INT, 0),
	RECORD_FIELD(version_record, author, FIELD_ID, 0),
	RECORD_FIELD(version_record, label, FIELD_TEXT, FIELD_PERSONAL),
	RECORD_FIELD(version_record, remark, FIELD_TEXT, FIELD_PERSONAL),
};

static const record_field rendition_fields[] = {
	RECORD_FIELD(rendition_record, dossier, FIELD_INT, 0),
	RECORD_FIELD(rendition_record, version, FIELD_INT, 0),
	RECORD_FIELD(rendition_record, role, FIELD_INT, 0),
	RECORD_FIELD(rendition_record, blob, FIELD_INT, 0),
	RECORD_FIELD(rendition_record, media_type, FIELD_TEXT, 0),
	RECORD_FIELD(rendition_record, file_name, FIELD_TEXT, FIELD_PERSONAL),
};

static const record_field doctype_fields[] = {
	RECORD_FIELD(doctype_record, uuid, FIELD_ID, 0),
	RECORD_FIELD(doctype_record, name, FIELD_TEXT, 0),
	RECORD_FIELD(doctype_record, title, FIELD_TEXT, 0),
	RECORD_FIELD(doctype_record, definition, FIELD_TEXT, 0),
};

static const record_field attribute_fields[] = {
	RECORD_FIELD(attribute_record, dossier, FIELD_INT, 0),
	RECORD_FIELD(attribute_record, node, FIELD_INT, 0),
	RECORD_FIELD(attribute_record, name, FIELD_TEXT, 0),
	RECORD_FIELD(attribute_record, ordinal, FIELD_INT, 0),
	RECORD_FIELD(attribute_record, datatype, FIELD_INT, 0),
	RECORD_FIELD(attribute_record, value, FIELD_TEXT, FIELD_PERSONAL),
	RECORD_FIELD(attribute_record, value_key, FIELD_TEXT, FIELD_PERSONAL),
};

static const record_field relation_fields[] = {
	RECORD_FIELD(relation_record, uuid, FIELD_ID, 0),
	RECORD_FIELD(relation_record, dossier, FIELD_INT, 0),
	RECORD_FIELD(relation_record, source, FIELD_INT, 0),
	RECORD_FIELD(relation_record, target, FIELD_INT, 0),
	RECORD_FIELD(relation_record, kind, FIELD_TEXT, 0),
	RECORD_FIELD(relation_record, remark, FIELD_TEXT, FIELD_PERSONAL),
};

static const record_field reference_fields[] = {
	RECORD_FIELD(reference_record, dossier, FIELD_INT, 0),
	RECORD_FIELD(reference_record, node, FIELD_INT, 0),
	RECORD_FIELD(reference_record, reference, FIELD_TEXT, 0),
	RECORD_FIELD(reference_record, reference_key, FIELD_TEXT, 0),
	RECORD_FIELD(reference_record, present, FIELD_INT, 0),
	RECORD_FIELD(reference_record, since, FIELD_INT, 0),
};

static const record_field counter_fields[] = {
	RECORD_FIELD(counter_record, scope, FIELD_TEXT, 0),
	RECORD_FIELD(counter_record, last, FIELD_INT, 0),
};

static const record_field lock_fields[] = {
	RECORD_FIELD(lock_record, dossier, FIELD_INT, 0),
	RECORD_FIELD(lock_record, node, FIELD_INT, 0),
	RECORD_FIELD(lock_record, actor, FIELD_ID, 0),
	RECORD_FIELD(lock_record, since, FIELD_INT, 0),
	RECORD_FIELD(lock_record, remark, FIELD_TEXT, FIELD_PERSONAL),
};

const record_kind kind_plan = {
	RECORD_PLAN, "plan", sizeof(plan_record), plan_fields, ARRAY_SIZE(plan_fields)
};

const record_kind kind_node = {
	RECORD_NODE, "node", sizeof(node_record), node_fields, ARRAY_SIZE(node_fields)
};

const record_kind kind_version = {
	RECORD_VERSION, "version", sizeof(version_record), version_fields, ARRAY_SIZE(version_fields)
};

const record_kind kind_rendition = {
	RECORD_RENDITION, "rendition", sizeof(rendition_record), rendition_fields, ARRAY_SIZE(rendition_fields)
};

const record_kind kind_doctype = {
	RECORD_DOCTYPE, "doctype", sizeof(doctype_record), doctype_fields, ARRAY_SIZE(doctype_fields)
};

const record_kind kind_attribute = {
	RECORD_ATTRIBUTE, "attribute", sizeof(attribute_record), attribute_fields, ARRAY_SIZE(attribute_fields)
};

const record_kind kind_relation = {
	RECORD_RELATION, "relation", sizeof(relation_record), relation_fields, ARRAY_SIZE(relation_fields)
};

const record_kind kind_reference = {
	RECORD_REFERENCE, "reference", sizeof(reference_record), reference_fields, ARRAY_SIZE(reference_fields)
};

const record_kind kind_counter = {
	RECORD_COUNTER, "counter", sizeof(counter_record), counter_fields, ARRAY_SIZE(counter_fields)
};

const record_kind kind_node_lock = {
	RECORD_NODE_LOCK, "node_lock", sizeof(lock_record), lock_fields, ARRAY_SIZE(lock_fields)
};

const char model_schema[] =
#include "model/schema.sql.inc"
;
