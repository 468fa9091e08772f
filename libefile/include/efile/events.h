/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file events.h
 * @brief The log as a person may read it.
 */
#ifndef EFILE_EVENTS_H
#define EFILE_EVENTS_H

#include <efile/session.h>

EFILE_BEGIN_DECLS

/**
 * @brief Lists the log from a position on, with the bodies that the acting person may read.
 *
 * Every entry is listed, so that positions have no gaps and hashes can be compared; its body is ""
 * unless the person may read the object today. Entries that tell who looked at what, or tried to
 * (access.read, access.refused, access.break_glass), are for administrators and the one who acted.
 * A question that the answer is no to is not journaled; a body that is shown by emergency access
 * alone is.
 *
 * @param[out] out the cursor; the caller frees it with efile_event_cursor_free() before the session
 *                 is closed
 * @param session  an open session
 * @param since    entries with a higher position are listed; 0 lists all
 * @retval EFILE_OK        opened
 * @retval EFILE_E_INVALID no session or no place for the answer
 * @retval EFILE_E_DENIED  the permission of this session has ended
 * @since 0.1
 */
EFILE_API efile_status efile_session_events(efile_event_cursor **out, efile_session *session,
					    int64_t since);

EFILE_END_DECLS

#endif
