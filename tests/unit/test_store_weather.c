/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The store in bad weather: the n-th call of disk, database or libcrypto fails, or memory is short.
 * After each run the store is sound, and what was acknowledged is there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/store_damage.h"

typedef struct place {
	test_store t;        /* filled, closed */
	char *backup, *other;
	char large[100000];
	int64_t things;      /* acknowledged */
	int run;
} place;

/* Little of everything: each run reads all of it. */
static void fill(efile_store *store)
{
	blob_ref ref;

	TAP_EQUAL_INT(efile_batch_begin(store), EFILE_OK);
	for (int i = 0; i < 6; i++) {
		AUTO(txn) tx = TXN_NONE;
		char title[16];

		snprintf(title, sizeof(title), "first %d", i);
		thing_put(store, title);
		TAP_EQUAL_INT(txn_begin(&tx, store), EFILE_OK);
		TAP_EQUAL_INT(blob_put_bytes(&ref, store, title, strlen(title)), EFILE_OK);
		TAP_EQUAL_INT(thing_journal(store, i % 2, "{\"i\":1}"), EFILE_OK);
		TAP_EQUAL_INT(txn_commit(&tx), EFILE_OK);
	}
	TAP_EQUAL_INT(efile_batch_commit(store), EFILE_OK);
	TAP_EQUAL_INT(efile_audit_anchor(store, NULL), EFILE_OK);
}

static void place_setup(place *p)
{
	*p = (place){ .run = 0 };
	test_store_setup(&p->t);
	fill(p->t.store);
	if (asprintf(&p->backup, "%s/backup", p->t.folder) < 0 ||
	    asprintf(&p->other, "%s/other", p->t.folder) < 0)
		exit(1);
	TAP_EQUAL_INT(efile_store_backup(p->t.store, p->backup), EFILE_OK);
	efile_store_close(p->t.store);
	p->t.store = NULL;
	for (size_t i = 0; i < sizeof(p->large); i++)
		p->large[i] = (char)(i * 7 + i / 251);
}

static void place_teardown(place *p)
{
	free(p->backup);
	free(p->other);
	test_store_teardown(&p->t);
}

static bool is_sound(place *p, const char *path, bool dust)
{
	AUTO_PTR(efile_store) store = NULL;
	AUTO_PTR(efile_report) report = NULL;
	bool sound = true;

	if (store_open(&store, p->t.ctx, path, NULL, &thing_wiring) < 0 ||
	    efile_store_fsck(&report, store, NULL) < 0)
		return false;
	for (size_t i = 0; i < efile_report_count(report); i++) {
		const efile_finding *f = efile_report_finding(report, i);

		if (dust && f->severity == EFILE_SEVERITY_INFORMATION)
			continue; /* a content without a row */
		printf("# %s %s: %s\n", f->rule, f->path, f->message);
		sound = false;
	}
	return sound;
}

static efile_status open_place(efile_store **out, efile_ctx *ctx, const char *path)
{
	ctx->limits.busy_milliseconds = 50;
	return store_open(out, ctx, path, NULL, &thing_wiring);
}

/* ---- writing ---- */

static efile_status put_all(place *p, efile_store *store, int64_t *blob)
{
	AUTO(txn) tx = TXN_NONE;
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO_PTR(blob_staged) staged = NULL;
	blob_ref small, large;
	char text[32];

	memcpy(p->large, &p->run, sizeof(p->run)); /* another content in each run */
	snprintf(text, sizeof(text), "small %d", p->run);
	if (p->run % 2) {
		TRY(efile_reader_from_memory(&reader, store->ctx, p->large, sizeof(p->large)));
		TRY(blob_stage(&staged, store, reader));
		efile_reader_free(reader);
		reader = NULL;
	}
	TRY(txn_begin(&tx, store));
	if (staged)
		TRY(blob_place(&large, staged));
	TRY(blob_put_bytes(&small, store, text, strlen(text)));
	TRY(blob_put_bytes(&small, store, text, strlen(text)));
	TRY(efile_reader_from_memory(&reader, store->ctx, p->large, sizeof(p->large)));
	TRY(blob_put(&large, store, reader));
	TRY(blob_put_bytes(&large, store, p->large, sizeof(p->large)));
	TRY(thing_journal(store, 0, NULL));
	TRY(txn_commit(&tx));
	*blob = large.id;
	return EFILE_OK;
}

static efile_status write_things(efile_ctx *ctx, void *arg)
{
	place *p = arg;
	AUTO_PTR(efile_store) store = NULL;
	AUTO(buf) back = BUF_INIT;
	char title[32];
	int64_t id, blob;

	p->run++;
	snprintf(title, sizeof(title), "thing %d", p->run);
	TRY(open_place(&store, ctx, p->t.path));
	TRY(thing_try(&id, store, title));
	p->things = id;
	TRY(put_all(p, store, &blob));
	TRY(blob_load(&back, store, blob, 1 << 20));
	return memcmp(back.data, p->large, back.length) == 0 ? EFILE_OK : EFILE_E_INTERNAL;
}

static int wrote(efile_status status, void *arg)
{
	place *p = arg;
	AUTO_PTR(efile_store) store = NULL;
	AUTO(thing_record) thing = { .amount = 0 };

	if (status == EFILE_E_INTERNAL)
		return 0;
	if (!p->things)
		return 1;
	return open_place(&store, p->t.ctx, p->t.path) == EFILE_OK &&
	       row_load(store, &thing_kind, &thing, p->things) == EFILE_OK;
}

static void test_write(void)
{
	place *p = calloc(1, sizeof(*p));

	place_setup(p);
	TAP_OK(fail_each_call(write_things, wrote, p, 2) > 40);
	TAP_OK(is_sound(p, p->t.path, true));
	TAP_OK(fail_each(write_things, p) > 60);
	TAP_OK(is_sound(p, p->t.path, true));
	place_teardown(p);
	free(p);
}

/* ---- looking: checks, checkpoints, proofs, events ---- */

static efile_status look(efile_ctx *ctx, void *arg)
{
	place *p = arg;
	AUTO_PTR(efile_store) store = NULL;
	AUTO_PTR(efile_report) fsck = NULL;
	AUTO_PTR(efile_report) audit = NULL;
	AUTO_PTR(char) proof = NULL;
	efile_event_cursor *cursor = NULL;
	efile_event event;
	efile_status status;

	TRY(open_place(&store, ctx, p->t.path));
	TRY(efile_store_fsck(&fsck, store, NULL));
	TRY(efile_audit_verify(&audit, store));
	TRY(efile_audit_prove(&proof, store, 3));
	TRY(efile_store_events(&cursor, store, 0));
	while ((status = efile_event_cursor_next(cursor, &event)) == EFILE_OK)
		;
	efile_event_cursor_free(cursor);
	return status;
}

/* Each anchor is an entry more; a fresh store each time, or there would be no end to it. */
static efile_status seal(efile_ctx *ctx, void *arg)
{
	place *p = arg;
	AUTO_PTR(efile_store) store = NULL;
	AUTO_PTR(char) anchor = NULL;

	TRY(open_place(&store, ctx, p->other));
	return efile_audit_anchor(store, &anchor);
}

static int sealed(efile_status status, void *arg)
{
	place *p = arg;

	test_store_copy(p->t.path, p->other);
	return status != EFILE_E_INTERNAL;
}

static int stays_sound(efile_status status, void *arg)
{
	(void)arg;
	return status != EFILE_E_INTERNAL;
}

static void test_look(void)
{
	place *p = calloc(1, sizeof(*p));

	place_setup(p);
	TAP_OK(fail_each(look, p) > 60);
	TAP_OK(fail_each_call(look, stays_sound, p, 3) > 20);
	test_store_copy(p->t.path, p->other);
	TAP_OK(fail_each_call(seal, sealed, p, 1) > 30);
	TAP_OK(is_sound(p, p->t.path, false));
	place_teardown(p);
	free(p);
}

/* ---- a new store, a backup, and back ---- */

static efile_status make_store(efile_ctx *ctx, void *arg)
{
	place *p = arg;

	return store_init(ctx, p->other, &thing_wiring);
}

/* Whole, or not there at all. */
static int whole_or_not(efile_status status, void *arg)
{
	place *p = arg;
	int good = status == EFILE_OK ? is_sound(p, p->other, false) : access(p->other, F_OK) != 0 ||
									is_sound(p, p->other, false);

	disk_remove_tree(p->other);
	return good;
}

static void test_make(void)
{
	place *p = calloc(1, sizeof(*p));
	char command[400];

	place_setup(p);
	TAP_OK(fail_each_call(make_store, whole_or_not, p, 5) > 60);
	TAP_EQUAL_INT(store_init(p->t.ctx, p->other, &thing_wiring), EFILE_OK);
	snprintf(command, sizeof(command), "test -z \"$(ls -A '%s' | grep tmp)\"", p->t.folder);
	TAP_EQUAL_INT(system(command), 0);
	place_teardown(p);
	free(p);
}

static efile_status back_up(efile_ctx *ctx, void *arg)
{
	place *p = arg;
	AUTO_PTR(efile_store) store = NULL;

	TRY(open_place(&store, ctx, p->t.path));
	return efile_store_backup(store, p->other);
}

/* A folder that can't be read to its end is not one without keys. */
static int with_key_or_not(efile_status status, void *arg)
{
	place *p = arg;
	char key[500];

	snprintf(key, sizeof(key), "%s/keys/office.pem", p->other);
	return (status != EFILE_OK || access(key, F_OK) == 0) && whole_or_not(status, arg);
}

static void put_key(const place *p)
{
	char key[500];
	FILE *file;

	snprintf(key, sizeof(key), "%s/keys/office.pem", p->t.path);
	file = fopen(key, "w");
	TAP_OK(file && fputs("-----BEGIN PUBLIC KEY-----\n", file) > 0 && fclose(file) == 0);
}

static efile_status restore(efile_ctx *ctx, void *arg)
{
	place *p = arg;

	return store_restore(ctx, p->backup, p->other, &thing_wiring);
}

static void test_copies(void)
{
	place *p = calloc(1, sizeof(*p));

	place_setup(p);
	put_key(p);
	TAP_OK(fail_each_call(back_up, with_key_or_not, p, 1) > 300);
	TAP_OK(fail_each_call(restore, whole_or_not, p, 5) > 60);
	TAP_OK(is_sound(p, p->t.path, false));
	TAP_OK(is_sound(p, p->backup, false));
	place_teardown(p);
	free(p);
}

/* ---- repair ---- */

static void damage(place *p)
{
	AUTO_PTR(efile_store) store = NULL;

	TAP_EQUAL_INT(open_place(&store, p->t.ctx, p->other), EFILE_OK);
	TAP_EQUAL_INT(db_exec(store, "UPDATE thing SET title = 'x' WHERE id = 5"), EFILE_OK);
	TAP_EQUAL_INT(db_exec(store, "DELETE FROM journal_body WHERE rev = 5"), EFILE_OK);
	TAP_EQUAL_INT(db_exec(store, "UPDATE blob_data SET data = x'00' WHERE id = 3"), EFILE_OK);
}

static efile_status mend(efile_ctx *ctx, void *arg)
{
	place *p = arg;
	AUTO_PTR(efile_store) store = NULL;
	AUTO_PTR(efile_report) report = NULL;
	efile_fsck_options o;

	efile_fsck_options_init(&o);
	o.repair = 1;
	o.second = p->backup;
	TRY(open_place(&store, ctx, p->other));
	return efile_store_fsck(&report, store, &o);
}

/* A repair that was cut short can be repeated, and then all is mended. */
static int can_be_repeated(efile_status status, void *arg)
{
	place *p = arg;

	if (status == EFILE_OK && is_sound(p, p->other, false)) {
		test_store_copy(p->backup, p->other);
		damage(p);
		return 1;
	}
	return status < 0;
}

static void test_mend(void)
{
	place *p = calloc(1, sizeof(*p));

	place_setup(p);
	test_store_copy(p->t.path, p->other);
	damage(p);
	TAP_OK(fail_each_call(mend, can_be_repeated, p, 3) > 40);
	TAP_EQUAL_INT(mend(p->t.ctx, p), EFILE_OK);
	TAP_OK(is_sound(p, p->other, false));
	test_store_copy(p->t.path, p->other);
	damage(p);
	TAP_OK(fail_each(mend, p) > 100);
	TAP_OK(is_sound(p, p->other, false));
	TAP_OK(is_sound(p, p->backup, false));
	place_teardown(p);
	free(p);
}

TAP_SUITE(store_weather) = {
	{ "writing", test_write },
	{ "looking", test_look },
	{ "a new store", test_make },
	{ "backup and restore", test_copies },
	{ "repair", test_mend },
	TAP_END,
};
