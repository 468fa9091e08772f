/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memberships: who belongs to which unit, position, role or group, and when. */
#include <stdlib.h>
#include <string.h>

#include "access/inner.h"
#include "base/json.h"

static efile_status changed(efile_session *session, journal_action action,
			    const actor_record *member, const actor_record *container)
{
	AUTO(buf) body = BUF_INIT;
	json_writer w;

	json_begin(&w, &body);
	json_object(&w);
	json_put_id(&w, "container", &container->uuid);
	json_put_text(&w, "name", container->name);
	json_end_object(&w);
	TRY(buf_status(&body, session->ctx));
	return access_changed(session, action, RECORD_ACTOR, &member->uuid, buf_text(&body));
}

/* The role "administrator" belongs to nothing: else it would pass rights on content to its holders
 * by a detour. */
static efile_status check_pair(efile_session *session, const actor_record *member,
			       const actor_record *container)
{
	int64_t administrators;

	TRY(access_db_administrator_role(&administrators, session->store));
	if (container->kind == EFILE_ACTOR_PERSON)
		return FAIL(session->ctx, EFILE_E_INVALID, 1345, "nobody can be a member of the person %s",
			    container->name);
	if (member->head.id == container->head.id)
		return FAIL(session->ctx, EFILE_E_INVALID, 1346, "%s cannot be its own member",
			    member->name);
	if (member->head.id == administrators)
		return FAIL(session->ctx, EFILE_E_INVALID, 1347, "the role %s belongs to nothing else",
			    member->name);
	return EFILE_OK;
}

static efile_status put(efile_session *session, int64_t member, int64_t container, efile_date from,
			efile_date until)
{
	AUTO(membership_record) row = { { 0, 0 } };
	char day[EFILE_DATE_TEXT_SIZE];
	efile_status status = access_db_member(&row, session->store, member, container);

	if (status != EFILE_E_NOTFOUND)
		TRY(status);
	free(row.valid_from);
	free(row.valid_until);
	row.valid_from = NULL;
	row.valid_until = NULL;
	TRY(mem_dup(&row.valid_from, session->ctx, day_text(from, day)));
	TRY(mem_dup(&row.valid_until, session->ctx, day_text(until, day)));
	row.member = member;
	row.container = container;
	if (row.head.id)
		return row_update(session->store, &membership_kind, &row);
	return row_insert(session->store, &membership_kind, &row);
}

efile_status efile_member_add(efile_session *session, efile_actor_id member,
			      efile_actor_id container, efile_date from, efile_date until)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(actor_record) who = { { 0, 0 } };
	AUTO(actor_record) what = { { 0, 0 } };

	TRY(session_enter(&call, session));
	TRY(day_check_period(session->ctx, from, until));
	TRY(session_begin(&tx, session));
	TRY(access_require_administrator(session, RECORD_ACTOR, &container.id));
	TRY(actor_require(&who, session, &member.id));
	TRY(actor_require(&what, session, &container.id));
	TRY(check_pair(session, &who, &what));
	TRY(put(session, who.head.id, what.head.id, from, until));
	TRY(access_keep_administrator(session));
	TRY(changed(session, JOURNAL_MEMBER_ADDED, &who, &what));
	return txn_commit(&tx);
}

efile_status efile_member_remove(efile_session *session, efile_actor_id member,
				 efile_actor_id container)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(actor_record) who = { { 0, 0 } };
	AUTO(actor_record) what = { { 0, 0 } };
	AUTO(membership_record) row = { { 0, 0 } };
	efile_status status;

	TRY(session_enter(&call, session));
	TRY(session_begin(&tx, session));
	TRY(access_require_administrator(session, RECORD_ACTOR, &container.id));
	TRY(actor_require(&who, session, &member.id));
	TRY(actor_require(&what, session, &container.id));
	status = access_db_member(&row, session->store, who.head.id, what.head.id);
	if (status == EFILE_E_NOTFOUND)
		return FAIL(session->ctx, EFILE_E_NOTFOUND, 1348, "%s is not a member of %s", who.name,
			    what.name);
	TRY(status);
	TRY(row_delete(session->store, &membership_kind, &row));
	TRY(access_keep_administrator(session));
	TRY(changed(session, JOURNAL_MEMBER_REMOVED, &who, &what));
	return txn_commit(&tx);
}

/* ------------------------------------------------------------------ listing */

struct efile_member_cursor {
	pair_cursor at;
};

efile_status efile_member_list(efile_member_cursor **out, efile_session *session,
			       efile_actor_id member, efile_actor_id container)
{
	efile_member_cursor *cursor;
	pair_cursor at;

	TRY(pair_cursor_init(&at, session, out, &member.id, &container.id));
	cursor = mem_new(session->ctx, sizeof(*cursor));
	if (!cursor)
		return EFILE_E_NOMEM;
	cursor->at = at;
	*out = cursor;
	return EFILE_OK;
}

efile_status efile_member_cursor_next(efile_member_cursor *cursor, efile_member *member)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(membership_record) row = { { 0, 0 } };
	efile_member found;
	efile_status status;

	TRY(session_enter(&call, cursor ? cursor->at.session : NULL));
	TRY(need_out(cursor->at.session, member));
	TRY(session_begin_read(&tx, cursor->at.session));
	status = access_db_member_next(&row, cursor->at.session->store, cursor->at.after, cursor->at.first,
				       cursor->at.second);
	if (status != EFILE_OK)
		return status;
	TRY(access_actor_of_row(&found.member.id, NULL, cursor->at.session, row.member));
	TRY(access_actor_of_row(&found.container.id, NULL, cursor->at.session, row.container));
	found.from = day_of(row.valid_from);
	found.until = day_of(row.valid_until);
	cursor->at.after = row.head.id;
	*member = found;
	return EFILE_OK;
}

void efile_member_cursor_free(efile_member_cursor *cursor)
{
	free(cursor);
}

/* ------------------------------------------------------------------ who belongs to what */

efile_status access_session_is(bool *out, efile_session *session, int64_t actor_row)
{
	TRY(session_refresh(session));
	*out = session->denial == SESSION_PERMITTED && id_set_has(&session->subjects, actor_row);
	return EFILE_OK;
}

efile_status access_session_subjects(const int64_t **out, size_t *count, efile_session *session)
{
	TRY(session_refresh(session));
	*out = session->subjects.ids;
	*count = session->denial == SESSION_PERMITTED ? session->subjects.count : 0;
	return EFILE_OK;
}

efile_status access_actor_in(bool *out, efile_session *session, int64_t person_row,
			     int64_t actor_row)
{
	AUTO(id_set) all = { NULL, 0, 0 };
	char today[EFILE_DATE_TEXT_SIZE];
	efile_date day;

	TRY(access_today(&day, session->store));
	TRY(access_db_closure(&all, session->store, person_row, efile_date_format(day, today)));
	*out = id_set_has(&all, actor_row);
	return EFILE_OK;
}
