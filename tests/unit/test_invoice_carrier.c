/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/support.h"

#include <stdlib.h>
#include <string.h>

#include "invoice/invoice.h"

#define XMP(inner) "<?xpacket begin='' id='W5M0'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>" \
	"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' " \
	"xmlns:fx='urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#'>" inner "</rdf:RDF></x:xmpmeta>"
#define GOOD "<rdf:Description fx:DocumentType='INVOICE' fx:DocumentFileName='factur-x.xml' " \
	"fx:ConformanceLevel='EN16931'/>"
#define TEXT "Rechnung R 17 vom 02.03.2026, zu zahlen 1.234,50 EUR"

static const char json[] = "{\"BT-1\":\"R17\",\"BT-2\":\"2026-03-02\",\"BG-2\":{\"BT-24\":\"urn:cen.eu:en16931:2017\"},"
	"\"BG-22\":{\"BT-112\":\"2234.5\",\"BT-115\":\"1234.5\"}}";

static const struct {
	const char *name, *file, *xmp, *text;
	const char *rules;
} rows[] = {
	{ "agrees", "factur-x.xml", XMP(GOOD), TEXT, "" },
	{ "as elements", "factur-x.xml", XMP("<rdf:Description><fx:DocumentType>INVOICE</fx:DocumentType>"
		"<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel></rdf:Description>"), NULL, "" },
	{ "without metadata", "factur-x.xml", NULL, NULL, "PDF-XMP" },
	{ "broken metadata", "factur-x.xml", "<x", NULL, "PDF-XMP" },
	{ "other words in the metadata", "factur-x.xml", XMP("<a ConformanceLevel='BASIC'/>"), NULL, "PDF-XMP" },
	{ "other profile, file and kind", "xrechnung.xml",
	  XMP("<rdf:Description fx:DocumentType='ORDER' fx:DocumentFileName='a.xml' fx:ConformanceLevel='BASIC'/>"),
	  NULL, "PDF-XMP-PROFILE PDF-XMP-NAME PDF-XMP-TYPE" },
	{ "a scan", "factur-x.xml", XMP(GOOD), " \n ", "PDF-TEXT" },
	{ "another invoice", "factur-x.xml", XMP(GOOD), "Rechnung R18 vom 3.3.2026: 99,00",
	  "PDF-TEXT-NUMBER PDF-TEXT-DATE PDF-TEXT-TOTAL" },
	{ "month in words, English amount", "factur-x.xml", XMP(GOOD), "R17, 2. M\xc3\xa4rz 2026, 1,234.50", "" },
	{ "the total instead of what is due", "factur-x.xml", XMP(GOOD), "R17 2026-03-02 2 234,50", "" },
};

static void test_compare(void)
{
	efile_ctx *ctx = test_ctx();
	efile_invoice *invoice = NULL;

	TAP_EQUAL_INT(efile_invoice_from_json(&invoice, ctx, json, strlen(json)), EFILE_OK);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_invoice_pdf pdf = { rows[i].file, rows[i].xmp, rows[i].xmp ? strlen(rows[i].xmp) : 0,
					  rows[i].text };
		efile_report *report = NULL;
		char said[200] = "";

		TAP_EQUAL_INT(efile_invoice_compare_pdf(&report, invoice, &pdf), EFILE_OK);
		for (size_t k = 0; k < efile_report_count(report); k++) {
			strcat(said, k ? " " : "");
			strcat(said, efile_report_finding(report, k)->rule);
		}
		TAP_EQUAL_TEXT(said, rows[i].rules);
		efile_report_free(report);
	}
	efile_invoice_free(invoice);
	efile_ctx_free(ctx);
}

static efile_status compare_it(efile_ctx *ctx, void *arg)
{
	efile_invoice_pdf pdf = { "a.xml", XMP(GOOD), strlen(XMP(GOOD)), "99,00" };
	AUTO_PTR(efile_invoice) invoice = NULL;
	AUTO_PTR(efile_report) report = NULL;

	(void)arg;
	TRY(efile_invoice_from_json(&invoice, ctx, json, strlen(json)));
	return efile_invoice_compare_pdf(&report, invoice, &pdf);
}

static void test_without_memory(void)
{
	TAP_OK(fail_each(compare_it, NULL) > 20);
}

TAP_SUITE(invoice_carrier) = {
	{ "what a PDF says beside its invoice", test_compare },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
