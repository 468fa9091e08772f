/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file search.h
 * @brief Full text: titles, metadata and texts of everything that the actor may read.
 *
 * A query is a list of words that must all be there:
 *
 * | write | finds |
 * |---|---|
 * | `bescheid` | the word, inflected too (German and English); case and accents do not matter |
 * | `"erster bescheid"` | these words, one after the other, as they stand |
 * | `besch*` | words that begin so |
 * | `title:x`, `text:x`, `sender:x`, `type:x`, `reference:x` | in that field only |
 * | `date:2026-01..2026-03` | dated then; years, months or days; `2026-01..`, `..2025`, `2026` |
 * | `-x` | not with x |
 * | `x OR y` | one of both; binds its neighbours only |
 *
 * Everything else in a query is taken for words; nothing in it can break out.
 */
#ifndef EFILE_SEARCH_H
#define EFILE_SEARCH_H

#include <efile/document.h>

EFILE_BEGIN_DECLS

/** @brief In which order hits come. */
typedef enum efile_search_order {
	EFILE_SEARCH_NEWEST = 0,   /**< what was filed last comes first */
	EFILE_SEARCH_RELEVANCE = 1 /**< the best of the newest 20,000 hits first */
} efile_search_order;

enum {
	EFILE_SNIPPET_BEGIN = 2,   /**< character before a match in a snippet */
	EFILE_SNIPPET_END = 3,     /**< character behind a match in a snippet */
	EFILE_SEARCH_LIMIT = 1000  /**< hits are not counted or listed beyond */
};

/** @brief Options of a search; fill with efile_search_options_init(). */
typedef struct efile_search_options {
	size_t size;              /**< sizeof(efile_search_options) of the caller */
	int32_t limit;            /**< hits at most, 1 to EFILE_SEARCH_LIMIT; 50 */
	efile_id after;           /**< id of the last hit seen: goes on behind it; none starts;
	                           *   not by relevance */
	efile_search_order order; /**< newest first */
} efile_search_options;

/** @brief A hit; texts are borrowed from the cursor until the next call. */
typedef struct efile_hit {
	efile_id id;              /**< the node */
	efile_node_kind kind;     /**< its kind */
	const char *title;        /**< its title */
	const char *reference;    /**< its reference number, or of what it lies in */
	const char *snippet;      /**< some words around the matches, marked by EFILE_SNIPPET_BEGIN
	                           *   and EFILE_SNIPPET_END */
	efile_date date;          /**< date of the document, else of its receipt or filing */
	efile_dossier_id dossier; /**< the dossier it belongs to */
} efile_hit;

/** @brief Walks over hits. */
typedef struct efile_search_cursor efile_search_cursor;

/** @brief Fills options with their defaults. @param[out] options receives the defaults
 * @since 0.1 */
EFILE_API void efile_search_options_init(efile_search_options *options);

/**
 * @brief Searches; what was committed before is found.
 *
 * The index lies in search.db beside the store's database, follows the log, and is made anew if it
 * is missing or damaged. Hits that the actor may not read are not there, nor can they be counted.
 *
 * @param[out] out the cursor; the caller frees it with efile_search_cursor_free()
 * @param session  open session
 * @param query    see above; at most 1,000 bytes and 50 words
 * @param options  NULL takes the defaults
 * @retval EFILE_OK            searched
 * @retval EFILE_E_INVALID     no word to search for, only exclusions, an impossible date, bad UTF-8
 * @retval EFILE_E_LIMIT       the query is too long
 * @retval EFILE_E_NOTFOUND    the hit to go on behind is not there
 * @retval EFILE_E_UNSUPPORTED the store is open read-only and has no index
 * @retval EFILE_E_BUSY        another process is indexing
 * @retval EFILE_E_STORAGE     the index can't be written
 * @since 0.1
 */
EFILE_API efile_status efile_search(efile_search_cursor **out, efile_session *session,
				    const char *query, const efile_search_options *options);

/**
 * @brief The next hit.
 * @param cursor   a cursor
 * @param[out] hit receives it
 * @retval EFILE_OK   a hit
 * @retval EFILE_DONE the end
 * @since 0.1
 */
EFILE_API efile_status efile_search_cursor_next(efile_search_cursor *cursor, efile_hit *hit);

/** @brief Frees a cursor. @param cursor a cursor or NULL @since 0.1 */
EFILE_API void efile_search_cursor_free(efile_search_cursor *cursor);

/**
 * @brief Counts the hits that the actor may read.
 * @param[out] out the number; EFILE_SEARCH_LIMIT means that many or more
 * @param session  open session
 * @param query    as for efile_search()
 * @retval EFILE_OK counted; other values as efile_search()
 * @since 0.1
 */
EFILE_API efile_status efile_search_count(int32_t *out, efile_session *session,
					  const char *query);

/**
 * @brief Makes the index anew from the store.
 * @param session open session of an administrator
 * @retval EFILE_OK            made
 * @retval EFILE_E_DENIED      not an administrator
 * @retval EFILE_E_UNSUPPORTED the store is open read-only
 * @retval EFILE_E_BUSY        another process is indexing
 * @retval EFILE_E_STORAGE     the index can't be written
 * @since 0.1
 */
EFILE_API efile_status efile_search_rebuild(efile_session *session);

EFILE_END_DECLS

#endif
