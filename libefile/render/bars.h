/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bars side by side, as SVG inside of a page: colours come from the page's style (classes bar, bar2, label,
 * value), so that they suit light, dark and paper. Beside it stands a table: the picture has title and
 * description for who cannot see it. */
#ifndef RENDER_BARS_H
#define RENDER_BARS_H

#include "xml/xml.h"

typedef struct bar_row {
	const char *label;
	int64_t value;        /* length of the bar; below 0 counts as 0 */
	const char *text;     /* behind the bar */
	const char *class;    /* NULL: "bar" */
} bar_row;

typedef struct bar_chart {
	const char *id;       /* of the element; unique in the page */
	const char *title;
	const char *description;
	const bar_row *rows;
	size_t count;
} bar_chart;

/* Writes <svg> as the next element. */
void render_bars(xml_writer *w, const bar_chart *chart);

#endif
