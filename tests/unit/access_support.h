/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A small town hall: a store with an administrator, two units and three persons. */
#ifndef TESTS_UNIT_ACCESS_SUPPORT_H
#define TESTS_UNIT_ACCESS_SUPPORT_H

#include "access/access.h"
#include "unit/support.h"

typedef struct town {
	efile_ctx *ctx;
	char *folder;
	char *path;
	efile_store *store;
	efile_session *admin;    /* "admin", login "os:root" */
	efile_actor_id office;   /* unit "amt10" */
	efile_actor_id section;  /* unit "sg102", in the office */
	efile_actor_id weber;    /* "m.weber", in the section */
	efile_actor_id chief;    /* "r.chief", in the office */
	efile_actor_id klein;    /* "k.klein", in nothing */
} town;

void town_setup(town *t);
void town_teardown(town *t);

/* A person with the login "os:" and the name. */
efile_actor_id town_person(town *t, const char *name, int clearance);
efile_actor_id town_actor(town *t, efile_actor_kind kind, const char *name);
void town_join(town *t, efile_actor_id member, efile_actor_id container);

/* A session by the person's own login; NULL if refused. behalf and reason may be NULL. */
efile_session *town_session(town *t, const char *name, const char *behalf, const char *reason);

/* A list with one entry that allows. */
int64_t town_list(town *t, efile_actor_id subject, unsigned rights);

/* Entries of the log with an action; body (if not NULL) receives that of the newest, malloc'd. */
int town_logged(town *t, const char *action, char **body);

efile_date town_day(int year, int month, int day);

extern const efile_date town_ever;

#endif
