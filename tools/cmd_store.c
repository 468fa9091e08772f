/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The store as a whole: its log, its health, its copies. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"

/* ---- the log ---- */

static void event_line(tool *t, const efile_event *e)
{
	json_line(t, "event");
	json_number(t, "position", e->position);
	json_number(t, "chain", e->chain);
	json_number(t, "number", e->number);
	json_instant(t, "time", e->time);
	json_identity(t, "actor", &e->actor);
	json_identity(t, "on_behalf_of", &e->behalf);
	json_string(t, "action", e->action);
	json_identity(t, "object", &e->object);
	json_ready(t, "body", e->body);
	json_string(t, "hash", e->hash);
	json_line_end(t);
}

/* Columns for printf(), which counts bytes. */
static int columns(const char *text, int wanted)
{
	for (; *text; text++)
		wanted += ((unsigned char)*text & 0xc0) == 0x80;
	return wanted;
}

/* One line of a timeline: when, who, what, about what. Who has not said who he is (no --as) learns when
 * and what. Answers false for a step of the machinery, which only --all shows. */
static bool event_text(tool *t, const efile_event *e, bool all, efile_status *status)
{
	efile_event_words w = { .what = "" };
	char time[EFILE_TIME_TEXT_SIZE];

	if (t->session)
		*status = efile_event_say(&w, t->session, e);
	else
		w.what = efile_action_words(t->ctx, e->action);
	if (*status != EFILE_OK || (w.machine && !all))
		return *status != EFILE_OK;
	if (*w.who == '\0')
		snprintf(w.who, sizeof(w.who), "%s", t->session ? tr(t, "the library") : "-");
	put("%6lld  %s  %-*s  %s%s%s\n", (long long)e->position, local_time(t, e->time, time),
	    columns(w.who, 26), w.who, w.what, *w.about ? ": " : "", w.about);
	return true;
}

int cmd_events(tool *t, int count, char **arguments)
{
	long since = tool_number(t, "since", 0, 0, __LONG_MAX__);
	long limit = tool_number(t, "limit", __LONG_MAX__, 0, __LONG_MAX__);
	efile_event_cursor *cursor = NULL;
	efile_event event;
	efile_status status;
	long folded = 0;

	(void)count;
	(void)arguments;
	if (since < 0 || limit < 0)
		return EXIT_USAGE;
	status = t->session ? efile_session_events(&cursor, t->session, since) :
			      efile_store_events(&cursor, t->store, since);
	while (status == EFILE_OK && limit-- > 0) {
		status = efile_event_cursor_next(cursor, &event);
		if (status != EFILE_OK)
			break;
		if (t->json)
			event_line(t, &event);
		else
			folded += !event_text(t, &event, tool_has(t, "all"), &status);
	}
	efile_event_cursor_free(cursor);
	if (folded && status >= 0)
		say(t, "%ld steps of programs are left out; --all shows them", folded);
	return status < 0 ? fail(t) : EXIT_DONE;
}

/* ---- health ---- */

/* Prints a report as one JSON line or as text; findings of weight make the exit code 1. */
static int health(tool *t, const char *schema, const efile_report *report)
{
	size_t errors = efile_report_count_severity(report, EFILE_SEVERITY_ERROR);

	if (t->json) {
		json_line(t, schema);
		json_boolean(t, "sound", errors == 0);
		json_report(t, "findings", report);
		json_line_end(t);
	} else {
		print_report(t, t->store_path, report);
		if (errors)
			out(t, "%s: damaged, %zu findings", t->store_path, errors);
		else
			out(t, "%s: everything matches its digest", t->store_path);
	}
	return errors ? efile_status_exit_code(EFILE_E_DAMAGED) : EXIT_DONE;
}

int cmd_audit_verify(tool *t, int count, char **arguments)
{
	efile_report *report = NULL;
	int code;

	(void)count;
	(void)arguments;
	if (efile_audit_verify(&report, t->store) != EFILE_OK)
		return fail(t);
	code = health(t, "audit", report);
	efile_report_free(report);
	return code;
}

int cmd_fsck(tool *t, int count, char **arguments)
{
	efile_report *report = NULL;
	efile_fsck_options options;
	int code;

	(void)count;
	(void)arguments;
	efile_fsck_options_init(&options);
	options.repair = tool_has(t, "repair") && !t->dry_run;
	options.second = tool_value(t, "second", 0);
	options.skip_blobs = tool_has(t, "skip-contents");
	if (efile_store_fsck(&report, t->store, &options) != EFILE_OK)
		return fail(t);
	code = health(t, "fsck", report);
	efile_report_free(report);
	return code;
}

int cmd_audit_anchor(tool *t, int count, char **arguments)
{
	char *text = NULL;

	(void)count;
	(void)arguments;
	if (t->dry_run)
		return would(t, "would write a checkpoint over %s", t->store_path);
	if (efile_audit_anchor(t->store, &text) != EFILE_OK)
		return fail(t);
	if (t->json) {
		json_line(t, "checkpoint");
		json_string(t, "text", text);
		json_line_end(t);
	} else {
		fputs(text, stdout);
	}
	efile_free(text);
	return EXIT_DONE;
}

int cmd_audit_prove(tool *t, int count, char **arguments)
{
	char *end, *proof = NULL;
	long long position = strtoll(arguments[0], &end, 10);

	(void)count;
	if (*end || position < 1)
		return usage(t, "not a position: %s", arguments[0]);
	if (efile_audit_prove(&proof, t->store, position) != EFILE_OK)
		return fail(t);
	puts(proof);
	efile_free(proof);
	return EXIT_DONE;
}

int cmd_doctor(tool *t, int count, char **arguments)
{
	efile_fsck_options options;
	efile_report *report = NULL;
	bool clean = efile_store_is_checked(t->store);
	int code;

	(void)count;
	(void)arguments;
	efile_fsck_options_init(&options);
	options.skip_blobs = 1;
	if (efile_store_fsck(&report, t->store, &options) != EFILE_OK)
		return fail(t);
	if (!t->json && !clean)
		out(t, "the last user of the store did not close it; everything is being checked");
	code = health(t, "doctor", report);
	if (!t->json)
		out(t, "surroundings:");
	if (!surroundings(t)) {
		code = worse(code, EXIT_FINDINGS);
		say(t, "what is marked hinders the store or what reads its documents");
	}
	if (!t->json && efile_report_count_severity(report, EFILE_SEVERITY_ERROR))
		out(t, "remedy: efile fsck --repair --second BACKUP");
	efile_report_free(report);
	return code;
}

/* ---- figures ---- */

static void figure_line(tool *t, const efile_figure *f)
{
	json_line(t, "figure");
	json_string(t, "area", f->area);
	json_string(t, "name", *f->name ? f->name : NULL);
	json_string(t, "state", *f->state ? f->state : NULL);
	if (f->year)
		json_number(t, "year", f->year);
	else
		json_string(t, "year", NULL);
	json_string(t, "unit", f->unit);
	if (strcmp(f->unit, "time") == 0)
		json_instant(t, "time", (efile_time)f->value);
	else
		json_number(t, "value", (long long)f->value);
	json_line_end(t);
}

static void figure_text(tool *t, const efile_figure *f, const char *area)
{
	char left[200], time[EFILE_TIME_TEXT_SIZE], year[16] = "";
	const char *head = strcmp(area, f->area) != 0 ? tr(t, f->area) : "";

	if (f->year)
		snprintf(year, sizeof(year), " %d", (int)f->year);
	snprintf(left, sizeof(left), "%s%s%s%s", *f->name ? tr(t, f->name) : "",
		 *f->name && *f->state ? ", " : "", *f->state ? tr(t, f->state) : "",
		 *f->name || *f->state ? year : year + (*year == ' '));
	put("%-*s %-*s ", columns(head, 11), head, columns(left, 44), left);
	if (strcmp(f->unit, "time") == 0)
		put("%s\n", local_time(t, (efile_time)f->value, time));
	else
		put("%lld%s\n", (long long)f->value,
		    strcmp(f->unit, "bytes") == 0 ? tr(t, " bytes") : "");
}

int cmd_stats(tool *t, int count, char **arguments)
{
	efile_figures *figures = NULL;
	const char *area = "";

	(void)count;
	(void)arguments;
	if (efile_store_figures(&figures, t->store) != EFILE_OK)
		return fail(t);
	for (size_t i = 0; i < efile_figures_count(figures); i++) {
		const efile_figure *f = efile_figures_at(figures, i);

		if (t->json)
			figure_line(t, f);
		else
			figure_text(t, f, area);
		area = f->area;
	}
	efile_figures_free(figures);
	return EXIT_DONE;
}

/* ---- copies ---- */

static int copied(tool *t, const char *schema, const char *path)
{
	if (t->json) {
		json_line(t, schema);
		json_string(t, "path", path);
		json_line_end(t);
	} else {
		out(t, "written: %s", path);
	}
	return EXIT_DONE;
}

int cmd_backup(tool *t, int count, char **arguments)
{
	(void)count;
	if (t->dry_run)
		return would(t, "would write: %s", arguments[0]);
	if (efile_store_backup(t->store, arguments[0]) != EFILE_OK)
		return fail(t);
	return copied(t, "backup", arguments[0]);
}

int cmd_restore(tool *t, int count, char **arguments)
{
	(void)count;
	if (t->dry_run)
		return would(t, "would write: %s", arguments[1]);
	if (efile_store_restore(t->ctx, arguments[0], arguments[1]) != EFILE_OK)
		return fail(t);
	return copied(t, "restore", arguments[1]);
}
