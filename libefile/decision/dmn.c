/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public side of decisions: models and inputs in, values as JSON out. */
#include <string.h>

#include "decision/model.h"
#include "expr/value.h"

static const name_row kinds[] = {
	{ DECISION_INPUT, "input" },
	{ DECISION_DECISION, "decision" },
	{ DECISION_BKM, "function" },
	{ DECISION_SERVICE, "service" },
};

efile_status efile_dmn_parse(efile_dmn **out, efile_ctx *ctx, const efile_dmn_source *sources,
			     size_t count)
{
	if (!ctx || !out || !sources || !count)
		return EFILE_E_INVALID;
	error_clear(ctx);
	for (size_t i = 0; i < count; i++)
		if (!sources[i].data && sources[i].length)
			return FAIL(ctx, EFILE_E_INVALID, 1703, "a model has no content");
	return decision_compile(out, ctx, sources, count);
}

void efile_dmn_free(efile_dmn *model)
{
	decision_free(model);
}

/* ---- findings ---- */

static efile_status copy_findings(efile_report *to, const efile_report *from)
{
	for (size_t i = 0; i < efile_report_count(from); i++) {
		const efile_finding *f = efile_report_finding(from, i);
		report_place place = { f->term, f->path, f->line, f->column, f->actual, f->expected };

		TRY(report_add(to, f->rule, f->severity, &place, "%s", f->message));
	}
	return EFILE_OK;
}

static efile_status check_logic(const logic *l, const dmn_node *owner, efile_report *report)
{
	if (!l)
		return EFILE_OK;
	if (l->table)
		TRY(dmn_table_check(l, owner, report));
	for (size_t i = 0; i < l->count; i++)
		TRY(check_logic(l->parts[i].logic, owner, report));
	return EFILE_OK;
}

efile_status efile_dmn_check(efile_report **out, const efile_dmn *model)
{
	AUTO_PTR(efile_report) report = NULL;

	if (!out || !model)
		return EFILE_E_INVALID;
	error_clear(model->ctx);
	TRY(report_new(&report, model->ctx));
	TRY(copy_findings(report, model->report));
	for (size_t i = 0; i < model->node_count; i++)
		TRY(check_logic(model->nodes[i]->logic, model->nodes[i], report));
	*out = STEAL(report);
	return EFILE_OK;
}

/* ---- what a model holds ---- */

static void put_references(json_writer *w, const dmn_node *node)
{
	json_key(w, "requires");
	json_array(w);
	for (size_t i = 0; i < node->reference_count; i++)
		if (node->references[i].target)
			json_text(w, node->references[i].target->name);
	json_end_array(w);
}

static void put_node(json_writer *w, const dmn_node *node)
{
	json_object(w);
	json_put_text(w, "kind", TABLE_NAME(kinds, (int)node->kind));
	json_put_text(w, "name", node->name);
	json_put_text(w, "id", *node->id ? node->id : NULL);
	json_put_text(w, "type", node->type_ref);
	put_references(w, node);
	json_end_object(w);
}

efile_status efile_dmn_json(char **json_out, const efile_dmn *model)
{
	AUTO(buf) text = BUF_INIT;
	json_writer w;

	if (!json_out || !model)
		return EFILE_E_INVALID;
	error_clear(model->ctx);
	json_begin(&w, &text);
	json_object(&w);
	json_put_text(&w, "schema", "efile.dmn_model.v1");
	json_put_text(&w, "name", model->models[0].name);
	json_put_text(&w, "namespace", model->models[0].namespace);
	json_key(&w, "nodes");
	json_array(&w);
	for (size_t i = 0; i < model->models[0].node_count; i++)
		put_node(&w, model->models[0].nodes[i]);
	json_end_array(&w);
	json_end_object(&w);
	return buf_take(json_out, &text, model->ctx);
}

/* ---- evaluating ---- */

static efile_status input_of(expr_value *out, efile_ctx *ctx, expr_scope *scope, const char *json)
{
	AUTO_PTR(json_document) document = NULL;

	if (!json || !*json)
		return value_context(out, scope);
	TRY(json_parse(&document, ctx, json, strlen(json)));
	return expr_from_json(out, scope, json_root(document));
}

/* All decisions of the model, as a context. */
static efile_status evaluate_all(expr_value *out, decision_run *run)
{
	const dmn_model *m = &run->set->models[0];
	expr_value value;

	TRY(value_context(out, run->scope));
	for (size_t i = 0; i < m->node_count; i++) {
		if (m->nodes[i]->kind != DECISION_DECISION)
			continue;
		TRY(decision_evaluate(&value, run, m->nodes[i]));
		TRY(context_put(run->scope, out->as.context, m->nodes[i]->name, value));
	}
	return EFILE_OK;
}

static void put_messages(json_writer *w, const decision_run *run)
{
	json_key(w, "messages");
	json_array(w);
	for (size_t i = 0; i < decision_message_count(run); i++) {
		decision_message m = decision_message_at(run, i);

		json_object(w);
		json_put_text(w, "decision", m.decision);
		json_key(w, "rule");
		if (m.rule)
			json_int(w, (int64_t)m.rule);
		else
			json_null(w);
		json_put_text(w, "text", m.text);
		json_end_object(w);
	}
	json_end_array(w);
}

static efile_status answer(char **json_out, const decision_run *run, const char *decision,
			   const expr_value *value)
{
	AUTO(buf) text = BUF_INIT;
	json_writer w;

	json_begin(&w, &text);
	json_object(&w);
	json_put_text(&w, "schema", "efile.dmn.v1");
	json_put_text(&w, "decision", decision);
	json_put_text(&w, "type", expr_kind_name(value->kind));
	json_key(&w, "value");
	expr_to_json(&w, value);
	put_messages(&w, run);
	json_end_object(&w);
	return buf_take(json_out, &text, run->ctx);
}

efile_status efile_dmn_evaluate(char **json_out, const efile_dmn *model, const char *decision,
				const char *input_json)
{
	AUTO_PTR(expr_scope) scope = NULL;
	const dmn_node *node = NULL;
	expr_value input, value;
	decision_run *run;

	if (!json_out || !model)
		return EFILE_E_INVALID;
	error_clear(model->ctx);
	if (decision)
		TRY(decision_find(&node, model, decision));
	TRY(expr_scope_new(&scope, model->ctx));
	expr_scope_set_now(scope, ctx_now(model->ctx), 0);
	TRY(input_of(&input, model->ctx, scope, input_json));
	TRY(decision_begin(&run, model, scope, &input, true));
	TRY(node ? decision_evaluate(&value, run, node) : evaluate_all(&value, run));
	return answer(json_out, run, node ? node->name : NULL, &value);
}
