/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recorded rows: SQL made from the field tables, digests kept for the next entry of the log. */
#include <stdlib.h>
#include <string.h>

#include "store/inner.h"

/* ---- SQL, made once per kind and store (docs/DECISIONS.md) ---- */

static void add_columns(buf *b, const record_kind *kind)
{
	buf_add_text(b, "id, rev");
	for (size_t i = 0; i < kind->field_count; i++)
		buf_add_format(b, ", %s", kind->fields[i].name);
}

static void make_insert(buf *b, const record_kind *kind)
{
	buf_add_format(b, "INSERT INTO %s(", kind->table);
	add_columns(b, kind);
	buf_add_text(b, ") VALUES(?1, ?2");
	for (size_t i = 0; i < kind->field_count; i++)
		buf_add_format(b, ", ?%zu", i + 3);
	buf_add_text(b, ")");
}

static void make_update_of(buf *b, const record_kind *kind, unsigned without)
{
	buf_add_format(b, "UPDATE %s SET rev = ?2", kind->table);
	for (size_t i = 0; i < kind->field_count; i++)
		if (!(kind->fields[i].flags & without))
			buf_add_format(b, ", %s = ?%zu", kind->fields[i].name, i + 3);
	buf_add_format(b, " WHERE id = ?1 AND rev = ?%zu", kind->field_count + 3);
}

static void make_update(buf *b, const record_kind *kind)
{
	make_update_of(b, kind, FIELD_FIXED | FIELD_MOVED);
}

static void make_rewrite(buf *b, const record_kind *kind)
{
	make_update_of(b, kind, FIELD_FIXED);
}

static void make_remove(buf *b, const record_kind *kind)
{
	buf_add_format(b, "DELETE FROM %s WHERE id = ?1 AND rev = ?2", kind->table);
}

static void make_load(buf *b, const record_kind *kind)
{
	buf_add_text(b, "SELECT ");
	add_columns(b, kind);
	buf_add_format(b, " FROM %s WHERE id = ?1", kind->table);
}

static void make_all(buf *b, const record_kind *kind)
{
	buf_add_format(b, "SELECT * FROM %s WHERE id = ?1", kind->table);
}

static void make_max_id(buf *b, const record_kind *kind)
{
	buf_add_format(b,
		       "SELECT max(coalesce((SELECT max(id) FROM %s), 0), "
		       "coalesce((SELECT last FROM record_mark WHERE kind = ?1), 0))",
		       kind->table);
}

static efile_status make(char **out, efile_ctx *ctx, const record_kind *kind,
			 void (*write)(buf *b, const record_kind *kind))
{
	AUTO(buf) b = BUF_INIT;

	write(&b, kind);
	return buf_take(out, &b, ctx);
}

void kind_free(kind_sql *sql)
{
	if (!sql)
		return;
	free(sql->columns);
	free(sql->insert);
	free(sql->update);
	free(sql->rewrite);
	free(sql->remove);
	free(sql->load);
	free(sql->all);
	free(sql->max_id);
	free(sql);
}

DEFINE_AUTO_PTR(kind_sql, kind_free)

efile_status kind_get(kind_sql **out, efile_store *store, const record_kind *kind)
{
	AUTO_PTR(kind_sql) sql = NULL;

	if (store->kinds[kind->number]) {
		*out = store->kinds[kind->number];
		return EFILE_OK;
	}
	sql = mem_new(store->ctx, sizeof(*sql));
	if (!sql)
		return EFILE_E_NOMEM;
	TRY(make(&sql->columns, store->ctx, kind, add_columns));
	TRY(make(&sql->insert, store->ctx, kind, make_insert));
	TRY(make(&sql->update, store->ctx, kind, make_update));
	TRY(make(&sql->rewrite, store->ctx, kind, make_rewrite));
	TRY(make(&sql->remove, store->ctx, kind, make_remove));
	TRY(make(&sql->load, store->ctx, kind, make_load));
	TRY(make(&sql->all, store->ctx, kind, make_all));
	TRY(make(&sql->max_id, store->ctx, kind, make_max_id));
	*out = store->kinds[kind->number] = STEAL(sql);
	return EFILE_OK;
}

static efile_status select_text(const char **out, efile_store *store, const record_kind *kind,
				const char *tail)
{
	AUTO(buf) b = BUF_INIT;
	select_sql *made;
	kind_sql *sql;

	for (const select_sql *s = store->selects; s; s = s->next)
		if (s->kind == kind && s->tail == tail) {
			*out = s->sql;
			return EFILE_OK;
		}
	TRY(kind_get(&sql, store, kind));
	buf_add_format(&b, "SELECT %s FROM %s WHERE %s", sql->columns, kind->table, tail);
	made = mem_new(store->ctx, sizeof(*made));
	if (!made)
		return EFILE_E_NOMEM;
	if (buf_take(&made->sql, &b, store->ctx) < 0) {
		free(made);
		return EFILE_E_NOMEM;
	}
	made->kind = kind;
	made->tail = tail;
	made->next = store->selects;
	store->selects = made;
	*out = made->sql;
	return EFILE_OK;
}

efile_status row_select(stmt *s, efile_store *store, const record_kind *kind, const char *tail)
{
	const char *sql;

	TRY(select_text(&sql, store, kind, tail));
	return stmt_take(s, store, sql);
}

/* ---- between struct and statement ---- */

static void bind_field(stmt *s, int at, const record_field *field, const void *value)
{
	const bytes *blob;

	switch (field->type) {
	case FIELD_INT:
		stmt_bind_int(s, at, *(const int64_t *)value);
		return;
	case FIELD_OPT_INT:
		if (((const opt_int *)value)->set)
			stmt_bind_int(s, at, ((const opt_int *)value)->value);
		return;
	case FIELD_TEXT:
		stmt_bind_text(s, at, *(char *const *)value);
		return;
	case FIELD_ID:
		stmt_bind_id(s, at, value);
		return;
	case FIELD_BLOB:
		blob = value;
		if (blob->data)
			stmt_bind_blob(s, at, blob->data, blob->length);
		return;
	}
}

/* All fields but those with one of the flags. */
static void bind_row(stmt *s, const record_kind *kind, const void *record, int64_t id, int64_t rev,
		     unsigned without)
{
	stmt_bind_int(s, 1, id);
	stmt_bind_int(s, 2, rev);
	for (size_t i = 0; i < kind->field_count; i++)
		if (!(kind->fields[i].flags & without))
			bind_field(s, (int)i + 3, &kind->fields[i],
				   (const char *)record + kind->fields[i].offset);
}

static efile_status read_field(void *to, const stmt *s, int column, const record_field *field,
			       efile_ctx *ctx)
{
	const void *data;
	size_t length;
	char *copy = NULL;

	if (field->type != FIELD_INT && stmt_is_null(s, column))
		return EFILE_OK; /* as record_clear() left it */
	switch (field->type) {
	case FIELD_INT:
		*(int64_t *)to = stmt_int(s, column);
		return EFILE_OK;
	case FIELD_OPT_INT:
		*(opt_int *)to = (opt_int){ true, stmt_int(s, column) };
		return EFILE_OK;
	case FIELD_ID:
		stmt_id(to, s, column);
		return EFILE_OK;
	case FIELD_TEXT:
		data = stmt_text(s, column);
		if (!data)
			return mem_failed(ctx);
		return mem_dup_bytes((char **)to, ctx, data,
				     (size_t)sqlite3_column_bytes(s->handle, column));
	case FIELD_BLOB:
		data = stmt_blob(s, column, &length);
		if (!data)
			return EFILE_OK;
		TRY(mem_dup_bytes(&copy, ctx, data, length));
		*(bytes *)to = (bytes){ (unsigned char *)copy, length };
		return EFILE_OK;
	}
	return EFILE_OK;
}

efile_status row_read(const stmt *s, int first_column, const record_kind *kind, void *record,
		      efile_ctx *ctx)
{
	record_head *head = record;

	record_clear(kind, record);
	head->id = stmt_int(s, first_column);
	head->rev = stmt_int(s, first_column + 1);
	for (size_t i = 0; i < kind->field_count; i++) {
		efile_status status = read_field((char *)record + kind->fields[i].offset, s,
						 first_column + 2 + (int)i, &kind->fields[i], ctx);

		if (status < 0) {
			record_clear(kind, record);
			return status;
		}
	}
	return EFILE_OK;
}

efile_status row_load(efile_store *store, const record_kind *kind, void *record, int64_t id)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;
	kind_sql *sql;

	TRY(kind_get(&sql, store, kind));
	TRY(stmt_take(&s, store, sql->load));
	stmt_bind_int(&s, 1, id);
	status = stmt_step(&s);
	if (status == EFILE_DONE)
		return EFILE_E_NOTFOUND;
	TRY(status);
	return row_read(&s, 0, kind, record, store->ctx);
}

/* ---- writing ---- */

/* The highest id ever given out, so that none is used again. */
efile_status kind_last_id(int64_t *out, efile_store *store, const record_kind *kind)
{
	AUTO(stmt) s = STMT_NONE;
	kind_sql *sql;

	TRY(kind_get(&sql, store, kind));
	TRY(stmt_take(&s, store, sql->max_id));
	stmt_bind_int(&s, 1, kind->number);
	TRY(stmt_step(&s));
	*out = stmt_int(&s, 0);
	return EFILE_OK;
}

static efile_status last_id(kind_sql *sql, efile_store *store, const record_kind *kind)
{
	if (sql->epoch == store->epoch)
		return EFILE_OK;
	TRY(kind_last_id(&sql->last_id, store, kind));
	sql->epoch = store->epoch;
	return EFILE_OK;
}

/* Row digest of docs/FORMAT.md 2 into the list for the next entry. */
static efile_status record_row(efile_store *store, const record_kind *kind, const void *record,
			       bool known)
{
	static const unsigned char room[4 + SALT_SIZE] = "EFR1";
	pending_row *row;

	TRY(pending_row_get(&row, store, kind->number, ((const record_head *)record)->id, known));
	buf_reset(&store->scratch);
	buf_add(&store->scratch, room, sizeof(room));
	canonical_record(&store->scratch, kind, record);
	TRY(buf_status(&store->scratch, store->ctx));
	TRY(digest_salt((unsigned char *)store->scratch.data + 4, store, store->pending.seed,
			(uint32_t)(row - store->pending.rows) + 1));
	return digest_bytes(row->digest, store, &store->scratch);
}

efile_status row_insert(efile_store *store, const record_kind *kind, void *record)
{
	AUTO(stmt) s = STMT_NONE;
	record_head *head = record;
	int64_t id = head->id;
	kind_sql *sql;

	TRY(txn_require_write(store));
	TRY(kind_get(&sql, store, kind));
	TRY(last_id(sql, store, kind));
	if (id == 0)
		id = sql->last_id + 1;
	else if (id <= sql->last_id)
		return FAIL(store->ctx, EFILE_E_EXISTS, 1127, "row %lld of %s was given out already",
			    (long long)id, kind->table);
	TRY(stmt_take(&s, store, sql->insert));
	bind_row(&s, kind, record, id, store->next_rev, 0);
	TRY(stmt_run(&s));
	sql->last_id = id;
	*head = (record_head){ id, store->next_rev };
	return record_row(store, kind, record, false);
}

static efile_status change_row(efile_store *store, const record_kind *kind, void *record,
			       const char *sql, unsigned without)
{
	AUTO(stmt) s = STMT_NONE;
	record_head *head = record;

	TRY(stmt_take(&s, store, sql));
	bind_row(&s, kind, record, head->id, store->next_rev, without);
	stmt_bind_int(&s, (int)kind->field_count + 3, head->rev);
	TRY(stmt_run(&s));
	if (stmt_changes(&s) != 1)
		return FAIL(store->ctx, EFILE_E_CONFLICT, 1128,
			    "row %lld of %s was changed by someone else", (long long)head->id,
			    kind->table);
	head->rev = store->next_rev;
	return record_row(store, kind, record, true);
}

efile_status row_update(efile_store *store, const record_kind *kind, void *record)
{
	kind_sql *sql;

	TRY(txn_require_write(store));
	TRY(kind_get(&sql, store, kind));
	return change_row(store, kind, record, sql->update, FIELD_FIXED | FIELD_MOVED);
}

efile_status row_rewrite(efile_store *store, const record_kind *kind, void *record)
{
	kind_sql *sql;

	TRY(txn_require_write(store));
	TRY(kind_get(&sql, store, kind));
	return change_row(store, kind, record, sql->rewrite, FIELD_FIXED);
}

static const char sql_mark[] = "INSERT INTO record_mark(kind, last) VALUES(?1, ?2) "
			       "ON CONFLICT(kind) DO UPDATE SET last = excluded.last";

static efile_status set_mark(efile_store *store, const record_kind *kind, int64_t last)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, sql_mark));
	stmt_bind_int(&s, 1, kind->number);
	stmt_bind_int(&s, 2, last);
	return stmt_run(&s);
}

efile_status row_delete(efile_store *store, const record_kind *kind, const void *record)
{
	AUTO(stmt) s = STMT_NONE;
	const record_head *head = record;
	pending_row *row;
	kind_sql *sql;

	TRY(txn_require_write(store));
	TRY(kind_get(&sql, store, kind));
	TRY(last_id(sql, store, kind));
	TRY(stmt_take(&s, store, sql->remove));
	stmt_bind_int(&s, 1, head->id);
	stmt_bind_int(&s, 2, head->rev);
	TRY(stmt_run(&s));
	if (stmt_changes(&s) != 1)
		return FAIL(store->ctx, EFILE_E_CONFLICT, 1128,
			    "row %lld of %s was changed by someone else", (long long)head->id,
			    kind->table);
	if (head->id == sql->last_id)
		TRY(set_mark(store, kind, head->id));
	TRY(pending_row_get(&row, store, kind->number, head->id, true));
	memset(row->digest, 0, sizeof(row->digest));
	return EFILE_OK;
}

efile_status row_one(stmt *s, const record_kind *kind, void *record)
{
	efile_status status = stmt_step(s);

	TRY(status);
	if (status == EFILE_DONE)
		return EFILE_E_NOTFOUND;
	return row_read(s, 0, kind, record, store_ctx(s->store));
}
