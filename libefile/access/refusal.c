/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Refusals: noted while the call runs, journaled after the rollback that would take them along. */
#include "access/inner.h"
#include "base/json.h"

enum { REFUSALS_IN_BATCH = 256 };

efile_status refusal_note(efile_session *session, efile_status status, unsigned right,
			  record_number kind, const efile_id *id, int64_t chain)
{
	void *items = session->refusals;

	if (session->probing)
		return EFILE_OK;
	TRY(mem_grow(session->ctx, &items, &session->refusal_capacity, session->refusal_count,
		     sizeof(*session->refusals)));
	session->refusals = items;
	session->refusals[session->refusal_count++] = (access_refusal){
		.status = status,
		.right = right,
		.kind = kind,
		.id = id ? *id : EFILE_ID_NONE,
		.chain = chain,
	};
	return EFILE_OK;
}

static efile_status append(efile_session *session, const access_refusal *refusal)
{
	AUTO(buf) body = BUF_INIT;
	json_writer w;

	json_begin(&w, &body);
	json_object(&w);
	json_put_text(&w, "right", refusal->right ? efile_right_name((efile_right)refusal->right)
						  : "administrate");
	json_put_text(&w, "answer", efile_status_name(refusal->status));
	json_end_object(&w);
	TRY(buf_status(&body, session->ctx));
	return session_journal(session, JOURNAL_ACCESS_REFUSED, refusal->kind, &refusal->id,
			       refusal->chain, buf_text(&body));
}

/* Inside a batch of the caller they wait until it is over, since its end may be a rollback; but not
 * without bound. */
efile_status refusal_flush(efile_session *session)
{
	AUTO(txn) tx = TXN_NONE;

	if (store_is_read_only(session->store)) {
		session->refusal_count = 0;
		return EFILE_OK;
	}
	TRY(txn_begin(&tx, session->store));
	if (tx.level > 1 && session->refusal_count < REFUSALS_IN_BATCH)
		return EFILE_OK;
	for (size_t i = 0; i < session->refusal_count; i++)
		TRY(append(session, &session->refusals[i]));
	TRY(txn_commit(&tx));
	session->refusal_count = 0;
	return EFILE_OK;
}
