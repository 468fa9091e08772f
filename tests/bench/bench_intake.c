/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Taking letters in, one by one, each durable twice (received before any parser sees it, then filed),
 * against two bare commits of the very same rows: in turns, on the same disk.
 *
 *	bench_intake [LETTERS]
 *
 * One JSON object per line. */
#include <efile.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench/bench_replay.h"
#include "store/inner.h"

enum { SLICES = 10 };

typedef struct bench {
	efile_ctx *ctx;
	char folder[300], path[320];
	efile_store *store;
	efile_session *clerk;
} bench;

static void need(bench *b, efile_status status, const char *what)
{
	if (status >= 0)
		return;
	fprintf(stderr, "bench_intake: %s: %s: %s\n", what, efile_status_name(status),
		efile_error_message(b->ctx));
	exit(70);
}

static double now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- the mailroom ---- */

static void open_store(bench *b)
{
	efile_session_options o;

	need(b, efile_store_open(&b->store, b->ctx, b->path, NULL), "open");
	efile_session_options_init(&o);
	o.login = "os:bench";
	need(b, efile_session_open(&b->clerk, b->store, "clerk", &o), "session");
}

static void close_store(bench *b)
{
	efile_session_close(b->clerk);
	efile_store_close(b->store);
}

static void make_unit(bench *b)
{
	efile_plan *plan = NULL;
	efile_plan_options o;
	efile_intake_rule rule;
	efile_access_entry entry = { .rights = EFILE_RIGHT_ALL };

	efile_plan_options_init(&o);
	o.code = "10.24";
	o.title = "Eingaben";
	o.pattern = "{plan.code}-{dossier:04}/{case:03}";
	entry.subject = efile_session_actor(b->clerk);
	need(b, efile_access_list_make(&o.access_list, b->clerk, &entry, 1), "list");
	need(b, efile_plan_create(&plan, b->clerk, &o), "plan");
	efile_plan_free(plan);
	efile_intake_rule_init(&rule);
	rule.name = "rest";
	rule.order = 90;
	rule.condition = "subject != null";
	rule.plan = "10.24";
	rule.title = "subject";
	need(b, efile_intake_rule_set(b->clerk, &rule), "rule");
}

static void make_store(bench *b)
{
	need(b, efile_store_init(b->ctx, b->path), "init");
	need(b, efile_store_open(&b->store, b->ctx, b->path, NULL), "open");
	need(b, efile_access_bootstrap(NULL, b->store, "os:bench", "clerk", NULL), "bootstrap");
	efile_store_close(b->store);
	open_store(b);
	make_unit(b);
	close_store(b);
}

/* ---- letters ---- */

static void write_letter(buf *out, long number)
{
	buf_reset(out);
	buf_add_format(out,
		       "From: Erika Beispiel <erika@example.org>\r\nTo: post@stadt.example\r\n"
		       "Subject: Antrag Nr. %ld\r\nDate: Mon, 02 Mar 2026 09:00:00 +0100\r\n"
		       "Message-ID: <%ld@example.org>\r\nMIME-Version: 1.0\r\n"
		       "Content-Type: text/plain; charset=utf-8\r\n\r\n", number, number);
	for (int i = 0; i < 12; i++)
		buf_add_format(out, "Hiermit beantrage ich zum %d. Mal einen Bescheid über Sache %ld.\r\n",
			       i + 1, number);
}

static void take(bench *b, long number)
{
	AUTO(buf) letter = BUF_INIT;
	efile_intake_item *item = NULL;
	efile_reader *content = NULL;

	write_letter(&letter, number);
	need(b, efile_reader_from_memory(&content, b->ctx, letter.data, letter.length), "letter");
	need(b, efile_intake_receive(&item, b->clerk, content, NULL), "receive");
	need(b, efile_intake_process(item, b->clerk), "process");
	if (efile_intake_item_state(item) != EFILE_INTAKE_FILED)
		need(b, EFILE_E_INTERNAL, efile_intake_item_reason(item));
	efile_reader_free(content);
	efile_intake_item_free(item);
}

/* ---- the same bare ---- */

static void copy_store(const char *from, const char *to)
{
	char command[900];

	snprintf(command, sizeof(command), "rm -rf '%s' && cp -r '%s' '%s'", to, from, to);
	if (system(command) != 0)
		abort();
}

/* What each letter writes; ends[i] is the statement behind those of the i-th. */
static recording *record(bench *b, size_t *ends, long count)
{
	recording *r = recording_new();

	open_store(b);
	recording_begin(r, b->store->db, true);
	for (long i = 0; i < count; i++) {
		take(b, i);
		ends[i] = recording_count(r);
	}
	recording_end(b->store->db);
	close_store(b);
	return r;
}

typedef struct figure {
	double wall, cpu;
} figure;

static figure mark(void)
{
	return (figure){ now(CLOCK_MONOTONIC), now(CLOCK_PROCESS_CPUTIME_ID) };
}

static void add_since(figure *f, figure since)
{
	f->wall += now(CLOCK_MONOTONIC) - since.wall;
	f->cpu += now(CLOCK_PROCESS_CPUTIME_ID) - since.cpu;
}

static void print(long count, size_t statements, const figure *us, const figure *bare)
{
	printf("{\"schema\":\"efile.bench.v1\",\"name\":\"intake-durable\",\"letters\":%ld,"
	       "\"statements_each\":%.1f,\"per_second\":%.0f,\"bare_per_second\":%.0f,"
	       "\"ratio\":%.2f,\"wanted\":0.7,\"cpu_microseconds\":%.0f,"
	       "\"bare_cpu_microseconds\":%.0f}\n", count, (double)statements / (double)count,
	       (double)count / us->wall, (double)count / bare->wall, bare->wall / us->wall,
	       us->cpu * 1e6 / (double)count, bare->cpu * 1e6 / (double)count);
}

/* In turns, so that a change of the disk's mood hits both. */
static void compare(bench *b, const recording *r, const size_t *ends, long count, const char *bare_path)
{
	figure us = { 0, 0 }, bare = { 0, 0 };
	replay *again = replay_open(r, bare_path, WAL_PAGES);
	long failed = 0;

	open_store(b);
	for (int slice = 0; slice < SLICES; slice++) {
		long from = count * slice / SLICES, before = count * (slice + 1) / SLICES;
		figure since = mark();

		for (long i = from; i < before; i++)
			take(b, i);
		add_since(&us, since);
		since = mark();
		if (before > from)
			failed += replay_run(again, from ? ends[from - 1] : 0, ends[before - 1]);
		add_since(&bare, since);
	}
	close_store(b);
	replay_close(again);
	if (failed)
		printf("# %ld bare statements failed\n", failed);
	print(count, recording_count(r), &us, &bare);
}

int main(int argc, char **argv)
{
	long count = argc > 1 ? strtol(argv[1], NULL, 10) : 1000;
	const char *temporary = getenv("TMPDIR");
	char base[320], bare[340], command[400];
	size_t *ends = calloc((size_t)count, sizeof(*ends));
	recording *r;
	bench b = { .ctx = NULL };

	snprintf(b.folder, sizeof(b.folder), "%s/bench_intake.XXXXXX", temporary ? temporary : "/var/tmp");
	if (!ends || !mkdtemp(b.folder) || efile_ctx_new(&b.ctx, NULL) < 0)
		return 70;
	snprintf(base, sizeof(base), "%s/base", b.folder);
	snprintf(b.path, sizeof(b.path), "%s", base);
	make_store(&b);
	snprintf(b.path, sizeof(b.path), "%s/recorded", b.folder);
	copy_store(base, b.path);
	r = record(&b, ends, count);
	snprintf(b.path, sizeof(b.path), "%s/library", b.folder);
	copy_store(base, b.path);
	snprintf(bare, sizeof(bare), "%s/bare", b.folder);
	copy_store(base, bare);
	strcat(bare, "/efile.db");
	compare(&b, r, ends, count, bare);
	recording_free(r);
	free(ends);
	efile_ctx_free(b.ctx);
	snprintf(command, sizeof(command), "rm -rf '%s'", b.folder);
	return system(command) == 0 ? 0 : 70;
}
