/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dates, times and durations: zones, order, sums and properties (DMN 1.5, 10.3.2.3). */
#include <stdlib.h>
#include <string.h>

#include "expr/value.h"

enum { YEAR_MAX = 999999999, ZONES_MAX = 200 };

/* ---- zones: each is read once per scope ---- */

typedef struct scope_zone {
	struct scope_zone *next;
	zone *z;        /* NULL: there is none of that name */
	char name[];
} scope_zone;

void scope_zones_free(expr_scope *scope)
{
	while (scope->zones) {
		scope_zone *next = scope->zones->next;

		zone_free(scope->zones->z);
		free(scope->zones);
		scope->zones = next;
	}
}

static efile_status zone_add(scope_zone **out, expr_scope *s, const char *name)
{
	AUTO_PTR(zone) z = NULL;
	size_t length = strlen(name), count = 0;
	scope_zone *row;
	efile_status status = zone_load(&z, s->ctx, name);

	if (status == EFILE_E_NOMEM)
		return status;
	error_clear(s->ctx);
	for (row = s->zones; row; row = row->next)
		count++;
	if (count >= ZONES_MAX)
		scope_zones_free(s);
	row = mem_new(s->ctx, sizeof(*row) + length + 1);
	if (!row)
		return EFILE_E_NOMEM;
	memcpy(row->name, name, length + 1);
	row->z = STEAL(z);
	row->next = s->zones;
	s->zones = row;
	*out = row;
	return EFILE_OK;
}

static efile_status zone_named(const zone **out, expr_scope *s, const char *name)
{
	scope_zone *row = s->zones;

	while (row && strcmp(row->name, name) != 0)
		row = row->next;
	if (!row)
		TRY(zone_add(&row, s, name));
	*out = row->z;
	return EFILE_OK;
}

/* Years that microseconds can count; the calendar repeats after 400 of them. */
static int32_t countable_year(int32_t year)
{
	return year > -100000 && year < 100000 ? year : 2000 + year % 400;
}

static int32_t local_offset(const zone *z, const expr_temporal *t)
{
	civil local = { t->date, t->second / 3600, t->second / 60 % 60, t->second % 60, 0, 0 };

	if (date_none(local.date))
		local.date = (efile_date){ 1970, 1, 1, 0 };
	local.date.year = countable_year(local.date.year);
	return zone_offset(z, zone_to_utc(z, &local));
}

efile_status temporal_resolve(bool *fits, expr_temporal *t, expr_scope *s)
{
	const zone *z;
	expr_value name;

	TRY(zone_named(&z, s, t->zone));
	*fits = z != NULL;
	if (!z)
		return EFILE_OK;
	TRY(value_string(&name, s, t->zone, strlen(t->zone)));
	t->zone = name.as.string.text;
	t->offset = local_offset(z, t);
	t->has_offset = true;
	return EFILE_OK;
}

/* ---- instants ---- */

instant temporal_instant(const expr_temporal *t)
{
	int64_t days = date_none(t->date) ? 0 : date_to_days(t->date);

	return (instant){ days * DAY_SECONDS + t->second - t->offset, t->nanosecond };
}

void temporal_from_instant(expr_temporal *t, instant at)
{
	int64_t local = at.second + t->offset;
	int64_t days = local / DAY_SECONDS, rest = local % DAY_SECONDS;

	if (rest < 0) {
		rest += DAY_SECONDS;
		days--;
	}
	t->date = date_from_days(days);
	t->second = (int32_t)rest;
	t->nanosecond = at.nanosecond;
}

bool temporal_order(int *order, expr_kind kind, const expr_temporal *a, const expr_temporal *b)
{
	instant left, right;

	if (kind == EXPR_DATE) {
		*order = date_compare(a->date, b->date);
		return true;
	}
	if (a->has_offset != b->has_offset)
		return false;
	left = temporal_instant(a);
	right = temporal_instant(b);
	*order = (left.second > right.second) - (left.second < right.second);
	if (!*order)
		*order = (left.nanosecond > right.nanosecond) - (left.nanosecond < right.nanosecond);
	return true;
}

int temporal_equal(expr_kind kind, const expr_temporal *a, const expr_temporal *b)
{
	if (kind == EXPR_DATE)
		return date_compare(a->date, b->date) == 0;
	return a->has_offset == b->has_offset &&
		temporal_instant(a).second == temporal_instant(b).second;
}

/* ---- sums ---- */

static bool duration_normal(expr_duration *out, int64_t amount, int64_t nanos)
{
	int64_t carry = nanos / NANOS - (nanos % NANOS < 0);

	if (__builtin_add_overflow(amount, carry, &out->amount))
		return false;
	out->nanosecond = (int32_t)(nanos - carry * NANOS);
	return true;
}

bool duration_add(expr_duration *out, expr_kind kind, expr_duration a, expr_duration b)
{
	int64_t sum;

	(void)kind;
	return !__builtin_add_overflow(a.amount, b.amount, &sum) &&
		duration_normal(out, sum, (int64_t)a.nanosecond + b.nanosecond);
}

bool duration_negate(expr_duration *out, expr_kind kind, expr_duration d)
{
	(void)kind;
	return d.amount != INT64_MIN && duration_normal(out, -d.amount, -(int64_t)d.nanosecond);
}

int duration_sign(const expr_duration *d)
{
	return d->amount < 0 ? -1 : d->amount > 0 || d->nanosecond;
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

static bool add_seconds(expr_temporal *t, expr_kind kind, expr_duration amount)
{
	const int64_t limit = INT64_C(366) * YEAR_MAX * DAY_SECONDS;
	instant at = temporal_instant(t);
	expr_duration sum, start = { at.second, at.nanosecond };

	if (!duration_add(&sum, EXPR_SECONDS, start, amount) || sum.amount > limit ||
	    sum.amount < -limit)
		return false;
	temporal_from_instant(t, (instant){ sum.amount, sum.nanosecond });
	if (kind == EXPR_DATE)
		t->second = t->nanosecond = 0;
	if (kind == EXPR_TIME)
		t->date = (efile_date){ 0, 0, 0, 0 };
	return kind == EXPR_TIME || date_valid(t->date);
}

/* With a zone, days and time move the instant, years and months the date on the wall. */
efile_status temporal_add(bool *fits, expr_temporal *t, expr_scope *s, expr_kind kind,
			  expr_kind duration_kind, expr_duration amount)
{
	const zone *z;
	instant at;

	*fits = duration_kind == EXPR_SECONDS ? add_seconds(t, kind, amount) :
						kind != EXPR_TIME && add_months(t, amount.amount);
	if (!*fits || !t->zone || kind == EXPR_TIME)
		return EFILE_OK;
	if (duration_kind == EXPR_MONTHS)
		return temporal_resolve(fits, t, s);
	TRY(zone_named(&z, s, t->zone));
	at = temporal_instant(t);
	if (!z || at.second > INT64_MAX / 1000000 || at.second < INT64_MIN / 1000000)
		return EFILE_OK;
	t->offset = zone_offset(z, at.second * 1000000);
	temporal_from_instant(t, at);
	return EFILE_OK;
}

/* ---- properties (table 65) ---- */

typedef int64_t (*property_fn)(const expr_value *v);

/* The parts of a duration go towards zero and carry its sign. */
static int64_t whole_seconds(const expr_value *v)
{
	const expr_duration *d = &v->as.duration;

	return d->amount < 0 && d->nanosecond ? d->amount + 1 : d->amount;
}

static int64_t year_of(const expr_value *v) { return v->as.temporal->date.year; }
static int64_t month_of(const expr_value *v) { return v->as.temporal->date.month; }
static int64_t day_of(const expr_value *v) { return v->as.temporal->date.day; }
static int64_t weekday_of(const expr_value *v) { return date_weekday(v->as.temporal->date); }
static int64_t hour_of(const expr_value *v) { return v->as.temporal->second / 3600; }
static int64_t minute_of(const expr_value *v) { return v->as.temporal->second / 60 % 60; }
static int64_t second_of(const expr_value *v) { return v->as.temporal->second % 60; }
static int64_t years_of(const expr_value *v) { return v->as.duration.amount / 12; }
static int64_t months_of(const expr_value *v) { return v->as.duration.amount % 12; }
static int64_t days_of(const expr_value *v) { return whole_seconds(v) / DAY_SECONDS; }
static int64_t hours_of(const expr_value *v) { return whole_seconds(v) / 3600 % 24; }
static int64_t minutes_of(const expr_value *v) { return whole_seconds(v) / 60 % 60; }
static int64_t seconds_of(const expr_value *v) { return whole_seconds(v) % 60; }

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

static bool zone_property(expr_value *out, const expr_temporal *t, const char *name)
{
	*out = VALUE_NULL;
	if (!strcmp(name, "time offset")) {
		if (t->has_offset)
			*out = value_duration(EXPR_SECONDS, (expr_duration){ t->offset, 0 });
		return true;
	}
	if (strcmp(name, "timezone") != 0)
		return false;
	if (t->zone)
		*out = value_borrow(t->zone, strlen(t->zone));
	return true;
}

bool temporal_property(expr_value *out, const expr_value *v, const char *name)
{
	if ((v->kind == EXPR_TIME || v->kind == EXPR_DATE_TIME) &&
	    zone_property(out, v->as.temporal, name))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(properties); i++)
		if ((properties[i].kinds >> v->kind & 1) && !strcmp(properties[i].name, name)) {
			*out = value_int(properties[i].fn(v));
			return true;
		}
	return false;
}
