/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flow/document.h"

#include <stdlib.h>
#include <string.h>

static const struct tag_row {
	const char *name;
	unsigned groups;
} tag_rows[TAG_COUNT] = {
	{ "", 0 },
#define TAG(name, groups) { #name, groups },
#include "flow/tags.def"
#undef TAG
};

/* Every reference of the metamodel that stands for an element (BPMN 2.0.2, the XML representations
 * at the end of each chapter). */
static const reference_row reference_rows[] = {
	{ TAG_sequenceFlow, 0, "sourceRef", false, ROLE_SOURCE, IS_ANYTHING, TAG_NONE, false },
	{ TAG_sequenceFlow, 0, "targetRef", false, ROLE_TARGET, IS_ANYTHING, TAG_NONE, false },
	{ TAG_messageFlow, 0, "sourceRef", false, ROLE_SOURCE, IS_ANYTHING, TAG_NONE, false },
	{ TAG_messageFlow, 0, "targetRef", false, ROLE_TARGET, IS_ANYTHING, TAG_NONE, false },
	{ TAG_messageFlow, 0, "messageRef", false, ROLE_MESSAGE, 0, TAG_message, false },
	{ TAG_association, 0, "sourceRef", false, ROLE_SOURCE, IS_ANYTHING, TAG_NONE, false },
	{ TAG_association, 0, "targetRef", false, ROLE_TARGET, IS_ANYTHING, TAG_NONE, false },
	{ TAG_NONE, IS_DATA_ASSOCIATION, "sourceRef", true, ROLE_SOURCE, IS_ITEM_AWARE, TAG_NONE, false },
	{ TAG_NONE, IS_DATA_ASSOCIATION, "targetRef", true, ROLE_TARGET, IS_ITEM_AWARE, TAG_NONE, false },
	{ TAG_conversationLink, 0, "sourceRef", false, ROLE_SOURCE, IS_ANYTHING, TAG_NONE, false },
	{ TAG_conversationLink, 0, "targetRef", false, ROLE_TARGET, IS_ANYTHING, TAG_NONE, false },
	{ TAG_group, 0, "categoryValueRef", false, ROLE_OTHER, 0, TAG_categoryValue, false },
	{ TAG_correlationKey, 0, "correlationPropertyRef", true, ROLE_OTHER, 0, TAG_correlationProperty, false },
	{ TAG_correlationPropertyRetrievalExpression, 0, "messageRef", false, ROLE_MESSAGE, 0, TAG_message, false },
	{ TAG_correlationSubscription, 0, "correlationKeyRef", false, ROLE_OTHER, 0, TAG_correlationKey, false },
	{ TAG_correlationPropertyBinding, 0, "correlationPropertyRef", false, ROLE_OTHER, 0, TAG_correlationProperty, false },
	{ TAG_error, 0, "structureRef", false, ROLE_ITEM, 0, TAG_itemDefinition, false },
	{ TAG_escalation, 0, "structureRef", false, ROLE_ITEM, 0, TAG_itemDefinition, false },
	{ TAG_signal, 0, "structureRef", false, ROLE_ITEM, 0, TAG_itemDefinition, false },
	{ TAG_message, 0, "itemRef", false, ROLE_ITEM, 0, TAG_itemDefinition, false },
	{ TAG_formalExpression, 0, "evaluatesToTypeRef", false, ROLE_OTHER, 0, TAG_itemDefinition, false },
	{ TAG_NONE, IS_EXPRESSION, "evaluatesToTypeRef", false, ROLE_OTHER, 0, TAG_itemDefinition, false },
	{ TAG_resourceParameter, 0, "type", false, ROLE_OTHER, 0, TAG_itemDefinition, false },
	{ TAG_NONE, IS_ITEM_AWARE, "itemSubjectRef", false, ROLE_ITEM, 0, TAG_itemDefinition, false },
	{ TAG_NONE, IS_NODE | IS_CHOREOGRAPHY, "incoming", true, ROLE_INCOMING, 0, TAG_sequenceFlow, false },
	{ TAG_NONE, IS_NODE | IS_CHOREOGRAPHY, "outgoing", true, ROLE_OUTGOING, 0, TAG_sequenceFlow, false },
	{ TAG_NONE, IS_ACTIVITY | IS_GATEWAY, "default", false, ROLE_DEFAULT, 0, TAG_sequenceFlow, false },
	{ TAG_operation, 0, "inMessageRef", true, ROLE_IN_MESSAGE, 0, TAG_message, false },
	{ TAG_operation, 0, "outMessageRef", true, ROLE_OUT_MESSAGE, 0, TAG_message, false },
	{ TAG_operation, 0, "errorRef", true, ROLE_ERROR, 0, TAG_error, false },
	{ TAG_NONE, IS_COLLABORATION, "choreographyRef", true, ROLE_CHOREOGRAPHY, 0, TAG_choreography, false },
	{ TAG_participant, 0, "processRef", false, ROLE_PROCESS, 0, TAG_process, false },
	{ TAG_participant, 0, "interfaceRef", true, ROLE_INTERFACE, 0, TAG_interface, false },
	{ TAG_participant, 0, "endPointRef", true, ROLE_OTHER, 0, TAG_endPoint, false },
	{ TAG_partnerEntity, 0, "participantRef", true, ROLE_OTHER, 0, TAG_participant, false },
	{ TAG_partnerRole, 0, "participantRef", true, ROLE_OTHER, 0, TAG_participant, false },
	{ TAG_participantAssociation, 0, "innerParticipantRef", true, ROLE_OTHER, 0, TAG_participant, false },
	{ TAG_participantAssociation, 0, "outerParticipantRef", true, ROLE_OTHER, 0, TAG_participant, false },
	{ TAG_process, 0, "supports", true, ROLE_OTHER, 0, TAG_process, false },
	{ TAG_process, 0, "definitionalCollaborationRef", false, ROLE_OTHER, IS_COLLABORATION, TAG_NONE, false },
	{ TAG_NONE, IS_ROLE, "resourceRef", true, ROLE_RESOURCE, 0, TAG_resource, false },
	{ TAG_resourceParameterBinding, 0, "parameterRef", false, ROLE_OTHER, 0, TAG_resourceParameter, false },
	{ TAG_serviceTask, 0, "operationRef", false, ROLE_OPERATION, 0, TAG_operation, false },
	{ TAG_sendTask, 0, "operationRef", false, ROLE_OPERATION, 0, TAG_operation, false },
	{ TAG_receiveTask, 0, "operationRef", false, ROLE_OPERATION, 0, TAG_operation, false },
	{ TAG_sendTask, 0, "messageRef", false, ROLE_MESSAGE, 0, TAG_message, false },
	{ TAG_receiveTask, 0, "messageRef", false, ROLE_MESSAGE, 0, TAG_message, false },
	{ TAG_callActivity, 0, "calledElement", false, ROLE_CALLED, IS_CALLABLE, TAG_NONE, true },
	{ TAG_NONE, IS_CALLABLE, "supportedInterfaceRef", true, ROLE_INTERFACE, 0, TAG_interface, false },
	{ TAG_ioBinding, 0, "inputDataRef", false, ROLE_BINDING_INPUT, 0, TAG_dataInput, false },
	{ TAG_ioBinding, 0, "outputDataRef", false, ROLE_BINDING_OUTPUT, 0, TAG_dataOutput, false },
	{ TAG_ioBinding, 0, "operationRef", false, ROLE_OPERATION, 0, TAG_operation, false },
	{ TAG_multiInstanceLoopCharacteristics, 0, "loopDataInputRef", true, ROLE_LOOP_INPUT, IS_ITEM_AWARE, TAG_NONE, true },
	{ TAG_multiInstanceLoopCharacteristics, 0, "loopDataOutputRef", true, ROLE_LOOP_OUTPUT, IS_ITEM_AWARE, TAG_NONE, true },
	{ TAG_multiInstanceLoopCharacteristics, 0, "oneBehaviorEventRef", false, ROLE_OTHER, IS_DEFINITION, TAG_NONE, false },
	{ TAG_multiInstanceLoopCharacteristics, 0, "noneBehaviorEventRef", false, ROLE_OTHER, IS_DEFINITION, TAG_NONE, false },
	{ TAG_dataObjectReference, 0, "dataObjectRef", false, ROLE_DATA_OBJECT, 0, TAG_dataObject, false },
	{ TAG_dataStoreReference, 0, "dataStoreRef", false, ROLE_DATA_STORE, 0, TAG_dataStore, false },
	{ TAG_inputSet, 0, "dataInputRefs", true, ROLE_INPUTS, 0, TAG_dataInput, false },
	{ TAG_inputSet, 0, "optionalInputRefs", true, ROLE_OPTIONAL_INPUTS, 0, TAG_dataInput, false },
	{ TAG_inputSet, 0, "whileExecutingInputRefs", true, ROLE_EXECUTING_INPUTS, 0, TAG_dataInput, false },
	{ TAG_inputSet, 0, "outputSetRefs", true, ROLE_OUTPUT_SETS, 0, TAG_outputSet, false },
	{ TAG_outputSet, 0, "dataOutputRefs", true, ROLE_OUTPUTS, 0, TAG_dataOutput, false },
	{ TAG_outputSet, 0, "optionalOutputRefs", true, ROLE_OPTIONAL_OUTPUTS, 0, TAG_dataOutput, false },
	{ TAG_outputSet, 0, "whileExecutingOutputRefs", true, ROLE_EXECUTING_OUTPUTS, 0, TAG_dataOutput, false },
	{ TAG_outputSet, 0, "inputSetRefs", true, ROLE_INPUT_SETS, 0, TAG_inputSet, false },
	{ TAG_NONE, IS_EVENT, "eventDefinitionRef", true, ROLE_DEFINITION, IS_DEFINITION, TAG_NONE, false },
	{ TAG_boundaryEvent, 0, "attachedToRef", false, ROLE_ATTACHED, IS_ACTIVITY, TAG_NONE, false },
	{ TAG_compensateEventDefinition, 0, "activityRef", false, ROLE_ACTIVITY, IS_ACTIVITY, TAG_NONE, false },
	{ TAG_errorEventDefinition, 0, "errorRef", false, ROLE_ERROR, 0, TAG_error, false },
	{ TAG_escalationEventDefinition, 0, "escalationRef", false, ROLE_ESCALATION, 0, TAG_escalation, false },
	{ TAG_linkEventDefinition, 0, "source", true, ROLE_LINK_SOURCE, 0, TAG_linkEventDefinition, false },
	{ TAG_linkEventDefinition, 0, "target", true, ROLE_LINK_TARGET, 0, TAG_linkEventDefinition, false },
	{ TAG_messageEventDefinition, 0, "messageRef", false, ROLE_MESSAGE, 0, TAG_message, false },
	{ TAG_messageEventDefinition, 0, "operationRef", true, ROLE_OPERATION, 0, TAG_operation, false },
	{ TAG_signalEventDefinition, 0, "signalRef", false, ROLE_SIGNAL, 0, TAG_signal, false },
	{ TAG_lane, 0, "partitionElementRef", false, ROLE_OTHER, IS_ANYTHING, TAG_NONE, false },
	{ TAG_lane, 0, "flowNodeRef", true, ROLE_LANE_NODE, IS_ANYTHING, TAG_NONE, false },
	{ TAG_NONE, IS_CHOREOGRAPHY | IS_CONVERSATION, "participantRef", true, ROLE_OTHER, 0, TAG_participant, false },
	{ TAG_NONE, IS_CONVERSATION, "messageFlowRef", true, ROLE_OTHER, 0, TAG_messageFlow, false },
	{ TAG_NONE, IS_CHOREOGRAPHY, "messageFlowRef", true, ROLE_OTHER, 0, TAG_messageFlow, false },
};

/* ---- questions about single elements ---- */

unsigned document_groups(const document *d, xml_node_ref n)
{
	return tag_rows[d->tags[n]].groups;
}

bool document_is(const document *d, xml_node_ref n, unsigned groups)
{
	return (document_groups(d, n) & groups) != 0;
}

const char *document_attribute(const document *d, xml_node_ref n, const char *name)
{
	return xml_tree_attribute_of(&d->tree, n, "", name);
}

bool document_flag(const document *d, xml_node_ref n, const char *name, bool standard)
{
	const char *value = document_attribute(d, n, name);

	return value ? !strcmp(value, "true") || !strcmp(value, "1") : standard;
}

const char *document_id(const document *d, xml_node_ref n)
{
	const char *id = n ? document_attribute(d, n, "id") : NULL;

	return id ? id : "";
}

xml_node_ref document_parent(const document *d, xml_node_ref n)
{
	return d->tree.nodes[n].parent;
}

xml_node_ref document_around(const document *d, xml_node_ref n, unsigned groups)
{
	do
		n = document_parent(d, n);
	while (n && !document_is(d, n, groups));
	return n;
}

xml_node_ref document_child(const document *d, xml_node_ref n, bpmn_tag tag, xml_node_ref after)
{
	xml_node_ref at = after ? d->tree.nodes[after].next : d->tree.nodes[n].first;

	while (at && document_tag(d, at) != tag)
		at = d->tree.nodes[at].next;
	return at;
}

size_t document_count(const document *d, xml_node_ref n, bpmn_tag tag)
{
	size_t count = 0;

	for (xml_node_ref at = document_child(d, n, tag, 0); at; at = document_child(d, n, tag, at))
		count++;
	return count;
}

xml_node_ref document_child_in(const document *d, xml_node_ref n, unsigned groups, xml_node_ref after)
{
	xml_node_ref at = after ? d->tree.nodes[after].next : d->tree.nodes[n].first;

	while (at && !document_is(d, at, groups))
		at = d->tree.nodes[at].next;
	return at;
}

size_t document_count_in(const document *d, xml_node_ref n, unsigned groups)
{
	size_t count = 0;

	for (xml_node_ref at = document_child_in(d, n, groups, 0); at;
	     at = document_child_in(d, n, groups, at))
		count++;
	return count;
}

bool document_has_text(const document *d, xml_node_ref n)
{
	for (xml_node_ref at = d->tree.nodes[n].first; at; at = d->tree.nodes[at].next) {
		const char *text = xml_tree_text(&d->tree, d->tree.nodes[at].text);

		if (d->tree.nodes[at].kind != XML_NODE_TEXT && d->tree.nodes[at].kind != XML_NODE_CDATA)
			continue;
		for (; *text; text++)
			if (!str_ascii_space(*text))
				return true;
	}
	return false;
}

/* ---- ids ---- */

static int id_order(const void *a, const void *b, void *user)
{
	xml_node_ref left = *(const xml_node_ref *)a, right = *(const xml_node_ref *)b;
	int order = strcmp(document_id(user, left), document_id(user, right));

	return order ? order : (left > right) - (left < right);
}

xml_node_ref document_find(const document *d, const char *id)
{
	size_t low = 0, high = d->id_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(document_id(d, d->ids[middle]), id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < d->id_count && !strcmp(document_id(d, d->ids[low]), id) ? d->ids[low] : 0;
}

static efile_status index_ids(document *d)
{
	d->ids = mem_new(d->ctx, (d->tree.node_count + 1) * sizeof(*d->ids));
	if (!d->ids)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < d->tree.node_count; i++)
		if (d->tags[i] && *document_id(d, (xml_node_ref)i))
			d->ids[d->id_count++] = (xml_node_ref)i;
	qsort_r(d->ids, d->id_count, sizeof(*d->ids), id_order, d);
	return EFILE_OK;
}

/* ---- kinds ---- */

static int name_order(const void *a, const void *b)
{
	return strcmp(tag_rows[*(const uint8_t *)a].name, tag_rows[*(const uint8_t *)b].name);
}

static bpmn_tag tag_of(const uint8_t *sorted, const char *name)
{
	size_t low = 0, high = TAG_COUNT - 1;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(tag_rows[sorted[middle]].name, name);

		if (order == 0)
			return (bpmn_tag)sorted[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return TAG_NONE;
}

/* What stands in extension elements is nobody's business here. */
static efile_status set_tags(document *d)
{
	const xml_tree *t = &d->tree;
	uint8_t sorted[TAG_COUNT - 1];

	d->tags = mem_new(d->ctx, t->node_count + 1);
	d->holds = mem_new(d->ctx, t->node_count + 1);
	if (!d->tags || !d->holds)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(sorted); i++)
		sorted[i] = (uint8_t)(i + 1);
	qsort(sorted, ARRAY_SIZE(sorted), 1, name_order);
	for (size_t i = 1; i < t->node_count; i++) {
		const xml_node *n = &t->nodes[i];

		if (n->kind == XML_NODE_ELEMENT && d->tags[n->parent] != TAG_extensionElements &&
		    !strcmp(xml_tree_text(t, n->uri), BPMN_NS_MODEL))
			d->tags[i] = (uint8_t)tag_of(sorted, xml_tree_text(t, n->name));
	}
	return EFILE_OK;
}

/* ---- references ---- */

/* The namespace of a prefix where it is used; NULL if it is not declared. */
static const char *namespace_of(const document *d, xml_node_ref n, const char *prefix, size_t length)
{
	for (; n; n = document_parent(d, n)) {
		const xml_node *node = &d->tree.nodes[n];

		for (uint32_t i = 0; i < node->namespace_count; i++) {
			const xml_tree_namespace *row = &d->tree.namespaces[node->namespace + i];
			const char *name = xml_tree_text(&d->tree, row->prefix);

			if (strlen(name) == length && !memcmp(name, prefix, length))
				return xml_tree_text(&d->tree, row->uri);
		}
	}
	return NULL;
}

/* An id may be written with a prefix ("tns:task"); one of another namespace is not of this file. */
static efile_status resolve(document *d, document_ref *ref, const char *text, size_t length)
{
	const char *colon, *uri = NULL, *id;
	xml_text_ref own;

	while (length && str_ascii_space(*text))
		text++, length--;
	while (length && str_ascii_space(text[length - 1]))
		length--;
	colon = memchr(text, ':', length);
	if (colon)
		uri = namespace_of(d, ref->at, text, (size_t)(colon - text));
	if (colon && uri) {
		ref->elsewhere = strcmp(uri, d->target_namespace) != 0;
		length -= (size_t)(colon + 1 - text);
		text = colon + 1;
	}
	own = (xml_text_ref)d->own.length;
	buf_add(&d->own, text, length);
	buf_add_char(&d->own, '\0');
	TRY(buf_status(&d->own, d->ctx));
	ref->text = own;
	id = d->own.data + own;
	ref->to = *id ? document_find(d, id) : 0;
	return EFILE_OK;
}

static efile_status add_ref(document *d, const reference_row *row, xml_node_ref from,
			    xml_node_ref at, const char *text)
{
	void *refs = d->refs;
	document_ref ref = { .from = from, .at = at, .row = row };

	TRY(resolve(d, &ref, text, strlen(text)));
	TRY(mem_grow(d->ctx, &refs, &d->ref_capacity, d->ref_count, sizeof(ref)));
	d->refs = refs;
	d->refs[d->ref_count++] = ref;
	return EFILE_OK;
}

static bool holds(const document *d, xml_node_ref n, const reference_row *row)
{
	return row->holder ? row->holder == document_tag(d, n) : document_is(d, n, row->groups);
}

static efile_status add_child_refs(document *d, const reference_row *row, xml_node_ref n)
{
	AUTO(buf) text = BUF_INIT;

	for (xml_node_ref at = d->tree.nodes[n].first; at; at = d->tree.nodes[at].next) {
		const xml_node *child = &d->tree.nodes[at];

		if (child->kind != XML_NODE_ELEMENT ||
		    strcmp(xml_tree_text(&d->tree, child->name), row->name) != 0 ||
		    strcmp(xml_tree_text(&d->tree, child->uri), BPMN_NS_MODEL) != 0)
			continue;
		buf_reset(&text);
		xml_tree_content(&text, &d->tree, at);
		TRY(buf_status(&text, d->ctx));
		TRY(add_ref(d, row, n, at, buf_text(&text)));
	}
	return EFILE_OK;
}

static efile_status collect_refs(document *d, xml_node_ref n)
{
	for (size_t i = 0; i < ARRAY_SIZE(reference_rows); i++) {
		const reference_row *row = &reference_rows[i];
		const char *value;

		if (!holds(d, n, row))
			continue;
		if (row->child) {
			TRY(add_child_refs(d, row, n));
			continue;
		}
		value = document_attribute(d, n, row->name);
		if (value)
			TRY(add_ref(d, row, n, n, value));
	}
	return EFILE_OK;
}

static int target_order(const void *a, const void *b)
{
	const document_ref *left = *(document_ref *const *)a, *right = *(document_ref *const *)b;

	if (left->to != right->to)
		return left->to < right->to ? -1 : 1;
	return (left > right) - (left < right);
}

static efile_status index_refs(document *d)
{
	for (size_t i = 1; i < d->tree.node_count; i++)
		if (d->tags[i])
			TRY(collect_refs(d, (xml_node_ref)i));
	d->by_target = mem_new(d->ctx, (d->ref_count + 1) * sizeof(*d->by_target));
	if (!d->by_target)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < d->ref_count; i++)
		if (d->refs[i].to)
			d->by_target[d->by_target_count++] = &d->refs[i];
	qsort(d->by_target, d->by_target_count, sizeof(*d->by_target), target_order);
	return EFILE_OK;
}

const document_ref *document_refs(const document *d, xml_node_ref from, size_t *count)
{
	size_t low = 0, high = d->ref_count, end;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (d->refs[middle].from < from)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < d->ref_count && d->refs[end].from == from; end++)
		;
	*count = end - low;
	return *count ? d->refs + low : NULL;
}

document_ref *const *document_referrers(const document *d, xml_node_ref to, size_t *count)
{
	size_t low = 0, high = d->by_target_count, end;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (d->by_target[middle]->to < to)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < d->by_target_count && d->by_target[end]->to == to; end++)
		;
	*count = end - low;
	return *count ? d->by_target + low : NULL;
}

xml_node_ref document_target(const document *d, xml_node_ref from, bpmn_role role)
{
	size_t count;
	const document_ref *refs = document_refs(d, from, &count);

	for (size_t i = 0; i < count; i++)
		if (refs[i].row->role == role)
			return refs[i].to;
	return 0;
}

bool document_refers(const document *d, xml_node_ref from, bpmn_role role, xml_node_ref to)
{
	size_t count, low = 0, high;
	document_ref *const *refs = document_referrers(d, to, &count);

	for (high = count; low < high;) {
		size_t middle = (low + high) / 2;

		if (refs[middle]->from < from)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < count && refs[low]->from == from; low++)
		if (refs[low]->row->role == role)
			return true;
	return false;
}

size_t document_referred(const document *d, xml_node_ref n, bpmn_role role, bpmn_tag by)
{
	size_t count, found = 0;
	document_ref *const *refs = document_referrers(d, n, &count);

	for (size_t i = 0; i < count; i++)
		found += refs[i]->row->role == role && document_tag(d, refs[i]->from) == by;
	return found;
}

/* ---- life ---- */

/* Engines and suites that run models which the specification would not let pass. */
static const char *const dialects[] = {
	"http://activiti.org/bpmn", "http://flowable.org/bpmn", "http://camunda.org/schema/",
	"http://operaton.org/schema/", "http://spiffworkflow.org/", "http://www.trisotech.com/",
	"http://paed01.github.io/", "http://www.signavio.com",
};

static bool is_dialect(const document *d)
{
	for (size_t i = 0; i < d->tree.namespace_count; i++) {
		const char *uri = xml_tree_text(&d->tree, d->tree.namespaces[i].uri);

		for (size_t k = 0; k < ARRAY_SIZE(dialects); k++)
			if (str_starts_with(uri, dialects[k]))
				return true;
	}
	return false;
}

/* What a file makes no use of, it is not held to. */
static void see_habits(document *d)
{
	d->dialect = is_dialect(d);
	for (size_t i = 1; i < d->tree.node_count; i++) {
		bpmn_tag tag = (bpmn_tag)d->tags[i];

		if (tag == TAG_startEvent)
			d->holds[d->tree.nodes[i].parent] |= HOLDS_START;
		if (tag == TAG_endEvent)
			d->holds[d->tree.nodes[i].parent] |= HOLDS_END;
		d->lists_flows |= tag == TAG_incoming || tag == TAG_outgoing;
		d->has_errors |= tag == TAG_error;
		d->typed_messages |= tag == TAG_message &&
			document_attribute(d, (xml_node_ref)i, "itemRef");
	}
}

void document_clear(document *d)
{
	xml_tree_clear(&d->tree);
	free(d->tags);
	free(d->holds);
	free(d->ids);
	free(d->refs);
	free(d->by_target);
	buf_clear(&d->own);
	*d = (document){ .ctx = d->ctx };
}

efile_status document_read(document *d, efile_ctx *ctx, efile_reader *reader)
{
	const char *uri;

	*d = (document){ .ctx = ctx };
	TRY(xml_tree_read(&d->tree, ctx, reader, "BPMN"));
	d->definitions = xml_tree_root(&d->tree);
	TRY(set_tags(d));
	if (document_tag(d, d->definitions) != TAG_definitions)
		return FAIL(ctx, EFILE_E_FORMAT, 2303, "this is no BPMN 2.0 file, but <%s>",
			    xml_tree_text(&d->tree, d->tree.nodes[d->definitions].name));
	uri = document_attribute(d, d->definitions, "targetNamespace");
	d->target_namespace = uri ? uri : "";
	TRY(index_ids(d));
	TRY(index_refs(d));
	see_habits(d);
	return EFILE_OK;
}
