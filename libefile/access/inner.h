/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of this module share. */
#ifndef ACCESS_INNER_H
#define ACCESS_INNER_H

#include "access/access_db.h"
#include "base/time.h"

/* The login of the process: "os:" and the name of its effective user. */
efile_status login_of_process(char **out, efile_ctx *ctx);

/* Day as text, NULL for none; buffer has EFILE_DATE_TEXT_SIZE. */
const char *day_text(efile_date day, char *buffer);
/* Text of a column as day; NULL is none. */
efile_date day_of(const char *text);
/* Both ends are valid days of the years 1 to 9999 or none, and in order. */
efile_status day_check_period(efile_ctx *ctx, efile_date from, efile_date until);
/* Whether a period covers a day (text). */
bool day_within(const char *from, const char *until, const char *today);

/* INVALID without a place for the answer. */
efile_status need_out(efile_session *session, const void *out);

/* An actor by name or by the text of its id; NOTFOUND without message. */
efile_status actor_lookup(actor_record *out, efile_store *store, const char *name);
/* Forgets the answers of access_actor_named(). */
void actors_forget(efile_session *session);
/* The row of an actor that a list is narrowed to; 0 for the nil id: all. */
efile_status actor_narrow(int64_t *out, efile_session *session, const efile_id *id);
/* An actor by id; NOTFOUND with message. */
efile_status actor_require(actor_record *out, efile_session *session, const efile_id *id);
/* The same, and it must be a person. */
efile_status actor_require_person(actor_record *out, efile_session *session, const efile_id *id);

enum { ACTOR_NAME_BYTES = 100, ACTOR_LOGIN_BYTES = 200 };

/* Keys that people type: no white space, no control characters, and never the text of an id. */
efile_status actor_check_key(efile_ctx *ctx, const char *key, size_t limit);
efile_status actor_check_text(efile_ctx *ctx, const char *text);
efile_status actor_insert(actor_record *out, efile_store *store, efile_actor_kind kind,
			  const char *name, const efile_actor_options *o);
/* The JSON body of an entry about an actor. */
efile_status actor_describe(buf *body, efile_ctx *ctx, const actor_record *actor);

/* Ends a change of the access tables: entry in the log, new stamp. The body is a JSON object. */
efile_status access_changed(efile_session *session, journal_action action, record_number kind,
			    const efile_id *object, const char *body);
/* After the change somebody must still be able to administer: STATE. */
efile_status access_keep_administrator(efile_session *session);

/* A list of rows that join two actors, narrowed to either or both. */
typedef struct pair_cursor {
	efile_session *session;
	int64_t first, second;   /* rows; 0: all */
	int64_t after;
} pair_cursor;

/* Begins such a list; out is only looked at. */
efile_status pair_cursor_init(pair_cursor *cursor, efile_session *session, const void *out,
			      const efile_id *first, const efile_id *second);

/* Whether a substitution holds today, absence included. */
efile_status deputy_in_force(bool *out, efile_store *store, const deputy_record *row,
			     const char *today);

/* The entry of a read that must be in the log before it is answered. */
efile_status trace_append(efile_session *session, access_trace what, record_number kind,
			  const efile_id *id, int64_t chain);

/* Notes a refusal for the log; NOMEM. */
efile_status refusal_note(efile_session *session, efile_status status, unsigned right,
			  record_number kind, const efile_id *id, int64_t chain);
/* Writes the noted refusals, in a transaction of their own. */
efile_status refusal_flush(efile_session *session);

/* What a list gives the session; loads it if need be. The session is fresh. */
efile_status grant_find(access_grant *out, efile_session *session, int64_t list);
efile_status grant_load_all(efile_session *session);

#endif
