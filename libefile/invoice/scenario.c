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

static void release(void *kept)
{
	buf *text = kept;

	buf_clear(text);
	free(text);
}

/* The scenarios; a file in the schema folder takes precedence over what is compiled in. */
static efile_status scenarios(const char **out, efile_ctx *ctx)
{
	AUTO(buf) full = BUF_INIT;
	buf *text = ctx_kept(ctx, built_in);

	*out = text ? buf_text(text) : built_in;
	if (text || !ctx->schema_path)
		return EFILE_OK;
	text = mem_new(ctx, sizeof(*text));
	if (!text)
		return EFILE_E_NOMEM;
	*text = (buf)BUF_INIT;
	buf_add_format(&full, "%s/rules/scenarios.rules", ctx->schema_path);
	if (buf_status(&full, ctx) < 0 ||
	    reader_load_file(text, ctx, full.data, FILE_LIMIT) != EFILE_OK) {
		release(text);
		if (efile_error_status(ctx) == EFILE_E_NOMEM)
			return EFILE_E_NOMEM;
		error_clear(ctx);
		return EFILE_OK;
	}
	*out = buf_text(text);
	return ctx_keep(ctx, built_in, text, release);
}

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
	size_t length = strlen(finding->rule);
	line l;

	while (at && next_line(&l, &at) && !is(l.word, l.word_length, "scenario")) {
		const char *level = l.rest + length + 1;

		if (!is(l.word, l.word_length, "severity") || l.rest_length < length + 2 ||
		    memcmp(l.rest, finding->rule, length) != 0 || l.rest[length] != ' ')
			continue;
		for (int s = EFILE_SEVERITY_INFORMATION; s <= EFILE_SEVERITY_ERROR; s++)
			if (is(level, l.rest_length - length - 1, efile_severity_name((efile_severity)s)))
				return (efile_severity)s;
	}
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
