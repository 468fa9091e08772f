/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What people say about a task or a process while it is at work. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "flow/runtime.h"

enum { COMMENT_BYTES = 10000 };

/* ---- writing ---- */

static efile_status check_text(efile_ctx *ctx, const char *text)
{
	if (!text || !*text || !str_utf8_valid(text, strlen(text)))
		return FAIL(ctx, EFILE_E_INVALID, 2443, "a comment is a text that is not empty");
	if (strlen(text) > COMMENT_BYTES)
		return FAIL(ctx, EFILE_E_LIMIT, 2444, "a comment is longer than %d bytes",
			    COMMENT_BYTES);
	return EFILE_OK;
}

/* The entry names who and where; the words stand in the row alone, where they can be erased. */
static efile_status journal_comment(efile_session *session, const comment_record *row,
				    const instance_record *instance, const task_record *task)
{
	AUTO(buf) body = BUF_INIT;
	json_writer w;

	json_begin(&w, &body);
	json_object(&w);
	json_put_id(&w, "comment", &row->uuid);
	if (task)
		json_put_id(&w, "task", &task->uuid);
	json_end_object(&w);
	TRY(buf_status(&body, session_ctx(session)));
	return session_journal(session, JOURNAL_FLOW_COMMENTED, RECORD_INSTANCE, &instance->uuid,
			       instance->dossier, body.data);
}

static efile_status add_comment(efile_session *session, const instance_record *instance,
				const task_record *task, const char *text)
{
	AUTO(comment_record) row = { .head = { 0, 0 } };
	efile_ctx *ctx = session_ctx(session);

	TRY(id_new(&row.uuid, ctx));
	TRY(mem_dup(&row.text, ctx, text));
	row.instance = instance->head.id;
	row.task = (opt_int){ task != NULL, task ? task->head.id : 0 };
	row.author = session->actor;
	row.behalf = session->behalf;
	row.created = ctx_now(ctx);
	TRY(row_insert(session->store, &kind_comment, &row));
	return journal_comment(session, &row, instance, task);
}

efile_status efile_task_comment(efile_session *session, efile_task_id task, const char *text)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(task_record) row = { .head = { 0, 0 } };
	AUTO(instance_record) instance = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;

	TRY(session_enter(&call, session));
	TRY(check_text(session_ctx(session), text));
	TRY(session_begin(&tx, session));
	TRY(task_load(&row, session, task));
	TRY(instance_by_row(&instance, session->store, row.instance));
	TRY(add_comment(session, &instance, &row, text));
	return txn_commit(&tx);
}

efile_status efile_flow_comment(efile_session *session, efile_instance_id instance, const char *text)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(instance_record) row = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;

	TRY(session_enter(&call, session));
	TRY(check_text(session_ctx(session), text));
	TRY(session_begin(&tx, session));
	TRY(instance_load(&row, session, instance, EFILE_RIGHT_WRITE));
	TRY(add_comment(session, &row, NULL, text));
	return txn_commit(&tx);
}

/* ---- reading ---- */

struct efile_comment_cursor {
	efile_session *session;
	int64_t instance;
	efile_id instance_id;
	int64_t task;           /* only those on this task and on the process; 0: all */
	comment_record row;
};

DEFINE_AUTO_PTR(efile_comment_cursor, efile_comment_cursor_free)

/* Who has the task reads what was said about it; all comments, who may read the process. */
static efile_status find_subject(efile_comment_cursor *c, efile_instance_id id, efile_task_id task)
{
	AUTO(instance_record) instance = { .head = { 0, 0 } };
	AUTO(task_record) row = { .head = { 0, 0 } };

	if (efile_id_is_none(&task.id)) {
		TRY(instance_load(&instance, c->session, id, EFILE_RIGHT_READ));
	} else {
		TRY(task_load(&row, c->session, task));
		TRY(instance_by_row(&instance, c->session->store, row.instance));
		c->task = row.head.id;
	}
	c->instance = instance.head.id;
	c->instance_id = instance.uuid;
	return EFILE_OK;
}

efile_status efile_comment_list(efile_comment_cursor **out, efile_session *session,
				efile_instance_id instance, efile_task_id task)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO_PTR(efile_comment_cursor) cursor = NULL;

	TRY(session_enter(&call, session));
	if (!out || efile_id_is_none(&instance.id) == efile_id_is_none(&task.id))
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2445,
			    "comments are those of a process or of a task");
	cursor = mem_new(session_ctx(session), sizeof(*cursor));
	if (!cursor)
		return EFILE_E_NOMEM;
	cursor->session = session;
	TRY(find_subject(cursor, instance, task));
	*out = STEAL(cursor);
	return EFILE_OK;
}

static efile_status show(efile_comment *out, const efile_comment_cursor *c)
{
	AUTO(task_record) task = { .head = { 0, 0 } };

	if (c->row.task.set)
		TRY(row_load(c->session->store, &kind_task, &task, c->row.task.value));
	*out = (efile_comment){
		.id = c->row.uuid,
		.instance = { c->instance_id },
		.task = { task.uuid },
		.author = { c->row.author },
		.on_behalf_of = { c->row.behalf },
		.created = c->row.created,
		.text = c->row.text,
	};
	return EFILE_OK;
}

efile_status efile_comment_cursor_next(efile_comment_cursor *cursor, efile_comment *comment)
{
	AUTO(session_call) call = SESSION_CALL_NONE;

	TRY(session_enter(&call, cursor ? cursor->session : NULL));
	for (;;) {
		int64_t after = cursor->row.head.id;
		efile_status status;

		comment_record_clear(&cursor->row);
		status = comment_next(&cursor->row, cursor->session->store, cursor->instance, after);
		if (status != EFILE_OK)
			return status;
		if (!cursor->task || !cursor->row.task.set || cursor->row.task.value == cursor->task)
			return show(comment, cursor);
	}
}

void efile_comment_cursor_free(efile_comment_cursor *cursor)
{
	if (!cursor)
		return;
	comment_record_clear(&cursor->row);
	free(cursor);
}
