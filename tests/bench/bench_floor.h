/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The floor for tasks of people in a store: what a program without an engine would write into
 * SQLite, with the store's settings and its log. */
#ifndef TESTS_BENCH_FLOOR_H
#define TESTS_BENCH_FLOOR_H

#include "store/inner.h"

typedef struct stopwatch {
	double wall, cpu;
} stopwatch;

stopwatch stopwatch_start(void);
stopwatch stopwatch_stop(stopwatch since);

typedef struct bench_floor bench_floor;

bench_floor *floor_open(efile_ctx *ctx, const char *path, int batch);
void floor_close(bench_floor *b);
/* An instance and its task begin in one transaction and end in another; each has its entry in the
 * chained log. */
void floor_single(void *floor);
void floor_batch(void *floor);

#endif
