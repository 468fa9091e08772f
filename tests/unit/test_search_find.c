/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "search/search.h"
#include "unit/model_support.h"

/* Titles of the hits with '|' between them. */
static char *titles(efile_session *session, const char *query, const efile_search_options *o)
{
	efile_search_cursor *cursor = NULL;
	AUTO(buf) all = BUF_INIT;
	efile_hit hit;
	efile_status status = efile_search(&cursor, session, query, o);

	while (status == EFILE_OK && (status = efile_search_cursor_next(cursor, &hit)) == EFILE_OK)
		buf_add_format(&all, "%s%s", all.length ? "|" : "", hit.title);
	if (status != EFILE_DONE)
		buf_add_format(&all, "!%s", efile_status_name(status));
	efile_search_cursor_free(cursor);
	return strdup(buf_text(&all));
}

static void found(efile_session *session, const char *query, const char *expected)
{
	char *actual = titles(session, query, NULL);

	tap_case(query);
	TAP_EQUAL_TEXT(actual, expected);
	free(actual);
}

static efile_document_id file(registry *r, const char *title, const char *text,
			      const char *sender, efile_date date)
{
	AUTO_PTR(efile_document) document = NULL;
	efile_document_options o;

	efile_document_options_init(&o);
	o.title = title;
	o.text = text;
	o.sender = sender;
	o.date = date;
	{
		AUTO_PTR(efile_reader) content = NULL;

		efile_reader_from_memory(&content, r->town.ctx, title, strlen(title));
		if (!TAP_EQUAL_INT(efile_case_add_document(&document, r->weber, r->case_id, content,
							   &o), EFILE_OK))
			return (efile_document_id){ EFILE_ID_NONE };
	}
	return efile_document_node_id(document);
}

static void letters(registry *r)
{
	file(r, "A", "Die Bescheide wurden den Antragstellern bekanntgegeben.", "Müller GmbH",
	     town_day(2026, 1, 15));
	file(r, "B", "Der erste Bescheid der Behörde über das Häuschen.", "Stadt Köln",
	     town_day(2026, 3, 31));
	file(r, "C", "The invoices of the company are attached to this letter.", NULL,
	     town_day(2025, 12, 31));
}

static void test_language(void)
{
	registry r;

	registry_setup(&r);
	letters(&r);
	found(r.weber, "Bescheid", "B|A");
	found(r.weber, "bescheides", "B|A");
	found(r.weber, "\"erste Bescheid\"", "B");
	found(r.weber, "\"Bescheid erste\"", "");
	found(r.weber, "\"bescheid\" -\"bescheide\"", "B");
	found(r.weber, "BEHORDE", "B");
	found(r.weber, "Haus*", "B");
	found(r.weber, "Hauschen", "B");
	found(r.weber, "invoice", "C");
	found(r.weber, "sender:muller", "A");
	found(r.weber, "sender:Mueller", "A");
	found(r.weber, "sender:bescheid", "");
	found(r.weber, "text:müller", "");
	found(r.weber, "date:2026-01..2026-03 bescheid", "B|A");
	found(r.weber, "date:2025 type:document", "C");
	found(r.weber, "bescheid -sender:köln", "A");
	found(r.weber, "invoice OR antragsteller", "C|A");
	found(r.weber, "10.24-0001/001", "Bauantrag");
	found(r.weber, "Marktplatz", "Marktplatz 1");
	found(r.weber, "type:case", "Bauantrag");
	registry_teardown(&r);
}

static void test_hit(void)
{
	registry r;
	efile_search_cursor *cursor = NULL;
	efile_hit hit;
	efile_document_id id;

	registry_setup(&r);
	id = file(&r, "Brief", "eins zwei drei Bescheid vier", "Müller", town_day(2026, 1, 15));
	TAP_EQUAL_INT(efile_search(&cursor, r.weber, "bescheide", NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_search_cursor_next(cursor, &hit), EFILE_OK);
	TAP_EQUAL_INT(id_compare(&hit.id, &id.id), 0);
	TAP_EQUAL_INT(hit.kind, EFILE_NODE_DOCUMENT);
	TAP_EQUAL_TEXT(hit.title, "Brief");
	TAP_EQUAL_TEXT(hit.reference, "10.24-0001/001-2026");
	TAP_EQUAL_TEXT(hit.snippet, "eins zwei drei \002Bescheid\003 vier");
	TAP_EQUAL_INT(hit.date.month, 1);
	TAP_EQUAL_INT(id_compare(&hit.dossier.id, &r.dossier.id), 0);
	TAP_EQUAL_INT(efile_search_cursor_next(cursor, &hit), EFILE_DONE);
	efile_search_cursor_free(cursor);
	efile_search_cursor_free(NULL);
	registry_teardown(&r);
}

static void test_access(void)
{
	registry r;
	efile_document_id secret;
	efile_plan_options po;
	efile_plan *plan = NULL;
	int32_t number = -1;

	registry_setup(&r);
	letters(&r);
	secret = registry_document(&r, r.case_id, "geheimer Bescheid", NULL, r.closed_list);
	found(r.weber, "bescheid", "B|A");
	found(r.chief, "bescheid", "geheimer Bescheid|B|A");
	found(r.klein, "bescheid", "");
	found(r.town.admin, "bescheid", "");
	TAP_EQUAL_INT(efile_search_count(&number, r.weber, "bescheid"), EFILE_OK);
	TAP_EQUAL_INT(number, 2);
	TAP_EQUAL_INT(efile_search_count(&number, r.klein, "bescheid"), EFILE_OK);
	TAP_EQUAL_INT(number, 0);

	/* A level hides as a list does. */
	{
		efile_node_options o;

		efile_node_options_init(&o);
		o.title = "geheimer Bescheid";
		o.confidentiality = EFILE_CONFIDENTIALITY_SECRET;
		TAP_EQUAL_INT(efile_node_update(r.chief, secret.id, registry_revision(&r, secret.id),
						&o), EFILE_OK);
	}
	found(r.chief, "bescheid", "B|A");

	/* The plan gives its unit to the chief alone: at once, without a new index. */
	TAP_EQUAL_INT(efile_plan_load(&plan, r.town.admin, r.unit), EFILE_OK);
	efile_plan_options_of(plan, &po);
	po.access_list = r.closed_list;
	TAP_EQUAL_INT(efile_plan_update(r.town.admin, r.unit, efile_plan_revision(plan), &po),
		      EFILE_OK);
	found(r.weber, "bescheid", "");
	found(r.chief, "bescheid", "B|A");
	efile_plan_free(plan);
	registry_teardown(&r);
}

static void test_follow(void)
{
	registry r;
	efile_document_id a;
	efile_reader *content = NULL;
	efile_version_options v;

	registry_setup(&r);
	a = registry_document(&r, r.case_id, "Alpha", "erstes Wort", 0);
	found(r.weber, "erstes", "Alpha");
	efile_version_options_init(&v);
	v.text = "zweites Wort";
	efile_reader_from_memory(&content, r.town.ctx, "x", 1);
	TAP_EQUAL_INT(efile_document_add_version(NULL, r.weber, a, 1, content, &v), EFILE_OK);
	efile_reader_free(content);
	found(r.weber, "erstes", "");
	found(r.weber, "zweites", "Alpha");
	TAP_EQUAL_INT(efile_node_trash(r.weber, r.case_id.id, registry_revision(&r, r.case_id.id),
				       NULL), EFILE_OK);
	found(r.weber, "zweites", "");
	found(r.weber, "bauantrag", "");
	TAP_EQUAL_INT(efile_node_restore(r.weber, r.case_id.id,
					 registry_revision(&r, r.case_id.id)), EFILE_OK);
	found(r.weber, "zweites", "Alpha");

	/* What a batch has not made durable is not found, nor after it is given up. */
	TAP_EQUAL_INT(efile_batch_begin(r.town.store), EFILE_OK);
	registry_document(&r, r.case_id, "Beta", "drittes Wort", 0);
	found(r.weber, "drittes", "");
	efile_batch_abort(r.town.store);
	found(r.weber, "drittes", "");
	registry_teardown(&r);
}

static void test_rebuild(void)
{
	registry r;
	char path[512];
	FILE *junk;

	registry_setup(&r);
	letters(&r);
	found(r.weber, "bescheid", "B|A");
	snprintf(path, sizeof(path), "%s/search.db", r.town.path);
	TAP_EQUAL_INT(unlink(path), 0);
	found(r.weber, "bescheid", "B|A");
	TAP_EQUAL_INT(access(path, F_OK), 0);
	TAP_EQUAL_INT(efile_search_rebuild(r.weber), EFILE_E_DENIED);
	TAP_EQUAL_INT(efile_search_rebuild(r.town.admin), EFILE_OK);
	found(r.weber, "bescheid", "B|A");

	/* A file that is no index, put there while the store is closed. */
	search_discard(r.town.store, true);
	junk = fopen(path, "w");
	fputs("this is not a database, and was never one; it is longer than a header", junk);
	fclose(junk);
	found(r.weber, "bescheid", "B|A");
	TAP_EQUAL_INT(search_catch_up(r.town.store, true), EFILE_OK);
	found(r.weber, "bescheid", "B|A");
	registry_teardown(&r);
}

static bool file_holds(const char *path, const char *word)
{
	AUTO(buf) all = BUF_INIT;
	efile_ctx *ctx = test_ctx();
	bool there = reader_load_file(&all, ctx, path, 100000000) == EFILE_OK &&
		     memmem(all.data, all.length, word, strlen(word)) != NULL;

	efile_ctx_free(ctx);
	return there;
}

static void test_erasure(void)
{
	registry r;
	efile_document_id id;
	char path[512], log[520];

	registry_setup(&r);
	letters(&r);
	id = registry_document(&r, r.case_id, "Zeuge", "Quastenflosser", 0);
	found(r.weber, "quastenflosser", "Zeuge");
	snprintf(path, sizeof(path), "%s/search.db", r.town.path);
	snprintf(log, sizeof(log), "%s-wal", path);
	TAP_OK(file_holds(path, "uastenflosser") || file_holds(log, "uastenflosser"));
	TAP_EQUAL_INT(efile_node_trash(r.weber, id.id, registry_revision(&r, id.id), NULL), EFILE_OK);
	TAP_EQUAL_INT(search_catch_up(r.town.store, true), EFILE_OK);
	TAP_OK(!file_holds(path, "uastenflosser"));
	TAP_OK(!file_holds(log, "uastenflosser"));
	found(r.weber, "bescheid", "B|A");
	registry_teardown(&r);
}

static void test_paging(void)
{
	registry r;
	efile_search_options o;
	efile_search_cursor *cursor = NULL;
	efile_hit hit = { .title = "" };
	char *list;
	int32_t number;

	registry_setup(&r);
	for (int i = 0; i < 120; i++) {
		char title[32];

		snprintf(title, sizeof(title), "Wort %03d", i);
		registry_document(&r, r.case_id, title, NULL, i % 10 == 0 ? r.closed_list : 0);
	}
	efile_search_options_init(&o);
	o.limit = 3;
	list = titles(r.weber, "wort", &o);
	TAP_EQUAL_TEXT(list, "Wort 119|Wort 118|Wort 117");
	free(list);
	TAP_EQUAL_INT(efile_search(&cursor, r.weber, "wort", &o), EFILE_OK);
	while (efile_search_cursor_next(cursor, &hit) == EFILE_OK)
		o.after = hit.id;
	efile_search_cursor_free(cursor);
	o.limit = 8;
	list = titles(r.weber, "wort", &o);
	TAP_EQUAL_TEXT(list, "Wort 116|Wort 115|Wort 114|Wort 113|Wort 112|Wort 111|Wort 109|Wort 108");
	free(list);
	TAP_EQUAL_INT(efile_search_count(&number, r.weber, "wort"), EFILE_OK);
	TAP_EQUAL_INT(number, 108);
	TAP_EQUAL_INT(efile_search_count(&number, r.chief, "wort"), EFILE_OK);
	TAP_EQUAL_INT(number, 120);

	/* By relevance: a title weighs more than a text. */
	registry_document(&r, r.case_id, "Nebensache", "ein Wort unter vielen anderen", 0);
	efile_search_options_init(&o);
	o.order = EFILE_SEARCH_RELEVANCE;
	o.limit = 1000;
	list = titles(r.weber, "wort", &o);
	TAP_OK(strlen(list) > 10 && strcmp(list + strlen(list) - 10, "Nebensache") == 0);
	free(list);
	o.limit = 0;
	TAP_EQUAL_INT(efile_search(&cursor, r.weber, "wort", &o), EFILE_E_INVALID);
	registry_teardown(&r);
}

static void test_naughty(void)
{
	registry r;
	size_t length = 0;
	char *lines = test_data("hostile/data/naughty.jsonl", &length);
	int filed = 0;

	if (!lines) {
		printf("# skipped: no test data\n");
		return;
	}
	registry_setup(&r);
	for (char *line = strtok(lines, "\n"); line; line = strtok(NULL, "\n")) {
		AUTO_PTR(json_document) json = NULL;
		AUTO_PTR(efile_document) document = NULL;
		efile_search_cursor *cursor = NULL;
		efile_document_options o;
		efile_status status;
		const char *text;

		if (json_parse(&json, r.town.ctx, line, strlen(line)) < 0)
			continue; /* lone surrogates and NUL: refused at the border */
		text = json_root(json)->text;
		efile_document_options_init(&o);
		o.title = text;
		tap_case(text);
		status = efile_case_add_document(&document, r.weber, r.case_id, NULL, &o);
		TAP_OK(status == EFILE_OK || status == EFILE_E_INVALID || status == EFILE_E_LIMIT);
		if (status == EFILE_OK) {
			TAP_EQUAL_TEXT(efile_node_title(document), text);
			filed++;
		}
		status = efile_search(&cursor, r.weber, text, NULL);
		TAP_OK(status == EFILE_OK || status == EFILE_E_INVALID || status == EFILE_E_LIMIT);
		if (status == EFILE_OK) {
			efile_hit hit;

			while ((status = efile_search_cursor_next(cursor, &hit)) == EFILE_OK)
				;
			TAP_EQUAL_INT(status, EFILE_DONE);
		}
		efile_search_cursor_free(cursor);
	}
	TAP_OK(filed > 20);
	found(r.weber, "marktplatz", "Marktplatz 1");
	free(lines);
	registry_teardown(&r);
}

TAP_SUITE(search_find) = {
	{ "words, phrases, prefixes, fields, dates", test_language },
	{ "a hit tells where it is", test_hit },
	{ "nobody learns of what they may not see", test_access },
	{ "follows the log", test_follow },
	{ "is made anew when it is missing or damaged", test_rebuild },
	{ "leaves no trace of what was erased", test_erasure },
	{ "goes on page by page, and counts", test_paging },
	{ "naughty strings stay strings", test_naughty },
	TAP_END,
};
