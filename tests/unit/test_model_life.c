/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The life of a dossier, told once from end to end. */
#include <stdlib.h>
#include <string.h>

#include "store/inner.h"
#include "unit/model_support.h"

static char *read_all(efile_ctx *ctx, efile_reader *reader)
{
	AUTO(buf) all = BUF_INIT;
	char *text = NULL;

	if (reader_read_all(&all, ctx, reader, 1000000, "content") == EFILE_OK)
		buf_take(&text, &all, ctx);
	return text;
}

static void test_life(void)
{
	registry r;
	efile_node *node = NULL;
	efile_reader *content = NULL;
	efile_document_id letter;
	efile_node_counts counts;
	int64_t number = 0;
	char *text;

	registry_setup(&r);
	letter = registry_document(&r, r.case_id, "Antrag vom 2. März", "der Antrag", 0);

	/* It is found by its number, as a mail would spell it. */
	TAP_EQUAL_INT(efile_find_by_reference(&node, r.weber, " 10.24 - 0001/001-2026"), EFILE_OK);
	TAP_EQUAL_TEXT(efile_node_title(node), "Bauantrag");
	TAP_EQUAL_INT(efile_node_kind_of(node), EFILE_NODE_CASE);
	efile_node_free(node);
	node = NULL;

	/* A second version, written by somebody who saw the first. */
	TAP_EQUAL_INT(efile_reader_from_memory(&content, r.town.ctx, "neu", 3), EFILE_OK);
	TAP_EQUAL_INT(efile_document_add_version(&number, r.chief, letter, 1, content, NULL),
		      EFILE_OK);
	TAP_EQUAL_INT(number, 2);
	efile_reader_free(content);
	TAP_EQUAL_INT(efile_reader_from_memory(&content, r.town.ctx, "zu spät", 8), EFILE_OK);
	TAP_EQUAL_INT(efile_document_add_version(&number, r.weber, letter, 1, content, NULL),
		      EFILE_E_CONFLICT);
	efile_reader_free(content);
	content = NULL;

	/* Both can be read. */
	TAP_EQUAL_INT(efile_document_open_content(&content, r.weber, letter, 0, EFILE_ROLE_ORIGINAL),
		      EFILE_OK);
	text = read_all(r.town.ctx, content);
	TAP_EQUAL_TEXT(text, "neu");
	free(text);
	efile_reader_free(content);
	content = NULL;
	TAP_EQUAL_INT(efile_document_open_content(&content, r.weber, letter, 1, EFILE_ROLE_TEXT),
		      EFILE_OK);
	text = read_all(r.town.ctx, content);
	TAP_EQUAL_TEXT(text, "der Antrag");
	free(text);
	efile_reader_free(content);

	TAP_EQUAL_INT(efile_node_count(&counts, r.weber, r.case_id.id), EFILE_OK);
	TAP_EQUAL_INT(counts.documents, 1);

	/* Filing away: the dossier only after its case. */
	TAP_EQUAL_INT(efile_dossier_close(r.weber, r.dossier, registry_revision(&r, r.dossier.id)),
		      EFILE_E_STATE);
	TAP_EQUAL_TEXT(efile_error_message(r.town.ctx),
		       "10.24-0001 holds cases or parts that are not filed away");
	TAP_EQUAL_INT(efile_case_close(r.weber, r.case_id, registry_revision(&r, r.case_id.id)),
		      EFILE_OK);
	TAP_EQUAL_INT(efile_node_count(&counts, r.weber, r.dossier.id), EFILE_OK);
	TAP_EQUAL_INT(counts.cases, 1);
	TAP_EQUAL_INT(counts.open_cases, 0);
	TAP_EQUAL_INT(efile_dossier_close(r.weber, r.dossier, registry_revision(&r, r.dossier.id)),
		      EFILE_OK);
	TAP_EQUAL_INT(efile_dossier_load(&node, r.weber, r.dossier), EFILE_OK);
	TAP_EQUAL_INT(efile_node_state_of(node), EFILE_STATE_CLOSED);
	TAP_EQUAL_INT(efile_node_closed(node), TEST_NOW);
	efile_node_free(node);

	/* Nothing more goes in; but who has a reason may open it again, from the top. */
	TAP_EQUAL_INT(efile_reader_from_memory(&content, r.town.ctx, "x", 1), EFILE_OK);
	TAP_EQUAL_INT(efile_document_add_version(NULL, r.weber, letter, 2, content, NULL),
		      EFILE_E_STATE);
	efile_reader_free(content);
	TAP_EQUAL_INT(efile_case_reopen(r.weber, r.case_id, registry_revision(&r, r.case_id.id),
					"Widerspruch"), EFILE_E_STATE);
	TAP_EQUAL_INT(efile_dossier_reopen(r.weber, r.dossier, registry_revision(&r, r.dossier.id),
					   ""), EFILE_E_INVALID);
	TAP_EQUAL_INT(efile_dossier_reopen(r.weber, r.dossier, registry_revision(&r, r.dossier.id),
					   "Widerspruch"), EFILE_OK);
	TAP_EQUAL_INT(efile_case_reopen(r.weber, r.case_id, registry_revision(&r, r.case_id.id),
					"Widerspruch"), EFILE_OK);
	TAP_EQUAL_INT(town_logged(&r.town, "node.closed", NULL), 2);
	TAP_EQUAL_INT(town_logged(&r.town, "node.reopened", NULL), 2);
	TAP_EQUAL_INT(town_logged(&r.town, "document.filed", NULL), 1);
	TAP_EQUAL_INT(town_logged(&r.town, "version.added", NULL), 1);
	registry_teardown(&r);
}

/* What fsck calls a row: by the nearest reference number and its id, never by what may name a person. */
static void test_rows_have_names(void)
{
	char id[EFILE_ID_TEXT_SIZE], expected[100];
	AUTO(buf) name = BUF_INIT;
	AUTO(txn) tx = TXN_NONE;
	efile_document_id letter;
	efile_store *store;
	int64_t row;
	registry r;

	registry_setup(&r);
	store = efile_session_store(r.weber);
	letter = registry_document(&r, r.case_id, "Frau Vogel beschwert sich", "x", 0);

	TAP_EQUAL_INT(node_row_of(&row, store, &r.case_id.id), EFILE_OK);
	TAP_EQUAL_INT(row_name(&name, store, store_kind(store, RECORD_NODE), row), EFILE_OK);
	TAP_EQUAL_TEXT(buf_text(&name), "10.24-0001/001-2026");
	buf_reset(&name);

	TAP_EQUAL_INT(node_row_of(&row, store, &letter.id), EFILE_OK);
	TAP_EQUAL_INT(row_name(&name, store, store_kind(store, RECORD_NODE), row), EFILE_OK);
	snprintf(expected, sizeof(expected), "%s, 10.24-0001/001-2026",
		 efile_id_format(&letter.id, id));
	TAP_EQUAL_TEXT(buf_text(&name), expected);
	buf_reset(&name);

	/* The first rendition belongs to the first version of that document; its content is called so. */
	TAP_EQUAL_INT(row_name(&name, store, store_kind(store, RECORD_RENDITION), 1), EFILE_OK);
	TAP_EQUAL_TEXT(buf_text(&name), "10.24-0001/001-2026");
	buf_reset(&name);
	TAP_EQUAL_INT(content_name(&name, store, 1), EFILE_OK);
	TAP_EQUAL_TEXT(buf_text(&name), "10.24-0001/001-2026");
	buf_reset(&name);

	TAP_EQUAL_INT(row_name(&name, store, store_kind(store, RECORD_PLAN), 1), EFILE_OK);
	TAP_OK(strncmp(buf_text(&name), "10, ", 4) == 0); /* code and id */
	buf_reset(&name);

	TAP_EQUAL_INT(row_name(&name, store, store_kind(store, RECORD_NODE), 4711), EFILE_OK);
	TAP_EQUAL_TEXT(buf_text(&name), "");

	/* a damaged row that lies in itself */
	TAP_EQUAL_INT(node_row_of(&row, store, &letter.id), EFILE_OK);
	TAP_EQUAL_INT(txn_begin(&tx, store), EFILE_OK);
	TAP_EQUAL_INT(db_exec(store, "UPDATE node SET parent = id WHERE reference IS NULL"), EFILE_OK);
	TAP_EQUAL_INT(row_name(&name, store, store_kind(store, RECORD_NODE), row), EFILE_OK);
	TAP_EQUAL_TEXT(buf_text(&name), efile_id_format(&letter.id, id));
	txn_clear(&tx);
	registry_teardown(&r);
}

TAP_SUITE(model_life) = {
	{ "rows have names", test_rows_have_names },
	{ "a dossier from its first letter to z.d.A. and back", test_life },
	TAP_END,
};
