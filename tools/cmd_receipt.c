/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The receipt of invoices: what needs no store. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"

/* ---- Leitweg-ID ---- */

static void show_leitweg(tool *t, const char *given, const efile_leitweg *id, const char *reason)
{
	if (!t->json) {
		if (!reason)
			put("%s\n", id->id);
		return;
	}
	json_line(t, "leitweg");
	json_string(t, "given", given);
	json_boolean(t, "valid", reason == NULL);
	json_string(t, "id", reason ? NULL : id->id);
	json_string(t, "coarse", reason ? NULL : id->coarse);
	json_string(t, "fine", reason || !*id->fine ? NULL : id->fine);
	json_string(t, "check", reason ? NULL : id->check);
	json_string(t, "reason", reason);
	json_line_end(t);
}

int cmd_invoice_leitweg(tool *t, int count, char **arguments)
{
	const char *fine = tool_value(t, "fine", 0);
	bool make = fine || tool_has(t, "make");
	int code = EXIT_DONE;

	for (int i = 0; i < count && !stop_between(t, i, count); i++) {
		efile_leitweg id;
		efile_status status = make ?
			efile_leitweg_make(&id, t->ctx, arguments[i], fine) :
			efile_leitweg_parse(&id, t->ctx, arguments[i]);

		show_leitweg(t, arguments[i], &id, status == EFILE_OK ? NULL : efile_error_message(t->ctx));
		if (status != EFILE_OK && !t->json)
			fail(t);
		if (status != EFILE_OK)
			code = EXIT_FINDINGS;
	}
	return code;
}

/* ---- terms of payment ---- */

static bool terms_from_options(tool *t, efile_receipt_terms_options *o)
{
	long days = tool_number(t, "agreed-days", 0, 0, 10000);

	if (days < 0)
		return false;
	o->agreed_days = (int32_t)days;
	o->received = tool_value(t, "received", 0);
	o->corrected = tool_value(t, "corrected", 0);
	o->due = tool_value(t, "due", 0);
	o->performed = tool_value(t, "performed", 0);
	o->agreed = tool_value(t, "agreed", 0);
	o->skonto_start = tool_value(t, "skonto-start", 0);
	o->accepted = tool_value(t, "accepted", 0);
	o->land = tool_value(t, "land", 0);
	o->place = tool_value(t, "place", 0);
	return true;
}

int cmd_invoice_terms(tool *t, int count, char **arguments)
{
	efile_receipt_terms_options o;
	efile_invoice *invoice = NULL;
	char *json = NULL;
	int code;

	(void)count;
	efile_receipt_terms_options_init(&o);
	if (!terms_from_options(t, &o))
		return EXIT_USAGE;
	code = open_invoice(t, &invoice, arguments[0]);
	if (code == EXIT_DONE)
		code = show_json(t, arguments[0], efile_receipt_terms(&json, invoice, &o), &json);
	efile_invoice_free(invoice);
	return code;
}

int cmd_invoice_facts(tool *t, int count, char **arguments)
{
	efile_invoice *invoice = NULL;
	char *json = NULL;
	int code = open_invoice(t, &invoice, arguments[0]);

	(void)count;
	if (code == EXIT_DONE)
		code = show_json(t, arguments[0], efile_receipt_facts(&json, invoice), &json);
	efile_invoice_free(invoice);
	return code;
}

/* ---- recalculating ---- */

static int show_calculation(tool *t, const char *path, const efile_report *report)
{
	size_t errors = efile_report_count_severity(report, EFILE_SEVERITY_ERROR);

	if (t->json) {
		json_line(t, "receipt_calculation");
		json_string(t, "file", path);
		json_boolean(t, "right", errors == 0);
		json_report(t, "findings", report);
		json_line_end(t);
	} else {
		print_report(t, path, report);
		if (!errors)
			out(t, "%s: arithmetically right", path);
	}
	return errors ? EXIT_FINDINGS : EXIT_DONE;
}

static int recalculate(tool *t, const char *path, const char *order)
{
	efile_invoice *invoice = NULL;
	efile_report *report = NULL;
	int code = open_invoice(t, &invoice, path);

	if (code == EXIT_DONE && efile_receipt_recalculate(&report, invoice, order) != EFILE_OK)
		code = fail_at(t, path);
	else if (code == EXIT_DONE)
		code = show_calculation(t, path, report);
	efile_report_free(report);
	efile_invoice_free(invoice);
	return code;
}

static int compare_interim(tool *t, const char *path, const char *list_path, const char *list)
{
	efile_invoice *invoice = NULL;
	efile_report *report = NULL;
	int code = open_invoice(t, &invoice, path);

	if (code == EXIT_DONE && efile_receipt_compare_interim(&report, invoice, list) != EFILE_OK)
		code = fail_at(t, list_path);
	else if (code == EXIT_DONE)
		code = show_calculation(t, path, report);
	efile_report_free(report);
	efile_invoice_free(invoice);
	return code;
}

int cmd_invoice_recalculate(tool *t, int count, char **arguments)
{
	const char *order_path = tool_value(t, "order", 0), *list_path = tool_value(t, "interim", 0);
	char *order = NULL, *list = NULL;
	size_t length;
	int code = order_path ? read_input(t, order_path, &order, &length) : EXIT_DONE, second = EXIT_DONE;

	(void)count;
	if (code == EXIT_DONE && list_path)
		code = read_input(t, list_path, &list, &length);
	if (code == EXIT_DONE)
		code = recalculate(t, arguments[0], order);
	if ((code == EXIT_DONE || code == EXIT_FINDINGS) && list)
		second = compare_interim(t, arguments[0], list_path, list);
	free(order);
	free(list);
	return second == EXIT_DONE ? code : second;
}

int cmd_invoice_interim(tool *t, int count, char **arguments)
{
	efile_invoice *invoice = NULL;
	char *json = NULL;
	int code = open_invoice(t, &invoice, arguments[0]);

	(void)count;
	if (code == EXIT_DONE)
		code = show_json(t, arguments[0], efile_receipt_interim(&json, t->session, invoice), &json);
	efile_invoice_free(invoice);
	return code;
}

/* ---- figures ---- */

static int write_text(tool *t, const char *text)
{
	out_file file;
	efile_status status;

	if (!open_out(t, &file, tool_value(t, "output", 0)))
		return efile_status_exit_code(EFILE_E_IO);
	status = efile_writer_write(file.writer, text, strlen(text));
	return close_out(t, &file, status);
}

int cmd_invoice_stats(tool *t, int count, char **arguments)
{
	efile_receipt_figures_options o;
	char *json = NULL, *text = NULL;
	efile_status status;
	int code;

	(void)count;
	(void)arguments;
	efile_receipt_figures_options_init(&o);
	o.from = tool_value(t, "from", 0);
	o.to = tool_value(t, "to", 0);
	status = efile_receipt_figures(&json, t->session, &o);
	if (status == EFILE_OK && t->json && !tool_has(t, "html"))
		return show_json(t, NULL, status, &json);
	if (status == EFILE_OK)
		status = efile_receipt_figures_write(&text, t->ctx, json,
						     tool_has(t, "html") ? EFILE_RECEIPT_FIGURES_HTML :
									   EFILE_RECEIPT_FIGURES_TEXT);
	code = status == EFILE_OK ? write_text(t, text) : fail(t);
	efile_free(json);
	efile_free(text);
	return code;
}

/* ---- suppliers and settings ---- */

int cmd_supplier_add(tool *t, int count, char **arguments)
{
	long days = tool_number(t, "agreed-days", 0, 0, 10000);
	efile_supplier s;
	efile_status status;

	(void)count;
	if (days < 0)
		return EXIT_USAGE;
	efile_supplier_init(&s);
	s.seller = arguments[0];
	s.name = arguments[1];
	s.creditor = tool_value(t, "creditor", 0);
	s.iban = tool_value(t, "iban", 0);
	s.skonto_start = tool_value(t, "skonto-start", 0);
	s.exempt_until = tool_value(t, "exempt-until", 0);
	s.agreed_days = (int32_t)days;
	status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_supplier_set(t->session, &s);
	try_end(t);
	if (status != EFILE_OK)
		return fail(t);
	return t->dry_run ? would(t, "would change: %s", arguments[0]) : EXIT_DONE;
}

static int say_suppliers(tool *t, const char *path, const efile_report *report, int64_t kept)
{
	bool sound = efile_report_count_severity(report, EFILE_SEVERITY_ERROR) == 0;

	if (t->json) {
		json_line(t, "supplier_import");
		json_string(t, "file", path);
		json_boolean(t, "dry_run", t->dry_run);
		json_boolean(t, "sound", sound);
		json_number(t, "suppliers", (long long)kept);
		json_report(t, "findings", report);
		json_line_end(t);
		return sound ? EXIT_DONE : EXIT_FINDINGS;
	}
	print_report(t, path, report);
	if (sound)
		out(t, "%s: %lld suppliers", path, (long long)kept);
	else
		out(t, "%s: nothing was imported", path);
	return sound ? EXIT_DONE : EXIT_FINDINGS;
}

int cmd_supplier_import(tool *t, int count, char **arguments)
{
	efile_reader *reader = NULL;
	efile_report *report = NULL;
	int64_t kept = 0;
	efile_status status = open_input(t, arguments[0], &reader);
	int code;

	(void)count;
	if (status == EFILE_OK)
		status = try_begin(t);
	if (status == EFILE_OK)
		status = efile_supplier_import(&report, &kept, t->session, reader);
	code = status == EFILE_OK ? say_suppliers(t, arguments[0], report, kept) :
				    fail_at(t, arguments[0]);
	try_end(t);
	efile_report_free(report);
	efile_reader_free(reader);
	return code;
}

int cmd_supplier_show(tool *t, int count, char **arguments)
{
	char *json = NULL;

	(void)count;
	return show_json(t, NULL, efile_supplier_find(&json, t->session, arguments[0]), &json);
}

int cmd_supplier_list(tool *t, int count, char **arguments)
{
	long limit = tool_number(t, "limit", 0, 1, 1000000);
	char *json = NULL;

	(void)count;
	(void)arguments;
	if (limit < 0)
		return EXIT_USAGE;
	return show_json(t, NULL,
			efile_supplier_list(&json, t->session, tool_value(t, "after", 0), (int32_t)limit),
			&json);
}

int cmd_setting_list(tool *t, int count, char **arguments)
{
	char *json = NULL;

	(void)count;
	(void)arguments;
	return show_json(t, NULL, efile_receipt_settings(&json, t->session), &json);
}

int cmd_setting_set(tool *t, int count, char **arguments)
{
	const char *value = arguments[1];
	char *data = NULL;
	size_t length;
	int code = *value == '@' ? read_input(t, value + 1, &data, &length) : EXIT_DONE;

	(void)count;
	if (code == EXIT_DONE && data && strlen(data) != length)
		code = usage(t, "not a text file: %s", value + 1);
	if (code == EXIT_DONE && (try_begin(t) != EFILE_OK ||
				  efile_receipt_set(t->session, arguments[0], data ? data : value) != EFILE_OK))
		code = fail(t);
	try_end(t);
	free(data);
	return code == EXIT_DONE && t->dry_run ? would(t, "would change: %s", arguments[0]) : code;
}
