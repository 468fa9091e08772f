/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/csv.h"

#include <stdlib.h>
#include <string.h>

typedef struct csv_reader {
	efile_ctx *ctx;
	csv_table *table;
	char *at, *end, *to;     /* cells are unquoted in place: to <= at */
	char separator;
	long line;
	size_t cell_capacity, line_capacity;
	size_t used;             /* cells in all */
} csv_reader;

void csv_table_clear(csv_table *table)
{
	free(table->text);
	free(table->cells);
	free(table->lines);
	*table = (csv_table)CSV_NONE;
}

/* The one that the heading has most of. */
static char separator_of(const char *text)
{
	static const char candidates[] = ",;\t";
	size_t counts[3] = { 0, 0, 0 }, best = 0;
	bool quoted = false;

	for (; *text && (quoted || (*text != '\n' && *text != '\r')); text++) {
		const char *found = strchr(candidates, *text);

		quoted ^= *text == '"';
		if (found && !quoted)
			counts[found - candidates]++;
	}
	for (size_t i = 1; i < 3; i++)
		if (counts[i] > counts[best])
			best = i;
	return candidates[best];
}

static bool line_end(char c)
{
	return c == '\n' || c == '\r';
}

/* From the quote on; the cell's text goes to r->to. */
static efile_status quoted_cell(csv_reader *r)
{
	long begun = r->line;

	for (r->at++; r->at < r->end; r->at++) {
		if (*r->at == '"' && r->at[1] != '"')
			break;
		r->at += *r->at == '"';
		r->line += *r->at == '\n';
		*r->to++ = *r->at;
	}
	if (r->at >= r->end)
		return FAIL(r->ctx, EFILE_E_FORMAT, 2110, "line %ld: a quotation mark is not closed",
			    begun);
	r->at++;
	if (r->at < r->end && *r->at != r->separator && !line_end(*r->at))
		return FAIL(r->ctx, EFILE_E_FORMAT, 2111, "line %ld: text behind a quotation mark",
			    r->line);
	return EFILE_OK;
}

static efile_status add_cell(csv_reader *r, char *cell)
{
	csv_table *t = r->table;

	TRY(mem_grow(r->ctx, (void **)&t->cells, &r->cell_capacity, r->used, sizeof(*t->cells)));
	t->cells[r->used++] = cell;
	return EFILE_OK;
}

/* One cell; last tells that its row ends with it. */
static efile_status read_cell(csv_reader *r, bool *last)
{
	char *cell = r->to;

	if (r->at < r->end && *r->at == '"')
		TRY(quoted_cell(r));
	else
		while (r->at < r->end && *r->at != r->separator && !line_end(*r->at))
			*r->to++ = *r->at++;
	*last = r->at >= r->end || *r->at != r->separator;
	if (r->at < r->end && *r->at == '\r' && r->at[1] == '\n')
		r->at++;
	if (r->at < r->end)
		r->line += line_end(*r->at++);
	*r->to++ = '\0'; /* where the separator was, or the NUL behind the text */
	return add_cell(r, cell);
}

static efile_status check_width(csv_reader *r, size_t begin, long line)
{
	csv_table *t = r->table;
	size_t width = r->used - begin;

	if (t->rows == 0 && width <= CSV_COLUMNS)
		t->columns = width;
	if (width > (t->columns ? t->columns : (size_t)CSV_COLUMNS))
		return FAIL(r->ctx, EFILE_E_FORMAT, 2112, "line %ld: %zu cells, more than columns", line,
			    width);
	while (r->used - begin < t->columns)
		TRY(add_cell(r, NULL));
	return EFILE_OK;
}

static efile_status read_row(csv_reader *r)
{
	csv_table *t = r->table;
	size_t begin = r->used;
	long line = r->line;
	bool last = false;

	while (!last)
		TRY(read_cell(r, &last));
	if (r->used == begin + 1 && !*t->cells[begin]) {
		r->used = begin; /* blank */
		return EFILE_OK;
	}
	TRY(check_width(r, begin, line));
	TRY(mem_grow(r->ctx, (void **)&t->lines, &r->line_capacity, t->rows, sizeof(*t->lines)));
	t->lines[t->rows++] = line;
	return EFILE_OK;
}

static efile_status check_text(efile_ctx *ctx, const char *data, size_t length)
{
	long line = 1;

	for (size_t at = 0, used; at < length; at += used) {
		uint32_t character;

		used = str_utf8_next(&character, data + at, length - at);
		if (!str_utf8_valid(data + at, used))
			return FAIL(ctx, EFILE_E_FORMAT, 2113, "line %ld: not UTF-8", line);
		line += character == '\n';
	}
	return EFILE_OK;
}

efile_status csv_parse(csv_table *out, efile_ctx *ctx, const char *data, size_t length)
{
	AUTO(csv_table) t = CSV_NONE;
	csv_reader r = { .ctx = ctx, .table = &t, .line = 1 };

	TRY(check_text(ctx, data, length));
	if (length >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0) {
		data += 3;
		length -= 3;
	}
	TRY(mem_dup_bytes(&t.text, ctx, data, length));
	r.at = r.to = t.text;
	r.end = t.text + length;
	r.separator = separator_of(t.text);
	while (r.at < r.end)
		TRY(read_row(&r));
	*out = t;
	t = (csv_table)CSV_NONE;
	return EFILE_OK;
}
