/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The decisions of the processes that come with the library. */
#ifndef API_DECIDE_H
#define API_DECIDE_H

#include "flow/runtime.h"

/* Handlers of business rule tasks: what the decision of schemas/processes/receipt.dmn says of the
 * variables; a file processes/receipt.dmn in the schema folder of the context takes its place. */
efile_status api_decide_route(char **result, efile_session *session, const flow_call *call);
efile_status api_decide_account(char **result, efile_session *session, const flow_call *call);
efile_status api_decide_authority(char **result, efile_session *session, const flow_call *call);

#endif
