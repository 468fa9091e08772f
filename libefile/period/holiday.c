/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Public holidays: the rows of schemas/calendars that hold in a Land, at a place, in a year. */
#include "period/period.h"

#include <stdlib.h>
#include <string.h>

static const holiday_row holiday_rows[] = {
#include "schemas/calendars/holidays.tsv.inc"
};

static const place_row place_rows[] = {
#include "schemas/calendars/places.tsv.inc"
};

static const name_row answers[] = {
	{ EFILE_DAY_NO, "no" },
	{ EFILE_DAY_YES, "yes" },
	{ EFILE_DAY_ASK, "ask" },
};

/* ISO 3166-2 and the first two digits of the municipality key. */
static const struct land {
	const char *scope, *key;
} lands[] = {
	{ "DE-SH", "01" }, { "DE-HH", "02" }, { "DE-NI", "03" }, { "DE-HB", "04" },
	{ "DE-NW", "05" }, { "DE-HE", "06" }, { "DE-RP", "07" }, { "DE-BW", "08" },
	{ "DE-BY", "09" }, { "DE-SL", "10" }, { "DE-BE", "11" }, { "DE-BB", "12" },
	{ "DE-MV", "13" }, { "DE-SN", "14" }, { "DE-ST", "15" }, { "DE-TH", "16" },
};

static const struct land *land_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(lands); i++) {
		size_t length = strlen(lands[i].scope);

		if (str_starts_with(name, lands[i].scope) && (!name[length] || name[length] == '/'))
			return &lands[i];
	}
	return NULL;
}

const char *calendar_land_of_key(const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(lands); i++)
		if (str_starts_with(key, lands[i].key))
			return lands[i].scope;
	return "";
}

static bool place_valid(const char *place, const struct land *land)
{
	for (size_t i = 0; place[i]; i++)
		if (!str_ascii_digit(place[i]))
			return false;
	return strlen(place) == CALENDAR_PLACE_DIGITS && str_starts_with(place, land->key);
}

efile_status calendar_init(calendar *out, efile_ctx *ctx, const char *name)
{
	const struct land *land = name ? land_of(name) : NULL;
	const char *place;

	if (!land)
		return FAIL(ctx, EFILE_E_INVALID, 1900,
			    "no such calendar: %s (DE-BW, or DE-BY/09162000 with a place)",
			    name ? name : "");
	place = name + strlen(land->scope);
	if (*place == '/' && !place_valid(place + 1, land))
		return FAIL(ctx, EFILE_E_INVALID, 1901,
			    "not the eight-digit key of a municipality in %s: %s", land->scope,
			    place + 1);

	memset(out, 0, sizeof(*out));
	memcpy(out->scope, land->scope, strlen(land->scope));
	if (*place == '/')
		memcpy(out->place, place + 1, CALENDAR_PLACE_DIGITS);
	return EFILE_OK;
}

/* The longest key that the place begins with decides; no place, no decision. */
static efile_day_answer answer_at(const char *place, const char *code)
{
	int answer = EFILE_DAY_ASK;
	size_t best = 0;

	for (size_t i = 0; i < ARRAY_SIZE(place_rows); i++) {
		const place_row *row = &place_rows[i];

		if (strlen(row->key) <= best || !str_equal(row->code, code) ||
		    !str_starts_with(place, row->key))
			continue;
		best = strlen(row->key);
		if (!TABLE_VALUE(&answer, answers, row->answer))
			answer = EFILE_DAY_ASK;
	}
	return (efile_day_answer)answer;
}

/* Days as text compare like days. */
static bool row_holds(const holiday_row *row, const calendar *c, efile_date date)
{
	char day[EFILE_DATE_TEXT_SIZE];

	if (!str_equal(row->scope, "DE") && !str_equal(row->scope, c->scope))
		return false;
	efile_date_format(date, day);
	return (!*row->valid_from || strcmp(day, row->valid_from) >= 0) &&
	       (!*row->valid_to || strcmp(day, row->valid_to) <= 0);
}

/* Two holidays can fall on one day, as Ascension on 1 May 2008; then their codes decide. */
static bool stands_before(const calendar_day *a, const calendar_day *b)
{
	int order = date_compare(a->date, b->date);

	return order < 0 || (order == 0 && strcmp(a->row->code, b->row->code) < 0);
}

static void add_day(calendar *c, const calendar_day *day)
{
	size_t at = c->count;

	if (c->count == CALENDAR_DAYS)
		return;
	for (; at && stands_before(day, &c->days[at - 1]); at--)
		c->days[at] = c->days[at - 1];
	c->days[at] = *day;
	c->count++;
}

efile_status calendar_year(calendar *c, efile_ctx *ctx, int32_t year)
{
	if (year == c->year)
		return EFILE_OK;
	if (year < EFILE_CALENDAR_FIRST_YEAR || year > EFILE_CALENDAR_LAST_YEAR)
		return FAIL(ctx, EFILE_E_UNSUPPORTED, 1902,
			    "holidays are known for the years %d to %d, not for %d",
			    EFILE_CALENDAR_FIRST_YEAR, EFILE_CALENDAR_LAST_YEAR, (int)year);

	c->count = 0;
	c->year = year;
	for (size_t i = 0; i < ARRAY_SIZE(holiday_rows); i++) {
		calendar_day day = { .answer = EFILE_DAY_YES, .row = &holiday_rows[i] };

		if (!rule_date(&day.date, day.row->rule, year) || !row_holds(day.row, c, day.date))
			continue;
		if (str_equal(day.row->extent, "part"))
			day.answer = answer_at(c->place, day.row->code);
		if (day.answer != EFILE_DAY_NO)
			add_day(c, &day);
	}
	return EFILE_OK;
}

/* A day that is a holiday for sure goes before one that the place decides. */
efile_status calendar_holiday(const calendar_day **out, calendar *c, efile_ctx *ctx,
			      efile_date date)
{
	const calendar_day *found = NULL;

	if (!date_valid(date))
		return FAIL(ctx, EFILE_E_INVALID, 1903, "not a date: %d-%02d-%02d", (int)date.year,
			    (int)date.month, (int)date.day);
	TRY(calendar_year(c, ctx, date.year));
	for (size_t i = 0; i < c->count; i++)
		if (!date_compare(c->days[i].date, date) &&
		    (!found || (found->answer == EFILE_DAY_ASK &&
				c->days[i].answer == EFILE_DAY_YES)))
			found = &c->days[i];
	*out = found;
	return EFILE_OK;
}

static void holiday_fill(efile_holiday *out, const calendar_day *day, const efile_ctx *ctx)
{
	out->date = day->date;
	out->answer = day->answer;
	out->code = day->row->code;
	out->name = ctx->language == EFILE_LANGUAGE_DE ? day->row->name_de : day->row->name_en;
	out->law = day->row->law;
}

efile_status efile_is_holiday(efile_day_answer *out, efile_holiday *holiday, efile_ctx *ctx,
			      const char *name, efile_date date)
{
	const calendar_day *day;
	calendar c;

	if (!ctx || !out)
		return EFILE_E_INVALID;
	error_clear(ctx);
	TRY(calendar_init(&c, ctx, name));
	TRY(calendar_holiday(&day, &c, ctx, date));
	*out = day ? day->answer : EFILE_DAY_NO;
	if (day && holiday)
		holiday_fill(holiday, day, ctx);
	return EFILE_OK;
}

struct efile_holiday_cursor {
	calendar calendar;
	efile_ctx *ctx;
	size_t next;
};

DEFINE_AUTO_PTR(efile_holiday_cursor, efile_holiday_cursor_free)

efile_status efile_holidays(efile_holiday_cursor **out, efile_ctx *ctx, const char *name,
			    int32_t year)
{
	AUTO_PTR(efile_holiday_cursor) cursor = NULL;

	if (!ctx || !out)
		return EFILE_E_INVALID;
	error_clear(ctx);
	cursor = mem_new(ctx, sizeof(*cursor));
	if (!cursor)
		return EFILE_E_NOMEM;
	TRY(calendar_init(&cursor->calendar, ctx, name));
	TRY(calendar_year(&cursor->calendar, ctx, year));
	cursor->ctx = ctx;
	*out = STEAL(cursor);
	return EFILE_OK;
}

efile_status efile_holiday_cursor_next(efile_holiday_cursor *cursor, efile_holiday *holiday)
{
	if (!cursor || !holiday)
		return EFILE_E_INVALID;
	error_clear(cursor->ctx);
	if (cursor->next == cursor->calendar.count)
		return EFILE_DONE;
	holiday_fill(holiday, &cursor->calendar.days[cursor->next++], cursor->ctx);
	return EFILE_OK;
}

void efile_holiday_cursor_free(efile_holiday_cursor *cursor)
{
	free(cursor);
}
