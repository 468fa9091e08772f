/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "unit/support.h"

static void test_text(void)
{
	static const char text[] = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"; /* RFC 9562 A.6 */
	char out[EFILE_ID_TEXT_SIZE];
	efile_id id;

	TAP_EQUAL_INT(efile_id_parse(&id, text), EFILE_OK);
	TAP_EQUAL_INT(id.bytes[0], 0x01);
	TAP_EQUAL_INT(id.bytes[15], 0x8f);
	TAP_EQUAL_TEXT(efile_id_format(&id, out), text);
	TAP_EQUAL_INT(efile_id_parse(&id, "017F22E2-79B0-7CC3-98C4-DC0C0C07398F"), EFILE_OK);
	TAP_EQUAL_TEXT(efile_id_format(&id, out), text);
}

static void test_bad_text(void)
{
	static const char *const bad[] = {
		NULL, "", "017f22e2", "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "g17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
		"017f22e2+79b0-7cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
	};
	efile_id id = EFILE_ID_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		TAP_EQUAL_INT(efile_id_parse(&id, bad[i]), EFILE_E_INVALID);
	TAP_OK(efile_id_is_none(&id));
}

/* RFC 9562 5.7: 48 bits of milliseconds, version 7, variant 10. */
static void test_version_7(void)
{
	efile_ctx *ctx = test_ctx();
	efile_id a, b;
	uint64_t milliseconds = 0;

	test_clock_reset();
	TAP_EQUAL_INT(id_new(&a, ctx), EFILE_OK);
	for (int i = 0; i < 6; i++)
		milliseconds = milliseconds << 8 | a.bytes[i];
	TAP_EQUAL_INT(milliseconds, TEST_NOW / 1000);
	TAP_EQUAL_INT(a.bytes[6] >> 4, 7);
	TAP_EQUAL_INT(a.bytes[8] >> 6, 2);
	for (int i = 0; i < 5000; i++) { /* the clock stands still */
		TAP_EQUAL_INT(id_new(&b, ctx), EFILE_OK);
		TAP_OK(id_compare(&a, &b) < 0);
		a = b;
	}
	test_tick(-3600 * INT64_C(1000000)); /* and goes back */
	TAP_EQUAL_INT(id_new(&b, ctx), EFILE_OK);
	TAP_OK(id_compare(&a, &b) < 0);
	test_clock_reset();
	efile_ctx_free(ctx);
}

static void test_random_id(void)
{
	efile_ctx *ctx = test_ctx();
	efile_id a, b;

	TAP_EQUAL_INT(id_new_random(&a, ctx), EFILE_OK);
	TAP_EQUAL_INT(id_new_random(&b, ctx), EFILE_OK);
	TAP_EQUAL_INT(a.bytes[6] >> 4, 4);
	TAP_OK(id_compare(&a, &b) != 0);
	efile_ctx_free(ctx);
}

TAP_SUITE(base_id) = {
	{ "text in both directions", test_text },
	{ "bad text is refused", test_bad_text },
	{ "UUIDv7 ascends even if the clock does not", test_version_7 },
	{ "random ids", test_random_id },
	TAP_END,
};
