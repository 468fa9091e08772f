/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A filing plan out of a table: each row a unit, made or brought up to date; all rows or none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "model/csv.h"
#include "model/inner.h"

enum { IMPORT_BYTES = 16 * 1024 * 1024, IMPORT_ROWS = 20000, CODE_SIZE = 101 };

typedef enum column {
	COLUMN_CODE, COLUMN_TITLE, COLUMN_PARENT, COLUMN_FROM, COLUMN_TO, COLUMN_RETENTION,
	COLUMN_START, COLUMN_DISPOSAL, COLUMN_LEVEL, COLUMN_LIST, COLUMN_PATTERN, COLUMN_COUNT
} column;

/* Headings, as str_fold() leaves them. */
static const name_row headings[] = {
	{ COLUMN_CODE, "code" },           { COLUMN_CODE, "kennzeichen" },
	{ COLUMN_TITLE, "title" },         { COLUMN_TITLE, "titel" },
	{ COLUMN_TITLE, "bezeichnung" },   { COLUMN_PARENT, "parent" },
	{ COLUMN_PARENT, "ubergeordnet" }, { COLUMN_FROM, "valid_from" },
	{ COLUMN_FROM, "gultig_ab" },      { COLUMN_TO, "valid_to" },
	{ COLUMN_TO, "gultig_bis" },       { COLUMN_RETENTION, "retention" },
	{ COLUMN_RETENTION, "aufbewahrung" }, { COLUMN_START, "start" },
	{ COLUMN_START, "fristbeginn" },   { COLUMN_DISPOSAL, "disposal" },
	{ COLUMN_DISPOSAL, "aussonderung" }, { COLUMN_LEVEL, "confidentiality" },
	{ COLUMN_LEVEL, "geheimhaltung" }, { COLUMN_LIST, "access_list" },
	{ COLUMN_LIST, "zugriffsliste" },  { COLUMN_PATTERN, "pattern" },
	{ COLUMN_PATTERN, "muster" },
};

typedef struct import {
	efile_session *session;
	efile_ctx *ctx;
	efile_report *report;
	efile_plan_import_counts counts;
	csv_table table;
	size_t place[COLUMN_COUNT];  /* column of the table + 1; 0: there is none */
} import;

static const char *cell(const import *in, size_t row, column what)
{
	return in->place[what] ? csv_cell(&in->table, row, in->place[what] - 1) : NULL;
}

static long line_of(const import *in, size_t row)
{
	return in->table.lines[row];
}

/* ---- the heading ---- */

static efile_status find_column(import *in, size_t at)
{
	AUTO(buf) folded = BUF_INIT;
	const char *name = csv_cell(&in->table, 0, at);
	int what;

	if (!*name)
		return EFILE_OK; /* a column without heading: remarks */
	TRY(str_fold(&folded, in->ctx, name, strlen(name)));
	if (!TABLE_VALUE(&what, headings, buf_text(&folded)))
		return report_add(in->report, "PLAN-COLUMN", EFILE_SEVERITY_ERROR,
				  &(report_place){ .line = line_of(in, 0), .column = (long)at + 1 },
				  "no such column: %s", name);
	if (in->place[what])
		return report_add(in->report, "PLAN-COLUMN", EFILE_SEVERITY_ERROR,
				  &(report_place){ .line = line_of(in, 0), .column = (long)at + 1 },
				  "a column twice: %s", name);
	in->place[what] = at + 1;
	return EFILE_OK;
}

static efile_status read_heading(import *in)
{
	static const column obligatory[] = { COLUMN_CODE, COLUMN_TITLE };

	for (size_t at = 0; at < in->table.columns; at++)
		TRY(find_column(in, at));
	for (size_t i = 0; i < ARRAY_SIZE(obligatory); i++)
		if (!in->place[obligatory[i]])
			TRY(report_add(in->report, "PLAN-COLUMN", EFILE_SEVERITY_ERROR,
				       &(report_place){ .line = 1 }, "there is no column %s",
				       TABLE_NAME(headings, obligatory[i])));
	return EFILE_OK;
}

/* ---- one row ---- */

static efile_status bad_value(import *in, size_t row, column what)
{
	return report_add(in->report, "PLAN-VALUE", EFILE_SEVERITY_ERROR,
			  &(report_place){ .line = line_of(in, row), .column = (long)in->place[what],
					   .actual = cell(in, row, what) },
			  "%s: not a value of the column %s", cell(in, row, what),
			  TABLE_NAME(headings, what));
}

static bool read_number(int64_t *out, const char *text, int64_t most)
{
	char *end;

	*out = str_ascii_digit(*text) ? strtoll(text, &end, 10) : -1;
	return *out >= 0 && *out <= most && !*end;
}

static bool read_years(efile_plan_options *o, const char *text)
{
	int64_t years;

	if (!strcmp(text, "unlimited") || !strcmp(text, "unbefristet")) {
		o->retention_years = EFILE_RETENTION_UNLIMITED;
		return true;
	}
	if (!read_number(&years, text, 1000))
		return false;
	o->retention_years = (int32_t)years;
	return true;
}

static bool read_start(efile_plan_options *o, const char *text)
{
	static const name_row names[] = {
		{ EFILE_RETENTION_START_CLOSED, "closed" },
		{ EFILE_RETENTION_START_CLOSED, "zdA" },
		{ EFILE_RETENTION_START_YEAR_END, "year_end" },
		{ EFILE_RETENTION_START_YEAR_END, "jahresende" },
		{ EFILE_RETENTION_START_EVENT, "event" },
		{ EFILE_RETENTION_START_EVENT, "ereignis" },
	};
	int value;

	if (!TABLE_VALUE(&value, names, text))
		return false;
	o->retention_start = (efile_retention_start)value;
	return true;
}

static bool read_disposal(efile_plan_options *o, const char *text)
{
	static const name_row names[] = {
		{ EFILE_DISPOSAL_KEEP, "A" },
		{ EFILE_DISPOSAL_APPRAISE, "B" },
		{ EFILE_DISPOSAL_DESTROY, "V" },
	};
	int value;

	if (!TABLE_VALUE(&value, names, text))
		return false;
	o->disposal = (efile_disposal)value;
	return true;
}

static bool read_level(efile_plan_options *o, const char *text)
{
	efile_confidentiality level;

	if (efile_confidentiality_parse(&level, text) != EFILE_OK)
		return false;
	o->confidentiality = (int32_t)level;
	return true;
}

static bool read_list(efile_plan_options *o, const char *text)
{
	return read_number(&o->access_list, text, INT64_MAX);
}

static bool read_from(efile_plan_options *o, const char *text)
{
	return efile_date_parse(&o->valid_from, text) == EFILE_OK;
}

static bool read_to(efile_plan_options *o, const char *text)
{
	return efile_date_parse(&o->valid_to, text) == EFILE_OK;
}

static bool read_pattern(efile_plan_options *o, const char *text)
{
	o->pattern = text;
	return true;
}

/* A column that is there says everything: an empty cell is "inherited" again. */
static void forget_columns(efile_plan_options *o, const import *in)
{
	efile_plan_options empty;

	efile_plan_options_init(&empty);
	if (in->place[COLUMN_FROM])
		o->valid_from = empty.valid_from;
	if (in->place[COLUMN_TO])
		o->valid_to = empty.valid_to;
	if (in->place[COLUMN_RETENTION])
		o->retention_years = empty.retention_years;
	if (in->place[COLUMN_START])
		o->retention_start = empty.retention_start;
	if (in->place[COLUMN_DISPOSAL])
		o->disposal = empty.disposal;
	if (in->place[COLUMN_LEVEL])
		o->confidentiality = empty.confidentiality;
	if (in->place[COLUMN_LIST])
		o->access_list = empty.access_list;
	if (in->place[COLUMN_PATTERN])
		o->pattern = empty.pattern;
}

static efile_status read_cells(efile_plan_options *o, bool *good, import *in, size_t row)
{
	static const struct {
		column what;
		bool (*read)(efile_plan_options *o, const char *text);
	} readers[] = {
		{ COLUMN_FROM, read_from },         { COLUMN_TO, read_to },
		{ COLUMN_RETENTION, read_years },   { COLUMN_START, read_start },
		{ COLUMN_DISPOSAL, read_disposal }, { COLUMN_LEVEL, read_level },
		{ COLUMN_LIST, read_list },         { COLUMN_PATTERN, read_pattern },
	};

	*good = true;
	forget_columns(o, in);
	o->code = cell(in, row, COLUMN_CODE);
	o->title = cell(in, row, COLUMN_TITLE);
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		const char *text = cell(in, row, readers[i].what);

		if (!text || !*text || readers[i].read(o, text))
			continue;
		*good = false;
		TRY(bad_value(in, row, readers[i].what));
	}
	return EFILE_OK;
}

/* ---- the unit above ---- */

/* Whether a code lies below another by its spelling: 10.24 below 10, 631 below 63, but 10.24 not below
 * 10.2. */
static bool lies_below(const char *code, const char *above)
{
	size_t length = strlen(above);

	if (strncmp(code, above, length) != 0 || !code[length])
		return false;
	return strpbrk(code, ".-/ ") == NULL || strchr(".-/ ", code[length]) != NULL;
}

static bool in_table(const import *in, const char *code)
{
	for (size_t row = 1; row < in->table.rows; row++)
		if (str_equal(cell(in, row, COLUMN_CODE), code))
			return true;
	return false;
}

static efile_status is_unit(bool *out, import *in, const char *code)
{
	AUTO(plan_record) found = { 0 };
	efile_status status = plan_find_code(&found, session_store(in->session), code);

	*out = status == EFILE_OK;
	return status == EFILE_E_NOTFOUND ? EFILE_OK : status;
}

/* Without a column for it: the longest code, of the table or the store, below which the row's lies. */
static efile_status guess_parent(char out[CODE_SIZE], import *in, const char *code)
{
	size_t length = strlen(code);

	snprintf(out, CODE_SIZE, "%s", code);
	while (length-- > 0) {
		bool there;

		if (length < CODE_SIZE)
			out[length] = '\0';
		if (!*out || length >= CODE_SIZE || !lies_below(code, out))
			continue;
		TRY(is_unit(&there, in, out));
		if (there || in_table(in, out))
			return EFILE_OK;
	}
	return EFILE_OK;
}

static efile_status parent_of(char out[CODE_SIZE], import *in, size_t row)
{
	const char *said = cell(in, row, COLUMN_PARENT);

	if (!in->place[COLUMN_PARENT])
		return guess_parent(out, in, cell(in, row, COLUMN_CODE));
	snprintf(out, CODE_SIZE, "%s", said ? said : "");
	return EFILE_OK;
}

/* ---- writing ---- */

/* What is wrong with a row is a finding with its line; what is wrong with the store is an error. */
static efile_status judge(import *in, size_t row, efile_status status)
{
	switch (status) {
	case EFILE_E_INVALID:
	case EFILE_E_EXISTS:
	case EFILE_E_NOTFOUND:
	case EFILE_E_FORMAT:
		status = report_add(in->report, "PLAN-UNIT", EFILE_SEVERITY_ERROR,
				    &(report_place){ .line = line_of(in, row),
						     .term = cell(in, row, COLUMN_CODE) },
				    "%s", efile_error_message(in->ctx));
		error_clear(in->ctx);
		return status;
	default:
		return status;
	}
}

static bool same_text(const char *a, const char *b)
{
	return str_equal(a && *a ? a : NULL, b && *b ? b : NULL);
}

static bool same_options(const efile_plan_options *a, const efile_plan_options *b)
{
	return same_text(a->title, b->title) && same_text(a->pattern, b->pattern) &&
	       date_compare(a->valid_from, b->valid_from) == 0 &&
	       date_compare(a->valid_to, b->valid_to) == 0 &&
	       a->retention_years == b->retention_years &&
	       a->retention_start == b->retention_start && a->disposal == b->disposal &&
	       a->confidentiality == b->confidentiality && a->access_list == b->access_list;
}

static efile_status change(import *in, size_t row, const efile_plan *plan, const char *parent)
{
	efile_plan_options before, after;
	AUTO_PTR(efile_plan) above = NULL;
	bool good;

	efile_plan_options_of(plan, &before);
	after = before;
	TRY(read_cells(&after, &good, in, row));
	if (!good)
		return EFILE_OK;
	if (!efile_id_is_none(&before.parent.id))
		TRY(efile_plan_load(&above, in->session, before.parent));
	if (in->place[COLUMN_PARENT] && strcmp(above ? efile_plan_code(above) : "", parent) != 0)
		return report_add(in->report, "PLAN-PARENT", EFILE_SEVERITY_ERROR,
				  &(report_place){ .line = line_of(in, row), .term = after.code },
				  "%s stands below \"%s\" and is not moved", after.code,
				  above ? efile_plan_code(above) : "");
	if (same_options(&before, &after)) {
		in->counts.same++;
		return EFILE_OK;
	}
	in->counts.changed++;
	return judge(in, row, efile_plan_update(in->session, efile_plan_unit_id(plan),
						efile_plan_revision(plan), &after));
}

static efile_status create(import *in, size_t row, const char *parent)
{
	AUTO_PTR(efile_plan) above = NULL;
	efile_plan_options o;
	bool good;

	efile_plan_options_init(&o);
	TRY(read_cells(&o, &good, in, row));
	if (!good)
		return EFILE_OK;
	if (*parent) {
		TRY(efile_plan_by_code(&above, in->session, parent));
		o.parent = efile_plan_unit_id(above);
	}
	in->counts.created++;
	return judge(in, row, efile_plan_create(NULL, in->session, &o));
}

typedef enum row_state { ROW_WAITS, ROW_DONE } row_state;

/* A row whose unit above is still to come waits. */
static efile_status take_row(row_state *state, import *in, size_t row)
{
	const char *code = cell(in, row, COLUMN_CODE);
	AUTO_PTR(efile_plan) plan = NULL;
	char parent[CODE_SIZE] = "";
	efile_status status;
	bool there = true;

	*state = ROW_DONE;
	if (!code || !*code || strlen(code) >= CODE_SIZE)
		return report_add(in->report, "PLAN-UNIT", EFILE_SEVERITY_ERROR,
				  &(report_place){ .line = line_of(in, row) },
				  "a unit without a code, or with one longer than 100 bytes");
	TRY(parent_of(parent, in, row));
	if (*parent)
		TRY(is_unit(&there, in, parent));
	if (!there) {
		*state = ROW_WAITS;
		return EFILE_OK;
	}
	status = efile_plan_by_code(&plan, in->session, code);
	if (status == EFILE_E_NOTFOUND)
		return create(in, row, parent);
	TRY(status);
	return change(in, row, plan, parent);
}

static efile_status say_waiting(import *in, const row_state *states)
{
	for (size_t row = 1; row < in->table.rows; row++) {
		char parent[CODE_SIZE] = "";

		if (states[row] == ROW_DONE)
			continue;
		TRY(parent_of(parent, in, row));
		TRY(report_add(in->report, "PLAN-PARENT", EFILE_SEVERITY_ERROR,
			       &(report_place){ .line = line_of(in, row),
						.term = cell(in, row, COLUMN_CODE) },
			       "there is no unit %s above it", parent));
	}
	return EFILE_OK;
}

/* Units may stand before those above them: as many passes as the tree is deep. */
static efile_status take_rows(import *in)
{
	AUTO_PTR(char) room = mem_new(in->ctx, (in->table.rows + 1) * sizeof(row_state));
	row_state *states = (row_state *)(void *)room;
	bool moved = true;

	if (!states)
		return EFILE_E_NOMEM;
	while (moved) {
		moved = false;
		for (size_t row = 1; row < in->table.rows; row++) {
			if (states[row] == ROW_DONE)
				continue;
			TRY(take_row(&states[row], in, row));
			moved |= states[row] == ROW_DONE;
		}
	}
	return say_waiting(in, states);
}

/* Two rows for one unit: the second would take back what the first says. */
static efile_status check_twice(import *in)
{
	for (size_t row = 2; row < in->table.rows; row++)
		for (size_t other = 1; other < row; other++)
			if (str_equal(cell(in, row, COLUMN_CODE), cell(in, other, COLUMN_CODE)))
				TRY(report_add(in->report, "PLAN-UNIT", EFILE_SEVERITY_ERROR,
					       &(report_place){ .line = line_of(in, row),
								.term = cell(in, row, COLUMN_CODE) },
					       "stands in line %ld already", line_of(in, other)));
	return EFILE_OK;
}

/* ---- the whole ---- */

static efile_status read_table(import *in, efile_reader *csv)
{
	AUTO(buf) text = BUF_INIT;

	TRY(reader_read_all(&text, in->ctx, csv, IMPORT_BYTES, "a filing plan"));
	TRY(csv_parse(&in->table, in->ctx, buf_text(&text), text.length));
	if (in->table.rows > IMPORT_ROWS)
		return FAIL(in->ctx, EFILE_E_LIMIT, 2114, "more than %d rows", (int)IMPORT_ROWS);
	return read_heading(in);
}

static bool flawed(const import *in)
{
	return efile_report_count_severity(in->report, EFILE_SEVERITY_ERROR) > 0;
}

static efile_status run(import *in, efile_reader *csv)
{
	AUTO(session_probe) probe = SESSION_PROBE_NONE;
	AUTO(txn) tx = TXN_NONE;

	TRY(read_table(in, csv));
	if (flawed(in))
		return EFILE_OK;
	TRY(session_begin(&tx, in->session));
	TRY(access_require_administrator(in->session, RECORD_PLAN, NULL));
	session_probe_start(&probe, in->session);
	TRY(check_twice(in));
	TRY(take_rows(in));
	error_clear(in->ctx);
	if (!flawed(in))
		return txn_commit(&tx);
	in->counts = (efile_plan_import_counts){ 0, 0, 0 };
	return EFILE_OK;
}

efile_status efile_plan_import(efile_report **out, efile_plan_import_counts *counts,
			       efile_session *session, efile_reader *csv)
{
	AUTO(session_call) call = SESSION_CALL_NONE;
	AUTO_PTR(efile_report) report = NULL;
	import in = { .session = session };
	efile_status status;

	TRY(session_enter(&call, session));
	in.ctx = session_ctx(session);
	if (!out || !csv)
		return FAIL(in.ctx, EFILE_E_INVALID, 2115, "an import needs a table and a place for its report");
	TRY(report_new(&report, in.ctx));
	in.report = report;
	status = run(&in, csv);
	csv_table_clear(&in.table);
	TRY(status);
	if (counts)
		*counts = in.counts;
	*out = STEAL(report);
	return EFILE_OK;
}
