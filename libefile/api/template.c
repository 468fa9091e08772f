/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Templates are JSON files of schemas/, compiled in; the Land's file overlays the common one. */
#include <efile/intake.h>
#include <efile/receipt.h>
#include <efile/task.h>
#include <efile/template.h>

#include <stdlib.h>
#include <string.h>

#include "access/access.h"
#include "api/wiring.h"
#include "base/json.h"
#include "intake/intake.h"
#include "model/model.h"
#include "receipt/record.h"

typedef struct template_text {
	const char *name;
	const char *land;   /* "" is the common part */
	const char *text;
} template_text;

static const template_text texts[] = {
	{ "municipal", "",
#include "schemas/municipal/common.json.inc"
	},
	{ "municipal", "BW",
#include "schemas/municipal/BW.json.inc"
	},
	{ "municipal", "HE",
#include "schemas/municipal/HE.json.inc"
	},
};

typedef struct process_text {
	const char *name;
	const char *text;
} process_text;

static const process_text processes[] = {
	{ "invoice",
#include "schemas/processes/invoice.bpmn.inc"
	},
	{ "receipt",
#include "schemas/processes/receipt.bpmn.inc"
	},
	{ "unread",
#include "schemas/processes/unread.bpmn.inc"
	},
};

/* What one application carries along. */
typedef struct work {
	efile_session *session;
	efile_ctx *ctx;
	const json_value *common;
	const json_value *land;
} work;

typedef efile_status (*row_fn)(work *w, const json_value *row);

static efile_status each(work *w, const json_value *object, const char *key, row_fn call)
{
	const json_value *list = json_member(object, key);

	for (const json_value *row = list ? list->child : NULL; row; row = row->next)
		TRY(call(w, row));
	return EFILE_OK;
}

static efile_status lacks(work *w, const char *what)
{
	return FAIL(w->ctx, EFILE_E_FORMAT, 3510, "a row of the template lacks %s", what);
}

/* ---- actors and lists ---- */

static efile_status join_containers(work *w, efile_actor_id member, const json_value *in)
{
	static const efile_date none;

	for (const json_value *name = in ? in->child : NULL; name; name = name->next) {
		efile_actor_id container;

		TRY(efile_actor_find(&container, w->session, name->text));
		TRY(efile_member_add(w->session, member, container, none, none));
	}
	return EFILE_OK;
}

static efile_status add_actor(work *w, const json_value *row)
{
	const char *name = json_member_text(row, "name"), *kind_name = json_member_text(row, "kind");
	efile_actor_options options;
	efile_actor_kind kind;
	efile_actor_id id;
	efile_status status;

	if (!name || !kind_name)
		return lacks(w, "kind or name");
	status = efile_actor_find(&id, w->session, name);
	if (status != EFILE_E_NOTFOUND)
		return status;
	TRY(efile_actor_kind_parse(&kind, kind_name));
	efile_actor_options_init(&options);
	options.display = json_member_text(row, "display");
	TRY(efile_actor_create(&id, w->session, kind, name, &options));
	return join_containers(w, id, json_member(row, "in"));
}

enum { ENTRIES_MAX = 32 };

static efile_status make_list(int64_t *out, work *w, const char *name)
{
	const json_value *list = json_member(json_member(w->common, "lists"), name);
	efile_access_entry entries[ENTRIES_MAX] = { 0 };
	size_t count = 0;

	if (!list)
		return FAIL(w->ctx, EFILE_E_FORMAT, 3511, "the template has no access list %s", name);
	for (const json_value *row = list->child; row; row = row->next) {
		const json_value *deny = json_member(row, "deny");
		const char *subject = json_member_text(row, "subject");
		const char *rights = json_member_text(row, "rights");

		if (!subject || !rights)
			return lacks(w, "subject or rights");
		if (count == ENTRIES_MAX)
			return FAIL(w->ctx, EFILE_E_LIMIT, 3514,
				    "the access list %s of the template has more than %d entries", name,
				    ENTRIES_MAX);
		TRY(efile_actor_find(&entries[count].subject, w->session, subject));
		TRY(efile_rights_parse(&entries[count].rights, rights));
		entries[count++].deny = deny && deny->type == JSON_TRUE;
	}
	return efile_access_list_make(out, w->session, entries, count);
}

/* ---- types ---- */

static efile_status add_doctype(work *w, const json_value *row)
{
	const json_value *definition = json_member(row, "definition");
	const char *name = json_member_text(row, "name"), *title = json_member_text(row, "title");
	AUTO_PTR(char) there = NULL;
	AUTO(buf) text = BUF_INIT;
	json_writer out;
	efile_status status;

	if (!name || !title || !definition)
		return lacks(w, "name, title or definition");
	status = efile_doctype_load(&there, w->session, name);
	if (status != EFILE_E_NOTFOUND)
		return status;
	json_begin(&out, &text);
	json_copy(&out, definition);
	TRY(buf_status(&text, w->ctx));
	return efile_doctype_define(w->session, name, title, text.data);
}

/* ---- the filing plan ---- */

/* The Land's row of the same code comes first. */
static const json_value *find(const work *w, const json_value *row, const char *code,
			      const char *key)
{
	const json_value *list = json_member(w->land, "plan");

	for (const json_value *r = list ? list->child : NULL; r; r = r->next)
		if (str_equal(json_member_text(r, "code"), code) && json_member(r, key))
			return json_member(r, key);
	return json_member(row, key);
}

static const char *find_text(const work *w, const json_value *row, const char *code,
			     const char *key)
{
	const json_value *value = find(w, row, code, key);

	return value && value->type == JSON_STRING ? value->text : NULL;
}

static efile_status plan_rules(efile_plan_options *o, work *w, const json_value *row)
{
	static const name_row starts[] = {
		{ EFILE_RETENTION_START_CLOSED, "closed" },
		{ EFILE_RETENTION_START_YEAR_END, "year_end" },
		{ EFILE_RETENTION_START_EVENT, "event" },
	};
	static const name_row disposals[] = {
		{ EFILE_DISPOSAL_KEEP, "A" },
		{ EFILE_DISPOSAL_APPRAISE, "B" },
		{ EFILE_DISPOSAL_DESTROY, "V" },
	};
	const char *start = find_text(w, row, o->code, "start");
	const char *disposal = find_text(w, row, o->code, "disposal");
	const char *level = find_text(w, row, o->code, "confidentiality");
	const char *list = find_text(w, row, o->code, "list");
	const json_value *years = find(w, row, o->code, "retention");
	efile_confidentiality confidentiality;
	int64_t number;
	int value;

	if (start) {
		if (!TABLE_VALUE(&value, starts, start))
			return lacks(w, "a known start of retention");
		o->retention_start = (efile_retention_start)value;
	}
	if (disposal) {
		if (!TABLE_VALUE(&value, disposals, disposal))
			return lacks(w, "a known kind of disposal");
		o->disposal = (efile_disposal)value;
	}
	if (level) {
		TRY(efile_confidentiality_parse(&confidentiality, level));
		o->confidentiality = (int32_t)confidentiality;
	}
	if (years) {
		if (json_as_int(&number, years) < 0 || number < -2 || number > INT16_MAX)
			return lacks(w, "a number of years");
		o->retention_years = (int32_t)number;
	}
	if (list)
		TRY(make_list(&o->access_list, w, list));
	return EFILE_OK;
}

static efile_status plan_id_of(efile_plan_id *out, work *w, const char *code)
{
	AUTO_PTR(efile_plan) plan = NULL;

	TRY(efile_plan_by_code(&plan, w->session, code));
	*out = efile_plan_unit_id(plan);
	return EFILE_OK;
}

static efile_status add_plan(work *w, const json_value *row)
{
	const char *parent = json_member_text(row, "parent");
	AUTO_PTR(efile_plan) plan = NULL;
	efile_plan_options options;
	efile_plan_id there;
	efile_status status;

	efile_plan_options_init(&options);
	options.code = json_member_text(row, "code");
	options.title = json_member_text(row, "title");
	if (!options.code || !options.title)
		return lacks(w, "code or title");
	status = plan_id_of(&there, w, options.code);
	if (status != EFILE_E_NOTFOUND)
		return status;
	options.pattern = json_member_text(row, "pattern");
	if (parent)
		TRY(plan_id_of(&options.parent, w, parent));
	TRY(plan_rules(&options, w, row));
	return efile_plan_create(&plan, w->session, &options);
}

/* ---- rules of classification, processes ---- */

static efile_status add_rule(work *w, const json_value *row)
{
	efile_intake_rule rule;
	const json_value *order = json_member(row, "order");
	bool there;

	TRY(intake_rule_is(&there, w->session->store, json_member_text(row, "name")));
	if (there)
		return EFILE_OK;
	efile_intake_rule_init(&rule);
	rule.name = json_member_text(row, "name");
	rule.condition = json_member_text(row, "condition");
	rule.plan = json_member_text(row, "plan");
	rule.title = json_member_text(row, "title");
	rule.doctype = json_member_text(row, "doctype");
	rule.process = json_member_text(row, "process");
	if (order && json_as_int(&rule.order, order) < 0)
		return lacks(w, "a number for its order");
	return efile_intake_rule_set(w->session, &rule);
}

static efile_status deploy(work *w, const json_value *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(processes); i++) {
		AUTO(definition_record) there = { .head = { 0, 0 } };
		AUTO_PTR(efile_reader) reader = NULL;
		efile_status status;

		if (!str_equal(processes[i].name, name->text ? name->text : ""))
			continue;
		status = definition_newest(&there, w->session->store, name->text);
		if (status != EFILE_E_NOTFOUND)
			return status;
		TRY(efile_reader_from_memory(&reader, w->ctx, processes[i].text,
					     strlen(processes[i].text)));
		return efile_flow_deploy(NULL, NULL, w->session, reader);
	}
	return FAIL(w->ctx, EFILE_E_FORMAT, 3512, "the template names an unknown process: %s",
		    name->text ? name->text : "?");
}

/* ---- applying ---- */

static const char *find_template(const char *name, const char *land)
{
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (str_equal(texts[i].name, name) && str_equal(texts[i].land, land))
			return texts[i].text;
	return NULL;
}

static efile_status apply(work *w)
{
	TRY(each(w, w->common, "actors", add_actor));
	TRY(each(w, w->common, "doctypes", add_doctype));
	TRY(each(w, w->common, "plan", add_plan));
	TRY(each(w, w->common, "rules", add_rule));
	return each(w, w->common, "processes", deploy);
}

/* What the clerks have set stays. */
static efile_status set_receipt(work *w, const json_value *from, const char *key, const char *name)
{
	AUTO(setting_record) there = { .head = { 0, 0 } };
	const char *value = json_member_text(from, key);
	efile_status status = setting_by_name(&there, session_store(w->session), name);

	if (status != EFILE_E_NOTFOUND)
		return status;
	return value ? efile_receipt_set(w->session, name, value) : EFILE_OK;
}

/* Whose holidays count for payments, who hands over, who sees figures. */
static efile_status set_all(work *w)
{
	TRY(set_receipt(w, w->land, "land", "land"));
	TRY(set_receipt(w, w->common, "treasury", "treasury"));
	return set_receipt(w, w->common, "figures", "figures");
}

efile_status template_apply_texts(efile_session *session, const char *common_text,
				  const char *land_text)
{
	AUTO_PTR(json_document) common = NULL;
	AUTO_PTR(json_document) overlay = NULL;
	AUTO(session_probe) probe = SESSION_PROBE_NONE;
	AUTO(txn) tx = TXN_NONE;
	work w = { .session = session, .ctx = session_ctx(session) };

	TRY(json_parse(&common, w.ctx, common_text, strlen(common_text)));
	TRY(json_parse(&overlay, w.ctx, land_text, strlen(land_text)));
	w.common = json_root(common);
	w.land = json_root(overlay);
	TRY(session_begin(&tx, session));
	session_probe_start(&probe, session);
	TRY(apply(&w));
	TRY(set_all(&w));
	return txn_commit(&tx);
}

efile_status efile_template_apply(efile_session *session, const char *name, const char *land)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	const char *common, *overlay;

	TRY(session_enter(&call, session));
	TRY(access_require_administrator(session, RECORD_PLAN, NULL));
	common = find_template(name, "");
	overlay = find_template(name, land && *land ? land : "-");
	if (!common || !overlay)
		return FAIL(session_ctx(session), EFILE_E_NOTFOUND, 3513, "no template %s for %s",
			    name ? name : "?", land ? land : "?");
	return template_apply_texts(session, common, overlay);
}
