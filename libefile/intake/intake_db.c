/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All SQL of intake: hot queries are named by the indexes of schema.sql. */
#include "intake/inner.h"

const char intake_schema[] =
#include "intake/schema.sql.inc"
	;

#define ITEM(member, type, flags) RECORD_FIELD(item_record, member, type, flags)
static const record_field item_fields[] = {
	ITEM(uuid, FIELD_ID, 0),
	ITEM(office, FIELD_TEXT, 0),
	ITEM(year, FIELD_INT, 0),
	ITEM(number, FIELD_INT, 0),
	ITEM(channel, FIELD_INT, 0),
	ITEM(sha256, FIELD_BLOB, 0),
	ITEM(blob, FIELD_OPT_INT, 0),
	ITEM(state, FIELD_INT, 0),
	ITEM(received, FIELD_INT, 0),
	ITEM(claimed, FIELD_OPT_INT, 0),
	ITEM(name, FIELD_TEXT, FIELD_PERSONAL),
	ITEM(sender, FIELD_TEXT, FIELD_PERSONAL),
	ITEM(subject, FIELD_TEXT, FIELD_PERSONAL),
	ITEM(message_id, FIELD_TEXT, FIELD_PERSONAL),
	ITEM(reason, FIELD_TEXT, 0),
	ITEM(case_id, FIELD_ID, 0),
	ITEM(document, FIELD_ID, 0),
	ITEM(instance, FIELD_ID, 0),
};

static const record_field number_fields[] = {
	RECORD_FIELD(number_record, office, FIELD_TEXT, 0),
	RECORD_FIELD(number_record, year, FIELD_INT, 0),
	RECORD_FIELD(number_record, last, FIELD_INT, 0),
};

static const record_field rule_fields[] = {
	RECORD_FIELD(rule_record, name, FIELD_TEXT, 0),
	RECORD_FIELD(rule_record, ord, FIELD_INT, 0),
	RECORD_FIELD(rule_record, condition, FIELD_TEXT, 0),
	RECORD_FIELD(rule_record, plan, FIELD_TEXT, 0),
	RECORD_FIELD(rule_record, title, FIELD_TEXT, 0),
	RECORD_FIELD(rule_record, doctype, FIELD_TEXT, 0),
	RECORD_FIELD(rule_record, process, FIELD_TEXT, 0),
};

const record_kind kind_intake_item = { RECORD_INTAKE_ITEM, "intake_item", sizeof(item_record),
				item_fields, ARRAY_SIZE(item_fields) };
const record_kind kind_intake_number = { RECORD_INTAKE_NUMBER, "intake_number", sizeof(number_record),
				  number_fields, ARRAY_SIZE(number_fields) };
const record_kind kind_intake_rule = { RECORD_INTAKE_RULE, "intake_rule", sizeof(rule_record),
				rule_fields, ARRAY_SIZE(rule_fields) };


efile_status item_by_key(item_record *out, efile_store *store, int64_t channel,
			 const unsigned char sha256[32])
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_intake_item, "channel = ?1 AND sha256 = ?2"));
	stmt_bind_int(&s, 1, channel);
	stmt_bind_blob(&s, 2, sha256, 32);
	return row_one(&s, &kind_intake_item, out);
}

efile_status item_by_uuid(item_record *out, efile_store *store, const efile_id *id)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_intake_item, "uuid = ?1"));
	stmt_bind_id(&s, 1, id);
	return row_one(&s, &kind_intake_item, out);
}

efile_status item_by_number(item_record *out, efile_store *store, const char *office, int64_t year,
			    int64_t number)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_intake_item, "office = ?1 AND year = ?2 AND number = ?3"));
	stmt_bind_text(&s, 1, office);
	stmt_bind_int(&s, 2, year);
	stmt_bind_int(&s, 3, number);
	return row_one(&s, &kind_intake_item, out);
}

efile_status item_next(item_record *out, efile_store *store, int64_t after, int state)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	if (state) {
		TRY(row_select(&s, store, &kind_intake_item, "state = ?2 AND id > ?1 ORDER BY id LIMIT 1"));
		stmt_bind_int(&s, 2, state);
	} else {
		TRY(row_select(&s, store, &kind_intake_item, "id > ?1 ORDER BY id LIMIT 1"));
	}
	stmt_bind_int(&s, 1, after);
	status = row_one(&s, &kind_intake_item, out);
	return status == EFILE_E_NOTFOUND ? EFILE_DONE : status;
}

efile_status number_by_year(number_record *out, efile_store *store, const char *office,
			    int64_t year)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_intake_number, "office = ?1 AND year = ?2"));
	stmt_bind_text(&s, 1, office);
	stmt_bind_int(&s, 2, year);
	return row_one(&s, &kind_intake_number, out);
}

efile_status rule_by_name(rule_record *out, efile_store *store, const char *name)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_intake_rule, "name = ?1"));
	stmt_bind_text(&s, 1, name);
	return row_one(&s, &kind_intake_rule, out);
}

efile_status rule_last(rule_record *out, efile_store *store)
{
	AUTO(stmt) s = STMT_NONE;

	TRY(row_select(&s, store, &kind_intake_rule, "1 ORDER BY ord DESC, id DESC LIMIT 1"));
	return row_one(&s, &kind_intake_rule, out);
}

efile_status rule_next(rule_record *out, efile_store *store, int64_t after_order, int64_t after_id)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(row_select(&s, store, &kind_intake_rule,
		       "ord > ?1 OR (ord = ?1 AND id > ?2) ORDER BY ord, id LIMIT 1"));
	stmt_bind_int(&s, 1, after_order);
	stmt_bind_int(&s, 2, after_id);
	status = row_one(&s, &kind_intake_rule, out);
	return status == EFILE_E_NOTFOUND ? EFILE_DONE : status;
}

efile_status intake_figures(efile_figures *figures, efile_store *store)
{
	AUTO(stmt) s = STMT_NONE;
	efile_status status;

	TRY(stmt_take(&s, store,
		      "SELECT channel, state, year, count(*) FROM intake_item "
		      "GROUP BY channel, state, year ORDER BY channel, state, year"));
	while ((status = stmt_step(&s)) == EFILE_OK)
		TRY(figures_add(figures,
				&(efile_figure){ .area = "intake", .unit = "count",
						 .name = efile_intake_channel_name(
							 (efile_intake_channel)stmt_int(&s, 0)),
						 .state = efile_intake_state_name(
							 (efile_intake_state)stmt_int(&s, 1)),
						 .year = (int32_t)stmt_int(&s, 2),
						 .value = stmt_int(&s, 3) }));
	return status < 0 ? status : EFILE_OK;
}
