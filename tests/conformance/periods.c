/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares efile_period_compute() and the tables of holidays with cases.
 *
 * periods FILE...: a file whose second column is "rule" holds computed cases (id, rule, land, ags, from,
 * params, date, end_utc, derivation), one whose first is "land" the holidays of Länder and years. One line
 * per case; dates and derivations are judged apart. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <efile.h>

#include "base/base.h"

enum { COLUMNS = 9 };

typedef struct tally {
	long passed, failed, derivations_failed;
} tally;

static size_t split(char **column, char *line)
{
	size_t n = 0;

	line[strcspn(line, "\r\n")] = '\0';
	while (line && n < COLUMNS)
		column[n++] = strsep(&line, "\t");
	return n;
}

static const char *given(const char *column)
{
	return str_equal(column, "-") || !*column ? NULL : column;
}

static void add_derivation(buf *out, efile_period *p)
{
	const efile_period_step *step;

	for (size_t i = 0; (step = efile_period_step_at(p, i)) != NULL; i++) {
		char text[EFILE_DATE_TEXT_SIZE];

		if (i)
			buf_add_char(out, ' ');
		if (step->date.month)
			buf_add_format(out, "%s:", efile_date_format(step->date, text));
		buf_add_text(out, step->code);
	}
}

static void judge(tally *t, char **column, efile_period *p)
{
	bool waits = efile_period_state_of(p) == EFILE_PERIOD_WAITS;
	char date[EFILE_DATE_TEXT_SIZE], end[EFILE_TIME_TEXT_SIZE];
	AUTO(buf) derivation = BUF_INIT;
	bool same_date, same_steps;

	efile_date_format(efile_period_date(p), date);
	efile_time_format(efile_period_end(p), end);
	add_derivation(&derivation, p);
	same_date = strcmp(waits ? "-" : date, column[6]) == 0 &&
		strcmp(waits ? "-" : end, column[7]) == 0;
	same_steps = strcmp(buf_text(&derivation), column[8]) == 0;
	if (!same_date)
		printf("FAILED %s %s: %s %s, expected %s %s\n", column[0], column[1], date, end, column[6],
		       column[7]);
	if (!same_steps)
		printf("FAILED %s %s: derivation %s, expected %s\n", column[0], column[1],
		       buf_text(&derivation), column[8]);
	if (same_date && same_steps)
		printf("ok %s %s\n", column[0], column[1]);
	t->derivations_failed += !same_steps;
	if (same_date && same_steps)
		t->passed++;
	else
		t->failed++;
}

static void run_case(tally *t, efile_ctx *ctx, char **column)
{
	efile_period_options o = EFILE_PERIOD_OPTIONS_INIT;
	efile_period *p = NULL;

	o.land = given(column[2]);
	o.place = given(column[3]);
	o.parameters = given(column[5]);
	if (efile_period_compute(&p, ctx, column[1], given(column[4]), &o) == EFILE_OK) {
		judge(t, column, p);
	} else {
		printf("FAILED %s %s: %s\n", column[0], column[1], efile_error_message(ctx));
		t->failed++;
	}
	efile_period_free(p);
}

/* A row of holidays: the day is one, whole or in parts; and the day has no other of that code. */
static void run_holiday(tally *t, efile_ctx *ctx, char **column)
{
	efile_holiday_cursor *cursor = NULL;
	efile_holiday found;
	efile_date date;
	char name[8], text[EFILE_DATE_TEXT_SIZE];
	bool ok = false;

	snprintf(name, sizeof(name), "DE-%.2s", column[0]);
	if (efile_date_parse(&date, column[1]) == EFILE_OK &&
	    efile_holidays(&cursor, ctx, name, date.year) == EFILE_OK)
		while (!ok && efile_holiday_cursor_next(cursor, &found) == EFILE_OK)
			ok = strcmp(efile_date_format(found.date, text), column[1]) == 0 &&
				strcmp(found.code, column[3]) == 0 &&
				(found.answer == EFILE_DAY_ASK) == (strcmp(column[4], "part") == 0) &&
				strcmp(found.name, column[6]) == 0;
	efile_holiday_cursor_free(cursor);
	printf("%s %s %s %s\n", ok ? "ok" : "FAILED", column[0], column[1], column[3]);
	if (ok)
		t->passed++;
	else
		t->failed++;
}

/* As many days in all as the file has rows. */
static void count_holidays(tally *t, efile_ctx *ctx, long rows)
{
	static const char lands[][3] = { "BW", "BY", "BE", "BB", "HB", "HE", "HH", "MV",
					 "NI", "NW", "RP", "SL", "SN", "ST", "SH", "TH" };
	long count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(lands); i++)
		for (int32_t year = 1995; year <= 2040; year++) {
			efile_holiday_cursor *cursor = NULL;
			efile_holiday found;
			char name[16];

			snprintf(name, sizeof(name), "DE-%.2s", lands[i]);
			if (efile_holidays(&cursor, ctx, name, year) == EFILE_OK)
				while (efile_holiday_cursor_next(cursor, &found) == EFILE_OK)
					count++;
			efile_holiday_cursor_free(cursor);
		}
	printf("%s %ld holidays 1995 to 2040, the file has %ld\n", count == rows ? "ok" : "FAILED", count,
	       rows);
	if (count == rows)
		t->passed++;
	else
		t->failed++;
}

static int run_file(tally *t, efile_ctx *ctx, const char *path)
{
	FILE *file = fopen(path, "r");
	char *line = NULL, *column[COLUMNS];
	bool holidays = false;
	size_t room = 0;
	long rows = -1;

	if (!file) {
		fprintf(stderr, "periods: cannot read %s\n", path);
		return 2;
	}
	while (getline(&line, &room, file) > 0) {
		size_t n = split(column, line);

		if (rows++ < 0)
			holidays = strcmp(column[0], "land") == 0;
		else if (holidays && n >= 7)
			run_holiday(t, ctx, column);
		else if (!holidays && n == COLUMNS)
			run_case(t, ctx, column);
	}
	if (holidays)
		count_holidays(t, ctx, rows);
	free(line);
	fclose(file);
	return 0;
}

int main(int argc, char **argv)
{
	efile_ctx *ctx = NULL;
	tally t = { 0, 0, 0 };
	int code = argc < 2 ? 2 : 0;

	if (code || efile_ctx_new(&ctx, NULL) < 0) {
		fprintf(stderr, "usage: periods FILE...\n");
		return 2;
	}
	for (int i = 1; i < argc; i++)
		if (run_file(&t, ctx, argv[i]))
			code = 2;
	efile_ctx_free(ctx);
	printf("%ld derivations differ\n", t.derivations_failed);
	printf("%ld passed, %ld failed\n", t.passed, t.failed);
	return code ? code : t.failed ? 1 : 0;
}
