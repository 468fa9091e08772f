/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dates, times and durations: XML Schema texts (DMN 1.5, 10.3.2.3), order, sums, properties. */
#include <stdio.h>
#include <string.h>

#include "expr/value.h"

enum { DAY_SECONDS = 86400, YEAR_MAX = 999999999 };

#define MICROS INT64_C(1000000)
#define DAY_MICROS (DAY_SECONDS * MICROS)
/* Instants must fit into microseconds: some 290,000 years around 1970. */
#define DAYS_MAX INT64_C(106000000)

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
	return true;
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

static bool parse_fraction(expr_temporal *t, const char **at)
{
	int32_t scale = 100000;

	if (!take(at, '.'))
		return true;
	if (!str_ascii_digit(**at))
		return false;
	for (; str_ascii_digit(**at); (*at)++, scale /= 10)
		t->microsecond += (**at - '0') * scale;
	return true;
}

static bool parse_offset(expr_temporal *t, const char **at)
{
	int32_t hour, minute, second = 0;
	int sign;

	if (!**at)
		return true;
	t->has_offset = true;
	if (take(at, 'Z') || take(at, 'z'))
		return true;
	sign = **at == '-' ? -1 : 1;
	if (!take(at, '+') && !take(at, '-'))
		return false;
	if (!digits(&hour, at, 2) || !take(at, ':') || !digits(&minute, at, 2))
		return false;
	if (take(at, ':') && !digits(&second, at, 2))
		return false;
	t->offset = sign * (hour * 3600 + minute * 60 + second);
	return hour <= 18 && minute < 60 && second < 60;
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
	return parse_fraction(t, at) && parse_offset(t, at);
}

bool temporal_parse_date(expr_temporal *t, const char *text)
{
	*t = (expr_temporal){ { 0 }, 0, 0, 0, false };
	return parse_date_part(t, &text) && !*text;
}

bool temporal_parse_time(expr_temporal *t, const char *text)
{
	*t = (expr_temporal){ { 0 }, 0, 0, 0, false };
	take(&text, 'T');
	return parse_time_part(t, &text) && !*text;
}

bool temporal_parse_date_time(expr_temporal *t, const char *text)
{
	*t = (expr_temporal){ { 0 }, 0, 0, 0, false };
	if (!parse_date_part(t, &text))
		return false;
	return !*text || (take(&text, 'T') && parse_time_part(t, &text) && !*text);
}

/* One number and its letter of a duration; keeps the order of the letters. */
static bool duration_field(int64_t *amount, int32_t *micros, char *unit, const char **at)
{
	int64_t value = 0;
	const char *start = *at;

	for (; str_ascii_digit(**at); (*at)++) {
		if (value > INT64_MAX / 100000000)
			return false;
		value = value * 10 + (**at - '0');
	}
	*micros = 0;
	if (*at > start && **at == '.') {
		expr_temporal t = { { 0 }, 0, 0, 0, false };

		if (!parse_fraction(&t, at) || **at != 'S')
			return false;
		*micros = t.microsecond;
	}
	if (*at == start || !**at)
		return false;
	*amount = value;
	*unit = *(*at)++;
	return true;
}

typedef struct duration_unit {
	char letter;
	bool time;      /* behind the T */
	int64_t months;
	int64_t seconds;
} duration_unit;

static const duration_unit units[] = {
	{ 'Y', false, 12, 0 }, { 'M', false, 1, 0 }, { 'D', false, 0, 86400 },
	{ 'H', true, 0, 3600 }, { 'M', true, 0, 60 }, { 'S', true, 0, 1 },
};

static const duration_unit *unit_find(size_t from, char letter, bool time)
{
	for (size_t i = from; i < ARRAY_SIZE(units); i++)
		if (units[i].letter == letter && units[i].time == time)
			return &units[i];
	return NULL;
}

typedef struct duration_sum {
	int64_t months;
	int64_t micros;
	bool has_months;
	bool has_seconds;
} duration_sum;

static bool duration_add(duration_sum *sum, const duration_unit *unit, int64_t amount,
			 int32_t micros)
{
	int64_t part;

	if (unit->months) {
		sum->has_months = true;
		return !__builtin_mul_overflow(amount, unit->months, &part) &&
			!__builtin_add_overflow(sum->months, part, &sum->months);
	}
	sum->has_seconds = true;
	return !__builtin_mul_overflow(amount, unit->seconds * MICROS, &part) &&
		!__builtin_add_overflow(sum->micros, part, &sum->micros) &&
		!__builtin_add_overflow(sum->micros, micros, &sum->micros);
}

bool duration_parse(expr_kind *kind, int64_t *duration, const char *text)
{
	duration_sum sum = { 0, 0, false, false };
	bool negative = take(&text, '-'), time = false;
	size_t next = 0;

	if (!take(&text, 'P') || !*text)
		return false;
	while (*text) {
		const duration_unit *unit;
		int64_t amount;
		int32_t micros;
		char letter;

		if (!time && take(&text, 'T'))
			time = true;
		if (!duration_field(&amount, &micros, &letter, &text))
			return false;
		unit = unit_find(next, letter, time);
		if (!unit || !duration_add(&sum, unit, amount, micros))
			return false;
		next = (size_t)(unit - units) + 1;
	}
	if (sum.has_months == sum.has_seconds) /* FEEL has no mixture of the two */
		return false;
	*kind = sum.has_months ? EXPR_MONTHS : EXPR_SECONDS;
	*duration = sum.has_months ? sum.months : sum.micros;
	if (negative)
		*duration = -*duration;
	return true;
}

bool expr_is_duration(const char *text)
{
	expr_kind kind;
	int64_t amount;

	return duration_parse(&kind, &amount, text);
}

bool temporal_parse(expr_kind *kind, expr_temporal *t, int64_t *duration, const char *text)
{
	if (duration_parse(kind, duration, text))
		return true;
	*kind = EXPR_DATE;
	if (temporal_parse_date(t, text))
		return true;
	*kind = EXPR_DATE_TIME;
	if (temporal_parse_date_time(t, text))
		return true;
	*kind = EXPR_TIME;
	return temporal_parse_time(t, text);
}

/* ---- writing ---- */

static void format_fraction(buf *out, int32_t micros)
{
	char text[8];
	int length = 6;

	if (!micros)
		return;
	snprintf(text, sizeof(text), "%06d", (int)(micros % 1000000));
	while (text[length - 1] == '0')
		length--;
	buf_add_char(out, '.');
	buf_add(out, text, (size_t)length);
}

static void format_offset(buf *out, const expr_temporal *t)
{
	int32_t offset = t->offset < 0 ? -t->offset : t->offset;

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
	format_fraction(out, t->microsecond);
	format_offset(out, t);
}

static void months_format(buf *out, uint64_t months)
{
	if (months >= 12)
		buf_add_format(out, "%lluY", (unsigned long long)(months / 12));
	if (months % 12 || !months)
		buf_add_format(out, "%lluM", (unsigned long long)(months % 12));
}

static void seconds_format(buf *out, uint64_t micros)
{
	uint64_t days = micros / DAY_MICROS, seconds = micros % DAY_MICROS / MICROS;
	int32_t fraction = (int32_t)(micros % MICROS);

	if (days)
		buf_add_format(out, "%lluD", (unsigned long long)days);
	if (!seconds && !fraction && days)
		return;
	buf_add_char(out, 'T');
	if (seconds / 3600)
		buf_add_format(out, "%dH", (int)(seconds / 3600));
	if (seconds / 60 % 60)
		buf_add_format(out, "%dM", (int)(seconds / 60 % 60));
	if (seconds % 60 || fraction || !micros) {
		buf_add_format(out, "%d", (int)(seconds % 60));
		format_fraction(out, fraction);
		buf_add_char(out, 'S');
	}
}

void duration_format(buf *out, expr_kind kind, int64_t duration)
{
	uint64_t amount = duration < 0 ? 0 - (uint64_t)duration : (uint64_t)duration;

	buf_add_text(out, duration < 0 ? "-P" : "P");
	if (kind == EXPR_MONTHS)
		months_format(out, amount);
	else
		seconds_format(out, amount);
}

/* ---- order and sums ---- */

bool temporal_instant(int64_t *out, const expr_temporal *t)
{
	int64_t days = date_none(t->date) ? 0 : date_to_days(t->date);

	if (days > DAYS_MAX || days < -DAYS_MAX)
		return false;
	*out = days * DAY_MICROS + (int64_t)(t->second - t->offset) * MICROS + t->microsecond;
	return true;
}

void temporal_from_instant(expr_temporal *t, int64_t micros)
{
	int64_t local = micros + t->offset * MICROS;
	int64_t days = local / DAY_MICROS, rest = local % DAY_MICROS;

	if (rest < 0) {
		rest += DAY_MICROS;
		days--;
	}
	t->date = date_from_days(days);
	t->second = (int32_t)(rest / MICROS);
	t->microsecond = (int32_t)(rest % MICROS);
}

bool temporal_order(int *order, expr_kind kind, const expr_temporal *a, const expr_temporal *b)
{
	int64_t left, right;

	if (kind == EXPR_DATE) {
		*order = date_compare(a->date, b->date);
		return true;
	}
	if (a->has_offset != b->has_offset)
		return false;
	if (!temporal_instant(&left, a) || !temporal_instant(&right, b)) {
		*order = date_compare(a->date, b->date);
		return *order != 0;
	}
	*order = (left > right) - (left < right);
	return true;
}

static bool add_months(expr_temporal *t, int64_t months)
{
	const int64_t limit = INT64_C(12) * YEAR_MAX;

	if (months > INT32_MAX || months < INT32_MIN)
		return false;
	if (t->date.year * INT64_C(12) + months > limit || t->date.year * INT64_C(12) + months < -limit)
		return false;
	t->date = date_add_months(t->date, (int)months);
	return true;
}

static bool add_micros(expr_temporal *t, expr_kind kind, int64_t micros)
{
	int64_t instant;

	if (!temporal_instant(&instant, t) || __builtin_add_overflow(instant, micros, &instant))
		return false;
	if (instant > DAYS_MAX * DAY_MICROS || instant < -DAYS_MAX * DAY_MICROS)
		return false;
	temporal_from_instant(t, instant);
	if (kind == EXPR_DATE)
		t->second = t->microsecond = 0;
	if (kind == EXPR_TIME)
		t->date = (efile_date){ 0, 0, 0, 0 };
	return true;
}

bool temporal_add(expr_temporal *t, expr_kind kind, expr_kind duration_kind, int64_t amount)
{
	if (duration_kind == EXPR_SECONDS)
		return add_micros(t, kind, amount);
	return kind != EXPR_TIME && add_months(t, amount);
}

/* ---- properties ---- */

typedef int64_t (*property_fn)(const expr_value *v);

static int64_t year_of(const expr_value *v) { return v->as.temporal->date.year; }
static int64_t month_of(const expr_value *v) { return v->as.temporal->date.month; }
static int64_t day_of(const expr_value *v) { return v->as.temporal->date.day; }
static int64_t weekday_of(const expr_value *v) { return date_weekday(v->as.temporal->date); }
static int64_t hour_of(const expr_value *v) { return v->as.temporal->second / 3600; }
static int64_t minute_of(const expr_value *v) { return v->as.temporal->second / 60 % 60; }
static int64_t second_of(const expr_value *v) { return v->as.temporal->second % 60; }
static int64_t years_of(const expr_value *v) { return v->as.duration / 12; }
static int64_t months_of(const expr_value *v) { return v->as.duration % 12; }
static int64_t days_of(const expr_value *v) { return v->as.duration / DAY_MICROS; }
static int64_t hours_of(const expr_value *v) { return v->as.duration / (3600 * MICROS) % 24; }
static int64_t minutes_of(const expr_value *v) { return v->as.duration / (60 * MICROS) % 60; }
static int64_t seconds_of(const expr_value *v) { return v->as.duration / MICROS % 60; }

enum {
	ON_DATE = 1 << EXPR_DATE, ON_TIME = 1 << EXPR_TIME, ON_BOTH = 1 << EXPR_DATE_TIME,
	ON_MONTHS = 1 << EXPR_MONTHS, ON_SECONDS = 1 << EXPR_SECONDS
};

static const struct property_row {
	const char *name;
	unsigned kinds;
	property_fn fn;
} properties[] = {
	{ "year", ON_DATE | ON_BOTH, year_of },
	{ "month", ON_DATE | ON_BOTH, month_of },
	{ "day", ON_DATE | ON_BOTH, day_of },
	{ "weekday", ON_DATE | ON_BOTH, weekday_of },
	{ "hour", ON_TIME | ON_BOTH, hour_of },
	{ "minute", ON_TIME | ON_BOTH, minute_of },
	{ "second", ON_TIME | ON_BOTH, second_of },
	{ "years", ON_MONTHS, years_of },
	{ "months", ON_MONTHS, months_of },
	{ "days", ON_SECONDS, days_of },
	{ "hours", ON_SECONDS, hours_of },
	{ "minutes", ON_SECONDS, minutes_of },
	{ "seconds", ON_SECONDS, seconds_of },
};

bool temporal_property(expr_value *out, const expr_value *v, const char *name)
{
	if ((v->kind == EXPR_TIME || v->kind == EXPR_DATE_TIME) && !strcmp(name, "time offset")) {
		*out = v->as.temporal->has_offset ?
			value_duration(EXPR_SECONDS, v->as.temporal->offset * MICROS) : VALUE_NULL;
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(properties); i++)
		if ((properties[i].kinds >> v->kind & 1) && !strcmp(properties[i].name, name)) {
			*out = value_int(properties[i].fn(v));
			return true;
		}
	return false;
}
