/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scenarios: the public calls, and how much of the models they have visited. */
#include "flow/scenario.h"

#include <stdlib.h>
#include <string.h>

enum { NOW = 1772438400 }; /* 2026-03-02T08:00:00Z */

typedef struct model_row {
	efile_scenario_model shown;
	efile_scenario_node *nodes;
} model_row;

typedef struct result_row {
	efile_scenario_result shown;
	char *message;
} result_row;

struct efile_scenario_run {
	scenario_text text;     /* names in results are borrowed from it */
	result_row *results;
	size_t result_count, result_capacity;
	model_row *models;
	size_t model_count, model_capacity;
};

void efile_scenario_options_init(efile_scenario_options *options)
{
	if (!options)
		return;
	*options = (efile_scenario_options){ .size = sizeof(*options) };
}

void efile_scenario_run_free(efile_scenario_run *run)
{
	if (!run)
		return;
	for (size_t i = 0; i < run->result_count; i++)
		free(run->results[i].message);
	for (size_t i = 0; i < run->model_count; i++) {
		for (uint32_t k = 0; k < run->models[i].shown.nodes; k++)
			free((char *)(uintptr_t)run->models[i].nodes[k].id);
		free(run->models[i].nodes);
		free((char *)(uintptr_t)run->models[i].shown.process);
	}
	free(run->results);
	free(run->models);
	scenario_text_clear(&run->text);
	free(run);
}

DEFINE_AUTO_PTR(efile_scenario_run, efile_scenario_run_free)

/* ---- coverage ---- */

static efile_status copy_nodes(efile_ctx *ctx, model_row *row, const flow_definition *d)
{
	for (uint32_t i = 0; i < row->shown.nodes; i++) {
		flow_node node;

		flow_node_at(&node, d, i);
		TRY(mem_dup((char **)(uintptr_t)&row->nodes[i].id, ctx, node.id));
	}
	return EFILE_OK;
}

static efile_status add_model(efile_scenario_run *run, efile_ctx *ctx, const flow_definition *d,
			      const char *file)
{
	void *models = run->models;
	model_row *row;

	TRY(mem_grow(ctx, &models, &run->model_capacity, run->model_count, sizeof(*run->models)));
	run->models = models;
	row = &run->models[run->model_count];
	*row = (model_row){ .shown = { .file = file, .nodes = flow_node_count(d) } };
	row->nodes = mem_new(ctx, (row->shown.nodes + 1) * sizeof(*row->nodes));
	if (!row->nodes)
		return EFILE_E_NOMEM;
	run->model_count++;
	TRY(mem_dup((char **)(uintptr_t)&row->shown.process, ctx, flow_definition_id(d)));
	return copy_nodes(ctx, row, d);
}

static efile_status find_model(efile_scenario_run *run, const scenario_world *w, size_t definition,
			       model_row **out)
{
	const flow_definition *d = flow_host_definition(w->host, definition);
	const char *file = scenario_string(w->text, w->files[definition]);

	for (size_t i = 0; i < run->model_count; i++) {
		*out = &run->models[i];
		if (!strcmp((*out)->shown.file, file) &&
		    !strcmp((*out)->shown.process, flow_definition_id(d)) &&
		    (*out)->shown.nodes == flow_node_count(d))
			return EFILE_OK;
	}
	TRY(add_model(run, w->ctx, d, file));
	*out = &run->models[run->model_count - 1];
	return EFILE_OK;
}

static efile_status add_coverage(efile_scenario_run *run, const scenario_world *w)
{
	for (size_t i = 0; i < w->file_count; i++) {
		model_row *row;

		TRY(find_model(run, w, i, &row));
		for (uint32_t k = 0; k < row->shown.nodes; k++) {
			uint64_t more = flow_host_visits(w->host, i, k);

			row->shown.visited += more && !row->nodes[k].visits;
			row->nodes[k].visits += more;
		}
	}
	return EFILE_OK;
}

/* ---- running ---- */

static efile_status run_steps(scenario_world *w, size_t first, size_t count, result_row *row)
{
	for (size_t i = first; i < first + count; i++) {
		const scenario_step *s = &w->text->steps[i];

		row->shown.steps++;
		TRY(scenario_do(w, s));
		if (!w->wrong.length)
			continue;
		row->shown.passed = 0;
		row->shown.file = scenario_string(w->text, s->file);
		row->shown.failed_line = s->line;
		TRY(buf_take(&row->message, &w->wrong, w->ctx));
		row->shown.message = row->message;
		return EFILE_OK;
	}
	return EFILE_OK;
}

/* What stands before the first scenario comes first in each. */
static efile_status run_part(efile_scenario_run *run, const scenario_part *part)
{
	const scenario_text *t = &run->text;
	AUTO(scenario_world) w = { .ctx = t->ctx, .text = t, .wrong = BUF_INIT };
	void *results = run->results;
	result_row *row;

	TRY(mem_grow(t->ctx, &results, &run->result_capacity, run->result_count,
		     sizeof(*run->results)));
	run->results = results;
	row = &run->results[run->result_count++];
	*row = (result_row){ .shown = { .name = scenario_string(t, part->name), .line = part->line,
					.passed = 1, .message = "", .file = "" } };
	TRY(flow_host_new(&w.host, t->ctx, (efile_time)NOW * 1000000));
	TRY(run_steps(&w, 0, t->parts[0].first, row));
	if (row->shown.passed)
		TRY(run_steps(&w, part->first, part->count, row));
	return add_coverage(run, &w);
}

static efile_status test(efile_scenario_run **out, efile_ctx *ctx, efile_reader *reader,
			 const efile_scenario_options *options)
{
	AUTO_PTR(efile_scenario_run) run = mem_new(ctx, sizeof(*run));

	if (!run)
		return EFILE_E_NOMEM;
	run->text.ctx = ctx;
	run->text.options = *options;
	TRY(scenario_read(&run->text, reader));
	for (size_t i = 0; i < run->text.part_count; i++)
		TRY(run_part(run, &run->text.parts[i]));
	run->text.options = (efile_scenario_options){ .size = 0 }; /* they were the caller's */
	*out = STEAL(run);
	return EFILE_OK;
}

efile_status efile_scenario_test(efile_scenario_run **out, efile_ctx *ctx, efile_reader *reader,
				 const efile_scenario_options *options)
{
	efile_scenario_options o;

	if (!ctx)
		return EFILE_E_INVALID;
	error_clear(ctx);
	if (!out || !reader)
		return FAIL(ctx, EFILE_E_INVALID, 2460, "a scenario file is needed");
	efile_scenario_options_init(&o);
	TRY(options_import(ctx, &o, sizeof(o), options));
	return test(out, ctx, reader, &o);
}

/* ---- what came of it ---- */

size_t efile_scenario_count(const efile_scenario_run *run)
{
	return run ? run->result_count : 0;
}

const efile_scenario_result *efile_scenario_at(const efile_scenario_run *run, size_t index)
{
	return run && index < run->result_count ? &run->results[index].shown : NULL;
}

size_t efile_scenario_model_count(const efile_scenario_run *run)
{
	return run ? run->model_count : 0;
}

const efile_scenario_model *efile_scenario_model_at(const efile_scenario_run *run, size_t index)
{
	return run && index < run->model_count ? &run->models[index].shown : NULL;
}

const efile_scenario_node *efile_scenario_node_at(const efile_scenario_run *run, size_t model,
						  size_t index)
{
	if (!run || model >= run->model_count || index >= run->models[model].shown.nodes)
		return NULL;
	return &run->models[model].nodes[index];
}
