/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All SQL of the register of invoices. */
#include "receipt/record.h"

const char receipt_schema_2[] =
#include "receipt/schema_2.sql.inc"
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
};

static const record_field posting_fields[] = {
	RECORD_FIELD(posting_record, uuid, FIELD_ID, 0),
	RECORD_FIELD(posting_record, invoice, FIELD_INT, 0),
	RECORD_FIELD(posting_record, amount, FIELD_TEXT, 0),
	RECORD_FIELD(posting_record, data, FIELD_TEXT, FIELD_PERSONAL),
	RECORD_FIELD(posting_record, state, FIELD_INT, 0),
	RECORD_FIELD(posting_record, created, FIELD_INT, 0),
	RECORD_FIELD(posting_record, note, FIELD_TEXT, 0),
};

const record_kind kind_receipt_setting = { RECORD_RECEIPT_SETTING, "receipt_setting",
	sizeof(setting_record), setting_fields, ARRAY_SIZE(setting_fields) };
const record_kind kind_receipt_supplier = { RECORD_RECEIPT_SUPPLIER, "receipt_supplier",
	sizeof(supplier_record), supplier_fields, ARRAY_SIZE(supplier_fields) };
const record_kind kind_receipt_invoice = { RECORD_RECEIPT_INVOICE, "receipt_invoice",
	sizeof(receipt_record), invoice_fields, ARRAY_SIZE(invoice_fields) };
const record_kind kind_receipt_posting = { RECORD_RECEIPT_POSTING, "receipt_posting",
	sizeof(posting_record), posting_fields, ARRAY_SIZE(posting_fields) };

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
