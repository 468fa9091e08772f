/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first actor of a store, and which logins may act as whom. */
#include <stdlib.h>
#include <string.h>

#include "access/inner.h"
#include "base/json.h"

static const char administrator[] = "administrator";

/* ------------------------------------------------------------------ the first actor */

static efile_status insert_first(actor_record *person, efile_store *store, const char *login,
				 const char *name, const char *display)
{
	AUTO(actor_record) role = { { 0, 0 } };
	AUTO(membership_record) member = { { 0, 0 } };
	AUTO(login_record) permit = { { 0, 0 } };
	efile_actor_options o;

	efile_actor_options_init(&o);
	TRY(actor_insert(&role, store, EFILE_ACTOR_ROLE, administrator, &o));
	o.display = display;
	TRY(actor_insert(person, store, EFILE_ACTOR_PERSON, name, &o));
	member.member = person->head.id;
	member.container = role.head.id;
	TRY(row_insert(store, &membership_kind, &member));
	permit.actor = person->head.id;
	TRY(mem_dup(&permit.login, store_ctx(store), login));
	return row_insert(store, &login_kind, &permit);
}

static efile_status bootstrap(efile_actor_id *out, efile_store *store, const char *login,
			      const char *name, const char *display)
{
	efile_ctx *ctx = store_ctx(store);
	AUTO(txn) tx = TXN_NONE;
	AUTO(buf) body = BUF_INIT;
	AUTO(actor_record) person = { { 0, 0 } };
	journal_entry entry = { .action = JOURNAL_ACTOR_CREATED, .object_kind = RECORD_ACTOR };
	bool any;

	TRY(txn_begin(&tx, store));
	TRY(access_db_any_actor(&any, store));
	if (any)
		return FAIL(ctx, EFILE_E_EXISTS, 1340, "this store has its first actor already");
	TRY(insert_first(&person, store, login, name, display));
	TRY(access_db_touch(store));
	TRY(actor_describe(&body, ctx, &person));
	entry.object = person.uuid;
	entry.body = buf_text(&body);
	TRY(journal_append(store, &entry));
	TRY(txn_commit(&tx));
	if (out)
		out->id = person.uuid;
	return EFILE_OK;
}

efile_status efile_access_bootstrap(efile_actor_id *out, efile_store *store, const char *login,
				    const char *name, const char *display)
{
	AUTO_PTR(char) own = NULL;
	efile_ctx *ctx;

	if (!store)
		return EFILE_E_INVALID;
	TRY(store_enter(store));
	ctx = store_ctx(store);
	if (!login) {
		TRY(login_of_process(&own, ctx));
		login = own;
	}
	TRY(actor_check_key(ctx, login, ACTOR_LOGIN_BYTES));
	TRY(actor_check_key(ctx, name, ACTOR_NAME_BYTES));
	TRY(actor_check_text(ctx, display));
	if (strcmp(name, administrator) == 0)
		return FAIL(ctx, EFILE_E_INVALID, 1341, "%s is the name of the role", name);
	return bootstrap(out, store, login, name, display);
}

/* ------------------------------------------------------------------ logins */

static efile_status login_changed(efile_session *session, const actor_record *person,
				  const char *login, bool permitted)
{
	AUTO(buf) body = BUF_INIT;
	json_writer w;

	json_begin(&w, &body);
	json_object(&w);
	json_put_text(&w, "login", login);
	json_put_bool(&w, "permitted", permitted);
	json_end_object(&w);
	TRY(buf_status(&body, session->ctx));
	return access_changed(session, JOURNAL_LOGIN_CHANGED, RECORD_ACTOR, &person->uuid,
			      buf_text(&body));
}

efile_status efile_login_permit(efile_session *session, const char *login, efile_actor_id person)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(actor_record) actor = { { 0, 0 } };
	AUTO(login_record) row = { { 0, 0 } };
	efile_status status;

	TRY(session_enter(&call, session));
	TRY(actor_check_key(session->ctx, login, ACTOR_LOGIN_BYTES));
	TRY(session_begin(&tx, session));
	TRY(access_require_administrator(session, RECORD_ACTOR, &person.id));
	TRY(actor_require_person(&actor, session, &person.id));
	status = access_db_login(&row, session->store, login, actor.head.id);
	if (status != EFILE_E_NOTFOUND)
		return status;
	row.actor = actor.head.id;
	TRY(mem_dup(&row.login, session->ctx, login));
	TRY(row_insert(session->store, &login_kind, &row));
	TRY(login_changed(session, &actor, login, true));
	return txn_commit(&tx);
}

efile_status efile_login_revoke(efile_session *session, const char *login, efile_actor_id person)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(actor_record) actor = { { 0, 0 } };
	AUTO(login_record) row = { { 0, 0 } };
	efile_status status;

	TRY(session_enter(&call, session));
	TRY(actor_check_key(session->ctx, login, ACTOR_LOGIN_BYTES));
	TRY(session_begin(&tx, session));
	TRY(access_require_administrator(session, RECORD_ACTOR, &person.id));
	TRY(actor_require(&actor, session, &person.id));
	status = access_db_login(&row, session->store, login, actor.head.id);
	if (status == EFILE_E_NOTFOUND)
		return FAIL(session->ctx, EFILE_E_NOTFOUND, 1342, "login %s may not act as %s anyway",
			    login, actor.name);
	TRY(status);
	TRY(row_delete(session->store, &login_kind, &row));
	TRY(access_keep_administrator(session));
	TRY(login_changed(session, &actor, login, false));
	return txn_commit(&tx);
}
