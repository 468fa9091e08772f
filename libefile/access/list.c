/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared access lists: equal entries have one number, and a list never changes. */
#include <stdlib.h>
#include <string.h>

#include "access/inner.h"
#include "base/json.h"

enum { LIST_ENTRIES = 1000 };

/* An entry with the row of its subject beside it. */
typedef struct list_item {
	efile_id subject;
	int64_t row;
	unsigned rights;
	bool deny;
	bool not_by_deputy;
} list_item;

typedef struct list_items {
	list_item *items;
	size_t count;
} list_items;

static void list_items_clear(list_items *list)
{
	free(list->items);
}

/* docs/ACCESS.md 3: by subject, allowed before denied, for deputies too before not. */
static int compare(const void *left, const void *right)
{
	const list_item *a = left, *b = right;
	int order = id_compare(&a->subject, &b->subject);

	if (order)
		return order;
	if (a->deny != b->deny)
		return a->deny - b->deny;
	return a->not_by_deputy - b->not_by_deputy;
}

static efile_status read_entry(list_item *out, efile_session *session,
			       const efile_access_entry *entry)
{
	if (!entry->rights || entry->rights & ~(unsigned)EFILE_RIGHT_ALL)
		return FAIL(session->ctx, EFILE_E_INVALID, 1351, "no such rights: %u", entry->rights);
	out->subject = entry->subject.id;
	out->rights = entry->rights;
	out->deny = entry->deny != 0;
	/* It says something about allowed rights only. */
	out->not_by_deputy = entry->not_by_deputy && !entry->deny;
	return access_actor_row(&out->row, session, &entry->subject.id);
}

/* Entries that differ in nothing but their rights become one. */
static void merge(list_items *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (kept && compare(&list->items[kept - 1], &list->items[i]) == 0)
			list->items[kept - 1].rights |= list->items[i].rights;
		else
			list->items[kept++] = list->items[i];
	}
	list->count = kept;
}

static efile_status read_entries(list_items *out, efile_session *session,
				 const efile_access_entry *entries, size_t count)
{
	if (count > LIST_ENTRIES)
		return FAIL(session->ctx, EFILE_E_LIMIT, 1355, "an access list has at most %d entries",
			    LIST_ENTRIES);
	if (!count)
		return EFILE_OK;
	out->items = mem_new(session->ctx, count * sizeof(*out->items));
	if (!out->items)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < count; i++)
		TRY(read_entry(&out->items[i], session, &entries[i]));
	out->count = count;
	qsort(out->items, out->count, sizeof(*out->items), compare);
	merge(out);
	return EFILE_OK;
}

static efile_status digest_of(unsigned char out[SHA256_SIZE], efile_ctx *ctx,
			      const list_items *list)
{
	AUTO(buf) data = BUF_INIT;

	buf_add_text(&data, "EFA1");
	for (size_t i = 0; i < list->count; i++) {
		buf_add(&data, list->items[i].subject.bytes, sizeof(list->items[i].subject.bytes));
		buf_add_char(&data, (char)list->items[i].deny);
		buf_add_char(&data, (char)list->items[i].not_by_deputy);
		buf_add_u32(&data, list->items[i].rights);
	}
	TRY(buf_status(&data, ctx));
	return sha256(out, ctx, data.data, data.length);
}

static efile_status insert_list(int64_t *out, efile_store *store, const list_items *list,
				const unsigned char digest[SHA256_SIZE])
{
	AUTO(access_list_record) row = { { 0, 0 } };
	char *copy = NULL;

	TRY(mem_dup_bytes(&copy, store_ctx(store), digest, SHA256_SIZE));
	row.digest = (bytes){ (unsigned char *)copy, SHA256_SIZE };
	TRY(row_insert(store, &access_list_kind, &row));
	for (size_t i = 0; i < list->count; i++) {
		access_entry_record entry = {
			.list = row.head.id,
			.subject = list->items[i].row,
			.deny = list->items[i].deny,
			.rights = list->items[i].rights,
			.not_by_deputy = list->items[i].not_by_deputy,
		};

		TRY(row_insert(store, &access_entry_kind, &entry));
	}
	*out = row.head.id;
	return EFILE_OK;
}

static efile_status list_made(efile_session *session, int64_t list, size_t entries)
{
	AUTO(buf) body = BUF_INIT;
	json_writer w;

	json_begin(&w, &body);
	json_object(&w);
	json_put_int(&w, "list", list);
	json_put_int(&w, "entries", (int64_t)entries);
	json_end_object(&w);
	TRY(buf_status(&body, session->ctx));
	return access_changed(session, JOURNAL_ACCESS_CHANGED, RECORD_ACCESS_LIST, NULL,
			      buf_text(&body));
}

efile_status access_list_intern(int64_t *out, efile_session *session,
				const efile_access_entry *entries, size_t count)
{
	AUTO(list_items) list = { NULL, 0 };
	unsigned char digest[SHA256_SIZE];
	int64_t found;

	TRY(read_entries(&list, session, entries, count));
	TRY(digest_of(digest, session->ctx, &list));
	TRY(access_db_list_by_digest(&found, session->store, digest));
	if (!found) {
		TRY(insert_list(&found, session->store, &list, digest));
		TRY(list_made(session, found, list.count));
	}
	*out = found;
	return EFILE_OK;
}

efile_status efile_access_list_make(int64_t *out, efile_session *session,
				    const efile_access_entry *entries, size_t count)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	int64_t list;

	TRY(session_enter(&call, session));
	if (!out || (count && !entries))
		return FAIL(session->ctx, EFILE_E_INVALID, 1356, "no entries, or no place for the number");
	TRY(session_begin(&tx, session));
	TRY(access_list_intern(&list, session, entries, count));
	TRY(txn_commit(&tx));
	*out = list;
	return EFILE_OK;
}

efile_status access_list_require(efile_session *session, int64_t list)
{
	AUTO(access_lines) lines = { NULL, 0, 0 };

	TRY(access_db_lines(&lines, session->store, list > 0 ? list : -1));
	if (!lines.count)
		return FAIL(session->ctx, EFILE_E_NOTFOUND, 1357, "no access list %lld",
			    (long long)list);
	return EFILE_OK;
}

/* ------------------------------------------------------------------ listing */

struct efile_access_cursor {
	efile_session *session;
	int64_t list;
	int64_t after;
};

DEFINE_AUTO_PTR(efile_access_cursor, efile_access_cursor_free)

efile_status efile_access_list_show(efile_access_cursor **out, efile_session *session, int64_t list)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO_PTR(efile_access_cursor) cursor = NULL;

	TRY(session_enter(&call, session));
	TRY(need_out(session, out));
	cursor = mem_new(session->ctx, sizeof(*cursor));
	if (!cursor)
		return EFILE_E_NOMEM;
	TRY(session_begin_read(&tx, session));
	TRY(access_list_require(session, list));
	cursor->session = session;
	cursor->list = list;
	*out = STEAL(cursor);
	return EFILE_OK;
}

efile_status efile_access_cursor_next(efile_access_cursor *cursor, efile_access_entry *entry)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	access_entry_record row = { { 0, 0 } };
	efile_access_entry found;
	efile_status status;

	TRY(session_enter(&call, cursor ? cursor->session : NULL));
	TRY(need_out(cursor->session, entry));
	TRY(session_begin_read(&tx, cursor->session));
	status = access_db_entry_next(&row, cursor->session->store, cursor->list, cursor->after);
	if (status != EFILE_OK)
		return status;
	TRY(access_actor_of_row(&found.subject.id, NULL, cursor->session, row.subject));
	found.rights = (unsigned)row.rights;
	found.deny = row.deny != 0;
	found.not_by_deputy = row.not_by_deputy != 0;
	cursor->after = row.head.id;
	*entry = found;
	return EFILE_OK;
}

void efile_access_cursor_free(efile_access_cursor *cursor)
{
	free(cursor);
}
