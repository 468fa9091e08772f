/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/failure.h"

#include <errno.h>
#include <stdio.h>

#include "base/base.h"

typedef struct failure_row {
	int code;
	const char *text;
} failure_row;

static const failure_row errors[] = {
	{ ENOSPC, "no space left on the disk" },
	{ EDQUOT, "the disk quota is used up" },
	{ EFBIG, "the file is too large for the file system" },
	{ EACCES, "no permission" },
	{ EPERM, "not permitted" },
	{ EROFS, "the file system is read-only" },
	{ EIO, "the disk reports an error" },
	{ ENOENT, "no such file or folder" },
	{ ENOTDIR, "not a folder" },
	{ EISDIR, "is a folder" },
	{ EEXIST, "it is there already" },
	{ ENOTEMPTY, "the folder is not empty" },
	{ EMFILE, "too many files open in this program" },
	{ ENFILE, "too many files open on this machine" },
	{ ENAMETOOLONG, "the name is too long" },
	{ ELOOP, "too many symbolic links" },
	{ EXDEV, "on another file system" },
	{ EBUSY, "in use" },
	{ EAGAIN, "not available at the moment" },
	{ EINTR, "interrupted" },
	{ EINVAL, "the system refuses the call" },
	{ EBADF, "the file is not open" },
	{ EPIPE, "the other side has closed" },
	{ ECONNRESET, "the other side has closed" },
	{ ENOMEM, "out of memory" },
	{ ENOEXEC, "not a program for this machine" },
	{ ETXTBSY, "the program is being written" },
	{ ETIMEDOUT, "timed out" },
	{ ENODEV, "no such device" },
	{ ENXIO, "no such device" },
	{ ESTALE, "the network file system has lost the file" },
	{ EOPNOTSUPP, "the file system can't do that" },
	{ ENOSYS, "this system can't do that" },
};

/* Primary result codes of SQLite; their numbers never change. */
static const failure_row results[] = {
	{ 1, "the statement does not fit the tables" },
	{ 2, "an internal error of the database" },
	{ 3, "no permission" },
	{ 4, "interrupted" },
	{ 5, "in use by somebody else" },
	{ 6, "in use" },
	{ 7, "out of memory" },
	{ 8, "the database is read-only" },
	{ 9, "interrupted" },
	{ 10, "the disk reports an error" },
	{ 11, "the database is damaged" },
	{ 13, "no space left on the disk" },
	{ 14, "the database can't be opened" },
	{ 15, "the lock of the database failed" },
	{ 17, "the tables have changed" },
	{ 18, "a value is too long" },
	{ 19, "a rule of the tables is broken" },
	{ 20, "a value is of the wrong type" },
	{ 21, "an internal error of the database" },
	{ 22, "the file system can't do that" },
	{ 23, "no permission" },
	{ 26, "the file is no database" },
};

static const char *text_of(efile_ctx *ctx, const failure_row *rows, size_t count, int code)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].code == code)
			return message_translate((int)ctx->language, rows[i].text);
	snprintf(ctx->failure, sizeof(ctx->failure), "%s %d",
		 message_translate((int)ctx->language, "error"), code);
	return ctx->failure;
}

const char *failure_text(efile_ctx *ctx, int error)
{
	return text_of(ctx, errors, ARRAY_SIZE(errors), error);
}

const char *efile_system_message(efile_ctx *ctx, int error)
{
	return ctx ? failure_text(ctx, error) : "";
}

const char *failure_sqlite(efile_ctx *ctx, int code, const char *said)
{
	if (ctx->language == EFILE_LANGUAGE_EN && said && *said)
		return said;
	return text_of(ctx, results, ARRAY_SIZE(results), code & 0xff);
}
