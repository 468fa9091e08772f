/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All SQL of this module. Days are text YYYY-MM-DD; row ids are 0 if there is no such row. */
#ifndef ACCESS_ACCESS_DB_H
#define ACCESS_ACCESS_DB_H

#include "access/decide.h"
#include "access/record.h"

/* ---- the stamp that tells sessions of changes ---- */
efile_status access_db_stamp(int64_t *out, efile_store *store);
efile_status access_db_touch(efile_store *store);

/* ---- actors: NOTFOUND without message if there is none ---- */
efile_status access_db_actor(actor_record *out, efile_store *store, int64_t row);
efile_status access_db_actor_by_id(actor_record *out, efile_store *store, const efile_id *id);
efile_status access_db_actor_by_name(actor_record *out, efile_store *store, const char *name);
efile_status access_db_actor_next(actor_record *out, efile_store *store, const char *after,
				  const efile_actor_filter *filter); /* DONE */
efile_status access_db_any_actor(bool *out, efile_store *store);
efile_status access_db_administrator_role(int64_t *out, efile_store *store);
/* Active persons with a login that hold the role today and without an end. */
efile_status access_db_count_administrators(int64_t *out, efile_store *store, const char *today);

/* ---- memberships ---- */
efile_status access_db_member(membership_record *out, efile_store *store, int64_t member,
			      int64_t container); /* NOTFOUND without message */
/* The first after a row; 0 matches every member or container. DONE. */
efile_status access_db_member_next(membership_record *out, efile_store *store, int64_t after,
				   int64_t member, int64_t container);
/* Adds an actor, if it is active, and all that it belongs to today. */
efile_status access_db_closure(id_set *out, efile_store *store, int64_t actor, const char *today);

/* ---- deputies, absence ---- */
efile_status access_db_deputy(deputy_record *out, efile_store *store, int64_t principal,
			      int64_t deputy); /* NOTFOUND without message */
efile_status access_db_deputy_next(deputy_record *out, efile_store *store, int64_t after,
				   int64_t principal, int64_t deputy); /* DONE */
efile_status access_db_absence(absence_record *out, efile_store *store, int64_t actor,
			       const char *from); /* NOTFOUND without message */
efile_status access_db_is_absent(bool *out, efile_store *store, int64_t actor, const char *today);

/* ---- logins ---- */
efile_status access_db_login(login_record *out, efile_store *store, const char *login,
			     int64_t actor); /* NOTFOUND without message */

/* ---- access lists ---- */
typedef struct access_lines {
	access_line *items;
	size_t count;
	size_t capacity;
} access_lines;

void access_lines_clear(access_lines *lines);
/* The entries of one list, or of all (list 0), by list; an empty list gives one line without
 * subject, a missing one none. */
efile_status access_db_lines(access_lines *out, efile_store *store, int64_t list);
efile_status access_db_list_by_digest(int64_t *out, efile_store *store,
				      const unsigned char digest[SHA256_SIZE]); /* 0: none */
efile_status access_db_entry_next(access_entry_record *out, efile_store *store, int64_t list,
				  int64_t after); /* DONE */

#endif
