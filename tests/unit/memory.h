/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole tests, run again and again while another allocation fails each time. */
#ifndef TESTS_UNIT_MEMORY_H
#define TESTS_UNIT_MEMORY_H

#include <stdint.h>

#include "tap.h"

/* unit.tap --memory [--tell] [--step N | --places] [SUITE or "SUITE: TEST"]...: prints a table, answers the exit
 * code. Every run is a process of its own with a scratch folder of its own. */
int memory_main(const tap_suite *suites, int argc, char **argv);

/* Shared by the process that looks on and the one in which an allocation fails (faults.c). */
enum { MEMORY_PLACES = 1 << 20 };
typedef struct memory_watch {
	long fail_at;                  /* 0: none, the run only counts */
	long allocations;
	long failed;
	long said;                     /* the library told that it lacks memory */
	uint64_t places[MEMORY_PLACES];/* of a counting run: the call stack of each allocation, hashed */
} memory_watch;

/* In a run: the watch from outside; NULL ends it. */
void faults_watch(memory_watch *watch);

#endif
