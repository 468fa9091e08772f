/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Receiving: the original is durable before anybody looks at it (DESIGN: raw first). */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/sha256.h"
#include "intake/inner.h"

void efile_intake_options_init(efile_intake_options *options)
{
	if (!options)
		return;
	*options = (efile_intake_options){ .size = sizeof(*options), .channel = EFILE_CHANNEL_MAIL };
}

/* The next number of the year, without gaps: a row of its own in the same transaction. */
static efile_status issue_number(int64_t *year, int64_t *out, efile_store *store,
				 const char *office)
{
	AUTO(number_record) row = { 0 };
	efile_date today;
	efile_status status;

	TRY(access_today(&today, store));
	*year = today.year;
	status = number_by_year(&row, store, office, today.year);
	if (status == EFILE_E_NOTFOUND) {
		TRY(mem_dup(&row.office, store_ctx(store), office));
		row.year = today.year;
		row.last = 1;
		TRY(row_insert(store, &kind_intake_number, &row));
	} else {
		TRY(status);
		row.last++;
		TRY(row_update(store, &kind_intake_number, &row));
	}
	*out = row.last;
	return EFILE_OK;
}

static efile_status journal_item(efile_session *session, journal_action action,
				 const item_record *row)
{
	AUTO(buf) body = BUF_INIT;
	json_writer w;
	char number[32], digest[65];

	snprintf(number, sizeof(number), "%lld/%06lld", (long long)row->year, (long long)row->number);
	json_begin(&w, &body);
	json_object(&w);
	json_put_text(&w, "number", number);
	json_put_text(&w, "channel",
		      efile_intake_channel_name((efile_intake_channel)row->channel));
	json_put_text(&w, "sha256", str_hex(digest, row->sha256.data, row->sha256.length));
	if (row->reason)
		TRY(put_reason(&w, session_ctx(session), row->reason));
	json_end_object(&w);
	TRY(buf_status(&body, session_ctx(session)));
	return session_journal(session, action, RECORD_INTAKE_ITEM, &row->uuid, 0, body.data);
}

/* A file name is whatever the disk says; text of the store is UTF-8: other bytes become U+FFFD. */
static efile_status copy_name(char **out, efile_ctx *ctx, const char *name)
{
	AUTO(buf) text = BUF_INIT;
	size_t length = name ? strlen(name) : 0;

	if (!name || str_utf8_valid(name, length))
		return mem_dup(out, ctx, name);
	for (size_t i = 0; i < length;) {
		uint32_t c;

		i += str_utf8_next(&c, name + i, length - i);
		str_utf8_add(&text, c);
	}
	return buf_take(out, &text, ctx);
}

static efile_status fill_row(item_record *row, efile_session *session,
			     const efile_intake_options *o, const unsigned char sha256[32])
{
	efile_ctx *ctx = session_ctx(session);

	TRY(id_new(&row->uuid, ctx));
	TRY(mem_dup(&row->office, ctx, o->office ? o->office : ""));
	TRY(copy_name(&row->name, ctx, o->name));
	row->sha256.data = mem_new(ctx, 32);
	if (!row->sha256.data)
		return EFILE_E_NOMEM;
	memcpy(row->sha256.data, sha256, 32);
	row->sha256.length = 32;
	row->channel = o->channel;
	row->received = ctx_now(ctx);
	return EFILE_OK;
}

/* A new line of the journal; blob 0 rejects the letter for the reason. */
static efile_status insert_item(item_record *row, efile_session *session,
				const efile_intake_options *o, const unsigned char sha256[32],
				int64_t blob, const char *reason)
{
	efile_store *store = session->store;

	TRY(fill_row(row, session, o, sha256));
	row->state = blob ? EFILE_INTAKE_RECEIVED : EFILE_INTAKE_REJECTED;
	row->blob = (opt_int){ blob != 0, blob };
	TRY(mem_dup(&row->reason, session_ctx(session), reason));
	TRY(issue_number(&row->year, &row->number, store, row->office));
	TRY(row_insert(store, &kind_intake_item, row));
	return journal_item(session, blob ? JOURNAL_INTAKE_RECEIVED : JOURNAL_INTAKE_REJECTED, row);
}

/* The letter of that key, or a new one. */
static efile_status find_or_insert(item_record *row, bool *known, efile_session *session,
				   const efile_intake_options *o, const unsigned char sha256[32],
				   int64_t blob, const char *reason)
{
	efile_status status = item_by_key(row, session->store, o->channel, sha256);

	*known = status == EFILE_OK;
	if (*known)
		return journal_item(session, JOURNAL_INTAKE_DUPLICATE, row);
	if (status != EFILE_E_NOTFOUND)
		return status;
	return insert_item(row, session, o, sha256, blob, reason);
}

/* ---- the key: SHA-256 of all bytes, also of those that are too many to keep ---- */

typedef struct tee {
	efile_reader *content;
	sha256_ctx hash;
} tee;

static efile_status read_and_hash(void *buffer, size_t length, size_t *got, void *user)
{
	tee *t = user;
	efile_status status = efile_reader_read(t->content, buffer, length, got);

	TRY(status);
	return sha256_add(&t->hash, buffer, *got);
}

static efile_status drain(efile_reader *reader)
{
	char buffer[16384];
	efile_status status;
	size_t got;

	while ((status = efile_reader_read(reader, buffer, sizeof(buffer), &got)) == EFILE_OK)
		;
	return status < 0 ? status : EFILE_OK;
}

static efile_status store_letter(item_record *row, bool *known, efile_session *session,
				 efile_reader *content, const efile_intake_options *o)
{
	AUTO_PTR(blob_staged) staged = NULL;
	AUTO(txn) tx = TXN_NONE;
	blob_ref blob;

	/* Before the lock: a mail server may hand a letter over as slowly as it likes. */
	TRY(blob_stage(&staged, session->store, content));
	if (blob_staged_size(staged) == 0)
		return FAIL(session_ctx(session), EFILE_E_FORMAT, 2600, "the letter has no content");
	TRY(session_begin(&tx, session));
	TRY(blob_place(&blob, staged));
	TRY(find_or_insert(row, known, session, o, blob.sha256, blob.id, NULL));
	return txn_commit(&tx);
}

/* A letter without a byte or beyond the limit has no original to keep: only its line in the book. */
static efile_status reject(item_record *row, bool *known, efile_session *session,
			   const efile_intake_options *o, const unsigned char sha256[32],
			   const char *reason)
{
	AUTO(txn) tx = TXN_NONE;

	TRY(session_begin(&tx, session));
	TRY(find_or_insert(row, known, session, o, sha256, 0, reason));
	return txn_commit(&tx);
}

static efile_status store_or_reject(item_record *row, bool *known, efile_session *session, tee *t,
				    efile_reader *reader, const efile_intake_options *o)
{
	efile_ctx *ctx = session_ctx(session);
	AUTO_PTR(char) reason = NULL;
	AUTO(notes) why = { NULL, 0, 0 };
	unsigned char digest[SHA256_SIZE];
	efile_status status = store_letter(row, known, session, reader, o);

	if (status != EFILE_E_FORMAT && status != EFILE_E_LIMIT)
		return status;
	TRY(notes_take_error(&why, ctx, NULL, EFILE_UNREAD_NONE));
	TRY(reason_write(&reason, ctx, NULL, &why));
	record_clear(&kind_intake_item, row);
	TRY(drain(reader));
	TRY(sha256_finish(digest, &t->hash));
	return reject(row, known, session, o, digest, reason);
}

static efile_status take_in(item_record *row, bool *known, efile_session *session,
			    efile_reader *content, const efile_intake_options *o)
{
	AUTO_PTR(efile_reader) reader = NULL;
	tee t = { content, SHA256_CTX_INIT };
	efile_status status = sha256_start(&t.hash, session_ctx(session));

	if (status == EFILE_OK)
		status = efile_reader_from_callback(&reader, session_ctx(session), read_and_hash,
						    NULL, &t);
	if (status == EFILE_OK)
		status = store_or_reject(row, known, session, &t, reader, o);
	sha256_ctx_clear(&t.hash);
	return status;
}

efile_status efile_intake_receive(efile_intake_item **out, efile_session *session,
				  efile_reader *content, const efile_intake_options *options)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(item_record) row = { 0 };
	efile_intake_options o;
	bool known = false;

	efile_intake_options_init(&o);
	TRY(session_enter(&call, session));
	TRY(options_import(session_ctx(session), &o, sizeof(o), options));
	if (!out || !content || !efile_intake_channel_name(o.channel)[0])
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2601,
			    "a letter needs content and a channel");
	TRY(intake_require(session, EFILE_RIGHT_WRITE));
	TRY(take_in(&row, &known, session, content, &o));
	error_clear(session_ctx(session));
	TRY(item_handle(out, session_ctx(session), &row));
	/* One that was received but not processed, as after a crash, is no duplicate of itself. */
	(*out)->duplicate = known && (*out)->row.state != EFILE_INTAKE_RECEIVED;
	return EFILE_OK;
}
