/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ctx.h"
#include "base/failure.h"

struct efile_reader {
	efile_ctx *ctx;
	efile_read_fn read;
	efile_release_fn release;
	void *user;
};

struct efile_writer {
	efile_ctx *ctx;
	writer_calls calls;
	void *user;
};

/* ---- sources ---- */

typedef struct memory_source {
	const char *data;
	size_t left;
} memory_source;

typedef struct fd_source {
	efile_ctx *ctx;
	int fd;
	bool close;
	char *path;
} fd_source;

static efile_status memory_read(void *buffer, size_t length, size_t *got, void *user)
{
	memory_source *source = user;
	size_t n = length < source->left ? length : source->left;

	if (n) {
		memcpy(buffer, source->data, n);
		source->data += n;
		source->left -= n;
	}
	*got = n;
	return EFILE_OK;
}

static efile_status fd_read(void *buffer, size_t length, size_t *got, void *user)
{
	fd_source *source = user;
	ssize_t n;

	do
		n = read(source->fd, buffer, length);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		FAIL(source->ctx, EFILE_E_IO, 1005, "cannot read: %s", failure_text(source->ctx, errno));
		return error_at(source->ctx, source->path, 0, 0);
	}
	*got = (size_t)n;
	return EFILE_OK;
}

static void fd_release(void *user)
{
	fd_source *source = user;

	if (source->close)
		close(source->fd);
	free(source->path);
	free(source);
}

efile_status efile_reader_from_callback(efile_reader **out, efile_ctx *ctx, efile_read_fn read,
					efile_release_fn release, void *user)
{
	efile_reader *reader;

	if (!out || !ctx || !read)
		return FAIL(ctx, EFILE_E_INVALID, 1006, "a reader needs a context and a callback");
	reader = mem_new(ctx, sizeof(*reader));
	if (!reader)
		return EFILE_E_NOMEM;
	*reader = (efile_reader){ ctx, read, release, user };
	*out = reader;
	return EFILE_OK;
}

efile_status efile_reader_from_memory(efile_reader **out, efile_ctx *ctx, const void *data,
				      size_t length)
{
	memory_source *source = mem_new(ctx, sizeof(*source));
	efile_status status;

	if (!source)
		return EFILE_E_NOMEM;
	*source = (memory_source){ data, length };
	status = efile_reader_from_callback(out, ctx, memory_read, free, source);
	if (status < 0)
		free(source);
	return status;
}

static efile_status from_fd(efile_reader **out, efile_ctx *ctx, int fd, bool close_it,
			    const char *path)
{
	fd_source *source = mem_new(ctx, sizeof(*source));
	efile_status status;

	if (!source)
		return EFILE_E_NOMEM;
	*source = (fd_source){ ctx, fd, false, NULL };
	status = mem_dup(&source->path, ctx, path);
	if (status == EFILE_OK)
		status = efile_reader_from_callback(out, ctx, fd_read, fd_release, source);
	if (status < 0)
		fd_release(source);
	else
		source->close = close_it;
	return status;
}

efile_status efile_reader_from_fd(efile_reader **out, efile_ctx *ctx, int fd)
{
	return from_fd(out, ctx, fd, false, NULL);
}

static efile_status open_readable(int *out, efile_ctx *ctx, const char *path)
{
	struct stat info;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ?
			FAIL(ctx, EFILE_E_NOTFOUND, 1007, "no such file: %s", path) :
			FAIL(ctx, EFILE_E_IO, 1008, "cannot open %s: %s", path, failure_text(ctx, errno));
	if (fstat(fd, &info) != 0 || S_ISDIR(info.st_mode)) {
		close(fd);
		return FAIL(ctx, EFILE_E_IO, 1009, "not a file: %s", path);
	}
	*out = fd;
	return EFILE_OK;
}

efile_status efile_reader_from_file(efile_reader **out, efile_ctx *ctx, const char *path)
{
	efile_status status;
	int fd = -1;

	if (!out)
		return EFILE_E_INVALID;
	TRY(open_readable(&fd, ctx, path));
	status = from_fd(out, ctx, fd, true, path);
	if (status < 0)
		close(fd);
	return status;
}

efile_status efile_reader_read(efile_reader *reader, void *buffer, size_t length, size_t *got)
{
	size_t n = 0;

	if (!reader || !got)
		return EFILE_E_INVALID;
	*got = 0;
	TRY(reader->read(buffer, length, &n, reader->user));
	if (n > length)
		return FAIL(reader->ctx, EFILE_E_INVALID, 1010,
			    "a read callback claims more bytes than there was room for");
	*got = n;
	return n == 0 && length > 0 ? EFILE_DONE : EFILE_OK;
}

void efile_reader_free(efile_reader *reader)
{
	if (!reader)
		return;
	if (reader->release)
		reader->release(reader->user);
	free(reader);
}

efile_status reader_read_all(buf *out, efile_ctx *ctx, efile_reader *reader, uint64_t limit,
			     const char *what)
{
	for (;;) {
		efile_status status;
		size_t got;

		if (!buf_reserve(out, 64 * 1024))
			return buf_status(out, ctx);
		status = efile_reader_read(reader, out->data + out->length,
					   out->capacity - out->length - 1, &got);
		TRY(status);
		out->length += got;
		out->data[out->length] = '\0';
		if (out->length > limit)
			return FAIL(ctx, EFILE_E_LIMIT, 1011, "%s is longer than %llu bytes", what,
				    (unsigned long long)limit);
		if (status == EFILE_DONE)
			return EFILE_OK;
	}
}

efile_status reader_load_file(buf *out, efile_ctx *ctx, const char *path, uint64_t limit)
{
	AUTO_PTR(efile_reader) reader = NULL;

	TRY(efile_reader_from_file(&reader, ctx, path));
	return reader_read_all(out, ctx, reader, limit, path);
}

efile_status reader_load_newer(buf *out, buf *path, efile_ctx *ctx, const char *name, uint64_t limit)
{
	if (!ctx->schema_path)
		return EFILE_DONE;
	buf_add_format(path, "%s/%s", ctx->schema_path, name);
	TRY(buf_status(path, ctx));
	if (access(path->data, F_OK) != 0 && errno == ENOENT)
		return EFILE_DONE;
	return reader_load_file(out, ctx, path->data, limit);
}

/* ---- targets ---- */

typedef struct fd_target {
	efile_ctx *ctx;
	int fd;
} fd_target;

typedef struct buf_target {
	efile_ctx *ctx;
	buf *target;
} buf_target;

static efile_status fd_write(const void *data, size_t length, void *user)
{
	fd_target *target = user;
	const char *at = data;

	while (length > 0) {
		ssize_t n = write(target->fd, at, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return FAIL(target->ctx, EFILE_E_IO, 1012, "cannot write: %s",
				    failure_text(target->ctx, errno));
		at += n;
		length -= (size_t)n;
	}
	return EFILE_OK;
}

static efile_status buf_write(const void *data, size_t length, void *user)
{
	buf_target *target = user;

	buf_add(target->target, data, length);
	return buf_status(target->target, target->ctx);
}

efile_status writer_new(efile_writer **out, efile_ctx *ctx, const writer_calls *calls, void *user)
{
	efile_writer *writer;

	if (!out || !ctx || !calls->write)
		return FAIL(ctx, EFILE_E_INVALID, 1013, "a writer needs a context and a callback");
	writer = mem_new(ctx, sizeof(*writer));
	if (!writer)
		return EFILE_E_NOMEM;
	*writer = (efile_writer){ ctx, *calls, user };
	*out = writer;
	return EFILE_OK;
}

efile_status efile_writer_to_callback(efile_writer **out, efile_ctx *ctx, efile_write_fn write,
				      efile_release_fn release, void *user)
{
	return writer_new(out, ctx, &(writer_calls){ write, NULL, release }, user);
}

efile_status efile_writer_to_fd(efile_writer **out, efile_ctx *ctx, int fd)
{
	fd_target *target = mem_new(ctx, sizeof(*target));
	efile_status status;

	if (!target)
		return EFILE_E_NOMEM;
	*target = (fd_target){ ctx, fd };
	status = efile_writer_to_callback(out, ctx, fd_write, free, target);
	if (status < 0)
		free(target);
	return status;
}

efile_status writer_to_buf(efile_writer **out, efile_ctx *ctx, buf *bytes)
{
	buf_target *target = mem_new(ctx, sizeof(*target));
	efile_status status;

	if (!target)
		return EFILE_E_NOMEM;
	*target = (buf_target){ ctx, bytes };
	status = efile_writer_to_callback(out, ctx, buf_write, free, target);
	if (status < 0)
		free(target);
	return status;
}

efile_status efile_writer_write(efile_writer *writer, const void *data, size_t length)
{
	if (!writer || !data)
		return EFILE_E_INVALID;
	return writer->calls.write(data, length, writer->user);
}

efile_status efile_writer_finish(efile_writer *writer)
{
	if (!writer)
		return EFILE_E_INVALID;
	return writer->calls.finish ? writer->calls.finish(writer->user) : EFILE_OK;
}

void efile_writer_free(efile_writer *writer)
{
	if (!writer)
		return;
	if (writer->calls.release)
		writer->calls.release(writer->user);
	free(writer);
}
