/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Final invoices against the interim ones of their order. */
#include "unit/receipt_hall.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Findings as "RULE actual>expected", joined by semicolons. */
static void list(char *out, size_t size, const efile_report *report)
{
	*out = '\0';
	for (size_t i = 0; i < efile_report_count(report); i++) {
		const efile_finding *f = efile_report_finding(report, i);

		snprintf(out + strlen(out), size - strlen(out), "%s%s%s %s>%s", i ? "; " : "",
			 f->severity == EFILE_SEVERITY_ERROR ? "" :
			 f->severity == EFILE_SEVERITY_WARNING ? "w:" : "i:",
			 f->rule, f->actual, f->expected);
	}
}

/* 500 net, 95 tax; the second is cumulative: 1000 net so far, of which 595 are asked. */
#define TAXES(net, tax) "\"taxes\":[{\"category\":\"S\",\"rate\":\"19\",\"net\":\"" net "\",\"tax\":\"" tax "\"}]}"
#define ONE(state, more) "{\"number\":\"A-1\",\"state\":\"" state "\",\"currency\":\"EUR\",\"gross\":\"595.00\"," \
	"\"payable\":\"595.00\"," more TAXES("500.00", "95.00")
#define TWO(state, more) "{\"number\":\"A 2\",\"state\":\"" state "\",\"currency\":\"EUR\",\"gross\":\"1190.00\"," \
	"\"payable\":\"595.00\"," more TAXES("1000.00", "190.00")
#define PAID "\"paid\":\"595.00\","
#define NAMES(n) "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>" n                   \
	"</cbc:ID></cac:InvoiceDocumentReference></cac:BillingReference>"
#define NOTE(text) "|note=<cbc:Note>" text "</cbc:Note>"
#define ALLOWANCE "|allowance=<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>"  \
	"<cbc:AllowanceChargeReason>1. Abschlag</cbc:AllowanceChargeReason><cbc:Amount currencyID=\"EUR\">" \
	"500.00</cbc:Amount><cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19</cbc:Percent><cac:TaxScheme>" \
	"<cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:AllowanceCharge>"

static void run(efile_ctx *ctx, const char *changes, const char *interim, const char *expected)
{
	efile_invoice *invoice = receipt_invoice(ctx, changes);
	AUTO_PTR(efile_report) report = NULL;
	char found[800] = "";

	if (TAP_EQUAL_INT(efile_receipt_compare_interim(&report, invoice, interim), EFILE_OK))
		list(found, sizeof(found), report);
	TAP_EQUAL_TEXT(found, expected);
	efile_invoice_free(invoice);
}

static void test_compare(void)
{
	static const struct { const char *name, *changes, *interim, *found; } rows[] = {
		{ "none, and none named", "type=877", "[]", "" },
		{ "one, taken off with its tax",
		  "type=877|paid=595.00|payable=595.00|preceding=" NAMES("A-1") NOTE("Im Abschlag enthaltene USt: 95,00 EUR"),
		  "[" ONE("paid", PAID) "]", "" },
		{ "its tax is not said (§ 14 (5) UStG)",
		  "type=877|paid=595.00|payable=595.00|preceding=" NAMES("a-1"),
		  "{\"invoices\":[" ONE("paid", PAID) "]}", "w:INTERIM-VAT 0>95.00" },
		{ "by an allowance, which has its tax",
		  "type=877|net=500.00|tax=95.00|gross=595.00|payable=595.00|preceding=" NAMES("A-1") ALLOWANCE,
		  "[" ONE("paid", PAID) "]", "" },
		{ "two, the second cumulative",
		  "type=877|paid=1190.00|payable=0.00|preceding=" NAMES("A-1") NAMES("A2") NOTE("davon USt 190.00"),
		  "[" ONE("paid", PAID) "," TWO("paid", PAID) "]", "" },
		{ "one is forgotten",
		  "type=877|paid=595.00|payable=595.00|preceding=" NAMES("A-1") NOTE("USt 190,00"),
		  "[" ONE("paid", PAID) "," TWO("paid", PAID) "]",
		  "INTERIM-MISSING >A 2; INTERIM-PAID 595.00>1190.00" },
		{ "nothing is taken off by an ordinary invoice", "",
		  "[" ONE("handed_over", "") "]",
		  "w:INTERIM-MISSING >A-1; INTERIM-PAID 0.00>595.00; w:INTERIM-VAT 0>95.00" },
		{ "one is named twice",
		  "type=877|paid=595.00|payable=595.00|preceding=" NAMES("A-1") NAMES("A-1") NOTE("95.00"),
		  "[" ONE("paid", PAID) "]", "INTERIM-TWICE A-1>" },
		{ "one that nobody has received",
		  "type=877|paid=595.00|payable=595.00|preceding=" NAMES("A-9"), "[]",
		  "INTERIM-UNKNOWN A-9>; w:INTERIM-PAID 595.00>0" },
		{ "one that was returned",
		  "type=877|paid=595.00|payable=595.00|preceding=" NAMES("A-1"),
		  "[" ONE("returned", "") "]", "INTERIM-STATE A-1>returned; w:INTERIM-PAID 595.00>0" },
		{ "one that is on its way",
		  "type=877|paid=595.00|payable=595.00|preceding=" NAMES("A-1") NOTE("95.00"),
		  "[" ONE("open", "") "]", "w:INTERIM-STATE A-1>open" },
		{ "one on its way need not be named", "type=877" NOTE("95.00"),
		  "[" ONE("open", "") "]", "" },
		{ "security was retained: what was billed is taken off",
		  "type=877|paid=595.00|payable=595.00|preceding=" NAMES("A-1") NOTE("95.00"),
		  "[" ONE("paid", "\"retained\":\"59.50\",\"paid\":\"535.50\",") "]", "i:INTERIM-SECURITY 59.50>0" },
		{ "more than a tenth was retained; what was paid is taken off",
		  "type=877|paid=495.00|payable=695.00|preceding=" NAMES("A-1") NOTE("95.00"),
		  "[" ONE("paid", "\"retained\":100,\"paid\":495,") "]",
		  "w:INTERIM-SECURITY 100>59.500; i:INTERIM-SECURITY 100>0" },
		{ "paid less a discount: either may be taken off, this is neither",
		  "type=877|paid=590.00|payable=600.00|preceding=" NAMES("A-1") NOTE("95.00"),
		  "[" ONE("paid", "\"paid\":\"583.10\",") "]", "i:INTERIM-PAID 590.00>583.10" },
		{ "withheld for the tax office counts as paid",
		  "type=877|paid=595.00|payable=595.00|preceding=" NAMES("A-1") NOTE("95.00"),
		  "[" ONE("paid", "\"withheld\":\"89.25\",\"paid\":\"505.75\",") "]", "" },
		{ "accepted in part",
		  "type=877|paid=400.00|payable=790.00|preceding=" NAMES("A-1") NOTE("95.00"),
		  "[" ONE("paid", "\"accepted\":\"400.00\",\"paid\":\"400.00\",") "]", "" },
		{ "another rate than the interim invoices had",
		  "type=877|rate=7|tax=70.00|gross=1070.00|paid=595.00|payable=475.00|preceding=" NAMES("A-1"),
		  "[" ONE("paid", PAID) "]", "INTERIM-VAT 0>95.00" },
		{ "another currency", "type=877|preceding=" NAMES("A-1"),
		  "[{\"number\":\"A-1\",\"currency\":\"CHF\",\"payable\":10,\"paid\":10}]", "INTERIM-CURRENCY EUR>CHF" },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tap_case(rows[i].name);
		run(ctx, rows[i].changes, rows[i].interim, rows[i].found);
	}
	efile_ctx_free(ctx);
}

static void test_thousands(void)
{
	efile_ctx *ctx = test_ctx_german();
	AUTO_PTR(efile_report) report = NULL;
	efile_invoice *invoice = receipt_invoice(ctx, "type=877|quantity=1000|line=1000000.00|lines=1000000.00"
		"|net=1000000.00|tax=190000.00|gross=1190000.00|paid=1190000.00|payable=0.00|preceding=" NAMES("A-1")
		NOTE("USt auf Abschläge: 190.000,00 EUR"));

	TAP_EQUAL_INT(efile_receipt_compare_interim(&report, invoice, "[{\"number\":\"A-1\",\"payable\":1190000,"
		"\"paid\":1190000,\"taxes\":[{\"category\":\"S\",\"rate\":19,\"tax\":190000}]},{\"number\":\"B\"}]"), EFILE_OK);
	TAP_EQUAL_INT(efile_report_count(report), 1);
	TAP_EQUAL_TEXT(efile_report_finding(report, 0)->message,
		       "eine Abschlagsrechnung desselben Auftrags ist nicht abgesetzt");
	efile_invoice_free(invoice);
	efile_ctx_free(ctx);
}

static void test_malformed(void)
{
	static const char *const rows[] = { "{", "{}", "7", "[{}]", "[{\"number\":7}]", "{\"invoices\":1}",
		"[{\"number\":\"A\",\"paid\":\"viel\"}]", "[{\"number\":\"A\",\"taxes\":[{\"tax\":\"x\"}]}]" };
	efile_ctx *ctx = test_ctx();
	efile_invoice *invoice = receipt_invoice(ctx, "");
	AUTO_PTR(efile_report) report = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		TAP_EQUAL_INT(efile_receipt_compare_interim(&report, invoice, rows[i]), EFILE_E_FORMAT);
	TAP_EQUAL_INT(efile_receipt_compare_interim(&report, invoice, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_receipt_compare_interim(&report, NULL, "[]"), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_receipt_compare_interim(NULL, invoice, "[]"), EFILE_E_INVALID);
	TAP_OK(report == NULL);
	efile_invoice_free(invoice);
	efile_ctx_free(ctx);
}

static efile_status compare(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(efile_invoice) invoice = NULL;
	AUTO_PTR(efile_report) report = NULL;
	const buf *xml = arg;

	TRY(efile_invoice_from_xml(&invoice, ctx, xml->data, xml->length));
	return efile_receipt_compare_interim(&report, invoice,
					     "[" ONE("paid", PAID) "," TWO("paid", PAID) "]");
}

static void test_memory(void)
{
	AUTO(buf) xml = BUF_INIT;

	receipt_sample(&xml, "type=877|paid=595.00|payable=595.00|preceding=" NAMES("A-1") NOTE("USt 190,00") ALLOWANCE);
	TAP_OK(fail_each(compare, &xml) > 10);
}

/* ---- in the register ---- */

/* An interim invoice on its whole way; what was retained is said with the facts. */
static void pay_interim(hall *h, const char *changes, const char *facts, const char *payment)
{
	efile_instance_id i = hall_receive(h, changes);

	TAP_EQUAL_TEXT(hall_value(h, i, "receipt.interim"), "false");
	TAP_EQUAL_INT(hall_act(h, i, "sachbearbeitung", "certify-facts", facts), EFILE_OK);
	TAP_EQUAL_INT(hall_act(h, i, "fachtechnik", "certify-technical", "{}"), EFILE_OK);
	TAP_EQUAL_INT(hall_act(h, i, "sachbearbeitung", "certify-calculation", "{}"), EFILE_OK);
	TAP_EQUAL_INT(hall_act(h, i, "haushalt", "assign-account", "{}"), EFILE_OK);
	TAP_EQUAL_INT(hall_act(h, i, "anordnung", "authorise", "{}"), EFILE_OK);
	TAP_EQUAL_INT(hall_act(h, i, "kasse", "treasury", "{}"), EFILE_OK);
	TAP_EQUAL_INT(hall_act(h, i, "kasse", "confirm-payment", payment), EFILE_OK);
}

#define HALF "|quantity=5|line=500.00|lines=500.00|net=500.00|tax=95.00|gross=595.00|payable=595.00"
#define RIGHT "{\"facts\":{\"outcome\":\"right\"}}"

static void certify(hall *h, efile_instance_id i)
{
	TAP_EQUAL_INT(hall_act(h, i, "sachbearbeitung", "certify-facts", RIGHT), EFILE_OK);
	TAP_EQUAL_INT(hall_act(h, i, "fachtechnik", "certify-technical", "{}"), EFILE_OK);
}

static void test_register(void)
{
	hall h;
	efile_instance_id last;

	hall_setup(&h);
	pay_interim(&h, "type=326|number=A-1" HALF, RIGHT, "{\"payment\":{\"date\":\"2026-03-09\",\"amount\":\"595.00\"}}");
	pay_interim(&h, "type=326|number=A-2|order=B-1" HALF, RIGHT, "{}");
	pay_interim(&h, "type=326|number=A-3" HALF,
		    "{\"facts\":{\"outcome\":\"right\",\"retained\":\"59.50\",\"release_on\":\"2028-01-31\"}}", "{}");
	/* the order is the same whatever its spelling; A-2 is of another one */
	last = hall_receive(&h, "type=877|number=S-1|order=b -4711|paid=1130.50|payable=59.50|preceding="
				NAMES("A-1") NAMES("A-3") NOTE("USt 190,00"));
	TAP_EQUAL_TEXT(hall_value(&h, last, "receipt.interim"), "true");
	certify(&h, last);
	TAP_EQUAL_TEXT(hall_value(&h, last, "interim.right"), "true");
	TAP_EQUAL_TEXT(hall_value(&h, last, "interim.count"), "2");
	TAP_EQUAL_TEXT(hall_value(&h, last, "interim.findings.0.rule"), "INTERIM-SECURITY");
	TAP_EQUAL_INT(hall_act(&h, last, "sachbearbeitung", "certify-calculation", "{}"), EFILE_OK);
	/* everything once more, without saying that it is final */
	last = hall_receive(&h, "type=380|number=S-2|date=2026-02-26");
	TAP_EQUAL_TEXT(hall_value(&h, last, "receipt.interim"), "true");
	TAP_EQUAL_INT(hall_act(&h, last, "sachbearbeitung", "certify-facts", RIGHT), EFILE_OK);
	TAP_EQUAL_TEXT(hall_value(&h, last, "interim.right"), "false");
	TAP_EQUAL_INT(hall_act(&h, last, "sachbearbeitung", "clear-interim",
			       "{\"interim\":{\"outcome\":\"reject\",\"reason\":\"Abschläge\"}}"), EFILE_OK);
	TAP_EQUAL_TEXT(hall_state(&h, last), "rejected");
	hall_teardown(&h);
}

/* The posting is less the security; the process waits until it is to be released. */
static void test_security(void)
{
	hall h;
	efile_instance_id i;

	hall_setup(&h);
	i = hall_receive(&h, "type=326|number=A-1" HALF);
	TAP_EQUAL_INT(hall_act(&h, i, "sachbearbeitung", "certify-facts",
			       "{\"facts\":{\"outcome\":\"right\",\"retained\":\"59.50\"}}"), EFILE_OK);
	TAP_EQUAL_INT(hall_act(&h, i, "fachtechnik", "certify-technical", "{}"), EFILE_OK);
	TAP_EQUAL_INT(hall_act(&h, i, "sachbearbeitung", "certify-calculation", "{}"), EFILE_OK);
	TAP_EQUAL_INT(hall_act(&h, i, "haushalt", "assign-account", "{}"), EFILE_OK);
	TAP_EQUAL_INT(hall_act(&h, i, "anordnung", "authorise", "{}"), EFILE_OK);
	TAP_EQUAL_INT(hall_act(&h, i, "kasse", "treasury", "{}"), EFILE_OK);
	TAP_EQUAL_TEXT(hall_value(&h, i, "posting.amount"), "535.50");
	TAP_EQUAL_INT(hall_act(&h, i, "kasse", "confirm-payment",
			       "{\"payment\":{\"date\":\"2026-03-09\",\"amount\":\"535.50\"}}"), EFILE_OK);
	TAP_EQUAL_TEXT(hall_value(&h, i, "settled.retained"), "59.50");
	TAP_EQUAL_TEXT(hall_value(&h, i, "settled.release_at"), "2028-03-09T07:00:00Z");
	TAP_EQUAL_TEXT(hall_value(&h, i, "settled.release_assumed"), "true");
	TAP_EQUAL_TEXT(hall_value(&h, i, "settled.discount_won"), "false"); /* retained is no discount */
	TAP_EQUAL_INT(hall_status(&h, i), EFILE_FLOW_RUNNING);
	hall_teardown(&h);
}

/* Whoever is of the treasury may look them up beforehand. */
static void test_lookup(void)
{
	hall h;
	AUTO_PTR(efile_invoice) invoice = NULL;
	AUTO_PTR(char) json = NULL;

	hall_setup(&h);
	pay_interim(&h, "type=326|number=A-1" HALF, RIGHT, "{}");
	invoice = receipt_invoice(h.t.ctx, "type=877|number=S-1");
	TAP_EQUAL_INT(efile_receipt_interim(&json, hall_person(&h, "kasse"), invoice), EFILE_OK);
	TAP_EQUAL_TEXT(receipt_json(h.t.ctx, json, "schema"), "efile.receipt_interim.v1");
	TAP_EQUAL_TEXT(receipt_json(h.t.ctx, json, "invoices.0.number"), "A-1");
	TAP_EQUAL_TEXT(receipt_json(h.t.ctx, json, "invoices.0.state"), "paid");
	TAP_EQUAL_TEXT(receipt_json(h.t.ctx, json, "invoices.0.paid"), "595.00");
	TAP_EQUAL_TEXT(receipt_json(h.t.ctx, json, "invoices.0.taxes.0.tax"), "95.00");
	TAP_EQUAL_TEXT(receipt_json(h.t.ctx, json, "invoices.1"), "-");
	efile_free(STEAL(json));
	TAP_EQUAL_INT(efile_receipt_interim(&json, hall_person(&h, "poststelle"), invoice), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_receipt_interim(&json, hall_person(&h, "kasse"), NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_receipt_interim(NULL, hall_person(&h, "kasse"), invoice), EFILE_E_INVALID);
	hall_teardown(&h);
}

TAP_SUITE(receipt_interim) = {
	{ "interim invoices are taken off, once and with their tax", test_compare },
	{ "thousands with dots, findings in German", test_thousands },
	{ "a list that is none", test_malformed },
	{ "missing memory", test_memory },
	{ "interim invoices of the register", test_register },
	{ "security is retained, and released later", test_security },
	{ "interim invoices are looked up", test_lookup },
	TAP_END,
};
