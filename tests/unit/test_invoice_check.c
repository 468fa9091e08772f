/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/support.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UBL(content) "<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2' " \
	"xmlns:cac='urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2' " \
	"xmlns:cbc='urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2'>\n" content "</Invoice>"
#define CII(content) "<rsm:CrossIndustryInvoice xmlns:rsm='urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100' " \
	"xmlns:ram='urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100' " \
	"xmlns:udt='urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100'>" \
	"<rsm:SupplyChainTradeTransaction>" content "</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"
#define SETTLEMENT(content) CII("<ram:ApplicableHeaderTradeSettlement>" content "</ram:ApplicableHeaderTradeSettlement>")
#define LINE(content) "<cac:InvoiceLine>" content "</cac:InvoiceLine>"
#define LINE_NET(amount) LINE("<cbc:LineExtensionAmount>" amount "</cbc:LineExtensionAmount>")
#define TOTAL(content) "<cac:LegalMonetaryTotal>" content "</cac:LegalMonetaryTotal>"
#define TAX(category) "<cac:TaxCategory>" category "</cac:TaxCategory>"
#define BREAKDOWN(base, rate, tax) "<cac:TaxTotal><cac:TaxSubtotal><cbc:TaxableAmount>" base \
	"</cbc:TaxableAmount><cbc:TaxAmount>" tax "</cbc:TaxAmount>" TAX("<cbc:Percent>" rate "</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>") \
	"</cac:TaxSubtotal></cac:TaxTotal>"
#define CII_BREAKDOWN(base, rate, tax) SETTLEMENT("<ram:ApplicableTradeTax><ram:CalculatedAmount>" tax \
	"</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode><ram:BasisAmount>" base "</ram:BasisAmount><ram:RateApplicablePercent>" rate \
	"</ram:RateApplicablePercent></ram:ApplicableTradeTax>")

#define CII_LINES(net, total) CII("<ram:IncludedSupplyChainTradeLineItem><ram:SpecifiedLineTradeSettlement>" \
	"<ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>" net "</ram:LineTotalAmount>" \
	"</ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>" \
	"</ram:IncludedSupplyChainTradeLineItem><ram:ApplicableHeaderTradeSettlement>" \
	"<ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>" total "</ram:LineTotalAmount>" \
	"</ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>")

static efile_report *check_text(efile_ctx *ctx, const char *xml)
{
	efile_invoice *invoice = NULL;
	efile_report *report = NULL;

	TAP_EQUAL_INT(efile_invoice_from_xml(&invoice, ctx, xml, strlen(xml)), EFILE_OK);
	TAP_EQUAL_INT(efile_invoice_check(&report, invoice), EFILE_OK);
	efile_invoice_free(invoice);
	return report;
}

static int count_of(const efile_report *report, const char *rule)
{
	int n = 0;

	for (size_t i = 0; i < efile_report_count(report); i++)
		n += strcmp(efile_report_finding(report, i)->rule, rule) == 0;
	return n;
}

/* Each row asks about one rule only; the fragments break many others. */
static const struct { const char *rule, *name, *xml; int count; } rows[] = {
	{ "BR-01", "absent", UBL(""), 1 },
	{ "BR-01", "blank", UBL("<cbc:CustomizationID> </cbc:CustomizationID>"), 1 },
	{ "BR-01", "there", UBL("<cbc:CustomizationID>x</cbc:CustomizationID>"), 0 },
	{ "BR-16", "no line", UBL(""), 1 },
	{ "BR-16", "a line", UBL(LINE("")), 0 },
	{ "BR-21", "once per line", UBL(LINE("") LINE("<cbc:ID>2</cbc:ID>") LINE("")), 2 },
	{ "BR-12", "existence is enough", UBL(TOTAL("<cbc:LineExtensionAmount/>")), 0 },
	{ "BR-CO-10", "sum", UBL(LINE_NET("0.1") LINE_NET("0.2") TOTAL("<cbc:LineExtensionAmount>0.3</cbc:LineExtensionAmount>")), 0 },
	{ "BR-CO-10", "a cent off", UBL(LINE_NET("0.1") LINE_NET("0.2") TOTAL("<cbc:LineExtensionAmount>0.31</cbc:LineExtensionAmount>")), 1 },
	{ "BR-CO-10", "rounded half up", UBL(LINE_NET("0.125") TOTAL("<cbc:LineExtensionAmount>0.13</cbc:LineExtensionAmount>")), 0 },
	{ "BR-CO-10", "negative half towards plus infinity", UBL(LINE_NET("-0.125") TOTAL("<cbc:LineExtensionAmount>-0.12</cbc:LineExtensionAmount>")), 0 },
	{ "BR-CO-10", "no total", UBL(TOTAL("")), 1 },
	{ "BR-CO-10", "no number is no sum", UBL(LINE_NET("x") TOTAL("<cbc:LineExtensionAmount>1</cbc:LineExtensionAmount>")), 0 },
	{ "BR-CO-10", "CII adds in binary", CII_LINES("62.555", "62.55"), 0 },
	{ "BR-CO-10", "CII adds in binary: not a half", CII_LINES("62.555", "62.56"), 1 },
	{ "BR-CO-10", "CII: a true half goes up", CII_LINES("0.125", "0.13"), 0 },
	{ "BR-CO-11", "neither", UBL(TOTAL("")), 0 },
	{ "BR-CO-11", "only the total", UBL(TOTAL("<cbc:AllowanceTotalAmount>1</cbc:AllowanceTotalAmount>")), 1 },
	{ "BR-CO-13", "plain", UBL(TOTAL("<cbc:LineExtensionAmount>10</cbc:LineExtensionAmount><cbc:TaxExclusiveAmount>10.00</cbc:TaxExclusiveAmount>")), 0 },
	{ "BR-CO-13", "less and more", UBL(TOTAL("<cbc:LineExtensionAmount>10</cbc:LineExtensionAmount><cbc:TaxExclusiveAmount>9</cbc:TaxExclusiveAmount>"
	  "<cbc:AllowanceTotalAmount>2</cbc:AllowanceTotalAmount><cbc:ChargeTotalAmount>1</cbc:ChargeTotalAmount>")), 0 },
	{ "BR-CO-13", "wrong", UBL(TOTAL("<cbc:LineExtensionAmount>10</cbc:LineExtensionAmount><cbc:TaxExclusiveAmount>9.99</cbc:TaxExclusiveAmount>")), 1 },
	{ "BR-CO-16", "paid and rounded", UBL(TOTAL("<cbc:TaxInclusiveAmount>119.02</cbc:TaxInclusiveAmount><cbc:PrepaidAmount>19</cbc:PrepaidAmount>"
	  "<cbc:PayableRoundingAmount>-0.02</cbc:PayableRoundingAmount><cbc:PayableAmount>100.00</cbc:PayableAmount>")), 0 },
	{ "BR-CO-16", "forgets what is paid", UBL(TOTAL("<cbc:TaxInclusiveAmount>119</cbc:TaxInclusiveAmount><cbc:PrepaidAmount>19</cbc:PrepaidAmount>"
	  "<cbc:PayableAmount>119</cbc:PayableAmount>")), 1 },
	{ "BR-CO-17", "exact", UBL(BREAKDOWN("100.00", "19", "19.00")), 0 },
	{ "BR-CO-17", "within one", UBL(BREAKDOWN("100.00", "19", "19.99")), 0 },
	{ "BR-CO-17", "one off fires in UBL", UBL(BREAKDOWN("100.00", "19", "20.00")), 1 },
	{ "BR-CO-17", "one off passes in CII", CII_BREAKDOWN("100.00", "19", "20.00"), 0 },
	{ "BR-CO-17", "more than one off in CII", CII_BREAKDOWN("100.00", "19", "20.01"), 1 },
	{ "BR-CO-17", "credit", UBL(BREAKDOWN("-100.00", "19", "-19.00")), 0 },
	{ "BR-CO-17", "zero rate", UBL(BREAKDOWN("100.00", "0", "0.00")), 0 },
	{ "BR-CO-18", "UBL: once", UBL(LINE("") LINE("")), 1 },
	{ "BR-CO-18", "CII: per line", CII("<ram:IncludedSupplyChainTradeLineItem/><ram:IncludedSupplyChainTradeLineItem/>"), 2 },
	{ "BR-CO-15", "CII: no VAT total, but equal", SETTLEMENT("<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>"
	  "<ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:TaxBasisTotalAmount>1</ram:TaxBasisTotalAmount>"
	  "<ram:GrandTotalAmount>1.00</ram:GrandTotalAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>"), 0 },
	{ "BR-CO-15", "UBL: no VAT total", UBL("<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>" TOTAL(
	  "<cbc:TaxExclusiveAmount>1</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount>1</cbc:TaxInclusiveAmount>")), 1 },
	{ "BR-DEC-23", "three decimals", UBL(LINE_NET("1.000")), 1 },
	{ "BR-DEC-23", "two decimals", UBL(LINE_NET("1.00")), 0 },
	{ "BR-27", "negative price", UBL(LINE("<cac:Price><cbc:PriceAmount>-1</cbc:PriceAmount></cac:Price>")), 1 },
	{ "BR-27", "minus zero", UBL(LINE("<cac:Price><cbc:PriceAmount>-0.00</cbc:PriceAmount></cac:Price>")), 1 },
	{ "BR-27", "free", UBL(LINE("<cac:Price><cbc:PriceAmount>0.00</cbc:PriceAmount></cac:Price>")), 0 },
	{ "BR-29", "backwards", UBL("<cac:InvoicePeriod><cbc:StartDate>2026-03-02</cbc:StartDate><cbc:EndDate>2026-03-01</cbc:EndDate></cac:InvoicePeriod>"), 1 },
	{ "BR-29", "one day", UBL("<cac:InvoicePeriod><cbc:StartDate>2026-03-02</cbc:StartDate><cbc:EndDate>2026-03-02</cbc:EndDate></cac:InvoicePeriod>"), 0 },
	{ "BR-29", "a line's period is BR-30", UBL(LINE("<cac:InvoicePeriod><cbc:StartDate>2026-03-02</cbc:StartDate><cbc:EndDate>2026-03-01</cbc:EndDate></cac:InvoicePeriod>")), 0 },
	{ "BR-51", "UBL: too long", UBL("<cac:PaymentMeans><cac:CardAccount><cbc:PrimaryAccountNumberID>12345678901</cbc:PrimaryAccountNumberID></cac:CardAccount></cac:PaymentMeans>"), 1 },
	{ "BR-61", "transfer without account", UBL("<cac:PaymentMeans><cbc:PaymentMeansCode>58</cbc:PaymentMeansCode></cac:PaymentMeans>"), 1 },
	{ "BR-61", "cash", UBL("<cac:PaymentMeans><cbc:PaymentMeansCode>10</cbc:PaymentMeansCode></cac:PaymentMeans>"), 0 },
	{ "EFILE-DECIMAL", "exponent", UBL(LINE_NET("1e2") TOTAL("<cbc:LineExtensionAmount>1</cbc:LineExtensionAmount>")), 1 },
	{ "EFILE-DECIMAL", "comma", UBL(LINE_NET("1,00") TOTAL("<cbc:LineExtensionAmount>1</cbc:LineExtensionAmount>")), 1 },
	{ "EFILE-DECIMAL", "all that xs:decimal allows", UBL(LINE_NET(" +1. ") LINE_NET("-.5") LINE_NET("007")), 0 },
};

static void test_rules(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_report *report = check_text(ctx, rows[i].xml);
		char name[80];

		snprintf(name, sizeof(name), "%s: %s", rows[i].rule, rows[i].name);
		tap_case(name);
		TAP_EQUAL_INT(count_of(report, rows[i].rule), rows[i].count);
		efile_report_free(report);
	}
	efile_ctx_free(ctx);
}

static const efile_finding *finding_of(const efile_report *report, const char *rule)
{
	for (size_t i = 0; i < efile_report_count(report); i++)
		if (strcmp(efile_report_finding(report, i)->rule, rule) == 0)
			return efile_report_finding(report, i);
	return NULL;
}

static void test_finding(void)
{
	efile_ctx *de = test_ctx_german();
	efile_report *report = check_text(de, UBL(LINE_NET("100.00")
		"\n " TOTAL("<cbc:LineExtensionAmount>119</cbc:LineExtensionAmount>")));
	const efile_finding *f = finding_of(report, "BR-CO-10"), *missing = finding_of(report, "BR-02");

	TAP_OK(f && missing);
	if (f && missing) {
		TAP_EQUAL_INT(f->severity, EFILE_SEVERITY_ERROR);
		TAP_EQUAL_TEXT(f->term, "BT-106");
		TAP_EQUAL_TEXT(f->path, "/Invoice/cac:LegalMonetaryTotal[1]/cbc:LineExtensionAmount[1]");
		TAP_EQUAL_INT(f->line, 3);
		TAP_EQUAL_INT(f->column, 26);
		TAP_EQUAL_TEXT(f->actual, "119");
		TAP_EQUAL_TEXT(f->expected, "100.00");
		TAP_EQUAL_TEXT(f->message, "die Summe der Nettobeträge (BT-106) ist nicht die Summe der Positionen (BT-131)");
		TAP_EQUAL_TEXT(missing->message, "Rechnungsnummer (BT-1) fehlt oder ist leer");
		TAP_EQUAL_TEXT(missing->path, "/Invoice");
	}
	efile_report_free(report);
	efile_ctx_free(de);
}

/* Amounts that are no decimals or overflow are named, one by one, and nothing else happens. */
static void test_hostile_numbers(void)
{
	efile_ctx *ctx = test_ctx();
	efile_invoice *invoice = NULL;
	efile_report *report = NULL;
	size_t length;
	char *data = test_data("hostile/data/invoice-numbers.xml", &length), *whole = NULL;

	if (data) { /* with a total, so that a rule has to add them */
		TAP_OK(asprintf(&whole, "%.*s%s</Invoice>", (int)(strstr(data, "</Invoice>") - data), data,
				TOTAL("<cbc:LineExtensionAmount>1</cbc:LineExtensionAmount>")) > 0);
		TAP_EQUAL_INT(efile_invoice_from_xml(&invoice, ctx, whole, strlen(whole)), EFILE_OK);
		TAP_EQUAL_INT(efile_invoice_check(&report, invoice), EFILE_OK);
		/* 1e400 NaN INF 1,000.00 0x10 (60 digits) "" 1.2.3 and the Arabic digit; -0.00, " 1 "
		 * and the tiny one are decimals */
		TAP_EQUAL_INT(count_of(report, "EFILE-DECIMAL"), 9);
	}
	efile_report_free(report);
	efile_invoice_free(invoice);
	free(whole);
	free(data);
	efile_ctx_free(ctx);
}

static efile_status check_it(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(efile_report) report = NULL;
	efile_invoice *invoice = NULL;
	efile_status status;

	TRY(efile_invoice_from_xml(&invoice, ctx, arg, strlen(arg)));
	status = efile_invoice_check(&report, invoice);
	efile_invoice_free(invoice);
	return status;
}

static void test_without_memory(void)
{
	char ubl[] = UBL(LINE_NET("1") LINE_NET("2") TOTAL("<cbc:LineExtensionAmount>3</cbc:LineExtensionAmount>"));
	char cii[] = CII_BREAKDOWN("100.00", "19", "20.00");

	TAP_OK(fail_each(check_it, ubl) > 500);
	TAP_OK(fail_each(check_it, cii) > 500);
}

/* Elements of another generation of the same standard, or of none, are foreign: no rule takes them for
 * its own, and they hide none. */
static void test_foreign_names(void)
{
	static const char old[] = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:12";
	efile_ctx *ctx = test_ctx();
	char *xml = NULL;

	TAP_OK(asprintf(&xml, SETTLEMENT("<ram:InvoiceCurrencyCode>EURO</ram:InvoiceCurrencyCode>"
					 "<x:InvoiceCurrencyCode xmlns:x='%s'>EUR</x:InvoiceCurrencyCode>"), old) > 0);
	for (int i = 0; i < 2; i++) {
		efile_report *report = check_text(ctx, i ? SETTLEMENT("<ram:InvoiceCurrencyCode>EURO</ram:InvoiceCurrencyCode>") : xml);

		TAP_EQUAL_INT(count_of(report, "BR-CL-04"), 1); /* also of a usual document behind it */
		TAP_EQUAL_INT(count_of(report, "BR-05"), 0);
		efile_report_free(report);
	}
	free(xml);
	TAP_OK(asprintf(&xml, SETTLEMENT("<x:InvoiceCurrencyCode xmlns:x='%s'>EUR</x:InvoiceCurrencyCode>"), old) > 0);
	for (int i = 0; i < 2; i++) {
		efile_report *report = check_text(ctx, i ? UBL("<ID xmlns=''>1</ID>") : xml);

		TAP_EQUAL_INT(count_of(report, i ? "BR-02" : "BR-05"), 1);
		TAP_OK(count_of(report, "XSD") > 0);
		efile_report_free(report);
	}
	free(xml);
	efile_ctx_free(ctx);
}

/* ---- one context each ---- */

enum { THREADS = 4, ROUNDS = 20 };

typedef struct thread_job {
	const char *xml;
	size_t findings;         /* of each round */
	bool same;
} thread_job;

/* TAP counts for one thread only: what was found is looked at afterwards. */
static void *check_often(void *arg)
{
	thread_job *job = arg;
	efile_ctx *ctx = NULL;

	job->same = efile_ctx_new(&ctx, NULL) == EFILE_OK;
	for (int i = 0; i < ROUNDS && job->same; i++) {
		efile_invoice *invoice = NULL;
		AUTO_PTR(efile_report) report = NULL;

		job->same = efile_invoice_from_xml(&invoice, ctx, job->xml, strlen(job->xml)) == EFILE_OK &&
			efile_invoice_check(&report, invoice) == EFILE_OK &&
			(i == 0 || efile_report_count(report) == job->findings);
		job->findings = report ? efile_report_count(report) : 0;
		efile_invoice_free(invoice);
	}
	efile_ctx_free(ctx);
	return NULL;
}

static void test_threads(void)
{
	static const char *const texts[] = {
		UBL(LINE_NET("10.00") TOTAL("<cbc:LineExtensionAmount>11.00</cbc:LineExtensionAmount>")),
		CII_LINES("10.00", "11.00"),
	};
	thread_job jobs[THREADS], alone[ARRAY_SIZE(texts)];
	pthread_t threads[THREADS];

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		alone[i] = (thread_job){ .xml = texts[i] };
		check_often(&alone[i]);
		TAP_OK(alone[i].same && alone[i].findings > 10);
	}
	for (int i = 0; i < THREADS; i++) {
		jobs[i] = (thread_job){ .xml = texts[i % 2] };
		TAP_EQUAL_INT(pthread_create(&threads[i], NULL, check_often, &jobs[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		TAP_OK(jobs[i].same);
		TAP_EQUAL_INT(jobs[i].findings, alone[i % 2].findings);
	}
}

TAP_SUITE(invoice_check) = {
	{ "rules", test_rules },
	{ "a finding with its place", test_finding },
	{ "amounts that are none", test_hostile_numbers },
	{ "reports missing memory", test_without_memory },
	{ "elements of other namespaces are foreign", test_foreign_names },
	{ "threads with a context each", test_threads },
	TAP_END,
};
