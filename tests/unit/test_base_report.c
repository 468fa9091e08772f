/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/support.h"

static efile_status make(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(efile_report) report = NULL;
	report_place place = { .term = "BT-106", .path = "/a/b", .line = 3, .column = 9,
			       .actual = "1.00", .expected = "2.00" };
	const efile_finding *f;

	(void)arg;
	TRY(report_new(&report, ctx));
	for (int i = 0; i < 9; i++)
		TRY(report_add(report, "BR-CO-10", EFILE_SEVERITY_ERROR, &place, "no such file: %s",
			       "x"));
	TRY(report_add(report, "W", EFILE_SEVERITY_WARNING, NULL, "plain"));
	TAP_EQUAL_INT(efile_report_count(report), 10);
	TAP_EQUAL_INT(efile_report_count_severity(report, EFILE_SEVERITY_ERROR), 9);
	TAP_EQUAL_INT(efile_report_count_severity(report, EFILE_SEVERITY_INFORMATION), 0);
	f = efile_report_finding(report, 0);
	TAP_EQUAL_TEXT(f->rule, "BR-CO-10");
	TAP_EQUAL_TEXT(f->term, "BT-106");
	TAP_EQUAL_TEXT(f->message, efile_ctx_language(ctx) == EFILE_LANGUAGE_DE ?
		       "Datei nicht gefunden: x" : "no such file: x");
	TAP_EQUAL_INT(f->line, 3);
	TAP_EQUAL_TEXT(efile_report_finding(report, 9)->actual, "");
	TAP_OK(!efile_report_finding(report, 10));
	return EFILE_OK;
}

static void test_findings(void)
{
	efile_ctx *en = test_ctx(), *de = test_ctx_german();

	TAP_EQUAL_INT(make(en, NULL), EFILE_OK);
	TAP_EQUAL_INT(make(de, NULL), EFILE_OK);
	TAP_EQUAL_TEXT(efile_severity_name(EFILE_SEVERITY_WARNING), "warning");
	TAP_EQUAL_TEXT(efile_severity_name((efile_severity)7), "unknown");
	efile_report_free(NULL);
	efile_ctx_free(en);
	efile_ctx_free(de);
}

static void test_without_memory(void)
{
	TAP_OK(fail_each(make, NULL) > 10);
}

TAP_SUITE(base_report) = {
	{ "findings in both languages", test_findings },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
