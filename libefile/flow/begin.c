/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What starts processes besides calls and people: messages, signals, times and conditions. A start
 * event that needs all of its event definitions keeps what has occurred among the messages that wait
 * for somebody, until everything is there. */
#include <efile/task.h>

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "flow/runtime.h"
#include "flow/start.h"
#include "flow/state.h"
#include "flow/timer.h"

/* ---- all of several ---- */

static efile_status find_kept(void *user, int64_t *number, const char *name, const char *key,
			      int64_t after)
{
	efile_session *session = user;

	*number = 0;
	return message_behind(number, session->store, name, key, after);
}

static efile_status next_kept_key(void *user, buf *out, const char *name, const char *after)
{
	efile_session *session = user;

	return message_next_key(out, session->store, name, after);
}

/* What came with the occurrences, in the order in which they came; they are used up. */
static efile_status use_kept(buf *variables, efile_session *session, const int64_t *rows, size_t count)
{
	bool changed;

	buf_add_text(variables, "{}");
	for (size_t i = 0; i < count; i++) {
		AUTO(message_record) row = { .head = { 0, 0 } };

		TRY(buf_status(variables, session_ctx(session)));
		TRY(row_load(session->store, &kind_message, &row, rows[i]));
		TRY(variables_merge(&changed, variables, session_ctx(session), row.variables,
				    strlen(row.variables)));
		TRY(row_delete(session->store, &kind_message, &row));
	}
	return buf_status(variables, session_ctx(session));
}

/* Starts an instance if everything has occurred; key: the one that has come now, NULL: whichever. */
static efile_status begin_if_whole(bool *begun, flow_posts *posts, efile_session *session,
				   int64_t definition, const flow_definition *d, const flow_start *at,
				   const char *key)
{
	const start_pool pool = { session, find_kept, next_kept_key };
	AUTO(buf) variables = BUF_INIT;
	int64_t *rows = NULL;
	size_t count = 0;
	efile_status status;
	flow_node node;

	TRY(start_collect(&rows, &count, session_ctx(session), d, at->node, key, &pool));
	*begun = count != 0;
	if (!count)
		return EFILE_OK;
	status = use_kept(&variables, session, rows, count);
	free(rows);
	TRY(status);
	flow_node_at(&node, d, at->node);
	return deliver_start(posts, session, &(flow_post){ .definition = definition,
							   .node = (char *)(uintptr_t)node.id,
							   .variables = variables.data });
}

/* ---- by messages ---- */

/* The start that a row of waits stands for. */
static efile_status start_of(flow_start *out, bool *joint, definition_ref *ref, efile_session *session,
			     int64_t definition, uint64_t number)
{
	TRY(definition_hold(ref, session->store, definition));
	if (!number || !flow_start_at(out, ref->opened, (uint32_t)number - 1))
		return FAIL(session_ctx(session), EFILE_E_DAMAGED, 2310,
			    "the stored process definition is damaged: %s", "starts");
	*joint = start_is_joint(ref->opened, out->node);
	return EFILE_OK;
}

efile_status begin_by_message(bool *awaited, flow_posts *posts, efile_session *session,
			      const flow_post *post)
{
	for (int64_t after = 0;;) {
		AUTO(wait_record) row = { .head = { 0, 0 } };
		AUTO(definition_ref) ref = DEFINITION_REF_NONE;
		efile_status status = wait_start(&row, session->store, FLOW_WAIT_MESSAGE, post->name,
						 after);
		flow_start at;
		bool joint;

		if (status != EFILE_OK)
			return status;
		after = row.head.id;
		*awaited = true;
		TRY(start_of(&at, &joint, &ref, session, row.definition, (uint64_t)row.wait));
		if (!joint)
			return deliver_start(posts, session,
					     &(flow_post){ .definition = row.definition, .node = row.node,
							   .variables = post->variables });
	}
}

efile_status begin_by_kept(flow_posts *posts, efile_session *session, const flow_post *post)
{
	bool begun = false;

	for (int64_t after = 0; !begun;) {
		AUTO(wait_record) row = { .head = { 0, 0 } };
		AUTO(definition_ref) ref = DEFINITION_REF_NONE;
		efile_status status = wait_start(&row, session->store, FLOW_WAIT_MESSAGE, post->name,
						 after);
		flow_start at;
		bool joint;

		if (status != EFILE_OK)
			return status < 0 ? status : EFILE_OK;
		after = row.head.id;
		TRY(start_of(&at, &joint, &ref, session, row.definition, (uint64_t)row.wait));
		TRY(begin_if_whole(&begun, posts, session, row.definition, ref.opened, &at,
				   trigger_get(ref.opened, at.trigger, TRIGGER_KEY) ? post->key : NULL));
	}
	return EFILE_OK;
}

/* ---- keys that messages carry ---- */

static efile_status is_awaited(bool *out, efile_session *session, const char *name, const char *key)
{
	AUTO(wait_record) row = { .head = { 0, 0 } };
	efile_status status = wait_keyed(&row, session->store, FLOW_WAIT_MESSAGE, name, key, 0);

	*out = status == EFILE_OK;
	return status < 0 ? status : EFILE_OK;
}

efile_status read_message_key(char **key, efile_session *session, const char *name,
			      const char *variables)
{
	efile_ctx *ctx = session_ctx(session);
	AUTO_PTR(char) first = NULL;

	for (int64_t after = 0;;) {
		AUTO(wait_record) row = { .head = { 0, 0 } };
		AUTO(definition_ref) ref = DEFINITION_REF_NONE;
		AUTO(buf) own = BUF_INIT;
		bool awaited;
		efile_status status = wait_start(&row, session->store, FLOW_WAIT_CORRELATION, name, after);

		TRY(status);
		if (status == EFILE_DONE)
			break;
		after = row.head.id;
		TRY(definition_hold(&ref, session->store, row.definition));
		TRY(start_message_key(&own, ctx, ref.opened, name, variables, ctx_now(ctx)));
		if (!own.length)
			continue;
		TRY(is_awaited(&awaited, session, name, buf_text(&own)));
		if (awaited)
			return buf_take(key, &own, ctx);
		if (!first)
			TRY(buf_take(&first, &own, ctx));
	}
	*key = STEAL(first);
	return EFILE_OK;
}

/* ---- by other events ---- */

static efile_status journal_observed(efile_session *session, const definition_record *definition,
				     const char *node, const char *what)
{
	AUTO(buf) body = BUF_INIT;
	json_writer w;

	json_begin(&w, &body);
	json_object(&w);
	json_put_text(&w, "node", node);
	json_put_text(&w, "observed", what);
	json_end_object(&w);
	TRY(buf_status(&body, session_ctx(session)));
	return session_journal(session, JOURNAL_FLOW_OBSERVED, RECORD_DEFINITION, &definition->uuid, 0,
			       body.data);
}

/* That it has occurred; how often does not count, and the newest tells. */
static efile_status keep_occurrence(efile_session *session, const definition_ref *ref,
				    const flow_start *at, const flow_post *post)
{
	static const char *const kinds[] = {
		[FLOW_START_MESSAGE] = "message", [FLOW_START_SIGNAL] = "signal",
		[FLOW_START_TIMER] = "timer", [FLOW_START_CONDITION] = "condition",
	};
	efile_ctx *ctx = session_ctx(session);
	AUTO(message_record) row = { .head = { 0, 0 } };
	AUTO(buf) name = BUF_INIT;
	efile_status status;

	TRY(start_kept_name(&name, ctx, ref->opened, at));
	status = message_oldest(&row, session->store, buf_text(&name), "");
	TRY(status);
	free(row.variables);
	row.variables = NULL;
	TRY(mem_dup(&row.variables, ctx, post->variables ? post->variables : "{}"));
	if (status == EFILE_OK) {
		TRY(row_update(session->store, &kind_message, &row));
	} else {
		TRY(id_new(&row.uuid, ctx));
		TRY(mem_dup(&row.name, ctx, buf_text(&name)));
		TRY(mem_dup(&row.key, ctx, ""));
		row.created = ctx_now(ctx);
		TRY(row_insert(session->store, &kind_message, &row));
	}
	return journal_observed(session, ref->row, post->node, kinds[at->kind]);
}

efile_status begin_by_event(flow_posts *posts, efile_session *session, const flow_post *post)
{
	AUTO(definition_ref) ref = DEFINITION_REF_NONE;
	flow_start at;
	bool joint, begun;

	TRY(start_of(&at, &joint, &ref, session, post->definition, post->wait));
	if (!joint)
		return deliver_start(posts, session, &(flow_post){ .definition = post->definition,
								   .node = post->node,
								   .variables = post->variables });
	TRY(keep_occurrence(session, &ref, &at, post));
	return begin_if_whole(&begun, posts, session, post->definition, ref.opened, &at, NULL);
}

/* ---- by conditions ---- */

/* A condition that becomes true has happened; before it can do so again it has to be false. */
static efile_status observe_row(bool *begun, flow_posts *posts, efile_session *session,
				wait_record *row, const char *variables)
{
	AUTO(definition_ref) ref = DEFINITION_REF_NONE;
	efile_ctx *ctx = session_ctx(session);
	bool held = row->remaining.set, joint;
	flow_start at;
	int holds;

	*begun = false;
	TRY(start_of(&at, &joint, &ref, session, row->definition, (uint64_t)row->wait));
	TRY(start_holds(&holds, ctx, ref.opened, &at, variables, ctx_now(ctx)));
	if (holds < 0 || held == (holds > 0))
		return EFILE_OK;
	row->remaining = (opt_int){ holds > 0, holds > 0 };
	TRY(row_update(session->store, &kind_wait, row));
	TRY(journal_observed(session, ref.row, row->node, holds ? "true" : "false"));
	*begun = holds > 0;
	return holds ? post_start(posts, ctx, row, variables) : EFILE_OK;
}

static efile_status observe_all(int64_t *count, flow_posts *posts, efile_session *session,
				const char *variables)
{
	for (int64_t after = 0;;) {
		AUTO(wait_record) row = { .head = { 0, 0 } };
		efile_status status = wait_start(&row, session->store, FLOW_WAIT_CONDITION, "", after);
		bool begun;

		if (status != EFILE_OK)
			return status < 0 ? status : EFILE_OK;
		after = row.head.id;
		TRY(observe_row(&begun, posts, session, &row, variables));
		*count += begun;
	}
}

efile_status efile_flow_observe(int64_t *met, efile_session *session, const char *variables)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(flow_posts) posts = { .items = NULL };
	AUTO(txn) tx = TXN_NONE;
	int64_t count = 0;

	TRY(session_enter(&call, session));
	TRY(access_require_administrator(session, RECORD_INSTANCE, NULL));
	TRY(session_begin(&tx, session));
	TRY(observe_all(&count, &posts, session, variables));
	TRY(deliver_posts(&posts, session));
	TRY(txn_commit(&tx));
	if (met)
		*met = count;
	return EFILE_OK;
}

/* Looked at without the lock of the writer first: mostly nothing has changed. */
static efile_status has_turned(bool *out, efile_session *session, const wait_record *row)
{
	AUTO(definition_ref) ref = DEFINITION_REF_NONE;
	efile_ctx *ctx = session_ctx(session);
	flow_start at;
	bool joint;
	int holds;

	TRY(start_of(&at, &joint, &ref, session, row->definition, (uint64_t)row->wait));
	TRY(start_holds(&holds, ctx, ref.opened, &at, NULL, ctx_now(ctx)));
	*out = holds >= 0 && row->remaining.set != (holds > 0);
	return EFILE_OK;
}

static efile_status observe_one(bool *begun, efile_session *session, const due_row *seen)
{
	AUTO(flow_posts) posts = { .items = NULL };
	AUTO(wait_record) before = { .head = { 0, 0 } };
	AUTO(wait_record) row = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;
	bool turned = false;
	efile_status status = due_load(&before, session, &kind_wait, seen);

	if (status != EFILE_OK)
		return status;
	TRY(has_turned(&turned, session, &before));
	if (!turned)
		return EFILE_OK;
	TRY(session_begin(&tx, session));
	status = due_load(&row, session, &kind_wait, seen);
	if (status != EFILE_OK)
		return status;
	TRY(observe_row(begun, &posts, session, &row, NULL));
	TRY(deliver_posts(&posts, session));
	return txn_commit(&tx);
}

static efile_status next_condition(due_row *out, efile_store *store, efile_time until,
				   efile_time after_due, int64_t after)
{
	AUTO(wait_record) row = { .head = { 0, 0 } };
	efile_status status = wait_start(&row, store, FLOW_WAIT_CONDITION, "", after);

	(void)until;
	(void)after_due;
	*out = (due_row){ row.head.id, row.head.rev, 0 };
	return status;
}

efile_status conditions_run(int64_t *count, efile_session *session, efile_time now)
{
	return run_rows(count, session, now, next_condition, observe_one);
}

/* ---- rows of what can start ---- */

/* Numbers of the new starts whose condition held before, by node, since a new version changes nothing
 * about that. */
static void carry_over(char *held, const wait_record *old, const flow_definition *d)
{
	flow_start at;

	for (uint32_t i = 0; flow_start_at(&at, d, i); i++) {
		flow_node node;

		flow_node_at(&node, d, at.node);
		if (at.kind == FLOW_START_CONDITION && old->kind == FLOW_WAIT_CONDITION &&
		    old->remaining.set && !strcmp(node.id, old->node))
			held[i] = 1;
	}
}

static efile_status remove_starts(char *held, efile_session *session, const char *process,
				  const flow_definition *d)
{
	for (;;) {
		AUTO(wait_record) row = { .head = { 0, 0 } };
		efile_status status = wait_of_process(&row, session->store, process);

		TRY(status);
		if (status == EFILE_DONE)
			return EFILE_OK;
		carry_over(held, &row, d);
		TRY(row_delete(session->store, &kind_wait, &row));
	}
}

static efile_status is_kept_for(bool *out, efile_ctx *ctx, const flow_definition *d, const char *name)
{
	flow_start at;

	*out = false;
	for (uint32_t i = 0; flow_start_at(&at, d, i) && !*out; i++) {
		AUTO(buf) own = BUF_INIT;

		if (!start_is_joint(d, at.node))
			continue;
		TRY(start_kept_name(&own, ctx, d, &at));
		*out = !strcmp(buf_text(&own), name);
	}
	return EFILE_OK;
}

/* What has occurred stays so for the new version, unless that has no such event. */
static efile_status drop_occurrences(efile_session *session, const char *process,
				     const flow_definition *d)
{
	efile_ctx *ctx = session_ctx(session);
	AUTO(buf) from = BUF_INIT;
	AUTO(buf) to = BUF_INIT;

	TRY(start_kept_prefix(&from, ctx, process));
	buf_add_format(&to, "\t%s\n", process);
	TRY(buf_status(&to, ctx));
	for (;;) {
		AUTO(message_record) row = { .head = { 0, 0 } };
		efile_status status = message_between(&row, session->store, buf_text(&from),
						      buf_text(&to));
		bool kept;

		if (status != EFILE_OK)
			return status < 0 ? status : EFILE_OK;
		TRY(is_kept_for(&kept, ctx, d, row.name));
		buf_reset(&from);
		buf_add_text(&from, row.name);
		TRY(buf_status(&from, ctx));
		if (!kept)
			TRY(row_delete(session->store, &kind_message, &row));
	}
}

static efile_status set_timer(wait_record *row, bool *known, efile_session *session,
			      const flow_definition *d, const flow_start *at)
{
	efile_ctx *ctx = session_ctx(session);
	timer_plan plan = { .due = 0 };
	AUTO(buf) text = BUF_INIT;

	TRY(start_time(&text, ctx, d, at, ctx_now(ctx)));
	*known = timer_first(&plan, (trigger_timer)trigger_get(d, at->trigger, TRIGGER_TIME),
			     buf_text(&text), ctx_now(ctx));
	row->due = (opt_int){ true, plan.due };
	row->remaining = (opt_int){ plan.bounded, plan.left };
	return mem_dup(&row->name, ctx, buf_text(&text));
}

static efile_status add_start(efile_report *report, efile_session *session, int64_t definition,
			      const flow_definition *d, const flow_start *at, int64_t number, bool held)
{
	static const flow_wait_kind kinds[] = {
		[FLOW_START_MESSAGE] = FLOW_WAIT_MESSAGE, [FLOW_START_SIGNAL] = FLOW_WAIT_SIGNAL,
		[FLOW_START_TIMER] = FLOW_WAIT_TIMER, [FLOW_START_CONDITION] = FLOW_WAIT_CONDITION,
	};
	efile_ctx *ctx = session_ctx(session);
	AUTO(wait_record) row = { .head = { 0, 0 }, .definition = definition, .wait = number,
				  .remaining = { held, held } };
	bool known = true;
	flow_node node;

	flow_node_at(&node, d, at->node);
	if (at->kind == FLOW_START_TIMER)
		TRY(set_timer(&row, &known, session, d, at));
	else
		TRY(mem_dup(&row.name, ctx, at->name));
	if (!known)
		return report_add(report, "FLOW-START", EFILE_SEVERITY_WARNING,
				  &(report_place){ .term = node.id },
				  "%s: '%s' is no time: it starts nothing", node.id, row.name);
	TRY(mem_dup(&row.node, ctx, node.id));
	TRY(mem_dup(&row.key, ctx, ""));
	row.kind = kinds[at->kind];
	return row_insert(session->store, &kind_wait, &row);
}

/* One for each message whose key the definition can read, behind its starts. */
static efile_status add_correlations(efile_session *session, int64_t definition,
				     const flow_definition *d, uint32_t number)
{
	uint32_t first = node_get(d, process_node(d), NODE_FIRST_TRIGGER);
	efile_ctx *ctx = session_ctx(session);

	for (uint32_t i = 0; i < node_get(d, process_node(d), NODE_TRIGGER_COUNT); i++) {
		AUTO(wait_record) row = { .head = { 0, 0 }, .definition = definition,
					  .wait = number + i + 1, .kind = FLOW_WAIT_CORRELATION };

		if (trigger_get(d, first + i, TRIGGER_KIND) != TRIGGER_CORRELATION)
			continue;
		TRY(mem_dup(&row.node, ctx, ""));
		TRY(mem_dup(&row.key, ctx, ""));
		TRY(mem_dup(&row.name, ctx, definition_text(d, trigger_get(d, first + i, TRIGGER_NAME))));
		TRY(row_insert(session->store, &kind_wait, &row));
	}
	return EFILE_OK;
}

efile_status replace_starts(efile_report *report, efile_session *session,
			    const definition_record *row, const flow_definition *d)
{
	AUTO_PTR(char) held = NULL;
	uint32_t count = 0;
	flow_start at;

	while (flow_start_at(&at, d, count))
		count++;
	held = mem_new(session_ctx(session), count + 1);
	if (!held)
		return EFILE_E_NOMEM;
	TRY(remove_starts(held, session, row->process, d));
	TRY(drop_occurrences(session, row->process, d));
	for (uint32_t i = 0; flow_start_at(&at, d, i); i++)
		TRY(add_start(report, session, row->head.id, d, &at, i + 1, held[i]));
	return add_correlations(session, row->head.id, d, count);
}
