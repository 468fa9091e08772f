/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file ctx.h
 * @brief The context: clock, randomness, language, limits, log hook, last error.
 *
 * A context and everything opened from it belong to one thread at a time. Several threads take a
 * context each and may open the same store.
 */
#ifndef EFILE_CTX_H
#define EFILE_CTX_H

#include <efile/types.h>

EFILE_BEGIN_DECLS

/** @brief Language of messages. */
typedef enum efile_language {
	EFILE_LANGUAGE_EN = 0, /**< English */
	EFILE_LANGUAGE_DE = 1  /**< German */
} efile_language;

/** @brief Weight of a log line. */
typedef enum efile_log_level {
	EFILE_LOG_ERROR = 0,  /**< something failed */
	EFILE_LOG_WARNING = 1,/**< something is odd */
	EFILE_LOG_INFO = 2,   /**< what happens */
	EFILE_LOG_DEBUG = 3   /**< for developers; the only level that may name persons */
} efile_log_level;

/**
 * @brief Limits on foreign data. Every reader of this library heeds them; breaking one answers
 *        EFILE_E_LIMIT or a finding that names it.
 */
typedef struct efile_limits {
	size_t size;                 /**< sizeof(efile_limits) of the caller */
	uint64_t document_bytes;     /**< one document's content (256 MiB) */
	uint64_t xml_bytes;          /**< one XML document (256 MiB) */
	uint32_t xml_depth;          /**< nesting of XML elements (256) */
	uint32_t xml_attributes;     /**< attributes of one element (1,000) */
	uint32_t xml_text_bytes;     /**< one text node, embedded attachments excepted (10 MiB) */
	uint32_t mime_depth;         /**< nesting of message parts (100) */
	uint32_t mime_parts;         /**< parts of one message (10,000) */
	uint32_t mime_header_bytes;  /**< header block of one entity (1 MiB) */
	uint32_t mime_field_bytes;   /**< one header field (64 KiB) */
	uint32_t mime_parameters;    /**< parameter segments of one field (1,000) */
	uint32_t archive_entries;    /**< entries of one archive (10,000) */
	uint32_t archive_ratio;      /**< expansion ratio above 1 MiB (200) */
	uint64_t archive_bytes;      /**< expanded bytes of one archive (1 GiB) */
	uint32_t json_depth;         /**< nesting of JSON values (128) */
	uint32_t expr_depth;         /**< nesting of an expression (200) */
	uint32_t expr_steps;         /**< evaluation steps of one expression (1,000,000) */
	uint32_t flow_nodes;         /**< nodes of one process definition (10,000) */
	uint32_t flow_moves;         /**< token moves without a wait (10,000) */
	uint32_t flow_tokens;        /**< tokens of one instance (10,000) */
	uint32_t pdf_pages;          /**< pages of one PDF (5,000) */
	uint32_t parse_milliseconds; /**< time of one helper request (5,000) */
	uint32_t parse_megabytes;    /**< address space of one helper request (512) */
	uint32_t busy_milliseconds;  /**< how long a writer waits for the store (10,000) */
} efile_limits;

/** @brief Answers the present time. @param user the options' user pointer @return the time */
typedef efile_time (*efile_clock_fn)(void *user);
/** @brief Fills a buffer with random bytes. @param buffer the buffer @param length its bytes
 * @param user the options' user pointer @return 0, or -1 on failure */
typedef int (*efile_random_fn)(unsigned char *buffer, size_t length, void *user);
/** @brief Takes a log line. @param level weight @param module such as "store"
 * @param message one line @param user the options' user pointer */
typedef void (*efile_log_fn)(efile_log_level level, const char *module, const char *message,
			     void *user);

/** @brief Options of efile_ctx_new(); fill with efile_ctx_options_init(). */
typedef struct efile_ctx_options {
	size_t size;              /**< sizeof(efile_ctx_options) of the caller */
	efile_language language;  /**< of messages; English */
	const efile_limits *limits; /**< NULL: the defaults */
	efile_clock_fn clock;     /**< NULL: the system's real-time clock */
	efile_random_fn random;   /**< NULL: the system's generator */
	efile_log_fn log;         /**< NULL: no log */
	efile_log_level log_level;/**< lines above this weight are not made; warning */
	const char *helper_path;  /**< path of efile-parse; NULL: the installed one */
	const char *schema_path;  /**< folder with newer schemas and tables; NULL: the built-in ones */
	void *user;               /**< handed to the callbacks */
} efile_ctx_options;

/**
 * @brief Fills options with their defaults.
 * @param[out] options receives the defaults
 * @since 0.1
 */
EFILE_API void efile_ctx_options_init(efile_ctx_options *options);

/**
 * @brief Fills limits with their defaults.
 * @param[out] limits receives the defaults
 * @since 0.1
 */
EFILE_API void efile_limits_init(efile_limits *limits);

/**
 * @brief Makes a context.
 * @param[out] out the context; the caller frees it with efile_ctx_free()
 * @param options  NULL takes the defaults
 * @retval EFILE_OK        made
 * @retval EFILE_E_INVALID options of a newer library with a setting unknown here
 * @retval EFILE_E_NOMEM   out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_ctx_new(efile_ctx **out, const efile_ctx_options *options);

/**
 * @brief Frees a context; everything opened from it must be closed before.
 * @param ctx a context or NULL
 * @since 0.1
 */
EFILE_API void efile_ctx_free(efile_ctx *ctx);

/**
 * @brief The limits in force.
 * @param ctx a context
 * @return borrowed, lives as long as the context
 * @since 0.1
 */
EFILE_API const efile_limits *efile_ctx_limits(const efile_ctx *ctx);

/**
 * @brief The language of messages.
 * @param ctx a context
 * @return the language
 * @since 0.1
 */
EFILE_API efile_language efile_ctx_language(const efile_ctx *ctx);

/**
 * @brief The text of the library or its tools in the context's language.
 * @param ctx     a context
 * @param english the English text
 * @return constant text of the tables made from po/, or english itself if they lack it
 * @since 0.1
 */
EFILE_API const char *efile_message(const efile_ctx *ctx, const char *english);

/**
 * @brief What an error number of the operating system (errno) means, in the context's language.
 * @param ctx   a context
 * @param error such as ENOSPC
 * @return borrowed text, valid until the next call with this context; "error N" for numbers without words
 * @since 0.1
 */
EFILE_API const char *efile_system_message(efile_ctx *ctx, int error);

/**
 * @brief A date as people write it in the context's language: 27.11.2026, or 2026-11-27 in English.
 * @param[out] out receives at most EFILE_DATE_TEXT_SIZE bytes with terminator
 * @param ctx      a context
 * @param date     a date; "none" is written as ""
 * @retval EFILE_OK        written
 * @retval EFILE_E_INVALID no context or no place for the text
 * @since 0.1
 */
EFILE_API efile_status efile_date_local(char *out, const efile_ctx *ctx, efile_date date);

/**
 * @brief A point in time as people read it: the office's time (Europe/Berlin), to the minute, in the
 *        context's language: 27.11.2026 15:31, or 2026-11-27 15:31 in English.
 *
 * For people only: an hour in autumn is there twice, and data keep UTC (efile_time_format()).
 *
 * @param[out] out receives at most EFILE_TIME_TEXT_SIZE bytes with terminator
 * @param ctx      a context
 * @param time     the time
 * @retval EFILE_OK         written
 * @retval EFILE_E_INVALID  no context or no place for the text
 * @retval EFILE_E_NOTFOUND the system has no time zone data
 * @retval EFILE_E_FORMAT   its time zone data are damaged
 * @retval EFILE_E_NOMEM    out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_time_local(char *out, efile_ctx *ctx, efile_time time);

/**
 * @brief The version of the library, such as "0.1.0".
 * @return constant text
 * @since 0.1
 */
EFILE_API const char *efile_version(void);

/**
 * @brief Frees text that a function of this library handed over.
 * @param text text or NULL
 * @since 0.1
 */
EFILE_API void efile_free(void *text);

EFILE_END_DECLS

#endif
