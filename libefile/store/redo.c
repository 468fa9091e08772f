/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Nested transactions that cost nothing until one is rolled back.
 *
 * Within a savepoint SQLite lays aside a copy of each page that is written for the first time. A call
 * of a batch writes a few bytes each on a dozen pages, and hardly ever fails: the copies took more time
 * than the rows. So many levels share one savepoint of SQLite, the base, and what is written from there
 * on is remembered as statements with their values. Rolling a level back takes the database to the base
 * and runs again what was written before the level began.
 *
 * A call that writes very much, or by a statement that is not remembered, makes its levels savepoints of
 * SQLite until the outermost transaction is reached again: "plain". */
#include <string.h>

#include "store/inner.h"

enum {
	REDO_CALLS = 32,        /* calls that share a base */
	REDO_KEEP = 1 << 18,    /* bytes of them after which there is a new base */
	REDO_MAX = 1 << 22      /* bytes of one call after which it gets savepoints of its own */
};

static const char sql_savepoint[] = "SAVEPOINT efile";
static const char sql_release[] = "RELEASE efile";
static const char sql_back[] = "ROLLBACK TO efile";

/* One statement in the log; its values follow. */
typedef struct redo_head {
	const char *sql;        /* the key of the cache of statements */
	size_t length;          /* of the values */
} redo_head;

typedef struct redo_value {
	int at;
	int type;               /* SQLITE_INTEGER, _TEXT, _BLOB, _NULL */
	union {
		int64_t number;
		size_t length;  /* of the bytes behind */
	};
} redo_value;

static efile_status run(efile_store *store, const char *sql)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, sql));
	return stmt_run(&s);
}

/* ---- remembering ---- */

static void keep(stmt_slot *slot, const redo_value *value, const void *data)
{
	size_t length = data ? value->length : 0;
	buf *b = &slot->values;

	if (!buf_reserve(b, sizeof(*value) + length))
		return;
	memcpy(b->data + b->length, value, sizeof(*value));
	if (length)
		memcpy(b->data + b->length + sizeof(*value), data, length);
	b->length += sizeof(*value) + length;
}

void redo_keep_int(stmt_slot *slot, int at, int64_t number)
{
	keep(slot, &(redo_value){ .at = at, .type = SQLITE_INTEGER, .number = number }, NULL);
}

void redo_keep_bytes(stmt_slot *slot, int at, int type, const void *data, size_t length)
{
	if (data)
		keep(slot, &(redo_value){ .at = at, .type = type, .length = length }, data);
	else
		keep(slot, &(redo_value){ .at = at, .type = SQLITE_NULL }, NULL);
}

efile_status redo_make_room(stmt *s)
{
	efile_store *store = s->store;
	redo *r = &store->redo;
	size_t more = sizeof(redo_head) + s->slot->values.length;

	if (!s->slot->remembered || r->log.length + more > REDO_MAX)
		return redo_settle(store);
	if (s->slot->values.failed || !buf_reserve(&r->log, more))
		return mem_failed(store->ctx);
	return EFILE_OK;
}

void redo_add(const stmt *s)
{
	redo *r = &s->store->redo;
	const redo_head head = { s->slot->sql, s->slot->values.length };

	if (!r->open)
		return; /* it has been settled just before */
	memcpy(r->log.data + r->log.length, &head, sizeof(head));
	r->log.length += sizeof(head);
	if (head.length)
		memcpy(r->log.data + r->log.length, s->slot->values.data, head.length);
	r->log.length += head.length;
}

/* ---- running again ---- */

static void bind_kept(stmt *s, const char *at, const char *end)
{
	redo_value v;

	for (; at < end; at += sizeof(v) + (v.type == SQLITE_TEXT || v.type == SQLITE_BLOB ? v.length : 0)) {
		const char *data = at + sizeof(v);

		memcpy(&v, at, sizeof(v));
		if (v.type == SQLITE_INTEGER)
			sqlite3_bind_int64(s->handle, v.at, v.number);
		else if (v.type == SQLITE_TEXT)
			sqlite3_bind_text64(s->handle, v.at, data, v.length, SQLITE_STATIC, SQLITE_UTF8);
		else if (v.type == SQLITE_BLOB)
			sqlite3_bind_blob64(s->handle, v.at, data, v.length, SQLITE_STATIC);
		else
			sqlite3_bind_null(s->handle, v.at);
	}
}

static efile_status run_again(efile_store *store, size_t from, size_t before)
{
	while (from < before) {
		AUTO(stmt) s = STMT_NONE;
		const char *at = store->redo.log.data + from;
		redo_head head;

		memcpy(&head, at, sizeof(head));
		TRY(stmt_take(&s, store, head.sql));
		bind_kept(&s, at + sizeof(head), at + sizeof(head) + head.length);
		TRY(stmt_run(&s));
		from += sizeof(head) + head.length;
	}
	return EFILE_OK;
}

/* ---- levels ---- */

static efile_status new_base(efile_store *store)
{
	AUTO(stmt) ready = STMT_NONE; /* preparing it could fail when it is needed */
	redo *r = &store->redo;

	TRY(stmt_take(&ready, store, sql_back));
	r->open = false;
	if (r->base)
		TRY(run(store, sql_release));
	r->base = false;
	TRY(run(store, sql_savepoint));
	r->base = r->open = true;
	r->calls = 0;
	buf_reset(&r->log);
	return EFILE_OK;
}

efile_status redo_begin(level_state *level, efile_store *store)
{
	redo *r = &store->redo;

	if (r->plain) {
		level->plain = true;
		return run(store, sql_savepoint);
	}
	if (store->level == 1 && (!r->open || r->calls >= REDO_CALLS || r->log.length >= REDO_KEEP))
		TRY(new_base(store));
	r->calls += store->level == 1;
	level->mark = r->log.length;
	return EFILE_OK;
}

/* Back in the outermost transaction: the next call gets a base again. */
static void leave_plain(efile_store *store)
{
	if (store->level == 2)
		store->redo.plain = false;
}

efile_status redo_commit(const level_state *level, efile_store *store)
{
	if (!level->plain)
		return EFILE_OK;
	TRY(run(store, sql_release));
	leave_plain(store);
	return EFILE_OK;
}

static bool back_to_mark(efile_store *store, size_t mark)
{
	redo *r = &store->redo;
	bool good;

	r->open = false;
	good = run(store, sql_back) == EFILE_OK && run_again(store, 0, mark) == EFILE_OK;
	r->log.length = mark;
	r->open = true;
	r->calls = REDO_CALLS; /* what fails once may fail again: the next call need not run all this again */
	return good;
}

bool redo_roll_back(const level_state *level, efile_store *store)
{
	if (level->plain) {
		leave_plain(store);
		return run(store, sql_back) == EFILE_OK && run(store, sql_release) == EFILE_OK;
	}
	return store->redo.log.length == level->mark || back_to_mark(store, level->mark);
}

/* Each level begins anew where it began, now as a savepoint of SQLite. */
static efile_status make_plain(efile_store *store)
{
	redo *r = &store->redo;
	size_t at = 0;

	TRY(run(store, sql_back));
	for (int i = 0; i + 1 < store->level; i++) {
		TRY(run_again(store, at, store->saved[i].mark));
		TRY(run(store, sql_savepoint));
		store->saved[i].plain = true;
		at = store->saved[i].mark;
	}
	return run_again(store, at, r->log.length);
}

efile_status redo_settle(efile_store *store)
{
	redo *r = &store->redo;
	efile_status status;

	if (!r->open)
		return EFILE_OK;
	r->open = false;
	if (store->level == 1)
		return EFILE_OK; /* nothing goes back to this base any more */
	r->plain = true;
	status = make_plain(store);
	buf_clear(&r->log);
	if (status < 0)
		store->lost = true;
	return status;
}

void redo_forget(efile_store *store)
{
	redo *r = &store->redo;

	r->base = r->open = r->plain = false;
	r->calls = 0;
	if (r->log.capacity > 2 * REDO_KEEP)
		buf_clear(&r->log);
	else
		buf_reset(&r->log);
}
