/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file error.h
 * @brief Status codes, and the detail of the last error on a context.
 */
#ifndef EFILE_ERROR_H
#define EFILE_ERROR_H

#include <efile/macros.h>

EFILE_BEGIN_DECLS

/** @brief The context: clock, language, limits and the last error (efile/ctx.h). */
typedef struct efile_ctx efile_ctx;

/**
 * @brief What a call answers: few codes, named for what the caller can do about it.
 *
 * Numbers are fixed for ever (docs/ABI.md). Zero and above is success, below zero an error whose
 * detail stands on the context.
 */
typedef enum efile_status {
	EFILE_OK = 0,             /**< done */
	EFILE_DONE = 1,           /**< a cursor or stream has reached its end */
	EFILE_E_INVALID = -1,     /**< the caller's arguments or their combination are wrong */
	EFILE_E_NOTFOUND = -2,    /**< no such object, or not visible to the actor */
	EFILE_E_EXISTS = -3,      /**< there is one already */
	EFILE_E_STATE = -4,       /**< the object's state does not allow it */
	EFILE_E_DENIED = -5,      /**< the actor lacks the right */
	EFILE_E_CONFLICT = -6,    /**< somebody else changed it in between: load again */
	EFILE_E_BUSY = -7,        /**< locked by another process: try again */
	EFILE_E_LIMIT = -8,       /**< a limit of efile_limits is exceeded */
	EFILE_E_FORMAT = -9,      /**< foreign data are malformed */
	EFILE_E_UNSUPPORTED = -10,/**< well-formed, but not something this build does */
	EFILE_E_DAMAGED = -11,    /**< the store's own data do not match their digests */
	EFILE_E_STORAGE = -12,    /**< database or disk failed */
	EFILE_E_IO = -13,         /**< reading or writing a foreign file or stream failed */
	EFILE_E_EXTERNAL = -14,   /**< a helper process or outside service failed */
	EFILE_E_CANCELLED = -15,  /**< a callback asked to stop */
	EFILE_E_NOMEM = -16,      /**< out of memory */
	EFILE_E_INTERNAL = -17    /**< a defect of the library */
} efile_status;

/**
 * @brief The name of a status, such as "NOTFOUND".
 * @param status any value
 * @return constant text, never NULL; "UNKNOWN" for other numbers
 * @since 0.1
 */
EFILE_API const char *efile_status_name(efile_status status);

/**
 * @brief The exit code of the command line tools for a status (docs/ABI.md, section 5).
 * @param status any value
 * @return 0 to 130
 * @since 0.1
 */
EFILE_API int efile_status_exit_code(efile_status status);

/**
 * @brief The last error's message in the language of the context, one line, naming the thing.
 * @param ctx a context
 * @return borrowed text, valid until the next call with this context; "" if there is no error
 * @since 0.1
 */
EFILE_API const char *efile_error_message(const efile_ctx *ctx);

/**
 * @brief The last error's stable number (E1001 and up; docs/ABI.md lists the range per module).
 * @param ctx a context
 * @return 0 if there is no error
 * @since 0.1
 */
EFILE_API int efile_error_number(const efile_ctx *ctx);

/**
 * @brief The last error's status.
 * @param ctx a context
 * @return EFILE_OK if there is no error
 * @since 0.1
 */
EFILE_API efile_status efile_error_status(const efile_ctx *ctx);

/**
 * @brief The place of the last error: the file, message part or row that it names.
 * @param ctx  a context
 * @param line receives the line from 1, or 0 if unknown; may be NULL
 * @param column receives the column in bytes from 1, or 0 if unknown; may be NULL
 * @return borrowed text, "" if unknown
 * @since 0.1
 */
EFILE_API const char *efile_error_place(const efile_ctx *ctx, long *line, long *column);

EFILE_END_DECLS

#endif
