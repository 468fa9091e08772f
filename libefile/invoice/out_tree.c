/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "invoice/out_tree.h"

#include <stdlib.h>
#include <string.h>

#include "invoice/rule_set.h"

enum { STEPS = 8, NAME_BYTES = 96 };

/* A step of a path: a name with tests behind it. */
typedef struct step {
	const char *name;
	size_t length;
	const char *tests;
	size_t tests_length;
} step;

typedef struct way {
	step steps[STEPS];
	size_t count;
	bool absolute;
} way;

/* ---- paths ---- */

/* The end of a step's name or tests: a sign outside of brackets. */
static const char *skip_tests(const char *at)
{
	int depth = 0;

	for (; *at && (depth || *at == '['); at++)
		depth += (*at == '[') - (*at == ']');
	return at;
}

static void take_step(step *out, const char **at)
{
	size_t length = strcspn(*at, "/[|]");

	*out = (step){ *at, length, *at + length, 0 };
	*at = skip_tests(*at + length);
	out->tests_length = (size_t)(*at - out->tests);
}

static bool take_way(way *out, const char *route)
{
	out->absolute = *route == '/';
	out->count = 0;
	route += out->absolute;
	while (out->count < STEPS) {
		take_step(&out->steps[out->count++], &route);
		if (*route != '/')
			return true;
		route++;
	}
	return false;
}

const char *out_alternative(const char *route)
{
	for (; *route; route = *route == '[' ? skip_tests(route) : route + 1)
		if (*route == '|')
			return route + 1;
	return NULL;
}

static bool is(const step *s, const char *name)
{
	return strlen(name) == s->length && memcmp(name, s->name, s->length) == 0;
}

static const char *name_of(char out[NAME_BYTES], const step *s)
{
	size_t length = s->length < NAME_BYTES ? s->length : NAME_BYTES - 1;

	memcpy(out, s->name, length);
	out[length] = '\0';
	return out;
}

/* A test that says what something is not makes nothing. */
static bool says_what_is(const step *s)
{
	return s->tests_length && !memmem(s->tests, s->tests_length, "!=", 2);
}

/* ---- nodes ---- */

const char *out_keep(out_tree *t, const char *text, size_t length)
{
	char *copy = rules_chunk_alloc(&t->texts, t->ctx, length + 1);

	if (!copy)
		return NULL;
	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

efile_status out_add(uint32_t *out, out_tree *t, uint32_t parent, const structure_child *child)
{
	uint32_t id = (uint32_t)t->count;

	TRY(mem_grow(t->ctx, (void **)&t->nodes, &t->capacity, t->count, sizeof(*t->nodes)));
	t->nodes[id] = (out_node){ .name = child->name, .parent = parent, .type = child->type,
				   .order = child->order, .once = child->once };
	t->count++;
	if (parent) {
		out_node *above = &t->nodes[parent];

		if (above->last)
			t->nodes[above->last].next = id;
		else
			above->child = id;
		above->last = id;
	}
	*out = id;
	return EFILE_OK;
}

efile_status out_tree_begin(out_tree *t, efile_ctx *ctx, const char *root)
{
	structure_child none = { "", STRUCTURE_NONE, 0, true, true };
	structure_child top = { root, structure_root_type(root), 0, true, true };
	uint32_t id;

	*t = (out_tree){ .ctx = ctx };
	TRY(mem_grow(ctx, (void **)&t->attributes, &t->attribute_capacity, 0, sizeof(*t->attributes)));
	t->attribute_count = 1; /* 0 is none */
	TRY(out_add(&id, t, OUT_NONE, &none));
	return out_add(&id, t, OUT_NONE, &top);
}

void out_tree_clear(out_tree *t)
{
	free(t->nodes);
	free(t->attributes);
	rules_chunks_free(t->texts);
}

const char *out_attribute_of(const out_tree *t, uint32_t node, const char *name)
{
	for (uint32_t a = t->nodes[node].attribute; a; a = t->attributes[a].next)
		if (strcmp(t->attributes[a].name, name) == 0)
			return t->attributes[a].text;
	return NULL;
}

efile_status out_set_attribute(out_tree *t, uint32_t node, const char *name, const char *text)
{
	uint32_t *to = &t->nodes[node].attribute;

	if (out_attribute_of(t, node, name))
		return EFILE_OK;
	while (*to)
		to = &t->attributes[*to].next;
	*to = (uint32_t)t->attribute_count; /* before the array may move */
	TRY(mem_grow(t->ctx, (void **)&t->attributes, &t->attribute_capacity, t->attribute_count,
		     sizeof(*t->attributes)));
	t->attributes[t->attribute_count++] = (out_attribute){ name, text, 0 };
	return EFILE_OK;
}

uint32_t out_child(const out_tree *t, uint32_t node, const char *name)
{
	for (uint32_t child = t->nodes[node].child; child; child = t->nodes[child].next)
		if (strcmp(t->nodes[child].name, name) == 0)
			return child;
	return OUT_NONE;
}

/* ---- tests, made true ---- */

/* What an absolute path leads to in what has been written so far. */
static const char *text_at(const out_tree *t, const char *route)
{
	uint32_t node = OUT_ROOT;
	way w;

	if (!take_way(&w, route))
		return NULL;
	for (size_t i = 0; i < w.count && node; i++) {
		char name[NAME_BYTES];

		node = out_child(t, node, name_of(name, &w.steps[i]));
	}
	return node ? t->nodes[node].text : NULL;
}

typedef struct test {
	char route[NAME_BYTES];
	const char *value;
} test;

/* "cac:TaxScheme/cbc:ID~'VAT'", up to end: a path and the text that it shall have; false for a test
 * that makes nothing. "!...'VAT'" is another tax registration, for which FC stands. */
static bool take_test(test *out, out_tree *t, const char *from, const char *end)
{
	bool other = *from == '!';
	const char *op, *value;
	size_t length;

	from += other;
	length = strcspn(from, "=^~%?!]");
	op = from + length;
	if (*op == '!' || op >= end || length >= sizeof(out->route))
		return false;
	memcpy(out->route, from, length);
	out->route[length] = '\0';
	value = op + 1;
	if (other)
		out->value = "FC";
	else if (*value == '\'')
		out->value = out_keep(t, value + 1, strcspn(value + 1, "'"));
	else
		out->value = text_at(t, value);
	return out->value != NULL;
}

static efile_status make_true(out_tree *t, uint32_t node, const step *s)
{
	const char *at = s->tests, *end = s->tests + s->tests_length;

	while (at < end) {
		const char *close = strchr(at, ']'), *attribute;
		uint32_t to;
		test wanted;

		if (take_test(&wanted, t, at + 1, close)) {
			TRY(out_reach(&to, &attribute, t, node, &(out_want){ .route = wanted.route }));
			if (to && attribute)
				TRY(out_set_attribute(t, to, attribute, wanted.value));
			else if (to)
				t->nodes[to].text = wanted.value;
		}
		at = close + 1;
	}
	return EFILE_OK;
}

/* ---- reaching ---- */

static uint32_t start_of(const way *w, uint32_t from)
{
	return w->absolute ? OUT_ROOT : from;
}

static bool is_attribute(const step *s)
{
	return s->length && s->name[0] == '@';
}

bool out_possible(const out_tree *t, uint32_t from, const char *route)
{
	uint16_t type;
	way w;

	if (!take_way(&w, route))
		return false;
	from = start_of(&w, from);
	type = t->nodes[from].type;
	for (size_t i = 0; i < w.count && !is_attribute(&w.steps[i]); i++) {
		structure_child child;
		char name[NAME_BYTES];

		if (is(&w.steps[i], ".."))
			type = t->nodes[t->nodes[from].parent].type;
		else if (!is(&w.steps[i], ".") &&
			 !structure_child_named(&child, type, name_of(name, &w.steps[i])))
			return false;
		else if (!is(&w.steps[i], "."))
			type = child.type;
	}
	return true;
}

static uint32_t find(const out_tree *t, uint32_t node, const char *name, const step *s)
{
	size_t length = says_what_is(s) ? s->tests_length : 0;

	for (uint32_t child = t->nodes[node].child; child; child = t->nodes[child].next) {
		const out_node *n = &t->nodes[child];

		if (n->tests_length == length && strcmp(n->name, name) == 0 &&
		    (!length || memcmp(n->tests, s->tests, length) == 0))
			return child;
	}
	return OUT_NONE;
}

static efile_status add_step(uint32_t *out, out_tree *t, uint32_t parent, const char *name,
			     const step *s)
{
	structure_child child;

	*out = OUT_NONE;
	if (!structure_child_named(&child, t->nodes[parent].type, name) ||
	    (child.once && out_child(t, parent, name)))
		return EFILE_OK;
	TRY(out_add(out, t, parent, &child));
	if (!says_what_is(s))
		return EFILE_OK;
	t->nodes[*out].tests = s->tests;
	t->nodes[*out].tests_length = s->tests_length;
	return make_true(t, *out, s);
}

/* The deepest step that may be there several times; what lies behind it is new with it. */
static size_t repeatable(const out_tree *t, const way *w, uint32_t from)
{
	uint16_t type = t->nodes[start_of(w, from)].type;
	size_t found = w->count;

	for (size_t i = 0; i < w->count && !is_attribute(&w->steps[i]); i++) {
		structure_child child;
		char name[NAME_BYTES];

		if (!structure_child_named(&child, type, name_of(name, &w->steps[i])))
			break;
		if (!child.once)
			found = i;
		type = child.type;
	}
	return found;
}

typedef struct reaching {
	out_tree *t;
	const way *w;
	const out_want *want;
	size_t fresh;            /* from this step on all is new */
	bool taken;              /* the place holds another value already */
} reaching;

/* One step; *node becomes OUT_NONE if there is no way on. */
static efile_status go(uint32_t *node, reaching *r, size_t i)
{
	const step *s = &r->w->steps[i];
	bool last = i + 1 == r->w->count;
	char name[NAME_BYTES];
	uint32_t there;

	if (is(s, ".") || is(s, "..")) {
		*node = is(s, ".") ? *node : r->t->nodes[*node].parent;
		return EFILE_OK;
	}
	there = i == r->fresh ? OUT_NONE : find(r->t, *node, name_of(name, s), s);
	if (there && last && r->t->nodes[there].term && r->want->term) {
		r->taken = r->t->nodes[there].term != r->want->term;
		*node = OUT_NONE;
		return EFILE_OK;
	}
	if (!there && i == 0 && r->want->present) {
		*node = OUT_NONE;
		return EFILE_OK;
	}
	if (!there) {
		TRY(add_step(&there, r->t, *node, name_of(name, s), s));
		r->taken |= !there;
	}
	*node = there;
	return EFILE_OK;
}

static efile_status walk(uint32_t *out, const char **attribute, reaching *r, uint32_t from)
{
	uint32_t node = start_of(r->w, from);

	*attribute = NULL;
	for (size_t i = 0; i < r->w->count && node; i++) {
		const step *s = &r->w->steps[i];

		if (is_attribute(s)) {
			*attribute = out_keep(r->t, s->name + 1, s->length - 1);
			if (!*attribute)
				return EFILE_E_NOMEM;
			break;
		}
		TRY(go(&node, r, i));
	}
	*out = node;
	return EFILE_OK;
}

efile_status out_reach(uint32_t *out, const char **attribute, out_tree *t, uint32_t from,
		       const out_want *want)
{
	way w;
	reaching r = { t, &w, want, STEPS, false };
	size_t again;

	*out = OUT_NONE;
	if (!take_way(&w, want->route))
		return EFILE_OK;
	again = repeatable(t, &w, from);
	if (want->fresh)
		r.fresh = again;
	TRY(walk(out, attribute, &r, from));
	if (*out || !r.taken || want->fresh || want->present || again == w.count)
		return EFILE_OK;
	r.fresh = again;
	r.taken = false;
	return walk(out, attribute, &r, from);
}

/* ---- putting out ---- */

static const struct { const char *prefix, *uri; } ubl_spaces[] = {
	{ "xmlns:cac", "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" },
	{ "xmlns:cbc", "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2" },
};
static const struct { const char *prefix, *uri; } cii_spaces[] = {
	{ "xmlns:rsm", "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" },
	{ "xmlns:ram",
	  "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100" },
	{ "xmlns:udt", "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100" },
	{ "xmlns:qdt", "urn:un:unece:uncefact:data:standard:QualifiedDataType:100" },
};

static void declare(xml_writer *w, const char *root)
{
	bool note = strcmp(root, "CreditNote") == 0;

	if (str_starts_with(root, "rsm:")) {
		for (size_t i = 0; i < ARRAY_SIZE(cii_spaces); i++)
			xml_writer_attribute(w, cii_spaces[i].prefix, cii_spaces[i].uri);
		return;
	}
	xml_writer_attribute(w, "xmlns", note ?
			     "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2" :
			     "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2");
	for (size_t i = 0; i < ARRAY_SIZE(ubl_spaces); i++)
		xml_writer_attribute(w, ubl_spaces[i].prefix, ubl_spaces[i].uri);
}

static int by_order(const void *a, const void *b, void *user)
{
	const out_tree *t = user;
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
	int order = (t->nodes[left].order > t->nodes[right].order) -
		(t->nodes[left].order < t->nodes[right].order);

	return order ? order : (left > right) - (left < right);
}

/* Relinks the children in the order of the structure. */
static efile_status sort_children(out_tree *t, uint32_t node)
{
	size_t count = 0, at = 0;
	uint32_t *ids, *to = &t->nodes[node].child;

	for (uint32_t child = *to; child; child = t->nodes[child].next)
		count++;
	if (count < 2)
		return EFILE_OK;
	ids = mem_new(t->ctx, count * sizeof(*ids));
	if (!ids)
		return EFILE_E_NOMEM;
	for (uint32_t child = *to; child; child = t->nodes[child].next)
		ids[at++] = child;
	qsort_r(ids, count, sizeof(*ids), by_order, t);
	for (size_t i = 0; i < count; i++) {
		*to = ids[i];
		to = &t->nodes[ids[i]].next;
	}
	*to = OUT_NONE;
	t->nodes[node].last = ids[count - 1];
	free(ids);
	return EFILE_OK;
}

static void open_element(xml_writer *w, const out_tree *t, uint32_t node)
{
	const out_node *n = &t->nodes[node];

	xml_writer_start(w, n->name);
	if (node == OUT_ROOT)
		declare(w, n->name);
	for (uint32_t a = n->attribute; a; a = t->attributes[a].next)
		xml_writer_attribute(w, t->attributes[a].name, t->attributes[a].text);
	if (n->text)
		xml_writer_text(w, n->text);
}

/* Without recursion: sub invoice lines may lie deep. */
efile_status out_tree_write(buf *out, out_tree *t)
{
	uint32_t node = OUT_ROOT;
	efile_status status;
	xml_writer w;

	for (uint32_t id = OUT_ROOT; id < t->count; id++)
		TRY(sort_children(t, id));
	xml_writer_begin(&w, t->ctx, out, NULL, true);
	while (node) {
		open_element(&w, t, node);
		if (t->nodes[node].child) {
			node = t->nodes[node].child;
			continue;
		}
		xml_writer_close(&w);
		while (node && !t->nodes[node].next) {
			node = t->nodes[node].parent;
			if (node)
				xml_writer_close(&w);
		}
		node = node ? t->nodes[node].next : OUT_NONE;
	}
	status = xml_writer_end(&w);
	xml_writer_clear(&w);
	return status;
}
