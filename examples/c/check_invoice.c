/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks an e-invoice, without any store: check_invoice FILE
 *
 * cc check_invoice.c $(pkg-config --cflags --libs libefile)
 */
#include <stdio.h>

#include <efile.h>

static int print_findings(const efile_report *report)
{
	for (size_t i = 0; i < efile_report_count(report); i++) {
		const efile_finding *f = efile_report_finding(report, i);

		printf("%s %s %ld:%ld %s\n", efile_severity_name(f->severity), f->rule, f->line, f->column,
		       f->message);
	}
	return efile_report_count_severity(report, EFILE_SEVERITY_ERROR) > 0;
}

int main(int argc, char **argv)
{
	efile_ctx *ctx = NULL;
	efile_reader *file = NULL;
	efile_invoice *invoice = NULL;
	efile_report *report = NULL;
	int code = 2;

	if (argc != 2 || efile_ctx_new(&ctx, NULL) != EFILE_OK)
		return 2;
	if (efile_reader_from_file(&file, ctx, argv[1]) == EFILE_OK &&
	    efile_invoice_read(&invoice, ctx, file) == EFILE_OK &&
	    efile_invoice_check(&report, invoice) == EFILE_OK)
		code = print_findings(report);
	else
		fprintf(stderr, "%s\n", efile_error_message(ctx));
	efile_report_free(report);
	efile_invoice_free(invoice);
	efile_reader_free(file);
	efile_ctx_free(ctx);
	return code;
}
