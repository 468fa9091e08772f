/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who may read what an entry of the log is about. */
#ifndef API_EVENTS_H
#define API_EVENTS_H

#include <efile/events.h>

#include "access/session.h"

/* Answers like access_peek(): OK, or NOTFOUND, DENIED, STATE; call it with a session_probe. */
efile_status event_ask(efile_session *session, record_number kind, const efile_id *object);

#endif
