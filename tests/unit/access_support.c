/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/access_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const efile_date town_ever = { 0, 0, 0, 0 };

efile_date town_day(int year, int month, int day)
{
	return (efile_date){ year, (int8_t)month, (int8_t)day, 0 };
}

efile_actor_id town_actor(town *t, efile_actor_kind kind, const char *name)
{
	efile_actor_id id = { EFILE_ID_NONE };

	TAP_EQUAL_INT(efile_actor_create(&id, t->admin, kind, name, NULL), EFILE_OK);
	return id;
}

efile_actor_id town_person(town *t, const char *name, int clearance)
{
	efile_actor_options options;
	efile_actor_id id = { EFILE_ID_NONE };
	char login[64];

	efile_actor_options_init(&options);
	options.clearance = clearance;
	snprintf(login, sizeof(login), "os:%s", name);
	TAP_EQUAL_INT(efile_actor_create(&id, t->admin, EFILE_ACTOR_PERSON, name, &options), EFILE_OK);
	TAP_EQUAL_INT(efile_login_permit(t->admin, login, id), EFILE_OK);
	return id;
}

void town_join(town *t, efile_actor_id member, efile_actor_id container)
{
	TAP_EQUAL_INT(efile_member_add(t->admin, member, container, town_ever, town_ever), EFILE_OK);
}

efile_session *town_session(town *t, const char *name, const char *behalf, const char *reason)
{
	efile_session_options options;
	efile_session *session = NULL;
	char login[64];

	efile_session_options_init(&options);
	snprintf(login, sizeof(login), "os:%s", name);
	options.login = login;
	options.on_behalf_of = behalf;
	options.break_glass_reason = reason;
	if (efile_session_open(&session, t->store, name, &options) == EFILE_E_NOMEM && tap_once)
		exit(1); /* not a refusal: nothing that follows would mean anything */
	return session;
}

int64_t town_list(town *t, efile_actor_id subject, unsigned rights)
{
	efile_access_entry entry = { subject, rights, 0, 0 };
	int64_t list = 0;

	TAP_EQUAL_INT(efile_access_list_make(&list, t->admin, &entry, 1), EFILE_OK);
	return list;
}

int town_logged(town *t, const char *action, char **body)
{
	efile_event_cursor *cursor = NULL;
	efile_event event;
	int count = 0;

	if (body)
		*body = NULL;
	TAP_EQUAL_INT(journal_events(&cursor, t->store, 0, NULL), EFILE_OK);
	while (cursor && efile_event_cursor_next(cursor, &event) == EFILE_OK) {
		if (strcmp(event.action, action) != 0)
			continue;
		count++;
		if (body) {
			free(*body);
			*body = strdup(event.body);
		}
	}
	efile_event_cursor_free(cursor);
	return count;
}

void town_setup(town *t)
{
	efile_session_options options;

	*t = (town){ .ctx = test_ctx(), .folder = test_folder() };
	test_clock_reset();
	if (asprintf(&t->path, "%s/store", t->folder) < 0)
		exit(1);
	TAP_EQUAL_INT(efile_store_init(t->ctx, t->path), EFILE_OK);
	TAP_EQUAL_INT(efile_store_open(&t->store, t->ctx, t->path, NULL), EFILE_OK);
	/* One durable commit is enough to begin with. */
	TAP_EQUAL_INT(efile_batch_begin(t->store), EFILE_OK);
	TAP_EQUAL_INT(efile_access_bootstrap(NULL, t->store, "os:root", "admin", NULL), EFILE_OK);
	efile_session_options_init(&options);
	options.login = "os:root";
	TAP_EQUAL_INT(efile_session_open(&t->admin, t->store, "admin", &options), EFILE_OK);
	t->office = town_actor(t, EFILE_ACTOR_UNIT, "amt10");
	t->section = town_actor(t, EFILE_ACTOR_UNIT, "sg102");
	t->weber = town_person(t, "m.weber", EFILE_CONFIDENTIALITY_OPEN);
	t->chief = town_person(t, "r.chief", EFILE_CONFIDENTIALITY_CONFIDENTIAL);
	t->klein = town_person(t, "k.klein", EFILE_CONFIDENTIALITY_OPEN);
	town_join(t, t->section, t->office);
	town_join(t, t->weber, t->section);
	town_join(t, t->chief, t->office);
	TAP_EQUAL_INT(efile_batch_commit(t->store), EFILE_OK);
}

void town_teardown(town *t)
{
	efile_session_close(t->admin);
	efile_store_close(t->store);
	free(t->path);
	test_folder_remove(t->folder);
	test_clock_reset();
	efile_ctx_free(t->ctx);
}
