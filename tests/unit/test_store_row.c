/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/store_support.h"

static void test_write_and_read(void)
{
	test_store t;
	AUTO(txn) tx = TXN_NONE;
	thing_record in = { .amount = 7, .due = { true, 9 } }, out = { .amount = 0 };

	test_store_setup(&t);
	TAP_EQUAL_INT(txn_begin(&tx, t.store), EFILE_OK);
	in.title = strdup("Bauakte \xc3\x84");
	in.data = (bytes){ (unsigned char *)strdup(""), 0 };
	id_new(&in.uuid, t.ctx);
	TAP_EQUAL_INT(row_insert(t.store, &thing_kind, &in), EFILE_OK);
	TAP_EQUAL_INT(in.head.id, 1);
	TAP_EQUAL_INT(in.head.rev, 2);
	TAP_EQUAL_INT(thing_journal(t.store, 1, "{}"), EFILE_OK);
	TAP_EQUAL_INT(txn_commit(&tx), EFILE_OK);
	test_store_reopen(&t);
	TAP_EQUAL_INT(row_load(t.store, &thing_kind, &out, 1), EFILE_OK);
	TAP_EQUAL_TEXT(out.title, in.title);
	TAP_EQUAL_INT(out.amount, 7);
	TAP_EQUAL_INT(out.due.value, 9);
	TAP_OK(out.due.set && out.data.data && out.data.length == 0 && !out.remark);
	TAP_OK(id_compare(&out.uuid, &in.uuid) == 0);
	TAP_EQUAL_INT(row_load(t.store, &thing_kind, &out, 2), EFILE_E_NOTFOUND);
	record_clear(&thing_kind, &in);
	record_clear(&thing_kind, &out);
	test_store_teardown(&t);
}

static void test_versions(void)
{
	test_store t;
	txn tx = TXN_NONE;
	thing_record a = { .amount = 0 }, b = { .amount = 0 };

	test_store_setup(&t);
	thing_put(t.store, "a");
	TAP_EQUAL_INT(row_load(t.store, &thing_kind, &a, 1), EFILE_OK);
	TAP_EQUAL_INT(record_copy(&b, t.ctx, &thing_kind, &a), EFILE_OK);
	TAP_EQUAL_INT(row_update(t.store, &thing_kind, &a), EFILE_E_INTERNAL);
	TAP_EQUAL_INT(txn_begin(&tx, t.store), EFILE_OK);
	a.amount = 5;
	TAP_EQUAL_INT(row_update(t.store, &thing_kind, &a), EFILE_OK);
	TAP_EQUAL_INT(a.head.rev, 3);
	TAP_EQUAL_INT(row_update(t.store, &thing_kind, &a), EFILE_OK);
	TAP_EQUAL_INT(t.store->pending.count, 1);
	TAP_EQUAL_INT(row_update(t.store, &thing_kind, &b), EFILE_E_CONFLICT);
	TAP_EQUAL_INT(row_delete(t.store, &thing_kind, &b), EFILE_E_CONFLICT);
	TAP_EQUAL_INT(txn_commit(&tx), EFILE_E_INTERNAL);
	TAP_EQUAL_INT(thing_journal(t.store, 0, NULL), EFILE_OK);
	TAP_EQUAL_INT(txn_commit(&tx), EFILE_OK);
	record_clear(&thing_kind, &a);
	record_clear(&thing_kind, &b);
	test_store_teardown(&t);
}

static void test_refusals(void)
{
	test_store t;
	txn tx = TXN_NONE;
	char title[] = "a";
	thing_record a = { .title = title, .amount = 1 };

	test_store_setup(&t);
	thing_put(t.store, "a");
	txn_begin(&tx, t.store);
	TAP_EQUAL_INT(row_insert(t.store, &thing_kind, &a), EFILE_E_EXISTS);
	TAP_EQUAL_INT(a.head.id, 0);
	title[0] = 'b';
	a.amount = -1;
	TAP_EQUAL_INT(row_insert(t.store, &thing_kind, &a), EFILE_E_INVALID);
	a.amount = 1;
	a.head.id = 1;
	TAP_EQUAL_INT(row_insert(t.store, &thing_kind, &a), EFILE_E_EXISTS);
	a.head.id = 0;
	TAP_EQUAL_INT(row_insert(t.store, &thing_kind, &a), EFILE_OK);
	TAP_EQUAL_INT(a.head.id, 2);
	TAP_EQUAL_INT(thing_journal(t.store, 0, NULL), EFILE_OK);
	TAP_EQUAL_INT(txn_commit(&tx), EFILE_OK);
	test_store_teardown(&t);
}

static void test_ids_are_not_used_again(void)
{
	test_store t;
	txn tx = TXN_NONE;
	thing_record a = { .amount = 0 };

	test_store_setup(&t);
	thing_put(t.store, "a");
	TAP_EQUAL_INT(thing_put(t.store, "b"), 2);
	TAP_EQUAL_INT(row_load(t.store, &thing_kind, &a, 2), EFILE_OK);
	txn_begin(&tx, t.store);
	TAP_EQUAL_INT(row_delete(t.store, &thing_kind, &a), EFILE_OK);
	TAP_EQUAL_INT(thing_journal(t.store, 0, NULL), EFILE_OK);
	TAP_EQUAL_INT(txn_commit(&tx), EFILE_OK);
	TAP_EQUAL_INT(row_load(t.store, &thing_kind, &a, 2), EFILE_E_NOTFOUND);
	test_store_reopen(&t);
	TAP_EQUAL_INT(thing_put(t.store, "b"), 3);
	record_clear(&thing_kind, &a);
	test_store_teardown(&t);
}

static void test_select(void)
{
	test_store t;
	static const char tail[] = "amount = ?1 ORDER BY title DESC";
	stmt s = STMT_NONE;
	thing_record a = { .amount = 0 };

	test_store_setup(&t);
	thing_put(t.store, "a");
	thing_put(t.store, "b");
	TAP_EQUAL_INT(row_select(&s, t.store, &thing_kind, tail), EFILE_OK);
	stmt_bind_int(&s, 1, 1);
	TAP_EQUAL_INT(stmt_step(&s), EFILE_OK);
	TAP_EQUAL_INT(row_read(&s, 0, &thing_kind, &a, t.ctx), EFILE_OK);
	TAP_EQUAL_TEXT(a.title, "b");
	stmt_clear(&s);
	record_clear(&thing_kind, &a);
	test_store_teardown(&t);
}

/* More rows than the linear search takes, each written twice: one place per row. */
static void test_long_entry(void)
{
	test_store t;
	txn tx = TXN_NONE;
	char title[20];
	thing_record a = { .title = title, .amount = 1 };

	test_store_setup(&t);
	txn_begin(&tx, t.store);
	for (int i = 0; i < 1000; i++) {
		snprintf(title, sizeof(title), "t%d", i);
		a.head.id = 0;
		TAP_EQUAL_INT(row_insert(t.store, &thing_kind, &a), EFILE_OK);
	}
	for (int i = 0; i < 1000; i++) {
		snprintf(title, sizeof(title), "u%d", i);
		a.head = (record_head){ i + 1, t.store->next_rev };
		TAP_EQUAL_INT(row_update(t.store, &thing_kind, &a), EFILE_OK);
	}
	TAP_EQUAL_INT(t.store->pending.count, 1000);
	TAP_EQUAL_INT(thing_journal(t.store, 0, NULL), EFILE_OK);
	TAP_EQUAL_INT(txn_commit(&tx), EFILE_OK);
	test_store_teardown(&t);
}

static efile_status put_one(efile_ctx *ctx, void *arg)
{
	efile_store *store = NULL;
	efile_status status;
	int64_t id;

	TRY(store_open(&store, ctx, arg, NULL, &thing_wiring));
	status = thing_try(&id, store, "once");
	if (status == EFILE_E_EXISTS)
		status = EFILE_OK;
	efile_store_close(store);
	return status;
}

static void test_without_memory(void)
{
	test_store t;

	test_store_setup(&t);
	efile_store_close(t.store);
	t.store = NULL;
	TAP_OK(fail_each(put_one, t.path) >= 10);
	test_store_teardown(&t);
}

TAP_SUITE(store_row) = {
	{ "written and read", test_write_and_read },
	{ "versions", test_versions },
	{ "refusals leave nothing", test_refusals },
	{ "ids are not used again", test_ids_are_not_used_again },
	{ "select with a tail", test_select },
	{ "a row keeps its place in an entry", test_long_entry },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
