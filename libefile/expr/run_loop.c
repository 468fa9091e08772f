/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The instructions of loops, filters and tests on "?". */
#include <string.h>

#include "expr/vm.h"

/* ---- loops ---- */

/* Whole numbers or days from low to high, both inclusive. */
static bool set_numbers(frame *f, const expr_value *low, const expr_value *high)
{
	f->next = 1; /* something is left */
	f->is_date = low->kind == EXPR_DATE;
	if (low->kind == EXPR_DATE && high->kind == EXPR_DATE) {
		f->number = date_to_days(low->as.temporal->date);
		f->last = date_to_days(high->as.temporal->date);
		return true;
	}
	return low->kind == EXPR_NUMBER && high->kind == EXPR_NUMBER &&
		efile_decimal_to_int(&f->number, low->as.number) == EFILE_OK &&
		efile_decimal_to_int(&f->last, high->as.number) == EFILE_OK;
}

static bool set_range(frame *f, const expr_range *r)
{
	if (r->comparison || !set_numbers(f, &r->low, &r->high) || f->number > f->last)
		return false;
	f->number += !r->low_in;
	f->last -= !r->high_in;
	f->next = f->number <= f->last;
	return true;
}

/* What is iterated: a list, a range of whole numbers or days, or one value as a list of itself;
 * false if it is none of them. */
static efile_status set_source(bool *fits, vm *m, frame *f, const expr_value *v)
{
	expr_value list;

	*fits = true;
	if (v->kind == EXPR_RANGE) {
		*fits = set_range(f, v->as.range);
		return EFILE_OK;
	}
	if (v->kind == EXPR_NULL)
		*fits = false;
	list = *v;
	if (v->kind != EXPR_LIST)
		TRY(value_list_of(&list, m->scope, v));
	f->list = list.as.list;
	return EFILE_OK;
}

/* No list: the whole loop answers null. */
static efile_status no_loop(vm *m, const char *what)
{
	scope_warn(m->scope, "there is no loop over %s", what);
	if (m->operand[1] > m->frame_count - m->run.frame_base)
		return vm_damaged(m);
	m->frame_count -= m->operand[1];
	*vm_top(m) = VALUE_NULL;
	m->run.next = m->operand[2];
	return EFILE_OK;
}

efile_status vm_do_partial(vm *m)
{
	frame f = { .kind = FRAME_PARTIAL, .name = "partial", .value = *vm_top(m) };

	return f.value.kind == EXPR_LIST ? vm_add_frame(m, &f) : vm_damaged(m);
}

efile_status vm_do_iterate(vm *m)
{
	frame f = { .kind = FRAME_LOOP };
	expr_value v = vm_pop(m);
	size_t length;
	bool fits;

	TRY(vm_text(m, m->operand[0], &f.name, &length));
	TRY(set_source(&fits, m, &f, &v));
	return fits ? vm_add_frame(m, &f) : no_loop(m, expr_kind_name(v.kind));
}

efile_status vm_do_iterate_span(vm *m)
{
	frame f = { .kind = FRAME_LOOP };
	expr_value last = vm_pop(m), first = vm_pop(m);
	size_t length;

	TRY(vm_text(m, m->operand[0], &f.name, &length));
	if (!set_numbers(&f, &first, &last)) /* downwards too: for i in 3..1 */
		return no_loop(m, expr_kind_name(first.kind));
	return vm_add_frame(m, &f);
}

static efile_status day(vm *m, expr_value *out, int64_t number)
{
	expr_temporal t = { date_from_days(number), 0, 0, 0, false, NULL };

	return value_temporal(out, m->scope, EXPR_DATE, &t);
}

/* The next item into the frame's value; *left is false at the end. */
static efile_status loop_step(bool *left, vm *m, frame *f)
{
	*left = f->list ? f->next < f->list->count : f->next != 0;
	if (!*left)
		return EFILE_OK;
	if (f->list) {
		f->value = f->list->items[f->next++];
		return EFILE_OK;
	}
	if (f->is_date)
		TRY(day(m, &f->value, f->number));
	else
		f->value = value_int(f->number);
	if (f->number == f->last)
		f->next = 0;
	else
		f->number += f->number < f->last ? 1 : -1;
	return EFILE_OK;
}

efile_status vm_do_next(vm *m)
{
	frame *f = vm_last_frame(m, FRAME_LOOP);
	bool left;

	if (!f)
		return vm_damaged(m);
	TRY(loop_step(&left, m, f));
	if (left)
		return EFILE_OK;
	m->frame_count--;
	return vm_do_jump(m);
}

efile_status vm_do_quantify(vm *m)
{
	bool every = m->operand[0] == 1;
	expr_value v = vm_pop(m);
	int truth;

	if (m->operand[1] > m->frame_count - m->run.frame_base)
		return vm_damaged(m);
	truth = every ? vm_truth_and(value_truth(vm_top(m)), value_truth(&v)) :
			vm_truth_or(value_truth(vm_top(m)), value_truth(&v));
	*vm_top(m) = value_from_truth(truth);
	if (truth != !every)
		return EFILE_OK;
	m->frame_count -= m->operand[1];
	m->run.next = m->operand[2];
	return EFILE_OK;
}

/* ---- filters: list[condition] and list[index] ---- */

efile_status vm_do_filter(vm *m)
{
	frame f = { .kind = FRAME_FILTER };
	expr_value v = vm_pop(m), result;

	if (v.kind == EXPR_LIST)
		result = v;
	else if (v.kind == EXPR_NULL)
		TRY(value_list(&result, m->scope));
	else
		TRY(value_list_of(&result, m->scope, &v));
	f.list = result.as.list;
	f.probe = f.list->count == 0;
	TRY(value_list(&result, m->scope));
	TRY(vm_push(m, result));
	return vm_add_frame(m, &f);
}

efile_status vm_do_filter_next(vm *m)
{
	frame *f = vm_last_frame(m, FRAME_FILTER);
	bool left;

	if (!f)
		return vm_damaged(m);
	if (f->probe) {
		f->probe = false;
		f->is_date = m->scope->quiet; /* what is to be restored */
		m->scope->quiet = true;
		f->value = VALUE_NULL;
		return EFILE_OK;
	}
	if (!f->list->count)
		m->scope->quiet = f->is_date;
	TRY(loop_step(&left, m, f));
	if (left)
		return EFILE_OK;
	m->frame_count--;
	return vm_do_jump(m);
}

/* 1 is the first, -1 the last. */
static expr_value list_index(expr_scope *s, const expr_list *list, efile_decimal number)
{
	int64_t index, count = (int64_t)list->count;

	if (efile_decimal_round(&number, number, 0, EFILE_ROUND_DOWN) == EFILE_OK &&
	    efile_decimal_to_int(&index, number) == EFILE_OK) {
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
		if (!f->list->count)
			m->scope->quiet = f->is_date;
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
	frame f = { .kind = FRAME_BINDING, .name = "?", .value = vm_pop(m) };

	return vm_add_frame(m, &f);
}

/* Of "in", and of the "partial" of a loop. */
efile_status vm_do_unbind(vm *m)
{
	if (!vm_last_frame(m, FRAME_BINDING) && !vm_last_frame(m, FRAME_PARTIAL))
		return vm_damaged(m);
	m->frame_count--;
	return EFILE_OK;
}

static int meets_any(const expr_value *input, const expr_value *test)
{
	const expr_list *list = test->as.list;

	for (size_t i = 0; i < list->count; i++) {
		const expr_value *item = &list->items[i];

		if (item->kind == EXPR_RANGE && input->kind != EXPR_RANGE) {
			if (range_includes(item->as.range, input) == 1)
				return 1;
		} else if (expr_equal(input, item) == 1) {
			return 1;
		}
	}
	return input->kind == EXPR_LIST && expr_equal(input, test) == 1;
}

static int meets(expr_scope *s, const expr_value *input, const expr_value *test)
{
	int equal;

	if (test->kind == EXPR_LIST)
		return meets_any(input, test);
	if (test->kind == EXPR_RANGE && input->kind != EXPR_RANGE)
		return range_includes(test->as.range, input);
	if (test->kind == EXPR_BOOLEAN && input->kind != EXPR_BOOLEAN)
		return test->as.boolean; /* the expression has decided by itself */
	equal = expr_equal(input, test);
	if (equal < 0)
		scope_warn(s, "cannot compare %s and %s", expr_kind_name(input->kind),
			   expr_kind_name(test->kind));
	return equal;
}

efile_status vm_do_test(vm *m)
{
	expr_value test = *vm_top(m), none = VALUE_NULL;
	const expr_value *input;

	TRY(vm_find(m, &input, "?"));
	TRY(vm_charge(m, vm_size_of(&test)));
	*vm_top(m) = value_from_truth(meets(m->scope, input ? input : &none, &test));
	return EFILE_OK;
}

/* An expression on "?" answers itself; if it answers no boolean, that is compared with "?". */
efile_status vm_do_truth(vm *m)
{
	return vm_top(m)->kind == EXPR_BOOLEAN ? EFILE_OK : vm_do_test(m);
}
