/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file report.h
 * @brief Findings: what a check of foreign data says. A finding is not an error.
 */
#ifndef EFILE_REPORT_H
#define EFILE_REPORT_H

#include <efile/ctx.h>

EFILE_BEGIN_DECLS

/** @brief How much a finding weighs. */
typedef enum efile_severity {
	EFILE_SEVERITY_INFORMATION = 0, /**< worth knowing */
	EFILE_SEVERITY_WARNING = 1,     /**< accepted, should be mended */
	EFILE_SEVERITY_ERROR = 2        /**< not acceptable */
} efile_severity;

/** @brief One finding. Text is borrowed from its report; "" where there is none, never NULL. */
typedef struct efile_finding {
	const char *rule;         /**< rule id, such as "BR-CO-10" */
	efile_severity severity;  /**< its weight */
	const char *term;         /**< business term, such as "BT-106", or "" */
	const char *path;         /**< XPath or part path in the source, or "" */
	long line;                /**< line in the source from 1, 0 if unknown */
	long column;              /**< column in bytes from 1, 0 if unknown */
	const char *actual;       /**< value found, or "" */
	const char *expected;     /**< value expected, or "" */
	const char *message;      /**< one line in the context's language */
} efile_finding;

/** @brief A list of findings. */
typedef struct efile_report efile_report;

/** @brief The number of findings. @param report a report @return the number @since 0.1 */
EFILE_API size_t efile_report_count(const efile_report *report);
/** @brief The number of findings of one severity. @param report a report @param severity which
 * @return the number @since 0.1 */
EFILE_API size_t efile_report_count_severity(const efile_report *report, efile_severity severity);
/**
 * @brief One finding.
 * @param report a report @param index from 0
 * @return borrowed, lives as long as the report; NULL past the end
 * @since 0.1
 */
EFILE_API const efile_finding *efile_report_finding(const efile_report *report, size_t index);
/** @brief Frees a report. @param report a report or NULL @since 0.1 */
EFILE_API void efile_report_free(efile_report *report);
/** @brief The name of a severity: "information", "warning", "error". @param severity which
 * @return constant text @since 0.1 */
EFILE_API const char *efile_severity_name(efile_severity severity);

EFILE_END_DECLS

#endif
