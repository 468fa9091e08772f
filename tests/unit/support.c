/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/support.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- context ---- */

static efile_time clock_value = TEST_NOW;
static uint64_t random_state;
static long random_calls, random_fails_at; /* 0: never */

static efile_time test_clock(void *user)
{
	(void)user;
	return clock_value;
}

static int test_random(unsigned char *buffer, size_t length, void *user)
{
	(void)user;
	if (++random_calls == random_fails_at)
		return -1;
	for (size_t i = 0; i < length; i++) {
		random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407u;
		buffer[i] = (unsigned char)(random_state >> 33);
	}
	return 0;
}

void test_tick(efile_time microseconds)
{
	clock_value += microseconds;
}

void test_clock_reset(void)
{
	clock_value = TEST_NOW;
	random_state = 42;
}

static efile_ctx *make_ctx(efile_language language)
{
	efile_ctx_options options;
	efile_ctx *ctx = NULL;

	efile_ctx_options_init(&options);
	options.language = language;
	options.clock = test_clock;
	options.random = test_random;
	options.helper_path = getenv("EFILE_HELPER");
	if (efile_ctx_new(&ctx, &options) != EFILE_OK)
		exit(1);
	return ctx;
}

efile_ctx *test_ctx(void)
{
	return make_ctx(EFILE_LANGUAGE_EN);
}

efile_ctx *test_ctx_german(void)
{
	return make_ctx(EFILE_LANGUAGE_DE);
}

/* ---- folders and files ---- */

char *test_folder(void)
{
	const char *base = getenv("TMPDIR");
	char *path = NULL;

	if (asprintf(&path, "%s/efile-test-XXXXXX", base ? base : "/tmp") < 0 || !mkdtemp(path))
		exit(1);
	return path;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
	(void)info;
	(void)kind;
	(void)at;
	return remove(path);
}

void test_folder_remove(char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(path);
}

/* Not the malloc that fails on command: a test without its data would be skipped. */
void *__real_malloc(size_t size);

static char *load(const char *folder, const char *relative, size_t *length)
{
	char *path = NULL, *data = NULL;
	long size;
	FILE *file;

	if (!folder || asprintf(&path, "%s/%s", folder, relative) < 0)
		return NULL;
	file = fopen(path, "rb");
	free(path);
	if (!file)
		return NULL;
	fseek(file, 0, SEEK_END);
	size = ftell(file);
	rewind(file);
	data = __real_malloc((size_t)size + 1);
	if (data && fread(data, 1, (size_t)size, file) == (size_t)size) {
		data[size] = '\0';
		if (length)
			*length = (size_t)size;
	} else {
		free(data);
		data = NULL;
	}
	fclose(file);
	return data;
}

char *test_data(const char *relative, size_t *length)
{
	char *data = load(getenv("EFILE_TESTDATA"), relative, length);

	if (!data)
		printf("# skipped, no test data: %s\n", relative);
	return data;
}

char *test_own_data(const char *relative, size_t *length)
{
	const char *srcdir = getenv("srcdir");
	char *folder = NULL, *data;

	if (asprintf(&folder, "%s/tests/data", srcdir ? srcdir : ".") < 0)
		return NULL;
	data = load(folder, relative, length);
	free(folder);
	return data;
}

/* ---- memory of a test ---- */

void *test_room(size_t size)
{
	void *memory = malloc(size);

	if (!TAP_OK(memory != NULL))
		exit(1);
	return memory;
}

/* ---- random bytes that fail ---- */

int fail_each_random(fail_fn fn, void *arg)
{
	for (long n = 1; n < 1000; n++) {
		efile_ctx *ctx = test_ctx();
		efile_status status;

		random_calls = 0;
		random_fails_at = tap_once ? 0 : n;
		status = fn(ctx, arg);
		random_fails_at = 0;
		efile_ctx_free(ctx);
		if (tap_once || random_calls < n)
			return TAP_OK(status >= 0) ? (int)n - 1 : -1;
		if (!TAP_EQUAL_INT(status, EFILE_E_EXTERNAL))
			return -1;
	}
	TAP_OK(!"fail_each_random does not end");
	return -1;
}
