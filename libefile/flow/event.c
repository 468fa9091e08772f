/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events as the body of a log entry: one JSON object, members that are empty left out. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "flow/flow.h"

static const name_row event_names[] = {
	{ FLOW_EVENT_START, "start" },
	{ FLOW_EVENT_COMPLETE_TASK, "complete_task" },
	{ FLOW_EVENT_JOB_DONE, "job_done" },
	{ FLOW_EVENT_JOB_FAILED, "job_failed" },
	{ FLOW_EVENT_RETRY, "retry" },
	{ FLOW_EVENT_CANCEL, "cancel" },
	{ FLOW_EVENT_JOB_ERROR, "job_error" },
	{ FLOW_EVENT_MESSAGE, "message" },
	{ FLOW_EVENT_SIGNAL, "signal" },
	{ FLOW_EVENT_TIMER, "timer" },
	{ FLOW_EVENT_CALL_DONE, "call_done" },
	{ FLOW_EVENT_CALL_ERROR, "call_error" },
	{ FLOW_EVENT_CALL_ESCALATION, "call_escalation" },
	{ FLOW_EVENT_VARIABLES, "variables" },
	{ FLOW_EVENT_SUSPEND, "suspend" },
	{ FLOW_EVENT_RESUME, "resume" },
	{ FLOW_EVENT_MOVE, "move" },
	{ FLOW_EVENT_ROUTE, "route" },
	{ FLOW_EVENT_MIGRATE, "migrate" },
};

const char *flow_event_name(flow_event_kind kind)
{
	const char *name = TABLE_NAME(event_names, (int)kind);

	return name ? name : "";
}

efile_status flow_event_write(buf *out, efile_ctx *ctx, const flow_event *event)
{
	const char *name = TABLE_NAME(event_names, (int)event->kind);
	json_writer w;

	if (!name)
		return FAIL(ctx, EFILE_E_INVALID, 2332, "an unknown event");
	json_begin(&w, out);
	json_object(&w);
	json_put_text(&w, "event", name);
	json_put_time(&w, "time", event->time);
	if (event->wait)
		json_put_int(&w, "wait", (int64_t)event->wait);
	if (!efile_id_is_none(&event->actor.id))
		json_put_id(&w, "actor", &event->actor.id);
	if (!efile_id_is_none(&event->on_behalf_of.id))
		json_put_id(&w, "on_behalf_of", &event->on_behalf_of.id);
	if (event->node)
		json_put_text(&w, "node", event->node);
	if (event->code)
		json_put_text(&w, "code", event->code);
	if (event->message)
		json_put_text(&w, "message", event->message);
	if (event->variables) {
		json_key(&w, "variables");
		json_raw(&w, event->variables);
	}
	json_end_object(&w);
	return buf_status(out, ctx);
}

static efile_status bad_event(efile_ctx *ctx, const char *member)
{
	return FAIL(ctx, EFILE_E_FORMAT, 2336, "the log entry of a process lacks a sound '%s'", member);
}

static efile_status read_id(efile_id *out, efile_ctx *ctx, const json_value *root, const char *key)
{
	const char *text = json_member_text(root, key);

	if (text && efile_id_parse(out, text) < 0)
		return bad_event(ctx, key);
	return EFILE_OK;
}

/* The text between the braces as it was written, so that variables come back byte by byte. */
static efile_status read_variables(char **out, efile_ctx *ctx, const char *json, size_t length)
{
	static const char key[] = ",\"variables\":";
	const char *at = memmem(json, length, key, sizeof(key) - 1);

	if (!at || json[length - 1] != '}')
		return bad_event(ctx, "variables");
	at += sizeof(key) - 1;
	return mem_dup_bytes(out, ctx, at, length - 1 - (size_t)(at - json));
}

static efile_status read_members(flow_event *e, efile_ctx *ctx, const json_value *root)
{
	const char *name = json_member_text(root, "event");
	const char *time = json_member_text(root, "time");
	const json_value *wait = json_member(root, "wait");
	int64_t number = 0;
	int kind;

	if (!name || !TABLE_VALUE(&kind, event_names, name))
		return bad_event(ctx, "event");
	if (!time || efile_time_parse(&e->time, time) < 0)
		return bad_event(ctx, "time");
	if (wait && (json_as_int(&number, wait) < 0 || number < 1))
		return bad_event(ctx, "wait");
	e->kind = (flow_event_kind)kind;
	e->wait = (uint64_t)number;
	TRY(read_id(&e->actor.id, ctx, root, "actor"));
	return read_id(&e->on_behalf_of.id, ctx, root, "on_behalf_of");
}

efile_status flow_event_read(flow_event *out, efile_ctx *ctx, const char *json, size_t length)
{
	AUTO_PTR(json_document) document = NULL;
	AUTO_PTR(char) message = NULL;
	AUTO_PTR(char) variables = NULL;
	AUTO_PTR(char) code = NULL;
	AUTO_PTR(char) node = NULL;
	flow_event e = { .kind = FLOW_EVENT_START };
	const json_value *root;

	TRY(json_parse(&document, ctx, json, length));
	root = json_root(document);
	TRY(read_members(&e, ctx, root));
	TRY(mem_dup(&message, ctx, json_member_text(root, "message")));
	TRY(mem_dup(&code, ctx, json_member_text(root, "code")));
	TRY(mem_dup(&node, ctx, json_member_text(root, "node")));
	if (json_member(root, "variables"))
		TRY(read_variables(&variables, ctx, json, length));
	*out = e;
	out->message = STEAL(message);
	out->variables = STEAL(variables);
	out->code = STEAL(code);
	out->node = STEAL(node);
	return EFILE_OK;
}

void flow_event_clear(flow_event *event)
{
	free((char *)(uintptr_t)event->message);
	free((char *)(uintptr_t)event->variables);
	free((char *)(uintptr_t)event->code);
	free((char *)(uintptr_t)event->node);
	event->message = event->variables = event->code = event->node = NULL;
}
