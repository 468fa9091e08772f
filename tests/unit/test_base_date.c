/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "unit/support.h"

static efile_date day(const char *text)
{
	efile_date date = { 0 };

	if (efile_date_parse(&date, text) != EFILE_OK)
		TAP_EQUAL_TEXT(text, "a date");
	return date;
}

static const char *show(efile_date date)
{
	static char text[EFILE_DATE_TEXT_SIZE];

	return efile_date_format(date, text);
}

/* tests/data/time/generate.py makes the table with Python's datetime */
static void test_oracle(void)
{
	char *table = test_own_data("time/dates.tsv", NULL), *rest = table, *line;
	int rows = 0;

	TAP_OK(table != NULL);
	while (table && (line = strsep(&rest, "\n")) && *line) {
		char *text = strsep(&line, "\t"), *days = strsep(&line, "\t");
		char *weekday = strsep(&line, "\t"), *months = strsep(&line, "\t");
		efile_date date = day(text);

		tap_case(text);
		TAP_EQUAL_INT(date_to_days(date), atoll(days));
		TAP_EQUAL_TEXT(show(date_from_days(atoll(days))), text);
		TAP_EQUAL_INT(date_weekday(date), atoi(weekday));
		TAP_EQUAL_TEXT(show(date_add_months(date, atoi(months))), line);
		rows++;
	}
	TAP_OK(rows > 400);
	free(table);
}

static void test_text(void)
{
	static const struct {
		const char *text;
		efile_status status;
	} cases[] = {
		{ "2026-11-22", EFILE_OK }, { "2024-02-29", EFILE_OK }, { "2000-02-29", EFILE_OK },
		{ "0000-01-01", EFILE_OK }, { "-0044-03-15", EFILE_OK }, { "12345-01-01", EFILE_OK },
		{ "999999999-12-31", EFILE_OK }, { "-999999999-01-01", EFILE_OK },
		{ "2026-02-29", EFILE_E_INVALID }, { "1900-02-29", EFILE_E_INVALID },
		{ "2026-04-31", EFILE_E_INVALID }, { "2026-13-01", EFILE_E_INVALID },
		{ "2026-00-10", EFILE_E_INVALID }, { "2026-01-00", EFILE_E_INVALID },
		{ "2026-1-1", EFILE_E_INVALID }, { "26-01-01", EFILE_E_INVALID },
		{ "02026-01-01", EFILE_E_INVALID }, { "+2026-01-01", EFILE_E_INVALID },
		{ "-0000-01-01", EFILE_E_INVALID }, { "1000000000-01-01", EFILE_E_INVALID },
		{ "2026-01-01Z", EFILE_E_INVALID }, { "2026-01-01 ", EFILE_E_INVALID },
		{ " 2026-01-01", EFILE_E_INVALID }, { "20260101", EFILE_E_INVALID },
		{ "2026-01", EFILE_E_INVALID }, { "", EFILE_E_INVALID }, { "-", EFILE_E_INVALID },
		{ "22.11.2026", EFILE_E_INVALID }, { "2026/11/22", EFILE_E_INVALID },
	};
	efile_date date, none = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		date = none;
		tap_case(cases[i].text);
		TAP_EQUAL_INT(efile_date_parse(&date, cases[i].text), cases[i].status);
		TAP_EQUAL_TEXT(show(date), cases[i].status == EFILE_OK ? cases[i].text : "");
	}
	TAP_EQUAL_INT(efile_date_parse(&date, NULL), EFILE_E_INVALID);
	TAP_OK(date_none(none) && !date_valid(none) && !date_none(day("0000-01-01")));
}

static void test_arithmetic(void)
{
	efile_date far = day("999999999-12-31"), early = day("-999999999-01-01");

	TAP_EQUAL_TEXT(show(date_add_months(day("2026-01-31"), 1)), "2026-02-28");
	TAP_EQUAL_TEXT(show(date_add_months(day("2024-01-31"), 1)), "2024-02-29");
	TAP_EQUAL_TEXT(show(date_add_months(day("2024-02-29"), 12)), "2025-02-28");
	TAP_EQUAL_TEXT(show(date_add_months(day("2026-03-31"), -1)), "2026-02-28");
	TAP_EQUAL_TEXT(show(date_add_months(day("0000-01-15"), -1)), "-0001-12-15");
	TAP_EQUAL_TEXT(show(date_from_days(date_to_days(far))), "999999999-12-31");
	TAP_EQUAL_TEXT(show(date_from_days(date_to_days(early))), "-999999999-01-01");
	TAP_EQUAL_INT(date_to_days(day("-0001-12-31")) + 1, date_to_days(day("0000-01-01")));
	TAP_OK(date_compare(early, far) < 0 && date_compare(far, early) > 0);
	TAP_OK(date_compare(day("2026-02-01"), day("2026-01-31")) > 0);
	TAP_EQUAL_INT(date_compare(far, far), 0);
	TAP_EQUAL_INT(date_days_in_month(2026, 13), 0);
}

TAP_SUITE(base_date) = {
	{ "as Python's datetime", test_oracle },
	{ "reading and writing", test_text },
	{ "arithmetic at the edges", test_arithmetic },
	TAP_END,
};
