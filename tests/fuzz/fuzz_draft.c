/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as an invoice to write: a draft in JSON, or one that can be read. What is written in either
 * syntax is an invoice again, and its page can be made. */
#include <stdint.h>
#include <stdlib.h>

#include <efile.h>

#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

DEFINE_AUTO_PTR(efile_invoice, efile_invoice_free)

static void write_as(efile_ctx *ctx, const efile_invoice *invoice, efile_invoice_format format)
{
	AUTO_PTR(efile_report) losses = NULL;
	AUTO_PTR(efile_invoice) again = NULL;
	AUTO_PTR(char) text = NULL;
	size_t length;

	if (efile_invoice_write(&text, &length, &losses, invoice, format) < 0)
		return;
	if (efile_invoice_from_xml(&again, ctx, text, length) < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_PTR(efile_ctx) ctx = NULL;
	AUTO_PTR(efile_invoice) invoice = NULL;
	AUTO_PTR(char) page = NULL;
	efile_status status;

	if (efile_ctx_new(&ctx, NULL) < 0)
		return 0;
	status = size && data[0] == '{' ?
		efile_invoice_from_json(&invoice, ctx, (const char *)data, size) :
		efile_invoice_from_xml(&invoice, ctx, (const char *)data, size);
	if (status < 0)
		return 0;
	write_as(ctx, invoice, efile_invoice_ubl_format(invoice));
	write_as(ctx, invoice, EFILE_INVOICE_CII);
	efile_invoice_html(&page, invoice);
	return 0;
}
