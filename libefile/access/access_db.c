/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "access/access_db.h"

#include <stdlib.h>

/* ------------------------------------------------------------------ shapes of queries */

/* One row of a kind, or NOTFOUND without message. */
static efile_status one_row(stmt *s, efile_store *store, const record_kind *kind, void *out)
{
	efile_status status = stmt_step(s);

	if (status == EFILE_DONE)
		return EFILE_E_NOTFOUND;
	TRY(status);
	return row_read(s, 0, kind, out, store_ctx(store));
}

/* One row of a kind, or DONE. */
static efile_status next_row(stmt *s, efile_store *store, const record_kind *kind, void *out)
{
	efile_status status = one_row(s, store, kind, out);

	return status == EFILE_E_NOTFOUND ? EFILE_DONE : status;
}

/* The first column of the first row; 0 if there is none. */
static efile_status one_int(int64_t *out, stmt *s)
{
	efile_status status = stmt_step(s);

	TRY(status);
	*out = status == EFILE_OK ? stmt_int(s, 0) : 0;
	return EFILE_OK;
}

/* ------------------------------------------------------------------ the stamp */

efile_status access_db_stamp(int64_t *out, efile_store *store)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, "SELECT stamp FROM access_stamp WHERE id = 1"));
	return one_int(out, &s);
}

efile_status access_db_touch(efile_store *store)
{
	AUTO(stmt) s = STMT_NONE;
	int64_t stamp;

	TRY(ctx_random(store_ctx(store), &stamp, sizeof(stamp)));
	TRY(stmt_take(&s, store, "UPDATE access_stamp SET stamp = ?1 WHERE id = 1"));
	stmt_bind_int(&s, 1, stamp);
	store_new_epoch(store);
	return stmt_run(&s);
}

/* ------------------------------------------------------------------ actors */

efile_status access_db_actor(actor_record *out, efile_store *store, int64_t row)
{
	return row_load(store, &actor_kind, out, row);
}

efile_status access_db_actor_by_id(actor_record *out, efile_store *store, const efile_id *id)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &actor_kind, "uuid = ?1"));
	stmt_bind_id(&s, 1, id);
	return one_row(&s, store, &actor_kind, out);
}

efile_status access_db_actor_by_name(actor_record *out, efile_store *store, const char *name)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &actor_kind, "name = ?1"));
	stmt_bind_text(&s, 1, name);
	return one_row(&s, store, &actor_kind, out);
}

efile_status access_db_actor_next(actor_record *out, efile_store *store, const char *after,
				  const efile_actor_filter *filter)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &actor_kind,
		       "name > ?1 AND (?2 = 0 OR kind = ?2) AND active >= ?3 "
		       "AND (?4 IS NULL OR uuid = ?4) ORDER BY name LIMIT 1"));
	stmt_bind_text(&s, 1, after ? after : "");
	stmt_bind_int(&s, 2, filter->kind);
	stmt_bind_int(&s, 3, filter->only_active ? 1 : 0);
	stmt_bind_id(&s, 4, &filter->actor.id);
	return next_row(&s, store, &actor_kind, out);
}

efile_status access_db_any_actor(bool *out, efile_store *store)
{
	AUTO(stmt) s = STMT_NONE;
	int64_t found;

	TRY(stmt_take(&s, store, "SELECT 1 FROM actor LIMIT 1"));
	TRY(one_int(&found, &s));
	*out = found != 0;
	return EFILE_OK;
}

efile_status access_db_administrator_role(int64_t *out, efile_store *store)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store,
		      "SELECT id FROM actor WHERE name = 'administrator' AND kind = 4 AND active = 1"));
	return one_int(out, &s);
}

/* In force today (?2) and for good, and with a login: else the store would be shut tomorrow. */
efile_status access_db_count_administrators(int64_t *out, efile_store *store, const char *today)
{
	AUTO(stmt) s = STMT_NONE;
	int64_t role;

	TRY(access_db_administrator_role(&role, store));
	TRY(stmt_take(&s, store,
		      "WITH RECURSIVE holder(id) AS ("
		      " SELECT id FROM actor WHERE id = ?1"
		      " UNION"
		      " SELECT a.id FROM holder h"
		      " JOIN membership m ON m.container = h.id"
		      " JOIN actor a ON a.id = m.member"
		      " WHERE a.active = 1"
		      " AND (m.valid_from IS NULL OR m.valid_from <= ?2)"
		      " AND m.valid_until IS NULL"
		      ") SELECT COUNT(*) FROM holder h JOIN actor a ON a.id = h.id WHERE a.kind = 1"
		      " AND EXISTS (SELECT 1 FROM login l WHERE l.actor = a.id)"));
	stmt_bind_int(&s, 1, role);
	stmt_bind_text(&s, 2, today);
	return one_int(out, &s);
}

/* ------------------------------------------------------------------ memberships */

efile_status access_db_member(membership_record *out, efile_store *store, int64_t member,
			      int64_t container)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &membership_kind, "member = ?1 AND container = ?2"));
	stmt_bind_int(&s, 1, member);
	stmt_bind_int(&s, 2, container);
	return one_row(&s, store, &membership_kind, out);
}

efile_status access_db_member_next(membership_record *out, efile_store *store, int64_t after,
				   int64_t member, int64_t container)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &membership_kind,
		       "id > ?1 AND (?2 = 0 OR member = ?2) AND (?3 = 0 OR container = ?3) "
		       "ORDER BY id LIMIT 1"));
	stmt_bind_int(&s, 1, after);
	stmt_bind_int(&s, 2, member);
	stmt_bind_int(&s, 3, container);
	return next_row(&s, store, &membership_kind, out);
}

efile_status access_db_closure(id_set *out, efile_store *store, int64_t actor, const char *today)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store,
		      "WITH RECURSIVE up(id) AS ("
		      " SELECT id FROM actor WHERE id = ?1 AND active = 1"
		      " UNION"
		      " SELECT a.id FROM up"
		      " JOIN membership m ON m.member = up.id"
		      " JOIN actor a ON a.id = m.container"
		      " WHERE a.active = 1"
		      " AND (m.valid_from IS NULL OR m.valid_from <= ?2)"
		      " AND (m.valid_until IS NULL OR m.valid_until >= ?2)"
		      ") SELECT id FROM up ORDER BY id"));
	stmt_bind_int(&s, 1, actor);
	stmt_bind_text(&s, 2, today);
	while ((status = stmt_step(&s)) == EFILE_OK)
		TRY(id_set_add(out, store_ctx(store), stmt_int(&s, 0)));
	return status < 0 ? status : EFILE_OK;
}

/* ------------------------------------------------------------------ deputies, absence */

efile_status access_db_deputy(deputy_record *out, efile_store *store, int64_t principal,
			      int64_t deputy)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &deputy_kind, "principal = ?1 AND deputy = ?2"));
	stmt_bind_int(&s, 1, principal);
	stmt_bind_int(&s, 2, deputy);
	return one_row(&s, store, &deputy_kind, out);
}

/* By who is substituted, by the deputy, or all: each along its index, however many there are. */
efile_status access_db_deputy_next(deputy_record *out, efile_store *store, int64_t after,
				   int64_t principal, int64_t deputy)
{
	AUTO(stmt) s = STMT_NONE;

	if (deputy)
		TRY(row_select(&s, store, &deputy_kind,
			       "deputy = ?3 AND (?2 = 0 OR principal = ?2) AND id > ?1 "
			       "ORDER BY id LIMIT 1"));
	else if (principal)
		TRY(row_select(&s, store, &deputy_kind,
			       "principal = ?2 AND ?3 = 0 AND id > ?1 ORDER BY id LIMIT 1"));
	else
		TRY(row_select(&s, store, &deputy_kind,
			       "id > ?1 AND ?2 = ?3 ORDER BY id LIMIT 1"));
	stmt_bind_int(&s, 1, after);
	stmt_bind_int(&s, 2, principal);
	stmt_bind_int(&s, 3, deputy);
	return next_row(&s, store, &deputy_kind, out);
}

efile_status access_db_absence(absence_record *out, efile_store *store, int64_t actor,
			       const char *from)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &absence_kind, "actor = ?1 AND valid_from = ?2"));
	stmt_bind_int(&s, 1, actor);
	stmt_bind_text(&s, 2, from);
	return one_row(&s, store, &absence_kind, out);
}

efile_status access_db_is_absent(bool *out, efile_store *store, int64_t actor, const char *today)
{
	AUTO(stmt) s = STMT_NONE;
	int64_t found;

	TRY(stmt_take(&s, store,
		      "SELECT 1 FROM absence WHERE actor = ?1 AND valid_from <= ?2 "
		      "AND (valid_until IS NULL OR valid_until >= ?2) LIMIT 1"));
	stmt_bind_int(&s, 1, actor);
	stmt_bind_text(&s, 2, today);
	TRY(one_int(&found, &s));
	*out = found != 0;
	return EFILE_OK;
}

/* ------------------------------------------------------------------ logins */

efile_status access_db_login(login_record *out, efile_store *store, const char *login,
			     int64_t actor)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &login_kind, "login = ?1 AND actor = ?2"));
	stmt_bind_text(&s, 1, login);
	stmt_bind_int(&s, 2, actor);
	return one_row(&s, store, &login_kind, out);
}

/* ------------------------------------------------------------------ access lists */

void access_lines_clear(access_lines *lines)
{
	free(lines->items);
	*lines = (access_lines){ NULL, 0, 0 };
}

static efile_status add_line(access_lines *out, efile_ctx *ctx, const stmt *s)
{
	void *items = out->items;

	TRY(mem_grow(ctx, &items, &out->capacity, out->count, sizeof(*out->items)));
	out->items = items;
	out->items[out->count++] = (access_line){
		.list = stmt_int(s, 0),
		.subject = stmt_int(s, 1),
		.deny = stmt_int(s, 2) != 0,
		.rights = (unsigned)stmt_int(s, 3),
		.not_by_deputy = stmt_int(s, 4) != 0,
	};
	return EFILE_OK;
}

#define LINES                                                                                      \
	"SELECT l.id, e.subject, e.deny, e.rights, e.not_by_deputy "                               \
	"FROM access_list l LEFT JOIN access_entry e ON e.list = l.id "

efile_status access_db_lines(access_lines *out, efile_store *store, int64_t list)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	if (list) {
		TRY(stmt_take(&s, store, LINES "WHERE l.id = ?1"));
		stmt_bind_int(&s, 1, list);
	} else {
		TRY(stmt_take(&s, store, LINES "ORDER BY l.id"));
	}
	while ((status = stmt_step(&s)) == EFILE_OK)
		TRY(add_line(out, store_ctx(store), &s));
	return status < 0 ? status : EFILE_OK;
}

efile_status access_db_list_by_digest(int64_t *out, efile_store *store,
				      const unsigned char digest[SHA256_SIZE])
{
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, "SELECT id FROM access_list WHERE digest = ?1"));
	stmt_bind_blob(&s, 1, digest, SHA256_SIZE);
	return one_int(out, &s);
}

efile_status access_db_entry_next(access_entry_record *out, efile_store *store, int64_t list,
				  int64_t after)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &access_entry_kind,
		       "list = ?1 AND id > ?2 ORDER BY id LIMIT 1"));
	stmt_bind_int(&s, 1, list);
	stmt_bind_int(&s, 2, after);
	return next_row(&s, store, &access_entry_kind, out);
}
