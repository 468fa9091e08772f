/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An entry of the log in words: who, what, about what; for timelines that a clerk understands. */
#include <stdlib.h>
#include <string.h>

#include "api/events.h"
#include "base/json.h"
#include "flow/runtime.h"
#include "intake/intake.h"
#include "model/model.h"

DEFINE_AUTO_PTR(efile_intake_item, efile_intake_item_free)

/* Takes back what stands behind a place. */
static void cut(buf *b, size_t length)
{
	if (b->length > length) {
		b->length = length;
		b->data[length] = '\0';
	}
}

/* Copies what fits, whole characters only. */
static void put_text(char *out, const char *text)
{
	size_t length = strlen(text);

	if (length >= EFILE_EVENT_TEXT_SIZE)
		for (length = EFILE_EVENT_TEXT_SIZE - 1; length && (text[length] & 0xc0) == 0x80;)
			length--;
	memcpy(out, text, length);
	out[length] = '\0';
}

/* ---- who ---- */

static efile_status add_actor(buf *out, efile_session *session, const efile_id *id)
{
	AUTO_PTR(char) name = NULL;
	efile_status status = access_actor_display(&name, session, id);

	if (status == EFILE_E_NOTFOUND)
		return EFILE_OK;
	TRY(status);
	buf_add_text(out, name);
	return EFILE_OK;
}

static efile_status say_who(buf *out, efile_session *session, const efile_event *event)
{
	efile_language language = session_ctx(session)->language;

	if (efile_id_is_none(&event->actor))
		return EFILE_OK;
	TRY(add_actor(out, session, &event->actor));
	if (efile_id_is_none(&event->behalf))
		return EFILE_OK;
	buf_add_text(out, message_translate((int)language, " for "));
	return add_actor(out, session, &event->behalf);
}

/* ---- about what: each answers NOTFOUND if the object is none of its kind ---- */

static efile_status above_with_number(buf *out, efile_store *store, const node_record *node)
{
	opt_int parent = node->parent;

	for (int depth = 0; parent.set && depth < 8; depth++) {
		AUTO(node_record) above = { .head = { 0, 0 } };

		TRY(node_record_load(&above, store, parent.value));
		if (above.reference) {
			buf_add_format(out, " (%s)", above.reference);
			return EFILE_OK;
		}
		parent = above.parent;
	}
	return EFILE_OK;
}

static efile_status about_node(buf *out, efile_session *session, const efile_id *id)
{
	AUTO(node_record) node = { .head = { 0, 0 } };
	int64_t row;

	TRY(node_row_of(&row, session_store(session), id));
	TRY(event_ask(session, RECORD_NODE, id));
	TRY(node_record_load(&node, session_store(session), row));
	if (node.reference)
		buf_add_format(out, "%s ", node.reference);
	buf_add_text(out, node.title);
	return node.reference ? EFILE_OK : above_with_number(out, session_store(session), &node);
}

/* The task that an input of a process was for, by the wait in the entry's body. */
static efile_status add_task(buf *out, efile_session *session, int64_t instance, const char *body)
{
	AUTO_PTR(json_document) doc = NULL;
	AUTO(task_record) task = { .head = { 0, 0 } };
	const json_value *wait;
	efile_status status;

	if (!body || !*body)
		return EFILE_OK;
	TRY(json_parse(&doc, session_ctx(session), body, strlen(body)));
	wait = json_member(json_root(doc), "wait");
	if (!wait || wait->type != JSON_NUMBER)
		return EFILE_OK;
	status = task_by_wait(&task, session_store(session), instance, strtoull(wait->text, NULL, 10));
	if (status == EFILE_E_NOTFOUND)
		return EFILE_OK;
	TRY(status);
	buf_add_format(out, "%s: ", task.name);
	return EFILE_OK;
}

static efile_status add_instance(buf *out, efile_session *session, const instance_record *instance)
{
	AUTO(definition_record) definition = { .head = { 0, 0 } };
	efile_status status = EFILE_E_NOTFOUND;
	size_t length = out->length;

	if (!efile_id_is_none(&instance->case_id))
		status = about_node(out, session, &instance->case_id);
	if (status != EFILE_E_NOTFOUND && status != EFILE_E_DENIED && status != EFILE_E_STATE)
		return status;
	cut(out, length);
	TRY(definition_by_row(&definition, session_store(session), instance->definition));
	buf_add_text(out, definition.name && *definition.name ? definition.name : definition.process);
	return EFILE_OK;
}

static efile_status about_instance(buf *out, efile_session *session, const efile_event *event)
{
	AUTO(instance_record) instance = { .head = { 0, 0 } };

	TRY(instance_by_uuid(&instance, session_store(session), &event->object));
	TRY(event_ask(session, RECORD_INSTANCE, &event->object));
	TRY(add_task(out, session, instance.head.id, event->body));
	return add_instance(out, session, &instance);
}

static efile_status about_task(buf *out, efile_session *session, const efile_id *id)
{
	AUTO(task_record) task = { .head = { 0, 0 } };
	AUTO(instance_record) instance = { .head = { 0, 0 } };

	TRY(task_by_uuid(&task, session_store(session), id));
	TRY(event_ask(session, RECORD_TASK, id));
	TRY(instance_by_row(&instance, session_store(session), task.instance));
	buf_add_format(out, "%s: ", task.name);
	return add_instance(out, session, &instance);
}

static efile_status about_letter(buf *out, efile_session *session, const efile_id *id)
{
	AUTO_PTR(efile_intake_item) item = NULL;

	TRY(efile_intake_load(&item, session, (efile_intake_id){ *id }));
	buf_add_text(out, efile_intake_item_number(item));
	if (efile_intake_item_subject(item))
		buf_add_format(out, " %s", efile_intake_item_subject(item));
	return EFILE_OK;
}

static efile_status about_plan(buf *out, efile_session *session, const efile_id *id)
{
	AUTO_PTR(efile_plan) plan = NULL;

	TRY(efile_plan_load(&plan, session, (efile_plan_id){ *id }));
	buf_add_format(out, "%s %s", efile_plan_code(plan), efile_plan_title(plan));
	return EFILE_OK;
}

static efile_status about_actor(buf *out, efile_session *session, const efile_id *id)
{
	AUTO_PTR(char) name = NULL;

	TRY(access_actor_display(&name, session, id));
	buf_add_text(out, name);
	return EFILE_OK;
}

static bool goes_on(efile_status status)
{
	return status == EFILE_E_NOTFOUND;
}

static efile_status say_about(buf *out, efile_session *session, const efile_event *event)
{
	const efile_id *id = &event->object;
	efile_status status = about_node(out, session, id);

	if (goes_on(status))
		status = about_instance(out, session, event);
	if (goes_on(status))
		status = about_task(out, session, id);
	if (goes_on(status))
		status = about_plan(out, session, id);
	if (goes_on(status))
		status = about_actor(out, session, id);
	if (goes_on(status))
		status = about_letter(out, session, id);
	if (status != EFILE_E_NOTFOUND && status != EFILE_E_DENIED && status != EFILE_E_STATE)
		return status;
	cut(out, 0);
	return EFILE_OK;
}

efile_status efile_event_say(efile_event_words *out, efile_session *session,
			     const efile_event *event)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(session_probe) probe = SESSION_PROBE_NONE;
	AUTO(buf) who = BUF_INIT;
	AUTO(buf) about = BUF_INIT;
	bool machine;

	if (!out || !event || !event->action)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, session));
	TRY(session_begin_read(&tx, session));
	session_probe_start(&probe, session);
	TRY(say_who(&who, session, event));
	if (!efile_id_is_none(&event->object))
		TRY(say_about(&about, session, event));
	TRY(buf_status(&who, session_ctx(session)));
	TRY(buf_status(&about, session_ctx(session)));
	error_clear(session_ctx(session));
	put_text(out->who, buf_text(&who));
	put_text(out->about, buf_text(&about));
	out->what = message_translate((int)session_ctx(session)->language,
				      journal_words(&machine, event->action));
	out->machine = machine;
	return EFILE_OK;
}

const char *efile_action_words(const efile_ctx *ctx, const char *action)
{
	bool machine;

	if (!ctx || !action)
		return "";
	return message_translate((int)ctx->language, journal_words(&machine, action));
}
