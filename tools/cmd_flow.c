/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Processes; exports. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"

int parse_id(tool *t, const char *text, efile_id *id)
{
	if (efile_id_parse(id, text) != EFILE_OK)
		return usage(t, "not an id: %s", text);
	return EXIT_DONE;
}

/* ---- processes ---- */

int cmd_flow_deploy(tool *t, int count, char **arguments)
{
	efile_reader *reader = NULL;
	efile_report *report = NULL;
	int64_t version = 0;
	efile_status status = efile_reader_from_file(&reader, t->ctx, arguments[0]);
	int code = EXIT_DONE;

	(void)count;
	if (status == EFILE_OK)
		status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_flow_deploy(&version, &report, t->session, reader);
	efile_reader_free(reader);
	if (status != EFILE_OK)
		code = fail_at(t, arguments[0]);
	try_end(t);
	if (t->json) {
		json_line(t, "flow_deployed");
		json_number(t, "version", version);
		if (report)
			json_report(t, "findings", report);
		json_line_end(t);
	} else {
		if (report)
			print_report(t, arguments[0], report);
		if (code == EXIT_DONE && t->dry_run)
			would(t, "would deploy: %s", arguments[0]);
		else if (code == EXIT_DONE)
			out(t, "deployed: version %lld", (long long)version);
	}
	efile_report_free(report);
	return code;
}

int cmd_flow_start(tool *t, int count, char **arguments)
{
	efile_flow_start_options options;
	efile_instance_id id;
	efile_status status;
	char text[EFILE_ID_TEXT_SIZE];

	(void)count;
	efile_flow_start_options_init(&options);
	options.variables = tool_value(t, "variables", 0);
	if (tool_has(t, "case")) {
		efile_node *node = NULL;
		int code = find_node(t, tool_value(t, "case", 0), &node);

		if (code != EXIT_DONE)
			return code;
		options.case_id = efile_case_node_id(node);
		efile_node_free(node);
	}
	status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_flow_start(&id, t->session, arguments[0], &options);
	try_end(t);
	if (status != EFILE_OK)
		return fail(t);
	if (t->dry_run)
		return would(t, "would start: %s", arguments[0]);
	if (t->json) {
		json_line(t, "flow_started");
		json_identity(t, "instance", &id.id);
		json_line_end(t);
	} else {
		puts(efile_id_format(&id.id, text));
	}
	return EXIT_DONE;
}

static void show_instance(tool *t, const efile_flow_instance *i)
{
	char id[EFILE_ID_TEXT_SIZE], time[EFILE_TIME_TEXT_SIZE];

	if (t->json) {
		json_line(t, "flow");
		json_identity(t, "id", &i->id.id);
		json_string(t, "process", i->process);
		json_number(t, "version", i->version);
		json_string(t, "status", efile_flow_status_name(i->status));
		json_identity(t, "case", &i->case_id.id);
		json_identity(t, "document", &i->document.id);
		json_instant(t, "started", i->started);
		json_instant(t, "ended", i->ended);
		json_ready(t, "variables", i->variables);
		json_line_end(t);
	} else {
		put("%s  %-12s %-10s %s\n", efile_id_format(&i->id.id, id), i->process,
		       tr(t, efile_flow_status_name(i->status)),
		       local_time(t, i->started, time));
	}
}

static int list_instances(tool *t, efile_instance_id only)
{
	efile_flow_cursor *cursor = NULL;
	efile_flow_instance instance;
	efile_status status = efile_flow_list(&cursor, t->session, only);
	int shown = 0;

	while (status == EFILE_OK &&
	       (status = efile_flow_cursor_next(cursor, &instance)) == EFILE_OK) {
		show_instance(t, &instance);
		shown++;
	}
	efile_flow_cursor_free(cursor);
	if (status < 0)
		return fail(t);
	return shown || efile_id_is_none(&only.id) ? EXIT_DONE : EXIT_NOT_FOUND;
}

int cmd_flow_list(tool *t, int count, char **arguments)
{
	static const efile_instance_id all;

	(void)count;
	(void)arguments;
	return list_instances(t, all);
}

int cmd_flow_show(tool *t, int count, char **arguments)
{
	efile_instance_id id;

	(void)count;
	return parse_id(t, arguments[0], &id.id) ? EXIT_USAGE : list_instances(t, id);
}

/* ---- what is done to the process or task that the first argument names ---- */

int act(tool *t, char **arguments, const char *schema, act_fn fn)
{
	efile_status status;
	efile_id id;

	if (parse_id(t, arguments[0], &id))
		return EXIT_USAGE;
	status = try_begin(t);
	if (status == EFILE_OK)
		status = fn(t, id, arguments);
	try_end(t);
	return changed(t, schema, status, &id);
}

static efile_status flow_cancel(tool *t, efile_id id, char **arguments)
{
	return efile_flow_cancel(t->session, (efile_instance_id){ id }, arguments[1]);
}

int cmd_flow_cancel(tool *t, int count, char **arguments)
{
	(void)count;
	return act(t, arguments, "flow_cancelled", flow_cancel);
}

/* How many it met, or how often it was done; true if that was all to say. */
static bool json_count(tool *t, const char *schema, const char *key, int64_t count)
{
	if (!t->json)
		return false;
	json_line(t, schema);
	json_number(t, key, count);
	json_line_end(t);
	return true;
}

/* How many processes a message or signal met. */
static int told(tool *t, efile_status status, int64_t met)
{
	try_end(t);
	if (status != EFILE_OK)
		return fail(t);
	if (!json_count(t, "flow_told", "met", met))
		out(t, "%lld processes have got it", (long long)met);
	return EXIT_DONE;
}

int cmd_flow_message(tool *t, int count, char **arguments)
{
	int64_t met = 0;
	efile_status status;

	(void)count;
	status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_flow_message(&met, t->session, arguments[0], tool_value(t, "key", 0),
				tool_value(t, "variables", 0));
	return told(t, status, met);
}

int cmd_flow_signal(tool *t, int count, char **arguments)
{
	int64_t met = 0;
	efile_status status;

	(void)count;
	status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_flow_signal(&met, t->session, arguments[0],
				tool_value(t, "variables", 0));
	return told(t, status, met);
}

int cmd_flow_observe(tool *t, int count, char **arguments)
{
	int64_t met = 0;
	efile_status status;

	(void)count;
	status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_flow_observe(&met, t->session, arguments[0]);
	return told(t, status, met);
}

int cmd_flow_run_due(tool *t, int count, char **arguments)
{
	int64_t fired = 0;
	efile_status status;

	(void)count;
	(void)arguments;
	status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_flow_run_due(&fired, t->session);
	try_end(t);
	if (status != EFILE_OK)
		return fail(t);
	if (!json_count(t, "flow_run_due", "fired", fired))
		out(t, "%lld timers have fired", (long long)fired);
	return EXIT_DONE;
}

int cmd_flow_retry(tool *t, int count, char **arguments)
{
	efile_instance_id id;
	int64_t retried = 0;
	efile_status status;

	(void)count;
	if (parse_id(t, arguments[0], &id.id))
		return EXIT_USAGE;
	status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_flow_retry(&retried, t->session, id,
				tool_value(t, "variables", 0));
	try_end(t);
	if (status != EFILE_OK)
		return fail(t);
	if (!json_count(t, "flow_retried", "incidents", retried))
		out(t, "%lld incidents tried again", (long long)retried);
	return EXIT_DONE;
}

static efile_status flow_suspend(tool *t, efile_id id, char **arguments)
{
	(void)arguments;
	return efile_flow_suspend(t->session, (efile_instance_id){ id });
}

int cmd_flow_suspend(tool *t, int count, char **arguments)
{
	(void)count;
	return act(t, arguments, "flow_suspended", flow_suspend);
}

static efile_status flow_resume(tool *t, efile_id id, char **arguments)
{
	(void)arguments;
	return efile_flow_resume(t->session, (efile_instance_id){ id });
}

int cmd_flow_resume(tool *t, int count, char **arguments)
{
	(void)count;
	return act(t, arguments, "flow_resumed", flow_resume);
}

static efile_status flow_move(tool *t, efile_id id, char **arguments)
{
	return efile_flow_move(t->session, (efile_instance_id){ id }, arguments[1], arguments[2]);
}

int cmd_flow_move(tool *t, int count, char **arguments)
{
	(void)count;
	return act(t, arguments, "flow_moved", flow_move);
}

int cmd_flow_replay(tool *t, int count, char **arguments)
{
	efile_instance_id id;
	int64_t steps = 0;

	(void)count;
	if (parse_id(t, arguments[0], &id.id))
		return EXIT_USAGE;
	if (efile_flow_replay(t->session, id, &steps) != EFILE_OK)
		return fail(t);
	if (t->json) {
		json_line(t, "flow_replay");
		json_number(t, "steps", steps);
		json_boolean(t, "same", true);
		json_line_end(t);
	} else {
		out(t, "the log gives the very same state after %lld steps", (long long)steps);
	}
	return EXIT_DONE;
}

int cmd_flow_render(tool *t, int count, char **arguments)
{
	efile_instance_id id;
	out_file file;

	(void)count;
	if (parse_id(t, arguments[0], &id.id) || !open_out(t, &file, tool_value(t, "output", 0)))
		return EXIT_USAGE;
	return close_out(t, &file, efile_flow_render(t->session, id, file.writer));
}

/* ---- exports ---- */

/* The whole package is written to nowhere, and its entry of the log taken back. */
static int try_export(tool *t, efile_id id)
{
	const char *path = tool_value(t, "output", 0);
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC), code = EXIT_DONE;
	efile_writer *writer = NULL;
	efile_status status = efile_writer_to_fd(&writer, t->ctx, fd);

	if (status == EFILE_OK)
		status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_export_write(t->session, id, writer, NULL);
	if (status != EFILE_OK)
		code = fail(t);
	try_end(t);
	efile_writer_free(writer);
	close(fd);
	return code == EXIT_DONE ? would(t, "would write: %s", path ? path : "-") : code;
}

int cmd_export(tool *t, int count, char **arguments)
{
	const char *format = tool_value(t, "format", 0);
	efile_node *node = NULL;
	out_file file;
	efile_id id;
	int code;

	(void)count;
	if (format && strcmp(format, "zip") != 0)
		return usage(t, "unknown format: %s", format);
	code = find_node(t, arguments[0], &node);
	if (code != EXIT_DONE)
		return code;
	id = efile_node_id(node);
	efile_node_free(node);
	if (t->dry_run)
		return try_export(t, id);
	if (!open_out(t, &file, tool_value(t, "output", 0)))
		return EXIT_USAGE;
	return close_out(t, &file, efile_export_write(t->session, id, file.writer, NULL));
}
