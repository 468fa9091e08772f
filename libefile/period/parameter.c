/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parameters of a rule: what its row in rules.tsv declares, what the caller gave. */
#include "period/inner.h"

#include <stdlib.h>
#include <string.h>

enum { NUMBER_MAX = 100000 };

void parameters_clear(parameters *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->rows[i].value);
	p->count = 0;
}

static parameter *find(const parameters *p, const char *name, size_t length)
{
	for (size_t i = 0; i < p->count; i++)
		if (strlen(p->rows[i].name) == length && !memcmp(p->rows[i].name, name, length))
			return (parameter *)&p->rows[i];
	return NULL;
}

const char *parameter_text(const parameters *p, const char *name)
{
	const parameter *row = find(p, name, strlen(name));

	return row ? row->value : NULL;
}

long parameter_number(const parameters *p, const char *name)
{
	const char *text = parameter_text(p, name);

	return text ? strtol(text, NULL, 10) : 0;
}

bool parameter_date(efile_date *out, const parameters *p, const char *name)
{
	const char *text = parameter_text(p, name);

	return text && efile_date_parse(out, text) == EFILE_OK;
}

/* "kind=ao abroad=0": all must hold. */
bool parameters_match(const parameters *p, const char *when)
{
	while (*when) {
		size_t length = strcspn(when, " "), name = strcspn(when, "=");
		const parameter *row = find(p, when, name);

		if (!row || !row->value || strlen(row->value) != length - name - 1 ||
		    memcmp(row->value, when + name + 1, length - name - 1) != 0)
			return false;
		when += length;
		when += *when == ' ';
	}
	return true;
}

/* A day of a list; what stands behind it is a comma or the end. */
static bool day_of(efile_date *out, const char **list, char end)
{
	char day[11];
	size_t length = strcspn(*list, end == '/' ? "/" : ",");

	if (length != 10)
		return false;
	memcpy(day, *list, 10);
	day[10] = '\0';
	*list += 10;
	*list += **list != '\0';
	return efile_date_parse(out, day) == EFILE_OK;
}

bool dates_next(efile_date *out, const char **list)
{
	return **list && day_of(out, list, ',');
}

bool pauses_next(efile_date *from, efile_date *to, const char **list)
{
	return **list && day_of(from, list, '/') && day_of(to, list, ',');
}

/* ---- types ---- */

static bool is_number(const char *text, const char *type)
{
	long n = strtol(text, NULL, 10);

	(void)type;
	return *text && strspn(text, "0123456789") == strlen(text) && strlen(text) <= 6 && n <= NUMBER_MAX;
}

static bool is_flag(const char *text, const char *type)
{
	(void)type;
	return str_equal(text, "0") || str_equal(text, "1");
}

static bool is_date(const char *text, const char *type)
{
	efile_date unused;

	(void)type;
	return efile_date_parse(&unused, text) == EFILE_OK;
}

static bool is_dates(const char *text, const char *type)
{
	efile_date unused;

	(void)type;
	while (dates_next(&unused, &text))
		;
	return !*text;
}

static bool is_pauses(const char *text, const char *type)
{
	efile_date from, to;
	size_t count = 0;

	(void)type;
	while (pauses_next(&from, &to, &text))
		if (date_compare(from, to) > 0 || ++count > PAUSES_MAX)
			return false;
	return !*text;
}

static bool is_instant(const char *text, const char *type)
{
	efile_time unused;

	(void)type;
	return efile_time_parse(&unused, text) == EFILE_OK;
}

static bool is_wall(const char *text, const char *type)
{
	(void)type;
	return strlen(text) >= 16 && strlen(text) <= 19;
}

static bool is_text(const char *text, const char *type)
{
	(void)text;
	(void)type;
	return true;
}

/* "served|vwvfg|ao" */
static bool is_choice(const char *text, const char *type)
{
	size_t length = strlen(text);

	for (const char *at = type; *at; at += *at == '|') {
		size_t word = strcspn(at, "| =");

		if (word == length && !memcmp(at, text, length))
			return true;
		at += word;
		if (*at != '|')
			break;
	}
	return false;
}

static const struct type {
	const char *name;
	bool (*fits)(const char *text, const char *type);
	bool needed; /* if there is no default */
} types[] = {
	{ "number", is_number, true }, { "flag", is_flag, true }, { "date", is_date, false },
	{ "dates", is_dates, false }, { "pauses", is_pauses, false },
	{ "instant", is_instant, true }, { "wall", is_wall, true }, { "text", is_text, false },
};
static const struct type choice = { "choice", is_choice, true };

static const struct type *type_of(const char *declared)
{
	size_t length = strcspn(declared, "= ");

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (strlen(types[i].name) == length && !memcmp(types[i].name, declared, length))
			return &types[i];
	return &choice;
}

/* ---- reading ---- */

/* The type in the declaration "name:type=default name:type" of a rule; NULL if it has no such. */
static const char *declared_type(const rule_row *rule, const char *name, size_t length)
{
	for (const char *at = rule->parameters; *at; at += *at == ' ') {
		size_t own = strcspn(at, ": ");

		if (own == length && at[own] == ':' && !memcmp(at, name, length))
			return at + own + 1;
		at += strcspn(at, " ");
	}
	return NULL;
}

static efile_status set(parameters *p, efile_ctx *ctx, const rule_row *rule, const char *pair,
			size_t length)
{
	const char *equals = memchr(pair, '=', length);
	size_t name = equals ? (size_t)(equals - pair) : length;
	const char *declared = declared_type(rule, pair, name);
	parameter *row;

	if (!declared || !name || name >= PARAMETER_NAME)
		return FAIL(ctx, EFILE_E_INVALID, 1907, "rule %s has no parameter %.*s", rule->rule,
			    (int)(name < 40 ? name : 40), pair);
	row = find(p, pair, name);
	if (row || p->count == PARAMETERS_MAX)
		return FAIL(ctx, EFILE_E_INVALID, 1908, "parameter %.*s is given twice", (int)name, pair);
	row = &p->rows[p->count];
	memset(row, 0, sizeof(*row));
	memcpy(row->name, pair, name);
	TRY(mem_dup_bytes(&row->value, ctx, equals ? equals + 1 : "1",
			  equals ? length - name - 1 : 1));
	p->count++;
	if (!type_of(declared)->fits(row->value, declared))
		return FAIL(ctx, EFILE_E_INVALID, 1909, "%s is no value of the parameter %s of %s",
			    row->value, row->name, rule->rule);
	return EFILE_OK;
}

/* What was not given takes its default, or is missed. */
static efile_status set_default(parameters *p, efile_ctx *ctx, const rule_row *rule,
				const char *declaration)
{
	size_t name = strcspn(declaration, ": "), length = strcspn(declaration, " ");
	const char *type = declaration + name + 1;
	const char *equals = memchr(declaration, '=', length);
	parameter *row;

	if (find(p, declaration, name))
		return EFILE_OK;
	if (!equals)
		return type_of(type)->needed ?
			       FAIL(ctx, EFILE_E_INVALID, 1910, "rule %s needs the parameter %.*s",
				    rule->rule, (int)name, declaration) :
			       EFILE_OK;
	if (p->count == PARAMETERS_MAX)
		return FAIL(ctx, EFILE_E_INTERNAL, 1911, "rule %s declares too many parameters",
			    rule->rule);
	row = &p->rows[p->count];
	memset(row, 0, sizeof(*row));
	memcpy(row->name, declaration, name < PARAMETER_NAME ? name : PARAMETER_NAME - 1);
	TRY(mem_dup_bytes(&row->value, ctx, equals + 1,
			  (size_t)(declaration + length - equals - 1)));
	p->count++;
	return EFILE_OK;
}

efile_status parameters_read(parameters *out, efile_ctx *ctx, const rule_row *rule,
			     const char *given)
{
	while (given && *given) {
		size_t length = strcspn(given, ";");

		if (length)
			TRY(set(out, ctx, rule, given, length));
		given += length;
		given += *given == ';';
	}
	for (const char *at = rule->parameters; *at && *at != '-'; at += *at == ' ') {
		TRY(set_default(out, ctx, rule, at));
		at += strcspn(at, " ");
	}
	return EFILE_OK;
}
