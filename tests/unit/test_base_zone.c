/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/zone_rule.h"
#include "unit/support.h"

static efile_time at(const char *text)
{
	efile_time time = 0;

	if (efile_time_parse(&time, text) != EFILE_OK)
		TAP_EQUAL_TEXT(text, "a time");
	return time;
}

static zone *load(efile_ctx *ctx, const char *name)
{
	zone *z = NULL;
	efile_status status = zone_load(&z, ctx, name);

	if (status == EFILE_E_NOTFOUND)
		printf("# skipped, tzdata is not installed: %s\n", name);
	else
		TAP_EQUAL_INT(status, EFILE_OK);
	return z;
}

/* By hand from the laws: Zeitgesetz 1978 and its regulations, Directive 2000/84/EC, the Energy
 * Policy Act 2005, India since 1945, New Zealand's Time Order 2007. */
static void test_offsets(void)
{
	static const struct {
		const char *zone, *utc;
		int minutes;
	} cases[] = {
		/* no summer time in Germany from 1950 to 1979; in 1980 it began on 6 April */
		{ "Europe/Berlin", "1979-07-01T00:00:00Z", 60 },
		{ "Europe/Berlin", "1980-04-06T00:59:59Z", 60 },
		{ "Europe/Berlin", "1980-04-06T01:00:00Z", 120 },
		{ "Europe/Berlin", "1980-09-28T00:59:59Z", 120 },
		{ "Europe/Berlin", "1980-09-28T01:00:00Z", 60 },
		/* until 1995 it ended in September, from 1996 on in October */
		{ "Europe/Berlin", "1995-10-15T12:00:00Z", 60 },
		{ "Europe/Berlin", "1996-10-15T12:00:00Z", 120 },
		{ "Europe/Berlin", "1996-10-27T00:59:59Z", 120 },
		{ "Europe/Berlin", "1996-10-27T01:00:00Z", 60 },
		{ "Europe/Berlin", "2026-03-29T00:59:59.999999Z", 60 },
		{ "Europe/Berlin", "2026-03-29T01:00:00Z", 120 },
		{ "Europe/Berlin", "2026-10-25T00:59:59Z", 120 },
		{ "Europe/Berlin", "2026-10-25T01:00:00Z", 60 },
		/* by the rule in the footer: 28 March and 31 October 2100 are Sundays */
		{ "Europe/Berlin", "2100-03-28T00:59:59Z", 60 },
		{ "Europe/Berlin", "2100-03-28T01:00:00Z", 120 },
		{ "Europe/Berlin", "2100-10-31T00:59:59Z", 120 },
		{ "Europe/Berlin", "2100-10-31T01:00:00Z", 60 },
		{ "America/New_York", "2006-03-12T07:00:00Z", -300 },
		{ "America/New_York", "2007-03-11T06:59:59Z", -300 },
		{ "America/New_York", "2007-03-11T07:00:00Z", -240 },
		{ "America/New_York", "2026-11-01T05:59:59Z", -240 },
		{ "America/New_York", "2026-11-01T06:00:00Z", -300 },
		{ "America/New_York", "2150-07-01T00:00:00Z", -240 },
		{ "Asia/Kolkata", "2026-01-01T00:00:00Z", 330 },
		{ "Asia/Kolkata", "2126-07-01T00:00:00Z", 330 },
		{ "Pacific/Auckland", "2026-01-01T00:00:00Z", 780 },
		{ "Pacific/Auckland", "2026-04-04T13:59:59Z", 780 },
		{ "Pacific/Auckland", "2026-04-04T14:00:00Z", 720 },
		{ "Pacific/Auckland", "2026-09-26T13:59:59Z", 720 },
		{ "Pacific/Auckland", "2026-09-26T14:00:00Z", 780 },
		{ "Pacific/Auckland", "2101-01-01T00:00:00Z", 780 },
		{ "Pacific/Auckland", "2101-07-01T00:00:00Z", 720 },
		{ "UTC", "2026-07-01T00:00:00Z", 0 },
		{ "Etc/GMT+1", "2026-07-01T00:00:00Z", -60 },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_PTR(zone) z = load(ctx, cases[i].zone);

		tap_case(cases[i].utc);
		if (z)
			TAP_EQUAL_INT(zone_offset(z, at(cases[i].utc)), cases[i].minutes * 60);
	}
	efile_ctx_free(ctx);
}

/* A gap is read as if the clock had not been moved, an overlap as its first pass. */
static void test_local(void)
{
	static const struct {
		const char *zone, *local, *utc; /* local is written with Z and read as civil time */
	} cases[] = {
		{ "Europe/Berlin", "2026-01-15T12:00:00Z", "2026-01-15T11:00:00Z" },
		{ "Europe/Berlin", "2026-07-15T12:00:00Z", "2026-07-15T10:00:00Z" },
		{ "Europe/Berlin", "2026-03-29T01:59:59Z", "2026-03-29T00:59:59Z" },
		{ "Europe/Berlin", "2026-03-29T02:30:00Z", "2026-03-29T01:30:00Z" }, /* 03:30 */
		{ "Europe/Berlin", "2026-03-29T03:00:00Z", "2026-03-29T01:00:00Z" },
		{ "Europe/Berlin", "2026-10-25T01:59:59Z", "2026-10-24T23:59:59Z" },
		{ "Europe/Berlin", "2026-10-25T02:30:00Z", "2026-10-25T00:30:00Z" },
		{ "Europe/Berlin", "2026-10-25T03:00:00Z", "2026-10-25T02:00:00Z" },
		{ "America/New_York", "2026-03-08T02:30:00Z", "2026-03-08T07:30:00Z" },
		{ "America/New_York", "2026-11-01T01:30:00Z", "2026-11-01T05:30:00Z" },
		{ "Pacific/Auckland", "2026-04-05T02:30:00Z", "2026-04-04T13:30:00Z" },
		/* Samoa left out 30 December 2011 */
		{ "Pacific/Apia", "2011-12-29T23:00:00Z", "2011-12-30T09:00:00Z" },
		{ "Pacific/Apia", "2011-12-30T12:00:00Z", "2011-12-30T22:00:00Z" },
		{ "Pacific/Apia", "2011-12-31T00:00:00Z", "2011-12-30T10:00:00Z" },
	};
	efile_ctx *ctx = test_ctx();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_PTR(zone) z = load(ctx, cases[i].zone);
		char text[EFILE_TIME_TEXT_SIZE];
		civil local;

		tap_case(cases[i].local);
		time_to_civil(&local, at(cases[i].local), 0);
		local.offset = 12345; /* not looked at */
		if (z)
			TAP_EQUAL_TEXT(efile_time_format(zone_to_utc(z, &local), text), cases[i].utc);
	}
	efile_ctx_free(ctx);
}

static void test_date(void)
{
	efile_ctx *ctx = test_ctx();
	AUTO_PTR(zone) z = load(ctx, "Europe/Berlin");
	char text[EFILE_DATE_TEXT_SIZE];

	if (z) {
		TAP_EQUAL_TEXT(efile_date_format(zone_date(z, at("2026-06-30T21:59:59Z")), text),
			       "2026-06-30");
		TAP_EQUAL_TEXT(efile_date_format(zone_date(z, at("2026-06-30T22:00:00Z")), text),
			       "2026-07-01");
	}
	efile_ctx_free(ctx);
}

static void test_names(void)
{
	static const char *const names[] = {
		"", "/etc/passwd", "../../../etc/passwd", "Europe/../Europe/Berlin", "Europe",
		"Europe/Nowhere", "Europe/Berlin\n", "Europe/K\xc3\xb6ln", "%s",
	};
	efile_ctx *ctx = test_ctx();
	zone *z = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		tap_case(names[i]);
		TAP_EQUAL_INT(zone_load(&z, ctx, names[i]), EFILE_E_NOTFOUND);
	}
	TAP_EQUAL_INT(zone_load(&z, ctx, NULL), EFILE_E_NOTFOUND);
	TAP_EQUAL_INT(zone_load(&z, ctx, "Mars/Olympus"), EFILE_E_NOTFOUND);
	TAP_EQUAL_TEXT(efile_error_message(ctx), "no such time zone: Mars/Olympus");
	TAP_OK(z == NULL);
	zone_free(NULL);
	efile_ctx_free(ctx);
}

/* ---- files made by hand ---- */

static void add_header(buf *b, char version, uint32_t leaps, uint32_t times, uint32_t types)
{
	buf_add_text(b, "TZif");
	buf_add_char(b, version);
	buf_add(b, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 15);
	buf_add_u32(b, 0);
	buf_add_u32(b, 0);
	buf_add_u32(b, leaps);
	buf_add_u32(b, times);
	buf_add_u32(b, types);
	buf_add_u32(b, 4);
}

static void add_type(buf *b, int32_t offset)
{
	buf_add_u32(b, (uint32_t)offset);
	buf_add_u16(b, 0);
}

/* Two transitions: at -100 to an hour, at 1000 to two. */
static void add_block(buf *b, bool wide)
{
	if (wide) {
		buf_add_u64(b, (uint64_t)-100);
		buf_add_u64(b, 1000);
	} else {
		buf_add_u32(b, (uint32_t)-100);
		buf_add_u32(b, 1000);
	}
	buf_add(b, "\1\2", 2);
	add_type(b, 0);
	add_type(b, 3600);
	add_type(b, 7200);
	buf_add(b, "XYZ", 4);
}

static void make_file(buf *b, char version, const char *footer)
{
	add_header(b, version, 0, 2, 3);
	add_block(b, false);
	if (version) {
		add_header(b, version, 0, 2, 3);
		add_block(b, true);
		buf_add_format(b, "\n%s\n", footer);
	}
}

static efile_status load_bytes(zone **out, efile_ctx *ctx, const char *folder, const buf *b)
{
	char *path = NULL;
	int fd;

	TAP_OK(asprintf(&path, "%s/Test", folder) > 0);
	fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
	TAP_OK(write(fd, b->data, b->length) == (ssize_t)b->length);
	close(fd);
	free(path);
	return zone_load_from(out, ctx, folder, "Test");
}

static void test_versions(void)
{
	static const struct {
		char version;
		const char *footer;
		int32_t later; /* offset at 5000 */
	} cases[] = {
		{ '\0', "", 7200 }, { '2', "", 7200 }, { '2', "XYZ-3", 10800 },
		{ '3', "<+0330>-3:30", 12600 }, { '4', "XYZ5", -18000 },
	};
	efile_ctx *ctx = test_ctx();
	char *folder = test_folder();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO(buf) b = BUF_INIT;
		AUTO_PTR(zone) z = NULL;

		tap_case(cases[i].footer);
		make_file(&b, cases[i].version, cases[i].footer);
		if (!TAP_EQUAL_INT(load_bytes(&z, ctx, folder, &b), EFILE_OK))
			continue;
		TAP_EQUAL_INT(zone_offset(z, -100000001), 0);
		TAP_EQUAL_INT(zone_offset(z, -100000000), 3600);
		TAP_EQUAL_INT(zone_offset(z, 999999999), 3600);
		TAP_EQUAL_INT(zone_offset(z, INT64_C(5000000000)), cases[i].later);
	}
	test_folder_remove(folder);
	efile_ctx_free(ctx);
}

/* Every cut, and every wrong byte that matters. */
static void test_damaged(void)
{
	static const struct {
		size_t at;
		char byte;
	} cases[] = {
		{ 0, 'X' }, { 4, '/' }, { 32, 1 }, { 31, 1 }, { 39, 0 }, { 36, (char)0xff },
		/* the second header begins at 76, its block at 120, the footer at 160 */
		{ 40, (char)0xff }, { 76, 'X' }, { 76 + 31, 1 }, { 76 + 39, 0 },
		{ 120, 0x01 }, /* the first time, now behind the second */
		{ 120 + 16, 9 }, { 120 + 18 + 6, 0x7f }, { 160, 'n' }, { 161, '1' },
	};
	efile_ctx *ctx = test_ctx();
	char *folder = test_folder();
	AUTO(buf) whole = BUF_INIT;
	zone *z = NULL;

	make_file(&whole, '2', "CET-1CEST,M3.5.0,M10.5.0/3");
	TAP_EQUAL_INT(load_bytes(&z, ctx, folder, &whole), EFILE_OK);
	zone_free(STEAL(z));
	for (size_t cut = 0; cut < whole.length; cut++) {
		buf part = { whole.data, cut, 0, false };

		TAP_EQUAL_INT(load_bytes(&z, ctx, folder, &part), EFILE_E_FORMAT);
	}
	TAP_EQUAL_TEXT(efile_error_message(ctx), "damaged time zone file: Test");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char old = whole.data[cases[i].at];
		char name[32];

		snprintf(name, sizeof(name), "byte %zu", cases[i].at);
		tap_case(name);
		whole.data[cases[i].at] = cases[i].byte;
		TAP_EQUAL_INT(load_bytes(&z, ctx, folder, &whole), EFILE_E_FORMAT);
		whole.data[cases[i].at] = old;
	}
	TAP_OK(z == NULL);
	test_folder_remove(folder);
	efile_ctx_free(ctx);
}

static void test_rules(void)
{
	static const struct {
		const char *rule;
		const char *utc; /* NULL: the rule is refused */
		int minutes;
	} cases[] = {
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T01:00:00Z", 120 },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "1960-07-01T00:00:00Z", 120 },
		{ "IST-1GMT0,M10.5.0,M3.5.0/1", "2026-01-01T00:00:00Z", 0 },  /* Dublin */
		{ "IST-1GMT0,M10.5.0,M3.5.0/1", "2026-07-01T00:00:00Z", 60 },
		{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00:00Z", -60 }, /* Nuuk */
		{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T00:59:59Z", -120 },
		/* RFC 8536 section 3.3.1: summer time all the year round */
		{ "XXX3EDT4,0/0,J365/23", "2026-12-31T23:59:59Z", -240 },
		{ "XXX3EDT4,0/0,J365/23", "2027-01-01T04:00:00Z", -240 },
		{ "XXX3EDT4,0/0,J365/23", "2026-07-01T00:00:00Z", -240 },
		/* J60 is 1 March, 60 is 29 February in a leap year and 1 March plus one else */
		{ "AAA0BBB,J60/0,J300", "2024-02-29T23:59:59Z", 0 },
		{ "AAA0BBB,J60/0,J300", "2024-03-01T00:00:00Z", 60 },
		{ "AAA0BBB,59/0,300", "2024-02-29T00:00:00Z", 60 },
		{ "AAA0BBB,59/0,300", "2023-03-01T00:00:00Z", 60 },
		{ "AAA0BBB,59/0,300", "2023-02-28T23:59:59Z", 0 },
		{ "LMT-0:53:28", "2026-01-01T00:00:00Z", 53 },
		{ "", NULL, 0 }, { "CET", NULL, 0 }, { "CE-1", NULL, 0 }, { "CET-25", NULL, 0 },
		{ "CET-1CEST", NULL, 0 }, { "CET-1CEST,M3.5.0", NULL, 0 },
		{ "CET-1CEST,M13.5.0,M10.5.0", NULL, 0 }, { "CET-1CEST,M3.6.0,M10.5.0", NULL, 0 },
		{ "CET-1CEST,M3.5.7,M10.5.0", NULL, 0 }, { "CET-1CEST,J0,J10", NULL, 0 },
		{ "CET-1CEST,366,10", NULL, 0 }, { "CET-1CEST,M3.5.0/168,M10.5.0", NULL, 0 },
		{ "CET-1CEST,M3.5.0,M10.5.0/3x", NULL, 0 }, { "<CET-1", NULL, 0 },
		{ "CET-99999999999999", NULL, 0 }, { "CET-1:60", NULL, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		zone_rule rule;

		tap_case(cases[i].rule);
		TAP_EQUAL_INT(zone_rule_parse(&rule, cases[i].rule), cases[i].utc != NULL);
		if (cases[i].utc)
			TAP_EQUAL_INT(zone_rule_offset(&rule, at(cases[i].utc) / 1000000) / 60,
				      cases[i].minutes);
	}
}

static efile_status load_made(efile_ctx *ctx, void *folder)
{
	AUTO_PTR(zone) z = NULL;

	return zone_load_from(&z, ctx, folder, "Test");
}

static void test_without_memory(void)
{
	efile_ctx *ctx = test_ctx();
	char *folder = test_folder();
	AUTO(buf) b = BUF_INIT;
	AUTO_PTR(zone) z = NULL;

	make_file(&b, '2', "XYZ-3");
	TAP_EQUAL_INT(load_bytes(&z, ctx, folder, &b), EFILE_OK);
	TAP_OK(fail_each(load_made, folder) >= 4);
	test_folder_remove(folder);
	efile_ctx_free(ctx);
}

TAP_SUITE(base_zone) = {
	{ "offsets by law", test_offsets },
	{ "local times, gaps and overlaps", test_local },
	{ "the civil date", test_date },
	{ "names that are none", test_names },
	{ "TZif 1 to 4", test_versions },
	{ "damaged files", test_damaged },
	{ "footer rules", test_rules },
	{ "reports missing memory", test_without_memory },
	TAP_END,
};
