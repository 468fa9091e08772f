/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Batches of postings in the store: making one, writing its bytes as often as need be, telling of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"
#include "receipt/handover.h"
#include "receipt/record.h"

enum { BATCH_MOST = 10000, BATCH_LIMIT = 100000, LIST_MOST = 100 };

void efile_handover_options_init(efile_handover_options *options)
{
	if (!options)
		return;
	memset(options, 0, sizeof(*options));
	options->size = sizeof(*options);
	options->format = EFILE_HANDOVER_CSV;
}

/* ---- writing: the same row gives the same bytes ---- */

/* Everything that goes out is counted and hashed. */
typedef struct sink {
	efile_ctx *ctx;
	efile_writer *writer;     /* NULL: only measured */
	sha256_ctx hash;
	int64_t size;
} sink;

static void sink_clear(sink *s)
{
	sha256_ctx_clear(&s->hash);
}

static efile_status flush(sink *s, buf *out)
{
	TRY(buf_status(out, s->ctx));
	TRY(sha256_add(&s->hash, out->data, out->length));
	if (s->writer && out->length)
		TRY(efile_writer_write(s->writer, out->data, out->length));
	s->size += (int64_t)out->length;
	buf_reset(out);
	return EFILE_OK;
}

static efile_status write_posting(handover_run *run, const handover_writer *format,
				  const posting_record *row, int64_t position)
{
	AUTO_PTR(json_document) data = NULL;

	TRY(json_parse(&data, run->ctx, row->data, strlen(row->data)));
	return format->posting(run, &(handover_posting){ position, json_root(data) });
}

static efile_status write_postings(handover_run *run, const handover_writer *format,
				   efile_store *store, const batch_record *batch, sink *s)
{
	int64_t after = 0;

	for (int64_t position = 1;; position++) {
		AUTO(posting_record) row = { .head = { 0, 0 } };
		efile_status status = posting_of_batch(&row, store, batch->head.id, after);

		if (status != EFILE_OK)
			return status < 0 ? status : EFILE_OK;
		after = row.head.id;
		TRY(write_posting(run, format, &row, position));
		TRY(flush(s, run->out));
	}
}

/* The totals as the row keeps them. */
static efile_status read_totals(handover_totals *out, efile_ctx *ctx, const batch_record *row)
{
	AUTO_PTR(json_document) document = NULL;

	TRY(json_parse(&document, ctx, row->totals, strlen(row->totals)));
	out->count = row->postings;
	receipt_amount(&out->control, row->control);
	for (const json_value *v = json_root(document)->child; v; v = v->next) {
		efile_handover_sum *sum = &out->sums[out->sum_count];
		const char *currency = json_member_text(v, "currency");

		if (out->sum_count == EFILE_HANDOVER_CURRENCIES || !currency ||
		    strlen(currency) >= sizeof(sum->currency))
			break;
		strcpy(sum->currency, currency);
		receipt_amount(&sum->sum, json_member_text(v, "sum"));
		TRY(json_as_int(&sum->count, json_member(v, "count")));
		out->sum_count++;
	}
	return EFILE_OK;
}

static efile_status write_all(sink *s, efile_store *store, const batch_record *row)
{
	const handover_writer *format = handover_writer_of(row->format);
	AUTO(buf) out = BUF_INIT;
	handover_batch batch = { .number = row->number, .id = row->uuid, .created = row->created };
	AUTO(handover_run) run = { .ctx = s->ctx, .out = &out, .batch = &batch };

	if (!format)
		return FAIL(s->ctx, EFILE_E_UNSUPPORTED, 2955,
			    "batch %lld is in a format that is not known here", (long long)row->number);
	TRY(read_totals(&batch.totals, s->ctx, row));
	TRY(sha256_start(&s->hash, s->ctx));
	TRY(format->prepare(&run, *row->profile ? row->profile : NULL));
	TRY(format->begin(&run));
	TRY(flush(s, &out));
	TRY(write_postings(&run, format, store, row, s));
	TRY(format->end(&run));
	return flush(s, &out);
}

/* ---- making ---- */

typedef struct making {
	efile_session *session;
	efile_ctx *ctx;
	efile_store *store;
	efile_handover_options o;
	batch_record row;
	handover_totals totals;
} making;

static void making_clear(making *m)
{
	batch_record_clear(&m->row);
}

/* Whether it may go: its invoice is authorised and handed over, and the session may export it. */
static efile_status may_leave(bool *out, making *m, receipt_record *invoice,
			      const posting_record *posting)
{
	int64_t node;
	efile_status status;

	*out = false;
	TRY(receipt_by_row(invoice, m->store, posting->invoice));
	if (invoice->state != RECEIPT_HANDED_OVER)
		return EFILE_OK;
	status = node_row_of(&node, m->store, &invoice->document);
	if (status == EFILE_OK)
		status = node_peek(m->session, EFILE_RIGHT_EXPORT, node);
	*out = status == EFILE_OK;
	return status == EFILE_E_NOTFOUND || status == EFILE_E_DENIED || status == EFILE_E_STATE ?
		       EFILE_OK : status;
}

static efile_status journal_sent(making *m, const receipt_record *invoice,
				 const posting_record *posting)
{
	AUTO(buf) body = BUF_INIT;
	json_writer w;

	json_begin(&w, &body);
	json_object(&w);
	json_put_id(&w, "posting", &posting->uuid);
	json_put_int(&w, "batch", m->row.number);
	json_end_object(&w);
	TRY(buf_status(&body, m->ctx));
	return receipt_journal(m->session, JOURNAL_POSTING_SENT, invoice, body.data);
}

static efile_status take(making *m, posting_record *posting)
{
	AUTO(receipt_record) invoice = { .head = { 0, 0 } };
	AUTO_PTR(json_document) data = NULL;
	bool leaves;

	TRY(may_leave(&leaves, m, &invoice, posting));
	if (!leaves)
		return EFILE_OK;
	TRY(json_parse(&data, m->ctx, posting->data, strlen(posting->data)));
	TRY(totals_add(&m->totals, m->ctx, json_member_text(json_root(data), "currency"),
		       posting->amount));
	posting->state = POSTING_SENT;
	posting->batch = (opt_int){ true, m->row.head.id };
	TRY(row_update(m->store, &kind_receipt_posting, posting));
	return journal_sent(m, &invoice, posting);
}

static efile_status take_all(making *m)
{
	int64_t after = 0, most = m->o.most ? m->o.most : BATCH_MOST;

	while (m->totals.count < most) {
		AUTO(posting_record) posting = { .head = { 0, 0 } };
		efile_status status = posting_waiting(&posting, m->store, after);

		if (status != EFILE_OK)
			return status < 0 ? status : EFILE_OK;
		after = posting.head.id;
		TRY(take(m, &posting));
	}
	return EFILE_OK;
}

static void put_totals(json_writer *w, const handover_totals *totals)
{
	char room[EFILE_DECIMAL_TEXT_SIZE], text[EFILE_DECIMAL_TEXT_SIZE];

	json_array(w);
	for (size_t i = 0; i < totals->sum_count; i++) {
		json_object(w);
		json_put_text(w, "currency", totals->sums[i].currency);
		json_put_int(w, "count", totals->sums[i].count);
		json_put_text(w, "sum",
			      money_text(room, efile_decimal_format(totals->sums[i].sum, text)));
		json_end_object(w);
	}
	json_end_array(w);
}

static efile_status keep_totals(making *m)
{
	char room[EFILE_DECIMAL_TEXT_SIZE], text[EFILE_DECIMAL_TEXT_SIZE];
	AUTO(buf) totals = BUF_INIT;
	json_writer w;

	json_begin(&w, &totals);
	put_totals(&w, &m->totals);
	TRY(buf_status(&totals, m->ctx));
	m->row.postings = m->totals.count;
	TRY(receipt_set(&m->row.totals, m->ctx, totals.data));
	return receipt_set(&m->row.control, m->ctx,
			   money_text(room, efile_decimal_format(m->totals.control, text)));
}

/* The bytes as they will be, so that what cannot be written is known before anything is durable. */
static efile_status measure(making *m)
{
	AUTO(sink) s = { .ctx = m->ctx, .hash = SHA256_CTX_INIT };
	unsigned char digest[SHA256_SIZE];

	TRY(write_all(&s, m->store, &m->row));
	TRY(sha256_finish(digest, &s.hash));
	m->row.size = s.size;
	TRY(mem_dup_bytes((char **)&m->row.sha256.data, m->ctx, digest, sizeof(digest)));
	m->row.sha256.length = sizeof(digest);
	return EFILE_OK;
}

static efile_status choose_profile(making *m, const handover_writer *format)
{
	AUTO_PTR(char) setting = NULL;
	const char *profile = m->o.profile;

	if (!profile && format->setting) {
		TRY(receipt_setting_of(&setting, m->session, format->setting));
		profile = setting;
	}
	return receipt_set(&m->row.profile, m->ctx, profile ? profile : "");
}

static efile_status insert_batch(making *m)
{
	AUTO(batch_record) last = { .head = { 0, 0 } };
	const handover_writer *format = handover_writer_of((int64_t)m->o.format);

	if (!format || m->o.most < 0 || m->o.most > BATCH_LIMIT)
		return FAIL(m->ctx, EFILE_E_INVALID, 2956, "there is no such format, or a batch of that size");
	TRY(batch_before(&last, m->store, INT64_MAX));
	TRY(id_new(&m->row.uuid, m->ctx));
	m->row.number = last.number + 1;
	m->row.format = (int64_t)m->o.format;
	m->row.state = BATCH_MADE;
	m->row.created = ctx_now(m->ctx);
	TRY(choose_profile(m, format));
	TRY(receipt_set(&m->row.totals, m->ctx, "[]"));
	TRY(receipt_set(&m->row.control, m->ctx, "0"));
	return row_insert(m->store, &kind_receipt_batch, &m->row);
}

static efile_status journal_batch(efile_session *session, const batch_record *row,
				  journal_action action)
{
	AUTO(buf) body = BUF_INIT;
	char digest[2 * SHA256_SIZE + 1] = "";
	json_writer w;

	if (row->sha256.length == SHA256_SIZE)
		str_hex(digest, row->sha256.data, SHA256_SIZE);
	json_begin(&w, &body);
	json_object(&w);
	json_put_int(&w, "batch", row->number);
	json_put_text(&w, "format", efile_handover_format_name((efile_handover_format)row->format));
	json_put_int(&w, "postings", row->postings);
	json_put_text(&w, "control", row->control);
	json_put_text(&w, "sha256", digest);
	json_end_object(&w);
	TRY(buf_status(&body, session_ctx(session)));
	return session_journal(session, action, RECORD_RECEIPT_BATCH, &row->uuid, 0, body.data);
}

/* DONE: nothing leaves; what was written so far goes with the transaction. */
static efile_status make(making *m)
{
	TRY(insert_batch(m));
	TRY(take_all(m));
	if (!m->totals.count)
		return EFILE_DONE;
	TRY(keep_totals(m));
	TRY(measure(m));
	TRY(row_update(m->store, &kind_receipt_batch, &m->row));
	return journal_batch(m->session, &m->row, JOURNAL_BATCH_MADE);
}

efile_status efile_handover_make(int64_t *number, efile_session *session,
				 const efile_handover_options *options)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(making) m = { .session = session };
	efile_status status;

	TRY(session_enter(&call, session));
	m.ctx = session_ctx(session);
	m.store = session_store(session);
	efile_handover_options_init(&m.o);
	TRY(options_import(m.ctx, &m.o, sizeof(m.o), options));
	if (!number)
		return FAIL(m.ctx, EFILE_E_INVALID, 3130, "an argument is missing");
	TRY(session_begin(&tx, session));
	TRY(receipt_require(session, "treasury"));
	status = batch_unwritten(&m.row, m.store);
	if (status == EFILE_DONE)
		status = make(&m);
	if (status != EFILE_OK)
		return status;
	TRY(txn_commit(&tx));
	*number = m.row.number;
	return EFILE_OK;
}

/* ---- again and again ---- */

static efile_status find(batch_record *out, efile_session *session, int64_t number)
{
	efile_status status;

	TRY(receipt_require(session, "treasury"));
	status = batch_by_number(out, session_store(session), number);
	if (status == EFILE_E_NOTFOUND)
		return FAIL(session_ctx(session), EFILE_E_NOTFOUND, 2957, "there is no batch %lld",
			    (long long)number);
	return status;
}

static efile_status check_digest(efile_ctx *ctx, sink *s, const batch_record *row)
{
	unsigned char digest[SHA256_SIZE];

	TRY(sha256_finish(digest, &s->hash));
	if (row->sha256.length == SHA256_SIZE && memcmp(digest, row->sha256.data, SHA256_SIZE) == 0)
		return EFILE_OK;
	return FAIL(ctx, EFILE_E_DAMAGED, 2958, "batch %lld is not what it was made as",
		    (long long)row->number);
}

static efile_status write_checked(efile_session *session, const batch_record *row,
				  efile_writer *writer)
{
	efile_ctx *ctx = session_ctx(session);
	AUTO(sink) s = { .ctx = ctx, .writer = writer, .hash = SHA256_CTX_INIT };

	TRY(write_all(&s, session_store(session), row));
	return check_digest(ctx, &s, row);
}

efile_status efile_handover_write(efile_session *session, int64_t number, efile_writer *writer)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(batch_record) row = { .head = { 0, 0 } };

	TRY(session_enter(&call, session));
	if (!writer)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 3130, "an argument is missing");
	TRY(session_begin_read(&tx, session));
	TRY(find(&row, session, number));
	return write_checked(session, &row, writer);
}

static efile_status note_written(efile_session *session, int64_t number)
{
	AUTO(txn) tx = TXN_NONE;
	AUTO(batch_record) row = { .head = { 0, 0 } };

	TRY(session_begin(&tx, session));
	TRY(find(&row, session, number));
	row.state = BATCH_WRITTEN;
	row.written = (opt_int){ true, ctx_now(session_ctx(session)) };
	TRY(row_update(session_store(session), &kind_receipt_batch, &row));
	TRY(journal_batch(session, &row, JOURNAL_BATCH_WRITTEN));
	return txn_commit(&tx);
}

efile_status efile_handover_save(efile_session *session, int64_t number, const char *name)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO_PTR(efile_writer) file = NULL;

	TRY(session_enter(&call, session));
	if (!name || !*name)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 3130, "an argument is missing");
	/* A batch that is not yet durable must not leave: a rollback would hand it over once more. */
	if (store_is_writing(session_store(session)))
		return FAIL(session_ctx(session), EFILE_E_STATE, 2960,
			    "a batch is written outside of a transaction");
	TRY(efile_writer_to_file(&file, session_ctx(session), name, 0640));
	TRY(efile_handover_write(session, number, file));
	TRY(efile_writer_finish(file));
	return note_written(session, number);
}

/* ---- telling ---- */

static void put_batch(json_writer *w, const batch_record *row, const int64_t states[POSTING_STATES])
{
	char digest[2 * SHA256_SIZE + 1] = "";

	if (row->sha256.length == SHA256_SIZE)
		str_hex(digest, row->sha256.data, SHA256_SIZE);
	json_put_int(w, "number", row->number);
	json_put_id(w, "id", &row->uuid);
	json_put_text(w, "format", efile_handover_format_name((efile_handover_format)row->format));
	json_put_text(w, "state", row->state == BATCH_WRITTEN ? "written" : "made");
	json_put_int(w, "postings", row->postings);
	json_key(w, "totals");
	json_raw(w, row->totals);
	json_put_text(w, "control", row->control);
	json_put_int(w, "size", row->size);
	json_put_text(w, "sha256", digest);
	json_put_time(w, "created", row->created);
	if (row->written.set)
		json_put_time(w, "written", row->written.value);
	else
		json_put_text(w, "written", NULL);
	json_key(w, "answers");
	json_object(w);
	for (int state = POSTING_SENT; state < POSTING_STATES; state++)
		json_put_int(w, posting_state_name(state), states[state]);
	json_end_object(w);
}

static efile_status describe(efile_handover_batch *out, efile_ctx *ctx, const batch_record *row)
{
	handover_totals totals = { .sum_count = 0 };

	TRY(read_totals(&totals, ctx, row));
	*out = (efile_handover_batch){ .number = row->number, .postings = row->postings,
				       .format = (efile_handover_format)row->format,
				       .written = row->state == BATCH_WRITTEN, .created = row->created,
				       .control = totals.control, .sum_count = totals.sum_count };
	memcpy(out->sums, totals.sums, sizeof(out->sums));
	return EFILE_OK;
}

efile_status efile_handover_find(efile_handover_batch *out, efile_session *session, int64_t number)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(batch_record) row = { .head = { 0, 0 } };

	TRY(session_enter(&call, session));
	if (!out)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 3130, "an argument is missing");
	TRY(session_begin_read(&tx, session));
	TRY(find(&row, session, number));
	return describe(out, session_ctx(session), &row);
}

efile_status efile_handover_next(efile_handover_batch *out, efile_session *session, int64_t before)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(batch_record) row = { .head = { 0, 0 } };
	efile_status status;

	TRY(session_enter(&call, session));
	if (!out)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 3130, "an argument is missing");
	TRY(session_begin_read(&tx, session));
	TRY(receipt_require(session, "treasury"));
	status = batch_before(&row, session_store(session), before ? before : INT64_MAX);
	return status == EFILE_OK ? describe(out, session_ctx(session), &row) : status;
}

efile_status efile_handover_waiting(int64_t *out, efile_session *session)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;

	TRY(session_enter(&call, session));
	if (!out)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 3130, "an argument is missing");
	TRY(session_begin_read(&tx, session));
	TRY(receipt_require(session, "treasury"));
	return posting_count_waiting(out, session_store(session));
}

static efile_status put_with_states(json_writer *w, efile_store *store, const batch_record *row)
{
	int64_t states[POSTING_STATES];

	TRY(posting_states_of(states, store, row->head.id));
	put_batch(w, row, states);
	return EFILE_OK;
}

static efile_status put_posting(json_writer *w, efile_ctx *ctx, const posting_record *row)
{
	AUTO_PTR(json_document) data = NULL;

	TRY(json_parse(&data, ctx, row->data, strlen(row->data)));
	json_object(w);
	json_put_id(w, "key", &row->uuid);
	json_put_text(w, "state", posting_state_name(row->state));
	json_put_text(w, "document_number", row->external);
	json_put_text(w, "booked", row->booked);
	json_put_text(w, "reason", row->note);
	json_key(w, "posting");
	json_copy(w, json_root(data));
	json_end_object(w);
	return EFILE_OK;
}

static efile_status put_postings(json_writer *w, efile_session *session, const batch_record *batch)
{
	int64_t after = 0;

	json_key(w, "items");
	json_array(w);
	for (;;) {
		AUTO(posting_record) row = { .head = { 0, 0 } };
		efile_status status =
			posting_of_batch(&row, session_store(session), batch->head.id, after);

		TRY(status);
		if (status == EFILE_DONE)
			break;
		after = row.head.id;
		TRY(put_posting(w, session_ctx(session), &row));
	}
	json_end_array(w);
	return EFILE_OK;
}

efile_status efile_handover_show(char **out, efile_session *session, int64_t number)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(batch_record) row = { .head = { 0, 0 } };
	AUTO(buf) text = BUF_INIT;
	json_writer w;

	TRY(session_enter(&call, session));
	if (!out)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 3130, "an argument is missing");
	TRY(session_begin_read(&tx, session));
	TRY(find(&row, session, number));
	json_begin(&w, &text);
	json_object(&w);
	json_put_text(&w, "schema", "efile.handover.v1");
	TRY(put_with_states(&w, session_store(session), &row));
	TRY(put_postings(&w, session, &row));
	json_end_object(&w);
	return buf_take(out, &text, session_ctx(session));
}

static efile_status put_list(json_writer *w, efile_store *store, int64_t before, int32_t most)
{
	for (int32_t i = 0; i < most; i++) {
		AUTO(batch_record) row = { .head = { 0, 0 } };
		efile_status status = batch_before(&row, store, before);

		if (status != EFILE_OK)
			return status < 0 ? status : EFILE_OK;
		before = row.number;
		json_object(w);
		TRY(put_with_states(w, store, &row));
		json_end_object(w);
	}
	return EFILE_OK;
}

efile_status efile_handover_list(char **out, efile_session *session, int64_t before, int32_t most)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	AUTO(buf) text = BUF_INIT;
	int64_t waiting;
	json_writer w;

	TRY(session_enter(&call, session));
	if (!out || most < 0)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 3130, "an argument is missing");
	TRY(session_begin_read(&tx, session));
	TRY(receipt_require(session, "treasury"));
	TRY(posting_count_waiting(&waiting, session_store(session)));
	json_begin(&w, &text);
	json_object(&w);
	json_put_text(&w, "schema", "efile.handover_list.v1");
	json_put_int(&w, "waiting", waiting);
	json_key(&w, "batches");
	json_array(&w);
	TRY(put_list(&w, session_store(session), before ? before : INT64_MAX,
		     most ? most : LIST_MOST));
	json_end_array(&w);
	json_end_object(&w);
	return buf_take(out, &text, session_ctx(session));
}
