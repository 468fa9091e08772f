/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Searching where things end: stores that may only be read, indexes of something else, nodes that have
 * gone, words and days at their limits. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "search/search.h"
#include "store/inner.h"
#include "unit/model_support.h"

DEFINE_AUTO_PTR(efile_search_cursor, efile_search_cursor_free)

/* Titles of the hits with '|' between them, or '!' and the status. */
static char *titles(efile_session *session, const char *query, const efile_search_options *o)
{
	AUTO_PTR(efile_search_cursor) cursor = NULL;
	AUTO(buf) all = BUF_INIT;
	efile_hit hit;
	efile_status status = efile_search(&cursor, session, query, o);

	while (status == EFILE_OK && (status = efile_search_cursor_next(cursor, &hit)) == EFILE_OK)
		buf_add_format(&all, "%s%s", all.length ? "|" : "", hit.title);
	if (status != EFILE_DONE)
		buf_add_format(&all, "!%s", efile_status_name(status));
	return strdup(buf_text(&all));
}

static void found(efile_session *session, const char *query, const char *expected)
{
	AUTO_PTR(char) actual = titles(session, query, NULL);

	tap_case(query);
	TAP_EQUAL_TEXT(actual, expected);
	tap_case(NULL);
}

static void relevant(efile_session *session, const char *query, const char *expected)
{
	AUTO_PTR(char) actual = NULL;
	efile_search_options o;

	efile_search_options_init(&o);
	o.order = EFILE_SEARCH_RELEVANCE;
	actual = titles(session, query, &o);
	tap_case(query);
	TAP_EQUAL_TEXT(actual, expected);
	tap_case(NULL);
}

/* ---- what is not asked rightly ---- */

static void test_refusals(void)
{
	AUTO_PTR(efile_search_cursor) cursor = NULL;
	efile_search_options o;
	efile_hit hit;
	int32_t number = -1;
	registry r;

	registry_setup(&r);
	TAP_EQUAL_INT(efile_search(&cursor, NULL, "x", NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_search_count(&number, NULL, "x"), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_search_count(&number, r.weber, ""), EFILE_E_INVALID);
	TAP_EQUAL_INT(number, -1);
	TAP_EQUAL_INT(efile_search_rebuild(NULL), EFILE_E_INVALID);
	efile_search_options_init(&o);
	o.limit = EFILE_SEARCH_LIMIT + 1;
	TAP_EQUAL_INT(efile_search(&cursor, r.weber, "x", &o), EFILE_E_INVALID);
	efile_search_options_init(&o);
	o.order = (efile_search_order)7;
	TAP_EQUAL_INT(efile_search(&cursor, r.weber, "x", &o), EFILE_E_INVALID);
	o.order = EFILE_SEARCH_RELEVANCE;
	o.after = r.case_id.id;
	TAP_EQUAL_INT(efile_search(&cursor, r.weber, "x", &o), EFILE_E_INVALID);
	efile_search_options_init(&o);
	o.size = 1;
	TAP_EQUAL_INT(efile_search(&cursor, r.weber, "x", &o), EFILE_E_INVALID);
	efile_search_options_init(&o);
	o.after = r.town.weber.id; /* no node */
	TAP_EQUAL_INT(efile_search(&cursor, r.weber, "x", &o), EFILE_E_NOTFOUND);
	TAP_OK(!cursor);
	TAP_EQUAL_INT(efile_search(&cursor, r.weber, "bauantrag", NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_search_cursor_next(cursor, NULL), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_search_cursor_next(NULL, &hit), EFILE_E_INVALID);
	registry_teardown(&r);
}

/* Symptom to fear: a search by relevance shows something to who may see nothing. */
static void test_nothing_visible(void)
{
	registry r;

	registry_setup(&r);
	relevant(r.klein, "bauantrag", "");
	relevant(r.weber, "bauantrag", "Bauantrag");
	found(r.klein, "bauantrag", "");
	registry_teardown(&r);
}

/* ---- a store that may only be read ---- */

static efile_store *open_read_only(registry *r)
{
	efile_store *store = NULL;
	efile_store_options o;

	efile_store_options_init(&o);
	o.read_only = 1;
	TAP_EQUAL_INT(efile_store_open(&store, r->town.ctx, r->town.path, &o), EFILE_OK);
	return store;
}

static efile_session *log_in(efile_store *store, const char *login, const char *name)
{
	efile_session_options o;
	efile_session *session = NULL;

	efile_session_options_init(&o);
	o.login = login;
	TAP_EQUAL_INT(efile_session_open(&session, store, name, &o), EFILE_OK);
	return session;
}

static void test_read_only(void)
{
	AUTO_PTR(efile_store) store = NULL;
	efile_session *weber, *admin;
	registry r;

	registry_setup(&r);
	store = open_read_only(&r);
	weber = log_in(store, "os:m.weber", "m.weber");
	admin = log_in(store, "os:root", "admin");
	found(weber, "bauantrag", "!UNSUPPORTED"); /* no index, and none can be made */
	found(r.weber, "bauantrag", "Bauantrag");  /* who may write makes it */
	found(weber, "bauantrag", "Bauantrag");
	TAP_EQUAL_INT(efile_search_rebuild(admin), EFILE_E_UNSUPPORTED);
	search_discard(store, true);               /* closes it, removes nothing */
	found(weber, "bauantrag", "Bauantrag");
	efile_session_close(weber);
	efile_session_close(admin);
	efile_store_close(STEAL(store));
	registry_teardown(&r);
}

/* ---- an index of something else ---- */

static int run_sql(registry *r, const char *sql)
{
	search_db *s = NULL;

	TAP_EQUAL_INT(search_open(&s, r->town.store), EFILE_OK);
	return s ? sqlite3_exec(s->db, sql, NULL, NULL, NULL) : -1;
}

static void test_other_index(void)
{
	static const struct {
		const char *name, *sql;
		bool closed;   /* looked at when it is opened; else at the next search */
	} rows[] = {
		{ "another version", "UPDATE search_meta SET value = 99 WHERE key = 'version'", true },
		{ "another store", "UPDATE search_meta SET value = 'x' WHERE key = 'store'", true },
		{ "no store", "DELETE FROM search_meta WHERE key = 'store'", true },
		{ "a store that is nothing", "UPDATE search_meta SET value = NULL WHERE key = 'store'", true },
		{ "another schema", "DROP TABLE search_meta", true },
		{ "another history", "UPDATE search_meta SET value = 'x' WHERE key = 'hash'", false },
		{ "further than the log", "UPDATE search_meta SET value = 100000 WHERE key = 'position'",
		  false },
	};
	registry r;

	registry_setup(&r);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		found(r.weber, "bauantrag", "Bauantrag");
		tap_case(rows[i].name);
		/* A page that only a new index gets rid of: it can be put there again. */
		TAP_EQUAL_INT(run_sql(&r, "INSERT INTO indexed(row, uuid) VALUES(99999, x'00')"), SQLITE_OK);
		TAP_EQUAL_INT(run_sql(&r, rows[i].sql), SQLITE_OK);
		if (rows[i].closed)
			search_discard(r.town.store, false);
		found(r.weber, "bauantrag", "Bauantrag");
		tap_case(rows[i].name);
		TAP_EQUAL_INT(run_sql(&r, "INSERT INTO indexed(row, uuid) VALUES(99999, x'00')"), SQLITE_OK);
		search_discard(r.town.store, true);
	}
	tap_case(NULL);
	registry_teardown(&r);
}

static void test_locked(void)
{
	struct flock range = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 3, .l_len = 1 };
	char path[512];
	registry r;
	int fd;

	registry_setup(&r);
	r.town.ctx->limits.busy_milliseconds = 20;
	snprintf(path, sizeof(path), "%s/lock", r.town.path);
	fd = open(path, O_RDWR);
	TAP_EQUAL_INT(fcntl(fd, F_OFD_SETLK, &range), 0);
	found(r.weber, "bauantrag", "!BUSY");
	close(fd);
	found(r.weber, "bauantrag", "Bauantrag");
	registry_teardown(&r);
}

/* ---- nodes that have gone ---- */

/* As an erasure leaves it: the log names a node that is not there any more, or one that is a stub. */
static void test_gone(void)
{
	static const struct {
		const char *name, *sql, *before;
	} rows[] = {
		{ "destroyed", "UPDATE node SET state = 7 WHERE title = 'Brief'", "Brief" },
		{ "erased", "DELETE FROM node WHERE title = 'Brief'", "" },
	};

	TAP_EQUAL_INT(EFILE_STATE_DESTROYED, 7);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		registry r;
		efile_document_id id;
		search_db *s = NULL;
		int64_t row;

		registry_setup(&r);
		id = registry_document(&r, r.case_id, "Brief", "Bescheid", 0);
		found(r.weber, "bescheid", "Brief");
		TAP_EQUAL_INT(db_exec(r.town.store, "PRAGMA foreign_keys = OFF"), EFILE_OK);
		TAP_EQUAL_INT(db_exec(r.town.store, rows[i].sql), EFILE_OK);
		found(r.weber, "bescheid", rows[i].before); /* the log says nothing yet */
		relevant(r.weber, "bescheid", rows[i].before);
		/* The log is read once more over an index that has the page, then for a new one. */
		TAP_EQUAL_INT(run_sql(&r, "UPDATE search_meta SET value = 0 WHERE key = 'position'"),
			      SQLITE_OK);
		for (int anew = 0; anew < 2; anew++) {
			found(r.weber, "bescheid", "");
			found(r.weber, "bauantrag", "Bauantrag");
			TAP_EQUAL_INT(search_open(&s, r.town.store), EFILE_OK);
			tap_case(rows[i].name);
			TAP_EQUAL_INT(page_row(&row, s, &id.id), EFILE_E_NOTFOUND);
			search_discard(r.town.store, true);
		}
		efile_session_close(r.weber);
		efile_session_close(r.chief);
		efile_session_close(r.klein);
		town_teardown(&r.town);
	}
	tap_case(NULL);
}

/* ---- much below, many units ---- */

static void test_many_below(void)
{
	enum { MANY = 300 };       /* more than a page of the subtree */
	int32_t number = -1;
	registry r;

	registry_setup(&r);
	TAP_EQUAL_INT(efile_batch_begin(r.town.store), EFILE_OK);
	for (int i = 0; i < MANY; i++)
		registry_document(&r, r.case_id, "Blatt", NULL, 0);
	TAP_EQUAL_INT(efile_batch_commit(r.town.store), EFILE_OK);
	TAP_EQUAL_INT(efile_search_count(&number, r.weber, "blatt"), EFILE_OK);
	TAP_EQUAL_INT(number, MANY);
	TAP_EQUAL_INT(efile_node_trash(r.weber, r.case_id.id, registry_revision(&r, r.case_id.id), NULL),
		      EFILE_OK);
	TAP_EQUAL_INT(efile_search_count(&number, r.weber, "blatt"), EFILE_OK);
	TAP_EQUAL_INT(number, 0);
	registry_teardown(&r);
}

static void test_many_units(void)
{
	enum { UNITS = 6 };
	registry r;

	registry_setup(&r);
	for (int i = UNITS; i > 0; i--) {
		char code[16], title[16];
		efile_node_options o;
		efile_dossier_id dossier;

		snprintf(code, sizeof(code), "10.%d", 50 + i);
		snprintf(title, sizeof(title), "Akte %d", i);
		dossier = registry_dossier(&r, registry_plan(&r, r.top, code, "{plan.code}-{dossier:02}",
							     i % 2 ? 0 : r.list), title);
		efile_node_options_init(&o);
		o.title = title;
		o.access_list = i == 3 ? r.closed_list : i == 4 ? r.list : 0;
		o.confidentiality = i == 4 ? EFILE_CONFIDENTIALITY_CONFIDENTIAL :
				    i == 5 ? EFILE_CONFIDENTIALITY_OPEN : EFILE_CONFIDENTIALITY_INHERITED;
		TAP_EQUAL_INT(efile_node_update(r.chief, dossier.id, registry_revision(&r, dossier.id), &o),
			      EFILE_OK);
	}
	/* 3 is the chief's alone, 4 is too confidential for Weber. */
	found(r.weber, "akte", "Akte 1|Akte 2|Akte 5|Akte 6");
	found(r.chief, "akte", "Akte 1|Akte 2|Akte 3|Akte 4|Akte 5|Akte 6");
	relevant(r.klein, "akte", "");
	registry_teardown(&r);
}

/* ---- words and days at their limits ---- */

static void test_words(void)
{
	char word[400], query[420];
	registry r;

	registry_setup(&r);
	memset(word, 'x', sizeof(word));
	word[sizeof(word) - 1] = '\0';
	registry_document(&r, r.case_id, "Lang", word, 0);
	registry_document(&r, r.case_id, "Jahr", "titles 1900 der die das \xcc\x88", 0);
	found(r.weber, word, "Lang");
	word[121] = '\0';          /* only the first 120 bytes count */
	found(r.weber, word, "Lang");
	word[119] = '\0';
	found(r.weber, word, "");
	snprintf(query, sizeof(query), "%s*", word);
	found(r.weber, query, "Lang");
	found(r.weber, "titles", "Jahr");      /* begins like a field, and is none */
	found(r.weber, "jahr -", "Jahr");      /* a minus at the end excludes nothing */
	found(r.weber, "jahr - lang", "");
	found(r.weber, "jahr \xcc\x88", "Jahr"); /* a mark alone is no word */
	found(r.weber, "der", "Jahr");         /* stop words are words */
	registry_teardown(&r);
}

static void test_days(void)
{
	static const struct {
		const char *query, *expected;
	} rows[] = {
		{ "akte date:1900..1999", "Akte 1999" }, { "akte date:2000..2099", "Akte 2026" },
		{ "akte date:..1999", "Akte 1999" },     { "akte date:1999-12-31..", "Akte 2026|Akte 1999" },
		{ "akte date:1990..1999-12-30", "" },    { "akte date:0000", "!INVALID" },
		{ "akte date:2026-13", "!INVALID" },     { "akte date:x..2026", "!INVALID" },
		{ "akte date:2026..x", "!INVALID" },     { "akte date:2026.01", "!INVALID" },
		{ "akte date:0001..9999-12-31", "Akte 2026|Akte 1999" },
	};
	registry r;

	registry_setup(&r);
	for (int year = 1999; year <= 2026; year += 27) {
		AUTO_PTR(efile_dossier) dossier = NULL;
		efile_node_options o;
		char title[16];

		efile_node_options_init(&o);
		snprintf(title, sizeof(title), "Akte %d", year);
		o.title = title;
		o.begin = town_day(year, 12, 31);
		TAP_EQUAL_INT(efile_dossier_create(&dossier, r.weber, r.unit, &o), EFILE_OK);
	}
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		found(r.weber, rows[i].query, rows[i].expected);
	registry_teardown(&r);
}

/* Without a date of its own, a document has the day on which it came in. */
static void test_received(void)
{
	AUTO_PTR(efile_search_cursor) cursor = NULL;
	AUTO_PTR(efile_document) document = NULL;
	AUTO_PTR(efile_reader) content = NULL;
	efile_document_options o;
	efile_hit hit = { .title = "" };
	registry r;

	registry_setup(&r);
	efile_document_options_init(&o);
	o.title = "Brief";
	o.received = TEST_NOW - INT64_C(40) * 86400 * 1000000; /* 2026-01-21 */
	TAP_EQUAL_INT(efile_reader_from_memory(&content, r.town.ctx, "x", 1), EFILE_OK);
	TAP_EQUAL_INT(efile_case_add_document(&document, r.weber, r.case_id, content, &o), EFILE_OK);
	TAP_EQUAL_INT(efile_search(&cursor, r.weber, "brief date:2026-01-21", NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_search_cursor_next(cursor, &hit), EFILE_OK);
	TAP_EQUAL_TEXT(hit.title, "Brief");
	TAP_EQUAL_INT(hit.date.month, 1);
	TAP_EQUAL_INT(hit.date.day, 21);
	registry_teardown(&r);
}

TAP_SUITE(search_edges) = {
	{ "refuses", test_refusals },
	{ "who may see nothing finds nothing", test_nothing_visible },
	{ "a store that may only be read", test_read_only },
	{ "an index of something else is made anew", test_other_index },
	{ "waits for the lock, not for ever", test_locked },
	{ "nodes that have gone", test_gone },
	{ "more below than a page", test_many_below },
	{ "many units, lists and levels", test_many_units },
	{ "words at their limits", test_words },
	{ "days at their limits", test_days },
	{ "the day on which it came in", test_received },
	TAP_END,
};
