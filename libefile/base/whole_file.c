/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file that is there whole or not at all: written without a name, synced, linked, or linked beside an
 * older file and renamed over it; then the folder is synced. Whoever watches the folder never sees half
 * a file. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/reader.h"
#include "base/failure.h"

enum { DONE_NOTHING, DONE_FAILED, DONE_ALL };

typedef struct whole_file {
	efile_ctx *ctx;
	char *path, *folder;
	char *beside;            /* a name of its own until the end */
	int fd;
	bool named;              /* beside is on the disk */
	int done;
} whole_file;

static efile_status failed(whole_file *f, const char *path)
{
	f->done = DONE_FAILED;
	return FAIL(f->ctx, EFILE_E_IO, 1014, "cannot write %s: %s", path, failure_text(f->ctx, errno));
}

static efile_status still_open(whole_file *f)
{
	return f->done == DONE_NOTHING ? EFILE_OK :
		FAIL(f->ctx, EFILE_E_STATE, 1016, "%s is written no more", f->path);
}

static efile_status write_more(const void *data, size_t length, void *user)
{
	whole_file *f = user;
	const char *at = data;

	TRY(still_open(f));
	while (length > 0) {
		ssize_t n = write(f->fd, at, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failed(f, f->path);
		at += n;
		length -= (size_t)n;
	}
	return EFILE_OK;
}

/* ---- giving it its name ---- */

static bool link_to(const whole_file *f, const char *name)
{
	char self[40];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", f->fd);
	return linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0;
}

static efile_status put_name(whole_file *f)
{
	if (!f->named) {
		if (link_to(f, f->path))
			return EFILE_OK;
		if (errno != EEXIST)
			return failed(f, f->path);
		unlink(f->beside); /* of a process that has died here */
		if (!link_to(f, f->beside))
			return failed(f, f->beside);
		f->named = true;
	}
	if (rename(f->beside, f->path) != 0)
		return failed(f, f->path);
	f->named = false;
	return EFILE_OK;
}

static efile_status sync_folder(whole_file *f)
{
	int fd = open(f->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	efile_status status = EFILE_OK;

	if (fd < 0 || fsync(fd) != 0)
		status = failed(f, f->folder);
	if (fd >= 0)
		close(fd);
	return status;
}

static efile_status finish(void *user)
{
	whole_file *f = user;

	TRY(still_open(f));
	if (fsync(f->fd) != 0)
		return failed(f, f->path);
	TRY(put_name(f));
	f->done = DONE_ALL;
	return sync_folder(f);
}

static void release(void *user)
{
	whole_file *f = user;

	if (f->fd >= 0)
		close(f->fd);
	if (f->named)
		unlink(f->beside);
	free(f->path);
	free(f->folder);
	free(f->beside);
	free(f);
}

/* ---- beginning ---- */

/* File systems of networks know no files without a name; without /proc none can be given. */
static efile_status open_file(whole_file *f, unsigned mode)
{
	if (access("/proc/self/fd", X_OK) == 0)
		f->fd = open(f->folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
	else
		errno = EOPNOTSUPP;
	if (f->fd >= 0)
		return EFILE_OK;
	if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
		return failed(f, f->path);
	unlink(f->beside);
	f->fd = open(f->beside, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, mode);
	f->named = f->fd >= 0;
	return f->named ? EFILE_OK : failed(f, f->path);
}

static efile_status set_names(whole_file *f, const char *path)
{
	const char *slash = strrchr(path, '/');
	AUTO(buf) beside = BUF_INIT;

	TRY(mem_dup(&f->path, f->ctx, path));
	TRY(mem_dup_bytes(&f->folder, f->ctx, slash ? path : ".",
			  slash && slash != path ? (size_t)(slash - path) : 1));
	buf_add_format(&beside, "%s/.efile-%ld-%p.tmp", f->folder, (long)getpid(), (void *)f);
	return buf_take(&f->beside, &beside, f->ctx);
}

efile_status efile_writer_to_file(efile_writer **out, efile_ctx *ctx, const char *path, uint32_t mode)
{
	whole_file *f;
	efile_status status;

	if (!out || !ctx || !path || !*path)
		return FAIL(ctx, EFILE_E_INVALID, 1029,
			    "a file to be written needs a context and a path");
	f = mem_new(ctx, sizeof(*f));
	if (!f)
		return EFILE_E_NOMEM;
	f->ctx = ctx;
	f->fd = -1;
	status = set_names(f, path);
	if (status == EFILE_OK)
		status = open_file(f, mode & 0777);
	if (status == EFILE_OK)
		status = writer_new(out, ctx, &(writer_calls){ write_more, finish, release }, f);
	if (status < 0)
		release(f);
	return status;
}
