/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/store_damage.h"

static int64_t count_things(efile_store *store)
{
	int64_t n = -1;
	static const char sql[] = "SELECT count(*) FROM thing";

	TAP_EQUAL_INT(db_int(&n, store, sql), EFILE_OK);
	return n;
}

static void test_all_or_nothing(void)
{
	test_store t;

	test_store_setup(&t);
	{
		AUTO(txn) tx = TXN_NONE;

		TAP_EQUAL_INT(txn_begin(&tx, t.store), EFILE_OK);
		thing_put(t.store, "forgotten");
	}
	TAP_EQUAL_INT(count_things(t.store), 0);
	TAP_EQUAL_INT(t.store->level, 0);
	TAP_EQUAL_INT(thing_put(t.store, "kept"), 1);
	TAP_EQUAL_INT(t.store->next_rev, 3);
	test_store_teardown(&t);
}

/* A failed call inside leaves the rows and the log of the calls around it. */
static void test_nested(void)
{
	test_store t;
	AUTO(txn) outer = TXN_NONE;
	int64_t id;

	test_store_setup(&t);
	TAP_EQUAL_INT(txn_begin(&outer, t.store), EFILE_OK);
	thing_put(t.store, "a");
	TAP_EQUAL_INT(thing_try(&id, t.store, "a"), EFILE_E_EXISTS);
	{
		AUTO(txn) inner = TXN_NONE;

		TAP_EQUAL_INT(txn_begin(&inner, t.store), EFILE_OK);
		thing_put(t.store, "b");
		TAP_EQUAL_INT(txn_commit(&outer), EFILE_E_INTERNAL);
	}
	TAP_EQUAL_INT(thing_put(t.store, "c"), 2);
	TAP_EQUAL_INT(txn_commit(&outer), EFILE_OK);
	TAP_EQUAL_INT(count_things(t.store), 2);
	test_store_teardown(&t);
}

/* A savepoint that goes back also brings back the rows that wait for their entry. */
static void test_pending_rows_come_back(void)
{
	test_store t;
	AUTO(txn) outer = TXN_NONE;
	AUTO_PTR(efile_report) report = NULL;
	char title[] = "a";
	thing_record thing = { .title = title, .amount = 1 };

	test_store_setup(&t);
	TAP_EQUAL_INT(txn_begin(&outer, t.store), EFILE_OK);
	TAP_EQUAL_INT(row_insert(t.store, &thing_kind, &thing), EFILE_OK);
	{
		AUTO(txn) inner = TXN_NONE;
		thing_record changed = thing;

		TAP_EQUAL_INT(txn_begin(&inner, t.store), EFILE_OK);
		changed.amount = 2;
		TAP_EQUAL_INT(row_update(t.store, &thing_kind, &changed), EFILE_OK);
	}
	TAP_EQUAL_INT(thing_journal(t.store, 0, NULL), EFILE_OK);
	TAP_EQUAL_INT(txn_commit(&outer), EFILE_OK);
	TAP_EQUAL_INT(efile_store_fsck(&report, t.store, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_report_count(report), 0);
	test_store_teardown(&t);
}

static void test_two_writers(void)
{
	test_store t;
	efile_store *other = NULL;
	AUTO(txn) tx = TXN_NONE;
	int64_t id;

	test_store_setup(&t);
	TAP_EQUAL_INT(store_open(&other, t.ctx, t.path, NULL, &thing_wiring), EFILE_OK);
	TAP_EQUAL_INT(txn_begin(&tx, t.store), EFILE_OK);
	TAP_EQUAL_INT(thing_try(&id, other, "x"), EFILE_E_BUSY);
	TAP_EQUAL_TEXT(efile_error_message(t.ctx), "another process has been writing for 50 ms");
	TAP_EQUAL_INT(count_things(other), 0); /* readers never wait */
	thing_put(t.store, "a");
	TAP_EQUAL_INT(txn_commit(&tx), EFILE_OK);
	/* What the other one kept in memory is stale and must be read again. */
	TAP_EQUAL_INT(thing_put(other, "b"), 2);
	TAP_EQUAL_INT(thing_put(t.store, "c"), 3);
	TAP_EQUAL_INT(thing_put(other, "d"), 4);
	TAP_EQUAL_INT(other->next_rev, t.store->next_rev + 1);
	efile_store_close(other);
	test_store_teardown(&t);
}

static void test_reading(void)
{
	test_store t;
	efile_store *other = NULL;
	AUTO(txn) read = TXN_NONE;
	AUTO(txn) write = TXN_NONE;

	test_store_setup(&t);
	TAP_EQUAL_INT(store_open(&other, t.ctx, t.path, NULL, &thing_wiring), EFILE_OK);
	TAP_EQUAL_INT(txn_begin_read(&read, t.store), EFILE_OK);
	TAP_EQUAL_INT(count_things(t.store), 0);
	thing_put(other, "a");
	TAP_EQUAL_INT(count_things(t.store), 0);
	TAP_EQUAL_INT(txn_begin(&write, t.store), EFILE_E_STATE);
	{
		AUTO(txn) again = TXN_NONE;

		TAP_EQUAL_INT(txn_begin_read(&again, t.store), EFILE_OK);
	}
	TAP_EQUAL_INT(count_things(t.store), 0);
	TAP_EQUAL_INT(txn_commit(&read), EFILE_OK);
	TAP_EQUAL_INT(count_things(t.store), 1);
	efile_store_close(other);
	test_store_teardown(&t);
}

static int64_t put_large(test_store *t, char fill)
{
	char *large = test_room(100000);
	blob_ref ref;

	memset(large, fill, 100000);
	TAP_EQUAL_INT(blob_put_bytes(&ref, t->store, large, 100000), EFILE_OK);
	free(large);
	return ref.id;
}

/* A batch that was only tried leaves no content behind, and takes none from others. */
static void test_batch_contents(void)
{
	AUTO_PTR(efile_report) report = NULL;
	AUTO(txn) tx = TXN_NONE;
	AUTO(buf) back = BUF_INIT;
	test_store t;
	int64_t kept;

	test_store_setup(&t);
	TAP_EQUAL_INT(txn_begin(&tx, t.store), EFILE_OK);
	kept = put_large(&t, 'a');
	TAP_EQUAL_INT(thing_journal(t.store, 0, NULL), EFILE_OK);
	TAP_EQUAL_INT(txn_commit(&tx), EFILE_OK);
	TAP_EQUAL_INT(efile_batch_begin(t.store), EFILE_OK);
	TAP_EQUAL_INT(put_large(&t, 'a'), kept);
	put_large(&t, 'b');
	TAP_EQUAL_INT(thing_journal(t.store, 0, NULL), EFILE_OK);
	efile_batch_abort(t.store);
	TAP_EQUAL_INT(efile_store_fsck(&report, t.store, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_report_count(report), 0); /* no FSCK-ORPHAN either */
	TAP_EQUAL_INT(blob_load(&back, t.store, kept, 1 << 20), EFILE_OK);
	TAP_EQUAL_INT(back.length, 100000);
	test_store_teardown(&t);
}

static void test_batch(void)
{
	test_store t;
	int64_t id;

	test_store_setup(&t);
	TAP_EQUAL_INT(efile_batch_commit(t.store), EFILE_E_STATE);
	efile_batch_abort(t.store);
	efile_batch_abort(NULL);
	TAP_EQUAL_INT(efile_batch_begin(t.store), EFILE_OK);
	TAP_EQUAL_INT(efile_batch_begin(t.store), EFILE_E_STATE);
	thing_put(t.store, "a");
	TAP_EQUAL_INT(thing_try(&id, t.store, "a"), EFILE_E_EXISTS);
	thing_put(t.store, "b");
	TAP_EQUAL_INT(efile_batch_commit(t.store), EFILE_OK);
	TAP_EQUAL_INT(count_things(t.store), 2);
	TAP_EQUAL_INT(efile_batch_begin(t.store), EFILE_OK);
	thing_put(t.store, "c");
	efile_batch_abort(t.store);
	TAP_EQUAL_INT(count_things(t.store), 2);
	TAP_EQUAL_INT(efile_batch_begin(t.store), EFILE_OK);
	thing_put(t.store, "d");
	test_store_reopen(&t); /* closing forgets */
	TAP_EQUAL_INT(count_things(t.store), 2);
	test_store_teardown(&t);
}

static efile_status refuse(efile_store *store, const journal_entry *entry)
{
	return FAIL(store->ctx, EFILE_E_DENIED, 1, "entry %lld refused", (long long)entry->rev);
}

static void test_listeners(void)
{
	static const store_listener listeners[] = { { JOURNAL_NODE_CHANGED, refuse } };
	test_store t;
	int64_t id;

	test_store_setup(&t);
	t.store->wiring.listeners = listeners;
	t.store->wiring.listener_count = 1;
	TAP_EQUAL_INT(thing_try(&id, t.store, "a"), EFILE_E_DENIED);
	TAP_EQUAL_INT(count_things(t.store), 0);
	t.store->wiring.listener_count = 0;
	thing_put(t.store, "a");
	test_store_teardown(&t);
}

static void test_fork(void)
{
	test_store t;
	int status = 0;
	pid_t child;

	test_store_setup(&t);
	child = fork();
	if (child == 0) {
		efile_status refused = store_enter(t.store);

		efile_store_close(t.store);
		_exit(refused == EFILE_E_INVALID ? 0 : 1);
	}
	TAP_EQUAL_INT(waitpid(child, &status, 0), child);
	TAP_EQUAL_INT(status, 0);
	thing_put(t.store, "a");
	test_store_teardown(&t);
}

/* After an error that is final nothing works but closing; a new connection does. */
static void test_failed_for_good(void)
{
	test_store t;
	txn tx = TXN_NONE;
	stmt s = STMT_NONE;
	static const char sql[] = "SELECT 1";

	test_store_setup(&t);
	t.store->failed = true;
	TAP_EQUAL_INT(store_enter(t.store), EFILE_E_STORAGE);
	TAP_EQUAL_INT(txn_begin(&tx, t.store), EFILE_E_STORAGE);
	TAP_EQUAL_INT(txn_begin_read(&tx, t.store), EFILE_E_STORAGE);
	TAP_EQUAL_INT(stmt_take(&s, t.store, sql), EFILE_E_STORAGE);
	TAP_EQUAL_INT(efile_batch_begin(t.store), EFILE_E_STORAGE);
	test_store_reopen(&t);
	thing_put(t.store, "a");
	test_store_teardown(&t);
}

static void test_checkpoints(void)
{
	test_store t;
	efile_store *reader = NULL;
	AUTO(txn) read = TXN_NONE;
	char *wal;
	int64_t length;

	test_store_setup(&t);
	wal = test_store_file(&t, "efile.db-wal");
	thing_put(t.store, "a");
	thing_put(t.store, "b");
	length = test_file_size(wal);
	TAP_OK(length > 0);
	t.store->wal_next = 0;
	thing_put(t.store, "c");
	TAP_EQUAL_INT(t.store->wal_pages, 0);
	length = test_file_size(wal);
	thing_put(t.store, "d"); /* from the beginning of the same file */
	TAP_OK(t.store->wal_pages > 0);
	TAP_EQUAL_INT(test_file_size(wal), length);
	t.store->wal_next = t.store->wal_keep = 0;
	thing_put(t.store, "e");
	TAP_EQUAL_INT(test_file_size(wal), 0);
	TAP_EQUAL_INT(store_open(&reader, t.ctx, t.path, NULL, &thing_wiring), EFILE_OK);
	TAP_EQUAL_INT(txn_begin_read(&read, reader), EFILE_OK);
	TAP_EQUAL_INT(count_things(reader), 5);
	t.store->wal_next = 0;
	thing_put(t.store, "f"); /* the reader is in the way: later */
	TAP_OK(test_file_size(wal) > 0 && t.store->wal_next > t.store->wal_pages);
	TAP_EQUAL_INT(count_things(reader), 5);
	TAP_EQUAL_INT(txn_commit(&read), EFILE_OK);
	t.store->wal_next = 0;
	thing_put(t.store, "g");
	TAP_EQUAL_INT(test_file_size(wal), 0);
	efile_store_close(reader);
	free(wal);
	test_store_teardown(&t);
}

/* Symptom: the folder could not be synced after the write-ahead log was made, and the commit was
 * acknowledged all the same. */
static void test_folder_that_cannot_be_synced(void)
{
	AUTO(txn) tx = TXN_NONE;
	journal_entry entry = { .action = JOURNAL_DOCUMENT_FILED };
	int pipes[2], dir;
	test_store t;

	test_store_setup(&t);
	TAP_EQUAL_INT(pipe(pipes), 0);
	TAP_EQUAL_INT(txn_begin(&tx, t.store), EFILE_OK);
	TAP_EQUAL_INT(journal_append(t.store, &entry), EFILE_OK);
	dir = t.store->dir;
	t.store->dir = pipes[0]; /* a pipe cannot be synced */
	t.store->names_synced = false;
	TAP_EQUAL_INT(txn_commit(&tx), EFILE_E_STORAGE);
	t.store->dir = dir;
	txn_clear(&tx);
	TAP_EQUAL_INT(txn_begin(&tx, t.store), EFILE_E_STORAGE);
	close(pipes[0]);
	close(pipes[1]);
	test_store_teardown(&t);
}

TAP_SUITE(store_txn) = {
	{ "a folder that cannot be synced", test_folder_that_cannot_be_synced },
	{ "all or nothing", test_all_or_nothing },
	{ "a call inside a call", test_nested },
	{ "rows without entry come back", test_pending_rows_come_back },
	{ "two writers", test_two_writers },
	{ "a snapshot", test_reading },
	{ "a batch", test_batch },
	{ "contents of a batch that is taken back", test_batch_contents },
	{ "a listener may refuse", test_listeners },
	{ "a store does not pass through fork", test_fork },
	{ "an error that is final", test_failed_for_good },
	{ "checkpoints", test_checkpoints },
	TAP_END,
};
