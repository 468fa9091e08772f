/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All SQL of the register of invoices. */
#include <string.h>

#include "receipt/record.h"

const char receipt_schema_2[] =
#include "receipt/schema_2.sql.inc"
	;

const char receipt_schema_3[] =
#include "receipt/schema_3.sql.inc"
	;

const char receipt_schema_4[] =
#include "receipt/schema_4.sql.inc"
	;

static const record_field setting_fields[] = {
	RECORD_FIELD(setting_record, name, FIELD_TEXT, 0),
	RECORD_FIELD(setting_record, value, FIELD_TEXT, 0),
};

#define SUPPLIER(member, type, flags) RECORD_FIELD(supplier_record, member, type, flags)
static const record_field supplier_fields[] = {
	SUPPLIER(uuid, FIELD_ID, 0),
	SUPPLIER(seller, FIELD_TEXT, FIELD_PERSONAL),
	SUPPLIER(name, FIELD_TEXT, FIELD_PERSONAL),
	SUPPLIER(creditor, FIELD_TEXT, 0),
	SUPPLIER(ibans, FIELD_TEXT, FIELD_PERSONAL),
	SUPPLIER(skonto_start, FIELD_TEXT, 0),
	SUPPLIER(agreed_days, FIELD_OPT_INT, 0),
	SUPPLIER(exempt_until, FIELD_TEXT, 0),
};

#define INVOICE(member, type, flags) RECORD_FIELD(receipt_record, member, type, flags)
static const record_field invoice_fields[] = {
	INVOICE(uuid, FIELD_ID, 0),
	INVOICE(instance, FIELD_ID, 0),
	INVOICE(document, FIELD_ID, 0),
	INVOICE(seller, FIELD_TEXT, FIELD_PERSONAL),
	INVOICE(seller_name, FIELD_TEXT, FIELD_PERSONAL),
	INVOICE(number, FIELD_TEXT, 0),
	INVOICE(folded, FIELD_TEXT, 0),
	INVOICE(day, FIELD_TEXT, 0),
	INVOICE(kind, FIELD_TEXT, 0),
	INVOICE(payable, FIELD_TEXT, 0),
	INVOICE(currency, FIELD_TEXT, 0),
	INVOICE(iban, FIELD_TEXT, FIELD_PERSONAL),
	INVOICE(contract, FIELD_TEXT, 0),
	INVOICE(sha256, FIELD_BLOB, 0),
	INVOICE(received, FIELD_TEXT, 0),
	INVOICE(state, FIELD_INT, 0),
	INVOICE(original, FIELD_OPT_INT, 0),
	INVOICE(discount_until, FIELD_TEXT, 0),
	INVOICE(discount, FIELD_TEXT, 0),
	INVOICE(pay_by, FIELD_TEXT, 0),
	INVOICE(authoriser, FIELD_ID, 0),
	INVOICE(authorised, FIELD_TEXT, 0),
	INVOICE(accepted, FIELD_TEXT, 0),
	INVOICE(paid, FIELD_TEXT, 0),
	INVOICE(paid_amount, FIELD_TEXT, 0),
	INVOICE(reason, FIELD_TEXT, 0),
	INVOICE(rules, FIELD_TEXT, 0),
	INVOICE(registered, FIELD_INT, 0),
	INVOICE(ended, FIELD_OPT_INT, 0),
	INVOICE(discount_assumed, FIELD_OPT_INT, 0),
	INVOICE(order_number, FIELD_TEXT, 0),
	INVOICE(amounts, FIELD_TEXT, 0),
	INVOICE(retained, FIELD_TEXT, 0),
};

static const record_field posting_fields[] = {
	RECORD_FIELD(posting_record, uuid, FIELD_ID, 0),
	RECORD_FIELD(posting_record, invoice, FIELD_INT, 0),
	RECORD_FIELD(posting_record, amount, FIELD_TEXT, 0),
	RECORD_FIELD(posting_record, data, FIELD_TEXT, FIELD_PERSONAL),
	RECORD_FIELD(posting_record, state, FIELD_INT, 0),
	RECORD_FIELD(posting_record, created, FIELD_INT, 0),
	RECORD_FIELD(posting_record, note, FIELD_TEXT, 0),
	RECORD_FIELD(posting_record, batch, FIELD_OPT_INT, 0),
	RECORD_FIELD(posting_record, external, FIELD_TEXT, 0),
	RECORD_FIELD(posting_record, booked, FIELD_TEXT, 0),
};

#define BATCH(member, type) RECORD_FIELD(batch_record, member, type, 0)
static const record_field batch_fields[] = {
	BATCH(uuid, FIELD_ID),
	BATCH(number, FIELD_INT),
	BATCH(format, FIELD_INT),
	BATCH(profile, FIELD_TEXT),
	BATCH(state, FIELD_INT),
	BATCH(postings, FIELD_INT),
	BATCH(totals, FIELD_TEXT),
	BATCH(control, FIELD_TEXT),
	BATCH(size, FIELD_INT),
	BATCH(sha256, FIELD_BLOB),
	BATCH(created, FIELD_INT),
	BATCH(written, FIELD_OPT_INT),
};

const record_kind kind_receipt_setting = { RECORD_RECEIPT_SETTING, "receipt_setting",
	sizeof(setting_record), setting_fields, ARRAY_SIZE(setting_fields) };
const record_kind kind_receipt_supplier = { RECORD_RECEIPT_SUPPLIER, "receipt_supplier",
	sizeof(supplier_record), supplier_fields, ARRAY_SIZE(supplier_fields) };
const record_kind kind_receipt_invoice = { RECORD_RECEIPT_INVOICE, "receipt_invoice",
	sizeof(receipt_record), invoice_fields, ARRAY_SIZE(invoice_fields) };
const record_kind kind_receipt_posting = { RECORD_RECEIPT_POSTING, "receipt_posting",
	sizeof(posting_record), posting_fields, ARRAY_SIZE(posting_fields) };
const record_kind kind_receipt_batch = { RECORD_RECEIPT_BATCH, "receipt_batch",
	sizeof(batch_record), batch_fields, ARRAY_SIZE(batch_fields) };

/* The row of a list, or its end. */
static efile_status next_of(stmt *s, const record_kind *kind, void *out)
{
	efile_status status = row_one(s, kind, out);

	return status == EFILE_E_NOTFOUND ? EFILE_DONE : status;
}

efile_status setting_by_name(setting_record *out, efile_store *store, const char *name)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_receipt_setting, "name = ?1"));
	stmt_bind_text(&s, 1, name);
	return row_one(&s, &kind_receipt_setting, out);
}

efile_status supplier_by_seller(supplier_record *out, efile_store *store, const char *seller)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_receipt_supplier, "seller = ?1"));
	stmt_bind_text(&s, 1, seller);
	return row_one(&s, &kind_receipt_supplier, out);
}

efile_status supplier_after(supplier_record *out, efile_store *store, const char *seller)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_receipt_supplier, "seller > ?1 ORDER BY seller LIMIT 1"));
	stmt_bind_text(&s, 1, seller);
	return next_of(&s, &kind_receipt_supplier, out);
}

efile_status receipt_by_row(receipt_record *out, efile_store *store, int64_t row)
{
	return row_load(store, &kind_receipt_invoice, out, row);
}

efile_status receipt_by_instance(receipt_record *out, efile_store *store, const efile_id *instance)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_receipt_invoice, "instance = ?1"));
	stmt_bind_id(&s, 1, instance);
	return row_one(&s, &kind_receipt_invoice, out);
}

efile_status receipt_same_number(receipt_record *out, efile_store *store, const char *seller,
				 const char *folded, int64_t after)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_receipt_invoice,
		       "seller = ?1 AND folded = ?2 AND id > ?3 ORDER BY id LIMIT 1"));
	stmt_bind_text(&s, 1, seller);
	stmt_bind_text(&s, 2, folded);
	stmt_bind_int(&s, 3, after);
	return next_of(&s, &kind_receipt_invoice, out);
}

efile_status receipt_same_content(receipt_record *out, efile_store *store,
				  const unsigned char sha256[32], int64_t after)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_receipt_invoice,
		       "sha256 = ?1 AND id > ?2 ORDER BY id LIMIT 1"));
	stmt_bind_blob(&s, 1, sha256, 32);
	stmt_bind_int(&s, 2, after);
	return next_of(&s, &kind_receipt_invoice, out);
}

efile_status receipt_same_day(receipt_record *out, efile_store *store, const char *seller,
			      const char *day, int64_t after)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_receipt_invoice,
		       "seller = ?1 AND day = ?2 AND id > ?3 ORDER BY id LIMIT 1"));
	stmt_bind_text(&s, 1, seller);
	stmt_bind_text(&s, 2, day);
	stmt_bind_int(&s, 3, after);
	return next_of(&s, &kind_receipt_invoice, out);
}

efile_status receipt_of_kind(receipt_record *out, efile_store *store, const char *seller,
			     const char *kind, int64_t after)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_receipt_invoice,
		       "seller = ?1 AND kind = ?2 AND id > ?3 ORDER BY id LIMIT 1"));
	stmt_bind_text(&s, 1, seller);
	stmt_bind_text(&s, 2, kind);
	stmt_bind_int(&s, 3, after);
	return next_of(&s, &kind_receipt_invoice, out);
}

efile_status receipt_authorised(receipt_record *out, efile_store *store, const efile_id *person,
				const char *since, int64_t after)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_receipt_invoice,
		       "authoriser = ?1 AND authorised >= ?2 AND id > ?3 ORDER BY id LIMIT 1"));
	stmt_bind_id(&s, 1, person);
	stmt_bind_text(&s, 2, since);
	stmt_bind_int(&s, 3, after);
	return next_of(&s, &kind_receipt_invoice, out);
}

efile_status posting_of_invoice(posting_record *out, efile_store *store, int64_t invoice)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_receipt_posting, "invoice = ?1 ORDER BY id DESC LIMIT 1"));
	stmt_bind_int(&s, 1, invoice);
	return row_one(&s, &kind_receipt_posting, out);
}

efile_status posting_by_uuid(posting_record *out, efile_store *store, const efile_id *uuid)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_receipt_posting, "uuid = ?1"));
	stmt_bind_id(&s, 1, uuid);
	return row_one(&s, &kind_receipt_posting, out);
}

efile_status posting_waiting(posting_record *out, efile_store *store, int64_t after)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_receipt_posting,
		       "state = 1 AND id > ?1 ORDER BY id LIMIT 1"));
	stmt_bind_int(&s, 1, after);
	return next_of(&s, &kind_receipt_posting, out);
}

efile_status posting_of_batch(posting_record *out, efile_store *store, int64_t batch, int64_t after)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_receipt_posting,
		       "batch = ?1 AND id > ?2 ORDER BY id LIMIT 1"));
	stmt_bind_int(&s, 1, batch);
	stmt_bind_int(&s, 2, after);
	return next_of(&s, &kind_receipt_posting, out);
}

efile_status posting_count_waiting(int64_t *out, efile_store *store)
{
	static const char sql[] = "SELECT count(*) FROM receipt_posting WHERE state = 1";
	AUTO(stmt) s = STMT_NONE;

	TRY(stmt_take(&s, store, sql));
	TRY(stmt_step(&s));
	*out = stmt_int(&s, 0);
	return EFILE_OK;
}

efile_status posting_states_of(int64_t out[POSTING_STATES], efile_store *store, int64_t batch)
{
	static const char sql[] =
		"SELECT state, count(*) FROM receipt_posting WHERE batch = ?1 GROUP BY state";
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	memset(out, 0, POSTING_STATES * sizeof(*out));
	TRY(stmt_take(&s, store, sql));
	stmt_bind_int(&s, 1, batch);
	while ((status = stmt_step(&s)) == EFILE_OK)
		if (stmt_int(&s, 0) > 0 && stmt_int(&s, 0) < POSTING_STATES)
			out[stmt_int(&s, 0)] = stmt_int(&s, 1);
	return status < 0 ? status : EFILE_OK;
}

/* ---- batches ---- */

efile_status batch_by_number(batch_record *out, efile_store *store, int64_t number)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_receipt_batch, "number = ?1"));
	stmt_bind_int(&s, 1, number);
	return row_one(&s, &kind_receipt_batch, out);
}

efile_status batch_before(batch_record *out, efile_store *store, int64_t number)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_receipt_batch,
		       "number < ?1 ORDER BY number DESC LIMIT 1"));
	stmt_bind_int(&s, 1, number);
	return next_of(&s, &kind_receipt_batch, out);
}

efile_status batch_unwritten(batch_record *out, efile_store *store)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_receipt_batch, "state = 1 ORDER BY number LIMIT 1"));
	return next_of(&s, &kind_receipt_batch, out);
}

/* ---- figures: of the invoices received from a day to another one ---- */

efile_status figures_by_month(efile_store *store, const char *from, const char *to, month_fn fn,
			      void *user)
{
	static const char sql[] =
		"SELECT substr(received, 1, 7), state, count(*) FROM receipt_invoice"
		" WHERE received >= ?1 AND received <= ?2"
		" GROUP BY substr(received, 1, 7), state ORDER BY substr(received, 1, 7), state";
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, sql));
	stmt_bind_text(&s, 1, from);
	stmt_bind_text(&s, 2, to);
	while ((status = stmt_step(&s)) == EFILE_OK)
		TRY(fn(user, stmt_text(&s, 0), stmt_int(&s, 1), stmt_int(&s, 2)));
	return status < 0 ? status : EFILE_OK;
}

efile_status figures_by_rule(efile_store *store, const char *from, const char *to, count_fn fn,
			     void *user)
{
	static const char sql[] =
		"SELECT rules, count(*) FROM receipt_invoice"
		" WHERE rules IS NOT NULL AND received >= ?1 AND received <= ?2 GROUP BY rules";
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, sql));
	stmt_bind_text(&s, 1, from);
	stmt_bind_text(&s, 2, to);
	while ((status = stmt_step(&s)) == EFILE_OK)
		TRY(fn(user, stmt_text(&s, 0), stmt_int(&s, 1)));
	return status < 0 ? status : EFILE_OK;
}

/* 5 returned, 6 rejected (receipt_state) */
efile_status figures_by_supplier(efile_store *store, const char *from, const char *to,
				 supplier_fn fn, void *user)
{
	static const char sql[] =
		"SELECT coalesce(min(seller_name), seller), count(*),"
		" sum(CASE WHEN state = 5 THEN 1 ELSE 0 END), sum(CASE WHEN state = 6 THEN 1 ELSE 0 END)"
		" FROM receipt_invoice WHERE received >= ?1 AND received <= ?2 GROUP BY seller"
		" HAVING sum(CASE WHEN state IN (5, 6) THEN 1 ELSE 0 END) > 0"
		" ORDER BY sum(CASE WHEN state IN (5, 6) THEN 1 ELSE 0 END) DESC, seller LIMIT 20";
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, sql));
	stmt_bind_text(&s, 1, from);
	stmt_bind_text(&s, 2, to);
	while ((status = stmt_step(&s)) == EFILE_OK)
		TRY(fn(user, stmt_text(&s, 0), stmt_int(&s, 1), stmt_int(&s, 2), stmt_int(&s, 3)));
	return status < 0 ? status : EFILE_OK;
}

/* Decimals are summed by who asks, exactly: the columns that it takes, and no more, row by row. */
efile_status figures_each(efile_store *store, const char *from, const char *to, money_fn fn, void *user)
{
	static const char sql[] =
		"SELECT currency, state, kind, coalesce(accepted, payable), paid, paid_amount, discount,"
		" discount_until, discount_assumed, pay_by, retained FROM receipt_invoice"
		" WHERE received >= ?1 AND received <= ?2";
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store, sql));
	stmt_bind_text(&s, 1, from);
	stmt_bind_text(&s, 2, to);
	while ((status = stmt_step(&s)) == EFILE_OK) {
		money_row row = {
			.currency = stmt_text(&s, 0), .state = stmt_int(&s, 1), .kind = stmt_text(&s, 2),
			.amount = stmt_text(&s, 3), .paid = stmt_text(&s, 4),
			.paid_amount = stmt_text(&s, 5), .discount = stmt_text(&s, 6),
			.discount_until = stmt_text(&s, 7), .assumed = stmt_int(&s, 8) == 1,
			.pay_by = stmt_text(&s, 9), .retained = stmt_text(&s, 10),
		};

		TRY(fn(user, &row));
	}
	return status < 0 ? status : EFILE_OK;
}
