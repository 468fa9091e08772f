/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the files that draw: one painter, small pieces. */
#ifndef RENDER_PAINT_H
#define RENDER_PAINT_H

#include "render/diagram.h"
#include "xml/xml.h"

typedef struct painter {
	xml_writer w;
	const diagram *d;
	diagram_area view;
} painter;

/* ---- pieces (svg.c) ---- */
const char *paint_translate(const painter *p, const char *english);
/* The text of a buffer; missing memory sticks to the writer. */
const char *paint_text_of(painter *p, const buf *text);
void paint_number(buf *out, int32_t hundredths);
void paint_attribute(painter *p, const char *name, int32_t hundredths);
/* An element with its class, and with colours where they are given. */
void paint_open(painter *p, const char *name, const char *class);
void paint_coloured(painter *p, const char *name, const char *class, const diagram_colours *colours);
void paint_rectangle(painter *p, const diagram_area *a, int32_t radius, const char *class,
		     const diagram_colours *colours);
/* A circle, or an ellipse where the area is no square. */
void paint_ellipse(painter *p, const diagram_area *a, const char *class,
		   const diagram_colours *colours);
void paint_polygon(painter *p, const diagram_point *points, size_t count, const char *class,
		   const diagram_colours *colours);
/* A drawing of 20 by 20 units, scaled into an area. */
void paint_glyph(painter *p, const char *path, const diagram_area *a, const char *class,
		 const diagram_colours *colours);
diagram_area paint_inset(const diagram_area *a, int32_t by);

/* ---- text (text.c) ---- */
typedef enum paint_place { PLACE_MIDDLE, PLACE_TOP, PLACE_LEFT } paint_place;
enum { TEXT_SMALL = 1100, TEXT_NORMAL = 1200, TEXT_LINE = 1400, TEXT_LINES = 24 };

/* Width of a text in hundredths of a pixel, by the letters of a usual sans serif. */
int32_t text_width(const char *text, size_t length, int32_t size);
/* Wraps text into an area; what does not fit into its height is cut off with an ellipsis. */
void text_draw(painter *p, const char *text, const diagram_area *a, paint_place place, int32_t size,
	       const char *class, const diagram_colours *colours);
size_t text_lines(const char *text, int32_t width, int32_t size);
/* The area that text takes when wrapped to a width and centred on x with its top at y. */
diagram_area text_measure(const char *text, int32_t x, int32_t y, int32_t width, int32_t size);

/* ---- boxes and lines ---- */
void paint_box(painter *p, const diagram_box *b);
void paint_box_label(painter *p, const diagram_box *b);
void paint_heat(painter *p, const diagram_box *b);   /* below the lines */
diagram_area paint_label_area(const diagram_box *b); /* of a label outside; width 0: none */
const char *paint_box_kind(const diagram_box *b);    /* English */
void paint_badge(painter *p, const diagram_box *b);
void paint_line(painter *p, const diagram_line *l);
void paint_line_label(painter *p, const diagram_line *l);
diagram_area paint_line_label_area(const diagram_line *l);

/* ---- signs (symbols.c) ---- */
typedef struct symbol {
	const char *path;       /* in 20 by 20 */
	const char *filled;     /* drawn filled, under the path; NULL: none */
	const char *name;       /* for the title; NULL: that of the shape */
} symbol;
const symbol *symbol_of(diagram_marker marker);
const char *symbol_sign(unsigned sign); /* path of one bit */

#endif
