/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/support.h"

#include <stdlib.h>
#include <string.h>

#include "xml/tree.h"

static efile_status read_text(xml_tree *t, efile_ctx *ctx, const char *text)
{
	AUTO_PTR(efile_reader) reader = NULL;

	*t = (xml_tree){ .ctx = ctx };
	TRY(efile_reader_from_memory(&reader, ctx, text, strlen(text)));
	return xml_tree_read(t, ctx, reader, "test");
}

static efile_status written(buf *out, efile_ctx *ctx, const xml_tree *t)
{
	AUTO_PTR(efile_writer) writer = NULL;

	TRY(writer_to_buf(&writer, ctx, out));
	return xml_tree_write(t, writer);
}

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

static const struct {
	const char *name, *given, *kept; /* kept NULL: as given, with HEAD and a line break */
} trips[] = {
	{ "empty", "<a/>", NULL },
	{ "order of attributes", "<a z=\"1\" b=\"2\" m=\"3\"/>", NULL },
	{ "prefixes", "<p:a xmlns:p=\"urn:x\" xmlns:q=\"urn:x\" q:b=\"1\" p:c=\"2\"><q:d/></p:a>", NULL },
	{ "default namespace taken back", "<a xmlns=\"urn:x\"><b xmlns=\"\"/></a>", NULL },
	{ "blanks and line breaks", "<a>\n  <b> x </b>\t</a>", NULL },
	{ "CDATA", "<a>x<![CDATA[<y> && ]]>z</a>", NULL },
	{ "CDATA with its own end", "<a><![CDATA[a]]]]><![CDATA[>b]]></a>", NULL },
	{ "comments", "<!-- before -->\n<a><!--in--><b/></a>\n<!-- after -->", NULL },
	{ "instructions", "<?go on?>\n<a><?x?></a>", NULL },
	{ "escaped text", "<a b=\"&lt;&quot;&amp;&#10;\">&lt;&amp;&gt;</a>", NULL },
	{ "carriage return", "<a>x&#13;y</a>", NULL },
	{ "xml:space", "<a xml:space=\"preserve\" xml:lang=\"de\"> </a>", NULL },
	{ "quotes change", "<a b='\"'/>", HEAD "<a b=\"&quot;\"/>\n" },
	{ "two words of one element", "<a>x<b/>y</a>", NULL },
	{ "encoding becomes UTF-8", "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe4</a>",
	  HEAD "<a>\xc3\xa4</a>\n" },
	{ "namespace name that is no URI", "<a xmlns:p=\"no uri %\" p:b=\"1\"/>", NULL },
};

static void test_trips(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(trips); i++) {
		AUTO(xml_tree) t = { 0 };
		AUTO(buf) out = BUF_INIT;
		AUTO(buf) want = BUF_INIT;

		tap_case(trips[i].name);
		TAP_EQUAL_INT(read_text(&t, ctx, trips[i].given), EFILE_OK);
		TAP_EQUAL_INT(written(&out, ctx, &t), EFILE_OK);
		if (trips[i].kept)
			buf_add_text(&want, trips[i].kept);
		else
			buf_add_format(&want, HEAD "%s\n", trips[i].given);
		TAP_EQUAL_TEXT(buf_text(&out), buf_text(&want));
	}
	efile_ctx_free(ctx);
}

static void test_look(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(xml_tree) t = { 0 };
	AUTO(buf) content = BUF_INIT;
	static const char *const names[] = { "a", "b", "d", "e" };
	xml_node_ref root, at;
	size_t count = 0;

	TAP_EQUAL_INT(read_text(&t, ctx, "<!--x-->\n<a xmlns:p='urn:p' c='1' p:c='2'>\n <b>x<!--y-->"
				"<![CDATA[z]]><d/></b><e/></a>"), EFILE_OK);
	root = xml_tree_root(&t);
	TAP_EQUAL_TEXT(xml_tree_attribute_of(&t, root, "", "c"), "1");
	TAP_EQUAL_TEXT(xml_tree_attribute_of(&t, root, "urn:p", "c"), "2");
	TAP_OK(!xml_tree_attribute_of(&t, root, "", "d"));
	for (at = root; at; at = xml_tree_next(&t, root, at)) {
		if (t.nodes[at].kind != XML_NODE_ELEMENT)
			continue;
		TAP_OK(count < ARRAY_SIZE(names));
		TAP_EQUAL_TEXT(xml_tree_text(&t, t.nodes[at].name), names[count++]);
		if (count == 2) {
			xml_tree_content(&content, &t, at);
			TAP_EQUAL_TEXT(buf_text(&content), "xz");
			TAP_EQUAL_INT(t.nodes[at].line, 3);
			TAP_EQUAL_INT(t.nodes[at].column, 2);
		}
	}
	TAP_EQUAL_INT((int)count, 4);
	efile_ctx_free(ctx);
}

/* Deep up to the limit, many names, long text: nothing recurses, nothing is lost. */
static void test_large(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(buf) text = BUF_INIT;
	AUTO(buf) out = BUF_INIT;
	AUTO(xml_tree) t = { 0 };

	buf_add_text(&text, HEAD);
	for (int i = 0; i < 250; i++)
		buf_add_text(&text, "<d>");
	for (int i = 0; i < 2000; i++)
		buf_add_format(&text, "<n%d a%d=\"v\">t%d</n%d>", i, i, i, i);
	for (int i = 0; i < 200000; i++)
		buf_add_text(&text, "long ");
	for (int i = 0; i < 250; i++)
		buf_add_text(&text, "</d>");
	buf_add_char(&text, '\n');
	TAP_EQUAL_INT(read_text(&t, ctx, buf_text(&text)), EFILE_OK);
	TAP_EQUAL_INT(written(&out, ctx, &t), EFILE_OK);
	TAP_OK(out.length == text.length && !memcmp(out.data, text.data, out.length));
	efile_ctx_free(ctx);
}

static void test_bad(void)
{
	efile_ctx *ctx = test_ctx();
	static const char *const texts[] = { "", "<a>", "<a><p:b/></a>", "<!DOCTYPE a><a/>",
		"<a xmlns:p='no uri %'/><b/>", "<a xmlns:p='no uri %'><q:b/></a>" };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		AUTO(xml_tree) t = { 0 };

		tap_case(texts[i]);
		TAP_EQUAL_INT(read_text(&t, ctx, texts[i]), EFILE_E_FORMAT);
	}
	efile_ctx_free(ctx);
}

static efile_status round_trip(efile_ctx *ctx, void *arg)
{
	AUTO(xml_tree) t = { 0 };
	AUTO(buf) out = BUF_INIT;

	TRY(read_text(&t, ctx, arg));
	return written(&out, ctx, &t);
}

static void test_without_memory(void)
{
	static char text[] = "<p:a xmlns:p='urn:x' b='1'>x<![CDATA[y]]><!--z--><?i?></p:a>";

	TAP_OK(fail_each(round_trip, text) > 5);
}

TAP_SUITE(xml_tree) = {
	{ "keeps every node", test_trips },
	{ "finds its way", test_look },
	{ "large and deep", test_large },
	{ "refuses what is no XML", test_bad },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
