/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening and reading a definition. After flow_definition_open() every offset in it is sound. */
#include "flow/definition.h"

#include <stdlib.h>
#include <string.h>

typedef struct limits_of {
	uint32_t nodes, edges, outs, separates, pool, code;
} limits_of;

static efile_status damaged(efile_ctx *ctx, const char *what)
{
	return FAIL(ctx, EFILE_E_DAMAGED, 2310, "the stored process definition is damaged: %s", what);
}

static bool text_sound(const limits_of *l, uint32_t text)
{
	return text < l->pool;
}

static bool part_sound(uint32_t first, uint32_t count, uint32_t all)
{
	return first <= all && count <= all - first;
}

static efile_status check_head(limits_of *l, efile_ctx *ctx, const flow_definition *d)
{
	uint64_t length;

	if (d->length < 4 * HEAD_WORDS || head(d, HEAD_MAGIC) != DEFINITION_MAGIC)
		return damaged(ctx, "head");
	if (head(d, HEAD_VERSION) != DEFINITION_VERSION)
		return FAIL(ctx, EFILE_E_UNSUPPORTED, 2311, "a process definition of version %u",
			    head(d, HEAD_VERSION));
	*l = (limits_of){ head(d, HEAD_NODES), head(d, HEAD_EDGES), head(d, HEAD_OUTS),
			  head(d, HEAD_SEPARATES), head(d, HEAD_POOL), head(d, HEAD_CODE) };
	length = 4 * (HEAD_WORDS + (uint64_t)l->nodes * NODE_WORDS +
		      (uint64_t)l->edges * EDGE_WORDS + l->outs + l->separates) +
		(uint64_t)l->pool + l->code;
	if (length != d->length || head(d, HEAD_LENGTH) != length || !l->pool)
		return damaged(ctx, "length");
	if (*definition_text(d, 0) || *definition_text(d, l->pool - 1) ||
	    !text_sound(l, head(d, HEAD_ID)) || !text_sound(l, head(d, HEAD_NAME)))
		return damaged(ctx, "texts");
	if (head(d, HEAD_START) >= l->nodes ||
	    node_get(d, head(d, HEAD_START), NODE_KIND) != FLOW_NODE_START)
		return damaged(ctx, "start");
	return EFILE_OK;
}

static bool node_outs_sound(const flow_definition *d, const limits_of *l, uint32_t node)
{
	uint32_t first = node_get(d, node, NODE_FIRST_OUT);
	uint32_t count = node_get(d, node, NODE_OUT_COUNT);
	uint32_t standard = node_get(d, node, NODE_DEFAULT);

	if (!part_sound(first, count, l->outs))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t edge = out_get(d, first + i);

		if (edge >= l->edges || edge_get(d, edge, EDGE_SOURCE) != node)
			return false;
	}
	return !standard || (standard <= l->edges &&
			     edge_get(d, standard - 1, EDGE_SOURCE) == node);
}

static bool node_sound(const flow_definition *d, const limits_of *l, uint32_t node)
{
	for (int word = NODE_ID; word <= NODE_HANDLER; word++)
		if (!text_sound(l, node_get(d, node, (node_word)word)))
			return false;
	if (node_get(d, node, NODE_KIND) >= FLOW_NODE_KINDS || node_get(d, node, NODE_SCOPE) != 0)
		return false;
	return node_outs_sound(d, l, node) &&
		part_sound(node_get(d, node, NODE_FIRST_SEPARATE),
			   node_get(d, node, NODE_SEPARATE_COUNT), l->separates);
}

static bool edge_sound(efile_ctx *ctx, const flow_definition *d, const limits_of *l, uint32_t edge)
{
	uint32_t code = edge_get(d, edge, EDGE_CODE);
	uint32_t length = edge_get(d, edge, EDGE_CODE_LENGTH);
	expr_program program;

	if (!text_sound(l, edge_get(d, edge, EDGE_ID)) ||
	    !text_sound(l, edge_get(d, edge, EDGE_NAME)) ||
	    edge_get(d, edge, EDGE_SOURCE) >= l->nodes ||
	    edge_get(d, edge, EDGE_TARGET) >= l->nodes || !part_sound(code, length, l->code))
		return false;
	return !length ||
		expr_program_open(&program, ctx, d->bytes + code_at(d) + code, length) == EFILE_OK;
}

/* A join waits for as many edges as it says: count them. */
static efile_status check_joins(efile_ctx *ctx, const flow_definition *d, const limits_of *l)
{
	uint32_t *in = mem_new(ctx, (l->nodes + (size_t)1) * sizeof(*in));
	bool sound = true;

	if (!in)
		return EFILE_E_NOMEM;
	for (uint32_t i = 0; i < l->edges; i++)
		in[edge_get(d, i, EDGE_TARGET)]++;
	for (uint32_t i = 0; i < l->nodes; i++)
		sound &= in[i] == node_get(d, i, NODE_IN_COUNT);
	free(in);
	return sound ? EFILE_OK : damaged(ctx, "joins");
}

static efile_status check_parts(efile_ctx *ctx, const flow_definition *d, const limits_of *l)
{
	for (uint32_t i = 0; i < l->edges; i++)
		if (!edge_sound(ctx, d, l, i))
			return damaged(ctx, "flows");
	for (uint32_t i = 0; i < l->nodes; i++)
		if (!node_sound(d, l, i))
			return damaged(ctx, "nodes");
	for (uint32_t i = 0; i < l->separates; i++)
		if (separate_get(d, i) >= l->nodes)
			return damaged(ctx, "separation");
	return check_joins(ctx, d, l);
}

efile_status flow_definition_open(flow_definition *out, efile_ctx *ctx, const void *bytes,
				  size_t length)
{
	flow_definition d = { bytes, length, NULL };
	limits_of l = { 0 };

	TRY(check_head(&l, ctx, &d));
	TRY(check_parts(ctx, &d, &l));
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

uint32_t flow_node_count(const flow_definition *d)
{
	return head(d, HEAD_NODES);
}

uint32_t flow_edge_count(const flow_definition *d)
{
	return head(d, HEAD_EDGES);
}

const char *flow_edge_id(const flow_definition *d, uint32_t edge)
{
	return definition_text(d, edge_get(d, edge, EDGE_ID));
}

static const char *node_text(const flow_definition *d, uint32_t node, node_word word)
{
	return definition_text(d, node_get(d, node, word));
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
