/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random processes in a store whose every call of disk or database fails once, in turn: whatever was
 * acknowledged is there, nothing is there twice, and the log rebuilds the state. EFILE_KILLS=1000
 * plays so many processes, EFILE_KILL_FIRST names the first seed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <efile/task.h>

#include "flow/host.h"
#include "random/graph.h"
#include "unit/desk_support.h"

enum { TASKS_MAX = 4, NODE_MAX = 40, BPMN_MAX = 256 * 1024 };

DEFINE_AUTO_PTR(efile_task_cursor, efile_task_cursor_free)
DEFINE_AUTO_PTR(efile_flow_cursor, efile_flow_cursor_free)

#define BEGIN "{\"v0\":1,\"v1\":1,\"v2\":0,\"v3\":2}"

typedef enum act { ACT_START, ACT_COMPLETE, ACT_CANCEL } act;

typedef struct victim {
	town t;
	act act;
	efile_instance_id id;   /* of the newest instance */
	int64_t instances;      /* acknowledged */
	int64_t version;        /* of the process */
	int64_t steps;          /* of the instance, acknowledged */
	int64_t after;          /* with what is tried now: told by the same process in memory */
	flow_host *host;
	const char *variables;
	long runs, points;
	char file[BPMN_MAX];
	graph g;
} victim;

static efile_status open_as(efile_store **store, efile_session **session, efile_ctx *ctx,
			    const victim *v, const char *name, const char *login)
{
	efile_session_options options;

	efile_session_options_init(&options);
	options.login = login;
	if (!*store)
		TRY(efile_store_open(store, ctx, v->t.path, NULL));
	return efile_session_open(session, *store, name, &options);
}

/* The instance of the version that was deployed last. */
static efile_status newest(efile_instance_id *out, int64_t *count, efile_session *admin,
			   int64_t version)
{
	static const efile_instance_id all;
	AUTO_PTR(efile_flow_cursor) cursor = NULL;
	efile_flow_instance instance;
	efile_status status;

	*count = 0;
	TRY(efile_flow_list(&cursor, admin, all));
	while ((status = efile_flow_cursor_next(cursor, &instance)) == EFILE_OK) {
		if (instance.version == version)
			*out = instance.id;
		++*count;
	}
	return status == EFILE_DONE ? EFILE_OK : status;
}

/* The oldest open task of the instance, and its node. */
static efile_status find_task(efile_task_id *out, char *node, bool *found, efile_session *session,
			      efile_instance_id instance)
{
	static const efile_task_id all;
	AUTO_PTR(efile_task_cursor) cursor = NULL;
	efile_status status = EFILE_OK;
	efile_task task;

	TRY(efile_task_list(&cursor, session, all));
	*found = false;
	while (!*found && (status = efile_task_cursor_next(cursor, &task)) == EFILE_OK)
		if (!memcmp(&task.instance, &instance, sizeof(instance))) {
			*out = task.id;
			snprintf(node, NODE_MAX, "%s", task.node);
			*found = true;
		}
	return status < 0 ? status : EFILE_OK;
}

/* What a client does that does not know whether its last try got through: it looks, then tries. */
static efile_status act_once(efile_ctx *ctx, void *arg)
{
	victim *v = arg;
	AUTO_PTR(efile_store) store = NULL;
	AUTO_PTR(efile_session) admin = NULL;
	AUTO_PTR(efile_session) weber = NULL;
	efile_flow_start_options options;
	efile_instance_id id;
	efile_task_id task;
	char node[NODE_MAX];
	int64_t count;
	bool found;

	v->points++;
	TRY(open_as(&store, &admin, ctx, v, "admin", "os:root"));
	if (v->act == ACT_START) {
		TRY(newest(&id, &count, admin, v->version));
		efile_flow_start_options_init(&options);
		options.variables = BEGIN;
		return count > v->instances ? EFILE_OK : efile_flow_start(&id, admin, "p", &options);
	}
	TRY(efile_flow_replay(admin, v->id, &count));
	if (count > v->steps)
		return EFILE_OK;
	if (v->act == ACT_CANCEL)
		return efile_flow_cancel(admin, v->id, "over");
	TRY(open_as(&store, &weber, ctx, v, "m.weber", "os:m.weber"));
	TRY(find_task(&task, node, &found, weber, v->id));
	return found ? efile_task_complete(weber, task, v->variables) : EFILE_E_INTERNAL;
}

/* Once or not at all, and once if it was acknowledged; the log gives the very state. */
static int once_or_never(efile_status status, void *arg)
{
	victim *v = arg;
	AUTO_PTR(efile_store) store = NULL;
	AUTO_PTR(efile_session) admin = NULL;
	efile_instance_id id = v->id;
	int64_t count = 0, steps = 0;

	if (open_as(&store, &admin, v->t.ctx, v, "admin", "os:root") < 0 ||
	    newest(&id, &count, admin, v->version) < 0 || (v->act != ACT_START && efile_flow_replay(admin, v->id, &steps) < 0)) {
		printf("# act %d: %s\n", (int)v->act, efile_error_message(v->t.ctx));
		return 0;
	}
	if (v->act == ACT_START) {
		if (count != v->instances + 1)
			return status < 0 && count == v->instances;
		if (efile_flow_replay(admin, id, &steps) == EFILE_OK && steps == v->after)
			return 1;
		printf("# start: %lld steps, expected %lld\n", (long long)steps, (long long)v->after);
		return 0;
	}
	if (count == v->instances && (steps == v->after || (status < 0 && steps == v->steps)))
		return 1;
	printf("# act %d: %lld instances, %lld steps, expected %lld and %lld or %lld\n", (int)v->act,
	       (long long)count, (long long)steps, (long long)v->instances, (long long)v->steps,
	       (long long)v->after);
	return 0;
}

static bool attack(victim *v, act what)
{
	v->act = what;
	v->runs++;
	return fail_each_call(act_once, once_or_never, v, 1) > 0;
}

/* Messages and signals are this process's own: others that are kept in the store do not meddle. */
static bool write_file(victim *v, uint64_t seed)
{
	char name[60];

	graph_make(&v->g, seed);
	if (!graph_write(&v->g, v->file, sizeof(v->file) - 1000))
		return false;
	for (char *at = v->file; (at = strstr(at, " name='")); at++) {
		int length = snprintf(name, sizeof(name), " name='%c%c-%llu'", at[7], at[8],
				      (unsigned long long)seed);

		memmove(at + length, at + 10, strlen(at + 10) + 1);
		memcpy(at, name, (size_t)length);
	}
	return true;
}

static bool begin_memory(victim *v)
{
	AUTO_PTR(efile_reader) reader = NULL;
	AUTO_PTR(efile_report) report = NULL;
	uint64_t number;

	flow_host_free(v->host);
	v->host = NULL;
	return report_new(&report, v->t.ctx) == EFILE_OK &&
		flow_host_new(&v->host, v->t.ctx, TEST_NOW) == EFILE_OK &&
		efile_reader_from_memory(&reader, v->t.ctx, v->file, strlen(v->file)) == EFILE_OK &&
		flow_host_deploy(v->host, NULL, report, reader, "random") == EFILE_OK &&
		flow_host_start(v->host, &number, "p", BEGIN) == EFILE_OK;
}

static bool complete_in_memory(victim *v, const char *node)
{
	flow_open open;

	for (size_t i = 0; flow_host_open_at(v->host, i, &open); i++)
		if (open.kind == FLOW_WAIT_TASK && !strcmp(open.node, node))
			return flow_host_event(v->host, 1, (flow_event){
				       .kind = FLOW_EVENT_COMPLETE_TASK, .wait = open.wait,
				       .variables = v->variables }) == EFILE_OK;
	return false;
}

/* The store tells the same of the instance as the process in memory. */
static bool same_in_memory(victim *v, bool *running)
{
	AUTO_PTR(efile_flow_cursor) cursor = NULL;
	efile_flow_instance instance;
	const char *json;
	size_t length;

	if (efile_flow_list(&cursor, v->t.admin, v->id) < 0 ||
	    efile_flow_cursor_next(cursor, &instance) < 0 ||
	    flow_host_variables(v->host, 1, &json, &length) < 0)
		return false;
	*running = instance.status == EFILE_FLOW_RUNNING;
	return (int)instance.status == (int)flow_host_status(v->host, 1) &&
		strlen(instance.variables) == length && !memcmp(instance.variables, json, length);
}

static bool complete_one(victim *v, bool *found)
{
	AUTO_PTR(efile_session) weber = town_session(&v->t, "m.weber", NULL, NULL);
	char node[NODE_MAX];
	efile_task_id id;

	if (find_task(&id, node, found, weber, v->id) < 0 || !*found)
		return !*found;
	if (!complete_in_memory(v, node))
		return false;
	v->after = (int64_t)flow_host_event_count(v->host, 1);
	if (!attack(v, ACT_COMPLETE))
		return false;
	v->steps = v->after;
	return true;
}

static bool play(victim *v, uint64_t seed)
{
	static const char *const brings[] = { "{\"v0\":1,\"v1\":0}", "{\"v1\":2}", NULL, "{\"v3\":3}" };
	bool found = true, running = true;

	if (!write_file(v, seed) || desk_deploy(v->t.admin, v->file) < 0 || !begin_memory(v))
		return false;
	v->version++;
	v->after = (int64_t)flow_host_event_count(v->host, 1);
	if (!attack(v, ACT_START) || newest(&v->id, &v->instances, v->t.admin, v->version) < 0)
		return false;
	v->steps = v->after;
	for (int i = 0; i < TASKS_MAX && found; i++) {
		v->variables = brings[i];
		if (!same_in_memory(v, &running) || (running && !complete_one(v, &found)))
			return false;
		found = found && running;
	}
	if (!same_in_memory(v, &running))
		return false;
	v->after = v->steps + 1;
	return !running || attack(v, ACT_CANCEL);
}

static void test_kill(void)
{
	const char *kills = getenv("EFILE_KILLS"), *first = getenv("EFILE_KILL_FIRST");
	long count = kills ? strtol(kills, NULL, 10) : 2, done = 0;
	uint64_t seed = first ? strtoull(first, NULL, 10) : 1;
	victim *v = calloc(1, sizeof(*v));

	if (!TAP_OK(v != NULL))
		exit(1);
	town_setup(&v->t);
	town_join(&v->t, v->t.weber, town_actor(&v->t, EFILE_ACTOR_GROUP, "g"));
	while (done < count && TAP_OK(play(v, seed + (uint64_t)done)))
		done++;
	if (done < count)
		printf("# seed %llu\n", (unsigned long long)seed + (unsigned long long)done);
	flow_host_free(v->host);
	desk_fsck(v->t.store);
	printf("# %ld processes, %ld events, %ld runs with a failing call\n", done, v->runs, v->points);
	town_teardown(&v->t);
	free(v);
}

TAP_SUITE(flow_kill) = {
	{ "each call of disk and database fails once in random processes", test_kill },
	TAP_END
};
