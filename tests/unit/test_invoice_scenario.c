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

static void test_list(void)
{
	efile_ctx *ctx = test_ctx();
	efile_invoice_scenario s;
	size_t count = 0;

	while (efile_invoice_scenario_at(&s, ctx, count) == EFILE_OK) {
		bool xrechnung = strstr(s.name, "XRechnung") != NULL;

		TAP_OK(s.format >= EFILE_INVOICE_UBL_INVOICE && s.format <= EFILE_INVOICE_CII);
		TAP_OK(str_starts_with(s.specification, "urn:cen.eu:en16931:2017"));
		TAP_EQUAL_TEXT(s.layers, xrechnung ? "CEN-EN16931 XRechnung" : "CEN-EN16931");
		count++;
	}
	TAP_EQUAL_INT(count, 11);
	TAP_EQUAL_INT(efile_invoice_scenario_at(&s, ctx, 0), EFILE_OK);
	TAP_EQUAL_TEXT(s.name, "EN16931 XRechnung (UBL Invoice)");
	TAP_EQUAL_TEXT(s.specification, XR);
	efile_ctx_free(ctx);
}

/* BR-DE-1 of the layer XRechnung: such an invoice names the means of payment. */
static bool fires(const efile_invoice *invoice, const char *rule, efile_invoice_decision *d)
{
	AUTO_PTR(efile_report) report = NULL;
	bool found = false;

	TAP_EQUAL_INT(efile_invoice_check(&report, invoice), EFILE_OK);
	TAP_EQUAL_INT(efile_invoice_decide(d, invoice, report), EFILE_OK);
	for (size_t i = 0; i < efile_report_count(report); i++)
		found |= strcmp(efile_report_finding(report, i)->rule, rule) == 0;
	return found;
}

static void test_choose(void)
{
	static const struct { const char *specification, *chosen, *scenario; bool xrechnung; } rows[] = {
		{ XR, NULL, "EN16931 XRechnung (UBL Invoice)", true },
		{ XR, "EN16931 (UBL Invoice)", "EN16931 (UBL Invoice)", false },
		{ XR, "en16931", "EN16931 (UBL Invoice)", false },
		{ "urn:cen.eu:en16931:2017", NULL, "EN16931 (UBL Invoice)", false },
		{ "urn:cen.eu:en16931:2017", "EN16931 XRechnung", "EN16931 XRechnung (UBL Invoice)", true },
		{ "x", "EN16931 XRechnung CVD", "EN16931 XRechnung CVD (UBL Invoice)", true },
		{ "x", NULL, "", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_ctx *ctx = test_ctx();
		efile_invoice *invoice = invoice_with(ctx, rows[i].specification);
		efile_invoice_decision d;

		TAP_EQUAL_INT(efile_invoice_set_scenario(invoice, "EN16931 XRechnung"), EFILE_OK);
		TAP_EQUAL_INT(efile_invoice_set_scenario(invoice, rows[i].chosen), EFILE_OK);
		TAP_EQUAL_INT(fires(invoice, "BR-DE-1", &d), rows[i].xrechnung);
		TAP_EQUAL_TEXT(d.scenario, rows[i].scenario);
		efile_invoice_free(invoice);
		efile_ctx_free(ctx);
	}
}

static void test_unknown(void)
{
	static const char *const names[] = { "", "EN1693", "EN16931 (CII)", "EN16931 XRechnung (UBL CreditNote)" };
	efile_ctx *ctx = test_ctx();
	efile_invoice *invoice = invoice_with(ctx, XR);
	efile_invoice_decision d;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		TAP_EQUAL_INT(efile_invoice_set_scenario(invoice, names[i]), EFILE_E_NOTFOUND);
		TAP_OK(strstr(efile_error_message(ctx), "EN16931 XRechnung Extension (UBL Invoice)") != NULL);
		TAP_OK(strstr(efile_error_message(ctx), "CII)") == NULL || i == 2);
	}
	TAP_OK(fires(invoice, "BR-DE-1", &d)); /* as before */
	efile_invoice_free(invoice);
	efile_ctx_free(ctx);
}

static efile_status choose_it(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(efile_invoice) invoice = NULL;
	AUTO_PTR(efile_report) report = NULL;
	static const char xml[] = "<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'/>";
	efile_status status;

	(void)arg;
	TRY(efile_invoice_from_xml(&invoice, ctx, xml, sizeof(xml) - 1));
	TRY(efile_invoice_set_scenario(invoice, "EN16931"));
	TRY(efile_invoice_check(&report, invoice));
	status = efile_invoice_set_scenario(invoice, "none");
	return status == EFILE_E_NOTFOUND ? EFILE_OK : status;
}

static void test_memory(void)
{
	TAP_OK(fail_each(choose_it, NULL) > 20);
}

TAP_SUITE(invoice_scenario) = {
	{ "the list", test_list },
	{ "chosen by name", test_choose },
	{ "unknown ones", test_unknown },
	{ "without memory", test_memory },
	{ "severities", test_severities },
	{ "newer scenarios from a folder", test_newer },
	{ "broken ones are refused", test_broken },
	TAP_END,
};
