/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decision models: checking and evaluating; no store is needed. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"

enum { MODELS_MAX = 33 };

typedef struct model_files {
	efile_dmn_source sources[MODELS_MAX];
	char *contents[MODELS_MAX];
	size_t count;
} model_files;

static int add_file(tool *t, model_files *files, const char *path)
{
	size_t length = 0;
	int code = read_input(t, path, &files->contents[files->count], &length);

	if (code != EXIT_DONE)
		return code;
	files->sources[files->count] = (efile_dmn_source){ path, files->contents[files->count], length };
	files->count++;
	return EXIT_DONE;
}

static void files_clear(model_files *files)
{
	for (size_t i = 0; i < MODELS_MAX; i++)
		free(files->contents[i]);
}

/* The model with those that --import names. */
static int read_model(tool *t, efile_dmn **model, const char *path)
{
	model_files files = { .count = 0 };
	const char *import;
	int code = add_file(t, &files, path);

	for (int i = 0; code == EXIT_DONE && (import = tool_value(t, "import", i)) != NULL; i++)
		code = files.count < MODELS_MAX ? add_file(t, &files, import) :
						  usage(t, "too many models");
	if (code == EXIT_DONE &&
	    efile_dmn_parse(model, t->ctx, files.sources, files.count) != EFILE_OK)
		code = fail_at(t, path);
	files_clear(&files);
	return code;
}

static int check(tool *t, const char *path)
{
	efile_report *report = NULL;
	efile_dmn *model = NULL;
	int code = read_model(t, &model, path);

	if (code == EXIT_DONE && efile_dmn_check(&report, model) != EFILE_OK)
		code = fail_at(t, path);
	if (code == EXIT_DONE) {
		size_t errors = efile_report_count_severity(report, EFILE_SEVERITY_ERROR);

		if (t->json) {
			json_line(t, "dmn_check");
			json_string(t, "file", path);
			json_boolean(t, "executable", errors == 0);
			json_report(t, "findings", report);
			json_line_end(t);
		} else {
			print_report(t, path, report);
			out(t, errors ? "%s: not executable" : "%s: executable", path);
		}
		code = errors ? EXIT_FINDINGS : EXIT_DONE;
	}
	efile_report_free(report);
	efile_dmn_free(model);
	return code;
}

int cmd_dmn_check(tool *t, int count, char **arguments)
{
	int code = EXIT_DONE;

	for (int i = 0; i < count && !stop_between(t, i, count); i++)
		code = worse(code, check(t, arguments[i]));
	return code;
}

int cmd_dmn_eval(tool *t, int count, char **arguments)
{
	efile_dmn *model = NULL;
	char *json = NULL;
	int code = read_model(t, &model, arguments[0]);

	(void)count;
	if (code == EXIT_DONE)
		code = show_json(t, arguments[0],
				efile_dmn_evaluate(&json, model, tool_value(t, "decision", 0),
						   tool_value(t, "input", 0)), &json);
	efile_dmn_free(model);
	return code;
}

int cmd_dmn_show(tool *t, int count, char **arguments)
{
	efile_dmn *model = NULL;
	char *json = NULL;
	int code = read_model(t, &model, arguments[0]);

	(void)count;
	if (code == EXIT_DONE)
		code = show_json(t, arguments[0], efile_dmn_json(&json, model), &json);
	efile_dmn_free(model);
	return code;
}
