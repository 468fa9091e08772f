/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the store costs over bare SQLite with the same settings. A single durable commit of a row and
 * its log entry is compared with two bare inserts into tables without all the store's indexes; a
 * document in a batch with the same rows of the same tables written without digests.
 * bench_store [FOLDER [SECONDS]]; one JSON object per line. Without a folder it makes one in $TMPDIR
 * or /var/tmp, and removes it. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "store/inner.h"

typedef struct part_record {
	record_head head;
	efile_id uuid;
	char *title;
	int64_t parent;
	int64_t kind;
	opt_int blob;
} part_record;

static const record_field fields[] = {
	RECORD_FIELD(part_record, uuid, FIELD_ID, 0),
	RECORD_FIELD(part_record, title, FIELD_TEXT, FIELD_PERSONAL),
	RECORD_FIELD(part_record, parent, FIELD_INT, 0),
	RECORD_FIELD(part_record, kind, FIELD_INT, 0),
	RECORD_FIELD(part_record, blob, FIELD_OPT_INT, 0),
};
static const record_kind part_kind = { RECORD_NODE, "part", sizeof(part_record), fields,
				       ARRAY_SIZE(fields) };
static const char schema[] =
	"CREATE TABLE part(id INTEGER PRIMARY KEY, rev INTEGER NOT NULL, uuid BLOB, title TEXT, "
	"parent INTEGER, kind INTEGER, blob INTEGER) STRICT;"
	"CREATE INDEX part_parent ON part(parent);";
static const store_migration migrations[] = { { 1, schema } };
static const record_kind *const kinds[] = { &part_kind };
static const store_wiring wiring = { .migrations = migrations, .migration_count = 1,
				     .kinds = kinds, .kind_count = 1 };

enum { ROWS = 5, BATCH = 500, CONTENT = 600 };

static double now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(int good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "bench_store: %s failed\n", what);
	exit(70);
}

/* ---- bare SQLite ---- */

typedef struct bare {
	sqlite3 *db;
	sqlite3_stmt *begin, *commit, *row, *log, *content, *blob, *entry, *body;
	int64_t n;
} bare;

static void run_bare(sqlite3_stmt *s)
{
	must(sqlite3_step(s) == SQLITE_DONE, "a bare statement");
	sqlite3_reset(s);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s = NULL;

	must(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL) == SQLITE_OK, sql);
	return s;
}

static void open_bare(bare *b, const char *path)
{
	must(sqlite3_open(path, &b->db) == SQLITE_OK, path);
	must(sqlite3_exec(b->db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
			  "PRAGMA cache_size=-16384;"
			  "CREATE TABLE log(id INTEGER PRIMARY KEY, chain INTEGER, time INTEGER, "
			  "data BLOB) STRICT;", NULL, NULL, NULL) == SQLITE_OK, "schema");
	must(sqlite3_exec(b->db, store_own_migration.sql, NULL, NULL, NULL) == SQLITE_OK, "schema");
	must(sqlite3_exec(b->db, schema, NULL, NULL, NULL) == SQLITE_OK, "schema");
	b->begin = prepare(b->db, "BEGIN IMMEDIATE");
	b->commit = prepare(b->db, "COMMIT");
	b->row = prepare(b->db, "INSERT INTO part(rev, uuid, title, parent, kind, blob) "
			 "VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
	b->log = prepare(b->db, "INSERT INTO log(chain, time, data) VALUES(?1, ?2, ?3)");
	b->content = prepare(b->db, "INSERT INTO blob_data(id, data) VALUES(?1, ?2)");
	b->blob = prepare(b->db, "INSERT INTO blob(rev, sha256, size, codec) VALUES(?1, ?2, 600, 0)");
	b->entry = prepare(b->db, "INSERT INTO journal VALUES(?1, ?2, ?3, ?4, ?5, NULL, 204, 41, ?6, "
			   "?7, ?8, ?9)");
	b->body = prepare(b->db, "INSERT INTO journal_body VALUES(?1, 0, NULL, ?2, ?3)");
}

static void bare_parts(bare *b, int rows, const char *content)
{
	char uuid[16];

	memcpy(uuid, content, sizeof(uuid));
	for (int i = 0; i < rows; i++) {
		sqlite3_bind_int64(b->row, 1, b->n);
		sqlite3_bind_blob(b->row, 2, uuid, 16, SQLITE_STATIC);
		sqlite3_bind_text(b->row, 3, "Antrag auf Baugenehmigung", -1, SQLITE_STATIC);
		sqlite3_bind_int64(b->row, 4, b->n);
		sqlite3_bind_int64(b->row, 5, i);
		run_bare(b->row);
	}
}

static void bare_rows(bare *b, int rows, const char *content)
{
	bare_parts(b, rows, content);
	sqlite3_bind_int64(b->log, 1, b->n++ % 50);
	sqlite3_bind_int64(b->log, 2, 1772438400000000 + b->n);
	sqlite3_bind_blob(b->log, 3, content, 200, SQLITE_STATIC);
	run_bare(b->log);
}

static void bare_single(void *user, const char *content)
{
	bare *b = user;

	run_bare(b->begin);
	bare_rows(b, 1, content);
	run_bare(b->commit);
}

/* What our_document() writes, with made-up digests. */
static void bare_document(bare *b, const char *content)
{
	unsigned char sha[32], id[16], rows[ROWS * DIGEST_ROW] = { 0 };
	int64_t n = ++b->n;

	for (int i = 0; i < 32; i++)
		sha[i] = (unsigned char)((uint64_t)n * UINT64_C(0x9E3779B97F4A7C15) >> (i % 8 * 8));
	memcpy(id, &n, 8);
	memset(id + 8, 1, 8);
	sqlite3_bind_int64(b->blob, 1, n);
	sqlite3_bind_blob(b->blob, 2, sha, 32, SQLITE_STATIC);
	run_bare(b->blob);
	sqlite3_bind_int64(b->content, 1, sqlite3_last_insert_rowid(b->db));
	sqlite3_bind_blob(b->content, 2, content, CONTENT, SQLITE_STATIC);
	run_bare(b->content);
	bare_parts(b, ROWS - 1, content);
	sqlite3_bind_int64(b->entry, 1, n);
	sqlite3_bind_int64(b->entry, 2, n % 50);
	sqlite3_bind_int64(b->entry, 3, n / 50 + 1);
	sqlite3_bind_int64(b->entry, 4, 1772438400000000 + n);
	sqlite3_bind_blob(b->entry, 5, id, 16, SQLITE_STATIC);
	sqlite3_bind_blob(b->entry, 6, id, 16, SQLITE_STATIC);
	sqlite3_bind_blob(b->entry, 7, sha, 32, SQLITE_STATIC);
	sqlite3_bind_blob(b->entry, 8, rows, sizeof(rows), SQLITE_STATIC);
	sqlite3_bind_blob(b->entry, 9, sha, 32, SQLITE_STATIC);
	run_bare(b->entry);
	sqlite3_bind_int64(b->body, 1, n);
	sqlite3_bind_blob(b->body, 2, id, 16, SQLITE_STATIC);
	sqlite3_bind_blob(b->body, 3, "{\"channel\":\"mail\"}", 18, SQLITE_STATIC);
	run_bare(b->body);
}

static void bare_batch(void *user, const char *content)
{
	bare *b = user;

	run_bare(b->begin);
	for (int i = 0; i < BATCH; i++)
		bare_document(b, content);
	run_bare(b->commit);
}

/* ---- the store ---- */

typedef struct ours {
	efile_store *store;
	int64_t n;
} ours;

static efile_status our_rows(ours *o, int rows, opt_int blob)
{
	static const char title[] = "Antrag auf Baugenehmigung";
	part_record part = { .parent = o->n, .blob = blob };
	journal_entry entry = { .action = JOURNAL_DOCUMENT_FILED, .chain = o->n % 50,
				.object_kind = RECORD_NODE, .body = "{\"channel\":\"mail\"}" };

	part.title = (char *)(uintptr_t)title;
	for (int i = 0; i < rows; i++) {
		part.head.id = 0;
		part.kind = i;
		TRY(id_new(&part.uuid, o->store->ctx));
		TRY(row_insert(o->store, &part_kind, &part));
	}
	entry.object = part.uuid;
	o->n++;
	return journal_append(o->store, &entry);
}

static efile_status our_single_try(ours *o)
{
	AUTO(txn) tx = TXN_NONE;

	TRY(txn_begin(&tx, o->store));
	TRY(our_rows(o, 1, (opt_int){ false, 0 }));
	return txn_commit(&tx);
}

static void our_single(void *user, const char *content)
{
	(void)content;
	must(our_single_try(user) == EFILE_OK, "a commit of ours");
}

static efile_status our_document(ours *o, char *content)
{
	AUTO(txn) tx = TXN_NONE;
	blob_ref ref;

	memcpy(content, &o->n, sizeof(o->n)); /* no two contents are the same */
	TRY(txn_begin(&tx, o->store));
	TRY(blob_put_bytes(&ref, o->store, content, CONTENT));
	TRY(our_rows(o, ROWS - 1, (opt_int){ true, ref.id }));
	return txn_commit(&tx);
}

static void our_batch(void *user, const char *content)
{
	ours *o = user;
	char own[CONTENT];

	memcpy(own, content, CONTENT);
	must(efile_batch_begin(o->store) == EFILE_OK, "a batch");
	for (int i = 0; i < BATCH; i++)
		must(our_document(o, own) == EFILE_OK, "a document");
	must(efile_batch_commit(o->store) == EFILE_OK, "a batch");
}

/* ---- measuring ---- */

typedef struct figure {
	double wall, cpu;
	long count;
} figure;

static void measure(figure *f, void (*run)(void *user, const char *content), void *user,
		    double seconds, int each)
{
	char content[CONTENT];
	double wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);

	memset(content, 'x', sizeof(content));
	while (now(CLOCK_MONOTONIC) - wall < seconds) {
		run(user, content);
		f->count += each;
	}
	f->wall += now(CLOCK_MONOTONIC) - wall;
	f->cpu += now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
}

static void print(const char *name, const figure *us, const figure *them)
{
	printf("{\"schema\":\"efile.bench.v1\",\"name\":\"%s\",\"per_second\":%.0f,"
	       "\"bare_per_second\":%.0f,\"ratio\":%.2f,\"cpu_microseconds\":%.1f,"
	       "\"bare_cpu_microseconds\":%.1f}\n", name,
	       (double)us->count / us->wall, (double)them->count / them->wall,
	       (double)us->count / us->wall / ((double)them->count / them->wall),
	       us->cpu * 1e6 / (double)us->count, them->cpu * 1e6 / (double)them->count);
}

static void run_all(const char *folder, double seconds)
{
	AUTO_PTR(efile_ctx) ctx = NULL;
	AUTO_PTR(efile_store) store = NULL;
	char path[4096];
	figure f[4] = { { 0 } };
	bare b = { 0 };
	ours o = { 0 };

	snprintf(path, sizeof(path), "%s/bare.db", folder);
	open_bare(&b, path);
	snprintf(path, sizeof(path), "%s/store", folder);
	must(efile_ctx_new(&ctx, NULL) == EFILE_OK, "a context");
	must(store_init(ctx, path, &wiring) == EFILE_OK &&
	     store_open(&store, ctx, path, NULL, &wiring) == EFILE_OK, "a store");
	o.store = store;
	/* In turns, so that a change of the machine's mood hits both. */
	for (int i = 0; i < 5; i++) {
		measure(&f[0], bare_single, &b, seconds / 5, 1);
		measure(&f[1], our_single, &o, seconds / 5, 1);
		measure(&f[2], bare_batch, &b, seconds / 5, BATCH);
		measure(&f[3], our_batch, &o, seconds / 5, BATCH);
	}
	print("store-durable-commit", &f[1], &f[0]);
	print("store-document-in-batch", &f[3], &f[2]);
	sqlite3_finalize(b.begin);
	sqlite3_finalize(b.commit);
	sqlite3_finalize(b.row);
	sqlite3_finalize(b.log);
	sqlite3_finalize(b.content);
	sqlite3_finalize(b.blob);
	sqlite3_finalize(b.entry);
	sqlite3_finalize(b.body);
	sqlite3_close(b.db);
}

int main(int argc, char **argv)
{
	const char *temporary = getenv("TMPDIR");
	double seconds = argc > 2 ? atof(argv[2]) : 3;
	char folder[300], command[320];

	if (argc > 1) {
		run_all(argv[1], seconds);
		return 0;
	}
	snprintf(folder, sizeof(folder), "%s/bench_store.XXXXXX", temporary ? temporary : "/var/tmp");
	must(mkdtemp(folder) != NULL, folder);
	run_all(folder, seconds);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command) == 0 ? 0 : 70;
}
