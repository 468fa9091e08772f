/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An invoice with some of its values changed: tests/data/receipt/rechnung.xml, where {name=value}
 * stands for a value. */
#ifndef TESTS_UNIT_RECEIPT_SUPPORT_H
#define TESTS_UNIT_RECEIPT_SUPPORT_H

#include "invoice/invoice.h"
#include "unit/support.h"

/* The file with the values of "name=value|name=value"; a value may hold anything but "|". */
void receipt_sample(buf *out, const char *changes);
/* The same, read. */
efile_invoice *receipt_invoice(efile_ctx *ctx, const char *changes);
/* The value of a key of a JSON object as text, by a path such as "skonto.0.date"; "-" if it is not
 * there, "null"; valid until the next call. */
const char *receipt_json(efile_ctx *ctx, const char *json, const char *steps);

#endif
