/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prepared statements, kept by the address of their constant text. */
#include <stdlib.h>
#include <string.h>

#include "store/inner.h"

static size_t bucket_of(const char *sql)
{
	uintptr_t address = (uintptr_t)sql;

	return (address ^ address >> 8 ^ address >> 16) % STMT_BUCKETS;
}

static efile_status slot_new(stmt_slot **out, efile_store *store, const char *sql)
{
	stmt_slot *slot = mem_new(store->ctx, sizeof(*slot));
	int code;

	if (!slot)
		return EFILE_E_NOMEM;
	code = sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &slot->handle, NULL);
	if (code != SQLITE_OK) {
		free(slot);
		return db_error(store, code);
	}
	slot->sql = sql;
	slot->writes = !sqlite3_stmt_readonly(slot->handle);
	slot->next = store->statements[bucket_of(sql)];
	store->statements[bucket_of(sql)] = slot;
	*out = slot;
	return EFILE_OK;
}

efile_status stmt_take(stmt *s, efile_store *store, const char *sql)
{
	stmt_slot *slot = store->statements[bucket_of(sql)];

	if (store->failed || store->lost)
		return db_final(store, SQLITE_OK);
	while (slot && (slot->sql != sql || slot->busy))
		slot = slot->next;
	if (!slot)
		TRY(slot_new(&slot, store, sql));
	slot->busy = true;
	slot->bind_error = SQLITE_OK;
	slot->remembered = slot->writes && store->redo.open;
	if (slot->remembered)
		buf_reset(&slot->values);
	*s = (stmt){ slot->handle, store, slot };
	return EFILE_OK;
}

void stmt_clear(stmt *s)
{
	if (!s->slot)
		return;
	/* The result repeats the last step's error, which was reported there. */
	sqlite3_reset(s->handle);
	sqlite3_clear_bindings(s->handle);
	s->slot->busy = false;
	*s = (stmt)STMT_NONE;
}

static void note(stmt *s, int code)
{
	if (code != SQLITE_OK)
		s->slot->bind_error = code;
}

void stmt_bind_int(stmt *s, int at, int64_t value)
{
	note(s, sqlite3_bind_int64(s->handle, at, value));
	if (s->slot->remembered)
		redo_keep_int(s->slot, at, value);
}

void stmt_bind_text(stmt *s, int at, const char *text)
{
	note(s, sqlite3_bind_text(s->handle, at, text, -1, SQLITE_STATIC));
	if (s->slot->remembered)
		redo_keep_bytes(s->slot, at, SQLITE_TEXT, text, text ? strlen(text) : 0);
}

void stmt_bind_blob(stmt *s, int at, const void *data, size_t length)
{
	note(s, sqlite3_bind_blob64(s->handle, at, data, length, SQLITE_STATIC));
	if (s->slot->remembered)
		redo_keep_bytes(s->slot, at, SQLITE_BLOB, data, length);
}

void stmt_bind_id(stmt *s, int at, const efile_id *id)
{
	if (efile_id_is_none(id))
		stmt_bind_null(s, at);
	else
		stmt_bind_blob(s, at, id->bytes, sizeof(id->bytes));
}

void stmt_bind_null(stmt *s, int at)
{
	note(s, sqlite3_bind_null(s->handle, at));
	if (s->slot->remembered)
		redo_keep_bytes(s->slot, at, SQLITE_NULL, NULL, 0);
}

efile_status stmt_step(stmt *s)
{
	bool writes = s->slot->writes && s->store->redo.open;
	int code;

	if (writes)
		TRY(redo_make_room(s));
	code = s->slot->bind_error ? s->slot->bind_error : sqlite3_step(s->handle);
	if (code == SQLITE_ROW)
		return EFILE_OK;
	if (code != SQLITE_DONE)
		return db_error(s->store, code);
	if (writes)
		redo_add(s);
	return EFILE_DONE;
}

efile_status stmt_run(stmt *s)
{
	efile_status status;

	do
		status = stmt_step(s);
	while (status == EFILE_OK);
	return status == EFILE_DONE ? EFILE_OK : status;
}

int64_t stmt_changes(const stmt *s)
{
	return sqlite3_changes64(sqlite3_db_handle(s->handle));
}

int64_t stmt_int(const stmt *s, int column)
{
	return sqlite3_column_int64(s->handle, column);
}

bool stmt_is_null(const stmt *s, int column)
{
	return sqlite3_column_type(s->handle, column) == SQLITE_NULL;
}

const char *stmt_text(const stmt *s, int column)
{
	return (const char *)sqlite3_column_text(s->handle, column);
}

const void *stmt_blob(const stmt *s, int column, size_t *length)
{
	/* An empty blob reads as NULL: the caller must still see that it is there. */
	const void *data = sqlite3_column_blob(s->handle, column);

	*length = (size_t)sqlite3_column_bytes(s->handle, column);
	return data || stmt_is_null(s, column) ? data : "";
}

void stmt_id(efile_id *out, const stmt *s, int column)
{
	size_t length;
	const void *data = stmt_blob(s, column, &length);

	*out = EFILE_ID_NONE;
	if (data && length == sizeof(out->bytes))
		memcpy(out->bytes, data, length);
}
