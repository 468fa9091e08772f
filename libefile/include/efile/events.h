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

/** @brief Room for the texts of efile_event_words. */
enum { EFILE_EVENT_TEXT_SIZE = 320 };

/** @brief An entry of the log as people read it. */
typedef struct efile_event_words {
	const char *what;   /**< what was done, in the context's language; constant */
	int machine;        /**< 1: a step of the machinery, which a timeline for people leaves out */
	char who[EFILE_EVENT_TEXT_SIZE];   /**< who did it, and for whom; "" for the library itself */
	char about[EFILE_EVENT_TEXT_SIZE]; /**< number and title of what it is about, and the task;
	                                    * "" if the acting person may not read it */
} efile_event_words;

/**
 * @brief Says an entry of the log in words: who, what, and about what.
 *
 * What an entry is about is named as it is called today, and only to whom may read it today; that it
 * was asked is not journaled. Texts that are too long are cut.
 *
 * @param[out] out the words
 * @param session  an open session
 * @param event    an entry, out of efile_event_cursor_next()
 * @retval EFILE_OK        said
 * @retval EFILE_E_INVALID no session, no entry or no place for the answer
 * @retval EFILE_E_DENIED  the permission of this session has ended
 * @retval EFILE_E_STORAGE the store failed
 * @since 0.1
 */
EFILE_API efile_status efile_event_say(efile_event_words *out, efile_session *session,
				       const efile_event *event);

/**
 * @brief What an action of the log says to people, in the context's language.
 * @param ctx    a context
 * @param action such as "case.created"
 * @return constant text; action itself if it is none
 * @since 0.1
 */
EFILE_API const char *efile_action_words(const efile_ctx *ctx, const char *action);

EFILE_END_DECLS

#endif
