/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of postings, totals of batches, and the table of formats. */
#include "receipt/handover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "receipt/receipt.h"

/* ---- values ---- */

#define TAX(n, at)                                                                                 \
	{ "tax" n "_category", VALUE_CODE, "taxes." at ".category" },                              \
	{ "tax" n "_rate", VALUE_NUMBER, "taxes." at ".rate" },                                    \
	{ "tax" n "_net", VALUE_MONEY, "taxes." at ".net" },                                       \
	{ "tax" n "_tax", VALUE_MONEY, "taxes." at ".tax" }

static const value_field fields[] = {
	{ "batch", VALUE_COUNT, NULL },
	{ "batch_id", VALUE_CODE, NULL },
	{ "batch_time", VALUE_TIME, NULL },
	{ "position", VALUE_COUNT, NULL },
	{ "key", VALUE_CODE, "id" },
	{ "kind", VALUE_CODE, "kind" },
	{ "number", VALUE_CODE, "number" },
	{ "date", VALUE_DATE, "date" },
	{ "received", VALUE_DATE, "received" },
	{ "seller", VALUE_TEXT, "seller" },
	{ "seller_key", VALUE_CODE, "seller_key" },
	{ "creditor", VALUE_CODE, "creditor" },
	{ "iban", VALUE_CODE, "iban" },
	{ "currency", VALUE_CODE, "currency" },
	{ "amount", VALUE_MONEY, "amount" },
	{ "net", VALUE_MONEY, "net" },
	{ "tax", VALUE_MONEY, "tax" },
	{ "withholding", VALUE_MONEY, "withholding" },
	{ "retained", VALUE_MONEY, "retained" },
	{ "pay_by", VALUE_DATE, "pay_by" },
	{ "discount_until", VALUE_DATE, "discount_until" },
	{ "discount", VALUE_MONEY, "discount" },
	{ "discount_percent", VALUE_NUMBER, "discount_percent" },
	{ "contract", VALUE_CODE, "contract" },
	{ "order", VALUE_CODE, "order" },
	{ "account", VALUE_CODE, "account" },
	{ "product", VALUE_CODE, "product" },
	{ "cost_centre", VALUE_CODE, "cost_centre" },
	{ "reference", VALUE_CODE, "reference" },
	{ "case", VALUE_CODE, "case" },
	{ "document", VALUE_CODE, "document" },
	TAX("1", "0"), TAX("2", "1"), TAX("3", "2"), TAX("4", "3"),
};

const value_field *value_field_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (str_equal(fields[i].name, name))
			return &fields[i];
	return NULL;
}

static const json_value *step_into(const json_value *value, const char *step, size_t length)
{
	char key[32];
	long index;

	if (length >= sizeof(key))
		return NULL;
	memcpy(key, step, length);
	key[length] = '\0';
	if (value->type == JSON_OBJECT)
		return json_member(value, key);
	index = strtol(key, NULL, 10);
	for (value = value->type == JSON_ARRAY ? value->child : NULL; value && index > 0; index--)
		value = value->next;
	return value;
}

const char *posting_text(const handover_posting *posting, const char *steps)
{
	const json_value *value = posting->data;

	while (value && *steps) {
		size_t length = strcspn(steps, ".");

		value = step_into(value, steps, length);
		steps += length + (steps[length] == '.');
	}
	if (!value || (value->type != JSON_STRING && value->type != JSON_NUMBER) || !*value->text)
		return NULL;
	return value->text;
}

const char *money_text(char room[EFILE_DECIMAL_TEXT_SIZE], const char *amount)
{
	efile_decimal value, round;

	if (!amount || !receipt_amount(&value, amount))
		return amount;
	if (efile_decimal_round(&round, value, 2, EFILE_ROUND_HALF_UP) == EFILE_OK &&
	    efile_decimal_compare(round, value) == 0)
		value = round;
	return efile_decimal_format(value, room);
}

/* A form has the letters of year, month and day in full, and ten characters at most. */
const char *day_form(char room[EFILE_DATE_TEXT_SIZE], const char *day, const char *form)
{
	size_t at = 0;

	if (!day || strlen(day) != strlen("2026-03-02"))
		return day;
	for (const char *f = form; *f;) {
		const char *from = *f == 'Y' ? day : *f == 'M' ? day + 5 : *f == 'D' ? day + 8 : NULL;
		size_t length = *f == 'Y' ? 4 : from ? 2 : 1;

		memcpy(room + at, from ? from : f, length);
		at += length;
		f += length;
	}
	room[at] = '\0';
	return room;
}

/* ---- totals ---- */

static efile_handover_sum *sum_of(handover_totals *totals, const char *currency)
{
	efile_handover_sum *sum;

	for (size_t i = 0; i < totals->sum_count; i++)
		if (strcmp(totals->sums[i].currency, currency) == 0)
			return &totals->sums[i];
	if (totals->sum_count == EFILE_HANDOVER_CURRENCIES || strlen(currency) >= sizeof(sum->currency))
		return NULL;
	sum = &totals->sums[totals->sum_count++];
	strcpy(sum->currency, currency);
	return sum;
}

efile_status totals_add(handover_totals *totals, efile_ctx *ctx, const char *currency,
			const char *amount)
{
	efile_handover_sum *sum = sum_of(totals, currency ? currency : "");
	efile_decimal value;

	if (!sum)
		return FAIL(ctx, EFILE_E_LIMIT, 2950, "a batch has at most %d currencies",
			    EFILE_HANDOVER_CURRENCIES);
	if (!receipt_amount(&value, amount) ||
	    efile_decimal_add(&sum->sum, sum->sum, value) != EFILE_OK ||
	    efile_decimal_add(&totals->control, totals->control, value) != EFILE_OK)
		return FAIL(ctx, EFILE_E_LIMIT, 2951, "the amount %.40s cannot be added up",
			    amount ? amount : "");
	sum->count++;
	totals->count++;
	return EFILE_OK;
}

/* ---- formats ---- */

static const handover_writer *const writers[] = { &handover_csv, &handover_xml, &handover_idoc };

const handover_writer *handover_writer_of(int64_t format)
{
	for (size_t i = 0; i < ARRAY_SIZE(writers); i++)
		if ((int64_t)writers[i]->format == format)
			return writers[i];
	return NULL;
}

const handover_writer *handover_writer_setting(const char *setting)
{
	for (size_t i = 0; i < ARRAY_SIZE(writers); i++)
		if (writers[i]->setting && str_equal(writers[i]->setting, setting))
			return writers[i];
	return NULL;
}

void handover_run_clear(handover_run *run)
{
	csv_profile_clear(&run->csv);
	json_document_free(run->idoc.document);
	if (run->has_xml)
		xml_writer_clear(&run->xml);
}

const char *efile_handover_format_name(efile_handover_format format)
{
	const handover_writer *writer = handover_writer_of((int64_t)format);

	return writer ? writer->name : NULL;
}

efile_status efile_handover_format_parse(efile_handover_format *out, const char *name)
{
	if (!out)
		return EFILE_E_INVALID;
	for (size_t i = 0; i < ARRAY_SIZE(writers); i++)
		if (str_equal(writers[i]->name, name)) {
			*out = writers[i]->format;
			return EFILE_OK;
		}
	return EFILE_E_INVALID;
}
