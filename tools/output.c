/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Printing: text in the user's language, JSON lines, findings, progress. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tool.h"

const char *tr(const tool *t, const char *english)
{
	return efile_message(t->ctx, english);
}

/* Foreign text must not command the terminal: control characters but the line break become '?'. */
static void write_plain(FILE *file, char *text)
{
	for (unsigned char *c = (unsigned char *)text; *c; c++) {
		if ((*c < 0x20 && *c != '\n') || *c == 0x7f)
			*c = '?';
		else if (*c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0)
			*c = c[1] = '?';
	}
	fputs(text, file);
}

/* The formats come out of our own tables, which a test compares. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void print_to(FILE *file, const char *format, va_list args)
{
	char *text = NULL;

	if (vasprintf(&text, format, args) < 0)
		return;
	write_plain(file, text);
	free(text);
}
#pragma GCC diagnostic pop

void put(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_to(stdout, format, args);
	va_end(args);
}

void say(tool *t, const char *format, ...)
{
	va_list args;

	if (t->quiet)
		return;
	fflush(stdout); /* what was said before stands before */
	va_start(args, format);
	print_to(stderr, tr(t, format), args);
	fputc('\n', stderr);
	va_end(args);
}

void out(tool *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_to(stdout, tr(t, format), args);
	putchar('\n');
	va_end(args);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
efile_status try_begin(tool *t)
{
	return t->dry_run ? efile_batch_begin(t->store) : EFILE_OK;
}

void try_end(tool *t)
{
	if (t->dry_run)
		efile_batch_abort(t->store);
}

int changed(tool *t, const char *schema, efile_status status, const efile_id *id)
{
	char text[EFILE_ID_TEXT_SIZE];

	if (status != EFILE_OK)
		return fail(t);
	if (t->dry_run)
		return would(t, "would change: %s", efile_id_format(id, text));
	if (t->json) {
		json_line(t, schema);
		json_identity(t, "id", id);
		json_line_end(t);
	}
	return EXIT_DONE;
}

int would(tool *t, const char *format, const char *thing)
{
	char text[4096];

	snprintf(text, sizeof(text), tr(t, format), thing);
	if (t->json) {
		json_line(t, "dry_run");
		json_string(t, "command", t->command->name);
		json_string(t, "thing", thing);
		json_string(t, "text", text);
		json_line_end(t);
	} else {
		puts(text);
	}
	return EXIT_DONE;
}
#pragma GCC diagnostic pop

int usage(tool *t, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "efile: ");
	va_start(args, format);
	print_to(stderr, tr(t, format), args);
	fputc('\n', stderr);
	va_end(args);
	if (t->command) {
		fprintf(stderr, "%s: efile %s %s\n", tr(t, "usage"), t->command->name,
			t->command->arguments);
		fprintf(stderr, tr(t, "more: efile help %s\n"), t->command->name);
	}
	return EXIT_USAGE;
}

int fail_at(tool *t, const char *thing)
{
	long line, column;
	const char *place = efile_error_place(t->ctx, &line, &column);

	fprintf(stderr, "efile: ");
	if (thing)
		fprintf(stderr, "%s: ", thing);
	fprintf(stderr, "%s E%d: %s", tr(t, "error"), efile_error_number(t->ctx),
		efile_error_message(t->ctx));
	if (*place && line)
		fprintf(stderr, " (%s:%ld:%ld)", place, line, column);
	else if (*place)
		fprintf(stderr, " (%s)", place);
	else if (line)
		fprintf(stderr, tr(t, " (line %ld, column %ld)"), line, column);
	fputc('\n', stderr);
	return efile_status_exit_code(efile_error_status(t->ctx));
}

int fail(tool *t)
{
	return fail_at(t, NULL);
}

/* ---- JSON ---- */

int put_json(tool *t, const char *thing, efile_status status, char **json)
{
	if (status != EFILE_OK)
		return fail_at(t, thing);
	puts(*json);
	efile_free(*json);
	*json = NULL;
	return EXIT_DONE;
}

static void put_string(const char *text)
{
	putchar('"');
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		if (*c == '"' || *c == '\\')
			printf("\\%c", *c);
		else if (*c == '\n')
			fputs("\\n", stdout);
		else if (*c < 0x20 || *c == 0x7f)
			printf("\\u%04x", *c);
		else
			putchar(*c);
	}
	putchar('"');
}

static void put_key(tool *t, const char *key)
{
	if (t->json_comma)
		putchar(',');
	t->json_comma = true;
	if (key) {
		put_string(key);
		putchar(':');
	}
}

void json_line(tool *t, const char *schema)
{
	char name[96];

	snprintf(name, sizeof(name), "efile.%s.v1", schema);
	t->json_comma = false;
	putchar('{');
	json_string(t, "schema", name);
}

void json_line_end(tool *t)
{
	fputs("}\n", stdout);
	fflush(stdout);
	t->json_comma = false;
}

void json_open(tool *t, const char *key, char bracket)
{
	put_key(t, key);
	putchar(bracket);
	t->json_comma = false;
}

void json_close(tool *t, char bracket)
{
	putchar(bracket);
	t->json_comma = true;
}

void json_string(tool *t, const char *key, const char *text)
{
	put_key(t, key);
	if (text)
		put_string(text);
	else
		fputs("null", stdout);
}

void json_number(tool *t, const char *key, long long value)
{
	put_key(t, key);
	printf("%lld", value);
}

void json_boolean(tool *t, const char *key, bool value)
{
	put_key(t, key);
	fputs(value ? "true" : "false", stdout);
}

void json_ready(tool *t, const char *key, const char *json)
{
	put_key(t, key);
	/* An end of a line stands only between the tokens of JSON; a line of ours has one at its end. */
	for (const char *c = json && *json ? json : "null"; *c; c++)
		putchar(*c == '\n' || *c == '\r' ? ' ' : *c);
}

void json_identity(tool *t, const char *key, const efile_id *id)
{
	char text[EFILE_ID_TEXT_SIZE];

	json_string(t, key, efile_id_is_none(id) ? NULL : efile_id_format(id, text));
}

void json_instant(tool *t, const char *key, efile_time time)
{
	char text[EFILE_TIME_TEXT_SIZE];

	json_string(t, key, time ? efile_time_format(time, text) : NULL);
}

/* ---- findings ---- */

static const char *mark(const tool *t, efile_severity severity)
{
	static const char *const names[] = { "information", "warning", "error" };

	return tr(t, names[severity]);
}

void print_report(tool *t, const char *file, const efile_report *report)
{
	for (size_t i = 0; i < efile_report_count(report); i++) {
		const efile_finding *f = efile_report_finding(report, i);

		put("%s", file);
		if (f->line)
			put(":%ld:%ld", f->line, f->column);
		else if (*f->path)
			put(": %s", f->path);
		put(": %s: %s: %s", mark(t, f->severity), f->rule, f->message);
		if (*f->term)
			put(" [%s]", f->term);
		if (*f->actual && *f->expected)
			put(" (%s %s, %s %s)", efile_message(t->ctx, "it is"), f->actual,
			    efile_message(t->ctx, "expected"), f->expected);
		else if (*f->actual)
			put(" (%s)", f->actual);
		putchar('\n');
	}
}

void json_report(tool *t, const char *key, const efile_report *report)
{
	json_open(t, key, '[');
	for (size_t i = 0; i < efile_report_count(report); i++) {
		const efile_finding *f = efile_report_finding(report, i);

		json_open(t, NULL, '{');
		json_string(t, "rule", f->rule);
		json_string(t, "severity", efile_severity_name(f->severity));
		json_number(t, "count", 1);
		json_string(t, "term", *f->term ? f->term : NULL);
		json_number(t, "line", f->line);
		json_number(t, "column", f->column);
		json_string(t, "path", *f->path ? f->path : NULL);
		json_string(t, "actual", *f->actual ? f->actual : NULL);
		json_string(t, "expected", *f->expected ? f->expected : NULL);
		json_string(t, "message", f->message);
		json_close(t, '}');
	}
	json_close(t, ']');
}

/* ---- progress ---- */

static bool on_terminal(const tool *t)
{
	const char *term = getenv("TERM");

	return strcmp(t->progress, "auto") == 0 && isatty(STDERR_FILENO) &&
	       !(term && strcmp(term, "dumb") == 0);
}

void progress(tool *t, const char *what, unsigned long long done, unsigned long long total)
{
	static time_t last;
	time_t now = time(NULL);
	bool terminal = on_terminal(t);

	if (t->quiet || strcmp(t->progress, "none") == 0)
		return;
	if (!last)
		last = now;
	if (done != total && now - last < (terminal ? 1 : 30))
		return;
	last = now;
	if (strcmp(t->progress, "json") == 0)
		fprintf(stderr, "{\"schema\":\"efile.progress.v1\",\"done\":%llu,\"total\":%llu}\n",
			done, total);
	else if (terminal)
		fprintf(stderr, "\r%s: %llu/%llu", tr(t, what), done, total);
	else if (done != total)
		fprintf(stderr, "%s: %llu/%llu\n", tr(t, what), done, total);
}

void progress_end(tool *t)
{
	if (!t->quiet && on_terminal(t))
		fprintf(stderr, "\r\033[K");
}

/* ---- input ---- */

int read_input(tool *t, const char *path, char **data, size_t *length)
{
	efile_reader *reader = NULL;
	efile_status status;
	size_t capacity = 0;
	size_t got;

	*data = NULL;
	*length = 0;
	status = strcmp(path, "-") == 0 ? efile_reader_from_fd(&reader, t->ctx, STDIN_FILENO) :
					  efile_reader_from_file(&reader, t->ctx, path);
	while (status == EFILE_OK) {
		if (capacity - *length < 65536) {
			char *grown = realloc(*data, capacity = capacity ? capacity * 2 : 131072);

			if (!grown) {
				efile_reader_free(reader);
				fprintf(stderr, "efile: %s: %s\n", path, tr(t, "out of memory"));
				return efile_status_exit_code(EFILE_E_NOMEM);
			}
			*data = grown;
		}
		status = efile_reader_read(reader, *data + *length, capacity - *length - 1, &got);
		*length += got;
	}
	efile_reader_free(reader);
	if (status < 0)
		return fail_at(t, path);
	(*data)[*length] = '\0';
	return EXIT_DONE;
}
