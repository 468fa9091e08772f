/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a store refuses to stand on. */
#include <errno.h>
#include <string.h>
#include <sys/vfs.h>

#include "store/inner.h"

typedef struct magic_row {
	unsigned long magic;
	const char *name;
} magic_row;

/* Numbers from statfs(2). Their locks and fsync are not what SQLite and we rely on; a file system
 * in user space may be a network drive, and promises nothing. */
static const magic_row network[] = {
	{ 0x6969, "NFS" },
	{ 0x517B, "SMB" },
	{ 0xFF534D42, "CIFS" },
	{ 0xFE534D42, "SMB2" },
	{ 0x01021997, "9p" },
	{ 0x65735546, "FUSE" },
	{ 0x5346414F, "AFS" },
	{ 0x73757245, "Coda" },
	{ 0x564C, "NCP" },
	{ 0x00C36400, "Ceph" },
};

const char *guard_network_name(unsigned long magic)
{
	for (size_t i = 0; i < ARRAY_SIZE(network); i++)
		if (network[i].magic == (magic & 0xFFFFFFFF))
			return network[i].name;
	return NULL;
}

efile_status guard_file_system(efile_ctx *ctx, int fd, const char *path)
{
	struct statfs info;
	const char *name;

	if (fstatfs(fd, &info) != 0)
		return disk_failed(ctx, path);
	name = guard_network_name((unsigned long)info.f_type);
	if (name)
		return FAIL(ctx, EFILE_E_UNSUPPORTED, 1103,
			    "%s lies on a network file system (%s); a store needs a local disk",
			    path, name);
	return EFILE_OK;
}

efile_status guard_path(char **out, efile_ctx *ctx, const char *path)
{
	AUTO(buf) clean = BUF_INIT;

	if (!path || !*path)
		return FAIL(ctx, EFILE_E_INVALID, 1104, "the path of the store is empty");
	/* A relative name must not look like a URI or an option of SQLite. */
	if (*path != '/')
		buf_add_text(&clean, "./");
	buf_add_text(&clean, path);
	while (!clean.failed && clean.length > 1 && clean.data[clean.length - 1] == '/')
		clean.data[--clean.length] = '\0';
	return buf_take(out, &clean, ctx);
}
