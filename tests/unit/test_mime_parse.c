/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mime/mime.h"

#include <stdlib.h>
#include <string.h>

#include "unit/support.h"

/* The tree as "path=type " for each part. */
static char *tree(const efile_mail *mail)
{
	AUTO(buf) text = BUF_INIT;
	char *out = NULL;

	for (size_t i = 0; i < efile_mail_part_count(mail); i++)
		buf_add_format(&text, "%s=%s ", efile_mail_part_at(mail, i)->path,
			       efile_mail_part_at(mail, i)->type);
	buf_take(&out, &text, mail->ctx);
	return out;
}

#define MIXED "Content-Type: multipart/mixed; boundary=b\n\n"

static const struct {
	const char *name;
	const char *mail;
	const char *tree;
} trees[] = {
	{ "plain text without a header field", "\nHallo\n", "=text/plain " },
	{ "no header at all", "Hallo Amt,\nich bin verreist.\n", "=text/plain " },
	{ "two parts", MIXED "--b\n\nA\n--b\nContent-Type: TEXT/Html\n\nB\n--b--\n",
	  "=multipart/mixed 1=text/plain 2=text/html " },
	{ "without closing boundary", MIXED "--b\n\nA\n--b\n\nB\n",
	  "=multipart/mixed 1=text/plain 2=text/plain " },
	{ "empty part", MIXED "--b\n--b--\n", "=multipart/mixed 1=text/plain " },
	{ "boundary does not occur", MIXED "A\n", "=multipart/mixed " },
	{ "no boundary named", "Content-Type: multipart/mixed\n\n--b\n\nA\n", "=multipart/mixed " },
	{ "a longer boundary is another", MIXED "--b\n\nA\n--bb\n\nB\n--b--\n",
	  "=multipart/mixed 1=text/plain " },
	{ "blanks after a boundary", MIXED "--b \t\n\nA\n--b-- \n\n--b\n\nC\n",
	  "=multipart/mixed 1=text/plain " },
	{ "nested", MIXED "--b\nContent-Type: multipart/alternative; boundary=\"c d\"\n\n"
	  "--c d\n\nA\n--c d\nContent-Type: text/html\n\nB\n--c d--\n--b\n\nC\n--b--\n",
	  "=multipart/mixed 1=multipart/alternative 1.1=text/plain 1.2=text/html 2=text/plain " },
	{ "inner multipart is not closed", MIXED
	  "--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nA\n--b\n\nC\n--b--\n",
	  "=multipart/mixed 1=multipart/mixed 1.1=text/plain 2=text/plain " },
	{ "message in a message", MIXED
	  "--b\nContent-Type: message/rfc822\n\nSubject: x\n" MIXED "--b\n\nA\n--b--\n--b--\n",
	  "=multipart/mixed 1=message/rfc822 1.0=multipart/mixed 1.0.1=text/plain " },
	{ "message in base64", MIXED
	  "--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
	  "U3ViamVjdDogeA0KDQp5DQo=\n--b\n\nC\n--b--\n",
	  "=multipart/mixed 1=message/rfc822 1.0=text/plain 2=text/plain " },
	{ "digest", "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\ny\n--b--\n",
	  "=multipart/digest 1=message/rfc822 1.0=text/plain " },
	{ "carriage returns only",
	  "Content-Type: multipart/mixed; boundary=b\r\r--b\r\rA\r--b\r\rB\r--b--\r",
	  "=multipart/mixed 1=text/plain 2=text/plain " },
	{ "a type that cannot be read", "Content-Type: text\n\nA\n", "=text/plain " },
	{ "blanks in a type", "Content-Type: text / HTML (x)\n\nA\n", "=text/html " },
	{ "boundary with a fold", "Content-Type: multipart/mixed;\n boundary=\"b\"\n\n--b\n\nA\n",
	  "=multipart/mixed 1=text/plain " },
	{ "header ends at the boundary", MIXED "--b\nContent-Type: text/html\n--b--\n",
	  "=multipart/mixed 1=text/html " },
};

static void test_trees(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(trees); i++) {
		efile_mail *mail = NULL;
		char *text;

		tap_case(trees[i].name);
		TAP_EQUAL_INT(efile_mail_parse(&mail, ctx, trees[i].mail, strlen(trees[i].mail)),
			      EFILE_OK);
		text = tree(mail);
		TAP_EQUAL_TEXT(text, trees[i].tree);
		free(text);
		efile_mail_free(mail);
	}
	tap_case(NULL);
	efile_ctx_free(ctx);
}

static const struct {
	const char *name;
	const char *mail;
	size_t part;
	const char *text;
} bodies[] = {
	{ "the line break before a boundary is the boundary's", MIXED "--b\n\nA\r\n--b--\n", 1, "A" },
	{ "the last line break before a missing boundary stays", MIXED "--b\n\nA\n", 1, "A\n" },
	{ "a line that is no field starts the body", "Subject: x\nHallo\n\nWelt\n", 0,
	  "Hallo\n\nWelt\n" },
	{ "a line that is no field among fields", "Subject: x\nHallo\nFrom: y\n\nWelt\n", 0, "Welt\n" },
	{ "a line of blanks ends a header", "Subject: x\n \nHallo\n\nWelt\n", 0, "Hallo\n\nWelt\n" },
	{ "mbox line", "From x@y Mon\nSubject: x\n\nA", 0, "A" },
	{ "padding in mid-stream", "Content-Transfer-Encoding: base64\n\nQQ==\nQkI=\nQ0ND\n", 0,
	  "ABBCCC" },
	{ "base64 without padding", "Content-Transfer-Encoding: BASE64 (x)\n\nQkI\n", 0, "BB" },
	{ "quoted-printable", "Content-Transfer-Encoding: quoted-printable\n\na=\nb=3d=C3=bc=zz= \n=4",
	  0, "ab=\xc3\xbc=zz=4" },
	{ "declared uuencode", "Content-Transfer-Encoding: x-uuencode\n\nbegin 644 x\n#0V%T\n`\nend\n",
	  0, "Cat" },
	{ "Windows-1252 under ISO-8859-1", "Content-Type: text/plain; charset=iso-8859-1\n\n\x80 \xfc",
	  0, "\xe2\x82\xac \xc3\xbc" },
	{ "UTF-8 under US-ASCII", "\n\xc3\xbc", 0, "\xc3\xbc" },
	{ "unknown charset", "Content-Type: text/plain; charset=klingon\n\n\xfc", 0, "\xc3\xbc" },
	{ "UTF-7", "Content-Type: text/plain; charset=utf-7\n\nGr+APYA3w-e", 0, "Gr\xc3\xb6\xc3\x9f""e" },
};

static void test_bodies(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		efile_mail *mail = NULL;
		char *text = NULL;

		tap_case(bodies[i].name);
		TAP_EQUAL_INT(efile_mail_parse(&mail, ctx, bodies[i].mail, strlen(bodies[i].mail)),
			      EFILE_OK);
		TAP_EQUAL_INT(efile_mail_part_text(&text, mail, bodies[i].part), EFILE_OK);
		TAP_EQUAL_TEXT(text, bodies[i].text);
		free(text);
		efile_mail_free(mail);
	}
	tap_case(NULL);
	efile_ctx_free(ctx);
}

/* Repairs of a text are said once it is read, and once only. */
static void test_text_notes(void)
{
	static const char text[] = "Content-Type: text/plain; charset=us-ascii\n\n\xfc";
	efile_ctx *ctx = test_ctx_german();
	efile_mail *mail = NULL;

	TAP_EQUAL_INT(efile_mail_parse(&mail, ctx, text, sizeof(text) - 1), EFILE_OK);
	TAP_EQUAL_INT(efile_report_count(efile_mail_report(mail)), 0);
	for (int i = 0; i < 2; i++) {
		AUTO_PTR(char) body = NULL;

		TAP_EQUAL_INT(efile_mail_part_text(&body, mail, 0), EFILE_OK);
		TAP_EQUAL_INT(efile_report_count(efile_mail_report(mail)), 1);
	}
	TAP_EQUAL_TEXT(efile_report_finding(efile_mail_report(mail), 0)->rule, "MIME-MISLABELLED");
	TAP_EQUAL_TEXT(efile_report_finding(efile_mail_report(mail), 0)->message,
		       "der Text passt nicht zu seinem Zeichensatz: repariert");
	efile_mail_free(mail);
	efile_ctx_free(ctx);
}

static void test_envelope(void)
{
	static const char text[] =
		"Subject: one\nSubject: two\nTo: a@b\nTo: c@d\nFrom: x@y\nFrom: z@z\n"
		"In-Reply-To: <1@x> (a)\nReferences: <0@x>\n <1@x>\nMessage-ID: <2@x>\n"
		"Reply-To: \"R\" <r@r>\nDate: Mon, 2 Mar 2026 08:00:00 +0000\n"
		"X-Fold: a\n b\n\nbody";
	efile_ctx *ctx = test_ctx();
	efile_mail *mail = NULL;
	efile_time date = 0;
	const void *raw = NULL;
	size_t length = 0;
	AUTO_PTR(char) json = NULL;

	TAP_EQUAL_INT(efile_mail_parse(&mail, ctx, text, sizeof(text) - 1), EFILE_OK);
	TAP_EQUAL_TEXT(efile_mail_subject(mail), "one");
	TAP_EQUAL_INT(efile_mail_address_count(mail, EFILE_MAIL_TO), 2);
	TAP_EQUAL_INT(efile_mail_address_count(mail, EFILE_MAIL_FROM), 1);
	TAP_EQUAL_TEXT(efile_mail_address_at(mail, EFILE_MAIL_FROM, 0)->address, "x@y");
	TAP_EQUAL_TEXT(efile_mail_address_at(mail, EFILE_MAIL_REPLY_TO, 0)->name, "R");
	TAP_OK(efile_mail_address_at(mail, EFILE_MAIL_CC, 0) == NULL);
	TAP_EQUAL_INT(efile_mail_address_count(mail, (efile_mail_field)99), 0);
	TAP_EQUAL_TEXT(efile_mail_in_reply_to(mail), "1@x");
	TAP_EQUAL_INT(efile_mail_reference_count(mail), 2);
	TAP_EQUAL_TEXT(efile_mail_reference(mail, 1), "1@x");
	TAP_OK(efile_mail_reference(mail, 2) == NULL);
	TAP_EQUAL_INT(efile_mail_date(&date, mail), 1);
	TAP_EQUAL_INT(date, INT64_C(1772438400000000));
	TAP_EQUAL_INT(efile_mail_header_raw(&raw, &length, mail, 0, "x-fold", 0), EFILE_OK);
	TAP_EQUAL_INT(length, 5);
	TAP_OK(length == 5 && memcmp(raw, " a\n b", 5) == 0);
	TAP_EQUAL_TEXT(efile_report_finding(efile_mail_report(mail), 0)->rule, "MIME-DUPLICATE");
	TAP_EQUAL_INT(efile_mail_json(&json, mail), EFILE_OK);
	TAP_EQUAL_TEXT(json, "{\"schema\":\"efile.mail.v1\",\"subject\":\"one\",\"from\":[\"x@y\"],"
		       "\"to\":[\"a@b\",\"c@d\"],\"cc\":[],\"date\":1772438400,"
		       "\"message_id\":\"2@x\",\"parts\":[{\"path\":\"\",\"type\":\"text/plain\","
		       "\"disposition\":null,\"filename\":null,\"size\":4,\"sha256\":"
		       "\"230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5\","
		       "\"text_sha256\":"
		       "\"230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5\"}]}");
	efile_mail_free(mail);
	efile_ctx_free(ctx);
}

/* Each line claims 63 bytes and gives one: they are filled up with zeros, within the room. */
static void test_uuencode_growth(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(buf) text = BUF_INIT;
	AUTO(buf) bytes = BUF_INIT;
	AUTO_PTR(efile_reader) reader = NULL;
	efile_mail *mail = NULL;

	buf_add_text(&text, "Content-Transfer-Encoding: x-uuencode\n\nbegin 644 x\n");
	for (int i = 0; i < 10000; i++)
		buf_add_text(&text, "_\n");
	TAP_EQUAL_INT(efile_mail_parse(&mail, ctx, buf_text(&text), text.length), EFILE_OK);
	TAP_EQUAL_INT(efile_mail_part_open(&reader, mail, 0), EFILE_OK);
	TAP_EQUAL_INT(reader_read_all(&bytes, ctx, reader, 1000000, "part"), EFILE_OK);
	TAP_EQUAL_INT(bytes.length, 630000);
	efile_mail_free(mail);
	efile_ctx_free(ctx);
}

static void test_nul(void)
{
	static const char text[] = "Subject: a\0b\n\nx\0y";
	efile_ctx *ctx = test_ctx();
	efile_mail *mail = NULL;
	char *body = NULL;

	TAP_EQUAL_INT(efile_mail_parse(&mail, ctx, text, sizeof(text) - 1), EFILE_OK);
	TAP_EQUAL_TEXT(efile_mail_subject(mail), "a\xef\xbf\xbd""b");
	TAP_EQUAL_INT(efile_mail_part_text(&body, mail, 0), EFILE_OK);
	TAP_EQUAL_TEXT(body, "x\xef\xbf\xbdy");
	free(body);
	efile_mail_free(mail);
	efile_ctx_free(ctx);
}

static void test_wrong_use(void)
{
	efile_ctx *ctx = test_ctx();
	efile_mail *mail = NULL;
	efile_reader *reader = NULL;
	char *text = NULL;

	TAP_EQUAL_INT(efile_mail_parse(&mail, ctx, "", 0), EFILE_E_FORMAT);
	TAP_EQUAL_TEXT(efile_error_message(ctx), "the mail is empty");
	TAP_EQUAL_INT(efile_mail_parse(&mail, ctx, NULL, 1), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_mail_parse(NULL, ctx, "x", 1), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_mail_parse(&mail, NULL, "x", 1), EFILE_E_INVALID);
	TAP_OK(mail == NULL);
	TAP_EQUAL_INT(efile_mail_parse(&mail, ctx, "Subject: x\nX-A: 1\nx-a: =?utf-8?q?=C3=BC?=\n\n", 43),
		      EFILE_OK);
	TAP_EQUAL_INT(efile_mail_part_open(&reader, mail, 1), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_mail_part_text(&text, mail, 1), EFILE_E_NOTFOUND);
	TAP_OK(efile_mail_part_at(mail, 1) == NULL);
	TAP_EQUAL_INT(efile_mail_header(&text, mail, 0, "X-B", 0), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_mail_header(&text, mail, 0, "", 0), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_mail_header(&text, mail, 0, "X-A", 1), EFILE_OK);
	TAP_EQUAL_TEXT(text, "\xc3\xbc");
	TAP_OK(efile_mail_message_id(mail) == NULL);
	free(text);
	efile_mail_free(mail);
	efile_mail_free(NULL);
	efile_ctx_free(ctx);
}

static efile_status parse_one(efile_ctx *ctx, void *arg)
{
	static const char text[] =
		"From: =?utf-8?B?QQ==?= <a@b>, G: c@d;\nSubject: =?iso-8859-15?q?=A4?= x\n"
		"Message-ID: <1@x>\nReferences: <2@x> <3@x>\nDate: Mon, 2 Mar 2026 09:00:00 CET\n"
		"Content-Type: multipart/mixed; boundary*0=b\n\n"
		"--b\nContent-ID: <c>\nContent-Disposition: attachment; filename*=utf-8''%C3%BC\n\nA\n"
		"--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
		"U3ViamVjdDogeA0KDQp5DQo=\n--b--\n";
	AUTO_PTR(efile_mail) mail = NULL;
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO(buf) bytes = BUF_INIT;
	AUTO_PTR(char) content = NULL;
	AUTO_PTR(char) json = NULL;

	(void)arg;
	TRY(efile_mail_parse(&mail, ctx, text, sizeof(text) - 1));
	TAP_EQUAL_INT(efile_mail_part_count(mail), 4);
	TAP_EQUAL_TEXT(efile_mail_part_at(mail, 1)->filename, "\xc3\xbc");
	TAP_EQUAL_INT(efile_mail_part_at(mail, 3)->container, 2);
	TRY(efile_mail_part_text(&content, mail, 3));
	TRY(efile_mail_json(&json, mail));
	TRY(efile_mail_part_open(&reader, mail, 2));
	return reader_read_all(&bytes, ctx, reader, 100, "part");
}

static void test_without_memory(void)
{
	TAP_OK(fail_each(parse_one, NULL) >= 60);
}

TAP_SUITE(mime_parse) = {
	{ "trees", test_trees },
	{ "bodies and text", test_bodies },
	{ "the envelope, and all as JSON", test_envelope },
	{ "repairs of a text are noted once", test_text_notes },
	{ "uuencode does not outgrow its buffer", test_uuencode_growth },
	{ "NUL", test_nul },
	{ "wrong use", test_wrong_use },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
