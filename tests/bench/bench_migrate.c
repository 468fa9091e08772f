/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running processes to another version: first one that does something more behind the task at which
 * all of them wait, then one in which that task has another id and name, so that each row of a task
 * is written anew.
 *
 *	bench_migrate [INSTANCES]
 *
 * One JSON object per line. */
#include <efile.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/base.h"

enum { BATCH = 1000, WANTED = 10 };

typedef struct bench {
	efile_ctx *ctx;
	char path[200];
	efile_store *store;
	efile_session *admin;
	long count;
} bench;

static void need(bench *b, efile_status status, const char *what)
{
	if (status >= 0)
		return;
	fprintf(stderr, "bench_migrate: %s: %s: %s\n", what, efile_status_name(status),
		efile_error_message(b->ctx));
	exit(70);
}

static double now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- three versions ---- */

#define HEAD                                                                                       \
	"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "                        \
	"xmlns:e='urn:libefile:bpmn:1' id='d' targetNamespace='urn:bench'>"                        \
	"<process id='p' isExecutable='true'><startEvent id='s'/><endEvent id='e'/>"
#define TASK(id, name) "<userTask id='" id "' name='" name "' e:assignee='admin' e:dueIn='P30D'/>"
#define FLOW(from, to) "<sequenceFlow id='" from "_" to "' sourceRef='" from "' targetRef='" to "'/>"
#define TAIL "</process></definitions>"

static const char *const versions[] = {
	HEAD TASK("check", "Prüfen") FLOW("s", "check") FLOW("check", "e") TAIL,
	HEAD TASK("check", "Prüfen") TASK("sign", "Zeichnen") FLOW("s", "check")
		FLOW("check", "sign") FLOW("sign", "e") TAIL,
	HEAD TASK("examine", "Sachlich prüfen") TASK("sign", "Zeichnen") FLOW("s", "examine")
		FLOW("examine", "sign") FLOW("sign", "e") TAIL,
};

static void deploy(bench *b, int version)
{
	efile_reader *reader = NULL;

	need(b, efile_reader_from_memory(&reader, b->ctx, versions[version],
					 strlen(versions[version])), "reader");
	need(b, efile_flow_deploy(NULL, NULL, b->admin, reader), "deploy");
	efile_reader_free(reader);
}

/* ---- the store ---- */

static void make_store(bench *b)
{
	efile_session_options o;
	efile_actor_id first;

	need(b, efile_store_init(b->ctx, b->path), "init");
	need(b, efile_store_open(&b->store, b->ctx, b->path, NULL), "open");
	need(b, efile_access_bootstrap(&first, b->store, "os:bench", "admin", NULL), "bootstrap");
	efile_session_options_init(&o);
	o.login = "os:bench";
	need(b, efile_session_open(&b->admin, b->store, "admin", &o), "session");
}

static void start_all(bench *b)
{
	efile_flow_start_options o;
	efile_instance_id id;
	char variables[100];

	efile_flow_start_options_init(&o);
	o.variables = variables;
	for (long i = 0; i < b->count; i++) {
		if (i % BATCH == 0)
			need(b, efile_batch_begin(b->store), "batch");
		snprintf(variables, sizeof(variables), "{\"number\":%ld,\"subject\":\"Antrag\"}", i);
		need(b, efile_flow_start(&id, b->admin, "p", &o), "start");
		if (i % BATCH == BATCH - 1 || i == b->count - 1)
			need(b, efile_batch_commit(b->store), "batch");
	}
}

/* ---- migrating ---- */

static void migrate(bench *b, const char *name, const efile_flow_mapping *mapping, int dry_run)
{
	double wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
	efile_flow_migration o;
	efile_flow_migrated done;

	efile_flow_migration_init(&o);
	o.mappings = mapping;
	o.mapping_count = mapping != NULL;
	o.dry_run = dry_run;
	need(b, efile_flow_migrate(&done, NULL, b->admin, "p", &o), name);
	if (done.migrated != b->count)
		need(b, EFILE_E_INTERNAL, "not all were migrated");
	printf("{\"schema\":\"efile.bench.v1\",\"name\":\"flow-migrate-%s\",\"instances\":%ld,"
	       "\"seconds\":%.2f,\"cpu_seconds\":%.2f,\"wanted_at_most\":%d}\n", name, b->count,
	       now(CLOCK_MONOTONIC) - wall, now(CLOCK_PROCESS_CPUTIME_ID) - cpu, WANTED);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static const efile_flow_mapping renamed = { "check", "examine" };
	const char *folder = getenv("TMPDIR");
	char command[300];
	bench b = { .count = argc > 1 ? strtol(argv[1], NULL, 10) : 100000 };

	snprintf(b.path, sizeof(b.path), "%s/bench_migrate.%d", folder ? folder : "/var/tmp",
		 (int)getpid());
	if (efile_ctx_new(&b.ctx, NULL) < 0)
		return 70;
	make_store(&b);
	deploy(&b, 0);
	start_all(&b);
	deploy(&b, 1);
	migrate(&b, "dry-run", NULL, 1);
	migrate(&b, "grown", NULL, 0);
	deploy(&b, 2);
	migrate(&b, "renamed", &renamed, 0);
	efile_session_close(b.admin);
	efile_store_close(b.store);
	efile_ctx_free(b.ctx);
	snprintf(command, sizeof(command), "rm -rf '%s'", b.path);
	return system(command) ? 70 : 0;
}
