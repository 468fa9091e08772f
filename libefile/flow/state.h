/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state of an instance in memory, and its bytes: the same state always has the same bytes.
 *
 *   u8 version, then varints (LEB128): status, next number; arrived tokens (edge, count); waits
 *   (number, kind, node); parked tokens (incident, node, edge + 1, count); performers (node, 16
 *   bytes actor, 16 bytes on behalf of); variables (length, JSON). Each list has its count first. */
#ifndef FLOW_STATE_H
#define FLOW_STATE_H

#include "flow/definition.h"

enum { STATE_VERSION = 1, VARIABLES_MAX = 1024 * 1024 };

/* Instead of an edge: the token has done its work at the node and is about to leave it. */
#define EDGE_LEAVING UINT32_MAX

typedef struct arrived_row {    /* tokens that wait at a join, by the edge they came on */
	uint32_t edge;
	uint64_t count;
} arrived_row;

typedef struct parked_row {     /* tokens that an incident holds back */
	uint64_t incident;
	uint32_t node;
	uint32_t edge;          /* + 1; 0: it comes from no edge; EDGE_LEAVING */
	uint64_t count;
} parked_row;

typedef struct performer_row {  /* who did a task that another one is separated from */
	uint32_t node;
	efile_id actor, on_behalf_of;
} performer_row;

typedef struct flow_state {
	flow_status status;
	uint64_t next;          /* number of the next wait */
	arrived_row *arrived;
	size_t arrived_count, arrived_capacity;
	flow_wait *waits;
	size_t wait_count, wait_capacity;
	parked_row *parked;
	size_t parked_count, parked_capacity;
	performer_row *performers;
	size_t performer_count, performer_capacity;
	buf variables;          /* a JSON object */
} flow_state;

void flow_state_clear(flow_state *s);
efile_status flow_state_decode(flow_state *s, efile_ctx *ctx, const flow_definition *d,
			       const void *bytes, size_t length);
efile_status flow_state_encode(buf *out, efile_ctx *ctx, const flow_state *s);

/* Merges a JSON object into the variables; *changed is set if anything is different now. */
efile_status variables_merge(bool *changed, buf *variables, efile_ctx *ctx, const char *more);

/* DENIED if one of the two performed a task that this node is separated from. */
efile_status performers_check(efile_ctx *ctx, const flow_definition *d, const flow_state *s,
			      uint32_t node, const efile_id *actor, const efile_id *on_behalf_of);

#endif
