/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions on dates, times and durations; the present is what the caller handed in. */
#include <string.h>

#include "expr/functions.h"

enum { OFFSET_MAX = 18 * 3600 };

static efile_status no_such(expr_scope *s, const char *what, const char *text)
{
	scope_warn(s, "%s is no %s", text, what);
	return EFILE_OK;
}

static bool int_between(int32_t *out, const expr_value *v, int64_t low, int64_t high)
{
	int64_t value;

	if (v->kind != EXPR_NUMBER || efile_decimal_to_int(&value, v->as.number) < 0 ||
	    value < low || value > high)
		return false;
	*out = (int32_t)value;
	return true;
}

static efile_status from_text(expr_value *out, expr_scope *s, expr_kind kind, const char *text)
{
	expr_value v;
	bool fits;

	TRY(temporal_parse_kind(&fits, &v, s, kind, text));
	if (!fits)
		return no_such(s, expr_kind_name(kind), text);
	*out = v;
	return EFILE_OK;
}

/* ---- from numbers ---- */

static bool take_date(expr_temporal *t, const expr_value *args)
{
	int32_t year, month, day;

	if (!int_between(&year, &args[0], -999999999, 999999999) ||
	    !int_between(&month, &args[1], 1, 12) || !int_between(&day, &args[2], 1, 31))
		return false;
	t->date = (efile_date){ year, (int8_t)month, (int8_t)day, 0 };
	return date_valid(t->date);
}

/* Seconds may have a fraction. */
static bool take_clock(expr_temporal *t, const expr_value *args)
{
	efile_decimal whole, rest;
	expr_value second = VALUE_NULL;
	int32_t hour, minute, full;
	int64_t nanos;

	if (args[2].kind != EXPR_NUMBER ||
	    efile_decimal_round(&whole, args[2].as.number, 0, EFILE_ROUND_FLOOR) < 0 ||
	    efile_decimal_subtract(&rest, args[2].as.number, whole) < 0 ||
	    efile_decimal_multiply(&rest, rest, efile_decimal_from_int(NANOS, 0)) < 0 ||
	    efile_decimal_round(&rest, rest, 0, EFILE_ROUND_DOWN) < 0 ||
	    efile_decimal_to_int(&nanos, rest) < 0)
		return false;
	second = value_number(whole);
	if (!int_between(&hour, &args[0], 0, 23) || !int_between(&minute, &args[1], 0, 59) ||
	    !int_between(&full, &second, 0, 59))
		return false;
	t->second = hour * 3600 + minute * 60 + full;
	t->nanosecond = (int32_t)nanos;
	return true;
}

/* A duration, the name of a zone, or null. */
static efile_status take_offset(bool *fits, expr_temporal *t, expr_scope *s, const expr_value *v)
{
	*fits = true;
	if (v->kind == EXPR_NULL)
		return EFILE_OK;
	if (v->kind == EXPR_STRING) {
		t->zone = v->as.string.text;
		return temporal_resolve(fits, t, s);
	}
	*fits = v->kind == EXPR_SECONDS && v->as.duration.amount <= OFFSET_MAX &&
		v->as.duration.amount >= -OFFSET_MAX && !v->as.duration.nanosecond;
	t->has_offset = true;
	t->offset = *fits ? (int32_t)v->as.duration.amount : 0;
	return EFILE_OK;
}

/* ---- date, time, date and time, duration ---- */

efile_status fn_date(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	expr_temporal t = { { 0, 0, 0, 0 }, 0, 0, 0, false, NULL };

	if (count == 3)
		return take_date(&t, args) ? value_temporal(out, s, EXPR_DATE, &t) :
					     no_such(s, "date", "(year, month, day)");
	if (count == 1 && args[0].kind == EXPR_STRING)
		return from_text(out, s, EXPR_DATE, args[0].as.string.text);
	if (count != 1 || (args[0].kind != EXPR_DATE && args[0].kind != EXPR_DATE_TIME))
		return no_such(s, "date", expr_kind_name(args[0].kind));
	t.date = args[0].as.temporal->date;
	return value_temporal(out, s, EXPR_DATE, &t);
}

static efile_status time_of_numbers(expr_value *out, expr_scope *s, const expr_value *args,
				    size_t count)
{
	expr_temporal t = { { 0, 0, 0, 0 }, 0, 0, 0, false, NULL };
	bool fits = take_clock(&t, args);

	if (fits && count > 3)
		TRY(take_offset(&fits, &t, s, &args[3]));
	if (!fits || t.zone)
		return no_such(s, "time", "(hour, minute, second, offset)");
	return value_temporal(out, s, EXPR_TIME, &t);
}

/* Of a date: midnight in UTC. */
efile_status fn_time(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	expr_temporal t;

	if (count >= 3)
		return time_of_numbers(out, s, args, count);
	if (count == 1 && args[0].kind == EXPR_STRING)
		return from_text(out, s, EXPR_TIME, args[0].as.string.text);
	if (count != 1 || !value_is_temporal(&args[0]))
		return no_such(s, "time", expr_kind_name(args[0].kind));
	t = *args[0].as.temporal;
	t.date = (efile_date){ 0, 0, 0, 0 };
	if (args[0].kind == EXPR_DATE)
		t.has_offset = true;
	return value_temporal(out, s, EXPR_TIME, &t);
}

static efile_status moment_of_numbers(expr_value *out, expr_scope *s, const expr_value *args,
				      size_t count)
{
	expr_temporal t = { { 0, 0, 0, 0 }, 0, 0, 0, false, NULL };
	bool fits = take_date(&t, args) && take_clock(&t, args + 3);

	if (fits && count > 6)
		TRY(take_offset(&fits, &t, s, &args[6]));
	if (!fits)
		return no_such(s, "date and time", "(year, month, day, hour, minute, second)");
	return value_temporal(out, s, EXPR_DATE_TIME, &t);
}

efile_status fn_date_and_time(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	expr_temporal t;
	bool fits = true;

	if (count == 1 && args[0].kind == EXPR_STRING)
		return from_text(out, s, EXPR_DATE_TIME, args[0].as.string.text);
	if (count >= 6)
		return moment_of_numbers(out, s, args, count);
	if (count != 2 || (args[0].kind != EXPR_DATE && args[0].kind != EXPR_DATE_TIME) ||
	    args[1].kind != EXPR_TIME)
		return no_such(s, "date and time", expr_kind_name(args[0].kind));
	t = *args[1].as.temporal;
	t.date = args[0].as.temporal->date;
	if (t.zone)
		TRY(temporal_resolve(&fits, &t, s));
	return value_temporal(out, s, EXPR_DATE_TIME, &t);
}

efile_status fn_duration(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	expr_value d;

	(void)count;
	if (!duration_parse(&d, args[0].as.string.text))
		return no_such(s, "duration", args[0].as.string.text);
	*out = d;
	return EFILE_OK;
}

/* Whole months from one date to the other, as the day of the month allows. */
efile_status fn_years_and_months(expr_value *out, expr_scope *s, const expr_value *args,
				 size_t count)
{
	efile_date from = args[0].as.temporal->date, to = args[1].as.temporal->date;
	int64_t months = ((int64_t)to.year - from.year) * 12 + to.month - from.month;

	(void)s;
	(void)count;
	if (months > 0 && to.day < from.day)
		months--;
	if (months < 0 && to.day > from.day)
		months++;
	*out = value_months(months);
	return EFILE_OK;
}

/* ---- the calendar (10.3.4.8) ---- */

static const char *const weekdays[] = {
	"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
};

static const char *const months[] = {
	"January", "February", "March", "April", "May", "June", "July", "August", "September",
	"October", "November", "December",
};

static int64_t day_of_year(efile_date date)
{
	efile_date first = { date.year, 1, 1, 0 };

	return date_to_days(date) - date_to_days(first) + 1;
}

efile_status fn_day_of_year(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	(void)s;
	(void)count;
	*out = value_int(day_of_year(args[0].as.temporal->date));
	return EFILE_OK;
}

efile_status fn_day_of_week(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	const char *name = weekdays[date_weekday(args[0].as.temporal->date) - 1];

	(void)s;
	(void)count;
	*out = value_borrow(name, strlen(name));
	return EFILE_OK;
}

efile_status fn_month_of_year(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	const char *name = months[args[0].as.temporal->date.month - 1];

	(void)s;
	(void)count;
	*out = value_borrow(name, strlen(name));
	return EFILE_OK;
}

/* ISO 8601: a week belongs to the year that has its Thursday. */
efile_status fn_week_of_year(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	efile_date date = args[0].as.temporal->date;
	efile_date thursday = date_from_days(date_to_days(date) + 4 - date_weekday(date));

	(void)s;
	(void)count;
	*out = value_int((day_of_year(thursday) - 1) / 7 + 1);
	return EFILE_OK;
}

/* ---- the present ---- */

static efile_status present(expr_value *out, expr_scope *s, expr_kind kind)
{
	expr_temporal t = { { 0, 0, 0, 0 }, 0, 0, s->now_offset, true, NULL };
	int64_t micros = s->now % 1000000;
	instant at = { s->now / 1000000 - (micros < 0), 0 };

	if (!s->has_now) {
		scope_warn(s, "the present time is not known here");
		return EFILE_OK;
	}
	at.nanosecond = (int32_t)(micros < 0 ? micros + 1000000 : micros) * 1000;
	temporal_from_instant(&t, at);
	if (kind == EXPR_DATE)
		t = (expr_temporal){ t.date, 0, 0, 0, false, NULL };
	return value_temporal(out, s, kind, &t);
}

efile_status fn_now(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	(void)args;
	(void)count;
	return present(out, s, EXPR_DATE_TIME);
}

efile_status fn_today(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	(void)args;
	(void)count;
	return present(out, s, EXPR_DATE);
}
