/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What instances tell each other: messages, signals, calls and their results. A list that is worked
 * off in the transaction of the step that caused it: nothing recurses from instance to instance. */
#include <stdlib.h>
#include <string.h>

#include "flow/runtime.h"

typedef enum post_kind { POST_EVENT, POST_MESSAGE, POST_SIGNAL, POST_START } post_kind;

static void post_clear(flow_post *post)
{
	free(post->name);
	free(post->key);
	free(post->variables);
	free(post->node);
}

void flow_posts_clear(flow_posts *posts)
{
	for (size_t i = posts->first; i < posts->count; i++)
		post_clear(&posts->items[i]);
	free(posts->items);
	*posts = (flow_posts){ .items = NULL };
}

static efile_status add_post(flow_posts *posts, efile_ctx *ctx, flow_post post, const char *name,
			     const char *key, const char *variables)
{
	void *items = posts->items;
	efile_status status = mem_dup(&post.name, ctx, name);

	if (status == EFILE_OK)
		status = mem_dup(&post.key, ctx, key);
	if (status == EFILE_OK)
		status = mem_dup(&post.variables, ctx, variables);
	if (status == EFILE_OK)
		status = mem_grow(ctx, &items, &posts->capacity, posts->count, sizeof(post));
	if (status < 0) {
		post_clear(&post);
		return status;
	}
	posts->items = items;
	posts->items[posts->count++] = post;
	return EFILE_OK;
}

efile_status post_message(flow_posts *posts, efile_ctx *ctx, const char *name, const char *key,
			  const char *variables)
{
	return add_post(posts, ctx, (flow_post){ .kind = POST_MESSAGE }, name, key ? key : "",
			variables);
}

efile_status post_signal(flow_posts *posts, efile_ctx *ctx, const char *name, const char *variables)
{
	return add_post(posts, ctx, (flow_post){ .kind = POST_SIGNAL }, name, NULL, variables);
}

efile_status post_start(flow_posts *posts, efile_ctx *ctx, const wait_record *at,
			const char *variables)
{
	flow_post post = { .kind = POST_START, .definition = at->definition,
			   .wait = (uint64_t)at->wait };

	TRY(mem_dup(&post.node, ctx, at->node));
	return add_post(posts, ctx, post, NULL, NULL, variables);
}

/* ---- from effects ---- */

static efile_status find_version(int64_t *row, efile_store *store, const char *process,
				 int64_t version)
{
	AUTO(definition_record) found = { .head = { 0, 0 } };

	TRY(definition_by_version(&found, store, process, version));
	*row = found.head.id;
	return EFILE_OK;
}

static efile_status find_tagged(int64_t *row, efile_store *store, const char *process, int64_t newest,
				const char *tag)
{
	for (int64_t version = newest;; version--) {
		AUTO(definition_ref) one = DEFINITION_REF_NONE;

		TRY(find_version(row, store, process, version));
		TRY(definition_hold(&one, store, *row));
		if (!strcmp(flow_definition_tag(one.opened), tag))
			return EFILE_OK;
	}
}

/* Deployed with the caller's file, else what there was before it, else the first that came later. */
static efile_status find_deployed(int64_t *row, efile_store *store, const char *process,
				  int64_t caller)
{
	AUTO(definition_ref) from = DEFINITION_REF_NONE;
	efile_status status;

	TRY(definition_hold(&from, store, caller));
	status = definition_with(row, store, process, from.row->source);
	if (status == EFILE_E_NOTFOUND)
		status = definition_until(row, store, process, from.row->created);
	return status == EFILE_E_NOTFOUND ? find_version(row, store, process, 1) : status;
}

/* The row of the definition that is called; NOTFOUND. */
static efile_status find_called(int64_t *row, efile_store *store, const flow_node *node, int64_t caller)
{
	AUTO(definition_ref) newest = DEFINITION_REF_NONE;

	switch (node->binding) {
	case FLOW_BINDING_VERSION:
		return find_version(row, store, node->called, strtol(node->binding_value, NULL, 10));
	case FLOW_BINDING_DEPLOYMENT:
		return find_deployed(row, store, node->called, caller);
	default:
		TRY(definition_hold_newest(&newest, store, node->called));
		*row = newest.row->head.id;
		return node->binding == FLOW_BINDING_TAG ?
			       find_tagged(row, store, node->called, newest.row->version,
					   node->binding_value) : EFILE_OK;
	}
}

static efile_status post_call(flow_posts *posts, efile_session *session,
			      const instance_record *from, const flow_definition *definition,
			      const flow_effect *effect)
{
	efile_ctx *ctx = session_ctx(session);
	AUTO_PTR(char) message = NULL;
	flow_post post = { .kind = POST_START, .parent = from->head.id, .wait = effect->wait };
	flow_node node;
	efile_status status;

	flow_node_at(&node, definition, effect->node);
	status = find_called(&post.definition, session->store, &node, from->definition);
	if (status == EFILE_OK) {
		return add_post(posts, ctx, post, NULL, NULL, effect->message);
	}
	if (status != EFILE_E_NOTFOUND)
		return status;
	message = message_format(ctx, "no process %s", node.called);
	if (!message)
		return mem_failed(ctx);
	post = (flow_post){ .kind = POST_EVENT, .instance = from->head.id, .wait = effect->wait,
			    .event = FLOW_EVENT_JOB_FAILED, .action = JOURNAL_JOB_FAILED };
	return add_post(posts, ctx, post, message, NULL, NULL);
}

/* Who is suspended hears what became of its calls, and that it ends. */
static bool hears(const instance_record *row, flow_event_kind kind)
{
	return row->status == EFILE_FLOW_RUNNING ||
		(row->status == EFILE_FLOW_SUSPENDED &&
		 (kind == FLOW_EVENT_CANCEL || flow_is_answer(kind)));
}

/* The called instance ends with the call. */
static efile_status post_cancel(flow_posts *posts, efile_session *session,
				const instance_record *from, const flow_effect *effect)
{
	AUTO(instance_record) child = { .head = { 0, 0 } };
	efile_status status;

	if (!effect->cancelled)
		return EFILE_OK;
	status = instance_called(&child, session->store, from->head.id, effect->wait);
	if (status == EFILE_E_NOTFOUND)
		return EFILE_OK;
	TRY(status);
	if (!hears(&child, FLOW_EVENT_CANCEL))
		return EFILE_OK;
	return add_post(posts, session_ctx(session),
			(flow_post){ .kind = POST_EVENT, .instance = child.head.id,
				     .event = FLOW_EVENT_CANCEL, .action = JOURNAL_FLOW_CANCELLED },
			"", NULL, NULL);
}

/* What the caller hears of the end. */
static efile_status post_result(flow_posts *posts, efile_session *session,
				const instance_record *from, const flow_effect *effect)
{
	AUTO_PTR(char) variables = NULL;
	flow_post post = { .kind = POST_EVENT, .instance = from->parent.value,
			   .wait = (uint64_t)from->parent_wait.value,
			   .event = effect->failed ? FLOW_EVENT_CALL_ERROR : FLOW_EVENT_CALL_DONE,
			   .action = JOURNAL_FLOW_RETURNED };

	if (!from->parent.set || effect->cancelled)
		return EFILE_OK;
	if (!effect->failed)
		TRY(instance_variables(&variables, session, from));
	return add_post(posts, session_ctx(session), post, effect->message, NULL, variables);
}

efile_status post_effect(flow_posts *posts, efile_session *session, const instance_record *from,
			 const flow_definition *definition, const flow_effect *effect)
{
	efile_ctx *ctx = session_ctx(session);

	switch (effect->kind) {
	case FLOW_EFFECT_MESSAGE:
		return post_message(posts, ctx, effect->message, effect->key, effect->variables);
	case FLOW_EFFECT_SIGNAL:
		return add_post(posts, ctx, (flow_post){ .kind = POST_SIGNAL,
							 .instance = from->head.id },
				effect->message, NULL, effect->variables);
	case FLOW_EFFECT_CALL:
		return post_call(posts, session, from, definition, effect);
	case FLOW_EFFECT_CALL_END:
		return post_cancel(posts, session, from, effect);
	case FLOW_EFFECT_ESCALATION:
		if (!from->parent.set)
			return EFILE_OK;
		return add_post(posts, ctx, (flow_post){ .kind = POST_EVENT,
							 .instance = from->parent.value,
							 .wait = (uint64_t)from->parent_wait.value,
							 .event = FLOW_EVENT_CALL_ESCALATION,
							 .action = JOURNAL_FLOW_RETURNED },
				effect->message, NULL, NULL);
	case FLOW_EFFECT_ENDED:
		return post_result(posts, session, from, effect);
	default:
		return EFILE_OK;
	}
}

/* ---- delivering ---- */

/* DONE: it does not hear it. */
static efile_status apply_to(flow_posts *posts, efile_session *session, int64_t instance,
			     flow_event *event, journal_action action)
{
	AUTO(instance_record) row = { .head = { 0, 0 } };
	AUTO(definition_ref) definition = DEFINITION_REF_NONE;

	TRY(instance_by_row(&row, session->store, instance));
	if (!hears(&row, event->kind))
		return EFILE_DONE;
	TRY(definition_hold(&definition, session->store, row.definition));
	return flow_apply_one(session, &row, definition.opened, event, action, posts);
}

/* A process that nobody called belongs to nothing; one that was called to its caller's case. */
efile_status deliver_start(flow_posts *posts, efile_session *session, const flow_post *post)
{
	efile_ctx *ctx = session_ctx(session);
	AUTO(instance_record) row = { .head = { 0, 0 } };
	AUTO(instance_record) parent = { .head = { 0, 0 } };
	AUTO(definition_ref) definition = DEFINITION_REF_NONE;
	flow_event event = { .kind = FLOW_EVENT_START, .variables = post->variables,
			     .node = post->node };

	TRY(definition_hold(&definition, session->store, post->definition));
	TRY(id_new(&row.uuid, ctx));
	row.starter = session->actor;
	if (post->parent) {
		TRY(instance_by_row(&parent, session->store, post->parent));
		row.case_id = parent.case_id;
		row.document = parent.document;
		row.dossier = parent.dossier;
		row.starter = parent.starter;
		row.parent = (opt_int){ true, post->parent };
		row.parent_wait = (opt_int){ true, (int64_t)post->wait };
	}
	row.definition = definition.row->head.id;
	row.started = ctx_now(ctx);
	return flow_apply_one(session, &row, definition.opened, &event, JOURNAL_FLOW_STARTED, posts);
}

static efile_status keep_message(efile_session *session, const flow_post *post)
{
	efile_ctx *ctx = session_ctx(session);
	AUTO(message_record) row = { .head = { 0, 0 } };

	TRY(id_new(&row.uuid, ctx));
	TRY(mem_dup(&row.name, ctx, post->name));
	TRY(mem_dup(&row.key, ctx, post->key));
	TRY(mem_dup(&row.variables, ctx, post->variables ? post->variables : "{}"));
	row.created = ctx_now(ctx);
	TRY(row_insert(session->store, &kind_message, &row));
	return session_journal(session, JOURNAL_FLOW_MESSAGE, RECORD_MESSAGE, &row.uuid, 0, NULL);
}

/* The oldest of the instances that wait for it behind a row, with this key or whatever it is; DONE. */
static efile_status find_waiting(wait_record *out, efile_session *session, const char *name,
				 const char *key, int64_t after)
{
	AUTO(wait_record) any = { .head = { 0, 0 } };
	efile_status keyed = EFILE_DONE, general;

	if (key && *key)
		keyed = wait_keyed(out, session->store, FLOW_WAIT_MESSAGE, name, key, after);
	TRY(keyed);
	general = wait_keyed(&any, session->store, FLOW_WAIT_MESSAGE, name, "", after);
	TRY(general);
	if (general == EFILE_OK && (keyed == EFILE_DONE || any.head.id < out->head.id)) {
		const wait_record other = *out;

		*out = any;
		any = other;
		return EFILE_OK;
	}
	return keyed;
}

static efile_status read_key(efile_session *session, flow_post *post)
{
	char *key = NULL;

	if (post->key && *post->key)
		return EFILE_OK;
	TRY(read_message_key(&key, session, post->name, post->variables));
	if (!key)
		return EFILE_OK;
	free(post->key);
	post->key = key;
	return EFILE_OK;
}

/* To the oldest that waits and is not suspended; DONE: nobody. */
static efile_status message_waiting(flow_posts *posts, efile_session *session, const flow_post *post)
{
	flow_event event = { .kind = FLOW_EVENT_MESSAGE, .variables = post->variables };
	efile_status status = EFILE_DONE;

	for (int64_t after = 0; status == EFILE_DONE;) {
		AUTO(wait_record) row = { .head = { 0, 0 } };

		status = find_waiting(&row, session, post->name, post->key, after);
		if (status != EFILE_OK)
			return status;
		after = row.head.id;
		event.wait = (uint64_t)row.wait;
		status = apply_to(posts, session, row.instance, &event, JOURNAL_FLOW_MESSAGE);
	}
	return status;
}

static efile_status deliver_message(flow_posts *posts, efile_session *session, flow_post *post)
{
	bool awaited = false;
	efile_status status;

	TRY(read_key(session, post));
	status = message_waiting(posts, session, post);
	TRY(status);
	posts->met += status == EFILE_OK;
	if (status == EFILE_OK)
		return EFILE_OK;
	status = begin_by_message(&awaited, posts, session, post);
	TRY(status);
	posts->met += awaited;
	if (status == EFILE_OK)
		return EFILE_OK;
	TRY(keep_message(session, post));
	return awaited ? begin_by_kept(posts, session, post) : EFILE_OK;
}

/* Every instance hears it once, but for the one that gave it. */
static efile_status signal_waiting(flow_posts *posts, efile_session *session, const flow_post *post)
{
	flow_event event = { .kind = FLOW_EVENT_SIGNAL, .code = post->name,
			     .variables = post->variables };
	int64_t after = 0, last = post->instance;

	for (;;) {
		AUTO(wait_record) row = { .head = { 0, 0 } };
		efile_status status = wait_keyed(&row, session->store, FLOW_WAIT_SIGNAL, post->name, "",
						 after);

		if (status != EFILE_OK)
			return status < 0 ? status : EFILE_OK;
		after = row.head.id;
		if (row.instance == post->instance || row.instance == last)
			continue;
		last = row.instance;
		status = apply_to(posts, session, row.instance, &event, JOURNAL_FLOW_SIGNAL);
		TRY(status);
		posts->met += status == EFILE_OK;
	}
}

static efile_status signal_starts(flow_posts *posts, efile_session *session, const flow_post *post)
{
	for (int64_t after = 0;;) {
		AUTO(wait_record) row = { .head = { 0, 0 } };
		efile_status status = wait_start(&row, session->store, FLOW_WAIT_SIGNAL, post->name,
						 after);

		if (status != EFILE_OK)
			return status < 0 ? status : EFILE_OK;
		after = row.head.id;
		TRY(begin_by_event(posts, session, &(flow_post){ .definition = row.definition,
								 .wait = (uint64_t)row.wait,
								 .node = row.node,
								 .variables = post->variables }));
		posts->met++;
	}
}

static efile_status deliver_signal(flow_posts *posts, efile_session *session, const flow_post *post)
{
	TRY(signal_waiting(posts, session, post));
	return signal_starts(posts, session, post);
}

static efile_status deliver(flow_posts *posts, efile_session *session, flow_post *post)
{
	flow_event event = { .kind = post->event, .wait = post->wait,
			     .variables = post->variables };
	efile_status status;

	switch (post->kind) {
	case POST_MESSAGE:
		return deliver_message(posts, session, post);
	case POST_SIGNAL:
		return deliver_signal(posts, session, post);
	case POST_START:
		return post->node ? begin_by_event(posts, session, post) :
				    deliver_start(posts, session, post);
	default:
		event.code = post->event == FLOW_EVENT_JOB_FAILED ? NULL : post->name;
		event.message = post->event == FLOW_EVENT_JOB_FAILED ||
			post->event == FLOW_EVENT_CANCEL ? post->name : NULL;
		status = apply_to(posts, session, post->instance, &event, post->action);
		return status < 0 ? status : EFILE_OK;
	}
}

efile_status deliver_posts(flow_posts *posts, efile_session *session)
{
	efile_ctx *ctx = session_ctx(session);

	for (uint32_t i = 0; posts->first < posts->count; i++) {
		flow_post post = posts->items[posts->first++];
		efile_status status = EFILE_OK;

		if (i >= ctx->limits.flow_moves)
			status = FAIL(ctx, EFILE_E_LIMIT, 2370,
				      "the processes tell each other more than %d things",
				      (int)ctx->limits.flow_moves);
		if (status == EFILE_OK)
			status = deliver(posts, session, &post);
		post_clear(&post);
		TRY(status);
	}
	return EFILE_OK;
}

/* The oldest one that fits what begins to wait goes out again. */
efile_status post_kept(flow_posts *posts, efile_session *session, const wait_record *waiting)
{
	AUTO(message_record) row = { .head = { 0, 0 } };
	efile_status status = message_oldest(&row, session->store, waiting->name, waiting->key);

	if (status != EFILE_OK)
		return status < 0 ? status : EFILE_OK;
	TRY(post_message(posts, session_ctx(session), row.name, row.key, row.variables));
	return row_delete(session->store, &kind_message, &row);
}

efile_status post_kept_for(flow_posts *posts, efile_session *session, int64_t instance)
{
	for (int64_t after = 0;;) {
		AUTO(wait_record) row = { .head = { 0, 0 } };
		efile_status status = wait_of_instance(&row, session->store, instance, after);

		if (status != EFILE_OK)
			return status < 0 ? status : EFILE_OK;
		after = row.wait;
		if (row.kind == FLOW_WAIT_MESSAGE)
			TRY(post_kept(posts, session, &row));
	}
}
