/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Open-file-description locks on the store's lock file: they belong to the open file, so that two
 * stores in one process exclude each other, and die with it. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>

#include "store/inner.h"

enum { POLL_NANOSECONDS = 250000 };

/* 0: taken; else errno. */
static int set_lock(efile_store *store, lock_byte at, short type)
{
	struct flock range = { .l_type = type, .l_whence = SEEK_SET, .l_start = at, .l_len = 1 };
	int result;

	do
		result = fcntl(store->lock, F_OFD_SETLK, &range);
	while (result != 0 && errno == EINTR);
	return result == 0 ? 0 : errno;
}

bool lock_try(efile_store *store, lock_byte at, bool exclusive)
{
	return set_lock(store, at, exclusive ? F_WRLCK : F_RDLCK) == 0;
}

static int64_t monotonic_milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

efile_status lock_take(efile_store *store, lock_byte at, bool exclusive)
{
	int64_t begun = 0, limit = store->ctx->limits.busy_milliseconds;

	for (;;) {
		static const struct timespec poll = { 0, POLL_NANOSECONDS };
		int error = set_lock(store, at, exclusive ? F_WRLCK : F_RDLCK);

		if (error == 0)
			return EFILE_OK;
		if (error != EAGAIN && error != EACCES) {
			errno = error;
			return disk_failed(store->ctx, "lock");
		}
		if (!begun)
			begun = monotonic_milliseconds();
		if (monotonic_milliseconds() - begun >= limit)
			return FAIL(store->ctx, EFILE_E_BUSY, 1105,
				    "another process has been writing for %lld ms",
				    (long long)limit);
		nanosleep(&poll, NULL);
	}
}

void lock_release(efile_store *store, lock_byte at)
{
	set_lock(store, at, F_UNLCK);
}
