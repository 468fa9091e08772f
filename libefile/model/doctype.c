/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Document types: definitions read and kept, values checked. */
#include "model/doctype.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

enum { FIELD_LIMIT = 500, MATCH_LIMIT = 100000 };

static const name_row datatypes[] = {
	{ EFILE_DATATYPE_TEXT, "text" },       { EFILE_DATATYPE_INTEGER, "integer" },
	{ EFILE_DATATYPE_DECIMAL, "decimal" }, { EFILE_DATATYPE_BOOLEAN, "boolean" },
	{ EFILE_DATATYPE_DATE, "date" },       { EFILE_DATATYPE_TIME, "time" },
};

const char *efile_datatype_name(efile_datatype datatype)
{
	const char *name = TABLE_NAME(datatypes, (int)datatype);

	return name ? name : "unknown";
}

/* ---- patterns ---- */

static efile_status pattern_compile(pcre2_code **out, efile_ctx *ctx, const doctype_field *field)
{
	PCRE2_SIZE at;
	int code;

	*out = pcre2_compile((PCRE2_SPTR)field->pattern, PCRE2_ZERO_TERMINATED,
			     PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_NEVER_BACKSLASH_C,
			     &code, &at, NULL);
	if (*out)
		return EFILE_OK;
	if (code == PCRE2_ERROR_HEAP_FAILED)
		return mem_failed(ctx);
	return FAIL(ctx, EFILE_E_INVALID, 2070, "field %s: broken pattern at character %zu",
		    field->name, (size_t)at);
}

static int run_pattern(const pcre2_code *code, const char *value)
{
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	pcre2_match_context *limits = pcre2_match_context_create(NULL);
	int result = PCRE2_ERROR_NOMEMORY;

	if (data && limits) {
		pcre2_set_match_limit(limits, MATCH_LIMIT);
		pcre2_set_depth_limit(limits, 1000);
		result = pcre2_match(code, (PCRE2_SPTR)value, strlen(value), 0, 0, data, limits);
	}
	pcre2_match_data_free(data);
	pcre2_match_context_free(limits);
	return result;
}

static efile_status check_pattern(efile_ctx *ctx, const doctype_field *field, const char *value)
{
	pcre2_code *code = NULL;
	int result;

	if (!field->pattern)
		return EFILE_OK;
	TRY(pattern_compile(&code, ctx, field));
	result = run_pattern(code, value);
	pcre2_code_free(code);
	if (result == PCRE2_ERROR_NOMEMORY)
		return mem_failed(ctx);
	if (result < 0)
		return FAIL(ctx, EFILE_E_INVALID, 2071, "field %s: \"%s\" does not fit its pattern",
			    field->name, value);
	return EFILE_OK;
}

/* ---- definitions ---- */

static efile_status read_count(int64_t *out, efile_ctx *ctx, const json_value *field,
			       const char *key, int64_t fallback)
{
	const json_value *value = json_member(field, key);

	*out = fallback;
	if (!value)
		return EFILE_OK;
	if (value->type == JSON_NULL) {
		*out = -1;
		return EFILE_OK;
	}
	if (value->type != JSON_NUMBER || json_as_int(out, value) < 0 || *out < 0 ||
	    *out > 1000000)
		return FAIL(ctx, EFILE_E_INVALID, 2072, "field %s: %s is not a number of 0 to 1000000",
			    json_member_text(field, "name"), key);
	return EFILE_OK;
}

static efile_status read_datatype(doctype_field *out, efile_ctx *ctx, const json_value *field)
{
	const char *name = json_member_text(field, "datatype");
	int value = EFILE_DATATYPE_TEXT;

	if (json_member(field, "datatype") && (!name || !TABLE_VALUE(&value, datatypes, name)))
		return FAIL(ctx, EFILE_E_INVALID, 2073, "field %s: unknown datatype", out->name);
	out->datatype = (efile_datatype)value;
	return EFILE_OK;
}

static efile_status read_codes(doctype_field *out, efile_ctx *ctx, const json_value *field)
{
	out->codes = json_member(field, "codes");
	if (!out->codes)
		return EFILE_OK;
	for (const json_value *code = out->codes->child; code; code = code->next)
		if (code->type != JSON_STRING)
			return FAIL(ctx, EFILE_E_INVALID, 2074, "field %s: codes are texts",
				    out->name);
	if (out->codes->type != JSON_ARRAY)
		return FAIL(ctx, EFILE_E_INVALID, 2074, "field %s: codes are texts", out->name);
	return EFILE_OK;
}

static efile_status read_field(doctype_field *out, efile_ctx *ctx, const json_value *field)
{
	pcre2_code *code = NULL;

	if (field->type != JSON_OBJECT)
		return FAIL(ctx, EFILE_E_INVALID, 2075, "a field is a JSON object");
	out->name = json_member_text(field, "name");
	TRY(check_name(ctx, "name of a field", out->name));
	TRY(read_datatype(out, ctx, field));
	TRY(read_count(&out->min, ctx, field, "min", 0));
	TRY(read_count(&out->max, ctx, field, "max", 1));
	TRY(read_count(&out->length, ctx, field, "length", 0));
	TRY(read_codes(out, ctx, field));
	out->title = json_member_text(field, "title");
	out->pattern = json_member_text(field, "pattern");
	if (out->pattern) {
		TRY(pattern_compile(&code, ctx, out));
		pcre2_code_free(code);
	}
	if (out->max >= 0 && out->min > out->max)
		return FAIL(ctx, EFILE_E_INVALID, 2076, "field %s: min is above max", out->name);
	return EFILE_OK;
}

static efile_status read_fields(doctype *out, efile_ctx *ctx, const json_value *list)
{
	size_t room = 0;

	for (const json_value *field = list->child; field; field = field->next) {
		void *items = out->fields;

		if (out->count == FIELD_LIMIT)
			return FAIL(ctx, EFILE_E_LIMIT, 2077, "more than %d fields", FIELD_LIMIT);
		TRY(mem_grow(ctx, &items, &room, out->count, sizeof(*out->fields)));
		out->fields = items;
		out->fields[out->count] = (doctype_field){ .name = "" };
		TRY(read_field(&out->fields[out->count], ctx, field));
		if (doctype_field_named(out, out->fields[out->count].name))
			return FAIL(ctx, EFILE_E_INVALID, 2078, "field %s is there twice",
				    out->fields[out->count].name);
		out->count++;
	}
	return EFILE_OK;
}

static efile_status parse_xsd(doctype *out, efile_ctx *ctx, const json_value *definition)
{
	const json_value *root, *qualified;
	AUTO(buf) fields = BUF_INIT;

	out->xsd = json_member_text(definition, "xsd");
	if (!out->xsd || json_member(definition, "fields"))
		return FAIL(ctx, EFILE_E_INVALID, 2087,
			    "a type has fields or an XML schema, which is a text");
	TRY(doctype_xsd_fields(&fields, ctx, out->xsd));
	TRY(json_parse(&out->derived, ctx, buf_text(&fields), fields.length));
	root = json_root(out->derived);
	out->root = json_member_text(root, "root");
	out->uri = json_member_text(root, "uri");
	qualified = json_member(root, "qualified");
	out->qualified = qualified && qualified->type == JSON_TRUE;
	return read_fields(out, ctx, json_member(root, "fields"));
}

efile_status doctype_parse(doctype *out, efile_ctx *ctx, const char *definition)
{
	const json_value *root, *list;

	TRY(json_parse(&out->document, ctx, definition, strlen(definition)));
	root = json_root(out->document);
	if (root->type != JSON_OBJECT)
		return FAIL(ctx, EFILE_E_INVALID, 2079, "a type is a JSON object");
	if (json_member(root, "xsd"))
		return parse_xsd(out, ctx, root);
	list = json_member(root, "fields");
	if (!list)
		return EFILE_OK;
	if (list->type != JSON_ARRAY)
		return FAIL(ctx, EFILE_E_INVALID, 2081, "the fields of a type are an array");
	return read_fields(out, ctx, list);
}

void doctype_clear(doctype *type)
{
	json_document_free(type->document);
	json_document_free(type->derived);
	free(type->fields);
	*type = (doctype)DOCTYPE_NONE;
}

const doctype_field *doctype_field_named(const doctype *type, const char *name)
{
	for (size_t i = 0; i < type->count; i++)
		if (strcmp(type->fields[i].name, name) == 0)
			return &type->fields[i];
	return NULL;
}

/* ---- values ---- */

static bool integer_text(char out[24], const char *value)
{
	bool negative = *value == '-';
	const char *digits = value + negative;

	if (!*digits || strspn(digits, "0123456789") != strlen(digits))
		return false;
	digits += strspn(digits, "0");
	if (strlen(digits) > 18)
		return false;
	out[0] = '\0';
	if (negative && *digits)
		strcat(out, "-");
	strcat(out, *digits ? digits : "0");
	return true;
}

static bool canonical(char out[EFILE_DECIMAL_TEXT_SIZE], efile_datatype datatype,
		      const char *value)
{
	efile_decimal decimal;
	efile_date date;
	efile_time time;

	switch (datatype) {
	case EFILE_DATATYPE_INTEGER:
		return integer_text(out, value);
	case EFILE_DATATYPE_DECIMAL:
		if (efile_decimal_parse(&decimal, value, (size_t)-1) < 0)
			return false;
		efile_decimal_format(decimal, out);
		return true;
	case EFILE_DATATYPE_BOOLEAN:
		if (!str_equal(value, "true") && !str_equal(value, "false"))
			return false;
		strcpy(out, value);
		return true;
	case EFILE_DATATYPE_DATE:
		if (efile_date_parse(&date, value) < 0)
			return false;
		efile_date_format(date, out);
		return true;
	case EFILE_DATATYPE_TIME:
		if (efile_time_parse(&time, value) < 0)
			return false;
		efile_time_format(time, out);
		return true;
	default:
		return false;
	}
}

static efile_status check_length(efile_ctx *ctx, const doctype_field *field, const char *value)
{
	int64_t count = 0;

	for (const char *c = value; *c; c++)
		count += ((unsigned char)*c & 0xc0) != 0x80;
	if (field->length > 0 && count > field->length)
		return FAIL(ctx, EFILE_E_INVALID, 2082, "field %s: longer than %lld characters",
			    field->name, (long long)field->length);
	return EFILE_OK;
}

static efile_status check_codes(efile_ctx *ctx, const doctype_field *field, const char *value)
{
	if (!field->codes)
		return EFILE_OK;
	for (const json_value *code = field->codes->child; code; code = code->next)
		if (strcmp(code->text, value) == 0)
			return EFILE_OK;
	return FAIL(ctx, EFILE_E_INVALID, 2083, "field %s: \"%s\" is not in its code list",
		    field->name, value);
}

efile_status doctype_value(char **out, efile_ctx *ctx, const doctype_field *field,
			   const char *value)
{
	char text[EFILE_DECIMAL_TEXT_SIZE];

	TRY(check_text(ctx, field->name, value, true));
	TRY(check_length(ctx, field, value));
	TRY(check_pattern(ctx, field, value));
	TRY(check_codes(ctx, field, value));
	if (field->datatype == EFILE_DATATYPE_TEXT)
		return mem_dup(out, ctx, value);
	if (!canonical(text, field->datatype, value))
		return FAIL(ctx, EFILE_E_INVALID, 2084, "field %s: \"%s\" is not of datatype %s",
			    field->name, value, efile_datatype_name(field->datatype));
	return mem_dup(out, ctx, text);
}

efile_status doctype_value_key(char **out, efile_ctx *ctx, int64_t datatype, const char *value)
{
	size_t length;

	TRY(fold_new(out, ctx, value));
	length = strlen(*out);
	if (datatype != EFILE_DATATYPE_DECIMAL || !strchr(*out, '.') || strchr(*out, 'e'))
		return EFILE_OK;
	while ((*out)[length - 1] == '0') /* 1.10 equals 1.1; ends at the point */
		(*out)[--length] = '\0';
	if ((*out)[length - 1] == '.')
		(*out)[length - 1] = '\0';
	return EFILE_OK;
}

/* ---- the public calls ---- */

static efile_status fill_record(doctype_record *row, efile_ctx *ctx, const char *name,
				const char *title, const char *definition)
{
	free(row->title);
	free(row->definition);
	row->title = row->definition = NULL;
	if (!row->name)
		TRY(mem_dup(&row->name, ctx, name));
	TRY(mem_dup(&row->title, ctx, title));
	return mem_dup(&row->definition, ctx, definition);
}

static efile_status save(efile_session *session, doctype_record *row)
{
	efile_store *store = session_store(session);

	if (row->head.id)
		return row_update(store, &kind_doctype, row);
	TRY(id_new(&row->uuid, session_ctx(session)));
	return row_insert(store, &kind_doctype, row);
}

efile_status efile_doctype_define(efile_session *session, const char *name, const char *title,
				  const char *definition)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(doctype_record) row = { 0 };
	AUTO(doctype) type = DOCTYPE_NONE;
	AUTO(txn) tx = TXN_NONE;
	efile_status status;

	TRY(session_enter(&call, session));
	TRY(check_name(session_ctx(session), "name of a type", name));
	TRY(check_text(session_ctx(session), "title", title, true));
	if (!definition || !*definition)
		definition = "{}";
	TRY(doctype_parse(&type, session_ctx(session), definition));
	if (type.xsd)
		TRY(doctype_xsd_check(session_ctx(session), type.xsd));
	TRY(session_begin(&tx, session));
	TRY(access_require_administrator(session, RECORD_DOCTYPE, NULL));
	status = doctype_find(&row, session_store(session), name);
	if (status < 0 && status != EFILE_E_NOTFOUND)
		return status;
	TRY(fill_record(&row, session_ctx(session), name, title, definition));
	TRY(save(session, &row));
	TRY(session_journal(session, JOURNAL_DOCTYPE_CHANGED, RECORD_DOCTYPE, &row.uuid, 0,
			    row.definition));
	return txn_commit(&tx);
}

efile_status doctype_name_of(char **out, efile_store *store, int64_t row)
{
	AUTO(doctype_record) record = { 0 };

	TRY(row_load(store, &kind_doctype, &record, row));
	*out = record.name;
	record.name = NULL;
	return EFILE_OK;
}

static efile_status write_type(buf *out, efile_ctx *ctx, const doctype_record *row,
			       const doctype *type)
{
	json_writer w;

	json_begin(&w, out);
	json_object(&w);
	json_put_text(&w, "schema", "efile.doctype.v1");
	json_put_text(&w, "name", row->name);
	json_put_text(&w, "title", row->title);
	json_key(&w, "fields");
	json_array(&w);
	for (size_t i = 0; i < type->count; i++) {
		const doctype_field *f = &type->fields[i];

		json_object(&w);
		json_put_text(&w, "name", f->name);
		if (f->title)
			json_put_text(&w, "title", f->title);
		json_put_text(&w, "datatype", efile_datatype_name(f->datatype));
		json_put_int(&w, "min", f->min);
		json_key(&w, "max");
		if (f->max < 0)
			json_null(&w);
		else
			json_int(&w, f->max);
		if (f->length)
			json_put_int(&w, "length", f->length);
		if (f->pattern)
			json_put_text(&w, "pattern", f->pattern);
		json_key(&w, "codes");
		json_array(&w);
		for (const json_value *c = f->codes ? f->codes->child : NULL; c; c = c->next)
			json_text(&w, c->text);
		json_end_array(&w);
		json_end_object(&w);
	}
	json_end_array(&w);
	if (type->xsd)
		json_put_text(&w, "xsd", type->xsd);
	json_end_object(&w);
	return buf_status(out, ctx);
}

efile_status efile_doctype_load(char **out, efile_session *session, const char *name)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(doctype_record) row = { 0 };
	AUTO(doctype) type = DOCTYPE_NONE;
	AUTO(buf) text = BUF_INIT;
	AUTO(txn) tx = TXN_NONE;
	efile_status status;

	if (!out)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, session));
	TRY(session_begin_read(&tx, session));
	TRY(check_name(session_ctx(session), "name of a type", name));
	status = doctype_find(&row, session_store(session), name);
	if (status == EFILE_E_NOTFOUND)
		return FAIL(session_ctx(session), EFILE_E_NOTFOUND, 2035, "there is no type %s",
			    name);
	TRY(status);
	TRY(doctype_parse(&type, session_ctx(session), row.definition));
	TRY(write_type(&text, session_ctx(session), &row, &type));
	return buf_take(out, &text, session_ctx(session));
}

/* ---- the list ---- */

struct efile_doctype_cursor {
	efile_session *session;
	doctype_record row;      /* the last one seen; only its name before the first */
};

void efile_doctype_cursor_free(efile_doctype_cursor *cursor)
{
	if (!cursor)
		return;
	doctype_record_clear(&cursor->row);
	free(cursor);
}

efile_status efile_doctype_list(efile_doctype_cursor **out, efile_session *session,
				const char *after)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(txn) tx = TXN_NONE;
	efile_doctype_cursor *cursor;

	if (!out)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, session));
	TRY(session_begin_read(&tx, session));
	cursor = mem_new(session_ctx(session), sizeof(*cursor));
	if (!cursor)
		return EFILE_E_NOMEM;
	cursor->session = session;
	if (mem_dup(&cursor->row.name, session_ctx(session), after ? after : "") < 0) {
		free(cursor);
		return EFILE_E_NOMEM;
	}
	*out = cursor;
	return EFILE_OK;
}

efile_status efile_doctype_cursor_next(efile_doctype_cursor *cursor, efile_doctype *out)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO(doctype_record) next = { 0 };
	AUTO(txn) tx = TXN_NONE;
	efile_status status;

	if (!cursor || !out)
		return EFILE_E_INVALID;
	TRY(session_enter(&call, cursor->session));
	TRY(session_begin_read(&tx, cursor->session));
	status = doctype_next(&next, session_store(cursor->session), cursor->row.name);
	if (status != EFILE_OK)
		return status;
	doctype_record_clear(&cursor->row);
	cursor->row = next;
	next = (doctype_record){ 0 };
	*out = (efile_doctype){ cursor->row.name, cursor->row.title };
	return EFILE_OK;
}
