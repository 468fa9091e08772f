/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the desk asks of access: who is called so, who may be handed something, for whom somebody
 * stands in; and each of it without memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/inner.h"
#include "unit/access_support.h"

/* ---- actors ---- */

static void test_named(void)
{
	const access_actor *actor = NULL;
	char name[16];
	town t;

	town_setup(&t);
	TAP_EQUAL_INT(access_actor_named(&actor, t.admin, "m.weber,k.klein", 7), EFILE_OK);
	TAP_EQUAL_TEXT(actor->name, "m.weber");
	TAP_EQUAL_INT(id_compare(&actor->id, &t.weber.id), 0);
	TAP_EQUAL_INT(actor->kind, EFILE_ACTOR_PERSON);
	TAP_OK(actor->active);
	/* Known by now, and still told apart from what begins alike. */
	TAP_EQUAL_INT(access_actor_named(&actor, t.admin, "m.weber", 7), EFILE_OK);
	TAP_EQUAL_INT(access_actor_named(&actor, t.admin, "m.web", 5), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(access_actor_named(&actor, t.admin, "m.webers", 8), EFILE_E_NOTFOUND);
	TAP_EQUAL_TEXT(efile_error_message(t.ctx), "no such actor: m.webers");
	TAP_EQUAL_INT(access_actor_named(&actor, t.admin, "amt10", 5), EFILE_OK);
	TAP_EQUAL_INT(actor->kind, EFILE_ACTOR_UNIT);
	/* More than a session keeps. */
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 120; i++) {
			snprintf(name, sizeof(name), "p%d", i);
			if (!round)
				town_person(&t, name, 0);
			TAP_EQUAL_INT(access_actor_named(&actor, t.admin, name, strlen(name)), EFILE_OK);
			TAP_EQUAL_TEXT(actor->name, name);
		}
	town_teardown(&t);
}

static void test_person(void)
{
	const efile_id none = EFILE_ID_NONE;
	efile_actor_options o;
	int64_t row = 0, weber;
	efile_id id;
	town t;

	town_setup(&t);
	TAP_EQUAL_INT(access_person_row(&row, t.admin, &t.weber.id), EFILE_OK);
	TAP_EQUAL_INT(access_actor_row(&weber, t.admin, &t.weber.id), EFILE_OK);
	TAP_EQUAL_INT(row, weber);
	TAP_EQUAL_INT(access_person_row(&row, t.admin, &t.office.id), EFILE_E_INVALID);
	TAP_EQUAL_INT(access_person_row(&row, t.admin, &none), EFILE_E_NOTFOUND);
	efile_actor_options_init(&o);
	o.active = 0;
	TAP_EQUAL_INT(efile_actor_update(t.admin, t.klein, &o), EFILE_OK);
	TAP_EQUAL_INT(access_person_row(&row, t.admin, &t.klein.id), EFILE_E_STATE);
	TAP_EQUAL_TEXT(efile_error_message(t.ctx), "k.klein is not active");
	TAP_EQUAL_INT(access_actor_of_row(&id, NULL, t.admin, weber), EFILE_OK);
	TAP_EQUAL_INT(id_compare(&id, &t.weber.id), 0);
	town_teardown(&t);
}

/* ---- substitutions ---- */

static bool stands_in(town *t, const access_stand_in *all, size_t count, efile_actor_id actor,
		      efile_actor_id principal)
{
	int64_t row, of;
	bool found = false;

	TAP_EQUAL_INT(access_actor_row(&row, t->admin, &actor.id), EFILE_OK);
	TAP_EQUAL_INT(access_actor_row(&of, t->admin, &principal.id), EFILE_OK);
	for (size_t i = 0; i < count; i++)
		found |= all[i].actor == row && all[i].principal == of;
	return found;
}

static void test_stand_ins(void)
{
	AUTO_PTR(efile_session) klein = NULL;
	AUTO_PTR(efile_session) behalf = NULL;
	access_stand_in *all = NULL;
	size_t count = 99;
	town t;

	town_setup(&t);
	klein = town_session(&t, "k.klein", NULL, NULL);
	TAP_EQUAL_INT(access_stand_ins(&all, &count, klein), EFILE_OK);
	TAP_EQUAL_INT(count, 0);
	free(all);
	/* Two principals: m.weber is in the section, which is in the office; r.chief in the office. */
	TAP_EQUAL_INT(efile_deputy_add(t.admin, t.weber, t.klein, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_deputy_add(t.admin, t.chief, t.klein, NULL), EFILE_OK);
	TAP_EQUAL_INT(access_stand_ins(&all, &count, klein), EFILE_OK);
	TAP_EQUAL_INT(count, 5);
	TAP_OK(stands_in(&t, all, count, t.weber, t.weber));
	TAP_OK(stands_in(&t, all, count, t.section, t.weber));
	TAP_OK(stands_in(&t, all, count, t.office, t.weber));
	TAP_OK(stands_in(&t, all, count, t.chief, t.chief));
	TAP_OK(stands_in(&t, all, count, t.office, t.chief));
	free(all);
	/* What klein belongs to anyway is not said again. */
	town_join(&t, t.klein, t.office);
	TAP_EQUAL_INT(access_stand_ins(&all, &count, klein), EFILE_OK);
	TAP_EQUAL_INT(count, 3);
	TAP_OK(!stands_in(&t, all, count, t.office, t.chief));
	free(all);
	/* Substitutions do not chain. */
	TAP_EQUAL_INT(efile_deputy_add(t.admin, t.klein, t.chief, NULL), EFILE_OK);
	behalf = town_session(&t, "r.chief", "k.klein", NULL);
	TAP_EQUAL_INT(access_stand_ins(&all, &count, behalf), EFILE_OK);
	TAP_EQUAL_INT(count, 0);
	free(all);
	efile_session_close(STEAL(klein));
	efile_session_close(STEAL(behalf));
	town_teardown(&t);
}

/* ---- without memory ---- */

typedef struct desk {
	town t;
	int64_t weber, office;
} desk;

static efile_status ask(desk *d, efile_session *s)
{
	access_stand_in *all = NULL;
	const access_actor *actor;
	const int64_t *subjects;
	AUTO_PTR(char) name = NULL;
	access_list_set set;
	efile_id id;
	efile_date today;
	size_t count;
	int64_t row;
	bool flag;

	TRY(access_actor_named(&actor, s, "amt10", 5));
	TRY(access_person_row(&row, s, &d->t.weber.id));
	TRY(access_actor_of_row(&id, &name, s, row));
	TRY(access_session_is(&flag, s, d->office));
	TRY(access_session_subjects(&subjects, &count, s));
	TRY(access_actor_in(&flag, s, d->weber, d->office));
	TRY(access_visible_lists(&set, s, EFILE_RIGHT_READ));
	TRY(access_today(&today, d->t.store));
	TRY(access_stand_ins(&all, &count, s));
	free(all);
	return count == 5 && flag && today.day == 2 ? EFILE_OK : EFILE_E_INTERNAL;
}

static efile_status ask_once(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(efile_session) s = NULL;
	efile_session_options o;
	desk *d = arg;

	(void)ctx;
	db_forget(d->t.store);
	efile_session_options_init(&o);
	o.login = "os:k.klein";
	TRY(efile_session_open(&s, d->t.store, "k.klein", &o));
	return ask(d, s);
}

static void test_without_memory(void)
{
	desk d;

	town_setup(&d.t);
	TAP_EQUAL_INT(efile_deputy_add(d.t.admin, d.t.weber, d.t.klein, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_deputy_add(d.t.admin, d.t.chief, d.t.klein, NULL), EFILE_OK);
	TAP_EQUAL_INT(access_actor_row(&d.weber, d.t.admin, &d.t.weber.id), EFILE_OK);
	TAP_EQUAL_INT(access_actor_row(&d.office, d.t.admin, &d.t.office.id), EFILE_OK);
	TAP_OK(fail_each(ask_once, &d) > 30);
	town_teardown(&d.t);
}

/* ---- refusals ---- */

static efile_status entries(int64_t *out, efile_store *store)
{
	efile_event_cursor *cursor = NULL;
	efile_event event;
	efile_status status = efile_store_events(&cursor, store, 0);

	*out = 0;
	while (status == EFILE_OK && (status = efile_event_cursor_next(cursor, &event)) == EFILE_OK)
		++*out;
	efile_event_cursor_free(cursor);
	return status == EFILE_DONE ? EFILE_OK : status;
}

/* Whoever is told that it is refused stands in the log, with the next call at the latest. */
static efile_status refused_once(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(efile_session) s = NULL;
	efile_session_options o;
	efile_status status;
	int64_t before, after;
	desk *d = arg;
	int flag;

	(void)ctx;
	db_forget(d->t.store);
	efile_session_options_init(&o);
	o.login = "os:k.klein";
	TRY(efile_session_open(&s, d->t.store, "k.klein", &o));
	TRY(entries(&before, d->t.store));
	status = efile_actor_update(s, d->t.weber, NULL);
	if (status != EFILE_E_DENIED)
		return status;
	TRY(entries(&after, d->t.store));
	if (after == before + 1)
		return EFILE_OK;
	TRY(efile_session_is_administrator(s, &flag));
	TRY(entries(&after, d->t.store));
	return after == before + 1 ? EFILE_E_NOMEM : EFILE_E_INTERNAL;
}

static void test_refused(void)
{
	desk d;

	town_setup(&d.t);
	TAP_OK(fail_each(refused_once, &d) > 20);
	town_teardown(&d.t);
}

TAP_SUITE(access_desk) = {
	{ "who is called so", test_named },
	{ "who may be handed something", test_person },
	{ "for whom somebody stands in", test_stand_ins },
	{ "each of it without memory", test_without_memory },
	{ "a refusal without memory", test_refused },
	TAP_END,
};
