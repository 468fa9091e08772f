/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The details of a user task beyond its names: one text in the definition. The first line is the key
 * of its form; each further one is a row of fields separated by tabs:
 *
 *   F id type flags label default     a field; flags: r required, o read only
 *   V value label                     a choice of the field before
 *   C name number                     a bound of the field before: min, max, minlength, maxlength
 *   K calendar                        whose working days count
 *   T days                            of the process itself: how long an instance is kept after its end
 *   D                                 who stands in for the shut out is not shut out in their own name
 *   M at                              a reminder (term.h: term_relative_valid)
 *   E at to priority                  an escalation
 *   R expression                      the sign-off list, in FEEL
 *   S to instruction flags group due note   an entry of it, where no expression says it
 *
 * Pure. */
#ifndef FLOW_FORM_H
#define FLOW_FORM_H

#include "base/base.h"

enum { FORM_FIELDS_MAX = 200, FORM_COLUMNS = 6 };

/* The calendar, "" if none is named; borrowed from the details, ends at the line's end: *length. */
const char *form_calendar(size_t *length, const char *details);
/* The next row of a kind behind a place (NULL: from the beginning), at its first column; NULL: none. */
const char *form_row_next(const char *details, const char *after, char kind);
/* The column at a place, not terminated; *at goes on to the next one of the row. */
const char *form_column(size_t *length, const char **at);
/* The key of the form. */
const char *form_key(size_t *length, const char *details);

/* What a task's form asks for, as JSON: docs/json.md, efile.form.v1, without the braces around. */
efile_status form_describe(json_writer *w, efile_ctx *ctx, const char *details);

/* Whether variables (JSON, NULL: none) are what the form asks for. What is there already (present, a
 * JSON object) need not be given again. With a report each problem is a finding with the field as
 * path; without, the first one is the error: FORMAT. */
efile_status form_check(efile_ctx *ctx, efile_report *report, const char *details,
			const char *variables, const char *present);

#endif
