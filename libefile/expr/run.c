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
		    m->run.pc);
}

efile_status vm_push(vm *m, expr_value v)
{
	void *stack = m->stack;

	if (m->used == m->capacity)
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
	const vm_run *r = &m->run;
	uint32_t n;

	if (at > r->pool_length || r->pool_length - at < 5)
		return vm_damaged(m);
	n = code_u32(r->pool + at);
	if (n > r->pool_length - at - 5 || r->pool[at + 4 + n] != 0)
		return vm_damaged(m);
	*text = (const char *)r->pool + at + 4;
	*length = n;
	return EFILE_OK;
}

efile_status vm_add_frame(vm *m, const frame *f)
{
	void *frames = m->frames;

	if (m->frame_count == m->frame_capacity)
		TRY(mem_grow(m->ctx, &frames, &m->frame_capacity, m->frame_count, sizeof(*f)));
	m->frames = frames;
	m->frames[m->frame_count++] = *f;
	return EFILE_OK;
}

frame *vm_last_frame(vm *m, frame_kind kind)
{
	frame *f = m->frame_count > m->run.frame_base ? &m->frames[m->frame_count - 1] : NULL;

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

void vm_free(vm *m)
{
	if (!m)
		return;
	free(m->stack);
	free(m->frames);
	free(m);
}

void vm_place(const expr_scope *scope, uint32_t *line, uint32_t *column)
{
	const vm_run *r = scope->nested ? &scope->machine->run : NULL;
	const unsigned char *marks = r && r->code ? r->pool + r->pool_length : NULL;
	size_t low = 0, high;

	if (!marks)
		return;
	high = (size_t)(r->program.bytes + r->program.length - marks) / CODE_MARK;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (code_u32(marks + middle * CODE_MARK) <= r->pc)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return;
	*line = code_u32(marks + (low - 1) * CODE_MARK + 4);
	*column = code_u32(marks + (low - 1) * CODE_MARK + 8);
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
	expr_value v = VALUE_NULL;
	const char *text;
	size_t length;
	bool fits;

	TRY(vm_text(m, m->operand[0], &text, &length));
	TRY(temporal_parse(&fits, &v, m->scope, text));
	if (!fits)
		scope_warn(m->scope, "%s is no %s", text, "date, time or duration");
	return vm_push(m, fits ? v : VALUE_NULL);
}

/* A list that still grows is seen as it is now: its head is copied, its items stay. */
static efile_status partial(vm *m, const expr_value **out, const expr_list *list)
{
	expr_value *copy = scope_alloc(m->scope, sizeof(*copy) + sizeof(expr_list));

	if (!copy)
		return scope_failed(m->scope);
	copy->kind = EXPR_LIST;
	copy->as.list = (expr_list *)(copy + 1);
	*copy->as.list = (expr_list){ list->items, list->count, list->count };
	*out = copy;
	return EFILE_OK;
}

static const expr_value *frame_find(const frame *f, const char *name)
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

static const expr_value *env_find(const expr_scope *scope, const expr_env *env, const char *name)
{
	const expr_value *v;

	for (; env; env = env->outer) {
		v = context_find(env->variables, name);
		if (v || env->closed)
			return v;
	}
	return context_find(&scope->variables, name);
}

efile_status vm_find(vm *m, const expr_value **out, const char *name)
{
	const expr_value *v = NULL;

	for (size_t i = m->frame_count; i > m->run.names_base && !v; i--) {
		const frame *f = &m->frames[i - 1];

		if (f->kind == FRAME_PARTIAL && !strcmp(name, "partial"))
			return partial(m, out, f->value.as.list);
		if (f->kind != FRAME_PARTIAL)
			v = frame_find(f, name);
	}
	*out = v ? v : env_find(m->scope, m->run.env, name);
	return EFILE_OK;
}

static efile_status do_name(vm *m)
{
	const char *name;
	size_t length;
	const expr_value *v;
	expr_value function;

	TRY(vm_text(m, m->operand[0], &name, &length));
	if (m->scope->variables.count > 16)
		TRY(vm_charge(m, m->scope->variables.count / 16));
	TRY(vm_find(m, &v, name));
	if (v)
		return vm_push(m, *v);
	TRY(expr_function_builtin(&function, m->scope, name));
	if (function.kind == EXPR_NULL)
		scope_warn(m->scope, "there is no variable %s", name);
	return vm_push(m, function);
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
	m->run.next = m->operand[0];
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
			 (m->operand[0] & RANGE_HIGH_IN) != 0, false, false };
	bool open = low.kind == EXPR_NULL || high.kind == EXPR_NULL;
	int order;

	if (!open && !expr_order(&order, &low, &high)) {
		scope_warn(m->scope, "no range from %s to %s", expr_kind_name(low.kind),
			   expr_kind_name(high.kind));
		*vm_top(m) = VALUE_NULL;
		return EFILE_OK;
	}
	return value_range(vm_top(m), m->scope, &r);
}

/* In the order of the compiler's table: = != < <= > >=. */
static efile_status do_comparison(vm *m)
{
	expr_value end = *vm_top(m);
	uint32_t which = m->operand[0];
	expr_range r = { VALUE_NULL, VALUE_NULL, false, false, true, which == 1 };

	if (which > 5)
		return vm_damaged(m);
	if (which < 2 || which > 3)
		r.low = end;
	if (which < 4)
		r.high = end;
	r.low_in = which < 2 || which == 5;
	r.high_in = which < 2 || which == 3;
	return value_range(vm_top(m), m->scope, &r);
}

static efile_status do_context(vm *m)
{
	frame f = { .kind = FRAME_CONTEXT };

	TRY(value_context(&f.value, m->scope));
	return vm_add_frame(m, &f);
}

static efile_status do_put(vm *m)
{
	frame *f = vm_last_frame(m, FRAME_CONTEXT);
	const char *key;
	size_t length;

	TRY(vm_text(m, m->operand[0], &key, &length));
	if (!f)
		return vm_damaged(m);
	if (context_find(f->value.as.context, key)) {
		scope_warn(m->scope, "the context has the key %s twice", key);
		f->probe = true; /* the whole is null then */
	}
	TRY(vm_charge(m, f->value.as.context->count / 16));
	return context_put(m->scope, f->value.as.context, key, vm_pop(m));
}

static efile_status do_context_end(vm *m)
{
	frame *f = vm_last_frame(m, FRAME_CONTEXT);

	if (!f)
		return vm_damaged(m);
	m->frame_count--;
	return vm_push(m, f->probe ? VALUE_NULL : f->value);
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

efile_status expr_path(expr_value *out, expr_scope *scope, const expr_value *value,
		       const char *name)
{
	expr_value from = *value, list, item;

	if (from.kind != EXPR_LIST) {
		property(out, scope, &from, name);
		return EFILE_OK;
	}
	TRY(value_list_sized(&list, scope, from.as.list->count));
	for (size_t i = 0; i < from.as.list->count; i++) {
		property(&item, scope, &from.as.list->items[i], name);
		TRY(list_append(scope, list.as.list, item));
	}
	*out = list;
	return EFILE_OK;
}

static efile_status do_path(vm *m)
{
	const char *name;
	size_t length;

	TRY(vm_text(m, m->operand[0], &name, &length));
	TRY(vm_charge(m, vm_size_of(vm_top(m))));
	return expr_path(vm_top(m), m->scope, vm_top(m), name);
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
	[OP_COMPARISON] = { 1, 1, do_comparison },
	[OP_LIST] = { 0, 0, do_list },
	[OP_APPEND] = { 0, 2, do_append },
	[OP_CONTEXT] = { 0, 0, do_context },
	[OP_PUT] = { 1, 1, do_put },
	[OP_CONTEXT_END] = { 0, 0, do_context_end },
	[OP_PATH] = { 1, 1, do_path },
	[OP_CALL] = { 3, 0, vm_do_call },
	[OP_WRONG_CALL] = { 2, 0, vm_do_wrong_call },
	[OP_INVOKE] = { 3, 0, vm_do_invoke },
	[OP_FUNCTION] = { 2, 0, vm_do_function },
	[OP_EXTERNAL] = { 1, 1, vm_do_external },
	[OP_INSTANCE] = { 1, 1, vm_do_instance },
	[OP_PARTIAL] = { 0, 1, vm_do_partial },
	[OP_ITERATE] = { 3, 2, vm_do_iterate },
	[OP_ITERATE_SPAN] = { 3, 3, vm_do_iterate_span },
	[OP_NEXT] = { 1, 0, vm_do_next },
	[OP_QUANTIFY] = { 3, 2, vm_do_quantify },
	[OP_FILTER] = { 0, 1, vm_do_filter },
	[OP_FILTER_NEXT] = { 1, 0, vm_do_filter_next },
	[OP_FILTER_TEST] = { 1, 2, vm_do_filter_test },
	[OP_BIND] = { 0, 1, vm_do_bind },
	[OP_UNBIND] = { 0, 0, vm_do_unbind },
	[OP_TEST] = { 0, 1, vm_do_test },
	[OP_TRUTH] = { 0, 1, vm_do_truth },
	[OP_NOT] = { 0, 1, do_not },
};

static efile_status run_one(vm *m, const struct op_row *row)
{
	vm_run *r = &m->run;
	const unsigned char *at = r->code + r->pc + 1;

	if (r->code_length - r->pc < 1 + 4 * (size_t)row->operands ||
	    m->used - r->stack_base < row->pops)
		return vm_damaged(m);
	for (unsigned i = 0; i < row->operands; i++)
		m->operand[i] = code_u32(at + 4 * i);
	r->next = r->pc + 1 + 4 * (size_t)row->operands;
	if (++m->steps > m->ctx->limits.expr_steps)
		return vm_charge(m, 0);
	TRY(row->run(m));
	r->pc = r->next;
	return EFILE_OK;
}

static bool inside_call(const vm *m, size_t outermost)
{
	return m->run.frame_base > outermost;
}

efile_status vm_loop(vm *m)
{
	size_t outermost = m->run.frame_base;

	for (;;) {
		unsigned char code;

		if (m->run.pc >= m->run.code_length)
			return vm_damaged(m);
		code = m->run.code[m->run.pc];
		if (code == OP_END) {
			if (m->used != m->run.stack_base + 1 || m->frame_count != m->run.frame_base)
				return vm_damaged(m);
			if (!inside_call(m, outermost))
				return EFILE_OK;
			TRY(vm_leave(m));
			continue;
		}
		if (code >= OP_COUNT)
			return vm_damaged(m);
		TRY(run_one(m, &ops[code]));
	}
}

static efile_status program_check(efile_ctx *ctx, const unsigned char *bytes, size_t length)
{
	uint64_t parts;

	if (length >= 4 && bytes[0] && bytes[0] != CODE_VERSION && !bytes[1] && !bytes[2] &&
	    !bytes[3])
		return FAIL(ctx, EFILE_E_UNSUPPORTED, 1533, "a compiled expression of version %d",
			    bytes[0]);
	parts = length < CODE_HEAD + 1 ? length :
		(uint64_t)code_u32(bytes + 4) + code_u32(bytes + 8);
	if (length < CODE_HEAD + 1 || parts > length - CODE_HEAD || !bytes[0] || bytes[1] ||
	    bytes[2] || bytes[3])
		return FAIL(ctx, EFILE_E_DAMAGED, 1532, "these are not the bytes of an expression");
	return EFILE_OK;
}

efile_status expr_program_open(expr_program *out, efile_ctx *ctx, const void *bytes, size_t length)
{
	TRY(program_check(ctx, bytes, length));
	*out = (expr_program){ bytes, length, NULL };
	return EFILE_OK;
}

efile_status vm_start(vm_run *run, efile_ctx *ctx, const expr_program *program, size_t entry,
		      const expr_env *env)
{
	TRY(program_check(ctx, program->bytes, program->length));
	run->program = (expr_program){ program->bytes, program->length, NULL };
	run->code = program->bytes + CODE_HEAD;
	run->code_length = code_u32(program->bytes + 4);
	run->pool = run->code + run->code_length;
	run->pool_length = code_u32(program->bytes + 8);
	run->pc = run->next = entry;
	run->env = env;
	return EFILE_OK;
}

/* ---- evaluations, which may be started from within others ---- */

enum { NESTED_MAX = 60 };

typedef efile_status (*begin_fn)(vm *m, const void *what, const expr_env *env);

static efile_status nested(vm *m, begin_fn begin, const void *what, const expr_env *env)
{
	expr_scope *scope = m->scope;

	if (scope->nested == 1)
		m->steps = 0;
	if (scope->nested > NESTED_MAX)
		return FAIL(m->ctx, EFILE_E_LIMIT, 1522, "the expression calls itself too often");
	TRY(begin(m, what, env));
	TRY(vm_loop(m));
	return scope->failed ? mem_failed(m->ctx) : EFILE_OK;
}

static efile_status machine(vm **out, expr_scope *scope)
{
	if (!scope->machine) {
		scope->machine = mem_new(scope->ctx, sizeof(vm));
		if (!scope->machine)
			return EFILE_E_NOMEM;
		scope->machine->ctx = scope->ctx;
		scope->machine->scope = scope;
	}
	*out = scope->machine;
	return EFILE_OK;
}

static efile_status evaluate(expr_value *out, expr_scope *scope, begin_fn begin, const void *what,
			     const expr_env *env)
{
	bool quiet = scope->quiet;
	vm *m;
	vm_run saved;
	size_t used, frames;
	uint32_t calls;
	efile_status status;

	TRY(machine(&m, scope));
	saved = m->run;
	used = m->used;
	frames = m->frame_count;
	calls = m->calls;
	m->run.stack_base = used;
	m->run.names_base = m->run.frame_base = frames;
	scope->nested++;
	status = nested(m, begin, what, env);
	scope->nested--;
	if (status == EFILE_OK)
		*out = m->stack[m->used - 1];
	m->run = saved;
	m->used = used;
	m->frame_count = frames;
	m->calls = calls;
	scope->quiet = quiet;
	if (!scope->nested)
		scope->steps += m->steps;
	return status;
}

static efile_status begin_program(vm *m, const void *what, const expr_env *env)
{
	return vm_start(&m->run, m->ctx, what, 0, env);
}

efile_status expr_evaluate_in(expr_value *out, const expr_program *program, expr_scope *scope,
			      const expr_env *env)
{
	return evaluate(out, scope, begin_program, program, env);
}

efile_status expr_evaluate(expr_value *out, const expr_program *program, expr_scope *scope)
{
	return evaluate(out, scope, begin_program, program, NULL);
}

typedef struct input_test {
	const expr_program *tests;
	const expr_value *input;
} input_test;

static efile_status begin_test(vm *m, const void *what, const expr_env *env)
{
	const input_test *t = what;
	frame f = { .kind = FRAME_BINDING, .name = "?", .value = *t->input };

	TRY(vm_start(&m->run, m->ctx, t->tests, 0, env));
	TRY(vm_add_frame(m, &f));
	m->run.frame_base = m->frame_count;
	return EFILE_OK;
}

efile_status expr_test(int *out, const expr_program *tests, expr_scope *scope, const expr_env *env,
		       const expr_value *input)
{
	input_test t = { tests, input };
	expr_value v;

	TRY(evaluate(&v, scope, begin_test, &t, env));
	*out = value_truth(&v);
	return EFILE_OK;
}

typedef struct body_call {
	const expr_function *f;
	const expr_value *args;
	size_t count;
} body_call;

static efile_status begin_body(vm *m, const void *what, const expr_env *env)
{
	const body_call *call = what;
	const expr_function *f = call->f;

	(void)env;
	TRY(vm_start(&m->run, m->ctx, &f->code, f->entry, f->env));
	for (size_t i = 0; i < call->count; i++) {
		frame bound = { .kind = FRAME_BINDING, .name = f->type->members[i].name,
				.value = call->args[i] };

		TRY(vm_add_frame(m, &bound));
	}
	m->run.frame_base = m->frame_count;
	return EFILE_OK;
}

efile_status function_run(expr_value *out, expr_scope *s, const expr_function *f,
			  const expr_value *args, size_t count)
{
	body_call call = { f, args, count };

	return evaluate(out, s, begin_body, &call, NULL);
}

efile_status expr_env_new(const expr_env **out, expr_scope *scope, const expr_env *outer,
			  const expr_value *variables, bool closed)
{
	expr_env *env = scope_alloc(scope, sizeof(*env));

	if (!env)
		return scope_failed(scope);
	*env = (expr_env){ outer, variables->as.context, closed };
	*out = env;
	return EFILE_OK;
}
