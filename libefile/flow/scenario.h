/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scenarios: text -> steps (scenario_read.c), steps done one after the other on a host in memory
 * (scenario_play.c), what is expected (scenario_judge.c), the public calls (scenario.c). */
#ifndef FLOW_SCENARIO_H
#define FLOW_SCENARIO_H

#include <efile/scenario.h>

#include "flow/host.h"

enum {
	SCENARIO_STEPS_MAX = 100000, SCENARIO_DEPTH_MAX = 8, SCENARIO_WORDS_MAX = 1000,
	SCENARIO_LINE_MAX = 64 * 1024
};

typedef enum step_kind {
	STEP_DEPLOY, STEP_CLOCK, STEP_STUB, STEP_START, STEP_NAME, STEP_COMPLETE, STEP_FAIL,
	STEP_ERROR, STEP_ESCALATE, STEP_RETRY, STEP_MESSAGE, STEP_SIGNAL, STEP_ADVANCE, STEP_SET,
	STEP_MOVE, STEP_BEGIN, STEP_CANCEL, STEP_SUSPEND, STEP_RESUME, STEP_OBSERVE,
	STEP_INSERT, STEP_REMOVE, STEP_SHIFT, STEP_SEND_BACK, STEP_DECLINE,
	/* expectations */
	EXPECT_TASKS, EXPECT_JOBS, EXPECT_CALLS, EXPECT_MESSAGES, EXPECT_SIGNALS, EXPECT_TIMERS,
	EXPECT_CONDITIONS, EXPECT_INCIDENTS, EXPECT_WAITS, EXPECT_INCIDENT, EXPECT_DUE, EXPECT_VARS,
	EXPECT_THAT, EXPECT_TRACE, EXPECT_DONE, EXPECT_PASSED, EXPECT_MISSED, EXPECT_ENDED,
	EXPECT_RUNNING, EXPECT_CANCELLED, EXPECT_SUSPENDED, EXPECT_FAILED, EXPECT_INSTANCES,
	EXPECT_KEPT, EXPECT_ROUTE, STEP_KINDS
} step_kind;

/* What may follow the words of a step. */
typedef enum step_clause {
	CLAUSE_OF, CLAUSE_BY, CLAUSE_FOR, CLAUSE_AS, CLAUSE_KEY, CLAUSE_TO, CLAUSE_VARIABLES,
	CLAUSE_REST,            /* all that follows, as it is */
	CLAUSE_COUNT
} step_clause;

typedef struct step_rule {
	const char *verb;
	step_kind kind;
	uint32_t least, most;   /* words */
	unsigned clauses;       /* set of 1 << CLAUSE_... */
	const char *form;       /* as docs/SCENARIO.md says it */
} step_rule;

/* Texts are offsets into the pool, + 1; 0: none. */
typedef struct scenario_step {
	const step_rule *rule;
	uint32_t file;          /* offset of its name */
	long line;
	uint32_t first_word, word_count;
	uint32_t clauses[CLAUSE_COUNT];
	uint32_t ordinal;       /* of the first word: NODE#2; 0: none given */
	int kind;               /* of what is open: flow_wait_kind, or -1: any */
	bool refused;           /* must be refused */
	long number;            /* with this error; 0: whatever */
} scenario_step;

typedef struct scenario_part {
	uint32_t name, file;    /* offsets */
	long line;
	size_t first, count;    /* steps */
} scenario_part;

/* A file as it was read; what stands before the first scenario is done in each of them. */
typedef struct scenario_text {
	efile_ctx *ctx;
	efile_scenario_options options;
	buf pool;
	scenario_step *steps;
	size_t step_count, step_capacity;
	uint32_t *words;
	size_t word_count, word_capacity;
	scenario_part *parts;
	size_t part_count, part_capacity;
	size_t lines;
} scenario_text;

void scenario_text_clear(scenario_text *t);
efile_status scenario_read(scenario_text *t, efile_reader *reader);
/* Opens a file that is named in another one; *path is what was opened, for messages. */
efile_status scenario_open(efile_reader **out, buf *path, const scenario_text *t, const char *beside,
			   const char *name);
const char *scenario_string(const scenario_text *t, uint32_t at); /* NULL for 0 */
const char *step_word(const scenario_text *t, const scenario_step *s, uint32_t index);
const char *step_clause_text(const scenario_text *t, const scenario_step *s, step_clause clause);

/* ---- one scenario at work ---- */

typedef struct scenario_name {
	uint32_t name;          /* offset */
	uint64_t instance;
} scenario_name;

typedef struct scenario_world {
	efile_ctx *ctx;
	const scenario_text *text;
	flow_host *host;
	uint64_t main;          /* what was started or named last */
	scenario_name *names;
	size_t name_count, name_capacity;
	uint32_t *files;        /* by definition of the host: offset of the file's name */
	size_t file_count, file_capacity;
	uint32_t strangers;     /* how many tasks were done by nobody named */
	buf wrong;              /* why a step failed; empty: it did not */
} scenario_world;

void scenario_world_clear(scenario_world *w);
/* Does one step. A step that does not do what it says fills w->wrong; errors are want of memory
 * and the like only. */
efile_status scenario_do(scenario_world *w, const scenario_step *s);
efile_status scenario_expect(scenario_world *w, const scenario_step *s);
/* The instance that "of" names: 0 and w->wrong if there is none; without it the fallback. */
uint64_t scenario_instance(scenario_world *w, const scenario_step *s, uint64_t fallback);
/* Says why a step failed; the format is translated. */
efile_status scenario_wrong(scenario_world *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
