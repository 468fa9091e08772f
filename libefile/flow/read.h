/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the reader of BPMN files and the reader of what stands inside their elements. */
#ifndef FLOW_READ_H
#define FLOW_READ_H

#include "flow/model.h"
#include "xml/xml.h"

/* Where the text of the element being read goes. */
typedef enum capture_kind {
	CAPTURE_NOTHING, CAPTURE_CONDITION, CAPTURE_NODE_REF, CAPTURE_TEXT, CAPTURE_SOURCE,
	CAPTURE_TARGET,
	CAPTURE_FIELD,          /* capture_index: field of the element */
	CAPTURE_FIELD_REF,      /* the same, a reference */
	CAPTURE_EXPRESSION,     /* the same, an expression */
	CAPTURE_TRIGGER,        /* text of the newest trigger: an expression */
	CAPTURE_TRIGGER_REF,
	CAPTURE_BEHAVIOUR,      /* condition of the newest behaviour */
	CAPTURE_MAPPING         /* source of the newest mapping */
} capture_kind;

typedef struct xml_frame {
	int element;            /* the innermost, NONE */
	bool label;             /* inside a BPMNLabel */
	bool shape, edge;       /* inside one of them */
	bool loop;              /* inside loop characteristics */
	bool trigger;           /* inside an event definition */
	int behaviour;          /* inside a complexBehaviorDefinition, NONE */
} xml_frame;

typedef struct bpmn_reader {
	bpmn_model *m;
	efile_ctx *ctx;
	xml_frame *frames;
	size_t frame_count, frame_capacity;
	capture_kind capture;
	int capture_index;
	size_t capture_depth;   /* frames when it began */
	buf text;
	long capture_line;
	bool root_seen;
} bpmn_reader;

/* ---- read.c ---- */
efile_status read_keep(bpmn_reader *r, text_ref *out, const char *text, size_t length);
/* Without the prefix of a qualified name. */
efile_status read_keep_ref(bpmn_reader *r, text_ref *out, const char *text, size_t length);
const xml_attribute *read_attribute(const xml_element *e, const char *name);
bool read_attribute_is(const xml_element *e, const char *name, const char *value);
void read_capture(bpmn_reader *r, capture_kind what, int index, const xml_element *e);

/* ---- read_parts.c ---- */
/* Attributes of an element that no other function reads. */
efile_status read_own_attributes(bpmn_reader *r, int element, const xml_element *e);
/* Attributes in the namespaces of engines; returns with nothing done for others. */
efile_status read_engine_attribute(bpmn_reader *r, int element, const xml_attribute *a);
/* A BPMN element inside another one. */
efile_status read_part(bpmn_reader *r, const xml_element *e, xml_frame *f);
/* An element in the namespace of an engine, inside extensionElements. */
efile_status read_engine_part(bpmn_reader *r, const xml_element *e, xml_frame *f);
/* read_form.c: a field of a form, a choice or a bound of the one before, inside a user task. */
efile_status read_form_part(bpmn_reader *r, const xml_element *e, int element);
/* The text that was captured; part of the element of the frame. */
efile_status read_part_text(bpmn_reader *r, int element);
/* FEEL from the spellings of other engines: "= a", "${a}". */
efile_status read_keep_expression(bpmn_reader *r, text_ref *out, const char *text, size_t length);
/* Resolves event definitions, references to items, and boundary events. */
void read_resolve_parts(bpmn_model *m);
efile_status read_resolve_references(bpmn_model *m);

#endif
