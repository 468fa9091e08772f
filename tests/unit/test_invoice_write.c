/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/support.h"

#include "invoice/invoice.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A draft with what an XRechnung needs; amounts and rates by hand. */
static const char draft[] =
	"{\"BT-1\":\"R-17\",\"BT-2\":\"2026-03-02\",\"BT-3\":\"380\",\"BT-5\":\"EUR\",\"BT-9\":\"2026-04-01\","
	"\"BT-10\":\"04011000-1234512345-06\",\"BT-20\":\"#SKONTO#TAGE=14#PROZENT=2.00#\","
	"\"BG-1\":[{\"BT-21\":\"AAI\",\"BT-22\":\"Vielen Dank <&> auf bald\"},{\"BT-22\":\"ohne Code\"}],"
	"\"BG-2\":{\"BT-23\":\"urn:fdc:peppol.eu:2017:poacc:billing:01:1.0\","
	"\"BT-24\":\"urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0\"},"
	"\"BG-4\":{\"BT-27\":\"Muster GmbH\",\"BT-29\":[\"17\",\"18\",\"4012345000009\"],"
	"\"BT-29-1\":[null,null,\"0088\"],\"BT-31\":\"DE123456789\",\"BT-32\":\"12/345\",\"BT-34\":\"r@muster.example\","
	"\"BT-34-1\":\"EM\",\"BG-5\":{\"BT-35\":\"Weg 1\",\"BT-37\":\"Ulm\",\"BT-38\":\"89073\",\"BT-40\":\"DE\"},"
	"\"BG-6\":{\"BT-41\":\"A. Berg\",\"BT-42\":\"0731 1234\",\"BT-43\":\"berg@muster.example\"}},"
	"\"BG-7\":{\"BT-44\":\"Stadt Ulm\",\"BT-49\":\"rechnung@ulm.example\",\"BT-49-1\":\"EM\","
	"\"BG-8\":{\"BT-52\":\"Ulm\",\"BT-53\":\"89073\",\"BT-55\":\"DE\"}},"
	"\"BG-13\":{\"BT-72\":\"2026-02-27\"},"
	"\"BG-16\":[{\"BT-81\":\"58\",\"BT-83\":\"R-17\",\"BG-17\":[{\"BT-84\":\"DE75512108001245126199\"}]}],"
	"\"BG-22\":{\"BT-106\":\"30.00\",\"BT-109\":\"30.00\",\"BT-110\":\"5.70\",\"BT-112\":\"35.70\",\"BT-115\":\"35.70\"},"
	"\"BG-23\":[{\"BT-116\":\"30.00\",\"BT-117\":\"5.70\",\"BT-118\":\"S\",\"BT-119\":\"19\"}],"
	"\"BG-24\":[{\"BT-122\":\"A\",\"BT-125\":{\"base64\":\"Zm9vYmFy\"},\"BT-125-1\":\"text/csv\",\"BT-125-2\":\"../a.csv\"},"
	"{\"BT-122\":\"B\",\"BT-125\":{\"base64\":\"Zm9v\"},\"BT-125-1\":\"text/csv\",\"BT-125-2\":\"b.csv\"}],"
	"\"BG-25\":[{\"BT-126\":\"1\",\"BT-129\":3,\"BT-130\":\"H87\",\"BT-131\":\"30.00\",\"BG-29\":{\"BT-146\":10.00},"
	"\"BG-30\":{\"BT-151\":\"S\",\"BT-152\":\"19\"},\"BG-31\":{\"BT-153\":\"Stift\","
	"\"BT-158\":[\"43211503\"],\"BT-158-1\":[\"TST\"],\"BG-32\":[{\"BT-160\":\"Farbe\",\"BT-161\":\"rot\"}]}}]}";

static efile_invoice *draft_of(efile_ctx *ctx, const char *json)
{
	efile_invoice *invoice = NULL;

	TAP_EQUAL_INT(efile_invoice_from_json(&invoice, ctx, json, strlen(json)), EFILE_OK);
	return invoice;
}

/* Writes, reads and checks; answers the invoice that was read. */
static efile_invoice *through(efile_invoice *invoice, efile_ctx *ctx, efile_invoice_format format,
			      size_t losses_wanted)
{
	efile_invoice *again = NULL;
	efile_report *losses = NULL, *report = NULL;
	char *text = NULL;
	size_t length = 0;

	TAP_EQUAL_INT(efile_invoice_write(&text, &length, &losses, invoice, format), EFILE_OK);
	TAP_EQUAL_INT(efile_report_count(losses), losses_wanted);
	TAP_EQUAL_INT(length, strlen(text));
	TAP_EQUAL_INT(efile_invoice_from_xml(&again, ctx, text, length), EFILE_OK);
	TAP_EQUAL_INT(efile_invoice_format_of(again), format);
	TAP_EQUAL_INT(efile_invoice_check(&report, again), EFILE_OK);
	TAP_EQUAL_INT(efile_report_count_severity(report, EFILE_SEVERITY_ERROR), 0);
	for (size_t i = 0; i < efile_report_count(report); i++)
		if (efile_report_finding(report, i)->severity == EFILE_SEVERITY_ERROR)
			printf("# %s %s\n", efile_report_finding(report, i)->rule,
			       efile_report_finding(report, i)->message);
	efile_report_free(losses);
	efile_report_free(report);
	efile_free(text);
	return again;
}

/* The terms without format and profile in front. */
static char *terms_of(const efile_invoice *invoice)
{
	char *json = NULL, *terms;

	TAP_EQUAL_INT(efile_invoice_json(&json, invoice), EFILE_OK);
	terms = strdup(strstr(json, "\"invoice\":"));
	efile_free(json);
	return terms;
}

static void test_draft(void)
{
	static const efile_invoice_format formats[] = { EFILE_INVOICE_UBL_INVOICE, EFILE_INVOICE_CII };
	efile_ctx *ctx = test_ctx();
	efile_invoice *invoice = draft_of(ctx, draft);
	char *wanted = terms_of(invoice);

	TAP_EQUAL_INT(efile_invoice_format_of(invoice), EFILE_INVOICE_DRAFT);
	TAP_EQUAL_TEXT(efile_invoice_value(invoice, "BT-131"), "30.00");
	for (size_t i = 0; i < 2; i++) {
		efile_invoice *again = through(invoice, ctx, formats[i], 0);
		efile_invoice *other = through(again, ctx, formats[1 - i], 0);
		char *first = terms_of(again), *second = terms_of(other);

		TAP_EQUAL_TEXT(first, wanted);
		TAP_EQUAL_TEXT(second, wanted);
		free(first);
		free(second);
		efile_invoice_free(again);
		efile_invoice_free(other);
	}
	free(wanted);
	efile_invoice_free(invoice);
	efile_ctx_free(ctx);
}

/* Any order of adding gives the order of the standard. */
static void test_adding(void)
{
	efile_ctx *ctx = test_ctx();
	efile_invoice *invoice = NULL;
	size_t seller, line;
	char *terms;

	TAP_EQUAL_INT(efile_invoice_new(&invoice, ctx), EFILE_OK);
	TAP_EQUAL_INT(efile_invoice_add(&line, invoice, 0, "BG-25", NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_invoice_add(&seller, invoice, 0, "BG-4", NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_invoice_add(NULL, invoice, seller, "BT-34", "a"), EFILE_OK);
	TAP_EQUAL_INT(efile_invoice_add(NULL, invoice, seller, "BT-29", "1"), EFILE_OK);
	TAP_EQUAL_INT(efile_invoice_add(NULL, invoice, seller, "BT-29", "2"), EFILE_OK);
	TAP_EQUAL_INT(efile_invoice_add(NULL, invoice, seller, "BT-29-1", "0088"), EFILE_OK);
	TAP_EQUAL_INT(efile_invoice_add(NULL, invoice, seller, "BT-34-1", "EM"), EFILE_OK);
	TAP_EQUAL_INT(efile_invoice_add(NULL, invoice, seller, "BT-27", "n"), EFILE_OK);
	TAP_EQUAL_INT(efile_invoice_add(NULL, invoice, line, "BT-131", "1.00"), EFILE_OK);
	TAP_EQUAL_INT(efile_invoice_add(NULL, invoice, line, "BT-126", "1"), EFILE_OK);
	TAP_EQUAL_INT(efile_invoice_add(NULL, invoice, 0, "BT-1", "17"), EFILE_OK);
	terms = terms_of(invoice);
	TAP_EQUAL_TEXT(terms, "\"invoice\":{\"BT-1\":\"17\",\"BG-4\":{\"BT-27\":\"n\",\"BT-29\":[\"1\",\"2\"],"
		      "\"BT-29-1\":[null,\"0088\"],\"BT-34\":\"a\",\"BT-34-1\":\"EM\"},"
		      "\"BG-25\":[{\"BT-126\":\"1\",\"BT-131\":\"1.00\"}]}}");
	free(terms);
	efile_invoice_free(invoice);
	efile_ctx_free(ctx);
}

static void test_refused(void)
{
	static const struct { const char *term, *value; efile_status status; int number; } rows[] = {
		{ "BT-9999", "x", EFILE_E_INVALID, 2861 },
		{ "BG-4", "x", EFILE_E_INVALID, 2862 },
		{ "BT-1", NULL, EFILE_E_INVALID, 2863 },
		{ "BT-1", "", EFILE_E_INVALID, 2863 },
		{ "BT-1", "a\x01", EFILE_E_INVALID, 2864 },
		{ "BT-1", "\xff", EFILE_E_INVALID, 2864 },
		{ "BT-2", "02.03.2026", EFILE_E_INVALID, 2865 },
		{ "BT-131", "1.00", EFILE_E_INVALID, 2866 },
		{ "BT-18-1", "ABC", EFILE_E_INVALID, 2867 },
		{ "BT-3", "380", EFILE_E_EXISTS, 2868 },
	};
	efile_ctx *ctx = test_ctx();
	efile_invoice *invoice = NULL;
	efile_report *report = NULL;
	size_t totals;
	char *text = NULL;

	TAP_EQUAL_INT(efile_invoice_new(&invoice, ctx), EFILE_OK);
	TAP_EQUAL_INT(efile_invoice_add(NULL, invoice, 0, "BT-3", "380"), EFILE_OK);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		TAP_EQUAL_INT(efile_invoice_add(NULL, invoice, 0, rows[i].term, rows[i].value), rows[i].status);
		TAP_EQUAL_INT(efile_error_number(ctx), rows[i].number);
	}
	TAP_EQUAL_INT(efile_invoice_add(&totals, invoice, 0, "BG-22", NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_invoice_add(NULL, invoice, totals, "BT-106", "1,00"), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_invoice_add(NULL, invoice, totals, "BT-106", "1e2"), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_invoice_add(NULL, invoice, 4711, "BT-1", "x"), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_invoice_check(&report, invoice), EFILE_E_STATE);
	TAP_EQUAL_INT(efile_invoice_write(&text, NULL, NULL, invoice, EFILE_INVOICE_PDF), EFILE_E_INVALID);
	TAP_OK(text == NULL);
	efile_invoice_free(invoice);
	TAP_EQUAL_INT(efile_invoice_new(NULL, ctx), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_invoice_from_json(&invoice, ctx, "[]", 2), EFILE_E_FORMAT);
	TAP_EQUAL_INT(efile_invoice_from_json(&invoice, ctx, "{\"BG-4\":\"x\"}", 12), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_invoice_from_json(&invoice, ctx, "{", 1), EFILE_E_FORMAT);
	efile_ctx_free(ctx);
}

/* What a syntax cannot say is named; what it demands is put in. */
static void test_losses(void)
{
	static const struct { const char *name, *json, *rule, *term; efile_invoice_format format; } rows[] = {
		{ "sub invoice line", "{\"BG-25\":[{\"BT-126\":\"1\",\"BG-DEX-01\":[{\"BT-126\":\"1.1\"}]}]}",
		  "EFILE-LOSS", "BG-DEX-01", EFILE_INVOICE_CII },
		{ "second preceding invoice", "{\"BG-3\":[{\"BT-25\":\"1\"},{\"BT-25\":\"2\"}]}", "EFILE-LOSS", "BG-3",
		  EFILE_INVOICE_CII },
		{ "order of the seller", "{\"BT-14\":\"x\"}", "EFILE-FILLED", "BT-13", EFILE_INVOICE_UBL_INVOICE },
		{ "note with a long code", "{\"BG-1\":[{\"BT-21\":\"LONG\",\"BT-22\":\"x\"}]}", "EFILE-LOSS", "BT-21",
		  EFILE_INVOICE_UBL_INVOICE },
		{ "due date of a credit note without payment", "{\"BT-9\":\"2026-03-02\"}", "EFILE-LOSS", "BT-9",
		  EFILE_INVOICE_UBL_CREDIT_NOTE },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_invoice *invoice = draft_of(ctx, rows[i].json);
		efile_report *losses = NULL;
		char *text = NULL;

		TAP_EQUAL_INT(efile_invoice_write(&text, NULL, &losses, invoice, rows[i].format), EFILE_OK);
		TAP_OK(efile_report_count(losses) >= 1);
		TAP_EQUAL_TEXT(efile_report_finding(losses, 0)->rule, rows[i].rule);
		TAP_EQUAL_TEXT(efile_report_finding(losses, 0)->term, rows[i].term);
		efile_report_free(losses);
		efile_free(text);
		efile_invoice_free(invoice);
	}
	efile_ctx_free(ctx);
}

/* Sub invoice lines and credit notes stay what they are in UBL. */
static void test_ubl_only(void)
{
	static const char json[] = "{\"BT-3\":\"381\",\"BT-9\":\"2026-04-01\",\"BT-11\":\"P\",\"BG-16\":[{\"BT-81\":\"58\"}],"
		"\"BG-25\":[{\"BT-126\":\"1\",\"BT-129\":\"1\",\"BT-130\":\"H87\","
		"\"BG-DEX-01\":[{\"BT-126\":\"1.1\",\"BG-DEX-01\":[{\"BT-126\":\"1.1.1\"}]}]}]}";
	efile_ctx *ctx = test_ctx();
	efile_invoice *invoice = draft_of(ctx, json), *again = NULL;
	efile_report *losses = NULL;
	char *text = NULL, *wanted = terms_of(invoice), *terms;
	size_t length;

	TAP_EQUAL_INT(efile_invoice_ubl_format(invoice), EFILE_INVOICE_UBL_CREDIT_NOTE);
	TAP_EQUAL_INT(efile_invoice_write(&text, &length, &losses, invoice, EFILE_INVOICE_UBL_CREDIT_NOTE), EFILE_OK);
	TAP_EQUAL_INT(efile_report_count(losses), 0);
	TAP_OK(strstr(text, "<cac:SubCreditNoteLine>") && strstr(text, "<cbc:CreditedQuantity"));
	TAP_EQUAL_INT(efile_invoice_from_xml(&again, ctx, text, length), EFILE_OK);
	terms = terms_of(again);
	TAP_EQUAL_TEXT(terms, wanted);
	free(terms);
	free(wanted);
	efile_free(text);
	efile_report_free(losses);
	efile_invoice_free(again);
	efile_invoice_free(invoice);
	efile_ctx_free(ctx);
}

static void test_attachment_names(void)
{
	static const char same[] = "{\"BG-24\":["
		"{\"BT-122\":\"A\",\"BT-125\":\"Zm9v\",\"BT-125-2\":\"../a.csv\"},"
		"{\"BT-122\":\"B\",\"BT-125\":\"Zm9v\",\"BT-125-2\":\"../A.csv\"}]}";
	efile_ctx *ctx = test_ctx();
	efile_invoice *invoice = draft_of(ctx, same);
	const efile_invoice_item *group = efile_invoice_first(invoice, NULL, "BG-24");
	char *first = NULL, *second = NULL;

	TAP_EQUAL_INT(efile_invoice_attachment_name(&first, invoice, group), EFILE_OK);
	group = efile_invoice_next(invoice, group, "BG-24");
	TAP_EQUAL_INT(efile_invoice_attachment_name(&second, invoice, group), EFILE_OK);
	TAP_OK(!strchr(first, '/') && first[0] != '.' && !strchr(second, '/'));
	TAP_OK(strcasecmp(first, second) != 0);
	TAP_OK(strstr(first, "a.csv") != NULL);
	TAP_EQUAL_INT(efile_invoice_attachment_name(&second, invoice, NULL),
		      EFILE_E_NOTFOUND);
	efile_free(first);
	efile_free(second);
	efile_invoice_free(invoice);
	efile_ctx_free(ctx);
}

static efile_status write_it(efile_ctx *ctx, void *arg)
{
	efile_invoice_format format = *(efile_invoice_format *)arg;
	AUTO_PTR(efile_invoice) invoice = NULL;
	AUTO_PTR(efile_report) losses = NULL;
	AUTO_PTR(char) text = NULL;

	TRY(efile_invoice_from_json(&invoice, ctx, draft, strlen(draft)));
	return efile_invoice_write(&text, NULL, &losses, invoice, format);
}

static void test_without_memory(void)
{
	efile_invoice_format formats[] = { EFILE_INVOICE_UBL_INVOICE, EFILE_INVOICE_CII };

	for (size_t i = 0; i < 2; i++)
		TAP_OK(fail_each(write_it, &formats[i]) > 50);
}

TAP_SUITE(invoice_write) = {
	{ "a draft goes through both syntaxes unchanged", test_draft },
	{ "terms are added in any order", test_adding },
	{ "what is refused", test_refused },
	{ "losses are named", test_losses },
	{ "credit notes and sub invoice lines", test_ubl_only },
	{ "safe names of attached documents", test_attachment_names },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
