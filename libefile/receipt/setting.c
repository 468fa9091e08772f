/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings of the receipt, and the suppliers' data. */
#include <stdlib.h>
#include <string.h>

#include "receipt/handover.h"
#include "receipt/record.h"

static const char *const names[] = { "land", "place", "treasury", "figures", "handover.csv",
				     "handover.idoc" };

const char *receipt_setting_name(size_t index)
{
	return index < ARRAY_SIZE(names) ? names[index] : NULL;
}

static bool is_setting(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (str_equal(name, names[i]))
			return true;
	return false;
}

/* A profile that is none would be noticed by whoever hands over next, too late. */
static efile_status check_profile(efile_ctx *ctx, const char *name, const char *value)
{
	const handover_writer *writer = handover_writer_setting(name);
	handover_run run = { .ctx = ctx };
	efile_status status = writer ? writer->prepare(&run, value) : EFILE_OK;

	handover_run_clear(&run);
	return status;
}

static efile_status store_setting(efile_session *session, const char *name, const char *value)
{
	AUTO(setting_record) row = { .head = { 0, 0 } };
	efile_store *store = session_store(session);
	efile_status status = setting_by_name(&row, store, name);

	if (status != EFILE_E_NOTFOUND)
		TRY(status);
	TRY(receipt_set(&row.name, session_ctx(session), name));
	TRY(receipt_set(&row.value, session_ctx(session), value));
	TRY(row.head.id ? row_update(store, &kind_receipt_setting, &row) :
			  row_insert(store, &kind_receipt_setting, &row));
	return session_journal(session, JOURNAL_RECEIPT_SET, (record_number)0, NULL, 0, NULL);
}

efile_status efile_receipt_set(efile_session *session, const char *name, const char *value)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;

	TRY(session_enter(&call, session));
	if (!is_setting(name) || !value || !*value)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 3139,
			    "the receipt has no setting %s", name ? name : "?");
	TRY(check_profile(session_ctx(session), name, value));
	TRY(access_require_administrator(session, RECORD_RECEIPT_SETTING, NULL));
	TRY(session_begin(&tx, session));
	TRY(store_setting(session, name, value));
	return txn_commit(&tx);
}

efile_status receipt_setting_of(char **out, efile_session *session, const char *name)
{
	AUTO(setting_record) row = { .head = { 0, 0 } };
	efile_status status = setting_by_name(&row, session_store(session), name);

	if (status == EFILE_E_NOTFOUND)
		return EFILE_OK;
	TRY(status);
	*out = STEAL(row.value);
	return EFILE_OK;
}

efile_status receipt_require(efile_session *session, const char *setting)
{
	AUTO_PTR(char) named = NULL;

	TRY(receipt_setting_of(&named, session, setting));
	return access_require_one_of(session, named, RECORD_RECEIPT_BATCH, NULL);
}

/* ---- suppliers ---- */

void efile_supplier_init(efile_supplier *supplier)
{
	if (!supplier)
		return;
	memset(supplier, 0, sizeof(*supplier));
	supplier->size = sizeof(*supplier);
}

static efile_status check_supplier(efile_ctx *ctx, const efile_supplier *s)
{
	static const char *const events[] = { "receipt", "invoice_date", "performance" };
	efile_date day;
	bool event = !s->skonto_start;

	if (!s->seller || !*s->seller || !s->name || !*s->name)
		return FAIL(ctx, EFILE_E_INVALID, 3140, "a supplier needs key and name");
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		event |= str_equal(s->skonto_start, events[i]);
	if (!event)
		return FAIL(ctx, EFILE_E_INVALID, 3141, "discount days cannot start at '%.40s'",
			    s->skonto_start);
	if (s->exempt_until && efile_date_parse(&day, s->exempt_until) != EFILE_OK)
		return FAIL(ctx, EFILE_E_INVALID, 3131, "not a day: '%.40s'", s->exempt_until);
	if (s->agreed_days < 0)
		return FAIL(ctx, EFILE_E_INVALID, 3133, "agreed days cannot be negative");
	if (s->iban && !receipt_iban_valid(s->iban))
		return FAIL(ctx, EFILE_E_INVALID, 3142, "not an IBAN: '%.40s'", s->iban);
	return EFILE_OK;
}

static efile_status fill_supplier(supplier_record *row, efile_ctx *ctx, const efile_supplier *s)
{
	AUTO(buf) iban = BUF_INIT;

	TRY(receipt_set(&row->name, ctx, s->name));
	TRY(receipt_set(&row->creditor, ctx, s->creditor));
	TRY(receipt_set(&row->skonto_start, ctx, s->skonto_start));
	TRY(receipt_set(&row->exempt_until, ctx, s->exempt_until));
	row->agreed_days = (opt_int){ s->agreed_days > 0, s->agreed_days };
	if (!row->ibans)
		TRY(receipt_set(&row->ibans, ctx, ""));
	if (!s->iban)
		return EFILE_OK;
	receipt_iban_key(&iban, s->iban);
	TRY(buf_status(&iban, ctx));
	return receipt_set(&row->ibans, ctx, iban.data);
}

static efile_status store_supplier(efile_session *session, const efile_supplier *s)
{
	AUTO(supplier_record) row = { .head = { 0, 0 } };
	AUTO(buf) key = BUF_INIT;
	efile_ctx *ctx = session_ctx(session);
	efile_store *store = session_store(session);
	efile_status status;

	receipt_fold(&key, s->seller); /* as the register folds them */
	TRY(buf_status(&key, ctx));
	status = supplier_by_seller(&row, store, buf_text(&key));
	if (status != EFILE_E_NOTFOUND)
		TRY(status);
	if (!row.head.id)
		TRY(id_new(&row.uuid, ctx));
	TRY(receipt_set(&row.seller, ctx, buf_text(&key)));
	TRY(fill_supplier(&row, ctx, s));
	TRY(row.head.id ? row_update(store, &kind_receipt_supplier, &row) :
			  row_insert(store, &kind_receipt_supplier, &row));
	return session_journal(session, JOURNAL_SUPPLIER_CHANGED, RECORD_RECEIPT_SUPPLIER, &row.uuid,
			       0, NULL);
}

efile_status efile_supplier_set(efile_session *session, const efile_supplier *supplier)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	efile_supplier s;

	TRY(session_enter(&call, session));
	efile_supplier_init(&s);
	TRY(options_import(session_ctx(session), &s, sizeof(s), supplier));
	TRY(check_supplier(session_ctx(session), &s));
	TRY(access_require_administrator(session, RECORD_RECEIPT_SUPPLIER, NULL));
	TRY(session_begin(&tx, session));
	TRY(store_supplier(session, &s));
	return txn_commit(&tx);
}
