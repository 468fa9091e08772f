/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of nodes: page by page behind a key, what the session may not see left out in the loop. */
#include "model/inner.h"

#include <stdlib.h>

typedef enum cursor_kind { CURSOR_CHILDREN, CURSOR_PLAN, CURSOR_ATTRIBUTE } cursor_kind;

struct efile_node_cursor {
	efile_session *session;
	cursor_kind kind;
	int64_t of;       /* row of parent or unit */
	char *name, *key; /* of an attribute */
	int64_t after;
	bool trashed;
	key_page page;
	size_t at;
	bool last;        /* the page is the last one */
};

static efile_status cursor_new(efile_node_cursor **out, efile_session *session, cursor_kind kind,
			       int64_t of)
{
	efile_node_cursor *c = mem_new(session_ctx(session), sizeof(*c));

	if (!c)
		return EFILE_E_NOMEM;
	c->session = session;
	c->kind = kind;
	c->of = of;
	*out = c;
	return EFILE_OK;
}

/* The key behind which a list goes on: the order of a child, the row of anything else. */
static efile_status set_after(efile_node_cursor *c, const efile_list_options *o)
{
	AUTO(node_record) node = { 0 };
	efile_status status;

	c->trashed = o->trashed != 0;
	if (efile_id_is_none(&o->after))
		return EFILE_OK;
	status = node_find(&node, session_store(c->session), &o->after);
	if (status == EFILE_E_NOTFOUND)
		return access_missing(c->session, RECORD_NODE, &o->after, NULL);
	TRY(status);
	c->after = c->kind == CURSOR_CHILDREN ? node.ord : node.head.id;
	return EFILE_OK;
}

static efile_status import_options(efile_list_options *out, efile_session *session,
				   const efile_list_options *given)
{
	efile_list_options_init(out);
	return options_import(session_ctx(session), out, sizeof(*out), given);
}

efile_status efile_node_children(efile_node_cursor **out, efile_session *session, efile_id parent,
				 const efile_list_options *options)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO_PTR(efile_node_cursor) cursor = NULL;
	AUTO(node_record) above = { 0 };
	AUTO(txn) tx = TXN_NONE;
	efile_list_options o;

	if (!out)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, session));
	TRY(import_options(&o, session, options));
	TRY(session_begin_read(&tx, session));
	TRY(node_require(&above, session, EFILE_RIGHT_READ, &parent, NODE_KINDS_ANY));
	TRY(cursor_new(&cursor, session, CURSOR_CHILDREN, above.head.id));
	TRY(set_after(cursor, &o));
	*out = STEAL(cursor);
	return EFILE_OK;
}

efile_status efile_dossier_list(efile_node_cursor **out, efile_session *session,
				efile_plan_id plan, const efile_list_options *options)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO_PTR(efile_node_cursor) cursor = NULL;
	AUTO(plan_record) unit = { 0 };
	AUTO(txn) tx = TXN_NONE;
	efile_list_options o;

	if (!out)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, session));
	TRY(import_options(&o, session, options));
	TRY(session_begin_read(&tx, session));
	TRY(plan_require(&unit, session, EFILE_RIGHT_READ, &plan.id));
	TRY(cursor_new(&cursor, session, CURSOR_PLAN, unit.head.id));
	TRY(set_after(cursor, &o));
	*out = STEAL(cursor);
	return EFILE_OK;
}

efile_status efile_find_by_attribute(efile_node_cursor **out, efile_session *session,
				     const char *name, const char *value,
				     const efile_list_options *options)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO_PTR(efile_node_cursor) cursor = NULL;
	AUTO(txn) tx = TXN_NONE;
	efile_list_options o;

	if (!out)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, session));
	TRY(import_options(&o, session, options));
	TRY(check_name(session_ctx(session), "name of a field", name));
	TRY(check_text(session_ctx(session), "value", value, true));
	TRY(session_begin_read(&tx, session));
	TRY(cursor_new(&cursor, session, CURSOR_ATTRIBUTE, 0));
	TRY(mem_dup(&cursor->name, session_ctx(session), name));
	TRY(fold_new(&cursor->key, session_ctx(session), value));
	TRY(set_after(cursor, &o));
	*out = STEAL(cursor);
	return EFILE_OK;
}

static efile_status load_page(efile_node_cursor *c)
{
	efile_store *store = session_store(c->session);

	if (c->kind == CURSOR_ATTRIBUTE)
		return attribute_page(&c->page, store, c->name, c->key, c->after);
	return node_page_load(&c->page, store,
			      c->kind == CURSOR_CHILDREN ? LIST_CHILDREN : LIST_PLAN, c->of,
			      c->after, c->trashed);
}

static efile_status next_page(efile_node_cursor *c)
{
	if (c->last)
		return EFILE_DONE;
	TRY(load_page(c));
	c->at = 0;
	c->last = c->page.count < ARRAY_SIZE(c->page.keys);
	for (size_t i = 0; i < c->page.count; i++)
		TRY(node_sight(c->session, c->page.keys[i].row));
	TRY(access_sight_end(c->session));
	return c->page.count ? EFILE_OK : EFILE_DONE;
}

/* Hidden is what the session may not read; what is in the trash is hidden from searches. */
static efile_status is_hidden(bool *out, efile_node_cursor *c, int64_t row)
{
	efile_status status = node_peek(c->session, EFILE_RIGHT_READ, row);
	node_standing standing;

	*out = status == EFILE_E_NOTFOUND || status == EFILE_E_DENIED;
	if (*out || c->kind != CURSOR_ATTRIBUTE)
		return *out ? EFILE_OK : status;
	TRY(status);
	TRY(node_standing_load(&standing, session_store(c->session), row));
	*out = standing.trashed != c->trashed;
	return EFILE_OK;
}

static efile_status next_visible(int64_t *row, efile_node_cursor *c)
{
	for (bool hidden = true; hidden;) {
		efile_status status = EFILE_OK;

		if (c->at == c->page.count)
			status = next_page(c);
		if (status != EFILE_OK)
			return status;
		*row = c->page.keys[c->at].row;
		c->after = c->page.keys[c->at++].key;
		TRY(is_hidden(&hidden, c, *row));
	}
	return EFILE_OK;
}

efile_status efile_node_cursor_next(efile_node_cursor *cursor, efile_node **out)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(node_record) row = { 0 };
	AUTO(txn) tx = TXN_NONE;
	efile_status status;
	int64_t id;

	if (!cursor)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, cursor->session));
	TRY(session_begin_read(&tx, cursor->session));
	status = next_visible(&id, cursor);
	if (status != EFILE_OK)
		return status;
	TRY(node_record_load(&row, session_store(cursor->session), id));
	return node_handle(out, session_store(cursor->session), &row);
}

void efile_node_cursor_free(efile_node_cursor *cursor)
{
	if (!cursor)
		return;
	free(cursor->name);
	free(cursor->key);
	free(cursor);
}

/* ---- counts ---- */

static void add(efile_node_counts *out, int64_t kind, int64_t total, int64_t open)
{
	int32_t t = (int32_t)(total < COUNT_LIMIT ? total : COUNT_LIMIT);
	int32_t o = (int32_t)(open < COUNT_LIMIT ? open : COUNT_LIMIT);
	int32_t *to = kind == EFILE_NODE_SUB_DOSSIER ? &out->sub_dossiers :
		      kind <= EFILE_NODE_SUB_CASE    ? &out->cases :
						       &out->documents;

	*to = *to + t > COUNT_LIMIT ? COUNT_LIMIT : *to + t;
	if (to == &out->cases)
		out->open_cases = out->open_cases + o > COUNT_LIMIT ? COUNT_LIMIT :
								       out->open_cases + o;
}

/* One by one: some children have an access list or level of their own. */
static efile_status count_visible(efile_node_counts *out, efile_session *session, int64_t parent)
{
	efile_store *store = session_store(session);
	key_page page = { .count = 0 };
	int64_t after = 0;

	*out = (efile_node_counts){ 0 };
	do {
		TRY(node_page_load(&page, store, LIST_CHILDREN, parent, after, false));
		for (size_t i = 0; i < page.count; i++) {
			AUTO(node_record) node = { 0 };
			efile_status status = node_peek(session, EFILE_RIGHT_READ,
							page.keys[i].row);

			after = page.keys[i].key;
			if (status == EFILE_E_NOTFOUND || status == EFILE_E_DENIED)
				continue;
			TRY(status);
			TRY(node_record_load(&node, store, page.keys[i].row));
			add(out, node.kind, 1, node.state == EFILE_STATE_OPEN);
		}
	} while (page.count == ARRAY_SIZE(page.keys) &&
		 (out->cases < COUNT_LIMIT && out->documents < COUNT_LIMIT));
	return EFILE_OK;
}

static efile_status count_children(efile_node_counts *out, efile_session *session, int64_t parent)
{
	*out = (efile_node_counts){ 0 };
	for (int64_t kind = EFILE_NODE_SUB_DOSSIER; kind <= EFILE_NODE_ATTACHMENT; kind++) {
		child_count count;

		TRY(count_load(&count, session_store(session), parent, kind));
		if (count.own_access > 0)
			return count_visible(out, session, parent);
		add(out, kind, count.total, count.open);
	}
	return EFILE_OK;
}

efile_status efile_node_count(efile_node_counts *out, efile_session *session, efile_id id)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(node_record) node = { 0 };
	AUTO(txn) tx = TXN_NONE;

	TRY(session_enter(&call, session));
	TRY(session_begin_read(&tx, session));
	TRY(node_require(&node, session, EFILE_RIGHT_READ, &id, NODE_KINDS_ANY));
	return count_children(out, session, node.head.id);
}
