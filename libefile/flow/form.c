/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flow/form.h"

#include <stdlib.h>
#include <string.h>

#include <efile/decimal.h>
#include <efile/types.h>

typedef enum field_kind {
	KIND_TEXT, KIND_INTEGER, KIND_DECIMAL, KIND_BOOLEAN, KIND_DATE, KIND_INSTANT, KIND_CHOICE
} field_kind;

/* The names of the common engines among them. */
static const struct kind_row {
	const char *name;
	field_kind kind;
	const char *schema;     /* type and format of JSON Schema */
} kinds[] = {
	{ "text", KIND_TEXT, "\"type\":\"string\"" },
	{ "string", KIND_TEXT, "\"type\":\"string\"" },
	{ "integer", KIND_INTEGER, "\"type\":\"integer\"" },
	{ "long", KIND_INTEGER, "\"type\":\"integer\"" },
	{ "int", KIND_INTEGER, "\"type\":\"integer\"" },
	{ "decimal", KIND_DECIMAL, "\"type\":[\"number\",\"string\"],\"format\":\"decimal\"" },
	{ "double", KIND_DECIMAL, "\"type\":[\"number\",\"string\"],\"format\":\"decimal\"" },
	{ "number", KIND_DECIMAL, "\"type\":[\"number\",\"string\"],\"format\":\"decimal\"" },
	{ "boolean", KIND_BOOLEAN, "\"type\":\"boolean\"" },
	{ "date", KIND_DATE, "\"type\":\"string\",\"format\":\"date\"" },
	{ "date-time", KIND_INSTANT, "\"type\":\"string\",\"format\":\"date-time\"" },
	{ "enum", KIND_CHOICE, "\"type\":\"string\"" },
};

static const struct bound_row {
	const char *name, *schema;
} bounds[] = {
	{ "min", "minimum" }, { "max", "maximum" }, { "minlength", "minLength" },
	{ "maxlength", "maxLength" },
};

/* ---- rows ---- */

typedef struct form_row {
	char kind;
	char *columns[FORM_COLUMNS]; /* "" where there is none */
} form_row;

/* A copy of the details whose tabs and line ends have become ends of texts. */
typedef struct form_rows {
	char *text;
	form_row *rows;
	size_t count, capacity;
} form_rows;

static void form_rows_clear(form_rows *f)
{
	free(f->text);
	free(f->rows);
}

static efile_status add_row(form_rows *f, efile_ctx *ctx, char *line)
{
	static char nothing[1];
	void *rows = f->rows;
	form_row row = { .kind = *line };

	TRY(mem_grow(ctx, &rows, &f->capacity, f->count, sizeof(row)));
	f->rows = rows;
	for (size_t i = 0; i < FORM_COLUMNS; i++) {
		char *tab = line ? strchr(line, '\t') : NULL;

		line = tab ? tab + 1 : NULL;
		row.columns[i] = line ? line : nothing;
		if (tab)
			*tab = '\0';
	}
	f->rows[f->count++] = row;
	return EFILE_OK;
}

static efile_status read_rows(form_rows *f, efile_ctx *ctx, const char *details)
{
	char *line, *end;

	TRY(mem_dup(&f->text, ctx, details));
	line = strchr(f->text, '\n');
	for (; line; line = end) {
		line++;
		end = strchr(line, '\n');
		if (end)
			*end = '\0';
		TRY(add_row(f, ctx, line));
	}
	return EFILE_OK;
}

const char *form_key(size_t *length, const char *details)
{
	*length = strcspn(details, "\n");
	return details;
}

const char *form_calendar(size_t *length, const char *details)
{
	const char *at = strstr(details, "\nK\t");

	at = at ? at + 3 : "";
	*length = strcspn(at, "\n");
	return at;
}

const char *form_row_next(const char *details, const char *after, char kind)
{
	const char begin[] = { '\n', kind, '\t', '\0' };
	const char *at = strstr(after ? after : details, begin);

	return at ? at + 3 : NULL;
}

const char *form_column(size_t *length, const char **at)
{
	const char *column = *at;

	*length = strcspn(column, "\t\n");
	*at += *length + (column[*length] == '\t');
	return column;
}

static const struct kind_row *kind_of(const form_row *row)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i].name, row->columns[1]) == 0)
			return &kinds[i];
	return &kinds[0];
}

static bool is_flag(const form_row *row, char flag)
{
	return strchr(row->columns[2], flag) != NULL;
}

static const char *label_of(const form_row *row)
{
	return *row->columns[3] ? row->columns[3] : row->columns[0];
}

/* ---- describing ---- */

static void put_choices(json_writer *w, const form_rows *f, size_t field)
{
	json_key(w, "oneOf");
	json_array(w);
	for (size_t i = field + 1; i < f->count && f->rows[i].kind != 'F'; i++) {
		if (f->rows[i].kind != 'V')
			continue;
		json_object(w);
		json_put_text(w, "const", f->rows[i].columns[0]);
		json_put_text(w, "title", *f->rows[i].columns[1] ? f->rows[i].columns[1] :
								   f->rows[i].columns[0]);
		json_end_object(w);
	}
	json_end_array(w);
}

static bool read_number(efile_decimal *out, const char *text)
{
	return efile_decimal_parse(out, text, strlen(text)) == EFILE_OK;
}

/* Bounds of dates are texts, all others numbers as they are written. */
static void put_bound(json_writer *w, const form_row *bound)
{
	char text[EFILE_DECIMAL_TEXT_SIZE];
	efile_decimal number;

	for (size_t i = 0; i < ARRAY_SIZE(bounds); i++) {
		if (strcmp(bounds[i].name, bound->columns[0]) != 0)
			continue;
		json_key(w, bounds[i].schema);
		if (read_number(&number, bound->columns[1]))
			json_raw(w, efile_decimal_format(number, text));
		else
			json_text(w, bound->columns[1]);
	}
}

static void put_field(json_writer *w, const form_rows *f, size_t at)
{
	const form_row *row = &f->rows[at];
	const struct kind_row *kind = kind_of(row);

	json_key(w, row->columns[0]);
	json_object(w);
	buf_add_text(w->out, kind->schema);
	w->comma = true;
	json_put_text(w, "title", label_of(row));
	if (is_flag(row, 'o'))
		json_put_bool(w, "readOnly", true);
	if (*row->columns[4])
		json_put_text(w, "default", row->columns[4]);
	if (kind->kind == KIND_CHOICE)
		put_choices(w, f, at);
	for (size_t i = at + 1; i < f->count && f->rows[i].kind != 'F'; i++)
		if (f->rows[i].kind == 'C')
			put_bound(w, &f->rows[i]);
	json_end_object(w);
}

static void put_names(json_writer *w, const char *key, const form_rows *f, char flag)
{
	json_key(w, key);
	json_array(w);
	for (size_t i = 0; i < f->count; i++)
		if (f->rows[i].kind == 'F' && (!flag || is_flag(&f->rows[i], flag)))
			json_text(w, f->rows[i].columns[0]);
	json_end_array(w);
}

efile_status form_describe(json_writer *w, efile_ctx *ctx, const char *details)
{
	AUTO(form_rows) f = { .text = NULL };
	size_t length;

	TRY(read_rows(&f, ctx, details));
	json_key(w, "key");
	form_key(&length, details);
	if (length)
		json_text_n(w, details, length);
	else
		json_null(w);
	json_put_text(w, "type", "object");
	json_key(w, "properties");
	json_object(w);
	for (size_t i = 0; i < f.count; i++)
		if (f.rows[i].kind == 'F')
			put_field(w, &f, i);
	json_end_object(w);
	put_names(w, "required", &f, 'r');
	put_names(w, "order", &f, '\0');
	return buf_status(w->out, ctx);
}

/* ---- checking ---- */

typedef enum problem { REQUIRED, READ_ONLY, WRONG_TYPE, NO_CHOICE, TOO_SMALL, TOO_LARGE, PROBLEMS } problem;

static const struct problem_row {
	const char *rule;
	int number;
	const char *text;       /* the field, and what it should be */
} problems[PROBLEMS] = {
	[REQUIRED] = { "FORM-REQUIRED", 2435, "the field '%s' is required" },
	[READ_ONLY] = { "FORM-READ-ONLY", 2436, "the field '%s' cannot be changed" },
	[WRONG_TYPE] = { "FORM-TYPE", 2437, "the field '%s' is no %s" },
	[NO_CHOICE] = { "FORM-CHOICE", 2438, "the field '%s' takes none but the given values" },
	[TOO_SMALL] = { "FORM-MINIMUM", 2439, "the field '%s' is less than %s" },
	[TOO_LARGE] = { "FORM-MAXIMUM", 2440, "the field '%s' is more than %s" },
};

typedef struct form_checker {
	efile_ctx *ctx;
	efile_report *report;   /* NULL: the first problem is the error */
	const form_rows *f;
	size_t at;              /* the field */
} form_checker;

/* The texts of the table take the label, and a detail if they name one. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static efile_status found(form_checker *c, problem what, const char *detail)
{
	const struct problem_row *p = &problems[what];
	const form_row *row = &c->f->rows[c->at];
	AUTO_PTR(char) message = NULL;

	if (!c->report) {
		error_set(c->ctx, EFILE_E_FORMAT, p->number, p->text, label_of(row), detail);
		return error_at(c->ctx, row->columns[0], 0, 0);
	}
	message = message_format(c->ctx, p->text, label_of(row), detail);
	if (!message)
		return mem_failed(c->ctx);
	return report_add(c->report, p->rule, EFILE_SEVERITY_ERROR,
			  &(report_place){ .path = row->columns[0] }, "%s", message);
}
#pragma GCC diagnostic pop

static bool is_number(efile_decimal *out, const json_value *v)
{
	return (v->type == JSON_NUMBER || v->type == JSON_STRING) &&
		json_as_decimal(out, v) == EFILE_OK;
}

static bool type_fits(field_kind kind, const json_value *v)
{
	efile_decimal number;
	efile_date date;
	efile_time time;
	int64_t whole;

	switch (kind) {
	case KIND_INTEGER:
		return v->type == JSON_NUMBER && is_number(&number, v) &&
			efile_decimal_to_int(&whole, number) == EFILE_OK;
	case KIND_DECIMAL:
		return is_number(&number, v);
	case KIND_BOOLEAN:
		return v->type == JSON_TRUE || v->type == JSON_FALSE;
	case KIND_DATE:
		return v->type == JSON_STRING && efile_date_parse(&date, v->text) == EFILE_OK;
	case KIND_INSTANT:
		return v->type == JSON_STRING && efile_time_parse(&time, v->text) == EFILE_OK;
	default:
		return v->type == JSON_STRING;
	}
}

static bool is_choice(const form_checker *c, const char *text)
{
	for (size_t i = c->at + 1; i < c->f->count && c->f->rows[i].kind != 'F'; i++)
		if (c->f->rows[i].kind == 'V' && strcmp(c->f->rows[i].columns[0], text) == 0)
			return true;
	return false;
}

static size_t characters(const char *text)
{
	uint32_t character;
	size_t count = 0;

	for (size_t used; (used = str_utf8_next(&character, text, strlen(text))); text += used)
		count++;
	return count;
}

/* -1, 0, 1; 0 as well where there is nothing to compare: a bound that is no number or date. */
static int compare(field_kind kind, const json_value *v, const char *bound)
{
	efile_decimal a, b;
	efile_date day, limit;

	if (kind == KIND_DATE && efile_date_parse(&day, v->text) == EFILE_OK &&
	    efile_date_parse(&limit, bound) == EFILE_OK)
		return strcmp(v->text, bound);
	if ((kind == KIND_INTEGER || kind == KIND_DECIMAL) && is_number(&a, v) &&
	    read_number(&b, bound))
		return efile_decimal_compare(a, b);
	return 0;
}

static efile_status check_bounds(form_checker *c, field_kind kind, const json_value *v)
{
	for (size_t i = c->at + 1; i < c->f->count && c->f->rows[i].kind != 'F'; i++) {
		const form_row *row = &c->f->rows[i];
		const char *name = row->columns[0], *bound = row->columns[1];
		size_t length = v->type == JSON_STRING ? characters(v->text) : 0;

		if (row->kind != 'C')
			continue;
		if ((!strcmp(name, "min") && compare(kind, v, bound) < 0) ||
		    (!strcmp(name, "minlength") && length < strtoul(bound, NULL, 10)))
			TRY(found(c, TOO_SMALL, bound));
		if ((!strcmp(name, "max") && compare(kind, v, bound) > 0) ||
		    (!strcmp(name, "maxlength") && length > strtoul(bound, NULL, 10)))
			TRY(found(c, TOO_LARGE, bound));
	}
	return EFILE_OK;
}

static bool is_there(const json_value *object, const char *name)
{
	const json_value *v = object ? json_member(object, name) : NULL;

	return v && v->type != JSON_NULL && !(v->type == JSON_STRING && !v->length);
}

static efile_status check_field(form_checker *c, const json_value *given, const json_value *present)
{
	const form_row *row = &c->f->rows[c->at];
	const struct kind_row *kind = kind_of(row);
	const char *id = row->columns[0];
	const json_value *v = given ? json_member(given, id) : NULL;

	if (v && is_flag(row, 'o'))
		return found(c, READ_ONLY, "");
	if (!is_there(given, id)) /* said to be empty is not the same as not said */
		return is_flag(row, 'r') && (v || !is_there(present, id)) ? found(c, REQUIRED, "") :
									    EFILE_OK;
	if (!type_fits(kind->kind, v))
		return found(c, WRONG_TYPE, kind->name);
	if (kind->kind == KIND_CHOICE && !is_choice(c, v->text))
		return found(c, NO_CHOICE, "");
	return check_bounds(c, kind->kind, v);
}

static efile_status parse_object(json_document **out, const json_value **root, efile_ctx *ctx,
				 const char *json)
{
	*root = NULL;
	if (!json)
		return EFILE_OK;
	TRY(json_parse(out, ctx, json, strlen(json)));
	*root = json_root(*out);
	if ((*root)->type != JSON_OBJECT)
		return FAIL(ctx, EFILE_E_FORMAT, 2322, "the variables of a process are a JSON object");
	return EFILE_OK;
}

efile_status form_check(efile_ctx *ctx, efile_report *report, const char *details,
			const char *variables, const char *present)
{
	AUTO(form_rows) f = { .text = NULL };
	AUTO_PTR(json_document) given_document = NULL;
	AUTO_PTR(json_document) present_document = NULL;
	const json_value *given, *there;
	form_checker c = { ctx, report, &f, 0 };

	if (!strstr(details, "\nF\t"))
		return EFILE_OK;
	TRY(read_rows(&f, ctx, details));
	TRY(parse_object(&given_document, &given, ctx, variables));
	TRY(parse_object(&present_document, &there, ctx, present));
	for (c.at = 0; c.at < f.count; c.at++)
		if (f.rows[c.at].kind == 'F')
			TRY(check_field(&c, given, there));
	return EFILE_OK;
}
