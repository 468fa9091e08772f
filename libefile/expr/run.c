/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The stack interpreter. It trusts no byte of a program: operands, texts, stack and frames are
 * checked as they are used, and steps and memory are limited. */
#include <stdlib.h>
#include <string.h>

#include "expr/code.h"

typedef enum frame_kind { FRAME_BINDING, FRAME_LOOP, FRAME_FILTER, FRAME_CONTEXT } frame_kind;

/* What gives names a meaning inside the expression. */
typedef struct frame {
	frame_kind kind;
	const char *name;
	expr_value value;       /* bound; current item; context in the making */
	const expr_list *list;  /* what is iterated, or NULL for numbers */
	size_t next;
	int64_t number, last;
	bool probe;             /* a filter's single run on an empty list */
} frame;

typedef struct vm {
	efile_ctx *ctx;
	expr_scope *scope;
	const unsigned char *code;
	const unsigned char *pool;
	size_t code_length, pool_length;
	size_t pc;              /* of the instruction being run */
	size_t next;            /* of the one behind it */
	uint32_t operand[3];
	expr_value *stack;
	size_t used, capacity;
	frame *frames;
	size_t frame_count, frame_capacity;
	uint64_t steps;
} vm;

static efile_status damaged(vm *m)
{
	return FAIL(m->ctx, EFILE_E_DAMAGED, 1530, "the compiled expression is damaged at byte %zu",
		    m->pc);
}

/* ---- stack, texts, frames ---- */

static efile_status push(vm *m, expr_value v)
{
	void *stack = m->stack;

	TRY(mem_grow(m->ctx, &stack, &m->capacity, m->used, sizeof(v)));
	m->stack = stack;
	m->stack[m->used++] = v;
	return EFILE_OK;
}

/* The stack holds what the instruction needs: run_one() has looked. */
static expr_value pop(vm *m)
{
	return m->stack[--m->used];
}

static expr_value *top(vm *m)
{
	return &m->stack[m->used - 1];
}

static efile_status pool_text(vm *m, uint32_t at, const char **text, size_t *length)
{
	uint32_t n;

	if (at > m->pool_length || m->pool_length - at < 5)
		return damaged(m);
	n = code_u32(m->pool + at);
	if (n > m->pool_length - at - 5 || m->pool[at + 4 + n] != 0)
		return damaged(m);
	*text = (const char *)m->pool + at + 4;
	*length = n;
	return EFILE_OK;
}

static efile_status add_frame(vm *m, frame f)
{
	void *frames = m->frames;

	TRY(mem_grow(m->ctx, &frames, &m->frame_capacity, m->frame_count, sizeof(f)));
	m->frames = frames;
	m->frames[m->frame_count++] = f;
	return EFILE_OK;
}

static frame *last_frame(vm *m, frame_kind kind)
{
	frame *f = m->frame_count ? &m->frames[m->frame_count - 1] : NULL;

	return f && f->kind == kind ? f : NULL;
}

static efile_status charge(vm *m, uint64_t steps)
{
	m->steps += steps;
	if (m->steps > m->ctx->limits.expr_steps)
		return FAIL(m->ctx, EFILE_E_LIMIT, 1531, "the expression takes more than %u steps",
			    m->ctx->limits.expr_steps);
	return EFILE_OK;
}

/* ---- constants and names ---- */

static efile_status do_none(vm *m)
{
	(void)m;
	return EFILE_OK;
}

static efile_status do_null(vm *m)
{
	return push(m, VALUE_NULL);
}

static efile_status do_false(vm *m)
{
	return push(m, value_boolean(false));
}

static efile_status do_true(vm *m)
{
	return push(m, value_boolean(true));
}

static efile_status do_number(vm *m)
{
	int64_t coefficient = (int64_t)((uint64_t)m->operand[0] << 32 | m->operand[1]);

	if (m->operand[2] > 18)
		return damaged(m);
	return push(m, value_number(efile_decimal_from_int(coefficient, (int)m->operand[2])));
}

static efile_status do_number_text(vm *m)
{
	const char *text;
	size_t length;
	efile_decimal number;

	TRY(pool_text(m, m->operand[0], &text, &length));
	if (efile_decimal_parse(&number, text, length) < 0)
		return damaged(m);
	return push(m, value_number(number));
}

static efile_status do_string(vm *m)
{
	const char *text;
	size_t length;

	TRY(pool_text(m, m->operand[0], &text, &length));
	return push(m, value_borrow(text, length));
}

static efile_status do_temporal(vm *m)
{
	const char *text;
	size_t length;
	expr_temporal t;
	expr_value v;

	TRY(pool_text(m, m->operand[0], &text, &length));
	v = VALUE_NULL;
	if (!temporal_parse(&v.kind, &t, &v.as.duration, text))
		return damaged(m);
	if (v.kind != EXPR_MONTHS && v.kind != EXPR_SECONDS)
		TRY(value_temporal(&v, m->scope, v.kind, &t));
	return push(m, v);
}

static const expr_value *frame_name(const frame *f, const char *name)
{
	const expr_value *v = NULL;

	if (f->kind == FRAME_BINDING || f->kind == FRAME_LOOP)
		return strcmp(f->name, name) ? NULL : &f->value;
	if (f->value.kind == EXPR_CONTEXT)
		v = context_find(f->value.as.context, name);
	if (!v && f->kind == FRAME_FILTER && !strcmp(name, "item"))
		v = &f->value;
	return v;
}

static efile_status do_name(vm *m)
{
	const char *name;
	size_t length;
	const expr_value *v = NULL;

	TRY(pool_text(m, m->operand[0], &name, &length));
	for (size_t i = m->frame_count; i > 0 && !v; i--)
		v = frame_name(&m->frames[i - 1], name);
	if (!v) {
		TRY(charge(m, m->scope->variables.count / 16));
		v = context_find(&m->scope->variables, name);
	}
	if (!v)
		scope_warn(m->scope, "there is no variable %s", name);
	return push(m, v ? *v : VALUE_NULL);
}

/* ---- arithmetic, comparison, logic ---- */

typedef efile_status (*arithmetic_fn)(expr_value *out, expr_scope *s, const expr_value *a,
				      const expr_value *b);

static efile_status binary(vm *m, arithmetic_fn fn)
{
	expr_value b = pop(m), a = *top(m);

	return fn(top(m), m->scope, &a, &b);
}

static efile_status do_add(vm *m)
{
	return binary(m, arithmetic_add);
}

static efile_status do_subtract(vm *m)
{
	return binary(m, arithmetic_subtract);
}

static efile_status do_multiply(vm *m)
{
	return binary(m, arithmetic_multiply);
}

static efile_status do_divide(vm *m)
{
	return binary(m, arithmetic_divide);
}

static efile_status do_power(vm *m)
{
	return binary(m, arithmetic_power);
}

static efile_status do_negate(vm *m)
{
	expr_value a = *top(m);

	return arithmetic_negate(top(m), m->scope, &a);
}

static uint64_t size_of(const expr_value *v)
{
	if (v->kind == EXPR_LIST)
		return v->as.list->count;
	return v->kind == EXPR_CONTEXT ? v->as.context->count : 0;
}

static efile_status equality(vm *m, bool wanted)
{
	expr_value b = pop(m), a = *top(m);
	int equal = expr_equal(&a, &b);

	if (equal < 0)
		scope_warn(m->scope, "cannot compare %s and %s", expr_kind_name(a.kind),
			   expr_kind_name(b.kind));
	*top(m) = equal < 0 ? VALUE_NULL : value_boolean((equal != 0) == wanted);
	return charge(m, size_of(&a));
}

static efile_status do_equal(vm *m)
{
	return equality(m, true);
}

static efile_status do_unequal(vm *m)
{
	return equality(m, false);
}

/* -1 not comparable; else whether the order is among the wanted: bit 0 below, 1 equal, 2 above. */
static int ordered(expr_scope *s, const expr_value *a, const expr_value *b, unsigned wanted)
{
	int order;

	if (!expr_order(&order, a, b)) {
		scope_warn(s, "cannot compare %s and %s", expr_kind_name(a->kind),
			   expr_kind_name(b->kind));
		return -1;
	}
	return (int)(wanted >> ((order > 0) - (order < 0) + 1) & 1);
}

static efile_status compare(vm *m, unsigned wanted)
{
	expr_value b = pop(m), a = *top(m);

	*top(m) = value_from_truth(ordered(m->scope, &a, &b, wanted));
	return EFILE_OK;
}

static efile_status do_less(vm *m)
{
	return compare(m, 1);
}

static efile_status do_less_equal(vm *m)
{
	return compare(m, 3);
}

static efile_status do_greater(vm *m)
{
	return compare(m, 4);
}

static efile_status do_greater_equal(vm *m)
{
	return compare(m, 6);
}

static int truth_and(int a, int b)
{
	if (a == 0 || b == 0)
		return 0;
	return a < 0 || b < 0 ? -1 : 1;
}

static int truth_or(int a, int b)
{
	if (a == 1 || b == 1)
		return 1;
	return a < 0 || b < 0 ? -1 : 0;
}

static efile_status do_and(vm *m)
{
	expr_value b = pop(m);

	*top(m) = value_from_truth(truth_and(value_truth(top(m)), value_truth(&b)));
	return EFILE_OK;
}

static efile_status do_or(vm *m)
{
	expr_value b = pop(m);

	*top(m) = value_from_truth(truth_or(value_truth(top(m)), value_truth(&b)));
	return EFILE_OK;
}

static efile_status do_not(vm *m)
{
	int truth = value_truth(top(m));

	*top(m) = value_from_truth(truth < 0 ? -1 : !truth);
	return EFILE_OK;
}

static efile_status do_between(vm *m)
{
	expr_value high = pop(m), low = pop(m), v = *top(m);

	*top(m) = value_from_truth(truth_and(ordered(m->scope, &v, &low, 6),
					     ordered(m->scope, &v, &high, 3)));
	return EFILE_OK;
}

/* ---- jumps ---- */

static efile_status do_jump(vm *m)
{
	m->next = m->operand[0];
	return EFILE_OK;
}

static efile_status do_jump_unless(vm *m)
{
	expr_value v = pop(m);

	if (v.kind != EXPR_BOOLEAN)
		scope_warn(m->scope, "a condition is %s, not true or false",
			   expr_kind_name(v.kind));
	return expr_is_true(&v) ? EFILE_OK : do_jump(m);
}

static efile_status do_jump_false(vm *m)
{
	return value_truth(top(m)) == 0 ? do_jump(m) : EFILE_OK;
}

static efile_status do_jump_true(vm *m)
{
	return value_truth(top(m)) == 1 ? do_jump(m) : EFILE_OK;
}

/* ---- lists, ranges, contexts, paths ---- */

static efile_status do_list(vm *m)
{
	expr_value list;

	TRY(value_list(&list, m->scope));
	return push(m, list);
}

static efile_status do_append(vm *m)
{
	expr_value item = pop(m);

	if (top(m)->kind != EXPR_LIST)
		return damaged(m);
	return list_append(m->scope, top(m)->as.list, item);
}

static efile_status do_range(vm *m)
{
	expr_value high = pop(m), low = *top(m);
	expr_range r = { low, high, (m->operand[0] & RANGE_LOW_IN) != 0,
			 (m->operand[0] & RANGE_HIGH_IN) != 0 };
	int order;

	if (!expr_order(&order, &low, &high)) {
		scope_warn(m->scope, "no range from %s to %s", expr_kind_name(low.kind),
			   expr_kind_name(high.kind));
		*top(m) = VALUE_NULL;
		return EFILE_OK;
	}
	return value_range(top(m), m->scope, &r);
}

static efile_status do_context(vm *m)
{
	frame f = { .kind = FRAME_CONTEXT };

	TRY(value_context(&f.value, m->scope));
	return add_frame(m, f);
}

static efile_status do_put(vm *m)
{
	frame *f = last_frame(m, FRAME_CONTEXT);
	const char *key;
	size_t length;

	TRY(pool_text(m, m->operand[0], &key, &length));
	if (!f)
		return damaged(m);
	return context_put(m->scope, f->value.as.context, key, pop(m));
}

static efile_status do_context_end(vm *m)
{
	frame *f = last_frame(m, FRAME_CONTEXT);

	if (!f)
		return damaged(m);
	m->frame_count--;
	return push(m, f->value);
}

static bool range_property(expr_value *out, const expr_range *r, const char *name)
{
	if (!strcmp(name, "start"))
		*out = r->low;
	else if (!strcmp(name, "end"))
		*out = r->high;
	else if (!strcmp(name, "start included"))
		*out = value_boolean(r->low_in);
	else if (!strcmp(name, "end included"))
		*out = value_boolean(r->high_in);
	else
		return false;
	return true;
}

static void property(expr_value *out, expr_scope *s, const expr_value *v, const char *name)
{
	const expr_value *member = expr_member(v, name);

	if (member) {
		*out = *member;
		return;
	}
	if (v->kind == EXPR_RANGE && range_property(out, v->as.range, name))
		return;
	if (temporal_property(out, v, name))
		return;
	scope_warn(s, "%s has no %s", expr_kind_name(v->kind), name);
	*out = VALUE_NULL;
}

static efile_status do_path(vm *m)
{
	const char *name;
	size_t length;
	expr_value from = *top(m), item;

	TRY(pool_text(m, m->operand[0], &name, &length));
	TRY(charge(m, size_of(&from)));
	if (from.kind != EXPR_LIST) {
		property(top(m), m->scope, &from, name);
		return EFILE_OK;
	}
	TRY(value_list(top(m), m->scope));
	for (size_t i = 0; i < from.as.list->count; i++) {
		property(&item, m->scope, &from.as.list->items[i], name);
		TRY(list_append(m->scope, top(m)->as.list, item));
	}
	return EFILE_OK;
}

/* ---- calls ---- */

static efile_status place_arguments(vm *m, expr_value *args, const expr_value *given,
				    uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t place = m->operand[2] >> (4 * i) & 15;

		if (place >= 8)
			return damaged(m);
		args[place] = given[i];
	}
	return EFILE_OK;
}

static efile_status do_call(vm *m)
{
	expr_value named[8] = { VALUE_NULL }, *args, result = VALUE_NULL;
	uint32_t count = m->operand[1];
	const builtin *b;

	if (m->operand[0] >= expr_builtin_count || count > m->used)
		return damaged(m);
	b = &expr_builtins[m->operand[0]];
	args = m->stack ? m->stack + m->used - count : NULL;
	for (uint32_t i = 0; i < count; i++)
		TRY(charge(m, size_of(&args[i])));
	if (m->operand[2] != UINT32_MAX) {
		if (count > 8)
			return damaged(m);
		TRY(place_arguments(m, named, args, count));
		args = named;
		m->used -= count;
		count = (uint32_t)(builtin_max(b) < 8 ? builtin_max(b) : 1);
		TRY(builtin_call(&result, m->scope, b, args, count));
		return push(m, result);
	}
	if (count < builtin_min(b) || count > builtin_max(b))
		return damaged(m);
	TRY(builtin_call(&result, m->scope, b, args, count));
	m->used -= count;
	return push(m, result);
}

/* ---- loops ---- */

/* What is iterated: a list, a range of whole numbers, or one value as a list of itself. */
static efile_status set_source(vm *m, frame *f, const expr_value *v)
{
	expr_value list;

	if (v->kind == EXPR_LIST) {
		f->list = v->as.list;
		return EFILE_OK;
	}
	if (v->kind == EXPR_RANGE && v->as.range->low.kind == EXPR_NUMBER &&
	    efile_decimal_to_int(&f->number, v->as.range->low.as.number) == EFILE_OK &&
	    efile_decimal_to_int(&f->last, v->as.range->high.as.number) == EFILE_OK) {
		f->number += !v->as.range->low_in;
		f->last -= !v->as.range->high_in;
		f->next = f->number <= f->last;
		return EFILE_OK;
	}
	TRY(value_list(&list, m->scope));
	f->list = list.as.list;
	return v->kind == EXPR_NULL ? EFILE_OK : list_append(m->scope, list.as.list, *v);
}

static efile_status do_iterate(vm *m)
{
	frame f = { .kind = FRAME_LOOP };
	expr_value v = pop(m);
	size_t length;

	TRY(pool_text(m, m->operand[0], &f.name, &length));
	TRY(set_source(m, &f, &v));
	return add_frame(m, f);
}

static efile_status do_iterate_span(vm *m)
{
	frame f = { .kind = FRAME_LOOP };
	expr_value last = pop(m), first = pop(m);
	size_t length;

	TRY(pool_text(m, m->operand[0], &f.name, &length));
	if (first.kind == EXPR_NUMBER && last.kind == EXPR_NUMBER &&
	    efile_decimal_to_int(&f.number, first.as.number) == EFILE_OK &&
	    efile_decimal_to_int(&f.last, last.as.number) == EFILE_OK) {
		f.next = 1; /* downwards too: for i in 3..1 */
	} else {
		scope_warn(m->scope, "a loop needs whole numbers on both sides of ..");
		f.next = 0;
	}
	return add_frame(m, f);
}

/* The next item into the frame's value; false at the end. next is 1 while numbers are left. */
static bool loop_step(frame *f)
{
	if (f->list) {
		if (f->next >= f->list->count)
			return false;
		f->value = f->list->items[f->next++];
		return true;
	}
	if (!f->next)
		return false;
	f->value = value_int(f->number);
	if (f->number == f->last)
		f->next = 0;
	else
		f->number += f->number < f->last ? 1 : -1;
	return true;
}

static efile_status do_next(vm *m)
{
	frame *f = last_frame(m, FRAME_LOOP);

	if (!f)
		return damaged(m);
	if (loop_step(f))
		return EFILE_OK;
	m->frame_count--;
	return do_jump(m);
}

static efile_status do_quantify(vm *m)
{
	bool every = m->operand[0] == 1;
	expr_value v = pop(m);
	int truth;

	if (m->operand[1] > m->frame_count)
		return damaged(m);
	truth = every ? truth_and(value_truth(top(m)), value_truth(&v)) :
			truth_or(value_truth(top(m)), value_truth(&v));
	*top(m) = value_from_truth(truth);
	if (truth != !every)
		return EFILE_OK;
	m->frame_count -= m->operand[1];
	m->next = m->operand[2];
	return EFILE_OK;
}

/* ---- filters: list[condition] and list[index] ---- */

static efile_status do_filter(vm *m)
{
	frame f = { .kind = FRAME_FILTER };
	expr_value v = pop(m), result;

	TRY(set_source(m, &f, &v));
	if (!f.list) { /* a range: its numbers as a list would be without bound */
		TRY(value_list(&result, m->scope));
		f.list = result.as.list;
		TRY(list_append(m->scope, result.as.list, v));
	}
	f.probe = f.list->count == 0;
	TRY(value_list(&result, m->scope));
	TRY(push(m, result));
	return add_frame(m, f);
}

static efile_status do_filter_next(vm *m)
{
	frame *f = last_frame(m, FRAME_FILTER);

	if (!f)
		return damaged(m);
	m->scope->quiet = f->probe;
	if (f->probe) {
		f->probe = false;
		f->value = VALUE_NULL;
		return EFILE_OK;
	}
	if (loop_step(f))
		return EFILE_OK;
	m->frame_count--;
	return do_jump(m);
}

/* 1 is the first, -1 the last. */
static expr_value list_index(expr_scope *s, const expr_list *list, efile_decimal number)
{
	int64_t index, count = (int64_t)list->count;

	if (efile_decimal_to_int(&index, number) == EFILE_OK) {
		if (index > 0 && index <= count)
			return list->items[index - 1];
		if (index < 0 && index >= -count)
			return list->items[count + index];
	}
	scope_warn(s, "the list has no such item");
	return VALUE_NULL;
}

static efile_status do_filter_test(vm *m)
{
	frame *f = last_frame(m, FRAME_FILTER);
	expr_value v = pop(m);

	if (!f || top(m)->kind != EXPR_LIST)
		return damaged(m);
	if (v.kind == EXPR_NUMBER && f->next <= 1) {
		m->scope->quiet = false;
		*top(m) = list_index(m->scope, f->list, v.as.number);
		m->frame_count--;
		return do_jump(m);
	}
	if (expr_is_true(&v) && f->next)
		return list_append(m->scope, top(m)->as.list, f->value);
	return EFILE_OK;
}

/* ---- tests on "?" ---- */

static efile_status do_bind(vm *m)
{
	return add_frame(m, (frame){ .kind = FRAME_BINDING, .name = "?", .value = pop(m) });
}

static efile_status do_unbind(vm *m)
{
	if (!last_frame(m, FRAME_BINDING))
		return damaged(m);
	m->frame_count--;
	return EFILE_OK;
}

static int meets_any(const expr_value *input, const expr_list *list)
{
	expr_value whole = VALUE_NULL;
	bool list_items = list->count && list->items[0].kind == EXPR_LIST;

	whole.kind = EXPR_LIST;
	whole.as.list = (expr_list *)list;
	if (input->kind == EXPR_LIST && !list_items)
		return expr_equal(input, &whole);
	for (size_t i = 0; i < list->count; i++) {
		const expr_value *item = &list->items[i];

		if (item->kind == EXPR_RANGE ? range_includes(item->as.range, input) == 1 :
					       expr_equal(input, item) == 1)
			return 1;
	}
	return 0;
}

static int meets(expr_scope *s, const expr_value *input, const expr_value *test)
{
	int equal;

	if (test->kind == EXPR_LIST)
		return meets_any(input, test->as.list);
	if (test->kind == EXPR_RANGE && input->kind != EXPR_RANGE)
		return range_includes(test->as.range, input);
	if (test->kind == EXPR_BOOLEAN && input->kind != EXPR_BOOLEAN)
		return test->as.boolean; /* an expression on "?" has decided already */
	equal = expr_equal(input, test);
	if (equal < 0)
		scope_warn(s, "cannot compare %s and %s", expr_kind_name(input->kind),
			   expr_kind_name(test->kind));
	return equal;
}

static const expr_value *input_value(vm *m)
{
	const expr_value *v = NULL;

	for (size_t i = m->frame_count; i > 0 && !v; i--)
		v = frame_name(&m->frames[i - 1], "?");
	return v ? v : context_find(&m->scope->variables, "?");
}

static efile_status do_test(vm *m)
{
	const expr_value *input = input_value(m);
	expr_value test = *top(m), none = VALUE_NULL;

	TRY(charge(m, size_of(&test)));
	*top(m) = value_from_truth(meets(m->scope, input ? input : &none, &test));
	return EFILE_OK;
}

/* ---- the machine ---- */

static const struct op_row {
	unsigned operands;
	unsigned pops;          /* at least as many values must be there */
	efile_status (*run)(vm *m);
} ops[OP_COUNT] = {
	[OP_END] = { 0, 0, NULL },
	[OP_NONE] = { 0, 0, do_none },
	[OP_NULL] = { 0, 0, do_null },
	[OP_FALSE] = { 0, 0, do_false },
	[OP_TRUE] = { 0, 0, do_true },
	[OP_NUMBER] = { 3, 0, do_number },
	[OP_NUMBER_TEXT] = { 1, 0, do_number_text },
	[OP_STRING] = { 1, 0, do_string },
	[OP_TEMPORAL] = { 1, 0, do_temporal },
	[OP_NAME] = { 1, 0, do_name },
	[OP_ADD] = { 0, 2, do_add },
	[OP_SUBTRACT] = { 0, 2, do_subtract },
	[OP_MULTIPLY] = { 0, 2, do_multiply },
	[OP_DIVIDE] = { 0, 2, do_divide },
	[OP_POWER] = { 0, 2, do_power },
	[OP_NEGATE] = { 0, 1, do_negate },
	[OP_EQUAL] = { 0, 2, do_equal },
	[OP_UNEQUAL] = { 0, 2, do_unequal },
	[OP_LESS] = { 0, 2, do_less },
	[OP_LESS_EQUAL] = { 0, 2, do_less_equal },
	[OP_GREATER] = { 0, 2, do_greater },
	[OP_GREATER_EQUAL] = { 0, 2, do_greater_equal },
	[OP_AND] = { 0, 2, do_and },
	[OP_OR] = { 0, 2, do_or },
	[OP_JUMP] = { 1, 0, do_jump },
	[OP_JUMP_UNLESS] = { 1, 1, do_jump_unless },
	[OP_JUMP_FALSE] = { 1, 1, do_jump_false },
	[OP_JUMP_TRUE] = { 1, 1, do_jump_true },
	[OP_BETWEEN] = { 0, 3, do_between },
	[OP_RANGE] = { 1, 2, do_range },
	[OP_LIST] = { 0, 0, do_list },
	[OP_APPEND] = { 0, 2, do_append },
	[OP_CONTEXT] = { 0, 0, do_context },
	[OP_PUT] = { 1, 1, do_put },
	[OP_CONTEXT_END] = { 0, 0, do_context_end },
	[OP_PATH] = { 1, 1, do_path },
	[OP_CALL] = { 3, 0, do_call },
	[OP_ITERATE] = { 1, 1, do_iterate },
	[OP_ITERATE_SPAN] = { 1, 2, do_iterate_span },
	[OP_NEXT] = { 1, 0, do_next },
	[OP_QUANTIFY] = { 3, 2, do_quantify },
	[OP_FILTER] = { 0, 1, do_filter },
	[OP_FILTER_NEXT] = { 1, 0, do_filter_next },
	[OP_FILTER_TEST] = { 1, 2, do_filter_test },
	[OP_BIND] = { 0, 1, do_bind },
	[OP_UNBIND] = { 0, 0, do_unbind },
	[OP_TEST] = { 0, 1, do_test },
	[OP_NOT] = { 0, 1, do_not },
};

static efile_status run_one(vm *m, const struct op_row *row)
{
	if (m->code_length - m->pc < 1 + 4 * (size_t)row->operands || m->used < row->pops)
		return damaged(m);
	for (unsigned i = 0; i < row->operands; i++)
		m->operand[i] = code_u32(m->code + m->pc + 1 + 4 * i);
	m->next = m->pc + 1 + 4 * (size_t)row->operands;
	TRY(charge(m, 1));
	TRY(row->run(m));
	m->pc = m->next;
	return EFILE_OK;
}

static efile_status run(vm *m)
{
	for (;;) {
		unsigned char code;

		if (m->pc >= m->code_length)
			return damaged(m);
		code = m->code[m->pc];
		if (code == OP_END)
			return m->used == 1 && !m->frame_count ? EFILE_OK : damaged(m);
		if (code >= OP_COUNT)
			return damaged(m);
		TRY(run_one(m, &ops[code]));
	}
}

static efile_status program_check(efile_ctx *ctx, const unsigned char *bytes, size_t length)
{
	if (length < CODE_HEAD + 1 || code_u32(bytes + 4) > length - CODE_HEAD || bytes[1] ||
	    bytes[2] || bytes[3])
		return FAIL(ctx, EFILE_E_DAMAGED, 1532, "these are not the bytes of an expression");
	if (bytes[0] != CODE_VERSION)
		return FAIL(ctx, EFILE_E_UNSUPPORTED, 1533, "a compiled expression of version %d",
			    bytes[0]);
	return EFILE_OK;
}

efile_status expr_program_open(expr_program *out, efile_ctx *ctx, const void *bytes, size_t length)
{
	TRY(program_check(ctx, bytes, length));
	*out = (expr_program){ bytes, length, NULL };
	return EFILE_OK;
}

efile_status expr_evaluate(expr_value *out, const expr_program *program, expr_scope *scope)
{
	vm m = { .ctx = scope->ctx, .scope = scope };
	efile_status status = program_check(scope->ctx, program->bytes, program->length);

	if (status == EFILE_OK) {
		m.code = program->bytes + CODE_HEAD;
		m.code_length = code_u32(program->bytes + 4);
		m.pool = m.code + m.code_length;
		m.pool_length = program->length - CODE_HEAD - m.code_length;
		status = run(&m);
	}
	if (status == EFILE_OK && scope->failed)
		status = mem_failed(scope->ctx);
	if (status == EFILE_OK)
		*out = m.stack[0];
	scope->quiet = false;
	scope->steps += m.steps;
	free(m.stack);
	free(m.frames);
	return status;
}
