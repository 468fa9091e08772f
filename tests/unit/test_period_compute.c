/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Legal periods: examples by hand from the laws, what is refused, the other readings, the words. */
#include <stdlib.h>
#include <string.h>

#include "period/inner.h"
#include "support.h"

static const struct period_case {
	const char *name, *rule, *land, *place, *from, *parameters;
	const char *date, *other; /* other: NULL if there is one reading */
	efile_period_state state;
} cases[] = {
	{ "two weeks", "bgb.period", "BW", NULL, "2026-04-22", "unit=W;n=2", "2026-05-06", NULL, 0 },
	{ "the day is missing", "bgb.period", "BW", NULL, "2028-01-31", "unit=M;n=1", "2028-02-29",
	  NULL, 0 },
	{ "day start and a Sunday", "bgb.period", "BW", NULL, "2027-02-01", "unit=M;n=1;start=day",
	  "2027-03-01", NULL, 0 },
	{ "leap day", "bgb.period", "BW", NULL, "2028-02-29", "unit=Y;n=1", "2029-02-28", NULL, 0 },
	{ "age: the beginning of a day", "bgb.period", "BW", NULL, "2008-03-10",
	  "unit=Y;n=18;start=day;shift=0", "2026-03-09", NULL, 0 },
	{ "half a month", "bgb.period", "TH", "16055000", "2026-09-05", "unit=HM;n=1", "2026-09-21",
	  NULL, 0 },
	{ "half a month is counted last", "bgb.period", "BW", NULL, "2026-01-10",
	  "unit=M;n=1;half=1", "2026-02-25", NULL, 0 },
	{ "payment on a holiday", "bgb.date", "BW", NULL, "2026-10-03", NULL, "2026-10-05", NULL, 0 },
	{ "Assumption Day in Munich", "bgb.date", NULL, "09162000", "2028-08-15", NULL, "2028-08-16",
	  NULL, 0 },
	{ "none in Nuremberg", "bgb.date", "DE-BY", "09564000", "2028-08-15", NULL, "2028-08-15", NULL,
	  0 },
	{ "Bavaria without a place", "bgb.date", "BY", NULL, "2028-08-15", NULL, "2028-08-15",
	  "2028-08-16", EFILE_PERIOD_ASK_PLACE },
	{ "the question is idle", "bgb.date", "BY", NULL, "2026-08-15", NULL, "2026-08-17", NULL, 0 },
	{ "extension from the shifted end", "bgb.extend", "BW", NULL, "2026-04-11",
	  "unit=W;n=2;more=10", "2026-05-07", NULL, 0 },
	{ "authority, Sunday", "vwvfg31.authority", "BW", NULL, "2026-05-03", "unit=W;n=2",
	  "2026-05-18", NULL, 0 },
	{ "authority, day named", "vwvfg31.authority", "BW", NULL, "2026-05-03",
	  "unit=W;n=2;named_day=1", "2026-05-17", NULL, 0 },
	{ "three days until 2024", "vwvfg41.notice", "BW", NULL, "2024-12-30", NULL, "2025-01-02",
	  NULL, 0 },
	{ "four days from 2025, federal", "vwvfg41.notice", "NI", NULL, "2025-01-02", NULL,
	  "2025-01-06", NULL, 0 },
	{ "a Land whose change is not confirmed", "vwvfg41.notice", "BW", NULL, "2025-01-02", NULL,
	  "2025-01-06", "2025-01-05", EFILE_PERIOD_LAW_OPEN },
	{ "tax notice over Easter", "ao122.notice", "BW", NULL, "2026-04-01", NULL, "2026-04-07", NULL,
	  0 },
	{ "abroad", "ao122.notice", "BW", NULL, "2026-01-31", "abroad=1", "2026-03-02", NULL, 0 },
	{ "objection to it", "vwgo70.objection", "BW", NULL, "2026-04-01", "kind=ao;to_land=BW",
	  "2026-05-07", NULL, 0 },
	{ "no instruction", "vwgo70.objection", "NI", NULL, "2026-03-01", "kind=vwvfg;instruction=0",
	  "2027-03-05", NULL, 0 },
	{ "served on a Sunday", "vwgo74.action", "BW", NULL, "2027-01-31", NULL, "2027-03-01", NULL, 0 },
	{ "two working days of the Union", "eu1182.period", "BW", NULL, "2027-03-25", "unit=D;n=3",
	  "2027-03-31", NULL, 0 },
	{ "access request", "dsgvo12.answer", "BW", NULL, "2026-08-31", NULL, "2026-09-30", NULL, 0 },
	{ "extended", "dsgvo12.answer", "BW", NULL, "2026-08-31", "extended=1", "2026-11-30", NULL, 0 },
	{ "invoice", "bgb286.invoice", "BW", NULL, "2026-11-26", NULL, "2026-12-28", NULL, 0 },
	{ "due later", "bgb286.invoice", "BW", NULL, "2026-06-03", "due=2026-06-10", "2026-07-10", NULL,
	  0 },
	{ "discount over Ascension", "skonto", "BW", NULL, "2026-05-04", "n=10", "2026-05-15", NULL, 0 },
	{ "book of a municipality", "gemhvo39", "BW", NULL, "2027-07-15", "kind=book", "2037-12-31",
	  NULL, 0 },
	{ "voucher of 2015", "ustg14b", "BW", NULL, "2015-05-01", NULL, "2024-12-31", NULL, 0 },
	{ "voucher of 2016", "ustg14b", "BW", NULL, "2016-05-01", NULL, "2024-12-31", NULL, 0 },
	{ "note and a new matter", "lbgbw86.note", "BW", NULL, "2027-05-10", "again=2028-05-09",
	  "2030-05-09", NULL, 0 },
	{ "closed days", "work.days", "BW", NULL, "2026-12-23", "n=5;closed2431=1", "2027-01-05", NULL,
	  0 },
	{ "pause, first day counts", "work.promise", "BW", NULL, "2026-06-01",
	  "n=5;pauses=2026-06-03/2026-06-09", "2026-06-12", NULL, 0 },
	{ "pause, neither counts", "work.promise", "BW", NULL, "2026-06-01",
	  "n=5;first=0;pauses=2026-06-03/2026-06-09", "2026-06-15", NULL, 0 },
	{ "pauses that overlap are one", "work.promise", "BW", NULL, "2026-06-01",
	  "n=5;first=0;last=1;pauses=2026-06-08/2026-06-09,2026-06-03/2026-06-08", "2026-06-12", NULL,
	  0 },
	{ "co-signing", "work.cosign", "BW", NULL, "2026-05-13", "n=2", "2026-05-18", NULL, 0 },
	{ "changed text", "work.cosign", "BW", NULL, "2026-05-13", "n=2;changes=2026-05-15",
	  "2026-05-19", NULL, 0 },
	{ "seven days before", "back.days", "BW", NULL, "2026-11-17", "n=7", "2026-11-10", NULL, 0 },
	{ "three clear days", "back.days", "HE", NULL, "2026-11-17", "n=3;clear=1", "2026-11-13", NULL,
	  0 },
	{ "an instant has its local day", "tz.day", NULL, NULL, "2026-03-28T23:30:00Z", NULL,
	  "2026-03-29", NULL, 0 },
	{ "with an offset", "tz.day", NULL, NULL, "2026-03-29T00:30:00+02:00", NULL, "2026-03-28", NULL,
	  0 },
};

static efile_status compute(efile_period **out, efile_ctx *ctx, const struct period_case *t)
{
	efile_period_options o = EFILE_PERIOD_OPTIONS_INIT;

	o.land = t->land;
	o.place = t->place;
	o.parameters = t->parameters;
	return efile_period_compute(out, ctx, t->rule, t->from, &o);
}

static void test_cases(void)
{
	efile_ctx *ctx = test_ctx();
	char text[EFILE_DATE_TEXT_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		efile_period *p = NULL;

		tap_case(cases[i].name);
		TAP_EQUAL_INT(compute(&p, ctx, &cases[i]), EFILE_OK);
		TAP_EQUAL_TEXT(efile_date_format(efile_period_date(p), text), cases[i].date);
		TAP_EQUAL_TEXT(efile_date_format(efile_period_other(p), text),
			       cases[i].other ? cases[i].other : "");
		TAP_EQUAL_INT(efile_period_state_of(p), cases[i].state);
		efile_period_free(p);
	}
	efile_ctx_free(ctx);
}

static const struct instant_case {
	const char *name, *rule, *from, *parameters, *end;
} instants[] = {
	{ "48 hours over the night of 25 hours", "vwvfg31.hours", "2026-10-23T13:00:00Z", "n=48",
	  "2026-10-25T13:00:00Z" },
	{ "hours of a court rest at weekends", "zpo222.hours", "2026-10-23T13:00:00Z", "n=48",
	  "2026-10-27T14:00:00Z" },
	{ "first of two", "tz.local", NULL, "wall=2026-10-25T02:30", "2026-10-25T00:30:00Z" },
	{ "second of two", "tz.local", NULL, "wall=2026-10-25T02:30;fold=1", "2026-10-25T01:30:00Z" },
	{ "skipped", "tz.local", NULL, "wall=2026-03-29T02:30", "2026-03-29T01:30:00Z" },
	{ "seconds", "tz.local", NULL, "wall=2026-07-01T12:00:30", "2026-07-01T10:00:30Z" },
	{ "a day of 23 hours", "bgb.date", "2026-03-28T23:30:00Z", NULL, "2026-03-30T22:00:00Z" },
	{ "summer time ended in September", "tz.local", NULL, "wall=1995-10-10T12:00",
	  "1995-10-10T11:00:00Z" },
	{ "before summer time", "tz.local", NULL, "wall=1979-07-01T12:00", "1979-07-01T11:00:00Z" },
};

static void test_instants(void)
{
	efile_ctx *ctx = test_ctx();
	char text[EFILE_TIME_TEXT_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(instants); i++) {
		const struct instant_case *t = &instants[i];
		struct period_case c = { .rule = t->rule, .land = "BW", .from = t->from,
					 .parameters = t->parameters };
		efile_period *p = NULL;

		tap_case(t->name);
		TAP_EQUAL_INT(compute(&p, ctx, &c), EFILE_OK);
		TAP_EQUAL_TEXT(efile_time_format(efile_period_end(p), text), t->end);
		efile_period_free(p);
	}
	efile_ctx_free(ctx);
}

static const struct refused_case {
	const char *name, *rule, *land, *place, *from, *parameters;
	efile_status status;
} refused[] = {
	{ "no rule", "bgb.perioden", "BW", NULL, "2026-01-01", NULL, EFILE_E_NOTFOUND },
	{ "no Land", "bgb.date", NULL, NULL, "2026-01-01", NULL, EFILE_E_INVALID },
	{ "wrong Land", "bgb.date", "XX", NULL, "2026-01-01", NULL, EFILE_E_INVALID },
	{ "place outside", "bgb.date", "BW", "09162000", "2026-01-01", NULL, EFILE_E_INVALID },
	{ "place of no Land", "bgb.date", NULL, "99162000", "2026-01-01", NULL, EFILE_E_INVALID },
	{ "law of another Land", "gemhvo39", "HE", NULL, "2026-01-01", NULL, EFILE_E_INVALID },
	{ "parameter unknown", "bgb.date", "BW", NULL, "2026-01-01", "n=1", EFILE_E_INVALID },
	{ "parameter missing", "skonto", "BW", NULL, "2026-01-01", NULL, EFILE_E_INVALID },
	{ "parameter twice", "skonto", "BW", NULL, "2026-01-01", "n=1;n=2", EFILE_E_INVALID },
	{ "not a number", "skonto", "BW", NULL, "2026-01-01", "n=ten", EFILE_E_INVALID },
	{ "negative", "skonto", "BW", NULL, "2026-01-01", "n=-1", EFILE_E_INVALID },
	{ "large", "skonto", "BW", NULL, "2026-01-01", "n=100001", EFILE_E_INVALID },
	{ "not a choice", "bgb.period", "BW", NULL, "2026-01-01", "unit=X;n=1", EFILE_E_INVALID },
	{ "part of a choice", "bgb.period", "BW", NULL, "2026-01-01", "unit=D|W;n=1", EFILE_E_INVALID },
	{ "not a flag", "bgb.period", "BW", NULL, "2026-01-01", "unit=D;n=1;half=2", EFILE_E_INVALID },
	{ "not a date", "bgb286.invoice", "BW", NULL, "2026-01-01", "due=1.2.2026", EFILE_E_INVALID },
	{ "a list with a hole", "work.days", "BW", NULL, "2026-01-01", "n=1;closed=2026-01-02,,",
	  EFILE_E_INVALID },
	{ "a pause that ends before", "work.promise", "BW", NULL, "2026-01-01",
	  "n=1;pauses=2026-01-09/2026-01-02", EFILE_E_INVALID },
	{ "no start", "bgb.date", "BW", NULL, "tomorrow", NULL, EFILE_E_INVALID },
	{ "no such day", "bgb.date", "BW", NULL, "2026-02-30", NULL, EFILE_E_INVALID },
	{ "hours from a day", "vwvfg31.hours", "BW", NULL, "2026-02-03", "n=3", EFILE_E_INVALID },
	{ "no wall clock", "tz.local", "BW", NULL, NULL, "wall=2026-02-30T25:00", EFILE_E_INVALID },
	{ "before the tables", "bgb.date", "BW", NULL, "1990-01-01", NULL, EFILE_E_UNSUPPORTED },
	{ "behind the tables", "bgb.period", "BW", NULL, "2026-01-01", "unit=Y;n=200",
	  EFILE_E_UNSUPPORTED },
	{ "working days without end", "work.days", "BW", NULL, "2026-01-01", "n=100000",
	  EFILE_E_UNSUPPORTED },
};

static void test_refused(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		const struct refused_case *t = &refused[i];
		struct period_case c = { .rule = t->rule, .land = t->land, .place = t->place,
					 .from = t->from, .parameters = t->parameters };
		efile_period *p = NULL;

		tap_case(t->name);
		TAP_EQUAL_INT(compute(&p, ctx, &c), t->status);
		TAP_OK(p == NULL);
		efile_period_free(p);
	}
	TAP_EQUAL_INT(efile_period_compute(NULL, ctx, "skonto", NULL, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_period_json(NULL, NULL), EFILE_E_INVALID);
	TAP_OK(efile_period_step_at(NULL, 0) == NULL);
	efile_ctx_free(ctx);
}

static void test_waits(void)
{
	struct period_case c = { .rule = "gemhvo39", .land = "BW" };
	efile_ctx *ctx = test_ctx();
	efile_period *p = NULL;
	char *json = NULL;

	TAP_EQUAL_INT(compute(&p, ctx, &c), EFILE_OK);
	TAP_EQUAL_INT(efile_period_state_of(p), EFILE_PERIOD_WAITS);
	TAP_OK(date_none(efile_period_date(p)));
	TAP_EQUAL_TEXT(efile_period_step_at(p, 0)->code, "WAITS_FOR_EVENT");
	TAP_EQUAL_INT(efile_period_json(&json, p), EFILE_OK);
	TAP_OK(json && strstr(json, "\"date\":null,\"end\":null,\"state\":\"waits_for_event\""));
	efile_free(json);
	efile_period_free(p);
	efile_ctx_free(ctx);
}

/* The words of a derivation, with the act of the Land and the name of the holiday. */
static void test_words(void)
{
	struct period_case c = { .rule = "vwvfg31.authority", .land = "BW", .from = "2026-09-19",
				 .parameters = "unit=W;n=2" };
	efile_ctx *ctx = test_ctx_german();
	efile_period *p = NULL;

	TAP_EQUAL_INT(compute(&p, ctx, &c), EFILE_OK);
	TAP_EQUAL_TEXT(efile_period_step_at(p, 0)->text,
		       "Die Behörde hat die Frist am Sa 19.09.2026 bekannt gegeben; sie beginnt am Tag "
		       "danach (§ 31 LVwVfG BW (2)).");
	TAP_EQUAL_TEXT(efile_period_step_at(p, 3)->code, "HOL_EINHEIT");
	TAP_EQUAL_TEXT(efile_period_step_at(p, 3)->text,
		       "Sa 03.10.2026 ist Feiertag: Tag der Deutschen Einheit.");
	TAP_EQUAL_TEXT(efile_period_step_at(p, 5)->text,
		       "Die Frist endet am nächsten Werktag, Mo 05.10.2026 (§ 31 LVwVfG BW (3)).");
	TAP_EQUAL_TEXT(efile_period_step_at(p, 5)->law, "§ 31 LVwVfG BW (3)");
	TAP_OK(efile_period_step_at(p, 6) == NULL);
	efile_period_free(p);
	efile_ctx_free(ctx);
}

/* Every rule has steps or needs none, every step an operation, every code that is named words. */
static void test_tables(void)
{
	size_t count;
	const step_row *steps = period_steps(&count);
	efile_ctx *ctx = test_ctx();
	efile_period_rule rule;
	size_t rules = 0;

	for (size_t i = 0; i < count; i++) {
		tap_case(steps[i].rule);
		TAP_OK(period_rule_find(steps[i].rule) != NULL);
		TAP_OK(period_operation_known(steps[i].operation));
		if (!strcmp(steps[i].operation, "mark") || !strcmp(steps[i].operation, "fix"))
			TAP_OK(period_code(steps[i].argument) != NULL);
	}
	while (efile_period_rule_at(&rule, ctx, rules) == EFILE_OK) {
		TAP_OK(period_rule_find(rule.name) == period_rule(rules));
		rules++;
	}
	TAP_EQUAL_INT(rules, 35);
	TAP_EQUAL_TEXT(efile_period_state_name((efile_period_state)9), "");
	efile_ctx_free(ctx);
}

/* Whatever the start: no end on a day that is none, an event start of n days ends n days on, longer
 * periods never end before shorter ones. */
static void test_properties(void)
{
	efile_ctx *ctx = test_ctx();
	efile_date start = { 2026, 1, 1, 0 }, before = start;

	for (int n = 1; n < 400; n++) {
		char text[EFILE_DATE_TEXT_SIZE], given[40];
		struct period_case c = { .rule = "bgb.period", .land = "NW", .from = "2026-01-01",
					 .parameters = given };
		efile_day_answer answer = EFILE_DAY_NO;
		efile_period *p = NULL;

		snprintf(given, sizeof(given), "unit=D;n=%d", n);
		TAP_EQUAL_INT(compute(&p, ctx, &c), EFILE_OK);
		efile_is_working_day(&answer, ctx, "DE-NW", efile_period_date(p), EFILE_OFFICE_DAY);
		TAP_EQUAL_INT(answer, EFILE_DAY_YES);
		TAP_OK(date_compare(efile_period_date(p), before) >= 0);
		TAP_EQUAL_TEXT(efile_date_format(efile_period_step_at(p, 1)->date, text),
			       efile_date_format(date_plus(start, n), given));
		before = efile_period_date(p);
		efile_period_free(p);
	}
	efile_ctx_free(ctx);
}

static efile_status all_of_it(efile_ctx *ctx, void *arg)
{
	struct period_case c = { .rule = "vwgo70.objection", .land = "BY", .from = "2028-08-11",
				 .parameters = "kind=ao;to_land=BY" };
	efile_period *p = NULL;
	char *json = NULL;
	efile_status status = compute(&p, ctx, &c);

	(void)arg;
	if (status == EFILE_OK)
		status = efile_period_json(&json, p);
	efile_free(json);
	efile_period_free(p);
	return status;
}

static void test_memory(void)
{
	TAP_OK(fail_each(all_of_it, NULL) > 20);
}

TAP_SUITE(period_compute) = {
	{ "periods by the laws", test_cases },
	{ "hours and instants", test_instants },
	{ "what is refused", test_refused },
	{ "waits for its event", test_waits },
	{ "words of a derivation", test_words },
	{ "tables fit together", test_tables },
	{ "properties", test_properties },
	{ "no memory", test_memory },
	TAP_END,
};
