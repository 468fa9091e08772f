/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit/store_damage.h"

typedef struct places {
	test_store t;
	char *backup, *restored;
} places;

static void setup(places *p)
{
	test_store_setup(&p->t);
	test_store_fill(&p->t);
	if (asprintf(&p->backup, "%s/backup", p->t.folder) < 0 ||
	    asprintf(&p->restored, "%s/restored", p->t.folder) < 0)
		exit(1);
}

static void teardown(places *p)
{
	free(p->backup);
	free(p->restored);
	test_store_teardown(&p->t);
}

static void test_there_and_back(void)
{
	places p;
	char *before, *after;

	setup(&p);
	before = test_store_dump(p.t.ctx, p.t.path); /* the log says of the backup only after it */
	TAP_EQUAL_INT(efile_store_backup(p.t.store, p.backup), EFILE_OK);
	TAP_EQUAL_INT(efile_store_backup(p.t.store, p.backup), EFILE_E_EXISTS);
	thing_put(p.t.store, "later");
	TAP_EQUAL_INT(store_restore(p.t.ctx, p.backup, p.restored, &thing_wiring), EFILE_OK);
	TAP_EQUAL_INT(store_restore(p.t.ctx, p.backup, p.restored, &thing_wiring), EFILE_E_EXISTS);
	after = test_store_dump(p.t.ctx, p.restored);
	TAP_OK(before && after && strcmp(before, after) == 0);
	free(before);
	free(after);
	teardown(&p);
}

static void test_refusals(void)
{
	places p;
	AUTO(txn) tx = TXN_NONE;

	setup(&p);
	TAP_EQUAL_INT(store_restore(p.t.ctx, "/nonexistent", p.restored, &thing_wiring),
		      EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(txn_begin(&tx, p.t.store), EFILE_OK);
	TAP_EQUAL_INT(efile_store_backup(p.t.store, p.backup), EFILE_E_STATE);
	txn_clear(&tx);
	TAP_EQUAL_INT(efile_store_backup(p.t.store, "/nonexistent/x"), EFILE_E_STORAGE);
	teardown(&p);
}

/* A rotten content, in a file or in the database, makes no good backup. */
static void test_damage_is_not_copied(void)
{
	static const int64_t contents[] = { 7, 3 };
	places p;
	char *file, name[80] = "blobs/";
	blob_ref ref;

	setup(&p);
	TAP_EQUAL_INT(efile_store_backup(p.t.store, p.backup), EFILE_OK);
	TAP_EQUAL_INT(blob_stat(&ref, p.t.store, contents[0]), EFILE_OK);
	blob_name(name + 6, ref.sha256);
	file = test_store_file(&p.t, name);
	test_flip(file, 4000, 3);
	TAP_EQUAL_INT(efile_store_backup(p.t.store, p.restored), EFILE_E_DAMAGED);
	TAP_OK(strstr(efile_error_message(p.t.ctx), name + 9) != NULL);
	TAP_OK(access(p.restored, F_OK) != 0);
	test_flip(file, 4000, 3);
	free(file);
	TAP_EQUAL_INT(db_exec(p.t.store, "UPDATE blob_data SET data = x'00' WHERE id = 3"), EFILE_OK);
	TAP_EQUAL_INT(efile_store_backup(p.t.store, p.restored), EFILE_E_DAMAGED);
	TAP_OK(access(p.restored, F_OK) != 0);
	/* and a damaged backup is not restored */
	TAP_OK(asprintf(&file, "%s/%s", p.backup, name) > 0);
	test_flip(file, 4000, 3);
	TAP_EQUAL_INT(store_restore(p.t.ctx, p.backup, p.restored, &thing_wiring), EFILE_E_DAMAGED);
	test_flip(file, 4000, 3);
	free(file);
	TAP_OK(access(p.restored, F_OK) != 0);
	TAP_EQUAL_INT(store_restore(p.t.ctx, p.backup, p.restored, &thing_wiring), EFILE_OK);
	teardown(&p);
}

static int same_file(const char *one, const char *two, size_t length)
{
	AUTO(buf) a = BUF_INIT, b = BUF_INIT;
	efile_ctx *ctx = test_ctx();
	int same = reader_load_file(&a, ctx, one, 1 << 20) == EFILE_OK &&
		   reader_load_file(&b, ctx, two, 1 << 20) == EFILE_OK && a.length == length &&
		   b.length == length && memcmp(a.data, b.data, length) == 0;

	efile_ctx_free(ctx);
	return same;
}

/* Public keys and certificates are part of a store; a link among them leads out of it. */
static void test_keys(void)
{
	enum { LENGTH = 9000 };
	places p;
	char *key, *link_path, copy[500], back[500];
	FILE *file;

	setup(&p);
	key = test_store_file(&p.t, "keys/log.pem");
	link_path = test_store_file(&p.t, "keys/other.pem");
	file = fopen(key, "w");
	for (int i = 0; file && i < LENGTH; i++)
		putc('a' + i % 23, file);
	if (TAP_OK(file != NULL))
		fclose(file);
	TAP_EQUAL_INT(efile_store_backup(p.t.store, p.backup), EFILE_OK);
	snprintf(copy, sizeof(copy), "%s/keys/log.pem", p.backup);
	TAP_OK(same_file(key, copy, LENGTH));
	TAP_EQUAL_INT(store_restore(p.t.ctx, p.backup, p.restored, &thing_wiring), EFILE_OK);
	snprintf(back, sizeof(back), "%s/keys/log.pem", p.restored);
	TAP_OK(same_file(key, back, LENGTH));
	disk_remove_tree(p.backup);
	TAP_EQUAL_INT(symlink("/etc/hostname", link_path), 0);
	TAP_EQUAL_INT(efile_store_backup(p.t.store, p.backup), EFILE_E_STORAGE);
	TAP_OK(access(p.backup, F_OK) != 0);
	free(key);
	free(link_path);
	teardown(&p);
}

static efile_status back_up_once(efile_ctx *ctx, void *arg)
{
	AUTO_PTR(efile_store) store = NULL;
	places *p = arg;
	efile_status status;

	TRY(store_open(&store, ctx, p->t.path, NULL, &thing_wiring));
	status = efile_store_backup(store, p->backup);
	if (status == EFILE_OK)
		status = store_restore(ctx, p->backup, p->restored, &thing_wiring);
	disk_remove_tree(p->backup);
	disk_remove_tree(p->restored);
	return status;
}

static void test_without_memory(void)
{
	places p;
	char command[400];

	setup(&p);
	efile_store_close(p.t.store);
	p.t.store = NULL;
	TAP_OK(fail_each(back_up_once, &p) >= 20);
	snprintf(command, sizeof(command), "test -z \"$(ls -A '%s' | grep tmp)\"", p.t.folder);
	TAP_EQUAL_INT(system(command), 0);
	teardown(&p);
}

TAP_SUITE(store_backup) = {
	{ "there and back", test_there_and_back },
	{ "refusals", test_refusals },
	{ "damage is not copied", test_damage_is_not_copied },
	{ "keys are copied", test_keys },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
