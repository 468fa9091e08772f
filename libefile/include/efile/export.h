/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file export.h
 * @brief Exports: a dossier, case or document with all in it, as one package.
 */
#ifndef EFILE_EXPORT_H
#define EFILE_EXPORT_H

#include <efile/document.h>

EFILE_BEGIN_DECLS

/** @brief What a package looks like. */
typedef enum efile_export_format {
	EFILE_EXPORT_ZIP = 1 /**< a BagIt 1.0 bag (RFC 8493) in a ZIP, with a page to read: index.html */
} efile_export_format;

/** @brief Options of efile_export_write(); fill with efile_export_options_init(). */
typedef struct efile_export_options {
	size_t size;                /**< sizeof(efile_export_options) of the caller */
	efile_export_format format; /**< ZIP */
} efile_export_options;

/**
 * @brief Fills options with their defaults.
 * @param[out] options receives the defaults
 * @since 0.1
 */
EFILE_API void efile_export_options_init(efile_export_options *options);

/**
 * @brief Writes a package of a node and all below it that the actor may read.
 *
 * The package holds every rendition of every version, the metadata (metadata.json), the log entries
 * about what is in it (journal.jsonl), one self-contained page (index.html) and the digests of all
 * of it (BagIt). The same node gives the same bytes as long as nothing changes.
 *
 * @param session open session; its actor needs the right to export on the node
 * @param id      a dossier, case or document
 * @param writer  receives the package; on an error what was written must be thrown away
 * @param options NULL takes the defaults
 * @retval EFILE_OK         written, and journaled
 * @retval EFILE_E_NOTFOUND no such node, or not visible
 * @retval EFILE_E_DENIED   visible, but not to be exported by the actor
 * @retval EFILE_E_DAMAGED  a content does not match its digest; named in the message
 * @retval EFILE_E_IO       the writer failed
 * @retval EFILE_E_STORAGE  the store failed
 * @since 0.1
 */
EFILE_API efile_status efile_export_write(efile_session *session, efile_id id,
					  efile_writer *writer,
					  const efile_export_options *options);

EFILE_END_DECLS

#endif
