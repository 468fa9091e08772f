/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The worklist of one person among many open tasks: the first page in each order, over the desks of
 * person, position, units, role and of somebody who is substituted.
 *
 *	bench_worklist [TASKS [STORE]]
 *
 * A STORE that is not there is made and kept; one that is there is measured as it is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <efile.h>

#include "base/base.h"

enum { GROUPS = 500, TASKS_EACH = 100, PAGE = 50, ROUNDS = 200, OWN_GROUPS = 9 };

static const char bpmn[] =
	"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' xmlns:e='urn:libefile:bpmn:1' "
	"id='d' targetNamespace='urn:bench'><process id='many' isExecutable='true'><startEvent id='s'/>"
	"<userTask id='a' name='Prüfen' e:candidateGroups='=item.g' e:dueIn='=item.d' e:priority='=item.p'>"
	"<multiInstanceLoopCharacteristics e:collection='items' e:elementVariable='item'/></userTask>"
	"<endEvent id='e'/><sequenceFlow id='f' sourceRef='s' targetRef='a'/>"
	"<sequenceFlow id='g' sourceRef='a' targetRef='e'/></process></definitions>";

typedef struct bench {
	efile_ctx *ctx;
	char path[200];
	efile_store *store;
	efile_session *admin, *clerk;
	unsigned dice;
} bench;

static void need(bench *b, efile_status status, const char *what)
{
	if (status >= 0)
		return;
	fprintf(stderr, "bench_worklist: %s: %s: %s\n", what, efile_status_name(status),
		efile_error_message(b->ctx));
	exit(70);
}

static double now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static unsigned roll(bench *b, unsigned below)
{
	b->dice = b->dice * 1664525u + 1013904223u;
	return (b->dice >> 8) % below;
}

/* ---- the town hall ---- */

static efile_actor_id make(bench *b, efile_actor_kind kind, const char *name)
{
	efile_actor_id id;

	need(b, efile_actor_create(&id, b->admin, kind, name, NULL), name);
	return id;
}

/* The clerk has a position in a unit within another one, and a role; substitutes a colleague. */
static void make_town(bench *b)
{
	static const efile_actor_kind kinds[] = { EFILE_ACTOR_UNIT, EFILE_ACTOR_POSITION, EFILE_ACTOR_ROLE };
	efile_actor_id clerk = make(b, EFILE_ACTOR_PERSON, "clerk");
	efile_actor_id colleague = make(b, EFILE_ACTOR_PERSON, "colleague");
	static const efile_date ever;

	need(b, efile_batch_begin(b->store), "batch");
	for (int i = 0; i < GROUPS; i++) {
		char name[16];
		efile_actor_id group;

		snprintf(name, sizeof(name), "g%d", i);
		group = make(b, kinds[i % 3], name);
		if (i < OWN_GROUPS)
			need(b, efile_member_add(b->admin, clerk, group, ever, ever), "member");
		else if (i < 2 * OWN_GROUPS)
			need(b, efile_member_add(b->admin, colleague, group, ever, ever), "member");
	}
	need(b, efile_deputy_add(b->admin, colleague, clerk, NULL), "deputy");
	need(b, efile_login_permit(b->admin, "os:bench", clerk), "login");
	need(b, efile_batch_commit(b->store), "batch");
}

static void deploy(bench *b)
{
	efile_reader *reader = NULL;

	need(b, efile_reader_from_memory(&reader, b->ctx, bpmn, sizeof(bpmn) - 1), "reader");
	need(b, efile_flow_deploy(NULL, NULL, b->admin, reader), "deploy");
	efile_reader_free(reader);
}

static void start(bench *b)
{
	efile_flow_start_options o;
	efile_instance_id id;
	AUTO(buf) items = BUF_INIT;

	buf_add_text(&items, "{\"items\":[");
	for (int i = 0; i < TASKS_EACH; i++) { /* every other one is due, every fifth has a priority */
		buf_add_format(&items, "%s{\"g\":\"g%u\",\"p\":%u,\"d\":", i ? "," : "",
			       roll(b, GROUPS), i % 5 ? 50 : roll(b, 101));
		if (i % 2)
			buf_add_format(&items, "\"P%uD\"}", 1 + roll(b, 90));
		else
			buf_add_text(&items, "null}");
	}
	buf_add_text(&items, "]}");
	efile_flow_start_options_init(&o);
	o.variables = items.data;
	need(b, efile_flow_start(&id, b->admin, "many", &o), "start");
}

static void fill(bench *b, long tasks)
{
	double wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
	long made = 0;

	while (made < tasks) {
		need(b, efile_batch_begin(b->store), "batch");
		for (int i = 0; i < 20 && made < tasks; i++, made += TASKS_EACH)
			start(b);
		need(b, efile_batch_commit(b->store), "batch");
	}
	printf("{\"bench\":\"worklist.fill\",\"tasks\":%ld,\"wall_s\":%.1f,\"cpu_s\":%.1f}\n", made,
	       now(CLOCK_MONOTONIC) - wall, now(CLOCK_PROCESS_CPUTIME_ID) - cpu);
	fflush(stdout);
}

/* ---- pages ---- */

static int page(bench *b, efile_worklist_options *o, char **place)
{
	efile_task_cursor *cursor = NULL;
	efile_task task;
	int count = 0;

	need(b, efile_worklist(&cursor, b->clerk, o), "worklist");
	while (count < PAGE && efile_task_cursor_next(cursor, &task) == EFILE_OK)
		count++;
	if (place)
		need(b, efile_task_cursor_position(place, cursor), "place");
	efile_task_cursor_free(cursor);
	return count;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure(bench *b, const char *name, efile_worklist_options *o)
{
	double times[ROUNDS];
	int tasks = 0;

	for (int i = 0; i < ROUNDS; i++) {
		double begin = now(CLOCK_PROCESS_CPUTIME_ID);

		tasks = page(b, o, NULL);
		times[i] = now(CLOCK_PROCESS_CPUTIME_ID) - begin;
	}
	qsort(times, ROUNDS, sizeof(*times), by_value);
	printf("{\"bench\":\"worklist.%s\",\"tasks\":%d,\"median_ms\":%.3f,\"p95_ms\":%.3f,\"wanted_ms\":1}\n",
	       name, tasks, times[ROUNDS / 2] * 1e3, times[ROUNDS * 95 / 100] * 1e3);
}

static void measure_all(bench *b)
{
	static const char *const names[] = { "created", "due", "priority" };
	efile_worklist_options o;
	char *place = NULL, name[64];

	for (int order = 0; order < 3; order++) {
		efile_worklist_options_init(&o);
		o.order = (efile_task_order)order;
		measure(b, names[order], &o);
		page(b, &o, &place);
		o.after = place;
		snprintf(name, sizeof(name), "%s.second", names[order]);
		measure(b, name, &o);
		efile_free(place);
		o.after = NULL;
		o.deputies = 1;
		snprintf(name, sizeof(name), "%s.deputies", names[order]);
		measure(b, name, &o);
	}
}

static efile_session *session_of(bench *b, const char *actor)
{
	efile_session *session = NULL;
	efile_session_options o;

	efile_session_options_init(&o);
	o.login = "os:bench";
	need(b, efile_session_open(&session, b->store, actor, &o), "session");
	return session;
}

static void make_store(bench *b, long tasks)
{
	efile_actor_id first;

	need(b, efile_store_init(b->ctx, b->path), "init");
	need(b, efile_store_open(&b->store, b->ctx, b->path, NULL), "open");
	need(b, efile_access_bootstrap(&first, b->store, "os:bench", "admin", NULL), "bootstrap");
	b->admin = session_of(b, "admin");
	make_town(b);
	deploy(b);
	fill(b, tasks);
	efile_session_close(b->admin);
	efile_store_close(b->store);
}

int main(int argc, char **argv)
{
	long tasks = argc > 1 ? strtol(argv[1], NULL, 10) : 1000000;
	const char *folder = getenv("TMPDIR"), *kept = argc > 2 ? argv[2] : NULL;
	bench b = { .dice = 7 };
	char command[300];

	if (kept)
		snprintf(b.path, sizeof(b.path), "%s", kept);
	else
		snprintf(b.path, sizeof(b.path), "%s/bench_worklist.%d", folder ? folder : "/tmp",
			 (int)getpid());
	if (efile_ctx_new(&b.ctx, NULL) < 0)
		return 70;
	if (access(b.path, F_OK) != 0)
		make_store(&b, tasks);
	need(&b, efile_store_open(&b.store, b.ctx, b.path, NULL), "open");
	b.clerk = session_of(&b, "clerk");
	measure_all(&b);
	efile_session_close(b.clerk);
	efile_store_close(b.store);
	efile_ctx_free(b.ctx);
	snprintf(command, sizeof(command), "rm -rf '%s'", b.path);
	return !kept && system(command) ? 70 : 0;
}
