/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/store_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const record_field fields[] = {
	RECORD_FIELD(thing_record, uuid, FIELD_ID, 0),
	RECORD_FIELD(thing_record, title, FIELD_TEXT, FIELD_PERSONAL),
	RECORD_FIELD(thing_record, amount, FIELD_INT, 0),
	RECORD_FIELD(thing_record, due, FIELD_OPT_INT, 0),
	RECORD_FIELD(thing_record, data, FIELD_BLOB, 0),
	RECORD_FIELD(thing_record, remark, FIELD_TEXT, 0),
};

const record_kind thing_kind = { RECORD_NODE, "thing", sizeof(thing_record), fields,
				 ARRAY_SIZE(fields) };

static const store_migration migrations[] = {
	{ 1, "CREATE TABLE thing(id INTEGER PRIMARY KEY, rev INTEGER NOT NULL, uuid BLOB UNIQUE, "
	     "title TEXT UNIQUE, amount INTEGER NOT NULL CHECK(amount >= 0), due INTEGER, "
	     "data BLOB, remark TEXT) STRICT;" },
};

static const record_kind *const kinds[] = { &thing_kind };

const store_wiring thing_wiring = { .migrations = migrations, .migration_count = 1,
				    .kinds = kinds, .kind_count = 1 };

static void open_it(test_store *t)
{
	if (store_open(&t->store, t->ctx, t->path, NULL, &thing_wiring) != EFILE_OK) {
		printf("# %s\n", efile_error_message(t->ctx));
		exit(1);
	}
}

void test_store_setup(test_store *t)
{
	test_clock_reset();
	t->ctx = test_ctx();
	t->ctx->limits.busy_milliseconds = 50;
	t->folder = test_folder();
	if (asprintf(&t->path, "%s/store", t->folder) < 0)
		exit(1);
	if (store_init(t->ctx, t->path, &thing_wiring) != EFILE_OK) {
		printf("# %s\n", efile_error_message(t->ctx));
		exit(1);
	}
	open_it(t);
}

void test_store_reopen(test_store *t)
{
	efile_store_close(t->store);
	open_it(t);
}

void test_store_teardown(test_store *t)
{
	efile_store_close(t->store);
	free(t->path);
	test_folder_remove(t->folder);
	efile_ctx_free(t->ctx);
}

char *test_store_file(const test_store *t, const char *name)
{
	char *path = NULL;

	if (asprintf(&path, "%s/%s", t->path, name) < 0)
		exit(1);
	return path;
}

efile_status thing_journal(efile_store *store, int64_t chain, const char *body)
{
	journal_entry entry = { .chain = chain, .action = JOURNAL_NODE_CHANGED, .body = body };

	return journal_append(store, &entry);
}

efile_status thing_try(int64_t *id, efile_store *store, const char *title)
{
	AUTO(txn) tx = TXN_NONE;
	thing_record thing = { .amount = 1 };

	thing.title = strdup(title);
	if (!thing.title)
		return mem_failed(store->ctx);
	if (txn_begin(&tx, store) < 0 || row_insert(store, &thing_kind, &thing) < 0 ||
	    thing_journal(store, 0, NULL) < 0 || txn_commit(&tx) < 0) {
		record_clear(&thing_kind, &thing);
		return efile_error_status(store->ctx);
	}
	*id = thing.head.id;
	record_clear(&thing_kind, &thing);
	return EFILE_OK;
}

int64_t thing_put(efile_store *store, const char *title)
{
	int64_t id = 0;

	TAP_EQUAL_INT(thing_try(&id, store, title), EFILE_OK);
	return id;
}
