/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every unit test needs: a context with fixed clock and seed, a scratch folder, failing
 * allocations. */
#ifndef TESTS_UNIT_SUPPORT_H
#define TESTS_UNIT_SUPPORT_H

#include <efile.h>

#include "base/base.h"
#include "tap.h"

/* 2026-03-02T08:00:00Z; test_tick() moves it. Random bytes come from a fixed seed. */
#define TEST_NOW INT64_C(1772438400000000)

efile_ctx *test_ctx(void);              /* English; free with efile_ctx_free() */
efile_ctx *test_ctx_german(void);
void test_tick(efile_time microseconds);/* moves the clock of all test contexts */
void test_clock_reset(void);

/* A fresh folder below $TMPDIR; removed with all content by test_folder_remove(). */
char *test_folder(void);                /* malloc'd path */
void test_folder_remove(char *path);    /* also frees path */

/* A file of the test data; NULL if there is none (the caller skips and says so). malloc'd. */
char *test_data(const char *relative, size_t *length);

/* A file beside the tests (tests/data/...). malloc'd, NUL-terminated. */
char *test_own_data(const char *relative, size_t *length);

/* Memory of a test, for free(); a test that gets none ends. */
void *test_room(size_t size);

/* Repeats fn while its n-th allocation fails, for n from 1 until it gets through: each failing run
 * must answer EFILE_E_NOMEM. Returns the number of failing runs. Allocations are ours and what other
 * libraries answer for want of memory, a step of the database included (faults.c). */
typedef efile_status (*fail_fn)(efile_ctx *ctx, void *arg);
int fail_each(fail_fn fn, void *arg);

/* The same while the n-th call of disk, database or cryptographic library fails. After a failed disk
 * a store must be opened again, so fn opens its own; after each run, holds() tells whether all is as
 * the status says. The stride is 1 for every n; long operations (a store with its 256 folders) take
 * every so many. */
int fail_each_call(fail_fn fn, int (*holds)(efile_status status, void *arg), void *arg, int stride);

/* The same while the source of random bytes fails at its n-th call: each failing run must say so. */
int fail_each_random(fail_fn fn, void *arg);

/* The same while a signal interrupts the n-th read, write, poll and the like: each run must get through
 * as if nothing had been. Returns the number of interrupted runs. */
int interrupt_each(fail_fn fn, void *arg);

#endif
