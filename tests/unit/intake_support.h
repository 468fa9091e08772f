/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A mailroom over the registry: three rules, a type of invoices, a process. */
#ifndef TESTS_UNIT_INTAKE_SUPPORT_H
#define TESTS_UNIT_INTAKE_SUPPORT_H

#include "unit/desk_support.h"

DEFINE_AUTO_PTR(efile_intake_item, efile_intake_item_free)
DEFINE_AUTO_PTR(efile_intake_cursor, efile_intake_cursor_free)

typedef struct mailroom {
	registry r;             /* weber and chief take letters in, klein does not */
} mailroom;

/* "invoice" (plan 10.24, process "pay"), "complaint" by the word, "rest" for what has a subject. */
void mailroom_setup(mailroom *m);
void mailroom_teardown(mailroom *m);  /* the store is sound */

efile_status mailroom_rule(efile_session *session, const char *name, int64_t order,
			   const char *condition, const char *title);

/* The status of receiving; *out must be NULL or freed before. */
efile_status mailroom_receive(efile_intake_item **out, efile_session *session,
			      efile_intake_channel channel, const char *data, size_t length);
/* Received and processed as a mail; NULL if either fails. */
efile_intake_item *mailroom_take(efile_session *session, const char *mail);

/* The mail with an XRechnung of examples/mails. malloc'd. */
char *mailroom_invoice_mail(size_t *length);

#endif
