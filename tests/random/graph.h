/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A random process as a plain graph, and its BPMN file. What runs it (reference.c) knows this graph
 * and nothing of the library. */
#ifndef TESTS_RANDOM_GRAPH_H
#define TESTS_RANDOM_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NODES_MAX = 160, FLOWS_MAX = 400, VARIABLES = 4, NAMES = 3, NONE = -1 };

typedef enum node_kind {
	N_START, N_END, N_TASK, N_USER, N_JOB, N_SCRIPT, N_XOR, N_AND, N_OR, N_EVENT_GATE, N_CATCH,
	N_THROW, N_SUB, N_EVENT_SUB, N_BOUNDARY
} node_kind;

typedef enum trigger {
	T_NONE, T_MESSAGE, T_SIGNAL, T_TIMER, T_CONDITION, T_ERROR, T_ESCALATION, T_TERMINATE,
	T_COMPENSATE
} trigger;

typedef enum loop_kind { L_ONCE, L_WHILE, L_SEQUENTIAL, L_PARALLEL } loop_kind;
typedef enum compare { AT_LEAST, LESS, EQUAL } compare;

/* A condition on one variable. */
typedef struct test {
	bool set;
	int variable, value;
	compare how;
} test;

typedef struct graph_node {
	node_kind kind;
	trigger trigger;
	int name;               /* which message, signal, error or escalation */
	int scope;              /* the sub-process around it, NONE */
	int host;               /* of a boundary event */
	bool interrupting;
	loop_kind loop;
	int cardinality;        /* of multiple instances */
	int complete_at;        /* completion condition: so many are done; 0: none */
	bool test_before;
	int maximum;            /* of a standard loop */
	int start_quantity, completion_quantity;
	int variable, add;      /* what a script does */
	test condition;         /* of a conditional event or a standard loop */
	int handler;            /* what compensates it, NONE */
	bool is_handler;
	bool after_gate;        /* stands behind an event-based gateway */
} graph_node;

typedef struct graph_flow {
	int from, to;
	test condition;
	bool is_default;
} graph_flow;

typedef struct graph {
	uint64_t seed;
	graph_node nodes[NODES_MAX];
	int node_count;
	graph_flow flows[FLOWS_MAX];
	int flow_count;
} graph;

uint32_t random_below(uint64_t *seed, uint32_t limit);
void graph_make(graph *g, uint64_t seed);
/* Writes the file into a buffer; false if there is no room. */
bool graph_write(const graph *g, char *out, size_t size);
bool is_activity(const graph_node *n);

#endif
