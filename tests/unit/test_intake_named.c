/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Letters that name their case, offices that count for themselves, texts beyond the limit. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "unit/desk_support.h"

DEFINE_AUTO_PTR(efile_intake_item, efile_intake_item_free)

static void setup(registry *r, const char *condition)
{
	efile_intake_rule rule;

	registry_setup(r);
	efile_intake_rule_init(&rule);
	rule.name = "rest";
	rule.condition = condition;
	rule.plan = "10.24";
	rule.title = "subject";
	TAP_EQUAL_INT(efile_intake_rule_set(r->town.admin, &rule), EFILE_OK);
}

#define NAMING "Subject: Nachfrage zu 10.24-0001/001-2026\r\n\r\nWann?\r\n"

/* Symptom: a letter that names an open case lay in quarantine, since no rule knew it. */
static void test_named_case_without_rule(void)
{
	static const struct {
		const char *name, *condition, *mail, *reason;
		efile_intake_state state;
	} cases[] = {
		{ "no rule", "false", "From: a@b.de\r\n" NAMING, "10.24-0001/001-2026",
		  EFILE_INTAKE_FILED },
		{ "a rule", "true", "From: a@b.de\r\n" NAMING, "10.24-0001/001-2026",
		  EFILE_INTAKE_FILED },
		{ "in the text, without subject", "false",
		  "From: a@b.de\r\n\r\nZu 10.24-0001/001-2026: ja\r\n", "10.24-0001/001-2026",
		  EFILE_INTAKE_FILED },
		{ "another number", "false", "From: a@b.de\r\nSubject: 10.24-0001/002-2026\r\n\r\nx",
		  "no rule applies", EFILE_INTAKE_QUARANTINED },
		{ "none", "false", "From: a@b.de\r\nSubject: Frage\r\n\r\nx", "no rule applies",
		  EFILE_INTAKE_QUARANTINED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_PTR(efile_intake_item) item = NULL;
		efile_instance_id none;
		efile_case_id filed;
		registry r;

		tap_case(cases[i].name);
		setup(&r, cases[i].condition);
		item = desk_receive(r.weber, EFILE_CHANNEL_MAIL, NULL, cases[i].mail);
		TAP_EQUAL_INT(efile_intake_process(item, r.weber), EFILE_OK);
		TAP_EQUAL_INT(efile_intake_item_state(item), cases[i].state);
		TAP_EQUAL_TEXT(efile_intake_item_reason(item), cases[i].reason);
		filed = efile_intake_item_case(item);
		none = efile_intake_item_instance(item);
		TAP_EQUAL_INT(id_compare(&filed.id, &r.case_id.id) == 0,
			      cases[i].state == EFILE_INTAKE_FILED);
		TAP_OK(efile_id_is_none(&none.id));
		desk_fsck(r.town.store);
		efile_intake_item_free(STEAL(item));
		registry_teardown(&r);
	}
}

/* A closed case takes no letter; one that the clerk may not see is none. */
static void test_named_case_that_cannot(void)
{
	AUTO_PTR(efile_intake_item) item = NULL;
	registry r;

	setup(&r, "false");
	TAP_EQUAL_INT(efile_case_close(r.chief, r.case_id, registry_revision(&r, r.case_id.id)),
		      EFILE_OK);
	item = desk_receive(r.weber, EFILE_CHANNEL_MAIL, NULL, "From: a@b.de\r\n" NAMING);
	TAP_EQUAL_INT(efile_intake_process(item, r.weber), EFILE_OK);
	TAP_EQUAL_INT(efile_intake_item_state(item), EFILE_INTAKE_QUARANTINED);
	efile_intake_item_free(STEAL(item));
	registry_teardown(&r);
}

static efile_intake_item *receive_for(efile_session *session, const char *office, const char *text)
{
	AUTO_PTR(efile_reader) reader = NULL;
	efile_intake_item *item = NULL;
	efile_intake_options o;

	efile_intake_options_init(&o);
	o.channel = EFILE_CHANNEL_MAIL;
	o.office = office;
	TAP_EQUAL_INT(efile_reader_from_memory(&reader, session_ctx(session), text, strlen(text)),
		      EFILE_OK);
	TAP_EQUAL_INT(efile_intake_receive(&item, session, reader, &o), EFILE_OK);
	return item;
}

/* Symptom: a letter in the journal of an office could not be found by its number. */
static void test_number_of_an_office(void)
{
	static const char *const offices[] = { NULL, "Bauamt", "Ordnungsamt" };
	static const char *const mails[] = { "From: a@b.de\r\nSubject: A\r\n\r\nA",
					     "From: a@b.de\r\nSubject: B\r\n\r\nB",
					     "From: a@b.de\r\nSubject: C\r\n\r\nC" };
	AUTO_PTR(efile_intake_item) none = NULL;
	registry r;

	setup(&r, "false");
	for (size_t i = 0; i < ARRAY_SIZE(offices); i++) {
		AUTO_PTR(efile_intake_item) item = receive_for(r.weber, offices[i], mails[i]);

		TAP_EQUAL_TEXT(efile_intake_item_number(item), "2026/000001");
		TAP_EQUAL_TEXT(efile_intake_item_office(item), offices[i] ? offices[i] : "");
	}
	for (size_t i = 0; i < ARRAY_SIZE(offices); i++) {
		AUTO_PTR(efile_intake_item) item = NULL;
		AUTO_PTR(efile_reader) original = NULL;
		char letter[100] = "";
		size_t got = 0;

		TAP_EQUAL_INT(efile_intake_of_office(&item, r.weber, offices[i], "2026/000001"),
			      EFILE_OK);
		TAP_EQUAL_INT(efile_intake_open_original(&original, item, r.weber), EFILE_OK);
		TAP_EQUAL_INT(efile_reader_read(original, letter, sizeof(letter), &got), EFILE_OK);
		TAP_EQUAL_INT(got == strlen(mails[i]) && memcmp(letter, mails[i], got) == 0, 1);
	}
	TAP_EQUAL_INT(efile_intake_of_office(&none, r.weber, "Hauptamt", "2026/000001"),
		      EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_intake_of_office(&none, r.klein, "Bauamt", "2026/000001"),
		      EFILE_E_NOTFOUND);
	registry_teardown(&r);
}

enum { TEXT_LIMIT_BYTES = 1 << 20 };

/* Symptom: the last part of a letter's text could pass the limit by any length. */
static void test_text_is_cut_at_the_limit(void)
{
	AUTO_PTR(efile_intake_item) item = NULL;
	AUTO_PTR(json_document) facts = NULL;
	AUTO_PTR(char) json = NULL;
	AUTO(buf) mail = BUF_INIT;
	registry r;

	setup(&r, "false");
	buf_add_text(&mail, "From: a@b.de\r\nSubject: lang\r\nMIME-Version: 1.0\r\n"
			    "Content-Type: text/plain; charset=utf-8\r\n"
			    "Content-Transfer-Encoding: 8bit\r\n\r\na");
	for (size_t i = 0; i < 40000; i++) /* an odd byte and pairs: the limit falls between two */
		buf_add_text(&mail, "äöüäöüäöüäöüäöüäöüä\r\n");
	item = desk_receive(r.weber, EFILE_CHANNEL_MAIL, NULL, buf_text(&mail));
	TAP_EQUAL_INT(efile_intake_explain(&json, item, r.weber), EFILE_OK);
	TAP_EQUAL_INT(json_parse(&facts, r.town.ctx, json, strlen(json)), EFILE_OK);
	if (facts) {
		const json_value *text = json_member(json_root(facts), "text");

		TAP_OK(text->length <= TEXT_LIMIT_BYTES && text->length >= TEXT_LIMIT_BYTES - 1);
		TAP_OK(str_utf8_valid(text->text, text->length));
	}
	efile_intake_item_free(STEAL(item));
	registry_teardown(&r);
}

TAP_SUITE(intake_named) = {
	{ "a letter goes into the case that it names", test_named_case_without_rule },
	{ "but not into a closed one", test_named_case_that_cannot },
	{ "offices count for themselves", test_number_of_an_office },
	{ "text is cut at the limit", test_text_is_cut_at_the_limit },
	TAP_END,
};
