/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading archives: the hostile ones, and some made by other programs. */
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "archive/archive.h"
#include "unit/support.h"

typedef struct listing {
	buf text;           /* a line per entry: kind, name, length or target */
	uint64_t bytes;
	size_t entries;
	size_t recoded;
} listing;

static efile_status list(const archive_item *item, efile_reader *content, void *user)
{
	static const char kinds[] = "FDLS";
	listing *l = user;
	char room[4096];
	uint64_t length = 0;
	size_t got;
	efile_status status = EFILE_OK;

	while (content && status == EFILE_OK) {
		status = efile_reader_read(content, room, sizeof(room), &got);
		length += got;
	}
	TRY(status);
	l->entries++;
	l->bytes += length;
	l->recoded += item->name_recoded;
	if (l->text.length < 4096)
		buf_add_format(&l->text, "%c %s %llu%s%s\n", kinds[item->kind], item->name,
			       (unsigned long long)length, *item->target ? " > " : "", item->target);
	return EFILE_OK;
}

static efile_status skip(const archive_item *item, efile_reader *content, void *user)
{
	(void)item;
	(void)content;
	(*(size_t *)user)++;
	return EFILE_OK;
}

static efile_status read_bytes(efile_ctx *ctx, const void *data, size_t length,
			       archive_item_fn each, void *user)
{
	archive_span span = { data, length };
	archive_source source = archive_from_memory(ctx, &span);

	return archive_read(ctx, &source, each, user);
}

/* ---- the hostile ones ---- */

static void test_hostile(void)
{
	static const struct {
		const char *file;
		efile_status status;
		const char *message;  /* part of it */
		const char *listed;   /* NULL: not compared */
	} cases[] = {
		{ "bad-crc.zip", EFILE_E_FORMAT, "checksum", NULL },
		{ "bomb-flat.zip", EFILE_E_LIMIT, "200 times", NULL },
		{ "bomb-nested.zip", EFILE_OK, "", "F level1.zip 2016\n" },
		{ "bomb-overlap.zip", EFILE_E_FORMAT, "differs from the directory", NULL },
		{ "duplicates.zip", EFILE_OK, "", "F same.txt 3\nF same.txt 3\nF SAME.TXT 5\n"
		  "D same.txt/ 0\nF same.txt/in.txt 4\n" },
		{ "encrypted.zip", EFILE_E_UNSUPPORTED, "secret.txt in the ZIP archive is encrypted",
		  NULL },
		{ "escape.tar", EFILE_OK, "", NULL },
		{ "huge-size.tar", EFILE_E_FORMAT, "", NULL },
		{ "lying-sizes.zip", EFILE_E_FORMAT, "lies about its size", NULL },
		{ "many-entries.zip", EFILE_OK, "", NULL },
		{ "many-members.gz", EFILE_E_FORMAT, "", NULL },
		{ "slip.zip", EFILE_OK, "", "F ../../../../../../tmp/slip.txt 14\n"
		  "F /tmp/slip-absolute.txt 14\nF ..\\..\\slip-backslash.txt 14\n"
		  "F C:\\slip-drive.txt 14\nF C:slip-relative-drive.txt 14\n"
		  "F \\\\server\\share\\slip.txt 14\nF a/../../slip-inner.txt 14\n"
		  "F .//..//slip-slashes.txt 14\nF a/b/../../../slip-deep.txt 14\nD dir/ 0\n"
		  "F ok.txt 14\n" },
		{ "special-files.tar", EFILE_OK, "", NULL },
		{ "truncated.zip", EFILE_E_FORMAT, "cut off", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		efile_ctx *ctx = test_ctx();
		listing l = { .text = BUF_INIT };
		size_t length, skipped = 0;
		char path[128], *data;
		clock_t start = clock();

		snprintf(path, sizeof(path), "hostile/archive/%s", cases[i].file);
		data = test_data(path, &length);
		tap_case(cases[i].file);
		if (data) {
			TAP_EQUAL_INT(read_bytes(ctx, data, length, list, &l), cases[i].status);
			if (!strstr(efile_error_message(ctx), cases[i].message))
				TAP_EQUAL_TEXT(efile_error_message(ctx), cases[i].message);
			if (cases[i].listed)
				TAP_EQUAL_TEXT(buf_text(&l.text), cases[i].listed);
			TAP_OK(l.bytes <= 64 << 20);
			/* Nobody reads the content: it is checked all the same. */
			error_clear(ctx);
			TAP_EQUAL_INT(read_bytes(ctx, data, length, skip, &skipped), cases[i].status);
			TAP_EQUAL_INT(skipped >= l.entries, 1);
			TAP_OK(clock() - start < 5 * CLOCKS_PER_SEC);
		}
		free(data);
		buf_clear(&l.text);
		efile_ctx_free(ctx);
	}
	tap_case(NULL);
}

/* Links and devices are told, not followed and not made. */
static void test_special(void)
{
	efile_ctx *ctx = test_ctx();
	listing l = { .text = BUF_INIT };
	size_t length;
	char *data = test_data("hostile/archive/special-files.tar", &length);

	if (data) {
		TAP_EQUAL_INT(read_bytes(ctx, data, length, list, &l), EFILE_OK);
		TAP_OK(strstr(buf_text(&l.text), "S ") != NULL);
	}
	free(data);
	buf_reset(&l.text);
	data = test_data("hostile/archive/escape.tar", &length);
	if (data) {
		TAP_EQUAL_INT(read_bytes(ctx, data, length, list, &l), EFILE_OK);
		TAP_OK(strstr(buf_text(&l.text), "L ") != NULL);
		TAP_OK(strstr(buf_text(&l.text), " > ") != NULL);
	}
	free(data);
	buf_clear(&l.text);
	efile_ctx_free(ctx);
}

/* ---- archives of other programs: tests/data/archive, made by generate.py there ---- */

static void test_others(void)
{
	static const struct {
		const char *file;
		const char *listed;
		size_t recoded;
	} cases[] = {
		{ "python.zip", "F Bescheid.txt 12\nF Straße/Übersicht.txt 300000\nD leer/ 0\n", 0 },
		{ "python-64.zip", "F gross.txt 5\n", 0 },
		{ "cp437.zip", "F B\xc3\xa4r.txt 3\n", 1 },
		{ "empty.zip", "", 0 },
		{ "link.zip", "L verweis 0 > ../ziel\nF a.txt 1\n", 0 },
		{ "pax.tar", "F Straße/Übersicht.txt 12\nL verweis 0 > Straße/Übersicht.txt\n", 0 },
		{ "gnu.tar.gz", "F Übersicht.txt 300000\n", 0 },
		{ "latin1.tar", "F B\xc3\xa4r.txt 3\n", 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		efile_ctx *ctx = test_ctx();
		listing l = { .text = BUF_INIT };
		size_t length = 0;
		char path[128], *data;

		snprintf(path, sizeof(path), "archive/%s", cases[i].file);
		data = test_own_data(path, &length);
		tap_case(cases[i].file);
		TAP_OK(data != NULL);
		TAP_EQUAL_INT(read_bytes(ctx, data, length, list, &l), EFILE_OK);
		TAP_EQUAL_TEXT(efile_error_message(ctx), "");
		TAP_EQUAL_TEXT(buf_text(&l.text), cases[i].listed);
		TAP_EQUAL_INT(l.recoded, cases[i].recoded);
		free(data);
		buf_clear(&l.text);
		efile_ctx_free(ctx);
	}
	tap_case(NULL);
}

/* The locale of the process is nobody's business; libarchive would ask it. */
static void test_locale(void)
{
	static const char *const locales[] = { "C", "C.UTF-8", "de_DE.ISO-8859-1", "" };

	for (size_t i = 0; i < ARRAY_SIZE(locales); i++) {
		if (setlocale(LC_ALL, locales[i]))
			test_others();
		else
			printf("# skipped, no locale %s\n", locales[i]);
	}
	setlocale(LC_ALL, "C");
}

/* What two readers would understand differently is refused. */
static void test_ambiguous(void)
{
	static const struct {
		const char *file;
		efile_status status;
		const char *message;
	} cases[] = {
		{ "overlap.zip", EFILE_E_FORMAT, "broken ZIP archive: entries overlap" },
		{ "fewer.zip", EFILE_E_FORMAT, "broken ZIP archive: its directory is incomplete" },
		{ "more.zip", EFILE_E_FORMAT, "broken ZIP archive: its directory is incomplete" },
		{ "shifted.zip", EFILE_E_FORMAT,
		  "broken ZIP archive: its directory is not where its end says" },
		{ "prefixed.zip", EFILE_E_FORMAT,
		  "broken ZIP archive: its directory is not where its end says" },
		{ "renamed.zip", EFILE_E_FORMAT,
		  "broken ZIP archive: an entry has another name than in the directory" },
		{ "method.zip", EFILE_E_UNSUPPORTED,
		  "verweis in the ZIP archive is compressed by an unknown method (99)" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		efile_ctx *ctx = test_ctx();
		size_t length = 0, count = 0;
		char path[128], *data;

		snprintf(path, sizeof(path), "archive/%s", cases[i].file);
		data = test_own_data(path, &length);
		tap_case(cases[i].file);
		TAP_OK(data != NULL);
		TAP_EQUAL_INT(read_bytes(ctx, data, length, skip, &count), cases[i].status);
		TAP_EQUAL_TEXT(efile_error_message(ctx), cases[i].message);
		TAP_EQUAL_INT(count, 0);
		free(data);
		efile_ctx_free(ctx);
	}
	tap_case(NULL);
}

/* Every cut and every flipped byte of a small archive: an error or the very same content. */
static void test_mutilated(void)
{
	static const char *const files[] = { "archive/cp437.zip", "archive/link.zip",
					     "archive/python-64.zip" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		efile_ctx *ctx = test_ctx();
		size_t length = 0, count;
		char *data = test_own_data(files[i], &length);

		tap_case(files[i]);
		for (size_t cut = 0; data && cut < length; cut++)
			TAP_OK(read_bytes(ctx, data, cut, skip, &count) < 0);
		for (size_t at = 0; data && at < length; at++) {
			data[at] = (char)~data[at];
			read_bytes(ctx, data, length, skip, &count);
			data[at] = (char)~data[at];
		}
		free(data);
		efile_ctx_free(ctx);
	}
	tap_case(NULL);
}

static void test_limits(void)
{
	static const struct {
		const char *name;
		const char *file;
		uint32_t entries;
		uint64_t bytes;
		uint32_t ratio;
		efile_status status;
	} cases[] = {
		{ "entries at the limit", "archive/python.zip", 3, 1 << 30, 1000, EFILE_OK },
		{ "one entry too many", "archive/python.zip", 2, 1 << 30, 1000, EFILE_E_LIMIT },
		{ "tar entries at the limit", "archive/pax.tar", 2, 1 << 30, 1000, EFILE_OK },
		{ "one tar entry too many", "archive/pax.tar", 1, 1 << 30, 1000, EFILE_E_LIMIT },
		{ "bytes at the limit", "archive/python.zip", 9, 300012, 1000, EFILE_OK },
		{ "one byte too many", "archive/python.zip", 9, 300011, 1000, EFILE_E_LIMIT },
		{ "tar bytes at the limit", "archive/gnu.tar.gz", 9, 300000, 1000, EFILE_OK },
		{ "one tar byte too many", "archive/gnu.tar.gz", 9, 299999, 1000, EFILE_E_LIMIT },
		{ "a ratio below a megabyte", "archive/python.zip", 9, 1 << 30, 1, EFILE_OK },
		{ "a tar bomb", "archive/bomb.tar.gz", 9, 1 << 30, 200, EFILE_E_LIMIT },
		{ "a tar bomb at ease", "archive/bomb.tar.gz", 9, 1 << 30, 2000, EFILE_OK },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		efile_ctx *ctx = test_ctx();
		size_t length = 0, count = 0;
		char *data = test_own_data(cases[i].file, &length);

		ctx->limits.archive_entries = cases[i].entries;
		ctx->limits.archive_bytes = cases[i].bytes;
		ctx->limits.archive_ratio = cases[i].ratio;
		tap_case(cases[i].name);
		TAP_OK(data != NULL);
		TAP_EQUAL_INT(read_bytes(ctx, data, length, skip, &count), cases[i].status);
		free(data);
		efile_ctx_free(ctx);
	}
	tap_case(NULL);
}

static efile_status stop(const archive_item *item, efile_reader *content, void *user)
{
	(void)item;
	(void)content;
	(void)user;
	return EFILE_E_CANCELLED;
}

static void test_sources(void)
{
	efile_ctx *ctx = test_ctx();
	archive_source source;
	size_t length = 0, count = 0;
	char *data = test_own_data("archive/python.zip", &length), *folder = test_folder();
	char *path = NULL;
	int fd;

	TAP_EQUAL_INT(read_bytes(ctx, data, length, stop, NULL), EFILE_E_CANCELLED);
	TAP_OK(asprintf(&path, "%s/a.zip", folder) > 0);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	TAP_OK(fd >= 0 && write(fd, data, length) == (ssize_t)length);
	TAP_EQUAL_INT(archive_from_fd(&source, ctx, &fd), EFILE_OK);
	TAP_EQUAL_INT(archive_read(ctx, &source, skip, &count), EFILE_OK);
	TAP_EQUAL_INT(count, 3);
	TAP_EQUAL_INT(ftruncate(fd, 10), 0); /* behind our back */
	TAP_EQUAL_INT(archive_read(ctx, &source, skip, &count), EFILE_E_IO);
	close(fd);
	fd = open("/dev/null", O_RDONLY);
	TAP_EQUAL_INT(archive_from_fd(&source, ctx, &fd), EFILE_E_IO);
	close(fd);
	free(path);
	free(data);
	test_folder_remove(folder);
	efile_ctx_free(ctx);
}

static efile_status read_own(efile_ctx *ctx, void *arg)
{
	const archive_span *span = arg;
	size_t count;

	return read_bytes(ctx, span->data, span->length, skip, &count);
}

static void test_without_memory(void)
{
	static const char *const files[] = { "archive/python.zip", "archive/pax.tar",
					     "archive/link.zip" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		archive_span span = { NULL, 0 };
		char *data = test_own_data(files[i], &span.length);

		span.data = data;
		TAP_OK(fail_each(read_own, &span) > 3);
		free(data);
	}
}

TAP_SUITE(archive_read) = {
	{ "hostile archives", test_hostile },
	{ "special files and links", test_special },
	{ "archives of other programs", test_others },
	{ "whatever the locale", test_locale },
	{ "ambiguous archives", test_ambiguous },
	{ "cut off and altered", test_mutilated },
	{ "at the limits and above", test_limits },
	{ "sources and refusals", test_sources },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
