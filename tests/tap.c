/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* CUnit counts; this prints: one TAP line per test, and a comment per failed check. */
static const char *present_case;
static int stop, list;
int tap_once;

void tap_case(const char *name)
{
	present_case = name;
}

static int check(int good, const char *file, int line, const char *text)
{
	CU_assertImplementation(good ? CU_TRUE : CU_FALSE, (unsigned)line, text, file, "", CU_FALSE);
	if (!good)
		printf("# %s:%d: %s%s%s\n", file, line, text, present_case ? " in case " : "",
		       present_case ? present_case : "");
	if (!good && stop)
		exit(1);
	return good;
}

int tap_ok(int condition, const char *text, const char *file, int line)
{
	return check(condition, file, line, text);
}

int tap_equal_int(long long actual, long long expected, const char *file, int line)
{
	char text[96];

	snprintf(text, sizeof(text), "got %lld, expected %lld", actual, expected);
	return check(actual == expected, file, line, text);
}

int tap_equal_text(const char *actual, const char *expected, const char *file, int line)
{
	char text[400];
	int same = actual && expected ? strcmp(actual, expected) == 0 : actual == expected;

	snprintf(text, sizeof(text), "got \"%.180s\", expected \"%.180s\"",
		 actual ? actual : "(null)", expected ? expected : "(null)");
	return check(same, file, line, text);
}

/* An argument is the beginning of a suite's name, or "suite: test". */
static int wanted(const char *suite, const char *test, int argc, char **argv)
{
	size_t length = strlen(suite);

	for (int i = 0; i < argc; i++) {
		if (strncmp(argv[i], suite, length) == 0 && strncmp(argv[i] + length, ": ", 2) == 0) {
			if (strcmp(argv[i] + length + 2, test) == 0)
				return 1;
		} else if (strncmp(suite, argv[i], strlen(argv[i])) == 0) {
			return 1;
		}
	}
	return argc < 1;
}

static int options(int argc, char **argv)
{
	const struct {
		const char *name;
		int *flag;
	} rows[] = { { "--stop", &stop }, { "--once", &tap_once }, { "--list", &list } };
	int i = 1;

	for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++)
		for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++)
			if (strcmp(argv[i], rows[k].name) == 0)
				*rows[k].flag = 1;
	return i;
}

static int run_test(CU_pSuite suite, const tap_test *t, const char *name, unsigned number)
{
	CU_pTest test = CU_add_test(suite, t->name, t->run);
	int good;

	present_case = NULL;
	good = CU_run_test(suite, test) == CUE_SUCCESS && CU_get_number_of_failures() == 0;
	printf("%s %u - %s: %s\n", good ? "ok" : "not ok", number, name, t->name);
	return good;
}

int tap_main(const tap_suite *suites, int argc, char **argv)
{
	unsigned number = 0, failed = 0;
	int first = options(argc, argv);

	argc -= first;
	argv += first;
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (CU_initialize_registry() != CUE_SUCCESS)
		return 99;
	for (; suites->name; suites++) {
		CU_pSuite suite = NULL;

		for (const tap_test *t = suites->tests; t->name; t++) {
			if (!wanted(suites->name, t->name, argc, argv))
				continue;
			if (list) {
				printf("%s: %s\n", suites->name, t->name);
				continue;
			}
			if (!suite)
				suite = CU_add_suite(suites->name, NULL, NULL);
			failed += !run_test(suite, t, suites->name, ++number);
		}
	}
	if (!list)
		printf("1..%u\n", number);
	CU_cleanup_registry();
	return failed ? 1 : 0;
}
