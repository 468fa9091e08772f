/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The small path language of tree.h. Names are numbers: a document is bound to those of the paths, so
 * that a step is the comparison of two numbers and a name that does not occur ends the search. */
#include "invoice/tree.h"

#include <stdlib.h>
#include <string.h>

enum { STEP_LIMIT = 12, TEST_LIMIT = 3 };

typedef enum step_kind { STEP_CHILD, STEP_SELF, STEP_PARENT, STEP_ATTRIBUTE } step_kind;
typedef enum test_kind {
	TEST_EXISTS, TEST_EQUAL, TEST_LIKE, TEST_BLIND, TEST_TRIMMED, TEST_BOOLEAN
} test_kind;

typedef struct test {
	bool not;
	test_kind kind;
	path *left;
	path *right;             /* or a literal */
	const char *literal;
	size_t literal_length;
} test;

typedef struct step {
	step_kind kind;
	uint32_t name;
	test tests[TEST_LIMIT];
	size_t test_count;
} step;

struct path {
	bool absolute;
	size_t step_count, step_limit;
	path *other;             /* behind "|" */
	step steps[];
};

void path_free(path *p)
{
	while (p) {
		path *other = p->other;

		for (size_t i = 0; i < p->step_count; i++)
			for (size_t k = 0; k < p->steps[i].test_count; k++) {
				path_free(p->steps[i].tests[k].left);
				path_free(p->steps[i].tests[k].right);
			}
		free(p);
		p = other;
	}
}

/* ---- names ---- */

typedef struct path_name {
	const char *text;        /* not terminated */
	size_t length;
} path_name;

struct path_names {
	efile_ctx *ctx;
	path_name *items;        /* 0 is none */
	size_t count, capacity;
	uint32_t *hash;
	size_t hash_size;
};

static uint32_t *slot_of(const path_names *names, const char *text, size_t length)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < length; i++)
		h = (h ^ (unsigned char)text[i]) * 16777619u;
	for (size_t slot = h & (names->hash_size - 1);; slot = (slot + 1) & (names->hash_size - 1)) {
		const path_name *name = &names->items[names->hash[slot]];

		if (!names->hash[slot] || (name->length == length && memcmp(name->text, text, length) == 0))
			return &names->hash[slot];
	}
}

static efile_status hash_grow(path_names *names)
{
	size_t size = names->hash_size ? names->hash_size * 2 : 512;
	uint32_t *hash = mem_new(names->ctx, size * sizeof(*hash));

	if (!hash)
		return EFILE_E_NOMEM;
	free(names->hash);
	names->hash = hash;
	names->hash_size = size;
	for (uint32_t i = 1; i < names->count; i++)
		*slot_of(names, names->items[i].text, names->items[i].length) = i;
	return EFILE_OK;
}

efile_status path_names_new(path_names **out, efile_ctx *ctx)
{
	AUTO_PTR(path_names) names = mem_new(ctx, sizeof(*names));

	if (!names)
		return EFILE_E_NOMEM;
	names->ctx = ctx;
	TRY(mem_grow(ctx, (void **)&names->items, &names->capacity, 0, sizeof(*names->items)));
	names->items[names->count++] = (path_name){ "", 0 };
	TRY(hash_grow(names));
	*out = STEAL(names);
	return EFILE_OK;
}

void path_names_free(path_names *names)
{
	if (!names)
		return;
	free(names->items);
	free(names->hash);
	free(names);
}

static efile_status intern(uint32_t *out, path_names *names, const char *text, size_t length)
{
	uint32_t *slot;

	if ((names->count + 1) * 2 > names->hash_size)
		TRY(hash_grow(names));
	slot = slot_of(names, text, length);
	if (!*slot) {
		TRY(mem_grow(names->ctx, (void **)&names->items, &names->capacity, names->count,
			     sizeof(*names->items)));
		names->items[names->count] = (path_name){ text, length };
		*slot = (uint32_t)names->count++;
	}
	*out = *slot;
	return EFILE_OK;
}

efile_status path_names_bind(uint32_t **out, const path_names *names, const tree *t)
{
	uint32_t *bound = mem_new(t->ctx, names->count * sizeof(*bound));

	if (!bound)
		return EFILE_E_NOMEM;
	for (uint32_t name = 1; name < t->name_count; name++) {
		const char *text = tree_name_text(t, name);

		bound[*slot_of(names, text, strlen(text))] = name;
	}
	bound[0] = 0; /* where the names that no path speaks of went */
	*out = bound;
	return EFILE_OK;
}

/* ---- compiling: the texts are our own tables, a mistake in them is a defect ---- */

typedef struct compiler {
	efile_ctx *ctx;
	path_names *names;
	const char *text;        /* the whole, for the message */
	const char *at;
} compiler;

static efile_status compile(path **out, compiler *c);

static efile_status wrong(const compiler *c)
{
	return FAIL(c->ctx, EFILE_E_INTERNAL, 2804, "the invoice path %s is malformed", c->text);
}

static bool name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ':' || c == '-' ||
		(c >= '0' && c <= '9') || c == '_';
}

static efile_status compile_value(test *t, compiler *c)
{
	const char *end;

	if (*c->at != '\'')
		return compile(&t->right, c);
	end = strchr(++c->at, '\'');
	if (!end)
		return wrong(c);
	t->literal = c->at;
	t->literal_length = (size_t)(end - c->at);
	c->at = end + 1;
	return EFILE_OK;
}

static bool take_operator(test_kind *out, compiler *c)
{
	static const char signs[] = "=~^%?";
	static const test_kind kinds[] = { TEST_EQUAL, TEST_LIKE, TEST_BLIND, TEST_TRIMMED,
					   TEST_BOOLEAN };
	const char *sign = *c->at ? strchr(signs, *c->at) : NULL;

	if (!sign)
		return false;
	*out = kinds[sign - signs];
	c->at++;
	return true;
}

static efile_status compile_test(step *s, compiler *c)
{
	test *t;

	if (s->test_count == TEST_LIMIT)
		return wrong(c);
	t = &s->tests[s->test_count++];
	*t = (test){ false, TEST_EXISTS, NULL, NULL, NULL, 0 };
	c->at++;
	c->at += t->not = *c->at == '!';
	TRY(compile(&t->left, c));
	if (*c->at == '!') {
		t->not = !t->not;
		c->at++;
	}
	if (take_operator(&t->kind, c))
		TRY(compile_value(t, c));
	if (*c->at != ']')
		return wrong(c);
	c->at++;
	return EFILE_OK;
}

static efile_status compile_step(path *p, compiler *c)
{
	const char *begin = c->at;
	step *s;

	if (p->step_count == p->step_limit)
		return wrong(c);
	s = &p->steps[p->step_count++];
	if (strncmp(c->at, "..", 2) == 0) {
		s->kind = STEP_PARENT;
		c->at += 2;
	} else if (*c->at == '.') {
		s->kind = STEP_SELF;
		c->at++;
	} else {
		s->kind = *c->at == '@' ? STEP_ATTRIBUTE : STEP_CHILD;
		c->at += *c->at == '@';
		while (name_char(*c->at))
			c->at++;
		if (c->at == begin)
			return wrong(c);
		TRY(intern(&s->name, c->names, begin, (size_t)(c->at - begin)));
	}
	while (*c->at == '[')
		TRY(compile_test(s, c));
	return EFILE_OK;
}

static efile_status compile_steps(path *p, compiler *c)
{
	if (*c->at == '/') {
		p->absolute = true;
		c->at++;
	}
	for (;;) {
		TRY(compile_step(p, c));
		if (*c->at != '/')
			break;
		c->at++;
	}
	if (*c->at != '|')
		return EFILE_OK;
	c->at++;
	return compile(&p->other, c);
}

static efile_status compile(path **out, compiler *c)
{
	size_t limit = 1;
	efile_status status;
	path *p;

	for (const char *at = c->at; *at && *at != '|' && limit < STEP_LIMIT; at++)
		limit += *at == '/';
	p = mem_new(c->ctx, sizeof(*p) + limit * sizeof(*p->steps));
	if (!p)
		return EFILE_E_NOMEM;
	p->step_limit = limit;
	status = compile_steps(p, c);
	if (status < 0)
		path_free(p);
	else
		*out = p;
	return status;
}

efile_status path_compile(path **out, efile_ctx *ctx, path_names *names, const char *text)
{
	compiler c = { ctx, names, text, text };
	path *p = NULL;

	TRY(compile(&p, &c));
	if (*c.at) {
		path_free(p);
		return wrong(&c);
	}
	*out = p;
	return EFILE_OK;
}

/* ---- walking ---- */

void places_clear(places *p)
{
	free(p->items);
	*p = (places){ NULL, 0, 0, false };
}

static void places_add(places *out, place at)
{
	if (out->count && memcmp(&out->items[out->count - 1], &at, sizeof(at)) == 0)
		return; /* alternatives of a path may meet */
	if (out->count == out->capacity) {
		size_t capacity = out->capacity ? out->capacity * 2 : 16;
		place *grown = realloc(out->items, capacity * sizeof(*grown));

		if (!grown) {
			out->failed = true;
			return;
		}
		out->items = grown;
		out->capacity = capacity;
	}
	out->items[out->count++] = at;
}

/* What a walk does with what it reaches; true ends it. */
typedef struct walk {
	const path_view *v;
	places *all;             /* or only the first: */
	place first;
} walk;

static bool path_exists(const path *p, const path_view *v, uint32_t from);
static bool path_first(place *out, const path *p, const path_view *v, uint32_t from);
static bool walk_step(walk *w, const path *p, size_t at, uint32_t node);

const char *place_text(size_t *length, const tree *t, place at)
{
	if (at.attribute) {
		const tree_attribute *a = &t->attributes[at.attribute - 1];

		*length = a->text_length;
		return t->texts.data + a->text;
	}
	*length = tree_text_length(t, at.node);
	return tree_text(t, at.node);
}

/* "true", "1", "false", "0" with white space around, as xs:boolean reads them. */
static bool boolean_is(const char *text, size_t length, const char *wanted)
{
	text = tree_trim(text, &length);
	if (length == 1)
		return text[0] == (wanted[0] == 't' ? '1' : '0');
	return length == strlen(wanted) && memcmp(text, wanted, length) == 0;
}

static bool texts_equal(test_kind kind, const char *a, size_t a_length, const char *b,
			size_t b_length)
{
	if (kind == TEST_BOOLEAN)
		return boolean_is(a, a_length, b_length == 4 ? "true" : "false");
	if (kind == TEST_LIKE || kind == TEST_TRIMMED)
		a = tree_trim(a, &a_length);
	if (a_length != b_length)
		return false;
	return kind == TEST_EQUAL || kind == TEST_TRIMMED ? memcmp(a, b, a_length) == 0 :
		str_ascii_ncasecmp(a, b, a_length) == 0;
}

static bool test_value(const test *q, const path_view *v, uint32_t node)
{
	size_t left_length, right_length = q->literal_length;
	const char *left, *right = q->literal;
	place at;

	if (q->right) {
		if (!path_first(&at, q->right, v, node))
			return false;
		right = place_text(&right_length, v->t, at);
	}
	if (!path_first(&at, q->left, v, node))
		return false;
	left = place_text(&left_length, v->t, at);
	return texts_equal(q->kind, left, left_length, right, right_length);
}

static bool test_holds(const test *q, const path_view *v, uint32_t node)
{
	bool holds = q->kind == TEST_EXISTS ? path_exists(q->left, v, node) : test_value(q, v, node);

	return holds != q->not;
}

static bool tests_hold(const step *s, const path_view *v, uint32_t node)
{
	for (size_t i = 0; i < s->test_count; i++)
		if (!test_holds(&s->tests[i], v, node))
			return false;
	return true;
}

static bool arrive(walk *w, place at)
{
	w->first = at;
	if (!w->all)
		return true;
	places_add(w->all, at);
	return false;
}

static bool walk_attribute(walk *w, uint32_t name, uint32_t node)
{
	const tree *t = w->v->t;
	const tree_attribute *a = tree_attribute_of(t, node, name);

	return a && arrive(w, (place){ node, (uint32_t)(a - t->attributes) + 1 });
}

static bool walk_children(walk *w, const path *p, size_t at, uint32_t node)
{
	const step *s = &p->steps[at];
	const tree_row *rows = w->v->t->rows;
	uint32_t name = w->v->names[s->name];

	for (uint32_t child = name ? rows[node].child : 0; child; child = rows[child].next)
		if (rows[child].name == name && tests_hold(s, w->v, child) &&
		    walk_step(w, p, at + 1, child))
			return true;
	return false;
}

static bool walk_step(walk *w, const path *p, size_t at, uint32_t node)
{
	const tree_row *rows = w->v->t->rows;
	const step *s = &p->steps[at];

	if (at == p->step_count)
		return arrive(w, (place){ node, 0 });
	switch (s->kind) {
	case STEP_SELF:
		return tests_hold(s, w->v, node) && walk_step(w, p, at + 1, node);
	case STEP_PARENT:
		return rows[node].parent && walk_step(w, p, at + 1, rows[node].parent);
	case STEP_ATTRIBUTE:
		return w->v->names[s->name] && walk_attribute(w, w->v->names[s->name], node);
	default:
		return walk_children(w, p, at, node);
	}
}

static bool run(walk *w, const path *p, uint32_t from)
{
	for (; p; p = p->other)
		if (walk_step(w, p, 0, p->absolute ? TREE_ROOT : from))
			return true;
	return false;
}

void path_collect(places *out, const path *p, const path_view *v, uint32_t from)
{
	walk w = { v, out, { 0, 0 } };

	run(&w, p, from);
}

static bool path_first(place *out, const path *p, const path_view *v, uint32_t from)
{
	walk w = { v, NULL, { 0, 0 } };

	if (!run(&w, p, from))
		return false;
	*out = w.first;
	return true;
}

static bool path_exists(const path *p, const path_view *v, uint32_t from)
{
	place at;

	return path_first(&at, p, v, from);
}

bool path_possible(const path *p, const path_view *v)
{
	for (; p; p = p->other) {
		size_t i = 0;

		while (i < p->step_count && (!p->steps[i].name || v->names[p->steps[i].name]))
			i++;
		if (i == p->step_count)
			return true;
	}
	return false;
}
