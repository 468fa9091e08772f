/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scenarios: which findings make an invoice be rejected. */
#include "unit/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "invoice/invoice.h"

#define XR "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
#define EXTENSION XR "#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0"

static efile_invoice *invoice_with(efile_ctx *ctx, const char *specification)
{
	efile_invoice *invoice = NULL;
	char *xml = NULL;

	TAP_OK(asprintf(&xml, "<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2' xmlns:c="
			"'urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2'>"
			"<c:CustomizationID>%s</c:CustomizationID></Invoice>", specification) > 0);
	TAP_EQUAL_INT(efile_invoice_from_xml(&invoice, ctx, xml, strlen(xml)), EFILE_OK);
	free(xml);
	return invoice;
}

static efile_invoice_decision decide(efile_ctx *ctx, const char *specification, const char *rule,
				     efile_severity severity)
{
	efile_invoice *invoice = invoice_with(ctx, specification);
	efile_report *report = NULL;
	report_place nowhere = { .line = 1 };
	efile_invoice_decision out = { .errors = 99 };

	TAP_EQUAL_INT(report_new(&report, ctx), EFILE_OK);
	TAP_EQUAL_INT(report_add(report, rule, severity, &nowhere, "x"), EFILE_OK);
	TAP_EQUAL_INT(efile_invoice_decide(&out, invoice, report), EFILE_OK);
	efile_report_free(report);
	efile_invoice_free(invoice);
	return out;
}

static void test_severities(void)
{
	static const struct { const char *name, *specification, *rule; efile_severity severity;
			      const char *scenario; size_t errors, warnings; } rows[] = {
		{ "milder", XR, "BR-CL-21", EFILE_SEVERITY_ERROR, "EN16931 XRechnung (UBL Invoice)", 0, 1 },
		{ "stricter", XR, "UBL-CR-646", EFILE_SEVERITY_WARNING, "EN16931 XRechnung (UBL Invoice)", 1, 0 },
		{ "unchanged", XR, "BR-01", EFILE_SEVERITY_ERROR, "EN16931 XRechnung (UBL Invoice)", 1, 0 },
		{ "a rule whose name begins so", XR, "BR-CL-2", EFILE_SEVERITY_ERROR,
		  "EN16931 XRechnung (UBL Invoice)", 1, 0 },
		{ "no more than a hint", EXTENSION, "BR-CO-16", EFILE_SEVERITY_ERROR,
		  "EN16931 XRechnung Extension (UBL Invoice)", 0, 0 },
		{ "structure", EXTENSION, "XSD", EFILE_SEVERITY_ERROR,
		  "EN16931 XRechnung Extension (UBL Invoice)", 1, 0 },
		{ "the norm alone", "urn:cen.eu:en16931:2017", "BR-CL-21", EFILE_SEVERITY_ERROR,
		  "EN16931 (UBL Invoice)", 1, 0 },
		{ "no scenario", "urn:cen.eu:en16931:2017#x", "BR-CL-21", EFILE_SEVERITY_WARNING, "", 0, 1 },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_invoice_decision d = decide(ctx, rows[i].specification, rows[i].rule,
						  rows[i].severity);

		tap_case(rows[i].name);
		TAP_EQUAL_TEXT(d.scenario, rows[i].scenario);
		TAP_EQUAL_INT(d.errors, rows[i].errors);
		TAP_EQUAL_INT(d.warnings, rows[i].warnings);
		TAP_EQUAL_INT(d.accepted, rows[i].errors == 0);
	}
	efile_ctx_free(ctx);
}

static char *folder_with(const char *text)
{
	char *folder = test_folder(), full[600];
	FILE *file;

	snprintf(full, sizeof(full), "%s/rules", folder);
	mkdir(full, 0700);
	snprintf(full, sizeof(full), "%s/rules/scenarios.rules", folder);
	file = fopen(full, "w");
	if (file) {
		fputs(text, file);
		fclose(file);
	}
	return folder;
}

static void decide_newer(const char *folder)
{
	efile_ctx_options options;
	AUTO_PTR(efile_report) report = NULL;
	efile_ctx *ctx = NULL;
	efile_invoice *invoice;
	efile_invoice_decision d;

	efile_ctx_options_init(&options);
	options.schema_path = folder;
	TAP_EQUAL_INT(efile_ctx_new(&ctx, &options), EFILE_OK);
	d = decide(ctx, XR, "BR-01", EFILE_SEVERITY_ERROR);
	TAP_EQUAL_TEXT(d.scenario, "ours");
	TAP_OK(d.accepted && d.warnings == 1);
	invoice = invoice_with(ctx, "y");
	TAP_EQUAL_INT(report_new(&report, ctx), EFILE_OK);
	TAP_EQUAL_INT(efile_invoice_decide(&d, invoice, report), EFILE_OK);
	TAP_OK(d.accepted && !*d.scenario);
	efile_invoice_free(invoice);
	efile_report_free(STEAL(report));
	efile_ctx_free(ctx);
}

static void test_newer(void)
{
	char *folder = folder_with("# newer\n\nscenario ours\r\nformat ubl-invoice\nspecification " XR
				   "\nseverity BR-01 warning\nscenario x");

	decide_newer(folder);
	test_folder_remove(folder);
}

/* Who misspells a severity must not find invoices accepted by the compiled-in scenarios. */
static void test_broken(void)
{
	static const char *const texts[] = { "severity BR-01 warnin", "severity BR-01", "severity",
					     "scenarios x", "format", " scenario x" };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		char *folder = folder_with(texts[i]);
		efile_ctx_options options;
		AUTO_PTR(efile_report) report = NULL;
		efile_ctx *ctx = NULL;
		efile_invoice_decision d;
		efile_invoice *invoice;

		efile_ctx_options_init(&options);
		options.schema_path = folder;
		TAP_EQUAL_INT(efile_ctx_new(&ctx, &options), EFILE_OK);
		invoice = invoice_with(ctx, XR);
		TAP_EQUAL_INT(report_new(&report, ctx), EFILE_OK);
		TAP_EQUAL_INT(efile_invoice_decide(&d, invoice, report), EFILE_E_FORMAT);
		efile_invoice_free(invoice);
		efile_report_free(STEAL(report));
		efile_ctx_free(ctx);
		test_folder_remove(folder);
	}
}

TAP_SUITE(invoice_scenario) = {
	{ "severities", test_severities },
	{ "newer scenarios from a folder", test_newer },
	{ "broken ones are refused", test_broken },
	TAP_END,
};
