/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every statement that the model keeps is answered by an index. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/inner.h"
#include "unit/model_support.h"

static void exercise(registry *r)
{
	AUTO_PTR(efile_node) n = NULL;
	efile_document_id a = registry_document(r, r->case_id, "A", "Text", 0);
	efile_document_id b = registry_document(r, r->case_id, "B", NULL, r->closed_list);
	efile_node_cursor *nodes = NULL;
	efile_relation_cursor *relations = NULL;
	efile_attribute_cursor *values = NULL;
	efile_version_cursor *versions = NULL;
	efile_rendition_cursor *renditions = NULL;
	efile_relation relation;
	efile_attribute value;
	efile_document_version version;
	efile_rendition rendition;
	efile_node_counts counts;
	efile_plan_cursor *plans = NULL;
	efile_plan *plan = NULL;

	efile_relation_add(NULL, r->chief, a.id, b.id, "see", NULL);
	efile_find_by_reference(&n, r->weber, "10.24-0001");
	efile_node_children(&nodes, r->weber, r->case_id.id, NULL);
	efile_node_free(n);
	n = NULL;
	efile_node_cursor_next(nodes, &n);
	efile_node_cursor_free(STEAL(nodes));
	efile_node_free(n);
	n = NULL;
	efile_dossier_list(&nodes, r->weber, r->unit, NULL);
	efile_node_cursor_next(nodes, &n);
	efile_node_cursor_free(STEAL(nodes));
	efile_node_free(n);
	n = NULL;
	efile_find_by_attribute(&nodes, r->weber, "number", "7", NULL);
	efile_node_cursor_next(nodes, &n);
	efile_node_cursor_free(STEAL(nodes));
	efile_node_relations(&relations, r->chief, a.id);
	efile_relation_cursor_next(relations, &relation);
	efile_relation_cursor_free(relations);
	efile_node_attributes(&values, r->weber, a.id);
	efile_attribute_cursor_next(values, &value);
	efile_attribute_cursor_free(values);
	efile_document_versions(&versions, r->weber, a, 0);
	efile_version_cursor_next(versions, &version);
	efile_version_cursor_free(versions);
	efile_document_renditions(&renditions, r->weber, a, 0);
	efile_rendition_cursor_next(renditions, &rendition);
	efile_rendition_cursor_free(renditions);
	efile_node_count(&counts, r->weber, r->case_id.id);
	efile_node_lock(r->weber, a.id, NULL);
	efile_node_unlock(r->weber, a.id);
	efile_node_trash(r->weber, a.id, registry_revision(r, a.id), NULL);
	efile_case_close(r->weber, r->case_id, registry_revision(r, r->case_id.id));
	efile_plan_children(&plans, r->weber, r->top, NULL);
	efile_plan_cursor_next(plans, &plan);
	efile_plan_free(plan);
	efile_plan_cursor_free(plans);
}

static bool is_of_model(const char *sql)
{
	static const char *const tables[] = {
		" plan ", " node ", " version ", " rendition ", " attribute ", " relation ",
		" reference ", " counter ", " node_lock ", " child_count ", " doctype ",
	};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		if (strstr(sql, tables[i]) && !strstr(sql, "max("))
			return true;
	return false;
}

static void explain(sqlite3 *db, const char *sql)
{
	char *question = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql);
	sqlite3_stmt *s = NULL;

	tap_case(sql);
	TAP_EQUAL_INT(sqlite3_prepare_v2(db, question, -1, &s, NULL), SQLITE_OK);
	while (sqlite3_step(s) == SQLITE_ROW) {
		const char *detail = (const char *)sqlite3_column_text(s, 3);

		if (strncmp(detail, "SCAN", 4) == 0 && strcmp(detail, "SCAN CONSTANT ROW") != 0)
			TAP_EQUAL_TEXT(detail, "SEARCH by an index");
	}
	sqlite3_finalize(s);
	sqlite3_free(question);
}

static void test_plans(void)
{
	registry r;
	sqlite3_stmt *s = NULL;
	int asked = 0;

	registry_setup(&r);
	exercise(&r);
	while ((s = sqlite3_next_stmt(r.town.store->db, s))) {
		const char *sql = sqlite3_sql(s);

		if (strncmp(sql, "SELECT", 6) != 0 || !is_of_model(sql))
			continue;
		explain(r.town.store->db, sql);
		asked++;
	}
	TAP_OK(asked > 25);
	registry_teardown(&r);
}

static void test_derived(void)
{
	registry r;
	AUTO_PTR(efile_report) report = NULL;
	AUTO(txn) tx = TXN_NONE;
	efile_node_counts counts;

	registry_setup(&r);
	TAP_EQUAL_INT(sqlite3_exec(r.town.store->db, "UPDATE child_count SET total = 99", NULL, NULL,
				   NULL), SQLITE_OK);
	TAP_EQUAL_INT(efile_store_fsck(&report, r.town.store, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_report_count(report), 1);
	TAP_EQUAL_TEXT(efile_report_finding(report, 0)->rule, "FSCK-DERIVED");
	TAP_EQUAL_INT(txn_begin(&tx, r.town.store), EFILE_OK);
	TAP_EQUAL_INT(model_check_derived(r.town.store, report, true), EFILE_OK);
	TAP_EQUAL_INT(txn_commit(&tx), EFILE_OK);
	TAP_EQUAL_INT(efile_node_count(&counts, r.weber, r.dossier.id), EFILE_OK);
	TAP_EQUAL_INT(counts.cases, 1);
	registry_teardown(&r);
}

TAP_SUITE(model_plans) = {
	{ "counters are found wrong, and made anew", test_derived },
	{ "hot queries use their index", test_plans },
	TAP_END,
};
