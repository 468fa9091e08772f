/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules of BPMN 2.0 about events (10.5) and expressions (8.4.7); numbers as in rules_structure.c. */
#include <string.h>

#include "expr/expr.h"
#include "flow/rules.h"

#define JUDGE(name) static bool name(const document *d, xml_node_ref n, const char **detail)
#define UNUSED_DETAIL (void)detail
#define SET(tag) (UINT64_C(1) << (tag - TAG_messageEventDefinition))

/* Whether an event has a definition of the tags in the set. */
static bool has_any(const document *d, xml_node_ref n, uint64_t set)
{
	for (int tag = TAG_messageEventDefinition; tag <= TAG_terminateEventDefinition; tag++)
		if ((set >> (tag - TAG_messageEventDefinition) & 1) &&
		    rule_triggered(d, n, (bpmn_tag)tag))
			return true;
	return false;
}

enum { NOT_INTERRUPTING = 1, NEEDS_ONE = 2 };

/* ---- start events (10.5.2) ---- */

static bool in_event_sub_process(const document *d, xml_node_ref n)
{
	xml_node_ref parent = document_parent(d, n);

	return document_is(d, parent, IS_SUB_PROCESS) &&
		document_flag(d, parent, "triggeredByEvent", false);
}

JUDGE(top_level_start)
{
	UNUSED_DETAIL;
	return document_tag(d, document_parent(d, n)) == TAG_process &&
		has_any(d, n, SET(TAG_linkEventDefinition) | SET(TAG_escalationEventDefinition) |
			SET(TAG_errorEventDefinition) | SET(TAG_cancelEventDefinition) |
			SET(TAG_compensateEventDefinition) | SET(TAG_terminateEventDefinition));
}

JUDGE(event_sub_process_start)
{
	uint64_t forbidden = SET(TAG_linkEventDefinition) | SET(TAG_cancelEventDefinition) |
		SET(TAG_terminateEventDefinition);

	UNUSED_DETAIL;
	if (!in_event_sub_process(d, n))
		return false;
	if (!document_flag(d, n, "isInterrupting", true))
		forbidden |= SET(TAG_compensateEventDefinition) | SET(TAG_errorEventDefinition);
	return !rule_triggers(d, n) || has_any(d, n, forbidden);
}

JUDGE(sub_process_start)
{
	UNUSED_DETAIL;
	return document_is(d, document_parent(d, n), IS_SUB_PROCESS) &&
		!in_event_sub_process(d, n) && rule_triggers(d, n);
}

JUDGE(start_with_incoming)
{
	UNUSED_DETAIL;
	return rule_flows_in(d, n) || document_child(d, n, TAG_incoming, 0);
}

JUDGE(start_without_outgoing)
{
	UNUSED_DETAIL;
	return !rule_flows_out(d, n);
}

JUDGE(called_without_plain_start)
{
	UNUSED_DETAIL;
	if (!(d->holds[n] & HOLDS_START) || !document_referred(d, n, ROLE_CALLED, TAG_callActivity))
		return false;
	for (xml_node_ref at = document_child(d, n, TAG_startEvent, 0); at;
	     at = document_child(d, n, TAG_startEvent, at))
		if (!rule_triggers(d, at))
			return false;
	return true;
}

JUDGE(no_end)
{
	UNUSED_DETAIL;
	return !(d->holds[document_parent(d, n)] & HOLDS_END);
}

/* ---- end events (10.5.3) ---- */

JUDGE(no_start)
{
	UNUSED_DETAIL;
	return !(d->holds[document_parent(d, n)] & HOLDS_START);
}

JUDGE(end_with_outgoing)
{
	UNUSED_DETAIL;
	return rule_flows_out(d, n) || document_child(d, n, TAG_outgoing, 0);
}

JUDGE(end_without_incoming)
{
	UNUSED_DETAIL;
	return !rule_flows_in(d, n);
}

JUDGE(cancel_outside_transaction)
{
	xml_node_ref at = n;

	UNUSED_DETAIL;
	if (!rule_triggered(d, n, TAG_cancelEventDefinition))
		return false;
	do
		at = document_parent(d, at);
	while (at && document_tag(d, at) != TAG_transaction);
	return !at;
}

JUDGE(end_trigger)
{
	UNUSED_DETAIL;
	return has_any(d, n, SET(TAG_linkEventDefinition) | SET(TAG_conditionalEventDefinition) |
		       SET(TAG_timerEventDefinition));
}

/* ---- message flows at events ---- */

static bool message_flows(const document *d, xml_node_ref n, bpmn_role role)
{
	return document_referred(d, n, role, TAG_messageFlow) > 0;
}

JUDGE(sends_messages)
{
	UNUSED_DETAIL;
	return message_flows(d, n, ROLE_SOURCE);
}

JUDGE(gets_messages)
{
	UNUSED_DETAIL;
	return message_flows(d, n, ROLE_TARGET);
}

JUDGE(message_without_trigger)
{
	UNUSED_DETAIL;
	return message_flows(d, n, document_is(d, n, IS_THROW) ? ROLE_SOURCE : ROLE_TARGET) &&
		!rule_triggered(d, n, TAG_messageEventDefinition);
}

/* ---- boundary and intermediate events (10.5.4) ---- */

JUDGE(boundary_trigger)
{
	uint64_t forbidden = SET(TAG_terminateEventDefinition) | SET(TAG_linkEventDefinition);

	UNUSED_DETAIL;
	if (!document_flag(d, n, "cancelActivity", true))
		forbidden |= SET(TAG_errorEventDefinition) | SET(TAG_cancelEventDefinition) |
			SET(TAG_compensateEventDefinition);
	return !rule_triggers(d, n) || has_any(d, n, forbidden);
}

JUDGE(cancel_boundary)
{
	xml_node_ref to = document_target(d, n, ROLE_ATTACHED);

	*detail = document_id(d, to);
	return rule_triggered(d, n, TAG_cancelEventDefinition) && to &&
		document_tag(d, to) != TAG_transaction;
}

JUDGE(boundary_without_outgoing)
{
	UNUSED_DETAIL;
	return !rule_flows_out(d, n) && !rule_triggered(d, n, TAG_compensateEventDefinition);
}

JUDGE(compensation_with_outgoing)
{
	UNUSED_DETAIL;
	return rule_triggered(d, n, TAG_compensateEventDefinition) &&
		(rule_flows_out(d, n) || document_child(d, n, TAG_outgoing, 0));
}

static bool is_link(const document *d, xml_node_ref n)
{
	return rule_triggered(d, n, TAG_linkEventDefinition);
}

JUDGE(intermediate_without_incoming)
{
	UNUSED_DETAIL;
	return !rule_flows_in(d, n) && !(document_is(d, n, IS_CATCH) && is_link(d, n)) &&
		document_tag(d, document_parent(d, n)) != TAG_adHocSubProcess;
}

JUDGE(intermediate_without_outgoing)
{
	UNUSED_DETAIL;
	return !rule_flows_out(d, n) && !(document_is(d, n, IS_THROW) && is_link(d, n)) &&
		document_tag(d, document_parent(d, n)) != TAG_adHocSubProcess;
}

JUDGE(link_both_ways)
{
	UNUSED_DETAIL;
	if (!is_link(d, n))
		return false;
	return document_is(d, n, IS_THROW) ? rule_flows_out(d, n) > 0 : rule_flows_in(d, n) > 0;
}

JUDGE(catch_trigger)
{
	UNUSED_DETAIL;
	return !rule_triggers(d, n) ||
		has_any(d, n, SET(TAG_escalationEventDefinition) | SET(TAG_errorEventDefinition) |
			SET(TAG_cancelEventDefinition) | SET(TAG_terminateEventDefinition));
}

JUDGE(catch_compensation)
{
	UNUSED_DETAIL;
	return rule_triggered(d, n, TAG_compensateEventDefinition);
}

JUDGE(throw_trigger)
{
	UNUSED_DETAIL;
	return has_any(d, n, SET(TAG_timerEventDefinition) | SET(TAG_errorEventDefinition) |
		       SET(TAG_cancelEventDefinition) | SET(TAG_conditionalEventDefinition) |
		       SET(TAG_terminateEventDefinition));
}

/* ---- links (10.5.6) ----
 * Links can be joined by source and target elements, or by their names alone. */

static bool in_tag(const document *d, xml_node_ref n, bpmn_tag tag)
{
	return document_tag(d, document_parent(d, n)) == tag;
}

static const char *link_name(const document *d, xml_node_ref n)
{
	const char *name = document_attribute(d, n, "name");

	return name ? name : "";
}

/* Whether the same level has the other end of a link by name. */
static bool has_partner(const document *d, xml_node_ref n, bpmn_tag event)
{
	xml_node_ref scope = document_parent(d, document_parent(d, n));
	const char *name = link_name(d, n);
	int looked = 0;

	for (xml_node_ref at = document_child(d, scope, event, 0); at && *name && looked < 10000;
	     at = document_child(d, scope, event, at), looked++) {
		xml_node_ref link = document_child(d, at, TAG_linkEventDefinition, 0);

		if (link && !strcmp(link_name(d, link), name))
			return true;
	}
	return false;
}

JUDGE(link_target_does_not_answer)
{
	xml_node_ref to = document_target(d, n, ROLE_LINK_TARGET);

	*detail = document_id(d, to);
	return to && !document_refers(d, to, ROLE_LINK_SOURCE, n);
}

JUDGE(link_without_source)
{
	UNUSED_DETAIL;
	return in_tag(d, n, TAG_intermediateCatchEvent) && !document_child(d, n, TAG_source, 0) &&
		!has_partner(d, n, TAG_intermediateThrowEvent);
}

JUDGE(link_without_target)
{
	size_t targets = document_count(d, n, TAG_target);

	UNUSED_DETAIL;
	return in_tag(d, n, TAG_intermediateThrowEvent) && targets != 1 &&
		(targets || !has_partner(d, n, TAG_intermediateCatchEvent));
}

JUDGE(link_to_another_level)
{
	xml_node_ref to = document_target(d, n, ROLE_LINK_TARGET);

	*detail = document_id(d, to);
	return to && document_parent(d, document_parent(d, n)) !=
		document_parent(d, document_parent(d, to));
}

/* ---- event definitions (10.5.5, 10.5.6) ---- */

JUDGE(thrown_definition_shared)
{
	size_t count;
	document_ref *const *refs = document_referrers(d, n, &count);

	UNUSED_DETAIL;
	if (!document_is(d, document_parent(d, n), IS_THROW))
		return false;
	for (size_t i = 0; i < count; i++)
		if (refs[i]->row->role == ROLE_DEFINITION)
			return true;
	return false;
}

JUDGE(escalation_without_code)
{
	xml_node_ref escalation = document_target(d, n, ROLE_ESCALATION);

	UNUSED_DETAIL;
	if (!document_is(d, document_parent(d, n), IS_THROW) || !rule_executable(d, n))
		return false;
	return !escalation || !document_attribute(d, escalation, "escalationCode");
}

JUDGE(message_missing)
{
	UNUSED_DETAIL;
	return rule_executable(d, n) && !document_attribute(d, n, "messageRef");
}

/* Engines without web services ask for no operation; a file that types its messages means it. */
JUDGE(operation_missing)
{
	UNUSED_DETAIL;
	return rule_executable(d, n) && d->typed_messages &&
		!document_target(d, n, ROLE_OPERATION);
}

JUDGE(compensation_not_associated)
{
	UNUSED_DETAIL;
	return rule_triggered(d, n, TAG_compensateEventDefinition) &&
		!document_referred(d, n, ROLE_SOURCE, TAG_association);
}

JUDGE(compensation_not_marked)
{
	size_t count;
	document_ref *const *refs = document_referrers(d, n, &count);
	bool any = false;

	if (!rule_triggered(d, n, TAG_compensateEventDefinition))
		return false;
	for (size_t i = 0; i < count; i++) {
		xml_node_ref to;

		if (refs[i]->row->role != ROLE_SOURCE || document_tag(d, refs[i]->from) != TAG_association)
			continue;
		to = document_target(d, refs[i]->from, ROLE_TARGET);
		if (!to || document_is(d, to, IS_ARTIFACT))
			continue;
		any = true;
		*detail = document_id(d, to);
		if (document_flag(d, to, "isForCompensation", false))
			return false;
	}
	return any;
}

/* ---- expressions (8.4.7) ---- */

static bool formal(const document *d, xml_node_ref n)
{
	const char *type = xml_tree_attribute_of(&d->tree, n, BPMN_NS_XSI, "type");
	const char *colon = type ? strrchr(type, ':') : NULL;

	return type && !strcmp(colon ? colon + 1 : type, "tFormalExpression");
}

/* The text of a simple element without blanks around it, in at most size bytes. */
static const char *short_text(const document *d, xml_node_ref n, char *out, size_t size)
{
	AUTO(buf) text = BUF_INIT;
	const char *at;
	size_t length;

	xml_tree_content(&text, &d->tree, n);
	if (text.failed)
		mem_failed(d->ctx); /* rules_check() sees it */
	at = buf_text(&text);
	while (str_ascii_space(*at))
		at++;
	length = strlen(at);
	while (length && str_ascii_space(at[length - 1]))
		length--;
	if (length >= size)
		length = size - 1;
	memcpy(out, at, length);
	out[length] = '\0';
	return out;
}

/* Other engines write expressions that are not marked as formal, but are. */
static bool looks_formal(const char *text)
{
	return strchr("$#=", *text) || str_ascii_digit(*text) ||
		((*text == 'P' || *text == 'R') && (str_ascii_digit(text[1]) || text[1] == 'T' ||
						    text[1] == '/'));
}

JUDGE(natural_language)
{
	char text[64];

	UNUSED_DETAIL;
	if (!rule_executable(d, n) || formal(d, n) || document_tag(d, n) == TAG_condition ||
	    document_tag(d, n) == TAG_formalExpression || document_tag(d, n) == TAG_expression ||
	    document_tag(d, n) == TAG_transformation || document_tag(d, n) == TAG_dataPath ||
	    document_tag(d, n) == TAG_messagePath)
		return false;
	return !looks_formal(short_text(d, n, text, sizeof(text)));
}

JUDGE(condition_missing)
{
	xml_node_ref condition = document_child(d, n, TAG_condition, 0);
	char text[64];

	UNUSED_DETAIL;
	if (!rule_executable(d, n))
		return false;
	return !condition || !document_has_text(d, condition) ||
		(!formal(d, condition) &&
		 !looks_formal(short_text(d, condition, text, sizeof(text))));
}

JUDGE(expression_empty)
{
	bpmn_tag tag = document_tag(d, n);
	bool must = formal(d, n) || tag == TAG_dataPath || tag == TAG_messagePath ||
		tag == TAG_transformation ||
		(tag == TAG_condition && in_tag(d, n, TAG_complexBehaviorDefinition));

	UNUSED_DETAIL;
	return must && !document_has_text(d, n);
}

/* RFC 3986: what no URI reference can hold. */
JUDGE(language_no_uri)
{
	const char *uri = document_attribute(d, n, "language");

	*detail = uri ? uri : "";
	for (const char *at = *detail; *at; at++) {
		if ((unsigned char)*at <= 0x20 || strchr("\"<>\\^`{|}", *at))
			return true;
		if (*at == '%' && !(strspn(at + 1, "0123456789abcdefABCDEF") >= 2))
			return true;
	}
	return false;
}

/* ---- timers ---- */

static bool digits(const char **at, int count)
{
	for (; count > 0; count--, (*at)++)
		if (!str_ascii_digit(**at))
			return false;
	return true;
}

static bool is_zone(const char *at)
{
	if (*at == '\0' || !strcmp(at, "Z"))
		return true;
	if (*at != '+' && *at != '-')
		return false;
	at++;
	if (!digits(&at, 2))
		return false;
	at += *at == ':';
	return !*at || (digits(&at, 2) && !*at);
}

/* ISO 8601: a calendar date, with a time of day if there is one, in the extended or basic form. */
static bool is_date(const char *at)
{
	if (!digits(&at, 4))
		return false;
	at += *at == '-';
	if (!digits(&at, 2))
		return false;
	at += *at == '-';
	if (!digits(&at, 2))
		return false;
	if (*at != 'T')
		return is_zone(at);
	at++;
	if (!digits(&at, 2))
		return false;
	at += *at == ':';
	if (str_ascii_digit(*at) && !digits(&at, 2))
		return false;
	at += *at == ':';
	if (str_ascii_digit(*at) && !digits(&at, 2))
		return false;
	if (*at == '.' || *at == ',')
		for (at++; str_ascii_digit(*at); at++)
			;
	return is_zone(at);
}

static bool is_duration(const char *text)
{
	const char *at = text + (*text == '-');
	bool any = false, time = false;

	if (*at++ != 'P')
		return false;
	while (*at) {
		size_t length = strspn(at, "0123456789.,");

		if (*at == 'T' && !time) {
			time = true;
			at++;
			continue;
		}
		if (!length || !at[length] || !strchr(time ? "HMS" : "YMWD", at[length]))
			return false;
		any = true;
		at += length + 1;
	}
	return any;
}

/* R[n]/..., two or one of start, duration and end; a cron expression of five to seven fields. */
static bool is_cycle(const char *text)
{
	char part[96];
	size_t fields = 0, parts = 0;

	if (*text != 'R' && (strchr(text, ' ') || *text == '@')) {
		for (const char *at = text; *at; fields++) {
			at += strspn(at, " ");
			at += strcspn(at, " ");
		}
		return *text == '@' || (fields >= 5 && fields <= 7);
	}
	if (*text != 'R')
		return is_duration(text) || is_date(text);
	for (text++; str_ascii_digit(*text); text++)
		;
	while (*text == '/') {
		size_t length = strcspn(++text, "/");

		if (length >= sizeof(part))
			return false;
		memcpy(part, text, length);
		part[length] = '\0';
		if (!is_date(part) && !is_duration(part))
			return false;
		text += length;
		parts++;
	}
	return !*text && parts >= 1 && parts <= 2;
}

/* A literal that claims to be a point of time, not an expression that will give one. */
static bool wrong_time(const document *d, xml_node_ref n, bool (*right)(const char *))
{
	char text[96];
	const char *at = short_text(d, n, text, sizeof(text));
	expr_program program = EXPR_PROGRAM_INIT;
	efile_status status;

	if (!*at || strchr("$#=", *at) || right(at))
		return false;
	if (*at == '"' || strpbrk(at, "(+[{"))
		return false;
	status = expr_compile(&program, d->ctx, at, NULL);
	expr_program_clear(&program);
	if (status == EFILE_OK && !(*at >= 'A' && *at <= 'Z') && !str_ascii_digit(*at))
		return false; /* the name of a variable */
	return true;
}

JUDGE(date_wrong)
{
	UNUSED_DETAIL;
	return wrong_time(d, n, is_date);
}

JUDGE(cycle_wrong)
{
	UNUSED_DETAIL;
	return wrong_time(d, n, is_cycle);
}

JUDGE(duration_wrong)
{
	UNUSED_DETAIL;
	return wrong_time(d, n, is_duration);
}

JUDGE(timer_empty)
{
	size_t count = document_count(d, n, TAG_timeDate) + document_count(d, n, TAG_timeCycle) +
		document_count(d, n, TAG_timeDuration);

	UNUSED_DETAIL;
	return count > 1 || (!count && rule_executable(d, n));
}

#define E EFILE_SEVERITY_ERROR
#define W EFILE_SEVERITY_WARNING
#define DIALECT RULE_MILD_IN_DIALECT
#define DRAFT RULE_MILD_IN_DRAFT

const rule_row rules_event[] = {
	{ "BPMN-EXT011", E, 0, TAG_escalationEventDefinition, 0, escalation_without_code,
	  "%s throws an escalation that has no code" },
	{ "BPMN-EXT012", E, DIALECT, TAG_NONE, IS_EXPRESSION, natural_language,
	  "%s of an executable process is not marked as a formal expression" },
	{ "BPMN-EXT013", E, DRAFT, TAG_NONE, IS_EXPRESSION, expression_empty, "the expression %s is empty" },
	{ "BPMN-EXT014", E, 0, TAG_NONE, IS_EXPRESSION, language_no_uri,
	  "the language of expression %s, '%s', is no URI" },
	{ "BPMN-EXT059-EXT129", E, DIALECT, TAG_startEvent, 0, event_sub_process_start,
	  "start event %s of an event sub-process has no trigger, or one that is not allowed there" },
	{ "BPMN-EXT095", E, 0, TAG_NONE, IS_DEFINITION, thrown_definition_shared,
	  "event definition %s belongs to a throwing event and must not be used elsewhere" },
	{ "BPMN-EXT096", E, 0, TAG_startEvent, 0, start_with_incoming,
	  "start event %s must not be the target of a flow" },
	{ "BPMN-EXT097", E, DIALECT, TAG_endEvent, 0, no_start,
	  "there is an end event, %s, but no start event beside it" },
	{ "BPMN-EXT098-EXT121", E, 0, TAG_startEvent, 0, top_level_start,
	  "start event %s of a process can only wait for a message, time, condition or signal" },
	{ "BPMN-EXT099", E, 0, TAG_process, 0, called_without_plain_start,
	  "process %s is called, but has no start event without a trigger" },
	{ "BPMN-EXT100", E, 0, TAG_startEvent, 0, sub_process_start,
	  "start event %s of a sub-process must not have a trigger" },
	{ "BPMN-EXT101", E, DIALECT, TAG_startEvent, 0, start_without_outgoing,
	  "start event %s leads nowhere" },
	{ "BPMN-EXT102", E, 0, TAG_startEvent, 0, sends_messages,
	  "start event %s must not be the source of a message flow" },
	{ "BPMN-EXT103", E, 0, TAG_startEvent, 0, message_without_trigger,
	  "start event %s is the target of a message flow, but does not wait for a message" },
	{ "BPMN-EXT104", E, 0, TAG_endEvent, 0, end_with_outgoing,
	  "end event %s must not be the source of a flow" },
	{ "BPMN-EXT105", E, DIALECT, TAG_startEvent, 0, no_end,
	  "there is a start event, %s, but no end event beside it" },
	{ "BPMN-EXT106", E, 0, TAG_endEvent, 0, cancel_outside_transaction,
	  "cancel end event %s is not in a transaction" },
	{ "BPMN-EXT107", E, DIALECT, TAG_endEvent, 0, end_without_incoming, "no flow leads to end event %s" },
	{ "BPMN-EXT108", E, 0, TAG_endEvent, 0, gets_messages,
	  "end event %s must not be the target of a message flow" },
	{ "BPMN-EXT109", E, 0, TAG_endEvent, 0, message_without_trigger,
	  "end event %s is the source of a message flow, but sends no message" },
	{ "BPMN-EXT110-EXT147", E, DIALECT, TAG_boundaryEvent, 0, boundary_trigger,
	  "boundary event %s has no trigger, or one that is not allowed there" },
	{ "BPMN-EXT111-EXT120", E, 0, TAG_boundaryEvent, 0, cancel_boundary,
	  "cancel event %s is attached to %s, which is no transaction" },
	{ "BPMN-EXT113", E, DIALECT, TAG_boundaryEvent, 0, boundary_without_outgoing,
	  "boundary event %s leads nowhere" },
	{ "BPMN-EXT114", E, 0, TAG_boundaryEvent, 0, compensation_with_outgoing,
	  "compensation event %s must not be the source of a flow" },
	{ "BPMN-EXT115", E, DIALECT, TAG_intermediateThrowEvent, 0, intermediate_without_incoming,
	  "no flow leads to intermediate event %s" },
	{ "BPMN-EXT115", E, DIALECT, TAG_intermediateCatchEvent, 0, intermediate_without_incoming,
	  "no flow leads to intermediate event %s" },
	{ "BPMN-EXT116", E, DIALECT, TAG_intermediateThrowEvent, 0, intermediate_without_outgoing,
	  "intermediate event %s leads nowhere" },
	{ "BPMN-EXT116", E, DIALECT, TAG_intermediateCatchEvent, 0, intermediate_without_outgoing,
	  "intermediate event %s leads nowhere" },
	{ "BPMN-EXT117", E, 0, TAG_intermediateThrowEvent, 0, link_both_ways,
	  "link event %s must not be source and target of flows" },
	{ "BPMN-EXT117", E, 0, TAG_intermediateCatchEvent, 0, link_both_ways,
	  "link event %s must not be source and target of flows" },
	{ "BPMN-EXT118", E, 0, TAG_linkEventDefinition, 0, link_target_does_not_answer,
	  "the target of link %s, '%s', does not name it as a source" },
	{ "BPMN-EXT119", E, 0, TAG_intermediateThrowEvent, 0, gets_messages,
	  "throwing event %s must not be the target of a message flow" },
	{ "BPMN-EXT119", E, 0, TAG_intermediateCatchEvent, 0, sends_messages,
	  "catching event %s must not be the source of a message flow" },
	{ "BPMN-EXT122-EXT148", E, 0, TAG_intermediateCatchEvent, 0, catch_compensation,
	  "intermediate event %s must not wait for compensation" },
	{ "BPMN-EXT123", E, DIALECT, TAG_conditionalEventDefinition, 0, condition_missing,
	  "the conditional event definition %s of an executable process has no formal condition" },
	{ "BPMN-EXT124", E, 0, TAG_linkEventDefinition, 0, link_without_source,
	  "link %s is reached from nowhere" },
	{ "BPMN-EXT125", E, 0, TAG_linkEventDefinition, 0, link_without_target,
	  "link %s needs exactly one target" },
	{ "BPMN-EXT126", E, 0, TAG_linkEventDefinition, 0, link_to_another_level,
	  "link %s leads to '%s' on another level" },
	{ "BPMN-EXT127", E, DIALECT, TAG_messageEventDefinition, 0, message_missing,
	  "the message event definition %s of an executable process names no message" },
	{ "BPMN-EXT128", E, DIALECT, TAG_messageEventDefinition, 0, operation_missing,
	  "the message event definition %s of an executable process names no operation" },
	{ "BPMN-TIMER", E, DIALECT, TAG_timerEventDefinition, 0, timer_empty,
	  "timer %s needs exactly one of date, cycle and duration" },
	{ "BPMN-EXT132", E, DIALECT, TAG_timeDate, 0, date_wrong, "%s is no ISO 8601 date and time" },
	{ "BPMN-EXT133", E, DIALECT, TAG_timeCycle, 0, cycle_wrong,
	  "%s is neither an ISO 8601 recurring interval nor a cron expression" },
	{ "BPMN-EXT134", E, DIALECT, TAG_timeDuration, 0, duration_wrong, "%s is no ISO 8601 duration" },
	{ "BPMN-EXT143", E, 0, TAG_boundaryEvent, 0, compensation_not_associated,
	  "no association leads from compensation event %s to an activity" },
	{ "BPMN-EXT144", E, 0, TAG_boundaryEvent, 0, compensation_not_marked,
	  "compensation event %s leads to %s, which is not marked as compensating" },
	{ "BPMN-EXT146", E, 0, TAG_endEvent, 0, end_trigger,
	  "end event %s cannot throw a link, condition or time" },
	{ "BPMN-EXT148", E, DIALECT, TAG_intermediateCatchEvent, 0, catch_trigger,
	  "catching event %s must wait for a message, time, condition, link or signal" },
	{ "BPMN-EXT149", E, 0, TAG_intermediateThrowEvent, 0, throw_trigger,
	  "throwing event %s cannot throw a time, error, condition, cancel or terminate" },
};
const size_t rules_event_count = ARRAY_SIZE(rules_event);
