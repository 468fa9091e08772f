/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The log as a person may read it: what an entry tells is shown to whom its object is shown. */

#include <string.h>

#include "api/events.h"
#include "flow/runtime.h"
#include "intake/intake.h"
#include "model/model.h"

/* Answers like access_peek(): OK, or NOTFOUND, DENIED, STATE. */
typedef efile_status (*ask_fn)(efile_session *session, const efile_id *object);

static efile_status ask_node(efile_session *session, const efile_id *object)
{
	int64_t row;

	TRY(node_row_of(&row, session_store(session), object));
	TRY(node_peek(session, EFILE_RIGHT_READ, row));
	TRY(node_sight(session, row));
	return access_sight_end(session);
}

static efile_status ask_instance(efile_session *session, const efile_id *object)
{
	AUTO(instance_record) instance = { .head = { 0, 0 } };

	TRY(instance_by_uuid(&instance, session_store(session), object));
	return instance_require(session, &instance, EFILE_RIGHT_READ);
}

static efile_status ask_task(efile_session *session, const efile_id *object)
{
	AUTO(task_record) task = { .head = { 0, 0 } };
	AUTO(instance_record) instance = { .head = { 0, 0 } };

	TRY(task_by_uuid(&task, session_store(session), object));
	TRY(instance_by_row(&instance, session_store(session), task.instance));
	return instance_require(session, &instance, EFILE_RIGHT_READ);
}

static efile_status ask_letter(efile_session *session, const efile_id *object)
{
	(void)object;
	return intake_require(session, EFILE_RIGHT_READ);
}

/* Everybody may read what is administered (docs/ACCESS.md 5) and what the store says of itself. */
static efile_status ask_nobody(efile_session *session, const efile_id *object)
{
	(void)session;
	(void)object;
	return EFILE_OK;
}

static const struct {
	record_number kind;
	ask_fn ask;
} asks[] = {
	{ RECORD_NODE, ask_node },            { RECORD_INSTANCE, ask_instance },
	{ RECORD_TASK, ask_task },            { RECORD_INTAKE_ITEM, ask_letter },
	{ (record_number)0, ask_nobody },     { RECORD_ACTOR, ask_nobody },
	{ RECORD_ACCESS_LIST, ask_nobody },   { RECORD_PLAN, ask_nobody },
	{ RECORD_DOCTYPE, ask_nobody },       { RECORD_DEFINITION, ask_nobody },
	{ RECORD_INTAKE_RULE, ask_nobody },
};

/* Who looked at what, or tried to, is about the person who did. */
static bool is_about_looking(const char *action)
{
	static const journal_action looks[] = {
		JOURNAL_ACCESS_REFUSED, JOURNAL_ACCESS_READ, JOURNAL_BREAK_GLASS,
	};

	for (size_t i = 0; i < ARRAY_SIZE(looks); i++)
		if (strcmp(action, journal_action_name(looks[i])) == 0)
			return true;
	return false;
}

efile_status event_ask(efile_session *session, record_number kind, const efile_id *object)
{
	for (size_t i = 0; i < ARRAY_SIZE(asks); i++)
		if (asks[i].kind == kind)
			return asks[i].ask(session, object);
	return EFILE_E_NOTFOUND;
}

/* The library looks, not the person: a no is no attempt. */
static efile_status may_read(bool *out, void *user, const journal_about *about)
{
	efile_session *session = user;
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(session_probe) probe = SESSION_PROBE_NONE;
	int administrator;
	efile_status status;

	TRY(session_enter(&call, session));
	TRY(session_begin_read(&tx, session));
	session_probe_start(&probe, session);
	if (is_about_looking(about->action)) {
		TRY(efile_session_is_administrator(session, &administrator));
		*out = administrator || id_compare(&about->actor, &session->actor) == 0;
		return EFILE_OK;
	}
	status = event_ask(session, about->kind, &about->object);
	*out = status == EFILE_OK;
	if (*out || status == EFILE_E_NOTFOUND || status == EFILE_E_DENIED ||
	    status == EFILE_E_STATE) {
		error_clear(session_ctx(session));
		return EFILE_OK;
	}
	return status;
}

efile_status efile_session_events(efile_event_cursor **out, efile_session *session, int64_t since)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	journal_reader reader = { may_read, session };

	TRY(session_enter(&call, session));
	TRY(session_begin_read(&tx, session));
	return journal_events(out, session_store(session), since, &reader);
}
