/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/support.h"

#include <stdlib.h>
#include <string.h>

#define UBL_ROOT "<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2' " \
	"xmlns:c='urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2' " \
	"xmlns:b='urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2'>\n"
#define CII_ROOT "<x:CrossIndustryInvoice xmlns:x='urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100' " \
	"xmlns:r='urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100' " \
	"xmlns:u='urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100'>\n"

/* Prefixes differ from the usual ones on purpose. */
static const char ubl[] = UBL_ROOT
	"<b:CustomizationID> urn:cen.eu:en16931:2017 </b:CustomizationID>\n"
	"<b:ID>471<!-- x -->102</b:ID><b:IssueDate>2026-03-02</b:IssueDate>\n"
	"<b:InvoiceTypeCode>380</b:InvoiceTypeCode><b:Note>#AAI#Danke</b:Note><b:Note>bar</b:Note>\n"
	"<b:DocumentCurrencyCode>EUR</b:DocumentCurrencyCode>\n"
	"<c:AdditionalDocumentReference><b:ID>A1</b:ID><c:Attachment>"
	"<b:EmbeddedDocumentBinaryObject mimeCode='text/plain' filename='a.txt'>Zm9v\nYmFy</b:EmbeddedDocumentBinaryObject>"
	"</c:Attachment></c:AdditionalDocumentReference>\n"
	"<c:AdditionalDocumentReference><b:ID>OBJ</b:ID><b:DocumentTypeCode>130</b:DocumentTypeCode></c:AdditionalDocumentReference>\n"
	"<c:AccountingSupplierParty><c:Party><c:PartyIdentification><b:ID schemeID='SEPA'>S</b:ID></c:PartyIdentification>"
	"<c:PartyTaxScheme><b:CompanyID>DE1</b:CompanyID><c:TaxScheme><b:ID>VAT</b:ID></c:TaxScheme></c:PartyTaxScheme>"
	"<c:PartyTaxScheme><b:CompanyID>12/3</b:CompanyID><c:TaxScheme><b:ID>FC</b:ID></c:TaxScheme></c:PartyTaxScheme>"
	"<c:PartyLegalEntity><b:RegistrationName>Muster</b:RegistrationName></c:PartyLegalEntity></c:Party></c:AccountingSupplierParty>\n"
	"<c:TaxTotal><b:TaxAmount currencyID='EUR'>1.90</b:TaxAmount><c:TaxSubtotal><b:TaxableAmount>10.00</b:TaxableAmount></c:TaxSubtotal></c:TaxTotal>\n"
	"<c:LegalMonetaryTotal><b:PayableAmount>11.90</b:PayableAmount></c:LegalMonetaryTotal>\n"
	"<c:InvoiceLine><b:ID>1</b:ID><c:Item><b:Name>Stift</b:Name></c:Item></c:InvoiceLine>\n"
	"<c:InvoiceLine><b:ID>2</b:ID><c:Item><b:Name>Heft</b:Name>"
	"<c:AdditionalItemProperty><b:Name>Farbe</b:Name><b:Value>rot</b:Value></c:AdditionalItemProperty>"
	"</c:Item></c:InvoiceLine></Invoice>";

static const char cii[] = CII_ROOT
	"<x:ExchangedDocument><r:ID>471102</r:ID><r:TypeCode>380</r:TypeCode>\n"
	"<r:IssueDateTime><u:DateTimeString format='102'>20260302</u:DateTimeString></r:IssueDateTime>"
	"<r:IncludedNote><r:Content>Danke</r:Content><r:SubjectCode>AAI</r:SubjectCode></r:IncludedNote></x:ExchangedDocument>\n"
	"<x:SupplyChainTradeTransaction><r:IncludedSupplyChainTradeLineItem><r:AssociatedDocumentLineDocument><r:LineID>1</r:LineID>"
	"</r:AssociatedDocumentLineDocument></r:IncludedSupplyChainTradeLineItem>\n"
	"<r:ApplicableHeaderTradeAgreement><r:SellerTradeParty><r:Name>Muster</r:Name>"
	"<r:SpecifiedTaxRegistration><r:ID schemeID='VA'>DE1</r:ID></r:SpecifiedTaxRegistration></r:SellerTradeParty></r:ApplicableHeaderTradeAgreement>\n"
	"<r:ApplicableHeaderTradeDelivery/><r:ApplicableHeaderTradeSettlement><r:InvoiceCurrencyCode>EUR</r:InvoiceCurrencyCode>"
	"<r:SpecifiedTradeSettlementHeaderMonetarySummation><r:TaxTotalAmount currencyID='EUR'>1.90</r:TaxTotalAmount>"
	"<r:DuePayableAmount>11.90</r:DuePayableAmount></r:SpecifiedTradeSettlementHeaderMonetarySummation>"
	"</r:ApplicableHeaderTradeSettlement></x:SupplyChainTradeTransaction></x:CrossIndustryInvoice>";

static efile_invoice *read_text(efile_ctx *ctx, const char *xml)
{
	efile_invoice *invoice = NULL;

	TAP_EQUAL_INT(efile_invoice_from_xml(&invoice, ctx, xml, strlen(xml)), EFILE_OK);
	return invoice;
}

/* ---- detecting ---- */

static void test_detect(void)
{
	static const struct { const char *name, *bytes; efile_invoice_format format; const char *root; } rows[] = {
		{ "UBL invoice", ubl, EFILE_INVOICE_UBL_INVOICE,
		  "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice" },
		{ "UBL credit note", "<CreditNote xmlns='urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2'/>",
		  EFILE_INVOICE_UBL_CREDIT_NOTE, "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote" },
		{ "CII", cii, EFILE_INVOICE_CII,
		  "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice" },
		{ "ZUGFeRD 1", "<r:CrossIndustryDocument xmlns:r='urn:ferd:CrossIndustryDocument:invoice:1p0'/>",
		  EFILE_INVOICE_ZUGFERD_1, "{urn:ferd:CrossIndustryDocument:invoice:1p0}CrossIndustryDocument" },
		{ "Order-X", "<o:SCRDMCCBDACIOMessageStructure xmlns:o='urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100'/>",
		  EFILE_INVOICE_ORDER_X,
		  "{urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100}SCRDMCCBDACIOMessageStructure" },
		{ "other XML", "<note/>", EFILE_INVOICE_OTHER_XML, "note" },
		{ "invoice without namespace", "<Invoice/>", EFILE_INVOICE_OTHER_XML, "Invoice" },
		{ "PDF", "%PDF-1.7\n", EFILE_INVOICE_PDF, NULL },
		{ "PDF behind junk", "\n\n%PDF-1.7\n", EFILE_INVOICE_PDF, NULL },
		{ "text", "Rechnung", EFILE_INVOICE_NOT_XML, NULL },
		{ "nothing", "", EFILE_INVOICE_NOT_XML, NULL },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_invoice_format format;
		char *root = NULL;

		tap_case(rows[i].name);
		TAP_EQUAL_INT(efile_invoice_detect(&format, &root, ctx, rows[i].bytes, strlen(rows[i].bytes)),
			      EFILE_OK);
		TAP_EQUAL_INT(format, rows[i].format);
		TAP_EQUAL_TEXT(root ? root : "-", rows[i].root ? rows[i].root : "-");
		TAP_EQUAL_INT(efile_error_number(ctx), 0);
		free(root);
	}
	TAP_EQUAL_TEXT(efile_invoice_format_name(EFILE_INVOICE_CII), "cii");
	TAP_EQUAL_TEXT(efile_invoice_format_name((efile_invoice_format)99), "unknown");
	efile_ctx_free(ctx);
}

/* ---- values ---- */

static void test_values(void)
{
	static const struct { const char *term, *ubl, *cii; } rows[] = {
		{ "BT-1", "471102", "471102" },
		{ "BT-2", "2026-03-02", "2026-03-02" },
		{ "BT-3", "380", "380" },
		{ "BT-5", "EUR", "EUR" },
		{ "BT-18", "OBJ", NULL },
		{ "BT-21", "AAI", "AAI" },
		{ "BT-22", "Danke", "Danke" },
		{ "BT-24", "urn:cen.eu:en16931:2017", NULL },
		{ "BT-27", "Muster", "Muster" },
		{ "BT-29", NULL, NULL },
		{ "BT-31", "DE1", "DE1" },
		{ "BT-32", "12/3", NULL },
		{ "BT-110", "1.90", "1.90" },
		{ "BT-115", "11.90", "11.90" },
		{ "BT-116", "10.00", NULL },
		{ "BT-125-2", "a.txt", NULL },
		{ "BT-126", "1", "1" },
		{ "BT-161", "rot", NULL },
		{ "BT-4", NULL, NULL },
	};
	efile_ctx *ctx = test_ctx();
	efile_invoice *u = read_text(ctx, ubl), *c = read_text(ctx, cii);

	for (size_t i = 0; i < ARRAY_SIZE(rows) && u && c; i++) {
		const char *a = efile_invoice_value(u, rows[i].term), *b = efile_invoice_value(c, rows[i].term);

		tap_case(rows[i].term);
		TAP_EQUAL_TEXT(a ? a : "-", rows[i].ubl ? rows[i].ubl : "-");
		TAP_EQUAL_TEXT(b ? b : "-", rows[i].cii ? rows[i].cii : "-");
	}
	TAP_EQUAL_INT(efile_invoice_format_of(c), EFILE_INVOICE_CII);
	TAP_EQUAL_TEXT(efile_invoice_profile(u), "urn:cen.eu:en16931:2017");
	TAP_EQUAL_TEXT(efile_invoice_profile(c), "");
	efile_invoice_free(u);
	efile_invoice_free(c);
	efile_invoice_free(NULL);
	efile_ctx_free(ctx);
}

static void test_items(void)
{
	efile_ctx *ctx = test_ctx_german();
	efile_invoice *invoice = read_text(ctx, ubl);
	const efile_invoice_item *line, *item;
	long column;
	char *path;

	line = efile_invoice_first(invoice, NULL, "BG-25");
	line = efile_invoice_next(invoice, line, "BG-25");
	TAP_OK(!efile_invoice_next(invoice, line, "BG-25"));
	item = efile_invoice_first(invoice, line, "BT-126");
	TAP_EQUAL_TEXT(efile_invoice_item_value(invoice, item), "2");
	TAP_EQUAL_TEXT(efile_invoice_item_term(item), "BT-126");
	TAP_EQUAL_TEXT(efile_invoice_item_name(invoice, item), "Kennung der Position");
	TAP_EQUAL_INT(efile_invoice_item_line(invoice, item, &column), 13);
	TAP_EQUAL_INT(column, 16);
	TAP_EQUAL_INT(efile_invoice_item_path(&path, invoice, item), EFILE_OK);
	TAP_EQUAL_TEXT(path, "/Invoice/cac:InvoiceLine[2]/cbc:ID[1]");
	free(path);
	item = efile_invoice_first(invoice, NULL, "BG-24");
	item = efile_invoice_first(invoice, item, "BT-125-1");
	TAP_EQUAL_INT(efile_invoice_item_path(&path, invoice, item), EFILE_OK);
	TAP_EQUAL_TEXT(path, "/Invoice/cac:AdditionalDocumentReference[1]/cac:Attachment[1]"
		       "/cbc:EmbeddedDocumentBinaryObject[1]/@mimeCode");
	free(path);
	efile_invoice_free(invoice);
	efile_ctx_free(ctx);
}

static void test_json(void)
{
	efile_ctx *ctx = test_ctx();
	efile_invoice *invoice = read_text(ctx, cii);
	char *json = NULL;

	TAP_EQUAL_INT(efile_invoice_json(&json, invoice), EFILE_OK);
	TAP_EQUAL_TEXT(json, "{\"schema\":\"efile.invoice.v1\",\"format\":\"cii\",\"profile\":\"\",\"invoice\":{"
		       "\"BT-1\":\"471102\",\"BT-2\":\"2026-03-02\",\"BT-3\":\"380\",\"BT-5\":\"EUR\","
		       "\"BG-1\":[{\"BT-21\":\"AAI\",\"BT-22\":\"Danke\"}],"
		       "\"BG-4\":{\"BT-27\":\"Muster\",\"BT-31\":\"DE1\"},"
		       "\"BG-22\":{\"BT-110\":\"1.90\",\"BT-115\":\"11.90\"},"
		       "\"BG-25\":[{\"BT-126\":\"1\"}]}}");
	free(json);
	efile_invoice_free(invoice);
	efile_ctx_free(ctx);
}

/* The same business case in both syntaxes says the same (KoSIT's test suite). */
static void test_both_syntaxes(void)
{
	static const char *const cases[] = { "01.01a", "01.03a", "01.19a" };
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static const char *const kinds[] = { "ubl", "uncefact" };
		char *json[2] = { NULL, NULL };

		for (int k = 0; k < 2; k++) {
			efile_invoice *invoice = NULL;
			char name[120], *data;
			size_t length;

			snprintf(name, sizeof(name), "einvoice/xrts/src/test/business-cases/standard/%s-INVOICE_%s.xml",
				 cases[i], kinds[k]);
			data = test_data(name, &length);
			if (!data)
				break;
			tap_case(name);
			TAP_EQUAL_INT(efile_invoice_from_xml(&invoice, ctx, data, length), EFILE_OK);
			TAP_EQUAL_INT(efile_invoice_json(&json[k], invoice), EFILE_OK);
			efile_invoice_free(invoice);
			free(data);
		}
		if (json[0] && json[1])
			TAP_EQUAL_TEXT(strstr(json[0], "\"profile\""), strstr(json[1], "\"profile\""));
		free(json[0]);
		free(json[1]);
	}
	efile_ctx_free(ctx);
}

/* ---- bad weather ---- */

static void test_refused(void)
{
	static const struct { const char *name, *xml; efile_status status; int number; } rows[] = {
		{ "not well-formed", "<Invoice>", EFILE_E_FORMAT, 1413 },
		{ "other root", "<note/>", EFILE_E_UNSUPPORTED, 2807 },
		{ "ZUGFeRD 1", "<r:CrossIndustryDocument xmlns:r='urn:ferd:CrossIndustryDocument:invoice:1p0'/>",
		  EFILE_E_UNSUPPORTED, 2805 },
		{ "Order-X", "<o:SCRDMCCBDACIOMessageStructure xmlns:o='urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100'/>",
		  EFILE_E_UNSUPPORTED, 2806 },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_invoice *invoice = NULL;

		tap_case(rows[i].name);
		TAP_EQUAL_INT(efile_invoice_from_xml(&invoice, ctx, rows[i].xml, strlen(rows[i].xml)),
			      rows[i].status);
		TAP_EQUAL_INT(efile_error_number(ctx), rows[i].number);
		TAP_OK(!invoice);
	}
	TAP_EQUAL_INT(efile_invoice_read(NULL, ctx, NULL), EFILE_E_INVALID);
	efile_ctx_free(ctx);
}

static void test_many_names(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(buf) xml = BUF_INIT;
	efile_invoice *invoice = NULL;

	buf_add_text(&xml, UBL_ROOT);
	for (int i = 0; i < 10001; i++)
		buf_add_format(&xml, "<n%d/>", i);
	buf_add_text(&xml, "</Invoice>");
	TAP_EQUAL_INT(efile_invoice_from_xml(&invoice, ctx, xml.data, xml.length), EFILE_E_LIMIT);
	TAP_EQUAL_INT(efile_error_number(ctx), 2801);
	efile_ctx_free(ctx);
}

static void test_many_lines(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(buf) xml = BUF_INIT;
	efile_invoice *invoice = NULL;
	const efile_invoice_item *line;
	size_t count = 0;

	buf_add_text(&xml, UBL_ROOT);
	for (int i = 0; i < 20000; i++)
		buf_add_format(&xml, "<c:InvoiceLine><b:ID>%d</b:ID><b:InvoicedQuantity unitCode='H87'>1"
			       "</b:InvoicedQuantity><b:LineExtensionAmount currencyID='EUR'>1.00"
			       "</b:LineExtensionAmount><c:Item><b:Name>x</b:Name></c:Item></c:InvoiceLine>\n", i);
	buf_add_text(&xml, "</Invoice>");
	TAP_EQUAL_INT(efile_invoice_from_xml(&invoice, ctx, xml.data, xml.length), EFILE_OK);
	for (line = efile_invoice_first(invoice, NULL, "BG-25"); line;
	     line = efile_invoice_next(invoice, line, "BG-25"))
		count++;
	TAP_EQUAL_INT(count, 20000);
	efile_invoice_free(invoice);
	efile_ctx_free(ctx);
}

static efile_status read_it(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(char) json = NULL;
	efile_invoice *invoice = NULL;
	efile_status status;

	TRY(efile_invoice_from_xml(&invoice, ctx, arg, strlen(arg)));
	status = efile_invoice_json(&json, invoice);
	efile_invoice_free(invoice);
	return status;
}

static void test_without_memory(void)
{
	char *copy = strdup(ubl);

	TAP_OK(fail_each(read_it, copy) > 100);
	free(copy);
}

TAP_SUITE(invoice_read) = {
	{ "tells the formats apart", test_detect },
	{ "values of terms", test_values },
	{ "items, their names and places", test_items },
	{ "as JSON", test_json },
	{ "both syntaxes say the same", test_both_syntaxes },
	{ "what is refused", test_refused },
	{ "too many names", test_many_names },
	{ "twenty thousand lines", test_many_lines },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
