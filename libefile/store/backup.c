/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copies of a store: consistent while it is in use, every content verified on its way. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "store/inner.h"
#include "base/failure.h"

/* ---- the database: a snapshot without free pages, in which nothing erased survives ---- */

static efile_status copy_database(efile_store *store, const char *target)
{
	sqlite3_stmt *s = NULL;
	int code;

	TRY(db_make_private(store->ctx, target));
	/* VACUUM INTO attaches its target, which may be empty, for a moment. */
	sqlite3_limit(store->db, SQLITE_LIMIT_ATTACHED, 1);
	code = sqlite3_prepare_v2(store->db, "VACUUM INTO ?1", -1, &s, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_bind_text(s, 1, target, -1, SQLITE_STATIC);
	if (code == SQLITE_OK)
		code = sqlite3_step(s);
	sqlite3_limit(store->db, SQLITE_LIMIT_ATTACHED, 0);
	if (code == SQLITE_DONE) {
		sqlite3_finalize(s);
		return EFILE_OK;
	}
	/* The store itself did not fail, its copy did: the connection stays good. */
	FAIL(store->ctx, (code & 0xff) == SQLITE_CORRUPT ? EFILE_E_DAMAGED :
	     (code & 0xff) == SQLITE_NOMEM ? EFILE_E_NOMEM : EFILE_E_STORAGE, 1160,
	     "cannot copy the database: %s",
	     failure_sqlite(store->ctx, code, sqlite3_errmsg(store->db)));
	sqlite3_finalize(s);
	return efile_error_status(store->ctx);
}

/* The copy was never in use. */
static efile_status mark_copy(efile_ctx *ctx, const char *path)
{
	sqlite3 *db = NULL;
	int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_exec(db, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; "
				    "UPDATE meta SET value = 1 WHERE key = 'clean'",
				    NULL, NULL, NULL);
	if (code != SQLITE_OK)
		FAIL(ctx, (code & 0xff) == SQLITE_NOMEM ? EFILE_E_NOMEM : EFILE_E_STORAGE, 1160,
		     "cannot copy the database: %s",
		     failure_sqlite(ctx, code, db ? sqlite3_errmsg(db) : NULL));
	sqlite3_close(db);
	return code == SQLITE_OK ? EFILE_OK : efile_error_status(ctx);
}

/* ---- contents ---- */

static const char sql_blobs[] = "SELECT id, size FROM blob ORDER BY sha256";

static efile_status copy_file(efile_store *copy, efile_store *from, int64_t id, buf *chunk)
{
	AUTO(blob_file) file = BLOB_FILE_NONE;
	AUTO_PTR(efile_reader) reader = NULL;
	efile_status status;
	size_t got;

	TRY(blob_open(&reader, from, id));
	TRY(blob_file_begin(&file, copy));
	while ((status = efile_reader_read(reader, chunk->data, BLOB_INLINE, &got)) == EFILE_OK)
		TRY(blob_file_add(&file, chunk->data, got));
	TRY(status);
	TRY(blob_file_end(&file));
	TRY(blob_file_sync(&file));
	return blob_file_link(&file);
}

/* Content in the database was copied with it; reading it verifies it. */
static efile_status check_inline(efile_store *copy, int64_t id)
{
	AUTO_PTR(efile_reader) reader = NULL;

	return blob_open(&reader, copy, id);
}

static efile_status copy_contents(efile_store *copy, efile_store *from)
{
	AUTO(stmt) s = STMT_NONE;
	AUTO(buf) chunk = BUF_INIT;
	efile_status status;

	if (!buf_reserve(&chunk, BLOB_INLINE))
		return buf_status(&chunk, copy->ctx);
	TRY(stmt_take(&s, copy, sql_blobs));
	while ((status = stmt_step(&s)) == EFILE_OK)
		TRY(stmt_int(&s, 1) <= BLOB_INLINE ?
			    check_inline(copy, stmt_int(&s, 0)) :
			    copy_file(copy, from, stmt_int(&s, 0), &chunk));
	return status;
}

static efile_status sync_folders(efile_store *copy)
{
	char name[3];

	for (unsigned i = 0; i < 256; i++) {
		unsigned char byte = (unsigned char)i;

		TRY(disk_sync_at(copy->ctx, copy->blobs, str_hex(name, &byte, 1)));
	}
	return EFILE_OK;
}

/* ---- public keys and certificates ---- */

static efile_status copy_key(efile_ctx *ctx, int to, int from, const char *name)
{
	AUTO(handle) in = openat(from, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	AUTO(handle) out = HANDLE_NONE;
	char bytes_read[4096];
	ssize_t n;

	if (in < 0)
		return disk_failed(ctx, name);
	out = openat(to, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	if (out < 0)
		return disk_failed(ctx, name);
	while ((n = read(in, bytes_read, sizeof(bytes_read))) > 0)
		TRY(disk_write(ctx, out, bytes_read, (size_t)n));
	return n < 0 ? disk_failed(ctx, name) : disk_sync(ctx, out, name);
}

static efile_status copy_keys(efile_store *copy, efile_store *from)
{
	AUTO(handle) to = openat(copy->dir, "keys", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = openat(from->dir, "keys", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	const char *name;
	efile_status status;

	if (!list) {
		handle_clear(&fd);
		return errno == ENOENT ? EFILE_OK : disk_failed(copy->ctx, "keys");
	}
	while ((status = disk_next(&name, copy->ctx, list, "keys")) == EFILE_OK &&
	       (status = copy_key(copy->ctx, to, dirfd(list), name)) == EFILE_OK)
		;
	closedir(list);
	return status == EFILE_DONE ? disk_sync(copy->ctx, to, "keys") : status;
}

/* ---- the whole ---- */

static efile_status fill_copy(build *b, efile_store *store)
{
	AUTO_PTR(efile_store) copy = NULL;
	AUTO_PTR(char) path = NULL;

	TRY(disk_join(&path, store->ctx, b->temporary, "/efile.db"));
	TRY(copy_database(store, path));
	TRY(mark_copy(store->ctx, path));
	TRY(store_open_as_is(&copy, store->ctx, b->temporary, &store->wiring));
	TRY(copy_contents(copy, store));
	TRY(copy_keys(copy, store));
	return sync_folders(copy);
}

static efile_status copy_store(build *b, efile_store *store)
{
	efile_status status;

	TRY(build_tree(b));
	/* What the snapshot names must not be swept meanwhile. */
	TRY(lock_take(store, BYTE_BLOBS, false));
	status = fill_copy(b, store);
	lock_release(store, BYTE_BLOBS);
	return status;
}

/* A copy of everything left the house: the log says so, and when. */
static efile_status note_backup(efile_store *store)
{
	AUTO(txn) tx = TXN_NONE;
	journal_entry entry = { .action = JOURNAL_BACKED_UP };

	if (store->read_only)
		return EFILE_OK;
	TRY(txn_begin(&tx, store));
	TRY(journal_append(store, &entry));
	return txn_commit(&tx);
}

efile_status efile_store_backup(efile_store *store, const char *path)
{
	AUTO(build) b = BUILD_NONE;

	TRY(store_enter(store));
	if (store->level > 0 || store->reading)
		return FAIL(store->ctx, EFILE_E_STATE, 1161, "no backup inside of a transaction");
	TRY(build_begin(&b, store->ctx, path));
	TRY(copy_store(&b, store));
	TRY(build_finish(&b));
	return note_backup(store);
}

/* ---- back again ---- */

/* A backup in an older format is brought to ours by being opened here; the backup stays as it is. */
static efile_status check_copy(build *b, const store_wiring *wiring)
{
	AUTO_PTR(efile_store) store = NULL;
	AUTO_PTR(efile_report) report = NULL;

	TRY(store_open(&store, b->ctx, b->temporary, NULL, wiring));
	TRY(report_new(&report, b->ctx));
	TRY(fsck_run(report, store, false));
	for (size_t i = 0; i < efile_report_count(report); i++) {
		const efile_finding *finding = efile_report_finding(report, i);

		if (finding->severity == EFILE_SEVERITY_ERROR)
			return FAIL(b->ctx, EFILE_E_DAMAGED, 1162,
				    "the backup is damaged at %s: %s", finding->path,
				    finding->message);
	}
	return EFILE_OK;
}

efile_status store_restore(efile_ctx *ctx, const char *backup, const char *path,
			   const store_wiring *wiring)
{
	AUTO_PTR(efile_store) from = NULL;
	AUTO(build) b = BUILD_NONE;

	error_clear(ctx);
	TRY(store_open_as_is(&from, ctx, backup, wiring));
	TRY(build_begin(&b, ctx, path));
	TRY(copy_store(&b, from));
	TRY(check_copy(&b, wiring));
	return build_finish(&b);
}
