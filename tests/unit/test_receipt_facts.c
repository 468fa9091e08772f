/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an invoice means: kinds, flags, withholding, accounts, references. */
#include "unit/receipt_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *facts(efile_ctx *ctx, const char *changes)
{
	efile_invoice *invoice = receipt_invoice(ctx, changes);
	char *json = NULL;

	TAP_EQUAL_INT(efile_receipt_facts(&json, invoice), EFILE_OK);
	efile_invoice_free(invoice);
	return json;
}

#define NOTE(text) "note=<cbc:Note>" text "</cbc:Note>"
#define PRECEDING                                                                                  \
	"preceding=<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>R-1</cbc:ID>"        \
	"<cbc:IssueDate>2026-01-15</cbc:IssueDate></cac:InvoiceDocumentReference></cac:BillingReference>"
#define CPV(code, list)                                                                            \
	"cpv=<cac:CommodityClassification><cbc:ItemClassificationCode listID=\"" list "\">" code    \
	"</cbc:ItemClassificationCode></cac:CommodityClassification>"
#define SECURITY                                                                                   \
	"allowance=<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>"           \
	"<cbc:AllowanceChargeReason>5 % Sicherheitseinbehalt</cbc:AllowanceChargeReason>"           \
	"<cbc:Amount currencyID=\"EUR\">50.00</cbc:Amount></cac:AllowanceCharge>"

static void test_kinds(void)
{
	static const struct { const char *changes, *kind; } rows[] = {
		{ "", "invoice" }, { "type=326", "interim" }, { "type=875", "interim" },
		{ "type=876", "partial_final" }, { "type=877", "final" }, { "type=381", "credit_note" },
		{ "type=384", "correction" }, { "type=384|gross=-1190.00", "cancellation" },
		{ "type=386", "prepayment" }, { "type=389", "self_billed" }, { "type=393", "factored" },
		{ "type=751", "other" },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_PTR(char) json = facts(ctx, rows[i].changes);

		tap_case(rows[i].changes);
		TAP_EQUAL_TEXT(receipt_json(ctx, json, "kind"), rows[i].kind);
	}
	efile_ctx_free(ctx);
}

/* The codes of all flags, joined by blanks. */
static void flags_of(char *out, size_t size, efile_ctx *ctx, const char *json)
{
	char name[32];

	*out = '\0';
	for (int i = 0; ; i++) {
		const char *code;

		snprintf(name, sizeof(name), "flags.%d.code", i);
		code = receipt_json(ctx, json, name);
		if (strcmp(code, "-") == 0)
			return;
		snprintf(out + strlen(out), size - strlen(out), "%s%s", i ? " " : "", code);
	}
}

static void test_flags(void)
{
	static const struct { const char *name, *changes, *flags; } rows[] = {
		{ "nothing special", "", "" },
		{ "interim construction invoice (UNTDID 1001: 875)", "type=875", "CONSTRUCTION INTERIM" },
		{ "partial final construction invoice", "type=876", "CONSTRUCTION FINAL" },
		{ "final construction invoice", "type=877", "CONSTRUCTION FINAL" },
		{ "interim invoice of another kind", "type=326", "INTERIM" },
		{ "CPV division 45", CPV("45233140-2", "STI"), "CONSTRUCTION" },
		{ "CPV division 34", CPV("34993000-4", "STI"), "" },
		{ "45 of another list", CPV("45233140-2", "HS"), "" },
		{ "told in a note", NOTE("Die Freistellungsbescheinigung liegt bei."), "CONSTRUCTION" },
		{ "told by its clause", NOTE("Hinweis auf § 48b EStG"), "CONSTRUCTION" },
		{ "the recipient owes the tax", "category=AE|rate=0|tax=0.00", "REVERSE_CHARGE" },
		{ "construction under reverse charge", "type=875|category=AE|rate=0|tax=0.00",
		  "CONSTRUCTION REVERSE_CHARGE INTERIM" },
		{ "tax of a seller abroad", "country=AT", "FOREIGN_TAX" },
		{ "a seller abroad without tax", "country=AT|category=AE|rate=0|tax=0.00", "REVERSE_CHARGE" },
		{ "supply within the Union", "country=AT|category=K|rate=0|tax=0.00", "ACQUISITION" },
		{ "security retained", SECURITY, "SECURITY" },
		{ "security retained, told in the terms", "terms=abzgl. Gewährleistungseinbehalt 3 %", "SECURITY" },
		{ "correction without its invoice", "type=384", "NO_PRECEDING" },
		{ "correction with it", "type=384|" PRECEDING, "" },
		{ "credit note without its invoice", "type=381", "NO_PRECEDING" },
		{ "cancellation with it", "type=384|gross=-1190.00|" PRECEDING, "" },
		{ "factored", "type=393", "OTHER_PAYEE" },
		{ "direct debit", "means=59", "COLLECTED" },
		{ "all paid", "payable=0.00", "NOTHING_TO_PAY" },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_PTR(char) json = facts(ctx, rows[i].changes);
		char flags[200];

		tap_case(rows[i].name);
		flags_of(flags, sizeof(flags), ctx, json);
		TAP_EQUAL_TEXT(flags, rows[i].flags);
	}
	efile_ctx_free(ctx);
}

static void test_withholding(void)
{
	/* § 48a (1) EStG: 15 %. 1190.00 -> 178.50; 1000.30 -> 150.045, half up 150.05. */
	static const struct { const char *changes, *base, *amount; } rows[] = {
		{ "type=875", "1190.00", "178.50" },
		{ "type=875|payable=1000.30", "1000.30", "150.05" },
		{ "type=875|category=AE|rate=0|tax=0.00|gross=1000.00|payable=1000.00", "1000.00", "150.00" },
		{ "type=875|payable=", "-", "-" },
		{ "", "-", "-" },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_PTR(char) json = facts(ctx, rows[i].changes);

		tap_case(rows[i].changes);
		TAP_EQUAL_TEXT(receipt_json(ctx, json, "withholding.base"), rows[i].base);
		TAP_EQUAL_TEXT(receipt_json(ctx, json, "withholding.amount"), rows[i].amount);
	}
	efile_ctx_free(ctx);
}

static void test_identity(void)
{
	static const char *const rows[][2] = {
		{ "schema", "efile.receipt_facts.v1" }, { "number", "R-2026-100" }, { "date", "2026-02-27" },
		{ "type", "380" }, { "currency", "EUR" }, { "due", "2026-03-27" }, { "order", "B-4711" },
		{ "contract", "null" }, { "project", "null" }, { "amounts.net", "1000.00" },
		{ "amounts.tax", "190.00" }, { "amounts.gross", "1190.00" }, { "amounts.payable", "1190.00" },
		{ "seller.key", "de123456789" }, { "seller.name", "Lampen Licht GmbH" },
		{ "seller.vat_id", "DE123456789" }, { "seller.country", "DE" },
		{ "accounts.0.iban", "DE02120300000000202051" }, { "accounts.0.valid", "true" },
		{ "taxes.0.category", "S" }, { "taxes.0.rate", "19" }, { "taxes.0.tax", "190.00" },
		{ "leitweg.valid", "true" }, { "leitweg.id", "08111000-63-05" }, { "leitweg.coarse", "08111000" },
		{ "preceding.0.number", "R-1" }, { "preceding.0.date", "2026-01-15" }, { "preceding.1", "-" },
		{ "withholding", "null" },
	};
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(char) json = facts(ctx, PRECEDING);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tap_case(rows[i][0]);
		TAP_EQUAL_TEXT(receipt_json(ctx, json, rows[i][0]), rows[i][1]);
	}
	efile_ctx_free(ctx);
}

static void test_odd(void)
{
	efile_ctx *ctx = test_ctx_german();
	AUTO_PTR(char) leitweg = facts(ctx, "leitweg=08111000-63-06");
	AUTO_PTR(char) none = facts(ctx, "leitweg=|vat=|seller=|number=");
	AUTO_PTR(char) iban = facts(ctx, "iban=de02 1203 0000 0000 2020 52");
	char *out = NULL;

	TAP_EQUAL_TEXT(receipt_json(ctx, leitweg, "leitweg.valid"), "false");
	TAP_EQUAL_TEXT(receipt_json(ctx, leitweg, "leitweg.reason"),
		       "die Prüfziffern der Leitweg-ID 08111000-63-06 sind falsch: richtig wären 05");
	TAP_EQUAL_TEXT(receipt_json(ctx, none, "leitweg.given"), "null");
	TAP_EQUAL_TEXT(receipt_json(ctx, none, "leitweg.reason"), "null");
	TAP_EQUAL_TEXT(receipt_json(ctx, none, "seller.key"), "null");
	TAP_EQUAL_TEXT(receipt_json(ctx, iban, "accounts.0.iban"), "DE02120300000000202052");
	TAP_EQUAL_TEXT(receipt_json(ctx, iban, "accounts.0.valid"), "false");
	TAP_EQUAL_INT(efile_receipt_facts(&out, NULL), EFILE_E_INVALID);
	efile_ctx_free(ctx);
}

static efile_status tell(efile_ctx *ctx, void *arg)
{
	efile_invoice *invoice = NULL;
	char *json = NULL;
	efile_status status;
	const buf *xml = arg;

	status = efile_invoice_from_xml(&invoice, ctx, xml->data, xml->length);
	if (status == EFILE_OK)
		status = efile_receipt_facts(&json, invoice);
	efile_free(json);
	efile_invoice_free(invoice);
	return status;
}

static void test_memory(void)
{
	AUTO(buf) xml = BUF_INIT;

	receipt_sample(&xml, "type=875|" PRECEDING);
	TAP_OK(fail_each(tell, &xml) > 5);
}

TAP_SUITE(receipt_facts) = {
	{ "kinds", test_kinds },
	{ "flags", test_flags },
	{ "withholding of construction work", test_withholding },
	{ "identity, amounts, references", test_identity },
	{ "what is missing or wrong", test_odd },
	{ "out of memory", test_memory },
	TAP_END
};
