/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The register of invoices: rows, and what api/ sees of the module. */
#ifndef RECEIPT_RECORD_H
#define RECEIPT_RECORD_H

#include "access/access.h"
#include "flow/runtime.h"
#include "receipt/receipt.h"

/* ------------------------------------------------------------------ for api/ */

extern const char receipt_schema_2[], receipt_schema_3[], receipt_schema_4[];
extern const record_kind kind_receipt_setting, kind_receipt_supplier, kind_receipt_invoice,
	kind_receipt_posting, kind_receipt_batch;

/* "receipt.register": enters the invoice, looks for duplicates and the supplier, computes the terms.
 * Result: {"receipt":{...}} (docs/RECEIPT.md). The digest is that of the document. */
efile_status receipt_register(char **result, efile_session *session, const flow_call *call,
			      const efile_invoice *invoice, const unsigned char sha256[32]);
/* "receipt.recalculate": {"calculation":{"right":...,"findings":[...]}}; compares with the variable
 * "order", if there is one. */
efile_status receipt_calculate(char **result, efile_session *session, const flow_call *call,
			       const efile_invoice *invoice);
/* "receipt.link": {"link":{"found":...}}; the invoice that is corrected ends its process. */
efile_status receipt_link(char **result, efile_session *session, const flow_call *call,
			  const efile_invoice *invoice);
/* "receipt.limits": {"limits":{"exceeded":...}} */
efile_status receipt_limits(char **result, efile_session *session, const flow_call *call);
/* "receipt.hand_over": makes the posting. {"posting":{...}} */
efile_status receipt_hand_over(char **result, efile_session *session, const flow_call *call);
/* "receipt.payment_failed": the posting is void. */
efile_status receipt_payment_failed(char **result, efile_session *session, const flow_call *call);
/* "receipt.compare_interim": {"interim":{"right":...,"findings":[...],"invoices":[...]}} */
efile_status receipt_check_interim(char **result, efile_session *session, const flow_call *call,
				   const efile_invoice *invoice);
/* "receipt.settle": {"settled":{...}} */
efile_status receipt_settle(char **result, efile_session *session, const flow_call *call);
/* The ends: "receipt.duplicate", "receipt.return", "receipt.reject", "receipt.withdraw",
 * "receipt.supersede". */
efile_status receipt_end_duplicate(char **result, efile_session *session, const flow_call *call);
efile_status receipt_end_returned(char **result, efile_session *session, const flow_call *call);
efile_status receipt_end_rejected(char **result, efile_session *session, const flow_call *call);
efile_status receipt_end_withdrawn(char **result, efile_session *session, const flow_call *call);
efile_status receipt_end_superseded(char **result, efile_session *session, const flow_call *call);

/* ------------------------------------------------------------------ rows */

typedef enum receipt_state {
	RECEIPT_OPEN = 1, RECEIPT_HANDED_OVER, RECEIPT_PAID, RECEIPT_DUPLICATE, RECEIPT_RETURNED,
	RECEIPT_REJECTED, RECEIPT_WITHDRAWN, RECEIPT_SUPERSEDED
} receipt_state;

/* "open", "handed_over", "paid", "duplicate", ... */
const char *receipt_state_name(int64_t state);

typedef enum posting_state {
	POSTING_WAITS = 1,
	POSTING_SENT,           /* in a batch */
	POSTING_ACCEPTED,       /* the finance system has booked it */
	POSTING_REJECTED,
	POSTING_PAID,
	POSTING_VOID            /* the payment failed, or the invoice has ended otherwise */
} posting_state;

/* "waits", "sent", "accepted", "rejected", "paid", "void" */
const char *posting_state_name(int64_t state);

typedef enum batch_state { BATCH_MADE = 1, BATCH_WRITTEN } batch_state;

typedef struct setting_record {
	record_head head;
	char *name;
	char *value;
} setting_record;

typedef struct supplier_record {
	record_head head;
	efile_id uuid;
	char *seller;
	char *name;
	char *creditor;
	char *ibans;
	char *skonto_start;
	opt_int agreed_days;
	char *exempt_until;
} supplier_record;

typedef struct receipt_record {
	record_head head;
	efile_id uuid;
	efile_id instance;
	efile_id document;
	char *seller;
	char *seller_name;
	char *number;
	char *folded;
	char *day;
	char *kind;
	char *payable;
	char *currency;
	char *iban;
	char *contract;
	bytes sha256;
	char *received;
	int64_t state;
	opt_int original;
	char *discount_until;
	char *discount;
	char *pay_by;
	efile_id authoriser;
	char *authorised;
	char *accepted;
	char *paid;
	char *paid_amount;
	char *reason;
	char *rules;
	int64_t registered;
	opt_int ended;
	opt_int discount_assumed;
	char *order_number;
	char *amounts;
	char *retained;
} receipt_record;

typedef struct posting_record {
	record_head head;
	efile_id uuid;
	int64_t invoice;
	char *amount;
	char *data;
	int64_t state;
	int64_t created;
	char *note;
	opt_int batch;
	char *external;
	char *booked;
} posting_record;

typedef struct batch_record {
	record_head head;
	efile_id uuid;
	int64_t number;
	int64_t format;
	char *profile;
	int64_t state;
	int64_t postings;
	char *totals;
	char *control;
	int64_t size;
	bytes sha256;
	int64_t created;
	opt_int written;
} batch_record;

ROW_CLEAR(setting_record, kind_receipt_setting)
ROW_CLEAR(supplier_record, kind_receipt_supplier)
ROW_CLEAR(receipt_record, kind_receipt_invoice)
ROW_CLEAR(posting_record, kind_receipt_posting)
ROW_CLEAR(batch_record, kind_receipt_batch)

/* receipt_db.c; NOTFOUND without message where there is no row; DONE at the end of a list */
efile_status setting_by_name(setting_record *out, efile_store *store, const char *name);
efile_status supplier_by_seller(supplier_record *out, efile_store *store, const char *seller);
/* The next one by its key; DONE. */
efile_status supplier_after(supplier_record *out, efile_store *store, const char *seller);
efile_status receipt_by_row(receipt_record *out, efile_store *store, int64_t row);
efile_status receipt_by_instance(receipt_record *out, efile_store *store, const efile_id *instance);
/* The next entry of that seller and number, of that content, or of that seller and day, behind one. */
efile_status receipt_same_number(receipt_record *out, efile_store *store, const char *seller,
				 const char *folded, int64_t after);
efile_status receipt_same_content(receipt_record *out, efile_store *store,
				  const unsigned char sha256[32], int64_t after);
efile_status receipt_same_day(receipt_record *out, efile_store *store, const char *seller,
			      const char *day, int64_t after);
/* The next one of a seller and kind. */
efile_status receipt_of_kind(receipt_record *out, efile_store *store, const char *seller,
			     const char *kind, int64_t after);
/* The next invoice that a person authorised on or after a day. */
efile_status receipt_authorised(receipt_record *out, efile_store *store, const efile_id *person,
				const char *since, int64_t after);
efile_status posting_of_invoice(posting_record *out, efile_store *store, int64_t invoice); /* newest */
efile_status posting_by_uuid(posting_record *out, efile_store *store, const efile_id *uuid);
/* The next one that waits; the next one of a batch. */
efile_status posting_waiting(posting_record *out, efile_store *store, int64_t after);
efile_status posting_of_batch(posting_record *out, efile_store *store, int64_t batch, int64_t after);
efile_status posting_count_waiting(int64_t *out, efile_store *store);
/* How many of a batch are in each state; an array by posting_state. */
enum { POSTING_STATES = POSTING_VOID + 1 };
efile_status posting_states_of(int64_t out[POSTING_STATES], efile_store *store, int64_t batch);
efile_status batch_by_number(batch_record *out, efile_store *store, int64_t number);
/* The newest one below a number. */
efile_status batch_before(batch_record *out, efile_store *store, int64_t number);
/* The oldest one whose file is not written. */
efile_status batch_unwritten(batch_record *out, efile_store *store);

/* Figures of the invoices received from a day to another one; texts are borrowed for the call. */
typedef efile_status (*month_fn)(void *user, const char *month, int64_t state, int64_t count);
typedef efile_status (*count_fn)(void *user, const char *what, int64_t count);
typedef efile_status (*supplier_fn)(void *user, const char *name, int64_t received,
				    int64_t returned, int64_t rejected);

typedef struct money_row {
	const char *currency, *kind, *amount, *retained, *paid, *paid_amount, *discount, *discount_until,
		*pay_by;
	int64_t state;
	bool assumed;
} money_row;

typedef efile_status (*money_fn)(void *user, const money_row *row);
efile_status figures_by_month(efile_store *store, const char *from, const char *to, month_fn fn,
			      void *user);
efile_status figures_by_rule(efile_store *store, const char *from, const char *to, count_fn fn,
			     void *user);
efile_status figures_by_supplier(efile_store *store, const char *from, const char *to,
				 supplier_fn fn, void *user);
efile_status figures_each(efile_store *store, const char *from, const char *to, money_fn fn,
			  void *user);

/* Whether a discount was won: paid in time, and with the discount taken off. */
bool receipt_discount_won(const money_row *row);

/* ------------------------------------------------------------------ inside */

/* Interim invoices of the order or contract of an invoice, and those that it names: a member
 * "invoices" of an open object; how many. row: the invoice's own, as far as it is filled. */
efile_status interim_list(size_t *count, json_writer *w, efile_session *session,
			  const receipt_record *row, const efile_invoice *invoice);
/* What is paid of an invoice now: less what is refused, and what is retained as security. */
efile_status receipt_now_payable(efile_decimal *out, const receipt_record *row);
/* Findings as members "right" and "findings" of an open object. */
void receipt_put_findings(json_writer *w, const efile_report *report);

/* Puts a copy of a text into a row. */
efile_status receipt_set(char **field, efile_ctx *ctx, const char *text);
/* The entry in the log about an invoice, in the chain of its dossier. */
efile_status receipt_journal(efile_session *session, journal_action action,
			     const receipt_record *row, const char *body);
/* The register's row of a process; NOTFOUND with a message. */
efile_status receipt_of(receipt_record *out, efile_session *session, const flow_call *call);
/* The invoice's posting, if it is under way, is paid no more. */
efile_status posting_void(efile_session *session, const receipt_record *invoice, const char *note);
/* DENIED unless the session is one of those whom a setting names. */
efile_status receipt_require(efile_session *session, const char *setting);
/* The names of the settings; NULL behind the last one. */
const char *receipt_setting_name(size_t index);
/* The value of a setting; NULL if there is none. The caller frees it. */
efile_status receipt_setting_of(char **out, efile_session *session, const char *name);
/* The day of the session as text. */
void receipt_today(char out[EFILE_DATE_TEXT_SIZE], const efile_session *session);

#endif
