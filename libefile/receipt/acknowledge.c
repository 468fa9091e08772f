/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers of the finance system reach the postings and their processes: all of a file or none. */
#include <stdlib.h>
#include <string.h>

#include <efile/handover.h>

#include "model/model.h"
#include "receipt/answer.h"
#include "receipt/record.h"

typedef struct work {
	efile_session *session;
	efile_ctx *ctx;
	efile_store *store;
	efile_report *report;
	efile_handover_counts counts;
} work;

/* One answer and what it is about. */
typedef struct item {
	const answer *a;
	int64_t state;            /* posting_state */
	char day[EFILE_DATE_TEXT_SIZE];
	posting_record posting;
	receipt_record invoice;
} item;

static void item_clear(item *i)
{
	posting_record_clear(&i->posting);
	receipt_record_clear(&i->invoice);
}

/* ---- findings ---- */

#define FIND(k, i, rule, severity, ...)                                                            \
	report_add((k)->report, rule, severity, &(report_place){ .term = (i)->a->key,               \
								 .line = (i)->a->line }, __VA_ARGS__)

static const name_row words[] = {
	{ POSTING_ACCEPTED, "accepted" }, { POSTING_REJECTED, "rejected" }, { POSTING_PAID, "paid" },
	{ POSTING_ACCEPTED, "angenommen" }, { POSTING_ACCEPTED, "gebucht" },
	{ POSTING_REJECTED, "abgelehnt" }, { POSTING_PAID, "bezahlt" }, { POSTING_PAID, "gezahlt" },
};

static int64_t state_of(const char *text)
{
	for (size_t i = 0; text && i < ARRAY_SIZE(words); i++)
		if (str_ascii_casecmp(words[i].name, text) == 0)
			return words[i].value;
	return 0;
}

/* Whose posting the session may not change is as good as none. */
static efile_status find_posting(item *i, work *k)
{
	efile_id key;
	int64_t node;
	efile_status status = i->a->key && efile_id_parse(&key, i->a->key) == EFILE_OK ?
				      posting_by_uuid(&i->posting, k->store, &key) :
				      EFILE_E_NOTFOUND;

	if (status != EFILE_OK)
		return status;
	TRY(receipt_by_row(&i->invoice, k->store, i->posting.invoice));
	TRY(node_row_of(&node, k->store, &i->invoice.document));
	return node_peek(k->session, EFILE_RIGHT_WRITE, node);
}

static efile_status check_texts(bool *good, item *i, work *k)
{
	efile_status status = find_posting(i, k);

	*good = false;
	if (status == EFILE_E_NOTFOUND || status == EFILE_E_DENIED)
		return FIND(k, i, "ANSWER-KEY", EFILE_SEVERITY_ERROR, "there is no posting with the key '%.60s'",
			    i->a->key ? i->a->key : "");
	if (status != EFILE_E_STATE) /* a case that is closed already: the posting tells */
		TRY(status);
	i->state = state_of(i->a->state);
	if (!i->state)
		return FIND(k, i, "ANSWER-STATE", EFILE_SEVERITY_ERROR,
			    "an answer is accepted, rejected or paid, not '%.40s'",
			    i->a->state ? i->a->state : "");
	efile_date_format(k->session->today, i->day);
	if (i->a->date && !answer_day(i->day, i->a->date))
		return FIND(k, i, "ANSWER-DATE", EFILE_SEVERITY_ERROR, "not a day: '%.40s'", i->a->date);
	*good = true;
	return EFILE_OK;
}

/* ---- amounts ---- */

static efile_status withheld_of(efile_decimal *out, const item *i, efile_ctx *ctx)
{
	AUTO_PTR(json_document) data = NULL;

	TRY(json_parse(&data, ctx, i->posting.data, strlen(i->posting.data)));
	receipt_amount(out, json_member_text(json_root(data), "withholding"));
	return EFILE_OK;
}

/* What may be paid of an amount: all of it, or less the discount, the withholding, or both. */
static efile_status fits(bool *out, bool *discounted, const item *i, efile_decimal given,
			 efile_ctx *ctx)
{
	enum { DISCOUNT = 1, WITHHOLDING = 2 };
	efile_decimal all, discount, withheld;
	int ways = i->state == POSTING_PAID ? DISCOUNT | WITHHOLDING : 0;

	receipt_amount(&all, i->posting.amount);
	receipt_amount(&discount, i->invoice.discount);
	TRY(withheld_of(&withheld, i, ctx));
	*out = false;
	for (int n = 0; n <= ways && !*out; n++) {
		efile_decimal rest = decimal_abs(all);

		if (n & DISCOUNT)
			TRY(efile_decimal_subtract(&rest, rest, discount));
		if (n & WITHHOLDING)
			TRY(efile_decimal_subtract(&rest, rest, withheld));
		*out = efile_decimal_compare(decimal_abs(given), rest) == 0;
		*discounted = (n & DISCOUNT) && efile_decimal_sign(discount) != 0;
	}
	return EFILE_OK;
}

static efile_status check_amount(bool *good, item *i, work *k)
{
	efile_decimal given;
	bool fitting = false, discounted = false;

	*good = true;
	if (i->a->currency && !str_equal(i->a->currency, i->invoice.currency)) {
		*good = false;
		return FIND(k, i, "ANSWER-CURRENCY", EFILE_SEVERITY_ERROR,
			    "the currency is %.10s, of the posting %.10s", i->a->currency,
			    i->invoice.currency ? i->invoice.currency : "");
	}
	if (!i->a->amount)
		return EFILE_OK;
	if (answer_amount(&given, i->a->amount))
		TRY(fits(&fitting, &discounted, i, given, k->ctx));
	if (!fitting) {
		*good = false;
		return FIND(k, i, "ANSWER-AMOUNT", EFILE_SEVERITY_ERROR,
			    "the amount is %.40s, of the posting %.40s", i->a->amount, i->posting.amount);
	}
	if (discounted && i->invoice.discount_until && strcmp(i->day, i->invoice.discount_until) > 0)
		return FIND(k, i, "ANSWER-DISCOUNT", EFILE_SEVERITY_WARNING,
			    "a discount was taken on %s, its last day was %s", i->day,
			    i->invoice.discount_until);
	return EFILE_OK;
}

/* ---- order ---- */

typedef enum verdict { VERDICT_BAD, VERDICT_SAME, VERDICT_NEW } verdict;

/* An answer that has been overtaken (accepted, after it was paid) is no news. */
static verdict judge(const item *i)
{
	int64_t now = i->posting.state;

	if (now == i->state || (now == POSTING_PAID && i->state == POSTING_ACCEPTED))
		return VERDICT_SAME;
	if (now == POSTING_SENT)
		return VERDICT_NEW;
	return now == POSTING_ACCEPTED && i->state != POSTING_ACCEPTED ? VERDICT_NEW : VERDICT_BAD;
}

static efile_status check_order(verdict *out, item *i, work *k)
{
	*out = judge(i);
	if (*out == VERDICT_BAD)
		return FIND(k, i, "ANSWER-ORDER", EFILE_SEVERITY_ERROR,
			    "the posting is '%s' and cannot become '%s'",
			    posting_state_name(i->posting.state), posting_state_name(i->state));
	if (i->a->document && i->posting.external && !str_equal(i->a->document, i->posting.external)) {
		*out = VERDICT_BAD;
		return FIND(k, i, "ANSWER-DOCUMENT", EFILE_SEVERITY_ERROR,
			    "the number of the document is %.40s, it was %.40s", i->a->document,
			    i->posting.external);
	}
	return EFILE_OK;
}

/* ---- taking over ---- */

static efile_status journal_answer(const item *i, work *k)
{
	AUTO(buf) body = BUF_INIT;
	json_writer w;

	json_begin(&w, &body);
	json_object(&w);
	json_put_id(&w, "posting", &i->posting.uuid);
	json_put_text(&w, "state", posting_state_name(i->state));
	json_put_text(&w, "document_number", i->a->document);
	json_put_text(&w, "date", i->day);
	json_put_text(&w, "amount", i->a->amount);
	json_put_text(&w, "reason", i->a->reason);
	json_end_object(&w);
	TRY(buf_status(&body, k->ctx));
	return receipt_journal(k->session, JOURNAL_POSTING_ACKNOWLEDGED, &i->invoice, body.data);
}

/* The state "paid" is the process's to set (receipt.settle). */
static efile_status keep_answer(item *i, work *k)
{
	if (i->a->document)
		TRY(receipt_set(&i->posting.external, k->ctx, i->a->document));
	if (i->a->reason)
		TRY(receipt_set(&i->posting.note, k->ctx, i->a->reason));
	TRY(receipt_set(&i->posting.booked, k->ctx, i->day));
	i->posting.state = i->state == POSTING_PAID ? POSTING_ACCEPTED : i->state;
	TRY(row_update(k->store, &kind_receipt_posting, &i->posting));
	return journal_answer(i, k);
}

static efile_status variables_of(buf *out, const item *i, efile_ctx *ctx)
{
	char room[EFILE_DECIMAL_TEXT_SIZE];
	efile_decimal amount, all;
	json_writer w;

	json_begin(&w, out);
	json_object(&w);
	json_key(&w, i->state == POSTING_PAID ? "payment" : "failure");
	json_object(&w);
	json_put_text(&w, "date", i->day);
	json_put_text(&w, "document_number", i->a->document);
	if (i->state == POSTING_REJECTED)
		json_put_text(&w, "reason", i->a->reason);
	else if (i->a->amount && answer_amount(&amount, i->a->amount)) {
		/* With the sign of the posting, whether it was written or not. */
		receipt_amount(&all, i->posting.amount);
		amount = decimal_abs(amount);
		if (efile_decimal_sign(all) < 0)
			amount = efile_decimal_negate(amount);
		json_put_text(&w, "amount", efile_decimal_format(amount, room));
	}
	json_end_object(&w);
	json_end_object(&w);
	return buf_status(out, ctx);
}

static efile_status tell_process(const item *i, work *k)
{
	AUTO(flow_posts) posts = { .items = NULL };
	AUTO(buf) variables = BUF_INIT;
	char key[EFILE_ID_TEXT_SIZE];

	if (i->state == POSTING_ACCEPTED)
		return EFILE_OK;
	TRY(variables_of(&variables, i, k->ctx));
	efile_id_format(&i->invoice.uuid, key);
	TRY(post_message(&posts, k->ctx,
			 i->state == POSTING_PAID ? "receipt.paid" : "receipt.payment_failed", key,
			 variables.data));
	TRY(deliver_posts(&posts, k->session));
	if (posts.met)
		return EFILE_OK;
	return FIND(k, i, "ANSWER-PROCESS", EFILE_SEVERITY_ERROR,
		    "the process of invoice %.60s does not wait for an answer", i->invoice.number);
}

static efile_status apply(const answer *a, work *k)
{
	AUTO(item) i = { .a = a };
	verdict v;
	bool good;

	TRY(check_texts(&good, &i, k));
	if (!good)
		return EFILE_OK;
	TRY(check_order(&v, &i, k));
	if (v == VERDICT_BAD)
		return EFILE_OK;
	TRY(check_amount(&good, &i, k));
	if (!good)
		return EFILE_OK;
	k->counts.same += v == VERDICT_SAME;
	if (v == VERDICT_SAME)
		return EFILE_OK;
	k->counts.accepted += i.state == POSTING_ACCEPTED;
	k->counts.rejected += i.state == POSTING_REJECTED;
	k->counts.paid += i.state == POSTING_PAID;
	TRY(keep_answer(&i, k));
	return tell_process(&i, k);
}

static efile_status apply_all(work *k, const answers *all)
{
	AUTO(txn) tx = TXN_NONE;

	TRY(session_begin(&tx, k->session));
	TRY(receipt_require(k->session, "treasury"));
	for (size_t i = 0; i < all->count; i++)
		TRY(apply(&all->items[i], k));
	if (efile_report_count_severity(k->report, EFILE_SEVERITY_ERROR) == 0)
		return txn_commit(&tx);
	k->counts = (efile_handover_counts){ .lines = k->counts.lines };
	return EFILE_OK;
}

efile_status efile_handover_acknowledge(efile_report **findings, efile_handover_counts *counts,
					efile_session *session, efile_reader *content)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO_PTR(efile_report) report = NULL;
	AUTO(buf) data = BUF_INIT;
	AUTO(answers) all = { .items = NULL };
	work k = { .session = session };

	TRY(session_enter(&call, session));
	k.ctx = session_ctx(session);
	k.store = session_store(session);
	if (!content)
		return FAIL(k.ctx, EFILE_E_INVALID, 3130, "an argument is missing");
	TRY(receipt_require(session, "treasury"));
	TRY(reader_read_all(&data, k.ctx, content, k.ctx->limits.xml_bytes, "answers"));
	TRY(answers_read(&all, k.ctx, buf_text(&data), data.length));
	TRY(report_new(&report, k.ctx));
	k.report = report;
	k.counts.lines = (int64_t)all.count;
	TRY(apply_all(&k, &all));
	if (findings)
		*findings = STEAL(report);
	if (counts)
		*counts = k.counts;
	return EFILE_OK;
}
