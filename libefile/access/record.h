/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The recorded tables of this module: schema.sql as structs. api/wiring.c lists them. */
#ifndef ACCESS_RECORD_H
#define ACCESS_RECORD_H

#include "store/store.h"

extern const char access_schema[]; /* format 1 */

typedef struct actor_record {
	record_head head;
	efile_id uuid;
	int64_t kind;
	char *name;
	char *display;
	char *mail;
	int64_t active;
	int64_t clearance;
} actor_record;

typedef struct membership_record {
	record_head head;
	int64_t member;
	int64_t container;
	char *valid_from;
	char *valid_until;
} membership_record;

typedef struct deputy_record {
	record_head head;
	int64_t principal;
	int64_t deputy;
	char *valid_from;
	char *valid_until;
	int64_t rights;
	int64_t only_absent;
} deputy_record;

typedef struct absence_record {
	record_head head;
	int64_t actor;
	char *valid_from;
	char *valid_until;
} absence_record;

typedef struct login_record {
	record_head head;
	char *login;
	int64_t actor;
} login_record;

typedef struct access_list_record {
	record_head head;
	bytes digest;
} access_list_record;

typedef struct access_entry_record {
	record_head head;
	int64_t list;
	int64_t subject;
	int64_t deny;
	int64_t rights;
	int64_t not_by_deputy;
} access_entry_record;

extern const record_kind actor_kind;
extern const record_kind membership_kind;
extern const record_kind deputy_kind;
extern const record_kind absence_kind;
extern const record_kind login_kind;
extern const record_kind access_list_kind;
extern const record_kind access_entry_kind;

/* AUTO(actor_record) a = { { 0, 0 } }; */
void actor_record_clear(actor_record *r);
void membership_record_clear(membership_record *r);
void deputy_record_clear(deputy_record *r);
void absence_record_clear(absence_record *r);
void login_record_clear(login_record *r);
void access_list_record_clear(access_list_record *r);

#endif
