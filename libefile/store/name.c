/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What people call a row: its reference number, or what is nearest above it that has one. Who checks a
 * store has not said who he is: what may name a person (FIELD_PERSONAL) is never shown. */
#include <stdio.h>
#include <string.h>

#include "store/inner.h"

enum { UP_MAX = 16 }; /* a damaged row may lie in itself */

/* The columns that name a row, and the one that leads to what it belongs to. */
static const struct {
	record_number kind;
	const char *text;
	const char *up;
	record_number above;
} names[] = {
	{ RECORD_PLAN, "code", NULL, 0 },
	{ RECORD_NODE, "reference", "parent", RECORD_NODE },
	{ RECORD_VERSION, NULL, "node", RECORD_NODE },
	{ RECORD_RENDITION, NULL, "version", RECORD_VERSION },
	{ RECORD_DOCTYPE, "name", NULL, 0 },
	{ RECORD_ATTRIBUTE, "name", "node", RECORD_NODE },
	{ RECORD_RELATION, "kind", "source", RECORD_NODE },
	{ RECORD_REFERENCE, "reference", "node", RECORD_NODE },
	{ RECORD_COUNTER, "scope", NULL, 0 },
	{ RECORD_NODE_LOCK, NULL, "node", RECORD_NODE },
	{ RECORD_DEFINITION, "process", NULL, 0 },
	{ RECORD_INSTANCE, NULL, "definition", RECORD_DEFINITION },
	{ RECORD_TASK, "name", "instance", RECORD_INSTANCE },
	{ RECORD_JOB, "handler", "instance", RECORD_INSTANCE },
	{ RECORD_WAIT, "node", "instance", RECORD_INSTANCE },
	{ RECORD_MESSAGE, "name", NULL, 0 },
	{ RECORD_INCIDENT, "node", "instance", RECORD_INSTANCE },
	{ RECORD_COMMENT, NULL, "instance", RECORD_INSTANCE },
	{ RECORD_REMINDER, "moment", "task", RECORD_TASK },
	{ RECORD_INTAKE_NUMBER, "office", NULL, 0 },
	{ RECORD_INTAKE_RULE, "name", NULL, 0 },
	{ RECORD_RECEIPT_SETTING, "name", NULL, 0 },
	{ RECORD_RECEIPT_SUPPLIER, "creditor", NULL, 0 },
	{ RECORD_RECEIPT_INVOICE, "number", NULL, 0 },
	{ RECORD_RECEIPT_POSTING, NULL, "invoice", RECORD_RECEIPT_INVOICE },
};

/* The column of a field of a statement with id, rev and all fields; -1: there is none. */
static int column_of(const record_kind *kind, const char *name, bool text)
{
	for (size_t i = 0; name && i < kind->field_count; i++) {
		const record_field *f = &kind->fields[i];

		if (strcmp(f->name, name) == 0 && (f->type == FIELD_TEXT) == text &&
		    !(f->flags & FIELD_PERSONAL))
			return (int)i + 2;
	}
	return -1;
}

static void add_part(buf *out, const char *text)
{
	if (!text || !*text || !str_utf8_valid(text, strlen(text)))
		return;
	if (out->length)
		buf_add_text(out, ", ");
	buf_add_text(out, text);
}

static void add_id(buf *out, const record_kind *kind, const stmt *row)
{
	char text[EFILE_ID_TEXT_SIZE];
	efile_id id;

	if (!kind->field_count || kind->fields[0].type != FIELD_ID)
		return;
	stmt_id(&id, row, 2);
	if (!efile_id_is_none(&id))
		add_part(out, efile_id_format(&id, text));
}

/* A letter is called by its number in the intake journal. */
static bool add_letter(buf *out, const record_kind *kind, const stmt *row)
{
	int year = column_of(kind, "year", false), number = column_of(kind, "number", false);
	char text[48];

	if (kind->number != RECORD_INTAKE_ITEM || year < 0 || number < 0)
		return false;
	snprintf(text, sizeof(text), "%lld/%06lld", (long long)stmt_int(row, year),
		 (long long)stmt_int(row, number));
	add_part(out, text);
	return true;
}

/* Names one row; what it belongs to goes into above and id, none: the name is complete. */
static void name_row_of(buf *out, const record_kind *kind, const stmt *row, bool first,
			record_number *above, int64_t *id)
{
	int column;

	*above = 0;
	if (add_letter(out, kind, row))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i].kind != kind->number)
			continue;
		column = column_of(kind, names[i].text, true);
		if (column >= 0 && stmt_text(row, column)) {
			add_part(out, stmt_text(row, column));
			if (kind->number == RECORD_NODE)
				return;
		}
		column = column_of(kind, names[i].up, false);
		if (column >= 0 && !stmt_is_null(row, column)) {
			*above = names[i].above;
			*id = stmt_int(row, column);
		}
	}
	if (first)
		add_id(out, kind, row);
}

static efile_status name_upwards(buf *out, efile_store *store, const record_kind *kind, int64_t id)
{
	record_number above = kind->number;

	for (int depth = 0; kind && above && depth < UP_MAX; depth++) {
		AUTO(stmt) s = STMT_NONE;
		const char *sql;
		efile_status status;

		TRY(kind_row_sql(&sql, store, kind));
		TRY(stmt_take(&s, store, sql));
		stmt_bind_int(&s, 1, id);
		status = stmt_step(&s);
		TRY(status);
		if (status == EFILE_DONE)
			break;
		name_row_of(out, kind, &s, depth == 0, &above, &id);
		kind = above ? store_kind(store, above) : NULL;
	}
	return buf_status(out, store->ctx);
}

/* A row that can't be read has no name; that it can't be read is somebody else's finding. */
efile_status row_name(buf *out, efile_store *store, const record_kind *kind, int64_t id)
{
	efile_status status = name_upwards(out, store, kind, id);

	if (!is_damage(status))
		return status;
	error_clear(store->ctx);
	return EFILE_OK;
}

/* A document has the content as a rendition, a letter as its original. */
efile_status content_name(buf *out, efile_store *store, int64_t blob)
{
	static const char tail[] = "blob = ?1";
	static const record_number kinds[] = { RECORD_RENDITION, RECORD_INTAKE_ITEM };

	for (size_t i = 0; i < ARRAY_SIZE(kinds) && !out->length; i++) {
		const record_kind *kind = store_kind(store, kinds[i]);
		AUTO(stmt) s = STMT_NONE;
		efile_status status = EFILE_DONE;
		int64_t id;

		if (kind) {
			TRY(row_select(&s, store, kind, tail));
			stmt_bind_int(&s, 1, blob);
			status = stmt_step(&s);
		}
		TRY(status);
		if (status == EFILE_DONE)
			continue;
		id = stmt_int(&s, 0);
		stmt_clear(&s);
		TRY(row_name(out, store, kind, id));
	}
	return EFILE_OK;
}
