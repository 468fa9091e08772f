/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A diagram as SVG: readable without colour (thick lines, badges, titles) and by screen readers. */
#include <stdlib.h>
#include <string.h>

#include "render/diagram.h"
#include "xml/xml.h"

enum { PAD = 2000, LETTER = 620, LINE_HEIGHT = 1400, POOL_LABEL = 3000, LEGEND = 3600,
       LINES_MAX = 12, BADGE = 900 };

typedef struct painter {
	xml_writer w;
	const diagram *d;
	diagram_area view;
} painter;

void diagram_clear(diagram *d)
{
	free(d->boxes);
	free(d->lines);
	free(d->laid);
	*d = (diagram){ 0 };
}

efile_status diagram_add_box(diagram *d, const diagram_box *box)
{
	void *boxes = d->boxes;

	TRY(mem_grow(d->ctx, &boxes, &d->box_capacity, d->box_count, sizeof(*box)));
	d->boxes = boxes;
	d->boxes[d->box_count++] = *box;
	return EFILE_OK;
}

efile_status diagram_add_line(diagram *d, const diagram_line *line)
{
	void *lines = d->lines;

	TRY(mem_grow(d->ctx, &lines, &d->line_capacity, d->line_count, sizeof(*line)));
	d->lines = lines;
	d->lines[d->line_count++] = *line;
	return EFILE_OK;
}

/* ---- small pieces ---- */

static const char *translate(const painter *p, const char *english)
{
	return message_translate((int)p->d->ctx->language, english);
}

/* The text of a buffer; missing memory sticks to the writer. */
static const char *text_of(painter *p, const buf *text)
{
	if (text->failed && p->w.status >= 0)
		p->w.status = mem_failed(p->d->ctx);
	return buf_text(text);
}

/* Hundredths as a decimal, whatever the locale. */
static void add_number(buf *out, int32_t value)
{
	int64_t n = value;

	if (n < 0) {
		buf_add_char(out, '-');
		n = -n;
	}
	buf_add_format(out, "%lld", (long long)(n / 100));
	if (n % 100)
		buf_add_format(out, ".%02lld", (long long)(n % 100));
}

static void number(painter *p, const char *name, int32_t value)
{
	AUTO(buf) text = BUF_INIT;

	add_number(&text, value);
	xml_writer_attribute(&p->w, name, text_of(p, &text));
}

static void open_tag(painter *p, const char *name, const char *class)
{
	xml_writer_start(&p->w, name);
	xml_writer_attribute(&p->w, "class", class);
}

static void rectangle(painter *p, const diagram_area *a, int32_t radius, const char *class)
{
	open_tag(p, "rect", class);
	number(p, "x", a->x);
	number(p, "y", a->y);
	number(p, "width", a->width);
	number(p, "height", a->height);
	if (radius)
		number(p, "rx", radius);
	xml_writer_close(&p->w);
}

static void circle(painter *p, int32_t x, int32_t y, int32_t radius, const char *class)
{
	open_tag(p, "circle", class);
	number(p, "cx", x);
	number(p, "cy", y);
	number(p, "r", radius);
	xml_writer_close(&p->w);
}

/* A drawing of 16 by 16 units, scaled into a square. */
static void glyph(painter *p, const char *path, int32_t x, int32_t y, int32_t size,
		  const char *class)
{
	AUTO(buf) transform = BUF_INIT;

	buf_add_text(&transform, "translate(");
	add_number(&transform, x);
	buf_add_char(&transform, ' ');
	add_number(&transform, y);
	buf_add_text(&transform, ") scale(");
	add_number(&transform, size / 16);
	buf_add_char(&transform, ')');
	open_tag(p, "path", class);
	xml_writer_attribute(&p->w, "d", path);
	xml_writer_attribute(&p->w, "transform", text_of(p, &transform));
	xml_writer_close(&p->w);
}

/* ---- text: broken between words ---- */

typedef struct text_line {
	const char *text;
	size_t length;
} text_line;

static size_t characters(const char *text, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += ((unsigned char)text[i] & 0xC0) != 0x80;
	return count;
}

/* The bytes of a line of at most so many characters; cut inside a word only if it is too long. */
static size_t line_bytes(const char *text, size_t most)
{
	size_t best = 0, at = 0, count = 0;

	for (; text[at] && text[at] != '\n'; at++) {
		if (((unsigned char)text[at] & 0xC0) != 0x80 && count++ == most)
			return best ? best : at;
		if (text[at] == ' ' || text[at] == '-')
			best = at + (text[at] == '-');
	}
	return at;
}

static size_t break_text(text_line *lines, const char *text, size_t most)
{
	size_t count = 0;

	if (most < 3)
		most = 3;
	while (*text && count < LINES_MAX) {
		size_t length = line_bytes(text, most);

		lines[count++] = (text_line){ text, length };
		text += length;
		while (*text == ' ' || *text == '\n' || *text == '\r' || *text == '\t')
			text++;
	}
	return count;
}

/* Centred in an area; top instead of middle where the area is a label's. */
static void label(painter *p, const char *text, const diagram_area *a, bool middle)
{
	text_line lines[LINES_MAX];
	size_t count = break_text(lines, text, (size_t)(a->width > 0 ? a->width / LETTER : 0));
	int32_t y = a->y + LINE_HEIGHT - 300;

	if (middle)
		y = a->y + (a->height - (int32_t)count * LINE_HEIGHT) / 2 + LINE_HEIGHT - 350;
	if (!count)
		return;
	xml_writer_start(&p->w, "text");
	xml_writer_attribute(&p->w, "aria-hidden", "true");
	for (size_t i = 0; i < count; i++) {
		xml_writer_start(&p->w, "tspan");
		number(p, "x", a->x + a->width / 2);
		number(p, "y", y + (int32_t)i * LINE_HEIGHT);
		xml_writer_text_n(&p->w, lines[i].text, lines[i].length);
		xml_writer_close(&p->w);
	}
	xml_writer_close(&p->w);
}

/* ---- markers ---- */

static const struct marker_row {
	const char *path;       /* in 16 by 16 */
	bool filled;
	const char *name;       /* for the title; NULL: that of the shape */
} markers[MARK_COUNT] = {
	[MARK_NONE] = { NULL, false, NULL },
	[MARK_USER] = { "M8 8a3 3 0 1 0 0-6a3 3 0 0 0 0 6M2 15c0-8 12-8 12 0z", false, "user task" },
	[MARK_SERVICE] = { "M8 5a3 3 0 1 0 0 6a3 3 0 0 0 0-6M7 1h2v2l2 1l2-1l1 2l-2 1v4l2 1l-1 2l-2-1"
			   "l-2 1v2h-2v-2l-2-1l-2 1l-1-2l2-1v-4l-2-1l1-2l2 1l2-1z", false,
			   "service task" },
	[MARK_MANUAL] = { "M2 6l4-3h8M6 6h8M6 9h8M6 12h7M2 6v7l4 2h6", false, "manual task" },
	[MARK_SCRIPT] = { "M4 1h9c-4 4 4 9 0 14H4c4-5-4-10 0-14M5 5h5M6 8h5M6 11h6", false,
			  "script task" },
	[MARK_SEND] = { "M1 3h14l-7 6zM1 5v9h14V5l-7 6z", true, "send task" },
	[MARK_RECEIVE] = { "M1 3h14v11H1zL8 9l7-6", false, "receive task" },
	[MARK_RULE] = { "M1 3h14v11H1zM1 6h14M5 6v8M1 10h14", false, "business rule task" },
	[MARK_CALL] = { NULL, false, "call activity" },
	[MARK_MESSAGE] = { "M1 4h14v9H1zL8 9l7-5", false, NULL },
	[MARK_TIMER] = { "M8 1a7 7 0 1 0 .1 0zM8 4v4l3 2", false, NULL },
	[MARK_SIGNAL] = { "M8 2l6 11H2z", false, NULL },
	[MARK_ERROR] = { "M2 14L5 4l5 6l4-8l-4 12l-5-6z", false, NULL },
	[MARK_TERMINATE] = { "M8 1a7 7 0 1 0 .1 0z", true, "terminating end event" },
	[MARK_EXCLUSIVE] = { "M3 3l10 10M13 3L3 13", false, "exclusive gateway" },
	[MARK_PARALLEL] = { "M8 1v14M1 8h14", false, "parallel gateway" },
	[MARK_INCLUSIVE] = { "M8 2a6 6 0 1 0 .1 0z", false, "inclusive gateway" },
	[MARK_COMPLEX] = { "M8 1v14M1 8h14M3 3l10 10M13 3L3 13", false, "complex gateway" },
	[MARK_EVENT_BASED] = { "M8 1a7 7 0 1 0 .1 0zM8 4l4 3l-1.5 5h-5L4 7z", false,
			       "event-based gateway" },
};

static void draw_marker(painter *p, const diagram_box *b)
{
	const struct marker_row *row = &markers[b->marker];
	const diagram_area *a = &b->area;
	bool task = b->shape == SHAPE_TASK || b->shape == SHAPE_SUBPROCESS;
	int32_t size = task ? 1600 : (a->width < a->height ? a->width : a->height) * 45 / 100;

	if (!row->path)
		return;
	glyph(p, row->path, task ? a->x + 500 : a->x + (a->width - size) / 2,
	      task ? a->y + 500 : a->y + (a->height - size) / 2, size, row->filled ? "full" : "mark");
}

/* ---- shapes ---- */

static void draw_pool(painter *p, const diagram_box *b)
{
	diagram_area band = b->area;

	rectangle(p, &b->area, 0, "pool");
	if (b->vertical) {
		band.height = POOL_LABEL;
		label(p, b->label, &band, true);
		return;
	}
	/* The name of a horizontal pool stands upright at its left. */
	band = (diagram_area){ b->area.x + POOL_LABEL / 2, b->area.y + b->area.height / 2, 0, 0 };
	{
		AUTO(buf) turn = BUF_INIT;

		buf_add_text(&turn, "rotate(-90 ");
		add_number(&turn, band.x);
		buf_add_char(&turn, ' ');
		add_number(&turn, band.y);
		buf_add_char(&turn, ')');
		xml_writer_start(&p->w, "g");
		xml_writer_attribute(&p->w, "transform", text_of(p, &turn));
		band = (diagram_area){ band.x - b->area.height / 2, band.y - POOL_LABEL / 2,
				       b->area.height, POOL_LABEL };
		label(p, b->label, &band, true);
		xml_writer_close(&p->w);
	}
}

static void draw_group(painter *p, const diagram_box *b)
{
	rectangle(p, &b->area, 1000, "group");
	label(p, b->label, &b->area, false);
}

static void draw_task(painter *p, const diagram_box *b)
{
	diagram_area inner = b->area;

	rectangle(p, &b->area, 800, b->marker == MARK_CALL ? "shape thick" : "shape");
	draw_marker(p, b);
	inner.x += 400;
	inner.width -= 800;
	if (b->marker != MARK_NONE && b->marker != MARK_CALL)
		inner.y += 600;
	label(p, b->label, &inner, b->shape == SHAPE_TASK || b->collapsed);
	if (b->collapsed)
		glyph(p, "M1 1h14v14H1zM8 4v8M4 8h8", b->area.x + b->area.width / 2 - 700,
		      b->area.y + b->area.height - 1500, 1400, "mark");
}

static void outer_label(painter *p, const diagram_box *b)
{
	diagram_area a = b->label_area;

	if (a.width <= 0) {
		a = (diagram_area){ b->area.x - 3500, b->area.y + b->area.height + 300,
				    b->area.width + 7000, 2 * LINE_HEIGHT };
		label(p, b->label, &a, false);
		return;
	}
	a.x -= 600; /* our letters may be wider than those of the tool that measured the label */
	a.width += 1200;
	label(p, b->label, &a, false);
}

static void draw_event(painter *p, const diagram_box *b)
{
	int32_t x = b->area.x + b->area.width / 2, y = b->area.y + b->area.height / 2;
	int32_t radius = (b->area.width < b->area.height ? b->area.width : b->area.height) / 2;

	circle(p, x, y, radius, b->shape == SHAPE_END ? "shape thick" : "shape");
	if (b->shape == SHAPE_MIDDLE && radius > 400)
		circle(p, x, y, radius - 350, "mark");
	draw_marker(p, b);
	outer_label(p, b);
}

static void draw_gateway(painter *p, const diagram_box *b)
{
	const diagram_area *a = &b->area;
	AUTO(buf) points = BUF_INIT;
	const int32_t at[][2] = { { a->x + a->width / 2, a->y }, { a->x + a->width, a->y + a->height / 2 },
				  { a->x + a->width / 2, a->y + a->height },
				  { a->x, a->y + a->height / 2 } };

	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		buf_add_text(&points, i ? " " : "");
		add_number(&points, at[i][0]);
		buf_add_char(&points, ',');
		add_number(&points, at[i][1]);
	}
	open_tag(p, "polygon", "shape");
	xml_writer_attribute(&p->w, "points", text_of(p, &points));
	xml_writer_close(&p->w);
	draw_marker(p, b);
	outer_label(p, b);
}

static void draw_data(painter *p, const diagram_box *b)
{
	rectangle(p, &b->area, b->shape == SHAPE_STORE ? 600 : 0, "shape");
	outer_label(p, b);
}

static void draw_note(painter *p, const diagram_box *b)
{
	rectangle(p, &b->area, 0, "note");
	label(p, b->label, &b->area, true);
}

static const struct shape_row {
	void (*draw)(painter *p, const diagram_box *b);
	const char *name;
} shapes[SHAPE_COUNT] = {
	[SHAPE_POOL] = { draw_pool, "pool" },
	[SHAPE_LANE] = { draw_pool, "lane" },
	[SHAPE_GROUP] = { draw_group, "group" },
	[SHAPE_SUBPROCESS] = { draw_task, "sub-process" },
	[SHAPE_TASK] = { draw_task, "task" },
	[SHAPE_START] = { draw_event, "start event" },
	[SHAPE_MIDDLE] = { draw_event, "intermediate event" },
	[SHAPE_END] = { draw_event, "end event" },
	[SHAPE_GATEWAY] = { draw_gateway, "gateway" },
	[SHAPE_DATA] = { draw_data, "data object" },
	[SHAPE_STORE] = { draw_data, "data store" },
	[SHAPE_NOTE] = { draw_note, "note" },
};

/* "Sachliche Feststellung (Benutzeraufgabe): wartet" */
static void box_title(painter *p, const diagram_box *b)
{
	AUTO(buf) text = BUF_INIT;
	const char *kind = markers[b->marker].name ? markers[b->marker].name : shapes[b->shape].name;

	buf_add_format(&text, "%s%s(%s)", b->label, *b->label ? " " : "", translate(p, kind));
	if (b->active || b->visited)
		buf_add_format(&text, ": %s", translate(p, b->active ? "waiting" : "done"));
	if (b->count)
		buf_add_format(&text, ", %u", b->count);
	xml_writer_element(&p->w, "title", text_of(p, &text));
}

/* A tick, or a dot with the number, at the upper right corner. */
static void badge(painter *p, const diagram_box *b)
{
	int32_t x = b->area.x + b->area.width, y = b->area.y;
	AUTO(buf) count = BUF_INIT;
	diagram_area a = { x - 2 * BADGE, y - BADGE, 4 * BADGE, 2 * BADGE };

	if (!b->active && !b->visited && !b->count)
		return;
	circle(p, x, y, BADGE, b->active ? "badge waiting" : "badge");
	if (b->count) {
		buf_add_format(&count, "%u", b->count);
		xml_writer_start(&p->w, "g");
		xml_writer_attribute(&p->w, "class", "badge-text");
		label(p, text_of(p, &count), &a, true);
		xml_writer_close(&p->w);
	} else if (b->active) {
		glyph(p, "M5 3v10M11 3v10", x - 640, y - 640, 1280, "badge-mark");
	} else {
		glyph(p, "M3 8l4 4l6-8", x - 640, y - 640, 1280, "badge-mark");
	}
}

static void draw_box(painter *p, const diagram_box *b)
{
	open_tag(p, "g", b->active ? "node active" : b->visited ? "node visited" : "node");
	xml_writer_attribute(&p->w, "data-id", b->id);
	box_title(p, b);
	shapes[b->shape].draw(p, b);
	badge(p, b);
	xml_writer_close(&p->w);
}

/* ---- lines ---- */

static const char *line_class(const diagram_line *l)
{
	if (l->arrow == ARROW_SEQUENCE)
		return l->visited ? "flow taken" : "flow";
	return l->arrow == ARROW_MESSAGE ? "flow message" : "association";
}

/* A stroke across the beginning of a default flow. */
static void default_mark(painter *p, const diagram_line *l)
{
	const diagram_point *a = &l->points[0], *b = &l->points[1];
	int32_t dx = b->x > a->x ? 1 : b->x < a->x ? -1 : 0;
	int32_t dy = b->y > a->y ? 1 : b->y < a->y ? -1 : 0;

	glyph(p, "M4 12L12 4", a->x + dx * 900 - 800, a->y + dy * 900 - 800, 1600, "mark");
}

static void line_label(painter *p, const diagram_line *l)
{
	diagram_area a = l->label_area;

	if (!*l->label)
		return;
	if (a.width <= 0) {
		const diagram_point *from = &l->points[0], *to = &l->points[1];

		a = (diagram_area){ (from->x + to->x) / 2 - 4000, (from->y + to->y) / 2 - 1800, 8000,
				    LINE_HEIGHT };
	}
	if (a.width < (int32_t)(characters(l->label, strlen(l->label)) + 1) * LETTER &&
	    a.width < 6000) {
		a.x -= (6000 - a.width) / 2;
		a.width = 6000;
	}
	label(p, l->label, &a, false);
}

static void draw_line(painter *p, const diagram_line *l)
{
	AUTO(buf) path = BUF_INIT;

	if (l->point_count < 2)
		return;
	for (size_t i = 0; i < l->point_count; i++) {
		buf_add_char(&path, i ? 'L' : 'M');
		add_number(&path, l->points[i].x);
		buf_add_char(&path, ' ');
		add_number(&path, l->points[i].y);
	}
	xml_writer_start(&p->w, "g");
	xml_writer_attribute(&p->w, "data-id", l->id);
	if (l->visited || *l->label) {
		AUTO(buf) text = BUF_INIT;

		buf_add_format(&text, "%s%s%s", l->label, l->visited && *l->label ? ": " : "",
			       l->visited ? translate(p, "taken") : "");
		xml_writer_element(&p->w, "title", text_of(p, &text));
	}
	open_tag(p, "path", line_class(l));
	xml_writer_attribute(&p->w, "d", text_of(p, &path));
	if (l->arrow != ARROW_ASSOCIATION)
		xml_writer_attribute(&p->w, "marker-end", l->visited ? "url(#arrow-taken)" :
									 "url(#arrow)");
	xml_writer_close(&p->w);
	if (l->standard)
		default_mark(p, l);
	line_label(p, l);
	xml_writer_close(&p->w);
}

/* ---- the whole picture ---- */

static void grow_view(diagram_area *view, int32_t x, int32_t y)
{
	int32_t right = view->x + view->width, bottom = view->y + view->height;

	if (x < view->x)
		view->x = x;
	if (y < view->y)
		view->y = y;
	view->width = (x > right ? x : right) - view->x;
	view->height = (y > bottom ? y : bottom) - view->y;
}

static void grow_by(diagram_area *view, const diagram_area *a)
{
	grow_view(view, a->x, a->y);
	grow_view(view, a->x + a->width, a->y + a->height);
}

static bool outside_label(const diagram_box *b)
{
	return *b->label && b->shape >= SHAPE_START && b->shape <= SHAPE_STORE;
}

static void measure(painter *p)
{
	const diagram *d = p->d;
	bool first = true;

	for (size_t i = 0; i < d->box_count; i++) {
		diagram_area a = d->boxes[i].area;

		if (first)
			p->view = a;
		first = false;
		grow_by(&p->view, &a);
		if (outside_label(&d->boxes[i]))
			grow_by(&p->view, &(diagram_area){ a.x - 3500, a.y, a.width + 7000,
							   a.height + 300 + 2 * LINE_HEIGHT });
	}
	for (size_t i = 0; i < d->line_count; i++)
		for (size_t k = 0; k < d->lines[i].point_count; k++) {
			const diagram_point *at = &d->lines[i].points[k];

			if (first)
				p->view = (diagram_area){ at->x, at->y, 0, 0 };
			first = false;
			grow_view(&p->view, at->x, at->y);
		}
	p->view.x -= PAD;
	p->view.y -= PAD;
	p->view.width += 2 * PAD;
	p->view.height += 2 * PAD + (d->overlay ? LEGEND : 0);
}

static const char style[] =
	"text{font:11px sans-serif;fill:#1a1a1a;text-anchor:middle}"
	".shape{fill:#fff;stroke:#333;stroke-width:1.5}.thick{stroke-width:3.5}"
	".pool{fill:#fafafa;stroke:#777;stroke-width:1}.group{fill:none;stroke:#777;stroke-dasharray:8 3 2 3}"
	".note{fill:#fffbe6;stroke:#999;stroke-width:1}"
	".mark{fill:none;stroke:#333;stroke-width:1.4}.full{fill:#333;stroke:none}"
	".flow{fill:none;stroke:#555;stroke-width:1.4}.message{stroke-dasharray:6 4}"
	".association{fill:none;stroke:#777;stroke-dasharray:2 3}"
	".taken{stroke:#0b5d1e;stroke-width:3.5}"
	".visited .shape{fill:#e7f5ea;stroke:#0b5d1e;stroke-width:2.5}"
	".active .shape{fill:#fff3d6;stroke:#8a4b00;stroke-width:3.5;stroke-dasharray:7 3}"
	".badge{fill:#0b5d1e;stroke:#fff;stroke-width:1.5}.waiting{fill:#8a4b00}"
	".badge-mark{fill:none;stroke:#fff;stroke-width:2.5}.badge-text text{fill:#fff;font-weight:bold}"
	".legend{text-anchor:start}";

static void arrow_head(painter *p, const char *id, const char *colour, const char *size)
{
	xml_writer_start(&p->w, "marker");
	xml_writer_attribute(&p->w, "id", id);
	xml_writer_attribute(&p->w, "viewBox", "0 0 10 10");
	xml_writer_attribute(&p->w, "refX", "9");
	xml_writer_attribute(&p->w, "refY", "5");
	xml_writer_attribute(&p->w, "markerUnits", "userSpaceOnUse");
	xml_writer_attribute(&p->w, "markerWidth", size);
	xml_writer_attribute(&p->w, "markerHeight", size);
	xml_writer_attribute(&p->w, "orient", "auto");
	xml_writer_start(&p->w, "path");
	xml_writer_attribute(&p->w, "d", "M0 0L10 5L0 10z");
	xml_writer_attribute(&p->w, "fill", colour);
	xml_writer_close(&p->w);
	xml_writer_close(&p->w);
}

static void definitions(painter *p)
{
	xml_writer_element(&p->w, "style", style);
	xml_writer_start(&p->w, "defs");
	arrow_head(p, "arrow", "#555", "9");
	arrow_head(p, "arrow-taken", "#0b5d1e", "13");
	xml_writer_close(&p->w);
}

/* How many boxes are done and where the process waits, for those who cannot see the picture. */
static void description(painter *p)
{
	AUTO(buf) text = BUF_INIT;
	size_t visited = 0;
	bool first = true;

	for (size_t i = 0; i < p->d->box_count; i++)
		visited += p->d->boxes[i].visited && !p->d->boxes[i].active;
	if (p->d->overlay)
		buf_add_format(&text, "%zu %s", visited, translate(p, "steps done"));
	else
		buf_add_format(&text, "%zu %s", p->d->box_count, translate(p, "elements"));
	for (size_t i = 0; i < p->d->box_count; i++) {
		const diagram_box *b = &p->d->boxes[i];

		if (!b->active)
			continue;
		buf_add_format(&text, "%s %s", first ? translate(p, "; waiting at") : ",",
			       *b->label ? b->label : b->id);
		first = false;
	}
	xml_writer_start(&p->w, "desc");
	xml_writer_attribute(&p->w, "id", "diagram-desc");
	xml_writer_text(&p->w, text_of(p, &text));
	xml_writer_close(&p->w);
}

static void legend_text(painter *p, int32_t x, int32_t y, const char *english)
{
	open_tag(p, "text", "legend");
	number(p, "x", x);
	number(p, "y", y);
	xml_writer_attribute(&p->w, "style", "text-anchor:start");
	xml_writer_text(&p->w, translate(p, english));
	xml_writer_close(&p->w);
}

static void legend(painter *p)
{
	int32_t x = p->view.x + PAD, y = p->view.y + p->view.height - LEGEND + 1200;
	const diagram_box done = { .visited = true, .area = { x - 900, y, 1800, 0 } };
	const diagram_box waits = { .active = true, .area = { x + 11100, y, 1800, 0 } };

	xml_writer_start(&p->w, "g");
	badge(p, &done);
	legend_text(p, x + 2200, y + 400, "done");
	badge(p, &waits);
	legend_text(p, x + 14200, y + 400, "waiting");
	open_tag(p, "path", "flow taken");
	{
		AUTO(buf) path = BUF_INIT;

		buf_add_char(&path, 'M');
		add_number(&path, x + 23000);
		buf_add_char(&path, ' ');
		add_number(&path, y);
		buf_add_text(&path, "h30");
		xml_writer_attribute(&p->w, "d", text_of(p, &path));
	}
	xml_writer_close(&p->w);
	legend_text(p, x + 26500, y + 400, "path taken");
	xml_writer_close(&p->w);
}

static void open_svg(painter *p)
{
	AUTO(buf) box = BUF_INIT;

	add_number(&box, p->view.x);
	buf_add_char(&box, ' ');
	add_number(&box, p->view.y);
	buf_add_char(&box, ' ');
	add_number(&box, p->view.width);
	buf_add_char(&box, ' ');
	add_number(&box, p->view.height);
	xml_writer_start(&p->w, "svg");
	xml_writer_attribute(&p->w, "xmlns", "http://www.w3.org/2000/svg");
	xml_writer_attribute(&p->w, "role", "img");
	xml_writer_attribute(&p->w, "aria-labelledby", "diagram-title diagram-desc");
	xml_writer_attribute(&p->w, "lang", p->d->ctx->language == EFILE_LANGUAGE_DE ? "de" : "en");
	number(p, "width", p->view.width);
	number(p, "height", p->view.height);
	xml_writer_attribute(&p->w, "viewBox", text_of(p, &box));
	xml_writer_start(&p->w, "title");
	xml_writer_attribute(&p->w, "id", "diagram-title");
	xml_writer_text(&p->w, p->d->title);
	xml_writer_close(&p->w);
}

/* Containers lie below lines, lines below nodes. */
static void draw_all(painter *p)
{
	for (size_t i = 0; i < p->d->box_count; i++)
		if (p->d->boxes[i].shape <= SHAPE_GROUP ||
		    (p->d->boxes[i].shape == SHAPE_SUBPROCESS && !p->d->boxes[i].collapsed))
			draw_box(p, &p->d->boxes[i]);
	for (size_t i = 0; i < p->d->line_count; i++)
		draw_line(p, &p->d->lines[i]);
	for (size_t i = 0; i < p->d->box_count; i++)
		if (p->d->boxes[i].shape > SHAPE_SUBPROCESS ||
		    (p->d->boxes[i].shape == SHAPE_SUBPROCESS && p->d->boxes[i].collapsed))
			draw_box(p, &p->d->boxes[i]);
}

efile_status diagram_write_svg(buf *out, const diagram *d)
{
	painter p = { .d = d };
	efile_status status;

	measure(&p);
	xml_writer_begin(&p.w, d->ctx, out, NULL, true);
	open_svg(&p);
	description(&p);
	definitions(&p);
	draw_all(&p);
	if (d->overlay)
		legend(&p);
	status = xml_writer_end(&p.w);
	xml_writer_clear(&p.w);
	return status;
}
