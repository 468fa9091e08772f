/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole tests, run again and again while another allocation fails each time. */
#ifndef TESTS_UNIT_MEMORY_H
#define TESTS_UNIT_MEMORY_H

#include <stdint.h>

#include "tap.h"

/* unit.tap --memory [--tell] [--here] [--step N | --places] [SUITE or "SUITE: TEST"]...: prints a table, answers
 * the exit code. Every run is a process of its own with a scratch folder of its own. With --here a test that
 * writes no file and starts no process runs once: it splits at each allocation, and the copy goes on without
 * that memory, so that every n costs what is left of the test and not the way to it, too. */
int memory_main(const tap_suite *suites, int argc, char **argv);

/* Shared by the process that looks on and the one in which an allocation fails (faults.c). */
enum { MEMORY_PLACES = 1 << 20, MEMORY_FRAMES = 24 };
typedef struct memory_tally {
	long allocations, places, runs, bad, survived, silent;
} memory_tally;

typedef struct memory_watch {
	long fail_at;                  /* 0: none, the run only counts */
	long allocations;
	long failed;
	long said;                     /* the library told that it lacks memory */
	void *frames[MEMORY_FRAMES];   /* who asked for what failed */
	int depth;
	int started;                   /* the run has another process or thread */
	int split;                     /* each allocation has a copy of the process that does without it */
	memory_tally copies;
	uint64_t places[MEMORY_PLACES];/* of a counting run: the call stack of each allocation, hashed */
} memory_watch;

/* In a run: the watch from outside; NULL ends it. */
void faults_watch(memory_watch *watch);

/* In a run that splits: answers 1 in the copy, and 0 in the process when its copy has ended. */
int memory_split(memory_watch *watch, long n);

#endif
