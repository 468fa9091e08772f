/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Erasing the bodies of entries (docs/FORMAT.md 3): text and salts go, chain and commitments stay. An
 * entry names those that were erased: a body that is gone without one was taken away. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "store/inner.h"

static const char sql_about[] = "SELECT rev, action FROM journal WHERE object = ?1 ORDER BY rev";
static const char sql_kind[] =
	"SELECT j.rev, b.body, coalesce(length(b.body), 0) FROM journal j JOIN journal_body b ON b.rev = j.rev WHERE j.chain = ?1 "
	"AND j.rev >= ?2 AND j.rev <= ?3 AND j.object_kind = ?4 ORDER BY j.rev";
static const char sql_length[] =
	"SELECT coalesce(length(body), 0) FROM journal_body WHERE rev = ?1";
static const char sql_erase[] =
	"UPDATE journal_body SET codec = ?2, salt = ?3, body = NULL WHERE rev = ?1";

void journal_revs_clear(journal_revs *r)
{
	free(r->items);
	*r = (journal_revs){ NULL, 0, 0 };
}

efile_status journal_revs_add(journal_revs *r, efile_store *store, int64_t rev)
{
	void *items = r->items;

	TRY(mem_grow(store->ctx, &items, &r->capacity, r->count, sizeof(rev)));
	r->items = items;
	r->items[r->count++] = rev;
	return EFILE_OK;
}

efile_status journal_find(journal_revs *out, efile_store *store, const efile_id *object,
			  journal_action first, journal_action last)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, sql_about));
	stmt_bind_id(&s, 1, object);
	while ((status = stmt_step(&s)) == EFILE_OK)
		if (stmt_int(&s, 1) >= (int64_t)first && stmt_int(&s, 1) <= (int64_t)last)
			TRY(journal_revs_add(out, store, stmt_int(&s, 0)));
	return status == EFILE_DONE ? EFILE_OK : status;
}

efile_status journal_find_naming(journal_revs *out, efile_store *store, record_number kind,
				 int64_t chain, int64_t from, int64_t to, const char *text)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, sql_kind));
	stmt_bind_int(&s, 1, chain);
	stmt_bind_int(&s, 2, from);
	stmt_bind_int(&s, 3, to);
	stmt_bind_int(&s, 4, kind);
	while ((status = stmt_step(&s)) == EFILE_OK) {
		size_t length;
		const void *body = stmt_blob(&s, 1, &length);

		if ((int64_t)length != stmt_int(&s, 2))
			return mem_failed(store->ctx); /* a long one could not be read */
		if (body && memmem(body, length, text, strlen(text)))
			TRY(journal_revs_add(out, store, stmt_int(&s, 0)));
	}
	return status == EFILE_DONE ? EFILE_OK : status;
}

/* Whether the entry is the last that wrote the row: then its salt is needed to verify the row. */
static efile_status is_newest(bool *out, efile_store *store, const pending_row *row, int64_t rev)
{
	const record_kind *kind = store_kind(store, row->kind);
	AUTO(stmt) s = STMT_NONE;
	const char *sql;
	efile_status status;

	*out = false;
	if (!kind || log_is_deletion(row))
		return EFILE_OK;
	TRY(kind_row_sql(&sql, store, kind));
	TRY(stmt_take(&s, store, sql));
	stmt_bind_int(&s, 1, row->id);
	status = stmt_step(&s);
	TRY(status);
	*out = status == EFILE_OK && stmt_int(&s, 1) == rev;
	return EFILE_OK;
}

/* Salts of rows that still stand as the entry left them, zeros for all others. */
static efile_status spell_salts(buf *out, efile_store *store, const log_entry *e)
{
	static const unsigned char zeros[SALT_SIZE];
	bool any = false;

	buf_add(out, zeros, SALT_SIZE);
	for (size_t i = 0; i < e->row_count; i++) {
		unsigned char salt[SALT_SIZE];
		bool newest, known = false;
		pending_row row;

		log_row(&row, e, i);
		TRY(is_newest(&newest, store, &row, e->rev));
		if (newest)
			TRY(log_salt(&known, salt, store, e, i + 1));
		buf_add(out, known ? salt : zeros, SALT_SIZE);
		any |= known;
	}
	TRY(buf_status(out, store->ctx));
	if (!any)
		buf_reset(out);
	return EFILE_OK;
}

/* A long body that could not be read for want of memory looks like none: it must not stay. */
static efile_status whole_text(const log_entry *e, efile_store *store)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, sql_length));
	stmt_bind_int(&s, 1, e->rev);
	TRY(stmt_step(&s));
	return (int64_t)(e->text ? e->text_length : 0) == stmt_int(&s, 0) ? EFILE_OK :
									    mem_failed(store->ctx);
}

static efile_status load_salts(buf *out, bool *erasable, efile_store *store, int64_t rev)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;
	log_entry e;

	*erasable = false;
	TRY(stmt_take(&s, store, log_columns_sql));
	stmt_bind_int(&s, 1, rev);
	status = stmt_step(&s);
	TRY(status);
	if (status == EFILE_DONE)
		return EFILE_OK;
	log_read(&e, &s);
	if (e.rev != rev || !e.whole || !e.has_body)
		return FAIL(store->ctx, EFILE_E_DAMAGED, 1163, "entry %lld of the log is damaged",
			    (long long)rev);
	TRY(whole_text(&e, store));
	*erasable = e.text && e.text_length && e.bytes.action != JOURNAL_ERASED &&
		e.bytes.action != JOURNAL_CHECKPOINT;
	return *erasable ? spell_salts(out, store, &e) : EFILE_OK;
}

static efile_status erase(bool *erased, efile_store *store, int64_t rev)
{
	AUTO(buf) salts = BUF_INIT;
	AUTO(stmt) s = STMT_NONE;

	TRY(load_salts(&salts, erased, store, rev));
	if (!*erased)
		return EFILE_OK;
	TRY(stmt_take(&s, store, sql_erase));
	stmt_bind_int(&s, 1, rev);
	stmt_bind_int(&s, 2, salts.length == SALT_SIZE);
	if (salts.length)
		stmt_bind_blob(&s, 3, salts.data, salts.length);
	return stmt_run(&s);
}

efile_status journal_erase(size_t *erased, efile_store *store, const journal_entry *entry,
			   const journal_revs *revs)
{
	AUTO(buf) body = BUF_INIT;
	journal_entry told = *entry;
	json_writer w;

	TRY(txn_require_write(store));
	*erased = 0;
	json_begin(&w, &body);
	json_object(&w);
	json_put_text(&w, "reason", entry->body ? entry->body : "");
	json_key(&w, "revs");
	json_array(&w);
	for (size_t i = 0; i < revs->count; i++) {
		bool done;

		TRY(erase(&done, store, revs->items[i]));
		if (done)
			json_int(&w, revs->items[i]);
		*erased += done;
	}
	json_end_array(&w);
	json_end_object(&w);
	TRY(buf_status(&body, store->ctx));
	told.action = JOURNAL_ERASED;
	told.body = body.data;
	store->wal_cut = true;
	return journal_append(store, &told);
}
