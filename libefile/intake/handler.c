/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Service tasks that look into what came in. */
#include <string.h>

#include "base/json.h"
#include "intake/inner.h"
#include "model/model.h"

DEFINE_AUTO_PTR(efile_rendition_cursor, efile_rendition_cursor_free)

/* Name and type of the newest original decide how its bytes are read. */
static efile_status load_original(buf *raw, char **media_type, char **name, efile_session *session,
				  efile_document_id document)
{
	efile_ctx *ctx = session_ctx(session);
	AUTO_PTR(efile_rendition_cursor) cursor = NULL;
	AUTO_PTR(efile_reader) content = NULL;
	efile_rendition r;
	efile_status status;

	TRY(efile_document_renditions(&cursor, session, document, 0));
	while ((status = efile_rendition_cursor_next(cursor, &r)) == EFILE_OK)
		if (r.role == EFILE_ROLE_ORIGINAL)
			break;
	TRY(status);
	if (status == EFILE_DONE)
		return FAIL(ctx, EFILE_E_STATE, 2606, "the document has no original");
	TRY(mem_dup(media_type, ctx, r.media_type));
	TRY(mem_dup(name, ctx, r.file_name));
	TRY(efile_document_open_content(&content, session, document, 0, EFILE_ROLE_ORIGINAL));
	return reader_read_all(raw, ctx, content, ctx->limits.document_bytes, "document");
}

enum { FINDINGS_SHOWN = 50 };

static void put_findings(json_writer *w, const efile_report *report)
{
	json_key(w, "findings");
	json_array(w);
	for (size_t i = 0; i < efile_report_count(report) && i < FINDINGS_SHOWN; i++) {
		const efile_finding *f = efile_report_finding(report, i);

		json_object(w);
		json_put_text(w, "rule", f->rule);
		json_put_text(w, "severity", efile_severity_name(f->severity));
		json_put_text(w, "message", f->message);
		json_end_object(w);
	}
	json_end_array(w);
}

static efile_status write_result(char **out, efile_ctx *ctx, const efile_report *report)
{
	size_t errors = efile_report_count_severity(report, EFILE_SEVERITY_ERROR);
	AUTO(buf) text = BUF_INIT;
	json_writer w;

	json_begin(&w, &text);
	json_object(&w);
	json_key(&w, "check");
	json_object(&w);
	json_put_bool(&w, "accepted", errors == 0);
	json_put_int(&w, "errors", (int64_t)errors);
	json_put_int(&w, "warnings",
		     (int64_t)efile_report_count_severity(report, EFILE_SEVERITY_WARNING));
	put_findings(&w, report);
	json_end_object(&w);
	json_end_object(&w);
	return buf_take(out, &text, ctx);
}

static efile_status analyse_original(analysis *a, unsigned char digest[32], efile_session *session,
				     efile_document_id document)
{
	efile_ctx *ctx = session_ctx(session);
	AUTO(buf) raw = BUF_INIT;
	AUTO_PTR(char) media_type = NULL;
	AUTO_PTR(char) name = NULL;

	TRY(load_original(&raw, &media_type, &name, session, document));
	if (digest)
		TRY(sha256(digest, ctx, raw.data, raw.length));
	TRY(analyse_bytes(a, session, &raw,
			  str_equal(media_type, "message/rfc822") ? EFILE_CHANNEL_MAIL :
								    EFILE_CHANNEL_FILE,
			  name));
	if (is_flawed(a))
		return flaw_as_error(a);
	if (!a->invoice && a->unread.count)
		return unread_as_error(a);
	if (!a->invoice)
		return FAIL(ctx, EFILE_E_FORMAT, 2607, "the document holds no e-invoice");
	return EFILE_OK;
}

efile_status intake_open_invoice(efile_invoice **out, unsigned char digest[32],
				 efile_session *session, efile_document_id document)
{
	AUTO(analysis) a = { 0 };
	AUTO(node_record) node = { .head = { 0, 0 } };

	TRY(node_require(&node, session, EFILE_RIGHT_READ, &document.id, NODE_KINDS_DOCUMENT));
	TRY(analyse_original(&a, digest, session, document));
	*out = STEAL(a.invoice);
	return EFILE_OK;
}

efile_status intake_check_invoice(char **result, efile_session *session, const flow_call *call)
{
	efile_ctx *ctx = session_ctx(session);
	AUTO(analysis) a = { 0 };
	AUTO_PTR(char) json = NULL;
	AUTO(node_record) document = { .head = { 0, 0 } };

	TRY(node_require(&document, session, EFILE_RIGHT_READ, &call->document.id,
			 NODE_KINDS_DOCUMENT));
	TRY(analyse_original(&a, NULL, session, call->document));
	TRY(write_result(&json, ctx, a.findings));
	TRY(session_journal(session, JOURNAL_INVOICE_CHECKED, RECORD_NODE, &call->document.id,
			    document.dossier, json));
	*result = STEAL(json);
	return EFILE_OK;
}
