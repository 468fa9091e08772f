/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening and reading a definition. After flow_definition_open() every offset in it is sound. */
#include "flow/definition.h"

#include <stdlib.h>
#include <string.h>

bool node_is_activity(uint32_t kind)
{
	return kind == FLOW_NODE_PASS || kind == FLOW_NODE_USER_TASK ||
		kind == FLOW_NODE_SERVICE_TASK ||
		(kind >= FLOW_NODE_SCRIPT_TASK && kind <= FLOW_NODE_AD_HOC &&
		 kind != FLOW_NODE_EVENT_SUBPROCESS);
}

bool node_is_scope(uint32_t kind)
{
	return kind >= FLOW_NODE_SUBPROCESS && kind <= FLOW_NODE_AD_HOC;
}

bool node_is_join(uint32_t kind)
{
	return kind == FLOW_NODE_INCLUSIVE || kind == FLOW_NODE_COMPLEX;
}

static efile_status damaged(efile_ctx *ctx, const char *what)
{
	return FAIL(ctx, EFILE_E_DAMAGED, 2310, "the stored process definition is damaged: %s", what);
}

static bool text_sound(const flow_definition *d, uint32_t text)
{
	return text < head(d, HEAD_POOL);
}

static bool part_sound(uint32_t first, uint32_t count, uint32_t all)
{
	return first <= all && count <= all - first;
}

/* A reference + 1 below a bound, or none. */
static bool ref_sound(uint32_t ref, uint32_t bound)
{
	return ref <= bound;
}

static efile_status place_parts(efile_ctx *ctx, flow_definition *d)
{
	const struct {
		size_t *at;
		head_word count;
		size_t size;
	} parts[] = {
		{ &d->edges, HEAD_EDGES, 4 * EDGE_WORDS },
		{ &d->triggers, HEAD_TRIGGERS, 4 * TRIGGER_WORDS },
		{ &d->mappings, HEAD_MAPPINGS, 4 * MAPPING_WORDS },
		{ &d->programs, HEAD_PROGRAMS, 4 * PROGRAM_WORDS }, { &d->lists, HEAD_LISTS, 4 },
		{ &d->bits, HEAD_BITS, 4 }, { &d->pool, HEAD_POOL, 1 }, { &d->code, HEAD_CODE, 1 },
	};
	uint64_t at = 4 * (HEAD_WORDS + (uint64_t)head(d, HEAD_NODES) * NODE_WORDS);

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		*parts[i].at = (size_t)at;
		at += (uint64_t)head(d, parts[i].count) * parts[i].size;
	}
	if (at != d->length || head(d, HEAD_LENGTH) != at || !head(d, HEAD_POOL))
		return damaged(ctx, "length");
	return EFILE_OK;
}

static efile_status check_head(efile_ctx *ctx, flow_definition *d)
{
	if (d->length < 4 * HEAD_WORDS || head(d, HEAD_MAGIC) != DEFINITION_MAGIC)
		return damaged(ctx, "head");
	if (head(d, HEAD_VERSION) != DEFINITION_VERSION)
		return FAIL(ctx, EFILE_E_UNSUPPORTED, 2311, "a process definition of version %u",
			    head(d, HEAD_VERSION));
	if (!head(d, HEAD_NODES))
		return damaged(ctx, "nodes");
	TRY(place_parts(ctx, d));
	if (*definition_text(d, 0) || *definition_text(d, head(d, HEAD_POOL) - 1) ||
	    !text_sound(d, head(d, HEAD_ID)) || !text_sound(d, head(d, HEAD_NAME)) ||
	    !text_sound(d, head(d, HEAD_TAG)))
		return damaged(ctx, "texts");
	if (node_get(d, process_node(d), NODE_KIND) != FLOW_NODE_PROCESS)
		return damaged(ctx, "process");
	return EFILE_OK;
}

typedef enum list_of { LIST_OUT, LIST_IN, LIST_NODES, LIST_TEXTS } list_of;

static bool item_sound(const flow_definition *d, list_of kind, uint32_t node, uint32_t item)
{
	switch (kind) {
	case LIST_OUT:
		return item < head(d, HEAD_EDGES) && edge_get(d, item, EDGE_SOURCE) == node;
	case LIST_IN:
		return item < head(d, HEAD_EDGES) && edge_get(d, item, EDGE_TARGET) == node;
	case LIST_NODES:
		return item < process_node(d);
	default:
		return text_sound(d, item);
	}
}

static bool lists_sound(const flow_definition *d, uint32_t node)
{
	static const struct {
		node_word first;
		list_of kind;
	} lists[] = {
		{ NODE_FIRST_OUT, LIST_OUT }, { NODE_FIRST_IN, LIST_IN },
		{ NODE_FIRST_SEPARATE, LIST_NODES }, { NODE_FIRST_BOUNDARY, LIST_NODES },
		{ NODE_FIRST_ENTRY, LIST_NODES }, { NODE_FIRST_EVENT, LIST_NODES },
		{ NODE_FIRST_DATA, LIST_TEXTS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		uint32_t first = node_get(d, node, lists[i].first);
		uint32_t count = node_get(d, node, (node_word)(lists[i].first + 1));

		if (!part_sound(first, count, head(d, HEAD_LISTS)))
			return false;
		for (uint32_t k = 0; k < count; k++)
			if (!item_sound(d, lists[i].kind, node, list_get(d, first + k)))
				return false;
	}
	return true;
}

static bool refs_sound(const flow_definition *d, uint32_t node)
{
	static const node_word nodes[] = { NODE_HOST, NODE_COMPENSATOR, NODE_UNDO_EVENT };
	static const node_word programs[] = { NODE_PROGRAM, NODE_CARDINALITY, NODE_COLLECTION,
					      NODE_LOOP_CONDITION, NODE_OUT_ITEM };
	uint32_t standard = node_get(d, node, NODE_DEFAULT);

	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++)
		if (!ref_sound(node_get(d, node, nodes[i]), process_node(d)))
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (!ref_sound(node_get(d, node, programs[i]), head(d, HEAD_PROGRAMS)))
			return false;
	return !standard || (ref_sound(standard, head(d, HEAD_EDGES)) &&
			     edge_get(d, standard - 1, EDGE_SOURCE) == node);
}

static bool parts_sound(const flow_definition *d, uint32_t node)
{
	uint32_t triggers = head(d, HEAD_TRIGGERS), mappings = head(d, HEAD_MAPPINGS);

	return part_sound(node_get(d, node, NODE_FIRST_TRIGGER),
			  node_get(d, node, NODE_TRIGGER_COUNT), triggers) &&
		part_sound(node_get(d, node, NODE_FIRST_BEHAVIOUR),
			   node_get(d, node, NODE_BEHAVIOUR_COUNT), triggers) &&
		part_sound(node_get(d, node, NODE_FIRST_INPUT), node_get(d, node, NODE_INPUT_COUNT),
			   mappings) &&
		part_sound(node_get(d, node, NODE_FIRST_OUTPUT),
			   node_get(d, node, NODE_OUTPUT_COUNT), mappings);
}

/* Scopes must not form a ring: the way up from a node ends at the process. */
static bool scope_sound(const flow_definition *d, uint32_t node)
{
	uint32_t scope = node_get(d, node, NODE_SCOPE);

	if (scope >= head(d, HEAD_NODES))
		return false;
	if (scope == process_node(d))
		return true;
	return scope < node && node_is_scope(node_get(d, scope, NODE_KIND));
}

static bool bits_sound(const flow_definition *d, uint32_t node)
{
	uint64_t row = (head(d, HEAD_NODES) + 31) / 32;
	uint64_t at = node_get(d, node, NODE_BITS), count = node_get(d, node, NODE_IN_COUNT);

	if (!node_is_join(node_get(d, node, NODE_KIND)) || count < 2)
		return !at;
	return at && at - 1 + row * count <= head(d, HEAD_BITS);
}

static bool node_sound(const flow_definition *d, uint32_t node)
{
	uint32_t kind = node_get(d, node, NODE_KIND);

	for (int word = NODE_ID; word <= NODE_OUT_COLLECTION; word++)
		if (!text_sound(d, node_get(d, node, (node_word)word)))
			return false;
	if (kind >= FLOW_NODE_KINDS || (kind == FLOW_NODE_PROCESS) != (node == process_node(d)) ||
	    node_get(d, node, NODE_LOOP) > MULTI_PARALLEL ||
	    node_get(d, node, NODE_BINDING) > FLOW_BINDING_DEPLOYMENT ||
	    !node_get(d, node, NODE_START_QUANTITY))
		return false;
	return scope_sound(d, node) && lists_sound(d, node) && refs_sound(d, node) &&
		parts_sound(d, node) && bits_sound(d, node);
}

static bool edge_sound(const flow_definition *d, uint32_t edge)
{
	return text_sound(d, edge_get(d, edge, EDGE_ID)) &&
		text_sound(d, edge_get(d, edge, EDGE_NAME)) &&
		edge_get(d, edge, EDGE_SOURCE) < process_node(d) &&
		edge_get(d, edge, EDGE_TARGET) < process_node(d) &&
		ref_sound(edge_get(d, edge, EDGE_PROGRAM), head(d, HEAD_PROGRAMS));
}

static bool trigger_sound(const flow_definition *d, uint32_t trigger)
{
	for (int word = TRIGGER_NAME; word <= TRIGGER_MESSAGE_VARIABLE; word++)
		if (!text_sound(d, trigger_get(d, trigger, (trigger_word)word)))
			return false;
	if (trigger_get(d, trigger, TRIGGER_NODE) != process_node(d) &&
	    trigger_get(d, trigger, TRIGGER_KIND) == TRIGGER_CORRELATION)
		return false;
	return trigger_get(d, trigger, TRIGGER_KIND) < TRIGGER_KINDS &&
		trigger_get(d, trigger, TRIGGER_NODE) <
			process_node(d) + (trigger_get(d, trigger, TRIGGER_KIND) == TRIGGER_CORRELATION) &&
		trigger_get(d, trigger, TRIGGER_TIME) < TIME_KINDS &&
		ref_sound(trigger_get(d, trigger, TRIGGER_PROGRAM), head(d, HEAD_PROGRAMS)) &&
		ref_sound(trigger_get(d, trigger, TRIGGER_KEY), head(d, HEAD_PROGRAMS)) &&
		ref_sound(trigger_get(d, trigger, TRIGGER_TARGET), process_node(d));
}

static bool mapping_sound(const flow_definition *d, uint32_t mapping)
{
	return text_sound(d, mapping_get(d, mapping, MAPPING_SOURCE)) &&
		text_sound(d, mapping_get(d, mapping, MAPPING_TARGET)) &&
		mapping_get(d, mapping, MAPPING_KIND) <= 3 &&
		ref_sound(mapping_get(d, mapping, MAPPING_PROGRAM), head(d, HEAD_PROGRAMS));
}

static bool program_sound(efile_ctx *ctx, const flow_definition *d, uint32_t program)
{
	uint32_t code = program_get(d, program, PROGRAM_CODE);
	uint32_t length = program_get(d, program, PROGRAM_LENGTH);
	expr_program opened;

	return part_sound(code, length, head(d, HEAD_CODE)) &&
		text_sound(d, program_get(d, program, PROGRAM_VARIABLE)) &&
		program_get(d, program, PROGRAM_TEST) < TEST_KINDS &&
		expr_program_open(&opened, ctx, d->bytes + d->code + code, length) == EFILE_OK;
}

/* Each edge stands once in the list of its source and of its target: count them. */
static efile_status check_lists(efile_ctx *ctx, const flow_definition *d)
{
	uint64_t in = 0, out = 0;

	for (uint32_t i = 0; i < head(d, HEAD_NODES); i++) {
		in += node_get(d, i, NODE_IN_COUNT);
		out += node_get(d, i, NODE_OUT_COUNT);
	}
	return in == head(d, HEAD_EDGES) && out == in ? EFILE_OK : damaged(ctx, "joins");
}

static efile_status check_parts(efile_ctx *ctx, const flow_definition *d)
{
	for (uint32_t i = 0; i < head(d, HEAD_EDGES); i++)
		if (!edge_sound(d, i))
			return damaged(ctx, "flows");
	for (uint32_t i = 0; i < head(d, HEAD_NODES); i++)
		if (!node_sound(d, i))
			return damaged(ctx, "nodes");
	for (uint32_t i = 0; i < head(d, HEAD_TRIGGERS); i++)
		if (!trigger_sound(d, i))
			return damaged(ctx, "events");
	for (uint32_t i = 0; i < head(d, HEAD_MAPPINGS); i++)
		if (!mapping_sound(d, i))
			return damaged(ctx, "parameters");
	for (uint32_t i = 0; i < head(d, HEAD_PROGRAMS); i++)
		if (!program_sound(ctx, d, i))
			return damaged(ctx, "expressions");
	return check_lists(ctx, d);
}

efile_status flow_definition_open(flow_definition *out, efile_ctx *ctx, const void *bytes,
				  size_t length)
{
	flow_definition d = { .bytes = bytes, .length = length };

	TRY(check_head(ctx, &d));
	TRY(check_parts(ctx, &d));
	*out = d;
	return EFILE_OK;
}

void flow_definition_clear(flow_definition *d)
{
	free(d->owned);
	*d = (flow_definition)FLOW_DEFINITION_INIT;
}

const char *flow_definition_id(const flow_definition *d)
{
	return definition_text(d, head(d, HEAD_ID));
}

const char *flow_definition_name(const flow_definition *d)
{
	return definition_text(d, head(d, HEAD_NAME));
}

const char *flow_definition_tag(const flow_definition *d)
{
	return definition_text(d, head(d, HEAD_TAG));
}

/* A start event of the process itself with a trigger, or what an instantiating gateway leads to. */
static bool starts_instance(const flow_definition *d, uint32_t node)
{
	uint32_t kind = node_get(d, node, NODE_KIND), first = node_get(d, node, NODE_FIRST_IN);

	if (node_get(d, node, NODE_SCOPE) != process_node(d))
		return false;
	if (kind == FLOW_NODE_START ||
	    (kind == FLOW_NODE_RECEIVE_TASK && node_flag_set(d, node, FLAG_INSTANTIATE)))
		return true;
	return (kind == FLOW_NODE_CATCH || kind == FLOW_NODE_RECEIVE_TASK) &&
		node_get(d, node, NODE_IN_COUNT) == 1 &&
		node_flag_set(d, edge_get(d, list_get(d, first), EDGE_SOURCE), FLAG_INSTANTIATE);
}

bool flow_start_at(flow_start *out, const flow_definition *d, uint32_t index)
{
	for (uint32_t i = 0; i < head(d, HEAD_TRIGGERS); i++) {
		uint32_t kind = trigger_get(d, i, TRIGGER_KIND);
		uint32_t node = trigger_get(d, i, TRIGGER_NODE);

		if (kind > TRIGGER_CONDITION || !starts_instance(d, node) || index--)
			continue;
		*out = (flow_start){ (flow_start_kind)kind, node,
				     definition_text(d, trigger_get(d, i, TRIGGER_NAME)), i };
		if (kind == TRIGGER_TIMER)
			out->name = definition_text(d, trigger_get(d, i, TRIGGER_TEXT));
		return true;
	}
	return false;
}

uint32_t flow_node_count(const flow_definition *d)
{
	return process_node(d);
}

uint32_t flow_edge_count(const flow_definition *d)
{
	return head(d, HEAD_EDGES);
}

const char *flow_edge_id(const flow_definition *d, uint32_t edge)
{
	return definition_text(d, edge_get(d, edge, EDGE_ID));
}

void flow_node_at(flow_node *out, const flow_definition *d, uint32_t node)
{
	*out = (flow_node){
		.kind = (flow_node_kind)node_get(d, node, NODE_KIND),
		.id = node_text(d, node, NODE_ID),
		.name = node_text(d, node, NODE_NAME),
		.lane = node_text(d, node, NODE_LANE),
		.groups = node_text(d, node, NODE_GROUPS),
		.users = node_text(d, node, NODE_USERS),
		.assignee = node_text(d, node, NODE_ASSIGNEE),
		.due_in = node_text(d, node, NODE_DUE_IN),
		.form = node_text(d, node, NODE_FORM),
		.handler = node_text(d, node, NODE_HANDLER),
		.priority = node_text(d, node, NODE_PRIORITY),
		.follow_up = node_text(d, node, NODE_FOLLOW_UP),
		.called = node_text(d, node, NODE_CALLED),
		.binding_value = node_text(d, node, NODE_BINDING_VALUE),
		.retries = node_text(d, node, NODE_RETRIES),
		.result = node_text(d, node, NODE_RESULT),
		.binding = (flow_binding)node_get(d, node, NODE_BINDING),
		.out_count = node_get(d, node, NODE_OUT_COUNT),
		.in_count = node_get(d, node, NODE_IN_COUNT),
	};
}

int64_t flow_node_find(const flow_definition *d, const char *id)
{
	for (uint32_t i = 0; i < flow_node_count(d); i++)
		if (!strcmp(node_text(d, i, NODE_ID), id))
			return i;
	return -1;
}
