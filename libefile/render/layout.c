/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Layered layout: a box stands right of all boxes that lead to it, lines that lead back run below.
 * No recursion; time and memory are linear in boxes and lines, but for sorting. */
#include <stdlib.h>
#include <string.h>

#include "render/diagram.h"

enum {
	COLUMN = 17000, ROW = 12000, MARGIN = 4000, TASK_WIDTH = 11000, TASK_HEIGHT = 8000,
	EVENT_SIZE = 3600, GATEWAY_SIZE = 5000, BEND = 3000, LABEL_ABOVE = 1700, POINTS = 4
};

typedef struct place {
	int layer;
	int row;
	double wish;            /* the mean row of those that lead here */
	uint8_t colour;         /* 0 new, 1 on the path, 2 done */
	uint32_t first, count;  /* of the lines that leave, in order[] */
	uint32_t next;
} place;

typedef struct layout {
	diagram *d;
	place *places;
	int *order;             /* lines by source */
	bool *back;             /* lines that lead back */
	int *stack;
	int *sequence;          /* boxes so that every forward line leads onwards */
	size_t sequence_count;
} layout;

static void layout_clear(layout *l)
{
	free(l->places);
	free(l->order);
	free(l->back);
	free(l->stack);
	free(l->sequence);
}

static bool joins(const diagram *d, size_t line)
{
	return d->lines[line].from >= 0 && d->lines[line].to >= 0;
}

static efile_status prepare(layout *l)
{
	const diagram *d = l->d;
	uint32_t next = 0;

	l->places = mem_new(d->ctx, (d->box_count + 1) * sizeof(place));
	l->order = mem_new(d->ctx, (d->line_count + 1) * sizeof(int));
	l->back = mem_new(d->ctx, (d->line_count + 1) * sizeof(bool));
	l->stack = mem_new(d->ctx, (d->box_count + 1) * sizeof(int));
	l->sequence = mem_new(d->ctx, (d->box_count + 1) * sizeof(int));
	if (!l->places || !l->order || !l->back || !l->stack || !l->sequence)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < d->line_count; i++)
		if (joins(d, i))
			l->places[d->lines[i].from].count++;
	for (size_t i = 0; i < d->box_count; i++) {
		l->places[i].first = next;
		next += l->places[i].count;
		l->places[i].count = 0;
	}
	for (size_t i = 0; i < d->line_count; i++)
		if (joins(d, i)) {
			place *p = &l->places[d->lines[i].from];

			l->order[p->first + p->count++] = (int)i;
		}
	return EFILE_OK;
}

/* Depth first from one box: a line to a box on the present path leads back. */
static void visit(layout *l, int root)
{
	size_t depth = 0;

	l->stack[depth++] = root;
	l->places[root].colour = 1;
	while (depth) {
		int box = l->stack[depth - 1];
		place *p = &l->places[box];
		int line, to;

		if (p->next == p->count) {
			p->colour = 2;
			l->sequence[l->sequence_count++] = box;
			depth--;
			continue;
		}
		/* The last way out first: then the first one comes first in the sequence. */
		line = l->order[p->first + p->count - ++p->next];
		to = l->d->lines[line].to;
		l->back[line] = l->places[to].colour == 1;
		if (l->places[to].colour == 0) {
			l->places[to].colour = 1;
			l->stack[depth++] = to;
		}
	}
}

static void visit_all(layout *l)
{
	for (size_t i = 0; i < l->d->box_count; i++)
		if (l->d->boxes[i].shape == SHAPE_START && !l->places[i].colour)
			visit(l, (int)i);
	for (size_t i = 0; i < l->d->box_count; i++)
		if (!l->places[i].colour)
			visit(l, (int)i);
}

static void set_layers(layout *l)
{
	for (size_t i = l->sequence_count; i > 0; i--) {
		const place *p = &l->places[l->sequence[i - 1]];

		for (uint32_t k = 0; k < p->count; k++) {
			int line = l->order[p->first + k];
			place *to = &l->places[l->d->lines[line].to];

			if (!l->back[line] && to->layer <= p->layer)
				to->layer = p->layer + 1;
		}
	}
}

/* Rows in the order in which the boxes are reached; the first way out stays on its row. */
static efile_status set_rows(layout *l)
{
	int *used = mem_new(l->d->ctx, (l->d->box_count + 1) * sizeof(int));

	if (!used)
		return EFILE_E_NOMEM;
	for (size_t i = l->sequence_count; i > 0; i--) {
		place *p = &l->places[l->sequence[i - 1]];

		p->row = (int)p->wish > used[p->layer] ? (int)p->wish : used[p->layer];
		used[p->layer] = p->row + 1;
		for (uint32_t k = 0; k < p->count; k++) {
			int line = l->order[p->first + k];
			place *to = &l->places[l->d->lines[line].to];

			if (!l->back[line] && to->wish < p->row)
				to->wish = p->row;
		}
	}
	free(used);
	return EFILE_OK;
}

static void set_area(diagram_box *b, const place *p)
{
	int32_t width = TASK_WIDTH, height = TASK_HEIGHT;

	if (b->shape == SHAPE_START || b->shape == SHAPE_END || b->shape == SHAPE_MIDDLE)
		width = height = EVENT_SIZE;
	if (b->shape == SHAPE_GATEWAY)
		width = height = GATEWAY_SIZE;
	b->area = (diagram_area){ MARGIN + p->layer * COLUMN + (TASK_WIDTH - width) / 2,
				  MARGIN + p->row * ROW + (TASK_HEIGHT - height) / 2, width, height };
	b->label_area = (diagram_area){ 0, 0, 0, 0 };
}

static void forward_points(diagram_point *p, const diagram_area *a, const diagram_area *b)
{
	int32_t y1 = a->y + a->height / 2, y2 = b->y + b->height / 2;
	int32_t bend = b->x - BEND;

	p[0] = (diagram_point){ a->x + a->width, y1 };
	p[1] = (diagram_point){ bend, y1 };
	p[2] = (diagram_point){ bend, y2 };
	p[3] = (diagram_point){ b->x, y2 };
}

static void backward_points(diagram_point *p, const diagram_area *a, const diagram_area *b)
{
	int32_t low = (a->y + a->height > b->y + b->height ? a->y + a->height : b->y + b->height) +
		BEND;

	p[0] = (diagram_point){ a->x + a->width / 2, a->y + a->height };
	p[1] = (diagram_point){ a->x + a->width / 2, low };
	p[2] = (diagram_point){ b->x + b->width / 2, low };
	p[3] = (diagram_point){ b->x + b->width / 2, b->y + b->height };
}

static efile_status set_points(layout *l)
{
	diagram *d = l->d;
	diagram_point *points = mem_new(d->ctx, (d->line_count + 1) * POINTS * sizeof(*points));

	if (!points)
		return EFILE_E_NOMEM;
	free(d->laid);
	d->laid = points;
	for (size_t i = 0; i < d->line_count; i++) {
		diagram_line *line = &d->lines[i];

		line->points = points;
		line->point_count = 0;
		line->label_area = (diagram_area){ 0, 0, 0, 0 };
		if (!joins(d, i))
			continue;
		if (l->back[i])
			backward_points(points, &d->boxes[line->from].area,
					&d->boxes[line->to].area);
		else
			forward_points(points, &d->boxes[line->from].area, &d->boxes[line->to].area);
		/* Above the last piece, where lines from one box have parted. */
		line->label_area = (diagram_area){ points[2].x, points[2].y - LABEL_ABOVE, BEND - 800,
						   0 };
		line->point_count = POINTS;
		points += POINTS;
	}
	return EFILE_OK;
}

efile_status diagram_layout(diagram *d)
{
	AUTO(layout) l = { .d = d };

	TRY(prepare(&l));
	visit_all(&l);
	set_layers(&l);
	TRY(set_rows(&l));
	for (size_t i = 0; i < d->box_count; i++)
		set_area(&d->boxes[i], &l.places[i]);
	return set_points(&l);
}
