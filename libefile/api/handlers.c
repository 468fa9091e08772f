/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which service task has which handler; other names become jobs for outside workers. */
#include "api/decide.h"
#include "api/wiring.h"
#include "intake/intake.h"
#include "model/model.h"
#include "receipt/record.h"

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

/* ---- the receipt of invoices: intake opens the document, receipt keeps the register ---- */

static efile_status register_invoice(char **result, efile_session *session, const flow_call *call)
{
	AUTO_PTR(efile_invoice) invoice = NULL;
	unsigned char digest[SHA256_SIZE];

	TRY(intake_open_invoice(&invoice, digest, session, call->document));
	return receipt_register(result, session, call, invoice, digest);
}

static efile_status recalculate(char **result, efile_session *session, const flow_call *call)
{
	AUTO_PTR(efile_invoice) invoice = NULL;

	TRY(intake_open_invoice(&invoice, NULL, session, call->document));
	return receipt_calculate(result, session, call, invoice);
}

static efile_status compare_interim(char **result, efile_session *session, const flow_call *call)
{
	AUTO_PTR(efile_invoice) invoice = NULL;

	TRY(intake_open_invoice(&invoice, NULL, session, call->document));
	return receipt_check_interim(result, session, call, invoice);
}

static efile_status link_invoice(char **result, efile_session *session, const flow_call *call)
{
	AUTO_PTR(efile_invoice) invoice = NULL;

	TRY(intake_open_invoice(&invoice, NULL, session, call->document));
	return receipt_link(result, session, call, invoice);
}

static const flow_handler handlers[] = {
	{ "decision:receipt-account", api_decide_account },
	{ "decision:receipt-authority", api_decide_authority },
	{ "decision:receipt-route", api_decide_route },
	{ "invoice.check", intake_check_invoice },
	{ "model.close_case", close_case },
	{ "receipt.compare_interim", compare_interim },
	{ "receipt.duplicate", receipt_end_duplicate },
	{ "receipt.hand_over", receipt_hand_over },
	{ "receipt.limits", receipt_limits },
	{ "receipt.link", link_invoice },
	{ "receipt.payment_failed", receipt_payment_failed },
	{ "receipt.recalculate", recalculate },
	{ "receipt.register", register_invoice },
	{ "receipt.reject", receipt_end_rejected },
	{ "receipt.return", receipt_end_returned },
	{ "receipt.settle", receipt_settle },
	{ "receipt.supersede", receipt_end_superseded },
	{ "receipt.withdraw", receipt_end_withdrawn },
};

efile_status api_set_handlers(efile_store *store)
{
	return flow_set_handlers(store, handlers, ARRAY_SIZE(handlers));
}
