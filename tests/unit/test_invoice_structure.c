/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The structure of UBL and CII documents, and how values may be written. */
#include "unit/support.h"

#include <string.h>

#include "invoice/structure.h"

/* ---- values: XML Schema part 2 ---- */

static void test_values(void)
{
	static const struct { structure_form form; const char *text; bool valid; } rows[] = {
		{ STRUCTURE_DECIMAL, "1", true }, { STRUCTURE_DECIMAL, "-1.50", true },
		{ STRUCTURE_DECIMAL, "+.5", true }, { STRUCTURE_DECIMAL, "5.", true },
		{ STRUCTURE_DECIMAL, " 1 \n", true }, { STRUCTURE_DECIMAL, "", false },
		{ STRUCTURE_DECIMAL, ".", false }, { STRUCTURE_DECIMAL, "1e2", false },
		{ STRUCTURE_DECIMAL, "1,5", false }, { STRUCTURE_DECIMAL, "1.2.3", false },
		{ STRUCTURE_DECIMAL, "--1", false }, { STRUCTURE_DECIMAL, "1 000", false },
		{ STRUCTURE_DECIMAL, "\302\2401", false }, { STRUCTURE_DECIMAL, "NaN", false },
		{ STRUCTURE_BOOLEAN, "true", true }, { STRUCTURE_BOOLEAN, " 0 ", true },
		{ STRUCTURE_BOOLEAN, "TRUE", false }, { STRUCTURE_BOOLEAN, "", false },
		{ STRUCTURE_BOOLEAN, "10", false },
		{ STRUCTURE_DATE, "2026-02-28", true }, { STRUCTURE_DATE, "2024-02-29", true },
		{ STRUCTURE_DATE, "2026-02-29", false }, { STRUCTURE_DATE, "2000-02-29", true },
		{ STRUCTURE_DATE, "1900-02-29", false }, { STRUCTURE_DATE, "2026-04-31", false },
		{ STRUCTURE_DATE, "2026-13-01", false }, { STRUCTURE_DATE, "2026-00-01", false },
		{ STRUCTURE_DATE, "2026-01-00", false }, { STRUCTURE_DATE, "26-01-01", false },
		{ STRUCTURE_DATE, "0000-01-01", false }, { STRUCTURE_DATE, "02026-01-01", false },
		{ STRUCTURE_DATE, "12026-01-01", true }, { STRUCTURE_DATE, "-0044-03-15", true },
		{ STRUCTURE_DATE, "2026-01-01Z", true }, { STRUCTURE_DATE, "2026-01-01+14:00", true },
		{ STRUCTURE_DATE, "2026-01-01+14:01", false }, { STRUCTURE_DATE, "2026-01-01+1:00", false },
		{ STRUCTURE_DATE, "2026-01-01T00:00:00", false }, { STRUCTURE_DATE, "01.01.2026", false },
		{ STRUCTURE_DATE, "", false }, { STRUCTURE_DATE, " 2026-01-01", false },
		{ STRUCTURE_TIME, "23:59:59.5", true }, { STRUCTURE_TIME, "24:00:00", true },
		{ STRUCTURE_TIME, "24:00:01", false }, { STRUCTURE_TIME, "12:00", false },
		{ STRUCTURE_TIME, "12:00:00.", false }, { STRUCTURE_TIME, "12:60:00", false },
		{ STRUCTURE_DATETIME, "2026-01-01T12:00:00-05:00", true },
		{ STRUCTURE_DATETIME, "2026-01-01 12:00:00", false },
		{ STRUCTURE_BASE64, "Zm9v", true }, { STRUCTURE_BASE64, "Zm 9v\n", true },
		{ STRUCTURE_BASE64, "Zg==", true }, { STRUCTURE_BASE64, "Zh==", false },
		{ STRUCTURE_BASE64, "Zm8=", true }, { STRUCTURE_BASE64, "Zm9=", false },
		{ STRUCTURE_BASE64, "Zm9", false }, { STRUCTURE_BASE64, "=Zm9", false },
		{ STRUCTURE_BASE64, "====", false }, { STRUCTURE_BASE64, "Z*9v", false },
		{ STRUCTURE_BASE64, "", true },
		{ STRUCTURE_STRING, "anything \302\240", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tap_case(rows[i].text);
		TAP_EQUAL_INT(structure_value_valid(rows[i].form, rows[i].text, strlen(rows[i].text)),
			      rows[i].valid);
	}
}

/* ---- documents ---- */

#define CAC "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
#define CBC "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
#define OPEN "<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2' " \
	"xmlns:cac='" CAC "' xmlns:b='" CBC "' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'"
#define TAIL "<cac:AccountingSupplierParty/><cac:AccountingCustomerParty/><cac:LegalMonetaryTotal>" \
	"<b:PayableAmount currencyID='EUR'>1</b:PayableAmount></cac:LegalMonetaryTotal>" \
	"<cac:InvoiceLine><b:ID>1</b:ID><b:LineExtensionAmount currencyID='EUR'>1" \
	"</b:LineExtensionAmount><cac:Item/></cac:InvoiceLine></Invoice>"
#define DATED "<b:ID>1</b:ID><b:IssueDate>2026-01-01</b:IssueDate>"

static const struct { const char *name, *xml, *path, *actual, *expected; } documents[] = {
	{ "valid", OPEN ">" DATED TAIL, NULL, NULL, NULL },
	{ "where a schema is", OPEN " xsi:schemaLocation='a b'>" DATED TAIL, NULL, NULL, NULL },
	{ "blank text", OPEN ">\n " DATED "\n" TAIL, NULL, NULL, NULL },
	{ "comment and instruction", OPEN "><!-- x --><?x y?>" DATED TAIL, NULL, NULL, NULL },
	{ "outside of EN 16931, at its place", OPEN ">" DATED "<b:PricingCurrencyCode>X</b:PricingCurrencyCode>"
	  TAIL, NULL, NULL, NULL },
	{ "an extension holds anything", OPEN "><e:UBLExtensions xmlns:e='urn:oasis:names:specification:ubl:"
	  "schema:xsd:CommonExtensionComponents-2'><e:UBLExtension><e:ExtensionContent><x xmlns='urn:x' y='z'>1"
	  "</x></e:ExtensionContent></e:UBLExtension></e:UBLExtensions>" DATED TAIL, NULL, NULL, NULL },
	{ "wrong order", OPEN "><b:IssueDate>2026-01-01</b:IssueDate><b:ID>1</b:ID>" TAIL,
	  "/Invoice/cbc:IssueDate[1]", "", "ext:UBLExtensions, cbc:UBLVersionID, cbc:CustomizationID, "
	  "cbc:ProfileID, cbc:ProfileExecutionID, cbc:ID" },
	{ "twice", OPEN "><b:ID>1</b:ID><b:ID>1</b:ID>" TAIL, "/Invoice/cbc:ID[2]", "",
	  "cbc:CopyIndicator, cbc:UUID, cbc:IssueDate" },
	{ "missing at the end", OPEN ">" DATED "</Invoice>", "/Invoice", "", NULL },
	{ "value", OPEN "><b:ID>1</b:ID><b:IssueDate>1.1.2026</b:IssueDate>" TAIL,
	  "/Invoice/cbc:IssueDate[1]", "1.1.2026", "" },
	{ "foreign attribute", OPEN " x='1'>" DATED TAIL, "/Invoice", "@x", "" },
	{ "attribute of a namespace", OPEN ">" DATED "<b:BuyerReference xmlns:p='urn:p' p:languageID='de'>1"
	  "</b:BuyerReference>" TAIL, "/Invoice/cbc:BuyerReference[1]", "@?:languageID", "" },
	{ "language", OPEN ">" DATED "<b:Note languageID='de_DE'>1</b:Note>" TAIL, "/Invoice/cbc:Note[1]",
	  "de_DE", "" },
	{ "element in a value", OPEN "><b:ID><b:ID>1</b:ID></b:ID>" TAIL, NULL, NULL, NULL },
	{ "text between elements", OPEN ">x" DATED TAIL, "/Invoice", "", "" },
	{ "text behind elements", OPEN ">" DATED "x" TAIL, "/Invoice", "", "" },
	{ "foreign namespace", OPEN ">" DATED "<b:Note xmlns:b='urn:x'/>" TAIL, "/Invoice/?:Note[1]", "", NULL },
};

static efile_status check(efile_report **out, efile_ctx *ctx, const char *xml)
{
	AUTO_PTR(efile_invoice) invoice = NULL;
	AUTO_PTR(efile_report) report = NULL;

	TRY(efile_invoice_from_xml(&invoice, ctx, xml, strlen(xml)));
	TRY(report_new(&report, ctx));
	TRY(structure_check(report, invoice));
	*out = STEAL(report);
	return EFILE_OK;
}

static void test_documents(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(documents); i++) {
		AUTO_PTR(efile_report) report = NULL;
		const efile_finding *f;

		tap_case(documents[i].name);
		TAP_EQUAL_INT(check(&report, ctx, documents[i].xml), EFILE_OK);
		f = efile_report_finding(report, 0);
		if (strstr(documents[i].name, "in a value")) {
			TAP_OK(f != NULL);
			continue;
		}
		TAP_EQUAL_INT(f != NULL, documents[i].path != NULL);
		if (!f || !documents[i].path)
			continue;
		TAP_EQUAL_TEXT(f->rule, "XSD");
		TAP_EQUAL_TEXT(f->path, documents[i].path);
		TAP_EQUAL_TEXT(f->actual, documents[i].actual);
		if (documents[i].expected)
			TAP_EQUAL_TEXT(f->expected, documents[i].expected);
	}
	efile_ctx_free(ctx);
}

static void test_cii(void)
{
	static const char open[] = "<r:CrossIndustryInvoice xmlns:r='urn:un:unece:uncefact:data:standard:"
		"CrossIndustryInvoice:100' xmlns:a='urn:un:unece:uncefact:data:standard:"
		"ReusableAggregateBusinessInformationEntity:100' xmlns:u='urn:un:unece:uncefact:data:standard:"
		"UnqualifiedDataType:100'><r:ExchangedDocumentContext/><r:ExchangedDocument><a:ID>1</a:ID>"
		"<a:IssueDateTime>%s</a:IssueDateTime></r:ExchangedDocument><r:SupplyChainTradeTransaction>"
		"<a:ApplicableHeaderTradeAgreement/><a:ApplicableHeaderTradeDelivery/>"
		"<a:ApplicableHeaderTradeSettlement/></r:SupplyChainTradeTransaction></r:CrossIndustryInvoice>";
	static const struct { const char *name, *date; size_t findings; } rows[] = {
		{ "text form", "<u:DateTimeString format='102'>20260101</u:DateTimeString>", 0 },
		{ "schema form", "<u:DateTime>2026-01-01T00:00:00</u:DateTime>", 0 },
		{ "both", "<u:DateTimeString>1</u:DateTimeString><u:DateTime>2026-01-01T00:00:00</u:DateTime>", 1 },
		{ "none", "", 1 },
		{ "other", "<u:Date>2026-01-01</u:Date>", 1 },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_PTR(efile_report) report = NULL;
		AUTO(buf) xml = BUF_INIT;

		tap_case(rows[i].name);
		buf_add(&xml, open, (size_t)(strstr(open, "%s") - open));
		buf_add_text(&xml, rows[i].date);
		buf_add_text(&xml, strstr(open, "%s") + 2);
		TAP_EQUAL_INT(check(&report, ctx, buf_text(&xml)), EFILE_OK);
		TAP_EQUAL_INT(efile_report_count(report), rows[i].findings);
	}
	efile_ctx_free(ctx);
}

static efile_status check_it(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(efile_report) report = NULL;

	return check(&report, ctx, arg);
}

static void test_without_memory(void)
{
	char xml[] = OPEN "><b:ID>1</b:ID><b:IssueDate>1.1.2026</b:IssueDate>" TAIL;

	TAP_OK(fail_each(check_it, xml) > 50);
}

TAP_SUITE(invoice_structure) = {
	{ "how values are written", test_values },
	{ "UBL documents", test_documents },
	{ "dates of CII", test_cii },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
