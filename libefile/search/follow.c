/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The follower: reads the log from where the index stands, and indexes what it names anew. */
#include "search/search.h"

#include <stdlib.h>
#include <string.h>

typedef struct unit_standing {
	int64_t unit;
	plan_standing standing;
} unit_standing;

/* ---- what plan units say, kept as long as no entry of the log changes them ---- */

static size_t unit_place(const search_db *s, int64_t unit)
{
	size_t low = 0, high = s->unit_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (s->units[middle].unit < unit)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

efile_status unit_standing_of(plan_standing *out, search_db *s, int64_t unit)
{
	void *items = s->units;
	size_t at;

	if (!s->standings_fresh)
		s->unit_count = 0;
	s->standings_fresh = true;
	at = unit_place(s, unit);
	if (at < s->unit_count && s->units[at].unit == unit) {
		*out = s->units[at].standing;
		return EFILE_OK;
	}
	TRY(plan_standing_load(out, s->store, unit));
	TRY(mem_grow(s->ctx, &items, &s->unit_room, s->unit_count, sizeof(*s->units)));
	s->units = items;
	memmove(s->units + at + 1, s->units + at, (s->unit_count - at) * sizeof(*s->units));
	s->units[at] = (unit_standing){ unit, *out };
	s->unit_count++;
	return EFILE_OK;
}

/* Units that say the same when they are first met share a class for good: what they say today is
 * asked when somebody searches, so nothing is indexed anew when the plan changes. */
static efile_status class_by_unit(int64_t *out, search_db *s, int64_t unit)
{
	plan_standing standing;
	efile_status status = class_of_unit(out, s, unit);

	if (status != EFILE_E_NOTFOUND)
		return status;
	TRY(unit_standing_of(&standing, s, unit));
	TRY(class_find(out, s, CLASS_OF_UNITS, standing.list, standing.level));
	return class_set_unit(s, unit, *out);
}

static efile_status class_of_node(int64_t *out, search_db *s, const node_standing *standing)
{
	int64_t list = standing->list_node ? standing->list : 0;

	if (!list && standing->level_node < 0)
		return class_by_unit(out, s, standing->plan);
	return class_find(out, s, list && standing->level_node >= 0 ? 0 : standing->plan, list,
			  standing->level_node);
}

/* ---- one node ---- */

static efile_status day_of(efile_date *out, search_db *s, const node_record *node)
{
	*out = (efile_date){ 0 };
	if (node->begin_date)
		efile_date_parse(out, node->begin_date);
	if (!date_none(*out))
		return EFILE_OK;
	if (!s->berlin)
		TRY(zone_load(&s->berlin, s->ctx, "Europe/Berlin"));
	*out = zone_date(s->berlin, node->received.set ? node->received.value : node->created);
	return EFILE_OK;
}

/* Control characters mean something in snippets. */
static void without_controls(buf *text)
{
	for (size_t i = 0; i < text->length; i++)
		if ((unsigned char)text->data[i] < ' ' && text->data[i] != '\n')
			text->data[i] = ' ';
}

static bool is_document(const node_record *node)
{
	return node->kind == EFILE_NODE_DOCUMENT || node->kind == EFILE_NODE_ATTACHMENT;
}

static efile_status type_text(buf *out, search_db *s, const node_record *node)
{
	AUTO_PTR(char) name = NULL;

	buf_add_text(out, efile_node_kind_name((efile_node_kind)node->kind));
	if (node->doctype.set) {
		TRY(doctype_name_of(&name, s->store, node->doctype.value));
		buf_add_format(out, " %s", name);
	}
	return buf_status(out, s->ctx);
}

static efile_status put_node(search_db *s, const node_record *node, const node_standing *standing)
{
	AUTO(buf) text = BUF_INIT;
	AUTO(buf) meta = BUF_INIT;
	AUTO(buf) type = BUF_INIT;
	AUTO(buf) day = BUF_INIT;
	search_page page = { .row = node->head.id, .id = node->uuid, .title = node->title,
			     .sender = node->sender, .reference = node->reference };
	efile_date date;

	if (is_document(node))
		TRY(document_text(&text, s->store, node->head.id, SEARCH_TEXT));
	without_controls(&text);
	TRY(node_attribute_text(&meta, s->store, node->head.id));
	TRY(type_text(&type, s, node));
	TRY(day_of(&date, s, node));
	day_tokens(&day, date);
	TRY(buf_status(&day, s->ctx));
	page.text = buf_text(&text);
	page.meta = buf_text(&meta);
	page.type = type.data;
	page.day = day.data;
	TRY(class_of_node(&page.access, s, standing));
	return page_put(s, &page);
}

static efile_status index_row(search_db *s, int64_t row)
{
	AUTO(node_record) node = { 0 };
	node_standing standing;
	efile_status status = node_record_load(&node, s->store, row);

	if (status == EFILE_E_NOTFOUND)
		return page_remove(s, row);
	TRY(status);
	TRY(node_standing_load(&standing, s->store, row));
	if (standing.trashed || node.state == EFILE_STATE_DESTROYED)
		return page_remove(s, row);
	return put_node(s, &node, &standing);
}

static efile_status index_below(search_db *s, int64_t row)
{
	node_page page = { .count = 0 };
	int64_t after = 0;

	do {
		TRY(node_subtree(&page, s->store, row, after));
		for (size_t i = 0; i < page.count; i++) {
			TRY(index_row(s, page.rows[i]));
			after = page.rows[i];
		}
	} while (page.count == ARRAY_SIZE(page.rows));
	return EFILE_OK;
}

static efile_status index_node(search_db *s, const efile_id *id, bool below)
{
	int64_t row;
	efile_status status = node_row_of(&row, s->store, id);

	if (status == EFILE_E_NOTFOUND) {
		status = page_row(&row, s, id); /* erased: by the id alone */
		return status == EFILE_E_NOTFOUND ? EFILE_OK :
		       status < 0		  ? status :
						    page_remove(s, row);
	}
	TRY(status);
	return below ? index_below(s, row) : index_row(s, row);
}

/* ---- the log ---- */

typedef enum reaction { REACT_NODE, REACT_BELOW, REACT_CHANGE, REACT_PLAN } reaction;

static const struct action_row {
	const char *action;
	reaction reaction;
} action_rows[] = {
	{ "document.filed", REACT_NODE },    { "case.created", REACT_NODE },
	{ "dossier.created", REACT_NODE },   { "version.added", REACT_NODE },
	{ "rendition.added", REACT_NODE },   { "node.renumbered", REACT_NODE },
	{ "node.changed", REACT_CHANGE },    { "node.moved", REACT_BELOW },
	{ "node.trashed", REACT_BELOW },     { "node.restored", REACT_BELOW },
	{ "plan.changed", REACT_PLAN },      { "plan.created", REACT_PLAN },
};

typedef struct job {
	efile_id id;
	bool below;
} job;

typedef struct jobs {
	job *items;
	size_t count, room;
	int64_t position;
	char hash[65];
	size_t entries;
} jobs;

static void jobs_clear(jobs *j)
{
	free(j->items);
}

static efile_status add_job(jobs *j, efile_ctx *ctx, const efile_id *id, bool below)
{
	void *items = j->items;

	if (j->count && id_compare(&j->items[j->count - 1].id, id) == 0) {
		j->items[j->count - 1].below |= below; /* filed, then its text: once */
		return EFILE_OK;
	}
	TRY(mem_grow(ctx, &items, &j->room, j->count, sizeof(*j->items)));
	j->items = items;
	j->items[j->count++] = (job){ *id, below };
	return EFILE_OK;
}

/* A changed node draws what it holds along only if it hands down something else. */
static bool hands_down(const efile_event *event)
{
	return !event->body || !*event->body || strstr(event->body, "\"access_list\"") ||
	       strstr(event->body, "\"confidentiality\"");
}

static efile_status react(jobs *j, search_db *s, const efile_event *event)
{
	for (size_t i = 0; i < ARRAY_SIZE(action_rows); i++) {
		reaction to = action_rows[i].reaction;

		if (strcmp(action_rows[i].action, event->action) != 0)
			continue;
		if (to == REACT_PLAN)
			s->standings_fresh = false;
		else
			TRY(add_job(j, s->ctx, &event->object,
				    to == REACT_BELOW ||
					    (to == REACT_CHANGE && hands_down(event))));
	}
	return EFILE_OK;
}

DEFINE_AUTO_PTR(efile_event_cursor, efile_event_cursor_free)

static efile_status read_log(jobs *j, search_db *s)
{
	AUTO_PTR(efile_event_cursor) cursor = NULL;
	efile_status status = EFILE_OK;
	efile_event event;

	TRY(journal_events(&cursor, s->store, s->position, NULL));
	while (j->entries < SEARCH_BATCH &&
	       (status = efile_event_cursor_next(cursor, &event)) == EFILE_OK) {
		TRY(react(j, s, &event));
		j->position = event.position;
		memcpy(j->hash, event.hash, sizeof(j->hash));
		j->hash[64] = '\0';
		j->entries++;
	}
	return status < 0 ? status : EFILE_OK;
}

/* The entry that the index stands at must still be there: else a backup was brought back. */
static efile_status require_same_history(search_db *s)
{
	AUTO_PTR(efile_event_cursor) cursor = NULL;
	efile_event event = { .hash = "" };
	char hash[65];
	efile_status status;

	if (s->position == 0)
		return EFILE_OK;
	TRY(position_hash(hash, s));
	TRY(journal_events(&cursor, s->store, s->position - 1, NULL));
	status = efile_event_cursor_next(cursor, &event);
	TRY(status);
	if (status == EFILE_DONE || event.position != s->position ||
	    strcmp(event.hash, hash) != 0)
		return FAIL(s->ctx, EFILE_E_DAMAGED, 2216,
			    "the search index is of another history of the store");
	return EFILE_OK;
}

static efile_status is_behind(bool *out, search_db *s)
{
	AUTO_PTR(efile_event_cursor) cursor = NULL;
	efile_event event;
	efile_status status;

	TRY(journal_events(&cursor, s->store, s->position, NULL));
	status = efile_event_cursor_next(cursor, &event);
	*out = status == EFILE_OK;
	return status < 0 ? status : EFILE_OK;
}

static efile_status work(search_db *s, const jobs *j)
{
	for (size_t i = 0; i < j->count; i++)
		TRY(index_node(s, &j->items[i].id, j->items[i].below));
	return position_set(s, j->position, j->hash);
}

/* Another process may have gone on in between: the position is read again under the lock. What the
 * entries name is read from one snapshot, which also spares the locks of every single statement. */
static efile_status follow_batch(bool *more, search_db *s)
{
	AUTO(jobs) j = { .items = NULL };
	AUTO(txn) tx = TXN_NONE;
	efile_status status, ended;

	TRY(search_begin(s));
	status = txn_begin_read(&tx, s->store);
	if (status < 0) {
		search_end(s, false);
		return status;
	}
	status = read_log(&j, s);
	if (status == EFILE_OK && j.entries > 0)
		status = work(s, &j);
	ended = search_end(s, status == EFILE_OK);
	*more = j.entries == SEARCH_BATCH;
	return status < 0 ? status : ended;
}

efile_status follow(search_db *s)
{
	bool more;

	TRY(require_same_history(s));
	TRY(is_behind(&more, s));
	while (more)
		TRY(follow_batch(&more, s));
	return EFILE_OK;
}
