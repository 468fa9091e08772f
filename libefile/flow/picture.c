/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The diagram of a BPMN file: its own layout if it has one, ours if not, with marks on top. */
#include "flow/picture.h"

#include <stdlib.h>
#include <string.h>

static const struct picture_row {
	bpmn_kind kind;
	diagram_shape shape;
	diagram_marker marker;
} rows[] = {
	{ BPMN_START, SHAPE_START, MARK_NONE },
	{ BPMN_END, SHAPE_END, MARK_NONE },
	{ BPMN_TASK, SHAPE_TASK, MARK_NONE },
	{ BPMN_USER_TASK, SHAPE_TASK, MARK_USER },
	{ BPMN_SERVICE_TASK, SHAPE_TASK, MARK_SERVICE },
	{ BPMN_MANUAL_TASK, SHAPE_TASK, MARK_MANUAL },
	{ BPMN_SCRIPT_TASK, SHAPE_TASK, MARK_SCRIPT },
	{ BPMN_SEND_TASK, SHAPE_TASK, MARK_SEND },
	{ BPMN_RECEIVE_TASK, SHAPE_TASK, MARK_RECEIVE },
	{ BPMN_RULE_TASK, SHAPE_TASK, MARK_RULE },
	{ BPMN_CALL, SHAPE_TASK, MARK_CALL },
	{ BPMN_SUBPROCESS, SHAPE_SUBPROCESS, MARK_NONE },
	{ BPMN_TRANSACTION, SHAPE_SUBPROCESS, MARK_NONE },
	{ BPMN_AD_HOC, SHAPE_SUBPROCESS, MARK_NONE },
	{ BPMN_EXCLUSIVE, SHAPE_GATEWAY, MARK_EXCLUSIVE },
	{ BPMN_PARALLEL, SHAPE_GATEWAY, MARK_PARALLEL },
	{ BPMN_INCLUSIVE, SHAPE_GATEWAY, MARK_INCLUSIVE },
	{ BPMN_COMPLEX, SHAPE_GATEWAY, MARK_COMPLEX },
	{ BPMN_EVENT_BASED, SHAPE_GATEWAY, MARK_EVENT_BASED },
	{ BPMN_CATCH, SHAPE_MIDDLE, MARK_NONE },
	{ BPMN_THROW, SHAPE_MIDDLE, MARK_NONE },
	{ BPMN_BOUNDARY, SHAPE_MIDDLE, MARK_NONE },
	{ BPMN_LANE, SHAPE_LANE, MARK_NONE },
	{ BPMN_PARTICIPANT, SHAPE_POOL, MARK_NONE },
	{ BPMN_DATA_OBJECT, SHAPE_DATA, MARK_NONE },
	{ BPMN_DATA_STORE, SHAPE_STORE, MARK_NONE },
	{ BPMN_ANNOTATION, SHAPE_NOTE, MARK_NONE },
	{ BPMN_GROUP, SHAPE_GROUP, MARK_NONE },
};

static const struct event_mark {
	unsigned event;
	diagram_marker marker;
} event_marks[] = {
	{ EVENT_TERMINATE, MARK_TERMINATE }, { EVENT_MESSAGE, MARK_MESSAGE },
	{ EVENT_TIMER, MARK_TIMER }, { EVENT_SIGNAL, MARK_SIGNAL }, { EVENT_ERROR, MARK_ERROR },
};

typedef struct picture {
	const bpmn_model *m;
	diagram *d;
	int *boxes;             /* of each element, NONE */
} picture;

static bool draws(const bpmn_element *e, diagram_box *box)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(rows) && rows[i].kind != e->kind->kind)
		i++;
	if (i == ARRAY_SIZE(rows))
		return false;
	box->shape = rows[i].shape;
	box->marker = rows[i].marker;
	for (i = 0; i < ARRAY_SIZE(event_marks) && box->marker == MARK_NONE; i++)
		if (e->events & event_marks[i].event)
			box->marker = event_marks[i].marker;
	return true;
}

static efile_status add_box(picture *p, int element, const bpmn_shape *shape)
{
	const bpmn_element *e = &p->m->elements[element];
	diagram_box box = { .id = bpmn_text(p->m, e->id), .label = bpmn_text(p->m, e->name) };

	if (!draws(e, &box))
		return EFILE_OK;
	if (shape) {
		box.area = (diagram_area){ shape->x, shape->y, shape->width, shape->height };
		box.label_area = (diagram_area){ shape->label_x, shape->label_y, shape->label_width,
						 shape->label_height };
		box.vertical = shape->vertical;
		box.collapsed = shape->collapsed && box.shape == SHAPE_SUBPROCESS;
	}
	p->boxes[element] = (int)p->d->box_count;
	return diagram_add_box(p->d, &box);
}

static efile_status add_line(picture *p, int element, const bpmn_edge *edge)
{
	static const struct { bpmn_kind kind; diagram_arrow arrow; } arrows[] = {
		{ BPMN_SEQUENCE_FLOW, ARROW_SEQUENCE }, { BPMN_MESSAGE_FLOW, ARROW_MESSAGE },
		{ BPMN_ASSOCIATION, ARROW_ASSOCIATION },
	};
	const bpmn_element *e = &p->m->elements[element];
	diagram_line line = { .id = bpmn_text(p->m, e->id), .label = bpmn_text(p->m, e->name),
			      .from = e->from == NONE ? NONE : p->boxes[e->from],
			      .to = e->to == NONE ? NONE : p->boxes[e->to],
			      .conditional = e->has_condition };
	size_t i = 0;

	while (i < ARRAY_SIZE(arrows) && arrows[i].kind != e->kind->kind)
		i++;
	if (i == ARRAY_SIZE(arrows))
		return EFILE_OK;
	line.arrow = arrows[i].arrow;
	line.standard = e->from != NONE && p->m->elements[e->from].default_flow == element;
	if (edge) {
		/* bpmn_point and diagram_point are the same pair of numbers. */
		line.points = (const diagram_point *)(const void *)(p->m->points + edge->first_point);
		line.point_count = edge->point_count;
		line.label_area = (diagram_area){ edge->label_x, edge->label_y, edge->label_width,
						  edge->label_height };
	}
	return diagram_add_line(p->d, &line);
}

static efile_status own_layout(picture *p)
{
	const bpmn_model *m = p->m;

	for (size_t i = 0; i < m->shapes_count; i++) {
		int element = bpmn_find(m, bpmn_text(m, m->shapes[i].element));

		if (m->shapes[i].element && element != NONE)
			TRY(add_box(p, element, &m->shapes[i]));
	}
	for (size_t i = 0; i < m->edges_count; i++) {
		int element = bpmn_find(m, bpmn_text(m, m->edges[i].element));

		if (m->edges[i].element && element != NONE)
			TRY(add_line(p, element, &m->edges[i]));
	}
	return EFILE_OK;
}

static efile_status new_layout(picture *p)
{
	const bpmn_model *m = p->m;

	for (size_t i = 0; i < m->elements_count; i++)
		if (m->elements[i].kind->class == CLASS_NODE)
			TRY(add_box(p, (int)i, NULL));
	for (size_t i = 0; i < m->elements_count; i++)
		if (m->elements[i].kind->class == CLASS_FLOW)
			TRY(add_line(p, (int)i, NULL));
	return diagram_layout(p->d);
}

static efile_status find_boxes(picture *p)
{
	p->boxes = mem_new(p->m->ctx, (p->m->elements_count + 1) * sizeof(int));
	if (!p->boxes)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < p->m->elements_count; i++)
		p->boxes[i] = NONE;
	return EFILE_OK;
}

static const char *title_of(const bpmn_model *m)
{
	const bpmn_element *process = m->process == NONE ? NULL : &m->elements[m->process];

	if (!process)
		return message_translate((int)m->ctx->language, "process diagram");
	return bpmn_text(m, process->name ? process->name : process->id);
}

efile_status picture_of(diagram *d, const bpmn_model *m, bool lay_out)
{
	picture p = { .m = m, .d = d };
	efile_status status = find_boxes(&p);

	d->ctx = m->ctx;
	d->title = title_of(m);
	if (status == EFILE_OK && !lay_out)
		status = own_layout(&p);
	if (status == EFILE_OK && !d->box_count)
		status = new_layout(&p);
	free(p.boxes);
	return status;
}

void picture_mark(diagram *d, const char *id, bool active, uint32_t count)
{
	d->overlay = true;
	for (size_t i = 0; i < d->box_count; i++)
		if (!strcmp(d->boxes[i].id, id)) {
			d->boxes[i].visited = true;
			d->boxes[i].active |= active;
			d->boxes[i].count = count;
		}
	for (size_t i = 0; i < d->line_count; i++)
		if (!strcmp(d->lines[i].id, id))
			d->lines[i].visited = true;
}
