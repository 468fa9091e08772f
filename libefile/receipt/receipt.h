/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The receipt of invoices, as its own files see it. */
#ifndef RECEIPT_RECEIPT_H
#define RECEIPT_RECEIPT_H

#include <efile/receipt.h>

#include "base/base.h"
#include "invoice/invoice.h"

/* The first value of a term; NULL if there is none or it is empty. */
const char *receipt_value(const efile_invoice *invoice, const char *term);
/* The value of a term in a group; NULL likewise. */
const char *receipt_value_in(const efile_invoice *invoice, const efile_invoice_item *group,
			     const char *term);
/* An amount; what is missing or no number is 0 and answers false. */
bool receipt_amount(efile_decimal *out, const char *text);

/* An invoice number as it is compared: without blanks, ASCII letters in lower case. */
void receipt_fold(buf *out, const char *number);

/* Whether a list separated by blanks has a word. */
bool receipt_has_word(const char *list, const char *word);

/* Whether an IBAN is well formed with right check digits (ISO 13616); blanks are passed over. */
bool receipt_iban_valid(const char *iban);
/* The IBAN without blanks, letters in upper case. */
void receipt_iban_key(buf *out, const char *iban);

#endif
