/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was found out about an invoice, for people and for programs: a page, XML in the form of SVRL,
 * JSON Lines, and the letter that goes back to the sender. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "invoice/page.h"

typedef struct verdict {
	const efile_invoice *invoice;
	const efile_report *report;
	efile_invoice_decision decision;
} verdict;

static const efile_finding *finding_at(const verdict *v, size_t index)
{
	return efile_report_finding(v->report, index);
}

static const char *value_of(const verdict *v, const char *term)
{
	const char *value = efile_invoice_value(v->invoice, term);

	return value ? value : "";
}

static efile_status severity_of(efile_severity *out, const verdict *v, size_t index)
{
	return scenario_severity(out, v->invoice, finding_at(v, index));
}

/* The same said about several places is said once, with the first of them. */
static bool said_before(const verdict *v, size_t index)
{
	const efile_finding *f = finding_at(v, index);

	for (size_t i = 0; i < index; i++) {
		const efile_finding *other = finding_at(v, i);

		if (strcmp(f->rule, other->rule) == 0 && strcmp(f->message, other->message) == 0 &&
		    strcmp(f->actual, other->actual) == 0)
			return true;
	}
	return false;
}

/* ---- the layers, as a reader wants to know by what was judged ---- */

static efile_status add_layers(buf *out, const verdict *v)
{
	const char *last = "";

	for (size_t i = 0;; i++) {
		efile_invoice_rule rule;
		efile_status status =
			efile_invoice_rule_at(&rule, v->invoice->ctx, v->invoice->format, i);

		TRY(status);
		if (status == EFILE_DONE)
			return buf_status(out, v->invoice->ctx);
		if (strcmp(rule.layer, last) != 0)
			buf_add_format(out, "%s%s %s", *last ? ", " : "", rule.layer, rule.version);
		last = rule.layer;
	}
}

/* ---- JSON Lines ---- */

static efile_status write_jsonl(char **out, const verdict *v)
{
	AUTO(buf) text = BUF_INIT;

	for (size_t i = 0; i < efile_report_count(v->report); i++) {
		const efile_finding *f = finding_at(v, i);
		efile_severity severity;
		json_writer w;

		TRY(severity_of(&severity, v, i));
		json_begin(&w, &text);
		json_object(&w);
		json_put_text(&w, "schema", "efile.invoice_finding.v1");
		json_put_text(&w, "number", value_of(v, "BT-1"));
		json_put_text(&w, "rule", f->rule);
		json_put_text(&w, "severity", efile_severity_name(f->severity));
		json_put_text(&w, "weight", efile_severity_name(severity));
		json_put_text(&w, "term", *f->term ? f->term : NULL);
		json_put_int(&w, "line", f->line);
		json_put_int(&w, "column", f->column);
		json_put_text(&w, "path", *f->path ? f->path : NULL);
		json_put_text(&w, "actual", *f->actual ? f->actual : NULL);
		json_put_text(&w, "expected", *f->expected ? f->expected : NULL);
		json_put_text(&w, "message", f->message);
		json_end_object(&w);
		buf_add_char(&text, '\n');
	}
	return buf_take(out, &text, v->invoice->ctx);
}

/* ---- XML in the form of SVRL (ISO/IEC 19757-3, annex D) ---- */

static void add_note(xml_writer *w, const char *what, const char *text)
{
	if (!*text)
		return;
	xml_writer_start(w, "svrl:diagnostic-reference");
	xml_writer_attribute(w, "diagnostic", what);
	xml_writer_text(w, text);
	xml_writer_close(w);
}

static void add_assert(xml_writer *w, const efile_finding *f, efile_severity severity)
{
	static const char *const flags[] = { "information", "warning", "fatal" };
	char spot[64];

	xml_writer_start(w, "svrl:failed-assert");
	xml_writer_attribute(w, "id", f->rule);
	xml_writer_attribute(w, "flag", flags[f->severity]);
	xml_writer_attribute(w, "role", flags[severity]);
	xml_writer_attribute(w, "location", f->path);
	xml_writer_element(w, "svrl:text", f->message);
	add_note(w, "term", f->term);
	if (f->line) {
		snprintf(spot, sizeof(spot), "%ld:%ld", f->line, f->column);
		add_note(w, "line:column", spot);
	}
	add_note(w, "actual", f->actual);
	add_note(w, "expected", f->expected);
	xml_writer_close(w);
}

static efile_status fill_xml(xml_writer *w, const verdict *v)
{
	AUTO(buf) layers = BUF_INIT;

	TRY(add_layers(&layers, v));
	xml_writer_start(w, "svrl:schematron-output");
	xml_writer_attribute(w, "xmlns:svrl", "http://purl.oclc.org/dsdl/svrl");
	xml_writer_attribute(w, "title", buf_text(&layers));
	xml_writer_attribute(w, "phase", v->decision.scenario);
	xml_writer_start(w, "svrl:active-pattern");
	xml_writer_attribute(w, "name", v->decision.accepted ? "accept" : "reject");
	xml_writer_close(w);
	for (size_t i = 0; i < efile_report_count(v->report); i++) {
		efile_severity severity;

		TRY(severity_of(&severity, v, i));
		add_assert(w, finding_at(v, i), severity);
	}
	return xml_writer_end(w);
}

static efile_status write_xml(char **out, const verdict *v)
{
	AUTO(buf) text = BUF_INIT;
	efile_status status;
	xml_writer w;

	xml_writer_begin(&w, v->invoice->ctx, &text, NULL, true);
	status = fill_xml(&w, v);
	xml_writer_clear(&w);
	TRY(status);
	buf_add_char(&text, '\n');
	return buf_take(out, &text, v->invoice->ctx);
}

/* ---- a page ---- */

static void add_pair(page *p, const char *english, const char *value)
{
	if (!*value)
		return;
	page_element(p, "dt", NULL, efile_message(p->ctx, english));
	page_element(p, "dd", NULL, value);
}

static void add_row(page *p, const efile_finding *f, efile_severity severity)
{
	AUTO(buf) spot = BUF_INIT;

	if (f->line)
		buf_add_format(&spot, "%ld:%ld", f->line, f->column);
	p->text.failed |= spot.failed;
	page_open(p, "tr", NULL);
	page_element(p, "td", efile_severity_name(severity), efile_message(p->ctx, efile_severity_name(severity)));
	page_element(p, "td", NULL, f->rule);
	page_open(p, "td", NULL);
	page_text(p, f->message);
	page_open(p, "dl", NULL);
	add_pair(p, "it is", f->actual);
	add_pair(p, "expected", f->expected);
	page_close(p);
	page_close(p);
	page_element(p, "td", NULL, f->term);
	page_open(p, "td", "t");
	page_text(p, buf_text(&spot));
	page_text(p, " ");
	page_text(p, f->path);
	page_close(p);
	page_close(p);
}

static void add_head(page *p)
{
	static const char *const heads[] = { "Weight", "Rule", "Finding", "Term", "Place" };

	page_element(p, "caption", NULL, efile_message(p->ctx, "Findings"));
	page_open(p, "thead", NULL);
	page_open(p, "tr", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		xml_writer_start(&p->w, "th");
		xml_writer_attribute(&p->w, "scope", "col");
		page_content(p);
		page_say(p, heads[i]);
		page_close(p);
	}
	page_close(p);
	page_close(p);
}

static efile_status add_findings(page *p, const verdict *v)
{
	if (!efile_report_count(v->report)) {
		page_element(p, "p", NULL, efile_message(p->ctx, "There are no findings."));
		return EFILE_OK;
	}
	page_open(p, "table", NULL);
	add_head(p);
	page_open(p, "tbody", NULL);
	for (size_t i = 0; i < efile_report_count(v->report); i++) {
		efile_severity severity;

		TRY(severity_of(&severity, v, i));
		add_row(p, finding_at(v, i), severity);
	}
	page_close(p);
	page_close(p);
	return EFILE_OK;
}

static efile_status fill_page(page *p, const verdict *v)
{
	AUTO(buf) layers = BUF_INIT;
	const efile_invoice_decision *d = &v->decision;

	TRY(add_layers(&layers, v));
	page_heading(p, 1, "Test report of an electronic invoice");
	page_element(p, "p", d->accepted ? NULL : "error",
		     efile_message(p->ctx, d->accepted ? "The invoice can be accepted." :
							 "The invoice cannot be accepted."));
	page_open(p, "dl", NULL);
	add_pair(p, "Invoice number", value_of(v, "BT-1"));
	add_pair(p, "Seller name", value_of(v, "BT-27"));
	add_pair(p, "Specification identifier", value_of(v, "BT-24"));
	add_pair(p, "Scenario", d->scenario);
	add_pair(p, "Judged by", buf_text(&layers));
	page_close(p);
	return add_findings(p, v);
}

static efile_status write_html(char **out, const verdict *v)
{
	efile_status status;
	page p;

	page_begin(&p, v->invoice->ctx, efile_message(v->invoice->ctx, "Test report of an electronic invoice"));
	status = fill_page(&p, v);
	if (status == EFILE_OK)
		status = page_end(out, &p);
	page_clear(&p);
	return status;
}

/* ---- the letter to the sender ---- */

enum { LETTER_FINDINGS = 50 };

static void add_text(buf *out, const efile_ctx *ctx, const char *english)
{
	buf_add_text(out, efile_message(ctx, english));
}

/* Takes a sentence over; NULL is one for which there was no memory. */
static void add_sentence(buf *out, char *sentence)
{
	if (sentence)
		buf_add_format(out, "%s\n", sentence);
	else
		out->failed = true;
	free(sentence);
}

static void add_fault(buf *out, const efile_ctx *ctx, const efile_finding *f, size_t number)
{
	buf_add_format(out, "%zu. %s", number, f->message);
	if (*f->actual)
		buf_add_format(out, "; %s: %s", efile_message(ctx, "it is"), f->actual);
	if (*f->expected)
		buf_add_format(out, "; %s: %s", efile_message(ctx, "expected"), f->expected);
	buf_add_format(out, "\n   %s %s", efile_message(ctx, "Rule"), f->rule);
	if (f->line)
		buf_add_format(out, ", %s %ld, %s", efile_message(ctx, "line"), f->line, f->path);
	buf_add_text(out, "\n");
}

static efile_status add_faults(buf *out, const verdict *v)
{
	const efile_ctx *ctx = v->invoice->ctx;
	size_t number = 0, more = 0;

	for (size_t i = 0; i < efile_report_count(v->report); i++) {
		efile_severity severity;

		TRY(severity_of(&severity, v, i));
		if (severity != EFILE_SEVERITY_ERROR || said_before(v, i))
			continue;
		if (number == LETTER_FINDINGS)
			more++;
		else
			add_fault(out, ctx, finding_at(v, i), ++number);
	}
	if (more)
		add_sentence(out, message_format(ctx, "and %zu more", more));
	return EFILE_OK;
}

static efile_status write_letter(char **out, const verdict *v)
{
	const efile_ctx *ctx = v->invoice->ctx;
	AUTO(buf) text = BUF_INIT;
	AUTO(buf) date = BUF_INIT;
	AUTO(buf) layers = BUF_INIT;

	page_value(&date, ctx, TERM_DATE, value_of(v, "BT-2"));
	TRY(buf_status(&date, v->invoice->ctx));
	TRY(add_layers(&layers, v));
	add_sentence(&text, message_format(ctx, "Your invoice %s of %s", value_of(v, "BT-1"), buf_text(&date)));
	buf_add_text(&text, "\n");
	add_text(&text, ctx, "Dear Sir or Madam,");
	buf_add_text(&text, "\n\n");
	add_text(&text, ctx, v->decision.accepted ? "your electronic invoice obeys the rules and is being processed." :
		 "your electronic invoice breaks the rules for electronic invoices and cannot be processed. It counts as not received. Please send a corrected invoice; these faults must be mended:");
	buf_add_text(&text, "\n\n");
	if (!v->decision.accepted) {
		TRY(add_faults(&text, v));
		buf_add_text(&text, "\n");
	}
	add_sentence(&text, message_format(ctx, "Judged by: %s", buf_text(&layers)));
	return buf_take(out, &text, v->invoice->ctx);
}

efile_status efile_invoice_report_write(char **out, const efile_invoice *invoice,
					const efile_report *report,
					efile_invoice_report_format format)
{
	if (!out || !invoice || !report)
		return EFILE_E_INVALID;
	static efile_status (*const writers[])(char **, const verdict *) = {
		write_jsonl, write_xml, write_html, write_letter,
	};
	verdict v = { .invoice = invoice, .report = report };

	error_clear(invoice->ctx);
	if ((size_t)format >= ARRAY_SIZE(writers))
		return FAIL(invoice->ctx, EFILE_E_INVALID, 2873, "there is no such form of a report");
	TRY(efile_invoice_decide(&v.decision, invoice, report));
	return writers[format](out, &v);
}
