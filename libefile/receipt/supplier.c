/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of suppliers and set for the receipt, to look at; suppliers out of a table. */
#include <stdlib.h>
#include <string.h>

#include <efile/receipt.h>

#include "model/csv.h"
#include "receipt/answer.h"
#include "receipt/record.h"

/* Administrators keep these data, the treasury works with them. */
static efile_status require_reader(efile_session *session)
{
	TRY(session_refresh(session));
	return session->administrator ? access_require_administrator(session, RECORD_RECEIPT_SUPPLIER, NULL) :
					receipt_require(session, "treasury");
}

/* ---- settings ---- */

efile_status efile_receipt_settings(char **out, efile_session *session)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(buf) text = BUF_INIT;
	json_writer w;

	TRY(session_enter(&call, session));
	if (!out)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 3130, "an argument is missing");
	TRY(session_begin_read(&tx, session));
	TRY(require_reader(session));
	json_begin(&w, &text);
	json_object(&w);
	json_put_text(&w, "schema", "efile.receipt_settings.v1");
	for (size_t i = 0; receipt_setting_name(i); i++) {
		AUTO_PTR(char) value = NULL;

		TRY(receipt_setting_of(&value, session, receipt_setting_name(i)));
		json_put_text(&w, receipt_setting_name(i), value);
	}
	json_end_object(&w);
	return buf_take(out, &text, session_ctx(session));
}

/* ---- suppliers ---- */

static void put_ibans(json_writer *w, const char *ibans)
{
	json_key(w, "ibans");
	json_array(w);
	while (*ibans) {
		size_t length = strcspn(ibans, " ");

		if (length)
			json_text_n(w, ibans, length);
		ibans += length + (ibans[length] == ' ');
	}
	json_end_array(w);
}

static void put_members(json_writer *w, const supplier_record *row)
{
	json_put_text(w, "seller", row->seller);
	json_put_text(w, "name", row->name);
	json_put_text(w, "creditor", row->creditor);
	put_ibans(w, row->ibans);
	json_put_text(w, "skonto_start", row->skonto_start);
	json_key(w, "agreed_days");
	if (row->agreed_days.set)
		json_int(w, row->agreed_days.value);
	else
		json_null(w);
	json_put_text(w, "exempt_until", row->exempt_until);
}

efile_status efile_supplier_find(char **out, efile_session *session, const char *seller)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(buf) text = BUF_INIT;
	AUTO(buf) key = BUF_INIT;
	AUTO(supplier_record) row = { .head = { 0, 0 } };
	efile_status status;
	json_writer w;

	TRY(session_enter(&call, session));
	if (!out || !seller)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 3130, "an argument is missing");
	TRY(session_begin_read(&tx, session));
	TRY(require_reader(session));
	receipt_fold(&key, seller);
	TRY(buf_status(&key, session_ctx(session)));
	status = supplier_by_seller(&row, session_store(session), buf_text(&key));
	if (status == EFILE_E_NOTFOUND)
		return FAIL(session_ctx(session), status, 3147, "no such supplier: %.80s", seller);
	TRY(status);
	json_begin(&w, &text);
	json_object(&w);
	json_put_text(&w, "schema", "efile.supplier.v1");
	put_members(&w, &row);
	json_end_object(&w);
	return buf_take(out, &text, session_ctx(session));
}

efile_status efile_supplier_list(char **out, efile_session *session, const char *after, int32_t most)
{
	enum { LIST_MOST = 1000 };
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(buf) text = BUF_INIT;
	AUTO(buf) last = BUF_INIT;
	json_writer w;

	TRY(session_enter(&call, session));
	if (!out || most < 0)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 3130, "an argument is missing");
	TRY(session_begin_read(&tx, session));
	TRY(require_reader(session));
	buf_add_text(&last, after ? after : "");
	TRY(buf_status(&last, session_ctx(session)));
	json_begin(&w, &text);
	json_object(&w);
	json_put_text(&w, "schema", "efile.suppliers.v1");
	json_key(&w, "suppliers");
	json_array(&w);
	for (int32_t i = 0; i < (most ? most : LIST_MOST); i++) {
		AUTO(supplier_record) row = { .head = { 0, 0 } };
		efile_status status = supplier_after(&row, session_store(session), buf_text(&last));

		TRY(status);
		if (status == EFILE_DONE)
			break;
		json_object(&w);
		put_members(&w, &row);
		json_end_object(&w);
		buf_reset(&last);
		buf_add_text(&last, row.seller);
		TRY(buf_status(&last, session_ctx(session)));
	}
	json_end_array(&w);
	json_end_object(&w);
	return buf_take(out, &text, session_ctx(session));
}

/* ---- out of a table ---- */

static const char *const columns[] = { "seller", "name", "creditor", "iban", "skonto_start",
				       "agreed_days", "exempt_until" };
enum { SELLER, NAME, CREDITOR, IBAN, SKONTO_START, AGREED_DAYS, EXEMPT_UNTIL, COLUMNS };

typedef struct import {
	efile_session *session;
	efile_ctx *ctx;
	efile_report *report;
	csv_table table;
	size_t at[COLUMNS];    /* column of each; columns: none */
} import;

static void import_clear(import *k)
{
	csv_table_clear(&k->table);
}

static efile_status read_heading(import *k)
{
	for (size_t c = 0; c < COLUMNS; c++) {
		k->at[c] = k->table.columns;
		for (size_t i = 0; i < k->table.columns && k->table.rows; i++)
			if (csv_cell(&k->table, 0, i) &&
			    str_ascii_casecmp(csv_cell(&k->table, 0, i), columns[c]) == 0)
				k->at[c] = i;
	}
	if (!k->table.rows || k->at[SELLER] == k->table.columns || k->at[NAME] == k->table.columns)
		return FAIL(k->ctx, EFILE_E_FORMAT, 2968, "the heading of the suppliers needs the columns seller and name");
	return EFILE_OK;
}

static const char *cell(const import *k, size_t row, size_t column)
{
	const char *text = k->at[column] < k->table.columns ?
				   csv_cell(&k->table, row, k->at[column]) : NULL;

	return text && *text ? text : NULL;
}

/* What is wrong with a row is a finding; trouble of the store is not. */
static efile_status take_row(import *k, size_t row)
{
	char day[EFILE_DATE_TEXT_SIZE];
	const char *until = cell(k, row, EXEMPT_UNTIL), *days = cell(k, row, AGREED_DAYS);
	char *end = NULL;
	efile_supplier s;
	efile_status status;

	efile_supplier_init(&s);
	s.seller = cell(k, row, SELLER);
	s.name = cell(k, row, NAME);
	s.creditor = cell(k, row, CREDITOR);
	s.iban = cell(k, row, IBAN);
	s.skonto_start = cell(k, row, SKONTO_START);
	s.exempt_until = until && answer_day(day, until) ? day : until;
	s.agreed_days = days ? (int32_t)strtol(days, &end, 10) : 0;
	if (days && (*end || s.agreed_days < 0 || s.agreed_days > 10000))
		status = FAIL(k->ctx, EFILE_E_INVALID, 2969, "not a number of days: '%.20s'", days);
	else
		status = efile_supplier_set(k->session, &s);
	if (status != EFILE_E_INVALID)
		return status;
	TRY(report_add(k->report, "SUPPLIER", EFILE_SEVERITY_ERROR,
		       &(report_place){ .term = s.seller, .line = k->table.lines[row] }, "%s",
		       efile_error_message(k->ctx)));
	error_clear(k->ctx);
	return EFILE_OK;
}

efile_status efile_supplier_import(efile_report **findings, int64_t *count, efile_session *session,
				   efile_reader *content)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO_PTR(efile_report) report = NULL;
	AUTO(buf) data = BUF_INIT;
	AUTO(import) k = { .session = session, .table = CSV_NONE };
	bool sound;

	TRY(session_enter(&call, session));
	k.ctx = session_ctx(session);
	if (!content)
		return FAIL(k.ctx, EFILE_E_INVALID, 3130, "an argument is missing");
	TRY(access_require_administrator(session, RECORD_RECEIPT_SUPPLIER, NULL));
	TRY(reader_read_all(&data, k.ctx, content, k.ctx->limits.xml_bytes, "suppliers"));
	TRY(csv_parse(&k.table, k.ctx, buf_text(&data), data.length));
	TRY(read_heading(&k));
	TRY(report_new(&report, k.ctx));
	k.report = report;
	TRY(session_begin(&tx, session));
	for (size_t row = 1; row < k.table.rows; row++)
		TRY(take_row(&k, row));
	sound = efile_report_count_severity(report, EFILE_SEVERITY_ERROR) == 0;
	if (sound)
		TRY(txn_commit(&tx));
	if (count)
		*count = sound ? (int64_t)k.table.rows - 1 : 0;
	if (findings)
		*findings = STEAL(report);
	return EFILE_OK;
}
