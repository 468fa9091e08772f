/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mending a store from a second copy: a new database is put together, each entry, row and content
 * from the side where it matches its digest, and then takes the place of the old one at once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/inner.h"

typedef struct repair {
	efile_store *side[2];     /* the store and the second copy, which may be missing */
	efile_store *fresh;
	efile_report *report;
	log_check log;            /* of what stands in fresh */
	int64_t mended;
} repair;

static efile_status note_mended(repair *r, const char *table, int64_t id)
{
	char path[80];

	snprintf(path, sizeof(path), "%s/%lld", table, (long long)id);
	r->mended++;
	return report_add(r->report, "FSCK-REPAIRED", EFILE_SEVERITY_INFORMATION,
			  &(report_place){ .path = path }, "taken from the second copy");
}

/* What can't be read is as good as not there. */
static efile_status forgive(efile_store *store, efile_status status)
{
	if (!is_damage(status))
		return status;
	error_clear(store->ctx);
	return EFILE_DONE;
}

/* A row of one side: OK, or DONE if it is not there or not readable. */
static efile_status take_row(stmt *s, repair *r, int side, const char *sql, int64_t id)
{
	efile_status status = forgive(r->fresh, stmt_take(s, r->side[side], sql));

	if (status != EFILE_OK)
		return status;
	stmt_bind_int(s, 1, id);
	return forgive(r->fresh, stmt_step(s));
}

/* ---- raw copies of a row ---- */

static efile_status bind_raw(stmt *to, int at, const stmt *from, int column)
{
	sqlite3_value *value = sqlite3_column_value(from->handle, column);
	int code = sqlite3_bind_value(to->handle, at, value);

	to->slot->remembered = false; /* redo.c has not seen this value */
	return code == SQLITE_OK ? EFILE_OK : db_error(to->store, code);
}

static efile_status copy_row(efile_store *fresh, const char *insert, const stmt *from, int first,
			     int count)
{
	AUTO(stmt) to = STMT_NONE;

	TRY(stmt_take(&to, fresh, insert));
	/* A second copy in an older format has fewer columns: the rest is NULL. */
	for (int i = 0; i < count && first + i < sqlite3_column_count(from->handle); i++)
		TRY(bind_raw(&to, i + 1, from, first + i));
	return stmt_run(&to);
}

/* ---- the log ---- */

static const char sql_put_entry[] =
	"INSERT INTO journal(rev, chain, number, time, actor, behalf, action, object_kind, object, "
	"body, rows, hash) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
static const char sql_put_body[] =
	"INSERT INTO journal_body(rev, codec, key, salt, body) VALUES(?1, ?2, ?3, ?4, ?5)";
static const char sql_last[] =
	"INSERT INTO temp.last(kind, id, rev, at, digest) VALUES(?1, ?2, ?3, ?4, ?5) "
	"ON CONFLICT(kind, id) DO UPDATE SET rev = excluded.rev, at = excluded.at, "
	"digest = excluded.digest";

static efile_status note_rows(repair *r, const log_entry *e)
{
	for (size_t i = 0; i < e->row_count; i++) {
		AUTO(stmt) s = STMT_NONE;
		pending_row row;

		log_row(&row, e, i);
		TRY(stmt_take(&s, r->fresh, sql_last));
		stmt_bind_int(&s, 1, row.kind);
		stmt_bind_int(&s, 2, row.id);
		stmt_bind_int(&s, 3, e->rev);
		stmt_bind_int(&s, 4, (int64_t)i);
		stmt_bind_blob(&s, 5, row.digest, SHA256_SIZE);
		TRY(stmt_run(&s));
	}
	return EFILE_OK;
}

typedef struct candidate {
	stmt s;
	log_entry e;
	bool there, fits;
} candidate;

static void candidates_clear(candidate (*of)[2])
{
	stmt_clear(&(*of)[0].s);
	stmt_clear(&(*of)[1].s);
}

static efile_status try_side(candidate *c, repair *r, int side, int64_t rev)
{
	efile_status status;

	if (!r->side[side])
		return EFILE_OK;
	status = take_row(&c->s, r, side, log_columns_sql, rev);
	TRY(status);
	if (status == EFILE_DONE || stmt_int(&c->s, 0) != rev)
		return EFILE_OK;
	log_read(&c->e, &c->s);
	c->there = true;
	return log_fits(&c->fits, &r->log, &c->e);
}

/* The body from the side where it matches the entry that was chosen; if neither does, ours stays
 * and remains a finding. */
static efile_status put_body(repair *r, candidate *of, const unsigned char *commitment)
{
	int chosen = -1;

	for (int side = 0; side < 2 && chosen < 0; side++) {
		bool match = false;

		if (of[side].there && of[side].e.has_body)
			TRY(log_body_matches(&match, r->fresh, &of[side].e, commitment));
		if (match)
			chosen = side;
	}
	if (chosen == 1)
		TRY(note_mended(r, "journal_body", of[1].e.rev));
	if (chosen < 0)
		chosen = of[0].there && of[0].e.has_body ? 0 : 1;
	if (!of[chosen].there || !of[chosen].e.has_body)
		return EFILE_OK;
	return copy_row(r->fresh, sql_put_body, &of[chosen].s, 12, 5);
}

static const char sql_put_checkpoint[] = "INSERT INTO checkpoint(size, root, time) VALUES(?1, ?2, ?3)";

static efile_status put_checkpoint(repair *r, const log_entry *e)
{
	AUTO(stmt) s = STMT_NONE;
	unsigned char root[SHA256_SIZE];

	if (e->bytes.action != JOURNAL_CHECKPOINT)
		return EFILE_OK;
	TRY(merkle_root(root, &r->log.tree, r->fresh));
	TRY(stmt_take(&s, r->fresh, sql_put_checkpoint));
	stmt_bind_int(&s, 1, (int64_t)r->log.tree.size);
	stmt_bind_blob(&s, 2, root, SHA256_SIZE);
	stmt_bind_int(&s, 3, e->bytes.time);
	return stmt_run(&s);
}

static efile_status put_entry(bool *done, repair *r, int64_t rev, int64_t ours)
{
	__attribute__((cleanup(candidates_clear))) candidate of[2] = { { .s = STMT_NONE } };
	int chosen;

	TRY(try_side(&of[0], r, 0, rev));
	TRY(try_side(&of[1], r, 1, rev));
	chosen = of[0].fits ? 0 : 1;
	if (!of[chosen].fits) {
		*done = true;
		if (rev > ours && !of[1].there)
			return EFILE_OK;
		return FAIL(r->fresh->ctx, EFILE_E_DAMAGED, 1152,
			    "entry %lld of the log is damaged in both copies", (long long)rev);
	}
	if (chosen == 1)
		TRY(note_mended(r, "journal", rev));
	TRY(copy_row(r->fresh, sql_put_entry, &of[chosen].s, 0, 12));
	TRY(put_body(r, of, of[chosen].e.bytes.body));
	TRY(note_rows(r, &of[chosen].e));
	TRY(put_checkpoint(r, &of[chosen].e));
	return log_follow(&r->log, &of[chosen].e);
}

static const char sql_max_rev[] = "SELECT max(rev) FROM journal";
static efile_status put_log(repair *r)
{
	int64_t ours = 0;
	bool done = false;

	TRY(forgive(r->fresh, db_int(&ours, r->side[0], sql_max_rev)));
	for (int64_t rev = 1; !done; rev++)
		TRY(put_entry(&done, r, rev, ours));
	return EFILE_OK;
}

/* ---- rows in their last state ---- */

static const char sql_states[] =
	"SELECT kind, id, rev, at, digest FROM temp.last ORDER BY rev, at";
static const char sql_deleted[] =
	"INSERT INTO record_mark(kind, last) SELECT kind, max(id) FROM temp.last "
	"WHERE digest = zeroblob(32) GROUP BY kind";

/* The row of one side; matches tells whether it is the one that the log names. */
static efile_status find_row(stmt *s, bool *there, bool *matches, repair *r, int side,
			     const record_kind *kind, const pending_row *row, const log_entry *e,
			     size_t at)
{
	efile_status status;
	const char *sql;

	*there = *matches = false;
	if (!r->side[side])
		return EFILE_OK;
	TRY(kind_row_sql(&sql, r->side[side], kind));
	status = take_row(s, r, side, sql, row->id);
	TRY(status);
	*there = status == EFILE_OK;
	if (!*there || stmt_int(s, 1) != e->rev)
		return EFILE_OK;
	return fsck_row_matches(matches, r->fresh, kind, s, e, at, row->digest);
}

static efile_status put_row(repair *r, const pending_row *row, const log_entry *e, size_t at)
{
	const record_kind *kind = store_kind(r->fresh, row->kind);
	AUTO(stmt) ours = STMT_NONE;
	AUTO(stmt) second = STMT_NONE;
	bool there, matches, there_too, matches_too;
	const char *insert;

	if (!kind)
		return EFILE_OK;
	TRY(kind_insert_sql(&insert, r->fresh, kind));
	TRY(find_row(&ours, &there, &matches, r, 0, kind, row, e, at));
	if (matches)
		return copy_row(r->fresh, insert, &ours, 0, (int)kind->field_count + 2);
	TRY(find_row(&second, &there_too, &matches_too, r, 1, kind, row, e, at));
	if (matches_too) {
		TRY(note_mended(r, kind->table, row->id));
		return copy_row(r->fresh, insert, &second, 0, (int)kind->field_count + 2);
	}
	/* Damaged beyond help: kept for a person to read if the table takes it, and a finding of
	 * the next check. */
	if (there && copy_row(r->fresh, insert, &ours, 0, (int)kind->field_count + 2) < 0 &&
	    efile_error_status(r->fresh->ctx) == EFILE_E_NOMEM)
		return EFILE_E_NOMEM;
	error_clear(r->fresh->ctx);
	return EFILE_OK;
}

static efile_status load_entry(stmt *s, log_entry *e, repair *r, int64_t rev)
{
	stmt_clear(s);
	TRY(stmt_take(s, r->fresh, log_columns_sql));
	stmt_bind_int(s, 1, rev);
	TRY(stmt_step(s));
	log_read(e, s);
	return EFILE_OK;
}

static efile_status put_rows(repair *r)
{
	AUTO(stmt) s = STMT_NONE;
	AUTO(stmt) of_entry = STMT_NONE;
	log_entry e = { 0 };
	efile_status status;

	TRY(stmt_take(&s, r->fresh, sql_states));
	while ((status = stmt_step(&s)) == EFILE_OK) {
		pending_row row = { .kind = (uint16_t)stmt_int(&s, 0), .id = stmt_int(&s, 1) };
		size_t length;
		const void *digest = stmt_blob(&s, 4, &length);

		memcpy(row.digest, digest, length == SHA256_SIZE ? length : 0);
		if (log_is_deletion(&row))
			continue;
		if (e.rev != stmt_int(&s, 2))
			TRY(load_entry(&of_entry, &e, r, stmt_int(&s, 2)));
		TRY(put_row(r, &row, &e, (size_t)stmt_int(&s, 3)));
	}
	TRY(status);
	return db_exec(r->fresh, sql_deleted);
}

/* ---- contents ---- */

static const char sql_blobs[] = "SELECT id, sha256, size FROM blob";
static const char sql_data[] = "SELECT id, data FROM blob_data WHERE id = ?1";
static const char sql_put_data[] = "INSERT INTO blob_data(id, data) VALUES(?1, ?2)";

static efile_status put_data(repair *r, int64_t id, const unsigned char *sha)
{
	for (int side = 0; side < 2; side++) {
		AUTO(stmt) s = STMT_NONE;
		unsigned char found[SHA256_SIZE];
		efile_status status;
		const void *data;
		size_t length;

		if (!r->side[side])
			continue;
		status = take_row(&s, r, side, sql_data, id);
		TRY(status);
		if (status == EFILE_DONE || sqlite3_column_type(s.handle, 1) != SQLITE_BLOB)
			continue;
		data = stmt_blob(&s, 1, &length);
		TRY(sha256(found, r->fresh->ctx, data, length));
		if (memcmp(found, sha, SHA256_SIZE) != 0)
			continue;
		if (side == 1)
			TRY(note_mended(r, "blob", id));
		return copy_row(r->fresh, sql_put_data, &s, 0, 2);
	}
	return EFILE_OK;
}

/* The bytes go to their place in blobs/ at once: a good content is never wrong there. */
static efile_status mend_file(repair *r, int64_t id, const unsigned char *sha)
{
	AUTO(blob_file) file = BLOB_FILE_NONE;
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO(buf) chunk = BUF_INIT;
	efile_status status;
	bool match;
	size_t got;

	TRY(blob_file_matches(&match, r->side[0], sha));
	if (match || !r->side[1])
		return EFILE_OK;
	TRY(blob_file_matches(&match, r->side[1], sha));
	if (!match)
		return EFILE_OK;
	TRY(blob_file_reader(&reader, r->side[1], sha));
	if (!buf_reserve(&chunk, BLOB_INLINE))
		return buf_status(&chunk, r->fresh->ctx);
	TRY(blob_file_begin(&file, r->side[0]));
	while ((status = efile_reader_read(reader, chunk.data, BLOB_INLINE, &got)) == EFILE_OK)
		TRY(blob_file_add(&file, chunk.data, got));
	TRY(status);
	TRY(blob_file_end(&file));
	TRY(blob_file_sync(&file));
	TRY(note_mended(r, "blob", id));
	return blob_file_place(&file, true);
}

static efile_status put_contents(repair *r)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, r->fresh, sql_blobs));
	while ((status = stmt_step(&s)) == EFILE_OK) {
		size_t length;
		const unsigned char *sha = stmt_blob(&s, 1, &length);

		if (length != SHA256_SIZE)
			continue;
		TRY(stmt_int(&s, 2) <= BLOB_INLINE ? put_data(r, stmt_int(&s, 0), sha) :
						      mend_file(r, stmt_int(&s, 0), sha));
	}
	return status;
}

/* ---- what is left: settings and the derived tables of the modules ---- */

static const char sql_meta[] =
	"INSERT INTO meta(key, value) SELECT 'store_id', ?1 UNION ALL SELECT 'clean', 0 "
	"UNION ALL SELECT 'created', (SELECT time FROM journal WHERE rev = 1)";
static const char sql_others[] =
	"SELECT name, (SELECT count(*) FROM pragma_table_info(t.name)) FROM sqlite_schema AS t "
	"WHERE type = 'table' AND name NOT IN ('meta', 'record_kind', 'record_mark', 'journal', "
	"'journal_body', 'checkpoint', 'blob_data') "
	"AND name NOT IN (SELECT name FROM record_kind)";

static efile_status put_meta(repair *r)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, r->fresh, sql_meta));
	stmt_bind_id(&s, 1, &r->fresh->id);
	return stmt_run(&s);
}

/* What the damaged side cannot read any more is left out: such tables are derived, and rebuilt. What
 * the new side cannot write is an error. */
static int copy_rows(sqlite3_stmt *to, sqlite3_stmt *from, int columns)
{
	while (sqlite3_step(from) == SQLITE_ROW) {
		int code;

		for (int i = 0; i < columns; i++)
			sqlite3_bind_value(to, i + 1, sqlite3_column_value(from, i));
		sqlite3_step(to);
		code = sqlite3_reset(to);
		if (code != SQLITE_OK)
			return code;
	}
	return SQLITE_OK;
}

/* Names and number of columns come from our own schema. One-off statements, not cached. */
static efile_status copy_table(repair *r, const char *table, int columns)
{
	AUTO(buf) select = BUF_INIT;
	AUTO(buf) insert = BUF_INIT;
	sqlite3_stmt *from = NULL, *to = NULL;
	int code;

	buf_add_format(&select, "SELECT * FROM %s", table);
	buf_add_format(&insert, "INSERT OR IGNORE INTO %s VALUES(?1", table);
	for (int i = 1; i < columns; i++)
		buf_add_format(&insert, ", ?%d", i + 1);
	buf_add_text(&insert, ")");
	TRY(buf_status(&select, r->fresh->ctx));
	TRY(buf_status(&insert, r->fresh->ctx));
	code = sqlite3_prepare_v2(r->fresh->db, insert.data, -1, &to, NULL);
	if (code == SQLITE_OK &&
	    sqlite3_prepare_v2(r->side[0]->db, select.data, -1, &from, NULL) == SQLITE_OK)
		code = copy_rows(to, from, columns);
	sqlite3_finalize(from);
	sqlite3_finalize(to);
	return code == SQLITE_OK ? EFILE_OK : db_error(r->fresh, code);
}

static efile_status copy_others(repair *r)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, r->fresh, sql_others));
	while ((status = stmt_step(&s)) == EFILE_OK)
		TRY(copy_table(r, stmt_text(&s, 0), (int)stmt_int(&s, 1)));
	return status;
}

/* ---- the new database takes the place of the old one ---- */

static efile_status replace(repair *r)
{
	efile_store *store = r->side[0];
	sqlite3_backup *copy = sqlite3_backup_init(store->db, "main", r->fresh->db, "main");
	int step, code;

	if (!copy)
		return db_error(store, sqlite3_errcode(store->db));
	step = sqlite3_backup_step(copy, -1);
	/* A database that is in use ends the step, but not with an error of the whole. */
	code = sqlite3_backup_finish(copy);
	if (code != SQLITE_OK || step != SQLITE_DONE)
		return db_error(store, code != SQLITE_OK ? code : step);
	store->id = r->fresh->id;
	store->epoch++;
	store->next_rev = 0;
	return EFILE_OK;
}

static efile_status journal_repair(repair *r)
{
	efile_store *store = r->side[0];
	AUTO(txn) tx = TXN_NONE;
	journal_entry entry = { .action = JOURNAL_REPAIRED };
	char body[48];

	snprintf(body, sizeof(body), "{\"mended\":%lld}", (long long)r->mended);
	entry.body = body;
	TRY(txn_begin(&tx, store));
	for (size_t i = 0; i < store->wiring.derived_count; i++) {
		AUTO_PTR(efile_report) unused = NULL;

		TRY(report_new(&unused, store->ctx));
		TRY(store->wiring.derived[i].check(store, unused, true));
	}
	TRY(journal_append(store, &entry));
	return txn_commit(&tx);
}

static const char sql_temp[] =
	"CREATE TEMP TABLE last(kind INTEGER, id INTEGER, rev INTEGER, at INTEGER, digest BLOB, "
	"PRIMARY KEY(kind, id)) WITHOUT ROWID";

static efile_status put_together(repair *r)
{
	r->log.store = r->fresh;
	TRY(db_exec(r->fresh, sql_temp));
	TRY(put_log(r));
	TRY(put_rows(r));
	TRY(put_contents(r));
	TRY(put_meta(r));
	TRY(copy_others(r));
	return db_exec(r->fresh, "COMMIT");
}

static efile_status run(repair *r)
{
	AUTO_PTR(char) path = NULL;
	efile_store *store = r->side[0];
	efile_status status;

	TRY(disk_join(&path, store->ctx, store->path, "/repair.tmp"));
	unlink(path);
	TRY(store_bare(&r->fresh, store, path));
	TRY(lock_take(store, BYTE_WRITE, true));
	status = put_together(r);
	if (status == EFILE_OK)
		status = replace(r);
	if (store->blobs_locked)
		lock_release(store, BYTE_BLOBS);
	store->blobs_locked = false;
	lock_release(store, BYTE_WRITE);
	unlink(path);
	return status == EFILE_OK ? journal_repair(r) : status;
}

static void repair_clear(repair *r)
{
	efile_store_close(r->fresh);
	efile_store_close(r->side[1]);
	log_check_clear(&r->log);
}

static efile_status needs_repair(bool *out, efile_store *store)
{
	AUTO_PTR(efile_report) report = NULL;

	TRY(report_new(&report, store->ctx));
	TRY(fsck_run(report, store, true));
	*out = efile_report_count_severity(report, EFILE_SEVERITY_ERROR) > 0;
	return EFILE_OK;
}

efile_status repair_run(efile_report *report, efile_store *store, const char *second)
{
	AUTO(repair) r = { .side = { store, NULL }, .report = report };
	efile_status status;
	bool needed;

	if (store->read_only || store->level > 0)
		return FAIL(store->ctx, EFILE_E_STATE, 1153,
			    "a repair needs the store for itself, and open for writing");
	TRY(needs_repair(&needed, store));
	if (!needed)
		return EFILE_OK;
	if (second)
		TRY(store_open_as_is(&r.side[1], store->ctx, second, &store->wiring));
	status = run(&r);
	if (!is_damage(status))
		return status;
	/* Not mendable: the store is as it was, and the check that follows says what is wrong. */
	return report_unreadable(report, store, "repair");
}
