/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changing, moving, throwing away and checking out what is there. */
#include "model/inner.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"

/* ---- new values ---- */

static bool access_differs(const node_record *node, const efile_node_options *o)
{
	int64_t level = node->confidentiality.set ? node->confidentiality.value :
						    EFILE_CONFIDENTIALITY_INHERITED;

	return o->access_list != node->access_list.value || o->confidentiality != level;
}

static efile_status require_grant(efile_session *session, const efile_id *id,
				  const node_record *node, const efile_node_options *o)
{
	AUTO(node_record) same = { 0 };

	if (!access_differs(node, o))
		return EFILE_OK;
	return node_require(&same, session, EFILE_RIGHT_GRANT, id, NODE_KINDS_ANY);
}

static efile_status renumber_if_asked(efile_session *session, node_record *node,
				      const node_standing *standing, const char *wanted)
{
	if (!wanted || str_equal(wanted, node->reference))
		return EFILE_OK;
	return node_renumber(session, node, NULL, standing->plan, wanted);
}

static efile_status journal_changed(efile_session *session, const node_record *old,
				    const node_record *node)
{
	AUTO(buf) body = BUF_INIT;
	json_writer w;

	json_begin(&w, &body);
	json_object(&w);
	json_put_text(&w, "title", node->title);
	if (!str_equal(old->title, node->title))
		json_put_text(&w, "old_title", old->title);
	if (!str_equal(old->reference, node->reference)) {
		json_put_text(&w, "reference", node->reference);
		json_put_text(&w, "old_reference", old->reference);
	}
	if (old->access_list.value != node->access_list.value)
		json_put_int(&w, "access_list", node->access_list.value);
	if (old->confidentiality.set != node->confidentiality.set ||
	    old->confidentiality.value != node->confidentiality.value)
		json_put_int(&w, "confidentiality",
			     node->confidentiality.set ? node->confidentiality.value : -1);
	json_end_object(&w);
	TRY(buf_status(&body, session_ctx(session)));
	return node_journal(session,
			    str_equal(old->reference, node->reference) ? JOURNAL_NODE_CHANGED :
									 JOURNAL_RENUMBERED,
			    node, body.data);
}

static efile_status count_access(efile_session *session, const node_record *old,
				 const node_record *node)
{
	int change = node_own_access(node) - node_own_access(old);

	if (!change || !node->parent.set)
		return EFILE_OK;
	return count_change(session_store(session), node->parent.value, node->kind, 0, 0, change);
}

efile_status efile_node_update(efile_session *session, efile_id id, int64_t revision,
			       const efile_node_options *options)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(node_record) node = { 0 };
	AUTO(node_record) old = { 0 };
	AUTO(txn) tx = TXN_NONE;
	efile_node_options o;
	node_standing standing;
	node_values values;

	TRY(session_enter(&call, session));
	efile_node_options_init(&o);
	TRY(options_import(session_ctx(session), &o, sizeof(o), options));
	TRY(session_begin(&tx, session));
	TRY(node_to_change(&node, &standing, session, &id,
			   &(node_ask){ .kinds = NODE_KINDS_ANY }, revision));
	TRY(require_grant(session, &id, &node, &o));
	TRY(record_copy(&old, session_ctx(session), &kind_node, &node));
	values = node_values_of(&o);
	values.sender = old.sender;
	values.received = old.received.value;
	TRY(node_set_values(&node, session, &values));
	TRY(renumber_if_asked(session, &node, &standing, o.reference));
	TRY(row_update(session_store(session), &kind_node, &node));
	TRY(count_access(session, &old, &node));
	TRY(journal_changed(session, &old, &node));
	return txn_commit(&tx);
}

/* ---- moving ---- */

static efile_status require_outside(efile_session *session, const node_record *node,
				    const node_record *to)
{
	AUTO(buf) inside = BUF_INIT;

	buf_add_format(&inside, "%s%lld/", node->path, (long long)node->head.id);
	TRY(buf_status(&inside, session_ctx(session)));
	if (to->head.id == node->head.id || str_starts_with(to->path, inside.data))
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2050, "%s can't lie in itself",
			    node_called(node));
	return EFILE_OK;
}

static efile_status require_none_locked(efile_session *session, const node_record *node)
{
	bool locked;

	TRY(lock_below(&locked, session_store(session), node));
	if (locked)
		return FAIL(session_ctx(session), EFILE_E_CONFLICT, 2041,
			    "a document in %s is checked out", node_called(node));
	return EFILE_OK;
}

/* Gives one row below the moved node its new path and dossier. */
static efile_status carry_row(efile_session *session, int64_t row, size_t old_prefix,
			      const char *new_prefix, int64_t dossier)
{
	efile_store *store = session_store(session);
	AUTO(node_record) node = { 0 };
	AUTO(buf) path = BUF_INIT;
	bool changed;

	TRY(node_record_load(&node, store, row));
	buf_add_text(&path, new_prefix);
	buf_add_text(&path, node.path + old_prefix);
	TRY(buf_status(&path, session_ctx(session)));
	free(node.path);
	node.path = NULL;
	TRY(buf_take(&node.path, &path, session_ctx(session)));
	changed = node.dossier != dossier;
	node.dossier = dossier;
	TRY(row_update(store, &kind_node, &node));
	return changed ? content_set_dossier(store, row, dossier) : EFILE_OK;
}

static efile_status carry_below(efile_session *session, const node_record *node,
				const char *new_prefix, int64_t dossier)
{
	efile_store *store = session_store(session);
	size_t old_prefix = strlen(node->path);
	size_t row_count = 0, row_room = 0;
	AUTO_PTR(char) rows = NULL; /* int64_t each: read first, since the rows change their place */
	node_page page = { .count = 0 };
	efile_status status = EFILE_OK;
	int64_t after = 0;

	do {
		TRY(node_subtree(&page, store, node->head.id, after));
		for (size_t i = 0; i < page.count; i++) {
			void *items = rows;

			after = page.rows[i];
			if (after == node->head.id)
				continue;
			TRY(mem_grow(session_ctx(session), &items, &row_room, row_count,
				     sizeof(int64_t)));
			rows = items;
			memcpy(rows + row_count++ * sizeof(int64_t), &after, sizeof(after));
		}
	} while (page.count == ARRAY_SIZE(page.rows));
	for (size_t i = 0; i < row_count && status == EFILE_OK; i++) {
		int64_t row;

		memcpy(&row, rows + i * sizeof(row), sizeof(row));
		status = carry_row(session, row, old_prefix, new_prefix, dossier);
	}
	return status;
}

static efile_status relocate(efile_session *session, node_record *node, const node_record *to)
{
	efile_store *store = session_store(session);
	bool open = node->state == EFILE_STATE_OPEN, own = node_own_access(node);
	bool other = node->dossier != to->dossier;
	AUTO(buf) prefix = BUF_INIT;

	buf_add_format(&prefix, "%s%lld/", to->path, (long long)to->head.id);
	TRY(buf_status(&prefix, session_ctx(session)));
	TRY(count_change(store, node->parent.value, node->kind, -1, -open, -own));
	TRY(count_change(store, to->head.id, node->kind, 1, open, own));
	TRY(carry_below(session, node, prefix.data, to->dossier));
	TRY(node_next_order(&node->ord, store, to->head.id));
	node->parent = optional(true, to->head.id);
	node->dossier = to->dossier;
	free(node->path);
	node->path = NULL;
	TRY(buf_take(&node->path, &prefix, session_ctx(session)));
	TRY(row_update(store, &kind_node, node));
	return other ? content_set_dossier(store, node->head.id, to->dossier) : EFILE_OK;
}

/* Both chains tell of a move between dossiers; the rows stand in the receiving one. */
static efile_status journal_moved(efile_session *session, const node_record *node,
				  const node_record *from, const node_record *to,
				  const char *reason)
{
	AUTO(buf) body = BUF_INIT;
	json_writer w;

	json_begin(&w, &body);
	json_object(&w);
	json_put_id(&w, "from", &from->uuid);
	json_put_id(&w, "to", &to->uuid);
	json_put_text(&w, "reason", reason);
	json_end_object(&w);
	TRY(buf_status(&body, session_ctx(session)));
	TRY(node_journal(session, JOURNAL_NODE_MOVED, node, body.data));
	if (from->dossier == to->dossier)
		return EFILE_OK;
	return session_journal(session, JOURNAL_NODE_MOVED, RECORD_NODE, &node->uuid,
			       from->dossier, body.data);
}

efile_status efile_node_move(efile_session *session, efile_id id, efile_id parent,
			     int64_t revision, const char *reason)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(node_record) node = { 0 };
	AUTO(node_record) from = { 0 };
	AUTO(node_record) to = { 0 };
	AUTO(txn) tx = TXN_NONE;
	node_standing standing;

	TRY(session_enter(&call, session));
	TRY(check_text(session_ctx(session), "reason", reason, false));
	TRY(session_begin(&tx, session));
	TRY(node_to_change(&node, &standing, session, &id,
			   &(node_ask){ .kinds = NODE_KINDS_ANY }, revision));
	if (node.kind == EFILE_NODE_DOSSIER)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2051,
			    "%s is a dossier: it is refiled, not moved", node_called(&node));
	TRY(node_record_load(&from, session_store(session), node.parent.value));
	node_record_clear(&to);
	TRY(node_above(&to, &standing, session, &from.uuid, node.kind));
	node_record_clear(&to);
	TRY(node_place(&to, session, &parent, &node));
	TRY(require_outside(session, &node, &to));
	TRY(require_none_locked(session, &node));
	TRY(relocate(session, &node, &to));
	TRY(journal_moved(session, &node, &from, &to, reason));
	return txn_commit(&tx);
}

/* ---- the trash ---- */

static efile_status require_nothing_closed(efile_session *session, const node_record *node)
{
	bool closed;

	TRY(closed_below(&closed, session_store(session), node));
	if (closed)
		return FAIL(session_ctx(session), EFILE_E_STATE, 2052,
			    "%s holds what is filed away: that is disposed of, not thrown away",
			    node_called(node));
	return EFILE_OK;
}

static efile_status set_trashed(efile_session *session, node_record *node, bool trashed)
{
	int change = trashed ? -1 : 1;
	bool open = node->state == EFILE_STATE_OPEN;

	node->trashed = optional(trashed, ctx_now(session_ctx(session)));
	TRY(row_update(session_store(session), &kind_node, node));
	if (!node->parent.set)
		return EFILE_OK;
	return count_change(session_store(session), node->parent.value, node->kind, change,
			    open ? change : 0, node_own_access(node) ? change : 0);
}

efile_status efile_node_trash(efile_session *session, efile_id id, int64_t revision,
			      const char *reason)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(node_record) node = { 0 };
	AUTO(txn) tx = TXN_NONE;
	node_standing standing;

	TRY(session_enter(&call, session));
	TRY(check_text(session_ctx(session), "reason", reason, false));
	TRY(session_begin(&tx, session));
	TRY(node_to_change(&node, &standing, session, &id,
			   &(node_ask){ .kinds = NODE_KINDS_ANY }, revision));
	TRY(require_none_locked(session, &node));
	TRY(require_nothing_closed(session, &node));
	TRY(set_trashed(session, &node, true));
	TRY(node_journal_reason(session, JOURNAL_NODE_TRASHED, &node, reason));
	return txn_commit(&tx);
}

static efile_status require_place(efile_session *session, const node_record *node)
{
	node_standing standing;

	if (!node->trashed.set)
		return FAIL(session_ctx(session), EFILE_E_STATE, 2053, "%s is not in the trash",
			    node_called(node));
	if (!node->parent.set)
		return EFILE_OK;
	TRY(node_standing_load(&standing, session_store(session), node->parent.value));
	if (standing.trashed)
		return FAIL(session_ctx(session), EFILE_E_STATE, 2054,
			    "what %s lies in is in the trash", node_called(node));
	return EFILE_OK;
}

efile_status efile_node_restore(efile_session *session, efile_id id, int64_t revision)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(node_record) node = { 0 };
	AUTO(txn) tx = TXN_NONE;
	node_standing standing;

	TRY(session_enter(&call, session));
	TRY(session_begin(&tx, session));
	TRY(node_ask_for(&node, &standing, session, &id,
			 &(node_ask){ .right = EFILE_RIGHT_WRITE, .kinds = NODE_KINDS_ANY }));
	if (node.head.rev != revision)
		return FAIL(session_ctx(session), EFILE_E_CONFLICT, 2033,
			    "%s was changed by someone else", node_called(&node));
	TRY(require_place(session, &node));
	TRY(set_trashed(session, &node, false));
	TRY(node_journal(session, JOURNAL_NODE_RESTORED, &node, NULL));
	return txn_commit(&tx);
}

/* ---- checking out ---- */

static efile_status insert_lock(efile_session *session, const node_record *node,
				const char *remark)
{
	AUTO(lock_record) lock = { 0 };

	TRY(mem_dup(&lock.remark, session_ctx(session), remark));
	lock.dossier = node->dossier;
	lock.node = node->head.id;
	lock.actor = session->actor;
	lock.since = ctx_now(session_ctx(session));
	TRY(row_insert(session_store(session), &kind_node_lock, &lock));
	return node_journal_reason(session, JOURNAL_LOCKED, node, remark);
}

efile_status efile_node_lock(efile_session *session, efile_id id, const char *remark)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(node_record) node = { 0 };
	AUTO(lock_record) lock = { 0 };
	AUTO(txn) tx = TXN_NONE;
	node_standing standing;
	efile_status status;

	TRY(session_enter(&call, session));
	TRY(check_text(session_ctx(session), "remark", remark, false));
	TRY(session_begin(&tx, session));
	TRY(node_ask_for(&node, &standing, session, &id,
			 &(node_ask){ .right = EFILE_RIGHT_WRITE, .kinds = NODE_KINDS_ANY }));
	TRY(node_require_live(session, &node, &standing));
	TRY(node_require_unlocked(session, &node));
	status = lock_find(&lock, session_store(session), node.head.id);
	if (status == EFILE_E_NOTFOUND)
		status = insert_lock(session, &node, remark);
	TRY(status);
	return txn_commit(&tx);
}

static efile_status require_holder(efile_session *session, const lock_record *lock,
				   const efile_id *id)
{
	AUTO(node_record) node = { 0 };

	if (id_compare(&lock->actor, &session->actor) == 0)
		return EFILE_OK;
	return node_require(&node, session, EFILE_RIGHT_GRANT, id, NODE_KINDS_ANY);
}

efile_status efile_node_unlock(efile_session *session, efile_id id)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(node_record) node = { 0 };
	AUTO(lock_record) lock = { 0 };
	AUTO(txn) tx = TXN_NONE;
	efile_status status;

	TRY(session_enter(&call, session));
	TRY(session_begin(&tx, session));
	TRY(node_require(&node, session, EFILE_RIGHT_READ, &id, NODE_KINDS_ANY));
	status = lock_find(&lock, session_store(session), node.head.id);
	if (status == EFILE_E_NOTFOUND)
		return FAIL(session_ctx(session), EFILE_E_STATE, 2055, "%s is not checked out",
			    node_called(&node));
	TRY(status);
	TRY(require_holder(session, &lock, &id));
	TRY(row_delete(session_store(session), &kind_node_lock, &lock));
	TRY(node_journal(session, JOURNAL_UNLOCKED, &node, NULL));
	return txn_commit(&tx);
}

efile_status efile_node_locked_by(efile_id *out, efile_session *session, efile_id id)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(node_record) node = { 0 };
	AUTO(lock_record) lock = { 0 };
	AUTO(txn) tx = TXN_NONE;
	efile_status status;

	TRY(session_enter(&call, session));
	TRY(session_begin_read(&tx, session));
	TRY(node_require(&node, session, EFILE_RIGHT_READ, &id, NODE_KINDS_ANY));
	status = lock_find(&lock, session_store(session), node.head.id);
	if (status == EFILE_E_NOTFOUND)
		lock.actor = EFILE_ID_NONE;
	else
		TRY(status);
	*out = lock.actor;
	return EFILE_OK;
}
