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
	BPMN_DATA_OBJECT, BPMN_DATA_STORE, BPMN_ANNOTATION, BPMN_GROUP, BPMN_MESSAGE, BPMN_SIGNAL,
	BPMN_ERROR, BPMN_ESCALATION, BPMN_OPERATION, BPMN_CORRELATION, BPMN_PROPERTY, BPMN_KEY,
	BPMN_KEY_PART, BPMN_SUBSCRIPTION, BPMN_BINDING, BPMN_OTHER
} bpmn_kind;

typedef enum bpmn_class {
	CLASS_PROCESS, CLASS_NODE, CLASS_FLOW, CLASS_LANE, CLASS_ARTIFACT, CLASS_LINE,
	CLASS_ITEM      /* what events refer to: messages, signals, errors, ... */
} bpmn_class;

typedef struct bpmn_kind_row {
	const char *name;       /* of the XML element */
	bpmn_kind kind;
	bpmn_class class;
	bool runs;              /* the engine executes it */
	bool scope;             /* holds nodes of its own */
} bpmn_kind_row;

/* Texts of an element, from its attributes and the parts inside; the same field can come from
 * several notations. Expressions are FEEL already, whatever engine's spelling they came in. */
typedef enum bpmn_field {
	FIELD_GROUPS, FIELD_USERS, FIELD_ASSIGNEE, FIELD_DUE_IN, FIELD_SEPARATE, FIELD_FORM,
	FIELD_HANDLER, FIELD_PRIORITY, FIELD_FOLLOW_UP,
	FIELD_CALENDAR,         /* whose working days count */
	FIELD_SEPARATE_DEPUTIES,/* "false": separation of duty is of those who act alone */
	FIELD_VARIABLES,        /* names of variables that come in here; "-": none */
	FIELD_RETAIN,           /* of a process: days that an instance is kept after its end */
	FIELD_DETAILS,          /* rows of flow/form.h */
	FIELD_ROUTE,            /* who has a user task one after the other: an expression */
	FIELD_SCRIPT, FIELD_LANGUAGE,   /* of scripts, "" is FEEL */
	FIELD_RESULT,           /* variable for the result of a script, decision or handler */
	FIELD_DECISION,         /* name of the decision of a business rule task */
	FIELD_CALLED, FIELD_BINDING, FIELD_BINDING_VALUE, /* of call activities */
	FIELD_MESSAGE, FIELD_OPERATION,
	FIELD_ATTACHED,         /* of boundary events: the activity */
	FIELD_CONDITION,        /* activation (complex gateway), completion (ad-hoc) */
	FIELD_CARDINALITY, FIELD_COLLECTION, FIELD_ITEM, FIELD_OUT_COLLECTION, FIELD_OUT_ITEM,
	FIELD_COMPLETION,       /* of multiple instances */
	FIELD_BEHAVIOUR_EVENT, FIELD_LOOP_CONDITION,
	FIELD_CODE,             /* of errors and escalations */
	FIELD_CORRELATION,      /* the key of a message, or of a subscription to it; of a property: where a
				 * message or the process has it */
	FIELD_RETRIES, FIELD_VERSION_TAG,
	FIELD_PROCESS,          /* of participants */
	FIELD_DATA,             /* of references to data objects and stores: the thing itself; of parts
				 * of a correlation: the key or property that they mean */
	FIELD_COUNT
} bpmn_field;

typedef enum bpmn_event { /* bits */
	EVENT_TERMINATE = 1, EVENT_MESSAGE = 2, EVENT_TIMER = 4, EVENT_SIGNAL = 8, EVENT_ERROR = 16,
	EVENT_ESCALATION = 32, EVENT_COMPENSATE = 64, EVENT_CONDITIONAL = 128, EVENT_LINK = 256,
	EVENT_CANCEL = 512, EVENT_REFERENCE = 1024 /* names a definition outside; until resolved */
} bpmn_event;

typedef enum bpmn_timer { TIMER_NONE, TIMER_DATE, TIMER_DURATION, TIMER_CYCLE } bpmn_timer;

/* An event definition, in document order. */
typedef struct bpmn_trigger {
	bpmn_event kind;
	int owner;              /* the event or activity; NONE: stands in the definitions */
	int behaviour;          /* thrown by this behaviour of a multi-instance activity, NONE */
	text_ref id;
	text_ref ref;           /* message, signal, error, escalation, activity, other definition */
	int item;               /* that element, NONE */
	text_ref text;          /* condition, point of time, name of the link */
	text_ref code_variable, message_variable; /* for what an error or escalation tells */
	bpmn_timer timer;
	bool waits;             /* for the end of what it triggers (compensation) */
	long line;
} bpmn_trigger;

/* A complexBehaviorDefinition. */
typedef struct bpmn_behaviour {
	int owner;
	text_ref condition;
	long line;
} bpmn_behaviour;

typedef enum bpmn_mapping_kind {
	MAPPING_EXPRESSION,     /* source is FEEL */
	MAPPING_TEXT,           /* source is a text */
	MAPPING_NAME,           /* source is the name of a variable */
	MAPPING_ALL             /* all variables */
} bpmn_mapping_kind;

/* An input or output parameter of an element; of a data association: an assignment. */
typedef struct bpmn_mapping {
	int owner;
	bool output;
	bpmn_mapping_kind kind;
	text_ref source, target;
	long line;
} bpmn_mapping;

typedef enum bpmn_loop { LOOP_NONE, LOOP_STANDARD, LOOP_SEQUENTIAL, LOOP_PARALLEL } bpmn_loop;
typedef enum bpmn_throws { THROWS_ALL, THROWS_NONE, THROWS_ONE, THROWS_COMPLEX } bpmn_throws;

typedef struct bpmn_element {
	const bpmn_kind_row *kind;
	text_ref id, name;
	long line, column;
	int parent;             /* the process or sub-process, NONE */
	int owner;              /* the element right around, NONE */
	int lane;               /* NONE */
	text_ref source, target;/* of flows and other lines */
	int from, to;           /* resolved, NONE if dangling */
	text_ref condition;
	bool has_condition;
	long condition_line;
	text_ref default_ref;
	int default_flow;       /* resolved, NONE */
	unsigned events;
	bpmn_loop loop;
	bpmn_throws throws;     /* behaviour of multiple instances */
	bool test_before, has_loop_maximum;
	long loop_maximum;
	long start_quantity, completion_quantity;
	bool executable;        /* of a process */
	bool has_start;         /* of a process or sub-process: a start event is in it */
	bool by_event;          /* triggeredByEvent */
	bool interrupting;      /* isInterrupting, cancelActivity */
	bool parallel_multiple;
	bool instantiate, parallel_start;
	bool for_compensation;
	bool sequential;        /* ad-hoc: ordering */
	bool cancel_remaining;
	bool collection;        /* of data objects */
	int attached;           /* boundary event: the activity, NONE */
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
	VECTOR(bpmn_trigger, triggers);
	VECTOR(bpmn_behaviour, behaviours);
	VECTOR(bpmn_mapping, mappings);
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
/* How many catching links a throwing one leads to; *first (may be NULL) is the first of these events. */
size_t bpmn_link_targets(const bpmn_model *m, const bpmn_trigger *t, int *first);
/* Adds the findings; a definition can be compiled if none is an error. */
efile_status bpmn_check(const bpmn_model *m, efile_report *report);
/* The same without what the rules of the specification (rules.h) say about the file. */
efile_status bpmn_check_run(const bpmn_model *m, efile_report *report);

#endif
