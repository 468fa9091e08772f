/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dossiers (Akten) and cases (Vorgaenge): opening, filing away, opening again. */
#include "model/inner.h"

#include <stdlib.h>

#include "base/json.h"

node_values node_values_of(const efile_node_options *o)
{
	return (node_values){ .title = o->title, .begin = o->begin, .end = o->end,
			      .unit = o->unit, .medium = (int)o->medium,
			      .confidentiality = o->confidentiality,
			      .access_list = o->access_list, .marked = o->marked,
			      .doctype = o->doctype };
}

static efile_status import_options(efile_node_options *out, efile_session *session,
				   const efile_node_options *given)
{
	efile_node_options_init(out);
	return options_import(session_ctx(session), out, sizeof(*out), given);
}

/* ---- making ---- */

/* What will lie in a unit is asked about with what it will inherit. */
static efile_status require_in_plan(efile_session *session, efile_right right,
				    const plan_record *plan)
{
	plan_standing standing;

	TRY(plan_standing_load(&standing, session_store(session), plan->head.id));
	return access_require(session, right,
			      &(access_object){ .kind = RECORD_NODE, .asked = plan->code,
						.list = standing.list, .level = standing.level });
}

static efile_status plan_to_file_in(plan_record *out, efile_session *session, const efile_id *id)
{
	TRY(plan_require(out, session, EFILE_RIGHT_READ, id));
	TRY(require_in_plan(session, EFILE_RIGHT_WRITE, out));
	return plan_require_valid(session, out);
}

efile_status efile_dossier_create(efile_dossier **out, efile_session *session,
				  efile_plan_id plan_id, const efile_node_options *options)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO_PTR(efile_dossier) dossier = NULL;
	AUTO(node_record) node = { .kind = EFILE_NODE_DOSSIER };
	AUTO(plan_record) plan = { 0 };
	AUTO(txn) tx = TXN_NONE;
	efile_node_options o;
	node_values values;

	TRY(session_enter(&call, session));
	TRY(import_options(&o, session, options));
	values = node_values_of(&o);
	TRY(session_begin(&tx, session));
	TRY(plan_to_file_in(&plan, session, &plan_id.id));
	if (o.access_list || o.confidentiality != EFILE_CONFIDENTIALITY_INHERITED)
		TRY(require_in_plan(session, EFILE_RIGHT_GRANT, &plan));
	TRY(node_set_values(&node, session, &values));
	node.plan = optional(true, plan.head.id);
	TRY(reference_choose(session, &node, NULL, plan.head.id, o.reference));
	TRY(node_insert(session, &node, NULL));
	TRY(node_journal_created(session, &node, &plan.uuid));
	if (out)
		TRY(node_give(&dossier, session, &node));
	TRY(txn_commit(&tx));
	if (out)
		*out = STEAL(dossier);
	return EFILE_OK;
}

efile_status node_create(efile_session *session, node_record *node, const node_record *above,
			 const node_standing *standing, const node_values *values,
			 const char *reference)
{
	TRY(node_require_grant(session, above, standing, values));
	TRY(node_set_values(node, session, values));
	TRY(reference_choose(session, node, above, standing->plan, reference));
	return node_insert(session, node, above);
}

static efile_status create_below(efile_node **out, efile_session *session,
				 const efile_id *above_id, int64_t kind,
				 const efile_node_options *options)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO_PTR(efile_node) made = NULL;
	AUTO(node_record) node = { .kind = kind };
	AUTO(node_record) above = { 0 };
	AUTO(txn) tx = TXN_NONE;
	efile_node_options o;
	node_standing standing;
	node_values values;

	TRY(session_enter(&call, session));
	TRY(import_options(&o, session, options));
	values = node_values_of(&o);
	TRY(session_begin(&tx, session));
	TRY(node_above(&above, &standing, session, above_id, kind));
	TRY(node_create(session, &node, &above, &standing, &values, o.reference));
	TRY(node_journal_created(session, &node, &above.uuid));
	if (out)
		TRY(node_give(&made, session, &node));
	TRY(txn_commit(&tx));
	if (out)
		*out = STEAL(made);
	return EFILE_OK;
}

efile_status efile_dossier_add_part(efile_dossier **out, efile_session *session,
				    efile_dossier_id dossier, const efile_node_options *options)
{
	return create_below(out, session, &dossier.id, EFILE_NODE_SUB_DOSSIER, options);
}

efile_status efile_case_create(efile_case **out, efile_session *session,
			       efile_dossier_id dossier, const efile_node_options *options)
{
	return create_below(out, session, &dossier.id, EFILE_NODE_CASE, options);
}

efile_status efile_case_add_part(efile_case **out, efile_session *session, efile_case_id case_id,
				 const efile_node_options *options)
{
	return create_below(out, session, &case_id.id, EFILE_NODE_SUB_CASE, options);
}

/* ---- filing away and opening again ---- */

/* What is filed away holds nothing that is in work. */
static efile_status require_done(efile_session *session, const node_record *node)
{
	static const int64_t kinds[] = { EFILE_NODE_SUB_DOSSIER, EFILE_NODE_CASE,
					 EFILE_NODE_SUB_CASE };
	bool locked;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		child_count count;

		TRY(count_load(&count, session_store(session), node->head.id, kinds[i]));
		if (count.open > 0)
			return FAIL(session_ctx(session), EFILE_E_STATE, 2040,
				    "%s holds cases or parts that are not filed away",
				    node_called(node));
	}
	TRY(lock_below(&locked, session_store(session), node));
	if (locked)
		return FAIL(session_ctx(session), EFILE_E_CONFLICT, 2041,
			    "a document in %s is checked out", node_called(node));
	return EFILE_OK;
}

static efile_status set_state(efile_session *session, node_record *node, efile_node_state state)
{
	int change = state == EFILE_STATE_OPEN ? 1 : -1;

	node->state = state;
	node->closed = optional(state != EFILE_STATE_OPEN, ctx_now(session_ctx(session)));
	TRY(row_update(session_store(session), &kind_node, node));
	if (!node->parent.set)
		return EFILE_OK;
	return count_change(session_store(session), node->parent.value, node->kind, 0, change, 0);
}

static efile_status close_node(efile_session *session, const efile_id *id, unsigned kinds,
			       int64_t revision)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(node_record) node = { 0 };
	AUTO(txn) tx = TXN_NONE;
	node_standing standing;

	TRY(session_enter(&call, session));
	TRY(session_begin(&tx, session));
	TRY(node_to_change(&node, &standing, session, id, &(node_ask){ .kinds = kinds }, revision));
	TRY(require_done(session, &node));
	TRY(set_state(session, &node, EFILE_STATE_CLOSED));
	TRY(node_journal(session, JOURNAL_NODE_CLOSED, &node, NULL));
	return txn_commit(&tx);
}

static efile_status require_reopenable(efile_session *session, const node_record *node,
				       const node_standing *standing)
{
	if (standing->parent_closed)
		return FAIL(session_ctx(session), EFILE_E_STATE, 2042,
			    "what %s lies in is filed away", node_called(node));
	if (node->state != EFILE_STATE_CLOSED && node->state != EFILE_STATE_RETENTION)
		return FAIL(session_ctx(session), EFILE_E_STATE, 2043, "%s is not filed away",
			    node_called(node));
	return EFILE_OK;
}

static efile_status reopen_node(efile_session *session, const efile_id *id, unsigned kinds,
				int64_t revision, const char *reason)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(node_record) node = { 0 };
	AUTO(txn) tx = TXN_NONE;
	node_standing standing;

	TRY(session_enter(&call, session));
	TRY(check_text(session_ctx(session), "reason", reason, true));
	TRY(session_begin(&tx, session));
	TRY(node_to_change(&node, &standing, session, id,
			   &(node_ask){ .kinds = kinds, .ignore = ACCESS_CLOSED }, revision));
	TRY(require_reopenable(session, &node, &standing));
	TRY(set_state(session, &node, EFILE_STATE_OPEN));
	TRY(node_journal_reason(session, JOURNAL_NODE_REOPENED, &node, reason));
	return txn_commit(&tx);
}

efile_status efile_dossier_close(efile_session *session, efile_dossier_id id, int64_t revision)
{
	return close_node(session, &id.id, NODE_KINDS_DOSSIER, revision);
}

efile_status efile_case_close(efile_session *session, efile_case_id id, int64_t revision)
{
	return close_node(session, &id.id, NODE_KINDS_CASE, revision);
}

efile_status efile_dossier_reopen(efile_session *session, efile_dossier_id id, int64_t revision,
				  const char *reason)
{
	return reopen_node(session, &id.id, NODE_KINDS_DOSSIER, revision, reason);
}

efile_status efile_case_reopen(efile_session *session, efile_case_id id, int64_t revision,
			       const char *reason)
{
	return reopen_node(session, &id.id, NODE_KINDS_CASE, revision, reason);
}

/* ---- filing elsewhere ---- */

efile_status node_renumber(efile_session *session, node_record *node, const node_record *above,
			   int64_t plan, const char *wanted)
{
	AUTO(node_record) old = { 0 };

	TRY(record_copy(&old, session_ctx(session), &kind_node, node));
	free(node->reference);
	node->reference = NULL;
	TRY(reference_choose(session, node, above, plan, wanted));
	TRY(reference_retire(session, &old));
	return reference_note(session, node);
}

/* New numbers for all below, top down: a child's number continues its parent's. */
static efile_status renumber_below(efile_session *session, const node_record *dossier,
				   int64_t plan)
{
	efile_store *store = session_store(session);
	node_page page;

	for (int64_t after = dossier->head.id;; after = page.rows[page.count - 1]) {
		TRY(node_subtree(&page, store, dossier->head.id, after));
		for (size_t i = 0; i < page.count; i++) {
			AUTO(node_record) node = { 0 };
			AUTO(node_record) above = { 0 };

			TRY(node_record_load(&node, store, page.rows[i]));
			if (!node.reference)
				continue;
			TRY(node_record_load(&above, store, node.parent.value));
			TRY(node_renumber(session, &node, &above, plan, NULL));
			TRY(row_update(store, &kind_node, &node));
		}
		if (page.count < ARRAY_SIZE(page.rows))
			return EFILE_OK;
	}
}

static efile_status renumber_all(efile_session *session, node_record *dossier, int64_t plan)
{
	TRY(node_renumber(session, dossier, NULL, plan, NULL));
	TRY(row_update(session_store(session), &kind_node, dossier));
	return renumber_below(session, dossier, plan);
}

static efile_status journal_refiled(efile_session *session, const node_record *dossier,
				    const plan_record *from, const plan_record *to,
				    const char *old_reference, const char *reason)
{
	AUTO(buf) body = BUF_INIT;
	json_writer w;

	json_begin(&w, &body);
	json_object(&w);
	json_put_text(&w, "from", from->code);
	json_put_text(&w, "to", to->code);
	json_put_text(&w, "old_reference", old_reference);
	json_put_text(&w, "reference", dossier->reference);
	json_put_text(&w, "reason", reason);
	json_end_object(&w);
	TRY(buf_status(&body, session_ctx(session)));
	return node_journal(session, JOURNAL_NODE_MOVED, dossier, body.data);
}

efile_status efile_dossier_refile(efile_session *session, efile_dossier_id id,
				  efile_plan_id plan_id, int64_t revision, int renumber,
				  const char *reason)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(plan_record) from = { 0 };
	AUTO(plan_record) to = { 0 };
	AUTO(node_record) node = { 0 };
	AUTO_PTR(char) old_reference = NULL;
	AUTO(txn) tx = TXN_NONE;
	node_standing standing;

	TRY(session_enter(&call, session));
	TRY(check_text(session_ctx(session), "reason", reason, false));
	TRY(session_begin(&tx, session));
	TRY(node_to_change(&node, &standing, session, &id.id,
			   &(node_ask){ .kinds = 1u << EFILE_NODE_DOSSIER }, revision));
	TRY(plan_to_file_in(&to, session, &plan_id.id));
	TRY(plan_find_row(&from, session_store(session), node.plan.value));
	TRY(mem_dup(&old_reference, session_ctx(session), node.reference));
	node.plan = optional(true, to.head.id);
	TRY(row_update(session_store(session), &kind_node, &node));
	if (renumber)
		TRY(renumber_all(session, &node, to.head.id));
	TRY(journal_refiled(session, &node, &from, &to, old_reference, reason));
	return txn_commit(&tx);
}
