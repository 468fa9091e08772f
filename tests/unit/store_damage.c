/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/store_damage.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- content ---- */

static void put_content(efile_store *store, size_t length, int seed)
{
	AUTO(txn) tx = TXN_NONE;
	char *data = malloc(length + 1);
	blob_ref ref;

	if (!data)
		exit(1);
	for (size_t i = 0; i < length; i++)
		data[i] = (char)(i * 31 + i / 253 + (size_t)seed);
	TAP_EQUAL_INT(txn_begin(&tx, store), EFILE_OK);
	TAP_EQUAL_INT(blob_put_bytes(&ref, store, data, length), EFILE_OK);
	TAP_EQUAL_INT(thing_journal(store, seed % 5, "{\"what\":\"content\"}"), EFILE_OK);
	TAP_EQUAL_INT(txn_commit(&tx), EFILE_OK);
	free(data);
}

static void change(efile_store *store, int64_t id, bool remove)
{
	AUTO(txn) tx = TXN_NONE;
	thing_record thing = { .amount = 0 };

	TAP_EQUAL_INT(txn_begin(&tx, store), EFILE_OK);
	TAP_EQUAL_INT(row_load(store, &thing_kind, &thing, id), EFILE_OK);
	thing.amount += 100;
	thing.due = (opt_int){ true, id };
	TAP_EQUAL_INT(remove ? row_delete(store, &thing_kind, &thing) :
			       row_update(store, &thing_kind, &thing), EFILE_OK);
	TAP_EQUAL_INT(thing_journal(store, id % 7, remove ? NULL : "{\"changed\":true}"), EFILE_OK);
	TAP_EQUAL_INT(txn_commit(&tx), EFILE_OK);
	record_clear(&thing_kind, &thing);
}

void test_store_fill(test_store *t)
{
	TAP_EQUAL_INT(efile_batch_begin(t->store), EFILE_OK);
	for (int i = 0; i < 120; i++) {
		char title[40];

		snprintf(title, sizeof(title), "Vorgang %d aus der Registratur", i);
		thing_put(t->store, title);
	}
	for (int64_t id = 3; id < 120; id += 4)
		change(t->store, id, id % 3 == 0);
	change(t->store, 120, true);
	for (int i = 0; i < 6; i++)
		put_content(t->store, (size_t)(i * 700), i);
	put_content(t->store, BLOB_INLINE + 5000, 7);
	put_content(t->store, 2 * BLOB_INLINE, 8);
	TAP_EQUAL_INT(efile_batch_commit(t->store), EFILE_OK);
	TAP_EQUAL_INT(efile_audit_anchor(t->store, NULL), EFILE_OK);
	thing_put(t->store, "nach dem Siegel");
}

/* ---- dump ---- */

static const char *const queries[] = {
	"SELECT * FROM thing ORDER BY id",
	"SELECT * FROM blob ORDER BY id",
	"SELECT * FROM blob_data ORDER BY id",
	"SELECT * FROM journal WHERE action <> 3 ORDER BY rev",
	("SELECT * FROM journal_body WHERE rev NOT IN (SELECT rev FROM journal WHERE action = 3) "
	 "ORDER BY rev"),
	"SELECT * FROM checkpoint ORDER BY size",
	"SELECT * FROM meta WHERE key <> 'clean' ORDER BY key",
	"SELECT * FROM record_kind ORDER BY number",
	"SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name",
};

static void dump_value(buf *out, sqlite3_stmt *s, int column)
{
	static const char types[] = "?irtb-";
	int type = sqlite3_column_type(s, column);
	size_t length = (size_t)sqlite3_column_bytes(s, column);

	buf_add_format(out, " %c", types[type]);
	if (type == SQLITE_INTEGER) {
		buf_add_format(out, "%lld", (long long)sqlite3_column_int64(s, column));
	} else if (buf_reserve(out, 2 * length + 1)) {
		str_hex(out->data + out->length, sqlite3_column_blob(s, column), length);
		out->length += 2 * length;
	}
}

static int dump_query(buf *out, sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int code = sqlite3_prepare_v2(db, sql, -1, &s, NULL);

	while (code == SQLITE_OK || code == SQLITE_ROW) {
		code = sqlite3_step(s);
		for (int i = 0; code == SQLITE_ROW && i < sqlite3_column_count(s); i++)
			dump_value(out, s, i);
		buf_add_char(out, '\n');
	}
	sqlite3_finalize(s);
	return code;
}

/* Through our own reader, since that is what a user sees. */
static int dump_contents(buf *out, efile_store *store)
{
	for (int64_t id = 1; id < 20; id++) {
		AUTO(buf) content = BUF_INIT;
		efile_status status = blob_load(&content, store, id, 1 << 30);

		buf_add_format(out, "content %lld %d %zu ", (long long)id, (int)status,
			       content.length);
		if (status == EFILE_OK)
			buf_add(out, content.data, content.length);
	}
	return SQLITE_DONE;
}

char *test_store_dump(efile_ctx *ctx, const char *path)
{
	efile_store_options options = { .size = sizeof(options), .read_only = 1 };
	AUTO_PTR(efile_store) store = NULL;
	buf out = BUF_INIT;
	char *hex;
	int code = SQLITE_DONE;

	if (store_open(&store, ctx, path, &options, &thing_wiring) != EFILE_OK)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(queries) && code == SQLITE_DONE; i++)
		code = dump_query(&out, store->db, queries[i]);
	if (code == SQLITE_DONE)
		code = dump_contents(&out, store);
	hex = out.failed ? NULL : malloc(2 * out.length + 1);
	if (!hex)
		exit(1);
	str_hex(hex, out.data, out.length);
	buf_clear(&out);
	if (code == SQLITE_DONE)
		return hex;
	free(hex);
	return NULL;
}

/* ---- files ---- */

void test_store_copy(const char *from, const char *to)
{
	char *command = NULL;

	if (asprintf(&command, "rm -rf '%s' && cp -r '%s' '%s'", to, from, to) < 0 ||
	    system(command) != 0)
		exit(1);
	free(command);
}

void test_file_copy(const char *from, const char *to)
{
	char chunk[65536];
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ssize_t n;

	if (in < 0 || out < 0)
		exit(1);
	while ((n = read(in, chunk, sizeof(chunk))) > 0)
		if (write(out, chunk, (size_t)n) != n)
			exit(1);
	close(in);
	close(out);
}

size_t test_file_size(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 ? (size_t)info.st_size : 0;
}

void test_flip(const char *path, size_t byte, int bit)
{
	int fd = open(path, O_RDWR);
	unsigned char c;

	if (fd < 0 || pread(fd, &c, 1, (off_t)byte) != 1)
		exit(1);
	c ^= (unsigned char)(1 << bit);
	if (pwrite(fd, &c, 1, (off_t)byte) != 1)
		exit(1);
	close(fd);
}
