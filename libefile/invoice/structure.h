/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether an invoice has the structure that UBL 2.1 or CII D16B prescribe: which elements, in which
 * order, how often, with which attributes and values. The tables come from schemas/invoice/structure,
 * from which the XML schemas beside it are made as well; one walk over the tree gives the same verdict
 * as libxml2 gives by those, without compiling them (30 ms in a cold process). */
#ifndef INVOICE_STRUCTURE_H
#define INVOICE_STRUCTURE_H

#include "invoice/invoice.h"

/* Adds a finding "XSD" for each violation. */
efile_status structure_check(efile_report *report, const efile_invoice *invoice);

/* How a value may be written; public for its tests. */
typedef enum structure_form {
	STRUCTURE_STRING, STRUCTURE_DECIMAL, STRUCTURE_BOOLEAN, STRUCTURE_DATE, STRUCTURE_TIME,
	STRUCTURE_DATETIME, STRUCTURE_BASE64,    /* leaves */
	STRUCTURE_SEQUENCE, STRUCTURE_CHOICE, STRUCTURE_ANY /* aggregates */
} structure_form;
bool structure_value_valid(structure_form form, const char *text, size_t length);

#endif
