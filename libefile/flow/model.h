/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A BPMN 2.0 file as it was read: elements, flows, lanes and the diagram, texts in one pool. Built
 * by read.c, judged by check.c, made into a definition by compile.c, drawn by picture.c. */
#ifndef FLOW_MODEL_H
#define FLOW_MODEL_H

#include "base/base.h"

typedef uint32_t text_ref; /* offset in the pool; 0 is "" */

enum { NONE = -1 };

typedef enum bpmn_kind {
	BPMN_PROCESS, BPMN_START, BPMN_END, BPMN_TASK, BPMN_USER_TASK, BPMN_SERVICE_TASK,
	BPMN_MANUAL_TASK, BPMN_SCRIPT_TASK, BPMN_SEND_TASK, BPMN_RECEIVE_TASK, BPMN_RULE_TASK,
	BPMN_CALL, BPMN_SUBPROCESS, BPMN_TRANSACTION, BPMN_AD_HOC, BPMN_EXCLUSIVE, BPMN_PARALLEL,
	BPMN_INCLUSIVE, BPMN_COMPLEX, BPMN_EVENT_BASED, BPMN_CATCH, BPMN_THROW, BPMN_BOUNDARY,
	BPMN_SEQUENCE_FLOW, BPMN_LANE, BPMN_PARTICIPANT, BPMN_MESSAGE_FLOW, BPMN_ASSOCIATION,
	BPMN_DATA_OBJECT, BPMN_DATA_STORE, BPMN_ANNOTATION, BPMN_GROUP, BPMN_OTHER
} bpmn_kind;

typedef enum bpmn_class {
	CLASS_PROCESS, CLASS_NODE, CLASS_FLOW, CLASS_LANE, CLASS_ARTIFACT, CLASS_LINE
} bpmn_class;

typedef struct bpmn_kind_row {
	const char *name;       /* of the XML element */
	bpmn_kind kind;
	bpmn_class class;
	bool runs;              /* the engine executes it */
	bool scope;             /* holds nodes of its own */
} bpmn_kind_row;

/* What is read of the attributes of an element; the same field can come from several notations. */
typedef enum bpmn_field {
	FIELD_GROUPS, FIELD_USERS, FIELD_ASSIGNEE, FIELD_DUE_IN, FIELD_SEPARATE, FIELD_FORM,
	FIELD_HANDLER, FIELD_COUNT
} bpmn_field;

typedef enum bpmn_event { /* bits */
	EVENT_TERMINATE = 1, EVENT_MESSAGE = 2, EVENT_TIMER = 4, EVENT_SIGNAL = 8, EVENT_ERROR = 16,
	EVENT_OTHER = 32
} bpmn_event;

typedef struct bpmn_element {
	const bpmn_kind_row *kind;
	text_ref id, name;
	long line, column;
	int parent;             /* the process or sub-process, NONE */
	int lane;               /* NONE */
	text_ref source, target;/* of flows and other lines */
	int from, to;           /* resolved, NONE if dangling */
	text_ref condition;
	bool has_condition;
	long condition_line;
	text_ref default_ref;
	int default_flow;       /* resolved, NONE */
	unsigned events;
	bool loop, parallel_loop;
	bool executable;        /* of a process */
	text_ref fields[FIELD_COUNT];
	uint32_t out_count, in_count;
	uint32_t first_out;     /* in model.outgoing */
	bool reached;
} bpmn_element;

typedef int32_t coord;          /* hundredths of a pixel */

typedef struct bpmn_shape {
	text_ref element;
	coord x, y, width, height;
	coord label_x, label_y, label_width, label_height;
	bool has_label, collapsed, vertical;
	long line;
} bpmn_shape;

typedef struct bpmn_point {
	coord x, y;
} bpmn_point;

typedef struct bpmn_edge {
	text_ref element;
	uint32_t first_point, point_count;
	coord label_x, label_y, label_width, label_height;
	bool has_label;
	long line;
} bpmn_edge;

typedef struct bpmn_lane_ref {
	int lane;
	text_ref node;
	long line;
} bpmn_lane_ref;

#define VECTOR(type, name) type *name; size_t name##_count, name##_capacity

typedef struct bpmn_model {
	efile_ctx *ctx;
	buf pool;
	VECTOR(bpmn_element, elements);
	VECTOR(bpmn_lane_ref, lane_refs);
	VECTOR(bpmn_shape, shapes);
	VECTOR(bpmn_edge, edges);
	VECTOR(bpmn_point, points);
	int *by_id;             /* elements with an id, sorted by it */
	size_t by_id_count;
	int *outgoing;          /* sequence flows by source */
	int process;            /* the one that runs, NONE */
} bpmn_model;

void bpmn_model_clear(bpmn_model *m);
/* Reads a file. What is not XML is an error; what is wrong in it, check.c says. */
efile_status bpmn_read(bpmn_model *m, efile_ctx *ctx, efile_reader *reader, const char *name);
const char *bpmn_text(const bpmn_model *m, text_ref at);
int bpmn_find(const bpmn_model *m, const char *id); /* NONE */
/* Adds the findings; a definition can be compiled if none is an error. */
efile_status bpmn_check(const bpmn_model *m, efile_report *report);

#endif
