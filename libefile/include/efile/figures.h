/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file figures.h
 * @brief Figures of a store (Kennzahlen): how much there is of what.
 */
#ifndef EFILE_FIGURES_H
#define EFILE_FIGURES_H

#include <efile/store.h>

EFILE_BEGIN_DECLS

/** @brief The figures of a store at one moment. */
typedef struct efile_figures efile_figures;

/** @brief One figure; texts are borrowed from the list, "" where they say nothing. */
typedef struct efile_figure {
	const char *area;  /**< "store", "contents", "log", "nodes", "documents", "processes", "tasks",
	                        "intake" */
	const char *name;  /**< of what: a kind, a document type, a process, an action of the log */
	const char *state; /**< in which state; "in_trash" and "overdue" count once more what stands
	                        elsewhere, too */
	const char *unit;  /**< "count", "bytes", "time" (microseconds since 1970 UTC), "number" */
	int32_t year;      /**< of filing or receipt, UTC; 0: of all years */
	int64_t value;     /**< the figure */
} efile_figure;

/**
 * @brief Counts what is in a store: nodes by kind and state, documents by type and year, processes,
 *        tasks, intake, the log by actions, contents, sizes, last backup and checkpoint.
 *
 * The figures name no person and no object. They are counted afresh, all from one state of the store.
 *
 * @param[out] out the figures; the caller frees them with efile_figures_free()
 * @param store    an open store
 * @retval EFILE_OK        counted
 * @retval EFILE_E_INVALID no store or no place for the answer
 * @retval EFILE_E_STORAGE the store failed
 * @since 0.1
 */
EFILE_API efile_status efile_store_figures(efile_figures **out, efile_store *store);

/** @brief How many figures there are. @param figures a list @return their number @since 0.1 */
EFILE_API size_t efile_figures_count(const efile_figures *figures);

/**
 * @brief One figure.
 * @param figures a list
 * @param index   from 0
 * @return borrowed, lives as long as the list; NULL past the end
 * @since 0.1
 */
EFILE_API const efile_figure *efile_figures_at(const efile_figures *figures, size_t index);

/** @brief Frees figures. @param figures a list or NULL @since 0.1 */
EFILE_API void efile_figures_free(efile_figures *figures);

EFILE_END_DECLS

#endif
