/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inside of the interpreter, shared by its instructions. */
#ifndef EXPR_VM_H
#define EXPR_VM_H

#include "expr/code.h"

typedef enum frame_kind {
	FRAME_BINDING, FRAME_LOOP, FRAME_FILTER, FRAME_CONTEXT, FRAME_PARTIAL, FRAME_CALL
} frame_kind;

/* One program, or function body, that is being run. */
typedef struct vm_run {
	expr_program program;
	const unsigned char *code;
	const unsigned char *pool;
	size_t code_length, pool_length;
	size_t pc;              /* of the instruction being run */
	size_t next;            /* of the one behind it */
	const expr_env *env;
	size_t stack_base;      /* nothing below it is of this run */
	size_t names_base;      /* the first frame whose names are seen */
	size_t frame_base;      /* the first that is of this run; those before it hold parameters */
} vm_run;

/* What gives names a meaning inside the expression. */
typedef struct frame {
	frame_kind kind;
	bool probe;             /* a filter's single run on an empty list */
	bool is_date;           /* a loop over days */
	const char *name;
	expr_value value;       /* bound; current item; context in the making; list in the making */
	const expr_list *list;  /* what is iterated, or NULL for numbers and days */
	size_t next;
	int64_t number, last;
	const expr_function *function; /* FRAME_CALL: what was called, and where to go on */
	vm_run back;
} frame;

/* The machine: kept by the scope, so that its stacks are allocated once. */
typedef struct vm {
	efile_ctx *ctx;
	expr_scope *scope;
	uint32_t operand[3];
	expr_value *stack;
	size_t used, capacity;
	frame *frames;
	size_t frame_count, frame_capacity;
	uint64_t steps;         /* of the outermost evaluation */
	uint32_t calls;         /* of functions inside one another */
	vm_run run;
} vm;

void vm_free(vm *m);
/* Where in the text the instruction comes from that is being run. */
void vm_place(const expr_scope *scope, uint32_t *line, uint32_t *column);

efile_status vm_damaged(vm *m);
efile_status vm_push(vm *m, expr_value v);
/* The stack holds what the instruction needs: run_one() has looked. */
expr_value vm_pop(vm *m);
expr_value *vm_top(vm *m);
efile_status vm_text(vm *m, uint32_t at, const char **text, size_t *length);
efile_status vm_add_frame(vm *m, const frame *f);
frame *vm_last_frame(vm *m, frame_kind kind); /* NULL if the last one is of another kind */
efile_status vm_charge(vm *m, uint64_t steps);
uint64_t vm_size_of(const expr_value *v);
int vm_truth_and(int a, int b);
int vm_truth_or(int a, int b);
/* The value of a name, NULL if it has none. */
efile_status vm_find(vm *m, const expr_value **out, const char *name);
efile_status vm_start(vm_run *run, efile_ctx *ctx, const expr_program *program, size_t entry,
		      const expr_env *env);
/* Runs m->run until its end; the result is on the stack. */
efile_status vm_loop(vm *m);
/* Begins the body of a function of code; its arguments are the topmost of the stack. */
efile_status vm_enter(vm *m, const expr_function *f, size_t count);

/* run_loop.c */
efile_status vm_do_jump(vm *m);
efile_status vm_do_partial(vm *m);
efile_status vm_do_iterate(vm *m);
efile_status vm_do_iterate_span(vm *m);
efile_status vm_do_next(vm *m);
efile_status vm_do_quantify(vm *m);
efile_status vm_do_filter(vm *m);
efile_status vm_do_filter_next(vm *m);
efile_status vm_do_filter_test(vm *m);
efile_status vm_do_bind(vm *m);
efile_status vm_do_unbind(vm *m);
efile_status vm_do_test(vm *m);
efile_status vm_do_truth(vm *m);

/* run_call.c */
efile_status vm_do_call(vm *m);
efile_status vm_do_wrong_call(vm *m);
efile_status vm_do_invoke(vm *m);
efile_status vm_do_function(vm *m);
efile_status vm_do_external(vm *m);
efile_status vm_do_instance(vm *m);
/* At the end of a body: back to the caller with the result on the stack. */
efile_status vm_leave(vm *m);
/* Runs a function of code in an evaluation of its own. */
efile_status function_run(expr_value *out, expr_scope *s, const expr_function *f,
			  const expr_value *args, size_t count);

#endif
