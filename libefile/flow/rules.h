/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What BPMN 2.0 forbids, one table row each. docs/BPMN-RULES.md lists them. */
#ifndef FLOW_RULES_H
#define FLOW_RULES_H

#include "flow/document.h"

/* How a rule judges an element; true: broken. *detail is what the message names besides. */
typedef bool (*rule_judge)(const document *d, xml_node_ref n, const char **detail);

/* Where an error is a warning only. */
enum {
	RULE_MILD_IN_DIALECT = 1,       /* a file written for an engine that does not hold to it */
	RULE_MILD_IN_DRAFT = 2          /* a process that is not marked as executable */
};

typedef struct rule_row {
	const char *id;
	efile_severity severity;
	unsigned mild;
	bpmn_tag tag;           /* TAG_NONE: all of the groups */
	unsigned groups;
	rule_judge broken;
	const char *message;    /* %s: the element, and a second %s: the detail */
} rule_row;

extern const rule_row rules_structure[], rules_event[], rules_data[], rules_place[];
extern const size_t rules_structure_count, rules_event_count, rules_data_count, rules_place_count;

/* All findings about a file by the rules of the specification. */
efile_status rules_check(const document *d, efile_report *report);

/* ---- for the rules ---- */
bool rule_executable(const document *d, xml_node_ref n); /* inside a process marked executable */
size_t rule_flows_in(const document *d, xml_node_ref n);
size_t rule_flows_out(const document *d, xml_node_ref n);
/* Whether an event has a definition of the tag, its own or one that it refers to. */
bool rule_triggered(const document *d, xml_node_ref event, bpmn_tag tag);
size_t rule_triggers(const document *d, xml_node_ref event);

#endif
