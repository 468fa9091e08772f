/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A result as a file: whole or not there. Written without a name, synced, then linked; the old file
 * of that name is replaced by a rename. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool.h"

static int disk_failed(tool *t, const char *path)
{
	fprintf(stderr, "efile: %s: %s\n", path, strerror(errno));
	(void)t;
	return efile_status_exit_code(EFILE_E_IO);
}

bool open_out(tool *t, out_file *file, const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;
	int length = slash ? (int)(slash - path) + (slash == path) : 1;

	memset(file, 0, sizeof(*file));
	file->fd = -1;
	file->path = path && strcmp(path, "-") != 0 ? path : NULL;
	if (!file->path)
		return efile_writer_to_fd(&file->writer, t->ctx, STDOUT_FILENO) == EFILE_OK;
	snprintf(file->folder, sizeof(file->folder), "%.*s", length, slash ? path : ".");
	file->fd = open(file->folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
	if (file->fd < 0) {
		disk_failed(t, path);
		return false;
	}
	return efile_writer_to_fd(&file->writer, t->ctx, file->fd) == EFILE_OK;
}

/* Gives the unnamed file its name: beside an existing one, then over it. */
static bool put_name(const out_file *file)
{
	char self[64], beside[4200];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", file->fd);
	if (linkat(AT_FDCWD, self, AT_FDCWD, file->path, AT_SYMLINK_FOLLOW) == 0)
		return true;
	if (errno != EEXIST)
		return false;
	snprintf(beside, sizeof(beside), "%s/.efile-%ld.tmp", file->folder, (long)getpid());
	if (linkat(AT_FDCWD, self, AT_FDCWD, beside, AT_SYMLINK_FOLLOW) != 0)
		return false;
	if (rename(beside, file->path) == 0)
		return true;
	unlink(beside);
	return false;
}

static bool sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return good;
}

int close_out(tool *t, out_file *file, efile_status status)
{
	int code = EXIT_DONE;

	efile_writer_free(file->writer);
	if (status != EFILE_OK)
		code = fail(t);
	else if (file->path && (fsync(file->fd) != 0 || !put_name(file) || !sync_folder(file->folder)))
		code = disk_failed(t, file->path);
	if (file->fd >= 0)
		close(file->fd);
	if (code == EXIT_DONE && file->path)
		say(t, "written: %s", file->path);
	return code;
}
