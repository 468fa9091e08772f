/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "invoice/structure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FINDINGS = 1000, NO_NAME = 0xffff, NO_TYPE = STRUCTURE_NONE };

typedef struct structure_attribute {
	uint16_t name;
	bool required;
	bool language;           /* xs:language */
	const char *values;      /* "5,6": no other; "": any */
} structure_attribute;

typedef struct structure_particle {
	uint16_t name, type;
	uint8_t least;
	bool once;
} structure_particle;

typedef struct structure_type {
	structure_form form;
	uint16_t first, count;   /* particles of an aggregate, attributes of a leaf */
} structure_type;

typedef struct structure_root {
	uint16_t name, type;
} structure_root;

#include "schemas/invoice/structure.inc"

typedef struct checker {
	efile_report *report;
	efile_ctx *ctx;
	const tree *t;
	uint16_t *names;         /* of the tree: their numbers in the tables */
	uint16_t *types;         /* of the elements */
	uint32_t schema_location, no_schema_location; /* xsi: names of the tree, 0: not in it */
	size_t findings;
} checker;

/* ---- findings ---- */

static const char not_here[] = "this element is not allowed here, or one is missing before it or at the end";
static const char no_attribute[] = "an attribute is not allowed here";
static const char need_attribute[] = "a required attribute is missing";
static const char bad_value[] = "the value is not of the type that the schema asks for";
static const char bad_content[] = "the content is not what the schema asks for";
static const char not_listed[] = "the value is not one of those allowed";

static efile_status say(checker *c, uint32_t node, const char *message, const char *actual,
			const char *expected)
{
	const tree_row *row = &c->t->rows[node];
	AUTO(buf) where = BUF_INIT;
	report_place spot = { .line = row->line, .column = row->column, .actual = actual,
			       .expected = expected };

	if (c->findings++ >= FINDINGS)
		return EFILE_OK;
	tree_path(&where, c->t, node);
	TRY(buf_status(&where, c->ctx));
	spot.path = buf_text(&where);
	return report_add(c->report, "XSD", EFILE_SEVERITY_ERROR, &spot, "%s",
			  efile_message(c->ctx, message));
}

static const char *table_name_of(uint16_t name)
{
	return name_text + name_at[name];
}

/* ---- asking the tables ---- */

static uint16_t find_name(const char *text)
{
	size_t low = 0, high = ARRAY_SIZE(name_at);

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(table_name_of((uint16_t)middle), text);

		if (order == 0)
			return (uint16_t)middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NO_NAME;
}

uint16_t structure_root_type(const char *name)
{
	uint16_t wanted = find_name(name);

	for (size_t i = 0; i < ARRAY_SIZE(root_rows); i++)
		if (wanted != NO_NAME && root_rows[i].name == wanted)
			return root_rows[i].type;
	return STRUCTURE_NONE;
}

static void describe(structure_child *out, const structure_type *type, size_t index)
{
	const structure_particle *p = &particle_rows[type->first + index];

	*out = (structure_child){ table_name_of(p->name), p->type, (uint16_t)index, p->once,
				  p->least > 0 };
}

bool structure_child_at(structure_child *out, uint16_t type, size_t index)
{
	const structure_type *row;

	if (type == STRUCTURE_NONE)
		return false;
	row = &type_rows[type];
	if ((row->form != STRUCTURE_SEQUENCE && row->form != STRUCTURE_CHOICE) || index >= row->count)
		return false;
	describe(out, row, index);
	return true;
}

bool structure_child_named(structure_child *out, uint16_t type, const char *name)
{
	uint16_t wanted = find_name(name);

	for (size_t i = 0; wanted != NO_NAME && structure_child_at(out, type, i); i++)
		if (particle_rows[type_rows[type].first + i].name == wanted)
			return true;
	return false;
}

structure_form structure_form_of(uint16_t type)
{
	return type == STRUCTURE_NONE ? STRUCTURE_ANY : type_rows[type].form;
}

/* ---- getting ready ---- */

static efile_status get_ready(checker *c)
{
	const tree *t = c->t;

	c->names = mem_new(c->ctx, t->name_count * sizeof(*c->names));
	c->types = mem_new(c->ctx, t->count * sizeof(*c->types));
	if (!c->names || !c->types)
		return EFILE_E_NOMEM;
	c->names[0] = NO_NAME;
	for (uint32_t i = 1; i < t->name_count; i++) {
		const char *name = tree_name_text(t, i);

		c->names[i] = find_name(name);
		if (str_equal(name, "@xsi:schemaLocation"))
			c->schema_location = i;
		else if (str_equal(name, "@xsi:noNamespaceSchemaLocation"))
			c->no_schema_location = i;
	}
	return EFILE_OK;
}

/* ---- attributes ---- */

static bool is_language(const char *text, size_t length)
{
	size_t part = 0;
	bool first = true;

	for (size_t i = 0; i < length; i++) {
		char c = str_ascii_lower(text[i]);

		if (c == '-') {
			if (part == 0)
				return false;
			part = 0;
			first = false;
		} else if ((c < 'a' || c > 'z') && (first || !str_ascii_digit(c))) {
			return false;
		} else if (++part > 8) {
			return false;
		}
	}
	return part > 0;
}

/* Whether a list such as "5,6" has a value. */
static bool listed(const char *values, const char *text, size_t length)
{
	for (const char *at = values; *at; at += *at == ',') {
		size_t n = strcspn(at, ",");

		if (n == length && memcmp(at, text, n) == 0)
			return true;
		at += n;
	}
	return values[0] == '\0';
}

static efile_status check_attribute(checker *c, uint32_t node, const tree_attribute *a,
				    const structure_attribute *row)
{
	size_t length = a->text_length;
	const char *text = tree_trim(tree_attribute_text(c->t, a), &length);

	if (row->language && !is_language(text, length))
		return say(c, node, bad_value, text, "");
	if (!listed(row->values, text, length))
		return say(c, node, not_listed, text, row->values);
	return EFILE_OK;
}

static const structure_attribute *attribute_of(const structure_type *type, uint16_t name)
{
	for (size_t i = 0; i < type->count; i++)
		if (attribute_rows[type->first + i].name == name)
			return &attribute_rows[type->first + i];
	return NULL;
}

bool structure_needs(uint16_t type, const char *attribute)
{
	const structure_attribute *row = structure_form_of(type) < STRUCTURE_SEQUENCE ?
		attribute_of(&type_rows[type], find_name(attribute)) : NULL;

	return row && row->required;
}

static bool has_attribute(const checker *c, uint32_t node, uint16_t name)
{
	const tree_row *row = &c->t->rows[node];

	for (uint32_t i = 0; i < row->attribute_count; i++)
		if (c->names[c->t->attributes[row->attribute + i].name] == name)
			return true;
	return false;
}

/* type: that of a leaf, NULL for an aggregate, which has no attributes. */
static efile_status check_attributes(checker *c, uint32_t node, const structure_type *type)
{
	const tree_row *row = &c->t->rows[node];

	for (uint32_t i = 0; i < row->attribute_count; i++) {
		const tree_attribute *a = &c->t->attributes[row->attribute + i];
		const structure_attribute *allowed = type ? attribute_of(type, c->names[a->name]) : NULL;

		if (a->name == c->schema_location || a->name == c->no_schema_location)
			continue;
		if (!allowed)
			TRY(say(c, node, no_attribute, tree_name_text(c->t, a->name), ""));
		else
			TRY(check_attribute(c, node, a, allowed));
	}
	for (size_t i = 0; type && i < type->count; i++) {
		const structure_attribute *wanted = &attribute_rows[type->first + i];

		if (wanted->required && !has_attribute(c, node, wanted->name))
			TRY(say(c, node, need_attribute, "", table_name_of(wanted->name)));
	}
	return EFILE_OK;
}

/* ---- content ---- */

static efile_status check_leaf(checker *c, uint32_t node, const structure_type *type)
{
	const char *text = tree_text(c->t, node);
	size_t length = tree_text_length(c->t, node);
	char shown[80];

	TRY(check_attributes(c, node, type));
	if (c->t->rows[node].child)
		return say(c, c->t->rows[node].child, bad_content, "", "");
	if (structure_value_valid(type->form, text, length))
		return EFILE_OK;
	snprintf(shown, sizeof(shown), "%.*s", (int)(length < 70 ? length : 70), text);
	return say(c, node, bad_value, shown, "");
}

/* What may come: the particles from here to the first that must. */
static void add_expected(buf *out, const structure_particle *from, const structure_particle *end)
{
	for (const structure_particle *p = from; p < end && p - from < 12; p++) {
		buf_add_format(out, "%s%s", p == from ? "" : ", ", table_name_of(p->name));
		if (p->least)
			return;
	}
}

static efile_status unexpected(checker *c, uint32_t node, const structure_particle *from,
			       const structure_particle *end)
{
	AUTO(buf) expected = BUF_INIT;

	add_expected(&expected, from, end);
	TRY(buf_status(&expected, c->ctx));
	return say(c, node, not_here, "", buf_text(&expected));
}

/* The names of a sequence are all different, so that the first that fits is the right one. */
static efile_status check_sequence(checker *c, uint32_t node, const structure_type *type)
{
	const structure_particle *at = particle_rows + type->first, *end = at + type->count;
	size_t times = 0;

	for (uint32_t child = c->t->rows[node].child; child; child = c->t->rows[child].next) {
		uint16_t name = c->names[c->t->rows[child].name];
		const structure_particle *from = at;

		if (at < end && at->name == name && at->once && times)
			return unexpected(c, child, at + 1, end);
		while (at < end && at->name != name) {
			if (at->least && !times)
				return unexpected(c, child, from, end);
			at++;
			times = 0;
		}
		if (at == end)
			return unexpected(c, child, from, end);
		times++;
		c->types[child] = at->type;
	}
	for (; at < end; at++, times = 0)
		if (at->least && !times)
			return unexpected(c, node, at, end);
	return EFILE_OK;
}

static efile_status check_choice(checker *c, uint32_t node, const structure_type *type)
{
	const structure_particle *first = particle_rows + type->first, *end = first + type->count;
	uint32_t child = c->t->rows[node].child;

	for (const structure_particle *p = first; child && p < end; p++)
		if (p->name == c->names[c->t->rows[child].name]) {
			c->types[child] = p->type;
			child = c->t->rows[child].next;
			return child ? unexpected(c, child, end, end) : EFILE_OK;
		}
	return unexpected(c, child ? child : node, first, end);
}

static efile_status check_aggregate(checker *c, uint32_t node, const structure_type *type)
{
	size_t length = tree_text_length(c->t, node);

	if (type->form == STRUCTURE_ANY)
		return EFILE_OK;
	TRY(check_attributes(c, node, NULL));
	tree_trim(tree_text(c->t, node), &length);
	if (length)
		return say(c, node, bad_content, "", "");
	return type->form == STRUCTURE_CHOICE ? check_choice(c, node, type) :
		check_sequence(c, node, type);
}

static efile_status check_node(checker *c, uint32_t node)
{
	const structure_type *type;

	if (c->types[node] == NO_TYPE)
		return EFILE_OK;
	type = &type_rows[c->types[node]];
	return type->form < STRUCTURE_SEQUENCE ? check_leaf(c, node, type) :
		check_aggregate(c, node, type);
}

static efile_status check_root(checker *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(root_rows); i++)
		if (root_rows[i].name == c->names[c->t->rows[TREE_ROOT].name]) {
			c->types[TREE_ROOT] = root_rows[i].type;
			return EFILE_OK;
		}
	return say(c, TREE_ROOT, "this element is not declared in the schema", "", "");
}

static efile_status check_all(checker *c)
{
	TRY(get_ready(c));
	for (uint32_t i = 0; i < c->t->count; i++)
		c->types[i] = NO_TYPE;
	TRY(check_root(c));
	if (c->t->mixed)
		TRY(say(c, c->t->mixed, bad_content, "", ""));
	for (uint32_t node = TREE_ROOT; node < c->t->count; node++)
		TRY(check_node(c, node));
	return EFILE_OK;
}

efile_status structure_check(efile_report *report, const efile_invoice *invoice)
{
	checker c = { .report = report, .ctx = invoice->ctx, .t = &invoice->tree };
	efile_status status = check_all(&c);

	free(c.names);
	free(c.types);
	return status;
}
