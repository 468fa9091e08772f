/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files below blobs/: written unnamed, synced, linked, and the folder synced, before a row counts. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/inner.h"

static const char sql_exists[] = "SELECT 1 FROM blob WHERE sha256 = ?1";

efile_status blob_too_long(efile_store *store)
{
	return FAIL(store->ctx, EFILE_E_LIMIT, 1142, "the content is longer than %llu bytes",
		    (unsigned long long)store->ctx->limits.document_bytes);
}

/* Nothing is lost yet, but what the kernel says about this file later can't be trusted. */
static efile_status sync_failed(efile_store *store, const char *what)
{
	store->failed = true;
	return disk_failed(store->ctx, what);
}

static efile_status open_named(blob_file *f)
{
	unsigned char random[8];

	TRY(store_random(f->store, random, sizeof(random)));
	str_hex(f->name, random, sizeof(random));
	memcpy(f->name + 16, ".tmp", 5);
	f->fd = openat(f->store->blobs, f->name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	return f->fd < 0 ? disk_failed(f->store->ctx, "blobs") : EFILE_OK;
}

efile_status blob_file_begin(blob_file *f, efile_store *store)
{
	f->store = store;
	TRY(sha256_start(&f->sha, store->ctx));
	/* An unnamed file is linked through /proc. */
	if (access("/proc/self/fd", X_OK) == 0)
		f->fd = openat(store->blobs, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	else
		errno = EOPNOTSUPP;
	if (f->fd >= 0)
		return EFILE_OK;
	return errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL ?
		open_named(f) : disk_failed(store->ctx, "blobs");
}

efile_status blob_file_add(blob_file *f, const void *data, size_t length)
{
	if ((uint64_t)f->size + length > f->store->ctx->limits.document_bytes)
		return blob_too_long(f->store);
	f->size += (int64_t)length;
	TRY(sha256_add(&f->sha, data, length));
	return disk_write(f->store->ctx, f->fd, data, length);
}

efile_status blob_file_end(blob_file *f)
{
	return sha256_finish(f->sha256, &f->sha);
}

efile_status blob_file_sync(blob_file *f)
{
	return fsync(f->fd) == 0 ? EFILE_OK : sync_failed(f->store, "blobs");
}

/* 0 or errno. */
static int give_name(const blob_file *f, const char *name)
{
	char self[40];

	if (f->name[0])
		return linkat(f->store->blobs, f->name, f->store->blobs, name, 0) == 0 ? 0 : errno;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", f->fd);
	return linkat(AT_FDCWD, self, f->store->blobs, name, AT_SYMLINK_FOLLOW) == 0 ? 0 : errno;
}

/* In the place of a file that has rotted or was torn. */
static efile_status put_over(blob_file *f, const char *name)
{
	char other[80];
	int error;

	snprintf(other, sizeof(other), "%.64s.tmp", name + 3);
	unlinkat(f->store->blobs, other, 0);
	error = give_name(f, other);
	if (error == 0 && renameat(f->store->blobs, other, f->store->blobs, name) != 0)
		error = errno;
	errno = error;
	return error ? disk_failed(f->store->ctx, "blobs") : EFILE_OK;
}

/* A file that lies there without a row that counts: it may be torn, or never have been synced. */
static efile_status adopt(blob_file *f, const char *name)
{
	AUTO(handle) fd = HANDLE_NONE;
	bool match;

	TRY(blob_file_matches(&match, f->store, f->sha256));
	if (!match)
		return put_over(f, name);
	fd = openat(f->store->blobs, name, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && fsync(fd) == 0 ? EFILE_OK : sync_failed(f->store, "blobs");
}

efile_status blob_file_link(blob_file *f)
{
	char name[70];
	int error = give_name(f, blob_name(name, f->sha256));

	if (error == EEXIST)
		return adopt(f, name);
	errno = error;
	return error ? disk_failed(f->store->ctx, "blobs") : EFILE_OK;
}

static efile_status sync_folder(blob_file *f)
{
	AUTO(handle) folder = HANDLE_NONE;
	char name[3];

	folder = openat(f->store->blobs, str_hex(name, f->sha256, 1),
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return folder >= 0 && fsync(folder) == 0 ? EFILE_OK : sync_failed(f->store, "blobs");
}

/* The sweep of orphans must not meet a file whose row is not committed yet; the end of the
 * transaction releases it. */
static efile_status hold_off_sweep(efile_store *store)
{
	if (store->blobs_locked)
		return EFILE_OK;
	TRY(lock_take(store, BYTE_BLOBS, false));
	store->blobs_locked = true;
	return EFILE_OK;
}

efile_status blob_file_place(blob_file *f, bool replace)
{
	char name[70];

	TRY(hold_off_sweep(f->store));
	if (!replace)
		TRY(mem_grow(f->store->ctx, (void **)&f->store->linked, &f->store->linked_capacity,
			     f->store->linked_count, sizeof(*f->store->linked)));
	TRY(replace ? put_over(f, blob_name(name, f->sha256)) : blob_file_link(f));
	if (!replace)
		memcpy(f->store->linked[f->store->linked_count++], f->sha256, SHA256_SIZE);
	return sync_folder(f);
}

void blob_file_clear(blob_file *f)
{
	if (f->name[0])
		unlinkat(f->store->blobs, f->name, 0);
	handle_clear(&f->fd);
	sha256_ctx_clear(&f->sha);
}

static efile_status hash_file(unsigned char out[SHA256_SIZE], efile_store *store, int fd)
{
	AUTO(buf) chunk = BUF_INIT;
	ssize_t n;

	if (!buf_reserve(&chunk, BLOB_INLINE))
		return buf_status(&chunk, store->ctx);
	TRY(sha256_start(&store->sha, store->ctx));
	do {
		n = read(fd, chunk.data, BLOB_INLINE);
		if (n > 0)
			TRY(sha256_add(&store->sha, chunk.data, (size_t)n));
	} while (n > 0 || (n < 0 && errno == EINTR));
	if (n < 0)
		return disk_failed(store->ctx, "blobs");
	return sha256_finish(out, &store->sha);
}

efile_status blob_file_matches(bool *out, efile_store *store, const unsigned char *sha256_bytes)
{
	AUTO(handle) fd = HANDLE_NONE;
	unsigned char found[SHA256_SIZE];
	char name[70];

	fd = openat(store->blobs, blob_name(name, sha256_bytes), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	*out = false;
	if (fd < 0)
		return errno == ENOENT || errno == ELOOP ? EFILE_OK :
							  disk_failed(store->ctx, name);
	TRY(hash_file(found, store, fd));
	*out = memcmp(found, sha256_bytes, SHA256_SIZE) == 0;
	return EFILE_OK;
}

efile_status blob_file_reader(efile_reader **out, efile_store *store, const unsigned char *sha256_bytes)
{
	AUTO_PTR(char) path = NULL;
	AUTO(buf) text = BUF_INIT;
	char name[70];

	buf_add_format(&text, "%s/blobs/%s", store->path, blob_name(name, sha256_bytes));
	TRY(buf_take(&path, &text, store->ctx));
	return efile_reader_from_file(out, store->ctx, path);
}

/* ---- left-overs ---- */

static bool is_temporary(const char *name)
{
	size_t length = strlen(name);

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return false;
	return name[0] == '.' || (length > 4 && strcmp(name + length - 4, ".tmp") == 0);
}

static void remove_temporary_in(int folder)
{
	int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;

	if (!list) {
		handle_clear(&copy);
		return;
	}
	while ((entry = readdir(list)))
		if (is_temporary(entry->d_name))
			unlinkat(folder, entry->d_name, 0);
	closedir(list);
}

void blob_remove_temporary(efile_store *store)
{
	if (!lock_try(store, BYTE_BLOBS, true))
		return;
	remove_temporary_in(store->blobs);
	remove_temporary_in(store->dir);
	lock_release(store, BYTE_BLOBS);
}

static efile_status has_row(bool *out, efile_store *store, const unsigned char *sha)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, sql_exists));
	stmt_bind_blob(&s, 1, sha, SHA256_SIZE);
	status = stmt_step(&s);
	TRY(status);
	*out = status == EFILE_OK;
	return EFILE_OK;
}

static efile_status each_orphan_in(efile_store *store, DIR *list, blob_orphan_fn call, void *user)
{
	efile_status status;
	const char *name;

	while ((status = disk_next(&name, store->ctx, list, "blobs")) == EFILE_OK) {
		unsigned char sha[SHA256_SIZE];
		bool known = false;

		if (strlen(name) == 64 && str_unhex(sha, name, SHA256_SIZE))
			TRY(has_row(&known, store, sha));
		if (!known)
			TRY(call(store, dirfd(list), name, user));
	}
	return status == EFILE_DONE ? EFILE_OK : status;
}

efile_status blob_each_orphan(efile_store *store, blob_orphan_fn call, void *user)
{
	char folder[3];

	for (unsigned i = 0; i < 256; i++) {
		unsigned char byte = (unsigned char)i;
		int fd = openat(store->blobs, str_hex(folder, &byte, 1),
				O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		DIR *list = fd < 0 ? NULL : fdopendir(fd);
		efile_status status;

		if (!list) {
			handle_clear(&fd);
			return disk_failed(store->ctx, "blobs");
		}
		status = each_orphan_in(store, list, call, user);
		closedir(list);
		TRY(status);
	}
	return EFILE_OK;
}

static efile_status remove_orphan(efile_store *store, int folder, const char *name, void *user)
{
	if (unlinkat(folder, name, 0) != 0)
		return disk_failed(store->ctx, name);
	(*(int64_t *)user)++;
	return EFILE_OK;
}

efile_status blob_sweep(int64_t *removed, efile_store *store)
{
	efile_status status;

	*removed = 0;
	if (store->read_only || store->level > 0 || store->reading)
		return FAIL(store->ctx, EFILE_E_STATE, 1153,
			    "a repair needs the store for itself, and open for writing");
	TRY(lock_take(store, BYTE_BLOBS, true));
	status = blob_each_orphan(store, remove_orphan, removed);
	lock_release(store, BYTE_BLOBS);
	return status;
}

/* What the transaction that was taken back had put there, unless others need it. Best effort: what
 * stays is dust. */
void blob_forget_linked(efile_store *store)
{
	if (!store->linked_count || !lock_try(store, BYTE_BLOBS, true))
		return;
	while (store->linked_count > 0) {
		const unsigned char *sha = store->linked[--store->linked_count];
		bool known = true;
		char name[70];

		if (has_row(&known, store, sha) == EFILE_OK && !known)
			unlinkat(store->blobs, blob_name(name, sha), 0);
	}
	error_clear(store->ctx);
	lock_release(store, BYTE_BLOBS);
}
