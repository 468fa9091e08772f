/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The stack interpreter. It trusts no byte of a program: operands, texts, stack and frames are
 * checked as they are used, and steps and memory are limited. */
#include <stdlib.h>
#include <string.h>

#include "expr/vm.h"

/* ---- stack, texts, frames ---- */

efile_status vm_damaged(vm *m)
{
	return FAIL(m->ctx, EFILE_E_DAMAGED, 1530, "the compiled expression is damaged at byte %zu",
		    m->pc);
}

efile_status vm_push(vm *m, expr_value v)
{
	void *stack = m->stack;

	TRY(mem_grow(m->ctx, &stack, &m->capacity, m->used, sizeof(v)));
	m->stack = stack;
	m->stack[m->used++] = v;
	return EFILE_OK;
}

expr_value vm_pop(vm *m)
{
	return m->stack[--m->used];
}

expr_value *vm_top(vm *m)
{
	return &m->stack[m->used - 1];
}

efile_status vm_text(vm *m, uint32_t at, const char **text, size_t *length)
{
	uint32_t n;

	if (at > m->pool_length || m->pool_length - at < 5)
		return vm_damaged(m);
	n = code_u32(m->pool + at);
	if (n > m->pool_length - at - 5 || m->pool[at + 4 + n] != 0)
		return vm_damaged(m);
	*text = (const char *)m->pool + at + 4;
	*length = n;
	return EFILE_OK;
}

efile_status vm_add_frame(vm *m, frame f)
{
	void *frames = m->frames;

	TRY(mem_grow(m->ctx, &frames, &m->frame_capacity, m->frame_count, sizeof(f)));
	m->frames = frames;
	m->frames[m->frame_count++] = f;
	return EFILE_OK;
}

frame *vm_last_frame(vm *m, frame_kind kind)
{
	frame *f = m->frame_count ? &m->frames[m->frame_count - 1] : NULL;

	return f && f->kind == kind ? f : NULL;
}

efile_status vm_charge(vm *m, uint64_t steps)
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
	return vm_push(m, VALUE_NULL);
}

static efile_status do_false(vm *m)
{
	return vm_push(m, value_boolean(false));
}

static efile_status do_true(vm *m)
{
	return vm_push(m, value_boolean(true));
}

static efile_status do_number(vm *m)
{
	int64_t coefficient = (int64_t)((uint64_t)m->operand[0] << 32 | m->operand[1]);

	if (m->operand[2] > 18)
		return vm_damaged(m);
	return vm_push(m, value_number(efile_decimal_from_int(coefficient, (int)m->operand[2])));
}

static efile_status do_number_text(vm *m)
{
	const char *text;
	size_t length;
	efile_decimal number;

	TRY(vm_text(m, m->operand[0], &text, &length));
	if (efile_decimal_parse(&number, text, length) < 0)
		return vm_damaged(m);
	return vm_push(m, value_number(number));
}

static efile_status do_string(vm *m)
{
	const char *text;
	size_t length;

	TRY(vm_text(m, m->operand[0], &text, &length));
	return vm_push(m, value_borrow(text, length));
}

static efile_status do_temporal(vm *m)
{
	const char *text;
	size_t length;
	expr_temporal t;
	expr_value v;

	TRY(vm_text(m, m->operand[0], &text, &length));
	v = VALUE_NULL;
	if (!temporal_parse(&v.kind, &t, &v.as.duration, text))
		return vm_damaged(m);
	if (v.kind != EXPR_MONTHS && v.kind != EXPR_SECONDS)
		TRY(value_temporal(&v, m->scope, v.kind, &t));
	return vm_push(m, v);
}

const expr_value *vm_frame_name(const frame *f, const char *name)
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

	TRY(vm_text(m, m->operand[0], &name, &length));
	for (size_t i = m->frame_count; i > 0 && !v; i--)
		v = vm_frame_name(&m->frames[i - 1], name);
	if (!v) {
		TRY(vm_charge(m, m->scope->variables.count / 16));
		v = context_find(&m->scope->variables, name);
	}
	if (!v)
		scope_warn(m->scope, "there is no variable %s", name);
	return vm_push(m, v ? *v : VALUE_NULL);
}

/* ---- arithmetic, comparison, logic ---- */

typedef efile_status (*arithmetic_fn)(expr_value *out, expr_scope *s, const expr_value *a,
				      const expr_value *b);

static efile_status binary(vm *m, arithmetic_fn fn)
{
	expr_value b = vm_pop(m), a = *vm_top(m);

	return fn(vm_top(m), m->scope, &a, &b);
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
	expr_value a = *vm_top(m);

	return arithmetic_negate(vm_top(m), m->scope, &a);
}

uint64_t vm_size_of(const expr_value *v)
{
	if (v->kind == EXPR_LIST)
		return v->as.list->count;
	return v->kind == EXPR_CONTEXT ? v->as.context->count : 0;
}

static efile_status equality(vm *m, bool wanted)
{
	expr_value b = vm_pop(m), a = *vm_top(m);
	int equal = expr_equal(&a, &b);

	if (equal < 0)
		scope_warn(m->scope, "cannot compare %s and %s", expr_kind_name(a.kind),
			   expr_kind_name(b.kind));
	*vm_top(m) = equal < 0 ? VALUE_NULL : value_boolean((equal != 0) == wanted);
	return vm_charge(m, vm_size_of(&a));
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
	expr_value b = vm_pop(m), a = *vm_top(m);

	*vm_top(m) = value_from_truth(ordered(m->scope, &a, &b, wanted));
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

int vm_truth_and(int a, int b)
{
	if (a == 0 || b == 0)
		return 0;
	return a < 0 || b < 0 ? -1 : 1;
}

int vm_truth_or(int a, int b)
{
	if (a == 1 || b == 1)
		return 1;
	return a < 0 || b < 0 ? -1 : 0;
}

static efile_status do_and(vm *m)
{
	expr_value b = vm_pop(m);

	*vm_top(m) = value_from_truth(vm_truth_and(value_truth(vm_top(m)), value_truth(&b)));
	return EFILE_OK;
}

static efile_status do_or(vm *m)
{
	expr_value b = vm_pop(m);

	*vm_top(m) = value_from_truth(vm_truth_or(value_truth(vm_top(m)), value_truth(&b)));
	return EFILE_OK;
}

static efile_status do_not(vm *m)
{
	int truth = value_truth(vm_top(m));

	*vm_top(m) = value_from_truth(truth < 0 ? -1 : !truth);
	return EFILE_OK;
}

static efile_status do_between(vm *m)
{
	expr_value high = vm_pop(m), low = vm_pop(m), v = *vm_top(m);

	*vm_top(m) = value_from_truth(vm_truth_and(ordered(m->scope, &v, &low, 6),
					     ordered(m->scope, &v, &high, 3)));
	return EFILE_OK;
}

/* ---- jumps ---- */

efile_status vm_do_jump(vm *m)
{
	m->next = m->operand[0];
	return EFILE_OK;
}

static efile_status do_jump_unless(vm *m)
{
	expr_value v = vm_pop(m);

	if (v.kind != EXPR_BOOLEAN)
		scope_warn(m->scope, "a condition is %s, not true or false",
			   expr_kind_name(v.kind));
	return expr_is_true(&v) ? EFILE_OK : vm_do_jump(m);
}

static efile_status do_jump_false(vm *m)
{
	return value_truth(vm_top(m)) == 0 ? vm_do_jump(m) : EFILE_OK;
}

static efile_status do_jump_true(vm *m)
{
	return value_truth(vm_top(m)) == 1 ? vm_do_jump(m) : EFILE_OK;
}

/* ---- lists, ranges, contexts, paths ---- */

static efile_status do_list(vm *m)
{
	expr_value list;

	TRY(value_list(&list, m->scope));
	return vm_push(m, list);
}

static efile_status do_append(vm *m)
{
	expr_value item = vm_pop(m);

	if (vm_top(m)->kind != EXPR_LIST)
		return vm_damaged(m);
	return list_append(m->scope, vm_top(m)->as.list, item);
}

static efile_status do_range(vm *m)
{
	expr_value high = vm_pop(m), low = *vm_top(m);
	expr_range r = { low, high, (m->operand[0] & RANGE_LOW_IN) != 0,
			 (m->operand[0] & RANGE_HIGH_IN) != 0 };
	int order;

	if (!expr_order(&order, &low, &high)) {
		scope_warn(m->scope, "no range from %s to %s", expr_kind_name(low.kind),
			   expr_kind_name(high.kind));
		*vm_top(m) = VALUE_NULL;
		return EFILE_OK;
	}
	return value_range(vm_top(m), m->scope, &r);
}

static efile_status do_context(vm *m)
{
	frame f = { .kind = FRAME_CONTEXT };

	TRY(value_context(&f.value, m->scope));
	return vm_add_frame(m, f);
}

static efile_status do_put(vm *m)
{
	frame *f = vm_last_frame(m, FRAME_CONTEXT);
	const char *key;
	size_t length;

	TRY(vm_text(m, m->operand[0], &key, &length));
	if (!f)
		return vm_damaged(m);
	return context_put(m->scope, f->value.as.context, key, vm_pop(m));
}

static efile_status do_context_end(vm *m)
{
	frame *f = vm_last_frame(m, FRAME_CONTEXT);

	if (!f)
		return vm_damaged(m);
	m->frame_count--;
	return vm_push(m, f->value);
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
	expr_value from = *vm_top(m), item;

	TRY(vm_text(m, m->operand[0], &name, &length));
	TRY(vm_charge(m, vm_size_of(&from)));
	if (from.kind != EXPR_LIST) {
		property(vm_top(m), m->scope, &from, name);
		return EFILE_OK;
	}
	TRY(value_list(vm_top(m), m->scope));
	for (size_t i = 0; i < from.as.list->count; i++) {
		property(&item, m->scope, &from.as.list->items[i], name);
		TRY(list_append(m->scope, vm_top(m)->as.list, item));
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
			return vm_damaged(m);
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
		return vm_damaged(m);
	b = &expr_builtins[m->operand[0]];
	args = m->stack ? m->stack + m->used - count : NULL;
	for (uint32_t i = 0; i < count; i++)
		TRY(vm_charge(m, vm_size_of(&args[i])));
	if (m->operand[2] != UINT32_MAX) {
		if (count > 8)
			return vm_damaged(m);
		TRY(place_arguments(m, named, args, count));
		args = named;
		m->used -= count;
		count = (uint32_t)(builtin_max(b) < 8 ? builtin_max(b) : 1);
		TRY(builtin_call(&result, m->scope, b, args, count));
		return vm_push(m, result);
	}
	if (count < builtin_min(b) || count > builtin_max(b))
		return vm_damaged(m);
	TRY(builtin_call(&result, m->scope, b, args, count));
	m->used -= count;
	return vm_push(m, result);
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
	[OP_JUMP] = { 1, 0, vm_do_jump },
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
	[OP_ITERATE] = { 1, 1, vm_do_iterate },
	[OP_ITERATE_SPAN] = { 1, 2, vm_do_iterate_span },
	[OP_NEXT] = { 1, 0, vm_do_next },
	[OP_QUANTIFY] = { 3, 2, vm_do_quantify },
	[OP_FILTER] = { 0, 1, vm_do_filter },
	[OP_FILTER_NEXT] = { 1, 0, vm_do_filter_next },
	[OP_FILTER_TEST] = { 1, 2, vm_do_filter_test },
	[OP_BIND] = { 0, 1, vm_do_bind },
	[OP_UNBIND] = { 0, 0, vm_do_unbind },
	[OP_TEST] = { 0, 1, vm_do_test },
	[OP_NOT] = { 0, 1, do_not },
};

static efile_status run_one(vm *m, const struct op_row *row)
{
	if (m->code_length - m->pc < 1 + 4 * (size_t)row->operands || m->used < row->pops)
		return vm_damaged(m);
	for (unsigned i = 0; i < row->operands; i++)
		m->operand[i] = code_u32(m->code + m->pc + 1 + 4 * i);
	m->next = m->pc + 1 + 4 * (size_t)row->operands;
	TRY(vm_charge(m, 1));
	TRY(row->run(m));
	m->pc = m->next;
	return EFILE_OK;
}

static efile_status run(vm *m)
{
	for (;;) {
		unsigned char code;

		if (m->pc >= m->code_length)
			return vm_damaged(m);
		code = m->code[m->pc];
		if (code == OP_END)
			return m->used == 1 && !m->frame_count ? EFILE_OK : vm_damaged(m);
		if (code >= OP_COUNT)
			return vm_damaged(m);
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
