/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Searching while memory is short or the disk fails: an error or the right hits, and the next search
 * finds what it should. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "search/search.h"
#include "unit/model_support.h"

DEFINE_AUTO_PTR(efile_search_cursor, efile_search_cursor_free)

typedef struct archive {
	registry r;
	char *path;                /* of search.db */
	char *behind;              /* a copy that the log has left behind; NULL: none */
	char *expected;            /* the hits of questions[] */
	ino_t inode;
} archive;

static const struct question {
	const char *text;
	efile_search_order order;
} questions[] = {
	{ "bescheid", EFILE_SEARCH_NEWEST },
	{ "bescheid OR häuschen -\"klage\"", EFILE_SEARCH_RELEVANCE },
	{ "type:letter date:2026-03", EFILE_SEARCH_NEWEST },
};

static efile_status take_hits(buf *out, efile_session *session, const struct question *q)
{
	AUTO_PTR(efile_search_cursor) cursor = NULL;
	efile_search_options o;
	efile_status status;
	efile_hit hit;

	efile_search_options_init(&o);
	o.order = q->order;
	TRY(efile_search(&cursor, session, q->text, &o));
	while ((status = efile_search_cursor_next(cursor, &hit)) == EFILE_OK)
		buf_add_format(out, "%s, %s, %04d-%02d: %s|", hit.title, hit.reference, hit.date.year,
			       hit.date.month, hit.snippet);
	return status < 0 ? status : EFILE_OK;
}

static efile_status ask(buf *out, efile_session *session)
{
	int32_t number;

	for (size_t i = 0; i < ARRAY_SIZE(questions); i++)
		TRY(take_hits(out, session, &questions[i]));
	TRY(efile_search_count(&number, session, "bescheid"));
	buf_add_format(out, "%d", number);
	return buf_status(out, session_ctx(session));
}

/* ---- an archive with a little of everything ---- */

static efile_document_id file(archive *a, const char *title, const char *text, bool dated)
{
	AUTO_PTR(efile_document) document = NULL;
	AUTO_PTR(efile_reader) content = NULL;
	efile_attribute value = { .name = "note", .value = "Klage" };
	efile_document_options o;

	efile_document_options_init(&o);
	o.title = title;
	o.text = text;
	o.doctype = "letter";
	o.sender = "Müller";
	o.attributes = &value;
	o.attribute_count = dated;
	if (dated)
		o.date = town_day(2026, 1, 15);
	TAP_EQUAL_INT(efile_reader_from_memory(&content, a->r.town.ctx, title, strlen(title)), EFILE_OK);
	TAP_EQUAL_INT(efile_case_add_document(&document, a->r.weber, a->r.case_id, content, &o), EFILE_OK);
	return efile_document_node_id(document);
}

static void rename_node(archive *a, efile_id id, const char *title, int64_t list, efile_date date)
{
	efile_node_options o;

	efile_node_options_init(&o);
	o.title = title;
	o.access_list = list;
	o.begin = date;
	o.doctype = date_none(date) ? NULL : "letter";
	TAP_EQUAL_INT(efile_node_update(a->r.chief, id, registry_revision(&a->r, id), &o), EFILE_OK);
}

/* By stdio alone, whose calls never fail here. */
static void copy_file(const char *from, const char *to)
{
	static char chunk[1 << 16];
	FILE *in = fopen(from, "r"), *out = fopen(to, "w");
	size_t n;

	while (in && out && (n = fread(chunk, 1, sizeof(chunk), in)) > 0)
		TAP_EQUAL_INT(fwrite(chunk, 1, n, out), n);
	TAP_OK(in && fclose(in) == 0 && out && fclose(out) == 0);
}

/* The index as it was before the last entries of the log. */
static void leave_behind(archive *a)
{
	char *copy = NULL;

	TAP_OK(asprintf(&copy, "%s/behind.db", a->r.town.folder) > 0);
	TAP_EQUAL_INT(search_catch_up(a->r.town.store, true), EFILE_OK);
	search_discard(a->r.town.store, false);
	copy_file(a->path, copy);
	a->behind = copy;
}

static void archive_setup(archive *a)
{
	struct stat now = { .st_ino = 0 };
	static const char type[] = "{\"fields\":[{\"name\":\"note\",\"datatype\":\"text\"}]}";
	AUTO(buf) hits = BUF_INIT;
	efile_document_id first, second;

	registry_setup(&a->r);
	TAP_OK(asprintf(&a->path, "%s/search.db", a->r.town.path) > 0);
	TAP_EQUAL_INT(efile_doctype_define(a->r.town.admin, "letter", "Brief", type), EFILE_OK);
	first = file(a, "A", "Die Bescheide wurden\tbekanntgegeben.", true);
	second = file(a, "B", "weg", false);
	leave_behind(a);
	file(a, "C", "Der Bescheid über das Häuschen", false);
	TAP_EQUAL_INT(efile_node_trash(a->r.weber, second.id, registry_revision(&a->r, second.id), NULL),
		      EFILE_OK);
	rename_node(a, first.id, "A neu", 0, town_day(2026, 1, 15));
	registry_plan(&a->r, a->r.top, "10.30", NULL, 0);
	rename_node(a, a->r.case_id.id, "Bauantrag", a->r.list, town_ever);
	TAP_EQUAL_INT(ask(&hits, a->r.weber), EFILE_OK);
	a->expected = strdup(buf_text(&hits));
	TAP_EQUAL_INT(stat(a->path, &now), 0);
	a->inode = now.st_ino;
	/* Dates by hand: A says so, C came on the day of the test's clock. */
	TAP_EQUAL_TEXT(a->expected,
		       "C, 10.24-0001/001-2026, 2026-03: Der \002Bescheid\003 über das Häuschen|"
		       "A neu, 10.24-0001/001-2026, 2026-01: Die \002Bescheide\003 wurden bekanntgegeben.|"
		       "C, 10.24-0001/001-2026, 2026-03: Der \002Bescheid\003 über das \002Häuschen\003|"
		       "C, 10.24-0001/001-2026, 2026-03: Der Bescheid über das Häuschen|2");
}

static void archive_teardown(archive *a)
{
	search_discard(a->r.town.store, false);
	registry_teardown(&a->r);
	free(a->path);
	free(a->behind);
	free(a->expected);
}

/* ---- the runs ---- */

static void rewind_index(const archive *a)
{
	char log[600];

	snprintf(log, sizeof(log), "%s-wal", a->path);
	unlink(log);
	snprintf(log, sizeof(log), "%s-shm", a->path);
	unlink(log);
	unlink(a->path);
	if (a->behind)
		copy_file(a->behind, a->path);
}

static efile_status open_weber(efile_session **out, efile_store *store)
{
	efile_session_options o;

	efile_session_options_init(&o);
	o.login = "os:m.weber";
	return efile_session_open(out, store, "m.weber", &o);
}

/* A search is right or it fails; which of both is the caller's to judge. */
static efile_status search_anew(efile_ctx *ctx, void *arg)
{
	archive *a = arg;
	AUTO_PTR(efile_store) store = NULL;
	AUTO_PTR(efile_session) session = NULL;
	AUTO(buf) hits = BUF_INIT;

	TRY(efile_store_open(&store, ctx, a->r.town.path, NULL));
	TRY(open_weber(&session, store));
	TRY(ask(&hits, session));
	return str_equal(hits.data, a->expected) ? EFILE_OK : EFILE_E_INTERNAL;
}

static efile_status search_from_behind(efile_ctx *ctx, void *arg)
{
	rewind_index(arg);
	return search_anew(ctx, arg);
}

static efile_status rebuild(efile_ctx *ctx, void *arg)
{
	archive *a = arg;
	AUTO_PTR(efile_store) store = NULL;
	AUTO_PTR(efile_session) session = NULL;
	efile_session_options o;

	efile_session_options_init(&o);
	o.login = "os:root";
	TRY(efile_store_open(&store, ctx, a->r.town.path, NULL));
	TRY(efile_session_open(&session, store, "admin", &o));
	TRY(efile_search_rebuild(session));
	return search_catch_up(store, true);
}

/* Whatever failed: the next one who asks is answered rightly. */
static int is_right_again(efile_status status, void *arg)
{
	archive *a = arg;
	AUTO(buf) hits = BUF_INIT;

	return status != EFILE_E_INTERNAL && ask(&hits, a->r.weber) == EFILE_OK &&
	       str_equal(hits.data, a->expected);
}

/* Symptom: one read that failed while the index was opened, and it was made anew for hours. */
static int is_the_same_index(efile_status status, void *arg)
{
	archive *a = arg;
	struct stat now;

	return stat(a->path, &now) == 0 && now.st_ino == a->inode && is_right_again(status, arg);
}

/* Long runs take every so many of the failing calls of disk and database. */
static void in_weather(fail_fn fn, int (*holds)(efile_status, void *), bool from_nothing, int stride)
{
	archive a = { .behind = NULL };

	archive_setup(&a);
	if (from_nothing) {
		free(a.behind);
		a.behind = NULL;
	}
	TAP_OK(fail_each_call(fn, holds, &a, stride) > 100 / stride);
	if (stride == 1)
		TAP_OK(fail_each(fn, &a) > 100);
	TAP_OK(is_right_again(EFILE_OK, &a));
	archive_teardown(&a);
}

static void test_search(void)
{
	in_weather(search_anew, is_the_same_index, false, 1);
}

static void test_follow(void)
{
	in_weather(search_from_behind, is_right_again, false, 1);
}

static void test_make(void)
{
	in_weather(search_from_behind, is_right_again, true, 3);
}

static void test_rebuild(void)
{
	in_weather(rebuild, is_right_again, false, 3);
}

TAP_SUITE(search_weather) = {
	{ "searching", test_search },
	{ "following the log", test_follow },
	{ "an index is made", test_make },
	{ "rebuilding", test_rebuild },
	TAP_END,
};
