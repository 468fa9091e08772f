/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether an invoice is accepted: what a scenario makes of the findings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/reader.h"
#include "invoice/invoice.h"

enum { FILE_LIMIT = 1 << 20 };

static const char built_in[] =
#include "schemas/invoice/scenarios.rules.inc"
	;

/* A line of the file: "word rest". */
typedef struct line {
	const char *word, *rest;
	size_t word_length, rest_length;
} line;

static bool next_line(line *out, const char **at)
{
	const char *end;

	if (!**at)
		return false;
	end = *at + strcspn(*at, "\r\n");
	out->word = *at;
	out->word_length = (size_t)(end - *at) < strcspn(*at, " ") ? (size_t)(end - *at) :
								      strcspn(*at, " ");
	out->rest = out->word + out->word_length;
	out->rest += out->rest < end;
	out->rest_length = (size_t)(end - out->rest);
	*at = end + strspn(end, "\r\n");
	return true;
}

static bool is(const char *text, size_t length, const char *wanted)
{
	return strlen(wanted) == length && memcmp(text, wanted, length) == 0;
}

static bool said(const line *l, const char *word, const char *rest)
{
	return is(l->word, l->word_length, word) && is(l->rest, l->rest_length, rest);
}

static bool severity_named(efile_severity *out, const char *name, size_t length)
{
	for (int s = EFILE_SEVERITY_INFORMATION; s <= EFILE_SEVERITY_ERROR; s++)
		if (is(name, length, efile_severity_name((efile_severity)s))) {
			*out = (efile_severity)s;
			return true;
		}
	return false;
}

/* "RULE severity": the severity that the line gives, and how long the rule's name is. */
static bool severity_line(efile_severity *out, size_t *rule_length, const line *l)
{
	const char *blank = l->rest_length ? memchr(l->rest, ' ', l->rest_length) : NULL;

	if (!blank || !is(l->word, l->word_length, "severity"))
		return false;
	*rule_length = (size_t)(blank - l->rest);
	return severity_named(out, blank + 1, l->rest_length - *rule_length - 1);
}

/* A slip in a newer file must not silently accept what should be refused. */
static efile_status require_sound(efile_ctx *ctx, const char *file, const char *text)
{
	static const char *const words[] = { "scenario", "format", "specification" };
	efile_severity severity;
	size_t length;
	line l;

	while (next_line(&l, &text)) {
		bool known = l.word[0] == '#' || severity_line(&severity, &length, &l);

		for (size_t i = 0; i < ARRAY_SIZE(words) && !known; i++)
			known = is(l.word, l.word_length, words[i]) && l.rest_length;
		if (!known) {
			FAIL(ctx, EFILE_E_FORMAT, 2851, "a line of the scenarios is not understood: %.*s",
			     (int)(l.rest + l.rest_length - l.word), l.word);
			return error_at(ctx, file, 0, 0);
		}
	}
	return EFILE_OK;
}

/* ---- the scenarios of a context ---- */

static void release(void *kept)
{
	buf *text = kept;

	buf_clear(text);
	free(text);
}

static efile_status read_newer(buf *text, efile_ctx *ctx)
{
	AUTO(buf) full = BUF_INIT;
	efile_status status =
		reader_load_newer(text, &full, ctx, "rules/scenarios.rules", FILE_LIMIT);

	return status == EFILE_OK ? require_sound(ctx, full.data, buf_text(text)) : status;
}

/* A file in the schema folder takes precedence over what is compiled in. */
static efile_status scenarios(const char **out, efile_ctx *ctx)
{
	buf *text = ctx_kept(ctx, built_in);
	efile_status status;

	*out = text ? buf_text(text) : built_in;
	if (text || !ctx->schema_path)
		return EFILE_OK;
	text = mem_new(ctx, sizeof(*text));
	if (!text)
		return EFILE_E_NOMEM;
	*text = (buf)BUF_INIT;
	status = read_newer(text, ctx);
	if (status != EFILE_OK) {
		release(text);
		return status;
	}
	*out = buf_text(text);
	return ctx_keep(ctx, built_in, text, release);
}

/* Where the lines about an invoice begin; its name. */
static const char *find(line *name, const char *text, const char *format, const char *specification)
{
	line l, scenario = { NULL };
	bool fits = false;

	while (next_line(&l, &text)) {
		if (is(l.word, l.word_length, "scenario")) {
			scenario = l;
			fits = false;
		} else if (said(&l, "format", format)) {
			fits = true;
		} else if (fits && said(&l, "specification", specification)) {
			*name = scenario;
			return text;
		}
	}
	return NULL;
}

static efile_severity severity_in(const char *at, const efile_finding *finding)
{
	efile_severity severity;
	size_t length;
	line l;

	while (at && next_line(&l, &at) && !is(l.word, l.word_length, "scenario"))
		if (severity_line(&severity, &length, &l) && is(l.rest, length, finding->rule))
			return severity;
	return finding->severity;
}

efile_status efile_invoice_decide(efile_invoice_decision *out, const efile_invoice *invoice,
				  const efile_report *report)
{
	const char *format = efile_invoice_format_name(invoice->format), *text, *at;
	line name = { NULL };

	error_clear(invoice->ctx);
	TRY(scenarios(&text, invoice->ctx));
	*out = (efile_invoice_decision){ .errors = 0 };
	at = find(&name, text, format, efile_invoice_profile(invoice));
	if (at)
		snprintf(out->scenario, sizeof(out->scenario), "%.*s", (int)name.rest_length, name.rest);
	for (size_t i = 0; i < efile_report_count(report); i++) {
		efile_severity severity = severity_in(at, efile_report_finding(report, i));

		out->errors += severity == EFILE_SEVERITY_ERROR;
		out->warnings += severity == EFILE_SEVERITY_WARNING;
	}
	out->accepted = out->errors == 0;
	return EFILE_OK;
}

efile_status scenario_severity(efile_severity *out, const efile_invoice *invoice,
			       const efile_finding *finding)
{
	const char *format = efile_invoice_format_name(invoice->format), *text;
	line name = { NULL };

	TRY(scenarios(&text, invoice->ctx));
	*out = severity_in(find(&name, text, format, efile_invoice_profile(invoice)), finding);
	return EFILE_OK;
}
