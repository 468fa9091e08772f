/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The receipt at work in a store: letters come in, people do their tasks, the register tells. */
#include <efile/receipt.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/receipt_hall.h"

/* ---- tests ---- */

static void test_paid(void)
{
	/* Received on Monday, 2 March 2026: Skonto until 16 March, 30 days until 1 April. */
	static const char *const rows[][2] = {
		{ "receipt.kind", "invoice" }, { "receipt.duplicate", "false" }, { "receipt.amount", "1190.00" },
		{ "receipt.received", "2026-03-02" }, { "receipt.discount_until", "2026-03-16" },
		{ "receipt.discount", "23.80" }, { "receipt.pay_by", "2026-04-01" },
		{ "receipt.remind_at", "2026-03-13T07:00:00Z" }, { "receipt.fine", "63" },
		{ "receipt.supplier_known", "false" }, { "receipt.iban_changed", "false" },
		{ "route.office", "bauamt" }, { "route.technical", "false" },
	};
	efile_instance_id i;
	hall h;

	hall_setup(&h);
	i = hall_receive(&h, "");
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		tap_case(rows[n][0]);
		TAP_EQUAL_TEXT(hall_value(&h, i, rows[n][0]), rows[n][1]);
	}
	hall_authorise(&h, i);
	TAP_EQUAL_TEXT(hall_value(&h, i, "calculation.outcome"), "right");
	TAP_EQUAL_TEXT(hall_value(&h, i, "proposal.account"), "4212");
	TAP_EQUAL_TEXT(hall_value(&h, i, "authority.level"), "1");
	TAP_EQUAL_TEXT(hall_value(&h, i, "limits.exceeded"), "false");
	hall_finish(&h, i, "{\"payment\":{\"date\":\"2026-03-13\",\"amount\":\"1166.20\"}}");
	TAP_EQUAL_INT(hall_status(&h, i), EFILE_FLOW_ENDED);
	TAP_EQUAL_TEXT(hall_value(&h, i, "settled.discount_won"), "true");
	TAP_EQUAL_TEXT(hall_value(&h, i, "posting.amount"), "1190.00");
	TAP_EQUAL_TEXT(hall_state(&h, i), "paid");
	TAP_EQUAL_INT(efile_flow_replay(hall_person(&h, "kasse"), i, NULL), EFILE_OK);
	hall_teardown(&h);
}

static void test_discount_lost(void)
{
	static const struct { const char *payment, *won; } rows[] = {
		{ "{\"payment\":{\"date\":\"2026-03-17\",\"amount\":\"1166.20\"}}", "false" },
		{ "{\"payment\":{\"date\":\"2026-03-16\",\"amount\":\"1190.00\"}}", "false" },
		{ "{\"payment\":{\"date\":\"2026-03-16\",\"amount\":\"1166.20\"}}", "true" },
	};
	hall h;

	hall_setup(&h);
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		char number[40];
		efile_instance_id i;

		snprintf(number, sizeof(number), "number=L-%zu|date=2026-02-%02zu", n, n + 10);
		i = hall_receive(&h, number);
		hall_authorise(&h, i);
		hall_finish(&h, i, rows[n].payment);
		TAP_EQUAL_TEXT(hall_value(&h, i, "settled.discount_won"), rows[n].won);
	}
	hall_teardown(&h);
}

static void test_duplicates(void)
{
	static const struct { const char *name, *changes, *duplicate, *by; } rows[] = {
		{ "the same number, written otherwise", "number=r-2026- 100|date=2026-02-26", "true", "number" },
		{ "the same day and amount", "number=R-2026-101", "false", "amount" },
		{ "the amount, written otherwise", "number=R-2026-104|payable=1190.0", "false", "amount" },
		{ "another amount", "number=R-2026-102|payable=1191.00", "false", "null" },
		{ "another day", "number=R-2026-103|date=2026-02-20", "false", "null" },
		{ "another seller", "vat=DE999999999|seller=Andere GmbH|payable=1195.00", "false", "null" },
	};
	efile_instance_id first;
	hall h;

	hall_setup(&h);
	first = hall_receive(&h, "");
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		efile_instance_id i = hall_receive(&h, rows[n].changes);

		tap_case(rows[n].name);
		TAP_EQUAL_TEXT(hall_value(&h, i, "receipt.duplicate"), rows[n].duplicate);
		TAP_EQUAL_TEXT(hall_value(&h, i, "receipt.twin_by"), rows[n].by);
		if (strcmp(rows[n].duplicate, "true") == 0) {
			TAP_EQUAL_INT(hall_act(&h, i, "poststelle", "clearing",
					  "{\"clearing\":{\"outcome\":\"duplicate\"}}"), EFILE_OK);
			TAP_EQUAL_TEXT(hall_state(&h, i), "duplicate");
		}
	}
	TAP_EQUAL_INT(hall_act(&h, first, "sachbearbeitung", "certify-facts",
			  "{\"facts\":{\"outcome\":\"reject\",\"reason\":\"nicht bestellt\"}}"), EFILE_OK);
	TAP_EQUAL_TEXT(hall_state(&h, first), "rejected");
	hall_teardown(&h);
}

/* What was sent back may come again under its number. */
static void test_comes_again(void)
{
	AUTO(receipt_record) row = { .head = { 0, 0 } };
	efile_instance_id first, again;
	hall h;

	hall_setup(&h);
	first = hall_receive(&h, "gross=1191.00");
	TAP_EQUAL_TEXT(hall_value(&h, first, "check.accepted"), "false");
	TAP_EQUAL_INT(hall_act(&h, first, "poststelle", "clearing",
			  "{\"clearing\":{\"outcome\":\"return\",\"reason\":\"Summe\"}}"), EFILE_OK);
	TAP_EQUAL_TEXT(hall_state(&h, first), "returned");
	if (TAP_EQUAL_INT(receipt_by_instance(&row, h.t.store, &first.id), EFILE_OK)) {
		TAP_EQUAL_TEXT(row.reason, "Summe");
		TAP_OK(receipt_has_word(row.rules, "BR-CO-15"));
	}
	again = hall_receive(&h, "");
	TAP_EQUAL_TEXT(hall_value(&h, again, "receipt.duplicate"), "false");
	hall_teardown(&h);
}

static void test_iban(void)
{
	efile_supplier s;
	efile_instance_id i;
	hall h;

	hall_setup(&h);
	efile_supplier_init(&s);
	s.seller = "DE 123456789";
	s.name = "Lampen Licht GmbH";
	s.creditor = "70001";
	s.iban = "DE89 3704 0044 0532 0130 00";
	s.skonto_start = "invoice_date";
	s.exempt_until = "2026-12-31";
	TAP_EQUAL_INT(efile_supplier_set(h.t.admin, &s), EFILE_OK);
	i = hall_receive(&h, "type=875");
	TAP_EQUAL_TEXT(hall_value(&h, i, "receipt.supplier_known"), "true");
	TAP_EQUAL_TEXT(hall_value(&h, i, "receipt.iban_changed"), "true");
	TAP_EQUAL_TEXT(hall_value(&h, i, "receipt.exempt"), "true");
	TAP_EQUAL_TEXT(hall_value(&h, i, "receipt.withholding"), "null");
	/* 14 days from 27 February, a Friday: 13 March */
	TAP_EQUAL_TEXT(hall_value(&h, i, "receipt.discount_until"), "2026-03-13");
	TAP_EQUAL_TEXT(hall_value(&h, i, "route.technical"), "true");
	s.exempt_until = NULL;
	TAP_EQUAL_INT(efile_supplier_set(h.t.admin, &s), EFILE_OK);
	i = hall_receive(&h, "type=875|number=B|date=2026-02-20");
	TAP_EQUAL_TEXT(hall_value(&h, i, "receipt.withholding"), "178.50");
	hall_teardown(&h);
}

/* A changed account asks for the head of the office. */
static void test_changed_account(void)
{
	efile_instance_id i;
	hall h;

	hall_setup(&h);
	i = hall_receive(&h, "");
	hall_authorise(&h, i);
	hall_finish(&h, i, "{\"payment\":{\"date\":\"2026-03-13\"}}");
	i = hall_receive(&h, "number=2|date=2026-02-20");
	TAP_EQUAL_TEXT(hall_value(&h, i, "receipt.supplier_known"), "true");
	TAP_EQUAL_TEXT(hall_value(&h, i, "receipt.iban_changed"), "false");
	i = hall_receive(&h, "number=3|date=2026-02-19|iban=DE89370400440532013000");
	TAP_EQUAL_TEXT(hall_value(&h, i, "receipt.iban_changed"), "true");
	TAP_EQUAL_INT(hall_act(&h, i, "sachbearbeitung", "certify-facts", "{\"facts\":{\"outcome\":\"right\"}}"), EFILE_OK);
	TAP_EQUAL_INT(hall_act(&h, i, "sachbearbeitung", "certify-calculation",
			  "{\"calculation\":{\"outcome\":\"right\"}}"), EFILE_OK);
	TAP_EQUAL_INT(hall_act(&h, i, "haushalt", "assign-account", "{\"account\":{\"outcome\":\"ok\"}}"), EFILE_OK);
	TAP_EQUAL_TEXT(hall_value(&h, i, "authority.level"), "2");
	TAP_EQUAL_INT(hall_act(&h, i, "amtsleitung", "authorise-head", "{\"order\":{\"outcome\":\"ok\"}}"), EFILE_OK);
	TAP_EQUAL_TEXT(hall_value(&h, i, "limits.exceeded"), "false");
	hall_teardown(&h);
}

/* Six invoices of 4,760 euros: the sixth takes the day beyond 25,000. */
static void test_limits(void)
{
	hall h;

	hall_setup(&h);
	for (int n = 1; n <= 6; n++) {
		char changes[300];
		efile_instance_id i;

		snprintf(changes, sizeof(changes), "number=T-%d|date=2026-02-%02d|price=400.00|line=4000.00|"
			 "lines=4000.00|net=4000.00|tax=760.00|gross=4760.00|payable=4760.00", n, n);
		i = hall_receive(&h, changes);
		hall_authorise(&h, i);
		TAP_EQUAL_TEXT(hall_value(&h, i, "limits.daily"), n < 6 ? "false" : "true");
		TAP_EQUAL_INT(hall_act(&h, i, "leitung", "co-authorise", "{\"order\":{\"outcome\":\"ok\"}}"),
			      n < 6 ? EFILE_E_NOTFOUND : EFILE_OK);
	}
	hall_teardown(&h);
}

#define PRECEDING                                                                                  \
	"preceding=<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>R-2026-100</cbc:ID>"  \
	"</cac:InvoiceDocumentReference></cac:BillingReference>"

static void test_correction(void)
{
	efile_instance_id first, correction, lost;
	hall h;

	hall_setup(&h);
	first = hall_receive(&h, "");
	correction = hall_receive(&h, "type=384|number=R-2026-100-K|date=2026-02-28|" PRECEDING);
	TAP_EQUAL_TEXT(hall_value(&h, correction, "link.found"), "true");
	TAP_EQUAL_TEXT(hall_state(&h, first), "superseded");
	TAP_EQUAL_INT(hall_status(&h, first), EFILE_FLOW_ENDED);
	TAP_EQUAL_TEXT(hall_state(&h, correction), "open");
	lost = hall_receive(&h, "type=384|number=K-9|date=2026-02-21|vat=DE999999999|" PRECEDING);
	TAP_EQUAL_TEXT(hall_value(&h, lost, "link.found"), "false");
	TAP_EQUAL_INT(hall_act(&h, lost, "sachbearbeitung", "find-original", "{\"link\":{\"found\":true}}"), EFILE_OK);
	hall_teardown(&h);
}

static void test_settings(void)
{
	static const struct { const char *name; efile_supplier s; int number; } rows[] = {
		{ "no key", { .name = "N" }, 3140 }, { "no name", { .seller = "K" }, 3140 },
		{ "no such event", { .seller = "K", .name = "N", .skonto_start = "bald" }, 3141 },
		{ "no day", { .seller = "K", .name = "N", .exempt_until = "bald" }, 3131 },
		{ "negative", { .seller = "K", .name = "N", .agreed_days = -1 }, 3133 },
		{ "no IBAN", { .seller = "K", .name = "N", .iban = "DE00" }, 3142 },
	};
	efile_supplier good;
	hall h;

	hall_setup(&h);
	TAP_EQUAL_INT(efile_receipt_set(h.t.admin, "place", "08111000"), EFILE_OK);
	TAP_EQUAL_INT(efile_receipt_set(h.t.admin, "place", "08212000"), EFILE_OK);
	TAP_EQUAL_INT(efile_receipt_set(h.t.admin, "colour", "red"), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_receipt_set(h.t.admin, "land", ""), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_receipt_set(hall_person(&h, "kasse"), "land", "HE"), EFILE_E_DENIED);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_supplier s = rows[i].s;

		tap_case(rows[i].name);
		s.size = sizeof(s);
		TAP_EQUAL_INT(efile_supplier_set(h.t.admin, &s), EFILE_E_INVALID);
		TAP_EQUAL_INT(efile_error_number(h.t.ctx), rows[i].number);
	}
	efile_supplier_init(&good);
	good.seller = "K";
	good.name = "N";
	TAP_EQUAL_INT(efile_supplier_set(hall_person(&h, "kasse"), &good), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_supplier_set(h.t.admin, &good), EFILE_OK);
	hall_teardown(&h);
}

/* ---- suppliers of a table ---- */

static efile_status take_table(hall *h, efile_session *who, const char *text, char *lines, int64_t *count)
{
	AUTO_PTR(efile_reader) content = NULL;
	AUTO_PTR(efile_report) report = NULL;
	efile_status status = efile_reader_from_memory(&content, h->t.ctx, text, strlen(text));

	if (status == EFILE_OK)
		status = efile_supplier_import(&report, count, who, content);
	*lines = '\0';
	for (size_t i = 0; report && i < efile_report_count(report); i++)
		sprintf(lines + strlen(lines), "%ld ", efile_report_finding(report, i)->line);
	return status;
}

#define SUPPLIERS "seller;name;creditor;iban;skonto_start;agreed_days;exempt_until\n"

static void test_suppliers(void)
{
	static const struct { const char *name, *text, *lines; int64_t count; efile_status status; } rows[] = {
		{ "two", SUPPLIERS "DE 1;Eins;70001;DE89370400440532013000;receipt;30;31.12.2026\nde2;Zwei\n", "", 2, EFILE_OK },
		{ "the same again, columns in another order", "Name,Seller\nEins AG,DE1\n", "", 1, EFILE_OK },
		{ "what is wrong", SUPPLIERS ";Ohne\nDE3;;\nDE4;Vier;;DE00\nDE5;Fünf;;;bald\nDE6;Sechs;;;;x\nDE7;Sieben;;;;;nie\nDE8;Acht\n",
		  "2 3 4 5 6 7 ", 0, EFILE_OK },
		{ "no heading", "DE1;Eins\n", "", -1, EFILE_E_FORMAT }, { "nothing", "", "", -1, EFILE_E_FORMAT },
	};
	AUTO_PTR(char) json = NULL;
	char lines[80];
	int64_t count;
	hall h;

	hall_setup(&h);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tap_case(rows[i].name);
		count = -1;
		TAP_EQUAL_INT(take_table(&h, h.t.admin, rows[i].text, lines, &count), rows[i].status);
		TAP_EQUAL_TEXT(lines, rows[i].lines);
		TAP_EQUAL_INT(count, rows[i].count);
	}
	TAP_EQUAL_INT(take_table(&h, hall_person(&h, "kasse"), rows[0].text, lines, &count), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_supplier_import(NULL, NULL, h.t.admin, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_supplier_list(&json, hall_person(&h, "kasse"), NULL, 0), EFILE_OK);
	TAP_EQUAL_TEXT(receipt_json(h.t.ctx, json, "suppliers.0.name"), "Eins AG");
	TAP_EQUAL_TEXT(receipt_json(h.t.ctx, json, "suppliers.0.creditor"), "null");
	TAP_EQUAL_TEXT(receipt_json(h.t.ctx, json, "suppliers.0.ibans.0"), "DE89370400440532013000");
	TAP_EQUAL_TEXT(receipt_json(h.t.ctx, json, "suppliers.1.seller"), "de2");
	TAP_EQUAL_TEXT(receipt_json(h.t.ctx, json, "suppliers.2.seller"), "-");
	efile_free(json);
	json = NULL;
	TAP_EQUAL_INT(efile_supplier_list(&json, h.t.admin, "de1", 1), EFILE_OK);
	TAP_EQUAL_TEXT(receipt_json(h.t.ctx, json, "suppliers.0.seller"), "de2");
	efile_free(json);
	json = NULL;
	TAP_EQUAL_INT(efile_supplier_find(&json, hall_person(&h, "kasse"), "D E1"), EFILE_OK);
	TAP_EQUAL_TEXT(receipt_json(h.t.ctx, json, "schema"), "efile.supplier.v1");
	TAP_EQUAL_TEXT(receipt_json(h.t.ctx, json, "name"), "Eins AG");
	efile_free(json);
	json = NULL;
	TAP_EQUAL_INT(efile_supplier_find(&json, h.t.admin, "de9"), EFILE_E_NOTFOUND);
	TAP_EQUAL_TEXT(efile_error_message(h.t.ctx), "no such supplier: de9");
	TAP_EQUAL_INT(efile_supplier_find(&json, h.t.admin, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_supplier_find(&json, hall_person(&h, "poststelle"), "de1"), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_supplier_list(&json, hall_person(&h, "poststelle"), NULL, 0), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_supplier_list(NULL, h.t.admin, NULL, 0), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_receipt_settings(&json, hall_person(&h, "poststelle")), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_receipt_settings(NULL, h.t.admin), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_receipt_settings(&json, h.t.admin), EFILE_OK);
	TAP_EQUAL_TEXT(receipt_json(h.t.ctx, json, "treasury"), "kasse");
	TAP_EQUAL_TEXT(receipt_json(h.t.ctx, json, "place"), "null");
	hall_teardown(&h);
}

static efile_status import_once(efile_ctx *ctx, void *arg)
{
	hall *h = arg;
	AUTO_PTR(char) json = NULL;
	char lines[80];
	int64_t count;
	efile_status status;

	(void)ctx;
	TRY(efile_batch_begin(h->t.store));
	status = take_table(h, h->t.admin, SUPPLIERS "DE1;Eins;7;DE89370400440532013000;receipt;30;\nDE2;Zwei\n",
			    lines, &count);
	if (status == EFILE_OK)
		status = efile_supplier_list(&json, h->t.admin, NULL, 0);
	efile_batch_abort(h->t.store);
	return status;
}

static void test_suppliers_memory(void)
{
	hall h;

	hall_setup(&h);
	TAP_OK(fail_each(import_once, &h) > 5);
	hall_teardown(&h);
}

TAP_SUITE(receipt_register) = {
	{ "certified, authorised, paid with discount", test_paid },
	{ "a discount that is lost", test_discount_lost },
	{ "duplicates by number, amount and day", test_duplicates },
	{ "what was sent back may come again", test_comes_again },
	{ "what is known of a supplier", test_iban },
	{ "another account", test_changed_account },
	{ "the limit of a day", test_limits },
	{ "a correction takes the place of its invoice", test_correction },
	{ "settings and suppliers", test_settings },
	{ "suppliers of a table", test_suppliers },
	{ "suppliers without memory", test_suppliers_memory },
	TAP_END
};
