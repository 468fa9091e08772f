/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Processing: where a letter goes, what it brings along, why it is parked, and how it comes free. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "intake/intake.h"
#include "unit/intake_support.h"

DEFINE_AUTO_PTR(efile_attribute_cursor, efile_attribute_cursor_free)

#define HEAD "From: Erika Muster <e@example.org>\r\nTo: stadt@example.org\r\n"
#define MIXED "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"

static const char broken_invoice[] = HEAD "Subject: Rechnung\r\n" MIXED
	"--b\r\nContent-Type: application/xml; name=r.xml\r\nContent-Disposition: attachment\r\n\r\n"
	"<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\"><ID>1</Invoice>\r\n"
	"--b--\r\n";

static efile_id case_of(const efile_intake_item *item)
{
	return item ? efile_intake_item_case(item).id : EFILE_ID_NONE;
}

static void expect_title(efile_session *session, efile_id node, const char *title)
{
	AUTO_PTR(efile_node) n = NULL;

	if (TAP_EQUAL_INT(efile_node_load(&n, session, node), EFILE_OK))
		TAP_EQUAL_TEXT(efile_node_title(n), title);
}

static int children(efile_session *session, efile_id parent)
{
	efile_node_cursor *cursor = NULL;
	efile_node *node = NULL;
	int n = 0;

	TAP_EQUAL_INT(efile_node_children(&cursor, session, parent, NULL), EFILE_OK);
	while (efile_node_cursor_next(cursor, &node) == EFILE_OK) {
		n++;
		efile_node_free(node);
	}
	efile_node_cursor_free(cursor);
	return n;
}

/* ---- filed ---- */

static void test_new_case(void)
{
	AUTO_PTR(efile_intake_item) item = NULL;
	AUTO_PTR(efile_intake_item) second = NULL;
	AUTO_PTR(efile_node) first = NULL;
	AUTO_PTR(efile_node) other = NULL;
	efile_id one, two;
	mailroom m;

	mailroom_setup(&m);
	item = mailroom_take(m.r.weber, HEAD "Subject: Laterne\r\nMessage-ID: <1@x>\r\n\r\nDefekt.\r\n");
	TAP_EQUAL_INT(efile_intake_item_state(item), EFILE_INTAKE_FILED);
	TAP_EQUAL_TEXT(efile_intake_item_reason(item), "rest");
	TAP_EQUAL_TEXT(efile_intake_item_subject(item), "Laterne");
	TAP_EQUAL_TEXT(efile_intake_item_sender(item), "Erika Muster <e@example.org>");
	expect_title(m.r.weber, case_of(item), "Laterne");
	expect_title(m.r.weber, efile_intake_item_document(item).id, "Laterne");
	TAP_EQUAL_INT(children(m.r.weber, case_of(item)), 1);
	second = mailroom_take(m.r.weber, HEAD "Subject: Beschwerde\r\n\r\n");
	TAP_EQUAL_TEXT(efile_intake_item_reason(second), "complaint");
	expect_title(m.r.weber, case_of(second), "Beschwerde von Erika Muster <e@example.org>");
	/* both lie in the unit's dossier of the year */
	TAP_EQUAL_INT(efile_node_load(&first, m.r.weber, case_of(item)), EFILE_OK);
	TAP_EQUAL_INT(efile_node_load(&other, m.r.weber, case_of(second)), EFILE_OK);
	one = efile_node_parent(first);
	two = efile_node_parent(other);
	TAP_OK(memcmp(&one, &two, sizeof(one)) == 0);
	expect_title(m.r.weber, one, "10.24 2026");
	/* filed is filed */
	TAP_EQUAL_INT(efile_intake_process(item, m.r.weber), EFILE_OK);
	TAP_EQUAL_INT(town_logged(&m.r.town, "intake.filed", NULL), 2);
	mailroom_teardown(&m);
}

/* The dossier of the year had been found by its title: renamed, a second one was opened. */
static void test_dossier_of_the_year(void)
{
	AUTO_PTR(efile_node) renamed = NULL;
	AUTO_PTR(efile_node) by_alias = NULL;
	efile_node_options changed;
	efile_id dossier[4];
	mailroom m;

	mailroom_setup(&m);
	for (int i = 0; i < 4; i++) {
		AUTO_PTR(efile_intake_item) item = NULL;
		AUTO_PTR(efile_node) made = NULL;
		char mail[100];

		if (i == 2) {
			TAP_EQUAL_INT(efile_node_load(&renamed, m.r.weber, dossier[0]), EFILE_OK);
			efile_node_options_init(&changed);
			changed.title = "Umbenannt";
			TAP_EQUAL_INT(efile_node_update(m.r.weber, dossier[0],
							efile_node_revision(renamed), &changed), EFILE_OK);
		}
		snprintf(mail, sizeof(mail), HEAD "Subject: Brief %d\r\n\r\n", i);
		item = mailroom_take(m.r.weber, mail);
		TAP_EQUAL_INT(efile_node_load(&made, m.r.weber, case_of(item)), EFILE_OK);
		dossier[i] = efile_node_parent(made);
		TAP_OK(memcmp(&dossier[i], &dossier[0], sizeof(dossier[0])) == 0);
	}
	expect_title(m.r.weber, dossier[0], "Umbenannt");
	TAP_EQUAL_INT(efile_find_by_reference(&by_alias, m.r.weber, "posteingang 10.24/2026"), EFILE_OK);
	mailroom_teardown(&m);
}

static void test_named_case(void)
{
	static const struct {
		const char *name, *text, *reason;
	} rows[] = {
		{ "in the subject", HEAD "Subject: Zu 10.24-0001/001-2026: Nachtrag\r\n\r\n", NULL },
		{ "in the text", HEAD "Subject: Nachtrag\r\n\r\nIhr Zeichen (10.24-0001/001-2026).\r\n", NULL },
		{ "of a dossier", HEAD "Subject: Zu 10.24-0001\r\n\r\n", "rest" },
		{ "unknown", HEAD "Subject: Zu 10.24-0001/009-2026\r\n\r\n", "rest" },
		{ "too long a word", HEAD "Subject: 10.24-0001/001-2026-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n\r\n", "rest" },
	};
	mailroom m;

	mailroom_setup(&m);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_PTR(efile_intake_item) item = mailroom_take(m.r.weber, rows[i].text);
		efile_id found = case_of(item);

		tap_case(rows[i].name);
		TAP_EQUAL_TEXT(efile_intake_item_reason(item),
			       rows[i].reason ? rows[i].reason : "10.24-0001/001-2026");
		TAP_EQUAL_INT(memcmp(&found, &m.r.case_id.id, sizeof(found)) == 0, rows[i].reason == NULL);
	}
	TAP_EQUAL_INT(children(m.r.weber, m.r.case_id.id), 2);
	mailroom_teardown(&m);
}

/* A case that is closed, or that the actor may not see, takes no letters, and does not show. */
static void test_case_that_takes_none(void)
{
	AUTO_PTR(efile_intake_item) item = NULL;
	mailroom m;

	mailroom_setup(&m);
	TAP_EQUAL_INT(efile_case_close(m.r.weber, m.r.case_id, registry_revision(&m.r, m.r.case_id.id)),
		      EFILE_OK);
	item = mailroom_take(m.r.weber, HEAD "Subject: Zu 10.24-0001/001-2026\r\n\r\n");
	TAP_EQUAL_TEXT(efile_intake_item_reason(item), "rest");
	TAP_EQUAL_INT(children(m.r.weber, m.r.case_id.id), 0);
	TAP_EQUAL_INT(town_logged(&m.r.town, "access.refused", NULL), 0);
	mailroom_teardown(&m);
}

static void test_enclosures(void)
{
	static const char mail[] = HEAD "Subject: Anlagen\r\n" MIXED
		"--b\r\nContent-Type: text/plain\r\n\r\nSiehe Anlagen.\r\n"
		"--b\r\nContent-Type: text/csv; name=liste.csv\r\nContent-Disposition: attachment\r\n\r\na;b\r\n"
		"--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment\r\n\r\nx\r\n"
		"--b\r\nContent-Type: application/xml; name=etwas.xml\r\n\r\n<other/>\r\n--b--\r\n";
	AUTO_PTR(efile_intake_item) item = NULL;
	AUTO_PTR(char) facts = NULL;
	mailroom m;

	mailroom_setup(&m);
	item = mailroom_take(m.r.weber, mail);
	TAP_EQUAL_INT(efile_intake_item_state(item), EFILE_INTAKE_FILED);
	TAP_EQUAL_INT(children(m.r.weber, efile_intake_item_document(item).id), 3);
	TAP_EQUAL_INT(efile_intake_explain(&facts, item, m.r.weber), EFILE_OK);
	TAP_OK(facts && strstr(facts, "{\"name\":\"liste.csv\",\"media_type\":\"text/csv\",\"bytes\":3,\"unread\":null}"));
	TAP_OK(facts && strstr(facts, "\"invoice\":null"));
	TAP_OK(facts && strstr(facts, "\"recipient\":\"stadt@example.org\""));
	TAP_OK(facts && strstr(facts, "Siehe Anlagen."));
	mailroom_teardown(&m);
}

/* ---- invoices ---- */

static void expect_attribute(efile_session *session, efile_id document, const char *name,
			     const char *value)
{
	AUTO_PTR(efile_attribute_cursor) cursor = NULL;
	efile_attribute a;

	TAP_EQUAL_INT(efile_node_attributes(&cursor, session, document), EFILE_OK);
	while (efile_attribute_cursor_next(cursor, &a) == EFILE_OK)
		if (strcmp(a.name, name) == 0) {
			TAP_EQUAL_TEXT(a.value, value);
			return;
		}
	TAP_EQUAL_TEXT(name, "among the attributes");
}

/* examples/mails/1-xrechnung.eml: number 2026-0417, of 2026-02-27, by Pflasterbau Eichner GmbH. */
static void test_invoice(void)
{
	AUTO_PTR(efile_intake_item) item = NULL;
	AUTO_PTR(char) facts = NULL;
	AUTO_PTR(char) mail = NULL;
	size_t length = 0;
	efile_id instance;
	mailroom m;

	mailroom_setup(&m);
	mail = mailroom_invoice_mail(&length);
	TAP_EQUAL_INT(mailroom_receive(&item, m.r.weber, EFILE_CHANNEL_MAIL, mail, length), EFILE_OK);
	TAP_EQUAL_INT(efile_intake_process(item, m.r.weber), EFILE_OK);
	TAP_EQUAL_TEXT(efile_intake_item_reason(item), "invoice");
	expect_title(m.r.weber, case_of(item), "Rechnung 2026-0417");
	expect_attribute(m.r.weber, efile_intake_item_document(item).id, "invoice_number", "2026-0417");
	expect_attribute(m.r.weber, efile_intake_item_document(item).id, "invoice_date", "2026-02-27");
	expect_attribute(m.r.weber, efile_intake_item_document(item).id, "currency", "EUR");
	instance = efile_intake_item_instance(item).id;
	TAP_OK(!efile_id_is_none(&instance));
	TAP_EQUAL_INT(desk_tasks(m.r.weber, NULL), 1);
	TAP_EQUAL_INT(efile_intake_explain(&facts, item, m.r.weber), EFILE_OK);
	TAP_OK(facts && strstr(facts, "\"invoice\":{\"number\":\"2026-0417\",\"date\":\"2026-02-27\""));
	TAP_OK(facts && strstr(facts, "\"errors\":0"));
	mailroom_teardown(&m);
}

static void test_invoice_file(void)
{
	AUTO_PTR(efile_intake_item) item = NULL;
	AUTO_PTR(char) xml = NULL;
	size_t length = 0;
	mailroom m;

	mailroom_setup(&m);
	xml = test_own_data("fuzz/invoice/ubl.xml", &length);
	TAP_EQUAL_INT(mailroom_receive(&item, m.r.weber, EFILE_CHANNEL_FILE, xml, length), EFILE_OK);
	TAP_EQUAL_INT(efile_intake_process(item, m.r.weber), EFILE_OK);
	TAP_EQUAL_TEXT(efile_intake_item_reason(item), "invoice");
	mailroom_teardown(&m);
}

/* A document of the first kind is checked by the handler of the shipped process. */
static void test_pdf(void)
{
	AUTO_PTR(efile_intake_item) item = NULL;
	AUTO_PTR(efile_intake_item) bad = NULL;
	AUTO_PTR(char) mail = NULL;
	size_t length = 0;
	mailroom m;

	mailroom_setup(&m);
	mail = test_own_data("../../examples/mails/2-facturx.eml", &length);
	TAP_EQUAL_INT(mailroom_receive(&item, m.r.weber, EFILE_CHANNEL_MAIL, mail, length), EFILE_OK);
	TAP_EQUAL_INT(efile_intake_process(item, m.r.weber), EFILE_OK);
	/* without the helper it waits: test_intake_unread.c */
	if (m.r.town.ctx->helper_path && access(m.r.town.ctx->helper_path, X_OK) == 0)
		TAP_EQUAL_TEXT(efile_intake_item_reason(item), "invoice");
	/* what calls itself a PDF and is none is filed without its text */
	TAP_EQUAL_INT(mailroom_receive(&bad, m.r.weber, EFILE_CHANNEL_FILE, "%PDF-1.7 nothing", 16), EFILE_OK);
	TAP_EQUAL_INT(efile_intake_process(bad, m.r.weber), EFILE_OK);
	TAP_EQUAL_INT(efile_intake_item_state(bad), EFILE_INTAKE_FILED);
	mailroom_teardown(&m);
}

/* ---- quarantine ---- */

static void test_quarantine(void)
{
	static const struct {
		const char *name, *mail, *reason;
	} rows[] = {
		{ "neither sender nor subject", "X-Any: x\r\n\r\ntext", "no message: neither sender nor subject" },
		{ "no rule", "From: a@example.org\r\n\r\ntext", "no rule applies" },
		{ "an invoice that is none", broken_invoice, "r.xml: " },
	};
	mailroom m;

	mailroom_setup(&m);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_PTR(efile_intake_item) item = mailroom_take(m.r.weber, rows[i].mail);
		efile_id none = case_of(item);
		int64_t before = desk_entries(m.r.town.store);

		tap_case(rows[i].name);
		TAP_EQUAL_INT(efile_intake_item_state(item), EFILE_INTAKE_QUARANTINED);
		TAP_OK(str_starts_with(efile_intake_item_reason(item), rows[i].reason));
		TAP_OK(efile_id_is_none(&none));
		TAP_EQUAL_TEXT(efile_error_message(m.r.town.ctx), "");
		/* tried again for the same reason: nothing new to say */
		TAP_EQUAL_INT(efile_intake_process(item, m.r.weber), EFILE_OK);
		TAP_EQUAL_INT(desk_entries(m.r.town.store), before);
	}
	TAP_EQUAL_INT(town_logged(&m.r.town, "intake.quarantined", NULL), (int)ARRAY_SIZE(rows));
	mailroom_teardown(&m);
}

static void test_retry(void)
{
	AUTO_PTR(efile_intake_item) item = NULL;
	mailroom m;

	mailroom_setup(&m);
	item = mailroom_take(m.r.weber, "From: a@example.org\r\n\r\ntext");
	TAP_EQUAL_TEXT(efile_intake_item_reason(item), "no rule applies");
	TAP_EQUAL_INT(mailroom_rule(m.r.town.admin, "all", 95, "true", "\"Ohne Betreff\""), EFILE_OK);
	TAP_EQUAL_INT(efile_intake_process(item, m.r.weber), EFILE_OK);
	TAP_EQUAL_INT(efile_intake_item_state(item), EFILE_INTAKE_FILED);
	TAP_EQUAL_TEXT(efile_intake_item_reason(item), "all");
	expect_title(m.r.weber, case_of(item), "Ohne Betreff");
	expect_title(m.r.weber, efile_intake_item_document(item).id, "letter");
	mailroom_teardown(&m);
}

/* What cannot be filed where its rule says is parked with the reason; nothing of it stays. */
static void test_cannot_be_filed(void)
{
	static const struct {
		const char *name, *plan, *title, *doctype, *process;
	} rows[] = {
		{ "no such unit", "99", "\"x\"", NULL, NULL },
		{ "a unit the actor may not use", "20", "\"x\"", NULL, NULL },
		{ "no such type", "10.24", "\"x\"", "nothing", NULL },
		{ "no such process", "10.24", "\"x\"", NULL, "nothing" },
		{ "a title that is no text", "10.24", "1 + 1", NULL, NULL },
	};
	mailroom m;

	mailroom_setup(&m);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_PTR(efile_intake_item) item = NULL;
		efile_intake_rule rule;
		char mail[64];

		tap_case(rows[i].name);
		efile_intake_rule_init(&rule);
		rule.name = "first";
		rule.condition = "true";
		rule.plan = rows[i].plan;
		rule.title = rows[i].title;
		rule.doctype = rows[i].doctype;
		rule.process = rows[i].process;
		TAP_EQUAL_INT(efile_intake_rule_set(m.r.town.admin, &rule), EFILE_OK);
		snprintf(mail, sizeof(mail), "From: a@example.org\r\nSubject: %zu\r\n\r\n", i);
		item = mailroom_take(m.r.weber, mail);
		TAP_EQUAL_INT(efile_intake_item_state(item), EFILE_INTAKE_QUARANTINED);
		TAP_OK(efile_intake_item_reason(item)[0] != '\0');
		TAP_EQUAL_INT(town_logged(&m.r.town, "intake.filed", NULL), 0);
	}
	mailroom_teardown(&m);
}

/* ---- refusals ---- */

static void test_refusals(void)
{
	AUTO_PTR(efile_intake_item) item = NULL;
	AUTO_PTR(efile_intake_item) parked = NULL;
	AUTO_PTR(char) facts = NULL;
	mailroom m;

	mailroom_setup(&m);
	item = desk_receive(m.r.weber, EFILE_CHANNEL_MAIL, NULL, HEAD "Subject: x\r\n\r\n");
	TAP_EQUAL_INT(efile_intake_process(item, m.r.klein), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_intake_explain(&facts, item, m.r.klein), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_intake_process(item, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_intake_item_state(item), EFILE_INTAKE_RECEIVED);
	parked = mailroom_take(m.r.weber, "X-Any: x\r\n\r\n");
	TAP_EQUAL_INT(efile_intake_explain(&facts, parked, m.r.weber), EFILE_E_FORMAT);
	TAP_EQUAL_TEXT(efile_error_message(m.r.town.ctx), "no message: neither sender nor subject");
	mailroom_teardown(&m);
}

static void test_rules(void)
{
	static const struct {
		const char *name, *rule, *condition, *plan, *title;
		efile_status status;
	} rows[] = {
		{ "without a name", NULL, "true", "10", "\"x\"", EFILE_E_INVALID },
		{ "without a condition", "r", NULL, "10", "\"x\"", EFILE_E_INVALID },
		{ "without a unit", "r", "true", NULL, "\"x\"", EFILE_E_INVALID },
		{ "without a title", "r", "true", "10", NULL, EFILE_E_INVALID },
		{ "no condition", "r", "if", "10", "\"x\"", EFILE_E_FORMAT },
		{ "no title", "r", "true", "10", "1 +", EFILE_E_FORMAT },
	};
	efile_intake_rule rule;
	mailroom m;
	int before;
	bool there = true;

	mailroom_setup(&m);
	before = town_logged(&m.r.town, "intake.rule_set", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tap_case(rows[i].name);
		efile_intake_rule_init(&rule);
		rule.name = rows[i].rule;
		rule.condition = rows[i].condition;
		rule.plan = rows[i].plan;
		rule.title = rows[i].title;
		TAP_EQUAL_INT(efile_intake_rule_set(m.r.town.admin, &rule), rows[i].status);
	}
	TAP_EQUAL_INT(mailroom_rule(m.r.weber, "mine", 1, "true", "\"x\""), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_intake_rule_set(m.r.town.admin, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(town_logged(&m.r.town, "intake.rule_set", NULL), before);
	TAP_EQUAL_INT(intake_rule_is(&there, m.r.town.store, "mine"), EFILE_OK);
	TAP_OK(!there);
	TAP_EQUAL_INT(intake_rule_is(&there, m.r.town.store, "rest"), EFILE_OK);
	TAP_OK(there);
	TAP_EQUAL_INT(intake_rule_is(&there, m.r.town.store, NULL), EFILE_OK);
	TAP_OK(!there);
	mailroom_teardown(&m);
}

/* A rule set again under its name is replaced, its place in the order too. */
static void test_rule_again(void)
{
	AUTO_PTR(efile_intake_item) item = NULL;
	mailroom m;

	mailroom_setup(&m);
	TAP_EQUAL_INT(mailroom_rule(m.r.town.admin, "rest", 1, "true", "\"Zuerst\""), EFILE_OK);
	item = mailroom_take(m.r.weber, HEAD "Subject: Beschwerde\r\n\r\n");
	TAP_EQUAL_TEXT(efile_intake_item_reason(item), "rest");
	expect_title(m.r.weber, case_of(item), "Zuerst");
	mailroom_teardown(&m);
}

/* ---- the handler of service tasks "invoice.check" ---- */

static efile_status check(mailroom *m, char **result, efile_id document)
{
	flow_call call = { .document = { document } };

	return intake_check_invoice(result, m->r.weber, &call);
}

static void test_handler(void)
{
	AUTO_PTR(efile_intake_item) item = NULL;
	AUTO_PTR(efile_intake_item) letter = NULL;
	AUTO_PTR(char) result = NULL;
	AUTO_PTR(char) mail = NULL;
	size_t length = 0;
	mailroom m;

	mailroom_setup(&m);
	mail = mailroom_invoice_mail(&length);
	TAP_EQUAL_INT(mailroom_receive(&item, m.r.weber, EFILE_CHANNEL_MAIL, mail, length), EFILE_OK);
	TAP_EQUAL_INT(efile_intake_process(item, m.r.weber), EFILE_OK);
	letter = mailroom_take(m.r.weber, HEAD "Subject: Brief\r\n\r\n");
	TAP_EQUAL_INT(efile_batch_begin(m.r.town.store), EFILE_OK);
	TAP_EQUAL_INT(check(&m, &result, efile_intake_item_document(item).id), EFILE_OK);
	TAP_OK(result && str_starts_with(result, "{\"check\":{\"accepted\":true,\"errors\":0,"));
	TAP_EQUAL_INT(check(&m, &result, efile_intake_item_document(letter).id), EFILE_E_FORMAT);
	TAP_EQUAL_TEXT(efile_error_message(m.r.town.ctx), "the document holds no e-invoice");
	TAP_EQUAL_INT(check(&m, &result, EFILE_ID_NONE), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_batch_commit(m.r.town.store), EFILE_OK);
	mailroom_teardown(&m);
}

/* ---- broken weather ---- */

typedef struct job {
	mailroom m;
	char *mail;
	size_t length;
} job;

static efile_status take_once(efile_ctx *ctx, void *arg)
{
	job *j = arg;
	AUTO_PTR(efile_intake_item) item = NULL;

	(void)ctx;
	TRY(mailroom_receive(&item, j->m.r.weber, EFILE_CHANNEL_MAIL, j->mail, j->length));
	TRY(efile_intake_process(item, j->m.r.weber));
	return efile_intake_item_state(item) == EFILE_INTAKE_FILED ? EFILE_OK : EFILE_E_INTERNAL;
}

/* However often it fails: one letter, one document, one process, one task. */
static void test_memory(void)
{
	job j;

	mailroom_setup(&j.m);
	j.mail = mailroom_invoice_mail(&j.length);
	TAP_OK(fail_each(take_once, &j) > 500);
	TAP_EQUAL_INT(town_logged(&j.m.r.town, "intake.received", NULL), 1);
	TAP_EQUAL_INT(town_logged(&j.m.r.town, "intake.filed", NULL), 1);
	TAP_EQUAL_INT(town_logged(&j.m.r.town, "intake.quarantined", NULL), 0);
	TAP_EQUAL_INT(desk_tasks(j.m.r.weber, NULL), 1);
	free(j.mail);
	mailroom_teardown(&j.m);
}

static efile_status explain_once(efile_ctx *ctx, void *arg)
{
	job *j = arg;
	AUTO_PTR(efile_intake_item) item = NULL;
	AUTO_PTR(char) facts = NULL;

	(void)ctx;
	TRY(efile_intake_by_number(&item, j->m.r.weber, "2026/1"));
	return efile_intake_explain(&facts, item, j->m.r.weber);
}

static efile_status park_once(efile_ctx *ctx, void *arg)
{
	job *j = arg;
	AUTO_PTR(efile_intake_item) item = NULL;

	(void)ctx;
	TRY(mailroom_receive(&item, j->m.r.weber, EFILE_CHANNEL_MAIL, broken_invoice,
			     sizeof(broken_invoice) - 1));
	TRY(efile_intake_process(item, j->m.r.weber));
	return efile_intake_item_state(item) == EFILE_INTAKE_QUARANTINED ? EFILE_OK : EFILE_E_INTERNAL;
}

static efile_status rule_once(efile_ctx *ctx, void *arg)
{
	job *j = arg;

	(void)ctx;
	return mailroom_rule(j->m.r.town.admin, "late", 200, "true", "\"spät\"");
}

static void test_memory_of_others(void)
{
	static const struct {
		const char *name;
		fail_fn call;
	} rows[] = { { "explain", explain_once }, { "park", park_once }, { "rule", rule_once } };
	job j;

	mailroom_setup(&j.m);
	efile_intake_item_free(mailroom_take(j.m.r.weber, HEAD "Subject: Brief\r\n\r\nText"));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tap_case(rows[i].name);
		TAP_OK(fail_each(rows[i].call, &j) > 20);
	}
	TAP_EQUAL_INT(town_logged(&j.m.r.town, "intake.quarantined", NULL), 1);
	mailroom_teardown(&j.m);
}

TAP_SUITE(intake_process) = {
	{ "a letter makes a case", test_new_case },
	{ "the dossier of the year keeps its letters when renamed", test_dossier_of_the_year },
	{ "a letter finds its case", test_named_case },
	{ "a closed case takes no letters", test_case_that_takes_none },
	{ "enclosures", test_enclosures },
	{ "an invoice starts its process", test_invoice },
	{ "an invoice as a file", test_invoice_file },
	{ "PDFs", test_pdf },
	{ "quarantine", test_quarantine },
	{ "quarantine and out of it", test_retry },
	{ "letters that cannot be filed", test_cannot_be_filed },
	{ "refusals", test_refusals },
	{ "rules", test_rules },
	{ "a rule set again", test_rule_again },
	{ "the check of invoices", test_handler },
	{ "out of memory", test_memory },
	{ "out of memory elsewhere", test_memory_of_others },
	TAP_END,
};
