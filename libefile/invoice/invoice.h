/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An invoice inside the module: the document's tree and the terms found in it. */
#ifndef INVOICE_INVOICE_H
#define INVOICE_INVOICE_H

#include <efile/invoice.h>

#include "invoice/terms.h"
#include "invoice/tree.h"

struct efile_invoice_item {
	uint32_t term;           /* index into the table of terms */
	uint32_t parent, child, last, next; /* 0 is none; last only in drafts */
	place at;
	uint32_t text, text_length;
};

struct efile_invoice {
	efile_ctx *ctx;
	efile_invoice_format format;
	tree tree;
	efile_invoice_item *items; /* 0 is the document */
	size_t count, capacity;
	const struct xml_schema *schema; /* of a folder, beside our own tables; NULL: none */
	char *scenario;          /* chosen by its name; NULL: the one that fits */
};

/* Whether the document is in UBL (else in CII, or there is none). */
static inline bool invoice_is_ubl(const efile_invoice *invoice)
{
	return invoice->format == EFILE_INVOICE_UBL_INVOICE ||
		invoice->format == EFILE_INVOICE_UBL_CREDIT_NOTE;
}

efile_invoice_format invoice_format_of_root(const char *uri, const char *name);

/* Judges the document by the rules for a syntax ("ubl", "cii"): rule.h. */
efile_status invoice_judge(efile_report *report, const efile_invoice *invoice, const char *syntax);

/* What a finding weighs in the scenario of the invoice. */
efile_status scenario_severity(efile_severity *out, const efile_invoice *invoice,
			       const efile_finding *finding);

/* Whether a layer of rules runs, in a scenario that has been chosen and says so; else applies stays. */
efile_status scenario_layer(bool *applies, const efile_invoice *invoice, const char *layer);

/* Fills the items from the tree. */
efile_status model_build(efile_invoice *invoice);
const char *model_point_code_cii(const char *text); /* of BT-8 */

/* Adds a finding for each term of from that to does not have with the same value. */
efile_status invoice_compare(efile_report *report, const efile_invoice *from,
			     const efile_invoice *to);
/* What of an invoice is not in what has been written. */
efile_status loss_report(efile_report **out, const efile_invoice *invoice, const buf *written);

DEFINE_AUTO_PTR(efile_invoice, efile_invoice_free)

#endif
