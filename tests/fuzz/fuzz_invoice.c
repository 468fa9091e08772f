/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Invoices: detecting, reading, checking, JSON, attachments; and the small parsers. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <efile.h>

#include "base/base.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void use(const efile_invoice *invoice, efile_ctx *ctx)
{
	const efile_invoice_item *item;
	AUTO_PTR(efile_report) report = NULL;
	AUTO_PTR(efile_writer) writer = NULL;
	AUTO_PTR(char) json = NULL;
	AUTO_PTR(char) key = NULL;
	AUTO(buf) bytes = BUF_INIT;

	efile_invoice_check(&report, invoice);
	efile_invoice_json(&json, invoice);
	efile_invoice_duplicate_key(&key, invoice);
	if (writer_to_buf(&writer, ctx, &bytes) < 0)
		return;
	for (item = efile_invoice_first(invoice, NULL, "BG-24"); item;
	     item = efile_invoice_next(invoice, item, "BG-24"))
		efile_invoice_attachment(invoice, item, writer);
}

static void small_parsers(const unsigned char *data, size_t size)
{
	char *text = malloc(size + 1);
	efile_skonto lines[4];
	size_t count;

	if (!text)
		return;
	memcpy(text, data, size);
	text[size] = '\0';
	efile_leitweg_id_valid(text);
	efile_skonto_parse(lines, 4, &count, text);
	free(text);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	AUTO_PTR(efile_ctx) ctx = NULL;
	efile_invoice *invoice = NULL;
	efile_invoice_format format;

	if (size > 65536 || efile_ctx_new(&ctx, NULL) < 0)
		return 0;
	small_parsers(data, size);
	efile_invoice_detect(&format, NULL, ctx, data, size);
	if (efile_invoice_from_xml(&invoice, ctx, data, size) == EFILE_OK)
		use(invoice, ctx);
	efile_invoice_free(invoice);
	return 0;
}
