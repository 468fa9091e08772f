/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The log as a change feed: short reads of a page each, so that a slow reader keeps no snapshot. */
#include <stdlib.h>
#include <string.h>

#include "store/inner.h"

enum { PAGE = 64 };

#define SELECT_EVENTS                                                                              \
	"SELECT j.rev, j.chain, j.number, j.time, j.actor, j.behalf, j.action, j.object, j.hash, " \
	"b.body, j.object_kind FROM journal AS j LEFT JOIN journal_body AS b ON b.rev = j.rev "

static const char sql_page[] = SELECT_EVENTS "WHERE j.rev > ?1 ORDER BY j.rev LIMIT 64";
static const char sql_object[] = SELECT_EVENTS
	"WHERE j.object = ?2 AND j.rev > ?1 ORDER BY j.rev LIMIT 64";

static const name_row actions[] = {
#define JOURNAL_ACTION(number, name, text) { number, text },
#include "store/kinds.def"
#undef JOURNAL_ACTION
};

typedef struct event_row {
	efile_event event;
	record_number kind;       /* of the object */
	size_t body;              /* offset in the texts of the page */
	char hash[2 * SHA256_SIZE + 1];
} event_row;

struct efile_event_cursor {
	efile_store *store;
	int64_t since;
	efile_id object;          /* nil: all */
	journal_reader reader;
	event_row rows[PAGE];
	size_t count, at;
	buf texts;
};

const char *journal_action_name(journal_action action)
{
	const char *name = TABLE_NAME(actions, (int)action);

	return name ? name : "unknown";
}

efile_status journal_events(efile_event_cursor **out, efile_store *store, int64_t since,
			    const journal_reader *reader)
{
	efile_event_cursor *cursor;

	if (!out)
		return EFILE_E_INVALID;
	TRY(store_enter(store));
	cursor = mem_new(store->ctx, sizeof(*cursor));
	if (!cursor)
		return EFILE_E_NOMEM;
	cursor->store = store;
	cursor->since = since;
	if (reader)
		cursor->reader = *reader;
	*out = cursor;
	return EFILE_OK;
}

/* Who merely opened the store is nobody: nobody reads what people wrote. */
static efile_status nobody(bool *out, void *user, const journal_about *about)
{
	(void)user;
	(void)about;
	*out = false;
	return EFILE_OK;
}

efile_status efile_store_events(efile_event_cursor **out, efile_store *store, int64_t since)
{
	static const journal_reader without_bodies = { nobody, NULL };

	return journal_events(out, store, since, &without_bodies);
}

efile_status journal_events_of(efile_event_cursor **out, efile_store *store, const efile_id *object)
{
	TRY(journal_events(out, store, 0, NULL));
	(*out)->object = *object;
	return EFILE_OK;
}

static void read_event(event_row *row, buf *texts, const stmt *s)
{
	const void *data;
	size_t length;

	row->event = (efile_event){ .position = stmt_int(s, 0), .chain = stmt_int(s, 1),
				    .number = stmt_int(s, 2), .time = stmt_int(s, 3),
				    .action = journal_action_name((journal_action)stmt_int(s, 6)) };
	stmt_id(&row->event.actor, s, 4);
	stmt_id(&row->event.behalf, s, 5);
	stmt_id(&row->event.object, s, 7);
	data = stmt_blob(s, 8, &length);
	row->hash[0] = '\0';
	if (data && length == SHA256_SIZE)
		str_hex(row->hash, data, length);
	row->body = texts->length;
	data = stmt_blob(s, 9, &length);
	buf_add(texts, data, length);
	buf_add_char(texts, '\0');
	row->kind = (record_number)stmt_int(s, 10);
}

static efile_status load_page(efile_event_cursor *cursor)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	cursor->count = cursor->at = 0;
	buf_reset(&cursor->texts);
	if (efile_id_is_none(&cursor->object)) {
		TRY(stmt_take(&s, cursor->store, sql_page));
	} else {
		TRY(stmt_take(&s, cursor->store, sql_object));
		stmt_bind_id(&s, 2, &cursor->object);
	}
	stmt_bind_int(&s, 1, cursor->since);
	while (cursor->count < PAGE && (status = stmt_step(&s)) == EFILE_OK)
		read_event(&cursor->rows[cursor->count++], &cursor->texts, &s);
	TRY(cursor->count < PAGE ? status : EFILE_OK);
	return buf_status(&cursor->texts, cursor->store->ctx);
}

static efile_status may_read(bool *out, efile_event_cursor *cursor, const event_row *row)
{
	journal_about about = { row->event.action, row->event.actor, row->kind, row->event.object };

	*out = true;
	if (!cursor->reader.may_read || !cursor->texts.data[row->body])
		return EFILE_OK;
	return cursor->reader.may_read(out, cursor->reader.user, &about);
}

efile_status efile_event_cursor_next(efile_event_cursor *cursor, efile_event *event)
{
	event_row *row;
	bool readable;

	if (!cursor || !event)
		return EFILE_E_INVALID;
	TRY(store_enter(cursor->store));
	if (cursor->at == cursor->count)
		TRY(load_page(cursor));
	if (cursor->count == 0)
		return EFILE_DONE;
	row = &cursor->rows[cursor->at];
	TRY(may_read(&readable, cursor, row));
	cursor->at++;
	row->event.body = readable ? cursor->texts.data + row->body : "";
	row->event.hash = row->hash;
	cursor->since = row->event.position;
	*event = row->event;
	return EFILE_OK;
}

void efile_event_cursor_free(efile_event_cursor *cursor)
{
	if (!cursor)
		return;
	buf_clear(&cursor->texts);
	free(cursor);
}
