/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading the log entry by entry and verifying what it says of itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "store/inner.h"

/* ---- one entry ---- */

const char log_columns_sql[] =
	"SELECT j.rev, j.chain, j.number, j.time, j.actor, j.behalf, j.action, j.object_kind, "
	"j.object, j.body, j.rows, j.hash, b.rev, b.codec, b.key, b.salt, b.body "
	"FROM journal AS j LEFT JOIN journal_body AS b ON b.rev = j.rev "
	"WHERE j.rev >= ?1 ORDER BY j.rev";

static bool read_exact(void *out, const stmt *s, int column, size_t size, bool optional)
{
	size_t length;
	const void *data;

	if (optional && stmt_is_null(s, column)) {
		memset(out, 0, size);
		return true;
	}
	data = stmt_blob(s, column, &length);
	if (sqlite3_column_type(s->handle, column) != SQLITE_BLOB || length != size)
		return false;
	memcpy(out, data, size);
	return true;
}

static bool read_int(int64_t *out, const stmt *s, int column)
{
	*out = stmt_int(s, column);
	return sqlite3_column_type(s->handle, column) == SQLITE_INTEGER;
}

static bool read_small(int64_t *out, const stmt *s, int column, int64_t limit)
{
	return read_int(out, s, column) && *out >= 0 && *out <= limit;
}

static bool is_blob_or_null(const stmt *s, int column)
{
	int type = sqlite3_column_type(s->handle, column);

	return type == SQLITE_BLOB || type == SQLITE_NULL;
}

static void read_body(log_entry *e, const stmt *s)
{
	e->has_body = !stmt_is_null(s, 12) && is_blob_or_null(s, 15) && is_blob_or_null(s, 16);
	e->codec = stmt_int(s, 13);
	e->sealed = !stmt_is_null(s, 14);
	e->salt = stmt_blob(s, 15, &e->salt_length);
	e->text = stmt_blob(s, 16, &e->text_length);
}

void log_read(log_entry *e, const stmt *s)
{
	int64_t action = 0, kind = 0;

	memset(e, 0, sizeof(*e));
	e->rev = stmt_int(s, 0);
	e->whole = read_int(&e->bytes.chain, s, 1) && read_int(&e->bytes.number, s, 2) &&
		   read_int(&e->bytes.time, s, 3) &&
		   read_exact(&e->bytes.actor, s, 4, sizeof(efile_id), false) &&
		   read_exact(&e->bytes.behalf, s, 5, sizeof(efile_id), true) &&
		   read_small(&action, s, 6, UINT32_MAX) && read_small(&kind, s, 7, UINT16_MAX) &&
		   read_exact(&e->bytes.object, s, 8, sizeof(efile_id), true) &&
		   read_exact(e->bytes.body, s, 9, SHA256_SIZE, false) &&
		   read_exact(e->hash, s, 11, SHA256_SIZE, false);
	e->bytes.rows = stmt_blob(s, 10, &e->bytes.rows_length);
	if (!e->whole || !e->bytes.rows || e->bytes.rows_length % DIGEST_ROW != 0) {
		e->whole = false;
		return;
	}
	e->bytes.action = (uint32_t)action;
	e->bytes.object_kind = (uint16_t)kind;
	e->row_count = e->bytes.rows_length / DIGEST_ROW;
	read_body(e, s);
}

static uint64_t big_endian(const unsigned char *at, int length)
{
	uint64_t value = 0;

	for (int i = 0; i < length; i++)
		value = value << 8 | at[i];
	return value;
}

void log_row(pending_row *out, const log_entry *e, size_t at)
{
	const unsigned char *row = (const unsigned char *)e->bytes.rows + at * DIGEST_ROW;

	out->kind = (uint16_t)big_endian(row, 2);
	out->id = (int64_t)big_endian(row + 2, 8);
	memcpy(out->digest, row + 10, SHA256_SIZE);
}

bool log_is_deletion(const pending_row *row)
{
	static const unsigned char zeros[SHA256_SIZE];

	return memcmp(row->digest, zeros, SHA256_SIZE) == 0;
}

/* The forms of docs/FORMAT.md 3: the seed, or after an erasure the salts spelled out. */
efile_status log_salt(bool *known, unsigned char out[SALT_SIZE], efile_store *store,
		      const log_entry *e, size_t at)
{
	static const unsigned char zeros[SALT_SIZE];

	*known = false;
	if (!e->salt)
		return EFILE_OK;
	if (e->salt_length == SALT_SIZE && !(e->codec == 1 && !e->text)) {
		*known = true;
		return digest_salt(out, store, e->salt, (uint32_t)at);
	}
	if ((at + 1) * SALT_SIZE > e->salt_length)
		return EFILE_OK;
	memcpy(out, (const unsigned char *)e->salt + at * SALT_SIZE, SALT_SIZE);
	*known = memcmp(out, zeros, SALT_SIZE) != 0;
	return EFILE_OK;
}

/* ---- the heads of all chains while the log passes by ---- */

static size_t head_slot(const chain_map *m, int64_t chain)
{
	size_t at = (size_t)((uint64_t)chain * UINT64_C(0x9E3779B97F4A7C15) >> 20) & (m->size - 1);

	while (m->heads[at].number && m->heads[at].chain != chain)
		at = (at + 1) & (m->size - 1);
	return at;
}

static efile_status grow_map(chain_map *m, efile_ctx *ctx)
{
	chain_map bigger = { NULL, m->size ? m->size * 2 : 64, m->used };

	if (m->size > 2 * m->used)
		return EFILE_OK;
	bigger.heads = mem_new(ctx, bigger.size * sizeof(*bigger.heads));
	if (!bigger.heads)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < m->size; i++)
		if (m->heads[i].number)
			bigger.heads[head_slot(&bigger, m->heads[i].chain)] = m->heads[i];
	free(m->heads);
	*m = bigger;
	return EFILE_OK;
}

/* The head of a chain; a new one has number 0 and the start of the chain as its hash. */
static efile_status map_get(log_head **out, chain_map *m, efile_store *store, int64_t chain)
{
	log_head *head;

	TRY(grow_map(m, store->ctx));
	head = &m->heads[head_slot(m, chain)];
	if (head->number == 0) {
		head->chain = chain;
		TRY(digest_chain_start(head->hash, store, chain));
	}
	*out = head;
	return EFILE_OK;
}

void chain_map_clear(chain_map *m)
{
	free(m->heads);
	*m = (chain_map){ NULL, 0, 0 };
}

/* ---- what can be wrong with an entry ---- */

static efile_status note(log_check *c, const char *rule, int64_t rev, const char *text)
{
	char path[40];
	report_place place = { .path = path };

	snprintf(path, sizeof(path), "journal/%lld", (long long)rev);
	return report_add(c->report, rule, EFILE_SEVERITY_ERROR, &place, "%s",
			  message_translate((int)efile_ctx_language(c->store->ctx), text));
}

static efile_status hash_matches(bool *out, efile_store *store, const log_entry *e,
				 const log_head *head)
{
	unsigned char hash[SHA256_SIZE];

	TRY(digest_entry(hash, store, &e->bytes, head->hash));
	*out = memcmp(hash, e->hash, SHA256_SIZE) == 0;
	return EFILE_OK;
}

/* The entry becomes the head of its chain and a leaf of the tree. */
static void advance(log_check *c, log_head *head, const log_entry *e)
{
	if (head->number == 0)
		c->chains.used++;
	head->number = e->bytes.number > 0 ? e->bytes.number : head->number + 1;
	head->rev = e->rev;
	memcpy(head->hash, e->hash, SHA256_SIZE);
}

efile_status log_follow(log_check *c, const log_entry *e)
{
	log_head *head;

	TRY(map_get(&head, &c->chains, c->store, e->bytes.chain));
	advance(c, head, e);
	c->last = e->rev;
	return merkle_add(&c->tree, c->store, e->hash);
}

static efile_status check_chain(log_check *c, const log_entry *e)
{
	log_head *head;
	bool match;

	TRY(map_get(&head, &c->chains, c->store, e->bytes.chain));
	if (e->bytes.number != head->number + 1)
		TRY(note(c, "FSCK-CHAIN", e->rev, "entries before this one are missing in its chain"));
	TRY(hash_matches(&match, c->store, e, head));
	if (!match)
		TRY(note(c, "FSCK-CHAIN", e->rev, "the entry does not match its hash"));
	advance(c, head, e);
	return EFILE_OK;
}

efile_status log_fits(bool *out, log_check *c, const log_entry *e)
{
	log_head *head;

	*out = false;
	if (!e->whole)
		return EFILE_OK;
	TRY(map_get(&head, &c->chains, c->store, e->bytes.chain));
	return e->bytes.number == head->number + 1 ? hash_matches(out, c->store, e, head) : EFILE_OK;
}

/* After an erasure the body is NULL and the salts are spelled out or gone. */
static bool erased_well(const log_entry *e)
{
	if (e->text)
		return false;
	return !e->salt || (e->salt_length % SALT_SIZE == 0 && e->salt_length > 0 &&
			    (e->salt_length != SALT_SIZE || e->codec == 1));
}

efile_status log_body_matches(bool *out, efile_store *store, const log_entry *e,
			      const unsigned char commitment[SHA256_SIZE])
{
	unsigned char salt[SALT_SIZE], digest[SHA256_SIZE];
	bool known;

	*out = e->has_body && erased_well(e);
	if (!e->has_body || !e->text || e->codec != 0 || e->sealed)
		return EFILE_OK;
	TRY(log_salt(&known, salt, store, e, 0));
	if (!known)
		return EFILE_OK;
	TRY(digest_body(digest, store, salt, e->text, e->text_length));
	*out = memcmp(digest, commitment, SHA256_SIZE) == 0;
	return EFILE_OK;
}

static efile_status check_body(log_check *c, const log_entry *e)
{
	bool match;

	if (!e->has_body)
		return note(c, "FSCK-BODY", e->rev, "the body of the entry is missing");
	TRY(log_body_matches(&match, c->store, e, e->bytes.body));
	if (!match)
		return note(c, "FSCK-BODY", e->rev, "the body does not match the entry");
	return e->text ? EFILE_OK : journal_revs_add(&c->erased, c->store, e->rev);
}

/* ---- erasures ---- */

/* The entries that this one says were erased: older ones only. */
static efile_status note_erasure(log_check *c, const log_entry *e)
{
	AUTO_PTR(json_document) body = NULL;
	const json_value *revs = NULL;

	if (e->bytes.action != JOURNAL_ERASED || !e->text || !e->text_length)
		return EFILE_OK;
	if (json_parse(&body, c->store->ctx, e->text, e->text_length) < 0) {
		if (efile_error_status(c->store->ctx) == EFILE_E_NOMEM)
			return EFILE_E_NOMEM;
		error_clear(c->store->ctx); /* a finding of the body already */
		return EFILE_OK;
	}
	revs = json_member(json_root(body), "revs");
	for (const json_value *v = revs ? revs->child : NULL; v; v = v->next) {
		int64_t rev = 0;

		if (v->type == JSON_NUMBER && json_as_int(&rev, v) == EFILE_OK && rev < e->rev)
			TRY(journal_revs_add(&c->named, c->store, rev));
	}
	return EFILE_OK;
}

static int compare_revs(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static efile_status check_erasures(log_check *c)
{
	journal_revs *named = &c->named;

	if (named->count)
		qsort(named->items, named->count, sizeof(*named->items), compare_revs);
	for (size_t i = 0; i < c->erased.count; i++)
		if (!named->count || !bsearch(&c->erased.items[i], named->items, named->count,
					      sizeof(*named->items), compare_revs))
			TRY(note(c, "FSCK-BODY", c->erased.items[i],
				 "the body is gone, and no entry says that it was erased"));
	return EFILE_OK;
}

static const char sql_checkpoint[] = "SELECT root, time, signature, token FROM checkpoint "
				     "WHERE size = ?1";

static efile_status compare_checkpoint(log_check *c, const log_entry *e, const char *root_hex)
{
	AUTO(stmt) s = STMT_NONE;
	unsigned char root[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];
	efile_status status;

	TRY(merkle_root(root, &c->tree, c->store));
	str_hex(hex, root, SHA256_SIZE);
	TRY(stmt_take(&s, c->store, sql_checkpoint));
	stmt_bind_int(&s, 1, e->rev - 1);
	status = stmt_step(&s);
	TRY(status);
	/* There is no signing key in this format version yet. */
	if (status == EFILE_DONE || !str_equal(hex, root_hex) ||
	    !read_exact(root, &s, 0, SHA256_SIZE, false) ||
	    strcmp(str_hex(hex, root, SHA256_SIZE), root_hex) != 0 ||
	    stmt_int(&s, 1) != e->bytes.time || !stmt_is_null(&s, 2) || !stmt_is_null(&s, 3))
		return note(c, "FSCK-CHAIN", e->rev, "the checkpoint does not match the log before it");
	c->checkpoints++;
	return EFILE_OK;
}

/* The entry of a checkpoint follows at once the entries that it covers. */
static efile_status check_checkpoint(log_check *c, const log_entry *e)
{
	AUTO_PTR(json_document) body = NULL;
	const char *root = NULL;
	int64_t size = 0;

	if (e->bytes.action != JOURNAL_CHECKPOINT || !e->text || !e->text_length)
		return EFILE_OK;
	if (json_parse(&body, c->store->ctx, e->text, e->text_length) < 0) {
		if (efile_error_status(c->store->ctx) == EFILE_E_NOMEM)
			return EFILE_E_NOMEM;
		error_clear(c->store->ctx);
	} else {
		root = json_member_text(json_root(body), "root");
		if (json_as_int(&size, json_member(json_root(body), "size")) < 0)
			size = 0;
	}
	if (!root || size != e->rev - 1 || (int64_t)c->tree.size != size)
		return note(c, "FSCK-CHAIN", e->rev,
			    "the checkpoint does not match the log before it");
	return compare_checkpoint(c, e, root);
}

efile_status log_check_entry(log_check *c, const log_entry *e)
{
	if (e->rev != c->last + 1)
		TRY(note(c, "FSCK-CHAIN", e->rev, "entries before this one are missing in the log"));
	c->last = e->rev;
	if (!e->whole)
		return note(c, "FSCK-CHAIN", e->rev, "the entry is not readable");
	TRY(check_chain(c, e));
	TRY(check_body(c, e));
	TRY(note_erasure(c, e));
	TRY(check_checkpoint(c, e));
	return merkle_add(&c->tree, c->store, e->hash);
}

/* ---- what is kept beside the log ---- */

static const char sql_extra_bodies[] =
	"SELECT rev FROM journal_body WHERE rev NOT IN (SELECT rev FROM journal)";
static const char sql_checkpoints[] = "SELECT count(*) FROM checkpoint";

static efile_status check_extra_bodies(log_check *c)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, c->store, sql_extra_bodies));
	while ((status = stmt_step(&s)) == EFILE_OK)
		TRY(note(c, "FSCK-EXTRA", stmt_int(&s, 0), "a body without its entry"));
	return status == EFILE_DONE ? EFILE_OK : status;
}

efile_status log_check_end(log_check *c)
{
	int64_t count;

	TRY(check_extra_bodies(c));
	TRY(check_erasures(c));
	TRY(db_int(&count, c->store, sql_checkpoints));
	if (count != c->checkpoints)
		return report_add(c->report, "FSCK-CHAIN", EFILE_SEVERITY_ERROR,
				  &(report_place){ .path = "checkpoint" },
				  "the log names %lld checkpoints, the table holds %lld",
				  (long long)c->checkpoints, (long long)count);
	return EFILE_OK;
}

void log_check_clear(log_check *c)
{
	chain_map_clear(&c->chains);
	journal_revs_clear(&c->erased);
	journal_revs_clear(&c->named);
}
