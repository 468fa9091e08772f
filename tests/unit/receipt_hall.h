/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A municipality with one person per role, through which invoices go. */
#ifndef TESTS_UNIT_RECEIPT_HALL_H
#define TESTS_UNIT_RECEIPT_HALL_H

#include "receipt/record.h"
#include "unit/desk_support.h"
#include "unit/receipt_support.h"

enum { HALL_ROLES = 8 };

typedef struct hall {
	town t;
	efile_session *who[HALL_ROLES];
} hall;

/* The template "municipal" of BW; the person of a role is called "x.ROLE". */
void hall_setup(hall *h);
void hall_teardown(hall *h); /* after fsck */
efile_session *hall_person(hall *h, const char *role);

/* An invoice comes in (receipt_sample()); its process. */
efile_instance_id hall_receive(hall *h, const char *changes);
/* A value of the process's variables, by its path; how the process stands. */
const char *hall_value(hall *h, efile_instance_id instance, const char *at);
efile_flow_status hall_status(hall *h, efile_instance_id instance);
/* Somebody of a role does the task at a node; the status. */
efile_status hall_act(hall *h, efile_instance_id instance, const char *role, const char *node,
		      const char *variables);
/* From the certification to the authorisation; from the treasury to the payment. */
void hall_authorise(hall *h, efile_instance_id i);
void hall_finish(hall *h, efile_instance_id i, const char *payment);
/* The state of an invoice in the register. */
const char *hall_state(hall *h, efile_instance_id instance);

#endif
