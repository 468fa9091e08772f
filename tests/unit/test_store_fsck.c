/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/store_damage.h"

static efile_report *check(efile_store *store)
{
	efile_report *report = NULL;

	TAP_EQUAL_INT(efile_store_fsck(&report, store, NULL), EFILE_OK);
	return report;
}

static void show(const efile_report *report)
{
	for (size_t i = 0; i < efile_report_count(report); i++) {
		const efile_finding *f = efile_report_finding(report, i);

		printf("# %s %s: %s\n", f->rule, f->path, f->message);
	}
}

static void expect_clean(efile_store *store)
{
	AUTO_PTR(efile_report) report = check(store);

	if (!TAP_EQUAL_INT(efile_report_count(report), 0))
		show(report);
}

static void test_clean(void)
{
	AUTO_PTR(efile_report) report = NULL;
	test_store t;

	test_store_setup(&t);
	expect_clean(t.store);
	test_store_fill(&t);
	expect_clean(t.store);
	TAP_EQUAL_INT(efile_audit_verify(&report, t.store), EFILE_OK);
	TAP_EQUAL_INT(efile_report_count(report), 0);
	test_store_reopen(&t);
	expect_clean(t.store);
	test_store_teardown(&t);
}

/* ---- damage by hand: what must be said about it ---- */

typedef struct damage_row {
	const char *name;
	const char *sql;
	const char *rule;
	const char *path;
} damage_row;

static const damage_row damages[] = {
	{ "a changed value", "UPDATE thing SET amount = 9 WHERE id = 5", "FSCK-ROW", "thing/5" },
	{ "a changed text", "UPDATE thing SET title = 'x' WHERE id = 5", "FSCK-ROW", "thing/5" },
	{ "a changed version", "UPDATE thing SET rev = 9 WHERE id = 5", "FSCK-EXTRA", "thing/5" },
	{ "a removed row", "DELETE FROM thing WHERE id = 5", "FSCK-MISSING", "thing/5" },
	{ "a slipped-in row",
	  "INSERT INTO thing(id, rev, title, amount) VALUES(500, 3, 'y', 1)", "FSCK-EXTRA",
	  "thing/500" },
	{ "a row that was deleted",
	  "INSERT INTO thing(id, rev, title, amount) VALUES(120, 3, 'z', 1)", "FSCK-EXTRA",
	  "thing/120" },
	{ "an older state of a row", "UPDATE thing SET amount = 1, due = NULL, rev = rev - 100 "
	  "WHERE id = 7", "FSCK-ROW", "thing/7" },
	{ "a removed entry", "DELETE FROM journal WHERE rev = 20", "FSCK-CHAIN", "journal/21" },
	{ "the last entry removed", "DELETE FROM journal WHERE rev = "
	  "(SELECT max(rev) FROM journal)", "FSCK-EXTRA", "thing/121" },
	{ "a changed time", "UPDATE journal SET time = time + 1 WHERE rev = 20", "FSCK-CHAIN",
	  "journal/20" },
	{ "a changed actor", "UPDATE journal SET actor = x'11111111111111111111111111111111' "
	  "WHERE rev = 20", "FSCK-CHAIN", "journal/20" },
	{ "a changed hash", "UPDATE journal SET hash = zeroblob(32) WHERE rev = 20", "FSCK-CHAIN",
	  "journal/20" },
	{ "rows of an entry cut", "UPDATE journal SET rows = x'00' WHERE rev = 20", "FSCK-CHAIN",
	  "journal/20" },
	{ "a changed body", "UPDATE journal_body SET body = x'7b7d' WHERE rev = 130", "FSCK-BODY",
	  "journal/130" },
	{ "a removed body", "DELETE FROM journal_body WHERE rev = 130", "FSCK-BODY",
	  "journal/130" },
	{ "a body with another coding", "UPDATE journal_body SET codec = 1 WHERE rev = 130",
	  "FSCK-BODY", "journal/130" },
	{ "a body without an entry", "INSERT INTO journal_body VALUES(900, 0, NULL, x'', x'')",
	  "FSCK-EXTRA", "journal/900" },
	{ "a forged checkpoint", "UPDATE checkpoint SET root = zeroblob(32)", "FSCK-CHAIN", NULL },
	{ "a removed checkpoint", "DELETE FROM checkpoint", "FSCK-CHAIN", NULL },
	{ "a changed content", "UPDATE blob_data SET data = x'00' WHERE id = 3", "FSCK-BLOB",
	  "blob/3" },
	{ "a removed content", "DELETE FROM blob_data WHERE id = 3", "FSCK-BLOB", "blob/3" },
	{ "a loose content", "INSERT INTO blob_data VALUES(77, x'00')", "FSCK-EXTRA",
	  "blob_data/77" },
	{ "a wrong mark", "UPDATE record_mark SET last = 500", "FSCK-DERIVED", "record_mark" },
	{ "a changed date of birth", "UPDATE meta SET value = 1 WHERE key = 'created'",
	  "FSCK-DATABASE", "meta" },
	{ "another list of kinds", "UPDATE record_kind SET name = 'x' WHERE number = 1",
	  "FSCK-DATABASE", "record_kind" },
	{ "a table too many", "CREATE TABLE spy(a)", "FSCK-DATABASE", "sqlite_schema" },
	{ "a trigger", "CREATE TRIGGER t AFTER INSERT ON thing BEGIN DELETE FROM thing; END",
	  "FSCK-DATABASE", "sqlite_schema" },
};

static bool reports(const efile_report *report, const char *rule, const char *path)
{
	for (size_t i = 0; i < efile_report_count(report); i++) {
		const efile_finding *f = efile_report_finding(report, i);

		if (str_equal(f->rule, rule) && (!path || str_equal(f->path, path)))
			return true;
	}
	return false;
}

static void spoil(const char *path, const char *sql)
{
	sqlite3 *db = NULL;

	TAP_EQUAL_INT(sqlite3_open(path, &db), SQLITE_OK);
	if (!TAP_EQUAL_INT(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK))
		printf("# %s\n", sqlite3_errmsg(db));
	sqlite3_close(db);
}

static void test_damage_is_named(void)
{
	test_store t;
	char *saved = NULL, *good = NULL, *db;

	test_store_setup(&t);
	test_store_fill(&t);
	efile_store_close(t.store);
	TAP_OK(asprintf(&saved, "%s/saved", t.folder) > 0);
	test_store_copy(t.path, saved);
	db = test_store_file(&t, "efile.db");
	TAP_OK(asprintf(&good, "%s/efile.db", saved) > 0);
	for (size_t i = 0; i < ARRAY_SIZE(damages); i++) {
		AUTO_PTR(efile_report) report = NULL;

		tap_case(damages[i].name);
		test_file_copy(good, db);
		spoil(db, damages[i].sql);
		TAP_EQUAL_INT(store_open(&t.store, t.ctx, t.path, NULL, &thing_wiring), EFILE_OK);
		report = check(t.store);
		if (!TAP_OK(reports(report, damages[i].rule, damages[i].path)))
			show(report);
		efile_store_close(t.store);
		tap_case(NULL);
	}
	t.store = NULL;
	free(db);
	free(good);
	free(saved);
	test_store_teardown(&t);
}

/* ---- single bits ---- */

typedef struct flip_count {
	int flips, visible, noticed, mended, refused;
} flip_count;

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 4;
}

/* One flip: whatever changes what a user can read must be found, and mended from the copy. */
static void flip_one(flip_count *n, test_store *t, const char *file, size_t byte, int bit,
		     const char *saved, const char *dump)
{
	efile_fsck_options options;
	AUTO_PTR(efile_report) report = NULL;
	AUTO_PTR(efile_report) mended = NULL;
	char *after;
	size_t errors;

	test_flip(file, byte, bit);
	n->flips++;
	after = test_store_dump(t->ctx, t->path);
	n->visible += !after || strcmp(after, dump) != 0;
	if (store_open(&t->store, t->ctx, t->path, NULL, &thing_wiring) != EFILE_OK) {
		n->refused++;
		n->noticed += !after || strcmp(after, dump) != 0;
		free(after);
		return;
	}
	if (!TAP_EQUAL_INT(efile_store_fsck(&report, t->store, NULL), EFILE_OK)) {
		printf("# %s byte %zu bit %d: %s\n", file, byte, bit, efile_error_message(t->ctx));
		return;
	}
	errors = efile_report_count_severity(report, EFILE_SEVERITY_ERROR);
	if (!after || strcmp(after, dump) != 0) {
		n->noticed += errors > 0;
		if (errors == 0)
			printf("# not noticed: %s byte %zu bit %d\n", file, byte, bit);
	}
	free(after);
	if (errors > 0) {
		efile_fsck_options_init(&options);
		options.repair = 1;
		options.second = saved;
		if (!TAP_EQUAL_INT(efile_store_fsck(&mended, t->store, &options), EFILE_OK))
			printf("# %s byte %zu bit %d: %s\n", file, byte, bit,
			       efile_error_message(t->ctx));
	}
	efile_store_close(t->store);
	t->store = NULL;
	after = test_store_dump(t->ctx, t->path);
	if (after && strcmp(after, dump) == 0 &&
	    (!mended || efile_report_count_severity(mended, EFILE_SEVERITY_ERROR) == 0)) {
		n->mended++;
	} else {
		printf("# not mended: %s byte %zu bit %d\n", file, byte, bit);
		if (mended)
			show(mended);
	}
	free(after);
}

static void flip_file(flip_count *n, test_store *t, const char *name, const char *saved,
		      const char *dump, int flips)
{
	char *file = test_store_file(t, name), *good = NULL;
	uint32_t state = 4711;

	TAP_OK(asprintf(&good, "%s/%s", saved, name) > 0);
	for (int i = 0; i < flips; i++) {
		test_file_copy(good, file);
		flip_one(n, t, file, next_random(&state) % test_file_size(file),
			 (int)(next_random(&state) % 8), saved, dump);
	}
	test_file_copy(good, file);
	free(good);
	free(file);
}

static void test_bit_flips(void)
{
	const char *more = getenv("EFILE_FLIPS");
	int flips = more ? atoi(more) : 150;
	blob_ref ref;
	flip_count n = { 0 };
	char *saved = NULL, *dump, name[80];
	test_store t;

	test_store_setup(&t);
	test_store_fill(&t);
	TAP_EQUAL_INT(blob_stat(&ref, t.store, 7), EFILE_OK);
	memcpy(name, "blobs/", 6);
	blob_name(name + 6, ref.sha256);
	efile_store_close(t.store);
	t.store = NULL;
	TAP_OK(asprintf(&saved, "%s/saved", t.folder) > 0);
	dump = test_store_dump(t.ctx, t.path);
	TAP_OK(dump != NULL);
	test_store_copy(t.path, saved);
	flip_file(&n, &t, "efile.db", saved, dump, flips);
	flip_file(&n, &t, name, saved, dump, flips / 10);
	printf("# %d flips, %d visible, %d noticed, %d refused at open, %d mended\n", n.flips,
	       n.visible, n.noticed, n.refused, n.mended);
	TAP_EQUAL_INT(n.noticed, n.visible);
	TAP_EQUAL_INT(n.mended, n.flips - n.refused);
	free(dump);
	free(saved);
	test_store_teardown(&t);
}

TAP_SUITE(store_fsck) = {
	{ "a sound store has no findings", test_clean },
	{ "damage is named", test_damage_is_named },
	{ "single bits", test_bit_flips },
	TAP_END,
};
