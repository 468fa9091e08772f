/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a finance system wants its table to look like: docs/RECEIPT.md, "Profiles". */
#include <stdlib.h>
#include <string.h>

#include "receipt/handover.h"

static const char own_profile[] =
	"{\"separator\":\";\",\"decimal\":\",\",\"date\":\"DD.MM.YYYY\",\"encoding\":\"UTF-8\",\"header\":true,"
	"\"columns\":["
	"{\"name\":\"Buchungsschluessel\",\"field\":\"key\"},{\"name\":\"Stapel\",\"field\":\"batch\"},"
	"{\"name\":\"Position\",\"field\":\"position\"},{\"name\":\"Art\",\"field\":\"kind\"},"
	"{\"name\":\"Kreditor\",\"field\":\"creditor\"},{\"name\":\"Rechnungssteller\",\"field\":\"seller\"},"
	"{\"name\":\"Rechnungsnummer\",\"field\":\"number\"},{\"name\":\"Rechnungsdatum\",\"field\":\"date\"},"
	"{\"name\":\"Eingang\",\"field\":\"received\"},{\"name\":\"Betrag\",\"field\":\"amount\"},"
	"{\"name\":\"Waehrung\",\"field\":\"currency\"},{\"name\":\"IBAN\",\"field\":\"iban\"},"
	"{\"name\":\"Faellig\",\"field\":\"pay_by\"},{\"name\":\"Skonto_bis\",\"field\":\"discount_until\"},"
	"{\"name\":\"Skonto\",\"field\":\"discount\"},{\"name\":\"Bauabzug\",\"field\":\"withholding\"},"
	"{\"name\":\"Sachkonto\",\"field\":\"account\"},{\"name\":\"Produkt\",\"field\":\"product\"},"
	"{\"name\":\"Kostenstelle\",\"field\":\"cost_centre\"},{\"name\":\"Vertrag\",\"field\":\"contract\"},"
	"{\"name\":\"Bestellung\",\"field\":\"order\"},{\"name\":\"Aktenzeichen\",\"field\":\"reference\"}]}";

static const name_row encodings[] = {
	{ ENCODING_UTF_8, "UTF-8" },
	{ ENCODING_LATIN_1, "ISO-8859-1" },
	{ ENCODING_WINDOWS_1252, "Windows-1252" },
};

static const char *const date_forms[] = { "YYYY-MM-DD", "DD.MM.YYYY", "YYYYMMDD", "DDMMYYYY" };

void csv_profile_clear(csv_profile *profile)
{
	json_document_free(profile->document);
	profile->document = NULL;
}

static efile_status bad(efile_ctx *ctx, const char *member)
{
	return FAIL(ctx, EFILE_E_FORMAT, 2952, "the profile of the hand-over is wrong at '%.60s'", member);
}

static efile_status take_char(char *out, efile_ctx *ctx, const json_value *object, const char *key,
			      const char *allowed)
{
	const json_value *value = json_member(object, key);

	if (!value)
		return EFILE_OK;
	if (value->type != JSON_STRING || strlen(value->text) != 1 || !strchr(allowed, value->text[0]))
		return bad(ctx, key);
	*out = value->text[0];
	return EFILE_OK;
}

static efile_status take_bool(bool *out, efile_ctx *ctx, const json_value *object, const char *key)
{
	const json_value *value = json_member(object, key);

	if (!value)
		return EFILE_OK;
	if (value->type != JSON_TRUE && value->type != JSON_FALSE)
		return bad(ctx, key);
	*out = value->type == JSON_TRUE;
	return EFILE_OK;
}

/* A member whose text stands in a list of pairs, "name", "what it means"; *out stays if it is absent. */
static efile_status take_one_of(const char **out, efile_ctx *ctx, const json_value *object,
				const char *key, const char *const *pairs, size_t count)
{
	const json_value *value = json_member(object, key);

	if (!value)
		return EFILE_OK;
	for (size_t i = 0; i < count && value->type == JSON_STRING; i += 2)
		if (strcmp(pairs[i], value->text) == 0) {
			*out = pairs[i + 1];
			return EFILE_OK;
		}
	return bad(ctx, key);
}

static efile_status take_date(const char **out, efile_ctx *ctx, const json_value *object)
{
	const json_value *value = json_member(object, "date");

	if (!value)
		return EFILE_OK;
	for (size_t i = 0; i < ARRAY_SIZE(date_forms) && value->type == JSON_STRING; i++)
		if (strcmp(date_forms[i], value->text) == 0) {
			*out = date_forms[i];
			return EFILE_OK;
		}
	return bad(ctx, "date");
}

static efile_status take_encoding(csv_profile *p, efile_ctx *ctx, const json_value *object)
{
	const json_value *value = json_member(object, "encoding");
	int encoding;

	if (!value)
		return EFILE_OK;
	if (value->type != JSON_STRING || !TABLE_VALUE(&encoding, encodings, value->text))
		return bad(ctx, "encoding");
	p->encoding = (handover_encoding)encoding;
	return EFILE_OK;
}

/* ---- columns ---- */

static efile_status take_column(csv_profile *p, efile_ctx *ctx, const json_value *row)
{
	csv_column *c = &p->columns[p->count];
	const char *field = json_member_text(row, "field");

	if (row->type != JSON_OBJECT)
		return bad(ctx, "columns");
	*c = (csv_column){ .date = p->date, .decimal = p->decimal };
	c->name = json_member_text(row, "name");
	c->constant = json_member_text(row, "value");
	if (!c->name || !field == !c->constant)
		return bad(ctx, c->name ? c->name : "columns");
	c->field = field ? value_field_named(field) : NULL;
	if (field && !c->field)
		return bad(ctx, field);
	TRY(take_char(&c->decimal, ctx, row, "decimal", ".,"));
	TRY(take_date(&c->date, ctx, row));
	p->count++;
	return EFILE_OK;
}

static efile_status take_columns(csv_profile *p, efile_ctx *ctx, const json_value *root)
{
	const json_value *columns = json_member(root, "columns");

	if (!columns || columns->type != JSON_ARRAY || !columns->child)
		return bad(ctx, "columns");
	for (const json_value *row = columns->child; row; row = row->next) {
		if (p->count == COLUMNS_MAX)
			return FAIL(ctx, EFILE_E_LIMIT, 2953, "a table has at most %d columns",
				    COLUMNS_MAX);
		TRY(take_column(p, ctx, row));
	}
	return EFILE_OK;
}

/* ---- the whole ---- */

/* A misspelt member would be passed over unseen: who meant "seperator" gets the default. */
static efile_status check_members(efile_ctx *ctx, const json_value *root)
{
	static const char *const known[] = { "separator", "decimal", "date", "encoding", "quote",
		"header", "totals", "bom", "formulas", "line_end", "columns" };

	if (root->type != JSON_OBJECT)
		return bad(ctx, "{");
	for (const json_value *m = root->child; m; m = m->next) {
		bool found = false;

		for (size_t i = 0; i < ARRAY_SIZE(known); i++)
			found |= strcmp(known[i], m->key) == 0;
		if (!found)
			return bad(ctx, m->key);
	}
	return EFILE_OK;
}

static efile_status take_all(csv_profile *p, efile_ctx *ctx, const json_value *root)
{
	static const char *const quotes[] = { "needed", "", "all", "all" };
	static const char *const formulas[] = { "keep", "", "mark", "mark" };
	static const char *const ends[] = { "CRLF", "\r\n", "LF", "\n" };
	const char *quote = "", *formula = "";

	TRY(check_members(ctx, root));
	TRY(take_char(&p->separator, ctx, root, "separator", ";,\t|"));
	TRY(take_char(&p->decimal, ctx, root, "decimal", ".,"));
	TRY(take_date(&p->date, ctx, root));
	TRY(take_encoding(p, ctx, root));
	TRY(take_one_of(&quote, ctx, root, "quote", quotes, ARRAY_SIZE(quotes)));
	TRY(take_one_of(&formula, ctx, root, "formulas", formulas, ARRAY_SIZE(formulas)));
	TRY(take_one_of(&p->line_end, ctx, root, "line_end", ends, ARRAY_SIZE(ends)));
	TRY(take_bool(&p->header, ctx, root, "header"));
	TRY(take_bool(&p->totals, ctx, root, "totals"));
	TRY(take_bool(&p->bom, ctx, root, "bom"));
	p->quote_all = *quote != '\0';
	p->mark_formulas = *formula != '\0';
	if (p->bom && p->encoding != ENCODING_UTF_8)
		return bad(ctx, "bom");
	return take_columns(p, ctx, root);
}

efile_status csv_profile_parse(csv_profile *out, efile_ctx *ctx, const char *json)
{
	const char *text = json ? json : own_profile;

	*out = (csv_profile){ .separator = ';', .decimal = ',', .date = "YYYY-MM-DD",
			      .encoding = ENCODING_UTF_8, .header = true, .line_end = "\r\n" };
	TRY(json_parse(&out->document, ctx, text, strlen(text)));
	return take_all(out, ctx, json_root(out->document));
}
