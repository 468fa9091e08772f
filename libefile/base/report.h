/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filling a report of findings. */
#ifndef BASE_REPORT_H
#define BASE_REPORT_H

#include <efile/report.h>

#include "base/ctx.h"

/* Where and what; any text may be NULL; all of it is copied. */
typedef struct report_place {
	const char *term;
	const char *path;
	long line;
	long column;
	const char *actual;
	const char *expected;
} report_place;

efile_status report_new(efile_report **out, efile_ctx *ctx);

/* Adds a finding; the message is translated like an error's. */
efile_status report_add(efile_report *report, const char *rule, efile_severity severity,
			const report_place *place, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

DEFINE_AUTO_PTR(efile_report, efile_report_free)

#endif
