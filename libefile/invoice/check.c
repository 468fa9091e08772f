/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is wrong with an invoice: the rules of its syntax. */
#include "invoice/invoice.h"
#include "invoice/structure.h"

efile_status efile_invoice_check(efile_report **out, const efile_invoice *invoice)
{
	AUTO_PTR(efile_report) report = NULL;

	error_clear(invoice->ctx);
	TRY(report_new(&report, invoice->ctx));
	TRY(structure_check(report, invoice));
	TRY(invoice_judge(report, invoice, invoice_is_ubl(invoice) ? "ubl" : "cii"));
	*out = STEAL(report);
	return EFILE_OK;
}
