/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file feel.h
 * @brief Expressions in FEEL, the language of conditions and decisions (DMN 1.5, chapter 10).
 */
#ifndef EFILE_FEEL_H
#define EFILE_FEEL_H

#include <efile/ctx.h>

EFILE_BEGIN_DECLS

/**
 * @brief Evaluates a FEEL expression.
 *
 * What goes wrong while evaluating (a wrong type, a division by zero, an unknown variable) gives
 * null and a warning, as FEEL demands. now() and today() are those of the context's clock, in UTC.
 *
 * @param[out] json_out  one JSON object: schema, type, value, warnings; the caller frees it with
 *                       efile_free()
 * @param ctx            a context
 * @param expression     the expression, UTF-8
 * @param context_json   a JSON object whose members are the variables, or NULL
 * @retval EFILE_OK        evaluated, perhaps to null
 * @retval EFILE_E_FORMAT  the expression or the JSON is malformed; the error names line and column
 * @retval EFILE_E_INVALID the JSON is no object, or an argument is missing
 * @retval EFILE_E_LIMIT   nested too deep, too long, too many steps or too much memory
 * @retval EFILE_E_NOMEM   out of memory
 * @standard DMN 1.5: FEEL
 * @since 0.1
 */
EFILE_API efile_status efile_feel_eval(char **json_out, efile_ctx *ctx, const char *expression,
				       const char *context_json);

/** @brief A compiled FEEL expression with the memory of its evaluations; opaque. */
typedef struct efile_feel efile_feel;

/** @brief What a text of FEEL is. */
typedef enum efile_feel_kind {
	EFILE_FEEL_EXPRESSION = 0, /**< an expression */
	EFILE_FEEL_TESTS = 1       /**< unary tests of a decision table's cell, on the input "?" */
} efile_feel_kind;

/**
 * @brief Compiles a FEEL expression or unary tests, to be evaluated many times.
 *
 * Names with blanks or signs (such as "due date") are read as one only where they are known: by
 * names_json, or by the expression itself. Plain names need not be listed.
 *
 * @param[out] out   the compiled expression; the caller frees it with efile_feel_free() before ctx
 * @param ctx        a context
 * @param kind       expression or unary tests
 * @param expression the text, UTF-8; copied
 * @param names_json the names with blanks or signs: a JSON list of them, or an object such as it will
 *                   be evaluated with, whose keys at any depth are the names; or NULL
 * @retval EFILE_OK        compiled
 * @retval EFILE_E_FORMAT  malformed, or names_json is; the error names line and column
 * @retval EFILE_E_INVALID an argument is missing
 * @retval EFILE_E_LIMIT   nested too deep or too long
 * @retval EFILE_E_NOMEM   out of memory
 * @standard DMN 1.5, chapter 10
 * @since 0.1
 */
EFILE_API efile_status efile_feel_compile(efile_feel **out, efile_ctx *ctx, efile_feel_kind kind,
					  const char *expression, const char *names_json);

/**
 * @brief Evaluates a compiled expression; as efile_feel_eval() does, but without compiling.
 *
 * @param[out] json_out  one JSON object: schema, type, value, warnings; the caller frees it with
 *                       efile_free()
 * @param feel           a compiled expression
 * @param context_json   a JSON object whose members are the variables (the input of unary tests
 *                       is the member "?"), or NULL
 * @retval EFILE_OK        evaluated, perhaps to null
 * @retval EFILE_E_FORMAT  the JSON is malformed
 * @retval EFILE_E_INVALID the JSON is no object, or an argument is missing
 * @retval EFILE_E_LIMIT   too many steps or too much memory
 * @retval EFILE_E_NOMEM   out of memory
 * @standard DMN 1.5, chapter 10
 * @since 0.1
 */
EFILE_API efile_status efile_feel_evaluate(char **json_out, efile_feel *feel,
					   const char *context_json);

/**
 * @brief The value of the last evaluation alone.
 * @param[out] json_out the value as JSON; the caller frees it with efile_free()
 * @param feel          a compiled expression
 * @retval EFILE_OK        written
 * @retval EFILE_E_STATE   it has not been evaluated, or without success
 * @retval EFILE_E_INVALID an argument is missing
 * @retval EFILE_E_NOMEM   out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_feel_value(char **json_out, efile_feel *feel);

/**
 * @brief How many warnings the last evaluation gave.
 * @param feel a compiled expression
 * @return the number; 20 are kept at most
 * @since 0.1
 */
EFILE_API size_t efile_feel_warning_count(const efile_feel *feel);

/**
 * @brief One warning of the last evaluation: one line in the context's language, with the place.
 * @param feel        a compiled expression
 * @param index       from 0
 * @param[out] line   where in the expression, from 1; 0 if unknown; or NULL
 * @param[out] column the column in bytes, from 1; 0 if unknown; or NULL
 * @return borrowed until the next evaluation; NULL past the end
 * @since 0.1
 */
EFILE_API const char *efile_feel_warning(const efile_feel *feel, size_t index, long *line,
					 long *column);

/**
 * @brief Frees a compiled expression.
 * @param feel a compiled expression or NULL
 * @since 0.1
 */
EFILE_API void efile_feel_free(efile_feel *feel);

EFILE_END_DECLS

#endif
