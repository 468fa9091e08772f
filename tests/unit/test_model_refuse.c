/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every call of the registry without a session, of somebody who may not act any more, with texts that
 * are none and options that are none: refused, and nothing changes. */
#include <stdlib.h>
#include <string.h>

#include "unit/desk_support.h"

DEFINE_AUTO_PTR(efile_node_cursor, efile_node_cursor_free)
DEFINE_AUTO_PTR(efile_plan_cursor, efile_plan_cursor_free)
DEFINE_AUTO_PTR(efile_version_cursor, efile_version_cursor_free)
DEFINE_AUTO_PTR(efile_rendition_cursor, efile_rendition_cursor_free)
DEFINE_AUTO_PTR(efile_attribute_cursor, efile_attribute_cursor_free)
DEFINE_AUTO_PTR(efile_relation_cursor, efile_relation_cursor_free)

/* What one attempt differs in. */
typedef struct attempt {
	registry *r;
	efile_session *s;
	efile_document_id letter;
	efile_id relation;
	int64_t seen;          /* revision of the letter */
	int64_t plan_seen;     /* of the unit */
	const char *text;      /* of the parameter that the row is about */
	size_t size;           /* of options; 0: as it should be */
} attempt;

#define OPTIONS(type, name)                                                                        \
	type##_options name;                                                                       \
	type##_options_init(&name);                                                                \
	if (a->size)                                                                               \
		name.size = a->size

static efile_reader *content_of(const attempt *a)
{
	efile_reader *reader = NULL;

	TAP_EQUAL_INT(efile_reader_from_memory(&reader, a->r->town.ctx, "x", 1), EFILE_OK);
	return reader;
}

/* ---- plan ---- */

static efile_status plan_create(const attempt *a)
{
	AUTO_PTR(efile_plan) p = NULL;
	OPTIONS(efile_plan, o);

	o.code = "77";
	o.title = a->text;
	return efile_plan_create(&p, a->s, &o);
}

static efile_status plan_code(const attempt *a)
{
	AUTO_PTR(efile_plan) p = NULL;
	OPTIONS(efile_plan, o);

	o.title = "T";
	o.code = a->text;
	return efile_plan_create(&p, a->s, &o);
}

static efile_status plan_update(const attempt *a)
{
	OPTIONS(efile_plan, o);

	o.code = "10.24";
	o.title = a->text;
	return efile_plan_update(a->s, a->r->unit, a->plan_seen, &o);
}

static efile_status plan_load(const attempt *a)
{
	AUTO_PTR(efile_plan) p = NULL;

	return efile_plan_load(&p, a->s, a->r->unit);
}

static efile_status plan_by_code(const attempt *a)
{
	AUTO_PTR(efile_plan) p = NULL;

	return efile_plan_by_code(&p, a->s, a->text);
}

static efile_status plan_children(const attempt *a)
{
	AUTO_PTR(efile_plan_cursor) c = NULL;

	return efile_plan_children(&c, a->s, a->r->top, NULL);
}

static efile_status plan_effective(const attempt *a)
{
	efile_plan_rules rules;

	return efile_plan_effective(&rules, a->s, a->r->unit);
}

/* ---- dossiers and cases ---- */

static efile_status dossier_create(const attempt *a)
{
	AUTO_PTR(efile_dossier) d = NULL;
	OPTIONS(efile_node, o);

	o.title = a->text;
	return efile_dossier_create(&d, a->s, a->r->unit, &o);
}

static efile_status dossier_part(const attempt *a)
{
	AUTO_PTR(efile_dossier) d = NULL;
	OPTIONS(efile_node, o);

	o.title = a->text;
	return efile_dossier_add_part(&d, a->s, a->r->dossier, &o);
}

static efile_status dossier_load(const attempt *a)
{
	AUTO_PTR(efile_dossier) d = NULL;

	return efile_dossier_load(&d, a->s, a->r->dossier);
}

static efile_status dossier_by_reference(const attempt *a)
{
	AUTO_PTR(efile_dossier) d = NULL;

	return efile_dossier_by_reference(&d, a->s, a->text);
}

static efile_status dossier_list(const attempt *a)
{
	AUTO_PTR(efile_node_cursor) c = NULL;
	OPTIONS(efile_list, o);

	return efile_dossier_list(&c, a->s, a->r->unit, &o);
}

static efile_status dossier_close(const attempt *a)
{
	return efile_dossier_close(a->s, a->r->dossier, 1);
}

static efile_status dossier_reopen(const attempt *a)
{
	return efile_dossier_reopen(a->s, a->r->dossier, 1, a->text);
}

static efile_status dossier_refile(const attempt *a)
{
	return efile_dossier_refile(a->s, a->r->dossier, a->r->other, 1, 0, a->text);
}

static efile_status case_create(const attempt *a)
{
	AUTO_PTR(efile_case) c = NULL;
	OPTIONS(efile_node, o);

	o.title = a->text;
	return efile_case_create(&c, a->s, a->r->dossier, &o);
}

static efile_status case_part(const attempt *a)
{
	AUTO_PTR(efile_case) c = NULL;
	OPTIONS(efile_node, o);

	o.title = a->text;
	return efile_case_add_part(&c, a->s, a->r->case_id, &o);
}

static efile_status case_load(const attempt *a)
{
	AUTO_PTR(efile_case) c = NULL;

	return efile_case_load(&c, a->s, a->r->case_id);
}

static efile_status case_close(const attempt *a)
{
	return efile_case_close(a->s, a->r->case_id, 1);
}

static efile_status case_reopen(const attempt *a)
{
	return efile_case_reopen(a->s, a->r->case_id, 1, a->text);
}

/* ---- any node ---- */

static efile_status node_load(const attempt *a)
{
	AUTO_PTR(efile_node) n = NULL;

	return efile_node_load(&n, a->s, a->letter.id);
}

static efile_status node_by_reference(const attempt *a)
{
	AUTO_PTR(efile_node) n = NULL;

	return efile_find_by_reference(&n, a->s, a->text);
}

static efile_status node_children(const attempt *a)
{
	AUTO_PTR(efile_node_cursor) c = NULL;
	OPTIONS(efile_list, o);

	return efile_node_children(&c, a->s, a->r->case_id.id, &o);
}

static efile_status node_count(const attempt *a)
{
	efile_node_counts counts;

	return efile_node_count(&counts, a->s, a->r->case_id.id);
}

static efile_status node_update(const attempt *a)
{
	OPTIONS(efile_node, o);

	o.title = a->text;
	return efile_node_update(a->s, a->letter.id, a->seen, &o);
}

static efile_status node_move(const attempt *a)
{
	return efile_node_move(a->s, a->r->case_id.id, a->r->dossier.id, 1, a->text);
}

static efile_status node_trash(const attempt *a)
{
	return efile_node_trash(a->s, a->letter.id, a->seen, a->text);
}

static efile_status node_restore(const attempt *a)
{
	return efile_node_restore(a->s, a->letter.id, a->seen);
}

static efile_status node_lock(const attempt *a)
{
	return efile_node_lock(a->s, a->letter.id, a->text);
}

static efile_status node_unlock(const attempt *a)
{
	return efile_node_unlock(a->s, a->letter.id);
}

static efile_status node_locked_by(const attempt *a)
{
	efile_id holder;

	return efile_node_locked_by(&holder, a->s, a->letter.id);
}

/* ---- documents ---- */

static efile_status add_with(const attempt *a, efile_document_options *o)
{
	AUTO_PTR(efile_document) d = NULL;
	AUTO_PTR(efile_reader) content = content_of(a);

	return efile_case_add_document(&d, a->s, a->r->case_id, content, o);
}

#define DOCUMENT_TEXT(field)                                                                       \
	static efile_status with_##field(const attempt *a)                                     \
	{                                                                                          \
		OPTIONS(efile_document, o);                                                        \
		o.title = "Brief";                                                                 \
		o.field = a->text;                                                                 \
		return add_with(a, &o);                                                            \
	}

DOCUMENT_TEXT(title)
DOCUMENT_TEXT(media_type)
DOCUMENT_TEXT(file_name)
DOCUMENT_TEXT(doctype)
DOCUMENT_TEXT(sender)
DOCUMENT_TEXT(reference)
DOCUMENT_TEXT(text)
DOCUMENT_TEXT(key)

static efile_status attachment(const attempt *a)
{
	AUTO_PTR(efile_document) d = NULL;
	AUTO_PTR(efile_reader) content = content_of(a);
	OPTIONS(efile_document, o);

	o.title = a->text;
	return efile_document_add_attachment(&d, a->s, a->letter, content, &o);
}

static efile_status document_load(const attempt *a)
{
	AUTO_PTR(efile_document) d = NULL;

	return efile_document_load(&d, a->s, a->letter);
}

#define VERSION_TEXT(field)                                                                        \
	static efile_status version_##field(const attempt *a)                                      \
	{                                                                                          \
		AUTO_PTR(efile_reader) content = content_of(a);                                    \
		OPTIONS(efile_version, o);                                                         \
		o.field = a->text;                                                                 \
		return efile_document_add_version(NULL, a->s, a->letter, 1, content, &o);          \
	}

VERSION_TEXT(label)
VERSION_TEXT(remark)
VERSION_TEXT(media_type)
VERSION_TEXT(file_name)
VERSION_TEXT(text)

static efile_status rendition_type(const attempt *a)
{
	AUTO_PTR(efile_reader) content = content_of(a);

	return efile_document_add_rendition(a->s, a->letter, 1, EFILE_ROLE_PREVIEW, content, a->text, "x.png");
}

static efile_status rendition_name(const attempt *a)
{
	AUTO_PTR(efile_reader) content = content_of(a);

	return efile_document_add_rendition(a->s, a->letter, 1, EFILE_ROLE_PREVIEW, content, "image/png",
					    a->text);
}

static efile_status open_content(const attempt *a)
{
	AUTO_PTR(efile_reader) content = NULL;

	return efile_document_open_content(&content, a->s, a->letter, 1, EFILE_ROLE_ORIGINAL);
}

static efile_status versions(const attempt *a)
{
	AUTO_PTR(efile_version_cursor) c = NULL;

	return efile_document_versions(&c, a->s, a->letter, 0);
}

static efile_status renditions(const attempt *a)
{
	AUTO_PTR(efile_rendition_cursor) c = NULL;

	return efile_document_renditions(&c, a->s, a->letter, 1);
}

/* ---- types, values, relations ---- */

static efile_status doctype_name(const attempt *a)
{
	return efile_doctype_define(a->s, a->text, "Titel", NULL);
}

static efile_status doctype_title(const attempt *a)
{
	return efile_doctype_define(a->s, "neu", a->text, NULL);
}

static efile_status doctype_load(const attempt *a)
{
	AUTO_PTR(char) text = NULL;

	return efile_doctype_load(&text, a->s, a->text);
}

static efile_status value_name(const attempt *a)
{
	efile_attribute value = { .name = a->text, .value = "x" };

	return efile_node_set_attributes(a->s, a->letter.id, a->seen, &value, 1);
}

static efile_status values(const attempt *a)
{
	AUTO_PTR(efile_attribute_cursor) c = NULL;

	return efile_node_attributes(&c, a->s, a->letter.id);
}

static efile_status by_name(const attempt *a)
{
	AUTO_PTR(efile_node_cursor) c = NULL;
	OPTIONS(efile_list, o);

	return efile_find_by_attribute(&c, a->s, a->text, "x", &o);
}

static efile_status by_value(const attempt *a)
{
	AUTO_PTR(efile_node_cursor) c = NULL;
	OPTIONS(efile_list, o);

	return efile_find_by_attribute(&c, a->s, "note", a->text, &o);
}

static efile_status relation_kind(const attempt *a)
{
	efile_id id;

	return efile_relation_add(&id, a->s, a->letter.id, a->r->case_id.id, a->text, NULL);
}

static efile_status relation_remark(const attempt *a)
{
	efile_id id;

	return efile_relation_add(&id, a->s, a->letter.id, a->r->case_id.id, "zu", a->text);
}

static efile_status relation_remove(const attempt *a)
{
	return efile_relation_remove(a->s, a->relation);
}

static efile_status relations(const attempt *a)
{
	AUTO_PTR(efile_relation_cursor) c = NULL;

	return efile_node_relations(&c, a->s, a->letter.id);
}

/* ---- the table ---- */

enum { TEXT = 1, OPTS = 2, FOUND = 4, ADMIN = 8 }; /* FOUND: a text that is none is not found */

static const struct row {
	const char *name;
	efile_status (*call)(const attempt *a);
	int about;
} rows[] = {
	{ "plan: create", plan_create, TEXT | OPTS | ADMIN }, { "plan: code", plan_code, TEXT | ADMIN },
	{ "plan: update", plan_update, TEXT | OPTS | ADMIN }, { "plan: load", plan_load, 0 },
	{ "plan: by code", plan_by_code, TEXT },              { "plan: children", plan_children, 0 },
	{ "plan: effective", plan_effective, 0 },
	{ "dossier: create", dossier_create, TEXT | OPTS },   { "dossier: part", dossier_part, TEXT | OPTS },
	{ "dossier: load", dossier_load, 0 },
	{ "dossier: by reference", dossier_by_reference, TEXT | FOUND },
	{ "dossier: list", dossier_list, OPTS },              { "dossier: close", dossier_close, 0 },
	{ "dossier: reopen", dossier_reopen, TEXT },          { "dossier: refile", dossier_refile, TEXT },
	{ "case: create", case_create, TEXT | OPTS },         { "case: part", case_part, TEXT | OPTS },
	{ "case: load", case_load, 0 },                       { "case: close", case_close, 0 },
	{ "case: reopen", case_reopen, TEXT },
	{ "node: load", node_load, 0 },                       { "node: by reference", node_by_reference, TEXT | FOUND },
	{ "node: children", node_children, OPTS },            { "node: count", node_count, 0 },
	{ "node: update", node_update, TEXT | OPTS },         { "node: move", node_move, TEXT },
	{ "node: trash", node_trash, TEXT },                  { "node: restore", node_restore, 0 },
	{ "node: lock", node_lock, TEXT },                    { "node: unlock", node_unlock, 0 },
	{ "node: locked by", node_locked_by, 0 },
	{ "document: title", with_title, TEXT | OPTS },   { "document: media type", with_media_type, TEXT },
	{ "document: file name", with_file_name, TEXT },  { "document: type", with_doctype, TEXT | FOUND },
	{ "document: sender", with_sender, TEXT },        { "document: reference", with_reference, TEXT },
	{ "document: text", with_text, TEXT },            { "document: key", with_key, TEXT },
	{ "document: attachment", attachment, TEXT | OPTS },  { "document: load", document_load, 0 },
	{ "version: label", version_label, TEXT | OPTS },     { "version: remark", version_remark, TEXT },
	{ "version: media type", version_media_type, TEXT },  { "version: file name", version_file_name, TEXT },
	{ "version: text", version_text, TEXT },
	{ "rendition: media type", rendition_type, TEXT },    { "rendition: file name", rendition_name, TEXT },
	{ "document: content", open_content, 0 },             { "document: versions", versions, 0 },
	{ "document: renditions", renditions, 0 },
	{ "type: name", doctype_name, TEXT | ADMIN },         { "type: title", doctype_title, TEXT | ADMIN },
	{ "type: load", doctype_load, TEXT },                 { "values: name", value_name, TEXT },
	{ "values: list", values, 0 },                        { "values: find name", by_name, TEXT | OPTS },
	{ "values: find value", by_value, TEXT },             { "relation: kind", relation_kind, TEXT },
	{ "relation: remark", relation_remark, TEXT },        { "relation: remove", relation_remove, 0 },
	{ "relation: list", relations, 0 },
};

static void attempt_setup(attempt *a, registry *r)
{
	AUTO_PTR(efile_plan) plan = NULL;

	registry_setup(r);
	*a = (attempt){ .r = r, .s = r->weber, .text = "Text" };
	a->letter = registry_document(r, r->case_id, "Brief", "Wort", 0);
	TAP_EQUAL_INT(efile_relation_add(&a->relation, r->weber, a->letter.id, r->dossier.id, "zu", NULL),
		      EFILE_OK);
	a->seen = registry_revision(r, a->letter.id);
	TAP_EQUAL_INT(efile_plan_load(&plan, r->town.admin, r->unit), EFILE_OK);
	a->plan_seen = efile_plan_revision(plan);
}

static void test_no_session(void)
{
	int64_t before;
	registry r;
	attempt a;

	attempt_setup(&a, &r);
	before = desk_entries(r.town.store);
	a.s = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tap_case(rows[i].name);
		TAP_EQUAL_INT(rows[i].call(&a), EFILE_E_INVALID);
	}
	tap_case(NULL);
	TAP_EQUAL_INT(efile_node_cursor_next(NULL, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_plan_cursor_next(NULL, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_version_cursor_next(NULL, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_rendition_cursor_next(NULL, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_attribute_cursor_next(NULL, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_relation_cursor_next(NULL, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(desk_entries(r.town.store), before);
	registry_teardown(&r);
}

static void test_no_longer_active(void)
{
	efile_actor_options o;
	int64_t before;
	registry r;
	attempt a;

	attempt_setup(&a, &r);
	efile_actor_options_init(&o);
	o.active = 0;
	TAP_EQUAL_INT(efile_actor_update(r.town.admin, r.town.weber, &o), EFILE_OK);
	before = desk_entries(r.town.store);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tap_case(rows[i].name);
		TAP_EQUAL_INT(rows[i].call(&a), EFILE_E_DENIED);
	}
	tap_case(NULL);
	/* Nothing but attempts at what is the administrator's. */
	TAP_EQUAL_INT(desk_entries(r.town.store), before + town_logged(&r.town, "access.refused", NULL));
	registry_teardown(&r);
}

/* A text that is not UTF-8, one that is longer than any may be, options of no known size. */
static void test_no_text(void)
{
	static char endless[(1 << 20) + 2];
	int64_t before;
	registry r;
	attempt a;

	attempt_setup(&a, &r);
	before = desk_entries(r.town.store);
	memset(endless, 'x', sizeof(endless) - 1);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_status status;

		tap_case(rows[i].name);
		a.s = rows[i].about & ADMIN ? r.town.admin : r.weber;
		a.text = "\xff";
		if (rows[i].about & TEXT) {
			status = rows[i].call(&a);
			TAP_OK(status == EFILE_E_INVALID || (rows[i].about & FOUND && status == EFILE_E_NOTFOUND));
		}
		a.text = "Text";
		a.size = 1;
		if (rows[i].about & OPTS)
			TAP_EQUAL_INT(rows[i].call(&a), EFILE_E_INVALID);
		a.size = 0;
		a.text = endless;
		if (rows[i].about & TEXT && rows[i].call != with_text && rows[i].call != version_text) {
			status = rows[i].call(&a);
			TAP_OK(status == EFILE_E_INVALID || status == EFILE_E_LIMIT ||
			       (rows[i].about & FOUND && status == EFILE_E_NOTFOUND));
		}
	}
	tap_case(NULL);
	TAP_EQUAL_INT(desk_entries(r.town.store), before);
	registry_teardown(&r);
}

TAP_SUITE(model_refuse) = {
	{ "without a session", test_no_session },
	{ "of somebody who may not act any more", test_no_longer_active },
	{ "with texts and options that are none", test_no_text },
	TAP_END,
};
