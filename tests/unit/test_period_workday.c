/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <limits.h>
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

static const struct working_case {
	const char *name, *calendar, *day;
	efile_day_answer office, werktag;
} working_cases[] = {
	{ "a Friday", "DE-BW", "2026-10-02", EFILE_DAY_YES, EFILE_DAY_YES },
	{ "a Saturday", "DE-BW", "2026-10-10", EFILE_DAY_NO, EFILE_DAY_YES },
	{ "a Sunday", "DE-BW", "2026-10-04", EFILE_DAY_NO, EFILE_DAY_NO },
	{ "a holiday on a Saturday", "DE-BW", "2026-10-03", EFILE_DAY_NO, EFILE_DAY_NO },
	{ "a holiday on a Monday", "DE-BW", "2026-04-06", EFILE_DAY_NO, EFILE_DAY_NO },
	{ "Christmas Eve", "DE-BW", "2026-12-24", EFILE_DAY_YES, EFILE_DAY_YES },
	{ "the place decides", "DE-BY", "2028-08-15", EFILE_DAY_ASK, EFILE_DAY_ASK },
	{ "the place has decided", "DE-BY/09162000", "2028-08-15", EFILE_DAY_NO, EFILE_DAY_NO },
	{ "otherwise", "DE-BY/09564000", "2028-08-15", EFILE_DAY_YES, EFILE_DAY_YES },
	{ "a Sunday needs no place", "DE-BY", "2027-08-15", EFILE_DAY_NO, EFILE_DAY_NO },
	{ "a Saturday needs one for Werktage", "DE-BY", "2026-08-15", EFILE_DAY_NO, EFILE_DAY_ASK },
};

static void test_working(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(working_cases); i++) {
		const struct working_case *t = &working_cases[i];
		efile_day_answer office = (efile_day_answer)-1, werktag = (efile_day_answer)-1;

		tap_case(t->name);
		TAP_EQUAL_INT(efile_is_working_day(&office, ctx, t->calendar, day_of(t->day),
						   EFILE_OFFICE_DAY), EFILE_OK);
		TAP_EQUAL_INT(efile_is_working_day(&werktag, ctx, t->calendar, day_of(t->day),
						   EFILE_WERKTAG), EFILE_OK);
		TAP_EQUAL_INT(office, t->office);
		TAP_EQUAL_INT(werktag, t->werktag);
	}
	efile_ctx_free(ctx);
}

static const struct add_case {
	const char *name, *calendar, *from;
	int32_t n;
	efile_day_kind kind;
	const char *day, *other; /* other: NULL if the place is of no matter */
} add_cases[] = {
	{ "the next day", "DE-BW", "2026-10-06", 1, EFILE_OFFICE_DAY, "2026-10-07", NULL },
	{ "over a weekend with a holiday", "DE-BW", "2026-10-02", 1, EFILE_OFFICE_DAY,
	  "2026-10-05", NULL },
	{ "from a holiday", "DE-BW", "2026-10-03", 2, EFILE_OFFICE_DAY, "2026-10-06", NULL },
	{ "over the year", "DE-BW", "2026-12-30", 3, EFILE_OFFICE_DAY, "2027-01-05", NULL },
	{ "Epiphany", "DE-BW", "2026-12-30", 4, EFILE_OFFICE_DAY, "2027-01-07", NULL },
	{ "Saturday counts", "DE-HE", "2024-07-03", 6, EFILE_WERKTAG, "2024-07-10", NULL },
	{ "none: a working day itself", "DE-BW", "2026-10-06", 0, EFILE_OFFICE_DAY,
	  "2026-10-06", NULL },
	{ "none: the next one", "DE-BW", "2026-10-03", 0, EFILE_OFFICE_DAY, "2026-10-05", NULL },
	{ "back", "DE-BW", "2026-10-05", -1, EFILE_OFFICE_DAY, "2026-10-02", NULL },
	{ "back over Easter", "DE-BW", "2026-04-07", -2, EFILE_OFFICE_DAY, "2026-04-01", NULL },
	{ "back over the year", "DE-BW", "2027-01-07", -4, EFILE_OFFICE_DAY, "2026-12-30", NULL },
	{ "a place is missing", "DE-BY", "2028-08-14", 1, EFILE_OFFICE_DAY, "2028-08-15",
	  "2028-08-16" },
	{ "and behind it", "DE-BY", "2028-08-11", 5, EFILE_OFFICE_DAY, "2028-08-18",
	  "2028-08-21" },
	{ "two such days", "DE-BY", "2028-08-07", 6, EFILE_OFFICE_DAY, "2028-08-15",
	  "2028-08-17" },
	{ "the first day on or after", "DE-BY", "2028-08-15", 0, EFILE_OFFICE_DAY, "2028-08-15",
	  "2028-08-16" },
	{ "back without a place", "DE-BY", "2028-08-16", -1, EFILE_OFFICE_DAY, "2028-08-15",
	  "2028-08-14" },
	{ "not on the way", "DE-BY", "2028-08-15", 1, EFILE_OFFICE_DAY, "2028-08-16", NULL },
	{ "a Sunday is of no matter", "DE-BY", "2027-08-13", 1, EFILE_OFFICE_DAY, "2027-08-16",
	  NULL },
	{ "place named", "DE-BY/09162000", "2028-08-14", 1, EFILE_OFFICE_DAY, "2028-08-16",
	  NULL },
};

static void test_add(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(add_cases); i++) {
		const struct add_case *t = &add_cases[i];
		efile_date day = { 0, 0, 0, 0 }, other = { 0, 0, 0, 0 }, one = { 0, 0, 0, 0 };
		char text[EFILE_DATE_TEXT_SIZE];

		tap_case(t->name);
		TAP_EQUAL_INT(efile_working_days_add(&day, &other, ctx, t->calendar, day_of(t->from),
						     t->n, t->kind), EFILE_OK);
		TAP_EQUAL_TEXT(efile_date_format(day, text), t->day);
		TAP_EQUAL_TEXT(efile_date_format(other, text), t->other ? t->other : t->day);
		TAP_EQUAL_INT(efile_working_days_add(&one, NULL, ctx, t->calendar, day_of(t->from),
						     t->n, t->kind),
			      t->other ? EFILE_E_INVALID : EFILE_OK);
		TAP_EQUAL_INT(date_none(one), t->other != NULL);
	}
	efile_ctx_free(ctx);
}

static void test_refuse(void)
{
	efile_ctx *ctx = test_ctx();
	efile_date from = { 2028, 8, 14, 0 }, bad = { 2026, 2, 30, 0 }, out = { 0, 0, 0, 0 };
	efile_day_answer answer = EFILE_DAY_ASK;

	TAP_EQUAL_INT(efile_working_days_add(&out, NULL, ctx, "DE-BY", from, 1, EFILE_OFFICE_DAY),
		      EFILE_E_INVALID);
	TAP_EQUAL_TEXT(efile_error_message(ctx), "Assumption Day (2028-08-15) is a holiday in "
		       "parts of DE-BY only: the place decides");
	TAP_EQUAL_INT(efile_working_days_add(&out, NULL, ctx, "DE-XX", from, 1, EFILE_OFFICE_DAY),
		      EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_working_days_add(&out, NULL, ctx, "DE-BW", bad, 1, EFILE_OFFICE_DAY),
		      EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_working_days_add(&out, NULL, ctx, "DE-BW", from, 1, (efile_day_kind)7),
		      EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_working_days_add(&out, NULL, ctx, "DE-BW", from, INT32_MAX,
					     EFILE_OFFICE_DAY), EFILE_E_UNSUPPORTED);
	TAP_EQUAL_INT(efile_working_days_add(&out, NULL, ctx, "DE-BW", from, INT32_MIN,
					     EFILE_WERKTAG), EFILE_E_UNSUPPORTED);
	TAP_EQUAL_INT(efile_working_days_add(NULL, NULL, ctx, "DE-BW", from, 1, EFILE_OFFICE_DAY),
		      EFILE_E_INVALID);
	TAP_OK(date_none(out));
	TAP_EQUAL_INT(efile_is_working_day(&answer, ctx, "DE-XX", from, EFILE_OFFICE_DAY),
		      EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_is_working_day(NULL, ctx, "DE-BW", from, EFILE_OFFICE_DAY),
		      EFILE_E_INVALID);
	TAP_EQUAL_INT(answer, EFILE_DAY_ASK);
	efile_ctx_free(ctx);
}

/* A case of the test data that these functions answer: office days without closed ones, Werktage,
 * the next working day; counted from a day, not from an instant. */
static bool case_parse(struct add_case *out, char **field)
{
	static const struct {
		const char *rule;
		efile_day_kind kind;
	} rules[] = {
		{ "work.days", EFILE_OFFICE_DAY },
		{ "eu1182.workdays", EFILE_OFFICE_DAY },
		{ "werktag.days", EFILE_WERKTAG },
		{ "cal.next", EFILE_OFFICE_DAY },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		if (strcmp(rules[i].rule, field[1]) != 0 || strstr(field[5], "closed") ||
		    strlen(field[4]) != 10)
			continue;
		out->kind = rules[i].kind;
		out->from = field[4];
		out->day = field[6];
		out->n = str_starts_with(field[5], "n=") ? atoi(field[5] + 2) : 0;
		return true;
	}
	return false;
}

/* Without a place the data take a partial holiday for none, and say so. */
static int check_case(efile_ctx *ctx, char *line)
{
	char *field[9] = { NULL }, name[16], text[EFILE_DATE_TEXT_SIZE];
	struct add_case t = { .name = line };
	efile_date day = { 0, 0, 0, 0 }, other = { 0, 0, 0, 0 };

	for (size_t i = 0; i < ARRAY_SIZE(field); i++)
		field[i] = strsep(&line, "\t");
	if (!field[8] || !case_parse(&t, field))
		return 0;
	tap_case(field[0]);
	snprintf(name, sizeof(name), "DE-%.2s%s%.8s", field[2],
		 *field[3] == '-' ? "" : "/", *field[3] == '-' ? "" : field[3]);
	TAP_EQUAL_INT(efile_working_days_add(&day, &other, ctx, name, day_of(t.from), t.n,
					     t.kind), EFILE_OK);
	TAP_EQUAL_TEXT(efile_date_format(day, text), t.day);
	TAP_EQUAL_INT(date_compare(day, other) != 0, strstr(field[8], "ASK_AGS") != NULL);
	return 1;
}

static void test_data_cases(void)
{
	size_t length;
	char *data = test_data("periods/cases.tsv", &length), *rest = data, *line;
	efile_ctx *ctx = test_ctx();
	int cases = 0;

	while (data && (line = strsep(&rest, "\n")) != NULL)
		cases += check_case(ctx, line);
	TAP_OK(!data || cases >= 30);
	free(data);
	efile_ctx_free(ctx);
}

/* Counting forth and back from a working day leads home; each result is one that is worked. */
static void test_round_trip(void)
{
	efile_ctx *ctx = test_ctx();
	efile_date start = { 2026, 1, 2, 0 };

	for (int32_t n = 1; n < 400; n += 7) {
		efile_date there, back;
		efile_day_answer answer = EFILE_DAY_NO;

		TAP_EQUAL_INT(efile_working_days_add(&there, NULL, ctx, "DE-NW", start, n,
						     EFILE_WERKTAG), EFILE_OK);
		TAP_EQUAL_INT(efile_is_working_day(&answer, ctx, "DE-NW", there, EFILE_WERKTAG),
			      EFILE_OK);
		TAP_EQUAL_INT(answer, EFILE_DAY_YES);
		TAP_EQUAL_INT(efile_working_days_add(&back, NULL, ctx, "DE-NW", there, -n,
						     EFILE_WERKTAG), EFILE_OK);
		TAP_EQUAL_INT(date_compare(back, start), 0);
	}
	efile_ctx_free(ctx);
}

TAP_SUITE(period_workday) = {
	{ "office days and Werktage", test_working },
	{ "counts working days", test_add },
	{ "refuses what it does not know", test_refuse },
	{ "cases of the test data", test_data_cases },
	{ "there and back", test_round_trip },
	TAP_END,
};
