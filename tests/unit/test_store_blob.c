/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/store_damage.h"

static void fill(char *data, size_t length)
{
	if (!data)
		exit(1);
	for (size_t i = 0; i < length; i++)
		data[i] = (char)(i * 7 + i / 251);
}

static efile_status put(blob_ref *ref, efile_store *store, const char *data, size_t length,
			bool stream)
{
	AUTO(txn) tx = TXN_NONE;
	AUTO_PTR(efile_reader) reader = NULL;

	TRY(txn_begin(&tx, store));
	TRY(efile_reader_from_memory(&reader, store->ctx, data, length));
	TRY(stream ? blob_put(ref, store, reader) : blob_put_bytes(ref, store, data, length));
	TRY(thing_journal(store, 0, NULL));
	return txn_commit(&tx);
}

static void test_sizes(void)
{
	static const size_t sizes[] = { 0, 1, BLOB_INLINE, BLOB_INLINE + 1, BLOB_BUFFERED,
					BLOB_BUFFERED + 1, 3 * BLOB_BUFFERED };
	char *data = test_room(3 * BLOB_BUFFERED);
	test_store t;

	fill(data, 3 * BLOB_BUFFERED);
	for (int stream = 0; stream < 2; stream++) {
		test_store_setup(&t);
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			AUTO(buf) out = BUF_INIT;
			blob_ref ref, again, found;

			TAP_EQUAL_INT(put(&ref, t.store, data, sizes[i], stream), EFILE_OK);
			TAP_EQUAL_INT(ref.size, sizes[i]);
			TAP_OK(!ref.existed);
			TAP_EQUAL_INT(put(&again, t.store, data, sizes[i], !stream), EFILE_OK);
			TAP_OK(again.existed && again.id == ref.id);
			TAP_EQUAL_INT(blob_find(&found, t.store, ref.sha256), EFILE_OK);
			TAP_EQUAL_INT(found.id, ref.id);
			TAP_EQUAL_INT(blob_stat(&found, t.store, ref.id), EFILE_OK);
			TAP_EQUAL_INT(blob_load(&out, t.store, ref.id, 4 * BLOB_BUFFERED), EFILE_OK);
			TAP_EQUAL_INT(out.length, sizes[i]);
			TAP_OK(memcmp(buf_text(&out), data, sizes[i]) == 0);
		}
		test_store_teardown(&t);
	}
	free(data);
}

static char *file_of(const test_store *t, const blob_ref *ref)
{
	char name[80] = "blobs/";

	blob_name(name + 6, ref->sha256);
	return test_store_file(t, name);
}

/* Rotten bytes are never handed out as good: small ones not at all, large ones end in an error. */
static void test_damage(void)
{
	static const size_t sizes[] = { 100, 100000, 2 * BLOB_BUFFERED };
	char *data = test_room(2 * BLOB_BUFFERED);
	test_store t;

	fill(data, 2 * BLOB_BUFFERED);
	test_store_setup(&t);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		AUTO(buf) out = BUF_INIT;
		blob_ref ref, again;
		char *file;

		TAP_EQUAL_INT(put(&ref, t.store, data, sizes[i], true), EFILE_OK);
		file = file_of(&t, &ref);
		if (i == 0)
			TAP_EQUAL_INT(db_exec(t.store, "UPDATE blob_data SET data = zeroblob(100)"),
				      EFILE_OK);
		else
			test_flip(file, sizes[i] / 2, 1);
		TAP_EQUAL_INT(blob_load(&out, t.store, ref.id, UINT32_MAX), EFILE_E_DAMAGED);
		/* the same content once more mends it */
		TAP_EQUAL_INT(put(&again, t.store, data, sizes[i], i % 2), EFILE_OK);
		TAP_OK(again.existed && again.id == ref.id);
		buf_reset(&out);
		TAP_EQUAL_INT(blob_load(&out, t.store, ref.id, UINT32_MAX), EFILE_OK);
		if (i > 0) {
			TAP_OK(truncate(file, 70000) == 0);
			TAP_EQUAL_INT(blob_load(&out, t.store, ref.id, UINT32_MAX), EFILE_E_DAMAGED);
			unlink(file);
			TAP_EQUAL_INT(blob_load(&out, t.store, ref.id, UINT32_MAX), EFILE_E_DAMAGED);
			TAP_EQUAL_INT(put(&again, t.store, data, sizes[i], true), EFILE_OK);
			buf_reset(&out);
			TAP_EQUAL_INT(blob_load(&out, t.store, ref.id, UINT32_MAX), EFILE_OK);
		}
		free(file);
	}
	free(data);
	test_store_teardown(&t);
}

/* A file that a dead process left: whole it is taken over, torn it is replaced; its row counts. */
static void test_file_without_row(void)
{
	char *data = test_room(100000);
	test_store t;

	fill(data, 100000);
	for (int torn = 0; torn < 2; torn++) {
		AUTO(buf) out = BUF_INIT;
		AUTO(txn) tx = TXN_NONE;
		blob_ref ref, again;
		char *file;

		test_store_setup(&t);
		TAP_EQUAL_INT(txn_begin(&tx, t.store), EFILE_OK);
		TAP_EQUAL_INT(blob_put_bytes(&ref, t.store, data, 100000), EFILE_OK);
		txn_clear(&tx);
		TAP_EQUAL_INT(blob_find(&again, t.store, ref.sha256), EFILE_E_NOTFOUND);
		file = file_of(&t, &ref);
		TAP_OK(access(file, F_OK) == 0);
		if (torn)
			TAP_OK(truncate(file, 4096) == 0);
		TAP_EQUAL_INT(put(&ref, t.store, data, 100000, true), EFILE_OK);
		TAP_OK(!ref.existed);
		TAP_EQUAL_INT(blob_load(&out, t.store, ref.id, UINT32_MAX), EFILE_OK);
		free(file);
		test_store_teardown(&t);
	}
	free(data);
}

static void test_sweep(void)
{
	char *data = test_room(100000);
	AUTO(txn) tx = TXN_NONE;
	efile_store *other = NULL;
	blob_ref kept, ref;
	test_store t;
	int64_t removed = -1;
	char *file;

	fill(data, 100000);
	test_store_setup(&t);
	TAP_EQUAL_INT(put(&kept, t.store, data, 100000, false), EFILE_OK);
	TAP_EQUAL_INT(store_open(&other, t.ctx, t.path, NULL, &thing_wiring), EFILE_OK);
	TAP_EQUAL_INT(txn_begin(&tx, t.store), EFILE_OK);
	TAP_EQUAL_INT(blob_put_bytes(&ref, t.store, data, 90000), EFILE_OK);
	file = file_of(&t, &ref);
	TAP_EQUAL_INT(blob_sweep(&removed, other), EFILE_E_BUSY); /* a put is under way */
	txn_clear(&tx);
	TAP_EQUAL_INT(blob_sweep(&removed, other), EFILE_OK);
	TAP_EQUAL_INT(removed, 1);
	TAP_OK(access(file, F_OK) != 0);
	free(file);
	file = file_of(&t, &kept);
	TAP_OK(access(file, F_OK) == 0);
	free(file);
	efile_store_close(other);
	free(data);
	test_store_teardown(&t);
}

static int count_rule(const efile_report *report, const char *rule)
{
	int count = 0;

	for (size_t i = 0; i < efile_report_count(report); i++)
		count += strcmp(efile_report_finding(report, i)->rule, rule) == 0;
	return count;
}

static efile_report *fsck(efile_store *store, int repair)
{
	efile_report *report = NULL;
	efile_fsck_options o;

	efile_fsck_options_init(&o);
	o.repair = repair;
	TAP_EQUAL_INT(efile_store_fsck(&report, store, &o), EFILE_OK);
	return report;
}

static void leave_orphan(test_store *t, const char *data, size_t length)
{
	AUTO(txn) tx = TXN_NONE;
	blob_ref ref;

	TAP_EQUAL_INT(txn_begin(&tx, t->store), EFILE_OK);
	TAP_EQUAL_INT(blob_put_bytes(&ref, t->store, data, length), EFILE_OK);
}

/* fsck had told of them for ever. */
static void test_repair_sweeps(void)
{
	static const struct {
		int repair, orphans, repaired;
	} rows[] = { { 0, 1, 0 }, { 1, 1, 1 }, { 1, 0, 0 } };
	char *data = test_room(100000);
	AUTO_PTR(efile_report) damaged = NULL;
	efile_store *other = NULL;
	blob_ref kept;
	test_store t;

	fill(data, 100000);
	test_store_setup(&t);
	TAP_EQUAL_INT(put(&kept, t.store, data, 100000, false), EFILE_OK);
	leave_orphan(&t, data, 90000);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_PTR(efile_report) report = fsck(t.store, rows[i].repair);

		TAP_EQUAL_INT(count_rule(report, "FSCK-ORPHAN"), rows[i].orphans);
		TAP_EQUAL_INT(count_rule(report, "FSCK-REPAIRED"), rows[i].repaired);
	}
	/* while somebody files, the dust stays; it stays as well if a row may be missing */
	leave_orphan(&t, data, 80000);
	TAP_EQUAL_INT(store_open(&other, t.ctx, t.path, NULL, &thing_wiring), EFILE_OK);
	t.ctx->limits.busy_milliseconds = 20;
	{
		AUTO(txn) tx = TXN_NONE;
		AUTO_PTR(efile_report) report = NULL;
		blob_ref ref;

		TAP_EQUAL_INT(txn_begin(&tx, other), EFILE_OK);
		TAP_EQUAL_INT(blob_put_bytes(&ref, other, data + 1, 99000), EFILE_OK);
		report = fsck(t.store, 1);
		TAP_EQUAL_INT(count_rule(report, "FSCK-REPAIRED"), 0);
	}
	efile_store_close(other);
	TAP_EQUAL_INT(sqlite3_exec(t.store->db, "DELETE FROM blob", NULL, NULL, NULL), SQLITE_OK);
	damaged = fsck(t.store, 1);
	TAP_EQUAL_INT(count_rule(damaged, "FSCK-REPAIRED"), 0);
	TAP_EQUAL_INT(count_rule(damaged, "FSCK-ORPHAN"), 3);
	free(data);
	test_store_teardown(&t);
}

/* A source that takes its time while others write: it had held the writer lock all along. */
typedef struct slow_source {
	efile_store *other;
	size_t left;
	int wrote;
} slow_source;

static efile_status read_slowly(void *buffer, size_t length, size_t *got, void *user)
{
	slow_source *s = user;
	char text[32];
	blob_ref ref;

	snprintf(text, sizeof(text), "meanwhile %zu", s->left);
	s->wrote += put(&ref, s->other, text, strlen(text), false) == EFILE_OK;
	*got = length < s->left ? length : s->left;
	memset(buffer, 'x', *got);
	s->left -= *got;
	return EFILE_OK;
}

static void test_slow_source(void)
{
	static const size_t sizes[] = { 0, 700, 65536, 65537, 300000 };
	efile_store *other = NULL;
	test_store t;

	test_store_setup(&t);
	t.ctx->limits.busy_milliseconds = 20;
	TAP_EQUAL_INT(store_open(&other, t.ctx, t.path, NULL, &thing_wiring), EFILE_OK);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		slow_source source = { other, sizes[i], 0 };
		AUTO_PTR(efile_reader) reader = NULL;
		AUTO_PTR(blob_staged) staged = NULL;
		AUTO(txn) tx = TXN_NONE;
		AUTO(buf) back = BUF_INIT;
		int64_t removed = -1;
		blob_ref ref;

		TAP_EQUAL_INT(efile_reader_from_callback(&reader, t.ctx, read_slowly, NULL, &source),
			      EFILE_OK);
		TAP_EQUAL_INT(blob_stage(&staged, t.store, reader), EFILE_OK);
		TAP_OK(source.wrote > 0);
		TAP_EQUAL_INT(blob_staged_size(staged), sizes[i]);
		/* what is only staged keeps no sweep away, and the sweep does it no harm */
		TAP_EQUAL_INT(blob_sweep(&removed, other), EFILE_OK);
		TAP_EQUAL_INT(removed, 0);
		TAP_EQUAL_INT(blob_place(&ref, staged), EFILE_E_INTERNAL); /* outside of a transaction */
		TAP_EQUAL_INT(txn_begin(&tx, t.store), EFILE_OK);
		TAP_EQUAL_INT(blob_place(&ref, staged), EFILE_OK);
		TAP_EQUAL_INT(thing_journal(t.store, 0, NULL), EFILE_OK);
		TAP_EQUAL_INT(txn_commit(&tx), EFILE_OK);
		TAP_EQUAL_INT(blob_load(&back, t.store, ref.id, UINT32_MAX), EFILE_OK);
		TAP_EQUAL_INT(back.length, sizes[i]);
	}
	efile_store_close(other);
	test_store_teardown(&t);
}

/* Staged by two at once, and known before: one row, whoever places first. */
static void test_staged_twice(void)
{
	char *data = test_room(200000);
	AUTO_PTR(blob_staged) first = NULL;
	AUTO_PTR(blob_staged) second = NULL;
	AUTO_PTR(blob_staged) third = NULL;
	AUTO_PTR(blob_staged) known = NULL;
	AUTO(txn) tx = TXN_NONE;
	blob_ref a, b;
	test_store t;

	fill(data, 200000);
	test_store_setup(&t);
	TAP_EQUAL_INT(blob_stage_bytes(&first, t.store, data, 200000), EFILE_OK);
	TAP_EQUAL_INT(blob_stage_bytes(&second, t.store, data, 200000), EFILE_OK);
	TAP_EQUAL_INT(txn_begin(&tx, t.store), EFILE_OK);
	TAP_EQUAL_INT(blob_place(&a, first), EFILE_OK);
	TAP_EQUAL_INT(blob_place(&b, second), EFILE_OK);
	TAP_EQUAL_INT(a.id, b.id);
	TAP_EQUAL_INT(thing_journal(t.store, 0, NULL), EFILE_OK);
	TAP_EQUAL_INT(txn_commit(&tx), EFILE_OK);
	TAP_EQUAL_INT(blob_stage_bytes(&third, t.store, data, 200000), EFILE_OK);
	TAP_EQUAL_INT(blob_stage_known(&known, t.store, a.id), EFILE_OK);
	TAP_EQUAL_INT(txn_begin(&tx, t.store), EFILE_OK);
	TAP_EQUAL_INT(blob_place(&b, third), EFILE_OK);
	TAP_EQUAL_INT(a.id, b.id);
	TAP_EQUAL_INT(blob_place(&b, known), EFILE_OK);
	TAP_EQUAL_INT(a.id, b.id);
	TAP_EQUAL_INT(b.size, 200000);
	txn_clear(&tx);
	free(data);
	test_store_teardown(&t);
}

static void test_limits(void)
{
	char *data = test_room(70001);
	test_store t;
	blob_ref ref;
	AUTO(buf) out = BUF_INIT;

	fill(data, 70001);
	test_store_setup(&t);
	t.ctx->limits.document_bytes = 70000;
	for (int stream = 0; stream < 2; stream++) {
		TAP_EQUAL_INT(put(&ref, t.store, data, 70001, stream), EFILE_E_LIMIT);
		TAP_EQUAL_INT(put(&ref, t.store, data + stream, 70000, stream), EFILE_OK);
	}
	TAP_EQUAL_INT(blob_load(&out, t.store, ref.id, 69999), EFILE_E_LIMIT);
	TAP_EQUAL_INT(blob_put_bytes(&ref, t.store, data, 1), EFILE_E_INTERNAL);
	TAP_EQUAL_INT(blob_stat(&ref, t.store, 99), EFILE_E_NOTFOUND);
	free(data);
	test_store_teardown(&t);
}

typedef struct memory_case {
	const char *path;
	const char *data;
} memory_case;

static efile_status put_and_read(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(efile_store) store = NULL;
	const memory_case *c = arg;
	AUTO(buf) out = BUF_INIT;
	blob_ref ref;

	TRY(store_open(&store, ctx, c->path, NULL, &thing_wiring));
	TRY(put(&ref, store, c->data, 100000, true));
	TRY(put(&ref, store, c->data, 1000, true));
	return blob_load(&out, store, ref.id, UINT32_MAX);
}

static void test_without_memory(void)
{
	char *data = test_room(100000);
	memory_case c = { NULL, data };
	test_store t;

	fill(data, 100000);
	test_store_setup(&t);
	efile_store_close(t.store);
	t.store = NULL;
	c.path = t.path;
	TAP_OK(fail_each(put_and_read, &c) >= 15);
	free(data);
	test_store_teardown(&t);
}

TAP_SUITE(store_blob) = {
	{ "all sizes", test_sizes },
	{ "damage is noticed on reading and mended by the next put", test_damage },
	{ "a file without a row", test_file_without_row },
	{ "orphans are swept", test_sweep },
	{ "a repair sweeps orphans", test_repair_sweeps },
	{ "a slow source holds nobody up", test_slow_source },
	{ "the same content staged twice", test_staged_twice },
	{ "limits", test_limits },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
