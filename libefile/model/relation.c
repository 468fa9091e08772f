/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Relations (Verweise) between nodes. */
#include "model/inner.h"

#include <stdlib.h>

#include "base/json.h"

static efile_status journal(efile_session *session, journal_action action,
			    const node_record *from, const relation_record *relation,
			    const efile_id *to)
{
	AUTO(buf) body = BUF_INIT;
	json_writer w;

	json_begin(&w, &body);
	json_object(&w);
	json_put_id(&w, "relation", &relation->uuid);
	json_put_text(&w, "kind", relation->kind);
	json_put_id(&w, "to", to);
	json_end_object(&w);
	TRY(buf_status(&body, session_ctx(session)));
	return node_journal(session, action, from, body.data);
}

/* A closed node may point elsewhere later: what replaces it is known only then. */
static efile_status require_from(node_record *out, efile_session *session, const efile_id *id)
{
	node_standing standing;

	TRY(node_ask_for(out, &standing, session, id,
			 &(node_ask){ .right = EFILE_RIGHT_WRITE, .kinds = NODE_KINDS_ANY,
				      .ignore = ACCESS_CLOSED }));
	return node_require_live(session, out, &standing);
}

static efile_status insert(relation_record *out, efile_session *session, const node_record *from,
			   const node_record *to, const char *kind, const char *remark)
{
	efile_ctx *ctx = session_ctx(session);
	bool exists;

	TRY(relation_exists(&exists, session_store(session), from->head.id, to->head.id, kind));
	if (exists)
		return FAIL(ctx, EFILE_E_EXISTS, 2095, "%s and %s are related already: %s",
			    node_called(from), node_called(to), kind);
	TRY(id_new(&out->uuid, ctx));
	TRY(mem_dup(&out->kind, ctx, kind));
	TRY(mem_dup(&out->remark, ctx, remark));
	out->dossier = from->dossier;
	out->source = from->head.id;
	out->target = to->head.id;
	return row_insert(session_store(session), &kind_relation, out);
}

efile_status efile_relation_add(efile_id *out, efile_session *session, efile_id from, efile_id to,
				const char *kind, const char *remark)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(relation_record) row = { 0 };
	AUTO(node_record) source = { 0 };
	AUTO(node_record) target = { 0 };
	AUTO(txn) tx = TXN_NONE;

	TRY(session_enter(&call, session));
	TRY(check_name(session_ctx(session), "kind of a relation", kind));
	TRY(check_text(session_ctx(session), "remark", remark, false));
	if (id_compare(&from, &to) == 0)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2096,
			    "nothing is related to itself");
	TRY(session_begin(&tx, session));
	TRY(require_from(&source, session, &from));
	TRY(node_require(&target, session, EFILE_RIGHT_READ, &to, NODE_KINDS_ANY));
	TRY(insert(&row, session, &source, &target, kind, remark));
	TRY(journal(session, JOURNAL_RELATION_ADDED, &source, &row, &to));
	TRY(txn_commit(&tx));
	if (out)
		*out = row.uuid;
	return EFILE_OK;
}

efile_status efile_relation_remove(efile_session *session, efile_id id)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(relation_record) row = { 0 };
	AUTO(node_record) source = { 0 };
	AUTO(txn) tx = TXN_NONE;
	efile_status status;
	efile_id from, to;

	TRY(session_enter(&call, session));
	TRY(session_begin(&tx, session));
	status = relation_find(&row, session_store(session), &id);
	if (status == EFILE_E_NOTFOUND)
		return access_missing(session, RECORD_RELATION, &id, NULL);
	TRY(status);
	TRY(node_id_of(&from, session_store(session), row.source));
	TRY(node_id_of(&to, session_store(session), row.target));
	TRY(require_from(&source, session, &from));
	TRY(row_delete(session_store(session), &kind_relation, &row));
	TRY(journal(session, JOURNAL_RELATION_REMOVED, &source, &row, &to));
	return txn_commit(&tx);
}

/* ---- list ---- */

struct efile_relation_cursor {
	efile_session *session;
	efile_id node;
	int64_t after;
	relation_record row;
};

efile_status efile_node_relations(efile_relation_cursor **out, efile_session *session,
				  efile_id id)
{
	efile_relation_cursor *cursor;

	if (!out)
		return EFILE_E_INVALID;
	TRY(node_list_begin(session, &id));
	cursor = mem_new(session_ctx(session), sizeof(*cursor));
	if (!cursor)
		return EFILE_E_NOMEM;
	cursor->session = session;
	cursor->node = id;
	*out = cursor;
	return EFILE_OK;
}

/* Both ends must be visible. */
static efile_status is_hidden(bool *out, efile_session *session, const relation_record *row)
{
	const int64_t ends[] = { row->source, row->target };

	*out = false;
	for (size_t i = 0; i < ARRAY_SIZE(ends) && !*out; i++) {
		efile_status status = node_peek(session, EFILE_RIGHT_READ, ends[i]);

		*out = status == EFILE_E_NOTFOUND || status == EFILE_E_DENIED;
		if (!*out)
			TRY(status);
	}
	return EFILE_OK;
}

static efile_status next_relation(efile_relation_cursor *c, efile_relation *out)
{
	efile_store *store = session_store(c->session);
	AUTO(node_record) node = { 0 };
	bool hidden = true;

	TRY(node_require(&node, c->session, EFILE_RIGHT_READ, &c->node, NODE_KINDS_ANY));
	while (hidden) {
		row_page page;

		TRY(relation_page(&page, store, node.head.id, c->after));
		if (page.count == 0)
			return EFILE_DONE;
		for (size_t i = 0; i < page.count && hidden; i++) {
			relation_record_clear(&c->row);
			TRY(row_load(store, &kind_relation, &c->row, page.rows[i]));
			c->after = page.rows[i];
			TRY(is_hidden(&hidden, c->session, &c->row));
		}
	}
	TRY(node_sight(c->session, c->row.source));
	TRY(node_sight(c->session, c->row.target));
	TRY(access_sight_end(c->session));
	*out = (efile_relation){ .id = c->row.uuid, .kind = c->row.kind,
				 .remark = c->row.remark ? c->row.remark : "" };
	TRY(node_id_of(&out->from, store, c->row.source));
	return node_id_of(&out->to, store, c->row.target);
}

efile_status efile_relation_cursor_next(efile_relation_cursor *cursor, efile_relation *relation)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;

	if (!cursor || !relation)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, cursor->session));
	TRY(session_begin_read(&tx, cursor->session));
	return next_relation(cursor, relation);
}

void efile_relation_cursor_free(efile_relation_cursor *cursor)
{
	if (!cursor)
		return;
	relation_record_clear(&cursor->row);
	free(cursor);
}
