/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The reply of the helper, byte by byte: what a broken or hostile helper may send. */
#include <stdlib.h>
#include <string.h>

#include "parse/parse.h"
#include "unit/support.h"

#define BYTES(text) text, sizeof(text) - 1

/* A page may be split anywhere, also inside a character. */
#define GOOD                                                                                       \
	"\0\1\0\0\0\0\0\017application/pdf"                                                        \
	"\0\2\0\0\0\0\0\4\0\0\0\021"                                                               \
	"\0\3\0\0\0\0\0\4\0\0\0\2"                                                                 \
	"\0\4\0\0\0\0\0\014\0\0\0\0\0\011\021\270\0\014\331\150"                                   \
	"\0\4\0\0\0\0\0\014\0\0\0\1\0\0\0\1\0\0\0\2"                                               \
	"\0\5\0\0\0\0\0\012title\0Akte"                                                            \
	"\0\6\0\0\0\0\0\2<x" "\0\6\0\0\0\0\0\2/>"                                                  \
	"\0\010\0\0\0\0\0\4\0\0\0\1" "\0\011\0\0\0\0\0\3ab\303" "\0\011\0\0\0\0\0\2\244c"          \
	"\0\010\0\0\0\0\0\4\0\0\0\5"                                                               \
	"\0\012\0\0\0\0\0\5a.xml" "\0\013\0\0\0\0\0\4<a/>" "\0\014\0\0\0\0\0\10text/xml"           \
	"\0\012\0\0\0\0\0\2\377x"                                                                  \
	"\0\015\0\0\0\0\0\3PNG"
#define END "\0\017\0\0\0\0\0\0"

static void test_good(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(efile_parse_result) r = NULL;
	const efile_parse_attachment *a;
	uint32_t width, height;
	unsigned why = 9;
	size_t length;

	TAP_EQUAL_INT(parse_reply_read(&r, &why, ctx, BYTES(GOOD END)), EFILE_OK);
	TAP_EQUAL_INT(why, 0);
	TAP_EQUAL_TEXT(efile_parse_result_media_type(r), "application/pdf");
	TAP_EQUAL_INT(efile_parse_result_flags(r), EFILE_PARSE_PDF | EFILE_PARSE_ACTIVE);
	TAP_EQUAL_INT(efile_parse_result_page_count(r), 2);
	TAP_EQUAL_INT(efile_parse_result_page_size(r, 0, &width, &height), EFILE_OK);
	TAP_EQUAL_INT(width, 594360);
	TAP_EQUAL_INT(height, 842088);
	TAP_EQUAL_INT(efile_parse_result_page_size(r, 2, &width, &height), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_parse_result_image_size(r, &width, &height), EFILE_E_NOTFOUND);
	TAP_EQUAL_TEXT(efile_parse_result_metadata(r, "title"), "Akte");
	TAP_OK(!efile_parse_result_metadata(r, "author"));
	TAP_EQUAL_TEXT(efile_parse_result_xmp(r, &length), "<x/>");
	TAP_EQUAL_INT(length, 4);
	TAP_EQUAL_TEXT(efile_parse_result_text(r, 1), "ab\xc3\xa4" "c");
	TAP_EQUAL_TEXT(efile_parse_result_text(r, 5), "");
	TAP_OK(!efile_parse_result_text(r, 0));
	TAP_EQUAL_INT(efile_parse_result_attachment_count(r), 2);
	a = efile_parse_result_attachment(r, 0);
	TAP_EQUAL_TEXT(a->name, "a.xml");
	TAP_EQUAL_TEXT(a->media_type, "text/xml");
	TAP_EQUAL_TEXT(a->data, "<a/>");
	a = efile_parse_result_attachment(r, 1);
	TAP_EQUAL_TEXT(a->name, "\xef\xbf\xbdx");
	TAP_EQUAL_TEXT(a->media_type, "application/octet-stream");
	TAP_EQUAL_INT(a->length, 0);
	TAP_OK(a->data != NULL);
	TAP_OK(!efile_parse_result_attachment(r, 2));
	TAP_OK(efile_parse_result_preview(r, &length) != NULL);
	TAP_EQUAL_INT(length, 3);
	efile_ctx_free(ctx);
}

static void test_broken(void)
{
	static const struct {
		const char *name;
		const char *data;
		size_t length;
	} cases[] = {
		{ "empty", BYTES("") },
		{ "no end", BYTES(GOOD) },
		{ "bytes behind the end", BYTES(END "x") },
		{ "record behind the end", BYTES(END END) },
		{ "half a head", BYTES("\0\1\0\0") },
		{ "length past the end", BYTES("\0\1\0\0\0\0\0\11text") },
		{ "length of 4 GiB", BYTES("\0\6\0\0\377\377\377\377x") },
		{ "tag 0", BYTES("\0\0\0\0\0\0\0\0" END) },
		{ "unknown tag", BYTES("\0\20\0\0\0\0\0\0" END) },
		{ "tag of 65535", BYTES("\377\377\0\0\0\0\0\0" END) },
		{ "short number", BYTES("\0\2\0\0\0\0\0\3\0\0\0" END) },
		{ "long number", BYTES("\0\3\0\0\0\0\0\5\0\0\0\0\0" END) },
		{ "pages out of order",
		  BYTES("\0\4\0\0\0\0\0\014\0\0\0\1\0\0\0\1\0\0\0\2" END) },
		{ "text pages twice",
		  BYTES("\0\10\0\0\0\0\0\4\0\0\0\1" "\0\10\0\0\0\0\0\4\0\0\0\1" END) },
		{ "text without a page", BYTES("\0\11\0\0\0\0\0\1x" END) },
		{ "content without an attachment", BYTES("\0\13\0\0\0\0\0\1x" END) },
		{ "type without an attachment", BYTES("\0\14\0\0\0\0\0\1x" END) },
		{ "metadata without NUL", BYTES("\0\5\0\0\0\0\0\5title" END) },
		{ "refusal 0", BYTES("\0\16\0\0\0\0\0\4\0\0\0\0" END) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		efile_ctx *ctx = test_ctx();
		efile_parse_result *r = NULL;
		unsigned why = 0;

		tap_case(cases[i].name);
		TAP_EQUAL_INT(parse_reply_read(&r, &why, ctx, cases[i].data, cases[i].length),
			      EFILE_E_EXTERNAL);
		TAP_OK(!r);
		efile_ctx_free(ctx);
	}
	tap_case(NULL);
}

static void test_refusal(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(efile_parse_result) r = NULL;
	unsigned why = 0;

	TAP_EQUAL_INT(parse_reply_read(&r, &why, ctx, BYTES("\0\16\0\0\0\0\0\4\0\0\0\5" END)),
		      EFILE_OK);
	TAP_EQUAL_INT(why, PARSE_REFUSED_BYTES);
	efile_ctx_free(ctx);
}

/* One record too many of each kind that is counted. */
static void test_limits(void)
{
	static const struct {
		const char *name;
		unsigned tag;
		unsigned most;
	} cases[] = {
		{ "page sizes", PARSE_TAG_PAGE_SIZE, 3 },
		{ "pages", PARSE_TAG_PAGE, 3 },
		{ "attachments", PARSE_TAG_ATTACHMENT, 4 },
		{ "metadata", PARSE_TAG_METADATA, 64 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		for (unsigned more = 0; more < 2; more++) {
			efile_ctx *ctx = test_ctx();
			AUTO_PTR(efile_parse_result) r = NULL;
			AUTO(buf) reply = BUF_INIT;
			unsigned why;

			ctx->limits.pdf_pages = 3;
			ctx->limits.archive_entries = 4;
			tap_case(cases[i].name);
			for (uint32_t n = 0; n < cases[i].most + more; n++) {
				bool size = cases[i].tag == PARSE_TAG_PAGE_SIZE;

				buf_add_u16(&reply, (uint16_t)cases[i].tag);
				buf_add_u16(&reply, 0);
				buf_add_u32(&reply, size ? 12 : 4);
				buf_add_u32(&reply, n);
				buf_add(&reply, "12345678", size ? 8 : 0);
			}
			buf_add(&reply, BYTES(END));
			TAP_EQUAL_INT(parse_reply_read(&r, &why, ctx, reply.data, reply.length),
				      more ? EFILE_E_EXTERNAL : EFILE_OK);
			efile_ctx_free(ctx);
		}
	tap_case(NULL);
}

static efile_status read_good(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(efile_parse_result) r = NULL;
	unsigned why;

	(void)arg;
	return parse_reply_read(&r, &why, ctx, BYTES(GOOD END));
}

static void test_without_memory(void)
{
	TAP_OK(fail_each(read_good, NULL) > 10);
	efile_parse_result_free(NULL);
}

TAP_SUITE(parse_reply) = {
	{ "a whole reply", test_good },
	{ "broken replies are refused", test_broken },
	{ "a refusal is handed on", test_refusal },
	{ "counts are limited", test_limits },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
