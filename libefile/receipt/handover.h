/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a batch of postings is written by: values, profiles, and one writer for each format. Pure: the
 * same values and the same profile give the same bytes. */
#ifndef RECEIPT_HANDOVER_H
#define RECEIPT_HANDOVER_H

#include <efile/handover.h>

#include "base/base.h"
#include "xml/xml.h"

/* ---- values ---- */

typedef enum value_kind {
	VALUE_TEXT,       /* free text of the seller's or ours */
	VALUE_CODE,       /* text that another program knows: keys, numbers, accounts */
	VALUE_MONEY,
	VALUE_NUMBER,
	VALUE_DATE,
	VALUE_TIME,
	VALUE_COUNT
} value_kind;

/* What a posting can tell: a name of docs/RECEIPT.md. */
typedef struct value_field {
	const char *name;
	value_kind kind;
	const char *path; /* in the data of the posting, "taxes.0.rate"; NULL: of the batch or position */
} value_field;

const value_field *value_field_named(const char *name); /* NULL: none */

typedef struct handover_totals {
	int64_t count;
	efile_decimal control;   /* whatever the currency, as in ISO 20022 (CtrlSum) */
	efile_handover_sum sums[EFILE_HANDOVER_CURRENCIES];
	size_t sum_count;
} handover_totals;

/* LIMIT: too many currencies, or too much money. */
efile_status totals_add(handover_totals *totals, efile_ctx *ctx, const char *currency,
			const char *amount);

typedef struct handover_batch {
	int64_t number;
	efile_id id;
	efile_time created;
	handover_totals totals;
} handover_batch;

typedef struct handover_posting {
	int64_t position;         /* in the batch, from 1 */
	const json_value *data;   /* docs/RECEIPT.md */
} handover_posting;

/* The text of a value by its path; NULL if there is none. */
const char *posting_text(const handover_posting *posting, const char *steps);
/* An amount with two digits behind the point, or as many as it needs; NULL stays NULL. */
const char *money_text(char room[EFILE_DECIMAL_TEXT_SIZE], const char *amount);
/* A day: "%d", "%m" and "%Y" of a form such as "DD.MM.YYYY" or "YYYYMMDD"; NULL stays NULL. */
const char *day_form(char room[EFILE_DATE_TEXT_SIZE], const char *day, const char *form);

/* ---- profiles ---- */

typedef enum handover_encoding { ENCODING_UTF_8 = 1, ENCODING_LATIN_1, ENCODING_WINDOWS_1252 }
	handover_encoding;

typedef struct csv_column {
	const char *name;
	const value_field *field;  /* NULL: the constant */
	const char *constant;
	const char *date;          /* form of dates */
	char decimal;              /* point or comma */
} csv_column;

enum { COLUMNS_MAX = 128 };

/* Texts lie in the document. */
typedef struct csv_profile {
	json_document *document;
	char separator;
	char decimal;
	const char *date;
	handover_encoding encoding;
	bool quote_all, header, totals, bom, mark_formulas;
	const char *line_end;
	csv_column columns[COLUMNS_MAX];
	size_t count;
} csv_profile;

/* FORMAT names the member; NULL: the library's own. */
efile_status csv_profile_parse(csv_profile *out, efile_ctx *ctx, const char *json);
void csv_profile_clear(csv_profile *profile);

typedef enum idoc_setting_name {
	IDOC_CLIENT, IDOC_MESSAGE_CODE, IDOC_MESSAGE_FUNCTION, IDOC_SENDER_PORT, IDOC_SENDER_TYPE,
	IDOC_SENDER, IDOC_RECEIVER_PORT, IDOC_RECEIVER_TYPE, IDOC_RECEIVER, IDOC_COMPANY_CODE,
	IDOC_BILL_TO, IDOC_SETTINGS
} idoc_setting_name;

typedef struct idoc_profile {
	json_document *document;
	const char *values[IDOC_SETTINGS];
	const json_value *tax_codes;
} idoc_profile;

void windows_1252_to_utf8(buf *out, const char *data, size_t length);

/* ---- writers ---- */

typedef struct handover_run {
	efile_ctx *ctx;
	buf *out;                  /* what is not yet written; emptied by the caller after each call */
	const handover_batch *batch;
	csv_profile csv;
	idoc_profile idoc;
	xml_writer xml;
	bool has_xml;
} handover_run;

typedef struct handover_writer {
	efile_handover_format format;
	const char *name;
	const char *setting;       /* of its profile; NULL: it has none */
	efile_status (*prepare)(handover_run *run, const char *profile);
	efile_status (*begin)(handover_run *run);
	efile_status (*posting)(handover_run *run, const handover_posting *posting);
	efile_status (*end)(handover_run *run);
} handover_writer;

extern const handover_writer handover_csv, handover_xml, handover_idoc;

const handover_writer *handover_writer_of(int64_t format); /* NULL: none */
/* The writer whose profile a setting is; NULL: none. */
const handover_writer *handover_writer_setting(const char *setting);
void handover_run_clear(handover_run *run);

#endif
