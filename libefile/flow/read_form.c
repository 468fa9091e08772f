/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fields of forms inside user tasks, of our own and of other engines, entries of sign-off lists and
 * reminders, as rows of flow/form.h. */
#include "flow/form.h"
#include "flow/read.h"

#include <string.h>

/* Element, its row, and the attributes that are its columns: the first one that is there. */
static const struct form_part {
	const char *name;
	char kind;
	const char *columns[FORM_COLUMNS][2];
} parts[] = {
	{ "field", 'F', { { "id" }, { "type" }, { NULL }, { "label", "name" }, { "default" } } },
	{ "formField", 'F', { { "id" }, { "type" }, { NULL }, { "label" }, { "defaultValue" } } },
	{ "formProperty", 'F', { { "id" }, { "type" }, { NULL }, { "name" }, { "default" } } },
	{ "value", 'V', { { "id" }, { "name" } } },
	{ "constraint", 'C', { { "name" }, { "config", "value" } } },
	{ "remind", 'M', { { "at" } } },
	{ "escalate", 'E', { { "at" }, { "to" }, { "priority" } } },
	{ "step", 'S', { { "to" }, { "instruction" }, { NULL }, { "group" }, { "due" }, { "note" } } },
};

static const char *const bounds[] = { "min", "max", "minlength", "maxlength" };

static const xml_attribute *find(const xml_element *e, const char *name)
{
	for (size_t i = 0; name && i < e->attribute_count; i++)
		if (!strcmp(e->attributes[i].name, name))
			return &e->attributes[i];
	return NULL;
}

static bool is_set(const xml_element *e, const char *name, const char *value)
{
	const xml_attribute *a = find(e, name);

	return a && a->length == strlen(value) && !memcmp(a->value, value, a->length);
}

/* Tabs and line ends are what rows are made of. */
static void add_clean(buf *out, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		buf_add_char(out, (unsigned char)text[i] < ' ' ? ' ' : text[i]);
}

static void add_column(buf *out, const xml_element *e, const char *const names[2])
{
	const xml_attribute *a = find(e, names[0]);

	if (!a)
		a = find(e, names[1]);
	buf_add_char(out, '\t');
	if (a)
		add_clean(out, a->value, a->length);
}

static void add_flags(buf *out, const xml_element *e)
{
	buf_add_char(out, '\t');
	if (is_set(e, "required", "true"))
		buf_add_char(out, 'r');
	if (is_set(e, "readOnly", "true") || is_set(e, "writable", "false"))
		buf_add_char(out, 'o');
}

static void add_bounds(buf *out, const xml_element *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(bounds); i++) {
		const xml_attribute *a = find(e, bounds[i]);

		if (!a)
			continue;
		buf_add_format(out, "\nC\t%s\t", bounds[i]);
		add_clean(out, a->value, a->length);
	}
}

/* A constraint of Camunda's that is a flag turns the field before it. */
static bool add_flag_constraint(buf *details, const xml_element *e)
{
	char *field, *flags;
	char flag = is_set(e, "name", "required") ? 'r' : is_set(e, "name", "readonly") ? 'o' : '\0';

	if (!flag)
		return false;
	field = memrchr(details->data, '\n', details->length);
	while (field && field > details->data && strncmp(field, "\nF\t", 3) != 0)
		field = memrchr(details->data, '\n', (size_t)(field - details->data));
	flags = field ? strchr(field + 3, '\t') : NULL;
	flags = flags ? strchr(flags + 1, '\t') : NULL;
	if (flags) {
		size_t at = (size_t)(flags - details->data) + 1;

		buf_add_char(details, ' ');
		if (!details->failed) {
			memmove(details->data + at + 1, details->data + at, details->length - at - 1);
			details->data[at] = flag;
		}
	}
	return true;
}

static size_t count_fields(const char *details)
{
	size_t count = 0;

	while ((details = strstr(details, "\nF\t"))) {
		details++;
		count++;
	}
	return count;
}

static bool has_flags(const struct form_part *part)
{
	return part->kind == 'F' || part->kind == 'S';
}

static efile_status add_part(bpmn_reader *r, buf *details, const xml_element *e,
			     const struct form_part *part)
{
	const xml_attribute *id = find(e, part->columns[0][0]);

	if (!id || !id->length)
		return EFILE_OK;
	if ((part->kind == 'V' || part->kind == 'C') && !strstr(buf_text(details), "\nF\t"))
		return EFILE_OK;
	if (part->kind == 'F' && count_fields(buf_text(details)) >= FORM_FIELDS_MAX)
		return FAIL(r->ctx, EFILE_E_LIMIT, 2441, "a form has more than %d fields",
			    FORM_FIELDS_MAX);
	if (part->kind == 'C' && add_flag_constraint(details, e))
		return EFILE_OK;
	buf_add_format(details, "\n%c", part->kind);
	for (size_t i = 0; i < FORM_COLUMNS && (part->columns[i][0] || (has_flags(part) && i == 2)); i++) {
		if (part->columns[i][0])
			add_column(details, e, part->columns[i]);
		else
			add_flags(details, e);
	}
	if (part->kind == 'F')
		add_bounds(details, e);
	return EFILE_OK;
}

efile_status read_form_part(bpmn_reader *r, const xml_element *e, int element)
{
	AUTO(buf) details = BUF_INIT;

	if (r->m->elements[element].kind->kind != BPMN_USER_TASK)
		return EFILE_OK;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (strcmp(parts[i].name, e->name) != 0)
			continue;
		buf_add_text(&details, bpmn_text(r->m, r->m->elements[element].fields[FIELD_DETAILS]));
		TRY(add_part(r, &details, e, &parts[i]));
		TRY(buf_status(&details, r->ctx));
		return read_keep(r, &r->m->elements[element].fields[FIELD_DETAILS],
				 buf_text(&details), details.length);
	}
	return EFILE_OK;
}
