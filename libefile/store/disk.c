/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names and bytes that must survive a power cut. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/inner.h"
#include "base/failure.h"

void handle_clear(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

efile_status disk_failed(efile_ctx *ctx, const char *what)
{
	if (errno == EACCES || errno == EPERM)
		return FAIL(ctx, EFILE_E_DENIED, 1146,
			    "the operating system does not let you: %s: %s", what,
			    failure_text(ctx, errno));
	return FAIL(ctx, EFILE_E_STORAGE, 1100, "the disk failed at %s: %s", what,
		    failure_text(ctx, errno));
}

efile_status disk_sync(efile_ctx *ctx, int fd, const char *what)
{
	return fsync(fd) == 0 ? EFILE_OK : disk_failed(ctx, what);
}

efile_status disk_sync_at(efile_ctx *ctx, int dir, const char *name)
{
	AUTO(handle) fd = openat(dir, name, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return disk_failed(ctx, name);
	return disk_sync(ctx, fd, name);
}

efile_status disk_sync_parent(efile_ctx *ctx, const char *path)
{
	const char *slash = strrchr(path, '/');
	AUTO_PTR(char) parent = NULL;

	if (!slash)
		return disk_sync_at(ctx, AT_FDCWD, ".");
	TRY(mem_dup_bytes(&parent, ctx, path, slash == path ? 1 : (size_t)(slash - path)));
	return disk_sync_at(ctx, AT_FDCWD, parent);
}

efile_status disk_write(efile_ctx *ctx, int fd, const void *data, size_t length)
{
	const char *at = data;

	while (length > 0) {
		ssize_t n = write(fd, at, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return disk_failed(ctx, "blobs");
		at += n;
		length -= (size_t)n;
	}
	return EFILE_OK;
}

efile_status disk_join(char **out, efile_ctx *ctx, const char *folder, const char *name)
{
	AUTO(buf) path = BUF_INIT;

	buf_add_text(&path, folder);
	buf_add_text(&path, name);
	return buf_take(out, &path, ctx);
}

efile_status disk_next(const char **out, efile_ctx *ctx, DIR *list, const char *what)
{
	const struct dirent *entry;

	do {
		errno = 0; /* the only way to tell the end from a failure */
		entry = readdir(list);
	} while (entry && entry->d_name[0] == '.');
	if (entry)
		*out = entry->d_name;
	return entry ? EFILE_OK : errno ? disk_failed(ctx, what) : EFILE_DONE;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
	(void)info;
	(void)kind;
	(void)at;
	remove(path);
	return 0;
}

static int remove_inside(const char *path, const struct stat *info, int kind, struct FTW *at)
{
	return at->level > 0 ? remove_one(path, info, kind, at) : 0;
}

void disk_remove_tree(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void disk_remove_content(const char *path)
{
	nftw(path, remove_inside, 16, FTW_DEPTH | FTW_PHYS);
}
