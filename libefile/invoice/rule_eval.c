/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Evaluating expressions over a document. Items go onto one stack. Paths from the document element
 * go over the kinds of place (the distinct paths of the document, some 150) as far as they have no
 * tests, so that what does not occur costs nothing, however long the document is. */
#include <stdlib.h>
#include <string.h>

#include "invoice/rule_run.h"

enum { KINDS = 64 };

/* ---- the stack ---- */

bool rule_push(rule_run *run, rule_item item)
{
	if (run->top == run->capacity &&
	    mem_grow(run->ctx, (void **)&run->stack, &run->capacity, run->top, sizeof(*run->stack)) < 0)
		return rule_fail(run, RULE_NO_MEMORY, NULL);
	run->stack[run->top++] = item;
	return true;
}

bool rule_push_truth(rule_run *run, bool truth)
{
	return rule_push(run, (rule_item){ RULE_BOOLEAN, { .truth = truth } });
}

bool rule_push_string(rule_run *run, const char *text, size_t length)
{
	return rule_push(run, (rule_item){ RULE_STRING, { .string = { text, length } } });
}

bool rule_push_decimal(rule_run *run, efile_decimal value)
{
	return rule_push(run, (rule_item){ RULE_DECIMAL, { .decimal = value } });
}

bool rule_push_integer(rule_run *run, int64_t value)
{
	return rule_push(run, (rule_item){ RULE_INTEGER,
					   { .decimal = efile_decimal_from_int(value, 0) } });
}

bool rule_push_double(rule_run *run, double value)
{
	return rule_push(run, (rule_item){ RULE_DOUBLE, { .binary = value } });
}

/* ---- names ---- */

static bool wildcard_fits(const char *pattern, const char *name)
{
	const char *star = strchr(pattern, '*');
	size_t before = (size_t)(star - pattern), after = strlen(star + 1), length = strlen(name);

	return length >= before + after && memcmp(pattern, name, before) == 0 &&
		strcmp(name + length - after, star + 1) == 0;
}

/* "*Amount" is any element named so, whatever its namespace. */
static bool name_fits(const rule_run *run, const rule_step *s, uint32_t name)
{
	if (s->name)
		return name == run->names[s->name];
	return s->wildcard && wildcard_fits(s->wildcard, tree_name_text(run->t, name));
}

/* ---- tests ---- */

static bool has_position(const rule_step *s)
{
	for (size_t i = 0; i < s->test_count; i++)
		if (s->tests[i]->op == RULE_NUMBER)
			return true;
	return false;
}

/* Whether an item passes the tests; positions counts, per test, what has come so far. */
static bool passes(bool *out, rule_run *run, const rule_step *s, rule_item item, int64_t *positions)
{
	rule_item before = run->here;
	bool fine = true;

	*out = true;
	run->here = item;
	for (size_t i = 0; i < s->test_count && fine && *out; i++) {
		if (s->tests[i]->op == RULE_NUMBER) {
			int64_t wanted = 0;

			efile_decimal_to_int(&wanted, s->tests[i]->number);
			*out = ++positions[i] == wanted;
		} else {
			fine = rule_truth(out, run, s->tests[i]);
		}
	}
	run->here = before;
	return fine;
}

/* ---- walking ---- */

/* What to do with what a path reaches. */
typedef struct walk {
	rule_run *run;
	const rule_expr *path;
	bool any;                /* only whether there is something */
	bool found;
} walk;

static bool walk_from(walk *w, size_t step, rule_item item);

static bool arrive(walk *w, rule_item item)
{
	w->found = true;
	return w->any || rule_push(w->run, item);
}

static bool done(const walk *w)
{
	return w->any && w->found;
}

static rule_item node_item(uint32_t node)
{
	return (rule_item){ RULE_NODE, { .at = { node, 0 } } };
}

static bool try_node(walk *w, size_t step, uint32_t node, int64_t *positions)
{
	const rule_step *s = &w->path->steps[step];
	bool holds = true;

	if (s->test_count && !passes(&holds, w->run, s, node_item(node), positions))
		return false;
	return !holds || walk_from(w, step + 1, node_item(node));
}

static bool count_step(rule_run *run, uint64_t more)
{
	run->steps += more;
	return run->steps <= run->step_limit || rule_fail(run, RULE_TOO_LONG, NULL);
}

/* Most steps: a name without tests. */
static bool walk_named(walk *w, size_t step, uint32_t node)
{
	uint32_t name = w->run->names[w->path->steps[step].name];
	bool last = step + 1 == w->path->step_count;
	const tree_row *rows = w->run->t->rows;
	uint64_t seen = 1;

	for (uint32_t child = rows[node].child; child && !done(w); child = rows[child].next) {
		seen++;
		if (rows[child].name != name)
			continue;
		if (last ? !arrive(w, node_item(child)) : !walk_from(w, step + 1, node_item(child)))
			return false;
	}
	return count_step(w->run, seen);
}

static bool walk_children(walk *w, size_t step, uint32_t node)
{
	const rule_step *s = &w->path->steps[step];
	const tree *t = w->run->t;
	int64_t positions[8] = { 0 };
	uint64_t seen = 1;

	for (uint32_t child = t->rows[node].child; child && !done(w); child = t->rows[child].next) {
		seen++;
		if (name_fits(w->run, s, t->rows[child].name) && !try_node(w, step, child, positions))
			return false;
	}
	return count_step(w->run, seen);
}

static bool walk_descendants(walk *w, size_t step, uint32_t node)
{
	const rule_step *s = &w->path->steps[step];
	const tree *t = w->run->t;
	uint32_t end = tree_end(t, node);
	int64_t positions[8] = { 0 };

	for (uint32_t at = node + 1; at < end && !done(w); at++)
		if (name_fits(w->run, s, t->rows[at].name) && !try_node(w, step, at, positions))
			return false;
	return count_step(w->run, end - node);
}

static bool walk_attributes(walk *w, size_t step, uint32_t node)
{
	const rule_step *s = &w->path->steps[step];
	const tree_row *row = &w->run->t->rows[node];
	int64_t positions[8] = { 0 };

	for (uint32_t i = 0; i < row->attribute_count && !done(w); i++) {
		uint32_t index = row->attribute + i;
		rule_item item = { RULE_NODE, { .at = { node, index + 1 } } };
		bool holds = true;

		if (!name_fits(w->run, s, w->run->t->attributes[index].name))
			continue;
		if (s->test_count && !passes(&holds, w->run, s, item, positions))
			return false;
		if (holds && !walk_from(w, step + 1, item))
			return false;
	}
	return true;
}

static bool walk_ancestors(walk *w, size_t step, uint32_t node)
{
	const rule_step *s = &w->path->steps[step];
	int64_t positions[8] = { 0 };

	for (node = w->run->t->rows[node].parent; node && !done(w); node = w->run->t->rows[node].parent)
		if (name_fits(w->run, s, w->run->t->rows[node].name) &&
		    !try_node(w, step, node, positions))
			return false;
	return true;
}

/* a/upper(b): the expression once for each a. */
static bool walk_expression(walk *w, size_t step, rule_item item)
{
	rule_run *run = w->run;
	rule_item before = run->here;
	size_t base = run->top, count;
	bool fine;

	run->here = item;
	fine = rule_eval(run, w->path->steps[step].expr);
	run->here = before;
	if (!fine)
		return false;
	count = run->top - base;
	if (step + 1 == w->path->step_count && !w->path->steps[step].test_count) {
		w->found |= count > 0;
		if (w->any)
			run->top = base;
		return true;
	}
	for (size_t i = 0; i < count; i++) { /* results go behind, then move down */
		rule_item next = run->stack[base + i];
		int64_t positions[8] = { 0 };
		bool holds;

		if (!passes(&holds, run, &w->path->steps[step], next, positions) ||
		    (holds && !walk_from(w, step + 1, next)))
			return false;
	}
	memmove(run->stack + base, run->stack + base + count,
		(run->top - base - count) * sizeof(*run->stack));
	run->top -= count;
	return true;
}

static bool walk_self(walk *w, size_t step, rule_item item)
{
	int64_t positions[8] = { 0 };
	bool holds;

	return passes(&holds, w->run, &w->path->steps[step], item, positions) &&
		(!holds || walk_from(w, step + 1, item));
}

static bool walk_from(walk *w, size_t step, rule_item item)
{
	const rule_step *s;
	uint32_t node;

	if (step == w->path->step_count)
		return arrive(w, item);
	s = &w->path->steps[step];
	if (s->axis == RULE_EXPRESSION)
		return walk_expression(w, step, item);
	if (s->axis == RULE_SELF)
		return walk_self(w, step, item);
	if (item.type != RULE_NODE)
		return rule_fail(w->run, RULE_WRONG_TYPE, NULL);
	node = item.as.at.node;
	if (s->axis == RULE_PARENT) {
		if (item.as.at.attribute)
			return walk_from(w, step + 1, node_item(node));
		return !w->run->t->rows[node].parent ||
			walk_from(w, step + 1, node_item(w->run->t->rows[node].parent));
	}
	if (item.as.at.attribute || (s->name && !w->run->names[s->name]))
		return true;
	switch (s->axis) {
	case RULE_ATTRIBUTE:
		return walk_attributes(w, step, node);
	case RULE_ANCESTOR:
		return walk_ancestors(w, step, node);
	case RULE_DESCENDANT:
		return walk_descendants(w, step, node);
	default:
		return s->name && !s->test_count ? walk_named(w, step, node) :
						   walk_children(w, step, node);
	}
}

/* ---- kinds of place ---- */

typedef struct kinds {
	uint32_t items[KINDS];
	size_t count;
	bool overflow;
} kinds;

static void kinds_add(kinds *set, uint32_t kind)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->items[i] == kind)
			return;
	if (set->count == KINDS)
		set->overflow = true;
	else
		set->items[set->count++] = kind;
}

static void kinds_children(kinds *out, const rule_run *run, const rule_step *s, uint32_t kind)
{
	const tree *t = run->t;

	for (uint32_t child = t->kinds[kind].child; child; child = t->kinds[child].next)
		if (name_fits(run, s, t->kinds[child].name))
			kinds_add(out, child);
}

/* Below one kind; kinds are numbered in the order they came, so a child has a higher number. */
static void kinds_below(kinds *out, const rule_run *run, const rule_step *s, uint32_t kind)
{
	const tree *t = run->t;

	for (uint32_t k = kind + 1; k < t->kind_count; k++) {
		uint32_t up = t->kinds[k].parent;

		if (!name_fits(run, s, t->kinds[k].name))
			continue;
		while (up > kind)
			up = t->kinds[up].parent;
		if (up == kind)
			kinds_add(out, k);
	}
}

static int by_node(const void *a, const void *b)
{
	const rule_item *left = a, *right = b;
	uint32_t x = left->as.at.node, y = right->as.at.node;

	return x == y ? (left->as.at.attribute > right->as.at.attribute) -
		(left->as.at.attribute < right->as.at.attribute) : (x > y) - (x < y);
}

static bool is_place(const rule_run *run, size_t base)
{
	for (size_t i = base; i < run->top; i++)
		if (run->stack[i].type != RULE_NODE)
			return false;
	return true;
}

/* Document order, each node once. */
static void settle(rule_run *run, size_t base)
{
	size_t to = base;
	bool sorted = true;

	if (run->top - base < 2 || !is_place(run, base))
		return;
	for (size_t i = base + 1; i < run->top && sorted; i++)
		sorted = by_node(&run->stack[i - 1], &run->stack[i]) < 0;
	if (sorted)
		return;
	qsort(run->stack + base, run->top - base, sizeof(*run->stack), by_node);
	for (size_t i = base + 1; i < run->top; i++)
		if (by_node(&run->stack[to], &run->stack[i]) != 0)
			run->stack[++to] = run->stack[i];
	run->top = to + 1;
}

/* How many leading steps the kinds can take; the last of them may have tests. */
static size_t kind_steps(const rule_expr *e)
{
	size_t n = 0;

	while (n < e->step_count &&
	       (e->steps[n].axis == RULE_CHILD || e->steps[n].axis == RULE_DESCENDANT) &&
	       !has_position(&e->steps[n])) {
		n++;
		if (e->steps[n - 1].test_count)
			break;
	}
	return n;
}

static void kinds_reached(kinds *out, const rule_run *run, const rule_expr *e, size_t steps)
{
	kinds other, *now = steps % 2 ? &other : out, *next = steps % 2 ? out : &other;

	now->items[0] = 1;
	now->count = 1;
	now->overflow = false;
	for (size_t i = 0; i < steps; i++) {
		const rule_step *s = &e->steps[i];
		kinds *before = now;

		next->count = 0;
		next->overflow = now->overflow;
		for (size_t k = 0; k < now->count; k++)
			if (s->axis == RULE_CHILD)
				kinds_children(next, run, s, now->items[k]);
			else
				kinds_below(next, run, s, now->items[k]);
		now = next;
		next = before;
	}
}

static bool missing_name(const rule_run *run, const rule_expr *e)
{
	for (size_t i = 0; i < e->step_count; i++)
		if (e->steps[i].name && !run->names[e->steps[i].name])
			return true;
	return false;
}

static bool walk_instances(walk *w, size_t steps, uint32_t kind)
{
	const rule_step *s = &w->path->steps[steps - 1];
	const tree *t = w->run->t;

	for (uint32_t node = t->kinds[kind].first; node && !done(w); node = t->rows[node].same) {
		bool holds = true;

		if (!count_step(w->run, 1) ||
		    (s->test_count && !passes(&holds, w->run, s, node_item(node), NULL)) ||
		    (holds && !walk_from(w, steps, node_item(node))))
			return false;
	}
	return true;
}

static bool walk_absolute(walk *w)
{
	size_t steps = kind_steps(w->path), base = w->run->top;
	kinds set;

	if (missing_name(w->run, w->path))
		return true;
	if (!steps)
		return walk_from(w, 0, node_item(TREE_ROOT));
	kinds_reached(&set, w->run, w->path, steps);
	if (set.overflow)
		return walk_from(w, 0, node_item(TREE_ROOT));
	if (w->any && steps == w->path->step_count && !w->path->steps[steps - 1].test_count) {
		w->found = set.count > 0;
		return true;
	}
	for (size_t i = 0; i < set.count && !done(w); i++)
		if (!walk_instances(w, steps, set.items[i]))
			return false;
	if (set.count > 1 || w->path->steps[0].axis == RULE_DESCENDANT)
		settle(w->run, base);
	return true;
}

/* The tests of "(a|b)[1]" are on the whole. */
static bool filter_start(rule_run *run, const rule_step *s, size_t base)
{
	int64_t positions[8] = { 0 };
	size_t to = base, end = run->top;

	for (size_t i = base; i < end; i++) {
		rule_item item = run->stack[i];
		bool holds;

		if (!passes(&holds, run, s, item, positions))
			return false;
		if (holds)
			run->stack[to++] = item;
	}
	run->top = to;
	return true;
}

static bool walk_started(walk *w)
{
	rule_run *run = w->run;
	size_t base = run->top, count;

	if (!rule_eval(run, w->path->parts[0]) || !filter_start(run, &w->path->steps[0], base))
		return false;
	count = run->top - base;
	for (size_t i = 0; i < count && !done(w); i++)
		if (!walk_from(w, 1, run->stack[base + i]))
			return false;
	memmove(run->stack + base, run->stack + base + count,
		(run->top - base - count) * sizeof(*run->stack));
	run->top -= count;
	settle(run, base);
	return true;
}

/* Named children without tests: most paths. They come in document order. */
static bool walk_plain(walk *w, size_t step, uint32_t node)
{
	rule_run *run = w->run;
	const tree_row *rows = run->t->rows;
	uint32_t name = run->names[w->path->steps[step].name];
	bool last = step + 1 == w->path->step_count;
	uint64_t seen = 1;

	for (uint32_t child = name ? rows[node].child : 0; child; child = rows[child].next) {
		seen++;
		if (rows[child].name != name)
			continue;
		if (last ? !arrive(w, node_item(child)) : !walk_plain(w, step + 1, child))
			return false;
		if (done(w))
			break;
	}
	return count_step(run, seen);
}

static bool walk_path(walk *w)
{
	if (w->path->plain && w->run->here.type == RULE_NODE)
		return w->run->here.as.at.attribute || walk_plain(w, 0, w->run->here.as.at.node);
	if (w->path->absolute)
		return walk_absolute(w);
	if (w->path->count)
		return walk_started(w);
	return walk_from(w, 0, w->run->here);
}

static bool eval_path(rule_run *run, const rule_expr *e)
{
	walk w = { run, e, false, false };
	size_t base = run->top;

	if (!walk_path(&w))
		return false;
	if (!e->absolute && !e->count && !e->plain && e->step_count > 1)
		settle(run, base); /* ../.. may meet itself */
	return true;
}

bool rule_any(bool *out, rule_run *run, const rule_expr *e)
{
	size_t base = run->top;

	if (e->op == RULE_PATH) {
		walk w = { run, e, true, false };

		if (!walk_path(&w))
			return false;
		*out = w.found;
	} else if (e->op == RULE_UNION) {
		if (!rule_any(out, run, e->parts[0]))
			return false;
		return *out || rule_any(out, run, e->parts[1]);
	} else {
		if (!rule_eval(run, e))
			return false;
		*out = run->top > base;
	}
	run->top = base;
	return true;
}

/* ---- operators ---- */

bool rule_one(bool *is, rule_item *out, rule_run *run, const rule_expr *e)
{
	size_t base = run->top;

	if (!rule_eval(run, e))
		return false;
	if (run->top - base > 1)
		return rule_fail(run, RULE_TOO_MANY, &run->stack[base + 1]);
	*is = run->top > base;
	if (*is)
		*out = run->stack[base];
	run->top = base;
	return true;
}

/* Text of the document against a literal: to the byte. */
static bool is_literal(bool *out, rule_run *run, rule_item item, const rule_expr *literal)
{
	rule_text text;

	if (item.type != RULE_NODE && item.type != RULE_STRING) {
		rule_item wanted = { RULE_STRING, { .string = { literal->text, literal->length } } };

		return rule_compare(out, run, &item, &wanted, RULE_EQUAL);
	}
	if (!rule_string(&text, run, &item))
		return false;
	*out = text.length == literal->length && memcmp(text.at, literal->text, text.length) == 0;
	return true;
}

/* path = 'literal', the most frequent comparison. */
static bool equals_literal(bool *out, rule_run *run, const rule_expr *e)
{
	size_t base = run->top, end;
	bool fine = rule_eval(run, e->parts[0]);

	*out = false;
	end = run->top;
	for (size_t i = base; i < end && fine && !*out; i++)
		fine = is_literal(out, run, run->stack[i], e->parts[1]);
	run->top = base;
	return fine;
}

static bool quick_same(const rule_expr *e, const char *text, size_t length)
{
	const rule_expr *literal = e->parts[1];

	if (length != literal->length)
		return false;
	if (!e->quick_upper)
		return memcmp(text, literal->text, length) == 0;
	for (size_t i = 0; i < length; i++)
		if ((text[i] >= 'a' && text[i] <= 'z' ? text[i] - 32 : text[i]) != literal->text[i])
			return false;
	return true;
}

/* known: it is found out. Elements with children, and several where upper() takes one, are not. */
static bool quick_child(bool *out, bool *known, rule_run *run, const rule_expr *e)
{
	const tree *t = run->t;
	uint32_t name = run->names[e->quick_name];
	uint64_t seen = 1;
	bool some = false;

	*known = false;
	*out = e->quick_upper && e->parts[1]->length == 0;
	for (uint32_t child = name ? t->rows[run->here.as.at.node].child : 0; child;
	     child = t->rows[child].next) {
		seen++;
		if (t->rows[child].name != name)
			continue;
		if (t->rows[child].child || (some && e->quick_upper))
			return true;
		some = true;
		*out = quick_same(e, tree_text(t, child), t->rows[child].text_length);
		if (*out && !e->quick_upper)
			break;
	}
	*known = true;
	return count_step(run, seen);
}

static bool quick_equals(bool *out, bool *known, rule_run *run, const rule_expr *e)
{
	const tree *t = run->t;
	place at = run->here.as.at;
	const tree_attribute *a;
	const char *text;
	size_t length;

	*known = false;
	if (run->here.type != RULE_NODE || (at.attribute && e->quick != RULE_QUICK_SELF))
		return true;
	if (e->quick == RULE_QUICK_CHILD)
		return quick_child(out, known, run, e);
	if (e->quick == RULE_QUICK_ATTRIBUTE) {
		a = run->names[e->quick_name] ? tree_attribute_of(t, at.node, run->names[e->quick_name]) : NULL;
		text = a ? tree_attribute_text(t, a) : "";
		length = a ? a->text_length : 0;
		*out = (a || e->quick_upper) && quick_same(e, text, length);
	} else {
		if (!at.attribute && t->rows[at.node].child)
			return true;
		text = place_text(&length, t, at);
		*out = quick_same(e, text, length);
	}
	*known = true;
	return true;
}

/* General comparison: true if any pair fits. */
static bool compare(bool *out, rule_run *run, const rule_expr *e)
{
	size_t base = run->top, middle, end;
	bool fine = true, known;

	if (e->quick) {
		if (!quick_equals(out, &known, run, e))
			return false;
		if (known)
			return true;
	}
	if (e->comparison == RULE_EQUAL && e->parts[1]->op == RULE_TEXT)
		return equals_literal(out, run, e);
	*out = false;
	if (!rule_eval(run, e->parts[0]))
		return false;
	middle = run->top;
	if (!rule_eval(run, e->parts[1]))
		return false;
	end = run->top;
	for (size_t i = base; i < middle && fine && !*out; i++)
		for (size_t k = middle; k < end && fine && !*out; k++) {
			rule_item a = run->stack[i], b = run->stack[k];

			fine = count_step(run, 1) && rule_compare(out, run, &a, &b, e->comparison);
		}
	run->top = base;
	return fine;
}

static bool arithmetic(rule_run *run, const rule_expr *e)
{
	rule_item a, b;
	bool left, right;

	if (!rule_one(&left, &a, run, e->parts[0]) || !rule_one(&right, &b, run, e->parts[1]))
		return false;
	return !left || !right || rule_arithmetic(run, e->op, &a, &b);
}

static bool negate(rule_run *run, const rule_expr *e)
{
	rule_item a;
	bool is;

	return rule_one(&is, &a, run, e->parts[0]) && (!is || rule_negate(run, &a));
}

/* every, some, for. */
static bool loop(rule_run *run, const rule_expr *e)
{
	size_t base = run->top, count;
	rule_item before = run->variables[e->slot];
	bool every = e->op == RULE_EVERY, result = every, fine = true;

	if (!rule_eval(run, e->parts[0]))
		return false;
	count = run->top - base;
	for (size_t i = 0; i < count && fine; i++) {
		run->variables[e->slot] = run->stack[base + i];
		if (e->op == RULE_FOR) {
			fine = rule_eval(run, e->parts[1]);
		} else {
			fine = rule_truth(&result, run, e->parts[1]);
			if (fine && result != every)
				break;
		}
	}
	run->variables[e->slot] = before;
	if (!fine)
		return false;
	if (e->op != RULE_FOR) {
		run->top = base;
		return rule_push_truth(run, result);
	}
	memmove(run->stack + base, run->stack + base + count,
		(run->top - base - count) * sizeof(*run->stack));
	run->top -= count;
	return true;
}

/* A named value of the whole document, computed when it is first asked for. */
static bool global(rule_run *run, const rule_expr *e)
{
	rule_memo *memo = &run->globals[e->slot];
	size_t base = run->top;

	if (!memo->known) {
		rule_item before = run->here;
		bool keep = run->keep, fine;

		run->here = node_item(TREE_ROOT);
		run->keep = true;
		fine = rule_eval(run, rules_global(run->r, e->slot));
		run->keep = keep;
		run->here = before;
		if (!fine)
			return false;
		memo->count = run->top - base;
		memo->items = mem_new(run->ctx, (memo->count + 1) * sizeof(*memo->items));
		if (!memo->items)
			return rule_fail(run, RULE_NO_MEMORY, NULL);
		memcpy(memo->items, run->stack + base, memo->count * sizeof(*memo->items));
		memo->known = true;
		return true;
	}
	for (size_t i = 0; i < memo->count; i++)
		if (!rule_push(run, memo->items[i]))
			return false;
	return true;
}

static bool unite(rule_run *run, const rule_expr *e)
{
	size_t base = run->top;

	if (!rule_eval(run, e->parts[0]) || !rule_eval(run, e->parts[1]))
		return false;
	settle(run, base);
	return true;
}

/* What an expression that is true or false says. */
static bool truth_of(bool *out, rule_run *run, const rule_expr *e)
{
	switch (e->op) {
	case RULE_OR:
		return rule_truth(out, run, e->parts[0]) &&
			(*out || rule_truth(out, run, e->parts[1]));
	case RULE_AND:
		return rule_truth(out, run, e->parts[0]) &&
			(!*out || rule_truth(out, run, e->parts[1]));
	default:
		return compare(out, run, e);
	}
}

bool rule_eval(rule_run *run, const rule_expr *e)
{
	bool truth;

	switch (e->op) {
	case RULE_OR:
	case RULE_AND:
	case RULE_COMPARE:
		return truth_of(&truth, run, e) && rule_push_truth(run, truth);
	case RULE_ADD:
	case RULE_SUBTRACT:
	case RULE_MULTIPLY:
	case RULE_DIVIDE:
		return arithmetic(run, e);
	case RULE_NEGATE:
		return negate(run, e);
	case RULE_UNION:
		return unite(run, e);
	case RULE_COMMA:
		return !e->count || (rule_eval(run, e->parts[0]) && rule_eval(run, e->parts[1]));
	case RULE_TEXT:
		return rule_push_string(run, e->text, e->length);
	case RULE_NUMBER:
		return rule_push(run, (rule_item){ memchr(e->text, '.', e->length) ? RULE_DECIMAL :
						   RULE_INTEGER, { .decimal = e->number } });
	case RULE_PATH:
		return eval_path(run, e);
	case RULE_CALL:
		if (!e->condition)
			return e->function(run, e);
		return e->condition(&truth, run, e) && rule_push_truth(run, truth);
	case RULE_IF:
		return rule_truth(&truth, run, e->parts[0]) &&
			rule_eval(run, e->parts[truth ? 1 : 2]);
	case RULE_VARIABLE:
		return rule_push(run, run->variables[e->slot]);
	case RULE_GLOBAL:
		return global(run, e);
	default:
		return loop(run, e);
	}
}

bool rule_truth(bool *out, rule_run *run, const rule_expr *e)
{
	size_t base = run->top;
	const rule_item *first;

	if (e->op == RULE_OR || e->op == RULE_AND || e->op == RULE_COMPARE)
		return truth_of(out, run, e);
	if (e->op == RULE_CALL && e->condition)
		return e->condition(out, run, e);
	if (e->op == RULE_PATH && !e->count &&
	    (!e->step_count || e->steps[e->step_count - 1].axis != RULE_EXPRESSION))
		return rule_any(out, run, e);
	if (!rule_eval(run, e))
		return false;
	first = &run->stack[base];
	if (run->top == base)
		*out = false;
	else if (first->type == RULE_NODE)
		*out = true;
	else if (run->top - base > 1)
		return rule_fail(run, RULE_TOO_MANY, first);
	else if (first->type == RULE_BOOLEAN)
		*out = first->as.truth;
	else if (first->type == RULE_STRING || first->type == RULE_UNTYPED)
		*out = first->as.string.length > 0;
	else if (first->type == RULE_DOUBLE)
		*out = first->as.binary < 0 || first->as.binary > 0;
	else if (rule_is_number(first))
		*out = efile_decimal_sign(first->as.decimal) != 0;
	else
		return rule_fail(run, RULE_WRONG_TYPE, first);
	run->top = base;
	return true;
}

/* ---- contexts ---- */

static bool step_fits(bool *out, rule_run *run, const rule_step *s, uint32_t node)
{
	int64_t positions[8] = { 0 };

	*out = s->axis == RULE_SELF ? node == TREE_ROOT : name_fits(run, s, run->t->rows[node].name);
	return !*out || !s->test_count || passes(out, run, s, node_item(node), positions);
}

static bool matches_at(bool *out, rule_run *run, const rule_context *c, size_t step, uint32_t node)
{
	bool deep = c->steps[step].axis == RULE_DESCENDANT;
	uint32_t up;

	if (!step_fits(out, run, &c->steps[step], node))
		return false;
	if (!*out)
		return true;
	up = run->t->rows[node].parent;
	if (step == 0) {
		*out = !c->absolute || c->steps[0].axis == RULE_SELF || up == TREE_ROOT;
		return true;
	}
	for (*out = false; up && !*out; up = run->t->rows[up].parent) {
		if (!matches_at(out, run, c, step - 1, up))
			return false;
		if (!deep)
			break;
	}
	return true;
}

/* The element is of a kind that could match, so that its names and those above fit: where each step is
 * the parent of the next, its tests alone are left. */
bool rule_matches(bool *out, rule_run *run, const rule_context *c, uint32_t node)
{
	*out = false;
	if (c->deep)
		return matches_at(out, run, c, c->step_count - 1, node);
	*out = true;
	for (size_t i = c->step_count; i-- > 0 && *out; node = run->t->rows[node].parent) {
		int64_t positions[8] = { 0 };

		if (c->steps[i].test_count &&
		    !passes(out, run, &c->steps[i], node_item(node), positions))
			return false;
	}
	return true;
}

static bool kind_fits(const rule_run *run, const rule_context *c, size_t step, uint32_t kind)
{
	const rule_step *s = &c->steps[step];
	uint32_t up = run->t->kinds[kind].parent;

	if (s->axis == RULE_SELF ? kind != 1 : !name_fits(run, s, run->t->kinds[kind].name))
		return false;
	if (step == 0)
		return !c->absolute || s->axis == RULE_SELF || up == 1;
	if (s->axis != RULE_DESCENDANT)
		return up && kind_fits(run, c, step - 1, up);
	for (; up; up = run->t->kinds[up].parent)
		if (kind_fits(run, c, step - 1, up))
			return true;
	return false;
}

bool rule_could_match(const rule_run *run, const rule_context *c, uint32_t kind)
{
	return kind_fits(run, c, c->step_count - 1, kind);
}

