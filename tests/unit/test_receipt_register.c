/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The receipt at work in a store: letters come in, people do their tasks, the register tells. */
#include <efile/receipt.h>
#include <efile/template.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "receipt/record.h"
#include "unit/desk_support.h"
#include "unit/receipt_support.h"

DEFINE_AUTO_PTR(efile_intake_item, efile_intake_item_free)
DEFINE_AUTO_PTR(efile_task_cursor, efile_task_cursor_free)
DEFINE_AUTO_PTR(efile_flow_cursor, efile_flow_cursor_free)

/* A municipality with one person per role; the name is the role's. */
static const char *const roles[] = { "poststelle", "sachbearbeitung", "fachtechnik", "haushalt",
				     "anordnung", "amtsleitung", "leitung", "kasse" };

typedef struct hall {
	town t;
	efile_session *who[ARRAY_SIZE(roles)];
} hall;

static void hall_setup(hall *h)
{
	town_setup(&h->t);
	test_clock_reset();
	TAP_EQUAL_INT(efile_template_apply(h->t.admin, "municipal", "BW"), EFILE_OK);
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++) {
		char name[40];
		efile_actor_id role, person;

		snprintf(name, sizeof(name), "x.%s", roles[i]);
		person = town_person(&h->t, name, 0);
		TAP_EQUAL_INT(efile_actor_find(&role, h->t.admin, roles[i]), EFILE_OK);
		town_join(&h->t, person, role);
		h->who[i] = town_session(&h->t, name, NULL, NULL);
	}
}

static void hall_teardown(hall *h)
{
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++)
		efile_session_close(h->who[i]);
	desk_fsck(h->t.store);
	town_teardown(&h->t);
}

static efile_session *person(hall *h, const char *role)
{
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++)
		if (strcmp(roles[i], role) == 0)
			return h->who[i];
	return NULL;
}

/* An invoice comes in; its process. */
static efile_instance_id receive(hall *h, const char *changes)
{
	AUTO(buf) xml = BUF_INIT;
	AUTO_PTR(efile_intake_item) item = NULL;

	receipt_sample(&xml, changes);
	item = desk_receive(person(h, "poststelle"), EFILE_CHANNEL_FILE, "rechnung.xml", xml.data);
	if (!item || !TAP_EQUAL_INT(efile_intake_process(item, person(h, "poststelle")), EFILE_OK))
		return (efile_instance_id){ EFILE_ID_NONE };
	return efile_intake_item_instance(item);
}

/* A value of the process's variables, by its path. */
static const char *value(hall *h, efile_instance_id instance, const char *at)
{
	AUTO_PTR(efile_flow_cursor) cursor = NULL;
	efile_flow_instance i;

	if (efile_flow_list(&cursor, person(h, "kasse"), instance) != EFILE_OK ||
	    efile_flow_cursor_next(cursor, &i) != EFILE_OK)
		return "no instance";
	return receipt_json(h->t.ctx, i.variables, at);
}

static efile_flow_status status_of(hall *h, efile_instance_id instance)
{
	AUTO_PTR(efile_flow_cursor) cursor = NULL;
	efile_flow_instance i;

	if (efile_flow_list(&cursor, person(h, "kasse"), instance) != EFILE_OK ||
	    efile_flow_cursor_next(cursor, &i) != EFILE_OK)
		return EFILE_FLOW_FAILED;
	return i.status;
}

/* Somebody of a role does the task at a node; the status. */
static efile_status act(hall *h, efile_instance_id instance, const char *role, const char *node,
			const char *variables)
{
	AUTO_PTR(efile_task_cursor) cursor = NULL;
	efile_task task;
	efile_task_id found = { EFILE_ID_NONE };

	if (efile_task_list(&cursor, person(h, role), found) != EFILE_OK)
		return EFILE_E_INTERNAL;
	while (efile_task_cursor_next(cursor, &task) == EFILE_OK)
		if (strcmp(task.node, node) == 0 &&
		    memcmp(&task.instance, &instance, sizeof(instance)) == 0)
			found = task.id;
	return efile_task_complete(person(h, role), found, variables);
}

static void authorise(hall *h, efile_instance_id i)
{
	TAP_EQUAL_INT(act(h, i, "sachbearbeitung", "certify-facts", "{\"facts\":{\"outcome\":\"right\"}}"), EFILE_OK);
	TAP_EQUAL_INT(act(h, i, "sachbearbeitung", "certify-calculation",
			  "{\"calculation\":{\"outcome\":\"right\"}}"), EFILE_OK);
	TAP_EQUAL_INT(act(h, i, "haushalt", "assign-account", "{\"account\":{\"outcome\":\"ok\"}}"), EFILE_OK);
	TAP_EQUAL_INT(act(h, i, "anordnung", "authorise", "{\"order\":{\"outcome\":\"ok\"}}"), EFILE_OK);
}

static void finish(hall *h, efile_instance_id i, const char *payment)
{
	TAP_EQUAL_INT(act(h, i, "kasse", "treasury", "{\"treasury\":{\"outcome\":\"ok\"}}"), EFILE_OK);
	TAP_EQUAL_INT(act(h, i, "kasse", "confirm-payment", payment), EFILE_OK);
}

/* The state of an invoice in the register. */
static const char *state_of(hall *h, efile_instance_id instance)
{
	AUTO(receipt_record) row = { .head = { 0, 0 } };

	if (receipt_by_instance(&row, h->t.store, &instance.id) != EFILE_OK)
		return "none";
	return receipt_state_name(row.state);
}

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
	i = receive(&h, "");
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		tap_case(rows[n][0]);
		TAP_EQUAL_TEXT(value(&h, i, rows[n][0]), rows[n][1]);
	}
	authorise(&h, i);
	TAP_EQUAL_TEXT(value(&h, i, "calculation.outcome"), "right");
	TAP_EQUAL_TEXT(value(&h, i, "proposal.account"), "4212");
	TAP_EQUAL_TEXT(value(&h, i, "authority.level"), "1");
	TAP_EQUAL_TEXT(value(&h, i, "limits.exceeded"), "false");
	finish(&h, i, "{\"payment\":{\"date\":\"2026-03-13\",\"amount\":\"1166.20\"}}");
	TAP_EQUAL_INT(status_of(&h, i), EFILE_FLOW_ENDED);
	TAP_EQUAL_TEXT(value(&h, i, "settled.discount_won"), "true");
	TAP_EQUAL_TEXT(value(&h, i, "posting.amount"), "1190.00");
	TAP_EQUAL_TEXT(state_of(&h, i), "paid");
	TAP_EQUAL_INT(efile_flow_replay(person(&h, "kasse"), i, NULL), EFILE_OK);
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
		i = receive(&h, number);
		authorise(&h, i);
		finish(&h, i, rows[n].payment);
		TAP_EQUAL_TEXT(value(&h, i, "settled.discount_won"), rows[n].won);
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
	first = receive(&h, "");
	for (size_t n = 0; n < ARRAY_SIZE(rows); n++) {
		efile_instance_id i = receive(&h, rows[n].changes);

		tap_case(rows[n].name);
		TAP_EQUAL_TEXT(value(&h, i, "receipt.duplicate"), rows[n].duplicate);
		TAP_EQUAL_TEXT(value(&h, i, "receipt.twin_by"), rows[n].by);
		if (strcmp(rows[n].duplicate, "true") == 0) {
			TAP_EQUAL_INT(act(&h, i, "poststelle", "clearing",
					  "{\"clearing\":{\"outcome\":\"duplicate\"}}"), EFILE_OK);
			TAP_EQUAL_TEXT(state_of(&h, i), "duplicate");
		}
	}
	TAP_EQUAL_INT(act(&h, first, "sachbearbeitung", "certify-facts",
			  "{\"facts\":{\"outcome\":\"reject\",\"reason\":\"nicht bestellt\"}}"), EFILE_OK);
	TAP_EQUAL_TEXT(state_of(&h, first), "rejected");
	hall_teardown(&h);
}

/* What was sent back may come again under its number. */
static void test_comes_again(void)
{
	AUTO(receipt_record) row = { .head = { 0, 0 } };
	efile_instance_id first, again;
	hall h;

	hall_setup(&h);
	first = receive(&h, "gross=1191.00");
	TAP_EQUAL_TEXT(value(&h, first, "check.accepted"), "false");
	TAP_EQUAL_INT(act(&h, first, "poststelle", "clearing",
			  "{\"clearing\":{\"outcome\":\"return\",\"reason\":\"Summe\"}}"), EFILE_OK);
	TAP_EQUAL_TEXT(state_of(&h, first), "returned");
	if (TAP_EQUAL_INT(receipt_by_instance(&row, h.t.store, &first.id), EFILE_OK)) {
		TAP_EQUAL_TEXT(row.reason, "Summe");
		TAP_OK(receipt_has_word(row.rules, "BR-CO-15"));
	}
	again = receive(&h, "");
	TAP_EQUAL_TEXT(value(&h, again, "receipt.duplicate"), "false");
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
	i = receive(&h, "type=875");
	TAP_EQUAL_TEXT(value(&h, i, "receipt.supplier_known"), "true");
	TAP_EQUAL_TEXT(value(&h, i, "receipt.iban_changed"), "true");
	TAP_EQUAL_TEXT(value(&h, i, "receipt.exempt"), "true");
	TAP_EQUAL_TEXT(value(&h, i, "receipt.withholding"), "null");
	/* 14 days from 27 February, a Friday: 13 March */
	TAP_EQUAL_TEXT(value(&h, i, "receipt.discount_until"), "2026-03-13");
	TAP_EQUAL_TEXT(value(&h, i, "route.technical"), "true");
	s.exempt_until = NULL;
	TAP_EQUAL_INT(efile_supplier_set(h.t.admin, &s), EFILE_OK);
	i = receive(&h, "type=875|number=B|date=2026-02-20");
	TAP_EQUAL_TEXT(value(&h, i, "receipt.withholding"), "178.50");
	hall_teardown(&h);
}

/* A changed account asks for the head of the office. */
static void test_changed_account(void)
{
	efile_instance_id i;
	hall h;

	hall_setup(&h);
	i = receive(&h, "");
	authorise(&h, i);
	finish(&h, i, "{\"payment\":{\"date\":\"2026-03-13\"}}");
	i = receive(&h, "number=2|date=2026-02-20");
	TAP_EQUAL_TEXT(value(&h, i, "receipt.supplier_known"), "true");
	TAP_EQUAL_TEXT(value(&h, i, "receipt.iban_changed"), "false");
	i = receive(&h, "number=3|date=2026-02-19|iban=DE89370400440532013000");
	TAP_EQUAL_TEXT(value(&h, i, "receipt.iban_changed"), "true");
	TAP_EQUAL_INT(act(&h, i, "sachbearbeitung", "certify-facts", "{\"facts\":{\"outcome\":\"right\"}}"), EFILE_OK);
	TAP_EQUAL_INT(act(&h, i, "sachbearbeitung", "certify-calculation",
			  "{\"calculation\":{\"outcome\":\"right\"}}"), EFILE_OK);
	TAP_EQUAL_INT(act(&h, i, "haushalt", "assign-account", "{\"account\":{\"outcome\":\"ok\"}}"), EFILE_OK);
	TAP_EQUAL_TEXT(value(&h, i, "authority.level"), "2");
	TAP_EQUAL_INT(act(&h, i, "amtsleitung", "authorise-head", "{\"order\":{\"outcome\":\"ok\"}}"), EFILE_OK);
	TAP_EQUAL_TEXT(value(&h, i, "limits.exceeded"), "false");
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
		i = receive(&h, changes);
		authorise(&h, i);
		TAP_EQUAL_TEXT(value(&h, i, "limits.daily"), n < 6 ? "false" : "true");
		TAP_EQUAL_INT(act(&h, i, "leitung", "co-authorise", "{\"order\":{\"outcome\":\"ok\"}}"),
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
	first = receive(&h, "");
	correction = receive(&h, "type=384|number=R-2026-100-K|date=2026-02-28|" PRECEDING);
	TAP_EQUAL_TEXT(value(&h, correction, "link.found"), "true");
	TAP_EQUAL_TEXT(state_of(&h, first), "superseded");
	TAP_EQUAL_INT(status_of(&h, first), EFILE_FLOW_ENDED);
	TAP_EQUAL_TEXT(state_of(&h, correction), "open");
	lost = receive(&h, "type=384|number=K-9|date=2026-02-21|vat=DE999999999|" PRECEDING);
	TAP_EQUAL_TEXT(value(&h, lost, "link.found"), "false");
	TAP_EQUAL_INT(act(&h, lost, "sachbearbeitung", "find-original", "{\"link\":{\"found\":true}}"), EFILE_OK);
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
	TAP_EQUAL_INT(efile_receipt_set(person(&h, "kasse"), "land", "HE"), EFILE_E_DENIED);
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
	TAP_EQUAL_INT(efile_supplier_set(person(&h, "kasse"), &good), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_supplier_set(h.t.admin, &good), EFILE_OK);
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
	TAP_END
};
