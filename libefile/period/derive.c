/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs the steps of a rule and notes each with its words. */
#include "period/inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

efile_date date_plus(efile_date date, int64_t days)
{
	return date_from_days(date_to_days(date) + days);
}

/* ---- words ---- */

static const char *const weekdays_de[] = { "Mo", "Di", "Mi", "Do", "Fr", "Sa", "So" };
static const char *const weekdays_en[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };

typedef struct words {
	efile_date date;
	const char *name, *number, *law;
} words;

static void add_day(buf *out, efile_date date, bool german)
{
	char text[EFILE_DATE_TEXT_SIZE];

	if (german)
		buf_add_format(out, "%s %02d.%02d.%04d", weekdays_de[date_weekday(date) - 1], date.day,
			       date.month, (int)date.year);
	else
		buf_add_format(out, "%s %s", weekdays_en[date_weekday(date) - 1],
			       efile_date_format(date, text));
}

static efile_status fill(char **out, efile_ctx *ctx, const char *text, const words *w, bool german)
{
	AUTO(buf) filled = BUF_INIT;

	while (*text) {
		size_t plain = strcspn(text, "{");

		buf_add(&filled, text, plain);
		text += plain;
		if (str_starts_with(text, "{date}"))
			add_day(&filled, w->date, german);
		else if (str_starts_with(text, "{name}"))
			buf_add_text(&filled, w->name ? w->name : "");
		else if (str_starts_with(text, "{n}"))
			buf_add_text(&filled, w->number);
		else if (str_starts_with(text, "{law}"))
			buf_add_text(&filled, w->law);
		text += strcspn(text, "}");
		text += *text == '}';
	}
	return buf_take(out, &filled, ctx);
}

/* "@vwvfg31 (2)": the act of the Land whose authority acts. */
static efile_status clause(char **out, work *w)
{
	AUTO(buf) text = BUF_INIT;
	const char *law = w->step ? w->step->law : "";
	char act[24];
	size_t length = strcspn(law, " ");
	const char *own;

	if (*law != '@' || length >= sizeof(act))
		return mem_dup(out, w->ctx, law);
	memcpy(act, law + 1, length - 1);
	act[length - 1] = '\0';
	own = period_law(act, w->land);
	buf_add_text(&text, own ? own : act);
	buf_add_text(&text, law + length);
	return buf_take(out, &text, w->ctx);
}

/* The holiday of a code in a language. */
static const char *name_in(const holiday_row *row, bool german)
{
	return !row ? NULL : german ? row->name_de : row->name_en;
}

static efile_status note_day(work *w, efile_date date, const char *code, const holiday_row *holiday)
{
	efile_period *p = w->result;
	const code_row *row = period_code(code);
	AUTO_PTR(char) law = NULL;
	derivation_step step = { .date = date };
	words used = { .date = date, .number = "" };
	efile_status status;

	if (!p)
		return EFILE_OK;
	TRY(mem_grow(p->ctx, (void **)&p->steps, &p->capacity, p->count, sizeof(*p->steps)));
	TRY(clause(&law, w));
	snprintf(step.code, sizeof(step.code), "%s", code);
	used.law = law;
	if (row && row->code[strlen(row->code) - 1] == '*')
		used.number = code + strlen(row->code) - 1;
	used.name = name_in(holiday, true);
	status = fill(&step.text_de, p->ctx, row ? row->text_de : code, &used, true);
	used.name = name_in(holiday, false);
	if (status == EFILE_OK)
		status = fill(&step.text_en, p->ctx, row ? row->text_en : code, &used, false);
	if (status != EFILE_OK) {
		free(step.text_de);
		return status;
	}
	step.law = STEAL(law);
	p->steps[p->count++] = step;
	return EFILE_OK;
}

efile_status note(work *w, efile_date date, const char *code)
{
	return note_day(w, date, code, NULL);
}

efile_status note_here(work *w, const char *code)
{
	return note_day(w, w->day, code, NULL);
}

/* ---- days ---- */

static const char *weekend(efile_date date, bool saturday)
{
	static const char *const names[] = { "", "SAT", "SUN" };
	int weekday = date_weekday(date);

	return weekday == 7 ? names[2] : weekday == 6 && saturday ? names[1] : names[0];
}

efile_status day_reason(char code[CODE_SIZE], const holiday_row **holiday, work *w, efile_date date,
			bool saturday)
{
	const char *rest = weekend(date, saturday);
	const calendar_day *day;

	*holiday = NULL;
	if (!w->place->known)
		return FAIL(w->ctx, EFILE_E_INVALID, 1912,
			    "rule %s needs the Land whose holidays count", w->step->rule);
	TRY(calendar_holiday(&day, &w->place->days, w->ctx, date));
	snprintf(code, CODE_SIZE, "%s", rest);
	if (!day)
		return EFILE_OK;
	*holiday = day->row;
	if (day->answer == EFILE_DAY_YES || (w->closed && !*rest)) {
		snprintf(code, CODE_SIZE, "HOL_%s", day->row->code);
	} else if (!*rest) {
		w->asked = true;
		return note_day(w, date, "ASK_AGS", day->row);
	}
	return EFILE_OK;
}

efile_status note_reason(work *w, efile_date date, const char *prefix, const char *code,
			 const holiday_row *holiday)
{
	char full[CODE_SIZE];

	snprintf(full, sizeof(full), "%.8s%.30s", prefix, code);
	return note_day(w, date, full, holiday);
}

/* ---- the operations that are one line ---- */

static efile_status op_mark(work *w, const char *argument)
{
	return note_here(w, argument);
}

static efile_status op_event(work *w, const char *argument)
{
	(void)argument;
	w->day_start = false;
	return note_here(w, "EVENT_187_1");
}

static efile_status op_day(work *w, const char *argument)
{
	(void)argument;
	w->day_start = true;
	return note_here(w, "DAY_187_2");
}

static efile_status op_fix(work *w, const char *argument)
{
	if (w->fixed)
		return EFILE_OK;
	w->fixed = true;
	return note_here(w, argument);
}

/* Notification days of an act: § 41 (2) VwVfG, § 122 (2) AO. */
static efile_status op_deem(work *w, const char *argument)
{
	const notification_row *row = period_notification(argument, w->land, w->day);
	long days = parameter_number(w->given, "days");
	char code[CODE_SIZE];

	if (!days && row) {
		days = atol(row->days);
		if (*row->other_days) {
			w->open_law = true;
			if (w->other_law)
				days = atol(row->other_days);
		}
	}
	w->day = date_plus(w->day, days);
	snprintf(code, sizeof(code), "DEEMED_%ld", days);
	return note_here(w, code);
}

static efile_status op_received(work *w, const char *argument)
{
	efile_date received;

	(void)argument;
	if (!parameter_date(&received, w->given, "received") || date_compare(received, w->day) <= 0)
		return EFILE_OK;
	w->day = received;
	return note_here(w, "ACTUAL_LATER");
}

/* "due CODE": the later of both. */
static efile_status op_later(work *w, const char *argument)
{
	size_t length = strcspn(argument, " ");
	char name[PARAMETER_NAME];
	efile_date other;

	if (length >= sizeof(name))
		return EFILE_OK;
	memcpy(name, argument, length);
	name[length] = '\0';
	if (!parameter_date(&other, w->given, name))
		return EFILE_OK;
	if (date_compare(other, w->day) > 0)
		w->day = other;
	return note_here(w, argument + length + (argument[length] == ' '));
}

/* Whose holidays count from here: those of the addressee, or of the seat again. */
static efile_status op_place(work *w, const char *argument)
{
	w->place = str_equal(argument, "to") && w->to.known ? &w->to : &w->seat;
	return EFILE_OK;
}

static const struct operation {
	const char *name;
	operation_fn run;
} operations[] = {
	{ "mark", op_mark }, { "event", op_event }, { "day", op_day }, { "fix", op_fix },
	{ "deem", op_deem }, { "received", op_received }, { "later", op_later },
	{ "place", op_place }, { "count", op_count }, { "half", op_half }, { "add", op_add },
	{ "abroad", op_abroad }, { "extend", op_extend }, { "before", op_before },
	{ "shift", op_shift }, { "next", op_next }, { "two_workdays", op_two_workdays },
	{ "walk", op_walk }, { "restart", op_restart }, { "hours", op_hours }, { "wall", op_wall },
	{ "elapsed", op_elapsed }, { "year_end", op_year_end }, { "next_year", op_next_year },
	{ "years", op_years }, { "changed", op_changed }, { "hold", op_hold }, { "again", op_again },
};

static operation_fn operation_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(operations); i++)
		if (str_equal(operations[i].name, name))
			return operations[i].run;
	return NULL;
}

bool period_operation_known(const char *name)
{
	return operation_find(name) != NULL;
}

efile_status work_run(work *w, const rule_row *rule)
{
	size_t count;
	const step_row *steps = period_steps(&count);

	for (size_t i = 0; i < count; i++) {
		operation_fn run;

		if (!str_equal(steps[i].rule, rule->rule) || !parameters_match(w->given, steps[i].when))
			continue;
		run = operation_find(steps[i].operation);
		if (!run)
			return FAIL(w->ctx, EFILE_E_INTERNAL, 1913, "rule %s: no operation %s",
				    rule->rule, steps[i].operation);
		w->step = &steps[i];
		TRY(run(w, steps[i].argument));
	}
	return EFILE_OK;
}
