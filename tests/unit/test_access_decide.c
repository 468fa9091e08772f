/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of docs/ACCESS.md, sections 4 to 6, one by one. Expected values are worked out by hand
 * from that page. */
#include "access/decide.h"
#include "unit/support.h"

enum { X = EFILE_RIGHT_EXISTS, R = EFILE_RIGHT_READ, W = EFILE_RIGHT_WRITE, S = EFILE_RIGHT_SIGN,
       D = EFILE_RIGHT_DISPOSE, E = EFILE_RIGHT_EXPORT, G = EFILE_RIGHT_GRANT };

/* Rows of actors. */
enum { WEBER = 10, UNIT = 11, CHIEF = 12, CHIEFS = 13, STRANGER = 14, ADMINISTRATORS = 15 };

typedef struct who {
	bool deputy;          /* Weber for the chief */
	unsigned passed_on;
	bool emergency;
	bool administrator;
	bool ended;
	int clearance;
} who;

static void put(id_set *set, efile_ctx *ctx, int64_t id)
{
	TAP_EQUAL_INT(id_set_add(set, ctx, id), EFILE_OK);
}

static void make(efile_session *s, efile_ctx *ctx, const who *w)
{
	*s = (efile_session){
		.ctx = ctx,
		.denial = w->ended ? SESSION_NO_LOGIN : SESSION_PERMITTED,
		.administrator = w->administrator,
		.administrator_row = ADMINISTRATORS,
		.clearance = w->clearance,
		.passed_on = w->passed_on,
		.emergency = w->emergency ? (char *)"fire" : NULL,
	};
	put(&s->own, ctx, UNIT);
	put(&s->own, ctx, WEBER);
	if (w->administrator)
		put(&s->own, ctx, ADMINISTRATORS);
	if (w->deputy) {
		put(&s->principal, ctx, CHIEFS);
		put(&s->principal, ctx, CHIEF);
	}
}

static void drop(efile_session *s)
{
	id_set_clear(&s->own);
	id_set_clear(&s->principal);
}

/* ------------------------------------------------------------------ sets */

static void test_sets(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(id_set) set = { NULL, 0, 0 };

	for (int64_t id = 50; id > 0; id--)
		TAP_EQUAL_INT(id_set_add(&set, ctx, id * 3), EFILE_OK);
	TAP_EQUAL_INT(id_set_add(&set, ctx, 30), EFILE_OK);
	TAP_EQUAL_INT(set.count, 50);
	TAP_EQUAL_INT(set.ids[0], 3);
	TAP_EQUAL_INT(set.ids[49], 150);
	TAP_OK(id_set_has(&set, 75));
	TAP_OK(!id_set_has(&set, 76));
	TAP_OK(!id_set_has(&set, 0));
	TAP_OK(!id_set_has(&set, 151));
	id_set_reset(&set);
	TAP_OK(!id_set_has(&set, 75));
	efile_ctx_free(ctx);
}

/* ------------------------------------------------------------------ lists */

typedef struct list_case {
	const char *name;
	who who;
	access_line lines[4];
	unsigned given;
	unsigned emergency;
} list_case;

#define ALLOW(who, rights) { 1, who, false, rights, false }
#define ALLOW_OWN(who, rights) { 1, who, false, rights, true }
#define DENY(who, rights) { 1, who, true, rights, false }
#define DEPUTY { .deputy = true, .passed_on = 63 }
#define GLASS { .emergency = true }

static const list_case list_cases[] = {
	{ "nothing by default", { 0 }, { { 0 } }, 0, 0 },
	{ "another's entry gives nothing", { 0 }, { ALLOW(STRANGER, 127) }, 0, 0 },
	{ "a right brings exists along", { 0 }, { ALLOW(WEBER, W) }, X | W, 0 },
	{ "a unit's rights are its members'", { 0 }, { ALLOW(UNIT, R) }, X | R, 0 },
	{ "entries add up", { 0 }, { ALLOW(UNIT, R), ALLOW(WEBER, S) }, X | R | S, 0 },
	{ "deny wins", { 0 }, { ALLOW(WEBER, R | W), DENY(UNIT, W) }, X | R, 0 },
	{ "deny wins in either order", { 0 }, { DENY(UNIT, W), ALLOW(WEBER, R | W) }, X | R, 0 },
	{ "another's denial is not ours", { 0 }, { ALLOW(WEBER, R), DENY(STRANGER, 127) }, X | R, 0 },
	{ "denied all that was allowed: exists remains", { 0 }, { ALLOW(WEBER, R), DENY(WEBER, R) },
	  X, 0 },
	{ "denied exists, denied all", { 0 }, { ALLOW(WEBER, 127), DENY(WEBER, X) }, 0, 0 },
	{ "denial alone gives nothing", { 0 }, { DENY(WEBER, W) }, 0, 0 },
	{ "the administrator role opens nothing", { .administrator = true },
	  { ALLOW(ADMINISTRATORS, 127) }, 0, 0 },
	{ "who administers keeps what the unit gives", { .administrator = true },
	  { ALLOW(ADMINISTRATORS, 127), ALLOW(UNIT, R) }, X | R, 0 },
	{ "the administrator role can be denied", { .administrator = true },
	  { ALLOW(UNIT, R | W), DENY(ADMINISTRATORS, W) }, X | R, 0 },
	{ "the chief's rights are not Weber's", { 0 }, { ALLOW(CHIEF, R) }, 0, 0 },
	{ "a deputy gets the principal's, but not grant", DEPUTY, { ALLOW(CHIEF, R | G) }, X | R, 0 },
	{ "also what the principal's groups give", DEPUTY, { ALLOW(CHIEFS, S) }, X | S, 0 },
	{ "grant alone does not pass on", DEPUTY, { ALLOW(CHIEF, G) }, 0, 0 },
	{ "own grant stays", DEPUTY, { ALLOW(WEBER, G), ALLOW(CHIEF, R) }, X | R | G, 0 },
	{ "only what is passed on", { .deputy = true, .passed_on = R }, { ALLOW(CHIEF, R | S) },
	  X | R, 0 },
	{ "own rights are not cut down", { .deputy = true, .passed_on = R },
	  { ALLOW(WEBER, W), ALLOW(CHIEF, R | S) }, X | R | W, 0 },
	{ "not by deputy", DEPUTY, { ALLOW_OWN(CHIEF, R) }, 0, 0 },
	{ "not by deputy, but by oneself", DEPUTY, { ALLOW_OWN(WEBER, R) }, X | R, 0 },
	{ "the principal's denial binds", DEPUTY, { ALLOW(WEBER, R | W), DENY(CHIEFS, W) }, X | R, 0 },
	{ "the deputy's denial binds", DEPUTY, { ALLOW(CHIEF, R), DENY(WEBER, X) }, 0, 0 },
	{ "emergency gives read", GLASS, { { 0 } }, 0, X | R },
	{ "emergency beside rights", GLASS, { ALLOW(WEBER, S) }, X | S, X | R },
	{ "emergency yields to denied read", GLASS, { DENY(WEBER, R) }, 0, X },
	{ "emergency yields to denied exists", GLASS, { DENY(UNIT, X) }, 0, 0 },
	{ "no emergency for administrators", { .emergency = true, .administrator = true }, { { 0 } },
	  0, 0 },
};

static void test_lists(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(list_cases); i++) {
		const list_case *c = &list_cases[i];
		grant_sum sum = { 0, 0 };
		efile_session s;
		access_grant grant;

		tap_case(c->name);
		make(&s, ctx, &c->who);
		for (size_t k = 0; k < ARRAY_SIZE(c->lines); k++)
			grant_add(&sum, &s, &c->lines[k]);
		grant = grant_of(&sum, &s, 7);
		TAP_EQUAL_INT(grant.list, 7);
		TAP_EQUAL_INT(grant.rights, c->given);
		TAP_EQUAL_INT(grant.emergency, c->emergency);
		drop(&s);
	}
	tap_case(NULL);
	efile_ctx_free(ctx);
}

/* ------------------------------------------------------------------ decisions */

typedef struct decide_case {
	const char *name;
	who who;
	unsigned given;
	unsigned emergency;
	unsigned right;
	access_object object;
	efile_status status;
	access_trace trace;
} decide_case;

#define NODE .kind = RECORD_NODE

static const decide_case decide_cases[] = {
	{ "allowed", { 0 }, X | R, 0, R, { NODE }, EFILE_OK, TRACE_NONE },
	{ "without exists: hidden", { 0 }, 0, 0, R, { NODE }, EFILE_E_NOTFOUND, TRACE_NONE },
	{ "without the right: denied", { 0 }, X, 0, R, { NODE }, EFILE_E_DENIED, TRACE_NONE },
	{ "above the clearance: hidden", { .clearance = 1 }, X | R, 0, R, { NODE, .level = 2 },
	  EFILE_E_NOTFOUND, TRACE_NONE },
	{ "at the clearance", { .clearance = 2 }, X | R, 0, R, { NODE, .level = 2 }, EFILE_OK,
	  TRACE_NONE },
	{ "exists too is hidden above the clearance", { 0 }, X, 0, X, { NODE, .level = 1 },
	  EFILE_E_NOTFOUND, TRACE_NONE },
	{ "an ended session", { .ended = true }, 127, 0, X, { NODE }, EFILE_E_DENIED, TRACE_NONE },
	{ "an ended session, administration", { .ended = true }, 0, 0, R, { .kind = RECORD_PLAN },
	  EFILE_E_DENIED, TRACE_NONE },
	{ "closed: no write", { 0 }, X | W, 0, W, { NODE, .state = ACCESS_CLOSED }, EFILE_E_STATE,
	  TRACE_NONE },
	{ "closed: read", { 0 }, X | R, 0, R, { NODE, .state = ACCESS_CLOSED }, EFILE_OK, TRACE_NONE },
	{ "closed: sign", { 0 }, X | S, 0, S, { NODE, .state = ACCESS_CLOSED }, EFILE_OK, TRACE_NONE },
	{ "closed: dispose", { 0 }, X | D, 0, D, { NODE, .state = ACCESS_CLOSED }, EFILE_OK,
	  TRACE_NONE },
	{ "closed and no right: denied, not state", { 0 }, X, 0, W, { NODE, .state = ACCESS_CLOSED },
	  EFILE_E_DENIED, TRACE_NONE },
	{ "held: no dispose", { 0 }, X | D, 0, D, { NODE, .state = ACCESS_HELD }, EFILE_E_STATE,
	  TRACE_NONE },
	{ "held: write", { 0 }, X | W, 0, W, { NODE, .state = ACCESS_HELD }, EFILE_OK, TRACE_NONE },
	{ "disposed: exists", { 0 }, X, 0, X, { NODE, .state = ACCESS_DISPOSED }, EFILE_OK,
	  TRACE_NONE },
	{ "disposed: metadata", { 0 }, X | R, 0, R, { NODE, .state = ACCESS_DISPOSED }, EFILE_OK,
	  TRACE_NONE },
	{ "disposed: content", { 0 }, X | R, 0, R,
	  { NODE, .state = ACCESS_DISPOSED, .content = true }, EFILE_E_STATE, TRACE_NONE },
	{ "disposed: write", { 0 }, 127, 0, W, { NODE, .state = ACCESS_DISPOSED }, EFILE_E_STATE,
	  TRACE_NONE },
	{ "disposed: sign", { 0 }, 127, 0, S, { NODE, .state = ACCESS_DISPOSED }, EFILE_E_STATE,
	  TRACE_NONE },
	{ "disposed: dispose", { 0 }, 127, 0, D, { NODE, .state = ACCESS_DISPOSED }, EFILE_E_STATE,
	  TRACE_NONE },
	{ "disposed: export", { 0 }, 127, 0, E, { NODE, .state = ACCESS_DISPOSED }, EFILE_E_STATE,
	  TRACE_NONE },
	{ "disposed: grant", { 0 }, 127, 0, G, { NODE, .state = ACCESS_DISPOSED }, EFILE_E_STATE,
	  TRACE_NONE },
	{ "marked: content is journaled", { 0 }, X | R, 0, R, { NODE, .marked = true, .content = true },
	  EFILE_OK, TRACE_READ },
	{ "marked: metadata is not", { 0 }, X | R, 0, R, { NODE, .marked = true }, EFILE_OK,
	  TRACE_NONE },
	{ "marked: other rights are not", { 0 }, 127, 0, E, { NODE, .marked = true, .content = true },
	  EFILE_OK, TRACE_NONE },
	{ "unmarked content", { 0 }, X | R, 0, R, { NODE, .content = true }, EFILE_OK, TRACE_NONE },
	{ "emergency read", { 0 }, 0, X | R, R, { NODE }, EFILE_OK, TRACE_EMERGENCY },
	{ "emergency read of a marked file", { 0 }, X, X | R, R,
	  { NODE, .marked = true, .content = true }, EFILE_OK, TRACE_EMERGENCY },
	{ "emergency exists", { 0 }, 0, X | R, X, { NODE }, EFILE_OK, TRACE_NONE },
	{ "emergency gives no more", { 0 }, 0, X | R, W, { NODE }, EFILE_E_DENIED, TRACE_NONE },
	{ "emergency not needed", { 0 }, X | R, X | R, R, { NODE }, EFILE_OK, TRACE_NONE },
	{ "emergency not above the clearance", { 0 }, 0, X | R, R, { NODE, .level = 1 },
	  EFILE_E_NOTFOUND, TRACE_NONE },
	{ "all see the filing plan", { 0 }, 0, 0, R, { .kind = RECORD_PLAN, .level = 4 }, EFILE_OK,
	  TRACE_NONE },
	{ "and actors", { 0 }, 0, 0, X, { .kind = RECORD_ACTOR }, EFILE_OK, TRACE_NONE },
	{ "administrators change the plan", { .administrator = true }, 0, 0, W,
	  { .kind = RECORD_PLAN, .state = ACCESS_CLOSED }, EFILE_OK, TRACE_NONE },
	{ "nobody else does", { 0 }, 127, 0, W, { .kind = RECORD_PLAN }, EFILE_E_DENIED, TRACE_NONE },
	{ "administrators have no content", { .administrator = true }, 0, 0, R, { NODE },
	  EFILE_E_NOTFOUND, TRACE_NONE },
	{ "deploying processes", { .administrator = true }, 0, 0, W, { .kind = RECORD_DEFINITION },
	  EFILE_OK, TRACE_NONE },
	{ "an intake item is content", { .administrator = true }, 0, 0, X,
	  { .kind = RECORD_INTAKE_ITEM }, EFILE_E_NOTFOUND, TRACE_NONE },
};

static void test_decisions(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(decide_cases); i++) {
		const decide_case *c = &decide_cases[i];
		access_grant grant = { 1, c->given, c->emergency };
		efile_session s;
		access_verdict verdict;

		tap_case(c->name);
		make(&s, ctx, &c->who);
		verdict = decide(&s, &grant, (efile_right)c->right, &c->object);
		TAP_EQUAL_TEXT(efile_status_name(verdict.status), efile_status_name(c->status));
		TAP_EQUAL_INT(verdict.trace, c->trace);
		TAP_EQUAL_INT(verdict.state != 0, c->status == EFILE_E_STATE);
		drop(&s);
	}
	tap_case(NULL);
	efile_ctx_free(ctx);
}

/* ------------------------------------------------------------------ names */

static void test_names(void)
{
	efile_actor_kind kind = EFILE_ACTOR_PERSON;
	efile_confidentiality level = EFILE_CONFIDENTIALITY_OPEN;
	unsigned mask = 0;

	for (int i = EFILE_ACTOR_PERSON; i <= EFILE_ACTOR_GROUP; i++) {
		TAP_EQUAL_INT(efile_actor_kind_parse(&kind, efile_actor_kind_name((efile_actor_kind)i)),
			      EFILE_OK);
		TAP_EQUAL_INT(kind, i);
	}
	for (int i = EFILE_CONFIDENTIALITY_OPEN; i <= EFILE_CONFIDENTIALITY_TOP_SECRET; i++) {
		const char *name = efile_confidentiality_name((efile_confidentiality)i);

		TAP_EQUAL_INT(efile_confidentiality_parse(&level, name), EFILE_OK);
		TAP_EQUAL_INT(level, i);
	}
	for (unsigned bit = 1; bit < EFILE_RIGHT_ALL; bit <<= 1) {
		TAP_EQUAL_INT(efile_rights_parse(&mask, efile_right_name((efile_right)bit)), EFILE_OK);
		TAP_EQUAL_INT(mask, bit);
	}
	TAP_EQUAL_INT(efile_rights_parse(&mask, "read,write,read"), EFILE_OK);
	TAP_EQUAL_INT(mask, R | W);
	TAP_EQUAL_INT(efile_rights_parse(&mask, "all"), EFILE_OK);
	TAP_EQUAL_INT(mask, EFILE_RIGHT_ALL);
	TAP_EQUAL_INT(efile_rights_parse(&mask, ""), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_rights_parse(&mask, "read,"), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_rights_parse(&mask, "read, write"), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_rights_parse(&mask, "readreadreadreadread"), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_rights_parse(&mask, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(mask, EFILE_RIGHT_ALL);
	TAP_EQUAL_INT(efile_actor_kind_parse(&kind, "Person"), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_confidentiality_parse(&level, "geheim"), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_rights_parse(NULL, "read"), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_actor_kind_parse(NULL, "person"), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_actor_kind_parse(&kind, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_confidentiality_parse(NULL, "open"), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_confidentiality_parse(&level, NULL), EFILE_E_INVALID);
	TAP_EQUAL_TEXT(efile_right_name((efile_right)3), NULL);
	TAP_EQUAL_TEXT(efile_actor_kind_name((efile_actor_kind)0), NULL);
	TAP_EQUAL_TEXT(efile_confidentiality_name((efile_confidentiality)5), NULL);
}

TAP_SUITE(access_decide) = {
	{ "sets of rows", test_sets },
	{ "what a list gives", test_lists },
	{ "the decision", test_decisions },
	{ "names both ways", test_names },
	TAP_END,
};
