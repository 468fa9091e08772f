/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "unit/model_support.h"

static efile_status rendition(registry *r, efile_document_id id, efile_role role, int64_t version)
{
	AUTO_PTR(efile_reader) content = NULL;

	efile_reader_from_memory(&content, r->town.ctx, "signed", 6);
	return efile_document_add_rendition(r->weber, id, version, role, content, NULL, "a.p7s");
}

static void test_renditions(void)
{
	registry r;
	efile_document_id id;
	efile_rendition_cursor *cursor = NULL;
	efile_rendition got;
	int signatures = 0;

	registry_setup(&r);
	id = registry_document(&r, r.case_id, "Brief", "Text", 0);
	TAP_EQUAL_INT(rendition(&r, id, EFILE_ROLE_SIGNATURE, 0), EFILE_OK);
	TAP_EQUAL_INT(rendition(&r, id, EFILE_ROLE_SIGNATURE, 1), EFILE_OK);
	TAP_EQUAL_INT(rendition(&r, id, EFILE_ROLE_PDFA, 1), EFILE_OK);
	TAP_EQUAL_INT(rendition(&r, id, EFILE_ROLE_PDFA, 1), EFILE_E_EXISTS);
	TAP_EQUAL_INT(rendition(&r, id, EFILE_ROLE_ORIGINAL, 1), EFILE_E_INVALID);
	TAP_EQUAL_INT(rendition(&r, id, (efile_role)9, 1), EFILE_E_INVALID);
	TAP_EQUAL_INT(rendition(&r, id, EFILE_ROLE_PREVIEW, 2), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_document_renditions(&cursor, r.weber, id, 0), EFILE_OK);
	TAP_EQUAL_INT(efile_rendition_cursor_next(cursor, &got), EFILE_OK);
	TAP_EQUAL_INT(got.role, EFILE_ROLE_ORIGINAL);
	TAP_EQUAL_INT(got.bytes, 5);
	TAP_EQUAL_TEXT(got.media_type, "application/octet-stream");
	while (efile_rendition_cursor_next(cursor, &got) == EFILE_OK)
		signatures += got.role == EFILE_ROLE_SIGNATURE;
	TAP_EQUAL_INT(signatures, 2);
	efile_rendition_cursor_free(cursor);
	/* For keeping, renditions are made after filing away. */
	TAP_EQUAL_INT(efile_case_close(r.weber, r.case_id, registry_revision(&r, r.case_id.id)),
		      EFILE_OK);
	TAP_EQUAL_INT(rendition(&r, id, EFILE_ROLE_PREVIEW, 1), EFILE_OK);
	TAP_EQUAL_TEXT(efile_role_name(EFILE_ROLE_PDFA), "pdfa");
	TAP_EQUAL_TEXT(efile_role_name((efile_role)99), "unknown");
	registry_teardown(&r);
}

static void test_versions(void)
{
	registry r;
	efile_document_id id;
	efile_version_cursor *cursor = NULL;
	efile_document_version version;
	efile_version_options o;
	efile_reader *content = NULL;

	registry_setup(&r);
	id = registry_document(&r, r.case_id, "Brief", NULL, 0);
	efile_version_options_init(&o);
	o.label = "Entwurf";
	o.remark = "Absatz 2 neu";
	efile_reader_from_memory(&content, r.town.ctx, "v2", 2);
	TAP_EQUAL_INT(efile_document_add_version(NULL, r.chief, id, 1, content, &o), EFILE_OK);
	efile_reader_free(content);
	TAP_EQUAL_INT(efile_document_add_version(NULL, r.chief, id, 2, NULL, &o), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_document_versions(&cursor, r.weber, id, 0), EFILE_OK);
	TAP_EQUAL_INT(efile_version_cursor_next(cursor, &version), EFILE_OK);
	TAP_EQUAL_INT(version.number, 1);
	TAP_EQUAL_TEXT(version.label, "");
	TAP_EQUAL_INT(efile_version_cursor_next(cursor, &version), EFILE_OK);
	TAP_EQUAL_INT(version.number, 2);
	TAP_EQUAL_TEXT(version.remark, "Absatz 2 neu");
	TAP_EQUAL_INT(id_compare(&version.author, &r.town.chief.id), 0);
	TAP_EQUAL_INT(efile_version_cursor_next(cursor, &version), EFILE_DONE);
	efile_version_cursor_free(cursor);
	TAP_EQUAL_INT(efile_document_versions(&cursor, r.klein, id, 0), EFILE_E_NOTFOUND);
	content = NULL;
	TAP_EQUAL_INT(efile_document_open_content(&content, r.klein, id, 0, EFILE_ROLE_ORIGINAL),
		      EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_document_open_content(&content, r.weber, id, 3, EFILE_ROLE_ORIGINAL),
		      EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_document_open_content(&content, r.weber, id, 0, EFILE_ROLE_PDFA),
		      EFILE_E_NOTFOUND);
	registry_teardown(&r);
}

static void test_attachment(void)
{
	registry r;
	AUTO_PTR(efile_document) a = NULL;
	efile_document_options o;
	efile_document_id id;

	registry_setup(&r);
	id = registry_document(&r, r.case_id, "Brief", NULL, 0);
	efile_document_options_init(&o);
	o.title = "Anlage";
	o.sender = "Müller";
	o.received = TEST_NOW;
	o.medium = EFILE_MEDIUM_PAPER;
	TAP_EQUAL_INT(efile_document_add_attachment(&a, r.weber, id, NULL, &o), EFILE_OK);
	TAP_EQUAL_INT(efile_node_kind_of(a), EFILE_NODE_ATTACHMENT);
	TAP_EQUAL_TEXT(efile_node_sender(a), "Müller");
	TAP_EQUAL_INT(efile_node_received(a), TEST_NOW);
	TAP_EQUAL_INT(efile_node_order(a), 1);
	/* Down to the last level, and no further. */
	for (int level = 4; level < 16; level++) {
		AUTO_PTR(efile_document) next = NULL;

		TAP_EQUAL_INT(efile_document_add_attachment(&next, r.weber, efile_document_node_id(a),
							    NULL, &o), EFILE_OK);
		efile_node_free(a);
		a = STEAL(next);
	}
	TAP_EQUAL_INT(efile_document_add_attachment(NULL, r.weber, efile_document_node_id(a), NULL, &o),
		      EFILE_E_LIMIT);
	registry_teardown(&r);
}

static void test_marked(void)
{
	registry r;
	AUTO_PTR(efile_document) d = NULL;
	AUTO_PTR(efile_reader) content = NULL;
	efile_document_options o;
	efile_reader *got = NULL;

	registry_setup(&r);
	efile_document_options_init(&o);
	o.title = "Personalbogen";
	o.marked = 1;
	efile_reader_from_memory(&content, r.town.ctx, "x", 1);
	TAP_EQUAL_INT(efile_case_add_document(&d, r.weber, r.case_id, content, &o), EFILE_OK);
	TAP_EQUAL_INT(efile_node_marked(d), 1);
	TAP_EQUAL_INT(efile_document_open_content(&got, r.weber, efile_document_node_id(d), 0,
						  EFILE_ROLE_ORIGINAL), EFILE_OK);
	efile_reader_free(got);
	TAP_EQUAL_INT(town_logged(&r.town, "access.read", NULL), 1);
	registry_teardown(&r);
}

static void test_lists(void)
{
	registry r;
	efile_node_cursor *cursor = NULL;
	efile_node_counts counts;
	efile_list_options list;
	efile_node *n = NULL;
	int seen = 0;

	registry_setup(&r);
	for (int i = 0; i < 230; i++)
		registry_document(&r, r.case_id, "Brief", NULL, i % 3 == 0 ? r.closed_list : 0);
	TAP_EQUAL_INT(efile_node_count(&counts, r.weber, r.case_id.id), EFILE_OK);
	TAP_EQUAL_INT(counts.documents, 153);
	TAP_EQUAL_INT(efile_node_count(&counts, r.chief, r.case_id.id), EFILE_OK);
	TAP_EQUAL_INT(counts.documents, 230);
	TAP_EQUAL_INT(efile_node_children(&cursor, r.weber, r.case_id.id, NULL), EFILE_OK);
	efile_list_options_init(&list);
	while (efile_node_cursor_next(cursor, &n) == EFILE_OK) {
		if (++seen == 100)
			list.after = efile_node_id(n);
		efile_node_free(n);
	}
	TAP_EQUAL_INT(seen, 153);
	efile_node_cursor_free(cursor);
	TAP_EQUAL_INT(efile_node_children(&cursor, r.weber, r.case_id.id, &list), EFILE_OK);
	for (seen = 0; efile_node_cursor_next(cursor, &n) == EFILE_OK; seen++)
		efile_node_free(n);
	TAP_EQUAL_INT(seen, 53);
	efile_node_cursor_free(cursor);
	cursor = NULL;
	TAP_EQUAL_INT(efile_node_children(&cursor, r.klein, r.case_id.id, NULL), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(efile_dossier_list(&cursor, r.klein, r.unit, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_node_cursor_next(cursor, &n), EFILE_DONE);
	efile_node_cursor_free(cursor);
	TAP_EQUAL_INT(efile_dossier_list(&cursor, r.weber, r.unit, NULL), EFILE_OK);
	TAP_EQUAL_INT(efile_node_cursor_next(cursor, &n), EFILE_OK);
	TAP_EQUAL_TEXT(efile_node_title(n), "Marktplatz 1");
	efile_node_free(n);
	efile_node_cursor_free(cursor);
	registry_teardown(&r);
}

static efile_status file_once(efile_id *out, registry *r, const char *content, const char *key)
{
	AUTO_PTR(efile_document) document = NULL;
	AUTO_PTR(efile_reader) reader = NULL;
	efile_document_options o;

	efile_document_options_init(&o);
	o.title = "Antrag";
	o.key = key;
	if (content)
		TRY(efile_reader_from_memory(&reader, r->town.ctx, content, strlen(content)));
	TRY(efile_case_add_document(&document, r->weber, r->case_id, reader, &o));
	*out = efile_node_id(document);
	return EFILE_OK;
}

/* Symptom: a command that was repeated after a crash filed the document twice. */
static void test_filed_once(void)
{
	efile_id first = EFILE_ID_NONE, again = EFILE_ID_NONE, other = EFILE_ID_NONE;
	char key[202];
	registry r;

	registry_setup(&r);
	TAP_EQUAL_INT(file_once(&first, &r, "x", "mail:17"), EFILE_OK);
	TAP_EQUAL_INT(file_once(&again, &r, "x", "mail:17"), EFILE_OK);
	TAP_EQUAL_INT(id_compare(&first, &again), 0);
	TAP_EQUAL_INT(town_logged(&r.town, "document.filed", NULL), 1);
	TAP_EQUAL_INT(file_once(&again, &r, "y", "mail:17"), EFILE_E_EXISTS);
	TAP_EQUAL_INT(file_once(&again, &r, NULL, "mail:17"), EFILE_E_EXISTS);
	TAP_EQUAL_INT(file_once(&again, &r, "x", ""), EFILE_E_INVALID);
	memset(key, 'k', sizeof(key));
	key[201] = '\0';
	TAP_EQUAL_INT(file_once(&again, &r, "x", key), EFILE_E_INVALID);
	key[200] = '\0';
	TAP_EQUAL_INT(file_once(&again, &r, "x", key), EFILE_OK);
	TAP_EQUAL_INT(file_once(&other, &r, "x", "mail:18"), EFILE_OK);
	TAP_OK(id_compare(&first, &other) != 0);
	TAP_EQUAL_INT(file_once(&first, &r, NULL, "mail:19"), EFILE_OK);
	TAP_EQUAL_INT(file_once(&again, &r, NULL, "mail:19"), EFILE_OK);
	TAP_EQUAL_INT(id_compare(&first, &again), 0);
	registry_verify(&r);
	registry_teardown(&r);
}

TAP_SUITE(model_document) = {
	{ "filed once", test_filed_once },
	{ "renditions", test_renditions },
	{ "versions", test_versions },
	{ "attachments, and how deep they nest", test_attachment },
	{ "reads of marked content are journaled", test_marked },
	{ "lists and counts leave out what is hidden", test_lists },
	TAP_END,
};
