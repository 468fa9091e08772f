/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks that need no store: invoices, expressions, letters. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"

/* ---- invoices ---- */

enum { CANDIDATES_MAX = 64 };

/* The XML that a PDF carries. */
static efile_status read_from_pdf(tool *t, efile_invoice **invoice, const efile_parse_result *result)
{
	efile_invoice_candidate candidates[CANDIDATES_MAX];
	size_t count = efile_parse_result_attachment_count(result), chosen = 0;
	efile_report *report = NULL;
	efile_status status;

	if (count > CANDIDATES_MAX)
		count = CANDIDATES_MAX;
	for (size_t i = 0; i < count; i++) {
		const efile_parse_attachment *f = efile_parse_result_attachment(result, i);

		candidates[i] = (efile_invoice_candidate){ f->name, f->data, f->length };
	}
	status = efile_invoice_pick(&chosen, &report, t->ctx, candidates, count);
	efile_report_free(report);
	return status == EFILE_OK ? efile_invoice_from_xml(invoice, t->ctx, candidates[chosen].data,
							   candidates[chosen].length) :
				    status;
}

/* The invoice of a file: the file itself, or what a PDF carries. */
static efile_status read_invoice(tool *t, efile_invoice **invoice, const char *data, size_t length)
{
	efile_parser *parser = NULL;
	efile_parse_result *result = NULL;
	efile_status status;

	if (length < 5 || memcmp(data, "%PDF-", 5) != 0)
		return efile_invoice_from_xml(invoice, t->ctx, data, length);
	status = efile_parser_new(&parser, t->ctx);
	if (status == EFILE_OK)
		status = efile_parse_attachments(&result, parser, data, length);
	if (status == EFILE_OK)
		status = read_from_pdf(t, invoice, result);
	efile_parse_result_free(result);
	efile_parser_free(parser);
	return status;
}

static void invoice_verdict(tool *t, const char *path, const efile_invoice *invoice,
			    const efile_report *report, const efile_invoice_decision *decision)
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
		json_line_end(t);
		return;
	}
	print_report(t, path, report);
	if (!decision->accepted)
		out(t, "%s: %s, %zu errors: not acceptable", path, format, decision->errors);
	else
		out(t, "%s: %s, acceptable by the rules checked", path, format);
}

int open_invoice(tool *t, efile_invoice **out, const char *path)
{
	char *data = NULL;
	size_t length;
	int code = read_input(t, path, &data, &length);

	if (code == EXIT_DONE && read_invoice(t, out, data, length) != EFILE_OK)
		code = fail_at(t, path);
	free(data);
	return code;
}

static int check_invoice(tool *t, const char *path)
{
	efile_invoice *invoice = NULL;
	efile_report *report = NULL;
	efile_invoice_decision decision;
	char *data = NULL;
	size_t length;
	int code = read_input(t, path, &data, &length);

	if (code != EXIT_DONE) {
		free(data);
		return code;
	}
	if (read_invoice(t, &invoice, data, length) != EFILE_OK ||
	    efile_invoice_check(&report, invoice) != EFILE_OK ||
	    efile_invoice_decide(&decision, invoice, report) != EFILE_OK) {
		code = fail_at(t, path);
	} else {
		invoice_verdict(t, path, invoice, report, &decision);
		code = decision.accepted ? EXIT_DONE : EXIT_FINDINGS;
	}
	efile_report_free(report);
	efile_invoice_free(invoice);
	free(data);
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

int cmd_invoice_rules(tool *t, int count, char **arguments)
{
	static const struct { const char *syntax; efile_invoice_format format; } syntaxes[] = {
		{ "ubl", EFILE_INVOICE_UBL_INVOICE }, { "cii", EFILE_INVOICE_CII },
	};
	size_t listed = 0;

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

int cmd_invoice_show(tool *t, int count, char **arguments)
{
	efile_invoice *invoice = NULL;
	char *data = NULL, *json = NULL;
	size_t length;
	int code = read_input(t, arguments[0], &data, &length);

	(void)count;
	if (code == EXIT_DONE) {
		if (read_invoice(t, &invoice, data, length) != EFILE_OK ||
		    efile_invoice_json(&json, invoice) != EFILE_OK)
			code = fail_at(t, arguments[0]);
		else
			puts(json);
	}
	efile_free(json);
	efile_invoice_free(invoice);
	free(data);
	return code;
}

/* ---- expressions ---- */

/* The value as JSON on stdout, what went wrong on the way on stderr; with --json all in one. */
static int eval(tool *t, const char *expression)
{
	const char *context = tool_value(t, "context", 0), *warning;
	efile_feel *feel = NULL;
	char *result = NULL, *value = NULL;
	int code = EXIT_DONE;

	if (efile_feel_compile(&feel, t->ctx, EFILE_FEEL_EXPRESSION, expression, context) != EFILE_OK ||
	    efile_feel_evaluate(&result, feel, context) != EFILE_OK ||
	    efile_feel_value(&value, feel) != EFILE_OK)
		code = fail(t);
	else
		puts(t->json ? result : value);
	for (size_t i = 0; !t->json && (warning = efile_feel_warning(feel, i, NULL, NULL)); i++)
		say(t, "warning: %s", warning);
	efile_free(result);
	efile_free(value);
	efile_feel_free(feel);
	return code;
}

/* One expression a line: for many, and for those that no command line can hold. */
static int eval_lines(tool *t)
{
	char *data = NULL, *rest = NULL;
	size_t length;
	int code = read_input(t, "-", &data, &length);

	for (char *line = data ? strtok_r(data, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest))
		code = worse(code, eval(t, line));
	free(data);
	return code;
}

int cmd_feel_eval(tool *t, int count, char **arguments)
{
	(void)count;
	return strcmp(arguments[0], "-") == 0 ? eval_lines(t) : eval(t, arguments[0]);
}

/* ---- letters ---- */

static int inspect(tool *t, const char *path)
{
	efile_mail *mail = NULL;
	char *data = NULL, *json = NULL;
	size_t length;
	int code = read_input(t, path, &data, &length);

	if (code == EXIT_DONE) {
		if (efile_mail_parse(&mail, t->ctx, data, length) != EFILE_OK ||
		    efile_mail_json(&json, mail) != EFILE_OK)
			code = fail_at(t, path);
		else
			puts(json);
	}
	efile_free(json);
	efile_mail_free(mail);
	free(data);
	return code;
}

int cmd_intake_inspect(tool *t, int count, char **arguments)
{
	int code = EXIT_DONE;

	for (int i = 0; i < count; i++)
		code = worse(code, inspect(t, arguments[i]));
	return code;
}
