/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file reader.h
 * @brief Streams of bytes: where content comes from and where it goes.
 */
#ifndef EFILE_READER_H
#define EFILE_READER_H

#include <efile/ctx.h>

EFILE_BEGIN_DECLS

/** @brief A stream to read from. */
typedef struct efile_reader efile_reader;
/** @brief A stream to write to. */
typedef struct efile_writer efile_writer;

/** @brief Reads bytes. @param buffer room @param length its bytes @param[out] got bytes read, 0 at
 * the end @param user the reader's pointer @return EFILE_OK or an error */
typedef efile_status (*efile_read_fn)(void *buffer, size_t length, size_t *got, void *user);
/** @brief Writes all bytes. @param data bytes @param length their number @param user the writer's
 * pointer @return EFILE_OK or an error */
typedef efile_status (*efile_write_fn)(const void *data, size_t length, void *user);
/** @brief Ends a stream's use of its pointer. @param user the pointer */
typedef void (*efile_release_fn)(void *user);

/**
 * @brief Reads from memory that the caller keeps alive.
 * @param[out] out the reader; the caller frees it with efile_reader_free()
 * @param ctx    a context @param data the bytes @param length their number
 * @retval EFILE_OK made @retval EFILE_E_NOMEM out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_reader_from_memory(efile_reader **out, efile_ctx *ctx,
						const void *data, size_t length);
/**
 * @brief Reads a file.
 * @param[out] out the reader; the caller frees it with efile_reader_free()
 * @param ctx  a context @param path the file
 * @retval EFILE_OK opened @retval EFILE_E_NOTFOUND no such file @retval EFILE_E_IO not readable,
 * or not a regular file or pipe @retval EFILE_E_NOMEM out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_reader_from_file(efile_reader **out, efile_ctx *ctx, const char *path);
/**
 * @brief Reads a file descriptor, which stays open.
 * @param[out] out the reader; the caller frees it with efile_reader_free()
 * @param ctx  a context @param fd an open descriptor
 * @retval EFILE_OK made @retval EFILE_E_NOMEM out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_reader_from_fd(efile_reader **out, efile_ctx *ctx, int fd);
/**
 * @brief Reads through a callback.
 * @param[out] out the reader; the caller frees it with efile_reader_free()
 * @param ctx  a context @param read the callback @param release called once by
 * efile_reader_free(), may be NULL @param user handed to both
 * @retval EFILE_OK made @retval EFILE_E_NOMEM out of memory (release is not called)
 * @since 0.1
 */
EFILE_API efile_status efile_reader_from_callback(efile_reader **out, efile_ctx *ctx,
						  efile_read_fn read, efile_release_fn release,
						  void *user);
/**
 * @brief Reads the next bytes.
 * @param reader a reader @param buffer room @param length its bytes @param[out] got bytes read
 * @retval EFILE_OK   at least one byte
 * @retval EFILE_DONE the end
 * @retval EFILE_E_IO the source failed; other errors are those of a callback, or
 * EFILE_E_DAMAGED for stored content that does not match its digest
 * @since 0.1
 */
EFILE_API efile_status efile_reader_read(efile_reader *reader, void *buffer, size_t length,
					 size_t *got);
/**
 * @brief Frees a reader and closes what it opened.
 * @param reader a reader or NULL
 * @since 0.1
 */
EFILE_API void efile_reader_free(efile_reader *reader);

/**
 * @brief Writes to a file descriptor, which stays open.
 * @param[out] out the writer; the caller frees it with efile_writer_free()
 * @param ctx a context @param fd an open descriptor
 * @retval EFILE_OK made @retval EFILE_E_NOMEM out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_writer_to_fd(efile_writer **out, efile_ctx *ctx, int fd);
/**
 * @brief Writes through a callback.
 * @param[out] out the writer; the caller frees it with efile_writer_free()
 * @param ctx a context @param write the callback @param release called once by
 * efile_writer_free(), may be NULL @param user handed to both
 * @retval EFILE_OK made @retval EFILE_E_NOMEM out of memory (release is not called)
 * @since 0.1
 */
EFILE_API efile_status efile_writer_to_callback(efile_writer **out, efile_ctx *ctx,
						efile_write_fn write, efile_release_fn release,
						void *user);
/**
 * @brief Writes a file that is there whole or not at all.
 *
 * The file has no name, or a temporary one beside the other (".efile-*.tmp") where the file system
 * knows no files without a name, until efile_writer_finish() has synced it and given it its name; an
 * older file of that name is replaced. Freed before, it leaves nothing behind.
 *
 * @param[out] out the writer; the caller frees it with efile_writer_free()
 * @param ctx a context @param path the file @param mode its permissions before the umask, such as 0640
 * @retval EFILE_OK made @retval EFILE_E_INVALID no path
 * @retval EFILE_E_IO the folder cannot be written to @retval EFILE_E_NOMEM out of memory
 * @since 0.1
 */
EFILE_API efile_status efile_writer_to_file(efile_writer **out, efile_ctx *ctx, const char *path,
					    uint32_t mode);
/**
 * @brief Writes all bytes.
 * @param writer a writer @param data bytes @param length their number
 * @retval EFILE_OK written @retval EFILE_E_IO the target failed
 * @since 0.1
 */
EFILE_API efile_status efile_writer_write(efile_writer *writer, const void *data, size_t length);
/**
 * @brief Says that all has been written: a file appears under its name, and is on the disk. Other
 *        writers have nothing to do.
 * @param writer a writer; nothing can be written to it any more
 * @retval EFILE_OK done @retval EFILE_E_IO the disk failed; the file is not there, or not safely
 * @retval EFILE_E_STATE it is finished, or something could not be written @retval EFILE_E_INVALID no writer
 * @since 0.1
 */
EFILE_API efile_status efile_writer_finish(efile_writer *writer);
/**
 * @brief Frees a writer.
 * @param writer a writer or NULL
 * @since 0.1
 */
EFILE_API void efile_writer_free(efile_writer *writer);

EFILE_END_DECLS

#endif
