/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The connection: settings that are read back, errors, scripts. */
#include <stdio.h>
#include <stdlib.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "store/inner.h"
#include "base/failure.h"

/* ---- errors ---- */

/* After a failed fsync the kernel may have dropped the pages and will claim success the next time:
 * nothing that this connection says later can be trusted. */
efile_status db_final(efile_store *store, int code)
{
	if (store->lost && !store->failed)
		return FAIL(store->ctx, EFILE_E_STORAGE, 1106,
			    "the transaction was rolled back by the database; nothing of it happened");
	if (!store->failed && code != SQLITE_OK) {
		store->failed = true;
		return FAIL(store->ctx, EFILE_E_STORAGE, 1107,
			    "the disk failed; the store must be closed: %s",
			    failure_sqlite(store->ctx, code, sqlite3_errmsg(store->db)));
	}
	return FAIL(store->ctx, EFILE_E_STORAGE, 1108,
		    "the disk failed earlier; the store must be closed and opened again");
}

static bool is_final(int code)
{
	switch (code & 0xff) {
	case SQLITE_IOERR:
		return code != SQLITE_IOERR_NOMEM;
	case SQLITE_FULL:
		return true;
	default:
		return false;
	}
}

/* Extended codes where they tell more, else primary ones. */
static efile_status name_error(efile_store *store, int code)
{
	efile_ctx *ctx = store->ctx;
	const char *text = failure_sqlite(ctx, code, sqlite3_errmsg(store->db));

	switch (code) {
	case SQLITE_IOERR_NOMEM:
		return mem_failed(ctx);
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
		return FAIL(ctx, EFILE_E_EXISTS, 1109, "there is such a row already: %s", text);
	}
	switch (code & 0xff) {
	case SQLITE_NOMEM:
		return mem_failed(ctx);
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
		return FAIL(ctx, EFILE_E_INVALID, 1110, "the row breaks a rule of its table: %s", text);
	case SQLITE_TOOBIG:
		return FAIL(ctx, EFILE_E_LIMIT, 1111, "too long for the database: %s", text);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return FAIL(ctx, EFILE_E_BUSY, 1112, "the database is in use: %s", text);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return FAIL(ctx, EFILE_E_DAMAGED, 1113, "the database is damaged: %s", text);
	case SQLITE_READONLY:
		return FAIL(ctx, EFILE_E_STORAGE, 1114, "the database cannot be written: %s", text);
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return FAIL(ctx, EFILE_E_STORAGE, 1115, "the database cannot be opened: %s", text);
	default:
		return FAIL(ctx, EFILE_E_INTERNAL, 1116, "unexpected answer of the database: %s", text);
	}
}

efile_status db_error(efile_store *store, int code)
{
	/* Some errors make SQLite roll back the whole transaction, savepoints and all. */
	if (store->level > 0 && sqlite3_get_autocommit(store->db))
		store->lost = true;
	return is_final(code) ? db_final(store, code) : name_error(store, code);
}

/* ---- settings: set, read back, compared ---- */

typedef struct setting {
	const char *set;
	const char *get;
	const char *expected;
	bool writer;      /* not for a store that is only read */
} setting;

static const setting settings[] = {
	{ "PRAGMA trusted_schema=OFF", "PRAGMA trusted_schema", "0", false },
	{ "PRAGMA cell_size_check=ON", "PRAGMA cell_size_check", "1", false },
	{ "PRAGMA mmap_size=0", "PRAGMA mmap_size", "0", false },
	{ "PRAGMA temp_store=MEMORY", "PRAGMA temp_store", "2", false },
	{ "PRAGMA foreign_keys=ON", "PRAGMA foreign_keys", "1", false },
	{ "PRAGMA cache_size=-16384", "PRAGMA cache_size", "-16384", false },
	{ "PRAGMA page_size=4096", "PRAGMA page_size", "4096", false },
	{ "PRAGMA encoding='UTF-8'", "PRAGMA encoding", "UTF-8", false },
	{ "PRAGMA auto_vacuum=NONE", "PRAGMA auto_vacuum", "0", false },
	{ "PRAGMA journal_mode=WAL", "PRAGMA journal_mode", "wal", true },
	{ "PRAGMA synchronous=FULL", "PRAGMA synchronous", "2", true },
	{ "PRAGMA secure_delete=ON", "PRAGMA secure_delete", "1", true },
	{ "PRAGMA wal_autocheckpoint=0", "PRAGMA wal_autocheckpoint", "0", true },
};

static efile_status read_setting(char out[32], efile_store *store, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int code = sqlite3_prepare_v2(store->db, sql, -1, &s, NULL);

	out[0] = '\0';
	if (code == SQLITE_OK)
		code = sqlite3_step(s);
	if (code == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(s, 0);

		if (text)
			strncat(out, text, 31);
		code = SQLITE_OK;
	}
	sqlite3_finalize(s);
	return code == SQLITE_OK ? EFILE_OK : db_error(store, code);
}

static efile_status apply(efile_store *store, const setting *one)
{
	char found[32];

	TRY(db_exec(store, one->set));
	TRY(read_setting(found, store, one->get));
	if (strcmp(found, one->expected) != 0)
		return FAIL(store->ctx, EFILE_E_STORAGE, 1117,
			    "the database does not take \"%s\": it answers \"%s\"", one->set, found);
	return EFILE_OK;
}

static efile_status harden(efile_store *store)
{
	static const int switches[][2] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
		{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
		{ SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },
	};
	static const int limits[][2] = {
		{ SQLITE_LIMIT_ATTACHED, 0 },
		{ SQLITE_LIMIT_SQL_LENGTH, 1 << 20 },
		{ SQLITE_LIMIT_EXPR_DEPTH, 200 },
		{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000 },
		{ SQLITE_LIMIT_WORKER_THREADS, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(switches); i++)
		if (sqlite3_db_config(store->db, switches[i][0], switches[i][1], NULL) != SQLITE_OK)
			return FAIL(store->ctx, EFILE_E_UNSUPPORTED, 1118,
				    "this build of SQLite lacks a safety switch (%d)", switches[i][0]);
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		sqlite3_limit(store->db, limits[i][0], limits[i][1]);
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
		if (!settings[i].writer || !store->read_only)
			TRY(apply(store, &settings[i]));
	return EFILE_OK;
}

static int note_wal(void *user, sqlite3 *db, const char *name, int pages)
{
	efile_store *store = user;

	(void)db;
	(void)name;
	store->wal_pages = pages;
	return SQLITE_OK;
}

efile_status db_make_private(efile_ctx *ctx, const char *path)
{
	AUTO(handle) fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	return fd < 0 ? disk_failed(ctx, "efile.db") : EFILE_OK;
}

/* What the operating system forbids is no failure of the disk. */
static efile_status open_failed(efile_store *store)
{
	errno = sqlite3_system_errno(store->db);
	return errno == EACCES || errno == EPERM ? disk_failed(store->ctx, "efile.db") :
						   db_error(store, sqlite3_extended_errcode(store->db));
}

efile_status db_open(efile_store *store, const char *path, bool create)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
	int code;

	flags |= store->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	flags |= create ? SQLITE_OPEN_CREATE : 0;
	if (create)
		TRY(db_make_private(store->ctx, path));
	code = sqlite3_open_v2(path, &store->db, flags, NULL);
	if (!store->db)
		return mem_failed(store->ctx);
	sqlite3_extended_result_codes(store->db, 1);
	if (code != SQLITE_OK)
		return open_failed(store);
	sqlite3_busy_timeout(store->db, (int)store->ctx->limits.busy_milliseconds);
	TRY(harden(store));
	sqlite3_wal_hook(store->db, note_wal, store);
	store->wal_next = WAL_PAGES;
	store->wal_keep = WAL_KEEP;
	return EFILE_OK;
}

void db_forget(efile_store *store)
{
	for (size_t i = 0; i < STMT_BUCKETS; i++)
		while (store->statements[i]) {
			stmt_slot *slot = store->statements[i];

			store->statements[i] = slot->next;
			sqlite3_finalize(slot->handle);
			buf_clear(&slot->values);
			free(slot);
		}
}

void db_close(efile_store *store)
{
	db_forget(store);
	sqlite3_close(store->db);
	store->db = NULL;
}

efile_status db_exec(efile_store *store, const char *sql)
{
	int code;

	TRY(redo_settle(store));
	code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? EFILE_OK : db_error(store, code);
}

/* A pragma takes no parameter; the number is ours. */
efile_status db_set_version(efile_store *store, int format)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", format);
	return db_exec(store, sql);
}

efile_status db_int(int64_t *out, efile_store *store, const char *sql)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, sql));
	status = stmt_step(&s);
	TRY(status);
	*out = status == EFILE_OK ? stmt_int(&s, 0) : 0;
	return EFILE_OK;
}
