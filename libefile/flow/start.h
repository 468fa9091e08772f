/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What can start a process besides a call, asked while there is no instance: conditions and times on
 * what is known outside, and start events that need all of their event definitions (parallelMultiple,
 * BPMN 2.0, 10.5.2 and 13.5.1). Pure. */
#ifndef FLOW_START_H
#define FLOW_START_H

#include "flow/definition.h"

/* Whether a condition holds with these variables (a JSON object, NULL: none): 1, 0, or -1 if they do not
 * say it. */
efile_status start_holds(int *out, efile_ctx *ctx, const flow_definition *d, const flow_start *start,
			 const char *variables, efile_time now);
/* The time of a timer, as it stands in the model or as its expression says now; "": none. */
efile_status start_time(buf *out, efile_ctx *ctx, const flow_definition *d, const flow_start *start,
			efile_time now);

/* The correlation key of a message by what it carries (JSON object, NULL: nothing), "" if the definition
 * does not say how; DONE: it waits for no such message. */
efile_status start_message_key(buf *out, efile_ctx *ctx, const flow_definition *d, const char *name,
			       const char *variables, efile_time now);

/* Whether all event definitions of the start event must have occurred. */
bool start_is_joint(const flow_definition *d, uint32_t node);
/* Under what name an occurrence is kept until the others have come: that of a message is its own; any
 * other belongs to the event definition. */
efile_status start_kept_name(buf *out, efile_ctx *ctx, const flow_definition *d,
			     const flow_start *start);
/* What all such names of a process begin with, messages apart. */
efile_status start_kept_prefix(buf *out, efile_ctx *ctx, const char *process);

/* Where occurrences are kept, each under a number from 1 that grows with its age. */
typedef struct start_pool {
	void *user;
	/* The oldest one of a name behind a number, of that key (NULL: of any); 0: none. */
	efile_status (*find)(void *user, int64_t *number, const char *name, const char *key,
			     int64_t after);
	/* The smallest key of a name behind another one (NULL: from the beginning); DONE. */
	efile_status (*next_key)(void *user, buf *out, const char *name, const char *after);
} start_pool;

/* One occurrence for each event definition of a start event, messages with a correlation key all of the
 * same key (key: this one; NULL: whichever comes first). *count is 0 if one is missing; numbers are
 * sorted by age, for free(). */
efile_status start_collect(int64_t **numbers, size_t *count, efile_ctx *ctx, const flow_definition *d,
			   uint32_t node, const char *key, const start_pool *pool);

#endif
