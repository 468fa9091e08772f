/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the log tells of processes: who did what when in an instance, and of many instances how often
 * each node was passed and how long things waited there. A fold over the log, no second history. */
#include <efile/flow.h>
#include <efile/work.h>

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "flow/definition.h"
#include "flow/migrate.h"
#include "flow/runtime.h"

/* ---- figures by node ---- */

typedef struct node_figures {
	char *id, *name;
	int64_t visits, ended;  /* tokens that came; things that waited there and are over */
	int64_t open;           /* things that wait there now */
	efile_time total, longest;
} node_figures;

/* Something that waits: a task, job, call, or the event that a token waits for. */
typedef struct open_item {
	uint64_t wait;
	size_t figures;
	efile_time since;
} open_item;

typedef struct fold {
	efile_ctx *ctx;
	node_figures *nodes;
	size_t node_count, node_capacity;
	open_item *open;
	size_t open_count, open_capacity;
	json_writer *timeline;  /* NULL: only figures */
} fold;

static void fold_clear(fold *f)
{
	for (size_t i = 0; i < f->node_count; i++) {
		free(f->nodes[i].id);
		free(f->nodes[i].name);
	}
	free(f->nodes);
	free(f->open);
}

/* By its id, which outlives versions; the newest name counts. */
static efile_status figures_of(size_t *out, fold *f, const flow_definition *d, uint32_t node)
{
	void *nodes = f->nodes;
	node_figures row = { .id = NULL };
	efile_status status;
	flow_node n;

	flow_node_at(&n, d, node);
	for (*out = 0; *out < f->node_count; ++*out)
		if (!strcmp(f->nodes[*out].id, n.id))
			return EFILE_OK;
	TRY(mem_grow(f->ctx, &nodes, &f->node_capacity, f->node_count, sizeof(row)));
	f->nodes = nodes;
	status = mem_dup(&row.id, f->ctx, n.id);
	if (status == EFILE_OK)
		status = mem_dup(&row.name, f->ctx, n.name);
	if (status < 0) {
		free(row.id);
		return status;
	}
	f->nodes[f->node_count++] = row;
	return EFILE_OK;
}

static efile_status visit(fold *f, const flow_definition *d, uint32_t node)
{
	size_t at;

	TRY(figures_of(&at, f, d, node));
	f->nodes[at].visits++;
	return EFILE_OK;
}

/* A token comes to the target; where nothing leads to, it began. */
static efile_status visit_edge(fold *f, const flow_definition *d, uint32_t edge)
{
	uint32_t source = edge_get(d, edge, EDGE_SOURCE);

	if (!node_get(d, source, NODE_IN_COUNT))
		TRY(visit(f, d, source));
	return visit(f, d, edge_get(d, edge, EDGE_TARGET));
}

static open_item *item_of(fold *f, uint64_t wait)
{
	for (size_t i = 0; i < f->open_count; i++)
		if (f->open[i].wait == wait)
			return &f->open[i];
	return NULL;
}

/* ---- effects ---- */

/* Boundary events and event sub-processes listen; only what holds a token waits. */
static bool begins(const flow_definition *d, const flow_effect *e)
{
	flow_node n;

	if (e->kind == FLOW_EFFECT_TASK_CREATE || e->kind == FLOW_EFFECT_JOB_CREATE ||
	    e->kind == FLOW_EFFECT_CALL)
		return true;
	if (e->kind != FLOW_EFFECT_SUBSCRIBE)
		return false;
	flow_node_at(&n, d, e->node);
	return n.kind == FLOW_NODE_CATCH || n.kind == FLOW_NODE_RECEIVE_TASK;
}

static bool ends(const flow_effect *e)
{
	return e->kind == FLOW_EFFECT_TASK_END || e->kind == FLOW_EFFECT_JOB_END ||
		e->kind == FLOW_EFFECT_CALL_END || e->kind == FLOW_EFFECT_UNSUBSCRIBE;
}

static efile_status begin_item(fold *f, const flow_definition *d, const flow_effect *e,
			       efile_time time)
{
	open_item item = { .wait = e->wait, .since = time };
	void *open = f->open;

	if (item_of(f, e->wait))
		return EFILE_OK; /* a timer that is set anew */
	TRY(figures_of(&item.figures, f, d, e->node));
	TRY(mem_grow(f->ctx, &open, &f->open_capacity, f->open_count, sizeof(item)));
	f->open = open;
	f->open[f->open_count++] = item;
	f->nodes[item.figures].open++;
	return EFILE_OK;
}

static void end_item(fold *f, uint64_t wait, efile_time time)
{
	open_item *item = item_of(f, wait);
	node_figures *n;

	if (!item)
		return;
	n = &f->nodes[item->figures];
	n->open--;
	n->ended++;
	n->total += time - item->since;
	if (time - item->since > n->longest)
		n->longest = time - item->since;
	*item = f->open[--f->open_count];
}

static efile_status take_effect(fold *f, const flow_definition *d, const flow_effect *e,
				efile_time time)
{
	if (e->kind == FLOW_EFFECT_TAKEN)
		return visit_edge(f, d, e->edge);
	if (begins(d, e))
		return begin_item(f, d, e, time);
	if (ends(e))
		end_item(f, e->wait, time);
	return EFILE_OK;
}

/* ---- the timeline ---- */

static void put_node(json_writer *w, const char *key, const char *id, const char *name)
{
	json_key(w, key);
	json_object(w);
	json_put_text(w, "node", id);
	json_put_text(w, "name", name);
	json_end_object(w);
}

static void put_began(json_writer *w, const flow_definition *d, const flow_effects *effects)
{
	json_key(w, "began");
	json_array(w);
	for (size_t i = 0; i < effects->count; i++) {
		flow_node n;

		if (!begins(d, &effects->items[i]))
			continue;
		flow_node_at(&n, d, effects->items[i].node);
		json_object(w);
		json_put_text(w, "node", n.id);
		json_put_text(w, "name", n.name);
		json_end_object(w);
	}
	json_end_array(w);
}

/* One line: what happened, by whom, where and how long that had waited; what began, what stopped. */
static void put_event(fold *f, const flow_definition *d, const flow_event *event,
		      const flow_effects *effects)
{
	json_writer *w = f->timeline;
	const open_item *item = item_of(f, event->wait);

	json_object(w);
	json_put_time(w, "time", event->time);
	json_put_text(w, "event", flow_event_name(event->kind));
	json_put_id(w, "actor", &event->actor.id);
	json_put_id(w, "on_behalf_of", &event->on_behalf_of.id);
	if (item && event->wait) {
		put_node(w, "at", f->nodes[item->figures].id, f->nodes[item->figures].name);
		json_put_int(w, "waited", event->time - item->since);
	}
	if (event->message && event->kind != FLOW_EVENT_MIGRATE)
		json_put_text(w, "message", event->message);
	if (event->code && event->kind != FLOW_EVENT_MIGRATE)
		json_put_text(w, "code", event->code);
	put_began(w, d, effects);
	for (size_t i = 0; i < effects->count; i++)
		if (effects->items[i].kind == FLOW_EFFECT_INCIDENT)
			json_put_text(w, "incident", effects->items[i].message);
		else if (effects->items[i].kind == FLOW_EFFECT_ENDED)
			json_put_bool(w, "ended", true);
	json_end_object(w);
}

static efile_status fold_step(void *user, const flow_definition *d, const flow_event *event,
			      flow_effects *effects, const flow_plan *plan)
{
	fold *f = user;

	(void)plan; /* waits keep their numbers, figures the ids of the nodes */
	if (f->timeline)
		put_event(f, d, event, effects);
	for (size_t i = 0; i < effects->count; i++)
		TRY(take_effect(f, d, &effects->items[i], event->time));
	return EFILE_OK;
}

static void put_figures(json_writer *w, const fold *f)
{
	json_key(w, "nodes");
	json_array(w);
	for (size_t i = 0; i < f->node_count; i++) {
		const node_figures *n = &f->nodes[i];

		json_object(w);
		json_put_text(w, "node", n->id);
		json_put_text(w, "name", n->name);
		json_put_int(w, "visits", n->visits);
		json_put_int(w, "open", n->open);
		json_put_int(w, "ended", n->ended);
		json_key(w, "mean");
		if (n->ended)
			json_int(w, n->total / n->ended);
		else
			json_null(w);
		json_put_int(w, "longest", n->longest);
		json_end_object(w);
	}
	json_end_array(w);
}

/* ---- what an erased instance has left ---- */

efile_status instance_figures(buf *out, efile_session *session, const instance_record *row)
{
	AUTO(fold) f = { .ctx = session_ctx(session) };
	json_writer w;
	size_t steps;

	TRY(instance_walk(NULL, &steps, session, row, fold_step, &f));
	json_begin(&w, out);
	json_array(&w);
	for (size_t i = 0; i < f.node_count; i++) {
		json_object(&w);
		json_put_text(&w, "node", f.nodes[i].id);
		json_put_int(&w, "visits", f.nodes[i].visits);
		json_put_int(&w, "ended", f.nodes[i].ended);
		json_put_int(&w, "total", f.nodes[i].total);
		json_put_int(&w, "longest", f.nodes[i].longest);
		json_end_object(&w);
	}
	json_end_array(&w);
	return buf_status(out, f.ctx);
}

static int64_t int_of(const json_value *v, const char *key)
{
	const json_value *member = json_member(v, key);
	int64_t number = 0;

	return member && member->type == JSON_NUMBER && json_as_int(&number, member) >= 0 ? number : 0;
}

static efile_status add_kept(fold *f, const flow_definition *d, const instance_record *row)
{
	AUTO_PTR(json_document) kept = NULL;

	TRY(json_parse(&kept, f->ctx, row->figures ? row->figures : "[]",
		       row->figures ? strlen(row->figures) : 2));
	for (const json_value *v = json_root(kept)->child; v; v = v->next) {
		const char *id = json_member_text(v, "node");
		int64_t node = id ? flow_node_find(d, id) : -1;
		efile_time longest = int_of(v, "longest");
		size_t at;

		if (node < 0)
			continue; /* of a version that it had before */
		TRY(figures_of(&at, f, d, (uint32_t)node));
		f->nodes[at].visits += int_of(v, "visits");
		f->nodes[at].ended += int_of(v, "ended");
		f->nodes[at].total += int_of(v, "total");
		if (longest > f->nodes[at].longest)
			f->nodes[at].longest = longest;
	}
	return EFILE_OK;
}

/* ---- one instance ---- */

static efile_status history(buf *out, efile_session *session, const instance_record *row)
{
	AUTO(definition_ref) definition = DEFINITION_REF_NONE;
	fold f = { .ctx = session_ctx(session) };
	json_writer w;
	size_t steps;
	efile_status status;

	TRY(definition_hold(&definition, session->store, row->definition));
	json_begin(&w, out);
	json_object(&w);
	json_put_text(&w, "schema", "efile.flow_history.v1");
	json_put_id(&w, "instance", &row->uuid);
	json_put_text(&w, "process", definition.row->process);
	json_put_int(&w, "version", definition.row->version);
	json_put_text(&w, "status", efile_flow_status_name((efile_flow_status)row->status));
	if (row->erased.set)
		json_put_time(&w, "erased", row->erased.value);
	json_key(&w, "events");
	json_array(&w);
	f.timeline = &w;
	if (row->erased.set)
		status = add_kept(&f, definition.opened, row);
	else
		status = instance_walk(NULL, &steps, session, row, fold_step, &f);
	json_end_array(&w);
	put_figures(&w, &f);
	json_end_object(&w);
	fold_clear(&f);
	TRY(status);
	return buf_status(out, session_ctx(session));
}

efile_status efile_flow_history(char **json_out, efile_session *session, efile_instance_id instance)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(instance_record) row = { .head = { 0, 0 } };
	AUTO(buf) text = BUF_INIT;

	TRY(session_enter(&call, session));
	if (!json_out)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2391, "no place for the answer");
	TRY(instance_load(&row, session, instance, EFILE_RIGHT_READ));
	TRY(history(&text, session, &row));
	return buf_take(json_out, &text, session_ctx(session));
}

/* ---- many ---- */

static efile_status hold_process(definition_ref *out, efile_session *session, const char *process,
				 int64_t version)
{
	AUTO(definition_record) row = { .head = { 0, 0 } };
	efile_status status = version ?
		definition_by_version(&row, session->store, process, version) :
		definition_newest(&row, session->store, process);

	if (status == EFILE_E_NOTFOUND)
		return FAIL(session_ctx(session), EFILE_E_NOTFOUND, 2383,
			    "no version %lld of process %s", (long long)version, process);
	TRY(status);
	return definition_hold(out, session->store, row.head.id);
}

static efile_status fold_all(fold *f, int64_t *instances, efile_session *session,
			     const definition_ref *definition)
{
	int64_t after = 0;

	for (;;) {
		AUTO(instance_record) row = { .head = { 0, 0 } };
		size_t steps;
		efile_status status = instance_of(&row, session->store, definition->row->head.id, after);

		TRY(status);
		if (status == EFILE_DONE)
			return EFILE_OK;
		after = row.head.id;
		f->open_count = 0;
		++*instances;
		if (row.erased.set)
			TRY(add_kept(f, definition->opened, &row));
		else
			TRY(instance_walk(NULL, &steps, session, &row, fold_step, f));
	}
}

static efile_status check_figures(efile_session *session, const char *process, int64_t version)
{
	TRY(access_require_administrator(session, RECORD_DEFINITION, NULL));
	if (!process || !*process || version < 0)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2404,
			    "starting needs the id of a process");
	return EFILE_OK;
}

efile_status efile_flow_figures(char **json_out, efile_session *session, const char *process,
				int64_t version)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(definition_ref) definition = DEFINITION_REF_NONE;
	AUTO(fold) f = { .ctx = NULL };
	AUTO(buf) text = BUF_INIT;
	int64_t instances = 0;
	json_writer w;

	TRY(session_enter(&call, session));
	TRY(check_figures(session, process, version));
	if (!json_out)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2391, "no place for the answer");
	f.ctx = session_ctx(session);
	TRY(hold_process(&definition, session, process, version));
	TRY(fold_all(&f, &instances, session, &definition));
	json_begin(&w, &text);
	json_object(&w);
	json_put_text(&w, "schema", "efile.flow_figures.v1");
	json_put_text(&w, "process", definition.row->process);
	json_put_int(&w, "version", definition.row->version);
	json_put_int(&w, "instances", instances);
	put_figures(&w, &f);
	json_end_object(&w);
	return buf_take(json_out, &text, f.ctx);
}

static efile_status draw_heat(efile_session *session, const definition_record *definition,
			      const fold *f, efile_writer *writer)
{
	AUTO_PTR(efile_reader) source = NULL;
	efile_bpmn_render_options options;
	efile_bpmn_heat *heat = mem_new(f->ctx, (f->node_count + 1) * sizeof(*heat));
	efile_status status;

	if (!heat)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < f->node_count; i++)
		heat[i] = (efile_bpmn_heat){ f->nodes[i].id, (uint64_t)f->nodes[i].visits,
					     f->nodes[i].ended ? f->nodes[i].total / f->nodes[i].ended :
								 -1 };
	efile_bpmn_render_options_init(&options);
	options.heat = heat;
	options.heat_count = f->node_count;
	status = blob_open(&source, session->store, definition->source);
	if (status == EFILE_OK)
		status = efile_bpmn_render(f->ctx, source, writer, &options);
	free(heat);
	return status;
}

efile_status efile_flow_heat(efile_session *session, const char *process, int64_t version,
			     efile_writer *writer)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(definition_ref) definition = DEFINITION_REF_NONE;
	AUTO(fold) f = { .ctx = NULL };
	int64_t instances = 0;

	TRY(session_enter(&call, session));
	TRY(check_figures(session, process, version));
	f.ctx = session_ctx(session);
	TRY(hold_process(&definition, session, process, version));
	TRY(fold_all(&f, &instances, session, &definition));
	return draw_heat(session, definition.row, &f, writer);
}
