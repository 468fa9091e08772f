/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A letter's handle, lists, rules. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/table.h"
#include "expr/expr.h"
#include "intake/inner.h"
#include "model/model.h"

static const name_row state_names[] = {
	{ EFILE_INTAKE_RECEIVED, "received" },
	{ EFILE_INTAKE_FILED, "filed" },
	{ EFILE_INTAKE_QUARANTINED, "quarantined" },
	{ EFILE_INTAKE_REJECTED, "rejected" },
};

static const name_row channel_names[] = {
	{ EFILE_CHANNEL_MAIL, "mail" },
	{ EFILE_CHANNEL_FILE, "file" },
	{ EFILE_CHANNEL_SCAN, "scan" },
};

const char *efile_intake_state_name(efile_intake_state state)
{
	const char *name = TABLE_NAME(state_names, (int)state);

	return name ? name : "";
}

const char *efile_intake_channel_name(efile_intake_channel channel)
{
	const char *name = TABLE_NAME(channel_names, (int)channel);

	return name ? name : "";
}

static void clear_texts(efile_intake_item *item)
{
	for (size_t i = 0; item->texts && i < item->notes.count; i++)
		free(item->texts[i]);
	free(item->texts);
	free(item->remarks);
	free(item->reason);
	item->texts = NULL;
	item->remarks = NULL;
	item->reason = NULL;
	notes_clear(&item->notes);
}

static efile_status tell_note(efile_intake_item *item, size_t at)
{
	const note *n = &item->notes.rows[at];
	AUTO(buf) text = BUF_INIT;

	note_text(&text, (int)item->ctx->language, n);
	TRY(buf_take(&item->texts[at], &text, item->ctx));
	item->remarks[at] = (efile_intake_remark){ n->number, n->file ? n->file : "",
						   item->texts[at], n->why,
						   unread_by_surroundings(n->why) };
	return EFILE_OK;
}

static efile_status tell_notes(efile_intake_item *item)
{
	size_t count = item->notes.count;

	if (!count)
		return EFILE_OK;
	item->texts = mem_new(item->ctx, count * sizeof(*item->texts));
	item->remarks = mem_new(item->ctx, count * sizeof(*item->remarks));
	if (!item->texts || !item->remarks)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < count; i++)
		TRY(tell_note(item, i));
	/* Without a rule that filed it, what is to be said first is the reason. */
	return item->reason ? EFILE_OK : mem_dup(&item->reason, item->ctx, item->texts[0]);
}

efile_status item_refresh(efile_intake_item *item)
{
	clear_texts(item);
	snprintf(item->number, sizeof(item->number), "%lld/%06lld", (long long)item->row.year,
		 (long long)item->row.number);
	item->sha256[0] = '\0';
	if (item->row.blob.set && item->row.sha256.length == 32)
		str_hex(item->sha256, item->row.sha256.data, 32);
	TRY(reason_read(&item->reason, &item->notes, item->ctx, item->row.reason));
	return tell_notes(item);
}

efile_status item_handle(efile_intake_item **out, efile_ctx *ctx, item_record *row)
{
	efile_intake_item *item = mem_new(ctx, sizeof(*item));
	efile_status status;

	if (!item)
		return EFILE_E_NOMEM;
	item->ctx = ctx;
	item->row = *row;
	memset(row, 0, sizeof(*row));
	status = item_refresh(item);
	if (status < 0)
		efile_intake_item_free(item);
	else
		*out = item;
	return status;
}

void efile_intake_item_free(efile_intake_item *item)
{
	if (!item)
		return;
	clear_texts(item);
	item_record_clear(&item->row);
	free(item);
}

efile_intake_id efile_intake_item_id(const efile_intake_item *item)
{
	return (efile_intake_id){ item->row.uuid };
}

const char *efile_intake_item_number(const efile_intake_item *item)
{
	return item->number;
}

const char *efile_intake_item_office(const efile_intake_item *item)
{
	return item->row.office;
}

efile_intake_state efile_intake_item_state(const efile_intake_item *item)
{
	return (efile_intake_state)item->row.state;
}

int efile_intake_item_is_duplicate(const efile_intake_item *item)
{
	return item->duplicate;
}

efile_intake_channel efile_intake_item_channel(const efile_intake_item *item)
{
	return (efile_intake_channel)item->row.channel;
}

efile_time efile_intake_item_received(const efile_intake_item *item)
{
	return item->row.received;
}

const char *efile_intake_item_sha256(const efile_intake_item *item)
{
	return item->sha256;
}

static const char *text_or_empty(const char *text)
{
	return text ? text : "";
}

const char *efile_intake_item_sender(const efile_intake_item *item)
{
	return text_or_empty(item->row.sender);
}

const char *efile_intake_item_subject(const efile_intake_item *item)
{
	return text_or_empty(item->row.subject ? item->row.subject : item->row.name);
}

const char *efile_intake_item_reason(const efile_intake_item *item)
{
	return text_or_empty(item->reason);
}

size_t efile_intake_item_remark_count(const efile_intake_item *item)
{
	return item->notes.count;
}

const efile_intake_remark *efile_intake_item_remark(const efile_intake_item *item, size_t index)
{
	return index < item->notes.count ? &item->remarks[index] : NULL;
}

efile_document_id efile_intake_item_document(const efile_intake_item *item)
{
	return (efile_document_id){ item->row.document };
}

efile_case_id efile_intake_item_case(const efile_intake_item *item)
{
	return (efile_case_id){ item->row.case_id };
}

efile_instance_id efile_intake_item_instance(const efile_intake_item *item)
{
	return (efile_instance_id){ item->row.instance };
}

/* ---- who may ---- */

efile_status intake_require(efile_session *session, efile_right right)
{
	AUTO(rule_record) rule = { .head = { 0, 0 } };
	AUTO(plan_record) unit = { .head = { 0, 0 } };
	access_object object = { .kind = RECORD_INTAKE_ITEM };
	plan_standing standing;
	efile_status status = rule_last(&rule, session->store);

	if (status == EFILE_E_NOTFOUND)
		return access_require_administrator(session, RECORD_INTAKE_ITEM, NULL);
	TRY(status);
	status = plan_find_code(&unit, session->store, rule.plan);
	if (status == EFILE_E_NOTFOUND)
		return access_require_administrator(session, RECORD_INTAKE_ITEM, NULL);
	TRY(status);
	TRY(plan_standing_load(&standing, session->store, unit.head.id));
	object.list = standing.list;
	object.level = standing.level;
	object.asked = "intake";
	return access_require(session, right, &object);
}

/* ---- loading ---- */

static efile_status found(efile_intake_item **out, efile_session *session, efile_status status,
			  item_record *row, const char *asked)
{
	if (status == EFILE_E_NOTFOUND)
		return FAIL(session_ctx(session), EFILE_E_NOTFOUND, 2602, "no letter %s", asked);
	TRY(status);
	return item_handle(out, session_ctx(session), row);
}

efile_status efile_intake_load(efile_intake_item **out, efile_session *session, efile_intake_id id)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(item_record) row = { 0 };
	char text[EFILE_ID_TEXT_SIZE];

	if (!out)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, session));
	TRY(intake_require(session, EFILE_RIGHT_READ));
	return found(out, session, item_by_uuid(&row, session->store, &id.id), &row,
		     efile_id_format(&id.id, text));
}

efile_status efile_intake_by_number(efile_intake_item **out, efile_session *session,
				    const char *number)
{
	if (!out)
		return EFILE_E_INVALID;
	return efile_intake_of_office(out, session, NULL, number);
}

efile_status efile_intake_of_office(efile_intake_item **out, efile_session *session,
				    const char *office, const char *number)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(item_record) row = { 0 };
	long long year, serial;
	char rest;

	if (!out)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, session));
	TRY(intake_require(session, EFILE_RIGHT_READ));
	if (!number || sscanf(number, "%lld/%lld%c", &year, &serial, &rest) != 2)
		return FAIL(session_ctx(session), EFILE_E_NOTFOUND, 2602, "no letter %s",
			    number ? number : "");
	return found(out, session,
		     item_by_number(&row, session->store, office ? office : "", year, serial), &row,
		     number);
}

struct efile_intake_cursor {
	efile_session *session;
	int state;
	int64_t after;
};

efile_status efile_intake_list(efile_intake_cursor **out, efile_session *session, int state)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	efile_intake_cursor *cursor;

	if (!out)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, session));
	TRY(intake_require(session, EFILE_RIGHT_READ));
	cursor = mem_new(session_ctx(session), sizeof(*cursor));
	if (!cursor)
		return EFILE_E_NOMEM;
	*cursor = (efile_intake_cursor){ session, state, 0 };
	*out = cursor;
	return EFILE_OK;
}

efile_status efile_intake_cursor_next(efile_intake_cursor *cursor, efile_intake_item **out)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(item_record) row = { 0 };
	efile_status status;

	if (!cursor || !out)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, cursor->session));
	TRY(intake_require(cursor->session, EFILE_RIGHT_READ));
	status = item_next(&row, cursor->session->store, cursor->after, cursor->state);
	if (status != EFILE_OK)
		return status;
	cursor->after = row.head.id;
	return item_handle(out, session_ctx(cursor->session), &row);
}

void efile_intake_cursor_free(efile_intake_cursor *cursor)
{
	free(cursor);
}

efile_status efile_intake_open_original(efile_reader **out, const efile_intake_item *item,
					efile_session *session)
{
	AUTO(session_call) call = SESSION_CALL_NONE;

	if (!out || !item)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, session));
	TRY(intake_require(session, EFILE_RIGHT_READ));
	if (!item->row.blob.set)
		return FAIL(session_ctx(session), EFILE_E_NOTFOUND, 2603,
			    "letter %s was rejected: there is no original", item->number);
	return blob_open(out, session->store, item->row.blob.value);
}

/* ---- rules ---- */

void efile_intake_rule_init(efile_intake_rule *rule)
{
	if (!rule)
		return;
	*rule = (efile_intake_rule){ .size = sizeof(*rule) };
}

static efile_status check_expression(efile_ctx *ctx, const char *text)
{
	expr_program program = EXPR_PROGRAM_INIT;
	efile_status status = expr_compile(&program, ctx, text, NULL);

	expr_program_clear(&program);
	return status;
}

static efile_status fill_rule(rule_record *row, efile_ctx *ctx, const efile_intake_rule *r)
{
	rule_record fresh = { .head = row->head, .ord = r->order };

	record_clear(&kind_intake_rule, row);
	*row = fresh;
	TRY(mem_dup(&row->name, ctx, r->name));
	TRY(mem_dup(&row->condition, ctx, r->condition));
	TRY(mem_dup(&row->plan, ctx, r->plan));
	TRY(mem_dup(&row->title, ctx, r->title));
	TRY(mem_dup(&row->doctype, ctx, r->doctype));
	return mem_dup(&row->process, ctx, r->process);
}

static efile_status put_rule(efile_session *session, const efile_intake_rule *r)
{
	AUTO(rule_record) row = { 0 };
	efile_status status = rule_by_name(&row, session->store, r->name);

	if (status != EFILE_E_NOTFOUND)
		TRY(status);
	TRY(fill_rule(&row, session_ctx(session), r));
	return row.head.id ? row_update(session->store, &kind_intake_rule, &row) :
			     row_insert(session->store, &kind_intake_rule, &row);
}

static efile_status journal_rule(efile_session *session, const char *name)
{
	AUTO(buf) body = BUF_INIT;
	json_writer w;

	json_begin(&w, &body);
	json_object(&w);
	json_put_text(&w, "name", name);
	json_end_object(&w);
	TRY(buf_status(&body, session_ctx(session)));
	return session_journal(session, JOURNAL_INTAKE_RULE_SET, RECORD_INTAKE_RULE, NULL, 0,
			       body.data);
}

efile_status intake_rule_is(bool *out, efile_store *store, const char *name)
{
	AUTO(rule_record) row = { .head = { 0, 0 } };
	efile_status status = name ? rule_by_name(&row, store, name) : EFILE_E_NOTFOUND;

	*out = status == EFILE_OK;
	return status == EFILE_E_NOTFOUND ? EFILE_OK : status;
}

efile_status efile_intake_rule_set(efile_session *session, const efile_intake_rule *rule)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	efile_intake_rule r;

	efile_intake_rule_init(&r);
	TRY(session_enter(&call, session));
	TRY(options_import(session_ctx(session), &r, sizeof(r), rule));
	if (!r.name || !r.condition || !r.plan || !r.title)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2604,
			    "a rule needs name, condition, plan and title");
	TRY(check_expression(session_ctx(session), r.condition));
	TRY(check_expression(session_ctx(session), r.title));
	TRY(access_require_administrator(session, RECORD_INTAKE_RULE, NULL));
	TRY(session_begin(&tx, session));
	TRY(put_rule(session, &r));
	TRY(journal_rule(session, r.name));
	return txn_commit(&tx);
}
