/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/support.h"

static efile_status parse_and_write(buf *out, efile_ctx *ctx, const char *text, size_t length)
{
	AUTO_PTR(json_document) document = NULL;
	json_writer w;

	TRY(json_parse(&document, ctx, text, length));
	json_begin(&w, out);
	json_copy(&w, json_root(document));
	return buf_status(out, ctx);
}

static void test_accepts(void)
{
	static const struct {
		const char *text;
		const char *written;
	} cases[] = {
		/* RFC 8259 section 13 */
		{ "{\n \"Image\": {\n \"Width\":  800,\n \"Height\": 600,\n"
		  " \"Title\":  \"View from 15th Floor\",\n \"Thumbnail\": {\n"
		  " \"Url\":    \"http://www.example.com/image/481989943\",\n \"Height\": 125,\n"
		  " \"Width\":  100\n },\n \"Animated\" : false,\n \"IDs\": [116, 943, 234, 38793]\n }\n }",
		  "{\"Image\":{\"Width\":800,\"Height\":600,\"Title\":\"View from 15th Floor\","
		  "\"Thumbnail\":{\"Url\":\"http://www.example.com/image/481989943\",\"Height\":125,"
		  "\"Width\":100},\"Animated\":false,\"IDs\":[116,943,234,38793]}}" },
		{ "[{\"precision\":\"zip\",\"Latitude\":37.7668,\"Longitude\":-122.3959}]",
		  "[{\"precision\":\"zip\",\"Latitude\":37.7668,\"Longitude\":-122.3959}]" },
		{ "\"Hello world!\"", "\"Hello world!\"" }, { " 42 ", "42" }, { "true", "true" },
		{ "null", "null" }, { "\t[ ]\r\n", "[]" }, { "{ }", "{}" }, { "[[],{},[[]]]", "[[],{},[[]]]" },
		{ "-0", "-0" }, { "1e5", "1e5" }, { "-1.50E-07", "-1.50E-07" },
		{ "0.1", "0.1" }, { "12345678901234567890123456789", "12345678901234567890123456789" },
		/* RFC 8259 section 7: the G clef, and every escape */
		{ "\"\\uD834\\uDD1E\"", "\"\xf0\x9d\x84\x9e\"" },
		{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e4\"",
		  "\"\\\"\\\\/\\b\\f\\n\\r\\tA\xc3\xa4\"" },
		{ "\"\\u001f\x7f\xe2\x80\xa8\"", "\"\\u001f\x7f\xe2\x80\xa8\"" },
		{ "\"\\uffff\\ufeff\"", "\"\xef\xbf\xbf\xef\xbb\xbf\"" },
		{ "{\"\":1,\"a\":{\"a\":2},\"A\":3}", "{\"\":1,\"a\":{\"a\":2},\"A\":3}" },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(buf) out = BUF_INIT, again = BUF_INIT;

		tap_case(cases[i].text);
		TAP_EQUAL_INT(parse_and_write(&out, ctx, cases[i].text, strlen(cases[i].text)),
			      EFILE_OK);
		TAP_EQUAL_TEXT(buf_text(&out), cases[i].written);
		TAP_EQUAL_INT(parse_and_write(&again, ctx, buf_text(&out), out.length), EFILE_OK);
		TAP_EQUAL_TEXT(buf_text(&again), cases[i].written);
	}
	efile_ctx_free(ctx);
}

static void test_refuses(void)
{
	static const struct {
		const char *text;
		int number;
		int line, column;
	} cases[] = {
		{ "", 1610, 1, 1 }, { "  \n ", 1610, 2, 2 }, { "[", 1610, 1, 2 }, { "[1", 1610, 1, 3 },
		{ "{\"a\"", 1610, 1, 5 }, { "{\"a\":", 1610, 1, 6 }, { "\"abc", 1610, 1, 5 },
		{ "\"a\\\"", 1610, 1, 5 }, { "[1,", 1610, 1, 4 }, { "{", 1610, 1, 2 },
		{ "[1,]", 1611, 1, 4 }, { "[,1]", 1611, 1, 2 }, { "nul", 1611, 1, 1 },
		{ "True", 1611, 1, 1 }, { "NaN", 1611, 1, 1 }, { "[Infinity]", 1611, 1, 2 },
		{ "'a'", 1611, 1, 1 }, { "// c\n1", 1611, 1, 1 }, { "+1", 1611, 1, 1 },
		{ ".5", 1611, 1, 1 }, { "\xef\xbb\xbf[]", 1611, 1, 1 }, { "]", 1611, 1, 1 },
		{ "{\"a\" 1}", 1612, 1, 6 }, { "{\"a\",1}", 1612, 1, 5 },
		{ "[1 2]", 1613, 1, 4 }, { "[1}", 1613, 1, 3 }, { "{\"a\":1]", 1613, 1, 7 },
		{ "{a:1}", 1614, 1, 2 }, { "{1:1}", 1614, 1, 2 }, { "{\"a\":1,}", 1614, 1, 8 },
		{ "01", 1615, 1, 2 }, { "-", 1615, 1, 2 }, { "1.", 1615, 1, 3 }, { "1e", 1615, 1, 3 },
		{ "-a", 1615, 1, 2 }, { "1.e5", 1615, 1, 3 }, { "0x1", 1622, 1, 2 },
		{ "\"\\x41\"", 1616, 1, 3 }, { "\"\\u12G4\"", 1616, 1, 4 },
		{ "\"\\u00\"", 1610, 1, 4 }, { "\"\\u00\"    ", 1616, 1, 4 },
		{ "\"a\nb\"", 1617, 1, 3 }, { "[\n\"tab\there\"]", 1617, 2, 5 },
		{ "\"\xc3\"", 1618, 1, 2 }, { "[\"\xed\xa0\x80\"]", 1618, 1, 3 },
		{ "\"\\ud800\"", 1619, 1, 8 }, { "\"\\udc00\\ud800\"", 1619, 1, 8 },
		{ "\"\\ud800\\u0041\"", 1619, 1, 14 }, { "\"\\u0000\"", 1620, 1, 8 },
		{ "{\"a\":1,\n \"b\":2,\n \"a\":3}", 1621, 3, 2 },
		{ "{\"x\":{\"\\u0061\":1,\"a\":2}}", 1621, 1, 18 },
		{ "[] []", 1622, 1, 4 }, { "1,2", 1622, 1, 2 }, { "{}}", 1622, 1, 3 },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		json_document *document = NULL;
		long line, column;

		tap_case(cases[i].text);
		TAP_EQUAL_INT(json_parse(&document, ctx, cases[i].text, strlen(cases[i].text)),
			      EFILE_E_FORMAT);
		TAP_OK(document == NULL);
		TAP_EQUAL_INT(efile_error_number(ctx), cases[i].number);
		efile_error_place(ctx, &line, &column);
		TAP_EQUAL_INT(line, cases[i].line);
		TAP_EQUAL_INT(column, cases[i].column);
	}
	efile_ctx_free(ctx);
}

static void test_nul_byte(void)
{
	efile_ctx *ctx = test_ctx_german();
	json_document *document = NULL;

	TAP_EQUAL_INT(json_parse(&document, ctx, "\"a\0b\"", 5), EFILE_E_FORMAT);
	TAP_EQUAL_TEXT(efile_error_message(ctx), "Steuerzeichen in einer JSON-Zeichenkette");
	TAP_EQUAL_INT(json_parse(&document, ctx, "[\0]", 3), EFILE_E_FORMAT);
	TAP_EQUAL_INT(json_parse(&document, ctx, "1\0", 2), EFILE_E_FORMAT);
	TAP_EQUAL_INT(json_parse(&document, ctx, "{\"a\":1,\"a\":2}", 13), EFILE_E_FORMAT);
	TAP_EQUAL_TEXT(efile_error_message(ctx), "der JSON-Schlüssel \"a\" kommt zweimal vor");
	efile_ctx_free(ctx);
}

static efile_status parse_nested(efile_ctx *ctx, size_t depth)
{
	AUTO_PTR(json_document) document = NULL;
	AUTO(buf) text = BUF_INIT;

	for (size_t i = 0; i < depth; i++)
		buf_add_char(&text, '[');
	for (size_t i = 0; i < depth; i++)
		buf_add_char(&text, ']');
	return json_parse(&document, ctx, text.data, text.length);
}

static void test_depth(void)
{
	efile_ctx *ctx = test_ctx();

	TAP_EQUAL_INT(parse_nested(ctx, 128), EFILE_OK);
	TAP_EQUAL_INT(parse_nested(ctx, 129), EFILE_E_LIMIT);
	TAP_EQUAL_TEXT(efile_error_message(ctx), "JSON is nested deeper than 128 levels");
	efile_ctx_free(ctx);
}

/* 200,000 keys, the last one twice: found by sorting, not by walking the list for each. */
static void test_many_keys(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(buf) text = BUF_INIT;
	json_document *document = NULL;

	buf_add_char(&text, '{');
	for (int i = 0; i < 200000; i++)
		buf_add_format(&text, "\"k%d\":%d,", i, i);
	buf_add_text(&text, "\"k199999\":0}");
	TAP_EQUAL_INT(json_parse(&document, ctx, text.data, text.length), EFILE_E_FORMAT);
	TAP_EQUAL_TEXT(efile_error_message(ctx), "JSON key \"k199999\" stands twice");
	efile_ctx_free(ctx);
}

static void test_hostile_files(void)
{
	efile_ctx *ctx = test_ctx();
	json_document *document = NULL;
	size_t length;
	char *text = test_data("hostile/data/deep.json", &length);

	if (text)
		TAP_EQUAL_INT(json_parse(&document, ctx, text, length), EFILE_E_LIMIT);
	free(text);
	text = test_data("hostile/data/odd.json", &length);
	if (text)
		TAP_EQUAL_INT(json_parse(&document, ctx, text, length), EFILE_E_FORMAT);
	free(text);
	TAP_OK(document == NULL);
	efile_ctx_free(ctx);
}

/* A string a line: what is accepted must come back unchanged after writing and reading. */
static void test_naughty_strings(void)
{
	efile_ctx *ctx = test_ctx();
	char *text = test_data("hostile/data/naughty.jsonl", NULL), *rest = text, *line;

	while (text && (line = strsep(&rest, "\n")) && *line) {
		AUTO_PTR(json_document) first = NULL;
		AUTO_PTR(json_document) second = NULL;
		AUTO(buf) out = BUF_INIT;
		json_writer w;

		tap_case(line);
		if (json_parse(&first, ctx, line, strlen(line)) != EFILE_OK) {
			TAP_EQUAL_INT(efile_error_status(ctx), EFILE_E_FORMAT);
			continue;
		}
		json_begin(&w, &out);
		json_text_n(&w, json_root(first)->text, json_root(first)->length);
		TAP_EQUAL_INT(json_parse(&second, ctx, out.data, out.length), EFILE_OK);
		TAP_EQUAL_TEXT(json_root(second)->text, json_root(first)->text);
	}
	free(text);
	efile_ctx_free(ctx);
}

static void test_looking(void)
{
	static const char text[] = "{\"name\":\"Akte\",\"n\":12,\"money\":1.10,\"text\":\"2.50\","
				   "\"half\":0.5,\"e\":1.2e1,\"big\":1e400,\"huge\":99999999999999999999,"
				   "\"none\":null,\"list\":[1,2]}";
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(json_document) document = NULL;
	const json_value *root, *list;
	char shown[EFILE_DECIMAL_TEXT_SIZE];
	efile_decimal d;
	int64_t n = -1;

	TAP_EQUAL_INT(json_parse(&document, ctx, text, sizeof(text) - 1), EFILE_OK);
	root = json_root(document);
	TAP_EQUAL_TEXT(json_member_text(root, "name"), "Akte");
	TAP_OK(json_member_text(root, "n") == NULL && json_member(root, "x") == NULL);
	TAP_OK(json_member(NULL, "x") == NULL && json_member(root->child, "x") == NULL);
	TAP_EQUAL_INT(json_as_int(&n, json_member(root, "n")), EFILE_OK);
	TAP_EQUAL_INT(n, 12);
	TAP_EQUAL_INT(json_as_int(&n, json_member(root, "e")), EFILE_OK);
	TAP_EQUAL_INT(json_as_int(&n, json_member(root, "half")), EFILE_E_INVALID);
	TAP_EQUAL_INT(json_as_int(&n, json_member(root, "text")), EFILE_E_INVALID);
	TAP_EQUAL_INT(json_as_int(&n, json_member(root, "big")), EFILE_E_LIMIT);
	TAP_EQUAL_INT(json_as_int(&n, json_member(root, "huge")), EFILE_E_LIMIT);
	TAP_EQUAL_INT(json_as_int(&n, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(json_as_decimal(&d, json_member(root, "money")), EFILE_OK);
	TAP_EQUAL_TEXT(efile_decimal_format(d, shown), "1.10");
	TAP_EQUAL_INT(json_as_decimal(&d, json_member(root, "text")), EFILE_OK);
	TAP_EQUAL_TEXT(efile_decimal_format(d, shown), "2.50");
	TAP_EQUAL_INT(json_as_decimal(&d, json_member(root, "name")), EFILE_E_INVALID);
	TAP_EQUAL_INT(json_as_decimal(&d, json_member(root, "none")), EFILE_E_INVALID);
	list = json_member(root, "list");
	TAP_OK(list->child && list->child->next && !list->child->next->next);
	efile_ctx_free(ctx);
}

static void test_writing(void)
{
	AUTO(buf) out = BUF_INIT;
	efile_id id = { { 0 } };
	json_writer w;

	json_begin(&w, &out);
	json_object(&w);
	json_put_text(&w, "schema", "efile.test.v1");
	json_put_text(&w, "title", NULL);
	json_put_int(&w, "least", INT64_MIN);
	json_put_bool(&w, "open", true);
	json_put_id(&w, "id", &id);
	id.bytes[15] = 1;
	json_put_id(&w, "id2", &id);
	json_put_time(&w, "time", TEST_NOW);
	json_put_date(&w, "date", (efile_date){ 2026, 3, 2, 0 });
	json_put_date(&w, "none", (efile_date){ 0 });
	json_key(&w, "list");
	json_array(&w);
	json_decimal(&w, efile_decimal_from_int(11900, 2));
	json_array(&w);
	json_end_array(&w);
	json_null(&w);
	json_raw(&w, "{\"a\":\r\n1}");
	json_text_n(&w, "a\xff\0\x01z", 5);
	json_end_array(&w);
	json_end_object(&w);
	TAP_EQUAL_INT(w.depth, 0);
	TAP_EQUAL_TEXT(buf_text(&out),
		"{\"schema\":\"efile.test.v1\",\"title\":null,\"least\":-9223372036854775808,"
		"\"open\":true,\"id\":null,\"id2\":\"00000000-0000-0000-0000-000000000001\","
		"\"time\":\"2026-03-02T08:00:00Z\",\"date\":\"2026-03-02\",\"none\":null,"
		"\"list\":[\"119.00\",[],null,{\"a\":  1},\"a\xef\xbf\xbd\xef\xbf\xbd\\u0001z\"]}");
}

static efile_status read_all(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(json_document) document = NULL;
	AUTO(buf) text = BUF_INIT;

	(void)arg;
	buf_add_text(&text, "{\"a\":[[[[[[[[[[1]]]]]]]]]],\"b\":{");
	for (int i = 0; i < 300; i++)
		buf_add_format(&text, "\"%d\":\"text\",", i);
	buf_add_text(&text, "\"last\":null}}");
	TRY(buf_status(&text, ctx));
	return json_parse(&document, ctx, text.data, text.length);
}

static void test_without_memory(void)
{
	TAP_OK(fail_each(read_all, NULL) > 10);
}

TAP_SUITE(base_json) = {
	{ "RFC 8259: what is JSON", test_accepts },
	{ "RFC 8259: what is not, with line and column", test_refuses },
	{ "NUL bytes, and German", test_nul_byte },
	{ "depth at the limit and one above", test_depth },
	{ "many keys", test_many_keys },
	{ "hostile files", test_hostile_files },
	{ "naughty strings come back unchanged", test_naughty_strings },
	{ "looking at values", test_looking },
	{ "writing", test_writing },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
