/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "unit/model_support.h"

static efile_node *load(registry *r, efile_id id)
{
	efile_node *n = NULL;

	TAP_EQUAL_INT(efile_node_load(&n, r->chief, id), EFILE_OK);
	return n;
}

static void test_update(void)
{
	registry r;
	efile_node_options o;
	efile_node *n;
	int64_t seen;

	registry_setup(&r);
	seen = registry_revision(&r, r.case_id.id);
	efile_node_options_init(&o);
	o.title = "Bauantrag (geändert)";
	o.begin = town_day(2026, 1, 1);
	o.end = town_day(2026, 12, 31);
	o.unit = r.town.office.id;
	o.medium = EFILE_MEDIUM_HYBRID;
	TAP_EQUAL_INT(efile_node_update(r.weber, r.case_id.id, seen, &o), EFILE_OK);
	TAP_EQUAL_INT(efile_node_update(r.weber, r.case_id.id, seen, &o), EFILE_E_CONFLICT);
	n = load(&r, r.case_id.id);
	TAP_EQUAL_TEXT(efile_node_title(n), "Bauantrag (geändert)");
	TAP_EQUAL_TEXT(efile_node_reference(n), "10.24-0001/001-2026");
	TAP_EQUAL_INT(efile_node_begin(n).year, 2026);
	TAP_EQUAL_INT(efile_node_end(n).month, 12);
	TAP_EQUAL_INT(efile_node_medium(n), EFILE_MEDIUM_HYBRID);
	seen = efile_node_revision(n);
	efile_node_free(n);

	/* Who may write may not grant. */
	o.access_list = r.closed_list;
	TAP_EQUAL_INT(efile_node_update(r.weber, r.case_id.id, seen, &o), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_node_update(r.chief, r.case_id.id, seen, &o), EFILE_OK);
	n = NULL;
	TAP_EQUAL_INT(efile_node_load(&n, r.weber, r.case_id.id), EFILE_E_NOTFOUND);

	o.end = town_day(2025, 1, 1);
	TAP_EQUAL_INT(efile_node_update(r.chief, r.case_id.id, registry_revision(&r, r.case_id.id), &o),
		      EFILE_E_INVALID);
	o.end = (efile_date){ 0 };
	o.medium = (efile_medium)4;
	TAP_EQUAL_INT(efile_node_update(r.chief, r.case_id.id, registry_revision(&r, r.case_id.id), &o),
		      EFILE_E_INVALID);
	registry_teardown(&r);
}

static void test_move(void)
{
	registry r;
	efile_dossier_id other;
	efile_case_id there;
	efile_document_id letter;
	efile_node *n;
	efile_node_counts counts;
	efile_dossier_id d;

	registry_setup(&r);
	other = registry_dossier(&r, r.unit, "Marktplatz 2");
	there = registry_case(&r, other, "Bauantrag 2");
	letter = registry_document(&r, r.case_id, "Brief", "Text", 0);
	TAP_EQUAL_INT(efile_node_move(r.weber, r.case_id.id, other.id,
				      registry_revision(&r, r.case_id.id), "falsche Akte"), EFILE_OK);
	n = load(&r, letter.id);
	d = efile_node_dossier(n);
	TAP_EQUAL_INT(id_compare(&d.id, &other.id), 0);
	efile_node_free(n);
	TAP_EQUAL_INT(efile_node_count(&counts, r.weber, r.dossier.id), EFILE_OK);
	TAP_EQUAL_INT(counts.cases, 0);
	TAP_EQUAL_INT(efile_node_count(&counts, r.weber, other.id), EFILE_OK);
	TAP_EQUAL_INT(counts.cases, 2);
	TAP_EQUAL_INT(town_logged(&r.town, "node.moved", NULL), 2); /* in both chains */

	/* A document into another case of the same dossier: one entry. */
	TAP_EQUAL_INT(efile_node_move(r.weber, letter.id, there.id, registry_revision(&r, letter.id),
				      NULL), EFILE_OK);
	TAP_EQUAL_INT(town_logged(&r.town, "node.moved", NULL), 3);
	n = load(&r, letter.id);
	{
		efile_id parent = efile_node_parent(n);

		TAP_EQUAL_INT(id_compare(&parent, &there.id), 0);
	}
	efile_node_free(n);

	/* What can't lie there, and what can't lie in itself. */
	TAP_EQUAL_INT(efile_node_move(r.weber, letter.id, other.id, registry_revision(&r, letter.id),
				      NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_node_move(r.weber, letter.id, EFILE_ID_NONE, registry_revision(&r, letter.id),
				      NULL), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_node_move(r.weber, other.id, r.dossier.id,
				      registry_revision(&r, other.id), NULL), EFILE_E_INVALID);
	{
		AUTO_PTR(efile_dossier) part = NULL;
		AUTO_PTR(efile_dossier) inner = NULL;
		efile_node_options o;

		efile_node_options_init(&o);
		o.title = "Teilakte";
		TAP_EQUAL_INT(efile_dossier_add_part(&part, r.weber, r.dossier, &o), EFILE_OK);
		TAP_EQUAL_INT(efile_dossier_add_part(&inner, r.weber, efile_dossier_node_id(part), &o),
			      EFILE_OK);
		TAP_EQUAL_INT(efile_node_move(r.weber, efile_node_id(part), efile_node_id(inner),
					      efile_node_revision(part), NULL), EFILE_E_INVALID);
		TAP_EQUAL_INT(efile_node_move(r.weber, efile_node_id(part), efile_node_id(part),
					      efile_node_revision(part), NULL), EFILE_E_INVALID);
		TAP_EQUAL_INT(efile_node_move(r.weber, r.case_id.id, efile_node_id(inner),
					      registry_revision(&r, r.case_id.id), NULL), EFILE_OK);
		TAP_EQUAL_INT(efile_node_move(r.weber, efile_node_id(part), other.id,
					      efile_node_revision(part), NULL), EFILE_OK);
		n = load(&r, r.case_id.id);
		d = efile_node_dossier(n);
		TAP_EQUAL_INT(id_compare(&d.id, &other.id), 0);
		efile_node_free(n);
	}
	registry_teardown(&r);
}

static void test_trash(void)
{
	registry r;
	efile_document_id letter;
	efile_node_counts counts;
	efile_node_cursor *cursor = NULL;
	efile_list_options list;
	efile_node *n = NULL;
	int64_t seen;

	registry_setup(&r);
	letter = registry_document(&r, r.case_id, "Brief", NULL, 0);
	TAP_EQUAL_INT(efile_node_trash(r.weber, r.case_id.id, registry_revision(&r, r.case_id.id),
				       "Irrläufer"), EFILE_OK);
	TAP_EQUAL_INT(efile_node_count(&counts, r.weber, r.dossier.id), EFILE_OK);
	TAP_EQUAL_INT(counts.cases, 0);
	/* What lies in it can't be changed, nor taken out alone. */
	seen = registry_revision(&r, letter.id);
	TAP_EQUAL_INT(efile_node_trash(r.weber, letter.id, seen, NULL), EFILE_E_STATE);
	TAP_EQUAL_INT(efile_node_restore(r.weber, letter.id, seen), EFILE_E_STATE);
	efile_list_options_init(&list);
	list.trashed = 1;
	TAP_EQUAL_INT(efile_node_children(&cursor, r.weber, r.dossier.id, &list), EFILE_OK);
	TAP_EQUAL_INT(efile_node_cursor_next(cursor, &n), EFILE_OK);
	TAP_EQUAL_INT(efile_node_trashed(n), TEST_NOW);
	TAP_EQUAL_INT(efile_node_restore(r.weber, r.case_id.id, efile_node_revision(n)), EFILE_OK);
	efile_node_free(n);
	efile_node_cursor_free(cursor);
	TAP_EQUAL_INT(efile_node_count(&counts, r.weber, r.dossier.id), EFILE_OK);
	TAP_EQUAL_INT(counts.open_cases, 1);

	/* A closed case is disposed of, never thrown away, nor the dossier that holds it. */
	TAP_EQUAL_INT(efile_case_close(r.weber, r.case_id, registry_revision(&r, r.case_id.id)),
		      EFILE_OK);
	TAP_EQUAL_INT(efile_node_trash(r.weber, r.case_id.id, registry_revision(&r, r.case_id.id), NULL),
		      EFILE_E_STATE);
	TAP_EQUAL_INT(efile_node_trash(r.weber, r.dossier.id, registry_revision(&r, r.dossier.id), NULL),
		      EFILE_E_STATE);
	registry_teardown(&r);
}

static void test_lock(void)
{
	registry r;
	efile_document_id letter;
	AUTO_PTR(efile_reader) content = NULL;
	efile_id holder;

	registry_setup(&r);
	letter = registry_document(&r, r.case_id, "Brief", NULL, 0);
	TAP_EQUAL_INT(efile_node_unlock(r.weber, letter.id), EFILE_E_STATE);
	TAP_EQUAL_INT(efile_node_lock(r.weber, letter.id, "in Arbeit"), EFILE_OK);
	TAP_EQUAL_INT(efile_node_lock(r.weber, letter.id, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_node_lock(r.chief, letter.id, NULL), EFILE_E_CONFLICT);
	TAP_EQUAL_TEXT(efile_error_message(r.town.ctx), "Brief is checked out by m.weber");
	TAP_EQUAL_INT(efile_node_locked_by(&holder, r.chief, letter.id), EFILE_OK);
	TAP_EQUAL_INT(id_compare(&holder, &r.town.weber.id), 0);
	efile_reader_from_memory(&content, r.town.ctx, "x", 1);
	TAP_EQUAL_INT(efile_document_add_version(NULL, r.chief, letter, 1, content, NULL),
		      EFILE_E_CONFLICT);
	TAP_EQUAL_INT(efile_case_close(r.chief, r.case_id, registry_revision(&r, r.case_id.id)),
		      EFILE_E_CONFLICT);
	TAP_EQUAL_INT(efile_node_trash(r.chief, r.case_id.id, registry_revision(&r, r.case_id.id), NULL),
		      EFILE_E_CONFLICT);
	TAP_EQUAL_INT(efile_document_add_version(NULL, r.weber, letter, 1, content, NULL), EFILE_OK);
	/* The chief may grant, so the chief may break the lock. */
	TAP_EQUAL_INT(efile_node_unlock(r.chief, letter.id), EFILE_OK);
	TAP_EQUAL_INT(efile_node_lock(r.chief, letter.id, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_node_unlock(r.weber, letter.id), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_node_unlock(r.chief, letter.id), EFILE_OK);
	TAP_EQUAL_INT(efile_node_locked_by(&holder, r.chief, letter.id), EFILE_OK);
	TAP_OK(efile_id_is_none(&holder));
	registry_teardown(&r);
}

static void test_relations(void)
{
	registry r;
	efile_document_id a, b, hidden;
	efile_relation_cursor *cursor = NULL;
	efile_relation relation;
	efile_id id;

	registry_setup(&r);
	a = registry_document(&r, r.case_id, "A", NULL, 0);
	b = registry_document(&r, r.case_id, "B", NULL, 0);
	hidden = registry_document(&r, r.case_id, "C", NULL, r.closed_list);
	TAP_EQUAL_INT(efile_relation_add(&id, r.weber, a.id, b.id, "answers", "Bezug"), EFILE_OK);
	TAP_EQUAL_INT(efile_relation_add(NULL, r.weber, a.id, b.id, "answers", NULL), EFILE_E_EXISTS);
	TAP_EQUAL_INT(efile_relation_add(NULL, r.weber, a.id, a.id, "see", NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_relation_add(NULL, r.weber, a.id, b.id, "", NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_relation_add(NULL, r.weber, a.id, hidden.id, "see", NULL), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_relation_add(NULL, r.chief, hidden.id, b.id, "see", NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_node_relations(&cursor, r.weber, b.id), EFILE_OK);
	TAP_EQUAL_INT(efile_relation_cursor_next(cursor, &relation), EFILE_OK);
	TAP_EQUAL_TEXT(relation.kind, "answers");
	TAP_EQUAL_TEXT(relation.remark, "Bezug");
	TAP_EQUAL_INT(id_compare(&relation.from, &a.id), 0);
	TAP_EQUAL_INT(efile_relation_cursor_next(cursor, &relation), EFILE_DONE);
	efile_relation_cursor_free(cursor);
	TAP_EQUAL_INT(efile_relation_remove(r.klein, id), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_relation_remove(r.weber, id), EFILE_OK);
	TAP_EQUAL_INT(efile_relation_remove(r.weber, id), EFILE_E_NOTFOUND);
	registry_teardown(&r);
}

TAP_SUITE(model_change) = {
	{ "new values, optimistic, with the right to grant", test_update },
	{ "moves with all that it holds", test_move },
	{ "the trash and back", test_trash },
	{ "checking out and in", test_lock },
	{ "relations", test_relations },
	TAP_END,
};
