/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tables of schemas/periods, compiled in, and looking things up in them. */
#include "period/inner.h"

#include <stdlib.h>
#include <string.h>

static const rule_row rule_rows[] = {
#include "schemas/periods/rules.tsv.inc"
};

static const step_row step_rows[] = {
#include "schemas/periods/steps.tsv.inc"
};

static const notification_row notification_rows[] = {
#include "schemas/periods/notification.tsv.inc"
};

static const law_row law_rows[] = {
#include "schemas/periods/laws.tsv.inc"
};

static const zone_row zone_rows[] = {
#include "schemas/periods/zone.tsv.inc"
};

static const code_row code_rows[] = {
#include "schemas/periods/codes.tsv.inc"
};

static const struct version_row {
	const char *version;
} version_rows[] = {
#include "schemas/periods/version.tsv.inc"
};

const char *period_tables_version(void)
{
	return version_rows[0].version;
}

size_t period_rule_count(void)
{
	return ARRAY_SIZE(rule_rows);
}

const rule_row *period_rule(size_t index)
{
	return &rule_rows[index];
}

const rule_row *period_rule_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(rule_rows); i++)
		if (str_equal(rule_rows[i].rule, name))
			return &rule_rows[i];
	return NULL;
}

const step_row *period_steps(size_t *count)
{
	*count = ARRAY_SIZE(step_rows);
	return step_rows;
}

/* Days as text compare like days. */
bool period_row_valid(const char *from, const char *to, efile_date date)
{
	char day[EFILE_DATE_TEXT_SIZE];

	efile_date_format(date, day);
	return (!*from || strcmp(day, from) >= 0) && (!*to || strcmp(day, to) <= 0);
}

/* The row of the Land goes before the one of DE. */
const notification_row *period_notification(const char *act, const char *land, efile_date posted)
{
	const notification_row *found = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(notification_rows); i++) {
		const notification_row *row = &notification_rows[i];
		bool own = str_equal(row->land, land);

		if (str_equal(row->act, act) && (own || str_equal(row->land, "DE")) &&
		    period_row_valid(row->valid_from, row->valid_to, posted) &&
		    (own || !found || str_equal(found->land, "DE")))
			found = row;
	}
	return found;
}

const char *period_law(const char *act, const char *land)
{
	const char *federal = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(law_rows); i++) {
		if (!str_equal(law_rows[i].act, act))
			continue;
		if (str_equal(law_rows[i].land, land))
			return law_rows[i].law;
		if (str_equal(law_rows[i].land, "DE"))
			federal = law_rows[i].law;
	}
	return federal;
}

const zone_row *period_zone(int32_t year)
{
	const zone_row *found = &zone_rows[0];

	for (size_t i = 1; i < ARRAY_SIZE(zone_rows); i++)
		if (atoi(zone_rows[i].from_year) <= year)
			found = &zone_rows[i];
	return found;
}

const code_row *period_code(const char *code)
{
	for (size_t i = 0; i < ARRAY_SIZE(code_rows); i++) {
		size_t length = strlen(code_rows[i].code);

		if (str_equal(code_rows[i].code, code))
			return &code_rows[i];
		if (code_rows[i].code[length - 1] == '*' &&
		    strncmp(code_rows[i].code, code, length - 1) == 0)
			return &code_rows[i];
	}
	return NULL;
}
