/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/support.h"

#include <string.h>

#include "xml/xml.h"

static void invoice_like(xml_writer *w)
{
	xml_writer_start(w, "p:a");
	xml_writer_attribute(w, "xmlns:p", "urn:x");
	xml_writer_attribute(w, "b", "<\"&\n");
	xml_writer_attribute(w, "left-out", NULL);
	xml_writer_element(w, "c", "1 < 2 & \r");
	xml_writer_element(w, "none", NULL);
	xml_writer_start(w, "d");
	xml_writer_close(w);
	xml_writer_comment(w, "done");
	xml_writer_start(w, "e");
	xml_writer_base64(w, "f", 1);
}

static void test_compact(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(buf) out = BUF_INIT;
	AUTO(xml_writer) w;

	xml_writer_begin(&w, ctx, &out, NULL, false);
	invoice_like(&w);
	TAP_EQUAL_INT(xml_writer_end(&w), EFILE_OK);
	TAP_EQUAL_TEXT(buf_text(&out), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
		       "<p:a xmlns:p=\"urn:x\" b=\"&lt;&quot;&amp;&#10;\"><c>1 &lt; 2 &amp; &#13;</c><d/>"
		       "<!-- done --><e>Zg==</e></p:a>");
	TAP_EQUAL_INT(xml_read_bytes(ctx, out.data, out.length, NULL, NULL, NULL), EFILE_OK);
	efile_ctx_free(ctx);
}

static void test_indented(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(buf) out = BUF_INIT;
	AUTO(xml_writer) w;

	xml_writer_begin(&w, ctx, &out, NULL, true);
	xml_writer_start(&w, "a");
	xml_writer_element(&w, "b", "x");
	xml_writer_start(&w, "c");
	xml_writer_start(&w, "d");
	TAP_EQUAL_INT(xml_writer_end(&w), EFILE_OK);
	TAP_EQUAL_TEXT(buf_text(&out), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		       "<a>\n\t<b>x</b>\n\t<c>\n\t\t<d/>\n\t</c>\n</a>\n");
	efile_ctx_free(ctx);
}

/* RFC 4648, section 10. */
static void test_base64(void)
{
	static const struct { const char *name, *plain, *coded; } rows[] = {
		{ "f", "f", "Zg==" }, { "fo", "fo", "Zm8=" }, { "foo", "foo", "Zm9v" },
		{ "foob", "foob", "Zm9vYg==" }, { "foobar", "foobar", "Zm9vYmFy" },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(buf) out = BUF_INIT;
		AUTO(xml_writer) w;

		tap_case(rows[i].name);
		xml_writer_begin(&w, ctx, &out, NULL, false);
		xml_writer_start(&w, "a");
		xml_writer_base64(&w, rows[i].plain, strlen(rows[i].plain));
		TAP_EQUAL_INT(xml_writer_end(&w), EFILE_OK);
		TAP_OK(strstr(buf_text(&out), rows[i].coded) != NULL);
	}
	efile_ctx_free(ctx);
}

static void test_refusals(void)
{
	static const struct { const char *name, *text; int number; bool comment, late; } rows[] = {
		{ "control character", "a\x01", 1430, false, false },
		{ "bad UTF-8", "\xc3", 1430, false, false },
		{ "no character", "\xef\xbf\xbf", 1430, false, false },
		{ "two dashes", "a--b", 1432, true, false },
		{ "late attribute", "x", 1431, false, true },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(buf) out = BUF_INIT;
		AUTO(xml_writer) w;

		tap_case(rows[i].name);
		xml_writer_begin(&w, ctx, &out, NULL, false);
		xml_writer_start(&w, "a");
		if (rows[i].comment)
			xml_writer_comment(&w, rows[i].text);
		else
			xml_writer_text(&w, rows[i].text);
		if (rows[i].late)
			xml_writer_attribute(&w, "b", "c");
		TAP_EQUAL_INT(xml_writer_end(&w), EFILE_E_INVALID);
		TAP_EQUAL_INT(efile_error_number(ctx), rows[i].number);
	}
	efile_ctx_free(ctx);
}

static efile_status refuse_bytes(const void *data, size_t length, void *user)
{
	(void)data;
	(void)length;
	return FAIL(user, EFILE_E_IO, 1498, "cannot write: %s", "full");
}

/* Much text leaves in pieces; a target that fails ends it. */
static efile_status stream(efile_ctx *ctx, efile_writer *target, buf *out)
{
	AUTO(xml_writer) w;

	xml_writer_begin(&w, ctx, out, target, false);
	xml_writer_start(&w, "a");
	for (int i = 0; i < 10000; i++)
		xml_writer_element(&w, "b", "0123456789");
	return xml_writer_end(&w);
}

static void test_stream(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(buf) all = BUF_INIT, small = BUF_INIT, whole = BUF_INIT;
	AUTO_PTR(efile_writer) good = NULL;
	AUTO_PTR(efile_writer) bad = NULL;

	TAP_EQUAL_INT(writer_to_buf(&good, ctx, &all), EFILE_OK);
	TAP_EQUAL_INT(efile_writer_to_callback(&bad, ctx, refuse_bytes, NULL, ctx), EFILE_OK);
	TAP_EQUAL_INT(stream(ctx, good, &small), EFILE_OK);
	TAP_OK(small.capacity < 128 * 1024);
	TAP_EQUAL_INT(stream(ctx, NULL, &whole), EFILE_OK);
	TAP_EQUAL_INT(all.length, whole.length);
	TAP_OK(memcmp(all.data, whole.data, all.length) == 0);
	buf_reset(&small);
	TAP_EQUAL_INT(stream(ctx, bad, &small), EFILE_E_IO);
	efile_ctx_free(ctx);
}

/* ---- canonical form ---- */

static const struct { const char *name, *xml, *canonical; } forms[] = {
	/* Canonical XML 1.0, sections 3.1 to 3.3, cut short */
	{ "declaration and comments go", "<?xml version=\"1.0\"?>\n<doc>Hello<!-- x --></doc>", "<doc>Hello</doc>" },
	{ "white space stays", "<doc>\n  <clean> </clean>\n</doc>", "<doc>\n  <clean> </clean>\n</doc>" },
	{ "empty element", "<e1   />", "<e1></e1>" },
	{ "attributes in order", "<e5 b='2' a=\"1\" xmlns='urn:d' xmlns:z='urn:z' z:a='3'/>",
	  "<e5 xmlns=\"urn:d\" xmlns:z=\"urn:z\" a=\"1\" b=\"2\" z:a=\"3\"></e5>" },
	{ "characters", "<t a='&#10;&lt;'>&#65;&#x0d;<![CDATA[<]]>&gt;</t>",
	  "<t a=\"&#xA;&lt;\">A&#xD;&lt;&gt;</t>" },
};

static void test_canonical(void)
{
	efile_ctx *ctx = test_ctx();
	unsigned char digest[32];
	char hex[65];

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		AUTO(buf) out = BUF_INIT;

		tap_case(forms[i].name);
		TAP_EQUAL_INT(xml_canonical(&out, ctx, forms[i].xml, strlen(forms[i].xml), "f"), EFILE_OK);
		TAP_EQUAL_TEXT(buf_text(&out), forms[i].canonical);
	}
	/* printf '<a></a>' | sha256sum */
	TAP_EQUAL_INT(xml_canonical_sha256(digest, ctx, "<a />", 5, "f"), EFILE_OK);
	TAP_EQUAL_TEXT(str_hex(hex, digest, 32),
		       "a812a69ba6858a54cefdb2fc3882e7ceb7d66aa1ed792562082872dd6ed4f921");
	TAP_EQUAL_INT(xml_canonical_sha256(digest, ctx, "<!DOCTYPE a><a/>", 16, "f"), EFILE_E_FORMAT);
	/* C14N 1.0 has no form for a relative namespace name */
	TAP_EQUAL_INT(xml_canonical_sha256(digest, ctx, "<a xmlns='u'/>", 14, "f"), EFILE_E_UNSUPPORTED);
	efile_ctx_free(ctx);
}

static efile_status write_it(efile_ctx *ctx, void *arg)
{
	AUTO(buf) out = BUF_INIT;
	AUTO(xml_writer) w;

	(void)arg;
	xml_writer_begin(&w, ctx, &out, NULL, true);
	invoice_like(&w);
	return xml_writer_end(&w);
}

static efile_status canonical_it(efile_ctx *ctx, void *arg)
{
	AUTO(buf) out = BUF_INIT;

	return xml_canonical(&out, ctx, arg, strlen(arg), "f");
}

static void test_without_memory(void)
{
	char xml[] = "<a b='1'>x</a>";

	TAP_OK(fail_each(write_it, NULL) > 2);
	TAP_OK(fail_each(canonical_it, xml) > 2);
}

TAP_SUITE(xml_write) = {
	{ "compact", test_compact },
	{ "indented", test_indented },
	{ "base64", test_base64 },
	{ "refuses what is no XML", test_refusals },
	{ "streams", test_stream },
	{ "canonical form", test_canonical },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
