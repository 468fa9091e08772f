/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Postings as a table (RFC 4180 with the separator, encoding and forms of the profile). */
#include <stdio.h>
#include <string.h>

#include "receipt/handover.h"

/* ---- encodings ---- */

/* Windows-1252 from 0x80 on (Unicode's CP1252.TXT); 0 where nothing is. */
static const uint16_t windows_1252[32] = {
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152,
	0, 0x017d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161,
	0x203a, 0x0153, 0, 0x017e, 0x0178,
};

/* The byte of a character; 0: the encoding does not have it. */
static unsigned char byte_of(handover_encoding encoding, uint32_t c)
{
	if (c < 0x80 || (c >= 0xa0 && c <= 0xff))
		return (unsigned char)c;
	if (encoding == ENCODING_WINDOWS_1252)
		for (size_t i = 0; i < ARRAY_SIZE(windows_1252); i++)
			if (c == windows_1252[i])
				return (unsigned char)(0x80 + i);
	return 0;
}

void windows_1252_to_utf8(buf *out, const char *data, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)data[i];
		uint32_t c = byte >= 0x80 && byte < 0xa0 ? windows_1252[byte - 0x80] : byte;

		str_utf8_add(out, c ? c : 0xfffd);
	}
}

static efile_status cannot_say(const handover_run *run, const char *column, uint32_t c,
			       const char *what)
{
	return FAIL(run->ctx, EFILE_E_INVALID, 2954,
		    "the encoding of the hand-over has no U+%04X: column %.60s, '%.80s'", (unsigned)c,
		    column, what);
}

/* Control characters, line breaks among them, have no place in a table that programs read line by
 * line: each becomes a blank. */
static efile_status add_encoded(handover_run *run, const char *column, const char *text)
{
	const char *end = text + strlen(text);

	for (const char *at = text; at < end;) {
		uint32_t c;
		size_t length = str_utf8_next(&c, at, (size_t)(end - at));
		unsigned char byte = byte_of(run->csv.encoding, c);

		if (c < 0x20 || (c >= 0x7f && c < 0xa0))
			buf_add_char(run->out, ' ');
		else if (c == '"')
			buf_add_text(run->out, "\"\"");
		else if (run->csv.encoding == ENCODING_UTF_8)
			buf_add(run->out, at, length);
		else if (byte)
			buf_add_char(run->out, (char)byte);
		else
			return cannot_say(run, column, c, text);
		at += length;
	}
	return EFILE_OK;
}

/* ---- cells ---- */

static bool needs_quotes(const handover_run *run, const char *text)
{
	size_t length = strlen(text);

	return run->csv.quote_all || strchr(text, run->csv.separator) || strchr(text, '"') ||
	       (length && (text[0] == ' ' || text[length - 1] == ' '));
}

/* A spreadsheet takes such a text for a formula. */
static bool looks_like_formula(const char *text)
{
	return *text && strchr("=+-@\t\r", *text);
}

static efile_status add_cell(handover_run *run, size_t index, const char *column, const char *text,
			     bool free_text)
{
	bool quoted = needs_quotes(run, text);

	if (index)
		buf_add_char(run->out, run->csv.separator);
	if (quoted)
		buf_add_char(run->out, '"');
	if (free_text && run->csv.mark_formulas && looks_like_formula(text))
		buf_add_char(run->out, '\'');
	TRY(add_encoded(run, column, text));
	if (quoted)
		buf_add_char(run->out, '"');
	return EFILE_OK;
}

static void with_decimal(char *text, char decimal)
{
	char *point = strchr(text, '.');

	if (point)
		*point = decimal;
}

/* The value of a field that the data do not hold. */
static void batch_value(char room[64], const handover_run *run, const handover_posting *posting,
			const value_field *field)
{
	if (strcmp(field->name, "position") == 0)
		snprintf(room, 64, "%lld", (long long)posting->position);
	else if (strcmp(field->name, "batch") == 0)
		snprintf(room, 64, "%lld", (long long)run->batch->number);
	else if (strcmp(field->name, "batch_id") == 0)
		efile_id_format(&run->batch->id, room);
	else
		efile_time_format(run->batch->created, room);
}

static const char *column_text(char room[64], const handover_run *run,
			       const handover_posting *posting, const csv_column *c)
{
	char money[EFILE_DECIMAL_TEXT_SIZE];
	const char *text;

	if (!c->field)
		return c->constant;
	if (!c->field->path) {
		batch_value(room, run, posting, c->field);
		return room;
	}
	text = posting_text(posting, c->field->path);
	if (!text)
		return "";
	if (c->field->kind == VALUE_DATE)
		return day_form(room, text, c->date);
	if (c->field->kind != VALUE_MONEY && c->field->kind != VALUE_NUMBER)
		return text;
	snprintf(room, 64, "%s", c->field->kind == VALUE_MONEY ? money_text(money, text) : text);
	with_decimal(room, c->decimal);
	return room;
}

/* ---- lines ---- */

static efile_status csv_prepare(handover_run *run, const char *profile)
{
	return csv_profile_parse(&run->csv, run->ctx, profile);
}

static efile_status csv_begin(handover_run *run)
{
	if (run->csv.bom)
		buf_add_text(run->out, "\xef\xbb\xbf");
	for (size_t i = 0; run->csv.header && i < run->csv.count; i++)
		TRY(add_cell(run, i, run->csv.columns[i].name, run->csv.columns[i].name, false));
	if (run->csv.header)
		buf_add_text(run->out, run->csv.line_end);
	return buf_status(run->out, run->ctx);
}

static efile_status csv_posting(handover_run *run, const handover_posting *posting)
{
	char room[64];

	for (size_t i = 0; i < run->csv.count; i++) {
		const csv_column *c = &run->csv.columns[i];

		TRY(add_cell(run, i, c->name, column_text(room, run, posting, c),
			     c->field && c->field->kind == VALUE_TEXT));
	}
	buf_add_text(run->out, run->csv.line_end);
	return buf_status(run->out, run->ctx);
}

/* One line for each currency behind the postings: SUMME, batch, count, sum, currency, control sum. */
static efile_status csv_end(handover_run *run)
{
	const handover_totals *totals = &run->batch->totals;

	for (size_t i = 0; run->csv.totals && i < totals->sum_count; i++) {
		char number[32], count[32], sum[EFILE_DECIMAL_TEXT_SIZE], all[EFILE_DECIMAL_TEXT_SIZE];
		const char *const cells[] = { "SUMME", number, count, sum, totals->sums[i].currency, all };
		char room[EFILE_DECIMAL_TEXT_SIZE];

		snprintf(number, sizeof(number), "%lld", (long long)run->batch->number);
		snprintf(count, sizeof(count), "%lld", (long long)totals->sums[i].count);
		money_text(sum, efile_decimal_format(totals->sums[i].sum, room));
		money_text(all, efile_decimal_format(totals->control, room));
		with_decimal(sum, run->csv.decimal);
		with_decimal(all, run->csv.decimal);
		for (size_t n = 0; n < ARRAY_SIZE(cells); n++)
			TRY(add_cell(run, n, "SUMME", cells[n], false));
		buf_add_text(run->out, run->csv.line_end);
	}
	return buf_status(run->out, run->ctx);
}

const handover_writer handover_csv = { EFILE_HANDOVER_CSV, "csv", "handover.csv", csv_prepare,
				       csv_begin, csv_posting, csv_end };
