/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Days of the year by rule: fixed ones, those that follow Easter, and the one before Advent. */
#include "period/period.h"

#include <string.h>

enum { WEDNESDAY = 3, WEEK = 7 };

/* Gauss's rule with Lichtenberg's correction of its two exceptions; the names are his. */
efile_date easter_sunday(int32_t year)
{
	int32_t century = year / 100;
	int32_t leap_days = (3 * century + 3) / 4;
	int32_t moon = 15 + leap_days - (8 * century + 13) / 25;
	int32_t cycle = year % 19;
	int32_t first_moon = (19 * cycle + moon) % 30;
	int32_t correction = (first_moon + cycle / 11) / 29;
	int32_t limit = 21 + first_moon - correction;
	int32_t first_sunday = WEEK - (year + year / 4 + 2 - leap_days) % WEEK;
	int32_t march = limit + WEEK - (limit - first_sunday) % WEEK;
	efile_date first = { year, 3, 1, 0 };

	return date_from_days(date_to_days(first) + march - 1);
}

/* One to four digits; false if there is anything else. */
static bool number(int *out, const char *text, size_t length)
{
	*out = 0;
	if (!length || length > 4)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (!str_ascii_digit(text[i]))
			return false;
		*out = *out * 10 + (text[i] - '0');
	}
	return true;
}

static bool fixed(efile_date *out, const char *text, int32_t year)
{
	int month, day;

	if (strlen(text) != 5 || text[2] != '-' || !number(&month, text, 2) ||
	    !number(&day, text + 3, 2))
		return false;
	*out = (efile_date){ year, (int8_t)month, (int8_t)day, 0 };
	return date_valid(*out);
}

static bool from_easter(efile_date *out, const char *text, int32_t year)
{
	int days;

	if ((text[0] != '+' && text[0] != '-') || !number(&days, text + 1, strlen(text + 1)))
		return false;
	*out = date_from_days(date_to_days(easter_sunday(year)) + (text[0] == '-' ? -days : days));
	return true;
}

static bool wednesday_before(efile_date *out, const char *text, int32_t year)
{
	efile_date day;
	int back;

	if (!fixed(&day, text, year))
		return false;
	back = (date_weekday(day) + WEEK - WEDNESDAY) % WEEK;
	*out = date_from_days(date_to_days(day) - (back ? back : WEEK));
	return true;
}

static const struct rule_kind {
	const char *prefix;
	bool (*day)(efile_date *out, const char *text, int32_t year);
} rule_kinds[] = {
	{ "fixed ", fixed },
	{ "easter", from_easter },
	{ "wednesday-before ", wednesday_before },
};

bool rule_date(efile_date *out, const char *rule, int32_t year)
{
	for (size_t i = 0; i < ARRAY_SIZE(rule_kinds); i++)
		if (str_starts_with(rule, rule_kinds[i].prefix))
			return rule_kinds[i].day(out, rule + strlen(rule_kinds[i].prefix), year);
	return false;
}
