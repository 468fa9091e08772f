/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inside of the interpreter, shared by its instructions. */
#ifndef EXPR_VM_H
#define EXPR_VM_H

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


efile_status vm_damaged(vm *m);
efile_status vm_push(vm *m, expr_value v);
/* The stack holds what the instruction needs: run_one() has looked. */
expr_value vm_pop(vm *m);
expr_value *vm_top(vm *m);
efile_status vm_text(vm *m, uint32_t at, const char **text, size_t *length);
efile_status vm_add_frame(vm *m, frame f);
frame *vm_last_frame(vm *m, frame_kind kind); /* NULL if the last one is of another kind */
const expr_value *vm_frame_name(const frame *f, const char *name);
efile_status vm_charge(vm *m, uint64_t steps);
uint64_t vm_size_of(const expr_value *v);
int vm_truth_and(int a, int b);
int vm_truth_or(int a, int b);

/* Instructions of run_loop.c. */
efile_status vm_do_jump(vm *m);
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

#endif
