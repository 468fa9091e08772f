/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include "base/failure.h"
#include <string.h>

#include "unit/support.h"

static const struct {
	const char *english;
	const char *german;
} rows[] = {
#include "messages_de.inc"
};

/* A text that begins another one was once missed by the binary search. */
static void test_found(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tap_case(rows[i].english);
		TAP_EQUAL_TEXT(message_translate(EFILE_LANGUAGE_DE, rows[i].english), rows[i].german);
		TAP_EQUAL_TEXT(message_translate(EFILE_LANGUAGE_EN, rows[i].english),
			       rows[i].english);
		if (i > 0)
			TAP_OK(strcmp(rows[i - 1].english, rows[i].english) < 0);
	}
}

/* Appends what printf makes of a format's arguments: flags and widths may differ, types may not. */
static void conversions(buf *out, const char *format)
{
	for (const char *c = format; (c = strchr(c, '%')); c++) {
		c++;
		c += strspn(c, "-+ #0123456789.");
		if (*c == '%')
			continue;
		buf_add_char(out, '%');
		buf_add(out, c, strcspn(c, "diouxXcsfgeapn*"));
		c += strcspn(c, "diouxXcsfgeapn*");
		if (!*c)
			break;
		buf_add_char(out, *c);
	}
}

static void test_conversions(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(buf) english = BUF_INIT, german = BUF_INIT;

		tap_case(rows[i].english);
		conversions(&english, rows[i].english);
		conversions(&german, rows[i].german);
		TAP_EQUAL_TEXT(buf_text(&german), buf_text(&english));
		TAP_OK(str_utf8_valid(rows[i].german, strlen(rows[i].german)));
	}
}

/* What the system says, by its numbers; what has no words is a number, whatever the locale. */
static void test_failures(void)
{
	efile_ctx *english = test_ctx(), *german = test_ctx_german();

	TAP_EQUAL_TEXT(efile_system_message(german, ENOSPC), "kein Platz mehr auf dem Datenträger");
	TAP_EQUAL_TEXT(efile_system_message(english, ENOSPC), "no space left on the disk");
	TAP_EQUAL_TEXT(efile_system_message(german, 99999), "Fehler 99999");
	TAP_EQUAL_TEXT(efile_system_message(NULL, ENOSPC), "");
	TAP_EQUAL_TEXT(failure_sqlite(german, 266, "disk I/O error"), "der Datenträger meldet einen Fehler");
	TAP_EQUAL_TEXT(failure_sqlite(english, 266, "disk I/O error"), "disk I/O error");
	TAP_EQUAL_TEXT(failure_sqlite(german, 99, NULL), "Fehler 99");
	efile_ctx_free(english);
	efile_ctx_free(german);
}

TAP_SUITE(base_message) = {
	{ "what the system says", test_failures },
	{ "each German text is found", test_found },
	{ "the same conversions in the same order", test_conversions },
	TAP_END,
};
