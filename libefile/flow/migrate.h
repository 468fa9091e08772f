/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running instances change to another version of their process. Pure, like the step. */
#ifndef FLOW_MIGRATE_H
#define FLOW_MIGRATE_H

#include "flow/flow.h"

typedef struct flow_mapping {
	const char *from, *to;  /* ids of nodes in the old and in the new version */
} flow_mapping;

/* Where each node and sequence flow of one version is in the other, + 1; 0: nowhere. What no mapping
 * names keeps its id. The definitions must outlive the plan. */
typedef struct flow_plan {
	const flow_definition *from, *to;
	uint32_t *nodes, *edges;
} flow_plan;

efile_status flow_plan_make(flow_plan *out, efile_ctx *ctx, const flow_definition *from,
			    const flow_definition *to, const flow_mapping *mappings, size_t count);
void flow_plan_clear(flow_plan *plan);

/* Brings a state to the new version, with what follows from it there. DONE, and nothing touched: it
 * does not fit; the findings (report may be NULL) say why, at the place. STATE: it has ended. */
efile_status flow_migrate(buf *out, flow_effects *effects, efile_report *report, const char *place,
			  efile_ctx *ctx, const flow_plan *plan, const void *state, size_t length,
			  const flow_event *event);

/* Effects of the old version in the numbers of the new one; what is no more is left out. */
void flow_plan_effects(flow_effects *effects, const flow_plan *plan);

#endif
