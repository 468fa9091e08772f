/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of kinds, rights and levels, both ways. */
#include <string.h>

#include <efile/access.h>

#include "base/base.h"

static const name_row kinds[] = {
	{ EFILE_ACTOR_PERSON, "person" }, { EFILE_ACTOR_UNIT, "unit" },
	{ EFILE_ACTOR_POSITION, "position" }, { EFILE_ACTOR_ROLE, "role" },
	{ EFILE_ACTOR_GROUP, "group" },
};

static const name_row rights[] = {
	{ EFILE_RIGHT_EXISTS, "exists" }, { EFILE_RIGHT_READ, "read" },
	{ EFILE_RIGHT_WRITE, "write" },   { EFILE_RIGHT_SIGN, "sign" },
	{ EFILE_RIGHT_DISPOSE, "dispose" }, { EFILE_RIGHT_EXPORT, "export" },
	{ EFILE_RIGHT_GRANT, "grant" },   { EFILE_RIGHT_ALL, "all" },
};

static const name_row levels[] = {
	{ EFILE_CONFIDENTIALITY_OPEN, "open" },
	{ EFILE_CONFIDENTIALITY_RESTRICTED, "restricted" },
	{ EFILE_CONFIDENTIALITY_CONFIDENTIAL, "confidential" },
	{ EFILE_CONFIDENTIALITY_SECRET, "secret" },
	{ EFILE_CONFIDENTIALITY_TOP_SECRET, "top_secret" },
};

const char *efile_actor_kind_name(efile_actor_kind kind)
{
	return TABLE_NAME(kinds, (int)kind);
}

efile_status efile_actor_kind_parse(efile_actor_kind *out, const char *name)
{
	int value;

	if (!out || !name || !TABLE_VALUE(&value, kinds, name))
		return EFILE_E_INVALID;
	*out = (efile_actor_kind)value;
	return EFILE_OK;
}

const char *efile_right_name(efile_right right)
{
	return TABLE_NAME(rights, (int)right);
}

efile_status efile_rights_parse(unsigned *out, const char *text)
{
	unsigned mask = 0;

	if (!out || !text)
		return EFILE_E_INVALID;
	for (;;) {
		size_t length = strcspn(text, ",");
		char name[16];
		int value;

		if (length >= sizeof(name))
			return EFILE_E_INVALID;
		memcpy(name, text, length);
		name[length] = '\0';
		if (!TABLE_VALUE(&value, rights, name))
			return EFILE_E_INVALID;
		mask |= (unsigned)value;
		if (!text[length])
			break;
		text += length + 1;
	}
	*out = mask;
	return EFILE_OK;
}

const char *efile_confidentiality_name(efile_confidentiality level)
{
	return TABLE_NAME(levels, (int)level);
}

efile_status efile_confidentiality_parse(efile_confidentiality *out, const char *name)
{
	int value;

	if (!out || !name || !TABLE_VALUE(&value, levels, name))
		return EFILE_E_INVALID;
	*out = (efile_confidentiality)value;
	return EFILE_OK;
}
