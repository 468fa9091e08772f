/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs the scenarios of the betsy suite (University of Bamberg) in memory.
 *
 * bpmn-scenarios FILE DIR: each row of FILE names a model below DIR, an input text, an integer, a delay
 * in milliseconds, whether the second process is started first, and the trace that is expected: the
 * script tasks that ran, in any order, and the kind of error. The models hold placeholders instead
 * of scripts and conditions; they are put into FEEL here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <efile.h>

#include "flow/host.h"

enum { COLUMNS = 7, LABELS = 200, START = 1772438400 };

typedef struct label {
	char node[120], text[60];
} label;

typedef struct scenario {
	char *model, *number, *input, *integer, *delay, *second, *trace;
} scenario;

typedef struct run {
	efile_ctx *ctx;
	flow_host *host;
	efile_report *report;
	label labels[LABELS];
	size_t label_count;
	char marks[2000];       /* of errors */
	uint64_t main;
} run;

/* ---- putting a model into FEEL ---- */

typedef struct text {
	char *data;
	size_t length;
} text;

static bool load(text *out, const char *folder, const char *name)
{
	char path[4096];
	FILE *file;
	long length;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "rb");
	if (!file)
		return false;
	fseek(file, 0, SEEK_END);
	length = ftell(file);
	rewind(file);
	out->data = calloc(1, (size_t)length + 1);
	out->length = fread(out->data, 1, (size_t)length, file);
	fclose(file);
	return true;
}

static void replace(text *t, const char *from, const char *to)
{
	buf out = BUF_INIT;
	const char *at = t->data;

	for (const char *found; (found = strstr(at, from)); at = found + strlen(from)) {
		buf_add(&out, at, (size_t)(found - at));
		buf_add_text(&out, to);
	}
	buf_add_text(&out, at);
	free(t->data);
	t->data = strdup(buf_text(&out));
	t->length = out.length;
	buf_clear(&out);
}

/* What the trace calls a script: its number, or its purpose. */
static void label_of(char *out, size_t size, const char *script, size_t length)
{
	static const struct { const char *script, *label; } known[] = {
		{ "CREATE_LOG_FILE", "" }, { "CREATE_MARKER_FILE", "marker" },
		{ "INCREMENT_INTEGER_VARIABLE_AND_LOG", "increment" },
		{ "INCREMENT_INTEGER_VARIABLE", "" }, { "SET_STRING_DATA", "" },
	};

	*out = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strlen(known[i].script) == length && !memcmp(known[i].script, script, length)) {
			snprintf(out, size, "%s", known[i].label);
			return;
		}
	if (length > 7 && !memcmp(script, "SCRIPT_", 7))
		snprintf(out, size, "%.*s", (int)(length - 7), script + 7);
}

/* The ids of the script tasks and what they stand for; a script that throws is a job. */
static void read_scripts(run *r, text *t)
{
	char *at = t->data;

	r->label_count = 0;
	while ((at = strstr(at, "scriptTask ")) && r->label_count < LABELS) {
		char *id = strstr(at, "id=\""), *script = strstr(at, "script>"), *end;
		label *l = &r->labels[r->label_count];

		if (!id || !script || !(end = strstr(script, "</")))
			break;
		id += 4;
		script += 7;
		snprintf(l->node, sizeof(l->node), "%.*s", (int)strcspn(id, "\""), id);
		while (script < end && (*script == ' ' || *script == '\n' || *script == '\t'))
			script++;
		while (end > script && (end[-1] == ' ' || end[-1] == '\n' || end[-1] == '\t'))
			end--;
		label_of(l->text, sizeof(l->text), script, (size_t)(end - script));
		if (end - script >= 11 && !memcmp(script, "THROW_ERROR", 11))
			snprintf(l->text, sizeof(l->text), "!error");
		r->label_count++;
		at = end;
	}
}

/* A script task that throws becomes one whose language nobody here speaks: a job that fails. */
static void mark_throwers(run *r, text *t)
{
	for (size_t i = 0; i < r->label_count; i++) {
		char from[160], to[220];

		if (strcmp(r->labels[i].text, "!error") != 0)
			continue;
		snprintf(from, sizeof(from), "scriptTask id=\"%s\"", r->labels[i].node);
		snprintf(to, sizeof(to), "scriptTask scriptFormat=\"error\" id=\"%s\"",
			 r->labels[i].node);
		replace(t, from, to);
		r->labels[i].text[0] = '\0';
	}
}

static void adapt(run *r, text *t)
{
	static const struct { const char *from, *to; } scripts[] = {
		{ "INCREMENT_INTEGER_VARIABLE_AND_LOG", "{integerVariable: integerVariable + 1}" },
		{ "INCREMENT_INTEGER_VARIABLE", "{integerVariable: integerVariable + 1}" },
		{ "SET_STRING_DATA", "{data: \"String\"}" },
		{ "test.contains(", "contains(test, " },
		{ "numberOfInstances==", "numberOfInstances = " },
	};

	read_scripts(r, t);
	mark_throwers(r, t);
	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++)
		replace(t, scripts[i].from, scripts[i].to);
	for (char *at = t->data; (at = strstr(at, ">SCRIPT_")); at++) {
		at[1] = '"'; /* a text that does nothing: "CRIPT_task1" */
		at = strchr(at, '<');
		if (at && at[-1] != '"')
			at[-1] = '"';
	}
	replace(t, ">CREATE_LOG_FILE<", ">null<");
	replace(t, ">CREATE_MARKER_FILE<", ">null<");
}

/* ---- running ---- */

static void mark(run *r, const char *what)
{
	size_t used = strlen(r->marks);

	snprintf(r->marks + used, sizeof(r->marks) - used, "%s%s", used ? "," : "", what);
}

static bool prepare(run *r, text *t)
{
	efile_reader *reader = NULL;
	efile_status status;

	report_new(&r->report, r->ctx);
	flow_host_new(&r->host, r->ctx, (efile_time)START * 1000000);
	efile_reader_from_memory(&reader, r->ctx, t->data, t->length);
	status = flow_host_deploy(r->host, NULL, r->report, reader, "model");
	efile_reader_free(reader);
	return status == EFILE_OK;
}

/* Jobs of scripts that throw: they fail with the error that the model catches. */
static void throw_errors(run *r)
{
	flow_open open;

	for (size_t i = 0; flow_host_open_at(r->host, i, &open);) {
		if (open.kind != FLOW_WAIT_JOB) {
			i++;
			continue;
		}
		flow_host_event(r->host, open.instance, (flow_event){
			.kind = FLOW_EVENT_JOB_ERROR, .wait = open.wait, .code = "ERR_CODE" });
	}
}

static void start_others(run *r)
{
	for (size_t i = 1; i < flow_host_definition_count(r->host); i++) {
		uint64_t number;

		flow_host_start(r->host, &number,
				flow_definition_id(flow_host_definition(r->host, i)), NULL);
	}
}

static void play(run *r, const scenario *s)
{
	char variables[200], *at;
	const flow_definition *first = flow_host_definition(r->host, 0);

	snprintf(variables, sizeof(variables), "{\"test\":\"%s\",\"integerVariable\":%s}", s->input,
		 *s->integer ? s->integer : "0");
	for (at = variables; *at && *at != ','; at++)
		*at = (char)(*at >= 'A' && *at <= 'Z' ? *at + 32 : *at);
	if (*s->second)
		start_others(r);
	if (flow_host_start(r->host, &r->main, flow_definition_id(first), variables) < 0)
		mark(r, efile_error_message(r->ctx));
	throw_errors(r);
	flow_host_advance(r->host, flow_host_now(r->host) +
				   (efile_time)strtol(*s->delay ? s->delay : "0", NULL, 10) * 1000);
	throw_errors(r);
}

static void judge_errors(run *r)
{
	flow_open open;

	for (uint64_t i = 1; i <= flow_host_instance_count(r->host); i++)
		if (flow_host_status(r->host, i) == FLOW_FAILED) {
			bool escalation = strstr(flow_host_code(r->host, i), "ESC") != NULL;

			mark(r, escalation ? "EscalationThrownEscalationEvent" :
					     "ErrorThrownErrorEvent");
		}
	for (size_t i = 0; flow_host_open_at(r->host, i, &open); i++)
		if (open.kind == FLOW_WAIT_INCIDENT)
			mark(r, "incident");
}

/* ---- comparing ---- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_parts(char *out, size_t size, const char *list)
{
	char copy[4000], *parts[200], *save = NULL;
	size_t count = 0, used = 0;

	snprintf(copy, sizeof(copy), "%s", list);
	for (char *p = strtok_r(copy, ",", &save); p && count < ARRAY_SIZE(parts);
	     p = strtok_r(NULL, ",", &save))
		parts[count++] = p;
	qsort(parts, count, sizeof(*parts), by_text);
	*out = '\0';
	for (size_t i = 0; i < count; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s", i ? "," : "", parts[i]);
}

static void trace_of(const run *r, char *out, size_t size)
{
	size_t used = 0;

	*out = '\0';
	for (size_t i = 0; i < flow_host_done_count(r->host); i++) {
		const char *node = flow_host_done_at(r->host, i).node;

		for (size_t k = 0; k < r->label_count; k++)
			if (!strcmp(r->labels[k].node, node) && *r->labels[k].text)
				used += (size_t)snprintf(out + used, size - used, "%s%s",
							 used ? "," : "", r->labels[k].text);
	}
}

/* A stuck join is what the models of the folder "errors" are about: it is no mark of its own. */
static bool as_expected(const run *r, const char *expected, char *got, size_t size)
{
	char trace[2000], marks[2000], wanted[4000], sorted[4000];

	trace_of(r, trace, sizeof(trace));
	if (!strcmp(expected, "GenericError")) {
		snprintf(got, size, "%s|%s", trace, r->marks);
		return *r->marks != '\0';
	}
	snprintf(marks, sizeof(marks), "%s", r->marks);
	for (char *at; (at = strstr(marks, "incident"));)
		memmove(at, at + 8, strlen(at + 8) + 1);
	snprintf(got, size, "%s%s%s", trace, *trace && *marks ? "," : "", marks);
	sort_parts(sorted, sizeof(sorted), got);
	sort_parts(wanted, sizeof(wanted), expected);
	return !strcmp(sorted, wanted);
}

static bool run_scenario(const scenario *s, const char *folder)
{
	run r = { .ctx = NULL };
	text t = { NULL, 0 };
	char got[4000] = "";
	bool good;

	if (efile_ctx_new(&r.ctx, NULL) < 0 || !load(&t, folder, s->model)) {
		printf("FAIL %s %s: cannot be read\n", s->model, s->number);
		efile_ctx_free(r.ctx);
		return false;
	}
	adapt(&r, &t);
	if (prepare(&r, &t)) {
		play(&r, s);
		judge_errors(&r);
	} else {
		mark(&r, efile_error_message(r.ctx));
	}
	good = as_expected(&r, s->trace, got, sizeof(got));
	printf("%s %s %s%s%s%s%s\n", good ? "ok" : "FAIL", s->model, s->number,
	       good ? "" : ": expected ", good ? "" : s->trace, good ? "" : ", got ", good ? "" : got);
	flow_host_free(r.host);
	efile_report_free(r.report);
	efile_ctx_free(r.ctx);
	free(t.data);
	return good;
}

/* ---- the list ---- */

static bool split(scenario *s, char *line)
{
	char *columns[COLUMNS], *at = line;

	line[strcspn(line, "\r\n")] = '\0';
	for (int i = 0; i < COLUMNS; i++) {
		columns[i] = at ? at : line + strlen(line);
		at = at ? strchr(at, '\t') : NULL;
		if (at)
			*at++ = '\0';
	}
	*s = (scenario){ columns[0], columns[1], columns[2], columns[3], columns[4], columns[5],
			 columns[6] };
	return *line && *line != '#';
}

int main(int argc, char **argv)
{
	char line[4096];
	int passed = 0, failed = 0;
	FILE *file = argc == 3 ? fopen(argv[1], "r") : NULL;
	scenario s;

	if (!file) {
		fprintf(stderr, "usage: bpmn-scenarios FILE DIR\n");
		return 2;
	}
	while (fgets(line, sizeof(line), file)) {
		if (!split(&s, line))
			continue;
		if (run_scenario(&s, argv[2]))
			passed++;
		else
			failed++;
	}
	fclose(file);
	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0;
}
