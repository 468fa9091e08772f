/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the registry sets up: the import of a filing plan, document types. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"

/* ---- the filing plan ---- */

static int say_imported(tool *t, const char *path, const efile_report *report,
			const efile_plan_import_counts *counts)
{
	bool sound = efile_report_count_severity(report, EFILE_SEVERITY_ERROR) == 0;

	if (t->json) {
		json_line(t, "plan_import");
		json_string(t, "file", path);
		json_boolean(t, "dry_run", t->dry_run);
		json_boolean(t, "sound", sound);
		json_number(t, "created", (long long)counts->created);
		json_number(t, "changed", (long long)counts->changed);
		json_number(t, "same", (long long)counts->same);
		json_report(t, "findings", report);
		json_line_end(t);
		return sound ? EXIT_DONE : EXIT_FINDINGS;
	}
	print_report(t, path, report);
	if (!sound)
		out(t, "%s: nothing was imported", path);
	else if (t->dry_run)
		out(t, "%s: would make %lld units, change %lld, leave %lld as they are", path,
		    (long long)counts->created, (long long)counts->changed, (long long)counts->same);
	else
		out(t, "%s: %lld units made, %lld changed, %lld as they were", path,
		    (long long)counts->created, (long long)counts->changed, (long long)counts->same);
	return sound ? EXIT_DONE : EXIT_FINDINGS;
}

int cmd_plan_import(tool *t, int count, char **arguments)
{
	efile_plan_import_counts counts = { 0, 0, 0 };
	efile_reader *reader = NULL;
	efile_report *report = NULL;
	efile_status status = open_input(t, arguments[0], &reader);
	int code;

	(void)count;
	if (status == EFILE_OK)
		status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_plan_import(&report, &counts, t->session, reader);
	code = status == EFILE_OK ? say_imported(t, arguments[0], report, &counts) :
				    fail_at(t, arguments[0]);
	try_end(t);
	efile_report_free(report);
	efile_reader_free(reader);
	return code;
}

/* ---- document types ---- */

/* A schema as the member of a definition. */
static char *definition_of_xsd(const char *xsd)
{
	static const char hex[] = "0123456789abcdef";
	char *text = malloc(strlen(xsd) * 6 + 16), *to = text;

	if (!text)
		return NULL;
	to += sprintf(to, "{\"xsd\":\"");
	for (; *xsd; xsd++) {
		unsigned char c = (unsigned char)*xsd;

		if (c >= 0x20 && c != '"' && c != '\\')
			*to++ = (char)c;
		else
			to += sprintf(to, "\\u00%c%c", hex[c >> 4], hex[c & 15]);
	}
	strcpy(to, "\"}");
	return text;
}

/* The definition that the options name; NULL with EXIT_DONE: no fields. */
static int read_definition(tool *t, char **definition)
{
	const char *fields = tool_value(t, "fields", 0), *xsd = tool_value(t, "xsd", 0);
	char *data = NULL;
	size_t length;
	int code;

	*definition = NULL;
	if (fields && xsd)
		return usage(t, "either --fields or --xsd");
	if (!fields && !xsd)
		return EXIT_DONE;
	code = read_input(t, fields ? fields : xsd, &data, &length);
	if (code == EXIT_DONE && strlen(data) != length)
		code = usage(t, "not a text file: %s", fields ? fields : xsd);
	if (code == EXIT_DONE && xsd) {
		*definition = definition_of_xsd(data);
		code = *definition ? EXIT_DONE : efile_status_exit_code(EFILE_E_NOMEM);
	} else if (code == EXIT_DONE) {
		*definition = data;
		return EXIT_DONE;
	}
	free(data);
	return code;
}

int cmd_type_add(tool *t, int count, char **arguments)
{
	char *definition;
	efile_status status;
	int code = read_definition(t, &definition);

	(void)count;
	if (code != EXIT_DONE)
		return code;
	status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_doctype_define(t->session, arguments[0], arguments[1], definition);
	try_end(t);
	free(definition);
	if (status != EFILE_OK)
		return fail(t);
	if (t->dry_run)
		return would(t, "would make: %s", arguments[0]);
	if (t->json) {
		json_line(t, "type");
		json_string(t, "name", arguments[0]);
		json_string(t, "title", arguments[1]);
		json_line_end(t);
	}
	return EXIT_DONE;
}

int cmd_type_list(tool *t, int count, char **arguments)
{
	efile_doctype_cursor *cursor = NULL;
	efile_doctype type;
	efile_status status = efile_doctype_list(&cursor, t->session, NULL);

	(void)count;
	(void)arguments;
	while (status == EFILE_OK && (status = efile_doctype_cursor_next(cursor, &type)) == EFILE_OK) {
		if (t->json) {
			json_line(t, "type");
			json_string(t, "name", type.name);
			json_string(t, "title", type.title);
			json_line_end(t);
		} else {
			put("%-20s %s\n", type.name, type.title);
		}
	}
	efile_doctype_cursor_free(cursor);
	return status < 0 ? fail(t) : EXIT_DONE;
}

int cmd_type_show(tool *t, int count, char **arguments)
{
	char *text = NULL;

	(void)count;
	return show_json(t, NULL, efile_doctype_load(&text, t->session, arguments[0]), &text);
}
