/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How tasks spell points of time: "2026-05-04", "2026-05-04T12:00", "P5D", "5 office-days",
 * "3 werktage". Civil time is that of Germany. */
#ifndef FLOW_TERM_H
#define FLOW_TERM_H

#include "base/base.h"

/* Whether a text is one; what a calendar it needs knows is not asked. */
bool term_valid(const char *text);
bool term_needs_calendar(const char *text);

/* The point of time, counted from another one; of a day its last second, or its first one. FORMAT;
 * INVALID: no such calendar, or none where working days are counted. */
efile_status term_compute(efile_time *out, efile_ctx *ctx, const char *text, const char *calendar,
			  efile_time from, bool last);

/* Points of time of reminders: one of these, counted from when the task began, or "due",
 * "due-2 office-days", "due+P1D". Of a working day its first second. */
bool term_relative_valid(const char *text);
bool term_relative_needs_calendar(const char *text);
/* due (NULL: there is none): DONE if the text counts from it then. FORMAT, INVALID as above. */
efile_status term_relative(efile_time *out, efile_ctx *ctx, const char *text, const char *calendar,
			   efile_time begin, const efile_time *due);

#endif
