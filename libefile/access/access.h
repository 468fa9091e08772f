/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who may do what: the one decision, and what the modules above need of it (docs/ACCESS.md). */
#ifndef ACCESS_ACCESS_H
#define ACCESS_ACCESS_H

#include <efile/access.h>

#include "access/session.h"

/* ------------------------------------------------------------------ the decision */

/* States that forbid what the rights would allow. */
enum {
	ACCESS_CLOSED = 1,   /* filed away (z.d.A.): no write. To reopen, ask without this bit. */
	ACCESS_HELD = 2,     /* a hold: no dispose */
	ACCESS_DISPOSED = 4, /* transferred or destroyed: exists, and read of metadata */
};

/* What is asked about. An object that is yet to be made is asked about with the access list and
 * confidentiality that it will inherit, and a nil id. */
typedef struct access_object {
	record_number kind;   /* RECORD_NODE, ...; administrative kinds: docs/ACCESS.md section 5 */
	efile_id id;          /* its UUID */
	const char *asked;    /* how the caller named it (a reference number); NULL: by id */
	int64_t chain;        /* dossier's row, for the log; 0 */
	int64_t list;         /* its access list; 0: none, so nobody */
	int level;            /* its efile_confidentiality */
	unsigned state;       /* ACCESS_CLOSED, ... */
	bool marked;          /* reads of its content are journaled */
	bool content;         /* content is asked for, not metadata alone */
} access_object;

/* Whether the session has the right on the object. OK; NOTFOUND (as access_missing() says it) if
 * it may not even know of it; DENIED; STATE. A refusal is noted on the session and journaled when
 * the call of the session is over (session_call). A read that must be journaled is journaled here,
 * in a transaction of its own or in the writer that is open; if that fails, its error is the answer.
 * So ask for content before txn_begin_read(). */
efile_status access_require(efile_session *session, efile_right right,
			    const access_object *object);

/* The same question without consequences: nothing is noted or journaled, no error is set. Answers
 * OK, NOTFOUND, DENIED or STATE, or the store's failure. For lists, filters and greyed buttons. */
efile_status access_peek(efile_session *session, efile_right right, const access_object *object);

/* For lists, before a page of them is shown: an object whose read rests on emergency access alone is
 * journaled, once in a session, in one transaction for all until access_sight_end(). Sessions
 * without emergency access pay nothing. */
efile_status access_sight(efile_session *session, const access_object *object);
efile_status access_sight_end(efile_session *session);

/* The one answer for an object that is not there: also noted, so that neither the message nor the
 * time tells a hidden object from a missing one. asked may be NULL: by id. */
efile_status access_missing(efile_session *session, record_number kind, const efile_id *id,
			    const char *asked);

/* The session must hold the role "administrator"; what names the thing in the refusal's entry. */
efile_status access_require_administrator(efile_session *session, record_number kind,
					  const efile_id *id);
/* The session must be one of these actors or belong to one today, itself or its principal; names of
 * them with blanks between, those that are not there count for nobody. NULL: the administrators. */
efile_status access_require_one_of(efile_session *session, const char *names, record_number kind,
				   const efile_id *id);

/* ------------------------------------------------------------------ for filters and counts */

/* Sorted numbers of the lists that give the session the right. An object is visible if its list is
 * in the set and its level is at most session_clearance(). Holds until the access tables change:
 * ask again for each query, it is cached. */
typedef struct access_list_set {
	const int64_t *ids;   /* borrowed from the session until the next call */
	size_t count;
} access_list_set;

efile_status access_visible_lists(access_list_set *out, efile_session *session,
				  efile_right right);

/* ------------------------------------------------------------------ actors, for the modules above */

typedef struct access_actor {
	char *name;              /* as it was asked for */
	efile_id id;
	int64_t row;
	efile_actor_kind kind;
	bool active;
} access_actor;

/* An actor by name or by the text of its id; borrowed from the session until the next call of this
 * module. NOTFOUND with message. */
efile_status access_actor_named(const access_actor **out, efile_session *session, const char *name,
				size_t length);
/* Row of an actor by its id; NOTFOUND with message. */
efile_status access_actor_row(int64_t *out, efile_session *session, const efile_id *actor);
/* The same for a person to whom something is handed: INVALID for a unit or role, STATE if the person
 * is not active. */
efile_status access_person_row(int64_t *out, efile_session *session, const efile_id *person);
/* Id and name of an actor by its row; name may be NULL, else the caller frees it. */
efile_status access_actor_of_row(efile_id *out, char **name, efile_session *session, int64_t row);
/* What people call an actor; the caller frees it. NOTFOUND with message. */
efile_status access_actor_display(char **out, efile_session *session, const efile_id *actor);
/* Whether the acting person, or the principal whom it substitutes, is this actor or belongs to it
 * today, by members of members: for candidates of tasks. */
efile_status access_session_is(bool *out, efile_session *session, int64_t actor_row);
/* Rows of the actors that the session stands for (access_session_is), sorted; borrowed until the
 * next call. For worklists. */
efile_status access_session_subjects(const int64_t **out, size_t *count, efile_session *session);
/* An actor whose desk the acting person may see to by a substitution in force today, and for whom. */
typedef struct access_stand_in {
	int64_t actor;        /* row */
	int64_t principal;    /* row of who is substituted */
} access_stand_in;

/* All of them but what the session stands for anyway; *out is for free(). None for a session that is
 * on behalf of somebody: substitutions do not chain. */
efile_status access_stand_ins(access_stand_in **out, size_t *count, efile_session *session);
/* Whether one of two persons may substitute the other today, themselves or through others, whether or
 * not the other one is away: four eyes are not four if they look for each other. */
efile_status access_substitute(bool *out, efile_session *session, const efile_id *a,
			       const efile_id *b);
/* Whether another person is this actor or belongs to it today: for assigning and escalating. */
efile_status access_actor_in(bool *out, efile_session *session, int64_t person_row,
			     int64_t actor_row);

/* Whether a list of that number is there: NOTFOUND with message. */
efile_status access_list_require(efile_session *session, int64_t list);
/* Inside txn_begin(): the list's number, made if need be (efile_access_list_make). */
efile_status access_list_intern(int64_t *out, efile_session *session,
				const efile_access_entry *entries, size_t count);

/* The day of the authority: the clock's in Europe/Berlin. */
efile_status access_today(efile_date *out, efile_store *store);

#endif
