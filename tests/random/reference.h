/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A slow interpreter of random processes, written from the text of BPMN 2.0.2, chapters 10 and 13, for
 * comparison with the engine. It searches where the engine has tables, and shares nothing with it.
 *
 * What the specification leaves open it decides as docs/BPMN.md says: tokens move in the order in which
 * they came to be; what throws a message or signal waits until nothing else moves. */
#ifndef TESTS_RANDOM_REFERENCE_H
#define TESTS_RANDOM_REFERENCE_H

#include "graph.h"

enum { ITEMS_MAX = 2000, TOKENS_MAX = 1000, ARRIVED_MAX = 600, LOG_MAX = 4000, MOVES_MAX = 1500 };

/* What is alive, in the order in which it began. */
typedef enum item_kind {
	I_TASK, I_JOB, I_INCIDENT,      /* wait for the outside */
	I_LISTEN,                       /* for the event of a node, on behalf of its owner */
	I_CATCH,                        /* a token at an event or event-based gateway */
	I_SCOPE, I_LOOP,
	I_DONE,                         /* can be compensated */
	I_UNDO                          /* a throw that waits for compensation */
} item_kind;

typedef struct item {
	item_kind kind;
	bool alive;
	int node, scope, owner; /* indexes; scope and owner are items, 0 is the process */
	int index;              /* of a loop */
	int total, begun, done; /* of a loop */
	bool held;              /* condition: held when last looked at */
	bool is_scope;          /* I_DONE: of a sub-process */
	bool taken_apart;       /* I_DONE: what is in it goes first */
	bool ends;              /* I_UNDO: of an end event */
	int order;              /* I_DONE: when */
} item;

typedef enum manner { BY_FLOW, FIRST, FIRED, LEAVING, BODY } manner;

typedef struct token {
	int node, flow, scope, index;
	manner how;
} token;

typedef enum outcome { RUNNING, ENDED, FAILED, STUCK, TOO_LONG } outcome;

typedef struct reference {
	const graph *g;
	outcome outcome;
	int code;               /* of the error that ended it */
	int variables[VARIABLES];
	item items[ITEMS_MAX];
	int item_count;         /* from 1 */
	token work[TOKENS_MAX], later[TOKENS_MAX];
	int work_count, later_count;
	struct { int scope, flow, count; } arrived[ARRIVED_MAX];
	int arrived_count;
	token now;
	bool has_now;           /* the token that moves */
	bool gone;              /* it has ended what it stood in */
	bool looked;            /* conditions need not be looked at */
	int moves, order;
	int done[LOG_MAX], done_count;  /* activities of this step */
	int thrown[LOG_MAX], thrown_count; /* throwing events of this step */
} reference;

void reference_start(reference *r, const graph *g, const int *variables);
/* Events from outside, on an item that is alive. */
void reference_complete(reference *r, int item);                /* task, job */
void reference_job_error(reference *r, int item, int code);
void reference_retry(reference *r, int item);                   /* incident */
void reference_fire(reference *r, int item);                    /* message, timer */
void reference_signal(reference *r, int name);
/* Variables that an event brings; before the event. */
void reference_begin(reference *r);
void reference_set(reference *r, int variable, int value);

#endif
