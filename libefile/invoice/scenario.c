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
	static const struct { const char *word; size_t room; } words[] = {
		{ "scenario", sizeof(((efile_invoice_scenario *)0)->name) },
		{ "format", 64 },
		{ "specification", sizeof(((efile_invoice_scenario *)0)->specification) },
		{ "layers", sizeof(((efile_invoice_scenario *)0)->layers) },
	};
	efile_severity severity;
	size_t length;
	line l;

	while (next_line(&l, &text)) {
		bool known = l.word[0] == '#' || severity_line(&severity, &length, &l);

		for (size_t i = 0; i < ARRAY_SIZE(words) && !known; i++)
			known = is(l.word, l.word_length, words[i].word) && l.rest_length &&
				l.rest_length < words[i].room;
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

static void copy(char *to, size_t room, const line *l)
{
	size_t length = l->rest_length < room ? l->rest_length : room - 1;

	memcpy(to, l->rest, length);
	to[length] = '\0';
}

/* The next scenario of a file; at goes behind it. body: its lines, behind its name. */
static bool next_scenario(efile_invoice_scenario *out, const char **body, const char **at)
{
	const char *next = *at;
	bool found = false;
	line l;

	memset(out, 0, sizeof(*out));
	for (; next_line(&l, &next); *at = next) {
		if (is(l.word, l.word_length, "scenario")) {
			if (found)
				return true;
			copy(out->name, sizeof(out->name), &l);
			*body = next;
			found = true;
		} else if (is(l.word, l.word_length, "format")) {
			for (int f = EFILE_INVOICE_UBL_INVOICE; f <= EFILE_INVOICE_CII; f++)
				if (said(&l, "format", efile_invoice_format_name((efile_invoice_format)f)))
					out->format = (efile_invoice_format)f;
		} else if (is(l.word, l.word_length, "specification")) {
			copy(out->specification, sizeof(out->specification), &l);
		} else if (is(l.word, l.word_length, "layers")) {
			copy(out->layers, sizeof(out->layers), &l);
		}
	}
	return found;
}

/* The scenario that has been chosen for an invoice, or else fits it; its lines. NULL: there is none. */
static const char *find(efile_invoice_scenario *out, const char *text, const efile_invoice *invoice)
{
	const char *body = NULL;

	while (next_scenario(out, &body, &text))
		if (invoice->scenario ? str_equal(out->name, invoice->scenario) :
		    out->specification[0] && out->format == invoice->format &&
		    str_equal(out->specification, efile_invoice_profile(invoice)))
			return body;
	memset(out, 0, sizeof(*out));
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
	efile_invoice_scenario scenario;
	const char *text, *at;

	if (!out || !invoice || !report)
		return EFILE_E_INVALID;
	error_clear(invoice->ctx);
	TRY(scenarios(&text, invoice->ctx));
	*out = (efile_invoice_decision){ .errors = 0 };
	at = find(&scenario, text, invoice);
	memcpy(out->scenario, scenario.name, sizeof(out->scenario));
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
	efile_invoice_scenario scenario;
	const char *text;

	TRY(scenarios(&text, invoice->ctx));
	*out = severity_in(find(&scenario, text, invoice), finding);
	return EFILE_OK;
}

/* ---- choosing one ---- */

efile_status efile_invoice_scenario_at(efile_invoice_scenario *out, efile_ctx *ctx, size_t index)
{
	efile_invoice_scenario scenario;
	const char *text, *body;

	if (!out || !ctx)
		return EFILE_E_INVALID;
	error_clear(ctx);
	TRY(scenarios(&text, ctx));
	do {
		if (!next_scenario(&scenario, &body, &text))
			return EFILE_DONE;
	} while (index--);
	*out = scenario;
	return EFILE_OK;
}

/* The whole name, or what stands before " (UBL Invoice)". */
static bool is_named(const efile_invoice_scenario *s, const char *name)
{
	const char *end = strstr(s->name, " (");
	size_t length = strlen(name);

	if (str_ascii_casecmp(s->name, name) == 0)
		return true;
	return end && length == (size_t)(end - s->name) && str_ascii_ncasecmp(s->name, name, length) == 0;
}

static efile_status refuse_scenario(const efile_invoice *invoice, const char *text, const char *name)
{
	AUTO(buf) known = BUF_INIT;
	efile_invoice_scenario s;
	const char *body;

	while (next_scenario(&s, &body, &text))
		if (s.format == invoice->format)
			buf_add_format(&known, "%s%s", known.length ? ", " : "", s.name);
	TRY(buf_status(&known, invoice->ctx));
	return FAIL(invoice->ctx, EFILE_E_NOTFOUND, 2852, "there is no scenario %.90s for %s; there are: %s", name,
		    efile_invoice_format_name(invoice->format), buf_text(&known));
}

efile_status efile_invoice_set_scenario(efile_invoice *invoice, const char *name)
{
	efile_invoice_scenario s;
	const char *text, *at, *body;
	char *chosen = NULL;

	if (!invoice)
		return EFILE_E_INVALID;
	error_clear(invoice->ctx);
	TRY(scenarios(&text, invoice->ctx));
	for (at = text; name && !chosen && next_scenario(&s, &body, &at);)
		if (s.format == invoice->format && is_named(&s, name))
			TRY(mem_dup(&chosen, invoice->ctx, s.name));
	if (name && !chosen)
		return refuse_scenario(invoice, text, name);
	free(invoice->scenario);
	invoice->scenario = chosen;
	return EFILE_OK;
}

efile_status scenario_layer(bool *applies, const efile_invoice *invoice, const char *layer)
{
	efile_invoice_scenario s;
	const char *text, *at;
	size_t length = strlen(layer);

	if (!invoice->scenario)
		return EFILE_OK;
	TRY(scenarios(&text, invoice->ctx));
	if (!find(&s, text, invoice) || !s.layers[0])
		return EFILE_OK;
	*applies = false;
	for (at = s.layers; *at; at += *at == ' ') {
		size_t word = strcspn(at, " ");

		*applies |= word == length && memcmp(at, layer, length) == 0;
		at += word;
	}
	return EFILE_OK;
}
