/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Transactions: the lock file first, then BEGIN IMMEDIATE; nested ones are those of redo.c. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/inner.h"

static const char sql_begin[] = "BEGIN IMMEDIATE";
static const char sql_begin_read[] = "BEGIN";
static const char sql_commit[] = "COMMIT";
static const char sql_rollback[] = "ROLLBACK";
static const char sql_version[] = "PRAGMA data_version";
static const char sql_clean[] = "SELECT value FROM meta WHERE key = 'clean'";
static const char sql_set_clean[] = "UPDATE meta SET value = ?1 WHERE key = 'clean'";

static efile_status run(efile_store *store, const char *sql)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, sql));
	return stmt_run(&s);
}

efile_status txn_require_write(efile_store *store)
{
	if (store->level == 0)
		return FAIL(store->ctx, EFILE_E_INTERNAL, 1120, "a write outside of a transaction");
	return EFILE_OK;
}

/* A store in use says so; after a crash nobody is left to take it back (docs/FORMAT.md 1). */
static efile_status mark_in_use(efile_store *store)
{
	AUTO(stmt) s = STMT_NONE;
	int64_t clean, wanted = store->unchecked ? 2 : 0;

	TRY(db_int(&clean, store, sql_clean));
	if (clean == wanted || clean == 2)
		return EFILE_OK;
	TRY(stmt_take(&s, store, sql_set_clean));
	stmt_bind_int(&s, 1, wanted);
	return stmt_run(&s);
}

/* What is kept in memory holds unless somebody else wrote since. */
static efile_status refresh(efile_store *store)
{
	int64_t version;

	TRY(db_int(&version, store, sql_version));
	if (version == store->data_version && store->next_rev > 0)
		return EFILE_OK;
	store->data_version = version;
	store->epoch++;
	TRY(store_check_format(store));
	TRY(journal_load_rev(store));
	return mark_in_use(store);
}

static void forget(efile_store *store)
{
	store->epoch++;
	store->next_rev = 0;
	pending_reset(&store->pending);
}

static void leave(efile_store *store)
{
	store->level = 0;
	store->lost = false;
	redo_forget(store);
	if (store->blobs_locked)
		lock_release(store, BYTE_BLOBS);
	store->blobs_locked = false;
	lock_release(store, BYTE_WRITE);
}

static void roll_back_all(efile_store *store)
{
	/* Not by a cached statement: those refuse a store that has failed. */
	if (!sqlite3_get_autocommit(store->db))
		sqlite3_exec(store->db, sql_rollback, NULL, NULL, NULL);
	forget(store);
	leave(store);
}

static efile_status begin_outermost(efile_store *store)
{
	efile_status status;

	if (store->read_only)
		return FAIL(store->ctx, EFILE_E_STATE, 1121, "%s is open for reading only",
			    store->path);
	if (store->reading)
		return FAIL(store->ctx, EFILE_E_STATE, 1122, "a write inside of a reading transaction");
	TRY(lock_take(store, BYTE_WRITE, true));
	status = run(store, sql_begin);
	if (status < 0) {
		lock_release(store, BYTE_WRITE);
		return status;
	}
	store->level = 1;
	store->linked_count = 0;
	status = refresh(store);
	if (status < 0)
		roll_back_all(store);
	return status;
}

efile_status txn_begin_empty(txn *tx, efile_store *store)
{
	TRY(run(store, sql_begin));
	store->level = 1;
	store->next_rev = 1;
	*tx = (txn){ store, 1, true };
	return EFILE_OK;
}

static efile_status begin_nested(efile_store *store)
{
	size_t at = (size_t)store->level - 1;

	TRY(mem_grow(store->ctx, (void **)&store->saved, &store->saved_capacity, at,
		     sizeof(*store->saved)));
	memset(&store->saved[at], 0, sizeof(store->saved[at]));
	store->saved[at].next_rev = store->next_rev;
	TRY(pending_copy(&store->saved[at].rows, store->ctx, &store->pending));
	if (redo_begin(&store->saved[at], store) < 0) {
		pending_free(&store->saved[at].rows);
		return efile_error_status(store->ctx);
	}
	store->level++;
	return EFILE_OK;
}

efile_status txn_begin(txn *tx, efile_store *store)
{
	if (store->failed || store->lost)
		return db_final(store, SQLITE_OK);
	TRY(store->level == 0 ? begin_outermost(store) : begin_nested(store));
	*tx = (txn){ store, store->level, true };
	return EFILE_OK;
}

static efile_status begin_snapshot(efile_store *store)
{
	AUTO(stmt) end = STMT_NONE;

	TRY(stmt_take(&end, store, sql_rollback));
	return run(store, sql_begin_read);
}

efile_status txn_begin_read(txn *tx, efile_store *store)
{
	if (store->failed || store->lost)
		return db_final(store, SQLITE_OK);
	*tx = (txn){ store, 0, false };
	if (store->level > 0 || store->reading)
		return EFILE_OK;
	TRY(begin_snapshot(store));
	store->reading = true;
	store->snapshot++;
	tx->level = 1;
	return EFILE_OK;
}

/* The state to come back to is needed no more. */
static void drop_saved(efile_store *store)
{
	store->level--;
	pending_free(&store->saved[store->level - 1].rows);
}

static void roll_back_nested(efile_store *store)
{
	level_state *saved = &store->saved[store->level - 2];
	__typeof__(store->ctx->error) told = store->ctx->error;

	if (!store->lost && !store->failed)
		store->lost = !redo_roll_back(saved, store);
	store->ctx->error = told; /* what led here */
	pending_free(&store->pending);
	store->pending = saved->rows;
	store->next_rev = saved->next_rev;
	memset(saved, 0, sizeof(*saved));
	store->epoch++;
	drop_saved(store);
}

/* By the statement that begin_snapshot() made sure of; preparing it takes longer than a short read. */
static void end_snapshot(efile_store *store)
{
	AUTO(stmt) s = STMT_NONE;

	if (store->failed || store->lost)
		sqlite3_exec(store->db, sql_rollback, NULL, NULL, NULL);
	else if (stmt_take(&s, store, sql_rollback) == EFILE_OK)
		sqlite3_step(s.handle);
}

static void end_read(txn *tx)
{
	efile_store *store = tx->store;

	if (tx->level == 1) {
		end_snapshot(store);
		store->reading = false;
	}
	*tx = (txn)TXN_NONE;
}

void txn_clear(txn *tx)
{
	efile_store *store = tx->store;

	if (!store)
		return;
	if (!tx->write) {
		end_read(tx);
		return;
	}
	while (store->level > 1 && store->level >= tx->level)
		roll_back_nested(store);
	if (tx->level == 1)
		roll_back_all(store);
	*tx = (txn)TXN_NONE;
}

/* SQLite syncs the folder when it makes the write-ahead log, but goes on if that fails: after a power
 * cut the commit could be without its file. So we sync it ourselves, once, and nothing is
 * acknowledged before. */
static efile_status sync_names(efile_store *store)
{
	if (store->names_synced)
		return EFILE_OK;
	if (disk_sync(store->ctx, store->dir, store->path) < 0) {
		store->failed = true;
		return EFILE_E_STORAGE;
	}
	store->names_synced = true;
	return EFILE_OK;
}

static efile_status commit_outermost(efile_store *store)
{
	AUTO(stmt) s = STMT_NONE;
	int code;

	TRY(stmt_take(&s, store, sql_commit));
	code = sqlite3_step(s.handle);
	return code == SQLITE_DONE ? sync_names(store) : db_final(store, code);
}

static efile_status commit_nested(efile_store *store)
{
	TRY(redo_commit(&store->saved[store->level - 2], store));
	drop_saved(store);
	return EFILE_OK;
}

/* Rows that no entry of the log names would be slipped in. */
static efile_status require_entry(efile_store *store, int level)
{
	bool call = level == 1 || (level == 2 && store->batch.store);

	if (call && store->pending.count > 0)
		return FAIL(store->ctx, EFILE_E_INTERNAL, 1123,
			    "a transaction wrote %zu rows without an entry in the log",
			    store->pending.count);
	return EFILE_OK;
}

efile_status txn_commit(txn *tx)
{
	efile_store *store = tx->store;

	if (!tx->write) {
		end_read(tx);
		return EFILE_OK;
	}
	if (store->failed || store->lost)
		return db_final(store, SQLITE_OK);
	if (tx->level != store->level)
		return FAIL(store->ctx, EFILE_E_INTERNAL, 1124,
			    "a transaction ends before the one inside it");
	TRY(require_entry(store, tx->level));
	if (tx->level > 1) {
		TRY(commit_nested(store));
	} else {
		TRY(commit_outermost(store));
		checkpoint_after_commit(store);
		leave(store);
	}
	*tx = (txn)TXN_NONE;
	return EFILE_OK;
}

void txn_abandon(efile_store *store)
{
	txn all = { store, 1, true };

	if (store->level > 0)
		txn_clear(&all);
	else if (store->reading)
		sqlite3_exec(store->db, sql_rollback, NULL, NULL, NULL);
	store->reading = false;
	store->batch = (txn)TXN_NONE;
}

/* ---- a batch is the outermost transaction of many calls ---- */

efile_status efile_batch_begin(efile_store *store)
{
	TRY(store_enter(store));
	if (store->batch.store)
		return FAIL(store->ctx, EFILE_E_STATE, 1125, "a batch is open already");
	return txn_begin(&store->batch, store);
}

efile_status efile_batch_commit(efile_store *store)
{
	efile_status status;

	TRY(store_enter(store));
	if (!store->batch.store)
		return FAIL(store->ctx, EFILE_E_STATE, 1126, "no batch is open");
	status = txn_commit(&store->batch);
	if (status < 0)
		txn_clear(&store->batch);
	return status;
}

void efile_batch_abort(efile_store *store)
{
	if (!store || !store->batch.store)
		return;
	txn_clear(&store->batch);
	if (store->pid == getpid() && !store->failed)
		blob_forget_linked(store);
}
