/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/support.h"

#include <stdlib.h>
#include <string.h>

#include "invoice/invoice.h"
#include "xml/xml.h"

static const char json[] =
	"{\"BT-1\":\"<17>&\",\"BT-2\":\"2026-03-02\",\"BT-3\":\"380\",\"BT-5\":\"EUR\","
	"\"BG-1\":[{\"BT-22\":\"erste Zeile\\nzweite\"}],\"BG-4\":{\"BT-27\":\"Muster </script> GmbH\"},"
	"\"BG-22\":{\"BT-106\":\"1234567.50\",\"BT-115\":\"-1234.5\"},\"BG-23\":[{\"BT-118\":\"S\",\"BT-119\":\"19\"}],"
	"\"BG-24\":[{\"BT-122\":\"A\",\"BT-124\":\"https://x.example/\",\"BT-125\":\"Zm9v\",\"BT-125-2\":\"../a.csv\"}],"
	"\"BG-25\":[{\"BT-126\":\"1\",\"BT-127\":\"Hinweis\",\"BT-129\":\"2\",\"BT-130\":\"H87\",\"BT-131\":\"30.00\","
	"\"BG-31\":{\"BT-153\":\"Stift\",\"BG-32\":[{\"BT-160\":\"Farbe\",\"BT-161\":\"rot\"}]},"
	"\"BG-DEX-01\":[{\"BT-126\":\"1.1\",\"BG-DEX-01\":[{\"BT-126\":\"1.1.1\"}]},{\"BT-126\":\"1.2\"}]},"
	"{\"BT-126\":\"2\"}]}";

static efile_invoice *draft_of(efile_ctx *ctx)
{
	efile_invoice *invoice = NULL;

	TAP_EQUAL_INT(efile_invoice_from_json(&invoice, ctx, json, strlen(json)), EFILE_OK);
	return invoice;
}

/* A document that the checks can be run on. */
static efile_invoice *written(efile_ctx *ctx)
{
	efile_invoice *draft = draft_of(ctx), *invoice = NULL;
	char *text = NULL;
	size_t length = 0;

	TAP_EQUAL_INT(efile_invoice_write(&text, &length, NULL, draft, EFILE_INVOICE_UBL_INVOICE), EFILE_OK);
	TAP_EQUAL_INT(efile_invoice_from_xml(&invoice, ctx, text, length), EFILE_OK);
	efile_free(text);
	efile_invoice_free(draft);
	return invoice;
}

static bool well_formed(efile_ctx *ctx, const char *xml)
{
	xml_root root = XML_ROOT_NONE;
	efile_reader *reader = NULL;
	static const xml_handler nothing = { NULL };
	bool good = efile_reader_from_memory(&reader, ctx, xml, strlen(xml)) == EFILE_OK &&
		xml_read(ctx, reader, NULL, &nothing, NULL) == EFILE_OK;

	efile_reader_free(reader);
	xml_root_clear(&root);
	return good;
}

static bool in_order(const char *text, const char *const *parts)
{
	for (; *parts; parts++) {
		text = strstr(text, *parts);
		if (!text) {
			printf("# missing or too early: %s\n", *parts);
			return false;
		}
	}
	return true;
}

static void test_page(void)
{
	static const char *const english[] = {
		"<!DOCTYPE html>\n", "<html lang=\"en\">", "default-src 'none'", "&lt;17&gt;&amp;", "2026-03-02",
		"380 (commercial invoice)", "erste Zeile\nzweite", "Muster &lt;/script&gt; GmbH",
		"<th scope=\"col\">Line</th>", "<td>1</td>", "2 H87 (piece)", "30.00 EUR", "Hinweis", "Farbe", "rot",
		"<td>1.1</td>", "<td>1.1.1</td>", "<td>1.2</td>", "<td>2</td>", "1234567.50 EUR", "S (standard rate)",
		"19 %", "https://x.example/", "embedded, 3 bytes", "<code>", NULL };
	static const char *const german[] = {
		"<html lang=\"de\">", "Rechnungsnummer", "02.03.2026", "1.234.567,50 EUR", "-1.234,5 EUR",
		"Regelsteuersatz", NULL };
	static const char *const never[] = { "<script", " src=", " href=", " onload" };
	efile_ctx *both[] = { test_ctx(), test_ctx_german() };

	for (size_t i = 0; i < 2; i++) {
		efile_invoice *invoice = draft_of(both[i]);
		char *page = NULL;

		TAP_EQUAL_INT(efile_invoice_html(&page, invoice), EFILE_OK);
		TAP_OK(in_order(page, i ? german : english));
		TAP_OK(well_formed(both[i], strchr(page, '\n') + 1));
		for (size_t k = 0; k < ARRAY_SIZE(never); k++)
			TAP_OK(!strstr(page, never[k]));
		efile_free(page);
		efile_invoice_free(invoice);
		efile_ctx_free(both[i]);
	}
}

static void test_reports(void)
{
	static const char *const jsonl[] = { "{\"schema\":\"efile.invoice_finding.v1\",\"number\":\"<17>&\",",
		"\"rule\":\"BR-", "\"severity\":\"error\",\"weight\":\"error\"", "}\n{", NULL };
	static const char *const xml[] = { "<svrl:schematron-output", "CEN-EN16931 ", "name=\"reject\"",
		"flag=\"fatal\" role=\"fatal\" location=\"/Invoice", "<svrl:text>", NULL };
	static const char *const html[] = { "<!DOCTYPE html>", "The invoice cannot be accepted.", "<caption>", NULL };
	static const char *const letter[] = { "Your invoice <17>& of 2026-03-02\n\nDear Sir or Madam,\n\n", "\n1. ",
		"Rule BR-", "Judged by: CEN-EN16931 ", NULL };
	static const struct { efile_invoice_report_format format; const char *const *parts; bool is_xml; } rows[] = {
		{ EFILE_INVOICE_REPORT_JSONL, jsonl, false }, { EFILE_INVOICE_REPORT_XML, xml, true },
		{ EFILE_INVOICE_REPORT_HTML, html, true }, { EFILE_INVOICE_REPORT_LETTER, letter, false },
	};
	efile_ctx *ctx = test_ctx();
	efile_invoice *invoice = written(ctx);
	efile_report *report = NULL;
	char *text = NULL;

	TAP_EQUAL_INT(efile_invoice_check(&report, invoice), EFILE_OK);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		TAP_EQUAL_INT(efile_invoice_report_write(&text, invoice, report, rows[i].format), EFILE_OK);
		TAP_OK(in_order(text, rows[i].parts));
		TAP_OK(!rows[i].is_xml || well_formed(ctx, strchr(text, '\n') + 1));
		efile_free(text);
	}
	TAP_EQUAL_INT(efile_invoice_report_write(&text, invoice, report, (efile_invoice_report_format)9),
		      EFILE_E_INVALID);
	efile_report_free(report);
	efile_invoice_free(invoice);
	efile_ctx_free(ctx);
}

static efile_status make_it(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(efile_invoice) invoice = NULL;
	char *page = NULL;
	efile_status status;

	(void)arg;
	TRY(efile_invoice_from_json(&invoice, ctx, json, strlen(json)));
	status = efile_invoice_html(&page, invoice);
	efile_free(page);
	return status;
}

typedef struct reporting {
	const char *xml;
	efile_invoice_report_format format;
} reporting;

static efile_status report_it(efile_ctx *ctx, void *arg)
{
	const reporting *r = arg;
	AUTO_PTR(efile_invoice) invoice = NULL;
	AUTO_PTR(efile_report) report = NULL;
	char *text = NULL;
	efile_status status;

	TRY(efile_invoice_from_xml(&invoice, ctx, r->xml, strlen(r->xml)));
	TRY(report_new(&report, ctx));
	TRY(report_add(report, "BR-01", EFILE_SEVERITY_ERROR, NULL, "is no invoice"));
	status = efile_invoice_report_write(&text, invoice, report, r->format);
	efile_free(text);
	return status;
}

static void test_without_memory(void)
{
	static const char small[] = "<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'/>";
	reporting r = { small, EFILE_INVOICE_REPORT_JSONL }; /* the others read all rules */

	TAP_OK(fail_each(make_it, NULL) > 50);
	TAP_OK(fail_each(report_it, &r) > 20);
}

TAP_SUITE(invoice_page) = {
	{ "a page to read in English and German", test_page },
	{ "forms of a report", test_reports },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
