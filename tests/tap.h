/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CUnit suites that report as TAP. A test file ends with
 *     TAP_SUITE(base_buf) = { { "appends", test_appends }, TAP_END };
 * and has a row in suites.def. */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <CUnit/Basic.h>

typedef struct tap_test {
	const char *name;
	void (*run)(void);
} tap_test;

#define TAP_SUITE(name) extern const tap_test suite_##name[]; const tap_test suite_##name[]
#define TAP_END { NULL, NULL }

typedef struct tap_suite {
	const char *name;
	const tap_test *tests;
} tap_suite;

/* Runs the suites whose names start with one of the arguments, single tests ("suite: test"), or all;
 * answers the exit code. Options come first: --stop ends with the first failed check, --list names
 * the tests, --once is for who makes calls fail from outside (tap_once). */
int tap_main(const tap_suite *suites, int argc, char **argv);

/* Set by --once: tests that repeat a call while something fails do so once, with nothing failing. */
extern int tap_once;

/* Names the present case of a table in the message of a failed check. */
void tap_case(const char *name);

#define TAP_EQUAL_TEXT(actual, expected) tap_equal_text((actual), (expected), __FILE__, __LINE__)
#define TAP_EQUAL_INT(actual, expected)                                                            \
	tap_equal_int((long long)(actual), (long long)(expected), __FILE__, __LINE__)
#define TAP_OK(condition) tap_ok((condition) ? 1 : 0, #condition, __FILE__, __LINE__)

int tap_equal_text(const char *actual, const char *expected, const char *file, int line);
int tap_equal_int(long long actual, long long expected, const char *file, int line);
int tap_ok(int condition, const char *text, const char *file, int line);

#endif
