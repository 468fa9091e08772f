/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive/archive.h"
#include "unit/support.h"

static void test_cleaning(void)
{
	static const struct {
		const char *name, *given, *expected;
	} cases[] = {
		{ "plain", "Bescheid.pdf", "Bescheid.pdf" },
		{ "umlauts", "Übergabe Straße.pdf", "Übergabe Straße.pdf" },
		{ "composed", "U\xcc\x88" "bergabe.pdf", "Übergabe.pdf" },
		{ "parent", "../../etc/passwd", "_.._etc_passwd" },
		{ "absolute", "/tmp/x", "_tmp_x" },
		{ "drive", "C:\\x.txt", "C__x.txt" },
		{ "forbidden", "a/b\\c:d*e?f\"g<h>i|j", "a_b_c_d_e_f_g_h_i_j" },
		{ "control", "a\x01" "b\x7f" "c\td\r\ne", "abc d  e" },
		{ "c1 control", "a\xc2\x85" "b", "ab" },
		{ "right to left", "Rechnung\xe2\x80\xae" "fdp.exe", "Rechnungfdp.exe" },
		{ "isolates, marks, joiners", "a\xe2\x81\xa6" "b\xe2\x80\x8f" "c\xe2\x80\x8d" "d", "abcd" },
		{ "byte order mark, soft hyphen", "\xef\xbb\xbf" "a\xc2\xad" "b", "ab" },
		{ "no-break space", "a\xc2\xa0" "b\xe3\x80\x80", "a b" },
		{ "leading dash", "-rf x", "rf x" },
		{ "leading dots and blanks", ". .x", "x" },
		{ "trailing", "x.txt. . ", "x.txt" },
		{ "empty", "", "_" },
		{ "only dots", "...", "_" },
		{ "only invisible", "\xe2\x80\x8b\xe2\x80\x8b", "_" },
		{ "device", "CON", "_CON" },
		{ "device with extension", "nul.txt", "_nul.txt" },
		{ "device with blank", "Aux .pdf", "_Aux .pdf" },
		{ "numbered device", "lpt9.tar.gz", "_lpt9.tar.gz" },
		{ "superscript device", "COM\xc2\xb9.x", "_COM\xc2\xb9.x" },
		{ "no device", "CONTO.pdf", "CONTO.pdf" },
		{ "no device either", "com10", "com10" },
		{ "not UTF-8: code page 437", "B\x84r.txt", "Bär.txt" },
		{ "supplementary", "\xf0\x9f\x93\x84.pdf", "\xf0\x9f\x93\x84.pdf" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		efile_ctx *ctx = test_ctx();
		archive_names names = ARCHIVE_NAMES_INIT;
		AUTO_PTR(char) out = NULL;

		tap_case(cases[i].name);
		TAP_EQUAL_INT(archive_safe_name(&out, ctx, &names, cases[i].given), EFILE_OK);
		TAP_EQUAL_TEXT(out, cases[i].expected);
		archive_names_clear(&names);
		efile_ctx_free(ctx);
	}
	tap_case(NULL);
}

static void test_collisions(void)
{
	static const struct {
		const char *given, *expected;
	} rows[] = {
		{ "Plan.pdf", "Plan.pdf" },
		{ "PLAN.PDF", "PLAN (2).PDF" },
		{ "plan.pdf", "plan (3).pdf" },
		{ "Plan (2).pdf", "Plan (2) (2).pdf" },
		{ "Straße", "Straße" },
		{ "STRASSE", "STRASSE (2)" },
		{ "plan", "plan" },
		{ ".plan", "plan (2)" },
	};
	efile_ctx *ctx = test_ctx();
	archive_names names = ARCHIVE_NAMES_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_PTR(char) out = NULL;

		TAP_EQUAL_INT(archive_safe_name(&out, ctx, &names, rows[i].given), EFILE_OK);
		TAP_EQUAL_TEXT(out, rows[i].expected);
	}
	archive_names_clear(&names);
	efile_ctx_free(ctx);
}

/* 150 bytes, whole characters, the extension kept, the suffix within. */
static void test_length(void)
{
	efile_ctx *ctx = test_ctx();
	archive_names names = ARCHIVE_NAMES_INIT;
	AUTO(buf) given = BUF_INIT;
	AUTO_PTR(char) first = NULL;
	AUTO_PTR(char) second = NULL;
	AUTO_PTR(char) third = NULL;

	buf_add_char(&given, 'x');
	for (int i = 0; i < 200; i++)
		buf_add_text(&given, "ü");
	buf_add_text(&given, ".pdf");
	TAP_EQUAL_INT(archive_safe_name(&first, ctx, &names, buf_text(&given)), EFILE_OK);
	TAP_EQUAL_INT(archive_safe_name(&second, ctx, &names, buf_text(&given)), EFILE_OK);
	TAP_EQUAL_INT(strlen(first), 149); /* 145 bytes of 1 + 2n, and 4 */
	TAP_EQUAL_TEXT(first + 143, "ü.pdf");
	TAP_OK(strlen(second) <= 150 && str_utf8_valid(second, strlen(second)));
	TAP_EQUAL_TEXT(second + strlen(second) - 8, " (2).pdf");
	buf_reset(&given);
	for (int i = 0; i < 200; i++)
		buf_add_char(&given, 'y');
	buf_add_text(&given, ".much-too-long-for-an-extension");
	TAP_EQUAL_INT(archive_safe_name(&third, ctx, &names, buf_text(&given)), EFILE_OK);
	TAP_EQUAL_INT(strlen(third), 150);
	archive_names_clear(&names);
	efile_ctx_free(ctx);
}

/* Ten thousand scans called "Scan.pdf" must not take a minute. */
static void test_many(void)
{
	efile_ctx *ctx = test_ctx();
	archive_names names = ARCHIVE_NAMES_INIT;
	char last[32] = "";

	for (int i = 0; i < 10000; i++) {
		AUTO_PTR(char) out = NULL;

		if (archive_safe_name(&out, ctx, &names, "Scan.pdf") == EFILE_OK)
			snprintf(last, sizeof(last), "%s", out);
	}
	TAP_EQUAL_TEXT(last, "Scan (10000).pdf");
	TAP_EQUAL_INT(names.count, 10000);
	archive_names_clear(&names);
	efile_ctx_free(ctx);
}

static efile_status name_twice(efile_ctx *ctx, void *arg)
{
	archive_names names = ARCHIVE_NAMES_INIT;
	char *out = NULL;
	efile_status status = EFILE_OK;

	(void)arg;
	for (int i = 0; i < 3 && status == EFILE_OK; i++) {
		status = archive_safe_name(&out, ctx, &names, "aux.pdf");
		free(out);
		out = NULL;
	}
	archive_names_clear(&names);
	return status;
}

static void test_without_memory(void)
{
	TAP_OK(fail_each(name_twice, NULL) > 8);
}

TAP_SUITE(archive_name) = {
	{ "what is taken out and replaced", test_cleaning },
	{ "names that collide", test_collisions },
	{ "long names", test_length },
	{ "ten thousand of one name", test_many },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
