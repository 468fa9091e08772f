/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* access_require(): asking the rules, and what an answer leaves behind. */
#include <stdlib.h>
#include <string.h>

#include "access/inner.h"
#include "base/json.h"

/* ------------------------------------------------------------------ what lists give */

static size_t grant_place(const efile_session *session, int64_t list)
{
	size_t low = 0, high = session->grant_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (session->grants[middle].list < list)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static efile_status grant_keep(efile_session *session, size_t at, access_grant grant)
{
	void *items = session->grants;

	TRY(mem_grow(session->ctx, &items, &session->grant_capacity, session->grant_count,
		     sizeof(*session->grants)));
	session->grants = items;
	memmove(session->grants + at + 1, session->grants + at,
		(session->grant_count - at) * sizeof(*session->grants));
	session->grants[at] = grant;
	session->grant_count++;
	return EFILE_OK;
}

efile_status grant_find(access_grant *out, efile_session *session, int64_t list)
{
	size_t at = grant_place(session, list);
	AUTO(access_lines) lines = { NULL, 0, 0 };
	grant_sum sum = { 0, 0 };

	if (at < session->grant_count && session->grants[at].list == list) {
		*out = session->grants[at];
		return EFILE_OK;
	}
	if (list && !session->grants_all)
		TRY(access_db_lines(&lines, session->store, list));
	for (size_t i = 0; i < lines.count; i++)
		grant_add(&sum, session, &lines.items[i]);
	*out = grant_of(&sum, session, list);
	/* A list that is not there has no place among the visible ones. */
	return list && !lines.count ? EFILE_OK : grant_keep(session, at, *out);
}

/* The lines come by list, so the grants are appended in their order. */
efile_status grant_load_all(efile_session *session)
{
	AUTO(access_lines) lines = { NULL, 0, 0 };
	grant_sum sum = { 0, 0 };

	if (session->grants_all)
		return EFILE_OK;
	TRY(access_db_lines(&lines, session->store, 0));
	session->grant_count = 0;
	TRY(grant_keep(session, 0, grant_of(&sum, session, 0)));
	for (size_t i = 0; i < lines.count; i++) {
		grant_add(&sum, session, &lines.items[i]);
		if (i + 1 < lines.count && lines.items[i + 1].list == lines.items[i].list)
			continue;
		TRY(grant_keep(session, session->grant_count,
			       grant_of(&sum, session, lines.items[i].list)));
		sum = (grant_sum){ 0, 0 };
	}
	session->grants_all = true;
	return EFILE_OK;
}

efile_status access_visible_lists(access_list_set *out, efile_session *session, efile_right right)
{
	unsigned needed = (unsigned)right | EFILE_RIGHT_EXISTS;

	TRY(session_refresh(session));
	if (session->visible_right != (unsigned)right) {
		TRY(grant_load_all(session));
		session->visible_right = 0;
		id_set_reset(&session->visible);
		for (size_t i = 0; i < session->grant_count; i++) {
			const access_grant *grant = &session->grants[i];

			if (session->denial == SESSION_PERMITTED &&
			    ((grant->rights | grant->emergency) & needed) == needed)
				TRY(id_set_add(&session->visible, session->ctx, grant->list));
		}
		session->visible_right = (unsigned)right;
	}
	out->ids = session->visible.ids;
	out->count = session->visible.count;
	return EFILE_OK;
}

/* ------------------------------------------------------------------ the log */

/* Lets a read go on only if it stands in the log. */
static efile_status trace(efile_session *session, access_trace what, const access_object *object)
{
	AUTO(txn) tx = TXN_NONE;

	if (what == TRACE_NONE)
		return EFILE_OK;
	TRY(txn_begin(&tx, session->store));
	TRY(trace_append(session, what, object->kind, &object->id, object->chain));
	return txn_commit(&tx);
}

/* ------------------------------------------------------------------ the answers */

/* How the object is called in a message: as the caller called it, or by its id. */
static const char *called(const char *asked, const efile_id *id, char *room)
{
	if (asked)
		return asked;
	return id && !efile_id_is_none(id) ? efile_id_format(id, room) : "-";
}

static efile_status say_missing(efile_session *session, const char *asked, const efile_id *id)
{
	char room[EFILE_ID_TEXT_SIZE];

	return FAIL(session->ctx, EFILE_E_NOTFOUND, 1320, "not found: %s", called(asked, id, room));
}

static efile_status say_state(efile_session *session, unsigned state, const char *name)
{
	efile_ctx *ctx = session->ctx;

	if (state == ACCESS_DISPOSED)
		return FAIL(ctx, EFILE_E_STATE, 1322, "%s has been disposed of", name);
	if (state == ACCESS_HELD)
		return FAIL(ctx, EFILE_E_STATE, 1323, "%s is under a hold", name);
	return FAIL(ctx, EFILE_E_STATE, 1324, "%s is closed", name);
}

static efile_status say(efile_session *session, const access_verdict *verdict, efile_right right,
			const access_object *object)
{
	char room[EFILE_ID_TEXT_SIZE];
	const char *name = called(object->asked, &object->id, room);

	if (verdict->status == EFILE_E_NOTFOUND)
		return say_missing(session, object->asked, &object->id);
	if (verdict->status == EFILE_E_STATE)
		return say_state(session, verdict->state, name);
	return FAIL(session->ctx, EFILE_E_DENIED, 1321, "no right to %s: %s",
		    efile_message(session->ctx, efile_right_name(right)), name);
}

static bool one_right(efile_right right)
{
	unsigned bits = (unsigned)right;

	return bits && bits < EFILE_RIGHT_ALL && !(bits & (bits - 1));
}

efile_status access_judge(access_verdict *out, efile_session *session, efile_right right,
			  const access_object *object)
{
	access_grant grant;

	if (!one_right(right))
		return FAIL(session->ctx, EFILE_E_INVALID, 1325, "ask for one right at a time");
	TRY(session_refresh(session));
	TRY(grant_find(&grant, session, object->list));
	*out = decide(session, &grant, right, object);
	return EFILE_OK;
}

efile_status access_require(efile_session *session, efile_right right, const access_object *object)
{
	access_verdict verdict;

	TRY(access_judge(&verdict, session, right, object));
	if (verdict.status == EFILE_OK)
		return trace(session, verdict.trace, object);
	if (verdict.status != EFILE_E_STATE)
		TRY(refusal_note(session, verdict.status, (unsigned)right, object->kind,
				 &object->id, object->chain));
	return say(session, &verdict, right, object);
}

efile_status access_peek(efile_session *session, efile_right right, const access_object *object)
{
	access_verdict verdict;

	TRY(access_judge(&verdict, session, right, object));
	return verdict.status;
}

efile_status access_missing(efile_session *session, record_number kind, const efile_id *id,
			    const char *asked)
{
	TRY(refusal_note(session, EFILE_E_NOTFOUND, EFILE_RIGHT_EXISTS, kind, id, 0));
	return say_missing(session, asked, id);
}

efile_status access_require_administrator(efile_session *session, record_number kind,
					  const efile_id *id)
{
	TRY(session_refresh(session));
	if (session->denial == SESSION_PERMITTED && session->administrator)
		return EFILE_OK;
	TRY(refusal_note(session, EFILE_E_DENIED, 0, kind, id, 0));
	return FAIL(session->ctx, EFILE_E_DENIED, 1326, "only an administrator may do that");
}

static efile_status is_one_of(bool *out, efile_session *session, const char *names)
{
	*out = false;
	for (const char *at = names; *at && !*out;) {
		size_t length = strcspn(at, " ");
		const access_actor *actor;
		efile_status status = length ? access_actor_named(&actor, session, at, length) :
					       EFILE_E_NOTFOUND;

		at += length + (at[length] == ' ');
		if (status == EFILE_E_NOTFOUND)
			continue;
		TRY(status);
		TRY(access_session_is(out, session, actor->row));
	}
	error_clear(session->ctx);
	return EFILE_OK;
}

efile_status access_require_one_of(efile_session *session, const char *names, record_number kind,
				   const efile_id *id)
{
	bool found = false;

	if (!names)
		return access_require_administrator(session, kind, id);
	TRY(session_refresh(session));
	if (session->denial == SESSION_PERMITTED)
		TRY(is_one_of(&found, session, names));
	if (found)
		return EFILE_OK;
	TRY(refusal_note(session, EFILE_E_DENIED, 0, kind, id, 0));
	return FAIL(session->ctx, EFILE_E_DENIED, 1327, "only these may do that: %.200s", names);
}
