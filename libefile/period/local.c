/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Local time of Germany by the rules of zone.tsv: the same on every machine, whatever TZ says. */
#include "base/zone_rule.h"
#include "period/inner.h"

static const int64_t SECOND = 1000000, DAY = INT64_C(86400000000);
enum { WINTER = 3600, SUMMER = 7200 };

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int32_t local_offset(efile_time time)
{
	int32_t year = date_from_days(floor_div(time, DAY)).year;
	zone_rule rule;

	if (!zone_rule_parse(&rule, period_zone(year)->rule))
		return WINTER;
	return zone_rule_offset(&rule, floor_div(time, SECOND));
}

efile_date local_date(efile_time time)
{
	return date_from_days(floor_div(time + local_offset(time) * SECOND, DAY));
}

/* No change of the offset lies at midnight: it happens at 01:00 UTC. */
efile_time local_day_end(efile_date date)
{
	efile_time midnight = (date_to_days(date) + 1) * DAY;

	return midnight - local_offset(midnight - WINTER * SECOND) * SECOND;
}

local_kind local_instant(efile_time *out, efile_time wall, bool later)
{
	efile_time winter = wall - WINTER * SECOND, summer = wall - SUMMER * SECOND;
	bool in_winter = local_offset(winter) == WINTER, in_summer = local_offset(summer) == SUMMER;

	*out = in_summer && !(in_winter && later) ? summer : winter;
	if (in_winter && in_summer)
		return LOCAL_TWICE;
	return in_winter || in_summer ? LOCAL_UNIQUE : LOCAL_SKIPPED;
}
