/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file scenario.h
 * @brief Trying processes out: scenarios in a text file of one line a step, run in memory by a clock
 *        of their own. No store is needed. docs/SCENARIO.md is the grammar.
 */
#ifndef EFILE_SCENARIO_H
#define EFILE_SCENARIO_H

#include <efile/reader.h>

EFILE_BEGIN_DECLS

/** @brief What came of the scenarios of a file. */
typedef struct efile_scenario_run efile_scenario_run;

/**
 * @brief Opens a file that a scenario names.
 * @param[out] out the reader, which is freed by the caller
 * @param ctx  a context
 * @param path as the scenario gives it; relative ones have the folder of the scenario in front
 * @param user from the options
 * @return EFILE_OK, or why it can't be opened
 */
typedef efile_status (*efile_scenario_open_fn)(efile_reader **out, efile_ctx *ctx, const char *path,
					       void *user);

/** @brief Options of efile_scenario_test(); fill with efile_scenario_options_init(). */
typedef struct efile_scenario_options {
	size_t size;                 /**< sizeof(efile_scenario_options) of the caller */
	const char *path;            /**< of the scenario file: its folder, and its name in messages */
	const char *models;          /**< folder for files that are not beside the scenario, or NULL */
	efile_scenario_open_fn open; /**< opens the files that are named; NULL: those on disk */
	void *user;                  /**< handed to open */
} efile_scenario_options;

/** @brief One scenario; texts are borrowed from the run. */
typedef struct efile_scenario_result {
	const char *name;    /**< its title, "" if the file has none */
	long line;           /**< where it begins */
	uint32_t steps;      /**< how many steps were done */
	int passed;          /**< 1: all steps did what they say */
	const char *message; /**< what went wrong, in the language of the context, or "" */
	const char *file;    /**< the file of the step that failed, or "" */
	long failed_line;    /**< its line, or 0 */
} efile_scenario_result;

/** @brief How much of a process all scenarios of the run have visited together. */
typedef struct efile_scenario_model {
	const char *file;    /**< as the scenario names it */
	const char *process; /**< id of the process */
	uint32_t nodes;      /**< how many nodes it has */
	uint32_t visited;    /**< how many of them a token has come to */
} efile_scenario_model;

/** @brief A node of a process, and how often tokens have come to it. */
typedef struct efile_scenario_node {
	const char *id;  /**< of the element */
	uint64_t visits; /**< 0: never */
} efile_scenario_node;

/**
 * @brief Fills options with their defaults.
 * @param[out] options receives the defaults
 * @since 0.1
 */
EFILE_API void efile_scenario_options_init(efile_scenario_options *options);

/**
 * @brief Runs all scenarios of a file, each in a world of its own.
 *
 * A scenario that does not do what it says is a result, no error.
 *
 * @param[out] out what came of it; the caller frees it with efile_scenario_run_free()
 * @param ctx      a context
 * @param reader   the scenario file; read to its end, not closed
 * @param options  NULL takes the defaults
 * @retval EFILE_OK        run, whatever came of it
 * @retval EFILE_E_FORMAT  a line is no step; the place has file and line
 * @retval EFILE_E_LIMIT   too long, or includes nested too deep
 * @retval EFILE_E_INVALID an argument is missing or of a newer library
 * @retval EFILE_E_NOMEM   out of memory; other errors are those of the readers
 * @since 0.1
 */
EFILE_API efile_status efile_scenario_test(efile_scenario_run **out, efile_ctx *ctx,
					   efile_reader *reader,
					   const efile_scenario_options *options);

/**
 * @brief The number of scenarios.
 * @param run a run
 * @return how many the file has
 * @since 0.1
 */
EFILE_API size_t efile_scenario_count(const efile_scenario_run *run);

/**
 * @brief One scenario of the run.
 * @param run   a run
 * @param index from 0 in the order of the file
 * @return borrowed from the run; NULL past the end
 * @since 0.1
 */
EFILE_API const efile_scenario_result *efile_scenario_at(const efile_scenario_run *run,
							 size_t index);

/**
 * @brief The number of processes that were deployed.
 * @param run a run
 * @return how many; a process of the same file counts once
 * @since 0.1
 */
EFILE_API size_t efile_scenario_model_count(const efile_scenario_run *run);

/**
 * @brief One process and how much of it was visited.
 * @param run   a run
 * @param index from 0
 * @return borrowed from the run; NULL past the end
 * @since 0.1
 */
EFILE_API const efile_scenario_model *efile_scenario_model_at(const efile_scenario_run *run,
							      size_t index);

/**
 * @brief One node of a process.
 * @param run   a run
 * @param model index of the process
 * @param index of the node, from 0
 * @return borrowed from the run; NULL past the end
 * @since 0.1
 */
EFILE_API const efile_scenario_node *efile_scenario_node_at(const efile_scenario_run *run,
							    size_t model, size_t index);

/**
 * @brief Frees a run.
 * @param run a run or NULL
 * @since 0.1
 */
EFILE_API void efile_scenario_run_free(efile_scenario_run *run);

EFILE_END_DECLS

#endif
