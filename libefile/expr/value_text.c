/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values to and from JSON, and to FEEL's text. */
#include <string.h>

#include "expr/value.h"

/* ---- from JSON ---- */

static efile_status from_json(expr_value *out, expr_scope *scope, const json_value *json);

static efile_status list_from_json(expr_value *out, expr_scope *scope, const json_value *json)
{
	TRY(value_list(out, scope));
	for (const json_value *at = json->child; at; at = at->next) {
		expr_value item;

		TRY(from_json(&item, scope, at));
		TRY(list_append(scope, out->as.list, item));
	}
	return EFILE_OK;
}

static efile_status members_from_json(expr_context *out, expr_scope *scope, const json_value *json)
{
	for (const json_value *at = json->child; at; at = at->next) {
		expr_value key, item;

		TRY(value_string(&key, scope, at->key, strlen(at->key)));
		TRY(from_json(&item, scope, at));
		TRY(context_add(scope, out, key.as.string.text, item));
	}
	return EFILE_OK;
}

static efile_status number_from_json(expr_value *out, expr_scope *scope, const json_value *json)
{
	efile_decimal number;

	if (json_as_decimal(&number, json) == EFILE_OK) {
		*out = value_number(number);
		return EFILE_OK;
	}
	scope_warn(scope, "the number %s is out of range", json->text);
	*out = VALUE_NULL;
	return EFILE_OK;
}

/* The depth is that of the JSON reader, efile_limits.json_depth. */
static efile_status from_json(expr_value *out, expr_scope *scope, const json_value *json)
{
	switch (json->type) {
	case JSON_FALSE:
	case JSON_TRUE:
		*out = value_boolean(json->type == JSON_TRUE);
		return EFILE_OK;
	case JSON_NUMBER:
		return number_from_json(out, scope, json);
	case JSON_STRING:
		return value_string(out, scope, json->text, json->length);
	case JSON_ARRAY:
		return list_from_json(out, scope, json);
	case JSON_OBJECT:
		TRY(value_context(out, scope));
		return members_from_json(out->as.context, scope, json);
	default:
		*out = VALUE_NULL;
		return EFILE_OK;
	}
}

efile_status expr_from_json(expr_value *out, expr_scope *scope, const json_value *json)
{
	return from_json(out, scope, json);
}

efile_status expr_from_text(expr_value *out, expr_scope *scope, expr_kind kind, const char *text)
{
	efile_decimal number;
	expr_value v;
	bool fits;

	*out = VALUE_NULL;
	switch (kind) {
	case EXPR_STRING:
		return value_string(out, scope, text, strlen(text));
	case EXPR_NUMBER:
		if (efile_decimal_parse(&number, text, (size_t)-1) == EFILE_OK)
			*out = value_number(number);
		return EFILE_OK;
	case EXPR_BOOLEAN:
		if (!strcmp(text, "true") || !strcmp(text, "false"))
			*out = value_boolean(*text == 't');
		return EFILE_OK;
	case EXPR_DATE:
	case EXPR_TIME:
	case EXPR_DATE_TIME:
	case EXPR_MONTHS:
	case EXPR_SECONDS:
		TRY(temporal_parse_kind(&fits, &v, scope, kind, text));
		*out = fits ? v : VALUE_NULL;
		return EFILE_OK;
	default:
		return EFILE_OK;
	}
}

efile_status expr_scope_set_json(expr_scope *scope, const json_value *object)
{
	if (!object || object->type != JSON_OBJECT)
		return FAIL(scope->ctx, EFILE_E_INVALID, 1521,
			    "the variables of an expression are a JSON object");
	return members_from_json(&scope->variables, scope, object);
}

/* ---- to text ---- */

static void nested_text(buf *out, const expr_value *v);

static void comparison_text(buf *out, const expr_range *r)
{
	const char *sign = r->negated ? "!=" : "=";

	if (r->low.kind == EXPR_NULL)
		sign = r->high_in ? "<=" : "<";
	else if (r->high.kind == EXPR_NULL)
		sign = r->low_in ? ">=" : ">";
	buf_add_format(out, "(%s ", sign);
	nested_text(out, r->low.kind == EXPR_NULL ? &r->high : &r->low);
	buf_add_char(out, ')');
}

static void range_text(buf *out, const expr_range *r)
{
	if (r->comparison) {
		comparison_text(out, r);
		return;
	}
	buf_add_char(out, r->low_in ? '[' : '(');
	nested_text(out, &r->low);
	buf_add_text(out, "..");
	nested_text(out, &r->high);
	buf_add_char(out, r->high_in ? ']' : ')');
}

static void function_text(buf *out, const expr_function *f)
{
	buf_add_text(out, "function");
	if (f->name) {
		buf_add_char(out, ' ');
		buf_add_text(out, f->name);
	}
	buf_add_char(out, '(');
	for (size_t i = 0; i < f->type->member_count; i++) {
		buf_add_text(out, i ? ", " : "");
		buf_add_text(out, f->type->members[i].name);
	}
	buf_add_char(out, ')');
}

static void nested_text(buf *out, const expr_value *v)
{
	if (v->kind != EXPR_STRING) {
		expr_to_text(out, v);
		return;
	}
	buf_add_char(out, '"');
	for (const char *at = v->as.string.text; *at; at++) {
		if (*at == '"' || *at == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, *at);
	}
	buf_add_char(out, '"');
}

static void list_text(buf *out, const expr_list *list)
{
	buf_add_char(out, '[');
	for (size_t i = 0; i < list->count; i++) {
		buf_add_text(out, i ? ", " : "");
		nested_text(out, &list->items[i]);
	}
	buf_add_char(out, ']');
}

static void context_text(buf *out, const expr_context *c)
{
	buf_add_char(out, '{');
	for (size_t i = 0; i < c->count; i++) {
		buf_add_format(out, "%s%s: ", i ? ", " : "", c->entries[i].key);
		nested_text(out, &c->entries[i].value);
	}
	buf_add_char(out, '}');
}

void expr_to_text(buf *out, const expr_value *v)
{
	char number[EFILE_DECIMAL_TEXT_SIZE];

	switch (v->kind) {
	case EXPR_NULL:
		buf_add_text(out, "null");
		break;
	case EXPR_BOOLEAN:
		buf_add_text(out, v->as.boolean ? "true" : "false");
		break;
	case EXPR_NUMBER:
		buf_add_text(out, efile_decimal_format(v->as.number, number));
		break;
	case EXPR_STRING:
		buf_add(out, v->as.string.text, v->as.string.length);
		break;
	case EXPR_MONTHS:
	case EXPR_SECONDS:
		duration_format(out, v->kind, v->as.duration);
		break;
	case EXPR_LIST:
		list_text(out, v->as.list);
		break;
	case EXPR_CONTEXT:
		context_text(out, v->as.context);
		break;
	case EXPR_RANGE:
		range_text(out, v->as.range);
		break;
	case EXPR_FUNCTION:
		function_text(out, v->as.function);
		break;
	default:
		temporal_format(out, v->kind, v->as.temporal);
	}
}

/* ---- to JSON ---- */

static void list_json(json_writer *w, const expr_list *list)
{
	json_array(w);
	for (size_t i = 0; i < list->count; i++)
		expr_to_json(w, &list->items[i]);
	json_end_array(w);
}

static void context_json(json_writer *w, const expr_context *c)
{
	json_object(w);
	for (size_t i = 0; i < c->count; i++) {
		json_key(w, c->entries[i].key);
		expr_to_json(w, &c->entries[i].value);
	}
	json_end_object(w);
}

static void text_json(json_writer *w, const expr_value *v)
{
	AUTO(buf) text = BUF_INIT;

	expr_to_text(&text, v);
	if (text.failed)
		w->out->failed = true;
	json_text_n(w, buf_text(&text), text.length);
}

void expr_to_json(json_writer *w, const expr_value *v)
{
	char number[EFILE_DECIMAL_TEXT_SIZE];

	switch (v->kind) {
	case EXPR_NULL:
		json_null(w);
		break;
	case EXPR_BOOLEAN:
		json_bool(w, v->as.boolean);
		break;
	case EXPR_NUMBER:
		json_raw(w, efile_decimal_format(v->as.number, number));
		break;
	case EXPR_STRING:
		json_text_n(w, v->as.string.text, v->as.string.length);
		break;
	case EXPR_LIST:
		list_json(w, v->as.list);
		break;
	case EXPR_CONTEXT:
		context_json(w, v->as.context);
		break;
	default:
		text_json(w, v);
	}
}
