/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A town hall whose desks have work: processes over the registry, letters, a sound store after it. */
#ifndef TESTS_UNIT_DESK_SUPPORT_H
#define TESTS_UNIT_DESK_SUPPORT_H

#include <efile/intake.h>
#include <efile/task.h>

#include "unit/model_support.h"

#define DESK_HEAD                                                                                  \
	"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "                        \
	"xmlns:e='urn:libefile:bpmn:1' id='d' targetNamespace='urn:test'>"
#define DESK_FLOW(id, from, to)                                                                    \
	"<sequenceFlow id='" id "' sourceRef='" from "' targetRef='" to "'/>"
#define DESK_CLOSE "</process></definitions>"

/* The status of a deployment. */
efile_status desk_deploy(efile_session *admin, const char *bpmn);

/* The number of tasks in the worklist; last (may be NULL) receives the id of the last one. */
int desk_tasks(efile_session *session, efile_task_id *last);

/* A letter received; NULL if it was not. */
efile_intake_item *desk_receive(efile_session *session, efile_intake_channel channel,
				const char *name, const char *text);

/* fsck has nothing to say: no error and no warning. */
void desk_fsck(efile_store *store);

/* Entries of the log. */
int64_t desk_entries(efile_store *store);

#endif
