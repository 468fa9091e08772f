/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The session, as the modules see it: every public function on e-files begins like this:
 *
 *	AUTO(session_call) call = SESSION_CALL_NONE;
 *	AUTO(txn) tx = TXN_NONE;
 *
 *	TRY(session_enter(&call, session));
 *	TRY(session_begin(&tx, session));
 *	TRY(access_require(session, EFILE_RIGHT_WRITE, &object));
 *	...
 *	TRY(session_journal(session, JOURNAL_NODE_CHANGED, RECORD_NODE, &id, chain, body));
 *	return txn_commit(&tx);
 *
 * The scope ends in reverse order: the transaction rolls back first, then session_call journals the
 * refusals that it would have taken with it. */
#ifndef ACCESS_SESSION_H
#define ACCESS_SESSION_H

#include <efile/session.h>

#include "store/store.h"

/* Sorted row ids without duplicates. */
typedef struct id_set {
	int64_t *ids;
	size_t count;
	size_t capacity;
} id_set;

/* A refusal that waits for its entry in the log. */
typedef struct access_refusal {
	efile_status status;
	unsigned right;          /* 0: an administrator's matter */
	record_number kind;
	efile_id id;
	int64_t chain;
} access_refusal;

/* An object that was shown by emergency access alone. */
typedef struct access_sighting {
	record_number kind;
	efile_id id;
	int64_t chain;
} access_sighting;

typedef struct sighting_list {
	access_sighting *items;
	size_t count;
	size_t capacity;
} sighting_list;

/* What an access list gives the session. */
typedef struct access_grant {
	int64_t list;
	unsigned rights;         /* by its entries */
	unsigned emergency;      /* what emergency access adds */
} access_grant;

/* Why a session may not act. */
typedef enum session_denial {
	SESSION_PERMITTED = 0,
	SESSION_NO_LOGIN,        /* the login may not act as that person, or the person is inactive */
	SESSION_NO_DEPUTY        /* no substitution in force today */
} session_denial;

struct efile_session {
	efile_ctx *ctx;
	efile_store *store;
	efile_id actor;
	int64_t actor_row;
	char *actor_name;
	efile_id behalf;         /* nil: in the own name */
	int64_t behalf_row;
	char *login;
	char *purpose;
	char *emergency;         /* the reason; NULL: none */

	/* What holds as long as stamp and today hold; session_refresh(). */
	bool fresh;
	int64_t stamp;           /* of the table access_stamp */
	efile_date today;
	session_denial denial;   /* then nothing is allowed */
	bool administrator;      /* acts in the own name and holds the role today */
	int64_t administrator_row; /* of the role; 0: none yet */
	int clearance;
	unsigned passed_on;      /* rights of the principal that the substitution passes on */
	id_set own;              /* rows of the actor and all it belongs to */
	id_set principal;        /* the same of the principal */
	id_set subjects;         /* both */
	access_grant *grants;    /* sorted by list */
	size_t grant_count;
	size_t grant_capacity;
	bool grants_all;         /* not only of the lists asked about so far */
	uint64_t epoch;          /* of the store, when the stamp was last looked at by a writer */
	uint64_t snapshot;       /* in which it was last looked at by a reader */
	struct access_actor *named; /* answers of access_actor_named() */
	size_t named_count;
	size_t named_capacity;
	id_set visible;          /* last answer of access_visible_lists() */
	unsigned visible_right;  /* of which right; 0: none */

	access_refusal *refusals;
	size_t refusal_count;
	size_t refusal_capacity;
	sighting_list sighted;   /* in the log, sorted by id */
	sighting_list to_sight;  /* about to be shown: access_sight() */
	int probing;             /* above 0: the library looks, not the person: nothing is noted */
	int depth;               /* nested calls */
};

/* A public call of a session; see above. */
typedef struct session_call {
	efile_session *session;
} session_call;

#define SESSION_CALL_NONE { NULL }

/* Enters a public call: INVALID without a session; store_enter(). */
efile_status session_enter(session_call *call, efile_session *session);
/* While the library itself looks for things by name (is there such a case, such an actor already?),
 * an answer NOTFOUND is no attempt of the person and is not noted. Ends with the scope. */
typedef struct session_probe {
	efile_session *session;
} session_probe;

#define SESSION_PROBE_NONE { NULL }

static inline void session_probe_start(session_probe *probe, efile_session *session)
{
	probe->session = session;
	session->probing++;
}

static inline void session_probe_clear(session_probe *probe)
{
	if (probe->session)
		probe->session->probing--;
	probe->session = NULL;
}

/* Leaves it; the outermost one journals the refusals that were noted. The error stays as it is. */
void session_call_clear(session_call *call);

/* A transaction to write, in which the session is still permitted: else DENIED. */
efile_status session_begin(txn *tx, efile_session *session);
/* A snapshot to read; the same. */
efile_status session_begin_read(txn *tx, efile_session *session);

/* journal_append() with actor, behalf and session filled in. object may be NULL, body too. */
efile_status session_journal(efile_session *session, journal_action action,
			     record_number object_kind, const efile_id *object, int64_t chain,
			     const char *body);

/* Brings what the session knows up to date with the access tables and the day. */
efile_status session_refresh(efile_session *session);

static inline efile_ctx *session_ctx(const efile_session *session)
{
	return session->ctx;
}

static inline efile_store *session_store(const efile_session *session)
{
	return session->store;
}

/* The highest confidentiality that the session may see. */
efile_status session_clearance(int *out, efile_session *session);

DEFINE_AUTO_PTR(efile_session, efile_session_close)

#endif
