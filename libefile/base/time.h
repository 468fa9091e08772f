/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Civil time: dates, zones and arithmetic on an own reader of tzdata; libc's TZ is never asked. */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include <stdbool.h>

#include <efile/types.h>

#include "base/mem.h"

typedef struct civil {
	efile_date date;
	int32_t hour, minute, second, microsecond;
	int32_t offset; /* seconds east of UTC */
} civil;

bool date_valid(efile_date date);
int64_t date_to_days(efile_date date);         /* days since 1970-01-01 */
efile_date date_from_days(int64_t days);
int date_weekday(efile_date date);             /* ISO: 1 Monday to 7 Sunday */
int date_days_in_month(int32_t year, int month);
bool date_leap_year(int32_t year);
efile_date date_add_months(efile_date date, int months); /* the day is capped: 31 Jan + 1 = 28 Feb */
int date_compare(efile_date a, efile_date b);
bool date_none(efile_date date);

efile_time time_from_civil(const civil *c);    /* offset is subtracted */
void time_to_civil(civil *out, efile_time time, int32_t offset);

/* A zone of the tz database, read from the system's zoneinfo (TZif 1 to 4, footer rule included). */
typedef struct zone zone;
efile_status zone_load(zone **out, efile_ctx *ctx, const char *name); /* NOTFOUND, FORMAT */
efile_status zone_load_from(zone **out, efile_ctx *ctx, const char *folder, const char *name);
void zone_free(zone *z);
int32_t zone_offset(const zone *z, efile_time time);    /* seconds east of UTC at an instant */
/* The instant of a local time; in a gap the later reading, in an overlap the earlier one. */
efile_time zone_to_utc(const zone *z, const civil *local);
efile_date zone_date(const zone *z, efile_time time);   /* the civil date there */

DEFINE_AUTO_PTR(zone, zone_free)

#endif
