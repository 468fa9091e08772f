/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counting days, weeks, months and years: §§ 187 to 189 BGB; and the shift of § 193. */
#include "period/inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct unit {
	const char *name;
	int days, months;
} units[] = {
	{ "D", 1, 0 }, { "W", 7, 0 }, { "HM", 15, 0 }, { "M", 0, 1 }, { "Q", 0, 3 },
	{ "HY", 0, 6 }, { "Y", 0, 12 },
};

static const struct unit *unit_find(const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (strlen(units[i].name) == length && !memcmp(units[i].name, name, length))
			return &units[i];
	return NULL;
}

/* § 188 (2), (3): the same number, or the day before it; a number that is missing is the month's
 * last day. */
static efile_date months_on(efile_date from, int64_t months, bool day_start, bool *missing)
{
	int64_t month = (int64_t)from.year * 12 + from.month - 1 + months;
	efile_date end = { (int32_t)(month / 12), (int8_t)(month % 12 + 1), 1, 0 };
	int last = date_days_in_month(end.year, end.month);
	int number = from.day - day_start;

	*missing = number > last;
	return date_plus(end, (*missing ? last : number) - 1);
}

static efile_status count_months(work *w, int64_t months)
{
	bool missing;

	w->day = months_on(w->day, months, w->day_start, &missing);
	return note_here(w, missing ? "MISSING_188_3" : "END_188_2");
}

/* "M 1", "Y" with the number from the parameters, or all from them. */
efile_status op_count(work *w, const char *argument)
{
	size_t length = strcspn(argument, " ");
	const char *name = length ? argument : parameter_text(w->given, "unit");
	const struct unit *unit = name ? unit_find(name, length ? length : strlen(name)) : NULL;
	long n = argument[length] ? atol(argument + length) : parameter_number(w->given, "n");

	if (!n)
		n = parameter_number(w->given, "years");
	if (!unit)
		return FAIL(w->ctx, EFILE_E_INVALID, 1914, "rule %s: no unit to count in", w->step->rule);
	if (unit->months)
		return count_months(w, (int64_t)n * unit->months);
	if (str_equal(unit->name, "HM"))
		TRY(note_here(w, "HALF_MONTH_189"));
	w->day = date_plus(w->day, (int64_t)n * unit->days - w->day_start);
	return note_here(w, unit->days == 7 ? "END_188_2" : "END_188_1");
}

efile_status op_half(work *w, const char *argument)
{
	(void)argument;
	w->day = date_plus(w->day, 15);
	return note_here(w, "HALF_MONTH_LAST_189_2");
}

/* "14 CODE" */
efile_status op_add(work *w, const char *argument)
{
	char *code;

	w->day = date_plus(w->day, strtol(argument, &code, 10));
	return note_here(w, code + (*code == ' '));
}

efile_status op_abroad(work *w, const char *argument)
{
	bool missing;

	(void)argument;
	w->day = months_on(w->day, 1, false, &missing);
	return note_here(w, missing ? "DEEMED_MONTH_MISSING" : "DEEMED_MONTH");
}

efile_status op_extend(work *w, const char *argument)
{
	(void)argument;
	TRY(note_here(w, "EXTENDED_190"));
	w->day = date_plus(w->day, parameter_number(w->given, "more"));
	return note_here(w, "END_188_1");
}

/* "1 CODE": so many days more between the day and the event. */
efile_status op_before(work *w, const char *argument)
{
	char *code;
	long more = strtol(argument, &code, 10);

	w->day = date_plus(w->day, -parameter_number(w->given, "n") - more);
	return note_here(w, code + (*code == ' '));
}

/* On to the next day that is neither Saturday nor Sunday nor holiday. */
static efile_status to_worked_day(work *w, bool *moved)
{
	const holiday_row *holiday;
	char code[CODE_SIZE];

	for (*moved = false;; *moved = true) {
		TRY(day_reason(code, &holiday, w, w->day, true));
		if (!*code)
			return EFILE_OK;
		TRY(note_reason(w, w->day, "", code, holiday));
		w->day = date_plus(w->day, 1);
	}
}

efile_status op_shift(work *w, const char *argument)
{
	bool moved;

	(void)argument;
	if (w->fixed)
		return EFILE_OK;
	TRY(to_worked_day(w, &moved));
	return moved ? note_here(w, "SHIFTED") : EFILE_OK;
}

efile_status op_next(work *w, const char *argument)
{
	bool moved;

	(void)argument;
	TRY(to_worked_day(w, &moved));
	return note_here(w, moved ? "SHIFTED" : "WORKING_DAY");
}

/* Article 3 (5): a period of two days or more holds at least two working days. */
efile_status op_two_workdays(work *w, const char *argument)
{
	const char *unit = parameter_text(w->given, "unit");
	const holiday_row *holiday;
	char code[CODE_SIZE];
	efile_period *quiet = w->result;
	int worked = 0;

	(void)argument;
	if (!unit || (str_equal(unit, "D") && parameter_number(w->given, "n") < 2))
		return EFILE_OK;
	for (efile_date day = w->day; date_compare(day, w->start) > 0 && worked < 2;
	     day = date_plus(day, -1)) {
		efile_status status;

		w->result = NULL; /* looking back tells nothing new */
		status = day_reason(code, &holiday, w, day, true);
		w->result = quiet;
		TRY(status);
		worked += !*code;
	}
	while (worked < 2) {
		w->day = date_plus(w->day, 1);
		TRY(day_reason(code, &holiday, w, w->day, true));
		if (*code)
			continue;
		worked++;
		TRY(note_here(w, "EU_TWO_WORKDAYS_3_5"));
	}
	return EFILE_OK;
}
