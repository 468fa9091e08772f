/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Retention: years from the end of a year, holds, changes of the law. No § 193: nothing is to be done
 * on the last day. */
#include "period/inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static efile_date last_day(int64_t year)
{
	return (efile_date){ (int32_t)year, 12, 31, 0 };
}

efile_status op_year_end(work *w, const char *argument)
{
	w->day = last_day(w->day.year);
	return note_here(w, argument);
}

efile_status op_next_year(work *w, const char *argument)
{
	w->day = (efile_date){ w->day.year + 1, 1, 1, 0 };
	return note_here(w, argument);
}

/* Full years from a 31 December or a 1 January end on a 31 December. */
efile_status op_years(work *w, const char *argument)
{
	long years = *argument ? atol(argument) : parameter_number(w->given, "years");
	bool new_year = w->day.month == 1;
	char code[CODE_SIZE];

	w->day = last_day((int64_t)w->day.year + years - new_year);
	snprintf(code, sizeof(code), "YEARS_%ld", years);
	return note_here(w, code);
}

/* "8 10 2024": eight years instead of ten, also for what was still to be kept when 2024 ended. */
efile_status op_changed(work *w, const char *argument)
{
	char *at;
	long now = strtol(argument, &at, 10), before = strtol(at, &at, 10), last = strtol(at, &at, 10);
	int64_t old_end = (int64_t)w->day.year + before, new_end = (int64_t)w->day.year + now;
	char code[CODE_SIZE];

	if (old_end <= last) {
		w->day = last_day(old_end);
		snprintf(code, sizeof(code), "OLD_LAW_%ld", before);
	} else if (new_end < last) {
		w->day = last_day(last);
		snprintf(code, sizeof(code), "LAW_CHANGE_%ld", last + 1);
	} else {
		w->day = last_day(new_end);
		snprintf(code, sizeof(code), "YEARS_%ld", now);
	}
	return note_here(w, code);
}

efile_status op_hold(work *w, const char *argument)
{
	efile_date until;

	(void)argument;
	if (!parameter_date(&until, w->given, "hold") || date_compare(until, w->day) <= 0)
		return EFILE_OK;
	w->day = until;
	return note_here(w, "HOLD");
}

/* A new matter of the kind restarts two years that are still running. */
efile_status op_again(work *w, const char *argument)
{
	const char *list = parameter_text(w->given, "again");
	efile_date again;

	TRY(note_here(w, argument));
	while (list && dates_next(&again, &list)) {
		if (date_compare(again, w->day) < 0 ||
		    date_compare(again, date_add_months(w->day, 24)) > 0)
			continue;
		w->day = again;
		TRY(note_here(w, "RESTART"));
	}
	return EFILE_OK;
}
