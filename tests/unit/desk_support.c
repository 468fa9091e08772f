/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/desk_support.h"

#include <string.h>

efile_status desk_deploy(efile_session *admin, const char *bpmn)
{
	AUTO_PTR(efile_reader) reader = NULL;

	TRY(efile_reader_from_memory(&reader, session_ctx(admin), bpmn, strlen(bpmn)));
	return efile_flow_deploy(NULL, NULL, admin, reader);
}

int desk_tasks(efile_session *session, efile_task_id *last)
{
	efile_task_cursor *cursor = NULL;
	efile_task task;
	efile_status status;
	int count = 0;

	TAP_EQUAL_INT(efile_task_list(&cursor, session, (efile_task_id){ EFILE_ID_NONE }), EFILE_OK);
	while ((status = efile_task_cursor_next(cursor, &task)) == EFILE_OK) {
		count++;
		if (last)
			*last = task.id;
	}
	TAP_EQUAL_INT(status, EFILE_DONE);
	efile_task_cursor_free(cursor);
	return count;
}

efile_intake_item *desk_receive(efile_session *session, efile_intake_channel channel,
				const char *name, const char *text)
{
	AUTO_PTR(efile_reader) reader = NULL;
	efile_intake_options options;
	efile_intake_item *item = NULL;

	efile_intake_options_init(&options);
	options.channel = channel;
	options.name = name;
	TAP_EQUAL_INT(efile_reader_from_memory(&reader, session_ctx(session), text, strlen(text)),
		      EFILE_OK);
	TAP_EQUAL_INT(efile_intake_receive(&item, session, reader, &options), EFILE_OK);
	return item;
}

void desk_fsck(efile_store *store)
{
	AUTO_PTR(efile_report) report = NULL;

	if (!TAP_EQUAL_INT(efile_store_fsck(&report, store, NULL), EFILE_OK))
		return;
	for (size_t i = 0; i < efile_report_count(report); i++)
		if (efile_report_finding(report, i)->severity != EFILE_SEVERITY_INFORMATION)
			TAP_EQUAL_TEXT(efile_report_finding(report, i)->message, "no finding");
}

int64_t desk_entries(efile_store *store)
{
	efile_event_cursor *cursor = NULL;
	efile_event event;
	int64_t count = 0;

	TAP_EQUAL_INT(efile_store_events(&cursor, store, 0), EFILE_OK);
	while (cursor && efile_event_cursor_next(cursor, &event) == EFILE_OK)
		count++;
	efile_event_cursor_free(cursor);
	return count;
}
