/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "unit/support.h"

/* Unicode 15, table 3-7, and the examples of chapter 3.9. */
static void test_utf8(void)
{
	static const struct {
		const char *text;
		int valid;
	} cases[] = {
		{ "", 1 }, { "Gr\xc3\xbc\xc3\x9f""e", 1 }, { "\xe2\x82\xac", 1 },
		{ "\xf0\x9f\x93\x84", 1 }, { "\xf4\x8f\xbf\xbf", 1 }, { "\xf4\x90\x80\x80", 0 },
		{ "\xc0\xaf", 0 }, { "\xe0\x9f\xbf", 0 }, { "\xed\xa0\x80", 0 }, { "\x80", 0 },
		{ "\xc3", 0 }, { "a\xff", 0 }, { "\xf0\x80\x83\x92", 0 }, { "\xe2\x82", 0 },
	};
	AUTO(buf) b = BUF_INIT;
	uint32_t c;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		tap_case(cases[i].text);
		TAP_EQUAL_INT(str_utf8_valid(cases[i].text, strlen(cases[i].text)), cases[i].valid);
	}
	TAP_OK(!str_utf8_valid("a\0b", 3));
	TAP_EQUAL_INT(str_utf8_next(&c, "\xe2\x82\xac", 3), 3);
	TAP_EQUAL_INT(c, 0x20ac);
	TAP_EQUAL_INT(str_utf8_next(&c, "", 0), 0);
	str_utf8_add(&b, 0x24);
	str_utf8_add(&b, 0xa2);
	str_utf8_add(&b, 0x20ac);
	str_utf8_add(&b, 0x10348);
	str_utf8_add(&b, 0xd800);
	TAP_EQUAL_TEXT(buf_text(&b), "$\xc2\xa2\xe2\x82\xac\xf0\x90\x8d\x88\xef\xbf\xbd");
}

static void test_ascii(void)
{
	TAP_EQUAL_INT(str_ascii_casecmp("Content-TYPE", "content-type"), 0);
	TAP_OK(str_ascii_casecmp("a", "b") < 0);
	TAP_OK(str_ascii_casecmp("ab", "a") > 0);
	TAP_EQUAL_INT(str_ascii_ncasecmp("BOUNDARY=x", "boundary", 8), 0);
	TAP_OK(str_starts_with("BR-CO-10", "BR-CO"));
	TAP_OK(!str_starts_with("BR", "BR-CO"));
	TAP_OK(str_equal(NULL, NULL));
	TAP_OK(!str_equal("", NULL));
	TAP_OK(str_ascii_space('\t') && !str_ascii_space('x'));
}

static void test_hex(void)
{
	unsigned char bytes[3];
	char text[7];

	TAP_OK(str_unhex(bytes, "00fFa5", 3));
	TAP_EQUAL_TEXT(str_hex(text, bytes, 3), "00ffa5");
	TAP_OK(!str_unhex(bytes, "0g", 1));
}

TAP_SUITE(base_str) = {
	{ "UTF-8", test_utf8 },
	{ "ASCII", test_ascii },
	{ "hex", test_hex },
	TAP_END,
};
