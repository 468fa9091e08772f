/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/support.h"

static void test_memory(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(efile_reader) reader = NULL;
	char out[4];
	size_t got;

	TAP_EQUAL_INT(efile_reader_from_memory(&reader, ctx, "Akte!", 5), EFILE_OK);
	TAP_EQUAL_INT(efile_reader_read(reader, out, 4, &got), EFILE_OK);
	TAP_EQUAL_INT(got, 4);
	TAP_EQUAL_INT(efile_reader_read(reader, out, 4, &got), EFILE_OK);
	TAP_EQUAL_INT(got, 1);
	TAP_EQUAL_INT(efile_reader_read(reader, out, 4, &got), EFILE_DONE);
	TAP_EQUAL_INT(got, 0);
	efile_ctx_free(ctx);
}

static void test_file(void)
{
	efile_ctx *ctx = test_ctx();
	char *folder = test_folder(), *path = NULL;
	AUTO(buf) bytes = BUF_INIT;
	AUTO_PTR(efile_writer) writer = NULL;
	int fd;

	TAP_OK(asprintf(&path, "%s/file", folder) > 0);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	TAP_EQUAL_INT(efile_writer_to_fd(&writer, ctx, fd), EFILE_OK);
	for (int i = 0; i < 30000; i++)
		efile_writer_write(writer, "0123456789", 10);
	close(fd);
	TAP_EQUAL_INT(reader_load_file(&bytes, ctx, path, 300000), EFILE_OK);
	TAP_EQUAL_INT(bytes.length, 300000);
	buf_reset(&bytes);
	TAP_EQUAL_INT(reader_load_file(&bytes, ctx, path, 299999), EFILE_E_LIMIT);
	TAP_EQUAL_INT(reader_load_file(&bytes, ctx, folder, 10), EFILE_E_IO);
	TAP_EQUAL_INT(reader_load_file(&bytes, ctx, "/nonexistent/x", 10), EFILE_E_NOTFOUND);
	TAP_EQUAL_TEXT(efile_error_message(ctx), "no such file: /nonexistent/x");
	free(path);
	test_folder_remove(folder);
	efile_ctx_free(ctx);
}

static efile_status lying_read(void *buffer, size_t length, size_t *got, void *user)
{
	(void)buffer;
	(*(int *)user)++;
	*got = length + 1;
	return EFILE_OK;
}

static efile_status failing_read(void *buffer, size_t length, size_t *got, void *user)
{
	(void)buffer;
	(void)length;
	(void)got;
	(void)user;
	return EFILE_E_CANCELLED;
}

static void count_release(void *user)
{
	*(int *)user += 100;
}

static void test_callback(void)
{
	efile_ctx *ctx = test_ctx();
	efile_reader *reader = NULL;
	char out[4];
	size_t got;
	int calls = 0;

	TAP_EQUAL_INT(efile_reader_from_callback(&reader, ctx, lying_read, count_release, &calls),
		      EFILE_OK);
	TAP_EQUAL_INT(efile_reader_read(reader, out, 4, &got), EFILE_E_INVALID);
	efile_reader_free(reader);
	TAP_EQUAL_INT(calls, 101);
	TAP_EQUAL_INT(efile_reader_from_callback(&reader, ctx, failing_read, NULL, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_reader_read(reader, out, 4, &got), EFILE_E_CANCELLED);
	efile_reader_free(reader);
	TAP_EQUAL_INT(efile_reader_from_callback(&reader, ctx, NULL, NULL, NULL), EFILE_E_INVALID);
	efile_reader_free(NULL);
	efile_writer_free(NULL);
	efile_ctx_free(ctx);
}

static void test_full_device(void)
{
	efile_ctx *ctx = test_ctx();
	efile_writer *writer = NULL;
	int fd = open("/dev/full", O_WRONLY);

	TAP_EQUAL_INT(efile_writer_to_fd(&writer, ctx, fd), EFILE_OK);
	TAP_EQUAL_INT(efile_writer_write(writer, "x", 1), EFILE_E_IO);
	efile_writer_free(writer);
	close(fd);
	efile_ctx_free(ctx);
}

static efile_status copy_all(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO_PTR(efile_writer) writer = NULL;
	AUTO(buf) bytes = BUF_INIT;
	AUTO(buf) copy = BUF_INIT;

	(void)arg;
	TRY(efile_reader_from_memory(&reader, ctx, "some bytes", 10));
	TRY(reader_read_all(&bytes, ctx, reader, 100, "test"));
	TRY(writer_to_buf(&writer, ctx, &copy));
	TRY(efile_writer_write(writer, bytes.data, bytes.length));
	TAP_EQUAL_TEXT(buf_text(&copy), "some bytes");
	return EFILE_OK;
}

static void test_without_memory(void)
{
	TAP_OK(fail_each(copy_all, NULL) >= 6);
}

static void put_file(const char *folder, const char *name, const char *text)
{
	char path[600];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	TAP_OK(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

static efile_status newer(efile_ctx *ctx, const char *name)
{
	AUTO(buf) text = BUF_INIT;
	AUTO(buf) path = BUF_INIT;

	return reader_load_newer(&text, &path, ctx, name, 5);
}

/* Only a file that is not there is passed over. */
static void test_newer(void)
{
	char *folder = test_folder(), path[600];
	efile_ctx_options options;
	efile_ctx *ctx = NULL;

	put_file(folder, "list", "12345");
	put_file(folder, "long", "123456");
	snprintf(path, sizeof(path), "%s/folder", folder);
	TAP_EQUAL_INT(mkdir(path, 0700), 0);
	efile_ctx_options_init(&options);
	options.schema_path = folder;
	TAP_EQUAL_INT(efile_ctx_new(&ctx, &options), EFILE_OK);
	TAP_EQUAL_INT(newer(ctx, "list"), EFILE_OK);
	TAP_EQUAL_INT(newer(ctx, "none"), EFILE_DONE);
	TAP_EQUAL_INT(newer(ctx, "nowhere/none"), EFILE_DONE);
	TAP_EQUAL_INT(newer(ctx, "long"), EFILE_E_LIMIT);
	TAP_EQUAL_INT(newer(ctx, "folder"), EFILE_E_IO);
	efile_ctx_free(ctx);
	ctx = test_ctx();
	TAP_EQUAL_INT(newer(ctx, "list"), EFILE_DONE);
	efile_ctx_free(ctx);
	test_folder_remove(folder);
}

/* ---- files that are there whole or not at all ---- */

static size_t entries_of(const char *folder)
{
	DIR *list = opendir(folder);
	size_t count = 0;

	while (list && readdir(list))
		count++;
	if (list)
		closedir(list);
	return count - 2;
}

static void expect_file(const char *path, const char *wanted)
{
	efile_ctx *ctx = test_ctx();
	AUTO(buf) bytes = BUF_INIT;

	TAP_EQUAL_INT(reader_load_file(&bytes, ctx, path, 1000), EFILE_OK);
	TAP_EQUAL_TEXT(buf_text(&bytes), wanted);
	efile_ctx_free(ctx);
}

typedef struct place {
	char *folder;
	char path[600];
} place;

static place place_new(void)
{
	place p = { .folder = test_folder() };

	snprintf(p.path, sizeof(p.path), "%s/file", p.folder);
	return p;
}

static void test_whole(void)
{
	efile_ctx *ctx = test_ctx();
	place p = place_new();
	efile_writer *writer = NULL;
	struct stat info;

	TAP_EQUAL_INT(efile_writer_to_file(&writer, ctx, p.path, 0640), EFILE_OK);
	TAP_EQUAL_INT(efile_writer_write(writer, "one", 3), EFILE_OK);
	TAP_EQUAL_INT(entries_of(p.folder), 0);
	TAP_EQUAL_INT(efile_writer_finish(writer), EFILE_OK);
	expect_file(p.path, "one");
	TAP_EQUAL_INT(efile_writer_write(writer, "more", 4), EFILE_E_STATE);
	TAP_EQUAL_INT(efile_writer_finish(writer), EFILE_E_STATE);
	efile_writer_free(writer);
	TAP_EQUAL_INT(stat(p.path, &info), 0);
	TAP_EQUAL_INT(info.st_mode & 0137, 0);
	TAP_EQUAL_INT(efile_writer_to_file(&writer, ctx, p.path, 0640), EFILE_OK);
	TAP_EQUAL_INT(efile_writer_write(writer, "half", 4), EFILE_OK);
	efile_writer_free(writer);
	expect_file(p.path, "one");
	TAP_EQUAL_INT(efile_writer_to_file(&writer, ctx, p.path, 0640), EFILE_OK);
	TAP_EQUAL_INT(efile_writer_write(writer, "other", 5), EFILE_OK);
	TAP_EQUAL_INT(efile_writer_finish(writer), EFILE_OK);
	efile_writer_free(writer);
	expect_file(p.path, "other");
	TAP_EQUAL_INT(entries_of(p.folder), 1);
	test_folder_remove(p.folder);
	efile_ctx_free(ctx);
}

/* A folder stands in the way; a disk is full; others have nothing to finish. */
static void test_not_whole(void)
{
	efile_ctx *ctx = test_ctx();
	place p = place_new();
	efile_writer *writer = NULL;
	char path[700];
	int fd = open("/dev/null", O_WRONLY);

	snprintf(path, sizeof(path), "%s/none/file", p.folder);
	TAP_EQUAL_INT(efile_writer_to_file(&writer, ctx, path, 0640), EFILE_E_IO);
	TAP_OK(strstr(efile_error_message(ctx), path) != NULL);
	TAP_EQUAL_INT(efile_writer_to_file(&writer, ctx, "", 0640), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_writer_to_file(&writer, ctx, NULL, 0640), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_writer_to_file(NULL, ctx, path, 0640), EFILE_E_INVALID);
	TAP_EQUAL_INT(mkdir(p.path, 0700), 0);
	TAP_EQUAL_INT(efile_writer_to_file(&writer, ctx, p.path, 0640), EFILE_OK);
	TAP_EQUAL_INT(efile_writer_finish(writer), EFILE_E_IO);
	TAP_EQUAL_INT(efile_writer_finish(writer), EFILE_E_STATE);
	efile_writer_free(writer);
	TAP_EQUAL_INT(entries_of(p.folder), 1);
	TAP_EQUAL_INT(efile_writer_to_fd(&writer, ctx, fd), EFILE_OK);
	TAP_EQUAL_INT(efile_writer_finish(writer), EFILE_OK);
	TAP_EQUAL_INT(efile_writer_write(writer, "x", 1), EFILE_OK);
	efile_writer_free(writer);
	close(fd);
	test_folder_remove(p.folder);
	efile_ctx_free(ctx);
}

static efile_status replace_file(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(efile_writer) writer = NULL;

	TRY(efile_writer_to_file(&writer, ctx, ((place *)arg)->path, 0640));
	TRY(efile_writer_write(writer, "new", 3));
	return efile_writer_finish(writer);
}

/* The old file or the new one, never something else, and nothing beside it. */
static int whole_holds(efile_status status, void *arg)
{
	const place *p = arg;
	AUTO(buf) bytes = BUF_INIT;
	efile_ctx *ctx = test_ctx();
	bool is_new, is_old;

	TAP_EQUAL_INT(reader_load_file(&bytes, ctx, p->path, 100), EFILE_OK);
	is_new = strcmp(buf_text(&bytes), "new") == 0;
	is_old = strcmp(buf_text(&bytes), "old") == 0;
	put_file(p->folder, "file", "old");
	efile_ctx_free(ctx);
	return (is_new || (is_old && status < 0)) && entries_of(p->folder) == 1;
}

static void test_whole_weather(void)
{
	place p = place_new();

	put_file(p.folder, "file", "old");
	TAP_OK(fail_each(replace_file, &p) >= 5);
	TAP_EQUAL_INT(entries_of(p.folder), 1);
	put_file(p.folder, "file", "old");
	TAP_OK(fail_each_call(replace_file, whole_holds, &p, 1) >= 4);
	put_file(p.folder, "file", "old");
	TAP_OK(interrupt_each(replace_file, &p) >= 1);
	test_folder_remove(p.folder);
}

TAP_SUITE(base_reader) = {
	{ "memory", test_memory },
	{ "files and limits", test_file },
	{ "a newer file of the schema folder", test_newer },
	{ "callbacks are not trusted", test_callback },
	{ "a full device is reported", test_full_device },
	{ "reports missing memory", test_without_memory },
	{ "a file appears whole or not at all", test_whole },
	{ "a file that cannot be written", test_not_whole },
	{ "a file in all weathers: the old one or the new one", test_whole_weather },
	TAP_END,
};
