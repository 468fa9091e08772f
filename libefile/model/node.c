/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Nodes: who may do what with them, making them, and their handles. */
#include "model/inner.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/time.h"

/* ---- standing: what holds at a node by itself and everything above it ---- */

static void take_step(node_standing *out, const node_step *step, int64_t row, bool itself)
{
	if (step->list.set && !out->list) {
		out->list = step->list.value;
		out->list_node = row;
	}
	if (step->level.set && out->level_node < 0)
		out->level_node = (int)step->level.value;
	out->marked |= step->marked;
	out->trashed |= step->trashed;
	out->parent_closed |= !itself && step->state != EFILE_STATE_OPEN;
	if (step->plan.set)
		out->plan = step->plan.value;
}

efile_status node_standing_load(node_standing *out, efile_store *store, int64_t row)
{
	opt_int next = optional(true, row);
	plan_standing plan;

	*out = (node_standing){ .level_node = -1 };
	for (int depth = 0; next.set; depth++) {
		node_step step;

		if (depth > NODE_DEPTH)
			return FAIL(store_ctx(store), EFILE_E_DAMAGED, 2030,
				    "node %lld lies in itself", (long long)row);
		TRY(node_step_load(&step, store, next.value));
		take_step(out, &step, next.value, depth == 0);
		next = step.parent;
	}
	TRY(plan_standing_load(&plan, store, out->plan));
	if (!out->list)
		out->list = plan.list;
	out->level = out->level_node >= 0 ? out->level_node : plan.level;
	return EFILE_OK;
}

static unsigned access_state(int64_t state, const node_standing *standing)
{
	unsigned bits = 0;

	if (state != EFILE_STATE_OPEN || standing->parent_closed)
		bits |= ACCESS_CLOSED;
	if (state == EFILE_STATE_TRANSFERRED || state == EFILE_STATE_DESTROYED)
		bits |= ACCESS_DISPOSED;
	return bits;
}

static access_object node_object(const node_record *node, const node_standing *standing)
{
	return (access_object){ .kind = RECORD_NODE,
				.id = node->uuid,
				.chain = node->dossier,
				.list = standing->list,
				.level = standing->level,
				.state = access_state(node->state, standing),
				.marked = standing->marked };
}

static efile_status judge(efile_session *session, const node_record *node,
			  const node_standing *standing, const node_ask *ask)
{
	access_object object = node_object(node, standing);

	object.asked = ask->asked;
	object.state &= ~ask->ignore;
	object.content = ask->content;
	return access_require(session, ask->right, &object);
}

efile_status node_ask_for(node_record *out, node_standing *standing, efile_session *session,
			  const efile_id *id, const node_ask *ask)
{
	efile_store *store = session_store(session);
	efile_status status = node_find(out, store, id);

	if (status == EFILE_E_NOTFOUND || (status == EFILE_OK && !(ask->kinds & 1u << out->kind)))
		return access_missing(session, RECORD_NODE, id, ask->asked);
	TRY(status);
	TRY(node_standing_load(standing, store, out->head.id));
	return judge(session, out, standing, ask);
}

efile_status node_require(node_record *out, efile_session *session, efile_right right,
			  const efile_id *id, unsigned kinds)
{
	node_standing standing;

	return node_ask_for(out, &standing, session, id,
			    &(node_ask){ .right = right, .kinds = kinds });
}

efile_status node_require_content(node_record *out, efile_session *session, const efile_id *id)
{
	node_standing standing;

	return node_ask_for(out, &standing, session, id,
			    &(node_ask){ .right = EFILE_RIGHT_READ, .kinds = NODE_KINDS_DOCUMENT,
					 .content = true });
}

static efile_status object_of_row(access_object *out, efile_session *session, int64_t row)
{
	AUTO(node_record) node = { 0 };
	node_standing standing;

	TRY(node_record_load(&node, session_store(session), row));
	TRY(node_standing_load(&standing, session_store(session), row));
	*out = node_object(&node, &standing);
	return EFILE_OK;
}

efile_status node_peek(efile_session *session, efile_right right, int64_t row)
{
	access_object object;

	TRY(object_of_row(&object, session, row));
	return access_peek(session, right, &object);
}

efile_status node_sight(efile_session *session, int64_t row)
{
	access_object object;

	if (!session->emergency)
		return EFILE_OK;
	TRY(object_of_row(&object, session, row));
	return access_sight(session, &object);
}

efile_status node_list_begin(efile_session *session, const efile_id *id)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(node_record) node = { 0 };
	AUTO(txn) tx = TXN_NONE;

	TRY(session_enter(&call, session));
	TRY(session_begin_read(&tx, session));
	return node_require(&node, session, EFILE_RIGHT_READ, id, NODE_KINDS_ANY);
}

/* ---- before a change ---- */

/* How a node is called in a message: by its number, or else its title. */
const char *node_called(const node_record *node)
{
	return node->reference ? node->reference : node->title;
}

efile_status node_require_live(efile_session *session, const node_record *node,
			       const node_standing *standing)
{
	if (standing->trashed)
		return FAIL(session_ctx(session), EFILE_E_STATE, 2031, "%s is in the trash",
			    node_called(node));
	return EFILE_OK;
}

efile_status node_require_unlocked(efile_session *session, const node_record *node)
{
	AUTO(lock_record) lock = { 0 };
	AUTO_PTR(char) name = NULL;
	efile_id holder;
	int64_t row;
	efile_status status = lock_find(&lock, session_store(session), node->head.id);

	if (status == EFILE_E_NOTFOUND)
		return EFILE_OK;
	TRY(status);
	if (id_compare(&lock.actor, &session->actor) == 0)
		return EFILE_OK;
	TRY(access_actor_row(&row, session, &lock.actor));
	TRY(access_actor_of_row(&holder, &name, session, row));
	return FAIL(session_ctx(session), EFILE_E_CONFLICT, 2032, "%s is checked out by %s",
		    node_called(node), name);
}

static efile_status require_revision(efile_session *session, const node_record *node,
				     int64_t revision)
{
	if (node->head.rev != revision)
		return FAIL(session_ctx(session), EFILE_E_CONFLICT, 2033,
			    "%s was changed by someone else", node_called(node));
	return EFILE_OK;
}

efile_status node_to_change(node_record *out, node_standing *standing, efile_session *session,
			    const efile_id *id, const node_ask *ask, int64_t revision)
{
	node_ask write = *ask;

	write.right = EFILE_RIGHT_WRITE;
	TRY(node_ask_for(out, standing, session, id, &write));
	TRY(require_revision(session, out, revision));
	TRY(node_require_live(session, out, standing));
	return node_require_unlocked(session, out);
}

/* What may lie in what. */
static const unsigned places[] = {
	[EFILE_NODE_SUB_DOSSIER] = NODE_KINDS_DOSSIER, [EFILE_NODE_CASE] = NODE_KINDS_DOSSIER,
	[EFILE_NODE_SUB_CASE] = NODE_KINDS_CASE,       [EFILE_NODE_DOCUMENT] = NODE_KINDS_CASE,
	[EFILE_NODE_ATTACHMENT] = NODE_KINDS_DOCUMENT,
};

static efile_status require_open(efile_session *session, const node_record *above,
				 const node_standing *standing, int64_t child_kind)
{
	TRY(node_require_live(session, above, standing));
	return child_kind == EFILE_NODE_ATTACHMENT ? node_require_unlocked(session, above) : EFILE_OK;
}

efile_status node_above(node_record *out, node_standing *standing, efile_session *session,
			const efile_id *id, int64_t child_kind)
{
	TRY(node_ask_for(out, standing, session, id,
			 &(node_ask){ .right = EFILE_RIGHT_WRITE, .kinds = places[child_kind] }));
	return require_open(session, out, standing, child_kind);
}

efile_status node_place(node_record *out, efile_session *session, const efile_id *id,
			const node_record *child)
{
	node_standing standing;

	TRY(node_ask_for(out, &standing, session, id,
			 &(node_ask){ .right = EFILE_RIGHT_WRITE, .kinds = NODE_KINDS_ANY }));
	if (!(places[child->kind] & 1u << out->kind))
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2058, "%s can't lie in %s",
			    node_called(child), node_called(out));
	return require_open(session, out, &standing, child->kind);
}

efile_status node_require_grant(efile_session *session, const node_record *above,
				const node_standing *standing, const node_values *values)
{
	access_object object = node_object(above, standing);

	if (!values->access_list && values->confidentiality == EFILE_CONFIDENTIALITY_INHERITED)
		return EFILE_OK;
	return access_require(session, EFILE_RIGHT_GRANT, &object);
}

/* ---- values ---- */

static void drop(char **text)
{
	free(*text);
	*text = NULL;
}

static efile_status replace(char **text, efile_ctx *ctx, const char *value)
{
	drop(text);
	return mem_dup(text, ctx, value && *value ? value : NULL);
}

static efile_status set_texts(node_record *node, efile_ctx *ctx, const node_values *v)
{
	TRY(check_text(ctx, "title", v->title, true));
	TRY(check_text(ctx, "sender", v->sender, false));
	TRY(replace(&node->title, ctx, v->title));
	TRY(replace(&node->sender, ctx, v->sender));
	drop(&node->title_key);
	return fold_new(&node->title_key, ctx, v->title);
}

static efile_status set_period(node_record *node, efile_ctx *ctx, const node_values *v)
{
	drop(&node->begin_date);
	drop(&node->end_date);
	TRY(date_text(&node->begin_date, ctx, v->begin));
	TRY(date_text(&node->end_date, ctx, v->end));
	if (!date_none(v->begin) && !date_none(v->end) && date_compare(v->begin, v->end) > 0)
		return FAIL(ctx, EFILE_E_INVALID, 2034, "the period ends before it begins");
	return EFILE_OK;
}

static efile_status set_doctype(node_record *node, efile_session *session, const char *name)
{
	AUTO(doctype_record) type = { 0 };
	efile_status status;

	node->doctype = optional(false, 0);
	if (!name || !*name)
		return EFILE_OK;
	status = doctype_find(&type, session_store(session), name);
	if (status == EFILE_E_NOTFOUND)
		return FAIL(session_ctx(session), EFILE_E_NOTFOUND, 2035, "there is no type %s",
			    name);
	node->doctype = optional(true, type.head.id);
	return status;
}

static efile_status set_unit(node_record *node, efile_session *session, const efile_id *unit)
{
	int64_t row;

	if (!efile_id_is_none(unit))
		TRY(access_actor_row(&row, session, unit));
	node->unit = *unit;
	return EFILE_OK;
}

efile_status node_set_values(node_record *node, efile_session *session, const node_values *v)
{
	efile_ctx *ctx = session_ctx(session);

	TRY(set_texts(node, ctx, v));
	TRY(set_period(node, ctx, v));
	TRY(check_level(ctx, v->confidentiality));
	if (v->medium < EFILE_MEDIUM_ELECTRONIC || v->medium > EFILE_MEDIUM_HYBRID)
		return FAIL(ctx, EFILE_E_INVALID, 2036, "%d is not a medium", v->medium);
	if (v->access_list)
		TRY(access_list_require(session, v->access_list));
	TRY(set_unit(node, session, &v->unit));
	TRY(set_doctype(node, session, v->doctype));
	node->medium = v->medium;
	node->confidentiality = optional(v->confidentiality != EFILE_CONFIDENTIALITY_INHERITED,
					 v->confidentiality);
	node->access_list = optional(v->access_list != 0, v->access_list);
	node->marked = v->marked != 0;
	node->received = optional(v->received != 0, v->received);
	return EFILE_OK;
}

bool node_own_access(const node_record *node)
{
	return node->access_list.set || node->confidentiality.set;
}

/* ---- making ---- */

static efile_status set_path(node_record *node, efile_ctx *ctx, const node_record *above)
{
	AUTO(buf) path = BUF_INIT;

	if (above)
		buf_add_format(&path, "%s%lld/", above->path, (long long)above->head.id);
	TRY(buf_status(&path, ctx));
	free(node->path);
	node->path = NULL;
	return buf_take(&node->path, &path, ctx);
}

static efile_status insert_dossier(efile_store *store, node_record *node)
{
	TRY(row_insert(store, &kind_node, node));
	node->dossier = node->head.id; /* known only now */
	return row_update(store, &kind_node, node);
}

static efile_status require_depth(efile_ctx *ctx, const char *path)
{
	int depth = 0;

	for (; *path; path++)
		depth += *path == '/';
	if (depth >= NODE_DEPTH)
		return FAIL(ctx, EFILE_E_LIMIT, 2037, "more than %d levels", NODE_DEPTH);
	return EFILE_OK;
}

efile_status node_insert(efile_session *session, node_record *node, const node_record *above)
{
	efile_store *store = session_store(session);
	efile_ctx *ctx = session_ctx(session);

	TRY(id_new(&node->uuid, ctx));
	TRY(set_path(node, ctx, above));
	TRY(require_depth(ctx, node->path));
	node->state = EFILE_STATE_OPEN;
	node->created = ctx_now(ctx);
	node->author = session->actor;
	if (!above) {
		TRY(insert_dossier(store, node));
		return reference_note(session, node);
	}
	node->dossier = above->dossier;
	node->parent = optional(true, above->head.id);
	TRY(node_next_order(&node->ord, store, above->head.id));
	TRY(row_insert(store, &kind_node, node));
	TRY(count_change(store, above->head.id, node->kind, 1, 1, node_own_access(node)));
	return reference_note(session, node);
}

efile_status node_journal(efile_session *session, journal_action action, const node_record *node,
			  const char *body)
{
	return session_journal(session, action, RECORD_NODE, &node->uuid, node->dossier, body);
}

static efile_status created_body(buf *body, efile_ctx *ctx, const node_record *node,
				 const efile_id *above)
{
	json_writer w;

	json_begin(&w, body);
	json_object(&w);
	json_put_text(&w, "kind", efile_node_kind_name((efile_node_kind)node->kind));
	json_put_text(&w, "title", node->title);
	json_put_text(&w, "reference", node->reference);
	json_put_id(&w, "parent", above);
	json_end_object(&w);
	return buf_status(body, ctx);
}

efile_status node_journal_created(efile_session *session, const node_record *node,
				  const efile_id *above)
{
	static const journal_action actions[] = {
		[EFILE_NODE_DOSSIER] = JOURNAL_DOSSIER_CREATED,
		[EFILE_NODE_SUB_DOSSIER] = JOURNAL_DOSSIER_CREATED,
		[EFILE_NODE_CASE] = JOURNAL_CASE_CREATED,
		[EFILE_NODE_SUB_CASE] = JOURNAL_CASE_CREATED,
		[EFILE_NODE_DOCUMENT] = JOURNAL_DOCUMENT_FILED,
		[EFILE_NODE_ATTACHMENT] = JOURNAL_DOCUMENT_FILED,
	};
	AUTO(buf) body = BUF_INIT;

	TRY(created_body(&body, session_ctx(session), node, above));
	return node_journal(session, actions[node->kind], node, body.data);
}

efile_status node_journal_reason(efile_session *session, journal_action action,
				 const node_record *node, const char *reason)
{
	AUTO(buf) body = BUF_INIT;
	json_writer w;

	if (!reason)
		return node_journal(session, action, node, NULL);
	json_begin(&w, &body);
	json_object(&w);
	json_put_text(&w, "reason", reason);
	json_end_object(&w);
	TRY(buf_status(&body, session_ctx(session)));
	return node_journal(session, action, node, body.data);
}

/* ---- handles ---- */

static efile_status fill_handle(efile_node *node, efile_store *store)
{
	AUTO(doctype_record) type = { 0 };
	AUTO(node_record) dossier = { 0 };
	const node_record *row = &node->row;

	if (row->parent.set)
		TRY(node_id_of(&node->parent, store, row->parent.value));
	TRY(node_record_load(&dossier, store, row->dossier));
	node->dossier = dossier.uuid;
	TRY(plan_id_of(&node->plan, store, dossier.plan.value));
	if (!row->doctype.set)
		return EFILE_OK;
	TRY(row_load(store, &kind_doctype, &type, row->doctype.value));
	return mem_dup(&node->doctype, store_ctx(store), type.name);
}

efile_status node_handle(efile_node **out, efile_store *store, node_record *row)
{
	AUTO_PTR(efile_node) node = mem_new(store_ctx(store), sizeof(*node));

	if (!node)
		return EFILE_E_NOMEM;
	node->row = *row;
	*row = (node_record){ 0 };
	TRY(fill_handle(node, store));
	*out = STEAL(node);
	return EFILE_OK;
}

void efile_node_free(efile_node *node)
{
	if (!node)
		return;
	node_record_clear(&node->row);
	free(node->doctype);
	free(node);
}

static efile_status load(efile_node **out, efile_session *session, const efile_id *id,
			 unsigned kinds)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(node_record) row = { 0 };
	AUTO(txn) tx = TXN_NONE;

	TRY(session_enter(&call, session));
	TRY(session_begin_read(&tx, session));
	TRY(node_require(&row, session, EFILE_RIGHT_READ, id, kinds));
	return node_handle(out, session_store(session), &row);
}

efile_status efile_node_load(efile_node **out, efile_session *session, efile_id id)
{
	if (!out)
		return EFILE_E_INVALID;
	return load(out, session, &id, NODE_KINDS_ANY);
}

efile_status efile_dossier_load(efile_dossier **out, efile_session *session, efile_dossier_id id)
{
	if (!out)
		return EFILE_E_INVALID;
	return load(out, session, &id.id, NODE_KINDS_DOSSIER);
}

efile_status efile_case_load(efile_case **out, efile_session *session, efile_case_id id)
{
	if (!out)
		return EFILE_E_INVALID;
	return load(out, session, &id.id, NODE_KINDS_CASE);
}

efile_status efile_document_load(efile_document **out, efile_session *session,
				 efile_document_id id)
{
	if (!out)
		return EFILE_E_INVALID;
	return load(out, session, &id.id, NODE_KINDS_DOCUMENT);
}

static efile_status find_reference(efile_node **out, efile_session *session,
				   const char *reference, unsigned kinds)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(reference_record) found = { 0 };
	AUTO(node_record) row = { 0 };
	AUTO(txn) tx = TXN_NONE;
	AUTO_PTR(char) key = NULL;
	node_standing standing;
	efile_status status;
	efile_id id;

	TRY(session_enter(&call, session));
	TRY(session_begin_read(&tx, session));
	TRY(check_text(session_ctx(session), "reference number", reference, true));
	TRY(reference_key(&key, session_ctx(session), reference));
	status = reference_find(&found, session_store(session), key);
	if (status == EFILE_E_NOTFOUND)
		return access_missing(session, RECORD_NODE, NULL, reference);
	TRY(status);
	TRY(node_id_of(&id, session_store(session), found.node));
	TRY(node_ask_for(&row, &standing, session, &id,
			 &(node_ask){ .right = EFILE_RIGHT_READ, .kinds = kinds,
				      .asked = reference }));
	return node_handle(out, session_store(session), &row);
}

efile_status efile_find_by_reference(efile_node **out, efile_session *session,
				     const char *reference)
{
	if (!out)
		return EFILE_E_INVALID;
	return find_reference(out, session, reference, NODE_KINDS_ANY);
}

efile_status efile_dossier_by_reference(efile_dossier **out, efile_session *session,
					const char *reference)
{
	if (!out)
		return EFILE_E_INVALID;
	return find_reference(out, session, reference, NODE_KINDS_DOSSIER);
}

/* Takes the row, even on failure. */
efile_status node_give(efile_node **out, efile_session *session, node_record *node)
{
	return node_handle(out, session_store(session), node);
}
