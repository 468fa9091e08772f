/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Helpers around streams for the modules. */
#ifndef BASE_READER_H
#define BASE_READER_H

#include <efile/reader.h>

#include "base/buf.h"

/* Reads to the end; more than limit bytes answers LIMIT naming what. */
efile_status reader_read_all(buf *out, efile_ctx *ctx, efile_reader *reader, uint64_t limit,
			     const char *what);

/* Reads a whole file. */
efile_status reader_load_file(buf *out, efile_ctx *ctx, const char *path, uint64_t limit);
/* A file of the context's schema folder: it takes precedence over what is compiled in, so one that
 * is there and can't be read is an error. DONE: there is none. path: what to call it in messages. */
efile_status reader_load_newer(buf *out, buf *path, efile_ctx *ctx, const char *name, uint64_t limit);

/* What a writer calls; only write is obligatory. */
typedef struct writer_calls {
	efile_write_fn write;
	efile_status (*finish)(void *user);
	efile_release_fn release;
} writer_calls;

efile_status writer_new(efile_writer **out, efile_ctx *ctx, const writer_calls *calls, void *user);

/* A writer that appends to a buffer. */
efile_status writer_to_buf(efile_writer **out, efile_ctx *ctx, buf *target);

DEFINE_AUTO_PTR(efile_reader, efile_reader_free)
DEFINE_AUTO_PTR(efile_writer, efile_writer_free)

#endif
