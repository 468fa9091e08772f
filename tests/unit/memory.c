/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/memory.h"

#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS_MOST = 120, SPLIT_SECONDS_MOST = 7200, SEEN_SIZE = 1 << 21, TEXT_MOST = 1 << 16 };

typedef struct sweep {
	memory_watch *watch;
	char folder[400];      /* scratch of the present run */
	char output[420];      /* what it printed */
	long step;             /* 0: once for each call stack */
	long from;
	uint64_t *seen;        /* call stacks of the present suite: a hash table */
	char *places;          /* of the present test: 1 for the n that are tried */
	int tell;              /* name those that survived, too */
	int here;              /* split where it can be done */
	int changes;           /* inotify on the folder */
} sweep;

/* Of a run that splits. */
static const sweep *splitting;
static char *split_name;
static int split_report;

typedef memory_tally tally;

/* ---- one run in a process of its own ---- */

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
	(void)info;
	(void)kind;
	return at->level == 0 ? 0 : remove(path);
}

static void in_child(const sweep *s, const tap_suite *suites, char *name)
{
	static char program[] = "unit.tap", stop[] = "--stop", once[] = "--once";
	char *argv[] = { program, stop, once, name, NULL };
	void *unused[2];
	int out = open(s->output, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	setpgid(0, 0);
	splitting = s;
	split_name = name;
	split_report = dup(1);
	dup2(out, 1);
	dup2(out, 2);
	close(out);
	setenv("TMPDIR", s->folder, 1);
	backtrace(unused, 2); /* loads what it needs before the first failure */
	faults_watch(s->watch);
	exit(tap_main(suites, 4, argv));
}

/* Has the folder had a new file since this was last asked? */
static int has_changed(const sweep *s)
{
	char events[4096];
	int changed = 0;

	while (read(s->changes, events, sizeof(events)) > 0)
		changed = 1;
	return changed;
}

/* The status of waitpid(); a run that takes too long is killed. */
static int run(sweep *s, const tap_suite *suites, char *name, long fail_at)
{
	sigset_t child;
	pid_t pid;
	int status = 0;

	s->watch->fail_at = fail_at;
	s->watch->allocations = s->watch->failed = s->watch->said = 0;
	s->watch->started = 0;
	nftw(s->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	has_changed(s);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		sigprocmask(SIG_UNBLOCK, &child, NULL);
		in_child(s, suites, name);
	}
	setpgid(pid, pid);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		struct timespec most = { s->watch->split ? SPLIT_SECONDS_MOST : SECONDS_MOST, 0 };

		if (sigtimedwait(&child, NULL, &most) < 0 && errno == EAGAIN) {
			kill(-pid, SIGKILL);
			waitpid(pid, &status, 0);
			break;
		}
	}
	kill(-pid, SIGKILL); /* helpers that were left behind */
	return status;
}

/* What the run printed, cut; static. */
static const char *printed(const sweep *s)
{
	static char text[TEXT_MOST];
	FILE *file = fopen(s->output, "r");
	size_t n = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	text[n] = '\0';
	if (file)
		fclose(file);
	return text;
}

static const char *why_bad(int status, const char *text)
{
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGKILL ? "does not end" : strsignal(WTERMSIG(status));
	return strstr(text, "Sanitizer") || strstr(text, "runtime error:") ? "sanitizer report" : NULL;
}

/* ---- which allocations ---- */

static int is_new(uint64_t *seen, uint64_t hash)
{
	size_t at = hash & (SEEN_SIZE - 1);

	while (seen[at] && seen[at] != hash)
		at = (at + 1) & (SEEN_SIZE - 1);
	if (seen[at])
		return 0;
	seen[at] = hash;
	return 1;
}

static long choose(sweep *s)
{
	long places = 0;

	memset(s->places, 0, MEMORY_PLACES);
	for (long n = 1; n <= s->watch->allocations && n < MEMORY_PLACES; n++) {
		int first = is_new(s->seen, s->watch->places[n] | 1);

		places += first;
		s->places[n] = (char)(s->step ? n >= s->from && (n - s->from) % s->step == 0 : first);
	}
	return places;
}

/* ---- tests, suites ---- */

/* What became of a run in which the n-th allocation failed. */
static void judge(const sweep *s, int report, const char *name, long n, int status, tally *t)
{
	const char *text = printed(s), *bad = why_bad(status, text);
	int survived = !bad && status == 0 && s->watch->failed, silent = survived && !s->watch->said;

	t->runs++;
	t->bad += bad != NULL;
	t->survived += survived;
	t->silent += silent;
	if (!bad && !silent && !(survived && s->tell))
		return;
	dprintf(report, "# %s, allocation %ld: %s\n", name, n, bad ? bad : silent ? "nobody noticed" : "survived");
	backtrace_symbols_fd(s->watch->frames, s->watch->depth, report);
	dprintf(report, "%.3000s", text);
}

int memory_split(memory_watch *w, long n)
{
	int status = 0;
	pid_t pid;

	w->failed = w->said = 0;
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		exit(98);
	if (pid == 0) {
		alarm(SECONDS_MOST);
		if (ftruncate(1, 0) != 0 || lseek(1, 0, SEEK_SET) != 0)
			exit(98);
		return 1;
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			exit(98);
	judge(splitting, split_report, split_name, n, status, &w->copies);
	return 0;
}

/* Two processes with one open file or one socket would disturb each other. */
static int can_split(sweep *s)
{
	return s->here && !has_changed(s) && !s->watch->started;
}

static void split_test(sweep *s, const tap_suite *suites, char *name, tally *t)
{
	int status;

	s->watch->copies = (memory_tally){ 0 };
	s->watch->split = 1;
	status = run(s, suites, name, 0);
	s->watch->split = 0;
	t->runs += s->watch->copies.runs;
	t->bad += s->watch->copies.bad + (status != 0);
	t->survived += s->watch->copies.survived;
	t->silent += s->watch->copies.silent;
	if (status != 0)
		printf("# %s does not end well where it splits\n%.3000s", name, printed(s));
}

static void one_test(sweep *s, const tap_suite *suites, char *name, tally *t)
{
	long allocations;
	int splits, status = run(s, suites, name, 0);

	allocations = s->watch->allocations;
	splits = can_split(s);
	if (status != 0) {
		printf("# %s fails without a fault\n%.3000s", name, printed(s));
		t->bad++;
		return;
	}
	t->allocations += allocations;
	t->places += choose(s);
	if (splits) {
		split_test(s, suites, name, t);
		return;
	}
	for (long n = 1; n <= allocations && n < MEMORY_PLACES; n++)
		if (s->places[n])
			judge(s, 1, name, n, run(s, suites, name, n), t);
	/* With a step each test begins elsewhere, so that what all share is tried at every place. */
	s->from = s->step ? s->from % s->step + 1 : 1;
}

static int is_wanted(const char *name, int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (strncmp(name, argv[i], strlen(argv[i])) == 0)
			return 1;
	return argc == 0;
}

static void print_row(const char *name, const tally *t)
{
	printf("%-20s %11ld %8ld %8ld %6ld %9ld %7ld\n", name, t->allocations, t->places, t->runs, t->bad,
	       t->survived, t->silent);
	fflush(stdout);
}

static void one_suite(sweep *s, const tap_suite *suites, const tap_suite *suite, int argc, char **argv,
		      tally *sum)
{
	tally t = { 0 };
	char name[256];
	int tests = 0;

	for (const tap_test *test = suite->tests; test->name; test++) {
		snprintf(name, sizeof(name), "%s: %s", suite->name, test->name);
		if (!is_wanted(name, argc, argv))
			continue;
		if (!tests)
			memset(s->seen, 0, SEEN_SIZE * sizeof(*s->seen));
		one_test(s, suites, name, &t);
		tests++;
	}
	if (tests)
		print_row(suite->name, &t);
	*sum = (tally){ sum->allocations + t.allocations, sum->places + t.places, sum->runs + t.runs,
			sum->bad + t.bad, sum->survived + t.survived, sum->silent + t.silent };
}

/* Zeros; shared because a fork need not copy the tables of shared pages. */
static void *share(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static int sweep_init(sweep *s)
{
	const char *base = getenv("TMPDIR");

	s->watch = share(sizeof(*s->watch));
	s->seen = share(SEEN_SIZE * sizeof(*s->seen));
	s->places = share(MEMORY_PLACES);
	snprintf(s->folder, sizeof(s->folder), "%s/efile-memory-XXXXXX", base ? base : "/tmp");
	if (!s->watch || !s->seen || !s->places || !mkdtemp(s->folder))
		return 0;
	snprintf(s->output, sizeof(s->output), "%s.out", s->folder);
	s->changes = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	return inotify_add_watch(s->changes, s->folder, IN_CREATE | IN_MOVED_TO) >= 0;
}

static void sweep_clear(sweep *s)
{
	nftw(s->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	rmdir(s->folder);
	unlink(s->output);
	close(s->changes);
	munmap(s->watch, sizeof(*s->watch));
	munmap(s->seen, SEEN_SIZE * sizeof(*s->seen));
	munmap(s->places, MEMORY_PLACES);
}

int memory_main(const tap_suite *suites, int argc, char **argv)
{
	sweep s = { .step = 1, .from = 1 };
	tally sum = { 0 };
	int i = 0;

	for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
		if (strcmp(argv[i], "--places") == 0)
			s.step = 0;
		else if (strcmp(argv[i], "--tell") == 0)
			s.tell = 1;
		else if (strcmp(argv[i], "--here") == 0)
			s.here = 1;
		else if (strcmp(argv[i], "--step") == 0 && i + 1 < argc && atol(argv[i + 1]) > 0)
			s.step = atol(argv[++i]);
		else
			return 2;
	}
	if (!sweep_init(&s))
		return 99;
	printf("%-20s %11s %8s %8s %6s %9s %7s\n", "suite", "allocations", "places", "runs", "bad", "survived",
	       "silent");
	for (const tap_suite *suite = suites; suite->name; suite++)
		one_suite(&s, suites, suite, argc - i, argv + i, &sum);
	print_row("all", &sum);
	sweep_clear(&s);
	return sum.bad ? 1 : 0;
}
