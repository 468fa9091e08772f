/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Points in time as people read them: the office's zone, to the minute, in their language. */
#include <stdio.h>

#include "base/base.h"
#include "base/time.h"

static const char office_zone[] = "Europe/Berlin";

static void release(void *z)
{
	zone_free(z);
}

/* Read once per context. */
static efile_status zone_of_office(zone **out, efile_ctx *ctx)
{
	*out = ctx_kept(ctx, office_zone);
	if (*out)
		return EFILE_OK;
	TRY(zone_load(out, ctx, office_zone));
	return ctx_keep(ctx, office_zone, *out, release);
}

efile_status efile_date_local(char *out, const efile_ctx *ctx, efile_date date)
{
	if (!out || !ctx)
		return EFILE_E_INVALID;
	if (ctx->language == EFILE_LANGUAGE_DE && date_valid(date) && date.year >= 0 && date.year <= 9999)
		snprintf(out, EFILE_DATE_TEXT_SIZE, "%02u.%02u.%04u", (unsigned)date.day % 100,
			 (unsigned)date.month % 100, (unsigned)date.year % 10000);
	else
		efile_date_format(date, out);
	return EFILE_OK;
}

efile_status efile_time_local(char *out, efile_ctx *ctx, efile_time time)
{
	char date[EFILE_DATE_TEXT_SIZE];
	zone *z;
	civil c;

	if (!out || !ctx)
		return EFILE_E_INVALID;
	error_clear(ctx);
	TRY(zone_of_office(&z, ctx));
	time_to_civil(&c, time, zone_offset(z, time));
	TRY(efile_date_local(date, ctx, c.date));
	snprintf(out, EFILE_TIME_TEXT_SIZE, "%s %02u:%02u", date, (unsigned)c.hour % 100,
		 (unsigned)c.minute % 100);
	return EFILE_OK;
}
