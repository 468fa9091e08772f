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

/* ---- units one by one ---- */

static int number_of_years(tool *t, int32_t *years)
{
	const char *text = tool_value(t, "retention", 0);
	long value;

	if (!text)
		return EXIT_DONE;
	if (strcmp(text, "unlimited") == 0 || strcmp(text, "inherited") == 0) {
		*years = *text == 'u' ? EFILE_RETENTION_UNLIMITED : EFILE_RETENTION_INHERITED;
		return EXIT_DONE;
	}
	value = tool_number(t, "retention", 0, 0, 1000);
	*years = (int32_t)value;
	return value < 0 ? EXIT_USAGE : EXIT_DONE;
}

static int plan_days(tool *t, efile_plan_options *o)
{
	for (int i = 0; i < 2; i++) {
		const char *text = tool_value(t, i ? "valid-to" : "valid-from", 0);

		if (text && efile_date_parse(i ? &o->valid_to : &o->valid_from, text) != EFILE_OK)
			return usage(t, "not a date: %s", text);
	}
	return EXIT_DONE;
}

/* What the options say goes over what the unit says. */
static int read_unit(tool *t, efile_plan_options *o)
{
	static const char kinds[] = "ABV";
	const char *disposal = tool_value(t, "disposal", 0), *level = tool_value(t, "confidentiality", 0);
	efile_confidentiality c;
	int code = number_of_years(t, &o->retention_years);

	if (code == EXIT_DONE)
		code = plan_days(t, o);
	if (code != EXIT_DONE)
		return code;
	if (disposal && (!strchr(kinds, *disposal) || disposal[0] == '\0' || disposal[1]))
		return usage(t, "not a way of disposal: %s; A, B or V", disposal);
	if (disposal)
		o->disposal = (efile_disposal)(strchr(kinds, *disposal) - kinds + 1);
	if (level && efile_confidentiality_parse(&c, level) != EFILE_OK)
		return usage(t, "not a level: %s", level);
	if (level)
		o->confidentiality = (int32_t)c;
	if (tool_has(t, "pattern"))
		o->pattern = *tool_value(t, "pattern", 0) ? tool_value(t, "pattern", 0) : NULL;
	if (tool_has(t, "title"))
		o->title = tool_value(t, "title", 0);
	return EXIT_DONE;
}

static int unit_done(tool *t, efile_status status, const efile_plan_id *id, const char *code)
{
	try_end(t);
	if (status != EFILE_OK)
		return fail(t);
	if (t->dry_run)
		return would(t, "would change: %s", code);
	if (t->json) {
		json_line(t, "plan_changed");
		json_identity(t, "id", &id->id);
		json_string(t, "code", code);
		json_line_end(t);
	}
	return EXIT_DONE;
}

int cmd_plan_add(tool *t, int count, char **arguments)
{
	efile_plan *above = NULL, *made = NULL;
	efile_plan_id id = { { { 0 } } };
	efile_plan_options o;
	efile_status status;
	int code;

	(void)count;
	efile_plan_options_init(&o);
	o.code = arguments[0];
	o.title = arguments[1];
	code = read_unit(t, &o);
	if (code != EXIT_DONE)
		return code;
	if (tool_has(t, "parent")) {
		if (efile_plan_by_code(&above, t->session, tool_value(t, "parent", 0)) != EFILE_OK)
			return fail(t);
		o.parent = efile_plan_unit_id(above);
		efile_plan_free(above);
	}
	status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_plan_create(&made, t->session, &o);
	if (status == EFILE_OK)
		id = efile_plan_unit_id(made);
	efile_plan_free(made);
	return unit_done(t, status, &id, arguments[0]);
}

int cmd_plan_change(tool *t, int count, char **arguments)
{
	efile_plan *plan = NULL;
	efile_plan_options o;
	efile_plan_id id;
	efile_status status;
	int code;

	(void)count;
	if (efile_plan_by_code(&plan, t->session, arguments[0]) != EFILE_OK)
		return fail(t);
	id = efile_plan_unit_id(plan);
	efile_plan_options_of(plan, &o);
	code = read_unit(t, &o);
	if (code == EXIT_DONE) {
		status = try_begin(t);
		if (status == EFILE_OK)
			status = efile_plan_update(t->session, id, efile_plan_revision(plan), &o);
		code = unit_done(t, status, &id, arguments[0]);
	}
	efile_plan_free(plan);
	return code;
}

/* The code of the unit that says a rule. */
static const char *source_of(tool *t, efile_plan_id id, char *text, size_t size)
{
	efile_plan *plan = NULL;

	snprintf(text, size, "-");
	if (!efile_id_is_none(&id.id) && efile_plan_load(&plan, t->session, id) == EFILE_OK)
		snprintf(text, size, "%s", efile_plan_code(plan));
	efile_plan_free(plan);
	return text;
}

static void show_rule(tool *t, const char *name, const char *value, efile_plan_id from)
{
	char source[120];

	source_of(t, from, source, sizeof(source));
	if (!t->json) {
		put("%s: %s  (%s)\n", tr(t, name), value, source);
		return;
	}
	json_line(t, "plan_rule");
	json_string(t, "name", name);
	json_string(t, "value", value);
	json_string(t, "from", strcmp(source, "-") == 0 ? NULL : source);
	json_line_end(t);
}

int cmd_plan_rules(tool *t, int count, char **arguments)
{
	static const char *const starts[] = { "", "closed", "year_end", "event" };
	static const char *const disposals[] = { "", "A", "B", "V" };
	efile_plan *plan = NULL;
	efile_plan_rules r;
	efile_plan_id id;
	char text[32];

	(void)count;
	if (efile_plan_by_code(&plan, t->session, arguments[0]) != EFILE_OK)
		return fail(t);
	id = efile_plan_unit_id(plan);
	efile_plan_free(plan);
	if (efile_plan_effective(&r, t->session, id) != EFILE_OK)
		return fail(t);
	snprintf(text, sizeof(text), "%ld", (long)r.retention_years);
	show_rule(t, "retention", r.retention_years < 0 ? "unlimited" : text, r.retention_years_from);
	show_rule(t, "retention_start", starts[r.retention_start], r.retention_start_from);
	show_rule(t, "disposal", disposals[r.disposal], r.disposal_from);
	show_rule(t, "confidentiality",
		  efile_confidentiality_name((efile_confidentiality)r.confidentiality),
		  r.confidentiality_from);
	snprintf(text, sizeof(text), "%lld", (long long)r.access_list);
	show_rule(t, "access_list", text, r.access_list_from);
	show_rule(t, "pattern", r.pattern, r.pattern_from);
	return EXIT_DONE;
}
