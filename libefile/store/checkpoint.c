/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bringing the write-ahead log into the database (docs/DECISIONS.md: the WAL-reset bug).
 *
 * SQLite before 3.51.3 can damage a database when one connection checkpoints while another one
 * starts the log anew. So checkpoints are only made under the lock that every writer holds, and
 * without a busy handler, which would let one reader stall all writers.
 *
 * The file of the log stays and is written over: a commit that makes a file longer costs the file
 * system a journal entry of its own, at each fsync. A log is cut that has grown far, or in which still
 * stands what was erased. */
#include "store/inner.h"

efile_status checkpoint_now(efile_store *store)
{
	bool cut = store->wal_cut || store->wal_pages > store->wal_keep;
	int mode = cut ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_RESTART;
	int code;

	sqlite3_busy_timeout(store->db, 0);
	code = sqlite3_wal_checkpoint_v2(store->db, NULL, mode, NULL, NULL);
	sqlite3_busy_timeout(store->db, (int)store->ctx->limits.busy_milliseconds);
	if (code == SQLITE_OK) {
		store->wal_pages = 0;
		store->wal_cut = false;
		store->wal_next = WAL_PAGES;
		return EFILE_OK;
	}
	/* Readers are in the way: once more after the next thousands of pages. */
	store->wal_next = store->wal_pages + WAL_PAGES;
	/* The commit before stands in the log and is safe; later ones could not be trusted. */
	if ((code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED)
		return EFILE_OK;
	return db_final(store, code);
}

void checkpoint_after_commit(efile_store *store)
{
	if ((store->wal_cut || store->wal_pages >= store->wal_next) && checkpoint_now(store) < 0)
		error_clear(store->ctx);
}
