/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "render/bars.h"

#include <stdio.h>
#include <string.h>

#include "render/paint.h"

/* In pixels of the view box; the page scales it. */
enum { WIDTH = 760, LABEL = 220, GAP = 10, BARS = 380, ROW = 26, BAR = 16 };

static void number(xml_writer *w, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)value);
	xml_writer_attribute(w, name, text);
}

static void said(xml_writer *w, const char *element, const char *id, const char *suffix,
		 const char *text)
{
	char name[80];

	snprintf(name, sizeof(name), "%.60s-%s", id, suffix);
	xml_writer_start(w, element);
	xml_writer_attribute(w, "id", name);
	xml_writer_text(w, text);
	xml_writer_close(w);
}

/* What does not fit beside the bars is cut, with three points. */
static void label_text(xml_writer *w, const char *text)
{
	size_t length = strlen(text), fitting = 0;
	bool cut = text_width(text, length, TEXT_NORMAL) > LABEL * 100;
	uint32_t c;

	while (cut && fitting < length) {
		size_t next = fitting + str_utf8_next(&c, text + fitting, length - fitting);

		if (text_width(text, next, TEXT_NORMAL) > (LABEL - 12) * 100)
			break;
		fitting = next;
	}
	xml_writer_text_n(w, text, cut ? fitting : length);
	if (cut)
		xml_writer_text(w, "…");
}

static void text_at(xml_writer *w, const char *class, int64_t x, int64_t y)
{
	xml_writer_start(w, "text");
	xml_writer_attribute(w, "class", class);
	number(w, "x", x);
	number(w, "y", y);
}

static int64_t most_of(const bar_chart *chart)
{
	int64_t most = 1;

	for (size_t i = 0; i < chart->count; i++)
		if (chart->rows[i].value > most)
			most = chart->rows[i].value;
	return most;
}

/* Exact while it fits; a bar of something is at least one pixel long. */
static int64_t length_of(int64_t value, int64_t most)
{
	int64_t length = value <= 0 ? 0 : most > INT64_MAX / BARS ? value / (most / BARS) :
								    value * BARS / most;

	return value > 0 && length < 1 ? 1 : length;
}

static void draw_row(xml_writer *w, const bar_row *row, size_t index, int64_t most)
{
	int64_t top = (int64_t)index * ROW + (ROW - BAR) / 2, length = length_of(row->value, most);
	int64_t base = top + BAR - 4;

	text_at(w, "label", LABEL, base);
	xml_writer_attribute(w, "text-anchor", "end");
	label_text(w, row->label);
	xml_writer_close(w);
	xml_writer_start(w, "rect");
	xml_writer_attribute(w, "class", row->class ? row->class : "bar");
	number(w, "x", LABEL + GAP);
	number(w, "y", top);
	number(w, "width", length);
	number(w, "height", BAR);
	xml_writer_close(w);
	text_at(w, "value", LABEL + 2 * GAP + length, base);
	xml_writer_text(w, row->text);
	xml_writer_close(w);
}

void render_bars(xml_writer *w, const bar_chart *chart)
{
	int64_t most = most_of(chart);
	char box[64], named[160];

	snprintf(box, sizeof(box), "0 0 %d %lld", WIDTH, (long long)(chart->count * ROW));
	snprintf(named, sizeof(named), "%.60s-title %.60s-description", chart->id, chart->id);
	xml_writer_start(w, "svg");
	xml_writer_attribute(w, "xmlns", "http://www.w3.org/2000/svg");
	xml_writer_attribute(w, "viewBox", box);
	xml_writer_attribute(w, "role", "img");
	xml_writer_attribute(w, "aria-labelledby", named);
	said(w, "title", chart->id, "title", chart->title);
	said(w, "desc", chart->id, "description", chart->description);
	for (size_t i = 0; i < chart->count; i++)
		draw_row(w, &chart->rows[i], i, most);
	xml_writer_close(w);
}
