/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text in pictures: measured by the widths of a usual sans serif, broken between words. */
#include <string.h>

#include "render/paint.h"

typedef struct text_line {
	const char *text;
	size_t length;
	bool cut;
} text_line;

/* Thousandths of the size, for letters of Helvetica and its likes; others count as 560. */
static int32_t letter_width(uint32_t c)
{
	static const struct { const char *letters; int32_t width; } rows[] = {
		{ "ijl'|", 222 }, { "ft!I:;,./\\[] ()-", 290 }, { "r\"`", 335 },
		{ "acksvxyzJ", 505 }, { "mM", 833 }, { "wCDHNRU&", 722 }, { "W", 944 },
		{ "GOQ", 778 }, { "ABEKPSVXY", 667 }, { "FTZL", 600 }, { "@%", 950 },
	};

	if (c >= 0x1100 && (c <= 0x115f || (c >= 0x2e80 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
			    (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) || c >= 0x1f300))
		return 1000;
	for (size_t i = 0; c && c < 0x80 && i < ARRAY_SIZE(rows); i++)
		if (strchr(rows[i].letters, (int)c))
			return rows[i].width * 107 / 100; /* other fonts run wider */
	return 600;
}

int32_t text_width(const char *text, size_t length, int32_t size)
{
	int64_t width = 0;

	for (size_t at = 0; at < length && width < INT32_MAX / 4;) {
		uint32_t c = 0;
		size_t used = str_utf8_next(&c, text + at, length - at);

		at += used ? used : 1;
		width += (int64_t)letter_width(c) * size / 1000;
	}
	return (int32_t)(width < INT32_MAX / 4 ? width : INT32_MAX / 4);
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The bytes of a line that fit; cut inside a word only if that alone is too long. */
static size_t line_bytes(const char *text, int32_t width, int32_t size)
{
	size_t best = 0, at = 0;
	int64_t used = 0;

	while (text[at] && text[at] != '\n') {
		uint32_t c = 0;
		size_t bytes = str_utf8_next(&c, text + at, strnlen(text + at, 4));

		if (blank(text[at]))
			best = at;
		used += (int64_t)letter_width(c) * size / 1000;
		if (used > width && at)
			return best ? best : at;
		at += bytes ? bytes : 1;
		if ((c == '-' || c == '/') && text[at])
			best = at;
	}
	return at;
}

static size_t break_text(text_line *lines, size_t most, const char *text, int32_t width, int32_t size)
{
	size_t count = 0;

	while (blank(*text) || *text == '\n')
		text++;
	while (*text && count < most) {
		size_t length = line_bytes(text, width, size);

		lines[count++] = (text_line){ text, length, false };
		text += length;
		while (blank(*text) || *text == '\n')
			text++;
	}
	if (*text && count)
		lines[count - 1].cut = true;
	return count;
}

static void write_line(painter *p, const text_line *line)
{
	AUTO(buf) text = BUF_INIT;
	size_t length = line->length;

	/* Line breaks and what no XML can hold do not stand inside a line. */
	while (length && blank(line->text[length - 1]))
		length--;
	if (!line->cut) {
		xml_writer_text_n(&p->w, line->text, length);
		return;
	}
	buf_add(&text, line->text, length);
	buf_add_text(&text, "\xe2\x80\xa6");
	xml_writer_text(&p->w, paint_text_of(p, &text));
}

static int32_t line_height(int32_t size)
{
	return size * 7 / 6;
}

void text_draw(painter *p, const char *text, const diagram_area *a, paint_place place, int32_t size,
	       const char *class, const diagram_colours *colours)
{
	text_line lines[TEXT_LINES];
	int32_t step = line_height(size);
	size_t most = a->height > 0 ? (size_t)(a->height / step) : TEXT_LINES;
	size_t count;
	int32_t y = a->y + size;

	most = most < 1 ? 1 : most > TEXT_LINES ? TEXT_LINES : most;
	count = break_text(lines, most, text, a->width, size);
	if (!count)
		return;
	if (place == PLACE_MIDDLE)
		y = a->y + (a->height - (int32_t)count * step) / 2 + size - size / 12;
	paint_open(p, "text", class);
	p->w.indent = false; /* blanks between the lines would count */
	xml_writer_attribute(&p->w, "aria-hidden", "true");
	if (colours && colours->text) {
		AUTO(buf) style = BUF_INIT;

		buf_add_format(&style, "fill:%s", colours->text);
		xml_writer_attribute(&p->w, "style", paint_text_of(p, &style));
	}
	for (size_t i = 0; i < count; i++) {
		xml_writer_start(&p->w, "tspan");
		paint_attribute(p, "x", place == PLACE_LEFT ? a->x : a->x + a->width / 2);
		paint_attribute(p, "y", y + (int32_t)i * step);
		write_line(p, &lines[i]);
		xml_writer_close(&p->w);
	}
	xml_writer_close(&p->w);
	p->w.indent = true;
}

size_t text_lines(const char *text, int32_t width, int32_t size)
{
	text_line lines[TEXT_LINES];

	return break_text(lines, TEXT_LINES, text, width, size);
}

diagram_area text_measure(const char *text, int32_t x, int32_t y, int32_t width, int32_t size)
{
	text_line lines[TEXT_LINES];
	size_t count = break_text(lines, TEXT_LINES, text, width, size);
	int32_t widest = 0;

	for (size_t i = 0; i < count; i++) {
		int32_t wide = text_width(lines[i].text, lines[i].length, size);

		if (wide > widest)
			widest = wide;
	}
	return (diagram_area){ x - widest / 2, y, widest, (int32_t)count * line_height(size) };
}
