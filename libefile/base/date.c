/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/time.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

enum {
	YEAR_MAX = 999999999,
	ERA_YEARS = 400,        /* the Gregorian calendar repeats after them */
	ERA_DAYS = 146097,
	EPOCH_DAYS = 719468     /* from 0000-03-01 to 1970-01-01 */
};

bool date_leap_year(int32_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int date_days_in_month(int32_t year, int month)
{
	static const signed char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (month < 1 || month > 12)
		return 0;
	return days[month - 1] + (month == 2 && date_leap_year(year));
}

bool date_none(efile_date date)
{
	return date.year == 0 && date.month == 0 && date.day == 0;
}

bool date_valid(efile_date date)
{
	return date.year >= -YEAR_MAX && date.year <= YEAR_MAX && date.day >= 1 &&
	       date.day <= date_days_in_month(date.year, date.month);
}

static int64_t floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

/* Counted in years that begin in March, so that the leap day is a year's last and the months before
 * it follow one another in the pattern 31 30 31 30 31: 153 days in five. */
int64_t date_to_days(efile_date date)
{
	int64_t year = (int64_t)date.year - (date.month <= 2);
	int64_t era = floor_divide(year, ERA_YEARS);
	int64_t of_era = year - era * ERA_YEARS;
	int month = (date.month + 9) % 12; /* March is 0 */
	int64_t of_year = (153 * month + 2) / 5 + date.day - 1;

	return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH_DAYS;
}

efile_date date_from_days(int64_t days)
{
	int64_t shifted = days + EPOCH_DAYS;
	int64_t era = floor_divide(shifted, ERA_DAYS);
	int64_t of_era = shifted - era * ERA_DAYS;
	/* leap days before this one are taken out: every 4 years, but for 100, but for 400 */
	int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
	int64_t month = (5 * of_year + 2) / 153;
	efile_date date = { 0 };

	date.day = (int8_t)(of_year - (153 * month + 2) / 5 + 1);
	date.month = (int8_t)(month < 10 ? month + 3 : month - 9);
	date.year = (int32_t)(era * ERA_YEARS + years + (date.month <= 2));
	return date;
}

/* 1970-01-01 was a Thursday. */
int date_weekday(efile_date date)
{
	int64_t days = date_to_days(date) + 3;

	return (int)(days - floor_divide(days, 7) * 7) + 1;
}

efile_date date_add_months(efile_date date, int months)
{
	int64_t all = (int64_t)date.year * 12 + (date.month - 1) + months;
	int64_t year = floor_divide(all, 12);
	int last;

	date.year = (int32_t)year;
	date.month = (int8_t)(all - year * 12 + 1);
	last = date_days_in_month(date.year, date.month);
	if (date.day > last)
		date.day = (int8_t)last;
	return date;
}

int date_compare(efile_date a, efile_date b)
{
	if (a.year != b.year)
		return a.year < b.year ? -1 : 1;
	if (a.month != b.month)
		return a.month < b.month ? -1 : 1;
	return a.day < b.day ? -1 : a.day > b.day;
}

char *efile_date_format(efile_date date, char *out)
{
	int32_t year = date.year < 0 ? -date.year : date.year;

	if (date_valid(date))
		snprintf(out, EFILE_DATE_TEXT_SIZE, "%s%04u-%02u-%02u", date.year < 0 ? "-" : "",
			 (unsigned)year, (unsigned)date.month % 100, (unsigned)date.day % 100);
	else
		out[0] = '\0';
	return out;
}

static const char *two_digits(int8_t *out, const char *text)
{
	if (text[0] != '-' || !str_ascii_digit(text[1]) || !str_ascii_digit(text[2]))
		return NULL;
	*out = (int8_t)((text[1] - '0') * 10 + text[2] - '0');
	return text + 3;
}

/* XSD 1.1 part 2, 3.3.9: four digits or more, no leading zero in more than four, no plus sign. */
static const char *parse_year(int32_t *out, const char *text)
{
	bool negative = *text == '-';
	const char *first = text + negative, *at = first;
	int32_t year = 0;

	for (; str_ascii_digit(*at); at++) {
		if (at - first == 9)
			return NULL;
		year = year * 10 + (*at - '0');
	}
	if (at - first < 4 || (at - first > 4 && *first == '0') || (negative && year == 0))
		return NULL;
	*out = negative ? -year : year;
	return at;
}

efile_status efile_date_parse(efile_date *out, const char *text)
{
	efile_date date = { 0 };
	const char *at = text;

	if (!out || !text)
		return EFILE_E_INVALID;
	at = parse_year(&date.year, at);
	if (at)
		at = two_digits(&date.month, at);
	if (at)
		at = two_digits(&date.day, at);
	if (!at || *at || !date_valid(date))
		return EFILE_E_INVALID;
	*out = date;
	return EFILE_OK;
}
