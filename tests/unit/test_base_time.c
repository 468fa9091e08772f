/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdint.h>

#include "unit/support.h"

static const char *show(efile_time time)
{
	static char text[EFILE_TIME_TEXT_SIZE];

	return efile_time_format(time, text);
}

/* RFC 3339 section 5.8 and what its grammar refuses. */
static void test_text(void)
{
	static const struct {
		const char *text;
		const char *utc; /* NULL: refused */
	} cases[] = {
		{ "1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.520000Z" },
		{ "1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57Z" },
		{ "1990-12-31T23:59:60Z", "1991-01-01T00:00:00Z" },
		{ "1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00Z" },
		{ "1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.870000Z" },
		{ "2026-11-22t08:00:00z", "2026-11-22T08:00:00Z" },
		{ "2026-11-22T08:00:00.000250Z", "2026-11-22T08:00:00.000250Z" },
		{ "2026-11-22T08:00:00.1234569Z", "2026-11-22T08:00:00.123456Z" },
		{ "2026-11-22T08:00:00.123456789Z", "2026-11-22T08:00:00.123456Z" },
		{ "2026-11-22T08:00:00-00:00", "2026-11-22T08:00:00Z" },
		{ "2026-11-22T08:00:00+23:59", "2026-11-21T08:01:00Z" },
		{ "0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z" },
		{ "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z" },
		{ "1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z" },
		{ "1990-12-31T23:58:60Z", NULL }, { "1990-12-30T23:59:60Z", NULL },
		{ "2026-11-22T24:00:00Z", NULL }, { "2026-11-22T23:60:00Z", NULL },
		{ "2026-11-22T23:00:61Z", NULL }, { "2026-02-29T00:00:00Z", NULL },
		{ "2026-11-22T08:00:00", NULL }, { "2026-11-22 08:00:00Z", NULL },
		{ "2026-11-22T08:00Z", NULL }, { "2026-11-22T08:00:00.Z", NULL },
		{ "2026-11-22T08:00:00.1234567890Z", NULL }, { "2026-11-22T08:00:00+24:00", NULL },
		{ "2026-11-22T08:00:00+0100", NULL }, { "2026-11-22T08:00:00+01:60", NULL },
		{ "2026-11-22T08:00:00Z ", NULL }, { "2026-11-22", NULL }, { "", NULL },
		{ "12026-11-22T08:00:00Z", NULL }, { "2026-11-22T08:00:00,5Z", NULL },
	};
	efile_time time;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		efile_status status;

		time = -1;
		tap_case(cases[i].text);
		status = efile_time_parse(&time, cases[i].text);
		TAP_EQUAL_INT(status, cases[i].utc ? EFILE_OK : EFILE_E_INVALID);
		if (cases[i].utc)
			TAP_EQUAL_TEXT(show(time), cases[i].utc);
		else
			TAP_EQUAL_INT(time, -1);
	}
	TAP_EQUAL_INT(efile_time_parse(&time, NULL), EFILE_E_INVALID);
}

static void test_values(void)
{
	civil c;
	efile_time time;

	TAP_EQUAL_TEXT(show(0), "1970-01-01T00:00:00Z");
	TAP_EQUAL_TEXT(show(TEST_NOW), "2026-03-02T08:00:00Z");
	TAP_EQUAL_TEXT(show(INT64_MAX), "9999-12-31T23:59:59.999999Z");
	TAP_EQUAL_TEXT(show(INT64_MIN), "0000-01-01T00:00:00Z");
	TAP_EQUAL_INT(efile_time_parse(&time, "2026-03-02T09:30:15.000007+01:00"), EFILE_OK);
	time_to_civil(&c, time, 3600);
	TAP_EQUAL_INT(c.hour, 9);
	TAP_EQUAL_INT(c.minute, 30);
	TAP_EQUAL_INT(c.second, 15);
	TAP_EQUAL_INT(c.microsecond, 7);
	TAP_EQUAL_INT(c.offset, 3600);
	TAP_OK(time_from_civil(&c) == time);
	time_to_civil(&c, -1, -3600); /* a microsecond before 1970, an hour west */
	TAP_EQUAL_INT(c.date.year, 1969);
	TAP_EQUAL_INT(c.hour, 22);
	TAP_EQUAL_INT(c.microsecond, 999999);
	TAP_OK(time_from_civil(&c) == -1);
}

/* Directive 2000/84/EC: summer time from the last Sunday of March to the last of October, 01:00 UTC. */
static const struct {
	const char *name;
	const char *utc;
	const char *german;
	const char *english;
} locals[] = {
	{ "winter", "2026-11-27T14:31:10.219337Z", "27.11.2026 15:31", "2026-11-27 15:31" },
	{ "summer, the next day", "2026-07-01T22:30:00Z", "02.07.2026 00:30", "2026-07-02 00:30" },
	{ "the last minute of winter", "2026-03-29T00:59:59Z", "29.03.2026 01:59", "2026-03-29 01:59" },
	{ "the first of summer", "2026-03-29T01:00:00Z", "29.03.2026 03:00", "2026-03-29 03:00" },
};

static void test_local(void)
{
	efile_ctx *english = test_ctx(), *german = test_ctx_german();
	char text[EFILE_TIME_TEXT_SIZE];
	efile_time time;

	for (size_t i = 0; i < ARRAY_SIZE(locals); i++) {
		tap_case(locals[i].name);
		TAP_EQUAL_INT(efile_time_parse(&time, locals[i].utc), EFILE_OK);
		TAP_EQUAL_INT(efile_time_local(text, german, time), EFILE_OK);
		TAP_EQUAL_TEXT(text, locals[i].german);
		TAP_EQUAL_INT(efile_time_local(text, english, time), EFILE_OK);
		TAP_EQUAL_TEXT(text, locals[i].english);
		tap_case(NULL);
	}
	TAP_EQUAL_INT(efile_date_local(text, german, (efile_date){ 2026, 2, 3, 0 }), EFILE_OK);
	TAP_EQUAL_TEXT(text, "03.02.2026");
	TAP_EQUAL_INT(efile_date_local(text, english, (efile_date){ 2026, 2, 3, 0 }), EFILE_OK);
	TAP_EQUAL_TEXT(text, "2026-02-03");
	TAP_EQUAL_INT(efile_date_local(text, german, (efile_date){ 0, 0, 0, 0 }), EFILE_OK);
	TAP_EQUAL_TEXT(text, "");
	TAP_EQUAL_INT(efile_time_local(text, NULL, 0), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_time_local(NULL, german, 0), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_date_local(NULL, german, (efile_date){ 0, 0, 0, 0 }), EFILE_E_INVALID);
	efile_ctx_free(english);
	efile_ctx_free(german);
}

static efile_status local_once(efile_ctx *ctx, void *arg)
{
	char text[EFILE_TIME_TEXT_SIZE];

	(void)arg;
	return efile_time_local(text, ctx, TEST_NOW);
}

static void test_local_memory(void)
{
	TAP_OK(fail_each(local_once, NULL) > 0);
}

TAP_SUITE(base_time) = {
	{ "time as people read it", test_local },
	{ "reports missing memory when zones are read", test_local_memory },
	{ "RFC 3339", test_text },
	{ "civil time and its edges", test_values },
	TAP_END,
};
