/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/time.h"

#include <string.h>

#include "base/str.h"

#define SECOND INT64_C(1000000)
#define DAY (86400 * SECOND)

efile_time time_from_civil(const civil *c)
{
	int64_t seconds = c->hour * INT64_C(3600) + c->minute * 60 + c->second - c->offset;

	return date_to_days(c->date) * DAY + seconds * SECOND + c->microsecond;
}

void time_to_civil(civil *out, efile_time time, int32_t offset)
{
	efile_time local = time + offset * SECOND;
	int64_t days = local / DAY - (local % DAY < 0);
	int64_t rest = local - days * DAY;

	out->date = date_from_days(days);
	out->microsecond = (int32_t)(rest % SECOND);
	rest /= SECOND;
	out->hour = (int32_t)(rest / 3600);
	out->minute = (int32_t)(rest / 60 % 60);
	out->second = (int32_t)(rest % 60);
	out->offset = offset;
}

/* RFC 3339 has years 0000 to 9999; what lies beyond is written as the nearest time it can say. */
static efile_time within_rfc3339(efile_time time)
{
	static const efile_time first = INT64_C(-62167219200) * SECOND; /* 0000-01-01 */
	static const efile_time end = INT64_C(253402300800) * SECOND;   /* 10000-01-01 */

	return time < first ? first : time >= end ? end - 1 : time;
}

/* A mark, then a number of so many digits. */
static char *put(char *at, char mark, int32_t number, int digits)
{
	*at = mark;
	for (int i = digits; i > 0; i--, number /= 10)
		at[i] = (char)('0' + number % 10);
	return at + 1 + digits;
}

/* Every entry of the log says its time: no printf. */
char *efile_time_format(efile_time time, char *out)
{
	char text[1 + EFILE_TIME_TEXT_SIZE], *at = text; /* a mark before the year, too */
	civil c;

	time_to_civil(&c, within_rfc3339(time), 0);
	at = put(at, ' ', c.date.year, 4);
	at = put(at, '-', c.date.month, 2);
	at = put(at, '-', c.date.day, 2);
	at = put(at, 'T', c.hour, 2);
	at = put(at, ':', c.minute, 2);
	at = put(at, ':', c.second, 2);
	if (c.microsecond)
		at = put(at, '.', c.microsecond, 6);
	*at++ = 'Z';
	memcpy(out, text + 1, (size_t)(at - text - 1));
	out[at - text - 1] = '\0';
	return out;
}

/* ---- RFC 3339, section 5.6 ---- */

/* A mark, then two digits of at most a bound. */
static const char *take(int32_t *out, const char *at, char mark, int32_t most)
{
	if (!at || str_ascii_lower(at[0]) != mark || !str_ascii_digit(at[1]) ||
	    !str_ascii_digit(at[2]))
		return NULL;
	*out = (at[1] - '0') * 10 + at[2] - '0';
	return *out <= most ? at + 3 : NULL;
}

static const char *take_fraction(int32_t *out, const char *at)
{
	int digits = 0;

	*out = 0;
	if (!at || *at != '.')
		return at;
	for (at++; str_ascii_digit(*at); at++, digits++)
		if (digits < 6)
			*out = *out * 10 + (*at - '0');
	for (int i = digits; i < 6; i++)
		*out *= 10;
	return digits >= 1 && digits <= 9 ? at : NULL;
}

static const char *take_offset(int32_t *out, const char *at)
{
	int32_t hours, minutes;
	char sign;

	if (!at)
		return NULL;
	if (str_ascii_lower(*at) == 'z') {
		*out = 0;
		return at + 1;
	}
	sign = *at;
	if (sign != '+' && sign != '-')
		return NULL;
	at = take(&minutes, take(&hours, at, sign, 23), ':', 59);
	if (at)
		*out = (hours * 3600 + minutes * 60) * (sign == '-' ? -1 : 1);
	return at;
}

/* A leap second stands at the end of a month in UTC; without counting it, it is the next second. */
static bool leap_second_possible(efile_time time)
{
	civil c;

	time_to_civil(&c, time, 0);
	return c.hour == 0 && c.minute == 0 && c.second == 0 && c.date.day == 1;
}

efile_status efile_time_parse(efile_time *out, const char *text)
{
	civil c = { { 0 }, 0 };
	char date[11];
	const char *at;
	efile_time time;

	if (!out || !text || strlen(text) < sizeof(date))
		return EFILE_E_INVALID;
	memcpy(date, text, 10);
	date[10] = '\0';
	if (efile_date_parse(&c.date, date) != EFILE_OK || c.date.year < 0)
		return EFILE_E_INVALID;
	at = take(&c.hour, text + 10, 't', 23);
	at = take(&c.minute, at, ':', 59);
	at = take(&c.second, at, ':', 60);
	at = take_fraction(&c.microsecond, at);
	at = take_offset(&c.offset, at);
	if (!at || *at)
		return EFILE_E_INVALID;
	time = time_from_civil(&c);
	if (c.second == 60 && !leap_second_possible(time))
		return EFILE_E_INVALID;
	*out = time;
	return EFILE_OK;
}
