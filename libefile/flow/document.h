/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A BPMN file kept whole, with what the rules of the specification ask of it: the kind of each
 * element, who has an id, who refers to whom. The model (model.h) is what the engine runs; this is
 * the file itself. Nothing here recurses; all look-ups are binary searches. */
#ifndef FLOW_DOCUMENT_H
#define FLOW_DOCUMENT_H

#include "xml/tree.h"

#define BPMN_NS_MODEL "http://www.omg.org/spec/BPMN/20100524/MODEL"
#define BPMN_NS_DI "http://www.omg.org/spec/BPMN/20100524/DI"
#define BPMN_NS_DC "http://www.omg.org/spec/DD/20100524/DC"
#define BPMN_NS_DD "http://www.omg.org/spec/DD/20100524/DI"
#define BPMN_NS_XSI "http://www.w3.org/2001/XMLSchema-instance"

/* Kinds that elements have in common, as bits: the abstract classes of the metamodel. */
enum {
	IS_TASK = 1 << 0, IS_ACTIVITY = 1 << 1, IS_SUB_PROCESS = 1 << 2, IS_EVENT = 1 << 3,
	IS_CATCH = 1 << 4, IS_THROW = 1 << 5, IS_GATEWAY = 1 << 6, IS_ARTIFACT = 1 << 7,
	IS_DEFINITION = 1 << 8, IS_ITEM_AWARE = 1 << 9, IS_CHOREOGRAPHY = 1 << 10,
	IS_CALLABLE = 1 << 11, IS_EXPRESSION = 1 << 12, IS_PROCESS = 1 << 13,
	IS_DATA_ASSOCIATION = 1 << 14, IS_ROLE = 1 << 15, IS_ROOT = 1 << 16, IS_FLOW = 1 << 17,
	IS_CONVERSATION = 1 << 18, IS_COLLABORATION = 1 << 19, IS_INTERACTION = 1 << 20,
	IS_ANYTHING = 1 << 30,
	IS_NODE = IS_ACTIVITY | IS_EVENT | IS_GATEWAY
};

typedef enum bpmn_tag {
	TAG_NONE,
#define TAG(name, groups) TAG_##name,
#include "flow/tags.def"
#undef TAG
	TAG_COUNT
} bpmn_tag;

enum { HOLDS_START = 1, HOLDS_END = 2 };

/* What a reference is for. */
typedef enum bpmn_role {
	ROLE_OTHER, ROLE_SOURCE, ROLE_TARGET, ROLE_INCOMING, ROLE_OUTGOING, ROLE_DEFAULT,
	ROLE_ATTACHED, ROLE_ITEM, ROLE_MESSAGE, ROLE_OPERATION, ROLE_ERROR, ROLE_ESCALATION,
	ROLE_SIGNAL, ROLE_DEFINITION, ROLE_ACTIVITY, ROLE_LINK_SOURCE, ROLE_LINK_TARGET, ROLE_CALLED,
	ROLE_PROCESS, ROLE_INPUTS, ROLE_OPTIONAL_INPUTS, ROLE_EXECUTING_INPUTS, ROLE_OUTPUT_SETS,
	ROLE_OUTPUTS, ROLE_OPTIONAL_OUTPUTS, ROLE_EXECUTING_OUTPUTS, ROLE_INPUT_SETS,
	ROLE_LOOP_INPUT, ROLE_LOOP_OUTPUT, ROLE_DATA_OBJECT, ROLE_DATA_STORE, ROLE_IN_MESSAGE,
	ROLE_OUT_MESSAGE, ROLE_CHOREOGRAPHY, ROLE_INTERFACE, ROLE_BINDING_INPUT,
	ROLE_BINDING_OUTPUT, ROLE_LANE_NODE, ROLE_RESOURCE
} bpmn_role;

typedef struct document_ref {
	xml_node_ref from;      /* the element that refers */
	xml_node_ref to;        /* what it refers to, 0 if that does not exist in the file */
	xml_node_ref at;        /* where it stands: from, or a child of it */
	xml_text_ref text;      /* of the tree, or of own: the id as it is written, without prefix */
	const struct reference_row *row;
	bool elsewhere;         /* with the prefix of another namespace: not for this file */
} document_ref;

typedef struct reference_row {
	bpmn_tag holder;        /* TAG_NONE: any in groups */
	unsigned groups;
	const char *name;       /* of the attribute or child */
	bool child;
	bpmn_role role;
	unsigned wanted;        /* groups of what may be referred to; 0: only the tag */
	bpmn_tag wanted_tag;
	bool outside;           /* may be in another file, or be no id at all */
} reference_row;

typedef struct document {
	efile_ctx *ctx;
	xml_tree tree;
	uint8_t *tags;          /* of each node */
	uint8_t *holds;         /* of each node: whether start and end events are right in it */
	xml_node_ref *ids;      /* nodes with an id, sorted by it, then by their order */
	size_t id_count;
	document_ref *refs;     /* by from */
	size_t ref_count, ref_capacity;
	document_ref **by_target;
	size_t by_target_count;
	buf own;                /* texts that had to be trimmed */
	xml_node_ref definitions;
	const char *target_namespace;
	bool lists_flows;       /* incoming and outgoing stand at nodes */
	bool typed_messages;    /* messages are bound to item definitions */
	bool has_errors;
	bool dialect;           /* written for an engine with expectations of its own */
} document;

/* Reads a file; FORMAT if it is no BPMN. */
efile_status document_read(document *d, efile_ctx *ctx, efile_reader *reader);
void document_clear(document *d);

static inline bpmn_tag document_tag(const document *d, xml_node_ref n)
{
	return (bpmn_tag)d->tags[n];
}

unsigned document_groups(const document *d, xml_node_ref n);
bool document_is(const document *d, xml_node_ref n, unsigned groups);
const char *document_attribute(const document *d, xml_node_ref n, const char *name); /* NULL */
bool document_flag(const document *d, xml_node_ref n, const char *name, bool standard);
const char *document_id(const document *d, xml_node_ref n);     /* "" */
xml_node_ref document_find(const document *d, const char *id);  /* 0 */
xml_node_ref document_parent(const document *d, xml_node_ref n);
/* The nearest element around n that belongs to one of the groups; 0. */
xml_node_ref document_around(const document *d, xml_node_ref n, unsigned groups);
/* The first child of the tag behind after (0: from the beginning); 0. */
xml_node_ref document_child(const document *d, xml_node_ref n, bpmn_tag tag, xml_node_ref after);
size_t document_count(const document *d, xml_node_ref n, bpmn_tag tag);
xml_node_ref document_child_in(const document *d, xml_node_ref n, unsigned groups, xml_node_ref after);
size_t document_count_in(const document *d, xml_node_ref n, unsigned groups);

/* The references of an element, in order, and those to it. */
const document_ref *document_refs(const document *d, xml_node_ref from, size_t *count);
document_ref *const *document_referrers(const document *d, xml_node_ref to, size_t *count);
xml_node_ref document_target(const document *d, xml_node_ref from, bpmn_role role); /* the first */
bool document_refers(const document *d, xml_node_ref from, bpmn_role role, xml_node_ref to);
/* How many elements of the tag refer to n in that role. */
size_t document_referred(const document *d, xml_node_ref n, bpmn_role role, bpmn_tag by);
bool document_has_text(const document *d, xml_node_ref n);

#endif
