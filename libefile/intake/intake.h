/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Intake, as api/ sees it. */
#ifndef INTAKE_INTAKE_H
#define INTAKE_INTAKE_H

#include <efile/intake.h>
#include <efile/invoice.h>

#include "access/access.h"
#include "flow/runtime.h"

extern const char intake_schema[];
efile_status intake_figures(efile_figures *figures, efile_store *store);
extern const record_kind kind_intake_item, kind_intake_number, kind_intake_rule;

/* Who may take letters in and see the journal (docs/INTAKE.md): the right on the unit of the last
 * rule, where letters go that no other rule knows; without rules it is an administrator's matter. */
efile_status intake_require(efile_session *session, efile_right right);

/* Handler of service tasks "invoice.check": checks the e-invoice of the instance's document, be it
 * a mail, a PDF or XML. Result: {"check":{"accepted":…,"errors":…,"warnings":…,"findings":[…]}}. */
efile_status intake_check_invoice(char **result, efile_session *session, const flow_call *call);

/* The e-invoice of a document, be it a mail, a PDF or XML, and the SHA-256 of the original. The session
 * needs to read it. */
efile_status intake_open_invoice(efile_invoice **out, unsigned char digest[32],
				 efile_session *session, efile_document_id document);

/* Whether there is a rule of that name. */
efile_status intake_rule_is(bool *out, efile_store *store, const char *name);

#endif
