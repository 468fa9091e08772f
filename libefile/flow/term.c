/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Points of time of tasks: due dates, follow-ups, reminders. Pure. */
#include "flow/term.h"

#include <string.h>

#include <efile/period.h>
#include <efile/task.h>

#include "flow/timer.h"

enum { DAYS_MAX = 10000 };

static const struct {
	const char *name;
	efile_day_kind kind;
} day_kinds[] = {
	{ "office-day", EFILE_OFFICE_DAY }, { "office-days", EFILE_OFFICE_DAY },
	{ "werktag", EFILE_WERKTAG },       { "werktage", EFILE_WERKTAG },
};

/* "5 office-days" */
static bool read_days(int32_t *count, efile_day_kind *kind, const char *text)
{
	*count = 0;
	if (!str_ascii_digit(*text))
		return false;
	for (; str_ascii_digit(*text) && *count <= DAYS_MAX; text++)
		*count = *count * 10 + (*text - '0');
	if (*text++ != ' ' || *count > DAYS_MAX)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(day_kinds); i++)
		if (strcmp(day_kinds[i].name, text) == 0) {
			*kind = day_kinds[i].kind;
			return true;
		}
	return false;
}

bool term_needs_calendar(const char *text)
{
	efile_day_kind kind;
	int32_t count;

	return read_days(&count, &kind, text);
}

bool term_valid(const char *text)
{
	timer_plan plan;

	return term_needs_calendar(text) || timer_first(&plan, TIME_DURATION, text, 0) ||
		timer_first(&plan, TIME_DATE, text, 0);
}

/* Where the place decides about a holiday and the calendar names none, the nearer day counts: a
 * date of our own may come too early, never too late. */
static efile_status add_days(efile_time *out, efile_ctx *ctx, int32_t count, efile_day_kind kind,
			     const char *calendar, efile_time from, bool last)
{
	efile_date day, other;

	TRY(efile_working_days_add(&day, &other, ctx, calendar, timer_day(from), count, kind));
	*out = last ? timer_day_last(day) : timer_day_first(day);
	return EFILE_OK;
}

efile_status term_compute(efile_time *out, efile_ctx *ctx, const char *text, const char *calendar,
			  efile_time from, bool last)
{
	efile_day_kind kind;
	timer_plan plan;
	int32_t count;

	if (read_days(&count, &kind, text)) {
		if (!calendar || !*calendar)
			return FAIL(ctx, EFILE_E_INVALID, 2432,
				    "working days need a calendar such as DE-BW: %s", text);
		return add_days(out, ctx, count, kind, calendar, from, last);
	}
	if (!timer_first(&plan, *text == 'P' ? TIME_DURATION : TIME_DATE, text, from))
		return FAIL(ctx, EFILE_E_FORMAT, 2431,
			    "not a point of time, duration or number of working days: %s", text);
	*out = plan.due;
	if (last && strlen(text) == sizeof("2026-01-01") - 1 && *text != 'P')
		*out = timer_day_last(timer_day(plan.due));
	return EFILE_OK;
}

/* ---- reminders ---- */

/* The distance from the due date: its sign, and what stands behind it; NULL if it counts from the
 * beginning. "due" alone has none. */
static const char *from_due(const char *text, int *sign)
{
	if (strncmp(text, "due", 3) != 0)
		return NULL;
	text += 3;
	*sign = *text == '-' ? -1 : 1;
	return *text == '-' || *text == '+' ? text + 1 : *text ? NULL : text;
}

bool term_relative_valid(const char *text)
{
	efile_time time;
	int sign;
	const char *distance = from_due(text, &sign);

	if (!distance)
		return term_valid(text);
	return !*distance || term_needs_calendar(distance) || timer_shift(&time, distance, sign, 0);
}

bool term_relative_needs_calendar(const char *text)
{
	int sign;
	const char *distance = from_due(text, &sign);

	return term_needs_calendar(distance ? distance : text);
}

efile_status term_relative(efile_time *out, efile_ctx *ctx, const char *text, const char *calendar,
			   efile_time begin, const efile_time *due)
{
	efile_day_kind kind;
	int32_t count;
	int sign;
	const char *distance = from_due(text, &sign);

	if (!distance)
		return term_compute(out, ctx, text, calendar, begin, false);
	if (!due)
		return EFILE_DONE;
	*out = *due;
	if (!*distance)
		return EFILE_OK;
	if (read_days(&count, &kind, distance)) {
		if (!calendar || !*calendar)
			return FAIL(ctx, EFILE_E_INVALID, 2432,
				    "working days need a calendar such as DE-BW: %s", text);
		return add_days(out, ctx, sign * count, kind, calendar, *due, false);
	}
	if (!timer_shift(out, distance, sign, *due))
		return FAIL(ctx, EFILE_E_FORMAT, 2431,
			    "not a point of time, duration or number of working days: %s", text);
	return EFILE_OK;
}

efile_status efile_task_time_compute(efile_time *out, efile_ctx *ctx, const char *text,
				     const char *calendar, efile_time from, int last)
{
	efile_time time;

	if (!ctx || !out || !text)
		return EFILE_E_INVALID;
	error_clear(ctx);
	TRY(term_compute(&time, ctx, text, calendar, from, last != 0));
	*out = time;
	return EFILE_OK;
}
