/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap.h"

#include <stdio.h>
#include <string.h>

/* CUnit counts; this prints: one TAP line per test, and a comment per failed check. */
static const char *present_case;

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

static int wanted(const char *suite, int argc, char **argv)
{
	if (argc < 1)
		return 1;
	for (int i = 0; i < argc; i++)
		if (strncmp(suite, argv[i], strlen(argv[i])) == 0)
			return 1;
	return 0;
}

int tap_main(const tap_suite *suites, int argc, char **argv)
{
	unsigned number = 0, failed = 0;
	int stop = argc > 1 && strcmp(argv[1], "--stop") == 0;

	argc -= 1 + stop;
	argv += 1 + stop;
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (CU_initialize_registry() != CUE_SUCCESS)
		return 99;
	for (; suites->name; suites++) {
		CU_pSuite suite;

		if (!wanted(suites->name, argc, argv))
			continue;
		suite = CU_add_suite(suites->name, NULL, NULL);
		for (const tap_test *t = suites->tests; t->name; t++) {
			CU_pTest test = CU_add_test(suite, t->name, t->run);
			int good;

			present_case = NULL;
			good = CU_run_test(suite, test) == CUE_SUCCESS &&
			       CU_get_number_of_failures() == 0;
			printf("%s %u - %s: %s\n", good ? "ok" : "not ok", ++number, suites->name,
			       t->name);
			failed += !good;
			if (failed && stop)
				return 1;
		}
	}
	printf("1..%u\n", number);
	CU_cleanup_registry();
	return failed ? 1 : 0;
}
