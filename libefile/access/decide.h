/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of docs/ACCESS.md 4 to 7 as pure functions: no store, no clock, nothing noted. */
#ifndef ACCESS_DECIDE_H
#define ACCESS_DECIDE_H

#include "access/access.h"

/* Sorted sets of row ids. */
efile_status id_set_add(id_set *set, efile_ctx *ctx, int64_t id);
bool id_set_has(const id_set *set, int64_t id);
void id_set_reset(id_set *set); /* empties, keeps the memory */
void id_set_clear(id_set *set);

/* What the entries of one list add up to for a session. */
typedef struct grant_sum {
	unsigned allowed;
	unsigned denied;
} grant_sum;

typedef struct access_line {
	int64_t list;
	int64_t subject;         /* 0: the list has no entry */
	bool deny;
	unsigned rights;
	bool not_by_deputy;
} access_line;

void grant_add(grant_sum *sum, const efile_session *session, const access_line *line);
access_grant grant_of(const grant_sum *sum, const efile_session *session, int64_t list);

/* What an allowed call must leave in the log before it goes on. */
typedef enum access_trace {
	TRACE_NONE,
	TRACE_READ,       /* content of a marked object */
	TRACE_EMERGENCY   /* a read that rests on emergency access alone */
} access_trace;

typedef struct access_verdict {
	efile_status status;     /* OK, NOTFOUND, DENIED, STATE */
	access_trace trace;
	unsigned state;          /* the bit of access_object.state that refuses */
} access_verdict;

/* Whether objects of a kind are administered rather than kept: actors, plan, types ... */
bool decide_is_administrative(record_number kind);

/* The session's facts must be fresh (session_refresh); grant is that of object->list. */
access_verdict decide(const efile_session *session, const access_grant *grant, efile_right right,
		      const access_object *object);

/* The same with all that it takes: facts made fresh, the list's grant loaded. INVALID unless one
 * right is asked for. */
efile_status access_judge(access_verdict *out, efile_session *session, efile_right right,
			  const access_object *object);

#endif
