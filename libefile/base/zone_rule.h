/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rule behind the last transition of a zone: a TZ string of POSIX with the hours of RFC 8536. */
#ifndef BASE_ZONE_RULE_H
#define BASE_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

typedef enum zone_day_kind {
	ZONE_DAY_JULIAN,  /* Jn: 1 to 365, 29 February is never counted */
	ZONE_DAY_ZERO,    /* n: 0 to 365, it is counted */
	ZONE_DAY_MONTH    /* Mm.w.d: weekday d (0 Sunday) of week w (5: the last) of month m */
} zone_day_kind;

typedef struct zone_day {
	zone_day_kind kind;
	int month, week, day;
	int32_t time;     /* seconds from local midnight, -167 to 167 hours */
} zone_day;

typedef struct zone_rule {
	int32_t standard, summer;  /* seconds east of UTC */
	bool has_summer;
	zone_day start, end;       /* of summer time, each in the local time before it */
} zone_rule;

bool zone_rule_parse(zone_rule *out, const char *text);
int32_t zone_rule_offset(const zone_rule *rule, int64_t seconds);

#endif
