/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Deploying definitions; starting, listing, cancelling and replaying instances. */
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "flow/runtime.h"
#include "model/model.h"

/* ---- deploying ---- */

static efile_status fill_definition(definition_record *row, efile_ctx *ctx,
				    const flow_definition *d)
{
	char *arena;

	TRY(id_new(&row->uuid, ctx));
	TRY(mem_dup(&row->process, ctx, flow_definition_id(d)));
	TRY(mem_dup(&row->name, ctx, flow_definition_name(d)));
	TRY(mem_dup_bytes(&arena, ctx, d->bytes, d->length));
	row->arena = (bytes){ (unsigned char *)arena, d->length };
	row->created = ctx_now(ctx);
	return EFILE_OK;
}

static efile_status put_definition(int64_t *version, efile_report *report, efile_session *session,
				   const flow_definition *d, const buf *source)
{
	AUTO(definition_record) newest = { .head = { 0, 0 } };
	AUTO(definition_record) row = { .head = { 0, 0 } };
	blob_ref blob;
	efile_status status =
		definition_newest(&newest, session->store, flow_definition_id(d));

	if (status != EFILE_E_NOTFOUND)
		TRY(status);
	TRY(blob_put_bytes(&blob, session->store, source->data, source->length));
	if (newest.head.id && newest.source == blob.id) {
		*version = newest.version;
		/* The content may be new to the log although the definition is not. */
		return session_journal(session, JOURNAL_FLOW_DEPLOYED, RECORD_DEFINITION,
				       &newest.uuid, 0, NULL);
	}
	TRY(fill_definition(&row, session_ctx(session), d));
	row.version = newest.version + 1;
	row.source = blob.id;
	TRY(row_insert(session->store, &kind_definition, &row));
	store_new_epoch(session->store); /* there is a newer version */
	TRY(replace_starts(report, session, &row, d));
	*version = row.version;
	return session_journal(session, JOURNAL_FLOW_DEPLOYED, RECORD_DEFINITION, &row.uuid, 0,
			       NULL);
}

static efile_status put_all(int64_t *version, efile_report *report, efile_session *session,
			    const flow_definition *all, size_t count, const buf *source)
{
	AUTO(txn) tx = TXN_NONE;

	TRY(session_begin(&tx, session));
	for (size_t i = 0; i < count; i++) {
		int64_t number = 0;

		TRY(put_definition(&number, report, session, &all[i], source));
		*version = i ? *version : number;
	}
	return txn_commit(&tx);
}

/* Every process of the file; the version is that of the first. */
static efile_status deploy(int64_t *version, efile_report *report, efile_session *session,
			   const buf *source)
{
	efile_ctx *ctx = session_ctx(session);
	AUTO_PTR(efile_reader) reader = NULL;
	flow_definition *all = NULL;
	size_t count = 0;
	efile_status status;

	TRY(efile_reader_from_memory(&reader, ctx, source->data, source->length));
	TRY(flow_compile_all(&all, &count, report, ctx, reader, "BPMN"));
	status = EFILE_OK;
	for (size_t i = 0; i < count && status == EFILE_OK; i++)
		status = check_decisions(report, session, &all[i]);
	if (status == EFILE_OK)
		status = put_all(version, report, session, all, count, source);
	for (size_t i = 0; i < count; i++)
		flow_definition_clear(&all[i]);
	free(all);
	return status;
}

efile_status efile_flow_deploy(int64_t *version, efile_report **findings, efile_session *session,
			       efile_reader *bpmn)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO_PTR(efile_report) report = NULL;
	AUTO(buf) source = BUF_INIT;
	int64_t number = 0;
	efile_status status;

	if (!bpmn)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, session));
	TRY(access_require_administrator(session, RECORD_DEFINITION, NULL));
	TRY(reader_read_all(&source, session_ctx(session), bpmn,
			    session_ctx(session)->limits.xml_bytes, "BPMN"));
	if (is_decision_model(&source)) {
		status = deploy_decisions(&number, &report, session, &source);
	} else {
		TRY(report_new(&report, session_ctx(session)));
		status = deploy(&number, report, session, &source);
	}
	if (findings && (status == EFILE_OK || status == EFILE_E_FORMAT))
		*findings = STEAL(report);
	TRY(status);
	if (version)
		*version = number;
	return EFILE_OK;
}

/* ---- starting ---- */

void efile_flow_start_options_init(efile_flow_start_options *options)
{
	if (!options)
		return;
	*options = (efile_flow_start_options){ .size = sizeof(*options) };
}

static efile_status place_instance(instance_record *row, efile_session *session,
				   const efile_flow_start_options *o)
{
	AUTO(node_record) owner = { .head = { 0, 0 } };

	row->case_id = o->case_id.id;
	row->document = o->document.id;
	if (!efile_id_is_none(&o->document.id)) {
		AUTO(node_record) document = { .head = { 0, 0 } };

		TRY(node_require(&document, session, EFILE_RIGHT_READ, &o->document.id,
				 NODE_KINDS_DOCUMENT));
	}
	if (efile_id_is_none(&o->case_id.id))
		return EFILE_OK;
	TRY(node_require(&owner, session, EFILE_RIGHT_WRITE, &o->case_id.id, NODE_KINDS_CASE));
	row->dossier = owner.dossier;
	return EFILE_OK;
}

static efile_status start(instance_record *row, efile_session *session, const char *process,
			  const efile_flow_start_options *o)
{
	efile_ctx *ctx = session_ctx(session);
	AUTO(definition_ref) definition = DEFINITION_REF_NONE;
	flow_event event = { .kind = FLOW_EVENT_START, .variables = o->variables };
	efile_status status = definition_hold_newest(&definition, session->store, process);

	if (status == EFILE_E_NOTFOUND)
		return FAIL(ctx, EFILE_E_NOTFOUND, 2403, "no process %s", process);
	TRY(status);
	TRY(place_instance(row, session, o));
	TRY(id_new(&row->uuid, ctx));
	row->definition = definition.row->head.id;
	row->starter = session->actor;
	row->started = ctx_now(ctx);
	return flow_apply(session, row, definition.opened, &event, JOURNAL_FLOW_STARTED);
}

efile_status efile_flow_start(efile_instance_id *out, efile_session *session, const char *process,
			      const efile_flow_start_options *options)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(instance_record) row = { .head = { 0, 0 } };
	AUTO(txn) tx = TXN_NONE;
	efile_flow_start_options o;

	efile_flow_start_options_init(&o);
	TRY(session_enter(&call, session));
	TRY(options_import(session_ctx(session), &o, sizeof(o), options));
	if (!out || !process)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2404,
			    "starting needs the id of a process");
	TRY(session_begin(&tx, session));
	TRY(start(&row, session, process, &o));
	TRY(txn_commit(&tx));
	out->id = row.uuid;
	return EFILE_OK;
}

/* ---- one instance by its id ---- */

efile_status instance_load(instance_record *out, efile_session *session,
				  efile_instance_id id, efile_right right)
{
	efile_status status = instance_by_uuid(out, session->store, &id.id);

	if (status == EFILE_E_NOTFOUND)
		return access_missing(session, RECORD_INSTANCE, &id.id, NULL);
	TRY(status);
	return instance_require(session, out, right);
}

efile_status efile_flow_cancel(efile_session *session, efile_instance_id instance,
			       const char *reason)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(instance_record) row = { .head = { 0, 0 } };
	AUTO(definition_ref) definition = DEFINITION_REF_NONE;
	AUTO(txn) tx = TXN_NONE;
	flow_event event = { .kind = FLOW_EVENT_CANCEL, .message = reason };

	TRY(session_enter(&call, session));
	if (!reason || !*reason)
		return FAIL(session_ctx(session), EFILE_E_INVALID, 2405,
			    "cancelling a process needs a reason");
	TRY(session_begin(&tx, session));
	TRY(instance_load(&row, session, instance, EFILE_RIGHT_WRITE));
	TRY(definition_hold(&definition, session->store, row.definition));
	TRY(flow_apply(session, &row, definition.opened, &event, JOURNAL_FLOW_CANCELLED));
	return txn_commit(&tx);
}

/* ---- listing ---- */

struct efile_flow_cursor {
	efile_session *session;
	efile_id only;
	bool done;
	instance_record row;
	definition_record definition;
	char *variables;
};

static const name_row status_names[] = {
	{ EFILE_FLOW_RUNNING, "running" },
	{ EFILE_FLOW_ENDED, "ended" },
	{ EFILE_FLOW_CANCELLED, "cancelled" },
	{ EFILE_FLOW_FAILED, "failed" },
	{ EFILE_FLOW_SUSPENDED, "suspended" },
};

const char *efile_flow_status_name(efile_flow_status status)
{
	const char *name = TABLE_NAME(status_names, (int)status);

	return name ? name : "";
}

efile_status efile_flow_list(efile_flow_cursor **out, efile_session *session,
			     efile_instance_id instance)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	efile_flow_cursor *cursor;

	if (!out)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, session));
	cursor = mem_new(session_ctx(session), sizeof(*cursor));
	if (!cursor)
		return EFILE_E_NOMEM;
	cursor->session = session;
	cursor->only = instance.id;
	*out = cursor;
	return EFILE_OK;
}

/* A list leaves out what the session may not see, without a word. */
static efile_status visible(bool *out, efile_session *session, const instance_record *row)
{
	int64_t node;
	int administrator;
	efile_status status;

	*out = id_compare(&row->starter, &session->actor) == 0;
	if (efile_id_is_none(&row->case_id)) {
		TRY(efile_session_is_administrator(session, &administrator));
		*out |= administrator != 0;
		return EFILE_OK;
	}
	status = node_row_of(&node, session->store, &row->case_id);
	if (status == EFILE_OK)
		status = node_peek(session, EFILE_RIGHT_READ, node);
	*out = status == EFILE_OK;
	return status == EFILE_E_NOTFOUND || status == EFILE_E_DENIED || status == EFILE_E_STATE ?
		       EFILE_OK : status;
}

static efile_status next_visible(efile_flow_cursor *c)
{
	for (;;) {
		int64_t after = c->row.head.id;
		efile_status status;
		bool seen;

		instance_record_clear(&c->row);
		if (!efile_id_is_none(&c->only)) {
			if (c->done)
				return EFILE_DONE;
			c->done = true;
			status = instance_by_uuid(&c->row, c->session->store, &c->only);
			if (status == EFILE_E_NOTFOUND)
				return EFILE_DONE;
		} else {
			status = instance_next(&c->row, c->session->store, after);
		}
		if (status != EFILE_OK)
			return status;
		TRY(visible(&seen, c->session, &c->row));
		if (seen)
			return EFILE_OK;
	}
}

efile_status efile_flow_cursor_next(efile_flow_cursor *cursor, efile_flow_instance *instance)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	efile_status status;

	if (!cursor || !instance)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, cursor->session));
	status = next_visible(cursor);
	if (status != EFILE_OK)
		return status;
	definition_record_clear(&cursor->definition);
	free(cursor->variables);
	cursor->variables = NULL;
	TRY(definition_by_row(&cursor->definition, cursor->session->store, cursor->row.definition));
	TRY(instance_variables(&cursor->variables, cursor->session, &cursor->row));
	*instance = (efile_flow_instance){
		.id = { cursor->row.uuid },
		.process = cursor->definition.process,
		.version = cursor->definition.version,
		.status = (efile_flow_status)cursor->row.status,
		.case_id = { cursor->row.case_id },
		.document = { cursor->row.document },
		.started = cursor->row.started,
		.ended = cursor->row.ended.set ? cursor->row.ended.value : 0,
		.variables = cursor->variables,
	};
	return EFILE_OK;
}

void efile_flow_cursor_free(efile_flow_cursor *cursor)
{
	if (!cursor)
		return;
	instance_record_clear(&cursor->row);
	definition_record_clear(&cursor->definition);
	free(cursor->variables);
	free(cursor);
}
