/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Versioned option structs: size first, fields are only ever appended. */
#ifndef BASE_OPTIONS_H
#define BASE_OPTIONS_H

#include <efile/ctx.h>

/* Copies a caller's options over the defaults in out. given may be NULL (defaults stay), shorter
 * (an older caller) or longer with an unknown tail of zeros (a newer caller); a tail that is not
 * zero, or a size of 0, answers INVALID. */
efile_status options_import(efile_ctx *ctx, void *out, size_t size, const void *given);

#endif
