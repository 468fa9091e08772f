/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dates, times and durations as text: the lexical forms of XML Schema (DMN 1.5, 10.3.2.3), and
 * "@zone" behind times. */
#include <stdio.h>
#include <string.h>

#include "expr/value.h"

enum { YEAR_MAX = 999999999, OFFSET_HOURS_MAX = 18 };

/* ---- reading ---- */

static bool digits(int32_t *out, const char **at, int count)
{
	int32_t value = 0;

	for (int i = 0; i < count; i++) {
		if (!str_ascii_digit((*at)[i]))
			return false;
		value = value * 10 + ((*at)[i] - '0');
	}
	*at += count;
	*out = value;
	return true;
}

static bool take(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

/* Four digits, or more that do not begin with 0. */
static bool parse_year(int32_t *out, const char **at)
{
	bool negative = take(at, '-');
	const char *start = *at;
	int64_t year = 0;

	while (str_ascii_digit(**at) && *at - start < 10)
		year = year * 10 + (*(*at)++ - '0');
	if (*at - start < 4 || (*at - start > 4 && *start == '0') || year > YEAR_MAX)
		return false;
	*out = (int32_t)(negative ? -year : year);
	return !negative || year;
}

static bool parse_date_part(expr_temporal *t, const char **at)
{
	int32_t year, month, day;

	if (!parse_year(&year, at) || !take(at, '-') || !digits(&month, at, 2) ||
	    !take(at, '-') || !digits(&day, at, 2))
		return false;
	t->date = (efile_date){ year, (int8_t)month, (int8_t)day, 0 };
	return date_valid(t->date);
}

/* Digits behind the point; the tenth and further are dropped. "." alone is let pass. */
static void parse_fraction(int32_t *nanos, const char **at)
{
	int32_t scale = NANOS / 10;

	*nanos = 0;
	for (; str_ascii_digit(**at); (*at)++, scale /= 10)
		*nanos += (**at - '0') * scale;
}

static bool parse_offset(expr_temporal *t, const char **at)
{
	int32_t hour, minute, second = 0;
	int sign = **at == '-' ? -1 : 1;

	t->has_offset = true;
	if (take(at, 'Z') || take(at, 'z'))
		return true;
	if (!take(at, '+') && !take(at, '-'))
		return false;
	if (!digits(&hour, at, 2) || !take(at, ':') || !digits(&minute, at, 2))
		return false;
	if (take(at, ':') && !digits(&second, at, 2))
		return false;
	t->offset = sign * (hour * 3600 + minute * 60 + second);
	return hour <= OFFSET_HOURS_MAX && minute < 60 && second < 60;
}

static bool parse_time_part(expr_temporal *t, const char **at)
{
	int32_t hour, minute, second;

	if (!digits(&hour, at, 2) || !take(at, ':') || !digits(&minute, at, 2) ||
	    !take(at, ':') || !digits(&second, at, 2))
		return false;
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	t->second = hour * 3600 + minute * 60 + second;
	if (take(at, '.')) {
		if (!str_ascii_digit(**at))
			return false;
		parse_fraction(&t->nanosecond, at);
	}
	if (take(at, '@')) {
		t->zone = *at;
		*at += strlen(*at);
		return *t->zone != '\0';
	}
	return !**at || (parse_offset(t, at) && !**at);
}

/* The zone still stands in the text and is not looked up. */
static bool parse(expr_kind kind, expr_temporal *t, const char *text)
{
	*t = (expr_temporal){ { 0, 0, 0, 0 }, 0, 0, 0, false, NULL };
	if (kind != EXPR_TIME && !parse_date_part(t, &text))
		return false;
	if (kind == EXPR_DATE || (kind == EXPR_DATE_TIME && !*text))
		return !*text;
	if (kind == EXPR_DATE_TIME && !take(&text, 'T'))
		return false;
	return parse_time_part(t, &text);
}

/* ---- durations ---- */

typedef struct duration_unit {
	char letter;
	bool time;      /* behind the T */
	int32_t months;
	int32_t seconds;
} duration_unit;

static const duration_unit units[] = {
	{ 'Y', false, 12, 0 }, { 'M', false, 1, 0 }, { 'D', false, 0, DAY_SECONDS },
	{ 'H', true, 0, 3600 }, { 'M', true, 0, 60 }, { 'S', true, 0, 1 },
};

static const duration_unit *unit_find(size_t from, char letter, bool time)
{
	for (size_t i = from; i < ARRAY_SIZE(units); i++)
		if (units[i].letter == letter && units[i].time == time)
			return &units[i];
	return NULL;
}

/* One number and its letter of a duration. */
static bool duration_field(int64_t *amount, int32_t *nanos, char *unit, const char **at)
{
	const char *start = *at;

	*amount = 0;
	*nanos = 0;
	for (; str_ascii_digit(**at); (*at)++) {
		if (*amount > INT64_MAX / 100000000)
			return false;
		*amount = *amount * 10 + (**at - '0');
	}
	if (*at > start && take(at, '.')) {
		parse_fraction(nanos, at);
		if (**at != 'S')
			return false;
	}
	if (*at == start || !**at)
		return false;
	*unit = *(*at)++;
	return true;
}

typedef struct duration_sum {
	expr_duration months, seconds;
	bool has_months, has_seconds;
} duration_sum;

static bool duration_take(duration_sum *sum, const duration_unit *unit, int64_t amount,
			  int32_t nanos)
{
	expr_duration *to = unit->months ? &sum->months : &sum->seconds;
	int64_t part;

	if (unit->months)
		sum->has_months = true;
	else
		sum->has_seconds = true;
	to->nanosecond = nanos;
	return !__builtin_mul_overflow(amount, unit->months + unit->seconds, &part) &&
		!__builtin_add_overflow(to->amount, part, &to->amount);
}

bool duration_parse(expr_value *out, const char *text)
{
	duration_sum sum = { { 0, 0 }, { 0, 0 }, false, false };
	bool negative = take(&text, '-'), time = false;
	expr_duration d;
	size_t next = 0;

	if (!take(&text, 'P') || !*text)
		return false;
	while (*text) {
		const duration_unit *unit;
		int64_t amount;
		int32_t nanos;
		char letter;

		if (!time && take(&text, 'T'))
			time = true;
		if (!duration_field(&amount, &nanos, &letter, &text))
			return false;
		unit = unit_find(next, letter, time);
		if (!unit || !duration_take(&sum, unit, amount, nanos))
			return false;
		next = (size_t)(unit - units) + 1;
	}
	if (sum.has_months == sum.has_seconds) /* FEEL has no mixture of the two */
		return false;
	d = sum.has_months ? sum.months : sum.seconds;
	*out = value_duration(sum.has_months ? EXPR_MONTHS : EXPR_SECONDS, d);
	return !negative || duration_negate(&out->as.duration, out->kind, d);
}

bool expr_is_duration(const char *text)
{
	expr_value v;

	return duration_parse(&v, text);
}

/* ---- any of them ---- */

static const expr_kind kinds[] = { EXPR_DATE, EXPR_DATE_TIME, EXPR_TIME };

bool temporal_plausible(const char *text)
{
	expr_temporal t;
	expr_value v;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (parse(kinds[i], &t, text))
			return true;
	return duration_parse(&v, text);
}

efile_status temporal_parse_kind(bool *fits, expr_value *out, expr_scope *s, expr_kind kind,
				 const char *text)
{
	expr_temporal t;

	if (kind == EXPR_MONTHS || kind == EXPR_SECONDS) {
		*fits = duration_parse(out, text) && out->kind == kind;
		return EFILE_OK;
	}
	*fits = parse(kind, &t, text);
	if (*fits && t.zone)
		TRY(temporal_resolve(fits, &t, s));
	return *fits ? value_temporal(out, s, kind, &t) : EFILE_OK;
}

efile_status temporal_parse(bool *fits, expr_value *out, expr_scope *s, const char *text)
{
	*fits = duration_parse(out, text);
	for (size_t i = 0; !*fits && i < ARRAY_SIZE(kinds); i++)
		TRY(temporal_parse_kind(fits, out, s, kinds[i], text));
	return EFILE_OK;
}

/* ---- writing ---- */

static void format_fraction(buf *out, int32_t nanos)
{
	char text[12];
	int length = 9;

	if (!nanos)
		return;
	snprintf(text, sizeof(text), "%09d", (int)nanos);
	while (text[length - 1] == '0')
		length--;
	buf_add_char(out, '.');
	buf_add(out, text, (size_t)length);
}

static void format_offset(buf *out, const expr_temporal *t)
{
	int32_t offset = t->offset < 0 ? -t->offset : t->offset;

	if (t->zone) {
		buf_add_char(out, '@');
		buf_add_text(out, t->zone);
		return;
	}
	if (!t->has_offset)
		return;
	if (!offset) {
		buf_add_char(out, 'Z');
		return;
	}
	buf_add_format(out, "%c%02d:%02d", t->offset < 0 ? '-' : '+', (int)(offset / 3600),
		       (int)(offset / 60 % 60));
	if (offset % 60)
		buf_add_format(out, ":%02d", (int)(offset % 60));
}

static void format_date(buf *out, efile_date date)
{
	int year = date.year < 0 ? -date.year : date.year;

	buf_add_format(out, "%s%04d-%02d-%02d", date.year < 0 ? "-" : "", year, date.month,
		       date.day);
}

void temporal_format(buf *out, expr_kind kind, const expr_temporal *t)
{
	if (kind != EXPR_TIME)
		format_date(out, t->date);
	if (kind == EXPR_DATE)
		return;
	if (kind == EXPR_DATE_TIME)
		buf_add_char(out, 'T');
	buf_add_format(out, "%02d:%02d:%02d", (int)(t->second / 3600), (int)(t->second / 60 % 60),
		       (int)(t->second % 60));
	format_fraction(out, t->nanosecond);
	format_offset(out, t);
}

static void months_format(buf *out, uint64_t months)
{
	if (months >= 12)
		buf_add_format(out, "%lluY", (unsigned long long)(months / 12));
	if (months % 12 || !months)
		buf_add_format(out, "%lluM", (unsigned long long)(months % 12));
}

static void seconds_format(buf *out, uint64_t all, int32_t nanos)
{
	uint64_t days = all / DAY_SECONDS;
	int seconds = (int)(all % DAY_SECONDS);

	if (days)
		buf_add_format(out, "%lluD", (unsigned long long)days);
	if (!seconds && !nanos && days)
		return;
	buf_add_char(out, 'T');
	if (seconds / 3600)
		buf_add_format(out, "%dH", seconds / 3600);
	if (seconds / 60 % 60)
		buf_add_format(out, "%dM", seconds / 60 % 60);
	if (seconds % 60 || nanos || !all) {
		buf_add_format(out, "%d", seconds % 60);
		format_fraction(out, nanos);
		buf_add_char(out, 'S');
	}
}

void duration_format(buf *out, expr_kind kind, expr_duration d)
{
	bool negative = d.amount < 0;
	uint64_t amount = negative ? 0 - (uint64_t)d.amount : (uint64_t)d.amount;

	buf_add_text(out, negative ? "-P" : "P");
	if (kind == EXPR_MONTHS) {
		months_format(out, amount);
		return;
	}
	if (negative && d.nanosecond) /* -0.5 s is -1 s and half a second on top */
		seconds_format(out, amount - 1, NANOS - d.nanosecond);
	else
		seconds_format(out, amount, d.nanosecond);
}
