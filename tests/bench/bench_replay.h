/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The floor of what a module writes: the very statements of a run, recorded with their values and run
 * again without the library. */
#ifndef TESTS_BENCH_REPLAY_H
#define TESTS_BENCH_REPLAY_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct recording recording;
typedef struct replay replay;

/* These end the program when memory or the database fails. */
recording *recording_new(void);
void recording_free(recording *r);
/* Records what the connection runs from now on; only_writes: what it only reads is left out. */
void recording_begin(recording *r, sqlite3 *db, bool only_writes);
void recording_end(sqlite3 *db);
/* A statement of the floor's own, without values: the savepoint of a call. */
void recording_add(recording *r, const char *sql);
size_t recording_count(const recording *r);

/* The database of a store as it was when the recording began, with the store's settings; the
 * write-ahead log is brought in after so many pages, 0: never. */
replay *replay_open(const recording *r, const char *path, int checkpoint_pages);
/* Statements from one number on and before another; how many failed. */
long replay_run(replay *p, size_t from, size_t before);
void replay_close(replay *p);

#endif
