/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Invoices: checking, showing, writing; none of it needs a store. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"

/* ---- reading ---- */

enum { CANDIDATES_MAX = 64 };

/* All text of a PDF; NULL if there is none to be had. */
static char *pdf_text(efile_parser *parser, const char *data, size_t length)
{
	efile_parse_result *result = NULL;
	const char *page;
	char *text = NULL;
	size_t filled = 0;
	FILE *all;

	if (efile_parse_text(&result, parser, data, length, 0, 0) != EFILE_OK)
		return NULL;
	all = open_memstream(&text, &filled);
	for (uint32_t i = 0; all && (page = efile_parse_result_text(result, i)) != NULL; i++)
		fprintf(all, "%s\n", page);
	if (all)
		fclose(all);
	efile_parse_result_free(result);
	return text;
}

/* What the PDF says about the invoice; carrier stays NULL where it cannot be asked. */
static efile_status compare_pdf(tool *t, efile_report **carrier, const efile_invoice *invoice,
				efile_parser *parser, const char *name, const char *data, size_t length)
{
	efile_parse_result *info = NULL;
	efile_invoice_pdf pdf = { .name = name };
	char *text = pdf_text(parser, data, length);
	efile_status status;

	if (efile_parse_info(&info, parser, data, length) == EFILE_OK)
		pdf.xmp = efile_parse_result_xmp(info, &pdf.xmp_length);
	pdf.text = text;
	status = efile_invoice_compare_pdf(carrier, invoice, &pdf);
	efile_parse_result_free(info);
	free(text);
	(void)t;
	return status;
}

/* The XML that a PDF carries. */
static efile_status pick_from_pdf(tool *t, efile_invoice **invoice, const char **name,
				  efile_report **picked, const efile_parse_result *result)
{
	efile_invoice_candidate candidates[CANDIDATES_MAX];
	size_t count = efile_parse_result_attachment_count(result), chosen = 0;
	efile_status status;

	if (count > CANDIDATES_MAX)
		count = CANDIDATES_MAX;
	for (size_t i = 0; i < count; i++) {
		const efile_parse_attachment *f = efile_parse_result_attachment(result, i);

		candidates[i] = (efile_invoice_candidate){ f->name, f->data, f->length };
	}
	status = efile_invoice_pick(&chosen, picked, t->ctx, candidates, count);
	if (status != EFILE_OK)
		return status;
	*name = candidates[chosen].name;
	return efile_invoice_from_xml(invoice, t->ctx, candidates[chosen].data, candidates[chosen].length);
}

/* What is odd about a PDF: of its attachments, and where it says other things than the invoice. */
typedef struct carrier_reports {
	efile_report *picked, *compared;
} carrier_reports;

static efile_status read_from_pdf(tool *t, efile_invoice **invoice, carrier_reports *carrier,
				  const char *data, size_t length)
{
	efile_parser *parser = NULL;
	efile_parse_result *result = NULL;
	const char *name = NULL;
	efile_status status = efile_parser_new(&parser, t->ctx);

	if (status == EFILE_OK)
		status = efile_parse_attachments(&result, parser, data, length);
	if (status == EFILE_OK)
		status = pick_from_pdf(t, invoice, &name, &carrier->picked, result);
	if (status == EFILE_OK)
		status = compare_pdf(t, &carrier->compared, *invoice, parser, name, data, length);
	efile_parse_result_free(result);
	efile_parser_free(parser);
	return status;
}

static void carrier_clear(carrier_reports *carrier)
{
	efile_report_free(carrier->picked);
	efile_report_free(carrier->compared);
}

/* The invoice of a file: the file itself, a draft in JSON, or what a PDF carries. */
static efile_status read_invoice(tool *t, efile_invoice **invoice, carrier_reports *carrier,
				 const char *data, size_t length)
{
	if (length && data[0] == '{')
		return efile_invoice_from_json(invoice, t->ctx, data, length);
	if (length < 5 || memcmp(data, "%PDF-", 5) != 0)
		return efile_invoice_from_xml(invoice, t->ctx, data, length);
	return read_from_pdf(t, invoice, carrier, data, length);
}

/* Also where there is no invoice, what is odd about the PDF is said. */
static int open_carried(tool *t, efile_invoice **invoice, carrier_reports *carrier, const char *path)
{
	char *data = NULL;
	size_t length;
	int code = read_input(t, path, &data, &length);

	if (code == EXIT_DONE && read_invoice(t, invoice, carrier, data, length) != EFILE_OK) {
		code = fail_at(t, path);
		if (carrier->picked && !t->json)
			print_report(t, path, carrier->picked);
	}
	free(data);
	return code;
}

int open_invoice(tool *t, efile_invoice **out, const char *path)
{
	carrier_reports carrier = { NULL, NULL };
	int code = open_carried(t, out, &carrier, path);

	carrier_clear(&carrier);
	return code;
}

/* ---- checking ---- */

static void invoice_verdict(tool *t, const char *path, const efile_invoice *invoice,
			    const carrier_reports *carrier, const efile_report *report,
			    const efile_invoice_decision *decision)
{
	const char *format = efile_invoice_format_name(efile_invoice_format_of(invoice));
	const char *profile = efile_invoice_profile(invoice);

	if (t->json) {
		json_line(t, "invoice_check");
		json_string(t, "file", path);
		json_string(t, "format", format);
		json_string(t, "profile", profile && *profile ? profile : NULL);
		json_boolean(t, "accepted", decision->accepted);
		json_string(t, "scenario", *decision->scenario ? decision->scenario : NULL);
		json_report(t, "findings", report);
		if (carrier->compared) {
			json_report(t, "attachment_findings", carrier->picked);
			json_report(t, "pdf_findings", carrier->compared);
		}
		json_line_end(t);
		return;
	}
	if (carrier->compared) {
		print_report(t, path, carrier->picked);
		print_report(t, path, carrier->compared);
	}
	print_report(t, path, report);
	if (!decision->accepted)
		out(t, "%s: %s, %zu errors: not acceptable", path, format, decision->errors);
	else
		out(t, "%s: %s, acceptable by the rules checked", path, format);
}

/* With --format the report goes to a file or the output in that form. */
static int write_verdict(tool *t, const char *path, const efile_invoice *invoice,
			 const efile_report *report, const char *format)
{
	static const char *const forms[] = {
		"jsonl", "xml", "html", "letter", /* as the enum counts them */
	};
	char *text = NULL;
	out_file file;
	size_t form = 0;
	int code;

	while (form < 4 && strcmp(forms[form], format) != 0)
		form++;
	if (form == 4)
		return usage(t, "a report can be jsonl, xml, html or letter, not %s", format);
	if (efile_invoice_report_write(&text, invoice, report, (efile_invoice_report_format)form) != EFILE_OK)
		return fail_at(t, path);
	if (open_out(t, &file, tool_value(t, "output", 0)))
		code = close_out(t, &file, efile_writer_write(file.writer, text, strlen(text)));
	else
		code = efile_status_exit_code(EFILE_E_IO);
	efile_free(text);
	return code;
}

static int tell_verdict(tool *t, const char *path, const efile_invoice *invoice,
			const carrier_reports *carrier, const efile_report *report,
			const efile_invoice_decision *decision)
{
	const char *format = tool_value(t, "format", 0);
	int code = EXIT_DONE;

	if (format && strcmp(format, "text") != 0)
		code = write_verdict(t, path, invoice, report, format);
	else
		invoice_verdict(t, path, invoice, carrier, report, decision);
	return worse(code, decision->accepted ? EXIT_DONE : EXIT_FINDINGS);
}

static int check_invoice(tool *t, const char *path)
{
	efile_invoice *invoice = NULL;
	efile_report *report = NULL;
	efile_invoice_decision decision;
	carrier_reports carrier = { NULL, NULL };
	int code = open_carried(t, &invoice, &carrier, path);

	if (code != EXIT_DONE) {
		carrier_clear(&carrier);
		return code;
	}
	if (efile_invoice_set_scenario(invoice, tool_value(t, "scenario", 0)) != EFILE_OK ||
	    efile_invoice_set_schemas(invoice, tool_value(t, "schemas", 0)) != EFILE_OK ||
	    efile_invoice_check(&report, invoice) != EFILE_OK ||
	    efile_invoice_decide(&decision, invoice, report) != EFILE_OK) {
		code = fail_at(t, path);
	} else {
		code = tell_verdict(t, path, invoice, &carrier, report, &decision);
	}
	carrier_clear(&carrier);
	efile_report_free(report);
	efile_invoice_free(invoice);
	return code;
}

int cmd_invoice_check(tool *t, int count, char **arguments)
{
	int code = EXIT_DONE;

	for (int i = 0; i < count; i++)
		code = worse(code, check_invoice(t, arguments[i]));
	return code;
}

/* Whether a rule is asked for: without words all, else those that begin with one of them. */
static bool rule_wanted(const char *id, int count, char **words)
{
	bool asked = false;

	for (int i = 0; i < count; i++) {
		if (strcmp(words[i], "ubl") == 0 || strcmp(words[i], "cii") == 0)
			continue;
		asked = true;
		if (strncmp(id, words[i], strlen(words[i])) == 0)
			return true;
	}
	return !asked;
}

static bool syntax_wanted(const char *syntax, int count, char **words)
{
	bool asked = false;

	for (int i = 0; i < count; i++) {
		asked |= strcmp(words[i], "ubl") == 0 || strcmp(words[i], "cii") == 0;
		if (strcmp(words[i], syntax) == 0)
			return true;
	}
	return !asked;
}

static void print_rule(tool *t, const char *syntax, const efile_invoice_rule *rule)
{
	if (!t->json) {
		put("%s  %s  %s  %s %s  %s\n", rule->id, syntax, efile_severity_name(rule->severity),
		    rule->layer, rule->version, rule->message);
		return;
	}
	json_line(t, "invoice_rule");
	json_string(t, "rule", rule->id);
	json_string(t, "syntax", syntax);
	json_string(t, "severity", efile_severity_name(rule->severity));
	json_string(t, "layer", rule->layer);
	json_string(t, "version", rule->version);
	json_string(t, "source", rule->source);
	json_string(t, "terms", *rule->terms ? rule->terms : NULL);
	json_string(t, "context", rule->context);
	json_string(t, "test", rule->test);
	json_string(t, "message", rule->message);
	json_line_end(t);
}

static void print_scenario(tool *t, const efile_invoice_scenario *s)
{
	if (!t->json) {
		put("%s  %s  %s  %s\n", s->name, efile_invoice_format_name(s->format), s->layers, s->specification);
		return;
	}
	json_line(t, "invoice_scenario");
	json_string(t, "name", s->name);
	json_string(t, "format", efile_invoice_format_name(s->format));
	json_string(t, "specification", *s->specification ? s->specification : NULL);
	json_string(t, "layers", *s->layers ? s->layers : NULL);
	json_line_end(t);
}

static int list_scenarios(tool *t)
{
	efile_invoice_scenario s;
	efile_status status = EFILE_OK;

	for (size_t i = 0; status == EFILE_OK; i++) {
		status = efile_invoice_scenario_at(&s, t->ctx, i);
		if (status == EFILE_OK)
			print_scenario(t, &s);
	}
	return status < 0 ? fail(t) : EXIT_DONE;
}

int cmd_invoice_rules(tool *t, int count, char **arguments)
{
	static const struct { const char *syntax; efile_invoice_format format; } syntaxes[] = {
		{ "ubl", EFILE_INVOICE_UBL_INVOICE }, { "cii", EFILE_INVOICE_CII },
	};
	size_t listed = 0;

	if (tool_has(t, "scenarios"))
		return list_scenarios(t);
	for (size_t i = 0; i < 2; i++) {
		efile_invoice_rule rule;
		efile_status status = EFILE_OK;

		if (!syntax_wanted(syntaxes[i].syntax, count, arguments))
			continue;
		for (size_t n = 0; status == EFILE_OK; n++) {
			status = efile_invoice_rule_at(&rule, t->ctx, syntaxes[i].format, n);
			if (status < 0)
				return fail(t);
			if (status == EFILE_OK && rule_wanted(rule.id, count, arguments)) {
				print_rule(t, syntaxes[i].syntax, &rule);
				listed++;
			}
		}
	}
	return listed ? EXIT_DONE : EXIT_NOT_FOUND;
}

/* ---- showing and writing ---- */

int cmd_invoice_show(tool *t, int count, char **arguments)
{
	efile_invoice *invoice = NULL;
	char *json = NULL;
	int code = open_invoice(t, &invoice, arguments[0]);

	(void)count;
	if (code == EXIT_DONE)
		code = put_json(t, arguments[0], efile_invoice_json(&json, invoice), &json);
	efile_invoice_free(invoice);
	return code;
}

int cmd_invoice_render(tool *t, int count, char **arguments)
{
	efile_invoice *invoice = NULL;
	char *page = NULL;
	out_file file;
	int code = open_invoice(t, &invoice, arguments[0]);

	(void)count;
	if (code == EXIT_DONE && efile_invoice_html(&page, invoice) != EFILE_OK)
		code = fail_at(t, arguments[0]);
	else if (code == EXIT_DONE && open_out(t, &file, tool_value(t, "output", 0)))
		code = close_out(t, &file, efile_writer_write(file.writer, page, strlen(page)));
	else if (code == EXIT_DONE)
		code = efile_status_exit_code(EFILE_E_IO);
	efile_free(page);
	efile_invoice_free(invoice);
	return code;
}

static bool wanted_format(efile_invoice_format *out, const efile_invoice *invoice, const char *name)
{
	if (!name || strcmp(name, "ubl") == 0)
		*out = efile_invoice_ubl_format(invoice);
	else if (strcmp(name, "cii") == 0)
		*out = EFILE_INVOICE_CII;
	else if (strcmp(name, "ubl-invoice") == 0)
		*out = EFILE_INVOICE_UBL_INVOICE;
	else if (strcmp(name, "ubl-credit-note") == 0)
		*out = EFILE_INVOICE_UBL_CREDIT_NOTE;
	else
		return false;
	return true;
}

/* What got lost is talk beside a document on the output, and the result where that is a file. */
static int say_losses(tool *t, const char *path, const char *target, efile_invoice_format format,
		      const efile_report *losses)
{
	if (t->json && target && strcmp(target, "-") != 0) {
		json_line(t, "invoice_convert");
		json_string(t, "file", path);
		json_string(t, "format", efile_invoice_format_name(format));
		json_string(t, "output", target);
		json_report(t, "findings", losses);
		json_line_end(t);
	} else {
		for (size_t i = 0; i < efile_report_count(losses); i++) {
			const efile_finding *f = efile_report_finding(losses, i);

			say(t, "%s:%ld: %s: %s%s%s", path, f->line, f->rule, f->message,
			    *f->path ? ": " : "", f->path);
		}
	}
	return efile_report_count_severity(losses, EFILE_SEVERITY_WARNING) ? EXIT_FINDINGS : EXIT_DONE;
}

static int convert(tool *t, const char *path, const efile_invoice *invoice,
		   efile_invoice_format format)
{
	const char *target = tool_value(t, "output", 0);
	efile_report *losses = NULL;
	char *text = NULL;
	size_t length;
	out_file file;
	int code;

	if (efile_invoice_write(&text, &length, &losses, invoice, format) != EFILE_OK)
		return fail_at(t, path);
	if (open_out(t, &file, target))
		code = close_out(t, &file, efile_writer_write(file.writer, text, length));
	else
		code = efile_status_exit_code(EFILE_E_IO);
	if (code == EXIT_DONE)
		code = say_losses(t, path, target, format, losses);
	efile_free(text);
	efile_report_free(losses);
	return code;
}

int cmd_invoice_convert(tool *t, int count, char **arguments)
{
	const char *name = tool_value(t, "to", 0);
	efile_invoice *invoice = NULL;
	efile_invoice_format format;
	int code = open_invoice(t, &invoice, arguments[0]);

	(void)count;
	if (code == EXIT_DONE && !wanted_format(&format, invoice, name))
		code = usage(t, "an invoice can be written as ubl, ubl-invoice, ubl-credit-note or cii, not as %s",
			     name);
	else if (code == EXIT_DONE)
		code = convert(t, arguments[0], invoice, format);
	efile_invoice_free(invoice);
	return code;
}

/* ---- attached documents ---- */

static void print_attachment(tool *t, const efile_invoice *invoice, const efile_invoice_item *group,
			     const char *name, const char *target)
{
	const efile_invoice_item *type = efile_invoice_first(invoice, group, "BT-125-1");
	const efile_invoice_item *given = efile_invoice_first(invoice, group, "BT-125-2");
	const efile_invoice_item *id = efile_invoice_first(invoice, group, "BT-122");

	if (!t->json) {
		put("%s  %s\n", target ? target : name,
		    type ? efile_invoice_item_value(invoice, type) : "");
		return;
	}
	json_line(t, "invoice_attachment");
	json_string(t, "name", name);
	json_string(t, "given_name", given ? efile_invoice_item_value(invoice, given) : NULL);
	json_string(t, "media_type", type ? efile_invoice_item_value(invoice, type) : NULL);
	json_string(t, "reference", id ? efile_invoice_item_value(invoice, id) : NULL);
	json_string(t, "output", target);
	json_line_end(t);
}

/* Into a new file of the folder; what is there already is left as it is. */
static int extract(tool *t, const efile_invoice *invoice, const efile_invoice_item *group,
		   const char *name, const char *folder)
{
	char target[4096];
	struct stat there;
	out_file file;
	int code;

	if (snprintf(target, sizeof(target), "%s/%s", folder, name) >= (int)sizeof(target) ||
	    lstat(target, &there) == 0) {
		say(t, "%s: there is such a file already", target);
		return efile_status_exit_code(EFILE_E_EXISTS);
	}
	if (!open_out(t, &file, target))
		return efile_status_exit_code(EFILE_E_IO);
	code = close_out(t, &file, efile_invoice_attachment(invoice, group, file.writer));
	if (code == EXIT_DONE)
		print_attachment(t, invoice, group, name, target);
	return code;
}

int cmd_invoice_attachments(tool *t, int count, char **arguments)
{
	const char *folder = tool_value(t, "output", 0);
	const efile_invoice_item *group;
	efile_invoice *invoice = NULL;
	int code = open_invoice(t, &invoice, arguments[0]);

	(void)count;
	if (code != EXIT_DONE)
		return code;
	for (group = efile_invoice_first(invoice, NULL, "BG-24"); group;
	     group = efile_invoice_next(invoice, group, "BG-24")) {
		char *name = NULL;

		if (!efile_invoice_first(invoice, group, "BT-125"))
			continue;
		if (efile_invoice_attachment_name(&name, invoice, group) != EFILE_OK)
			code = fail_at(t, arguments[0]);
		else if (folder)
			code = worse(code, extract(t, invoice, group, name, folder));
		else
			print_attachment(t, invoice, group, name, NULL);
		efile_free(name);
	}
	efile_invoice_free(invoice);
	return code;
}
