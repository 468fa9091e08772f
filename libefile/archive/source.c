/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "archive/archive.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static efile_status memory_read_at(void *buffer, size_t length, uint64_t offset, void *user)
{
	const archive_span *span = user;

	if (length)
		memcpy(buffer, (const char *)span->data + offset, length);
	return EFILE_OK;
}

archive_source archive_from_memory(efile_ctx *ctx, const archive_span *span)
{
	archive_span *user = (archive_span *)(uintptr_t)span;

	return (archive_source){ ctx, span->length, memory_read_at, user };
}

static efile_status fd_read_at(void *buffer, size_t length, uint64_t offset, void *user)
{
	const int *fd = user;
	char *at = buffer;

	while (length > 0) {
		ssize_t n = pread(*fd, at, length, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return EFILE_E_IO;
		at += n;
		offset += (uint64_t)n;
		length -= (size_t)n;
	}
	return EFILE_OK;
}

efile_status archive_from_fd(archive_source *out, efile_ctx *ctx, const int *fd)
{
	struct stat info;

	if (fstat(*fd, &info) != 0 || !S_ISREG(info.st_mode))
		return FAIL(ctx, EFILE_E_IO, 1850, "an archive must be a regular file");
	*out = (archive_source){ ctx, (uint64_t)info.st_size, fd_read_at, (int *)(uintptr_t)fd };
	return EFILE_OK;
}
