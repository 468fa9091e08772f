/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flow/rules.h"

#include <string.h>

/* ---- what several rules ask ---- */

bool rule_executable(const document *d, xml_node_ref n)
{
	xml_node_ref process = document_around(d, n, IS_PROCESS);

	return process && document_flag(d, process, "isExecutable", false);
}

size_t rule_flows_in(const document *d, xml_node_ref n)
{
	return document_referred(d, n, ROLE_TARGET, TAG_sequenceFlow);
}

size_t rule_flows_out(const document *d, xml_node_ref n)
{
	return document_referred(d, n, ROLE_SOURCE, TAG_sequenceFlow);
}

bool rule_triggered(const document *d, xml_node_ref event, bpmn_tag tag)
{
	size_t count;
	const document_ref *refs = document_refs(d, event, &count);

	if (document_child(d, event, tag, 0))
		return true;
	for (size_t i = 0; i < count; i++)
		if (refs[i].row->role == ROLE_DEFINITION && refs[i].to &&
		    document_tag(d, refs[i].to) == tag)
			return true;
	return false;
}

size_t rule_triggers(const document *d, xml_node_ref event)
{
	return document_count_in(d, event, IS_DEFINITION) +
		document_count(d, event, TAG_eventDefinitionRef);
}

/* ---- references ---- */

static bool wanted(const document *d, const document_ref *ref)
{
	const reference_row *row = ref->row;

	if (row->wanted & IS_ANYTHING)
		return true;
	return row->wanted ? document_is(d, ref->to, row->wanted) :
			     row->wanted_tag == document_tag(d, ref->to);
}

/* errorRef is a bare code in the models of some engines; they define no errors at all then. */
static bool may_be_outside(const document *d, const document_ref *ref)
{
	return ref->elsewhere || ref->row->outside || (ref->row->role == ROLE_ERROR && !d->has_errors) ||
		(ref->row->role == ROLE_ITEM && !ref->to);
}

static efile_status check_reference(const document *d, efile_report *report, const document_ref *ref)
{
	const xml_node *at = &d->tree.nodes[ref->at];
	const char *id = document_id(d, ref->from), *to = d->own.data + ref->text;
	report_place place = { .path = id, .line = at->line, .column = at->column, .actual = to };
	const char *name = ref->row->name;

	if (!*id)
		id = xml_tree_text(&d->tree, d->tree.nodes[ref->from].name);
	if (!ref->to && may_be_outside(d, ref))
		return EFILE_OK;
	if (!ref->to)
		return report_add(report, "BPMN-REF", EFILE_SEVERITY_ERROR, &place,
				  "%s of %s names '%s', which does not exist", name, id, to);
	if (wanted(d, ref) || ref->row->outside)
		return EFILE_OK;
	return report_add(report, "BPMN-REF-TYPE", EFILE_SEVERITY_ERROR, &place,
			  "%s of %s names '%s', which is of another kind", name, id, to);
}

/* ---- running them ---- */

static const struct { const rule_row *rows; const size_t *count; } tables[] = {
	{ rules_structure, &rules_structure_count },
	{ rules_event, &rules_event_count },
	{ rules_data, &rules_data_count },
	{ rules_place, &rules_place_count },
};

static efile_severity severity_of(const document *d, const rule_row *r, xml_node_ref n)
{
	bool draft = (r->mild & RULE_MILD_IN_DRAFT) && document_around(d, n, IS_PROCESS) &&
		!rule_executable(d, n);

	if (r->severity == EFILE_SEVERITY_ERROR &&
	    (draft || ((r->mild & RULE_MILD_IN_DIALECT) && d->dialect)))
		return EFILE_SEVERITY_WARNING;
	return r->severity;
}

/* The formats come from the tables; each takes the id and, if it names it, the detail. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static efile_status add_finding(const document *d, efile_report *report, const rule_row *r,
				xml_node_ref n, const char *detail)
{
	const xml_node *node = &d->tree.nodes[n];
	const char *id = document_id(d, n);
	report_place place = { .path = id, .line = node->line, .column = node->column };

	return report_add(report, r->id, severity_of(d, r, n), &place, r->message,
			  *id ? id : xml_tree_text(&d->tree, node->name), detail);
}
#pragma GCC diagnostic pop

static efile_status check_node(const document *d, efile_report *report, xml_node_ref n)
{
	bpmn_tag tag = document_tag(d, n);
	unsigned groups = document_groups(d, n);

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		for (size_t k = 0; k < *tables[i].count; k++) {
			const rule_row *r = &tables[i].rows[k];
			const char *detail = "";

			if (r->tag != TAG_NONE ? r->tag != tag : !(r->groups & (groups | IS_ANYTHING)))
				continue;
			if (r->broken(d, n, &detail))
				TRY(add_finding(d, report, r, n, detail));
			if (efile_error_status(d->ctx) == EFILE_E_NOMEM)
				return EFILE_E_NOMEM;
			error_clear(d->ctx);
		}
	return EFILE_OK;
}

efile_status rules_check(const document *d, efile_report *report)
{
	size_t at = 0;

	for (size_t i = 1; i < d->tree.node_count; i++) {
		if (!d->tags[i])
			continue;
		TRY(check_node(d, report, (xml_node_ref)i));
		for (; at < d->ref_count && d->refs[at].from <= i; at++)
			TRY(check_reference(d, report, &d->refs[at]));
	}
	return EFILE_OK;
}
