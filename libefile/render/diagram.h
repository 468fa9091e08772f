/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A process diagram as boxes and lines, laid out and written as accessible SVG. Knows no BPMN file:
 * who has one fills this in. Coordinates are hundredths of a pixel. */
#ifndef RENDER_DIAGRAM_H
#define RENDER_DIAGRAM_H

#include "base/base.h"

typedef enum diagram_shape {
	SHAPE_POOL, SHAPE_LANE, SHAPE_GROUP, SHAPE_SUBPROCESS, SHAPE_TASK, SHAPE_START, SHAPE_MIDDLE,
	SHAPE_END, SHAPE_GATEWAY, SHAPE_DATA, SHAPE_STORE, SHAPE_NOTE, SHAPE_COUNT
} diagram_shape;

typedef enum diagram_marker {
	MARK_NONE, MARK_USER, MARK_SERVICE, MARK_MANUAL, MARK_SCRIPT, MARK_SEND, MARK_RECEIVE,
	MARK_RULE, MARK_CALL, MARK_MESSAGE, MARK_TIMER, MARK_SIGNAL, MARK_ERROR, MARK_TERMINATE,
	MARK_EXCLUSIVE, MARK_PARALLEL, MARK_INCLUSIVE, MARK_COMPLEX, MARK_EVENT_BASED, MARK_COUNT
} diagram_marker;

typedef enum diagram_arrow { ARROW_SEQUENCE, ARROW_MESSAGE, ARROW_ASSOCIATION } diagram_arrow;

typedef struct diagram_area {
	int32_t x, y, width, height;
} diagram_area;

typedef struct diagram_box {
	diagram_shape shape;
	diagram_marker marker;
	const char *id, *label;     /* borrowed */
	diagram_area area, label_area; /* label_area.width 0: the usual place */
	bool vertical;              /* a pool or lane whose label stands on top */
	bool collapsed;
	bool visited, active;       /* the overlay */
	uint32_t count;             /* how often visited, or instances that wait here; 0: not shown */
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
	bool standard, conditional;
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
	bool overlay;               /* a legend explains visited and active */
} diagram;

void diagram_clear(diagram *d);
efile_status diagram_add_box(diagram *d, const diagram_box *box);
efile_status diagram_add_line(diagram *d, const diagram_line *line);
/* Places all boxes in layers from left to right and draws the lines anew. */
efile_status diagram_layout(diagram *d);
efile_status diagram_write_svg(buf *out, const diagram *d);

#endif
