/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Intake: one line per letter, never a trace. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"

static void put_remarks(tool *t, const efile_intake_item *item)
{
	json_open(t, "remarks", '[');
	for (size_t i = 0; i < efile_intake_item_remark_count(item); i++) {
		const efile_intake_remark *r = efile_intake_item_remark(item, i);

		json_open(t, NULL, '{');
		json_number(t, "number", r->number);
		json_string(t, "file", r->file);
		json_string(t, "unread", efile_intake_unread_name(r->unread));
		json_boolean(t, "retry", r->retry);
		json_string(t, "text", r->text);
		json_close(t, '}');
	}
	json_close(t, ']');
}

static void item_line(tool *t, const efile_intake_item *item)
{
	efile_intake_id id = efile_intake_item_id(item);
	efile_case_id case_id = efile_intake_item_case(item);
	efile_document_id document = efile_intake_item_document(item);
	efile_instance_id instance = efile_intake_item_instance(item);

	json_line(t, "intake");
	json_identity(t, "id", &id.id);
	json_string(t, "number", efile_intake_item_number(item));
	json_string(t, "office", efile_intake_item_office(item));
	json_string(t, "state", efile_intake_state_name(efile_intake_item_state(item)));
	json_boolean(t, "duplicate", efile_intake_item_is_duplicate(item));
	json_string(t, "channel", efile_intake_channel_name(efile_intake_item_channel(item)));
	json_instant(t, "received", efile_intake_item_received(item));
	json_string(t, "sha256", efile_intake_item_sha256(item));
	json_string(t, "sender", efile_intake_item_sender(item));
	json_string(t, "subject", efile_intake_item_subject(item));
	json_string(t, "reason", efile_intake_item_reason(item));
	put_remarks(t, item);
	json_identity(t, "case", &case_id.id);
	json_identity(t, "document", &document.id);
	json_identity(t, "instance", &instance.id);
	json_line_end(t);
}

/* The letter with a number in the journal of --office. */
static efile_status letter_of(tool *t, const char *number, efile_intake_item **item)
{
	return efile_intake_of_office(item, t->session, tool_value(t, "office", 0), number);
}

/* What the letter is filed under, for people. */
static void print_place(tool *t, const efile_intake_item *item)
{
	efile_node *node = NULL;
	efile_case_id id = efile_intake_item_case(item);

	if (efile_case_load(&node, t->session, id) == EFILE_OK)
		out(t, "%s: filed in %s (%s)", efile_intake_item_number(item),
		    efile_node_reference(node), efile_intake_item_reason(item));
	efile_node_free(node);
}

/* What could not be looked into is said wherever the letter is. */
static void print_remarks(tool *t, const efile_intake_item *item)
{
	if (efile_intake_item_state(item) != EFILE_INTAKE_FILED)
		return; /* the reason says it */
	for (size_t i = 0; i < efile_intake_item_remark_count(item); i++)
		out(t, "  filed unread: %s", efile_intake_item_remark(item, i)->text);
}

static void item_text(tool *t, const char *path, const efile_intake_item *item)
{
	put("%s: ", path);
	if (efile_intake_item_is_duplicate(item))
		out(t, "duplicate of %s", efile_intake_item_number(item));
	else if (efile_intake_item_state(item) == EFILE_INTAKE_FILED)
		print_place(t, item);
	else if (efile_intake_item_state(item) == EFILE_INTAKE_QUARANTINED)
		out(t, "%s: quarantined: %s", efile_intake_item_number(item),
		    efile_intake_item_reason(item));
	else if (efile_intake_item_state(item) == EFILE_INTAKE_REJECTED)
		out(t, "%s: rejected: %s", efile_intake_item_number(item),
		    efile_intake_item_reason(item));
	else
		out(t, "%s: received", efile_intake_item_number(item));
	print_remarks(t, item);
	fflush(stdout);
}

static int item_code(const efile_intake_item *item)
{
	if (efile_intake_item_is_duplicate(item) &&
	    efile_intake_item_state(item) != EFILE_INTAKE_REJECTED)
		return EXIT_DONE; /* an outcome, not an error */
	switch (efile_intake_item_state(item)) {
	case EFILE_INTAKE_QUARANTINED:
	case EFILE_INTAKE_REJECTED:
		return EXIT_PARTLY;
	default:
		return EXIT_DONE;
	}
}

static efile_status open_letter(tool *t, const char *path, efile_reader **reader)
{
	return strcmp(path, "-") == 0 ? efile_reader_from_fd(reader, t->ctx, STDIN_FILENO) :
					efile_reader_from_file(reader, t->ctx, path);
}

/* A letter that was received before but not processed, as after a crash, is finished now and is no
 * duplicate of itself. */
static efile_status take(tool *t, const char *path, efile_intake_channel channel,
			 efile_intake_item **item)
{
	const char *name = strrchr(path, '/');
	efile_intake_options options;
	efile_reader *reader = NULL;
	efile_status status = open_letter(t, path, &reader);

	efile_intake_options_init(&options);
	options.channel = channel;
	options.office = tool_value(t, "office", 0);
	options.name = strcmp(path, "-") == 0 ? NULL : name ? name + 1 : path;
	if (status == EFILE_OK)
		status = efile_intake_receive(item, t->session, reader, &options);
	efile_reader_free(reader);
	if (status == EFILE_OK && efile_intake_item_state(*item) == EFILE_INTAKE_RECEIVED)
		status = efile_intake_process(*item, t->session);
	return status;
}

static int take_one(tool *t, const char *path, efile_intake_channel channel)
{
	efile_intake_item *item = NULL;
	efile_status status = take(t, path, channel, &item);
	bool pipe_target = strcmp(path, "-") == 0;
	int code;

	if (status != EFILE_OK && !(pipe_target && item)) {
		code = fail_at(t, path);
		efile_intake_item_free(item);
		/* As a pipe target: the mail server keeps the letter and tries again. */
		return pipe_target ? EXIT_TEMPORARY : code;
	}
	if (t->json)
		item_line(t, item);
	else
		item_text(t, path, item);
	/* As a pipe target: once the raw bytes are committed the letter is ours, quarantine included; a
	 * rejected one is not, and stays with the mail server. */
	code = !pipe_target ? item_code(item) :
	       efile_intake_item_state(item) == EFILE_INTAKE_REJECTED ? EXIT_TEMPORARY : EXIT_DONE;
	efile_intake_item_free(item);
	return code;
}

/* Everything is done, filing and processes included, and taken back. */
static int try_one(tool *t, const char *path, efile_intake_channel channel)
{
	efile_intake_item *item = NULL;
	efile_status status = try_begin(t);
	int code;

	if (status == EFILE_OK)
		status = take(t, path, channel, &item);
	code = status == EFILE_OK ? item_code(item) : fail_at(t, path);
	if (status == EFILE_OK && code == EXIT_PARTLY)
		say(t, "%s: %s: %s", path, tr(t, efile_intake_state_name(efile_intake_item_state(item))),
		    efile_intake_item_reason(item));
	if (status == EFILE_OK)
		would(t, "would take in: %s", path);
	efile_intake_item_free(item);
	try_end(t);
	return code;
}

static int take_all(tool *t, int count, char **arguments, efile_intake_channel channel)
{
	int code = EXIT_DONE;

	for (int i = 0; i < count && !stop_between(t, i, count); i++) {
		int one = t->dry_run ? try_one(t, arguments[i], channel) :
				       take_one(t, arguments[i], channel);

		/* A letter that could not be taken in weighs more than one in quarantine. */
		if (one && (code == EXIT_DONE || code == EXIT_PARTLY))
			code = one;
		progress(t, "letters", (unsigned long long)i + 1, (unsigned long long)count);
	}
	progress_end(t);
	return code;
}

int cmd_intake_mail(tool *t, int count, char **arguments)
{
	return take_all(t, count, arguments, EFILE_CHANNEL_MAIL);
}

int cmd_intake_file(tool *t, int count, char **arguments)
{
	return take_all(t, count, arguments, EFILE_CHANNEL_FILE);
}

static int list(tool *t, int state)
{
	efile_intake_cursor *cursor = NULL;
	efile_intake_item *item = NULL;
	efile_status status = efile_intake_list(&cursor, t->session, state);

	while (status == EFILE_OK &&
	       (status = efile_intake_cursor_next(cursor, &item)) == EFILE_OK) {
		char time[EFILE_TIME_TEXT_SIZE];

		if (t->json)
			item_line(t, item);
		else
			put("%s  %s  %-11s  %s  %s%s%s\n", efile_intake_item_number(item),
			       local_time(t, efile_intake_item_received(item), time),
			       tr(t, efile_intake_state_name(efile_intake_item_state(item))),
			       efile_intake_item_sender(item), efile_intake_item_subject(item),
			       state ? ": " : "", state ? efile_intake_item_reason(item) : "");
		if (!t->json)
			print_remarks(t, item);
		efile_intake_item_free(item);
		item = NULL;
	}
	efile_intake_cursor_free(cursor);
	return status < 0 ? fail(t) : EXIT_DONE;
}

int cmd_intake_journal(tool *t, int count, char **arguments)
{
	(void)count;
	(void)arguments;
	return list(t, 0);
}

int cmd_intake_quarantine(tool *t, int count, char **arguments)
{
	(void)count;
	(void)arguments;
	return list(t, EFILE_INTAKE_QUARANTINED);
}

/* Takes the letter. */
static int retry_item(tool *t, const char *called, efile_intake_item *item)
{
	efile_status status = try_begin(t);
	int code;

	if (status == EFILE_OK)
		status = efile_intake_process(item, t->session);
	if (status != EFILE_OK) {
		code = fail(t);
		try_end(t);
		efile_intake_item_free(item);
		return code;
	}
	try_end(t);
	if (t->json)
		item_line(t, item);
	else
		item_text(t, called, item);
	code = item_code(item);
	efile_intake_item_free(item);
	return code;
}

/* After the helper was away: all that waits. The first that fails ends it, since the next would, too. */
static int retry_all(tool *t)
{
	efile_intake_cursor *cursor = NULL;
	efile_intake_item *item = NULL;
	efile_status status = efile_intake_list(&cursor, t->session, EFILE_INTAKE_QUARANTINED);
	int code = EXIT_DONE;

	while (status == EFILE_OK && (code == EXIT_DONE || code == EXIT_PARTLY) &&
	       (status = efile_intake_cursor_next(cursor, &item)) == EFILE_OK) {
		char called[32];
		int one;

		snprintf(called, sizeof(called), "%s", efile_intake_item_number(item));
		one = retry_item(t, called, item);
		code = one ? one : code;
	}
	efile_intake_cursor_free(cursor);
	return status < 0 ? fail(t) : code;
}

int cmd_intake_retry(tool *t, int count, char **arguments)
{
	efile_intake_item *item = NULL;

	if (count == 0)
		return retry_all(t);
	if (letter_of(t, arguments[0], &item) != EFILE_OK)
		return fail(t);
	return retry_item(t, arguments[0], item);
}

int cmd_intake_original(tool *t, int count, char **arguments)
{
	efile_intake_item *item = NULL;
	efile_reader *reader = NULL;
	char bytes[65536];
	size_t got;
	efile_status status = letter_of(t, arguments[0], &item);

	(void)count;
	if (status == EFILE_OK)
		status = efile_intake_open_original(&reader, item, t->session);
	while (status == EFILE_OK &&
	       (status = efile_reader_read(reader, bytes, sizeof(bytes), &got)) == EFILE_OK)
		fwrite(bytes, 1, got, stdout);
	efile_reader_free(reader);
	efile_intake_item_free(item);
	return status < 0 ? fail(t) : EXIT_DONE;
}

int cmd_intake_explain(tool *t, int count, char **arguments)
{
	efile_intake_item *item = NULL;
	char *facts = NULL;
	efile_status status = letter_of(t, arguments[0], &item);

	(void)count;
	if (status == EFILE_OK)
		status = efile_intake_explain(&facts, item, t->session);
	if (status != EFILE_OK) {
		efile_intake_item_free(item);
		return fail(t);
	}
	if (t->json) {
		json_line(t, "intake_facts");
		json_string(t, "number", efile_intake_item_number(item));
		json_ready(t, "facts", facts);
		json_line_end(t);
	} else {
		put_plain(t, facts);
	}
	efile_free(facts);
	efile_intake_item_free(item);
	return EXIT_DONE;
}

/* ---- rules ---- */

int cmd_intake_rule(tool *t, int count, char **arguments)
{
	long order = tool_number(t, "order", 0, 0, 1000000000);
	efile_intake_rule r;
	efile_status status;

	(void)count;
	if (order < 0)
		return EXIT_USAGE;
	if (!tool_has(t, "condition") || !tool_has(t, "plan"))
		return usage(t, "a rule needs --condition and --plan");
	efile_intake_rule_init(&r);
	r.name = arguments[0];
	r.order = order;
	r.condition = tool_value(t, "condition", 0);
	r.plan = tool_value(t, "plan", 0);
	if (tool_has(t, "title"))
		r.title = tool_value(t, "title", 0);
	r.doctype = tool_value(t, "type", 0);
	r.process = tool_value(t, "process", 0);
	status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_intake_rule_set(t->session, &r);
	try_end(t);
	if (status != EFILE_OK)
		return fail(t);
	if (t->dry_run)
		return would(t, "would change: %s", arguments[0]);
	if (t->json) {
		json_line(t, "intake_rule_set");
		json_string(t, "name", arguments[0]);
		json_line_end(t);
	}
	return EXIT_DONE;
}
