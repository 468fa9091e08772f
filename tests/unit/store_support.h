/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A store with one recorded table of its own, for the tests of the store. */
#ifndef TESTS_UNIT_STORE_SUPPORT_H
#define TESTS_UNIT_STORE_SUPPORT_H

#include "store/inner.h"
#include "unit/support.h"

typedef struct thing_record {
	record_head head;
	efile_id uuid;
	char *title;
	int64_t amount;
	opt_int due;
	bytes data;
	char *remark;
} thing_record;

extern const record_kind thing_kind;

static inline void thing_record_clear(thing_record *r)
{
	record_clear(&thing_kind, r);
}
extern const store_wiring thing_wiring;

typedef struct test_store {
	efile_ctx *ctx;
	efile_store *store;
	char *folder;             /* scratch */
	char *path;               /* of the store in it */
} test_store;

void test_store_setup(test_store *t);        /* made and open */
void test_store_reopen(test_store *t);       /* closed in order, opened again */
void test_store_teardown(test_store *t);
char *test_store_file(const test_store *t, const char *name); /* malloc'd path below the store */

/* Inserts a thing with a title in a transaction and an entry of its own; answers its row id. */
int64_t thing_put(efile_store *store, const char *title);
efile_status thing_try(int64_t *id, efile_store *store, const char *title);
efile_status thing_journal(efile_store *store, int64_t chain, const char *body);

#endif
