/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the two halves of the compiler: nodes and edges, and what belongs to them. */
#ifndef FLOW_COMPILE_H
#define FLOW_COMPILE_H

#include "flow/definition.h"
#include "flow/model.h"

enum { CORRELATIONS_MAX = 300 };

typedef struct compiler {
	efile_ctx *ctx;
	const bpmn_model *m;
	efile_report *report;
	int process;            /* element: a process or global task */
	buf nodes, edges, triggers, mappings, programs, lists, bits, pool, code;
	uint32_t *texts;        /* open addressing over the pool */
	size_t text_count, text_room;
	bool *inside;           /* by element: belongs to this process */
	uint32_t *number;       /* of each element among the nodes or the edges */
	unsigned char *watched; /* by element */
	int *compensator;       /* by element: the activity that undoes it, NONE */
	int *undo;              /* by element: start of its compensating event sub-process, NONE */
	bool *keeps;            /* by element: FLAG_KEEPS */
	uint32_t node_count, edge_count, trigger_count, mapping_count, program_count;
	uint32_t list_count, bit_words;
	char **names;           /* names.c: of variables that something sets, sorted */
	size_t names_count, names_capacity;
	bool names_closed;      /* there are no others */
	int correlations[CORRELATIONS_MAX]; /* elements: keys, properties and their parts, in order */
	size_t correlation_count;
} compiler;

/* ---- compile.c ---- */
uint32_t compile_text(compiler *c, const char *text);
uint32_t compile_ref(compiler *c, text_ref text);
/* A finding about an element that makes the file not executable. */
efile_status compile_refuse(compiler *c, int element, long line, const char *rule,
			    const char *format, const char *detail);
/* The name of the variable that a data object or reference stands for. */
const char *compile_data_name(const compiler *c, int element);

/* Whose working days count for an element, 0: none is named. */
text_ref compile_calendar(const compiler *c, int element);

/* ---- names.c ---- */
/* All names of variables that the file says; compiler.names is to be freed with its texts. */
efile_status compile_collect_names(compiler *c);
void compile_names_clear(compiler *c);
/* Warns of functions and variables of an expression that nobody knows. */
efile_status compile_check_names(compiler *c, int element, const char *text);
/* The same for what an attribute of a user task says, if it is an expression. */
efile_status compile_check_attribute(compiler *c, int element, text_ref text);

/* ---- compile_parts.c ---- */
/* Sets *number to the program + 1, 0 for no text. */
efile_status compile_program(compiler *c, uint32_t *number, int element, text_ref text);
/* The same of a text of our own, whose names are not judged. */
efile_status compile_source(compiler *c, uint32_t *number, int element, const char *text);
/* correlate.c: the key of a message (element: who throws or awaits it), program + 1; *follows: it
 * changes with the data. */
efile_status compile_key(compiler *c, uint32_t *number, uint32_t *follows, int element, int item,
			 bool throws);
/* How the keys of the messages that the process awaits are read from them: triggers of its own. */
efile_status compile_correlations(compiler *c, int process);
/* compile_parts.c: the name that a message goes by; the message of an event or task. */
const char *compile_message_name(const compiler *c, int message);
int compile_message_of(const compiler *c, int element);
void compile_put_trigger(compiler *c, const uint32_t *words);
efile_status compile_triggers(compiler *c, int element, uint32_t *words);
efile_status compile_mappings(compiler *c, int element, uint32_t *words);
efile_status compile_bits(compiler *c);

#endif
