/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The shapes of BPMN 2.0 (chapters 7, 9 to 11), each in the very bounds that the diagram gives. */
#include <string.h>

#include "render/paint.h"

enum { BAND = 3000, ICON = 1800, SIGN = 1400, ROUND = 1000, FOLD = 1100, BADGE = 950, OUTSIDE = 9000 };

static const char *border_class(const diagram_box *b)
{
	static const char *const names[] = {
		[BORDER_PLAIN] = "shape", [BORDER_THICK] = "shape thick", [BORDER_DOUBLE] = "shape",
		[BORDER_DOTTED] = "shape dotted", [BORDER_DASHED] = "shape dashed",
	};

	return names[b->border];
}

static int32_t smaller(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

/* Part of the smaller side, for signs in shapes that files draw in any size. */
static diagram_area centred(const diagram_area *a, int32_t percent)
{
	int32_t side = (int32_t)((int64_t)smaller(a->width, a->height) * percent / 100);

	return (diagram_area){ a->x + (a->width - side) / 2, a->y + (a->height - side) / 2, side, side };
}

static void draw_symbol(painter *p, const diagram_box *b, const diagram_area *a, bool filled)
{
	const symbol *s = symbol_of(b->marker);
	bool only_filled = s->path && !*s->path;

	if (!s->path || a->width <= 0)
		return;
	if (filled && s->filled) {
		paint_glyph(p, s->filled, a, "full", &b->colours);
		if (b->marker == MARK_RULE)
			paint_glyph(p, s->path, a, "mark", &b->colours);
		return;
	}
	if (!only_filled)
		paint_glyph(p, s->path, a, "mark", &b->colours);
}

/* ---- pools, lanes, groups ---- */

static void upright_label(painter *p, const diagram_box *b, const diagram_area *band)
{
	AUTO(buf) turn = BUF_INIT;
	int32_t x = band->x + band->width / 2, y = band->y + band->height / 2;
	diagram_area a = { x - band->height / 2 + 300, y - band->width / 2, band->height - 600, band->width };

	buf_add_text(&turn, "rotate(-90 ");
	paint_number(&turn, x);
	buf_add_char(&turn, ' ');
	paint_number(&turn, y);
	buf_add_char(&turn, ')');
	xml_writer_start(&p->w, "g");
	xml_writer_attribute(&p->w, "transform", paint_text_of(p, &turn));
	text_draw(p, b->label, &a, PLACE_MIDDLE, TEXT_NORMAL, "label", &b->colours);
	xml_writer_close(&p->w);
}

static diagram_area band_of(const diagram_box *b)
{
	diagram_area band = b->area;

	if (b->vertical)
		band.height = smaller(BAND, b->area.height);
	else
		band.width = smaller(BAND, b->area.width);
	return band;
}

static void draw_signs(painter *p, const diagram_box *b);

static void draw_pool(painter *p, const diagram_box *b)
{
	diagram_area band = band_of(b);

	paint_rectangle(p, &b->area, 0, b->border == BORDER_THICK ? "pool thick" : "pool", &b->colours);
	if (b->shape == SHAPE_POOL && !b->empty)
		paint_rectangle(p, &band, 0, "band", &b->colours);
	draw_signs(p, b);
}

static void label_pool(painter *p, const diagram_box *b)
{
	diagram_area band = b->empty ? b->area : band_of(b);

	if (b->empty && !b->vertical)
		text_draw(p, b->label, &band, PLACE_MIDDLE, TEXT_NORMAL, "label", &b->colours);
	else if (b->vertical)
		text_draw(p, b->label, &band, PLACE_MIDDLE, TEXT_NORMAL, "label", &b->colours);
	else
		upright_label(p, b, &band);
}

static void draw_group(painter *p, const diagram_box *b)
{
	paint_rectangle(p, &b->area, ROUND, "group", &b->colours);
}

static void label_group(painter *p, const diagram_box *b)
{
	diagram_area a = { b->area.x + 400, b->area.y + 400, b->area.width - 800, 2 * TEXT_LINE };

	if (b->label_area.width > 0)
		a = paint_label_area(b);
	text_draw(p, b->label, &a, PLACE_TOP, TEXT_SMALL, "label small", &b->colours);
}

/* ---- activities ---- */

static size_t sign_count(unsigned signs)
{
	size_t count = 0;

	for (; signs; signs &= signs - 1)
		count++;
	return count;
}

static void draw_signs(painter *p, const diagram_box *b)
{
	int32_t step = SIGN + 400;
	int32_t low = b->area.y + b->area.height - SIGN - 300;
	int32_t x = b->area.x + (b->area.width - (int32_t)sign_count(b->signs) * step + 400) / 2;
	for (unsigned sign = 1; sign < 1u << SIGN_COUNT; sign <<= 1) {
		diagram_area a = { x, low, SIGN, SIGN };

		if (!(b->signs & sign))
			continue;
		paint_glyph(p, symbol_sign(sign), &a, "mark", &b->colours);
		x += step;
	}
}

static void draw_task(painter *p, const diagram_box *b)
{
	diagram_area icon = { b->area.x + 500, b->area.y + 500, ICON, ICON };
	diagram_area inner = paint_inset(&b->area, 300);

	paint_rectangle(p, &b->area, ROUND, border_class(b), &b->colours);
	if (b->border == BORDER_DOUBLE)
		paint_rectangle(p, &inner, ROUND - 200, "inner", &b->colours);
	if (b->area.width > 2 * ICON && b->area.height > 2 * ICON)
		draw_symbol(p, b, &icon, b->marker == MARK_SEND || b->marker == MARK_RULE);
	draw_signs(p, b);
}

/* Below the icon if there is room, else where it can be, in smaller letters if need be. */
static void label_inside(painter *p, const diagram_box *b)
{
	diagram_area a = paint_inset(&b->area, 400), below;
	int32_t size = TEXT_NORMAL, taken;

	if (b->signs && a.height > 4000)
		a.height -= SIGN;
	if ((int32_t)text_lines(b->label, a.width, size) * TEXT_LINE > a.height)
		size = TEXT_SMALL;
	taken = (int32_t)text_lines(b->label, a.width, size) * TEXT_LINE;
	below = a;
	below.y += ICON;
	below.height -= ICON;
	if (symbol_of(b->marker)->path && (a.height - taken) / 2 < ICON && taken <= below.height)
		a = below;
	text_draw(p, b->label, &a, PLACE_MIDDLE, size, size == TEXT_SMALL ? "label small" : "label",
		  &b->colours);
}

static void label_task(painter *p, const diagram_box *b)
{
	diagram_area a = paint_inset(&b->area, 500);

	if (!b->container) {
		label_inside(p, b);
		return;
	}
	a.y += 200;
	a.height = smaller(a.height, 3 * TEXT_LINE);
	text_draw(p, b->label, &a, PLACE_TOP, TEXT_NORMAL, "label", &b->colours);
}

/* A participant's band of a choreography activity. */
static void draw_band(painter *p, const diagram_box *b)
{
	paint_rectangle(p, &b->area, ROUND / 2, b->shaded ? "band shaded" : "band", &b->colours);
	draw_signs(p, b);
}

static void label_band(painter *p, const diagram_box *b)
{
	text_draw(p, b->label, &b->area, PLACE_MIDDLE, TEXT_SMALL, "label small", &b->colours);
}

/* ---- events, gateways ---- */

static void draw_event(painter *p, const diagram_box *b)
{
	bool dashed = b->border == BORDER_DASHED;
	int32_t side = smaller(b->area.width, b->area.height);
	diagram_area inner = paint_inset(&b->area, smaller(300, side / 6));
	diagram_area sign = centred(&b->area, b->marker == MARK_TERMINATE ? 58 :
					      b->marker == MARK_TIMER ? 62 : 54);

	paint_ellipse(p, &b->area, b->shape == SHAPE_END ? "shape thick" : dashed ? "shape dashed" : "shape",
		      &b->colours);
	if (b->shape == SHAPE_MIDDLE && side > 1200)
		paint_ellipse(p, &inner, dashed ? "inner dashed" : "inner", &b->colours);
	draw_symbol(p, b, &sign, b->thrown || b->marker == MARK_TERMINATE);
}

static void draw_gateway(painter *p, const diagram_box *b)
{
	const diagram_area *a = &b->area;
	const diagram_point points[] = {
		{ a->x + a->width / 2, a->y }, { a->x + a->width, a->y + a->height / 2 },
		{ a->x + a->width / 2, a->y + a->height }, { a->x, a->y + a->height / 2 },
	};
	diagram_area sign = centred(a, b->marker == MARK_INCLUSIVE ? 52 : 56);

	paint_polygon(p, points, ARRAY_SIZE(points), border_class(b), &b->colours);
	draw_symbol(p, b, &sign, true);
}

/* ---- data, notes, messages ---- */

static void draw_data(painter *p, const diagram_box *b)
{
	const diagram_area *a = &b->area;
	int32_t fold = smaller(FOLD, smaller(a->width, a->height) / 3);
	const diagram_point page[] = {
		{ a->x, a->y }, { a->x + a->width - fold, a->y }, { a->x + a->width, a->y + fold },
		{ a->x + a->width, a->y + a->height }, { a->x, a->y + a->height },
	};
	const diagram_point corner[] = {
		{ a->x + a->width - fold, a->y }, { a->x + a->width - fold, a->y + fold },
		{ a->x + a->width, a->y + fold },
	};
	diagram_area icon = { a->x + 300, a->y + 300, smaller(1300, a->width / 3), smaller(1300, a->width / 3) };

	paint_polygon(p, page, ARRAY_SIZE(page), "shape", &b->colours);
	paint_polygon(p, corner, ARRAY_SIZE(corner), "shape", &b->colours);
	draw_symbol(p, b, &icon, b->marker == MARK_OUTPUT);
	draw_signs(p, b);
}

/* A path with absolute places: M x y, then pieces. */
static void path_point(buf *out, const char *command, int32_t x, int32_t y)
{
	buf_add_text(out, command);
	paint_number(out, x);
	buf_add_char(out, ' ');
	paint_number(out, y);
}

static void draw_store(painter *p, const diagram_box *b)
{
	const diagram_area *a = &b->area;
	int32_t r = a->height / 8, right = a->x + a->width, top = a->y + r, bottom = a->y + a->height - r;
	AUTO(buf) path = BUF_INIT;

	paint_rectangle(p, a, 0, "bounds", NULL);
	path_point(&path, "M", a->x, top);
	path_point(&path, "C", a->x, a->y - r / 3);
	path_point(&path, " ", right, a->y - r / 3);
	path_point(&path, " ", right, top);
	path_point(&path, "L", right, bottom);
	path_point(&path, "C", right, bottom + r + r / 3);
	path_point(&path, " ", a->x, bottom + r + r / 3);
	path_point(&path, " ", a->x, bottom);
	buf_add_char(&path, 'Z');
	for (int i = 0; i < 3; i++) {
		int32_t y = top + i * r * 3 / 4;

		path_point(&path, "M", a->x, y);
		path_point(&path, "C", a->x, y + r + r / 3);
		path_point(&path, " ", right, y + r + r / 3);
		path_point(&path, " ", right, y);
	}
	paint_coloured(p, "path", "shape", &b->colours);
	xml_writer_attribute(&p->w, "d", paint_text_of(p, &path));
	xml_writer_close(&p->w);
}

static void draw_note(painter *p, const diagram_box *b)
{
	const diagram_area *a = &b->area;
	int32_t arm = smaller(1000, a->width);
	AUTO(buf) path = BUF_INIT;

	paint_rectangle(p, a, 0, "bounds note", &b->colours);
	path_point(&path, "M", a->x + arm, a->y);
	path_point(&path, "L", a->x, a->y);
	path_point(&path, "L", a->x, a->y + a->height);
	path_point(&path, "L", a->x + arm, a->y + a->height);
	paint_coloured(p, "path", "bracket", &(diagram_colours){ NULL, b->colours.stroke, NULL });
	xml_writer_attribute(&p->w, "d", paint_text_of(p, &path));
	xml_writer_close(&p->w);
}

static void label_note(painter *p, const diagram_box *b)
{
	diagram_area a = { b->area.x + 500, b->area.y + 300, b->area.width - 700, b->area.height - 400 };

	text_draw(p, b->label, &a, PLACE_LEFT, TEXT_NORMAL, "label note-text", &b->colours);
}

static void draw_message(painter *p, const diagram_box *b)
{
	const diagram_area *a = &b->area;
	const diagram_point flap[] = { { a->x, a->y }, { a->x + a->width / 2, a->y + a->height * 6 / 10 },
				       { a->x + a->width, a->y } };

	paint_rectangle(p, a, 0, b->shaded ? "shape shaded" : "shape", &b->colours);
	paint_polygon(p, flap, ARRAY_SIZE(flap), "inner", &b->colours);
}

static void draw_conversation(painter *p, const diagram_box *b)
{
	const diagram_area *a = &b->area;
	int32_t side = a->width / 4;
	const diagram_point points[] = {
		{ a->x + side, a->y }, { a->x + a->width - side, a->y },
		{ a->x + a->width, a->y + a->height / 2 }, { a->x + a->width - side, a->y + a->height },
		{ a->x + side, a->y + a->height }, { a->x, a->y + a->height / 2 },
	};

	paint_polygon(p, points, ARRAY_SIZE(points), border_class(b), &b->colours);
	draw_signs(p, b);
}

/* ---- labels outside ---- */

diagram_area paint_label_area(const diagram_box *b)
{
	const diagram_area *l = &b->label_area;
	int32_t width = l->width > OUTSIDE ? l->width + 600 : OUTSIDE;

	if (!*b->label)
		return (diagram_area){ 0, 0, 0, 0 };
	if (l->width > 0)
		return (diagram_area){ l->x + l->width / 2 - width / 2, l->y, width, 0 };
	return (diagram_area){ b->area.x + b->area.width / 2 - OUTSIDE / 2,
			       b->area.y + b->area.height + 400, OUTSIDE, 0 };
}

static void label_outside(painter *p, const diagram_box *b)
{
	diagram_area a = paint_label_area(b);

	if (a.width > 0)
		text_draw(p, b->label, &a, PLACE_TOP, TEXT_SMALL, "label small halo", &b->colours);
}

/* ---- all of them ---- */

static const struct shape_row {
	void (*draw)(painter *p, const diagram_box *b);
	void (*label)(painter *p, const diagram_box *b);
	const char *name;
} shapes[SHAPE_COUNT] = {
	[SHAPE_POOL] = { draw_pool, label_pool, "pool" },
	[SHAPE_LANE] = { draw_pool, label_pool, "lane" },
	[SHAPE_GROUP] = { draw_group, label_group, "group" },
	[SHAPE_TASK] = { draw_task, label_task, "task" },
	[SHAPE_START] = { draw_event, label_outside, "start event" },
	[SHAPE_MIDDLE] = { draw_event, label_outside, "intermediate event" },
	[SHAPE_END] = { draw_event, label_outside, "end event" },
	[SHAPE_GATEWAY] = { draw_gateway, label_outside, "gateway" },
	[SHAPE_DATA] = { draw_data, label_outside, "data object" },
	[SHAPE_STORE] = { draw_store, label_outside, "data store" },
	[SHAPE_NOTE] = { draw_note, label_note, "note" },
	[SHAPE_MESSAGE] = { draw_message, label_outside, "message" },
	[SHAPE_CONVERSATION] = { draw_conversation, label_outside, "conversation" },
	[SHAPE_CHOREOGRAPHY] = { draw_task, label_task, "choreography activity" },
	[SHAPE_BAND] = { draw_band, label_band, "participant" },
};

static bool is_event(const diagram_box *b)
{
	return b->shape == SHAPE_START || b->shape == SHAPE_MIDDLE || b->shape == SHAPE_END;
}

/* "Startereignis, Nachricht" */
static void add_kind(buf *out, const painter *p, const diagram_box *b)
{
	const char *name = symbol_of(b->marker)->name;

	if (name && !is_event(b)) {
		buf_add_text(out, paint_translate(p, name));
		return;
	}
	buf_add_text(out, paint_translate(p, shapes[b->shape].name));
	if (name)
		buf_add_format(out, ", %s", paint_translate(p, name));
}

/* "Sachliche Feststellung (Benutzeraufgabe): wartet" */
static void title(painter *p, const diagram_box *b)
{
	AUTO(buf) text = BUF_INIT;

	buf_add_format(&text, "%s%s(", b->label, *b->label ? " " : "");
	add_kind(&text, p, b);
	buf_add_char(&text, ')');
	if (b->incident)
		buf_add_format(&text, ": %s", paint_translate(p, "incident"));
	else if (b->active || b->visited)
		buf_add_format(&text, ": %s", paint_translate(p, b->active ? "waiting" : "done"));
	if (b->count)
		buf_add_format(&text, ", %u", b->count);
	if (b->heat_text)
		buf_add_format(&text, ": %s", b->heat_text);
	xml_writer_element(&p->w, "title", paint_text_of(p, &text));
}

/* A tick, two bars, an exclamation mark, or the number, at the upper right corner. */
void paint_badge(painter *p, const diagram_box *b)
{
	int32_t x = b->area.x + b->area.width, y = b->area.y;
	diagram_area a = { x - BADGE, y - BADGE, 2 * BADGE, 2 * BADGE };
	diagram_area sign = paint_inset(&a, 350);
	AUTO(buf) count = BUF_INIT;

	if (!b->active && !b->visited && !b->incident && !b->count)
		return;
	paint_ellipse(p, &a, b->incident ? "badge incident" : b->active ? "badge waiting" : "badge", NULL);
	if (b->incident) {
		paint_glyph(p, "M10 3v9M10 15v2", &sign, "badge-mark", NULL);
	} else if (b->count) {
		a.x -= 2 * BADGE;
		a.width += 4 * BADGE;
		buf_add_format(&count, "%u", b->count);
		text_draw(p, paint_text_of(p, &count), &a, PLACE_MIDDLE, TEXT_SMALL, "badge-text", NULL);
	} else {
		paint_glyph(p, b->active ? "M6 3v14M14 3v14" : "M3 10l5 5L17 5", &sign, "badge-mark", NULL);
	}
}

/* A halo whose strength is the share of visits, and the figures below. */
void paint_heat(painter *p, const diagram_box *b)
{
	static const char *const classes[] = { "", "heat heat1", "heat heat2", "heat heat3", "heat heat4",
					       "heat heat5" };
	diagram_area a = paint_inset(&b->area, -900);

	if (b->heat)
		paint_rectangle(p, &a, 2 * ROUND, classes[b->heat], NULL);
}

static void heat_text(painter *p, const diagram_box *b)
{
	diagram_area a = { b->area.x + b->area.width / 2 - 6000, b->area.y - 1900, 12000, 0 };

	if (b->heat_text)
		text_draw(p, b->heat_text, &a, PLACE_TOP, TEXT_SMALL, "label small halo strong", NULL);
}

void paint_box(painter *p, const diagram_box *b)
{
	const char *class = b->incident ? "node incident" : b->active ? "node active" :
			    b->visited ? "node visited" : "node";

	paint_open(p, "g", class);
	xml_writer_attribute(&p->w, "data-id", b->id);
	title(p, b);
	shapes[b->shape].draw(p, b);
	paint_badge(p, b);
	xml_writer_close(&p->w);
}

void paint_box_label(painter *p, const diagram_box *b)
{
	if (*b->label)
		shapes[b->shape].label(p, b);
	heat_text(p, b);
}
