/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flow/timer.h"

#include <string.h>

#include <efile/types.h>

#include "base/base.h"

enum { SECOND = 1000000, NUMBER_MAX = 100000000, CRON_YEARS = 8 };

/* ---- civil time ---- */

static efile_time last_sunday(int32_t year, int8_t month)
{
	efile_date date = { .year = year, .month = month, .day = 31 };
	int64_t days = date_to_days(date);

	days -= date_weekday(date) % 7;
	return (days * 86400 + 3600) * SECOND; /* at 01:00 UTC */
}

/* Central European summer time: last Sunday of March to last Sunday of October. */
static int32_t berlin_offset(efile_time time)
{
	civil c;

	time_to_civil(&c, time, 0);
	return time >= last_sunday(c.date.year, 3) && time < last_sunday(c.date.year, 10) ? 7200 : 3600;
}

static efile_time berlin_to_utc(civil *c)
{
	efile_time guess;

	c->offset = 3600;
	guess = time_from_civil(c);
	c->offset = berlin_offset(guess);
	guess = time_from_civil(c);
	c->offset = berlin_offset(guess);
	return time_from_civil(c);
}

efile_date timer_day(efile_time time)
{
	civil c;

	time_to_civil(&c, time, berlin_offset(time));
	return c.date;
}

efile_time timer_day_first(efile_date day)
{
	civil c = { .date = day };

	return berlin_to_utc(&c);
}

efile_time timer_day_last(efile_date day)
{
	civil c = { .date = day, .hour = 23, .minute = 59, .second = 59 };

	return berlin_to_utc(&c);
}

/* ---- durations ---- */

typedef struct duration {
	int64_t months, days;
	int64_t micros;
} duration;

static bool read_number(int64_t *out, const char **at)
{
	*out = 0;
	if (!str_ascii_digit(**at))
		return false;
	for (; str_ascii_digit(**at) && *out < NUMBER_MAX; (*at)++)
		*out = *out * 10 + (**at - '0');
	return true;
}

/* Digits behind a point or comma, as millionths. */
static int64_t read_fraction(const char **at)
{
	int64_t micros = 0, unit = 100000;

	if (**at != '.' && **at != ',')
		return 0;
	for ((*at)++; str_ascii_digit(**at); (*at)++, unit /= 10)
		micros += (**at - '0') * unit;
	return micros;
}

static bool add_unit(duration *d, char letter, bool time, int64_t number, int64_t fraction)
{
	static const struct {
		char letter;
		bool time;
		int64_t months, days, seconds;
	} units[] = {
		{ 'Y', false, 12, 0, 0 }, { 'M', false, 1, 0, 0 }, { 'W', false, 0, 7, 0 },
		{ 'D', false, 0, 1, 0 }, { 'H', true, 0, 0, 3600 }, { 'M', true, 0, 0, 60 },
		{ 'S', true, 0, 0, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (units[i].letter == letter && units[i].time == time) {
			d->months += number * units[i].months;
			d->days += number * units[i].days;
			d->micros += number * units[i].seconds * SECOND +
				fraction * units[i].seconds;
			return true;
		}
	return false;
}

/* Reads to the end of the text or to a slash. */
static bool read_duration(duration *d, const char **text)
{
	const char *at = *text;
	bool time = false, any = false;

	*d = (duration){ 0, 0, 0 };
	if (*at++ != 'P')
		return false;
	while (*at && *at != '/') {
		int64_t number, fraction;

		if (*at == 'T' && !time) {
			time = true;
			at++;
			continue;
		}
		if (!read_number(&number, &at))
			return false;
		fraction = read_fraction(&at);
		if (!*at || !add_unit(d, *at, time, number, fraction))
			return false;
		at++;
		any = true;
	}
	*text = at;
	return any && d->months < 12 * 10000 && d->days < 4000000;
}

static efile_time add_duration(efile_time time, const duration *d)
{
	civil c;

	if (d->months || d->days) {
		time_to_civil(&c, time, berlin_offset(time));
		c.date = date_add_months(c.date, (int)d->months);
		c.date = date_from_days(date_to_days(c.date) + d->days);
		time = berlin_to_utc(&c);
	}
	return time + d->micros;
}

static bool is_empty(const duration *d)
{
	return !d->months && !d->days && !d->micros;
}

/* ---- dates ---- */

static bool read_two(int32_t *out, const char **at, char before)
{
	if (before && *(*at)++ != before)
		return false;
	if (!str_ascii_digit((*at)[0]) || !str_ascii_digit((*at)[1]))
		return false;
	*out = ((*at)[0] - '0') * 10 + ((*at)[1] - '0');
	*at += 2;
	return true;
}

static bool read_zone(civil *c, bool *has, const char **at)
{
	int32_t hours, minutes = 0, sign = **at == '-' ? -1 : 1;

	*has = **at == 'Z' || **at == '+' || **at == '-';
	if (**at == 'Z') {
		(*at)++;
		return true;
	}
	if (!*has)
		return true;
	(*at)++;
	if (!read_two(&hours, at, '\0'))
		return false;
	if (**at == ':')
		(*at)++;
	if (str_ascii_digit(**at) && !read_two(&minutes, at, '\0'))
		return false;
	c->offset = sign * (hours * 3600 + minutes * 60);
	return hours < 24 && minutes < 60;
}

static bool read_clock(civil *c, const char **at)
{
	if (!read_two(&c->hour, at, 'T') || !read_two(&c->minute, at, ':'))
		return false;
	if (**at == ':' && !read_two(&c->second, at, ':'))
		return false;
	c->microsecond = (int32_t)read_fraction(at);
	return c->hour < 24 && c->minute < 60 && c->second < 60;
}

static bool read_instant(efile_time *out, const char **text)
{
	civil c = { .offset = 0 };
	int32_t century, year, month, day;
	const char *at = *text;
	bool has_zone = false;

	if (!read_two(&century, &at, '\0') || !read_two(&year, &at, '\0') ||
	    !read_two(&month, &at, '-') || !read_two(&day, &at, '-'))
		return false;
	c.date = (efile_date){ .year = century * 100 + year, .month = (int8_t)month,
			       .day = (int8_t)day };
	if (!date_valid(c.date))
		return false;
	if (*at == 'T' && !read_clock(&c, &at))
		return false;
	if (!read_zone(&c, &has_zone, &at))
		return false;
	*out = has_zone ? time_from_civil(&c) : berlin_to_utc(&c);
	*text = at;
	return true;
}

/* ---- cron: seconds minutes hours day month weekday [year], or five fields without seconds ---- */

typedef struct cron {
	uint64_t second, minute, hour, day, month, weekday;
	bool any_day, any_weekday;
} cron;

static const char *const month_names = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
static const char *const weekday_names = "SUNMONTUEWEDTHUFRISAT";

static bool cron_value(int64_t *out, const char **at, const char *names, int first)
{
	if (read_number(out, at))
		return true;
	for (int i = 0; names && names[3 * i]; i++)
		if (!strncasecmp(*at, names + (size_t)3 * (size_t)i, 3)) {
			*out = first + i;
			*at += 3;
			return true;
		}
	return false;
}

/* "1,5-9,10/2" into a set of bits between low and high. */
static bool cron_field(uint64_t *out, const char *text, int low, int high, const char *names,
		       int first)
{
	*out = 0;
	for (const char *at = text; *at;) {
		int64_t from = low, to = high, every = 1;

		if (*at == '*' || *at == '?') {
			at++;
		} else {
			if (!cron_value(&from, &at, names, first))
				return false;
			to = *at == '/' ? high : from;
			if (*at == '-' && (at++, !cron_value(&to, &at, names, first)))
				return false;
		}
		if (*at == '/' && (at++, !read_number(&every, &at)))
			return false;
		if (from < low || to > high || from > to || every < 1)
			return false;
		for (int64_t i = from; i <= to; i += every)
			*out |= (uint64_t)1 << i;
		if (*at == ',')
			at++;
		else if (*at)
			return false;
	}
	return *out != 0;
}

static bool cron_read(cron *c, const char *text)
{
	char fields[7][64];
	size_t count = 0, skip;

	for (const char *at = text; *(at += strspn(at, " ")); at += strcspn(at, " ")) {
		size_t length = strcspn(at, " ");

		if (count == 7 || length >= sizeof(fields[0]))
			return false;
		memcpy(fields[count], at, length);
		fields[count++][length] = '\0';
	}
	if (count < 5)
		return false;
	skip = count == 5;
	c->second = 1;
	c->any_day = strchr("*?", fields[3 - skip][0]) != NULL;
	c->any_weekday = strchr("*?", fields[5 - skip][0]) != NULL;
	if (!skip && !cron_field(&c->second, fields[0], 0, 59, NULL, 0))
		return false;
	if (!cron_field(&c->minute, fields[1 - skip], 0, 59, NULL, 0) ||
	    !cron_field(&c->hour, fields[2 - skip], 0, 23, NULL, 0) ||
	    !cron_field(&c->day, fields[3 - skip], 1, 31, NULL, 0) ||
	    !cron_field(&c->month, fields[4 - skip], 1, 12, month_names, 1) ||
	    !cron_field(&c->weekday, fields[5 - skip], 0, 7, weekday_names, 0))
		return false;
	c->weekday |= c->weekday >> 7 & 1; /* 7 is Sunday, too */
	return true;
}

static bool cron_day(const cron *c, efile_date date)
{
	bool day = c->day >> date.day & 1, weekday = c->weekday >> (date_weekday(date) % 7) & 1;

	if (!(c->month >> date.month & 1))
		return false;
	if (c->any_day || c->any_weekday)
		return day && weekday;
	return day || weekday;
}

static bool cron_time_of_day(const cron *c, efile_date date, efile_time after, efile_time *out)
{
	for (int h = 0; h < 24; h++)
		for (int m = 0; c->hour >> h & 1 && m < 60; m++)
			for (int s = 0; c->minute >> m & 1 && s < 60; s++) {
				civil at = { .date = date, .hour = h, .minute = m, .second = s };

				if (!(c->second >> s & 1))
					continue;
				*out = berlin_to_utc(&at);
				if (*out > after)
					return true;
			}
	return false;
}

static bool cron_next(efile_time *out, const char *text, efile_time after)
{
	cron c;
	civil start;
	int64_t days;

	if (!cron_read(&c, text))
		return false;
	time_to_civil(&start, after, berlin_offset(after));
	days = date_to_days(start.date);
	for (int64_t i = 0; i < 366 * CRON_YEARS; i++) {
		efile_date date = date_from_days(days + i);

		if (cron_day(&c, date) && cron_time_of_day(&c, date, after, out))
			return true;
	}
	return false;
}

/* ---- cycles: R5/PT10S, R/2026-01-01T00:00Z/P1D, R3/PT1H/2026-02-01T00:00Z ---- */

typedef struct cycle {
	int64_t count;          /* 0: without end */
	bool has_start, has_end;
	efile_time start, end;
	duration every;
} cycle;

static bool cycle_part(cycle *c, const char **at, bool first)
{
	if (**at == 'P')
		return read_duration(&c->every, at);
	if (first) {
		c->has_start = true;
		return read_instant(&c->start, at);
	}
	c->has_end = true;
	return read_instant(&c->end, at);
}

static bool cycle_read(cycle *c, const char *text)
{
	const char *at = text;

	*c = (cycle){ .count = 0 };
	if (*at == 'P')
		return read_duration(&c->every, &at) && !*at && !is_empty(&c->every);
	if (*at++ != 'R')
		return false;
	if (str_ascii_digit(*at) && (!read_number(&c->count, &at) || !c->count))
		return false;
	if (*at++ != '/' || !cycle_part(c, &at, true))
		return false;
	if (*at == '/' && (at++, !cycle_part(c, &at, false)))
		return false;
	return !*at && !is_empty(&c->every);
}

static bool cycle_first(timer_plan *out, const char *text, efile_time now)
{
	cycle c;

	if (!cycle_read(&c, text)) {
		out->bounded = false;
		return cron_next(&out->due, text, now);
	}
	out->due = c.has_start ? c.start : add_duration(now, &c.every);
	out->left = (uint32_t)(c.count ? c.count - 1 : 0);
	out->bounded = c.count != 0;
	return true;
}

bool timer_again(efile_time *out, const char *text, efile_time due)
{
	cycle c;

	if (!cycle_read(&c, text))
		return cron_next(out, text, due);
	*out = add_duration(due, &c.every);
	return !c.has_end || *out <= c.end;
}

bool timer_first(timer_plan *out, trigger_timer kind, const char *text, efile_time now)
{
	duration d;
	const char *at = text;

	*out = (timer_plan){ .bounded = true };
	switch (kind) {
	case TIME_DATE:
		return read_instant(&out->due, &at) && !*at;
	case TIME_DURATION:
		if (!read_duration(&d, &at) || *at)
			return false;
		out->due = add_duration(now, &d);
		return true;
	default:
		return cycle_first(out, text, now);
	}
}

bool timer_shift(efile_time *out, const char *text, int sign, efile_time from)
{
	duration d;

	if (!read_duration(&d, &text) || *text)
		return false;
	d = (duration){ sign * d.months, sign * d.days, sign * d.micros };
	*out = add_duration(from, &d);
	return true;
}

bool timer_is_literal(trigger_timer kind, const char *text)
{
	timer_plan plan;

	return timer_first(&plan, kind, text, 0);
}
