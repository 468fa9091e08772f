/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calendars: public holidays by Land and place, and the days that are worked. Pure. */
#ifndef PERIOD_PERIOD_H
#define PERIOD_PERIOD_H

#include <efile/period.h>

#include "base/base.h"

/* A row of schemas/calendars/holidays.tsv. */
typedef struct holiday_row {
	const char *scope;      /* "DE" or "DE-BW" */
	const char *rule;       /* see rule_date() */
	const char *extent;     /* "all" or "part" */
	const char *code, *name_de, *name_en;
	const char *valid_from, *valid_to; /* days, inclusive; "" open */
	const char *law;
} holiday_row;

/* A row of schemas/calendars/places.tsv. */
typedef struct place_row {
	const char *code;       /* of the holiday */
	const char *key;        /* first digits of the municipality key; the longest decides */
	const char *answer;     /* "yes", "no" or "ask" */
	const char *reason;
} place_row;

typedef struct calendar_day {
	efile_date date;
	efile_day_answer answer; /* YES or ASK */
	const holiday_row *row;
} calendar_day;

enum { CALENDAR_PLACE_DIGITS = 8, CALENDAR_DAYS = 32 /* holidays of a Land in a year: 11 to 16 */ };

/* A calendar on the stack, with the holidays of the year that was asked about last. */
typedef struct calendar {
	char scope[6];                         /* "DE-BW" */
	char place[CALENDAR_PLACE_DIGITS + 1]; /* "" if none is named */
	int32_t year;                          /* of days; 0: none yet */
	size_t count;
	calendar_day days[CALENDAR_DAYS];      /* ascending */
} calendar;

/* Reads the name of a calendar, "DE-BW" or "DE-BY/09162000"; INVALID. */
efile_status calendar_init(calendar *out, efile_ctx *ctx, const char *name);

/* The Land of a municipality key ("DE-BW" for 08...); "" if there is none. */
const char *calendar_land_of_key(const char *key);

/* Makes sure that days holds a year; UNSUPPORTED outside the known ones. */
efile_status calendar_year(calendar *c, efile_ctx *ctx, int32_t year);

/* The holiday on a day, NULL if there is none; borrowed until the next year is asked about. */
efile_status calendar_holiday(const calendar_day **out, calendar *c, efile_ctx *ctx,
			      efile_date date);

efile_status calendar_working(efile_day_answer *out, calendar *c, efile_ctx *ctx, efile_date date,
			      efile_day_kind kind);

/* The day of a rule in a year: "fixed MM-DD", "easter+N", "easter-N", "wednesday-before MM-DD";
 * false if the rule can't be read or the year has no such day. */
bool rule_date(efile_date *out, const char *rule, int32_t year);

efile_date easter_sunday(int32_t year); /* Gregorian, 1583 and later */

#endif
