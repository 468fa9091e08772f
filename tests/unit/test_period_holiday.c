/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "period/period.h"
#include "unit/support.h"

static efile_date day_of(const char *text)
{
	efile_date date = { 0, 0, 0, 0 };

	TAP_EQUAL_INT(efile_date_parse(&date, text), EFILE_OK);
	return date;
}

/* The earliest and the latest, and the exceptions of Gauss's rule: 1954, 1981, 2049, 2076. */
static const char *const easters[] = {
	"1818-03-22", "1886-04-25", "1943-04-25", "1954-04-18", "1981-04-19", "1995-04-16",
	"2000-04-23", "2008-03-23", "2011-04-24", "2024-03-31", "2025-04-20", "2026-04-05",
	"2038-04-25", "2049-04-18", "2076-04-19",
};

static void test_easter(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(easters); i++) {
		char text[EFILE_DATE_TEXT_SIZE];

		tap_case(easters[i]);
		efile_date_format(easter_sunday(day_of(easters[i]).year), text);
		TAP_EQUAL_TEXT(text, easters[i]);
	}
}

static const struct rule_case {
	const char *name, *rule, *day;
	int32_t year;
} rule_cases[] = {
	{ "fixed", "fixed 01-06", "2026-01-06", 2026 },
	{ "leap day", "fixed 02-29", "2028-02-29", 2028 },
	{ "no such day this year", "fixed 02-29", NULL, 2027 },
	{ "month 13", "fixed 13-01", NULL, 2026 },
	{ "a short day", "fixed 1-6", NULL, 2026 },
	{ "letters", "fixed 0a-06", NULL, 2026 },
	{ "Good Friday", "easter-2", "2026-04-03", 2026 },
	{ "Easter itself", "easter+0", "2026-04-05", 2026 },
	{ "Corpus Christi", "easter+60", "2026-06-04", 2026 },
	{ "no sign", "easter60", NULL, 2026 },
	{ "no number", "easter+", NULL, 2026 },
	{ "a long number", "easter+99999", NULL, 2026 },
	{ "23 November is a Wednesday", "wednesday-before 11-23", "2022-11-16", 2022 },
	{ "23 November is a Thursday", "wednesday-before 11-23", "2023-11-22", 2023 },
	{ "23 November is a Monday", "wednesday-before 11-23", "2026-11-18", 2026 },
	{ "before no day", "wednesday-before 11-31", NULL, 2026 },
	{ "unknown", "full-moon 1", NULL, 2026 },
	{ "empty", "", NULL, 2026 },
};

static void test_rules(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rule_cases); i++) {
		const struct rule_case *t = &rule_cases[i];
		char text[EFILE_DATE_TEXT_SIZE];
		efile_date date;

		tap_case(t->name);
		if (TAP_EQUAL_INT(rule_date(&date, t->rule, t->year), t->day != NULL) && t->day)
			TAP_EQUAL_TEXT(efile_date_format(date, text), t->day);
	}
}

static const struct holiday_case {
	const char *name, *calendar, *day;
	efile_day_answer answer;
	const char *code;
} holiday_cases[] = {
	{ "Epiphany in the south", "DE-BW", "2026-01-06", EFILE_DAY_YES, "DREIKOENIG" },
	{ "Epiphany in Hesse", "DE-HE", "2026-01-06", EFILE_DAY_NO, NULL },
	{ "the year before", "DE-BE", "2018-03-08", EFILE_DAY_NO, NULL },
	{ "the first year", "DE-BE", "2019-03-08", EFILE_DAY_YES, "FRAUENTAG" },
	{ "once", "DE-BE", "2025-05-08", EFILE_DAY_YES, "BEFREIUNG" },
	{ "once only", "DE-BE", "2026-05-08", EFILE_DAY_NO, NULL },
	{ "17 June 2028", "DE-BE", "2028-06-17", EFILE_DAY_YES, "VOLKSAUFSTAND" },
	{ "17 June 2029", "DE-BE", "2029-06-17", EFILE_DAY_NO, NULL },
	{ "the 500th year", "DE-HE", "2017-10-31", EFILE_DAY_YES, "REFORMATION" },
	{ "the 501st year in Hesse", "DE-HE", "2018-10-31", EFILE_DAY_NO, NULL },
	{ "the 501st year in Lower Saxony", "DE-NI", "2018-10-31", EFILE_DAY_YES, "REFORMATION" },
	{ "24 December", "DE-BW", "2026-12-24", EFILE_DAY_NO, NULL },
	{ "31 December", "DE-BY", "2026-12-31", EFILE_DAY_NO, NULL },
	{ "an ordinary Sunday", "DE-HE", "2026-03-15", EFILE_DAY_NO, NULL },
	{ "Easter Sunday by name", "DE-BB", "2026-04-05", EFILE_DAY_YES, "OSTERSONNTAG" },
	{ "Bavaria asks", "DE-BY", "2028-08-15", EFILE_DAY_ASK, "MARIAE_HIMMELFAHRT" },
	{ "Munich", "DE-BY/09162000", "2028-08-15", EFILE_DAY_YES, "MARIAE_HIMMELFAHRT" },
	{ "Nuremberg", "DE-BY/09564000", "2028-08-15", EFILE_DAY_NO, NULL },
	{ "not in our list", "DE-BY/09772125", "2028-08-15", EFILE_DAY_ASK,
	  "MARIAE_HIMMELFAHRT" },
	{ "Saarland does not ask", "DE-SL", "2028-08-15", EFILE_DAY_YES, "MARIAE_HIMMELFAHRT" },
	{ "Bavaria asks in August", "DE-BY", "2028-08-08", EFILE_DAY_ASK, "FRIEDENSFEST" },
	{ "Augsburg", "DE-BY/09761000", "2028-08-08", EFILE_DAY_YES, "FRIEDENSFEST" },
	{ "the district around it", "DE-BY/09772125", "2028-08-08", EFILE_DAY_NO, NULL },
	{ "Saxony asks", "DE-SN", "2026-06-04", EFILE_DAY_ASK, "FRONLEICHNAM" },
	{ "Dresden", "DE-SN/14612000", "2026-06-04", EFILE_DAY_NO, NULL },
	{ "town of Bautzen: by its parts", "DE-SN/14625020", "2026-06-04", EFILE_DAY_ASK,
	  "FRONLEICHNAM" },
	{ "Thuringia asks", "DE-TH", "2026-06-04", EFILE_DAY_ASK, "FRONLEICHNAM" },
	{ "Eichsfeld", "DE-TH/16061045", "2026-06-04", EFILE_DAY_YES, "FRONLEICHNAM" },
	{ "Erfurt", "DE-TH/16051000", "2026-06-04", EFILE_DAY_NO, NULL },
	{ "a place does no harm elsewhere", "DE-BW/08212000", "2026-06-04", EFILE_DAY_YES,
	  "FRONLEICHNAM" },
	{ "the first known day", "DE-BW", "1995-01-01", EFILE_DAY_YES, "NEUJAHR" },
	{ "the last known year", "DE-BW", "2199-12-26", EFILE_DAY_YES, "WEIHNACHT2" },
};

static void test_answers(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(holiday_cases); i++) {
		const struct holiday_case *t = &holiday_cases[i];
		efile_holiday holiday = { .code = NULL };
		efile_day_answer answer = (efile_day_answer)-1;

		tap_case(t->name);
		TAP_EQUAL_INT(efile_is_holiday(&answer, &holiday, ctx, t->calendar, day_of(t->day)),
			      EFILE_OK);
		TAP_EQUAL_INT(answer, t->answer);
		TAP_EQUAL_TEXT(holiday.code, t->code);
		if (holiday.code)
			TAP_EQUAL_INT(holiday.answer, t->answer);
	}
	efile_ctx_free(ctx);
}

static const struct refused_case {
	const char *name, *calendar;
	efile_date date;
	efile_status status;
} refused_cases[] = {
	{ "no calendar", NULL, { 2026, 1, 1, 0 }, EFILE_E_INVALID },
	{ "empty", "", { 2026, 1, 1, 0 }, EFILE_E_INVALID },
	{ "Germany has no calendar of its own", "DE", { 2026, 1, 1, 0 }, EFILE_E_INVALID },
	{ "no such Land", "DE-XX", { 2026, 1, 1, 0 }, EFILE_E_INVALID },
	{ "more behind", "DE-BWX", { 2026, 1, 1, 0 }, EFILE_E_INVALID },
	{ "lower case", "de-bw", { 2026, 1, 1, 0 }, EFILE_E_INVALID },
	{ "empty place", "DE-BW/", { 2026, 1, 1, 0 }, EFILE_E_INVALID },
	{ "short place", "DE-BW/0821200", { 2026, 1, 1, 0 }, EFILE_E_INVALID },
	{ "long place", "DE-BW/082120000", { 2026, 1, 1, 0 }, EFILE_E_INVALID },
	{ "letters", "DE-BW/0821200x", { 2026, 1, 1, 0 }, EFILE_E_INVALID },
	{ "a place of another Land", "DE-BW/09162000", { 2026, 1, 1, 0 }, EFILE_E_INVALID },
	{ "no date", "DE-BW", { 0, 0, 0, 0 }, EFILE_E_INVALID },
	{ "an impossible day", "DE-BW", { 2026, 2, 29, 0 }, EFILE_E_INVALID },
	{ "too early", "DE-BW", { 1994, 12, 31, 0 }, EFILE_E_UNSUPPORTED },
	{ "too late", "DE-BW", { 2200, 1, 1, 0 }, EFILE_E_UNSUPPORTED },
};

static void test_refuse(void)
{
	efile_ctx *ctx = test_ctx();
	efile_holiday_cursor *cursor = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(refused_cases); i++) {
		const struct refused_case *t = &refused_cases[i];
		efile_day_answer answer = EFILE_DAY_ASK;

		tap_case(t->name);
		TAP_EQUAL_INT(efile_is_holiday(&answer, NULL, ctx, t->calendar, t->date),
			      t->status);
		TAP_EQUAL_INT(answer, EFILE_DAY_ASK);
		if (date_valid(t->date))
			TAP_EQUAL_INT(efile_holidays(&cursor, ctx, t->calendar, t->date.year),
				      t->status);
		TAP_OK(cursor == NULL);
	}
	TAP_EQUAL_INT(efile_is_holiday(NULL, NULL, ctx, "DE-BW", day_of("2026-01-01")),
		      EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_holidays(NULL, ctx, "DE-BW", 2026), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_holidays(&cursor, NULL, "DE-BW", 2026), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_holiday_cursor_next(NULL, NULL), EFILE_E_INVALID);
	efile_holiday_cursor_free(NULL);
	efile_ctx_free(ctx);
}

static void test_names(void)
{
	efile_ctx *ctx = test_ctx_german();
	efile_holiday holiday;
	efile_day_answer answer;

	TAP_EQUAL_INT(efile_is_holiday(&answer, &holiday, ctx, "DE-SN", day_of("2026-11-18")),
		      EFILE_OK);
	TAP_EQUAL_TEXT(holiday.name, "Buß- und Bettag");
	TAP_EQUAL_TEXT(holiday.law, "§ 1 SächsSFG");
	TAP_EQUAL_INT(efile_is_holiday(&answer, NULL, ctx, "DE", day_of("2026-11-18")),
		      EFILE_E_INVALID);
	TAP_OK(strstr(efile_error_message(ctx), "diesen Kalender gibt es nicht: DE") != NULL);
	efile_ctx_free(ctx);
}

/* Each Land of the test data: 46 years of days, in the file's order and nothing between. */
static void check_row(efile_ctx *ctx, efile_holiday_cursor **cursor, char *line, char *before)
{
	char *field[7] = { NULL }, name[8], year_of_land[8], text[EFILE_DATE_TEXT_SIZE];
	efile_holiday holiday;

	tap_case(line);
	for (size_t i = 0; i < ARRAY_SIZE(field); i++)
		field[i] = strsep(&line, "\t");
	if (!TAP_OK(field[6] != NULL))
		return;
	snprintf(name, sizeof(name), "DE-%.2s", field[0]);
	snprintf(year_of_land, sizeof(year_of_land), "%.2s %.4s", field[0], field[1]);
	if (strcmp(before, year_of_land) != 0) {
		if (*cursor)
			TAP_EQUAL_INT(efile_holiday_cursor_next(*cursor, &holiday), EFILE_DONE);
		efile_holiday_cursor_free(*cursor);
		*cursor = NULL;
		strcpy(before, year_of_land);
		TAP_EQUAL_INT(efile_holidays(cursor, ctx, name, atoi(field[1])), EFILE_OK);
	}
	if (!TAP_EQUAL_INT(efile_holiday_cursor_next(*cursor, &holiday), EFILE_OK))
		return;
	TAP_EQUAL_TEXT(efile_date_format(holiday.date, text), field[1]);
	TAP_EQUAL_TEXT(holiday.code, field[3]);
	TAP_EQUAL_INT(holiday.answer,
		      strcmp(field[4], "part") ? EFILE_DAY_YES : EFILE_DAY_ASK);
	TAP_EQUAL_TEXT(holiday.name,
		       efile_ctx_language(ctx) == EFILE_LANGUAGE_DE ? field[5] : field[6]);
}

static void check_file(efile_ctx *ctx, char *data)
{
	efile_holiday_cursor *cursor = NULL;
	efile_holiday holiday;
	char before[8] = "", *rest = data, *line;
	int rows = 0;

	strsep(&rest, "\n");
	while ((line = strsep(&rest, "\n")) != NULL && *line) {
		check_row(ctx, &cursor, line, before);
		rows++;
	}
	TAP_EQUAL_INT(efile_holiday_cursor_next(cursor, &holiday), EFILE_DONE);
	efile_holiday_cursor_free(cursor);
	TAP_OK(rows > 7000);
	efile_ctx_free(ctx);
}

static void test_all_rows(void)
{
	efile_ctx *(*const contexts[])(void) = { test_ctx, test_ctx_german };

	for (size_t i = 0; i < ARRAY_SIZE(contexts); i++) {
		size_t length;
		char *data = test_data("periods/holidays.tsv", &length);

		if (!data)
			return;
		check_file(contexts[i](), data);
		free(data);
	}
}

/* In 2008 Ascension fell on 1 May: one day, two holidays; so it does again in 2160. */
static void test_two_on_one_day(void)
{
	efile_ctx *ctx = test_ctx();
	efile_holiday_cursor *cursor = NULL;
	efile_holiday holiday;
	int on_may_day = 0, all = 0;

	TAP_EQUAL_INT(efile_holidays(&cursor, ctx, "DE-HH", 2008), EFILE_OK);
	for (; efile_holiday_cursor_next(cursor, &holiday) == EFILE_OK; all++)
		on_may_day += !date_compare(holiday.date, day_of("2008-05-01"));
	TAP_EQUAL_INT(on_may_day, 2);
	TAP_EQUAL_INT(all, 9);
	efile_holiday_cursor_free(cursor);
	efile_ctx_free(ctx);
}

static efile_status list_one(efile_ctx *ctx, void *arg)
{
	efile_holiday_cursor *cursor = NULL;
	efile_status status = efile_holidays(&cursor, ctx, arg, 2026);

	efile_holiday_cursor_free(cursor);
	return status;
}

static void test_memory(void)
{
	static char name[] = "DE-BY/09162000";

	TAP_OK(fail_each(list_one, name) >= 1);
}

TAP_SUITE(period_holiday) = {
	{ "Easter", test_easter },
	{ "rules for days", test_rules },
	{ "answers by Land, place and year", test_answers },
	{ "refuses what it does not know", test_refuse },
	{ "names in German", test_names },
	{ "every holiday of the 16 Länder", test_all_rows },
	{ "two holidays on one day", test_two_on_one_day },
	{ "reports missing memory", test_memory },
	TAP_END,
};
