/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/support.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "xml/xml.h"

/* Writes what it hears as one line: +name@line:column attribute=value "text" -name */
typedef struct recorder {
	efile_ctx *ctx;
	buf out;
	xml_path *path;
	bool in_text;
} recorder;

static void end_text(recorder *r)
{
	if (r->in_text)
		buf_add_char(&r->out, '"');
	r->in_text = false;
}

static efile_status on_start(void *user, xml_element *e)
{
	recorder *r = user;

	end_text(r);
	buf_add_format(&r->out, "+%s%s%s@%ld:%ld", e->uri, e->uri[0] ? "|" : "", e->name, e->line,
		       e->column);
	for (size_t i = 0; i < e->attribute_count; i++) {
		const xml_attribute *a = &e->attributes[i];

		buf_add_format(&r->out, " %s%s%s=%.*s", a->uri, a->uri[0] ? "|" : "", a->name,
			       (int)a->length, a->value);
	}
	return buf_status(&r->out, r->ctx);
}

static efile_status on_end(void *user, const xml_element *e)
{
	recorder *r = user;

	end_text(r);
	buf_add_format(&r->out, "-%s", e->name);
	return buf_status(&r->out, r->ctx);
}

static efile_status on_text(void *user, const char *text, size_t length)
{
	recorder *r = user;

	if (!r->in_text)
		buf_add_char(&r->out, '"');
	r->in_text = true;
	buf_add(&r->out, text, length);
	return buf_status(&r->out, r->ctx);
}

static const xml_handler recording = { .start = on_start, .end = on_end, .text = on_text };

static efile_status record(buf *out, efile_ctx *ctx, const char *data, size_t length)
{
	recorder r = { ctx, BUF_INIT, NULL, false };
	efile_status status = xml_read_bytes(ctx, data, length, "t.xml", &recording, &r);

	*out = r.out;
	return status;
}

/* ---- good weather ---- */

static const struct { const char *name, *xml, *events; } good[] = {
	{ "one element", "<a/>", "+a@1:1-a" },
	{ "declaration, text", "<?xml version=\"1.0\"?>\n<a>x</a>", "+a@2:1\"x\"-a" },
	{ "nested, columns", "<a>\n  <b/><c>1</c>\n</a>",
	  "+a@1:1\"\n  \"+b@2:3-b+c@2:7\"1\"-c\"\n\"-a" },
	{ "namespaces", "<p:a xmlns:p='u' xmlns='d' p:x='1' y='2'><b/></p:a>",
	  "+u|a@1:1 u|x=1 y=2+d|b@1:42-b-a" },
	{ "entities", "<a b='&lt;&amp;&#38;amp;&quot;' c='&#x41;'>&lt;&amp;&gt;&#228;</a>",
	  "+a@1:1 b=<&&amp;\" c=A\"<&>\xc3\xa4\"-a" },
	{ "ampersand in a namespace", "<p:a xmlns:p='u?a=1&amp;b=2&#38;#38;'  p:x='1'/>",
	  "+u?a=1&b=2&#38;|a@1:1 u?a=1&b=2&#38;|x=1-a" },
	{ "comment inside text", "<a><id>AB<!-- x -->12</id></a>", "+a@1:1+id@1:4\"AB12\"-id-a" },
	{ "CDATA holds tags", "<a><![CDATA[<b c='1'>]]]]>x</a>", "+a@1:1\"<b c='1'>]]x\"-a" },
	{ "comment and instruction hold tags", "<a><!-- <x y=''> - --><?p <z> ?><b/></a>",
	  "+a@1:1+b@1:33-b-a" },
	{ "greater-than in a value", "<a b='>'><c/></a>", "+a@1:1 b=>+c@1:10-c-a" },
	{ "byte order mark", "\xef\xbb\xbf<a/>", "+a@1:1-a" },
	{ "UTF-8", "<a>\xe2\x82\xac\xf0\x9f\x98\x80</a>", "+a@1:1\"\xe2\x82\xac\xf0\x9f\x98\x80\"-a" },
	{ "latin 1", "<?xml version='1.0' encoding='iso-8859-1'?><a>\xe4\x80</a>",
	  "+a@1:44\"\xc3\xa4\xc2\x80\"-a" },
	{ "latin 9", "<?xml version='1.0' encoding='ISO-8859-15'?><a>\xa4</a>",
	  "+a@1:45\"\xe2\x82\xac\"-a" },
	{ "windows 1252", "<?xml version='1.0' encoding='windows-1252'?><a>\x80\xfc</a>",
	  "+a@1:46\"\xe2\x82\xac\xc3\xbc\"-a" },
};

static void test_good(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		AUTO(buf) out = BUF_INIT;

		tap_case(good[i].name);
		TAP_EQUAL_INT(record(&out, ctx, good[i].xml, strlen(good[i].xml)), EFILE_OK);
		TAP_EQUAL_TEXT(buf_text(&out), good[i].events);
		TAP_EQUAL_INT(efile_error_number(ctx), 0);
	}
	efile_ctx_free(ctx);
}

static void test_utf16(void)
{
	static const struct { const char *name, *bytes; size_t length; } rows[] = {
		{ "little, marked", "\xff\xfe<\0a\0>\0\xac\x20=\xd8\0\xde<\0/\0a\0>\0", 22 },
		{ "big, marked", "\xfe\xff\0<\0a\0>\x20\xac\xd8=\xde\0\0<\0/\0a\0>", 22 },
		{ "little, bare", "<\0a\0>\0\xac\x20=\xd8\0\xde<\0/\0a\0>\0", 20 },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(buf) out = BUF_INIT;

		tap_case(rows[i].name);
		TAP_EQUAL_INT(record(&out, ctx, rows[i].bytes, rows[i].length), EFILE_OK);
		TAP_EQUAL_TEXT(buf_text(&out), "+a@1:1\"\xe2\x82\xac\xf0\x9f\x98\x80\"-a");
	}
	efile_ctx_free(ctx);
}

/* The same in pieces of every size: no state may hang on a chunk's border. */
typedef struct drip {
	const char *data;
	size_t left, piece;
} drip;

static efile_status drip_read(void *buffer, size_t length, size_t *got, void *user)
{
	drip *d = user;
	size_t n = d->piece < d->left ? d->piece : d->left;

	n = n < length ? n : length;
	memcpy(buffer, d->data, n);
	d->data += n;
	d->left -= n;
	*got = n;
	return EFILE_OK;
}

static void test_pieces(void)
{
	static const char ok[] = "<?xml version='1.0' encoding='UTF-8'?><a b='\xc3\xa4&amp;'>\n"
		"<!-- - --><![CDATA[]]]>]]<p:c xmlns:p='u'>\xf0\x9f\x98\x80</p:c><?x ?? ?></a>";
	static const char xml[] = "<?xml version='1.0' encoding='UTF-8'?><a b='\xc3\xa4&amp;'>\n"
		"<!-- -- --></a>";
	efile_ctx *ctx = test_ctx();

	for (size_t piece = 1; piece < 20; piece++) {
		drip d = { ok, sizeof(ok) - 1, piece }, bad = { xml, sizeof(xml) - 1, piece };
		recorder r = { ctx, BUF_INIT, NULL, false };
		efile_reader *reader = NULL;

		TAP_EQUAL_INT(efile_reader_from_callback(&reader, ctx, drip_read, NULL, &d), EFILE_OK);
		TAP_EQUAL_INT(xml_read(ctx, reader, "t", &recording, &r), EFILE_OK);
		TAP_EQUAL_TEXT(buf_text(&r.out), "+a@1:39 b=\xc3\xa4&\"\n]]]\"+u|c@2:26\"\xf0\x9f\x98\x80\"-c-a");
		efile_reader_free(reader);
		buf_reset(&r.out);
		reader = NULL;
		TAP_EQUAL_INT(efile_reader_from_callback(&reader, ctx, drip_read, NULL, &bad), EFILE_OK);
		TAP_EQUAL_INT(xml_read(ctx, reader, "t", &recording, &r), EFILE_E_FORMAT);
		efile_reader_free(reader);
		buf_clear(&r.out);
	}
	efile_ctx_free(ctx);
}

/* ---- bad weather ---- */

static const struct { const char *name, *xml; size_t length; efile_status status; int number;
	long line, column; } bad[] = {
	{ "nothing", "", 0, EFILE_E_FORMAT, 1410, 1, 1 },
	{ "no XML", "hello", 5, EFILE_E_FORMAT, 1410, 1, 1 },
	{ "cut off", "<a>\n<b>", 7, EFILE_E_FORMAT, 1413, 2, 4 },
	{ "cut in a tag", "<a>\n<b", 6, EFILE_E_FORMAT, 1414, 0, 0 },
	{ "wrong end", "<a>\n</b>", 8, EFILE_E_FORMAT, 1412, 2, 0 },
	{ "two roots", "<a/><b/>", 8, EFILE_E_FORMAT, 1411, 1, 5 },
	{ "attribute twice", "<a b='1' b='2'/>", 16, EFILE_E_FORMAT, 1415, 1, 0 },
	{ "unknown entity", "<a>&x;</a>", 10, EFILE_E_FORMAT, 1416, 1, 0 },
	{ "control character", "<a>\x01</a>", 8, EFILE_E_FORMAT, 1417, 1, 0 },
	{ "control by reference", "<a>&#1;</a>", 11, EFILE_E_FORMAT, 1417, 1, 0 },
	{ "unknown prefix", "<a><p:b/></a>", 13, EFILE_E_FORMAT, 1419, 1, 0 },
	{ "doctype", "<?xml version='1.0'?>\n<!DOCTYPE a><a/>", 38, EFILE_E_FORMAT, 1404, 2, 1 },
	{ "NUL", "<a>\nb\0</a>", 10, EFILE_E_FORMAT, 1405, 2, 2 },
	{ "latin 1 in UTF-8", "<a>\nb\xe4x</a>", 11, EFILE_E_FORMAT, 1406, 2, 2 },
	{ "overlong", "<a>\xc0\xaf</a>", 9, EFILE_E_FORMAT, 1406, 1, 4 },
	{ "surrogate", "<a>\xed\xa0\x80</a>", 10, EFILE_E_FORMAT, 1406, 1, 4 },
	{ "cut sequence", "<a>\xe2\x82", 5, EFILE_E_FORMAT, 1406, 1, 4 },
	{ "odd UTF-16", "\xff\xfe<\0a\0/\0>", 9, EFILE_E_FORMAT, 1406, 1, 4 },
	{ "lone surrogate", "\xff\xfe<\0a\0>\0\0\xdc", 10, EFILE_E_FORMAT, 1406, 1, 4 },
	{ "UTF-32", "\xff\xfe\0\0<\0\0\0", 8, EFILE_E_FORMAT, 1407, 1, 1 },
	{ "unknown encoding", "<?xml version='1.0' encoding='EBCDIC'?><a/>", 43, EFILE_E_FORMAT, 1407, 1, 1 },
};

static void test_bad(void)
{
	efile_ctx *en = test_ctx(), *de = test_ctx_german();

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		AUTO(buf) out = BUF_INIT, german = BUF_INIT;
		long line, column;

		tap_case(bad[i].name);
		TAP_EQUAL_INT(record(&out, en, bad[i].xml, bad[i].length), bad[i].status);
		TAP_EQUAL_INT(efile_error_number(en), bad[i].number);
		TAP_EQUAL_TEXT(efile_error_place(en, &line, &column), "t.xml");
		if (bad[i].line)
			TAP_EQUAL_INT(line, bad[i].line);
		if (bad[i].column)
			TAP_EQUAL_INT(column, bad[i].column);
		TAP_EQUAL_INT(record(&german, de, bad[i].xml, bad[i].length), bad[i].status);
		TAP_OK(strcmp(efile_error_message(en), efile_error_message(de)) != 0);
	}
	efile_ctx_free(en);
	efile_ctx_free(de);
}

/* ---- limits: at the limit and one above ---- */

static void nest(buf *out, int depth)
{
	for (int i = 0; i < depth; i++)
		buf_add_text(out, "<a>");
	for (int i = 0; i < depth; i++)
		buf_add_text(out, "</a>");
}

static void attributes(buf *out, int count)
{
	buf_add_text(out, "<a");
	for (int i = 0; i < count; i++)
		buf_add_format(out, " a%d=''", i);
	buf_add_text(out, "/>");
}

static void text_of(buf *out, int length)
{
	buf_add_text(out, "<a>");
	for (int i = 0; i < length; i++)
		buf_add_char(out, 'x');
	buf_add_text(out, "</a>");
}

static void namespaces(buf *out, int count)
{
	for (int i = 0; i < count; i++)
		buf_add_format(out, "<p%d:a xmlns:p%d='u%d'>", i, i, i);
	for (int i = count; i-- > 0;)
		buf_add_format(out, "</p%d:a>", i);
}

static efile_status plain_read(efile_ctx *ctx, const buf *xml)
{
	static const xml_handler none;

	return xml_read_bytes(ctx, xml->data, xml->length, NULL, &none, NULL);
}

static void test_limits(void)
{
	static const struct { const char *name; void (*make)(buf *, int); int limit, number; } rows[] = {
		{ "depth", nest, 256, 1401 },
		{ "attributes", attributes, 20, 1408 },
		{ "text", text_of, 5000, 1403 },
		{ "namespaces", namespaces, 20, 1402 },
	};
	efile_ctx *ctx = test_ctx();

	ctx->limits.xml_attributes = 20;
	ctx->limits.xml_text_bytes = 5000;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(buf) at = BUF_INIT, above = BUF_INIT;

		tap_case(rows[i].name);
		rows[i].make(&at, rows[i].limit);
		rows[i].make(&above, rows[i].limit + 1);
		TAP_EQUAL_INT(plain_read(ctx, &at), EFILE_OK);
		TAP_EQUAL_INT(plain_read(ctx, &above), EFILE_E_LIMIT);
		TAP_EQUAL_INT(efile_error_number(ctx), rows[i].number);
	}
	ctx->limits.xml_bytes = 7;
	TAP_EQUAL_INT(xml_read_bytes(ctx, "<a></a>", 7, NULL, NULL, NULL), EFILE_OK);
	TAP_EQUAL_INT(xml_read_bytes(ctx, "<a> </a>", 8, NULL, NULL, NULL), EFILE_E_LIMIT);
	efile_ctx_free(ctx);
}

static void test_long_tag(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(buf) xml = BUF_INIT;

	buf_add_text(&xml, "<a b='");
	for (int i = 0; i < 1024 * 1024; i++)
		buf_add_char(&xml, 'x');
	buf_add_text(&xml, "'/>");
	TAP_EQUAL_INT(plain_read(ctx, &xml), EFILE_E_LIMIT);
	TAP_EQUAL_INT(efile_error_number(ctx), 1409);
	efile_ctx_free(ctx);
}

/* An embedded attachment may be as large as it likes. */
static efile_status allow_large(void *user, xml_element *e)
{
	(void)user;
	e->large_text = e->name[0] == 'a';
	return EFILE_OK;
}

static efile_status add_up(void *user, const char *text, size_t length)
{
	(void)text;
	*(size_t *)user += length;
	return EFILE_OK;
}

static void test_large_text(void)
{
	static const xml_handler handler = { .start = allow_large, .text = add_up };
	efile_ctx *ctx = test_ctx();
	AUTO(buf) xml = BUF_INIT;
	size_t total = 0;

	text_of(&xml, 12 * 1024 * 1024);
	TAP_EQUAL_INT(xml_read_bytes(ctx, xml.data, xml.length, NULL, &handler, &total), EFILE_OK);
	TAP_EQUAL_INT(total, 12 * 1024 * 1024);
	TAP_EQUAL_INT(plain_read(ctx, &xml), EFILE_E_LIMIT);
	efile_ctx_free(ctx);
}

/* ---- the hostile corpus ---- */

static const struct { const char *name; efile_status status; int number; } hostile[] = {
	{ "billion-laughs.xml", EFILE_E_FORMAT, 1404 },
	{ "comment-in-id.xml", EFILE_OK, 0 },
	{ "deep-nesting.xml", EFILE_E_LIMIT, 1401 },
	{ "huge-text.xml", EFILE_OK, 0 },
	{ "invalid-utf8.xml", EFILE_E_FORMAT, 1406 },
	{ "many-attributes.xml", EFILE_E_LIMIT, 1408 },
	{ "nul-byte.xml", EFILE_E_FORMAT, 1405 },
	{ "schema-location.xml", EFILE_OK, 0 },
	{ "truncated.xml", EFILE_E_FORMAT, 1413 },
	{ "xxe-file.xml", EFILE_E_FORMAT, 1404 },
	{ "xxe-http.xml", EFILE_E_FORMAT, 1404 },
};

static void test_hostile(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
		char path[64];
		size_t length;
		clock_t begin = clock();
		char *data;

		snprintf(path, sizeof(path), "hostile/xml/%s", hostile[i].name);
		data = test_data(path, &length);
		if (!data)
			continue;
		tap_case(hostile[i].name);
		TAP_EQUAL_INT(xml_read_bytes(ctx, data, length, path, NULL, NULL), hostile[i].status);
		TAP_EQUAL_INT(efile_error_number(ctx), hostile[i].number);
		TAP_OK((clock() - begin) * 2 < CLOCKS_PER_SEC);
		error_clear(ctx);
		free(data);
	}
	efile_ctx_free(ctx);
}

/* ---- the rest ---- */

static efile_status refuse(void *user, xml_element *e)
{
	return strcmp(e->name, "b") == 0 ?
		FAIL(user, EFILE_E_STATE, 1499, "no such file: %s", "b") : EFILE_OK;
}

static void test_callback_error(void)
{
	static const xml_handler handler = { .start = refuse };
	efile_ctx *ctx = test_ctx();
	long line, column;

	TAP_EQUAL_INT(xml_read_bytes(ctx, "<a>\n <b/><c/></a>", 17, "f", &handler, ctx), EFILE_E_STATE);
	TAP_EQUAL_TEXT(efile_error_place(ctx, &line, &column), "f");
	TAP_EQUAL_INT(line, 2);
	TAP_EQUAL_INT(column, 2);
	efile_ctx_free(ctx);
}

static void test_root(void)
{
	efile_ctx *ctx = test_ctx();
	xml_root root = XML_ROOT_NONE;
	static const char cut[] = "<!-- x -->\n<p:r xmlns:p='urn:x'><b></wrong>";

	TAP_EQUAL_INT(xml_root_of(&root, ctx, cut, sizeof(cut) - 1), EFILE_OK);
	TAP_EQUAL_TEXT(root.name, "r");
	TAP_EQUAL_TEXT(root.uri, "urn:x");
	TAP_EQUAL_INT(root.line, 2);
	TAP_EQUAL_INT(efile_error_number(ctx), 0);
	xml_root_clear(&root);
	TAP_EQUAL_INT(xml_root_of(&root, ctx, "PK", 2), EFILE_E_FORMAT);
	TAP_OK(!root.name);
	efile_ctx_free(ctx);
}

/* Pointers stand for names, as the reader interns them. */
static void test_path(void)
{
	static const char u[] = "u", a[] = "a", b[] = "b", none[] = "", p[] = "p";
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(xml_path) path = NULL;
	AUTO(buf) out = BUF_INIT;

	TAP_EQUAL_INT(xml_path_new(&path, ctx), EFILE_OK);
	xml_path_push(path, u, none, a);
	for (int i = 0; i < 3; i++) {
		xml_path_push(path, u, p, b);
		xml_path_push(path, u, p, a);
		xml_path_pop(path);
		if (i < 2)
			xml_path_pop(path);
	}
	xml_path_push(path, u, p, a);
	TAP_EQUAL_INT(xml_path_index(path), 2);
	xml_path_format(&out, path);
	TAP_EQUAL_TEXT(buf_text(&out), "/a/p:b[3]/p:a[2]");
	efile_ctx_free(ctx);
}

static efile_status read_it(efile_ctx *ctx, void *arg)
{
	AUTO(buf) out = BUF_INIT;

	return record(&out, ctx, arg, strlen(arg));
}

static void test_without_memory(void)
{
	char xml[] = "<a b='&amp;' c='&amp;x' d='1' e='2' f='3'><b><c/></b>text<b/></a>";

	TAP_OK(fail_each(read_it, xml) > 5);
}

TAP_SUITE(xml_read) = {
	{ "events with places", test_good },
	{ "UTF-16", test_utf16 },
	{ "any division into pieces", test_pieces },
	{ "malformed documents", test_bad },
	{ "limits", test_limits },
	{ "a long tag", test_long_tag },
	{ "large text on request", test_large_text },
	{ "hostile files", test_hostile },
	{ "an error in a callback", test_callback_error },
	{ "the root element", test_root },
	{ "paths", test_path },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
