/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Persons, units, positions, roles, groups. */
#include <stdlib.h>
#include <string.h>

#include "access/inner.h"
#include "base/json.h"

enum { DISPLAY_BYTES = 500 };

void efile_actor_options_init(efile_actor_options *options)
{
	if (options)
		*options = (efile_actor_options){ .size = sizeof(*options),
						  .active = -1, .clearance = -1 };
}

void efile_actor_filter_init(efile_actor_filter *filter)
{
	if (filter)
		*filter = (efile_actor_filter){ .size = sizeof(*filter) };
}

/* ------------------------------------------------------------------ finding */

efile_status actor_lookup(actor_record *out, efile_store *store, const char *name)
{
	efile_id id;

	if (efile_id_parse(&id, name) == EFILE_OK)
		return access_db_actor_by_id(out, store, &id);
	return access_db_actor_by_name(out, store, name);
}

static efile_status no_actor(efile_ctx *ctx, const char *name)
{
	return FAIL(ctx, EFILE_E_NOTFOUND, 1330, "no such actor: %s", name);
}

efile_status actor_require(actor_record *out, efile_session *session, const efile_id *id)
{
	char text[EFILE_ID_TEXT_SIZE];
	efile_status status = access_db_actor_by_id(out, session->store, id);

	return status == EFILE_E_NOTFOUND ? no_actor(session->ctx, efile_id_format(id, text)) : status;
}

efile_status actor_require_person(actor_record *out, efile_session *session, const efile_id *id)
{
	TRY(actor_require(out, session, id));
	if (out->kind != EFILE_ACTOR_PERSON)
		return FAIL(session->ctx, EFILE_E_INVALID, 1331, "%s is not a person", out->name);
	return EFILE_OK;
}

/* ------------------------------------------------------------------ by name, again and again */

enum { NAMED_MAX = 100 };

void actors_forget(efile_session *session)
{
	while (session->named_count)
		free(session->named[--session->named_count].name);
}

static const access_actor *known(const efile_session *session, const char *name, size_t length)
{
	for (size_t i = 0; i < session->named_count; i++)
		if (strncmp(session->named[i].name, name, length) == 0 &&
		    !session->named[i].name[length])
			return &session->named[i];
	return NULL;
}

efile_status access_actor_named(const access_actor **out, efile_session *session, const char *name,
				size_t length)
{
	AUTO(actor_record) r = { { 0, 0 } };
	AUTO_PTR(char) text = NULL;
	efile_status status;

	TRY(session_refresh(session));
	*out = known(session, name, length);
	if (*out)
		return EFILE_OK;
	TRY(mem_dup_bytes(&text, session->ctx, name, length));
	status = actor_lookup(&r, session->store, text);
	if (status == EFILE_E_NOTFOUND)
		return no_actor(session->ctx, text);
	TRY(status);
	if (session->named_count == NAMED_MAX)
		actors_forget(session);
	TRY(mem_grow(session->ctx, (void **)&session->named, &session->named_capacity,
		     session->named_count, sizeof(*session->named)));
	session->named[session->named_count] = (access_actor){ STEAL(text), r.uuid, r.head.id,
							       (efile_actor_kind)r.kind,
							       r.active != 0 };
	*out = &session->named[session->named_count++];
	return EFILE_OK;
}

efile_status access_actor_row(int64_t *out, efile_session *session, const efile_id *actor)
{
	AUTO(actor_record) r = { { 0, 0 } };

	TRY(actor_require(&r, session, actor));
	*out = r.head.id;
	return EFILE_OK;
}

efile_status access_person_row(int64_t *out, efile_session *session, const efile_id *person)
{
	AUTO(actor_record) r = { { 0, 0 } };

	TRY(actor_require_person(&r, session, person));
	if (!r.active)
		return FAIL(session->ctx, EFILE_E_STATE, 1308, "%s is not active", r.name);
	*out = r.head.id;
	return EFILE_OK;
}

efile_status access_actor_of_row(efile_id *out, char **name, efile_session *session, int64_t row)
{
	AUTO(actor_record) r = { { 0, 0 } };
	efile_status status = access_db_actor(&r, session->store, row);

	if (status == EFILE_E_NOTFOUND)
		return no_actor(session->ctx, "-");
	TRY(status);
	*out = r.uuid;
	if (name)
		*name = STEAL(r.name);
	return EFILE_OK;
}

efile_status access_actor_display(char **out, efile_session *session, const efile_id *actor)
{
	AUTO(actor_record) r = { { 0, 0 } };
	efile_status status = access_db_actor_by_id(&r, session->store, actor);

	if (status == EFILE_E_NOTFOUND)
		return no_actor(session->ctx, "-");
	TRY(status);
	return mem_dup(out, session->ctx, r.display && *r.display ? r.display : r.name);
}

efile_status actor_narrow(int64_t *out, efile_session *session, const efile_id *id)
{
	*out = 0;
	return efile_id_is_none(id) ? EFILE_OK : access_actor_row(out, session, id);
}

efile_status efile_actor_find(efile_actor_id *out, efile_session *session, const char *name)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(actor_record) actor = { { 0, 0 } };
	efile_status status;

	TRY(session_enter(&call, session));
	if (!out || !name)
		return FAIL(session->ctx, EFILE_E_INVALID, 1332, "whom to find?");
	TRY(session_begin_read(&tx, session));
	status = actor_lookup(&actor, session->store, name);
	if (status == EFILE_E_NOTFOUND)
		return no_actor(session->ctx, name);
	TRY(status);
	out->id = actor.uuid;
	return EFILE_OK;
}

/* ------------------------------------------------------------------ checks */

efile_status actor_check_key(efile_ctx *ctx, const char *key, size_t limit)
{
	efile_id id;
	size_t length = key ? strlen(key) : 0;
	bool good = length > 0 && length <= limit && str_utf8_valid(key, length) &&
		    efile_id_parse(&id, key) != EFILE_OK;

	for (size_t i = 0; good && i < length; i++)
		good = (unsigned char)key[i] > 0x20 && key[i] != 0x7f;
	if (!good)
		return FAIL(ctx, EFILE_E_INVALID, 1333,
			    "a name has 1 to %d bytes of UTF-8 without white space", (int)limit);
	return EFILE_OK;
}

efile_status actor_check_text(efile_ctx *ctx, const char *text)
{
	size_t length = text ? strlen(text) : 0;

	if (length > DISPLAY_BYTES || !str_utf8_valid(text ? text : "", length))
		return FAIL(ctx, EFILE_E_INVALID, 1334,
			    "a display name or address has at most %d bytes of UTF-8", DISPLAY_BYTES);
	return EFILE_OK;
}

static efile_status check_options(efile_ctx *ctx, const efile_actor_options *o)
{
	TRY(actor_check_text(ctx, o->display));
	TRY(actor_check_text(ctx, o->mail));
	if (o->active < -1 || o->active > 1)
		return FAIL(ctx, EFILE_E_INVALID, 1335, "an actor is active or not");
	if (o->clearance != -1 && !efile_confidentiality_name((efile_confidentiality)o->clearance))
		return FAIL(ctx, EFILE_E_INVALID, 1336, "no confidentiality level: %d", o->clearance);
	return EFILE_OK;
}

static efile_status check_free(efile_ctx *ctx, efile_store *store, const char *name)
{
	AUTO(actor_record) other = { { 0, 0 } };
	efile_status status = access_db_actor_by_name(&other, store, name);

	if (status == EFILE_OK)
		return FAIL(ctx, EFILE_E_EXISTS, 1337, "there is an actor %s already", name);
	return status == EFILE_E_NOTFOUND ? EFILE_OK : status;
}

/* ------------------------------------------------------------------ changing */

/* A text that the options set: "" empties it. */
static efile_status set_text(char **field, efile_ctx *ctx, const char *text)
{
	char *copy = NULL;

	if (!text)
		return EFILE_OK;
	TRY(mem_dup(&copy, ctx, *text ? text : NULL));
	free(*field);
	*field = copy;
	return EFILE_OK;
}

static efile_status apply(actor_record *actor, efile_ctx *ctx, const efile_actor_options *o)
{
	TRY(set_text(&actor->display, ctx, o->display));
	TRY(set_text(&actor->mail, ctx, o->mail));
	if (!actor->display)
		TRY(mem_dup(&actor->display, ctx, actor->name));
	if (o->active >= 0)
		actor->active = o->active;
	if (o->clearance >= 0)
		actor->clearance = o->clearance;
	return EFILE_OK;
}

efile_status actor_insert(actor_record *out, efile_store *store, efile_actor_kind kind,
			   const char *name, const efile_actor_options *o)
{
	efile_ctx *ctx = store_ctx(store);

	TRY(id_new(&out->uuid, ctx));
	TRY(mem_dup(&out->name, ctx, name));
	out->kind = kind;
	out->active = 1;
	TRY(apply(out, ctx, o));
	return row_insert(store, &actor_kind, out);
}

efile_status actor_describe(buf *body, efile_ctx *ctx, const actor_record *actor)
{
	json_writer w;

	json_begin(&w, body);
	json_object(&w);
	json_put_text(&w, "name", actor->name);
	json_put_text(&w, "kind", efile_actor_kind_name((efile_actor_kind)actor->kind));
	json_put_bool(&w, "active", actor->active != 0);
	json_put_text(&w, "clearance",
		      efile_confidentiality_name((efile_confidentiality)actor->clearance));
	json_end_object(&w);
	return buf_status(body, ctx);
}

efile_status efile_actor_create(efile_actor_id *out, efile_session *session, efile_actor_kind kind,
				const char *name, const efile_actor_options *options)
{
	efile_actor_options o;
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(buf) body = BUF_INIT;
	AUTO(actor_record) actor = { { 0, 0 } };

	TRY(session_enter(&call, session));
	efile_actor_options_init(&o);
	TRY(options_import(session->ctx, &o, sizeof(o), options));
	if (!out || !efile_actor_kind_name(kind))
		return FAIL(session->ctx, EFILE_E_INVALID, 1338, "no kind of actor: %d", (int)kind);
	TRY(actor_check_key(session->ctx, name, ACTOR_NAME_BYTES));
	TRY(check_options(session->ctx, &o));
	TRY(session_begin(&tx, session));
	TRY(access_require_administrator(session, RECORD_ACTOR, NULL));
	TRY(check_free(session->ctx, session->store, name));
	TRY(actor_insert(&actor, session->store, kind, name, &o));
	TRY(actor_describe(&body, session->ctx, &actor));
	TRY(access_changed(session, JOURNAL_ACTOR_CREATED, RECORD_ACTOR, &actor.uuid,
			   buf_text(&body)));
	TRY(txn_commit(&tx));
	out->id = actor.uuid;
	return EFILE_OK;
}

efile_status efile_actor_update(efile_session *session, efile_actor_id id,
				const efile_actor_options *options)
{
	efile_actor_options o;
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(buf) body = BUF_INIT;
	AUTO(actor_record) actor = { { 0, 0 } };

	TRY(session_enter(&call, session));
	efile_actor_options_init(&o);
	TRY(options_import(session->ctx, &o, sizeof(o), options));
	TRY(check_options(session->ctx, &o));
	TRY(session_begin(&tx, session));
	TRY(access_require_administrator(session, RECORD_ACTOR, &id.id));
	TRY(actor_require(&actor, session, &id.id));
	TRY(apply(&actor, session->ctx, &o));
	TRY(row_update(session->store, &actor_kind, &actor));
	TRY(access_keep_administrator(session));
	TRY(actor_describe(&body, session->ctx, &actor));
	TRY(access_changed(session, JOURNAL_ACTOR_CHANGED, RECORD_ACTOR, &actor.uuid,
			   buf_text(&body)));
	return txn_commit(&tx);
}

efile_status access_changed(efile_session *session, journal_action action, record_number kind,
			    const efile_id *object, const char *body)
{
	TRY(access_db_touch(session->store));
	return session_journal(session, action, kind, object, 0, body);
}

efile_status access_keep_administrator(efile_session *session)
{
	char today[EFILE_DATE_TEXT_SIZE];
	efile_date day;
	int64_t count;

	TRY(access_today(&day, session->store));
	TRY(access_db_count_administrators(&count, session->store, efile_date_format(day, today)));
	if (count == 0)
		return FAIL(session->ctx, EFILE_E_STATE, 1339,
			    "somebody must remain who administers this store");
	return EFILE_OK;
}

/* ------------------------------------------------------------------ listing */

struct efile_actor_cursor {
	efile_session *session;
	efile_actor_filter filter;
	char *after;
	actor_record row;
};

DEFINE_AUTO_PTR(efile_actor_cursor, efile_actor_cursor_free)

efile_status efile_actor_list(efile_actor_cursor **out, efile_session *session,
			      const efile_actor_filter *filter)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO_PTR(efile_actor_cursor) cursor = NULL;

	TRY(session_enter(&call, session));
	TRY(need_out(session, out));
	cursor = mem_new(session->ctx, sizeof(*cursor));
	if (!cursor)
		return EFILE_E_NOMEM;
	cursor->session = session;
	efile_actor_filter_init(&cursor->filter);
	TRY(options_import(session->ctx, &cursor->filter, sizeof(cursor->filter), filter));
	TRY(mem_dup(&cursor->after, session->ctx, cursor->filter.after));
	*out = STEAL(cursor);
	return EFILE_OK;
}

/* Keyset paging: what others change in between does not shift the rest. */
efile_status efile_actor_cursor_next(efile_actor_cursor *cursor, efile_actor *actor)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(actor_record) row = { { 0, 0 } };
	const char *after;
	efile_status status;

	TRY(session_enter(&call, cursor ? cursor->session : NULL));
	TRY(need_out(cursor->session, actor));
	TRY(session_begin_read(&tx, cursor->session));
	after = cursor->row.name ? cursor->row.name : cursor->after;
	status = access_db_actor_next(&row, cursor->session->store, after, &cursor->filter);
	if (status != EFILE_OK)
		return status;
	record_clear(&actor_kind, &cursor->row);
	cursor->row = row;
	memset(&row, 0, sizeof(row));
	*actor = (efile_actor){
		.id = { cursor->row.uuid },
		.kind = (efile_actor_kind)cursor->row.kind,
		.name = cursor->row.name,
		.display = cursor->row.display,
		.mail = cursor->row.mail,
		.active = cursor->row.active != 0,
		.clearance = (efile_confidentiality)cursor->row.clearance,
	};
	return EFILE_OK;
}

void efile_actor_cursor_free(efile_actor_cursor *cursor)
{
	if (!cursor)
		return;
	record_clear(&actor_kind, &cursor->row);
	free(cursor->after);
	free(cursor);
}

/* ------------------------------------------------------------------ lists of pairs */

efile_status pair_cursor_init(pair_cursor *cursor, efile_session *session, const void *out,
			      const efile_id *first, const efile_id *second)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;

	*cursor = (pair_cursor){ .session = session };
	TRY(session_enter(&call, session));
	TRY(need_out(session, out));
	TRY(session_begin_read(&tx, session));
	TRY(actor_narrow(&cursor->first, session, first));
	return actor_narrow(&cursor->second, session, second);
}
