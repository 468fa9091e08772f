/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the system and the database say, in the language of the context: strerror() knows the locale of
 * the process and no other one. */
#ifndef BASE_FAILURE_H
#define BASE_FAILURE_H

#include <efile/ctx.h>

/* Borrowed from the context's tables; what they lack is "error N", valid until the next call. */
const char *failure_text(efile_ctx *ctx, int error);               /* of errno */
/* In English what SQLite says; else what its result code means. */
const char *failure_sqlite(efile_ctx *ctx, int code, const char *said);

#endif
