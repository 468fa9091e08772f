/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "unit/model_support.h"

static bool same(efile_plan_id a, efile_plan_id b)
{
	return id_compare(&a.id, &b.id) == 0;
}

static void test_inheritance(void)
{
	registry r;
	efile_plan_options o;
	efile_plan_rules rules;
	AUTO_PTR(efile_plan) top = NULL;
	AUTO_PTR(efile_plan) unit = NULL;

	registry_setup(&r);
	TAP_EQUAL_INT(efile_plan_load(&top, r.town.admin, r.top), EFILE_OK);
	efile_plan_options_of(top, &o);
	TAP_EQUAL_TEXT(o.code, "10");
	o.retention_years = 10;
	o.retention_start = EFILE_RETENTION_START_YEAR_END;
	o.disposal = EFILE_DISPOSAL_KEEP;
	TAP_EQUAL_INT(efile_plan_update(r.town.admin, r.top, efile_plan_revision(top), &o), EFILE_OK);
	TAP_EQUAL_INT(efile_plan_update(r.town.admin, r.top, efile_plan_revision(top), &o),
		      EFILE_E_CONFLICT);

	TAP_EQUAL_INT(efile_plan_by_code(&unit, r.weber, "10.24"), EFILE_OK);
	TAP_OK(same(efile_plan_parent(unit), r.top));
	efile_plan_options_of(unit, &o);
	TAP_EQUAL_INT(o.retention_years, EFILE_RETENTION_INHERITED);
	o.disposal = EFILE_DISPOSAL_DESTROY;
	o.retention_years = EFILE_RETENTION_UNLIMITED;
	TAP_EQUAL_INT(efile_plan_update(r.town.admin, r.unit, efile_plan_revision(unit), &o), EFILE_OK);

	/* Each rule with the unit that says so. */
	TAP_EQUAL_INT(efile_plan_effective(&rules, r.weber, r.unit), EFILE_OK);
	TAP_EQUAL_INT(rules.retention_years, EFILE_RETENTION_UNLIMITED);
	TAP_OK(same(rules.retention_years_from, r.unit));
	TAP_EQUAL_INT(rules.retention_start, EFILE_RETENTION_START_YEAR_END);
	TAP_OK(same(rules.retention_start_from, r.top));
	TAP_EQUAL_INT(rules.disposal, EFILE_DISPOSAL_DESTROY);
	TAP_OK(same(rules.disposal_from, r.unit));
	TAP_EQUAL_INT(rules.access_list, r.list);
	TAP_OK(same(rules.access_list_from, r.top));
	TAP_EQUAL_TEXT(rules.pattern, "{plan.code}-{dossier:04}/{case:03}-{yyyy}");

	/* What nobody says. */
	TAP_EQUAL_INT(efile_plan_effective(&rules, r.weber, r.other), EFILE_OK);
	TAP_EQUAL_INT(rules.retention_years, EFILE_RETENTION_UNLIMITED);
	TAP_OK(efile_id_is_none(&rules.retention_years_from.id));
	TAP_EQUAL_INT(rules.disposal, EFILE_DISPOSAL_APPRAISE);
	TAP_EQUAL_INT(rules.access_list, 0);
	TAP_EQUAL_TEXT(rules.pattern, "{plan.code}-{dossier:04}/{case:03}");
	registry_teardown(&r);
}

static const struct refused_case {
	const char *name;
	efile_plan_options o;
	efile_status status;
} refused_cases[] = {
	{ "no code", { .title = "t" }, EFILE_E_INVALID },
	{ "no title", { .code = "99" }, EFILE_E_INVALID },
	{ "code in use", { .code = "10", .title = "t" }, EFILE_E_EXISTS },
	{ "years", { .code = "99", .title = "t", .retention_years = 1001 }, EFILE_E_INVALID },
	{ "negative years", { .code = "99", .title = "t", .retention_years = -3 }, EFILE_E_INVALID },
	{ "start", { .code = "99", .title = "t", .retention_start = 4 }, EFILE_E_INVALID },
	{ "disposal", { .code = "99", .title = "t", .disposal = 4 }, EFILE_E_INVALID },
	{ "level", { .code = "99", .title = "t", .confidentiality = 5 }, EFILE_E_INVALID },
	{ "pattern", { .code = "99", .title = "t", .pattern = "x" }, EFILE_E_INVALID },
	{ "list", { .code = "99", .title = "t", .access_list = 999999 }, EFILE_E_NOTFOUND },
	{ "date", { .code = "99", .title = "t", .valid_from = { 2026, 2, 30, 0 } }, EFILE_E_INVALID },
	{ "parent", { .code = "99", .title = "t", .parent = { { { 1 } } } }, EFILE_E_NOTFOUND },
	{ "bad UTF-8", { .code = "99", .title = "\xff" }, EFILE_E_INVALID },
};

static void test_refused(void)
{
	registry r;
	efile_plan_options o;

	registry_setup(&r);
	for (size_t i = 0; i < ARRAY_SIZE(refused_cases); i++) {
		tap_case(refused_cases[i].name);
		o = refused_cases[i].o;
		o.size = sizeof(o);
		TAP_EQUAL_INT(efile_plan_create(NULL, r.town.admin, &o), refused_cases[i].status);
	}
	efile_plan_options_init(&o);
	o.code = "99";
	o.title = "t";
	TAP_EQUAL_INT(efile_plan_create(NULL, r.chief, &o), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_plan_create(NULL, NULL, &o), EFILE_E_INVALID);
	registry_teardown(&r);
}

static void test_children(void)
{
	registry r;
	efile_plan_cursor *cursor = NULL;
	efile_plan *plan = NULL;
	char code[16];
	int n = 0;

	registry_setup(&r);
	for (int i = 0; i < 150; i++) {
		snprintf(code, sizeof(code), "20.%03d", i);
		registry_plan(&r, r.other, code, NULL, 0);
	}
	TAP_EQUAL_INT(efile_plan_children(&cursor, r.weber, r.other, "20.019"), EFILE_OK);
	while (efile_plan_cursor_next(cursor, &plan) == EFILE_OK) {
		snprintf(code, sizeof(code), "20.%03d", 20 + n++);
		TAP_EQUAL_TEXT(efile_plan_code(plan), code);
		efile_plan_free(plan);
	}
	TAP_EQUAL_INT(n, 130);
	efile_plan_cursor_free(cursor);
	TAP_EQUAL_INT(efile_plan_children(&cursor, r.weber, (efile_plan_id){ EFILE_ID_NONE }, NULL),
		      EFILE_OK);
	TAP_EQUAL_INT(efile_plan_cursor_next(cursor, &plan), EFILE_OK);
	TAP_EQUAL_TEXT(efile_plan_title(plan), "10");
	efile_plan_free(plan);
	TAP_EQUAL_INT(efile_plan_cursor_next(cursor, &plan), EFILE_OK);
	TAP_EQUAL_TEXT(efile_plan_code(plan), "20");
	efile_plan_free(plan);
	TAP_EQUAL_INT(efile_plan_cursor_next(cursor, &plan), EFILE_DONE);
	TAP_EQUAL_INT(efile_plan_cursor_next(cursor, &plan), EFILE_DONE);
	efile_plan_cursor_free(cursor);
	efile_plan_cursor_free(NULL);
	efile_plan_free(NULL);
	registry_teardown(&r);
}

static void test_validity(void)
{
	registry r;
	efile_plan_options o;
	efile_node_options n;
	AUTO_PTR(efile_plan) plan = NULL;

	registry_setup(&r);
	efile_plan_options_init(&o);
	o.code = "30";
	o.title = "abgeschafft";
	o.access_list = r.list;
	o.valid_to = town_day(2026, 3, 1); /* the clock stands at 2 March */
	TAP_EQUAL_INT(efile_plan_create(&plan, r.town.admin, &o), EFILE_OK);
	efile_node_options_init(&n);
	n.title = "x";
	TAP_EQUAL_INT(efile_dossier_create(NULL, r.weber, efile_plan_unit_id(plan), &n), EFILE_E_STATE);
	o.valid_to = town_day(2026, 3, 2);
	TAP_EQUAL_INT(efile_plan_update(r.town.admin, efile_plan_unit_id(plan),
					efile_plan_revision(plan), &o), EFILE_OK);
	TAP_EQUAL_INT(efile_dossier_create(NULL, r.weber, efile_plan_unit_id(plan), &n), EFILE_OK);
	registry_teardown(&r);
}

TAP_SUITE(model_plan) = {
	{ "rules are inherited, with their source", test_inheritance },
	{ "refuses what is wrong", test_refused },
	{ "lists children behind a code", test_children },
	{ "units are valid for a time", test_validity },
	TAP_END,
};
