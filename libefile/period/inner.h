/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of legal periods: tables of schemas/periods, and the state of one computation. */
#ifndef PERIOD_INNER_H
#define PERIOD_INNER_H

#include "period/period.h"

/* Rows as the tables have their columns. */
typedef struct rule_row {
	const char *rule, *land, *valid_from, *valid_to, *start, *law, *status, *parameters;
	const char *name_de, *name_en;
} rule_row;

typedef struct step_row {
	const char *rule, *when, *operation, *argument, *law;
} step_row;

typedef struct notification_row {
	const char *act, *land, *valid_from, *valid_to, *days, *other_days, *status, *source;
} notification_row;

typedef struct law_row {
	const char *act, *land, *law;
} law_row;

typedef struct zone_row {
	const char *from_year, *rule;
} zone_row;

typedef struct code_row {
	const char *code, *text_de, *text_en;
} code_row;

/* tables.c */
size_t period_rule_count(void);
const rule_row *period_rule(size_t index);
const rule_row *period_rule_find(const char *name);
const step_row *period_steps(size_t *count);
const notification_row *period_notification(const char *act, const char *land, efile_date posted);
const char *period_law(const char *act, const char *land); /* NULL if there is none */
const zone_row *period_zone(int32_t year);
const code_row *period_code(const char *code);
const char *period_tables_version(void);
bool period_row_valid(const char *from, const char *to, efile_date date);

/* ---- local time of Germany, by zone.tsv: no files, no TZ (local.c) ---- */
int32_t local_offset(efile_time time);
efile_date local_date(efile_time time);
efile_time local_day_end(efile_date date);      /* the first instant of the next day */
typedef enum local_kind { LOCAL_UNIQUE, LOCAL_TWICE, LOCAL_SKIPPED } local_kind;
/* The instant of a wall clock; of two the second if later; a skipped one by the offset before. */
local_kind local_instant(efile_time *out, efile_time wall, bool later);

/* ---- parameters (parameter.c) ---- */
enum { PARAMETERS_MAX = 12, PARAMETER_NAME = 16 };

typedef struct parameter {
	char name[PARAMETER_NAME];
	char *value;            /* owned; NULL if neither given nor with a default */
} parameter;

typedef struct parameters {
	parameter rows[PARAMETERS_MAX];
	size_t count;
} parameters;

/* Reads "name=value;name=value" by the declaration of a rule. INVALID. */
efile_status parameters_read(parameters *out, efile_ctx *ctx, const rule_row *rule,
			     const char *given);
void parameters_clear(parameters *p);
const char *parameter_text(const parameters *p, const char *name);  /* NULL if not given */
long parameter_number(const parameters *p, const char *name);       /* 0 if not given */
bool parameter_date(efile_date *out, const parameters *p, const char *name);
bool parameters_match(const parameters *p, const char *when);
/* The next date of a list "A,B"; false at its end. */
bool dates_next(efile_date *out, const char **list);
/* The next pause of "A/B,C/D". */
bool pauses_next(efile_date *from, efile_date *to, const char **list);

/* ---- one computation ---- */
enum { CODE_SIZE = 40, PAUSES_MAX = 64 };

typedef struct derivation_step {
	efile_date date;        /* none: no day */
	char code[CODE_SIZE];
	char *text_de, *text_en;
	char *law;
} derivation_step;

struct efile_period {
	efile_ctx *ctx;
	const rule_row *rule;
	char land[4];
	char place[CALENDAR_PLACE_DIGITS + 1];
	char *from, *given;
	efile_date date, other;
	efile_time end;
	efile_period_state state;
	derivation_step *steps;
	size_t count, capacity;
	efile_period_step shown;
};

typedef struct place_ref {
	calendar days;
	bool known;
} place_ref;

typedef struct work {
	efile_ctx *ctx;
	efile_period *result;   /* NULL in a second reading: no steps are noted */
	const parameters *given;
	const char *land;       /* of the seat: whose act is named */
	place_ref seat, to;
	place_ref *place;       /* one of the two */
	const step_row *step;
	efile_date start;       /* the first day */
	efile_date day;         /* where the computation stands */
	efile_time at;          /* an instant */
	bool exact;             /* the end is that instant, not the end of the day */
	bool day_start;         /* § 187 (2) BGB */
	bool fixed;             /* nothing shifts the end any more */
	bool closed;            /* second reading: partial holidays are free */
	bool asked;             /* a partial holiday mattered */
	bool open_law;          /* a row of the tables is to be confirmed */
	bool other_law;         /* second reading: the other days of such a row */
} work;

typedef efile_status (*operation_fn)(work *w, const char *argument);

/* derive.c */
efile_status work_run(work *w, const rule_row *rule);
bool period_operation_known(const char *name);
efile_status note(work *w, efile_date date, const char *code);
efile_status note_here(work *w, const char *code);
/* Notes why a day is none, with the words before the code: "SKIP_" or "". */
efile_status note_reason(work *w, efile_date date, const char *prefix, const char *code,
			 const holiday_row *holiday);

/* Why a day is none on which a period ends or work is done: a code such as "HOL_NEUJAHR", "SAT";
 * "" if it is one. saturday: whether Saturdays are free. Notes where the place is missing. */
efile_status day_reason(char code[CODE_SIZE], const holiday_row **holiday, work *w, efile_date date,
			bool saturday);
efile_date date_plus(efile_date date, int64_t days);

/* operations, by file */
efile_status op_count(work *w, const char *argument);
efile_status op_half(work *w, const char *argument);
efile_status op_add(work *w, const char *argument);
efile_status op_abroad(work *w, const char *argument);
efile_status op_extend(work *w, const char *argument);
efile_status op_before(work *w, const char *argument);
efile_status op_shift(work *w, const char *argument);
efile_status op_next(work *w, const char *argument);
efile_status op_two_workdays(work *w, const char *argument);
efile_status op_walk(work *w, const char *argument);
efile_status op_restart(work *w, const char *argument);
efile_status op_hours(work *w, const char *argument);
efile_status op_wall(work *w, const char *argument);
efile_status op_elapsed(work *w, const char *argument);
efile_status op_year_end(work *w, const char *argument);
efile_status op_next_year(work *w, const char *argument);
efile_status op_years(work *w, const char *argument);
efile_status op_changed(work *w, const char *argument);
efile_status op_hold(work *w, const char *argument);
efile_status op_again(work *w, const char *argument);

#endif
