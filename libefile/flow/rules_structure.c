/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules of BPMN 2.0 about ids, flows, gateways, activities, sub-processes and collaborations. The
 * number of a rule is that of the catalogue of constraints by Geiger and others (EXT.nnn). */
#include <string.h>

#include "flow/rules.h"

#define JUDGE(name) static bool name(const document *d, xml_node_ref n, const char **detail)
#define UNUSED_DETAIL (void)detail

/* ---- ids (8.2.1) ---- */

JUDGE(id_twice)
{
	const char *id = document_id(d, n);
	xml_node_ref first = *id ? document_find(d, id) : 0;

	UNUSED_DETAIL;
	return first && first != n;
}

JUDGE(id_missing)
{
	UNUSED_DETAIL;
	return !*document_id(d, n);
}

/* ---- sequence flows (8.4.13, 7.6.1) ---- */

static xml_node_ref end_of(const document *d, xml_node_ref flow, bpmn_role role, const char **detail)
{
	xml_node_ref end = document_target(d, flow, role);

	*detail = document_id(d, end);
	return end;
}

JUDGE(target_artifact)
{
	xml_node_ref to = end_of(d, n, ROLE_TARGET, detail);

	return to && document_is(d, to, IS_ARTIFACT);
}

JUDGE(source_artifact)
{
	xml_node_ref from = end_of(d, n, ROLE_SOURCE, detail);

	return from && document_is(d, from, IS_ARTIFACT);
}

static bool event_sub_process(const document *d, xml_node_ref n)
{
	return document_is(d, n, IS_SUB_PROCESS) && document_flag(d, n, "triggeredByEvent", false);
}

static bool no_flow_node(const document *d, xml_node_ref end)
{
	if (!end || document_is(d, end, IS_ARTIFACT))
		return false;
	return !document_is(d, end, IS_NODE | IS_CHOREOGRAPHY) || event_sub_process(d, end);
}

JUDGE(source_no_node)
{
	return no_flow_node(d, end_of(d, n, ROLE_SOURCE, detail));
}

JUDGE(target_no_node)
{
	return no_flow_node(d, end_of(d, n, ROLE_TARGET, detail));
}

/* A file that lists flows at their nodes must list all of them. */
JUDGE(not_listed)
{
	xml_node_ref from = document_target(d, n, ROLE_SOURCE);
	xml_node_ref to = document_target(d, n, ROLE_TARGET);

	if (!d->lists_flows || !*document_id(d, n))
		return false;
	if (from && document_is(d, from, IS_NODE) && !document_refers(d, from, ROLE_OUTGOING, n)) {
		*detail = document_id(d, from);
		return true;
	}
	*detail = document_id(d, to);
	return to && document_is(d, to, IS_NODE) && !document_refers(d, to, ROLE_INCOMING, n);
}

JUDGE(listed_wrongly)
{
	size_t count;
	const document_ref *refs = document_refs(d, n, &count);

	for (size_t i = 0; i < count; i++) {
		bpmn_role role = refs[i].row->role;

		if ((role != ROLE_INCOMING && role != ROLE_OUTGOING) || !refs[i].to ||
		    document_tag(d, refs[i].to) != TAG_sequenceFlow)
			continue;
		*detail = document_id(d, refs[i].to);
		if (document_target(d, refs[i].to, role == ROLE_INCOMING ? ROLE_TARGET : ROLE_SOURCE)
		    != n)
			return true;
	}
	return false;
}

JUDGE(not_immediate)
{
	UNUSED_DETAIL;
	return !document_flag(d, n, "isImmediate", true) && rule_executable(d, n);
}

JUDGE(lonely_condition)
{
	xml_node_ref from = end_of(d, n, ROLE_SOURCE, detail);

	if (!document_child(d, n, TAG_conditionExpression, 0) || !from)
		return false;
	return document_is(d, from, IS_ACTIVITY | IS_EVENT) && rule_flows_out(d, from) < 2;
}

JUDGE(default_of_another)
{
	xml_node_ref flow = document_target(d, n, ROLE_DEFAULT);

	*detail = document_id(d, flow);
	return flow && document_tag(d, flow) == TAG_sequenceFlow &&
		document_target(d, flow, ROLE_SOURCE) != n;
}

JUDGE(border_crossed)
{
	xml_node_ref from = document_target(d, n, ROLE_SOURCE);
	xml_node_ref to = document_target(d, n, ROLE_TARGET);

	UNUSED_DETAIL;
	return from && to && document_is(d, from, IS_NODE) && document_is(d, to, IS_NODE) &&
		document_parent(d, from) != document_parent(d, to);
}

/* ---- gateways (10.6, 13.4) ---- */

static bool directed(const document *d, xml_node_ref n, const char *direction)
{
	const char *value = document_attribute(d, n, "gatewayDirection");

	return value && !strcmp(value, direction);
}

JUDGE(converging_splits)
{
	UNUSED_DETAIL;
	return directed(d, n, "Converging") && rule_flows_out(d, n) > 1;
}

JUDGE(diverging_joins)
{
	UNUSED_DETAIL;
	return directed(d, n, "Diverging") && rule_flows_in(d, n) > 1;
}

JUDGE(mixed_is_not)
{
	UNUSED_DETAIL;
	return directed(d, n, "Mixed") && (rule_flows_in(d, n) < 2 || rule_flows_out(d, n) < 2);
}

JUDGE(gateway_useless)
{
	UNUSED_DETAIL;
	return rule_flows_in(d, n) < 2 && rule_flows_out(d, n) < 2;
}

/* The node behind an outgoing flow of an event-based gateway; gives the gateway. */
static xml_node_ref gateway_before(const document *d, xml_node_ref n)
{
	size_t count;
	document_ref *const *refs = document_referrers(d, n, &count);

	for (size_t i = 0; i < count; i++) {
		xml_node_ref from;

		if (refs[i]->row->role != ROLE_TARGET || document_tag(d, refs[i]->from) != TAG_sequenceFlow)
			continue;
		from = document_target(d, refs[i]->from, ROLE_SOURCE);
		if (from && document_tag(d, from) == TAG_eventBasedGateway)
			return from;
	}
	return 0;
}

JUDGE(event_gateway_one_way)
{
	UNUSED_DETAIL;
	return rule_flows_out(d, n) < 2;
}

JUDGE(condition_after_event_gateway)
{
	xml_node_ref from = end_of(d, n, ROLE_SOURCE, detail);

	return from && document_tag(d, from) == TAG_eventBasedGateway &&
		document_child(d, n, TAG_conditionExpression, 0);
}

static const bpmn_tag awaited[] = { TAG_messageEventDefinition, TAG_signalEventDefinition,
				    TAG_timerEventDefinition, TAG_conditionalEventDefinition };

static bool may_follow(const document *d, xml_node_ref to)
{
	if (document_tag(d, to) == TAG_receiveTask)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(awaited); i++)
		if (document_tag(d, to) == TAG_intermediateCatchEvent &&
		    rule_triggered(d, to, awaited[i]))
			return true;
	return false;
}

JUDGE(wrong_after_event_gateway)
{
	xml_node_ref from = document_target(d, n, ROLE_SOURCE);
	xml_node_ref to = end_of(d, n, ROLE_TARGET, detail);

	return from && to && document_tag(d, from) == TAG_eventBasedGateway && !may_follow(d, to);
}

JUDGE(messages_and_tasks)
{
	size_t count;
	document_ref *const *refs = document_referrers(d, n, &count);
	bool task = false, message = false;

	UNUSED_DETAIL;
	for (size_t i = 0; i < count; i++) {
		xml_node_ref to;

		if (refs[i]->row->role != ROLE_SOURCE || document_tag(d, refs[i]->from) != TAG_sequenceFlow)
			continue;
		to = document_target(d, refs[i]->from, ROLE_TARGET);
		task |= to && document_tag(d, to) == TAG_receiveTask;
		message |= to && document_tag(d, to) == TAG_intermediateCatchEvent &&
			rule_triggered(d, to, TAG_messageEventDefinition);
	}
	return task && message;
}

JUDGE(receive_with_boundary)
{
	UNUSED_DETAIL;
	return gateway_before(d, n) && document_referred(d, n, ROLE_ATTACHED, TAG_boundaryEvent);
}

JUDGE(other_way_in)
{
	xml_node_ref gateway = gateway_before(d, n);

	*detail = document_id(d, gateway);
	return gateway && rule_flows_in(d, n) > 1;
}

JUDGE(instantiating_with_incoming)
{
	UNUSED_DETAIL;
	return document_flag(d, n, "instantiate", false) && rule_flows_in(d, n);
}

/* ---- message flows (9.4) ---- */

/* The pool that an end of a message flow lies in: the process, or the participant itself. */
static xml_node_ref pool_of(const document *d, xml_node_ref end)
{
	xml_node_ref process;

	if (document_tag(d, end) == TAG_participant) {
		process = document_target(d, end, ROLE_PROCESS);
		return process ? process : end;
	}
	return document_around(d, end, IS_PROCESS);
}

JUDGE(within_one_pool)
{
	xml_node_ref from = document_target(d, n, ROLE_SOURCE);
	xml_node_ref to = document_target(d, n, ROLE_TARGET);
	xml_node_ref pool = from ? pool_of(d, from) : 0;

	UNUSED_DETAIL;
	return from && to && (from == to || (pool && pool == pool_of(d, to)));
}

/* ---- collaborations and choreographies (9, 11) ---- */

JUDGE(refers_to_choreography)
{
	UNUSED_DETAIL;
	return document_child(d, n, TAG_choreographyRef, 0);
}

static bool number_of(const document *d, xml_node_ref n, const char *name, long standard, long *out)
{
	const char *text = document_attribute(d, n, name);
	long value = 0;
	bool negative;

	*out = standard;
	if (!text)
		return true;
	negative = *text == '-';
	for (text += negative; str_ascii_digit(*text) && value < 100000000; text++)
		value = value * 10 + (*text - '0');
	*out = negative ? -value : value;
	return !*text;
}

JUDGE(minimum_negative)
{
	long minimum;

	UNUSED_DETAIL;
	return !number_of(d, n, "minimum", 0, &minimum) || minimum < 0;
}

JUDGE(maximum_too_small)
{
	long minimum, maximum;

	UNUSED_DETAIL;
	return !number_of(d, n, "minimum", 0, &minimum) || !number_of(d, n, "maximum", 1, &maximum) ||
		maximum < 1 || maximum < minimum;
}

JUDGE(conversation_not_empty)
{
	static const bpmn_tag forbidden[] = { TAG_participantAssociation, TAG_messageFlowAssociation,
					      TAG_conversationAssociation };

	UNUSED_DETAIL;
	for (size_t i = 0; i < ARRAY_SIZE(forbidden); i++)
		if (document_child(d, n, forbidden[i], 0))
			return true;
	return document_child_in(d, n, IS_CONVERSATION | IS_ARTIFACT, 0);
}

JUDGE(closed_differs)
{
	xml_node_ref other = document_target(d, n, ROLE_CHOREOGRAPHY);

	*detail = document_id(d, other);
	return other && document_flag(d, n, "isClosed", false) !=
		document_flag(d, other, "isClosed", false);
}

JUDGE(public_executable)
{
	const char *type = document_attribute(d, n, "processType");

	UNUSED_DETAIL;
	return type && !strcmp(type, "Public") && document_flag(d, n, "isExecutable", false);
}

JUDGE(holds_choreography)
{
	xml_node_ref inside = document_child_in(d, n, IS_CHOREOGRAPHY, 0);

	*detail = document_id(d, inside);
	return inside;
}

/* ---- activities (10.3) ---- */

JUDGE(start_quantity)
{
	long quantity;

	UNUSED_DETAIL;
	return !number_of(d, n, "startQuantity", 1, &quantity) || quantity < 1;
}

JUDGE(completion_quantity)
{
	long quantity;

	UNUSED_DETAIL;
	return !number_of(d, n, "completionQuantity", 1, &quantity) || quantity < 1;
}

JUDGE(resource_two_ways)
{
	UNUSED_DETAIL;
	return document_child(d, n, TAG_resourceAssignmentExpression, 0) &&
		document_child(d, n, TAG_resourceRef, 0);
}

JUDGE(binding_without_resource)
{
	UNUSED_DETAIL;
	return document_child(d, n, TAG_resourceParameterBinding, 0) &&
		!document_child(d, n, TAG_resourceRef, 0);
}

JUDGE(script_without_format)
{
	UNUSED_DETAIL;
	return document_child(d, n, TAG_script, 0) && !document_attribute(d, n, "scriptFormat");
}

JUDGE(event_sub_process_flows)
{
	UNUSED_DETAIL;
	return event_sub_process(d, n) && (rule_flows_in(d, n) || rule_flows_out(d, n) ||
					   document_child(d, n, TAG_incoming, 0) ||
					   document_child(d, n, TAG_outgoing, 0));
}

JUDGE(event_sub_process_starts)
{
	UNUSED_DETAIL;
	return event_sub_process(d, n) && document_count(d, n, TAG_startEvent) != 1;
}

JUDGE(ad_hoc_empty)
{
	UNUSED_DETAIL;
	return !document_child_in(d, n, IS_ACTIVITY, 0);
}

JUDGE(ad_hoc_with_events)
{
	UNUSED_DETAIL;
	return d->holds[n] || document_child_in(d, n, IS_CHOREOGRAPHY | IS_CONVERSATION, 0) ||
		document_child(d, n, TAG_conversationLink, 0);
}

/* Started by an event, by a gateway or task that instantiates, by the compensation of another. */
static bool may_have_no_way_in(const document *d, xml_node_ref n)
{
	bpmn_tag tag = document_tag(d, n);
	xml_node_ref parent = document_parent(d, n);

	return tag == TAG_startEvent || tag == TAG_boundaryEvent || event_sub_process(d, n) ||
		document_flag(d, n, "isForCompensation", false) ||
		document_flag(d, n, "instantiate", false) ||
		rule_triggered(d, n, TAG_linkEventDefinition) ||
		document_tag(d, parent) == TAG_adHocSubProcess || !document_is(d, n, IS_NODE);
}

JUDGE(no_way_in)
{
	UNUSED_DETAIL;
	if (!(d->holds[document_parent(d, n)] & HOLDS_START) || may_have_no_way_in(d, n))
		return false;
	return !rule_flows_in(d, n);
}

JUDGE(boundary_way_in)
{
	UNUSED_DETAIL;
	return rule_flows_in(d, n) || document_child(d, n, TAG_incoming, 0);
}

JUDGE(no_way_out)
{
	bpmn_tag tag = document_tag(d, n);

	UNUSED_DETAIL;
	if (!(d->holds[document_parent(d, n)] & HOLDS_END) || tag == TAG_endEvent ||
	    tag == TAG_boundaryEvent || event_sub_process(d, n) ||
	    document_flag(d, n, "isForCompensation", false) ||
	    (tag == TAG_intermediateThrowEvent && rule_triggered(d, n, TAG_linkEventDefinition)) ||
	    document_tag(d, document_parent(d, n)) == TAG_adHocSubProcess)
		return false;
	return !rule_flows_out(d, n);
}

JUDGE(compensation_with_flows)
{
	UNUSED_DETAIL;
	return document_flag(d, n, "isForCompensation", false) &&
		(rule_flows_in(d, n) || rule_flows_out(d, n));
}

JUDGE(format_no_media_type)
{
	const char *format = document_attribute(d, n, "textFormat");

	*detail = format ? format : "";
	return format && !strchr(format, '/');
}

#define E EFILE_SEVERITY_ERROR
#define W EFILE_SEVERITY_WARNING
#define DIALECT RULE_MILD_IN_DIALECT
#define DRAFT RULE_MILD_IN_DRAFT

const rule_row rules_structure[] = {
	{ "BPMN-EXT002", E, 0, TAG_NONE, IS_ANYTHING, id_twice, "the id %s is given twice" },
	{ "BPMN-EXT003", E, 0, TAG_NONE, IS_NODE | IS_PROCESS, id_missing,
	  "an element of the kind %s has no id" },
	{ "BPMN-EXT006", E, 0, TAG_sequenceFlow, 0, target_artifact,
	  "sequence flow %s leads to the artifact %s" },
	{ "BPMN-EXT007", E, 0, TAG_sequenceFlow, 0, source_artifact,
	  "sequence flow %s comes from the artifact %s" },
	{ "BPMN-EXT008", E, 0, TAG_messageFlow, 0, target_artifact,
	  "message flow %s leads to the artifact %s" },
	{ "BPMN-EXT009", E, 0, TAG_messageFlow, 0, source_artifact,
	  "message flow %s comes from the artifact %s" },
	{ "BPMN-EXT010", E, 0, TAG_textAnnotation, 0, format_no_media_type,
	  "the text format of %s, '%s', is no media type" },
	{ "BPMN-EXT017", E, 0, TAG_NONE, IS_GATEWAY, converging_splits,
	  "the converging gateway %s has more than one way out" },
	{ "BPMN-EXT018", E, 0, TAG_NONE, IS_GATEWAY, diverging_joins,
	  "the diverging gateway %s has more than one way in" },
	{ "BPMN-EXT019", E, 0, TAG_NONE, IS_GATEWAY, mixed_is_not,
	  "the mixed gateway %s needs several ways in and several ways out" },
	{ "BPMN-EXT021", E, 0, TAG_sequenceFlow, 0, source_no_node,
	  "sequence flow %s comes from %s, which is no activity, gateway or event, or is an event sub-process" },
	{ "BPMN-EXT022", E, 0, TAG_sequenceFlow, 0, target_no_node,
	  "sequence flow %s leads to %s, which is no activity, gateway or event, or is an event sub-process" },
	{ "BPMN-EXT023", E, DRAFT, TAG_sequenceFlow, 0, not_listed,
	  "sequence flow %s is not listed as incoming or outgoing at %s" },
	{ "BPMN-EXT023", E, DRAFT, TAG_NONE, IS_NODE, listed_wrongly,
	  "%s lists sequence flow %s, which does not lead there or come from there" },
	{ "BPMN-EXT024", E, DIALECT, TAG_sequenceFlow, 0, not_immediate,
	  "sequence flow %s of an executable process must be immediate" },
	{ "BPMN-EXT025", E, 0, TAG_sequenceFlow, 0, lonely_condition,
	  "sequence flow %s has a condition, but is the only way out of %s" },
	{ "BPMN-EXT026", E, 0, TAG_NONE, IS_ACTIVITY | IS_GATEWAY, default_of_another,
	  "the default flow of %s, '%s', is none of its flows" },
	{ "BPMN-EXT027", E, 0, TAG_choreography, 0, refers_to_choreography,
	  "%s must not refer to a choreography" },
	{ "BPMN-EXT027", E, 0, TAG_globalConversation, 0, refers_to_choreography,
	  "%s must not refer to a choreography" },
	{ "BPMN-EXT028-EXT152", E, 0, TAG_sequenceFlow, 0, border_crossed,
	  "sequence flow %s crosses the border of a pool or sub-process" },
	{ "BPMN-EXT029", E, 0, TAG_participantMultiplicity, 0, minimum_negative,
	  "the minimum of %s is negative" },
	{ "BPMN-EXT030", E, 0, TAG_participantMultiplicity, 0, maximum_too_small,
	  "the maximum of %s is less than one or than the minimum" },
	{ "BPMN-EXT031", E, 0, TAG_messageFlow, 0, within_one_pool,
	  "message flow %s does not connect two pools" },
	{ "BPMN-EXT032", E, 0, TAG_globalConversation, 0, conversation_not_empty,
	  "the global conversation %s holds more than participants, message flows and correlation keys" },
	{ "BPMN-EXT033", E, 0, TAG_collaboration, 0, closed_differs,
	  "isClosed of %s differs from that of choreography %s" },
	{ "BPMN-EXT035", E, 0, TAG_process, 0, public_executable,
	  "the public process %s must not be marked as executable" },
	{ "BPMN-EXT036", E, 0, TAG_process, 0, holds_choreography,
	  "process %s holds the choreography activity %s" },
	{ "BPMN-EXT037", E, 0, TAG_NONE, IS_ACTIVITY, start_quantity,
	  "the start quantity of %s is less than one" },
	{ "BPMN-EXT038", E, 0, TAG_NONE, IS_ACTIVITY, completion_quantity,
	  "the completion quantity of %s is less than one" },
	{ "BPMN-EXT039", E, 0, TAG_NONE, IS_ROLE, resource_two_ways,
	  "%s names a resource and an assignment expression: only one of them is allowed" },
	{ "BPMN-EXT040", E, 0, TAG_NONE, IS_ROLE, binding_without_resource,
	  "%s binds parameters of a resource that it does not name" },
	{ "BPMN-EXT049", E, 0, TAG_receiveTask, 0, instantiating_with_incoming,
	  "receive task %s starts the process and must not have a way in" },
	{ "BPMN-EXT053", W, DIALECT, TAG_scriptTask, 0, script_without_format,
	  "script task %s does not say what language its script is in" },
	{ "BPMN-EXT056", E, 0, TAG_NONE, IS_SUB_PROCESS, holds_choreography,
	  "sub-process %s holds the choreography activity %s" },
	{ "BPMN-EXT057", E, 0, TAG_NONE, IS_SUB_PROCESS, event_sub_process_flows,
	  "event sub-process %s must have neither ways in nor ways out" },
	{ "BPMN-EXT058", E, DIALECT, TAG_NONE, IS_SUB_PROCESS, event_sub_process_starts,
	  "event sub-process %s needs exactly one start event" },
	{ "BPMN-EXT061", E, 0, TAG_adHocSubProcess, 0, ad_hoc_empty,
	  "ad-hoc sub-process %s holds no activity" },
	{ "BPMN-EXT062", E, 0, TAG_adHocSubProcess, 0, ad_hoc_with_events,
	  "ad-hoc sub-process %s must hold neither start nor end events, nor conversations, nor choreography activities" },
	{ "BPMN-EXT135", E, DIALECT, TAG_NONE, IS_GATEWAY, gateway_useless,
	  "gateway %s neither splits nor joins" },
	{ "BPMN-EXT136", E, DIALECT, TAG_eventBasedGateway, 0, event_gateway_one_way,
	  "event-based gateway %s needs at least two ways out" },
	{ "BPMN-EXT137", E, 0, TAG_sequenceFlow, 0, condition_after_event_gateway,
	  "sequence flow %s must not have a condition, since it comes from the event-based gateway %s" },
	{ "BPMN-EXT138", E, 0, TAG_sequenceFlow, 0, wrong_after_event_gateway,
	  "sequence flow %s leads from an event-based gateway to %s, which does not wait for a message, signal, time or condition" },
	{ "BPMN-EXT139", E, 0, TAG_eventBasedGateway, 0, messages_and_tasks,
	  "event-based gateway %s leads to message events and to receive tasks: only one of them is allowed" },
	{ "BPMN-EXT140", E, 0, TAG_receiveTask, 0, receive_with_boundary,
	  "receive task %s follows an event-based gateway and must not have boundary events" },
	{ "BPMN-EXT141", E, 0, TAG_NONE, IS_NODE, other_way_in,
	  "%s follows the event-based gateway %s and must not have other ways in" },
	{ "BPMN-EXT142", E, 0, TAG_eventBasedGateway, 0, instantiating_with_incoming,
	  "event-based gateway %s starts the process and must not have a way in" },
	{ "BPMN-EXT150", E, DIALECT, TAG_NONE, IS_NODE, no_way_in,
	  "%s has no way in, although there is a start event" },
	{ "BPMN-EXT112-EXT150", E, 0, TAG_boundaryEvent, 0, boundary_way_in,
	  "boundary event %s must not have a way in" },
	{ "BPMN-EXT151", E, DIALECT, TAG_NONE, IS_NODE, no_way_out,
	  "%s has no way out, although there is an end event" },
	{ "BPMN-COMPENSATION-FLOW", E, 0, TAG_NONE, IS_ACTIVITY, compensation_with_flows,
	  "the compensating activity %s must have neither ways in nor ways out" },
};
const size_t rules_structure_count = ARRAY_SIZE(rules_structure);
