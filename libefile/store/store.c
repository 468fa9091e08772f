/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making, opening and closing a store. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/inner.h"

static const char sql_set_meta[] = "INSERT INTO meta(key, value) VALUES(?1, ?2)";
static const char sql_store_id[] = "SELECT value FROM meta WHERE key = 'store_id'";
static const char sql_clean[] = "SELECT value FROM meta WHERE key = 'clean'";
static const char sql_say_clean[] =
	"BEGIN IMMEDIATE; UPDATE meta SET value = 1 WHERE key = 'clean' AND value = 0; COMMIT";
static const char sql_application[] = "PRAGMA application_id";
static const char sql_version[] = "PRAGMA user_version";

/* ---- what belongs to an open store ---- */

efile_ctx *store_ctx(const efile_store *store)
{
	return store->ctx;
}

const char *store_path(const efile_store *store)
{
	return store->path;
}

const efile_id *store_id(const efile_store *store)
{
	return &store->id;
}

bool store_is_read_only(const efile_store *store)
{
	return store->read_only;
}

bool store_is_writing(const efile_store *store)
{
	return store->level > 0;
}

uint64_t store_epoch(const efile_store *store)
{
	return store->epoch;
}

uint64_t store_snapshot(const efile_store *store)
{
	return store->reading ? store->snapshot : 0;
}

void store_new_epoch(efile_store *store)
{
	store->epoch++;
}

int efile_store_is_checked(const efile_store *store)
{
	return store && !store->unchecked;
}

void *store_slot(const efile_store *store, int module)
{
	return store->slots[module].data;
}

void store_set_slot(efile_store *store, int module, void *data, void (*release)(void *))
{
	if (store->slots[module].release && store->slots[module].data)
		store->slots[module].release(store->slots[module].data);
	store->slots[module].data = data;
	store->slots[module].release = release;
}

efile_status store_enter(efile_store *store)
{
	if (!store)
		return EFILE_E_INVALID;
	error_clear(store->ctx);
	/* SQLite's locks do not pass through fork(), and ours would be held twice. */
	if (store->pid != getpid())
		return FAIL(store->ctx, EFILE_E_INVALID, 1131,
			    "the store was opened by another process; open it again after fork()");
	return store->failed ? db_final(store, SQLITE_OK) : EFILE_OK;
}

/* ---- opening ---- */

static void release_memory(efile_store *store)
{
	for (size_t i = 0; i < KIND_MAX; i++)
		kind_free(store->kinds[i]);
	while (store->selects) {
		select_sql *next = store->selects->next;

		free(store->selects->sql);
		free(store->selects);
		store->selects = next;
	}
	for (int i = 0; i < STORE_SLOTS; i++)
		store_set_slot(store, i, NULL, NULL);
	pending_free(&store->pending);
	free(store->saved);
	free(store->linked);
	sha256_ctx_clear(&store->sha);
	buf_clear(&store->scratch);
	buf_clear(&store->rows);
	buf_clear(&store->redo.log);
	free(store->pristine);
	free(store->path);
	free(store);
}

static efile_status open_folder(efile_store *store, bool create)
{
	store->dir = open(store->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (store->dir < 0)
		return errno == ENOENT || errno == ENOTDIR ?
			FAIL(store->ctx, EFILE_E_NOTFOUND, 1132, "no store at %s", store->path) :
			disk_failed(store->ctx, store->path);
	TRY(guard_file_system(store->ctx, store->dir, store->path));
	store->lock = openat(store->dir, "lock",
			     (store->read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);
	store->blobs = openat(store->dir, "blobs", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (store->lock < 0 || store->blobs < 0 ||
	    (!create && faccessat(store->dir, "efile.db", F_OK, 0) != 0))
		return errno == ENOENT ?
			FAIL(store->ctx, EFILE_E_NOTFOUND, 1132, "no store at %s", store->path) :
			disk_failed(store->ctx, store->path);
	return EFILE_OK;
}

static efile_store *store_shell(efile_ctx *ctx, const store_wiring *wiring)
{
	efile_store *store = mem_new(ctx, sizeof(*store));

	if (!store)
		return NULL;
	store->ctx = ctx;
	store->dir = store->lock = store->blobs = -1;
	store->pid = getpid();
	store->wiring = *wiring;
	store->epoch = 1;
	return store;
}

static efile_status store_new(efile_store **out, efile_ctx *ctx, const char *path,
			      const store_wiring *wiring, bool read_only, bool create)
{
	efile_store *store = store_shell(ctx, wiring);
	efile_status status;

	if (!store)
		return EFILE_E_NOMEM;
	store->read_only = read_only;
	status = guard_path(&store->path, ctx, path);
	if (status == EFILE_OK)
		status = open_folder(store, create);
	if (status < 0) {
		efile_store_close(store);
		return status;
	}
	*out = store;
	return EFILE_OK;
}

static efile_status open_database(efile_store *store, bool create)
{
	AUTO_PTR(char) path = NULL;

	TRY(disk_join(&path, store->ctx, store->path, "/efile.db"));
	return db_open(store, path, create);
}

static efile_status read_format(int64_t *out, efile_store *store)
{
	TRY(db_int(out, store, sql_version));
	if (*out > migrate_format(&store->wiring))
		return FAIL(store->ctx, EFILE_E_UNSUPPORTED, 1134,
			    "%s has format %lld; this release knows up to %d", store->path,
			    (long long)*out, migrate_format(&store->wiring));
	return EFILE_OK;
}

static efile_status check_version(int64_t *out, efile_store *store)
{
	int64_t application;

	TRY(db_int(&application, store, sql_application));
	if (application != STORE_APPLICATION)
		return FAIL(store->ctx, EFILE_E_DAMAGED, 1133, "%s is not a store",
			    store->path);
	return read_format(out, store);
}

efile_status store_check_format(efile_store *store)
{
	int64_t format;

	return read_format(&format, store);
}

static efile_status load_id(efile_store *store)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, sql_store_id));
	status = stmt_step(&s);
	TRY(status);
	if (status == EFILE_OK)
		stmt_id(&store->id, &s, 0);
	if (efile_id_is_none(&store->id))
		return FAIL(store->ctx, EFILE_E_DAMAGED, 1133, "%s is not a store", store->path);
	return EFILE_OK;
}

static efile_status migrate(efile_store *store, int64_t from)
{
	AUTO(txn) tx = TXN_NONE;
	journal_entry entry = { .action = JOURNAL_MIGRATED };
	char body[64];

	if (from == migrate_format(&store->wiring))
		return EFILE_OK;
	if (store->read_only)
		return FAIL(store->ctx, EFILE_E_UNSUPPORTED, 1135,
			    "%s has the older format %lld and is open for reading only",
			    store->path, (long long)from);
	TRY(txn_begin(&tx, store));
	TRY(check_version(&from, store));
	if (from == migrate_format(&store->wiring))
		return EFILE_OK;
	TRY(migrate_run(store, (int)from));
	snprintf(body, sizeof(body), "{\"from\":%d,\"to\":%d}", (int)from,
		 migrate_format(&store->wiring));
	entry.body = body;
	TRY(journal_append(store, &entry));
	return txn_commit(&tx);
}

/* Alone in a store that says "in use": the one who used it died. */
static efile_status note_crash(efile_store *store)
{
	int64_t clean;
	bool alone = !store->read_only && lock_try(store, BYTE_OPEN, true);

	TRY(db_int(&clean, store, sql_clean));
	store->unchecked = clean == 2 || (clean == 0 && alone);
	if (alone)
		blob_remove_temporary(store);
	return lock_take(store, BYTE_OPEN, false);
}

static efile_status open_steps(efile_store *store, const char *pristine, bool as_is)
{
	int64_t version;

	TRY(mem_dup(&store->pristine, store->ctx, pristine));
	TRY(open_database(store, false));
	TRY(check_version(&version, store));
	TRY(load_id(store));
	TRY(note_crash(store));
	return as_is ? EFILE_OK : migrate(store, version);
}

static efile_status open_store(efile_store **out, efile_ctx *ctx, const char *path,
			       const efile_store_options *options, const store_wiring *wiring,
			       bool as_is)
{
	efile_store *store;
	efile_status status;

	TRY(store_new(&store, ctx, path, wiring, options->read_only != 0, false));
	status = open_steps(store, options->pristine, as_is);
	if (status < 0) {
		store->failed = true; /* nothing to say about an orderly close */
		efile_store_close(store);
		return status;
	}
	*out = store;
	return EFILE_OK;
}

efile_status store_open(efile_store **out, efile_ctx *ctx, const char *path,
			const efile_store_options *options, const store_wiring *wiring)
{
	efile_store_options o;

	error_clear(ctx);
	memset(&o, 0, sizeof(o));
	o.size = sizeof(o);
	TRY(options_import(ctx, &o, sizeof(o), options));
	return open_store(out, ctx, path, &o, wiring, false);
}

efile_status store_open_as_is(efile_store **out, efile_ctx *ctx, const char *path,
			      const store_wiring *wiring)
{
	const efile_store_options read_only = { .size = sizeof(read_only), .read_only = 1 };

	return open_store(out, ctx, path, &read_only, wiring, true);
}

/* ---- closing ---- */

/* The last one to leave says that all is well; without allocations of ours, for nobody is told
 * if it fails. */
static void say_clean(efile_store *store)
{
	if (store->failed || store->read_only || !lock_try(store, BYTE_OPEN, true) ||
	    !lock_try(store, BYTE_WRITE, true))
		return;
	sqlite3_exec(store->db, sql_say_clean, NULL, NULL, NULL);
}

static void close_descriptors(efile_store *store)
{
	handle_clear(&store->dir);
	handle_clear(&store->blobs);
	handle_clear(&store->lock);
}

void efile_store_close(efile_store *store)
{
	if (!store)
		return;
	/* In a child of fork() SQLite must not be touched: its memory is left to the parent's copy. */
	if (store->pid == getpid()) {
		if (store->db) {
			txn_abandon(store);
			say_clean(store);
			lock_try(store, BYTE_WRITE, true);
			db_close(store);
		}
	}
	close_descriptors(store);
	release_memory(store);
}

/* ---- making ---- */

static efile_status set_meta_int(efile_store *store, const char *key, int64_t value)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, sql_set_meta));
	stmt_bind_text(&s, 1, key);
	stmt_bind_int(&s, 2, value);
	return stmt_run(&s);
}

static efile_status set_meta_id(efile_store *store)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(id_new(&store->id, store->ctx));
	TRY(stmt_take(&s, store, sql_set_meta));
	stmt_bind_text(&s, 1, "store_id");
	stmt_bind_id(&s, 2, &store->id);
	return stmt_run(&s);
}

/* The tables must be there before the transaction can look at the log and the clean mark. */
static efile_status first_rows(efile_store *store)
{
	AUTO(txn) tx = TXN_NONE;
	journal_entry entry = { .action = JOURNAL_STORE_CREATED };

	TRY(txn_begin_empty(&tx, store));
	TRY(migrate_run(store, 0));
	TRY(set_meta_id(store));
	TRY(set_meta_int(store, "clean", 1));
	TRY(journal_append(store, &entry));
	TRY(set_meta_int(store, "created", entry.time));
	return txn_commit(&tx);
}

static efile_status fill(build *b, const store_wiring *wiring)
{
	efile_store *store;
	efile_status status;

	TRY(store_new(&store, b->ctx, b->temporary, wiring, false, true));
	status = open_database(store, true);
	if (status == EFILE_OK)
		status = first_rows(store);
	if (status == EFILE_OK)
		status = checkpoint_now(store);
	efile_store_close(store);
	return status;
}

efile_status store_init(efile_ctx *ctx, const char *path, const store_wiring *wiring)
{
	AUTO(build) b = BUILD_NONE;

	error_clear(ctx);
	TRY(build_begin(&b, ctx, path));
	TRY(build_tree(&b));
	TRY(fill(&b, wiring));
	return build_finish(&b);
}

efile_status store_bare(efile_store **out, const efile_store *like, const char *path)
{
	AUTO_PTR(efile_store) store = store_shell(like->ctx, &like->wiring);

	if (!store)
		return EFILE_E_NOMEM;
	store->id = like->id;
	if (sqlite3_open_v2(path ? path : ":memory:", &store->db,
			    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
			    NULL) != SQLITE_OK)
		return store->db ? db_error(store, sqlite3_errcode(store->db)) :
				   mem_failed(store->ctx);
	sqlite3_extended_result_codes(store->db, 1);
	TRY(db_exec(store, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN"));
	TRY(migrate_run(store, 0));
	*out = STEAL(store);
	return EFILE_OK;
}
