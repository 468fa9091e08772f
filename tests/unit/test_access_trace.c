/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What emergency access shows in lists stands in the log, once for each object and session. */
#include <efile/events.h>
#include <efile/search.h>

#include "unit/model_support.h"

DEFINE_AUTO_PTR(efile_search_cursor, efile_search_cursor_free)
DEFINE_AUTO_PTR(efile_relation_cursor, efile_relation_cursor_free)
DEFINE_AUTO_PTR(efile_event_cursor, efile_event_cursor_free)
DEFINE_AUTO_PTR(efile_node_cursor, efile_node_cursor_free)

static int glasses(registry *r)
{
	return town_logged(&r->town, "access.break_glass", NULL);
}

static int children(efile_session *session, efile_id parent)
{
	AUTO_PTR(efile_node_cursor) cursor = NULL;
	AUTO_PTR(efile_node) node = NULL;
	int count = 0;

	TAP_EQUAL_INT(efile_node_children(&cursor, session, parent, NULL), EFILE_OK);
	while (cursor && efile_node_cursor_next(cursor, &node) == EFILE_OK) {
		count++;
		efile_node_free(node);
		node = NULL;
	}
	return count;
}

static int hits(efile_session *session, const char *query, efile_search_order order)
{
	AUTO_PTR(efile_search_cursor) cursor = NULL;
	efile_search_options o;
	efile_hit hit;
	int count = 0;

	efile_search_options_init(&o);
	o.order = order;
	TAP_EQUAL_INT(efile_search(&cursor, session, query, &o), EFILE_OK);
	while (cursor && efile_search_cursor_next(cursor, &hit) == EFILE_OK)
		count++;
	return count;
}

/* The chief's documents, which nobody else may see; the case is the office's. */
static void setup(registry *r, efile_session **emergency)
{
	registry_setup(r);
	registry_document(r, r->case_id, "Erster", "Gehweg", r->closed_list);
	registry_document(r, r->case_id, "Zweiter", "Gehweg", r->closed_list);
	registry_document(r, r->case_id, "Dritter", "Gehweg", 0);
	*emergency = town_session(&r->town, "m.weber", NULL, "Wasserrohrbruch");
}

/* Symptom: emergency access showed hidden documents in lists and searches, and the log knew nothing. */
static void test_lists(void)
{
	efile_session *s;
	registry r;

	setup(&r, &s);
	TAP_EQUAL_INT(glasses(&r), 1); /* the opening */
	TAP_EQUAL_INT(children(s, r.case_id.id), 3);
	TAP_EQUAL_INT(glasses(&r), 3); /* the third is the office's */
	TAP_EQUAL_INT(children(s, r.case_id.id), 3);
	TAP_EQUAL_INT(hits(s, "gehweg", EFILE_SEARCH_NEWEST), 3);
	TAP_EQUAL_INT(glasses(&r), 3);
	efile_session_close(s);
	registry_teardown(&r);
}

static void test_searches(void)
{
	static const efile_search_order orders[] = { EFILE_SEARCH_NEWEST, EFILE_SEARCH_RELEVANCE };

	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		AUTO_PTR(char) body = NULL;
		efile_session *s;
		registry r;

		tap_case(i ? "relevance" : "newest");
		setup(&r, &s);
		TAP_EQUAL_INT(hits(s, "gehweg", orders[i]), 3);
		TAP_EQUAL_INT(town_logged(&r.town, "access.break_glass", &body), 3);
		TAP_EQUAL_TEXT(body, "{\"purpose\":null,\"reason\":\"Wasserrohrbruch\"}");
		efile_session_close(s);
		registry_teardown(&r);
	}
}

static void test_relations_and_events(void)
{
	AUTO_PTR(efile_relation_cursor) relations = NULL;
	AUTO_PTR(efile_event_cursor) events = NULL;
	efile_id link;
	efile_relation relation;
	efile_document_id hidden;
	efile_session *s;
	efile_event event;
	registry r;

	registry_setup(&r);
	hidden = registry_document(&r, r.case_id, "Verborgen", NULL, r.closed_list);
	TAP_EQUAL_INT(efile_relation_add(&link, r.chief, hidden.id, r.dossier.id, "bezug", NULL),
		      EFILE_OK);
	s = town_session(&r.town, "m.weber", NULL, "Brand");
	TAP_EQUAL_INT(efile_node_relations(&relations, s, r.dossier.id), EFILE_OK);
	TAP_EQUAL_INT(efile_relation_cursor_next(relations, &relation), EFILE_OK);
	TAP_EQUAL_INT(glasses(&r), 2);
	efile_session_close(s);
	s = town_session(&r.town, "m.weber", NULL, "Brand");
	TAP_EQUAL_INT(efile_session_events(&events, s, 0), EFILE_OK);
	while (efile_event_cursor_next(events, &event) == EFILE_OK)
		;
	TAP_EQUAL_INT(glasses(&r), 4); /* another session: its opening and the document again */
	efile_event_cursor_free(STEAL(events));
	efile_relation_cursor_free(STEAL(relations));
	efile_session_close(s);
	registry_teardown(&r);
}

/* In a batch that is taken back the entries go, too: what is shown again is journaled again. */
static void test_batch(void)
{
	efile_session *s;
	registry r;

	setup(&r, &s);
	TAP_EQUAL_INT(efile_batch_begin(r.town.store), EFILE_OK);
	TAP_EQUAL_INT(children(s, r.case_id.id), 3);
	efile_batch_abort(r.town.store);
	TAP_EQUAL_INT(glasses(&r), 1);
	TAP_EQUAL_INT(children(s, r.case_id.id), 3);
	TAP_EQUAL_INT(glasses(&r), 3);
	efile_session_close(s);
	registry_teardown(&r);
}

static void test_normal_sessions_leave_nothing(void)
{
	efile_session *s;
	registry r;

	setup(&r, &s);
	TAP_EQUAL_INT(children(r.weber, r.case_id.id), 1);
	TAP_EQUAL_INT(children(r.chief, r.case_id.id), 3);
	TAP_EQUAL_INT(hits(r.chief, "gehweg", EFILE_SEARCH_NEWEST), 3);
	TAP_EQUAL_INT(glasses(&r), 1);
	efile_session_close(s);
	registry_teardown(&r);
}

TAP_SUITE(access_trace) = {
	{ "lists", test_lists },
	{ "searches", test_searches },
	{ "relations and events", test_relations_and_events },
	{ "a batch that is taken back", test_batch },
	{ "normal sessions leave nothing", test_normal_sessions_leave_nothing },
	TAP_END,
};
