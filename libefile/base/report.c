/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/report.h"

#include <stdlib.h>

#include "base/table.h"

struct efile_report {
	efile_ctx *ctx;
	efile_finding *findings;
	size_t count;
	size_t capacity;
};

static const name_row severity_names[] = {
	{ EFILE_SEVERITY_INFORMATION, "information" },
	{ EFILE_SEVERITY_WARNING, "warning" },
	{ EFILE_SEVERITY_ERROR, "error" },
};

const char *efile_severity_name(efile_severity severity)
{
	const char *name = TABLE_NAME(severity_names, (int)severity);

	return name ? name : "unknown";
}

efile_status report_new(efile_report **out, efile_ctx *ctx)
{
	efile_report *report = mem_new(ctx, sizeof(*report));

	if (!report)
		return EFILE_E_NOMEM;
	report->ctx = ctx;
	*out = report;
	return EFILE_OK;
}

/* The texts of a finding are owned by the report. */
static void finding_clear(efile_finding *f)
{
	free((char *)f->rule);
	free((char *)f->term);
	free((char *)f->path);
	free((char *)f->actual);
	free((char *)f->expected);
	free((char *)f->message);
}

static efile_status copy_text(const char **out, efile_ctx *ctx, const char *text)
{
	char *copy;

	TRY(mem_dup(&copy, ctx, text ? text : ""));
	*out = copy;
	return EFILE_OK;
}

static efile_status fill(efile_finding *f, efile_ctx *ctx, const char *rule,
			 const report_place *place)
{
	static const report_place nowhere;
	const report_place *p = place ? place : &nowhere;

	f->line = p->line;
	f->column = p->column;
	TRY(copy_text(&f->rule, ctx, rule));
	TRY(copy_text(&f->term, ctx, p->term));
	TRY(copy_text(&f->path, ctx, p->path));
	TRY(copy_text(&f->actual, ctx, p->actual));
	return copy_text(&f->expected, ctx, p->expected);
}

efile_status report_add(efile_report *report, const char *rule, efile_severity severity,
			const report_place *place, const char *format, ...)
{
	efile_finding f = { .severity = severity };
	efile_status status;
	va_list args;

	TRY(mem_grow(report->ctx, (void **)&report->findings, &report->capacity, report->count,
		     sizeof(*report->findings)));
	status = fill(&f, report->ctx, rule, place);
	va_start(args, format);
	f.message = message_vformat(report->ctx, format, args);
	va_end(args);
	if (status == EFILE_OK && !f.message)
		status = mem_failed(report->ctx);
	if (status < 0) {
		finding_clear(&f);
		return status;
	}
	report->findings[report->count++] = f;
	return EFILE_OK;
}

size_t efile_report_count(const efile_report *report)
{
	return report->count;
}

size_t efile_report_count_severity(const efile_report *report, efile_severity severity)
{
	size_t n = 0;

	for (size_t i = 0; i < report->count; i++)
		n += report->findings[i].severity == severity;
	return n;
}

const efile_finding *efile_report_finding(const efile_report *report, size_t index)
{
	return index < report->count ? &report->findings[index] : NULL;
}

void efile_report_free(efile_report *report)
{
	if (!report)
		return;
	for (size_t i = 0; i < report->count; i++)
		finding_clear(&report->findings[i]);
	free(report->findings);
	free(report);
}
