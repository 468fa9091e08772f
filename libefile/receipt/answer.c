/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers of a finance system: a table with a heading, or XML by schemas/handover/answers.xsd. */
#include "receipt/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/csv.h"
#include "receipt/handover.h"
#include "receipt/receipt.h"
#include "xml/xml.h"

void answers_clear(answers *a)
{
	for (size_t i = 0; i < a->text_count; i++)
		free(a->texts[i]);
	free(a->texts);
	free(a->items);
	*a = (answers){ .items = NULL };
}

/* What a column or attribute is called: in the XML, and in the tables of German systems. */
static const struct {
	const char *english, *german, *german_too;
	size_t member;
} members[] = {
	{ "key", "Buchungsschluessel", "Buchungsschlüssel", offsetof(answer, key) },
	{ "state", "Status", "Ergebnis", offsetof(answer, state) },
	{ "document", "Beleg", "Belegnummer", offsetof(answer, document) },
	{ "date", "Datum", "Buchungsdatum", offsetof(answer, date) },
	{ "amount", "Betrag", "Zahlbetrag", offsetof(answer, amount) },
	{ "currency", "Waehrung", "Währung", offsetof(answer, currency) },
	{ "reason", "Grund", "Bemerkung", offsetof(answer, reason) },
};

static const char **member_of(answer *a, size_t index)
{
	return (const char **)(void *)((char *)a + members[index].member);
}

static int member_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		if (str_ascii_casecmp(name, members[i].english) == 0 ||
		    str_ascii_casecmp(name, members[i].german) == 0 ||
		    str_ascii_casecmp(name, members[i].german_too) == 0)
			return (int)i;
	return -1;
}

static efile_status keep_text(const char **out, answers *a, efile_ctx *ctx, const char *text,
			      size_t length)
{
	void *texts = a->texts;
	char *copy;

	TRY(mem_grow(ctx, &texts, &a->text_capacity, a->text_count, sizeof(*a->texts)));
	a->texts = texts;
	TRY(mem_dup_bytes(&copy, ctx, text, length));
	a->texts[a->text_count++] = copy;
	*out = copy;
	return EFILE_OK;
}

static efile_status add_answer(answer **out, answers *a, efile_ctx *ctx, long line)
{
	void *items = a->items;

	TRY(mem_grow(ctx, &items, &a->capacity, a->count, sizeof(*a->items)));
	a->items = items;
	*out = &a->items[a->count++];
	**out = (answer){ .line = line };
	return EFILE_OK;
}

/* ---- tables ---- */

enum { ANSWER_COLUMNS = CSV_COLUMNS };

static efile_status read_heading(int columns[ANSWER_COLUMNS], efile_ctx *ctx, const csv_table *table)
{
	bool key = false, state = false;

	for (size_t c = 0; c < table->columns; c++) {
		const char *name = csv_cell(table, 0, c);

		columns[c] = name ? member_named(name) : -1;
		key |= columns[c] == 0;
		state |= columns[c] == 1;
	}
	if (key && state)
		return EFILE_OK;
	return FAIL(ctx, EFILE_E_FORMAT, 2963, "the heading of the answers needs the columns key and state");
}

static efile_status read_row(answers *out, efile_ctx *ctx, const csv_table *table,
			     const int columns[ANSWER_COLUMNS], size_t row)
{
	answer *a;

	TRY(add_answer(&a, out, ctx, table->lines[row]));
	for (size_t c = 0; c < table->columns; c++) {
		const char *text = csv_cell(table, row, c);

		if (columns[c] >= 0 && text && *text)
			TRY(keep_text(member_of(a, (size_t)columns[c]), out, ctx, text, strlen(text)));
	}
	return EFILE_OK;
}

static efile_status read_table(answers *out, efile_ctx *ctx, const char *data, size_t length)
{
	AUTO(csv_table) table = CSV_NONE;
	int columns[ANSWER_COLUMNS];

	TRY(csv_parse(&table, ctx, data, length));
	if (!table.rows)
		return FAIL(ctx, EFILE_E_FORMAT, 2963,
			    "the heading of the answers needs the columns key and state");
	TRY(read_heading(columns, ctx, &table));
	for (size_t row = 1; row < table.rows; row++)
		TRY(read_row(out, ctx, &table, columns, row));
	return EFILE_OK;
}

/* ---- XML ---- */

typedef struct xml_work {
	efile_ctx *ctx;
	answers *out;
} xml_work;

static efile_status not_ours(const xml_work *k, const xml_element *element)
{
	FAIL(k->ctx, EFILE_E_FORMAT, 2964, "answers have no element %.60s here", element->name);
	return error_at(k->ctx, "", element->line, element->column);
}

static efile_status read_element(void *user, xml_element *element)
{
	static const char uri[] = "urn:libefile:handover-answers:1";
	xml_work *k = user;
	answer *a;

	if (strcmp(element->uri, uri) != 0 || element->depth > 2 ||
	    strcmp(element->name, element->depth == 1 ? "answers" : "answer") != 0)
		return not_ours(k, element);
	if (element->depth == 1)
		return EFILE_OK;
	TRY(add_answer(&a, k->out, k->ctx, element->line));
	for (size_t i = 0; i < element->attribute_count; i++) {
		const xml_attribute *attribute = &element->attributes[i];
		int member = *attribute->uri ? -1 : member_named(attribute->name);

		if (member >= 0 && attribute->length)
			TRY(keep_text(member_of(a, (size_t)member), k->out, k->ctx, attribute->value,
				      attribute->length));
	}
	return EFILE_OK;
}

static efile_status read_xml(answers *out, efile_ctx *ctx, const char *data, size_t length)
{
	static const xml_handler handler = { .start = read_element };
	xml_work k = { ctx, out };

	return xml_read_bytes(ctx, data, length, "answers", &handler, &k);
}

/* ---- both ---- */

static bool is_xml(const char *data, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!str_ascii_space(data[i]))
			return data[i] == '<';
	return false;
}

efile_status answers_read(answers *out, efile_ctx *ctx, const char *data, size_t length)
{
	AUTO(buf) text = BUF_INIT;

	if (length >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) {
		data += 3;
		length -= 3;
	}
	if (is_xml(data, length))
		return read_xml(out, ctx, data, length);
	/* A table that is no UTF-8 comes from a system that still writes Windows-1252. */
	if (str_utf8_valid(data, length) || memchr(data, '\0', length))
		return read_table(out, ctx, data, length);
	windows_1252_to_utf8(&text, data, length);
	TRY(buf_status(&text, ctx));
	return read_table(out, ctx, text.data, text.length);
}

/* ---- values ---- */

bool answer_amount(efile_decimal *out, const char *text)
{
	char room[64];
	char *comma;

	if (strlen(text) >= sizeof(room))
		return false;
	strcpy(room, text);
	comma = strchr(room, ',');
	if (comma && (strchr(room, '.') || strchr(comma + 1, ',')))
		return false;
	if (comma)
		*comma = '.';
	return receipt_amount(out, room);
}

bool answer_day(char out[EFILE_DATE_TEXT_SIZE], const char *text)
{
	efile_date day;
	char iso[16];

	if (strlen(text) == 10 && text[2] == '.' && text[5] == '.')
		snprintf(iso, sizeof(iso), "%.4s-%.2s-%.2s", text + 6, text + 3, text);
	else if (strlen(text) == 8)
		snprintf(iso, sizeof(iso), "%.4s-%.2s-%.2s", text, text + 4, text + 6);
	else
		snprintf(iso, sizeof(iso), "%.10s", strlen(text) == 10 ? text : "");
	if (efile_date_parse(&day, iso) != EFILE_OK)
		return false;
	efile_date_format(day, out);
	return true;
}
