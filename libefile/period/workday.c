/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Days that are worked, and counting them. The office's days and the Werktage never mix. */
#include "period/period.h"

enum { FRIDAY = 5, SATURDAY = 6 };

static const struct kind_row {
	efile_day_kind kind;
	int last_weekday;
} kinds[] = {
	{ EFILE_OFFICE_DAY, FRIDAY },
	{ EFILE_WERKTAG, SATURDAY }, /* § 3 (2) BUrlG */
};

static const struct kind_row *kind_find(efile_day_kind kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].kind == kind)
			return &kinds[i];
	return NULL;
}

efile_status calendar_working(efile_day_answer *out, calendar *c, efile_ctx *ctx, efile_date date,
			      efile_day_kind kind)
{
	const struct kind_row *row = kind_find(kind);
	const calendar_day *holiday;

	if (!row)
		return FAIL(ctx, EFILE_E_INVALID, 1904, "no such kind of working day: %d", (int)kind);
	TRY(calendar_holiday(&holiday, c, ctx, date));
	if (date_weekday(date) > row->last_weekday)
		*out = EFILE_DAY_NO;
	else if (!holiday)
		*out = EFILE_DAY_YES;
	else
		*out = holiday->answer == EFILE_DAY_ASK ? EFILE_DAY_ASK : EFILE_DAY_NO;
	return EFILE_OK;
}

efile_status efile_is_working_day(efile_day_answer *out, efile_ctx *ctx, const char *name,
				  efile_date date, efile_day_kind kind)
{
	calendar c;

	if (!ctx || !out)
		return EFILE_E_INVALID;
	error_clear(ctx);
	TRY(calendar_init(&c, ctx, name));
	return calendar_working(out, &c, ctx, date, kind);
}

typedef struct count {
	efile_date date;
	int32_t n;
	efile_day_kind kind;
	efile_day_answer partial; /* how a day counts that the place decides: YES worked, NO free */
	efile_date asked;         /* the first such day on the way */
} count;

/* Walks until n working days are passed; the years that the tables know bound it. */
static efile_status count_days(efile_date *out, count *w, calendar *c, efile_ctx *ctx)
{
	int64_t left = w->n < 0 ? -(int64_t)w->n : w->n ? w->n : 1;
	int64_t day = date_to_days(w->date) - (w->n == 0);

	while (left) {
		efile_day_answer answer;
		efile_date date;

		day += w->n < 0 ? -1 : 1;
		date = date_from_days(day);
		TRY(calendar_working(&answer, c, ctx, date, w->kind));
		if (answer == EFILE_DAY_ASK && date_none(w->asked))
			w->asked = date;
		left -= (answer == EFILE_DAY_ASK ? w->partial : answer) == EFILE_DAY_YES;
	}
	*out = date_from_days(day);
	return EFILE_OK;
}

static efile_status place_missing(calendar *c, efile_ctx *ctx, efile_date date)
{
	char text[EFILE_DATE_TEXT_SIZE];
	const calendar_day *day;
	const char *name;

	TRY(calendar_holiday(&day, c, ctx, date));
	name = ctx->language == EFILE_LANGUAGE_DE ? day->row->name_de : day->row->name_en;
	return FAIL(ctx, EFILE_E_INVALID, 1905,
		    "%s (%s) is a holiday in parts of %s only: the place decides", name,
		    efile_date_format(date, text), c->scope);
}

efile_status efile_working_days_add(efile_date *out, efile_date *other, efile_ctx *ctx,
				    const char *name, efile_date date, int32_t n,
				    efile_day_kind kind)
{
	count worked = { date, n, kind, EFILE_DAY_YES, { 0, 0, 0, 0 } };
	count closed = { date, n, kind, EFILE_DAY_NO, { 0, 0, 0, 0 } };
	const calendar_day *unused;
	efile_date near_day, far_day;
	calendar c;

	if (!ctx || !out)
		return EFILE_E_INVALID;
	error_clear(ctx);
	TRY(calendar_init(&c, ctx, name));
	TRY(calendar_holiday(&unused, &c, ctx, date)); /* checks the day */
	TRY(count_days(&near_day, &worked, &c, ctx));
	far_day = near_day;
	if (!date_none(worked.asked))
		TRY(count_days(&far_day, &closed, &c, ctx));
	if (!other && date_compare(near_day, far_day))
		return place_missing(&c, ctx, worked.asked);
	*out = near_day;
	if (other)
		*other = far_day;
	return EFILE_OK;
}
