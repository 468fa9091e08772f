/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The log: one entry per act, chained per dossier (docs/FORMAT.md 3). */
#include <string.h>

#include "store/inner.h"

static const char sql_max_rev[] = "SELECT max(rev) FROM journal";
static const char sql_head[] =
	"SELECT number, hash FROM journal WHERE chain = ?1 ORDER BY number DESC LIMIT 1";
static const char sql_entry[] =
	"INSERT INTO journal(rev, chain, number, time, actor, behalf, action, object_kind, object, "
	"body, rows, hash) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
static const char sql_body[] =
	"INSERT INTO journal_body(rev, codec, key, salt, body) VALUES(?1, 0, NULL, ?2, ?3)";

efile_status journal_load_rev(efile_store *store)
{
	TRY(db_int(&store->next_rev, store, sql_max_rev));
	store->next_rev++;
	return EFILE_OK;
}

static efile_status load_head(chain_head *head, efile_store *store, int64_t chain)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;
	const void *hash;
	size_t length;

	head->chain = chain;
	head->number = 0;
	TRY(stmt_take(&s, store, sql_head));
	stmt_bind_int(&s, 1, chain);
	status = stmt_step(&s);
	if (status == EFILE_DONE)
		return digest_chain_start(head->hash, store, chain);
	TRY(status);
	hash = stmt_blob(&s, 1, &length);
	if (!hash || length != SHA256_SIZE)
		return FAIL(store->ctx, EFILE_E_DAMAGED, 1130, "the head of chain %lld is damaged",
			    (long long)chain);
	head->number = stmt_int(&s, 0);
	memcpy(head->hash, hash, SHA256_SIZE);
	return EFILE_OK;
}

static efile_status get_head(chain_head **out, efile_store *store, int64_t chain)
{
	chain_head *head = &store->heads[(uint64_t)chain % HEAD_CACHE];

	if (head->epoch != store->epoch || head->chain != chain) {
		head->epoch = 0;
		TRY(load_head(head, store, chain));
		head->epoch = store->epoch;
	}
	*out = head;
	return EFILE_OK;
}

static void collect_rows(buf *out, const pending *p)
{
	buf_reset(out);
	for (size_t i = 0; i < p->count; i++) {
		buf_add_u16(out, p->rows[i].kind);
		buf_add_u64(out, (uint64_t)p->rows[i].id);
		buf_add(out, p->rows[i].digest, SHA256_SIZE);
	}
}

static efile_status insert_entry(efile_store *store, const entry_bytes *entry,
				 const unsigned char hash[SHA256_SIZE])
{
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, sql_entry));
	stmt_bind_int(&s, 1, store->next_rev);
	stmt_bind_int(&s, 2, entry->chain);
	stmt_bind_int(&s, 3, entry->number);
	stmt_bind_int(&s, 4, entry->time);
	stmt_bind_blob(&s, 5, entry->actor.bytes, sizeof(entry->actor.bytes));
	stmt_bind_id(&s, 6, &entry->behalf);
	stmt_bind_int(&s, 7, entry->action);
	stmt_bind_int(&s, 8, entry->object_kind);
	stmt_bind_id(&s, 9, &entry->object);
	stmt_bind_blob(&s, 10, entry->body, SHA256_SIZE);
	stmt_bind_blob(&s, 11, entry->rows_length ? entry->rows : "", entry->rows_length);
	stmt_bind_blob(&s, 12, hash, SHA256_SIZE);
	return stmt_run(&s);
}

static efile_status insert_body(efile_store *store, const char *body, size_t length)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, sql_body));
	stmt_bind_int(&s, 1, store->next_rev);
	stmt_bind_blob(&s, 2, store->pending.seed, SALT_SIZE);
	stmt_bind_blob(&s, 3, body, length);
	return stmt_run(&s);
}

static efile_status write_entry(efile_store *store, journal_entry *entry, size_t body_length)
{
	unsigned char hash[SHA256_SIZE], salt[SALT_SIZE];
	const char *body = entry->body ? entry->body : "";
	chain_head *head;
	entry_bytes e = { .chain = entry->chain, .time = entry->time, .actor = entry->actor,
			  .behalf = entry->behalf, .object = entry->object,
			  .action = (uint32_t)entry->action,
			  .object_kind = (uint16_t)entry->object_kind };

	TRY(get_head(&head, store, entry->chain));
	TRY(digest_salt(salt, store, store->pending.seed, 0));
	TRY(digest_body(e.body, store, salt, body, body_length));
	collect_rows(&store->rows, &store->pending);
	TRY(buf_status(&store->rows, store->ctx));
	e.number = head->number + 1;
	e.rows = buf_text(&store->rows);
	e.rows_length = store->rows.length;
	TRY(digest_entry(hash, store, &e, head->hash));
	TRY(insert_entry(store, &e, hash));
	TRY(insert_body(store, body, body_length));
	head->number = e.number;
	memcpy(head->hash, hash, SHA256_SIZE);
	return EFILE_OK;
}

static efile_status tell_listeners(efile_store *store, const journal_entry *entry)
{
	for (size_t i = 0; i < store->wiring.listener_count; i++)
		if (store->wiring.listeners[i].action == entry->action)
			TRY(store->wiring.listeners[i].call(store, entry));
	return EFILE_OK;
}

efile_status journal_append(efile_store *store, journal_entry *entry)
{
	TRY(txn_require_write(store));
	if (!store->pending.seeded) {
		TRY(store_random(store, store->pending.seed, SALT_SIZE));
		store->pending.seeded = true;
	}
	entry->time = ctx_now(store->ctx);
	TRY(write_entry(store, entry, entry->body ? strlen(entry->body) : 0));
	entry->rev = store->next_rev;
	store->next_rev++;
	pending_reset(&store->pending);
	return tell_listeners(store, entry);
}
