/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* efile flow test: scenarios of processes, in memory. */
#include <string.h>

#include "commands.h"

typedef struct totals {
	int scenarios, failed;
	unsigned long nodes, visited;
} totals;

static const char *title(const char *path, const efile_scenario_result *result)
{
	return *result->name ? result->name : path;
}

/* Test Anything Protocol 13: what is said of a failure stands in a block of its own. */
static void print_tap(tool *t, const char *path, const efile_scenario_result *result, int number)
{
	put("%s %d - %s%s%s\n", result->passed ? "ok" : "not ok", number, path,
	    *result->name ? ": " : "", result->name);
	if (result->passed || t->quiet)
		return;
	put("  ---\n  message: %s\n  at: %s:%ld\n  ...\n", result->message, result->file,
	    result->failed_line);
}

static void print_json(tool *t, const char *path, const efile_scenario_result *result)
{
	json_line(t, "scenario");
	json_string(t, "file", path);
	json_string(t, "scenario", title(path, result));
	json_number(t, "line", result->line);
	json_boolean(t, "passed", result->passed);
	json_number(t, "steps", result->steps);
	json_string(t, "message", result->passed ? NULL : result->message);
	json_string(t, "failed_file", result->passed ? NULL : result->file);
	json_number(t, "failed_line", result->failed_line);
	json_line_end(t);
}

/* ---- coverage ---- */

static void print_missed(const efile_scenario_run *run, size_t model)
{
	const efile_scenario_node *node;

	for (size_t i = 0; (node = efile_scenario_node_at(run, model, i)); i++)
		if (!node->visits)
			put(" %s", node->id);
}

static void coverage_line(tool *t, const char *path, const efile_scenario_run *run, size_t model)
{
	const efile_scenario_model *m = efile_scenario_model_at(run, model);

	put("# ");
	put(tr(t, "%s, %s: %u of %u nodes visited"), path, m->process, m->visited, m->nodes);
	if (m->visited < m->nodes) {
		put("%s", tr(t, "; missed:"));
		print_missed(run, model);
	}
	put("\n");
}

static void coverage_json(tool *t, const char *path, const efile_scenario_run *run, size_t model)
{
	const efile_scenario_model *m = efile_scenario_model_at(run, model);
	const efile_scenario_node *node;

	json_line(t, "scenario_coverage");
	json_string(t, "file", path);
	json_string(t, "model", m->file);
	json_string(t, "process", m->process);
	json_number(t, "nodes", m->nodes);
	json_number(t, "visited", m->visited);
	json_open(t, "missed", '[');
	for (size_t i = 0; (node = efile_scenario_node_at(run, model, i)); i++)
		if (!node->visits)
			json_string(t, NULL, node->id);
	json_close(t, ']');
	json_line_end(t);
}

static void print_coverage(tool *t, const char *path, const efile_scenario_run *run, totals *sum)
{
	for (size_t i = 0; i < efile_scenario_model_count(run); i++) {
		const efile_scenario_model *m = efile_scenario_model_at(run, i);

		sum->nodes += m->nodes;
		sum->visited += m->visited;
		if (t->json)
			coverage_json(t, path, run, i);
		else
			coverage_line(t, path, run, i);
	}
}

/* ---- files ---- */

static efile_status run_file(tool *t, const char *path, efile_scenario_run **run)
{
	bool is_input = !strcmp(path, "-");
	efile_scenario_options options;
	efile_reader *reader = NULL;
	efile_status status;

	efile_scenario_options_init(&options);
	options.path = is_input ? NULL : path;
	options.models = tool_value(t, "models", 0);
	status = is_input ? efile_reader_from_fd(&reader, t->ctx, 0) :
			    efile_reader_from_file(&reader, t->ctx, path);
	if (status == EFILE_OK)
		status = efile_scenario_test(run, t->ctx, reader, &options);
	efile_reader_free(reader);
	return status;
}

static int test_file(tool *t, const char *path, totals *sum)
{
	const efile_scenario_result *result;
	efile_scenario_run *run = NULL;
	int code = EXIT_DONE;

	if (run_file(t, path, &run) != EFILE_OK)
		return fail_at(t, path);
	for (size_t i = 0; (result = efile_scenario_at(run, i)); i++) {
		sum->scenarios++;
		sum->failed += !result->passed;
		if (!result->passed)
			code = EXIT_FINDINGS;
		if (t->json)
			print_json(t, path, result);
		else
			print_tap(t, path, result, sum->scenarios);
	}
	if (tool_has(t, "coverage"))
		print_coverage(t, path, run, sum);
	efile_scenario_run_free(run);
	return code;
}

int cmd_flow_test(tool *t, int count, char **arguments)
{
	totals sum = { 0, 0, 0, 0 };
	int code = EXIT_DONE;

	if (!t->json)
		put("TAP version 13\n");
	for (int i = 0; i < count && !stop_between(t, i, count); i++)
		code = worse(code, test_file(t, arguments[i], &sum));
	if (t->json)
		return code;
	if (tool_has(t, "coverage") && sum.nodes)
		out(t, "# in all: %lu of %lu nodes visited, %lu %%", sum.visited, sum.nodes,
		    sum.visited * 100 / sum.nodes);
	put("1..%d\n", sum.scenarios);
	if (sum.failed)
		say(t, "%d of %d scenarios failed", sum.failed, sum.scenarios);
	return code;
}
