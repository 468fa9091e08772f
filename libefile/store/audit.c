/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The log as evidence: verified, anchored, proven. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "store/inner.h"

efile_status efile_audit_verify(efile_report **out, efile_store *store)
{
	AUTO_PTR(efile_report) report = NULL;
	AUTO(log_check) check = { .store = store };
	AUTO(txn) tx = TXN_NONE;
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	if (!out)
		return EFILE_E_INVALID;
	TRY(store_enter(store));
	TRY(report_new(&report, store->ctx));
	check.report = report;
	TRY(txn_begin_read(&tx, store));
	TRY(stmt_take(&s, store, log_columns_sql));
	stmt_bind_int(&s, 1, 0);
	while ((status = stmt_step(&s)) == EFILE_OK) {
		log_entry entry;

		log_read(&entry, &s);
		TRY(log_check_entry(&check, &entry));
	}
	if (status == EFILE_E_DAMAGED)
		TRY(report_unreadable(report, store, "journal"));
	else
		TRY(status);
	TRY(log_check_end(&check));
	*out = STEAL(report);
	return EFILE_OK;
}

/* ---- checkpoints ---- */

static const char sql_checkpoint[] = "INSERT INTO checkpoint(size, root, time) VALUES(?1, ?2, ?3)";
static const char sql_covering[] = "SELECT size, root FROM checkpoint WHERE size >= ?1 "
				   "ORDER BY size LIMIT 1";
static const char sql_hash[] = "SELECT hash FROM journal WHERE rev = ?1";

static efile_status insert_checkpoint(efile_store *store, int64_t size, const unsigned char *root,
				      efile_time time)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, sql_checkpoint));
	stmt_bind_int(&s, 1, size);
	stmt_bind_blob(&s, 2, root, SHA256_SIZE);
	stmt_bind_int(&s, 3, time);
	return stmt_run(&s);
}

static efile_status journal_checkpoint(efile_time *time, efile_store *store, int64_t size,
				       const char *root)
{
	AUTO(buf) body = BUF_INIT;
	journal_entry entry = { .action = JOURNAL_CHECKPOINT };

	buf_add_format(&body, "{\"size\":%lld,\"root\":\"%s\"}", (long long)size, root);
	TRY(buf_status(&body, store->ctx));
	entry.body = buf_text(&body);
	TRY(journal_append(store, &entry));
	*time = entry.time;
	return EFILE_OK;
}

static efile_status write_text(char **out, efile_store *store, int64_t size, const char *root,
			       efile_time time)
{
	char id[EFILE_ID_TEXT_SIZE], stamp[EFILE_TIME_TEXT_SIZE];
	AUTO(buf) text = BUF_INIT;

	buf_add_format(&text, "efile:%s\n%lld\n%s\n%s\n", efile_id_format(&store->id, id),
		       (long long)size, root, efile_time_format(time, stamp));
	return buf_take(out, &text, store->ctx);
}

efile_status efile_audit_anchor(efile_store *store, char **out)
{
	unsigned char root[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];
	AUTO_PTR(char) text = NULL;
	AUTO(txn) tx = TXN_NONE;
	efile_time time;
	int64_t size;

	TRY(store_enter(store));
	TRY(txn_begin(&tx, store));
	size = store->next_rev - 1;
	TRY(merkle_range(root, store, 0, size));
	TRY(journal_checkpoint(&time, store, size, str_hex(hex, root, SHA256_SIZE)));
	TRY(insert_checkpoint(store, size, root, time));
	if (out)
		TRY(write_text(&text, store, size, hex, time));
	TRY(txn_commit(&tx));
	if (out)
		*out = STEAL(text);
	return EFILE_OK;
}

/* ---- a proof: RFC 6962 2.1.1 ---- */

typedef struct proof {
	int64_t position, size;
	unsigned char root[SHA256_SIZE];
	unsigned char hash[SHA256_SIZE];
	unsigned char path[64][SHA256_SIZE];
	int length;
} proof;

static efile_status load_proof(proof *p, efile_store *store)
{
	AUTO(stmt) s = STMT_NONE;
	AUTO(stmt) h = STMT_NONE;
	efile_status status;
	const void *data;
	size_t length;

	TRY(stmt_take(&s, store, sql_covering));
	stmt_bind_int(&s, 1, p->position);
	TRY(status = stmt_step(&s));
	TRY(stmt_take(&h, store, sql_hash));
	stmt_bind_int(&h, 1, p->position);
	if (status == EFILE_OK)
		TRY(status = stmt_step(&h));
	if (status == EFILE_DONE)
		return FAIL(store->ctx, EFILE_E_NOTFOUND, 1151, "no checkpoint covers entry %lld",
			    (long long)p->position);
	p->size = stmt_int(&s, 0);
	data = stmt_blob(&s, 1, &length);
	memcpy(p->root, data, length == SHA256_SIZE ? SHA256_SIZE : 0);
	data = stmt_blob(&h, 0, &length);
	memcpy(p->hash, data, length == SHA256_SIZE ? SHA256_SIZE : 0);
	return EFILE_OK;
}

/* From the root down: at each fork the other side's root; the list is turned round at the end. */
static efile_status walk(proof *p, efile_store *store)
{
	int64_t low = 0, high = p->size, target = p->position - 1;

	while (high - low > 1) {
		int64_t half = 1;

		while (half * 2 < high - low)
			half *= 2;
		if (target < low + half) {
			TRY(merkle_range(p->path[p->length++], store, low + half, high));
			high = low + half;
		} else {
			TRY(merkle_range(p->path[p->length++], store, low, low + half));
			low += half;
		}
	}
	return EFILE_OK;
}

static void put_hex(json_writer *w, const char *key, const unsigned char *hash)
{
	char hex[2 * SHA256_SIZE + 1];

	if (key)
		json_put_text(w, key, str_hex(hex, hash, SHA256_SIZE));
	else
		json_text(w, str_hex(hex, hash, SHA256_SIZE));
}

efile_status efile_audit_prove(char **out, efile_store *store, int64_t position)
{
	proof p = { .position = position };
	AUTO(buf) text = BUF_INIT;
	AUTO(txn) tx = TXN_NONE;
	json_writer w;

	if (!out)
		return EFILE_E_INVALID;
	TRY(store_enter(store));
	TRY(txn_begin_read(&tx, store));
	TRY(load_proof(&p, store));
	TRY(walk(&p, store));
	json_begin(&w, &text);
	json_object(&w);
	json_put_text(&w, "schema", "efile.proof.v1");
	json_put_id(&w, "store", &store->id);
	json_put_int(&w, "position", p.position);
	json_put_int(&w, "size", p.size);
	put_hex(&w, "root", p.root);
	put_hex(&w, "hash", p.hash);
	json_key(&w, "path");
	json_array(&w);
	while (p.length > 0)
		put_hex(&w, NULL, p.path[--p.length]);
	json_end_array(&w);
	json_end_object(&w);
	return buf_take(out, &text, store->ctx);
}
