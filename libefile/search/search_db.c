/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* search.db: its own connection, derived and disposable. Writers hold byte 3 of the store's lock
 * file from before BEGIN to after the checkpoint, as the store's do with byte 0 (DESIGN D4). */
#include "search/search.h"
#include "base/failure.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LOCK_SEARCH = 3, WAL_LIMIT = 4000, POLL_NANOSECONDS = 1000000 };

static const char schema[] =
	"CREATE TABLE search_meta(key TEXT PRIMARY KEY, value);"
	"CREATE TABLE indexed(row INTEGER PRIMARY KEY, uuid BLOB NOT NULL UNIQUE);"
	"CREATE TABLE access_class(id INTEGER PRIMARY KEY, unit INTEGER NOT NULL,"
	" list INTEGER NOT NULL, level INTEGER NOT NULL, UNIQUE(unit, list, level));"
	"CREATE TABLE unit_class(unit INTEGER PRIMARY KEY, class INTEGER NOT NULL);"
	"CREATE VIRTUAL TABLE page USING fts5(title, text, sender, type, reference, meta, day, "
	"access, tokenize = 'efile');"
	"INSERT INTO page(page, rank) VALUES('hashsize', 8388608);";

enum {
	SQL_META_GET, SQL_META_PUT, SQL_INSERT, SQL_DELETE, SQL_NOTE, SQL_FORGET, SQL_ROW_OF,
	SQL_IS_INDEXED, SQL_CLASS_FIND, SQL_CLASS_ADD, SQL_CLASSES, SQL_UNIT_CLASS, SQL_UNIT_ADD,
	SQL_UNITS, SQL_NEWEST, SQL_SNIPPETS, SQL_RELEVANT, SQL_SNIPPET, SQL_MERGE, SQL_COUNT
};

static const char *const statements[SQL_COUNT] = {
	[SQL_META_GET] = "SELECT value FROM search_meta WHERE key = ?1",
	[SQL_META_PUT] = "INSERT INTO search_meta(key, value) VALUES(?1, ?2) "
			 "ON CONFLICT(key) DO UPDATE SET value = excluded.value",
	[SQL_INSERT] = "INSERT INTO page(rowid, title, text, sender, type, reference, meta, day, "
		       "access) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[SQL_DELETE] = "DELETE FROM page WHERE rowid = ?1",
	[SQL_NOTE] = "INSERT INTO indexed(row, uuid) VALUES(?1, ?2) ON CONFLICT DO NOTHING",
	[SQL_FORGET] = "DELETE FROM indexed WHERE row = ?1",
	[SQL_ROW_OF] = "SELECT row FROM indexed WHERE uuid = ?1",
	[SQL_IS_INDEXED] = "SELECT 1 FROM indexed WHERE row = ?1",
	[SQL_CLASS_FIND] =
		"SELECT id FROM access_class WHERE unit = ?1 AND list = ?2 AND level = ?3",
	[SQL_CLASS_ADD] = "INSERT INTO access_class(unit, list, level) VALUES(?1, ?2, ?3)",
	[SQL_CLASSES] = "SELECT id, unit, list, level FROM access_class ORDER BY id",
	[SQL_UNIT_CLASS] = "SELECT class FROM unit_class WHERE unit = ?1",
	[SQL_UNIT_ADD] = "INSERT INTO unit_class(unit, class) VALUES(?1, ?2)",
	[SQL_UNITS] = "SELECT class, unit FROM unit_class",
	[SQL_NEWEST] = "SELECT rowid, NULL FROM page WHERE page MATCH ?1 AND rowid < ?2 "
		       "ORDER BY rowid DESC LIMIT 50",
	[SQL_SNIPPETS] = "SELECT rowid, snippet(page, 1, char(2), char(3), '…', 16) FROM page "
			 "WHERE page MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT 50",
	[SQL_RELEVANT] = "SELECT row FROM (SELECT rowid AS row, bm25(page, 8.0, 1.0, 2.0, 1.0, 4.0,"
			 " 2.0, 0.0, 0.0) AS score FROM page WHERE page MATCH ?1 "
			 "ORDER BY rowid DESC LIMIT 20000) ORDER BY score, row DESC LIMIT ?2",
	[SQL_SNIPPET] = "SELECT snippet(page, 1, char(2), char(3), '…', 16) FROM page "
			"WHERE page MATCH ?1 AND rowid = ?2",
	[SQL_MERGE] = "INSERT INTO page(page) VALUES('optimize')",
};

/* ---- errors ---- */

static efile_status failed(const search_db *s, int code)
{
	switch (code & 0xff) {
	case SQLITE_NOMEM:
		return mem_failed(s->ctx);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return FAIL(s->ctx, EFILE_E_BUSY, 2210, "the search index is in use");
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return FAIL(s->ctx, EFILE_E_DAMAGED, 2211, "the search index is damaged");
	default:
		return FAIL(s->ctx, EFILE_E_STORAGE, 2212, "the search index failed: %s",
			    failure_sqlite(s->ctx, code, s->db ? sqlite3_errmsg(s->db) : NULL));
	}
}

static efile_status run_text(search_db *s, const char *sql)
{
	int code = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? EFILE_OK : failed(s, code);
}

/* ---- statements ---- */

static efile_status take(sqlite3_stmt **out, search_db *s, int which)
{
	if (!s->statements[which]) {
		int code = sqlite3_prepare_v3(s->db, statements[which], -1,
					      SQLITE_PREPARE_PERSISTENT, &s->statements[which],
					      NULL);

		if (code != SQLITE_OK)
			return failed(s, code);
	}
	*out = s->statements[which];
	return EFILE_OK;
}

static void give_back(sqlite3_stmt *st)
{
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
}

/* Steps once and gives the statement back unless there is a row. */
static efile_status step(search_db *s, sqlite3_stmt *st)
{
	int code = sqlite3_step(st);

	if (code == SQLITE_ROW)
		return EFILE_OK;
	give_back(st);
	return code == SQLITE_DONE ? EFILE_DONE : failed(s, code);
}

static efile_status run(search_db *s, sqlite3_stmt *st)
{
	efile_status status = step(s, st);

	if (status == EFILE_OK)
		give_back(st);
	return status < 0 ? status : EFILE_OK;
}

/* The first column of the first row. */
static efile_status one_int(int64_t *out, search_db *s, sqlite3_stmt *st)
{
	efile_status status = step(s, st);

	if (status == EFILE_DONE)
		return EFILE_E_NOTFOUND;
	TRY(status);
	*out = sqlite3_column_int64(st, 0);
	give_back(st);
	return EFILE_OK;
}

/* ---- meta ---- */

static efile_status meta_put(search_db *s, const char *key, const char *text, int64_t number)
{
	sqlite3_stmt *st = NULL;

	TRY(take(&st, s, SQL_META_PUT));
	sqlite3_bind_text(st, 1, key, -1, SQLITE_STATIC);
	if (text)
		sqlite3_bind_text(st, 2, text, -1, SQLITE_STATIC);
	else
		sqlite3_bind_int64(st, 2, number);
	return run(s, st);
}

static efile_status meta_text(char *out, size_t room, search_db *s, const char *key)
{
	sqlite3_stmt *st = NULL;
	efile_status status;

	TRY(take(&st, s, SQL_META_GET));
	sqlite3_bind_text(st, 1, key, -1, SQLITE_STATIC);
	status = step(s, st);
	TRY(status);
	out[0] = '\0';
	if (status == EFILE_DONE)
		return EFILE_OK;
	if (sqlite3_column_text(st, 0))
		snprintf(out, room, "%s", (const char *)sqlite3_column_text(st, 0));
	give_back(st);
	return EFILE_OK;
}

static efile_status position_load(search_db *s)
{
	sqlite3_stmt *st = NULL;
	int64_t position = 0;
	efile_status status;

	TRY(take(&st, s, SQL_META_GET));
	sqlite3_bind_text(st, 1, "position", -1, SQLITE_STATIC);
	status = one_int(&position, s, st);
	if (status < 0 && status != EFILE_E_NOTFOUND)
		return status;
	if (position != s->position)
		s->standings_fresh = false; /* another process went on */
	s->position = position;
	return EFILE_OK;
}

efile_status position_set(search_db *s, int64_t position, const char *hash)
{
	TRY(meta_put(s, "position", NULL, position));
	TRY(meta_put(s, "hash", hash, 0));
	s->position = position;
	return EFILE_OK;
}

efile_status position_hash(char out[65], search_db *s)
{
	return meta_text(out, 65, s, "hash");
}

/* ---- the lock ---- */

static int set_lock(const search_db *s, short type)
{
	struct flock range = { .l_type = type, .l_whence = SEEK_SET, .l_start = LOCK_SEARCH,
			       .l_len = 1 };
	int result;

	do
		result = fcntl(s->lock, F_OFD_SETLK, &range);
	while (result != 0 && errno == EINTR);
	return result == 0 ? 0 : errno;
}

static efile_status lock_take(const search_db *s)
{
	int64_t tries = (int64_t)s->ctx->limits.busy_milliseconds;
	struct timespec pause = { 0, POLL_NANOSECONDS };
	int error;

	while ((error = set_lock(s, F_WRLCK)) != 0) {
		if (error != EAGAIN && error != EACCES)
			return FAIL(s->ctx, EFILE_E_STORAGE, 2213, "cannot lock the search index: %s",
				    failure_text(s->ctx, error));
		if (tries-- <= 0)
			return FAIL(s->ctx, EFILE_E_BUSY, 2210, "the search index is in use");
		nanosleep(&pause, NULL);
	}
	return EFILE_OK;
}

static void lock_drop(const search_db *s)
{
	set_lock(s, F_UNLCK);
}

/* ---- opening ---- */

static void close_db(search_db *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(s->statements); i++) {
		sqlite3_finalize(s->statements[i]);
		s->statements[i] = NULL;
	}
	sqlite3_close(s->db);
	s->db = NULL;
}

static void search_free(void *data)
{
	search_db *s = data;

	if (!s)
		return;
	close_db(s);
	if (s->lock >= 0)
		close(s->lock);
	free(s->path);
	free(s->units);
	zone_free(s->berlin);
	free(s);
}

static void remove_files(const search_db *s)
{
	static const char *const ends[] = { "", "-wal", "-shm" };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		char path[4096];

		if (snprintf(path, sizeof(path), "%s%s", s->path, ends[i]) < (int)sizeof(path))
			unlink(path);
	}
}

static efile_status open_db(search_db *s)
{
	int flags = s->read_only ? SQLITE_OPEN_READONLY :
				   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	int code, fd = -1;

	/* SQLite would ask the umask who may read it. */
	if (!s->read_only)
		fd = open(s->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0)
		close(fd);
	code = sqlite3_open_v2(s->path, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL);

	if (code == SQLITE_OK)
		code = tokenizer_register(s->db, s->ctx);
	if (code != SQLITE_OK)
		return failed(s, code);
	sqlite3_busy_timeout(s->db, (int)s->ctx->limits.busy_milliseconds);
	if (s->read_only)
		return EFILE_OK;
	return run_text(s, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
			   "PRAGMA wal_autocheckpoint = 0; PRAGMA secure_delete = FAST;"
			   "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768");
}

static void store_id_text(char out[EFILE_ID_TEXT_SIZE], const search_db *s)
{
	efile_id_format(store_id(s->store), out);
}

static efile_status has_tables(bool *out, search_db *s)
{
	sqlite3_stmt *st = NULL;
	int code = sqlite3_prepare_v2(s->db, "SELECT count(*) = 2 FROM sqlite_master "
					     "WHERE name IN ('page', 'search_meta')", -1, &st, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_step(st);
	*out = code == SQLITE_ROW && sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	return code == SQLITE_ROW ? EFILE_OK : failed(s, code);
}

/* Whether the file is the index of this store, in our version. */
static efile_status is_ours(bool *out, search_db *s)
{
	char ours[EFILE_ID_TEXT_SIZE], found[64], version[16], want[16];

	TRY(has_tables(out, s));
	if (!*out)
		return EFILE_OK;
	TRY(meta_text(found, sizeof(found), s, "store"));
	TRY(meta_text(version, sizeof(version), s, "version"));
	store_id_text(ours, s);
	snprintf(want, sizeof(want), "%d", SEARCH_VERSION);
	*out = strcmp(ours, found) == 0 && strcmp(version, want) == 0;
	return EFILE_OK;
}

static efile_status fill_new(search_db *s)
{
	char text[EFILE_ID_TEXT_SIZE];
	efile_status status;

	TRY(run_text(s, "BEGIN IMMEDIATE"));
	store_id_text(text, s);
	status = run_text(s, schema);
	if (status == EFILE_OK)
		status = meta_put(s, "store", text, 0);
	if (status == EFILE_OK)
		status = meta_put(s, "version", NULL, SEARCH_VERSION);
	if (status == EFILE_OK)
		status = run_text(s, "COMMIT");
	return status;
}

static efile_status make_new(search_db *s)
{
	close_db(s);
	remove_files(s);
	TRY(open_db(s));
	return fill_new(s);
}

static efile_status open_or_make(search_db *s)
{
	efile_status status = open_db(s);
	bool ours = false;

	if (status == EFILE_OK)
		status = is_ours(&ours, s);
	if ((status == EFILE_OK && ours) || status == EFILE_E_NOMEM || status == EFILE_E_BUSY)
		return status;
	if (s->read_only)
		return FAIL(s->ctx, EFILE_E_UNSUPPORTED, 2214,
			    "the store is open read-only and has no search index");
	/* What may be better the next time, as a disk that fails to read, is no reason to throw an
	 * index away that took hours to make. */
	if (status < 0 && status != EFILE_E_DAMAGED)
		return status;
	error_clear(s->ctx);
	return make_new(s);
}

static efile_status note_inode(search_db *s)
{
	struct stat info;

	if (stat(s->path, &info) != 0)
		return FAIL(s->ctx, EFILE_E_STORAGE, 2215, "cannot open the search index: %s",
			    failure_text(s->ctx, errno));
	s->inode = (int64_t)info.st_ino;
	return EFILE_OK;
}

static efile_status paths(search_db *s)
{
	AUTO(buf) path = BUF_INIT;
	AUTO(buf) lock = BUF_INIT;

	buf_add_format(&path, "%s/search.db", store_path(s->store));
	buf_add_format(&lock, "%s/lock", store_path(s->store));
	TRY(buf_status(&lock, s->ctx));
	TRY(buf_take(&s->path, &path, s->ctx));
	s->lock = open(lock.data, (s->read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);
	if (s->lock < 0)
		return FAIL(s->ctx, EFILE_E_STORAGE, 2215, "cannot open the search index: %s",
			    failure_text(s->ctx, errno));
	return EFILE_OK;
}

static efile_status open_locked(search_db *s)
{
	efile_status status;

	if (s->read_only)
		return open_or_make(s);
	TRY(lock_take(s));
	status = open_or_make(s);
	lock_drop(s);
	return status;
}

DEFINE_AUTO_PTR(search_db, search_free)

static bool is_present(const search_db *s)
{
	struct stat info;

	return stat(s->path, &info) == 0 && (int64_t)info.st_ino == s->inode;
}

efile_status search_open(search_db **out, efile_store *store)
{
	AUTO_PTR(search_db) s = NULL;
	search_db *there = store_slot(store, SEARCH_SLOT);

	if (there && is_present(there)) {
		*out = there;
		return position_load(there);
	}
	search_discard(store, false);
	s = mem_new(store_ctx(store), sizeof(*s));
	if (!s)
		return EFILE_E_NOMEM;
	s->store = store;
	s->ctx = store_ctx(store);
	s->lock = -1;
	s->read_only = store_is_read_only(store);
	TRY(paths(s));
	TRY(open_locked(s));
	TRY(note_inode(s));
	TRY(position_load(s));
	*out = s;
	store_set_slot(store, SEARCH_SLOT, STEAL(s), search_free);
	return EFILE_OK;
}

void search_discard(efile_store *store, bool remove)
{
	search_db *s = store_slot(store, SEARCH_SLOT);

	if (!s)
		return;
	if (remove && !s->read_only && lock_take(s) == EFILE_OK) {
		close_db(s);
		remove_files(s);
		lock_drop(s);
	}
	store_set_slot(store, SEARCH_SLOT, NULL, NULL);
}

/* ---- transactions ---- */

efile_status search_begin(search_db *s)
{
	efile_status status;

	TRY(lock_take(s));
	status = run_text(s, "BEGIN IMMEDIATE");
	if (status == EFILE_OK) {
		status = position_load(s);
		if (status < 0)
			run_text(s, "ROLLBACK");
	}
	if (status < 0)
		lock_drop(s);
	return status;
}

static bool is_log_long(const search_db *s)
{
	char path[4096];
	struct stat info;

	return snprintf(path, sizeof(path), "%s-wal", s->path) < (int)sizeof(path) &&
	       stat(path, &info) == 0 && info.st_size >= (off_t)WAL_LIMIT * 4096;
}

/* Pages that a merge of the index frees keep what was in them: zeroing each costs a tenth of all
 * indexing. After a merge for an erasure the file is written anew without them. */
static efile_status drop_free_pages(search_db *s)
{
	return s->merged ? run_text(s, "PRAGMA temp_store = FILE; VACUUM;"
				       "PRAGMA temp_store = MEMORY") : EFILE_OK;
}

/* A long write-ahead log is carried over; a reader that still needs it postpones that. After a merge
 * it must be: what was erased is still in it. */
static efile_status checkpoint(search_db *s)
{
	int code;

	if (!s->merged && !is_log_long(s))
		return EFILE_OK;
	sqlite3_busy_timeout(s->db, 0);
	code = sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_busy_timeout(s->db, (int)s->ctx->limits.busy_milliseconds);
	return s->merged && code != SQLITE_OK ? failed(s, code) : EFILE_OK;
}

efile_status search_end(search_db *s, bool commit)
{
	efile_status status = EFILE_OK;

	if (commit)
		status = run_text(s, "COMMIT");
	if (!commit || status < 0) {
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL); /* the first error counts */
		s->position = -1;
		s->standings_fresh = false;
	} else {
		status = drop_free_pages(s);
		if (status == EFILE_OK)
			status = checkpoint(s);
	}
	s->merged = false;
	lock_drop(s);
	return status;
}

efile_status index_merge(search_db *s)
{
	sqlite3_stmt *st = NULL;

	TRY(take(&st, s, SQL_MERGE));
	s->merged = true;
	return run(s, st);
}

/* ---- pages ---- */

static efile_status run_row(search_db *s, int which, int64_t row)
{
	sqlite3_stmt *st = NULL;

	TRY(take(&st, s, which));
	sqlite3_bind_int64(st, 1, row);
	return run(s, st);
}

static efile_status is_indexed(bool *out, search_db *s, int64_t row)
{
	sqlite3_stmt *st = NULL;
	int64_t one;
	efile_status status;

	TRY(take(&st, s, SQL_IS_INDEXED));
	sqlite3_bind_int64(st, 1, row);
	status = one_int(&one, s, st);
	*out = status == EFILE_OK;
	return status == EFILE_E_NOTFOUND ? EFILE_OK : status;
}

efile_status page_remove(search_db *s, int64_t row)
{
	bool there;

	TRY(is_indexed(&there, s, row));
	if (!there)
		return EFILE_OK;
	TRY(run_row(s, SQL_DELETE, row));
	return run_row(s, SQL_FORGET, row);
}

/* Whether the page is there for the first time. */
static efile_status note_page(bool *first, search_db *s, const search_page *page)
{
	sqlite3_stmt *st = NULL;

	TRY(take(&st, s, SQL_NOTE));
	sqlite3_bind_int64(st, 1, page->row);
	sqlite3_bind_blob(st, 2, page->id.bytes, sizeof(page->id.bytes), SQLITE_STATIC);
	TRY(run(s, st));
	*first = sqlite3_changes(s->db) > 0;
	return EFILE_OK;
}

efile_status page_put(search_db *s, const search_page *page)
{
	const char *texts[] = { page->title, page->text, page->sender, page->type,
				page->reference, page->meta, page->day };
	char access[32];
	sqlite3_stmt *st = NULL;
	bool first;

	TRY(note_page(&first, s, page));
	if (!first)
		TRY(run_row(s, SQL_DELETE, page->row));
	TRY(take(&st, s, SQL_INSERT));
	sqlite3_bind_int64(st, 1, page->row);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		sqlite3_bind_text(st, (int)i + 2, texts[i] ? texts[i] : "", -1, SQLITE_STATIC);
	snprintf(access, sizeof(access), "c%lld", (long long)page->access);
	sqlite3_bind_text(st, 9, access, -1, SQLITE_STATIC);
	return run(s, st);
}

efile_status page_row(int64_t *out, search_db *s, const efile_id *id)
{
	sqlite3_stmt *st = NULL;

	TRY(take(&st, s, SQL_ROW_OF));
	sqlite3_bind_blob(st, 1, id->bytes, sizeof(id->bytes), SQLITE_STATIC);
	return one_int(out, s, st);
}

/* ---- access classes ---- */

static efile_status class_key(int64_t *out, search_db *s, int which, int64_t unit, int64_t list,
			      int64_t level)
{
	sqlite3_stmt *st = NULL;

	TRY(take(&st, s, which));
	sqlite3_bind_int64(st, 1, unit);
	sqlite3_bind_int64(st, 2, list);
	sqlite3_bind_int64(st, 3, level);
	return which == SQL_CLASS_ADD ? run(s, st) : one_int(out, s, st);
}

efile_status class_find(int64_t *out, search_db *s, int64_t unit, int64_t list, int64_t level)
{
	efile_status status = class_key(out, s, SQL_CLASS_FIND, unit, list, level);

	if (status != EFILE_E_NOTFOUND)
		return status;
	TRY(class_key(out, s, SQL_CLASS_ADD, unit, list, level));
	*out = sqlite3_last_insert_rowid(s->db);
	return EFILE_OK;
}

efile_status class_of_unit(int64_t *out, search_db *s, int64_t unit)
{
	sqlite3_stmt *st = NULL;

	TRY(take(&st, s, SQL_UNIT_CLASS));
	sqlite3_bind_int64(st, 1, unit);
	return one_int(out, s, st);
}

efile_status class_set_unit(search_db *s, int64_t unit, int64_t class_id)
{
	sqlite3_stmt *st = NULL;

	TRY(take(&st, s, SQL_UNIT_ADD));
	sqlite3_bind_int64(st, 1, unit);
	sqlite3_bind_int64(st, 2, class_id);
	return run(s, st);
}

static efile_status load_list(class_list *out, search_db *s, int which)
{
	sqlite3_stmt *st = NULL;
	efile_status status;

	TRY(take(&st, s, which));
	while ((status = step(s, st)) == EFILE_OK) {
		void *items = out->items;

		status = mem_grow(s->ctx, &items, &out->room, out->count, sizeof(*out->items));
		out->items = items;
		if (status < 0) {
			give_back(st);
			return status;
		}
		out->items[out->count] = (access_class){ sqlite3_column_int64(st, 0),
							 sqlite3_column_int64(st, 1), 0, -1 };
		if (which == SQL_CLASSES) {
			out->items[out->count].list = sqlite3_column_int64(st, 2);
			out->items[out->count].level = sqlite3_column_int64(st, 3);
		}
		out->count++;
	}
	return status == EFILE_DONE ? EFILE_OK : status;
}

efile_status class_load(class_list *out, search_db *s)
{
	return load_list(out, s, SQL_CLASSES);
}

efile_status class_load_units(class_list *out, search_db *s)
{
	return load_list(out, s, SQL_UNITS);
}

void class_list_clear(class_list *list)
{
	free(list->items);
	*list = (class_list)CLASS_LIST_NONE;
}

/* ---- matching ---- */

void hit_page_clear(hit_page *page)
{
	for (size_t i = 0; i < page->count; i++)
		free(page->hits[i].snippet);
	page->count = 0;
}

static efile_status take_hit(hit_page *out, search_db *s, sqlite3_stmt *st)
{
	hit_row *hit = &out->hits[out->count];

	*hit = (hit_row){ sqlite3_column_int64(st, 0), NULL };
	TRY(mem_dup(&hit->snippet, s->ctx, (const char *)sqlite3_column_text(st, 1)));
	out->count++;
	return EFILE_OK;
}

efile_status match_newest(hit_page *out, search_db *s, const char *match, int64_t below,
			  bool snippets)
{
	sqlite3_stmt *st = NULL;
	efile_status status;

	hit_page_clear(out);
	TRY(take(&st, s, snippets ? SQL_SNIPPETS : SQL_NEWEST));
	sqlite3_bind_text(st, 1, match, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 2, below);
	while ((status = step(s, st)) == EFILE_OK) {
		status = take_hit(out, s, st);
		if (status < 0) {
			give_back(st);
			return status;
		}
	}
	return status == EFILE_DONE ? EFILE_OK : status;
}

efile_status match_relevant(int64_t *rows, size_t *count, size_t room, search_db *s,
			    const char *match)
{
	sqlite3_stmt *st = NULL;
	efile_status status;

	*count = 0;
	TRY(take(&st, s, SQL_RELEVANT));
	sqlite3_bind_text(st, 1, match, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 2, (int64_t)room);
	while ((status = step(s, st)) == EFILE_OK)
		rows[(*count)++] = sqlite3_column_int64(st, 0);
	return status == EFILE_DONE ? EFILE_OK : status;
}

efile_status match_snippet(char **out, search_db *s, const char *match, int64_t row)
{
	sqlite3_stmt *st = NULL;
	efile_status status;

	*out = NULL;
	TRY(take(&st, s, SQL_SNIPPET));
	sqlite3_bind_text(st, 1, match, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 2, row);
	status = step(s, st);
	if (status != EFILE_OK)
		return status < 0 ? status : EFILE_OK;
	status = mem_dup(out, s->ctx, (const char *)sqlite3_column_text(st, 0));
	give_back(st);
	return status;
}
