/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counting worked days, with closed days and pauses; counting hours; instants and wall clocks. */
#include "period/inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t HOUR = INT64_C(3600000000), MINUTE = 60000000;

/* ---- pauses ---- */

typedef struct pause {
	efile_date from, to;
} pause;

typedef struct pauses {
	pause rows[PAUSES_MAX];
	size_t count;
	bool first, last;       /* whether these days count */
} pauses;

static int pause_order(const void *a, const void *b)
{
	return date_compare(((const pause *)a)->from, ((const pause *)b)->from);
}

/* Overlapping pauses are one. */
static void pauses_read(pauses *out, const work *w)
{
	const char *list = parameter_text(w->given, "pauses");
	size_t used = 0;

	memset(out, 0, sizeof(*out));
	out->first = parameter_number(w->given, "first") != 0;
	out->last = parameter_number(w->given, "last") != 0;
	while (list && out->count < PAUSES_MAX &&
	       pauses_next(&out->rows[out->count].from, &out->rows[out->count].to, &list))
		out->count++;
	qsort(out->rows, out->count, sizeof(out->rows[0]), pause_order);
	for (size_t i = 1; i < out->count; i++) {
		pause *before = &out->rows[used];

		if (date_compare(out->rows[i].from, before->to) > 0)
			out->rows[++used] = out->rows[i];
		else if (date_compare(out->rows[i].to, before->to) > 0)
			before->to = out->rows[i].to;
	}
	out->count = out->count ? used + 1 : 0;
}

/* A pause of one day is judged as its first day. */
static bool paused(const pauses *p, efile_date day)
{
	for (size_t i = 0; i < p->count; i++) {
		int from = date_compare(day, p->rows[i].from), to = date_compare(day, p->rows[i].to);

		if (from < 0 || to > 0)
			continue;
		return from == 0 ? !p->first : to == 0 ? !p->last : true;
	}
	return false;
}

static bool closed(const work *w, efile_date day)
{
	const char *list = parameter_text(w->given, "closed");
	efile_date other;

	if (parameter_number(w->given, "closed2431") && day.month == 12 &&
	    (day.day == 24 || day.day == 31))
		return true;
	while (list && dates_next(&other, &list))
		if (!date_compare(day, other))
			return true;
	return false;
}

/* The n-th worked day behind w->day; "werktag" counts Saturdays. */
efile_status op_walk(work *w, const char *argument)
{
	bool saturday = !str_equal(argument, "werktag");
	long n = parameter_number(w->given, "n");
	const holiday_row *holiday;
	char code[CODE_SIZE];
	pauses p;

	pauses_read(&p, w);
	for (long k = 0; k < n;) {
		w->day = date_plus(w->day, 1);
		if (paused(&p, w->day)) {
			TRY(note_here(w, "SKIP_PAUSE"));
			continue;
		}
		TRY(day_reason(code, &holiday, w, w->day, saturday));
		if (!*code && closed(w, w->day))
			snprintf(code, sizeof(code), "CLOSED");
		if (*code) {
			TRY(note_reason(w, w->day, "SKIP_", code, holiday));
			continue;
		}
		snprintf(code, sizeof(code), "DAY_%ld", ++k);
		TRY(note_here(w, code));
	}
	return EFILE_OK;
}

/* A changed text restarts the round, if it comes before the end of what is running. */
efile_status op_restart(work *w, const char *argument)
{
	const char *list = parameter_text(w->given, "changes");
	efile_date changed;

	while (list && dates_next(&changed, &list)) {
		work ahead = *w;

		ahead.result = NULL;
		TRY(op_walk(&ahead, argument));
		if (date_compare(changed, w->day) < 0 || date_compare(changed, ahead.day) > 0)
			continue;
		w->day = changed;
		TRY(note_here(w, "RESTART"));
	}
	return EFILE_OK;
}

/* ---- hours ---- */

/* Hours of the days that count, as they pass: a day may have 23 or 25 of them. */
static efile_status working_hours(work *w, int64_t left)
{
	const holiday_row *holiday;
	char code[CODE_SIZE];

	for (;;) {
		efile_date day = local_date(w->at);
		efile_time end = local_day_end(day);

		TRY(day_reason(code, &holiday, w, day, true));
		if (*code) {
			TRY(note_reason(w, day, "SKIP_", code, holiday));
		} else if (left <= end - w->at) {
			w->at += left;
			return note(w, day, "HOURS_END_222_3");
		} else {
			left -= end - w->at;
		}
		w->at = end;
	}
}

efile_status op_hours(work *w, const char *argument)
{
	int64_t length = parameter_number(w->given, "n") * HOUR;

	w->exact = true;
	if (!str_equal(argument, "all")) {
		TRY(working_hours(w, length));
		w->day = local_date(w->at);
		return EFILE_OK;
	}
	w->at += length;
	w->day = local_date(w->at);
	return note_here(w, "HOURS_ALL_31_6");
}

/* ---- instants ---- */

efile_status op_wall(work *w, const char *argument)
{
	static const char *const codes[][2] = {
		[LOCAL_UNIQUE] = { "UNIQUE", "UNIQUE" },
		[LOCAL_TWICE] = { "AMBIGUOUS_EARLIER", "AMBIGUOUS_LATER" },
		[LOCAL_SKIPPED] = { "SKIPPED_HOUR", "SKIPPED_HOUR" },
	};
	bool later = parameter_number(w->given, "fold") != 0;
	const char *text = parameter_text(w->given, "wall");
	char full[32];
	efile_time wall;
	local_kind kind;

	(void)argument;
	snprintf(full, sizeof(full), "%.19s%s", text, strlen(text) == 16 ? ":00Z" : "Z");
	if (efile_time_parse(&wall, full) != EFILE_OK)
		return FAIL(w->ctx, EFILE_E_INVALID, 1915, "not a wall clock (YYYY-MM-DDThh:mm): %s",
			    text);
	w->exact = true;
	kind = local_instant(&w->at, wall, later);
	w->day = local_date(w->at);
	return note_here(w, codes[kind][later]);
}

efile_status op_elapsed(work *w, const char *argument)
{
	char code[CODE_SIZE];
	efile_time to;

	(void)argument;
	if (efile_time_parse(&to, parameter_text(w->given, "to")) != EFILE_OK)
		return EFILE_OK; /* its type was checked */
	snprintf(code, sizeof(code), "ELAPSED_%lld", (long long)((to - w->at) / MINUTE));
	w->at = to;
	w->exact = true;
	w->day = local_date(to);
	return note_here(w, code);
}
