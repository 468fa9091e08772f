/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands.h"

int cmd_help(tool *t, int count, char **arguments)
{
	if (tool_has(t, "completion"))
		return print_completion();
	if (tool_has(t, "man"))
		return print_manual(t, tool_value(t, "man", 0));
	if (tool_has(t, "all") && t->json)
		return print_commands_json(t);
	return print_help(t, (const char *const *)arguments, count);
}

/* ---- what this build can do ---- */

typedef struct features {
	bool helper;              /* efile-parse answers */
	long long ubl, cii;       /* rules for invoices */
	long long periods;        /* rules for periods */
} features;

static long long invoice_rules(tool *t, efile_invoice_format format)
{
	efile_invoice_rule rule;
	size_t count = 0;

	while (efile_invoice_rule_at(&rule, t->ctx, format, count) == EFILE_OK)
		count++;
	return (long long)count;
}

bool helper_answers(tool *t)
{
	efile_parser *parser = NULL;
	efile_parse_result *result = NULL;
	bool answers = efile_parser_new(&parser, t->ctx) == EFILE_OK &&
		       efile_parse_info(&result, parser, "x", 1) == EFILE_OK;

	efile_parse_result_free(result);
	efile_parser_free(parser);
	return answers;
}

static features find_features(tool *t)
{
	features f = { .helper = helper_answers(t) };
	efile_period_rule rule;

	f.ubl = invoice_rules(t, EFILE_INVOICE_UBL_INVOICE);
	f.cii = invoice_rules(t, EFILE_INVOICE_CII);
	while (efile_period_rule_at(&rule, t->ctx, (size_t)f.periods) == EFILE_OK)
		f.periods++;
	return f;
}

int cmd_version(tool *t, int count, char **arguments)
{
	bool wanted = tool_has(t, "features");
	features f = { .helper = false };

	(void)count;
	(void)arguments;
	if (wanted)
		f = find_features(t);
	if (!t->json)
		printf("efile %s\n", efile_version());
	if (!t->json && wanted) {
		if (f.helper)
			out(t, "the helper for PDFs and pictures answers");
		else
			out(t, "the helper for PDFs and pictures does not answer");
		out(t, "rules for invoices: %lld for UBL, %lld for CII", f.ubl, f.cii);
		out(t, "rules for periods: %lld", f.periods);
	}
	if (!t->json)
		return EXIT_DONE;
	json_line(t, "version");
	json_string(t, "version", efile_version());
	if (wanted) {
		json_boolean(t, "helper", f.helper);
		json_number(t, "invoice_rules_ubl", f.ubl);
		json_number(t, "invoice_rules_cii", f.cii);
		json_number(t, "period_rules", f.periods);
	}
	json_line_end(t);
	return EXIT_DONE;
}
