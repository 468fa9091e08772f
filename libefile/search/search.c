/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Searching: the index answers with rows, the access filter stands in the question, and each hit is
 * asked about once more before it is shown. */
#include <efile/search.h>

#include <stdlib.h>
#include <string.h>

#include "search/search.h"

struct efile_search_cursor {
	efile_session *session;
	char *match;               /* NULL: nothing can match */
	efile_search_order order;
	int64_t below;             /* newest first: rows below it */
	int64_t *rows;             /* by relevance: all of them */
	size_t row_count;
	hit_page page;
	size_t at;
	bool last;
	int32_t left;              /* hits that may still be shown */
	int32_t looked_at;
	efile_node *node;          /* of the last hit */
	char *reference, *snippet;
};

void efile_search_options_init(efile_search_options *o)
{
	if (!o)
		return;
	*o = (efile_search_options){ .size = sizeof(*o), .limit = 50 };
}

/* ---- catching up ---- */

static efile_status open_and_follow(search_db **out, efile_store *store)
{
	TRY(search_open(out, store));
	/* What is not committed yet is nobody's to find. */
	if (store_is_read_only(store) || store_is_writing(store))
		return EFILE_OK;
	return follow(*out);
}

/* A damaged index is thrown away and made anew, once. */
static efile_status ready(search_db **out, efile_store *store)
{
	efile_status status = open_and_follow(out, store);

	if (status != EFILE_E_DAMAGED || store_is_read_only(store))
		return status;
	ctx_log(store_ctx(store), EFILE_LOG_WARNING, "search", "%s; it is made anew",
		efile_error_message(store_ctx(store)));
	error_clear(store_ctx(store));
	search_discard(store, true);
	return open_and_follow(out, store);
}

efile_status search_catch_up(efile_store *store, bool full)
{
	search_db *s;
	efile_status status;

	TRY(ready(&s, store));
	if (!full)
		return EFILE_OK;
	TRY(search_begin(s));
	status = index_merge(s);
	if (status < 0) {
		search_end(s, false);
		return status;
	}
	return search_end(s, true);
}

efile_status efile_search_rebuild(efile_session *session)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	search_db *s;

	TRY(session_enter(&call, session));
	TRY(access_require_administrator(session, RECORD_NODE, NULL));
	if (store_is_read_only(session_store(session)))
		return FAIL(session_ctx(session), EFILE_E_UNSUPPORTED, 2217,
			    "the store is open read-only");
	TRY(search_open(&s, session_store(session)));
	search_discard(session_store(session), true);
	return ready(&s, session_store(session));
}

/* ---- the access filter ---- */

typedef struct judge {
	search_db *s;
	access_list_set lists;
	int clearance;
} judge;

static bool has_list(const access_list_set *set, int64_t list)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (set->ids[middle] == list)
			return true;
		if (set->ids[middle] < list)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static efile_status unit_allowed(bool *out, const judge *j, int64_t unit, int64_t list,
				 int64_t level)
{
	plan_standing standing = { 0, 0, 0 };

	if (unit)
		TRY(unit_standing_of(&standing, j->s, unit));
	*out = has_list(&j->lists, list ? list : standing.list) &&
	       (level >= 0 ? level : standing.level) <= j->clearance;
	return EFILE_OK;
}

/* A class of units is allowed if one of its units is: that may be too many, never too few. */
static efile_status class_allowed(bool *out, const judge *j, const access_class *c,
				  const class_list *units)
{
	if (c->unit != CLASS_OF_UNITS)
		return unit_allowed(out, j, c->unit, c->list, c->level);
	*out = false;
	for (size_t i = 0; i < units->count && !*out; i++)
		if (units->items[i].id == c->id)
			TRY(unit_allowed(out, j, units->items[i].unit, 0, -1));
	return EFILE_OK;
}

static void name_class(buf *out, const access_class *c)
{
	buf_add_format(out, "%s\"c%lld\"", out->length ? " OR " : "", (long long)c->id);
}

/* Restricts the query to what the session may see; all: nothing is restricted; none: nothing. */
static efile_status filter(buf *match, bool *none, const judge *j, const class_list *classes,
			   const class_list *units)
{
	AUTO(buf) allowed = BUF_INIT;
	AUTO(buf) denied = BUF_INIT;
	size_t yes = 0;

	for (size_t i = 0; i < classes->count; i++) {
		bool may;

		TRY(class_allowed(&may, j, &classes->items[i], units));
		name_class(may ? &allowed : &denied, &classes->items[i]);
		yes += may;
	}
	TRY(buf_status(&allowed, j->s->ctx));
	TRY(buf_status(&denied, j->s->ctx));
	*none = yes == 0;
	if (yes == 0 || yes == classes->count)
		return EFILE_OK;
	if (yes <= classes->count - yes)
		buf_add_format(match, " AND ({access} : (%s))", allowed.data);
	else
		buf_add_format(match, " NOT ({access} : (%s))", denied.data);
	return buf_status(match, j->s->ctx);
}

static efile_status restrict_match(buf *match, bool *none, efile_session *session, search_db *s)
{
	AUTO(class_list) classes = CLASS_LIST_NONE;
	AUTO(class_list) units = CLASS_LIST_NONE;
	judge j = { .s = s };

	TRY(access_visible_lists(&j.lists, session, EFILE_RIGHT_READ));
	TRY(session_clearance(&j.clearance, session));
	TRY(class_load(&classes, s));
	TRY(class_load_units(&units, s));
	return filter(match, none, &j, &classes, &units);
}

/* ---- the cursor ---- */

/* The index may name a row that has gone since. */
static efile_status sight_row(efile_session *session, int64_t row)
{
	efile_status status = node_sight(session, row);

	return status == EFILE_E_NOTFOUND ? EFILE_OK : status;
}

static efile_status make_match(efile_search_cursor *c, search_db *s, const char *query)
{
	AUTO(buf) asked = BUF_INIT;
	AUTO(buf) match = BUF_INIT;
	bool none;

	TRY(query_parse(&asked, session_ctx(c->session), query));
	buf_add_format(&match, "(%s)", asked.data);
	TRY(restrict_match(&match, &none, c->session, s));
	if (none)
		return EFILE_OK;
	return buf_take(&c->match, &match, session_ctx(c->session));
}

static efile_status start_relevant(efile_search_cursor *c, search_db *s)
{
	if (!c->match)
		return EFILE_OK;
	c->rows = mem_new(session_ctx(c->session), EFILE_SEARCH_LIMIT * sizeof(*c->rows));
	if (!c->rows)
		return EFILE_E_NOMEM;
	TRY(match_relevant(c->rows, &c->row_count, EFILE_SEARCH_LIMIT, s, c->match));
	for (size_t i = 0; i < c->row_count; i++)
		TRY(sight_row(c->session, c->rows[i]));
	return access_sight_end(c->session);
}

static efile_status start(efile_search_cursor *c, search_db *s, const efile_search_options *o)
{
	efile_status status;

	c->order = o->order;
	c->left = o->limit;
	c->below = INT64_MAX;
	if (o->order == EFILE_SEARCH_RELEVANCE)
		return start_relevant(c, s);
	if (efile_id_is_none(&o->after))
		return EFILE_OK;
	status = node_row_of(&c->below, session_store(c->session), &o->after);
	if (status == EFILE_E_NOTFOUND)
		return access_missing(c->session, RECORD_NODE, &o->after, NULL);
	return status;
}

static efile_status import_options(efile_search_options *out, efile_session *session,
				   const efile_search_options *given)
{
	efile_ctx *ctx = session_ctx(session);

	efile_search_options_init(out);
	TRY(options_import(ctx, out, sizeof(*out), given));
	if (out->limit < 1 || out->limit > EFILE_SEARCH_LIMIT)
		return FAIL(ctx, EFILE_E_INVALID, 2205, "a search shows 1 to %d hits",
			    EFILE_SEARCH_LIMIT);
	if (out->order != EFILE_SEARCH_NEWEST &&
	    (out->order != EFILE_SEARCH_RELEVANCE || !efile_id_is_none(&out->after)))
		return FAIL(ctx, EFILE_E_INVALID, 2206,
			    "hits by relevance can't go on behind another one");
	return EFILE_OK;
}

DEFINE_AUTO_PTR(efile_search_cursor, efile_search_cursor_free)

static efile_status open_cursor(efile_search_cursor **out, efile_session *session,
				const char *query, const efile_search_options *o)
{
	AUTO_PTR(efile_search_cursor) cursor = NULL;
	AUTO(txn) tx = TXN_NONE;
	search_db *s;

	TRY(ready(&s, session_store(session)));
	TRY(session_begin_read(&tx, session));
	cursor = mem_new(session_ctx(session), sizeof(*cursor));
	if (!cursor)
		return EFILE_E_NOMEM;
	cursor->session = session;
	TRY(make_match(cursor, s, query));
	TRY(start(cursor, s, o));
	*out = STEAL(cursor);
	return EFILE_OK;
}

efile_status efile_search(efile_search_cursor **out, efile_session *session, const char *query,
			  const efile_search_options *options)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	efile_search_options o;

	if (!out)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, session));
	TRY(import_options(&o, session, options));
	return open_cursor(out, session, query, &o);
}

/* ---- hits ---- */

static efile_status next_page(efile_search_cursor *c, search_db *s, bool snippets)
{
	if (c->last || c->looked_at >= SEARCH_NEWEST)
		return EFILE_DONE;
	TRY(match_newest(&c->page, s, c->match, c->below, snippets));
	c->at = 0;
	c->last = c->page.count < ARRAY_SIZE(c->page.hits);
	c->looked_at += (int32_t)c->page.count;
	if (c->page.count)
		c->below = c->page.hits[c->page.count - 1].row;
	for (size_t i = 0; i < c->page.count; i++)
		TRY(sight_row(c->session, c->page.hits[i].row));
	TRY(access_sight_end(c->session));
	return c->page.count ? EFILE_OK : EFILE_DONE;
}

static efile_status next_row(int64_t *row, efile_search_cursor *c, search_db *s, bool snippets)
{
	efile_status status = EFILE_OK;

	if (!c->match)
		return EFILE_DONE;
	if (c->order == EFILE_SEARCH_RELEVANCE) {
		if (c->at == c->row_count)
			return EFILE_DONE;
		*row = c->rows[c->at++];
		return EFILE_OK;
	}
	if (c->at == c->page.count)
		status = next_page(c, s, snippets);
	if (status == EFILE_OK)
		*row = c->page.hits[c->at++].row;
	return status;
}

static efile_status next_visible(int64_t *row, efile_search_cursor *c, search_db *s,
				 bool snippets)
{
	for (;;) {
		node_standing standing;
		efile_status status = next_row(row, c, s, snippets);

		if (status != EFILE_OK)
			return status;
		status = node_peek(c->session, EFILE_RIGHT_READ, *row);
		if (status == EFILE_E_NOTFOUND || status == EFILE_E_DENIED)
			continue;
		TRY(status);
		TRY(node_standing_load(&standing, session_store(c->session), *row));
		if (!standing.trashed)
			return EFILE_OK;
	}
}

static efile_status take_snippet(efile_search_cursor *c, search_db *s, int64_t row)
{
	free(c->snippet);
	c->snippet = NULL;
	if (c->order == EFILE_SEARCH_RELEVANCE)
		return match_snippet(&c->snippet, s, c->match, row);
	c->snippet = STEAL(c->page.hits[c->at - 1].snippet);
	return EFILE_OK;
}

/* The number of the node itself, or of the nearest that it lies in. */
static efile_status take_reference(efile_search_cursor *c)
{
	opt_int above = c->node->row.parent;
	efile_ctx *ctx = session_ctx(c->session);

	free(c->reference);
	c->reference = NULL;
	if (c->node->row.reference)
		return mem_dup(&c->reference, ctx, c->node->row.reference);
	while (above.set) {
		AUTO(node_record) row = { 0 };

		TRY(node_record_load(&row, session_store(c->session), above.value));
		if (row.reference)
			return mem_dup(&c->reference, ctx, row.reference);
		above = row.parent;
	}
	return EFILE_OK;
}

static efile_status hit_date(efile_date *out, search_db *s, const node_record *row)
{
	*out = (efile_date){ 0 };
	if (row->begin_date) {
		efile_date_parse(out, row->begin_date);
		return EFILE_OK;
	}
	if (!s->berlin)
		TRY(zone_load(&s->berlin, s->ctx, "Europe/Berlin"));
	*out = zone_date(s->berlin, row->received.set ? row->received.value : row->created);
	return EFILE_OK;
}

static efile_status fill_hit(efile_hit *out, efile_search_cursor *c, search_db *s, int64_t row)
{
	AUTO(node_record) record = { 0 };
	efile_node *node = NULL;

	TRY(node_record_load(&record, session_store(c->session), row));
	TRY(node_handle(&node, session_store(c->session), &record));
	efile_node_free(c->node);
	c->node = node;
	TRY(take_snippet(c, s, row));
	TRY(take_reference(c));
	TRY(hit_date(&out->date, s, &node->row));
	out->id = node->row.uuid;
	out->kind = (efile_node_kind)node->row.kind;
	out->title = node->row.title;
	out->reference = c->reference ? c->reference : "";
	out->snippet = c->snippet ? c->snippet : "";
	out->dossier.id = node->dossier;
	return EFILE_OK;
}

efile_status efile_search_cursor_next(efile_search_cursor *cursor, efile_hit *hit)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	efile_status status;
	search_db *s;
	int64_t row;

	if (!cursor || !hit)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, cursor->session));
	if (cursor->left == 0)
		return EFILE_DONE;
	TRY(search_open(&s, session_store(cursor->session)));
	TRY(session_begin_read(&tx, cursor->session));
	status = next_visible(&row, cursor, s, true);
	if (status != EFILE_OK)
		return status;
	cursor->left--;
	return fill_hit(hit, cursor, s, row);
}

void efile_search_cursor_free(efile_search_cursor *cursor)
{
	if (!cursor)
		return;
	hit_page_clear(&cursor->page);
	efile_node_free(cursor->node);
	free(cursor->match);
	free(cursor->rows);
	free(cursor->reference);
	free(cursor->snippet);
	free(cursor);
}

/* ---- counting ---- */

static efile_status count(int32_t *out, efile_search_cursor *c)
{
	AUTO(txn) tx = TXN_NONE;
	efile_status status = EFILE_OK;
	search_db *s;
	int64_t row;

	TRY(search_open(&s, session_store(c->session)));
	TRY(session_begin_read(&tx, c->session));
	for (*out = 0; *out < EFILE_SEARCH_LIMIT; ++*out) {
		status = next_visible(&row, c, s, false);
		if (status != EFILE_OK)
			break;
	}
	return status < 0 ? status : EFILE_OK;
}

efile_status efile_search_count(int32_t *out, efile_session *session, const char *query)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO_PTR(efile_search_cursor) cursor = NULL;
	efile_search_options o;
	int32_t number = 0;

	if (!out)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, session));
	efile_search_options_init(&o);
	TRY(open_cursor(&cursor, session, query, &o));
	TRY(count(&number, cursor));
	*out = number;
	return EFILE_OK;
}
