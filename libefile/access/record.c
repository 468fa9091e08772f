/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "access/record.h"

static const record_field actor_fields[] = {
	RECORD_FIELD(actor_record, uuid, FIELD_ID, 0),
	RECORD_FIELD(actor_record, kind, FIELD_INT, 0),
	RECORD_FIELD(actor_record, name, FIELD_TEXT, FIELD_PERSONAL),
	RECORD_FIELD(actor_record, display, FIELD_TEXT, FIELD_PERSONAL),
	RECORD_FIELD(actor_record, mail, FIELD_TEXT, FIELD_PERSONAL),
	RECORD_FIELD(actor_record, active, FIELD_INT, 0),
	RECORD_FIELD(actor_record, clearance, FIELD_INT, 0),
};

static const record_field membership_fields[] = {
	RECORD_FIELD(membership_record, member, FIELD_INT, 0),
	RECORD_FIELD(membership_record, container, FIELD_INT, 0),
	RECORD_FIELD(membership_record, valid_from, FIELD_TEXT, 0),
	RECORD_FIELD(membership_record, valid_until, FIELD_TEXT, 0),
};

static const record_field deputy_fields[] = {
	RECORD_FIELD(deputy_record, principal, FIELD_INT, 0),
	RECORD_FIELD(deputy_record, deputy, FIELD_INT, 0),
	RECORD_FIELD(deputy_record, valid_from, FIELD_TEXT, 0),
	RECORD_FIELD(deputy_record, valid_until, FIELD_TEXT, 0),
	RECORD_FIELD(deputy_record, rights, FIELD_INT, 0),
	RECORD_FIELD(deputy_record, only_absent, FIELD_INT, 0),
};

static const record_field absence_fields[] = {
	RECORD_FIELD(absence_record, actor, FIELD_INT, 0),
	RECORD_FIELD(absence_record, valid_from, FIELD_TEXT, 0),
	RECORD_FIELD(absence_record, valid_until, FIELD_TEXT, 0),
};

static const record_field login_fields[] = {
	RECORD_FIELD(login_record, login, FIELD_TEXT, FIELD_PERSONAL),
	RECORD_FIELD(login_record, actor, FIELD_INT, 0),
};

static const record_field access_list_fields[] = {
	RECORD_FIELD(access_list_record, digest, FIELD_BLOB, 0),
};

static const record_field access_entry_fields[] = {
	RECORD_FIELD(access_entry_record, list, FIELD_INT, 0),
	RECORD_FIELD(access_entry_record, subject, FIELD_INT, 0),
	RECORD_FIELD(access_entry_record, deny, FIELD_INT, 0),
	RECORD_FIELD(access_entry_record, rights, FIELD_INT, 0),
	RECORD_FIELD(access_entry_record, not_by_deputy, FIELD_INT, 0),
};

#define KIND(what, NUMBER)                                                                         \
	const record_kind what##_kind = {                                                          \
		.number = RECORD_##NUMBER,                                                         \
		.table = #what,                                                                    \
		.size = sizeof(what##_record),                                                     \
		.fields = what##_fields,                                                           \
		.field_count = ARRAY_SIZE(what##_fields),                                          \
	}

KIND(actor, ACTOR);
KIND(membership, MEMBERSHIP);
KIND(deputy, DEPUTY);
KIND(absence, ABSENCE);
KIND(login, LOGIN);
KIND(access_list, ACCESS_LIST);
KIND(access_entry, ACCESS_ENTRY);

const char access_schema[] =
#include "access/schema.sql.inc"
	;

#define CLEAR(what)                                                                                \
	void what##_record_clear(what##_record *r)                                                 \
	{                                                                                          \
		record_clear(&what##_kind, r);                                                     \
	}

CLEAR(actor)
CLEAR(membership)
CLEAR(deputy)
CLEAR(absence)
CLEAR(login)
CLEAR(access_list)
