/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A small program over the store alone, for the sweeps and for verify_store.py:
 *
 *     store_driver init STORE
 *     store_driver put STORE FROM COUNT BYTES     one transaction each, acknowledged line by line
 *     store_driver batch STORE FROM COUNT BYTES   all in one, acknowledged at the end
 *     store_driver change STORE FROM COUNT        changes the even items, removes the odd ones
 *     store_driver checkpoint STORE               brings the write-ahead log in, goes on in it, cuts it
 *     store_driver anchor STORE                   a Merkle checkpoint
 *     store_driver backup STORE DIR / restore DIR STORE / repair STORE DIR
 *     store_driver check STORE [ACKS]             fsck, and all that was acknowledged is there
 *     store_driver count STORE                    prints the number of items
 *
 * Acknowledgements go to standard output unbuffered: "ack NUMBER SHA256". An item that is there
 * already is acknowledged again and not stored twice. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/inner.h"

typedef struct item_record {
	record_head head;
	int64_t number;
	char *title;
	efile_id uuid;
	int64_t blob;
	opt_int changed;
	bytes extra;
	char *remark;
} item_record;

static const record_field fields[] = {
	RECORD_FIELD(item_record, number, FIELD_INT, 0),
	RECORD_FIELD(item_record, title, FIELD_TEXT, FIELD_PERSONAL),
	RECORD_FIELD(item_record, uuid, FIELD_ID, 0),
	RECORD_FIELD(item_record, blob, FIELD_INT, 0),
	RECORD_FIELD(item_record, changed, FIELD_OPT_INT, 0),
	RECORD_FIELD(item_record, extra, FIELD_BLOB, 0),
	RECORD_FIELD(item_record, remark, FIELD_TEXT, 0),
};

static const record_kind item_kind = { RECORD_NODE, "item", sizeof(item_record), fields,
				       ARRAY_SIZE(fields) };

static const store_migration migrations[] = {
	{ 1, "CREATE TABLE item(id INTEGER PRIMARY KEY, rev INTEGER NOT NULL, "
	     "number INTEGER NOT NULL UNIQUE, title TEXT, uuid BLOB, blob INTEGER NOT NULL "
	     "REFERENCES blob(id), changed INTEGER, extra BLOB, remark TEXT) STRICT;" },
};
static const record_kind *const kinds[] = { &item_kind };
static const store_wiring wiring = { .migrations = migrations, .migration_count = 1,
				     .kinds = kinds, .kind_count = 1 };

static const char by_number[] = "number = ?1";
static const char sql_count[] = "SELECT count(*) FROM item";

/* ---- items ---- */

/* The content of an item follows from its number and length. */
static void make_content(buf *out, int64_t number, size_t length)
{
	uint32_t state = (uint32_t)number * 2654435761u + 1;

	buf_add_format(out, "item %lld\n", (long long)number);
	while (out->length < length && !out->failed) {
		state = state * 1664525 + 1013904223;
		buf_add_char(out, (char)(state >> 24));
	}
}

static efile_status find_item(item_record *out, efile_store *store, int64_t number)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(row_select(&s, store, &item_kind, by_number));
	stmt_bind_int(&s, 1, number);
	status = stmt_step(&s);
	if (status == EFILE_DONE)
		return EFILE_E_NOTFOUND;
	TRY(status);
	return row_read(&s, 0, &item_kind, out, store->ctx);
}

static efile_status fill_item(item_record *item, efile_store *store, int64_t number,
			      const blob_ref *content)
{
	AUTO(buf) title = BUF_INIT;

	item->number = number;
	item->blob = content->id;
	buf_add_format(&title, "Schriftst\xc3\xbc" "ck %lld", (long long)number);
	TRY(buf_take(&item->title, &title, store->ctx));
	TRY(id_new(&item->uuid, store->ctx));
	if (number % 3 == 0) {
		item->extra.length = (size_t)(number % 7);
		item->extra.data = mem_new(store->ctx, item->extra.length + 1);
		if (!item->extra.data)
			return EFILE_E_NOMEM;
	}
	return number % 4 == 0 ? mem_dup(&item->remark, store->ctx, "") : EFILE_OK;
}

static efile_status stage_item(blob_staged **out, efile_store *store, int64_t number, size_t length)
{
	AUTO(buf) content = BUF_INIT;
	AUTO_PTR(efile_reader) reader = NULL;

	make_content(&content, number, length);
	TRY(buf_status(&content, store->ctx));
	if (number % 2)
		return blob_stage_bytes(out, store, content.data, content.length);
	TRY(efile_reader_from_memory(&reader, store->ctx, content.data, content.length));
	return blob_stage(out, store, reader);
}

static efile_status store_item(efile_store *store, int64_t number, blob_staged *content)
{
	item_record item = { .number = 0 };
	blob_ref ref;
	journal_entry entry = { .action = JOURNAL_DOCUMENT_FILED, .chain = number % 3,
				.object_kind = RECORD_NODE };
	efile_status status;

	TRY(blob_place(&ref, content));
	status = fill_item(&item, store, number, &ref);
	if (status == EFILE_OK)
		status = row_insert(store, &item_kind, &item);
	entry.object = item.uuid;
	entry.body = number % 2 ? "{\"channel\":\"mail\"}" : NULL;
	if (status == EFILE_OK)
		status = journal_append(store, &entry);
	record_clear(&item_kind, &item);
	return status;
}

static efile_status put_item(efile_store *store, int64_t number, size_t length)
{
	AUTO_PTR(blob_staged) content = NULL;
	AUTO(txn) tx = TXN_NONE;
	item_record found = { .number = 0 };
	efile_status status;

	TRY(stage_item(&content, store, number, length));
	TRY(txn_begin(&tx, store));
	status = find_item(&found, store, number);
	record_clear(&item_kind, &found);
	if (status == EFILE_OK)
		return EFILE_OK;
	if (status != EFILE_E_NOTFOUND)
		return status;
	TRY(store_item(store, number, content));
	return txn_commit(&tx);
}

static efile_status change_item(efile_store *store, int64_t number)
{
	AUTO(txn) tx = TXN_NONE;
	item_record item = { .number = 0 };
	journal_entry entry = { .action = JOURNAL_NODE_CHANGED, .chain = number % 3 };
	efile_status status;

	TRY(txn_begin(&tx, store));
	status = find_item(&item, store, number);
	if (status == EFILE_E_NOTFOUND)
		return EFILE_OK;
	item.changed = (opt_int){ true, -number };
	entry.object_kind = RECORD_NODE;
	entry.object = item.uuid;
	if (status == EFILE_OK)
		status = number % 2 ? row_delete(store, &item_kind, &item) :
				      row_update(store, &item_kind, &item);
	record_clear(&item_kind, &item);
	TRY(status);
	TRY(journal_append(store, &entry));
	return txn_commit(&tx);
}

/* ---- commands ---- */

static void acknowledge(int64_t number, size_t length, efile_ctx *ctx)
{
	AUTO(buf) content = BUF_INIT;
	unsigned char sha[SHA256_SIZE];
	char hex[65], line[120];
	int n;

	make_content(&content, number, length);
	if (sha256(sha, ctx, content.data, content.length) < 0)
		abort();
	n = snprintf(line, sizeof(line), "ack %lld %s\n", (long long)number,
		     str_hex(hex, sha, sizeof(sha)));
	if (write(STDOUT_FILENO, line, (size_t)n) != n)
		abort();
}

static efile_status put(efile_store *store, char **args, bool batch)
{
	int64_t from = atoll(args[0]), count = atoll(args[1]);
	size_t length = (size_t)atoll(args[2]);

	if (batch)
		TRY(efile_batch_begin(store));
	for (int64_t i = from; i < from + count; i++) {
		TRY(put_item(store, i, length));
		if (!batch)
			acknowledge(i, length, store->ctx);
	}
	if (!batch)
		return EFILE_OK;
	TRY(efile_batch_commit(store));
	for (int64_t i = from; i < from + count; i++)
		acknowledge(i, length, store->ctx);
	return EFILE_OK;
}

static efile_status do_put(efile_store *store, char **args)
{
	return put(store, args, false);
}

static efile_status do_batch(efile_store *store, char **args)
{
	return put(store, args, true);
}

static efile_status do_change(efile_store *store, char **args)
{
	for (int64_t i = atoll(args[0]); i < atoll(args[0]) + atoll(args[1]); i++)
		TRY(change_item(store, i));
	return EFILE_OK;
}

static efile_status do_checkpoint(efile_store *store, char **args)
{
	(void)args;
	TRY(change_item(store, 2));
	TRY(change_item(store, 4));
	store->wal_next = 0; /* the next commit checkpoints, ... */
	TRY(change_item(store, 6));
	TRY(change_item(store, 8)); /* ... this one is written over the old log, ... */
	store->wal_next = store->wal_keep = 0;
	TRY(change_item(store, 2)); /* ... this one cuts it, and that one begins a new file */
	return change_item(store, 10);
}

static efile_status do_anchor(efile_store *store, char **args)
{
	(void)args;
	return efile_audit_anchor(store, NULL);
}

static efile_status do_backup(efile_store *store, char **args)
{
	efile_status status = efile_store_backup(store, args[0]);

	return status == EFILE_E_EXISTS ? EFILE_OK : status;
}

static int print_findings(const efile_report *report)
{
	int errors = 0;

	for (size_t i = 0; i < efile_report_count(report); i++) {
		const efile_finding *f = efile_report_finding(report, i);

		if (f->severity == EFILE_SEVERITY_ERROR) {
			fprintf(stderr, "%s %s: %s\n", f->rule, f->path, f->message);
			errors++;
		}
	}
	return errors;
}

static efile_status do_repair(efile_store *store, char **args)
{
	AUTO_PTR(efile_report) report = NULL;
	efile_fsck_options options;

	efile_fsck_options_init(&options);
	options.repair = 1;
	options.second = args[0];
	TRY(efile_store_fsck(&report, store, &options));
	return print_findings(report) ? EFILE_E_DAMAGED : EFILE_OK;
}

static efile_status check_ack(efile_store *store, int64_t number, const char *hex)
{
	item_record item = { .number = 0 };
	efile_status status = find_item(&item, store, number);
	AUTO(buf) content = BUF_INIT;
	unsigned char sha[SHA256_SIZE];
	char found[65];

	if (status == EFILE_OK)
		status = blob_load(&content, store, item.blob, 1 << 30);
	record_clear(&item_kind, &item);
	if (status != EFILE_OK) {
		fprintf(stderr, "item %lld was acknowledged and is lost\n", (long long)number);
		return status;
	}
	TRY(sha256(sha, store->ctx, content.data, content.length));
	return strcmp(str_hex(found, sha, sizeof(sha)), hex) == 0 ? EFILE_OK : EFILE_E_DAMAGED;
}

static efile_status check_acks(efile_store *store, const char *path)
{
	FILE *file = fopen(path, "r");
	char line[200], hex[66];
	efile_status status = EFILE_OK;
	long long number;

	if (!file)
		return EFILE_E_IO;
	/* A torn last line is no acknowledgement. */
	while (status == EFILE_OK && fgets(line, sizeof(line), file))
		if (strchr(line, '\n') && sscanf(line, "ack %lld %65s", &number, hex) == 2)
			status = check_ack(store, number, hex);
	fclose(file);
	return status;
}

static efile_status check_names(const char *path)
{
	DIR *list = opendir(path);
	const struct dirent *entry;
	efile_status status = EFILE_OK;

	if (!list)
		return EFILE_E_IO;
	while ((entry = readdir(list)))
		if (strstr(entry->d_name, "tmp")) {
			fprintf(stderr, "left over: %s/%s\n", path, entry->d_name);
			status = EFILE_E_STATE;
		}
	closedir(list);
	return status;
}

static efile_status do_check(efile_store *store, char **args)
{
	AUTO_PTR(efile_report) report = NULL;
	AUTO_PTR(char) blobs = NULL;

	TRY(efile_store_fsck(&report, store, NULL));
	if (print_findings(report))
		return EFILE_E_DAMAGED;
	TRY(disk_join(&blobs, store->ctx, store->path, "/blobs"));
	TRY(check_names(store->path));
	TRY(check_names(blobs));
	return args[0] ? check_acks(store, args[0]) : EFILE_OK;
}

static efile_status do_count(efile_store *store, char **args)
{
	int64_t count;

	(void)args;
	TRY(db_int(&count, store, sql_count));
	printf("%lld\n", (long long)count);
	return EFILE_OK;
}

typedef struct command {
	const char *name;
	int arguments;            /* at least, after the store */
	efile_status (*run)(efile_store *store, char **args);
} command;

static const command commands[] = {
	{ "put", 3, do_put }, { "batch", 3, do_batch }, { "change", 2, do_change },
	{ "checkpoint", 0, do_checkpoint }, { "anchor", 0, do_anchor }, { "backup", 1, do_backup },
	{ "repair", 1, do_repair }, { "check", 0, do_check }, { "count", 0, do_count },
};

static efile_status run_open(efile_ctx *ctx, const command *c, char **args)
{
	AUTO_PTR(efile_store) store = NULL;

	TRY(store_open(&store, ctx, args[0], NULL, &wiring));
	return c->run(store, args + 1);
}

static efile_status run(efile_ctx *ctx, int count, char **args)
{
	efile_status status;

	if (strcmp(args[0], "init") == 0 || strcmp(args[0], "restore") == 0) {
		status = args[0][0] == 'i' ? store_init(ctx, args[1], &wiring) :
					     store_restore(ctx, args[1], args[2], &wiring);
		return status == EFILE_E_EXISTS ? EFILE_OK : status;
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(args[0], commands[i].name) == 0 && count - 2 >= commands[i].arguments)
			return run_open(ctx, &commands[i], args + 1);
	return FAIL(ctx, EFILE_E_INVALID, 1, "see the head of store_driver.c");
}

int main(int argc, char **argv)
{
	AUTO_PTR(efile_ctx) ctx = NULL;
	efile_status status;

	if (argc < 3 || efile_ctx_new(&ctx, NULL) < 0)
		return 2;
	status = run(ctx, argc - 1, argv + 1);
	if (status < 0)
		fprintf(stderr, "store_driver: %s: %s\n", efile_status_name(status),
			efile_error_message(ctx));
	return efile_status_exit_code(status);
}
