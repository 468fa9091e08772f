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

TAP_SUITE(base_error) = {
	{ "numbers, names and exit codes are fixed", test_numbers },
	{ "the detail stands on the context", test_detail },
	{ "messages in German", test_german },
	{ "a long message is cut between characters", test_long_message_keeps_whole_characters },
	TAP_END,
};
