/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is wrong with an invoice: the rules of its syntax. */
#include "invoice/invoice.h"
#include "invoice/structure.h"

efile_status efile_invoice_check(efile_report **out, const efile_invoice *invoice)
{
	AUTO_PTR(efile_report) report = NULL;

	if (!out || !invoice)
		return EFILE_E_INVALID;
	error_clear(invoice->ctx);
	if (invoice->format == EFILE_INVOICE_DRAFT)
		return FAIL(invoice->ctx, EFILE_E_STATE, 2872,
			    "a draft is checked when it has been written and read");
	TRY(report_new(&report, invoice->ctx));
	TRY(structure_check(report, invoice));
	TRY(official_check(report, invoice));
	TRY(invoice_judge(report, invoice, invoice_is_ubl(invoice) ? "ubl" : "cii"));
	*out = STEAL(report);
	return EFILE_OK;
}
