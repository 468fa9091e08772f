/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What could not be looked into: said on the letter, tried again, never passed over in silence. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "intake/inner.h"
#include "unit/intake_support.h"

#define HEAD "From: Erika Muster <e@example.org>\r\nTo: stadt@example.org\r\n"
#define MIXED "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
#define WITH_PDF(type, content) HEAD "Subject: Antrag\r\n" MIXED \
	"--b\r\nContent-Type: text/plain\r\n\r\nSiehe Anlage.\r\n" \
	"--b\r\nContent-Type: " type "; name=a.pdf\r\nContent-Disposition: attachment\r\n\r\n" content \
	"\r\n--b--\r\n"

static const char no_program[] = "/nonexistent/efile-parse";
static const char dead_program[] = "/bin/true"; /* ends before it says anything */

/* The program of the context is another one; the old path is put back with it. */
static char *swap_helper(efile_ctx *ctx, char *path)
{
	char *old = ctx->helper_path;

	ctx->helper_path = path;
	return old;
}

static char *use_helper(mailroom *m, const char *path)
{
	return swap_helper(m->r.town.ctx, strdup(path));
}

static void put_helper_back(mailroom *m, char *old)
{
	free(swap_helper(m->r.town.ctx, old));
}

static bool helper_there(const char *path)
{
	if (path && access(path, X_OK) == 0)
		return true;
	TAP_OK("skipped: there is no helper");
	return false;
}

static efile_intake_item *take_facturx(mailroom *m)
{
	efile_intake_item *item = NULL;
	AUTO_PTR(char) mail = NULL;
	size_t length = 0;

	mail = test_own_data("../../examples/mails/2-facturx.eml", &length);
	TAP_EQUAL_INT(mailroom_receive(&item, m->r.weber, EFILE_CHANNEL_MAIL, mail, length), EFILE_OK);
	TAP_EQUAL_INT(efile_intake_process(item, m->r.weber), EFILE_OK);
	return item;
}

static void expect_remark(const efile_intake_item *item, int number, efile_intake_unread why,
			  int retry, const char *file)
{
	const efile_intake_remark *r = efile_intake_item_remark(item, 0);

	TAP_EQUAL_INT(efile_intake_item_remark_count(item), 1);
	if (!TAP_OK(r != NULL))
		return;
	TAP_EQUAL_INT(r->number, number);
	TAP_EQUAL_INT(r->unread, why);
	TAP_EQUAL_INT(r->retry, retry);
	TAP_EQUAL_TEXT(r->file, file);
	TAP_OK(strstr(r->text, file) == r->text);
	TAP_OK(efile_intake_item_remark(item, 1) == NULL);
}

/* An invoice that nobody could read had been filed as an ordinary letter, and a retry did nothing. */
static void test_invoice_waits(void)
{
	static const struct {
		const char *name, *helper;
		int number;
		efile_intake_unread why;
	} rows[] = {
		{ "no helper", no_program, 3400, EFILE_UNREAD_NO_HELPER },
		{ "a helper that dies", dead_program, 3402, EFILE_UNREAD_HELPER_FAILED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_PTR(efile_intake_item) item = NULL;
		AUTO_PTR(char) facts = NULL;
		mailroom m;
		char *own;

		tap_case(rows[i].name);
		mailroom_setup(&m);
		own = use_helper(&m, rows[i].helper);
		item = take_facturx(&m);
		TAP_EQUAL_INT(efile_intake_item_state(item), EFILE_INTAKE_QUARANTINED);
		expect_remark(item, rows[i].number, rows[i].why, 1, "RE-88213.pdf");
		TAP_EQUAL_TEXT(efile_intake_item_reason(item), efile_intake_item_remark(item, 0)->text);
		TAP_EQUAL_INT(efile_intake_explain(&facts, item, m.r.weber), EFILE_OK);
		TAP_OK(facts && strstr(facts, "\"maybe_invoice\":true"));
		TAP_OK(facts && strstr(facts, efile_intake_unread_name(rows[i].why)));
		/* still not there: nothing new to say */
		TAP_EQUAL_INT(efile_intake_process(item, m.r.weber), EFILE_OK);
		TAP_EQUAL_INT(town_logged(&m.r.town, "intake.quarantined", NULL), 1);
		put_helper_back(&m, own);
		if (helper_there(m.r.town.ctx->helper_path)) {
			TAP_EQUAL_INT(efile_intake_process(item, m.r.weber), EFILE_OK);
			TAP_EQUAL_INT(efile_intake_item_state(item), EFILE_INTAKE_FILED);
			TAP_EQUAL_TEXT(efile_intake_item_reason(item), "invoice");
			TAP_EQUAL_INT(efile_intake_item_remark_count(item), 0);
			TAP_EQUAL_INT(desk_tasks(m.r.weber, NULL), 1);
		}
		mailroom_teardown(&m);
	}
}

/* An office without the helper files its letters all the same, and sees what is missing. */
static void test_letter_without_helper(void)
{
	AUTO_PTR(efile_intake_item) item = NULL;
	AUTO_PTR(efile_intake_item) again = NULL;
	AUTO_PTR(char) facts = NULL;
	mailroom m;
	char *own;

	mailroom_setup(&m);
	own = use_helper(&m, no_program);
	item = mailroom_take(m.r.weber, WITH_PDF("application/pdf", "%PDF-1.4 Bauplan"));
	TAP_EQUAL_INT(efile_intake_item_state(item), EFILE_INTAKE_FILED);
	TAP_EQUAL_TEXT(efile_intake_item_reason(item), "rest");
	expect_remark(item, 3400, EFILE_UNREAD_NO_HELPER, 1, "a.pdf");
	TAP_EQUAL_INT(efile_intake_explain(&facts, item, m.r.weber), EFILE_OK);
	TAP_OK(facts && strstr(facts, "\"bytes\":16,\"unread\":\"no_helper\"}"));
	TAP_OK(facts && strstr(facts, "\"unread\":\"no_helper\",\"maybe_invoice\":false"));
	TAP_EQUAL_INT(efile_intake_by_number(&again, m.r.weber, efile_intake_item_number(item)), EFILE_OK);
	TAP_EQUAL_TEXT(efile_intake_item_reason(again), "rest");
	expect_remark(again, 3400, EFILE_UNREAD_NO_HELPER, 1, "a.pdf");
	put_helper_back(&m, own);
	mailroom_teardown(&m);
}

/* With a helper that is not well even the letter without a sign of an invoice waits: it might be one. */
static void test_letter_waits(void)
{
	AUTO_PTR(efile_intake_item) item = NULL;
	AUTO_PTR(efile_intake_item) plain = NULL;
	mailroom m;
	char *own;

	mailroom_setup(&m);
	own = use_helper(&m, dead_program);
	item = mailroom_take(m.r.weber, WITH_PDF("application/pdf", "%PDF-1.4 Bauplan"));
	TAP_EQUAL_INT(efile_intake_item_state(item), EFILE_INTAKE_QUARANTINED);
	expect_remark(item, 3402, EFILE_UNREAD_HELPER_FAILED, 1, "a.pdf");
	plain = mailroom_take(m.r.weber, HEAD "Subject: Brief\r\n\r\nText");
	TAP_EQUAL_INT(efile_intake_item_state(plain), EFILE_INTAKE_FILED);
	put_helper_back(&m, own);
	mailroom_teardown(&m);
}

/* A damaged file is the letter's own fault: filed, said, and a rule can send it to somebody. */
static void test_damaged(void)
{
	static const struct {
		const char *name, *mail;
	} rows[] = {
		{ "its end is lost", WITH_PDF("application/octet-stream", "%PDF-1.7 factur-x.xml") },
		{ "its beginning is lost", WITH_PDF("application/pdf", "endobj factur-x.xml") },
		{ "only its name is left", WITH_PDF("application/octet-stream", "factur-x.xml") },
	};
	mailroom m;

	mailroom_setup(&m);
	if (helper_there(m.r.town.ctx->helper_path)) {
		TAP_EQUAL_INT(mailroom_rule(m.r.town.admin, "unread", 5,
					    "some e in enclosures satisfies e.unread = \"damaged\"",
					    "\"Ansehen\""), EFILE_OK);
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			AUTO_PTR(efile_intake_item) item = mailroom_take(m.r.weber, rows[i].mail);

			tap_case(rows[i].name);
			TAP_EQUAL_INT(efile_intake_item_state(item), EFILE_INTAKE_FILED);
			TAP_EQUAL_TEXT(efile_intake_item_reason(item), "unread");
			TAP_EQUAL_INT(efile_intake_item_remark_count(item), 1);
			TAP_EQUAL_INT(efile_intake_item_remark(item, 0)->unread, EFILE_UNREAD_DAMAGED);
			TAP_EQUAL_INT(efile_intake_item_remark(item, 0)->retry, 0);
		}
	}
	mailroom_teardown(&m);
}

/* The Factur-X of the examples, cut at every tenth of its length: read as an invoice, or said. */
static void test_cut(void)
{
	AUTO_PTR(char) mail = NULL;
	size_t length = 0;
	efile_mail *parsed = NULL;
	AUTO(buf) pdf = BUF_INIT;
	mailroom m;

	mailroom_setup(&m);
	mail = test_own_data("../../examples/mails/2-facturx.eml", &length);
	TAP_EQUAL_INT(efile_mail_parse(&parsed, m.r.town.ctx, mail, length), EFILE_OK);
	for (size_t i = 0; i < efile_mail_part_count(parsed); i++) {
		AUTO_PTR(efile_reader) reader = NULL;

		if (!str_equal(efile_mail_part_at(parsed, i)->type, "application/pdf"))
			continue;
		TAP_EQUAL_INT(efile_mail_part_open(&reader, parsed, i), EFILE_OK);
		TAP_EQUAL_INT(reader_read_all(&pdf, m.r.town.ctx, reader, 1 << 20, "pdf"), EFILE_OK);
	}
	efile_mail_free(parsed);
	TAP_OK(pdf.length > 1000);
	for (size_t i = 1; i < 10 && helper_there(m.r.town.ctx->helper_path); i++) {
		AUTO_PTR(efile_intake_item) item = NULL;

		TAP_EQUAL_INT(mailroom_receive(&item, m.r.weber, EFILE_CHANNEL_FILE, pdf.data,
					       pdf.length * i / 10), EFILE_OK);
		TAP_EQUAL_INT(efile_intake_process(item, m.r.weber), EFILE_OK);
		TAP_EQUAL_INT(efile_intake_item_state(item), EFILE_INTAKE_FILED);
		TAP_OK(strcmp(efile_intake_item_reason(item), "invoice") == 0 ||
		       efile_intake_item_remark_count(item) == 1);
	}
	mailroom_teardown(&m);
}

/* ---- a remark is kept without a language ---- */

static void expect_told(mailroom *m, const char *number, efile_language language, const char *text)
{
	AUTO_PTR(efile_intake_item) item = NULL;
	efile_language own = m->r.town.ctx->language;

	m->r.town.ctx->language = language;
	TAP_EQUAL_INT(efile_intake_by_number(&item, m->r.weber, number), EFILE_OK);
	TAP_EQUAL_TEXT(efile_intake_item_reason(item), text);
	m->r.town.ctx->language = own;
}

static void test_languages(void)
{
	static const struct {
		const char *name, *mail, *english, *german;
	} rows[] = {
		{ "no rule", "From: a@example.org\r\n\r\ntext", "no rule applies", "keine Regel trifft zu" },
		{ "no message", "X-Any: x\r\n\r\ntext", "no message: neither sender nor subject",
		  "keine Nachricht: weder Absender noch Betreff" },
		{ "rejected", "", "the letter has no content", "der Eingang hat keinen Inhalt" },
	};

	for (int german = 0; german < 2; german++) {
		char *body = NULL;
		mailroom m;

		mailroom_setup(&m);
		m.r.town.ctx->language = german ? EFILE_LANGUAGE_DE : EFILE_LANGUAGE_EN;
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			AUTO_PTR(efile_intake_item) item = NULL;

			tap_case(rows[i].name);
			TAP_EQUAL_INT(mailroom_receive(&item, m.r.weber, EFILE_CHANNEL_MAIL,
						       rows[i].mail, strlen(rows[i].mail)), EFILE_OK);
			TAP_EQUAL_INT(efile_intake_process(item, m.r.weber), EFILE_OK);
			TAP_EQUAL_INT(efile_intake_item_remark_count(item), 1);
			expect_told(&m, efile_intake_item_number(item), EFILE_LANGUAGE_EN, rows[i].english);
			expect_told(&m, efile_intake_item_number(item), EFILE_LANGUAGE_DE, rows[i].german);
		}
		TAP_EQUAL_INT(town_logged(&m.r.town, "intake.rejected", &body), 1);
		TAP_OK(body && strstr(body, "\"reason\":\"the letter has no content\""));
		free(body);
		mailroom_teardown(&m);
	}
}

static void test_reasons(void)
{
	static const struct {
		const char *name, *text, *rule;
		size_t notes;
	} rows[] = {
		{ "nothing", NULL, NULL, 0 },
		{ "a rule", "rest", "rest", 0 },
		{ "a rule that looks odd", "{}", "{}", 0 },
		{ "no JSON", "{\"remarks\":[", "{\"remarks\":[", 0 },
		{ "no list", "{\"remarks\":1}", "{\"remarks\":1}", 0 },
		{ "remarks of a later release", "{\"rule\":\"r\",\"remarks\":[{\"unread\":\"new\",\"number\":\"x\"},1]}", "r", 2 },
	};
	efile_ctx *ctx = test_ctx();
	AUTO(notes) none = { NULL, 0, 0 };
	AUTO_PTR(char) odd = NULL;
	AUTO_PTR(char) back = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(notes) found = { NULL, 0, 0 };
		AUTO_PTR(char) rule = NULL;

		tap_case(rows[i].name);
		TAP_EQUAL_INT(reason_read(&rule, &found, ctx, rows[i].text), EFILE_OK);
		TAP_OK(str_equal(rule, rows[i].rule) || (!rule && !rows[i].rule));
		TAP_EQUAL_INT(found.count, rows[i].notes);
	}
	TAP_EQUAL_INT(reason_write(&odd, ctx, "{\"remarks\":[]}", &none), EFILE_OK);
	TAP_EQUAL_INT(reason_read(&back, &none, ctx, odd), EFILE_OK);
	TAP_EQUAL_TEXT(back, "{\"remarks\":[]}");
	TAP_EQUAL_TEXT(efile_intake_unread_name((efile_intake_unread)99), "");
	efile_ctx_free(ctx);
}

/* ---- the check of an invoice that could not be read ---- */

static void test_check(void)
{
	AUTO_PTR(efile_intake_item) item = NULL;
	AUTO_PTR(char) result = NULL;
	mailroom m;
	char *own;

	mailroom_setup(&m);
	own = use_helper(&m, no_program);
	item = mailroom_take(m.r.weber, WITH_PDF("application/pdf", "%PDF-1.4 Bauplan"));
	TAP_EQUAL_INT(efile_batch_begin(m.r.town.store), EFILE_OK);
	TAP_EQUAL_INT(intake_check_invoice(&result, m.r.weber,
					   &(flow_call){ .document = efile_intake_item_document(item) }),
		      EFILE_E_EXTERNAL);
	TAP_EQUAL_TEXT(efile_error_message(m.r.town.ctx),
		       "a.pdf: efile-parse is not installed: /nonexistent/efile-parse");
	TAP_EQUAL_INT(efile_batch_commit(m.r.town.store), EFILE_OK);
	put_helper_back(&m, own);
	mailroom_teardown(&m);
}

/* ---- broken weather ---- */

typedef struct job {
	mailroom m;
	const char *mail;
	efile_intake_state state;
} job;

static efile_status take_once(efile_ctx *ctx, void *arg)
{
	job *j = arg;
	AUTO_PTR(efile_intake_item) item = NULL;

	(void)ctx;
	TRY(mailroom_receive(&item, j->m.r.weber, EFILE_CHANNEL_MAIL, j->mail, strlen(j->mail)));
	TRY(efile_intake_process(item, j->m.r.weber));
	if (efile_intake_item_remark_count(item) != 1)
		return EFILE_E_INTERNAL;
	return efile_intake_item_state(item) == j->state ? EFILE_OK : EFILE_E_INTERNAL;
}

static void test_memory(void)
{
	static const struct {
		const char *name, *mail, *logged;
		efile_intake_state state;
	} rows[] = {
		{ "filed unread", WITH_PDF("application/pdf", "%PDF-1.4 Bauplan"), "intake.filed",
		  EFILE_INTAKE_FILED },
		{ "waiting", WITH_PDF("application/pdf", "%PDF-1.4 factur-x.xml"), "intake.quarantined",
		  EFILE_INTAKE_QUARANTINED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		job j = { .mail = rows[i].mail, .state = rows[i].state };
		char *own;

		tap_case(rows[i].name);
		mailroom_setup(&j.m);
		own = use_helper(&j.m, no_program);
		TAP_OK(fail_each(take_once, &j) > 100);
		TAP_EQUAL_INT(town_logged(&j.m.r.town, rows[i].logged, NULL), 1);
		put_helper_back(&j.m, own);
		mailroom_teardown(&j.m);
	}
}

TAP_SUITE(intake_unread) = {
	{ "an invoice waits for the helper", test_invoice_waits },
	{ "a letter without the helper", test_letter_without_helper },
	{ "a letter waits for the helper", test_letter_waits },
	{ "damaged files", test_damaged },
	{ "an invoice that was cut", test_cut },
	{ "remarks speak every language", test_languages },
	{ "reasons as they are kept", test_reasons },
	{ "the check of what could not be read", test_check },
	{ "out of memory", test_memory },
	TAP_END,
};
