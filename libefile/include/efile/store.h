/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file store.h
 * @brief A store: one folder that holds e-files, their log and their processes.
 */
#ifndef EFILE_STORE_H
#define EFILE_STORE_H

#include <efile/reader.h>
#include <efile/report.h>

EFILE_BEGIN_DECLS

/** @brief An open store. */
typedef struct efile_store efile_store;

/** @brief Options of efile_store_open(); fill with efile_store_options_init(). */
typedef struct efile_store_options {
	size_t size;         /**< sizeof(efile_store_options) of the caller */
	int read_only;       /**< 1: nothing is written, not even by migrations */
	const char *pristine;/**< second copy or backup that fsck may repair from; NULL */
} efile_store_options;

/**
 * @brief Fills options with their defaults.
 * @param[out] options receives the defaults
 * @since 0.1
 */
EFILE_API void efile_store_options_init(efile_store_options *options);

/**
 * @brief Makes a new, empty store.
 *
 * The folder is built under a temporary name beside its place and renamed at the end, so that a
 * store is there whole or not at all. A command that is repeated after a crash finishes the work.
 *
 * @param ctx  a context
 * @param path the folder to make; it must not exist, or be empty
 * @retval EFILE_OK            made
 * @retval EFILE_E_EXISTS      there is a store already, or a folder with other content
 * @retval EFILE_E_UNSUPPORTED the file system is a network file system, named in the message
 * @retval EFILE_E_STORAGE     the disk failed; nothing is left
 * @since 0.1
 */
EFILE_API efile_status efile_store_init(efile_ctx *ctx, const char *path);

/**
 * @brief Opens a store.
 * @param[out] out the store; the caller closes it with efile_store_close()
 * @param ctx      a context
 * @param path     the folder
 * @param options  NULL takes the defaults
 * @retval EFILE_OK            open
 * @retval EFILE_E_NOTFOUND    no store there
 * @retval EFILE_E_UNSUPPORTED made by a newer release, or on a network file system
 * @retval EFILE_E_DAMAGED     not readable as a store
 * @retval EFILE_E_BUSY        another process holds it longer than limits.busy_milliseconds
 * @retval EFILE_E_STORAGE     the disk failed
 * @since 0.1
 */
EFILE_API efile_status efile_store_open(efile_store **out, efile_ctx *ctx, const char *path,
					const efile_store_options *options);

/**
 * @brief Closes a store; open transactions are rolled back.
 * @param store a store or NULL; everything made from it must be freed before
 * @since 0.1
 */
EFILE_API void efile_store_close(efile_store *store);

/**
 * @brief Whether the last close was orderly; if not, "efile doctor" checks the database.
 * @param store an open store
 * @return 1 checked or closed in order, 0 unchecked
 * @since 0.1
 */
EFILE_API int efile_store_is_checked(const efile_store *store);

/** @brief Options of efile_store_fsck(); fill with efile_fsck_options_init(). */
typedef struct efile_fsck_options {
	size_t size;            /**< sizeof(efile_fsck_options) of the caller */
	int repair;             /**< 1: mend what a second copy can mend, rebuild what is derived,
	                             remove contents without a row if all else is well */
	const char *second;     /**< folder of a second copy or backup; NULL: none */
	int skip_blobs;         /**< 1: leave the contents unread */
} efile_fsck_options;

/** @brief Fills options with their defaults. @param[out] options receives the defaults @since 0.1 */
EFILE_API void efile_fsck_options_init(efile_fsck_options *options);

/**
 * @brief Checks every row, blob and log entry against its digest, and every derived table.
 *
 * Damage is a finding: rule FSCK-DATABASE, FSCK-CHAIN, FSCK-BODY, FSCK-ROW, FSCK-MISSING,
 * FSCK-EXTRA, FSCK-BLOB, FSCK-DERIVED, FSCK-ORPHAN (information) or FSCK-REPAIRED (information);
 * its path names table and row, or the blob.
 *
 * @param[out] out the report; the caller frees it with efile_report_free()
 * @param store    an open store
 * @param options  NULL takes the defaults
 * @retval EFILE_OK        checked; the report says with what result
 * @retval EFILE_E_STORAGE the disk failed
 * @since 0.1
 */
EFILE_API efile_status efile_store_fsck(efile_report **out, efile_store *store,
					const efile_fsck_options *options);

/**
 * @brief Writes a consistent copy of a store that stays in use.
 * @param store an open store
 * @param path  the folder to make; it must not exist
 * @retval EFILE_OK        written and synced
 * @retval EFILE_E_EXISTS  path exists
 * @retval EFILE_E_DAMAGED a content does not match its digest; named in the message
 * @retval EFILE_E_STORAGE the disk failed; nothing is left
 * @since 0.1
 */
EFILE_API efile_status efile_store_backup(efile_store *store, const char *path);

/**
 * @brief Makes a store out of a backup; the backup is checked while it is copied.
 * @param ctx    a context
 * @param backup folder of the backup
 * @param path   the folder to make; it must not exist
 * @retval EFILE_OK         made
 * @retval EFILE_E_NOTFOUND no backup there
 * @retval EFILE_E_EXISTS   path exists
 * @retval EFILE_E_DAMAGED  the backup is damaged; nothing is left
 * @retval EFILE_E_STORAGE  the disk failed; nothing is left
 * @since 0.1
 */
EFILE_API efile_status efile_store_restore(efile_ctx *ctx, const char *backup, const char *path);

/**
 * @brief Begins a batch: calls up to efile_batch_commit() share one durable commit.
 *
 * Each call inside is still all or nothing by itself.
 *
 * @param store an open store
 * @retval EFILE_OK      begun
 * @retval EFILE_E_STATE a batch is open
 * @retval EFILE_E_BUSY  another process writes
 * @since 0.1
 */
EFILE_API efile_status efile_batch_begin(efile_store *store);

/**
 * @brief Makes all calls of the batch durable.
 * @param store an open store with a batch
 * @retval EFILE_OK        durable
 * @retval EFILE_E_STATE   no batch is open
 * @retval EFILE_E_STORAGE the disk failed; nothing of the batch happened
 * @since 0.1
 */
EFILE_API efile_status efile_batch_commit(efile_store *store);

/**
 * @brief Forgets all calls of the batch.
 * @param store an open store; without a batch nothing happens
 * @since 0.1
 */
EFILE_API void efile_batch_abort(efile_store *store);

/** @brief One entry of the log, as the change feed shows it. */
typedef struct efile_event {
	int64_t position;      /**< place in the log, from 1, without gaps */
	int64_t chain;         /**< 0, or the chain of a dossier */
	int64_t number;        /**< place in the chain, from 1 */
	efile_time time;       /**< by the writer's clock */
	efile_id actor;        /**< who acted */
	efile_id behalf;       /**< on whose behalf; nil if on the actor's own */
	const char *action;    /**< such as "document.filed" */
	efile_id object;       /**< the object; nil if none */
	const char *body;      /**< JSON object, "" if none, erased, or not for the reader's eyes */
	const char *hash;      /**< 64 hex digits */
} efile_event;

/** @brief A cursor over the log. */
typedef struct efile_event_cursor efile_event_cursor;

/**
 * @brief Lists the log from a position on, without bodies: the change feed for integrators.
 *
 * Who merely opens a store is nobody, so the entries tell who did what to which object and when,
 * not what was written. efile_session_events() has the bodies that its actor may read.
 *
 * @param[out] out the cursor; the caller frees it with efile_event_cursor_free()
 * @param store    an open store
 * @param since    entries with a higher position are listed; 0 lists all
 * @retval EFILE_OK opened
 * @since 0.1
 */
EFILE_API efile_status efile_store_events(efile_event_cursor **out, efile_store *store,
					  int64_t since);

/**
 * @brief The next entry.
 * @param cursor     a cursor
 * @param[out] event borrowed texts, valid until the next call
 * @retval EFILE_OK   an entry
 * @retval EFILE_DONE the end
 * @since 0.1
 */
EFILE_API efile_status efile_event_cursor_next(efile_event_cursor *cursor, efile_event *event);

/** @brief Frees a cursor. @param cursor a cursor or NULL @since 0.1 */
EFILE_API void efile_event_cursor_free(efile_event_cursor *cursor);

/**
 * @brief Verifies the log alone: every chain, body, number and checkpoint.
 * @param[out] out the report; the caller frees it with efile_report_free()
 * @param store    an open store
 * @retval EFILE_OK verified; the report says with what result
 * @since 0.1
 */
EFILE_API efile_status efile_audit_verify(efile_report **out, efile_store *store);

/**
 * @brief Writes a Merkle checkpoint over the whole log (docs/FORMAT.md section 4).
 * @param store    an open store
 * @param[out] out receives the checkpoint as text of four lines (origin, size, root, time); the
 *                 caller frees it with efile_free(); NULL: not wanted
 * @retval EFILE_OK        written
 * @retval EFILE_E_STORAGE the disk failed
 * @since 0.1
 */
EFILE_API efile_status efile_audit_anchor(efile_store *store, char **out);

/**
 * @brief Proves that an entry is in the log under a checkpoint: RFC 6962 audit path as JSON.
 * @param[out] out the proof; the caller frees it with efile_free()
 * @param store    an open store
 * @param position the entry's position
 * @retval EFILE_OK         proven
 * @retval EFILE_E_NOTFOUND no such entry, or no checkpoint that covers it
 * @since 0.1
 */
EFILE_API efile_status efile_audit_prove(char **out, efile_store *store, int64_t position);

EFILE_END_DECLS

#endif
