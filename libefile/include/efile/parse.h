/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file parse.h
 * @brief Looking into PDF files and images, in a helper process.
 *
 * Foreign files of binary formats are never parsed in the caller's process: the helper efile-parse
 * does it, one short-lived process per document, without network and without access to files other
 * than fonts. A document that crashes, hangs or eats memory costs that process and an error here,
 * nothing else. Without the helper every call answers EFILE_E_UNSUPPORTED and the rest of the
 * library works on.
 */
#ifndef EFILE_PARSE_H
#define EFILE_PARSE_H

#include <efile/ctx.h>

EFILE_BEGIN_DECLS

/** @brief The connection to one warm helper process; started by the first call that needs it. */
typedef struct efile_parser efile_parser;
/** @brief What a call found out; each call fills the parts that it was asked for. */
typedef struct efile_parse_result efile_parse_result;

/** @brief What is remarkable about a document. */
typedef enum efile_parse_flag {
	EFILE_PARSE_PDF = 1,        /**< it is a PDF file, judged by its bytes */
	EFILE_PARSE_ENCRYPTED = 2,  /**< encrypted, with or without a password for opening */
	EFILE_PARSE_DAMAGED = 4,    /**< its structure is broken; what could be read was read */
	EFILE_PARSE_UNREADABLE = 8, /**< it cannot be opened at all */
	EFILE_PARSE_ACTIVE = 16,    /**< has JavaScript or an action that starts programs */
	EFILE_PARSE_IMAGE = 32      /**< it is an image whose size is known */
} efile_parse_flag;

/** @brief A file embedded in a PDF. Borrowed from its result. */
typedef struct efile_parse_attachment {
	const char *name;       /**< as given, UTF-8; data, never a path; "" if there is none */
	const char *media_type; /**< judged by the bytes */
	const void *data;       /**< the bytes, never NULL */
	size_t length;          /**< counted, not as declared */
} efile_parse_attachment;

/**
 * @brief Makes a connection to the helper; the process starts with the first request.
 * @param[out] out the parser; the caller frees it with efile_parser_free() before its context
 * @param ctx a context; its helper_path names the program, its limits bound each request
 * @retval EFILE_OK        made
 * @retval EFILE_E_INVALID no context or no place for the result
 * @retval EFILE_E_NOMEM   out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_parser_new(efile_parser **out, efile_ctx *ctx);

/**
 * @brief Ends the helper process and frees the connection.
 * @param parser a parser or NULL
 * @since 0.1
 */
EFILE_API void efile_parser_free(efile_parser *parser);

/**
 * @brief Finds out what a file is: media type, and of a PDF pages, sizes, metadata, XMP and flags,
 *        of an image its size.
 *
 * A damaged or encrypted PDF is not an error here: the flags say so.
 *
 * @param[out] out the result; the caller frees it with efile_parse_result_free()
 * @param parser a parser
 * @param data   the file's bytes, only read during the call
 * @param length their number; at most efile_limits.document_bytes
 * @retval EFILE_OK            found out
 * @retval EFILE_E_INVALID     no parser, bytes or place for the result
 * @retval EFILE_E_LIMIT       too long, too many pages, too slow or too much memory
 * @retval EFILE_E_UNSUPPORTED the helper is not installed
 * @retval EFILE_E_EXTERNAL    the helper crashed over this file or does not answer properly
 * @retval EFILE_E_NOMEM       out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_parse_info(efile_parse_result **out, efile_parser *parser,
					const void *data, size_t length);

/**
 * @brief Reads the text of some pages of a PDF.
 * @param[out] out the result; the caller frees it with efile_parse_result_free()
 * @param parser a parser
 * @param data   the file's bytes, only read during the call
 * @param length their number; at most efile_limits.document_bytes
 * @param page   the first page, from 0
 * @param count  how many pages; 0: all that follow
 * @retval EFILE_OK            read
 * @retval EFILE_E_INVALID     no parser, bytes or place for the result
 * @retval EFILE_E_NOTFOUND    the document has no such page
 * @retval EFILE_E_FORMAT      damaged beyond reading
 * @retval EFILE_E_LIMIT       too long, too many pages, too slow or too much memory
 * @retval EFILE_E_UNSUPPORTED not a PDF, encrypted, or the helper is not installed
 * @retval EFILE_E_EXTERNAL    the helper crashed over this file or does not answer properly
 * @retval EFILE_E_NOMEM       out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_parse_text(efile_parse_result **out, efile_parser *parser,
					const void *data, size_t length, uint32_t page,
					uint32_t count);

/**
 * @brief Takes out the files embedded in a PDF, such as the XML of a Factur-X invoice.
 * @param[out] out the result; the caller frees it with efile_parse_result_free()
 * @param parser a parser
 * @param data   the file's bytes, only read during the call
 * @param length their number; at most efile_limits.document_bytes, as is the sum of what comes out
 * @retval EFILE_OK            taken out; there may be none
 * @retval EFILE_E_INVALID     no parser, bytes or place for the result
 * @retval EFILE_E_FORMAT      damaged beyond reading
 * @retval EFILE_E_LIMIT       too long, too many, too slow or too much memory
 * @retval EFILE_E_UNSUPPORTED not a PDF, encrypted, or the helper is not installed
 * @retval EFILE_E_EXTERNAL    the helper crashed over this file or does not answer properly
 * @retval EFILE_E_NOMEM       out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_parse_attachments(efile_parse_result **out, efile_parser *parser,
					       const void *data, size_t length);

/**
 * @brief Draws a page of a PDF as a PNG image.
 * @param[out] out the result; the caller frees it with efile_parse_result_free()
 * @param parser a parser
 * @param data   the file's bytes, only read during the call
 * @param length their number; at most efile_limits.document_bytes
 * @param page   the page, from 0
 * @param width  pixels, 1 to 4,096; a very tall page comes out narrower
 * @retval EFILE_OK            drawn
 * @retval EFILE_E_INVALID     no parser, bytes or place for the result, or a width out of range
 * @retval EFILE_E_NOTFOUND    the document has no such page
 * @retval EFILE_E_FORMAT      damaged beyond reading
 * @retval EFILE_E_LIMIT       too long, too slow or too much memory
 * @retval EFILE_E_UNSUPPORTED not a PDF, encrypted, or the helper is not installed
 * @retval EFILE_E_EXTERNAL    the helper crashed over this file or does not answer properly
 * @retval EFILE_E_NOMEM       out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_parse_preview(efile_parse_result **out, efile_parser *parser,
					   const void *data, size_t length, uint32_t page,
					   uint32_t width);

/** @brief The media type by the bytes, such as "application/pdf". @param result a result
 * @return borrowed text, "" if not asked for @since 0.1 */
EFILE_API const char *efile_parse_result_media_type(const efile_parse_result *result);
/** @brief What is remarkable; after efile_parse_attachments() only EFILE_PARSE_DAMAGED, by the end of
 * the file. @param result a result @return sum of efile_parse_flag @since 0.1 */
EFILE_API int efile_parse_result_flags(const efile_parse_result *result);
/** @brief The number of pages of a PDF, or of images in a TIFF. @param result a result
 * @return 0 if unknown @since 0.1 */
EFILE_API uint32_t efile_parse_result_page_count(const efile_parse_result *result);
/**
 * @brief The size of a page of a PDF, after efile_parse_info().
 * @param result a result @param page from 0
 * @param[out] width  thousandths of a point (1/72 inch) @param[out] height likewise
 * @retval EFILE_OK known @retval EFILE_E_NOTFOUND no such page
 * @since 0.1
 */
EFILE_API efile_status efile_parse_result_page_size(const efile_parse_result *result, uint32_t page,
						    uint32_t *width, uint32_t *height);
/**
 * @brief The size of an image, after efile_parse_info().
 * @param result a result @param[out] width pixels, as declared @param[out] height likewise
 * @retval EFILE_OK known @retval EFILE_E_NOTFOUND not an image that we measure
 * @since 0.1
 */
EFILE_API efile_status efile_parse_result_image_size(const efile_parse_result *result,
						     uint32_t *width, uint32_t *height);
/**
 * @brief An entry of a PDF's information dictionary, after efile_parse_info().
 * @param result a result
 * @param key    "title", "author", "subject", "keywords", "creator", "producer", "created",
 *               "modified" (these two as 2026-03-02T08:00:00Z) or "version" (as 1.7)
 * @return borrowed UTF-8 text, NULL if there is none
 * @since 0.1
 */
EFILE_API const char *efile_parse_result_metadata(const efile_parse_result *result,
						  const char *key);
/** @brief The XMP packet of a PDF, after efile_parse_info(). @param result a result
 * @param[out] length its bytes; may be NULL @return borrowed, NULL if there is none @since 0.1 */
EFILE_API const char *efile_parse_result_xmp(const efile_parse_result *result, size_t *length);
/** @brief The text of a page, after efile_parse_text(). @param result a result @param page from 0
 * @return borrowed UTF-8 text, "" for a page without text, NULL if not asked for @since 0.1 */
EFILE_API const char *efile_parse_result_text(const efile_parse_result *result, uint32_t page);
/** @brief The number of embedded files, after efile_parse_attachments(). @param result a result
 * @return the number @since 0.1 */
EFILE_API size_t efile_parse_result_attachment_count(const efile_parse_result *result);
/** @brief An embedded file, after efile_parse_attachments(). @param result a result
 * @param index from 0 @return borrowed, NULL past the end @since 0.1 */
EFILE_API const efile_parse_attachment *
efile_parse_result_attachment(const efile_parse_result *result, size_t index);
/** @brief The PNG image, after efile_parse_preview(). @param result a result
 * @param[out] length its bytes @return borrowed, NULL if not asked for @since 0.1 */
EFILE_API const void *efile_parse_result_preview(const efile_parse_result *result, size_t *length);
/** @brief Frees a result. @param result a result or NULL @since 0.1 */
EFILE_API void efile_parse_result_free(efile_parse_result *result);

EFILE_END_DECLS

#endif
