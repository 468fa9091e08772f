/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A diagram as SVG: light and dark, readable without colour (thick lines, badges, titles) and by
 * screen readers. Colours stand in one style sheet; those of the file in the elements. */
#include <stdlib.h>
#include <string.h>

#include "render/paint.h"

enum { PAD = 2000, LEGEND = 4000, LEGEND_WIDTH = 46000 };

void diagram_clear(diagram *d)
{
	free(d->boxes);
	free(d->lines);
	free(d->laid);
	for (size_t i = 0; i < d->text_count; i++)
		free(d->texts[i]);
	free(d->texts);
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

efile_status diagram_text(const char **out, diagram *d, buf *text)
{
	void *texts = d->texts;
	char *made;

	TRY(mem_grow(d->ctx, &texts, &d->text_capacity, d->text_count, sizeof(*d->texts)));
	d->texts = texts;
	TRY(buf_take(&made, text, d->ctx));
	d->texts[d->text_count++] = made;
	*out = made;
	return EFILE_OK;
}

/* ---- small pieces ---- */

const char *paint_translate(const painter *p, const char *english)
{
	return message_translate((int)p->d->ctx->language, english);
}

const char *paint_text_of(painter *p, const buf *text)
{
	if (text->failed && p->w.status >= 0)
		p->w.status = mem_failed(p->d->ctx);
	return buf_text(text);
}

/* Hundredths as a decimal, whatever the locale. */
void paint_number(buf *out, int32_t value)
{
	int64_t n = value;

	if (n < 0) {
		buf_add_char(out, '-');
		n = -n;
	}
	buf_add_format(out, "%lld", (long long)(n / 100));
	if (n % 100)
		buf_add_format(out, n % 10 ? ".%02lld" : ".%lld",
			       (long long)(n % 10 ? n % 100 : n % 100 / 10));
}

void paint_attribute(painter *p, const char *name, int32_t value)
{
	AUTO(buf) text = BUF_INIT;

	paint_number(&text, value);
	xml_writer_attribute(&p->w, name, paint_text_of(p, &text));
}

void paint_open(painter *p, const char *name, const char *class)
{
	xml_writer_start(&p->w, name);
	xml_writer_attribute(&p->w, "class", class);
}

void paint_coloured(painter *p, const char *name, const char *class, const diagram_colours *colours)
{
	AUTO(buf) style = BUF_INIT;

	paint_open(p, name, class);
	if (!colours || (!colours->fill && !colours->stroke))
		return;
	if (colours->fill)
		buf_add_format(&style, "fill:%s", colours->fill);
	if (colours->stroke)
		buf_add_format(&style, "%sstroke:%s", style.length ? ";" : "", colours->stroke);
	xml_writer_attribute(&p->w, "style", paint_text_of(p, &style));
}

void paint_rectangle(painter *p, const diagram_area *a, int32_t radius, const char *class,
		     const diagram_colours *colours)
{
	paint_coloured(p, "rect", class, colours);
	paint_attribute(p, "x", a->x);
	paint_attribute(p, "y", a->y);
	paint_attribute(p, "width", a->width);
	paint_attribute(p, "height", a->height);
	if (radius)
		paint_attribute(p, "rx", radius);
	xml_writer_close(&p->w);
}

/* Half of an odd length keeps its half, so that the bounds stay exact. */
static void half(painter *p, const char *name, int32_t start, int32_t length)
{
	AUTO(buf) text = BUF_INIT;
	int64_t twice = 2 * (int64_t)start + length;

	if (twice % 2) {
		if (twice < 0)
			buf_add_char(&text, '-');
		twice = (twice < 0 ? -twice : twice) * 5;
		buf_add_format(&text, "%lld.%03lld", (long long)(twice / 1000), (long long)(twice % 1000));
	} else {
		paint_number(&text, (int32_t)(twice / 2));
	}
	xml_writer_attribute(&p->w, name, paint_text_of(p, &text));
}

void paint_ellipse(painter *p, const diagram_area *a, const char *class,
		   const diagram_colours *colours)
{
	bool circle = a->width == a->height;

	paint_coloured(p, circle ? "circle" : "ellipse", class, colours);
	half(p, "cx", a->x, a->width);
	half(p, "cy", a->y, a->height);
	half(p, circle ? "r" : "rx", 0, a->width);
	if (!circle)
		half(p, "ry", 0, a->height);
	xml_writer_close(&p->w);
}

void paint_polygon(painter *p, const diagram_point *points, size_t count, const char *class,
		   const diagram_colours *colours)
{
	AUTO(buf) text = BUF_INIT;

	for (size_t i = 0; i < count; i++) {
		buf_add_text(&text, i ? " " : "");
		paint_number(&text, points[i].x);
		buf_add_char(&text, ',');
		paint_number(&text, points[i].y);
	}
	paint_coloured(p, "polygon", class, colours);
	xml_writer_attribute(&p->w, "points", paint_text_of(p, &text));
	xml_writer_close(&p->w);
}

void paint_glyph(painter *p, const char *path, const diagram_area *a, const char *class,
		 const diagram_colours *colours)
{
	diagram_colours ink = { NULL, colours ? colours->stroke : NULL, NULL };
	AUTO(buf) transform = BUF_INIT;

	if (!strcmp(class, "full"))
		ink.fill = ink.stroke;
	buf_add_text(&transform, "translate(");
	paint_number(&transform, a->x);
	buf_add_char(&transform, ' ');
	paint_number(&transform, a->y);
	buf_add_format(&transform, ") scale(%d.%03d)", a->width / 2000, a->width % 2000 / 2);
	paint_coloured(p, "path", class, &ink);
	xml_writer_attribute(&p->w, "d", path);
	xml_writer_attribute(&p->w, "transform", paint_text_of(p, &transform));
	xml_writer_close(&p->w);
}

diagram_area paint_inset(const diagram_area *a, int32_t by)
{
	diagram_area inner = { a->x + by, a->y + by, a->width - 2 * by, a->height - 2 * by };

	if (inner.width < 0)
		inner.width = 0;
	if (inner.height < 0)
		inner.height = 0;
	return inner;
}

/* ---- how large it is ---- */

typedef struct bounds {
	int32_t left, top, right, bottom;
	bool any;
} bounds;

static void grow(bounds *b, const diagram_area *a)
{
	if (!b->any)
		*b = (bounds){ a->x, a->y, a->x, a->y, true };
	b->left = a->x < b->left ? a->x : b->left;
	b->top = a->y < b->top ? a->y : b->top;
	b->right = a->x + a->width > b->right ? a->x + a->width : b->right;
	b->bottom = a->y + a->height > b->bottom ? a->y + a->height : b->bottom;
}

static void grow_by_text(bounds *b, const char *text, const diagram_area *a)
{
	diagram_area taken;

	if (a->width <= 0)
		return;
	taken = text_measure(text, a->x + a->width / 2, a->y, a->width, TEXT_SMALL);
	grow(b, &taken);
}

static bool labelled_outside(const diagram_box *b)
{
	return (b->shape >= SHAPE_START && b->shape <= SHAPE_STORE) || b->shape == SHAPE_MESSAGE ||
		b->shape == SHAPE_CONVERSATION;
}

static void measure(painter *p)
{
	const diagram *d = p->d;
	bounds b = { 0 };

	for (size_t i = 0; i < d->box_count; i++) {
		const diagram_box *box = &d->boxes[i];

		grow(&b, &box->area);
		if (labelled_outside(box)) {
			diagram_area a = paint_label_area(box);

			grow_by_text(&b, box->label, &a);
		}
	}
	for (size_t i = 0; i < d->line_count; i++) {
		diagram_area a = paint_line_label_area(&d->lines[i]);

		for (size_t k = 0; k < d->lines[i].point_count; k++)
			grow(&b, &(diagram_area){ d->lines[i].points[k].x, d->lines[i].points[k].y, 0, 0 });
		grow_by_text(&b, d->lines[i].label, &a);
	}
	p->view = (diagram_area){ b.left - PAD, b.top - PAD, b.right - b.left + 2 * PAD,
				  b.bottom - b.top + 2 * PAD };
	if (d->overlay || d->heat) {
		p->view.height += LEGEND;
		if (p->view.width < LEGEND_WIDTH)
			p->view.width = LEGEND_WIDTH;
	}
}

/* ---- the style sheet ---- */

static const char style[] =
	".paper{fill:#fff}"
	"text{font-family:Arial,Helvetica,'Liberation Sans',sans-serif;font-size:12px;fill:#1b1d21;text-anchor:middle}"
	".small{font-size:11px}.strong{font-weight:bold}.note-text{text-anchor:start}"
	".halo{paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}"
	".shape{fill:#fff;stroke:#22262c;stroke-width:1.6;stroke-linejoin:round}.thick{stroke-width:4}"
	".dashed{stroke-dasharray:5 3}.dotted{stroke-dasharray:.1 4;stroke-linecap:round;stroke-width:2.2}"
	".inner{fill:none;stroke:#22262c;stroke-width:1.4;stroke-linejoin:round}"
	".pool{fill:#fff;stroke:#22262c;stroke-width:1.4}.band{fill:#f4f6f8;stroke:#22262c;stroke-width:1.4}"
	".shaded{fill:#d5dae0}"
	".group{fill:none;stroke:#5b636d;stroke-width:1.6;stroke-dasharray:9 4 1.5 4;stroke-linecap:round}"
	".bounds{fill:none;stroke:none}.bracket{fill:none;stroke:#22262c;stroke-width:1.6}"
	".mark{fill:none;stroke:#22262c;stroke-width:1.4;stroke-linejoin:round;stroke-linecap:round}"
	".full{fill:#22262c;stroke:none}"
	".flow{fill:none;stroke:#22262c;stroke-width:1.5;stroke-linejoin:round}"
	".message{stroke-dasharray:9 5}.association{stroke-dasharray:.5 4.5;stroke-linecap:round;stroke-width:1.8}"
	".wide{stroke-width:5}.wide-inner{stroke:#fff;stroke-width:2.4}"
	".head{fill:#22262c;stroke:#22262c;stroke-width:1;stroke-linejoin:round}"
	".end{fill:#fff;stroke:#22262c;stroke-width:1.3;stroke-linejoin:round}"
	".chevron{fill:none;stroke:#22262c;stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round}"
	".flow.taken{stroke:#0b6b2e;stroke-width:3.2}.head.taken{fill:#0b6b2e;stroke:#0b6b2e;stroke-width:3}"
	".visited .shape{fill:#e8f6ec;stroke:#0b6b2e}.active .shape{fill:#fff1d0;stroke:#8f4a00;stroke-width:3.4}"
	".incident .shape{fill:#fde4e1;stroke:#a5121a;stroke-width:3.4}"
	".badge{fill:#0b6b2e;stroke:#fff;stroke-width:1.5}.badge.waiting{fill:#8f4a00}.badge.incident{fill:#a5121a}"
	".badge-mark{fill:none;stroke:#fff;stroke-width:3.4;stroke-linecap:round;stroke-linejoin:round}"
	".badge-text{font-size:11px;fill:#fff;font-weight:bold}"
	".heat{stroke:none}.heat1{fill:#fff3c4}.heat2{fill:#ffdc8a}.heat3{fill:#ffb65c}.heat4{fill:#f98245}"
	".heat5{fill:#e2492d}.legend{text-anchor:start}"
	"@media (prefers-color-scheme:dark){"
	".paper{fill:#15181c}text{fill:#e8eaed}.halo{stroke:#15181c}"
	".shape,.end,.pool{fill:#22272e;stroke:#c9d1d9}.inner,.bracket,.mark,.flow,.chevron{stroke:#c9d1d9}"
	".band{fill:#2b313a;stroke:#c9d1d9}.shaded{fill:#424a55}.group{stroke:#98a2ad}.full,.head{fill:#c9d1d9}"
	".head{stroke:#c9d1d9}.bounds{fill:none;stroke:none}.wide-inner{stroke:#15181c}"
	".flow.taken{stroke:#58c27d}.head.taken{fill:#58c27d;stroke:#58c27d}"
	".visited .shape{fill:#17331f;stroke:#58c27d}.active .shape{fill:#3d2a08;stroke:#f2b45a}"
	".incident .shape{fill:#431519;stroke:#ff8a80}.badge{stroke:#15181c}"
	".heat1{fill:#3b3417}.heat2{fill:#574312}.heat3{fill:#7a4c10}.heat4{fill:#9c4519}.heat5{fill:#b83222}}";

/* ---- title, description, legend ---- */

/* How many boxes are done and where the process waits, for those who cannot see the picture. */
static void description(painter *p)
{
	AUTO(buf) text = BUF_INIT;
	size_t visited = 0;
	bool first = true;

	for (size_t i = 0; i < p->d->box_count; i++)
		visited += p->d->boxes[i].visited && !p->d->boxes[i].active;
	if (p->d->overlay)
		buf_add_format(&text, "%zu %s", visited, paint_translate(p, "steps done"));
	else
		buf_add_format(&text, "%zu %s", p->d->box_count, paint_translate(p, "elements"));
	for (size_t i = 0; i < p->d->box_count; i++) {
		const diagram_box *b = &p->d->boxes[i];

		if (!b->active && !b->incident)
			continue;
		buf_add_format(&text, "%s %s", first ? paint_translate(p, "; waiting at") : ",",
			       *b->label ? b->label : b->id);
		first = false;
	}
	xml_writer_start(&p->w, "desc");
	xml_writer_attribute(&p->w, "id", "diagram-desc");
	xml_writer_text(&p->w, paint_text_of(p, &text));
	xml_writer_close(&p->w);
}

static void legend_text(painter *p, int32_t x, int32_t y, const char *english)
{
	paint_open(p, "text", "legend");
	paint_attribute(p, "x", x);
	paint_attribute(p, "y", y);
	xml_writer_text(&p->w, paint_translate(p, english));
	xml_writer_close(&p->w);
}

static void legend_way(painter *p, int32_t x, int32_t y)
{
	const diagram_point points[] = { { x, y }, { x + 3000, y } };
	const diagram_line line = { .arrow = ARROW_SEQUENCE, .id = "", .label = "", .points = points,
				    .point_count = 2, .visited = true };

	paint_line(p, &line);
}

static void overlay_legend(painter *p, int32_t x, int32_t y)
{
	const diagram_box done = { .visited = true, .area = { x - 900, y, 1800, 0 } };
	const diagram_box waits = { .active = true, .area = { x + 8100, y, 1800, 0 } };
	const diagram_box broken = { .incident = true, .area = { x + 17100, y, 1800, 0 } };

	paint_badge(p, &done);
	legend_text(p, x + 2300, y + 400, "done");
	paint_badge(p, &waits);
	legend_text(p, x + 11300, y + 400, "waiting");
	paint_badge(p, &broken);
	legend_text(p, x + 20300, y + 400, "incident");
	legend_way(p, x + 28000, y);
	legend_text(p, x + 31800, y + 400, "path taken");
}

static void heat_legend(painter *p, int32_t x, int32_t y)
{
	static const char *const classes[] = { "heat heat1", "heat heat2", "heat heat3", "heat heat4",
					       "heat heat5" };

	for (size_t i = 0; i < ARRAY_SIZE(classes); i++)
		paint_rectangle(p, &(diagram_area){ x + (int32_t)i * 2400, y - 900, 2400, 1800 }, 0,
				classes[i], NULL);
	legend_text(p, x + 13000, y + 400, "visits: from few to many");
}

static void legend(painter *p)
{
	int32_t x = p->view.x + PAD, y = p->view.y + p->view.height - LEGEND + 1400;

	paint_open(p, "g", "legend");
	xml_writer_attribute(&p->w, "aria-hidden", "true");
	if (p->d->heat)
		heat_legend(p, x, y);
	else
		overlay_legend(p, x, y);
	xml_writer_close(&p->w);
}

static void open_svg(painter *p)
{
	AUTO(buf) box = BUF_INIT;

	paint_number(&box, p->view.x);
	buf_add_char(&box, ' ');
	paint_number(&box, p->view.y);
	buf_add_char(&box, ' ');
	paint_number(&box, p->view.width);
	buf_add_char(&box, ' ');
	paint_number(&box, p->view.height);
	xml_writer_start(&p->w, "svg");
	xml_writer_attribute(&p->w, "xmlns", "http://www.w3.org/2000/svg");
	xml_writer_attribute(&p->w, "role", "img");
	xml_writer_attribute(&p->w, "aria-labelledby", "diagram-title diagram-desc");
	xml_writer_attribute(&p->w, "lang", p->d->ctx->language == EFILE_LANGUAGE_DE ? "de" : "en");
	paint_attribute(p, "width", p->view.width);
	paint_attribute(p, "height", p->view.height);
	xml_writer_attribute(&p->w, "viewBox", paint_text_of(p, &box));
	xml_writer_start(&p->w, "title");
	xml_writer_attribute(&p->w, "id", "diagram-title");
	xml_writer_text(&p->w, p->d->title);
	xml_writer_close(&p->w);
}

/* ---- order: containers from large to small, lines, nodes, names ---- */

static bool is_container(const diagram_box *b)
{
	return b->shape <= SHAPE_GROUP || b->container;
}

static int container_order(const void *a, const void *b)
{
	const diagram_box *left = *(const diagram_box *const *)a, *right = *(const diagram_box *const *)b;
	int64_t x = (int64_t)left->area.width * left->area.height;
	int64_t y = (int64_t)right->area.width * right->area.height;
	bool first = left->shape == SHAPE_GROUP, second = right->shape == SHAPE_GROUP;

	if (first != second)
		return first ? 1 : -1;
	if (x != y)
		return x > y ? -1 : 1;
	return (left > right) - (left < right);
}

static efile_status draw_containers(painter *p)
{
	const diagram_box **sorted = mem_new(p->d->ctx, (p->d->box_count + 1) * sizeof(*sorted));
	size_t count = 0;

	if (!sorted)
		return EFILE_E_NOMEM;
	for (size_t i = 0; i < p->d->box_count; i++)
		if (is_container(&p->d->boxes[i]))
			sorted[count++] = &p->d->boxes[i];
	qsort(sorted, count, sizeof(*sorted), container_order);
	for (size_t i = 0; i < count; i++)
		paint_box(p, sorted[i]);
	free(sorted);
	return EFILE_OK;
}

/* Events on the border of an activity lie above it. */
static void draw_nodes(painter *p)
{
	for (int events = 0; events < 2; events++)
		for (size_t i = 0; i < p->d->box_count; i++) {
			const diagram_box *b = &p->d->boxes[i];

			if (!is_container(b) && (b->shape == SHAPE_MIDDLE) == (events == 1))
				paint_box(p, b);
		}
}

static efile_status draw_all(painter *p)
{
	paint_rectangle(p, &p->view, 0, "paper", NULL);
	TRY(draw_containers(p));
	for (size_t i = 0; i < p->d->box_count; i++)
		paint_heat(p, &p->d->boxes[i]);
	for (size_t i = 0; i < p->d->line_count; i++)
		paint_line(p, &p->d->lines[i]);
	draw_nodes(p);
	for (size_t i = 0; i < p->d->box_count; i++)
		paint_box_label(p, &p->d->boxes[i]);
	for (size_t i = 0; i < p->d->line_count; i++)
		paint_line_label(p, &p->d->lines[i]);
	return EFILE_OK;
}

static efile_status write(painter *p)
{
	open_svg(p);
	description(p);
	xml_writer_element(&p->w, "style", style);
	TRY(draw_all(p));
	if (p->d->overlay || p->d->heat)
		legend(p);
	return EFILE_OK;
}

efile_status diagram_write_svg(buf *out, const diagram *d)
{
	painter p = { .d = d };
	efile_status status;

	measure(&p);
	xml_writer_begin(&p.w, d->ctx, out, NULL, true);
	status = write(&p);
	if (status == EFILE_OK)
		status = xml_writer_end(&p.w);
	xml_writer_clear(&p.w);
	return status;
}
