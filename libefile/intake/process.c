/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Processing: analysis outside of any transaction, its outcome in a single one. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "intake/inner.h"

/* What the analysis learned goes into the journal's line. */
static efile_status describe(item_record *row, efile_ctx *ctx, const analysis *a)
{
	const struct {
		char **to;
		const char *from;
	} texts[] = {
		{ &row->sender, a->sender },
		{ &row->subject, a->subject },
		{ &row->message_id, a->message_id },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		char *copy;

		TRY(mem_dup(&copy, ctx, texts[i].from));
		free(*texts[i].to);
		*texts[i].to = copy;
	}
	row->claimed = a->claimed;
	return EFILE_OK;
}

static efile_status set_reason(item_record *row, efile_ctx *ctx, const char *rule,
			       const notes *remarks)
{
	char *copy;

	TRY(reason_write(&copy, ctx, rule, remarks));
	free(row->reason);
	row->reason = copy;
	return EFILE_OK;
}

static efile_status journal_outcome(efile_session *session, const item_record *row, int64_t chain)
{
	AUTO(buf) body = BUF_INIT;
	json_writer w;

	json_begin(&w, &body);
	json_object(&w);
	TRY(put_reason(&w, session_ctx(session), row->reason));
	json_put_id(&w, "case", &row->case_id);
	json_put_id(&w, "document", &row->document);
	json_put_id(&w, "instance", &row->instance);
	json_end_object(&w);
	TRY(buf_status(&body, session_ctx(session)));
	return session_journal(session,
			       row->state == EFILE_INTAKE_FILED ? JOURNAL_INTAKE_FILED :
								  JOURNAL_INTAKE_QUARANTINED,
			       RECORD_INTAKE_ITEM, &row->uuid, chain, body.data);
}

/* One transaction: the letter is filed with everything, or nothing happened. */
static efile_status file_in_one(item_record *row, efile_session *session, analysis *a,
				const verdict *v)
{
	AUTO(txn) tx = TXN_NONE;
	AUTO_PTR(char) facts = NULL;

	TRY(stage_letter(a, session, row));
	TRY(session_begin(&tx, session));
	TRY(describe(row, a->ctx, a));
	TRY(analysis_facts(&facts, a, row, false));
	TRY(file_letter(row, session, a, v, facts));
	TRY(set_reason(row, a->ctx, v->reference ? v->reference : v->rule.name, &a->unread));
	row->state = EFILE_INTAKE_FILED;
	TRY(row_update(session->store, &kind_intake_item, row));
	TRY(journal_outcome(session, row, 0));
	return txn_commit(&tx);
}

static efile_status quarantine(item_record *row, efile_session *session, const analysis *a,
			       const notes *why)
{
	AUTO(txn) tx = TXN_NONE;
	AUTO_PTR(char) reason = NULL;

	TRY(reason_write(&reason, a->ctx, NULL, why));
	if (row->state == EFILE_INTAKE_QUARANTINED && str_equal(row->reason, reason))
		return EFILE_OK;
	TRY(session_begin(&tx, session));
	TRY(describe(row, a->ctx, a));
	TRY(set_reason(row, a->ctx, NULL, why));
	row->state = EFILE_INTAKE_QUARANTINED;
	TRY(row_update(session->store, &kind_intake_item, row));
	TRY(journal_outcome(session, row, 0));
	return txn_commit(&tx);
}

/* Whether an error means that this letter cannot be filed, rather than that the store failed. */
static bool is_the_letters_fault(efile_status status)
{
	switch (status) {
	case EFILE_E_FORMAT:
	case EFILE_E_LIMIT:
	case EFILE_E_INVALID:
	case EFILE_E_UNSUPPORTED:
	case EFILE_E_NOTFOUND:
	case EFILE_E_STATE:
	case EFILE_E_DENIED:
		return true;
	default:
		return false;
	}
}

static efile_status decide(verdict *v, char **facts, efile_session *session, const analysis *a,
			   const item_record *row)
{
	efile_status status;

	TRY(analysis_facts(facts, a, row, true));
	TRY(find_named_case(v, session, a->subject));
	if (!v->reference)
		TRY(find_named_case(v, session, a->text));
	/* The case that the letter names takes it, whether a rule knows more about it or not. */
	status = classify(v, session, *facts);
	return status == EFILE_DONE && v->reference ? EFILE_OK : status;
}

/* The row is tried on a copy, so that a failure leaves the caller's as it was. */
static efile_status process(item_record *row, efile_session *session)
{
	efile_ctx *ctx = session_ctx(session);
	AUTO(analysis) a = { 0 };
	AUTO(verdict) v = { 0 };
	AUTO_PTR(char) facts = NULL;
	AUTO(item_record) before = { 0 };
	efile_status status;

	TRY(record_copy(&before, ctx, &kind_intake_item, row));
	TRY(analyse(&a, session, row));
	if (is_flawed(&a))
		return quarantine(row, session, &a, &a.flaw);
	if (a.waits)
		return quarantine(row, session, &a, &a.unread);
	status = decide(&v, &facts, session, &a, row);
	if (status == EFILE_DONE) {
		TRY(notes_add(&a.flaw, ctx, 2613, "no rule applies"));
		return quarantine(row, session, &a, &a.flaw);
	}
	if (status == EFILE_OK)
		status = file_in_one(row, session, &a, &v);
	if (!is_the_letters_fault(status))
		return status;
	TRY(notes_take_error(&a.flaw, ctx, NULL, EFILE_UNREAD_NONE));
	record_clear(&kind_intake_item, row);
	*row = before;
	memset(&before, 0, sizeof(before));
	return quarantine(row, session, &a, &a.flaw);
}

efile_status efile_intake_process(efile_intake_item *item, efile_session *session)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(item_record) row = { 0 };
	efile_status status;

	if (!item)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, session));
	TRY(intake_require(session, EFILE_RIGHT_WRITE));
	status = item_by_uuid(&row, session->store, &item->row.uuid);
	if (status == EFILE_E_NOTFOUND)
		return FAIL(session_ctx(session), EFILE_E_NOTFOUND, 2602, "no letter %s",
			    item->number);
	TRY(status);
	if (row.state == EFILE_INTAKE_RECEIVED || row.state == EFILE_INTAKE_QUARANTINED)
		TRY(process(&row, session));
	item_record_clear(&item->row);
	item->row = row;
	memset(&row, 0, sizeof(row));
	return item_refresh(item);
}

efile_status efile_intake_explain(char **out, const efile_intake_item *item,
				  efile_session *session)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(analysis) a = { 0 };

	if (!out || !item)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, session));
	TRY(intake_require(session, EFILE_RIGHT_READ));
	if (!item->row.blob.set)
		return FAIL(session_ctx(session), EFILE_E_NOTFOUND, 2603,
			    "letter %s was rejected: there is no original", item->number);
	TRY(analyse(&a, session, &item->row));
	if (is_flawed(&a))
		return flaw_as_error(&a);
	return analysis_facts(out, &a, &item->row, true);
}
