/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Substitution (Vertretung) and absence (Abwesenheit). */
#include <stdlib.h>
#include <string.h>

#include "access/inner.h"
#include "base/json.h"

void efile_deputy_options_init(efile_deputy_options *options)
{
	if (options)
		*options = (efile_deputy_options){ .size = sizeof(*options),
						   .rights = EFILE_RIGHT_ALL };
}

/* Persons see to their own substitution and absence; administrators to everybody's. */
static efile_status require_own_matter(efile_session *session, const efile_id *person)
{
	if (!session->behalf_row && id_compare(&session->actor, person) == 0)
		return EFILE_OK;
	return access_require_administrator(session, RECORD_ACTOR, person);
}

static efile_status changed(efile_session *session, journal_action action,
			    const actor_record *person, const actor_record *deputy, efile_date from,
			    efile_date until)
{
	AUTO(buf) body = BUF_INIT;
	json_writer w;

	json_begin(&w, &body);
	json_object(&w);
	if (deputy) {
		json_put_id(&w, "deputy", &deputy->uuid);
		json_put_text(&w, "name", deputy->name);
	}
	json_put_date(&w, "from", from);
	json_put_date(&w, "until", until);
	json_end_object(&w);
	TRY(buf_status(&body, session->ctx));
	return access_changed(session, action, RECORD_ACTOR, &person->uuid, buf_text(&body));
}

/* ------------------------------------------------------------------ deputies */

static efile_status check_deputy(efile_session *session, const efile_id *principal,
				 const efile_id *deputy, const efile_deputy_options *o)
{
	TRY(day_check_period(session->ctx, o->from, o->until));
	if (id_compare(principal, deputy) == 0)
		return FAIL(session->ctx, EFILE_E_INVALID, 1350, "nobody is the own deputy");
	if (!o->rights || o->rights & ~(unsigned)EFILE_RIGHT_ALL)
		return FAIL(session->ctx, EFILE_E_INVALID, 1351, "no such rights: %u", o->rights);
	return EFILE_OK;
}

static efile_status put_deputy(efile_session *session, int64_t principal, int64_t deputy,
			       const efile_deputy_options *o)
{
	AUTO(deputy_record) row = { { 0, 0 } };
	char day[EFILE_DATE_TEXT_SIZE];
	efile_status status = access_db_deputy(&row, session->store, principal, deputy);

	if (status != EFILE_E_NOTFOUND)
		TRY(status);
	free(row.valid_from);
	free(row.valid_until);
	row.valid_from = NULL;
	row.valid_until = NULL;
	TRY(mem_dup(&row.valid_from, session->ctx, day_text(o->from, day)));
	TRY(mem_dup(&row.valid_until, session->ctx, day_text(o->until, day)));
	row.principal = principal;
	row.deputy = deputy;
	row.rights = o->rights;
	row.only_absent = o->only_absent != 0;
	if (row.head.id)
		return row_update(session->store, &deputy_kind, &row);
	return row_insert(session->store, &deputy_kind, &row);
}

efile_status efile_deputy_add(efile_session *session, efile_actor_id principal,
			      efile_actor_id deputy, const efile_deputy_options *options)
{
	efile_deputy_options o;
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(actor_record) who = { { 0, 0 } };
	AUTO(actor_record) steps_in = { { 0, 0 } };

	TRY(session_enter(&call, session));
	efile_deputy_options_init(&o);
	TRY(options_import(session->ctx, &o, sizeof(o), options));
	TRY(check_deputy(session, &principal.id, &deputy.id, &o));
	TRY(session_begin(&tx, session));
	TRY(require_own_matter(session, &principal.id));
	TRY(actor_require_person(&who, session, &principal.id));
	TRY(actor_require_person(&steps_in, session, &deputy.id));
	TRY(put_deputy(session, who.head.id, steps_in.head.id, &o));
	TRY(changed(session, JOURNAL_DEPUTY_ADDED, &who, &steps_in, o.from, o.until));
	return txn_commit(&tx);
}

efile_status efile_deputy_remove(efile_session *session, efile_actor_id principal,
				 efile_actor_id deputy)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(actor_record) who = { { 0, 0 } };
	AUTO(actor_record) steps_in = { { 0, 0 } };
	AUTO(deputy_record) row = { { 0, 0 } };
	efile_status status;

	TRY(session_enter(&call, session));
	TRY(session_begin(&tx, session));
	TRY(require_own_matter(session, &principal.id));
	TRY(actor_require(&who, session, &principal.id));
	TRY(actor_require(&steps_in, session, &deputy.id));
	status = access_db_deputy(&row, session->store, who.head.id, steps_in.head.id);
	if (status == EFILE_E_NOTFOUND)
		return FAIL(session->ctx, EFILE_E_NOTFOUND, 1352, "%s is not a deputy of %s",
			    steps_in.name, who.name);
	TRY(status);
	TRY(row_delete(session->store, &deputy_kind, &row));
	TRY(changed(session, JOURNAL_DEPUTY_REMOVED, &who, &steps_in, day_of(row.valid_from),
		    day_of(row.valid_until)));
	return txn_commit(&tx);
}

/* ------------------------------------------------------------------ listing */

struct efile_deputy_cursor {
	pair_cursor at;
};

efile_status efile_deputy_list(efile_deputy_cursor **out, efile_session *session,
			       efile_actor_id principal, efile_actor_id deputy)
{
	efile_deputy_cursor *cursor;
	pair_cursor at;

	TRY(pair_cursor_init(&at, session, out, &principal.id, &deputy.id));
	cursor = mem_new(session->ctx, sizeof(*cursor));
	if (!cursor)
		return EFILE_E_NOMEM;
	cursor->at = at;
	*out = cursor;
	return EFILE_OK;
}

efile_status deputy_in_force(bool *out, efile_store *store, const deputy_record *row,
			     const char *today)
{
	*out = day_within(row->valid_from, row->valid_until, today);
	if (*out && row->only_absent)
		return access_db_is_absent(out, store, row->principal, today);
	return EFILE_OK;
}

static efile_status show(efile_deputy *out, efile_session *session, const deputy_record *row)
{
	char today[EFILE_DATE_TEXT_SIZE];
	bool in_force;

	efile_date_format(session->today, today);
	TRY(deputy_in_force(&in_force, session->store, row, today));
	TRY(access_actor_of_row(&out->principal.id, NULL, session, row->principal));
	TRY(access_actor_of_row(&out->deputy.id, NULL, session, row->deputy));
	out->from = day_of(row->valid_from);
	out->until = day_of(row->valid_until);
	out->rights = (unsigned)row->rights;
	out->only_absent = row->only_absent != 0;
	out->today = in_force;
	return EFILE_OK;
}

efile_status efile_deputy_cursor_next(efile_deputy_cursor *cursor, efile_deputy *deputy)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(deputy_record) row = { { 0, 0 } };
	efile_deputy found;
	efile_status status;

	TRY(session_enter(&call, cursor ? cursor->at.session : NULL));
	TRY(need_out(cursor->at.session, deputy));
	TRY(session_begin_read(&tx, cursor->at.session));
	status = access_db_deputy_next(&row, cursor->at.session->store, cursor->at.after,
				       cursor->at.first, cursor->at.second);
	if (status != EFILE_OK)
		return status;
	TRY(show(&found, cursor->at.session, &row));
	cursor->at.after = row.head.id;
	*deputy = found;
	return EFILE_OK;
}

void efile_deputy_cursor_free(efile_deputy_cursor *cursor)
{
	free(cursor);
}

/* ------------------------------------------------------------------ absence */

static efile_status put_absence(efile_session *session, int64_t person, efile_date from,
				efile_date until)
{
	AUTO(absence_record) row = { { 0, 0 } };
	char first[EFILE_DATE_TEXT_SIZE], last[EFILE_DATE_TEXT_SIZE];
	efile_status status;

	efile_date_format(from, first);
	status = access_db_absence(&row, session->store, person, first);
	if (status != EFILE_E_NOTFOUND)
		TRY(status);
	free(row.valid_until);
	row.valid_until = NULL;
	TRY(mem_dup(&row.valid_until, session->ctx, day_text(until, last)));
	if (row.head.id)
		return row_update(session->store, &absence_kind, &row);
	TRY(mem_dup(&row.valid_from, session->ctx, first));
	row.actor = person;
	return row_insert(session->store, &absence_kind, &row);
}

efile_status efile_absence_set(efile_session *session, efile_actor_id person, efile_date from,
			       efile_date until)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(actor_record) who = { { 0, 0 } };

	TRY(session_enter(&call, session));
	TRY(day_check_period(session->ctx, from, until));
	if (date_none(from))
		return FAIL(session->ctx, EFILE_E_INVALID, 1353, "an absence needs its first day");
	TRY(session_begin(&tx, session));
	TRY(require_own_matter(session, &person.id));
	TRY(actor_require_person(&who, session, &person.id));
	TRY(put_absence(session, who.head.id, from, until));
	TRY(changed(session, JOURNAL_ABSENCE_CHANGED, &who, NULL, from, until));
	return txn_commit(&tx);
}

efile_status efile_absence_remove(efile_session *session, efile_actor_id person, efile_date from)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(actor_record) who = { { 0, 0 } };
	AUTO(absence_record) row = { { 0, 0 } };
	char first[EFILE_DATE_TEXT_SIZE] = "";
	efile_date none = { 0, 0, 0, 0 };
	efile_status status;

	TRY(session_enter(&call, session));
	TRY(day_check_period(session->ctx, from, none));
	TRY(session_begin(&tx, session));
	TRY(require_own_matter(session, &person.id));
	TRY(actor_require(&who, session, &person.id));
	status = access_db_absence(&row, session->store, who.head.id,
				   date_none(from) ? "" : efile_date_format(from, first));
	if (status == EFILE_E_NOTFOUND)
		return FAIL(session->ctx, EFILE_E_NOTFOUND, 1354, "no absence of %s from that day",
			    who.name);
	TRY(status);
	TRY(row_delete(session->store, &absence_kind, &row));
	TRY(changed(session, JOURNAL_ABSENCE_CHANGED, &who, NULL, none, none));
	return txn_commit(&tx);
}

efile_status efile_absence_today(efile_session *session, efile_actor_id person, int *out)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(actor_record) who = { { 0, 0 } };
	char today[EFILE_DATE_TEXT_SIZE];
	bool absent;

	TRY(session_enter(&call, session));
	TRY(need_out(session, out));
	TRY(session_begin_read(&tx, session));
	TRY(actor_require(&who, session, &person.id));
	efile_date_format(session->today, today);
	TRY(access_db_is_absent(&absent, session->store, who.head.id, today));
	*out = absent;
	return EFILE_OK;
}

/* ------------------------------------------------------------------ desks of others */

typedef struct stand_ins {
	access_stand_in *items;
	size_t count, capacity;
} stand_ins;

static efile_status add_circle(stand_ins *all, efile_session *session, int64_t principal,
			       const char *today)
{
	id_set circle = { NULL, 0, 0 };
	efile_status status = access_db_closure(&circle, session->store, principal, today);

	for (size_t i = 0; i < circle.count && status == EFILE_OK; i++) {
		void *items = all->items;

		if (id_set_has(&session->subjects, circle.ids[i]))
			continue;
		status = mem_grow(session->ctx, &items, &all->capacity, all->count,
				  sizeof(*all->items));
		all->items = items;
		if (status == EFILE_OK)
			all->items[all->count++] = (access_stand_in){ circle.ids[i], principal };
	}
	id_set_clear(&circle);
	return status;
}

static efile_status add_stand_ins(stand_ins *all, efile_session *session)
{
	char today[EFILE_DATE_TEXT_SIZE];
	int64_t after = 0;

	efile_date_format(session->today, today);
	for (;;) {
		AUTO(deputy_record) row = { { 0, 0 } };
		efile_status status = access_db_deputy_next(&row, session->store, after, 0,
							    session->actor_row);
		bool in_force;

		if (status != EFILE_OK)
			return status == EFILE_DONE ? EFILE_OK : status;
		after = row.head.id;
		TRY(deputy_in_force(&in_force, session->store, &row, today));
		if (in_force)
			TRY(add_circle(all, session, row.principal, today));
	}
}

efile_status access_stand_ins(access_stand_in **out, size_t *count, efile_session *session)
{
	stand_ins all = { NULL, 0, 0 };
	efile_status status = session_refresh(session);

	if (status == EFILE_OK && !session->behalf_row && session->denial == SESSION_PERMITTED)
		status = add_stand_ins(&all, session);
	if (status < 0) {
		free(all.items);
		return status;
	}
	*out = all.items;
	*count = all.count;
	return EFILE_OK;
}

/* ------------------------------------------------------------------ who looks for whom */

enum { CHAIN_MAX = 1000 };

/* All whom a person may substitute (up), or who may substitute it, and so on from each of them. */
static efile_status follow(id_set *all, efile_session *session, int64_t from, bool up,
			   const char *today)
{
	TRY(id_set_add(all, session->ctx, from));
	for (size_t i = 0; i < all->count && all->count < CHAIN_MAX; i++) {
		int64_t person = all->ids[i];

		for (int64_t after = 0;;) {
			AUTO(deputy_record) row = { { 0, 0 } };
			efile_status status = access_db_deputy_next(&row, session->store, after,
								    up ? 0 : person, up ? person : 0);

			TRY(status);
			if (status == EFILE_DONE)
				break;
			after = row.head.id;
			if (day_within(row.valid_from, row.valid_until, today))
				TRY(id_set_add(all, session->ctx, up ? row.principal : row.deputy));
		}
	}
	return EFILE_OK;
}

efile_status access_substitute(bool *out, efile_session *session, const efile_id *a,
			       const efile_id *b)
{
	char today[EFILE_DATE_TEXT_SIZE];
	efile_status status = EFILE_OK;
	int64_t from, to;

	TRY(session_refresh(session));
	TRY(access_actor_row(&from, session, a));
	TRY(access_actor_row(&to, session, b));
	efile_date_format(session->today, today);
	*out = from == to;
	for (int up = 0; up < 2 && !*out && status == EFILE_OK; up++) {
		id_set all = { NULL, 0, 0 };

		status = follow(&all, session, from, up != 0, today);
		*out = status == EFILE_OK && id_set_has(&all, to);
		id_set_clear(&all);
	}
	return status;
}
