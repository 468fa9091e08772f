/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Handing over to the finance system. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"

/* ---- what a batch says of itself ---- */

/* The text of a member of the JSON that the library made, as it stands; good enough for flat members. */
static char *member(const char *json, const char *key)
{
	char quoted[64];
	const char *at;
	size_t length;

	snprintf(quoted, sizeof(quoted), "\"%s\":", key);
	at = strstr(json, quoted);
	if (!at)
		return NULL;
	at += strlen(quoted);
	if (*at == '"')
		at++;
	length = strcspn(at, at[-1] == '"' ? "\"" : ",}]");
	return strndup(at, length);
}

static void say_sums(const char *json)
{
	const char *end = strstr(json, "\"control\"");

	for (const char *at = strstr(json, "\"currency\":"); at && at < end;
	     at = strstr(at + 1, "\"currency\":")) {
		char *currency = member(at, "currency"), *sum = member(at, "sum"),
		     *count = member(at, "count");

		put("  %6s  %16s %s\n", count ? count : "", sum ? sum : "", currency ? currency : "");
		free(currency);
		free(sum);
		free(count);
	}
}

static int show_batch(tool *t, long long number, const char *path)
{
	char *json = NULL, *postings, *control;
	efile_status status = efile_handover_show(&json, t->session, number);

	if (t->json || status != EFILE_OK)
		return put_json(t, NULL, status, &json);
	postings = member(json, "postings");
	control = member(json, "control");
	if (path)
		out(t, "batch %lld: %s postings, control sum %s -> %s", number, postings ? postings : "",
		    control ? control : "", path);
	else
		out(t, "batch %lld: %s postings, control sum %s", number, postings ? postings : "",
		    control ? control : "");
	say_sums(json);
	free(postings);
	free(control);
	efile_free(json);
	return EXIT_DONE;
}

/* ---- write ---- */

/* The options of the command; the text of the profile is the caller's to free. */
static int take_options(tool *t, efile_handover_options *o, char **profile)
{
	const char *format = tool_value(t, "format", 0), *file = tool_value(t, "profile", 0);
	long most = tool_number(t, "most", 0, 1, 100000);
	size_t length;
	int code;

	efile_handover_options_init(o);
	if (most < 0)
		return EXIT_USAGE;
	o->most = (int32_t)most;
	if (format && efile_handover_format_parse(&o->format, format) != EFILE_OK)
		return usage(t, "--format: no such form: %s", format);
	if (!file)
		return EXIT_DONE;
	code = read_input(t, file, profile, &length);
	if (code == EXIT_DONE && strlen(*profile) != length)
		return usage(t, "not a text file: %s", file);
	o->profile = *profile;
	return code;
}

static char *file_of(tool *t, long long number, const efile_handover_options *o)
{
	const char *folder = tool_value(t, "to", 0), *file = tool_value(t, "output", 0);
	char path[4200];
	char *json = NULL, *format;

	if (file)
		return strdup(file);
	/* A batch that waits for its file keeps the format that it was made in. */
	if (efile_handover_show(&json, t->session, number) != EFILE_OK)
		return NULL;
	format = member(json, "format");
	snprintf(path, sizeof(path), "%s/handover-%06lld.%s", folder, number,
		 format && strcmp(format, "csv") != 0 ? "xml" : "csv");
	(void)o;
	free(format);
	efile_free(json);
	return strdup(path);
}

static efile_status nowhere(const void *data, size_t length, void *user)
{
	(void)data;
	(void)length;
	(void)user;
	return EFILE_OK;
}

/* What would be written, down to the last byte, and is not. */
static int try_writing(tool *t, long long number)
{
	efile_writer *writer = NULL;
	efile_status status = efile_writer_to_callback(&writer, t->ctx, nowhere, NULL, NULL);

	if (status == EFILE_OK)
		status = efile_handover_write(t->session, number, writer);
	efile_writer_free(writer);
	return status == EFILE_OK ? show_batch(t, number, NULL) : fail(t);
}

static int write_one(tool *t, long long number, const efile_handover_options *o)
{
	char *path = file_of(t, number, o);
	int code;

	if (!path)
		return fail(t);
	if (efile_handover_save(t->session, number, path) != EFILE_OK)
		code = fail(t);
	else
		code = show_batch(t, number, path);
	free(path);
	return code;
}

/* Batches that a failure left without a file come first; then all that waits. */
static int write_waiting(tool *t, const efile_handover_options *o)
{
	bool one = tool_has(t, "output") || t->dry_run;
	int64_t number = 0, made = 0;
	efile_status status;
	int code = EXIT_DONE;

	while (code == EXIT_DONE && (!one || !made) &&
	       (status = efile_handover_make(&number, t->session, o)) != EFILE_DONE) {
		if (status != EFILE_OK)
			return fail(t);
		made++;
		code = t->dry_run ? try_writing(t, number) : write_one(t, number, o);
	}
	if (!made && !t->json)
		out(t, "nothing waits to be handed over");
	return code;
}

int cmd_handover_write(tool *t, int count, char **arguments)
{
	long again = tool_number(t, "again", 0, 1, 2000000000);
	efile_handover_options o;
	char *profile = NULL;
	int code;

	(void)count;
	(void)arguments;
	if (again < 0)
		return EXIT_USAGE;
	if (!tool_has(t, "to") == !tool_has(t, "output"))
		return usage(t, "either --to or --output");
	code = take_options(t, &o, &profile);
	if (code == EXIT_DONE && try_begin(t) != EFILE_OK)
		code = fail(t);
	else if (code == EXIT_DONE)
		code = !again ? write_waiting(t, &o) :
		       t->dry_run ? try_writing(t, again) : write_one(t, again, &o);
	try_end(t);
	free(profile);
	return code;
}

/* ---- looking ---- */

int cmd_handover_show(tool *t, int count, char **arguments)
{
	char *end = NULL;
	long long number = strtoll(arguments[0], &end, 10);
	char *json = NULL;

	(void)count;
	if (*end || number < 1)
		return usage(t, "not a number: %s", arguments[0]);
	return put_json(t, NULL, efile_handover_show(&json, t->session, number), &json);
}

int cmd_handover_list(tool *t, int count, char **arguments)
{
	long before = tool_number(t, "before", 0, 1, 2000000000);
	long limit = tool_number(t, "limit", 0, 1, 100000);
	char *json = NULL, *waiting;
	efile_status status;

	(void)count;
	(void)arguments;
	if (before < 0 || limit < 0)
		return EXIT_USAGE;
	status = efile_handover_list(&json, t->session, before, (int32_t)limit);
	if (t->json || status != EFILE_OK)
		return put_json(t, NULL, status, &json);
	waiting = member(json, "waiting");
	out(t, "%s postings wait to be handed over", waiting ? waiting : "");
	for (const char *at = strstr(json, "{\"number\":"); at; at = strstr(at + 1, "{\"number\":")) {
		char *number = member(at, "number"), *format = member(at, "format"),
		     *state = member(at, "state"), *postings = member(at, "postings"),
		     *control = member(at, "control"), *created = member(at, "created");

		put("%6s  %s  %-4s %-8s %6s %16s\n", number ? number : "", created ? created : "",
		    format ? format : "", state ? tr(t, state) : "", postings ? postings : "",
		    control ? control : "");
		free(number);
		free(format);
		free(state);
		free(postings);
		free(control);
		free(created);
	}
	free(waiting);
	return EXIT_DONE;
}

/* ---- answers ---- */

static int say_answers(tool *t, const char *path, const efile_report *report,
		       const efile_handover_counts *counts)
{
	bool sound = efile_report_count_severity(report, EFILE_SEVERITY_ERROR) == 0;

	if (t->json) {
		json_line(t, "handover_answers");
		json_string(t, "file", path);
		json_boolean(t, "dry_run", t->dry_run);
		json_boolean(t, "sound", sound);
		json_number(t, "lines", (long long)counts->lines);
		json_number(t, "accepted", (long long)counts->accepted);
		json_number(t, "rejected", (long long)counts->rejected);
		json_number(t, "paid", (long long)counts->paid);
		json_number(t, "same", (long long)counts->same);
		json_report(t, "findings", report);
		json_line_end(t);
		return sound ? EXIT_DONE : EXIT_FINDINGS;
	}
	print_report(t, path, report);
	if (!sound)
		out(t, "%s: nothing was taken over", path);
	else
		out(t, "%s: %lld accepted, %lld rejected, %lld paid, %lld known already", path,
		    (long long)counts->accepted, (long long)counts->rejected, (long long)counts->paid,
		    (long long)counts->same);
	return sound ? EXIT_DONE : EXIT_FINDINGS;
}

static int acknowledge(tool *t, const char *path)
{
	efile_handover_counts counts = { 0, 0, 0, 0, 0 };
	efile_reader *reader = NULL;
	efile_report *report = NULL;
	efile_status status = open_input(t, path, &reader);
	int code;

	if (status == EFILE_OK)
		status = efile_handover_acknowledge(&report, &counts, t->session, reader);
	code = status == EFILE_OK ? say_answers(t, path, report, &counts) : fail_at(t, path);
	efile_report_free(report);
	efile_reader_free(reader);
	return code;
}

int cmd_handover_acknowledge(tool *t, int count, char **arguments)
{
	int code = try_begin(t) == EFILE_OK ? EXIT_DONE : fail(t);

	for (int i = 0; i < count && code < EXIT_NOT_FOUND; i++)
		code = worse(code, acknowledge(t, arguments[i]));
	try_end(t);
	return code;
}
