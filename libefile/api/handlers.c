/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which service task has which handler; other names become jobs for outside workers. */
#include "api/wiring.h"
#include "intake/intake.h"
#include "model/model.h"

/* "model.close_case": files the instance's case away (z.d.A.). */
static efile_status close_case(char **result, efile_session *session, const flow_call *call)
{
	AUTO_PTR(efile_node) node = NULL;

	(void)result;
	TRY(efile_case_load(&node, session, call->case_id));
	if (efile_node_state_of(node) != EFILE_STATE_OPEN)
		return EFILE_OK;
	return efile_case_close(session, call->case_id, efile_node_revision(node));
}

static const flow_handler handlers[] = {
	{ "invoice.check", intake_check_invoice },
	{ "model.close_case", close_case },
};

efile_status api_set_handlers(efile_store *store)
{
	return flow_set_handlers(store, handlers, ARRAY_SIZE(handlers));
}
