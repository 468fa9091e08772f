/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a file of tzdata (RFC 8536), and as the rule in its footer. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "base/time.h"
#include "base/zone_rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *made;

static void remove_folder(void)
{
	rmdir(made);
}

/* A folder for the process, in memory where there is some. */
static const char *folder(void)
{
	static char path[] = "/dev/shm/efile-zone-XXXXXX", other[] = "/tmp/efile-zone-XXXXXX";

	if (!made) {
		made = mkdtemp(path) ? path : mkdtemp(other);
		atexit(remove_folder);
	}
	return made;
}

static void ask(const zone *z)
{
	static const efile_time times[] = { INT64_MIN / 2, -1, 0, INT64_C(1772438400000000), INT64_MAX / 2 };

	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		int32_t offset = zone_offset(z, times[i]);

		if (offset < -26 * 3600 || offset > 26 * 3600)
			abort();
		zone_date(z, times[i]);
	}
}

static void read_file(const uint8_t *data, size_t size)
{
	AUTO_PTR(efile_ctx) ctx = NULL;
	AUTO_PTR(zone) z = NULL;
	char path[64];
	int fd;

	if (!folder() || efile_ctx_new(&ctx, NULL) < 0)
		return;
	snprintf(path, sizeof(path), "%s/Zone", folder());
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd >= 0 && write(fd, data, size) == (ssize_t)size &&
	    zone_load_from(&z, ctx, folder(), "Zone") == EFILE_OK)
		ask(z);
	if (fd >= 0)
		close(fd);
	unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[128];
	zone_rule rule;

	if (size < sizeof(text)) {
		memcpy(text, data, size);
		text[size] = '\0';
		if (zone_rule_parse(&rule, text))
			zone_rule_offset(&rule, 1772438400);
	}
	read_file(data, size);
	return 0;
}
