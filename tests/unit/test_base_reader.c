/* SPDX-License-Identifier: LGPL-2.1-or-later */
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

TAP_SUITE(base_reader) = {
	{ "memory", test_memory },
	{ "files and limits", test_file },
	{ "a newer file of the schema folder", test_newer },
	{ "callbacks are not trusted", test_callback },
	{ "a full device is reported", test_full_device },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
