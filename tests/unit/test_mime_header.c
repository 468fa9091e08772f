/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mime/mime.h"

#include <stdlib.h>
#include <string.h>

#include "unit/support.h"

static span text_span(const char *text)
{
	return (span){ text, strlen(text) };
}

static const struct {
	const char *name;
	const char *raw;
	const char *text;
} words[] = {
	{ "plain", "Antrag", "Antrag" },
	/* RFC 2047 section 8 */
	{ "one word", "(=?ISO-8859-1?Q?a?=)", "(a)" },
	{ "word and text", "=?ISO-8859-1?Q?a?= b", "a b" },
	{ "two words", "=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab" },
	{ "two words, many blanks", "=?ISO-8859-1?Q?a?=  \t =?ISO-8859-1?Q?b?=", "ab" },
	{ "underscore", "=?ISO-8859-1?Q?a_b?=", "a b" },
	{ "blank kept in the second word", "=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=", "a b" },
	/* the loss that GMime 3.2.13 has */
	{ "padded word before another", "=?UTF-8?B?SGVsbG8=?= =?UTF-8?B?IHdvcmxk?=", "Hello world" },
	{ "a character split between words", "=?utf-8?B?R3LD?= =?utf-8?B?vG4=?=", "Gr\xc3\xbcn" },
	{ "base64 cut anywhere", "=?utf-8?B?R3LDv?= =?utf-8?B?G4=?=", "Gr\xc3\xbcn" },
	{ "padding left out", "=?utf-8?B?QQ?= =?utf-8?B?Qg==?=", "AB" },
	{ "Q and B of one charset", "=?utf-8?Q?Gr=C3?= =?utf-8?B?vG4=?=", "Gr\xc3\xbcn" },
	{ "blanks inside", "=?utf-8?Q?a b c?=", "a b c" },
	{ "question marks inside", "=?utf-8?Q?was? wo?" "?=", "was? wo?" },
	{ "encoded underscore and equals sign", "=?utf-8?q?a=5Fb=3D?=", "a_b=" },
	{ "hex in small letters", "=?utf-8?q?=c3=bc?=", "\xc3\xbc" },
	{ "language", "=?utf-8*de?q?=C3=BC?=", "\xc3\xbc" },
	{ "broken hex", "=?utf-8?q?=ZZ=4?=", "=ZZ=4" },
	{ "unknown charset", "=?x-klingon?q?=FC?=", "\xc3\xbc" },
	{ "not ended", "=?utf-8?q?abc", "=?utf-8?q?abc" },
	{ "not ended before a whole one", "=?utf-8?q?a =?utf-8?q?b?=", "=?utf-8?q?a b" },
	{ "other encoding", "=?utf-8?x?abc?=", "=?utf-8?x?abc?=" },
	{ "stuck to text", "a=?utf-8?q?b?=c", "abc" },
	{ "ISO-2022-JP", "=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "\xe6\x97\xa5\xe6\x9c\xac" },
	{ "raw UTF-8", "Gr\xc3\xbcn", "Gr\xc3\xbcn" },
	{ "raw Windows-1252", "Gr\xfcn \x80", "Gr\xc3\xbcn \xe2\x82\xac" },
	{ "injected line", "=?utf-8?q?a=0D=0ABcc:_x?=", "a  Bcc: x" },
	{ "control character", "=?utf-8?q?a=07b=00c?=", "a\xef\xbf\xbd""b\xef\xbf\xbd""c" },
};

static void test_words(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		AUTO(buf) out = BUF_INIT;
		unsigned notes = 0;

		tap_case(words[i].name);
		TAP_EQUAL_INT(word_decode(&out, ctx, text_span(words[i].raw), &notes), EFILE_OK);
		TAP_EQUAL_TEXT(buf_text(&out), words[i].text);
	}
	tap_case(NULL);
	efile_ctx_free(ctx);
}

static const struct {
	const char *name;
	const char *raw;
	const char *value;
	const char *param;
	const char *text;
} params[] = {
	{ "plain", "attachment; filename=a.pdf", "attachment", "filename", "a.pdf" },
	{ "quoted", "attachment; filename=\"a; b.pdf\"", "attachment", "filename", "a; b.pdf" },
	{ "escaped quote", "x; filename=\"a \\\"b\\\".pdf\"", "x", "filename", "a \"b\".pdf" },
	{ "Windows path", "x; filename=\"C:\\TEMP\\n.png\"", "x", "filename", "C:\\TEMP\\n.png" },
	{ "blanks without quotes", "x; filename=a b c.pdf ; y=z", "x", "filename", "a b c.pdf" },
	{ "quote not closed", "x; filename=\"a.pdf", "x", "filename", "a.pdf" },
	{ "comments", "text/plain (it is); (so) charset=utf-8", "text/plain", "charset", "utf-8" },
	{ "no semicolon", "text/plain charset=utf-8", "text/plain", "charset", "utf-8" },
	{ "blanks around =", "x; name = \"y\"", "x", "name", "y" },
	{ "encoded word", "x; name=\"=?utf-8?q?=C3=BC?=\"", "x", "name", "\xc3\xbc" },
	/* RFC 2231 sections 3, 4 and 4.1 */
	{ "continuation", "message/external-body; access-type=URL; URL*0=\"ftp://\"; "
	  "URL*1=\"cs.utk.edu/pub\"", "message/external-body", "url", "ftp://cs.utk.edu/pub" },
	{ "charset", "x; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A", "x", "title",
	  "This is ***fun***" },
	{ "charset and continuation", "x; title*0*=us-ascii'en'This%20is%20even%20more%20; "
	  "title*1*=%2A%2A%2Afun%2A%2A%2A%20; title*2=\"isn't it!\"", "x", "title",
	  "This is even more ***fun*** isn't it!" },
	{ "out of order", "x; n*1=b; n*0=a", "x", "n", "ab" },
	{ "a gap ends it", "x; n*0=a; n*2=c", "x", "n", "a" },
	{ "a character split between segments", "x; n*0*=utf-8''%C3; n*1*=%BC", "x", "n", "\xc3\xbc" },
	{ "extended beats plain", "x; filename=a.pdf; filename*=utf-8''%C3%BC.pdf", "x", "filename",
	  "\xc3\xbc.pdf" },
	{ "the first of two", "x; n=1; n=2", "x", "n", "1" },
	{ "no charset named", "x; n*=%FC", "x", "n", "\xc3\xbc" },
	{ "impossible index", "x; n*99999999=a; n*-1=b", "x", "n", "" },
};

static void test_params(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(params); i++) {
		AUTO(mime_params) got = MIME_PARAMS_INIT;
		unsigned notes = 0;

		tap_case(params[i].name);
		TAP_EQUAL_INT(mime_params_parse(&got, ctx, text_span(params[i].raw), &notes),
			      EFILE_OK);
		TAP_EQUAL_TEXT(got.value, params[i].value);
		TAP_EQUAL_TEXT(mime_params_get(&got, params[i].param), params[i].text);
	}
	tap_case(NULL);
	efile_ctx_free(ctx);
}

/* The list as "name|address|group;" for each. */
static void show_addresses(buf *out, const address_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		buf_add_format(out, "%s|%s|%s;", list->items[i].name ? list->items[i].name : "",
			       list->items[i].address,
			       list->items[i].group ? list->items[i].group : "");
}

static const struct {
	const char *name;
	const char *raw;
	const char *list;
} addresses[] = {
	{ "bare", "a@b.example", "|a@b.example|;" },
	{ "named", "Anna Weiss <a@b>", "Anna Weiss|a@b|;" },
	/* RFC 5322 appendix A.1.2, A.1.3 and A.6.1 */
	{ "quoted name", "\"Joe Q. Public\" <john.q.public@example.com>",
	  "Joe Q. Public|john.q.public@example.com|;" },
	{ "escapes", "\"Giant; \\\"Big\\\" Box\" <sysservices@example.net>",
	  "Giant; \"Big\" Box|sysservices@example.net|;" },
	{ "group", "A Group:Ed Jones <c@a.test>,joe@where.test;", "Ed Jones|c@a.test|A Group;"
	  "|joe@where.test|A Group;" },
	{ "empty group", "Undisclosed recipients:;", "" },
	{ "route", "Mary <@node.test:mary@example.net>, , jdoe@test  . example",
	  "Mary|mary@example.net|;|jdoe@test.example|;" },
	{ "comments", "Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>",
	  "Pete|pete@silly.test|;" },
	{ "name in a comment", "a@b (Anna Weiss)", "Anna Weiss|a@b|;" },
	{ "comma in an encoded name", "=?utf-8?q?Wei=C3=9F=2C_Anna?= <a@b>", "Wei\xc3\x9f, Anna|a@b|;" },
	{ "comma in quotes", "\"Weiss, Anna\" (priv.) <a@b>", "Weiss, Anna|a@b|;" },
	{ "RFC 6532", "J\xc3\xbcrgen <j\xc3\xbcrgen@m\xc3\xbcller.example>",
	  "J\xc3\xbcrgen|j\xc3\xbcrgen@m\xc3\xbcller.example|;" },
	{ "quoted local part", "\"a b\"@c", "|\"a b\"@c|;" },
	{ "no domain", "me", "|me|;" },
	{ "words before an address", "Mary Smith mary@x.example", "Mary Smith|mary@x.example|;" },
	{ "semicolons of Outlook", "a@b; c@d", "|a@b|;|c@d|;" },
	{ "bracket not closed", "A <a@b, C <c@d>", "A|a@b|;C|c@d|;" },
	{ "nothing", " , ;", "" },
};

static void test_addresses(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		AUTO(address_list) list = { NULL, 0, 0 };
		AUTO(buf) out = BUF_INIT;
		unsigned notes = 0;

		tap_case(addresses[i].name);
		TAP_EQUAL_INT(address_parse(&list, ctx, text_span(addresses[i].raw), &notes),
			      EFILE_OK);
		show_addresses(&out, &list);
		TAP_EQUAL_TEXT(buf_text(&out), addresses[i].list);
	}
	tap_case(NULL);
	efile_ctx_free(ctx);
}

static void test_address_key(void)
{
	efile_ctx *ctx = test_ctx();
	char *key = NULL;

	TAP_EQUAL_INT(efile_mail_address_key(&key, ctx, " <Max.\"Muster\"@Stadt.Example> "), EFILE_OK);
	TAP_EQUAL_TEXT(key, "max.muster@stadt.example");
	free(key);
	TAP_EQUAL_INT(efile_mail_address_key(&key, ctx, NULL), EFILE_E_INVALID);
	efile_ctx_free(ctx);
}

/* Seconds since 1970, by date -u -d; -1 where nothing can be read. */
static const struct {
	const char *text;
	long long seconds;
} dates[] = {
	{ "Fri, 21 Nov 1997 09:55:06 -0600", 880127706 }, /* RFC 5322 appendix A.1.1 */
	{ "21 Nov 97 09:55:06 GMT", 880106106 },          /* A.6.2 */
	{ "Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", 880127706 }, /* A.6.3 */
	{ "Thu,\t13\tFeb 1969 23:32 -0330 (Newfoundland Time)", -27723480 }, /* A.5 */
	{ "Thu, 23 Oct 2025 07:38:39 CET", 1761201519 },
	{ "Do, 23 Okt 2025 07:38:39 MEZ", 1761201519 },
	{ "Sun, 1 Mar 2026 12:00:00 MESZ", 1772359200 },
	{ "M\xc3\xa4r 1 2026 12:00:00 CEST", 1772359200 },
	{ "Mon, 2 Mar 2026 09:00:00 (EDT) -0400", 1772456400 },
	{ "03/02/2026 banana", -1 },
	{ "Mon, 2 Mar 2026 06:09:22 PM EST", 1772492962 },
	{ "Mon, 2 Mar 2026 12:00:00 AM +0000", 1772409600 },
	{ "Mon Mar  2 08:00:00 2026", 1772438400 },
	{ "2026-03-02T08:00:00Z", 1772438400 },
	{ "2026-03-02 08:00:00 +0000", 1772438400 },
	{ "2-Mar-26 08:00 +0100", 1772434800 },
	{ "Mon, 2 Mar 2026 08:00:00 XYZ", 1772438400 },
	{ "Mon, 2 Mar 2026", 1772409600 },
	{ "Sat, 31 Feb 2026 08:00:00 +0000", -1 },
	{ "Mon, 2 Mar 2026 25:00:00 +0000", -1 },
	{ "", -1 },
	{ "gestern", -1 },
};

static void test_dates(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(dates); i++) {
		efile_time time = -1000000;

		tap_case(dates[i].text);
		TAP_EQUAL_INT(mime_date_parse(&time, text_span(dates[i].text)),
			      dates[i].seconds != -1);
		TAP_EQUAL_INT(time / 1000000, dates[i].seconds);
	}
	tap_case(NULL);
}

TAP_SUITE(mime_header) = {
	{ "encoded words", test_words },
	{ "parameters", test_params },
	{ "addresses", test_addresses },
	{ "address keys", test_address_key },
	{ "dates", test_dates },
	TAP_END,
};
