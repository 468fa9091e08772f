/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A result as a file, whole or not there (efile_writer_to_file()), or on stdout. */
#include <string.h>
#include <unistd.h>

#include "tool.h"

bool open_out(tool *t, out_file *file, const char *path)
{
	efile_status status;

	memset(file, 0, sizeof(*file));
	file->path = path && strcmp(path, "-") != 0 ? path : NULL;
	status = file->path ? efile_writer_to_file(&file->writer, t->ctx, file->path, 0666) :
			      efile_writer_to_fd(&file->writer, t->ctx, STDOUT_FILENO);
	if (status != EFILE_OK)
		fail(t);
	return status == EFILE_OK;
}

int close_out(tool *t, out_file *file, efile_status status)
{
	int code;

	if (status == EFILE_OK)
		status = efile_writer_finish(file->writer);
	code = status == EFILE_OK ? EXIT_DONE : fail(t);
	efile_writer_free(file->writer);
	if (code == EXIT_DONE && file->path)
		say(t, "written: %s", file->path);
	return code;
}
