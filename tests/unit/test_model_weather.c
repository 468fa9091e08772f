/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every call of the registry while memory is short: an error, and nothing of it stays. Each run is a
 * batch that is given up, so that all runs find the same store. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/inner.h"
#include "unit/model_support.h"

DEFINE_AUTO_PTR(efile_node_cursor, efile_node_cursor_free)
DEFINE_AUTO_PTR(efile_plan_cursor, efile_plan_cursor_free)
DEFINE_AUTO_PTR(efile_version_cursor, efile_version_cursor_free)
DEFINE_AUTO_PTR(efile_rendition_cursor, efile_rendition_cursor_free)
DEFINE_AUTO_PTR(efile_attribute_cursor, efile_attribute_cursor_free)
DEFINE_AUTO_PTR(efile_relation_cursor, efile_relation_cursor_free)
DEFINE_AUTO_PTR(efile_actor_cursor, efile_actor_cursor_free)
DEFINE_AUTO_PTR(efile_member_cursor, efile_member_cursor_free)
DEFINE_AUTO_PTR(efile_deputy_cursor, efile_deputy_cursor_free)
DEFINE_AUTO_PTR(efile_access_cursor, efile_access_cursor_free)

typedef struct job job;
typedef efile_status (*step_fn)(job *j);

struct job {
	registry r;
	efile_document_id letter;   /* with two versions, a text, values */
	efile_document_id answer;
	efile_id relation;
	step_fn call;
};

static const char letter_type[] =
	"{\"fields\":[{\"name\":\"number\",\"datatype\":\"integer\"},"
	"{\"name\":\"due\",\"datatype\":\"date\"},"
	"{\"name\":\"sum\",\"datatype\":\"decimal\"},{\"name\":\"note\",\"datatype\":\"text\"}]}";

static const efile_attribute values[] = {
	{ .name = "number", .value = "7" }, { .name = "due", .value = "2026-03-01" },
	{ .name = "sum", .value = "12.50" }, { .name = "note", .value = "Müller" },
};

static efile_status content_of(efile_reader **out, job *j, const char *text)
{
	return efile_reader_from_memory(out, j->r.town.ctx, text, strlen(text));
}

static efile_status revision(int64_t *out, job *j, efile_id id)
{
	AUTO_PTR(efile_node) n = NULL;

	TRY(efile_node_load(&n, j->r.chief, id));
	*out = efile_node_revision(n);
	return EFILE_OK;
}

/* ---- the steps ---- */

static efile_status make_dossier(job *j)
{
	AUTO_PTR(efile_dossier) d = NULL;
	AUTO_PTR(efile_dossier) part = NULL;
	efile_node_options o;

	efile_node_options_init(&o);
	o.title = "Akte";
	TRY(efile_dossier_create(&d, j->r.chief, j->r.unit, &o));
	return efile_dossier_add_part(&part, j->r.chief, efile_dossier_node_id(d), &o);
}

static efile_status make_case(job *j)
{
	AUTO_PTR(efile_case) c = NULL;
	AUTO_PTR(efile_case) part = NULL;
	efile_node_options o;

	efile_node_options_init(&o);
	o.title = "Vorgang";
	TRY(efile_case_create(&c, j->r.chief, j->r.dossier, &o));
	return efile_case_add_part(&part, j->r.chief, efile_case_node_id(c), &o);
}

static efile_status make_document(job *j)
{
	AUTO_PTR(efile_reader) content = NULL;
	AUTO_PTR(efile_reader) second = NULL;
	AUTO_PTR(efile_document) d = NULL;
	AUTO_PTR(efile_document) enclosure = NULL;
	efile_document_options o;

	efile_document_options_init(&o);
	o.title = "Brief";
	o.text = "Text";
	o.file_name = "brief.txt";
	o.sender = "Müller";
	o.doctype = "letter";
	o.attributes = values;
	o.attribute_count = ARRAY_SIZE(values);
	TRY(content_of(&content, j, "x"));
	TRY(efile_case_add_document(&d, j->r.weber, j->r.case_id, content, &o));
	TRY(content_of(&second, j, "y"));
	return efile_document_add_attachment(&enclosure, j->r.weber, efile_document_node_id(d), second, &o);
}

static efile_status make_version(job *j)
{
	AUTO_PTR(efile_reader) content = NULL;
	AUTO_PTR(efile_reader) copy = NULL;
	efile_version_options o;
	int64_t number;

	efile_version_options_init(&o);
	o.label = "Entwurf";
	o.text = "anders";
	TRY(content_of(&content, j, "dritte"));
	TRY(efile_document_add_version(&number, j->r.weber, j->letter, 2, content, &o));
	TRY(content_of(&copy, j, "%PDF-"));
	return efile_document_add_rendition(j->r.weber, j->letter, 0, EFILE_ROLE_PREVIEW, copy, "image/png",
					    "v.png");
}

static efile_status read_document(job *j)
{
	AUTO_PTR(efile_version_cursor) versions = NULL;
	AUTO_PTR(efile_rendition_cursor) renditions = NULL;
	AUTO_PTR(efile_attribute_cursor) attributes = NULL;
	AUTO_PTR(efile_reader) content = NULL;
	AUTO_PTR(efile_document) d = NULL;
	efile_document_version v;
	efile_rendition r;
	efile_attribute a;

	TRY(efile_document_load(&d, j->r.weber, j->letter));
	TRY(efile_document_versions(&versions, j->r.weber, j->letter, 0));
	TRY(efile_version_cursor_next(versions, &v));
	TRY(efile_version_cursor_next(versions, &v));
	TRY(efile_document_renditions(&renditions, j->r.weber, j->letter, 0));
	TRY(efile_rendition_cursor_next(renditions, &r));
	TRY(efile_node_attributes(&attributes, j->r.weber, j->letter.id));
	TRY(efile_attribute_cursor_next(attributes, &a));
	return efile_document_open_content(&content, j->r.weber, j->letter, 1, EFILE_ROLE_ORIGINAL);
}

static efile_status update(job *j)
{
	efile_node_options o;
	int64_t seen;

	efile_node_options_init(&o);
	o.title = "anders";
	TRY(revision(&seen, j, j->letter.id));
	TRY(efile_node_set_attributes(j->r.weber, j->letter.id, seen, values, 2));
	TRY(revision(&seen, j, j->letter.id));
	return efile_node_update(j->r.weber, j->letter.id, seen, &o);
}

static efile_status close_and_reopen(job *j)
{
	int64_t seen;

	TRY(revision(&seen, j, j->r.case_id.id));
	TRY(efile_case_close(j->r.chief, j->r.case_id, seen));
	TRY(revision(&seen, j, j->r.dossier.id));
	TRY(efile_dossier_close(j->r.chief, j->r.dossier, seen));
	TRY(revision(&seen, j, j->r.dossier.id));
	TRY(efile_dossier_reopen(j->r.chief, j->r.dossier, seen, "Irrtum"));
	TRY(revision(&seen, j, j->r.case_id.id));
	return efile_case_reopen(j->r.chief, j->r.case_id, seen, "Irrtum");
}

static efile_status trash_and_restore(job *j)
{
	int64_t seen;

	TRY(revision(&seen, j, j->answer.id));
	TRY(efile_node_trash(j->r.chief, j->answer.id, seen, "doppelt"));
	TRY(revision(&seen, j, j->answer.id));
	return efile_node_restore(j->r.chief, j->answer.id, seen);
}

static efile_status lock_and_unlock(job *j)
{
	efile_id holder;

	TRY(efile_node_lock(j->r.weber, j->letter.id, "in Arbeit"));
	TRY(efile_node_locked_by(&holder, j->r.weber, j->letter.id));
	return efile_node_unlock(j->r.weber, j->letter.id);
}

static efile_status refile(job *j)
{
	AUTO_PTR(efile_plan) plan = NULL;
	efile_plan_options o;
	int64_t seen;

	efile_plan_options_init(&o);
	o.parent = j->r.top;
	o.code = "10.30";
	o.title = "anderswo";
	o.pattern = "{plan.code}-{dossier:03}/{case:02}";
	TRY(efile_plan_create(&plan, j->r.town.admin, &o));
	TRY(revision(&seen, j, j->r.dossier.id));
	return efile_dossier_refile(j->r.chief, j->r.dossier, efile_plan_unit_id(plan), seen, 1,
				    "neuer Aktenplan");
}

static efile_status relate(job *j)
{
	AUTO_PTR(efile_relation_cursor) cursor = NULL;
	efile_relation relation;
	efile_id made;

	TRY(efile_relation_add(&made, j->r.weber, j->answer.id, j->r.case_id.id, "zu", "siehe"));
	TRY(efile_node_relations(&cursor, j->r.weber, j->answer.id));
	TRY(efile_relation_cursor_next(cursor, &relation));
	TRY(efile_relation_cursor_next(cursor, &relation));
	return efile_relation_remove(j->r.weber, j->relation);
}

static efile_status list(job *j)
{
	AUTO_PTR(efile_node_cursor) dossiers = NULL;
	AUTO_PTR(efile_node_cursor) children = NULL;
	AUTO_PTR(efile_node_cursor) found = NULL;
	AUTO_PTR(efile_dossier) d = NULL;
	AUTO_PTR(efile_case) c = NULL;
	AUTO_PTR(efile_node) a = NULL;
	AUTO_PTR(efile_node) b = NULL;
	AUTO_PTR(efile_node) e = NULL;
	efile_node_counts counts;

	TRY(efile_dossier_list(&dossiers, j->r.weber, j->r.unit, NULL));
	TRY(efile_node_cursor_next(dossiers, &a));
	TRY(efile_node_children(&children, j->r.weber, j->r.case_id.id, NULL));
	TRY(efile_node_cursor_next(children, &b));
	TRY(efile_find_by_attribute(&found, j->r.weber, "number", "7", NULL));
	TRY(efile_node_cursor_next(found, &e));
	TRY(efile_node_count(&counts, j->r.weber, j->r.case_id.id));
	TRY(efile_dossier_by_reference(&d, j->r.weber, "10.24-0001"));
	return efile_case_load(&c, j->r.weber, j->r.case_id);
}

static efile_status plan(job *j)
{
	AUTO_PTR(efile_plan_cursor) cursor = NULL;
	AUTO_PTR(efile_plan) made = NULL;
	AUTO_PTR(efile_plan) loaded = NULL;
	AUTO_PTR(efile_plan) child = NULL;
	efile_plan_options o;
	efile_plan_rules rules;

	efile_plan_options_init(&o);
	o.parent = j->r.unit;
	o.code = "10.24.1";
	o.title = "Unten";
	TRY(efile_plan_create(&made, j->r.town.admin, &o));
	TRY(efile_plan_load(&loaded, j->r.town.admin, efile_plan_unit_id(made)));
	o.title = "Ganz unten";
	o.retention_years = 5;
	TRY(efile_plan_update(j->r.town.admin, efile_plan_unit_id(made), efile_plan_revision(loaded), &o));
	TRY(efile_plan_effective(&rules, j->r.town.admin, efile_plan_unit_id(made)));
	TRY(efile_plan_children(&cursor, j->r.town.admin, j->r.top, NULL));
	return efile_plan_cursor_next(cursor, &child);
}

static efile_status doctype(job *j)
{
	AUTO_PTR(char) text = NULL;

	TRY(efile_doctype_define(j->r.town.admin, "other", "Anderes", letter_type));
	TRY(efile_doctype_define(j->r.town.admin, "other", "Anderes", letter_type));
	return efile_doctype_load(&text, j->r.town.admin, "other");
}

static efile_status access_lists(job *j)
{
	efile_access_entry entry = { j->r.town.weber, EFILE_RIGHT_READ, 0, 0 };
	efile_actor_id id;
	int64_t made;

	TRY(efile_access_list_make(&made, j->r.town.admin, &entry, 1));
	TRY(efile_actor_create(&id, j->r.town.admin, EFILE_ACTOR_PERSON, "neu", NULL));
	TRY(efile_member_add(j->r.town.admin, id, j->r.town.section, town_ever, town_ever));
	return efile_absence_set(j->r.town.admin, id, town_day(2026, 1, 1), town_day(2026, 2, 1));
}

/* What else is in the registry: named by its owner, dated, of a unit, with a list of its own. */
static efile_status full_options(job *j)
{
	AUTO_PTR(efile_dossier) d = NULL;
	efile_id none = EFILE_ID_NONE;
	efile_node_options o;
	int64_t seen;

	efile_node_options_init(&o);
	o.title = "Akte";
	o.reference = "A 7";
	o.begin = town_day(2025, 1, 1);
	o.end = town_day(2025, 12, 31);
	o.unit = j->r.town.section.id;
	o.access_list = j->r.list;
	o.confidentiality = EFILE_CONFIDENTIALITY_OPEN;
	o.marked = 1;
	TRY(efile_dossier_create(&d, j->r.chief, j->r.unit, &o));
	TRY(revision(&seen, j, efile_dossier_node_id(d).id));
	o.begin = o.end = town_ever;
	o.unit = none;
	o.access_list = 0;
	o.reference = "A 8";
	return efile_node_update(j->r.chief, efile_dossier_node_id(d).id, seen, &o);
}

static efile_status list_behind(job *j)
{
	AUTO_PTR(efile_node_cursor) children = NULL;
	AUTO_PTR(efile_node_cursor) found = NULL;
	AUTO_PTR(efile_node_cursor) dossiers = NULL;
	AUTO_PTR(efile_node) n = NULL;
	efile_list_options o;
	efile_status status;

	efile_list_options_init(&o);
	o.after = j->letter.id;
	TRY(efile_node_children(&children, j->r.weber, j->r.case_id.id, &o));
	TRY(efile_node_cursor_next(children, &n));
	TRY(efile_find_by_attribute(&found, j->r.weber, "number", "7", &o));
	o.after = j->r.dossier.id;
	TRY(efile_dossier_list(&dossiers, j->r.weber, j->r.unit, &o));
	efile_node_free(STEAL(n));
	status = efile_node_cursor_next(dossiers, &n);
	return status < 0 ? status : EFILE_OK;
}

static efile_status move(job *j)
{
	AUTO_PTR(efile_dossier) d = NULL;
	efile_node_options o;
	int64_t seen;

	efile_node_options_init(&o);
	o.title = "dort";
	TRY(efile_dossier_create(&d, j->r.chief, j->r.unit, &o));
	TRY(revision(&seen, j, j->r.case_id.id));
	return efile_node_move(j->r.chief, j->r.case_id.id, efile_dossier_node_id(d).id, seen, "falsch");
}

static efile_status marked_content(job *j)
{
	AUTO_PTR(efile_reader) content = NULL;
	AUTO_PTR(efile_document) d = NULL;
	AUTO_PTR(efile_reader) back = NULL;
	efile_document_options o;

	efile_document_options_init(&o);
	o.title = "Gutachten";
	o.marked = 1;
	o.key = "k1";
	o.received = TEST_NOW;
	o.date = town_day(2026, 2, 1);
	TRY(content_of(&content, j, "vertraulich"));
	TRY(efile_case_add_document(&d, j->r.weber, j->r.case_id, content, &o));
	return efile_document_open_content(&back, j->r.weber, efile_document_node_id(d), 1,
					   EFILE_ROLE_ORIGINAL);
}

/* ---- access ---- */

static efile_status take_away(job *j)
{
	efile_actor_id weber = j->r.town.weber, klein = j->r.town.klein;
	efile_session *admin = j->r.town.admin;
	efile_deputy_options o;

	efile_deputy_options_init(&o);
	o.from = town_day(2026, 1, 1);
	o.until = town_day(2026, 12, 31);
	TRY(efile_deputy_add(admin, weber, klein, &o));
	TRY(efile_deputy_remove(admin, weber, klein));
	TRY(efile_absence_set(admin, weber, town_day(2026, 3, 1), town_day(2026, 3, 9)));
	TRY(efile_absence_remove(admin, weber, town_day(2026, 3, 1)));
	TRY(efile_login_permit(admin, "os:neu", weber));
	TRY(efile_login_revoke(admin, "os:neu", weber));
	TRY(efile_member_add(admin, klein, j->r.town.office, o.from, o.until));
	return efile_member_remove(admin, klein, j->r.town.office);
}

static efile_status change_actor(job *j)
{
	efile_actor_options o;

	efile_actor_options_init(&o);
	o.display = "Karla Klein";
	o.mail = "k.klein@stadt.example";
	o.clearance = EFILE_CONFIDENTIALITY_CONFIDENTIAL;
	return efile_actor_update(j->r.town.admin, j->r.town.klein, &o);
}

static efile_status look_around(job *j)
{
	AUTO_PTR(efile_actor_cursor) actors = NULL;
	AUTO_PTR(efile_member_cursor) members = NULL;
	AUTO_PTR(efile_deputy_cursor) deputies = NULL;
	AUTO_PTR(efile_access_cursor) entries = NULL;
	efile_session *admin = j->r.town.admin;
	efile_actor_id none = { EFILE_ID_NONE }, found;
	efile_actor_filter filter;
	efile_access_entry entry;
	efile_deputy deputy;
	efile_member member;
	efile_actor actor;
	int flag;

	efile_actor_filter_init(&filter);
	filter.after = "amt10";
	TRY(efile_actor_list(&actors, admin, &filter));
	TRY(efile_actor_cursor_next(actors, &actor));
	TRY(efile_member_list(&members, admin, j->r.town.weber, none));
	TRY(efile_member_cursor_next(members, &member));
	TRY(efile_deputy_list(&deputies, admin, j->r.town.chief, none));
	TRY(efile_deputy_cursor_next(deputies, &deputy));
	TRY(efile_access_list_show(&entries, admin, j->r.list));
	TRY(efile_access_cursor_next(entries, &entry));
	TRY(efile_absence_today(admin, j->r.town.weber, &flag));
	TRY(efile_session_is_administrator(admin, &flag));
	return efile_actor_find(&found, admin, "k.klein");
}

static efile_status read_as_klein(job *j, const char *behalf, const char *reason)
{
	AUTO_PTR(efile_session) s = NULL;
	AUTO_PTR(efile_document) d = NULL;
	AUTO_PTR(efile_node_cursor) children = NULL;
	AUTO_PTR(efile_node) n = NULL;
	efile_session_options o;

	efile_session_options_init(&o);
	o.login = "os:k.klein";
	o.on_behalf_of = behalf;
	o.break_glass_reason = reason;
	o.purpose = "Prüfung";
	TRY(efile_session_open(&s, j->r.town.store, "k.klein", &o));
	TRY(efile_document_load(&d, s, j->letter));
	TRY(efile_node_children(&children, s, j->r.case_id.id, NULL));
	return efile_node_cursor_next(children, &n);
}

static efile_status stand_in(job *j)
{
	return read_as_klein(j, "r.chief", NULL);
}

/* Each read is in the log. */
static efile_status break_glass(job *j)
{
	return read_as_klein(j, NULL, "Rohrbruch");
}

/* ---- the runs ---- */

static efile_status in_batch(efile_ctx *ctx, void *arg)
{
	job *j = arg;
	efile_status status;

	(void)ctx;
	db_forget(j->r.town.store); /* or only the first run would prepare statements */
	TRY(efile_batch_begin(j->r.town.store));
	status = j->call(j);
	if (status < 0 && status != EFILE_E_NOMEM && status != EFILE_E_EXTERNAL)
		printf("# %s\n", efile_error_message(j->r.town.ctx));
	efile_batch_abort(j->r.town.store);
	return status;
}

static void job_setup(job *j)
{
	AUTO_PTR(efile_reader) content = NULL;
	AUTO_PTR(efile_document) d = NULL;
	efile_document_options o;

	registry_setup(&j->r);
	TAP_EQUAL_INT(efile_doctype_define(j->r.town.admin, "letter", "Brief", letter_type), EFILE_OK);
	efile_document_options_init(&o);
	o.title = "Brief";
	o.text = "Text";
	o.doctype = "letter";
	o.attributes = values;
	o.attribute_count = ARRAY_SIZE(values);
	TAP_EQUAL_INT(content_of(&content, j, "eins"), EFILE_OK);
	TAP_EQUAL_INT(efile_case_add_document(&d, j->r.weber, j->r.case_id, content, &o), EFILE_OK);
	j->letter = efile_document_node_id(d);
	efile_reader_free(STEAL(content));
	TAP_EQUAL_INT(content_of(&content, j, "zwei"), EFILE_OK);
	TAP_EQUAL_INT(efile_document_add_version(NULL, j->r.weber, j->letter, 1, content, NULL), EFILE_OK);
	j->answer = registry_document(&j->r, j->r.case_id, "Antwort", NULL, 0);
	TAP_EQUAL_INT(efile_deputy_add(j->r.town.admin, j->r.town.chief, j->r.town.klein, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_relation_add(&j->relation, j->r.weber, j->answer.id, j->letter.id, "answers",
					 NULL), EFILE_OK);
}

static const struct {
	const char *name;
	step_fn call;
} rows[] = {
	{ "dossier", make_dossier },     { "case", make_case },
	{ "document", make_document },   { "version", make_version },
	{ "reading", read_document },    { "update", update },
	{ "closing", close_and_reopen }, { "trash", trash_and_restore },
	{ "lock", lock_and_unlock },     { "refiling", refile },
	{ "relation", relate },          { "lists", list },
	{ "plan", plan },                { "type", doctype },
	{ "access", access_lists },      { "all options", full_options },
	{ "lists from behind", list_behind }, { "moving", move },
	{ "marked content", marked_content }, { "what is taken away", take_away },
	{ "an actor", change_actor },    { "looking around", look_around },
	{ "standing in", stand_in },     { "an emergency", break_glass },
};

static void test_steps(void)
{
	job j = { .call = NULL };

	job_setup(&j);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tap_case(rows[i].name);
		j.call = rows[i].call;
		TAP_OK(fail_each(in_batch, &j) > 15);
	}
	tap_case(NULL);
	registry_teardown(&j.r);
}

/* What makes something new asks for random bytes: an id, salts. */
static void test_random(void)
{
	int failures = 0;
	job j = { .call = NULL };

	job_setup(&j);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tap_case(rows[i].name);
		j.call = rows[i].call;
		failures += fail_each_random(in_batch, &j);
	}
	tap_case(NULL);
	TAP_OK(tap_once || failures > 10);
	registry_teardown(&j.r);
}

TAP_SUITE(model_weather) = {
	{ "every call without memory", test_steps },
	{ "every call without random bytes", test_random },
	TAP_END,
};
