/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Limits and hostile mails: bounded in time, nothing lost, every breach named. */
#include "mime/mime.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "unit/support.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool has_rule(const efile_mail *mail, const char *rule)
{
	const efile_report *report = efile_mail_report(mail);

	for (size_t i = 0; i < efile_report_count(report); i++)
		if (strcmp(efile_report_finding(report, i)->rule, rule) == 0)
			return true;
	return false;
}

static efile_ctx *small_ctx(void)
{
	efile_ctx *ctx = test_ctx();

	ctx->limits.mime_depth = 3;
	ctx->limits.mime_parts = 4;
	ctx->limits.mime_header_bytes = 200;
	ctx->limits.mime_field_bytes = 100;
	ctx->limits.mime_parameters = 3;
	return ctx;
}

static efile_mail *parse(efile_ctx *ctx, const buf *text)
{
	efile_mail *mail = NULL;

	TAP_EQUAL_INT(efile_mail_parse(&mail, ctx, buf_text(text), text->length), EFILE_OK);
	return mail;
}

/* A mixed message with so many parts. */
static void add_parts(buf *out, int count)
{
	buf_add_text(out, "Content-Type: multipart/mixed; boundary=b\n\n");
	for (int i = 0; i < count; i++)
		buf_add_format(out, "--b\n\n%d\n", i);
	buf_add_text(out, "--b--\n");
}

static void test_parts_limit(void)
{
	efile_ctx *ctx = small_ctx();
	AUTO(buf) fits = BUF_INIT;
	AUTO(buf) over = BUF_INIT;
	efile_mail *mail;
	char *text = NULL;

	add_parts(&fits, 3);
	mail = parse(ctx, &fits);
	TAP_EQUAL_INT(efile_mail_part_count(mail), 4);
	TAP_OK(!has_rule(mail, "MIME-PARTS"));
	efile_mail_free(mail);
	add_parts(&over, 5);
	mail = parse(ctx, &over);
	TAP_EQUAL_INT(efile_mail_part_count(mail), 5);
	TAP_OK(has_rule(mail, "MIME-PARTS"));
	TAP_EQUAL_INT(efile_mail_part_text(&text, mail, 4), EFILE_OK);
	TAP_EQUAL_TEXT(text, "--b\n\n3\n--b\n\n4\n--b--\n");
	free(text);
	efile_mail_free(mail);
	efile_ctx_free(ctx);
}

static void test_depth_limit(void)
{
	static const char *const levels[] = { "a", "b", "c" };

	for (size_t depth = 2; depth <= 3; depth++) {
		efile_ctx *ctx = small_ctx();
		AUTO(buf) text = BUF_INIT;
		efile_mail *mail;

		for (size_t i = 0; i < depth; i++)
			buf_add_format(&text, "Content-Type: multipart/mixed; boundary=%s\n\n--%s\n",
				       levels[i], levels[i]);
		buf_add_text(&text, "\nx\n");
		mail = parse(ctx, &text);
		TAP_EQUAL_INT(efile_mail_part_count(mail), 3);
		TAP_EQUAL_INT(has_rule(mail, "MIME-DEPTH"), depth == 3);
		efile_mail_free(mail);
		efile_ctx_free(ctx);
	}
}

static void test_header_limits(void)
{
	efile_ctx *ctx = small_ctx();
	AUTO(buf) text = BUF_INIT;
	efile_mail *mail;
	const char *value;

	buf_add_text(&text, "Subject: ");
	for (int i = 0; i < 150; i++)
		buf_add_char(&text, 'x');
	buf_add_text(&text, "\nX-Filler: 1234567890123456789012345678901234567890\nTo: a@b\n\nbody");
	mail = parse(ctx, &text);
	value = efile_mail_subject(mail);
	TAP_EQUAL_INT(strlen(value), 99); /* a blank stands before it */
	TAP_OK(has_rule(mail, "MIME-FIELD"));
	TAP_OK(has_rule(mail, "MIME-HEADER"));
	TAP_EQUAL_INT(efile_mail_address_count(mail, EFILE_MAIL_TO), 0);
	TAP_EQUAL_INT(efile_mail_part_at(mail, 0)->body_length, 4);
	efile_mail_free(mail);
	efile_ctx_free(ctx);
}

static void test_parameter_limit(void)
{
	efile_ctx *ctx = small_ctx();
	AUTO(buf) text = BUF_INIT;
	efile_mail *mail;

	buf_add_text(&text, "Content-Type: text/plain; a=1; b=2; name=x; charset=y\n\n");
	mail = parse(ctx, &text);
	TAP_EQUAL_TEXT(efile_mail_part_at(mail, 0)->filename, "x");
	TAP_OK(efile_mail_part_at(mail, 0)->charset == NULL);
	TAP_OK(has_rule(mail, "MIME-PARAMETERS"));
	efile_mail_free(mail);
	efile_ctx_free(ctx);
}

/* Quoted-printable wraps without growing: 60 layers of a megabyte must not become 60 megabytes. */
static void test_expansion(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(buf) text = BUF_INIT;
	efile_mail *mail;
	size_t owned = 0;

	for (int i = 0; i < 60; i++)
		buf_add_text(&text, "Content-Type: message/rfc822\n"
				    "Content-Transfer-Encoding: quoted-printable\n\n");
	for (int i = 0; i < 100000; i++)
		buf_add_text(&text, "0123456789");
	mail = parse(ctx, &text);
	for (size_t i = 1; i < mail->source_count; i++)
		owned += mail->sources[i].bytes.length;
	TAP_OK(owned <= 4 * text.length);
	TAP_OK(has_rule(mail, "MIME-EXPANSION"));
	efile_mail_free(mail);
	efile_ctx_free(ctx);
}

typedef void (*make_fn)(buf *out);

static void many_parts(buf *out)
{
	add_parts(out, 50000);
}

static void nested_multiparts(buf *out)
{
	for (int i = 0; i < 10000; i++)
		buf_add_format(out, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
}

static void nested_messages(buf *out)
{
	for (int i = 0; i < 5000; i++)
		buf_add_text(out, "Content-Type: message/rfc822\n\n");
}

static void word_starts(buf *out)
{
	buf_add_text(out, "Subject: ");
	for (int i = 0; i < 10000; i++)
		buf_add_text(out, "=?c?q?");
	buf_add_text(out, "\n\n");
}

static void open_brackets(buf *out)
{
	buf_add_text(out, "To: ");
	for (int i = 0; i < 30000; i++)
		buf_add_text(out, "<(");
	buf_add_text(out, "\nDate: ");
	for (int i = 0; i < 60000; i++)
		buf_add_char(out, '(');
	buf_add_text(out, "\n\n");
}

static void dashes(buf *out)
{
	for (int i = 0; i < 90; i++)
		buf_add_format(out, "Content-Type: multipart/mixed; boundary=bbbbbbbb%d\n\n"
			       "--bbbbbbbb%d\n", i, i);
	for (int i = 0; i < 100000; i++)
		buf_add_text(out, "--bbbbbbbbx\n");
}

static const struct {
	const char *name;
	make_fn make;
} heavy[] = {
	{ "50,000 parts", many_parts },
	{ "10,000 multiparts in one another", nested_multiparts },
	{ "5,000 messages in one another", nested_messages },
	{ "starts of encoded words", word_starts },
	{ "open brackets and comments", open_brackets },
	{ "lines that are nearly boundaries", dashes },
};

static void test_time(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(heavy); i++) {
		AUTO(buf) text = BUF_INIT;
		efile_mail *mail;
		double start;

		tap_case(heavy[i].name);
		heavy[i].make(&text);
		start = now();
		mail = parse(ctx, &text);
		TAP_OK(now() - start < 1);
		TAP_OK(efile_report_count(efile_mail_report(mail)) > 0 || i > 2);
		efile_mail_free(mail);
	}
	tap_case(NULL);
	efile_ctx_free(ctx);
}

/* Reads everything there is to read of a mail. */
static void read_all(efile_ctx *ctx, const char *data, size_t length)
{
	efile_mail *mail = NULL;
	char *json = NULL;

	if (efile_mail_parse(&mail, ctx, data, length) == EFILE_OK)
		TAP_EQUAL_INT(efile_mail_json(&json, mail), EFILE_OK);
	free(json);
	efile_mail_free(mail);
}

static const char *const hostile[] = {
	"attachment-names", "boundaries", "boundary-missing", "broken-encodings", "double-fields",
	"empty", "line-ends", "long-header", "many-headers", "many-parts", "nested-message",
	"nested-multipart", "no-header", "rfc2047", "rfc2231",
};

static void test_hostile(void)
{
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
		char path[80];
		size_t length = 0;
		double start = now();
		char *data;

		snprintf(path, sizeof(path), "hostile/mail/%s.eml", hostile[i]);
		data = test_data(path, &length);
		if (!data) {
			puts("# SKIP hostile mails: no test data");
			break;
		}
		tap_case(hostile[i]);
		read_all(ctx, data, length);
		TAP_OK(now() - start < 5);
		free(data);
	}
	tap_case(NULL);
	efile_ctx_free(ctx);
}

/* A mail that was cut off anywhere is still read. */
static void test_truncations(void)
{
	efile_ctx *ctx = test_ctx();

	for (int number = 0; number < 42; number += 3) {
		static const char *const names[] = {
			"0000-b_padded_words", "0003-raw_utf8", "0006-rfc2231_name",
			"0009-mislabelled_latin1", "0012-nested_eml", "0015-zip",
			"0018-missing_end_boundary", "0021-dup_same_id", "0024-utf7",
			"0027-xrechnung", "0030-smime_encrypted", "0033-nul_bytes",
			"0036-group_to", "0039-uuencoded" };
		char path[80];
		size_t length = 0, step;
		char *data;

		snprintf(path, sizeof(path), "mail/synthetic-de/%s.eml", names[number / 3]);
		data = test_data(path, &length);
		if (!data) {
			puts("# SKIP truncations: no test data");
			break;
		}
		step = length / 100 + 1;
		for (size_t n = 1; n < length; n += step) {
			char *cut = test_room(n); /* so that a sanitizer sees the first byte too many */

			memcpy(cut, data, n);
			read_all(ctx, cut, n);
			free(cut);
		}
		free(data);
	}
	efile_ctx_free(ctx);
}

TAP_SUITE(mime_hostile) = {
	{ "parts", test_parts_limit },
	{ "depth", test_depth_limit },
	{ "header and field", test_header_limits },
	{ "parameters", test_parameter_limit },
	{ "encoded messages in one another", test_expansion },
	{ "time", test_time },
	{ "hostile mails", test_hostile },
	{ "truncated mails", test_truncations },
	TAP_END,
};
