/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The instructions of loops, filters and tests on "?". */
#include <string.h>

#include "expr/vm.h"

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

efile_status vm_do_iterate(vm *m)
{
	frame f = { .kind = FRAME_LOOP };
	expr_value v = vm_pop(m);
	size_t length;

	TRY(vm_text(m, m->operand[0], &f.name, &length));
	TRY(set_source(m, &f, &v));
	return vm_add_frame(m, f);
}

efile_status vm_do_iterate_span(vm *m)
{
	frame f = { .kind = FRAME_LOOP };
	expr_value last = vm_pop(m), first = vm_pop(m);
	size_t length;

	TRY(vm_text(m, m->operand[0], &f.name, &length));
	if (first.kind == EXPR_NUMBER && last.kind == EXPR_NUMBER &&
	    efile_decimal_to_int(&f.number, first.as.number) == EFILE_OK &&
	    efile_decimal_to_int(&f.last, last.as.number) == EFILE_OK) {
		f.next = 1; /* downwards too: for i in 3..1 */
	} else {
		scope_warn(m->scope, "a loop needs whole numbers on both sides of ..");
		f.next = 0;
	}
	return vm_add_frame(m, f);
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

efile_status vm_do_next(vm *m)
{
	frame *f = vm_last_frame(m, FRAME_LOOP);

	if (!f)
		return vm_damaged(m);
	if (loop_step(f))
		return EFILE_OK;
	m->frame_count--;
	return vm_do_jump(m);
}

efile_status vm_do_quantify(vm *m)
{
	bool every = m->operand[0] == 1;
	expr_value v = vm_pop(m);
	int truth;

	if (m->operand[1] > m->frame_count)
		return vm_damaged(m);
	truth = every ? vm_truth_and(value_truth(vm_top(m)), value_truth(&v)) :
			vm_truth_or(value_truth(vm_top(m)), value_truth(&v));
	*vm_top(m) = value_from_truth(truth);
	if (truth != !every)
		return EFILE_OK;
	m->frame_count -= m->operand[1];
	m->next = m->operand[2];
	return EFILE_OK;
}

/* ---- filters: list[condition] and list[index] ---- */

efile_status vm_do_filter(vm *m)
{
	frame f = { .kind = FRAME_FILTER };
	expr_value v = vm_pop(m), result;

	TRY(set_source(m, &f, &v));
	if (!f.list) { /* a range: its numbers as a list would be without bound */
		TRY(value_list(&result, m->scope));
		f.list = result.as.list;
		TRY(list_append(m->scope, result.as.list, v));
	}
	f.probe = f.list->count == 0;
	TRY(value_list(&result, m->scope));
	TRY(vm_push(m, result));
	return vm_add_frame(m, f);
}

efile_status vm_do_filter_next(vm *m)
{
	frame *f = vm_last_frame(m, FRAME_FILTER);

	if (!f)
		return vm_damaged(m);
	m->scope->quiet = f->probe;
	if (f->probe) {
		f->probe = false;
		f->value = VALUE_NULL;
		return EFILE_OK;
	}
	if (loop_step(f))
		return EFILE_OK;
	m->frame_count--;
	return vm_do_jump(m);
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

efile_status vm_do_filter_test(vm *m)
{
	frame *f = vm_last_frame(m, FRAME_FILTER);
	expr_value v = vm_pop(m);

	if (!f || vm_top(m)->kind != EXPR_LIST)
		return vm_damaged(m);
	if (v.kind == EXPR_NUMBER && f->next <= 1) {
		m->scope->quiet = false;
		*vm_top(m) = list_index(m->scope, f->list, v.as.number);
		m->frame_count--;
		return vm_do_jump(m);
	}
	if (expr_is_true(&v) && f->next)
		return list_append(m->scope, vm_top(m)->as.list, f->value);
	return EFILE_OK;
}

/* ---- tests on "?" ---- */

efile_status vm_do_bind(vm *m)
{
	return vm_add_frame(m, (frame){ .kind = FRAME_BINDING, .name = "?", .value = vm_pop(m) });
}

efile_status vm_do_unbind(vm *m)
{
	if (!vm_last_frame(m, FRAME_BINDING))
		return vm_damaged(m);
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
		v = vm_frame_name(&m->frames[i - 1], "?");
	return v ? v : context_find(&m->scope->variables, "?");
}

efile_status vm_do_test(vm *m)
{
	const expr_value *input = input_value(m);
	expr_value test = *vm_top(m), none = VALUE_NULL;

	TRY(vm_charge(m, vm_size_of(&test)));
	*vm_top(m) = value_from_truth(meets(m->scope, input ? input : &none, &test));
	return EFILE_OK;
}
