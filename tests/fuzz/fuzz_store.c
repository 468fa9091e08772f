/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The database file as hostile input: a small store is made once, each input changes bytes of its
 * database (pairs of a place, 4 bytes, and a value), and the store is opened for reading. It opens or
 * not; what it answers then is data or a typed error. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <efile.h>

#include "access/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char path[80], file[100];
static char *sound;
static size_t sound_length;

static void remove_store(void)
{
	char command[120];

	snprintf(command, sizeof(command), "rm -rf '%.60s'", path);
	if (system(command) != 0)
		abort();
}

static efile_status fill(efile_ctx *ctx)
{
	AUTO_PTR(efile_store) store = NULL;

	TRY(efile_store_init(ctx, path));
	TRY(efile_store_open(&store, ctx, path, NULL));
	TRY(efile_access_bootstrap(NULL, store, "os:root", "admin", NULL));
	return efile_audit_anchor(store, NULL);
}

/* The bytes of a sound database, read once. */
static int prepare(void)
{
	AUTO_PTR(efile_ctx) ctx = NULL;
	char where[] = "/dev/shm/efile-fuzz-XXXXXX", other[] = "/tmp/efile-fuzz-XXXXXX";
	const char *folder;
	struct stat info;
	int fd;

	if (sound)
		return 1;
	folder = mkdtemp(where) ? where : mkdtemp(other);
	if (!folder || efile_ctx_new(&ctx, NULL) < 0)
		return 0;
	snprintf(path, sizeof(path), "%s", folder);
	atexit(remove_store);
	if (rmdir(path) != 0 || fill(ctx) != EFILE_OK)
		return 0;
	snprintf(file, sizeof(file), "%s/efile.db", path);
	fd = open(file, O_RDONLY);
	if (fd < 0 || fstat(fd, &info) != 0)
		return 0;
	sound_length = (size_t)info.st_size;
	sound = malloc(sound_length);
	if (!sound || read(fd, sound, sound_length) != (ssize_t)sound_length)
		return 0;
	close(fd);
	return 1;
}

static void put(const uint8_t *data, size_t size)
{
	char *changed = malloc(sound_length);
	int fd = open(file, O_WRONLY | O_TRUNC);

	if (fd < 0 || !changed)
		abort();
	memcpy(changed, sound, sound_length);
	for (size_t i = 0; i + 5 <= size; i += 5) {
		uint32_t place;

		memcpy(&place, data + i, 4);
		changed[place % sound_length] = (char)data[i + 4];
	}
	if (write(fd, changed, sound_length) != (ssize_t)sound_length)
		abort();
	close(fd);
	free(changed);
}

static void look(efile_ctx *ctx)
{
	efile_store_options options;
	efile_session_options who;
	AUTO_PTR(efile_store) store = NULL;
	AUTO_PTR(efile_session) session = NULL;
	AUTO_PTR(efile_report) report = NULL;
	efile_event_cursor *cursor = NULL;
	efile_event event;

	efile_store_options_init(&options);
	options.read_only = 1;
	if (efile_store_open(&store, ctx, path, &options) < 0)
		return;
	efile_store_fsck(&report, store, NULL);
	if (efile_store_events(&cursor, store, 0) == EFILE_OK)
		while (efile_event_cursor_next(cursor, &event) == EFILE_OK)
			;
	efile_event_cursor_free(cursor);
	efile_session_options_init(&who);
	who.login = "os:root";
	efile_session_open(&session, store, "admin", &who);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_PTR(efile_ctx) ctx = NULL;

	if (!prepare() || efile_ctx_new(&ctx, NULL) < 0)
		return 0;
	put(data, size);
	look(ctx);
	return 0;
}
