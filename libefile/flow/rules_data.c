/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules of BPMN 2.0 about data, items, inputs and outputs (10.4) and what services bind to them;
 * numbers as in rules_structure.c. */
#include <string.h>

#include "flow/rules.h"

#define JUDGE(name) static bool name(const document *d, xml_node_ref n, const char **detail)
#define UNUSED_DETAIL (void)detail

/* ---- items ---- */

static xml_node_ref item_of(const document *d, xml_node_ref n)
{
	xml_node_ref item = n ? document_target(d, n, ROLE_ITEM) : 0;
	xml_node_ref behind;

	if (item || !n)
		return item;
	behind = document_target(d, n, ROLE_DATA_OBJECT);
	if (!behind)
		behind = document_target(d, n, ROLE_DATA_STORE);
	return behind ? document_target(d, behind, ROLE_ITEM) : 0;
}

static const char *structure_of(const document *d, xml_node_ref item)
{
	return item ? document_attribute(d, item, "structureRef") : NULL;
}

/* The same definition, or two of the same structure. */
static bool same_item(const document *d, xml_node_ref a, xml_node_ref b)
{
	const char *left = structure_of(d, a), *right = structure_of(d, b);

	return (a && a == b) || (left && right && !strcmp(left, right));
}

static bool items_match(const document *d, xml_node_ref a, xml_node_ref b)
{
	return same_item(d, item_of(d, a), item_of(d, b));
}

JUDGE(collection_differs)
{
	xml_node_ref item = document_target(d, n, ROLE_ITEM);

	*detail = document_id(d, item);
	return item && document_flag(d, n, "isCollection", false) !=
		document_flag(d, item, "isCollection", false);
}

/* ---- inputs and outputs of activities ---- */

static xml_node_ref specification(const document *d, xml_node_ref n)
{
	return document_child(d, n, TAG_ioSpecification, 0);
}

static size_t io_count(const document *d, xml_node_ref n, bpmn_tag tag)
{
	xml_node_ref io = specification(d, n);

	return io ? document_count(d, io, tag) : 0;
}

static xml_node_ref io_first(const document *d, xml_node_ref n, bpmn_tag tag)
{
	xml_node_ref io = specification(d, n);

	return io ? document_child(d, io, tag, 0) : 0;
}

/* Whether one of the inputs or outputs is of the item that a message carries. */
static bool carries(const document *d, xml_node_ref n, bpmn_tag tag, xml_node_ref message)
{
	xml_node_ref io = specification(d, n);

	for (xml_node_ref at = io_first(d, n, tag); at; at = document_child(d, io, tag, at))
		if (items_match(d, at, message))
			return true;
	return false;
}

static xml_node_ref operation_of(const document *d, xml_node_ref n)
{
	return document_target(d, n, ROLE_OPERATION);
}

JUDGE(service_inputs)
{
	UNUSED_DETAIL;
	return document_attribute(d, n, "operationRef") && io_count(d, n, TAG_inputSet) != 1;
}

JUDGE(service_outputs)
{
	UNUSED_DETAIL;
	return document_attribute(d, n, "operationRef") && io_count(d, n, TAG_outputSet) > 1;
}

JUDGE(service_input_differs)
{
	xml_node_ref operation = operation_of(d, n);
	xml_node_ref message = operation ? document_target(d, operation, ROLE_IN_MESSAGE) : 0;

	*detail = document_id(d, message);
	return operation && io_first(d, n, TAG_dataInput) && !carries(d, n, TAG_dataInput, message);
}

JUDGE(service_output_differs)
{
	xml_node_ref operation = operation_of(d, n);
	xml_node_ref message = operation ? document_target(d, operation, ROLE_OUT_MESSAGE) : 0;

	*detail = document_id(d, message);
	return message && specification(d, n) && !carries(d, n, TAG_dataOutput, message);
}

JUDGE(many_input_sets)
{
	UNUSED_DETAIL;
	return document_attribute(d, n, "messageRef") && io_count(d, n, TAG_inputSet) > 1;
}

JUDGE(many_inputs)
{
	UNUSED_DETAIL;
	return document_attribute(d, n, "messageRef") && io_count(d, n, TAG_dataInput) > 1;
}

JUDGE(many_output_sets)
{
	UNUSED_DETAIL;
	return document_attribute(d, n, "messageRef") && io_count(d, n, TAG_outputSet) > 1;
}

JUDGE(many_outputs)
{
	UNUSED_DETAIL;
	return document_attribute(d, n, "messageRef") && io_count(d, n, TAG_dataOutput) > 1;
}

JUDGE(sent_item_differs)
{
	xml_node_ref message = document_target(d, n, ROLE_MESSAGE);

	*detail = document_id(d, message);
	return message && io_first(d, n, TAG_dataInput) && !carries(d, n, TAG_dataInput, message);
}

JUDGE(received_item_differs)
{
	xml_node_ref message = document_target(d, n, ROLE_MESSAGE);

	*detail = document_id(d, message);
	return message && io_first(d, n, TAG_dataOutput) && !carries(d, n, TAG_dataOutput, message);
}

/* ---- call activities and callable elements ---- */

static size_t refs_in_sets(const document *d, xml_node_ref n, bpmn_tag set, bpmn_role role)
{
	xml_node_ref io = specification(d, n);
	size_t total = 0;

	for (xml_node_ref at = io ? document_child(d, io, set, 0) : 0; at;
	     at = document_child(d, io, set, at)) {
		size_t count;
		const document_ref *refs = document_refs(d, at, &count);

		for (size_t i = 0; i < count; i++)
			total += refs[i].row->role == role;
	}
	return total;
}

/* Inputs and outputs of both sides in their order; more than a few nobody writes. */
static bool lists_match(const document *d, xml_node_ref a, xml_node_ref b, bpmn_tag tag)
{
	xml_node_ref left = io_first(d, a, tag), right = io_first(d, b, tag);

	while (left && right) {
		if ((item_of(d, left) || item_of(d, right)) && !items_match(d, left, right))
			return false;
		left = document_child(d, document_parent(d, left), tag, left);
		right = document_child(d, document_parent(d, right), tag, right);
	}
	return !left && !right;
}

JUDGE(call_differs)
{
	xml_node_ref called = document_target(d, n, ROLE_CALLED);

	*detail = document_id(d, called);
	if (!called || (!specification(d, n) && !specification(d, called)))
		return false;
	return !lists_match(d, n, called, TAG_dataInput) ||
		!lists_match(d, n, called, TAG_dataOutput) ||
		io_count(d, n, TAG_inputSet) != io_count(d, called, TAG_inputSet) ||
		io_count(d, n, TAG_outputSet) != io_count(d, called, TAG_outputSet) ||
		refs_in_sets(d, n, TAG_inputSet, ROLE_INPUTS) !=
			refs_in_sets(d, called, TAG_inputSet, ROLE_INPUTS) ||
		refs_in_sets(d, n, TAG_outputSet, ROLE_OUTPUTS) !=
			refs_in_sets(d, called, TAG_outputSet, ROLE_OUTPUTS);
}

JUDGE(interface_without_binding)
{
	UNUSED_DETAIL;
	return document_child(d, n, TAG_supportedInterfaceRef, 0) &&
		!document_child(d, n, TAG_ioBinding, 0);
}

JUDGE(binding_differs)
{
	xml_node_ref operation = operation_of(d, n);
	xml_node_ref input = document_target(d, n, ROLE_BINDING_INPUT);
	xml_node_ref output = document_target(d, n, ROLE_BINDING_OUTPUT);

	UNUSED_DETAIL;
	if (!operation)
		return false;
	return (input && !items_match(d, input, document_target(d, operation, ROLE_IN_MESSAGE))) ||
		(output && !items_match(d, output, document_target(d, operation, ROLE_OUT_MESSAGE)));
}

/* ---- multiple instances (10.3.8) ---- */

/* Other engines say the number and the collection in attributes of their own. */
static bool has_foreign_attribute(const document *d, xml_node_ref n)
{
	const xml_node *node = &d->tree.nodes[n];

	for (uint32_t i = 0; i < node->attribute_count; i++)
		if (d->tree.attributes[node->attribute + i].uri)
			return true;
	return document_child(d, n, TAG_extensionElements, 0);
}

JUDGE(instances_unknown)
{
	UNUSED_DETAIL;
	return rule_executable(d, n) && !document_child(d, n, TAG_loopCardinality, 0) &&
		!document_child(d, n, TAG_loopDataInputRef, 0) && !has_foreign_attribute(d, n);
}

JUDGE(loop_input_elsewhere)
{
	xml_node_ref activity = document_parent(d, n), input, io;

	if (!document_child(d, n, TAG_loopDataInputRef, 0) || !rule_executable(d, n) ||
	    document_is(d, activity, IS_SUB_PROCESS))
		return false;
	input = document_target(d, n, ROLE_LOOP_INPUT);
	io = input ? document_parent(d, input) : 0;
	*detail = document_id(d, activity);
	/* A bare name is the variable of another engine. */
	if (!input)
		return specification(d, activity) != 0;
	return document_tag(d, input) != TAG_dataInput || document_parent(d, io) != activity;
}

static bool item_is_no_scalar(const document *d, xml_node_ref loop, bpmn_role role, bpmn_tag tag)
{
	xml_node_ref list = document_target(d, loop, role), item = document_child(d, loop, tag, 0);

	if (!rule_executable(d, loop) || !list || !item || (!item_of(d, list) && !item_of(d, item)))
		return false;
	return !items_match(d, list, item) || document_flag(d, item, "isCollection", false);
}

JUDGE(loop_input_type)
{
	UNUSED_DETAIL;
	return item_is_no_scalar(d, n, ROLE_LOOP_INPUT, TAG_inputDataItem);
}

JUDGE(loop_output_type)
{
	UNUSED_DETAIL;
	return item_is_no_scalar(d, n, ROLE_LOOP_OUTPUT, TAG_outputDataItem);
}

static bool behaves(const document *d, xml_node_ref n, const char *behaviour)
{
	const char *value = document_attribute(d, n, "behavior");

	return value && !strcmp(value, behaviour);
}

JUDGE(behaviour_incomplete)
{
	if (!rule_executable(d, n))
		return false;
	*detail = document_attribute(d, n, "behavior");
	if (!*detail)
		*detail = "";
	return (behaves(d, n, "None") && !document_attribute(d, n, "noneBehaviorEventRef")) ||
		(behaves(d, n, "One") && !document_attribute(d, n, "oneBehaviorEventRef")) ||
		(behaves(d, n, "Complex") && !document_child(d, n, TAG_complexBehaviorDefinition, 0));
}

/* ---- data objects (10.4.1) ---- */

/* "name [state]", as the specification shows references in diagrams. */
JUDGE(reference_name)
{
	xml_node_ref object = document_target(d, n, ROLE_DATA_OBJECT);
	xml_node_ref state = document_child(d, n, TAG_dataState, 0);
	const char *name = document_attribute(d, n, "name");
	const char *whole = object ? document_attribute(d, object, "name") : NULL;
	const char *in = state ? document_attribute(d, state, "name") : NULL;
	size_t length;

	if (!name || !*name || !whole || !*whole)
		return false;
	*detail = name;
	length = strlen(whole);
	if (strncmp(name, whole, length) != 0)
		return true;
	if (!in)
		return name[length] != '\0' && strncmp(name + length, " [", 2) != 0;
	name += length;
	return strncmp(name, " [", 2) || strncmp(name + 2, in, strlen(in)) ||
		strcmp(name + 2 + strlen(in), "]") != 0;
}

JUDGE(property_misplaced)
{
	UNUSED_DETAIL;
	return !document_is(d, document_parent(d, n), IS_PROCESS | IS_ACTIVITY | IS_EVENT);
}

JUDGE(specification_in_sub_process)
{
	UNUSED_DETAIL;
	return specification(d, n);
}

static bool of_process(const document *d, xml_node_ref n)
{
	xml_node_ref io = document_parent(d, n);

	return document_tag(d, io) == TAG_ioSpecification &&
		document_tag(d, document_parent(d, io)) == TAG_process;
}

static bool associated(const document *d, xml_node_ref n, bpmn_role role)
{
	return document_referred(d, n, role, TAG_dataInputAssociation) ||
		document_referred(d, n, role, TAG_dataOutputAssociation);
}

JUDGE(process_input_written)
{
	UNUSED_DETAIL;
	return of_process(d, n) && associated(d, n, ROLE_TARGET);
}

JUDGE(process_output_read)
{
	UNUSED_DETAIL;
	return of_process(d, n) && associated(d, n, ROLE_SOURCE);
}

static bool in_specification(const document *d, xml_node_ref n)
{
	return document_tag(d, document_parent(d, n)) == TAG_ioSpecification;
}

JUDGE(input_in_no_set)
{
	UNUSED_DETAIL;
	return in_specification(d, n) && !document_referred(d, n, ROLE_INPUTS, TAG_inputSet);
}

JUDGE(output_in_no_set)
{
	UNUSED_DETAIL;
	return in_specification(d, n) && !document_referred(d, n, ROLE_OUTPUTS, TAG_outputSet);
}

/* Every reference of one role of a set is also there in the other. */
static bool not_in_set(const document *d, xml_node_ref n, bpmn_role role, bpmn_role all,
		       const char **detail)
{
	size_t count;
	const document_ref *refs = document_refs(d, n, &count);

	for (size_t i = 0; i < count; i++) {
		*detail = document_id(d, refs[i].to);
		if (refs[i].row->role == role && refs[i].to && !document_refers(d, n, all, refs[i].to))
			return true;
	}
	return false;
}

JUDGE(optional_input)
{
	return not_in_set(d, n, ROLE_OPTIONAL_INPUTS, ROLE_INPUTS, detail);
}

JUDGE(executing_input)
{
	return not_in_set(d, n, ROLE_EXECUTING_INPUTS, ROLE_INPUTS, detail);
}

JUDGE(optional_output)
{
	return not_in_set(d, n, ROLE_OPTIONAL_OUTPUTS, ROLE_OUTPUTS, detail);
}

JUDGE(executing_output)
{
	return not_in_set(d, n, ROLE_EXECUTING_OUTPUTS, ROLE_OUTPUTS, detail);
}

static bool not_mutual(const document *d, xml_node_ref n, bpmn_role there, bpmn_role back,
		       const char **detail)
{
	size_t count;
	const document_ref *refs = document_refs(d, n, &count);

	for (size_t i = 0; i < count; i++) {
		*detail = document_id(d, refs[i].to);
		if (refs[i].row->role == there && refs[i].to && !document_refers(d, refs[i].to, back, n))
			return true;
	}
	return false;
}

JUDGE(input_set_not_mutual)
{
	return not_mutual(d, n, ROLE_OUTPUT_SETS, ROLE_INPUT_SETS, detail);
}

JUDGE(output_set_not_mutual)
{
	return not_mutual(d, n, ROLE_INPUT_SETS, ROLE_OUTPUT_SETS, detail);
}

/* ---- data associations (10.4.2) ---- */

JUDGE(association_types)
{
	xml_node_ref from = document_target(d, n, ROLE_SOURCE);
	xml_node_ref to = document_target(d, n, ROLE_TARGET);

	UNUSED_DETAIL;
	if (document_child(d, n, TAG_transformation, 0) || !item_of(d, from) || !item_of(d, to))
		return false;
	return !items_match(d, from, to);
}

JUDGE(association_sources)
{
	size_t count, sources = 0;
	const document_ref *refs = document_refs(d, n, &count);

	UNUSED_DETAIL;
	if (document_child(d, n, TAG_transformation, 0))
		return false;
	for (size_t i = 0; i < count; i++)
		sources += refs[i].row->role == ROLE_SOURCE;
	return sources > 1 || (!sources && !document_child(d, n, TAG_assignment, 0));
}

/* ---- data of events ---- */

static size_t triggers_with_data(const document *d, xml_node_ref n)
{
	return document_count_in(d, n, IS_DEFINITION) + document_count(d, n, TAG_eventDefinitionRef);
}

JUDGE(event_data_count)
{
	bpmn_tag tag = document_is(d, n, IS_THROW) ? TAG_dataInput : TAG_dataOutput;
	size_t count = document_count(d, n, tag);

	UNUSED_DETAIL;
	return count && count != triggers_with_data(d, n);
}

static xml_node_ref item_of_trigger(const document *d, xml_node_ref definition, bool *has)
{
	static const struct { bpmn_tag tag; bpmn_role role; } rows[] = {
		{ TAG_messageEventDefinition, ROLE_MESSAGE }, { TAG_errorEventDefinition, ROLE_ERROR },
		{ TAG_escalationEventDefinition, ROLE_ESCALATION },
		{ TAG_signalEventDefinition, ROLE_SIGNAL },
	};

	*has = false;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].tag == document_tag(d, definition)) {
			xml_node_ref thing = document_target(d, definition, rows[i].role);

			*has = thing != 0;
			return item_of(d, thing);
		}
	return 0;
}

/* The first event definition goes with the first input or output, and so on. */
JUDGE(event_data_types)
{
	bpmn_tag tag = document_is(d, n, IS_THROW) ? TAG_dataInput : TAG_dataOutput;
	xml_node_ref data = document_child(d, n, tag, 0);
	xml_node_ref definition = document_child_in(d, n, IS_DEFINITION, 0);

	*detail = document_id(d, definition);
	while (data && definition) {
		bool has;
		xml_node_ref item = item_of_trigger(d, definition, &has);

		*detail = document_id(d, definition);
		if (has && !same_item(d, item, item_of(d, data)))
			return true;
		data = document_child(d, n, tag, data);
		definition = document_child_in(d, n, IS_DEFINITION, definition);
	}
	return false;
}

#define E EFILE_SEVERITY_ERROR
#define W EFILE_SEVERITY_WARNING
#define DIALECT RULE_MILD_IN_DIALECT
#define DRAFT RULE_MILD_IN_DRAFT

const rule_row rules_data[] = {
	{ "BPMN-EXT020", E, DIALECT | DRAFT, TAG_dataObject, 0, collection_differs,
	  "isCollection of %s differs from that of item definition %s" },
	{ "BPMN-EXT020-EXT081", E, DIALECT | DRAFT, TAG_dataInput, 0, collection_differs,
	  "isCollection of %s differs from that of item definition %s" },
	{ "BPMN-EXT020-EXT083", E, DIALECT | DRAFT, TAG_dataOutput, 0, collection_differs,
	  "isCollection of %s differs from that of item definition %s" },
	{ "BPMN-EXT042", E, DIALECT | DRAFT, TAG_serviceTask, 0, service_inputs,
	  "service task %s refers to an operation and needs exactly one input set" },
	{ "BPMN-EXT043", E, 0, TAG_serviceTask, 0, service_outputs,
	  "service task %s refers to an operation and may have one output set at most" },
	{ "BPMN-EXT044", E, DIALECT | DRAFT, TAG_serviceTask, 0, service_input_differs,
	  "no input of %s is of the item that message %s of the operation carries" },
	{ "BPMN-EXT045", E, DIALECT | DRAFT, TAG_serviceTask, 0, service_output_differs,
	  "no output of %s is of the item that message %s of the operation carries" },
	{ "BPMN-EXT046", E, 0, TAG_sendTask, 0, many_input_sets,
	  "send task %s may have one input set at most" },
	{ "BPMN-EXT047", E, 0, TAG_sendTask, 0, many_inputs, "send task %s may have one input at most" },
	{ "BPMN-EXT048", E, DRAFT, TAG_sendTask, 0, sent_item_differs,
	  "the input of %s is not of the item that message %s carries" },
	{ "BPMN-EXT050", E, 0, TAG_receiveTask, 0, many_output_sets,
	  "receive task %s may have one output set at most" },
	{ "BPMN-EXT051", E, 0, TAG_receiveTask, 0, many_outputs,
	  "receive task %s may have one output at most" },
	{ "BPMN-EXT052", E, DRAFT, TAG_receiveTask, 0, received_item_differs,
	  "the output of %s is not of the item that message %s carries" },
	{ "BPMN-EXT063", E, DIALECT | DRAFT, TAG_callActivity, 0, call_differs,
	  "inputs and outputs of call activity %s are not those of %s" },
	{ "BPMN-EXT064", E, 0, TAG_NONE, IS_CALLABLE, interface_without_binding,
	  "%s offers an interface, but binds no operation to its inputs and outputs" },
	{ "BPMN-EXT065", E, 0, TAG_ioBinding, 0, binding_differs,
	  "the binding %s joins an operation with inputs or outputs of other items" },
	{ "BPMN-EXT067", E, DIALECT, TAG_multiInstanceLoopCharacteristics, 0, instances_unknown,
	  "%s says neither how many instances there are nor of which list" },
	{ "BPMN-EXT068", E, 0, TAG_multiInstanceLoopCharacteristics, 0, loop_input_elsewhere,
	  "the list of %s is no input of %s" },
	{ "BPMN-EXT069", E, DRAFT, TAG_multiInstanceLoopCharacteristics, 0, loop_output_type,
	  "the output item of %s is not one of the list that it goes to" },
	{ "BPMN-EXT070", E, DRAFT, TAG_multiInstanceLoopCharacteristics, 0, loop_input_type,
	  "the input item of %s is not one of the list that it comes from" },
	{ "BPMN-MI-BEHAVIOUR", E, 0, TAG_multiInstanceLoopCharacteristics, 0, behaviour_incomplete,
	  "%s lacks what behaviour %s asks for" },
	{ "BPMN-EXT076", E, DRAFT, TAG_dataObjectReference, 0, reference_name,
	  "the name of %s, '%s', is not made of the name of its data object and its state" },
	{ "BPMN-EXT078", E, 0, TAG_property, 0, property_misplaced,
	  "property %s stands outside of processes, activities and events" },
	{ "BPMN-EXT079", E, 0, TAG_NONE, IS_SUB_PROCESS, specification_in_sub_process,
	  "sub-process %s must not have inputs and outputs of its own" },
	{ "BPMN-EXT080", E, 0, TAG_dataInput, 0, process_input_written,
	  "input %s of the process must not be the target of a data association" },
	{ "BPMN-EXT082", E, 0, TAG_dataOutput, 0, process_output_read,
	  "output %s of the process must not be the source of a data association" },
	{ "BPMN-EXT084", E, DRAFT, TAG_dataInput, 0, input_in_no_set, "input %s is in no input set" },
	{ "BPMN-EXT085", E, 0, TAG_inputSet, 0, optional_input,
	  "input set %s calls %s optional, but does not hold it" },
	{ "BPMN-EXT086", E, 0, TAG_inputSet, 0, executing_input,
	  "input set %s takes %s while executing, but does not hold it" },
	{ "BPMN-EXT087", E, 0, TAG_inputSet, 0, input_set_not_mutual,
	  "input set %s names output set %s, which does not name it" },
	{ "BPMN-EXT087", E, 0, TAG_outputSet, 0, output_set_not_mutual,
	  "output set %s names input set %s, which does not name it" },
	{ "BPMN-EXT088", E, DRAFT, TAG_dataOutput, 0, output_in_no_set, "output %s is in no output set" },
	{ "BPMN-EXT089", E, 0, TAG_outputSet, 0, optional_output,
	  "output set %s calls %s optional, but does not hold it" },
	{ "BPMN-EXT090", E, 0, TAG_outputSet, 0, executing_output,
	  "output set %s gives %s while executing, but does not hold it" },
	{ "BPMN-EXT091", E, DIALECT | DRAFT, TAG_NONE, IS_DATA_ASSOCIATION, association_types,
	  "data association %s joins different items without a transformation" },
	{ "BPMN-EXT092", E, DIALECT | DRAFT, TAG_NONE, IS_DATA_ASSOCIATION, association_sources,
	  "data association %s without a transformation needs exactly one source" },
	{ "BPMN-EXT093", E, DIALECT | DRAFT, TAG_NONE, IS_EVENT, event_data_count,
	  "event %s has another number of inputs or outputs than of event definitions" },
	{ "BPMN-EXT094", E, DIALECT | DRAFT, TAG_NONE, IS_EVENT, event_data_types,
	  "an input or output of event %s is not of the item that event definition %s carries" },
};
const size_t rules_data_count = ARRAY_SIZE(rules_data);
