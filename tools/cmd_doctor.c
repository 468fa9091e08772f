/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a store stands on: helper, disk, kernel, zones. Facts that hinder are findings. */
#include <linux/landlock.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "commands.h"

enum { FREE_LEAST_MIB = 1024 };

static void tell(tool *t, const char *name, const char *value, bool good)
{
	if (t->json) {
		json_line(t, "surrounding");
		json_string(t, "name", name);
		json_string(t, "value", value);
		json_boolean(t, "good", good);
		json_line_end(t);
	} else {
		put("  %-4s %s: %s\n", good ? "" : "(!)", efile_message(t->ctx, name), value);
	}
}

static bool helper(tool *t)
{
	bool good = helper_answers(t);

	tell(t, "helper for PDFs and pictures", tr(t, good ? "answers" : "does not answer"), good);
	return good;
}

static void disk(tool *t)
{
	struct statvfs s;
	unsigned long long free_mib;
	char text[64];

	if (statvfs(t->store_path, &s) != 0)
		return;
	free_mib = (unsigned long long)s.f_bavail * s.f_frsize >> 20;
	snprintf(text, sizeof(text), "%llu MiB", free_mib);
	tell(t, "free disk space", text, free_mib >= FREE_LEAST_MIB);
}

/* Magic numbers of statfs(2). Memory does not outlive the machine; networks do not lock and sync as a
 * store needs it (docs/RELIABILITY.md). */
static void file_system(tool *t)
{
	static const struct {
		unsigned long magic;
		const char *name;
		bool good;
	} kinds[] = {
		{ 0xef53, "ext4", true },        { 0x58465342, "xfs", true },
		{ 0x9123683e, "btrfs", true },   { 0x2fc12fc1, "zfs", true },
		{ 0xf2f52010, "f2fs", true },    { 0x794c7630, "overlay", true },
		{ 0x01021994, "tmpfs", false },  { 0x6969, "nfs", false },
		{ 0xff534d42, "cifs", false },   { 0xfe534d42, "smb2", false },
		{ 0x65735546, "fuse", false },   { 0x4d44, "vfat", false },
	};
	struct statfs s;
	char number[32];

	if (statfs(t->store_path, &s) != 0)
		return;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i].magic == (unsigned long)s.f_type) {
			tell(t, "file system", kinds[i].name, kinds[i].good);
			return;
		}
	snprintf(number, sizeof(number), "0x%lx", (unsigned long)s.f_type);
	tell(t, "file system", number, true);
}

static void kernel(tool *t)
{
	long landlock = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	bool seccomp = prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0;
	char text[32];

	snprintf(text, sizeof(text), "ABI %ld", landlock);
	tell(t, "Landlock for the helper", landlock > 0 ? text : tr(t, "not there"), landlock > 0);
	tell(t, "seccomp for the helper", tr(t, seccomp ? "there" : "not there"), seccomp);
}

static bool zones(tool *t)
{
	char text[EFILE_TIME_TEXT_SIZE];
	bool good = efile_time_local(text, t->ctx, 0) == EFILE_OK;

	tell(t, "time zone data", good ? tr(t, "there") : efile_error_message(t->ctx), good);
	return good;
}

bool surroundings(tool *t)
{
	bool good = helper(t);

	/* These are marked only: a small disk or an old kernel may be what the place has. */
	disk(t);
	file_system(t);
	kernel(t);
	return zones(t) && good;
}
