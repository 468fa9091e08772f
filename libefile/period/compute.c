/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public side of legal periods: a rule, a start, a place; a date with its derivation. */
#include "period/inner.h"

#include <stdlib.h>
#include <string.h>

DEFINE_AUTO_PTR(efile_period, efile_period_free)

static const name_row states[] = {
	{ EFILE_PERIOD_FINAL, "final" },
	{ EFILE_PERIOD_WAITS, "waits_for_event" },
	{ EFILE_PERIOD_ASK_PLACE, "ask_place" },
	{ EFILE_PERIOD_LAW_OPEN, "law_unconfirmed" },
};

const char *efile_period_state_name(efile_period_state state)
{
	const char *name = TABLE_NAME(states, (int)state);

	return name ? name : "";
}

/* ---- places ---- */

/* "BW" or "DE-BW", with the key of the municipality or without; a key alone names its Land. */
static efile_status place_init(place_ref *out, efile_ctx *ctx, const char *land, const char *key)
{
	AUTO(buf) name = BUF_INIT;

	if ((!land || !*land) && (!key || !*key))
		return EFILE_OK;
	if (!land || !*land)
		land = calendar_land_of_key(key);
	buf_add_format(&name, "%s%s", str_starts_with(land, "DE-") ? "" : "DE-", land);
	if (key && *key)
		buf_add_format(&name, "/%s", key);
	TRY(buf_status(&name, ctx));
	TRY(calendar_init(&out->days, ctx, buf_text(&name)));
	out->known = true;
	return EFILE_OK;
}

static const char *land_name(const place_ref *place)
{
	return place->known ? place->days.scope + 3 : "";
}

/* ---- computing ---- */

static void steps_clear(efile_period *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->steps[i].text_de);
		free(p->steps[i].text_en);
		free(p->steps[i].law);
	}
	p->count = 0;
}

/* The start as a day and as an instant; an instant counts by its local day. */
static efile_status read_start(work *w, const rule_row *rule, const char *from)
{
	if (efile_date_parse(&w->day, from) == EFILE_OK) {
		if (str_equal(rule->start, "instant"))
			return FAIL(w->ctx, EFILE_E_INVALID, 1916,
				    "rule %s starts at an instant, not on a day: %s", rule->rule, from);
		w->at = local_day_end(date_plus(w->day, -1));
	} else if (efile_time_parse(&w->at, from) == EFILE_OK) {
		w->day = local_date(w->at);
	} else {
		return FAIL(w->ctx, EFILE_E_INVALID, 1917, "neither a date nor an instant: %s", from);
	}
	w->start = w->day;
	return EFILE_OK;
}

static efile_status run(work *w, const rule_row *rule, const char *from)
{
	bool instant = from && strchr(from, 'T') != NULL;

	w->place = &w->seat;
	if (from)
		TRY(read_start(w, rule, from));
	if (instant && str_equal(rule->start, "day"))
		TRY(note_here(w, "LOCAL_DAY"));
	return work_run(w, rule);
}

/* The same once more under another reading, silently: an equal date makes the question idle. */
static efile_status other_reading(efile_period *p, const work *first, const work *second,
				  efile_period_state state, const char *from)
{
	work w = *second;

	w.result = NULL;
	TRY(run(&w, p->rule, from));
	if (!date_compare(w.day, first->day))
		return EFILE_OK;
	p->other = w.day;
	p->state = state;
	return EFILE_OK;
}

static efile_status derive(efile_period *p, work *fresh, const char *from)
{
	work w = *fresh, other = *fresh;

	w.place = &w.seat;
	TRY(run(&w, p->rule, from));
	p->date = w.day;
	p->end = w.exact ? w.at : local_day_end(w.day);
	if (w.open_law) {
		other.other_law = true;
		TRY(other_reading(p, &w, &other, EFILE_PERIOD_LAW_OPEN, from));
		other.other_law = false;
	}
	if (w.asked) {
		other.closed = true;
		TRY(other_reading(p, &w, &other, EFILE_PERIOD_ASK_PLACE, from));
	}
	return EFILE_OK;
}

static efile_status check_rule(efile_ctx *ctx, const rule_row *rule, const work *w, const char *name)
{
	if (!rule)
		return FAIL(ctx, EFILE_E_NOTFOUND, 1918, "no such rule of periods: %s",
			    name ? name : "");
	if (!str_equal(rule->land, "DE") && w->seat.known && !str_equal(rule->land, w->land))
		return FAIL(ctx, EFILE_E_INVALID, 1919, "rule %s is law of %s, not of %s", rule->rule,
			    rule->land, w->land);
	return EFILE_OK;
}

static efile_status no_start(efile_period *p, work *w)
{
	p->state = EFILE_PERIOD_WAITS;
	return note(w, (efile_date){ 0, 0, 0, 0 }, "WAITS_FOR_EVENT");
}

static efile_status begin(efile_period **out, work *w, const char *rule, const char *from,
			  const efile_period_options *o)
{
	AUTO_PTR(efile_period) p = mem_new(w->ctx, sizeof(*p));

	if (!p)
		return EFILE_E_NOMEM;
	p->ctx = w->ctx;
	TRY(place_init(&w->seat, w->ctx, o->land, o->place));
	w->land = land_name(&w->seat);
	p->rule = period_rule_find(rule);
	TRY(check_rule(w->ctx, p->rule, w, rule));
	memcpy(p->land, w->land, strlen(w->land));
	memcpy(p->place, w->seat.days.place, sizeof(p->place));
	TRY(mem_dup(&p->from, w->ctx, from));
	TRY(mem_dup(&p->given, w->ctx, o->parameters));
	w->result = p;
	*out = STEAL(p);
	return EFILE_OK;
}

efile_status efile_period_compute(efile_period **out, efile_ctx *ctx, const char *rule,
				  const char *from, const efile_period_options *options)
{
	efile_period_options o = EFILE_PERIOD_OPTIONS_INIT;
	AUTO(parameters) given = { .count = 0 };
	AUTO_PTR(efile_period) p = NULL;
	work w = { .ctx = ctx, .given = &given };

	if (!ctx || !out)
		return EFILE_E_INVALID;
	error_clear(ctx);
	TRY(options_import(ctx, &o, sizeof(o), options));
	TRY(begin(&p, &w, rule, from && *from ? from : NULL, &o));
	TRY(parameters_read(&given, ctx, p->rule, o.parameters));
	TRY(place_init(&w.to, ctx, parameter_text(&given, "to_land"),
		       parameter_text(&given, "to_ags")));
	if (!p->from && !str_equal(p->rule->start, "none"))
		TRY(no_start(p, &w));
	else
		TRY(derive(p, &w, p->from));
	*out = STEAL(p);
	return EFILE_OK;
}

void efile_period_free(efile_period *period)
{
	if (!period)
		return;
	steps_clear(period);
	free(period->steps);
	free(period->from);
	free(period->given);
	free(period);
}

void efile_period_options_init(efile_period_options *options)
{
	static const efile_period_options defaults = EFILE_PERIOD_OPTIONS_INIT;

	if (options)
		*options = defaults;
}

/* ---- what came out ---- */

efile_date efile_period_date(const efile_period *period)
{
	return period ? period->date : (efile_date){ 0, 0, 0, 0 };
}

efile_date efile_period_other(const efile_period *period)
{
	return period ? period->other : (efile_date){ 0, 0, 0, 0 };
}

efile_time efile_period_end(const efile_period *period)
{
	return period ? period->end : 0;
}

efile_period_state efile_period_state_of(const efile_period *period)
{
	return period ? period->state : EFILE_PERIOD_WAITS;
}

const efile_period_step *efile_period_step_at(efile_period *period, size_t index)
{
	const derivation_step *step;

	if (!period || index >= period->count)
		return NULL;
	step = &period->steps[index];
	period->shown.date = step->date;
	period->shown.code = step->code;
	period->shown.law = step->law;
	period->shown.text =
		period->ctx->language == EFILE_LANGUAGE_DE ? step->text_de : step->text_en;
	return &period->shown;
}

static void json_step(json_writer *w, const derivation_step *step)
{
	json_object(w);
	json_put_date(w, "date", step->date);
	json_put_text(w, "code", step->code);
	json_put_text(w, "law", step->law);
	json_put_text(w, "text_de", step->text_de);
	json_put_text(w, "text_en", step->text_en);
	json_end_object(w);
}

static void json_optional(json_writer *w, const char *key, const char *text)
{
	json_put_text(w, key, text && *text ? text : NULL);
}

static void json_result(json_writer *w, const efile_period *p)
{
	json_put_text(w, "schema", "efile.period.v1");
	json_put_text(w, "rule", p->rule->rule);
	json_optional(w, "from", p->from);
	json_optional(w, "land", p->land);
	json_optional(w, "place", p->place);
	json_optional(w, "parameters", p->given);
	json_put_date(w, "date", p->date);
	json_key(w, "end");
	if (p->state == EFILE_PERIOD_WAITS) {
		json_null(w);
	} else {
		char text[EFILE_TIME_TEXT_SIZE];

		json_text(w, efile_time_format(p->end, text));
	}
	json_put_text(w, "state", efile_period_state_name(p->state));
	json_put_date(w, "other", p->other);
	json_put_text(w, "law", p->rule->law);
	json_put_text(w, "tables", period_tables_version());
}

efile_status efile_period_json(char **json_out, const efile_period *period)
{
	AUTO(buf) text = BUF_INIT;
	json_writer w;

	if (!json_out || !period)
		return EFILE_E_INVALID;
	error_clear(period->ctx);
	json_begin(&w, &text);
	json_object(&w);
	json_result(&w, period);
	json_key(&w, "steps");
	json_array(&w);
	for (size_t i = 0; i < period->count; i++)
		json_step(&w, &period->steps[i]);
	json_end_array(&w);
	json_end_object(&w);
	return buf_take(json_out, &text, period->ctx);
}

/* ---- the rules there are ---- */

efile_status efile_period_rule_at(efile_period_rule *out, efile_ctx *ctx, size_t index)
{
	const rule_row *row;
	bool german;

	if (!out || !ctx)
		return EFILE_E_INVALID;
	error_clear(ctx);
	if (index >= period_rule_count())
		return EFILE_DONE;
	row = period_rule(index);
	german = ctx->language == EFILE_LANGUAGE_DE;
	*out = (efile_period_rule){ .name = row->rule, .land = row->land, .law = row->law,
				    .valid_from = row->valid_from, .valid_to = row->valid_to,
				    .status = row->status, .start = row->start,
				    .parameters = str_equal(row->parameters, "-") ? "" : row->parameters,
				    .title = german ? row->name_de : row->name_en };
	return EFILE_OK;
}
