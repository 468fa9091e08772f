/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "unit/support.h"

static void test_appends(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(buf) b = BUF_INIT;

	TAP_EQUAL_TEXT(buf_text(&b), "");
	buf_add_text(&b, "Akte");
	buf_add_char(&b, ' ');
	buf_add_format(&b, "%d/%s", 7, "x");
	TAP_EQUAL_TEXT(buf_text(&b), "Akte 7/x");
	TAP_EQUAL_INT(b.length, 8);
	TAP_EQUAL_INT(buf_status(&b, ctx), EFILE_OK);
	buf_reset(&b);
	TAP_EQUAL_TEXT(buf_text(&b), "");
	efile_ctx_free(ctx);
}

static void test_big_endian(void)
{
	AUTO(buf) b = BUF_INIT;

	buf_add_u16(&b, 0x0102);
	buf_add_u32(&b, 0x03040506);
	buf_add_u64(&b, UINT64_C(0x0708090a0b0c0d0e));
	TAP_EQUAL_INT(b.length, 14);
	for (size_t i = 0; i < b.length; i++)
		TAP_EQUAL_INT(b.data[i], i + 1);
}

static void test_grows(void)
{
	AUTO(buf) b = BUF_INIT;

	for (int i = 0; i < 100000; i++)
		buf_add_char(&b, 'a');
	TAP_EQUAL_INT(b.length, 100000);
	TAP_EQUAL_INT(strlen(b.data), 100000);
}

static void test_too_long_is_refused(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(buf) b = BUF_INIT;

	TAP_OK(!buf_reserve(&b, SIZE_MAX - 1));
	buf_add_text(&b, "more");
	TAP_EQUAL_INT(b.length, 0);
	TAP_EQUAL_INT(buf_status(&b, ctx), EFILE_E_NOMEM);
	efile_ctx_free(ctx);
}

static efile_status fill(efile_ctx *ctx, void *arg)
{
	AUTO(buf) b = BUF_INIT;
	char *text;

	(void)arg;
	for (int i = 0; i < 1000; i++)
		buf_add_text(&b, "0123456789");
	TRY(buf_take(&text, &b, ctx));
	free(text);
	return EFILE_OK;
}

static void test_without_memory(void)
{
	TAP_OK(fail_each(fill, NULL) > 3);
}

TAP_SUITE(base_buf) = {
	{ "appends", test_appends },
	{ "writes numbers big-endian", test_big_endian },
	{ "grows", test_grows },
	{ "refuses what no memory can hold", test_too_long_is_refused },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
