/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/zone_rule.h"

#include <stddef.h>

#include "base/str.h"
#include "base/time.h"

enum { HOUR = 3600, DAY_SECONDS = 86400, HOURS_MAX = 167 };

/* ---- reading: POSIX.1-2017 section 8.3; RFC 8536 section 3.3.1 ---- */

/* Each answers what follows, or NULL; all of them pass a NULL on. */
static const char *take_number(int *out, const char *at, int least, int most)
{
	int value = 0;

	if (!at || !str_ascii_digit(*at))
		return NULL;
	for (; str_ascii_digit(*at); at++) {
		value = value * 10 + (*at - '0');
		if (value > most)
			return NULL;
	}
	*out = value;
	return value >= least ? at : NULL;
}

static const char *take_mark(const char *at, char mark)
{
	return at && *at == mark ? at + 1 : NULL;
}

/* [+|-]hh[:mm[:ss]] */
static const char *take_time(int32_t *out, const char *at, int most_hours)
{
	int part[3] = { 0 };
	bool negative;

	if (!at)
		return NULL;
	negative = *at == '-';
	if (*at == '-' || *at == '+')
		at++;
	at = take_number(&part[0], at, 0, most_hours);
	for (int i = 1; i < 3 && at && *at == ':'; i++)
		at = take_number(&part[i], at + 1, 0, 59);
	*out = part[0] * HOUR + part[1] * 60 + part[2];
	if (negative)
		*out = -*out;
	return at;
}

/* Three letters or more, or anything of letters, digits and signs in <>. */
static const char *skip_name(const char *at)
{
	const char *first = at;

	if (!at)
		return NULL;
	if (*at == '<') {
		while (*at && *at != '>')
			at++;
		return *at ? at + 1 : NULL;
	}
	while (str_ascii_lower(*at) >= 'a' && str_ascii_lower(*at) <= 'z')
		at++;
	return at - first >= 3 ? at : NULL;
}

static const char *take_month_day(zone_day *day, const char *at)
{
	at = take_number(&day->month, at, 1, 12);
	at = take_number(&day->week, take_mark(at, '.'), 1, 5);
	return take_number(&day->day, take_mark(at, '.'), 0, 6);
}

static const char *take_day(zone_day *day, const char *at)
{
	at = take_mark(at, ',');
	if (!at)
		return NULL;
	if (*at == 'M') {
		day->kind = ZONE_DAY_MONTH;
		at = take_month_day(day, at + 1);
	} else if (*at == 'J') {
		day->kind = ZONE_DAY_JULIAN;
		at = take_number(&day->day, at + 1, 1, 365);
	} else {
		day->kind = ZONE_DAY_ZERO;
		at = take_number(&day->day, at, 0, 365);
	}
	day->time = 2 * HOUR;
	if (at && *at == '/')
		at = take_time(&day->time, at + 1, HOURS_MAX);
	return at;
}

bool zone_rule_parse(zone_rule *out, const char *text)
{
	zone_rule rule = { 0 };
	int32_t west;
	const char *at = take_time(&west, skip_name(text), 24);

	if (!at)
		return false;
	rule.standard = -west;
	rule.has_summer = *at != '\0';
	if (rule.has_summer) {
		at = skip_name(at);
		rule.summer = rule.standard + HOUR;
		if (at && *at != ',') {
			at = take_time(&west, at, 24);
			rule.summer = -west;
		}
		at = take_day(&rule.end, take_day(&rule.start, at));
	}
	if (!at || *at)
		return false;
	*out = rule;
	return true;
}

/* ---- computing ---- */

static int64_t month_day(const zone_day *day, int32_t year)
{
	efile_date date = { .year = year, .month = (int8_t)day->month, .day = 1 };
	int64_t first = date_to_days(date);
	int ahead = (day->day - date_weekday(date) % 7 + 7) % 7 + 7 * (day->week - 1);

	while (ahead >= date_days_in_month(year, day->month))
		ahead -= 7;
	return first + ahead;
}

/* When it happens in a year, as if local time were UTC. */
static int64_t moment(const zone_day *day, int32_t year)
{
	efile_date new_year = { .year = year, .month = 1, .day = 1 };
	int64_t days = date_to_days(new_year);

	if (day->kind == ZONE_DAY_MONTH)
		days = month_day(day, year);
	else if (day->kind == ZONE_DAY_ZERO)
		days += day->day;
	else
		days += day->day - 1 + (day->day >= 60 && date_leap_year(year));
	return days * DAY_SECONDS + day->time;
}

/* The last change before the instant decides. The years beside it are asked too, since a rule may
 * reach a week across New Year; where summer time ends as the next begins (all the year round), the
 * beginning wins. */
int32_t zone_rule_offset(const zone_rule *rule, int64_t seconds)
{
	int64_t local = seconds + rule->standard, last = INT64_MIN;
	int64_t day = local / DAY_SECONDS - (local % DAY_SECONDS < 0);
	int32_t year = date_from_days(day).year, offset = rule->standard;

	if (!rule->has_summer)
		return offset;
	for (int32_t y = year - 1; y <= year + 1; y++) {
		int64_t end = moment(&rule->end, y) - rule->summer;
		int64_t start = moment(&rule->start, y) - rule->standard;

		if (end <= seconds && end >= last) {
			last = end;
			offset = rule->standard;
		}
		if (start <= seconds && start >= last) {
			last = start;
			offset = rule->summer;
		}
	}
	return offset;
}
