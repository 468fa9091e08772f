/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Without memory nothing happens: no leak, no partial row, the derived counters intact. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "search/search.h"
#include "unit/model_support.h"

/* The store was opened with a context of its own, so the n-th failure hits whatever comes. */
typedef struct job {
	registry r;
	efile_document_id letter;
	efile_attribute values[1];
} job;

static efile_status answer(job *j, efile_status status)
{
	if (status == EFILE_E_NOMEM || status >= 0)
		return status;
	printf("# %s\n", efile_error_message(j->r.town.ctx));
	return status;
}

static efile_status file_one(efile_ctx *ctx, void *arg)
{
	job *j = arg;
	AUTO_PTR(efile_document) d = NULL;
	AUTO_PTR(efile_reader) content = NULL;
	efile_document_options o;

	efile_document_options_init(&o);
	o.title = "Rechnung Müller";
	o.text = "Text";
	o.doctype = "invoice";
	o.attributes = j->values;
	o.attribute_count = 1;
	TRY(efile_reader_from_memory(&content, ctx, "x", 1));
	return answer(j, efile_case_add_document(&d, j->r.weber, j->r.case_id, content, &o));
}

static efile_status open_one(efile_ctx *ctx, void *arg)
{
	job *j = arg;
	AUTO_PTR(efile_dossier) d = NULL;
	efile_node_options o;

	(void)ctx;
	efile_node_options_init(&o);
	o.title = "Akte";
	return answer(j, efile_dossier_create(&d, j->r.weber, j->r.unit, &o));
}

static efile_status read_one(efile_ctx *ctx, void *arg)
{
	job *j = arg;
	AUTO_PTR(efile_node) n = NULL;
	AUTO_PTR(efile_reader) content = NULL;
	efile_node_cursor *cursor = NULL;
	efile_status status;

	(void)ctx;
	TRY(answer(j, efile_find_by_reference(&n, j->r.weber, "10.24-0001/001-2026")));
	TRY(answer(j, efile_document_open_content(&content, j->r.weber, j->letter, 0,
						  EFILE_ROLE_ORIGINAL)));
	efile_node_free(n);
	n = NULL;
	TRY(answer(j, efile_node_children(&cursor, j->r.weber, j->r.case_id.id, NULL)));
	status = efile_node_cursor_next(cursor, &n);
	efile_node_cursor_free(cursor);
	return answer(j, status);
}

static efile_status search_one(efile_ctx *ctx, void *arg)
{
	job *j = arg;
	efile_search_cursor *cursor = NULL;
	efile_status status;
	efile_hit hit;

	(void)ctx;
	TRY(answer(j, efile_search(&cursor, j->r.weber, "müller -nichts", NULL)));
	while ((status = efile_search_cursor_next(cursor, &hit)) == EFILE_OK)
		;
	efile_search_cursor_free(cursor);
	return answer(j, status);
}

static efile_status move_one(efile_ctx *ctx, void *arg)
{
	job *j = arg;
	AUTO_PTR(efile_node) n = NULL;
	AUTO_PTR(efile_node) there = NULL;

	(void)ctx;
	TRY(answer(j, efile_find_by_reference(&there, j->r.weber, "10.24-0002")));
	TRY(answer(j, efile_node_load(&n, j->r.weber, j->r.case_id.id)));
	return answer(j, efile_node_move(j->r.weber, j->r.case_id.id, efile_node_id(there),
					 efile_node_revision(n), NULL));
}

static void setup(job *j)
{
	registry_setup(&j->r);
	j->letter = registry_document(&j->r, j->r.case_id, "Brief Müller", "Text", 0);
	j->values[0] = (efile_attribute){ .name = "number", .value = "7" };
	efile_doctype_define(j->r.town.admin, "invoice", "R",
			     "{\"fields\":[{\"name\":\"number\",\"datatype\":\"integer\"}]}");
}

static void each(fail_fn fn, int least)
{
	job j;

	setup(&j);
	TAP_OK(fail_each(fn, &j) >= least);
	registry_teardown(&j.r);
}

static void test_file(void)
{
	each(file_one, 20);
}

static void test_open(void)
{
	each(open_one, 20);
}

static void test_read(void)
{
	each(read_one, 10);
}

static void test_search(void)
{
	each(search_one, 10);
}

static void test_move(void)
{
	job j;

	setup(&j);
	registry_dossier(&j.r, j.r.unit, "dort");
	TAP_OK(fail_each(move_one, &j) >= 10);
	registry_teardown(&j.r);
}

TAP_SUITE(model_memory) = {
	{ "filing", test_file },
	{ "opening a dossier", test_open },
	{ "reading", test_read },
	{ "searching", test_search },
	{ "moving", test_move },
	TAP_END,
};
