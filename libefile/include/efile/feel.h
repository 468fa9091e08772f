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

EFILE_END_DECLS

#endif
