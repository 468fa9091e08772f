/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "access/session.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access/inner.h"
#include "base/json.h"

void efile_session_options_init(efile_session_options *options)
{
	if (options)
		*options = (efile_session_options){ .size = sizeof(*options) };
}

efile_status login_of_process(char **out, efile_ctx *ctx)
{
	char room[4096], text[300];
	struct passwd entry, *found = NULL;

	if (getpwuid_r(geteuid(), &entry, room, sizeof(room), &found) == 0 && found)
		snprintf(text, sizeof(text), "os:%s", entry.pw_name);
	else
		snprintf(text, sizeof(text), "os:#%lu", (unsigned long)geteuid());
	return mem_dup(out, ctx, text);
}

/* ------------------------------------------------------------------ what holds today */

static void forget(efile_session *session)
{
	session->fresh = false;
	session->denial = SESSION_NO_LOGIN;
	session->administrator = false;
	session->administrator_row = 0;
	session->clearance = 0;
	session->passed_on = 0;
	id_set_reset(&session->own);
	id_set_reset(&session->principal);
	id_set_reset(&session->subjects);
	session->grant_count = 0;
	session->grants_all = false;
	session->visible_right = 0;
	session->epoch = session->snapshot = 0;
	actors_forget(session);
}

static efile_status refresh_person(efile_session *session, const char *today)
{
	efile_store *store = session->store;
	AUTO(actor_record) actor = { { 0, 0 } };
	AUTO(login_record) login = { { 0, 0 } };
	efile_status status;

	TRY(access_db_actor(&actor, store, session->actor_row));
	session->clearance = (int)actor.clearance;
	TRY(access_db_closure(&session->own, store, session->actor_row, today));
	TRY(access_db_administrator_role(&session->administrator_row, store));
	session->administrator = !session->behalf_row && session->administrator_row &&
				 id_set_has(&session->own, session->administrator_row);
	status = access_db_login(&login, store, session->login, session->actor_row);
	if (status == EFILE_E_NOTFOUND || !actor.active)
		return EFILE_OK;
	TRY(status);
	session->denial = SESSION_PERMITTED;
	return EFILE_OK;
}

static efile_status refresh_principal(efile_session *session, const char *today)
{
	AUTO(deputy_record) row = { { 0, 0 } };
	efile_status status = access_db_deputy(&row, session->store, session->behalf_row,
					       session->actor_row);
	bool in_force = false;

	if (status != EFILE_E_NOTFOUND) {
		TRY(status);
		TRY(deputy_in_force(&in_force, session->store, &row, today));
	}
	if (in_force) {
		session->passed_on = (unsigned)row.rights & ~(unsigned)EFILE_RIGHT_GRANT;
		TRY(access_db_closure(&session->principal, session->store, session->behalf_row,
				      today));
	}
	/* The closure of an inactive principal is empty. */
	if (!session->principal.count && session->denial == SESSION_PERMITTED)
		session->denial = SESSION_NO_DEPUTY;
	return EFILE_OK;
}

static efile_status refresh_subjects(efile_session *session)
{
	for (size_t i = 0; i < session->own.count; i++)
		TRY(id_set_add(&session->subjects, session->ctx, session->own.ids[i]));
	for (size_t i = 0; i < session->principal.count; i++)
		TRY(id_set_add(&session->subjects, session->ctx, session->principal.ids[i]));
	return EFILE_OK;
}

static efile_status refresh_all(efile_session *session, efile_date today)
{
	char text[EFILE_DATE_TEXT_SIZE];
	AUTO(txn) tx = TXN_NONE;

	TRY(txn_begin_read(&tx, session->store));
	TRY(access_db_stamp(&session->stamp, session->store));
	efile_date_format(today, text);
	TRY(refresh_person(session, text));
	if (session->behalf_row)
		TRY(refresh_principal(session, text));
	TRY(refresh_subjects(session));
	session->today = today;
	session->fresh = true;
	return EFILE_OK;
}

efile_status session_refresh(efile_session *session)
{
	/* A writer knows whether anybody else has written; what it writes itself begins an epoch. */
	uint64_t epoch = store_is_writing(session->store) ? store_epoch(session->store) : 0;
	uint64_t snapshot = store_snapshot(session->store);
	bool known = (epoch && epoch == session->epoch) || (snapshot && snapshot == session->snapshot);
	efile_date today;
	int64_t stamp;

	TRY(access_today(&today, session->store));
	if (session->fresh && known && date_compare(today, session->today) == 0)
		return EFILE_OK;
	TRY(access_db_stamp(&stamp, session->store));
	if (!session->fresh || stamp != session->stamp ||
	    date_compare(today, session->today) != 0) {
		forget(session);
		TRY(refresh_all(session, today));
	}
	if (epoch)
		session->epoch = epoch;
	session->snapshot = snapshot;
	return EFILE_OK;
}

efile_status session_clearance(int *out, efile_session *session)
{
	TRY(session_refresh(session));
	*out = session->clearance;
	return EFILE_OK;
}

/* ------------------------------------------------------------------ opening */

/* Who is meant; an unknown one leaves the row 0, which no login may act as. */
static efile_status resolve(efile_id *id, int64_t *row, char **name, efile_session *session,
			    const char *asked)
{
	AUTO(actor_record) actor = { { 0, 0 } };
	efile_status status = actor_lookup(&actor, session->store, asked);

	if (status == EFILE_E_NOTFOUND || (status == EFILE_OK && actor.kind != EFILE_ACTOR_PERSON))
		return name ? mem_dup(name, session->ctx, asked) : EFILE_OK;
	TRY(status);
	*id = actor.uuid;
	*row = actor.head.id;
	if (name)
		*name = STEAL(actor.name);
	return EFILE_OK;
}

static efile_status fill(efile_session *session, const char *actor,
			 const efile_session_options *o)
{
	if (o->login)
		TRY(mem_dup(&session->login, session->ctx, o->login));
	else
		TRY(login_of_process(&session->login, session->ctx));
	TRY(mem_dup(&session->purpose, session->ctx, o->purpose));
	TRY(mem_dup(&session->emergency, session->ctx, o->break_glass_reason));
	TRY(resolve(&session->actor, &session->actor_row, &session->actor_name, session, actor));
	if (o->on_behalf_of)
		TRY(resolve(&session->behalf, &session->behalf_row, NULL, session, o->on_behalf_of));
	return EFILE_OK;
}

/* The message of a session that may not be. */
static efile_status refused(efile_session *session, const efile_session_options *o)
{
	efile_ctx *ctx = session->ctx;

	if (session->denial == SESSION_NO_LOGIN)
		return FAIL(ctx, EFILE_E_DENIED, 1300, "login %s may not act as %s", session->login,
			    session->actor_name);
	if (session->denial == SESSION_NO_DEPUTY)
		return FAIL(ctx, EFILE_E_DENIED, 1301, "%s is not the deputy of %s today",
			    session->actor_name, o->on_behalf_of);
	if (session->emergency && session->administrator)
		return FAIL(ctx, EFILE_E_DENIED, 1302,
			    "administrators cannot have emergency access: %s", session->actor_name);
	return EFILE_OK;
}

/* Nobody has shown to be the actor: the entry has none, and names the login. */
static efile_status journal_refused(efile_session *session, const efile_session_options *o)
{
	AUTO(buf) body = BUF_INIT;
	AUTO(txn) tx = TXN_NONE;
	journal_entry entry = { .action = JOURNAL_ACCESS_REFUSED, .object = session->actor };
	json_writer w;

	if (store_is_read_only(session->store))
		return EFILE_OK;
	json_begin(&w, &body);
	json_object(&w);
	json_put_text(&w, "login", session->login);
	json_put_text(&w, "as", session->actor_name);
	json_put_text(&w, "on_behalf_of", o->on_behalf_of);
	json_put_text(&w, "break_glass_reason", session->emergency);
	json_end_object(&w);
	TRY(buf_status(&body, session->ctx));
	entry.object_kind = session->actor_row ? RECORD_ACTOR : (record_number)0;
	entry.body = buf_text(&body);
	TRY(txn_begin(&tx, session->store));
	TRY(journal_append(session->store, &entry));
	return txn_commit(&tx);
}

static efile_status journal_emergency(efile_session *session)
{
	AUTO(buf) body = BUF_INIT;
	AUTO(txn) tx = TXN_NONE;
	json_writer w;

	json_begin(&w, &body);
	json_object(&w);
	json_put_text(&w, "login", session->login);
	json_put_text(&w, "reason", session->emergency);
	json_put_text(&w, "purpose", session->purpose);
	json_end_object(&w);
	TRY(buf_status(&body, session->ctx));
	TRY(txn_begin(&tx, session->store));
	TRY(session_journal(session, JOURNAL_BREAK_GLASS, RECORD_ACTOR, &session->actor, 0,
			    buf_text(&body)));
	TRY(txn_commit(&tx));
	ctx_log(session->ctx, EFILE_LOG_WARNING, "access", "emergency access was opened");
	return EFILE_OK;
}

/* Journals the refusal and keeps its message. If the log cannot take it, the refusal stands. */
static efile_status refuse(efile_session *session, const efile_session_options *o)
{
	__typeof__(session->ctx->error) saved = session->ctx->error;

	if (journal_refused(session, o) < 0)
		ctx_log(session->ctx, EFILE_LOG_ERROR, "access", "a refusal could not be journaled");
	session->ctx->error = saved;
	return saved.status;
}

static efile_status check_options(efile_ctx *ctx, const char *actor, const efile_session_options *o)
{
	if (!actor || !*actor)
		return FAIL(ctx, EFILE_E_INVALID, 1303, "a session needs an actor");
	if (o->break_glass_reason && !*o->break_glass_reason)
		return FAIL(ctx, EFILE_E_INVALID, 1304, "emergency access needs a reason");
	if (o->break_glass_reason && o->on_behalf_of)
		return FAIL(ctx, EFILE_E_INVALID, 1305,
			    "emergency access is not given on behalf of another");
	return EFILE_OK;
}

/* What holds for the one who asks; nobody is permitted without a row. */
static efile_status evaluate(efile_session *session, const efile_session_options *o)
{
	session->denial = SESSION_NO_LOGIN;
	if (!session->actor_row)
		return EFILE_OK;
	TRY(session_refresh(session));
	if (o->on_behalf_of && !session->behalf_row && session->denial == SESSION_PERMITTED)
		session->denial = SESSION_NO_DEPUTY;
	return EFILE_OK;
}

efile_status efile_session_open(efile_session **out, efile_store *store, const char *actor,
				const efile_session_options *options)
{
	efile_session_options o;
	AUTO_PTR(efile_session) session = NULL;

	if (!out || !store)
		return EFILE_E_INVALID;
	TRY(store_enter(store));
	efile_session_options_init(&o);
	TRY(options_import(store_ctx(store), &o, sizeof(o), options));
	TRY(check_options(store_ctx(store), actor, &o));
	session = mem_new(store_ctx(store), sizeof(*session));
	if (!session)
		return EFILE_E_NOMEM;
	session->ctx = store_ctx(store);
	session->store = store;
	TRY(fill(session, actor, &o));
	TRY(evaluate(session, &o));
	if (refused(session, &o) < 0)
		return refuse(session, &o);
	if (session->emergency)
		TRY(journal_emergency(session));
	*out = STEAL(session);
	return EFILE_OK;
}

void efile_session_close(efile_session *session)
{
	session_call last = { session };

	if (!session)
		return;
	session->depth++;
	session_call_clear(&last);
	id_set_clear(&session->own);
	id_set_clear(&session->principal);
	id_set_clear(&session->subjects);
	id_set_clear(&session->visible);
	free(session->grants);
	free(session->refusals);
	actors_forget(session);
	free(session->named);
	free(session->sighted.items);
	free(session->to_sight.items);
	free(session->actor_name);
	free(session->login);
	free(session->purpose);
	free(session->emergency);
	free(session);
}

/* ------------------------------------------------------------------ calls and transactions */

efile_status session_enter(session_call *call, efile_session *session)
{
	if (!session)
		return EFILE_E_INVALID;
	TRY(store_enter(session->store));
	session->depth++;
	call->session = session;
	return EFILE_OK;
}

void session_call_clear(session_call *call)
{
	efile_session *session = call->session;
	efile_ctx *ctx;

	if (!session)
		return;
	call->session = NULL;
	if (--session->depth > 0 || !session->refusal_count)
		return;
	ctx = session->ctx;
	__typeof__(ctx->error) saved = ctx->error;

	if (refusal_flush(session) < 0)
		ctx_log(ctx, EFILE_LOG_ERROR, "access", "refusals could not be journaled yet");
	ctx->error = saved;
}

static efile_status require_permitted(efile_session *session)
{
	TRY(session_refresh(session));
	if (session->denial != SESSION_PERMITTED)
		return FAIL(session->ctx, EFILE_E_DENIED, 1306,
			    "the permission of this session has ended");
	return EFILE_OK;
}

efile_status session_begin(txn *tx, efile_session *session)
{
	TRY(txn_begin(tx, session->store));
	return require_permitted(session);
}

efile_status session_begin_read(txn *tx, efile_session *session)
{
	/* Emergency access journals what it reads: a snapshot could not be written from. */
	if (!session->emergency)
		TRY(txn_begin_read(tx, session->store));
	return require_permitted(session);
}

efile_status session_journal(efile_session *session, journal_action action,
			     record_number object_kind, const efile_id *object, int64_t chain,
			     const char *body)
{
	journal_entry entry = {
		.chain = chain,
		.action = action,
		.actor = session->actor,
		.behalf = session->behalf,
		.object_kind = object_kind,
		.object = object ? *object : EFILE_ID_NONE,
		.body = body,
		.session = session,
	};

	return journal_append(session->store, &entry);
}

efile_status need_out(efile_session *session, const void *out)
{
	if (!out)
		return FAIL(session->ctx, EFILE_E_INVALID, 1307, "no place for the answer");
	return EFILE_OK;
}

/* ------------------------------------------------------------------ what a session tells */

efile_store *efile_session_store(const efile_session *session)
{
	return session ? session->store : NULL;
}

efile_actor_id efile_session_actor(const efile_session *session)
{
	return (efile_actor_id){ session ? session->actor : EFILE_ID_NONE };
}

const char *efile_session_actor_name(const efile_session *session)
{
	return session ? session->actor_name : NULL;
}

efile_actor_id efile_session_behalf(const efile_session *session)
{
	return (efile_actor_id){ session ? session->behalf : EFILE_ID_NONE };
}

efile_status efile_session_is_administrator(efile_session *session, int *out)
{
	AUTO(session_call) call = SESSION_CALL_NONE;

	TRY(session_enter(&call, session));
	TRY(need_out(session, out));
	TRY(session_refresh(session));
	*out = session->denial == SESSION_PERMITTED && session->administrator;
	return EFILE_OK;
}
