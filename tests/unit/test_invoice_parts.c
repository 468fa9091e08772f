/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attachments, Leitweg-ID, cash discount lines, duplicates. */
#include "unit/support.h"

#include <stdlib.h>
#include <string.h>

static const char start[] =
	"<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2' "
	"xmlns:cac='urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2' "
	"xmlns:cbc='urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2'>";

static efile_status open_with(efile_invoice **out, efile_ctx *ctx, const char *content)
{
	AUTO(buf) xml = BUF_INIT;

	buf_add_format(&xml, "%s%s</Invoice>", start, content);
	TRY(buf_status(&xml, ctx));
	return efile_invoice_from_xml(out, ctx, xml.data, xml.length);
}

/* ---- attachments ---- */

static efile_status attachment(buf *out, efile_ctx *ctx, const char *base64)
{
	AUTO(buf) content = BUF_INIT;
	AUTO_PTR(efile_writer) writer = NULL;
	efile_invoice *invoice = NULL;
	efile_status status;

	buf_add_format(&content, "<cac:AdditionalDocumentReference><cbc:ID>A</cbc:ID><cac:Attachment>"
		       "<cbc:EmbeddedDocumentBinaryObject>%s</cbc:EmbeddedDocumentBinaryObject>"
		       "</cac:Attachment></cac:AdditionalDocumentReference>", base64);
	TRY(buf_status(&content, ctx));
	TRY(writer_to_buf(&writer, ctx, out));
	TRY(open_with(&invoice, ctx, content.data));
	status = efile_invoice_attachment(invoice, efile_invoice_first(invoice, NULL, "BG-24"), writer);
	efile_invoice_free(invoice);
	return status;
}

static void test_attachment(void)
{
	static const struct { const char *name, *base64, *plain; efile_status status; } rows[] = {
		{ "RFC 4648", "Zm9vYmFy", "foobar", EFILE_OK },
		{ "one padded", "Zm9vYmE=", "fooba", EFILE_OK },
		{ "two padded", "Zm9vYg==", "foob", EFILE_OK },
		{ "in lines", "\n Zm9v\r\n\tYmFy \n", "foobar", EFILE_OK },
		{ "foreign character", "Zm9v*mFy", "", EFILE_E_FORMAT },
		{ "cut off", "Zm9vYm", "", EFILE_E_FORMAT },
		{ "padding inside", "Zm9=YmFy", "", EFILE_E_FORMAT },
		{ "only padding", "====", "", EFILE_E_FORMAT },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(buf) out = BUF_INIT;

		tap_case(rows[i].name);
		TAP_EQUAL_INT(attachment(&out, ctx, rows[i].base64), rows[i].status);
		if (rows[i].status == EFILE_OK)
			TAP_EQUAL_TEXT(buf_text(&out), rows[i].plain);
	}
	efile_ctx_free(ctx);
}

static void test_attachment_limits(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(buf) out = BUF_INIT, again = BUF_INIT;
	AUTO(buf) base64 = BUF_INIT;
	efile_writer *writer = NULL;
	efile_invoice *invoice = NULL;

	ctx->limits.document_bytes = 6;
	TAP_EQUAL_INT(attachment(&out, ctx, "Zm9vYmFy"), EFILE_OK);
	TAP_EQUAL_INT(attachment(&out, ctx, "Zm9vYmFyZm9v"), EFILE_E_LIMIT);
	TAP_EQUAL_INT(efile_error_number(ctx), 2810);
	ctx->limits.document_bytes = 1 << 20;
	for (int i = 0; i < 30000; i++)
		buf_add_text(&base64, "Zm9v");
	TAP_EQUAL_INT(attachment(&again, ctx, base64.data), EFILE_OK);
	TAP_EQUAL_INT(again.length, 90000);
	TAP_EQUAL_INT(open_with(&invoice, ctx, "<cbc:ID>1</cbc:ID>"), EFILE_OK);
	TAP_EQUAL_INT(writer_to_buf(&writer, ctx, &out), EFILE_OK);
	TAP_EQUAL_INT(efile_invoice_attachment(invoice, efile_invoice_first(invoice, NULL, "BT-1"), writer),
		      EFILE_E_NOTFOUND);
	efile_writer_free(writer);
	efile_invoice_free(invoice);
	efile_ctx_free(ctx);
}

static void test_pick(void)
{
	static const char invoice[] = "<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'/>";
	static const char zugferd[] = "<r:CrossIndustryDocument xmlns:r='urn:ferd:CrossIndustryDocument:invoice:1p0'/>";
	static const char other[] = "<note/>";
	static const struct { const char *name; efile_invoice_candidate c[3]; size_t count, index;
		efile_status status; const char *rule; } rows[] = {
		{ "the only one", { { "a.txt", "x", 1 }, { "factur-x.xml", invoice, sizeof(invoice) - 1 } },
		  2, 1, EFILE_OK, NULL },
		{ "by root, whatever the name", { { "data", invoice, sizeof(invoice) - 1 } }, 1, 0, EFILE_OK, NULL },
		{ "two: the prescribed name wins", { { "x.xml", invoice, sizeof(invoice) - 1 },
			{ "Factur-X.xml", invoice, sizeof(invoice) - 1 } }, 2, 1, EFILE_OK, "PDF-SEVERAL" },
		{ "two: else the first", { { "x.xml", invoice, sizeof(invoice) - 1 },
			{ "y.xml", invoice, sizeof(invoice) - 1 } }, 2, 0, EFILE_OK, "PDF-SEVERAL" },
		{ "name lies", { { "factur-x.xml", other, sizeof(other) - 1 } }, 1, 0, EFILE_E_NOTFOUND, "PDF-NAME" },
		{ "ZUGFeRD 1", { { "ZUGFeRD-invoice.xml", zugferd, sizeof(zugferd) - 1 } }, 1, 0,
		  EFILE_E_NOTFOUND, "PDF-ZUGFERD-1" },
		{ "no attachment", { { NULL, NULL, 0 } }, 0, 0, EFILE_E_NOTFOUND, NULL },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_report *report = NULL;
		size_t index = 99;

		tap_case(rows[i].name);
		TAP_EQUAL_INT(efile_invoice_pick(&index, &report, ctx, rows[i].c, rows[i].count), rows[i].status);
		if (rows[i].status == EFILE_OK)
			TAP_EQUAL_INT(index, rows[i].index);
		TAP_EQUAL_INT(efile_report_count(report), rows[i].rule ? 1 : 0);
		if (rows[i].rule && efile_report_count(report))
			TAP_EQUAL_TEXT(efile_report_finding(report, 0)->rule, rows[i].rule);
		efile_report_free(report);
	}
	efile_ctx_free(ctx);
}

/* ---- Leitweg-ID: check digits computed by hand from ISO/IEC 7064 ---- */

static void test_leitweg(void)
{
	static const struct { const char *text; int valid; } rows[] = {
		{ "04011000-1234512345-06", 1 },  /* example of the format specification */
		{ "991-33333TEST-33", 1 },
		{ "991-33333test-33", 1 },
		{ "992-90009-96", 1 },
		{ "04011000-1234512345-07", 0 },
		{ "04011000-1234512354-06", 0 },
		{ "991-33333TEST-3", 0 },
		{ "991-33333TEST-333", 0 },
		{ "9-33", 0 },
		{ "1234567890123-12", 0 },
		{ "991--33", 0 },
		{ "991-33333TEST-33-", 0 },
		{ "991-33.33-33", 0 },
		{ " 992-90009-96", 0 },
		{ "992-90009-96 ", 0 },
		{ "", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tap_case(rows[i].text);
		TAP_EQUAL_INT(efile_leitweg_id_valid(rows[i].text), rows[i].valid);
	}
	TAP_EQUAL_INT(efile_leitweg_id_valid(NULL), 0);
}

/* Each base has exactly one pair of check digits. */
static void test_leitweg_unique(void)
{
	static const char *const bases[] = { "05", "123456789012", "991-ABC", "04011000-12345" };

	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		int valid = 0;

		tap_case(bases[i]);
		for (int check = 2; check <= 98; check++) {
			char text[64];

			snprintf(text, sizeof(text), "%s-%02d", bases[i], check);
			valid += efile_leitweg_id_valid(text);
		}
		TAP_EQUAL_INT(valid, 1);
	}
}

/* ---- Skonto ---- */

static void test_skonto(void)
{
	static const struct { const char *name, *terms; efile_status status; size_t count; int days;
		const char *percent, *base; int late; } rows[] = {
		{ "free text", "Zahlbar sofort", EFILE_OK, 0, 0, NULL, NULL, 0 },
		{ "empty", "", EFILE_OK, 0, 0, NULL, NULL, 0 },
		{ "one line", "#SKONTO#TAGE=14#PROZENT=2.00#\n", EFILE_OK, 1, 14, "2.00", NULL, 0 },
		{ "with base", "#SKONTO#TAGE=7#PROZENT=2.25#BASISBETRAG=-357.93#\n", EFILE_OK, 1, 7, "2.25", "-357.93", 0 },
		{ "late", "#VERZUG#TAGE=30#PROZENT=5.00#\r\n", EFILE_OK, 1, 30, "5.00", NULL, 1 },
		{ "without line end", "#SKONTO#TAGE=14#PROZENT=2.00#", EFILE_OK, 1, 14, "2.00", NULL, 0 },
		{ "text before", "Danke\n#SKONTO#TAGE=14#PROZENT=2.00#\n", EFILE_OK, 1, 14, "2.00", NULL, 0 },
		{ "two", "#SKONTO#TAGE=7#PROZENT=3.00#\n#SKONTO#TAGE=14#PROZENT=2.00#\n", EFILE_OK, 2, 7, "3.00", NULL, 0 },
		{ "one decimal", "#SKONTO#TAGE=14#PROZENT=2.0#", EFILE_E_INVALID, 0, 0, NULL, NULL, 0 },
		{ "comma", "#SKONTO#TAGE=14#PROZENT=2,00#", EFILE_E_INVALID, 0, 0, NULL, NULL, 0 },
		{ "lower case", "#skonto#TAGE=14#PROZENT=2.00#", EFILE_E_INVALID, 0, 0, NULL, NULL, 0 },
		{ "no last mark", "#SKONTO#TAGE=14#PROZENT=2.00", EFILE_E_INVALID, 0, 0, NULL, NULL, 0 },
		{ "text behind", "#SKONTO#TAGE=14#PROZENT=2.00# x", EFILE_E_INVALID, 0, 0, NULL, NULL, 0 },
		{ "too many days", "#SKONTO#TAGE=1234567#PROZENT=2.00#", EFILE_E_INVALID, 0, 0, NULL, NULL, 0 },
		{ "other keyword", "#RABATT#TAGE=1#PROZENT=2.00#", EFILE_E_INVALID, 0, 0, NULL, NULL, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_skonto line = { 0 };
		char text[EFILE_DECIMAL_TEXT_SIZE];
		size_t count = 0;

		tap_case(rows[i].name);
		TAP_EQUAL_INT(efile_skonto_parse(&line, 1, &count, rows[i].terms), rows[i].status);
		TAP_EQUAL_INT(count, rows[i].count);
		if (!rows[i].count)
			continue;
		TAP_EQUAL_INT(line.days, rows[i].days);
		TAP_EQUAL_INT(line.late, rows[i].late);
		TAP_EQUAL_TEXT(efile_decimal_format(line.percent, text), rows[i].percent);
		TAP_EQUAL_INT(line.has_base, rows[i].base != NULL);
		if (rows[i].base)
			TAP_EQUAL_TEXT(efile_decimal_format(line.base, text), rows[i].base);
	}
}

/* ---- duplicates ---- */

#define SELLER(content) "<cac:AccountingSupplierParty><cac:Party>" content \
	"</cac:Party></cac:AccountingSupplierParty>"
#define VAT(id) "<cac:PartyTaxScheme><cbc:CompanyID>" id "</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT" \
	"</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>"
#define NAME "<cac:PartyLegalEntity><cbc:RegistrationName>Muster GmbH</cbc:RegistrationName></cac:PartyLegalEntity>"
#define HEAD "<cbc:ID>R 12</cbc:ID><cbc:IssueDate>2026-03-02</cbc:IssueDate>"

static void test_duplicates(void)
{
	static const struct { const char *name, *content, *key; } rows[] = {
		{ "by VAT id", HEAD SELLER(VAT("DE 123") NAME), "de123|r12|2026-03-02" },
		{ "by name", HEAD SELLER(NAME), "mustergmbh|r12|2026-03-02" },
		{ "empty VAT id", HEAD SELLER(VAT(" ") NAME), "mustergmbh|r12|2026-03-02" },
		{ "no seller", HEAD, NULL },
		{ "no date", "<cbc:ID>1</cbc:ID>" SELLER(NAME), NULL },
		{ "empty number", "<cbc:ID/><cbc:IssueDate>2026-03-02</cbc:IssueDate>" SELLER(NAME), NULL },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_invoice *invoice = NULL;
		char *key = NULL;

		tap_case(rows[i].name);
		TAP_EQUAL_INT(open_with(&invoice, ctx, rows[i].content), EFILE_OK);
		TAP_EQUAL_INT(efile_invoice_duplicate_key(&key, invoice),
			      rows[i].key ? EFILE_OK : EFILE_E_NOTFOUND);
		TAP_EQUAL_TEXT(key ? key : "-", rows[i].key ? rows[i].key : "-");
		free(key);
		efile_invoice_free(invoice);
	}
	efile_ctx_free(ctx);
}

static efile_status attachment_it(efile_ctx *ctx, void *arg)
{
	AUTO(buf) out = BUF_INIT;

	return attachment(&out, ctx, arg);
}

static void test_without_memory(void)
{
	char base64[] = "Zm9v";

	TAP_OK(fail_each(attachment_it, base64) > 30);
}

TAP_SUITE(invoice_parts) = {
	{ "attached documents", test_attachment },
	{ "attached documents: limits", test_attachment_limits },
	{ "the invoice among attachments", test_pick },
	{ "Leitweg-ID", test_leitweg },
	{ "Leitweg-ID: one pair of check digits", test_leitweg_unique },
	{ "cash discount lines", test_skonto },
	{ "key of duplicates", test_duplicates },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
