/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Process definitions, without a store. */
#include <stdlib.h>

#include "commands.h"

static int check_bpmn(tool *t, const char *path)
{
	efile_reader *reader = NULL;
	efile_report *report = NULL;
	size_t errors;

	if (efile_reader_from_file(&reader, t->ctx, path) != EFILE_OK)
		return fail(t);
	if (efile_bpmn_check(&report, t->ctx, reader) != EFILE_OK) {
		efile_reader_free(reader);
		return fail_at(t, path);
	}
	efile_reader_free(reader);
	errors = efile_report_count_severity(report, EFILE_SEVERITY_ERROR);
	if (t->json) {
		json_line(t, "bpmn_check");
		json_string(t, "file", path);
		json_boolean(t, "executable", errors == 0);
		json_report(t, "findings", report);
		json_line_end(t);
	} else {
		print_report(t, path, report);
		out(t, errors ? "%s: not executable" : "%s: executable", path);
	}
	efile_report_free(report);
	return errors ? EXIT_FINDINGS : EXIT_DONE;
}

int cmd_bpmn_check(tool *t, int count, char **arguments)
{
	int code = EXIT_DONE;

	for (int i = 0; i < count && !stop_between(t, i, count); i++)
		code = worse(code, check_bpmn(t, arguments[i]));
	return code;
}

int cmd_bpmn_render(tool *t, int count, char **arguments)
{
	efile_reader *reader = NULL;
	efile_bpmn_render_options options;
	out_file file;
	efile_status status;
	long diagram = tool_number(t, "diagram", 0, 1, 100000);

	(void)count;
	if (diagram < 0 || !open_out(t, &file, tool_value(t, "output", 0)))
		return EXIT_USAGE;
	efile_bpmn_render_options_init(&options);
	options.diagram = (uint32_t)diagram;
	options.lay_out = tool_has(t, "lay-out");
	status = efile_reader_from_file(&reader, t->ctx, arguments[0]);
	if (status == EFILE_OK)
		status = efile_bpmn_render(t->ctx, reader, file.writer, &options);
	efile_reader_free(reader);
	return close_out(t, &file, status);
}

int cmd_bpmn_roundtrip(tool *t, int count, char **arguments)
{
	efile_reader *reader = NULL;
	out_file file;
	efile_status status;

	(void)count;
	if (!open_out(t, &file, tool_value(t, "output", 0)))
		return EXIT_USAGE;
	status = efile_reader_from_file(&reader, t->ctx, arguments[0]);
	if (status == EFILE_OK)
		status = efile_bpmn_roundtrip(t->ctx, reader, file.writer);
	efile_reader_free(reader);
	return close_out(t, &file, status);
}
