/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The real helper: invoices, hostile files, its sandbox, and helpers that die or talk rubbish. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "parse/parse.h"
#include "unit/support.h"

enum { SECONDS_MOST = 5, PEAK_KIB_MOST = 256 * 1024 };

/* Whether efile-parse was built; without it there is nothing to test here. */
static bool helper_there(void)
{
	const char *path = getenv("EFILE_HELPER");

	if (path && access(path, X_OK) == 0)
		return true;
	printf("# skipped, no helper: EFILE_HELPER\n");
	return false;
}

static bool is_sanitized(void)
{
#if defined(__SANITIZE_ADDRESS__)
	return true;
#elif defined(__has_feature)
# if __has_feature(address_sanitizer)
	return true;
# endif
#endif
	return false;
}

/* ---- invoices: every embedded file, byte by byte ---- */

static void hex_of(char *out, efile_ctx *ctx, const void *data, size_t length)
{
	unsigned char digest[SHA256_SIZE];

	TAP_EQUAL_INT(sha256(digest, ctx, data, length), EFILE_OK);
	str_hex(out, digest, sizeof(digest));
}

/* An item of the manifest is name=bytes=sha256. */
static void check_attachment(efile_ctx *ctx, const efile_parse_result *r, char *item)
{
	char *hash = strrchr(item, '='), *bytes, actual[2 * SHA256_SIZE + 1];

	*hash++ = '\0';
	bytes = strrchr(item, '=');
	*bytes++ = '\0';
	for (size_t i = 0; i < efile_parse_result_attachment_count(r); i++) {
		const efile_parse_attachment *a = efile_parse_result_attachment(r, i);

		if (!str_equal(a->name, item))
			continue;
		TAP_EQUAL_INT(a->length, atol(bytes));
		hex_of(actual, ctx, a->data, a->length);
		TAP_EQUAL_TEXT(actual, hash);
		return;
	}
	TAP_EQUAL_TEXT("no such attachment", item);
}

static void check_attachments(efile_parser *parser, const char *data, size_t length, char *items)
{
	AUTO_PTR(efile_parse_result) r = NULL;
	efile_status status = efile_parse_attachments(&r, parser, data, length);
	size_t expected = 0;
	char *at = NULL;

	if (str_equal(items, "-")) {
		TAP_OK(status == EFILE_E_FORMAT || efile_parse_result_attachment_count(r) == 0);
		return;
	}
	if (!TAP_EQUAL_INT(status, EFILE_OK))
		return;
	for (char *item = strtok_r(items, ";", &at); item; item = strtok_r(NULL, ";", &at)) {
		check_attachment(parser->ctx, r, item + strspn(item, " "));
		expected++;
	}
	TAP_EQUAL_INT(efile_parse_result_attachment_count(r), expected);
}

static void check_pages(efile_parser *parser, const char *data, size_t length, const char *pages)
{
	AUTO_PTR(efile_parse_result) r = NULL;
	AUTO_PTR(efile_parse_result) text = NULL;

	if (!TAP_EQUAL_INT(efile_parse_info(&r, parser, data, length), EFILE_OK))
		return;
	if (str_equal(pages, "unreadable")) {
		TAP_OK(efile_parse_result_flags(r) & EFILE_PARSE_UNREADABLE ||
		       !str_equal(efile_parse_result_media_type(r), "application/pdf"));
		return;
	}
	TAP_EQUAL_TEXT(efile_parse_result_media_type(r), "application/pdf");
	TAP_EQUAL_INT(efile_parse_result_page_count(r), atol(pages));
	TAP_EQUAL_INT(efile_parse_result_flags(r) & EFILE_PARSE_UNREADABLE, 0);
	TAP_EQUAL_INT(efile_parse_text(&text, parser, data, length, 0, 1), EFILE_OK);
	TAP_OK(efile_parse_result_text(text, 0) != NULL);
	TAP_OK(efile_parse_result_text(text, 1) == NULL);
}

static void check_invoice(efile_parser *parser, char *line)
{
	char *fields[12] = { NULL }, path[512], *data;
	size_t count = 0, length;

	for (char *field; count < ARRAY_SIZE(fields) && (field = strsep(&line, "\t"));)
		fields[count++] = field;
	if (count < 10)
		return;
	snprintf(path, sizeof(path), "einvoice/%s", fields[0]);
	tap_case(fields[0]);
	data = test_data(path, &length);
	if (!data)
		return;
	check_pages(parser, data, length, fields[7]);
	check_attachments(parser, data, length, fields[9]);
	free(data);
}

static void test_invoices(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(efile_parser) parser = NULL;
	char *manifest = test_data("einvoice/MANIFEST-pdf.tsv", NULL), *at = manifest, *line;
	int rows = 0;

	TAP_EQUAL_INT(efile_parser_new(&parser, ctx), EFILE_OK);
	strsep(&at, "\n");
	while (helper_there() && (line = strsep(&at, "\n")) && *line) {
		check_invoice(parser, line);
		rows++;
	}
	tap_case(NULL);
	TAP_OK(!manifest || !helper_there() || rows == 26);
	free(manifest);
	efile_parser_free(STEAL(parser));
	efile_ctx_free(ctx);
}

/* ---- hostile files ---- */

static efile_status run(efile_parser *parser, enum parse_operation operation, const char *data,
			size_t length, int *flags)
{
	AUTO_PTR(efile_parse_result) r = NULL;
	parse_request request = { .operation = operation, .width = 800, .bytes = 64 << 20 };
	time_t start = time(NULL);
	efile_status status = parse_document(&r, parser, &request, data, length);

	TAP_OK(time(NULL) - start <= SECONDS_MOST + 1);
	if (!is_sanitized())
		TAP_OK(parser->status.peak_kib <= PEAK_KIB_MOST);
	*flags = r ? efile_parse_result_flags(r) : 0;
	return status;
}

static void test_hostile(void)
{
	enum { OK = 1, REFUSED = 2, EITHER = 3 };
	static const struct {
		const char *file;
		int set;      /* flags that must be set, and must not be */
		int clear;
		int text;
		int preview;
	} cases[] = {
		{ "pdf/active.pdf", EFILE_PARSE_ACTIVE, EFILE_PARSE_DAMAGED, OK, OK },
		{ "pdf/deep-arrays.pdf", EFILE_PARSE_PDF, EFILE_PARSE_ACTIVE, EITHER, EITHER },
		{ "pdf/embedded-slip.pdf", EFILE_PARSE_PDF, EFILE_PARSE_DAMAGED, OK, OK },
		{ "pdf/flate-bomb.pdf", EFILE_PARSE_PDF, EFILE_PARSE_ACTIVE, EITHER, EITHER },
		{ "pdf/huge-page.pdf", EFILE_PARSE_PDF, EFILE_PARSE_DAMAGED, OK, OK },
		{ "pdf/not-a.pdf", EFILE_PARSE_DAMAGED | EFILE_PARSE_UNREADABLE, 0, REFUSED, REFUSED },
		{ "pdf/page-tree-cycle.pdf", EFILE_PARSE_DAMAGED, 0, REFUSED, REFUSED },
		{ "pdf/truncated.pdf", EFILE_PARSE_DAMAGED, 0, EITHER, EITHER },
		{ "pdf/unknown-encryption.pdf", EFILE_PARSE_ENCRYPTED | EFILE_PARSE_UNREADABLE,
		  EFILE_PARSE_DAMAGED, REFUSED, REFUSED },
		{ "pdf/xref-loop.pdf", EFILE_PARSE_PDF, 0, EITHER, EITHER },
		{ "image/huge.png", EFILE_PARSE_IMAGE, EFILE_PARSE_PDF, REFUSED, REFUSED },
		{ "image/ifd-loop.tif", EFILE_PARSE_IMAGE | EFILE_PARSE_DAMAGED, EFILE_PARSE_PDF,
		  REFUSED, REFUSED },
	};
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(efile_parser) parser = NULL;

	TAP_EQUAL_INT(efile_parser_new(&parser, ctx), EFILE_OK);
	for (size_t i = 0; helper_there() && i < ARRAY_SIZE(cases); i++) {
		char path[128], *data;
		size_t length;
		int flags, none;

		snprintf(path, sizeof(path), "hostile/%s", cases[i].file);
		data = test_data(path, &length);
		if (!data)
			break;
		tap_case(cases[i].file);
		TAP_EQUAL_INT(run(parser, PARSE_OP_INFO, data, length, &flags), EFILE_OK);
		TAP_EQUAL_INT(flags & cases[i].set, cases[i].set);
		TAP_EQUAL_INT(flags & cases[i].clear, 0);
		TAP_OK(cases[i].text &
		       (run(parser, PARSE_OP_TEXT, data, length, &none) < 0 ? REFUSED : OK));
		TAP_OK(cases[i].preview &
		       (run(parser, PARSE_OP_PREVIEW, data, length, &none) < 0 ? REFUSED : OK));
		run(parser, PARSE_OP_ATTACHMENTS, data, length, &none);
		free(data);
	}
	tap_case(NULL);
	efile_parser_free(STEAL(parser));
	efile_ctx_free(ctx);
}

/* ---- small documents of our own ---- */

/* No cross reference table, which Poppler mends. */
static const char letter[] =
	"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
	"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Resources<<"
	"/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>>>>>>>endobj\n"
	"4 0 obj<</Length 48>>stream\nBT /F 12 Tf 20 50 Td (Amt f\374r Stra\337en) Tj ET     \nendstream endobj\n"
	"5 0 obj<</Title<FEFF00C400D600DC>/Author(Meier)>>endobj\n"
	"trailer<</Root 1 0 R/Info 5 0 R/Size 6>>\n%%EOF\n";

static void test_letter(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(efile_parser) parser = NULL;
	AUTO_PTR(efile_parse_result) info = NULL;
	AUTO_PTR(efile_parse_result) text = NULL;
	AUTO_PTR(efile_parse_result) preview = NULL;
	efile_parse_result *none = NULL;
	const unsigned char *png;
	uint32_t width, height;
	size_t length;

	TAP_EQUAL_INT(efile_parser_new(&parser, ctx), EFILE_OK);
	if (helper_there() &&
	    TAP_EQUAL_INT(efile_parse_info(&info, parser, letter, sizeof(letter) - 1), EFILE_OK)) {
		TAP_EQUAL_TEXT(efile_parse_result_metadata(info, "title"), "ÄÖÜ");
		TAP_EQUAL_TEXT(efile_parse_result_metadata(info, "author"), "Meier");
		TAP_EQUAL_TEXT(efile_parse_result_metadata(info, "version"), "1.4");
		TAP_EQUAL_INT(efile_parse_result_flags(info), EFILE_PARSE_PDF | EFILE_PARSE_DAMAGED);
		TAP_EQUAL_INT(efile_parse_result_page_size(info, 0, &width, &height), EFILE_OK);
		TAP_EQUAL_INT(width, 200000);
		TAP_EQUAL_INT(height, 100000);
		TAP_OK(!efile_parse_result_xmp(info, NULL));

		TAP_EQUAL_INT(efile_parse_text(&text, parser, letter, sizeof(letter) - 1, 0, 0),
			      EFILE_OK);
		TAP_OK(strstr(efile_parse_result_text(text, 0), "Amt für Straßen") != NULL);
		TAP_EQUAL_INT(efile_parse_text(&none, parser, letter, sizeof(letter) - 1, 1, 1),
			      EFILE_E_NOTFOUND);

		TAP_EQUAL_INT(efile_parse_preview(&preview, parser, letter, sizeof(letter) - 1, 0,
						  400), EFILE_OK);
		png = efile_parse_result_preview(preview, &length);
		TAP_OK(length > 100 && memcmp(png, "\x89PNG\r\n\x1a\n", 8) == 0);
		TAP_OK(memcmp(png + 16, "\0\0\1\220\0\0\0\310", 8) == 0); /* 400 x 200 */
		TAP_EQUAL_INT(efile_parse_preview(&none, parser, letter, sizeof(letter) - 1, 9, 9),
			      EFILE_E_NOTFOUND);
	}
	TAP_EQUAL_INT(efile_parse_preview(&none, parser, letter, 9, 0, 0), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_parse_preview(&none, parser, letter, 9, 0, 4097), EFILE_E_INVALID);
	efile_parser_free(STEAL(parser));
	efile_ctx_free(ctx);
}

#define BYTES(text) text, sizeof(text) - 1

static void test_media_types(void)
{
	static const struct {
		const char *name;
		const char *data;
		size_t length;
		const char *type;
		uint32_t width, height, pages;
	} cases[] = {
		{ "nothing", BYTES(""), "application/x-empty", 0, 0, 0 },
		{ "text", BYTES("Sehr geehrte Damen und Herren,\n"), "text/plain", 0, 0, 0 },
		{ "xml", BYTES("<?xml version=\"1.0\"?><a/>"), "text/xml", 0, 0, 0 },
		{ "png", BYTES("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\3\0\0\1\0\10\2\0\0\0"), "image/png",
		  3, 256, 1 },
		{ "gif", BYTES("GIF89a\7\0\1\1\0\0\0"), "image/gif", 7, 257, 1 },
		{ "jpeg", BYTES("\xff\xd8\xff\xe0\0\20JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc4\0\2\xff\xc0\0\21"
				"\10\1\54\0\310\3\1\21\0\2\21\1\3\21\1"), "image/jpeg", 200, 300, 1 },
		{ "jpeg without frame", BYTES("\xff\xd8\xff\xe0\0\1\0"), "image/jpeg", 0, 0, 0 },
		{ "tiff, two pages", BYTES("II*\0\10\0\0\0\2\0\0\1\3\0\1\0\0\0\11\0\0\0"
					   "\1\1\4\0\1\0\0\0\5\0\0\0\46\0\0\0\0\0\0\0\0\0"),
		  "image/tiff", 9, 5, 2 },
	};
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(efile_parser) parser = NULL;

	TAP_EQUAL_INT(efile_parser_new(&parser, ctx), EFILE_OK);
	for (size_t i = 0; helper_there() && i < ARRAY_SIZE(cases); i++) {
		AUTO_PTR(efile_parse_result) r = NULL;
		uint32_t width = 0, height = 0;

		tap_case(cases[i].name);
		if (!TAP_EQUAL_INT(efile_parse_info(&r, parser, cases[i].data, cases[i].length),
				   EFILE_OK))
			continue;
		TAP_EQUAL_TEXT(efile_parse_result_media_type(r), cases[i].type);
		efile_parse_result_image_size(r, &width, &height);
		TAP_EQUAL_INT(width, cases[i].width);
		TAP_EQUAL_INT(height, cases[i].height);
		TAP_EQUAL_INT(efile_parse_result_page_count(r), cases[i].pages);
	}
	tap_case(NULL);
	efile_parser_free(STEAL(parser));
	efile_ctx_free(ctx);
}

/* ---- the sandbox, seen from inside ---- */

static void test_sandbox(void)
{
	static const struct {
		const char *what;
		bool works;
	} rows[] = {
		{ "open /etc/passwd", false }, { "write a file", false }, { "read a folder", false },
		{ "internet socket", false },  { "local socket", false }, { "start a program", false },
		{ "new process", false },      { "trace the parent", false },
		{ "signal the parent", false },{ "new code", false },     { "control socket", false },
	};
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(efile_parser) parser = NULL;
	AUTO_PTR(efile_parse_result) r = NULL;
	parse_request request = { .operation = PARSE_OP_PROBE, .bytes = 1000 };
	const char *fonts;

	TAP_EQUAL_INT(efile_parser_new(&parser, ctx), EFILE_OK);
	if (helper_there()) {
		char *probe = NULL;

		TAP_OK(asprintf(&probe, "%s-probe", ctx->helper_path) > 0);
		free(ctx->helper_path);
		ctx->helper_path = probe;
		TAP_EQUAL_INT(parse_document(&r, parser, &request, "x", 1), EFILE_OK);
		for (size_t i = 0; r && i < ARRAY_SIZE(rows); i++) {
			tap_case(rows[i].what);
			TAP_EQUAL_TEXT(efile_parse_result_metadata(r, rows[i].what),
				       rows[i].works ? "works" : "refused");
		}
		tap_case(NULL);
		/* With Landlock the fonts can be read; without it, nothing. */
		fonts = r ? efile_parse_result_metadata(r, "open fonts") : "";
		TAP_EQUAL_TEXT(fonts, parser->landlock && access("/etc/fonts/fonts.conf", R_OK) == 0 ?
				      "works" : "refused");
	}
	efile_parser_free(STEAL(parser));
	efile_ctx_free(ctx);
}

/* On a kernel without Landlock no file can be opened at all, and text still comes out. */
static void test_without_landlock(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(efile_parser) parser = NULL;
	AUTO_PTR(efile_parse_result) r = NULL;
	AUTO_PTR(efile_parse_result) text = NULL;
	parse_request request = { .operation = PARSE_OP_PROBE, .bytes = 1000 };
	char *folder = test_folder(), *path = NULL;
	FILE *script;

	TAP_EQUAL_INT(efile_parser_new(&parser, ctx), EFILE_OK);
	if (helper_there()) {
		TAP_OK(asprintf(&path, "%s/helper", folder) > 0);
		script = fopen(path, "w");
		fprintf(script, "#!/bin/sh\nexec '%s-probe' without-landlock\n", ctx->helper_path);
		fclose(script);
		chmod(path, 0700);
		free(ctx->helper_path);
		ctx->helper_path = path;
		TAP_EQUAL_INT(parse_document(&r, parser, &request, "x", 1), EFILE_OK);
		TAP_EQUAL_INT(parser->landlock, 0);
		TAP_EQUAL_TEXT(efile_parse_result_metadata(r, "open fonts"), "refused");
		TAP_EQUAL_TEXT(efile_parse_result_metadata(r, "open /etc/passwd"), "refused");
		TAP_EQUAL_INT(efile_parse_text(&text, parser, letter, sizeof(letter) - 1, 0, 0),
			      EFILE_OK);
		TAP_OK(text && strstr(efile_parse_result_text(text, 0), "Amt für Straßen"));
	}
	efile_parser_free(STEAL(parser));
	test_folder_remove(folder);
	efile_ctx_free(ctx);
}

/* ---- helpers that are missing, die or talk rubbish ---- */

static void test_missing(void)
{
	efile_ctx *ctx = test_ctx_german();
	AUTO_PTR(efile_parser) parser = NULL;
	efile_parse_result *r = NULL;

	free(ctx->helper_path);
	ctx->helper_path = strdup("/nonexistent/efile-parse");
	TAP_EQUAL_INT(efile_parser_new(&parser, ctx), EFILE_OK);
	TAP_EQUAL_INT(efile_parse_info(&r, parser, "x", 1), EFILE_E_UNSUPPORTED);
	TAP_EQUAL_TEXT(efile_error_message(ctx),
		       "efile-parse ist nicht installiert: /nonexistent/efile-parse");
	TAP_EQUAL_INT(efile_parse_info(NULL, parser, "x", 1), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_parse_info(&r, NULL, "x", 1), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_parse_info(&r, parser, NULL, 1), EFILE_E_INVALID);
	ctx->limits.document_bytes = 3;
	TAP_EQUAL_INT(efile_parse_info(&r, parser, "abcd", 4), EFILE_E_LIMIT);
	TAP_EQUAL_INT(efile_parser_new(NULL, ctx), EFILE_E_INVALID);
	efile_parser_free(STEAL(parser));
	efile_parser_free(NULL);
	efile_ctx_free(ctx);
}

static void test_killed(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(efile_parser) parser = NULL;

	TAP_EQUAL_INT(efile_parser_new(&parser, ctx), EFILE_OK);
	for (int i = 0; helper_there() && i < 3; i++) {
		AUTO_PTR(efile_parse_result) r = NULL;
		pid_t before = parser->pid;

		TAP_EQUAL_INT(efile_parse_info(&r, parser, "text", 4), EFILE_OK);
		TAP_OK(parser->pid != before);
		kill(parser->pid, i == 0 ? SIGKILL : SIGTERM);
		usleep(50000);
	}
	efile_parser_free(STEAL(parser));
	efile_ctx_free(ctx);
}

/* A document that takes longer than allowed costs its process, not the helper. */
static void test_slow(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(efile_parser) parser = NULL;
	size_t length;
	char *bomb = test_data("hostile/pdf/flate-bomb.pdf", &length);
	efile_parse_result *r = NULL;
	pid_t pid;

	TAP_EQUAL_INT(efile_parser_new(&parser, ctx), EFILE_OK);
	ctx->limits.parse_milliseconds = 100;
	if (bomb && helper_there()) {
		TAP_EQUAL_INT(efile_parse_text(&r, parser, bomb, length, 0, 0), EFILE_E_LIMIT);
		TAP_EQUAL_TEXT(efile_error_message(ctx),
			       "the document takes longer than 100 ms to read");
		pid = parser->pid;
		TAP_OK(pid > 0);
		ctx->limits.parse_milliseconds = 5000;
		TAP_EQUAL_INT(efile_parse_info(&r, parser, "text", 4), EFILE_OK);
		TAP_EQUAL_INT(parser->pid, pid);
		efile_parse_result_free(r);
	}
	free(bomb);
	efile_parser_free(STEAL(parser));
	efile_ctx_free(ctx);
}

/* A greeting, then the status of a request: its id's last byte, and outcome with detail. */
#define ENDED(id, outcome)                                                                         \
	"printf '" HELLO "' >&3; head -c 4 <&3 >/dev/null; printf '\\000\\000\\000\\030EFPS"             \
	"\\000\\000\\000" id outcome "\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000' >&3; sleep 9"
#define HELLO "\\000\\000\\000\\012EFPH\\000\\001\\000\\000\\000\\001"

static void test_rubbish(void)
{
	static const struct {
		const char *name;
		const char *script;
		int number;
		efile_status status;  /* 0: EXTERNAL */
	} cases[] = {
		{ "ends at once", "exit 0", 3402, 0 },
		{ "rubbish as greeting", "printf 'Guten Tag, was darf es sein?' >&3; sleep 9", 3403, 0 },
		{ "greeting of another version",
		  "printf '\\000\\000\\000\\012EFPH\\000\\002\\000\\000\\000\\001' >&3; sleep 9", 3403, 0 },
		{ "no system call filter",
		  "printf '\\000\\000\\000\\012EFPH\\000\\001\\000\\000\\000\\000' >&3; sleep 9", 3406, 0 },
		{ "half a greeting, then the end", "printf '\\000\\000\\000\\012EF' >&3", 3402, 0 },
		{ "ends at the first request", "printf '" HELLO "' >&3; head -c 4 <&3 >/dev/null", 3402, 0 },
		{ "rubbish as status", "printf '" HELLO "' >&3; head -c 4 <&3 >/dev/null; "
		  "printf '\\000\\000\\000\\030AAAABBBBCCCCDDDDEEEEFFFF' >&3; sleep 9", 3403, 0 },
		{ "status too long", "printf '" HELLO "' >&3; head -c 4 <&3 >/dev/null; "
		  "printf '\\377\\377\\377\\377EFPS' >&3; sleep 9", 3403, 0 },
		{ "status without a reply", "printf '" HELLO "' >&3; head -c 4 <&3 >/dev/null; "
		  "printf '\\000\\000\\000\\030EFPS\\000\\000\\000\\001\\000\\000\\000\\000"
		  "\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000' >&3; sleep 9", 3440, 0 },
		{ "hangs", "printf '" HELLO "' >&3; sleep 99", 3410, 0 },
		{ "hangs before its greeting is through", "printf '\\000' >&3; sleep 1", 3402, 0 },
		{ "status of another request", ENDED("\\002", "\\000\\000\\000\\000"), 3403, 0 },
		{ "no such outcome", ENDED("\\001", "\\000\\004\\000\\000"), 3403, 0 },
		{ "the document's process fails", ENDED("\\001", "\\000\\000\\000\\007"), 3429, 0 },
		{ "it crashes", ENDED("\\001", "\\000\\001\\000\\013"), 3430, 0 },
		{ "it takes too much processor time", ENDED("\\001", "\\000\\001\\000\\030"), 3432,
		  EFILE_E_LIMIT },
		{ "it takes too long", ENDED("\\001", "\\000\\002\\000\\000"), 3432, EFILE_E_LIMIT },
		{ "it cannot be started", ENDED("\\001", "\\000\\003\\000\\000"), 3431, 0 },
	};
	char *folder = test_folder(), *path = NULL;

	TAP_OK(asprintf(&path, "%s/helper", folder) > 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		efile_ctx *ctx = test_ctx();
		AUTO_PTR(efile_parser) parser = NULL;
		efile_parse_result *r = NULL;
		FILE *script = fopen(path, "w");

		tap_case(cases[i].name);
		fprintf(script, "#!/bin/sh\n%s\n", cases[i].script);
		fclose(script);
		chmod(path, 0700);
		free(ctx->helper_path);
		ctx->helper_path = strdup(path);
		ctx->limits.parse_milliseconds = 100;
		TAP_EQUAL_INT(efile_parser_new(&parser, ctx), EFILE_OK);
		TAP_EQUAL_INT(efile_parse_info(&r, parser, "x", 1),
			      cases[i].status ? cases[i].status : EFILE_E_EXTERNAL);
		TAP_EQUAL_INT(efile_error_number(ctx), cases[i].number);
		efile_parser_free(STEAL(parser));
		efile_ctx_free(ctx);
	}
	tap_case(NULL);
	free(path);
	test_folder_remove(folder);
}

static efile_status read_letter(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(efile_parser) parser = NULL;
	AUTO_PTR(efile_parse_result) r = NULL;

	(void)arg;
	TRY(efile_parser_new(&parser, ctx));
	return efile_parse_info(&r, parser, letter, sizeof(letter) - 1);
}

static void test_without_memory(void)
{
	if (helper_there())
		TAP_OK(fail_each(read_letter, NULL) > 5);
}

/* ---- when the system has no sockets, pipes, processes left, and when signals come in between ---- */

static int is_typed(efile_status status, void *arg)
{
	(void)arg;
	return status == EFILE_OK || status == EFILE_E_EXTERNAL;
}

static void test_weather(void)
{
	if (!helper_there())
		return;
	TAP_OK(fail_each_call(read_letter, is_typed, NULL, 1) > 20);
	TAP_OK(interrupt_each(read_letter, NULL) > 4);
}

/* Limits of a request, at the limit and one above. */
static void test_limits(void)
{
	parse_request text = { .operation = PARSE_OP_TEXT, .bytes = 1 };
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(efile_parser) parser = NULL;
	AUTO_PTR(efile_parse_result) r = NULL;

	TAP_EQUAL_INT(efile_parser_new(&parser, ctx), EFILE_OK);
	if (helper_there()) {
		ctx->limits.pdf_pages = 1;
		TAP_EQUAL_INT(efile_parse_text(&r, parser, letter, sizeof(letter) - 1, 0, 0), EFILE_OK);
		efile_parse_result_free(STEAL(r));
		ctx->limits.pdf_pages = 0;
		TAP_EQUAL_INT(efile_parse_text(&r, parser, letter, sizeof(letter) - 1, 0, 0), EFILE_E_LIMIT);
		TAP_EQUAL_INT(efile_error_number(ctx), 3424);
		ctx->limits.pdf_pages = 10;
		TAP_EQUAL_INT(parse_document(&r, parser, &text, letter, sizeof(letter) - 1), EFILE_E_LIMIT);
		TAP_EQUAL_INT(efile_error_number(ctx), 3425);
		TAP_EQUAL_INT(efile_parse_text(&r, parser, "text", 4, 0, 0), EFILE_E_UNSUPPORTED);
		TAP_EQUAL_INT(efile_error_number(ctx), 3421);
	}
	TAP_OK(!r);
	TAP_EQUAL_INT(efile_parse_attachments(&r, NULL, "x", 1), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_parse_preview(&r, NULL, "x", 1, 0, 1), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_parser_new(&parser, NULL), EFILE_E_INVALID);
	efile_parser_free(STEAL(parser));
	efile_ctx_free(ctx);
}

TAP_SUITE(parse_helper) = {
	{ "26 invoices give their embedded files", test_invoices },
	{ "hostile files end within bounds", test_hostile },
	{ "a letter: metadata, text, preview", test_letter },
	{ "media types and image sizes", test_media_types },
	{ "the sandbox refuses", test_sandbox },
	{ "without Landlock", test_without_landlock },
	{ "without helper", test_missing },
	{ "a killed helper is started again", test_killed },
	{ "a slow document is stopped", test_slow },
	{ "a helper that talks rubbish", test_rubbish },
	{ "reports missing memory", test_without_memory },
	{ "a system that fails, and signals", test_weather },
	{ "limits", test_limits },
	TAP_END,
};
