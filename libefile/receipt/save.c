/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Written without a name, synced, linked beside an older file and renamed over it: whoever watches the
 * folder never sees half a file. */
#include "receipt/save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static efile_status failed(efile_ctx *ctx, const char *path)
{
	return FAIL(ctx, EFILE_E_IO, 2959, "cannot write %.200s: %s", path, strerror(errno));
}

efile_status saving_begin(saving *s, efile_ctx *ctx, const char *path)
{
	const char *slash = strrchr(path, '/');

	s->ctx = ctx;
	TRY(mem_dup(&s->path, ctx, path));
	if (slash)
		TRY(mem_dup_bytes(&s->folder, ctx, path,
				  slash == path ? 1 : (size_t)(slash - path)));
	else
		TRY(mem_dup(&s->folder, ctx, "."));
	s->fd = open(s->folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0640);
	if (s->fd < 0)
		return failed(ctx, path);
	return efile_writer_to_fd(&s->writer, ctx, s->fd);
}

static efile_status put_name(saving *s)
{
	char self[64];
	AUTO(buf) beside = BUF_INIT;

	snprintf(self, sizeof(self), "/proc/self/fd/%d", s->fd);
	if (linkat(AT_FDCWD, self, AT_FDCWD, s->path, AT_SYMLINK_FOLLOW) == 0)
		return EFILE_OK;
	if (errno != EEXIST)
		return failed(s->ctx, s->path);
	buf_add_format(&beside, "%s.tmp", s->path);
	TRY(buf_status(&beside, s->ctx));
	unlink(beside.data); /* of a process that has died here */
	if (linkat(AT_FDCWD, self, AT_FDCWD, beside.data, AT_SYMLINK_FOLLOW) != 0)
		return failed(s->ctx, beside.data);
	if (rename(beside.data, s->path) == 0)
		return EFILE_OK;
	failed(s->ctx, s->path);
	unlink(beside.data);
	return EFILE_E_IO;
}

static efile_status sync_folder(saving *s)
{
	int fd = open(s->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	efile_status status = EFILE_OK;

	if (fd < 0 || fsync(fd) != 0)
		status = failed(s->ctx, s->folder);
	if (fd >= 0)
		close(fd);
	return status;
}

efile_status saving_end(saving *s)
{
	if (fsync(s->fd) != 0)
		return failed(s->ctx, s->path);
	TRY(put_name(s));
	return sync_folder(s);
}

void saving_clear(saving *s)
{
	efile_writer_free(s->writer);
	if (s->fd >= 0)
		close(s->fd);
	free(s->path);
	free(s->folder);
	*s = (saving)SAVING_NONE;
}
