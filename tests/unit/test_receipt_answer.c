/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers of the finance system: read in each form, taken over whole or not at all. */
#include <efile/handover.h>
#include <efile/receipt.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "receipt/answer.h"
#include "unit/receipt_hall.h"

/* ---- reading ---- */

static void test_reading(void)
{
	static const struct { const char *name, *data; size_t count; long line; const char *key, *state, *reason; } rows[] = {
		{ "English", "key;state;reason\nk1;paid;x\n", 1, 2, "k1", "paid", "x" },
		{ "German, other order, unknown columns", "Status,Grund,Mandant,Buchungsschlüssel\nbezahlt,\"a,b\",7,k2\n\nabgelehnt,,,k3\n",
		  2, 2, "k2", "bezahlt", "a,b" },
		{ "a mark of the byte order, tabs", "\xef\xbb\xbfKEY\tSTATE\nk1\taccepted\n", 1, 2, "k1", "accepted", NULL },
		{ "Windows-1252", "Buchungsschl\xfcssel;Status;Grund\nk;abgelehnt;Kreditor gesperrt \x80\n", 1, 2, "k", "abgelehnt",
		  "Kreditor gesperrt €" },
		{ "only the heading", "key;state\n", 0, 0, NULL, NULL, NULL },
		{ "XML", "<?xml version='1.0'?>\n<answers xmlns='urn:libefile:handover-answers:1'>\n"
		  " <answer key='k' state='paid' reason='&lt;ok&gt;' more='1'/>\n</answers>", 1, 3, "k", "paid", "<ok>" },
	};
	static const struct { const char *name, *data; } broken[] = {
		{ "nothing", "" }, { "no heading", "a;b\n1;2\n" }, { "no state", "key;x\n1;2\n" },
		{ "an open quote", "key;state\n\"a;b\n" }, { "a row too long", "key;state\n1;2;3\n" },
		{ "another root", "<answer xmlns='urn:libefile:handover-answers:1'/>" },
		{ "another namespace", "<answers/>" },
		{ "too deep", "<answers xmlns='urn:libefile:handover-answers:1'><answer><answer/></answer></answers>" },
		{ "not well-formed", "<answers xmlns='urn:libefile:handover-answers:1'>" },
		{ "a document type", "<!DOCTYPE a><answers xmlns='urn:libefile:handover-answers:1'/>" },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(answers) all = { .items = NULL };

		tap_case(rows[i].name);
		if (!TAP_EQUAL_INT(answers_read(&all, ctx, rows[i].data, strlen(rows[i].data)), EFILE_OK))
			printf("# %s\n", efile_error_message(ctx));
		TAP_EQUAL_INT(all.count, rows[i].count);
		if (!all.count)
			continue;
		TAP_EQUAL_INT(all.items[0].line, rows[i].line);
		TAP_EQUAL_TEXT(all.items[0].key, rows[i].key);
		TAP_EQUAL_TEXT(all.items[0].state, rows[i].state);
		if (rows[i].reason)
			TAP_EQUAL_TEXT(all.items[0].reason, rows[i].reason);
	}
	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		AUTO(answers) all = { .items = NULL };

		tap_case(broken[i].name);
		TAP_EQUAL_INT(answers_read(&all, ctx, broken[i].data, strlen(broken[i].data)), EFILE_E_FORMAT);
	}
	efile_ctx_free(ctx);
}

static void test_values(void)
{
	static const struct { const char *text, *amount; } amounts[] = {
		{ "1190.00", "1190.00" }, { "1190,5", "1190.5" }, { "-3", "-3" }, { "1.190,00", NULL }, { "1,190.00", NULL },
		{ "1,2,3", NULL }, { "viel", NULL }, { "", NULL },
		{ "0000000000000000000000000000000000000000000000000000000000000001", NULL },
	};
	static const struct { const char *text, *day; } days[] = {
		{ "2026-03-02", "2026-03-02" }, { "02.03.2026", "2026-03-02" }, { "20260302", "2026-03-02" },
		{ "2.3.2026", NULL }, { "30.02.2026", NULL }, { "2026-13-01", NULL }, { "", NULL }, { "gestern", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(amounts); i++) {
		char room[EFILE_DECIMAL_TEXT_SIZE];
		efile_decimal value;

		tap_case(amounts[i].text);
		TAP_EQUAL_INT(answer_amount(&value, amounts[i].text), amounts[i].amount != NULL);
		if (amounts[i].amount)
			TAP_EQUAL_TEXT(efile_decimal_format(value, room), amounts[i].amount);
	}
	for (size_t i = 0; i < ARRAY_SIZE(days); i++) {
		char room[EFILE_DATE_TEXT_SIZE];

		tap_case(days[i].text);
		TAP_EQUAL_INT(answer_day(room, days[i].text), days[i].day != NULL);
		if (days[i].day)
			TAP_EQUAL_TEXT(room, days[i].day);
	}
}

/* ---- taking over ---- */

typedef struct desk_of_treasury {
	hall h;
	efile_instance_id instance[3];
	char key[3][EFILE_ID_TEXT_SIZE];
} treasury;

static efile_session *kasse(treasury *t)
{
	return hall_person(&t->h, "kasse");
}

/* Two invoices of 1,190.00 in batch 1 (discount of 23.80 until 16 March), a third that waits. */
static void treasury_setup(treasury *t)
{
	int64_t number;

	hall_setup(&t->h);
	for (int i = 0; i < 3; i++) {
		AUTO(receipt_record) row = { .head = { 0, 0 } };
		AUTO(posting_record) posting = { .head = { 0, 0 } };
		char changes[60];

		snprintf(changes, sizeof(changes), "number=A-%d|date=2026-02-1%d", i, i);
		t->instance[i] = hall_receive(&t->h, changes);
		hall_authorise(&t->h, t->instance[i]);
		if (i == 2)
			TAP_EQUAL_INT(efile_handover_make(&number, kasse(t), NULL), EFILE_OK);
		TAP_EQUAL_INT(hall_act(&t->h, t->instance[i], "kasse", "treasury",
				       "{\"treasury\":{\"outcome\":\"ok\"}}"), EFILE_OK);
		TAP_EQUAL_INT(receipt_by_instance(&row, t->h.t.store, &t->instance[i].id), EFILE_OK);
		TAP_EQUAL_INT(posting_of_invoice(&posting, t->h.t.store, row.head.id), EFILE_OK);
		efile_id_format(&posting.uuid, t->key[i]);
	}
}

static efile_report *answer_with(treasury *t, efile_handover_counts *counts, const char *text)
{
	AUTO_PTR(efile_reader) content = NULL;
	efile_report *report = NULL;

	TAP_EQUAL_INT(efile_reader_from_memory(&content, t->h.t.ctx, text, strlen(text)), EFILE_OK);
	if (!TAP_EQUAL_INT(efile_handover_acknowledge(&report, counts, kasse(t), content), EFILE_OK))
		printf("# %s\n", efile_error_message(t->h.t.ctx));
	return report;
}

/* The rules of the findings, with blanks between; %0 to %2 in the text are the keys. */
static const char *answered(treasury *t, efile_handover_counts *counts, const char *text)
{
	static char rules[200];
	AUTO(buf) filled = BUF_INIT;
	AUTO_PTR(efile_report) report = NULL;

	for (; *text; text++)
		if (*text == '%')
			buf_add_text(&filled, t->key[*++text - '0']);
		else
			buf_add_char(&filled, *text);
	report = answer_with(t, counts, filled.data);
	*rules = '\0';
	for (size_t i = 0; report && i < efile_report_count(report); i++) {
		const efile_finding *f = efile_report_finding(report, i);

		snprintf(rules + strlen(rules), sizeof(rules) - strlen(rules), "%s%s:%ld", *rules ? " " : "",
			 f->rule, f->line);
	}
	return rules;
}

static const char *state_at(treasury *t, int index)
{
	AUTO(posting_record) row = { .head = { 0, 0 } };
	efile_id id;

	if (efile_id_parse(&id, t->key[index]) != EFILE_OK ||
	    posting_by_uuid(&row, t->h.t.store, &id) != EFILE_OK)
		return "none";
	return posting_state_name(row.state);
}

#define HEAD "key;state;document;date;amount;currency;reason\n"

static void test_paid(void)
{
	static const char text[] = HEAD "%0;accepted;5100;10.03.2026;1190,00;EUR;\n%0;paid;5100;13.03.2026;1166,20;EUR;\n"
				   "%1;gebucht;5101;;;;\n";
	efile_handover_counts c;
	treasury t;
	int64_t entries;

	treasury_setup(&t);
	TAP_EQUAL_TEXT(answered(&t, &c, text), "");
	TAP_OK(c.lines == 3 && c.accepted == 2 && c.paid == 1 && c.rejected == 0 && c.same == 0);
	TAP_EQUAL_TEXT(state_at(&t, 0), "paid");
	TAP_EQUAL_TEXT(state_at(&t, 1), "accepted");
	TAP_EQUAL_TEXT(hall_state(&t.h, t.instance[0]), "paid");
	TAP_EQUAL_INT(hall_status(&t.h, t.instance[0]), EFILE_FLOW_ENDED);
	TAP_EQUAL_TEXT(hall_value(&t.h, t.instance[0], "settled.discount_won"), "true");
	TAP_EQUAL_TEXT(hall_value(&t.h, t.instance[0], "settled.date"), "2026-03-13");
	TAP_EQUAL_TEXT(hall_value(&t.h, t.instance[0], "payment.document_number"), "5100");
	TAP_EQUAL_INT(hall_status(&t.h, t.instance[1]), EFILE_FLOW_RUNNING);
	/* The same again, and what was overtaken: nothing changes. */
	entries = desk_entries(t.h.t.store);
	TAP_EQUAL_TEXT(answered(&t, &c, text), "");
	TAP_OK(c.same == 3 && c.accepted == 0 && c.paid == 0);
	TAP_EQUAL_INT(desk_entries(t.h.t.store), entries);
	hall_teardown(&t.h);
}

/* What is refused comes to mend-payment, and its successor to the next batch. */
static void test_rejected(void)
{
	efile_handover_counts c;
	AUTO_PTR(char) json = NULL;
	int64_t number;
	char file[400];
	treasury t;

	treasury_setup(&t);
	snprintf(file, sizeof(file), "%s/1.csv", t.h.t.folder);
	TAP_EQUAL_INT(efile_handover_save(kasse(&t), 1, file), EFILE_OK);
	TAP_EQUAL_TEXT(answered(&t, &c, "<answers xmlns='urn:libefile:handover-answers:1'>"
				"<answer key='%0' state='rejected' reason='Kreditor gesperrt'/></answers>"), "");
	TAP_EQUAL_INT(c.rejected, 1);
	TAP_EQUAL_TEXT(state_at(&t, 0), "rejected");
	TAP_EQUAL_TEXT(hall_value(&t.h, t.instance[0], "failure.reason"), "Kreditor gesperrt");
	TAP_EQUAL_TEXT(answered(&t, &c, HEAD "%0;paid;;;;;\n"), "ANSWER-ORDER:2");
	TAP_EQUAL_INT(hall_act(&t.h, t.instance[0], "kasse", "mend-payment", "{}"), EFILE_OK);
	TAP_EQUAL_INT(efile_handover_make(&number, kasse(&t), NULL), EFILE_OK);
	TAP_EQUAL_INT(number, 2);
	TAP_EQUAL_INT(efile_handover_show(&json, kasse(&t), 2), EFILE_OK);
	TAP_EQUAL_TEXT(receipt_json(t.h.t.ctx, json, "postings"), "2"); /* the third, and the successor */
	TAP_EQUAL_TEXT(answered(&t, &c, HEAD "%0;rejected;;;;;\n"), "");
	TAP_EQUAL_INT(c.same, 1);
	hall_teardown(&t.h);
}

static void test_findings(void)
{
	static const struct { const char *name, *text, *rules; } rows[] = {
		{ "no such key", HEAD "01990000-0000-7000-8000-000000000001;paid;;;;;\nk;paid;;;;;\n;paid;;;;;\n",
		  "ANSWER-KEY:2 ANSWER-KEY:3 ANSWER-KEY:4" },
		{ "no such state", HEAD "%0;vielleicht;;;;;\n%1;;;;;;\n", "ANSWER-STATE:2 ANSWER-STATE:3" },
		{ "no day", HEAD "%0;paid;;31.02.2026;;;\n", "ANSWER-DATE:2" },
		{ "another amount", HEAD "%0;accepted;;;1166,20;;\n%1;paid;;;1190,01;;\n", "ANSWER-AMOUNT:2 ANSWER-AMOUNT:3" },
		{ "no amount", HEAD "%0;paid;;;viel;;\n", "ANSWER-AMOUNT:2" },
		{ "another currency", HEAD "%0;paid;;;1190,00;CHF;\n", "ANSWER-CURRENCY:2" },
		{ "not handed over", HEAD "%2;paid;;;;;\n", "ANSWER-ORDER:2" },
		{ "rejected after paid", HEAD "%0;paid;;;;;\n%0;rejected;;;;;\n", "ANSWER-ORDER:3" },
		{ "another number", HEAD "%0;accepted;1;;;;\n%0;paid;2;;;;\n", "ANSWER-DOCUMENT:3" },
		{ "one of many", HEAD "%0;paid;;;;;\n%1;paid;;;1;;\n", "ANSWER-AMOUNT:3" },
	};
	efile_handover_counts c;
	treasury t;
	int64_t entries;

	treasury_setup(&t);
	entries = desk_entries(t.h.t.store);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tap_case(rows[i].name);
		TAP_EQUAL_TEXT(answered(&t, &c, rows[i].text), rows[i].rules);
		TAP_OK(c.accepted == 0 && c.rejected == 0 && c.paid == 0);
		TAP_EQUAL_TEXT(state_at(&t, 0), "sent");
		TAP_EQUAL_INT(desk_entries(t.h.t.store), entries);
	}
	/* Late, but taken: told, not refused. */
	TAP_EQUAL_TEXT(answered(&t, &c, HEAD "%0;paid;;2026-03-17;1166.20;;\n"), "ANSWER-DISCOUNT:2");
	TAP_EQUAL_TEXT(state_at(&t, 0), "paid");
	TAP_EQUAL_TEXT(hall_value(&t.h, t.instance[0], "settled.discount_won"), "false");
	/* Confirmed by hand in the meantime. */
	TAP_EQUAL_INT(hall_act(&t.h, t.instance[1], "kasse", "confirm-payment", "{}"), EFILE_OK);
	TAP_EQUAL_TEXT(answered(&t, &c, HEAD "%1;paid;;;;;\n"), "");
	TAP_EQUAL_INT(c.same, 1);
	hall_teardown(&t.h);
}

static void test_refused(void)
{
	AUTO_PTR(efile_reader) content = NULL;
	treasury t;

	treasury_setup(&t);
	TAP_EQUAL_INT(efile_reader_from_memory(&content, t.h.t.ctx, HEAD, strlen(HEAD)), EFILE_OK);
	TAP_EQUAL_INT(efile_handover_acknowledge(NULL, NULL, hall_person(&t.h, "anordnung"), content), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_handover_acknowledge(NULL, NULL, t.h.t.admin, content), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_handover_acknowledge(NULL, NULL, kasse(&t), NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_handover_acknowledge(NULL, NULL, kasse(&t), content), EFILE_OK);
	hall_teardown(&t.h);
}

static efile_status acknowledge_once(efile_ctx *ctx, void *arg)
{
	treasury *t = arg;
	AUTO_PTR(efile_reader) content = NULL;
	char text[300];
	efile_status status;

	(void)ctx;
	snprintf(text, sizeof(text), HEAD "%s;paid;1;;1166,20;EUR;x\n%s;rejected;;;;;y\n", t->key[0], t->key[1]);
	TRY(efile_batch_begin(t->h.t.store));
	status = efile_reader_from_memory(&content, t->h.t.ctx, text, strlen(text));
	if (status == EFILE_OK)
		status = efile_handover_acknowledge(NULL, NULL, kasse(t), content);
	efile_batch_abort(t->h.t.store);
	return status;
}

static void test_memory(void)
{
	treasury t;

	treasury_setup(&t);
	TAP_OK(fail_each(acknowledge_once, &t) > 20);
	TAP_EQUAL_TEXT(state_at(&t, 0), "sent");
	hall_teardown(&t.h);
}

TAP_SUITE(receipt_answer) = {
	{ "tables and XML are read", test_reading },
	{ "amounts and days", test_values },
	{ "accepted and paid: filed and closed", test_paid },
	{ "rejected: mended and handed over anew", test_rejected },
	{ "what is wrong is named, and nothing is taken over", test_findings },
	{ "who may not", test_refused },
	{ "want of memory", test_memory },
	TAP_END
};
