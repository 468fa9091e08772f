/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How often and after which waits a failed job is tried again: "R3/PT10S,PT1M,PT10M", "PT5M,PT1H" or
 * a number of tries in all. Pure. */
#ifndef FLOW_RETRY_H
#define FLOW_RETRY_H

#include "base/base.h"

enum { RETRY_WAITS_MAX = 16, RETRY_COUNT_MAX = 1000 };

typedef struct retry_plan {
	uint32_t again;         /* tries after the first */
	uint32_t wait_count;    /* at least 1 */
	efile_time waits[RETRY_WAITS_MAX]; /* the last one holds for all further ones */
} retry_plan;

/* What holds for outside workers where the model says nothing: after 10 seconds, 1 and 10 minutes. */
extern const char retry_default[];

bool retry_read(retry_plan *out, const char *text);
/* The wait after the n-th failure, from 1; false: that was the last try. */
bool retry_wait(efile_time *out, const retry_plan *plan, int64_t failures);

#endif
