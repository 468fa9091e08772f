/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/store_damage.h"

static char *beside(const test_store *t, const char *name)
{
	char *path = NULL;

	if (asprintf(&path, "%s/%s", t->folder, name) < 0)
		exit(1);
	return path;
}

static void touch(const char *path)
{
	close(open(path, O_CREAT | O_WRONLY, 0600));
}

static void test_init(void)
{
	test_store t;
	char *path, *left, *inside;

	test_store_setup(&t);
	TAP_EQUAL_INT(store_init(t.ctx, t.path, &thing_wiring), EFILE_E_EXISTS);
	TAP_EQUAL_INT(store_init(t.ctx, "", &thing_wiring), EFILE_E_INVALID);
	TAP_EQUAL_INT(store_init(t.ctx, NULL, &thing_wiring), EFILE_E_INVALID);
	TAP_EQUAL_INT(store_init(t.ctx, "/nonexistent/x/y", &thing_wiring), EFILE_E_STORAGE);
	/* an empty folder becomes a store; one with content is left alone */
	path = beside(&t, "empty///");
	mkdir(path, 0700);
	TAP_EQUAL_INT(store_init(t.ctx, path, &thing_wiring), EFILE_OK);
	free(path);
	path = beside(&t, "full");
	mkdir(path, 0700);
	inside = beside(&t, "full/letter");
	touch(inside);
	TAP_EQUAL_INT(store_init(t.ctx, path, &thing_wiring), EFILE_E_EXISTS);
	TAP_OK(access(inside, F_OK) == 0);
	free(inside);
	free(path);
	/* what a dead process left is taken away */
	path = beside(&t, "again");
	left = beside(&t, "again.efile-tmp");
	mkdir(left, 0700);
	inside = beside(&t, "again.efile-tmp/blobs");
	mkdir(inside, 0700);
	TAP_EQUAL_INT(store_init(t.ctx, path, &thing_wiring), EFILE_OK);
	TAP_OK(access(left, F_OK) != 0);
	free(inside);
	free(left);
	free(path);
	test_store_teardown(&t);
}

static void set_header(const char *path, const char *sql)
{
	sqlite3 *db = NULL;

	TAP_EQUAL_INT(sqlite3_open(path, &db), SQLITE_OK);
	TAP_EQUAL_INT(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void test_open(void)
{
	test_store t;
	efile_store *store = NULL;
	char *db;

	test_store_setup(&t);
	TAP_EQUAL_INT(store_open(&store, t.ctx, t.folder, NULL, &thing_wiring), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(store_open(&store, t.ctx, "/nonexistent", NULL, &thing_wiring),
		      EFILE_E_NOTFOUND);
	TAP_EQUAL_TEXT(efile_error_message(t.ctx), "no store at /nonexistent");
	db = test_store_file(&t, "efile.db");
	efile_store_close(t.store);
	t.store = NULL;
	set_header(db, "PRAGMA user_version = 99");
	TAP_EQUAL_INT(store_open(&store, t.ctx, t.path, NULL, &thing_wiring), EFILE_E_UNSUPPORTED);
	set_header(db, "PRAGMA user_version = 1; PRAGMA application_id = 7");
	TAP_EQUAL_INT(store_open(&store, t.ctx, t.path, NULL, &thing_wiring), EFILE_E_DAMAGED);
	set_header(db, "PRAGMA application_id = 0x6566696C; DELETE FROM meta WHERE key = 'store_id'");
	TAP_EQUAL_INT(store_open(&store, t.ctx, t.path, NULL, &thing_wiring), EFILE_E_DAMAGED);
	TAP_OK(truncate(db, 0) == 0);
	TAP_EQUAL_INT(store_open(&store, t.ctx, t.path, NULL, &thing_wiring), EFILE_E_DAMAGED);
	for (size_t i = 0; i < 32; i++)
		TAP_OK(truncate(db, 4096) == 0);
	TAP_EQUAL_INT(store_open(&store, t.ctx, t.path, NULL, &thing_wiring), EFILE_E_DAMAGED);
	TAP_OK(store == NULL);
	free(db);
	test_store_teardown(&t);
}

/* The settings on which durability and safety rest, asked of the connection itself. */
static void test_settings(void)
{
	static const char *const expected[][2] = {
		{ "PRAGMA journal_mode", "wal" }, { "PRAGMA synchronous", "2" },
		{ "PRAGMA wal_autocheckpoint", "0" }, { "PRAGMA foreign_keys", "1" },
		{ "PRAGMA secure_delete", "1" }, { "PRAGMA trusted_schema", "0" },
		{ "PRAGMA cell_size_check", "1" }, { "PRAGMA mmap_size", "0" },
		{ "PRAGMA page_size", "4096" }, { "PRAGMA encoding", "UTF-8" },
		{ "PRAGMA application_id", "1701210476" }, { "PRAGMA user_version", "1" },
	};
	test_store t;
	int on = -1;

	test_store_setup(&t);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		AUTO(stmt) s = STMT_NONE;

		tap_case(expected[i][0]);
		TAP_EQUAL_INT(stmt_take(&s, t.store, expected[i][0]), EFILE_OK);
		TAP_EQUAL_INT(stmt_step(&s), EFILE_OK);
		TAP_EQUAL_TEXT(stmt_text(&s, 0), expected[i][1]);
		tap_case(NULL);
	}
	sqlite3_db_config(t.store->db, SQLITE_DBCONFIG_DEFENSIVE, -1, &on);
	TAP_EQUAL_INT(on, 1);
	sqlite3_db_config(t.store->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, -1, &on);
	TAP_EQUAL_INT(on, 0);
	TAP_EQUAL_INT(db_exec(t.store, "ATTACH ':memory:' AS x"), EFILE_E_INTERNAL);
	test_store_teardown(&t);
}

static void test_read_only(void)
{
	efile_store_options options = { .size = sizeof(options), .read_only = 1 };
	test_store t;
	thing_record thing = { .amount = 0 };
	int64_t id;

	test_store_setup(&t);
	thing_put(t.store, "a");
	efile_store_close(t.store);
	TAP_EQUAL_INT(store_open(&t.store, t.ctx, t.path, &options, &thing_wiring), EFILE_OK);
	TAP_OK(store_is_read_only(t.store));
	TAP_EQUAL_INT(row_load(t.store, &thing_kind, &thing, 1), EFILE_OK);
	TAP_EQUAL_INT(thing_try(&id, t.store, "b"), EFILE_E_STATE);
	record_clear(&thing_kind, &thing);
	test_store_teardown(&t);
}

/* Nobody closed it: the store says so until it has been checked. */
static void test_crash_is_noted(void)
{
	test_store t;
	efile_store *dead;
	AUTO_PTR(efile_report) report = NULL;

	test_store_setup(&t);
	TAP_OK(efile_store_is_checked(t.store));
	thing_put(t.store, "a");
	test_store_reopen(&t);
	TAP_OK(efile_store_is_checked(t.store));
	thing_put(t.store, "b");
	dead = t.store;
	dead->failed = true; /* no orderly farewell */
	test_store_reopen(&t);
	TAP_OK(!efile_store_is_checked(t.store));
	thing_put(t.store, "c");
	test_store_reopen(&t);
	TAP_OK(!efile_store_is_checked(t.store));
	TAP_EQUAL_INT(efile_store_fsck(&report, t.store, NULL), EFILE_OK);
	TAP_OK(efile_store_is_checked(t.store));
	test_store_reopen(&t);
	TAP_OK(efile_store_is_checked(t.store));
	TAP_OK(!efile_store_is_checked(NULL));
	test_store_teardown(&t);
}

static void test_left_overs_go(void)
{
	static const char *const names[] = { "repair.tmp", ".x", "blobs/0011.tmp", "blobs/.y" };
	test_store t;

	test_store_setup(&t);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char *path = test_store_file(&t, names[i]);

		touch(path);
		free(path);
	}
	test_store_reopen(&t);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char *path = test_store_file(&t, names[i]);

		TAP_OK(access(path, F_OK) != 0);
		free(path);
	}
	test_store_teardown(&t);
}

static void test_migration(void)
{
	static const store_migration steps[] = {
		{ 1, "CREATE TABLE thing(id INTEGER PRIMARY KEY, rev INTEGER NOT NULL, uuid BLOB UNIQUE, "
		     "title TEXT UNIQUE, amount INTEGER NOT NULL CHECK(amount >= 0), due INTEGER, "
		     "data BLOB, remark TEXT) STRICT;" },
		{ 2, "CREATE INDEX thing_due ON thing(due);" },
	};
	efile_store_options read_only = { .size = sizeof(read_only), .read_only = 1 };
	store_wiring newer = thing_wiring;
	AUTO_PTR(efile_report) report = NULL;
	test_store t;
	efile_store *store = NULL;

	newer.migrations = steps;
	newer.migration_count = 2;
	test_store_setup(&t);
	thing_put(t.store, "a");
	efile_store_close(t.store);
	t.store = NULL;
	TAP_EQUAL_INT(store_open(&store, t.ctx, t.path, &read_only, &newer), EFILE_E_UNSUPPORTED);
	TAP_EQUAL_INT(store_open(&t.store, t.ctx, t.path, NULL, &newer), EFILE_OK);
	TAP_EQUAL_INT(efile_store_fsck(&report, t.store, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_report_count(report), 0);
	efile_store_close(t.store);
	t.store = NULL;
	TAP_EQUAL_INT(store_open(&store, t.ctx, t.path, NULL, &thing_wiring), EFILE_E_UNSUPPORTED);
	test_store_teardown(&t);
}

static void test_file_systems(void)
{
	static const struct { unsigned long magic; const char *name; } rows[] = {
		{ 0x6969, "NFS" }, { 0xFF534D42, "CIFS" }, { 0xFFFFFFFFFE534D42, "SMB2" },
		{ 0x01021997, "9p" }, { 0x65735546, "FUSE" },
		{ 0xEF53, NULL }, { 0x794C7630, NULL }, { 0x01021994, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		TAP_EQUAL_TEXT(guard_network_name(rows[i].magic), rows[i].name);
}

static int released;

static void release(void *data)
{
	(void)data;
	released++;
}

static void test_slots(void)
{
	test_store t;
	int data;

	test_store_setup(&t);
	released = 0;
	store_set_slot(t.store, 2, &data, release);
	TAP_OK(store_slot(t.store, 2) == &data && store_slot(t.store, 1) == NULL);
	store_set_slot(t.store, 2, &data, release);
	TAP_EQUAL_INT(released, 1);
	TAP_EQUAL_TEXT(store_path(t.store), t.path);
	TAP_OK(store_ctx(t.store) == t.ctx && !efile_id_is_none(store_id(t.store)));
	test_store_teardown(&t);
	TAP_EQUAL_INT(released, 2);
	efile_store_close(NULL);
}

typedef struct init_case {
	const char *folder;
	int n;
} init_case;

static efile_status init_once(efile_ctx *ctx, void *arg)
{
	init_case *c = arg;
	char path[300];

	snprintf(path, sizeof(path), "%s/i%d", c->folder, c->n++);
	return store_init(ctx, path, &thing_wiring);
}

/* The descriptors of this process that a program started by it would get. */
static int inherited(void)
{
	int count = 0;

	for (int fd = 3; fd < 256; fd++) {
		int flags = fcntl(fd, F_GETFD);

		count += flags >= 0 && !(flags & FD_CLOEXEC);
	}
	return count;
}

typedef struct slow_content {
	int64_t left;
	int before, most;
} slow_content;

static efile_status read_slowly(void *buffer, size_t length, size_t *got, void *user)
{
	slow_content *c = user;
	int now = inherited();

	c->most = now > c->most ? now : c->most;
	*got = (int64_t)length < c->left ? length : (size_t)c->left;
	memset(buffer, 'x', *got);
	c->left -= (int64_t)*got;
	return EFILE_OK;
}

/* Who embeds the library starts programs of its own: they must not hold a store's files and locks. */
static void test_descriptors(void)
{
	slow_content c = { .left = 300000, .before = inherited() };
	AUTO_PTR(efile_reader) content = NULL;
	AUTO(txn) tx = TXN_NONE;
	test_store t;
	blob_ref ref;

	test_store_setup(&t);
	TAP_EQUAL_INT(efile_reader_from_callback(&content, t.ctx, read_slowly, NULL, &c), EFILE_OK);
	TAP_EQUAL_INT(txn_begin(&tx, t.store), EFILE_OK);
	TAP_EQUAL_INT(blob_put(&ref, t.store, content), EFILE_OK);
	TAP_EQUAL_INT(c.left, 0);
	TAP_EQUAL_INT(c.most, c.before);
	txn_clear(&tx);
	TAP_EQUAL_INT(inherited(), c.before);
	test_store_teardown(&t);
}

static void test_without_memory(void)
{
	init_case c = { NULL, 0 };
	char *folder = test_folder();
	char command[400];

	c.folder = folder;
	TAP_OK(fail_each(init_once, &c) >= 10);
	snprintf(command, sizeof(command), "test -z \"$(ls -A '%s' | grep tmp)\"", folder);
	TAP_EQUAL_INT(system(command), 0);
	test_folder_remove(folder);
}

/* The database and what lies beside it were readable for everybody, as the umask said. */
static void test_modes(void)
{
	static const char *const names[] = { "efile.db", "efile.db-wal", "efile.db-shm", "lock" };
	mode_t mask = umask(0022);
	efile_store *copy = NULL;
	char path[400];
	struct stat info;
	test_store t;

	test_store_setup(&t);
	snprintf(path, sizeof(path), "%s.copy", t.path);
	TAP_EQUAL_INT(efile_store_backup(t.store, path), EFILE_OK);
	TAP_EQUAL_INT(store_open(&copy, t.ctx, path, NULL, &thing_wiring), EFILE_OK);
	TAP_EQUAL_INT(thing_put(copy, "x") > 0, 1);
	TAP_EQUAL_INT(thing_put(t.store, "x") > 0, 1);
	for (size_t i = 0; i < 2 * ARRAY_SIZE(names); i++) {
		char name[500];

		snprintf(name, sizeof(name), "%s/%s", i % 2 ? path : t.path, names[i / 2]);
		tap_case(name);
		if (TAP_EQUAL_INT(stat(name, &info), 0))
			TAP_EQUAL_INT(info.st_mode & 0777, 0600);
	}
	efile_store_close(copy);
	disk_remove_tree(path);
	umask(mask);
	test_store_teardown(&t);
}

static void test_refused(void)
{
	efile_ctx *ctx = test_ctx();

	errno = EACCES;
	TAP_EQUAL_INT(disk_failed(ctx, "store"), EFILE_E_DENIED);
	TAP_EQUAL_TEXT(efile_error_message(ctx),
		       "the operating system does not let you: store: no permission");
	errno = EIO;
	TAP_EQUAL_INT(disk_failed(ctx, "store"), EFILE_E_STORAGE);
	efile_ctx_free(ctx);
}

TAP_SUITE(store_open) = {
	{ "making a store", test_init },
	{ "what can't be opened", test_open },
	{ "settings are in force", test_settings },
	{ "reading only", test_read_only },
	{ "a crash is noted", test_crash_is_noted },
	{ "left-overs of dead processes go", test_left_overs_go },
	{ "an older format is migrated, a newer one refused", test_migration },
	{ "network file systems", test_file_systems },
	{ "data of modules", test_slots },
	{ "descriptors are not inherited", test_descriptors },
	{ "files are for their owner", test_modes },
	{ "what the operating system forbids", test_refused },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
