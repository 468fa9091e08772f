/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The desks by the log: each task that the steps made and ended has its row, done by whom the log
 * says; hands, dates and priority stand as the task's last entry left them; each comment was said. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "flow/runtime.h"

void desk_log_clear(desk_log *log)
{
	free(log->items);
	*log = (desk_log){ .items = NULL };
}

static efile_status begin(desk_log *log, efile_ctx *ctx, const flow_effect *e)
{
	void *items = log->items;

	TRY(mem_grow(ctx, &items, &log->capacity, log->count, sizeof(desk_task)));
	log->items = items;
	log->items[log->count++] = (desk_task){ .wait = e->wait, .status = TASK_OPEN };
	return EFILE_OK;
}

static void end(desk_log *log, const flow_effect *e, const flow_event *event)
{
	for (size_t i = log->count; i-- > 0;) {
		desk_task *task = &log->items[i];

		if (task->wait != e->wait)
			continue;
		task->status = e->cancelled ? TASK_CANCELLED : TASK_COMPLETED;
		task->performer = e->cancelled ? EFILE_ID_NONE : event->actor.id;
		task->behalf = e->cancelled ? EFILE_ID_NONE : event->on_behalf_of.id;
		return;
	}
}

efile_status desk_log_step(desk_log *log, efile_ctx *ctx, const flow_event *event,
			   const flow_effects *effects)
{
	for (size_t i = 0; i < effects->count; i++) {
		const flow_effect *e = &effects->items[i];

		if (e->kind == FLOW_EFFECT_TASK_CREATE)
			TRY(begin(log, ctx, e));
		else if (e->kind == FLOW_EFFECT_TASK_END)
			end(log, e, event);
	}
	return EFILE_OK;
}

/* ---- comparing ---- */

static efile_status differs(efile_session *session, const efile_id *task, const char *what)
{
	char id[EFILE_ID_TEXT_SIZE];

	return FAIL(session_ctx(session), EFILE_E_DAMAGED, 2490,
		    "task %s differs from what its log gives: %s", efile_id_format(task, id), what);
}

static bool same_id(const efile_id *a, const efile_id *b)
{
	return id_compare(a, b) == 0;
}

static efile_status compare_actor(efile_session *session, const task_record *row, const json_value *body,
				  const char *key, opt_int actor)
{
	const json_value *member = json_member(body, key);
	efile_id said = EFILE_ID_NONE, found = EFILE_ID_NONE;

	if (!member)
		return EFILE_OK; /* earlier formats say less */
	if (member->type == JSON_STRING && efile_id_parse(&said, member->text) < 0)
		return differs(session, &row->uuid, key);
	if (actor.set)
		TRY(access_actor_of_row(&found, NULL, session, actor.value));
	return same_id(&said, &found) ? EFILE_OK : differs(session, &row->uuid, key);
}

static efile_status compare_number(efile_session *session, const task_record *row,
				   const json_value *body, const char *key, opt_int number)
{
	const json_value *member = json_member(body, key);
	int64_t said = 0;
	efile_time time;

	if (!member)
		return EFILE_OK;
	if (member->type == JSON_STRING && efile_time_parse(&time, member->text) >= 0)
		said = time;
	else if (member->type == JSON_NUMBER)
		TRY(json_as_int(&said, member));
	return number.set && number.value == said ? EFILE_OK : differs(session, &row->uuid, key);
}

/* Entries that tell how the task stands; those about reminders tell something else. */
static bool tells_hands(const char *action)
{
	static const journal_action hands[] = {
		JOURNAL_TASK_CLAIMED, JOURNAL_TASK_UNCLAIMED, JOURNAL_TASK_DELEGATED,
		JOURNAL_TASK_RETURNED, JOURNAL_TASK_RESOLVED, JOURNAL_TASK_CHANGED,
		JOURNAL_TASK_ESCALATED, JOURNAL_TASK_REMINDED,
	};

	for (size_t i = 0; i < ARRAY_SIZE(hands); i++)
		if (!strcmp(action, journal_action_name(hands[i])))
			return true;
	return false;
}

/* The body of the last such entry; NULL: the task stands as it began. */
static efile_status last_hands(char **out, efile_session *session, const efile_id *task)
{
	efile_event_cursor *cursor = NULL;
	efile_event entry;
	efile_status status = journal_events_of(&cursor, session->store, task);

	*out = NULL;
	while (status == EFILE_OK && (status = efile_event_cursor_next(cursor, &entry)) == EFILE_OK) {
		if (!tells_hands(entry.action) || !entry.body || !*entry.body)
			continue;
		free(*out);
		status = mem_dup(out, session_ctx(session), entry.body);
	}
	efile_event_cursor_free(cursor);
	return status < 0 ? status : EFILE_OK;
}

static efile_status compare_hands(efile_session *session, const task_record *row)
{
	AUTO_PTR(json_document) document = NULL;
	AUTO_PTR(char) text = NULL;
	const json_value *body;

	TRY(last_hands(&text, session, &row->uuid));
	if (!text)
		return EFILE_OK;
	TRY(json_parse(&document, session_ctx(session), text, strlen(text)));
	body = json_root(document);
	TRY(compare_actor(session, row, body, "assignee", row->assignee));
	TRY(compare_actor(session, row, body, "owner", row->owner));
	TRY(compare_number(session, row, body, "handed", row->handed));
	TRY(compare_number(session, row, body, "due", row->due));
	TRY(compare_number(session, row, body, "follow_up", row->follow_up));
	return compare_number(session, row, body, "priority", row->priority);
}

static efile_status compare_task(efile_session *session, const desk_log *log, const task_record *row)
{
	for (size_t i = 0; i < log->count; i++) {
		const desk_task *task = &log->items[i];

		if (task->wait != (uint64_t)row->wait)
			continue;
		if (task->status != row->status)
			return differs(session, &row->uuid, "status");
		if (!same_id(&task->performer, &row->performer) || !same_id(&task->behalf, &row->behalf))
			return differs(session, &row->uuid, "performer");
		return compare_hands(session, row);
	}
	return differs(session, &row->uuid, "wait");
}

/* The comments that entries about the instance name. */
static efile_status said_comments(flow_ids *out, efile_session *session, const efile_id *instance)
{
	efile_ctx *ctx = session_ctx(session);
	efile_event_cursor *cursor = NULL;
	efile_event entry;
	efile_status status = journal_events_of(&cursor, session->store, instance);

	while (status == EFILE_OK && (status = efile_event_cursor_next(cursor, &entry)) == EFILE_OK) {
		AUTO_PTR(json_document) document = NULL;
		void *items = out->items;
		efile_id id = EFILE_ID_NONE;
		const char *text;

		if (strcmp(entry.action, journal_action_name(JOURNAL_FLOW_COMMENTED)) != 0)
			continue;
		status = json_parse(&document, ctx, entry.body, strlen(entry.body));
		text = status == EFILE_OK ? json_member_text(json_root(document), "comment") : NULL;
		if (status == EFILE_OK && text && efile_id_parse(&id, text) >= 0)
			status = mem_grow(ctx, &items, &out->capacity, out->count, sizeof(id));
		out->items = items;
		if (status == EFILE_OK)
			out->items[out->count++] = id;
	}
	efile_event_cursor_free(cursor);
	return status < 0 ? status : EFILE_OK;
}

static bool is_said(const flow_ids *said, const efile_id *comment)
{
	for (size_t i = 0; i < said->count; i++)
		if (same_id(&said->items[i], comment))
			return true;
	return false;
}

static efile_status compare_comments(efile_session *session, const instance_record *instance)
{
	AUTO(flow_ids) said = { NULL, 0, 0 };
	size_t count = 0;

	TRY(said_comments(&said, session, &instance->uuid));
	for (int64_t after = 0;; count++) {
		AUTO(comment_record) row = { .head = { 0, 0 } };
		efile_status status = comment_next(&row, session->store, instance->head.id, after);

		TRY(status);
		if (status == EFILE_DONE)
			break;
		after = row.head.id;
		if (!is_said(&said, &row.uuid))
			return differs(session, &row.uuid, "comment");
	}
	return count == said.count ? EFILE_OK : differs(session, &instance->uuid, "comment");
}

efile_status desk_log_compare(efile_session *session, const desk_log *log,
			      const instance_record *instance)
{
	size_t count = 0;

	for (int64_t after = 0;; count++) {
		AUTO(task_record) row = { .head = { 0, 0 } };
		efile_status status = task_of_instance(&row, session->store, instance->head.id, after);

		TRY(status);
		if (status == EFILE_DONE)
			break;
		after = row.head.id;
		TRY(compare_task(session, log, &row));
	}
	if (count != log->count)
		return differs(session, &instance->uuid, "a task is missing");
	return compare_comments(session, instance);
}
