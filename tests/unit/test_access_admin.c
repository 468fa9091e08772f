/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/record.h"
#include "unit/access_support.h"

/* ------------------------------------------------------------------ the first actor */

static void test_bootstrap(void)
{
	town t;
	efile_actor_id id;
	char *body;

	town_setup(&t);
	TAP_EQUAL_INT(efile_access_bootstrap(&id, t.store, "os:root", "second", NULL), EFILE_E_EXISTS);
	TAP_EQUAL_TEXT(efile_error_message(t.ctx), "this store has its first actor already");
	TAP_EQUAL_INT(efile_access_bootstrap(&id, NULL, "os:root", "second", NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_actor_find(&id, t.admin, "administrator"), EFILE_OK);
	TAP_EQUAL_INT(efile_actor_find(&id, t.admin, "second"), EFILE_E_NOTFOUND);
	TAP_EQUAL_TEXT(efile_error_message(t.ctx), "no such actor: second");
	TAP_EQUAL_INT(town_logged(&t, "actor.created", &body), 6);
	free(body);
	town_teardown(&t);
}

/* Without a login it is the one of the process, at opening too. */
static void test_own_login(void)
{
	efile_ctx *ctx = test_ctx();
	char *folder = test_folder(), *path = NULL;
	efile_store *store = NULL;
	efile_session *s = NULL;

	TAP_OK(asprintf(&path, "%s/store", folder) > 0);
	TAP_EQUAL_INT(efile_store_init(ctx, path), EFILE_OK);
	TAP_EQUAL_INT(efile_store_open(&store, ctx, path, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_session_open(&s, store, "me", NULL), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_access_bootstrap(NULL, store, NULL, "me", "Ich selbst"), EFILE_OK);
	TAP_EQUAL_INT(efile_session_open(&s, store, "me", NULL), EFILE_OK);
	efile_session_close(s);
	efile_store_close(store);
	free(path);
	test_folder_remove(folder);
	efile_ctx_free(ctx);
}

/* ------------------------------------------------------------------ actors */

typedef struct name_case {
	const char *what;
	const char *name;
	efile_status status;
} name_case;

static const name_case name_cases[] = {
	{ "umlauts", "j.müller-groß", EFILE_OK },
	{ "100 bytes", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		       "aaaaaaaaaaaaaaaa", EFILE_OK },
	{ "101 bytes", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		       "aaaaaaaaaaaaaaaaa", EFILE_E_INVALID },
	{ "nothing", "", EFILE_E_INVALID },
	{ "no text", NULL, EFILE_E_INVALID },
	{ "a blank", "m weber", EFILE_E_INVALID },
	{ "a tab", "m\tweber", EFILE_E_INVALID },
	{ "delete", "m\x7fweber", EFILE_E_INVALID },
	{ "broken UTF-8", "m\xffweber", EFILE_E_INVALID },
	{ "an id", "01890a5d-ac96-774b-bcce-b302099a8057", EFILE_E_INVALID },
	{ "taken", "m.weber", EFILE_E_EXISTS },
};

static void test_names(void)
{
	town t;
	efile_actor_id id;

	town_setup(&t);
	for (size_t i = 0; i < ARRAY_SIZE(name_cases); i++) {
		tap_case(name_cases[i].what);
		TAP_EQUAL_INT(efile_actor_create(&id, t.admin, EFILE_ACTOR_GROUP, name_cases[i].name, NULL),
			      name_cases[i].status);
	}
	tap_case(NULL);
	TAP_EQUAL_INT(efile_actor_create(&id, t.admin, (efile_actor_kind)6, "x", NULL),
		      EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_actor_create(NULL, t.admin, EFILE_ACTOR_GROUP, "x", NULL),
		      EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_actor_create(&id, NULL, EFILE_ACTOR_GROUP, "x", NULL), EFILE_E_INVALID);
	town_teardown(&t);
}

static void expect_actor(town *t, efile_actor_id id, const char *display, const char *mail,
			 int active, int clearance)
{
	efile_actor_cursor *cursor = NULL;
	efile_actor_filter filter;
	efile_actor actor;

	efile_actor_filter_init(&filter);
	filter.actor = id;
	TAP_EQUAL_INT(efile_actor_list(&cursor, t->admin, &filter), EFILE_OK);
	TAP_EQUAL_INT(efile_actor_cursor_next(cursor, &actor), EFILE_OK);
	TAP_EQUAL_TEXT(actor.display, display);
	TAP_EQUAL_TEXT(actor.mail, mail);
	TAP_EQUAL_INT(actor.active, active);
	TAP_EQUAL_INT(actor.clearance, clearance);
	TAP_EQUAL_INT(efile_actor_cursor_next(cursor, &actor), EFILE_DONE);
	efile_actor_cursor_free(cursor);
}

static void test_update(void)
{
	town t;
	efile_actor_options o;
	efile_actor_id nobody = { { { 1 } } };

	town_setup(&t);
	expect_actor(&t, t.weber, "m.weber", NULL, 1, 0);
	efile_actor_options_init(&o);
	TAP_EQUAL_INT(efile_actor_update(t.admin, t.weber, &o), EFILE_OK);
	expect_actor(&t, t.weber, "m.weber", NULL, 1, 0);
	o.display = "Maria Weber";
	o.mail = "m.weber@example.org";
	o.clearance = EFILE_CONFIDENTIALITY_SECRET;
	o.active = 0;
	TAP_EQUAL_INT(efile_actor_update(t.admin, t.weber, &o), EFILE_OK);
	expect_actor(&t, t.weber, "Maria Weber", "m.weber@example.org", 0, 3);
	efile_actor_options_init(&o);
	o.display = "";
	o.mail = "";
	TAP_EQUAL_INT(efile_actor_update(t.admin, t.weber, &o), EFILE_OK);
	expect_actor(&t, t.weber, "m.weber", NULL, 0, 3);
	TAP_EQUAL_INT(efile_actor_update(t.admin, nobody, &o), EFILE_E_NOTFOUND);
	o.clearance = 5;
	TAP_EQUAL_INT(efile_actor_update(t.admin, t.weber, &o), EFILE_E_INVALID);
	o.clearance = -1;
	o.active = 2;
	TAP_EQUAL_INT(efile_actor_update(t.admin, t.weber, &o), EFILE_E_INVALID);
	o.active = -1;
	o.display = "\xff";
	TAP_EQUAL_INT(efile_actor_update(t.admin, t.weber, &o), EFILE_E_INVALID);
	town_teardown(&t);
}

static void test_last_administrator(void)
{
	town t;
	efile_actor_id admin, role;
	efile_actor_options off;

	town_setup(&t);
	admin = efile_session_actor(t.admin);
	efile_actor_find(&role, t.admin, "administrator");
	efile_actor_options_init(&off);
	off.active = 0;
	TAP_EQUAL_INT(efile_actor_update(t.admin, admin, &off), EFILE_E_STATE);
	TAP_EQUAL_TEXT(efile_error_message(t.ctx), "somebody must remain who administers this store");
	TAP_EQUAL_INT(efile_actor_update(t.admin, role, &off), EFILE_E_STATE);
	TAP_EQUAL_INT(efile_member_remove(t.admin, admin, role), EFILE_E_STATE);
	TAP_EQUAL_INT(efile_member_add(t.admin, admin, role, town_ever, town_day(2026, 3, 1)),
		      EFILE_E_STATE);
	/* With a second one, by way of a group, the first may go. */
	efile_actor_id group = town_actor(&t, EFILE_ACTOR_GROUP, "it");
	town_join(&t, t.klein, group);
	town_join(&t, group, role);
	TAP_EQUAL_INT(efile_member_remove(t.admin, admin, role), EFILE_OK);
	TAP_EQUAL_INT(efile_actor_update(t.admin, t.klein, &off), EFILE_E_DENIED);
	town_teardown(&t);
}

static void test_list_actors(void)
{
	static const char *const names[] = { "admin", "administrator", "amt10", "k.klein", "m.weber",
					     "r.chief", "sg102" };
	town t;
	efile_actor_cursor *cursor = NULL;
	efile_actor_filter filter;
	efile_actor actor;
	int count = 0;

	town_setup(&t);
	TAP_EQUAL_INT(efile_actor_list(&cursor, t.admin, NULL), EFILE_OK);
	while (efile_actor_cursor_next(cursor, &actor) == EFILE_OK) {
		TAP_EQUAL_TEXT(actor.name, names[count]);
		count++;
	}
	TAP_EQUAL_INT(count, 7);
	efile_actor_cursor_free(cursor);
	efile_actor_filter_init(&filter);
	filter.kind = EFILE_ACTOR_PERSON;
	filter.after = "k.klein";
	TAP_EQUAL_INT(efile_actor_list(&cursor, t.admin, &filter), EFILE_OK);
	TAP_EQUAL_INT(efile_actor_cursor_next(cursor, &actor), EFILE_OK);
	TAP_EQUAL_TEXT(actor.name, "m.weber");
	TAP_EQUAL_INT(efile_actor_cursor_next(cursor, &actor), EFILE_OK);
	TAP_EQUAL_TEXT(actor.name, "r.chief");
	TAP_EQUAL_INT(efile_actor_cursor_next(cursor, &actor), EFILE_DONE);
	efile_actor_cursor_free(cursor);
	efile_actor_cursor_free(NULL);
	TAP_EQUAL_INT(efile_actor_cursor_next(NULL, &actor), EFILE_E_INVALID);
	town_teardown(&t);
}

/* ------------------------------------------------------------------ memberships */

static void test_members(void)
{
	town t;
	efile_member_cursor *cursor = NULL;
	efile_member m;
	efile_actor_id role, nobody = { { { 1 } } };

	town_setup(&t);
	efile_actor_find(&role, t.admin, "administrator");
	TAP_EQUAL_INT(efile_member_add(t.admin, t.weber, t.chief, town_ever, town_ever),
		      EFILE_E_INVALID);
	TAP_EQUAL_TEXT(efile_error_message(t.ctx), "nobody can be a member of the person r.chief");
	TAP_EQUAL_INT(efile_member_add(t.admin, t.office, t.office, town_ever, town_ever),
		      EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_member_add(t.admin, role, t.office, town_ever, town_ever),
		      EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_member_add(t.admin, nobody, t.office, town_ever, town_ever),
		      EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_member_add(t.admin, t.klein, t.office, town_day(2026, 2, 2),
				       town_day(2026, 2, 1)), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_member_add(t.admin, t.klein, t.office, town_day(2026, 2, 29), town_ever),
		      EFILE_E_INVALID);
	/* The same membership again changes its period. */
	TAP_EQUAL_INT(efile_member_add(t.admin, t.weber, t.section, town_day(2026, 1, 1),
				       town_day(2026, 12, 31)), EFILE_OK);
	TAP_EQUAL_INT(efile_member_list(&cursor, t.admin, t.weber, (efile_actor_id){ EFILE_ID_NONE }),
		      EFILE_OK);
	TAP_EQUAL_INT(efile_member_cursor_next(cursor, &m), EFILE_OK);
	TAP_EQUAL_INT(id_compare(&m.member.id, &t.weber.id), 0);
	TAP_EQUAL_INT(id_compare(&m.container.id, &t.section.id), 0);
	TAP_EQUAL_INT(m.from.year, 2026);
	TAP_EQUAL_INT(m.until.day, 31);
	TAP_EQUAL_INT(efile_member_cursor_next(cursor, &m), EFILE_DONE);
	efile_member_cursor_free(cursor);
	TAP_EQUAL_INT(efile_member_list(&cursor, t.admin, (efile_actor_id){ EFILE_ID_NONE }, t.office),
		      EFILE_OK);
	TAP_EQUAL_INT(efile_member_cursor_next(cursor, &m), EFILE_OK);
	TAP_EQUAL_INT(efile_member_cursor_next(cursor, &m), EFILE_OK);
	TAP_EQUAL_INT(id_compare(&m.member.id, &t.chief.id), 0);
	TAP_EQUAL_INT(efile_member_cursor_next(cursor, &m), EFILE_DONE);
	efile_member_cursor_free(cursor);
	TAP_EQUAL_INT(efile_member_list(&cursor, t.admin, nobody, t.office), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_member_remove(t.admin, t.weber, t.section), EFILE_OK);
	TAP_EQUAL_INT(efile_member_remove(t.admin, t.weber, t.section), EFILE_E_NOTFOUND);
	TAP_EQUAL_TEXT(efile_error_message(t.ctx), "m.weber is not a member of sg102");
	town_teardown(&t);
}

/* Units that contain each other do no harm. */
static void test_circle(void)
{
	town t;
	efile_session *s;
	bool is = false;
	int64_t weber, office;

	town_setup(&t);
	town_join(&t, t.office, t.section);
	s = town_session(&t, "m.weber", NULL, NULL);
	TAP_OK(s != NULL);
	TAP_EQUAL_INT(access_actor_row(&weber, s, &t.weber.id), EFILE_OK);
	TAP_EQUAL_INT(access_actor_row(&office, s, &t.office.id), EFILE_OK);
	TAP_EQUAL_INT(access_actor_in(&is, s, weber, office), EFILE_OK);
	TAP_OK(is);
	efile_session_close(s);
	town_teardown(&t);
}

/* ------------------------------------------------------------------ deputies, absence */

static void test_deputies(void)
{
	town t;
	efile_session *weber;
	efile_deputy_options o;
	efile_deputy_cursor *cursor = NULL;
	efile_deputy d;

	town_setup(&t);
	weber = town_session(&t, "m.weber", NULL, NULL);
	efile_deputy_options_init(&o);
	TAP_EQUAL_INT(o.rights, EFILE_RIGHT_ALL);
	TAP_EQUAL_INT(efile_deputy_add(weber, t.chief, t.weber, &o), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_deputy_add(weber, t.weber, t.weber, &o), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_deputy_add(weber, t.weber, t.office, &o), EFILE_E_INVALID);
	TAP_EQUAL_TEXT(efile_error_message(t.ctx), "amt10 is not a person");
	o.rights = 0;
	TAP_EQUAL_INT(efile_deputy_add(weber, t.weber, t.klein, &o), EFILE_E_INVALID);
	o.rights = 128;
	TAP_EQUAL_INT(efile_deputy_add(weber, t.weber, t.klein, &o), EFILE_E_INVALID);
	o.rights = EFILE_RIGHT_READ;
	o.from = town_day(2026, 3, 3);
	TAP_EQUAL_INT(efile_deputy_add(weber, t.weber, t.klein, &o), EFILE_OK);
	o.from = town_day(2026, 3, 1);
	o.only_absent = 1;
	TAP_EQUAL_INT(efile_deputy_add(t.admin, t.weber, t.klein, &o), EFILE_OK);
	TAP_EQUAL_INT(efile_deputy_list(&cursor, weber, t.weber, (efile_actor_id){ EFILE_ID_NONE }),
		      EFILE_OK);
	TAP_EQUAL_INT(efile_deputy_cursor_next(cursor, &d), EFILE_OK);
	TAP_EQUAL_INT(id_compare(&d.deputy.id, &t.klein.id), 0);
	TAP_EQUAL_INT(d.rights, EFILE_RIGHT_READ);
	TAP_EQUAL_INT(d.only_absent, 1);
	TAP_EQUAL_INT(d.from.day, 1);
	TAP_EQUAL_INT(d.today, 0);
	TAP_EQUAL_INT(efile_deputy_cursor_next(cursor, &d), EFILE_DONE);
	efile_deputy_cursor_free(cursor);

	TAP_EQUAL_INT(efile_absence_set(weber, t.weber, town_day(2026, 3, 2), town_ever), EFILE_OK);
	TAP_EQUAL_INT(efile_deputy_list(&cursor, weber, (efile_actor_id){ EFILE_ID_NONE }, t.klein),
		      EFILE_OK);
	TAP_EQUAL_INT(efile_deputy_cursor_next(cursor, &d), EFILE_OK);
	TAP_EQUAL_INT(d.today, 1);
	efile_deputy_cursor_free(cursor);
	TAP_EQUAL_INT(efile_deputy_remove(weber, t.weber, t.klein), EFILE_OK);
	TAP_EQUAL_INT(efile_deputy_remove(weber, t.weber, t.klein), EFILE_E_NOTFOUND);
	efile_session_close(weber);
	town_teardown(&t);
}

static void test_absence(void)
{
	town t;
	efile_session *weber;
	int absent = 9;

	town_setup(&t);
	weber = town_session(&t, "m.weber", NULL, NULL);
	TAP_EQUAL_INT(efile_absence_today(weber, t.weber, &absent), EFILE_OK);
	TAP_EQUAL_INT(absent, 0);
	TAP_EQUAL_INT(efile_absence_set(weber, t.weber, town_day(2026, 3, 1), town_day(2026, 3, 1)),
		      EFILE_OK);
	TAP_EQUAL_INT(efile_absence_today(weber, t.weber, &absent), EFILE_OK);
	TAP_EQUAL_INT(absent, 0);
	TAP_EQUAL_INT(efile_absence_set(weber, t.weber, town_day(2026, 3, 1), town_day(2026, 3, 2)),
		      EFILE_OK);
	TAP_EQUAL_INT(efile_absence_today(weber, t.weber, &absent), EFILE_OK);
	TAP_EQUAL_INT(absent, 1);
	TAP_EQUAL_INT(efile_absence_remove(weber, t.weber, town_day(2026, 3, 1)), EFILE_OK);
	TAP_EQUAL_INT(efile_absence_remove(weber, t.weber, town_day(2026, 3, 1)), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_absence_set(weber, t.weber, town_ever, town_ever), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_absence_set(weber, t.chief, town_day(2026, 3, 1), town_ever),
		      EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_absence_set(t.admin, t.office, town_day(2026, 3, 1), town_ever),
		      EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_absence_set(t.admin, t.chief, town_day(2026, 3, 1), town_ever), EFILE_OK);
	efile_session_close(weber);
	town_teardown(&t);
}

/* ------------------------------------------------------------------ logins */

static void test_logins(void)
{
	town t;

	town_setup(&t);
	TAP_EQUAL_INT(efile_login_permit(t.admin, "os:m.weber", t.weber), EFILE_OK);
	TAP_EQUAL_INT(efile_login_permit(t.admin, "os:m.weber", t.office), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_login_permit(t.admin, "os: x", t.weber), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_login_permit(t.admin, NULL, t.weber), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_login_revoke(t.admin, "os:other", t.weber), EFILE_E_NOTFOUND);
	TAP_EQUAL_TEXT(efile_error_message(t.ctx), "login os:other may not act as m.weber anyway");
	TAP_EQUAL_INT(efile_login_revoke(t.admin, "os:m.weber", t.weber), EFILE_OK);
	TAP_OK(town_session(&t, "m.weber", NULL, NULL) == NULL);
	town_teardown(&t);
}

/* ------------------------------------------------------------------ only administrators */

static void test_only_administrators(void)
{
	town t;
	efile_session *s;
	efile_actor_id id;
	efile_actor_options o;
	int refused = 0;

	town_setup(&t);
	efile_actor_options_init(&o);
	s = town_session(&t, "m.weber", NULL, NULL);
	TAP_EQUAL_INT(efile_actor_create(&id, s, EFILE_ACTOR_GROUP, "g", NULL), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_actor_update(s, t.weber, &o), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_member_add(s, t.weber, t.office, town_ever, town_ever), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_member_remove(s, t.chief, t.office), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_deputy_remove(s, t.chief, t.weber), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_absence_remove(s, t.chief, town_day(2026, 3, 1)), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_login_permit(s, "os:m.weber", t.chief), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_login_revoke(s, "os:k.klein", t.klein), EFILE_E_DENIED);
	refused = 8;
	TAP_EQUAL_INT(town_logged(&t, "access.refused", NULL), refused);
	efile_session_close(s);
	town_teardown(&t);
}

/* ------------------------------------------------------------------ access lists */

static void test_lists(void)
{
	town t;
	int64_t a = 0, b = 0, c = 0, none = 0, again = 0;
	efile_access_cursor *cursor = NULL;
	efile_access_entry e;

	town_setup(&t);
	efile_access_entry forth[] = {
		{ t.office, EFILE_RIGHT_READ, 0, 0 },
		{ t.weber, EFILE_RIGHT_WRITE, 1, 1 },
		{ t.office, EFILE_RIGHT_WRITE, 0, 0 },
	};
	efile_access_entry back[] = {
		{ t.weber, EFILE_RIGHT_WRITE, 1, 0 },
		{ t.office, EFILE_RIGHT_READ | EFILE_RIGHT_WRITE, 0, 0 },
	};
	TAP_EQUAL_INT(efile_access_list_make(&a, t.admin, forth, 3), EFILE_OK);
	TAP_EQUAL_INT(efile_access_list_make(&b, t.admin, back, 2), EFILE_OK);
	TAP_OK(a > 0);
	TAP_EQUAL_INT(b, a);
	back[1].not_by_deputy = 1;
	TAP_EQUAL_INT(efile_access_list_make(&c, t.admin, back, 2), EFILE_OK);
	TAP_OK(c != a);
	TAP_EQUAL_INT(efile_access_list_make(&none, t.admin, NULL, 0), EFILE_OK);
	TAP_EQUAL_INT(efile_access_list_make(&again, t.admin, NULL, 0), EFILE_OK);
	TAP_OK(none > 0 && none == again && none != a);
	TAP_EQUAL_INT(town_logged(&t, "access.changed", NULL), 3);

	TAP_EQUAL_INT(efile_access_list_show(&cursor, t.admin, c), EFILE_OK);
	TAP_EQUAL_INT(efile_access_cursor_next(cursor, &e), EFILE_OK);
	TAP_EQUAL_INT(id_compare(&e.subject.id, &t.office.id), 0);
	TAP_EQUAL_INT(e.rights, EFILE_RIGHT_READ | EFILE_RIGHT_WRITE);
	TAP_EQUAL_INT(e.deny, 0);
	TAP_EQUAL_INT(e.not_by_deputy, 1);
	TAP_EQUAL_INT(efile_access_cursor_next(cursor, &e), EFILE_OK);
	TAP_EQUAL_INT(e.deny, 1);
	TAP_EQUAL_INT(e.not_by_deputy, 0);
	TAP_EQUAL_INT(efile_access_cursor_next(cursor, &e), EFILE_DONE);
	efile_access_cursor_free(cursor);
	TAP_EQUAL_INT(efile_access_list_show(&cursor, t.admin, 4711), EFILE_E_NOTFOUND);

	back[0].rights = 0;
	TAP_EQUAL_INT(efile_access_list_make(&a, t.admin, back, 2), EFILE_E_INVALID);
	back[0].rights = 128;
	TAP_EQUAL_INT(efile_access_list_make(&a, t.admin, back, 2), EFILE_E_INVALID);
	back[0].rights = 1;
	back[0].subject.id = EFILE_ID_NONE;
	TAP_EQUAL_INT(efile_access_list_make(&a, t.admin, back, 2), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_access_list_make(&a, t.admin, back, 1001), EFILE_E_LIMIT);
	TAP_EQUAL_INT(efile_access_list_make(&a, t.admin, NULL, 2), EFILE_E_INVALID);
	town_teardown(&t);
}

/* SHA-256 of "EFA1" alone: the list without entries (docs/ACCESS.md 3; by sha256sum). */
static void test_digest(void)
{
	static const char expected[] =
		"55895c0f82be3b0f718147bc357945fb850f5b0faae7a7337448de5db7a61d91";
	town t;
	int64_t list = 0;
	access_list_record row = { { 0, 0 }, { NULL, 0 } };
	char hex[2 * SHA256_SIZE + 1];

	town_setup(&t);
	TAP_EQUAL_INT(efile_access_list_make(&list, t.admin, NULL, 0), EFILE_OK);
	TAP_EQUAL_INT(row_load(t.store, &access_list_kind, &row, list), EFILE_OK);
	TAP_EQUAL_INT(row.digest.length, SHA256_SIZE);
	TAP_EQUAL_TEXT(str_hex(hex, row.digest.data, SHA256_SIZE), expected);
	access_list_record_clear(&row);
	town_teardown(&t);
}

/* ------------------------------------------------------------------ broken weather */

/* Nothing of this may crash, and nothing is journaled as a refusal. */
static void test_no_place(void)
{
	town t;
	efile_actor_id none = { EFILE_ID_NONE };
	efile_actor_cursor *actors = NULL;
	efile_member_cursor *members = NULL;
	efile_deputy_cursor *deputies = NULL;
	efile_access_cursor *entries = NULL;

	town_setup(&t);
	TAP_EQUAL_INT(efile_actor_list(NULL, t.admin, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_member_list(NULL, t.admin, none, none), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_deputy_list(NULL, t.admin, none, none), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_access_list_show(NULL, t.admin, 1), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_absence_today(t.admin, t.weber, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_session_is_administrator(t.admin, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_actor_find(NULL, t.admin, "x"), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_actor_list(&actors, t.admin, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_actor_cursor_next(actors, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_member_list(&members, t.admin, none, none), EFILE_OK);
	TAP_EQUAL_INT(efile_member_cursor_next(members, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_deputy_list(&deputies, t.admin, none, none), EFILE_OK);
	TAP_EQUAL_INT(efile_deputy_cursor_next(deputies, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_access_list_show(&entries, t.admin, town_list(&t, t.weber, 2)), EFILE_OK);
	TAP_EQUAL_INT(efile_access_cursor_next(entries, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_member_cursor_next(NULL, NULL), EFILE_E_INVALID);
	efile_actor_cursor_free(actors);
	efile_member_cursor_free(members);
	efile_deputy_cursor_free(deputies);
	efile_access_cursor_free(entries);
	efile_session_options_init(NULL);
	efile_actor_options_init(NULL);
	TAP_EQUAL_INT(town_logged(&t, "access.refused", NULL), 0);
	town_teardown(&t);
}

static void test_german(void)
{
	town t;
	efile_actor_id id;

	town_setup(&t);
	t.ctx->language = EFILE_LANGUAGE_DE;
	TAP_EQUAL_INT(efile_actor_find(&id, t.admin, "x.y"), EFILE_E_NOTFOUND);
	TAP_EQUAL_TEXT(efile_error_message(t.ctx), "Akteur nicht gefunden: x.y");
	town_teardown(&t);
}

/* The store is whole after all that the tests do. */
static void test_fsck(void)
{
	town t;
	efile_report *report = NULL;

	town_setup(&t);
	town_list(&t, t.office, EFILE_RIGHT_READ);
	TAP_EQUAL_INT(efile_deputy_add(t.admin, t.chief, t.weber, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_member_remove(t.admin, t.chief, t.office), EFILE_OK);
	TAP_EQUAL_INT(efile_store_fsck(&report, t.store, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_report_count(report), 0);
	efile_report_free(report);
	town_teardown(&t);
}

/* Cursors end with the permission of their session. */
static void test_ended_cursors(void)
{
	town t;
	efile_session *s;
	efile_actor_id none = { EFILE_ID_NONE };
	efile_actor_cursor *actors = NULL;
	efile_member_cursor *members = NULL;
	efile_deputy_cursor *deputies = NULL;
	efile_access_cursor *entries = NULL;
	efile_actor actor;
	efile_member member;
	efile_deputy deputy;
	efile_access_entry entry;

	town_setup(&t);
	s = town_session(&t, "m.weber", NULL, NULL);
	TAP_EQUAL_INT(efile_deputy_add(t.admin, t.chief, t.weber, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_actor_list(&actors, s, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_member_list(&members, s, none, none), EFILE_OK);
	TAP_EQUAL_INT(efile_deputy_list(&deputies, s, none, none), EFILE_OK);
	TAP_EQUAL_INT(efile_access_list_show(&entries, s, town_list(&t, t.weber, 2)), EFILE_OK);
	TAP_EQUAL_INT(efile_login_revoke(t.admin, "os:m.weber", none), EFILE_E_NOTFOUND);
	TAP_EQUAL_TEXT(efile_error_message(t.ctx),
		       "no such actor: 00000000-0000-0000-0000-000000000000");
	TAP_EQUAL_INT(efile_login_revoke(t.admin, "os:m.weber", t.weber), EFILE_OK);
	TAP_EQUAL_INT(efile_actor_cursor_next(actors, &actor), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_member_cursor_next(members, &member), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_deputy_cursor_next(deputies, &deputy), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_access_cursor_next(entries, &entry), EFILE_E_DENIED);
	efile_actor_cursor_free(actors);
	efile_member_cursor_free(members);
	efile_deputy_cursor_free(deputies);
	efile_access_cursor_free(entries);
	efile_session_close(s);
	town_teardown(&t);
}

/* The first actor appears whole or not at all. */
static efile_status bootstrap_once(efile_ctx *ctx, void *arg)
{
	efile_store *store = NULL;
	efile_status status = efile_store_open(&store, ctx, arg, NULL);

	if (status == EFILE_OK)
		status = efile_access_bootstrap(NULL, store, NULL, "first", "Die Erste");
	efile_store_close(store);
	return status;
}

static void test_bootstrap_without_memory(void)
{
	efile_ctx *ctx = test_ctx();
	char *folder = test_folder(), *path = NULL;

	TAP_OK(asprintf(&path, "%s/store", folder) > 0);
	TAP_EQUAL_INT(efile_store_init(ctx, path), EFILE_OK);
	TAP_OK(fail_each(bootstrap_once, path) > 20);
	free(path);
	test_folder_remove(folder);
	efile_ctx_free(ctx);
}

typedef struct fail_town {
	char *path;
	int run;
} fail_town;

/* Everything once, with names of its own in each run. */
static efile_status do_everything(efile_ctx *ctx, void *arg)
{
	fail_town *f = arg;
	efile_store *store = NULL;
	efile_session *s = NULL, *p = NULL;
	efile_session_options o;
	efile_actor_id unit, person;
	efile_access_entry entry;
	int64_t list;
	char unit_name[32], person_name[32];
	efile_status status;

	f->run++;
	snprintf(unit_name, sizeof(unit_name), "u%d", f->run);
	snprintf(person_name, sizeof(person_name), "p%d", f->run);
	efile_session_options_init(&o);
	o.login = "os:root";
	status = efile_store_open(&store, ctx, f->path, NULL);
	if (status == EFILE_OK)
		status = efile_session_open(&s, store, "admin", &o);
	if (status == EFILE_OK)
		status = efile_actor_create(&unit, s, EFILE_ACTOR_UNIT, unit_name, NULL);
	if (status == EFILE_OK)
		status = efile_actor_create(&person, s, EFILE_ACTOR_PERSON, person_name, NULL);
	if (status == EFILE_OK)
		status = efile_member_add(s, person, unit, town_day(2026, 1, 1), town_ever);
	if (status == EFILE_OK)
		status = efile_login_permit(s, "os:p", person);
	if (status == EFILE_OK)
		status = efile_absence_set(s, person, town_day(2026, 1, 1), town_day(2027, 1, 1));
	if (status == EFILE_OK)
		status = efile_deputy_add(s, person, efile_session_actor(s), NULL);
	entry = (efile_access_entry){ status == EFILE_OK ? unit : (efile_actor_id){ EFILE_ID_NONE },
				      EFILE_RIGHT_READ, 0, 0 };
	if (status == EFILE_OK)
		status = efile_access_list_make(&list, s, &entry, 1);
	o.login = "os:p";
	if (status == EFILE_OK)
		status = efile_session_open(&p, store, person_name, &o);
	if (status == EFILE_OK) {
		access_object object = { .kind = RECORD_NODE, .list = list, .marked = true,
					 .content = true };
		access_list_set set;

		status = access_require(p, EFILE_RIGHT_READ, &object);
		if (status == EFILE_OK)
			status = access_visible_lists(&set, p, EFILE_RIGHT_READ);
	}
	efile_session_close(p);
	efile_session_close(s);
	efile_store_close(store);
	return status;
}

static void test_without_memory(void)
{
	town t;
	fail_town f = { NULL, 0 };
	efile_report *report = NULL;

	town_setup(&t);
	efile_session_close(t.admin);
	t.admin = NULL;
	efile_store_close(t.store);
	t.store = NULL;
	f.path = t.path;
	TAP_OK(fail_each(do_everything, &f) > 50);
	TAP_EQUAL_INT(efile_store_open(&t.store, t.ctx, t.path, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_store_fsck(&report, t.store, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_report_count(report), 0);
	efile_report_free(report);
	town_teardown(&t);
}

TAP_SUITE(access_admin) = {
	{ "the first actor", test_bootstrap },
	{ "the login of the process", test_own_login },
	{ "names of actors", test_names },
	{ "changing actors", test_update },
	{ "somebody must administer", test_last_administrator },
	{ "listing actors", test_list_actors },
	{ "memberships", test_members },
	{ "units in a circle", test_circle },
	{ "deputies", test_deputies },
	{ "absence", test_absence },
	{ "logins", test_logins },
	{ "only administrators may", test_only_administrators },
	{ "shared access lists", test_lists },
	{ "digest of a list", test_digest },
	{ "no place for the answer", test_no_place },
	{ "messages in German", test_german },
	{ "cursors end with their session", test_ended_cursors },
	{ "the first actor without memory", test_bootstrap_without_memory },
	{ "the store is whole", test_fsck },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
