/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Processes per second of processor time: the step in memory, and tasks of people in a store
 * against the floor that SQLite sets (bench_floor.h).
 *
 *	bench_flow [SECONDS [NAME]]     seconds for each figure; only those with NAME in their name
 *	bench_flow --models FOLDER      writes the models for an engine that speaks JavaScript
 *
 * One JSON object per line. */
#include <efile.h>

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/bench_floor.h"
#include "flow/flow.h"

enum { BATCH = 100, SLICES = 6, WAITING = 10000 };

static void need(efile_ctx *ctx, efile_status status, const char *what)
{
	if (status >= 0)
		return;
	fprintf(stderr, "bench_flow: %s: %s: %s\n", what, efile_status_name(status),
		efile_error_message(ctx));
	exit(70);
}

/* ---- models: the graphs that the peers were measured with ---- */

typedef struct model {
	const char *id;
	void (*write)(buf *out, bool script); /* script: conditions in JavaScript, not FEEL */
	const char *variables;
	int done;               /* activities that an instance does */
	double wanted;          /* instances per second of processor time */
} model;

static void add_flow(buf *out, const char *from, const char *to)
{
	buf_add_format(out, "<sequenceFlow id=\"%s_%s\" sourceRef=\"%s\" targetRef=\"%s\"/>", from, to,
		       from, to);
}

static void write_sequence(buf *out, bool script)
{
	char from[16] = "start", to[16];

	(void)script;
	for (int i = 0; i < 10; i++) {
		snprintf(to, sizeof(to), "t%d", i);
		buf_add_format(out, "<task id=\"%s\"/>", to);
		add_flow(out, from, to);
		memcpy(from, to, sizeof(from));
	}
	add_flow(out, from, "end");
}

static void write_fork(buf *out, bool script)
{
	(void)script;
	buf_add_text(out, "<parallelGateway id=\"fork\"/><parallelGateway id=\"join\"/>");
	add_flow(out, "start", "fork");
	for (int i = 0; i < 10; i++) {
		char to[16];

		snprintf(to, sizeof(to), "t%d", i);
		buf_add_format(out, "<task id=\"%s\"/>", to);
		add_flow(out, "fork", to);
		add_flow(out, to, "join");
	}
	add_flow(out, "join", "end");
}

static void write_choice(buf *out, bool script)
{
	buf_add_text(out, "<exclusiveGateway id=\"gate\" default=\"other\"/>"
			  "<exclusiveGateway id=\"merge\"/><task id=\"none\"/>"
			  "<sequenceFlow id=\"other\" sourceRef=\"gate\" targetRef=\"none\"/>");
	add_flow(out, "start", "gate");
	for (int i = 0; i < 9; i++) {
		char to[16];

		snprintf(to, sizeof(to), "t%d", i);
		buf_add_format(out, "<task id=\"%s\"/><sequenceFlow id=\"c%d\" sourceRef=\"gate\" "
			       "targetRef=\"%s\"><conditionExpression xsi:type=\"tFormalExpression\"%s>",
			       to, i, to, script ? " language=\"javascript\"" : "");
		buf_add_format(out, script ? "next(null, this.environment.variables.x === %d)" :
					     "x = %d", i);
		buf_add_text(out, "</conditionExpression></sequenceFlow>");
		add_flow(out, to, "merge");
	}
	add_flow(out, "none", "merge");
	add_flow(out, "merge", "end");
}

static void write_multiple(buf *out, const char *sequential)
{
	buf_add_format(out, "<task id=\"t\"><multiInstanceLoopCharacteristics isSequential=\"%s\">"
		       "<loopCardinality xsi:type=\"tFormalExpression\">100</loopCardinality>"
		       "</multiInstanceLoopCharacteristics></task>", sequential);
	add_flow(out, "start", "t");
	add_flow(out, "t", "end");
}

static void write_multiple_parallel(buf *out, bool script)
{
	(void)script;
	write_multiple(out, "false");
}

static void write_multiple_sequential(buf *out, bool script)
{
	(void)script;
	write_multiple(out, "true");
}

static void write_user(buf *out, bool script)
{
	(void)script;
	buf_add_text(out, "<userTask id=\"approve\" e:assignee=\"clerk\"/>");
	add_flow(out, "start", "approve");
	add_flow(out, "approve", "end");
}

static const model models[] = {
	{ "seq10_task", write_sequence, NULL, 10, 500000 },
	{ "par10", write_fork, NULL, 10, 300000 },
	{ "xor10", write_choice, "{\"x\":8}", 1, 700000 },
	{ "mi100_par", write_multiple_parallel, NULL, 100, 50000 },
	{ "mi100_seq", write_multiple_sequential, NULL, 100, 50000 },
	{ "user1", write_user, NULL, 0, 0 },
};

static void write_model(buf *out, const model *m, bool script)
{
	buf_add_format(out,
		       "<?xml version=\"1.0\" encoding=\"UTF-8\"?><definitions id=\"d\" "
		       "xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" "
		       "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
		       "xmlns:e=\"urn:libefile:bpmn:1\" targetNamespace=\"urn:bench\">"
		       "<process id=\"%s\" isExecutable=\"true\">"
		       "<startEvent id=\"start\"/><endEvent id=\"end\"/>", m->id);
	m->write(out, script);
	buf_add_text(out, "</process></definitions>");
}

static int write_models(const char *folder)
{
	for (size_t i = 0; i < ARRAY_SIZE(models); i++) {
		AUTO(buf) text = BUF_INIT;
		char path[4096];
		FILE *file;

		write_model(&text, &models[i], true);
		snprintf(path, sizeof(path), "%s/%s.bpmn", folder, models[i].id);
		file = fopen(path, "w");
		if (!file || fwrite(text.data, text.length, 1, file) != 1 || fclose(file) != 0)
			return 1;
	}
	return 0;
}

/* ---- in memory ---- */

static void compile(flow_definition *d, efile_ctx *ctx, const model *m)
{
	AUTO_PTR(efile_report) report = NULL;
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO(buf) text = BUF_INIT;

	write_model(&text, m, false);
	need(ctx, report_new(&report, ctx), "report");
	need(ctx, efile_reader_from_memory(&reader, ctx, text.data, text.length), "model");
	need(ctx, flow_compile(d, report, ctx, reader, m->id), m->id);
}

/* An instance from start to end; what it did is counted, so that nothing is measured that has not
 * happened. */
static void run_instance(flow_engine *engine, const flow_definition *d, const model *m, buf *state,
			 flow_effects *effects)
{
	const flow_event start = { .kind = FLOW_EVENT_START, .variables = m->variables,
				   .time = INT64_C(1772438400000000) };
	int done = 0;

	need(NULL, flow_engine_step(state, effects, engine, d, NULL, 0, &start), m->id);
	for (size_t i = 0; i < effects->count; i++)
		done += effects->items[i].kind == FLOW_EFFECT_DONE;
	if (done != m->done || effects->items[effects->count - 1].kind != FLOW_EFFECT_ENDED)
		need(NULL, EFILE_E_INTERNAL, m->id);
	flow_effects_reset(effects);
}

static void measure_memory(efile_ctx *ctx, const model *m, double seconds)
{
	flow_definition d = FLOW_DEFINITION_INIT;
	AUTO_PTR(flow_engine) engine = NULL;
	AUTO(flow_effects) effects = { NULL, 0, 0 };
	AUTO(buf) state = BUF_INIT;
	stopwatch since, spent;
	double rate;
	long count = 0;

	compile(&d, ctx, m);
	need(ctx, flow_engine_new(&engine, ctx), "engine");
	for (int i = 0; i < 1000; i++)
		run_instance(engine, &d, m, &state, &effects);
	since = stopwatch_start();
	do {
		for (int i = 0; i < 100; i++)
			run_instance(engine, &d, m, &state, &effects);
		count += 100;
		spent = stopwatch_stop(since);
	} while (spent.wall < seconds);
	rate = (double)count / spent.cpu;
	printf("{\"schema\":\"efile.bench.v1\",\"name\":\"flow-%s\",\"per_cpu_second\":%.0f,"
	       "\"wanted\":%.0f,\"ratio\":%.2f}\n", m->id, rate, m->wanted, rate / m->wanted);
	fflush(stdout);
	flow_definition_clear(&d);
}

static void measure_waiting(efile_ctx *ctx, const model *m)
{
	const flow_event start = { .kind = FLOW_EVENT_START, .time = INT64_C(1772438400000000) };
	flow_definition d = FLOW_DEFINITION_INIT;
	char **states = calloc(WAITING, sizeof(*states));
	size_t before, length = 0;

	compile(&d, ctx, m);
	before = mallinfo2().uordblks - WAITING * sizeof(*states);
	for (int i = 0; i < WAITING; i++) {
		AUTO(buf) state = BUF_INIT;
		flow_effects effects = { NULL, 0, 0 };

		need(ctx, flow_step(&state, &effects, ctx, &d, NULL, 0, &start), m->id);
		need(ctx, mem_dup_bytes(&states[i], ctx, state.data, state.length), "memory");
		length = state.length;
		flow_effects_clear(&effects);
	}
	printf("{\"schema\":\"efile.bench.v1\",\"name\":\"flow-waiting-memory\",\"instances\":%d,"
	       "\"bytes\":%zu,\"wanted_at_most\":1000000,\"state_bytes\":%zu}\n", WAITING,
	       mallinfo2().uordblks - before, length);
	for (int i = 0; i < WAITING; i++)
		free(states[i]);
	free(states);
	flow_definition_clear(&d);
}

/* ---- in a store ---- */

typedef struct office {
	efile_ctx *ctx;
	char path[4096];
	efile_store *store;
	efile_session *clerk;
	sqlite3_stmt *newest;   /* asks for the task that has just begun */
	efile_task_id tasks[BATCH];
} office;

static void open_office(office *o)
{
	efile_session_options options;

	need(o->ctx, efile_store_open(&o->store, o->ctx, o->path, NULL), "open");
	efile_session_options_init(&options);
	options.login = "os:bench";
	need(o->ctx, efile_session_open(&o->clerk, o->store, "clerk", &options), "session");
	if (sqlite3_prepare_v2(o->store->db, "SELECT uuid FROM flow_task ORDER BY id DESC LIMIT 1", -1,
			       &o->newest, NULL) != SQLITE_OK)
		exit(70);
}

static void close_office(office *o)
{
	sqlite3_finalize(o->newest);
	efile_session_close(o->clerk);
	efile_store_close(o->store);
}

static void make_office(office *o)
{
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO(buf) text = BUF_INIT;

	need(o->ctx, efile_store_init(o->ctx, o->path), "init");
	need(o->ctx, efile_store_open(&o->store, o->ctx, o->path, NULL), "open");
	need(o->ctx, efile_access_bootstrap(NULL, o->store, "os:bench", "clerk", NULL), "bootstrap");
	efile_store_close(o->store);
	open_office(o);
	write_model(&text, &models[ARRAY_SIZE(models) - 1], false);
	need(o->ctx, efile_reader_from_memory(&reader, o->ctx, text.data, text.length), "model");
	need(o->ctx, efile_flow_deploy(NULL, NULL, o->clerk, reader), "deploy");
}

static void start_one(office *o, int i)
{
	efile_instance_id id;

	need(o->ctx, efile_flow_start(&id, o->clerk, "user1", NULL), "start");
	if (sqlite3_step(o->newest) != SQLITE_ROW)
		exit(70);
	memcpy(&o->tasks[i].id, sqlite3_column_blob(o->newest, 0), sizeof(o->tasks[i].id));
	sqlite3_reset(o->newest);
}

static void complete_one(office *o, int i)
{
	need(o->ctx, efile_task_complete(o->clerk, o->tasks[i], NULL), "complete");
}

static void our_single(void *user)
{
	start_one(user, 0);
	complete_one(user, 0);
}

static void our_batch(void *user)
{
	office *o = user;

	for (int half = 0; half < 2; half++) {
		need(o->ctx, efile_batch_begin(o->store), "batch");
		for (int i = 0; i < BATCH; i++)
			half ? complete_one(o, i) : start_one(o, i);
		need(o->ctx, efile_batch_commit(o->store), "batch");
	}
}

typedef struct figure {
	stopwatch time;
	long count;
} figure;

static void measure(figure *f, void (*run)(void *user), void *user, double seconds, int each)
{
	stopwatch since = stopwatch_start(), spent;

	do {
		run(user);
		f->count += each;
		spent = stopwatch_stop(since);
	} while (spent.wall < seconds);
	f->time.wall += spent.wall;
	f->time.cpu += spent.cpu;
}

static void print(const char *name, const figure *us, const figure *floor)
{
	double ours = (double)us->count / us->time.cpu;
	double bare = (double)floor->count / floor->time.cpu;

	if (!us->count)
		return;
	printf("{\"schema\":\"efile.bench.v1\",\"name\":\"%s\",\"per_cpu_second\":%.0f,"
	       "\"floor_per_cpu_second\":%.0f,\"ratio\":%.2f,\"wanted\":0.85,"
	       "\"per_second\":%.0f,\"floor_per_second\":%.0f}\n", name, ours, bare, ours / bare,
	       (double)us->count / us->time.wall, (double)floor->count / floor->time.wall);
	fflush(stdout);
}

/* In turns, so that a change of the machine's mood hits both. */
static void measure_store(office *o, const char *folder, double seconds, const char *only)
{
	bool single = strstr("user-task-durable", only), grouped = strstr("user-task-by-100", only);
	figure f[4] = { { { 0, 0 }, 0 } };
	char path[4096];
	bench_floor *b;

	snprintf(path, sizeof(path), "%s/floor.db", folder);
	b = floor_open(o->ctx, path, BATCH);
	for (int i = 0; i < SLICES; i++) {
		if (single) {
			measure(&f[0], floor_single, b, seconds / SLICES, 1);
			measure(&f[1], our_single, o, seconds / SLICES, 1);
		}
		if (grouped) {
			measure(&f[2], floor_batch, b, seconds / SLICES, BATCH);
			measure(&f[3], our_batch, o, seconds / SLICES, BATCH);
		}
	}
	floor_close(b);
	print("flow-user-task-durable", &f[1], &f[0]);
	print("flow-user-task-by-100", &f[3], &f[2]);
}

/* What 10,000 instances that wait for somebody take on the disk, log and worklist included. */
static void measure_size(office *o)
{
	struct stat before, after;
	char path[8192];

	snprintf(path, sizeof(path), "%s/efile.db", o->path);
	close_office(o);
	stat(path, &before);
	open_office(o);
	for (int i = 0; i < WAITING / BATCH; i++) {
		need(o->ctx, efile_batch_begin(o->store), "batch");
		for (int k = 0; k < BATCH; k++)
			start_one(o, k);
		need(o->ctx, efile_batch_commit(o->store), "batch");
	}
	close_office(o);
	stat(path, &after);
	open_office(o);
	printf("{\"schema\":\"efile.bench.v1\",\"name\":\"flow-waiting-disk\",\"instances\":%d,"
	       "\"bytes_each\":%.0f,\"wanted_at_most\":600}\n", WAITING,
	       (double)(after.st_size - before.st_size) / WAITING);
}

static int measure_office(efile_ctx *ctx, double seconds, const char *only)
{
	const char *temporary = getenv("TMPDIR");
	char folder[300], command[320];
	office o = { .ctx = ctx };

	snprintf(folder, sizeof(folder), "%s/bench_flow.XXXXXX", temporary ? temporary : "/var/tmp");
	if (!mkdtemp(folder))
		return 70;
	snprintf(o.path, sizeof(o.path), "%s/store", folder);
	make_office(&o);
	if (strstr("user-task-durable user-task-by-100", only))
		measure_store(&o, folder, seconds, only);
	if (strstr("waiting-disk", only))
		measure_size(&o);
	close_office(&o);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command) == 0 ? 0 : 70;
}

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? atof(argv[1]) : 2;
	AUTO_PTR(efile_ctx) ctx = NULL;
	const char *only = argc > 2 ? argv[2] : "";

	if (argc > 2 && strcmp(argv[1], "--models") == 0)
		return write_models(argv[2]);
	need(NULL, efile_ctx_new(&ctx, NULL), "context");
	for (size_t i = 0; i + 1 < ARRAY_SIZE(models); i++)
		if (strstr(models[i].id, only))
			measure_memory(ctx, &models[i], seconds);
	if (strstr("waiting-memory", only))
		measure_waiting(ctx, &models[ARRAY_SIZE(models) - 1]);
	return strstr("user-task-durable user-task-by-100 waiting-disk", only) ? measure_office(ctx, 4 * seconds, only) : 0;
}
