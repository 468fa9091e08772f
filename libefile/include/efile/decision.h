/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file decision.h
 * @brief Decisions by model (DMN 1.1 to 1.5): tables, boxed expressions, requirements, services.
 *
 * A model is read and compiled once, checked, and evaluated as often as wanted; nothing is stored and
 * nothing is fetched: models that are imported are handed in. What goes wrong while evaluating gives
 * null and a message that names decision and rule, as DMN demands. docs/DMN.md tells the rest.
 */
#ifndef EFILE_DECISION_H
#define EFILE_DECISION_H

#include <efile/ctx.h>
#include <efile/report.h>

EFILE_BEGIN_DECLS

/** @brief A compiled decision model with those that it imports. */
typedef struct efile_dmn efile_dmn;

/** @brief The bytes of a model. */
typedef struct efile_dmn_source {
	const char *name;  /**< for findings: the file's name; NULL if it has none */
	const void *data;  /**< XML, read during the call only */
	size_t length;     /**< bytes of data */
} efile_dmn_source;

/**
 * @brief Reads and compiles a decision model.
 *
 * A model with faults is compiled as far as it goes: efile_dmn_check() tells them, and what is broken
 * answers null when it is evaluated.
 *
 * @param[out] out the model; the caller frees it with efile_dmn_free(); belongs to the context
 * @param ctx      the context
 * @param sources  the model, then those that it imports, by namespace; at least one
 * @param count    of sources
 * @retval EFILE_OK        compiled; look at efile_dmn_check()
 * @retval EFILE_E_FORMAT  not XML, or not DMN; the error names file, line and column
 * @retval EFILE_E_LIMIT   nested too deep or too large
 * @retval EFILE_E_INVALID an argument is missing
 * @retval EFILE_E_NOMEM   out of memory
 * @standard DMN 1.5
 * @since 0.1
 */
EFILE_API efile_status efile_dmn_parse(efile_dmn **out, efile_ctx *ctx,
				       const efile_dmn_source *sources, size_t count);

/**
 * @brief What is wrong with a model: broken references, types and expressions, circles; in tables
 *        rules that overlap where one may hit, combinations that none covers, rules never reached.
 *
 * Each finding has a rule id (docs/DMN.md), the id of the element as its term, the file as its path.
 *
 * @param[out] out the findings; the caller frees them with efile_report_free()
 * @param model    a model
 * @retval EFILE_OK        checked
 * @retval EFILE_E_INVALID an argument is missing
 * @retval EFILE_E_NOMEM   out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_dmn_check(efile_report **out, const efile_dmn *model);

/**
 * @brief What a model holds: inputs, decisions, functions, services. docs/json.md, efile.dmn_model.v1.
 * @param[out] json_out one JSON object; the caller frees it with efile_free()
 * @param model         a model
 * @retval EFILE_OK        written
 * @retval EFILE_E_INVALID an argument is missing
 * @retval EFILE_E_NOMEM   out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_dmn_json(char **json_out, const efile_dmn *model);

/**
 * @brief Evaluates a decision with all that it requires. docs/json.md, efile.dmn.v1.
 *
 * The input is an object with the values of the input data by their names; what an input's type wants
 * as date, time, duration or decimal may be a text. Inputs of an imported model stand in an object
 * under the name of the import. A service or function is called with its parameters by name. now() is
 * the time of the context.
 *
 * @param[out] json_out   one JSON object: value, type, messages; the caller frees it with efile_free()
 * @param model           a model
 * @param decision        name or id of a decision, service or function; NULL evaluates all decisions
 *                        into one object
 * @param input_json      a JSON object; NULL or "" is an empty one
 * @retval EFILE_OK         evaluated, perhaps to null
 * @retval EFILE_E_NOTFOUND the model has no such decision
 * @retval EFILE_E_FORMAT   the input is no JSON
 * @retval EFILE_E_INVALID  the input is no object, or an argument is missing
 * @retval EFILE_E_LIMIT    too many steps or too much memory
 * @retval EFILE_E_NOMEM    out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_dmn_evaluate(char **json_out, const efile_dmn *model,
					  const char *decision, const char *input_json);

/** @brief Frees a model. @param model a model or NULL @since 0.1 */
EFILE_API void efile_dmn_free(efile_dmn *model);

EFILE_END_DECLS

#endif
