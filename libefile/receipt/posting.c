/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the authorised invoice to the posting, and from the payment back to the register. */
#include <stdlib.h>
#include <string.h>

#include "model/model.h"
#include "receipt/record.h"

static const name_row states[] = {
	{ POSTING_WAITS, "waits" },       { POSTING_SENT, "sent" }, { POSTING_ACCEPTED, "accepted" },
	{ POSTING_REJECTED, "rejected" }, { POSTING_PAID, "paid" }, { POSTING_VOID, "void" },
};

const char *posting_state_name(int64_t state)
{
	const char *name = TABLE_NAME(states, (int)state);

	return name ? name : "";
}

typedef struct work {
	efile_session *session;
	efile_ctx *ctx;
	json_document *document;
	const json_value *variables;
	receipt_record row;
	posting_record posting;
} work;

static void work_clear(work *k)
{
	json_document_free(k->document);
	receipt_record_clear(&k->row);
	posting_record_clear(&k->posting);
}

static efile_status begin(work *k, efile_session *session, const flow_call *call)
{
	k->session = session;
	k->ctx = session_ctx(session);
	TRY(receipt_of(&k->row, session, call));
	TRY(json_parse(&k->document, k->ctx, call->variables, strlen(call->variables)));
	k->variables = json_root(k->document);
	return EFILE_OK;
}

/* A member of one of the process's objects; NULL if there is none. */
static const json_value *given(const work *k, const char *object, const char *key)
{
	const json_value *value = json_member(k->variables, object);

	return value && value->type == JSON_OBJECT ? json_member(value, key) : NULL;
}

static const char *given_text(const work *k, const char *object, const char *key)
{
	const json_value *value = given(k, object, key);

	return value && (value->type == JSON_STRING || value->type == JSON_NUMBER) ? value->text : NULL;
}

/* ---- the supplier ---- */

/* An account that an authorised invoice names is known from now on. */
static efile_status add_iban(supplier_record *supplier, const work *k)
{
	AUTO(buf) ibans = BUF_INIT;

	if (!k->row.iban || receipt_has_word(supplier->ibans, k->row.iban))
		return EFILE_OK;
	buf_add_text(&ibans, supplier->ibans);
	if (ibans.length)
		buf_add_char(&ibans, ' ');
	buf_add_text(&ibans, k->row.iban);
	TRY(buf_status(&ibans, k->ctx));
	return receipt_set(&supplier->ibans, k->ctx, ibans.data);
}

static efile_status keep_supplier(supplier_record *supplier, const work *k)
{
	efile_store *store = session_store(k->session);
	efile_status status = supplier_by_seller(supplier, store, k->row.seller);

	if (status == EFILE_E_NOTFOUND) {
		TRY(id_new(&supplier->uuid, k->ctx));
		TRY(receipt_set(&supplier->seller, k->ctx, k->row.seller));
		TRY(receipt_set(&supplier->name, k->ctx,
				k->row.seller_name ? k->row.seller_name : k->row.seller));
		TRY(receipt_set(&supplier->ibans, k->ctx, ""));
		TRY(add_iban(supplier, k));
		return row_insert(store, &kind_receipt_supplier, supplier);
	}
	TRY(status);
	if (!k->row.iban || receipt_has_word(supplier->ibans, k->row.iban))
		return EFILE_OK;
	TRY(add_iban(supplier, k));
	return row_update(store, &kind_receipt_supplier, supplier);
}

/* ---- the posting ---- */

/* What is to be paid now; credit notes of UBL are written without a sign. */
static efile_decimal amount_of(const work *k)
{
	efile_decimal amount = { { 0, 0 } };

	(void)receipt_now_payable(&amount, &k->row);
	if (strcmp(k->row.kind, "credit_note") == 0 && efile_decimal_sign(amount) > 0)
		amount = efile_decimal_negate(amount);
	return amount;
}

static void put_assignment(json_writer *w, const work *k)
{
	static const char *const keys[] = { "account", "product", "cost_centre" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *text = given_text(k, "account", keys[i]);

		json_put_text(w, keys[i], text ? text : given_text(k, "proposal", keys[i]));
	}
}

static void put_row(json_writer *w, const work *k, const supplier_record *supplier)
{
	const struct { const char *key, *text; } rows[] = {
		{ "kind", k->row.kind },           { "number", k->row.number },
		{ "date", k->row.day },            { "received", k->row.received },
		{ "seller", k->row.seller_name },  { "seller_key", k->row.seller },
		{ "creditor", supplier->creditor },{ "iban", k->row.iban },
		{ "currency", k->row.currency },   { "pay_by", k->row.pay_by },
		{ "discount_until", k->row.discount_until }, { "discount", k->row.discount },
		{ "contract", k->row.contract },   { "retained", k->row.retained },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		json_put_text(w, rows[i].key, rows[i].text);
}

/* Where the invoice lies in the e-file. */
static efile_status put_place(json_writer *w, const work *k, const flow_call *call)
{
	AUTO(node_record) node = { .head = { 0, 0 } };
	efile_store *store = session_store(k->session);
	int64_t row;
	efile_status status = node_row_of(&row, store, &call->case_id.id);

	if (status == EFILE_OK)
		status = node_record_load(&node, store, row);
	if (status != EFILE_E_NOTFOUND)
		TRY(status);
	json_put_id(w, "document", &k->row.document);
	json_put_id(w, "case", &call->case_id.id);
	json_put_text(w, "reference", node.reference);
	return EFILE_OK;
}

/* § 48 (1) EStG: of what is paid; so it is cut as the amount is. */
static void put_withholding(json_writer *w, const work *k)
{
	const char *text = given_text(k, "receipt", "withholding");
	efile_decimal now, payable, withheld;

	if ((k->row.accepted || k->row.retained) && receipt_amount(&withheld, text) &&
	    receipt_now_payable(&now, &k->row) == EFILE_OK && receipt_amount(&payable, k->row.payable) &&
	    efile_decimal_multiply(&withheld, withheld, now) == EFILE_OK &&
	    efile_decimal_divide(&withheld, withheld, payable) == EFILE_OK &&
	    efile_decimal_round(&withheld, withheld, 2, EFILE_ROUND_HALF_UP) == EFILE_OK) {
		json_key(w, "withholding");
		json_decimal(w, withheld);
	} else {
		json_put_text(w, "withholding", text);
	}
}

/* What is paid in part has no taxes of its own: who cut the amount has not said which. */
static void put_amounts(json_writer *w, const work *k)
{
	const json_value *taxes = given(k, "receipt", "taxes");
	bool whole = !k->row.accepted && !k->row.retained;

	json_put_text(w, "net", whole ? given_text(k, "receipt", "net") : NULL);
	json_put_text(w, "tax", whole ? given_text(k, "receipt", "tax") : NULL);
	put_withholding(w, k);
	json_put_text(w, "discount_percent",
		      k->row.discount ? given_text(k, "receipt", "discount_percent") : NULL);
	json_put_text(w, "order", given_text(k, "receipt", "order_number"));
	json_key(w, "taxes");
	if (taxes && whole)
		json_copy(w, taxes);
	else
		json_null(w);
}

static efile_status posting_data(buf *out, const work *k, const flow_call *call,
				 const supplier_record *supplier)
{
	char amount[EFILE_DECIMAL_TEXT_SIZE];
	json_writer w;

	json_begin(&w, out);
	json_object(&w);
	json_put_id(&w, "id", &k->posting.uuid);
	json_put_text(&w, "amount", efile_decimal_format(amount_of(k), amount));
	put_row(&w, k, supplier);
	put_assignment(&w, k);
	put_amounts(&w, k);
	TRY(put_place(&w, k, call));
	json_end_object(&w);
	return buf_status(out, k->ctx);
}

efile_status posting_void(efile_session *session, const receipt_record *invoice, const char *note)
{
	AUTO(posting_record) row = { .head = { 0, 0 } };
	efile_status status = posting_of_invoice(&row, session_store(session), invoice->head.id);

	if (status == EFILE_E_NOTFOUND)
		return EFILE_OK;
	TRY(status);
	if (row.state == POSTING_REJECTED || row.state == POSTING_PAID || row.state == POSTING_VOID)
		return EFILE_OK;
	row.state = POSTING_VOID;
	TRY(receipt_set(&row.note, session_ctx(session), note));
	TRY(row_update(session_store(session), &kind_receipt_posting, &row));
	return receipt_journal(session, JOURNAL_POSTING_VOID, invoice, NULL);
}

/* "receipt.payment_failed" */
efile_status receipt_payment_failed(char **result, efile_session *session, const flow_call *call)
{
	AUTO(work) k = { .session = NULL };

	const json_value *failure;

	(void)result;
	TRY(begin(&k, session, call));
	failure = json_member(k.variables, "failure");
	return posting_void(session, &k.row,
			    failure && failure->type == JSON_STRING ? failure->text :
			    given_text(&k, "failure", "reason"));
}

/* A posting that waits is made anew, so that a second call makes no second one; one that was refused
 * or has failed gets a successor, and nothing but its successor is paid. */
static efile_status load_posting(work *k)
{
	efile_status status =
		posting_of_invoice(&k->posting, session_store(k->session), k->row.head.id);

	if (status == EFILE_OK && k->posting.state == POSTING_WAITS)
		return EFILE_OK;
	if (status != EFILE_E_NOTFOUND)
		TRY(status);
	posting_record_clear(&k->posting);
	TRY(posting_void(k->session, &k->row, NULL));
	k->posting = (posting_record){ .head = { 0, 0 } };
	k->posting.invoice = k->row.head.id;
	k->posting.state = POSTING_WAITS;
	k->posting.created = ctx_now(k->ctx);
	return id_new(&k->posting.uuid, k->ctx);
}

/* A discount is of what was accepted, if that is less than its base (docs/RECEIPT.md). */
static efile_status cut_discount(work *k)
{
	char room[EFILE_DECIMAL_TEXT_SIZE];
	efile_decimal base, accepted, percent, discount;

	if (!k->row.discount || !receipt_amount(&accepted, k->row.accepted) ||
	    !receipt_amount(&base, given_text(k, "receipt", "discount_base")) ||
	    !receipt_amount(&percent, given_text(k, "receipt", "discount_percent")) ||
	    efile_decimal_compare(accepted, base) >= 0)
		return EFILE_OK;
	TRY(efile_decimal_multiply(&discount, accepted, percent));
	TRY(efile_decimal_multiply(&discount, discount, efile_decimal_from_int(1, 2)));
	TRY(efile_decimal_round(&discount, discount, 2, EFILE_ROUND_HALF_UP));
	return receipt_set(&k->row.discount, k->ctx, efile_decimal_format(discount, room));
}

static efile_status store_posting(work *k, const flow_call *call)
{
	AUTO(supplier_record) supplier = { .head = { 0, 0 } };
	AUTO(buf) data = BUF_INIT;
	char amount[EFILE_DECIMAL_TEXT_SIZE];
	efile_store *store = session_store(k->session);

	TRY(keep_supplier(&supplier, k));
	TRY(load_posting(k));
	TRY(cut_discount(k));
	TRY(posting_data(&data, k, call, &supplier));
	TRY(receipt_set(&k->posting.data, k->ctx, data.data));
	TRY(receipt_set(&k->posting.amount, k->ctx, efile_decimal_format(amount_of(k), amount)));
	if (k->posting.head.id)
		TRY(row_update(store, &kind_receipt_posting, &k->posting));
	else
		TRY(row_insert(store, &kind_receipt_posting, &k->posting));
	k->row.state = RECEIPT_HANDED_OVER;
	TRY(row_update(store, &kind_receipt_invoice, &k->row));
	return receipt_journal(k->session, JOURNAL_INVOICE_HANDED_OVER, &k->row, NULL);
}

efile_status receipt_hand_over(char **result, efile_session *session, const flow_call *call)
{
	AUTO(work) k = { .session = NULL };
	AUTO(buf) text = BUF_INIT;
	json_writer w;

	TRY(begin(&k, session, call));
	TRY(store_posting(&k, call));
	json_begin(&w, &text);
	json_object(&w);
	json_key(&w, "posting");
	json_object(&w);
	json_put_id(&w, "id", &k.posting.uuid);
	json_put_text(&w, "amount", k.posting.amount);
	json_end_object(&w);
	json_end_object(&w);
	return buf_take(result, &text, k.ctx);
}

/* ---- the payment ---- */

/* Won if it was paid in time and with the discount taken off. */
bool receipt_discount_won(const money_row *row)
{
	efile_decimal paid, payable, retained, discount, with;

	if (!row->discount_until || !row->paid || strcmp(row->paid, row->discount_until) > 0)
		return false;
	receipt_amount(&paid, row->paid_amount);
	receipt_amount(&discount, row->discount);
	receipt_amount(&payable, row->amount);
	receipt_amount(&retained, row->retained);
	return efile_decimal_subtract(&with, payable, discount) == EFILE_OK &&
	       efile_decimal_subtract(&with, with, retained) == EFILE_OK &&
	       efile_decimal_compare(paid, with) <= 0;
}

static bool discount_won(const work *k)
{
	const money_row row = {
		.amount = k->row.accepted ? k->row.accepted : k->row.payable, .paid = k->row.paid,
		.retained = k->row.retained,
		.paid_amount = k->row.paid_amount, .discount = k->row.discount,
		.discount_until = k->row.discount_until,
	};

	return receipt_discount_won(&row);
}

static efile_status note_payment(work *k)
{
	char today[EFILE_DATE_TEXT_SIZE];
	const char *day = given_text(k, "payment", "date");
	const char *amount = given_text(k, "payment", "amount");
	efile_store *store = session_store(k->session);
	efile_status status = posting_of_invoice(&k->posting, store, k->row.head.id);

	if (status != EFILE_E_NOTFOUND)
		TRY(status);
	receipt_today(today, k->session);
	TRY(receipt_set(&k->row.paid, k->ctx, day ? day : today));
	TRY(receipt_set(&k->row.paid_amount, k->ctx, amount ? amount : k->posting.amount));
	k->row.state = RECEIPT_PAID;
	k->row.ended = (opt_int){ true, ctx_now(k->ctx) };
	TRY(row_update(store, &kind_receipt_invoice, &k->row));
	if (k->posting.head.id && k->posting.state != POSTING_PAID) {
		k->posting.state = POSTING_PAID;
		TRY(row_update(store, &kind_receipt_posting, &k->posting));
	}
	return receipt_journal(k->session, JOURNAL_INVOICE_SETTLED, &k->row, NULL);
}

/* § 17 (8) no. 2 VOB/B: after two years, unless agreed otherwise: then who certified the facts has said. */
static efile_status put_security(json_writer *w, const work *k)
{
	enum { YEARS = 2 };
	const char *agreed = given_text(k, "facts", "release_on");
	char when[EFILE_TIME_TEXT_SIZE];
	efile_date day;
	bool assumed = !agreed || efile_date_parse(&day, agreed) != EFILE_OK;

	json_put_text(w, "retained", k->row.retained);
	if (!k->row.retained)
		return EFILE_OK;
	if (assumed) {
		TRY(efile_date_parse(&day, k->row.paid));
		day.year = (int16_t)(day.year + YEARS);
		if (day.month == 2 && day.day == 29)
			day.day = 28; /* § 188 (3) BGB */
	}
	efile_time_format((date_to_days(day) * 24 + 7) * INT64_C(3600000000), when);
	json_put_text(w, "release_at", when);
	json_put_bool(w, "release_assumed", assumed);
	return EFILE_OK;
}

efile_status receipt_settle(char **result, efile_session *session, const flow_call *call)
{
	AUTO(work) k = { .session = NULL };
	AUTO(buf) text = BUF_INIT;
	json_writer w;

	TRY(begin(&k, session, call));
	TRY(note_payment(&k));
	json_begin(&w, &text);
	json_object(&w);
	json_key(&w, "settled");
	json_object(&w);
	json_put_text(&w, "date", k.row.paid);
	json_put_text(&w, "amount", k.row.paid_amount);
	json_key(&w, "discount_won");
	if (k.row.discount)
		json_bool(&w, discount_won(&k));
	else
		json_null(&w);
	TRY(put_security(&w, &k));
	json_end_object(&w);
	json_end_object(&w);
	return buf_take(result, &text, k.ctx);
}
