/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every row, content and log entry against its digest; damage is a finding that names the thing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/inner.h"

typedef struct kind_count {
	const record_kind *kind;
	int64_t verified;         /* rows whose newest entry has their digest */
	int64_t deleted;          /* highest id that was deleted */
} kind_count;

typedef struct fsck {
	efile_store *store;
	efile_report *report;
	log_check log;
	kind_count *counts;
	size_t count;
	pending missing;          /* rows named by an entry and not there; digest[0] = 1 while so */
} fsck;

static void fsck_clear(fsck *f)
{
	log_check_clear(&f->log);
	pending_free(&f->missing);
	free(f->counts);
}

static efile_status find_named(fsck *f, const char *rule, const char *table, int64_t id,
			       const char *name, const char *text)
{
	char path[80];

	snprintf(path, sizeof(path), "%s/%lld", table, (long long)id);
	return report_add(f->report, rule, EFILE_SEVERITY_ERROR,
			  &(report_place){ .path = path, .actual = name }, "%s",
			  message_translate((int)efile_ctx_language(f->store->ctx), text));
}

static efile_status find_thing(fsck *f, const char *rule, const char *table, int64_t id,
			       const char *text)
{
	return find_named(f, rule, table, id, NULL, text);
}

/* A row that is there, by what people call it. */
static efile_status find_row(fsck *f, const char *rule, const record_kind *kind, int64_t id,
			     const char *text)
{
	AUTO(buf) name = BUF_INIT;

	TRY(row_name(&name, f->store, kind, id));
	return find_named(f, rule, kind->table, id, buf_text(&name), text);
}

/* A table that SQLite itself can't read is a finding; the check goes on with the next one. */
efile_status report_unreadable(efile_report *report, efile_store *store, const char *what)
{
	efile_status status = report_add(report, "FSCK-DATABASE", EFILE_SEVERITY_ERROR,
					 &(report_place){ .path = what },
					 "not readable: %s", efile_error_message(store->ctx));

	error_clear(store->ctx);
	return status;
}

/* Our SQL is constant: that it does not fit the tables any more says that the schema is damaged. */
bool is_damage(efile_status status)
{
	return status == EFILE_E_DAMAGED || status == EFILE_E_INTERNAL;
}

static efile_status tolerate(fsck *f, const char *what, efile_status status)
{
	return is_damage(status) ? report_unreadable(f->report, f->store, what) : status;
}

const record_kind *store_kind(const efile_store *store, unsigned number)
{
	if (number == blob_kind.number)
		return &blob_kind;
	for (size_t i = 0; i < store->wiring.kind_count; i++)
		if (store->wiring.kinds[i]->number == number)
			return store->wiring.kinds[i];
	return NULL;
}

efile_status kind_row_sql(const char **out, efile_store *store, const record_kind *kind)
{
	kind_sql *sql;

	TRY(kind_get(&sql, store, kind));
	*out = sql->all;
	return EFILE_OK;
}

efile_status kind_insert_sql(const char **out, efile_store *store, const record_kind *kind)
{
	kind_sql *sql;

	TRY(kind_get(&sql, store, kind));
	*out = sql->insert;
	return EFILE_OK;
}

/* ---- the database as SQLite sees it ---- */

static const char sql_integrity[] = "PRAGMA integrity_check(100)";
static const char sql_foreign[] = "PRAGMA foreign_key_check";

static efile_status check_pages(fsck *f)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, f->store, sql_integrity));
	while ((status = stmt_step(&s)) == EFILE_OK)
		if (!str_equal(stmt_text(&s, 0), "ok"))
			TRY(report_add(f->report, "FSCK-DATABASE", EFILE_SEVERITY_ERROR,
				       &(report_place){ .path = "efile.db" }, "%s",
				       stmt_text(&s, 0) ? stmt_text(&s, 0) : ""));
	return status == EFILE_DONE ? EFILE_OK : status;
}

static efile_status check_references(fsck *f)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, f->store, sql_foreign));
	while ((status = stmt_step(&s)) == EFILE_OK)
		TRY(find_thing(f, "FSCK-DATABASE", stmt_text(&s, 0) ? stmt_text(&s, 0) : "",
			       stmt_int(&s, 1), "the row names another one that is not there"));
	return status == EFILE_DONE ? EFILE_OK : status;
}

static const char sql_schema[] =
	"SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name";

static efile_status schema_text(buf *out, efile_store *store)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, sql_schema));
	while ((status = stmt_step(&s)) == EFILE_OK)
		for (int i = 0; i < 4; i++) {
			buf_add_text(out, stmt_text(&s, i) ? stmt_text(&s, i) : "");
			buf_add_char(out, '\n');
		}
	TRY(status);
	return buf_status(out, store->ctx);
}

/* The schema is compared with the one that a new store gets. */
static efile_status check_schema(fsck *f)
{
	AUTO(buf) ours = BUF_INIT;
	AUTO(buf) fresh = BUF_INIT;
	AUTO_PTR(efile_store) empty = NULL;

	TRY(schema_text(&ours, f->store));
	TRY(store_bare(&empty, f->store, NULL));
	TRY(schema_text(&fresh, empty));
	if (str_equal(buf_text(&ours), buf_text(&fresh)))
		return EFILE_OK;
	return report_add(f->report, "FSCK-DATABASE", EFILE_SEVERITY_ERROR,
			  &(report_place){ .path = "sqlite_schema" },
			  "the tables are not those of this format");
}

static const char sql_meta[] =
	"SELECT (SELECT count(*) FROM meta), "
	"(SELECT count(*) FROM meta WHERE (key = 'store_id' AND length(value) = 16) OR "
	"(key = 'clean' AND value BETWEEN 0 AND 2) OR "
	"(key = 'created' AND value = (SELECT time FROM journal WHERE rev = 1)))";
static const char sql_kinds[] = "SELECT number, name FROM record_kind";

static efile_status check_meta(fsck *f)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, f->store, sql_meta));
	TRY(stmt_step(&s));
	if (stmt_int(&s, 0) == 3 && stmt_int(&s, 1) == 3)
		return EFILE_OK;
	return report_add(f->report, "FSCK-DATABASE", EFILE_SEVERITY_ERROR,
			  &(report_place){ .path = "meta" }, "the settings of the store are damaged");
}

static efile_status check_kinds(fsck *f)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;
	size_t good = 0, all = 0;

	TRY(stmt_take(&s, f->store, sql_kinds));
	while ((status = stmt_step(&s)) == EFILE_OK) {
		const record_kind *kind = store_kind(f->store, (unsigned)stmt_int(&s, 0));

		all++;
		good += kind && str_equal(kind->table, stmt_text(&s, 1));
	}
	TRY(status);
	if (good == f->count && all == good)
		return EFILE_OK;
	return report_add(f->report, "FSCK-DATABASE", EFILE_SEVERITY_ERROR,
			  &(report_place){ .path = "record_kind" },
			  "the list of recorded tables is damaged");
}

/* ---- rows, as the log passes by ---- */

static kind_count *count_of(fsck *f, unsigned number)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->counts[i].kind->number == number)
			return &f->counts[i];
	return NULL;
}

efile_status fsck_row_matches(bool *out, efile_store *store, const record_kind *kind,
			      const stmt *row, const log_entry *e, size_t at,
			      const unsigned char digest[SHA256_SIZE])
{
	unsigned char found[SHA256_SIZE], salt[SALT_SIZE];
	AUTO(buf) bytes_of_row = BUF_INIT;
	bool known;

	TRY(log_salt(&known, salt, store, e, at + 1));
	*out = true;
	if (!known) /* forgotten on purpose, or a finding of the body already */
		return EFILE_OK;
	buf_add(&bytes_of_row, "EFR1", 4);
	buf_add(&bytes_of_row, salt, SALT_SIZE);
	canonical_stmt(&bytes_of_row, kind, row);
	TRY(digest_bytes(found, store, &bytes_of_row));
	*out = memcmp(found, digest, SHA256_SIZE) == 0;
	return EFILE_OK;
}

static efile_status set_missing(fsck *f, const pending_row *row, bool missing)
{
	pending_row *place;

	TRY(pending_place(&place, &f->missing, f->store->ctx, row->kind, row->id, true));
	place->digest[0] = missing;
	return EFILE_OK;
}

static efile_status check_deleted(fsck *f, kind_count *count, const pending_row *row, bool there)
{
	if (row->id > count->deleted)
		count->deleted = row->id;
	if (there)
		return find_row(f, "FSCK-EXTRA", count->kind, row->id,
				  "the row was deleted and is there again");
	return set_missing(f, row, false);
}

static efile_status check_row(fsck *f, const log_entry *e, size_t at)
{
	AUTO(stmt) s = STMT_NONE;
	kind_count *count;
	pending_row row;
	const char *sql;
	bool there, match;
	int64_t rev;
	efile_status status;

	log_row(&row, e, at);
	count = count_of(f, row.kind);
	if (!count)
		return find_thing(f, "FSCK-CHAIN", "journal", e->rev,
				  "the entry names a row of an unknown table");
	TRY(kind_row_sql(&sql, f->store, count->kind));
	TRY(stmt_take(&s, f->store, sql));
	stmt_bind_int(&s, 1, row.id);
	status = stmt_step(&s);
	TRY(status);
	there = status == EFILE_OK;
	if (log_is_deletion(&row))
		return check_deleted(f, count, &row, there);
	if (!there)
		return set_missing(f, &row, true);
	rev = stmt_int(&s, 1);
	if (rev > e->rev)
		return EFILE_OK; /* a later entry names it, or it will be one too many */
	TRY(fsck_row_matches(&match, f->store, count->kind, &s, e, at, row.digest));
	count->verified += rev == e->rev;
	if (rev == e->rev && match)
		return EFILE_OK;
	stmt_clear(&s);
	return find_row(f, "FSCK-ROW", count->kind, row.id,
			"the row does not match its entry in the log");
}

static efile_status check_log(fsck *f)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, f->store, log_columns_sql));
	stmt_bind_int(&s, 1, 0);
	while ((status = stmt_step(&s)) == EFILE_OK) {
		log_entry entry;

		log_read(&entry, &s);
		TRY(log_check_entry(&f->log, &entry));
		for (size_t i = 0; entry.whole && i < entry.row_count; i++)
			TRY(tolerate(f, "rows", check_row(f, &entry, i)));
	}
	TRY(tolerate(f, "journal", status));
	return tolerate(f, "journal", log_check_end(&f->log));
}

static efile_status report_missing(fsck *f)
{
	for (size_t i = 0; i < f->missing.count; i++) {
		const pending_row *row = &f->missing.rows[i];

		if (row->digest[0])
			TRY(find_thing(f, "FSCK-MISSING", store_kind(f->store, row->kind)->table,
				       row->id, "the row is named in the log and is not there"));
	}
	return EFILE_OK;
}

/* ---- rows that no entry names ---- */

static const char sql_names[] = "SELECT rows FROM journal WHERE rev = ?1";

static efile_status is_named(bool *out, fsck *f, unsigned kind, int64_t id, int64_t rev)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;
	log_entry e = { 0 };

	*out = false;
	TRY(stmt_take(&s, f->store, sql_names));
	stmt_bind_int(&s, 1, rev);
	status = stmt_step(&s);
	TRY(status);
	if (status == EFILE_DONE)
		return EFILE_OK;
	e.bytes.rows = stmt_blob(&s, 0, &e.bytes.rows_length);
	for (size_t i = 0; !*out && i < e.bytes.rows_length / DIGEST_ROW; i++) {
		pending_row row;

		log_row(&row, &e, i);
		*out = row.kind == kind && row.id == id && !log_is_deletion(&row);
	}
	return EFILE_OK;
}

static efile_status look_for_extras(fsck *f, const kind_count *count)
{
	static const char all[] = "1";
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(row_select(&s, f->store, count->kind, all));
	while ((status = stmt_step(&s)) == EFILE_OK) {
		bool named;

		TRY(is_named(&named, f, count->kind->number, stmt_int(&s, 0), stmt_int(&s, 1)));
		if (!named)
			TRY(find_row(f, "FSCK-EXTRA", count->kind, stmt_int(&s, 0),
				     "no entry of the log names the row"));
	}
	return status == EFILE_DONE ? EFILE_OK : status;
}

static efile_status count_rows(int64_t *out, fsck *f, const record_kind *kind)
{
	static const char all[] = "1";
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	*out = 0;
	TRY(row_select(&s, f->store, kind, all));
	while ((status = stmt_step(&s)) == EFILE_OK)
		++*out;
	return status == EFILE_DONE ? EFILE_OK : status;
}

static efile_status check_extras(fsck *f)
{
	for (size_t i = 0; i < f->count; i++) {
		int64_t rows;

		TRY(tolerate(f, f->counts[i].kind->table,
			     count_rows(&rows, f, f->counts[i].kind)));
		if (rows != f->counts[i].verified)
			TRY(tolerate(f, f->counts[i].kind->table,
				     look_for_extras(f, &f->counts[i])));
	}
	return EFILE_OK;
}

/* ---- what is kept beside: ids given out ---- */

static const char sql_marks[] = "SELECT kind, last FROM record_mark";

/* An id above all that were deleted would be wrong, and one below would be given out again. */
static efile_status marks_are_good(bool *out, fsck *f)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	*out = true;
	TRY(stmt_take(&s, f->store, sql_marks));
	while ((status = stmt_step(&s)) == EFILE_OK) {
		const kind_count *count = count_of(f, (unsigned)stmt_int(&s, 0));

		*out = *out && count && stmt_int(&s, 1) <= count->deleted;
	}
	TRY(status);
	for (size_t i = 0; i < f->count; i++) {
		int64_t last;

		TRY(kind_last_id(&last, f->store, f->counts[i].kind));
		*out = *out && last >= f->counts[i].deleted;
	}
	return EFILE_OK;
}

static efile_status check_marks(fsck *f)
{
	bool good;

	TRY(marks_are_good(&good, f));
	return good ? EFILE_OK :
		report_add(f->report, "FSCK-DERIVED", EFILE_SEVERITY_ERROR,
			   &(report_place){ .path = "record_mark" },
			   "the highest ids given out do not match the log");
}

static efile_status check_derived(fsck *f)
{
	const store_wiring *w = &f->store->wiring;

	TRY(tolerate(f, "record_mark", check_marks(f)));
	for (size_t i = 0; i < w->derived_count; i++)
		TRY(tolerate(f, w->derived[i].table,
			     w->derived[i].check(f->store, f->report, false)));
	return EFILE_OK;
}

/* ---- contents ---- */

static const char sql_blobs[] = "SELECT id FROM blob";
static const char sql_loose[] =
	"SELECT d.id FROM blob_data AS d LEFT JOIN blob AS b ON b.id = d.id "
	"WHERE b.id IS NULL OR b.size > 65536";

static efile_status read_through(efile_store *store, int64_t id)
{
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO(buf) chunk = BUF_INIT;
	efile_status status;
	size_t got;

	if (!buf_reserve(&chunk, BLOB_INLINE))
		return buf_status(&chunk, store->ctx);
	TRY(blob_open(&reader, store, id));
	do
		status = efile_reader_read(reader, chunk.data, BLOB_INLINE, &got);
	while (status == EFILE_OK);
	return status == EFILE_DONE ? EFILE_OK : status;
}

static efile_status check_blob(fsck *f, int64_t id)
{
	efile_status status = read_through(f->store, id);
	AUTO(buf) name = BUF_INIT;

	if (status != EFILE_E_DAMAGED)
		return status;
	error_clear(f->store->ctx);
	TRY(content_name(&name, f->store, id));
	return find_named(f, "FSCK-BLOB", "blob", id, buf_text(&name),
			  "the content does not match its digest");
}

static efile_status check_blobs(fsck *f)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, f->store, sql_blobs));
	while ((status = stmt_step(&s)) == EFILE_OK)
		TRY(check_blob(f, stmt_int(&s, 0)));
	return status == EFILE_DONE ? EFILE_OK : status;
}

static efile_status check_loose(fsck *f)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, f->store, sql_loose));
	while ((status = stmt_step(&s)) == EFILE_OK)
		TRY(find_thing(f, "FSCK-EXTRA", "blob_data", stmt_int(&s, 0),
			       "content in the database that no row names"));
	return status == EFILE_DONE ? EFILE_OK : status;
}

static efile_status note_orphan(efile_store *store, int folder, const char *name, void *user)
{
	fsck *f = user;

	(void)folder;
	(void)store;
	return report_add(f->report, "FSCK-ORPHAN", EFILE_SEVERITY_INFORMATION,
			  &(report_place){ .path = name }, "a content that no row names");
}

/* While somebody stores contents, files without a row are work in progress. */
static efile_status check_orphans(fsck *f)
{
	efile_status status;

	if (!lock_try(f->store, BYTE_BLOBS, true))
		return EFILE_OK;
	status = blob_each_orphan(f->store, note_orphan, f);
	lock_release(f->store, BYTE_BLOBS);
	return tolerate(f, "blob", status);
}

/* ---- all together ---- */

static efile_status prepare(fsck *f)
{
	const store_wiring *w = &f->store->wiring;

	f->count = w->kind_count + 1;
	f->counts = mem_new(f->store->ctx, f->count * sizeof(*f->counts));
	if (!f->counts)
		return EFILE_E_NOMEM;
	f->counts[0].kind = &blob_kind;
	for (size_t i = 0; i < w->kind_count; i++)
		f->counts[i + 1].kind = w->kinds[i];
	f->log.store = f->store;
	f->log.report = f->report;
	return EFILE_OK;
}

efile_status fsck_run(efile_report *report, efile_store *store, bool blobs)
{
	AUTO(fsck) f = { .store = store, .report = report };
	AUTO(txn) tx = TXN_NONE;

	TRY(prepare(&f));
	TRY(txn_begin_read(&tx, store));
	TRY(tolerate(&f, "efile.db", check_pages(&f)));
	TRY(tolerate(&f, "efile.db", check_references(&f)));
	TRY(tolerate(&f, "sqlite_schema", check_schema(&f)));
	TRY(tolerate(&f, "meta", check_meta(&f)));
	TRY(tolerate(&f, "record_kind", check_kinds(&f)));
	TRY(tolerate(&f, "journal", check_log(&f)));
	TRY(report_missing(&f));
	TRY(check_extras(&f));
	TRY(check_derived(&f));
	TRY(tolerate(&f, "blob_data", check_loose(&f)));
	if (!blobs)
		return EFILE_OK;
	TRY(tolerate(&f, "blob", check_blobs(&f)));
	return check_orphans(&f);
}

static const char sql_set_checked[] = "UPDATE meta SET value = 0 WHERE key = 'clean'";

static bool has_rule(const efile_report *report, const char *rule)
{
	for (size_t i = 0; i < efile_report_count(report); i++)
		if (str_equal(efile_report_finding(report, i)->rule, rule))
			return true;
	return false;
}

/* A database that was found whole needs no warning about a crash any more. */
static efile_status set_checked(efile_store *store, const efile_report *report)
{
	AUTO(txn) tx = TXN_NONE;
	AUTO(stmt) s = STMT_NONE;

	if (!store->unchecked || store->read_only || has_rule(report, "FSCK-DATABASE"))
		return EFILE_OK;
	TRY(txn_begin(&tx, store));
	TRY(stmt_take(&s, store, sql_set_checked));
	TRY(stmt_run(&s));
	stmt_clear(&s);
	TRY(txn_commit(&tx));
	store->unchecked = false;
	return EFILE_OK;
}

void efile_fsck_options_init(efile_fsck_options *options)
{
	if (!options)
		return;
	memset(options, 0, sizeof(*options));
	options->size = sizeof(*options);
}

/* Contents without a row are dust; but only while no row is missing. One that another process is
 * filing just now has a lock that keeps the sweep away: then the dust stays for the next time. */
static efile_status sweep_orphans(efile_report *report, efile_store *store)
{
	int64_t removed = 0;
	efile_status status;

	if (!has_rule(report, "FSCK-ORPHAN") ||
	    efile_report_count_severity(report, EFILE_SEVERITY_ERROR) > 0)
		return EFILE_OK;
	status = blob_sweep(&removed, store);
	if (status == EFILE_E_BUSY) {
		error_clear(store->ctx);
		return EFILE_OK;
	}
	TRY(status);
	return report_add(report, "FSCK-REPAIRED", EFILE_SEVERITY_INFORMATION,
			  &(report_place){ .path = "blobs" },
			  "contents without a row were removed: %lld", (long long)removed);
}

efile_status efile_store_fsck(efile_report **out, efile_store *store,
			      const efile_fsck_options *options)
{
	AUTO_PTR(efile_report) report = NULL;
	efile_fsck_options o;

	if (!out)
		return EFILE_E_INVALID;
	TRY(store_enter(store));
	efile_fsck_options_init(&o);
	TRY(options_import(store->ctx, &o, sizeof(o), options));
	TRY(report_new(&report, store->ctx));
	if (o.repair)
		TRY(repair_run(report, store, o.second ? o.second : store->pristine));
	TRY(fsck_run(report, store, !o.skip_blobs));
	if (o.repair)
		TRY(sweep_orphans(report, store));
	TRY(set_checked(store, report));
	*out = STEAL(report);
	return EFILE_OK;
}
