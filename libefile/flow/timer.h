/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Points of time of timer events: ISO 8601 dates, durations and cycles, and cron. Civil time is
 * that of Europe/Berlin by the EU's rule (Directive 2000/84/EC), without any file. */
#ifndef FLOW_TIMER_H
#define FLOW_TIMER_H

#include "flow/definition.h"

/* The next point of time. For cycles: left says how often it fires in all (0: without end). */
typedef struct timer_plan {
	efile_time due;
	uint32_t left;
	bool bounded;           /* left counts */
} timer_plan;

/* The first firing of a timer that is set now; false if the text is none of its kind. */
bool timer_first(timer_plan *out, trigger_timer kind, const char *text, efile_time now);
/* The firing of a cycle after the one that was due. */
bool timer_again(efile_time *out, const char *text, efile_time due);
/* A duration such as P1M2DT3H later, or earlier (sign -1); false if the text is none. */
bool timer_shift(efile_time *out, const char *text, int sign, efile_time from);
/* The civil day, and its first and last second. */
efile_date timer_day(efile_time time);
efile_time timer_day_first(efile_date day);
efile_time timer_day_last(efile_date day);
bool timer_is_literal(trigger_timer kind, const char *text);

#endif
