/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stores of earlier formats (tests/data/store): each opens here, is brought to the present format
 * whole or not at all, and goes on being worked with. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/record.h"
#include "api/wiring.h"
#include "archive/archive.h"
#include "store/inner.h"
#include "unit/desk_support.h"
#include "unit/intake_support.h"
#include "unit/store_support.h"

static const char *const fixtures[] = { "store/format-1.zip", "store/format-2.zip", "store/format-3.zip" };

typedef struct past {
	efile_ctx *ctx;
	char *folder;
	char path[300];
	char *packed;
	size_t length;
	int format;
} past;

/* ---- unpacking ---- */

static efile_status unpack_one(const archive_item *item, efile_reader *content, void *user)
{
	const past *p = user;
	char path[512], room[4096];
	efile_status status;
	size_t got;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", p->path, item->name);
	file = fopen(path, "wb");
	if (!file)
		return EFILE_E_IO;
	while ((status = efile_reader_read(content, room, sizeof(room), &got)) == EFILE_OK)
		fwrite(room, 1, got, file);
	fclose(file);
	return status;
}

static void make_folder(const char *path)
{
	if (mkdir(path, 0700) != 0)
		exit(1);
}

static void unpack(past *p)
{
	archive_span span = { p->packed, p->length };
	archive_source source = archive_from_memory(p->ctx, &span);
	char path[400];

	disk_remove_tree(p->path);
	make_folder(p->path);
	snprintf(path, sizeof(path), "%s/keys", p->path);
	make_folder(path);
	snprintf(path, sizeof(path), "%s/blobs", p->path);
	make_folder(path);
	for (int i = 0; i < 256; i++) {
		snprintf(path, sizeof(path), "%s/blobs/%02x", p->path, (unsigned)i);
		make_folder(path);
	}
	TAP_EQUAL_INT(archive_read(p->ctx, &source, unpack_one, p), EFILE_OK);
}

static int64_t ask(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	int64_t value = -1;
	char file[400];

	snprintf(file, sizeof(file), "%s/efile.db", path);
	if (sqlite3_open(file, &db) == SQLITE_OK &&
	    sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK &&
	    sqlite3_step(s) == SQLITE_ROW)
		value = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	sqlite3_close(db);
	return value;
}

static int format_of(const past *p)
{
	return (int)ask(p->path, "PRAGMA user_version");
}

static void past_setup(past *p, const char *fixture)
{
	test_clock_reset();
	p->ctx = test_ctx();
	p->ctx->limits.busy_milliseconds = 50;
	p->folder = test_folder();
	snprintf(p->path, sizeof(p->path), "%s/store", p->folder);
	p->packed = test_own_data(fixture, &p->length);
	if (!p->packed)
		exit(1);
	unpack(p);
	p->format = format_of(p);
	TAP_EQUAL_INT(p->format, atoi(fixture + strlen("store/format-")));
}

static void past_teardown(past *p)
{
	test_folder_remove(p->folder);
	free(p->packed);
	efile_ctx_free(p->ctx);
}

/* ---- what lies in the store (tests/data/store/make.sh) ---- */

static efile_session *session_of(efile_store *store, const char *name)
{
	town t = { .store = store };

	return town_session(&t, name, NULL, NULL);
}

static void check_content(efile_session *session, efile_document_id id, size_t expected,
			  const char *beginning)
{
	AUTO_PTR(efile_reader) reader = NULL;
	char room[4096] = "";
	size_t total = 0, got;

	TAP_EQUAL_INT(efile_document_open_content(&reader, session, id, 0, EFILE_ROLE_ORIGINAL),
		      EFILE_OK);
	while (reader && efile_reader_read(reader, room, sizeof(room), &got) == EFILE_OK) {
		if (total == 0)
			TAP_OK(got > 6 && memcmp(room, beginning, strlen(beginning)) == 0);
		total += got;
	}
	TAP_EQUAL_INT(total, expected);
}

/* The closed case of the first letter has the mail and a long enclosure. */
static void check_letters(efile_store *store)
{
	efile_session *session = session_of(store, "r.sturm");
	AUTO_PTR(efile_intake_item) item = NULL;
	efile_node_cursor *cursor = NULL;
	efile_node *node = NULL;
	efile_case_id letter;
	int count = 0;

	TAP_EQUAL_INT(efile_intake_by_number(&item, session, "2026/000001"), EFILE_OK);
	TAP_EQUAL_INT(efile_intake_item_state(item), EFILE_INTAKE_FILED);
	letter = efile_intake_item_case(item);
	TAP_EQUAL_INT(efile_node_children(&cursor, session, letter.id, 0), EFILE_OK);
	while (efile_node_cursor_next(cursor, &node) == EFILE_OK) {
		count++;
		if (!strcmp(efile_node_title(node), "Anlage.txt"))
			check_content(session, (efile_document_id){ efile_node_id(node) }, 70000,
				      "000000\n");
		efile_node_free(node);
	}
	TAP_EQUAL_INT(count, 2);
	efile_node_cursor_free(cursor);
	efile_session_close(session);
}

/* The invoice waits for somebody; what follows runs on as if nothing had been. */
static void check_process(efile_store *store, int format)
{
	static const struct {
		const char *who, *what, *next;
	} rows[] = {
		[1] = { "m.weber", "{\"facts_certified\":true}", "a.yilmaz" },
		[2] = { "p.klein", "{\"route\":{\"office\":\"tiefbau\",\"technical\":false}}", "m.weber" },
		[3] = { "p.klein", "{\"route\":{\"office\":\"tiefbau\",\"technical\":false}}", "m.weber" },
	};
	efile_session *first = session_of(store, rows[format].who);
	efile_session *next = session_of(store, rows[format].next);
	efile_flow_cursor *cursor = NULL;
	efile_flow_instance instance;
	efile_task_id task;

	TAP_EQUAL_INT(efile_flow_list(&cursor, first, (efile_instance_id){ EFILE_ID_NONE }), EFILE_OK);
	TAP_EQUAL_INT(efile_flow_cursor_next(cursor, &instance), EFILE_OK);
	TAP_EQUAL_INT(instance.status, EFILE_FLOW_RUNNING);
	TAP_EQUAL_INT(efile_flow_replay(first, instance.id, NULL), EFILE_OK);
	TAP_EQUAL_INT(desk_tasks(first, &task), 1);
	TAP_EQUAL_INT(efile_task_complete(first, task, rows[format].what), EFILE_OK);
	TAP_EQUAL_INT(desk_tasks(first, NULL), 0);
	TAP_EQUAL_INT(desk_tasks(next, &task), 1);
	TAP_EQUAL_INT(efile_flow_replay(first, instance.id, NULL), EFILE_OK);
	efile_flow_cursor_free(cursor);
	efile_session_close(first);
	efile_session_close(next);
}

/* One entry more than before, if there was something to do; fsck compares every row, content and
 * the schema with that of a new store. */
static void test_opens(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(fixtures); i++) {
		int to = migrate_format(&api_wiring);
		efile_store *store = NULL;
		int64_t entries;
		past p;

		tap_case(fixtures[i]);
		past_setup(&p, fixtures[i]);
		entries = ask(p.path, "SELECT count(*) FROM journal");
		TAP_EQUAL_INT(efile_store_open(&store, p.ctx, p.path, NULL), EFILE_OK);
		TAP_EQUAL_INT(desk_entries(store), entries + (p.format < to));
		desk_fsck(store);
		check_letters(store);
		check_process(store, p.format);
		desk_fsck(store);
		efile_store_close(store);
		TAP_EQUAL_INT(format_of(&p), to);
		/* The second time nothing is left to do. */
		entries = ask(p.path, "SELECT count(*) FROM journal");
		TAP_EQUAL_INT(efile_store_open(&store, p.ctx, p.path, NULL), EFILE_OK);
		TAP_EQUAL_INT(desk_entries(store), entries);
		efile_store_close(store);
		past_teardown(&p);
	}
}

/* ---- a step of tomorrow, good and bad ---- */

static efile_status rename_admin(efile_store *store)
{
	AUTO(actor_record) actor = { .kind = 0 };
	efile_status status = row_load(store, &actor_kind, &actor, 1);

	if (status == EFILE_E_NOTFOUND)
		return EFILE_OK; /* a new store */
	TRY(status);
	free(actor.display);
	actor.display = NULL;
	TRY(mem_dup(&actor.display, store_ctx(store), "Leitung"));
	return row_update(store, &actor_kind, &actor);
}

static efile_status give_up(efile_store *store)
{
	TRY(rename_admin(store));
	return FAIL(store_ctx(store), EFILE_E_STATE, 1120, "a write outside of a transaction");
}

typedef struct tomorrow {
	store_migration steps[32];
	store_wiring wiring;
} tomorrow;

static const store_wiring *wiring_with(tomorrow *t, const char *sql,
				       efile_status (*run)(efile_store *store))
{
	size_t count = api_wiring.migration_count;

	memcpy(t->steps, api_wiring.migrations, count * sizeof(*t->steps));
	t->steps[count] = (store_migration){ migrate_format(&api_wiring) + 1, sql, run };
	t->wiring = api_wiring;
	t->wiring.migrations = t->steps;
	t->wiring.migration_count = count + 1;
	return &t->wiring;
}

static const char good_step[] = "ALTER TABLE actor ADD COLUMN room TEXT; "
				"CREATE INDEX actor_room ON actor (room);";

static void test_next_format(void)
{
	AUTO_PTR(efile_report) report = NULL;
	efile_store *store = NULL;
	char *body = NULL;
	tomorrow next;
	past p;

	past_setup(&p, fixtures[0]);
	wiring_with(&next, good_step, rename_admin);
	TAP_EQUAL_INT(store_open(&store, p.ctx, p.path, NULL, &next.wiring), EFILE_OK);
	desk_fsck(store);
	TAP_EQUAL_INT(efile_audit_verify(&report, store), EFILE_OK);
	TAP_EQUAL_INT(efile_report_count(report), 0);
	TAP_EQUAL_INT(town_logged(&(town){ .store = store }, "store.migrated", &body), 1);
	TAP_OK(body && strncmp(body, "{\"from\":1,\"to\":", 15) == 0);
	free(body);
	efile_store_close(store);
	TAP_EQUAL_INT(ask(p.path, "SELECT count(*) FROM actor WHERE display = 'Leitung'"), 1);
	TAP_EQUAL_INT(efile_store_open(&store, p.ctx, p.path, NULL), EFILE_E_UNSUPPORTED);
	past_teardown(&p);
}

static void test_failing_step(void)
{
	static const struct { const char *name, *sql; efile_status (*run)(efile_store *store); } rows[] = {
		{ "its SQL", "ALTER TABLE actor ADD COLUMN room TEXT; CREATE INDEX a ON nowhere (b);", NULL },
		{ "its function", good_step, give_up },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_store *store = NULL;
		tomorrow next;
		int64_t entries;
		past p;

		tap_case(rows[i].name);
		past_setup(&p, fixtures[0]);
		entries = ask(p.path, "SELECT count(*) FROM journal");
		wiring_with(&next, rows[i].sql, rows[i].run);
		TAP_OK(store_open(&store, p.ctx, p.path, NULL, &next.wiring) < 0);
		TAP_EQUAL_INT(format_of(&p), p.format);
		TAP_EQUAL_INT(ask(p.path, "SELECT count(*) FROM journal"), entries);
		TAP_EQUAL_INT(ask(p.path, "SELECT count(*) FROM actor WHERE display = 'Leitung'"), 0);
		TAP_EQUAL_INT(efile_store_open(&store, p.ctx, p.path, NULL), EFILE_OK);
		desk_fsck(store);
		efile_store_close(store);
		past_teardown(&p);
	}
}

/* ---- reading only; backups of then ---- */

static void test_read_only(void)
{
	efile_store_options read_only = { .size = sizeof(read_only), .read_only = 1 };
	efile_store *store = NULL;
	tomorrow next;
	past p;

	past_setup(&p, fixtures[0]);
	wiring_with(&next, good_step, NULL);
	TAP_EQUAL_INT(store_open(&store, p.ctx, p.path, &read_only, &next.wiring),
		      EFILE_E_UNSUPPORTED);
	TAP_EQUAL_INT(efile_error_number(p.ctx), 1135);
	TAP_EQUAL_INT(format_of(&p), p.format);
	past_teardown(&p);
}

static void test_old_backup(void)
{
	efile_store *store = NULL;
	tomorrow next;
	char made[400];
	past p;

	past_setup(&p, fixtures[0]);
	wiring_with(&next, good_step, rename_admin);
	snprintf(made, sizeof(made), "%s/made", p.folder);
	TAP_EQUAL_INT(store_restore(p.ctx, p.path, made, &next.wiring), EFILE_OK);
	TAP_EQUAL_INT(format_of(&p), p.format);
	TAP_EQUAL_INT(store_open(&store, p.ctx, made, NULL, &next.wiring), EFILE_OK);
	desk_fsck(store);
	TAP_EQUAL_INT(town_logged(&(town){ .store = store }, "store.migrated", NULL), 1);
	efile_store_close(store);
	past_teardown(&p);
}

static int mended(const efile_report *report)
{
	int count = 0;

	for (size_t i = 0; i < efile_report_count(report); i++)
		count += !strcmp(efile_report_finding(report, i)->rule, "FSCK-REPAIRED");
	return count;
}

/* The update came this morning, the backup is of last night. */
static void test_repair_from_old_backup(void)
{
	efile_fsck_options options;
	AUTO_PTR(efile_report) report = NULL;
	efile_store *store = NULL;
	char second[400];
	tomorrow next;
	past p;

	past_setup(&p, fixtures[0]);
	wiring_with(&next, good_step, rename_admin);
	snprintf(second, sizeof(second), "%s/second", p.folder);
	TAP_EQUAL_INT(rename(p.path, second), 0);
	unpack(&p);
	TAP_EQUAL_INT(store_open(&store, p.ctx, p.path, NULL, &next.wiring), EFILE_OK);
	efile_store_close(store);
	ask(p.path, "UPDATE actor SET name = 'x' WHERE id = 3 RETURNING id");
	ask(p.path, "DELETE FROM node WHERE id = (SELECT max(id) FROM node) RETURNING id");
	efile_fsck_options_init(&options);
	options.repair = 1;
	options.second = second;
	TAP_EQUAL_INT(store_open(&store, p.ctx, p.path, NULL, &next.wiring), EFILE_OK);
	TAP_EQUAL_INT(efile_store_fsck(&report, store, &options), EFILE_OK);
	TAP_EQUAL_INT(mended(report), 2);
	desk_fsck(store);
	efile_store_close(store);
	past_teardown(&p);
}

/* Who has the store open in the old format while a newer release migrates it stops writing. */
static void test_migrated_meanwhile(void)
{
	efile_store *store = NULL, *other = NULL;
	efile_session *session;
	tomorrow next;
	past p;

	past_setup(&p, fixtures[0]);
	wiring_with(&next, good_step, NULL);
	TAP_EQUAL_INT(efile_store_open(&store, p.ctx, p.path, NULL), EFILE_OK);
	session = session_of(store, "r.sturm");
	TAP_EQUAL_INT(efile_batch_begin(store), EFILE_OK);
	TAP_EQUAL_INT(efile_batch_commit(store), EFILE_OK);
	TAP_EQUAL_INT(store_open(&other, p.ctx, p.path, NULL, &next.wiring), EFILE_OK);
	for (int i = 0; i < 2; i++) {
		TAP_EQUAL_INT(efile_batch_begin(store), EFILE_E_UNSUPPORTED);
		TAP_EQUAL_INT(efile_error_number(p.ctx), 1134);
	}
	efile_session_close(session);
	efile_store_close(store);
	desk_fsck(other);
	efile_store_close(other);
	past_teardown(&p);
}

/* ---- bad weather ---- */

typedef struct weather {
	past p;
	tomorrow next;
} weather;

static efile_status open_next(efile_ctx *ctx, void *arg)
{
	weather *w = arg;
	AUTO_PTR(efile_store) store = NULL;

	ctx->limits.busy_milliseconds = 50;
	return store_open(&store, ctx, w->p.path, NULL, &w->next.wiring);
}

/* Old or new, never between; the next opening finishes it. */
static int old_or_new(efile_status status, void *arg)
{
	weather *w = arg;
	AUTO_PTR(efile_store) store = NULL;
	int format = format_of(&w->p), to = migrate_format(&w->next.wiring);
	int named = ask(w->p.path, "SELECT count(*) FROM actor WHERE display = 'Leitung'") == 1;
	int good = (format == w->p.format && !named && status < 0) || (format == to && named);

	TAP_EQUAL_INT(store_open(&store, w->p.ctx, w->p.path, NULL, &w->next.wiring), EFILE_OK);
	desk_fsck(store);
	efile_store_close(STEAL(store));
	unpack(&w->p);
	return good;
}

static void test_weather(void)
{
	weather *w = calloc(1, sizeof(*w));

	past_setup(&w->p, fixtures[0]);
	wiring_with(&w->next, good_step, rename_admin);
	TAP_OK(fail_each_call(open_next, old_or_new, w, 3) > 10);
	TAP_OK(fail_each(open_next, w) > 20);
	past_teardown(&w->p);
	free(w);
}

const tap_test suite_store_migration[] = {
	{ "stores of every earlier format open, and work goes on in them", test_opens },
	{ "a step adds columns and writes rows; digests stay right", test_next_format },
	{ "a step that fails leaves the store as it was", test_failing_step },
	{ "an older store is not opened for reading only", test_read_only },
	{ "a backup in an older format is restored to the present one", test_old_backup },
	{ "a migrated store is mended from a backup in the older format", test_repair_from_old_backup },
	{ "who has a store open that a newer release migrates stops writing", test_migrated_meanwhile },
	{ "old or new, whatever fails on the way", test_weather },
	{ NULL, NULL },
};
