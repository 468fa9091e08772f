/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Templates: what they bring, that they come twice without a trace, that they come whole or not. */
#include <efile/template.h>

#include <string.h>

#include "api/wiring.h"
#include "store/inner.h"
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
	TAP_EQUAL_INT(town_logged(&t, "flow.deployed", NULL), 3);
	TAP_EQUAL_INT(town_logged(&t, "intake.rule_set", NULL), 8);
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

/* ---- templates that are wrong: nothing of them stays ---- */

#define ENTRY "{\"subject\": \"amt10\", \"rights\": \"read\"},"
#define ENTRIES ENTRY ENTRY ENTRY ENTRY ENTRY ENTRY ENTRY ENTRY

static void test_wrong(void)
{
	static const struct {
		const char *name, *common;
		efile_status status;
		int number;    /* 0: another module's */
	} rows[] = {
		{ "no JSON", "{", EFILE_E_FORMAT, 0 },
		{ "an actor without a kind", "{\"actors\":[{\"name\":\"x\"}]}", EFILE_E_FORMAT, 3510 },
		{ "an actor without a name", "{\"actors\":[{\"kind\":\"unit\"}]}", EFILE_E_FORMAT, 3510 },
		{ "no such kind", "{\"actors\":[{\"kind\":\"x\",\"name\":\"y\"}]}", EFILE_E_INVALID, 0 },
		{ "in nothing", "{\"actors\":[{\"kind\":\"unit\",\"name\":\"y\",\"in\":[\"none\"]}]}",
		  EFILE_E_NOTFOUND, 0 },
		{ "a type without a title", "{\"doctypes\":[{\"name\":\"x\",\"definition\":{}}]}", EFILE_E_FORMAT,
		  3510 },
		{ "a type without a name", "{\"doctypes\":[{\"title\":\"x\",\"definition\":{}}]}", EFILE_E_FORMAT,
		  3510 },
		{ "a type without a definition", "{\"doctypes\":[{\"name\":\"x\",\"title\":\"x\"}]}", EFILE_E_FORMAT,
		  3510 },
		{ "a definition that is none",
		  "{\"doctypes\":[{\"name\":\"x\",\"title\":\"x\",\"definition\":{\"fields\":[null,-1.5]}}]}",
		  EFILE_E_INVALID, 0 },
		{ "a unit without a code", "{\"plan\":[{\"title\":\"x\"}]}", EFILE_E_FORMAT, 3510 },
		{ "a unit without a title", "{\"plan\":[{\"code\":\"1\"}]}", EFILE_E_FORMAT, 3510 },
		{ "below nothing", "{\"plan\":[{\"code\":\"1\",\"title\":\"x\",\"parent\":\"0\"}]}",
		  EFILE_E_NOTFOUND, 0 },
		{ "no such start", "{\"plan\":[{\"code\":\"1\",\"title\":\"x\",\"start\":\"never\"}]}", EFILE_E_FORMAT,
		  3510 },
		{ "no such disposal", "{\"plan\":[{\"code\":\"1\",\"title\":\"x\",\"disposal\":\"Z\"}]}",
		  EFILE_E_FORMAT, 3510 },
		{ "no such level", "{\"plan\":[{\"code\":\"1\",\"title\":\"x\",\"confidentiality\":\"Z\"}]}",
		  EFILE_E_INVALID, 0 },
		{ "years that are no number", "{\"plan\":[{\"code\":\"1\",\"title\":\"x\",\"retention\":\"ten\"}]}",
		  EFILE_E_FORMAT, 3510 },
		{ "half a year", "{\"plan\":[{\"code\":\"1\",\"title\":\"x\",\"retention\":0.5}]}", EFILE_E_FORMAT,
		  3510 },
		{ "too many years", "{\"plan\":[{\"code\":\"1\",\"title\":\"x\",\"retention\":4294967297}]}",
		  EFILE_E_FORMAT, 3510 },
		{ "no such list", "{\"plan\":[{\"code\":\"1\",\"title\":\"x\",\"list\":\"l\"}]}", EFILE_E_FORMAT, 3511 },
		{ "an entry without rights", "{\"lists\":{\"l\":[{\"subject\":\"amt10\"}]},"
		  "\"plan\":[{\"code\":\"1\",\"title\":\"x\",\"list\":\"l\"}]}", EFILE_E_FORMAT, 3510 },
		{ "an entry without a subject", "{\"lists\":{\"l\":[{\"rights\":\"read\"}]},"
		  "\"plan\":[{\"code\":\"1\",\"title\":\"x\",\"list\":\"l\"}]}", EFILE_E_FORMAT, 3510 },
		{ "an entry of nobody", "{\"lists\":{\"l\":[{\"subject\":\"none\",\"rights\":\"read\"}]},"
		  "\"plan\":[{\"code\":\"1\",\"title\":\"x\",\"list\":\"l\"}]}", EFILE_E_NOTFOUND, 0 },
		{ "no such right", "{\"lists\":{\"l\":[{\"subject\":\"amt10\",\"rights\":\"fly\"}]},"
		  "\"plan\":[{\"code\":\"1\",\"title\":\"x\",\"list\":\"l\"}]}", EFILE_E_INVALID, 0 },
		{ "too many entries", "{\"lists\":{\"l\":[" ENTRIES ENTRIES ENTRIES ENTRIES
		  "{\"subject\":\"amt10\",\"rights\":\"read\"}]},"
		  "\"plan\":[{\"code\":\"1\",\"title\":\"x\",\"list\":\"l\"}]}", EFILE_E_LIMIT, 3514 },
		{ "a rule whose order is none", "{\"rules\":[{\"name\":\"r\",\"order\":\"1\"}]}", EFILE_E_FORMAT, 3510 },
		{ "a rule without a condition", "{\"rules\":[{\"name\":\"r\"}]}", EFILE_E_INVALID, 0 },
		{ "an unknown process", "{\"processes\":[\"none\"]}", EFILE_E_FORMAT, 3512 },
		{ "a process without a name", "{\"processes\":[null]}", EFILE_E_FORMAT, 3512 },
		{ "what fails last takes the first along",
		  "{\"actors\":[{\"kind\":\"unit\",\"name\":\"y\"}],\"processes\":[\"none\"]}", EFILE_E_FORMAT, 3512 },
	};
	int64_t before;
	town t;

	town_setup(&t);
	before = desk_entries(t.store);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tap_case(rows[i].name);
		TAP_EQUAL_INT(template_apply_texts(t.admin, rows[i].common, "{}"), rows[i].status);
		if (rows[i].number)
			TAP_EQUAL_INT(efile_error_number(t.ctx), rows[i].number);
		TAP_EQUAL_INT(desk_entries(t.store), before);
	}
	tap_case("a Land's file that is none");
	TAP_EQUAL_INT(template_apply_texts(t.admin, "{}", "x"), EFILE_E_FORMAT);
	tap_case("nothing");
	TAP_EQUAL_INT(template_apply_texts(t.admin, "{}", "{}"), EFILE_OK);
	tap_case("a denying entry, and 32 of them");
	TAP_EQUAL_INT(template_apply_texts(t.admin, "{\"lists\":{\"l\":[" ENTRIES ENTRIES ENTRIES
		ENTRY ENTRY ENTRY ENTRY ENTRY ENTRY ENTRY
		"{\"subject\":\"sg102\",\"rights\":\"read\",\"deny\":true}]},"
		"\"plan\":[{\"code\":\"1\",\"title\":\"x\",\"list\":\"l\",\"start\":\"event\",\"disposal\":\"A\","
		"\"confidentiality\":\"confidential\",\"retention\":3}]}", "{}"), EFILE_OK);
	TAP_OK(desk_entries(t.store) > before);
	town_teardown(&t);
}

/* ---- without memory ---- */

static efile_status apply_once(efile_ctx *ctx, void *arg)
{
	town *t = arg;

	(void)ctx;
	db_forget(t->store);
	return efile_template_apply(t->admin, "municipal", "BW");
}

static void test_memory(void)
{
	town t;

	town_setup(&t);
	TAP_OK(fail_each(apply_once, &t) > 100);
	TAP_EQUAL_INT(town_logged(&t, "intake.rule_set", NULL), 8);
	TAP_EQUAL_INT(town_logged(&t, "flow.deployed", NULL), 3);
	desk_fsck(t.store);
	town_teardown(&t);
}

TAP_SUITE(api_template) = {
	{ "brings what it names", test_brings },
	{ "the Land's rows come first", test_land },
	{ "changes nothing the second time", test_twice },
	{ "leaves what clerks changed", test_keeps_changes },
	{ "refusals change nothing", test_refusals },
	{ "wrong ones leave nothing behind", test_wrong },
	{ "out of memory", test_memory },
	TAP_END,
};
