/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bytes of a definition. All numbers are u32, big-endian; texts are offsets into the pool, which
 * begins and ends with NUL.
 *
 *   head        HEAD_WORDS numbers
 *   nodes       NODE_WORDS each
 *   edges       EDGE_WORDS each (sequence flows)
 *   out         numbers of edges, by their source
 *   separate    numbers of nodes: whose performers are shut out
 *   pool        texts
 *   code        compiled conditions (expr/code.h) */
#ifndef FLOW_DEFINITION_H
#define FLOW_DEFINITION_H

#include "expr/expr.h"
#include "flow/flow.h"

enum { DEFINITION_MAGIC = 0x45464250, DEFINITION_VERSION = 1 };

typedef enum head_word {
	HEAD_MAGIC, HEAD_VERSION, HEAD_LENGTH, HEAD_NODES, HEAD_EDGES, HEAD_OUTS, HEAD_SEPARATES,
	HEAD_POOL, HEAD_CODE, HEAD_ID, HEAD_NAME, HEAD_START, HEAD_WORDS
} head_word;

typedef enum node_word {
	NODE_KIND, NODE_SCOPE, NODE_ID, NODE_NAME, NODE_LANE, NODE_GROUPS, NODE_USERS,
	NODE_ASSIGNEE, NODE_DUE_IN, NODE_FORM, NODE_HANDLER, NODE_FIRST_OUT, NODE_OUT_COUNT,
	NODE_IN_COUNT, NODE_DEFAULT /* edge + 1, 0 for none */, NODE_FIRST_SEPARATE,
	NODE_SEPARATE_COUNT, NODE_WATCHED /* its performer counts for another task */, NODE_WORDS
} node_word;

typedef enum edge_word {
	EDGE_ID, EDGE_NAME, EDGE_SOURCE, EDGE_TARGET, EDGE_CODE, EDGE_CODE_LENGTH, EDGE_WORDS
} edge_word;

static inline uint32_t definition_u32(const flow_definition *d, size_t at)
{
	const unsigned char *p = d->bytes + at;

	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint32_t head(const flow_definition *d, head_word word)
{
	return definition_u32(d, 4 * (size_t)word);
}

static inline uint32_t node_get(const flow_definition *d, uint32_t node, node_word word)
{
	return definition_u32(d, 4 * (HEAD_WORDS + (size_t)node * NODE_WORDS + word));
}

static inline size_t edges_at(const flow_definition *d)
{
	return 4 * (HEAD_WORDS + (size_t)head(d, HEAD_NODES) * NODE_WORDS);
}

static inline uint32_t edge_get(const flow_definition *d, uint32_t edge, edge_word word)
{
	return definition_u32(d, edges_at(d) + 4 * ((size_t)edge * EDGE_WORDS + word));
}

static inline size_t outs_at(const flow_definition *d)
{
	return edges_at(d) + 4 * (size_t)head(d, HEAD_EDGES) * EDGE_WORDS;
}

static inline uint32_t out_get(const flow_definition *d, uint32_t index)
{
	return definition_u32(d, outs_at(d) + 4 * (size_t)index);
}

static inline uint32_t separate_get(const flow_definition *d, uint32_t index)
{
	return definition_u32(d, outs_at(d) + 4 * ((size_t)head(d, HEAD_OUTS) + index));
}

static inline size_t pool_at(const flow_definition *d)
{
	return outs_at(d) + 4 * ((size_t)head(d, HEAD_OUTS) + head(d, HEAD_SEPARATES));
}

static inline const char *definition_text(const flow_definition *d, uint32_t text)
{
	return (const char *)d->bytes + pool_at(d) + text;
}

static inline size_t code_at(const flow_definition *d)
{
	return pool_at(d) + head(d, HEAD_POOL);
}

#endif
