/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bytes of a definition. All numbers are u32, big-endian; texts are offsets into the pool, which
 * begins and ends with NUL; "+ 1" marks references where 0 says none.
 *
 *   head        HEAD_WORDS numbers
 *   nodes       NODE_WORDS each; the last one is the process itself
 *   edges       EDGE_WORDS each (sequence flows)
 *   triggers    TRIGGER_WORDS each (event definitions), those of a node one after the other
 *   mappings    MAPPING_WORDS each (input and output parameters)
 *   programs    PROGRAM_WORDS each (expressions)
 *   lists       numbers of edges, nodes or texts: what nodes name by first and count
 *   bits        of joins: for each incoming edge the nodes from which a token can come to it
 *               without passing the join (BPMN 2.0, 13.4.3); a bit per node in words of 32
 *   pool        texts
 *   code        compiled expressions (expr/code.h) */
#ifndef FLOW_DEFINITION_H
#define FLOW_DEFINITION_H

#include "expr/expr.h"
#include "flow/flow.h"

enum { DEFINITION_MAGIC = 0x45464250, DEFINITION_VERSION = 1 };

typedef enum head_word {
	HEAD_MAGIC, HEAD_VERSION, HEAD_LENGTH, HEAD_NODES, HEAD_EDGES, HEAD_TRIGGERS,
	HEAD_MAPPINGS, HEAD_PROGRAMS, HEAD_LISTS, HEAD_BITS, HEAD_POOL, HEAD_CODE, HEAD_ID,
	HEAD_NAME, HEAD_TAG, HEAD_WORDS
} head_word;

typedef enum node_word {
	NODE_KIND,
	NODE_SCOPE,             /* node of the process or sub-process around it */
	NODE_ID, NODE_NAME, NODE_LANE, NODE_GROUPS, NODE_USERS, NODE_ASSIGNEE, NODE_DUE_IN,
	NODE_FORM, NODE_HANDLER, NODE_RESULT, NODE_CALLED, NODE_BINDING_VALUE, NODE_RETRIES,
	NODE_PRIORITY, NODE_FOLLOW_UP,
	NODE_ITEM, NODE_OUT_COLLECTION, /* the last of the texts */
	NODE_FIRST_OUT, NODE_OUT_COUNT,
	NODE_FIRST_IN, NODE_IN_COUNT,
	NODE_FIRST_SEPARATE, NODE_SEPARATE_COUNT, /* whose performers are shut out */
	NODE_FIRST_BOUNDARY, NODE_BOUNDARY_COUNT, /* events attached to an activity */
	NODE_FIRST_ENTRY, NODE_ENTRY_COUNT,       /* of a scope: where tokens begin */
	NODE_FIRST_EVENT, NODE_EVENT_COUNT,       /* starts of its event sub-processes */
	NODE_FIRST_DATA, NODE_DATA_COUNT,         /* names of its data objects; the last list */
	NODE_DEFAULT,           /* edge + 1 */
	NODE_WATCHED,           /* its performer counts for another task */
	NODE_FLAGS, NODE_BINDING, NODE_START_QUANTITY, NODE_COMPLETION_QUANTITY,
	NODE_FIRST_TRIGGER, NODE_TRIGGER_COUNT,
	NODE_FIRST_BEHAVIOUR, NODE_BEHAVIOUR_COUNT, /* triggers that multiple instances throw */
	NODE_FIRST_INPUT, NODE_INPUT_COUNT, NODE_FIRST_OUTPUT, NODE_OUTPUT_COUNT, /* mappings */
	NODE_HOST,              /* + 1: of a boundary event */
	NODE_COMPENSATOR,       /* + 1: the activity that undoes this one */
	NODE_UNDO_EVENT,        /* + 1: start of its event sub-process for compensation */
	NODE_PROGRAM,           /* + 1: script, or activation or completion condition */
	NODE_LOOP, NODE_LOOP_MAXIMUM, /* + 1 */
	NODE_CARDINALITY, NODE_COLLECTION, NODE_LOOP_CONDITION, NODE_OUT_ITEM, /* programs + 1 */
	NODE_BITS,              /* + 1: of a join */
	NODE_WORDS
} node_word;

typedef enum node_flag {
	FLAG_INTERRUPTING = 1, FLAG_PARALLEL_MULTIPLE = 2, FLAG_TEST_BEFORE = 4,
	FLAG_INSTANTIATE = 8, FLAG_PARALLEL_START = 16, FLAG_SEQUENTIAL = 32,
	FLAG_CANCEL_REMAINING = 64, FLAG_COMPENSATION = 128,
	FLAG_KEEPS = 256,       /* there is something to compensate when it is done */
	FLAG_THROW_ONCE = 512,  /* behaviour "One" */
	FLAG_WAITS_FOR = 1024   /* an event-based gateway stands before it */
} node_flag;

typedef enum node_loop { ONCE, LOOP_WHILE, MULTI_SEQUENTIAL, MULTI_PARALLEL } node_loop;

typedef enum edge_word {
	EDGE_ID, EDGE_NAME, EDGE_SOURCE, EDGE_TARGET, EDGE_PROGRAM /* + 1 */, EDGE_WORDS
} edge_word;

typedef enum trigger_kind {
	TRIGGER_MESSAGE, TRIGGER_SIGNAL, TRIGGER_TIMER, TRIGGER_CONDITION, TRIGGER_ERROR,
	TRIGGER_ESCALATION, TRIGGER_COMPENSATION, TRIGGER_CANCEL, TRIGGER_LINK, TRIGGER_TERMINATE,
	TRIGGER_CORRELATION,    /* of the process itself: how the key of a message is read from it */
	TRIGGER_KINDS
} trigger_kind;

typedef enum trigger_timer { TIME_DATE, TIME_DURATION, TIME_CYCLE, TIME_KINDS } trigger_timer;

typedef enum trigger_word {
	TRIGGER_KIND, TRIGGER_NODE, TRIGGER_NAME, TRIGGER_TEXT, TRIGGER_CODE_VARIABLE,
	TRIGGER_MESSAGE_VARIABLE, TRIGGER_TIME,
	TRIGGER_PROGRAM, TRIGGER_KEY, /* + 1: condition or time; correlation key */
	TRIGGER_TARGET,         /* + 1: node of the link or to compensate; of a message that is waited
				 * for: 1 if its key follows the data */
	TRIGGER_WAITS, TRIGGER_WORDS
} trigger_word;

typedef enum mapping_word {
	MAPPING_KIND, MAPPING_SOURCE, MAPPING_TARGET, MAPPING_PROGRAM /* + 1 */, MAPPING_WORDS
} mapping_word;

/* A comparison of one variable with an integer needs no interpreter. */
typedef enum program_test {
	TEST_NONE, TEST_EQUAL, TEST_UNEQUAL, TEST_LESS, TEST_LESS_EQUAL, TEST_GREATER,
	TEST_GREATER_EQUAL, TEST_KINDS
} program_test;

typedef enum program_word {
	PROGRAM_CODE, PROGRAM_LENGTH, PROGRAM_TEST, PROGRAM_VARIABLE, PROGRAM_NUMBER, PROGRAM_WORDS
} program_word;

static inline uint32_t definition_u32(const flow_definition *d, size_t at)
{
	uint32_t word;

	__builtin_memcpy(&word, d->bytes + at, sizeof(word));
	return __builtin_bswap32(word);
}

static inline uint32_t head(const flow_definition *d, head_word word)
{
	return definition_u32(d, 4 * (size_t)word);
}

static inline uint32_t node_get(const flow_definition *d, uint32_t node, node_word word)
{
	return definition_u32(d, 4 * (HEAD_WORDS + (size_t)node * NODE_WORDS + word));
}

static inline uint32_t edge_get(const flow_definition *d, uint32_t edge, edge_word word)
{
	return definition_u32(d, d->edges + 4 * ((size_t)edge * EDGE_WORDS + word));
}

static inline uint32_t trigger_get(const flow_definition *d, uint32_t trigger, trigger_word word)
{
	return definition_u32(d, d->triggers + 4 * ((size_t)trigger * TRIGGER_WORDS + word));
}

static inline uint32_t mapping_get(const flow_definition *d, uint32_t mapping, mapping_word word)
{
	return definition_u32(d, d->mappings + 4 * ((size_t)mapping * MAPPING_WORDS + word));
}

static inline uint32_t program_get(const flow_definition *d, uint32_t program, program_word word)
{
	return definition_u32(d, d->programs + 4 * ((size_t)program * PROGRAM_WORDS + word));
}

static inline uint32_t list_get(const flow_definition *d, uint32_t index)
{
	return definition_u32(d, d->lists + 4 * (size_t)index);
}

static inline const char *definition_text(const flow_definition *d, uint32_t text)
{
	return (const char *)d->bytes + d->pool + text;
}

static inline const char *node_text(const flow_definition *d, uint32_t node, node_word word)
{
	return definition_text(d, node_get(d, node, word));
}

static inline bool node_flag_set(const flow_definition *d, uint32_t node, node_flag flag)
{
	return node_get(d, node, NODE_FLAGS) & flag;
}

/* The process itself among the nodes. */
static inline uint32_t process_node(const flow_definition *d)
{
	return head(d, HEAD_NODES) - 1;
}

/* Whether a token at the node can reach the n-th incoming edge of the join. */
static inline bool reaches(const flow_definition *d, uint32_t join, uint32_t in, uint32_t node)
{
	size_t row = (head(d, HEAD_NODES) + 31) / 32;
	size_t at = node_get(d, join, NODE_BITS) - 1 + in * row + node / 32;

	return definition_u32(d, d->bits + 4 * at) >> (node % 32) & 1;
}

/* Kinds by what they have in common. */
bool node_is_activity(uint32_t kind);
bool node_is_scope(uint32_t kind);
bool node_is_join(uint32_t kind); /* inclusive or complex: needs bits */

#endif
