/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Days of periods, and which day it is for the authority. */
#include <stdlib.h>
#include <string.h>

#include "access/inner.h"

enum { SLOT_ACCESS = 0 };

static void free_zone(void *data)
{
	zone_free(data);
}

/* The zone is read once per open store. */
static efile_status berlin(zone **out, efile_store *store)
{
	zone *z = store_slot(store, SLOT_ACCESS);

	if (!z) {
		TRY(zone_load(&z, store_ctx(store), "Europe/Berlin"));
		store_set_slot(store, SLOT_ACCESS, z, free_zone);
	}
	*out = z;
	return EFILE_OK;
}

efile_status access_today(efile_date *out, efile_store *store)
{
	zone *z;

	TRY(berlin(&z, store));
	*out = zone_date(z, ctx_now(store_ctx(store)));
	return EFILE_OK;
}

const char *day_text(efile_date day, char *buffer)
{
	return date_none(day) ? NULL : efile_date_format(day, buffer);
}

efile_date day_of(const char *text)
{
	efile_date day = { 0, 0, 0, 0 };

	if (text)
		efile_date_parse(&day, text);
	return day;
}

static bool usable(efile_date day)
{
	return date_none(day) || (date_valid(day) && day.year >= 1 && day.year <= 9999);
}

efile_status day_check_period(efile_ctx *ctx, efile_date from, efile_date until)
{
	if (!usable(from) || !usable(until))
		return FAIL(ctx, EFILE_E_INVALID, 1310, "a period needs real days or none");
	if (!date_none(from) && !date_none(until) && date_compare(from, until) > 0)
		return FAIL(ctx, EFILE_E_INVALID, 1311, "the period ends before it begins");
	return EFILE_OK;
}

bool day_within(const char *from, const char *until, const char *today)
{
	return (!from || strcmp(from, today) <= 0) && (!until || strcmp(until, today) >= 0);
}
