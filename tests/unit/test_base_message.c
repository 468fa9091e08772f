/* SPDX-License-Identifier: LGPL-2.1-or-later */
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

TAP_SUITE(base_message) = {
	{ "each German text is found", test_found },
	{ "the same conversions in the same order", test_conversions },
	TAP_END,
};
