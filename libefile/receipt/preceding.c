/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which interim invoices of the register belong to a final one. */
#include <stdlib.h>
#include <string.h>

#include "receipt/record.h"

typedef struct work {
	efile_session *session;
	efile_ctx *ctx;
	const receipt_record *row;
	const efile_invoice *invoice;
	json_writer *w;
	size_t count;
} work;

/* ---- which belong to it ---- */

static efile_status same_folded(bool *out, efile_ctx *ctx, const char *a, const char *b)
{
	AUTO(buf) left = BUF_INIT;
	AUTO(buf) right = BUF_INIT;

	receipt_fold(&left, a);
	receipt_fold(&right, b);
	TRY(buf_status(&left, ctx));
	TRY(buf_status(&right, ctx));
	*out = strcmp(buf_text(&left), buf_text(&right)) == 0;
	return EFILE_OK;
}

static efile_status is_named(bool *out, const work *k, const receipt_record *other)
{
	*out = false;
	for (const efile_invoice_item *g = efile_invoice_first(k->invoice, NULL, "BG-3"); g && !*out;
	     g = efile_invoice_next(k->invoice, g, "BG-3")) {
		const char *number = receipt_value_in(k->invoice, g, "BT-25");

		if (number)
			TRY(same_folded(out, k->ctx, number, other->number));
	}
	return EFILE_OK;
}

/* The same order; of the same contract only where one of both names no order, since a framework has
 * many; and whatever it names itself. */
static efile_status belongs(bool *out, const work *k, const receipt_record *other)
{
	*out = false;
	if (other->head.id == k->row->head.id)
		return EFILE_OK;
	if (k->row->order_number && other->order_number)
		TRY(same_folded(out, k->ctx, k->row->order_number, other->order_number));
	else if (k->row->contract && other->contract)
		TRY(same_folded(out, k->ctx, k->row->contract, other->contract));
	return *out ? EFILE_OK : is_named(out, k, other);
}

/* ---- telling ---- */

static efile_status put_withheld(work *k, const receipt_record *other)
{
	AUTO(posting_record) posting = { .head = { 0, 0 } };
	AUTO_PTR(json_document) data = NULL;
	efile_status status = posting_of_invoice(&posting, session_store(k->session), other->head.id);

	if (status == EFILE_OK)
		TRY(json_parse(&data, k->ctx, posting.data, strlen(posting.data)));
	else if (status != EFILE_E_NOTFOUND)
		return status;
	json_put_text(k->w, "withheld", data ? json_member_text(json_root(data), "withholding") : NULL);
	return EFILE_OK;
}

static efile_status put_taxes(work *k, const receipt_record *other)
{
	AUTO_PTR(json_document) amounts = NULL;
	const json_value *taxes = NULL;

	if (other->amounts)
		TRY(json_parse(&amounts, k->ctx, other->amounts, strlen(other->amounts)));
	if (amounts)
		taxes = json_member(json_root(amounts), "taxes");
	json_put_text(k->w, "gross", amounts ? json_member_text(json_root(amounts), "gross") : NULL);
	json_key(k->w, "taxes");
	if (taxes)
		json_copy(k->w, taxes);
	else
		json_null(k->w);
	return EFILE_OK;
}

static efile_status put_row(work *k, const receipt_record *other)
{
	const struct { const char *key, *text; } rows[] = {
		{ "number", other->number },     { "date", other->day },
		{ "kind", other->kind },         { "state", receipt_state_name(other->state) },
		{ "order", other->order_number },{ "contract", other->contract },
		{ "currency", other->currency }, { "payable", other->payable },
		{ "accepted", other->accepted }, { "retained", other->retained },
		{ "paid", other->paid_amount },  { "paid_on", other->paid },
	};

	json_object(k->w);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		json_put_text(k->w, rows[i].key, rows[i].text);
	TRY(put_withheld(k, other));
	TRY(put_taxes(k, other));
	json_end_object(k->w);
	k->count++;
	return EFILE_OK;
}

static efile_status put_kind(work *k, const char *kind)
{
	int64_t after = 0;

	for (;;) {
		AUTO(receipt_record) other = { .head = { 0, 0 } };
		efile_status status = receipt_of_kind(&other, session_store(k->session), k->row->seller,
						      kind, after);
		bool ours;

		if (status != EFILE_OK)
			return status < 0 ? status : EFILE_OK;
		after = other.head.id;
		TRY(belongs(&ours, k, &other));
		if (ours && other.state != RECEIPT_DUPLICATE)
			TRY(put_row(k, &other));
	}
}

efile_status interim_list(size_t *count, json_writer *w, efile_session *session,
			  const receipt_record *row, const efile_invoice *invoice)
{
	static const char *const kinds[] = { "interim", "prepayment", "partial_final" };
	work k = { session, session_ctx(session), row, invoice, w, 0 };

	json_key(w, "invoices");
	json_array(w);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		TRY(put_kind(&k, kinds[i]));
	json_end_array(w);
	*count = k.count;
	return EFILE_OK;
}

/* ---- for people ---- */

static efile_status like_row(receipt_record *out, efile_ctx *ctx, const efile_invoice *invoice)
{
	AUTO_PTR(char) key = NULL;
	efile_status status = efile_invoice_duplicate_key(&key, invoice);

	if (status != EFILE_OK && status != EFILE_E_NOTFOUND)
		return status;
	error_clear(ctx);
	if (key)
		key[strcspn(key, "|")] = '\0';
	TRY(receipt_set(&out->seller, ctx, key ? key : "?"));
	TRY(receipt_set(&out->order_number, ctx, receipt_value(invoice, "BT-13")));
	return receipt_set(&out->contract, ctx, receipt_value(invoice, "BT-12"));
}

efile_status efile_receipt_interim(char **out, efile_session *session, const efile_invoice *invoice)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(receipt_record) row = { .head = { 0, 0 } };
	AUTO(buf) text = BUF_INIT;
	json_writer w;
	size_t count;

	TRY(session_enter(&call, session));
	if (!out || !invoice)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 3130, "an argument is missing");
	TRY(session_begin_read(&tx, session));
	TRY(receipt_require(session, "treasury"));
	TRY(like_row(&row, session_ctx(session), invoice));
	json_begin(&w, &text);
	json_object(&w);
	json_put_text(&w, "schema", "efile.receipt_interim.v1");
	TRY(interim_list(&count, &w, session, &row, invoice));
	json_end_object(&w);
	return buf_take(out, &text, session_ctx(session));
}

/* ---- for the process ---- */

efile_status receipt_check_interim(char **result, efile_session *session, const flow_call *call,
				   const efile_invoice *invoice)
{
	efile_ctx *ctx = session_ctx(session);
	AUTO(receipt_record) row = { .head = { 0, 0 } };
	AUTO_PTR(efile_report) report = NULL;
	AUTO(buf) list = BUF_INIT;
	AUTO(buf) text = BUF_INIT;
	json_writer w;
	size_t count;

	TRY(receipt_of(&row, session, call));
	json_begin(&w, &list);
	json_object(&w);
	TRY(interim_list(&count, &w, session, &row, invoice));
	json_end_object(&w);
	TRY(buf_status(&list, ctx));
	TRY(efile_receipt_compare_interim(&report, invoice, list.data));
	json_begin(&w, &text);
	json_object(&w);
	json_key(&w, "interim");
	json_object(&w);
	json_put_int(&w, "count", (int64_t)count);
	receipt_put_findings(&w, report);
	json_end_object(&w);
	json_end_object(&w);
	return buf_take(result, &text, ctx);
}
