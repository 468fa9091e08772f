/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Layered layout: a box stands right of all boxes that lead to it, a line that skips layers keeps a
 * row of its own free, lines that lead back run below. Containers are laid out from the innermost
 * outwards, pools one above the other. No recursion; bounded by boxes, lines and STEPS_MAX. */
#include <stdlib.h>
#include <string.h>

#include "render/diagram.h"

enum {
	GAP_X = 6000, GAP_Y = 3600, TASK_WIDTH = 11000, TASK_HEIGHT = 8000, EVENT_SIZE = 3600,
	GATEWAY_SIZE = 5000, PAD_SIDE = 3000, PAD_TOP = 4000, PAD_BOTTOM = 4400, POOL_BAND = 3000,
	POOL_GAP = 4000, CHANNEL = 1600, STEP_HEIGHT = 1000, STEPS_MAX = 50000, SPAN_MAX = 64
};

/* A box in its row and layer, or a step of a line that passes by. */
typedef struct item {
	int box;                /* -1: a step */
	int layer, row;
	bool placed;
	int wish;               /* the row of the first that leads here, -1 */
	int32_t x, y;           /* the middle, inside the scope */
	int32_t width, height;
	int32_t left, right;    /* of its column */
	uint8_t colour;         /* 0 new, 1 on the path, 2 done */
	uint32_t first, count, next; /* of the lines that leave, in order[] */
} item;

typedef struct way {
	int from, to;           /* items, -1: not inside one scope */
	bool back;
	uint32_t first_step, step_count;
	int channel;            /* of lines that lead back, from 0 */
} way;

typedef struct layout {
	diagram *d;
	item *items;            /* one per box first, then the steps */
	size_t item_count, item_capacity;
	way *ways;              /* one per line */
	int *order;             /* lines by source */
	int *stack;
	int *sequence;          /* as they are left: from its end on every forward line leads onwards */
	size_t sequence_count;
	int *turns;             /* the same, tree by tree from their roots */
	int *members;           /* the items of the scope at work */
	size_t member_count;
	int *used;              /* rows per layer */
	int32_t *columns, *rows;/* widths and heights, then middles */
	int32_t *widths;        /* of the columns */
	int channels;
	int32_t bottom;         /* of everything */
	diagram_point *points;
	size_t point_count, point_capacity;
} layout;

static void layout_clear(layout *l)
{
	free(l->items);
	free(l->ways);
	free(l->order);
	free(l->stack);
	free(l->sequence);
	free(l->turns);
	free(l->members);
	free(l->used);
	free(l->columns);
	free(l->widths);
	free(l->rows);
	free(l->points);
}

/* ---- what belongs where ---- */

/* Lines of an event on a border are those of its host. */
static int standing(const diagram *d, int box)
{
	return box >= 0 && d->boxes[box].host >= 0 ? d->boxes[box].host : box;
}

static void set_way(layout *l, size_t line)
{
	const diagram *d = l->d;
	int from = standing(d, d->lines[line].from), to = standing(d, d->lines[line].to);

	l->ways[line] = (way){ .from = -1, .to = -1 };
	if (from < 0 || to < 0 || from == to || d->boxes[from].scope != d->boxes[to].scope ||
	    d->lines[line].arrow != ARROW_SEQUENCE)
		return;
	l->ways[line].from = from;
	l->ways[line].to = to;
}

static efile_status allocate(layout *l)
{
	const diagram *d = l->d;
	size_t boxes = d->box_count + 1, lines = d->line_count + 1;

	l->items = mem_new(d->ctx, boxes * sizeof(*l->items));
	l->ways = mem_new(d->ctx, lines * sizeof(*l->ways));
	l->order = mem_new(d->ctx, lines * sizeof(int));
	l->stack = mem_new(d->ctx, boxes * sizeof(int));
	l->sequence = mem_new(d->ctx, boxes * sizeof(int));
	l->turns = mem_new(d->ctx, boxes * sizeof(int));
	l->members = mem_new(d->ctx, boxes * sizeof(int));
	if (!l->items || !l->ways || !l->order || !l->stack || !l->sequence || !l->turns || !l->members)
		return EFILE_E_NOMEM;
	l->item_capacity = boxes;
	l->item_count = d->box_count;
	return EFILE_OK;
}

static void set_size(const diagram_box *b, item *it)
{
	it->width = TASK_WIDTH;
	it->height = TASK_HEIGHT;
	if (b->shape == SHAPE_START || b->shape == SHAPE_END || b->shape == SHAPE_MIDDLE)
		it->width = it->height = EVENT_SIZE;
	if (b->shape == SHAPE_GATEWAY)
		it->width = it->height = GATEWAY_SIZE;
}

static efile_status prepare(layout *l)
{
	const diagram *d = l->d;
	uint32_t next = 0;

	TRY(allocate(l));
	for (size_t i = 0; i < d->box_count; i++) {
		l->items[i] = (item){ .box = (int)i, .wish = -1 };
		set_size(&d->boxes[i], &l->items[i]);
	}
	for (size_t i = 0; i < d->line_count; i++) {
		set_way(l, i);
		if (l->ways[i].from >= 0)
			l->items[l->ways[i].from].count++;
	}
	for (size_t i = 0; i < d->box_count; i++) {
		l->items[i].first = next;
		next += l->items[i].count;
		l->items[i].count = 0;
	}
	for (size_t i = 0; i < d->line_count; i++)
		if (l->ways[i].from >= 0) {
			item *it = &l->items[l->ways[i].from];

			l->order[it->first + it->count++] = (int)i;
		}
	return EFILE_OK;
}

/* ---- layers ---- */

/* Depth first from one box: a line to a box on the present path leads back. */
static void visit(layout *l, int first)
{
	size_t depth = 0;

	l->stack[depth++] = first;
	l->items[first].colour = 1;
	while (depth) {
		int at = l->stack[depth - 1];
		item *it = &l->items[at];
		way *w;

		if (it->next == it->count) {
			it->colour = 2;
			l->sequence[l->sequence_count++] = at;
			depth--;
			continue;
		}
		/* The last way out first: then the first one comes first in the sequence. */
		w = &l->ways[l->order[it->first + it->count - ++it->next]];
		w->back = l->items[w->to].colour == 1;
		if (l->items[w->to].colour == 0) {
			l->items[w->to].colour = 1;
			l->stack[depth++] = w->to;
		}
	}
}

/* From the start events first; what they don't reach comes behind. */
static void visit_all(layout *l)
{
	for (int others = 0; others < 2; others++)
		for (size_t i = 0; i < l->member_count; i++) {
			int at = l->members[i];
			size_t before = l->sequence_count;

			if ((l->d->boxes[at].shape != SHAPE_START) != (others == 1) || l->items[at].colour)
				continue;
			visit(l, at);
			for (size_t k = before; k < l->sequence_count; k++)
				l->turns[k] = l->sequence[l->sequence_count - 1 - (k - before)];
		}
}

static int set_layers(layout *l)
{
	int last = 0;

	for (size_t i = l->sequence_count; i > 0; i--) {
		const item *it = &l->items[l->sequence[i - 1]];

		last = it->layer > last ? it->layer : last;
		for (uint32_t k = 0; k < it->count; k++) {
			const way *w = &l->ways[l->order[it->first + k]];
			item *to = &l->items[w->to];

			if (!w->back && to->layer <= it->layer)
				to->layer = it->layer + 1;
			last = to->layer > last ? to->layer : last;
		}
	}
	return last;
}

/* ---- rows ---- */

static void place(layout *l, item *it)
{
	int *used = &l->used[it->layer];

	if (it->placed)
		return;
	it->row = it->wish > *used ? it->wish : *used;
	*used = it->row + 1;
	it->placed = true;
}

/* A box that comes next stands where the line comes from; through the layers between, the line goes
 * in steps, each in a row of its own. */
static efile_status lead(layout *l, way *w)
{
	int from = l->items[w->from].layer, to = l->items[w->to].layer;
	int row = l->items[w->from].row;

	if (to - from > SPAN_MAX || l->item_count > l->d->box_count + STEPS_MAX) {
		w->back = true;
		return EFILE_OK;
	}
	w->first_step = (uint32_t)l->item_count;
	for (int layer = from + 1; layer < to; layer++) {
		void *items = l->items;
		item *it;

		TRY(mem_grow(l->d->ctx, &items, &l->item_capacity, l->item_count, sizeof(*it)));
		l->items = items;
		it = &l->items[l->item_count++];
		*it = (item){ .box = -1, .layer = layer, .wish = row, .height = STEP_HEIGHT };
		place(l, it);
		row = it->row;
		w->step_count++;
	}
	if (l->items[w->to].wish < 0)
		l->items[w->to].wish = row;
	if (to == from + 1)
		place(l, &l->items[w->to]);
	return EFILE_OK;
}

static efile_status set_rows(layout *l, int layers)
{
	free(l->used);
	l->used = mem_new(l->d->ctx, (size_t)(layers + 2) * sizeof(int));
	if (!l->used)
		return EFILE_E_NOMEM;
	l->channels = 0;
	for (size_t i = 0; i < l->sequence_count; i++) {
		int at = l->turns[i];

		place(l, &l->items[at]);
		for (uint32_t k = 0; k < l->items[at].count; k++) {
			way *w = &l->ways[l->order[l->items[at].first + k]];

			if (!w->back)
				TRY(lead(l, w));
			if (w->back)
				w->channel = l->channels++;
		}
	}
	return EFILE_OK;
}

/* ---- places ---- */

static void widen(int32_t *sizes, int at, int32_t size)
{
	if (sizes[at] < size)
		sizes[at] = size;
}

/* From sizes to middles; answers the end. */
static int32_t spread(int32_t *sizes, int count, int32_t start, int32_t gap)
{
	int32_t at = start;

	for (int i = 0; i < count; i++) {
		int32_t size = sizes[i];

		sizes[i] = at + size / 2;
		at += size + gap;
	}
	return count ? at - gap : at;
}

/* The item at a position among the members and then the steps of the scope. */
static item *nth(const layout *l, size_t first_step, size_t i)
{
	return i < l->member_count ? &l->items[l->members[i]] :
				      &l->items[first_step + i - l->member_count];
}

static efile_status measure(layout *l, size_t first_step, int layers, int32_t left, int32_t top,
			    int32_t *width, int32_t *height)
{
	size_t count = l->member_count + l->item_count - first_step;
	int rows = 1;

	for (int i = 0; i <= layers; i++)
		rows = l->used[i] > rows ? l->used[i] : rows;
	free(l->columns);
	free(l->widths);
	free(l->rows);
	l->columns = mem_new(l->d->ctx, (size_t)(layers + 2) * sizeof(int32_t));
	l->widths = mem_new(l->d->ctx, (size_t)(layers + 2) * sizeof(int32_t));
	l->rows = mem_new(l->d->ctx, (size_t)(rows + 1) * sizeof(int32_t));
	if (!l->columns || !l->widths || !l->rows)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < count; i++) {
		const item *it = nth(l, first_step, i);

		widen(l->columns, it->layer, it->width);
		widen(l->rows, it->row, it->height);
	}
	memcpy(l->widths, l->columns, (size_t)(layers + 1) * sizeof(int32_t));
	*width = spread(l->columns, layers + 1, left, GAP_X);
	*height = spread(l->rows, rows, top, GAP_Y) + l->channels * CHANNEL;
	for (size_t i = 0; i < count; i++) {
		item *it = nth(l, first_step, i);

		it->x = l->columns[it->layer];
		it->y = l->rows[it->row];
		it->left = it->x - l->widths[it->layer] / 2;
		it->right = it->left + l->widths[it->layer];
	}
	return EFILE_OK;
}

static bool is_pool(const diagram *d, int box)
{
	return box >= 0 && d->boxes[box].shape == SHAPE_POOL;
}

/* Places the members of a scope and gives the scope its size. */
static efile_status lay_scope(layout *l, int scope)
{
	size_t first_step = l->item_count;
	int32_t left = scope < 0 ? 0 : is_pool(l->d, scope) ? POOL_BAND + PAD_SIDE : PAD_SIDE;
	int32_t top = scope < 0 ? 0 : PAD_TOP, width, height;
	int layers;

	l->sequence_count = 0;
	visit_all(l);
	layers = set_layers(l);
	TRY(set_rows(l, layers));
	TRY(measure(l, first_step, layers, left, top, &width, &height));
	if (scope < 0)
		return EFILE_OK;
	l->items[scope].width = width + PAD_SIDE > TASK_WIDTH ? width + PAD_SIDE : TASK_WIDTH;
	l->items[scope].height = height + PAD_BOTTOM;
	return EFILE_OK;
}

/* Members of all scopes, sorted by scope: one pass each would be quadratic. */
static int scope_order(const void *a, const void *b, void *user)
{
	const diagram *d = user;
	int x = *(const int *)a, y = *(const int *)b;

	if (d->boxes[x].scope != d->boxes[y].scope)
		return d->boxes[x].scope > d->boxes[y].scope ? -1 : 1;
	return x - y;
}

static efile_status lay_scopes(layout *l)
{
	const diagram *d = l->d;
	int *all = mem_new(d->ctx, (d->box_count + 1) * sizeof(int)), *own = l->members;
	size_t count = 0, from = 0, to;
	efile_status status = all ? EFILE_OK : EFILE_E_NOMEM;

	for (size_t i = 0; all && i < d->box_count; i++)
		if (d->boxes[i].host < 0 && !is_pool(d, (int)i))
			all[count++] = (int)i;
	if (all)
		qsort_r(all, count, sizeof(int), scope_order, l->d);
	for (; from < count && status == EFILE_OK; from = to) {
		for (to = from; to < count && d->boxes[all[to]].scope == d->boxes[all[from]].scope; to++)
			;
		l->members = all + from;
		l->member_count = to - from;
		status = lay_scope(l, d->boxes[all[from]].scope);
	}
	l->members = own;
	free(all);
	return status;
}

/* ---- areas ---- */

static void stack_pools(layout *l)
{
	diagram *d = l->d;
	int32_t y = 0, width = 0;

	/* Below what stands in no pool. */
	for (size_t i = 0; i < d->box_count; i++) {
		const item *it = &l->items[i];

		if (is_pool(d, (int)i) && it->width > width)
			width = it->width;
		if (!is_pool(d, (int)i) && d->boxes[i].scope < 0 && d->boxes[i].host < 0 &&
		    it->y + it->height / 2 + POOL_GAP > y)
			y = it->y + it->height / 2 + POOL_GAP;
	}
	for (size_t i = 0; i < d->box_count; i++) {
		item *it = &l->items[i];

		if (!is_pool(d, (int)i))
			continue;
		if (d->boxes[i].empty)
			it->height = 2 * POOL_BAND;
		it->width = width > 60000 ? width : width < 30000 ? 30000 : width;
		it->x = it->width / 2;
		it->y = y + it->height / 2;
		y += it->height + POOL_GAP;
	}
}

static void set_areas(layout *l)
{
	diagram *d = l->d;
	int32_t hung = 0;
	int host = -1;

	for (size_t i = 0; i < d->box_count; i++) {
		item *it = &l->items[i];
		diagram_box *b = &d->boxes[i];

		b->label_area = (diagram_area){ 0, 0, 0, 0 };
		if (b->host >= 0)
			continue;
		if (b->scope >= 0) {
			it->x += d->boxes[b->scope].area.x;
			it->y += d->boxes[b->scope].area.y;
		}
		b->area = (diagram_area){ it->x - it->width / 2, it->y - it->height / 2, it->width, it->height };
		if (b->area.y + b->area.height > l->bottom)
			l->bottom = b->area.y + b->area.height;
	}
	for (size_t i = 0; i < d->box_count; i++) {
		diagram_box *b = &d->boxes[i];
		const diagram_area *a;

		if (b->host < 0)
			continue;
		hung = b->host == host ? hung + EVENT_SIZE + 600 : 1000;
		host = b->host;
		a = &d->boxes[host].area;
		b->area = (diagram_area){ a->x + hung, a->y + a->height - EVENT_SIZE / 2, EVENT_SIZE, EVENT_SIZE };
	}
}

/* ---- lines ---- */

static efile_status add_point(layout *l, int32_t x, int32_t y)
{
	void *points = l->points;

	TRY(mem_grow(l->d->ctx, &points, &l->point_capacity, l->point_count, sizeof(*l->points)));
	l->points = points;
	l->points[l->point_count++] = (diagram_point){ x, y };
	return EFILE_OK;
}

/* To another height in the gap before a column. */
static efile_status bend(layout *l, int32_t x, int32_t from, int32_t to)
{
	if (from == to)
		return EFILE_OK;
	TRY(add_point(l, x, from));
	return add_point(l, x, to);
}

/* Lines of different boxes bend at different places of a gap. */
static int32_t lane_of(int box)
{
	return (box % 5 - 2) * 700;
}

/* The middle of the gap before a box, and behind it. */
static int32_t gap_before(const layout *l, int box, int source)
{
	int scope = l->d->boxes[box].scope;

	return l->items[box].left + (scope >= 0 ? l->d->boxes[scope].area.x : 0) - GAP_X / 2 +
		lane_of(source);
}

static int32_t gap_behind(const layout *l, int box)
{
	int scope = l->d->boxes[box].scope;

	return l->items[box].right + (scope >= 0 ? l->d->boxes[scope].area.x : 0) + GAP_X / 2 +
		lane_of(box);
}

static efile_status forward(layout *l, const way *w, const diagram_area *a, const diagram_area *b,
			    bool hung)
{
	int32_t y = a->y + a->height / 2, x = a->x + a->width, end = b->y + b->height / 2;
	int scope = l->d->boxes[w->from].scope;
	int32_t dx = scope >= 0 ? l->d->boxes[scope].area.x : 0;
	int32_t dy = scope >= 0 ? l->d->boxes[scope].area.y : 0;

	if (hung) {
		/* Out of the lower side, then on at that height. */
		x = a->x + a->width / 2;
		TRY(add_point(l, x, a->y + a->height));
		y = a->y + a->height + GAP_Y / 3;
	}
	TRY(add_point(l, x, y));
	for (uint32_t i = 0; i < w->step_count; i++) {
		const item *step = &l->items[w->first_step + i];

		TRY(bend(l, step->left + dx - GAP_X / 2 + lane_of(w->from), y, step->y + dy));
		y = step->y + dy;
	}
	TRY(bend(l, gap_before(l, w->to, w->from + (hung ? 1 : 0)), y, end));
	return add_point(l, b->x, end);
}

/* Out to the right, below everything, and back in from the left. */
static efile_status backward(layout *l, const way *w, const diagram_area *a, const diagram_area *b)
{
	int scope = l->d->boxes[w->from].scope;
	int32_t low = scope < 0 ? l->bottom + (w->channel + 1) * CHANNEL :
		      l->d->boxes[scope].area.y + l->d->boxes[scope].area.height - PAD_BOTTOM / 2 -
		      w->channel * CHANNEL;
	int32_t out = gap_behind(l, w->from), in = gap_before(l, w->to, w->from);

	TRY(add_point(l, a->x + a->width, a->y + a->height / 2));
	TRY(bend(l, out, a->y + a->height / 2, low));
	TRY(bend(l, in, low, b->y + b->height / 2));
	return add_point(l, b->x, b->y + b->height / 2);
}

/* From a box to itself: round its upper right corner. */
static efile_status around(layout *l, const diagram_area *a)
{
	int32_t x = a->x + a->width, y = a->y;

	TRY(add_point(l, x, y + a->height / 2));
	TRY(add_point(l, x + CHANNEL, y + a->height / 2));
	TRY(add_point(l, x + CHANNEL, y - CHANNEL));
	TRY(add_point(l, x - a->width / 2, y - CHANNEL));
	return add_point(l, x - a->width / 2, y);
}

static int outermost(const diagram *d, int box)
{
	while (d->boxes[box].scope >= 0)
		box = d->boxes[box].scope;
	return box;
}

/* From a pool, or from a box by the gap beside it, to a height between the pools. */
static efile_status leave(layout *l, int box, int32_t middle, int32_t x, bool down)
{
	const diagram_area *a = &l->d->boxes[box].area;
	int32_t edge = down ? a->y + a->height : a->y, gap;

	if (is_pool(l->d, box)) {
		TRY(add_point(l, x, edge));
		return add_point(l, x, middle);
	}
	gap = gap_before(l, standing(l->d, box), box);
	TRY(add_point(l, a->x + a->width / 2, edge));
	edge += (down ? GAP_Y : -GAP_Y) / 3;
	TRY(add_point(l, a->x + a->width / 2, edge));
	TRY(add_point(l, gap, edge));
	return add_point(l, gap, middle);
}

static void reverse(diagram_point *points, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		diagram_point p = points[i];

		points[i] = points[count - 1 - i];
		points[count - 1 - i] = p;
	}
}

/* Between pools: out of one, between them, into the other. */
static efile_status across(layout *l, int from, int to)
{
	int one = outermost(l->d, from), other = outermost(l->d, to);
	const diagram_area *a = &l->d->boxes[one].area, *b = &l->d->boxes[other].area;
	bool down = a->y < b->y;
	int32_t middle = down ? a->y + a->height + POOL_GAP / 2 : a->y - POOL_GAP / 2, x;
	size_t first;

	x = is_pool(l->d, from) ? l->d->boxes[to].area.x + l->d->boxes[to].area.width / 2 :
				  gap_before(l, standing(l->d, from), from);
	TRY(leave(l, from, middle, x, down));
	first = l->point_count;
	TRY(leave(l, to, middle, x, !down));
	reverse(l->points + first, l->point_count - first);
	return EFILE_OK;
}

static efile_status draw_way(layout *l, size_t i)
{
	const diagram_line *line = &l->d->lines[i];
	const way *w = &l->ways[i];
	const diagram_area *a, *b;

	if (line->from < 0 || line->to < 0)
		return EFILE_OK;
	a = &l->d->boxes[line->from].area;
	b = &l->d->boxes[line->to].area;
	if (line->from == line->to)
		return around(l, a);
	if (w->from < 0)
		return across(l, line->from, line->to);
	return w->back ? backward(l, w, a, b) : forward(l, w, a, b, l->d->boxes[line->from].host >= 0);
}

static efile_status set_lines(layout *l)
{
	diagram *d = l->d;

	for (size_t i = 0; i < d->line_count; i++) {
		size_t first = l->point_count;

		TRY(draw_way(l, i));
		d->lines[i].label_area = (diagram_area){ 0, 0, 0, 0 };
		d->lines[i].point_count = l->point_count - first;
	}
	free(d->laid);
	d->laid = STEAL(l->points);
	for (size_t i = 0, at = 0; i < d->line_count; i++) {
		d->lines[i].points = d->laid ? d->laid + at : NULL; /* no line has ends */
		at += d->lines[i].point_count;
	}
	return EFILE_OK;
}

efile_status diagram_layout(diagram *d)
{
	AUTO(layout) l = { .d = d };

	TRY(prepare(&l));
	TRY(lay_scopes(&l));
	stack_pools(&l);
	set_areas(&l);
	return set_lines(&l);
}
