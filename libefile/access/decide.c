/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "access/decide.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ sets */

/* The first place whose id is not below. */
static size_t place(const id_set *set, int64_t id)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->ids[middle] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool id_set_has(const id_set *set, int64_t id)
{
	size_t at = place(set, id);

	return at < set->count && set->ids[at] == id;
}

efile_status id_set_add(id_set *set, efile_ctx *ctx, int64_t id)
{
	size_t at = place(set, id);
	void *items = set->ids;

	if (at < set->count && set->ids[at] == id)
		return EFILE_OK;
	TRY(mem_grow(ctx, &items, &set->capacity, set->count, sizeof(*set->ids)));
	set->ids = items;
	memmove(set->ids + at + 1, set->ids + at, (set->count - at) * sizeof(*set->ids));
	set->ids[at] = id;
	set->count++;
	return EFILE_OK;
}

void id_set_reset(id_set *set)
{
	set->count = 0;
}

void id_set_clear(id_set *set)
{
	free(set->ids);
	*set = (id_set){ NULL, 0, 0 };
}

/* ------------------------------------------------------------------ lists */

static unsigned allowed_by(const efile_session *session, const access_line *line)
{
	/* Who administers gets no content by that role, whatever a list says. */
	if (line->subject == session->administrator_row)
		return 0;
	if (id_set_has(&session->own, line->subject))
		return line->rights;
	if (!line->not_by_deputy && id_set_has(&session->principal, line->subject))
		return line->rights & session->passed_on;
	return 0;
}

void grant_add(grant_sum *sum, const efile_session *session, const access_line *line)
{
	if (!line->subject)
		return;
	if (!line->deny)
		sum->allowed |= allowed_by(session, line);
	else if (id_set_has(&session->own, line->subject) ||
		 id_set_has(&session->principal, line->subject))
		sum->denied |= line->rights;
}

access_grant grant_of(const grant_sum *sum, const efile_session *session, int64_t list)
{
	access_grant grant = { list, 0, 0 };

	if (sum->denied & EFILE_RIGHT_EXISTS)
		return grant;
	if (sum->allowed)
		grant.rights = (sum->allowed | EFILE_RIGHT_EXISTS) & ~sum->denied;
	if (session->emergency && !session->administrator)
		grant.emergency = (EFILE_RIGHT_EXISTS | EFILE_RIGHT_READ) & ~sum->denied;
	return grant;
}

/* ------------------------------------------------------------------ the decision */

static const record_number administrative[] = {
	RECORD_ACTOR,   RECORD_MEMBERSHIP, RECORD_DEPUTY, RECORD_ACCESS_LIST, RECORD_ACCESS_ENTRY,
	RECORD_ABSENCE, RECORD_LOGIN,      RECORD_PLAN,   RECORD_DOCTYPE,     RECORD_COUNTER,
	RECORD_DEFINITION, RECORD_INTAKE_RULE,
};

bool decide_is_administrative(record_number kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(administrative); i++)
		if (administrative[i] == kind)
			return true;
	return false;
}

/* Which rights a state takes away; the first that refuses is named. */
typedef struct state_rule {
	unsigned state;
	unsigned refused;
} state_rule;

static const state_rule state_rules[] = {
	{ ACCESS_DISPOSED, EFILE_RIGHT_ALL & ~(EFILE_RIGHT_EXISTS | EFILE_RIGHT_READ) },
	{ ACCESS_CLOSED, EFILE_RIGHT_WRITE },
	{ ACCESS_HELD, EFILE_RIGHT_DISPOSE },
};

static unsigned refusing_state(efile_right right, const access_object *object)
{
	for (size_t i = 0; i < ARRAY_SIZE(state_rules); i++)
		if ((object->state & state_rules[i].state) && (right & state_rules[i].refused))
			return state_rules[i].state;
	if ((object->state & ACCESS_DISPOSED) && right == EFILE_RIGHT_READ && object->content)
		return ACCESS_DISPOSED;
	return 0;
}

static access_trace trace_of(const access_grant *grant, efile_right right,
			     const access_object *object)
{
	if (right != EFILE_RIGHT_READ)
		return TRACE_NONE;
	if (!(grant->rights & EFILE_RIGHT_READ))
		return TRACE_EMERGENCY;
	return object->marked && object->content ? TRACE_READ : TRACE_NONE;
}

static access_verdict refuse(efile_status status)
{
	return (access_verdict){ status, TRACE_NONE, 0 };
}

access_verdict decide(const efile_session *session, const access_grant *grant, efile_right right,
		      const access_object *object)
{
	access_verdict verdict = { EFILE_OK, TRACE_NONE, 0 };
	unsigned held = grant->rights | grant->emergency;

	if (session->denial != SESSION_PERMITTED)
		return refuse(EFILE_E_DENIED);
	if (decide_is_administrative(object->kind)) {
		if (session->administrator || right == EFILE_RIGHT_EXISTS || right == EFILE_RIGHT_READ)
			return verdict;
		return refuse(EFILE_E_DENIED);
	}
	if (object->level > session->clearance || !(held & EFILE_RIGHT_EXISTS))
		return refuse(EFILE_E_NOTFOUND);
	if (!(held & right))
		return refuse(EFILE_E_DENIED);
	verdict.state = refusing_state(right, object);
	if (verdict.state)
		verdict.status = EFILE_E_STATE;
	else
		verdict.trace = trace_of(grant, right, object);
	return verdict;
}
