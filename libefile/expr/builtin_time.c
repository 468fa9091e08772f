/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions on dates, times and durations; the present is what the caller handed in. */
#include "expr/functions.h"

static efile_status no_such(expr_scope *s, const char *what, const char *text)
{
	scope_warn(s, "%s is no %s", text, what);
	return EFILE_OK;
}

static bool small_int(int32_t *out, const expr_value *v)
{
	int64_t value;

	if (v->kind != EXPR_NUMBER || efile_decimal_to_int(&value, v->as.number) < 0 ||
	    value > 999999999 || value < -999999999)
		return false;
	*out = (int32_t)value;
	return true;
}

static efile_status date_of_numbers(expr_value *out, expr_scope *s, const expr_value *args)
{
	int32_t year, month, day;
	expr_temporal t = { { 0 }, 0, 0, 0, false };

	if (!small_int(&year, &args[0]) || !small_int(&month, &args[1]) ||
	    !small_int(&day, &args[2]) || month < 1 || month > 12 || day < 1 || day > 31)
		return no_such(s, "date", "(year, month, day)");
	t.date = (efile_date){ year, (int8_t)month, (int8_t)day, 0 };
	if (!date_valid(t.date))
		return no_such(s, "date", "(year, month, day)");
	return value_temporal(out, s, EXPR_DATE, &t);
}

efile_status fn_date(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	expr_temporal t = { { 0 }, 0, 0, 0, false };

	if (count == 3)
		return date_of_numbers(out, s, args);
	if (args[0].kind == EXPR_STRING) {
		if (!temporal_parse_date(&t, args[0].as.string.text))
			return no_such(s, "date", args[0].as.string.text);
		return value_temporal(out, s, EXPR_DATE, &t);
	}
	if (count != 1 || (args[0].kind != EXPR_DATE && args[0].kind != EXPR_DATE_TIME))
		return no_such(s, "date", expr_kind_name(args[0].kind));
	t.date = args[0].as.temporal->date;
	return value_temporal(out, s, EXPR_DATE, &t);
}

static efile_status time_of_numbers(expr_value *out, expr_scope *s, const expr_value *args,
				    size_t count)
{
	int32_t hour, minute, second;
	expr_temporal t = { { 0 }, 0, 0, 0, false };

	if (!small_int(&hour, &args[0]) || !small_int(&minute, &args[1]) ||
	    !small_int(&second, &args[2]) || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
	    second < 0 || second > 59)
		return no_such(s, "time", "(hour, minute, second)");
	t.second = hour * 3600 + minute * 60 + second;
	if (count == 4 && args[3].kind == EXPR_SECONDS) {
		t.has_offset = true;
		t.offset = (int32_t)(args[3].as.duration / 1000000 % 86400);
	}
	return value_temporal(out, s, EXPR_TIME, &t);
}

efile_status fn_time(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	expr_temporal t = { { 0 }, 0, 0, 0, false };

	if (count >= 3)
		return time_of_numbers(out, s, args, count);
	if (args[0].kind == EXPR_STRING) {
		if (!temporal_parse_time(&t, args[0].as.string.text))
			return no_such(s, "time", args[0].as.string.text);
		return value_temporal(out, s, EXPR_TIME, &t);
	}
	if (args[0].kind != EXPR_TIME && args[0].kind != EXPR_DATE_TIME)
		return no_such(s, "time", expr_kind_name(args[0].kind));
	t = *args[0].as.temporal;
	t.date = (efile_date){ 0, 0, 0, 0 };
	return value_temporal(out, s, EXPR_TIME, &t);
}

efile_status fn_date_and_time(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	expr_temporal t = { { 0 }, 0, 0, 0, false };

	if (count == 1 && args[0].kind == EXPR_STRING) {
		if (!temporal_parse_date_time(&t, args[0].as.string.text))
			return no_such(s, "date and time", args[0].as.string.text);
		return value_temporal(out, s, EXPR_DATE_TIME, &t);
	}
	if (count != 2 || (args[0].kind != EXPR_DATE && args[0].kind != EXPR_DATE_TIME) ||
	    args[1].kind != EXPR_TIME)
		return no_such(s, "date and time", expr_kind_name(args[0].kind));
	t = *args[1].as.temporal;
	t.date = args[0].as.temporal->date;
	return value_temporal(out, s, EXPR_DATE_TIME, &t);
}

efile_status fn_duration(expr_value *out, expr_scope *s, const expr_value *args, size_t count)
{
	expr_kind kind;
	int64_t amount;

	(void)count;
	if (!duration_parse(&kind, &amount, args[0].as.string.text))
		return no_such(s, "duration", args[0].as.string.text);
	*out = value_duration(kind, amount);
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
	*out = value_duration(EXPR_MONTHS, months);
	return EFILE_OK;
}

static efile_status present(expr_value *out, expr_scope *s, expr_kind kind)
{
	expr_temporal t = { { 0 }, 0, 0, s->now_offset, true };

	if (!s->has_now) {
		scope_warn(s, "the present time is not known here");
		return EFILE_OK;
	}
	temporal_from_instant(&t, s->now);
	if (kind == EXPR_DATE)
		t = (expr_temporal){ t.date, 0, 0, 0, false };
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
