/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the model costs: documents filed with metadata and log against the very same statements without
 * the library, as they are and with the savepoint that each call of a batch would need to fail alone, in
 * one run; then reading and searching at that size.
 *
 *	bench_model [DOCUMENTS [RATIO_DOCUMENTS]]
 */
#include <fcntl.h>
#include <spawn.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <efile/task.h>

#include "bench/bench_replay.h"
#include "search/search.h"
#include "store/inner.h"

enum { BATCH = 1000, WORDS = 126, CASES_PER_DOSSIER = 5, DOCUMENTS_PER_CASE = 5, UNITS = 100,
       LISTS = 10, SLICE = 5000, LOOKUPS = 1000, SEARCHES = 200, PAGE = 50, OPENINGS = 200 };

static void need(efile_ctx *ctx, efile_status status, const char *what)
{
	if (status >= 0)
		return;
	fprintf(stderr, "bench_model: %s: %s: %s\n", what, efile_status_name(status),
		efile_error_message(ctx));
	exit(70);
}

static double seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

typedef struct stopwatch {
	double wall, cpu;
} stopwatch;

static stopwatch start(void)
{
	return (stopwatch){ seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID) };
}

static stopwatch stop(stopwatch since)
{
	return (stopwatch){ seconds(CLOCK_MONOTONIC) - since.wall,
			    seconds(CLOCK_PROCESS_CPUTIME_ID) - since.cpu };
}

static stopwatch plus(stopwatch a, stopwatch b)
{
	return (stopwatch){ a.wall + b.wall, a.cpu + b.cpu };
}

static uint32_t random_state = 12345;

static uint32_t dice(uint32_t below)
{
	random_state = random_state * 1664525u + 1013904223u;
	return (random_state >> 8) % below;
}

/* ---- the town: lists, units, a clerk who sees some of them ---- */

typedef struct bench {
	efile_ctx *ctx;
	char path[512];
	efile_store *store;
	efile_session *admin, *clerk;
	efile_plan_id units[UNITS];
	efile_case_id case_id;
	efile_dossier_id dossier;
	long dossiers;
	recording *savepoints;   /* gets one for each call; NULL: none */
} bench;

static void open_store(bench *b)
{
	efile_session_options o;

	need(b->ctx, efile_store_open(&b->store, b->ctx, b->path, NULL), "open");
	efile_session_options_init(&o);
	o.login = "os:bench";
	need(b->ctx, efile_session_open(&b->admin, b->store, "admin", &o), "session");
	if (efile_session_open(&b->clerk, b->store, "clerk", &o) < 0)
		b->clerk = NULL;
}

static void close_store(bench *b)
{
	efile_session_close(b->admin);
	efile_session_close(b->clerk);
	efile_store_close(b->store);
	b->store = NULL;
}

static void make_plan(bench *b, efile_actor_id clerk)
{
	efile_actor_id stranger;

	need(b->ctx, efile_actor_create(&stranger, b->admin, EFILE_ACTOR_PERSON, "stranger", NULL),
	     "actor");
	for (int i = 0; i < UNITS; i++) {
		efile_access_entry entries[2] = { { i % LISTS < LISTS / 2 ? clerk : stranger, 0, 0, 0 },
						  { clerk, EFILE_RIGHT_EXISTS | EFILE_RIGHT_WRITE, 0, 0 } };
		AUTO_PTR(efile_plan) plan = NULL;
		efile_plan_options o;
		char code[32];
		int64_t list;

		entries[0].rights = EFILE_RIGHT_EXISTS | EFILE_RIGHT_READ | EFILE_RIGHT_WRITE |
				    (i % LISTS ? (unsigned)EFILE_RIGHT_SIGN : 0);
		need(b->ctx, efile_access_list_make(&list, b->admin, entries, 2), "list");
		snprintf(code, sizeof(code), "%02d", i);
		efile_plan_options_init(&o);
		o.code = code;
		o.title = code;
		o.access_list = list;
		o.pattern = "{plan.code}-{dossier:05}/{case:03}-{yyyy}";
		need(b->ctx, efile_plan_create(&plan, b->admin, &o), "plan");
		b->units[i] = efile_plan_unit_id(plan);
	}
}

static void make_store(bench *b)
{
	efile_actor_id clerk;

	need(b->ctx, efile_store_init(b->ctx, b->path), "init");
	need(b->ctx, efile_store_open(&b->store, b->ctx, b->path, NULL), "open");
	need(b->ctx, efile_access_bootstrap(NULL, b->store, "os:bench", "admin", NULL), "bootstrap");
	efile_store_close(b->store);
	open_store(b);
	need(b->ctx, efile_actor_create(&clerk, b->admin, EFILE_ACTOR_PERSON, "clerk", NULL), "actor");
	need(b->ctx, efile_login_permit(b->admin, "os:bench", clerk), "login");
	need(b->ctx, efile_doctype_define(b->admin, "letter", "Brief",
					  "{\"fields\":[{\"name\":\"number\",\"datatype\":\"integer\"},"
					  "{\"name\":\"subject\"}]}"), "type");
	make_plan(b, clerk);
	close_store(b);
}

/* ---- documents ---- */

static const char *const syllables[] = { "be", "scheid", "an", "trag", "ver", "fahr", "stadt",
					 "amt", "ge", "bühr", "bau", "markt", "platz", "haus",
					 "ord", "nung", "recht", "frist", "brief", "akt" };

/* A word of some 20,000, small numbers more often; "bescheid" stands in 30 of 100 texts. */
static void add_word(buf *out)
{
	uint32_t n = dice(20000) * dice(20000) / 20000;

	buf_add_text(out, syllables[n % 20]);
	buf_add_text(out, syllables[n / 20 % 20]);
	buf_add_text(out, syllables[n / 400 % 20]);
	buf_add_char(out, (char)('a' + n / 8000));
	buf_add_char(out, ' ');
}

static void write_text(buf *out)
{
	buf_reset(out);
	for (int i = 0; i < WORDS - 1; i++)
		add_word(out);
	buf_add_text(out, dice(100) < 30 ? "widerspruchsbescheid" : "nachricht");
}

static void open_dossier(bench *b)
{
	AUTO_PTR(efile_dossier) d = NULL;
	efile_node_options o;

	efile_node_options_init(&o);
	o.title = "Akte";
	need(b->ctx, efile_dossier_create(&d, b->clerk, b->units[b->dossiers++ % UNITS], &o),
	     "dossier");
	b->dossier = efile_dossier_node_id(d);
}

static void open_case(bench *b)
{
	AUTO_PTR(efile_case) c = NULL;
	efile_node_options o;

	efile_node_options_init(&o);
	o.title = "Vorgang";
	need(b->ctx, efile_case_create(&c, b->clerk, b->dossier, &o), "case");
	b->case_id = efile_case_node_id(c);
}

static void add_document(bench *b, long n, const char *text)
{
	AUTO_PTR(efile_reader) content = NULL;
	efile_attribute values[] = { { .name = "number", .value = "" },
				     { .name = "subject", .value = "Antrag auf Erteilung" } };
	efile_document_options o;
	char title[64], number[24];

	snprintf(title, sizeof(title), "Schreiben Nr. %ld", n);
	snprintf(number, sizeof(number), "%ld", n);
	values[0].value = number;
	efile_document_options_init(&o);
	o.title = title;
	o.doctype = "letter";
	o.sender = "Müller GmbH";
	o.attributes = values;
	o.attribute_count = 2;
	o.text = text;
	need(b->ctx, efile_reader_from_memory(&content, b->ctx, title, strlen(title)), "content");
	need(b->ctx, efile_case_add_document(NULL, b->clerk, b->case_id, content, &o), "document");
}

/* Each call of a batch fails alone: without the library that takes a savepoint. */
static void call_begins(const bench *b)
{
	if (b->savepoints)
		recording_add(b->savepoints, "SAVEPOINT call");
}

static void call_ends(const bench *b)
{
	if (b->savepoints)
		recording_add(b->savepoints, "RELEASE call");
}

static void file(bench *b, long number, const char *text)
{
	if (number % (CASES_PER_DOSSIER * DOCUMENTS_PER_CASE) == 0) {
		call_begins(b);
		open_dossier(b);
		call_ends(b);
	}
	if (number % DOCUMENTS_PER_CASE == 0) {
		call_begins(b);
		open_case(b);
		call_ends(b);
	}
	call_begins(b);
	add_document(b, number, text);
	call_ends(b);
}

/* Documents from one number on: cases of five of them, dossiers of five cases, a thousand a commit. */
static void load(bench *b, long from, long count, bool texts)
{
	AUTO(buf) text = BUF_INIT;

	for (long i = from; i < from + count; i++) {
		if (i % BATCH == 0)
			need(b->ctx, efile_batch_begin(b->store), "batch");
		if (texts)
			write_text(&text);
		file(b, i, texts ? text.data : NULL);
		if (i % BATCH == BATCH - 1 || i == from + count - 1)
			need(b->ctx, efile_batch_commit(b->store), "commit");
	}
}

/* ---- the same statements, bare ---- */

static void copy_store(const char *from, const char *to)
{
	char command[1200];

	snprintf(command, sizeof(command), "rm -rf '%s' && cp -r '%s' '%s'", to, from, to);
	if (system(command) != 0)
		abort();
}

/* What each commit runs; ends[i] is the statement behind those of the i-th. */
static recording *record(bench *b, size_t *ends, long count, bool savepoints)
{
	recording *r = recording_new();

	open_store(b);
	recording_begin(r, b->store->db, false);
	b->savepoints = savepoints ? r : NULL;
	for (long i = 0; i < count; i += BATCH) {
		load(b, i, count - i < BATCH ? count - i : BATCH, false);
		ends[i / BATCH] = recording_count(r);
	}
	b->savepoints = NULL;
	recording_end(b->store->db);
	close_store(b);
	return r;
}

static void print_ratio(long count, double statements, bool savepoints, stopwatch library, stopwatch bare)
{
	printf("documents with metadata and log, %d a commit: %ld, %.1f statements each%s\n", BATCH,
	       count, statements, savepoints ? ", bare with a savepoint for each call" : "");
	printf("  library: %8.0f documents/s wall, %8.0f /CPU s\n", (double)count / library.wall,
	       (double)count / library.cpu);
	printf("  bare:    %8.0f documents/s wall, %8.0f /CPU s\n", (double)count / bare.wall,
	       (double)count / bare.cpu);
	printf("  ratio:   %.2f wall, %.2f CPU (wanted: 0.70)\n", bare.wall / library.wall,
	       bare.cpu / library.cpu);
}

/* In turns, a commit each, so that both meet the same machine. */
static void compare(const char *base, const char *folder, long count, const bench *plan, bool savepoints)
{
	bench b = *plan;
	size_t *ends = calloc((size_t)(count / BATCH) + 1, sizeof(*ends));
	stopwatch library = { 0, 0 }, bare = { 0, 0 };
	long failed = 0;
	recording *r;
	replay *again;
	char path[600];

	snprintf(b.path, sizeof(b.path), "%s/recorded", folder);
	copy_store(base, b.path);
	b.dossiers = 0;
	r = record(&b, ends, count, savepoints);

	snprintf(path, sizeof(path), "%s/bare", folder);
	copy_store(base, path);
	strcat(path, "/efile.db");
	snprintf(b.path, sizeof(b.path), "%s/library", folder);
	copy_store(base, b.path);
	open_store(&b);
	again = replay_open(r, path, WAL_PAGES);
	b.dossiers = 0;
	for (long i = 0; i < count; i += BATCH) {
		stopwatch since = start();

		load(&b, i, count - i < BATCH ? count - i : BATCH, false);
		library = plus(library, stop(since));
		since = start();
		failed += replay_run(again, i ? ends[i / BATCH - 1] : 0, ends[i / BATCH]);
		bare = plus(bare, stop(since));
	}
	close_store(&b);
	replay_close(again);
	if (failed)
		printf("# %ld bare statements failed\n", failed);
	print_ratio(count, (double)recording_count(r) / (double)count, savepoints, library, bare);
	recording_free(r);
	free(ends);
}

/* ---- reading at size ---- */

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void report(const char *what, double *times, size_t count, double limit)
{
	qsort(times, count, sizeof(*times), by_size);
	printf("%-42s median %8.3f ms, p95 %8.3f ms, max %8.3f ms (wanted: p95 < %g ms)\n", what,
	       times[count / 2] * 1e3, times[count * 95 / 100] * 1e3, times[count - 1] * 1e3, limit);
}

static void random_reference(char out[64], const bench *b)
{
	long dossier = (long)dice((uint32_t)b->dossiers);

	snprintf(out, 64, "%02ld-%05ld", dossier % UNITS, dossier / UNITS + 1);
}

static void look_up(bench *b)
{
	double trees[LOOKUPS], numbers[LOOKUPS];
	size_t n = 0;

	while (n < LOOKUPS) {
		AUTO_PTR(efile_node) dossier = NULL;
		efile_node_cursor *cursor = NULL;
		efile_node_counts counts;
		efile_node *child = NULL;
		char reference[64];
		stopwatch since = start();

		random_reference(reference, b);
		if (efile_find_by_reference(&dossier, b->clerk, reference) < 0)
			continue; /* not the clerk's */
		numbers[n] = stop(since).wall;
		since = start();
		need(b->ctx, efile_node_children(&cursor, b->clerk, efile_node_id(dossier), NULL),
		     "children");
		while (efile_node_cursor_next(cursor, &child) == EFILE_OK) {
			need(b->ctx, efile_node_count(&counts, b->clerk, efile_node_id(child)), "count");
			efile_node_free(child);
		}
		efile_node_cursor_free(cursor);
		trees[n++] = stop(since).wall;
	}
	report("open a dossier's tree with counts", trees, n, 5);
	report("by reference number", numbers, n, 1);
}

static void search(bench *b, const char *query, const char *what)
{
	double times[SEARCHES];
	int32_t hits = 0, all;

	need(b->ctx, efile_search_count(&all, b->clerk, query), "count");
	for (size_t n = 0; n < SEARCHES; n++) {
		efile_search_cursor *cursor = NULL;
		stopwatch since = start();
		efile_hit hit;

		need(b->ctx, efile_search(&cursor, b->clerk, query, NULL), "search");
		for (hits = 0; efile_search_cursor_next(cursor, &hit) == EFILE_OK;)
			hits++;
		efile_search_cursor_free(cursor);
		times[n] = stop(since).wall;
	}
	printf("# %s: %d hits on the first page, %d in all\n", query, hits, all);
	report(what, times, SEARCHES, 100);
}

/* ---- the worklist: many open tasks, of which one in a hundred is the clerk's ---- */

#define PROCESS(name)                                                                              \
	"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "                        \
	"xmlns:e='urn:libefile:bpmn:1' id='d' targetNamespace='b'>"                                \
	"<process id='" name "' isExecutable='true'><startEvent id='s'/>"                          \
	"<userTask id='t' name='Pruefen' e:candidateUsers='" name "'/><endEvent id='e'/>"          \
	"<sequenceFlow id='a' sourceRef='s' targetRef='t'/>"                                       \
	"<sequenceFlow id='b' sourceRef='t' targetRef='e'/></process></definitions>"

static void deploy(bench *b, const char *process)
{
	efile_reader *reader = NULL;

	need(b->ctx, efile_reader_from_memory(&reader, b->ctx, process, strlen(process)), "reader");
	need(b->ctx, efile_flow_deploy(NULL, NULL, b->admin, reader), "deploy");
	efile_reader_free(reader);
}

static void make_tasks(bench *b, long count)
{
	efile_instance_id id;

	deploy(b, PROCESS("clerk"));
	deploy(b, PROCESS("stranger"));
	for (long n = 0; n < count; n++) {
		if (n % BATCH == 0)
			need(b->ctx, efile_batch_begin(b->store), "batch");
		need(b->ctx, efile_flow_start(&id, b->admin, n % 100 ? "stranger" : "clerk", NULL),
		     "start");
		if (n % BATCH == BATCH - 1 || n == count - 1)
			need(b->ctx, efile_batch_commit(b->store), "batch");
	}
}

static void worklist(bench *b, long tasks)
{
	double times[LOOKUPS];
	int shown = 0;

	make_tasks(b, tasks);
	for (size_t n = 0; n < LOOKUPS; n++) {
		efile_task_cursor *cursor = NULL;
		stopwatch since = start();
		efile_task task;

		need(b->ctx, efile_task_list(&cursor, b->clerk, (efile_task_id){ EFILE_ID_NONE }), "list");
		for (shown = 0; shown < PAGE && efile_task_cursor_next(cursor, &task) == EFILE_OK;)
			shown++;
		efile_task_cursor_free(cursor);
		times[n] = stop(since).wall;
	}
	printf("# worklist: %ld open tasks, the first %d of the clerk\n", tasks, shown);
	report("a page of the worklist", times, LOOKUPS, 5);
}

/* ---- opening, and the command ---- */

static void opening(const bench *b)
{
	double times[OPENINGS];

	for (size_t n = 0; n < OPENINGS; n++) {
		efile_store *store = NULL;
		stopwatch since = start();

		need(b->ctx, efile_store_open(&store, b->ctx, b->path, NULL), "open");
		times[n] = stop(since).wall;
		efile_store_close(store);
	}
	report("opening the store", times, OPENINGS, 5);
}

/* The seconds of processor time that a program takes from start to end; -1 if it fails. */
static double run_once(char **arguments, char **environment)
{
	struct rusage usage;
	posix_spawn_file_actions_t files;
	int status = -1;
	pid_t child;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	if (posix_spawn(&child, arguments[0], &files, NULL, arguments, environment) != 0 ||
	    wait4(child, &status, 0, &usage) < 0)
		status = -1;
	posix_spawn_file_actions_destroy(&files);
	if (status != 0)
		return -1;
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* The program of the build folder, behind libtool's wrapper. */
static void command_start(void)
{
	static char program[] = ".libs/efile", word[] = "version", where[] = "LD_LIBRARY_PATH=.libs";
	char *arguments[] = { program, word, NULL }, *environment[] = { where, NULL };
	double times[OPENINGS], cpu[OPENINGS];

	for (size_t n = 0; n < OPENINGS; n++) {
		stopwatch since = start();

		cpu[n] = run_once(arguments, environment);
		if (cpu[n] < 0) {
			printf("# no %s here: the command's start is not measured\n", program);
			return;
		}
		times[n] = stop(since).wall;
	}
	report("the command's start and end", times, OPENINGS, 10);
	report("  of that processor time", cpu, OPENINGS, 10);
}

/* ---- the index against bare FTS5 ---- */

typedef struct bare_fts {
	sqlite3 *db;
	sqlite3_stmt *insert;
} bare_fts;

static void bare_fts_open(bare_fts *f, const char *path)
{
	if (sqlite3_open(path, &f->db) != SQLITE_OK)
		abort();
	sqlite3_exec(f->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
			    "CREATE VIRTUAL TABLE t USING fts5(title, text)", NULL, NULL, NULL);
	sqlite3_prepare_v2(f->db, "INSERT INTO t(title, text) VALUES('Schreiben', ?1)", -1,
			   &f->insert, NULL);
}

static void bare_fts_add(bare_fts *f, long count)
{
	AUTO(buf) text = BUF_INIT;

	for (long i = 0; i < count; i++) {
		if (i % BATCH == 0)
			sqlite3_exec(f->db, "BEGIN", NULL, NULL, NULL);
		write_text(&text);
		sqlite3_bind_text(f->insert, 1, text.data, -1, SQLITE_STATIC);
		sqlite3_step(f->insert);
		sqlite3_reset(f->insert);
		if (i % BATCH == BATCH - 1 || i == count - 1)
			sqlite3_exec(f->db, "COMMIT", NULL, NULL, NULL);
	}
}

static void bare_fts_close(bare_fts *f)
{
	sqlite3_finalize(f->insert);
	sqlite3_close(f->db);
}

static void say_rate(const char *what, long count, stopwatch taken)
{
	printf("%-10s %8.0f documents/s wall, %8.0f /CPU s\n", what, (double)count / taken.wall,
	       (double)count / taken.cpu);
}

/* Slice by slice in turn, so that both meet the same machine and grow to the same size. */
static void fill_and_index(bench *b, const char *folder, long count)
{
	stopwatch filed = { 0, 0 }, indexed = { 0, 0 }, bare = { 0, 0 };
	bare_fts fts;
	char path[600];

	snprintf(path, sizeof(path), "%s/bare.fts", folder);
	bare_fts_open(&fts, path);
	for (long done = 0; done < count; done += SLICE) {
		long slice = count - done < SLICE ? count - done : SLICE;
		stopwatch since = start();

		load(b, 0, slice, true);
		filed = plus(filed, stop(since));
		since = start();
		need(b->ctx, search_catch_up(b->store, false), "index");
		indexed = plus(indexed, stop(since));
		since = start();
		bare_fts_add(&fts, slice);
		bare = plus(bare, stop(since));
	}
	bare_fts_close(&fts);
	printf("documents with a text of %d words: %ld\n", WORDS, count);
	say_rate("  filed:", count, filed);
	say_rate("  indexed:", count, indexed);
	say_rate("  bare FTS5:", count, bare);
	printf("  ratio of the index: %.2f wall, %.2f CPU (wanted: 0.70)\n",
	       bare.wall / indexed.wall, bare.cpu / indexed.cpu);
}

static void at_size(const char *base, const char *folder, long count, const bench *plan)
{
	bench b = *plan;
	struct rusage usage;

	snprintf(b.path, sizeof(b.path), "%s/size", folder);
	copy_store(base, b.path);
	open_store(&b);
	b.dossiers = 0;
	fill_and_index(&b, folder, count);
	look_up(&b);
	search(&b, "widerspruchsbescheide", "search, a word in 30 % of the documents");
	search(&b, "widerspruchsbescheid date:2020..", "the same with a date");
	search(&b, "letter OR schreiben", "search, a word in all documents");
	worklist(&b, count / 50 < 10000 ? 10000 : count / 50);
	close_store(&b);
	opening(&b);
	command_start();
	getrusage(RUSAGE_SELF, &usage);
	printf("peak memory: %ld MiB\n", usage.ru_maxrss / 1024);
}

int main(int argc, char **argv)
{
	long count = argc > 1 ? atol(argv[1]) : 2000;
	long ratio = argc > 2 ? atol(argv[2]) : count < 20000 ? count : 20000;
	const char *temporary = getenv("TMPDIR");
	char folder[400], command[500];
	bench b = { .ctx = NULL };

	snprintf(folder, sizeof(folder), "%s/efile-bench-XXXXXX", temporary ? temporary : "/tmp");
	if (!mkdtemp(folder) || efile_ctx_new(&b.ctx, NULL) < 0)
		return 70;
	snprintf(b.path, sizeof(b.path), "%s/base", folder);
	make_store(&b);
	compare(b.path, folder, ratio, &b, false);
	compare(b.path, folder, ratio, &b, true);
	at_size(b.path, folder, count, &b);
	efile_ctx_free(b.ctx);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command) == 0 ? 0 : 70;
}
