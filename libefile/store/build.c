/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A folder that is there whole or not at all: built beside its place, synced, renamed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/inner.h"

static bool folder_is_empty(const char *path)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;
	bool empty = true;

	if (!folder)
		return false;
	while (empty && (entry = readdir(folder)))
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	closedir(folder);
	return empty;
}

/* The lock tells a folder that someone is building from the left-over of a dead process. The one
 * we locked may have been renamed in between, and then is somebody's store. */
static efile_status lock_temporary(build *b)
{
	struct stat ours, there;

	b->fd = open(b->temporary, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (b->fd < 0)
		return disk_failed(b->ctx, b->temporary);
	if (flock(b->fd, LOCK_EX | LOCK_NB) == 0 && fstat(b->fd, &ours) == 0 &&
	    stat(b->temporary, &there) == 0 && ours.st_ino == there.st_ino)
		return EFILE_OK;
	handle_clear(&b->fd);
	return FAIL(b->ctx, EFILE_E_BUSY, 1101, "another process is making %s", b->path);
}

efile_status build_begin(build *b, efile_ctx *ctx, const char *path)
{
	struct stat info;

	*b = (build)BUILD_NONE;
	b->ctx = ctx;
	TRY(guard_path(&b->path, ctx, path));
	TRY(disk_join(&b->temporary, ctx, b->path, ".efile-tmp"));
	if (lstat(b->path, &info) == 0 && !folder_is_empty(b->path))
		return FAIL(ctx, EFILE_E_EXISTS, 1102, "%s exists already", b->path);
	if (mkdir(b->temporary, 0700) != 0 && errno != EEXIST)
		return disk_failed(ctx, b->temporary);
	TRY(lock_temporary(b));
	disk_remove_content(b->temporary);
	return guard_file_system(ctx, b->fd, b->path);
}

static efile_status make_folder(build *b, int at, const char *name)
{
	if (mkdirat(at, name, 0700) != 0)
		return disk_failed(b->ctx, name);
	return disk_sync_at(b->ctx, at, name);
}

efile_status build_tree(build *b)
{
	AUTO(handle) blobs = HANDLE_NONE;
	AUTO(handle) lock = HANDLE_NONE;
	char name[3];

	TRY(make_folder(b, b->fd, "blobs"));
	TRY(make_folder(b, b->fd, "keys"));
	lock = openat(b->fd, "lock", O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	if (lock < 0)
		return disk_failed(b->ctx, "lock");
	TRY(disk_sync(b->ctx, lock, "lock"));
	blobs = openat(b->fd, "blobs", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (blobs < 0)
		return disk_failed(b->ctx, "blobs");
	for (unsigned i = 0; i < 256; i++) {
		unsigned char byte = (unsigned char)i;

		TRY(make_folder(b, blobs, str_hex(name, &byte, 1)));
	}
	return disk_sync(b->ctx, blobs, "blobs");
}

/* A name that is not durable yet must not be reported as made: back under the temporary name. */
static efile_status take_back(build *b, efile_status status)
{
	if (rename(b->path, b->temporary) != 0)
		handle_clear(&b->fd);
	return status;
}

efile_status build_finish(build *b)
{
	efile_status status;

	TRY(disk_sync_at(b->ctx, b->fd, "efile.db"));
	TRY(disk_sync(b->ctx, b->fd, b->temporary));
	if (rename(b->temporary, b->path) != 0)
		return errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR ?
			FAIL(b->ctx, EFILE_E_EXISTS, 1102, "%s exists already", b->path) :
			disk_failed(b->ctx, b->path);
	status = disk_sync_parent(b->ctx, b->path);
	if (status < 0)
		return take_back(b, status);
	handle_clear(&b->fd);
	return EFILE_OK;
}

void build_clear(build *b)
{
	if (b->fd >= 0)
		disk_remove_tree(b->temporary);
	handle_clear(&b->fd);
	free(b->path);
	free(b->temporary);
	*b = (build)BUILD_NONE;
}
