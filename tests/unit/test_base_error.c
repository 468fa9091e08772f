/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "unit/support.h"

/* docs/ABI.md sections 4 and 5, written down by hand. */
static const struct {
	int status;
	const char *name;
	int exit_code;
} cases[] = {
	{ 0, "OK", 0 }, { 1, "DONE", 0 }, { -1, "INVALID", 2 }, { -2, "NOTFOUND", 4 },
	{ -3, "EXISTS", 6 }, { -4, "STATE", 5 }, { -5, "DENIED", 5 }, { -6, "CONFLICT", 6 },
	{ -7, "BUSY", 6 }, { -8, "LIMIT", 1 }, { -9, "FORMAT", 1 }, { -10, "UNSUPPORTED", 2 },
	{ -11, "DAMAGED", 7 }, { -12, "STORAGE", 8 }, { -13, "IO", 8 }, { -14, "EXTERNAL", 8 },
	{ -15, "CANCELLED", 130 }, { -16, "NOMEM", 8 }, { -17, "INTERNAL", 70 },
	{ -18, "UNKNOWN", 70 },
};

static void test_numbers(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		tap_case(cases[i].name);
		TAP_EQUAL_TEXT(efile_status_name((efile_status)cases[i].status), cases[i].name);
		TAP_EQUAL_INT(efile_status_exit_code((efile_status)cases[i].status),
			      cases[i].exit_code);
	}
}

static void test_detail(void)
{
	efile_ctx *ctx = test_ctx();
	long line, column;

	TAP_EQUAL_INT(efile_error_status(ctx), EFILE_OK);
	TAP_EQUAL_TEXT(efile_error_message(ctx), "");
	TAP_EQUAL_INT(FAIL(ctx, EFILE_E_NOTFOUND, 1007, "no such file: %s", "a\nb"), -2);
	error_at(ctx, "a.xml", 3, 7);
	error_at(ctx, "ignored", 9, 9);
	TAP_EQUAL_TEXT(efile_error_message(ctx), "no such file: a b");
	TAP_EQUAL_INT(efile_error_number(ctx), 1007);
	TAP_EQUAL_TEXT(efile_error_place(ctx, &line, &column), "a.xml");
	TAP_EQUAL_INT(line, 3);
	TAP_EQUAL_INT(column, 7);
	error_clear(ctx);
	TAP_EQUAL_TEXT(efile_error_place(ctx, NULL, NULL), "");
	efile_ctx_free(ctx);
}

static void test_german(void)
{
	efile_ctx *ctx = test_ctx_german();

	FAIL(ctx, EFILE_E_NOTFOUND, 1007, "no such file: %s", "x");
	TAP_EQUAL_TEXT(efile_error_message(ctx), "Datei nicht gefunden: x");
	TAP_EQUAL_TEXT(efile_message(ctx, "never translated"), "never translated");
	efile_ctx_free(ctx);
}

static void test_long_message_keeps_whole_characters(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(buf) name = BUF_INIT;
	const char *message;

	for (int i = 0; i < 400; i++)
		buf_add_text(&name, "\xc3\xa4");
	FAIL(ctx, EFILE_E_NOTFOUND, 1007, "no such file: %s", name.data);
	message = efile_error_message(ctx);
	TAP_OK(strlen(message) > 500);
	TAP_OK(str_utf8_valid(message, strlen(message)));
	efile_ctx_free(ctx);
}

/* What is kept of an error tells it again in any language. */
static void test_parts(void)
{
	static const struct {
		const char *name, *english, *arguments, *text;
	} rows[] = {
		{ "nothing to fill", "no rule applies", "", "keine Regel trifft zu" },
		{ "a value", "no such file: %s", "x\x1f", "Datei nicht gefunden: x" },
		{ "a value that looks like a conversion", "no such file: %s", "%n%s\x1f",
		  "Datei nicht gefunden: %n%s" },
		{ "an empty value", "no such file: %s", "\x1f", "Datei nicht gefunden: " },
		{ "a missing value", "no such file: %s", "", "Datei nicht gefunden: " },
		{ "never translated", "%d %% of %.*s, %5.2f", "7\x1f" "abc\x1f" "0.50\x1f", "7 % of abc, 0.50" },
		{ "ends in a conversion's beginning", "odd %", "", "odd %" },
	};
	const char *english, *arguments;
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(buf) text = BUF_INIT;

		tap_case(rows[i].name);
		message_refill(&text, EFILE_LANGUAGE_DE, rows[i].english, rows[i].arguments);
		TAP_EQUAL_TEXT(buf_text(&text), rows[i].text);
	}
	FAIL(ctx, EFILE_E_LIMIT, 1999, "%s: %lld of %zu, 100 %%, %.*s, %5.2f", "a\x1f\nb", -7LL, (size_t)9, 2,
	     "xyz", 0.5);
	error_parts(ctx, &english, &arguments);
	TAP_EQUAL_TEXT(english, "%s: %lld of %zu, 100 %%, %.*s, %5.2f");
	TAP_EQUAL_TEXT(arguments, "a\x1f b\x1f" "-7\x1f" "9\x1f" "xy\x1f" " 0.50\x1f");
	FAIL(ctx, EFILE_E_LIMIT, 1998, "without a value");
	error_parts(ctx, &english, &arguments);
	TAP_EQUAL_TEXT(arguments, "");
	error_clear(ctx);
	error_parts(ctx, &english, &arguments);
	TAP_EQUAL_TEXT(english, "");
	efile_ctx_free(ctx);
}

TAP_SUITE(base_error) = {
	{ "numbers, names and exit codes are fixed", test_numbers },
	{ "the detail stands on the context", test_detail },
	{ "messages in German", test_german },
	{ "a long message is cut between characters", test_long_message_keeps_whole_characters },
	{ "messages are told again in another language", test_parts },
	TAP_END,
};
