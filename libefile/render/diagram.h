/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A process diagram as boxes and lines, laid out and written as accessible SVG. Knows no BPMN file:
 * who has one fills this in. Coordinates are hundredths of a pixel. */
#ifndef RENDER_DIAGRAM_H
#define RENDER_DIAGRAM_H

#include "base/base.h"

/* In the order in which they are drawn, but for containers: those by their size. */
typedef enum diagram_shape {
	SHAPE_POOL, SHAPE_LANE, SHAPE_GROUP, SHAPE_TASK, SHAPE_START, SHAPE_MIDDLE, SHAPE_END,
	SHAPE_GATEWAY, SHAPE_DATA, SHAPE_STORE, SHAPE_NOTE, SHAPE_MESSAGE, SHAPE_CONVERSATION,
	SHAPE_CHOREOGRAPHY, SHAPE_BAND, SHAPE_COUNT
} diagram_shape;

/* What stands inside. */
typedef enum diagram_marker {
	MARK_NONE,
	/* of tasks, at the upper left */
	MARK_USER, MARK_SERVICE, MARK_MANUAL, MARK_SCRIPT, MARK_SEND, MARK_RECEIVE,
	MARK_RECEIVE_START, MARK_RULE, MARK_CALL, MARK_SUB_PROCESS,
	MARK_EVENT_SUB_PROCESS, MARK_TRANSACTION, MARK_AD_HOC, MARK_CHOREOGRAPHY,
	/* of events */
	MARK_MESSAGE, MARK_TIMER, MARK_SIGNAL, MARK_ERROR, MARK_ESCALATION, MARK_CANCEL,
	MARK_COMPENSATION, MARK_CONDITION, MARK_LINK, MARK_TERMINATE, MARK_MULTIPLE,
	MARK_PARALLEL_MULTIPLE,
	/* of gateways */
	MARK_EXCLUSIVE, MARK_EXCLUSIVE_PLAIN, MARK_PARALLEL, MARK_INCLUSIVE, MARK_COMPLEX,
	MARK_EVENT_BASED, MARK_EVENT_START, MARK_PARALLEL_START,
	/* of data */
	MARK_INPUT, MARK_OUTPUT, MARK_CONVERSATION,
	MARK_COUNT
} diagram_marker;

/* Small signs at the bottom of activities, pools and data: bits, drawn in this order. */
enum {
	SIGN_LOOP = 1, SIGN_PARALLEL = 2, SIGN_SEQUENTIAL = 4, SIGN_AD_HOC = 8,
	SIGN_COMPENSATION = 16, SIGN_COLLAPSED = 32, SIGN_COLLECTION = 64, SIGN_COUNT = 7
};

typedef enum diagram_border {
	BORDER_PLAIN, BORDER_THICK, BORDER_DOUBLE, BORDER_DOTTED, BORDER_DASHED
} diagram_border;

typedef enum diagram_arrow {
	ARROW_SEQUENCE, ARROW_MESSAGE, ARROW_ASSOCIATION, ARROW_DATA, ARROW_CONVERSATION
} diagram_arrow;

typedef struct diagram_area {
	int32_t x, y, width, height;
} diagram_area;

/* Colours as CSS writes them, NULL for the usual ones; borrowed. */
typedef struct diagram_colours {
	const char *fill, *stroke, *text;
} diagram_colours;

typedef struct diagram_box {
	diagram_shape shape;
	diagram_marker marker;
	diagram_border border;
	unsigned signs;
	const char *id, *label;     /* borrowed */
	diagram_area area, label_area; /* label_area.width 0: the usual place */
	diagram_colours colours;
	bool vertical;              /* a pool or lane whose label stands on top */
	bool container;             /* a sub-process whose inside is shown */
	bool thrown;                /* the marker is filled */
	bool empty;                 /* a pool without an inside: the name in the middle */
	bool shaded;                /* a band of one who does not begin; a message that answers */
	bool visited, active, incident; /* the overlay */
	uint32_t count;             /* how often visited, or instances that wait here; 0: not shown */
	uint8_t heat;               /* 1 to 5, 0: none */
	const char *heat_text;      /* borrowed, NULL: none */
	int host;                   /* layout: the box that a boundary event is attached to, -1 */
	int scope;                  /* layout: the container or pool around, added before; -1 */
} diagram_box;

typedef struct diagram_point {
	int32_t x, y;
} diagram_point;

typedef struct diagram_line {
	diagram_arrow arrow;
	const char *id, *label;
	int from, to;               /* boxes; -1 unknown */
	const diagram_point *points;/* borrowed, or of the layout */
	size_t point_count;
	diagram_area label_area;
	diagram_colours colours;
	bool standard, conditional;
	bool arrow_at_start, arrow_at_end; /* of associations; the others have theirs */
	bool carries;               /* a message flow with an envelope */
	bool visited;
} diagram_line;

typedef struct diagram {
	efile_ctx *ctx;
	const char *title;          /* borrowed */
	diagram_box *boxes;
	size_t box_count, box_capacity;
	diagram_line *lines;
	size_t line_count, line_capacity;
	diagram_point *laid;        /* the points of diagram_layout() */
	char **texts;               /* made for this diagram: diagram_text() */
	size_t text_count, text_capacity;
	bool overlay;               /* a legend explains visited and active */
	bool heat;                  /* a legend explains the heat */
} diagram;

void diagram_clear(diagram *d);
efile_status diagram_add_box(diagram *d, const diagram_box *box);
efile_status diagram_add_line(diagram *d, const diagram_line *line);
/* A text that lives as long as the diagram; takes what has gathered in the buffer. */
efile_status diagram_text(const char **out, diagram *d, buf *text);
/* Places all boxes in layers from left to right, boxes with a scope inside their scope, and draws
 * the lines anew. */
efile_status diagram_layout(diagram *d);
efile_status diagram_write_svg(buf *out, const diagram *d);

#endif
