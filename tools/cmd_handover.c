/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Handing over to the finance system. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"

enum { LIST_MOST = 100 };

/* ---- what a batch says of itself ---- */

static const char *amount(char room[EFILE_DECIMAL_TEXT_SIZE], efile_decimal value)
{
	efile_decimal cents;

	if (efile_decimal_round(&cents, value, 2, EFILE_ROUND_HALF_UP) == EFILE_OK &&
	    efile_decimal_compare(cents, value) == 0)
		value = cents;
	return efile_decimal_format(value, room);
}

static void say_batch(tool *t, const efile_handover_batch *b, const char *path)
{
	char room[EFILE_DECIMAL_TEXT_SIZE];

	if (path)
		out(t, "batch %lld: %lld postings, control sum %s -> %s", (long long)b->number,
		    (long long)b->postings, amount(room, b->control), path);
	else
		out(t, "batch %lld: %lld postings, control sum %s", (long long)b->number,
		    (long long)b->postings, amount(room, b->control));
	for (size_t i = 0; i < b->sum_count; i++)
		put("  %6lld  %16s %s\n", (long long)b->sums[i].count, amount(room, b->sums[i].sum),
		    b->sums[i].currency);
}

static int show_batch(tool *t, long long number, const char *path)
{
	efile_handover_batch batch;
	char *json = NULL;

	if (t->json)
		return show_json(t, NULL, efile_handover_show(&json, t->session, number), &json);
	if (efile_handover_find(&batch, t->session, number) != EFILE_OK)
		return fail(t);
	say_batch(t, &batch, path);
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

/* Where a batch goes; one that waits for its file keeps the format that it was made in. */
static char *file_of(tool *t, long long number)
{
	const char *folder = tool_value(t, "to", 0), *file = tool_value(t, "output", 0);
	efile_handover_batch batch;
	char path[4200];

	if (file)
		return strdup(file);
	if (efile_handover_find(&batch, t->session, number) != EFILE_OK)
		return NULL;
	snprintf(path, sizeof(path), "%s/handover-%06lld.%s", folder, number,
		 batch.format == EFILE_HANDOVER_CSV ? "csv" : "xml");
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

static int write_one(tool *t, long long number)
{
	char *path = file_of(t, number);
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
		code = t->dry_run ? try_writing(t, number) : write_one(t, number);
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
		       t->dry_run ? try_writing(t, again) : write_one(t, again);
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
	return show_json(t, NULL, efile_handover_show(&json, t->session, number), &json);
}

static int list_batches(tool *t, int64_t before, int64_t limit)
{
	char room[EFILE_DECIMAL_TEXT_SIZE], created[EFILE_TIME_TEXT_SIZE];
	efile_handover_batch b = { .number = before };
	efile_status status = EFILE_OK;
	int64_t waiting;

	if (efile_handover_waiting(&waiting, t->session) != EFILE_OK)
		return fail(t);
	out(t, "%lld postings wait to be handed over", (long long)waiting);
	while (limit-- > 0 &&
	       (status = efile_handover_next(&b, t->session, b.number)) == EFILE_OK) {
		local_time(t, b.created, created);
		put("%6lld  %s  %-4s %-8s %6lld %16s\n", (long long)b.number, created,
		    efile_handover_format_name(b.format), tr(t, b.written ? "written" : "made"),
		    (long long)b.postings, amount(room, b.control));
	}
	return status < 0 ? fail(t) : EXIT_DONE;
}

int cmd_handover_list(tool *t, int count, char **arguments)
{
	long before = tool_number(t, "before", 0, 1, 2000000000);
	long limit = tool_number(t, "limit", 0, 1, 100000);
	char *json = NULL;

	(void)count;
	(void)arguments;
	if (before < 0 || limit < 0)
		return EXIT_USAGE;
	if (!t->json)
		return list_batches(t, before, limit ? limit : LIST_MOST);
	return show_json(t, NULL, efile_handover_list(&json, t->session, before, (int32_t)limit), &json);
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
