/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Processes at work in memory, without a store: instances, messages, signals, calls and timers by a
 * clock that only moves when it is told to. For scenarios, benchmarks and comparing engines. */
#ifndef FLOW_HOST_H
#define FLOW_HOST_H

#include "flow/flow.h"

typedef struct flow_host flow_host;

/* What is open somewhere. Texts are borrowed until the next call that changes something. */
typedef struct flow_open {
	uint64_t instance;      /* from 1 */
	uint64_t wait;
	flow_wait_kind kind;
	const char *node;
	const char *handler;    /* of jobs */
	const char *name;       /* of messages and signals; of incidents the message */
	const char *key;
	efile_time due;
} flow_open;

/* An activity that was done, in order. */
typedef struct flow_done {
	uint64_t instance;
	const char *node;
} flow_done;

efile_status flow_host_new(flow_host **out, efile_ctx *ctx, efile_time now);
void flow_host_free(flow_host *h);
/* Compiles every process of a file; a process of the same id becomes a newer version. Set may be
 * NULL: how many there were. */
efile_status flow_host_deploy(flow_host *h, size_t *count, efile_report *report,
			      efile_reader *reader, const char *name);
size_t flow_host_definition_count(const flow_host *h);
const flow_definition *flow_host_definition(const flow_host *h, size_t index);

/* How often a token has come to a node, in all instances of the definition. */
uint64_t flow_host_visits(const flow_host *h, size_t definition, uint32_t node);
/* Calls of this process start nothing: they stay open until an event ends them. */
efile_status flow_host_stub(flow_host *h, const char *process);

/* Starts the newest version; NOTFOUND. */
efile_status flow_host_start(flow_host *h, uint64_t *instance, const char *process,
			     const char *variables);
/* One event of an instance, as it is; its time is the host's. */
efile_status flow_host_event(flow_host *h, uint64_t instance, flow_event event);
/* To the instance that waits for it, else to a start event, else kept until somebody waits. */
efile_status flow_host_message(flow_host *h, const char *name, const char *key,
			       const char *variables);
efile_status flow_host_signal(flow_host *h, const char *name, const char *variables);
/* What is seen outside, for conditions that start processes. */
efile_status flow_host_observe(flow_host *h, const char *variables);
/* Moves the clock, firing what comes due in order; conditions on the time are looked at in the end. */
efile_status flow_host_advance(flow_host *h, efile_time until);
efile_time flow_host_now(const flow_host *h);

size_t flow_host_instance_count(const flow_host *h);
flow_status flow_host_status(const flow_host *h, uint64_t instance);
const char *flow_host_code(const flow_host *h, uint64_t instance); /* of the error, "" */
const flow_definition *flow_host_definition_of(const flow_host *h, uint64_t instance);
size_t flow_host_definition_index(const flow_host *h, uint64_t instance);
efile_status flow_host_variables(const flow_host *h, uint64_t instance, const char **json,
				 size_t *length);
const buf *flow_host_state(const flow_host *h, uint64_t instance);
/* What is open, in the order it began; false past the end. */
bool flow_host_open_at(const flow_host *h, size_t index, flow_open *out);
size_t flow_host_done_count(const flow_host *h);
flow_done flow_host_done_at(const flow_host *h, size_t index);
/* How many messages nobody has waited for. */
size_t flow_host_buffered(const flow_host *h);
/* Each event that was applied, in order, so that a replay can be compared. */
size_t flow_host_event_count(const flow_host *h, uint64_t instance);
const flow_event *flow_host_event_at(const flow_host *h, uint64_t instance, size_t index);

DEFINE_AUTO_PTR(flow_host, flow_host_free)

#endif
