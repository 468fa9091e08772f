/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Legal periods, public holidays: no store is needed. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"

enum { GIVEN_ROOM = 1024 };

/* --days, --weeks, --months and --years are short for two parameters. */
static const struct {
	const char *option, *unit;
} lengths[] = {
	{ "days", "D" }, { "weeks", "W" }, { "months", "M" }, { "years", "Y" },
};

static bool add_given(char *given, const char *text)
{
	size_t used = strlen(given);

	if (used + strlen(text) + 2 > GIVEN_ROOM)
		return false;
	snprintf(given + used, GIVEN_ROOM - used, "%s%s", used ? ";" : "", text);
	return true;
}

/* Whether the rule takes a unit: only then --days says one. */
static bool takes_unit(tool *t, const char *name)
{
	efile_period_rule rule;

	for (size_t i = 0; efile_period_rule_at(&rule, t->ctx, i) == EFILE_OK; i++)
		if (strcmp(rule.name, name) == 0)
			return strncmp(rule.parameters, "unit:", 5) == 0;
	return false;
}

static int collect(tool *t, char *given, const char *rule)
{
	const char *text;
	char pair[64];

	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		long n = tool_number(t, lengths[i].option, -2, 0, 100000);

		if (n == -1)
			return EXIT_USAGE;
		if (n < 0)
			continue;
		snprintf(pair, sizeof(pair), "unit=%s", lengths[i].unit);
		if (takes_unit(t, rule))
			add_given(given, pair);
		snprintf(pair, sizeof(pair), "n=%ld", n);
		add_given(given, pair);
	}
	for (int i = 0; (text = tool_value(t, "with", i)) != NULL; i++)
		if (!add_given(given, text))
			return usage(t, "the parameters are too long");
	return EXIT_DONE;
}

static void print_period(tool *t, efile_period *p)
{
	char text[EFILE_TIME_TEXT_SIZE];
	const efile_period_step *step;

	if (efile_period_state_of(p) != EFILE_PERIOD_WAITS)
		put("%s\n", efile_date_format(efile_period_date(p), text));
	for (size_t i = 0; (step = efile_period_step_at(p, i)) != NULL; i++)
		put("  %-28s %s\n", step->code, step->text);
	efile_date_format(efile_period_other(p), text);
	if (efile_period_state_of(p) == EFILE_PERIOD_ASK_PLACE)
		out(t, "the place decides: where the holiday is kept it is %s; name it with --place", text);
	if (efile_period_state_of(p) == EFILE_PERIOD_LAW_OPEN)
		out(t, "a change of the Land's act is not confirmed: by the older text it is %s", text);
}

static int list_rules(tool *t)
{
	efile_period_rule rule;

	for (size_t i = 0; efile_period_rule_at(&rule, t->ctx, i) == EFILE_OK; i++) {
		if (!t->json) {
			put("%-20s %s (%s)\n", rule.name, rule.title, rule.law);
			if (*rule.parameters)
				put("%-20s   %s\n", "", rule.parameters);
			continue;
		}
		json_line(t, "period_rule");
		json_string(t, "rule", rule.name);
		json_string(t, "title", rule.title);
		json_string(t, "land", rule.land);
		json_string(t, "law", rule.law);
		json_string(t, "valid_from", *rule.valid_from ? rule.valid_from : NULL);
		json_string(t, "valid_to", *rule.valid_to ? rule.valid_to : NULL);
		json_string(t, "start", rule.start);
		json_string(t, "status", rule.status);
		json_string(t, "parameters", rule.parameters);
		json_line_end(t);
	}
	return EXIT_DONE;
}

static int compute(tool *t, const char *rule, const char *from)
{
	efile_period_options o = EFILE_PERIOD_OPTIONS_INIT;
	char given[GIVEN_ROOM] = "", *json = NULL;
	efile_period *p = NULL;
	int code = collect(t, given, rule);

	if (code != EXIT_DONE)
		return code;
	o.land = tool_value(t, "land", 0);
	o.place = tool_value(t, "place", 0);
	o.parameters = given;
	if (efile_period_compute(&p, t->ctx, rule, from && strcmp(from, "-") ? from : NULL, &o) !=
		    EFILE_OK ||
	    efile_period_json(&json, p) != EFILE_OK)
		code = fail(t);
	else if (t->json)
		puts(json);
	else
		print_period(t, p);
	if (p && efile_period_state_of(p) != EFILE_PERIOD_FINAL)
		code = worse(code, EXIT_FINDINGS);
	efile_free(json);
	efile_period_free(p);
	return code;
}

int cmd_period(tool *t, int count, char **arguments)
{
	if (tool_has(t, "list"))
		return list_rules(t);
	if (!count)
		return usage(t, "name a rule, or --list");
	return compute(t, arguments[0], count > 1 ? arguments[1] : NULL);
}

int cmd_holidays(tool *t, int count, char **arguments)
{
	efile_holiday_cursor *cursor = NULL;
	char name[32], text[EFILE_DATE_TEXT_SIZE];
	efile_holiday day;
	efile_status status;

	(void)count;
	snprintf(name, sizeof(name), "%s%.20s", strncmp(arguments[0], "DE-", 3) ? "DE-" : "", arguments[0]);
	status = efile_holidays(&cursor, t->ctx, name, (int32_t)strtol(arguments[1], NULL, 10));
	while (status == EFILE_OK && (status = efile_holiday_cursor_next(cursor, &day)) == EFILE_OK) {
		efile_date_format(day.date, text);
		if (!t->json) {
			put("%s  %s%s\n", text, day.name, day.answer == EFILE_DAY_ASK ? " (?)" : "");
			continue;
		}
		json_line(t, "holiday");
		json_string(t, "date", text);
		json_string(t, "code", day.code);
		json_string(t, "name", day.name);
		json_string(t, "answer", day.answer == EFILE_DAY_ASK ? "ask" : "yes");
		json_string(t, "law", day.law);
		json_line_end(t);
	}
	efile_holiday_cursor_free(cursor);
	return status < 0 ? fail(t) : EXIT_DONE;
}
