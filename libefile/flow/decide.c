/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decisions in the store: deployed with their model, version by version like processes, and asked by
 * business rule tasks inside the transaction of the step. The answer stands in the log, so a replay
 * needs no model. */
#include <stdlib.h>
#include <string.h>

#include "decision/decision.h"
#include "flow/runtime.h"

enum { SLOT_DECISIONS = 4, KEPT_MAX = 16, IMPORTS_MAX = 32 };

/* ---- models with what they import ---- */

/* Under what name a model stands for those that import it; no id of a decision has a colon. */
static efile_status import_name(buf *out, efile_ctx *ctx, const char *namespace)
{
	buf_add_format(out, "import:%s", namespace);
	return buf_status(out, ctx);
}

/* A model of another deployment: the newest of its namespace; none if there is none. */
typedef struct imported {
	char *namespace;
	efile_id uuid;
	buf source;
} imported;

typedef struct gathered {
	imported items[IMPORTS_MAX];
	size_t count;
} gathered;

static void gathered_clear(gathered *g)
{
	for (size_t i = 0; i < g->count; i++) {
		free(g->items[i].namespace);
		buf_clear(&g->items[i].source);
	}
	g->count = 0;
}

static efile_status find_import(decision_record *out, efile_store *store, const char *namespace)
{
	AUTO(buf) name = BUF_INIT;

	TRY(import_name(&name, store_ctx(store), namespace));
	return decision_by_version(out, store, buf_text(&name), 0);
}

static bool is_gathered(const gathered *g, const char *namespace)
{
	for (size_t i = 0; i < g->count; i++)
		if (!strcmp(g->items[i].namespace, namespace))
			return true;
	return false;
}

static efile_status gather(gathered *g, efile_store *store, const char *namespace)
{
	AUTO(decision_record) row = { .head = { 0, 0 } };
	imported *item = &g->items[g->count];
	efile_status status = find_import(&row, store, namespace);

	if (status != EFILE_E_NOTFOUND)
		TRY(status);
	*item = (imported){ .uuid = row.uuid, .source = BUF_INIT };
	TRY(mem_dup(&item->namespace, store_ctx(store), namespace));
	g->count++;
	return status == EFILE_OK ? blob_load(&item->source, store, row.source,
					      store_ctx(store)->limits.xml_bytes) : EFILE_OK;
}

static efile_status compile_gathered(decision_set **out, efile_ctx *ctx, const char *name,
				     const buf *source, const gathered *g)
{
	decision_source sources[IMPORTS_MAX + 1] = { { name, source->data, source->length } };
	size_t count = 1;

	for (size_t i = 0; i < g->count; i++)
		if (g->items[i].source.length)
			sources[count++] = (decision_source){ g->items[i].namespace,
							      g->items[i].source.data,
							      g->items[i].source.length };
	return decision_compile(out, ctx, sources, count);
}

/* Asks for what is missing until nothing more comes. */
static efile_status compile(decision_set **out, gathered *g, efile_store *store, const char *name,
			    const buf *source)
{
	for (;;) {
		AUTO_PTR(decision_set) set = NULL;
		const char *missing;
		size_t before = g->count;

		TRY(compile_gathered(&set, store_ctx(store), name, source, g));
		for (size_t i = 0; (missing = decision_missing(set, i)); i++)
			if (g->count < IMPORTS_MAX && !is_gathered(g, missing))
				TRY(gather(g, store, missing));
		if (g->count == before) {
			*out = STEAL(set);
			return EFILE_OK;
		}
	}
}

/* ---- compiled models, kept with the store ---- */

typedef struct kept_model {
	efile_id uuid;          /* of the row: it never changes */
	decision_set *set;
	gathered imports;       /* without sources */
	uint64_t used;
} kept_model;

typedef struct decision_room {
	kept_model kept[KEPT_MAX];
	uint64_t clock;
} decision_room;

static void drop_model(kept_model *k)
{
	decision_free(k->set);
	gathered_clear(&k->imports);
	*k = (kept_model){ .set = NULL };
}

static void free_room(void *data)
{
	decision_room *room = data;

	for (size_t i = 0; i < KEPT_MAX; i++)
		drop_model(&room->kept[i]);
	free(room);
}

static efile_status room_of(decision_room **out, efile_store *store)
{
	decision_room *room = store_slot(store, SLOT_DECISIONS);

	if (!room) {
		room = mem_new(store_ctx(store), sizeof(*room));
		if (!room)
			return EFILE_E_NOMEM;
		store_set_slot(store, SLOT_DECISIONS, room, free_room);
	}
	*out = room;
	return EFILE_OK;
}

/* Whether what it imports has no newer version. */
static efile_status is_fresh(bool *out, efile_store *store, const kept_model *k)
{
	*out = true;
	for (size_t i = 0; i < k->imports.count && *out; i++) {
		AUTO(decision_record) row = { .head = { 0, 0 } };
		efile_status status = find_import(&row, store, k->imports.items[i].namespace);

		if (status != EFILE_E_NOTFOUND)
			TRY(status);
		*out = !id_compare(&row.uuid, &k->imports.items[i].uuid);
	}
	return EFILE_OK;
}

static efile_status fill_model(kept_model *k, efile_store *store, const decision_record *row)
{
	AUTO(buf) source = BUF_INIT;
	efile_status status;

	drop_model(k);
	TRY(blob_load(&source, store, row->source, store_ctx(store)->limits.xml_bytes));
	status = compile(&k->set, &k->imports, store, row->decision, &source);
	if (status < 0) {
		drop_model(k);
		return status;
	}
	for (size_t i = 0; i < k->imports.count; i++)
		buf_clear(&k->imports.items[i].source);
	k->uuid = row->uuid;
	return EFILE_OK;
}

static efile_status model_of(const decision_set **out, efile_store *store,
			     const decision_record *row)
{
	decision_room *room;
	kept_model *chosen;
	bool fresh = false;

	TRY(room_of(&room, store));
	chosen = &room->kept[0];
	for (size_t i = 0; i < KEPT_MAX; i++) {
		kept_model *k = &room->kept[i];

		if (k->set && id_compare(&k->uuid, &row->uuid) == 0) {
			chosen = k;
			TRY(is_fresh(&fresh, store, k));
			break;
		}
		if (k->used < chosen->used)
			chosen = k;
	}
	if (!fresh)
		TRY(fill_model(chosen, store, row));
	chosen->used = ++room->clock;
	*out = chosen->set;
	return EFILE_OK;
}

/* ---- deploying ---- */

static const char dmn_space[] = "omg.org/spec/DMN/";

bool is_decision_model(const buf *source)
{
	enum { HEAD = 4096 };
	size_t length = source->length < HEAD ? source->length : HEAD;

	return memmem(source->data, length, dmn_space, sizeof(dmn_space) - 1) != NULL &&
		!memmem(source->data, length, "omg.org/spec/BPMN/", 18);
}

static efile_status put_version(int64_t *version, efile_session *session, const char *id,
				const char *name, const blob_ref *blob)
{
	efile_ctx *ctx = session_ctx(session);
	AUTO(decision_record) newest = { .head = { 0, 0 } };
	AUTO(decision_record) row = { .head = { 0, 0 } };
	efile_status status = decision_by_version(&newest, session->store, id, 0);

	if (status != EFILE_E_NOTFOUND)
		TRY(status);
	*version = newest.version;
	if (newest.head.id && newest.source == blob->id)
		return session_journal(session, JOURNAL_FLOW_DEPLOYED, RECORD_DECISION,
				       &newest.uuid, 0, NULL);
	TRY(id_new(&row.uuid, ctx));
	TRY(mem_dup(&row.decision, ctx, id));
	TRY(mem_dup(&row.name, ctx, name));
	row.version = *version = newest.version + 1;
	row.source = blob->id;
	row.created = ctx_now(ctx);
	TRY(row_insert(session->store, &kind_decision, &row));
	return session_journal(session, JOURNAL_FLOW_DEPLOYED, RECORD_DECISION, &row.uuid, 0, NULL);
}

/* The model as a whole, for others that import it. */
static efile_status put_model(int64_t *version, efile_session *session, const decision_set *set,
			      const blob_ref *blob)
{
	AUTO(buf) name = BUF_INIT;

	if (!*decision_namespace(set) || decision_is_empty(set))
		return EFILE_OK;
	TRY(import_name(&name, session_ctx(session), decision_namespace(set)));
	return put_version(version, session, buf_text(&name), decision_model_name(set), blob);
}

static bool is_decision(const struct dmn_node *node)
{
	decision_kind kind = decision_node_kind(node);

	return (kind == DECISION_DECISION || kind == DECISION_SERVICE) && decision_node_id(node) &&
		*decision_node_id(node);
}

static efile_status put_all(int64_t *version, efile_session *session, const decision_set *set,
			    const buf *source)
{
	AUTO(txn) tx = TXN_NONE;
	blob_ref blob;
	int64_t number, model = 0;

	*version = 0;
	TRY(session_begin(&tx, session));
	TRY(blob_put_bytes(&blob, session->store, source->data, source->length));
	for (size_t i = 0; i < decision_node_count(set); i++) {
		const struct dmn_node *node = decision_node_at(set, i);

		if (!is_decision(node))
			continue;
		TRY(put_version(&number, session, decision_node_id(node), decision_node_name(node),
				&blob));
		*version = number > *version ? number : *version;
	}
	TRY(put_model(&model, session, set, &blob));
	*version = *version ? *version : model; /* functions and types that others import */
	if (!*version)
		return FAIL(session_ctx(session), EFILE_E_FORMAT, 2387,
			    "the model holds no decision with an id");
	return txn_commit(&tx);
}

efile_status deploy_decisions(int64_t *version, efile_report **findings, efile_session *session,
			      const buf *source)
{
	efile_ctx *ctx = session_ctx(session);
	AUTO_PTR(decision_set) set = NULL;
	AUTO_PTR(efile_report) report = NULL;
	AUTO(gathered) imports = { .count = 0 };

	TRY(compile(&set, &imports, session->store, "DMN", source));
	TRY(efile_dmn_check(&report, set));
	for (size_t i = 0; i < efile_report_count(report); i++) {
		const efile_finding *finding = efile_report_finding(report, i);

		if (finding->severity != EFILE_SEVERITY_ERROR)
			continue;
		(void)FAIL(ctx, EFILE_E_FORMAT, 2388, "the decision model is not sound: %s",
			   finding->message);
		*findings = STEAL(report);
		return EFILE_E_FORMAT;
	}
	TRY(put_all(version, session, set, source));
	*findings = STEAL(report);
	return EFILE_OK;
}

/* ---- what a process needs ---- */

const char *decision_of_handler(const char *handler)
{
	static const char prefix[] = "decision:";

	return strncmp(handler, prefix, sizeof(prefix) - 1) ? NULL : handler + sizeof(prefix) - 1;
}

/* The newest version whose model says this tag of it. */
static efile_status find_tagged(decision_record *out, efile_store *store, const char *decision,
				const char *tag)
{
	for (int64_t version = 0;;) {
		AUTO(decision_record) row = { .head = { 0, 0 } };
		const struct dmn_node *node;
		const decision_set *set;

		TRY(decision_by_version(&row, store, decision, version));
		TRY(model_of(&set, store, &row));
		TRY(decision_find(&node, set, decision));
		if (!strcmp(decision_node_tag(node), tag)) {
			*out = row;
			row = (decision_record){ .head = { 0, 0 } };
			return EFILE_OK;
		}
		version = row.version - 1;
		if (!version)
			return EFILE_E_NOTFOUND;
	}
}

/* definition: the row of the process that asks, 0: it is being deployed. */
static efile_status find(decision_record *out, efile_store *store, const flow_node *node,
			 const char *decision, int64_t definition)
{
	AUTO(definition_ref) process = DEFINITION_REF_NONE;
	efile_status status;

	switch (node->binding) {
	case FLOW_BINDING_TAG:
		return find_tagged(out, store, decision, node->binding_value);
	case FLOW_BINDING_VERSION:
		return decision_by_version(out, store, decision,
					   strtol(node->binding_value, NULL, 10));
	case FLOW_BINDING_DEPLOYMENT:
		if (!definition)
			return decision_by_version(out, store, decision, 0);
		TRY(definition_hold(&process, store, definition));
		status = decision_until(out, store, decision, process.row->created);
		return status == EFILE_E_NOTFOUND ? decision_by_version(out, store, decision, 1) : status;
	default:
		return decision_by_version(out, store, decision, 0);
	}
}

efile_status check_decisions(efile_report *report, efile_session *session, const flow_definition *d)
{
	for (uint32_t i = 0; i < flow_node_count(d); i++) {
		AUTO(decision_record) row = { .head = { 0, 0 } };
		const char *decision;
		flow_node node;
		efile_status status;

		flow_node_at(&node, d, i);
		decision = decision_of_handler(node.handler);
		if (!decision || handler_named(session->store, node.handler))
			continue; /* none, or one that is made here */
		status = find(&row, session->store, &node, decision, 0);
		if (status == EFILE_E_NOTFOUND) {
			error_clear(session_ctx(session));
			status = report_add(report, "FLOW-DECISION", EFILE_SEVERITY_WARNING,
					    &(report_place){ .term = node.id },
					    "%s: no decision %s is deployed", node.id, decision);
		}
		TRY(status);
	}
	return EFILE_OK;
}

/* ---- deciding ---- */

/* What has no variable to go to is merged: a context as it is, else under the decision's id. */
static efile_status write_result(char **out, efile_ctx *ctx, const expr_value *value,
				 const char *decision, bool named)
{
	AUTO(buf) text = BUF_INIT;
	json_writer w;

	json_begin(&w, &text);
	if (named || value->kind == EXPR_CONTEXT) {
		expr_to_json(&w, value);
	} else {
		json_object(&w);
		json_key(&w, decision);
		expr_to_json(&w, value);
		json_end_object(&w);
	}
	return buf_take(out, &text, ctx);
}

static efile_status ask(char **out, efile_ctx *ctx, const decision_set *set, const char *decision,
			const char *variables, bool named)
{
	AUTO_PTR(json_document) document = NULL;
	AUTO_PTR(expr_scope) scope = NULL;
	const struct dmn_node *node;
	expr_value input, value;
	decision_run *run;

	TRY(decision_find(&node, set, decision));
	TRY(json_parse(&document, ctx, variables, strlen(variables)));
	TRY(expr_scope_new(&scope, ctx));
	expr_scope_set_now(scope, ctx_now(ctx), 0);
	TRY(expr_from_json(&input, scope, json_root(document)));
	TRY(decision_begin(&run, set, scope, &input, true));
	TRY(decision_evaluate(&value, run, node));
	if (value.kind == EXPR_NULL && decision_message_count(run))
		return FAIL(ctx, EFILE_E_FORMAT, 2389, "decision %s: %s", decision,
			    decision_message_at(run, 0).text);
	return write_result(out, ctx, &value, decision, named);
}

efile_status flow_decide(char **result, efile_session *session, int64_t definition,
			 const flow_node *node, bool named, const char *variables)
{
	efile_store *store = session->store;
	AUTO(decision_record) row = { .head = { 0, 0 } };
	const char *decision = decision_of_handler(node->handler);
	const decision_set *set;
	efile_status status = find(&row, store, node, decision, definition);

	if (status == EFILE_E_NOTFOUND)
		return FAIL(store_ctx(store), EFILE_E_NOTFOUND, 2390, "no decision %s is deployed",
			    decision);
	TRY(status);
	TRY(model_of(&set, store, &row));
	return ask(result, store_ctx(store), set, decision, variables, named);
}
