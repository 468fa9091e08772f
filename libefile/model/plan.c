/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The filing plan (Aktenplan): units, their rules, and what they inherit. */
#include "model/inner.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/time.h"
#include "model/pattern.h"

static const char built_in_pattern[] = "{plan.code}-{dossier:04}/{case:03}";

struct efile_plan {
	plan_record row;
	efile_id parent;
};

struct efile_plan_cursor {
	efile_session *session;
	int64_t parent;
	char *after;
	row_page page;
	size_t at;
	bool last;       /* the page is the last one */
};

/* ---- access ---- */

efile_status plan_standing_load(plan_standing *out, efile_store *store, int64_t row)
{
	opt_int next = optional(true, row);

	*out = (plan_standing){ 0, 0, -1 };
	for (int depth = 0; next.set && depth < NODE_DEPTH; depth++) {
		node_step step;

		TRY(plan_step_load(&step, store, next.value));
		if (step.list.set && !out->list) {
			out->list = step.list.value;
			out->list_from = next.value;
		}
		if (step.level.set && out->level < 0)
			out->level = (int)step.level.value;
		next = step.parent;
	}
	if (out->level < 0)
		out->level = 0;
	return EFILE_OK;
}

/* The plan is the authority's structure: everybody may read it, administrators write it
 * (docs/ACCESS.md section 5). Its lists are for what is filed. */
static efile_status plan_allowed(efile_session *session, efile_right right, const efile_id *id)
{
	return access_require(session, right,
			      &(access_object){ .kind = RECORD_PLAN, .id = *id });
}

efile_status plan_require(plan_record *out, efile_session *session, efile_right right,
			  const efile_id *id)
{
	efile_status status = plan_find(out, session_store(session), id);

	if (status == EFILE_E_NOTFOUND)
		return access_missing(session, RECORD_PLAN, id, NULL);
	TRY(status);
	return plan_allowed(session, right, id);
}

efile_status plan_require_valid(efile_session *session, const plan_record *plan)
{
	efile_date from = date_of_text(plan->valid_from), to = date_of_text(plan->valid_to);
	efile_date today;

	TRY(access_today(&today, session_store(session)));
	if ((!date_none(from) && date_compare(today, from) < 0) ||
	    (!date_none(to) && date_compare(today, to) > 0))
		return FAIL(session_ctx(session), EFILE_E_STATE, 2020,
			    "plan unit %s is not valid today", plan->code);
	return EFILE_OK;
}

/* ---- handles ---- */

static efile_status plan_handle(efile_plan **out, efile_store *store, plan_record *row)
{
	efile_plan *plan = mem_new(store_ctx(store), sizeof(*plan));
	efile_status status = EFILE_OK;

	if (!plan)
		return EFILE_E_NOMEM;
	if (row->parent.set)
		status = plan_id_of(&plan->parent, store, row->parent.value);
	if (status < 0) {
		free(plan);
		return status;
	}
	plan->row = *row;
	*row = (plan_record){ 0 };
	*out = plan;
	return EFILE_OK;
}

void efile_plan_free(efile_plan *plan)
{
	if (!plan)
		return;
	plan_record_clear(&plan->row);
	free(plan);
}

efile_plan_id efile_plan_unit_id(const efile_plan *plan)
{
	return (efile_plan_id){ plan->row.uuid };
}

efile_plan_id efile_plan_parent(const efile_plan *plan)
{
	return (efile_plan_id){ plan->parent };
}

const char *efile_plan_code(const efile_plan *plan)
{
	return plan->row.code;
}

const char *efile_plan_title(const efile_plan *plan)
{
	return plan->row.title;
}

int64_t efile_plan_revision(const efile_plan *plan)
{
	return plan->row.head.rev;
}

void efile_plan_options_init(efile_plan_options *o)
{
	if (!o)
		return;
	*o = (efile_plan_options){ .size = sizeof(*o) };
	o->retention_years = EFILE_RETENTION_INHERITED;
	o->confidentiality = EFILE_CONFIDENTIALITY_INHERITED;
}

void efile_plan_options_of(const efile_plan *plan, efile_plan_options *out)
{
	const plan_record *row;

	if (!plan || !out)
		return;
	row = &plan->row;
	efile_plan_options_init(out);
	out->parent.id = plan->parent;
	out->code = row->code;
	out->title = row->title;
	out->valid_from = date_of_text(row->valid_from);
	out->valid_to = date_of_text(row->valid_to);
	if (row->retention.set)
		out->retention_years = (int32_t)row->retention.value;
	out->retention_start = (efile_retention_start)row->retention_start.value;
	out->disposal = (efile_disposal)row->disposal.value;
	if (row->confidentiality.set)
		out->confidentiality = (int32_t)row->confidentiality.value;
	out->access_list = row->access_list.value;
	out->pattern = row->pattern;
}

/* ---- writing ---- */

static efile_status check_rules(efile_ctx *ctx, const efile_plan_options *o)
{
	pattern p;

	if (o->retention_years < EFILE_RETENTION_UNLIMITED || o->retention_years > 1000)
		return FAIL(ctx, EFILE_E_INVALID, 2021, "%d is not a number of retention years",
			    (int)o->retention_years);
	if (o->retention_start < EFILE_RETENTION_START_INHERITED ||
	    o->retention_start > EFILE_RETENTION_START_EVENT)
		return FAIL(ctx, EFILE_E_INVALID, 2022, "%d is not a start of retention",
			    (int)o->retention_start);
	if (o->disposal < EFILE_DISPOSAL_INHERITED || o->disposal > EFILE_DISPOSAL_DESTROY)
		return FAIL(ctx, EFILE_E_INVALID, 2023, "%d is not a kind of disposal",
			    (int)o->disposal);
	TRY(check_level(ctx, o->confidentiality));
	if (o->pattern)
		TRY(pattern_parse(&p, ctx, o->pattern));
	return EFILE_OK;
}

static efile_status check_options(efile_session *session, const efile_plan_options *o)
{
	efile_ctx *ctx = session_ctx(session);

	TRY(check_text(ctx, "code", o->code, true));
	TRY(check_text(ctx, "title", o->title, true));
	if (strlen(o->code) > 100)
		return FAIL(ctx, EFILE_E_INVALID, 2024, "code is longer than 100 bytes");
	TRY(check_rules(ctx, o));
	if (o->access_list)
		TRY(access_list_require(session, o->access_list));
	return EFILE_OK;
}

static efile_status replace(char **text, efile_ctx *ctx, const char *value)
{
	free(*text);
	*text = NULL;
	return mem_dup(text, ctx, value);
}

static efile_status replace_date(char **text, efile_ctx *ctx, efile_date value)
{
	free(*text);
	*text = NULL;
	return date_text(text, ctx, value);
}

static efile_status take_options(plan_record *row, efile_ctx *ctx, const efile_plan_options *o)
{
	TRY(replace(&row->code, ctx, o->code));
	TRY(replace(&row->title, ctx, o->title));
	TRY(replace(&row->pattern, ctx, o->pattern));
	TRY(replace(&row->title_key, ctx, NULL));
	TRY(fold_new(&row->title_key, ctx, o->title));
	TRY(replace_date(&row->valid_from, ctx, o->valid_from));
	TRY(replace_date(&row->valid_to, ctx, o->valid_to));
	row->retention = optional(o->retention_years != EFILE_RETENTION_INHERITED,
				  o->retention_years);
	row->retention_start = optional(o->retention_start != EFILE_RETENTION_START_INHERITED,
					o->retention_start);
	row->disposal = optional(o->disposal != EFILE_DISPOSAL_INHERITED, o->disposal);
	row->confidentiality = optional(o->confidentiality != EFILE_CONFIDENTIALITY_INHERITED,
					o->confidentiality);
	row->access_list = optional(o->access_list != 0, o->access_list);
	return EFILE_OK;
}

static efile_status require_code_free(efile_session *session, const plan_record *row)
{
	AUTO(plan_record) other = { 0 };
	efile_status status = plan_find_code(&other, session_store(session), row->code);

	if (status == EFILE_OK && other.head.id != row->head.id)
		return FAIL(session_ctx(session), EFILE_E_EXISTS, 2025,
			    "there is a plan unit %s already", row->code);
	return status == EFILE_E_NOTFOUND ? EFILE_OK : status;
}

static efile_status plan_journal(efile_session *session, journal_action action,
				 const plan_record *row)
{
	AUTO(buf) body = BUF_INIT;
	json_writer w;

	json_begin(&w, &body);
	json_object(&w);
	json_put_text(&w, "code", row->code);
	json_put_text(&w, "title", row->title);
	if (row->access_list.set)
		json_put_int(&w, "access_list", row->access_list.value);
	json_end_object(&w);
	TRY(buf_status(&body, session_ctx(session)));
	return session_journal(session, action, RECORD_PLAN, &row->uuid, 0, body.data);
}

static efile_status require_place(opt_int *out, efile_session *session, const efile_id *parent)
{
	AUTO(plan_record) above = { 0 };

	*out = optional(false, 0);
	if (efile_id_is_none(parent))
		return plan_allowed(session, EFILE_RIGHT_WRITE, parent);
	TRY(plan_require(&above, session, EFILE_RIGHT_WRITE, parent));
	*out = optional(true, above.head.id);
	return EFILE_OK;
}

efile_status efile_plan_create(efile_plan **out, efile_session *session,
			       const efile_plan_options *options)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(plan_record) row = { 0 };
	AUTO_PTR(efile_plan) plan = NULL;
	AUTO(txn) tx = TXN_NONE;
	efile_plan_options o;

	TRY(session_enter(&call, session));
	efile_plan_options_init(&o);
	TRY(options_import(session_ctx(session), &o, sizeof(o), options));
	TRY(session_begin(&tx, session));
	TRY(require_place(&row.parent, session, &o.parent.id));
	TRY(check_options(session, &o));
	TRY(take_options(&row, session_ctx(session), &o));
	TRY(require_code_free(session, &row));
	TRY(id_new(&row.uuid, session_ctx(session)));
	TRY(row_insert(session_store(session), &kind_plan, &row));
	TRY(plan_journal(session, JOURNAL_PLAN_CREATED, &row));
	TRY(plan_handle(&plan, session_store(session), &row));
	TRY(txn_commit(&tx));
	if (out)
		*out = STEAL(plan);
	return EFILE_OK;
}

static efile_status require_revision(efile_session *session, const plan_record *row,
				     int64_t revision)
{
	if (row->head.rev != revision)
		return FAIL(session_ctx(session), EFILE_E_CONFLICT, 2026,
			    "plan unit %s was changed by someone else", row->code);
	return EFILE_OK;
}

efile_status efile_plan_update(efile_session *session, efile_plan_id id, int64_t revision,
			       const efile_plan_options *options)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(plan_record) row = { 0 };
	AUTO(txn) tx = TXN_NONE;
	efile_plan_options o;

	TRY(session_enter(&call, session));
	efile_plan_options_init(&o);
	TRY(options_import(session_ctx(session), &o, sizeof(o), options));
	TRY(session_begin(&tx, session));
	TRY(plan_require(&row, session, EFILE_RIGHT_WRITE, &id.id));
	TRY(require_revision(session, &row, revision));
	TRY(check_options(session, &o));
	TRY(take_options(&row, session_ctx(session), &o));
	TRY(require_code_free(session, &row));
	TRY(row_update(session_store(session), &kind_plan, &row));
	TRY(plan_journal(session, JOURNAL_PLAN_CHANGED, &row));
	return txn_commit(&tx);
}

/* ---- reading ---- */

efile_status efile_plan_load(efile_plan **out, efile_session *session, efile_plan_id id)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(plan_record) row = { 0 };
	AUTO(txn) tx = TXN_NONE;

	if (!out)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, session));
	TRY(session_begin_read(&tx, session));
	TRY(plan_require(&row, session, EFILE_RIGHT_READ, &id.id));
	return plan_handle(out, session_store(session), &row);
}

efile_status efile_plan_by_code(efile_plan **out, efile_session *session, const char *code)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(plan_record) row = { 0 };
	AUTO(txn) tx = TXN_NONE;
	efile_status status;

	if (!out)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, session));
	TRY(session_begin_read(&tx, session));
	TRY(check_text(session_ctx(session), "code", code, true));
	status = plan_find_code(&row, session_store(session), code);
	if (status == EFILE_E_NOTFOUND)
		return access_missing(session, RECORD_PLAN, NULL, code);
	TRY(status);
	TRY(plan_allowed(session, EFILE_RIGHT_READ, &row.uuid));
	return plan_handle(out, session_store(session), &row);
}

efile_status efile_plan_children(efile_plan_cursor **out, efile_session *session,
				 efile_plan_id parent, const char *after)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO_PTR(efile_plan_cursor) cursor = NULL;
	AUTO(plan_record) above = { 0 };
	AUTO(txn) tx = TXN_NONE;

	if (!out)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, session));
	TRY(session_begin_read(&tx, session));
	if (!efile_id_is_none(&parent.id))
		TRY(plan_require(&above, session, EFILE_RIGHT_EXISTS, &parent.id));
	cursor = mem_new(session_ctx(session), sizeof(*cursor));
	if (!cursor)
		return EFILE_E_NOMEM;
	cursor->session = session;
	cursor->parent = above.head.id;
	TRY(mem_dup(&cursor->after, session_ctx(session), after));
	*out = STEAL(cursor);
	return EFILE_OK;
}

static efile_status next_page(efile_plan_cursor *c)
{
	if (c->last)
		return EFILE_DONE;
	TRY(plan_page(&c->page, session_store(c->session), c->parent, c->after));
	c->at = 0;
	c->last = c->page.count < ARRAY_SIZE(c->page.rows);
	return c->page.count ? EFILE_OK : EFILE_DONE;
}

static efile_status next_unit(plan_record *row, efile_plan_cursor *c)
{
	efile_status status = EFILE_OK;

	if (c->at == c->page.count)
		status = next_page(c);
	if (status != EFILE_OK)
		return status;
	TRY(plan_find_row(row, session_store(c->session), c->page.rows[c->at++]));
	return replace(&c->after, session_ctx(c->session), row->code);
}

efile_status efile_plan_cursor_next(efile_plan_cursor *cursor, efile_plan **out)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(plan_record) row = { 0 };
	AUTO(txn) tx = TXN_NONE;
	efile_status status;

	if (!cursor)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, cursor->session));
	TRY(session_begin_read(&tx, cursor->session));
	status = next_unit(&row, cursor);
	if (status != EFILE_OK)
		return status;
	return plan_handle(out, session_store(cursor->session), &row);
}

void efile_plan_cursor_free(efile_plan_cursor *cursor)
{
	if (!cursor)
		return;
	free(cursor->after);
	free(cursor);
}

/* ---- rules in force ---- */

typedef struct found_rules {
	bool retention, start, disposal, level, list, pattern;
} found_rules;

/* Takes from a unit what none below it says. */
static void take_rules(efile_plan_rules *out, found_rules *found, const plan_record *row)
{
	efile_plan_id from = { row->uuid };

	if (row->retention.set && !found->retention) {
		out->retention_years = (int32_t)row->retention.value;
		out->retention_years_from = from;
		found->retention = true;
	}
	if (row->retention_start.set && !found->start) {
		out->retention_start = (efile_retention_start)row->retention_start.value;
		out->retention_start_from = from;
		found->start = true;
	}
	if (row->disposal.set && !found->disposal) {
		out->disposal = (efile_disposal)row->disposal.value;
		out->disposal_from = from;
		found->disposal = true;
	}
	if (row->confidentiality.set && !found->level) {
		out->confidentiality = (int32_t)row->confidentiality.value;
		out->confidentiality_from = from;
		found->level = true;
	}
	if (row->access_list.set && !found->list) {
		out->access_list = row->access_list.value;
		out->access_list_from = from;
		found->list = true;
	}
	if (row->pattern && !found->pattern) {
		strcpy(out->pattern, row->pattern); /* at most 255 bytes: pattern_parse() */
		out->pattern_from = from;
		found->pattern = true;
	}
}

static efile_status rules_load(efile_plan_rules *out, efile_store *store, int64_t unit)
{
	opt_int next = optional(true, unit);
	found_rules found = { false };

	*out = (efile_plan_rules){ .retention_years = EFILE_RETENTION_UNLIMITED,
				   .retention_start = EFILE_RETENTION_START_CLOSED,
				   .disposal = EFILE_DISPOSAL_APPRAISE };
	strcpy(out->pattern, built_in_pattern);
	while (next.set) {
		AUTO(plan_record) row = { 0 };

		TRY(plan_find_row(&row, store, next.value));
		take_rules(out, &found, &row);
		next = row.parent;
	}
	return EFILE_OK;
}

efile_status plan_pattern(char out[PATTERN_SIZE], efile_store *store, int64_t plan)
{
	opt_int next = optional(true, plan);

	out[0] = '\0';
	while (next.set && !out[0])
		TRY(plan_pattern_step(out, &next, store, next.value));
	if (!out[0])
		strcpy(out, built_in_pattern);
	return EFILE_OK;
}

efile_status efile_plan_effective(efile_plan_rules *out, efile_session *session,
				  efile_plan_id id)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(plan_record) row = { 0 };
	AUTO(txn) tx = TXN_NONE;

	TRY(session_enter(&call, session));
	TRY(session_begin_read(&tx, session));
	TRY(plan_require(&row, session, EFILE_RIGHT_READ, &id.id));
	return rules_load(out, session_store(session), row.head.id);
}
