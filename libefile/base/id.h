/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making ids: UUIDv7 (RFC 9562), and random ids for what the public sees. */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <efile/types.h>

#define EFILE_ID_NONE ((efile_id){ { 0 } })

/* A time-ordered id from the clock and the random source of the context. */
efile_status id_new(efile_id *out, efile_ctx *ctx);

/* A wholly random id (UUIDv4) that tells nothing of when it was made. */
efile_status id_new_random(efile_id *out, efile_ctx *ctx);

int id_compare(const efile_id *a, const efile_id *b);

#endif
