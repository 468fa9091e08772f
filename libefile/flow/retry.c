/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "flow/retry.h"

#include <string.h>

#include "flow/runtime.h"

enum { WAIT_TEXT_MAX = 32 };

const char retry_default[] = "PT10S,PT1M,PT10M";

static bool read_count(uint32_t *out, const char **at)
{
	*out = 0;
	if (!str_ascii_digit(**at))
		return false;
	for (; str_ascii_digit(**at) && *out <= RETRY_COUNT_MAX; (*at)++)
		*out = *out * 10 + (uint32_t)(**at - '0');
	return *out <= RETRY_COUNT_MAX;
}

static bool read_waits(retry_plan *p, const char *at)
{
	for (; p->wait_count < RETRY_WAITS_MAX; at++) {
		char text[WAIT_TEXT_MAX];
		size_t length = strcspn(at, ",");

		if (length >= sizeof(text))
			return false;
		memcpy(text, at, length);
		text[length] = '\0';
		if (!flow_duration(&p->waits[p->wait_count++], text))
			return false;
		at += length;
		if (!*at)
			return true;
	}
	return false;
}

bool retry_read(retry_plan *out, const char *text)
{
	retry_plan p = { .again = 0 };
	const char *at = text;

	if (*at == 'R') {
		at++;
		if (!read_count(&p.again, &at) || *at++ != '/' || !read_waits(&p, at))
			return false;
	} else if (*at == 'P') {
		if (!read_waits(&p, at))
			return false;
		p.again = p.wait_count;
	} else {
		if (!read_count(&p.again, &at) || *at || !read_waits(&p, retry_default))
			return false;
		p.again -= p.again > 0;
	}
	*out = p;
	return true;
}

bool retry_wait(efile_time *out, const retry_plan *plan, int64_t failures)
{
	if (failures < 1 || failures > plan->again)
		return false;
	*out = plan->waits[failures <= plan->wait_count ? failures - 1 : plan->wait_count - 1];
	return true;
}
