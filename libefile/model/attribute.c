/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Metadata values of nodes: written whole, checked against the type. */
#include "model/doctype.h"

#include <stdlib.h>
#include <string.h>

static efile_status remove_values(efile_store *store, int64_t node)
{
	row_page page;

	do {
		TRY(attribute_rows(&page, store, node, 0));
		for (size_t i = 0; i < page.count; i++) {
			AUTO(attribute_record) row = { 0 };

			TRY(row_load(store, &kind_attribute, &row, page.rows[i]));
			TRY(row_delete(store, &kind_attribute, &row));
		}
	} while (page.count == ARRAY_SIZE(page.rows));
	return EFILE_OK;
}

/* Values that a schema wants to see together. */
typedef struct value_list {
	doctype_value_row *rows;  /* the values are owned */
	size_t count, room;
} value_list;

static void value_list_clear(value_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		union { const char *text; void *memory; } value = { list->rows[i].value };

		free(value.memory);
	}
	free(list->rows);
}

static efile_status collect(value_list *list, efile_ctx *ctx, const char *name, const char *value)
{
	void *items = list->rows;
	char *copy = NULL;

	TRY(mem_grow(ctx, &items, &list->room, list->count, sizeof(*list->rows)));
	list->rows = items;
	TRY(mem_dup(&copy, ctx, value));
	list->rows[list->count++] = (doctype_value_row){ name, copy };
	return EFILE_OK;
}

static efile_status insert_value(value_list *all, efile_session *session, const node_record *node,
				 const doctype_field *field, int64_t ordinal, const char *value)
{
	AUTO(attribute_record) row = { 0 };
	efile_ctx *ctx = session_ctx(session);

	TRY(doctype_value(&row.value, ctx, field, value));
	TRY(doctype_value_key(&row.value_key, ctx, field->datatype, row.value));
	TRY(mem_dup(&row.name, ctx, field->name));
	row.dossier = node->dossier;
	row.node = node->head.id;
	row.ordinal = ordinal;
	row.datatype = field->datatype;
	if (all)
		TRY(collect(all, ctx, field->name, row.value));
	return row_insert(session_store(session), &kind_attribute, &row);
}

static efile_status load_type(doctype *out, efile_session *session, const node_record *node)
{
	AUTO(doctype_record) row = { 0 };

	if (!node->doctype.set)
		return EFILE_OK;
	TRY(row_load(session_store(session), &kind_doctype, &row, node->doctype.value));
	return doctype_parse(out, session_ctx(session), row.definition);
}

static efile_status check_count(efile_ctx *ctx, const doctype_field *field, int64_t count)
{
	if (count < field->min)
		return FAIL(ctx, EFILE_E_INVALID, 2090, "field %s needs %lld values, not %lld",
			    field->name, (long long)field->min, (long long)count);
	if (field->max >= 0 && count > field->max)
		return FAIL(ctx, EFILE_E_INVALID, 2091, "field %s takes %lld values, not %lld",
			    field->name, (long long)field->max, (long long)count);
	return EFILE_OK;
}

static efile_status insert_field(value_list *all, efile_session *session, const node_record *node,
				 const doctype_field *field, const efile_attribute *attributes,
				 size_t count)
{
	int64_t ordinal = 0;

	for (size_t i = 0; i < count; i++)
		if (strcmp(attributes[i].name, field->name) == 0)
			TRY(insert_value(all, session, node, field, ++ordinal,
					 attributes[i].value));
	return check_count(session_ctx(session), field, ordinal);
}

efile_status attributes_write(efile_session *session, const node_record *node,
			      const efile_attribute *attributes, size_t count)
{
	efile_ctx *ctx = session_ctx(session);
	AUTO(doctype) type = DOCTYPE_NONE;
	AUTO(value_list) all = { NULL, 0, 0 };

	if (count > 0 && !attributes)
		return FAIL(ctx, EFILE_E_INVALID, 2092, "there are no values");
	TRY(load_type(&type, session, node));
	for (size_t i = 0; i < count; i++) {
		TRY(check_name(ctx, "name of a field", attributes[i].name));
		if (!doctype_field_named(&type, attributes[i].name))
			return FAIL(ctx, EFILE_E_INVALID, 2093, "the type has no field %s",
				    attributes[i].name);
	}
	for (size_t i = 0; i < type.count; i++)
		TRY(insert_field(type.xsd ? &all : NULL, session, node, &type.fields[i], attributes,
				 count));
	return type.xsd ? doctype_xsd_values(ctx, &type, all.rows, all.count) : EFILE_OK;
}

efile_status efile_node_set_attributes(efile_session *session, efile_id id, int64_t revision,
				       const efile_attribute *attributes, size_t count)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(node_record) node = { 0 };
	AUTO(txn) tx = TXN_NONE;
	node_standing standing;

	TRY(session_enter(&call, session));
	TRY(session_begin(&tx, session));
	TRY(node_to_change(&node, &standing, session, &id,
			   &(node_ask){ .kinds = NODE_KINDS_ANY }, revision));
	TRY(remove_values(session_store(session), node.head.id));
	TRY(attributes_write(session, &node, attributes, count));
	TRY(row_update(session_store(session), &kind_node, &node));
	TRY(node_journal(session, JOURNAL_NODE_CHANGED, &node, NULL));
	return txn_commit(&tx);
}

/* ---- list ---- */

struct efile_attribute_cursor {
	efile_session *session;
	efile_id node;
	int64_t after;
	attribute_record row;
};

efile_status efile_node_attributes(efile_attribute_cursor **out, efile_session *session,
				   efile_id id)
{
	efile_attribute_cursor *cursor;

	if (!out)
		return EFILE_E_INVALID;
	TRY(node_list_begin(session, &id));
	cursor = mem_new(session_ctx(session), sizeof(*cursor));
	if (!cursor)
		return EFILE_E_NOMEM;
	cursor->session = session;
	cursor->node = id;
	*out = cursor;
	return EFILE_OK;
}

static efile_status next_value(efile_attribute_cursor *c, efile_attribute *out)
{
	efile_store *store = session_store(c->session);
	AUTO(node_record) node = { 0 };
	row_page page;

	TRY(node_require(&node, c->session, EFILE_RIGHT_READ, &c->node, NODE_KINDS_ANY));
	TRY(attribute_rows(&page, store, node.head.id, c->after));
	if (page.count == 0)
		return EFILE_DONE;
	attribute_record_clear(&c->row);
	TRY(row_load(store, &kind_attribute, &c->row, page.rows[0]));
	c->after = page.rows[0];
	*out = (efile_attribute){ c->row.name, c->row.value, (efile_datatype)c->row.datatype };
	return EFILE_OK;
}

efile_status efile_attribute_cursor_next(efile_attribute_cursor *cursor,
					 efile_attribute *attribute)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;

	if (!cursor || !attribute)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, cursor->session));
	TRY(session_begin_read(&tx, cursor->session));
	return next_value(cursor, attribute);
}

void efile_attribute_cursor_free(efile_attribute_cursor *cursor)
{
	if (!cursor)
		return;
	attribute_record_clear(&cursor->row);
	free(cursor);
}
