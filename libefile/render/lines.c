/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sequence flows, message flows, associations and conversation links (7.2, tables 7.2 to 7.4). Ends
 * are drawn as polygons, not as markers: their colour is the line's in every viewer. */
#include <string.h>

#include "render/paint.h"

enum { HEAD = 1000, WIDE = 380, RING = 380, DIAMOND = 1300, SLASH = 600, LABEL_WIDTH = 9000,
       ENVELOPE_WIDTH = 2200, ENVELOPE_HEIGHT = 1500 };

/* Thousandths. */
typedef struct direction {
	int32_t x, y;
} direction;

static int64_t root(int64_t n)
{
	int64_t x = n, next = n / 2 + 1;

	while (next < x) {
		x = next;
		next = (x + n / x) / 2;
	}
	return n ? x : 0;
}

static int64_t distance(const diagram_point *a, const diagram_point *b)
{
	int64_t dx = (int64_t)b->x - a->x, dy = (int64_t)b->y - a->y;

	return root(dx * dx + dy * dy);
}

static direction towards(const diagram_point *a, const diagram_point *b)
{
	int64_t length = distance(a, b);

	if (!length)
		return (direction){ 1000, 0 };
	return (direction){ (int32_t)(((int64_t)b->x - a->x) * 1000 / length),
			    (int32_t)(((int64_t)b->y - a->y) * 1000 / length) };
}

/* From a point so far along a direction, and so far to its left. */
static diagram_point beside(const diagram_point *a, direction d, int32_t along, int32_t left)
{
	return (diagram_point){
		(int32_t)(a->x + ((int64_t)d.x * along + (int64_t)d.y * left) / 1000),
		(int32_t)(a->y + ((int64_t)d.y * along - (int64_t)d.x * left) / 1000),
	};
}

/* Points that differ from their neighbour: files repeat some. */
static const diagram_point *other_than(const diagram_line *l, size_t at, bool forward)
{
	const diagram_point *from = &l->points[at];

	for (size_t i = 1; i < l->point_count; i++) {
		const diagram_point *to = forward ? from + i : from - i;

		if (to < l->points || to >= l->points + l->point_count)
			break;
		if (to->x != from->x || to->y != from->y)
			return to;
	}
	return from;
}

static direction at_start(const diagram_line *l)
{
	return towards(&l->points[0], other_than(l, 0, true));
}

static direction at_end(const diagram_line *l)
{
	return towards(other_than(l, l->point_count - 1, false), &l->points[l->point_count - 1]);
}

/* ---- ends ---- */

static diagram_colours inked(const diagram_line *l)
{
	return (diagram_colours){ l->colours.stroke, l->colours.stroke, NULL };
}

static void triangle(painter *p, const diagram_line *l, const char *class,
		     const diagram_colours *colours)
{
	const diagram_point *tip = &l->points[l->point_count - 1];
	direction d = at_end(l);
	const diagram_point points[] = { *tip, beside(tip, d, -HEAD, WIDE), beside(tip, d, -HEAD, -WIDE) };

	paint_polygon(p, points, ARRAY_SIZE(points), class, colours);
}

static void chevron(painter *p, const diagram_line *l, const diagram_point *tip, direction d)
{
	diagram_point a = beside(tip, d, -HEAD * 8 / 10, WIDE), b = beside(tip, d, -HEAD * 8 / 10, -WIDE);
	AUTO(buf) path = BUF_INIT;
	const diagram_point *points[] = { &a, tip, &b };

	for (size_t i = 0; i < ARRAY_SIZE(points); i++) {
		buf_add_char(&path, i ? 'L' : 'M');
		paint_number(&path, points[i]->x);
		buf_add_char(&path, ' ');
		paint_number(&path, points[i]->y);
	}
	paint_coloured(p, "path", "chevron", &(diagram_colours){ NULL, l->colours.stroke, NULL });
	xml_writer_attribute(&p->w, "d", paint_text_of(p, &path));
	xml_writer_close(&p->w);
}

static void ring(painter *p, const diagram_line *l)
{
	diagram_point centre = beside(&l->points[0], at_start(l), RING, 0);
	diagram_area a = { centre.x - RING, centre.y - RING, 2 * RING, 2 * RING };

	paint_ellipse(p, &a, "end", &(diagram_colours){ NULL, l->colours.stroke, NULL });
}

static void diamond(painter *p, const diagram_line *l)
{
	const diagram_point *tip = &l->points[0];
	direction d = at_start(l);
	const diagram_point points[] = { *tip, beside(tip, d, DIAMOND / 2, WIDE), beside(tip, d, DIAMOND, 0),
					 beside(tip, d, DIAMOND / 2, -WIDE) };

	paint_polygon(p, points, ARRAY_SIZE(points), "end", &(diagram_colours){ NULL, l->colours.stroke, NULL });
}

static void slash(painter *p, const diagram_line *l)
{
	direction d = at_start(l);
	diagram_point a = beside(&l->points[0], d, 700, SLASH), b = beside(&l->points[0], d, 1300, -SLASH);
	AUTO(buf) path = BUF_INIT;

	buf_add_char(&path, 'M');
	paint_number(&path, a.x);
	buf_add_char(&path, ' ');
	paint_number(&path, a.y);
	buf_add_char(&path, 'L');
	paint_number(&path, b.x);
	buf_add_char(&path, ' ');
	paint_number(&path, b.y);
	paint_coloured(p, "path", "chevron", &(diagram_colours){ NULL, l->colours.stroke, NULL });
	xml_writer_attribute(&p->w, "d", paint_text_of(p, &path));
	xml_writer_close(&p->w);
}

/* ---- the way ---- */

/* The point in the middle of the way. */
static diagram_point middle(const diagram_line *l, direction *along)
{
	int64_t whole = 0, half;

	for (size_t i = 1; i < l->point_count; i++)
		whole += distance(&l->points[i - 1], &l->points[i]);
	half = whole / 2;
	for (size_t i = 1; i < l->point_count; i++) {
		int64_t length = distance(&l->points[i - 1], &l->points[i]);

		if (length >= half && length) {
			*along = towards(&l->points[i - 1], &l->points[i]);
			return beside(&l->points[i - 1], *along, (int32_t)half, 0);
		}
		half -= length;
	}
	*along = (direction){ 1000, 0 };
	return l->points[0];
}

static void envelope(painter *p, const diagram_line *l)
{
	direction d;
	diagram_point at = middle(l, &d);
	int32_t x = at.x - ENVELOPE_WIDTH / 2, y = at.y - ENVELOPE_HEIGHT / 2;
	diagram_area a = { x, y, ENVELOPE_WIDTH, ENVELOPE_HEIGHT };
	const diagram_point flap[] = { { x, y }, { at.x, y + ENVELOPE_HEIGHT * 6 / 10 }, { x + ENVELOPE_WIDTH, y } };

	paint_rectangle(p, &a, 0, "end", NULL);
	paint_polygon(p, flap, ARRAY_SIZE(flap), "inner", NULL);
}

static void way(painter *p, const diagram_line *l, const char *class)
{
	AUTO(buf) path = BUF_INIT;

	for (size_t i = 0; i < l->point_count; i++) {
		buf_add_char(&path, i ? 'L' : 'M');
		paint_number(&path, l->points[i].x);
		buf_add_char(&path, ' ');
		paint_number(&path, l->points[i].y);
	}
	paint_coloured(p, "path", class, &(diagram_colours){ NULL, l->colours.stroke, NULL });
	xml_writer_attribute(&p->w, "d", paint_text_of(p, &path));
	xml_writer_close(&p->w);
}

static void draw_sequence(painter *p, const diagram_line *l)
{
	diagram_colours ink = inked(l);

	way(p, l, l->visited ? "flow taken" : "flow");
	triangle(p, l, l->visited ? "head taken" : "head", &ink);
	if (l->conditional)
		diamond(p, l);
	if (l->standard)
		slash(p, l);
}

static void draw_message(painter *p, const diagram_line *l)
{
	way(p, l, "flow message");
	ring(p, l);
	triangle(p, l, "end", &(diagram_colours){ NULL, l->colours.stroke, NULL });
	if (l->carries)
		envelope(p, l);
}

static void draw_association(painter *p, const diagram_line *l)
{
	direction d = at_start(l);

	way(p, l, "flow association");
	if (l->arrow_at_end || l->arrow == ARROW_DATA)
		chevron(p, l, &l->points[l->point_count - 1], at_end(l));
	if (l->arrow_at_start)
		chevron(p, l, &l->points[0], (direction){ -d.x, -d.y });
}

static void draw_conversation(painter *p, const diagram_line *l)
{
	way(p, l, "flow wide");
	way(p, l, "flow wide-inner");
}

static void (*const drawers[])(painter *p, const diagram_line *l) = {
	[ARROW_SEQUENCE] = draw_sequence, [ARROW_MESSAGE] = draw_message,
	[ARROW_ASSOCIATION] = draw_association, [ARROW_DATA] = draw_association,
	[ARROW_CONVERSATION] = draw_conversation,
};

void paint_line(painter *p, const diagram_line *l)
{
	AUTO(buf) text = BUF_INIT;

	if (l->point_count < 2)
		return;
	paint_open(p, "g", l->visited ? "line visited" : "line");
	xml_writer_attribute(&p->w, "data-id", l->id);
	if (*l->label || l->visited) {
		buf_add_format(&text, "%s%s%s", l->label, l->visited && *l->label ? ": " : "",
			       l->visited ? paint_translate(p, "taken") : "");
		xml_writer_element(&p->w, "title", paint_text_of(p, &text));
	}
	drawers[l->arrow](p, l);
	xml_writer_close(&p->w);
}

/* Where the file wants it, else above or beside the middle of the way. */
diagram_area paint_line_label_area(const diagram_line *l)
{
	const diagram_area *a = &l->label_area;
	int32_t width = a->width > LABEL_WIDTH ? a->width + 600 : LABEL_WIDTH;
	direction d = { 1000, 0 };
	diagram_point at;

	if (!*l->label || l->point_count < 2)
		return (diagram_area){ 0, 0, 0, 0 };
	if (a->width > 0)
		return (diagram_area){ a->x + a->width / 2 - width / 2, a->y, width, 0 };
	at = middle(l, &d);
	if (d.y > 700 || d.y < -700)
		return (diagram_area){ at.x + 400 - width / 2 +
				       text_width(l->label, strlen(l->label), TEXT_SMALL) / 2, at.y - 700, width, 0 };
	return (diagram_area){ at.x - width / 2, at.y - 1700, width, 0 };
}

void paint_line_label(painter *p, const diagram_line *l)
{
	diagram_area a = paint_line_label_area(l);

	if (a.width > 0)
		text_draw(p, l->label, &a, PLACE_TOP, TEXT_SMALL, "label small halo", &l->colours);
}
