/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Templates: what they bring, that they come twice without a trace, that they come whole or not. */
#include <efile/template.h>

#include <string.h>

#include "unit/desk_support.h"

static void test_brings(void)
{
	AUTO_PTR(char) doctype = NULL;
	efile_actor_id role;
	town t;

	town_setup(&t);
	TAP_EQUAL_INT(efile_template_apply(t.admin, "municipal", "BW"), EFILE_OK);
	TAP_EQUAL_INT(efile_actor_find(&role, t.admin, "poststelle"), EFILE_OK);
	TAP_EQUAL_INT(efile_doctype_load(&doctype, t.admin, "invoice"), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_start(&(efile_instance_id){ EFILE_ID_NONE }, t.admin, "none", NULL),
		      EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(town_logged(&t, "flow.deployed", NULL), 1);
	TAP_EQUAL_INT(town_logged(&t, "intake.rule_set", NULL), 6);
	TAP_EQUAL_INT(town_logged(&t, "access.refused", NULL), 0);
	desk_fsck(t.store);
	town_teardown(&t);
}

/* The Land's rows lie over the common ones (schemas/municipal): the common one says nothing about
 * personnel files, which would inherit 10 years; both Länder say 5. */
static void test_land(void)
{
	static const char *const lands[] = { "BW", "HE" };

	for (size_t i = 0; i < ARRAY_SIZE(lands); i++) {
		AUTO(plan_record) plan = { .head = { 0, 0 } };
		town t;

		tap_case(lands[i]);
		town_setup(&t);
		TAP_EQUAL_INT(efile_template_apply(t.admin, "municipal", lands[i]), EFILE_OK);
		TAP_EQUAL_INT(plan_find_code(&plan, t.store, "05"), EFILE_OK);
		TAP_EQUAL_INT(plan.retention.value, 5);
		desk_fsck(t.store);
		town_teardown(&t);
	}
}

static void test_twice(void)
{
	int64_t before;
	town t;

	town_setup(&t);
	TAP_EQUAL_INT(efile_template_apply(t.admin, "municipal", "BW"), EFILE_OK);
	before = desk_entries(t.store);
	TAP_EQUAL_INT(efile_template_apply(t.admin, "municipal", "BW"), EFILE_OK);
	TAP_EQUAL_INT(desk_entries(t.store), before);
	TAP_EQUAL_INT(efile_template_apply(t.admin, "municipal", "HE"), EFILE_OK);
	TAP_EQUAL_INT(desk_entries(t.store), before);
	town_teardown(&t);
}

/* What the clerks changed is theirs: rules and types too. */
static void test_keeps_changes(void)
{
	efile_intake_rule rule;
	AUTO_PTR(char) before = NULL;
	AUTO_PTR(char) after = NULL;
	int64_t entries;
	town t;

	town_setup(&t);
	TAP_EQUAL_INT(efile_doctype_define(t.admin, "letter", "Brief", NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_doctype_load(&before, t.admin, "letter"), EFILE_OK);
	TAP_EQUAL_INT(efile_template_apply(t.admin, "municipal", "HE"), EFILE_OK);
	TAP_EQUAL_INT(efile_doctype_load(&after, t.admin, "letter"), EFILE_OK);
	TAP_EQUAL_TEXT(after, before);
	efile_intake_rule_init(&rule);
	rule.name = "roads";
	rule.order = 400;
	rule.condition = "false";
	rule.plan = "63";
	rule.title = "\"nie\"";
	TAP_EQUAL_INT(efile_intake_rule_set(t.admin, &rule), EFILE_OK);
	entries = town_logged(&t, "intake.rule_set", NULL);
	TAP_EQUAL_INT(efile_template_apply(t.admin, "municipal", "HE"), EFILE_OK);
	TAP_EQUAL_INT(town_logged(&t, "intake.rule_set", NULL), entries);
	town_teardown(&t);
}

static void test_refusals(void)
{
	efile_session *weber;
	int64_t before;
	town t;

	town_setup(&t);
	weber = town_session(&t, "m.weber", NULL, NULL);
	before = desk_entries(t.store);
	TAP_EQUAL_INT(efile_template_apply(t.admin, "municipal", "XX"), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_template_apply(t.admin, "municipal", ""), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_template_apply(t.admin, "municipal", NULL), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_template_apply(t.admin, "state", "BW"), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_template_apply(t.admin, NULL, "BW"), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_template_apply(NULL, "municipal", "BW"), EFILE_E_INVALID);
	TAP_EQUAL_INT(desk_entries(t.store), before);
	TAP_EQUAL_INT(efile_template_apply(weber, "municipal", "BW"), EFILE_E_DENIED);
	TAP_EQUAL_INT(town_logged(&t, "actor.created", NULL), 6);
	TAP_EQUAL_INT(efile_template_apply(t.admin, "municipal", "BW"), EFILE_OK);
	TAP_EQUAL_INT(efile_template_apply(weber, "municipal", "BW"), EFILE_E_DENIED);
	efile_session_close(weber);
	town_teardown(&t);
}

/* ---- without memory ---- */

static efile_status apply_once(efile_ctx *ctx, void *arg)
{
	town *t = arg;

	(void)ctx;
	return efile_template_apply(t->admin, "municipal", "BW");
}

static void test_memory(void)
{
	town t;

	town_setup(&t);
	TAP_OK(fail_each(apply_once, &t) > 100);
	TAP_EQUAL_INT(town_logged(&t, "intake.rule_set", NULL), 6);
	TAP_EQUAL_INT(town_logged(&t, "flow.deployed", NULL), 1);
	desk_fsck(t.store);
	town_teardown(&t);
}

TAP_SUITE(api_template) = {
	{ "brings what it names", test_brings },
	{ "the Land's rows come first", test_land },
	{ "changes nothing the second time", test_twice },
	{ "leaves what clerks changed", test_keeps_changes },
	{ "refusals change nothing", test_refusals },
	{ "out of memory", test_memory },
	TAP_END,
};
