/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The instructions of calls, functions and types. */
#include <string.h>

#include "expr/java.h"
#include "expr/vm.h"

enum { CALLS_MAX = 2000, NAMED_MAX = 8, TYPE_DEPTH_MAX = 60 };

/* ---- built-in functions ---- */

/* Each named argument to its place; *most: places up to the last. */
static bool place_arguments(vm *m, expr_value *args, uint32_t *most, const builtin *b,
			    const expr_value *given, uint32_t count)
{
	bool fits = true;

	*most = (uint32_t)builtin_min(b);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t place = m->operand[2] >> (4 * i) & 15;
		bool other = (place & PLACE_OTHER) != 0;

		place &= PLACE_OTHER - 1;
		args[place] = given[i];
		*most = place >= *most ? place + 1 : *most;
		fits = fits && builtin_name_fits(b, place, other, &given[i]);
	}
	return fits;
}

static efile_status charge_arguments(vm *m, const expr_value *args, uint32_t count)
{
	uint64_t size = 0;

	for (uint32_t i = 0; i < count; i++)
		size += vm_size_of(&args[i]);
	return size ? vm_charge(m, size) : EFILE_OK;
}

/* Moves the topmost values out of the stack, which functions that evaluate may move. */
static efile_status take_arguments(vm *m, expr_value **args, expr_value *room, uint32_t count)
{
	*args = room;
	if (count > NAMED_MAX)
		*args = scope_alloc(m->scope, count * sizeof(**args));
	if (!*args)
		return scope_failed(m->scope);
	m->used -= count;
	if (count)
		memcpy(*args, m->stack + m->used, count * sizeof(**args));
	return EFILE_OK;
}

efile_status vm_do_call(vm *m)
{
	expr_value room[NAMED_MAX], placed[NAMED_MAX], *args, result = VALUE_NULL;
	uint32_t count = m->operand[1];
	bool named = m->operand[2] != UINT32_MAX, fits = true;
	const builtin *b;

	if (m->operand[0] >= expr_builtin_count || count > m->used - m->run.stack_base ||
	    (named && count > NAMED_MAX))
		return vm_damaged(m);
	b = &expr_builtins[m->operand[0]];
	TRY(take_arguments(m, &args, room, count));
	TRY(charge_arguments(m, args, count));
	if (named) {
		for (size_t i = 0; i < NAMED_MAX; i++)
			placed[i] = VALUE_NULL;
		fits = place_arguments(m, placed, &count, b, args, count);
		args = placed;
	}
	if (count < builtin_min(b) || count > builtin_max(b))
		return vm_damaged(m);
	if (fits)
		TRY(builtin_call(&result, m->scope, b, args, count));
	else
		scope_warn(m->scope, "%s is called with the wrong arguments", b->name);
	return vm_push(m, result);
}

efile_status vm_do_wrong_call(vm *m)
{
	const char *name;
	size_t length;

	TRY(vm_text(m, m->operand[1], &name, &length));
	if (m->operand[0] > m->used - m->run.stack_base)
		return vm_damaged(m);
	m->used -= m->operand[0];
	scope_warn(m->scope, "%s is called with the wrong arguments", name);
	return vm_push(m, VALUE_NULL);
}

/* ---- function values ---- */

/* The names of arguments, each closed by TYPE_NAME_END, as texts of their own. */
static efile_status split_names(vm *m, const char **names, uint32_t count, const char *text,
				size_t length)
{
	expr_value copy;

	TRY(value_string(&copy, m->scope, text, length));
	for (uint32_t i = 0; i < count; i++) {
		char *end = strchr(copy.as.string.text, TYPE_NAME_END);

		if (!end)
			return vm_damaged(m);
		*end = '\0';
		names[i] = copy.as.string.text;
		copy.as.string.text = end + 1;
	}
	return EFILE_OK;
}

static efile_status named_arguments(vm *m, bool *fits, expr_value *args, size_t *count,
				    const expr_function *f)
{
	const char *names[FUNCTION_PARAMETERS_MAX], *text;
	expr_value given[FUNCTION_PARAMETERS_MAX];
	uint32_t many = m->operand[0];
	size_t length;

	*fits = many <= FUNCTION_PARAMETERS_MAX;
	if (!*fits)
		return EFILE_OK;
	TRY(vm_text(m, m->operand[1], &text, &length));
	TRY(split_names(m, names, many, text, length));
	memcpy(given, args, many * sizeof(*given));
	return function_places(fits, args, count, m->scope, f, names, given, many);
}

/* The callee lies below its arguments, which are moved out of the stack. */
static efile_status take_callee(vm *m, const expr_function **out, expr_value **args)
{
	uint32_t count = m->operand[0];
	size_t room = m->operand[1] == NO_TEXT ? 0 : FUNCTION_PARAMETERS_MAX;
	expr_value callee, *copy;

	*out = NULL;
	if (count >= m->used - m->run.stack_base)
		return vm_damaged(m);
	callee = m->stack[m->used - count - 1];
	copy = scope_alloc(m->scope, (count + 1 + room) * sizeof(*copy));
	if (!copy)
		return scope_failed(m->scope);
	memcpy(copy, m->stack + m->used - count, count * sizeof(*copy));
	*args = copy;
	m->used -= count + 1;
	if (callee.kind != EXPR_FUNCTION && m->operand[2] < expr_builtin_count)
		TRY(expr_function_builtin(&callee, m->scope, expr_builtins[m->operand[2]].name));
	if (callee.kind == EXPR_FUNCTION)
		*out = callee.as.function;
	else
		scope_warn(m->scope, "%s is no function", expr_kind_name(callee.kind));
	return EFILE_OK;
}

efile_status vm_do_invoke(vm *m)
{
	const expr_function *f;
	expr_value *args, callee = VALUE_NULL, result = VALUE_NULL;
	size_t count = m->operand[0];
	bool fits = true;

	TRY(take_callee(m, &f, &args));
	if (!f)
		return vm_push(m, VALUE_NULL);
	TRY(charge_arguments(m, args, (uint32_t)count));
	if (m->operand[1] != NO_TEXT)
		TRY(named_arguments(m, &fits, args, &count, f));
	if (fits && f->kind == FUNCTION_CODE) {
		TRY(function_arguments(&fits, m->scope, f, args, count));
		if (fits) {
			for (size_t i = 0; i < count; i++)
				TRY(vm_push(m, args[i]));
			return vm_enter(m, f, count);
		}
	}
	if (!fits) {
		scope_warn(m->scope, "%s is called with the wrong arguments",
			   f->name ? f->name : "function");
		return vm_push(m, VALUE_NULL);
	}
	callee.kind = EXPR_FUNCTION;
	callee.as.function = f;
	TRY(expr_call(&result, m->scope, &callee, args, count));
	return vm_push(m, result);
}

efile_status vm_enter(vm *m, const expr_function *f, size_t count)
{
	frame call = { .kind = FRAME_CALL, .function = f };
	vm_run body = m->run;

	if (++m->calls > CALLS_MAX)
		return FAIL(m->ctx, EFILE_E_LIMIT, 1522, "the expression calls itself too often");
	TRY(vm_start(&body, m->ctx, &f->code, f->entry, f->env));
	call.back = m->run;
	m->used -= count;
	TRY(vm_add_frame(m, &call));
	body.stack_base = m->used;
	body.names_base = m->frame_count;
	for (size_t i = 0; i < count; i++) {
		frame bound = { .kind = FRAME_BINDING, .name = f->type->members[i].name,
				.value = m->stack[body.stack_base + i] };

		TRY(vm_add_frame(m, &bound));
	}
	body.frame_base = m->frame_count;
	m->run = body; /* run_one() goes on at its next, the entry */
	return EFILE_OK;
}

efile_status vm_leave(vm *m)
{
	frame *call = &m->frames[m->run.names_base - 1];
	const expr_function *f = call->function;
	expr_value result = vm_pop(m);
	vm_run back = call->back;

	TRY(expr_coerce(&result, m->scope, f->type->element, &result));
	m->frame_count = m->run.names_base - 1;
	m->run = back;
	m->run.pc = back.next;
	m->calls--;
	return vm_push(m, result);
}

/* ---- types ---- */

typedef struct type_reader {
	vm *m;
	const char *at;
	bool known;             /* every name in it is that of a type */
} type_reader;

static efile_status read_type(type_reader *r, const expr_type **out, int depth);

static efile_status read_name(type_reader *r, const char **out)
{
	const char *end = strchr(r->at, TYPE_NAME_END);
	expr_value name;

	if (!end)
		return vm_damaged(r->m);
	TRY(value_string(&name, r->m->scope, r->at, (size_t)(end - r->at)));
	*out = name.as.string.text;
	r->at = end + 1;
	return EFILE_OK;
}

static efile_status read_members(type_reader *r, expr_type *type, int depth)
{
	expr_member_type *members = scope_alloc(r->m->scope, FUNCTION_PARAMETERS_MAX *
							     sizeof(*members));

	if (!members)
		return scope_failed(r->m->scope);
	type->members = members;
	while (*r->at && *r->at != ';') {
		expr_member_type *member = &members[type->member_count];

		if (type->member_count++ == FUNCTION_PARAMETERS_MAX)
			return vm_damaged(r->m);
		TRY(read_name(r, &member->name));
		TRY(read_type(r, &member->type, depth));
	}
	if (*r->at++ != ';')
		return vm_damaged(r->m);
	return EFILE_OK;
}

static efile_status read_named(type_reader *r, const expr_type **out)
{
	const scope_type *row = r->m->scope->types;
	const char *name;

	TRY(read_name(r, &name));
	while (row && strcmp(row->name, name) != 0)
		row = row->next;
	if (!row) {
		scope_warn(r->m->scope, "there is no type %s", name);
		r->known = false;
	}
	*out = row ? row->type : NULL;
	return EFILE_OK;
}

static efile_status read_compound(type_reader *r, const expr_type **out, expr_type_kind kind,
				  int depth)
{
	expr_type *type = scope_alloc(r->m->scope, sizeof(*type));

	if (!type)
		return scope_failed(r->m->scope);
	*type = (expr_type){ .kind = kind };
	if (kind == EXPR_TYPE_CONTEXT || kind == EXPR_TYPE_FUNCTION)
		TRY(read_members(r, type, depth));
	if (kind != EXPR_TYPE_CONTEXT)
		TRY(read_type(r, &type->element, depth));
	*out = type;
	return EFILE_OK;
}

static efile_status read_type(type_reader *r, const expr_type **out, int depth)
{
	static const expr_type simple[] = {
		{ .kind = EXPR_TYPE_ANY }, { .kind = EXPR_TYPE_NULL }, { .kind = EXPR_TYPE_BOOLEAN },
		{ .kind = EXPR_TYPE_NUMBER }, { .kind = EXPR_TYPE_STRING },
		{ .kind = EXPR_TYPE_DATE }, { .kind = EXPR_TYPE_TIME },
		{ .kind = EXPR_TYPE_DATE_TIME }, { .kind = EXPR_TYPE_MONTHS },
		{ .kind = EXPR_TYPE_SECONDS },
	};
	const char *letter = *r->at ? strchr(TYPE_LETTERS, *r->at) : NULL;
	size_t kind = letter ? (size_t)(letter - TYPE_LETTERS) : 0;

	if (depth > TYPE_DEPTH_MAX || (!letter && *r->at != 'N'))
		return vm_damaged(r->m);
	r->at++;
	if (!letter)
		return read_named(r, out);
	if (kind >= ARRAY_SIZE(simple))
		return read_compound(r, out, (expr_type_kind)kind, depth + 1);
	*out = kind == EXPR_TYPE_ANY && depth ? NULL : &simple[kind];
	return EFILE_OK;
}

static efile_status type_operand(vm *m, const expr_type **out, bool *known, uint32_t at)
{
	type_reader r = { .m = m, .known = true };
	size_t length;

	TRY(vm_text(m, at, &r.at, &length));
	TRY(read_type(&r, out, 0));
	*known = r.known;
	return EFILE_OK;
}

efile_status vm_do_instance(vm *m)
{
	const expr_type *type;
	bool known, is;

	TRY(type_operand(m, &type, &known, m->operand[0]));
	TRY(expr_instance_of(&is, m->scope, type, vm_top(m)));
	*vm_top(m) = known ? value_boolean(is) : VALUE_NULL;
	return EFILE_OK;
}

/* ---- functions as values: what they see is kept ---- */

static efile_status add_env(const expr_env **env, expr_scope *s, const expr_value *context)
{
	return expr_env_new(env, s, *env, context, false);
}

static efile_status add_one(const expr_env **env, expr_scope *s, const char *name,
			    const expr_value *v)
{
	expr_value context;

	TRY(value_context(&context, s));
	TRY(context_add(s, context.as.context, name, *v));
	return add_env(env, s, &context);
}

static efile_status capture(vm *m, const expr_env **out)
{
	const expr_env *env = m->run.env;
	const expr_value *partial;

	for (size_t i = m->run.names_base; i < m->frame_count; i++) {
		frame *f = &m->frames[i];

		if (f->kind == FRAME_BINDING || f->kind == FRAME_LOOP)
			TRY(add_one(&env, m->scope, f->name, &f->value));
		if (f->kind == FRAME_FILTER)
			TRY(add_one(&env, m->scope, "item", &f->value));
		if (f->kind == FRAME_PARTIAL) {
			TRY(vm_find(m, &partial, "partial"));
			TRY(add_one(&env, m->scope, "partial", partial));
		}
		if ((f->kind == FRAME_FILTER || f->kind == FRAME_CONTEXT) &&
		    f->value.kind == EXPR_CONTEXT)
			TRY(add_env(&env, m->scope, &f->value));
	}
	*out = env;
	return EFILE_OK;
}

efile_status vm_do_function(vm *m)
{
	expr_function f = { .kind = FUNCTION_CODE };
	expr_value v;
	bool known;

	TRY(type_operand(m, &f.type, &known, m->operand[0]));
	if (f.type->kind != EXPR_TYPE_FUNCTION)
		return vm_damaged(m);
	f.code = m->run.program;
	f.entry = m->run.next;
	TRY(capture(m, &f.env));
	TRY(value_function(&v, m->scope, &f));
	m->run.next = m->operand[1];
	return vm_push(m, v);
}

static const char *member_text(const expr_value *v, const char *key)
{
	const expr_value *member = v ? expr_member(v, key) : NULL;

	return member && member->kind == EXPR_STRING ? member->as.string.text : "";
}

/* { java: { class: "...", method signature: "..." } }; PMML models are not known. */
efile_status vm_do_external(vm *m)
{
	expr_value mapping = vm_pop(m), v;
	const expr_value *java = expr_member(&mapping, "java");
	const expr_type *type;
	bool known;

	TRY(type_operand(m, &type, &known, m->operand[0]));
	if (type->kind != EXPR_TYPE_FUNCTION)
		return vm_damaged(m);
	TRY(expr_function_java(&v, m->scope, type, member_text(java, "class"),
			       member_text(java, "method signature")));
	return vm_push(m, v);
}
