/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recalculating invoices, and comparing them with their order. */
#include "unit/receipt_support.h"

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

static void run(efile_ctx *ctx, const char *changes, const char *order, const char *expected)
{
	efile_invoice *invoice = receipt_invoice(ctx, changes);
	AUTO_PTR(efile_report) report = NULL;
	char found[800] = "";

	if (TAP_EQUAL_INT(efile_receipt_recalculate(&report, invoice, order), EFILE_OK))
		list(found, sizeof(found), report);
	TAP_EQUAL_TEXT(found, expected);
	efile_invoice_free(invoice);
}

#define ALLOWANCE                                                                                  \
	"allowance=<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>"           \
	"<cbc:AllowanceChargeReason>Rabatt</cbc:AllowanceChargeReason>"                             \
	"<cbc:Amount currencyID=\"EUR\">50.00</cbc:Amount></cac:AllowanceCharge>"

static void test_itself(void)
{
	static const struct { const char *name, *changes, *found; } rows[] = {
		{ "right", "", "" },
		{ "a line", "price=99.00", "CALC-LINE 1000.00>990.00" },
		{ "two cents are a matter of rounding", "price=100.002", "w:CALC-LINE 1000.00>1000.02" },
		{ "three are not", "price=100.003", "CALC-LINE 1000.00>1000.03" },
		{ "half a cent goes up", "quantity=1|price=1000.005|line=1000.01|lines=1000.01|net=1000.01|gross=1190.01|payable=1190.01",
		  "" },
		{ "the sum of the lines", "lines=999.00|net=999.00|tax=189.81|gross=1188.81|payable=1188.81",
		  "CALC-SUM 999.00>1000.00" },
		{ "the net total", "net=1001.00|tax=190.19|gross=1191.19|payable=1191.19", "CALC-NET 1001.00>1000.00" },
		{ "the tax", "tax=189.00|gross=1189.00|payable=1189.00", "CALC-VAT 189.00>190.00" },
		{ "the gross total", "gross=1191.00|payable=1191.00", "CALC-GROSS 1191.00>1190.00" },
		{ "the amount due", "payable=1000.00", "CALC-DUE 1000.00>1190.00" },
		{ "what was paid before", "paid=190.00|payable=1000.00", "" },
		{ "allowances that nobody totals", ALLOWANCE, "CALC-ALLOWANCES 0>50.00" },
		{ "allowances", ALLOWANCE "|allowances=<cbc:AllowanceTotalAmount currencyID=\"EUR\">50.00</cbc:AllowanceTotalAmount>"
		  "|net=950.00|tax=180.50|gross=1130.50|payable=1130.50", "" },
		{ "a number that is none", "quantity=zehn", "CALC-LINE 1000.00>0.00" },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tap_case(rows[i].name);
		run(ctx, rows[i].changes, NULL, rows[i].found);
	}
	efile_ctx_free(ctx);
}

#define ORDER(rest) "{\"number\":\"B-4711\",\"currency\":\"EUR\",\"total\":\"1000\",\"lines\":[{\"line\":\"1\"," \
	"\"item\":\"LED-100\",\"quantity\":10,\"price\":\"100\",\"unit\":\"C62\"" rest "}]}"
#define LINE_REFERENCE "order_line=<cac:OrderLineReference><cbc:LineID>2</cbc:LineID></cac:OrderLineReference>"

static void test_order(void)
{
	static const struct { const char *name, *changes, *order, *found; } rows[] = {
		{ "as ordered", "", ORDER(""), "" },
		{ "another order", "order=B-1", ORDER(""), "ORDER-NUMBER B-1>B-4711" },
		{ "more than ordered", "quantity=11|line=1100.00|lines=1100.00|net=1100.00|tax=209.00|gross=1309.00|payable=1309.00",
		  ORDER(""), "ORDER-TOTAL 1100.00>1000; ORDER-QUANTITY 11>10" },
		{ "more than received", "", ORDER(",\"received\":8"), "ORDER-RECEIVED 10>8" },
		{ "dearer", "quantity=9|price=101.00|line=909.00|lines=909.00|net=909.00|tax=172.71|gross=1081.71|payable=1081.71",
		  ORDER(""), "ORDER-PRICE 101.00>100" },
		{ "cheaper", "price=99.00|line=990.00|lines=990.00|net=990.00|tax=188.10|gross=1178.10|payable=1178.10",
		  ORDER(""), "i:ORDER-PRICE 99.00>100" },
		{ "another unit", "unit=HUR", ORDER(""), "ORDER-UNIT HUR>C62" },
		{ "another item", "article=LED-200", ORDER(""), "ORDER-LINE 1>" },
		{ "a line that is not there", LINE_REFERENCE, ORDER(""), "ORDER-LINE 1>" },
		{ "no lines in the order", "", "{\"number\":\"B-4711\",\"total\":1000}", "" },
		{ "an order that says nothing", "", "{}", "" },
		{ "another currency", "", "{\"currency\":\"CHF\"}", "ORDER-CURRENCY EUR>CHF" },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tap_case(rows[i].name);
		run(ctx, rows[i].changes, rows[i].order, rows[i].found);
	}
	efile_ctx_free(ctx);
}

static void test_refused(void)
{
	static const struct { const char *order; int number; } rows[] = {
		{ "[]", 3136 }, { "{\"total\":\"viel\"}", 3135 },
		{ "{\"lines\":[{\"item\":\"LED-100\",\"price\":true}]}", 3135 },
		{ "{\"lines\":[{\"item\":\"LED-100\",\"quantity\":\"zwei\"}]}", 3135 },
	};
	efile_ctx *ctx = test_ctx();
	efile_invoice *invoice = receipt_invoice(ctx, "");
	efile_report *report = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tap_case(rows[i].order);
		TAP_EQUAL_INT(efile_receipt_recalculate(&report, invoice, rows[i].order), EFILE_E_FORMAT);
		TAP_EQUAL_INT(efile_error_number(ctx), rows[i].number);
	}
	TAP_EQUAL_INT(efile_receipt_recalculate(&report, invoice, "{"), EFILE_E_FORMAT);
	TAP_EQUAL_INT(efile_receipt_recalculate(&report, NULL, NULL), EFILE_E_INVALID);
	TAP_OK(report == NULL);
	efile_invoice_free(invoice);
	efile_ctx_free(ctx);
}

static void test_words(void)
{
	efile_ctx *ctx = test_ctx_german();
	efile_invoice *invoice = receipt_invoice(ctx, "price=99.00");
	AUTO_PTR(efile_report) report = NULL;

	if (TAP_EQUAL_INT(efile_receipt_recalculate(&report, invoice, NULL), EFILE_OK) &&
	    TAP_EQUAL_INT(efile_report_count(report), 1)) {
		const efile_finding *f = efile_report_finding(report, 0);

		TAP_EQUAL_TEXT(f->message, "der Nettobetrag einer Position ist 1000.00; Menge, Preis, "
			       "Nachlässe und Zuschläge ergeben 990.00");
		TAP_EQUAL_TEXT(f->term, "BT-131");
		TAP_OK(f->line > 70);
	}
	efile_invoice_free(invoice);
	efile_ctx_free(ctx);
}

static efile_status calculate(efile_ctx *ctx, void *arg)
{
	efile_invoice *invoice = NULL;
	AUTO_PTR(efile_report) report = NULL;
	efile_status status;
	const buf *xml = arg;

	status = efile_invoice_from_xml(&invoice, ctx, xml->data, xml->length);
	if (status == EFILE_OK)
		status = efile_receipt_recalculate(&report, invoice, ORDER(",\"received\":8"));
	efile_invoice_free(invoice);
	return status;
}

static void test_memory(void)
{
	AUTO(buf) xml = BUF_INIT;

	receipt_sample(&xml, "price=101.00");
	TAP_OK(fail_each(calculate, &xml) > 5);
}

TAP_SUITE(receipt_order) = {
	{ "the invoice in itself", test_itself },
	{ "the invoice and its order", test_order },
	{ "refused", test_refused },
	{ "in words", test_words },
	{ "out of memory", test_memory },
	TAP_END
};
