/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the process does in the register after an invoice was entered: links, limits, ends. */
#include <stdlib.h>
#include <string.h>

#include "receipt/record.h"

static const name_row states[] = {
	{ RECEIPT_OPEN, "open" },           { RECEIPT_HANDED_OVER, "handed_over" },
	{ RECEIPT_PAID, "paid" },           { RECEIPT_DUPLICATE, "duplicate" },
	{ RECEIPT_RETURNED, "returned" },   { RECEIPT_REJECTED, "rejected" },
	{ RECEIPT_WITHDRAWN, "withdrawn" }, { RECEIPT_SUPERSEDED, "superseded" },
};

const char *receipt_state_name(int64_t state)
{
	const char *name = TABLE_NAME(states, (int)state);

	return name ? name : "";
}

efile_status receipt_set(char **field, efile_ctx *ctx, const char *text)
{
	char *copy;

	TRY(mem_dup(&copy, ctx, text));
	free(*field);
	*field = copy;
	return EFILE_OK;
}

void receipt_today(char out[EFILE_DATE_TEXT_SIZE], const efile_session *session)
{
	efile_date_format(session->today, out);
}

efile_status receipt_journal(efile_session *session, journal_action action,
			     const receipt_record *row, const char *body)
{
	AUTO(instance_record) instance = { .head = { 0, 0 } };
	efile_status status = instance_by_uuid(&instance, session_store(session), &row->instance);

	if (status != EFILE_E_NOTFOUND)
		TRY(status);
	return session_journal(session, action, RECORD_NODE, &row->document, instance.dossier, body);
}

efile_status receipt_of(receipt_record *out, efile_session *session, const flow_call *call)
{
	efile_status status = receipt_by_instance(out, session_store(session), &call->instance.id);

	if (status == EFILE_E_NOTFOUND)
		return FAIL(session_ctx(session), EFILE_E_STATE, 3138,
			    "the invoice of this process is not in the register");
	return status;
}

static efile_status store_row(efile_session *session, receipt_record *row, journal_action action)
{
	TRY(row_update(session_store(session), &kind_receipt_invoice, row));
	return receipt_journal(session, action, row, NULL);
}

/* ---- calculation ---- */

static efile_status order_text(buf *out, efile_ctx *ctx, const json_value *order)
{
	json_writer w;

	json_begin(&w, out);
	json_copy(&w, order);
	return buf_status(out, ctx);
}

void receipt_put_findings(json_writer *w, const efile_report *report)
{
	enum { SHOWN = 20 };

	json_put_bool(w, "right", efile_report_count_severity(report, EFILE_SEVERITY_ERROR) == 0);
	json_key(w, "findings");
	json_array(w);
	for (size_t i = 0; i < efile_report_count(report) && i < SHOWN; i++) {
		const efile_finding *f = efile_report_finding(report, i);

		json_object(w);
		json_put_text(w, "rule", f->rule);
		json_put_text(w, "severity", efile_severity_name(f->severity));
		json_put_text(w, "message", f->message);
		json_end_object(w);
	}
	json_end_array(w);
}

static efile_status calculation_of(char **out, efile_ctx *ctx, const efile_report *report)
{
	AUTO(buf) text = BUF_INIT;
	json_writer w;

	json_begin(&w, &text);
	json_object(&w);
	json_key(&w, "calculation");
	json_object(&w);
	receipt_put_findings(&w, report);
	json_end_object(&w);
	json_end_object(&w);
	return buf_take(out, &text, ctx);
}

efile_status receipt_calculate(char **result, efile_session *session, const flow_call *call,
			       const efile_invoice *invoice)
{
	efile_ctx *ctx = session_ctx(session);
	AUTO_PTR(json_document) variables = NULL;
	AUTO_PTR(efile_report) report = NULL;
	AUTO(buf) order = BUF_INIT;
	const json_value *given;

	TRY(json_parse(&variables, ctx, call->variables, strlen(call->variables)));
	given = json_member(json_root(variables), "order");
	if (given && given->type == JSON_OBJECT)
		TRY(order_text(&order, ctx, given));
	TRY(efile_receipt_recalculate(&report, invoice, order.length ? order.data : NULL));
	return calculation_of(result, ctx, report);
}

/* ---- links ---- */

/* The invoice that BG-3 names: same seller, that number. */
static efile_status find_original(receipt_record *out, efile_session *session,
				  const receipt_record *row, const efile_invoice *invoice)
{
	const efile_invoice_item *g = efile_invoice_first(invoice, NULL, "BG-3");

	for (; g; g = efile_invoice_next(invoice, g, "BG-3")) {
		const char *number = receipt_value_in(invoice, g, "BT-25");
		AUTO(buf) folded = BUF_INIT;
		efile_status status;

		if (number)
			receipt_fold(&folded, number);
		TRY(buf_status(&folded, session_ctx(session)));
		status = receipt_same_number(out, session_store(session), row->seller,
					     buf_text(&folded), 0);
		if (status != EFILE_DONE)
			return status;
	}
	return EFILE_DONE;
}

/* An invoice that a correction or cancellation replaces before it was paid needs no work any more. */
static efile_status end_original(efile_session *session, const receipt_record *row,
				 const receipt_record *original)
{
	AUTO(flow_posts) posts = { .items = NULL };
	char key[EFILE_ID_TEXT_SIZE];

	if (original->state != RECEIPT_OPEN || strcmp(row->kind, "credit_note") == 0)
		return EFILE_OK;
	efile_id_format(&original->uuid, key);
	TRY(post_message(&posts, session_ctx(session), "receipt.superseded", key, NULL));
	return deliver_posts(&posts, session);
}

static efile_status link_result(char **out, efile_ctx *ctx, const receipt_record *original)
{
	AUTO(buf) text = BUF_INIT;
	json_writer w;

	json_begin(&w, &text);
	json_object(&w);
	json_key(&w, "link");
	json_object(&w);
	json_put_bool(&w, "found", original->head.id != 0);
	json_put_id(&w, "original", &original->uuid);
	json_put_text(&w, "state",
		      original->head.id ? receipt_state_name(original->state) : NULL);
	json_put_text(&w, "paid", original->paid_amount);
	json_end_object(&w);
	json_end_object(&w);
	return buf_take(out, &text, ctx);
}

efile_status receipt_link(char **result, efile_session *session, const flow_call *call,
			  const efile_invoice *invoice)
{
	AUTO(receipt_record) row = { .head = { 0, 0 } };
	AUTO(receipt_record) original = { .head = { 0, 0 } };
	efile_status status;

	TRY(receipt_of(&row, session, call));
	status = find_original(&original, session, &row, invoice);
	TRY(status);
	if (status == EFILE_OK) {
		row.original = (opt_int){ true, original.head.id };
		TRY(store_row(session, &row, JOURNAL_INVOICE_LINKED));
		TRY(end_original(session, &row, &original));
	}
	return link_result(result, session_ctx(session), &original);
}

/* ---- limits ---- */

static efile_status find_authoriser(efile_id *out, efile_session *session, const flow_call *call)
{
	static const char *const nodes[] = { "authorise", "authorise-head", "authorise-mayor" };
	AUTO(instance_record) instance = { .head = { 0, 0 } };
	int64_t newest = 0;

	TRY(instance_by_uuid(&instance, session_store(session), &call->instance.id));
	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++) {
		AUTO(task_record) task = { .head = { 0, 0 } };
		efile_status status =
			task_last_done(&task, session_store(session), instance.head.id, nodes[i]);

		if (status == EFILE_E_NOTFOUND)
			continue;
		TRY(status);
		if (task.head.id > newest)
			*out = task.performer;
		newest = task.head.id > newest ? task.head.id : newest;
	}
	return EFILE_OK;
}

/* What a person has authorised since a day, this invoice included. */
static efile_status authorised_since(efile_decimal *out, efile_session *session,
				     const efile_id *person, const char *since)
{
	efile_status status;
	int64_t after = 0;

	*out = efile_decimal_from_int(0, 0);
	for (;;) {
		AUTO(receipt_record) row = { .head = { 0, 0 } };
		efile_decimal amount;

		status = receipt_authorised(&row, session_store(session), person, since, after);
		if (status != EFILE_OK)
			return status < 0 ? status : EFILE_OK;
		after = row.head.id;
		receipt_amount(&amount, row.accepted ? row.accepted : row.payable);
		TRY(efile_decimal_add(out, *out, decimal_abs(amount)));
	}
}

static efile_status over(bool *out, efile_session *session, const receipt_record *row,
			 const json_value *limit, const char *since)
{
	efile_decimal most, sum;

	*out = false;
	if (!limit || json_as_decimal(&most, limit) != EFILE_OK) {
		error_clear(session_ctx(session));
		return EFILE_OK;
	}
	TRY(authorised_since(&sum, session, &row->authoriser, since));
	*out = efile_decimal_compare(sum, most) > 0;
	return EFILE_OK;
}

static efile_status limits_of(char **out, efile_session *session, const receipt_record *row,
			      const json_value *variables)
{
	const json_value *authority = json_member(variables, "authority");
	char year[EFILE_DATE_TEXT_SIZE];
	bool day_over, year_over;
	AUTO(buf) text = BUF_INIT;
	json_writer w;

	memcpy(year, row->authorised, sizeof("2026-"));
	strcpy(year + 5, "01-01");
	TRY(over(&day_over, session, row, json_member(authority, "daily"), row->authorised));
	TRY(over(&year_over, session, row, json_member(authority, "annual"), year));
	json_begin(&w, &text);
	json_object(&w);
	json_key(&w, "limits");
	json_object(&w);
	json_put_bool(&w, "exceeded", day_over || year_over);
	json_put_bool(&w, "daily", day_over);
	json_put_bool(&w, "annual", year_over);
	json_end_object(&w);
	json_end_object(&w);
	return buf_take(out, &text, session_ctx(session));
}

/* What is retained as security: less than what is to be paid. */
static efile_status set_retained(receipt_record *row, efile_ctx *ctx, const json_value *facts)
{
	const json_value *given = facts && facts->type == JSON_OBJECT ? json_member(facts, "retained") : NULL;
	efile_decimal retained, payable;

	TRY(receipt_set(&row->retained, ctx, NULL));
	if (!given || given->type == JSON_NULL)
		return EFILE_OK;
	receipt_amount(&payable, row->accepted ? row->accepted : row->payable);
	if (json_as_decimal(&retained, given) != EFILE_OK || efile_decimal_sign(retained) < 0 ||
	    efile_decimal_compare(retained, payable) > 0)
		return FAIL(ctx, EFILE_E_INVALID, 3146, "not an amount that can be retained: '%.40s'",
			    given->text ? given->text : "");
	return efile_decimal_sign(retained) ? receipt_set(&row->retained, ctx, given->text) : EFILE_OK;
}

efile_status receipt_now_payable(efile_decimal *out, const receipt_record *row)
{
	efile_decimal amount, retained;

	receipt_amount(&amount, row->accepted ? row->accepted : row->payable);
	receipt_amount(&retained, row->retained);
	return efile_decimal_subtract(out, amount, retained);
}

efile_status receipt_limits(char **result, efile_session *session, const flow_call *call)
{
	efile_ctx *ctx = session_ctx(session);
	AUTO_PTR(json_document) variables = NULL;
	AUTO(receipt_record) row = { .head = { 0, 0 } };
	char today[EFILE_DATE_TEXT_SIZE];
	const json_value *facts;

	TRY(receipt_of(&row, session, call));
	TRY(json_parse(&variables, ctx, call->variables, strlen(call->variables)));
	facts = json_member(json_root(variables), "facts");
	receipt_today(today, session);
	TRY(find_authoriser(&row.authoriser, session, call));
	TRY(receipt_set(&row.authorised, ctx, today));
	TRY(receipt_set(&row.accepted, ctx, facts ? json_member_text(facts, "accepted") : NULL));
	TRY(set_retained(&row, ctx, facts));
	TRY(store_row(session, &row, JOURNAL_INVOICE_AUTHORISED));
	return limits_of(result, session, &row, json_root(variables));
}

/* ---- ends ---- */

/* The reason that a person gave at the step that led here. */
static const char *reason_of(const json_value *variables)
{
	static const char *const steps[] = { "order", "technical", "calculation", "funds", "facts",
					     "clearing" };

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		const json_value *step = json_member(variables, steps[i]);
		const char *reason = step && step->type == JSON_OBJECT ?
			json_member_text(step, "reason") : NULL;

		if (reason)
			return reason;
	}
	return json_member_text(variables, "reason");
}

static efile_status end_in(efile_session *session, const flow_call *call, receipt_state state)
{
	AUTO_PTR(json_document) variables = NULL;
	AUTO(receipt_record) row = { .head = { 0, 0 } };

	TRY(receipt_of(&row, session, call));
	TRY(json_parse(&variables, session_ctx(session), call->variables, strlen(call->variables)));
	TRY(receipt_set(&row.reason, session_ctx(session), reason_of(json_root(variables))));
	TRY(posting_void(session, &row, row.reason));
	row.state = state;
	row.ended = (opt_int){ true, ctx_now(session_ctx(session)) };
	return store_row(session, &row, JOURNAL_INVOICE_ENDED);
}

efile_status receipt_end_duplicate(char **result, efile_session *session, const flow_call *call)
{
	(void)result;
	return end_in(session, call, RECEIPT_DUPLICATE);
}

efile_status receipt_end_returned(char **result, efile_session *session, const flow_call *call)
{
	(void)result;
	return end_in(session, call, RECEIPT_RETURNED);
}

efile_status receipt_end_rejected(char **result, efile_session *session, const flow_call *call)
{
	(void)result;
	return end_in(session, call, RECEIPT_REJECTED);
}

efile_status receipt_end_withdrawn(char **result, efile_session *session, const flow_call *call)
{
	(void)result;
	return end_in(session, call, RECEIPT_WITHDRAWN);
}

efile_status receipt_end_superseded(char **result, efile_session *session, const flow_call *call)
{
	(void)result;
	return end_in(session, call, RECEIPT_SUPERSEDED);
}
