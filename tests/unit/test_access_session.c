/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "unit/access_support.h"

#define DAY_LENGTH (INT64_C(86400) * 1000000)

static access_object content_of(int64_t list)
{
	return (access_object){ .kind = RECORD_NODE, .id = { { 1, 2, 3 } }, .list = list,
				.content = true };
}

/* What a public function does: a call, a transaction, the question, a change. */
static efile_status ask(efile_session *session, efile_right right, const access_object *object)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;

	TRY(session_enter(&call, session));
	TRY(session_begin(&tx, session));
	TRY(access_require(session, right, object));
	return txn_commit(&tx);
}

static bool same(efile_actor_id a, efile_actor_id b)
{
	return id_compare(&a.id, &b.id) == 0;
}

/* ------------------------------------------------------------------ opening */

static void test_open(void)
{
	town t;
	efile_session *s;
	char text[EFILE_ID_TEXT_SIZE];
	int is = 9;

	town_setup(&t);
	s = town_session(&t, "m.weber", NULL, NULL);
	TAP_OK(s != NULL);
	TAP_EQUAL_TEXT(efile_session_actor_name(s), "m.weber");
	TAP_OK(same(efile_session_actor(s), t.weber));
	TAP_OK(same(efile_session_behalf(s), (efile_actor_id){ EFILE_ID_NONE }));
	TAP_OK(efile_session_store(s) == t.store);
	TAP_EQUAL_INT(efile_session_is_administrator(s, &is), EFILE_OK);
	TAP_EQUAL_INT(is, 0);
	TAP_EQUAL_INT(efile_session_is_administrator(t.admin, &is), EFILE_OK);
	TAP_EQUAL_INT(is, 1);
	efile_session_close(s);

	/* By id. */
	efile_session_options o;
	efile_session_options_init(&o);
	o.login = "os:m.weber";
	s = NULL;
	TAP_EQUAL_INT(efile_session_open(&s, t.store, efile_id_format(&t.weber.id, text), &o), EFILE_OK);
	TAP_EQUAL_TEXT(efile_session_actor_name(s), "m.weber");
	efile_session_close(s);
	efile_session_close(NULL);
	town_teardown(&t);
}

typedef struct open_case {
	const char *name;
	const char *actor;
	const char *login;
	const char *behalf;
	const char *reason;
	efile_status status;
	const char *message;
} open_case;

static const open_case open_cases[] = {
	{ "no actor", NULL, "os:m.weber", NULL, NULL, EFILE_E_INVALID, "a session needs an actor" },
	{ "no name", "", "os:m.weber", NULL, NULL, EFILE_E_INVALID, "a session needs an actor" },
	{ "another's login", "r.chief", "os:m.weber", NULL, NULL, EFILE_E_DENIED,
	  "login os:m.weber may not act as r.chief" },
	{ "unknown actor", "x.y", "os:m.weber", NULL, NULL, EFILE_E_DENIED,
	  "login os:m.weber may not act as x.y" },
	{ "a unit does not act", "amt10", "os:m.weber", NULL, NULL, EFILE_E_DENIED,
	  "login os:m.weber may not act as amt10" },
	{ "no deputy", "m.weber", "os:m.weber", "r.chief", NULL, EFILE_E_DENIED,
	  "m.weber is not the deputy of r.chief today" },
	{ "for nobody known", "m.weber", "os:m.weber", "x.y", NULL, EFILE_E_DENIED,
	  "m.weber is not the deputy of x.y today" },
	{ "for a unit", "m.weber", "os:m.weber", "sg102", NULL, EFILE_E_DENIED,
	  "m.weber is not the deputy of sg102 today" },
	{ "for oneself", "m.weber", "os:m.weber", "m.weber", NULL, EFILE_E_DENIED,
	  "m.weber is not the deputy of m.weber today" },
	{ "emergency without reason", "m.weber", "os:m.weber", NULL, "", EFILE_E_INVALID,
	  "emergency access needs a reason" },
	{ "emergency for another", "m.weber", "os:m.weber", "r.chief", "fire", EFILE_E_INVALID,
	  "emergency access is not given on behalf of another" },
	{ "emergency of an administrator", "admin", "os:root", NULL, "fire", EFILE_E_DENIED,
	  "administrators cannot have emergency access: admin" },
};

static void test_refused_open(void)
{
	town t;
	int refused = 0;
	char *body;

	town_setup(&t);
	for (size_t i = 0; i < ARRAY_SIZE(open_cases); i++) {
		const open_case *c = &open_cases[i];
		efile_session_options o;
		efile_session *s = NULL;

		tap_case(c->name);
		efile_session_options_init(&o);
		o.login = c->login;
		o.on_behalf_of = c->behalf;
		o.break_glass_reason = c->reason;
		TAP_EQUAL_INT(efile_session_open(&s, t.store, c->actor, &o), c->status);
		TAP_OK(s == NULL);
		TAP_EQUAL_TEXT(efile_error_message(t.ctx), c->message);
		refused += c->status == EFILE_E_DENIED;
		TAP_EQUAL_INT(town_logged(&t, "access.refused", NULL), refused);
	}
	tap_case(NULL);
	TAP_EQUAL_INT(town_logged(&t, "access.refused", &body), refused);
	TAP_EQUAL_TEXT(body, "{\"login\":\"os:root\",\"as\":\"admin\",\"on_behalf_of\":null,"
			     "\"break_glass_reason\":\"fire\"}");
	free(body);
	TAP_EQUAL_INT(efile_session_open(NULL, t.store, "admin", NULL), EFILE_E_INVALID);
	town_teardown(&t);
}

/* ------------------------------------------------------------------ access_require() */

static void test_require(void)
{
	town t;
	efile_session *s;
	access_object o;
	int64_t office, other;

	town_setup(&t);
	office = town_list(&t, t.office, EFILE_RIGHT_READ);
	other = town_list(&t, t.klein, EFILE_RIGHT_ALL);
	s = town_session(&t, "m.weber", NULL, NULL);

	o = content_of(office);
	TAP_EQUAL_INT(ask(s, EFILE_RIGHT_READ, &o), EFILE_OK);
	TAP_EQUAL_INT(town_logged(&t, "access.refused", NULL), 0);
	TAP_EQUAL_INT(ask(s, EFILE_RIGHT_WRITE, &o), EFILE_E_DENIED);
	TAP_EQUAL_TEXT(efile_error_message(t.ctx),
		       "no right to write: 01020300-0000-0000-0000-000000000000");
	TAP_EQUAL_INT(town_logged(&t, "access.refused", NULL), 1);

	o = content_of(other);
	o.asked = "10.24.1-7/3";
	TAP_EQUAL_INT(ask(s, EFILE_RIGHT_READ, &o), EFILE_E_NOTFOUND);
	TAP_EQUAL_TEXT(efile_error_message(t.ctx), "not found: 10.24.1-7/3");
	TAP_EQUAL_INT(town_logged(&t, "access.refused", NULL), 2);
	o = content_of(0);
	TAP_EQUAL_INT(ask(s, EFILE_RIGHT_READ, &o), EFILE_E_NOTFOUND);
	o = content_of(4711);
	TAP_EQUAL_INT(ask(s, EFILE_RIGHT_READ, &o), EFILE_E_NOTFOUND);
	o = content_of(office);
	o.level = EFILE_CONFIDENTIALITY_RESTRICTED;
	TAP_EQUAL_INT(ask(s, EFILE_RIGHT_READ, &o), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(ask(s, (efile_right)3, &o), EFILE_E_INVALID);
	TAP_EQUAL_INT(ask(s, (efile_right)128, &o), EFILE_E_INVALID);
	TAP_EQUAL_INT(ask(s, (efile_right)0, &o), EFILE_E_INVALID);
	efile_session_close(s);
	town_teardown(&t);
}

typedef struct state_case {
	const char *name;
	efile_right right;
	unsigned state;
	const char *message;
} state_case;

static void test_states(void)
{
	static const state_case cases[] = {
		{ "closed", EFILE_RIGHT_WRITE, ACCESS_CLOSED, "10-1/1 is closed" },
		{ "held", EFILE_RIGHT_DISPOSE, ACCESS_HELD | ACCESS_CLOSED, "10-1/1 is under a hold" },
		{ "disposed", EFILE_RIGHT_READ, ACCESS_DISPOSED, "10-1/1 has been disposed of" },
	};
	town t;
	efile_session *s;
	access_object o;

	town_setup(&t);
	o = content_of(town_list(&t, t.weber, EFILE_RIGHT_ALL));
	o.asked = "10-1/1";
	s = town_session(&t, "m.weber", NULL, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		tap_case(cases[i].name);
		o.state = cases[i].state;
		TAP_EQUAL_INT(ask(s, cases[i].right, &o), EFILE_E_STATE);
		TAP_EQUAL_TEXT(efile_error_message(t.ctx), cases[i].message);
	}
	tap_case(NULL);
	TAP_EQUAL_INT(town_logged(&t, "access.refused", NULL), 0);
	efile_session_close(s);
	town_teardown(&t);
}

/* A refusal survives the rollback of the call that it ended, and the change does not. */
static void test_refusal_after_rollback(void)
{
	town t;
	efile_session *s;
	char *body;

	town_setup(&t);
	s = town_session(&t, "m.weber", NULL, NULL);
	{
		AUTO(session_call) call = SESSION_CALL_NONE;
		AUTO(txn) tx = TXN_NONE;
		access_object o = content_of(0);

		TAP_EQUAL_INT(session_enter(&call, s), EFILE_OK);
		TAP_EQUAL_INT(session_begin(&tx, s), EFILE_OK);
		TAP_EQUAL_INT(session_journal(s, JOURNAL_NODE_CHANGED, RECORD_NODE, NULL, 0, NULL),
			      EFILE_OK);
		TAP_EQUAL_INT(access_require(s, EFILE_RIGHT_SIGN, &o), EFILE_E_NOTFOUND);
	}
	TAP_EQUAL_TEXT(efile_error_message(t.ctx),
		       "not found: 01020300-0000-0000-0000-000000000000");
	TAP_EQUAL_INT(town_logged(&t, "node.changed", NULL), 0);
	TAP_EQUAL_INT(town_logged(&t, "access.refused", &body), 1);
	TAP_EQUAL_TEXT(body, "{\"right\":\"sign\",\"answer\":\"NOTFOUND\"}");
	free(body);

	/* An object that is not there looks the same from outside and in the log. */
	{
		AUTO(session_call) call = SESSION_CALL_NONE;
		efile_id id = { { 1, 2, 3 } };

		TAP_EQUAL_INT(session_enter(&call, s), EFILE_OK);
		TAP_EQUAL_INT(access_missing(s, RECORD_NODE, &id, NULL), EFILE_E_NOTFOUND);
	}
	TAP_EQUAL_TEXT(efile_error_message(t.ctx),
		       "not found: 01020300-0000-0000-0000-000000000000");
	TAP_EQUAL_INT(town_logged(&t, "access.refused", NULL), 2);
	efile_session_close(s);
	town_teardown(&t);
}

/* Of calls inside calls only the outermost writes them. */
static void test_refusal_nested(void)
{
	town t;
	efile_session *s;
	access_object o = content_of(0);

	town_setup(&t);
	s = town_session(&t, "m.weber", NULL, NULL);
	{
		AUTO(session_call) outer = SESSION_CALL_NONE;

		TAP_EQUAL_INT(session_enter(&outer, s), EFILE_OK);
		TAP_EQUAL_INT(ask(s, EFILE_RIGHT_READ, &o), EFILE_E_NOTFOUND);
		TAP_EQUAL_INT(town_logged(&t, "access.refused", NULL), 0);
	}
	TAP_EQUAL_INT(town_logged(&t, "access.refused", NULL), 1);
	efile_session_close(s);
	town_teardown(&t);
}

/* Within a caller's batch refusals wait for its end, even if that is a rollback. */
static void test_refusal_in_batch(void)
{
	town t;
	efile_session *s;
	access_object o = content_of(0);

	town_setup(&t);
	s = town_session(&t, "m.weber", NULL, NULL);
	TAP_EQUAL_INT(efile_batch_begin(t.store), EFILE_OK);
	TAP_EQUAL_INT(ask(s, EFILE_RIGHT_READ, &o), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(ask(s, EFILE_RIGHT_READ, &o), EFILE_E_NOTFOUND);
	efile_batch_abort(t.store);
	TAP_EQUAL_INT(town_logged(&t, "access.refused", NULL), 0);
	efile_session_close(s);
	TAP_EQUAL_INT(town_logged(&t, "access.refused", NULL), 2);
	town_teardown(&t);
}

static void test_marked(void)
{
	town t;
	efile_session *s;
	access_object o;

	town_setup(&t);
	o = content_of(town_list(&t, t.weber, EFILE_RIGHT_READ));
	o.marked = true;
	s = town_session(&t, "m.weber", NULL, NULL);
	TAP_EQUAL_INT(ask(s, EFILE_RIGHT_READ, &o), EFILE_OK);
	TAP_EQUAL_INT(town_logged(&t, "access.read", NULL), 1);
	TAP_EQUAL_INT(access_require(s, EFILE_RIGHT_READ, &o), EFILE_OK);
	TAP_EQUAL_INT(town_logged(&t, "access.read", NULL), 2);

	/* What cannot be journaled is not read: here a snapshot is open. */
	{
		AUTO(txn) tx = TXN_NONE;

		TAP_EQUAL_INT(session_begin_read(&tx, s), EFILE_OK);
		TAP_EQUAL_INT(access_require(s, EFILE_RIGHT_READ, &o), EFILE_E_STATE);
		o.marked = false;
		TAP_EQUAL_INT(access_require(s, EFILE_RIGHT_READ, &o), EFILE_OK);
	}
	TAP_EQUAL_INT(town_logged(&t, "access.read", NULL), 2);
	efile_session_close(s);
	town_teardown(&t);
}

static int warnings;

static void count_warnings(efile_log_level level, const char *module, const char *message,
			   void *user)
{
	(void)user;
	if (level == EFILE_LOG_WARNING && strcmp(module, "access") == 0) {
		warnings++;
		TAP_OK(strstr(message, "weber") == NULL);
	}
}

static void test_emergency(void)
{
	town t;
	efile_session *s;
	access_object o;
	char *body;

	town_setup(&t);
	t.ctx->log = count_warnings;
	t.ctx->log_level = EFILE_LOG_WARNING;
	warnings = 0;
	o = content_of(town_list(&t, t.klein, EFILE_RIGHT_ALL));
	s = town_session(&t, "m.weber", NULL, "Wasserrohrbruch");
	TAP_EQUAL_INT(warnings, 1);
	TAP_EQUAL_INT(town_logged(&t, "access.break_glass", &body), 1);
	TAP_EQUAL_TEXT(body, "{\"login\":\"os:m.weber\",\"reason\":\"Wasserrohrbruch\","
			     "\"purpose\":null}");
	free(body);
	TAP_EQUAL_INT(ask(s, EFILE_RIGHT_READ, &o), EFILE_OK);
	TAP_EQUAL_INT(town_logged(&t, "access.break_glass", &body), 2);
	TAP_EQUAL_TEXT(body, "{\"purpose\":null,\"reason\":\"Wasserrohrbruch\"}");
	free(body);
	TAP_EQUAL_INT(ask(s, EFILE_RIGHT_WRITE, &o), EFILE_E_DENIED);
	o.level = 1;
	TAP_EQUAL_INT(ask(s, EFILE_RIGHT_READ, &o), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(town_logged(&t, "access.break_glass", NULL), 2);
	efile_session_close(s);
	town_teardown(&t);
}

/* ------------------------------------------------------------------ changes reach open sessions */

static void test_follows_changes(void)
{
	town t;
	efile_session *s;
	access_object o;
	efile_actor_options off;

	town_setup(&t);
	o = content_of(town_list(&t, t.office, EFILE_RIGHT_READ));
	s = town_session(&t, "k.klein", NULL, NULL);
	TAP_EQUAL_INT(access_peek(s, EFILE_RIGHT_READ, &o), EFILE_E_NOTFOUND);
	town_join(&t, t.klein, t.section);
	TAP_EQUAL_INT(access_peek(s, EFILE_RIGHT_READ, &o), EFILE_OK);

	/* A change that was rolled back is forgotten with it. */
	TAP_EQUAL_INT(efile_batch_begin(t.store), EFILE_OK);
	TAP_EQUAL_INT(efile_member_remove(t.admin, t.klein, t.section), EFILE_OK);
	TAP_EQUAL_INT(access_peek(s, EFILE_RIGHT_READ, &o), EFILE_E_NOTFOUND);
	efile_batch_abort(t.store);
	TAP_EQUAL_INT(access_peek(s, EFILE_RIGHT_READ, &o), EFILE_OK);

	/* An inactive unit passes nothing on, nor do those above it. */
	efile_actor_options_init(&off);
	off.active = 0;
	TAP_EQUAL_INT(efile_actor_update(t.admin, t.section, &off), EFILE_OK);
	TAP_EQUAL_INT(access_peek(s, EFILE_RIGHT_READ, &o), EFILE_E_NOTFOUND);
	off.active = 1;
	TAP_EQUAL_INT(efile_actor_update(t.admin, t.section, &off), EFILE_OK);
	TAP_EQUAL_INT(access_peek(s, EFILE_RIGHT_READ, &o), EFILE_OK);

	/* Without the login's permission the session is over. */
	TAP_EQUAL_INT(efile_login_revoke(t.admin, "os:k.klein", t.klein), EFILE_OK);
	TAP_EQUAL_INT(ask(s, EFILE_RIGHT_READ, &o), EFILE_E_DENIED);
	TAP_EQUAL_TEXT(efile_error_message(t.ctx), "the permission of this session has ended");
	TAP_EQUAL_INT(access_peek(s, EFILE_RIGHT_EXISTS, &o), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_login_permit(t.admin, "os:k.klein", t.klein), EFILE_OK);
	TAP_EQUAL_INT(ask(s, EFILE_RIGHT_READ, &o), EFILE_OK);
	off.active = 0;
	TAP_EQUAL_INT(efile_actor_update(t.admin, t.klein, &off), EFILE_OK);
	TAP_EQUAL_INT(ask(s, EFILE_RIGHT_READ, &o), EFILE_E_DENIED);
	efile_session_close(s);
	town_teardown(&t);
}

/* TEST_NOW is the morning of 2 March 2026. Days begin at midnight in Berlin, not in Greenwich. */
static void test_periods(void)
{
	town t;
	efile_session *s;
	access_object o;

	town_setup(&t);
	o = content_of(town_list(&t, t.office, EFILE_RIGHT_READ));
	TAP_EQUAL_INT(efile_member_add(t.admin, t.klein, t.office, town_day(2026, 3, 3),
				       town_day(2026, 3, 4)), EFILE_OK);
	s = town_session(&t, "k.klein", NULL, NULL);
	TAP_EQUAL_INT(access_peek(s, EFILE_RIGHT_READ, &o), EFILE_E_NOTFOUND);
	test_tick(15 * INT64_C(3600000000) - 1); /* 2 March 23:59:59.999999 in Berlin */
	TAP_EQUAL_INT(access_peek(s, EFILE_RIGHT_READ, &o), EFILE_E_NOTFOUND);
	test_tick(1);                            /* 3 March 00:00 there, 23:00 the day before here */
	TAP_EQUAL_INT(access_peek(s, EFILE_RIGHT_READ, &o), EFILE_OK);
	test_tick(2 * DAY_LENGTH - 1);
	TAP_EQUAL_INT(access_peek(s, EFILE_RIGHT_READ, &o), EFILE_OK);
	test_tick(1);
	TAP_EQUAL_INT(access_peek(s, EFILE_RIGHT_READ, &o), EFILE_E_NOTFOUND);
	efile_session_close(s);
	town_teardown(&t);
}

/* ------------------------------------------------------------------ deputies */

static void test_deputy(void)
{
	town t;
	efile_session *chief, *s;
	efile_deputy_options d;
	access_object o;

	town_setup(&t);
	o = content_of(town_list(&t, t.chief, EFILE_RIGHT_ALL));
	chief = town_session(&t, "r.chief", NULL, NULL);
	efile_deputy_options_init(&d);
	d.only_absent = 1;
	d.until = town_day(2026, 3, 5);
	TAP_EQUAL_INT(efile_deputy_add(chief, t.chief, t.weber, &d), EFILE_OK);
	TAP_OK(town_session(&t, "m.weber", "r.chief", NULL) == NULL);
	TAP_EQUAL_INT(efile_absence_set(chief, t.chief, town_day(2026, 3, 1), town_day(2026, 3, 3)),
		      EFILE_OK);
	s = town_session(&t, "m.weber", "r.chief", NULL);
	TAP_OK(s != NULL);
	TAP_OK(same(efile_session_behalf(s), t.chief));
	TAP_EQUAL_INT(ask(s, EFILE_RIGHT_SIGN, &o), EFILE_OK);
	TAP_EQUAL_INT(ask(s, EFILE_RIGHT_GRANT, &o), EFILE_E_DENIED);

	/* The clearance is the deputy's own. */
	o.level = EFILE_CONFIDENTIALITY_CONFIDENTIAL;
	TAP_EQUAL_INT(access_peek(chief, EFILE_RIGHT_SIGN, &o), EFILE_OK);
	TAP_EQUAL_INT(access_peek(s, EFILE_RIGHT_SIGN, &o), EFILE_E_NOTFOUND);
	o.level = 0;

	/* The chief is back on the fourth. */
	test_tick(2 * DAY_LENGTH);
	TAP_EQUAL_INT(ask(s, EFILE_RIGHT_SIGN, &o), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_absence_set(chief, t.chief, town_day(2026, 3, 4), town_ever), EFILE_OK);
	TAP_EQUAL_INT(ask(s, EFILE_RIGHT_SIGN, &o), EFILE_OK);
	test_tick(2 * DAY_LENGTH); /* past the fifth */
	TAP_EQUAL_INT(ask(s, EFILE_RIGHT_SIGN, &o), EFILE_E_DENIED);
	efile_session_close(s);
	efile_session_close(chief);
	town_teardown(&t);
}

static void test_deputy_of_administrator(void)
{
	town t;
	efile_session *s;
	efile_actor_id id;

	town_setup(&t);
	TAP_EQUAL_INT(efile_deputy_add(t.admin, efile_session_actor(t.admin), t.weber, NULL), EFILE_OK);
	s = town_session(&t, "m.weber", "admin", NULL);
	TAP_OK(s != NULL);
	TAP_EQUAL_INT(efile_actor_create(&id, s, EFILE_ACTOR_GROUP, "mine", NULL), EFILE_E_DENIED);
	TAP_EQUAL_TEXT(efile_error_message(t.ctx), "only an administrator may do that");
	TAP_EQUAL_INT(town_logged(&t, "access.refused", NULL), 1);
	efile_session_close(s);
	town_teardown(&t);
}

/* Entries of the log name both the deputy and the principal. */
static void test_log_names_both(void)
{
	town t;
	efile_session *s;
	efile_event_cursor *cursor = NULL;
	efile_event event = { 0 };
	access_object o;
	efile_id actor = EFILE_ID_NONE, behalf = EFILE_ID_NONE;

	town_setup(&t);
	TAP_EQUAL_INT(efile_deputy_add(t.admin, t.chief, t.weber, NULL), EFILE_OK);
	o = content_of(town_list(&t, t.chief, EFILE_RIGHT_READ));
	o.marked = true;
	s = town_session(&t, "m.weber", "r.chief", NULL);
	TAP_EQUAL_INT(ask(s, EFILE_RIGHT_READ, &o), EFILE_OK);
	TAP_EQUAL_INT(efile_store_events(&cursor, t.store, 0), EFILE_OK);
	while (efile_event_cursor_next(cursor, &event) == EFILE_OK) {
		actor = event.actor;
		behalf = event.behalf;
	}
	efile_event_cursor_free(cursor);
	TAP_EQUAL_INT(id_compare(&actor, &t.weber.id), 0);
	TAP_EQUAL_INT(id_compare(&behalf, &t.chief.id), 0);
	efile_session_close(s);
	town_teardown(&t);
}

/* ------------------------------------------------------------------ filters */

static void test_visible_lists(void)
{
	town t;
	efile_session *s;
	access_list_set set;
	int64_t office, mine, empty, other;
	int clearance = 9;

	town_setup(&t);
	office = town_list(&t, t.office, EFILE_RIGHT_READ);
	other = town_list(&t, t.klein, EFILE_RIGHT_READ);
	mine = town_list(&t, t.weber, EFILE_RIGHT_WRITE);
	TAP_EQUAL_INT(efile_access_list_make(&empty, t.admin, NULL, 0), EFILE_OK);
	s = town_session(&t, "m.weber", NULL, NULL);
	TAP_EQUAL_INT(access_visible_lists(&set, s, EFILE_RIGHT_EXISTS), EFILE_OK);
	TAP_EQUAL_INT(set.count, 2);
	TAP_EQUAL_INT(access_visible_lists(&set, s, EFILE_RIGHT_READ), EFILE_OK);
	TAP_EQUAL_INT(set.count, 1);
	TAP_EQUAL_INT(set.ids[0], office);
	TAP_EQUAL_INT(access_visible_lists(&set, s, EFILE_RIGHT_EXISTS), EFILE_OK);
	TAP_EQUAL_INT(set.count, 2);
	TAP_EQUAL_INT(set.ids[0], office);
	TAP_EQUAL_INT(set.ids[1], mine);
	TAP_EQUAL_INT(access_visible_lists(&set, s, EFILE_RIGHT_WRITE), EFILE_OK);
	TAP_EQUAL_INT(set.count, 1);
	TAP_EQUAL_INT(set.ids[0], mine);
	TAP_EQUAL_INT(session_clearance(&clearance, s), EFILE_OK);
	TAP_EQUAL_INT(clearance, 0);
	efile_session_close(s);

	/* In an emergency all that is not denied, objects without list included. */
	s = town_session(&t, "m.weber", NULL, "fire");
	TAP_EQUAL_INT(access_visible_lists(&set, s, EFILE_RIGHT_WRITE), EFILE_OK);
	TAP_EQUAL_INT(set.count, 1);
	/* Also after somebody asked for a list that is not there. */
	access_object phantom = content_of(4711);
	TAP_EQUAL_INT(access_peek(s, EFILE_RIGHT_READ, &phantom), EFILE_OK);
	TAP_EQUAL_INT(access_visible_lists(&set, s, EFILE_RIGHT_READ), EFILE_OK);
	TAP_EQUAL_INT(set.count, 5);
	TAP_EQUAL_INT(set.ids[0], 0);
	TAP_OK(other > 0 && empty > 0);
	TAP_EQUAL_INT(efile_login_revoke(t.admin, "os:m.weber", t.weber), EFILE_OK);
	TAP_EQUAL_INT(access_visible_lists(&set, s, EFILE_RIGHT_READ), EFILE_OK);
	TAP_EQUAL_INT(set.count, 0);
	efile_session_close(s);
	town_teardown(&t);
}

static void test_belongs(void)
{
	town t;
	efile_session *s;
	int64_t office = 0, klein = 0, chief = 0;
	const int64_t *rows;
	size_t count;
	bool is = false;
	efile_id id;
	char *name = NULL;

	town_setup(&t);
	s = town_session(&t, "m.weber", NULL, NULL);
	TAP_EQUAL_INT(access_actor_row(&office, s, &t.office.id), EFILE_OK);
	TAP_EQUAL_INT(access_actor_row(&klein, s, &t.klein.id), EFILE_OK);
	TAP_EQUAL_INT(access_actor_row(&chief, s, &t.chief.id), EFILE_OK);
	TAP_EQUAL_INT(access_session_is(&is, s, office), EFILE_OK);
	TAP_OK(is);
	TAP_EQUAL_INT(access_session_is(&is, s, klein), EFILE_OK);
	TAP_OK(!is);
	TAP_EQUAL_INT(access_actor_in(&is, s, chief, office), EFILE_OK);
	TAP_OK(is);
	TAP_EQUAL_INT(access_actor_in(&is, s, klein, office), EFILE_OK);
	TAP_OK(!is);
	TAP_EQUAL_INT(access_session_subjects(&rows, &count, s), EFILE_OK);
	TAP_EQUAL_INT(count, 3);
	TAP_EQUAL_INT(access_actor_of_row(&id, &name, s, office), EFILE_OK);
	TAP_EQUAL_TEXT(name, "amt10");
	free(name);
	TAP_EQUAL_INT(access_actor_of_row(&id, NULL, s, 4711), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(access_list_require(s, 4711), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(access_list_require(s, 0), EFILE_E_NOTFOUND);
	efile_session_close(s);
	town_teardown(&t);
}

/* Who becomes an administrator in an emergency session administers, and reads by it no longer. */
static void test_emergency_of_a_new_administrator(void)
{
	efile_actor_id role;
	efile_session *s;
	access_object o;
	int administers;
	town t;

	town_setup(&t);
	TAP_EQUAL_INT(efile_actor_find(&role, t.admin, "administrator"), EFILE_OK);
	o = content_of(town_list(&t, t.klein, EFILE_RIGHT_ALL));
	s = town_session(&t, "m.weber", NULL, "Brand");
	TAP_EQUAL_INT(ask(s, EFILE_RIGHT_READ, &o), EFILE_OK);
	town_join(&t, t.weber, role);
	TAP_EQUAL_INT(efile_session_is_administrator(s, &administers), EFILE_OK);
	TAP_EQUAL_INT(administers, 1);
	TAP_EQUAL_INT(ask(s, EFILE_RIGHT_READ, &o), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_member_remove(t.admin, t.weber, role), EFILE_OK);
	TAP_EQUAL_INT(ask(s, EFILE_RIGHT_READ, &o), EFILE_OK);
	efile_session_close(s);
	town_teardown(&t);
}

TAP_SUITE(access_session) = {
	{ "a new administrator has no emergency access", test_emergency_of_a_new_administrator },
	{ "opens by name and id", test_open },
	{ "a refused session is journaled", test_refused_open },
	{ "answers and refusals", test_require },
	{ "states refuse, and are no refusal of rights", test_states },
	{ "a refusal survives the rollback", test_refusal_after_rollback },
	{ "a refusal waits for the outermost call", test_refusal_nested },
	{ "a refusal waits for the end of a batch", test_refusal_in_batch },
	{ "reads of marked files are journaled or refused", test_marked },
	{ "emergency access leaves its trace", test_emergency },
	{ "open sessions follow every change", test_follows_changes },
	{ "periods begin and end at midnight in Berlin", test_periods },
	{ "deputies", test_deputy },
	{ "a deputy does not administer", test_deputy_of_administrator },
	{ "the log names deputy and principal", test_log_names_both },
	{ "visible lists", test_visible_lists },
	{ "who belongs to what", test_belongs },
	TAP_END,
};
