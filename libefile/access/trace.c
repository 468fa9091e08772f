/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads that leave an entry in the log before they are answered, one by one or a page at a time. */
#include <stdlib.h>
#include <string.h>

#include "access/inner.h"
#include "base/json.h"

efile_status trace_append(efile_session *session, access_trace what, record_number kind,
			  const efile_id *id, int64_t chain)
{
	AUTO(buf) body = BUF_INIT;
	json_writer w;

	json_begin(&w, &body);
	json_object(&w);
	json_put_text(&w, "purpose", session->purpose);
	if (what == TRACE_EMERGENCY)
		json_put_text(&w, "reason", session->emergency);
	json_end_object(&w);
	TRY(buf_status(&body, session->ctx));
	return session_journal(session,
			       what == TRACE_EMERGENCY ? JOURNAL_BREAK_GLASS : JOURNAL_ACCESS_READ,
			       kind, id, chain, buf_text(&body));
}

/* ------------------------------------------------------------------ what lists show */

/* The first place whose id is not below. */
static size_t place(const sighting_list *list, const efile_id *id)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (id_compare(&list->items[middle].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool has(const sighting_list *list, const efile_id *id)
{
	size_t at = place(list, id);

	return at < list->count && id_compare(&list->items[at].id, id) == 0;
}

static efile_status put(sighting_list *list, efile_ctx *ctx, const access_sighting *sighting)
{
	size_t at = place(list, &sighting->id);
	void *items = list->items;

	TRY(mem_grow(ctx, &items, &list->capacity, list->count, sizeof(*list->items)));
	list->items = items;
	memmove(list->items + at + 1, list->items + at, (list->count - at) * sizeof(*list->items));
	list->items[at] = *sighting;
	list->count++;
	return EFILE_OK;
}

efile_status access_sight(efile_session *session, const access_object *object)
{
	access_sighting sighting = { object->kind, object->id, object->chain };
	access_verdict verdict;

	TRY(access_judge(&verdict, session, EFILE_RIGHT_READ, object));
	if (verdict.status != EFILE_OK || verdict.trace != TRACE_EMERGENCY ||
	    has(&session->sighted, &object->id) || has(&session->to_sight, &object->id))
		return EFILE_OK;
	return put(&session->to_sight, session->ctx, &sighting);
}

/* Inside a batch of the caller the entries may yet be rolled back: those objects are not counted as
 * journaled, and are journaled again at the next time. */
efile_status access_sight_end(efile_session *session)
{
	const sighting_list *list = &session->to_sight;
	AUTO(txn) tx = TXN_NONE;
	bool durable;

	if (!list->count)
		return EFILE_OK;
	TRY(txn_begin(&tx, session->store));
	durable = tx.level == 1;
	for (size_t i = 0; i < list->count; i++)
		TRY(trace_append(session, TRACE_EMERGENCY, list->items[i].kind, &list->items[i].id,
				 list->items[i].chain));
	TRY(txn_commit(&tx));
	for (size_t i = 0; durable && i < list->count; i++)
		TRY(put(&session->sighted, session->ctx, &list->items[i]));
	session->to_sight.count = 0;
	return EFILE_OK;
}
