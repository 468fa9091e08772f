/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench/bench_floor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/sha256.h"

static const char schema[] =
	"CREATE TABLE instance(id INTEGER PRIMARY KEY, rev INTEGER NOT NULL, uuid BLOB NOT NULL "
	"UNIQUE, definition INTEGER NOT NULL, status INTEGER NOT NULL, state BLOB NOT NULL, "
	"starter BLOB NOT NULL, started INTEGER NOT NULL, ended INTEGER) STRICT;"
	"CREATE TABLE task(id INTEGER PRIMARY KEY, rev INTEGER NOT NULL, uuid BLOB NOT NULL UNIQUE, "
	"instance INTEGER NOT NULL REFERENCES instance(id), wait INTEGER NOT NULL, "
	"node TEXT NOT NULL, name TEXT NOT NULL, status INTEGER NOT NULL, assignee INTEGER, "
	"created INTEGER NOT NULL, ended INTEGER, performer BLOB, UNIQUE (instance, wait)) STRICT;"
	"CREATE INDEX task_assignee ON task(assignee, id) WHERE status = 1;";

typedef enum floor_statement {
	BEGIN, COMMIT, SAVE, RELEASE, ADD_INSTANCE, ADD_TASK, FIND_TASK, LOAD_INSTANCE, END_TASK, END_INSTANCE,
	ADD_ENTRY, ADD_BODY, NEWEST, STATEMENTS
} floor_statement;

static const char *const texts[STATEMENTS] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[SAVE] = "SAVEPOINT one",
	[RELEASE] = "RELEASE one",
	[ADD_INSTANCE] = "INSERT INTO instance VALUES(?1, ?2, ?3, 1, 0, ?4, ?5, ?6, NULL)",
	[ADD_TASK] = "INSERT INTO task VALUES(?1, ?2, ?3, ?1, 1, 'approve', 'approve', 1, 1, ?4, NULL, "
		     "NULL)",
	[FIND_TASK] = "SELECT id, instance, status, assignee FROM task WHERE uuid = ?1",
	[LOAD_INSTANCE] = "SELECT definition, status, state FROM instance WHERE id = ?1",
	[END_TASK] = "UPDATE task SET rev = ?2, status = 2, ended = ?3, performer = ?4 WHERE id = ?1",
	[END_INSTANCE] = "UPDATE instance SET rev = ?2, status = 1, ended = ?3, state = ?4 "
			 "WHERE id = ?1",
	[ADD_ENTRY] = "INSERT INTO journal VALUES(?1, 0, ?1, ?2, ?3, NULL, 130, 40, ?4, ?5, ?6, ?7)",
	[NEWEST] = "SELECT uuid FROM task ORDER BY id DESC LIMIT 1",
	[ADD_BODY] = "INSERT INTO journal_body VALUES(?1, 0, NULL, ?2, ?3)",
};

struct bench_floor {
	efile_ctx *ctx;
	sqlite3 *db;
	sqlite3_stmt *statements[STATEMENTS];
	int64_t id, rev;
	int batch;
	efile_id *tasks, *instances;
	unsigned char previous[SHA256_SIZE];
	sha256_ctx sha;
};

static double seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

stopwatch stopwatch_start(void)
{
	return (stopwatch){ seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID) };
}

stopwatch stopwatch_stop(stopwatch since)
{
	return (stopwatch){ seconds(CLOCK_MONOTONIC) - since.wall,
			    seconds(CLOCK_PROCESS_CPUTIME_ID) - since.cpu };
}

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "bench_flow: %s failed\n", what);
	exit(70);
}

bench_floor *floor_open(efile_ctx *ctx, const char *path, int batch)
{
	bench_floor *b = calloc(1, sizeof(*b));

	must(b != NULL, "memory");
	b->ctx = ctx;
	b->batch = batch;
	b->tasks = calloc((size_t)batch, sizeof(*b->tasks));
	b->instances = calloc((size_t)batch, sizeof(*b->instances));
	must(b->tasks && b->instances && sqlite3_open_v2(path, &b->db, SQLITE_OPEN_READWRITE |
	     SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK, path);
	must(sqlite3_exec(b->db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
			  "PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; PRAGMA cache_size=-16384;"
			  "PRAGMA wal_autocheckpoint=2000; PRAGMA temp_store=MEMORY;",
			  NULL, NULL, NULL) == SQLITE_OK, "settings");
	must(sqlite3_exec(b->db, store_own_migration.sql, NULL, NULL, NULL) == SQLITE_OK, "log");
	must(sqlite3_exec(b->db, schema, NULL, NULL, NULL) == SQLITE_OK, "schema");
	for (int i = 0; i < STATEMENTS; i++)
		must(sqlite3_prepare_v3(b->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
					&b->statements[i], NULL) == SQLITE_OK, texts[i]);
	return b;
}

void floor_close(bench_floor *b)
{
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(b->statements[i]);
	sqlite3_close(b->db);
	sha256_ctx_clear(&b->sha);
	free(b->tasks);
	free(b->instances);
	free(b);
}

static int run(bench_floor *b, floor_statement which)
{
	int code = sqlite3_step(b->statements[which]);

	must(code == SQLITE_DONE || code == SQLITE_ROW, texts[which]);
	return code;
}

static void finish(bench_floor *b, floor_statement which)
{
	run(b, which);
	sqlite3_reset(b->statements[which]);
}

static void bind_blob(bench_floor *b, floor_statement which, int at, const void *data, int length)
{
	sqlite3_bind_blob(b->statements[which], at, data, length, SQLITE_STATIC);
}

static void bind_int(bench_floor *b, floor_statement which, int at, int64_t value)
{
	sqlite3_bind_int64(b->statements[which], at, value);
}

static void digest(bench_floor *b, unsigned char out[SHA256_SIZE], const void *data, size_t length)
{
	must(sha256_start(&b->sha, b->ctx) == EFILE_OK &&
	     sha256_add(&b->sha, data, length) == EFILE_OK &&
	     sha256_finish(out, &b->sha) == EFILE_OK, "a digest");
}

/* An entry names the salted digests of two rows and of its body, and is chained to the one before. */
static void add_entry(bench_floor *b, const efile_id *object, const char *body)
{
	unsigned char salted[200] = { 0 }, rows[2 * DIGEST_ROW] = { 0 }, all[300] = { 0 };
	unsigned char commitment[SHA256_SIZE], hash[SHA256_SIZE];
	int length = (int)strlen(body);

	must(ctx_random(b->ctx, salted, SALT_SIZE) == EFILE_OK, "random bytes");
	digest(b, rows + 10, salted, 120);
	digest(b, rows + DIGEST_ROW + 10, salted, 140);
	memcpy(salted + SALT_SIZE, body, (size_t)length);
	digest(b, commitment, salted, SALT_SIZE + (size_t)length);
	memcpy(all, b->previous, SHA256_SIZE);
	memcpy(all + SHA256_SIZE, commitment, SHA256_SIZE);
	memcpy(all + 2 * SHA256_SIZE, rows, sizeof(rows));
	digest(b, hash, all, 250);
	memcpy(b->previous, hash, SHA256_SIZE);
	bind_int(b, ADD_ENTRY, 1, ++b->rev);
	bind_int(b, ADD_ENTRY, 2, ctx_now(b->ctx));
	bind_blob(b, ADD_ENTRY, 3, object, 16);
	bind_blob(b, ADD_ENTRY, 4, object, 16);
	bind_blob(b, ADD_ENTRY, 5, commitment, SHA256_SIZE);
	bind_blob(b, ADD_ENTRY, 6, rows, sizeof(rows));
	bind_blob(b, ADD_ENTRY, 7, hash, SHA256_SIZE);
	finish(b, ADD_ENTRY);
	bind_int(b, ADD_BODY, 1, b->rev);
	bind_blob(b, ADD_BODY, 2, salted, SALT_SIZE);
	bind_blob(b, ADD_BODY, 3, body, length);
	finish(b, ADD_BODY);
}

static const char state[] = "A state of this many bytes.";

static void start(bench_floor *b, int i)
{
	must(id_new(&b->instances[i], b->ctx) == EFILE_OK && id_new(&b->tasks[i], b->ctx) == EFILE_OK,
	     "an id");
	bind_int(b, ADD_INSTANCE, 1, ++b->id);
	bind_int(b, ADD_INSTANCE, 2, b->rev + 1);
	bind_blob(b, ADD_INSTANCE, 3, &b->instances[i], 16);
	bind_blob(b, ADD_INSTANCE, 4, state, 16);
	bind_blob(b, ADD_INSTANCE, 5, &b->instances[i], 16);
	bind_int(b, ADD_INSTANCE, 6, ctx_now(b->ctx));
	finish(b, ADD_INSTANCE);
	bind_int(b, ADD_TASK, 1, b->id);
	bind_int(b, ADD_TASK, 2, b->rev + 1);
	bind_blob(b, ADD_TASK, 3, &b->tasks[i], 16);
	bind_int(b, ADD_TASK, 4, ctx_now(b->ctx));
	finish(b, ADD_TASK);
	add_entry(b, &b->instances[i],
		  "{\"event\":\"start\",\"time\":\"2026-03-02T08:00:00.000000Z\","
		  "\"actor\":\"0195559e-5c00-7000-8000-000000000001\"}");
	/* Who starts an instance asks which task has begun: bench_flow does so on the other side. */
	must(run(b, NEWEST) == SQLITE_ROW, texts[NEWEST]);
	sqlite3_reset(b->statements[NEWEST]);
}

static void complete(bench_floor *b, int i)
{
	int64_t task, instance;

	bind_blob(b, FIND_TASK, 1, &b->tasks[i], 16);
	must(run(b, FIND_TASK) == SQLITE_ROW, texts[FIND_TASK]);
	task = sqlite3_column_int64(b->statements[FIND_TASK], 0);
	instance = sqlite3_column_int64(b->statements[FIND_TASK], 1);
	sqlite3_reset(b->statements[FIND_TASK]);
	bind_int(b, LOAD_INSTANCE, 1, instance);
	must(run(b, LOAD_INSTANCE) == SQLITE_ROW, texts[LOAD_INSTANCE]);
	sqlite3_reset(b->statements[LOAD_INSTANCE]);
	bind_int(b, END_TASK, 1, task);
	bind_int(b, END_TASK, 2, b->rev + 1);
	bind_int(b, END_TASK, 3, ctx_now(b->ctx));
	bind_blob(b, END_TASK, 4, &b->instances[i], 16);
	finish(b, END_TASK);
	bind_int(b, END_INSTANCE, 1, instance);
	bind_int(b, END_INSTANCE, 2, b->rev + 1);
	bind_int(b, END_INSTANCE, 3, ctx_now(b->ctx));
	bind_blob(b, END_INSTANCE, 4, state, 10);
	finish(b, END_INSTANCE);
	add_entry(b, &b->instances[i],
		  "{\"event\":\"complete_task\",\"time\":\"2026-03-02T08:00:00.000000Z\",\"wait\":1,"
		  "\"actor\":\"0195559e-5c00-7000-8000-000000000001\"}");
}

static void run_group(bench_floor *b, int count)
{
	for (int half = 0; half < 2; half++) {
		finish(b, BEGIN);
		for (int i = 0; i < count; i++) {
			if (count > 1)
				finish(b, SAVE);
			half ? complete(b, i) : start(b, i);
			if (count > 1)
				finish(b, RELEASE);
		}
		finish(b, COMMIT);
	}
}

void floor_single(void *floor)
{
	run_group(floor, 1);
}

void floor_batch(void *floor)
{
	bench_floor *b = floor;

	run_group(b, b->batch);
}
