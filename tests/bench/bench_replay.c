/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench/bench_replay.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

enum { PARAMETERS = 64, STATEMENTS = 512 };

typedef struct value {
	int type;          /* SQLITE_INTEGER, _TEXT, _BLOB, _NULL */
	int64_t number;
	size_t at, length; /* in the bytes */
} value;

typedef struct operation {
	int sql;
	uint32_t first;    /* of its values */
} operation;

struct recording {
	char *sql[STATEMENTS];
	int parameters[STATEMENTS];
	int sql_count;
	bool only_writes;
	operation *operations;
	size_t operation_count, operation_room;
	value *values;
	size_t value_count, value_room;
	buf pool;
};

static void *grown(void *items, size_t *room, size_t used, size_t size)
{
	if (used < *room)
		return items;
	*room = *room ? *room * 2 : 1024;
	items = realloc(items, *room * size);
	if (!items)
		abort();
	return items;
}

static int sql_number(recording *r, const char *sql)
{
	for (int i = 0; i < r->sql_count; i++)
		if (strcmp(r->sql[i], sql) == 0)
			return i;
	if (r->sql_count == STATEMENTS)
		abort();
	r->sql[r->sql_count] = strdup(sql);
	return r->sql_count++;
}

static const char *read_quoted(value *v, buf *pool, const char *at)
{
	for (at++; *at != '\'' || at[1] == '\''; at++) {
		buf_add_char(pool, *at);
		at += *at == '\'';
	}
	v->length = pool->length - v->at;
	return at + 1;
}

static const char *read_hex(value *v, buf *pool, const char *at)
{
	for (at += 2; *at != '\''; at += 2) {
		char byte;

		str_unhex(&byte, at, 1);
		buf_add_char(pool, byte);
	}
	v->length = pool->length - v->at;
	return at + 1;
}

/* One literal, as sqlite3_expanded_sql() writes it. */
static const char *read_literal(value *v, buf *pool, const char *at)
{
	char *end;

	*v = (value){ SQLITE_NULL, 0, pool->length, 0 };
	if (*at == '\'') {
		v->type = SQLITE_TEXT;
		return read_quoted(v, pool, at);
	}
	if (*at == 'x' && at[1] == '\'') {
		v->type = SQLITE_BLOB;
		return read_hex(v, pool, at);
	}
	if (strncmp(at, "NULL", 4) == 0)
		return at + 4;
	v->type = SQLITE_INTEGER;
	v->number = strtoll(at, &end, 10);
	return end;
}

static void record(recording *r, const char *sql, const char *expanded)
{
	value values[PARAMETERS];
	int highest = 0;

	for (int i = 0; i < PARAMETERS; i++)
		values[i] = (value){ SQLITE_NULL, 0, 0, 0 };
	r->operations = grown(r->operations, &r->operation_room, r->operation_count,
			      sizeof(operation));
	r->operations[r->operation_count] = (operation){ sql_number(r, sql),
							 (uint32_t)r->value_count };
	for (const char *at = sql; *at;) {
		int number;
		char *end;

		if (*at != '?') {
			at++;
			expanded++;
			continue;
		}
		number = (int)strtol(at + 1, &end, 10);
		at = end;
		expanded = read_literal(&values[number - 1], &r->pool, expanded);
		highest = number > highest ? number : highest;
	}
	r->parameters[r->operations[r->operation_count++].sql] = highest;
	for (int i = 0; i < highest; i++) {
		r->values = grown(r->values, &r->value_room, r->value_count, sizeof(value));
		r->values[r->value_count++] = values[i];
	}
}

static bool starts_with(const char *sql, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strncmp(sql, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

/* SQLite calls what begins or ends a transaction a statement that only reads. The library's savepoints
 * are not the floor's: that has those which the benchmark adds. */
static bool is_left_out(const recording *r, sqlite3_stmt *statement, const char *sql)
{
	static const char *const savepoints[] = { "SAVEPOINT", "RELEASE", "ROLLBACK TO" };
	static const char *const ends[] = { "BEGIN", "COMMIT", "ROLLBACK" };

	return starts_with(sql, savepoints, ARRAY_SIZE(savepoints)) ||
		(r->only_writes && sqlite3_stmt_readonly(statement) &&
		 !starts_with(sql, ends, ARRAY_SIZE(ends)));
}

static int traced(unsigned kind, void *user, void *statement, void *text)
{
	const char *sql = sqlite3_sql(statement);
	recording *r = user;
	char *expanded;

	(void)kind;
	if (strncmp(text, "--", 2) == 0) /* of a trigger or virtual table */
		return 0;
	if (is_left_out(r, statement, sql))
		return 0;
	expanded = sqlite3_expanded_sql(statement);
	record(r, sql, expanded);
	sqlite3_free(expanded);
	return 0;
}

static void bind(sqlite3_stmt *s, int at, const value *v, const char *pool)
{
	if (v->type == SQLITE_INTEGER)
		sqlite3_bind_int64(s, at, v->number);
	else if (v->type == SQLITE_TEXT)
		sqlite3_bind_text(s, at, pool + v->at, (int)v->length, SQLITE_STATIC);
	else if (v->type == SQLITE_BLOB)
		sqlite3_bind_blob(s, at, pool + v->at, (int)v->length, SQLITE_STATIC);
	else
		sqlite3_bind_null(s, at);
}

/* ---- the recording ---- */

recording *recording_new(void)
{
	recording *r = calloc(1, sizeof(*r));

	if (!r)
		abort();
	return r;
}

void recording_free(recording *r)
{
	for (int i = 0; i < r->sql_count; i++)
		free(r->sql[i]);
	free(r->operations);
	free(r->values);
	buf_clear(&r->pool);
	free(r);
}

void recording_begin(recording *r, sqlite3 *db, bool only_writes)
{
	r->only_writes = only_writes;
	sqlite3_trace_v2(db, SQLITE_TRACE_STMT, traced, r);
}

void recording_end(sqlite3 *db)
{
	sqlite3_trace_v2(db, 0, NULL, NULL);
}

void recording_add(recording *r, const char *sql)
{
	record(r, sql, sql);
}

size_t recording_count(const recording *r)
{
	return r->operation_count;
}

/* ---- running it again ---- */

struct replay {
	const recording *r;
	sqlite3 *db;
	sqlite3_stmt *prepared[STATEMENTS];
};

replay *replay_open(const recording *r, const char *path, int checkpoint_pages)
{
	replay *p = calloc(1, sizeof(*p));

	if (!p || sqlite3_open(path, &p->db) != SQLITE_OK)
		abort();
	p->r = r;
	sqlite3_exec(p->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
			    "PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
			    "PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY", NULL, NULL, NULL);
	sqlite3_wal_autocheckpoint(p->db, checkpoint_pages);
	return p;
}

static bool run(replay *p, const operation *o)
{
	const recording *r = p->r;
	sqlite3_stmt **s = &p->prepared[o->sql];
	int code;

	if (!*s && sqlite3_prepare_v3(p->db, r->sql[o->sql], -1, SQLITE_PREPARE_PERSISTENT, s,
				      NULL) != SQLITE_OK)
		abort();
	for (int i = 0; i < r->parameters[o->sql]; i++)
		bind(*s, i + 1, &r->values[o->first + (uint32_t)i], r->pool.data);
	while ((code = sqlite3_step(*s)) == SQLITE_ROW)
		;
	sqlite3_reset(*s);
	return code == SQLITE_DONE;
}

long replay_run(replay *p, size_t from, size_t before)
{
	long failed = 0;

	for (size_t i = from; i < before; i++)
		failed += !run(p, &p->r->operations[i]);
	return failed;
}

void replay_close(replay *p)
{
	for (int i = 0; i < p->r->sql_count; i++)
		sqlite3_finalize(p->prepared[i]);
	sqlite3_close(p->db);
	free(p);
}
