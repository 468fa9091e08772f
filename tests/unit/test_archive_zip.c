/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing ZIP: read back by ourselves, byte for byte the same, and by Python where there is one. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/archive.h"
#include "unit/support.h"

typedef struct sample {
	const char *name;
	const char *media_type;
	size_t length;
	bool noise;          /* content that does not shrink */
	bool known;          /* length announced */
	unsigned method;     /* expected */
} sample;

static const sample samples[] = {
	{ "leer.txt", "text/plain", 0, false, true, 0 },
	{ "kurz.txt", "text/plain", 11, false, true, 0 },
	{ "Straße/Übersicht.xml", "application/xml", 5000, false, true, 8 },
	{ "a/b/c/genau.txt", NULL, 65536, false, false, 8 },
	{ "eins mehr.txt", NULL, 65537, false, false, 8 },
	{ "lang.txt", "text/plain", 400000, false, false, 8 },
	{ "rauschen.bin", "application/octet-stream", 300000, true, false, 0 },
	{ "foto.jpg", "image/jpeg", 200000, false, true, 0 },
	{ "akte.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", 9999,
	  false, true, 0 },
	{ "riesig angekündigt.txt", "text/plain", 100000, false, false, 8 },
};

static void make_content(buf *out, const sample *s)
{
	uint64_t state = 1;

	for (size_t i = 0; i < s->length; i++) {
		state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
		buf_add_char(out, s->noise ? (char)(state >> 56) : (char)('a' + i / 7 % 20));
	}
}

static efile_status add_sample(efile_ctx *ctx, archive_zip *zip, const sample *s)
{
	archive_zip_entry entry = { s->name, s->media_type, ARCHIVE_LENGTH_UNKNOWN, TEST_NOW };
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO(buf) content = BUF_INIT;

	make_content(&content, s);
	if (s->known || s->length < 400000)
		entry.length = s->length;
	if (strstr(s->name, "riesig"))
		entry.length = UINT64_C(5) << 30;
	TRY(buf_status(&content, ctx));
	TRY(efile_reader_from_memory(&reader, ctx, content.data, content.length));
	return archive_zip_add(zip, &entry, reader);
}

static efile_status write_samples(efile_ctx *ctx, buf *out)
{
	AUTO_PTR(efile_writer) writer = NULL;
	AUTO_PTR(archive_zip) zip = NULL;

	TRY(writer_to_buf(&writer, ctx, out));
	TRY(archive_zip_new(&zip, ctx, writer));
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++)
		TRY(add_sample(ctx, zip, &samples[i]));
	return archive_zip_finish(zip);
}

static efile_status compare(const archive_item *item, efile_reader *content, void *user)
{
	const sample *s = &samples[item->index];
	AUTO(buf) expected = BUF_INIT;
	AUTO(buf) actual = BUF_INIT;

	tap_case(s->name);
	TAP_EQUAL_TEXT(item->name, s->name);
	TAP_EQUAL_INT(item->kind, ARCHIVE_FILE);
	TAP_OK(!item->name_recoded);
	make_content(&expected, s);
	TRY(reader_read_all(&actual, user, content, 1 << 30, "entry"));
	TAP_EQUAL_INT(actual.length, s->length);
	TAP_OK(actual.length == s->length && memcmp(buf_text(&actual), buf_text(&expected),
						    s->length) == 0);
	tap_case(NULL);
	return EFILE_OK;
}

static void test_round_trip(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(buf) out = BUF_INIT;
	archive_span span;
	archive_source source;

	TAP_EQUAL_INT(write_samples(ctx, &out), EFILE_OK);
	span = (archive_span){ out.data, out.length };
	source = archive_from_memory(ctx, &span);
	TAP_EQUAL_INT(archive_read(ctx, &source, compare, ctx), EFILE_OK);
	efile_ctx_free(ctx);
}

/* The methods stand in the directory: found by its signature. */
static void test_methods(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(buf) out = BUF_INIT;
	const char *at;
	size_t i = 0;

	TAP_EQUAL_INT(write_samples(ctx, &out), EFILE_OK);
	at = out.data + out.length;
	at = out.data + ((unsigned char)at[-6] | (unsigned char)at[-5] << 8 |
			 (unsigned char)at[-4] << 16 | (unsigned char)at[-3] << 24);
	for (; memcmp(at, "PK\1\2", 4) == 0; i++) {
		tap_case(samples[i].name);
		TAP_EQUAL_INT(at[10], samples[i].method);
		TAP_OK(memcmp(at + 12, "\0\100\x62\x5c", 4) == 0); /* 2026-03-02 08:00:00 */
		at += 46 + (unsigned char)at[28] + ((unsigned char)at[30]);
	}
	tap_case(NULL);
	TAP_EQUAL_INT(i, ARRAY_SIZE(samples));
	efile_ctx_free(ctx);
}

static void test_reproducible(void)
{
	efile_ctx *ctx = test_ctx(), *other = test_ctx_german();
	AUTO(buf) first = BUF_INIT;
	AUTO(buf) second = BUF_INIT;

	TAP_EQUAL_INT(write_samples(ctx, &first), EFILE_OK);
	test_tick(99999999);
	TAP_EQUAL_INT(write_samples(other, &second), EFILE_OK);
	test_clock_reset();
	TAP_EQUAL_INT(first.length, second.length);
	TAP_OK(memcmp(first.data, second.data, first.length) == 0);
	efile_ctx_free(other);
	efile_ctx_free(ctx);
}

/* A second opinion: Python's zipfile finds nothing wrong and all the names. */
static void test_python(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(buf) out = BUF_INIT;
	char *folder = test_folder(), *command = NULL;
	int fd;

	TAP_EQUAL_INT(write_samples(ctx, &out), EFILE_OK);
	TAP_OK(asprintf(&command, "%s/a.zip", folder) > 0);
	fd = open(command, O_WRONLY | O_CREAT, 0600);
	TAP_OK(write(fd, out.data, out.length) == (ssize_t)out.length);
	close(fd);
	free(command);
	TAP_OK(asprintf(&command, "python3 -c 'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]);"
			"sys.exit(z.testzip() is not None or len(z.namelist()) != 10 or"
			" \"Straße/Übersicht.xml\" not in z.namelist())' %s/a.zip", folder) > 0);
	if (system("python3 -c 'import zipfile' 2>/dev/null") == 0)
		TAP_EQUAL_INT(system(command), 0);
	else
		printf("# skipped, no python3\n");
	free(command);
	test_folder_remove(folder);
	efile_ctx_free(ctx);
}

static void test_names(void)
{
	static const char *const bad[] = { "", "/a", "a/", "a//b", "../a", "a/../b", "a/..", ".", "./a",
					   "a\\b", "a\xff", NULL };
	static const char *const good[] = { "a", "..a", "a..", "a/.b", "Ü/ß", NULL };
	efile_ctx *ctx = test_ctx();
	AUTO(buf) out = BUF_INIT;
	AUTO_PTR(efile_writer) writer = NULL;
	AUTO_PTR(archive_zip) zip = NULL;
	sample s = { .media_type = "text/plain" };

	TAP_EQUAL_INT(writer_to_buf(&writer, ctx, &out), EFILE_OK);
	TAP_EQUAL_INT(archive_zip_new(&zip, ctx, writer), EFILE_OK);
	for (size_t i = 0; bad[i]; i++) {
		s.name = bad[i];
		tap_case(bad[i]);
		TAP_EQUAL_INT(add_sample(ctx, zip, &s), EFILE_E_INVALID);
	}
	for (size_t i = 0; good[i]; i++) {
		s.name = good[i];
		tap_case(good[i]);
		TAP_EQUAL_INT(add_sample(ctx, zip, &s), EFILE_OK);
	}
	tap_case(NULL);
	TAP_EQUAL_INT(archive_zip_finish(zip), EFILE_OK);
	TAP_EQUAL_INT(archive_zip_finish(zip), EFILE_E_STATE);
	TAP_EQUAL_INT(add_sample(ctx, zip, &s), EFILE_E_STATE);
	archive_zip_free(NULL);
	efile_ctx_free(ctx);
}

static efile_status count_item(const archive_item *item, efile_reader *content, void *user)
{
	(void)item;
	(void)content;
	(*(size_t *)user)++;
	return EFILE_OK;
}

/* More entries than 16 bits count. */
static void test_zip64_count(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO(buf) out = BUF_INIT;
	AUTO_PTR(efile_writer) writer = NULL;
	AUTO_PTR(archive_zip) zip = NULL;
	archive_span span;
	archive_source source;
	bool good = true;
	size_t entries = 0;

	TAP_EQUAL_INT(writer_to_buf(&writer, ctx, &out), EFILE_OK);
	TAP_EQUAL_INT(archive_zip_new(&zip, ctx, writer), EFILE_OK);
	for (int i = 0; i < 65600; i++) {
		char name[16];
		sample s = { .name = name };

		snprintf(name, sizeof(name), "%d", i);
		good = good && add_sample(ctx, zip, &s) == EFILE_OK;
	}
	TAP_OK(good);
	TAP_EQUAL_INT(archive_zip_finish(zip), EFILE_OK);
	ctx->limits.archive_entries = 65600;
	span = (archive_span){ out.data, out.length };
	source = archive_from_memory(ctx, &span);
	TAP_EQUAL_INT(archive_read(ctx, &source, count_item, &entries), EFILE_OK);
	TAP_EQUAL_INT(entries, 65600);
	efile_ctx_free(ctx);
}

static efile_status refuse_write(const void *data, size_t length, void *user)
{
	size_t *left = user;

	(void)data;
	if (length > *left)
		return EFILE_E_IO;
	*left -= length;
	return EFILE_OK;
}

/* A disk that fills up at any byte: an error, and nothing more can be added. */
static void test_full_disk(void)
{
	static const sample s = { "a.txt", "text/plain", 100, false, true, 8 };
	int complete = 0;

	for (size_t most = 0; most < 260; most += 3) {
		efile_ctx *ctx = test_ctx();
		AUTO_PTR(efile_writer) writer = NULL;
		AUTO_PTR(archive_zip) zip = NULL;
		size_t left = most;
		efile_status status;

		TAP_EQUAL_INT(efile_writer_to_callback(&writer, ctx, refuse_write, NULL, &left), EFILE_OK);
		TAP_EQUAL_INT(archive_zip_new(&zip, ctx, writer), EFILE_OK);
		status = add_sample(ctx, zip, &s);
		if (status < 0)
			TAP_EQUAL_INT(archive_zip_finish(zip), EFILE_E_STATE);
		else
			status = archive_zip_finish(zip);
		TAP_OK(status == EFILE_E_IO || (status == EFILE_OK && most > 100));
		complete += status == EFILE_OK;
		efile_ctx_free(ctx);
	}
	TAP_OK(complete > 0 && complete < 50);
}

static efile_status write_all(efile_ctx *ctx, void *arg)
{
	AUTO(buf) out = BUF_INIT;

	(void)arg;
	return write_samples(ctx, &out);
}

static void test_without_memory(void)
{
	TAP_OK(fail_each(write_all, NULL) > 20);
}

TAP_SUITE(archive_zip) = {
	{ "round trip", test_round_trip },
	{ "what is deflated, and the time", test_methods },
	{ "the same bytes again", test_reproducible },
	{ "Python's zipfile agrees", test_python },
	{ "names that are refused", test_names },
	{ "more than 65,535 entries", test_zip64_count },
	{ "a disk that fills up", test_full_disk },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
