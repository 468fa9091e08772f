/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was said of a node or a type comes back; what lies in many pages is all taken along; states
 * that do not fit are refused. */
#include <stdlib.h>
#include <string.h>

#include "search/search.h"
#include "unit/model_support.h"

DEFINE_AUTO_PTR(efile_node_cursor, efile_node_cursor_free)

/* ---- values come back ---- */

static efile_date day(int year, int month, int n)
{
	return town_day(year, month, n);
}

static void check_values(const registry *r, const efile_node *n)
{
	const efile_id unit = efile_node_unit(n);
	const efile_plan_id plan = efile_node_plan(n);

	TAP_EQUAL_TEXT(efile_node_title(n), "Akte");
	TAP_EQUAL_TEXT(efile_node_sender(n), "");
	TAP_EQUAL_INT(efile_node_created(n), TEST_NOW);
	TAP_EQUAL_INT(efile_node_closed(n), 0);
	TAP_EQUAL_INT(efile_node_trashed(n), 0);
	TAP_EQUAL_INT(efile_node_received(n), 0);
	TAP_EQUAL_INT(date_compare(efile_node_begin(n), day(2026, 1, 2)), 0);
	TAP_EQUAL_INT(date_compare(efile_node_end(n), day(2026, 12, 30)), 0);
	TAP_EQUAL_INT(id_compare(&unit, &r->town.section.id), 0);
	TAP_EQUAL_INT(id_compare(&plan.id, &r->unit.id), 0);
	TAP_EQUAL_INT(efile_node_medium(n), EFILE_MEDIUM_HYBRID);
	TAP_EQUAL_INT(efile_node_confidentiality(n), 1);
	TAP_EQUAL_INT(efile_node_access_list(n), r->list);
	TAP_EQUAL_INT(efile_node_marked(n), 1);
	TAP_OK(efile_node_revision(n) > 0);
}

static void test_values(void)
{
	AUTO_PTR(efile_dossier) made = NULL;
	AUTO_PTR(efile_dossier) loaded = NULL;
	efile_node_options o;
	efile_id unit;
	registry r;

	registry_setup(&r);
	efile_node_options_init(&o);
	o.title = "Akte";
	o.begin = day(2026, 1, 2);
	o.end = day(2026, 12, 30);
	o.unit = r.town.section.id;
	o.medium = EFILE_MEDIUM_HYBRID;
	o.confidentiality = 1;
	o.access_list = r.list;
	o.marked = 1;
	TAP_EQUAL_INT(efile_dossier_create(&made, r.chief, r.unit, &o), EFILE_OK);
	check_values(&r, made);
	TAP_EQUAL_INT(efile_node_load(&loaded, r.chief, efile_node_id(made)), EFILE_OK);
	check_values(&r, loaded);
	efile_node_free(STEAL(loaded));
	/* What nobody says is inherited, and nobody's. */
	TAP_EQUAL_INT(efile_node_load(&loaded, r.chief, r.dossier.id), EFILE_OK);
	unit = efile_node_unit(loaded);
	TAP_OK(efile_id_is_none(&unit));
	TAP_EQUAL_INT(efile_node_confidentiality(loaded), EFILE_CONFIDENTIALITY_INHERITED);
	TAP_EQUAL_INT(efile_node_access_list(loaded), 0);
	registry_teardown(&r);
}

/* A period of one day is one; years that four digits can't say are none. */
static void test_periods(void)
{
	static const struct {
		int from[3], to[3];
		efile_status status;
	} rows[] = {
		{ { 2026, 3, 2 }, { 2026, 3, 2 }, EFILE_OK },
		{ { 2026, 3, 2 }, { 2026, 3, 1 }, EFILE_E_INVALID },
		{ { 2026, 3, 2 }, { 2026, 3, 3 }, EFILE_OK },
		{ { 1, 1, 1 }, { 9999, 12, 31 }, EFILE_OK },
		{ { 2026, 2, 29 }, { 2026, 3, 1 }, EFILE_E_INVALID },
		{ { -1, 1, 1 }, { 2026, 1, 1 }, EFILE_E_INVALID },
		{ { 2026, 1, 1 }, { 10000, 1, 1 }, EFILE_E_INVALID },
	};
	registry r;

	registry_setup(&r);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		efile_node_options o;

		efile_node_options_init(&o);
		o.title = "Akte";
		o.begin = day(rows[i].from[0], rows[i].from[1], rows[i].from[2]);
		o.end = day(rows[i].to[0], rows[i].to[1], rows[i].to[2]);
		TAP_EQUAL_INT(efile_dossier_create(NULL, r.weber, r.unit, &o), rows[i].status);
	}
	registry_teardown(&r);
}

static void test_type(void)
{
	AUTO_PTR(char) text = NULL;
	registry r;

	registry_setup(&r);
	TAP_EQUAL_INT(efile_doctype_define(r.town.admin, "t", "T", "{\"fields\":[{\"name\":\"a\",\"min\":1,\"max\":null,"
		      "\"length\":7,\"pattern\":\"x+\",\"codes\":[\"x\",\"xx\"]},{\"name\":\"b\",\"datatype\":\"time\"}]}"),
		      EFILE_OK);
	TAP_EQUAL_INT(efile_doctype_load(&text, r.weber, "t"), EFILE_OK);
	TAP_EQUAL_TEXT(text, "{\"schema\":\"efile.doctype.v1\",\"name\":\"t\",\"title\":\"T\",\"fields\":[{\"name\":\"a\","
		       "\"datatype\":\"text\",\"min\":1,\"max\":null,\"length\":7,\"pattern\":\"x+\",\"codes\":[\"x\",\"xx\"]},"
		       "{\"name\":\"b\",\"datatype\":\"time\",\"min\":0,\"max\":1,\"codes\":[]}]}");
	registry_teardown(&r);
}

/* ---- reference numbers below parts, which have none ---- */

static void test_number_above(void)
{
	AUTO_PTR(efile_dossier) part = NULL;
	AUTO_PTR(efile_dossier) inner = NULL;
	AUTO_PTR(efile_case) c = NULL;
	efile_node_options o;
	registry r;

	registry_setup(&r);
	efile_node_options_init(&o);
	o.title = "Teil";
	TAP_EQUAL_INT(efile_dossier_add_part(&part, r.weber, r.dossier, &o), EFILE_OK);
	TAP_EQUAL_INT(efile_dossier_add_part(&inner, r.weber, efile_dossier_node_id(part), &o), EFILE_OK);
	TAP_EQUAL_INT(efile_case_create(&c, r.weber, efile_dossier_node_id(inner), &o), EFILE_OK);
	TAP_EQUAL_TEXT(efile_node_reference(c), "10.24-0001/002-2026");
	registry_teardown(&r);
}

/* ---- levels ---- */

/* The level of a unit holds for what stands in it: who is not cleared for it sees nothing. */
static void set_level(registry *r, efile_confidentiality level)
{
	AUTO_PTR(efile_plan) plan = NULL;
	efile_plan_options o;

	TAP_EQUAL_INT(efile_plan_load(&plan, r->town.admin, r->top), EFILE_OK);
	efile_plan_options_of(plan, &o);
	o.confidentiality = level;
	TAP_EQUAL_INT(efile_plan_update(r->town.admin, r->top, efile_plan_revision(plan), &o), EFILE_OK);
}

static void test_level_of_plan(void)
{
	AUTO_PTR(efile_node) n = NULL;
	registry r;

	registry_setup(&r);
	TAP_EQUAL_INT(efile_node_load(&n, r.weber, r.case_id.id), EFILE_OK);
	efile_node_free(STEAL(n));
	set_level(&r, EFILE_CONFIDENTIALITY_TOP_SECRET);
	TAP_EQUAL_INT(efile_node_load(&n, r.weber, r.case_id.id), EFILE_E_NOTFOUND);
	set_level(&r, EFILE_CONFIDENTIALITY_OPEN);
	TAP_EQUAL_INT(efile_node_load(&n, r.weber, r.case_id.id), EFILE_OK);
	registry_teardown(&r);
}

/* A unit is valid from its first to its last day, both included; today is 2 March 2026. */
static void test_days_of_plan(void)
{
	static const struct {
		int from, to;
		efile_status status;
	} rows[] = {
		{ 2, 2, EFILE_OK }, { 3, 9, EFILE_E_STATE }, { 1, 1, EFILE_E_STATE }, { 1, 2, EFILE_OK },
		{ 2, 9, EFILE_OK }, { 0, 1, EFILE_E_STATE }, { 3, 0, EFILE_E_STATE }, { 0, 2, EFILE_OK },
	};
	registry r;

	registry_setup(&r);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_PTR(efile_plan) plan = NULL;
		efile_plan_options o;
		efile_node_options n;

		TAP_EQUAL_INT(efile_plan_load(&plan, r.town.admin, r.unit), EFILE_OK);
		efile_plan_options_of(plan, &o);
		o.valid_from = rows[i].from ? day(2026, 3, rows[i].from) : town_ever;
		o.valid_to = rows[i].to ? day(2026, 3, rows[i].to) : town_ever;
		TAP_EQUAL_INT(efile_plan_update(r.town.admin, r.unit, efile_plan_revision(plan), &o), EFILE_OK);
		efile_node_options_init(&n);
		n.title = "Akte";
		TAP_EQUAL_INT(efile_dossier_create(NULL, r.weber, r.unit, &n), rows[i].status);
	}
	registry_teardown(&r);
}

/* ---- many pages ---- */

static void fill(registry *r, int count)
{
	static const efile_attribute value = { .name = "note", .value = "Zettel" };
	efile_document_options o;

	TAP_EQUAL_INT(efile_doctype_define(r->town.admin, "letter", "Brief", "{\"fields\":[{\"name\":\"note\"}]}"),
		      EFILE_OK);
	efile_document_options_init(&o);
	o.title = "Brief";
	o.doctype = "letter";
	o.attributes = &value;
	o.attribute_count = 1;
	TAP_EQUAL_INT(efile_batch_begin(r->town.store), EFILE_OK);
	for (int i = 0; i < count; i++)
		TAP_EQUAL_INT(efile_case_add_document(NULL, r->weber, r->case_id, NULL, &o), EFILE_OK);
	TAP_EQUAL_INT(efile_batch_commit(r->town.store), EFILE_OK);
}

static int listed_below(registry *r, efile_id parent, efile_id dossier)
{
	AUTO_PTR(efile_node_cursor) cursor = NULL;
	efile_node *n = NULL;
	int count = 0;

	TAP_EQUAL_INT(efile_node_children(&cursor, r->weber, parent, NULL), EFILE_OK);
	for (; efile_node_cursor_next(cursor, &n) == EFILE_OK; efile_node_free(n)) {
		const efile_dossier_id of = efile_node_dossier(n);

		count += id_compare(&of.id, &dossier) == 0;
	}
	return count;
}

static int found_by_note(registry *r)
{
	AUTO_PTR(efile_node_cursor) cursor = NULL;
	efile_node *n = NULL;
	int count = 0;

	TAP_EQUAL_INT(efile_find_by_attribute(&cursor, r->weber, "note", "Zettel", NULL), EFILE_OK);
	for (; efile_node_cursor_next(cursor, &n) == EFILE_OK; efile_node_free(n))
		count++;
	return count;
}

/* Exactly a page, and one more: all of it goes along, with its values. */
static void test_moved_in_pages(void)
{
	for (int count = 256; count <= 257; count++) {
		efile_dossier_id other;
		registry r;

		registry_setup(&r);
		fill(&r, count);
		other = registry_dossier(&r, r.unit, "dort");
		TAP_EQUAL_INT(efile_node_move(r.weber, r.case_id.id, other.id,
					      registry_revision(&r, r.case_id.id), NULL), EFILE_OK);
		TAP_EQUAL_INT(listed_below(&r, r.case_id.id, other.id), count);
		TAP_EQUAL_INT(found_by_note(&r), count);
		TAP_EQUAL_INT(efile_dossier_refile(r.chief, other, r.top, registry_revision(&r, other.id), 0, "x"),
			      EFILE_OK);
		TAP_EQUAL_INT(listed_below(&r, r.case_id.id, other.id), count);
		registry_teardown(&r);
	}
}

/* ---- states ---- */

static void test_states(void)
{
	efile_document_id letter;
	efile_id id;
	int64_t seen;
	registry r;

	registry_setup(&r);
	id = r.case_id.id;
	letter = registry_document(&r, r.case_id, "Brief", NULL, 0);
	/* not filed away, not in the trash */
	seen = registry_revision(&r, id);
	TAP_EQUAL_INT(efile_case_reopen(r.chief, r.case_id, seen, "x"), EFILE_E_STATE);
	TAP_EQUAL_TEXT(efile_error_message(r.town.ctx), "10.24-0001/001-2026 is not filed away");
	TAP_EQUAL_INT(efile_node_restore(r.weber, id, seen), EFILE_E_STATE);
	/* in the trash: another revision is another state of things */
	TAP_EQUAL_INT(efile_node_trash(r.weber, letter.id, registry_revision(&r, letter.id), NULL), EFILE_OK);
	seen = registry_revision(&r, letter.id);
	TAP_EQUAL_INT(efile_node_restore(r.weber, letter.id, seen - 1), EFILE_E_CONFLICT);
	TAP_EQUAL_INT(efile_node_restore(r.weber, letter.id, seen + 1), EFILE_E_CONFLICT);
	/* what it lies in went there too */
	TAP_EQUAL_INT(efile_node_trash(r.weber, id, registry_revision(&r, id), NULL), EFILE_OK);
	TAP_OK(efile_node_restore(r.weber, letter.id, seen) == EFILE_E_STATE);
	TAP_EQUAL_INT(efile_node_restore(r.weber, id, registry_revision(&r, id)), EFILE_OK);
	TAP_EQUAL_INT(efile_node_restore(r.weber, letter.id, seen), EFILE_OK);
	/* filed away, and opened again with the reason in the log */
	TAP_EQUAL_INT(efile_case_close(r.weber, r.case_id, registry_revision(&r, id)), EFILE_OK);
	TAP_EQUAL_INT(efile_case_close(r.weber, r.case_id, registry_revision(&r, id)), EFILE_E_STATE);
	TAP_EQUAL_INT(efile_case_reopen(r.weber, r.case_id, registry_revision(&r, id), ""), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_case_reopen(r.weber, r.case_id, registry_revision(&r, id), "Nachtrag"), EFILE_OK);
	registry_teardown(&r);
}

TAP_SUITE(model_round) = {
	{ "values of a node", test_values },
	{ "periods", test_periods },
	{ "a type", test_type },
	{ "numbers below parts", test_number_above },
	{ "the level of the plan", test_level_of_plan },
	{ "days of the plan", test_days_of_plan },
	{ "moved in pages", test_moved_in_pages },
	{ "states", test_states },
	TAP_END,
};
