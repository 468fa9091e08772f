/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edges of access: the first and the last day, no session at all, refusals inside of a batch, and
 * what a stand-in brings along. The tests' day is 2 March 2026. */
#include <stdlib.h>
#include <string.h>

#include "unit/model_support.h"

static efile_status read_list(efile_session *session, int64_t list)
{
	access_object object = { .kind = RECORD_NODE, .list = list, .asked = "x" };

	return access_require(session, EFILE_RIGHT_READ, &object);
}

/* ---- days: both ends count ---- */

static void test_days(void)
{
	static const struct {
		const char *name;
		int from, until;  /* of March; 0: open */
		bool holds;
	} rows[] = {
		{ "open", 0, 0, true },       { "from today", 2, 0, true }, { "from tomorrow", 3, 0, false },
		{ "until today", 0, 2, true }, { "until yesterday", 0, 1, false }, { "today", 2, 2, true },
	};
	int64_t list;
	town t;

	town_setup(&t);
	list = town_list(&t, t.office, EFILE_RIGHT_READ);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_date from = rows[i].from ? town_day(2026, 3, rows[i].from) : town_ever;
		efile_date until = rows[i].until ? town_day(2026, 3, rows[i].until) : town_ever;
		efile_session *klein;
		int absent = -1;

		tap_case(rows[i].name);
		TAP_EQUAL_INT(efile_member_add(t.admin, t.klein, t.office, from, until), EFILE_OK);
		klein = town_session(&t, "k.klein", NULL, NULL);
		TAP_EQUAL_INT(read_list(klein, list), rows[i].holds ? EFILE_OK : EFILE_E_NOTFOUND);
		efile_session_close(klein);
		TAP_EQUAL_INT(efile_member_remove(t.admin, t.klein, t.office), EFILE_OK);
		if (!rows[i].from || !rows[i].until)
			continue;
		TAP_EQUAL_INT(efile_absence_set(t.admin, t.klein, from, until), EFILE_OK);
		TAP_EQUAL_INT(efile_absence_today(t.admin, t.klein, &absent), EFILE_OK);
		TAP_EQUAL_INT(absent, rows[i].holds);
	}
	town_teardown(&t);
}

static void test_deputy_days(void)
{
	static const struct {
		const char *name;
		int from, until;
		bool holds;
	} rows[] = {
		{ "until today", 1, 2, true }, { "until yesterday", 1, 1, false },
		{ "from today", 2, 9, true },  { "from tomorrow", 3, 9, false },
	};
	town t;

	town_setup(&t);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_deputy_options o;
		efile_session *s;

		tap_case(rows[i].name);
		efile_deputy_options_init(&o);
		o.from = town_day(2026, 3, rows[i].from);
		o.until = town_day(2026, 3, rows[i].until);
		TAP_EQUAL_INT(efile_deputy_add(t.admin, t.weber, t.klein, &o), EFILE_OK);
		s = town_session(&t, "k.klein", "m.weber", NULL);
		TAP_EQUAL_INT(s != NULL, rows[i].holds);
		efile_session_close(s);
		TAP_EQUAL_INT(efile_deputy_remove(t.admin, t.weber, t.klein), EFILE_OK);
	}
	town_teardown(&t);
}

/* ---- a stand-in has the rights of the person, of its units, and keeps its own ---- */

static void test_stand_in(void)
{
	int64_t of_weber, of_section, of_office, of_klein;
	access_list_set set;
	efile_session *s;
	town t;

	town_setup(&t);
	of_weber = town_list(&t, t.weber, EFILE_RIGHT_READ);
	of_section = town_list(&t, t.section, EFILE_RIGHT_READ);
	of_office = town_list(&t, t.office, EFILE_RIGHT_READ);
	of_klein = town_list(&t, t.klein, EFILE_RIGHT_WRITE);
	TAP_EQUAL_INT(efile_deputy_add(t.admin, t.weber, t.klein, NULL), EFILE_OK);
	s = town_session(&t, "k.klein", "m.weber", NULL);
	TAP_EQUAL_INT(read_list(s, of_weber), EFILE_OK);
	TAP_EQUAL_INT(read_list(s, of_section), EFILE_OK);
	TAP_EQUAL_INT(read_list(s, of_office), EFILE_OK);
	TAP_EQUAL_INT(access_visible_lists(&set, s, EFILE_RIGHT_READ), EFILE_OK);
	TAP_EQUAL_INT(set.count, 3);
	TAP_EQUAL_INT(access_visible_lists(&set, s, EFILE_RIGHT_WRITE), EFILE_OK);
	TAP_OK(set.count <= 1 && (!set.count || set.ids[0] == of_klein));
	TAP_EQUAL_INT(access_visible_lists(&set, s, EFILE_RIGHT_READ), EFILE_OK);
	TAP_EQUAL_INT(set.count, 3);
	/* and when the person loses one, so does the stand-in */
	TAP_EQUAL_INT(efile_member_remove(t.admin, t.section, t.office), EFILE_OK);
	TAP_EQUAL_INT(access_visible_lists(&set, s, EFILE_RIGHT_READ), EFILE_OK);
	TAP_EQUAL_INT(set.count, 2);
	efile_session_close(s);
	town_teardown(&t);
}

/* ---- refusals inside of a batch are journaled when it is over, however it ends ---- */

static void test_refused_in_batch(void)
{
	efile_session *klein;
	int64_t list;
	town t;

	town_setup(&t);
	list = town_list(&t, t.weber, EFILE_RIGHT_READ);
	klein = town_session(&t, "k.klein", NULL, NULL);
	for (int commit = 0; commit < 2; commit++) {
		int before = town_logged(&t, "access.refused", NULL);

		TAP_EQUAL_INT(efile_batch_begin(t.store), EFILE_OK);
		TAP_EQUAL_INT(efile_actor_create(&(efile_actor_id){ EFILE_ID_NONE }, klein, EFILE_ACTOR_UNIT, "u",
						 NULL), EFILE_E_DENIED);
		TAP_EQUAL_INT(town_logged(&t, "access.refused", NULL), before);
		if (commit)
			TAP_EQUAL_INT(efile_batch_commit(t.store), EFILE_OK);
		else
			efile_batch_abort(t.store);
		TAP_EQUAL_INT(read_list(klein, list), EFILE_E_NOTFOUND);
		TAP_EQUAL_INT(efile_actor_create(&(efile_actor_id){ EFILE_ID_NONE }, klein, EFILE_ACTOR_UNIT, "u",
						 NULL), EFILE_E_DENIED);
		TAP_OK(town_logged(&t, "access.refused", NULL) >= before + 2);
	}
	efile_session_close(klein);
	town_teardown(&t);
}

/* ---- no session, no name ---- */

static void test_nothing_given(void)
{
	efile_date day = town_day(2026, 3, 2);
	efile_actor_cursor *actors = NULL;
	efile_member_cursor *members = NULL;
	efile_deputy_cursor *deputies = NULL;
	efile_access_cursor *entries = NULL;
	efile_actor_id id = { EFILE_ID_NONE };
	int64_t list;
	int flag;
	town t;

	town_setup(&t);
	TAP_EQUAL_INT(efile_actor_create(&id, NULL, EFILE_ACTOR_UNIT, "u", NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_actor_update(NULL, t.weber, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_actor_find(&id, NULL, "m.weber"), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_actor_list(&actors, NULL, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_member_add(NULL, t.weber, t.office, day, day), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_member_remove(NULL, t.weber, t.section), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_member_list(&members, NULL, t.weber, t.office), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_deputy_add(NULL, t.weber, t.klein, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_deputy_remove(NULL, t.weber, t.klein), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_deputy_list(&deputies, NULL, t.weber, t.klein), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_absence_set(NULL, t.weber, day, day), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_absence_remove(NULL, t.weber, day), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_absence_today(NULL, t.weber, &flag), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_login_permit(NULL, "os:x", t.weber), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_login_revoke(NULL, "os:m.weber", t.weber), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_access_list_make(&list, NULL, NULL, 0), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_access_list_show(&entries, NULL, 1), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_actor_cursor_next(NULL, &(efile_actor){ 0 }), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_member_cursor_next(NULL, &(efile_member){ 0 }), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_deputy_cursor_next(NULL, &(efile_deputy){ 0 }), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_access_cursor_next(NULL, &(efile_access_entry){ 0 }), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_session_is_administrator(NULL, &flag), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_login_permit(t.admin, "", t.weber), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_login_revoke(t.admin, "", t.weber), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_login_permit(t.admin, NULL, t.weber), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_login_revoke(t.admin, NULL, t.weber), EFILE_E_INVALID);
	town_teardown(&t);
}

/* ---- a list is what it says, in whatever order ---- */

static void test_order_of_entries(void)
{
	static const int orders[][4] = {
		{ 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 1, 0, 3, 2 }, { 2, 0, 1, 3 }, { 2, 1, 0, 3 }, { 1, 3, 0, 2 },
	};
	efile_access_cursor *cursor = NULL;
	efile_access_entry entries[4], mixed[4], shown;
	int64_t first, list;
	town t;

	town_setup(&t);
	/* docs/ACCESS.md 3: by subject, allowed before denied, for deputies too before not. */
	entries[0] = (efile_access_entry){ t.weber, EFILE_RIGHT_READ, 0, 0 };
	entries[1] = (efile_access_entry){ t.weber, EFILE_RIGHT_WRITE, 0, 1 };
	entries[2] = (efile_access_entry){ t.weber, EFILE_RIGHT_EXPORT, 1, 0 };
	entries[3] = (efile_access_entry){ t.chief, EFILE_RIGHT_READ, 0, 0 };
	TAP_EQUAL_INT(efile_access_list_make(&first, t.admin, entries, 4), EFILE_OK);
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		for (int k = 0; k < 4; k++)
			mixed[k] = entries[orders[i][k]];
		TAP_EQUAL_INT(efile_access_list_make(&list, t.admin, mixed, 4), EFILE_OK);
		TAP_EQUAL_INT(list, first);
	}
	/* One bit of difference is another list. */
	entries[1].not_by_deputy = 0;
	TAP_EQUAL_INT(efile_access_list_make(&list, t.admin, entries, 4), EFILE_OK);
	TAP_OK(list != first);
	TAP_EQUAL_INT(efile_access_list_show(&cursor, t.admin, first), EFILE_OK);
	for (int k = 0; k < 3; k++) {
		static const unsigned rights[] = { EFILE_RIGHT_READ, EFILE_RIGHT_WRITE, EFILE_RIGHT_EXPORT };

		TAP_EQUAL_INT(efile_access_cursor_next(cursor, &shown), EFILE_OK);
		TAP_EQUAL_INT(shown.rights, rights[k]);
		TAP_EQUAL_INT(shown.not_by_deputy, k == 1);
		TAP_EQUAL_INT(shown.deny, k == 2);
	}
	TAP_EQUAL_INT(efile_access_cursor_next(cursor, &shown), EFILE_OK);
	TAP_EQUAL_INT(id_compare(&shown.subject.id, &t.chief.id), 0);
	TAP_EQUAL_INT(efile_access_cursor_next(cursor, &shown), EFILE_DONE);
	efile_access_cursor_free(cursor);
	town_teardown(&t);
}

/* Somebody must be able to administer: the last login of the last one stays. */
static void test_last_login(void)
{
	efile_actor_id admin;
	int64_t before;
	town t;

	town_setup(&t);
	TAP_EQUAL_INT(efile_actor_find(&admin, t.admin, "admin"), EFILE_OK);
	before = town_logged(&t, "login.revoked", NULL);
	TAP_EQUAL_INT(efile_login_revoke(t.admin, "os:root", admin), EFILE_E_STATE);
	TAP_EQUAL_INT(town_logged(&t, "login.revoked", NULL), before);
	TAP_EQUAL_INT(efile_login_permit(t.admin, "os:second", admin), EFILE_OK);
	TAP_EQUAL_INT(efile_login_revoke(t.admin, "os:root", admin), EFILE_OK);
	town_teardown(&t);
}

/* ---- what the log says of changes in the registry ---- */

static void expect_body(town *t, const char *action, const char *part, bool there)
{
	char *body = NULL;

	TAP_OK(town_logged(t, action, &body) > 0);
	TAP_EQUAL_INT(body && strstr(body, part) != NULL, there);
	free(body);
}

static void test_change_in_log(void)
{
	efile_document_id letter;
	efile_node_options o;
	registry r;

	registry_setup(&r);
	letter = registry_document(&r, r.case_id, "alt", NULL, 0);
	efile_node_options_init(&o);
	o.title = "neu";
	TAP_EQUAL_INT(efile_node_update(r.weber, letter.id, registry_revision(&r, letter.id), &o), EFILE_OK);
	expect_body(&r.town, "node.changed", "\"old_title\":\"alt\"", true);
	TAP_EQUAL_INT(efile_node_update(r.weber, letter.id, registry_revision(&r, letter.id), &o), EFILE_OK);
	expect_body(&r.town, "node.changed", "old_title", false);
	/* nothing can be checked out that lies in the trash; what comes back is in the log */
	TAP_EQUAL_INT(efile_node_trash(r.chief, letter.id, registry_revision(&r, letter.id), "x"), EFILE_OK);
	TAP_EQUAL_INT(efile_node_lock(r.weber, letter.id, NULL), EFILE_E_STATE);
	TAP_EQUAL_INT(efile_node_restore(r.chief, letter.id, registry_revision(&r, letter.id)), EFILE_OK);
	TAP_EQUAL_INT(town_logged(&r.town, "node.restored", NULL), 1);
	TAP_EQUAL_INT(efile_node_lock(r.weber, letter.id, NULL), EFILE_OK);
	registry_teardown(&r);
}

static void test_counts_of_moves(void)
{
	efile_dossier_id there;
	efile_node_counts from, to;
	registry r;

	registry_setup(&r);
	there = registry_dossier(&r, r.unit, "dort");
	registry_case(&r, r.dossier, "bleibt");
	TAP_EQUAL_INT(efile_node_move(r.weber, r.case_id.id, there.id, registry_revision(&r, r.case_id.id), NULL),
		      EFILE_OK);
	TAP_EQUAL_INT(efile_node_count(&from, r.weber, r.dossier.id), EFILE_OK);
	TAP_EQUAL_INT(efile_node_count(&to, r.weber, there.id), EFILE_OK);
	TAP_EQUAL_INT(from.cases, 1);
	TAP_EQUAL_INT(from.open_cases, 1);
	TAP_EQUAL_INT(to.cases, 1);
	TAP_EQUAL_INT(to.open_cases, 1);
	registry_teardown(&r);
}

TAP_SUITE(access_edges) = {
	{ "the first and the last day", test_days },
	{ "days of deputies", test_deputy_days },
	{ "a stand-in", test_stand_in },
	{ "refused in a batch", test_refused_in_batch },
	{ "nothing given", test_nothing_given },
	{ "entries in any order", test_order_of_entries },
	{ "the last login of the last administrator", test_last_login },
	{ "what the log says of changes", test_change_in_log },
	{ "counts after a move", test_counts_of_moves },
	TAP_END,
};
