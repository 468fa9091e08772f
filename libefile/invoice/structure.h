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

/* Adds what the schema of efile_invoice_set_schemas() says more. */
efile_status official_check(efile_report *report, const efile_invoice *invoice);

/* How a value may be written; public for its tests. */
typedef enum structure_form {
	STRUCTURE_STRING, STRUCTURE_DECIMAL, STRUCTURE_BOOLEAN, STRUCTURE_DATE, STRUCTURE_TIME,
	STRUCTURE_DATETIME, STRUCTURE_BASE64,    /* leaves */
	STRUCTURE_SEQUENCE, STRUCTURE_CHOICE, STRUCTURE_ANY /* aggregates */
} structure_form;

/* ---- the tables, for whoever writes a document: a type is a number, STRUCTURE_NONE is unknown ---- */
enum { STRUCTURE_NONE = 0xffff };

typedef struct structure_child {
	const char *name;        /* "cbc:ID", constant */
	uint16_t type;
	uint16_t order;          /* among its siblings */
	bool once, required;
} structure_child;

uint16_t structure_root_type(const char *name);
bool structure_child_named(structure_child *out, uint16_t type, const char *name);
bool structure_child_at(structure_child *out, uint16_t type, size_t index); /* in order */
structure_form structure_form_of(uint16_t type);
bool structure_needs(uint16_t type, const char *attribute);  /* "@currencyID" */

bool structure_value_valid(structure_form form, const char *text, size_t length);

#endif
