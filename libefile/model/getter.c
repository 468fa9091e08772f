/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a loaded node tells, and the names of kinds, states and roles. */
#include "model/inner.h"

static const name_row kind_names[] = {
	{ EFILE_NODE_DOSSIER, "dossier" },   { EFILE_NODE_SUB_DOSSIER, "sub_dossier" },
	{ EFILE_NODE_CASE, "case" },         { EFILE_NODE_SUB_CASE, "sub_case" },
	{ EFILE_NODE_DOCUMENT, "document" }, { EFILE_NODE_ATTACHMENT, "attachment" },
};

static const name_row state_names[] = {
	{ EFILE_STATE_OPEN, "open" },           { EFILE_STATE_CLOSED, "closed" },
	{ EFILE_STATE_RETENTION, "retention" }, { EFILE_STATE_OFFERED, "offered" },
	{ EFILE_STATE_APPRAISED, "appraised" }, { EFILE_STATE_TRANSFERRED, "transferred" },
	{ EFILE_STATE_DESTROYED, "destroyed" },
};

static const name_row role_names[] = {
	{ EFILE_ROLE_ORIGINAL, "original" }, { EFILE_ROLE_TEXT, "text" },
	{ EFILE_ROLE_PREVIEW, "preview" },   { EFILE_ROLE_PDFA, "pdfa" },
	{ EFILE_ROLE_SIGNATURE, "signature" },
};

static const char *known(const char *name)
{
	return name ? name : "unknown";
}

static const char *text(const char *value)
{
	return value ? value : "";
}

const char *efile_node_kind_name(efile_node_kind kind)
{
	return known(TABLE_NAME(kind_names, (int)kind));
}

const char *efile_node_state_name(efile_node_state state)
{
	return known(TABLE_NAME(state_names, (int)state));
}

const char *efile_role_name(efile_role role)
{
	return known(TABLE_NAME(role_names, (int)role));
}

void efile_node_options_init(efile_node_options *o)
{
	if (!o)
		return;
	*o = (efile_node_options){ .size = sizeof(*o), .medium = EFILE_MEDIUM_ELECTRONIC,
				   .confidentiality = EFILE_CONFIDENTIALITY_INHERITED };
}

void efile_list_options_init(efile_list_options *o)
{
	if (!o)
		return;
	*o = (efile_list_options){ .size = sizeof(*o) };
}

void efile_document_options_init(efile_document_options *o)
{
	if (!o)
		return;
	*o = (efile_document_options){ .size = sizeof(*o), .medium = EFILE_MEDIUM_ELECTRONIC,
				       .confidentiality = EFILE_CONFIDENTIALITY_INHERITED };
}

void efile_version_options_init(efile_version_options *o)
{
	if (!o)
		return;
	*o = (efile_version_options){ .size = sizeof(*o) };
}

efile_id efile_node_id(const efile_node *node)
{
	return node->row.uuid;
}

efile_dossier_id efile_dossier_node_id(const efile_dossier *dossier)
{
	return (efile_dossier_id){ dossier->row.uuid };
}

efile_case_id efile_case_node_id(const efile_case *c)
{
	return (efile_case_id){ c->row.uuid };
}

efile_document_id efile_document_node_id(const efile_document *document)
{
	return (efile_document_id){ document->row.uuid };
}

efile_node_kind efile_node_kind_of(const efile_node *node)
{
	return (efile_node_kind)node->row.kind;
}

efile_node_state efile_node_state_of(const efile_node *node)
{
	return (efile_node_state)node->row.state;
}

const char *efile_node_title(const efile_node *node)
{
	return node->row.title;
}

const char *efile_node_reference(const efile_node *node)
{
	return text(node->row.reference);
}

const char *efile_node_doctype(const efile_node *node)
{
	return text(node->doctype);
}

const char *efile_node_sender(const efile_node *node)
{
	return text(node->row.sender);
}

int64_t efile_node_revision(const efile_node *node)
{
	return node->row.head.rev;
}

efile_time efile_node_created(const efile_node *node)
{
	return node->row.created;
}

efile_time efile_node_closed(const efile_node *node)
{
	return node->row.closed.value;
}

efile_time efile_node_trashed(const efile_node *node)
{
	return node->row.trashed.value;
}

efile_time efile_node_received(const efile_node *node)
{
	return node->row.received.value;
}

efile_date efile_node_begin(const efile_node *node)
{
	return date_of_text(node->row.begin_date);
}

efile_date efile_node_end(const efile_node *node)
{
	return date_of_text(node->row.end_date);
}

efile_id efile_node_unit(const efile_node *node)
{
	return node->row.unit;
}

efile_medium efile_node_medium(const efile_node *node)
{
	return (efile_medium)node->row.medium;
}

int32_t efile_node_confidentiality(const efile_node *node)
{
	return node->row.confidentiality.set ? (int32_t)node->row.confidentiality.value :
					       EFILE_CONFIDENTIALITY_INHERITED;
}

int64_t efile_node_access_list(const efile_node *node)
{
	return node->row.access_list.value;
}

int efile_node_marked(const efile_node *node)
{
	return (int)node->row.marked;
}

int64_t efile_node_order(const efile_node *node)
{
	return node->row.ord;
}

efile_id efile_node_parent(const efile_node *node)
{
	return node->parent;
}

efile_dossier_id efile_node_dossier(const efile_node *node)
{
	return (efile_dossier_id){ node->dossier };
}

efile_plan_id efile_node_plan(const efile_node *node)
{
	return (efile_plan_id){ node->plan };
}
