/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules of BPMN 2.0 about where elements may stand and what they must find there (10.3 to 10.8, 13.5),
 * which the catalogue does not number. */
#include <string.h>

#include "flow/rules.h"

#define JUDGE(name) static bool name(const document *d, xml_node_ref n, const char **detail)
#define UNUSED_DETAIL (void)detail

enum { LOOKED_MAX = 10000, REFERRERS_MAX = 1000, NODES_MAX = 20000 };

/* The level of a definition: what the event around it stands in. */
static xml_node_ref level_of(const document *d, xml_node_ref definition)
{
	return document_parent(d, document_parent(d, definition));
}

/* ---- links (10.5.5: a source has one target, on its own level) ---- */

static const char *link_name(const document *d, xml_node_ref n)
{
	const char *name = document_attribute(d, n, "name");

	return name ? name : "";
}

JUDGE(link_target_twice)
{
	xml_node_ref event = document_parent(d, n), level = level_of(d, n);
	const char *name = link_name(d, n);
	int looked = 0;

	*detail = name;
	if (document_tag(d, event) != TAG_intermediateCatchEvent || !*name)
		return false;
	for (xml_node_ref at = document_child(d, level, TAG_intermediateCatchEvent, 0);
	     at && at < event && looked < LOOKED_MAX;
	     at = document_child(d, level, TAG_intermediateCatchEvent, at), looked++) {
		xml_node_ref link = document_child(d, at, TAG_linkEventDefinition, 0);

		if (link && !strcmp(link_name(d, link), name))
			return true;
	}
	return false;
}

/* The only targets of that name are in another sub-process or process. */
JUDGE(link_leaves_level)
{
	xml_node_ref level = level_of(d, n);
	const char *name = link_name(d, n);
	bool elsewhere = false;

	*detail = name;
	if (document_tag(d, document_parent(d, n)) != TAG_intermediateThrowEvent || !*name ||
	    document_child(d, n, TAG_target, 0) || d->tree.node_count > NODES_MAX)
		return false; /* of a very large file BPMN-EXT125 alone says it */
	for (size_t i = 1; i < d->tree.node_count; i++) {
		xml_node_ref other = (xml_node_ref)i;

		if (document_tag(d, other) != TAG_linkEventDefinition ||
		    document_tag(d, document_parent(d, other)) != TAG_intermediateCatchEvent ||
		    strcmp(link_name(d, other), name) != 0)
			continue;
		if (level_of(d, other) == level)
			return false;
		elsewhere = true;
	}
	return elsewhere;
}

/* ---- boundary events (10.5.4) ---- */

JUDGE(boundary_of_event_sub_process)
{
	xml_node_ref to = document_target(d, n, ROLE_ATTACHED);

	*detail = document_id(d, to);
	return to && document_is(d, to, IS_SUB_PROCESS) &&
		document_flag(d, to, "triggeredByEvent", false);
}

JUDGE(boundary_on_another_level)
{
	xml_node_ref to = document_target(d, n, ROLE_ATTACHED);

	*detail = document_id(d, to);
	return to && document_parent(d, to) != document_parent(d, n);
}

/* ---- what is thrown ---- */

/* 8.4.3: an error that an end event throws needs a code, if the process is executable. */
JUDGE(error_without_code)
{
	xml_node_ref error = document_target(d, n, ROLE_ERROR);

	UNUSED_DETAIL;
	if (document_tag(d, document_parent(d, n)) != TAG_endEvent || !rule_executable(d, n))
		return false;
	if (!error) /* some engines write the code itself; a name that leads nowhere is BPMN-REF's */
		return !document_attribute(d, n, "errorRef");
	return !document_attribute(d, error, "errorCode");
}

JUDGE(signal_missing)
{
	UNUSED_DETAIL;
	return rule_executable(d, n) && !document_attribute(d, n, "signalRef");
}

/* 13.5.5: the activity is visible from where compensation is thrown: on its level, or around it. */
JUDGE(compensation_not_visible)
{
	xml_node_ref activity = document_target(d, n, ROLE_ACTIVITY);
	xml_node_ref level = document_parent(d, activity);

	*detail = document_id(d, activity);
	if (!activity || !document_is(d, document_parent(d, n), IS_THROW))
		return false;
	for (xml_node_ref at = level_of(d, n); at; at = document_parent(d, at))
		if (at == level)
			return false;
	return true;
}

/* ---- flows and gateways ---- */

/* 10.5.2: the flows of a start event have no condition. */
JUDGE(condition_after_start)
{
	xml_node_ref from = document_target(d, n, ROLE_SOURCE);

	*detail = document_id(d, from);
	return from && document_tag(d, from) == TAG_startEvent &&
		document_child(d, n, TAG_conditionExpression, 0);
}

/* 10.6.6: only a gateway that starts the process can wait for all of its events. */
JUDGE(parallel_without_instance)
{
	const char *type = document_attribute(d, n, "eventGatewayType");

	UNUSED_DETAIL;
	return type && !strcmp(type, "Parallel") && !document_flag(d, n, "instantiate", false);
}

/* 10.8: lanes of a set are a partition. */
JUDGE(in_two_lanes)
{
	size_t count, others;
	const document_ref *refs = document_refs(d, n, &count);

	for (size_t i = 0; i < count; i++) {
		document_ref *const *back;

		if (refs[i].row->role != ROLE_LANE_NODE || !refs[i].to)
			continue;
		back = document_referrers(d, refs[i].to, &others);
		for (size_t k = 0; k < others && k < REFERRERS_MAX; k++)
			if (back[k]->row->role == ROLE_LANE_NODE && back[k]->from < n &&
			    document_parent(d, back[k]->from) == document_parent(d, n)) {
				*detail = document_id(d, refs[i].to);
				return true;
			}
	}
	return false;
}

/* ---- correlation (8.4.2) ---- */

/* The first thing that a reference of that name leads to; 0. */
static xml_node_ref refers_by(const document *d, xml_node_ref n, const char *name)
{
	size_t count;
	const document_ref *refs = document_refs(d, n, &count);

	for (size_t i = 0; i < count; i++)
		if (!strcmp(refs[i].row->name, name))
			return refs[i].to;
	return 0;
}

static bool refers_to(const document *d, xml_node_ref n, xml_node_ref to)
{
	size_t count;
	const document_ref *refs = document_refs(d, n, &count);

	for (size_t i = 0; i < count; i++)
		if (refs[i].to == to)
			return true;
	return false;
}

JUDGE(property_without_path)
{
	UNUSED_DETAIL;
	return !document_child(d, n, TAG_correlationPropertyRetrievalExpression, 0);
}

JUDGE(binding_of_another_key)
{
	xml_node_ref key = refers_by(d, document_parent(d, n), "correlationKeyRef");
	xml_node_ref property = refers_by(d, n, "correlationPropertyRef");

	*detail = document_id(d, property);
	return key && property && !refers_to(d, key, property);
}

static bool is_bound(const document *d, xml_node_ref subscription, xml_node_ref property)
{
	int looked = 0;

	for (xml_node_ref at = document_child(d, subscription, TAG_correlationPropertyBinding, 0);
	     at && looked < REFERRERS_MAX;
	     at = document_child(d, subscription, TAG_correlationPropertyBinding, at), looked++)
		if (refers_by(d, at, "correlationPropertyRef") == property)
			return true;
	return false;
}

JUDGE(property_not_bound)
{
	xml_node_ref key = refers_by(d, n, "correlationKeyRef");
	size_t count = 0;
	const document_ref *refs = key ? document_refs(d, key, &count) : NULL;

	for (size_t i = 0; i < count && i < REFERRERS_MAX; i++)
		if (refs[i].to && document_tag(d, refs[i].to) == TAG_correlationProperty &&
		    !is_bound(d, n, refs[i].to)) {
			*detail = document_id(d, refs[i].to);
			return true;
		}
	return false;
}

#define E EFILE_SEVERITY_ERROR
#define W EFILE_SEVERITY_WARNING
#define DIALECT RULE_MILD_IN_DIALECT

const rule_row rules_place[] = {
	{ "BPMN-LINK-TWICE", E, 0, TAG_linkEventDefinition, 0, link_target_twice,
	  "link %s is the second target of the name '%s' on its level" },
	{ "BPMN-LINK-LEVEL", E, 0, TAG_linkEventDefinition, 0, link_leaves_level,
	  "link %s leads to '%s', which only another level has" },
	{ "BPMN-BOUNDARY-HOST", E, 0, TAG_boundaryEvent, 0, boundary_of_event_sub_process,
	  "boundary event %s is attached to the event sub-process %s" },
	{ "BPMN-BOUNDARY-LEVEL", E, 0, TAG_boundaryEvent, 0, boundary_on_another_level,
	  "boundary event %s stands on another level than %s, to which it is attached" },
	{ "BPMN-ERROR-CODE", E, DIALECT, TAG_errorEventDefinition, 0, error_without_code,
	  "%s throws an error that has no code" },
	{ "BPMN-SIGNAL-NAME", E, DIALECT, TAG_signalEventDefinition, 0, signal_missing,
	  "the signal event definition %s of an executable process names no signal" },
	{ "BPMN-COMPENSATE-LEVEL", E, DIALECT, TAG_compensateEventDefinition, 0,
	  compensation_not_visible,
	  "%s compensates %s, which is not to be seen from there" },
	{ "BPMN-START-CONDITION", E, DIALECT, TAG_sequenceFlow, 0, condition_after_start,
	  "sequence flow %s must not have a condition, since it comes from the start event %s" },
	{ "BPMN-EVENT-GATEWAY-TYPE", E, 0, TAG_eventBasedGateway, 0, parallel_without_instance,
	  "event-based gateway %s cannot be parallel, since it does not start the process" },
	{ "BPMN-CORRELATION-PATH", E, 0, TAG_correlationProperty, 0, property_without_path,
	  "no message has the correlation property %s: it has no path" },
	{ "BPMN-CORRELATION-KEY", E, 0, TAG_correlationPropertyBinding, 0, binding_of_another_key,
	  "binding %s names the property %s, which the key of its subscription does not have" },
	{ "BPMN-CORRELATION-BINDING", E, 0, TAG_correlationSubscription, 0, property_not_bound,
	  "subscription %s does not bind the property %s of its key" },
	{ "BPMN-LANE-TWICE", W, 0, TAG_lane, 0, in_two_lanes,
	  "lane %s holds %s, which another lane of the same set holds as well" },
};
const size_t rules_place_count = ARRAY_SIZE(rules_place);
